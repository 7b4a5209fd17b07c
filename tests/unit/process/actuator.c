/* Actuators: travel, fail positions, commands. */
#include <math.h>
#include <stdio.h>

#include "running.h"

enum { VALVE, PUMP, FAST };

static void begin(struct running *running, const char *scan)
{
    char yaml[2048];
    snprintf(yaml, sizeof yaml,
             "mbplant: 1\nscan: %s\nunits:\n  - id: 1\n    machines:\n      - name: M1\n"
             "        actuators:\n"
             "          - {name: VALVE, range: [10, 60], travel: 20s, initial: 20, fail: {en_panne: closed}}\n"
             "          - {name: PUMP, on_off: true, travel: 3s, fail: off}\n"
             "          - {name: FAST}\n"
             "        sensors:\n"
             "          - {name: FLOW, range: [-1000, 1000], register: {type: float64},\n"
             "             signal: {base: 1, inputs: [{from: VALVE, gain: 2}, {from: PUMP, gain: 100}]}}\n",
             scan);
    running_begin_yaml(running, yaml);
}

static double position(const struct running *running, uint32_t actuator)
{
    return running->state->lagged[running->plant->sensor_count + actuator];
}

static void command(struct running *running, uint32_t actuator, double value)
{
    running->events.count = 0;
    mbp_process_command(running->process, running->state, actuator, value, PEER, &running->events);
}

static void assert_near(double actual, double expected)
{
    if (!(fabs(actual - expected) < 1e-9))
        fail_msg("%.15g is not near %.15g", actual, expected);
}

static void test_actuator_at_start_stands_where_its_command_is(void **state)
{
    (void)state;
    struct running running;
    begin(&running, "100ms");
    assert_near(position(&running, VALVE), 20);
    assert_near(running.state->lagged[0], 1 + 2 * 20);
    running_scan(&running);
    assert_near(position(&running, VALVE), 20);
    running_end(&running);
}

/* From 20 towards 60: 50 units in 20 s, so 2.5 a second, whatever the period. */
static void ramp(const char *scan)
{
    struct running running;
    begin(&running, scan);
    command(&running, VALVE, 60);
    while (running.state->sim_ns < 30 * MBP_NS_PER_S) {
        running_scan(&running);
        double t = (double)running.state->sim_ns / (double)MBP_NS_PER_S;
        assert_near(position(&running, VALVE), fmin(20 + 2.5 * t, 60));
        assert_near(running.state->lagged[0], 1 + 2 * position(&running, VALVE));
    }
    running_end(&running);
}

static void test_travel_is_a_straight_line_at_any_period(void **state)
{
    (void)state;
    ramp("1ms");
    ramp("100ms");
    ramp("7s");
    ramp("10s");
}

static void test_actuator_without_travel_is_there_in_the_same_scan(void **state)
{
    (void)state;
    struct running running;
    begin(&running, "100ms");
    command(&running, FAST, 100);
    running_scan(&running);
    assert_near(position(&running, FAST), 100);
    running_end(&running);
}

static void test_on_off_actuator_goes_from_end_to_end(void **state)
{
    (void)state;
    struct running running;
    begin(&running, "1s");
    command(&running, PUMP, 1);
    running_scan(&running);
    assert_near(position(&running, PUMP), 1.0 / 3);
    running_scan(&running);
    running_scan(&running);
    assert_near(position(&running, PUMP), 1);
    command(&running, PUMP, 0);
    for (int i = 0; i < 3; i++)
        running_scan(&running);
    assert_near(position(&running, PUMP), 0);
    running_end(&running);
}

static void test_trip_drives_an_actuator_to_its_fail_position_and_back_to_its_command(void **state)
{
    (void)state;
    struct running running;
    begin(&running, "1s");
    command(&running, FAST, 70);
    running.state->machine[0].state = MBP_EN_PANNE;
    for (int i = 0; i < 4; i++)
        running_scan(&running);
    assert_near(position(&running, VALVE), 10);
    assert_near(position(&running, FAST), 70); /* no `fail`: stays */
    assert_near(running.state->command[VALVE], 20);
    running.state->machine[0].state = MBP_MAINTENANCE; /* no fail position of the valve in this state */
    for (int i = 0; i < 4; i++)
        running_scan(&running);
    assert_near(position(&running, VALVE), 20);
    running_end(&running);
}

static void test_command_is_an_event_of_old_and_new_and_who(void **state)
{
    (void)state;
    struct running running;
    begin(&running, "100ms");
    command(&running, VALVE, 45.5);
    const struct mbp_event *event = fixture_only(&running.events, MBP_EV_POINT_WRITTEN);
    assert_int_equal(event->unit, 1);
    assert_int_equal(event->machine, 0);
    assert_int_equal(event->sensor, 1); /* after the one sensor */
    fixture_assert_number((double)event->value, 45.5);
    fixture_assert_number((double)event->limit, 20);
    assert_int_equal(event->actor, PEER);
    assert_int_equal(event->detail, mbp_event_write_detail(MBP_HOLDING_REGISTERS, 7000, 0, 0));
    command(&running, VALVE, 45.5); /* nothing new */
    assert_int_equal(running.events.count, 0);
    command(&running, PUMP, 1);
    assert_int_equal(fixture_only(&running.events, MBP_EV_POINT_WRITTEN)->detail,
                     mbp_event_write_detail(MBP_COILS, 5001, 0, 0));
    running_end(&running);
}

static void test_command_that_is_no_number_of_the_range_is_held_within(void **state)
{
    (void)state;
    struct running running;
    begin(&running, "100ms");
    command(&running, VALVE, NAN);
    fixture_assert_number(running.state->command[VALVE], 20);
    command(&running, VALVE, INFINITY);
    fixture_assert_number(running.state->command[VALVE], 60);
    command(&running, VALVE, -1e300);
    fixture_assert_number(running.state->command[VALVE], 10);
    command(&running, PUMP, 17);
    fixture_assert_number(running.state->command[PUMP], 1);
    running_end(&running);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_actuator_at_start_stands_where_its_command_is),
        cmocka_unit_test(test_travel_is_a_straight_line_at_any_period),
        cmocka_unit_test(test_actuator_without_travel_is_there_in_the_same_scan),
        cmocka_unit_test(test_on_off_actuator_goes_from_end_to_end),
        cmocka_unit_test(test_trip_drives_an_actuator_to_its_fail_position_and_back_to_its_command),
        cmocka_unit_test(test_command_is_an_event_of_old_and_new_and_who),
        cmocka_unit_test(test_command_that_is_no_number_of_the_range_is_held_within),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
