/* When steps enter the plant, and what they do to it. */
#include "exercise.h"

#include <stdlib.h>
#include <string.h>

enum { TT101, PT101, GS201 };

static double value(const struct exercise *exercise, uint32_t sensor)
{
    return mbp_scan_state(exercise->scan)->value[sensor];
}

/* Fails unless the step's effect is not there after so many scans, and is one scan later. */
static void assert_enters_after(struct exercise *exercise, unsigned scans, double expected)
{
    exercise_scan(exercise, scans);
    fixture_assert_number(value(exercise, TT101), 65);
    exercise_scan(exercise, 1);
    fixture_assert_number(value(exercise, TT101), expected);
}

static void test_step_enters_at_its_boundary_with_the_scan_behind_it(void **state)
{
    exercise_play(*state, "  - {at: 1s, inject: {sensor: TT101, value: 80}}\n", false);
    assert_enters_after(*state, 10, 80);
}

static void test_step_without_a_time_enters_with_the_first_scan(void **state)
{
    exercise_play(*state, "  - inject: {sensor: TT101, value: 80}\n", false);
    assert_enters_after(*state, 0, 80);
}

static void test_step_between_two_boundaries_enters_at_the_later_one(void **state)
{
    exercise_play(*state, "  - {at: 110ms, inject: {sensor: TT101, value: 80}}\n", false);
    assert_enters_after(*state, 2, 80);
}

static void test_after_counts_from_the_step_before_and_no_time_is_its_time(void **state)
{
    exercise_play(*state,
                  "  - {at: 1s, note: one}\n"
                  "  - {after: 500ms, note: two}\n"
                  "  - inject: {sensor: TT101, value: 80}\n",
                  false);
    assert_enters_after(*state, 15, 80);
}

static void test_steps_of_one_time_are_done_in_file_order(void **state)
{
    exercise_play(*state,
                  "  - {at: 1s, inject: {sensor: TT101, value: 70}}\n"
                  "  - inject: {sensor: TT101, value: 80}\n",
                  false);
    assert_enters_after(*state, 10, 80);
}

static void test_step_with_a_condition_waits_for_it_from_its_time_on(void **state)
{
    struct exercise *exercise = *state;
    exercise_play(exercise,
                  "  - {at: 500ms, inject: {sensor: PT101, value: 7}}\n"
                  "  - {at: 1s, when: 'TON(PT101 > 6, T#300ms)', inject: {sensor: TT101, value: 80}}\n"
                  "  - {at: 2s, note: other steps go on}\n",
                  false);
    assert_enters_after(exercise, 13, 80); /* looked at from the 11th boundary on, and so for three scans more */
    exercise_scan(exercise, 90);
    assert_true(mbp_play_passed(exercise->play));
}

static void test_condition_that_never_comes_is_told_and_the_scenario_fails(void **state)
{
    struct exercise *exercise = *state;
    exercise_play(exercise,
                  "  - {at: 1s, when: 'PT101 > 6', note: it rose}\n"
                  "  - {at: 2s, when: '1 / (TT101 - TT101) > 0', note: a fault is not so}\n",
                  false);
    exercise_scan(exercise, 100);
    fflush(exercise->out);
    assert_true(mbp_play_is_over(exercise->play));
    assert_false(mbp_play_passed(exercise->play));
    assert_non_null(strstr(exercise->told, "NEVER    what the step in line"));
    assert_non_null(strstr(exercise->told, "waits for: PT101 > 6\n"));
    assert_null(strstr(exercise->told, "it rose"));
}

static void test_release_lets_an_injected_value_go(void **state)
{
    struct exercise *exercise = *state;
    exercise_play(exercise,
                  "  - inject: {sensor: TT101, value: 80}\n"
                  "  - {at: 1s, release: TT101}\n",
                  false);
    exercise_scan(exercise, 10);
    assert_true((mbp_scan_state(exercise->scan)->flags[TT101] & MBP_SENSOR_FORCED) != 0);
    exercise_scan(exercise, 1);
    assert_false((mbp_scan_state(exercise->scan)->flags[TT101] & MBP_SENSOR_FORCED) != 0);
    fixture_assert_number(value(exercise, TT101), 65);
}

static void test_write_reaches_limits_actuators_and_raw_points(void **state)
{
    struct exercise *exercise = *state;
    exercise_play(exercise,
                  "  - write: {point: TT101.high, value: 72.5}\n"
                  "  - write: {point: VALVE1, value: 40}\n"
                  "  - write: {point: holding_registers 901, value: 1234}\n"
                  "  - write: {point: coils 900, value: true, unit: 2}\n"
                  "  - write: {point: PT101.shelved, value: 1}\n",
                  false);
    exercise_scan(exercise, 1);
    const struct mbp_state *now = mbp_scan_state(exercise->scan);
    fixture_assert_number(now->limit[TT101 * MBP_LIMIT_COUNT + MBP_HIGH], 72.5);
    fixture_assert_number(now->command[0], 40);
    assert_int_equal(mbp_image_unit(exercise->image, 1)->holding[900], 1);
    assert_int_equal(mbp_image_unit(exercise->image, 1)->holding[901], 1234);
    assert_int_equal(mbp_image_unit(exercise->image, 1)->coils[900], 0);
    assert_int_equal(mbp_image_unit(exercise->image, 2)->coils[900], 1);
    assert_true((now->flags[PT101] & MBP_SENSOR_SHELVED) != 0);
}

static void test_machine_and_acknowledge_are_asked_for(void **state)
{
    struct exercise *exercise = *state;
    exercise_play(exercise,
                  "  - machine: {name: CAP1, ask: en_panne}\n"
                  "  - inject: {sensor: TT101, value: 90}\n"
                  "  - {at: 1s, acknowledge: TT101.high}\n",
                  false);
    exercise_scan(exercise, 10);
    const struct mbp_state *now = mbp_scan_state(exercise->scan);
    assert_int_equal(now->machine[CAP1].state, MBP_EN_PANNE);
    assert_int_equal(now->unack[TT101], 1u << MBP_HIGH);
    exercise_scan(exercise, 1);
    assert_int_equal(now->unack[TT101], 0);
}

static void test_fault_of_the_plant_file_begins_and_ends(void **state)
{
    struct exercise *exercise = *state;
    exercise_play(exercise, "  - {at: 1s, fault: blocked on}\n  - {at: 2s, fault: blocked off}\n", false);
    assert_enters_after(exercise, 10, 20);
    exercise_scan(exercise, 9);
    fixture_assert_number(value(exercise, TT101), 20);
    exercise_scan(exercise, 1);
    fixture_assert_number(value(exercise, TT101), 65);
}

static void test_fault_of_its_own_lasts_for_its_time_or_until_it_is_ended(void **state)
{
    struct exercise *exercise = *state;
    exercise_play(exercise,
                  "  - fault: {sensor: TT101, kind: bias, amount: 3, for: 1s}\n"
                  "  - {at: 3s, fault: {name: off_by_4, sensor: TT101, kind: bias, amount: 4}}\n"
                  "  - {at: 4s, fault: off_by_4 off}\n",
                  false);
    exercise_scan(exercise, 5);
    fixture_assert_number(value(exercise, TT101), 68);
    exercise_scan(exercise, 10);
    fixture_assert_number(value(exercise, TT101), 65);
    exercise_scan(exercise, 25);
    fixture_assert_number(value(exercise, TT101), 69);
    exercise_scan(exercise, 1);
    fixture_assert_number(value(exercise, TT101), 65);
}

static void test_step_that_the_plant_refuses_fails_the_scenario(void **state)
{
    struct exercise *exercise = *state;
    exercise_play(exercise, "  - {at: 1s, write: {point: PT101.low_low, value: 3}}\n", false); /* above low */
    exercise_scan(exercise, 100);
    assert_true(mbp_play_is_over(exercise->play));
    assert_false(mbp_play_passed(exercise->play));
    assert_non_null(strstr(exercise->told, "00:00:01.000  REFUSED"));
}

static void test_scenario_is_over_at_its_end_and_does_nothing_after_it(void **state)
{
    struct exercise *exercise = *state;
    exercise_play(exercise, "  - {at: 9900ms, note: last}\n", false);
    exercise_scan(exercise, 99);
    assert_false(mbp_play_is_over(exercise->play));
    exercise_scan(exercise, 1);
    assert_true(mbp_play_is_over(exercise->play));
    assert_true(mbp_play_passed(exercise->play));
    assert_string_equal(exercise->told, "00:00:09.900  note     last\n");
    exercise_scan(exercise, 10);
    assert_string_equal(exercise->told, "00:00:09.900  note     last\n");
}

static void test_scenario_stopped_before_its_last_step_is_not_passed(void **state)
{
    struct exercise *exercise = *state;
    exercise_play(exercise, "  - {at: 5s, note: last}\n", false);
    exercise_scan(exercise, 50);
    mbp_play_stop(exercise->play);
    assert_true(mbp_play_is_over(exercise->play));
    assert_false(mbp_play_passed(exercise->play));
}

/* Its time is its own: a snapshot takes the plant back, not the exercise. */
static void test_timeline_goes_on_over_a_restored_snapshot(void **state)
{
    struct exercise *exercise = *state;
    exercise_play(exercise, "  - {at: 5s, inject: {sensor: TT101, value: 80}}\n", false);
    exercise_scan(exercise, 20);
    assert_int_equal(mbp_scan_snapshot(exercise->scan, STUDENT), MBP_OK);
    exercise_scan(exercise, 20);
    assert_int_equal(mbp_scan_restore(exercise->scan, STUDENT), MBP_OK);
    assert_enters_after(exercise, 10, 80);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EXERCISE_TEST(test_step_enters_at_its_boundary_with_the_scan_behind_it),
        EXERCISE_TEST(test_step_without_a_time_enters_with_the_first_scan),
        EXERCISE_TEST(test_step_between_two_boundaries_enters_at_the_later_one),
        EXERCISE_TEST(test_after_counts_from_the_step_before_and_no_time_is_its_time),
        EXERCISE_TEST(test_steps_of_one_time_are_done_in_file_order),
        EXERCISE_TEST(test_step_with_a_condition_waits_for_it_from_its_time_on),
        EXERCISE_TEST(test_condition_that_never_comes_is_told_and_the_scenario_fails),
        EXERCISE_TEST(test_release_lets_an_injected_value_go),
        EXERCISE_TEST(test_write_reaches_limits_actuators_and_raw_points),
        EXERCISE_TEST(test_machine_and_acknowledge_are_asked_for),
        EXERCISE_TEST(test_fault_of_the_plant_file_begins_and_ends),
        EXERCISE_TEST(test_fault_of_its_own_lasts_for_its_time_or_until_it_is_ended),
        EXERCISE_TEST(test_step_that_the_plant_refuses_fails_the_scenario),
        EXERCISE_TEST(test_scenario_is_over_at_its_end_and_does_nothing_after_it),
        EXERCISE_TEST(test_scenario_stopped_before_its_last_step_is_not_passed),
        EXERCISE_TEST(test_timeline_goes_on_over_a_restored_snapshot),
    };
    return cmocka_run_group_tests_name("unit.scenario.timeline", tests, NULL, NULL);
}
