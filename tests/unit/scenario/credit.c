/* Points are for what the student did, and for nothing else. */
#include "exercise.h"

#include <stdlib.h>
#include <string.h>

enum { HOLDING_TT101 = 0, COIL_ACKNOWLEDGE = 3, COIL_TT101_FORCED = 1000, COIL_TT101_SHELVED = 2000 };

/* A student's write of registers of unit 1. */
static enum mbp_status write_words(struct exercise *exercise, uint16_t addr, uint16_t count, const uint16_t *words)
{
    uint8_t bytes[8];
    for (uint16_t i = 0; i < count; i++) {
        bytes[2 * i] = (uint8_t)(words[i] >> 8);
        bytes[2 * i + 1] = (uint8_t)words[i];
    }
    return mbp_image_write_words(mbp_image_unit(exercise->image, 1), addr, count, bytes, (struct mbp_peer){STUDENT});
}

static void write_word(struct exercise *exercise, uint16_t addr, uint16_t word)
{
    assert_int_equal(write_words(exercise, addr, 1, &word), MBP_OK);
}

static void assert_found(const struct exercise *exercise, uint32_t i, const char *found)
{
    assert_int_equal(exercise_verdict(exercise, i), MBP_VERDICT_MISSED);
    assert_string_equal(mbp_play_expectation(exercise->play, i).found, found);
}

/* ---- writes ------------------------------------------------------------------------------------------------------ */

static void test_write_that_stood_there_before_is_nobodys(void **state)
{
    struct exercise *exercise = *state;
    exercise_play(exercise, "  - student: {write: {point: holding_registers 901, value: 2}, within: 5s}\n", false);
    exercise_scan(exercise, 60);
    assert_found(exercise, 0, "nobody wrote to it");
}

static void test_write_by_the_scenario_is_not_the_students(void **state)
{
    struct exercise *exercise = *state;
    exercise_play(exercise,
                  "  - student: {write: {point: holding_registers 901, value: 77}, within: 5s}\n"
                  "  - student: {write: {point: VALVE1, value: 40}, within: 5s}\n"
                  "  - {at: 1s, write: {point: holding_registers 901, value: 77}}\n"
                  "  - {at: 1s, write: {point: VALVE1, value: 40}}\n",
                  false);
    exercise_scan(exercise, 60);
    assert_found(exercise, 0, "nobody wrote to it");
    assert_found(exercise, 1, "nobody wrote to it");
}

static void test_write_before_the_step_is_not_what_the_step_asks_for(void **state)
{
    struct exercise *exercise = *state;
    exercise_play(exercise, "  - {at: 1s, student: {write: {point: holding_registers 901, value: 77}, within: 5s}}\n",
                  false);
    exercise_scan(exercise, 5);
    write_word(exercise, 901, 77);
    exercise_scan(exercise, 60);
    assert_found(exercise, 0, "nobody wrote to it");
}

static void test_write_of_what_stands_there_already_is_the_students(void **state)
{
    struct exercise *exercise = *state;
    exercise_play(exercise, "  - student: {write: {point: holding_registers 901, value: 2}, within: 5s}\n", false);
    exercise_scan(exercise, 10);
    write_word(exercise, 901, 2);
    exercise_scan(exercise, 1);
    assert_int_equal(exercise_verdict(exercise, 0), MBP_VERDICT_MET);
}

static void test_write_of_a_coil_that_clears_itself_is_met(void **state)
{
    struct exercise *exercise = *state;
    exercise_play(exercise, "  - student: {write: {point: FILL1.acknowledge, value: 1}, within: 5s}\n", false);
    exercise_scan(exercise, 10);
    exercise_coil(exercise, COIL_FILL1 + COIL_ACKNOWLEDGE);
    exercise_scan(exercise, 1);
    assert_int_equal(exercise_verdict(exercise, 0), MBP_VERDICT_MET);
}

static void test_write_of_something_else_is_told_when_it_is_missed(void **state)
{
    struct exercise *exercise = *state;
    exercise_play(exercise, "  - student: {write: {point: holding_registers 901, value: 77}, within: 5s}\n", false);
    exercise_scan(exercise, 10);
    write_word(exercise, 901, 3);
    exercise_scan(exercise, 60);
    assert_found(exercise, 0, "what was written is 3");
}

static void test_write_of_a_float_in_halves_is_one_answer(void **state)
{
    struct exercise *exercise = *state;
    const uint16_t pt101 = 1;
    exercise_play(exercise, "  - student: {write: {point: PT101, value: 7.3}, within: 5s, first: true}\n", false);
    exercise_scan(exercise, 10);
    write_word(exercise, pt101, 0x40E9); /* 7.3 = 40E9 999A */
    write_word(exercise, (uint16_t)(pt101 + 1), 0x999A);
    exercise_scan(exercise, 1);
    assert_int_equal(exercise_verdict(exercise, 0), MBP_VERDICT_MET);
}

/* ---- the first answer -------------------------------------------------------------------------------------------- */

static void test_first_answer_that_is_wrong_is_missed_at_once_and_one_that_is_right_met(void **state)
{
    struct exercise *exercise = *state;
    static const char part[] =
        "  - student: {write: {point: holding_registers 901, value: 2}, within: 5s, first: true}\n"
        "  - student: {write: {point: holding_registers 901, value: 2}, within: 5s}\n";
    exercise_play(exercise, part, false);
    exercise_scan(exercise, 10);
    write_word(exercise, 901, 1);
    write_word(exercise, 901, 2); /* in the same scan */
    exercise_scan(exercise, 1);
    assert_found(exercise, 0, "what was written first is 1");
    assert_int_equal(exercise_verdict(exercise, 1), MBP_VERDICT_MET);
    exercise_play(exercise, part, false);
    exercise_scan(exercise, 10);
    write_word(exercise, 901, 2);
    exercise_scan(exercise, 1);
    assert_int_equal(exercise_verdict(exercise, 0), MBP_VERDICT_MET);
}

static void test_first_state_that_is_asked_for_counts(void **state)
{
    struct exercise *exercise = *state;
    static const char part[] = "  - student: {machine: CAP1, ask: maintenance, within: 5s, first: true}\n";
    exercise_play(exercise, part, false);
    exercise_scan(exercise, 10);
    exercise_coil(exercise, COIL_CAP1 + MBP_EN_PANNE);
    exercise_scan(exercise, 1);
    assert_found(exercise, 0, "the first state that was asked for is en_panne");
    exercise_play(exercise, part, false);
    exercise_scan(exercise, 10);
    exercise_coil(exercise, COIL_CAP1 + MBP_MAINTENANCE);
    exercise_scan(exercise, 1);
    assert_int_equal(exercise_verdict(exercise, 0), MBP_VERDICT_MET);
}

static void test_first_state_that_is_refused_was_asked_too_early(void **state)
{
    struct exercise *exercise = *state;
    exercise_play(exercise,
                  "  - {at: 1s, inject: {sensor: TT101, value: 90}}\n"
                  "  - {at: 2s, student: {machine: FILL1, ask: en_service, within: 5s, first: true}}\n",
                  false);
    exercise_scan(exercise, 30);
    exercise_coil(exercise, COIL_FILL1 + MBP_EN_SERVICE);
    exercise_scan(exercise, 1);
    assert_found(exercise, 0, "the first state that was asked for is en_service, which was refused");
}

static void test_first_alarm_that_is_acknowledged_counts(void **state)
{
    struct exercise *exercise = *state;
    static const char part[] = "  - {at: 1s, inject: {sensor: TT101, value: 90}}\n"
                               "  - {at: 1s, inject: {sensor: PT101, value: 0.5}}\n"
                               "  - {at: 3s, student: {acknowledge: TT101, within: 5s, first: true}}\n";
    exercise_play(exercise, part, false);
    exercise_scan(exercise, 40);
    exercise_coil(exercise, COIL_FILL1 + COIL_ACKNOWLEDGE); /* all at once */
    exercise_scan(exercise, 1);
    assert_found(exercise, 0, "the first alarm that was acknowledged is PT101.low_low");
    exercise_play(exercise, part, false);
    exercise_scan(exercise, 40);
    exercise_coil(exercise, 3000); /* TT101's */
    exercise_scan(exercise, 1);
    assert_int_equal(exercise_verdict(exercise, 0), MBP_VERDICT_MET);
}

/* ---- order ------------------------------------------------------------------------------------------------------- */

static void test_part_done_before_its_turn_is_missed_and_after_it_met(void **state)
{
    struct exercise *exercise = *state;
    static const char parts[] = "  - student: {machine: FILL1, ask: maintenance, within: 6s}\n"
                                "  - student: {machine: CAP1, ask: en_panne, within: 6s, in_order: true}\n";
    exercise_play(exercise, parts, false);
    exercise_scan(exercise, 10);
    exercise_coil(exercise, COIL_CAP1 + MBP_EN_PANNE);
    exercise_scan(exercise, 10);
    exercise_coil(exercise, COIL_FILL1 + MBP_MAINTENANCE);
    exercise_scan(exercise, 1);
    assert_int_equal(exercise_verdict(exercise, 0), MBP_VERDICT_MET);
    assert_found(exercise, 1, "it was done before its turn: the student puts FILL1 to maintenance within 6s");
    exercise_play(exercise, parts, false);
    exercise_scan(exercise, 10);
    exercise_coil(exercise, COIL_FILL1 + MBP_MAINTENANCE);
    exercise_scan(exercise, 10);
    exercise_coil(exercise, COIL_CAP1 + MBP_EN_PANNE);
    exercise_scan(exercise, 1);
    assert_int_equal(exercise_verdict(exercise, 1), MBP_VERDICT_MET);
}

static void test_model_student_keeps_the_order(void **state)
{
    struct exercise *exercise = *state;
    exercise_play(exercise,
                  "  - student: {machine: FILL1, ask: maintenance, within: 8s, model: 3s}\n"
                  "  - student: {write: {point: VALVE1, value: 40}, within: 8s, model: 1s, in_order: true}\n"
                  "  - student: {machine: CAP1, ask: en_panne, within: 8s, model: 0s, in_order: true, first: true}\n",
                  true);
    exercise_scan(exercise, 100);
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(exercise_verdict(exercise, i), MBP_VERDICT_MET);
    assert_true(mbp_play_passed(exercise->play));
}

/* ---- alarms that are hidden ----------------------------------------------------------------------------------------
 */

static void test_acknowledge_all_leaves_out_what_is_shelved(void **state)
{
    struct exercise *exercise = *state;
    static const char parts[] = "  - {at: 1s, inject: {sensor: PT101, value: 0.5}}\n"
                                "  - {at: 3s, write: {point: PT101.shelved, value: 1}}\n"
                                "  - {at: 3s, inject: {sensor: TT101, value: 90}}\n"
                                "  - {at: 4s, student: {acknowledge: all, within: 5s}}\n"
                                "  - {at: 4s, expect: {acknowledged: FILL1, within: 5s}}\n";
    for (unsigned model = 0; model < 2; model++) {
        exercise_play(exercise, parts, model != 0);
        exercise_scan(exercise, 50);
        if (model == 0)
            exercise_coil(exercise, COIL_FILL1 + COIL_ACKNOWLEDGE);
        exercise_scan(exercise, 50);
        assert_int_equal(exercise_verdict(exercise, 0), MBP_VERDICT_MET);
        assert_int_equal(exercise_verdict(exercise, 1), MBP_VERDICT_MET);
        assert_true(mbp_scan_state(exercise->scan)->unack[1] != 0); /* it waits behind the shelf */
    }
}

static void test_acknowledge_with_all_alarms_shelved_is_missed_and_says_that_none_waits(void **state)
{
    struct exercise *exercise = *state;
    exercise_play(exercise,
                  "  - {at: 1s, inject: {sensor: TT101, value: 90}}\n"
                  "  - {at: 3s, write: {point: TT101.shelved, value: 1}}\n"
                  "  - {at: 4s, student: {acknowledge: all, within: 5s}}\n",
                  true);
    exercise_scan(exercise, 100);
    assert_found(exercise, 0, "nobody acknowledged any, and none waits for it");
}

/* ---- forcing ----------------------------------------------------------------------------------------------------- */

static void test_process_is_not_what_a_forced_sensor_shows(void **state)
{
    struct exercise *exercise = *state;
    exercise_play(exercise,
                  "  - expect: {value: {sensor: TT101, between: [70, 80]}, within: 5s}\n"
                  "  - expect: {process: {sensor: TT101, between: [70, 80]}, within: 5s}\n"
                  "  - expect: {process: {sensor: TT101, between: [65, 65]}, for: 5s}\n",
                  false);
    exercise_scan(exercise, 10);
    write_word(exercise, HOLDING_TT101, 750);
    exercise_scan(exercise, 60);
    assert_int_equal(exercise_verdict(exercise, 0), MBP_VERDICT_MET);
    assert_found(exercise, 1, "it is 65 °C");
    assert_int_equal(exercise_verdict(exercise, 2), MBP_VERDICT_MET);
}

static void test_forcing_refused_is_for_masters_and_not_for_the_scenario(void **state)
{
    struct exercise *exercise = *state;
    const uint8_t on = 1, off = 0;
    const uint16_t hot = 900;
    struct mbp_image_unit *unit;
    exercise_play_with(exercise, "forcing: refused\n",
                       "  - {at: 1s, inject: {sensor: TT101, value: 90}}\n"
                       "  - {at: 3s, release: TT101}\n"
                       "  - student: {write: {point: TT101.high, value: 80}, within: 5s}\n",
                       true);
    unit = mbp_image_unit(exercise->image, 1);
    assert_int_equal(write_words(exercise, HOLDING_TT101, 1, &hot), MBP_EX_ILLEGAL_DATA_ADDRESS);
    assert_int_equal(mbp_image_write_bits(unit, COIL_TT101_FORCED, 1, &on, (struct mbp_peer){STUDENT}),
                     MBP_EX_ILLEGAL_DATA_ADDRESS);
    assert_int_equal(mbp_image_write_bits(unit, COIL_TT101_FORCED, 1, &off, (struct mbp_peer){STUDENT}), MBP_OK);
    assert_int_equal(mbp_image_write_bits(unit, COIL_TT101_SHELVED, 1, &off, (struct mbp_peer){STUDENT}), MBP_OK);
    exercise_scan(exercise, 20);
    fixture_assert_number(mbp_scan_state(exercise->scan)->value[0], 900 * 0.1);
    assert_int_equal(write_words(exercise, HOLDING_TT101, 1, &hot), MBP_EX_ILLEGAL_DATA_ADDRESS);
    exercise_scan(exercise, 80);
    assert_true(mbp_play_passed(exercise->play));
    mbp_play_free(exercise->play); /* the scenario is over */
    exercise->play = NULL;
    assert_int_equal(write_words(exercise, HOLDING_TT101, 1, &hot), MBP_OK);
}

/* ---- what there was instead -------------------------------------------------------------------------------------- */

static void test_missed_expectations_tell_what_they_found(void **state)
{
    struct exercise *exercise = *state;
    exercise_play(exercise,
                  "  - {at: 1s, inject: {sensor: TT101, value: 90.1}}\n"
                  "  - expect: {alarm: PT101.low, within: 1s}\n"
                  "  - expect: {no_alarm: all, within: 1s}\n"
                  "  - expect: {machine: FILL1, state: en_service, within: 1s}\n"
                  "  - expect: {acknowledged: TT101, within: 1s}\n"
                  "  - expect: {value: {sensor: TT101, between: [60, 70]}, within: 1s}\n"
                  "  - expect: {value: {sensor: VALVE1, between: [50, 70]}, within: 1s}\n"
                  "  - expect: {alarm: PT101, within: 1s}\n"
                  "  - student: {machine: CAP1, ask: en_service, within: 1s}\n",
                  false);
    exercise_scan(exercise, 30);
    static const char *const found[] = {"it is normal, with PT101 at 5 bar",
                                        "TT101.high is active, at 90.1 °C",
                                        "it is en_panne",
                                        "TT101.high waits for it, at 90.1 °C",
                                        "it is 90.1 °C",
                                        "it is 0 %",
                                        "none is active",
                                        "it is en_service, and nobody asked for that"};
    for (uint32_t i = 0; i < sizeof found / sizeof found[0]; i++)
        assert_found(exercise, i, found[i]);
    char *json = exercise_report(exercise, MBP_PLAY_JSON);
    char *junit = exercise_report(exercise, MBP_PLAY_JUNIT);
    assert_non_null(strstr(json, "\"found\": \"it is 90.1 °C\""));
    assert_non_null(strstr(junit, "<failure message=\"missed: it is 90.1 °C\"/>"));
    free(json);
    free(junit);
}

/* Both ends belong to it, as a master reads them. */
static void test_value_between_is_as_the_register_shows_it(void **state)
{
    struct exercise *exercise = *state;
    exercise_play(exercise,
                  "  - {at: 1s, inject: {sensor: TT101, value: 70.1}}\n"
                  "  - {at: 1s, inject: {sensor: PT101, value: 8.3}}\n"
                  "  - {at: 2s, expect: {value: {sensor: TT101, between: [60, 70.1]}}}\n"
                  "  - {at: 2s, expect: {value: {sensor: TT101, between: [70.1, 80]}}}\n"
                  "  - {at: 2s, expect: {value: {sensor: PT101, between: [8, 8.3]}}}\n"
                  "  - {at: 2s, expect: {value: {sensor: PT101, between: [8.3, 9]}}}\n"
                  "  - {at: 2s, expect: {value: {sensor: TT101, between: [70.2, 80]}}}\n",
                  false);
    exercise_scan(exercise, 30);
    for (uint32_t i = 0; i < 4; i++)
        assert_int_equal(exercise_verdict(exercise, i), MBP_VERDICT_MET);
    assert_found(exercise, 4, "it is 70.1 °C");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EXERCISE_TEST(test_write_that_stood_there_before_is_nobodys),
        EXERCISE_TEST(test_write_by_the_scenario_is_not_the_students),
        EXERCISE_TEST(test_write_before_the_step_is_not_what_the_step_asks_for),
        EXERCISE_TEST(test_write_of_what_stands_there_already_is_the_students),
        EXERCISE_TEST(test_write_of_a_coil_that_clears_itself_is_met),
        EXERCISE_TEST(test_write_of_something_else_is_told_when_it_is_missed),
        EXERCISE_TEST(test_write_of_a_float_in_halves_is_one_answer),
        EXERCISE_TEST(test_first_answer_that_is_wrong_is_missed_at_once_and_one_that_is_right_met),
        EXERCISE_TEST(test_first_state_that_is_asked_for_counts),
        EXERCISE_TEST(test_first_state_that_is_refused_was_asked_too_early),
        EXERCISE_TEST(test_first_alarm_that_is_acknowledged_counts),
        EXERCISE_TEST(test_part_done_before_its_turn_is_missed_and_after_it_met),
        EXERCISE_TEST(test_model_student_keeps_the_order),
        EXERCISE_TEST(test_acknowledge_all_leaves_out_what_is_shelved),
        EXERCISE_TEST(test_acknowledge_with_all_alarms_shelved_is_missed_and_says_that_none_waits),
        EXERCISE_TEST(test_process_is_not_what_a_forced_sensor_shows),
        EXERCISE_TEST(test_forcing_refused_is_for_masters_and_not_for_the_scenario),
        EXERCISE_TEST(test_missed_expectations_tell_what_they_found),
        EXERCISE_TEST(test_value_between_is_as_the_register_shows_it),
    };
    return cmocka_run_group_tests_name("unit.scenario.credit", tests, NULL, NULL);
}
