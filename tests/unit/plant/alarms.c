/* The alarms of a sensor: what each has of its own, what it has from the sensor, and what is refused. */
#include "plant_fixture.h"

#include <string.h>

static const struct mbp_alarm *alarm_of(const struct mbp_plant *plant, enum mbp_limit alarm)
{
    return mbp_sensor_alarm(&plant->sensors[0], alarm);
}

static void test_limit_as_a_number_has_what_the_sensor_says(void **state)
{
    (void)state;
    struct mbp_plant *plant =
        plant_of_text(ONE_SENSOR "{name: S, limits: {high: 85}, deadband: 2, delay: 3s, off_delay: "
                                 "4s, latch: true, suppress: [en_panne], priority: critical}");
    for (unsigned limit = 0; limit < MBP_LIMIT_COUNT; limit++) { /* also those that a master may set later */
        const struct mbp_alarm *alarm = alarm_of(plant, (enum mbp_limit)limit);
        assert_same_number(alarm->deadband, 2);
        assert_int_equal(alarm->delay_ns, 3 * MBP_NS_PER_S);
        assert_int_equal(alarm->off_delay_ns, 4 * MBP_NS_PER_S);
        assert_true(alarm->latch);
        assert_int_equal(alarm->suppress, 1u << MBP_EN_PANNE);
        assert_int_equal(alarm->priority, MBP_PRIORITY_CRITICAL);
    }
    mbp_plant_free(plant);
}

static void test_limit_as_a_group_has_its_own_before_the_sensors(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text(
        ONE_SENSOR
        "{name: S, limits: {low: 5, high: {at: 85, priority: high, deadband: 1, delay: 2s, off_delay: 5s, "
        "latch: true, suppress: [maintenance, en_panne]}}, deadband: 4, priority: low, suppress: [en_panne]}");
    const struct mbp_alarm *high = alarm_of(plant, MBP_HIGH);
    assert_same_number(plant->sensors[0].limits[MBP_HIGH], 85);
    assert_same_number(high->deadband, 1);
    assert_int_equal(high->delay_ns, 2 * MBP_NS_PER_S);
    assert_int_equal(high->off_delay_ns, 5 * MBP_NS_PER_S);
    assert_true(high->latch);
    assert_int_equal(high->priority, MBP_PRIORITY_HIGH);
    assert_int_equal(high->suppress, 1u << MBP_EN_PANNE | 1u << MBP_MAINTENANCE);
    const struct mbp_alarm *low = alarm_of(plant, MBP_LOW);
    assert_same_number(low->deadband, 4);
    assert_false(low->latch);
    assert_int_equal(low->priority, MBP_PRIORITY_LOW);
    assert_int_equal(low->suppress, 1u << MBP_EN_PANNE);
    mbp_plant_free(plant);
}

static void test_alarms_beside_the_limits_have_the_sensors_but_its_deadband(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text(
        ONE_SENSOR "{name: S, deadband: 2, delay: 3s, priority: high, rate_of_change: {max: 5}, bad_quality: "
                   "{delay: 1s}, trip: [rate_of_change, bad_quality]}");
    const struct mbp_alarms *alarms = mbp_sensor_alarms(&plant->sensors[0]);
    assert_same_number(alarms->rate_max, 5);
    assert_int_equal(alarms->rate_per_ns, 60 * MBP_NS_PER_S);
    assert_true(alarms->bad_quality);
    assert_same_number(alarm_of(plant, MBP_RATE_OF_CHANGE)->deadband, 0);
    assert_int_equal(alarm_of(plant, MBP_RATE_OF_CHANGE)->delay_ns, 3 * MBP_NS_PER_S);
    assert_int_equal(alarm_of(plant, MBP_BAD_QUALITY)->delay_ns, MBP_NS_PER_S);
    assert_int_equal(alarm_of(plant, MBP_BAD_QUALITY)->priority, MBP_PRIORITY_HIGH);
    assert_int_equal(plant->sensors[0].trip, 1u << MBP_RATE_OF_CHANGE | 1u << MBP_BAD_QUALITY);
    mbp_plant_free(plant);
}

static void test_bad_quality_as_true_or_false_is_with_the_sensors_settings_or_none(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text(ONE_SENSOR "{name: S, bad_quality: true, priority: high}");
    assert_true(mbp_sensor_alarms(&plant->sensors[0])->bad_quality);
    assert_int_equal(alarm_of(plant, MBP_BAD_QUALITY)->priority, MBP_PRIORITY_HIGH);
    mbp_plant_free(plant);
    plant = plant_of_text(ONE_SENSOR "{name: S, bad_quality: false}");
    assert_false(mbp_sensor_alarms(&plant->sensors[0])->bad_quality);
    mbp_plant_free(plant);
}

static void test_settings_are_shared_by_repeats_and_by_sensors_that_say_the_same(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text("mbplant: 1\nunits:\n  - id: 1\n    sensors:\n"
                                            "    - {name: 'A{n}', repeat: 3, max: 5, deadband: 1}\n"
                                            "    - {name: B, limits: {low: 3}, deadband: 1}\n"
                                            "    - {name: C, max: 5}\n"
                                            "    - {name: D}\n");
    for (uint32_t s = 1; s <= 3; s++)
        assert_ptr_equal(plant->sensors[s].alarms, plant->sensors[0].alarms);
    assert_ptr_equal(plant->sensors[4].alarms, &mbp_alarms_plain);
    assert_ptr_equal(plant->sensors[5].alarms, &mbp_alarms_plain);
    mbp_plant_free(plant);
}

static void test_texts_of_a_sensor_hold_for_its_alarms_that_say_nothing_else(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text(
        ONE_SENSOR "{name: S, message: Trop chaud, cause: 'Filtre bouché', action: Nettoyer, limits: {low: 3, high: "
                   "{at: 85, message: Surchauffe, consequence: \"Arrêt\", action: ''}}, bad_quality: {cause: Fil}}");
    const struct mbp_sensor *sensor = &plant->sensors[0];
    const struct mbp_alarm_texts low = mbp_sensor_alarm_texts(sensor, MBP_LOW);
    const struct mbp_alarm_texts high = mbp_sensor_alarm_texts(sensor, MBP_HIGH);
    assert_string_equal(low.message, "Trop chaud");
    assert_string_equal(low.cause, "Filtre bouché");
    assert_string_equal(low.consequence, "");
    assert_string_equal(low.action, "Nettoyer");
    assert_string_equal(high.message, "Surchauffe");
    assert_string_equal(high.cause, "Filtre bouché");
    assert_string_equal(high.consequence, "Arrêt");
    assert_string_equal(high.action, "");
    assert_string_equal(mbp_sensor_alarm_texts(sensor, MBP_BAD_QUALITY).cause, "Fil");
    mbp_plant_free(plant);
}

static void test_texts_count_the_instances_of_a_repeat(void **state)
{
    (void)state;
    struct mbp_plant *plant =
        plant_of_text("mbplant: 1\nunits:\n  - id: 1\n    machines:\n    - name: 'M{m}'\n      repeat: 2\n"
                      "      sensors: [{name: 'A{m}_{n}', repeat: 2, max: 5, action: 'Open V{m}{n}'}]\n"
                      "      alarms: [{name: 'X{m}', when: '\"A{m}_1\" > 1', message: 'Of {m}', cause: 'Pump {m}'}]\n");
    assert_string_equal(mbp_sensor_alarm_texts(&plant->sensors[0], MBP_HIGH).action, "Open V11");
    assert_string_equal(mbp_sensor_alarm_texts(&plant->sensors[3], MBP_HIGH).action, "Open V22");
    assert_string_equal(mbp_sensor_alarm_texts(&plant->sensors[5], MBP_CONDITION).message, "Of 2");
    assert_string_equal(mbp_sensor_alarm_texts(&plant->sensors[5], MBP_CONDITION).cause, "Pump 2");
    mbp_plant_free(plant);
}

static void test_texts_are_a_line_each_and_no_longer_than_they_may(void **state)
{
    (void)state;
    char text[2 * MBP_ALARM_TEXT_MAX + 512];
    for (size_t len = MBP_ALARM_TEXT_MAX; len <= MBP_ALARM_TEXT_MAX + 1; len++) {
        snprintf(text, sizeof text, ONE_SENSOR "{name: S, max: 5, cause: '%0*d'}", (int)len, 0);
        if (len > MBP_ALARM_TEXT_MAX)
            assert_non_null(strstr(errors_of_text(text), "'cause' is '000"));
        else
            mbp_plant_free(plant_of_text(text));
    }
    static const char *const wrong[] = {"\"two\\nlines\"", "\"\\e[31mred\"", "\"a\\tb\"", "\"\\u2028\""};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        snprintf(text, sizeof text, ONE_SENSOR "{name: S, max: 5, action: %s}", wrong[i]);
        assert_string_not_equal(errors_of_text(text), "");
    }
}

static void test_mistakes_in_alarms_are_told_with_what_is_allowed(void **state)
{
    (void)state;
    static const struct {
        const char *sensor, *error;
    } cases[] = {
        {"{name: S, limits: {high: {priority: high}}}", "7:35: a limit needs 'at': a number\n"},
        {"{name: S, limits: {high: {at: 85, of_delay: 2s}}}",
         "7:44: 'of_delay' is not a key of a limit; did you mean 'off_delay'?\n"},
        {"{name: S, limits: {high: warm}}",
         "7:35: 'high' is 'warm'; allowed is a number, or a group of keys: at, priority, deadband, delay, off_delay, "
         "latch, suppress, re_alarm, chatter, message, cause, consequence, action\n"},
        {"{name: S, limits: {high: {at: 85, latch: 2}}}", "7:51: 'latch' is '2'; allowed is true or false\n"},
        {"{name: S, range: [0, 100], limits: {high: {at: 85, deadband: 100}}}",
         "7:71: 'deadband' is 100, as wide as the range: an alarm would never clear; allowed is less than 100\n"},
        {"{name: S, rate_of_change: {per: 1min}}",
         "7:36: a rate of change needs 'max': a number 1e-12..1000000000000\n"},
        {"{name: S, rate_of_change: {max: 0}}", "7:42: 'max' is '0'; allowed is a number 1e-12..1000000000000\n"},
        {"{name: S, rate_of_change: {max: 5, deadband: 5}}",
         "7:55: 'deadband' is 5, as wide as 'max': an alarm would never clear; allowed is less than 5\n"},
        {"{name: S, bad_quality: maybe}",
         "7:33: 'bad_quality' is 'maybe'; allowed is true or false, or a group of keys: priority, delay, off_delay, "
         "latch, suppress, re_alarm, chatter, message, cause, consequence, action\n"},
        {"{name: S, suppress: [en_pane]}", "7:31: 'suppress' names a state that does not exist; allowed is a list of "
                                           "machine states: en_service, en_panne, "
                                           "maintenance; did you mean 'en_panne'?\n"},
        {"{name: S, trip: [bad_quality]}",
         "7:26: 'trip' names bad_quality, but the sensor has no such alarm; give it the key 'bad_quality'\n"},
        {"{name: S, bad_quality: false, trip: [bad_quality]}",
         "7:46: 'trip' names bad_quality, but the sensor has no such alarm; give it the key 'bad_quality'\n"},
        {"{name: S, register: {type: bool}, latch: true}",
         "7:51: a bool sensor has no 'latch'; remove it, or say which state is its alarm: alarm: true\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[512];
        snprintf(text, sizeof text, ONE_SENSOR "%s", cases[i].sensor);
        assert_string_equal(errors_of_text(text), cases[i].error);
    }
    assert_string_equal(
        errors_of_text(
            "mbplant: 1\nunits: [{id: 1, sensors: [{name: S, limits: {high: {at: 5, suppress: [en_panne]}}}]}]\n"),
        "2:70: 'suppress' names states of a machine, and this sensor belongs to none; remove it\n");
}

static void test_condition_that_needs_itself_is_told_and_one_that_reads_what_it_raised_is_not(void **state)
{
    (void)state;
    static const struct {
        const char *alarms, *error;
    } cases[] = {
        {"[{name: A, when: \"A.condition OR T > 5\"}]", "5:30: the alarm A depends on itself\n"},
        {"[{name: A, when: \"B.condition\"}, {name: B, when: \"NOT A.bad_quality AND A.condition\"}]",
         "5:30: the alarm A depends on itself, by B\n"},
        {"[{name: A, when: \"T > SEL(A, 80.0, 75.0)\"}]", ""},
        {"[{name: A, when: \"B.condition\"}, {name: B, when: \"A\"}]", ""},
        {"[{name: A, when: \"A.state = 2 AND T > 5\"}]", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[512];
        snprintf(text, sizeof text, "mbplant: 1\nunits:\n  - id: 1\n    sensors: [{name: T}]\n    alarms: %s\n",
                 cases[i].alarms);
        if (cases[i].error[0] != '\0')
            assert_string_equal(errors_of_text(text), cases[i].error);
        else
            mbp_plant_free(plant_of_text(text));
    }
}

static void test_maintenance_by_cycles_of_a_machine_that_makes_nothing_is_refused(void **state)
{
    (void)state;
    assert_string_equal(
        errors_of_text("mbplant: 1\nunits: [{id: 1, machines: [{name: M, maintenance: {cycles: 5}}]}]\n"),
        "2:60: 'cycles' counts products, and this machine makes none; give it a 'cycle'\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limit_as_a_number_has_what_the_sensor_says),
        cmocka_unit_test(test_limit_as_a_group_has_its_own_before_the_sensors),
        cmocka_unit_test(test_alarms_beside_the_limits_have_the_sensors_but_its_deadband),
        cmocka_unit_test(test_bad_quality_as_true_or_false_is_with_the_sensors_settings_or_none),
        cmocka_unit_test(test_settings_are_shared_by_repeats_and_by_sensors_that_say_the_same),
        cmocka_unit_test(test_texts_of_a_sensor_hold_for_its_alarms_that_say_nothing_else),
        cmocka_unit_test(test_texts_count_the_instances_of_a_repeat),
        cmocka_unit_test(test_texts_are_a_line_each_and_no_longer_than_they_may),
        cmocka_unit_test(test_mistakes_in_alarms_are_told_with_what_is_allowed),
        cmocka_unit_test(test_condition_that_needs_itself_is_told_and_one_that_reads_what_it_raised_is_not),
        cmocka_unit_test(test_maintenance_by_cycles_of_a_machine_that_makes_nothing_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
