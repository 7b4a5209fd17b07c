/* What an alarm can have of its own: off-delay, latch, deadband; and the alarms beside the limits: rate of change and
 * quality. */
#include "bench.h"

#include <math.h>

static const char yaml[] =
    "mbplant: 1\n"
    "name: Beside\n"
    "scan: 100ms\n"
    "units:\n"
    "  - id: 5\n"
    "    machines:\n"
    "      - name: M1\n"
    "        sensors:\n"
    "          - name: O\n"
    "            range: [0, 150]\n"
    "            limits: {low: {at: 10, deadband: 3}, high: {at: 85, delay: 200ms, off_delay: 300ms, latch: true}}\n"
    "            register: {type: float32}\n"
    "          - {name: R, range: [0, 150], rate_of_change: {max: 5, per: 1s, deadband: 2}, trip: [rate_of_change],\n"
    "             register: {type: float32}}\n"
    "          - {name: B, range: [0, 150], bad_quality: {priority: high, delay: 200ms}, trip: [bad_quality],\n"
    "             register: {type: float32}}\n";
enum { OFF, RATE, BAD };

static int setup(void **state)
{
    return bench_setup_of(state, yaml, 50);
}

/* Scans until an event of the code, at most `most`; how many it took, 0 = none came. */
static unsigned scans_until(struct bench *bench, uint32_t s, double value, unsigned code, unsigned most)
{
    for (unsigned scan = 1; scan <= most; scan++) {
        bench_show(bench, s, value);
        if (fixture_count(&bench->events, (enum mbp_event_code)code) > 0)
            return scan;
    }
    return 0;
}

static void test_off_delay_clears_after_exactly_that_many_scans_and_starts_anew(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(scans_until(bench, OFF, 90, MBP_EV_ALARM_RAISED, 9), 3);
    for (int round = 0; round < 3; round++) {
        assert_int_equal(scans_until(bench, OFF, 80, MBP_EV_ALARM_CLEARED, 3), 0);
        bench_show(bench, OFF, 90);
        assert_int_equal(bench->events.count, 0); /* no second activation */
    }
    assert_int_equal(scans_until(bench, OFF, 80, MBP_EV_ALARM_CLEARED, 9), 4);
}

static void test_deadband_of_one_limit_is_not_the_others(void **state)
{
    struct bench *bench = *state;
    bench_show(bench, OFF, 9);
    bench_show(bench, OFF, 12.9);
    assert_int_equal(bench->state->active[OFF], 1u << MBP_LOW);
    bench_show(bench, OFF, 13);
    assert_int_equal(bench->state->active[OFF], 0);
}

static void test_latched_alarm_is_shown_and_counted_until_reset(void **state)
{
    struct bench *bench = *state;
    scans_until(bench, OFF, 90, MBP_EV_ALARM_RAISED, 9);
    mbp_diagnosis_reset(bench->plant, bench->state, 0, BENCH_PEER, &bench->events);
    assert_int_equal(mbp_alarm_state(bench->state, OFF, MBP_HIGH), MBP_ALARM_UNACKNOWLEDGED); /* it holds */
    scans_until(bench, OFF, 50, MBP_EV_ALARM_CLEARED, 9);
    assert_int_equal(mbp_alarm_state(bench->state, OFF, MBP_HIGH), MBP_ALARM_LATCHED_UNACKNOWLEDGED);
    assert_int_equal(bench->state->active_alarms, 1);
    bench_forget(bench);
    mbp_diagnosis_reset(bench->plant, bench->state, 0, BENCH_PEER, &bench->events);
    const struct mbp_event *event = fixture_only(&bench->events, MBP_EV_ALARM_RESET);
    assert_int_equal(event->detail, MBP_HIGH);
    assert_int_equal(event->actor, BENCH_PEER);
    mbp_diagnosis_reset(bench->plant, bench->state, 0, BENCH_PEER, &bench->events);
    assert_int_equal(bench->events.count, 1); /* idempotent */
    assert_int_equal(mbp_alarm_state(bench->state, OFF, MBP_HIGH), MBP_ALARM_RETURNED);
    bench_show(bench, OFF, 50);
    assert_int_equal(bench->state->active_alarms, 0);
    assert_int_equal(bench->state->unacknowledged, 1);
}

static void test_rate_of_change_is_raised_by_more_than_max_within_its_window_and_not_by_max(void **state)
{
    struct bench *bench = *state;
    for (int scan = 0; scan < 20; scan++)
        bench_show(bench, RATE, 50);
    for (int scan = 1; scan <= 100; scan++) { /* 0.5 a scan = 5 a second */
        bench_show(bench, RATE, 50 + 0.5 * scan);
        assert_int_equal(bench->events.count, 0);
    }
    bench_show(bench, RATE, 101);
    const struct mbp_event *event = fixture_only(&bench->events, MBP_EV_ALARM_RAISED);
    assert_int_equal(event->detail, MBP_RATE_OF_CHANGE);
    fixture_assert_number(event->value, 5.5);
    fixture_assert_number(event->limit, 5);
    assert_true(bench->state->machine[0].trip);
    assert_int_equal(bench->state->machine[0].first_out, RATE);
}

static void test_rate_of_change_downwards_counts_too_and_clears_by_its_deadband(void **state)
{
    struct bench *bench = *state;
    for (int scan = 0; scan < 20; scan++)
        bench_show(bench, RATE, 50);
    bench_show(bench, RATE, 44);
    fixture_assert_number(fixture_only(&bench->events, MBP_EV_ALARM_RAISED)->value, -6);
    assert_int_equal(scans_until(bench, RATE, 44, MBP_EV_ALARM_CLEARED, 9), 0); /* 50 is in the window */
    bench_show(bench, RATE, 48);
    assert_int_equal(bench->events.count, 0);                                     /* 4 from 44: within the deadband */
    assert_int_equal(scans_until(bench, RATE, 47, MBP_EV_ALARM_CLEARED, 20), 10); /* 44 has left it */
}

static void test_rate_of_change_ends_when_the_window_has_passed(void **state)
{
    struct bench *bench = *state;
    for (int scan = 0; scan < 20; scan++)
        bench_show(bench, RATE, 50);
    bench_show(bench, RATE, 60);
    fixture_only(&bench->events, MBP_EV_ALARM_RAISED);
    assert_int_equal(scans_until(bench, RATE, 60, MBP_EV_ALARM_CLEARED, 20), 10);
}

static void test_bad_quality_is_raised_after_its_delay_trips_and_clears(void **state)
{
    struct bench *bench = *state;
    bench->state->flags[BAD] |= MBP_SENSOR_BAD;
    assert_int_equal(scans_until(bench, BAD, 50, MBP_EV_ALARM_RAISED, 9), 3);
    assert_int_equal(bench->events.items[0].detail, MBP_BAD_QUALITY);
    assert_true(isnan(bench->events.items[0].limit));
    assert_true(bench->state->machine[0].trip);
    bench->state->flags[BAD] &= (uint8_t)~MBP_SENSOR_BAD;
    bench_show(bench, BAD, 50);
    fixture_only(&bench->events, MBP_EV_ALARM_CLEARED);
    assert_false(bench->state->machine[0].trip);
    bench->state->flags[OFF] |= MBP_SENSOR_BAD; /* a sensor that has no such alarm */
    assert_int_equal(scans_until(bench, OFF, 50, MBP_EV_ALARM_RAISED, 9), 0);
}

static void test_trip_in_maintenance_is_still_active_though_its_alarm_is_not_shown(void **state)
{
    struct bench *bench = *state;
    bench->state->flags[BAD] |= MBP_SENSOR_BAD;
    scans_until(bench, BAD, 50, MBP_EV_ALARM_RAISED, 9);
    bench->state->machine[0].state = MBP_MAINTENANCE;
    bench_show(bench, BAD, 50);
    assert_true(bench->state->machine[0].trip); /* nobody starts it like that */
    assert_int_equal(bench->state->machine[0].alarms, 0);
    bench->state->flags[BAD] &= (uint8_t)~MBP_SENSOR_BAD;
    bench_show(bench, BAD, 50);
    assert_false(bench->state->machine[0].trip);
    bench->state->flags[BAD] |= MBP_SENSOR_BAD; /* comes in maintenance */
    for (int scan = 0; scan < 5; scan++)
        bench_show(bench, BAD, 50);
    assert_int_equal(bench->events.count, 0);
    assert_true(bench->state->machine[0].trip);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_off_delay_clears_after_exactly_that_many_scans_and_starts_anew),
        TEST(test_deadband_of_one_limit_is_not_the_others),
        TEST(test_latched_alarm_is_shown_and_counted_until_reset),
        TEST(test_rate_of_change_is_raised_by_more_than_max_within_its_window_and_not_by_max),
        TEST(test_rate_of_change_downwards_counts_too_and_clears_by_its_deadband),
        TEST(test_rate_of_change_ends_when_the_window_has_passed),
        TEST(test_bad_quality_is_raised_after_its_delay_trips_and_clears),
        TEST(test_trip_in_maintenance_is_still_active_though_its_alarm_is_not_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
