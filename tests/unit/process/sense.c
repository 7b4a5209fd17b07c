/* What the instrument makes of the process: saturation, quality, quantisation. */
#include "running.h"

#include <math.h>

static const char *const sensors[] = {
    "{name: HIGH, kind: level, range: [0, 10], register: {type: float64}, signal: {base: 12}}",
    "{name: LOW, kind: level, range: [0, 10], register: {type: float64}, signal: {base: -1}}",
    "{name: EDGE, kind: level, range: [0, 10], register: {type: float64}, signal: {base: 10}}",
    "{name: STEP, kind: level, range: [0, 10], register: {type: int16, scale: 0.1}, signal: {base: 3.26}}",
    "{name: BIT, kind: generic, register: {type: bool}, signal: {base: 0.7}}",
    "{name: TEXT, kind: generic, register: {type: string(4)}, signal: {text: idle}}",
    "{name: IDLE, kind: speed, range: [0, 10], register: {type: float64}, signal: {base: 0, noise: 0.5}}",
};

enum { HIGH, LOW, EDGE, STEP, BIT, TEXT, IDLE, SENSORS };

static void test_value_beyond_the_range_shows_its_end_with_bad_quality(void **state)
{
    (void)state;
    struct running running;
    running_begin(&running, "100ms", sensors, SENSORS);
    running_scan(&running);
    fixture_assert_number(running.state->value[HIGH], 10);
    fixture_assert_number(running.state->value[LOW], 0);
    assert_int_equal(running.state->flags[HIGH], MBP_SENSOR_BAD);
    assert_int_equal(running.state->flags[LOW], MBP_SENSOR_BAD);
    fixture_assert_number(running.state->lagged[HIGH], 12); /* the process goes where it goes */
    running_end(&running);
}

static void test_value_at_the_end_of_the_range_is_good(void **state)
{
    (void)state;
    struct running running;
    running_begin(&running, "100ms", sensors, SENSORS);
    running_scan(&running);
    fixture_assert_number(running.state->value[EDGE], 10);
    assert_int_equal(running.state->flags[EDGE], 0);
    running_end(&running);
}

/* A machine that stands still has speed 0, and half of the noise around it would be below the range. */
static void test_noise_at_the_end_of_the_range_is_cut_off_in_good_quality(void **state)
{
    (void)state;
    struct running running;
    unsigned at_the_end = 0;
    running_begin(&running, "100ms", sensors, SENSORS);
    for (int i = 0; i < 50; i++) {
        running_scan(&running);
        at_the_end += running.state->value[IDLE] <= 0;
        assert_int_equal(running.state->flags[IDLE], 0);
    }
    assert_in_range(at_the_end, 10, 40);
    running_end(&running);
}

static void test_quality_is_good_again_when_the_value_is_back(void **state)
{
    (void)state;
    struct running running;
    running_begin(&running, "100ms", sensors, SENSORS);
    running_scan(&running);
    mbp_process_force(running.process, running.state, HIGH, 5, PEER, &running.events);
    running_scan(&running);
    assert_int_equal(running.state->flags[HIGH], MBP_SENSOR_FORCED);
    mbp_process_release(running.process, running.state, HIGH, PEER, &running.events);
    running_scan(&running);
    assert_int_equal(running.state->flags[HIGH], MBP_SENSOR_BAD);
    running_end(&running);
}

static void test_value_shown_is_a_step_of_the_register(void **state)
{
    (void)state;
    struct running running;
    running_begin(&running, "100ms", sensors, SENSORS);
    running_scan(&running);
    fixture_assert_number(running.state->value[STEP], 33 * 0.1);
    fixture_assert_number(running.state->value[BIT], 1);
    running_end(&running);
}

static void test_value_of_a_string_sensor_is_none(void **state)
{
    (void)state;
    struct running running;
    running_begin(&running, "100ms", sensors, SENSORS);
    running_scan(&running);
    assert_true(isnan(running.state->value[TEXT]));
    assert_int_equal(running.state->flags[TEXT], 0);
    running_end(&running);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_value_beyond_the_range_shows_its_end_with_bad_quality),
        cmocka_unit_test(test_value_at_the_end_of_the_range_is_good),
        cmocka_unit_test(test_noise_at_the_end_of_the_range_is_cut_off_in_good_quality),
        cmocka_unit_test(test_quality_is_good_again_when_the_value_is_back),
        cmocka_unit_test(test_value_shown_is_a_step_of_the_register),
        cmocka_unit_test(test_value_of_a_string_sensor_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
