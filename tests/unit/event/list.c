/* The list of events that a scan fills. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mbplant/event.h"

static void test_event_emitted_gets_the_scan_and_its_time(void **state)
{
    (void)state;
    struct mbp_events events;
    assert_int_equal(mbp_events_alloc(&events, 4), MBP_OK);
    events.scan = 12;
    events.wall_ms = 3456;
    mbp_events_emit(&events, (struct mbp_event){.code = MBP_EV_START, .scan = 99, .wall_ms = 99, .detail = 5});
    assert_int_equal(events.count, 1);
    assert_int_equal(events.items[0].code, MBP_EV_START);
    assert_int_equal(events.items[0].scan, 12);
    assert_int_equal(events.items[0].wall_ms, 3456);
    assert_int_equal(events.items[0].detail, 5);
    assert_int_equal(events.items[0].seq, 0);
    mbp_events_free(&events);
    assert_null(events.items);
}

static void test_event_emitted_has_no_number_that_its_code_has_none_for(void **state)
{
    (void)state;
    struct mbp_events events;
    assert_int_equal(mbp_events_alloc(&events, 2), MBP_OK);
    mbp_events_emit(&events, (struct mbp_event){.code = MBP_EV_START, .value = 1, .limit = 2});
    mbp_events_emit(&events, (struct mbp_event){.code = MBP_EV_VALUE_RELEASED, .value = 1, .limit = 2});
    assert_true(isnan(events.items[0].value) && isnan(events.items[0].limit));
    assert_true(events.items[1].value == 1 && isnan(events.items[1].limit));
    mbp_events_free(&events);
}

static void test_event_emitted_without_room_is_counted_as_lost(void **state)
{
    (void)state;
    struct mbp_events events;
    assert_int_equal(mbp_events_alloc(&events, 2), MBP_OK);
    for (uint32_t i = 0; i < 5; i++)
        mbp_events_emit(&events, (struct mbp_event){.detail = i});
    assert_int_equal(events.count, 2);
    assert_int_equal(events.lost, 3);
    assert_int_equal(events.items[0].detail, 0);
    assert_int_equal(events.items[1].detail, 1);
    mbp_events_free(&events);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_event_emitted_gets_the_scan_and_its_time),
        cmocka_unit_test(test_event_emitted_has_no_number_that_its_code_has_none_for),
        cmocka_unit_test(test_event_emitted_without_room_is_counted_as_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
