/* The user's own points, from the file to the plant. */
#include <stdlib.h>
#include <string.h>

#include "mbplant/map.h"
#include "plant_fixture.h"

/* A unit with one of each thing, up to the list of its points in line 9, column 13. */
#define POINTS                                                                                                         \
    "mbplant: 1\n"                                                                                                     \
    "units:\n"                                                                                                         \
    "  - id: 1\n"                                                                                                      \
    "    machines: [{name: M1}]\n"                                                                                     \
    "    sensors:\n"                                                                                                   \
    "      - {name: TT101, range: [0, 150], limits: {high: 80}, register: {at: 5, scale: 0.1, order: BADC}}\n"         \
    "      - {name: S, register: {at: 10, type: string(3)}}\n"                                                         \
    "    actuators: [{name: P1, on_off: true}, {name: V1, range: [0, 100]}]\n"                                         \
    "    points: "

static const struct mbp_user_point *point_at(const struct mbp_plant *plant, enum mbp_table table, uint16_t addr)
{
    for (uint32_t p = 0; p < plant->point_count; p++) {
        if (plant->points[p].table == table && plant->points[p].reg.addr == addr)
            return &plant->points[p];
    }
    fail_msg("there is no point at %s %u", mbp_table_word(table), addr);
    return NULL;
}

static void test_place_is_a_table_by_any_of_its_words_and_an_address_of_any_base(void **state)
{
    (void)state;
    static const struct {
        const char *words[4];
        enum mbp_table table;
    } tables[] = {{{"coil", "coils", "0x"}, MBP_COILS},
                  {{"discrete", "discrete_inputs", "1x"}, MBP_DISCRETE_INPUTS},
                  {{"input", "input_registers", "ir", "3x"}, MBP_INPUT_REGISTERS},
                  {{"holding", "holding_registers", "hr", "4x"}, MBP_HOLDING_REGISTERS}};
    for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++) {
        for (size_t w = 0; w < 4 && tables[t].words[w] != NULL; w++) {
            char yaml[600];
            snprintf(yaml, sizeof yaml, POINTS "[{at: %s 0x9C40, tag: P1}]\n", tables[t].words[w]);
            struct mbp_plant *plant = plant_of_text(yaml);
            assert_non_null(point_at(plant, tables[t].table, 40000));
            mbp_plant_free(plant);
        }
    }
}

static void test_type_not_given_is_that_of_the_tags_register(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text(POINTS "[{at: input 7, tag: TT101}, {at: input 8, tag: tt101, type: int16},"
                                                   " {at: holding 20, tag: P1}, {at: input 20, tag: M1.good},"
                                                   " {at: input 30, tag: S}]\n");
    const struct mbp_register *reg = &point_at(plant, MBP_INPUT_REGISTERS, 7)->reg;
    assert_int_equal(reg->type, MBP_INT16);
    assert_int_equal(reg->order, MBP_BADC);
    assert_same_number(reg->scale, 0.1);
    reg = &point_at(plant, MBP_INPUT_REGISTERS, 8)->reg; /* a type of its own: nothing else is taken over */
    assert_int_equal(reg->order, MBP_ABCD);
    assert_same_number(reg->scale, 1);
    assert_int_equal(point_at(plant, MBP_HOLDING_REGISTERS, 20)->reg.type, MBP_INT16);
    assert_int_equal(point_at(plant, MBP_INPUT_REGISTERS, 20)->reg.type, MBP_UINT32);
    assert_int_equal(point_at(plant, MBP_INPUT_REGISTERS, 30)->reg.words, 3);
    mbp_plant_free(plant);
}

static void test_point_is_writable_as_its_tag_is_where_modbus_writes(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text(POINTS "[{at: coil 0, tag: P1}, {at: discrete 0, tag: P1},"
                                                   " {at: holding 20, tag: V1}, {at: input 20, tag: V1},"
                                                   " {at: holding 21, tag: M1.state}]\n");
    assert_true(point_at(plant, MBP_COILS, 0)->writable);
    assert_false(point_at(plant, MBP_DISCRETE_INPUTS, 0)->writable);
    assert_true(point_at(plant, MBP_HOLDING_REGISTERS, 20)->writable);
    assert_false(point_at(plant, MBP_INPUT_REGISTERS, 20)->writable);
    assert_false(point_at(plant, MBP_HOLDING_REGISTERS, 21)->writable);
    mbp_plant_free(plant);
}

static void test_point_follows_the_access_that_the_value_says_of_itself(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text(
        POINTS "[{at: holding 30, tag: FIX}, {at: holding 31, name: FIX, value: 1, access: read},"
               " {at: holding 32, tag: FIX, access: read_write}, {at: holding 33, name: FREE, value: 1},"
               " {at: holding 34, tag: FREE}, {at: input 35, name: SHOWN, value: 1}, {at: holding 36, tag: SHOWN}]\n");
    static const bool writable[] = {false, false, true, true, true, false, true};
    for (uint16_t n = 0; n < 7; n++)
        assert_int_equal(point_at(plant, n == 5 ? MBP_INPUT_REGISTERS : MBP_HOLDING_REGISTERS, 30 + n)->writable,
                         writable[n]);
    mbp_plant_free(plant);
}

/* A second register of its number is for reading too; its coil and its limits are as they were. */
static void test_point_follows_the_access_that_the_register_of_its_tag_says(void **state)
{
    (void)state;
    struct mbp_plant *plant =
        plant_of_text("mbplant: 1\nunits:\n  - id: 1\n"
                      "    sensors: [{name: T1, limits: {high: 80}, register: {at: 0, access: read}},\n"
                      "      {name: T2, register: {at: 2, access: read_write}}, {name: T3, register: {at: input 4}}]\n"
                      "    actuators: [{name: V1, register: {at: 6, access: read}},\n"
                      "      {name: P1, on_off: true, register: {at: coil 3, access: read}}]\n"
                      "    points: [{at: holding 30, tag: T1}, {at: holding 32, tag: T1, access: read_write},\n"
                      "      {at: holding 34, tag: T2}, {at: holding 36, tag: T3}, {at: holding 38, tag: V1},\n"
                      "      {at: holding 40, tag: V1, access: read_write}, {at: holding 42, tag: T1.high.limit},\n"
                      "      {at: coil 9, tag: P1}, {at: coil 10, tag: T1.forced}]\n");
    static const bool writable[] = {false, true, true, true, false, true, true};
    for (uint16_t n = 0; n < 7; n++)
        assert_int_equal(point_at(plant, MBP_HOLDING_REGISTERS, 30 + 2 * n)->writable, writable[n]);
    assert_false(point_at(plant, MBP_HOLDING_REGISTERS, 0)->writable);
    assert_false(point_at(plant, MBP_COILS, 9)->writable);
    assert_true(point_at(plant, MBP_COILS, 10)->writable);
    mbp_plant_free(plant);
}

static void test_repeat_places_one_behind_the_other_and_counts_in_the_tag(void **state)
{
    (void)state;
    struct mbp_plant *plant =
        plant_of_text("mbplant: 1\nunits:\n  - id: 1\n    sensors: [{name: \"T{n}\", repeat: 3}]\n"
                      "    points: [{at: input 100, tag: \"T{n}\", type: float32, repeat: 3}]\n");
    assert_int_equal(plant->point_count, 3);
    for (uint16_t n = 0; n < 3; n++)
        assert_int_equal(point_at(plant, MBP_INPUT_REGISTERS, (uint16_t)(100 + 2 * n))->tag.item, n);
    mbp_plant_free(plant);
}

static void test_standard_blocks_give_way_to_points(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text(POINTS "[{at: input 0, tag: TT101}, {at: coil 1000, tag: P1}]\n");
    struct mbp_point found;
    assert_true(mbp_map_point_at(plant, 0, MBP_INPUT_REGISTERS, 0, &found));
    assert_string_equal(found.name, "TT101");
    assert_non_null(found.own);
    assert_int_not_equal(plant->units[0].layout.base[MBP_MAP_SUMMARY], 0);
    assert_int_not_equal(plant->units[0].layout.base[MBP_MAP_FORCED], 1000);
    mbp_plant_free(plant);
}

static void test_parts_of_a_register_stand_beside_each_other(void **state)
{
    (void)state;
    struct mbp_plant *plant =
        plant_of_text(POINTS "[{at: holding 40, bits: {0: M1.en_service, 5: M1.en_panne}},"
                             " {at: input 3, byte: high, tag: TT101}, {at: input 3, byte: low, tag: V1},"
                             " {at: input 9, tag: TT101, type: uint16, overflow: wrap,"
                             " no_value: 0xFFFF}, {at: input 12, tag: TT101, type: int64, no_value: "
                             "0x7FFFFFFFFFFFFFFF}, {at: input 16, tag: TT101, type: float32, no_value: -1.5}]\n");
    assert_int_equal(plant->point_count, 7);
    assert_true(plant->points[5].no_value == INT64_MAX);
    assert_int_equal(plant->points[6].no_value, 0xBFC00000);
    assert_int_equal(plant->points[0].mask, 0x0001);
    assert_int_equal(plant->points[1].mask, 0x0020);
    assert_int_equal(plant->points[1].shift, 5);
    assert_false(plant->points[1].writable);
    assert_int_equal(plant->points[2].mask, 0x00FF);
    assert_int_equal(plant->points[3].mask, 0xFF00);
    assert_true(plant->points[4].wraps && plant->points[4].has_no_value);
    assert_int_equal(plant->points[4].no_value, 0xFFFF);
    char *first = config_of(plant);
    struct mbp_plant *again = plant_of_text(first);
    char *second = config_of(again);
    assert_string_equal(first, second);
    free(first);
    free(second);
    mbp_plant_free(again);
    mbp_plant_free(plant);
}

static void test_printed_points_load_to_the_same_map(void **state)
{
    (void)state;
    struct mbp_plant *plant =
        plant_of_text(POINTS "[{at: input 0x10, tag: tt101, type: uint16, scale: -0.5, offset: -40},"
                             " {at: coil 3, tag: P1}, {at: input 30, tag: S},"
                             " {at: discrete 9, tag: M1.running}, {at: input 9, tag: Active Alarms}]\n");
    char *first = config_of(plant);
    assert_non_null(strstr(first, "- {at: input 16, tag: TT101, type: uint16, scale: -0.5, offset: -40, overflow: "
                                  "hold, order: ABCD, access: read}"));
    assert_non_null(strstr(first, "- {at: coil 3, tag: P1, access: read_write}"));
    struct mbp_plant *again = plant_of_text(first);
    char *second = config_of(again);
    assert_string_equal(first, second);
    free(first);
    free(second);
    mbp_plant_free(again);
    mbp_plant_free(plant);
}

static void test_mistakes_get_one_clear_error_each(void **state)
{
    (void)state;
    static const struct {
        const char *points, *said;
    } mistakes[] = {
        {"[{at: 7, tag: P1}]", "9:19: 'at' is '7'; allowed is a table and an address 0..65535: coil 0, discrete 3, "
                               "input 0x10 or holding 40\n"},
        {"[{at: input 65536, tag: P1}]", "9:19: 'at' is 'input 65536'; allowed is a table and an address 0..65535: "
                                         "coil 0, discrete 3, input 0x10 or holding 40\n"},
        {"[{at: input 65535, tag: TT101, type: int32}]",
         "9:19: no room for the point at input 65535: it would end at address 65536; "
         "allowed is up to 65535\n"},
        {"[{at: input 0, tag: TT110}]", "9:33: there is no 'TT110' in the plant; did you mean 'TT101'?\n"},
        {"[{at: input 0, tag: TT101.hihg}]",
         "9:33: TT101 has nothing that is called '.hihg'; mbplantctl map TT101 lists what it has\n"},
        {"[{at: coil 0, tag: P1, scale: 2}]", "9:43: a coil is one bit and has no 'scale'; remove it\n"},
        {"[{at: input 0, tag: TT101, scale: 0}]", "9:47: 'scale' is '0'; allowed is a number, but not 0\n"},
        {"[{at: input 0, tag: S, type: int16}]", "9:19: S is a text, and a int16 holds a number\n"},
        {"[{at: input 0, tag: P1, type: string(2)}]", "9:43: P1 is a number; choose a type of numbers\n"},
        {"[{at: input 0, tag: TT101, kind: 5}]",
         "9:40: 'kind' is not a key of a point; its keys are at, tag, type, scale, offset, order, "
         "overflow, no_value, bit, byte, bits, repeat, name, value, access, retain, count, same_as, "
         "expr, accept, watchdog, on_loss\n"},
        {"[{at: holding 6, tag: TT101, type: int32}, {at: holding 7, tag: V1}]",
         "9:61: the point at holding 7 (holding_registers 7..7) overlaps the point at holding 6 (line 9) at address 7; "
         "choose another 'at'\n"},
        {"[{at: holding 40}]", "9:14: a point needs 'tag', what it shows, 'bits', what its bits show, 'value', what it "
                               "holds by itself, 'expr', what gives it, or 'same_as', another address\n"},
        {"[{at: holding 40, tag: P1, bits: {0: P1}}]",
         "9:46: 'bits' stands in the place of what else it shows; keep one\n"},
        {"[{at: holding 40, bits: {16: P1}}]",
         "9:37: 'bits' is a group of keys; allowed is a group of bits 0..15 and what they show: {0: M1.running, 5: "
         "TT101.forced}\n"},
        {"[{at: holding 40, bit: 1, tag: P1}, {at: holding 40, bit: 1, tag: V1}]",
         "9:54: the point at holding 40 (holding_registers 40..40) overlaps the point at holding 40 (line 9) at "
         "address "
         "40; choose another 'at'\n"},
        {"[{at: holding 40, byte: low, tag: V1, type: int32}]",
         "9:57: a part of one register has a type of one: int8, uint8\n"},
        {"[{at: holding 40, byte: low, tag: V1, type: int16}]", "9:57: a byte has a type of one: int8, uint8\n"},
        {"[{at: holding 40, tag: V1, type: int16, no_value: 0x80000}]",
         "9:63: 'no_value' does not fit int16, which has 16 bits\n"},
        {"[{at: holding 40, tag: V1, type: int16, no_value: -32769}]",
         "9:63: 'no_value' does not fit int16, which has 16 bits\n"},
        {"[{at: holding 40, tag: V1, byte: low, no_value: 0x100}]",
         "9:61: 'no_value' does not fit uint8, which has 8 bits\n"},
        {"[{at: holding 40, tag: V1, type: int32, no_value: 1.5}]",
         "9:63: 'no_value' does not fit int32, which has 32 bits\n"},
        {"[{at: holding 40, tag: V1, type: uint64, no_value: 0x10000000000000000}]",
         "9:64: 'no_value' is '0x10000000000000000'; allowed is a whole number such as 0x80000000; of a float a number "
         "or nan, or its bits in hexadecimal\n"},
        {"[{at: holding 5, tag: V1}]", "9:19: the point at holding 5 (holding_registers 5..5) overlaps TT101 (line 6) "
                                       "at address 5; choose another 'at'\n"},
    };
    for (size_t m = 0; m < sizeof mistakes / sizeof mistakes[0]; m++) {
        char yaml[800];
        snprintf(yaml, sizeof yaml, POINTS "%s\n", mistakes[m].points);
        assert_string_equal(errors_of_text(yaml), mistakes[m].said);
    }
}

/* What a register says beyond type, scale, offset and order is told as a point's. */
static void test_mistakes_in_registers_are_told_as_in_points(void **state)
{
    (void)state;
    static const struct {
        const char *items, *said;
    } mistakes[] = {
        {"sensors: [{name: T, register: {at: inpt 0}}]",
         "4:40: 'at' is 'inpt 0'; allowed is a whole number 0..65535, or a table and a number: input 0\n"},
        {"sensors: [{name: T, register: {at: discrete 0, type: int32}}]",
         "4:58: a discrete is one bit and has no 'type'; remove it\n"},
        {"sensors: [{name: T, register: {at: input 3, bit: 1, byte: low}}]",
         "4:35: 'bit', 'byte' and 'bits' each say which part of the register is meant; keep one\n"},
        {"sensors: [{name: T, register: {at: 3, byte: low, type: int16}}]",
         "4:60: a byte has a type of one: int8, uint8\n"},
        {"sensors: [{name: T, register: {at: input 3, access: read_write}}]",
         "4:57: no master writes in the table 'input_registers'\n"},
        {"sensors: [{name: T, register: {at: 3, no_value: x}}]",
         "4:53: 'no_value' is 'x'; allowed is a whole number such as 0x80000000; of a float a number or nan, or its "
         "bits in hexadecimal\n"},
        {"sensors: [{name: T, register: {at: 3, no_value: 65536}}]",
         "4:53: 'no_value' does not fit int16, which has 16 bits\n"},
        {"blocks: none\n    sensors: [{name: T, register: {no_value: -1}}]",
         "5:35: this register needs 'at' in a unit without blocks: where it stands\n"},
        {"sensors: [{name: \"T{n}\", repeat: 2, register: {at: input 65535}}]",
         "4:56: no room for T2: it would stand at address 65536; allowed is up to 65535\n"},
        {"sensors: [{name: T, register: {at: input 3}}, {name: U, register: {at: input 3}}]",
         "4:76: the point at input 3 (input_registers 3..3) overlaps the point at input 3 (line 4) at address 3; "
         "choose "
         "another 'at'\n"},
        {"actuators: [{name: V, register: {at: coil 3}}]",
         "4:37: an actuator's command is a number; for an on/off one write on_off: true\n"},
        {"actuators: [{name: P, on_off: true, register: {at: 3}}]",
         "4:51: an on/off actuator is commanded by a bit; its register says which: at: coil 3, or at: holding 8 with "
         "bit: 0\n"},
    };
    for (size_t m = 0; m < sizeof mistakes / sizeof mistakes[0]; m++) {
        char yaml[400];
        snprintf(yaml, sizeof yaml, "mbplant: 1\nunits:\n  - id: 1\n    %s\n", mistakes[m].items);
        assert_string_equal(errors_of_text(yaml), mistakes[m].said);
    }
}

static void test_register_with_a_points_keys_and_no_address_stands_where_the_value_would(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text("mbplant: 1\nunits:\n  - id: 1\n    sensors:\n"
                                            "      - {name: A, register: {type: int32}}\n"
                                            "      - {name: B, register: {type: int32, no_value: 0x80000000}}\n"
                                            "      - {name: C, register: {type: int16}}\n");
    const struct mbp_user_point *point = mbp_map_register_point(plant, MBP_PER_SENSOR, 1);
    assert_non_null(point);
    assert_int_equal(point->reg.addr, 2);
    assert_true(point->writable);
    assert_int_equal(plant->sensors[2].reg.addr, 4);
    assert_null(mbp_map_register_point(plant, MBP_PER_SENSOR, 0));
    mbp_plant_free(plant);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_place_is_a_table_by_any_of_its_words_and_an_address_of_any_base),
        cmocka_unit_test(test_type_not_given_is_that_of_the_tags_register),
        cmocka_unit_test(test_point_is_writable_as_its_tag_is_where_modbus_writes),
        cmocka_unit_test(test_point_follows_the_access_that_the_value_says_of_itself),
        cmocka_unit_test(test_point_follows_the_access_that_the_register_of_its_tag_says),
        cmocka_unit_test(test_repeat_places_one_behind_the_other_and_counts_in_the_tag),
        cmocka_unit_test(test_standard_blocks_give_way_to_points),
        cmocka_unit_test(test_parts_of_a_register_stand_beside_each_other),
        cmocka_unit_test(test_printed_points_load_to_the_same_map),
        cmocka_unit_test(test_mistakes_get_one_clear_error_each),
        cmocka_unit_test(test_mistakes_in_registers_are_told_as_in_points),
        cmocka_unit_test(test_register_with_a_points_keys_and_no_address_stands_where_the_value_would),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
