/* The command line of mbplantd. */
#ifndef MBPLANT_OPTIONS_H
#define MBPLANT_OPTIONS_H

#include "mbplant/plant/server.h"
#include "mbplant/report.h"

enum mode { MODE_RUN, MODE_CHECK, MODE_PRINT_CONFIG, MODE_FAST_FORWARD };

struct options {
    const char *plant_path;    /* NULL = the one that the scenario is for */
    const char *scenario_path; /* NULL = none */
    int report;                /* enum mbp_play_format */
    struct mbp_listen listen[MBP_LISTEN_MAX];
    uint32_t listen_count;   /* 0 = as the plant file says */
    const char *http;        /* NULL = as the plant file says */
    const char *data_dir;    /* NULL = the default */
    const char *command;     /* --exec; NULL = none */
    const char *output_path; /* --output: of the scenario's report; NULL = standard output */
    int ready_fd;            /* --ready-fd; -1 = none */
    uint64_t end_ms;         /* --end: of --fast-forward, wall time; 0 = it begins now */
    enum mode mode;
    bool has_seed;
    uint64_t seed;
    double speed;
    uint64_t fast_forward_ns; /* 0 = to the scenario's end */
    bool verbose;
    bool trace;
    bool hex;            /* --hex: with the bytes of each frame */
    bool paused;         /* the plant stands until an instructor lets it run */
    bool has_run_report; /* --report: of the run, in that form */
    enum mbp_format run_report;
};

/* Reads the command line; prints help, version or what is wrong. Returns -1 to go on, else the exit code. */
int options_read(int argc, char **argv, struct options *options);

#endif
