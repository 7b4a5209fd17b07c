/* The report in its three forms, and that it depends on nothing but plant, scenario and seed. */
#include "exercise.h"

#include <stdlib.h>
#include <string.h>

#define TIMELINE                                                                                                       \
    "  - {at: 1s, inject: {sensor: TT101, value: 90}}\n"                                                               \
    "  - expect: {alarm: TT101.high, within: 5s, points: 3}\n"                                                         \
    "  - expect: {machine: FILL1, state: maintenance}\n"                                                               \
    "  - student: {acknowledge: FILL1, within: 4s, points: 2}\n"

static char *played(struct exercise *exercise, enum mbp_play_format format)
{
    exercise_play(exercise, TIMELINE, true);
    exercise_scan(exercise, 100);
    return exercise_report(exercise, format);
}

static void test_text_tells_each_verdict_as_it_is_decided_and_sums_up(void **state)
{
    struct exercise *exercise = *state;
    char *report = played(exercise, MBP_PLAY_TEXT);
    assert_string_equal(exercise->told,
                        "00:00:01.100  ok       TT101.high is raised within 5s (after 0.1s) [3 of 3 points]\n"
                        "00:00:01.100  MISSED   FILL1 is maintenance: it is en_panne\n"
                        "00:00:03.100  ok       the student acknowledges FILL1 within 4s (by the model student, after "
                        "2.1s) [2 of 2 points]\n");
    assert_string_equal(report, "00:00:10.000  FAILED   A <\"test\">: 2 of 3 expectations met, 5 of 5 points\n"
                                "00:00:01.100  MISSED   FILL1 is maintenance: it is en_panne\n");
    free(report);
}

static void test_json_has_every_expectation_and_escapes_text(void **state)
{
    char *report = played(*state, MBP_PLAY_JSON);
    assert_string_equal(
        report,
        "{\n"
        "  \"scenario\": \"A <\\\"test\\\">\",\n"
        "  \"plant\": \"Line\",\n"
        "  \"seed\": 7,\n"
        "  \"simulated_s\": 10.000,\n"
        "  \"passed\": false,\n"
        "  \"met\": 2,\n"
        "  \"points\": 5,\n"
        "  \"points_max\": 5,\n"
        "  \"steps_refused\": 0,\n"
        "  \"expectations\": [\n"
        "    {\"what\": \"TT101.high is raised within 5s\", \"verdict\": \"met\", \"begin_s\": 1.000, \"decided_s\": "
        "1.100, \"points\": 3, \"student\": false, \"model\": false},\n"
        "    {\"what\": \"FILL1 is maintenance\", \"verdict\": \"missed\", \"begin_s\": 1.000, \"decided_s\": 1.100, "
        "\"found\": \"it is en_panne\", \"points\": 0, \"student\": false, \"model\": false},\n"
        "    {\"what\": \"the student acknowledges FILL1 within 4s\", \"verdict\": \"met\", \"begin_s\": 1.000, "
        "\"decided_s\": 3.100, \"points\": 2, \"student\": true, \"model\": true}\n"
        "  ]\n"
        "}\n");
    free(report);
}

static void test_junit_has_a_case_for_each_and_its_failure(void **state)
{
    char *report = played(*state, MBP_PLAY_JUNIT);
    assert_non_null(strstr(report, "<testsuite name=\"A &lt;&quot;test&quot;>\" tests=\"4\" failures=\"1\""));
    assert_non_null(
        strstr(report, "name=\"FILL1 is maintenance\" time=\"0.100\"><failure message=\"missed: it is en_panne\"/>"));
    assert_non_null(strstr(report, "name=\"TT101.high is raised within 5s\" time=\"0.100\"/>"));
    free(report);
}

static void test_same_plant_and_scenario_give_the_same_report(void **state)
{
    struct exercise *exercise = *state;
    char *first = played(exercise, MBP_PLAY_JSON);
    char *told = strdup(exercise->told);
    char *second = played(exercise, MBP_PLAY_JSON);
    assert_string_equal(second, first);
    assert_string_equal(exercise->told, told);
    free(first);
    free(told);
    free(second);
}

static void test_format_is_found_by_its_name(void **state)
{
    (void)state;
    assert_int_equal(mbp_play_format_find("text"), MBP_PLAY_TEXT);
    assert_int_equal(mbp_play_format_find("json"), MBP_PLAY_JSON);
    assert_int_equal(mbp_play_format_find("junit"), MBP_PLAY_JUNIT);
    assert_int_equal(mbp_play_format_find("xml"), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EXERCISE_TEST(test_text_tells_each_verdict_as_it_is_decided_and_sums_up),
        EXERCISE_TEST(test_json_has_every_expectation_and_escapes_text),
        EXERCISE_TEST(test_junit_has_a_case_for_each_and_its_failure),
        EXERCISE_TEST(test_same_plant_and_scenario_give_the_same_report),
        EXERCISE_TEST(test_format_is_found_by_its_name),
    };
    return cmocka_run_group_tests_name("unit.scenario.report", tests, NULL, NULL);
}
