/* CRC-32. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mbplant/base.h"

static void test_crc32_of_the_check_text_is_its_check_value(void **state)
{
    (void)state;
    assert_int_equal(mbp_crc32(0, "123456789", 9), 0xCBF43926u);
}

static void test_crc32_of_nothing_is_what_came_before(void **state)
{
    (void)state;
    assert_int_equal(mbp_crc32(0, "", 0), 0);
    assert_int_equal(mbp_crc32(0xCBF43926u, "", 0), 0xCBF43926u);
}

static void test_crc32_chained_at_any_cut_is_the_whole(void **state)
{
    (void)state;
    static const char text[] = "123456789";
    for (size_t cut = 0; cut <= 9; cut++)
        assert_int_equal(mbp_crc32(mbp_crc32(0, text, cut), text + cut, 9 - cut), 0xCBF43926u);
}

static void test_crc32_of_bytes_above_127_takes_them_unsigned(void **state)
{
    (void)state;
    static const uint8_t ones[] = {0xFF, 0xFF, 0xFF, 0xFF};
    assert_int_equal(mbp_crc32(0, ones, sizeof ones), 0xFFFFFFFFu);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_crc32_of_the_check_text_is_its_check_value),
        cmocka_unit_test(test_crc32_of_nothing_is_what_came_before),
        cmocka_unit_test(test_crc32_chained_at_any_cut_is_the_whole),
        cmocka_unit_test(test_crc32_of_bytes_above_127_takes_them_unsigned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
