/* Masters' writes to holding registers: whole or not at all. */
#include "device.h"

#include <math.h>
#include <string.h>

#define BAD_ADDRESS MBP_EX_ILLEGAL_DATA_ADDRESS
#define BAD_VALUE   MBP_EX_SERVER_DEVICE_FAILURE

static uint16_t holding(const struct device *device, uint16_t addr)
{
    return device_word(device->plc, MBP_HOLDING_REGISTERS, addr);
}

static size_t latched(struct device *device)
{
    const struct mbp_write *writes;
    return mbp_image_latch(device->image, &writes);
}

static void test_write_to_raw_registers_is_visible_at_once_and_asks_nothing_of_the_scan(void **state)
{
    struct device *device = *state;
    static const uint16_t words[3] = {0xBEEF, 0, 0xFFFF};
    assert_int_equal(device_write(device->plc, 3000, 3, words), MBP_OK);
    assert_int_equal(holding(device, 3000), 0xBEEF);
    assert_int_equal(holding(device, 3001), 0);
    assert_int_equal(holding(device, 3002), 0xFFFF);
    assert_int_equal(latched(device), 0);
}

static void test_write_over_a_gap_is_refused_and_changes_nothing(void **state)
{
    struct device *device = *state;
    static const uint16_t words[4] = {9, 9, 9, 9};
    assert_int_equal(device_write(device->plc, 3000, 4, words), BAD_ADDRESS);
    assert_int_equal(device_write(device->plc, 2999, 4, words), BAD_ADDRESS);
    assert_int_equal(holding(device, 3000), 1);
    assert_int_equal(holding(device, 3002), 3);
}

static void test_write_to_read_only_or_rejecting_points_is_refused(void **state)
{
    struct device *device = *state;
    assert_int_equal(device_write_word(device->plc, 3010, 9), BAD_ADDRESS);
    assert_int_equal(device_write_word(device->plc, 6, 9), BAD_ADDRESS); /* R1, inject: reject */
    assert_int_equal(holding(device, 3010), 7);
    assert_int_equal(holding(device, 6), 0);
    assert_int_equal(latched(device), 0);
}

static void test_write_beyond_min_or_max_of_a_block_changes_nothing(void **state)
{
    struct device *device = *state;
    static const uint16_t fine[3] = {10, 15, 20};
    static const uint16_t high[3] = {11, 12, 21};
    static const uint16_t low[3] = {9, 12, 13};
    assert_int_equal(device_write(device->plc, 3020, 3, fine), MBP_OK);
    assert_int_equal(device_write(device->plc, 3020, 3, high), BAD_VALUE);
    assert_int_equal(device_write(device->plc, 3020, 3, low), BAD_VALUE);
    for (uint16_t i = 0; i < 3; i++)
        assert_int_equal(holding(device, (uint16_t)(3020 + i)), fine[i]);
}

static void test_write_of_a_value_in_range_is_visible_and_waits_for_the_scan(void **state)
{
    struct device *device = *state;
    assert_int_equal(device_write_word(device->plc, 0, 915), MBP_OK);
    assert_int_equal(holding(device, 0), 915);
    assert_int_equal(latched(device), 1);
}

static void test_write_of_a_value_out_of_range_is_04_and_changes_nothing(void **state)
{
    struct device *device = *state;
    assert_int_equal(device_write_word(device->plc, 0, 915), MBP_OK);
    assert_int_equal(device_write_word(device->plc, 0, 1501), BAD_VALUE);
    assert_int_equal(device_write_word(device->plc, 0, 0xFFFF), BAD_VALUE); /* -0.1 */
    assert_int_equal(device_write_word(device->plc, 0, 0x8000), BAD_VALUE);
    assert_int_equal(holding(device, 0), 915);
    assert_int_equal(latched(device), 1);
}

static void test_write_of_a_value_at_the_edge_of_the_range_is_taken(void **state)
{
    struct device *device = *state;
    assert_int_equal(device_write_word(device->plc, 0, 0), MBP_OK);
    assert_int_equal(device_write_word(device->plc, 0, 1500), MBP_OK);
    /* L1 ends at 84.96: the register's nearest step is 85.0, the next one is not near any more. */
    assert_int_equal(device_write_word(device->plc, 50, 850), MBP_OK);
    assert_int_equal(device_write_word(device->plc, 50, 851), BAD_VALUE);
    assert_int_equal(device_write_value(device, P1, 10.0), MBP_OK);
    assert_int_equal(device_write_value(device, P1, 10.001), BAD_VALUE);
}

static void test_write_of_a_float_that_is_no_number_is_04(void **state)
{
    struct device *device = *state;
    static const uint16_t nan[2] = {0x0000, 0x7FC0}; /* CDAB */
    static const uint16_t infinite[2] = {0x0000, 0x7F80};
    assert_int_equal(device_write(device->plc, 1, 2, nan), BAD_VALUE);
    assert_int_equal(device_write(device->plc, 1, 2, infinite), BAD_VALUE);
    assert_int_equal(latched(device), 0);
}

static void test_write_of_several_values_of_which_one_is_wrong_changes_none(void **state)
{
    struct device *device = *state;
    /* T1 = 91.5; P1 = 4 (CDAB); C1 = 2,000,000: out of its range. */
    static const uint16_t words[5] = {915, 0x0000, 0x4080, 0x001E, 0x8480};
    assert_int_equal(device_write(device->plc, 0, 5, words), BAD_VALUE);
    for (uint16_t addr = 0; addr < 5; addr++)
        assert_int_equal(holding(device, addr), 0);
    assert_int_equal(latched(device), 0);
    assert_int_equal(device_write(device->plc, 0, 3, words), MBP_OK);
    assert_int_equal(latched(device), 2);
}

/* Masters that know only FC 6 write a 32-bit value in two: neither half can be judged alone. */
static void test_write_of_half_a_32_bit_value_waits_until_the_whole_is_one(void **state)
{
    struct device *device = *state;
    const struct mbp_write *writes;
    assert_int_equal(device_write_word(device->plc, 3, 0x000F), MBP_OK); /* 983,040 so far */
    assert_int_equal(device_write_word(device->plc, 4, 0x4240), MBP_OK); /* 1,000,000 */
    assert_int_equal(mbp_image_latch(device->image, &writes), 1);
    assert_int_equal(writes[0].index, C1);
    fixture_assert_number(writes[0].value, 1000000);
    assert_int_equal(device_write_word(device->plc, 3, 0x7FFF), MBP_OK); /* beyond its range, so far */
    assert_int_equal(mbp_image_latch(device->image, &writes), 0);
    assert_int_equal(holding(device, 3), 0x7FFF);
    assert_int_equal(device_write_word(device->plc, 3, 0x0001), MBP_OK);
    assert_int_equal(mbp_image_latch(device->image, &writes), 1);
    fixture_assert_number(writes[0].value, 0x00014240);
}

static void test_write_of_a_bool_takes_any_word_as_on(void **state)
{
    struct device *device = *state;
    const struct mbp_write *writes;
    assert_int_equal(device_write_word(device->plc, 5, 0xFF00), MBP_OK);
    assert_int_equal(mbp_image_latch(device->image, &writes), 1);
    assert_int_equal(writes[0].index, B1);
    fixture_assert_number(writes[0].value, 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, device_setup, device_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_write_to_raw_registers_is_visible_at_once_and_asks_nothing_of_the_scan),
        TEST(test_write_over_a_gap_is_refused_and_changes_nothing),
        TEST(test_write_to_read_only_or_rejecting_points_is_refused),
        TEST(test_write_beyond_min_or_max_of_a_block_changes_nothing),
        TEST(test_write_of_a_value_in_range_is_visible_and_waits_for_the_scan),
        TEST(test_write_of_a_value_out_of_range_is_04_and_changes_nothing),
        TEST(test_write_of_a_value_at_the_edge_of_the_range_is_taken),
        TEST(test_write_of_a_float_that_is_no_number_is_04),
        TEST(test_write_of_several_values_of_which_one_is_wrong_changes_none),
        TEST(test_write_of_half_a_32_bit_value_waits_until_the_whole_is_one),
        TEST(test_write_of_a_bool_takes_any_word_as_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
