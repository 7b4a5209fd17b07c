/* story: journals made by hand, a line a happening. Time is in seconds from the plant's start; scans are 100 ms. */
#ifndef ANALYSIS_STORY_H
#define ANALYSIS_STORY_H

#include "mbplant/analysis.h"

#define BIRTH_MS UINT64_C(1795543200000) /* wall time of second 0 */

enum { FILL, PACK }; /* machines */
enum { TT, PT, ST }; /* sensors: of FILL, FILL and PACK; priorities medium, high, low */

struct mbp_plant *story_plant(void);

struct story {
    struct mbp_event events[4000];
    uint32_t count;
    uint32_t first_seq;  /* 1 unless the test says otherwise */
    double start_s;      /* of the present run: scans count from there */
    int64_t wall_off_ms; /* the wall clock is ahead by so much */
    double wall_speed;   /* wall time per plant time; 1 */
};

struct story *story_new(void);
void story_start(struct story *story, double at_s);
void story_stop(struct story *story, double at_s);
void story_state(struct story *story, double at_s, uint16_t machine, enum mbp_state_code from, enum mbp_state_code to);
void story_alarm(struct story *story, double at_s, enum mbp_event_code code, uint16_t sensor, uint32_t limit);

/* FILL's counters are told. */
void story_production(struct story *story, double at_s, uint32_t good, uint32_t reject);

/* The figures of a period; since_s < 0 and until_s < 0 = from the first event, to now. */
struct mbp_analysis *story_tell(const struct story *story, const struct mbp_plant *plant, double since_s,
                                double until_s, const struct mbp_analysis_now *now);

uint64_t story_wall(const struct story *story, double at_s);

#endif
