/* Each kind of mistake in a file of its own: where it is, what is wrong, what is allowed. */
#include <stdio.h>
#include <string.h>

#include "plant_fixture.h"

static void test_wrong_type_names_what_is_allowed(void **state)
{
    (void)state;
    assert_string_equal(errors_of_file("wrong_type.yaml"), "8:18: 'max' is 'hot'; allowed is a number\n");
}

static void test_unknown_key_names_the_nearest(void **state)
{
    (void)state;
    assert_string_equal(errors_of_file("unknown_key.yaml"),
                        "6:9: 'senors' is not a key of a machine; did you mean 'sensors'?\n");
}

static void test_duplicate_name_names_the_line_of_the_first(void **state)
{
    (void)state;
    assert_string_equal(errors_of_file("duplicate_name.yaml"), "12:20: the name 'TT101' is taken by the sensor in line "
                                                               "7; names are unique in the plant\n");
}

static void test_missing_unit_id_says_what_it_is(void **state)
{
    (void)state;
    assert_string_equal(errors_of_file("missing_unit_id.yaml"), "3:5: a unit needs 'id': a whole number 0..255\n");
}

static void test_overlap_names_both_points_and_the_line_of_the_other(void **state)
{
    (void)state;
    assert_string_equal(errors_of_file("overlap.yaml"), "8:42: TT102 (holding_registers 11..11) overlaps TT101 (line "
                                                        "7) at address 11; choose another 'at'\n");
}

static void test_range_reversed_says_which_end_comes_first(void **state)
{
    (void)state;
    assert_string_equal(errors_of_file("range_reversed.yaml"),
                        "8:20: the range is reversed: 150 is not below 0; write the lower end first\n");
}

static void test_limits_out_of_order_names_the_two(void **state)
{
    (void)state;
    assert_string_equal(errors_of_file("limits_out_of_order.yaml"),
                        "8:64: limits out of order: 'high_high' is 85, not above 'high', which is 95\n");
}

static void test_unknown_sensor_names_the_nearest(void **state)
{
    (void)state;
    assert_string_equal(
        errors_of_file("unknown_sensor.yaml"),
        "6:33: there is no sensor 'FT1' in the plant; 'pace' names one, whose value is products an hour\n"
        "10:38: there is no sensor 'PT110' in the plant; did you mean 'PT101'?\n"
        "12:52: there is no actuator 'LT101' in the plant; 'times' names one, whose position multiplies "
        "the input\n");
}

static void test_bad_duration_says_that_it_needs_a_unit(void **state)
{
    (void)state;
    assert_string_equal(errors_of_file("bad_duration.yaml"), "2:7: 'scan' is '100'; allowed is a duration 1ms..10s, a "
                                                             "number with its unit (us ms s min h d)\n");
}

static void test_bad_journal_says_what_can_be_kept(void **state)
{
    (void)state;
    assert_string_equal(errors_of_file("bad_journal.yaml"),
                        "2:17: 'keep' is '30min'; allowed is forever, or a duration of at least 1h such as 90d\n"
                        "2:34: 'max_size' is '500'; allowed is a size 1MB..100GB such as 500MB\n"
                        "2:39: 'max_events' is not a key of the journal; its keys are keep, max_size\n");
}

static void test_bad_address_says_how_far_they_go(void **state)
{
    (void)state;
    assert_string_equal(
        errors_of_file("bad_address.yaml"),
        "8:28: 'at' is '65536'; allowed is a whole number 0..65535, or a table and a number: input 0\n");
}

static void test_bad_endpoint_shows_a_right_one(void **state)
{
    (void)state;
    assert_string_equal(errors_of_file("bad_endpoint.yaml"),
                        "2:18: 'listen' is '127.0.0.1:70000': it names no host and port, as 127.0.0.1:5020 and "
                        "[::1]:5020 do\n");
}

static void test_nesting_bomb_is_refused_where_it_gets_too_deep(void **state)
{
    (void)state;
    assert_string_equal(errors_of_file("nesting_bomb.yaml"), "2:39: nested too deeply; allowed are 32 levels\n");
}

static void test_anchors_and_aliases_are_each_refused(void **state)
{
    (void)state;
    assert_string_equal(errors_of_file("anchors.yaml"),
                        "5:9: anchors (&name) are not allowed; write the values out, or use 'repeat'\n"
                        "7:9: aliases (*name) are not allowed; write the values out, or use 'repeat'\n");
}

static void test_mistakes_of_faults_each_say_what_is_allowed(void **state)
{
    (void)state;
    assert_string_equal(
        errors_of_file("faults.yaml"),
        "12:21: 'kind' is 'bais'; allowed is one of stuck, bias, drift, spike, dropout, noise, step, ramp, wear, "
        "slow, passing, offset; did you mean 'bias'?\n"
        "13:5: a fault of kind bias needs 'amount': a number\n"
        "13:12: the name 'A' is taken by the fault in line 12; each fault has its own\n"
        "13:35: there is no sensor 'TT110' in the plant; did you mean 'TT101'?\n"
        "14:5: a fault of kind drift needs 'over': a duration 1ms..3650d, a number with its unit (us ms s min h d)\n"
        "14:12: a fault's name has no placeholders\n"
        "15:51: 'amount' means nothing to a fault of kind stuck\n"
        "16:12: the name 'C' is taken by the fault in line 15; each fault has its own\n"
        "16:36: LOT shows a text; faults are of sensors that show a number\n"
        "17:35: wear is a machine's, and ROOM belongs to none\n"
        "18:50: the 'amount' of noise is its standard deviation: a number above 0\n"
        "19:61: a fault begins at its 'start' or by its 'mttf'; choose one\n"
        "19:85: a fault lasts for its 'duration' or by its 'mttr'; choose one\n"
        "20:50: 'mttr' goes with 'mttf'; a single fault has a 'duration'\n"
        "20:63: 'shows' is 'left'; allowed is one of low, high\n"
        "21:5: a fault needs 'name': a name of at most 32 letters, digits, '_', '-', '.', a letter first\n"
        "21:26: there is no sensor 'M1' in the plant\n"
        "21:48: 'start' is '5'; allowed is a duration 0s..3650d, a number with its unit (us ms s min h d)\n");
}

static void test_mistakes_of_faults_of_actuators_each_say_what_is_allowed(void **state)
{
    (void)state;
    assert_string_equal(
        errors_of_file("faults_of_actuators.yaml"),
        "10:5: a fault of kind slow needs 'over': a duration 1ms..3650d, a number with its unit (us ms s min h d)\n"
        "11:21: XV1 is on/off and goes to its two ends alone; 'passing' is for one that does not shut off\n"
        "12:53: 'amount' is 61, more than the whole range of FV1, 60\n"
        "13:53: the 'amount' of passing is how far open it is while it is shut: a number above 0\n"
        "14:50: 'value' is 10, outside the range 20..80 of FV1\n"
        "15:21: bias is no fault of an actuator; those are stuck, slow, passing and offset\n"
        "16:21: slow is no fault of a sensor; it is one of an 'actuator'\n"
        "17:38: there is no actuator 'FV2' in the plant; did you mean 'FV1'?\n"
        "18:38: a fault is of a 'sensor' or of an 'actuator'; choose one\n"
        "19:5: a fault needs the 'sensor' or the 'actuator' that it happens to\n"
        "20:38: there is no actuator 'ROOM' in the plant\n");
}

static void test_mistakes_of_short_forms_of_alarms_each_say_what_is_allowed(void **state)
{
    (void)state;
    assert_string_equal(
        errors_of_file("short_alarm_mistakes.yaml"),
        "8:21: 'deviation' needs 'more_than': a number, in the unit of the measurement\n"
        "9:18: 'frozen' needs 'for': a duration such as 60s\n"
        "10:42: 'delay' means nothing beside 'frozen', whose time is 'for'\n"
        "11:30: 'for' means nothing beside 'mismatch'\n"
        "12:36: 'more_than' is '-1'; allowed is a number 0..1000000000000\n"
        "13:26: 'loss_of_master' is '4'; allowed is a duration 1ms..365d, a number with its unit (us ms s min h d)\n"
        "14:37: 'delay' means nothing beside 'loss_of_master', which is that time\n"
        "15:26: an alarm is of 'frozen' or of 'loss_of_master'; choose one, or write two alarms\n"
        "16:9: an alarm needs 'when': an expression in quotes: \"P1 AND FT1 < 1\"; or one of deviation, frozen, "
        "mismatch, loss_of_master\n"
        "16:9: an alarm needs 'name': a name of at most 32 letters, digits, '_', '-', '.', a letter first\n"
        "17:9: an alarm needs 'when': an expression in quotes: \"P1 AND FT1 < 1\"; or one of deviation, frozen, "
        "mismatch, loss_of_master\n"
        "18:9: an alarm needs 'name': a name of at most 32 letters, digits, '_', '-', '.', a letter first\n"
        "19:20: 'mismatch' is 'FV1 OR TRUE'; allowed is a name of at most 32 letters, digits, '_', '-', '.', a letter "
        "first\n"
        "20:18: the name ABCDEFGHIJABCDEFGHIJABCDEFGHIJ_FROZEN that comes of it is too long; give the alarm a "
        "'name'\n");
}

static void test_short_form_of_an_alarm_that_names_another_thing_says_what_it_is_of(void **state)
{
    (void)state;
    assert_string_equal(errors_of_file("short_alarm_names.yaml"),
                        "8:21: there is no controller 'TIC2' in the plant\n"
                        "9:21: 'deviation' is of a controller, and TT-101 is none\n"
                        "10:18: there is no sensor 'TT-102' in the plant\n"
                        "11:18: 'frozen' is of a sensor, and TIC1 is none\n"
                        "12:18: LSH shows no number, so it may well rest\n"
                        "13:20: 'mismatch' is of an actuator, and LSH is none\n"
                        "14:26: MASTER.lost: of masters there is MASTER.asked, where an expression is of a unit\n");
}

static void test_mistakes_of_parameters_each_say_what_is_allowed(void **state)
{
    (void)state;
    assert_string_equal(errors_of_file("parameter_mistakes.yaml"),
                        "4:22: the parameter UA is no number\n"
                        "4:29: a parameter's name is a letter, then letters, digits and _.-; at most 32 of them\n"
                        "4:36: a parameter's name is a letter, then letters, digits and _.-; at most 32 of them\n"
                        "4:45: the name 'TT1' is taken by the sensor in line 5; names are unique in the plant\n"
                        "4:56: the parameter A is no number\n"
                        "8:18: the name 'B' is taken by the parameter in line 8; names are unique in the plant\n"
                        "10:17: 'parameters' is a list; allowed is a group of names with numbers: {UA: 40}\n");
}

static void test_watchdog_of_an_actuator_that_logic_sets_is_refused(void **state)
{
    (void)state;
    assert_string_equal(
        errors_of_file("watchdog_logic.yaml"),
        "5:13: P1 has a 'watchdog' for masters, and logic sets it, which no master then writes; remove one\n");
}

static void test_mistakes_of_access_rules_each_say_what_is_allowed(void **state)
{
    (void)state;
    assert_string_equal(
        errors_of_file("access_mistakes.yaml"),
        "5:14: 'from' is '10.0.0.300'; allowed is an address or a network such as 192.168.1.0/24 or fd00::/8\n"
        "6:14: 'from' is '10.0.0.0/33'; allowed is an address or a network such as 192.168.1.0/24 or fd00::/8\n"
        "6:34: 'allow' is 'everything'; allowed is one of read, operate, all, none\n"
        "7:45: 'units' is empty; name those that the rule is about, or leave the key out for all\n"
        "8:45: 'units' is '1'; allowed is a list of unit ids\n"
        "9:49: value 2 is '256'; allowed is a whole number 0..255\n"
        "9:54: value 3 is 'x'; allowed is a whole number 0..255\n"
        "10:45: there is no unit 3 in the plant\n"
        "11:45: there is no unit 247 in the plant; 'instructor: true' makes it\n"
        "12:7: an access rule needs 'allow': one of read, operate, all, none\n"
        "12:38: 'unit' is not a key of an access rule; did you mean 'units'?\n");
}

static void test_several_mistakes_are_told_in_one_run_in_file_order(void **state)
{
    (void)state;
    assert_string_equal(
        errors_of_file("several.yaml"),
        "2:7: 'scan' is '5min'; allowed is a duration 1ms..10s, a number with its unit (us ms s min h d)\n"
        "7:23: 'time' is '1.2'; allowed is a duration 1ms..365d, a number with its unit (us ms s min h d)\n"
        "10:19: 'kind' is 'temprature'; allowed is one of temperature, pressure, level, flow, speed, vibration, "
        "current, voltage, humidity, power, torque, position, weight, frequency, ph, conductivity, concentration, "
        "generic; did you mean 'temperature'?\n"
        "11:13: 'maxx' is not a key of a sensor; did you mean 'max'?\n"
        "12:19: the name 'TT101' is taken by the sensor in line 9; names are unique in the plant\n"
        "13:20: the range 0..150 does not fit int16 with scale 0.001 (-32.768..32.767); types that do: int32, uint32, "
        "int64, uint64, float32, float64\n"
        "15:38: there is no sensor 'TT102' in the plant; did you mean 'TT101'?\n"
        "19:49: value 2 is '65536'; allowed is a whole number 0..65535\n"
        "20:9: the unit id 1 is taken by the unit in line 4; each unit has its own\n"
        "22:24: 'number' is '900'; allowed is a whole number 1..899\n"
        "23:53: the block at 19 (holding_registers 19..19) overlaps the block at 10 (line 23) at address 19; choose "
        "another 'at'\n");
}

static void test_more_mistakes_than_are_shown_are_counted(void **state)
{
    (void)state;
    char text[8192] = "mbplant: 1\nunits: [{id: 1}]\n";
    for (unsigned i = 0; i < 123; i++) {
        snprintf(text + strlen(text), sizeof text - strlen(text), "zzzzzz%u: 1\n", i);
    }
    const char *errors = errors_of_text(text);
    unsigned lines = 0;
    for (const char *at = errors; (at = strchr(at, '\n')) != NULL; at++) {
        lines++;
    }
    assert_int_equal(lines, 101);
    assert_non_null(strstr(errors, "\n and 23 more errors\n"));
}

static void test_a_file_that_is_not_there_is_one_line(void **state)
{
    (void)state;
    char said[256] = "";
    struct mbp_plant *plant = NULL;
    FILE *errors = fmemopen(said, sizeof said, "w");
    assert_int_equal(mbp_plant_load("/nowhere/x.yaml", errors, &plant), MBP_ERR_IO);
    fclose(errors);
    assert_string_equal(said, "/nowhere/x.yaml: cannot be read: No such file or directory\n");
    assert_null(plant);
}

static void test_a_folder_is_no_plant_file(void **state)
{
    (void)state;
    char said[256] = "";
    struct mbp_plant *plant = NULL;
    FILE *errors = fmemopen(said, sizeof said, "w");
    assert_int_equal(mbp_plant_load("/", errors, &plant), MBP_ERR_IO);
    fclose(errors);
    assert_string_equal(said, "/: cannot be read: Is a directory\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wrong_type_names_what_is_allowed),
        cmocka_unit_test(test_unknown_key_names_the_nearest),
        cmocka_unit_test(test_duplicate_name_names_the_line_of_the_first),
        cmocka_unit_test(test_missing_unit_id_says_what_it_is),
        cmocka_unit_test(test_overlap_names_both_points_and_the_line_of_the_other),
        cmocka_unit_test(test_range_reversed_says_which_end_comes_first),
        cmocka_unit_test(test_limits_out_of_order_names_the_two),
        cmocka_unit_test(test_unknown_sensor_names_the_nearest),
        cmocka_unit_test(test_bad_duration_says_that_it_needs_a_unit),
        cmocka_unit_test(test_bad_journal_says_what_can_be_kept),
        cmocka_unit_test(test_bad_address_says_how_far_they_go),
        cmocka_unit_test(test_bad_endpoint_shows_a_right_one),
        cmocka_unit_test(test_nesting_bomb_is_refused_where_it_gets_too_deep),
        cmocka_unit_test(test_anchors_and_aliases_are_each_refused),
        cmocka_unit_test(test_mistakes_of_faults_each_say_what_is_allowed),
        cmocka_unit_test(test_mistakes_of_faults_of_actuators_each_say_what_is_allowed),
        cmocka_unit_test(test_mistakes_of_short_forms_of_alarms_each_say_what_is_allowed),
        cmocka_unit_test(test_short_form_of_an_alarm_that_names_another_thing_says_what_it_is_of),
        cmocka_unit_test(test_mistakes_of_parameters_each_say_what_is_allowed),
        cmocka_unit_test(test_watchdog_of_an_actuator_that_logic_sets_is_refused),
        cmocka_unit_test(test_mistakes_of_access_rules_each_say_what_is_allowed),
        cmocka_unit_test(test_several_mistakes_are_told_in_one_run_in_file_order),
        cmocka_unit_test(test_more_mistakes_than_are_shown_are_counted),
        cmocka_unit_test(test_a_file_that_is_not_there_is_one_line),
        cmocka_unit_test(test_a_folder_is_no_plant_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
