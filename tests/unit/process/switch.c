/* Sensors that are a switch: what they say, and what others take in of them. */
#include <math.h>

#include "running.h"

static const char *const well[] = {
    ("{name: LT, kind: level, range: [0, 100], register: {type: float64},"
     " signal: {base: 50, wave: {shape: sine, amplitude: 45, period: 60s}}}"),
    "{name: LSH, register: {type: bool}, signal: {base: -79.5, inputs: [{from: LT}]}}",
    "{name: COPY, range: [-100, 100], register: {type: float64}, signal: {base: 0, inputs: [{from: LSH}]}}",
    "{name: SLOW, register: {type: bool}, signal: {base: 0, inputs: [{from: LSH}], lag: 3s}}",
    "{name: LATE, register: {type: bool}, signal: {base: 0, inputs: [{from: LSH}], lag: 3s, dead_time: 2s}}",
    "{name: ALONE, register: {type: bool}, signal: {base: 0.7}}",
};
enum { LT, LSH, COPY, SLOW, LATE, ALONE };

static void test_switch_made_of_a_level_is_0_or_1_and_good_and_so_is_who_takes_it_in(void **state)
{
    (void)state;
    struct running running;
    unsigned on = 0;
    running_begin(&running, "1s", well, sizeof well / sizeof well[0]);
    for (int i = 0; i < 120; i++) {
        running_scan(&running);
        const struct mbp_state *now = running.state;
        double expected = now->lagged[LT] - 79.5 >= 0.5 ? 1 : 0;
        fixture_assert_number(now->lagged[LSH], expected);
        fixture_assert_number(now->value[LSH], expected);
        fixture_assert_number(now->value[COPY], expected);
        fixture_assert_number(now->lagged[ALONE], 1);
        for (uint32_t s = 0; s < now->sensor_count; s++)
            assert_int_equal(now->flags[s] & MBP_SENSOR_BAD, 0);
        on += expected > 0;
    }
    assert_in_range(on, 20, 60);
    running_end(&running);
}

/* y = 1 - e^(-t/3 s) comes to a half after 2.08 s. */
static void test_switch_with_a_lag_turns_when_half_of_the_way_is_done(void **state)
{
    (void)state;
    struct running running;
    running_begin(&running, "100ms", well, sizeof well / sizeof well[0]);
    int since = 0;
    while (running.state->lagged[LSH] < 1)
        running_scan(&running);
    for (since = 1; since < 60; since++) {
        running_scan(&running); /* the scan in which LSH came was the first of them */
        fixture_assert_number(running.state->value[SLOW], since + 1 >= 21 ? 1 : 0);
        fixture_assert_number(running.state->value[LATE], since + 1 >= 41 ? 1 : 0);
    }
    running_end(&running);
}

static void test_switch_goes_on_from_half_of_its_way_when_it_is_settled_there(void **state)
{
    (void)state;
    static const char *const sensors[] = {
        "{name: A, register: {type: bool}, signal: {base: {en_service: 1, en_panne: 0}, lag: 10s}}"};
    struct running running;
    running_begin(&running, "100ms", sensors, 1);
    fixture_assert_number(running.state->lagged[0], 1);
    running.state->machine[0].state = MBP_EN_PANNE;
    for (int i = 1; i <= 100; i++) {
        running_scan(&running);
        fixture_assert_number(running.state->lagged[0], exp(-0.1 * i / 10) >= 0.5 ? 1 : 0);
    }
    running_end(&running);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_switch_made_of_a_level_is_0_or_1_and_good_and_so_is_who_takes_it_in),
        cmocka_unit_test(test_switch_with_a_lag_turns_when_half_of_the_way_is_done),
        cmocka_unit_test(test_switch_goes_on_from_half_of_its_way_when_it_is_settled_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
