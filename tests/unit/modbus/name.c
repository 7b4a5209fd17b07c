/* Functions and exceptions in the specification's words. */
#include "fixture.h"

#include <string.h>

#include "mbplant/modbus.h"

static void test_name_of_each_function_served_is_its_own(void **state)
{
    (void)state;
    static const uint8_t served[] = {1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 15, 16, 17, 20, 21, 22, 23, 24, 43};
    unsigned known = 0;
    for (unsigned function = 0; function <= UINT8_MAX; function++) {
        const char *name = mbp_function_name((uint8_t)function);
        assert_non_null(name);
        bool is_served = memchr(served, (int)function, sizeof served) != NULL;
        assert_int_equal(strcmp(name, "unknown function") != 0, is_served);
        known += is_served;
    }
    assert_int_equal(known, sizeof served);
    assert_string_equal(mbp_function_name(3), "Read Holding Registers");
    assert_string_equal(mbp_function_name(22), "Mask Write Register");
}

static void test_name_of_each_exception_is_its_words(void **state)
{
    (void)state;
    assert_string_equal(mbp_exception_name(2), "illegal data address");
    assert_string_equal(mbp_exception_name(11), "gateway target device failed to respond");
    assert_string_equal(mbp_exception_name(0), "unknown exception");
    assert_string_equal(mbp_exception_name(9), "unknown exception"); /* the specification has no 9 */
    assert_string_equal(mbp_exception_name(12), "unknown exception");
}

static void test_name_of_a_diagnostic_is_its_words(void **state)
{
    (void)state;
    assert_string_equal(mbp_diagnostic_name(0), "Return Query Data");
    assert_string_equal(mbp_diagnostic_name(18), "Return Bus Character Overrun Count");
    assert_string_equal(mbp_diagnostic_name(5), "reserved sub-function");
    assert_string_equal(mbp_diagnostic_name(0xFFFF), "reserved sub-function");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_name_of_each_function_served_is_its_own),
        cmocka_unit_test(test_name_of_each_exception_is_its_words),
        cmocka_unit_test(test_name_of_a_diagnostic_is_its_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
