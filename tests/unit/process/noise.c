/* The sensor's noise: its size, and that it can be repeated. */
#include "running.h"

#include <math.h>
#include <string.h>

#define SCANS 20000

static const char *const sensors[] = {
    "{name: N1, kind: flow, range: [0, 100], register: {type: float64}, signal: {base: 50, noise: 0.3}}",
    "{name: N2, kind: flow, range: [0, 100], register: {type: float64}, signal: {base: 50, noise: 0.3}}",
};
static const char *const turned[] = {
    "{name: N2, kind: flow, range: [0, 100], register: {type: float64}, signal: {base: 50, noise: 0.3}}",
    "{name: N1, kind: flow, range: [0, 100], register: {type: float64}, signal: {base: 50, noise: 0.3}}",
};

static void test_noise_over_many_scans_has_its_deviation_and_no_offset(void **state)
{
    (void)state;
    struct running running;
    double sum = 0;
    double squares = 0;
    double products = 0;
    running_begin(&running, "100ms", sensors, 2);
    for (int i = 0; i < SCANS; i++) {
        running_scan(&running);
        double x = running.state->value[0] - 50;
        sum += x;
        squares += x * x;
        products += x * (running.state->value[1] - 50);
    }
    assert_true(fabs(sum / SCANS) < 0.01);
    assert_true(fabs(sqrt(squares / SCANS) - 0.3) < 0.01);
    assert_true(fabs(products / SCANS) < 0.005);         /* two sensors' noises know nothing of each other */
    fixture_assert_number(running.state->lagged[0], 50); /* the process itself is not touched */
    running_end(&running);
}

static void collect(const char *const *lines, uint64_t seed, uint32_t sensor, double values[100])
{
    struct running running;
    running_begin(&running, "100ms", lines, 2);
    running.plant->seed = seed;
    mbp_process_free(running.process);
    assert_int_equal(mbp_process_new(running.plant, &running.process), MBP_OK);
    for (int i = 0; i < 100; i++) {
        running_scan(&running);
        values[i] = running.state->value[sensor];
    }
    running_end(&running);
}

static void test_noise_of_the_same_seed_is_the_same_and_of_another_differs(void **state)
{
    (void)state;
    double first[100];
    double second[100];
    double other[100];
    collect(sensors, 42, 0, first);
    collect(sensors, 42, 0, second);
    collect(sensors, 43, 0, other);
    assert_memory_equal(first, second, sizeof first);
    assert_memory_not_equal(first, other, sizeof first);
}

static void test_noise_of_a_sensor_stays_its_own_when_the_file_is_reordered(void **state)
{
    (void)state;
    double first[100];
    double second[100];
    collect(sensors, 42, 0, first);
    collect(turned, 42, 1, second);
    assert_memory_equal(first, second, sizeof first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_noise_over_many_scans_has_its_deviation_and_no_offset),
        cmocka_unit_test(test_noise_of_the_same_seed_is_the_same_and_of_another_differs),
        cmocka_unit_test(test_noise_of_a_sensor_stays_its_own_when_the_file_is_reordered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
