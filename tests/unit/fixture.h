/* fixture: what the stages' unit tests share: a plant from a text, a clock that the test turns, and a look at events.
 */
#ifndef MBPLANT_TEST_FIXTURE_H
#define MBPLANT_TEST_FIXTURE_H

/* cmocka.h wants these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mbplant/event.h"
#include "mbplant/plant.h"

/* The plant of a YAML text; the test fails with the file's errors when it is not one. Ownership: mbp_plant_free. */
struct mbp_plant *fixture_plant(const char *yaml);

/* A clock that stands still until the test turns it, but for look_ns that each look at it costs. */
struct fixture_time {
    uint64_t mono_ns;
    uint64_t wall_ms;
    uint64_t look_ns;
};
struct mbp_clock fixture_clock(struct fixture_time *time);

/* Room for events, stamped with scan 7 at 1'700'000'000'000 ms. Ownership: mbp_events_free. */
#define FIXTURE_SCAN    7u
#define FIXTURE_WALL_MS UINT64_C(1700000000000)
struct mbp_events fixture_events(void);

/* How many events of a code there are; the only one of a code (the test fails when there are none or more). */
size_t fixture_count(const struct mbp_events *events, enum mbp_event_code code);
const struct mbp_event *fixture_only(const struct mbp_events *events, enum mbp_event_code code);

/* Fails unless the two are the same number, or both NaN. */
void fixture_assert_number(double actual, double expected);

#endif
