/* Waves: their shapes over one period of eight scans. */
#include "running.h"

#include <math.h>
#include <stdio.h>

#define SCANS 8
#define HALF  0.70710678118654752

/* The values at 1/8 .. 8/8 of a period of 800 ms, amplitude 10 about 50. */
static void assert_wave(const char *shape, double phase, const double expected[SCANS])
{
    char text[256];
    const char *const sensors[] = {text};
    struct running running;
    snprintf(text, sizeof text,
             "{name: W, kind: flow, range: [0, 100], register: {type: float64},\n"
             "             signal: {base: 50, wave: {shape: %s, amplitude: 10, period: 800ms, phase: %g}}}",
             shape, phase);
    running_begin(&running, "100ms", sensors, 1);
    for (int i = 0; i < 3 * SCANS; i++) {
        running_scan(&running);
        double value = running.state->value[0];
        if (!(fabs(value - (50 + 10 * expected[i % SCANS])) < 1e-9))
            fail_msg("%s at scan %d: %.12g, not %.12g", shape, i + 1, value, 50 + 10 * expected[i % SCANS]);
    }
    running_end(&running);
}

static void test_wave_of_each_shape_has_these_values(void **state)
{
    (void)state;
    static const double sine[SCANS] = {HALF, 1, HALF, 0, -HALF, -1, -HALF, 0};
    static const double square[SCANS] = {1, 1, 1, -1, -1, -1, -1, 1};
    static const double triangle[SCANS] = {0.5, 1, 0.5, 0, -0.5, -1, -0.5, 0};
    static const double sawtooth[SCANS] = {0.25, 0.5, 0.75, -1, -0.75, -0.5, -0.25, 0};
    static const double steps[SCANS] = {-1, -1.0 / 3, -1.0 / 3, 1.0 / 3, 1.0 / 3, 1, 1, -1};
    assert_wave("sine", 0, sine);
    assert_wave("square", 0, square);
    assert_wave("triangle", 0, triangle);
    assert_wave("sawtooth", 0, sawtooth);
    assert_wave("steps", 0, steps);
}

static void test_wave_with_a_phase_is_ahead_by_that_part_of_a_turn(void **state)
{
    (void)state;
    static const double sine[SCANS] = {HALF, 0, -HALF, -1, -HALF, 0, HALF, 1};
    assert_wave("sine", 0.25, sine);
}

static void test_wave_behind_a_lag_is_smaller_and_later(void **state)
{
    (void)state;
    static const char *const sensors[] = {
        "{name: W, kind: flow, range: [0, 100], register: {type: float64},\n"
        "             signal: {base: 50, wave: {shape: sine, amplitude: 10, period: 10s}, lag: 2s}}"};
    struct running running;
    double top = 0;
    double top_at = 0;
    running_begin(&running, "10ms", sensors, 1);
    for (int i = 0; i < 3000; i++) {
        running_scan(&running);
        if (i >= 2000 && running.state->value[0] > top) {
            top = running.state->value[0];
            top_at = (double)(running.state->sim_ns % (10 * MBP_NS_PER_S)) / (double)MBP_NS_PER_S;
        }
    }
    const double w_tau = 2 * 3.14159265358979 / 10 * 2;
    assert_true(fabs(top - (50 + 10 / sqrt(1 + w_tau * w_tau))) < 0.05);
    assert_true(fabs(top_at - (2.5 + atan(w_tau) / (2 * 3.14159265358979) * 10)) < 0.05);
    running_end(&running);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wave_of_each_shape_has_these_values),
        cmocka_unit_test(test_wave_with_a_phase_is_ahead_by_that_part_of_a_turn),
        cmocka_unit_test(test_wave_behind_a_lag_is_smaller_and_later),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
