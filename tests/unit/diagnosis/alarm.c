/* Alarms raised and cleared: the limits, the deadband, the delay. */
#include "bench.h"

#include <math.h>

static void test_alarm_of_each_limit_is_raised_beyond_it_and_not_on_it(void **state)
{
    struct bench *bench = *state;
    static const struct {
        double on, beyond;
        uint8_t limit, active;
    } cases[] = {{85, 85.1, MBP_HIGH, 1u << MBP_HIGH},
                 {95, 95.1, MBP_HIGH_HIGH, 1u << MBP_HIGH | 1u << MBP_HIGH_HIGH},
                 {10, 9.9, MBP_LOW, 1u << MBP_LOW},
                 {5, 4.9, MBP_LOW_LOW, 1u << MBP_LOW | 1u << MBP_LOW_LOW}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bench_show(bench, T1, cases[i].on);
        assert_int_equal(bench->state->active[T1] & (1u << cases[i].limit), 0);
        bench_show(bench, T1, cases[i].beyond);
        assert_int_equal(bench->state->active[T1], cases[i].active);
        bench_show(bench, T1, 50);
        assert_int_equal(bench->state->active[T1], 0);
    }
}

static void test_alarm_raised_tells_value_limit_and_which(void **state)
{
    struct bench *bench = *state;
    bench_show(bench, T1, 90.5);
    const struct mbp_event *event = fixture_only(&bench->events, MBP_EV_ALARM_RAISED);
    assert_int_equal(event->unit, 5);
    assert_int_equal(event->machine, M1);
    assert_int_equal(event->sensor, T1);
    fixture_assert_number(event->value, 90.5);
    fixture_assert_number(event->limit, 85);
    assert_int_equal(event->detail, MBP_HIGH);
    assert_int_equal(event->actor, 0);
    assert_int_equal(event->scan, FIXTURE_SCAN);
    assert_int_equal(bench->events.count, 1);
}

static void test_alarm_that_stays_is_told_once(void **state)
{
    struct bench *bench = *state;
    bench_show(bench, T1, 90);
    assert_int_equal(bench->events.count, 1);
    for (int i = 0; i < 10; i++) {
        bench_show(bench, T1, 91 + i % 3);
        assert_int_equal(bench->events.count, 0);
    }
}

static void test_alarm_within_the_deadband_stays_and_beyond_it_is_cleared(void **state)
{
    struct bench *bench = *state;
    bench_show(bench, T1, 85.5);
    bench_show(bench, T1, 83.1); /* below the limit, but not by 2 */
    assert_int_equal(bench->events.count, 0);
    assert_int_equal(bench->state->active[T1], 1u << MBP_HIGH);
    bench_show(bench, T1, 83);
    const struct mbp_event *event = fixture_only(&bench->events, MBP_EV_ALARM_CLEARED);
    fixture_assert_number(event->value, 83);
    fixture_assert_number(event->limit, 85);
    assert_int_equal(event->detail, MBP_HIGH);
    assert_int_equal(bench->state->active[T1], 0);
}

static void test_alarm_of_a_low_limit_clears_above_it_by_the_deadband(void **state)
{
    struct bench *bench = *state;
    bench_show(bench, T1, 9);
    bench_show(bench, T1, 11.9);
    assert_int_equal(bench->state->active[T1], 1u << MBP_LOW);
    bench_show(bench, T1, 12);
    assert_int_equal(bench->state->active[T1], 0);
}

static void test_alarm_without_deadband_clears_on_its_limit(void **state)
{
    struct bench *bench = *state;
    bench_show(bench, Q1, 8.1);
    assert_int_equal(bench->state->active[Q1], 1u << MBP_HIGH);
    bench_show(bench, Q1, 8);
    fixture_only(&bench->events, MBP_EV_ALARM_CLEARED);
    bench_show(bench, P1, 0.9);
    assert_int_equal(bench->state->active[P1], 1u << MBP_LOW);
    bench_show(bench, P1, 1);
    assert_int_equal(bench->state->active[P1], 0);
}

/* 2 s at 100 ms: exceeded in 21 scans, the first of which starts the time. */
static void test_alarm_with_a_delay_is_raised_after_exactly_that_many_scans(void **state)
{
    struct bench *bench = *state;
    for (int scan = 1; scan <= 20; scan++) {
        bench_show(bench, D1, 9);
        assert_int_equal(bench->events.count, 0);
    }
    bench_show(bench, D1, 9);
    fixture_only(&bench->events, MBP_EV_ALARM_RAISED);
    assert_true(bench->state->machine[M1].trip);
}

static void test_alarm_with_a_delay_starts_anew_when_the_value_was_back_once(void **state)
{
    struct bench *bench = *state;
    for (int round = 0; round < 3; round++) {
        for (int scan = 1; scan <= 20; scan++)
            bench_show(bench, D1, 9);
        bench_show(bench, D1, 8);
        assert_int_equal(bench->events.count, 0);
    }
    assert_int_equal(bench->state->active[D1], 0);
}

static void test_alarm_with_a_delay_waits_again_after_it_was_cleared(void **state)
{
    struct bench *bench = *state;
    for (int scan = 1; scan <= 21; scan++)
        bench_show(bench, D1, 9);
    bench_show(bench, D1, 5);
    fixture_only(&bench->events, MBP_EV_ALARM_CLEARED);
    for (int scan = 1; scan <= 20; scan++)
        bench_show(bench, D1, 9);
    assert_int_equal(bench->state->active[D1], 0);
    bench_show(bench, D1, 9);
    assert_int_equal(bench->state->active[D1], 1u << MBP_HIGH);
}

static void test_alarm_of_a_value_that_is_no_number_is_none(void **state)
{
    struct bench *bench = *state;
    bench_show(bench, T1, NAN);
    assert_int_equal(bench->events.count, 0);
    assert_int_equal(bench->state->active[T1], 0);
}

static void test_alarm_of_a_limit_that_becomes_unused_is_cleared(void **state)
{
    struct bench *bench = *state;
    bench_show(bench, Q1, 9);
    *bench_limit(bench, Q1, MBP_HIGH) = NAN;
    bench_show(bench, Q1, 9);
    fixture_only(&bench->events, MBP_EV_ALARM_CLEARED);
    assert_int_equal(bench->state->active[Q1], 0);
}

static void test_alarms_are_counted_in_the_plant_and_per_machine(void **state)
{
    struct bench *bench = *state;
    bench_show(bench, T1, 96); /* high and high_high */
    bench_show(bench, Q1, 9);
    bench_show(bench, U1, 9); /* of the unit itself: no machine's */
    assert_int_equal(bench->state->active_alarms, 4);
    assert_int_equal(bench->state->unacknowledged, 4);
    assert_int_equal(bench->state->machine[M1].alarms, 2);
    assert_int_equal(bench->state->machine[M2].alarms, 1);
    bench_show(bench, T1, 50);
    assert_int_equal(bench->state->active_alarms, 2);
    assert_int_equal(bench->state->unacknowledged, 4); /* returned, but nobody has seen them yet */
    assert_int_equal(bench->state->machine[M1].alarms, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_alarm_of_each_limit_is_raised_beyond_it_and_not_on_it),
        TEST(test_alarm_raised_tells_value_limit_and_which),
        TEST(test_alarm_that_stays_is_told_once),
        TEST(test_alarm_within_the_deadband_stays_and_beyond_it_is_cleared),
        TEST(test_alarm_of_a_low_limit_clears_above_it_by_the_deadband),
        TEST(test_alarm_without_deadband_clears_on_its_limit),
        TEST(test_alarm_with_a_delay_is_raised_after_exactly_that_many_scans),
        TEST(test_alarm_with_a_delay_starts_anew_when_the_value_was_back_once),
        TEST(test_alarm_with_a_delay_waits_again_after_it_was_cleared),
        TEST(test_alarm_of_a_value_that_is_no_number_is_none),
        TEST(test_alarm_of_a_limit_that_becomes_unused_is_cleared),
        TEST(test_alarms_are_counted_in_the_plant_and_per_machine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
