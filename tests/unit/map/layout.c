/* The register map: where the default puts everything, what moves, what may not meet. */
#include <stdio.h>
#include <string.h>

#include "mbplant/map.h"
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
    assert_int_equal(layout->base[MBP_MAP_FORCED], 1000);
    assert_int_equal(layout->base[MBP_MAP_SHELVED], 2000);
    assert_int_equal(layout->base[MBP_MAP_MACHINE_BITS], 4000);
    assert_int_equal(layout->base[MBP_MAP_LIMITS], 1000);
    assert_int_equal(layout->base[MBP_MAP_MACHINES], 100);
    assert_int_equal(layout->base[MBP_MAP_FLOATS], 1000);
    assert_int_equal(layout->base[MBP_MAP_EVENTS], 5000);
    mbp_plant_free(plant);
}

static void test_base_stays_while_the_block_before_just_fits(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_size(125, 1000, "int16");
    const struct mbp_layout *layout = &plant->units[0].layout;
    assert_int_equal(layout->base[MBP_MAP_FORCED], 1000);  /* 125 x 8 coils end at 1000 */
    assert_int_equal(layout->base[MBP_MAP_SHELVED], 2000); /* 1000 forced coils end at 2000 */
    assert_int_equal(layout->base[MBP_MAP_LIMITS], 1000);  /* 1000 words end at 1000 */
    assert_int_equal(layout->base[MBP_MAP_FLOATS], 3000);  /* 100 + 125 x 16 = 2100 */
    assert_int_equal(layout->base[MBP_MAP_EVENTS], 5000);  /* 3000 + 2000 */
    assert_int_equal(layout->base[MBP_MAP_MACHINE_BITS], 8000);
    mbp_plant_free(plant);
}

static void test_block_whose_usual_place_is_taken_moves_and_the_others_keep_theirs(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_size(126, 1001, "int16");
    const struct mbp_layout *layout = &plant->units[0].layout;
    assert_int_equal(layout->base[MBP_MAP_MACHINE_COILS], 0); /* ends at 1008 */
    assert_int_equal(layout->base[MBP_MAP_SHELVED], 2000);    /* ends at 3001 */
    assert_int_equal(layout->base[MBP_MAP_RESET], 4000);      /* ends at 5001 */
    assert_int_equal(layout->base[MBP_MAP_SERVICE], 7000);    /* ends at 8001 */
    assert_int_equal(layout->base[MBP_MAP_FORCED], 9000);     /* usual 1000; 5001..6999 is one short of two thousands */
    assert_int_equal(layout->base[MBP_MAP_ACKNOWLEDGE], 11000);
    assert_int_equal(layout->base[MBP_MAP_MACHINE_BITS], 9000); /* behind the bits of 1001 sensors, 0..8007 */
    assert_int_equal(layout->base[MBP_MAP_LIMITS], 7000);       /* values end at 1001, 5000..6000 are shelving times */
    assert_int_equal(layout->base[MBP_MAP_FLOATS], 12000);      /* behind the upkeep of 126, 9000..11015 */
    assert_int_equal(layout->base[MBP_MAP_EVENTS], 5000);
    mbp_plant_free(plant);
}

static void test_largest_unit_fits_but_for_the_alarm_bits(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_size(1000, 4000, "float32");
    const struct mbp_layout *layout = &plant->units[0].layout;
    for (unsigned b = 0; b < MBP_MAP_NAMED_COUNT; b++) {
        bool empty = mbp_map[b].per == MBP_PER_ALARM || mbp_map[b].per == MBP_PER_ACTUATOR ||
                     mbp_map[b].per == MBP_PER_CONTROLLER || mbp_map[b].place == MBP_PLACE_POINT;
        /* 32,000 more do not fit beside those of sensors and machines, nor 64,000 beside what has been there before */
        bool left_out = b == MBP_MAP_ALARM_BITS || b == MBP_MAP_ALARM_SHELVES;
        assert_int_equal(layout->base[b] == MBP_NO_BASE, empty || left_out);
    }
    assert_int_equal(plant->sensors[3999].reg.addr, 7998);
    assert_int_equal(plant->sensors[3999].reg.limits_addr, layout->base[MBP_MAP_LIMITS] + 3999 * 8);
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

static void test_limits_make_room_for_what_the_file_places(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text(ONE_SENSOR "{name: A, register: {at: 1003}}");
    assert_int_equal(plant->sensors[0].reg.addr, 1003);
    assert_int_equal(plant->sensors[0].reg.limits_addr, 2000);
    mbp_plant_free(plant);
}

static void test_at_beyond_the_last_register_is_refused(void **state)
{
    (void)state;
    assert_string_equal(errors_of_text(ONE_SENSOR "{name: A, register: {at: 65535, type: float32}}"),
                        "7:35: no room for the value of A: it would end at holding register 65536; allowed is up to "
                        "65535: spread the sensors over more units, or take shorter types\n");
    mbp_plant_free(plant_of_text(ONE_SENSOR "{name: A, register: {at: 65534, type: float32}}"));
}

static void test_limits_without_room_are_left_out(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text(
        "mbplant: 1\nunits: [{id: 1, sensors: [{name: 'S{n}', repeat: 4000, register: {type: float64}}]}]\n");
    assert_int_equal(plant->units[0].layout.base[MBP_MAP_LIMITS], MBP_NO_BASE); /* 64,000 beside 16,000 */
    assert_false(mbp_map_item_has(plant, &plant->units[0], MBP_MAP_LIMITS, 0));
    mbp_plant_free(plant);
}

/* One raw point on a declared address of each block of the map: the block goes elsewhere, whole, and no point of it
 * stands where the raw one is. */
static void test_each_block_makes_room_for_a_raw_point(void **state)
{
    (void)state;
    struct mbp_plant *usual = plant_of_text(ONE_SENSOR "{name: S}\n");
    for (unsigned b = 0; b < MBP_MAP_NAMED_COUNT; b++) {
        const struct mbp_map_block *block = &mbp_map[b];
        char text[512];
        struct mbp_point point;
        if (b == MBP_MAP_VALUES || usual->units[0].layout.base[b] == MBP_NO_BASE)
            continue;
        assert_int_equal(usual->units[0].layout.base[b], block->usual);
        snprintf(text, sizeof text, ONE_SENSOR "{name: S}\n    tables: {%s: [{at: %u, count: 1}]}\n",
                 mbp_table_name((enum mbp_table)block->table), block->usual);
        struct mbp_plant *plant = plant_of_text(text);
        const struct mbp_layout *layout = &plant->units[0].layout;
        assert_int_not_equal(layout->base[b], block->usual);
        assert_int_not_equal(layout->base[b], MBP_NO_BASE);
        assert_int_equal(layout->base[b] % 1000, 0);
        for (unsigned other = 0; other < MBP_MAP_NAMED_COUNT; other++) {
            if (other != b && !mbp_map[other].yields)
                assert_int_equal(layout->base[other], usual->units[0].layout.base[other]);
        }
        assert_true(mbp_map_point_at(plant, 0, (enum mbp_table)block->table, block->usual, &point));
        assert_null(point.field);
        mbp_plant_free(plant);
    }
    mbp_plant_free(usual);
}

static void test_hole_inside_a_stride_is_free_for_the_file_and_moves_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *table;
        unsigned at, block;
    } holes[] = {{"coils", 6, MBP_MAP_MACHINE_COILS},
                 {"coils", 7, MBP_MAP_MACHINE_COILS},
                 {"discrete_inputs", 4003, MBP_MAP_MACHINE_BITS},
                 {"discrete_inputs", 6007, MBP_MAP_ALARM_BITS}};
    for (size_t i = 0; i < sizeof holes / sizeof holes[0]; i++) {
        char text[512];
        snprintf(text, sizeof text, ONE_SENSOR "{name: S}\n    tables: {%s: [{at: %u, count: 1}]}\n", holes[i].table,
                 holes[i].at);
        struct mbp_plant *plant = plant_of_text(text);
        assert_int_equal(plant->units[0].layout.base[holes[i].block], mbp_map[holes[i].block].usual);
        mbp_plant_free(plant);
    }
}

static void test_raw_point_on_a_value_is_an_overlap(void **state)
{
    (void)state;
    assert_non_null(
        strstr(errors_of_text(ONE_SENSOR "{name: S}\n    tables: {holding_registers: [{at: 0, count: 1}]}\n"),
               "the block at 0 (holding_registers 0..0) overlaps S (line 7) at address 0; choose another 'at'\n"));
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
                     {"input_registers", 6294}};
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

static void test_blocks_stand_in_their_usual_places_and_make_room_for_what_the_file_places(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text(ONE_SENSOR "{name: S}\n");
    const struct mbp_layout *layout = &plant->units[0].layout;
    assert_int_equal(layout->base[MBP_MAP_ACKNOWLEDGE], 3000);
    assert_int_equal(layout->base[MBP_MAP_RESET], 4000);
    assert_int_equal(layout->base[MBP_MAP_SERVICE], 7000);
    assert_int_equal(layout->base[MBP_MAP_ALARM_BITS], 6000);
    assert_int_equal(layout->base[MBP_MAP_SHELVING], 5000);
    assert_int_equal(layout->base[MBP_MAP_UPKEEP], 9000);
    assert_int_equal(layout->base[MBP_MAP_ALARMS], 10000);
    mbp_plant_free(plant);
    plant = plant_of_text(ONE_SENSOR "{name: S, register: {at: 5000}}\n"
                                     "    tables: {coils: [{at: 3000, count: 1200}, {at: 5, count: 1}],\n"
                                     "             discrete_inputs: [{at: 6004, count: 1}]}\n");
    layout = &plant->units[0].layout;
    assert_int_equal(layout->base[MBP_MAP_MACHINE_COILS], 5000); /* first of those that move; 3000..4199 are taken */
    assert_int_equal(layout->base[MBP_MAP_ACKNOWLEDGE], 6000);
    assert_int_equal(layout->base[MBP_MAP_RESET], 8000);
    assert_int_equal(layout->base[MBP_MAP_SERVICE], 7000);
    assert_int_equal(layout->base[MBP_MAP_ALARM_BITS], 7000);
    assert_int_equal(layout->base[MBP_MAP_SHELVING], 6000);
    mbp_plant_free(plant);
}

static void test_alarm_block_without_room_is_left_out_and_the_largest_unit_loads(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text("mbplant: 1\nunits: [{id: 1, sensors: [{name: 'S{n}', repeat: 4000}], "
                                            "machines: [{name: 'M{n}', repeat: 1000}]}]\n");
    const struct mbp_layout *layout = &plant->units[0].layout;
    assert_int_equal(layout->base[MBP_MAP_ALARM_BITS],
                     MBP_NO_BASE); /* 32,000 more do not fit beside those of sensors and machines */
    assert_int_not_equal(layout->base[MBP_MAP_SERVICE], MBP_NO_BASE);
    assert_int_not_equal(layout->base[MBP_MAP_SHELVING], MBP_NO_BASE);
    assert_int_not_equal(layout->base[MBP_MAP_ALARMS], MBP_NO_BASE);
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
    assert_int_equal(layout->base[MBP_MAP_MACHINE_BITS], 33000);
    assert_int_equal(layout->base[MBP_MAP_ALARM_BITS], MBP_NO_BASE);
    assert_int_not_equal(layout->base[MBP_MAP_ACKNOWLEDGE], MBP_NO_BASE);
    assert_int_not_equal(layout->base[MBP_MAP_SHELVING], MBP_NO_BASE);
    assert_int_not_equal(layout->base[MBP_MAP_UPKEEP], MBP_NO_BASE);
    assert_int_not_equal(layout->base[MBP_MAP_ALARMS], MBP_NO_BASE);
    mbp_plant_free(plant);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bases_of_a_small_unit_are_the_default_ones),
        cmocka_unit_test(test_base_stays_while_the_block_before_just_fits),
        cmocka_unit_test(test_block_whose_usual_place_is_taken_moves_and_the_others_keep_theirs),
        cmocka_unit_test(test_largest_unit_fits_but_for_the_alarm_bits),
        cmocka_unit_test(test_values_and_limits_stand_one_after_another_in_their_types),
        cmocka_unit_test(test_at_moves_its_own_sensor_and_no_other),
        cmocka_unit_test(test_at_on_the_place_of_another_blames_the_one_that_moved),
        cmocka_unit_test(test_at_may_swap_two_places),
        cmocka_unit_test(test_limits_make_room_for_what_the_file_places),
        cmocka_unit_test(test_at_beyond_the_last_register_is_refused),
        cmocka_unit_test(test_limits_without_room_are_left_out),
        cmocka_unit_test(test_each_block_makes_room_for_a_raw_point),
        cmocka_unit_test(test_hole_inside_a_stride_is_free_for_the_file_and_moves_nothing),
        cmocka_unit_test(test_raw_point_on_a_value_is_an_overlap),
        cmocka_unit_test(test_raw_points_beside_the_map_are_free),
        cmocka_unit_test(test_unit_of_tables_alone_has_all_addresses_free),
        cmocka_unit_test(test_wrong_repeat_hides_overlaps_that_it_would_cause),
        cmocka_unit_test(test_blocks_stand_in_their_usual_places_and_make_room_for_what_the_file_places),
        cmocka_unit_test(test_alarm_block_without_room_is_left_out_and_the_largest_unit_loads),
        cmocka_unit_test(test_million_sensors_load_and_leave_out_only_the_alarm_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
