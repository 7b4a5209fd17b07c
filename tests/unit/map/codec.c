/* The codec: engineering values <-> words, in every type and order. */
#include "fixture.h"

#include <math.h>
#include <string.h>

#include "mbplant/codec.h"

static void test_encode_in_each_type_and_order_gives_these_words(void **state)
{
    (void)state;
    static const struct {
        enum mbp_type type;
        double scale, value;
        uint16_t words[MBP_ORDER_COUNT][4];
    } cases[] = {
        {MBP_INT16, 0.1, -12.3, {{0xFF85}, {0xFF85}, {0x85FF}, {0x85FF}}},
        {MBP_UINT16, 1, 54321, {{0xD431}, {0xD431}, {0x31D4}, {0x31D4}}},
        {MBP_INT32, 1, -123456789, {{0xF8A4, 0x32EB}, {0x32EB, 0xF8A4}, {0xA4F8, 0xEB32}, {0xEB32, 0xA4F8}}},
        {MBP_UINT32, 1, 3000000001, {{0xB2D0, 0x5E01}, {0x5E01, 0xB2D0}, {0xD0B2, 0x015E}, {0x015E, 0xD0B2}}},
        {MBP_FLOAT32, 1, -273.15625, {{0xC388, 0x9400}, {0x9400, 0xC388}, {0x88C3, 0x0094}, {0x0094, 0x88C3}}},
        {MBP_INT64,
         1,
         -1234567890123,
         {{0xFFFF, 0xFEE0, 0x8E04, 0xFB35},
          {0xFB35, 0x8E04, 0xFEE0, 0xFFFF},
          {0xFFFF, 0xE0FE, 0x048E, 0x35FB},
          {0x35FB, 0x048E, 0xE0FE, 0xFFFF}}},
        {MBP_UINT64,
         1,
         8765432109876543,
         {{0x001F, 0x241D, 0x3336, 0x453F},
          {0x453F, 0x3336, 0x241D, 0x001F},
          {0x1F00, 0x1D24, 0x3633, 0x3F45},
          {0x3F45, 0x3633, 0x1D24, 0x1F00}}},
        {MBP_FLOAT64,
         1,
         2.718281828459045,
         {{0x4005, 0xBF0A, 0x8B14, 0x5769},
          {0x5769, 0x8B14, 0xBF0A, 0x4005},
          {0x0540, 0x0ABF, 0x148B, 0x6957},
          {0x6957, 0x148B, 0x0ABF, 0x0540}}},
        {MBP_BOOL, 1, 1, {{0x0001}, {0x0001}, {0x0100}, {0x0100}}},
    };
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        for (int order = 0; order < MBP_ORDER_COUNT; order++) {
            uint16_t words[4] = {0};
            mbp_codec_encode(cases[c].type, (enum mbp_order)order, cases[c].scale, cases[c].value, words);
            assert_memory_equal(words, cases[c].words[order], sizeof words);
            double back = mbp_codec_decode(cases[c].type, (enum mbp_order)order, cases[c].scale, words);
            assert_true(fabs(back - cases[c].value) < 1e-9);
        }
    }
}

static void test_encode_writes_no_more_words_than_the_type_has(void **state)
{
    (void)state;
    for (int type = 0; type < MBP_STRING; type++) {
        uint16_t words[5] = {0xAAAA, 0xAAAA, 0xAAAA, 0xAAAA, 0xAAAA};
        mbp_codec_encode((enum mbp_type)type, MBP_DCBA, 1, 1, words);
        for (unsigned i = mbp_type_words((enum mbp_type)type); i < 5; i++)
            assert_int_equal(words[i], 0xAAAA);
    }
}

static void assert_words(enum mbp_type type, double value, uint64_t bits)
{
    uint16_t words[4] = {0};
    unsigned n = mbp_type_words(type);
    mbp_codec_encode(type, MBP_ABCD, 1, value, words);
    for (unsigned i = 0; i < n; i++)
        assert_int_equal(words[i], bits >> 16 * (n - 1 - i) & 0xFFFF);
}

static void test_encode_beyond_the_type_saturates(void **state)
{
    (void)state;
    static const struct {
        enum mbp_type type;
        uint64_t low, high;
    } ends[] = {
        {MBP_INT16, 0x8000, 0x7FFF},
        {MBP_UINT16, 0, 0xFFFF},
        {MBP_INT32, 0x80000000, 0x7FFFFFFF},
        {MBP_UINT32, 0, 0xFFFFFFFF},
        {MBP_INT64, UINT64_C(0x8000000000000000), UINT64_C(0x7FFFFFFFFFFFFFFF)},
        {MBP_UINT64, 0, UINT64_C(0xFFFFFFFFFFFFFFFF)},
        {MBP_FLOAT32, 0xFF7FFFFF, 0x7F7FFFFF},
        {MBP_FLOAT64, UINT64_C(0xFFEFFFFFFFFFFFFF), UINT64_C(0x7FEFFFFFFFFFFFFF)},
        {MBP_BOOL, 0, 1},
    };
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        assert_words(ends[i].type, -INFINITY, ends[i].low);
        assert_words(ends[i].type, INFINITY, ends[i].high);
        if (ends[i].type == MBP_FLOAT64)
            continue;
        assert_words(ends[i].type, -1e300, ends[i].low);
        assert_words(ends[i].type, 1e300, ends[i].high);
    }
}

static void test_encode_one_beside_the_end_of_the_type_is_exact(void **state)
{
    (void)state;
    assert_words(MBP_INT16, 32766.4, 0x7FFE);
    assert_words(MBP_INT16, 32767.4, 0x7FFF);
    assert_words(MBP_INT16, -32768, 0x8000);
    assert_words(MBP_UINT16, 65535, 0xFFFF);
    assert_words(MBP_UINT16, -0.4, 0);
    assert_words(MBP_INT32, 2147483646, 0x7FFFFFFE);
    assert_words(MBP_UINT32, 4294967294.4, 0xFFFFFFFE);
    assert_words(MBP_INT64, 9007199254740993.0, UINT64_C(0x0020000000000000)); /* doubles are even up there */
}

static void test_encode_between_two_steps_takes_the_nearest_half_away_from_zero(void **state)
{
    (void)state;
    uint16_t word;
    static const struct {
        double value;
        int16_t raw;
    } cases[] = {{0.3, 3}, {0.34, 3}, {0.25, 3}, {-0.25, -3}, {-0.34, -3}, {0.049, 0}, {-0.049, 0}, {85.04, 850}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        mbp_codec_encode(MBP_INT16, MBP_ABCD, 0.1, cases[i].value, &word);
        assert_int_equal((int16_t)word, cases[i].raw);
    }
}

static void test_encode_of_nan_is_the_unused_pattern_in_every_order(void **state)
{
    (void)state;
    for (int type = 0; type < MBP_BOOL; type++) {
        for (int order = 0; order < MBP_ORDER_COUNT; order++) {
            uint16_t words[4] = {0};
            mbp_codec_encode((enum mbp_type)type, (enum mbp_order)order, 0.1, NAN, words);
            assert_true(mbp_codec_unused((enum mbp_type)type, (enum mbp_order)order, words));
        }
    }
    assert_words(MBP_INT16, NAN, 0x8000);
    assert_words(MBP_UINT16, NAN, 0x8000);
    assert_words(MBP_INT32, NAN, 0x80000000);
    assert_words(MBP_UINT32, NAN, 0x80000000);
    assert_words(MBP_INT64, NAN, UINT64_C(0x8000000000000000));
    assert_words(MBP_UINT64, NAN, UINT64_C(0x8000000000000000));
    assert_words(MBP_BOOL, NAN, 0); /* a bit has no pattern to spare */
}

static void test_unused_of_a_number_is_false(void **state)
{
    (void)state;
    for (int type = 0; type < MBP_BOOL; type++) {
        for (int order = 0; order < MBP_ORDER_COUNT; order++) {
            uint16_t words[4];
            mbp_codec_encode((enum mbp_type)type, (enum mbp_order)order, 1, 128, words); /* 0x0080: 0x8000 swapped */
            assert_false(mbp_codec_unused((enum mbp_type)type, (enum mbp_order)order, words));
        }
    }
    static const uint16_t half[2] = {0x8000, 0x0001};
    assert_false(mbp_codec_unused(MBP_INT32, MBP_ABCD, half));
    assert_true(mbp_codec_unused(MBP_INT16, MBP_ABCD, half));
    assert_false(mbp_codec_unused(MBP_BOOL, MBP_ABCD, half));
    assert_false(mbp_codec_unused(MBP_STRING, MBP_ABCD, half));
}

static void test_decode_of_the_unused_pattern_is_its_number(void **state)
{
    (void)state;
    static const uint16_t pattern[4] = {0x8000, 0, 0, 0};
    fixture_assert_number(mbp_codec_decode(MBP_INT16, MBP_ABCD, 1, pattern), -32768);
    fixture_assert_number(mbp_codec_decode(MBP_UINT16, MBP_ABCD, 1, pattern), 32768);
    fixture_assert_number(mbp_codec_decode(MBP_INT32, MBP_ABCD, 1, pattern), -2147483648.0);
    fixture_assert_number(mbp_codec_decode(MBP_UINT64, MBP_ABCD, 1, pattern), 0x1p63);
}

static void test_decode_of_any_bool_word_but_0_is_1(void **state)
{
    (void)state;
    static const uint16_t words[] = {0, 1, 0x0100, 0xFFFF};
    fixture_assert_number(mbp_codec_decode(MBP_BOOL, MBP_ABCD, 1, &words[0]), 0);
    for (int i = 1; i < 4; i++)
        fixture_assert_number(mbp_codec_decode(MBP_BOOL, MBP_BADC, 1, &words[i]), 1);
}

static void test_every_16_bit_word_decoded_and_encoded_is_unchanged(void **state)
{
    (void)state;
    static const double scales[] = {1, 0.1, 0.01, 0.25, 3, 1e-3};
    for (size_t k = 0; k < sizeof scales / sizeof scales[0]; k++) {
        for (unsigned word = 0; word <= UINT16_MAX; word++) {
            uint16_t in = (uint16_t)word;
            for (int type = MBP_INT16; type <= MBP_UINT16; type++) {
                uint16_t out;
                double value = mbp_codec_decode((enum mbp_type)type, MBP_BADC, scales[k], &in);
                mbp_codec_encode((enum mbp_type)type, MBP_BADC, scales[k], value, &out);
                assert_int_equal(out, in);
            }
        }
    }
}

static void test_random_words_decoded_and_encoded_are_unchanged(void **state)
{
    (void)state;
    static const enum mbp_type types[] = {MBP_INT32, MBP_UINT32, MBP_FLOAT32, MBP_FLOAT64};
    for (uint64_t n = 0; n < 20000; n++) {
        uint64_t bits = mbp_rng_bits(n, 0, 0);
        uint16_t in[4];
        memcpy(in, &bits, sizeof in);
        for (size_t t = 0; t < sizeof types / sizeof types[0]; t++) {
            enum mbp_order order = (enum mbp_order)(n % MBP_ORDER_COUNT);
            uint16_t out[4];
            double value = mbp_codec_decode(types[t], order, 1, in);
            if (!isfinite(value))
                continue;
            mbp_codec_encode(types[t], order, 1, value, out);
            assert_memory_equal(out, in, 2 * mbp_type_words(types[t]));
        }
    }
}

/* The ends of each type, and numbers between them, in each order. */
static void test_numbers_encoded_and_decoded_are_unchanged_in_each_type(void **state)
{
    (void)state;
    for (unsigned t = 0; t < MBP_TYPE_COUNT; t++) {
        enum mbp_type type = (enum mbp_type)t;
        double low;
        double high;
        if (type == MBP_STRING || type == MBP_BOOL || type == MBP_FLOAT32 || type == MBP_FLOAT64)
            continue;
        mbp_type_range(type, 1, &low, &high);
        const double numbers[] = {low, high, 0, 1, 9, 100, low / 2, high / 2};
        for (unsigned n = 0; n < sizeof numbers / sizeof numbers[0]; n++) {
            double number = round(numbers[n]);
            for (unsigned order = 0; order < MBP_ORDER_COUNT; order++) {
                uint16_t words[4] = {0};
                mbp_codec_encode(type, (enum mbp_order)order, 1, number, words);
                double back = mbp_codec_decode(type, (enum mbp_order)order, 1, words);
                if (back < number || back > number)
                    fail_msg("%s: %.17g becomes %.17g", mbp_type_name(type), number, back);
            }
        }
    }
}

static void test_digits_of_four_in_a_register_are_held_at_9999(void **state)
{
    (void)state;
    uint16_t words[4];
    mbp_codec_encode(MBP_MOD10K2, MBP_ABCD, 1, 123456789, words);
    assert_int_equal(words[0], 9999);
    assert_int_equal(words[1], 9999);
    mbp_codec_encode(MBP_MOD10K2, MBP_CDAB, 0.1, 1234.5, words);
    assert_int_equal(words[0], 2345);
    assert_int_equal(words[1], 1);
    assert_int_equal(mbp_codec_whole(MBP_MOD10K4, false, 1234567890123457), 0x04D2162E23340D81);
    assert_int_equal(mbp_codec_whole(MBP_MOD10K4, true, 5), 0);
    assert_int_equal(mbp_codec_whole(MBP_MOD10K4, false, 9999999999999999), 0x270F270F270F270F);
    assert_int_equal(mbp_codec_whole(MBP_MOD10K4, false, UINT64_MAX), 0x270F270F270F270F);
    assert_int_equal(mbp_codec_whole(MBP_BCD32, false, UINT64_MAX), 0x99999999);
    const struct mbp_register reg = {.scale = 1, .words = 1, .type = MBP_MOD10K1};
    mbp_register_wrap(&reg, 10001, words);
    assert_int_equal(words[0], 1);
}

static void test_what_is_no_digit_is_found_whatever_the_order(void **state)
{
    (void)state;
    static const uint16_t good[] = {0x9999, 0x1234};
    static const uint16_t bad[] = {0x99A9, 0x1234};
    static const uint16_t thousands[] = {9999, 10000};
    assert_true(mbp_codec_has_digits(MBP_BCD32, MBP_CDAB, good));
    assert_false(mbp_codec_has_digits(MBP_BCD32, MBP_ABCD, bad));
    assert_false(mbp_codec_has_digits(MBP_BCD32, MBP_CDAB, bad));
    assert_true(mbp_codec_has_digits(MBP_MOD10K1, MBP_ABCD, thousands));
    assert_false(mbp_codec_has_digits(MBP_MOD10K2, MBP_ABCD, thousands));
    assert_true(mbp_codec_has_digits(MBP_UINT32, MBP_ABCD, bad)); /* of no digits */
}

static void test_whole_numbers_begin_again_to_the_last_digit(void **state)
{
    (void)state;
    static const struct {
        enum mbp_type type;
        bool negative;
        uint64_t magnitude, bits;
    } cases[] = {
        {MBP_INT64, false, UINT64_MAX, UINT64_MAX},
        {MBP_UINT64, true, 1, UINT64_MAX},
        {MBP_UINT64, false, 9007199254740993, 9007199254740993},
        {MBP_UINT16, false, 9007199254740993, 1},
        {MBP_INT16, false, 32768, 0x8000},
        {MBP_INT8, true, 129, 0x7F},
        {MBP_UINT24, true, 1, 0xFFFFFF},
        {MBP_UINT48, false, UINT64_C(1) << 48, 0},
        {MBP_BCD16, false, 10001, 1},
        {MBP_BCD32, true, 1, 0x99999999},
        {MBP_MOD10K1, false, 20000, 0},
        {MBP_MOD10K4, false, 10000000000000001, 1},
        {MBP_MOD10K4, true, 1, 0x270F270F270F270F},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint64_t bits = mbp_codec_wrapped(cases[i].type, cases[i].negative, cases[i].magnitude);
        if (bits != cases[i].bits)
            fail_msg("case %zu: %llx, not %llx", i, (unsigned long long)bits, (unsigned long long)cases[i].bits);
    }
}

static void test_quantise_is_encode_and_decode(void **state)
{
    (void)state;
    for (uint64_t n = 0; n < 5000; n++) {
        double value = (mbp_rng_uniform(mbp_rng_bits(n, 1, 0)) - 0.5) * pow(10, (double)(n % 12));
        for (int type = 0; type < MBP_STRING; type++) {
            uint16_t words[4];
            double scale = n % 2 == 0 ? 0.1 : 1;
            mbp_codec_encode((enum mbp_type)type, MBP_CDAB, scale, value, words);
            double shown = mbp_codec_decode((enum mbp_type)type, MBP_CDAB, scale, words);
            fixture_assert_number(mbp_codec_quantise((enum mbp_type)type, scale, value), shown);
        }
    }
    fixture_assert_number(mbp_codec_quantise(MBP_STRING, 1, 12.345), 12.345);
}

static void test_text_stands_in_each_order_as_numbers_do(void **state)
{
    (void)state;
    static const struct {
        enum mbp_order order;
        uint16_t words[3];
    } cases[] = {
        {MBP_ABCD, {0x4769, 0x7468, 0x7562}}, /* Github */
        {MBP_BADC, {0x6947, 0x6874, 0x6275}},
        {MBP_CDAB, {0x7562, 0x7468, 0x4769}},
        {MBP_DCBA, {0x6275, 0x6874, 0x6947}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint16_t words[4] = {0, 0, 0, 0xAAAA};
        char text[7];
        mbp_codec_put_text(cases[i].order, "Github", SIZE_MAX, 3, words);
        assert_memory_equal(words, cases[i].words, sizeof cases[i].words);
        assert_int_equal(words[3], 0xAAAA);
        mbp_codec_text(cases[i].order, words, 3, text);
        assert_string_equal(text, "Github");
        mbp_codec_put_text(cases[i].order, "Github", 3, 3, words);
        mbp_codec_text(cases[i].order, words, 3, text);
        assert_string_equal(text, "Git");
        mbp_codec_put_text(cases[i].order, "Githubs", SIZE_MAX, 3, words); /* what fits */
        mbp_codec_text(cases[i].order, words, 3, text);
        assert_string_equal(text, "Github");
    }
}

static void test_update_leaves_words_that_stand_for_the_value(void **state)
{
    (void)state;
    uint16_t words[4];
    mbp_codec_put_bits(MBP_UINT64, MBP_CDAB, UINT64_C(0x0020000000000001), words);
    mbp_codec_update(MBP_UINT64, MBP_CDAB, 1, 0x1p53, words);
    assert_int_equal(mbp_codec_bits(MBP_UINT64, MBP_CDAB, words), UINT64_C(0x0020000000000001));
    mbp_codec_update(MBP_UINT64, MBP_CDAB, 1, 0x1p53 + 2, words);
    assert_int_equal(mbp_codec_bits(MBP_UINT64, MBP_CDAB, words), UINT64_C(0x0020000000000002));
    mbp_codec_update(MBP_UINT64, MBP_CDAB, 1, NAN, words);
    assert_true(mbp_codec_unused(MBP_UINT64, MBP_CDAB, words));
    mbp_codec_put_bits(MBP_INT64, MBP_ABCD, (uint64_t)INT64_MAX, words);
    mbp_codec_update(MBP_INT64, MBP_ABCD, 1, -1, words);
    assert_int_equal(mbp_codec_bits(MBP_INT64, MBP_ABCD, words), UINT64_MAX);
}

static void test_update_keeps_no_word_that_is_no_digit(void **state)
{
    (void)state;
    static const struct {
        uint16_t words[4];
        double value;
        uint64_t bits;
    } cases[] = {
        {{0, 0, 0, 10000}, 10000, 0x10000},
        {{0x8000, 0, 0, 0}, 9999999999999998, 0x270F270F270F270E}, /* a limit that was unused */
        {{0x8000, 0, 0, 0}, 1e16, 0x270F270F270F270F},
        {{9999, 9999, 9999, 9997}, 9999999999999996, 0x270F270F270F270D}, /* digits stay */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint16_t words[4];
        memcpy(words, cases[i].words, sizeof words);
        mbp_codec_update(MBP_MOD10K4, MBP_ABCD, 1, cases[i].value, words);
        assert_int_equal(mbp_codec_bits(MBP_MOD10K4, MBP_ABCD, words), cases[i].bits);
    }
}

static void test_wide_register_holds_all_numbers_below_the_one_that_stands_for_none(void **state)
{
    (void)state;
    static const struct {
        enum mbp_type type;
        double none;
        uint64_t most;
    } cases[] = {
        {MBP_INT64, 0x1p63, INT64_MAX}, {MBP_UINT64, 0x1p64, UINT64_MAX}, {MBP_MOD10K4, 1e16, 0x270F270F270F270F}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct mbp_register reg = {.scale = 1, .words = 4, .type = (uint8_t)cases[i].type};
        uint16_t words[4];
        assert_true(mbp_register_holds(&reg, nextafter(cases[i].none, 0)));
        assert_false(mbp_register_holds(&reg, cases[i].none));
        mbp_register_encode(&reg, cases[i].none, words);
        assert_int_equal(mbp_codec_bits(cases[i].type, MBP_ABCD, words), cases[i].most);
        mbp_register_wrap(&reg, cases[i].none, words); /* one more begins again */
        fixture_assert_number(mbp_register_decode(&reg, words), cases[i].type == MBP_INT64 ? -0x1p63 : 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_encode_in_each_type_and_order_gives_these_words),
        cmocka_unit_test(test_encode_writes_no_more_words_than_the_type_has),
        cmocka_unit_test(test_encode_beyond_the_type_saturates),
        cmocka_unit_test(test_encode_one_beside_the_end_of_the_type_is_exact),
        cmocka_unit_test(test_encode_between_two_steps_takes_the_nearest_half_away_from_zero),
        cmocka_unit_test(test_encode_of_nan_is_the_unused_pattern_in_every_order),
        cmocka_unit_test(test_unused_of_a_number_is_false),
        cmocka_unit_test(test_decode_of_the_unused_pattern_is_its_number),
        cmocka_unit_test(test_decode_of_any_bool_word_but_0_is_1),
        cmocka_unit_test(test_every_16_bit_word_decoded_and_encoded_is_unchanged),
        cmocka_unit_test(test_random_words_decoded_and_encoded_are_unchanged),
        cmocka_unit_test(test_numbers_encoded_and_decoded_are_unchanged_in_each_type),
        cmocka_unit_test(test_digits_of_four_in_a_register_are_held_at_9999),
        cmocka_unit_test(test_quantise_is_encode_and_decode),
        cmocka_unit_test(test_text_stands_in_each_order_as_numbers_do),
        cmocka_unit_test(test_what_is_no_digit_is_found_whatever_the_order),
        cmocka_unit_test(test_whole_numbers_begin_again_to_the_last_digit),
        cmocka_unit_test(test_update_leaves_words_that_stand_for_the_value),
        cmocka_unit_test(test_update_keeps_no_word_that_is_no_digit),
        cmocka_unit_test(test_wide_register_holds_all_numbers_below_the_one_that_stands_for_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
