/* Raw points, files and FIFO queues. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plant_fixture.h"

/* ---- the plants that the conformance cases are run against ---------------------------------------------------- */

static void print_values(FILE *out, const char *key, uint32_t count, uint16_t (*value)(uint32_t i))
{
    fprintf(out, "      %s: [{at: 0, values: [", key);
    for (uint32_t i = 0; i < count; i++) {
        fprintf(out, "%s%u", i == 0 ? "" : ",", value(i));
    }
    fputs("]}]\n", out);
}

static uint16_t coil(uint32_t i)
{
    return i % 2 == 0;
}

static uint16_t discrete(uint32_t i)
{
    return i % 3 == 0;
}

static uint16_t holding(uint32_t i)
{
    return (uint16_t)(0x1000 + i);
}

static uint16_t input(uint32_t i)
{
    return (uint16_t)(0x2000 + i);
}

static struct mbp_plant *conformance_plant(uint32_t points, uint32_t records)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    assert_non_null(out);
    fputs("mbplant: 1\nserver: {serial_functions: false}\nidentity: {vendor: MBP, product: P1, revision: V1.0}\n", out);
    fputs("units:\n  - id: 1\n    tables:\n", out);
    print_values(out, "coils", points, coil);
    print_values(out, "discrete_inputs", points, discrete);
    print_values(out, "holding_registers", points, holding);
    print_values(out, "input_registers", points, input);
    fputs("      files: [{number: 1, values: [", out);
    for (uint32_t i = 0; i < records; i++) {
        fprintf(out, "%s%u", i == 0 ? "" : ",", (0x3000 + i) & 0xFFFF);
    }
    fputs("]}]\n", out);
    fclose(out);
    struct mbp_plant *plant = plant_of_text(text);
    free(text);
    return plant;
}

static void test_conformance_base_plant_loads_as_it_is_written(void **state)
{
    (void)state;
    struct mbp_plant *plant = conformance_plant(10, 10);
    const struct mbp_unit *unit = &plant->units[0];
    assert_int_equal(plant->unit_count, 1);
    assert_false(plant->server.serial_functions);
    assert_string_equal(plant->identity.object[0], "MBP");
    assert_string_equal(plant->identity.object[1], "P1");
    assert_string_equal(plant->identity.object[2], "V1.0");
    assert_null(plant->identity.object[3]);
    for (unsigned table = 0; table < MBP_TABLE_COUNT; table++) {
        assert_int_equal(unit->block_count[table], 1);
        assert_int_equal(unit->blocks[table][0].at, 0);
        assert_int_equal(unit->blocks[table][0].count, 10);
        assert_int_equal(unit->blocks[table][0].writable, table == MBP_COILS || table == MBP_HOLDING_REGISTERS);
    }
    for (uint32_t i = 0; i < 10; i++) {
        assert_int_equal(unit->blocks[MBP_COILS][0].values[i], coil(i));
        assert_int_equal(unit->blocks[MBP_DISCRETE_INPUTS][0].values[i], discrete(i));
        assert_int_equal(unit->blocks[MBP_HOLDING_REGISTERS][0].values[i], 0x1000 + i);
        assert_int_equal(unit->blocks[MBP_INPUT_REGISTERS][0].values[i], 0x2000 + i);
        assert_int_equal(unit->files[0].values[i], 0x3000 + i);
    }
    assert_int_equal(unit->files[0].number, 1);
    mbp_plant_free(plant);
}

static void test_conformance_big_plant_fills_every_table(void **state)
{
    (void)state;
    struct mbp_plant *plant = conformance_plant(65536, 10000);
    const struct mbp_unit *unit = &plant->units[0];
    for (unsigned table = 0; table < MBP_TABLE_COUNT; table++) {
        assert_int_equal(unit->blocks[table][0].count, 65536);
    }
    assert_int_equal(unit->blocks[MBP_HOLDING_REGISTERS][0].values[65535], 0x0FFF);
    assert_int_equal(unit->files[0].count, 10000);
    mbp_plant_free(plant);
}

/* ---- blocks --------------------------------------------------------------------------------------------------- */

static void test_count_makes_so_many_zeros(void **state)
{
    (void)state;
    struct mbp_plant *plant =
        plant_of_text(ONE_UNIT_TABLES "{holding_registers: [{at: 0, count: 65536}], coils: [{at: 65535, count: 1}]}");
    const struct mbp_block *block = &plant->units[0].blocks[MBP_HOLDING_REGISTERS][0];
    assert_int_equal(block->count, 65536);
    for (uint32_t i = 0; i < block->count; i++) {
        assert_int_equal(block->values[i], 0);
    }
    assert_int_equal(plant->units[0].blocks[MBP_COILS][0].at, 65535);
    mbp_plant_free(plant);
}

static void test_access_read_takes_the_right_to_write(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text(ONE_UNIT_TABLES "{coils: [{at: 0, count: 1, access: read}, {at: 1, count: "
                                                            "1, access: read_write}]}");
    assert_false(plant->units[0].blocks[MBP_COILS][0].writable);
    assert_true(plant->units[0].blocks[MBP_COILS][1].writable);
    mbp_plant_free(plant);
}

static void test_access_write_of_inputs_is_refused(void **state)
{
    (void)state;
    assert_string_equal(errors_of_text(ONE_UNIT_TABLES "{input_registers: [{at: 0, count: 1, access: read_write}]}"),
                        "4:58: Modbus has no function that writes inputs; allowed is read\n");
    assert_non_null(strstr(errors_of_text(ONE_UNIT_TABLES "{input_registers: [{at: 0, count: 1, min: 1}]}"),
                           "'min' is not a key of a block of input_registers"));
}

static void test_min_and_max_bound_what_is_written(void **state)
{
    (void)state;
    struct mbp_plant *plant =
        plant_of_text(ONE_UNIT_TABLES "{holding_registers: [{at: 0, values: [5], min: 5}, {at: 1, count: 1, max: 0}]}");
    const struct mbp_block *blocks = plant->units[0].blocks[MBP_HOLDING_REGISTERS];
    assert_true(blocks[0].has_min && !blocks[0].has_max && blocks[0].min == 5);
    assert_true(!blocks[1].has_min && blocks[1].has_max && blocks[1].max == 0);
    mbp_plant_free(plant);
    assert_string_equal(errors_of_text(ONE_UNIT_TABLES "{holding_registers: [{at: 0, values: [5], min: 5, max: 4}]}"),
                        "4:68: 'max' is 4, below 'min', which is 5\n");
}

static void test_values_and_count_exclude_each_other(void **state)
{
    (void)state;
    assert_string_equal(errors_of_text(ONE_UNIT_TABLES "{coils: [{at: 0, values: [1], count: 1}]}"),
                        "4:50: 'values' and 'count' exclude each other; keep one\n");
    assert_string_equal(errors_of_text(ONE_UNIT_TABLES "{coils: [{at: 0}]}"),
                        "4:22: a block needs 'values' (a list) or 'count' (that many zeros)\n");
    assert_string_equal(errors_of_text(ONE_UNIT_TABLES "{coils: [{at: 0, values: []}]}"),
                        "4:38: 'values' is empty; a block holds at least one\n");
}

static void test_a_table_is_named_by_any_of_its_words(void **state)
{
    (void)state;
    struct mbp_plant *plant =
        plant_of_text(ONE_UNIT_TABLES "{0x: [{at: 20000, count: 1}], 1x: [{at: 20000, count: 2}], "
                                      "ir: [{at: 20000, count: 3}], holding: [{at: 20000, count: "
                                      "4}, {at: 21000, count: 5}]}");
    for (unsigned table = 0; table < MBP_TABLE_COUNT; table++)
        assert_int_equal(plant->units[0].block_count[table], table == MBP_HOLDING_REGISTERS ? 2 : 1);
    assert_int_equal(plant->units[0].blocks[MBP_COILS][0].count, 1);
    assert_int_equal(plant->units[0].blocks[MBP_DISCRETE_INPUTS][0].count, 2);
    assert_int_equal(plant->units[0].blocks[MBP_INPUT_REGISTERS][0].count, 3);
    assert_int_equal(plant->units[0].blocks[MBP_HOLDING_REGISTERS][1].count, 5);
    mbp_plant_free(plant);
    assert_string_equal(errors_of_text(ONE_UNIT_TABLES "{coil: [{at: 0, count: 1}], coils: [{at: 9, count: 1}]}"),
                        "4:41: 'coils' is given twice in the tables; the first is in line 4: keep one\n");
    assert_string_equal(errors_of_text(ONE_UNIT_TABLES "{hr: [{at: 0, count: 1}], 4x: [{at: 9, count: 1}]}"),
                        "4:39: 'holding_registers' is given twice in the tables; the first is in line 4: keep one\n");
    assert_non_null(strstr(errors_of_text(ONE_UNIT_TABLES "{2x: [{at: 0, count: 1}]}"),
                           "'2x' is not a key of the tables; its keys are coils, discrete_inputs,"));
}

static void test_block_beyond_the_last_address_is_refused(void **state)
{
    (void)state;
    assert_string_equal(errors_of_text(ONE_UNIT_TABLES "{coils: [{at: 65535, count: 2}]}"),
                        "4:27: 2 points from 65535 end beyond address 65535; at most 1 fit here\n");
    assert_string_equal(errors_of_text(ONE_UNIT_TABLES "{coils: [{at: 0, count: 65537}]}"),
                        "4:37: 'count' is '65537'; allowed is a whole number 1..65536\n");
}

static void test_values_are_words_or_bits(void **state)
{
    (void)state;
    assert_string_equal(errors_of_text(ONE_UNIT_TABLES "{coils: [{at: 0, values: [0, 1, 2]}]}"),
                        "4:45: value 3 is '2'; allowed is a whole number 0..1\n");
    assert_string_equal(errors_of_text(ONE_UNIT_TABLES "{input_registers: [{at: 0, values: [65535, -1, x, [1]]}]}"),
                        "4:56: value 2 is '-1'; allowed is a whole number 0..65535\n"
                        "4:60: value 3 is 'x'; allowed is a whole number 0..65535\n"
                        "4:63: value 4 is 'a group'; allowed is a whole number 0..65535\n");
}

static void test_wrong_block_does_not_seem_to_overlap_as_well(void **state)
{
    (void)state;
    assert_string_equal(errors_of_text(ONE_UNIT_TABLES "{coils: [{at: 0, values: [2, 1]}, {at: 1, count: 1}]}"),
                        "4:39: value 1 is '2'; allowed is a whole number 0..1\n");
}

/* ---- files and FIFO queues ------------------------------------------------------------------------------------ */

static void test_files_have_numbers_of_their_own_and_at_most_10000_records(void **state)
{
    (void)state;
    assert_string_equal(
        errors_of_text(ONE_UNIT_TABLES "{files: [{number: 7, count: 1}, {number: 7, count: 10001}, {number: 0}]}"),
        "4:54: 'number' 7 is taken by the file in line 4; each has its own\n"
        "4:64: 'count' is '10001'; allowed is a whole number 1..10000\n"
        "4:72: a file needs 'values' (a list) or 'count' (that many zeros)\n"
        "4:81: 'number' is '0'; allowed is a whole number 1..899\n");
}

static void test_fifos_have_addresses_of_their_own(void **state)
{
    (void)state;
    assert_string_equal(errors_of_text(ONE_UNIT_TABLES "{fifos: [{at: 5, values: []}, {at: 5, values: [1]}]}"),
                        "4:48: 'at' 5 is taken by the fifo in line 4; each has its own\n");
}

static void test_fifo_of_more_than_65535_values_is_refused(void **state)
{
    (void)state;
    static char text[256 + 2 * 65536];
    int len = snprintf(text, sizeof text, ONE_UNIT_TABLES "{fifos: [{at: 5, values: [0");
    for (int i = 1; i < 65536; i++)
        len += snprintf(text + len, sizeof text - (size_t)len, ",%d", i % 10);
    snprintf(text + len, sizeof text - (size_t)len, "]}]}");
    assert_string_equal(errors_of_text(text), "4:38: a FIFO queue holds at most 65535 values; these are 65536\n");
}

/* 32 are more than FC 24 can read; how it refuses (6.18) is for a master to meet. */
static void test_fifos_of_none_to_more_than_31_values_load(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text(
        ONE_UNIT_TABLES "{fifos: [{at: 0, values: []}, {at: 65535, values: [440, 4740]}, {at: 9, values: ["
                        "1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]}]}");
    assert_int_equal(plant->units[0].fifo_count, 3);
    assert_int_equal(plant->units[0].fifos[2].count, 32);
    assert_int_equal(plant->units[0].fifos[0].count, 0);
    assert_int_equal(plant->units[0].fifos[1].at, 65535);
    assert_int_equal(plant->units[0].fifos[1].values[1], 4740);
    mbp_plant_free(plant);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_conformance_base_plant_loads_as_it_is_written),
        cmocka_unit_test(test_conformance_big_plant_fills_every_table),
        cmocka_unit_test(test_count_makes_so_many_zeros),
        cmocka_unit_test(test_access_read_takes_the_right_to_write),
        cmocka_unit_test(test_access_write_of_inputs_is_refused),
        cmocka_unit_test(test_min_and_max_bound_what_is_written),
        cmocka_unit_test(test_values_and_count_exclude_each_other),
        cmocka_unit_test(test_a_table_is_named_by_any_of_its_words),
        cmocka_unit_test(test_block_beyond_the_last_address_is_refused),
        cmocka_unit_test(test_values_are_words_or_bits),
        cmocka_unit_test(test_wrong_block_does_not_seem_to_overlap_as_well),
        cmocka_unit_test(test_files_have_numbers_of_their_own_and_at_most_10000_records),
        cmocka_unit_test(test_fifos_have_addresses_of_their_own),
        cmocka_unit_test(test_fifo_of_more_than_65535_values_is_refused),
        cmocka_unit_test(test_fifos_of_none_to_more_than_31_values_load),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
