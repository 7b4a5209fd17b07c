/* Property: whatever a plant file's numbers are and whatever masters inject, a process value is a number within its
 * bound, and what a sensor shows a number within its instrument's range. */
#include "running.h"

#include <float.h>
#include <math.h>
#include <stdio.h>

#define PLANTS  200u
#define SCANS   500u
#define SENSORS 8u
#define BOUND   1e100 /* process.h */

struct draws {
    uint64_t plant, counter;
};

static uint32_t draw(struct draws *draws, uint32_t below)
{
    return (uint32_t)(mbp_rng_bits(draws->plant, 2, draws->counter++) % below);
}

/* ---- a plant ---------------------------------------------------------------------------------------------------- */

static const char *number(struct draws *draws)
{
    static const char *const numbers[] = {"0",      "1",     "-1",    "0.1",    "-0.7",   "50",      "1e300",
                                          "-1e300", "1e100", "-1e99", "1e-300", "5e-324", "1.7e308", "-1.7e308"};
    return numbers[draw(draws, sizeof numbers / sizeof numbers[0])];
}

static const char *duration(struct draws *draws)
{
    static const char *const durations[] = {"0s", "1ns", "1ms", "50ms", "100ms", "1s", "2500ms", "1h"};
    return durations[draw(draws, sizeof durations / sizeof durations[0])];
}

/* Dead times keep a sample a scan. */
static const char *dead_time(struct draws *draws)
{
    static const char *const durations[] = {"0s", "1ns", "100ms", "130ms", "1s", "2555ms"};
    return durations[draw(draws, sizeof durations / sizeof durations[0])];
}

/* Ends that the register holds exactly, so that no rounding goes beyond them. */
static const char *range(struct draws *draws)
{
    static const char *const ranges[] = {
        "range: [0, 100], register: {type: int16, scale: 1}",
        "range: [-32768, 32767], register: {type: int16, scale: 1}",
        "range: [-50, 150], register: {type: int16, scale: 0.5}",
        "range: [-1, 10], register: {type: float32}",
        "range: [0.1, 0.3], register: {type: float64}",
        "range: [-1e300, 1e300], register: {type: float64}",
        "range: [-1.7e308, 1.7e308], register: {type: float64}",
        "range: [0, 4294967295], register: {type: uint32, scale: 1}",
    };
    return ranges[draw(draws, sizeof ranges / sizeof ranges[0])];
}

__attribute__((format(printf, 3, 4))) static size_t add(char *yaml, size_t size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(yaml, size, format, arguments);
    va_end(arguments);
    assert_in_range(length, 0, size - 1);
    return (size_t)length;
}

/* From any sensor, itself too, or from the valve: loops are likely. */
static size_t add_inputs(char *yaml, size_t size, struct draws *draws)
{
    uint32_t count = draw(draws, 4);
    size_t used = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t from = draw(draws, SENSORS + 1);
        used += add(yaml + used, size - used, i == 0 ? ", inputs: [" : ", ");
        used += from == SENSORS ? add(yaml + used, size - used, "{from: V")
                                : add(yaml + used, size - used, "{from: S%u", from);
        used += add(yaml + used, size - used, ", gain: %s, lag: %s, dead_time: %s}", number(draws), duration(draws),
                    dead_time(draws));
    }
    return used + (count > 0 ? add(yaml + used, size - used, "]") : 0);
}

static size_t add_sensor(char *yaml, size_t size, uint32_t s, struct draws *draws)
{
    size_t used = add(yaml, size,
                      "      - {name: S%u, kind: level, %s,\n         signal: {base: {en_service: %s, "
                      "en_panne: %s, maintenance: %s}",
                      s, range(draws), number(draws), number(draws), number(draws));
    if (draw(draws, 3) == 0)
        used += add(yaml + used, size - used, ", wave: {shape: square, amplitude: %s, period: 700ms}", number(draws));
    used += add_inputs(yaml + used, size - used, draws);
    if (draw(draws, 2) == 0)
        used += add(yaml + used, size - used, ", integrate: {gain: %s, initial: %s}", number(draws), number(draws));
    used += add(yaml + used, size - used, ", lag: %s, dead_time: %s", duration(draws), dead_time(draws));
    if (draw(draws, 3) == 0)
        used += add(yaml + used, size - used, ", wander: {sigma: %s, tau: 1s}", draw(draws, 2) == 0 ? "1e300" : "0.1");
    if (draw(draws, 3) == 0)
        used += add(yaml + used, size - used, ", noise: %s", draw(draws, 2) == 0 ? "1e300" : "0.1");
    return used + add(yaml + used, size - used, "}}\n");
}

static void begin(struct running *running, struct draws *draws)
{
    static const char *const valves[] = {"[0, 100]", "[-1e300, 1e300]", "[-1.7e308, 1.7e308]"};
    char yaml[16384];
    size_t used = add(
        yaml, sizeof yaml,
        "mbplant: 1\nname: Extreme\nscan: 100ms\nseed: %u\nunits:\n  - id: 1\n    machines:\n"
        "    - name: M1\n      actuators: [{name: V, kind: valve, range: %s, travel: %s, register: {type: float64}}]\n"
        "      sensors:\n",
        draw(draws, 1000), valves[draw(draws, 3)], draw(draws, 2) == 0 ? "0s" : "3s");
    for (uint32_t s = 0; s < SENSORS; s++)
        used += add_sensor(yaml + used, sizeof yaml - used, s, draws);
    running_begin_yaml(running, yaml);
}

/* ---- its life --------------------------------------------------------------------------------------------------- */

/* What masters and machines do between two scans. */
static void meddle(struct running *running, struct draws *draws)
{
    const double injected[] = {0, -INFINITY, INFINITY, NAN, DBL_MAX, -DBL_MAX, DBL_TRUE_MIN, -0.0};
    uint32_t s = draw(draws, SENSORS);
    const double *ends = running->plant->sensors[s].range;
    double value = injected[draw(draws, sizeof injected / sizeof injected[0])];
    running->events.count = 0;
    switch (draw(draws, 12)) {
    case 0:
        mbp_process_force(running->process, running->state, s, value, PEER, &running->events);
        break;
    case 1:
        mbp_process_force(running->process, running->state, s, ends[draw(draws, 2)], PEER, &running->events);
        break;
    case 2:
        mbp_process_release(running->process, running->state, s, PEER, &running->events);
        break;
    case 3:
        mbp_process_command(running->process, running->state, 0, value, PEER, &running->events);
        break;
    case 4:
        running->state->machine[0].state = (uint8_t)draw(draws, 3);
        break;
    default:
        break;
    }
}

static void check(const struct running *running, uint64_t plant)
{
    const struct mbp_state *state = running->state;
    for (uint32_t s = 0; s < SENSORS; s++) {
        const double *ends = running->plant->sensors[s].range;
        if (!(fabs(state->lagged[s]) <= BOUND * (1 + 1e-12)))
            fail_msg("plant %lu, scan %lu: S%u's process value is %g", (unsigned long)plant, (unsigned long)state->scan,
                     s, state->lagged[s]);
        if (!(state->value[s] >= ends[0] && state->value[s] <= ends[1]))
            fail_msg("plant %lu, scan %lu: S%u shows %.17g", (unsigned long)plant, (unsigned long)state->scan, s,
                     state->value[s]);
    }
}

static void test_extreme_plants_show_numbers_within_their_ranges(void **state)
{
    (void)state;
    for (uint64_t plant = 1; plant <= PLANTS; plant++) {
        struct draws draws = {.plant = plant};
        struct running running;
        begin(&running, &draws);
        check(&running, plant);
        for (uint32_t scan = 0; scan < SCANS; scan++) {
            meddle(&running, &draws);
            running_scan(&running);
            check(&running, plant);
        }
        running_end(&running);
    }
}

/* The lag's first difference would be 3.4e308, which is no number; 0 times that is none either. */
static void test_lag_behind_an_actuator_of_extreme_range_stays_a_number(void **state)
{
    (void)state;
    struct running running;
    running_begin_yaml(&running, "mbplant: 1\nname: Extreme\nscan: 100ms\nunits:\n  - id: 1\n    machines:\n"
                                 "    - name: M1\n      actuators: [{name: V, kind: valve, range: [-1.7e308, 1.7e308], "
                                 "travel: 0s, register: {type: float64}}]\n      sensors:\n"
                                 "      - {name: N, kind: level, range: [0, 10], register: {type: float64}, signal: "
                                 "{base: 5, inputs: [{from: V, gain: 0, lag: 1s}]}}\n"
                                 "      - {name: S, kind: level, range: [-10, 10], register: {type: float64}, signal: "
                                 "{base: 2, inputs: [{from: V, gain: 1e-100, lag: 1s, dead_time: 1s}]}}\n");
    mbp_process_command(running.process, running.state, 0, -1.7e308, PEER, &running.events);
    for (int i = 0; i < 1000; i++)
        running_scan(&running);
    fixture_assert_number(running.state->value[0], 5);
    assert_true(fabs(running.state->value[1] - (2 - 1)) < 1e-9);
    mbp_process_command(running.process, running.state, 0, 1.7e308, PEER, &running.events);
    for (int i = 0; i < 1000; i++) {
        running_scan(&running);
        fixture_assert_number(running.state->value[0], 5);
    }
    assert_true(fabs(running.state->value[1] - (2 + 1)) < 1e-9);
    running_end(&running);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_extreme_plants_show_numbers_within_their_ranges),
        cmocka_unit_test(test_lag_behind_an_actuator_of_extreme_range_stays_a_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
