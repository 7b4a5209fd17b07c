/* Durations: text -> ns and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mbplant/base.h"

#define DAY_NS (86400 * MBP_NS_PER_S)

static uint64_t parsed(const char *text)
{
    uint64_t ns = 0;
    if (mbp_duration_parse(text, &ns) != MBP_OK)
        fail_msg("'%s' is not taken", text);
    return ns;
}

static void assert_refused(const char *text, enum mbp_status why)
{
    uint64_t ns = 12345;
    enum mbp_status status = mbp_duration_parse(text, &ns);
    if (status != why)
        fail_msg("'%s' gives %d, not %d", text, status, why);
    assert_int_equal(ns, 12345);
}

static void test_duration_with_each_unit_is_that_many_ns(void **state)
{
    (void)state;
    assert_int_equal(parsed("7ns"), 7);
    assert_int_equal(parsed("7us"), 7000);
    assert_int_equal(parsed("7ms"), 7 * MBP_NS_PER_MS);
    assert_int_equal(parsed("7s"), 7 * MBP_NS_PER_S);
    assert_int_equal(parsed("7min"), 420 * MBP_NS_PER_S);
    assert_int_equal(parsed("7h"), 25200 * MBP_NS_PER_S);
    assert_int_equal(parsed("7d"), 7 * DAY_NS);
}

static void test_duration_with_spaces_before_the_unit_is_the_same(void **state)
{
    (void)state;
    assert_int_equal(parsed("1.5 h"), 5400 * MBP_NS_PER_S);
    assert_int_equal(parsed("200  ms"), 200 * MBP_NS_PER_MS);
}

static void test_duration_with_a_fraction_rounds_to_the_nearest_ns(void **state)
{
    (void)state;
    assert_int_equal(parsed("0.1s"), 100 * MBP_NS_PER_MS);
    assert_int_equal(parsed("1.2s"), 1200 * MBP_NS_PER_MS);
    assert_int_equal(parsed(".5us"), 500);
    assert_int_equal(parsed("0.4ns"), 0);
    assert_int_equal(parsed("0.6ns"), 1);
    assert_int_equal(parsed("0s"), 0);
}

static void test_duration_without_a_known_unit_is_a_format_error(void **state)
{
    (void)state;
    static const char *const wrong[] = {"5", "5 ", "5sec", "5S", "5m", "5 s ", "5ss", "5.s.", "1.2.3s", "1,5s"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_refused(wrong[i], MBP_ERR_FORMAT);
}

static void test_duration_without_a_decimal_number_is_a_format_error(void **state)
{
    (void)state;
    static const char *const wrong[] = {"", "s", " 5s", ".", ".s", "+5s", "0x10s", "1e3s", "infs", "nans", "fives"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_refused(wrong[i], MBP_ERR_FORMAT);
}

static void test_duration_out_of_bounds_is_a_range_error(void **state)
{
    (void)state;
    assert_int_equal(parsed("3650d"), 3650 * DAY_NS);
    assert_refused("3650.1d", MBP_ERR_RANGE);
    assert_refused("99999999999999999999999999999999h", MBP_ERR_RANGE);
    assert_refused("-1s", MBP_ERR_RANGE);
}

static void test_duration_written_takes_the_largest_unit_that_divides_it(void **state)
{
    (void)state;
    static const struct {
        uint64_t ns;
        const char *text;
    } cases[] = {{0, "0s"},
                 {1, "1ns"},
                 {1500000, "1500us"},
                 {100 * MBP_NS_PER_MS, "100ms"},
                 {90 * MBP_NS_PER_S, "90s"},
                 {60 * MBP_NS_PER_S, "1min"},
                 {1800 * MBP_NS_PER_S, "30min"},
                 {7200 * MBP_NS_PER_S, "2h"},
                 {3 * DAY_NS, "3d"},
                 {25 * 3600 * MBP_NS_PER_S, "25h"}};
    char buf[32];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(mbp_duration_format(cases[i].ns, buf, sizeof buf), cases[i].text);
}

static void test_duration_written_and_read_again_is_the_same(void **state)
{
    (void)state;
    static const char *const texts[] = {"1ns", "1.000000001s", "999ms", "3649.123456789d", "104.25d", "33min", "0.1us"};
    char buf[32];
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        uint64_t ns = parsed(texts[i]);
        assert_int_equal(parsed(mbp_duration_format(ns, buf, sizeof buf)), ns);
    }
    for (uint64_t i = 0; i < 2000; i++) {
        uint64_t ns = mbp_rng_bits(1, 1, i) >> (11 + i % 50); /* below 2^53 ns, 104 days */
        assert_int_equal(parsed(mbp_duration_format(ns, buf, sizeof buf)), ns);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_duration_with_each_unit_is_that_many_ns),
        cmocka_unit_test(test_duration_with_spaces_before_the_unit_is_the_same),
        cmocka_unit_test(test_duration_with_a_fraction_rounds_to_the_nearest_ns),
        cmocka_unit_test(test_duration_without_a_known_unit_is_a_format_error),
        cmocka_unit_test(test_duration_without_a_decimal_number_is_a_format_error),
        cmocka_unit_test(test_duration_out_of_bounds_is_a_range_error),
        cmocka_unit_test(test_duration_written_takes_the_largest_unit_that_divides_it),
        cmocka_unit_test(test_duration_written_and_read_again_is_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
