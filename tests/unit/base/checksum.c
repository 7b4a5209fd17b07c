/* CRC-32, and the checksum of what may be cut off. */
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

/* Bit by bit, as its definition says. */
static uint32_t crc32_by_bits(const uint8_t *bytes, size_t len)
{
    uint32_t crc = 0xFFFFFFFFu;
    for (size_t bit = 0; bit < 8 * len; bit++) {
        const uint32_t in = (uint32_t)bytes[bit / 8] >> bit % 8 & 1u;
        crc = (crc ^ in) & 1u ? crc >> 1 ^ 0xEDB88320u : crc >> 1;
    }
    return ~crc;
}

static void test_crc32_of_any_length_at_any_address_is_as_by_bits(void **state)
{
    (void)state;
    uint8_t bytes[80];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 151 + 7);
    for (size_t from = 0; from < 8; from++)
        for (size_t len = 0; from + len <= sizeof bytes; len++)
            assert_int_equal(mbp_crc32(0, bytes + from, len), crc32_by_bits(bytes + from, len));
}

/* All lengths up to some blocks of a long one, a bit in each byte: what is changed is told. */
static void test_checksum_goes_by_each_byte_and_the_length(void **state)
{
    (void)state;
    uint8_t bytes[600] = {0};
    for (size_t len = 0; len < sizeof bytes; len++) {
        const uint64_t sum = mbp_checksum(1, bytes, len);
        assert_true(mbp_checksum(1, bytes, len + 1) != sum);
        assert_true(mbp_checksum(2, bytes, len) != sum);
        for (size_t i = 0; i < len; i++) {
            bytes[i] ^= 0x80;
            assert_true(mbp_checksum(1, bytes, len) != sum);
            bytes[i] ^= 0x80;
        }
    }
}

static void test_checksum_tells_words_that_changed_places(void **state)
{
    (void)state;
    uint64_t words[640];
    for (size_t i = 0; i < 640; i++)
        words[i] = i;
    for (size_t count = 16; count <= 640; count += 48) {
        const uint64_t sum = mbp_checksum(1, words, count * sizeof words[0]);
        for (size_t i = 1; i < count; i++) {
            words[0] = i;
            words[i] = 0;
            assert_true(mbp_checksum(1, words, count * sizeof words[0]) != sum);
            words[0] = 0;
            words[i] = i;
        }
    }
}

static void test_bits_set_of_each_mask_are_counted(void **state)
{
    (void)state;
    for (unsigned mask = 0; mask < 256; mask++) {
        uint32_t count = 0;
        for (unsigned bit = 0; bit < 8; bit++)
            count += mask >> bit & 1u;
        assert_int_equal(mbp_bits_set((uint8_t)mask), count);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_crc32_of_the_check_text_is_its_check_value),
        cmocka_unit_test(test_crc32_of_nothing_is_what_came_before),
        cmocka_unit_test(test_crc32_chained_at_any_cut_is_the_whole),
        cmocka_unit_test(test_crc32_of_bytes_above_127_takes_them_unsigned),
        cmocka_unit_test(test_crc32_of_any_length_at_any_address_is_as_by_bits),
        cmocka_unit_test(test_checksum_goes_by_each_byte_and_the_length),
        cmocka_unit_test(test_checksum_tells_words_that_changed_places),
        cmocka_unit_test(test_bits_set_of_each_mask_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
