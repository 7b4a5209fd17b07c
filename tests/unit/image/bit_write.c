/* Masters' writes to coils. */
#include "device.h"

static enum mbp_status write_bits(struct device *device, uint16_t addr, uint16_t count, uint8_t packed)
{
    return mbp_image_write_bits(device->plc, addr, count, &packed, (struct mbp_peer){DEVICE_PEER});
}

static void test_write_to_raw_coils_is_visible_at_once_and_asks_nothing_of_the_scan(void **state)
{
    struct device *device = *state;
    const struct mbp_write *writes;
    assert_int_equal(write_bits(device, 5000, 3, 0xFA), MBP_OK); /* 0 1 0, and bits beyond the count */
    assert_false(device_bit(device->plc, MBP_COILS, 5000));
    assert_true(device_bit(device->plc, MBP_COILS, 5001));
    assert_false(device_bit(device->plc, MBP_COILS, 5002));
    assert_int_equal(mbp_image_latch(device->image, &writes), 0);
}

static void test_write_over_a_gap_or_to_read_only_coils_changes_nothing(void **state)
{
    struct device *device = *state;
    assert_int_equal(write_bits(device, 5000, 4, 0x0A), MBP_EX_ILLEGAL_DATA_ADDRESS);
    assert_int_equal(write_bits(device, 5010, 2, 0x00), MBP_EX_ILLEGAL_DATA_ADDRESS);
    assert_int_equal(write_bits(device, 0, 8, 0x07), MBP_EX_ILLEGAL_DATA_ADDRESS); /* 4..7 of a machine are nothing */
    assert_true(device_bit(device->plc, MBP_COILS, 5000));
    assert_false(device_bit(device->plc, MBP_COILS, 5001));
    assert_true(device_bit(device->plc, MBP_COILS, 5010));
    assert_false(device_bit(device->plc, MBP_COILS, 1));
}

static void test_write_to_each_coil_of_the_map_asks_for_what_it_is(void **state)
{
    struct device *device = *state;
    static const struct {
        uint16_t addr;
        enum mbp_write_kind kind;
        uint32_t index;
        uint8_t sub;
    } cases[] = {
        {0, MBP_WRITE_STATE, M1, MBP_EN_SERVICE},
        {9, MBP_WRITE_STATE, M2, MBP_EN_PANNE},
        {10, MBP_WRITE_STATE, M2, MBP_MAINTENANCE},
        {11, MBP_WRITE_ACKNOWLEDGE, M2, 0},
        {1000, MBP_WRITE_FORCED, T1, 0},
        {1005, MBP_WRITE_FORCED, L1, 0},
        {2000, MBP_WRITE_SHELVED, T1, 0},
        {2005, MBP_WRITE_SHELVED, L1, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (int on = 0; on <= 1; on++) {
            const struct mbp_write *writes;
            assert_int_equal(device_write_bit(device->plc, cases[i].addr, on != 0), MBP_OK);
            assert_int_equal(mbp_image_latch(device->image, &writes), 1);
            assert_int_equal(writes[0].kind, cases[i].kind);
            assert_int_equal(writes[0].index, cases[i].index);
            assert_int_equal(writes[0].sub, cases[i].sub);
            fixture_assert_number(writes[0].value, on);
            assert_int_equal(writes[0].peer.actor, DEVICE_PEER);
        }
    }
}

/* Machines and sensors are counted within their unit on the wire, and within the plant inside. */
static void test_write_to_a_coil_of_a_later_unit_names_the_plants_machine_and_sensor(void **state)
{
    struct device *device = *state;
    const struct mbp_write *writes;
    struct mbp_image_unit *other = mbp_image_unit(device->image, 9);
    assert_int_equal(device_write_bit(other, 2, true), MBP_OK);
    assert_int_equal(device_write_bit(other, 1000, true), MBP_OK);
    assert_int_equal(mbp_image_latch(device->image, &writes), 2);
    assert_int_equal(writes[0].index, M3);
    assert_int_equal(writes[1].index, T3);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, device_setup, device_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_write_to_raw_coils_is_visible_at_once_and_asks_nothing_of_the_scan),
        TEST(test_write_over_a_gap_or_to_read_only_coils_changes_nothing),
        TEST(test_write_to_each_coil_of_the_map_asks_for_what_it_is),
        TEST(test_write_to_a_coil_of_a_later_unit_names_the_plants_machine_and_sensor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
