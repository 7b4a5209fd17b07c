/* `repeat`: one definition, many things. */
#include <string.h>

#include "plant_fixture.h"

static void test_repeat_of_unit_machine_and_sensor_multiplies(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_file("repeat.yaml");
    assert_int_equal(plant->unit_count, 2);
    assert_int_equal(plant->machine_count, 6);
    assert_int_equal(plant->sensor_count, 2 * (3 * (2 + 1) + 4));
    assert_int_equal(plant->units[0].id, 10);
    assert_int_equal(plant->units[1].id, 11);
    assert_string_equal(plant->units[1].name, "Line 2");
    assert_string_equal(plant->machines[5].name, "M2_3");
    assert_string_equal(plant->machines[5].label, "Machine 3 of line 2");
    mbp_plant_free(plant);
}

static void test_repeat_keeps_file_order_and_what_belongs_together(void **state)
{
    (void)state;
    static const char *const names[] = {"T1_1_1", "T1_1_2", "P1_1", "T1_2_1", "T1_2_2", "P1_2", "T1_3_1",
                                        "T1_3_2", "P1_3",   "A1_1", "A1_2",   "A1_3",   "A1_4"};
    struct mbp_plant *plant = plant_of_file("repeat.yaml");
    for (uint32_t s = 0; s < 13; s++) {
        assert_string_equal(plant->sensors[s].name, names[s]);
        assert_int_equal(plant->sensors[s].unit, 0);
        assert_int_equal(plant->sensors[s].machine, s < 9 ? s / 3 : UINT32_MAX);
    }
    assert_int_equal(plant->machines[4].first_sensor, 13 + 3);
    assert_int_equal(plant->machines[4].sensor_count, 3);
    assert_int_equal(plant->units[1].first_sensor, 13);
    assert_int_equal(plant->units[1].first_machine, 3);
    mbp_plant_free(plant);
}

static void test_repeat_shares_the_signal_and_the_texts(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_file("repeat.yaml");
    assert_ptr_equal(sensor_of(plant, "A1_1")->signal, sensor_of(plant, "A2_4")->signal);
    assert_ptr_equal(sensor_of(plant, "A1_1")->unit_text, sensor_of(plant, "A2_4")->unit_text);
    assert_string_equal(sensor_of(plant, "T2_3_2")->label, "no 2");
    mbp_plant_free(plant);
}

static void test_sensors_that_say_the_same_share_the_signal_and_the_texts(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text("mbplant: 1\nunits:\n- id: 1\n  sensors:\n"
                                            "  - {name: A, unit: bar, signal: {base: 5, noise: 1}}\n"
                                            "  - {name: B, unit: bar, signal: {noise: 1, base: 5}}\n"
                                            "  - {name: C, unit: bars, signal: {base: 5, noise: 2}}\n");
    assert_ptr_equal(plant->sensors[0].signal, plant->sensors[1].signal);
    assert_ptr_equal(plant->sensors[0].unit_text, plant->sensors[1].unit_text);
    assert_ptr_not_equal(plant->sensors[0].signal, plant->sensors[2].signal);
    assert_string_equal(plant->sensors[2].unit_text, "bars");
    mbp_plant_free(plant);
}

static void test_as_many_signals_as_sensors_stay_each_its_own(void **state)
{
    (void)state;
    char yaml[64 * 400] = "mbplant: 1\nunits:\n- id: 1\n  sensors:\n";
    for (int i = 0; i < 300; i++)
        sprintf(yaml + strlen(yaml), "  - {name: S%d, signal: {base: %d}}\n", i, i % 150);
    struct mbp_plant *plant = plant_of_text(yaml);
    for (uint32_t i = 0; i < 300; i++) {
        assert_float_equal(plant->sensors[i].signal->base[MBP_EN_SERVICE], (double)(i % 150), 0);
        assert_ptr_equal(plant->sensors[i].signal, plant->sensors[i % 150].signal);
    }
    mbp_plant_free(plant);
}

static void test_repeat_places_instances_after_each_other_in_each_unit(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_file("repeat.yaml");
    assert_int_equal(sensor_of(plant, "T1_1_1")->reg.addr, 100);
    assert_int_equal(sensor_of(plant, "T1_1_2")->reg.addr, 102);
    assert_int_equal(sensor_of(plant, "T1_2_1")->reg.addr, 104);
    assert_int_equal(sensor_of(plant, "T1_3_2")->reg.addr, 110);
    assert_int_equal(sensor_of(plant, "T2_1_1")->reg.addr, 100);
    mbp_plant_free(plant);
}

static void test_repeat_fills_the_names_that_inputs_refer_to(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_file("repeat.yaml");
    const struct mbp_sensor *sensor = sensor_of(plant, "P2_3");
    assert_int_equal(sensor->input_count, 1);
    assert_int_equal(plant->inputs[sensor->first_input].from, mbp_plant_find_sensor(plant, "T2_3_2"));
    mbp_plant_free(plant);
}

static void test_repeat_without_its_counter_in_the_name_is_one_mistake(void **state)
{
    (void)state;
    assert_string_equal(errors_of_text(ONE_SENSOR "{name: S, repeat: 100}"),
                        "7:17: 'repeat' makes several of 'S'; put {n} in the name, it counts the repeats from 1\n");
    assert_string_equal(
        errors_of_text("mbplant: 1\nunits: [{id: 1, machines: [{name: 'M{n}', repeat: 2, sensors: [{name: S}]}]}]\n"),
        "2:71: 'repeat' makes several of 'S'; put {m} in the name, it counts the machines from 1\n");
    assert_string_equal(errors_of_text("mbplant: 1\nunits: [{id: 1, repeat: 2, sensors: [{name: S}]}]\n"),
                        "2:45: 'repeat' makes several of 'S'; put {u} in the name, it counts the units from 1\n");
}

static void test_repeat_of_a_machine_counts_with_n_or_m(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text(
        "mbplant: 1\nunits: [{id: 1, machines: [{name: 'A{n}', repeat: 2}, {name: 'B{m}', repeat: 2}]}]\n");
    assert_string_equal(plant->machines[1].name, "A2");
    assert_string_equal(plant->machines[3].name, "B2");
    mbp_plant_free(plant);
}

static void test_repeat_whose_names_meet_is_told_with_the_name(void **state)
{
    (void)state;
    assert_string_equal(errors_of_text("mbplant: 1\nunits:\n - id: 1\n   machines:\n"
                                       "    - {name: 'M{n}', repeat: 11, sensors: [{name: 'T{m}{n}', repeat: 11}]}\n"),
                        "5:51: the name 'T111' is taken by the sensor in line 5; names are unique in the plant\n");
}

static void test_repeat_whose_names_grow_too_long_is_refused(void **state)
{
    (void)state;
    assert_string_equal(errors_of_text(ONE_SENSOR "{name: 'A23456789012345678901234567890{n}', repeat: 1000}"),
                        "7:17: the name 'A23456789012345678901234567890{n}' grows longer than 32 characters; shorten "
                        "it\n");
}

static void test_machines_counter_in_a_units_own_sensor_is_refused(void **state)
{
    (void)state;
    assert_string_equal(errors_of_text("mbplant: 1\nunits: [{id: 1, sensors: [{name: 'S{m}'}]}]\n"),
                        "2:34: {m} counts machines, and this belongs to none; allowed are {n} and {u}\n");
}

static void test_repeat_beyond_what_a_unit_holds_is_refused(void **state)
{
    (void)state;
    assert_string_equal(
        errors_of_text("mbplant: 1\nunits: [{id: 1, machines: [{name: 'M{n}', repeat: 1000, sensors: [{name: "
                       "'S{m}_{n}', repeat: 5}]}]}]\n"),
        "2:9: the unit has 5000 sensors; allowed are 4100: spread them over more units\n");
    assert_string_equal(errors_of_text("mbplant: 1\nunits: [{id: 1, machines: [{name: 'M{n}', repeat: 1000}, {name: "
                                       "X}]}]\n"),
                        "2:9: the unit has 1001 machines; allowed are 1000: spread them over more units\n");
    assert_string_equal(errors_of_text("mbplant: 1\nunits: [{id: 2, repeat: 255}]\n"),
                        "2:25: unit ids 2..256 are needed; allowed are ids up to 255\n");
}

static void test_repeat_to_the_last_machine_and_sensor_of_a_unit_loads(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text("mbplant: 1\nunits: [{id: 1, repeat: 25, machines: [{name: 'M{u}_{n}', "
                                            "repeat: 1000, sensors: [{name: 'S{u}_{m}_{n}', repeat: 4}]}]}]\n");
    assert_int_equal(plant->machine_count, 25000);
    assert_int_equal(plant->sensor_count, 100000);
    assert_int_equal(mbp_plant_find_sensor(plant, "S25_1000_4"), 99999);
    assert_int_equal(mbp_plant_find_machine(plant, "M20_7"), 19 * 1000 + 6);
    assert_int_equal(mbp_plant_find_sensor(plant, "M20_7"), UINT32_MAX);
    mbp_plant_free(plant);
}

static void test_repeat_to_the_last_unit_id_loads(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text("mbplant: 1\nunits: [{id: 0, repeat: 256}]\n");
    assert_int_equal(plant->unit_count, 256);
    assert_int_equal(plant->units[255].id, 255);
    assert_string_equal(plant->units[255].name, "Unit 255");
    mbp_plant_free(plant);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_repeat_of_unit_machine_and_sensor_multiplies),
        cmocka_unit_test(test_repeat_keeps_file_order_and_what_belongs_together),
        cmocka_unit_test(test_repeat_shares_the_signal_and_the_texts),
        cmocka_unit_test(test_sensors_that_say_the_same_share_the_signal_and_the_texts),
        cmocka_unit_test(test_as_many_signals_as_sensors_stay_each_its_own),
        cmocka_unit_test(test_repeat_places_instances_after_each_other_in_each_unit),
        cmocka_unit_test(test_repeat_fills_the_names_that_inputs_refer_to),
        cmocka_unit_test(test_repeat_without_its_counter_in_the_name_is_one_mistake),
        cmocka_unit_test(test_repeat_of_a_machine_counts_with_n_or_m),
        cmocka_unit_test(test_repeat_whose_names_meet_is_told_with_the_name),
        cmocka_unit_test(test_repeat_whose_names_grow_too_long_is_refused),
        cmocka_unit_test(test_machines_counter_in_a_units_own_sensor_is_refused),
        cmocka_unit_test(test_repeat_beyond_what_a_unit_holds_is_refused),
        cmocka_unit_test(test_repeat_to_the_last_machine_and_sensor_of_a_unit_loads),
        cmocka_unit_test(test_repeat_to_the_last_unit_id_loads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
