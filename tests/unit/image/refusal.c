/* Refused writes, noted for the journal. */
#include "device.h"

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
    assert_int_equal(out[0].value, 0x7FFF);
    assert_int_equal(out[0].exception, 4);
    assert_int_equal(out[0].peer, peer_b);
    assert_int_equal(out[0].more, 0);
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

static void test_refusals_alike_are_folded_into_the_first(void **state)
{
    struct device *device = *state;
    const struct mbp_refusal *out;
    for (uint16_t i = 0; i < 10; i++)
        device_write_from(device->plc, (uint16_t)(60000 + i), i, peer_a);
    assert_int_equal(refusals(device, &out), 1);
    assert_int_equal(out[0].addr, 60000);
    assert_int_equal(out[0].more, 9);
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
    assert_int_equal(out[63].peer, MBP_PEERS_SEVERAL);
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
        TEST(test_refusal_of_bits_tells_the_first_bit),
        TEST(test_refusals_alike_are_folded_into_the_first),
        TEST(test_refusals_of_other_peers_tables_reasons_or_units_are_told_apart),
        TEST(test_refusals_latched_are_forgotten),
        TEST(test_refusals_of_one_peer_leave_places_for_others),
        TEST(test_refusals_of_more_kinds_than_places_are_all_counted),
        TEST(test_refusal_told_by_the_request_path_is_noted_like_the_images_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
