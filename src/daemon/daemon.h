/* What the running mbplantd consists of. */
#ifndef MBPLANT_DAEMON_H
#define MBPLANT_DAEMON_H

#include <uv.h>

#include "command.h"
#include "mbplant/scan.h"
#include "mbplant/scenario.h"
#include "mbplant/server.h"
#include "options.h"
#include "outputs.h"
#include "realtime.h"
#include "signals.h"

struct former {
    struct former *next;
    struct mbp_plant *plant;
};

struct snapshot_job;

struct daemon {
    struct options options;
    struct mbp_plant *plant;
    struct mbp_journal *journal;
    struct mbp_image *image;
    struct mbp_scan *scan;
    char *listens_at;          /* what the plant file said when it began to listen; NULL = the options or --exec did */
    struct mbp_server *server; /* NULL = not listening yet, or stopping */
    struct outputs outputs;
    struct command command;
    char http_address[96]; /* of the page; "" = none */
    struct realtime realtime;
    struct mbp_clock clock;
    char data_dir[4096];
    bool data_dir_passes;          /* it was made for this run, and goes with it */
    struct mbp_scenario *scenario; /* NULL = none */
    FILE *scenario_report;         /* --output; NULL = standard output */
    struct mbp_play *play;         /* likewise */
    uv_check_t after_round;        /* is the scenario over? */
    uv_loop_t loop;
    struct signals signals;
    struct former *former; /* plants that the journal may still use, oldest first */
    uint32_t former_left;  /* how many were freed */
    uv_timer_t former_timer;
    uv_check_t asked;                  /* after each round of requests: is there a plant command? */
    struct mbp_staged_asked order;     /* the one that is being worked on */
    struct next_plant_work *making;    /* a plant to follow is being made; NULL = none */
    uv_check_t snapshots_asked;        /* likewise: is there a command about snapshots with names? */
    struct snapshot_job *snapshot_job; /* NULL = none is under way */
    bool reload_again;                 /* SIGHUP came meanwhile */
    uint64_t virtual_start_ns;         /* --fast-forward: the clock that the scans see */
    _Atomic uint64_t virtual_now_ns;   /* the journal's thread looks at it too */
};

/* The loop ends when all that is left of it has. May be called again. */
void daemon_stop(struct daemon *daemon);

#endif
