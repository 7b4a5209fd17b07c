/* Faults of actuators: what their positions become of it, and what the process takes in. */
#include <math.h>
#include <stdio.h>

#include "mbplant/fault.h"
#include "running.h"

enum { VALVE, PUMP };
enum { FLOW, SEEN, SHUT };

/* VALVE goes 5 a second. */
static void begin(struct running *running, const char *faults)
{
    char yaml[2048];
    snprintf(yaml, sizeof yaml,
             "mbplant: 1\nscan: 1s\nunits:\n  - id: 1\n    machines:\n      - name: M1\n"
             "        actuators:\n"
             "          - {name: VALVE, range: [10, 60], travel: 10s, initial: 20, fail: {en_panne: closed}}\n"
             "          - {name: PUMP, on_off: true, fail: off}\n"
             "        sensors:\n"
             "          - {name: FLOW, range: [-1000, 1000], register: {type: float64},\n"
             "             signal: {inputs: [{from: VALVE, gain: 2}, {from: PUMP, gain: 100}]}}\n"
             "          - {name: SEEN, range: [-1000, 1000], register: {type: float64}, signal: {expr: VALVE}}\n"
             "          - {name: SHUT, range: [0, 1000], register: {type: float64},\n"
             "             signal: {expr: \"BOOL_TO_INT(VALVE.closed) + 10 * BOOL_TO_INT(PUMP.running) + 100 * "
             "BOOL_TO_INT(VALVE.mismatch)\"}}\n%s",
             faults);
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

static void scan(struct running *running, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        running_scan(running);
}

static void on(struct running *running, uint32_t fault, bool is)
{
    assert_int_equal(mbp_fault_set(running->plant, running->state, fault, is), MBP_OK);
}

static void assert_near(double actual, double expected)
{
    if (!(fabs(actual - expected) < 1e-9))
        fail_msg("%.15g is not near %.15g", actual, expected);
}

static void test_stuck_valve_stays_where_it_is_whatever_is_commanded_or_fails(void **state)
{
    (void)state;
    struct running running;
    begin(&running, "faults: [{name: F, kind: stuck, actuator: VALVE}]\n");
    command(&running, VALVE, 60);
    scan(&running, 2);
    on(&running, 0, true);
    scan(&running, 20);
    assert_near(position(&running, VALVE), 30);
    assert_near(running.state->lagged[FLOW], 60);
    assert_near(running.state->lagged[SEEN], 30);
    assert_near(running.state->command[VALVE], 60);
    running.state->machine[0].state = MBP_EN_PANNE;
    scan(&running, 20);
    assert_near(position(&running, VALVE), 30);
    running.state->machine[0].state = MBP_EN_SERVICE;
    on(&running, 0, false);
    scan(&running, 1);
    assert_near(position(&running, VALVE), 35);
    running_end(&running);
}

static void test_stuck_valve_with_a_value_is_there(void **state)
{
    (void)state;
    struct running running;
    begin(&running, "faults: [{name: F, kind: stuck, actuator: VALVE, value: 45}]\n");
    on(&running, 0, true);
    scan(&running, 1);
    assert_near(position(&running, VALVE), 45);
    mbp_process_find_steady_state(running.process, running.state);
    assert_near(position(&running, VALVE), 45);
    assert_near(running.state->lagged[FLOW], 90);
    running_end(&running);
}

static void test_slow_valve_takes_its_time_and_never_less_than_a_sound_one(void **state)
{
    (void)state;
    struct running running;
    begin(&running, "faults: [{name: SLOW, kind: slow, actuator: VALVE, over: 100s},\n"
                    "         {name: QUICK, kind: slow, actuator: VALVE, over: 1s}]\n");
    on(&running, 1, true);
    command(&running, VALVE, 60);
    scan(&running, 2);
    assert_near(position(&running, VALVE), 30);
    on(&running, 0, true);
    scan(&running, 4);
    assert_near(position(&running, VALVE), 32);
    on(&running, 0, false);
    scan(&running, 1);
    assert_near(position(&running, VALVE), 37);
    running_end(&running);
}

/* The switch at its end tells where the stem is; what flows tells the rest. */
static void test_passing_valve_that_is_shut_lets_through_and_stands_shut(void **state)
{
    (void)state;
    struct running running;
    begin(&running, "faults: [{name: F, kind: passing, actuator: VALVE, amount: 4},\n"
                    "         {name: G, kind: passing, actuator: VALVE, amount: 1},\n"
                    "         {name: P, kind: passing, actuator: PUMP, amount: 0.1}]\n");
    command(&running, VALVE, 10);
    scan(&running, 10);
    assert_near(running.state->lagged[FLOW], 20);
    for (uint32_t f = 0; f < 3; f++)
        on(&running, f, true);
    scan(&running, 1);
    assert_near(running.state->lagged[FLOW], 28 + 10);
    assert_near(running.state->lagged[SEEN], 14);
    assert_near(running.state->lagged[SHUT], 1);
    mbp_process_find_steady_state(running.process, running.state);
    assert_near(running.state->lagged[SHUT], 1);
    assert_near(position(&running, VALVE), 10);
    command(&running, VALVE, 60);
    command(&running, PUMP, 1);
    scan(&running, 10);
    assert_near(running.state->lagged[FLOW], 120 + 100); /* open, it is as any other */
    running_end(&running);
}

static void test_offset_valve_goes_beyond_its_command_but_not_beyond_its_range(void **state)
{
    (void)state;
    struct running running;
    begin(&running, "faults: [{name: F, kind: offset, actuator: VALVE, amount: -8}]\n");
    on(&running, 0, true);
    command(&running, VALVE, 50);
    scan(&running, 20);
    assert_near(position(&running, VALVE), 42);
    command(&running, VALVE, 12);
    scan(&running, 20);
    assert_near(position(&running, VALVE), 10);
    running_end(&running);
}

static void test_effect_that_an_actuator_cannot_have_is_refused(void **state)
{
    (void)state;
    struct running running;
    uint32_t fault = 99;
    begin(&running, "");
    uint32_t valve = running.plant->sensor_count;
    const struct mbp_effect wrong[] = {
        {.subject = valve + 2, .kind = MBP_EFFECT_STUCK, .amount = NAN},
        {.subject = valve, .kind = MBP_EFFECT_BIAS, .amount = 1},
        {.subject = valve, .kind = MBP_EFFECT_COUNT, .amount = 1},
        {.subject = valve, .kind = MBP_EFFECT_STUCK, .amount = 61},
        {.subject = valve, .kind = MBP_EFFECT_STUCK, .amount = INFINITY},
        {.subject = valve, .kind = MBP_EFFECT_SLOW},
        {.subject = valve, .kind = MBP_EFFECT_PASSING, .amount = 0},
        {.subject = valve, .kind = MBP_EFFECT_PASSING, .amount = 51},
        {.subject = valve, .kind = MBP_EFFECT_PASSING, .amount = NAN},
        {.subject = valve, .kind = MBP_EFFECT_OFFSET, .amount = NAN},
        {.subject = valve, .kind = MBP_EFFECT_OFFSET, .amount = -51},
        {.subject = valve + PUMP, .kind = MBP_EFFECT_OFFSET, .amount = 0.5},
        {.subject = FLOW, .kind = MBP_EFFECT_SLOW, .over_ns = 1},
        {.subject = FLOW, .kind = MBP_EFFECT_PASSING, .amount = 1},
        {.subject = FLOW, .kind = MBP_EFFECT_OFFSET, .amount = 1},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        if (mbp_fault_begin(running.plant, running.state, &wrong[i], &fault) != MBP_ERR_RANGE)
            fail_msg("effect %zu is possible", i);
    }
    assert_int_equal(fault, 99);
    running_end(&running);
}

static void test_carry_finds_the_valve_where_sensors_have_come_before_it(void **state)
{
    (void)state;
    struct running from, to;
    begin(&from, "faults: [{name: F, kind: stuck, actuator: VALVE}]\n");
    on(&from, 0, true);
    scan(&from, 1);
    begin(&to, "    sensors: [{name: ROOM}]\n    actuators: [{name: OTHER}]\n"
               "faults: [{name: F, kind: stuck, actuator: VALVE}]\n");
    to.state->sim_ns = from.state->sim_ns;
    mbp_fault_carry(from.plant, from.state, to.plant, to.state);
    command(&to, VALVE, 60);
    scan(&to, 20);
    assert_near(position(&to, VALVE), 20);
    running_end(&from);
    running_end(&to);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stuck_valve_stays_where_it_is_whatever_is_commanded_or_fails),
        cmocka_unit_test(test_stuck_valve_with_a_value_is_there),
        cmocka_unit_test(test_slow_valve_takes_its_time_and_never_less_than_a_sound_one),
        cmocka_unit_test(test_passing_valve_that_is_shut_lets_through_and_stands_shut),
        cmocka_unit_test(test_offset_valve_goes_beyond_its_command_but_not_beyond_its_range),
        cmocka_unit_test(test_effect_that_an_actuator_cannot_have_is_refused),
        cmocka_unit_test(test_carry_finds_the_valve_where_sensors_have_come_before_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
