/* Shelves that end by themselves: after a time, or when what was beyond has returned. */
#include "bench.h"

#include <math.h>

#define SCANS(n) ((n)*100 * MBP_NS_PER_MS)

/* Scans with the sensor showing value until its shelf ends; how many it took, 0 = it did not. */
static unsigned scans_until_unshelved(struct bench *bench, uint32_t sensor, double value, unsigned most)
{
    for (unsigned scan = 1; scan <= most; scan++) {
        bench->state->sim_ns += bench->plant->scan_ns;
        bench_show(bench, sensor, value);
        if (fixture_count(&bench->events, MBP_EV_ALARM_UNSHELVED) > 0)
            return scan;
    }
    return 0;
}

static void shelve_for(struct bench *bench, uint32_t sensor, uint64_t ns)
{
    bench_forget(bench);
    mbp_diagnosis_shelve_for(bench->plant, bench->state, sensor, ns, BENCH_PEER, &bench->events);
}

static void shelve_once(struct bench *bench, uint32_t sensor)
{
    bench_forget(bench);
    mbp_diagnosis_shelve_once(bench->plant, bench->state, sensor, BENCH_PEER, &bench->events);
}

static void test_shelf_for_a_time_is_told_with_it_and_ends_after_exactly_that_time(void **state)
{
    struct bench *bench = *state;
    shelve_for(bench, Q1, SCANS(20));
    const struct mbp_event *event = fixture_only(&bench->events, MBP_EV_ALARM_SHELVED);
    fixture_assert_number(event->value, 2);
    assert_int_equal(event->detail, MBP_SHELVED_TIMED);
    assert_int_equal(event->actor, BENCH_PEER);
    assert_int_equal(scans_until_unshelved(bench, Q1, 9, 99), 20);
    event = fixture_only(&bench->events, MBP_EV_ALARM_UNSHELVED);
    assert_int_equal(event->detail, MBP_UNSHELVED_BY_TIME);
    assert_int_equal(event->actor, 0);
    fixture_only(&bench->events, MBP_EV_ALARM_RAISED); /* it is beyond all the while */
}

static void test_shelf_for_another_time_ends_then_and_by_command_at_once(void **state)
{
    struct bench *bench = *state;
    shelve_for(bench, Q1, SCANS(5));
    shelve_for(bench, Q1, SCANS(50));
    assert_int_equal(bench->events.count, 1); /* told again */
    assert_int_equal(scans_until_unshelved(bench, Q1, 5, 99), 50);
    shelve_for(bench, Q1, SCANS(5));
    bench_forget(bench);
    mbp_diagnosis_shelve(bench->plant, bench->state, Q1, false, BENCH_PEER, &bench->events);
    assert_int_equal(fixture_only(&bench->events, MBP_EV_ALARM_UNSHELVED)->detail, MBP_UNSHELVED_BY_COMMAND);
    assert_int_equal(scans_until_unshelved(bench, Q1, 5, 20), 0);
}

static void test_shelves_of_several_sensors_each_end_in_their_time(void **state)
{
    struct bench *bench = *state;
    shelve_for(bench, T1, SCANS(30));
    shelve_for(bench, Q1, SCANS(10));
    shelve_for(bench, U1, SCANS(20));
    assert_int_equal(scans_until_unshelved(bench, Q1, 5, 99), 10);
    assert_int_equal(bench->events.items[0].sensor, Q1);
    assert_int_equal(scans_until_unshelved(bench, Q1, 5, 99), 10);
    assert_int_equal(bench->events.items[0].sensor, U1);
    assert_int_equal(scans_until_unshelved(bench, Q1, 5, 99), 10);
    assert_int_equal(bench->events.items[0].sensor, T1);
    assert_int_equal(bench->state->flags[T1] | bench->state->flags[Q1] | bench->state->flags[U1], 0);
}

static void test_shelf_once_ends_when_what_is_beyond_has_returned(void **state)
{
    struct bench *bench = *state;
    bench_show(bench, T1, 90);
    shelve_once(bench, T1);
    assert_int_equal(fixture_only(&bench->events, MBP_EV_ALARM_SHELVED)->detail, MBP_SHELVED_ONE_SHOT);
    assert_true(isnan(bench->events.items[0].value));
    shelve_once(bench, T1);
    assert_int_equal(bench->events.count, 0); /* idempotent */
    assert_int_equal(scans_until_unshelved(bench, T1, 96, 20), 0);
    assert_int_equal(scans_until_unshelved(bench, T1, 90, 20), 0); /* from high_high to high: not returned */
    assert_int_equal(scans_until_unshelved(bench, T1, 50, 20), 1);
    assert_int_equal(fixture_only(&bench->events, MBP_EV_ALARM_UNSHELVED)->detail, MBP_UNSHELVED_BY_RETURN);
    assert_int_equal(mbp_alarm_state(bench->state, T1, MBP_HIGH), MBP_ALARM_RETURNED); /* nobody has seen it */
}

static void test_shelf_once_of_a_calm_sensor_is_for_what_comes_next(void **state)
{
    struct bench *bench = *state;
    shelve_once(bench, Q1);
    assert_int_equal(scans_until_unshelved(bench, Q1, 5, 20), 0);
    assert_int_equal(scans_until_unshelved(bench, Q1, 9, 20), 0);
    assert_int_equal(bench->state->active_alarms, 0);
    assert_int_equal(scans_until_unshelved(bench, Q1, 5, 20), 1);
    bench_show(bench, Q1, 9);
    fixture_only(&bench->events, MBP_EV_ALARM_RAISED); /* the next one is seen */
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_shelf_for_a_time_is_told_with_it_and_ends_after_exactly_that_time),
        TEST(test_shelf_for_another_time_ends_then_and_by_command_at_once),
        TEST(test_shelves_of_several_sensors_each_end_in_their_time),
        TEST(test_shelf_once_ends_when_what_is_beyond_has_returned),
        TEST(test_shelf_once_of_a_calm_sensor_is_for_what_comes_next),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
