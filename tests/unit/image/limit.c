/* Masters' writes to limits. */
#include "device.h"

#include <math.h>

#define T1_LIMITS 1000
#define P1_LIMITS 1004
#define L1_LIMITS 1024
#define REFUSED   MBP_EX_SERVER_DEVICE_FAILURE

static size_t latch(struct device *device, const struct mbp_write **writes)
{
    return mbp_image_latch(device->image, writes);
}

static void test_limits_after_publishing_stand_in_the_sensors_type_with_unused_marked(void **state)
{
    struct device *device = *state;
    static const uint16_t expected[4] = {0x8000, 100, 850, 0x8000};
    for (uint16_t i = 0; i < 4; i++)
        assert_int_equal(device_word(device->plc, MBP_HOLDING_REGISTERS, (uint16_t)(T1_LIMITS + i)), expected[i]);
    /* 8.0f is 41000000, CDAB */
    assert_int_equal(device_word(device->plc, MBP_HOLDING_REGISTERS, P1_LIMITS + 4), 0x0000);
    assert_int_equal(device_word(device->plc, MBP_HOLDING_REGISTERS, P1_LIMITS + 5), 0x4100);
}

static void test_limit_written_names_its_sensor_and_which(void **state)
{
    struct device *device = *state;
    const struct mbp_write *writes;
    static const uint16_t seven[2] = {0x0000, 0x40E0};
    assert_int_equal(device_write_word(device->plc, T1_LIMITS + MBP_HIGH, 900), MBP_OK);
    assert_int_equal(device_write(device->plc, P1_LIMITS + 2 * MBP_HIGH, 2, seven), MBP_OK);
    assert_int_equal(latch(device, &writes), 2);
    assert_int_equal(writes[0].kind, MBP_WRITE_LIMIT);
    assert_int_equal(writes[0].index, T1);
    assert_int_equal(writes[0].sub, MBP_HIGH);
    fixture_assert_number(writes[0].value, 900 * 0.1);
    assert_int_equal(writes[1].index, P1);
    assert_int_equal(writes[1].sub, MBP_HIGH);
    fixture_assert_number(writes[1].value, 7);
}

static void test_limit_written_as_unused_is_latched_as_none(void **state)
{
    struct device *device = *state;
    const struct mbp_write *writes;
    assert_int_equal(device_write_word(device->plc, T1_LIMITS + MBP_HIGH, 0x8000), MBP_OK);
    assert_int_equal(latch(device, &writes), 1);
    assert_true(isnan(writes[0].value));
}

static void test_limit_out_of_order_or_range_is_04_and_changes_nothing(void **state)
{
    struct device *device = *state;
    const struct mbp_write *writes;
    assert_int_equal(device_write_word(device->plc, T1_LIMITS + MBP_HIGH, 99), REFUSED);       /* below low */
    assert_int_equal(device_write_word(device->plc, T1_LIMITS + MBP_HIGH, 1501), REFUSED);     /* above the range */
    assert_int_equal(device_write_word(device->plc, T1_LIMITS + MBP_HIGH_HIGH, 849), REFUSED); /* below high */
    assert_int_equal(device_write_word(device->plc, T1_LIMITS + MBP_LOW_LOW, 101), REFUSED);   /* above low */
    assert_int_equal(device_word(device->plc, MBP_HOLDING_REGISTERS, T1_LIMITS + MBP_HIGH), 850);
    assert_int_equal(device_word(device->plc, MBP_HOLDING_REGISTERS, T1_LIMITS + MBP_HIGH_HIGH), 0x8000);
    assert_int_equal(latch(device, &writes), 0);
}

static void test_limits_moved_together_are_judged_as_they_will_stand(void **state)
{
    struct device *device = *state;
    const struct mbp_write *writes;
    static const uint16_t above[4] = {0x8000, 900, 950, 1000}; /* each alone would pass its old neighbour */
    static const uint16_t crossed[4] = {0x8000, 950, 900, 1000};
    assert_int_equal(device_write(device->plc, T1_LIMITS, 4, crossed), REFUSED);
    assert_int_equal(device_write(device->plc, T1_LIMITS, 4, above), MBP_OK);
    assert_int_equal(latch(device, &writes), 4);
}

static void test_limit_at_a_step_that_rounds_over_the_ranges_end_is_taken(void **state)
{
    struct device *device = *state;
    assert_int_equal(device_write_word(device->plc, L1_LIMITS + MBP_HIGH, 850), MBP_OK); /* 85.0, the range: 84.96 */
    assert_int_equal(device_write_word(device->plc, L1_LIMITS + MBP_HIGH, 851), REFUSED);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, device_setup, device_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_limits_after_publishing_stand_in_the_sensors_type_with_unused_marked),
        TEST(test_limit_written_names_its_sensor_and_which),
        TEST(test_limit_written_as_unused_is_latched_as_none),
        TEST(test_limit_out_of_order_or_range_is_04_and_changes_nothing),
        TEST(test_limits_moved_together_are_judged_as_they_will_stand),
        TEST(test_limit_at_a_step_that_rounds_over_the_ranges_end_is_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
