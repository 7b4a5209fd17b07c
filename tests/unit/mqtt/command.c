/* What a payload of a command says, and the points that a plant publishes. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "mqtt_priv.h"
#include "sparkplug.h"

static const char line[] = "mbplant: 1\nname: Line\nmqtt: {broker: \"mqtt://h\"}\nunits:\n"
                           "  - id: 1\n    name: A\n    sensors: [{name: HALL, kind: temperature, max: 30}]\n"
                           "    machines: [{name: M1, sensors: [{name: T.1, kind: temperature, max: 80}, "
                           "{name: LOT, kind: generic, signal: {text: A}, register: {type: string(2)}}]}]\n"
                           "  - id: 2\n    name: B\n    sensors: [{name: WALL, kind: temperature}]\n";

static struct mqtt_roster *roster_of(const char *yaml)
{
    struct mbp_plant *plant = fixture_plant(yaml);
    struct mqtt_roster *roster = NULL;
    assert_int_equal(mqtt_roster_new(plant, &roster), MBP_OK);
    mbp_plant_free(plant); /* it needs none */
    return roster;
}

static void test_names_are_unique_and_found(void **state)
{
    (void)state;
    struct mqtt_roster *roster = roster_of(line);
    for (uint32_t m = 0; m < roster->count; m++) {
        assert_int_equal(mqtt_roster_find(roster, roster->metrics[m].name), m);
        assert_int_equal(mqtt_roster_find_hash(roster, roster->metrics[m].hash), m);
    }
    assert_int_equal(mqtt_roster_find(roster, "NOBODY"), NOTHING);
    assert_true(mqtt_roster_find(roster, "u1.active alarms") != NOTHING);
    assert_true(mqtt_roster_find(roster, "u2.active alarms") != NOTHING);
    mqtt_roster_free(roster);
}

static void test_devices_are_machines_and_stand_together(void **state)
{
    (void)state;
    static const struct {
        const char *name, *device, *there;
    } cases[] = {{"HALL", NULL, "HALL"},      {"HALL.high", NULL, "HALL/high"},
                 {"T.1", "M1", "T.1"},        {"T.1.high.limit", "M1", "T.1/high/limit"},
                 {"M1.state", "M1", "state"}, {"u2.active alarms", NULL, "u2.active alarms"}};
    struct mqtt_roster *roster = roster_of(line);
    char name[160];
    bool machine = false;
    for (uint32_t m = 0; m < roster->count; m++) {
        machine = machine || roster->metrics[m].device != NULL;
        assert_int_equal(roster->metrics[m].device != NULL, machine);
    }
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        uint32_t m = mqtt_roster_find(roster, cases[c].name);
        assert_true(m != NOTHING);
        assert_string_equal(sparkplug_name(&roster->metrics[m], name, sizeof name), cases[c].there);
        if (cases[c].device == NULL)
            assert_null(roster->metrics[m].device);
        else
            assert_string_equal(roster->metrics[m].device, cases[c].device);
    }
    mqtt_roster_free(roster);
}

static bool reads(const struct mqtt_roster *roster, const char *name, const char *payload, struct mqtt_command *out)
{
    *out = (struct mqtt_command){0};
    return mqtt_command_read(&roster->metrics[mqtt_roster_find(roster, name)], payload, strlen(payload), out);
}

static void test_payloads_are_numbers_switches_texts_or_objects(void **state)
{
    (void)state;
    static const struct {
        const char *payload;
        double number;
    } good[] = {{"1.5", 1.5},  {"-2e3", -2000},       {"true", 1}, {"OFF", 0},
                {"\"on\"", 1}, {"{\"value\": 7}", 7}, {" 3 ", 3}};
    static const char *const bad[] = {"",
                                      "x",
                                      "1,5",
                                      "[1]",
                                      "{}",
                                      "{\"value\": [1]}",
                                      "{\"value\": 1, \"x\": 2}",
                                      "null",
                                      "{\"value\": 1, \"why\": \"a\\nb\"}",
                                      "{\"value\": 1, \"value\": 2}",
                                      "nan",
                                      "1 2"};
    struct mqtt_roster *roster = roster_of(line);
    struct mqtt_command command;
    for (size_t c = 0; c < sizeof good / sizeof good[0]; c++) {
        assert_true(reads(roster, "HALL", good[c].payload, &command));
        fixture_assert_number(command.number, good[c].number);
    }
    for (size_t c = 0; c < sizeof bad / sizeof bad[0]; c++)
        assert_false(reads(roster, "HALL", bad[c], &command));
    assert_true(reads(roster, "HALL.high.limit", "null", &command) && isnan(command.number));
    assert_true(reads(roster, "LOT", "\"B 2\"", &command) && strcmp(command.text, "B 2") == 0);
    assert_true(reads(roster, "LOT", "B 3", &command) && strcmp(command.text, "B 3") == 0);
    assert_false(reads(roster, "LOT", "7", &command) && !command.is_text);
    assert_true(reads(roster, "HALL", "{\"value\": 1, \"why\": \"season\", \"as\": \"anna\"}", &command));
    assert_string_equal(command.why, "season");
    assert_string_equal(command.who, "anna");
    mqtt_roster_free(roster);
}

static void test_whole_numbers_of_64_bits_keep_all_digits(void **state)
{
    (void)state;
    static const struct {
        const char *payload;
        struct mbp_whole whole;
    } good[] = {{"9007199254740993", {9007199254740993, false}},
                {"{\"value\": -9007199254740993}", {9007199254740993, true}},
                {"18446744073709551615", {UINT64_MAX, false}},
                {"{\"value\": \"18446744073709551615\"}", {UINT64_MAX, false}}};
    struct mqtt_roster *roster =
        roster_of("mbplant: 1\nname: Line\nmqtt: {broker: \"mqtt://h\"}\nunits: [{id: 1, name: A, points: [{at: "
                  "holding 3000, name: BIG, value: 7, type: uint64}]}]\n");
    struct mqtt_command command;
    for (size_t c = 0; c < sizeof good / sizeof good[0]; c++) {
        assert_true(reads(roster, "BIG", good[c].payload, &command));
        assert_true(command.is_whole);
        assert_int_equal(command.whole.magnitude, good[c].whole.magnitude);
        assert_int_equal(command.whole.negative, good[c].whole.negative);
    }
    assert_true(reads(roster, "BIG", "1.5", &command) && !command.is_whole);
    assert_false(reads(roster, "BIG", "18446744073709551616", &command));
    mqtt_roster_free(roster);
}

static void test_state_of_an_interlock_is_a_number_and_a_machines_a_word(void **state)
{
    (void)state;
    struct mqtt_roster *roster =
        roster_of("mbplant: 1\nname: Line\nmqtt: {broker: \"mqtt://h\"}\nunits: [{id: 1, name: A, machines: [{name: "
                  "M1, sensors: [{name: L, range: [0, 10]}], interlocks: [{name: IL, when: \"L < 2\"}]}]}]\n");
    const uint32_t machine = mqtt_roster_find(roster, "M1.state"), interlock = mqtt_roster_find(roster, "M1.IL.state");
    assert_true(machine != NOTHING && interlock != NOTHING);
    assert_true(roster->metrics[machine].is_state);
    assert_int_equal(roster->metrics[machine].datatype, MQTT_STRING);
    assert_false(roster->metrics[interlock].is_state);
    assert_int_equal(roster->metrics[interlock].datatype, MQTT_UINT16);
    mqtt_roster_free(roster);
}

/* What a link's thread says of a point comes from the roster alone: the plant is gone (fixture_plant is freed). */
static void test_birth_needs_no_plant(void **state)
{
    (void)state;
    struct mqtt_roster *roster = roster_of(
        "mbplant: 1\nname: Line\nmqtt: {broker: \"mqtt://h\", format: sparkplug}\nunits:\n"
        "  - id: 1\n    name: A\n    points: [{at: holding 3000, name: P, value: 7, type: int16, scale: 0.1}]\n"
        "    sensors: [{name: T, kind: temperature, register: {type: int16, scale: 0.1}}]\n");
    struct sparkplug own = {0};
    struct mqtt_link link = {.roster = roster, .own = &own};
    const uint32_t t = mqtt_roster_find(roster, "T"), p = mqtt_roster_find(roster, "P");
    assert_true(t != NOTHING && p != NOTHING);
    assert_non_null(roster->metrics[p].row.point.own);
    fixture_assert_number(roster->metrics[p].reg.scale, 0.1);
    fixture_assert_number(roster->metrics[t].reg.scale, 0.1);
    for (uint32_t m = 0; m < roster->count; m++)
        roster->now[m].time_ms = 1;
    assert_int_equal(sparkplug_put_birth(&link, 0, NULL), roster->count);
    assert_false(own.payload.failed);
    free(own.payload.bytes);
    mqtt_roster_free(roster);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_are_unique_and_found),
        cmocka_unit_test(test_devices_are_machines_and_stand_together),
        cmocka_unit_test(test_payloads_are_numbers_switches_texts_or_objects),
        cmocka_unit_test(test_whole_numbers_of_64_bits_keep_all_digits),
        cmocka_unit_test(test_state_of_an_interlock_is_a_number_and_a_machines_a_word),
        cmocka_unit_test(test_birth_needs_no_plant),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
