/* What the keys of one sensor have to do with each other. Columns count from 10, where the sensor's group starts. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plant_fixture.h"

/* ---- limits --------------------------------------------------------------------------------------------------- */

static void test_short_form_is_two_limits_that_both_trip(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text(ONE_SENSOR "{name: S, min: 10, max: 85}");
    const struct mbp_sensor *sensor = &plant->sensors[0];
    assert_same_number(sensor->limits[MBP_LOW_LOW], NAN);
    assert_same_number(sensor->limits[MBP_LOW], 10);
    assert_same_number(sensor->limits[MBP_HIGH], 85);
    assert_same_number(sensor->limits[MBP_HIGH_HIGH], NAN);
    assert_int_equal(sensor->trip, 1u << MBP_LOW | 1u << MBP_HIGH);
    mbp_plant_free(plant);
}

static void test_limits_without_trip_trip_nothing(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text(ONE_SENSOR "{name: S, limits: {low: 10, high: 85}}");
    assert_int_equal(plant->sensors[0].trip, 0);
    mbp_plant_free(plant);
}

static void test_trip_beside_the_short_form_overrules_it(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text(ONE_SENSOR "{name: S, min: 10, max: 85, trip: [high]}");
    assert_int_equal(plant->sensors[0].trip, 1u << MBP_HIGH);
    mbp_plant_free(plant);
}

static void test_short_form_beside_limits_is_refused(void **state)
{
    (void)state;
    assert_string_equal(errors_of_text(ONE_SENSOR "{name: S, max: 85, limits: {low: 1}}"),
                        "7:25: 'max' is the short form of 'limits'; give one or the other\n");
}

static void test_trip_of_a_limit_that_is_not_declared_is_refused(void **state)
{
    (void)state;
    assert_string_equal(errors_of_text(ONE_SENSOR "{name: S, limits: {high: 85}, trip: [high, low]}"),
                        "7:46: 'trip' names low, but the sensor has no such limit; add it to 'limits'\n");
    assert_string_equal(errors_of_text(ONE_SENSOR "{name: S, max: 85, trip: [max]}"),
                        "7:36: 'trip' names an alarm that does not exist; allowed is a list of low_low, low, high, "
                        "high_high, rate_of_change, bad_quality, condition\n");
}

static void test_short_form_out_of_order_speaks_of_min_and_max(void **state)
{
    (void)state;
    assert_string_equal(errors_of_text(ONE_SENSOR "{name: S, min: 85, max: 85}"),
                        "7:34: limits out of order: 'max' is 85, not above 'min', which is 85\n");
}

static void test_limit_outside_the_range_is_refused(void **state)
{
    (void)state;
    assert_string_equal(errors_of_text(ONE_SENSOR "{name: S, range: [0, 150], max: 151}"),
                        "7:42: 'max' is 151, outside the range 0..150\n");
}

static void test_limit_between_two_steps_of_the_register_is_as_it_is_written(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text(ONE_SENSOR "{name: S, max: 85.05, register: {scale: 0.1}}");
    assert_same_number(plant->sensors[0].limits[MBP_HIGH], 85.05);
    mbp_plant_free(plant);
}

static void test_limit_whose_nearest_step_means_unused_is_refused(void **state)
{
    (void)state;
    assert_string_equal(errors_of_text(ONE_SENSOR "{name: S, max: 3276.82, register: {type: uint16, scale: 0.1}}"),
                        "7:25: 'max' is 3276.82, which means 'unused' in uint16 (0x8000...); choose a neighbouring "
                        "value or another type\n");
}

static void test_limit_at_any_step_of_the_register_is_shown(void **state)
{
    (void)state;
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    assert_non_null(out);
    fputs("mbplant: 1\nunits:\n - id: 1\n   sensors:\n", out);
    /* Tenths have no exact binary form; none of them may be taken for something between two steps. */
    for (int tenths = -32767; tenths <= 32767; tenths += 17) {
        fprintf(out, "    - {name: S%d, max: %.1f, register: {scale: 0.1}}\n", tenths + 32767, tenths / 10.0);
    }
    fclose(out);
    mbp_plant_free(plant_of_text(text));
    free(text);
}

static void test_limit_of_a_float_may_be_anything_in_range(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text(ONE_SENSOR "{name: S, max: 85.057, register: {type: float32}}");
    assert_same_number(plant->sensors[0].limits[MBP_HIGH], 85.057);
    mbp_plant_free(plant);
}

static void test_limit_that_reads_as_unused_is_refused(void **state)
{
    (void)state;
    assert_string_equal(errors_of_text(ONE_SENSOR "{name: S, max: 32768, register: {type: uint16}}"),
                        "7:25: 'max' is 32768, which means 'unused' in uint16 (0x8000...); choose a neighbouring "
                        "value or another type\n");
}

static void test_deadband_negative_or_as_wide_as_the_range_is_refused(void **state)
{
    (void)state;
    assert_string_equal(errors_of_text(ONE_SENSOR "{name: S, deadband: -1}"),
                        "7:30: 'deadband' is '-1'; allowed is a number, at least 0\n");
    assert_string_equal(errors_of_text(ONE_SENSOR "{name: S, range: [0, 100], deadband: 100}"),
                        "7:47: 'deadband' is 100, as wide as the range: an alarm would never clear; allowed is less "
                        "than 100\n");
}

/* ---- range and register --------------------------------------------------------------------------------------- */

static void test_range_missing_is_what_the_type_shows(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text(ONE_SENSOR "{name: S, register: {type: uint16, scale: 0.5}}");
    assert_same_number(plant->sensors[0].range[0], 0);
    assert_same_number(plant->sensors[0].range[1], 32767.5);
    mbp_plant_free(plant);
}

static void test_range_that_the_type_cannot_show_names_types_that_can(void **state)
{
    (void)state;
    assert_string_equal(errors_of_text(ONE_SENSOR "{name: S, range: [-1, 70000], register: {type: uint16}}"),
                        "7:27: the range -1..70000 does not fit uint16 with scale 1 (0..65535); types that do: int32, "
                        "int64, float32, float64\n");
}

static void test_range_up_to_the_types_ends_fits(void **state)
{
    (void)state;
    mbp_plant_free(plant_of_text(ONE_SENSOR "{name: S, range: [-3276.8, 3276.7], register: {scale: 0.1}}"));
}

static void test_range_that_is_no_pair_of_numbers_shows_a_right_one(void **state)
{
    (void)state;
    const char *allowed = "allowed is two numbers, the lower first: [0, 150]\n";
    assert_non_null(strstr(errors_of_text(ONE_SENSOR "{name: S, range: 5}"), allowed));
    assert_non_null(strstr(errors_of_text(ONE_SENSOR "{name: S, range: [1]}"), allowed));
    assert_non_null(strstr(errors_of_text(ONE_SENSOR "{name: S, range: [1, x]}"), allowed));
    assert_non_null(strstr(errors_of_text(ONE_SENSOR "{name: S, range: [nan, inf]}"), allowed));
}

static void test_wrong_register_gives_no_follow_up_errors_about_the_range(void **state)
{
    (void)state;
    assert_string_equal(errors_of_text(ONE_SENSOR "{name: S, range: [0, 70000], max: 70001, register: {typ: int32}}"),
                        "7:62: 'typ' is not a key of a register; did you mean 'type'?\n");
}

static void test_type_string_has_1_to_100_registers(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text(ONE_SENSOR "{name: S, register: {type: string(100)}}");
    assert_int_equal(plant->sensors[0].reg.type, MBP_STRING);
    assert_int_equal(plant->sensors[0].reg.words, 100);
    assert_string_equal(plant->sensors[0].signal->text, "");
    mbp_plant_free(plant);
    static const char *const wrong[] = {"string",      "string()",   "string(0)",
                                        "string(101)", "string(-1)", "string( 1)",
                                        "string(1",    "string(1)x", "string(99999999999999999999)",
                                        "int12",       "Int16"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char text[256];
        snprintf(text, sizeof text, ONE_SENSOR "{name: S, register: {type: '%s'}}", wrong[i]);
        assert_non_null(strstr(errors_of_text(text), "allowed is one of int16, uint16"));
        snprintf(text, sizeof text, ONE_SENSOR "{name: S, register: {type: %s}}", wrong[i]);
        assert_non_null(strstr(errors_of_text(text), "allowed is one of int16, uint16"));
    }
}

static void test_bool_and_string_have_no_number_keys(void **state)
{
    (void)state;
    assert_string_equal(errors_of_text(ONE_SENSOR "{name: S, max: 1, register: {type: bool, scale: 2}}"),
                        "7:25: a bool sensor has no 'max'; remove it, or choose a number type\n"
                        "7:58: a bool has no 'scale'; remove it\n");
    assert_string_equal(errors_of_text(ONE_SENSOR "{name: S, range: [0, 1], register: {type: string(1)}}"),
                        "7:27: a string sensor has no 'range'; remove it, or choose a number type\n");
}

static void test_text_belongs_to_strings_and_must_fit(void **state)
{
    (void)state;
    assert_string_equal(errors_of_text(ONE_SENSOR "{name: S, signal: {text: abc}}"),
                        "7:35: 'text' belongs to a sensor of type string(n); this one is int16\n");
    assert_string_equal(errors_of_text(ONE_SENSOR "{name: S, signal: {text: abc}, register: {type: string(1)}}"),
                        "7:35: 'text' is 3 characters long; 1 registers hold 2\n");
    assert_string_equal(errors_of_text(ONE_SENSOR "{name: S, signal: {base: 1}, register: {type: string(1)}}"),
                        "7:28: a string sensor's signal is a text; allowed is signal: {text: ...}\n");
}

/* ---- signal --------------------------------------------------------------------------------------------------- */

static void test_base_as_a_number_is_that_of_every_state(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text(ONE_SENSOR "{name: S, signal: {base: 7.5}}");
    for (unsigned s = 0; s < MBP_STATE_COUNT; s++) {
        assert_same_number(plant->sensors[0].signal->base[s], 7.5);
    }
    mbp_plant_free(plant);
}

static void test_base_takes_en_service_for_states_that_are_missing(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text(ONE_SENSOR "{name: S, signal: {base: {in_service: 5, maintenance: 2}}}");
    assert_same_number(plant->sensors[0].signal->base[MBP_EN_SERVICE], 5);
    assert_same_number(plant->sensors[0].signal->base[MBP_EN_PANNE], 5);
    assert_same_number(plant->sensors[0].signal->base[MBP_MAINTENANCE], 2);
    mbp_plant_free(plant);
}

static void test_base_with_a_mistake_says_which(void **state)
{
    (void)state;
    assert_string_equal(errors_of_text(ONE_SENSOR "{name: S, signal: {base: {en_panne: 5}}}"),
                        "7:35: 'base' needs en_service; states that are missing take its value\n");
    assert_string_equal(errors_of_text(ONE_SENSOR "{name: S, signal: {base: {en_service: x}}}"),
                        "7:48: the base of en_service is not a number; allowed is a number\n");
    assert_string_equal(errors_of_text(ONE_SENSOR "{name: S, signal: {base: {en_service: 1, in_service: 2}}}"),
                        "7:51: the base of en_service is given twice; keep one\n");
    assert_non_null(strstr(errors_of_text(ONE_SENSOR "{name: S, signal: {base: {en_servce: 1}}}"),
                           "; did you mean 'en_service'?\n"));
}

static void test_base_missing_rests_amid_the_limits(void **state)
{
    (void)state;
    static const struct {
        const char *sensor;
        double base;
    } cases[] = {
        {"{name: S, min: 10, max: 85}", 47.5},
        {"{name: S, min: -5, max: 85}", 0},
        {"{name: S, range: [20, 100]}", 20},
        {"{name: S, range: [0, 100], min: 10}", 55},
        {"{name: S, range: [-100, 0], limits: {high_high: -20}}", -60},
        {"{name: S}", 0},
        /* Without an instrument's range the other end is the type's, and amid them is nowhere near the plant. */
        {"{name: S, min: 10}", 20},
        {"{name: S, max: -5}", -10},
        {"{name: S, min: 0}", 1},
        {"{name: S, min: 10, register: {type: float32}}", 20},
        {"{name: S, limits: {low_low: 4, low: 10}, register: {type: float64}}", 20},
        {"{name: S, min: 30000}", 31383.5},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[512];
        snprintf(text, sizeof text, "%s%s", ONE_SENSOR, cases[i].sensor);
        struct mbp_plant *plant = plant_of_text(text);
        assert_same_number(plant->sensors[0].signal->base[MBP_EN_PANNE], cases[i].base);
        mbp_plant_free(plant);
    }
}

static void test_base_missing_beside_inputs_or_an_integral_is_0(void **state)
{
    (void)state;
    static const char *const signals[] = {"inputs: [{from: S}]", "integrate: {gain: 0.1, initial: 50}"};
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        char text[512];
        snprintf(text, sizeof text, "%s{name: S, min: 10, max: 85, signal: {%s}}", ONE_SENSOR, signals[i]);
        struct mbp_plant *plant = plant_of_text(text);
        assert_same_number(plant->sensors[0].signal->base[MBP_EN_SERVICE], 0);
        mbp_plant_free(plant);
    }
}

static void test_replay_takes_the_place_of_the_other_parts(void **state)
{
    (void)state;
    assert_string_equal(errors_of_text(ONE_SENSOR "{name: S, signal: {replay: a.csv, lag: 1s}}"),
                        "7:37: 'replay' takes the place of the other parts of a signal; only 'noise' may stand beside "
                        "it\n");
}

static void test_parts_of_a_signal_need_their_own_keys(void **state)
{
    (void)state;
    assert_string_equal(errors_of_text(ONE_SENSOR "{name: S, signal: {wave: {amplitude: 1}, wander: {sigma: -1}}}"),
                        "7:35: a wave needs 'period': a duration 1ms..365d, a number with its unit (us ms s min h d)\n"
                        "7:59: wander needs 'tau': a duration 1ms..365d, a number with its unit (us ms s min h d)\n"
                        "7:67: 'sigma' is '-1'; allowed is a number, at least 0\n");
}

static void test_names_out_of_their_letters_or_too_long_are_refused(void **state)
{
    (void)state;
    const char *allowed = "allowed is a name of at most 32 letters, digits, '_', '-', '.', a letter first\n";
    assert_non_null(strstr(errors_of_text(ONE_SENSOR "{name: 1A}"), allowed));
    assert_non_null(strstr(errors_of_text(ONE_SENSOR "{name: A B}"), allowed));
    assert_non_null(strstr(errors_of_text(ONE_SENSOR "{name: ''}"), allowed));
    assert_non_null(strstr(errors_of_text(ONE_SENSOR "{name: A23456789012345678901234567890123}"), allowed));
    mbp_plant_free(plant_of_text(ONE_SENSOR "{name: A2345678901234567890123456789012}"));
}

static void test_name_that_reads_like_a_point_of_another_is_refused(void **state)
{
    (void)state;
    assert_string_equal(errors_of_text(ONE_SENSOR "{name: TT1.high}"),
                        "7:17: a name may not end in '.high': that is how the map calls points of a machine or "
                        "sensor\n");
    mbp_plant_free(plant_of_text(ONE_SENSOR "{name: TT1.top}"));
}

static void test_trip_of_a_sensor_without_a_machine_is_refused(void **state)
{
    (void)state;
    assert_string_equal(
        errors_of_text("mbplant: 1\nunits: [{id: 1, sensors: [{name: S, limits: {high: 5}, trip: [high]}]}]\n"),
        "2:62: 'trip' needs a machine to trip, and this sensor belongs to none; remove it\n");
    struct mbp_plant *plant = plant_of_text("mbplant: 1\nunits: [{id: 1, sensors: [{name: S, max: 5}]}]\n");
    assert_int_equal(plant->sensors[0].trip, 0);
    assert_int_equal(plant->sensors[0].machine, UINT32_MAX);
    mbp_plant_free(plant);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_short_form_is_two_limits_that_both_trip),
        cmocka_unit_test(test_limits_without_trip_trip_nothing),
        cmocka_unit_test(test_trip_beside_the_short_form_overrules_it),
        cmocka_unit_test(test_short_form_beside_limits_is_refused),
        cmocka_unit_test(test_trip_of_a_limit_that_is_not_declared_is_refused),
        cmocka_unit_test(test_short_form_out_of_order_speaks_of_min_and_max),
        cmocka_unit_test(test_limit_outside_the_range_is_refused),
        cmocka_unit_test(test_limit_between_two_steps_of_the_register_is_as_it_is_written),
        cmocka_unit_test(test_limit_whose_nearest_step_means_unused_is_refused),
        cmocka_unit_test(test_limit_at_any_step_of_the_register_is_shown),
        cmocka_unit_test(test_limit_of_a_float_may_be_anything_in_range),
        cmocka_unit_test(test_limit_that_reads_as_unused_is_refused),
        cmocka_unit_test(test_deadband_negative_or_as_wide_as_the_range_is_refused),
        cmocka_unit_test(test_range_missing_is_what_the_type_shows),
        cmocka_unit_test(test_range_that_the_type_cannot_show_names_types_that_can),
        cmocka_unit_test(test_range_up_to_the_types_ends_fits),
        cmocka_unit_test(test_range_that_is_no_pair_of_numbers_shows_a_right_one),
        cmocka_unit_test(test_wrong_register_gives_no_follow_up_errors_about_the_range),
        cmocka_unit_test(test_type_string_has_1_to_100_registers),
        cmocka_unit_test(test_bool_and_string_have_no_number_keys),
        cmocka_unit_test(test_text_belongs_to_strings_and_must_fit),
        cmocka_unit_test(test_base_as_a_number_is_that_of_every_state),
        cmocka_unit_test(test_base_takes_en_service_for_states_that_are_missing),
        cmocka_unit_test(test_base_with_a_mistake_says_which),
        cmocka_unit_test(test_base_missing_rests_amid_the_limits),
        cmocka_unit_test(test_base_missing_beside_inputs_or_an_integral_is_0),
        cmocka_unit_test(test_replay_takes_the_place_of_the_other_parts),
        cmocka_unit_test(test_parts_of_a_signal_need_their_own_keys),
        cmocka_unit_test(test_names_out_of_their_letters_or_too_long_are_refused),
        cmocka_unit_test(test_name_that_reads_like_a_point_of_another_is_refused),
        cmocka_unit_test(test_trip_of_a_sensor_without_a_machine_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
