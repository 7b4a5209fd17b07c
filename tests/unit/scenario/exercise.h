/* exercise: a small plant that runs without journal and network, and scenarios for it. */
#ifndef MBPLANT_TEST_EXERCISE_H
#define MBPLANT_TEST_EXERCISE_H

#include <math.h>

#include "fixture.h"
#include "mbplant/scenario.h"

/* Scan 100 ms. Unit 1: machine FILL1 with TT101 (int16 0.1, 0..150, max 85 trips, 65 at once), PT101 (float32 0..10,
 * low 2, low_low 1, 5, delay 1 s) and the valve VALVE1 (0..100 %, at once); CAP1 (maintenance takes 2 s) with the bool
 * GS201 (reject). Raw holding registers 900..902 and coils 900. Unit 2: raw coils 900. Fault `blocked`: TT101 stuck at
 * 20, by hand. */
extern const char exercise_plant[];

/* Machines and coils, as the map has them. */
enum { FILL1, CAP1 };
enum { COIL_FILL1 = 0, COIL_CAP1 = 8 };

#define STUDENT 7u

struct exercise {
    struct mbp_plant *plant;
    struct mbp_image *image;
    struct mbp_scan *scan;
    struct mbp_scenario *scenario;
    struct mbp_play *play;
    struct fixture_time time;
    char *told; /* so far */
    size_t told_len;
    FILE *out;
};

int exercise_setup(void **state);
int exercise_teardown(void **state);
#define EXERCISE_TEST(test) cmocka_unit_test_setup_teardown(test, exercise_setup, exercise_teardown)

/* Plays a timeline of 10 s ("  - {at: 1s, ...}\n" a line); model: with the model student. */
void exercise_play(struct exercise *exercise, const char *timeline, bool model);

/* The same with further keys of the scenario ("seed: 3\n"). */
void exercise_play_with(struct exercise *exercise, const char *keys, const char *timeline, bool model);

/* n scans more. */
void exercise_scan(struct exercise *exercise, unsigned n);

/* A student's write of a coil of unit 1. */
void exercise_coil(struct exercise *exercise, uint16_t addr);

/* Expectation i. */
enum mbp_verdict exercise_verdict(const struct exercise *exercise, uint32_t i);
double exercise_decided_s(const struct exercise *exercise, uint32_t i);

/* Two times in seconds, the same to a millisecond. */
#define assert_same_ms(a_s, b_s) assert_int_equal(llround((a_s)*1e3), llround((b_s)*1e3))

/* The report. Ownership: free. */
char *exercise_report(const struct exercise *exercise, enum mbp_play_format format);

/* What is wrong with a file of tests/data/scenario for the plant: `LINE:COL: message\n` each. Valid until the next. */
const char *exercise_errors(const struct mbp_plant *plant, const char *name);

#endif
