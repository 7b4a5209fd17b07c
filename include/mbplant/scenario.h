/* scenario: a timeline for a plant, and what is expected of the plant and of the student on the way: a regression test
 * and a graded exercise in one file (mbplant-scenario(5)).
 *
 * A scenario's time is simulated time from its begin; it stands still while the plant is paused and goes on over a
 * restored snapshot. A step takes effect at the boundary between two scans, the first that is not before its time, and
 * enters the plant as a master's write would, with peer 0. So the same plant, scenario and seed give the same report,
 * at any speed.
 *
 * An expectation is looked at after each scan, from the one that follows its step on:
 *   within W, before T   met when it is so at the end of a scan not after the deadline; missed when that has come
 *   for W                missed when it is not so after a scan; met when the time has passed
 *   neither              met when it is so after the next scan */
#ifndef MBPLANT_SCENARIO_H
#define MBPLANT_SCENARIO_H

#include "mbplant/scan.h"

#define MBP_SCENARIO_STEPS_MAX 10000

struct mbp_scenario;

/* Reads a scenario file. What is wrong with it is told by mbp_scenario_bind, together with what only the plant can
 * tell. Errors: MBP_ERR_IO (one line to errors), MBP_ERR_MEMORY. Ownership: mbp_scenario_free. */
enum mbp_status mbp_scenario_load(const char *path, FILE *errors, struct mbp_scenario **out);
enum mbp_status mbp_scenario_parse(const char *path, struct mbp_text text, struct mbp_scenario **out);
void mbp_scenario_free(struct mbp_scenario *scenario);

/* What the file says, as far as it could be read: the plant file's path (from where the scenario stands), NULL = none;
 * the seed, false = none. */
const char *mbp_scenario_plant_path(const struct mbp_scenario *scenario);
bool mbp_scenario_seed(const struct mbp_scenario *scenario, uint64_t *seed);

/* Finds everything that the scenario names in the plant, which must outlive it; NULL = there is none to look in.
 * Errors: all of the file go to `errors`, `path:line:col: what is wrong, what is allowed`: MBP_ERR_FORMAT;
 * MBP_ERR_MEMORY. */
enum mbp_status mbp_scenario_bind(struct mbp_scenario *scenario, const struct mbp_plant *plant, FILE *errors);

/* Of one that is bound. */
const char *mbp_scenario_name(const struct mbp_scenario *scenario);
uint64_t mbp_scenario_duration_ns(const struct mbp_scenario *scenario);

/* --check: a few lines. */
void mbp_scenario_print_summary(const struct mbp_scenario *scenario, FILE *out);

/* ---- playing it -------------------------------------------------------------------------------------------------- */

struct mbp_play;

struct mbp_play_config {
    const struct mbp_scenario *scenario; /* bound */
    const struct mbp_plant *plant;
    struct mbp_image *image;
    struct mbp_scan *scan;
    FILE *out;  /* what is told while it is played: notes, verdicts; NULL = nothing */
    bool steps; /* tells of every step too: students who read along then know the faults */
    bool model; /* nobody is there: what the student is to do is done for him, as late as the file's `model` says */
};

/* Goes along with the scan (mbp_scan_observe) from its next scan on. Errors: MBP_ERR_MEMORY. Ownership:
 * mbp_play_free, before the scan is. */
enum mbp_status mbp_play_new(const struct mbp_play_config *config, struct mbp_play **out);
void mbp_play_free(struct mbp_play *play);

/* Whether it expects something of masters: then there must be some, which --fast-forward has not. */
bool mbp_scenario_judges_masters(const struct mbp_scenario *scenario);

/* A request of a master, answered or not, as the server heard it; what it reads and writes of a table (count 0 =
 * nothing). To be called for each, between scans. */
struct mbp_heard {
    const uint8_t *address; /* mbplant/names.h */
    uint16_t port;
    uint8_t unit, function;
    bool refused; /* by an exception, or not answered */
    struct mbp_heard_span {
        uint8_t table; /* enum mbp_table */
        uint32_t addr, count;
    } read, write;
};
void mbp_play_heard(struct mbp_play *play, const struct mbp_heard *heard);

/* Its time is over, and every expectation decided. */
bool mbp_play_is_over(const struct mbp_play *play);

/* Ends it before its time: what is not decided stays so, which is not passed. */
void mbp_play_stop(struct mbp_play *play);

/* Every expectation is met, and every step could be done. */
bool mbp_play_passed(const struct mbp_play *play);

/* What became of an expectation: its step has not come; not decided; met; missed. */
enum mbp_verdict { MBP_VERDICT_WAITING, MBP_VERDICT_OPEN, MBP_VERDICT_MET, MBP_VERDICT_MISSED, MBP_VERDICT_COUNT };

/* Its word in results; static storage. */
const char *mbp_verdict_name(enum mbp_verdict verdict);

/* One expectation, in file order. */
struct mbp_expectation {
    const char *what; /* "TT101.high is raised within 30s" */
    enum mbp_verdict verdict;
    uint64_t begin_ns;   /* when its step came */
    uint64_t decided_ns; /* when it was met or missed */
    uint32_t points;     /* what it is worth */
    bool student;        /* the student's to do */
    bool model;          /* ... and done for him */
    const char *found;   /* missed: what there was instead, "it is 65.1 °C"; else "". Valid as long as the play */
};
uint32_t mbp_play_count(const struct mbp_play *play);
struct mbp_expectation mbp_play_expectation(const struct mbp_play *play, uint32_t i);

/* How many are met and missed, and the points of these and of all. */
struct mbp_play_sums {
    uint32_t met, missed;
    uint32_t points, points_lost, points_all;
};
struct mbp_play_sums mbp_play_sums(const struct mbp_play *play);

/* Its simulated time, from its begin. */
uint64_t mbp_play_now_ns(const struct mbp_play *play);

/* The i-th note that was told, oldest first, and when. NULL: there are not so many. Valid as long as the scenario. */
const char *mbp_play_note(const struct mbp_play *play, uint32_t i, uint64_t *told_ns);

enum mbp_play_format { MBP_PLAY_TEXT, MBP_PLAY_JSON, MBP_PLAY_JUNIT, MBP_PLAY_FORMAT_COUNT };

/* "text", "json", "junit"; -1 when there is none of that name. */
int mbp_play_format_find(const char *name);

/* How it went: text sums up and lists what is not met (the rest was told as it was); the others list everything. */
void mbp_play_report(const struct mbp_play *play, enum mbp_play_format format, FILE *out);

#endif
