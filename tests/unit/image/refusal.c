/* Refused writes, noted for the journal. */
#include "device.h"

#include <math.h>

static const uint32_t peer_a = 0x0A000001;
static const uint32_t peer_b = 0x0A000002;

static size_t refusals(struct device *device, const struct mbp_refusal **out)
{
    return mbp_image_latch_refusals(device->image, out);
}

static void test_refusal_of_words_tells_who_where_what_and_why(void **state)
{
    struct device *device = *state;
    const struct mbp_refusal *out;
    assert_int_equal(device_write_from(device->plc, 0, 0x7FFF, peer_b), MBP_EX_SERVER_DEVICE_FAILURE);
    assert_int_equal(refusals(device, &out), 1);
    assert_int_equal(out[0].unit, 1);
    assert_int_equal(out[0].table, MBP_HOLDING_REGISTERS);
    assert_int_equal(out[0].addr, 0);
    assert_true(out[0].value > 3276.69 && out[0].value < 3276.71); /* 0x7FFF in steps of 0.1 */
    assert_int_equal(out[0].exception, 4);
    assert_int_equal(out[0].peer, peer_b);
    assert_int_equal(out[0].more, 0);
}

static void test_refusal_of_several_points_tells_the_one_that_was_not_allowed(void **state)
{
    struct device *device = *state;
    const struct mbp_refusal *out;
    uint16_t words[3] = {500};                                 /* T1 = 50.0 */
    mbp_codec_encode(MBP_FLOAT32, MBP_CDAB, 1, 11, words + 1); /* P1 = 11, beyond 10 */
    assert_int_equal(device_write(device->plc, 0, 3, words), MBP_EX_SERVER_DEVICE_FAILURE);
    assert_int_equal(refusals(device, &out), 1);
    assert_int_equal(out[0].addr, 1);
    assert_true(out[0].value == 11);
    mbp_codec_encode(MBP_FLOAT32, MBP_CDAB, 1, 9.5, words); /* P1.high beyond P1.high_high */
    assert_int_equal(device_write(device->plc, 1008, 2, words), MBP_EX_SERVER_DEVICE_FAILURE);
    assert_int_equal(refusals(device, &out), 1);
    assert_int_equal(out[0].addr, 1008);
    assert_true(out[0].value == 9.5);
    assert_int_equal(device_write(device->plc, 5, 2, words), MBP_EX_ILLEGAL_DATA_ADDRESS); /* B1 may be, R1 not */
    assert_int_equal(refusals(device, &out), 1);
    assert_int_equal(out[0].addr, 6);
    assert_true(out[0].value == words[1]);
}

static void test_refusal_of_a_part_of_a_value_tells_no_value(void **state)
{
    struct device *device = *state;
    const struct mbp_refusal *out;
    mbp_image_refuse(device->plc, MBP_HOLDING_REGISTERS, 1, 0x4120, MBP_EX_ILLEGAL_FUNCTION, (struct mbp_peer){peer_a});
    mbp_image_refuse(device->plc, MBP_HOLDING_REGISTERS, 0, 925, MBP_EX_ILLEGAL_DATA_ADDRESS,
                     (struct mbp_peer){peer_a});
    mbp_image_refuse(device->plc, MBP_HOLDING_REGISTERS, 3010, 925, MBP_EX_ILLEGAL_DATA_VALUE,
                     (struct mbp_peer){peer_a});
    assert_int_equal(refusals(device, &out), 3);
    assert_true(isnan(out[0].value));
    assert_true(out[1].value == 92.5);
    assert_true(out[2].value == 925); /* of no point */
}

static void test_refusal_of_bits_tells_the_first_bit(void **state)
{
    struct device *device = *state;
    const struct mbp_refusal *out;
    const uint8_t packed = 0x03;
    assert_int_equal(mbp_image_write_bits(device->plc, 5010, 2, &packed, (struct mbp_peer){peer_a}), 2);
    assert_int_equal(refusals(device, &out), 1);
    assert_int_equal(out[0].table, MBP_COILS);
    assert_int_equal(out[0].addr, 5010);
    assert_int_equal(out[0].value, 1);
    assert_int_equal(out[0].exception, 2);
}

static void test_refusals_alike_are_coalesced_into_the_first(void **state)
{
    struct device *device = *state;
    const struct mbp_refusal *out;
    for (uint16_t i = 0; i < 10; i++)
        device_write_from(device->plc, 60000, i, peer_a);
    assert_int_equal(refusals(device, &out), 1);
    assert_int_equal(out[0].addr, 60000);
    assert_int_equal(out[0].value, 0);
    assert_int_equal(out[0].more, 9);
}

static void test_refusals_at_other_addresses_have_places_of_their_own_up_to_eight(void **state)
{
    struct device *device = *state;
    const struct mbp_refusal *out;
    for (uint16_t i = 0; i < 10; i++)
        device_write_from(device->plc, (uint16_t)(60000 + i), i, peer_a);
    assert_int_equal(refusals(device, &out), 8);
    for (uint16_t i = 0; i < 8; i++) {
        assert_int_equal(out[i].addr, 60000 + i);
        assert_int_equal(out[i].more, i < 7 ? 0 : 2);
    }
}

static void test_refusals_of_other_peers_tables_reasons_or_units_are_told_apart(void **state)
{
    struct device *device = *state;
    const struct mbp_refusal *out;
    device_write_from(device->plc, 60000, 1, peer_a);
    device_write_from(device->plc, 60000, 1, peer_b);
    device_write_from(device->plc, 0, 0x7FFF, peer_a);
    device_write_bit(device->plc, 60000, true);
    device_write_from(mbp_image_unit(device->image, 9), 60000, 1, peer_a);
    device_write_from(device->plc, 60000, 1, peer_b);
    assert_int_equal(refusals(device, &out), 5);
    assert_int_equal(out[1].peer, peer_b);
    assert_int_equal(out[1].more, 1);
    assert_int_equal(out[4].unit, 9);
}

static void test_refusals_latched_are_forgotten(void **state)
{
    struct device *device = *state;
    const struct mbp_refusal *out;
    device_write_from(device->plc, 60000, 1, peer_a);
    assert_int_equal(refusals(device, &out), 1);
    assert_int_equal(refusals(device, &out), 0);
}

/* More peers than there are places: none of their refusals goes uncounted. */
static void test_refusals_of_more_kinds_than_places_are_all_counted(void **state)
{
    struct device *device = *state;
    const struct mbp_refusal *out;
    for (uint32_t peer = 1; peer <= 200; peer++)
        device_write_from(device->plc, 60000, 1, peer);
    size_t count = refusals(device, &out);
    assert_int_equal(count, 64);
    uint64_t told = 0;
    for (size_t i = 0; i < count; i++)
        told += 1 + out[i].more;
    assert_int_equal(told, 200);
    assert_int_equal(out[62].peer, 63);
    assert_int_equal(out[63].peer, MBP_ACTOR_OTHERS);
}

static void test_refusals_of_one_peer_leave_places_for_others(void **state)
{
    struct device *device = *state;
    const struct mbp_refusal *out;
    for (unsigned why = 1; why < 12; why++) {
        for (unsigned table = 0; table <= MBP_FILES; table++)
            mbp_image_refuse(device->plc, (enum mbp_table)table, 0, 0, (enum mbp_status)why, (struct mbp_peer){peer_a});
    }
    device_write_from(device->plc, 60000, 1, peer_b);
    size_t count = refusals(device, &out);
    assert_int_equal(count, 9);
    uint64_t told = 0;
    for (size_t i = 0; i < 8; i++) {
        assert_int_equal(out[i].peer, peer_a);
        told += 1 + out[i].more;
    }
    assert_int_equal(told, 55);
    assert_int_equal(out[8].peer, peer_b);
    assert_int_equal(out[8].more, 0);
}

static void test_refusal_told_by_the_request_path_is_noted_like_the_images_own(void **state)
{
    struct device *device = *state;
    const struct mbp_refusal *out;
    mbp_image_refuse(device->plc, MBP_COILS, 3, 1, MBP_EX_ILLEGAL_FUNCTION, (struct mbp_peer){peer_a});
    assert_int_equal(refusals(device, &out), 1);
    assert_int_equal(out[0].exception, 1);
    assert_int_equal(out[0].addr, 3);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, device_setup, device_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_refusal_of_words_tells_who_where_what_and_why),
        TEST(test_refusal_of_several_points_tells_the_one_that_was_not_allowed),
        TEST(test_refusal_of_a_part_of_a_value_tells_no_value),
        TEST(test_refusal_of_bits_tells_the_first_bit),
        TEST(test_refusals_alike_are_coalesced_into_the_first),
        TEST(test_refusals_at_other_addresses_have_places_of_their_own_up_to_eight),
        TEST(test_refusals_of_other_peers_tables_reasons_or_units_are_told_apart),
        TEST(test_refusals_latched_are_forgotten),
        TEST(test_refusals_of_one_peer_leave_places_for_others),
        TEST(test_refusals_of_more_kinds_than_places_are_all_counted),
        TEST(test_refusal_told_by_the_request_path_is_noted_like_the_images_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
