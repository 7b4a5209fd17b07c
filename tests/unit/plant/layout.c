/* The register map: where the default puts everything, what moves, what may not meet. */
#include <stdio.h>
#include <string.h>

#include "plant_fixture.h"

/* A unit of so many machines and sensors of a type, loaded. */
static struct mbp_plant *plant_of_size(unsigned machines, unsigned sensors, const char *type)
{
    char text[512];
    snprintf(text, sizeof text,
             "mbplant: 1\nunits:\n - id: 1\n   machines: [{name: 'M{n}', repeat: %u}]\n"
             "   sensors: [{name: 'S{n}', repeat: %u, register: {type: %s}}]\n",
             machines, sensors, type);
    return plant_of_text(text);
}

static void test_bases_of_a_small_unit_are_the_default_ones(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_size(5, 16, "int16");
    const struct mbp_layout *layout = &plant->units[0].layout;
    assert_int_equal(layout->coil_forced, 1000);
    assert_int_equal(layout->coil_shelved, 2000);
    assert_int_equal(layout->discrete_machines, 4000);
    assert_int_equal(layout->holding_limits, 1000);
    assert_int_equal(layout->input_machines, 100);
    assert_int_equal(layout->input_sensors, 1000);
    assert_int_equal(layout->input_events, 5000);
    mbp_plant_free(plant);
}

static void test_base_stays_while_the_block_before_just_fits(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_size(125, 1000, "int16");
    const struct mbp_layout *layout = &plant->units[0].layout;
    assert_int_equal(layout->coil_forced, 1000);    /* 125 x 8 coils end at 1000 */
    assert_int_equal(layout->coil_shelved, 2000);   /* 1000 forced coils end at 2000 */
    assert_int_equal(layout->holding_limits, 1000); /* 1000 words end at 1000 */
    assert_int_equal(layout->input_sensors, 3000);  /* 100 + 125 x 16 = 2100 */
    assert_int_equal(layout->input_events, 5000);   /* 3000 + 2000 */
    assert_int_equal(layout->discrete_machines, 8000);
    mbp_plant_free(plant);
}

static void test_base_moves_to_the_next_thousand_when_outgrown_by_one(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_size(126, 1001, "int16");
    const struct mbp_layout *layout = &plant->units[0].layout;
    assert_int_equal(layout->coil_forced, 2000);
    assert_int_equal(layout->coil_shelved, 4000);
    assert_int_equal(layout->discrete_machines, 9000);
    assert_int_equal(layout->holding_limits, 2000);
    assert_int_equal(layout->input_sensors, 3000);
    assert_int_equal(layout->input_events, 6000);
    mbp_plant_free(plant);
}

static void test_largest_unit_fits(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_size(1000, 4000, "float32");
    const struct mbp_layout *layout = &plant->units[0].layout;
    assert_int_equal(layout->coil_forced, 8000);
    assert_int_equal(layout->coil_shelved, 12000);
    assert_int_equal(layout->discrete_machines, 32000);
    assert_int_equal(layout->holding_limits, 8000);
    assert_int_equal(layout->input_sensors, 17000);
    assert_int_equal(layout->input_events, 25000);
    assert_int_equal(plant->sensors[3999].reg.addr, 7998);
    assert_int_equal(plant->sensors[3999].reg.limits_addr, 8000 + 3999 * 8);
    mbp_plant_free(plant);
}

static void test_values_and_limits_stand_one_after_another_in_their_types(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text(ONE_SENSOR "{name: A}\n"
                                                       "       - {name: B, register: {type: float32}}\n"
                                                       "       - {name: C, register: {type: bool}}\n"
                                                       "       - {name: D, register: {type: string(5)}}\n"
                                                       "       - {name: E, register: {type: float64}}\n"
                                                       "       - {name: F}\n");
    static const unsigned addr[] = {0, 1, 3, 4, 9, 13}, limits[] = {1000, 1004, 0, 0, 1012, 1028};
    for (unsigned s = 0; s < 6; s++) {
        assert_int_equal(plant->sensors[s].reg.addr, addr[s]);
        assert_int_equal(plant->sensors[s].reg.limits_addr, limits[s]);
    }
    mbp_plant_free(plant);
}

static void test_at_moves_its_own_sensor_and_no_other(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text(ONE_SENSOR "{name: A}\n"
                                                       "       - {name: B, register: {at: 50, type: float32}}\n"
                                                       "       - {name: C}\n");
    assert_int_equal(plant->sensors[0].reg.addr, 0);
    assert_int_equal(plant->sensors[1].reg.addr, 50);
    assert_int_equal(plant->sensors[2].reg.addr, 3);
    mbp_plant_free(plant);
}

static void test_at_on_the_place_of_another_blames_the_one_that_moved(void **state)
{
    (void)state;
    assert_string_equal(errors_of_text(ONE_SENSOR "{name: A, register: {at: 1}}\n       - {name: B}\n"),
                        "7:35: A (holding_registers 1..1) overlaps B (line 8) at address 1; choose another 'at'\n");
}

static void test_at_may_swap_two_places(void **state)
{
    (void)state;
    mbp_plant_free(plant_of_text(ONE_SENSOR "{name: A, register: {at: 1}}\n       - {name: B, register: {at: 0}}\n"));
}

static void test_at_on_limits_is_an_overlap(void **state)
{
    (void)state;
    assert_string_equal(errors_of_text(ONE_SENSOR "{name: A, register: {at: 1003}}"),
                        "7:35: A (holding_registers 1003..1003) overlaps the limits of A (line 7) at address 1003; "
                        "choose another 'at'\n");
}

static void test_at_beyond_the_last_register_is_refused(void **state)
{
    (void)state;
    assert_string_equal(errors_of_text(ONE_SENSOR "{name: A, register: {at: 65535, type: float32}}"),
                        "7:35: no room for the value of A: it would end at holding register 65536; allowed is up to "
                        "65535: spread the sensors over more units, or take shorter types\n");
    mbp_plant_free(plant_of_text(ONE_SENSOR "{name: A, register: {at: 65534, type: float32}}"));
}

static void test_limits_beyond_the_last_register_are_refused_once(void **state)
{
    (void)state;
    assert_string_equal(
        errors_of_text(
            "mbplant: 1\nunits: [{id: 1, sensors: [{name: 'S{n}', repeat: 4000, register: {type: float64}}]}]\n"),
        "2:66: no room for the limits of S3097: it would end at holding register 65551; allowed is up to 65535: spread "
        "the sensors over more units, or take shorter types\n");
}

/* One raw point on each block of the map: every table knows what stands there. */
static void test_raw_points_meet_each_part_of_the_map(void **state)
{
    (void)state;
    static const struct {
        const char *table;
        unsigned at;
        const char *with;
    } cases[] = {
        {"coils", 3, "machine M (line 5) at address 3"},
        {"coils", 1000, "the forced or shelved coil of S (line 7) at address 1000"},
        {"coils", 2000, "the forced or shelved coil of S (line 7) at address 2000"},
        {"discrete_inputs", 7, "the alarm bits of S (line 7) at address 7"},
        {"discrete_inputs", 4002, "machine M (line 5) at address 4002"},
        {"holding_registers", 0, "S (line 7) at address 0"},
        {"holding_registers", 1003, "the limits of S (line 7) at address 1003"},
        {"input_registers", 0, "the plant's summary (line 3) at address 0"},
        {"input_registers", 23, "the plant's summary (line 3) at address 23"},
        {"input_registers", 115, "machine M (line 5) at address 115"},
        {"input_registers", 1001, "the float32 copy of S (line 7) at address 1001"},
        {"input_registers", 6279, "the recent events (line 3) at address 6279"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[512], wanted[256];
        snprintf(text, sizeof text, ONE_SENSOR "{name: S}\n    tables: {%s: [{at: %u, count: 1}]}\n", cases[i].table,
                 cases[i].at);
        snprintf(wanted, sizeof wanted, "the block at %u (%s %u..%u) overlaps %s; choose another 'at'\n", cases[i].at,
                 cases[i].table, cases[i].at, cases[i].at, cases[i].with);
        assert_non_null(strstr(errors_of_text(text), wanted));
    }
}

static void test_raw_points_beside_the_map_are_free(void **state)
{
    (void)state;
    static const struct {
        const char *table;
        unsigned at;
    } free_ones[] = {{"coils", 4},
                     {"coils", 1001},
                     {"discrete_inputs", 8},
                     {"discrete_inputs", 4003},
                     {"holding_registers", 1},
                     {"holding_registers", 1004},
                     {"input_registers", 24},
                     {"input_registers", 116},
                     {"input_registers", 1002},
                     {"input_registers", 6286}};
    for (size_t i = 0; i < sizeof free_ones / sizeof free_ones[0]; i++) {
        char text[512];
        snprintf(text, sizeof text, ONE_SENSOR "{name: S}\n    tables: {%s: [{at: %u, count: 1}]}\n",
                 free_ones[i].table, free_ones[i].at);
        mbp_plant_free(plant_of_text(text));
    }
}

static void test_unit_of_tables_alone_has_all_addresses_free(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text(
        ONE_UNIT_TABLES "{coils: [{at: 0, count: 65536}], discrete_inputs: [{at: 0, count: 65536}], holding_registers: "
                        "[{at: 0, count: 65536}], input_registers: [{at: 0, count: 65536}]}");
    assert_int_equal(plant->units[0].sensor_count, 0);
    mbp_plant_free(plant);
}

static void test_wrong_repeat_hides_overlaps_that_it_would_cause(void **state)
{
    (void)state;
    assert_string_equal(errors_of_text(ONE_SENSOR "{name: 'A{n}', repeat: x}\n       - {name: B, register: {at: 0}}\n"),
                        "7:33: 'repeat' is 'x'; allowed is a whole number 1..4100\n");
}

static void test_alarm_blocks_stand_in_their_usual_places_and_give_way_to_what_the_file_places(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text(ONE_SENSOR "{name: S}\n");
    const struct mbp_layout *layout = &plant->units[0].layout;
    assert_int_equal(layout->coil_acknowledge, 3000);
    assert_int_equal(layout->coil_reset, 4000);
    assert_int_equal(layout->coil_service, 7000);
    assert_int_equal(layout->discrete_alarms, 6000);
    assert_int_equal(layout->holding_shelving, 5000);
    assert_int_equal(layout->input_upkeep, 9000);
    assert_int_equal(layout->input_alarms, 10000);
    assert_int_equal(layout->machine_coils, 6);
    mbp_plant_free(plant);
    plant = plant_of_text(ONE_SENSOR "{name: S, register: {at: 5000}}\n"
                                     "    tables: {coils: [{at: 3000, count: 1200}, {at: 5, count: 1}],\n"
                                     "             discrete_inputs: [{at: 6004, count: 1}]}\n");
    layout = &plant->units[0].layout;
    assert_int_equal(layout->coil_acknowledge, 5000);
    assert_int_equal(layout->coil_reset, 6000);
    assert_int_equal(layout->discrete_alarms, 7000);
    assert_int_equal(layout->holding_shelving, 6000);
    assert_int_equal(layout->machine_coils, 4);
    mbp_plant_free(plant);
}

static void test_alarm_block_without_room_is_left_out_and_the_largest_unit_loads(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text("mbplant: 1\nunits: [{id: 1, sensors: [{name: 'S{n}', repeat: 4000}], "
                                            "machines: [{name: 'M{n}', repeat: 1000}]}]\n");
    const struct mbp_layout *layout = &plant->units[0].layout;
    assert_int_equal(layout->discrete_alarms, 0); /* 32,000 more do not fit beside those of sensors and machines */
    assert_int_not_equal(layout->coil_service, 0);
    assert_int_not_equal(layout->holding_shelving, 0);
    assert_int_not_equal(layout->input_alarms, 0);
    mbp_plant_free(plant);
}

static void test_million_sensors_load_and_leave_out_only_the_alarm_bits(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text(
        "mbplant: 1\nunits: [{id: 1, repeat: 247, machines: [{name: 'M{u}_{n}', repeat: 200, sensors: [{name: "
        "'S{u}_{m}_{n}', repeat: 20}]}], sensors: [{name: 'A{u}_{n}', repeat: 100}]}]\n");
    assert_int_equal(plant->sensor_count, 247 * 4100);
    assert_int_equal(mbp_plant_find_sensor(plant, "A247_100"), 247 * 4100 - 1);
    const struct mbp_layout *layout = &plant->units[246].layout;
    assert_int_equal(layout->discrete_machines, 33000);
    assert_int_equal(layout->discrete_alarms, 0);
    assert_int_not_equal(layout->coil_acknowledge, 0);
    assert_int_not_equal(layout->holding_shelving, 0);
    assert_int_not_equal(layout->input_upkeep, 0);
    assert_int_not_equal(layout->input_alarms, 0);
    mbp_plant_free(plant);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bases_of_a_small_unit_are_the_default_ones),
        cmocka_unit_test(test_base_stays_while_the_block_before_just_fits),
        cmocka_unit_test(test_base_moves_to_the_next_thousand_when_outgrown_by_one),
        cmocka_unit_test(test_largest_unit_fits),
        cmocka_unit_test(test_values_and_limits_stand_one_after_another_in_their_types),
        cmocka_unit_test(test_at_moves_its_own_sensor_and_no_other),
        cmocka_unit_test(test_at_on_the_place_of_another_blames_the_one_that_moved),
        cmocka_unit_test(test_at_may_swap_two_places),
        cmocka_unit_test(test_at_on_limits_is_an_overlap),
        cmocka_unit_test(test_at_beyond_the_last_register_is_refused),
        cmocka_unit_test(test_limits_beyond_the_last_register_are_refused_once),
        cmocka_unit_test(test_raw_points_meet_each_part_of_the_map),
        cmocka_unit_test(test_raw_points_beside_the_map_are_free),
        cmocka_unit_test(test_unit_of_tables_alone_has_all_addresses_free),
        cmocka_unit_test(test_wrong_repeat_hides_overlaps_that_it_would_cause),
        cmocka_unit_test(test_alarm_blocks_stand_in_their_usual_places_and_give_way_to_what_the_file_places),
        cmocka_unit_test(test_alarm_block_without_room_is_left_out_and_the_largest_unit_loads),
        cmocka_unit_test(test_million_sensors_load_and_leave_out_only_the_alarm_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
