/* Numbers as people read them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <float.h>
#include <math.h>

#include "mbplant/report.h"

static struct mbp_sensor sensor_of(enum mbp_type type, double scale, double low, double high, const char *unit)
{
    static double ranges[4][2]; /* of the sensors made last */
    static unsigned made;
    double *range = ranges[made++ % 4];
    range[0] = low;
    range[1] = high;
    return (struct mbp_sensor){
        .name = "X", .unit_text = unit, .range = range, .reg = {.type = (uint8_t)type, .scale = scale}};
}

static void test_integer_register_shows_the_digits_of_its_scale(void **state)
{
    (void)state;
    static const struct {
        double scale;
        unsigned decimals;
    } cases[] = {{1, 0}, {10, 0}, {0.1, 1}, {0.5, 1}, {0.25, 2}, {0.01, 2}, {0.001, 3}, {1e-6, 6}, {1.0 / 3, 6}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mbp_sensor sensor = sensor_of(MBP_INT32, cases[i].scale, 0, 100, "");
        assert_int_equal(mbp_sensor_decimals(&sensor), cases[i].decimals);
    }
}

static void test_float_register_shows_digits_that_its_range_deserves(void **state)
{
    (void)state;
    struct mbp_sensor oven = sensor_of(MBP_FLOAT32, 1, 0, 1500, "°C");
    struct mbp_sensor bearing = sensor_of(MBP_FLOAT32, 1, 0, 20, "mm/s");
    struct mbp_sensor any = sensor_of(MBP_FLOAT64, 1, -DBL_MAX, DBL_MAX, "");
    assert_int_equal(mbp_sensor_decimals(&oven), 1);
    assert_int_equal(mbp_sensor_decimals(&bearing), 2);
    assert_int_equal(mbp_sensor_decimals(&any), 3);
}

static void test_value_has_fixed_digits_and_its_unit(void **state)
{
    (void)state;
    char text[64];
    struct mbp_sensor celsius = sensor_of(MBP_INT16, 0.1, 0, 150, "°C");
    struct mbp_sensor bare = sensor_of(MBP_UINT16, 1, 0, 10, "");
    assert_string_equal(mbp_value_text(&celsius, 65, text, sizeof text), "65.0 °C");
    assert_string_equal(mbp_value_text(&celsius, -0.02, text, sizeof text), "0.0 °C");
    assert_string_equal(mbp_value_text(&celsius, NAN, text, sizeof text), "-");
    assert_string_equal(mbp_value_text(&bare, 7, text, sizeof text), "7");
}

static void test_value_too_large_for_digits_is_shown_in_powers_of_ten(void **state)
{
    (void)state;
    char text[64];
    struct mbp_sensor wide = sensor_of(MBP_FLOAT64, 1, -DBL_MAX, DBL_MAX, "W");
    assert_string_equal(mbp_value_text(&wide, 1e300, text, sizeof text), "1e+300 W");
}

static void test_limit_loses_trailing_zeros_only(void **state)
{
    (void)state;
    char text[64];
    struct mbp_sensor celsius = sensor_of(MBP_INT16, 0.01, 0, 150, "°C");
    assert_string_equal(mbp_limit_text(&celsius, 85, text, sizeof text), "85 °C");
    assert_string_equal(mbp_limit_text(&celsius, 85.5, text, sizeof text), "85.5 °C");
    assert_string_equal(mbp_limit_text(&celsius, 100, text, sizeof text), "100 °C");
    assert_string_equal(mbp_limit_text(&celsius, NAN, text, sizeof text), "off");
}

static void test_float_text_is_the_shortest_that_reads_back(void **state)
{
    (void)state;
    char text[32];
    assert_string_equal(mbp_float_text(92.3f, text, sizeof text), "92.3");
    assert_string_equal(mbp_float_text(0.1f + 0.2f, text, sizeof text), "0.3");
    assert_string_equal(mbp_float_text(16777216.0f, text, sizeof text), "16777216");
    assert_string_equal(mbp_float_text(1.0f / 3, text, sizeof text), "0.33333334");
    assert_string_equal(mbp_float_text(NAN, text, sizeof text), "");
}

static void test_span_shows_the_two_largest_units(void **state)
{
    (void)state;
    char text[32];
    assert_string_equal(mbp_span_text_in(MBP_LANG_EN, 0, text, sizeof text), "0s");
    assert_string_equal(mbp_span_text_in(MBP_LANG_EN, 59, text, sizeof text), "59s");
    assert_string_equal(mbp_span_text_in(MBP_LANG_EN, 60, text, sizeof text), "1min 0s");
    assert_string_equal(mbp_span_text_in(MBP_LANG_EN, 3600, text, sizeof text), "1h 0min");
    assert_string_equal(mbp_span_text_in(MBP_LANG_EN, 86399, text, sizeof text), "23h 59min");
    assert_string_equal(mbp_span_text_in(MBP_LANG_EN, 90000, text, sizeof text), "1d 1h");
}

static void test_format_name_finds_its_format(void **state)
{
    (void)state;
    for (unsigned f = 0; f < MBP_FORMAT_COUNT; f++) {
        enum mbp_format found = MBP_FORMAT_COUNT;
        assert_int_equal(mbp_format_find(mbp_format_name((enum mbp_format)f), &found), MBP_OK);
        assert_int_equal(found, f);
    }
    enum mbp_format untouched = MBP_FORMAT_CSV;
    assert_int_equal(mbp_format_find("xml", &untouched), MBP_ERR_MISSING);
    assert_int_equal(untouched, MBP_FORMAT_CSV);
}

static void test_limit_between_two_steps_shows_the_digits_that_it_has(void **state)
{
    (void)state;
    char text[64];
    struct mbp_sensor celsius = sensor_of(MBP_INT16, 0.1, 0, 150, "°C");
    struct mbp_sensor speed = sensor_of(MBP_INT16, 0.075, -1500, 1500, "rpm");
    assert_string_equal(mbp_limit_text(&celsius, (double)85.05f, text, sizeof text), "85.05 °C");
    assert_string_equal(mbp_limit_text(&celsius, (double)70.1f, text, sizeof text), "70.1 °C");
    assert_string_equal(mbp_limit_text(&celsius, 85, text, sizeof text), "85 °C");
    assert_string_equal(mbp_limit_text(&speed, 1450, text, sizeof text), "1450 rpm");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_integer_register_shows_the_digits_of_its_scale),
        cmocka_unit_test(test_float_register_shows_digits_that_its_range_deserves),
        cmocka_unit_test(test_value_has_fixed_digits_and_its_unit),
        cmocka_unit_test(test_value_too_large_for_digits_is_shown_in_powers_of_ten),
        cmocka_unit_test(test_limit_loses_trailing_zeros_only),
        cmocka_unit_test(test_float_text_is_the_shortest_that_reads_back),
        cmocka_unit_test(test_span_shows_the_two_largest_units),
        cmocka_unit_test(test_limit_between_two_steps_shows_the_digits_that_it_has),
        cmocka_unit_test(test_format_name_finds_its_format),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
