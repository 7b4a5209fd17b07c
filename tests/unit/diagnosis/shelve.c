/* Shelved sensors: no alarms; what trips the machine does so all the same. */
#include "bench.h"

#include <math.h>

static void shelve(struct bench *bench, uint32_t sensor, bool on)
{
    bench_forget(bench);
    mbp_diagnosis_shelve(bench->plant, bench->state, sensor, on, BENCH_PEER, &bench->events);
}

static void test_shelve_and_unshelve_are_told_with_their_peer_once(void **state)
{
    struct bench *bench = *state;
    shelve(bench, T1, true);
    const struct mbp_event *event = fixture_only(&bench->events, MBP_EV_ALARM_SHELVED);
    assert_int_equal(event->sensor, T1);
    assert_int_equal(event->actor, BENCH_PEER);
    assert_true(isnan(event->value));
    assert_int_equal(bench->state->flags[T1], MBP_SENSOR_SHELVED);
    shelve(bench, T1, true);
    assert_int_equal(bench->events.count, 0);
    shelve(bench, T1, false);
    fixture_only(&bench->events, MBP_EV_ALARM_UNSHELVED);
    assert_int_equal(bench->state->flags[T1], 0);
    shelve(bench, T1, false);
    assert_int_equal(bench->events.count, 0);
}

static void test_shelve_leaves_the_other_flags(void **state)
{
    struct bench *bench = *state;
    bench->state->flags[T1] = MBP_SENSOR_FORCED;
    shelve(bench, T1, true);
    assert_int_equal(bench->state->flags[T1], MBP_SENSOR_FORCED | MBP_SENSOR_SHELVED);
    shelve(bench, T1, false);
    assert_int_equal(bench->state->flags[T1], MBP_SENSOR_FORCED);
}

static void test_shelved_sensor_beyond_its_limit_raises_nothing(void **state)
{
    struct bench *bench = *state;
    shelve(bench, Q1, true);
    for (int i = 0; i < 30; i++) {
        bench_show(bench, Q1, 9);
        assert_int_equal(bench->events.count, 0);
    }
    assert_true(bench->state->machine[M2].trip);
}

static void test_unshelved_sensor_still_beyond_its_limit_raises_at_once(void **state)
{
    struct bench *bench = *state;
    shelve(bench, D1, true);
    for (int i = 0; i < 30; i++)
        bench_show(bench, D1, 9); /* longer than its delay */
    shelve(bench, D1, false);
    bench_show(bench, D1, 9);
    fixture_only(&bench->events, MBP_EV_ALARM_RAISED);
}

static void test_shelved_alarm_keeps_its_state_and_trips(void **state)
{
    struct bench *bench = *state;
    bench_show(bench, Q1, 9);
    assert_true(bench->state->machine[M2].trip);
    shelve(bench, Q1, true);
    bench_show(bench, Q1, 9);
    assert_true(bench->state->machine[M2].trip);
    assert_int_equal(bench->state->active[Q1], 1u << MBP_HIGH);
    assert_int_equal(bench->state->unack[Q1], 1u << MBP_HIGH);
    shelve(bench, Q1, false);
    bench_show(bench, Q1, 9);
    assert_true(bench->state->machine[M2].trip);
    assert_int_equal(bench->events.count, 0); /* no second activation */
}

static void test_shelved_alarm_still_clears(void **state)
{
    struct bench *bench = *state;
    bench_show(bench, Q1, 9);
    shelve(bench, Q1, true);
    bench_show(bench, Q1, 5);
    fixture_only(&bench->events, MBP_EV_ALARM_CLEARED);
    assert_int_equal(bench->state->active[Q1], 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_shelve_and_unshelve_are_told_with_their_peer_once),
        TEST(test_shelve_leaves_the_other_flags),
        TEST(test_shelved_sensor_beyond_its_limit_raises_nothing),
        TEST(test_unshelved_sensor_still_beyond_its_limit_raises_at_once),
        TEST(test_shelved_alarm_keeps_its_state_and_trips),
        TEST(test_shelved_alarm_still_clears),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
