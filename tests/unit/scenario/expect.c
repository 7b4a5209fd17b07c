/* What is expected of the plant: met, missed, and the scan at which that is decided. */
#include "exercise.h"

#include <stdio.h>

/* Plays it to the end and fails unless its only expectation is decided so, at this time. */
static void assert_decided(struct exercise *exercise, const char *timeline, enum mbp_verdict verdict, double at_s)
{
    exercise_play(exercise, timeline, false);
    exercise_scan(exercise, 100);
    assert_int_equal(mbp_play_count(exercise->play), 1);
    assert_string_equal(mbp_verdict_name(exercise_verdict(exercise, 0)), mbp_verdict_name(verdict));
    assert_same_ms(exercise_decided_s(exercise, 0), at_s);
    assert_true(mbp_play_passed(exercise->play) == (verdict == MBP_VERDICT_MET));
}

#define HOT_AT_1S "  - {at: 1s, inject: {sensor: TT101, value: 90}}\n" /* raised with the scan that ends at 1.1 s */

static void test_alarm_within_is_met_by_the_scan_that_raises_it(void **state)
{
    assert_decided(*state, HOT_AT_1S "  - expect: {alarm: TT101.high, within: 5s}\n", MBP_VERDICT_MET, 1.1);
}

static void test_alarm_that_never_comes_is_missed_at_the_deadline(void **state)
{
    assert_decided(*state, "  - {at: 1s, expect: {alarm: TT101.high, within: 2s}}\n", MBP_VERDICT_MISSED, 3.0);
}

/* PT101's alarm has a delay, so that it is raised some scans after its step; when, the plant tells. */
static void test_deadline_is_met_by_the_scan_that_ends_at_it_and_missed_a_scan_before(void **state)
{
    static const char pattern[] = "  - {at: 1s, inject: {sensor: PT101, value: 1.5}}\n"
                                  "  - expect: {alarm: PT101.low, %s: %ums}\n";
    struct exercise *exercise = *state;
    char timeline[256];
    snprintf(timeline, sizeof timeline, pattern, "within", 5000u);
    exercise_play(exercise, timeline, false);
    exercise_scan(exercise, 100);
    assert_int_equal(exercise_verdict(exercise, 0), MBP_VERDICT_MET);
    unsigned raised_ms = (unsigned)(mbp_play_expectation(exercise->play, 0).decided_ns / MBP_NS_PER_MS);
    assert_true(raised_ms > 1500);
    snprintf(timeline, sizeof timeline, pattern, "within", raised_ms - 1000);
    assert_decided(exercise, timeline, MBP_VERDICT_MET, raised_ms / 1e3);
    snprintf(timeline, sizeof timeline, pattern, "within", raised_ms - 1100);
    assert_decided(exercise, timeline, MBP_VERDICT_MISSED, raised_ms / 1e3 - 0.1);
    snprintf(timeline, sizeof timeline, pattern, "before", raised_ms);
    assert_decided(exercise, timeline, MBP_VERDICT_MET, raised_ms / 1e3);
    snprintf(timeline, sizeof timeline, pattern, "before", raised_ms - 100);
    assert_decided(exercise, timeline, MBP_VERDICT_MISSED, raised_ms / 1e3 - 0.1);
    /* Between two scans: the one that ends behind it is too late, and tells so. */
    snprintf(timeline, sizeof timeline, pattern, "before", raised_ms - 1);
    assert_decided(exercise, timeline, MBP_VERDICT_MISSED, raised_ms / 1e3);
}

static void test_expectation_without_a_time_is_about_the_next_scan(void **state)
{
    assert_decided(*state, HOT_AT_1S "  - expect: {alarm: TT101.high}\n", MBP_VERDICT_MET, 1.1);
    assert_decided(*state, "  - {at: 1s, expect: {alarm: TT101.high}}\n", MBP_VERDICT_MISSED, 1.1);
}

static void test_no_alarm_for_a_time_counts_its_last_scan_and_not_the_one_behind_it(void **state)
{
    assert_decided(*state, "  - expect: {no_alarm: all, for: 1s}\n" HOT_AT_1S, MBP_VERDICT_MET, 1.0);
    assert_decided(*state, "  - expect: {no_alarm: all, for: 1100ms}\n" HOT_AT_1S, MBP_VERDICT_MISSED, 1.1);
}

static void test_alarm_of_a_sensor_or_machine_is_any_of_its_alarms_and_no_others(void **state)
{
    assert_decided(*state, HOT_AT_1S "  - expect: {alarm: TT101}\n", MBP_VERDICT_MET, 1.1);
    assert_decided(*state, HOT_AT_1S "  - expect: {alarm: FILL1}\n", MBP_VERDICT_MET, 1.1);
    assert_decided(*state, HOT_AT_1S "  - expect: {alarm: PT101}\n", MBP_VERDICT_MISSED, 1.1);
    assert_decided(*state, HOT_AT_1S "  - expect: {no_alarm: CAP1}\n", MBP_VERDICT_MET, 1.1);
}

static void test_machine_state_is_that_at_the_end_of_a_scan(void **state)
{
    assert_decided(*state, HOT_AT_1S "  - expect: {machine: FILL1, state: en_panne, before: 5s}\n", MBP_VERDICT_MET,
                   1.1);
    assert_decided(*state, HOT_AT_1S "  - expect: {machine: FILL1, state: maintenance, before: 5s}\n",
                   MBP_VERDICT_MISSED, 5.0);
    assert_decided(*state, "  - expect: {machine: FILL1, state: en_service, for: 2s}\n" HOT_AT_1S, MBP_VERDICT_MISSED,
                   1.1);
}

static void test_value_between_includes_both_ends(void **state)
{
    assert_decided(*state, HOT_AT_1S "  - expect: {value: {sensor: TT101, between: [90, 95]}, within: 1s}\n",
                   MBP_VERDICT_MET, 1.1);
    assert_decided(*state, HOT_AT_1S "  - expect: {value: {sensor: TT101, between: [80, 90]}, for: 1s}\n",
                   MBP_VERDICT_MET, 2.0);
    assert_decided(*state, HOT_AT_1S "  - expect: {value: {sensor: TT101, between: [91, 95]}}\n", MBP_VERDICT_MISSED,
                   1.1);
}

static void test_value_of_an_actuator_is_its_position(void **state)
{
    assert_decided(*state,
                   "  - {at: 1s, write: {point: VALVE1, value: 40}}\n"
                   "  - expect: {value: {sensor: VALVE1, between: [40, 40]}, within: 1s}\n",
                   MBP_VERDICT_MET, 1.1);
}

/* Nothing waits for acknowledgement before the alarm either. */
static void test_acknowledged_is_not_met_before_there_was_something_to_acknowledge(void **state)
{
    assert_decided(*state,
                   "  - expect: {acknowledged: FILL1, within: 5s}\n" HOT_AT_1S "  - {at: 2s, acknowledge: FILL1}\n",
                   MBP_VERDICT_MET, 2.1);
    assert_decided(*state, "  - expect: {acknowledged: FILL1, within: 5s}\n" HOT_AT_1S, MBP_VERDICT_MISSED, 5.0);
}

static void test_expectation_not_decided_when_stopped_is_not_passed(void **state)
{
    struct exercise *exercise = *state;
    exercise_play(exercise, "  - expect: {no_alarm: all, for: 9s}\n  - {at: 8s, expect: {no_alarm: all, for: 1s}}\n",
                  false);
    exercise_scan(exercise, 50);
    mbp_play_stop(exercise->play);
    assert_int_equal(exercise_verdict(exercise, 0), MBP_VERDICT_OPEN);
    assert_int_equal(exercise_verdict(exercise, 1), MBP_VERDICT_WAITING);
    assert_false(mbp_play_passed(exercise->play));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EXERCISE_TEST(test_alarm_within_is_met_by_the_scan_that_raises_it),
        EXERCISE_TEST(test_alarm_that_never_comes_is_missed_at_the_deadline),
        EXERCISE_TEST(test_deadline_is_met_by_the_scan_that_ends_at_it_and_missed_a_scan_before),
        EXERCISE_TEST(test_expectation_without_a_time_is_about_the_next_scan),
        EXERCISE_TEST(test_no_alarm_for_a_time_counts_its_last_scan_and_not_the_one_behind_it),
        EXERCISE_TEST(test_alarm_of_a_sensor_or_machine_is_any_of_its_alarms_and_no_others),
        EXERCISE_TEST(test_machine_state_is_that_at_the_end_of_a_scan),
        EXERCISE_TEST(test_value_between_includes_both_ends),
        EXERCISE_TEST(test_value_of_an_actuator_is_its_position),
        EXERCISE_TEST(test_acknowledged_is_not_met_before_there_was_something_to_acknowledge),
        EXERCISE_TEST(test_expectation_not_decided_when_stopped_is_not_passed),
    };
    return cmocka_run_group_tests_name("unit.scenario.expect", tests, NULL, NULL);
}
