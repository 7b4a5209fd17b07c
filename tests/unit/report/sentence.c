/* Each event as a sentence. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "report_loaded.h"

#define TT101_ID 8 /* of a tag that the plant does not have */

static void says(struct mbp_event event, const char *wanted)
{
    const struct mbp_telling by = {plant, report_names(), MBP_LANG_EN};
    char text[256];
    assert_string_equal(mbp_report_sentence(&by, &event, text, sizeof text), wanted);
}

static void test_trip_names_sensor_diagnosis_value_and_limit(void **state)
{
    (void)state;
    uint32_t detail = mbp_event_state_detail(MBP_EN_SERVICE, MBP_EN_PANNE, MBP_CAUSE_TRIP);
    says(report_event(MBP_EV_MACHINE_STATE, mbp_event_of_alarm(detail, MBP_HIGH)),
         "FILL1 en_service -> en_panne: TT101 Overheating 92.3 °C (limit 85 °C)");
}

static void test_trip_is_told_by_its_alarm_and_not_by_the_side_of_the_limit(void **state)
{
    (void)state;
    uint32_t detail = mbp_event_state_detail(MBP_EN_SERVICE, MBP_EN_PANNE, MBP_CAUSE_TRIP);
    struct mbp_event event = report_event(MBP_EV_MACHINE_STATE, mbp_event_of_alarm(detail, MBP_RATE_OF_CHANGE));
    event.value = -20;
    event.limit = 15;
    says(event, "FILL1 en_service -> en_panne: TT101 Rate of change -20.0 °C (limit 15 °C)");
    event.detail = mbp_event_of_alarm(detail, MBP_BAD_QUALITY);
    event.limit = NAN;
    event.value = 150;
    says(event, "FILL1 en_service -> en_panne: TT101 Bad quality 150.0 °C");
    event.detail = mbp_event_of_alarm(detail, MBP_LOW); /* written below its value since */
    event.value = 12;
    event.limit = 10;
    says(event, "FILL1 en_service -> en_panne: TT101 Low temperature 12.0 °C (limit 10 °C)");
    event.detail = detail;
    says(event, "FILL1 en_service -> en_panne: TT101 12.0 °C (limit 10 °C)");
}

static void test_command_names_the_peer(void **state)
{
    (void)state;
    struct mbp_event event =
        report_event(MBP_EV_MACHINE_STATE, mbp_event_state_detail(MBP_EN_PANNE, MBP_MAINTENANCE, MBP_CAUSE_COMMAND));
    event.sensor = MBP_NONE16;
    event.value = NAN;
    event.limit = NAN;
    says(event, "FILL1 en_panne -> maintenance: commanded by 127.0.0.1");
}

static void test_refusal_names_the_alarm_that_is_active(void **state)
{
    (void)state;
    uint32_t detail = mbp_event_state_detail(MBP_EN_PANNE, MBP_EN_SERVICE, MBP_CAUSE_TRIP_ACTIVE);
    says(report_event(MBP_EV_MACHINE_REFUSED, mbp_event_of_alarm(detail, MBP_HIGH)),
         "FILL1 en_panne -> en_service refused: TT101 Overheating 92.3 °C (limit 85 °C) still active; asked by "
         "127.0.0.1");
}

static void test_alarm_events_name_diagnosis_and_numbers(void **state)
{
    (void)state;
    struct mbp_event raised = report_event(MBP_EV_ALARM_RAISED, MBP_HIGH);
    struct mbp_event cleared = report_event(MBP_EV_ALARM_CLEARED, MBP_HIGH);
    raised.actor = 0;
    cleared.actor = 0;
    cleared.value = 64;
    says(raised, "TT101 Overheating 92.3 °C (limit 85 °C)");
    says(cleared, "TT101 Overheating cleared: 64.0 °C (limit 85 °C)");
    says(report_event(MBP_EV_ALARM_ACKNOWLEDGED, MBP_HIGH), "TT101 Overheating acknowledged by 127.0.0.1");
}

static void test_shelving_tells_how_long_and_why_it_ended(void **state)
{
    (void)state;
    struct mbp_event event = report_event(MBP_EV_ALARM_SHELVED, MBP_SHELVED_TIMED);
    event.value = 600;
    says(event, "TT101 alarm shelved for 10min 0s by 127.0.0.1");
    says(report_event(MBP_EV_ALARM_SHELVED, MBP_SHELVED_ONE_SHOT),
         "TT101 alarm shelved until it returns to normal by 127.0.0.1");
    says(report_event(MBP_EV_ALARM_SHELVED, MBP_SHELVED_UNTIL_UNSHELVED), "TT101 alarm shelved by 127.0.0.1");
    says(report_event(MBP_EV_ALARM_UNSHELVED, MBP_UNSHELVED_BY_COMMAND), "TT101 alarm unshelved by 127.0.0.1");
    event = report_event(MBP_EV_ALARM_UNSHELVED, MBP_UNSHELVED_BY_TIME);
    event.actor = 0;
    says(event, "TT101 alarm unshelved: its time is over");
}

static void test_reset_and_suppression_name_the_alarms(void **state)
{
    (void)state;
    says(report_event(MBP_EV_ALARM_RESET, MBP_HIGH), "TT101 Overheating reset by 127.0.0.1");
    says(report_event(MBP_EV_ALARM_SUPPRESSED, 1u << MBP_LOW | 1u << MBP_RATE_OF_CHANGE),
         "TT101 alarm suppressed: low, rate_of_change");
}

static void test_force_and_release_tell_the_value(void **state)
{
    (void)state;
    struct mbp_event event = report_event(MBP_EV_VALUE_FORCED, 0);
    event.limit = 65;
    says(event, "TT101 forced to 92.3 °C (was 65.0 °C) by 127.0.0.1");
    event.detail = 1;
    says(event, "TT101 forced once to 92.3 °C (was 65.0 °C) by 127.0.0.1");
    says(report_event(MBP_EV_VALUE_RELEASED, 0), "TT101 released from 92.3 °C by 127.0.0.1");
}

static void test_limit_change_tells_old_and_new(void **state)
{
    (void)state;
    struct mbp_event event = report_event(MBP_EV_LIMIT_CHANGED, MBP_HIGH_HIGH);
    says(event, "TT101 limit high_high 85 °C -> 92.3 °C by 127.0.0.1");
    event.value = NAN;
    says(event, "TT101 limit high_high 85 °C -> off by 127.0.0.1");
}

static struct mbp_event refused(enum mbp_table table, unsigned addr, enum mbp_status exception, float value)
{
    struct mbp_event event = report_event(MBP_EV_WRITE_REFUSED, mbp_event_write_detail(table, addr, exception, 0));
    event.machine = MBP_NONE16;
    event.sensor = MBP_NONE16;
    event.value = value;
    return event;
}

static struct mbp_event refused_setting(const char *controller, enum mbp_setting setting, float value)
{
    const uint32_t c = mbp_plant_find_controller(plant, controller);
    const struct mbp_unit *unit = &plant->units[plant->controllers[c].unit];
    const unsigned addr = mbp_map_addr(plant, unit, MBP_MAP_SETTINGS, c) + 2 * (unsigned)setting;
    return refused(MBP_HOLDING_REGISTERS, addr, MBP_EX_SERVER_DEVICE_FAILURE, value);
}

static void test_refused_setting_names_its_range_and_what_else_it_may_be(void **state)
{
    (void)state;
    says(refused_setting("TIC101", MBP_SET_SETPOINT, 600),
         "TIC101.setpoint: setting 600 refused: outside its range 0..150 °C, by 127.0.0.1");
    says(refused_setting("TIC101", MBP_SET_GAIN, -1),
         "TIC101.gain: setting -1 refused: outside its range 0..1000000, by 127.0.0.1");
    says(refused_setting("TIC101", MBP_SET_MANUAL, 130),
         "TIC101.manual: setting 130 refused: outside its range 0..100 %, by 127.0.0.1");
    says(refused_setting("TIC101", MBP_SET_MANUAL, 30),
         "TIC101.manual: setting 30 refused: TIC101 in automatic moves it, by 127.0.0.1");
    says(refused_setting("TIC101", MBP_SET_LOW, 30), "TIC101.output_low: setting 30 refused: the lowest "
                                                     "output would be above the highest, by 127.0.0.1");
}

static void test_refused_write_names_point_value_and_reason(void **state)
{
    (void)state;
    struct mbp_event event = refused(MBP_HOLDING_REGISTERS, 0, MBP_EX_SERVER_DEVICE_FAILURE, 200);
    says(event, "TT101: value 200.0 °C refused: outside its range 0..150 °C, by 127.0.0.1");
    event.value = NAN; /* only some of its words were written */
    says(event, "TT101: value refused: outside its range 0..150 °C, by 127.0.0.1");
    event = refused(MBP_HOLDING_REGISTERS, 1002, MBP_EX_SERVER_DEVICE_FAILURE, 5);
    says(event, "TT101.high.limit: limit 5 °C refused: limits rise: low_low < low < high < high_high, by 127.0.0.1");
    event.value = 151;
    says(event, "TT101.high.limit: limit 151 °C refused: outside its range 0..150 °C, by 127.0.0.1");
    event.detail = mbp_event_write_detail(MBP_HOLDING_REGISTERS, 1002, MBP_EX_ILLEGAL_FUNCTION, 3);
    says(event, "TT101.high.limit: limit 151 °C refused: illegal function, and 3 more like it, by 127.0.0.1");
    says(refused(MBP_COILS, 1, MBP_EX_ILLEGAL_FUNCTION, 1),
         "FILL1.en_panne: write 1 refused: illegal function, by 127.0.0.1");
}

static void test_refused_write_of_no_point_tells_address_reference_and_exception(void **state)
{
    (void)state;
    struct mbp_event event = refused(MBP_HOLDING_REGISTERS, 500, MBP_EX_SERVER_DEVICE_FAILURE, 2000);
    says(event,
         "write of 2000 to holding_registers 500 = 40501 of unit 3 refused: server device failure, by 127.0.0.1");
    event.detail = mbp_event_write_detail(MBP_COILS, 500, 2, 9);
    says(event, "write of 2000 to coils 500 = 00501 of unit 3 refused: illegal data address, and 9 more like it, by "
                "127.0.0.1");
    event.detail = mbp_event_write_detail(MBP_TABLE_COUNT, 7, 2, 0);
    says(event, "write of 2000 to file 7 of unit 3 refused: illegal data address, by 127.0.0.1");
    event.value = 0;
    event.detail = mbp_event_write_detail(MBP_DIAGNOSTICS, 10, 1, 0);
    says(event, "write of 0 to diagnostics (function 8), sub-function 10 of unit 3 refused: illegal function, by "
                "127.0.0.1");
    event.detail = mbp_event_write_detail(MBP_COILS, 5, 128, 0); /* a wire fault's code, larger than an event holds */
    says(event, "FILL1.shelve: write 0 refused: unknown status, by 127.0.0.1");
}

static void test_counters_that_function_8_cleared_are_told(void **state)
{
    (void)state;
    struct mbp_event event = report_event(MBP_EV_POINT_WRITTEN, mbp_event_write_detail(MBP_DIAGNOSTICS, 1, 0, 2));
    event.machine = MBP_NONE16;
    event.sensor = MBP_NONE16;
    says(event,
         "counters of function 8 of unit 3 cleared (sub-function 1), with 2 more writes in between by 127.0.0.1");
}

static void test_names_that_the_plant_does_not_have_become_numbers(void **state)
{
    (void)state;
    struct mbp_event event =
        report_event(MBP_EV_MACHINE_STATE, mbp_event_state_detail(MBP_EN_SERVICE, MBP_EN_PANNE, MBP_CAUSE_COMMAND));
    event.machine = 9;
    says(event, "machine 9 of unit 3 en_service -> en_panne: commanded by 127.0.0.1");
    event = report_event(MBP_EV_VALUE_RELEASED, 0);
    event.unit = 99;
    says(event, "sensor 0 of unit 99 released from 92.3 by 127.0.0.1");
}

static void test_codes_of_a_later_version_are_shown_by_number(void **state)
{
    (void)state;
    struct mbp_event event = report_event((enum mbp_event_code)999, 0xFFFFFFFF);
    says(event, "TT101 event 999, value 92.3 °C, limit or old value 85.0 °C, detail 4294967295 by 127.0.0.1");
    event.sensor = event.machine = MBP_NONE16;
    event.value = event.limit = NAN;
    event.actor = 0;
    event.detail = 7;
    says(event, "event 999, detail 7");
}

static void test_production_says_what_was_made_so_far(void **state)
{
    (void)state;
    struct mbp_event event = report_event(MBP_EV_PRODUCTION, 20000001); /* more than a float tells */
    char text[256];
    event.sensor = MBP_NONE16;
    event.actor = 0;
    event.value = 20000001.0F;
    event.limit = 49;
    says(event, "FILL1 production: 20000001 good and 49 rejected so far");
    const struct mbp_telling by = {plant, report_names(), MBP_LANG_FR};
    assert_string_equal(mbp_report_sentence(&by, &event, text, sizeof text),
                        "FILL1 production : 20000001 bonnes et 49 rebutées jusqu'ici");
}

static void test_names_of_tags_and_actors_go_before_numbers_in_the_plant(void **state)
{
    (void)state;
    struct mbp_names names = {0};
    struct mbp_event_tag tag = {.unit = 3,
                                .what = MBP_TAG_SENSOR,
                                .decimals = 2,
                                .id = TT101_ID,
                                .since = 1,
                                .gone = 20,
                                .name = "PT9",
                                .kind = "pressure",
                                .measure = "bar",
                                .label = ""};
    struct mbp_event event = report_event(MBP_EV_ALARM_RAISED, MBP_HIGH);
    const struct mbp_telling by = {plant, &names, MBP_LANG_EN};
    char text[256];
    event.actor = MBP_ACTOR_OTHERS;
    event.sensor = TT101_ID;
    assert_int_equal(mbp_names_put_tag(&names, &tag), MBP_OK);
    assert_string_equal(mbp_report_sentence(&by, &event, text, sizeof text),
                        "PT9 Overpressure 92.30 bar (limit 85 bar) by others");
    const struct mbp_telling french = {plant, &names, MBP_LANG_FR};
    struct mbp_actor anna = {.id = 5, .address = {[10] = 0xff, [11] = 0xff, 127, 0, 0, 1}, .name = "anna at home"};
    assert_non_null(strstr(mbp_report_sentence(&french, &event, text, sizeof text), "par autres"));
    event.actor = MBP_ACTOR_THE_SCENARIO;
    assert_non_null(strstr(mbp_report_sentence(&by, &event, text, sizeof text), "by scenario"));
    event.actor = MBP_ACTOR_THE_LOGIC;
    assert_non_null(strstr(mbp_report_sentence(&french, &event, text, sizeof text), "par logique"));
    assert_int_equal(mbp_names_put_actor(&names, &anna), MBP_OK);
    event.actor = 5;
    assert_non_null(strstr(mbp_report_sentence(&by, &event, text, sizeof text), "by anna at home at 127.0.0.1"));
    assert_non_null(strstr(mbp_report_sentence(&french, &event, text, sizeof text), "par anna at home à 127.0.0.1"));
    event.sensor = TT101_ID + 1;
    event.actor = 77; /* nobody knows these */
    assert_string_equal(mbp_report_sentence(&by, &event, text, sizeof text),
                        "sensor 9 of unit 3 limit 92.3 (limit 85) by actor 77");
    mbp_names_free(&names);
}

static void test_point_that_is_somebody_elses_by_now_is_told_by_its_tag(void **state)
{
    (void)state;
    struct mbp_names names = {0};
    struct mbp_event_tag tag = {.unit = 3,
                                .what = MBP_TAG_ACTUATOR,
                                .id = TT101_ID,
                                .gone = 20,
                                .name = "V9",
                                .kind = "",
                                .measure = "%",
                                .label = ""};
    struct mbp_event event = report_event(MBP_EV_POINT_WRITTEN, mbp_event_write_detail(MBP_HOLDING_REGISTERS, 0, 0, 0));
    const struct mbp_telling by = {plant, &names, MBP_LANG_EN};
    char text[256];
    event.actor = 0;
    event.sensor = TT101_ID;
    assert_int_equal(mbp_names_put_tag(&names, &tag), MBP_OK);
    assert_string_equal(mbp_report_sentence(&by, &event, text, sizeof text), "V9 written 85 % -> 92.3 %");
    event.code = MBP_EV_WRITE_REFUSED;
    event.detail = mbp_event_write_detail(MBP_HOLDING_REGISTERS, 0, MBP_EX_SERVER_DEVICE_FAILURE, 0);
    assert_string_equal(mbp_report_sentence(&by, &event, text, sizeof text),
                        "V9: write 92.3 refused: server device failure");
    mbp_names_free(&names);
}

static void test_simulation_events_say_what_was_done_to_time(void **state)
{
    (void)state;
    struct mbp_event event = report_event(MBP_EV_SIM_SPEED, 0);
    event.machine = MBP_NONE16;
    event.sensor = MBP_NONE16;
    event.value = 100;
    event.limit = 0.5F;
    event.actor = 2;
    says(event, "simulation speed 0.5 -> 100 times real time, by fd00::7f00:1");
    event.code = MBP_EV_SIM_STEPPED;
    says(event, "simulation stepped by 100 scans, by fd00::7f00:1");
    event.code = MBP_EV_SIM_RESTORED;
    event.detail = 4711;
    says(event, "snapshot restored: the plant is as it was after scan 4711, by fd00::7f00:1");
    event.code = MBP_EV_SIM_PAUSED;
    says(event, "simulation paused by fd00::7f00:1");
}

static void test_sentence_too_long_for_its_buffer_is_cut(void **state)
{
    (void)state;
    char text[16];
    struct mbp_event event = report_event(MBP_EV_ALARM_RAISED, MBP_HIGH);
    const struct mbp_telling by = {plant, NULL, MBP_LANG_EN};
    mbp_report_sentence(&by, &event, text, sizeof text);
    assert_int_equal(strlen(text), 15);
    assert_memory_equal(text, "TT101 Overheati", 15);
}

static void test_every_code_says_something(void **state)
{
    (void)state;
    for (unsigned code = 0; code < 60; code++) {
        char text[256];
        struct mbp_event event = report_event((enum mbp_event_code)code, 0xFFFFFFFFu);
        const struct mbp_telling by = {plant, NULL, MBP_LANG_EN};
        mbp_report_sentence(&by, &event, text, sizeof text);
        assert_true(strlen(text) > 5);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_trip_names_sensor_diagnosis_value_and_limit),
        cmocka_unit_test(test_trip_is_told_by_its_alarm_and_not_by_the_side_of_the_limit),
        cmocka_unit_test(test_names_of_tags_and_actors_go_before_numbers_in_the_plant),
        cmocka_unit_test(test_point_that_is_somebody_elses_by_now_is_told_by_its_tag),
        cmocka_unit_test(test_command_names_the_peer),
        cmocka_unit_test(test_refusal_names_the_alarm_that_is_active),
        cmocka_unit_test(test_alarm_events_name_diagnosis_and_numbers),
        cmocka_unit_test(test_shelving_tells_how_long_and_why_it_ended),
        cmocka_unit_test(test_reset_and_suppression_name_the_alarms),
        cmocka_unit_test(test_force_and_release_tell_the_value),
        cmocka_unit_test(test_limit_change_tells_old_and_new),
        cmocka_unit_test(test_refused_write_names_point_value_and_reason),
        cmocka_unit_test(test_refused_setting_names_its_range_and_what_else_it_may_be),
        cmocka_unit_test(test_refused_write_of_no_point_tells_address_reference_and_exception),
        cmocka_unit_test(test_counters_that_function_8_cleared_are_told),
        cmocka_unit_test(test_names_that_the_plant_does_not_have_become_numbers),
        cmocka_unit_test(test_codes_of_a_later_version_are_shown_by_number),
        cmocka_unit_test(test_production_says_what_was_made_so_far),
        cmocka_unit_test(test_simulation_events_say_what_was_done_to_time),
        cmocka_unit_test(test_sentence_too_long_for_its_buffer_is_cut),
        cmocka_unit_test(test_every_code_says_something),
    };
    return cmocka_run_group_tests(tests, report_load, report_unload);
}
