/* Foreign text made harmless, for a terminal and for a spreadsheet. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "mbplant/base.h"

static const char *harmless(const char *text)
{
    static char copy[256];
    snprintf(copy, sizeof copy, "%s", text);
    return mbp_text_harmless(copy);
}

static void test_text_of_letters_of_any_alphabet_stays_as_it_is(void **state)
{
    (void)state;
    static const char *const good[] = {"",     "Lot 7",      "65.2 °C, 3 m³/h", "Füllstand",
                                       "温度", "\U0001F525", "\uFFFD",          " ~"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_string_equal(harmless(good[i]), good[i]);
}

static void test_text_with_what_a_terminal_acts_on_shows_a_mark_instead(void **state)
{
    (void)state;
    static const struct {
        const char *text, *shown;
    } cases[] = {
        {"\033]0;owned\007x", "?]0;owned?x"}, /* C0: the window's title */
        {"a\nb\rc\td\be", "a?b?c?d?e"},       /* lines of one's own */
        {"a\x7F", "a?"},                      /* DEL */
        {"\xC2\x9B"
         "31mred\xC2\x9C",
         "?31mred?"},                                             /* C1 */
        {"\xC2\xA0\xC2\x80", "\xC2\xA0?"},                        /* the last of C1 is U+009F */
        {"\u202A\u202E\u2066\u2069x", "????x"},                   /* bidi */
        {"\u2029\u202F\u2065\u206A", "\u2029\u202F\u2065\u206A"}, /* their neighbours */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(harmless(cases[i].text), cases[i].shown);
}

static void test_bytes_that_are_no_utf8_show_a_mark_each(void **state)
{
    (void)state;
    static const struct {
        const char *text, *shown;
    } cases[] = {
        {"\x9B"
         "31m",
         "?31m"}, /* C1 as one byte, as a terminal of Latin 1 takes it */
        {"\xFF\xFE", "??"},
        {"\xC3", "?"}, /* cut off */
        {"\xE2\x80", "??"},
        {"\xC3(", "?("},    /* what follows is kept */
        {"\xC0\x9B", "??"}, /* overlong */
        {"\xE0\x82\x9B", "???"},
        {"\xED\xA0\x80", "???"},      /* a surrogate */
        {"\xF4\x90\x80\x80", "????"}, /* beyond U+10FFFF */
        {"\xF8\x88\x80\x80\x80", "?????"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(harmless(cases[i].text), cases[i].shown);
}

static void test_text_as_utf8_keeps_controls(void **state)
{
    (void)state;
    char text[] = "\033[1m\xFF\u202E\n";
    assert_string_equal(mbp_text_as_utf8(text), "\033[1m?\u202E\n");
}

static char *printed(void (*print)(FILE *out))
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    assert_non_null(out);
    print(out);
    assert_int_equal(fclose(out), 0);
    return text;
}

static void print_lines(FILE *out)
{
    mbp_text_print(out, "\n%s = %u\n", "TT\n101\033", 7u);
    mbp_text_print(out, "%s", "no end\n");
    mbp_text_print(out, "\n");
    mbp_text_print(out, "%s\n\n", "");
}

static void test_print_has_the_formats_newlines_and_no_others(void **state)
{
    (void)state;
    char *text = printed(print_lines);
    assert_string_equal(text, "\nTT?101? = 7\nno end?\n\n\n");
    free(text);
}

static void print_long(FILE *out)
{
    char text[5001];
    memset(text, 'x', sizeof text - 1);
    text[0] = text[4999] = '\033';
    text[5000] = '\0';
    mbp_text_print(out, "%s\n", text);
}

static void test_print_of_a_long_text_is_whole(void **state)
{
    (void)state;
    char *text = printed(print_long);
    assert_int_equal(strlen(text), 5001);
    assert_int_equal(text[0], '?');
    assert_int_equal(text[2500], 'x');
    assert_string_equal(text + 4998, "x?\n");
    free(text);
}

static void test_formula_begins_with_a_sign_that_is_no_numbers(void **state)
{
    (void)state;
    static const char *const formulas[] = {"=2+5",     "=HYPERLINK(\"x\")",
                                           "+1+1",     "-1-1",
                                           "@SUM(A1)", "-x",
                                           "\t=1",     "\r=1",
                                           "-5 bar",   "-inf",
                                           "+.e3",     "-1e",
                                           "- 1+1",    "=1"};
    static const char *const others[] = {"",    "-",  "+",     "-5",  "+5",  "-5.25", "-.5", "-1e-9",
                                         "+3.", "TT", "5-3=2", " =1", "'=1", "°C",    "=",   "65.2"};
    for (size_t i = 0; i < sizeof formulas / sizeof formulas[0]; i++)
        assert_true(mbp_text_is_formula(formulas[i]));
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_false(mbp_text_is_formula(others[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_of_letters_of_any_alphabet_stays_as_it_is),
        cmocka_unit_test(test_text_with_what_a_terminal_acts_on_shows_a_mark_instead),
        cmocka_unit_test(test_bytes_that_are_no_utf8_show_a_mark_each),
        cmocka_unit_test(test_text_as_utf8_keeps_controls),
        cmocka_unit_test(test_print_has_the_formats_newlines_and_no_others),
        cmocka_unit_test(test_print_of_a_long_text_is_whole),
        cmocka_unit_test(test_formula_begins_with_a_sign_that_is_no_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
