/* Acknowledging a machine's alarms. */
#include "bench.h"

static void acknowledge(struct bench *bench, uint32_t machine)
{
    bench_forget(bench);
    mbp_diagnosis_acknowledge(bench->plant, bench->state, machine, BENCH_PEER, &bench->events);
}

static void test_acknowledge_takes_all_alarms_of_the_machine_and_no_others(void **state)
{
    struct bench *bench = *state;
    bench->state->value[P1] = 9.5;
    bench->state->value[Q1] = 9;
    bench_show(bench, T1, 96); /* high and high_high */
    assert_int_equal(bench->state->unacknowledged, 4);
    acknowledge(bench, M1);
    assert_int_equal(fixture_count(&bench->events, MBP_EV_ALARM_ACKNOWLEDGED), 3);
    assert_int_equal(bench->state->unack[T1] | bench->state->unack[P1], 0);
    assert_int_equal(bench->state->unack[Q1], 1u << MBP_HIGH);
    assert_int_equal(bench->state->active[T1], 1u << MBP_HIGH | 1u << MBP_HIGH_HIGH); /* they go on */
    bench_show(bench, T1, 96);
    assert_int_equal(bench->state->unacknowledged, 1);
}

static void test_acknowledge_tells_value_limit_and_peer(void **state)
{
    struct bench *bench = *state;
    bench_show(bench, Q1, 9);
    acknowledge(bench, M2);
    const struct mbp_event *event = fixture_only(&bench->events, MBP_EV_ALARM_ACKNOWLEDGED);
    assert_int_equal(event->machine, M2);
    assert_int_equal(event->sensor, Q1);
    assert_int_equal(event->detail, MBP_HIGH);
    assert_int_equal(event->actor, BENCH_PEER);
    fixture_assert_number(event->value, 9);
    fixture_assert_number(event->limit, 8);
}

static void test_acknowledge_again_or_of_nothing_does_nothing(void **state)
{
    struct bench *bench = *state;
    acknowledge(bench, M1);
    assert_int_equal(bench->events.count, 0);
    bench_show(bench, T1, 90);
    acknowledge(bench, M1);
    assert_int_equal(bench->events.count, 1);
    acknowledge(bench, M1);
    assert_int_equal(bench->events.count, 0);
}

static void test_acknowledge_of_a_returned_alarm_makes_it_normal(void **state)
{
    struct bench *bench = *state;
    bench_show(bench, T1, 90);
    bench_show(bench, T1, 50);
    assert_int_equal(bench->state->unack[T1], 1u << MBP_HIGH); /* clearing does not lose it */
    acknowledge(bench, M1);
    fixture_only(&bench->events, MBP_EV_ALARM_ACKNOWLEDGED);
    assert_int_equal(bench->state->unack[T1], 0);
}

static void test_alarm_raised_again_after_acknowledging_waits_again(void **state)
{
    struct bench *bench = *state;
    bench_show(bench, T1, 90);
    acknowledge(bench, M1);
    bench_show(bench, T1, 50);
    assert_int_equal(bench->state->unack[T1], 0);
    bench_show(bench, T1, 90);
    assert_int_equal(bench->state->unack[T1], 1u << MBP_HIGH);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_acknowledge_takes_all_alarms_of_the_machine_and_no_others),
        TEST(test_acknowledge_tells_value_limit_and_peer),
        TEST(test_acknowledge_again_or_of_nothing_does_nothing),
        TEST(test_acknowledge_of_a_returned_alarm_makes_it_normal),
        TEST(test_alarm_raised_again_after_acknowledging_waits_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
