/* plant_fixture: plants and error messages from texts and files, for the tests of this stage. */
#ifndef MBPLANT_TEST_PLANT_FIXTURE_H
#define MBPLANT_TEST_PLANT_FIXTURE_H

/* cmocka.h wants these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mbplant/plant.h"

/* A text up to its only sensor, which follows as a group in line 7, column 10: ONE_SENSOR "{name: S, max: 5}". */
#define ONE_SENSOR                                                                                                     \
    "mbplant: 1\n"                                                                                                     \
    "units:\n"                                                                                                         \
    "  - id: 1\n"                                                                                                      \
    "    machines:\n"                                                                                                  \
    "     - name: M\n"                                                                                                 \
    "       sensors:\n"                                                                                                \
    "       - "

/* The same up to the tables of its only unit, in line 4, column 13. */
#define ONE_UNIT_TABLES                                                                                                \
    "mbplant: 1\n"                                                                                                     \
    "units:\n"                                                                                                         \
    "  - id: 1\n"                                                                                                      \
    "    tables: "

/* A plant that must load; of a text, of a file in tests/data/plant, of one in config. Ownership: mbp_plant_free. */
struct mbp_plant *plant_of_text(const char *yaml);
struct mbp_plant *plant_of_file(const char *name);
struct mbp_plant *plant_of_config(const char *name);

/* What is wrong with a text or a file of tests/data/plant, which must not load: `LINE:COL: message\n` per error, the
 * path before it checked and taken away. Valid until the next call. */
const char *errors_of_text(const char *yaml);
const char *errors_of_bytes(const char *bytes, size_t len);
const char *errors_of_file(const char *name);

/* What is printed about a plant. Ownership: free. */
char *config_of(const struct mbp_plant *plant);
char *summary_of(const struct mbp_plant *plant);

/* The sensor of this name; the test fails when there is none. */
const struct mbp_sensor *sensor_of(const struct mbp_plant *plant, const char *name);

/* Fails unless the two are the same number, to the last bit, or both NaN. */
void assert_same_number(double actual, double expected);

#endif
