/* Faults and wear over a restart of mbplantd, through a real journal. */
#include "taught.h"

#include <string.h>

#include "mbplant/fault.h"

#define SECOND 10 /* scans */

static const char faults[] = "faults:\n"
                             "  - {name: HOT, kind: step, sensor: TT101, amount: 10}\n"
                             "  - {name: DEAF, kind: stuck, sensor: PT101, value: 7, start: 5s, duration: 20s}\n"
                             "  - {name: SLOW, kind: drift, sensor: PT101, amount: 1, over: 10s}\n"
                             "  - {name: WORN, kind: wear, sensor: ST201, amount: 20, over: 10s, start: 0s}\n"
                             "  - {name: RARE, kind: bias, sensor: ST201, amount: 1, mttf: 1min, mttr: 5s}\n";
enum { HOT, DEAF, SLOW, WORN, RARE, FAULTS };

static int setup(void **state)
{
    line_setup(state);
    taught_start(*state, faults);
    return 0;
}
#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, line_teardown)

static const struct mbp_fault_state *fault(const struct line *line, uint32_t f)
{
    return &mbp_scan_state(line->scan)->fault[f];
}

static double value(const struct line *line, uint32_t sensor)
{
    return mbp_scan_state(line->scan)->value[sensor];
}

static void assert_near(double actual, double expected, double within)
{
    if (!(actual >= expected - within && actual <= expected + within))
        fail_msg("%g is not within %g of %g", actual, within, expected);
}

static void test_restart_keeps_what_was_begun_by_hand(void **state)
{
    struct line *line = *state;
    taught_write_coil(line, MBP_SIM_COIL_FAULTS + HOT, true);
    taught_scan(line, 2);
    assert_near(value(line, TT101), 75, 1);
    taught_start(line, faults);
    assert_near(value(line, TT101), 75, 1); /* shown before any scan */
    assert_true(taught_coil(line, MBP_SIM_COIL_FAULTS + HOT));
    taught_scan(line, 1);
    assert_near(value(line, TT101), 75, 1);
    taught_write_coil(line, MBP_SIM_COIL_FAULTS + HOT, false);
    taught_scan(line, 1);
    taught_start(line, faults);
    taught_scan(line, 1);
    assert_near(value(line, TT101), 65, 1);
}

/* A power cut: nothing is said at the end. */
static void test_power_cut_keeps_faults_too(void **state)
{
    struct line *line = *state;
    taught_write_coil(line, MBP_SIM_COIL_FAULTS + HOT, true);
    taught_scan(line, 1);
    assert_int_equal(mbp_journal_flush(line->journal), MBP_OK);
    mbp_scan_free(line->scan);
    line->scan = NULL;
    taught_start(line, faults);
    assert_true(fault(line, HOT)->active);
}

static void test_restart_goes_on_with_what_is_left_of_a_fault(void **state)
{
    struct line *line = *state;
    taught_scan(line, 15 * SECOND);
    assert_true(fault(line, DEAF)->active);
    taught_start(line, faults);
    taught_scan(line, 10 * SECOND - 2);
    assert_true(fault(line, DEAF)->active); /* it began at 5 s and is to last 20 */
    assert_near(value(line, PT101), 7, 1e-9);
    taught_scan(line, 3);
    assert_false(fault(line, DEAF)->active);
    taught_scan(line, 20 * SECOND);
    assert_false(fault(line, DEAF)->active); /* that was its begin; it has no other in this run */
}

static void test_restart_keeps_how_far_a_drift_has_come(void **state)
{
    struct line *line = *state;
    taught_write_coil(line, MBP_SIM_COIL_FAULTS + SLOW, true);
    taught_scan(line, 4 * SECOND);
    double before = value(line, PT101);
    assert_near(before, 5.4, 0.02);
    taught_start(line, faults);
    taught_scan(line, 1);
    assert_near(value(line, PT101), before + 0.01, 0.002);
}

static void test_restart_heals_no_worn_machine(void **state)
{
    struct line *line = *state;
    taught_scan(line, 10 * SECOND);
    double before = value(line, ST201);
    assert_near(before, 70, 1);
    taught_start(line, faults);
    assert_near(value(line, ST201), before, 1);
    taught_scan(line, 5 * SECOND);
    assert_near(value(line, ST201), 80, 1);
    line_write_coil(line, 8 * CAP1 + MBP_MAINTENANCE, true);
    taught_scan(line, 3 * SECOND);
    taught_start(line, faults);
    taught_scan(line, 1);
    assert_near(value(line, ST201), 50, 3); /* as new, but for the second since */
}

static void test_restart_does_not_put_off_what_comes_by_chance(void **state)
{
    struct line *line = *state;
    taught_scan(line, 1);
    uint64_t next_ns = fault(line, RARE)->next_ns;
    uint64_t draws = fault(line, RARE)->draws;
    assert_in_range(next_ns, 3 * MBP_NS_PER_S, 600 * MBP_NS_PER_S);
    taught_scan(line, 2 * SECOND - 1);
    taught_start(line, faults);
    assert_int_equal(fault(line, RARE)->next_ns, next_ns); /* simulated time goes on */
    assert_int_equal(fault(line, RARE)->draws, draws);
}

static void test_restart_keeps_ad_hoc_faults_in_their_places(void **state)
{
    struct line *line = *state;
    uint16_t words[11] = {0};
    words[MBP_SIM_FAULT_KIND] = MBP_EFFECT_BIAS + 1;
    words[MBP_SIM_FAULT_UNIT] = 1;
    words[MBP_SIM_FAULT_NUMBER] = TT101;
    words[MBP_SIM_FAULT_WORDS] = 1;
    mbp_codec_encode(MBP_FLOAT32, MBP_ABCD, 1.0, -20, words + MBP_SIM_FAULT_AMOUNT);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(taught_write(line, MBP_SIM_HR_FAULT, 11, words), MBP_OK);
        taught_scan(line, 1);
    }
    taught_write_coil(line, MBP_SIM_COIL_AD_HOC, false);
    taught_scan(line, 1);
    taught_start(line, faults);
    taught_scan(line, 1);
    assert_false(taught_coil(line, MBP_SIM_COIL_AD_HOC));
    assert_true(taught_coil(line, MBP_SIM_COIL_AD_HOC + 1));
    assert_near(value(line, TT101), 45, 1);
}

static void test_fault_that_the_file_gives_otherwise_now_is_as_it_says(void **state)
{
    static const char milder[] = "faults: [{name: HOT, kind: step, sensor: TT101, amount: 5}]\n";
    static const char more_often[] =
        "faults: [{name: RARE, kind: bias, sensor: ST201, amount: 1, mttf: 2s, mttr: 5s}]\n";
    struct line *line = *state;
    taught_write_coil(line, MBP_SIM_COIL_FAULTS + HOT, true);
    taught_scan(line, 2 * SECOND);
    taught_start(line, milder);
    taught_scan(line, 1);
    assert_true(fault(line, 0)->active); /* as in a plant that is changed while it runs */
    assert_near(value(line, TT101), 70, 1);
    taught_start(line, faults);
    taught_scan(line, 1);
    assert_near(value(line, TT101), 75, 1);
    taught_start(line, more_often);
    taught_scan(line, 1);
    uint64_t comes_ns = fault(line, 0)->active ? fault(line, 0)->begin_ns : fault(line, 0)->next_ns;
    assert_in_range(comes_ns, 0, 20 * MBP_NS_PER_S);
}

static void test_fault_whose_sensor_or_place_in_the_file_is_gone_is_no_matter(void **state)
{
    struct line *line = *state;
    taught_write_coil(line, MBP_SIM_COIL_FAULTS + HOT, true);
    taught_scan(line, 1);
    taught_start(line, "");
    taught_scan(line, 1);
    assert_near(value(line, TT101), 65, 1);
    assert_int_equal(taught_input(line, MBP_SIM_IR_FAULTS_ACTIVE), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_restart_keeps_what_was_begun_by_hand),
        TEST(test_power_cut_keeps_faults_too),
        TEST(test_restart_goes_on_with_what_is_left_of_a_fault),
        TEST(test_restart_keeps_how_far_a_drift_has_come),
        TEST(test_restart_heals_no_worn_machine),
        TEST(test_restart_does_not_put_off_what_comes_by_chance),
        TEST(test_restart_keeps_ad_hoc_faults_in_their_places),
        TEST(test_fault_that_the_file_gives_otherwise_now_is_as_it_says),
        TEST(test_fault_whose_sensor_or_place_in_the_file_is_gone_is_no_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
