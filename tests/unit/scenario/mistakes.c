/* Each kind of mistake in a scenario: where it is, what is wrong, what is allowed; all of a file in one run. */
#include "exercise.h"

#include <stdio.h>
#include <string.h>

static void test_keys_wrong_unknown_or_missing_name_the_allowed(void **state)
{
    const struct exercise *exercise = *state;
    assert_string_equal(
        exercise_errors(exercise->plant, "keys.yaml"),
        "1:19: 'mbplant_scenario' is '2'; allowed is 1, the version of the format that this mbplant reads\n"
        "3:11: 'duration' is '10'; allowed is a duration 1ms..3650d, a number with its unit (us ms s min h d)\n"
        "4:1: 'sed' is not a key of a scenario; did you mean 'seed'?\n"
        "7:5: 'not' is not a key of a step; did you mean 'note'?\n");
}

static void test_step_not_of_one_thing_is_refused(void **state)
{
    const struct exercise *exercise = *state;
    assert_string_equal(
        exercise_errors(exercise->plant, "one_thing.yaml"),
        "5:5: a step does one thing, one of inject, release, fault, write, machine, acknowledge, note, expect, "
        "student; this one does none\n"
        "6:21: a step has one time: 'at' (since the scenario's begin) or 'after' (the step before); choose one\n"
        "7:5: a step does one thing, one of inject, release, fault, write, machine, acknowledge, note, expect, "
        "student; this one does several: make a step of each\n");
}

static void test_condition_that_is_none_is_refused_at_its_place(void **state)
{
    const struct exercise *exercise = *state;
    assert_string_equal(exercise_errors(exercise->plant, "conditions.yaml"),
                        "5:28: a value is expected here, not the end\n"
                        "6:21: this place needs BOOL, and 'TT101' is LREAL: compare it with a number\n"
                        "7:21: there is no value named TT110; did you mean TT101?\n"
                        "8:20: 'when' is a list; allowed is a condition: \"LT1 > 80 AND NOT P1\"\n"
                        "9:5: a step does one thing, one of inject, release, fault, write, machine, acknowledge, note, "
                        "expect, student; this one does none\n");
}

static void test_times_out_of_order_or_beyond_the_end_are_refused(void **state)
{
    const struct exercise *exercise = *state;
    assert_string_equal(
        exercise_errors(exercise->plant, "times.yaml"),
        "6:10: 4s is before the step above, which comes at 5s; write steps in the order of their times\n"
        "7:10: this step comes at 10s, and the scenario ends at 10s\n"
        "8:10: 9s is before the step above, which comes at 10s; write steps in the order of their times\n"
        "8:64: this reaches beyond the scenario's end at 10s: 11s is the earliest 'duration'\n");
}

/* 70 times ten years are more nanoseconds than there are. */
static void test_times_that_add_up_beyond_the_end_of_all_times_stay_there(void **state)
{
    const struct exercise *exercise = *state;
    const char *errors = exercise_errors(exercise->plant, "far.yaml");
    unsigned lines = 0;
    for (const char *at = errors; (at = strstr(at, "this step comes at ")) != NULL; at++)
        lines++;
    assert_int_equal(lines, 70);
    assert_null(strstr(errors, "before the step above"));
}

static void test_unknown_names_have_the_nearest(void **state)
{
    const struct exercise *exercise = *state;
    assert_string_equal(
        exercise_errors(exercise->plant, "names.yaml"),
        "5:22: there is no sensor 'TT110' in Line; did you mean 'TT101'?\n"
        "6:21: there is no machine 'FIL1' in Line; did you mean 'FILL1'?\n"
        "7:20: there is no point 'TT101.hihg' in Line; did you mean 'TT101.high'?\n"
        "8:21: 'hgh' is no alarm of TT101; its alarms are low_low, low, high, high_high, rate_of_change, bad_quality, "
        "condition; "
        "did you mean 'high'?\n"
        "9:18: there is no 'CPA1' in Line; allowed is SENSOR.alarm (as in TT101.high), a sensor, a machine or all; did "
        "you mean 'CAP1'?\n"
        "10:12: there is no fault 'blokced' in Line, and none that an earlier step began; did you mean 'blocked'?\n"
        "11:30: there is no sensor 'VX1' in Line\n");
}

static void test_names_and_words_of_tables_are_found_in_any_case(void **state)
{
    const struct exercise *exercise = *state;
    assert_string_equal(exercise_errors(exercise->plant, "any_case.yaml"),
                        "18:20: ir 0 (of this register map) cannot be written\n"
                        "19:20: there is no point 'hr 60000' in Line\n");
}

static void test_values_that_the_plant_would_refuse_are_refused_before(void **state)
{
    const struct exercise *exercise = *state;
    assert_string_equal(exercise_errors(exercise->plant, "values.yaml"),
                        "5:36: TT101 takes 0..150 °C, not 151\n"
                        "6:39: TT101.high.limit takes 0..150 °C, not 200\n"
                        "7:35: VALVE1 takes 0..100 %, not 101\n"
                        "8:50: holding_registers 901 takes 0..65535, not 65536\n"
                        "9:46: FILL1.acknowledge takes 0 and 1, not 2\n"
                        "10:20: TT101.float32 (value as float32) cannot be written\n"
                        "11:22: GS201 takes no value: it says 'inject: reject'; a fault of kind stuck shows one\n"
                        "12:20: 2 units have a point 'coils 900'; say which with 'unit'\n");
}

static void test_expectations_that_make_no_sense_say_what_does(void **state)
{
    const struct exercise *exercise = *state;
    assert_string_equal(exercise_errors(exercise->plant, "expect.yaml"),
                        "5:13: 'expect' is about one thing, one of alarm, no_alarm, machine, acknowledged, value, "
                        "process, polled, reconnected, never_wrote, functions, unit; it "
                        "has none\n"
                        "6:13: 'expect' is about one thing, one of alarm, no_alarm, machine, acknowledged, value, "
                        "process, polled, reconnected, never_wrote, functions, unit; it has "
                        "several: make a step of each\n"
                        "7:23: 'machine' goes with 'state': one of en_service, en_panne, maintenance\n"
                        "8:21: 'state' goes with 'machine'\n"
                        "9:13: an expectation has one time: 'within', 'before' or 'for'; choose one\n"
                        "10:21: TT101 has no low in Line, so this alarm can never be\n"
                        "11:46: 'between' is reversed: 9 is above 8; write the lower end first\n"
                        "12:41: 50ms is shorter than a scan of the plant, which is 100ms\n"
                        "13:50: 'before' 5s is not after this step, which comes at 5s\n"
                        "14:21: CAP1 has no alarm in Line, so there can never be one\n"
                        "15:46: TT101 shows 0..150 °C, so it can never be between these\n"
                        "16:46: TT101 shows steps of 0.1, and none of them is between these, so it can never be there\n"
                        "17:47: VALVE1 goes from 0 to 100 %, so it can never be between these\n"
                        "18:32: there is no sensor 'VALVE1' in Line\n");
}

static void test_students_part_without_time_or_subject_is_refused(void **state)
{
    const struct exercise *exercise = *state;
    assert_string_equal(exercise_errors(exercise->plant, "student.yaml"),
                        "5:14: a student needs time: 'within' (of this step) or 'before' (since the scenario's begin), "
                        "a duration with its unit\n"
                        "6:24: 'machine' goes with 'ask': one of en_service, en_panne, maintenance\n"
                        "7:14: 'student' is about one thing, one of acknowledge, machine, write; it has none\n"
                        "8:54: the model student would be late: 'model' must be below the time that the student has\n"
                        "9:14: 'student' is about one thing, one of acknowledge, machine, write; it has none\n"
                        "9:15: 'alarm' is not a key of 'student'; its keys are acknowledge, machine, write, ask, "
                        "within, before, model, points, first, in_order\n");
}

static void test_students_part_that_nobody_could_do_is_refused(void **state)
{
    const struct exercise *exercise = *state;
    assert_string_equal(exercise_errors(exercise->plant, "credit.yaml"),
                        "6:68: there is no part of the student's above this one, which it could come after\n"
                        "8:30: TT101 cannot be forced: this scenario says 'forcing: refused'\n"
                        "9:30: TT101.forced cannot be forced: this scenario says 'forcing: refused'\n"
                        "11:73: 'first' is 'maybe'; allowed is true or false\n");
}

static void test_faults_are_read_as_those_of_a_plant_file(void **state)
{
    const struct exercise *exercise = *state;
    assert_string_equal(
        exercise_errors(exercise->plant, "faults.yaml"),
        "5:12: 'fault' is 'TT101 stuck'; allowed is NAME on, NAME off, or a group of keys: name, kind, sensor, "
        "actuator, amount, value, over, every, after, shows, for\n"
        "6:12: a fault of kind drift needs 'over': a duration 1ms..3650d, a number with its unit (us ms s min h d)\n"
        "7:19: the name 'blocked' is taken by a fault of Line\n"
        "8:41: 'start' is not a key of a fault; its keys are name, kind, sensor, actuator, amount, value, over, every, "
        "after, shows, for\n"
        "10:12: 'bias1' began in line 9; begin it again with a step that says what it is\n");
}

static void test_file_of_something_else_says_what_a_scenario_is(void **state)
{
    const struct exercise *exercise = *state;
    assert_string_equal(
        exercise_errors(exercise->plant, "no_scenario.yaml"),
        "1:1: this is no scenario; a scenario is keys with values and starts with 'mbplant_scenario: 1'\n");
}

static void test_anchors_are_refused(void **state)
{
    const struct exercise *exercise = *state;
    assert_string_equal(exercise_errors(exercise->plant, "anchors.yaml"),
                        "5:5: anchors (&name) are not allowed; write the values out, or use 'repeat'\n");
}

/* What can be told without a plant is told without one. */
static void test_keys_without_plant_are_told_all_the_same(void **state)
{
    (void)state;
    assert_string_equal(
        exercise_errors(NULL, "no_scenario.yaml"),
        "1:1: this is no scenario; a scenario is keys with values and starts with 'mbplant_scenario: 1'\n");
}

static void test_file_missing_is_one_line(void **state)
{
    (void)state;
    char text[256] = "";
    struct mbp_scenario *scenario = NULL;
    FILE *out = fmemopen(text, sizeof text, "w");
    assert_int_equal(mbp_scenario_load("/nowhere/s.yaml", out, &scenario), MBP_ERR_IO);
    fclose(out);
    assert_string_equal(text, "/nowhere/s.yaml: cannot be read: No such file or directory\n");
    assert_null(scenario);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EXERCISE_TEST(test_keys_wrong_unknown_or_missing_name_the_allowed),
        EXERCISE_TEST(test_step_not_of_one_thing_is_refused),
        EXERCISE_TEST(test_condition_that_is_none_is_refused_at_its_place),
        EXERCISE_TEST(test_times_out_of_order_or_beyond_the_end_are_refused),
        EXERCISE_TEST(test_times_that_add_up_beyond_the_end_of_all_times_stay_there),
        EXERCISE_TEST(test_unknown_names_have_the_nearest),
        EXERCISE_TEST(test_names_and_words_of_tables_are_found_in_any_case),
        EXERCISE_TEST(test_values_that_the_plant_would_refuse_are_refused_before),
        EXERCISE_TEST(test_expectations_that_make_no_sense_say_what_does),
        EXERCISE_TEST(test_students_part_without_time_or_subject_is_refused),
        EXERCISE_TEST(test_students_part_that_nobody_could_do_is_refused),
        EXERCISE_TEST(test_faults_are_read_as_those_of_a_plant_file),
        EXERCISE_TEST(test_file_of_something_else_says_what_a_scenario_is),
        EXERCISE_TEST(test_anchors_are_refused),
        EXERCISE_TEST(test_keys_without_plant_are_told_all_the_same),
        EXERCISE_TEST(test_file_missing_is_one_line),
    };
    return cmocka_run_group_tests_name("unit.scenario.mistakes", tests, NULL, NULL);
}
