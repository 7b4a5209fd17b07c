/* What was written since the last scan, handed over once. */
#include "device.h"

#include <stdio.h>
#include <string.h>

static size_t latch(struct device *device, const struct mbp_write **writes)
{
    return mbp_image_latch(device->image, writes);
}

static void test_latch_without_writes_gives_nothing(void **state)
{
    struct device *device = *state;
    const struct mbp_write *writes;
    assert_int_equal(latch(device, &writes), 0);
}

static void test_latch_of_a_point_written_often_gives_its_last_write_once(void **state)
{
    struct device *device = *state;
    const struct mbp_write *writes;
    device_write_from(device->plc, 0, 100, 1);
    device_write_from(device->plc, 0, 300, 2);
    device_write_from(device->plc, 0, 200, 3);
    assert_int_equal(latch(device, &writes), 1);
    assert_int_equal(writes[0].kind, MBP_WRITE_VALUE);
    assert_int_equal(writes[0].index, T1);
    fixture_assert_number(writes[0].value, 20.0);
    assert_int_equal(writes[0].peer.actor, 3);
    assert_int_equal(latch(device, &writes), 0);
}

static void test_latch_gives_points_in_the_order_of_their_last_writes(void **state)
{
    struct device *device = *state;
    const struct mbp_write *writes;
    device_write_word(device->plc, 0, 100);     /* T1 */
    device_write_bit(device->plc, 1, true);     /* M1 en_panne */
    device_write_word(device->plc, 1002, 900);  /* T1's high */
    device_write_word(device->plc, 50, 10);     /* L1 */
    device_write_word(device->plc, 0, 200);     /* T1 again: now it comes last */
    device_write_bit(device->plc, 1000, false); /* T1 forced */
    assert_int_equal(latch(device, &writes), 5);
    assert_int_equal(writes[0].kind, MBP_WRITE_STATE);
    assert_int_equal(writes[1].kind, MBP_WRITE_LIMIT);
    assert_int_equal(writes[2].index, L1);
    assert_int_equal(writes[3].kind, MBP_WRITE_VALUE);
    assert_int_equal(writes[3].index, T1);
    assert_int_equal(writes[4].kind, MBP_WRITE_FORCED);
}

static void test_latch_of_one_request_over_several_points_gives_each_once(void **state)
{
    struct device *device = *state;
    const struct mbp_write *writes;
    static const uint16_t words[6] = {100, 0x0000, 0x4080, 0x0001, 0x0000, 1}; /* T1 P1 C1 B1 */
    assert_int_equal(device_write(device->plc, 0, 6, words), MBP_OK);
    assert_int_equal(latch(device, &writes), 4);
    for (uint32_t i = 0; i < 4; i++)
        assert_int_equal(writes[i].index, T1 + i);
    fixture_assert_number(writes[1].value, 4);
    fixture_assert_number(writes[2].value, 65536);
}

static void test_latch_of_both_halves_of_a_value_gives_it_once(void **state)
{
    struct device *device = *state;
    const struct mbp_write *writes;
    device_write_word(device->plc, 4, 0x1234);
    device_write_word(device->plc, 3, 0x0001);
    assert_int_equal(latch(device, &writes), 1);
    fixture_assert_number(writes[0].value, 0x00011234);
}

static void test_latch_after_more_writes_than_the_log_holds_forgets_none(void **state)
{
    struct device *device = *state;
    const struct mbp_write *writes;
    device_write_word(device->plc, 50, 77);
    for (unsigned i = 0; i < 20000; i++) {
        assert_int_equal(device_write_word(device->plc, 0, (uint16_t)(i % 1500)), MBP_OK);
        assert_int_equal(device_write_bit(device->plc, 2000, i % 2 != 0), MBP_OK);
    }
    assert_int_equal(latch(device, &writes), 3);
    assert_int_equal(writes[0].index, L1);
    fixture_assert_number(writes[0].value, 77 * 0.1);
    fixture_assert_number(writes[1].value, (19999 % 1500) * 0.1);
    assert_int_equal(writes[2].kind, MBP_WRITE_SHELVED);
    fixture_assert_number(writes[2].value, 1);
}

static void test_latch_between_two_runs_of_writes_keeps_them_apart(void **state)
{
    struct device *device = *state;
    const struct mbp_write *writes;
    device_write_word(device->plc, 0, 100);
    device_write_word(device->plc, 50, 100);
    assert_int_equal(latch(device, &writes), 2);
    device_write_word(device->plc, 0, 200);
    assert_int_equal(latch(device, &writes), 1);
    fixture_assert_number(writes[0].value, 20);
}

/* 20,000 sensors: more latched points than the log ever holds. */
static void test_write_of_more_points_than_the_log_holds_is_busy_until_the_latch(void **state)
{
    (void)state;
    static const char unit[] =
        "  - id: %d\n    name: U%d\n    sensors: [{name: \"S%d_{n}\", kind: generic, repeat: 4000}]\n";
    char yaml[4096] = "mbplant: 1\nname: Large\nunits:\n";
    for (int u = 1; u <= 5; u++)
        snprintf(yaml + strlen(yaml), sizeof yaml - strlen(yaml), unit, u, u, u);
    struct mbp_plant *plant = fixture_plant(yaml);
    struct mbp_image *image;
    assert_int_equal(mbp_image_new(plant, &image), MBP_OK);
    size_t points = 0;
    enum mbp_status status = MBP_OK;
    const uint16_t words[100] = {0};
    const uint8_t bits[100] = {0};
    for (uint8_t u = 1; u <= 5 && status == MBP_OK; u++) {
        struct mbp_image_unit *of = mbp_image_unit(image, u);
        const struct mbp_layout *at = &of->unit->layout;
        for (uint16_t i = 0; i < 4000 + 16000 && status == MBP_OK; i = (uint16_t)(i + 100)) {
            uint16_t addr = i < 4000 ? i : (uint16_t)(at->base[MBP_MAP_LIMITS] + i - 4000);
            status = device_write(of, addr, 100, words);
            points += status == MBP_OK ? 100 : 0;
        }
        for (uint16_t i = 0; i < 8000 && status == MBP_OK; i = (uint16_t)(i + 800)) {
            uint16_t base = i < 4000 ? at->base[MBP_MAP_FORCED] : (uint16_t)(at->base[MBP_MAP_SHELVED] - 4000);
            status = mbp_image_write_bits(of, (uint16_t)(base + i), 800, bits, (struct mbp_peer){1});
            points += status == MBP_OK ? 800 : 0;
        }
    }
    const struct mbp_write *writes;
    const struct mbp_refusal *refusals;
    assert_int_equal(status, MBP_EX_SERVER_DEVICE_BUSY);
    assert_int_equal(mbp_image_latch_refusals(image, &refusals), 1);
    assert_int_equal(refusals[0].exception, MBP_EX_SERVER_DEVICE_BUSY);
    assert_int_equal(mbp_image_latch(image, &writes), points);
    assert_int_equal(device_write(mbp_image_unit(image, 5), 0, 100, words), MBP_OK);
    assert_int_equal(mbp_image_latch(image, &writes), 100);
    mbp_image_free(image);
    mbp_plant_free(plant);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, device_setup, device_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_latch_without_writes_gives_nothing),
        TEST(test_latch_of_a_point_written_often_gives_its_last_write_once),
        TEST(test_latch_gives_points_in_the_order_of_their_last_writes),
        TEST(test_latch_of_one_request_over_several_points_gives_each_once),
        TEST(test_latch_of_both_halves_of_a_value_gives_it_once),
        TEST(test_latch_after_more_writes_than_the_log_holds_forgets_none),
        TEST(test_latch_between_two_runs_of_writes_keeps_them_apart),
        cmocka_unit_test(test_write_of_more_points_than_the_log_holds_is_busy_until_the_latch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
