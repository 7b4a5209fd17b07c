/* The user's own points on the wire: what masters read and write there. */
#include <math.h>
#include <stdlib.h>

#include "device.h"

static const char yaml[] = "mbplant: 1\n"
                           "units:\n"
                           "  - id: 1\n"
                           "    machines: [{name: M1}]\n"
                           "    sensors: [{name: T1, range: [0, 150], limits: {high: 85}, register: {scale: 0.1}}]\n"
                           "    actuators: [{name: P1, on_off: true}, {name: V1, range: [0, 100]}]\n"
                           "    points:\n"
                           "      - {at: input 100, tag: T1, type: float32}\n"
                           "      - {at: input 200, tag: T1, type: uint16, scale: 0.5, offset: -40}\n"
                           "      - {at: input 201, tag: T1, type: int16, scale: -2}\n"
                           "      - {at: input 202, tag: T1, type: uint16, scale: 0.001}\n"
                           "      - {at: holding 300, tag: V1, type: int32, order: CDAB, scale: 0.01}\n"
                           "      - {at: holding 302, tag: P1}\n"
                           "      - {at: holding 303, tag: T1, scale: 2}\n"
                           "      - {at: coil 900, tag: P1}\n"
                           "      - {at: coil 901, tag: T1.acknowledge}\n"
                           "      - {at: discrete 9000, tag: M1.running}\n"
                           "      - {at: holding 310, tag: M1.state}\n";

static int setup(void **state)
{
    struct device *device = calloc(1, sizeof *device);
    assert_non_null(device);
    device->plant = fixture_plant(yaml);
    assert_int_equal(mbp_image_new(device->plant, &device->image), MBP_OK);
    assert_int_equal(mbp_state_new(device->plant, FIXTURE_WALL_MS, &device->state), MBP_OK);
    device->plc = mbp_image_unit(device->image, 1);
    device->state->value[0] = 75;
    device_publish(device);
    *state = device;
    return 0;
}

static const struct mbp_write *only_write(struct device *device)
{
    const struct mbp_write *writes;
    assert_int_equal(mbp_image_latch(device->image, &writes), 1);
    return writes;
}

static void test_point_shows_its_tag_by_its_own_type_scale_and_offset(void **state)
{
    struct device *device = *state;
    assert_int_equal(device_u32(device->plc, MBP_INPUT_REGISTERS, 100), 0x42960000); /* 75.0 */
    assert_int_equal(device_word(device->plc, MBP_INPUT_REGISTERS, 200), 230);       /* (75 + 40) / 0.5 */
    assert_int_equal((int16_t)device_word(device->plc, MBP_INPUT_REGISTERS, 201), -38);
    assert_int_equal(device_word(device->plc, MBP_INPUT_REGISTERS, 202), 65535); /* held at its end */
    assert_true(device_bit(device->plc, MBP_DISCRETE_INPUTS, 9000));
}

static void test_point_follows_its_tag_at_every_publish(void **state)
{
    struct device *device = *state;
    device->state->value[0] = 12.5;
    device->state->machine[0].state = MBP_EN_PANNE;
    device_publish(device);
    assert_int_equal(device_u32(device->plc, MBP_INPUT_REGISTERS, 100), 0x41480000);
    assert_int_equal(device_word(device->plc, MBP_HOLDING_REGISTERS, 310), MBP_EN_PANNE);
    assert_false(device_bit(device->plc, MBP_DISCRETE_INPUTS, 9000));
}

static void test_write_of_a_point_is_a_write_of_its_tag(void **state)
{
    struct device *device = *state;
    const uint16_t words[] = {5512, 0}; /* 55.12 */
    assert_int_equal(device_write(device->plc, 300, 2, words), MBP_OK);
    const struct mbp_write *write = only_write(device);
    assert_int_equal(write->kind, MBP_WRITE_COMMAND);
    assert_int_equal(write->index, 1);
    fixture_assert_number(write->value, 5512 * 0.01);
    assert_int_equal(device_write_bit(device->plc, 900, true), MBP_OK);
    write = only_write(device);
    assert_int_equal(write->kind, MBP_WRITE_COMMAND);
    assert_int_equal(write->index, 0);
    fixture_assert_number(write->value, 1);
    assert_int_equal(device_write_word(device->plc, 302, 7), MBP_OK); /* whatever is not 0 is on */
    fixture_assert_number(only_write(device)->value, 1);
    assert_int_equal(device_write_word(device->plc, 303, 30), MBP_OK);
    write = only_write(device);
    assert_int_equal(write->kind, MBP_WRITE_VALUE);
    fixture_assert_number(write->value, 60);
}

static void test_trigger_at_a_point_clears_itself(void **state)
{
    struct device *device = *state;
    assert_int_equal(device_write_bit(device->plc, 901, true), MBP_OK);
    assert_int_equal(only_write(device)->kind, MBP_WRITE_ACKNOWLEDGE_SENSOR);
    assert_false(device_bit(device->plc, MBP_COILS, 901));
}

static void test_value_beyond_its_range_is_refused_at_a_point_too(void **state)
{
    struct device *device = *state;
    const struct mbp_refusal *refusals;
    assert_int_equal(device_write_word(device->plc, 303, 100), MBP_EX_SERVER_DEVICE_FAILURE); /* 200 of 150 */
    assert_int_equal(device_word(device->plc, MBP_HOLDING_REGISTERS, 303), 38);               /* 75 / 2 */
    assert_int_equal(mbp_image_latch_refusals(device->image, &refusals), 1);
    fixture_assert_number(refusals[0].value, 200);
    assert_int_equal(device_write_word(device->plc, 310, 1), MBP_EX_ILLEGAL_DATA_ADDRESS); /* a state is read only */
}

static void test_words_that_came_in_part_wait_for_the_rest(void **state)
{
    struct device *device = *state;
    const struct mbp_write *writes;
    assert_int_equal(device_write_word(device->plc, 301, 1), MBP_OK); /* 655.36 as it stands: no command yet */
    assert_int_equal(mbp_image_latch(device->image, &writes), 0);
    assert_int_equal(device_write_word(device->plc, 301, 0), MBP_OK);
    assert_int_equal(device_write_word(device->plc, 300, 1000), MBP_OK);
    fixture_assert_number(only_write(device)->value, 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_point_shows_its_tag_by_its_own_type_scale_and_offset, setup,
                                        device_teardown),
        cmocka_unit_test_setup_teardown(test_point_follows_its_tag_at_every_publish, setup, device_teardown),
        cmocka_unit_test_setup_teardown(test_write_of_a_point_is_a_write_of_its_tag, setup, device_teardown),
        cmocka_unit_test_setup_teardown(test_trigger_at_a_point_clears_itself, setup, device_teardown),
        cmocka_unit_test_setup_teardown(test_value_beyond_its_range_is_refused_at_a_point_too, setup, device_teardown),
        cmocka_unit_test_setup_teardown(test_words_that_came_in_part_wait_for_the_rest, setup, device_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
