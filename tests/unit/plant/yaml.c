/* What a plant file may not be made of, whatever it says. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "opened_file.h"
#include "plant_fixture.h"

/* Loads text that repeats one piece after a start; returns the errors and how much CPU time they took. */
static const char *errors_of_many(const char *start, const char *piece, size_t count, double *seconds)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    assert_non_null(out);
    fputs(start, out);
    for (size_t i = 0; i < count; i++) {
        fputs(piece, out);
    }
    fclose(out);
    clock_t begin = clock();
    const char *errors = errors_of_bytes(text, len);
    *seconds = (double)(clock() - begin) / CLOCKS_PER_SEC;
    free(text);
    return errors;
}

/* libyaml alone takes 35 s for the first of these. A second is a hundred times more than is needed, and far from that.
 */
static void test_nesting_of_any_kind_is_refused_before_it_costs_time(void **state)
{
    (void)state;
    static const char *const pieces[] = {"[", "{a: ", "- ", "? ", "[a, {b: ", "{", "{[", "? - "};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        double seconds;
        const char *errors = errors_of_many("mbplant: 1\nunits:\n ", pieces[i], 200000, &seconds);
        assert_true(strstr(errors, "nested too deeply") != NULL || strstr(errors, "cannot be a key") != NULL);
        assert_true(seconds < 1.0);
    }
}

static void test_nesting_up_to_the_allowed_depth_is_no_error_of_its_own(void **state)
{
    (void)state;
    /* The root is level 1, so 31 brackets are 32 levels. */
    const char *opened = "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", *closed = "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]";
    char text[128];
    assert_int_equal(strlen(opened), 31);
    snprintf(text, sizeof text, "mbplant: 1\nunits: %s%s\n", opened, closed);
    assert_null(strstr(errors_of_text(text), "nested too deeply"));
}

static void test_many_tag_directives_are_refused_before_libyaml_compares_them(void **state)
{
    (void)state;
    double seconds;
    const char *errors = errors_of_many("", "%TAG !a! b\n", 500000, &seconds);
    assert_string_equal(errors, "1:1: directives (%...) are not allowed; remove the line\n");
    assert_true(seconds < 1.0);
}

static void test_many_unknown_keys_end_the_reading(void **state)
{
    (void)state;
    double seconds;
    const char *errors = errors_of_many("mbplant: 1\n", "aaaaaaaaaaaa: 1\n", 100000, &seconds);
    assert_non_null(strstr(errors, "and at least 900 more errors\n"));
    assert_true(seconds < 5.0);
}

static void test_file_larger_than_allowed_is_refused(void **state)
{
    (void)state;
    /* Its length suffices: nobody looks into it. */
    assert_string_equal(errors_of_bytes("", MBP_PLANT_FILE_MAX + 1),
                        "1:1: the file is larger than 256 MiB; let 'repeat' write what is alike\n");
}

static void test_nul_byte_is_refused_at_its_place(void **state)
{
    (void)state;
    static const char text[] = "mbplant: 1\nname: a\0b\n";
    assert_string_equal(errors_of_bytes(text, sizeof text - 1),
                        "2:8: not a text in UTF-8: control characters are not allowed; save the file as UTF-8\n");
}

static void test_invalid_utf8_is_refused_at_its_place(void **state)
{
    (void)state;
    assert_string_equal(errors_of_text("mbplant: 1\nname: °\xff\n"),
                        "2:8: not a text in UTF-8: invalid leading UTF-8 octet; save the file as UTF-8\n");
    assert_non_null(strstr(errors_of_text("name: \xC3\n"), "not a text in UTF-8"));
    assert_non_null(strstr(errors_of_text("name: \xC0\x80\n"), "not a text in UTF-8"));
}

static void test_utf16_is_refused(void **state)
{
    (void)state;
    static const char text[] = "\xFF\xFEm\0b\0p\0";
    assert_non_null(strstr(errors_of_bytes(text, sizeof text - 1), "not a text in UTF-8"));
}

static void test_utf8_with_a_byte_order_mark_loads(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text("\xEF\xBB\xBFmbplant: 1\nunits: [{id: 1}]\n");
    assert_int_equal(plant->unit_count, 1);
    mbp_plant_free(plant);
}

static void test_second_document_is_refused(void **state)
{
    (void)state;
    assert_string_equal(errors_of_text("mbplant: 1\nunits: [{id: 1}]\n---\nmbplant: 1\n"),
                        "3:1: a second document starts here; a plant file is one document\n");
}

static void test_tags_are_refused(void **state)
{
    (void)state;
    assert_string_equal(errors_of_text("mbplant: !!int 1\nunits: !x [{id: 1}]\n"),
                        "1:10: tags (!name) are not allowed; write the plain value\n"
                        "2:8: tags (!name) are not allowed; write the plain value\n");
}

static void test_tab_as_indentation_is_called_by_its_name(void **state)
{
    (void)state;
    assert_string_equal(errors_of_text("mbplant: 1\nname:\n\tx: 1\n"),
                        "3:1: not valid YAML: a tab; indent with spaces\n");
}

static void test_broken_yaml_says_where(void **state)
{
    (void)state;
    assert_string_equal(errors_of_text("mbplant: 1\nunits: [{id: 1}\n"),
                        "3:1: not valid YAML: did not find expected ',' or ']' (while parsing a flow sequence that "
                        "begins in line 2)\n");
}

static void test_key_that_is_a_list_is_refused(void **state)
{
    (void)state;
    assert_string_equal(errors_of_text("mbplant: 1\n[1, 2]: 3\n"),
                        "2:1: a list or group cannot be a key; a key is a word followed by ':'\n");
}

static void test_empty_file_says_how_to_start(void **state)
{
    (void)state;
    const char *start = "1:1: the file is empty; a plant file starts with 'mbplant: 1'\n";
    assert_string_equal(errors_of_text(""), start);
    assert_string_equal(errors_of_text("# only a comment\n"), start);
}

static void test_file_that_is_a_list_or_word_is_no_plant(void **state)
{
    (void)state;
    const char *no_plant =
        "1:1: this is no plant file; a plant file is keys with values and starts with 'mbplant: 1'\n";
    assert_string_equal(errors_of_text("- 1\n"), no_plant);
    assert_string_equal(errors_of_text("hello\n"), no_plant);
}

static void test_duplicate_key_names_the_first(void **state)
{
    (void)state;
    assert_string_equal(errors_of_text("mbplant: 1\nscan: 1s\nunits: [{id: 1}]\nscan: 2s\n"),
                        "4:1: 'scan' is given twice in a plant; the first is in line 2: keep one\n");
    assert_string_equal(errors_of_text("mbplant: 1\ninstructor: true\nunits: [{id: 1}]\ninstructor: false\n"),
                        "4:1: 'instructor' is given twice in a plant; the first is in line 2: keep one\n");
    mbp_plant_free(plant_of_text("mbplant: 1\ninstructor: true\nunits: [{id: 1, tables: {coils: [{at: 0, values: "
                                 "[0]}]}}]\ninstructor: true\n")); /* which is no question */
}

static void test_key_without_value_is_told(void **state)
{
    (void)state;
    assert_string_equal(errors_of_text("mbplant: 1\nscan:\nunits: [{id: 1, name: ~}]\n"),
                        "2:6: 'scan' has no value; allowed is a duration 1ms..10s, a number with its unit (us ms s "
                        "min h d)\n"
                        "3:23: 'name' has no value; allowed is a text of one line, at most 80 bytes\n");
}

static void test_every_cut_of_a_plant_file_loads_or_is_refused(void **state)
{
    (void)state;
    char path[512];
    snprintf(path, sizeof path, "%s/plant/all_keys.yaml", MBP_TEST_DATA);
    FILE *file = opened_file(path, "rb");
    char text[8192];
    size_t len = fread(text, 1, sizeof text, file);
    fclose(file);
    assert_true(len > 1000 && len < sizeof text);
    FILE *nowhere = opened_file("/dev/null", "w");
    for (size_t cut = 0; cut <= len; cut++) {
        struct mbp_plant *plant = NULL;
        char *exact = malloc(cut + (cut == 0)); /* so that a sanitizer sees a step beyond its end */
        assert_non_null(exact);
        memcpy(exact, text, cut);
        enum mbp_status status = mbp_plant_parse("cut", (struct mbp_text){exact, cut}, nowhere, &plant);
        assert_true(status == MBP_OK ? plant != NULL : status == MBP_ERR_FORMAT && plant == NULL);
        mbp_plant_free(plant);
        free(exact);
    }
    fclose(nowhere);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nesting_of_any_kind_is_refused_before_it_costs_time),
        cmocka_unit_test(test_nesting_up_to_the_allowed_depth_is_no_error_of_its_own),
        cmocka_unit_test(test_many_tag_directives_are_refused_before_libyaml_compares_them),
        cmocka_unit_test(test_many_unknown_keys_end_the_reading),
        cmocka_unit_test(test_file_larger_than_allowed_is_refused),
        cmocka_unit_test(test_nul_byte_is_refused_at_its_place),
        cmocka_unit_test(test_invalid_utf8_is_refused_at_its_place),
        cmocka_unit_test(test_utf16_is_refused),
        cmocka_unit_test(test_utf8_with_a_byte_order_mark_loads),
        cmocka_unit_test(test_second_document_is_refused),
        cmocka_unit_test(test_tags_are_refused),
        cmocka_unit_test(test_tab_as_indentation_is_called_by_its_name),
        cmocka_unit_test(test_broken_yaml_says_where),
        cmocka_unit_test(test_key_that_is_a_list_is_refused),
        cmocka_unit_test(test_empty_file_says_how_to_start),
        cmocka_unit_test(test_file_that_is_a_list_or_word_is_no_plant),
        cmocka_unit_test(test_duplicate_key_names_the_first),
        cmocka_unit_test(test_key_without_value_is_told),
        cmocka_unit_test(test_every_cut_of_a_plant_file_loads_or_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
