/* Controllers: their keys, their addresses, and what must hold between them. */
#include <math.h>
#include <stdlib.h>

#include "mbplant/map.h"
#include "plant_fixture.h"

static const struct mbp_controller *controller_of(const struct mbp_plant *plant, const char *name)
{
    uint32_t c = mbp_plant_find_controller(plant, name);
    assert_int_not_equal(c, UINT32_MAX);
    return &plant->controllers[c];
}

static void test_controller_with_every_key_has_them_all(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_file("controllers.yaml");
    const struct mbp_controller *flow = controller_of(plant, "FIC2");
    static const double settings[MBP_SETTING_COUNT] = {20, 0.8, 30, 1.5, 5, 95, 35};
    for (unsigned i = 0; i < MBP_SETTING_COUNT; i++) {
        assert_same_number(flow->setting[i], settings[i]);
    }
    assert_string_equal(flow->label, "Feedwater flow");
    assert_int_equal(flow->input, mbp_plant_find_sensor(plant, "FT2"));
    assert_int_equal(flow->output, mbp_plant_find_actuator(plant, "FV2"));
    assert_int_equal(flow->outer, mbp_plant_find_controller(plant, "LIC2"));
    assert_true(flow->direct);
    assert_false(flow->automatic);
    assert_int_equal(flow->feed_count, 2);
    assert_same_number(flow->feeds[0].gain, 2.5);
    assert_string_equal(mbp_input_source(plant, flow->feeds[1].from), "HV2");
    const struct mbp_controller *level = controller_of(plant, "LIC2");
    assert_int_equal(level->output, UINT32_MAX);
    assert_int_equal(level->inner, mbp_plant_find_controller(plant, "FIC2"));
    assert_true(level->automatic);
    assert_same_number(level->setting[MBP_SET_HIGH], 40); /* of what it gives the setpoint of */
    assert_same_number(level->setting[MBP_SET_MANUAL], 20);
    mbp_plant_free(plant);
}

static void test_settings_and_modes_have_addresses_of_their_own(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_file("controllers.yaml");
    struct mbp_point point;
    assert_true(mbp_map_point_at(plant, 0, MBP_HOLDING_REGISTERS, 8016, &point));
    assert_string_equal(point.name, "LIC1.setpoint");
    assert_string_equal(point.unit_text, "%");
    assert_true(mbp_map_point_at(plant, 0, MBP_HOLDING_REGISTERS, 8044, &point));
    assert_string_equal(point.name, "FIC2.manual");
    assert_false(mbp_map_point_at(plant, 0, MBP_HOLDING_REGISTERS, 8046, &point));
    assert_true(mbp_map_point_at(plant, 0, MBP_COILS, 6003, &point));
    assert_string_equal(point.name, "LIC2.automatic");
    assert_true(mbp_map_point_at(plant, 0, MBP_INPUT_REGISTERS, 8008, &point));
    assert_string_equal(point.name, "LIC1.output");
    assert_string_equal(point.unit_text, "t/h");
    mbp_plant_free(plant);
}

static void test_print_of_controllers_loads_to_the_same_text(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_file("controllers.yaml");
    char *once = config_of(plant);
    struct mbp_plant *back = plant_of_text(once);
    char *twice = config_of(back);
    assert_string_equal(once, twice);
    assert_int_equal(back->controller_count, 4);
    for (unsigned i = 0; i < MBP_SETTING_COUNT; i++) {
        assert_same_number(back->controllers[0].setting[i], plant->controllers[0].setting[i]);
    }
    free(once);
    free(twice);
    mbp_plant_free(back);
    mbp_plant_free(plant);
}

static void test_controller_mistakes_are_told_each_at_its_place(void **state)
{
    (void)state;
    assert_string_equal(
        errors_of_file("controller_mistakes.yaml"),
        "7:27: there is no sensor 'T9' in the plant\n"
        "8:39: A2 is on/off; a controller needs an actuator that it can set in between, or type: two_position, low: "
        ".., "
        "high: .. to switch it\n"
        "10:39: A3 is moved by C3 already; each actuator has one controller\n"
        "10:53: 'setpoint' is 101, outside the range 0..100\n"
        "11:9: C5 moves nothing: it needs an 'output', or another controller with 'cascade: C5'\n"
        "12:9: C6 moves nothing: it needs an 'output', or another controller with 'cascade: C6'\n"
        "12:40: a controller cannot give its own setpoint\n"
        "13:39: A1 is moved by C1 already; each actuator has one controller\n"
        "13:57: 'output_range' is 120, outside the range 0..100\n"
        "14:39: A1 is moved by C1 already; each actuator has one controller\n"
        "14:52: C3 has an 'output' of its own; in a cascade its output is the setpoint of C8: remove one\n"
        "14:99: there is no sensor or actuator 'T7' in the plant\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_controller_with_every_key_has_them_all),
        cmocka_unit_test(test_settings_and_modes_have_addresses_of_their_own),
        cmocka_unit_test(test_print_of_controllers_loads_to_the_same_text),
        cmocka_unit_test(test_controller_mistakes_are_told_each_at_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
