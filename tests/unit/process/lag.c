/* The first-order lag, against its closed form. */
#include "running.h"

#include <math.h>

static const char *const sensors[] = {
    "{name: T1, kind: temperature, range: [0, 150], register: {type: float64},\n"
    "             signal: {base: {en_service: 65, en_panne: 30, maintenance: 22}, lag: 4s}}",
    "{name: T2, kind: temperature, range: [0, 150], register: {type: float64},\n"
    "             signal: {base: {en_service: 65, en_panne: 30, maintenance: 22}}}",
};

static void assert_near(double actual, double expected)
{
    if (!(fabs(actual - expected) < 1e-9))
        fail_msg("%.15g is not near %.15g", actual, expected);
}

static void test_lag_settled_is_at_rest(void **state)
{
    (void)state;
    struct running running;
    running_begin(&running, "100ms", sensors, 2);
    for (int i = 0; i < 10; i++) {
        assert_near(running.state->lagged[0], 65);
        running_scan(&running);
    }
    running_end(&running);
}

/* From 65 towards 30: y = 30 + 35 e^(-t/tau), at any scan period. */
static void step_response(const char *period)
{
    struct running running;
    running_begin(&running, period, sensors, 2);
    running.state->machine[0].state = MBP_EN_PANNE;
    while (running.state->sim_ns < 20 * MBP_NS_PER_S) {
        running_scan(&running);
        double t = (double)running.state->sim_ns / (double)MBP_NS_PER_S;
        assert_near(running.state->lagged[0], 30 + 35 * exp(-t / 4));
    }
    running_end(&running);
}

static void test_lag_after_a_step_follows_its_closed_form_at_a_short_period(void **state)
{
    (void)state;
    step_response("10ms");
}

static void test_lag_after_a_step_follows_its_closed_form_at_a_period_beyond_its_own(void **state)
{
    (void)state;
    step_response("100ms");
    step_response("10s");
}

static void test_signal_without_lag_follows_at_once(void **state)
{
    (void)state;
    struct running running;
    running_begin(&running, "100ms", sensors, 2);
    running.state->machine[0].state = MBP_MAINTENANCE;
    running_scan(&running);
    assert_near(running.state->value[1], 22);
    running_end(&running);
}

static void test_base_of_a_sensor_without_machine_is_that_of_en_service(void **state)
{
    (void)state;
    struct mbp_plant *plant =
        fixture_plant("mbplant: 1\nname: Alone\nunits: [{id: 1, sensors: [{name: S, kind: level, range: [0, 10], "
                      "signal: {base: {en_service: 3, en_panne: 4, maintenance: 5}}}]}]\n");
    struct mbp_process *process;
    struct mbp_state *s;
    assert_int_equal(mbp_process_new(plant, &process), MBP_OK);
    assert_int_equal(mbp_state_new(plant, 0, &s), MBP_OK);
    mbp_process_find_steady_state(process, s);
    assert_near(s->lagged[0], 3);
    mbp_state_free(s);
    mbp_process_free(process);
    mbp_plant_free(plant);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lag_settled_is_at_rest),
        cmocka_unit_test(test_lag_after_a_step_follows_its_closed_form_at_a_short_period),
        cmocka_unit_test(test_lag_after_a_step_follows_its_closed_form_at_a_period_beyond_its_own),
        cmocka_unit_test(test_signal_without_lag_follows_at_once),
        cmocka_unit_test(test_base_of_a_sensor_without_machine_is_that_of_en_service),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
