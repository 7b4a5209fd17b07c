/* One table in four forms. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "mbplant/report/fit.h"
#include "report_fixture.h"

static const struct mbp_grid_column columns[] = {{"NAME", "name", false}, {"COUNT", "count", true}};

/* Two rows; the cells of the second are given. */
static char *written(enum mbp_format format, bool colour, const char *name, const char *count)
{
    struct mbp_grid *grid = NULL;
    struct report_stream stream;
    assert_int_equal(mbp_grid_new(columns, 2, &grid), MBP_OK);
    mbp_grid_cell(grid, MBP_PAINT_BAD, "%s", "a");
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%d", 7);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", name);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", count);
    report_open(&stream);
    assert_int_equal(mbp_grid_write(grid, format, colour, stream.file), MBP_OK);
    mbp_grid_free(grid);
    return report_text(&stream);
}

static void test_text_aligns_by_columns_on_the_terminal_not_by_bytes(void **state)
{
    (void)state;
    char *text = written(MBP_FORMAT_TEXT, false, "m³/h", "123456");
    assert_string_equal(text, "NAME   COUNT\n"
                              "a          7\n"
                              "m³/h  123456\n");
    free(text);
}

static void test_text_line_does_not_end_in_spaces(void **state)
{
    (void)state;
    char *text = written(MBP_FORMAT_TEXT, false, "b", "");
    assert_string_equal(text, "NAME  COUNT\n"
                              "a         7\n"
                              "b\n");
    free(text);
}

static void test_text_is_coloured_when_asked_only(void **state)
{
    (void)state;
    char *plain = written(MBP_FORMAT_TEXT, false, "b", "1");
    char *coloured = written(MBP_FORMAT_TEXT, true, "b", "1");
    char *markdown = written(MBP_FORMAT_MARKDOWN, true, "b", "1");
    assert_null(strchr(plain, '\033'));
    assert_non_null(strstr(coloured, "\033[1;31ma\033[0m"));
    assert_null(strchr(markdown, '\033'));
    free(plain);
    free(coloured);
    free(markdown);
}

static void test_markdown_bar_in_a_cell_does_not_end_it(void **state)
{
    (void)state;
    char *text = written(MBP_FORMAT_MARKDOWN, false, "a|b", "1");
    assert_non_null(strstr(text, "| a\\|b "));
    assert_non_null(strstr(text, "| --- | ---: |\n"));
    free(text);
}

static void test_csv_quotes_what_rfc_4180_asks_for_and_ends_rows_with_crlf(void **state)
{
    (void)state;
    char *text = written(MBP_FORMAT_CSV, false, "a \"b\", c", "1");
    assert_string_equal(text, "name,count\r\n"
                              "a,7\r\n"
                              "\"a \"\"b\"\", c\",1\r\n");
    free(text);
}

static void test_foreign_text_reaches_no_terminal(void **state)
{
    (void)state;
    static const enum mbp_format formats[] = {MBP_FORMAT_TEXT, MBP_FORMAT_MARKDOWN, MBP_FORMAT_CSV};
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        char *text = written(formats[i], false, "a\033]0;x\007\nb|\"c\u202E\xFF", "1");
        assert_non_null(strstr(text, "a?]0;x??b"));
        assert_null(strpbrk(text, "\033\007\xFF"));
        assert_null(strstr(text, "\u202E"));
        free(text);
    }
}

static void test_json_holds_foreign_text_as_numbers(void **state)
{
    (void)state;
    char *text = written(MBP_FORMAT_JSON, false, "a\033\xC2\x9B\x7F\u202E\xFF°", "1");
    assert_non_null(strstr(text, "\"a\\u001B\\u009B\\u007F\\u202E?°\""));
    free(text);
}

static void test_csv_text_that_a_spreadsheet_would_reckon_with_is_marked(void **state)
{
    (void)state;
    char *text = written(MBP_FORMAT_CSV, false, "=HYPERLINK(\"x\",1)", "-5");
    assert_string_equal(text, "name,count\r\n"
                              "a,7\r\n"
                              "\"'=HYPERLINK(\"\"x\"\",1)\",-5\r\n");
    free(text);
    text = written(MBP_FORMAT_CSV, false, "@SUM", "+2-3");
    assert_non_null(strstr(text, "\r\n'@SUM,'+2-3\r\n"));
    free(text);
}

static void test_json_number_column_is_a_number_or_null(void **state)
{
    (void)state;
    char *text = written(MBP_FORMAT_JSON, false, "b", "-");
    assert_non_null(strstr(text, "\"count\": 7"));
    assert_non_null(strstr(text, "\"count\": null"));
    assert_non_null(strstr(text, "\"name\": \"b\""));
    free(text);
    text = written(MBP_FORMAT_JSON, false, "b", "65.20");
    assert_non_null(strstr(text, "\"count\": 65.2"));
    free(text);
    text = written(MBP_FORMAT_JSON, false, "b", "18446744073709551615"); /* to the last digit */
    assert_string_equal(text, "[\n  {\n    \"name\": \"a\",\n    \"count\": 7\n  },\n"
                              "  {\n    \"name\": \"b\",\n    \"count\": 18446744073709551615\n  }\n]\n");
    free(text);
}

static void test_json_number_column_takes_only_what_json_has_as_a_number(void **state)
{
    (void)state;
    static const char *const numbers[] = {"0", "-5", "1e3", "65.20", "3.141592653589793", "-0.5E-7", "1e+10"};
    static const char *const texts[] = {"007", "+5",  "0x10", "null", "true", "[1]", "{}",
                                        "1.",  ".5",  "1e",   "-",    "",     "--1", " 1",
                                        "-01", "1 m", "5\n",  "1e+",  "inf",  "1,5", "18446744073709551616x"};
    char line[64];
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        char *text = written(MBP_FORMAT_JSON, false, "b", numbers[i]);
        snprintf(line, sizeof line, "\"count\": %s\n", numbers[i]);
        assert_non_null(strstr(text, line));
        free(text);
    }
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const bool none = texts[i][0] == '\0' || strcmp(texts[i], "-") == 0;
        char *text = written(MBP_FORMAT_JSON, false, "b", texts[i]);
        assert_non_null(strstr(text, none ? "\"count\": null\n" : "\"count\": \""));
        free(text);
    }
}

static void test_json_text_in_a_number_column_stays_a_text(void **state)
{
    (void)state;
    static const char *const texts[] = {"12", "0012", "null", "true", "1e3", "-", ""};
    char line[64];
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct mbp_grid *grid = NULL;
        struct report_stream stream;
        assert_int_equal(mbp_grid_new(columns, 2, &grid), MBP_OK);
        mbp_grid_cell(grid, MBP_PAINT_NONE, "a");
        mbp_grid_text_cell(grid, MBP_PAINT_NONE, texts[i]);
        report_open(&stream);
        assert_int_equal(mbp_grid_write(grid, MBP_FORMAT_JSON, false, stream.file), MBP_OK);
        char *text = report_text(&stream);
        snprintf(line, sizeof line, "\"count\": \"%s\"\n", texts[i]);
        assert_non_null(strstr(text, line));
        mbp_grid_free(grid);
        free(text);
    }
}

static void test_what_there_is_not_is_a_dash_and_null_and_nothing(void **state)
{
    (void)state;
    static const char *const texts[] = {"NAME  COUNT\n-         7\n", "name,count\r\n,7\r\n",
                                        "[\n  {\n    \"name\": null,\n    \"count\": 7\n  }\n]\n"};
    static const enum mbp_format formats[] = {MBP_FORMAT_TEXT, MBP_FORMAT_CSV, MBP_FORMAT_JSON};
    for (size_t i = 0; i < 3; i++) {
        struct mbp_grid *grid = NULL;
        struct report_stream stream;
        assert_int_equal(mbp_grid_new(columns, 2, &grid), MBP_OK);
        mbp_grid_none(grid);
        mbp_grid_cell(grid, MBP_PAINT_NONE, "7");
        report_open(&stream);
        assert_int_equal(mbp_grid_write(grid, formats[i], false, stream.file), MBP_OK);
        char *text = report_text(&stream);
        assert_string_equal(text, texts[i]);
        free(text);
        mbp_grid_free(grid);
    }
}

static void test_html_and_jsonl_are_refused_and_nothing_is_written(void **state)
{
    (void)state;
    static const enum mbp_format refused[] = {MBP_FORMAT_HTML, MBP_FORMAT_JSONL};
    for (size_t i = 0; i < 2; i++) {
        struct mbp_grid *grid = NULL;
        struct report_stream stream;
        assert_int_equal(mbp_grid_new(columns, 2, &grid), MBP_OK);
        report_open(&stream);
        assert_int_equal(mbp_grid_write(grid, refused[i], false, stream.file), MBP_ERR_MISSING);
        char *text = report_text(&stream);
        assert_string_equal(text, "");
        free(text);
        mbp_grid_free(grid);
    }
}

/* ---- for a terminal ---------------------------------------------------------------------------------------------- */

static const struct mbp_grid_column wide[] = {
    {"NAME", "name", false}, {"AT", "at", true}, {"EMPTY", "empty", false}, {"WHY", "why", false}};
static const uint8_t ranks[] = {0, 5, 1, 0};

static char *fitted(unsigned width, size_t *left_out)
{
    struct mbp_grid *grid = NULL;
    struct report_stream stream;
    assert_int_equal(mbp_grid_new(wide, 4, &grid), MBP_OK);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "TT101");
    mbp_grid_cell(grid, MBP_PAINT_NONE, "12345");
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", "");
    mbp_grid_cell(grid, MBP_PAINT_NONE, "é123456789012345678901234567890123456789");
    mbp_grid_fit(grid, width, ranks);
    *left_out = mbp_grid_left_out(grid);
    report_open(&stream);
    assert_int_equal(mbp_grid_write(grid, MBP_FORMAT_TEXT, false, stream.file), MBP_OK);
    char *text = report_text(&stream);
    mbp_grid_free(grid);
    return text;
}

static void test_grid_leaves_out_what_is_empty_then_by_rank_and_cuts_text_last(void **state)
{
    (void)state;
    static const struct {
        unsigned width;
        size_t left_out;
        const char *text;
    } rows[] = {
        {0, 0, "NAME      AT  EMPTY  WHY\nTT101  12345         é123456789012345678901234567890123456789\n"},
        {61, 0, "NAME      AT  EMPTY  WHY\nTT101  12345         é123456789012345678901234567890123456789\n"},
        {54, 0, "NAME      AT  WHY\nTT101  12345  é123456789012345678901234567890123456789\n"},
        {44, 0, "NAME      AT  WHY\nTT101  12345  é12345678901234567890123456...\n"},
        {43, 1, "NAME   WHY\nTT101  é12345678901234567890123456789012...\n"},
        {19, 1, "NAME   WHY\nTT101  é12345678...\n"},
        {5, 1, "NAME   WHY\nTT101  é12345678...\n"}, /* narrower it cannot be */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t left_out = 99;
        char *text = fitted(rows[i].width, &left_out);
        assert_string_equal(text, rows[i].text);
        assert_int_equal(left_out, rows[i].left_out);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_aligns_by_columns_on_the_terminal_not_by_bytes),
        cmocka_unit_test(test_text_line_does_not_end_in_spaces),
        cmocka_unit_test(test_text_is_coloured_when_asked_only),
        cmocka_unit_test(test_markdown_bar_in_a_cell_does_not_end_it),
        cmocka_unit_test(test_csv_quotes_what_rfc_4180_asks_for_and_ends_rows_with_crlf),
        cmocka_unit_test(test_foreign_text_reaches_no_terminal),
        cmocka_unit_test(test_json_holds_foreign_text_as_numbers),
        cmocka_unit_test(test_csv_text_that_a_spreadsheet_would_reckon_with_is_marked),
        cmocka_unit_test(test_json_number_column_is_a_number_or_null),
        cmocka_unit_test(test_grid_leaves_out_what_is_empty_then_by_rank_and_cuts_text_last),
        cmocka_unit_test(test_json_number_column_takes_only_what_json_has_as_a_number),
        cmocka_unit_test(test_json_text_in_a_number_column_stays_a_text),
        cmocka_unit_test(test_what_there_is_not_is_a_dash_and_null_and_nothing),
        cmocka_unit_test(test_html_and_jsonl_are_refused_and_nothing_is_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
