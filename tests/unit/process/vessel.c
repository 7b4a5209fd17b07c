/* Integrators and dead times against their closed forms, and two vessels between which nothing is lost. */
#include "running.h"

#include <float.h>
#include <math.h>
#include <stdio.h>

static const char *const periods[] = {"10ms", "100ms"};

static void assert_near(double actual, double expected, double within)
{
    if (!(fabs(actual - expected) <= within))
        fail_msg("%.17g is not within %g of %.17g", actual, within, expected);
}

static double seconds(const struct running *running)
{
    return (double)running->state->sim_ns / (double)MBP_NS_PER_S;
}

/* ---- integrator ------------------------------------------------------------------------------------------------- */

enum { FILLING, WASHED, LATE, BETWEEN };

/* FILLING takes in 2, then 4: 0.5 of it a second. WASHED takes in what a lag of 4 s lets through. LATE and BETWEEN show
 * FILLING after a dead time, which is a whole number of either period or stands between two scans. */
static const char *const tanks[] = {
    "{name: A, kind: level, range: [0, 1000], register: {type: float64},\n"
    "             signal: {base: {en_service: 2, en_panne: 4, maintenance: -40}, integrate: {gain: 0.5, initial: 20}}}",
    "{name: B, kind: level, range: [0, 1000], register: {type: float64},\n"
    "             signal: {base: 0, inputs: [{from: U, lag: 4s}], integrate: {gain: 0.5, initial: 20}}}",
    "{name: C, kind: level, range: [0, 1000], register: {type: float64},\n"
    "             signal: {base: {en_service: 2, en_panne: 4}, integrate: {gain: 0.5, initial: 20}, dead_time: 2s}}",
    "{name: D, kind: level, range: [0, 1000], register: {type: float64},\n"
    "             signal: {base: {en_service: 2, en_panne: 4}, integrate: {gain: 0.5, initial: 20}, dead_time: "
    "1255ms}}",
    "{name: U, kind: flow, range: [0, 100], register: {type: float64},\n"
    "             signal: {base: {en_service: 2, en_panne: 4}}}",
};

static void fill_for_20_s(const char *period)
{
    struct running running;
    running_begin(&running, period, tanks, 5);
    const double *level = running.state->lagged;
    double scan_s = (double)running.plant->scan_ns / (double)MBP_NS_PER_S;
    running.state->machine[0].state = MBP_EN_PANNE; /* a step from 2 to 4 */
    while (running.state->sim_ns < 20 * MBP_NS_PER_S) {
        running_scan(&running);
        double t = seconds(&running);
        assert_near(level[FILLING], 20 + 0.5 * 4 * t, 1e-9);
        /* The integral of 4 - 2 e^(-t/4); the sum over scans takes each scan's end for the whole of it. */
        double washed = 20 + 0.5 * (4 * t - 2 * 4 * (1 - exp(-t / 4)));
        assert_near(level[WASHED], washed + 0.25 * scan_s, 0.25 * scan_s + 1e-9);
        /* A ramp is a line, so what is between two scans is exact too. */
        assert_near(level[LATE], 20 + 2 * fmax(t - 2, 0), 1e-9);
        assert_near(level[BETWEEN], 20 + 2 * fmax(t - 1.255, 0), 1e-9);
    }
    running_end(&running);
}

static void test_integrator_after_a_step_follows_its_closed_form_at_any_period(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof periods / sizeof periods[0]; i++)
        fill_for_20_s(periods[i]);
}

static void test_integrator_that_was_empty_or_full_for_long_leaves_at_once(void **state)
{
    (void)state;
    struct running running;
    running_begin(&running, "100ms", tanks, 5);
    const double *level = &running.state->lagged[FILLING];
    running.state->machine[0].state = MBP_MAINTENANCE; /* 20 a second out of 20 */
    for (int i = 0; i < 100; i++)
        running_scan(&running);
    fixture_assert_number(*level, 0);
    running.state->machine[0].state = MBP_EN_PANNE;
    for (int i = 1; i <= 4990; i++) {
        running_scan(&running);
        assert_near(*level, 0.2 * i, 1e-9);
    }
    for (int i = 0; i < 100; i++)
        running_scan(&running);
    fixture_assert_number(*level, 1000);
    running.state->machine[0].state = MBP_MAINTENANCE;
    running_scan(&running);
    assert_near(*level, 998, 1e-9);
    running_end(&running);
}

/* ---- dead time -------------------------------------------------------------------------------------------------- */

/* From 65 to 30 behind lag and dead time, in a sensor's own signal and in its input. */
static const char *const pipes[] = {
    "{name: T1, kind: temperature, range: [0, 150], register: {type: float64},\n"
    "             signal: {base: {en_service: 65, en_panne: 30}, lag: 4s, dead_time: 2s}}",
    "{name: T2, kind: temperature, range: [0, 150], register: {type: float64},\n"
    "             signal: {base: {en_service: 65, en_panne: 30}, dead_time: 2s}}",
    "{name: T3, kind: temperature, range: [0, 150], register: {type: float64},\n"
    "             signal: {base: 1, inputs: [{from: T0, gain: 2, lag: 4s, dead_time: 2s}]}}",
    "{name: T4, kind: temperature, range: [0, 150], register: {type: float64},\n"
    "             signal: {base: 1, inputs: [{from: T1, gain: 2, dead_time: 3s}]}}",
    "{name: T0, kind: temperature, range: [0, 150], register: {type: float64},\n"
    "             signal: {base: {en_service: 65, en_panne: 30}}}",
};

static double behind(double t, double dead_s)
{
    return t <= dead_s ? 65 : 30 + 35 * exp(-(t - dead_s) / 4);
}

static void pass_through(const char *period)
{
    struct running running;
    running_begin(&running, period, pipes, 5);
    const double *value = running.state->lagged;
    running.state->machine[0].state = MBP_EN_PANNE;
    while (running.state->sim_ns < 20 * MBP_NS_PER_S) {
        running_scan(&running);
        double t = seconds(&running);
        assert_near(value[0], behind(t, 2), 1e-9);
        fixture_assert_number(value[1], running.state->sim_ns <= 2 * MBP_NS_PER_S ? 65 : 30);
        assert_near(value[2], 1 + 2 * behind(t, 2), 1e-9);
        assert_near(value[3], 1 + 2 * behind(t, 5), 1e-9);
    }
    running_end(&running);
}

static void test_dead_time_shows_a_step_that_much_later_at_any_period(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof periods / sizeof periods[0]; i++)
        pass_through(periods[i]);
}

/* ---- mass balance ----------------------------------------------------------------------------------------------- */

/* One pipe from A (2 m2) down to B (4 m2), a pump back; %s: what else the pipe and the pump are like. */
#define TANK_A                                                                                                         \
    "{name: A, kind: level, range: [0, 100], register: {type: float64},\n"                                             \
    "             signal: {base: 0, inputs: [{from: PUMP}, {from: PIPE, gain: -1}], "                                  \
    "integrate: {gain: 0.5, initial: 80}}}"
#define TANK_B                                                                                                         \
    "{name: B, kind: level, range: [0, 100], register: {type: float64},\n"                                             \
    "             signal: {base: 0, inputs: [{from: PIPE}, {from: PUMP, gain: -1}], "                                  \
    "integrate: {gain: 0.25, initial: 10}}}"
#define PIPE(more)                                                                                                     \
    "{name: PIPE, kind: flow, range: [0, 100], register: {type: float64},\n"                                           \
    "             signal: {base: 0, inputs: [{from: A, gain: 0.3}" more "}}"
#define PUMP(more)                                                                                                     \
    "{name: PUMP, kind: flow, range: [0, 100], register: {type: float64},\n"                                           \
    "             signal: {base: 0, inputs: [{from: B, gain: 0.1}" more "}}"

/* Plain; slow and unsteady; each flow depending on the other; delayed. In orders that begin with either kind. */
static const char *const loops[][4] = {
    {TANK_A, TANK_B, PIPE("]"), PUMP("]")},
    {PUMP("]"), PIPE("]"), TANK_B, TANK_A},
    {TANK_A, PIPE("], lag: 3s, wander: {sigma: 0.5, tau: 5s}"), TANK_B, PUMP("], noise: 1, lag: 1s")},
    {PIPE(", {from: PUMP, gain: 0.2}]"), TANK_A, PUMP(", {from: PIPE, gain: -0.2}]"), TANK_B},
    {TANK_B, PUMP("], dead_time: 1250ms"), PIPE(", {from: PUMP, gain: 0.1, lag: 2s, dead_time: 730ms}]"), TANK_A},
};

#define BALANCE_SCANS 20000u

/* 2 A + 4 B; each scan may round each of four additions once, at no more than 512. */
static void keep_balance(const char *period, const char *const *sensors)
{
    struct running running;
    running_begin(&running, period, sensors, 4);
    uint32_t a = mbp_plant_find_sensor(running.plant, "A");
    uint32_t b = mbp_plant_find_sensor(running.plant, "B");
    const double *level = running.state->lagged;
    double moved = 0;
    for (uint32_t i = 1; i <= BALANCE_SCANS; i++) {
        double before = level[a];
        running_scan(&running);
        moved += fabs(level[a] - before);
        assert_true(level[a] > 0 && level[a] < 100 && level[b] > 0 && level[b] < 100);
        assert_near(2 * level[a] + 4 * level[b], 2 * 80 + 4 * 10, 4 * i * 512 * DBL_EPSILON);
    }
    assert_true(moved > 20); /* something did flow */
    running_end(&running);
}

static void test_two_vessels_in_a_loop_lose_and_gain_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof loops / sizeof loops[0]; i++) {
        keep_balance("20ms", loops[i]);
        keep_balance("500ms", loops[i]);
    }
}

/* 0.3 A = 0.1 B with 2 A + 4 B = 200. */
static void test_two_vessels_in_a_loop_come_to_rest_where_the_flows_are_equal(void **state)
{
    (void)state;
    struct running running;
    running_begin(&running, "100ms", loops[0], 4);
    for (int i = 0; i < 3000; i++)
        running_scan(&running);
    assert_near(running.state->lagged[0], 200.0 / 14, 1e-9);
    assert_near(running.state->lagged[1], 600.0 / 14, 1e-9);
    running_end(&running);
}

/* ---- by head ---------------------------------------------------------------------------------------------------- */

/* Torricelli: an outflow of 0.8 sqrt(level) from 2 m2, so sqrt(level) = 8 - 0.2 t until nothing is left. */
static void drain(const char *period)
{
    static const char *const tank[] = {
        "{name: A, kind: level, range: [0, 100], register: {type: float64},\n"
        "             signal: {base: 0, inputs: [{from: OUT, gain: -1}], integrate: {gain: 0.5, initial: 64}}}",
        "{name: OUT, kind: flow, range: [0, 100], register: {type: float64},\n"
        "             signal: {base: 0, inputs: [{from: A, function: square_root, gain: 0.8}]}}"};
    struct running running;
    running_begin(&running, period, tank, 2);
    const double *level = running.state->lagged;
    double scan_s = (double)running.plant->scan_ns / (double)MBP_NS_PER_S;
    double gone = 0;
    while (running.state->sim_ns < 60 * MBP_NS_PER_S) {
        running_scan(&running);
        double root = fmax(8 - 0.2 * seconds(&running), 0);
        gone += 0.5 * level[1] * scan_s;
        assert_near(level[0], root * root, 2 * scan_s); /* a scan's flow goes by the level before it */
        /* What has left is what is not there, but for the last drop: that of the scan in which it became empty. */
        assert_near(64 - gone, level[0], 0.25 * 0.4 * 0.4 * scan_s * scan_s + 1e-9);
    }
    assert_near(level[0], 0, 0);
    assert_near(level[1], 0, 0);
    running_end(&running);
}

static void test_vessel_drained_by_its_head_follows_torricelli_and_ends_empty(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof periods / sizeof periods[0]; i++)
        drain(periods[i]);
}

static const char valve_yaml[] =
    "mbplant: 1\nscan: 100ms\nunits:\n  - id: 1\n    machines:\n      - name: M1\n"
    "        actuators: [{name: V, initial: 50}]\n        sensors:\n"
    "          - {name: HEAD, range: [-100, 100], register: {type: float64}, signal: {base: 49}}\n"
    "          - {name: FLOW, range: [-100, 100], register: {type: float64},\n"
    "             signal: {base: 1, inputs: [{from: HEAD, function: square_root, gain: 0.1, times: V}]}}\n"
    "          - {name: TWICE, range: [-5000, 5000], register: {type: float64},\n"
    "             signal: {base: 0, inputs: [{from: HEAD, gain: 2, times: V}]}}\n";

static void test_flow_through_a_valve_is_its_position_times_the_root_of_the_head(void **state)
{
    (void)state;
    enum { HEAD, FLOW, TWICE };
    struct running running;
    running_begin_yaml(&running, valve_yaml);
    assert_near(running.state->lagged[FLOW], 1 + 0.1 * 7 * 50, 1e-12);
    running_scan(&running);
    assert_near(running.state->lagged[FLOW], 1 + 0.1 * 7 * 50, 1e-12);
    assert_near(running.state->lagged[TWICE], 2 * 49 * 50, 1e-12);
    running.state->command[0] = 20;
    running_scan(&running);
    assert_near(running.state->lagged[FLOW], 1 + 0.1 * 7 * 20, 1e-12);
    running.state->base[HEAD] = -49; /* no head, no flow; what is linear goes on */
    running_scan(&running);
    assert_near(running.state->lagged[FLOW], 1, 1e-12);
    assert_near(running.state->lagged[TWICE], 2 * -49 * 20, 1e-12);
    running_end(&running);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_integrator_after_a_step_follows_its_closed_form_at_any_period),
        cmocka_unit_test(test_integrator_that_was_empty_or_full_for_long_leaves_at_once),
        cmocka_unit_test(test_dead_time_shows_a_step_that_much_later_at_any_period),
        cmocka_unit_test(test_two_vessels_in_a_loop_lose_and_gain_nothing),
        cmocka_unit_test(test_two_vessels_in_a_loop_come_to_rest_where_the_flows_are_equal),
        cmocka_unit_test(test_vessel_drained_by_its_head_follows_torricelli_and_ends_empty),
        cmocka_unit_test(test_flow_through_a_valve_is_its_position_times_the_root_of_the_head),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
