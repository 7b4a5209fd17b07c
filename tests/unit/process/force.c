/* Forcing: hold, once, release. */
#include "running.h"

#include <math.h>
#include <stdlib.h>

static const char *const sensors[] = {
    "{name: H1, kind: level, range: [0, 10], register: {type: float64}, signal: {base: 4}}",
    "{name: O1, kind: level, range: [0, 10], inject: once, register: {type: float64}, signal: {base: 4}}",
    "{name: S1, kind: level, range: [0, 10], register: {type: int16, scale: 0.1}, signal: {base: 4}}",
};

enum { H1, O1, S1, SENSORS };

static int setup(void **state)
{
    struct running *running = calloc(1, sizeof *running);
    assert_non_null(running);
    running_begin(running, "100ms", sensors, SENSORS);
    *state = running;
    return 0;
}

static int teardown(void **state)
{
    running_end(*state);
    free(*state);
    return 0;
}

static void force(struct running *running, uint32_t sensor, double value)
{
    running->events.count = 0;
    mbp_process_force(running->process, running->state, sensor, value, PEER, &running->events);
}

static void release(struct running *running, uint32_t sensor)
{
    running->events.count = 0;
    mbp_process_release(running->process, running->state, sensor, PEER, &running->events);
}

static void test_force_of_a_holding_sensor_shows_until_it_is_released(void **state)
{
    struct running *running = *state;
    force(running, H1, 9);
    for (int i = 0; i < 5; i++) {
        running_scan(running);
        fixture_assert_number(running->state->value[H1], 9);
        assert_int_equal(running->state->flags[H1], MBP_SENSOR_FORCED);
    }
    release(running, H1);
    running_scan(running);
    fixture_assert_number(running->state->value[H1], 4);
    assert_int_equal(running->state->flags[H1], 0);
}

static void test_force_tells_new_old_and_peer(void **state)
{
    struct running *running = *state;
    force(running, H1, 9);
    const struct mbp_event *event = fixture_only(&running->events, MBP_EV_VALUE_FORCED);
    assert_int_equal(event->sensor, H1);
    assert_int_equal(event->machine, 0);
    fixture_assert_number(event->value, 9);
    fixture_assert_number(event->limit, 4);
    assert_int_equal(event->detail, 0);
    assert_int_equal(event->actor, PEER);
    running_scan(running);
    release(running, H1);
    event = fixture_only(&running->events, MBP_EV_VALUE_RELEASED);
    fixture_assert_number(event->value, 9);
    assert_true(isnan(event->limit));
    assert_int_equal(event->actor, PEER);
}

static void test_force_again_before_a_scan_tells_the_forced_value_as_the_old_one(void **state)
{
    struct running *running = *state;
    force(running, H1, 9);
    force(running, H1, 8);
    const struct mbp_event *event = fixture_only(&running->events, MBP_EV_VALUE_FORCED);
    fixture_assert_number(event->value, 8);
    fixture_assert_number(event->limit, 9);
}

static void test_force_of_a_held_value_again_is_told_when_it_changes(void **state)
{
    struct running *running = *state;
    force(running, H1, 9);
    force(running, H1, 9);
    assert_int_equal(running->events.count, 0);
    force(running, H1, 8);
    assert_int_equal(running->events.count, 1);
    running_scan(running);
    fixture_assert_number(running->state->value[H1], 8);
}

static void test_force_of_a_once_sensor_shows_for_one_scan(void **state)
{
    struct running *running = *state;
    force(running, O1, 9);
    assert_int_equal(fixture_only(&running->events, MBP_EV_VALUE_FORCED)->detail, 1);
    running_scan(running);
    fixture_assert_number(running->state->value[O1], 9);
    assert_int_equal(running->state->flags[O1], 0); /* over, by itself */
    running_scan(running);
    fixture_assert_number(running->state->value[O1], 4);
}

static void test_force_of_a_once_sensor_again_is_told_each_time(void **state)
{
    struct running *running = *state;
    for (int i = 0; i < 3; i++) {
        force(running, O1, 9);
        fixture_only(&running->events, MBP_EV_VALUE_FORCED);
        running_scan(running);
    }
}

static void test_force_beyond_the_range_takes_its_end_in_good_quality(void **state)
{
    struct running *running = *state;
    force(running, H1, 1e30);
    running_scan(running);
    fixture_assert_number(running->state->value[H1], 10);
    assert_int_equal(running->state->flags[H1], MBP_SENSOR_FORCED);
    force(running, H1, -INFINITY);
    running_scan(running);
    fixture_assert_number(running->state->value[H1], 0);
}

static void test_force_of_no_number_is_ignored(void **state)
{
    struct running *running = *state;
    force(running, H1, NAN);
    assert_int_equal(running->events.count, 0);
    assert_int_equal(running->state->flags[H1], 0);
}

static void test_force_shows_a_step_of_the_register(void **state)
{
    struct running *running = *state;
    force(running, S1, 3.26);
    running_scan(running);
    fixture_assert_number(running->state->value[S1], 33 * 0.1);
}

static void test_force_leaves_the_process_to_go_on_beneath(void **state)
{
    struct running *running = *state;
    force(running, H1, 9);
    running_scan(running);
    fixture_assert_number(running->state->lagged[H1], 4);
}

static void test_release_of_what_is_not_forced_does_nothing(void **state)
{
    struct running *running = *state;
    release(running, H1);
    assert_int_equal(running->events.count, 0);
    force(running, O1, 9);
    running_scan(running);
    release(running, O1);
    assert_int_equal(running->events.count, 0);
}

static void test_release_leaves_the_other_flags(void **state)
{
    struct running *running = *state;
    running->state->flags[H1] = MBP_SENSOR_SHELVED;
    force(running, H1, 9);
    release(running, H1);
    assert_int_equal(running->state->flags[H1], MBP_SENSOR_SHELVED);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_force_of_a_holding_sensor_shows_until_it_is_released),
        TEST(test_force_tells_new_old_and_peer),
        TEST(test_force_again_before_a_scan_tells_the_forced_value_as_the_old_one),
        TEST(test_force_of_a_held_value_again_is_told_when_it_changes),
        TEST(test_force_of_a_once_sensor_shows_for_one_scan),
        TEST(test_force_of_a_once_sensor_again_is_told_each_time),
        TEST(test_force_beyond_the_range_takes_its_end_in_good_quality),
        TEST(test_force_of_no_number_is_ignored),
        TEST(test_force_shows_a_step_of_the_register),
        TEST(test_force_leaves_the_process_to_go_on_beneath),
        TEST(test_release_of_what_is_not_forced_does_nothing),
        TEST(test_release_leaves_the_other_flags),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
