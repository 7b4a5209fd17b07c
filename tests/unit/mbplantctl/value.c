/* Values as people type and read them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "slave/value.h"

static const struct mbp_sensor celsius = {.name = "TT101",
                                          .unit_text = "°C",
                                          .range = (const double[]){0, 150},
                                          .reg = {.scale = 0.1, .words = 1, .type = MBP_INT16}};

static struct ctl_point value_of(const struct mbp_sensor *sensor, int limit)
{
    return (struct ctl_point){.map = {.name = "P",
                                      .unit_text = sensor->unit_text,
                                      .scale = sensor->reg.scale,
                                      .count = sensor->reg.words,
                                      .table = MBP_HOLDING_REGISTERS,
                                      .type = sensor->reg.type,
                                      .order = sensor->reg.order},
                              .sensor = sensor,
                              .is_value = limit < 0,
                              .limit = limit};
}

static void test_value_typed_becomes_its_raw_number(void **state)
{
    (void)state;
    struct ctl_point point = value_of(&celsius, -1);
    static const struct {
        const char *text;
        uint16_t raw;
    } cases[] = {{"65.2", 652}, {"65.2°C", 652}, {"65.2 °C", 652}, {"-5", 0xFFCE},
                 {"0", 0},      {"1e2", 1000},   {"65.24", 652},   {"3276.7", 0x7FFF}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint16_t word = 0x5555;
        char why[160] = "";
        if (ctl_point_parse(&point, cases[i].text, &word, why, sizeof why) != MBP_OK)
            fail_msg("%s: %s", cases[i].text, why);
        assert_int_equal(word, cases[i].raw);
    }
}

static void test_value_typed_wrong_is_refused_before_sending(void **state)
{
    (void)state;
    struct ctl_point point = value_of(&celsius, -1);
    static const struct {
        const char *text;
        enum mbp_status status;
    } cases[] = {{"", MBP_ERR_FORMAT},       {"abc", MBP_ERR_FORMAT},   {"65,2", MBP_ERR_FORMAT},
                 {"65 bar", MBP_ERR_FORMAT}, {"nan", MBP_ERR_FORMAT},   {"inf", MBP_ERR_FORMAT},
                 {"off", MBP_ERR_FORMAT},    {"1e999", MBP_ERR_FORMAT}, {"3276.8", MBP_ERR_RANGE},
                 {"-3277", MBP_ERR_RANGE}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint16_t word = 0x5555;
        char why[160] = "";
        assert_int_equal(ctl_point_parse(&point, cases[i].text, &word, why, sizeof why), cases[i].status);
        assert_int_equal(word, 0x5555);
        assert_int_not_equal(why[0], '\0');
    }
}

static void test_limit_off_is_the_unused_pattern_and_reads_off(void **state)
{
    (void)state;
    struct ctl_point point = value_of(&celsius, MBP_HIGH);
    uint16_t word = 0;
    char text[300];
    assert_int_equal(ctl_point_parse(&point, "off", &word, text, sizeof text), MBP_OK);
    assert_int_equal(word, 0x8000);
    assert_string_equal(ctl_point_text(&point, &word, text, sizeof text), "off");
    assert_string_equal(ctl_point_number(&point, &word, text, sizeof text), "");
}

static void test_text_of_each_kind_of_point(void **state)
{
    (void)state;
    char text[300];
    struct ctl_point value = value_of(&celsius, -1);
    struct ctl_point limit = value_of(&celsius, MBP_HIGH);
    struct ctl_point coil = {.map = {.count = 1, .table = MBP_COILS, .type = MBP_BOOL}, .limit = -1};
    struct ctl_point count = {
        .map = {.count = 2, .table = MBP_INPUT_REGISTERS, .type = MBP_UINT32, .scale = 1, .unit_text = "s"},
        .limit = -1};
    struct ctl_point name = {.map = {.count = 3, .table = MBP_HOLDING_REGISTERS, .type = MBP_STRING}, .limit = -1};
    assert_string_equal(ctl_point_text(&value, (uint16_t[]){650}, text, sizeof text), "65.0 °C");
    assert_string_equal(ctl_point_text(&limit, (uint16_t[]){850}, text, sizeof text), "85 °C");
    assert_string_equal(ctl_point_text(&coil, (uint16_t[]){1}, text, sizeof text), "on");
    assert_string_equal(ctl_point_text(&count, (uint16_t[]){1, 2}, text, sizeof text), "65538 s");
    assert_string_equal(ctl_point_text(&name, (uint16_t[]){0x4142, 0x4300, 0x4444}, text, sizeof text), "ABC");
}

static void test_float_is_shown_as_exactly_as_it_is_carried(void **state)
{
    (void)state;
    char text[300];
    struct mbp_sensor wide = celsius;
    wide.range = (const double[]){-1e6, 1e6};
    wide.reg = (struct mbp_register){.scale = 1, .words = 2, .type = MBP_FLOAT32};
    struct ctl_point value = value_of(&wide, -1);
    struct ctl_point limit = value_of(&wide, MBP_HIGH);
    assert_string_equal(ctl_point_text(&value, (uint16_t[]){0x42F6, 0xE979}, text, sizeof text), "123.456 °C");
    assert_string_equal(ctl_point_text(&limit, (uint16_t[]){0x42F6, 0xE979}, text, sizeof text), "123.456 °C");
    assert_string_equal(ctl_point_text(&value, (uint16_t[]){0x7FC0, 0}, text, sizeof text), "- °C");
    assert_string_equal(ctl_point_text(&limit, (uint16_t[]){0x7FC0, 0}, text, sizeof text), "off");
}

static void test_other_registers_of_a_sensor_have_their_own_unit(void **state)
{
    (void)state;
    char text[300];
    struct ctl_point shelving = value_of(&celsius, -1);
    shelving.is_value = false;
    shelving.map.unit_text = "s";
    shelving.map.scale = 1;
    shelving.map.type = MBP_UINT16;
    assert_string_equal(ctl_point_text(&shelving, (uint16_t[]){600}, text, sizeof text), "600 s");
    assert_string_equal(ctl_point_text(&shelving, (uint16_t[]){0x8000}, text, sizeof text), "32768 s");
}

static void test_form_tells_type_scale_and_raw(void **state)
{
    (void)state;
    char text[300];
    struct mbp_sensor swapped = celsius;
    swapped.reg = (struct mbp_register){.scale = 1, .words = 2, .type = MBP_FLOAT32, .order = MBP_CDAB};
    struct ctl_point value = value_of(&celsius, -1);
    struct ctl_point real = value_of(&swapped, -1);
    assert_string_equal(ctl_point_form(&value, (uint16_t[]){0xFFFF}, text, sizeof text), "int16 x 0.1, raw -1");
    assert_string_equal(ctl_point_form(&real, (uint16_t[]){0x6666, 0x4282}, text, sizeof text),
                        "float32 CDAB, words 0x6666 0x4282");
}

static void test_text_typed_into_a_string_is_padded_with_zeros(void **state)
{
    (void)state;
    struct ctl_point name = {.map = {.count = 3, .table = MBP_HOLDING_REGISTERS, .type = MBP_STRING}, .limit = -1};
    uint16_t words[3] = {1, 2, 3};
    char why[160];
    assert_int_equal(ctl_point_parse(&name, "ABC", words, why, sizeof why), MBP_OK);
    assert_int_equal(words[0], 0x4142);
    assert_int_equal(words[1], 0x4300);
    assert_int_equal(words[2], 0);
    assert_int_equal(ctl_point_parse(&name, "ABCDEFG", words, why, sizeof why), MBP_ERR_RANGE);
    assert_int_equal(words[0], 0x4142);
}

static void test_text_in_another_order_is_read_and_typed_in_it(void **state)
{
    (void)state;
    struct ctl_point name = {.map = {.count = 3, .table = MBP_HOLDING_REGISTERS, .type = MBP_STRING, .order = MBP_BADC},
                             .limit = -1};
    uint16_t words[3];
    char text[300];
    char why[160];
    assert_int_equal(ctl_point_parse(&name, "Github", words, why, sizeof why), MBP_OK);
    assert_memory_equal(words, ((uint16_t[]){0x6947, 0x6874, 0x6275}), sizeof words);
    assert_string_equal(ctl_point_text(&name, words, text, sizeof text), "Github");
}

static void test_integer_of_64_bits_is_read_and_typed_to_the_last_digit(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum mbp_type type;
        uint64_t bits;
    } cases[] = {
        {"9007199254740993", MBP_UINT64, UINT64_C(0x20000000000001)},
        {"18446744073709551615", MBP_UINT64, UINT64_MAX},
        {"-9007199254740993", MBP_INT64, -UINT64_C(0x20000000000001)},
        {"9223372036854775807", MBP_INT64, (uint64_t)INT64_MAX},
        {"0", MBP_UINT64, 0},
        {"1234567890123457", MBP_MOD10K4, UINT64_C(0x04D2162E23340D81)},
        {"9999999999999999", MBP_MOD10K4, UINT64_C(0x270F270F270F270F)},
    };
    char text[300];
    char why[160];
    uint16_t words[4];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ctl_point point = {.map = {.count = 4,
                                          .table = MBP_HOLDING_REGISTERS,
                                          .type = cases[i].type,
                                          .order = MBP_CDAB,
                                          .scale = 1,
                                          .unit_text = ""},
                                  .is_value = true,
                                  .limit = -1};
        struct ctl_address raw = {MBP_HOLDING_REGISTERS, 0, 4, cases[i].type, MBP_CDAB};
        assert_int_equal(ctl_point_parse(&point, cases[i].text, words, why, sizeof why), MBP_OK);
        assert_int_equal(mbp_codec_bits(cases[i].type, MBP_CDAB, words), cases[i].bits);
        assert_string_equal(ctl_point_number(&point, words, text, sizeof text), cases[i].text);
        assert_string_equal(ctl_point_text(&point, words, text, sizeof text), cases[i].text);
        assert_string_equal(ctl_raw_text(cases[i].type, MBP_CDAB, words, text, sizeof text), cases[i].text);
        words[0] = words[1] = words[2] = words[3] = 0;
        assert_int_equal(ctl_raw_parse(&raw, cases[i].text, words, why, sizeof why), MBP_OK);
        assert_int_equal(mbp_codec_bits(cases[i].type, MBP_CDAB, words), cases[i].bits);
        assert_int_equal(ctl_raw_parse(&raw, "18446744073709551616", words, why, sizeof why), MBP_ERR_RANGE);
        assert_int_equal(ctl_raw_parse(&raw, "1.5", words, why, sizeof why), MBP_ERR_FORMAT);
        assert_int_equal(ctl_raw_parse(&raw, "0x7FFFFFFFFFFFFFFF", words, why, sizeof why),
                         cases[i].type == MBP_MOD10K4 ? MBP_ERR_RANGE : MBP_OK);
        if (cases[i].type != MBP_MOD10K4)
            assert_int_equal(mbp_codec_bits(cases[i].type, MBP_CDAB, words), INT64_MAX);
    }
}

static void test_number_outside_a_type_is_told_its_ends_to_the_last_digit(void **state)
{
    (void)state;
    static const struct {
        enum mbp_type type;
        const char *text[4];
        const char *ends;
    } cases[] = {
        {MBP_UINT64, {"18446744073709551616", "-1", "2e19", "-1.5"}, "uint64 can hold: 0..18446744073709551615"},
        {MBP_INT64,
         {"9223372036854775808", "-9223372036854775809", "9223372036854775808.0", "-1e19"},
         "int64 can hold: -9223372036854775808..9223372036854775807"},
        {MBP_MOD10K4, {"10000000000000000", "-1", "1e16", "-0.5"}, "mod10k(4) can hold: 0..9999999999999999"},
        {MBP_INT48, {"140737488355328", "1e15", "-1e15", "1e300"}, "int48 can hold: -140737488355328..140737488355327"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct ctl_point point = {
            .map = {.count = 4, .table = MBP_HOLDING_REGISTERS, .type = cases[i].type, .scale = 1, .unit_text = ""},
            .limit = -1};
        for (size_t t = 0; t < 4; t++) {
            uint16_t words[4];
            char why[160] = "";
            assert_int_equal(ctl_point_parse(&point, cases[i].text[t], words, why, sizeof why), MBP_ERR_RANGE);
            if (strstr(why, cases[i].ends) == NULL)
                fail_msg("%s: %s", cases[i].text[t], why);
        }
    }
}

static void test_digits_are_read_as_strtod_takes_them(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        struct ctl_digits digits;
        const char *end;
    } cases[] = {
        {"9007199254740993", {.whole = {.magnitude = UINT64_C(9007199254740993)}}, ""},
        {" \t-9007199254740993 m", {.whole = {UINT64_C(9007199254740993), true}}, " m"},
        {"+18446744073709551615m", {.whole = {.magnitude = UINT64_MAX}}, "m"},
        {"0x20000000000001", {.whole = {.magnitude = UINT64_C(0x20000000000001)}}, ""},
        {"-0X10 x", {.whole = {16, true}}, " x"},
        {"0x", {.whole = {0, false}}, "x"},
        {"9007199254740993.000", {.whole = {.magnitude = UINT64_C(9007199254740993)}}, ""},
        {"9007199254740993e0", {.whole = {.magnitude = UINT64_C(9007199254740993)}}, ""},
        {"9.007199254740993e15", {.whole = {.magnitude = UINT64_C(9007199254740993)}}, ""},
        {"9007199254740993000e-3", {.whole = {.magnitude = UINT64_C(9007199254740993)}}, ""},
        {"9007199254740993.5", {.whole = {.magnitude = UINT64_C(9007199254740993)}, .fraction = true}, ""},
        {"-.5e", {.whole = {0, true}, .fraction = true}, "e"},
        {"12e-3", {.whole = {0, false}, .fraction = true}, ""},
        {"5.", {.whole = {5, false}}, ""},
        {"5e+", {.whole = {5, false}}, "e+"},
        {"18446744073709551616", {.whole = {.magnitude = UINT64_MAX}, .beyond = true}, ""},
        {"-1e99999999999999999999", {.whole = {UINT64_MAX, true}, .beyond = true}, ""},
        {"1e-99999999999999999999", {.whole = {0, false}, .fraction = true}, ""},
        {"0xFFFFFFFFFFFFFFFFF", {.whole = {.magnitude = UINT64_MAX}, .beyond = true}, ""},
    };
    static const char *const none[] = {"", "-", "m", ".", "+.e5", "nan", "inf", "- 5", "0x1p4", "0x1.8"};
    struct ctl_digits digits;
    const char *end;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (!ctl_digits_read(cases[i].text, &digits, &end))
            fail_msg("%s", cases[i].text);
        assert_int_equal(digits.whole.magnitude, cases[i].digits.whole.magnitude);
        assert_int_equal(digits.whole.negative, cases[i].digits.whole.negative);
        assert_int_equal(digits.fraction, cases[i].digits.fraction);
        assert_int_equal(digits.beyond, cases[i].digits.beyond);
        assert_string_equal(end, cases[i].end);
    }
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        assert_false(ctl_digits_read(none[i], &digits, &end));
}

static void test_number_of_64_bits_loses_no_digit_however_it_is_typed(void **state)
{
    (void)state;
    static const char *const same[] = {" 9007199254740993",  "\t9007199254740993",  "+9007199254740993",
                                       "9007199254740993.0", "9007199254740993e0",  "9.007199254740993e15",
                                       "0x20000000000001",   "9007199254740993.0m", " 9007199254740993 m"};
    static const char *const refused[] = {"9007199254740993.5", "0x20000000000001.0", "9007199254740993,0",
                                          "9007199254740993 s"};
    const struct ctl_point point = {
        .map = {.count = 4, .table = MBP_HOLDING_REGISTERS, .type = MBP_UINT64, .scale = 1, .unit_text = "m"},
        .limit = -1};
    const struct ctl_address raw = {MBP_HOLDING_REGISTERS, 0, 4, MBP_UINT64, MBP_ABCD};
    char why[160];
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        uint16_t words[4] = {0};
        assert_int_equal(ctl_point_parse(&point, same[i], words, why, sizeof why), MBP_OK);
        assert_int_equal(mbp_codec_bits(MBP_UINT64, MBP_ABCD, words), UINT64_C(9007199254740993));
        words[3] = 0;
        if (strchr(same[i], 'm') == NULL) {
            assert_int_equal(ctl_raw_parse(&raw, same[i], words, why, sizeof why), MBP_OK);
            assert_int_equal(mbp_codec_bits(MBP_UINT64, MBP_ABCD, words), UINT64_C(9007199254740993));
        }
    }
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        uint16_t words[4] = {0};
        assert_int_equal(ctl_point_parse(&point, refused[i], words, why, sizeof why), MBP_ERR_FORMAT);
        assert_int_equal(ctl_raw_parse(&raw, refused[i], words, why, sizeof why), MBP_ERR_FORMAT);
    }
    uint16_t words[4] = {0};
    assert_int_equal(ctl_point_parse(&point, "1.5", words, why, sizeof why), MBP_OK); /* the nearest, as elsewhere */
    assert_int_equal(words[3], 2);
}

static void test_float64_has_the_fewest_digits_that_read_back_the_same(void **state)
{
    (void)state;
    static const char *const texts[] = {"3.141592653589793",    "0.1",    "40",
                                        "-0.30000000000000004", "1e+300", "9007199254740992"};
    const struct ctl_point point = {
        .map = {.count = 4, .table = MBP_HOLDING_REGISTERS, .type = MBP_FLOAT64, .scale = 1, .unit_text = ""},
        .limit = -1};
    struct ctl_point scaled = point;
    scaled.map.scale = 0.1;
    char text[300];
    uint16_t words[4];
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_int_equal(ctl_point_parse(&point, texts[i], words, text, sizeof text), MBP_OK);
        assert_string_equal(ctl_point_number(&point, words, text, sizeof text), texts[i]);
        assert_string_equal(ctl_point_text(&point, words, text, sizeof text), texts[i]);
        assert_string_equal(ctl_raw_text(MBP_FLOAT64, MBP_ABCD, words, text, sizeof text), texts[i]);
    }
    assert_string_equal(ctl_raw_text(MBP_FLOAT64, MBP_ABCD, (uint16_t[]){0x8000, 0, 0, 0}, text, sizeof text), "-0");
    assert_string_equal(ctl_raw_text(MBP_FLOAT64, MBP_ABCD, (uint16_t[]){0x7FF8, 0, 0, 0}, text, sizeof text), "NaN");
    assert_int_equal(ctl_point_parse(&scaled, "0.3", words, text, sizeof text), MBP_OK);
    assert_string_equal(ctl_point_number(&scaled, words, text, sizeof text), "0.3");
}

static void test_long_text_leaves_room_for_what_is_said_of_it(void **state)
{
    (void)state;
    char text[221];
    char why[160];
    uint16_t words[4];
    const struct ctl_point point = {
        .map = {.count = 4, .table = MBP_HOLDING_REGISTERS, .type = MBP_UINT64, .scale = 1, .unit_text = ""},
        .limit = -1};
    memset(text, '1', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_int_equal(ctl_point_parse(&point, text, words, why, sizeof why), MBP_ERR_RANGE);
    assert_string_equal(why, "1111111111111111111111111111111111111... is outside what uint64 can hold: "
                             "0..18446744073709551615");
    memcpy(text + 36, "°", 2); /* a character is not cut */
    assert_int_equal(ctl_point_parse(&point, text, words, why, sizeof why), MBP_ERR_FORMAT);
    assert_string_equal(why, "'111111111111111111111111111111111111...' is not a number");
    assert_int_equal(ctl_point_parse(&point, "18446744073709551615.5", words, why, sizeof why), MBP_ERR_RANGE);
    assert_non_null(strstr(why, "18446744073709551615.5 is outside "));
}

static void test_raw_value_must_be_whole_and_fit_its_type(void **state)
{
    (void)state;
    struct ctl_address word = {MBP_HOLDING_REGISTERS, 0, 1, MBP_UINT16, MBP_ABCD};
    struct ctl_address real = {MBP_HOLDING_REGISTERS, 0, 2, MBP_FLOAT32, MBP_CDAB};
    struct ctl_address coil = {MBP_COILS, 0, 1, MBP_BOOL, MBP_ABCD};
    uint16_t words[2] = {7, 7};
    char why[160];
    assert_int_equal(ctl_raw_parse(&word, "1.5", words, why, sizeof why), MBP_ERR_FORMAT);
    assert_int_equal(ctl_raw_parse(&word, "-1", words, why, sizeof why), MBP_ERR_RANGE);
    assert_int_equal(ctl_raw_parse(&word, "65536", words, why, sizeof why), MBP_ERR_RANGE);
    assert_int_equal(words[0], 7);
    assert_int_equal(ctl_raw_parse(&word, "0xBEEF", words, why, sizeof why), MBP_OK);
    assert_int_equal(words[0], 0xBEEF);
    assert_int_equal(ctl_raw_parse(&real, "65.2", words, why, sizeof why), MBP_OK);
    assert_int_equal(words[0], 0x6666);
    assert_int_equal(words[1], 0x4282);
    assert_int_equal(ctl_raw_parse(&coil, "on", words, why, sizeof why), MBP_OK);
    assert_int_equal(words[0], 1);
    assert_int_equal(ctl_raw_parse(&coil, "2", words, why, sizeof why), MBP_ERR_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_value_typed_becomes_its_raw_number),
        cmocka_unit_test(test_value_typed_wrong_is_refused_before_sending),
        cmocka_unit_test(test_limit_off_is_the_unused_pattern_and_reads_off),
        cmocka_unit_test(test_text_of_each_kind_of_point),
        cmocka_unit_test(test_float_is_shown_as_exactly_as_it_is_carried),
        cmocka_unit_test(test_other_registers_of_a_sensor_have_their_own_unit),
        cmocka_unit_test(test_form_tells_type_scale_and_raw),
        cmocka_unit_test(test_text_typed_into_a_string_is_padded_with_zeros),
        cmocka_unit_test(test_text_in_another_order_is_read_and_typed_in_it),
        cmocka_unit_test(test_integer_of_64_bits_is_read_and_typed_to_the_last_digit),
        cmocka_unit_test(test_number_outside_a_type_is_told_its_ends_to_the_last_digit),
        cmocka_unit_test(test_digits_are_read_as_strtod_takes_them),
        cmocka_unit_test(test_number_of_64_bits_loses_no_digit_however_it_is_typed),
        cmocka_unit_test(test_float64_has_the_fewest_digits_that_read_back_the_same),
        cmocka_unit_test(test_long_text_leaves_room_for_what_is_said_of_it),
        cmocka_unit_test(test_raw_value_must_be_whole_and_fit_its_type),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
