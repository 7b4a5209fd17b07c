/* Which addresses there are, and reading them. */
#include "device.h"

#include <modbus/modbus.h>
#include <string.h>

#define REFUSED MBP_EX_ILLEGAL_DATA_ADDRESS

static void test_unit_by_its_id_is_itself_and_0_and_255_are_the_first(void **state)
{
    struct device *device = *state;
    assert_int_equal(mbp_image_unit(device->image, 1)->unit->id, 1);
    assert_int_equal(mbp_image_unit(device->image, 7)->unit->id, 7);
    assert_int_equal(mbp_image_unit(device->image, 9)->unit->id, 9);
    assert_ptr_equal(mbp_image_unit(device->image, 0), device->plc);
    assert_ptr_equal(mbp_image_unit(device->image, 255), device->plc);
}

static void test_unit_that_nobody_declared_is_none(void **state)
{
    struct device *device = *state;
    for (unsigned id = 1; id < 255; id++) {
        if (id != 1 && id != 7 && id != 9)
            assert_null(mbp_image_unit(device->image, (uint8_t)id));
    }
}

static void test_reading_a_declared_span_is_allowed_to_its_last_address(void **state)
{
    struct device *device = *state;
    assert_int_equal(mbp_image_may_read(device->plc, MBP_HOLDING_REGISTERS, 0, 7), MBP_OK);
    assert_int_equal(mbp_image_may_read(device->plc, MBP_HOLDING_REGISTERS, 50, 1), MBP_OK);
    assert_int_equal(mbp_image_may_read(device->plc, MBP_HOLDING_REGISTERS, 1000, 28), MBP_OK);
    assert_int_equal(mbp_image_may_read(device->plc, MBP_HOLDING_REGISTERS, 3000, 3), MBP_OK);
    assert_int_equal(mbp_image_may_read(device->plc, MBP_COILS, 0, 4), MBP_OK);
    assert_int_equal(mbp_image_may_read(device->plc, MBP_COILS, 1000, 6), MBP_OK);
    assert_int_equal(mbp_image_may_read(device->plc, MBP_COILS, 2000, 6), MBP_OK);
    assert_int_equal(mbp_image_may_read(device->plc, MBP_DISCRETE_INPUTS, 0, 48), MBP_OK);
    assert_int_equal(mbp_image_may_read(device->plc, MBP_DISCRETE_INPUTS, 4008, 3), MBP_OK);
    assert_int_equal(mbp_image_may_read(device->plc, MBP_INPUT_REGISTERS, 0, 24), MBP_OK);
    assert_int_equal(mbp_image_may_read(device->plc, MBP_INPUT_REGISTERS, 100, 32), MBP_OK);
    assert_int_equal(mbp_image_may_read(device->plc, MBP_INPUT_REGISTERS, 1000, 12), MBP_OK);
    assert_int_equal(mbp_image_may_read(device->plc, MBP_INPUT_REGISTERS, 5000, 64 * 20), MBP_OK);
}

static void test_reading_one_address_that_nobody_declared_is_refused(void **state)
{
    struct device *device = *state;
    assert_int_equal(mbp_image_may_read(device->plc, MBP_HOLDING_REGISTERS, 0, 8), REFUSED);
    assert_int_equal(mbp_image_may_read(device->plc, MBP_HOLDING_REGISTERS, 49, 2), REFUSED);
    assert_int_equal(mbp_image_may_read(device->plc, MBP_HOLDING_REGISTERS, 999, 1), REFUSED);
    assert_int_equal(mbp_image_may_read(device->plc, MBP_HOLDING_REGISTERS, 3022, 2), REFUSED); /* the table's end */
    assert_int_equal(mbp_image_may_read(device->plc, MBP_HOLDING_REGISTERS, 60000, 1), REFUSED);
    assert_int_equal(mbp_image_may_read(device->plc, MBP_COILS, 1006, 1), REFUSED);
    assert_int_equal(mbp_image_may_read(device->plc, MBP_DISCRETE_INPUTS, 48, 1), REFUSED);
    assert_int_equal(mbp_image_may_read(device->plc, MBP_INPUT_REGISTERS, 23, 2), REFUSED);
    assert_int_equal(mbp_image_may_read(mbp_image_unit(device->image, 9), MBP_HOLDING_REGISTERS, 0, 2), REFUSED);
}

/* A unit with each kind of item, two of each, so that every block has its strides twice. */
static const char strides[] =
    "mbplant: 1\ninstructor: true\nfaults: [{name: F1, kind: bias, sensor: S1, amount: 1}]\nunits:\n"
    "  - id: 1\n"
    "    machines:\n"
    "      - name: M1\n"
    "        sensors: [{name: S1, range: [0, 100], register: {type: float32}},\n"
    "                  {name: S2, register: {type: string(3)}, signal: {text: x}}]\n"
    "        actuators: [{name: V1}, {name: P1, on_off: true}, {name: P2, on_off: true}]\n"
    "        controllers: [{name: C1, input: S1, output: V1, setpoint: 50, gain: 1}]\n"
    "      - {name: M2}\n"
    "    tables: {coils: [{at: 6, values: [1]}]}\n";

/* From a block's begin to its end a master reads without a gap, in one go or address by address; what is no point there
 * reads 0 and is not written. */
static void test_holes_inside_strides_read_0_and_are_not_written(void **state)
{
    (void)state;
    struct mbp_plant *plant = fixture_plant(strides);
    struct mbp_image *image;
    unsigned holes = 0;
    assert_int_equal(mbp_image_new(plant, &image), MBP_OK);
    for (unsigned b = 0; b < mbp_map_count; b++) {
        const enum mbp_table table = (enum mbp_table)mbp_map[b].table;
        for (uint32_t u = 0; u < plant->unit_count; u++) {
            struct mbp_image_unit *unit = mbp_image_unit(image, plant->units[u].id);
            uint32_t first = 0;
            uint32_t count = mbp_map_span(plant, &plant->units[u], b, &first);
            assert_int_equal(count == 0 ? MBP_OK : mbp_image_may_read(unit, table, first, count), MBP_OK);
            for (uint32_t addr = first; addr < first + count; addr++) {
                struct mbp_point point;
                uint8_t read[2] = {0xFF, 0xFF};
                if (mbp_map_point_at(plant, u, table, (uint16_t)addr, &point))
                    continue;
                holes++;
                if (table == MBP_COILS || table == MBP_DISCRETE_INPUTS)
                    mbp_image_read_bits(unit, table, (uint16_t)addr, 1, read);
                else
                    mbp_image_read_words(unit, table, (uint16_t)addr, 1, read);
                assert_int_equal(read[0], 0);
                assert_int_equal(mbp_image_may_write(unit, table, addr, 1), REFUSED);
            }
        }
    }
    assert_true(holes > 20);
    mbp_image_free(image);
    mbp_plant_free(plant);
}

static void test_what_the_file_places_in_a_hole_stands_there(void **state)
{
    (void)state;
    struct mbp_plant *plant = fixture_plant(strides);
    struct mbp_image *image;
    uint8_t bits;
    assert_int_equal(mbp_image_new(plant, &image), MBP_OK);
    struct mbp_image_unit *unit = mbp_image_unit(image, 1);
    assert_int_equal(mbp_image_may_read(unit, MBP_COILS, 0, 10), MBP_OK); /* what many clients ask first */
    mbp_image_read_bits(unit, MBP_COILS, 6, 2, &bits);
    assert_int_equal(bits, 1);
    assert_int_equal(mbp_image_may_write(unit, MBP_COILS, 6, 1), MBP_OK);
    assert_int_equal(mbp_image_may_write(unit, MBP_COILS, 7, 1), REFUSED);
    assert_int_equal(mbp_image_may_read(unit, MBP_COILS, 16, 1), REFUSED); /* behind the last machine */
    mbp_image_free(image);
    mbp_plant_free(plant);
}

static void test_reading_beyond_65535_never_wraps(void **state)
{
    struct device *device = *state;
    const struct mbp_image_unit *zeros = mbp_image_unit(device->image, 7);
    assert_int_equal(mbp_image_may_read(zeros, MBP_HOLDING_REGISTERS, 65535, 1), MBP_OK);
    assert_int_equal(mbp_image_may_read(zeros, MBP_HOLDING_REGISTERS, 65535, 2), REFUSED);
    assert_int_equal(mbp_image_may_read(zeros, MBP_COILS, 63537, 2000), REFUSED);
    assert_int_equal(mbp_image_may_write(device->plc, MBP_HOLDING_REGISTERS, 65535, 2), REFUSED);
}

static void test_reading_gaps_of_a_unit_that_fills_them_gives_zeros(void **state)
{
    struct device *device = *state;
    const struct mbp_image_unit *zeros = mbp_image_unit(device->image, 7);
    uint8_t bytes[12];
    static const uint8_t around[12] = {0, 0, 0, 7, 0, 8, 0, 0, 0, 0, 0, 0}; /* from 9: before, both, beyond the table */
    memset(bytes, 0xAA, sizeof bytes);
    mbp_image_read_words(zeros, MBP_HOLDING_REGISTERS, 9, 6, bytes);
    assert_memory_equal(bytes, around, sizeof bytes);
    memset(bytes, 0xAA, sizeof bytes);
    mbp_image_read_words(zeros, MBP_INPUT_REGISTERS, 40000, 6, bytes); /* a table without any point */
    assert_true(bytes[0] == 0 && memcmp(bytes, bytes + 1, sizeof bytes - 1) == 0);
    memset(bytes, 0xAA, sizeof bytes);
    mbp_image_read_bits(zeros, MBP_COILS, 40000, 90, bytes);
    assert_true(bytes[0] == 0 && memcmp(bytes, bytes + 1, sizeof bytes - 1) == 0);
}

static void test_writing_gaps_of_a_unit_that_fills_them_is_refused(void **state)
{
    struct device *device = *state;
    struct mbp_image_unit *zeros = mbp_image_unit(device->image, 7);
    assert_int_equal(mbp_image_may_write(zeros, MBP_HOLDING_REGISTERS, 10, 2), MBP_OK);
    assert_int_equal(mbp_image_may_write(zeros, MBP_HOLDING_REGISTERS, 9, 2), REFUSED);
    assert_int_equal(mbp_image_may_write(zeros, MBP_HOLDING_REGISTERS, 11, 2), REFUSED);
    assert_int_equal(mbp_image_may_write(zeros, MBP_COILS, 0, 1), REFUSED);
}

static void test_writing_is_allowed_where_the_map_says_so(void **state)
{
    struct device *device = *state;
    static const struct {
        enum mbp_table table;
        uint16_t addr, count;
        enum mbp_status status;
    } cases[] = {
        {MBP_HOLDING_REGISTERS, 0, 6, MBP_OK},
        {MBP_HOLDING_REGISTERS, 6, 1, REFUSED}, /* inject: reject */
        {MBP_HOLDING_REGISTERS, 0, 7, REFUSED},
        {MBP_HOLDING_REGISTERS, 50, 1, MBP_OK},
        {MBP_HOLDING_REGISTERS, 1000, 28, MBP_OK},
        {MBP_HOLDING_REGISTERS, 3000, 3, MBP_OK},
        {MBP_HOLDING_REGISTERS, 3010, 1, REFUSED},
        {MBP_COILS, 0, 4, MBP_OK},
        {MBP_COILS, 1000, 6, MBP_OK},
        {MBP_COILS, 2000, 6, MBP_OK},
        {MBP_COILS, 5000, 3, MBP_OK},
        {MBP_COILS, 5011, 1, REFUSED},
        {MBP_INPUT_REGISTERS, 0, 1, REFUSED},
        {MBP_DISCRETE_INPUTS, 0, 1, REFUSED},
        {MBP_INPUT_REGISTERS, 7000, 1, REFUSED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(mbp_image_may_write(device->plc, cases[i].table, cases[i].addr, cases[i].count),
                         cases[i].status);
}

static void test_raw_points_before_any_write_have_the_values_of_the_file(void **state)
{
    struct device *device = *state;
    static const uint8_t words[6] = {0, 1, 0, 2, 0, 3};
    static const uint8_t bits[2] = {0xB6, 0x01}; /* 0 1 1 0 1 1 0 1 1, lowest first, the rest of the byte 0 */
    uint8_t bytes[6];
    mbp_image_read_words(device->plc, MBP_HOLDING_REGISTERS, 3000, 3, bytes);
    assert_memory_equal(bytes, words, 6);
    bytes[1] = 0xFF;
    mbp_image_read_bits(device->plc, MBP_DISCRETE_INPUTS, 6000, 9, bytes);
    assert_memory_equal(bytes, bits, 2);
    mbp_image_read_bits(device->plc, MBP_COILS, 5000, 3, bytes);
    assert_int_equal(bytes[0], 0x05);
    assert_int_equal(device_word(device->plc, MBP_INPUT_REGISTERS, 7001), 200);
}

static void test_tables_are_the_arrays_of_a_libmodbus_mapping(void **state)
{
    struct device *device = *state;
    const modbus_mapping_t *mapping = device->plc->mapping;
    assert_ptr_equal(mapping->tab_bits, device->plc->coils);
    assert_ptr_equal(mapping->tab_input_bits, device->plc->discrete);
    assert_ptr_equal(mapping->tab_registers, device->plc->holding);
    assert_ptr_equal(mapping->tab_input_registers, device->plc->input);
    assert_int_equal(mapping->nb_registers, device->plc->size[MBP_HOLDING_REGISTERS]);
    assert_int_equal(mapping->nb_bits, device->plc->size[MBP_COILS]);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, device_setup, device_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_unit_by_its_id_is_itself_and_0_and_255_are_the_first),
        TEST(test_unit_that_nobody_declared_is_none),
        TEST(test_reading_a_declared_span_is_allowed_to_its_last_address),
        TEST(test_reading_one_address_that_nobody_declared_is_refused),
        TEST(test_reading_beyond_65535_never_wraps),
        TEST(test_holes_inside_strides_read_0_and_are_not_written),
        TEST(test_what_the_file_places_in_a_hole_stands_there),
        TEST(test_reading_gaps_of_a_unit_that_fills_them_gives_zeros),
        TEST(test_writing_gaps_of_a_unit_that_fills_them_is_refused),
        TEST(test_writing_is_allowed_where_the_map_says_so),
        TEST(test_raw_points_before_any_write_have_the_values_of_the_file),
        TEST(test_tables_are_the_arrays_of_a_libmodbus_mapping),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
