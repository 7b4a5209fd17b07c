/* A whole file -> struct mbp_plant: every key in its place, every default. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plant_fixture.h"

static void test_example_of_the_design_loads_as_it_is_written(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_file("design.yaml");
    assert_string_equal(plant->name, "Bottling line 3");
    assert_int_equal(plant->scan_ns, 100 * MBP_NS_PER_MS);
    assert_int_equal(plant->seed, 42);
    assert_string_equal(plant->server.listen.items[0].at, "127.0.0.1:5020");
    assert_int_equal(plant->server.max_connections, 1024);
    assert_int_equal(plant->server.frame_timeout_ns, 2 * MBP_NS_PER_S);
    assert_true(plant->server.serial_functions);
    assert_string_equal(plant->http_listen, "127.0.0.1:8020");
    assert_true(plant->http_named);
    assert_string_equal(plant->identity.object[2], "1.0.0");
    assert_string_equal(plant->units[0].name, "Filler PLC");

    const struct mbp_machine *machine = &plant->machines[0];
    assert_string_equal(machine->name, "FILL1");
    assert_string_equal(machine->label, "Rotary filler");
    assert_int_equal(machine->initial, MBP_EN_SERVICE);
    assert_int_equal(machine->cycle_ns, 1200 * MBP_NS_PER_MS);
    assert_same_number(machine->reject, 0.015);
    assert_int_equal(machine->maintenance_every_ns, 200 * 3600 * MBP_NS_PER_S);
    assert_int_equal(machine->maintenance_takes_ns, 1800 * MBP_NS_PER_S);

    const struct mbp_sensor *sensor = &plant->sensors[0];
    assert_string_equal(sensor->name, "TT101");
    assert_string_equal(sensor->unit_text, "°C");
    assert_int_equal(sensor->kind, MBP_TEMPERATURE);
    assert_same_number(sensor->range[0], 0);
    assert_same_number(sensor->range[1], 150);
    assert_same_number(sensor->limits[MBP_LOW], 10);
    assert_same_number(sensor->limits[MBP_HIGH], 85);
    assert_int_equal(sensor->trip, 1u << MBP_LOW | 1u << MBP_HIGH);
    assert_same_number(sensor->signal->base[MBP_EN_PANNE], 30);
    assert_int_equal(sensor->signal->lag_ns, 45 * MBP_NS_PER_S);
    assert_same_number(sensor->signal->noise, 0.3);
    assert_int_equal(sensor->reg.addr, 0);
    assert_int_equal(sensor->reg.type, MBP_INT16);
    assert_same_number(sensor->reg.scale, 0.1);
    assert_int_equal(sensor->inject, MBP_INJECT_HOLD);

    const struct mbp_unit *unit = &plant->units[0];
    assert_int_equal(unit->block_count[MBP_HOLDING_REGISTERS], 2);
    assert_int_equal(unit->blocks[MBP_HOLDING_REGISTERS][0].values[2], 3);
    assert_false(unit->blocks[MBP_HOLDING_REGISTERS][1].writable);
    assert_int_equal(unit->blocks[MBP_COILS][0].count, 8);
    assert_int_equal(unit->files[0].count, 3);
    assert_int_equal(unit->fifos[0].values[0], 440);
    mbp_plant_free(plant);
}

static void test_every_key_is_stored(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_file("all_keys.yaml");
    assert_string_equal(plant->name, "Every \"key\" \\ at once");
    assert_true(plant->seed == UINT64_MAX);
    assert_string_equal(plant->server.listen.items[0].at, "[::1]:1502");
    assert_false(plant->server.serial_functions);
    assert_int_equal(plant->journal.keep_ns, 90 * 86400 * MBP_NS_PER_S);
    assert_int_equal(plant->journal.max_bytes, 500000000);
    static const char *const identity[] = {"V", "P", "2.0", "http://v.example", "N", "M", "A"};
    for (unsigned i = 0; i < 7; i++) {
        assert_string_equal(plant->identity.object[i], identity[i]);
    }
    assert_int_equal(plant->units[0].gaps, MBP_GAPS_ZERO);
    assert_int_equal(plant->machines[0].initial, MBP_MAINTENANCE);

    const struct mbp_sensor *level = sensor_of(plant, "LT1");
    const struct mbp_signal *signal = level->signal;
    assert_string_equal(level->label, "Level");
    assert_int_equal(level->trip,
                     1u << MBP_LOW_LOW | 1u << MBP_HIGH_HIGH | 1u << MBP_RATE_OF_CHANGE | 1u << MBP_BAD_QUALITY);
    assert_same_number(mbp_sensor_alarm(level, MBP_LOW)->deadband, 1);
    assert_int_equal(mbp_sensor_alarm(level, MBP_LOW)->delay_ns, 2 * MBP_NS_PER_S);
    assert_int_equal(mbp_sensor_alarm(level, MBP_HIGH)->off_delay_ns, 6 * MBP_NS_PER_S);
    assert_int_equal(plant->machines[0].maintenance_cycles, 500000);
    assert_int_equal(plant->machines[0].pace, mbp_plant_find_sensor(plant, "PT1"));
    assert_int_equal(level->priority, MBP_PRIORITY_CRITICAL);
    assert_int_equal(level->inject, MBP_INJECT_ONCE);
    assert_same_number(signal->base[MBP_MAINTENANCE], 3.5);
    assert_int_equal(signal->wave, MBP_WAVE_SQUARE);
    assert_same_number(signal->wave_amplitude, 4);
    assert_int_equal(signal->wave_period_ns, 60 * MBP_NS_PER_S);
    assert_same_number(signal->wave_phase, 0.25);
    assert_same_number(signal->integrate_gain, 0.01);
    assert_same_number(signal->integrate_initial, 50);
    assert_int_equal(signal->dead_time_ns, 2 * MBP_NS_PER_S);
    assert_same_number(signal->wander_sigma, 0.2);
    assert_int_equal(signal->wander_tau_ns, 600 * MBP_NS_PER_S);
    assert_int_equal(level->reg.addr, 40);
    assert_int_equal(level->reg.type, MBP_FLOAT64);
    assert_int_equal(level->reg.order, MBP_DCBA);
    assert_same_number(level->reg.scale, 0.5);

    assert_int_equal(level->input_count, 2);
    const struct mbp_input *inputs = &plant->inputs[level->first_input];
    assert_int_equal(inputs[0].from, mbp_plant_find_sensor(plant, "PT1"));
    assert_same_number(inputs[0].gain, -0.5);
    assert_int_equal(inputs[0].lag_ns, MBP_NS_PER_S);
    assert_int_equal(inputs[0].dead_time_ns, 250 * MBP_NS_PER_MS);
    assert_int_equal(inputs[1].from, mbp_plant_find_sensor(plant, "LT1"));
    assert_same_number(inputs[1].gain, 1);

    assert_string_equal(sensor_of(plant, "RP1")->signal->replay, "data/rp1.csv");
    assert_int_equal(sensor_of(plant, "RP1")->inject, MBP_INJECT_REJECT);
    assert_string_equal(sensor_of(plant, "LOT")->signal->text, "LOT 4711");
    assert_int_equal(sensor_of(plant, "LOT")->reg.words, 6);
    assert_same_number(sensor_of(plant, "DOOR")->range[1], 1);
    assert_int_equal(sensor_of(plant, "ROOM")->machine, UINT32_MAX);
    mbp_plant_free(plant);
}

static void test_defaults_stand_in_for_all_that_is_missing(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text(ONE_SENSOR "{name: S}");
    assert_string_equal(plant->name, "plant"); /* also for a master, which has the text and not its file's name */
    assert_int_equal(plant->scan_ns, 100 * MBP_NS_PER_MS);
    assert_int_equal(plant->seed, 1);
    assert_string_equal(plant->server.listen.items[0].at, "127.0.0.1:5020");
    assert_int_equal(plant->server.max_connections, 1024);
    assert_int_equal(plant->server.frame_timeout_ns, 2 * MBP_NS_PER_S);
    assert_true(plant->server.serial_functions);
    assert_string_equal(plant->http_listen, "127.0.0.1:8020");
    assert_false(plant->http_named);
    assert_string_equal(plant->identity.object[0], "mbplant");
    assert_string_equal(plant->identity.object[1], "MBP");
    assert_string_equal(plant->identity.object[2], MBP_VERSION);
    assert_null(plant->identity.object[3]);
    assert_string_equal(plant->units[0].name, "Unit 1");
    assert_int_equal(plant->units[0].gaps, MBP_GAPS_ERROR);
    const struct mbp_machine *machine = &plant->machines[0];
    assert_string_equal(machine->label, "");
    assert_int_equal(machine->initial, MBP_EN_SERVICE);
    assert_int_equal(machine->cycle_ns, 0);
    assert_int_equal(machine->maintenance_every_ns, 0);
    const struct mbp_sensor *sensor = &plant->sensors[0];
    assert_string_equal(sensor->label, "");
    assert_string_equal(sensor->unit_text, "");
    assert_int_equal(sensor->kind, MBP_GENERIC);
    assert_int_equal(sensor->priority, MBP_PRIORITY_MEDIUM);
    assert_int_equal(sensor->inject, MBP_INJECT_HOLD);
    assert_int_equal(sensor->trip, 0);
    for (unsigned limit = 0; limit < MBP_LIMIT_COUNT; limit++) {
        assert_same_number(sensor->limits[limit], NAN);
    }
    assert_int_equal(sensor->reg.type, MBP_INT16);
    assert_int_equal(sensor->reg.order, MBP_ABCD);
    assert_int_equal(sensor->reg.words, 1);
    assert_same_number(sensor->reg.scale, 1);
    assert_null(sensor->signal->replay);
    assert_null(sensor->signal->text);
    mbp_plant_free(plant);
}

static void test_http_may_be_off_in_both_forms(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text("mbplant: 1\nhttp: off\njournal: {keep: forever}\nunits: [{id: 1}]\n");
    assert_int_equal(plant->journal.keep_ns, 0);
    assert_int_equal(plant->journal.max_bytes, 1000000000);
    assert_null(plant->http_listen);
    assert_true(plant->http_named);
    mbp_plant_free(plant);
    plant = plant_of_text("mbplant: 1\nhttp: {listen: off}\nunits: [{id: 1}]\n");
    assert_null(plant->http_listen);
    mbp_plant_free(plant);
    assert_string_equal(errors_of_text("mbplant: 1\nhttp: on\nunits: [{id: 1}]\n"),
                        "2:7: 'http' is 'on'; allowed is off, or {listen: ADDRESS:PORT, token_file: PATH}\n");
}

static void test_states_have_synonyms(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text("mbplant: 1\nunits: [{id: 1, machines: [{name: A, state: faulted}, {name: "
                                            "B, state: in_service}]}]\n");
    assert_int_equal(plant->machines[0].initial, MBP_EN_PANNE);
    assert_int_equal(plant->machines[1].initial, MBP_EN_SERVICE);
    mbp_plant_free(plant);
}

static void test_another_format_version_is_refused(void **state)
{
    (void)state;
    assert_string_equal(errors_of_text("mbplant: 2\nunits: [{id: 1}]\n"),
                        "1:10: 'mbplant' is '2'; allowed is 1, the version of the format that this mbplant reads\n");
    assert_string_equal(errors_of_text("units: [{id: 1}]\n"),
                        "1:1: a plant needs 'mbplant': 1, the version of the format that this mbplant reads\n");
}

static void test_plant_without_units_is_refused(void **state)
{
    (void)state;
    assert_string_equal(errors_of_text("mbplant: 1\nunits: []\n"),
                        "2:8: 'units' is empty; a plant has at least one unit\n");
    assert_string_equal(errors_of_text("mbplant: 1\n"),
                        "1:1: a plant needs 'units': a list of at most 256, each a unit\n");
}

static void test_item_that_is_no_group_shows_the_keys(void **state)
{
    (void)state;
    assert_string_equal(errors_of_text("mbplant: 1\nunits: [1]\n"),
                        "2:9: an item of 'units' is a unit: a group of "
                        "keys: id, name, gaps, repeat, machines, sensors, "
                        "actuators, controllers, alarms, tables, logic, parameters, points, "
                        "blocks, answer, identity, files\n");
}

static void test_names_of_machines_and_sensors_are_one_space(void **state)
{
    (void)state;
    assert_string_equal(errors_of_text(ONE_SENSOR "{name: M}"),
                        "7:17: the name 'M' is taken by the machine in line 5; names are unique in the plant\n");
    assert_string_equal(errors_of_text(ONE_SENSOR "{name: m}"),
                        "7:17: the name 'm' is taken by the machine in line 5; names are unique in the plant, "
                        "whatever their case\n");
}

static void test_broken_names_give_no_follow_up_errors_in_inputs(void **state)
{
    (void)state;
    assert_string_equal(errors_of_text(ONE_SENSOR "{nam: A}\n       - {name: B, signal: {inputs: [{from: A}]}}\n"),
                        "7:11: 'nam' is not a key of a sensor; did you mean 'name'?\n");
}

static void test_text_and_checksum_of_the_file_are_kept(void **state)
{
    (void)state;
    static const char yaml[] = "mbplant: 1\nunits: [{id: 1}]\n";
    struct mbp_plant *plant = plant_of_text(yaml);
    assert_int_equal(plant->text.len, sizeof yaml - 1);
    assert_memory_equal(plant->text.bytes, yaml, sizeof yaml - 1);
    assert_ptr_not_equal(plant->text.bytes, yaml);
    assert_int_equal(plant->text_crc, mbp_crc32(0, yaml, sizeof yaml - 1));
    mbp_plant_free(plant);
}

static void test_find_knows_each_name_once_and_no_other(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_config("bottling.yaml");
    for (uint32_t s = 0; s < plant->sensor_count; s++) {
        assert_int_equal(mbp_plant_find_sensor(plant, plant->sensors[s].name), s);
        assert_int_equal(mbp_plant_find_machine(plant, plant->sensors[s].name), UINT32_MAX);
    }
    for (uint32_t m = 0; m < plant->machine_count; m++) {
        assert_int_equal(mbp_plant_find_machine(plant, plant->machines[m].name), m);
    }
    assert_int_equal(mbp_plant_find_sensor(plant, ""), UINT32_MAX);
    assert_int_equal(mbp_plant_find_sensor(plant, "tt101"), mbp_plant_find_sensor(plant, "TT101"));
    mbp_plant_free(plant);
}

static void test_free_of_nothing_does_nothing(void **state)
{
    (void)state;
    mbp_plant_free(NULL);
}

/* ---- the plants that ship ------------------------------------------------------------------------------------- */

static void test_hello_is_one_machine_and_two_sensors_at_addresses_0_and_1(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_config("hello.yaml");
    assert_int_equal(plant->machine_count, 1);
    assert_int_equal(plant->sensor_count, 2);
    assert_int_equal(plant->sensors[0].reg.addr, 0);
    assert_int_equal(plant->sensors[1].reg.addr, 1);
    mbp_plant_free(plant);
}

static void test_bottling_has_what_the_readme_uses(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_config("bottling.yaml");
    assert_int_equal(plant->unit_count, 3);
    assert_int_equal(plant->machine_count, 5);
    assert_true(plant->sensor_count >= 16);
    assert_int_equal(mbp_plant_find_machine(plant, "FILL1"), 0);
    const struct mbp_sensor *sensor = sensor_of(plant, "TT101");
    assert_int_equal(sensor->unit, 0);
    assert_int_equal(sensor->machine, 0);
    assert_int_equal(sensor->reg.addr, 0);
    assert_same_number(sensor->limits[MBP_HIGH], 85);
    mbp_plant_free(plant);
}

static void test_bottling_shows_the_kinds_types_and_orders_there_are(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_config("bottling.yaml");
    unsigned kinds = 0, types = 0, orders = 0;
    for (uint32_t s = 0; s < plant->sensor_count; s++) {
        const struct mbp_sensor *sensor = &plant->sensors[s];
        kinds |= 1u << sensor->kind;
        types |= 1u << sensor->reg.type;
        orders |= sensor->reg.words > 1 ? 1u << sensor->reg.order : 0;
    }
    unsigned wanted_kinds = 1u << MBP_TEMPERATURE | 1u << MBP_PRESSURE | 1u << MBP_LEVEL | 1u << MBP_FLOW |
                            1u << MBP_SPEED | 1u << MBP_VIBRATION | 1u << MBP_CURRENT;
    unsigned wanted_types =
        1u << MBP_INT16 | 1u << MBP_UINT16 | 1u << MBP_INT32 | 1u << MBP_FLOAT32 | 1u << MBP_FLOAT64;
    assert_int_equal(kinds & wanted_kinds, wanted_kinds);
    assert_int_equal(types & wanted_types, wanted_types);
    assert_int_equal(orders, (1u << MBP_ORDER_COUNT) - 1);
    mbp_plant_free(plant);
}

static void test_plants_that_ship_never_trip_by_themselves_in_any_state(void **state)
{
    (void)state;
    static const char *const names[] = {"hello.yaml", "bottling.yaml"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct mbp_plant *plant = plant_of_config(names[i]);
        char *summary = summary_of(plant);
        assert_null(strstr(summary, "warning"));
        free(summary);
        mbp_plant_free(plant);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_example_of_the_design_loads_as_it_is_written),
        cmocka_unit_test(test_every_key_is_stored),
        cmocka_unit_test(test_defaults_stand_in_for_all_that_is_missing),
        cmocka_unit_test(test_http_may_be_off_in_both_forms),
        cmocka_unit_test(test_states_have_synonyms),
        cmocka_unit_test(test_another_format_version_is_refused),
        cmocka_unit_test(test_plant_without_units_is_refused),
        cmocka_unit_test(test_item_that_is_no_group_shows_the_keys),
        cmocka_unit_test(test_names_of_machines_and_sensors_are_one_space),
        cmocka_unit_test(test_broken_names_give_no_follow_up_errors_in_inputs),
        cmocka_unit_test(test_text_and_checksum_of_the_file_are_kept),
        cmocka_unit_test(test_find_knows_each_name_once_and_no_other),
        cmocka_unit_test(test_free_of_nothing_does_nothing),
        cmocka_unit_test(test_hello_is_one_machine_and_two_sensors_at_addresses_0_and_1),
        cmocka_unit_test(test_bottling_has_what_the_readme_uses),
        cmocka_unit_test(test_bottling_shows_the_kinds_types_and_orders_there_are),
        cmocka_unit_test(test_plants_that_ship_never_trip_by_themselves_in_any_state),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
