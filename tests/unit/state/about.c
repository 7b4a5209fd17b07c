/* Events about machines and sensors, numbered as their unit numbers them. */
#include "fixture.h"

#include <math.h>

#include "mbplant/state.h"

static const char yaml[] = "mbplant: 1\n"
                           "name: About\n"
                           "units:\n"
                           "  - {id: 3, machines: [{name: A, sensors: [{name: S1, kind: level}]}]}\n"
                           "  - id: 17\n"
                           "    machines:\n"
                           "      - {name: B, sensors: [{name: S2, kind: level}]}\n"
                           "      - {name: C, sensors: [{name: S3, kind: level}]}\n"
                           "    sensors: [{name: S4, kind: level}]\n";

static void test_event_about_a_machine_has_its_units_id_and_numbering(void **state)
{
    (void)state;
    struct mbp_plant *plant = fixture_plant(yaml);
    struct mbp_event event = mbp_machine_event(plant, MBP_EV_MACHINE_STATE, mbp_plant_find_machine(plant, "C"));
    assert_int_equal(event.code, MBP_EV_MACHINE_STATE);
    assert_int_equal(event.unit, 17);
    assert_int_equal(event.machine, 1);
    assert_int_equal(event.sensor, MBP_NONE16);
    assert_true(isnan(event.value) && isnan(event.limit));
    assert_int_equal(event.actor, 0);
    assert_int_equal(event.detail, 0);
    mbp_plant_free(plant);
}

static void test_event_about_a_sensor_names_its_machine_or_none(void **state)
{
    (void)state;
    struct mbp_plant *plant = fixture_plant(yaml);
    struct mbp_event event = mbp_sensor_event(plant, MBP_EV_ALARM_RAISED, mbp_plant_find_sensor(plant, "S3"));
    assert_int_equal(event.unit, 17);
    assert_int_equal(event.machine, 1);
    assert_int_equal(event.sensor, 1);
    event = mbp_sensor_event(plant, MBP_EV_ALARM_RAISED, mbp_plant_find_sensor(plant, "S4"));
    assert_int_equal(event.machine, MBP_NONE16);
    assert_int_equal(event.sensor, 2);
    assert_true(isnan(event.value) && isnan(event.limit));
    mbp_plant_free(plant);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_event_about_a_machine_has_its_units_id_and_numbering),
        cmocka_unit_test(test_event_about_a_sensor_names_its_machine_or_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
