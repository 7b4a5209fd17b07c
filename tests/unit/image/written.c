/* Raw points that masters changed: each told once, whatever their number and place. */
#include <stdio.h>
#include <string.h>

#include "device.h"

#define POINTS 1100u /* more than are told in one scan */

/* Two units of raw holding registers and coils. */
static struct mbp_image *image_of_raw(struct mbp_plant **plant)
{
    static const char yaml[] = "mbplant: 1\nunits:\n"
                               "- {id: 1, tables: {holding_registers: [{at: 0, count: 1100}], coils: [{at: 0, count: "
                               "1100}]}}\n"
                               "- {id: 2, tables: {holding_registers: [{at: 0, count: 1100}]}}\n";
    struct mbp_image *image;
    assert_int_equal(mbp_plant_parse("raw", (struct mbp_text){yaml, strlen(yaml)}, stderr, plant), MBP_OK);
    assert_int_equal(mbp_image_new(*plant, &image), MBP_OK);
    return image;
}

static void test_points_written_twice_are_told_once_each_with_what_was_before(void **state)
{
    (void)state;
    struct mbp_plant *plant;
    const struct mbp_written *written;
    struct mbp_written lost;
    struct mbp_image *image = image_of_raw(&plant);
    for (uint16_t round = 1; round <= 3; round++) {
        for (uint16_t value = 1; value <= 2; value++) {
            for (uint16_t i = 0; i < 340; i++) {
                device_write_word(mbp_image_unit(image, 1), (uint16_t)(3 * i), (uint16_t)(10 * round + value));
                device_write_word(mbp_image_unit(image, 2), (uint16_t)(3 * i), (uint16_t)(20 * round + value));
                device_write_bit(mbp_image_unit(image, 1), (uint16_t)(3 * i), (round + value) % 2 != 0);
            }
        }
        size_t count = mbp_image_latch_written(image, &written, &lost);
        assert_int_equal(lost.more, 0);
        assert_in_range(count, 680, 1020);
        for (size_t i = 0; i < count; i++) {
            const struct mbp_written *one = &written[i];
            if (one->table == MBP_COILS)
                continue;
            unsigned step = one->unit == 1 ? 10 : 20;
            assert_int_equal(one->value, step * round + 2);
            assert_int_equal(one->before, round == 1 ? 0 : step * (round - 1) + 2);
            assert_int_equal(one->more, 1);
        }
        assert_int_equal(mbp_image_latch_written(image, &written, &lost), 0);
    }
    mbp_image_free(image);
    mbp_plant_free(plant);
}

static void test_point_that_two_masters_write_in_turn_has_an_entry_of_each(void **state)
{
    (void)state;
    struct mbp_plant *plant;
    const struct mbp_written *written;
    struct mbp_written lost;
    struct mbp_image *image = image_of_raw(&plant);
    struct mbp_image_unit *unit = mbp_image_unit(image, 1);
    device_write_from(unit, 5, 1, 100);
    device_write_from(unit, 5, 2, 100);
    device_write_from(unit, 5, 3, 200);
    device_write_from(unit, 5, 4, 200);
    assert_int_equal(mbp_image_latch_written(image, &written, &lost), 2);
    assert_int_equal(written[0].peer, 100);
    assert_int_equal(written[0].value, 2);
    assert_int_equal(written[1].peer, 200);
    assert_int_equal(written[1].before, 2);
    assert_int_equal(written[1].value, 4);
    mbp_image_free(image);
    mbp_plant_free(plant);
}

static void test_points_beyond_what_is_told_are_counted_as_lost(void **state)
{
    (void)state;
    struct mbp_plant *plant;
    const struct mbp_written *written;
    struct mbp_written lost;
    struct mbp_image *image = image_of_raw(&plant);
    for (uint16_t i = 0; i < POINTS; i++)
        device_write_from(mbp_image_unit(image, 1), i, 1, 7);
    assert_int_equal(mbp_image_latch_written(image, &written, &lost), MBP_WRITTEN_MAX);
    assert_int_equal(lost.more, POINTS - MBP_WRITTEN_MAX);
    assert_int_equal(lost.peer, 7);
    for (uint16_t i = 0; i < MBP_WRITTEN_MAX; i++)
        assert_int_equal(written[i].addr, i);
    mbp_image_free(image);
    mbp_plant_free(plant);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_points_written_twice_are_told_once_each_with_what_was_before),
        cmocka_unit_test(test_point_that_two_masters_write_in_turn_has_an_entry_of_each),
        cmocka_unit_test(test_points_beyond_what_is_told_are_counted_as_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
