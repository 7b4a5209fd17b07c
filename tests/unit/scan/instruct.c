/* The instructor's hand on faults, at unit 247; and that nobody else sees them. */
#include "taught.h"

#include <math.h>
#include <string.h>

#define SECOND 10 /* scans */

static const char faults[] = "faults:\n"
                             "  - {name: HOT, kind: step, sensor: TT101, amount: 30}\n"
                             "  - {name: DEAF, kind: stuck, sensor: PT101, start: 5s, duration: 2s}\n";
enum { HOT, DEAF, FAULTS };

static int setup(void **state)
{
    line_setup(state);
    taught_start(*state, faults);
    return 0;
}
#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, line_teardown)

static void put_float(uint16_t *words, double number)
{
    mbp_codec_encode(MBP_FLOAT32, MBP_ABCD, 1.0, number, words);
}

/* A record of a fault, and the register behind it that begins it. */
static void record(uint16_t words[11], enum mbp_effect_kind kind, uint16_t sensor, double amount, double over_s,
                   double duration_s)
{
    memset(words, 0, 11 * sizeof *words);
    words[MBP_SIM_FAULT_KIND] = (uint16_t)(kind + 1);
    words[MBP_SIM_FAULT_UNIT] = 1;
    words[MBP_SIM_FAULT_NUMBER] = sensor;
    put_float(words + MBP_SIM_FAULT_AMOUNT, amount);
    put_float(words + MBP_SIM_FAULT_OVER, over_s);
    put_float(words + MBP_SIM_FAULT_DURATION, duration_s);
    words[MBP_SIM_FAULT_WORDS] = 1;
}

static void test_coil_begins_a_fault_that_acts_with_the_next_scan(void **state)
{
    struct line *line = *state;
    taught_scan(line, 1);
    assert_false(taught_coil(line, MBP_SIM_COIL_FAULTS + HOT));
    assert_int_equal(taught_write_coil(line, MBP_SIM_COIL_FAULTS + HOT, true), MBP_OK);
    taught_pass(line, 0);
    assert_in_range(line_holding(line, HR_TT101), 640, 660);
    assert_int_equal(taught_input(line, MBP_SIM_IR_FAULTS_ACTIVE), 1);
    taught_scan(line, 1);
    assert_in_range(line_holding(line, HR_TT101), 940, 960);
    assert_true(line_coil(line, MBP_EN_PANNE));
    assert_int_equal(taught_write_coil(line, MBP_SIM_COIL_FAULTS + HOT, false), MBP_OK);
    taught_scan(line, 1);
    assert_in_range(line_holding(line, HR_TT101), 640, 660);
    assert_false(taught_coil(line, MBP_SIM_COIL_FAULTS + HOT));
}

static void test_coil_follows_a_fault_that_begins_and_ends_by_itself(void **state)
{
    struct line *line = *state;
    taught_scan(line, 5 * SECOND - 1);
    assert_false(taught_coil(line, MBP_SIM_COIL_FAULTS + DEAF));
    taught_scan(line, 1);
    assert_true(taught_coil(line, MBP_SIM_COIL_FAULTS + DEAF));
    taught_scan(line, 2 * SECOND);
    assert_false(taught_coil(line, MBP_SIM_COIL_FAULTS + DEAF));
}

static void test_record_begins_a_fault_that_no_file_has_and_shows_it(void **state)
{
    struct line *line = *state;
    uint16_t words[11];
    record(words, MBP_EFFECT_BIAS, TT101, 10.5, 0, 1);
    assert_int_equal(taught_write(line, MBP_SIM_HR_FAULT, 11, words), MBP_OK);
    taught_scan(line, 1);
    assert_in_range(line_holding(line, HR_TT101), 745, 765);
    assert_true(taught_coil(line, MBP_SIM_COIL_AD_HOC));
    assert_int_equal(taught_input(line, MBP_SIM_IR_FAULTS), FAULTS);
    for (uint16_t i = 0; i < MBP_SIM_FAULT_WORDS; i++)
        assert_int_equal(taught_input(line, (uint16_t)(MBP_SIM_IR_AD_HOC + i)), words[i]);
    taught_scan(line, 1 * SECOND);
    assert_false(taught_coil(line, MBP_SIM_COIL_AD_HOC));
    /* The place keeps its record: its coil begins it again. */
    taught_write_coil(line, MBP_SIM_COIL_AD_HOC, true);
    taught_scan(line, 1);
    assert_in_range(line_holding(line, HR_TT101), 745, 765);
}

static void test_record_that_makes_no_sense_is_refused_whole(void **state)
{
    struct line *line = *state;
    uint16_t good[11];
    record(good, MBP_EFFECT_DRIFT, TT101, 1, 60, 0);
    const struct {
        unsigned at;
        uint16_t word;
    } wrong[] = {
        {MBP_SIM_FAULT_KIND, 0},        {MBP_SIM_FAULT_KIND, MBP_EFFECT_COUNT + 1},
        {MBP_SIM_FAULT_UNIT, 9},        {MBP_SIM_FAULT_UNIT, 256 + 1},
        {MBP_SIM_FAULT_UNIT, 247},      {MBP_SIM_FAULT_NUMBER, 3},
        {MBP_SIM_FAULT_AMOUNT, 0x7FC0}, {MBP_SIM_FAULT_OVER, 0},
        {MBP_SIM_FAULT_OVER, 0xC270},   {MBP_SIM_FAULT_DURATION, 0xBF80},
        {MBP_SIM_FAULT_AMOUNT, 0x7F80},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        uint16_t words[11];
        memcpy(words, good, sizeof words);
        words[wrong[i].at] = wrong[i].word;
        assert_int_equal(taught_write(line, MBP_SIM_HR_FAULT, 11, words), MBP_EX_SERVER_DEVICE_FAILURE);
    }
    taught_scan(line, 1);
    assert_int_equal(taught_input(line, MBP_SIM_IR_FAULTS_ACTIVE), 0);
    for (int i = 0; i < MBP_AD_HOC_FAULTS; i++) {
        assert_int_equal(taught_write(line, MBP_SIM_HR_FAULT, 11, good), MBP_OK);
        taught_pass(line, 0);
    }
    assert_int_equal(taught_write(line, MBP_SIM_HR_FAULT, 11, good), MBP_EX_SERVER_DEVICE_FAILURE); /* no place left */
}

static void test_coil_of_a_place_that_never_had_a_fault_begins_nothing(void **state)
{
    struct line *line = *state;
    taught_write_coil(line, MBP_SIM_COIL_AD_HOC + 3, true);
    taught_pass(line, 0);
    assert_false(taught_coil(line, MBP_SIM_COIL_AD_HOC + 3));
    assert_int_equal(taught_input(line, MBP_SIM_IR_FAULTS_ACTIVE), 0);
}

static void test_faults_leave_no_trace_in_the_journal_or_in_the_plants_own_map(void **state)
{
    struct line *line = *state;
    uint16_t words[11];
    record(words, MBP_EFFECT_BIAS, PT101, 0.5, 0, 0); /* too little for an alarm */
    taught_write(line, MBP_SIM_HR_FAULT, 11, words);
    taught_scan(line, 8 * SECOND); /* DEAF came and went */
    line_read(line);
    for (size_t i = 0; i < line->event_count; i++)
        assert_true(line->events[i].code == MBP_EV_START || line->events[i].code == MBP_EV_STOP ||
                    line->events[i].code == MBP_EV_PLANT_LOADED || line->events[i].code == MBP_EV_PLANT_CHANGED);
    for (uint16_t bit = 0; bit < 8; bit++)
        assert_false(line_discrete(line, (uint16_t)(8 * PT101 + bit)));
}

static void test_snapshot_keeps_faults_and_restore_brings_them_back(void **state)
{
    struct line *line = *state;
    uint16_t words[11];
    record(words, MBP_EFFECT_DRIFT, TT101, 10, 10, 0);
    taught_write(line, MBP_SIM_HR_FAULT, 11, words);
    taught_scan(line, 3 * SECOND);
    taught_write_coil(line, MBP_SIM_COIL_SNAPSHOT, true);
    taught_scan(line, 1 * SECOND);
    uint16_t value = line_holding(line, HR_TT101);
    taught_write_coil(line, MBP_SIM_COIL_AD_HOC, false);
    taught_write_coil(line, MBP_SIM_COIL_FAULTS + HOT, true);
    taught_scan(line, 3 * SECOND);
    taught_write_coil(line, MBP_SIM_COIL_RESTORE, true);
    taught_pass(line, 0);
    assert_true(taught_coil(line, MBP_SIM_COIL_AD_HOC));
    assert_false(taught_coil(line, MBP_SIM_COIL_FAULTS + HOT));
    taught_scan(line, 1 * SECOND);
    assert_int_equal(line_holding(line, HR_TT101), value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_coil_begins_a_fault_that_acts_with_the_next_scan),
        TEST(test_coil_follows_a_fault_that_begins_and_ends_by_itself),
        TEST(test_record_begins_a_fault_that_no_file_has_and_shows_it),
        TEST(test_record_that_makes_no_sense_is_refused_whole),
        TEST(test_coil_of_a_place_that_never_had_a_fault_begins_nothing),
        TEST(test_faults_leave_no_trace_in_the_journal_or_in_the_plants_own_map),
        TEST(test_snapshot_keeps_faults_and_restore_brings_them_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
