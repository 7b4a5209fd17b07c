/* What vendors say, in the words of a plant file; lists however they are separated; registers that several share. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "learn/csv_columns.h"
#include "learn/learn.h"

static struct learn_point holding(uint16_t addr, enum mbp_type type)
{
    return learn_point_of(MBP_HOLDING_REGISTERS, addr, type);
}

static void test_type_of_a_vendor_is_one_of_ours(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t words;
        enum mbp_type type;
        enum mbp_order order;
        unsigned takes;
    } cases[] = {
        {"", 0, MBP_UINT16, MBP_ABCD, 1},
        {"", 2, MBP_UINT32, MBP_ABCD, 2},
        {"", 3, MBP_UINT16, MBP_ABCD, 3},
        {"U16", 0, MBP_UINT16, MBP_ABCD, 1},
        {"S32", 2, MBP_INT32, MBP_ABCD, 2},
        {"i16", 0, MBP_INT16, MBP_ABCD, 1},
        {"unsigned int", 2, MBP_UINT32, MBP_ABCD, 2},
        {"unsigned long", 0, MBP_UINT32, MBP_ABCD, 2},
        {"Unsigned integer (2 words)", 0, MBP_UINT32, MBP_ABCD, 2},
        {"16-bit signed", 0, MBP_INT16, MBP_ABCD, 1},
        {"INT16U", 0, MBP_UINT16, MBP_ABCD, 1},
        {"uint16", 5, MBP_UINT16, MBP_ABCD, 5},
        {"DINT", 0, MBP_INT32, MBP_ABCD, 2},
        {"DWORD", 0, MBP_UINT32, MBP_ABCD, 2},
        {"word", 1, MBP_UINT16, MBP_ABCD, 1},
        {"int24", 0, MBP_INT24, MBP_ABCD, 2},
        {"UINT48", 0, MBP_UINT48, MBP_ABCD, 3},
        {"acc64", 0, MBP_UINT64, MBP_ABCD, 4},
        {"Float", 0, MBP_FLOAT32, MBP_ABCD, 2},
        {"FLOAT", 4, MBP_FLOAT64, MBP_ABCD, 4},
        {"IEEE 754 32 bit", 0, MBP_FLOAT32, MBP_ABCD, 2},
        {"double", 0, MBP_FLOAT64, MBP_ABCD, 4},
        {"float32 CDAB", 0, MBP_FLOAT32, MBP_CDAB, 2},
        {"uint32s", 0, MBP_UINT32, MBP_CDAB, 2},
        {"float32snan", 0, MBP_FLOAT32, MBP_CDAB, 2},
        {"int32nan", 0, MBP_INT32, MBP_ABCD, 2},
        {"uint32 little endian", 0, MBP_UINT32, MBP_CDAB, 2},
        {"U16 BADC", 0, MBP_UINT16, MBP_BADC, 1},
        {"STRING[16]", 0, MBP_STRING, MBP_ABCD, 8},
        {"UTF-8 string", 4, MBP_STRING, MBP_ABCD, 4},
        {"BCD", 2, MBP_BCD32, MBP_ABCD, 2},
        {"Boolean", 0, MBP_BOOL, MBP_ABCD, 1},
        {"Enum16", 1, MBP_UINT16, MBP_ABCD, 1},
        {"bytes", 6, MBP_UINT16, MBP_ABCD, 6},
        {"byte", 0, MBP_UINT8, MBP_ABCD, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct learn_point point = holding(0, MBP_UINT16);
        char why[LEARN_WHY_MAX] = "";
        if (!learn_type(cases[i].text, cases[i].words, &point, why) || point.type != cases[i].type ||
            point.order != cases[i].order || point.words != cases[i].takes)
            fail_msg("'%s' of %u registers is type %d, order %d, %u registers: %s", cases[i].text, cases[i].words,
                     (int)point.type, (int)point.order, point.words, why);
    }
}

static void test_type_that_there_is_not_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t words;
        const char *why;
    } cases[] = {{"TIMESTAMP", 2, "is no type"},
                 {"float16", 0, "of 16 bits"},
                 {"double", 2, "takes 4 registers, but its length is 2"},
                 {"string", 0, "a text of 0 registers"},
                 {"string(4000)", 0, "a text of 2000 registers"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct learn_point point = holding(0, MBP_UINT16);
        char why[LEARN_WHY_MAX] = "";
        assert_false(learn_type(cases[i].text, cases[i].words, &point, why));
        if (strstr(why, cases[i].why) == NULL)
            fail_msg("'%s': %s", cases[i].text, why);
    }
}

static void test_access_and_tables_are_found_in_words_and_codes(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum mbp_table table;
        bool reads, writes, input;
    } cases[] = {
        {"Holding Register", MBP_HOLDING_REGISTERS, true, true, false},
        {"input", MBP_INPUT_REGISTERS, true, false, false},
        {"Discrete Input", MBP_DISCRETE_INPUTS, true, false, false},
        {"input status", MBP_DISCRETE_INPUTS, true, false, false},
        {"Coils", MBP_COILS, true, true, false},
        {"4x", MBP_HOLDING_REGISTERS, true, true, false},
        {"3X", MBP_INPUT_REGISTERS, true, true, false},
        {"FC03", MBP_HOLDING_REGISTERS, true, false, false},
        {"0x04", MBP_INPUT_REGISTERS, true, false, false},
        {"03H/06H/10H", MBP_HOLDING_REGISTERS, true, true, false},
        {"3, 16", MBP_HOLDING_REGISTERS, true, true, false},
        {"06", MBP_HOLDING_REGISTERS, false, true, false},
        {"3/4", MBP_HOLDING_REGISTERS, true, false, true},
        {"1, 5, 15", MBP_COILS, true, true, false},
        {"2", MBP_DISCRETE_INPUTS, true, false, false},
        {"writesingle", MBP_HOLDING_REGISTERS, false, true, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct learn_point point = holding(0, MBP_UINT16);
        bool found = learn_table(cases[i].text, &point);
        bool writes = point.writable && point.table != MBP_INPUT_REGISTERS && point.table != MBP_DISCRETE_INPUTS;
        bool wanted = cases[i].writes && cases[i].table != MBP_INPUT_REGISTERS;
        if (!found || point.table != cases[i].table || point.readable != cases[i].reads || writes != wanted ||
            point.also_input != cases[i].input)
            fail_msg("'%s' is table %d, %d %d %d", cases[i].text, (int)point.table, point.readable, point.writable,
                     point.also_input);
    }
    struct learn_point point = holding(0, MBP_UINT16);
    assert_false(learn_table("whatever", &point));
    assert_false(learn_table("", &point));
    assert_true(learn_access("R/W", &point));
    assert_true(point.readable && point.writable);
    assert_true(learn_access("Read only", &point));
    assert_true(point.readable && !point.writable);
    assert_true(learn_access("WO", &point));
    assert_true(!point.readable && point.writable);
    assert_false(learn_access("-", &point));
}

static void test_names_are_made_of_any_text(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"Voltage L1-N (V)", "Voltage_L1_N_V"},
        {"3-phase power", "R3_phase_power"},
        {"__x__", "x"},
        {"\xC2\xB0", ""},
        {"", ""},
        {"a name that is much longer than names are", "a_name_that_is_much_longer_than"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char name[MBP_NAME_MAX + 1];
        learn_name(cases[i][0], name);
        assert_string_equal(name, cases[i][1]);
    }
}

static void test_note_is_one_line_and_fits(void **state)
{
    (void)state;
    struct learn_point point = holding(0, MBP_UINT16);
    learn_note(&point, "  two\nlines \x1B[31m\xE2\x80\xA8 here  ");
    learn_note(&point, "");
    learn_note(&point, "V");
    assert_string_equal(point.comment, "two lines [31m here, V");
    for (int i = 0; i < 100; i++)
        learn_note(&point, "\xC3\xA9\xC3\xA9\xC3\xA9");
    assert_true(strlen(point.comment) < LEARN_COMMENT_MAX);
    for (const char *at = point.comment; *at != '\0';) {
        uint32_t code;
        size_t len = mbp_utf8_next(at, &code);
        assert_int_not_equal(len, 0);
        at += len;
    }
}

static void test_rows_are_cut_as_they_are_quoted(void **state)
{
    (void)state;
    char text[] = "a;\"b \"\"c\"\"; d\";  e \r\n\"two\nlines\";f\n\"open;g\nlast";
    char *at = text;
    uint32_t line = 1;
    struct csv_row row;
    assert_int_equal(csv_separator(text), ';');
    assert_true(csv_next(&at, &line, ';', &row));
    assert_int_equal(row.count, 3);
    assert_string_equal(row.cells[1], "b \"c\"; d");
    assert_string_equal(row.cells[2], "e");
    assert_true(csv_next(&at, &line, ';', &row));
    assert_int_equal(row.line, 2);
    assert_string_equal(row.cells[0], "two\nlines");
    assert_true(csv_next(&at, &line, ';', &row));
    assert_int_equal(row.line, 4);
    assert_string_equal(row.cells[0], "\"open");
    assert_true(csv_next(&at, &line, ';', &row));
    assert_string_equal(row.cells[0], "last");
    assert_false(csv_next(&at, &line, ';', &row));
}

static void test_text_of_other_encodings_becomes_utf8(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
        const char *wanted;
    } cases[] = {{"\xEF\xBB\xBF"
                  "a",
                  4, "a"},
                 {"\xFF\xFE"
                  "a\0\xB0\0",
                  6, "a\xC2\xB0"},
                 {"\xFE\xFF\0a\x20\xAC\xD8\x00\xDC\x00", 10, "a\xE2\x82\xAC??"},
                 {"\xB0"
                  "C \xC2\xB0",
                  5,
                  "\xC2\xB0"
                  "C \xC2\xB0"},
                 {"a\0b", 3, "a?b"},
                 {"", 0, ""}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *text = csv_text(cases[i].bytes, cases[i].len);
        assert_non_null(text);
        assert_string_equal(text, cases[i].wanted);
        free(text);
    }
}

static void test_headings_say_what_columns_are(void **state)
{
    (void)state;
    const char *named[CSV_ROLES] = {NULL};
    struct csv_columns columns;
    struct csv_row row = {.count = 6,
                          .cells = {"No.", "Addr (hex)", "Address (dec)", "Signal name", "Length (bytes)", "Type"}};
    assert_true(csv_columns_find(&row, named, &columns));
    assert_int_equal(columns.of[CSV_ADDRESS], 2);
    assert_int_equal(columns.of[CSV_NAME], 3);
    assert_int_equal(columns.of[CSV_COUNT], 4);
    assert_int_equal(columns.word_bytes, 1);
    assert_false(columns.hexadecimal);
    named[CSV_ADDRESS] = "Addr (hex)";
    assert_true(csv_columns_find(&row, named, &columns));
    assert_int_equal(columns.of[CSV_ADDRESS], 1);
    assert_true(columns.hexadecimal);
    named[CSV_UNIT] = "nowhere";
    assert_false(csv_columns_find(&row, named, &columns));
    struct csv_row other = {.count = 2, .cells = {"Offset", "Name"}};
    named[CSV_UNIT] = named[CSV_ADDRESS] = NULL;
    assert_true(csv_columns_find(&other, named, &columns));
    assert_int_equal(columns.of[CSV_ADDRESS], 0);
    struct csv_row neither = {.count = 2, .cells = {"a", "b"}};
    assert_false(csv_columns_find(&neither, named, &columns));
}

static void test_points_at_the_same_registers_share_them(void **state)
{
    (void)state;
    struct learn_device device = {.source = "test", .unit = 1};
    struct learn_point narrow = holding(10, MBP_INT16);
    struct learn_point wide = holding(10, MBP_FLOAT32);
    struct learn_point beyond = holding(11, MBP_UINT32);
    struct learn_point bits[2] = {holding(20, MBP_BOOL), holding(20, MBP_BOOL)};
    narrow.writable = false;
    bits[0].bit = 3;
    bits[1].bit = 2;
    snprintf(narrow.name, sizeof narrow.name, "A");
    snprintf(beyond.name, sizeof beyond.name, "a");
    snprintf(wide.name, sizeof wide.name, "a");
    assert_true(learn_add(&device, &narrow, "1"));
    assert_true(learn_add(&device, &wide, "2"));
    assert_true(learn_add(&device, &beyond, "3"));
    assert_true(learn_add(&device, &bits[0], "4"));
    assert_true(learn_add(&device, &bits[1], "5"));
    learn_settle(&device);
    assert_int_equal(device.count, 4);
    assert_int_equal(device.shared, 2);
    assert_int_equal(device.points[0].type, MBP_FLOAT32);
    assert_true(device.points[0].writable);
    assert_non_null(strstr(device.points[0].comment, "also int16 A"));
    assert_int_equal(device.points[1].addr, 12);
    assert_int_equal(device.points[1].words, 1);
    assert_int_equal(device.points[2].bit, 2);
    assert_int_equal(device.points[3].bit, 3);
    learn_free(&device);
}

static void test_what_cannot_be_said_is_skipped_and_counted(void **state)
{
    (void)state;
    struct learn_device device = {.source = "test", .unit = 1};
    struct learn_point end = holding(65535, MBP_FLOAT32);
    struct learn_point scale = holding(0, MBP_INT16);
    struct learn_point offset = holding(0, MBP_INT16);
    scale.scale = 0;
    offset.offset = (double)INFINITY;
    assert_false(learn_add(&device, &end, "list:1"));
    assert_false(learn_add(&device, &scale, "list:2"));
    assert_false(learn_add(&device, &offset, "list:3"));
    assert_int_equal(device.named, 3);
    assert_int_equal(device.skipped, 3);
    assert_int_equal(device.count, 0);
    learn_free(&device);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_type_of_a_vendor_is_one_of_ours),
        cmocka_unit_test(test_type_that_there_is_not_is_told),
        cmocka_unit_test(test_access_and_tables_are_found_in_words_and_codes),
        cmocka_unit_test(test_names_are_made_of_any_text),
        cmocka_unit_test(test_note_is_one_line_and_fits),
        cmocka_unit_test(test_rows_are_cut_as_they_are_quoted),
        cmocka_unit_test(test_text_of_other_encodings_becomes_utf8),
        cmocka_unit_test(test_headings_say_what_columns_are),
        cmocka_unit_test(test_points_at_the_same_registers_share_them),
        cmocka_unit_test(test_what_cannot_be_said_is_skipped_and_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
