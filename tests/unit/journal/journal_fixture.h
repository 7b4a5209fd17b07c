/* journal_fixture: a data directory of its own for each test, a plant built by hand, and shorthand for events. */
#ifndef MBP_JOURNAL_FIXTURE_H
#define MBP_JOURNAL_FIXTURE_H

/* cmocka.h needs the first four before it */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mbplant/journal.h"

/* Two units: 1 with machines FILL1 (TT101, PT101) and CAP1 (ST201), 2 with the sensor LT301 of its own. */
enum { FILL1, CAP1, MACHINES };
enum { TT101, PT101, ST201, LT301, SENSORS };

struct fixture {
    char dir[64];
    char db[96]; /* dir/journal.db */
    struct mbp_unit units[2];
    struct mbp_machine machines[MACHINES];
    struct mbp_sensor sensors[SENSORS];
    double range[SENSORS][2], limits[SENSORS][MBP_LIMIT_COUNT]; /* of those, to be edited */
    struct mbp_plant plant;
    struct mbp_clock clock;
    struct mbp_journal *journal; /* NULL until fixture_open */
    char *errors;                /* what the last fixture_try_open said */
    size_t errors_len;
};

int fixture_setup(void **state);
int fixture_teardown(void **state);

/* A test with that set-up and tear-down. */
#define FIXTURE_TEST(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

/* Opens dir's journal; the first fails the test when it cannot. */
void fixture_open(struct fixture *f);
enum mbp_status fixture_try_open(struct fixture *f, const char *dir);
void fixture_close(struct fixture *f);

/* Waits on a condition that another thread brings about; fails the test after ten seconds. */
void fixture_await_trouble(const struct fixture *f);
void fixture_await_oldest(const struct fixture *f, uint32_t oldest);

/* An event whose members are all different and follow from n. */
struct mbp_event fixture_event(uint32_t n);

/* Pushes fixture_event(first) .. and hands them over as one scan; flush makes them durable. */
void fixture_push(struct fixture *f, uint32_t first, uint32_t count);
void fixture_store(struct fixture *f, uint32_t first, uint32_t count);

/* Equal in every member but seq, NaN equal to NaN; and has that seq. */
void fixture_assert_event(const struct mbp_event *event, uint32_t seq, const struct mbp_event *expected);

/* The whole file; *len bytes; the caller frees. */
char *fixture_read_file(const char *path, size_t *len);
void fixture_write_file(const char *path, const void *bytes, size_t len);

/* Runs sql on the database at path by a connection of its own, creating it when missing. */
void fixture_sql(const char *path, const char *sql);

#endif
