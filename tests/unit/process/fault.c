/* Faults of sensors and of the process: what they do, when they begin and end. */
#include "mbplant/fault.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mbplant/machine.h"
#include "running.h"

#define PERIOD_NS (100 * MBP_NS_PER_MS)
#define SECOND    10 /* scans */

/* A plant of its own for each test: M1 with S1 (no lag, shows exactly), TANK (integrates, a reaction to S1), VT1; and
 * a text. */
static const char head[] = "mbplant: 1\n"
                           "scan: 100ms\n"
                           "seed: 42\n"
                           "units:\n"
                           "  - id: 1\n"
                           "    machines:\n"
                           "      - name: M1\n"
                           "        maintenance: {takes: 1s}\n"
                           "        sensors:\n"
                           "          - {name: S1, range: [0, 100], register: {type: float64}, signal: {base: 40}}\n"
                           "          - {name: LAGS, range: [0, 100], register: {type: float64},\n"
                           "             signal: {base: 10, inputs: [{from: S1, gain: 0.5}], lag: 2s}}\n"
                           "          - {name: TEXT, register: {type: string(4)}}\n"
                           "          - {name: VT1, kind: vibration, range: [0, 50], register: {type: float64},\n"
                           "             signal: {base: {en_service: 2, en_panne: 0, maintenance: 0}}}\n";
enum { S1, LAGS, TEXT, VT1 };

static void start(struct running *running, const char *faults)
{
    char yaml[4096];
    snprintf(yaml, sizeof yaml, "%s%s", head, faults);
    running->plant = fixture_plant(yaml);
    running->events = fixture_events();
    assert_int_equal(mbp_process_new(running->plant, &running->process), MBP_OK);
    assert_int_equal(mbp_state_new(running->plant, FIXTURE_WALL_MS, &running->state), MBP_OK);
    mbp_process_find_steady_state(running->process, running->state);
    mbp_process_sense(running->process, running->state);
}

static void scan(struct running *running, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        struct mbp_state *state = running->state;
        state->scan++;
        state->tick++;
        state->sim_ns += running->plant->scan_ns;
        mbp_fault_run(running->plant, state);
        mbp_process_advance(running->process, state);
        mbp_process_sense(running->process, state);
        mbp_machine_operate(running->plant, state, &running->events);
        running->events.count = 0;
    }
}

static double shown(const struct running *running, uint32_t sensor)
{
    return running->state->value[sensor];
}

static bool is_bad(const struct running *running, uint32_t sensor)
{
    return (running->state->flags[sensor] & MBP_SENSOR_BAD) != 0;
}

static bool near(double a, double b)
{
    return fabs(a - b) < 1e-9;
}

/* ---- sensors ---------------------------------------------------------------------------------------------------- */

static void test_stuck_sensor_shows_what_it_showed_while_the_process_goes_on(void **state)
{
    (void)state;
    struct running running;
    start(&running, "faults: [{name: F, kind: stuck, sensor: LAGS}, {name: G, kind: step, sensor: S1, amount: 20}]\n");
    scan(&running, 5);
    assert_true(near(shown(&running, LAGS), 30));
    mbp_fault_set(running.plant, running.state, 0, true);
    mbp_fault_set(running.plant, running.state, 1, true);
    scan(&running, 20 * SECOND);
    assert_true(near(shown(&running, LAGS), 30));
    assert_true(fabs(running.state->lagged[LAGS] - 40) < 0.01);
    assert_false(is_bad(&running, LAGS));
    mbp_fault_set(running.plant, running.state, 0, false);
    scan(&running, 1);
    assert_true(fabs(shown(&running, LAGS) - 40) < 0.01);
    running_end(&running);
}

static void test_stuck_sensor_with_a_value_shows_that(void **state)
{
    (void)state;
    struct running running;
    start(&running, "faults: [{name: F, kind: stuck, sensor: S1, value: 12.5, start: 0s}]\n");
    scan(&running, 1);
    assert_true(near(shown(&running, S1), 12.5));
    running_end(&running);
}

static void test_bias_is_added_and_saturates_with_bad_quality(void **state)
{
    (void)state;
    struct running running;
    start(&running, "faults: [{name: F, kind: bias, sensor: S1, amount: -7, start: 1s, duration: 2s},\n"
                    "         {name: G, kind: bias, sensor: VT1, amount: 1000, start: 1s}]\n");
    scan(&running, 9);
    assert_true(near(shown(&running, S1), 40));
    scan(&running, 1);
    assert_true(near(shown(&running, S1), 33));
    assert_true(near(running.state->lagged[S1], 40)); /* the process knows nothing of it */
    assert_true(near(shown(&running, VT1), 50));
    assert_true(is_bad(&running, VT1));
    scan(&running, 19);
    assert_true(near(shown(&running, S1), 33));
    scan(&running, 1);
    assert_true(near(shown(&running, S1), 40));
    running_end(&running);
}

static void test_drift_grows_with_time_and_two_faults_of_a_sensor_add_up(void **state)
{
    (void)state;
    struct running running;
    start(&running, "faults: [{name: F, kind: drift, sensor: S1, amount: 6, over: 1min, start: 1s},\n"
                    "         {name: G, kind: bias, sensor: S1, amount: 3, start: 21s}]\n");
    scan(&running, 11 * SECOND);
    assert_true(near(shown(&running, S1), 41));
    scan(&running, 20 * SECOND);
    assert_true(near(shown(&running, S1), 46));
    running_end(&running);
}

static void test_spikes_come_as_often_as_said_and_each_for_one_scan(void **state)
{
    (void)state;
    struct running running;
    unsigned spikes = 0;
    start(&running, "faults: [{name: F, kind: spike, sensor: S1, amount: 25, every: 2s, start: 0s}]\n");
    for (unsigned i = 0; i < 20000; i++) {
        scan(&running, 1);
        bool spiked = near(shown(&running, S1), 65);
        assert_true(spiked || near(shown(&running, S1), 40));
        spikes += spiked ? 1 : 0;
    }
    /* p = 1 - exp(-0.05) = 0.04877: 975 expected, sigma 30.5. */
    assert_in_range(spikes, 975 - 5 * 31, 975 + 5 * 31);
    running_end(&running);
}

static void test_extra_noise_has_the_deviation_asked_for(void **state)
{
    (void)state;
    struct running running;
    double sum = 0;
    double squares = 0;
    start(&running, "faults: [{name: F, kind: noise, sensor: S1, amount: 4, start: 0s}]\n");
    for (unsigned i = 0; i < 20000; i++) {
        scan(&running, 1);
        double off = shown(&running, S1) - 40;
        sum += off;
        squares += off * off;
    }
    assert_true(fabs(sum / 20000) < 5 * 4 / sqrt(20000));
    assert_true(fabs(sqrt(squares / 20000) - 4) < 5 * 4 / sqrt(2 * 20000));
    running_end(&running);
}

static void test_dropout_fails_to_an_end_of_the_range_with_bad_quality(void **state)
{
    (void)state;
    struct running running;
    start(&running, "faults: [{name: F, kind: dropout, sensor: S1, start: 1s, duration: 1s},\n"
                    "         {name: G, kind: dropout, sensor: VT1, shows: high, start: 1s}]\n");
    scan(&running, 1 * SECOND);
    assert_true(near(shown(&running, S1), 0));
    assert_true(is_bad(&running, S1));
    assert_true(near(shown(&running, VT1), 50));
    assert_true(is_bad(&running, VT1));
    scan(&running, 1 * SECOND);
    assert_true(near(shown(&running, S1), 40));
    assert_false(is_bad(&running, S1));
    running_end(&running);
}

static void test_forced_value_wins_over_every_fault_of_the_sensor(void **state)
{
    (void)state;
    static const char *const kinds[] = {"stuck, value: 1", "bias, amount: 9",   "drift, amount: 9, over: 1s",
                                        "dropout",         "noise, amount: 10", "spike, amount: 9, every: 1ms"};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct running running;
        char faults[256];
        snprintf(faults, sizeof faults, "faults: [{name: F, sensor: S1, start: 0s, kind: %s}]\n", kinds[i]);
        start(&running, faults);
        scan(&running, 3);
        assert_false(near(shown(&running, S1), 40));
        mbp_process_force(running.process, running.state, S1, 77, PEER, &running.events);
        scan(&running, 3);
        assert_true(near(shown(&running, S1), 77));
        assert_false(is_bad(&running, S1));
        mbp_process_release(running.process, running.state, S1, PEER, &running.events);
        scan(&running, 1);
        assert_false(near(shown(&running, S1), 77));
        running_end(&running);
    }
}

/* ---- process ---------------------------------------------------------------------------------------------------- */

static void test_step_of_a_signal_passes_its_lag_and_reaches_what_takes_it_in(void **state)
{
    (void)state;
    struct running running;
    start(&running, "faults: [{name: F, kind: step, sensor: LAGS, amount: 8, start: 1s, duration: 2s},\n"
                    "         {name: G, kind: step, sensor: S1, amount: 10, start: 1min}]\n");
    scan(&running, 9);
    assert_true(near(shown(&running, LAGS), 30));
    scan(&running, 20);
    assert_true(near(shown(&running, LAGS), 30 + 8 * (1 - exp(-20 * 0.1 / 2))));
    scan(&running, 20 * SECOND);
    assert_true(fabs(shown(&running, LAGS) - 30) < 0.01); /* it ended: back to where the process rests */
    scan(&running, 60 * SECOND);
    assert_true(near(shown(&running, S1), 50));
    assert_true(fabs(shown(&running, LAGS) - 35) < 0.01);
    running_end(&running);
}

static void test_ramp_rises_within_its_time_and_stays(void **state)
{
    (void)state;
    struct running running;
    start(&running, "faults: [{name: F, kind: ramp, sensor: S1, amount: 20, over: 10s, start: 1s}]\n");
    scan(&running, 6 * SECOND);
    assert_true(near(shown(&running, S1), 50));
    scan(&running, 5 * SECOND);
    assert_true(near(shown(&running, S1), 60));
    scan(&running, 50 * SECOND);
    assert_true(near(shown(&running, S1), 60));
    running_end(&running);
}

static void test_wear_grows_with_running_time_and_maintenance_takes_it_away(void **state)
{
    (void)state;
    struct running running;
    start(&running, "faults: [{name: F, kind: wear, sensor: VT1, amount: 5, over: 10s, after: 2s, start: 0s}]\n");
    scan(&running, 2 * SECOND);
    assert_true(near(shown(&running, VT1), 2));
    scan(&running, 10 * SECOND + 1); /* a scan sees the running time of the one before */
    assert_true(near(shown(&running, VT1), 7));
    mbp_machine_request(running.plant, running.state, 0, MBP_EN_PANNE, 0, &running.events);
    scan(&running, 3);
    assert_true(near(shown(&running, VT1), 0)); /* a machine at rest does not shake */
    mbp_machine_request(running.plant, running.state, 0, MBP_EN_SERVICE, 0, &running.events);
    mbp_machine_request(running.plant, running.state, 0, MBP_MAINTENANCE, 0, &running.events);
    scan(&running, 1 * SECOND + 1); /* takes 1 s, ends by itself */
    assert_int_equal(running.state->machine[0].state, MBP_EN_SERVICE);
    scan(&running, 1);
    assert_true(near(shown(&running, VT1), 2));
    scan(&running, 7 * SECOND);
    assert_true(shown(&running, VT1) > 4.3);
    running_end(&running);
}

/* ---- when ------------------------------------------------------------------------------------------------------- */

static void test_fault_without_start_or_disabled_waits_for_a_hand(void **state)
{
    (void)state;
    struct running running;
    start(&running, "faults: [{name: F, kind: bias, sensor: S1, amount: 1, duration: 1s},\n"
                    "         {name: G, kind: bias, sensor: VT1, amount: 1, start: 1s, enabled: false}]\n");
    scan(&running, 100 * SECOND);
    assert_int_equal(running.state->fault_active_count, 0);
    assert_int_equal(mbp_fault_set(running.plant, running.state, 0, true), MBP_OK);
    assert_int_equal(mbp_fault_set(running.plant, running.state, 0, true), MBP_OK); /* it is already */
    assert_int_equal(running.state->fault_active_count, 1);
    scan(&running, 1 * SECOND - 1);
    assert_true(near(shown(&running, S1), 41));
    scan(&running, 1);
    assert_true(near(shown(&running, S1), 40)); /* as its duration says */
    assert_int_equal(mbp_fault_set(running.plant, running.state, 2 + MBP_AD_HOC_FAULTS, true), MBP_ERR_MISSING);
    assert_int_equal(mbp_fault_set(running.plant, running.state, 2, true), MBP_ERR_MISSING); /* no ad hoc one yet */
    running_end(&running);
}

static void test_faults_by_chance_come_and_go_with_their_mean_times(void **state)
{
    (void)state;
    struct running running;
    unsigned begins = 0;
    unsigned active_scans = 0;
    bool before = false;
    start(&running, "faults: [{name: F, kind: bias, sensor: S1, amount: 1, mttf: 20s, mttr: 5s}]\n");
    const unsigned scans = 250000; /* 25,000 s: 1000 episodes of 25 s expected */
    for (unsigned i = 0; i < scans; i++) {
        scan(&running, 1);
        bool active = running.state->fault[0].active;
        begins += active && !before ? 1 : 0;
        active_scans += active ? 1 : 0;
        before = active;
    }
    assert_in_range(begins, 850, 1150); /* an episode's deviation is 20.6 s: 5 sigma of the count is 130 */
    assert_in_range(active_scans, scans / 5 * 85 / 100, scans / 5 * 115 / 100);
    running_end(&running);
}

static void test_chance_is_the_same_for_a_seed_and_independent_of_the_other_faults(void **state)
{
    (void)state;
    struct running alone;
    struct running among;
    start(&alone, "faults: [{name: F, kind: noise, sensor: S1, amount: 5, mttf: 20s, mttr: 5s}]\n");
    start(&among, "faults: [{name: G, kind: spike, sensor: VT1, amount: 1, every: 1s, mttf: 3s, mttr: 1s},\n"
                  "         {name: F, kind: noise, sensor: S1, amount: 5, mttf: 20s, mttr: 5s}]\n");
    for (unsigned i = 0; i < 5000; i++) {
        scan(&alone, 1);
        scan(&among, 1);
        assert_true(near(shown(&alone, S1), shown(&among, S1)));
    }
    running_end(&alone);
    running_end(&among);
}

/* ---- ad hoc ----------------------------------------------------------------------------------------------------- */

static void test_ad_hoc_faults_fill_their_places_and_give_them_back(void **state)
{
    (void)state;
    struct running running;
    uint32_t fault = 0;
    char name[16];
    start(&running, "faults: [{name: F, kind: bias, sensor: VT1, amount: 1}]\n");
    const struct mbp_effect bias = {.subject = S1, .kind = MBP_EFFECT_BIAS, .amount = 1};
    for (uint32_t i = 0; i < MBP_AD_HOC_FAULTS; i++) {
        assert_int_equal(mbp_fault_begin(running.plant, running.state, &bias, &fault), MBP_OK);
        assert_int_equal(fault, 1 + i);
    }
    assert_string_equal(mbp_fault_name(running.plant, 1, name, sizeof name), "ad hoc 1");
    scan(&running, 1);
    assert_true(near(shown(&running, S1), 40 + MBP_AD_HOC_FAULTS));
    assert_int_equal(mbp_fault_begin(running.plant, running.state, &bias, &fault), MBP_ERR_FULL);
    mbp_fault_set(running.plant, running.state, 5, false);
    scan(&running, 1);
    assert_true(near(shown(&running, S1), 40 + MBP_AD_HOC_FAULTS - 1));
    assert_int_equal(mbp_fault_begin(running.plant, running.state, &bias, &fault), MBP_OK);
    assert_int_equal(fault, 5);
    running_end(&running);
}

static void test_ad_hoc_fault_that_makes_no_sense_is_refused(void **state)
{
    (void)state;
    struct running running;
    uint32_t fault = 99;
    start(&running, "    sensors: [{name: ROOM, range: [0, 40]}]\n");
    const struct mbp_effect wrong[] = {
        {.subject = 5, .kind = MBP_EFFECT_BIAS, .amount = 1},
        {.subject = S1, .kind = MBP_EFFECT_COUNT, .amount = 1},
        {.subject = TEXT, .kind = MBP_EFFECT_BIAS, .amount = 1},
        {.subject = S1, .kind = MBP_EFFECT_BIAS, .amount = NAN},
        {.subject = S1, .kind = MBP_EFFECT_STEP, .amount = INFINITY},
        {.subject = S1, .kind = MBP_EFFECT_DRIFT, .amount = 1},
        {.subject = S1, .kind = MBP_EFFECT_RAMP, .amount = 1},
        {.subject = S1, .kind = MBP_EFFECT_SPIKE, .amount = 1},
        {.subject = S1, .kind = MBP_EFFECT_NOISE, .amount = 0},
        {.subject = 4, .kind = MBP_EFFECT_WEAR, .amount = 1, .over_ns = 1},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(mbp_fault_begin(running.plant, running.state, &wrong[i], &fault), MBP_ERR_RANGE);
    assert_int_equal(fault, 99);
    const struct mbp_effect stuck = {.subject = S1, .kind = MBP_EFFECT_STUCK, .amount = NAN};
    assert_int_equal(mbp_fault_begin(running.plant, running.state, &stuck, &fault), MBP_OK);
    running_end(&running);
}

/* ---- whatever is injected --------------------------------------------------------------------------------------- */

static void test_no_value_leaves_its_range_or_becomes_none_whatever_faults_there_are(void **state)
{
    (void)state;
    struct running running;
    uint64_t counter = 0;
    start(&running, "");
    for (unsigned i = 0; i < 20000; i++) {
        uint64_t bits = mbp_rng_bits(3, 1, counter++);
        uint32_t fault = (uint32_t)(bits >> 8) % MBP_AD_HOC_FAULTS;
        static const double amounts[] = {1, -1, 1e9, -1e9, 1e300, -1e300, 0.001, 0};
        struct mbp_effect effect = {.subject = (uint32_t)(bits >> 16) % 4,
                                    .kind = (uint8_t)((bits >> 24) % MBP_EFFECT_COUNT),
                                    .upscale = (bits >> 32 & 1) != 0,
                                    .amount = amounts[bits >> 33 & 7],
                                    .over_ns = 1 + (bits >> 36 & 0xFFFFFFF),
                                    .duration_ns = (bits >> 40 & 0xFFFFFFF)};
        if (bits % 3 == 0)
            mbp_fault_set(running.plant, running.state, fault, false);
        else
            mbp_fault_begin(running.plant, running.state, &effect, &fault);
        scan(&running, 1);
        for (uint32_t s = 0; s < 4; s++) {
            if (s == TEXT)
                continue;
            const double *range = running.plant->sensors[s].range;
            assert_true(shown(&running, s) >= range[0] && shown(&running, s) <= range[1]);
            assert_true(isfinite(running.state->lagged[s]));
        }
    }
    for (uint32_t f = 0; f < MBP_AD_HOC_FAULTS; f++)
        mbp_fault_set(running.plant, running.state, f, false);
    scan(&running, 6000 * SECOND); /* e^-3000 of the largest lag is left of it */
    assert_true(near(shown(&running, S1), 40));
    assert_true(near(shown(&running, LAGS), 30));
    running_end(&running);
}

/* ---- to another plant ------------------------------------------------------------------------------------------- */

static void test_carry_to_a_changed_plant_keeps_active_faults_by_name(void **state)
{
    (void)state;
    struct running from;
    struct running to;
    uint32_t fault;
    start(&from, "faults: [{name: A, kind: drift, sensor: S1, amount: 6, over: 1min, start: 0s},\n"
                 "         {name: GONE, kind: bias, sensor: S1, amount: 50, start: 0s}]\n");
    const struct mbp_effect bias = {.subject = VT1, .kind = MBP_EFFECT_BIAS, .amount = 3};
    assert_int_equal(mbp_fault_begin(from.plant, from.state, &bias, &fault), MBP_OK);
    scan(&from, 10 * SECOND);
    start(&to, "faults: [{name: NEW, kind: bias, sensor: VT1, amount: 50},\n"
               "         {name: A, kind: drift, sensor: S1, amount: 12, over: 1min, start: 0s}]\n");
    to.state->sim_ns = from.state->sim_ns;
    mbp_fault_carry(from.plant, from.state, to.plant, to.state);
    scan(&to, 1);
    double drifted_s = 10.0; /* it began with the first scan, at 0.1 s */
    assert_true(near(shown(&to, S1), 40 + 12 * drifted_s / 60));
    assert_true(near(shown(&to, VT1), 5));
    running_end(&from);
    running_end(&to);
}

/* A plant whose file has changed, so many scans later. */
static void carry(struct running *running, unsigned scans_before, const char *before, const char *after)
{
    struct running from;
    start(&from, before);
    scan(&from, scans_before);
    start(running, after);
    running->state->sim_ns = from.state->sim_ns;
    mbp_fault_carry(from.plant, from.state, running->plant, running->state);
    running_end(&from);
}

static void test_carry_plans_anew_what_the_file_starts_at_another_time(void **state)
{
    (void)state;
    struct running running;
    carry(&running, SECOND, "faults: [{name: A, kind: bias, sensor: S1, amount: 6, enabled: false, start: 2s}]\n",
          "faults: [{name: A, kind: bias, sensor: S1, amount: 6, start: 3s}]\n");
    scan(&running, 2 * SECOND - 1);
    assert_true(near(shown(&running, S1), 40));
    scan(&running, 1);
    assert_true(near(shown(&running, S1), 46));
    running_end(&running);
}

static void test_carry_before_the_first_scan_leaves_the_files_plan(void **state)
{
    (void)state;
    static const char faults[] = "faults: [{name: A, kind: bias, sensor: S1, amount: 6, start: 1s}]\n";
    struct running running;
    carry(&running, 0, faults, faults);
    scan(&running, SECOND);
    assert_true(near(shown(&running, S1), 46));
    running_end(&running);
}

static void test_carry_takes_the_files_new_value_and_duration_of_an_active_fault(void **state)
{
    (void)state;
    struct running running;
    carry(&running, 2 * SECOND, "faults: [{name: A, kind: stuck, sensor: S1, value: 70, start: 1s, duration: 9s}]\n",
          "faults: [{name: A, kind: stuck, sensor: S1, value: 20, start: 1s, duration: 4s}]\n");
    scan(&running, 1);
    assert_true(near(shown(&running, S1), 20));
    scan(&running, 3 * SECOND - 2);
    assert_true(near(shown(&running, S1), 20));
    scan(&running, 1); /* four seconds after its start */
    assert_true(near(shown(&running, S1), 40));
    running_end(&running);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stuck_sensor_shows_what_it_showed_while_the_process_goes_on),
        cmocka_unit_test(test_stuck_sensor_with_a_value_shows_that),
        cmocka_unit_test(test_bias_is_added_and_saturates_with_bad_quality),
        cmocka_unit_test(test_drift_grows_with_time_and_two_faults_of_a_sensor_add_up),
        cmocka_unit_test(test_spikes_come_as_often_as_said_and_each_for_one_scan),
        cmocka_unit_test(test_extra_noise_has_the_deviation_asked_for),
        cmocka_unit_test(test_dropout_fails_to_an_end_of_the_range_with_bad_quality),
        cmocka_unit_test(test_forced_value_wins_over_every_fault_of_the_sensor),
        cmocka_unit_test(test_step_of_a_signal_passes_its_lag_and_reaches_what_takes_it_in),
        cmocka_unit_test(test_ramp_rises_within_its_time_and_stays),
        cmocka_unit_test(test_wear_grows_with_running_time_and_maintenance_takes_it_away),
        cmocka_unit_test(test_fault_without_start_or_disabled_waits_for_a_hand),
        cmocka_unit_test(test_faults_by_chance_come_and_go_with_their_mean_times),
        cmocka_unit_test(test_chance_is_the_same_for_a_seed_and_independent_of_the_other_faults),
        cmocka_unit_test(test_ad_hoc_faults_fill_their_places_and_give_them_back),
        cmocka_unit_test(test_ad_hoc_fault_that_makes_no_sense_is_refused),
        cmocka_unit_test(test_no_value_leaves_its_range_or_becomes_none_whatever_faults_there_are),
        cmocka_unit_test(test_carry_to_a_changed_plant_keeps_active_faults_by_name),
        cmocka_unit_test(test_carry_plans_anew_what_the_file_starts_at_another_time),
        cmocka_unit_test(test_carry_before_the_first_scan_leaves_the_files_plan),
        cmocka_unit_test(test_carry_takes_the_files_new_value_and_duration_of_an_active_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
