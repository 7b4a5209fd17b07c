/* The points of a unit, one after another. */
#include <stdlib.h>
#include <string.h>

#include "mbplant/map.h"
#include "plant_fixture.h"

#define POINTS_MAX 1200

struct list {
    struct mbp_point items[POINTS_MAX];
    unsigned count, stop_after;
};

static int collect(const struct mbp_point *point, void *ctx)
{
    struct list *list = ctx;
    assert_true(list->count < POINTS_MAX);
    list->items[list->count++] = *point;
    return list->count == list->stop_after ? 17 : 0;
}

static const struct mbp_point *point_of(const struct list *list, const char *name)
{
    for (unsigned i = 0; i < list->count; i++) {
        if (strcmp(list->items[i].name, name) == 0) {
            return &list->items[i];
        }
    }
    fail_msg("there is no point %s", name);
    return NULL;
}

static void assert_at(const struct list *list, const char *name, enum mbp_table table, unsigned addr, unsigned count,
                      enum mbp_type type, bool writable)
{
    const struct mbp_point *point = point_of(list, name);
    assert_int_equal(point->table, table);
    assert_int_equal(point->addr, addr);
    assert_int_equal(point->count, count);
    assert_int_equal(point->type, type);
    assert_int_equal(point->writable, writable);
}

static struct list *points_of(const struct mbp_plant *plant, uint32_t unit)
{
    struct list *list = calloc(1, sizeof *list);
    assert_non_null(list);
    assert_int_equal(mbp_map_points(plant, unit, collect, list), 0);
    return list;
}

static void test_points_of_a_machine_stand_where_the_map_says(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_config("bottling.yaml");
    struct list *list = points_of(plant, 0);
    assert_at(list, "FILL1.en_service", MBP_COILS, 0, 1, MBP_BOOL, true);
    assert_at(list, "RINSE1.en_panne", MBP_COILS, 9, 1, MBP_BOOL, true);
    assert_at(list, "CAP1.acknowledge", MBP_COILS, 19, 1, MBP_BOOL, true);
    assert_at(list, "CAP1.trip_active", MBP_DISCRETE_INPUTS, 4017, 1, MBP_BOOL, false);
    assert_at(list, "FILL1.state", MBP_INPUT_REGISTERS, 100, 1, MBP_UINT16, false);
    assert_at(list, "FILL1.good", MBP_INPUT_REGISTERS, 103, 2, MBP_UINT32, false);
    assert_at(list, "RINSE1.since", MBP_INPUT_REGISTERS, 130, 2, MBP_UINT32, false);
    assert_int_equal(point_of(list, "RINSE1.since")->machine, 1);
    assert_int_equal(point_of(list, "RINSE1.since")->sensor, UINT32_MAX);
    free(list);
    mbp_plant_free(plant);
}

static void test_points_of_a_sensor_stand_where_the_map_says(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_config("bottling.yaml");
    struct list *list = points_of(plant, 0);
    assert_at(list, "TT101", MBP_HOLDING_REGISTERS, 0, 1, MBP_INT16, true);
    assert_at(list, "LT101", MBP_HOLDING_REGISTERS, 2, 2, MBP_FLOAT32, true);
    assert_at(list, "TT101.high.limit", MBP_HOLDING_REGISTERS, 1002, 1, MBP_INT16, true);
    assert_at(list, "LT101.low_low.limit", MBP_HOLDING_REGISTERS, 1008, 2, MBP_FLOAT32, true);
    assert_at(list, "PT101.forced", MBP_COILS, 1001, 1, MBP_BOOL, true);
    assert_at(list, "PT101.shelved", MBP_COILS, 2001, 1, MBP_BOOL, true);
    assert_at(list, "PT101.high", MBP_DISCRETE_INPUTS, 10, 1, MBP_BOOL, false);
    assert_at(list, "PT101.bad_quality", MBP_DISCRETE_INPUTS, 15, 1, MBP_BOOL, false);
    assert_at(list, "PT101.float32", MBP_INPUT_REGISTERS, 1002, 2, MBP_FLOAT32, false);
    const struct mbp_point *point = point_of(list, "FT101");
    assert_int_equal(point->order, MBP_CDAB);
    assert_string_equal(point->unit_text, "m³/h");
    assert_int_equal(point->sensor, mbp_plant_find_sensor(plant, "FT101"));
    assert_same_number(point_of(list, "TT101")->scale, 0.1);
    assert_same_number(point_of(list, "TT101.high.limit")->scale, 0.1);
    assert_same_number(point_of(list, "TT101.float32")->scale, 1);
    free(list);
    mbp_plant_free(plant);
}

static void test_points_of_the_unit_and_its_tables_stand_where_the_map_says(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_config("bottling.yaml");
    struct list *list = points_of(plant, 0);
    assert_at(list, "map version", MBP_INPUT_REGISTERS, 0, 1, MBP_UINT16, false);
    assert_at(list, "active alarms", MBP_INPUT_REGISTERS, 6, 1, MBP_UINT16, false);
    assert_at(list, "last durable event", MBP_INPUT_REGISTERS, 8, 2, MBP_UINT32, false);
    assert_at(list, "late scans", MBP_INPUT_REGISTERS, 18, 2, MBP_UINT32, false);
    assert_at(list, "simulated time", MBP_INPUT_REGISTERS, 20, 4, MBP_UINT64, false);
    assert_at(list, "journal trouble", MBP_INPUT_REGISTERS, 6280, 1, MBP_UINT16, false);
    assert_at(list, "journal memory used", MBP_INPUT_REGISTERS, 6281, 1, MBP_UINT16, false);
    assert_at(list, "events lost", MBP_INPUT_REGISTERS, 6282, 2, MBP_UINT32, false);
    assert_at(list, "newest event", MBP_INPUT_REGISTERS, 6284, 2, MBP_UINT32, false);
    assert_at(list, "HTTP port", MBP_INPUT_REGISTERS, 6286, 1, MBP_UINT16, false);
    assert_at(list, "MQTT", MBP_INPUT_REGISTERS, 6287, 1, MBP_UINT16, false);
    assert_at(list, "MQTT refused", MBP_INPUT_REGISTERS, 6292, 2, MBP_UINT32, false);
    assert_at(list, "recent events", MBP_INPUT_REGISTERS, 5000, 1280, MBP_UINT16, false);
    assert_at(list, "holding_registers 901", MBP_HOLDING_REGISTERS, 901, 2, MBP_UINT16, true);
    assert_at(list, "holding_registers 910", MBP_HOLDING_REGISTERS, 910, 2, MBP_UINT16, false);
    assert_at(list, "coils 900", MBP_COILS, 900, 1, MBP_BOOL, true);
    free(list);
    mbp_plant_free(plant);
}

static void test_state_of_an_alarm_is_part_of_a_register_by_its_name(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_config("bottling.yaml");
    struct mbp_point point;
    static const struct {
        const char *suffix, *name;
        uint16_t addr, mask;
        uint8_t shift;
    } cases[] = {
        {"low_low.state", "PT101.low_low.state", 10004, 0x000F, 0},
        {"HIGH.State", "PT101.high.state", 10004, 0x0F00, 8},
        {"high_high.state", "PT101.high_high.state", 10004, 0xF000, 12},
        {"rate_of_change.state", "PT101.rate_of_change.state", 10005, 0x000F, 0},
        {"condition.state", "PT101.condition.state", 10005, 0x0F00, 8},
        {"high.since", "PT101.high.since", 10006, 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_true(mbp_map_derived_point(plant, MBP_PER_SENSOR, 1, cases[i].suffix, &point));
        assert_string_equal(point.name, cases[i].name);
        assert_int_equal(point.table, MBP_INPUT_REGISTERS);
        assert_int_equal(point.addr, cases[i].addr);
        assert_int_equal(point.own != NULL ? point.own->mask : 0, cases[i].mask);
        assert_int_equal(point.own != NULL ? point.own->shift : 0, cases[i].shift);
        assert_false(point.writable);
    }
    static const char *const none[] = {"",
                                       "high",
                                       "state",
                                       ".state",
                                       "hig.state",
                                       "highs.state",
                                       "high.states",
                                       "high.state.x",
                                       "high.limit.state",
                                       "low_lo.since"};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        assert_false(mbp_map_derived_point(plant, MBP_PER_SENSOR, 1, none[i], &point));
    assert_true(mbp_map_derived_point(plant, MBP_PER_SENSOR, 1, "Condition", &point));
    assert_string_equal(point.name, "PT101.condition");
    assert_int_equal(point.table, MBP_DISCRETE_INPUTS);
    assert_int_equal(point.addr, 6013);
    mbp_plant_free(plant);
    plant =
        plant_of_text("mbplant: 1\nunits: [{id: 1, sensors: [{name: A, register: {type: bool}, alarm: true}], points: "
                      "[{at: discrete 30000, tag: A.condition}]}]\n");
    assert_int_equal(plant->points[0].tag.block, MBP_MAP_ALARM_BITS);
    mbp_plant_free(plant);
    plant = plant_of_text("mbplant: 1\nunits: [{id: 1, blocks: none, sensors: [{name: A, range: [0, 9]}]}]\n");
    assert_false(mbp_map_derived_point(plant, MBP_PER_SENSOR, 0, "high.state", &point));
    mbp_plant_free(plant);
}

static void test_address_is_a_name_by_any_word_of_its_table(void **state)
{
    (void)state;
    struct mbp_plant *plant =
        plant_of_text(ONE_UNIT_TABLES "{hr: [{at: 900, count: 4}]}\n    points: [{at: holding 500, name: F, value: 1, "
                                      "type: float32}]\n");
    struct mbp_point point;
    assert_true(mbp_map_point_named_at(plant, 0, "4X 0x386", &point));
    assert_string_equal(point.name, "holding_registers 902");
    assert_int_equal(point.addr, 902);
    assert_int_equal(point.count, 1);
    assert_true(mbp_map_point_named_at(plant, 0, "holding 500", &point));
    assert_string_equal(point.name, "F");
    assert_int_equal(point.count, 2);
    static const char *const none[] = {"holding 501", "holding 904", "coil 902", "holding", "F 0"};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        assert_false(mbp_map_point_named_at(plant, 0, none[i], &point));
    mbp_plant_free(plant);
}

static void test_value_that_rejects_injection_is_not_writable(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_config("bottling.yaml");
    struct list *list = points_of(plant, 1);
    assert_at(list, "GS501", MBP_HOLDING_REGISTERS, 11, 1, MBP_BOOL, false);
    free(list);
    mbp_plant_free(plant);
}

static void test_points_come_table_by_table_with_unique_names_and_addresses(void **state)
{
    (void)state;
    static unsigned char taken[MBP_TABLE_COUNT][65536];
    struct mbp_plant *plant = plant_of_file("all_keys.yaml");
    struct list *list = points_of(plant, 0);
    memset(taken, 0, sizeof taken);
    for (unsigned i = 0; i < list->count; i++) {
        const struct mbp_point *point = &list->items[i];
        assert_true(i == 0 || point->table >= list->items[i - 1].table);
        for (unsigned a = 0; a < point->count; a++) {
            assert_int_equal(taken[point->table][point->addr + a]++, 0);
        }
        for (unsigned j = 0; j < i; j++) {
            assert_string_not_equal(point->name, list->items[j].name);
        }
        assert_non_null(point->what);
        assert_non_null(point->unit_text);
        assert_true(point->count > 0);
    }
    free(list);
    mbp_plant_free(plant);
}

static void test_bool_and_string_sensors_have_no_limit_points(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_file("all_keys.yaml");
    struct list *list = points_of(plant, 0);
    for (unsigned i = 0; i < list->count; i++) {
        assert_string_not_equal(list->items[i].name, "DOOR.high.limit");
        assert_string_not_equal(list->items[i].name, "LOT.high.limit");
    }
    assert_at(list, "LOT", MBP_HOLDING_REGISTERS, 10, 6, MBP_STRING, true);
    free(list);
    mbp_plant_free(plant);
}

static void test_unit_of_tables_alone_has_no_other_points(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text(ONE_UNIT_TABLES "{coils: [{at: 7, count: 3}]}");
    struct list *list = points_of(plant, 0);
    assert_int_equal(list->count, 1);
    assert_at(list, "coils 7", MBP_COILS, 7, 3, MBP_BOOL, true);
    free(list);
    mbp_plant_free(plant);
}

static void test_visit_that_says_stop_ends_the_tour_at_once_wherever_it_is(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_file("all_keys.yaml");
    struct list *all = points_of(plant, 0);
    struct list *some = calloc(1, sizeof *some);
    assert_non_null(some);
    for (unsigned n = 1; n <= all->count; n++) {
        some->count = 0;
        some->stop_after = n;
        assert_int_equal(mbp_map_points(plant, 0, collect, some), 17);
        assert_int_equal(some->count, n);
    }
    free(some);
    free(all);
    mbp_plant_free(plant);
}

static void test_what_logic_sets_is_only_read_wherever_it_stands(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text(
        "mbplant: 1\nunits: [{id: 1, sensors: [{name: A, range: [0, 9]}], actuators: [{name: P1, on_off: "
        "true}, {name: P2, on_off: true}, {name: V1, range: [0, 9]}, {name: V2, range: [0, 9], register: "
        "{at: holding 20}}], points: [{at: coil 500, tag: P1}, {at: holding 501, tag: V1}, {at: coil 502, "
        "tag: P2}], logic: [\"P1 := A > 5\", \"V1 := A\", \"V2 := A\"]}]\n");
    struct list *list = points_of(plant, 0);
    unsigned closed = 0, open = 0;
    for (unsigned i = 0; i < list->count; i++) {
        const struct mbp_point *point = &list->items[i];
        bool is_command = point->field != NULL && point->field->write == MBP_WRITE_COMMAND;
        bool by_logic = is_command && strcmp(point->name, "P2") != 0;
        if (is_command)
            assert_int_equal(point->writable, !by_logic);
        assert_int_equal(point->by_logic, by_logic);
        closed += by_logic;
        open += is_command && !by_logic;
    }
    assert_int_equal(closed, 5);
    assert_int_equal(open, 2);
    free(list);
    mbp_plant_free(plant);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_points_of_a_machine_stand_where_the_map_says),
        cmocka_unit_test(test_points_of_a_sensor_stand_where_the_map_says),
        cmocka_unit_test(test_points_of_the_unit_and_its_tables_stand_where_the_map_says),
        cmocka_unit_test(test_state_of_an_alarm_is_part_of_a_register_by_its_name),
        cmocka_unit_test(test_address_is_a_name_by_any_word_of_its_table),
        cmocka_unit_test(test_value_that_rejects_injection_is_not_writable),
        cmocka_unit_test(test_what_logic_sets_is_only_read_wherever_it_stands),
        cmocka_unit_test(test_points_come_table_by_table_with_unique_names_and_addresses),
        cmocka_unit_test(test_bool_and_string_sensors_have_no_limit_points),
        cmocka_unit_test(test_unit_of_tables_alone_has_no_other_points),
        cmocka_unit_test(test_visit_that_says_stop_ends_the_tour_at_once_wherever_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
