/* Commands of actuators: masters' writes, and what is published. */
#include <stdlib.h>

#include "device.h"

static const char yaml[] =
    "mbplant: 1\nunits:\n  - id: 1\n    sensors: [{name: T1, register: {at: 30}}]\n    actuators:\n"
    "      - {name: A1, range: [0, 100]}\n"
    "      - {name: A2, on_off: true, range: [2, 8]}\n"
    "      - {name: A3, range: [-1, 1], register: {at: 20, type: float32, order: CDAB}}\n";

enum { A1, A2, A3, HR_A1 = 7000, HR_A3 = 20, COIL_A2 = 5001, IR = 7000 };

static int setup(void **state)
{
    struct device *device = calloc(1, sizeof *device);
    assert_non_null(device);
    device->plant = fixture_plant(yaml);
    assert_int_equal(mbp_image_new(device->plant, &device->image), MBP_OK);
    assert_int_equal(mbp_state_new(device->plant, FIXTURE_WALL_MS, &device->state), MBP_OK);
    device->plc = mbp_image_unit(device->image, 1);
    device_publish(device);
    *state = device;
    return 0;
}

static void assert_latched(struct device *device, uint32_t actuator, double value)
{
    const struct mbp_write *writes;
    assert_int_equal(mbp_image_latch(device->image, &writes), 1);
    assert_int_equal(writes[0].kind, MBP_WRITE_COMMAND);
    assert_int_equal(writes[0].index, actuator);
    fixture_assert_number(writes[0].value, value);
    assert_int_equal(writes[0].peer.actor, DEVICE_PEER);
}

static void test_write_of_a_command_waits_for_the_scan_in_engineering_units(void **state)
{
    struct device *device = *state;
    assert_int_equal(device_write_word(device->plc, HR_A1, 500), MBP_OK);
    assert_latched(device, A1, 50);
    static const uint16_t half[2] = {0x0000, 0x3F00};
    assert_int_equal(device_write(device->plc, HR_A3, 2, half), MBP_OK);
    assert_latched(device, A3, 0.5);
    assert_int_equal(device_write_bit(device->plc, COIL_A2, true), MBP_OK);
    assert_latched(device, A2, 1);
}

static void test_write_of_a_command_beyond_the_range_is_04_and_changes_nothing(void **state)
{
    struct device *device = *state;
    static const uint16_t two[2] = {0x0000, 0x4000};
    static const uint16_t nan[2] = {0x0000, 0x7FC0};
    assert_int_equal(device_write_word(device->plc, HR_A1, 1001), MBP_EX_SERVER_DEVICE_FAILURE);
    assert_int_equal(device_write_word(device->plc, HR_A1, 0xFFFF), MBP_EX_SERVER_DEVICE_FAILURE);
    assert_int_equal(device_write(device->plc, HR_A3, 2, two), MBP_EX_SERVER_DEVICE_FAILURE);
    assert_int_equal(device_write(device->plc, HR_A3, 2, nan), MBP_EX_SERVER_DEVICE_FAILURE);
    assert_int_equal(device_word(device->plc, MBP_HOLDING_REGISTERS, HR_A1), 0);
    const struct mbp_write *writes;
    assert_int_equal(mbp_image_latch(device->image, &writes), 0);
}

static void test_write_beside_a_command_is_02(void **state)
{
    struct device *device = *state;
    assert_int_equal(device_write_bit(device->plc, 5000, true), MBP_EX_ILLEGAL_DATA_ADDRESS); /* A1 is not on/off */
    assert_int_equal(device_write_word(device->plc, 7001, 0), MBP_EX_ILLEGAL_DATA_ADDRESS);
}

static void test_command_and_position_are_published(void **state)
{
    struct device *device = *state;
    device->state->command[A1] = 45.5;
    device->state->lagged[device->plant->sensor_count + A1] = 12.25;
    device->state->command[A2] = 8;
    device->state->command[A3] = -0.5;
    device_publish(device);
    assert_int_equal(device_word(device->plc, MBP_HOLDING_REGISTERS, HR_A1), 455);
    assert_true(device_bit(device->plc, MBP_COILS, COIL_A2));
    assert_int_equal(device_word(device->plc, MBP_HOLDING_REGISTERS, HR_A3), 0x0000);
    assert_int_equal(device_word(device->plc, MBP_HOLDING_REGISTERS, HR_A3 + 1), 0xBF00);
    assert_int_equal(device_u32(device->plc, MBP_INPUT_REGISTERS, IR), 0x41440000);     /* 12.25 */
    assert_int_equal(device_u32(device->plc, MBP_INPUT_REGISTERS, IR + 2), 0x42360000); /* 45.5 */
    assert_int_equal(device_u32(device->plc, MBP_INPUT_REGISTERS, IR + 6), 0x41000000); /* 8 */
    device->state->command[A2] = 2;
    device_publish(device);
    assert_false(device_bit(device->plc, MBP_COILS, COIL_A2));
}

#define ACTUATOR_TEST(test) cmocka_unit_test_setup_teardown(test, setup, device_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ACTUATOR_TEST(test_write_of_a_command_waits_for_the_scan_in_engineering_units),
        ACTUATOR_TEST(test_write_of_a_command_beyond_the_range_is_04_and_changes_nothing),
        ACTUATOR_TEST(test_write_beside_a_command_is_02),
        ACTUATOR_TEST(test_command_and_position_are_published),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
