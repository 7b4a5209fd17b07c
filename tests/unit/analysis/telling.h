/* telling: what each test that tells a story begins with and ends with. */
#ifndef ANALYSIS_TELLING_H
#define ANALYSIS_TELLING_H

#include <math.h>

#include "story.h"

#define NEAR(a, b) assert_true(fabs((a) - (b)) < 1e-9)
#define HOUR       3600.0

/* The plant of all tests of a file; for each test a story without events, and machines in service since their birth. */
extern struct mbp_plant *plant;
extern struct story *story;
extern struct mbp_analysis_machine_now machines[2];

int story_load(void **state);
int story_unload(void **state);
int story_begin(void **state);
int story_end(void **state);

#endif
