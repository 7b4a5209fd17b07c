/* Actuators: their keys, their defaults, their addresses, and each mistake. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mbplant/map.h"
#include "plant_fixture.h"

static const struct mbp_actuator *actuator_of(const struct mbp_plant *plant, const char *name)
{
    uint32_t a = mbp_plant_find_actuator(plant, name);
    assert_int_not_equal(a, UINT32_MAX);
    return &plant->actuators[a];
}

static void test_actuator_without_keys_is_an_output_of_0_to_100_percent(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_file("actuators.yaml");
    const struct mbp_actuator *plain = actuator_of(plant, "PLAIN1");
    assert_int_equal(plain->kind, MBP_OUTPUT);
    assert_string_equal(plain->unit_text, "%");
    assert_false(plain->on_off);
    assert_same_number(plain->range[0], 0);
    assert_same_number(plain->range[1], 100);
    assert_same_number(plain->initial, 0);
    assert_int_equal(plain->travel_ns, 0);
    assert_same_number(plain->fail[MBP_EN_PANNE], NAN);
    assert_int_equal(plain->reg.type, MBP_INT16);
    assert_same_number(plain->reg.scale, 0.1);
    mbp_plant_free(plant);
}

static void test_actuator_with_every_key_has_them_all(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_file("actuators.yaml");
    const struct mbp_actuator *valve = actuator_of(plant, "FV202");
    assert_string_equal(valve->label, "Inlet 2 of 2");
    assert_int_equal(valve->kind, MBP_VALVE);
    assert_string_equal(valve->unit_text, "mm");
    assert_same_number(valve->range[0], -5);
    assert_same_number(valve->range[1], 50);
    assert_same_number(valve->initial, 10);
    assert_int_equal(valve->travel_ns, 20 * MBP_NS_PER_S);
    assert_same_number(valve->fail[MBP_EN_SERVICE], NAN);
    assert_same_number(valve->fail[MBP_EN_PANNE], -5);
    assert_same_number(valve->fail[MBP_MAINTENANCE], 12.5);
    assert_int_equal(valve->machine, mbp_plant_find_machine(plant, "TANK2"));
    const struct mbp_actuator *pump = actuator_of(plant, "P1");
    assert_true(pump->on_off);
    assert_string_equal(pump->unit_text, "");
    assert_same_number(pump->range[1], 1);
    assert_same_number(pump->initial, 1);
    assert_same_number(pump->fail[MBP_MAINTENANCE], 0);
    assert_int_equal(actuator_of(plant, "SP1")->machine, UINT32_MAX);
    mbp_plant_free(plant);
}

static void test_input_from_an_actuator_comes_after_the_sensors(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_file("actuators.yaml");
    const struct mbp_input *input = &plant->inputs[sensor_of(plant, "LT2")->first_input];
    assert_int_equal(input[0].from, plant->sensor_count + mbp_plant_find_actuator(plant, "FV201"));
    assert_string_equal(mbp_input_source(plant, input[1].from), "P2");
    assert_int_equal(input[1].times, MBP_TIMES_NONE);
    assert_int_equal(input[1].function, MBP_LINEAR);
    assert_int_equal(input[2].times, mbp_plant_find_actuator(plant, "FV202"));
    assert_int_equal(input[2].function, MBP_SQUARE_ROOT);
    mbp_plant_free(plant);
}

static void test_commands_stand_in_coils_and_registers_of_their_own(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_file("actuators.yaml");
    assert_int_equal(actuator_of(plant, "PLAIN1")->reg.addr, 7000);
    assert_int_equal(actuator_of(plant, "PLAIN2")->reg.addr,
                     7005); /* where it stands whether the FV have an `at:` or not */
    assert_int_equal(actuator_of(plant, "FV101")->reg.addr, 100);
    assert_int_equal(actuator_of(plant, "FV202")->reg.addr, 106);
    assert_int_equal(actuator_of(plant, "P1")->reg.addr, 5003); /* coil of the fourth actuator */
    assert_int_equal(actuator_of(plant, "P2")->reg.addr, 5007);
    struct mbp_point point;
    assert_true(mbp_map_point_at(plant, 0, MBP_INPUT_REGISTERS, 7013, &point));
    assert_string_equal(point.name, "P1.position");
    assert_true(mbp_map_point_at(plant, 0, MBP_COILS, 5007, &point));
    assert_string_equal(point.name, "P2");
    assert_true(point.writable);
    assert_false(mbp_map_point_at(plant, 0, MBP_COILS, 5002, &point));
    mbp_plant_free(plant);
}

static void test_plant_without_actuators_has_no_address_of_theirs(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_file("all_keys.yaml");
    struct mbp_point point;
    assert_int_equal(plant->actuator_count, 0);
    assert_false(mbp_map_point_at(plant, 0, MBP_INPUT_REGISTERS, 7000, &point));
    assert_false(mbp_map_point_at(plant, 0, MBP_HOLDING_REGISTERS, 7000, &point));
    assert_false(mbp_map_point_at(plant, 0, MBP_COILS, 5000, &point));
    mbp_plant_free(plant);
}

static void test_actuator_mistakes_are_told_each_at_its_place(void **state)
{
    (void)state;
    assert_string_equal(
        errors_of_file("actuator_mistakes.yaml"),
        "7:30: 'kind' is 'valv'; allowed is one of valve, damper, pump, fan, motor, heater, setpoint, output; did you "
        "mean 'valve'?\n"
        "8:48: an on/off actuator is commanded by a bit; its register says which: at: coil 3, or at: holding 8 with "
        "bit: 0\n"
        "9:41: an actuator's command is a number; for an on/off one write on_off: true\n"
        "10:33: 'initial' is 120, outside the range 0..100\n"
        "11:47: an on/off actuator is either on or off\n"
        "12:30: 'fail' is 101, outside the range 0..100\n"
        "13:31: 'fail' is given for en_panne and maintenance; en_service is when the command counts\n"
        "14:31: the range does not fit int16 with scale 0.1 (-3276.8..3276.7); choose another type or scale in "
        "'register'\n"
        "15:31: the range is reversed; write the lower end first\n"
        "16:33: 'travel' is '20'; allowed is a duration 0s..1d, a number with its unit (us ms s min h d)\n"
        "17:20: the name 'TANK1' is taken by the machine in line 5; names are unique in the plant\n"
        "18:20: a name may not end in '.position': that is how the map calls points of a machine or sensor\n"
        "20:27: 'fail' says where it goes when its machine is not en_service, and this actuator belongs to none; "
        "remove it\n");
}

static void test_actuator_at_a_taken_address_is_an_overlap(void **state)
{
    (void)state;
    assert_string_equal(errors_of_text("mbplant: 1\n"
                                       "units:\n"
                                       "  - id: 1\n"
                                       "    sensors:\n"
                                       "      - {name: T1}\n"
                                       "    actuators:\n"
                                       "      - {name: A1, register: {at: 0}}\n"),
                        "7:35: actuator A1 (holding_registers 0..0) overlaps T1 (line 5) at address 0; choose another "
                        "'at'\n");
}

static void test_unknown_source_of_an_input_may_be_an_actuators_name_misspelt(void **state)
{
    (void)state;
    assert_string_equal(errors_of_text("mbplant: 1\n"
                                       "units:\n"
                                       "  - id: 1\n"
                                       "    sensors:\n"
                                       "      - {name: T1, signal: {inputs: [{from: VALVE2}]}}\n"
                                       "    actuators:\n"
                                       "      - {name: VALVE1}\n"),
                        "5:45: there is no sensor 'VALVE2' in the plant; did you mean 'VALVE1'?\n");
}

static void test_summary_counts_actuators(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_file("actuators.yaml");
    char *summary = summary_of(plant);
    assert_non_null(strstr(summary, "2 machines, 2 sensors, 9 actuators\n"));
    free(summary);
    mbp_plant_free(plant);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_actuator_without_keys_is_an_output_of_0_to_100_percent),
        cmocka_unit_test(test_actuator_with_every_key_has_them_all),
        cmocka_unit_test(test_input_from_an_actuator_comes_after_the_sensors),
        cmocka_unit_test(test_commands_stand_in_coils_and_registers_of_their_own),
        cmocka_unit_test(test_plant_without_actuators_has_no_address_of_theirs),
        cmocka_unit_test(test_actuator_mistakes_are_told_each_at_its_place),
        cmocka_unit_test(test_actuator_at_a_taken_address_is_an_overlap),
        cmocka_unit_test(test_unknown_source_of_an_input_may_be_an_actuators_name_misspelt),
        cmocka_unit_test(test_summary_counts_actuators),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
