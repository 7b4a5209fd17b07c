/* What the student is to do: by him and nobody else, or, where nobody is there, by the model student. */
#include "exercise.h"

#define HOT_AT_1S "  - {at: 1s, inject: {sensor: TT101, value: 90}}\n"

enum { COIL_ACKNOWLEDGE = 3 };

static void test_acknowledge_by_the_student_is_met(void **state)
{
    struct exercise *exercise = *state;
    exercise_play(exercise, HOT_AT_1S "  - student: {acknowledge: FILL1, within: 5s}\n", false);
    exercise_scan(exercise, 20);
    assert_int_equal(exercise_verdict(exercise, 0), MBP_VERDICT_OPEN);
    exercise_coil(exercise, COIL_FILL1 + COIL_ACKNOWLEDGE);
    exercise_scan(exercise, 1);
    assert_int_equal(exercise_verdict(exercise, 0), MBP_VERDICT_MET);
    assert_same_ms(exercise_decided_s(exercise, 0), 2.1);
    assert_false(mbp_play_expectation(exercise->play, 0).model);
}

/* Events name masters by their IPv4 address; one over IPv6 has none. */
static void test_student_without_an_ipv4_address_counts(void **state)
{
    struct exercise *exercise = *state;
    const uint8_t on = 1;
    exercise_play(exercise, HOT_AT_1S "  - student: {acknowledge: FILL1, within: 5s}\n", false);
    exercise_scan(exercise, 20);
    assert_int_equal(mbp_image_write_bits(mbp_image_unit(exercise->image, 1), COIL_FILL1 + COIL_ACKNOWLEDGE, 1, &on,
                                          (struct mbp_peer){0}),
                     MBP_OK);
    exercise_scan(exercise, 1);
    assert_int_equal(exercise_verdict(exercise, 0), MBP_VERDICT_MET);
}

static void test_acknowledge_by_the_scenario_is_not_the_students(void **state)
{
    struct exercise *exercise = *state;
    exercise_play(exercise,
                  HOT_AT_1S "  - student: {acknowledge: FILL1, within: 5s}\n  - {at: 2s, acknowledge: FILL1}\n", false);
    exercise_scan(exercise, 100);
    assert_int_equal(exercise_verdict(exercise, 0), MBP_VERDICT_MISSED);
}

static void test_acknowledge_of_another_sensor_does_not_count(void **state)
{
    struct exercise *exercise = *state;
    exercise_play(exercise, HOT_AT_1S "  - student: {acknowledge: PT101, within: 5s}\n", false);
    exercise_scan(exercise, 20);
    exercise_coil(exercise, COIL_FILL1 + COIL_ACKNOWLEDGE);
    exercise_scan(exercise, 80);
    assert_int_equal(exercise_verdict(exercise, 0), MBP_VERDICT_MISSED);
}

static void test_machine_asked_by_the_student_is_met_and_by_the_scenario_not(void **state)
{
    struct exercise *exercise = *state;
    static const char part[] = "  - student: {machine: CAP1, ask: en_panne, within: 5s}\n";
    static const char both[] = "  - student: {machine: CAP1, ask: en_panne, within: 5s}\n"
                               "  - {at: 2s, machine: {name: CAP1, ask: en_panne}}\n";
    exercise_play(exercise, part, false);
    exercise_scan(exercise, 20);
    exercise_coil(exercise, COIL_CAP1 + MBP_EN_PANNE);
    exercise_scan(exercise, 1);
    assert_int_equal(exercise_verdict(exercise, 0), MBP_VERDICT_MET);
    exercise_play(exercise, both, false);
    exercise_scan(exercise, 100);
    assert_int_equal(exercise_verdict(exercise, 0), MBP_VERDICT_MISSED);
}

/* It is en_service when the step comes already, and again by itself when its maintenance is over: neither is a return
 * that anybody asked for. */
static void test_return_to_service_by_itself_is_not_the_students(void **state)
{
    struct exercise *exercise = *state;
    exercise_play(exercise, "  - student: {machine: CAP1, ask: en_service, within: 5s}\n", false);
    exercise_scan(exercise, 10);
    exercise_coil(exercise, COIL_CAP1 + MBP_MAINTENANCE);
    exercise_scan(exercise, 1);
    assert_int_equal(mbp_scan_state(exercise->scan)->machine[CAP1].state, MBP_MAINTENANCE);
    exercise_scan(exercise, 30);
    assert_int_equal(mbp_scan_state(exercise->scan)->machine[CAP1].state, MBP_EN_SERVICE);
    exercise_scan(exercise, 59);
    assert_int_equal(exercise_verdict(exercise, 0), MBP_VERDICT_MISSED);
}

/* Quicker than the timeline is no mistake. */
static void test_machine_asked_for_before_the_step_counts(void **state)
{
    struct exercise *exercise = *state;
    exercise_play(exercise, "  - {at: 3s, student: {machine: CAP1, ask: en_panne, within: 5s}}\n", false);
    exercise_scan(exercise, 10);
    exercise_coil(exercise, COIL_CAP1 + MBP_EN_PANNE);
    exercise_scan(exercise, 21);
    assert_int_equal(exercise_verdict(exercise, 0), MBP_VERDICT_MET);
}

static void test_write_by_the_student_is_met_when_the_point_holds_it(void **state)
{
    struct exercise *exercise = *state;
    const uint8_t word[] = {0, 77};
    exercise_play(exercise, "  - student: {write: {point: holding_registers 901, value: 77}, within: 5s}\n", false);
    exercise_scan(exercise, 10);
    assert_int_equal(exercise_verdict(exercise, 0), MBP_VERDICT_OPEN);
    assert_int_equal(
        mbp_image_write_words(mbp_image_unit(exercise->image, 1), 901, 1, word, (struct mbp_peer){STUDENT}), MBP_OK);
    exercise_scan(exercise, 1);
    assert_int_equal(exercise_verdict(exercise, 0), MBP_VERDICT_MET);
}

static void test_model_student_does_each_part_at_its_time(void **state)
{
    struct exercise *exercise = *state;
    exercise_play(exercise,
                  HOT_AT_1S "  - student: {acknowledge: FILL1, within: 4s}\n"
                            "  - student: {machine: CAP1, ask: maintenance, before: 8s, model: 1500ms}\n"
                            "  - student: {write: {point: VALVE1, value: 40}, within: 4s, model: 0s}\n",
                  true);
    exercise_scan(exercise, 100);
    assert_same_ms(exercise_decided_s(exercise, 0), 3.1); /* half of its time */
    assert_same_ms(exercise_decided_s(exercise, 1), 2.6);
    assert_same_ms(exercise_decided_s(exercise, 2), 1.2); /* not in the scan of a step */
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(exercise_verdict(exercise, i), MBP_VERDICT_MET);
        assert_true(mbp_play_expectation(exercise->play, i).model);
    }
    assert_true(mbp_play_passed(exercise->play));
}

static void test_without_model_student_nobody_does_it(void **state)
{
    struct exercise *exercise = *state;
    exercise_play(exercise, HOT_AT_1S "  - student: {acknowledge: FILL1, within: 4s}\n", false);
    exercise_scan(exercise, 100);
    assert_int_equal(exercise_verdict(exercise, 0), MBP_VERDICT_MISSED);
    assert_same_ms(exercise_decided_s(exercise, 0), 5.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EXERCISE_TEST(test_acknowledge_by_the_student_is_met),
        EXERCISE_TEST(test_student_without_an_ipv4_address_counts),
        EXERCISE_TEST(test_acknowledge_by_the_scenario_is_not_the_students),
        EXERCISE_TEST(test_acknowledge_of_another_sensor_does_not_count),
        EXERCISE_TEST(test_machine_asked_by_the_student_is_met_and_by_the_scenario_not),
        EXERCISE_TEST(test_return_to_service_by_itself_is_not_the_students),
        EXERCISE_TEST(test_machine_asked_for_before_the_step_counts),
        EXERCISE_TEST(test_write_by_the_student_is_met_when_the_point_holds_it),
        EXERCISE_TEST(test_model_student_does_each_part_at_its_time),
        EXERCISE_TEST(test_without_model_student_nobody_does_it),
    };
    return cmocka_run_group_tests_name("unit.scenario.student", tests, NULL, NULL);
}
