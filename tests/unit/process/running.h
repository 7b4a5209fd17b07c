/* running: a plant of a few lines with its process and state, advanced scan by scan. */
#ifndef MBPLANT_TEST_RUNNING_H
#define MBPLANT_TEST_RUNNING_H

#include "fixture.h"
#include "mbplant/process.h"

struct running {
    struct mbp_plant *plant;
    struct mbp_process *process;
    struct mbp_state *state;
    struct mbp_events events;
};

#define PEER 7u

/* One machine M1 of one unit with these sensors (YAML flow maps, one a line, without the indent), settled. */
void running_begin(struct running *running, const char *scan, const char *const *sensors, size_t count);
/* The same of a whole plant file. */
void running_begin_yaml(struct running *running, const char *yaml);
void running_end(struct running *running);

/* One scan: time goes on, signals advance, sensors sense. */
void running_scan(struct running *running);

#endif
