/* conform: the words of its table, and its judgement of replies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "conform/conform.h"

static const struct conform_ground ground = {
    .unit = 17,
    .areas =
        {
            [MBP_COILS] = {.found = true,
                           .addr = 4,
                           .count = 10,
                           .ends = true,
                           .has_absent = true,
                           .absent = 14,
                           .words = {1, 0}},
            [MBP_HOLDING_REGISTERS] =
                {.found = true, .addr = 0x100, .count = 2, .words = {0x1234, 0xFFFF}, .last = 0xFFFF},
        },
};

static void assert_bytes(const char *text, const char *expected)
{
    uint8_t bytes[300];
    char hex[601] = "";
    size_t len = 0;
    assert_true(conform_bytes(&ground, text, bytes, sizeof bytes, &len));
    for (size_t i = 0; i < len; i++)
        snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
    assert_string_equal(hex, expected);
}

static void test_words_of_a_case_become_bytes(void **state)
{
    (void)state;
    assert_bytes("03 H0 0002", "0301000002");
    assert_bytes("03 H1 He", "0301010101");
    assert_bytes("H0= H0^ H1= He=", "12341235ffffffff");
    assert_bytes("C0 Ce Cx", "0004000d000e");
    assert_bytes("C0= C0^ C1= C1^", "ff0000000000ff00");
    assert_bytes("C0b C0! U z3", "010011000000");
    assert_bytes("01 | 02", "01");
    assert_bytes("01 ; 02", "01");
}

static void test_case_longer_than_its_place_is_told(void **state)
{
    (void)state;
    uint8_t bytes[4];
    size_t len;
    assert_false(conform_bytes(&ground, "z5", bytes, sizeof bytes, &len));
    assert_true(conform_bytes(&ground, "z4", bytes, sizeof bytes, &len));
}

static void test_ground_suffices_or_not(void **state)
{
    (void)state;
    assert_true(conform_has(&ground, ""));
    assert_true(conform_has(&ground, "C10 Ce Cx H2"));
    assert_false(conform_has(&ground, "C11"));
    assert_false(conform_has(&ground, "C1 D1"));
    assert_false(conform_has(&ground, "He"));
    assert_false(conform_has(&ground, "Hx"));
}

/* Request and reply in hexadecimal. */
static bool judge(const char *expect, const char *request, const char *reply)
{
    uint8_t bytes[2][300];
    size_t lens[2];
    char why[160] = "";
    assert_true(conform_bytes(&ground, request, bytes[0], sizeof bytes[0], &lens[0]));
    assert_true(conform_bytes(&ground, reply, bytes[1], sizeof bytes[1], &lens[1]));
    bool good = conform_judge(&ground, expect, bytes[0], lens[0], bytes[1], lens[1], why);
    assert_int_equal(good, why[0] == '\0');
    return good;
}

static void test_exceptions_are_of_the_function_and_of_the_code(void **state)
{
    (void)state;
    assert_true(judge("x02", "03 0000 0001", "83 02"));
    assert_true(judge("x01 x03", "08 0000 0001", "88 03"));
    assert_true(judge("x02 ; x03", "03 0000 0001", "83 02"));
    assert_false(judge("x02 ; x03", "03 0000 0001", "83 03"));
    assert_false(judge("x02", "03 0000 0001", "83 03"));
    assert_false(judge("x02", "03 0000 0001", "84 02"));
    assert_false(judge("x02", "03 0000 0001", "83 02 00"));
    assert_false(judge("x02", "03 0000 0001", "03 02 0000"));
    assert_false(judge("words 1", "03 0000 0001", "83 02"));
    assert_true(judge("any", "07", "87 01"));
    assert_true(judge("x01", "80 0000 0001", "80 01"));
}

static void test_values_have_their_count_and_zeros_behind(void **state)
{
    (void)state;
    assert_true(judge("bits 10", "01 0000 000a", "01 02 ff 03"));
    assert_false(judge("bits 10", "01 0000 000a", "01 02 ff 07"));
    assert_false(judge("bits 10", "01 0000 000a", "01 01 ff"));
    assert_false(judge("bits 10", "01 0000 000a", "01 02 ff"));
    assert_true(judge("bits 8", "01 0000 0008", "01 01 ff"));
    assert_true(judge("words 2", "03 0000 0002", "03 04 0000 0000"));
    assert_false(judge("words 2", "03 0000 0002", "03 04 0000 00"));
    assert_false(judge("words 2", "03 0000 0002", "03 02 0000 0000"));
    assert_false(judge("words 2", "03 0000 0002", "04 04 0000 0000"));
}

static void test_echoes_and_bytes(void **state)
{
    (void)state;
    assert_true(judge("echo", "06 0001 0003", "06 0001 0003"));
    assert_false(judge("echo", "06 0001 0003", "06 0001 0002"));
    assert_true(judge("head", "10 0001 0001 02 0003", "10 0001 0001"));
    assert_false(judge("head", "10 0001 0001 02 0003", "10 0001 0002"));
    assert_true(judge("= 03 02 H0^ ; echo", "03 H0 0001", "03 02 1235"));
    assert_false(judge("= 03 02 H0^", "03 H0 0001", "03 02 1234"));
}

static void test_identification_is_the_objects_that_it_counts(void **state)
{
    (void)state;
    assert_true(judge("id", "2b 0e 01 00", "2b 0e 01 81 00 00 01 00 02 4142"));
    assert_false(judge("id", "2b 0e 01 00", "2b 0e 01 81 00 00 02 00 02 4142"));
    assert_false(judge("id", "2b 0e 01 00", "2b 0e 01 81 00 00 01 00 03 4142"));
    assert_false(judge("id", "2b 0e 01 00", "2b 0e 01 81 00 00 01 00 02 4142 00"));
    assert_false(judge("id", "2b 0e 01 00", "2b 0d 01 81 00 00 00"));
}

/* Each case is made of words that there are, fits a frame, and has an expectation for each of its requests. */
static void test_table_is_well_formed(void **state)
{
    (void)state;
    uint8_t bytes[253];
    size_t len;
    for (size_t c = 0; c < conform_case_count; c++) {
        const struct conform_case *its = &conform_cases[c];
        unsigned requests = 1;
        unsigned expected = 1;
        for (const char *at = its->request; (at = strchr(at, ';')) != NULL; at++)
            requests++;
        for (const char *at = its->expect; (at = strchr(at, ';')) != NULL; at++)
            expected++;
        if ((its->flags & CONFORM_RAW) == 0)
            assert_int_equal(requests, expected);
        assert_true(conform_bytes(&ground, its->request, bytes, sizeof bytes, &len));
        assert_true(len > 0);
        for (size_t other = 0; other < c; other++)
            assert_string_not_equal(conform_cases[other].name, its->name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words_of_a_case_become_bytes),
        cmocka_unit_test(test_case_longer_than_its_place_is_told),
        cmocka_unit_test(test_ground_suffices_or_not),
        cmocka_unit_test(test_exceptions_are_of_the_function_and_of_the_code),
        cmocka_unit_test(test_values_have_their_count_and_zeros_behind),
        cmocka_unit_test(test_echoes_and_bytes),
        cmocka_unit_test(test_identification_is_the_objects_that_it_counts),
        cmocka_unit_test(test_table_is_well_formed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
