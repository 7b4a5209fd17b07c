/* bench: a plant on the bench for the diagnosis: the test says what the sensors show, and runs one diagnosis. */
#ifndef MBPLANT_TEST_BENCH_H
#define MBPLANT_TEST_BENCH_H

#include "fixture.h"
#include "mbplant/diagnosis.h"

/* Scan 100 ms. Machine M1:
 *   T1  0..150   limits 5, 10, 85, 95   trip high_high   deadband 2
 *   D1  0..10    max 8 (trips)          delay 2s
 *   P1  0..10    min 1, max 9 (trip)
 * Machine M2: Q1  0..10  max 8 (trips). The unit itself: U1  0..10  limits {high: 8}. All stand amid their limits. */
struct bench {
    struct mbp_plant *plant;
    struct mbp_state *state;
    struct mbp_events events;
};

enum { T1, D1, P1, Q1, U1 };
enum { M1, M2 };

#define BENCH_PEER 7u

int bench_setup(void **state);

/* Another plant on it; all its sensors stand at value. No diagnosis has run. */
int bench_setup_of(void **state, const char *text, double value);
int bench_teardown(void **state);

/* One diagnosis with the sensor showing value; events are those of this run alone. */
void bench_show(struct bench *bench, uint32_t sensor, double value);

/* Empties the list of events. */
void bench_forget(struct bench *bench);

double *bench_limit(struct bench *bench, uint32_t sensor, enum mbp_limit limit);

#endif
