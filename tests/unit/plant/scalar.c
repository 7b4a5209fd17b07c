/* Numbers and words of a plant file, strictly. */
#include "scalar.h"

#include <float.h>
#include <stdlib.h>
#include <string.h>

#include "plant_fixture.h"

static void test_number_of_each_form_is_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double value;
    } right[] = {{"0", 0},         {"-0.5", -0.5}, {"+3", 3},       {"12.", 12},  {".25", 0.25},    {"1e3", 1000},
                 {"2.5E-1", 0.25}, {"0x10", 16},   {"-0xfF", -255}, {"0o17", 15}, {"1e308", 1e308}, {"007", 7}};
    for (size_t i = 0; i < sizeof right / sizeof right[0]; i++) {
        double value = -1;
        assert_true(mbp_scalar_number(right[i].text, &value));
        assert_same_number(value, right[i].value);
    }
}

static void test_number_with_junk_or_without_end_is_refused_and_out_untouched(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",    " 1",  "1 ",    "1x",  "x",     "nan",   "inf",   "-inf", ".inf",
                                        "1e",  "1e+", ".",     "-",   "--1",   "0x",    "0xg",   "0o8",  "1e999",
                                        "1,5", "1_0", "0x1p3", "+-1", "1.2.3", "0x1.8", "1e5.0", "٣"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        double value = 42;
        assert_false(mbp_scalar_number(wrong[i], &value));
        assert_same_number(value, 42);
    }
}

static void test_unsigned_takes_all_64_bits_and_no_sign(void **state)
{
    (void)state;
    uint64_t value = 7;
    assert_true(mbp_scalar_unsigned("18446744073709551615", &value));
    assert_true(value == UINT64_MAX);
    assert_true(mbp_scalar_unsigned("0xFFFFFFFFFFFFFFFF", &value));
    assert_true(value == UINT64_MAX);
    value = 7;
    static const char *const wrong[] = {"18446744073709551616", "-1", "+1", "1.0", "", "1e3", " 1", "0x"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_false(mbp_scalar_unsigned(wrong[i], &value));
    }
    assert_true(value == 7);
}

static void test_share_in_percent_is_the_same_as_its_fraction(void **state)
{
    (void)state;
    double percent, fraction;
    assert_true(mbp_scalar_share("1.5%", &percent));
    assert_true(mbp_scalar_share("0.015", &fraction));
    assert_same_number(percent, fraction);
    assert_false(mbp_scalar_share("%", &percent));
    assert_false(mbp_scalar_share("1.5 %", &percent));
    assert_false(mbp_scalar_share("1%%", &percent));
}

static void test_size_needs_a_unit_and_reads_back_the_same(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t bytes;
        const char *back;
    } right[] = {{"500MB", 500000000, "500MB"},
                 {"1.5 GB", 1500000000, "1500MB"},
                 {"64KiB", 65536, "64KiB"},
                 {"2GiB", 2147483648, "2GiB"},
                 {"7B", 7, "7B"},
                 {"0B", 0, "0B"}};
    static const char *const wrong[] = {"", "500", "MB", "-1MB", "1mb", "1.2.3MB", "1e9MB", "10000000GB", "5 MB "};
    char buf[32];
    uint64_t bytes = 0;
    for (unsigned i = 0; i < sizeof right / sizeof right[0]; i++) {
        assert_true(mbp_scalar_size(right[i].text, &bytes));
        assert_int_equal(bytes, right[i].bytes);
        assert_string_equal(mbp_scalar_size_format(bytes, buf, sizeof buf), right[i].back);
    }
    for (unsigned i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_false(mbp_scalar_size(wrong[i], &bytes));
    }
    assert_int_equal(bytes, 0);
}

static void test_bool_is_true_or_false_only(void **state)
{
    (void)state;
    bool value = false;
    assert_true(mbp_scalar_bool("true", &value));
    assert_true(value);
    assert_true(mbp_scalar_bool("false", &value));
    assert_false(value);
    assert_false(mbp_scalar_bool("yes", &value));
    assert_false(mbp_scalar_bool("True", &value));
    assert_false(mbp_scalar_bool("1", &value));
}

static void test_format_of_any_number_reads_back_the_same(void **state)
{
    (void)state;
    static const double values[] = {0, 0.1, -3276.8, 1.0 / 3, DBL_MAX, DBL_MIN, 5e-324, 1e22, 123456789012345680.0};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        char buf[32];
        double back = -1;
        assert_true(mbp_scalar_number(mbp_scalar_format(values[i], buf, sizeof buf), &back));
        assert_same_number(back, values[i]);
    }
    char buf[32];
    assert_string_equal(mbp_scalar_format(0.1, buf, sizeof buf), "0.1");
}

static void test_printable_refuses_controls_and_line_separators_in_utf8(void **state)
{
    (void)state;
    static const char *const bad[] = {"a\nb",         "\t",           "\x7f",         "\xC2\x85",
                                      "\xE2\x80\xA8", "\xE2\x80\xA9", "\xEF\xBB\xBF", "\xEF\xBF\xBE",
                                      "\u202E",       "\u2066",       "\xC0\xAF",     "\xFF"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(mbp_scalar_printable(bad[i], strlen(bad[i])));
    }
    assert_false(mbp_scalar_printable("a\0b", 3));
    assert_true(mbp_scalar_printable("°C m³/h", strlen("°C m³/h")));
    assert_true(mbp_scalar_printable("", 0));
}

static void test_excerpt_of_a_long_text_ends_at_a_whole_character(void **state)
{
    (void)state;
    char buf[64];
    /* 39 letters, then one of two bytes that would be cut in the middle. */
    const char *text = "abcdefghijklmnopqrstuvwxyzabcdefghijklm\xC3\xA4xyz";
    assert_string_equal(mbp_scalar_excerpt(text, strlen(text), buf, sizeof buf),
                        "abcdefghijklmnopqrstuvwxyzabcdefghijklm...");
    assert_string_equal(mbp_scalar_excerpt("a\nb", 3, buf, sizeof buf), "a?b");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_number_of_each_form_is_read),
        cmocka_unit_test(test_number_with_junk_or_without_end_is_refused_and_out_untouched),
        cmocka_unit_test(test_unsigned_takes_all_64_bits_and_no_sign),
        cmocka_unit_test(test_share_in_percent_is_the_same_as_its_fraction),
        cmocka_unit_test(test_size_needs_a_unit_and_reads_back_the_same),
        cmocka_unit_test(test_bool_is_true_or_false_only),
        cmocka_unit_test(test_format_of_any_number_reads_back_the_same),
        cmocka_unit_test(test_printable_refuses_controls_and_line_separators_in_utf8),
        cmocka_unit_test(test_excerpt_of_a_long_text_ends_at_a_whole_character),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
