/* Status codes and their words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "mbplant/base.h"

static const enum mbp_status all[] = {
    MBP_OK,
    MBP_EX_ILLEGAL_FUNCTION,
    MBP_EX_ILLEGAL_DATA_ADDRESS,
    MBP_EX_ILLEGAL_DATA_VALUE,
    MBP_EX_SERVER_DEVICE_FAILURE,
    MBP_EX_ACKNOWLEDGE,
    MBP_EX_SERVER_DEVICE_BUSY,
    MBP_EX_NEGATIVE_ACKNOWLEDGE,
    MBP_EX_MEMORY_PARITY_ERROR,
    MBP_EX_GATEWAY_PATH_UNAVAILABLE,
    MBP_EX_GATEWAY_TARGET_FAILED,
    MBP_ERR_MEMORY,
    MBP_ERR_IO,
    MBP_ERR_FORMAT,
    MBP_ERR_RANGE,
    MBP_ERR_MISSING,
    MBP_ERR_BUSY,
    MBP_ERR_CORRUPT,
    MBP_ERR_NEWER,
    MBP_ERR_FULL,
};

#define COUNT (sizeof all / sizeof all[0])

static void test_status_text_of_each_status_is_its_own(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        const char *text = mbp_status_text(all[i]);
        assert_non_null(text);
        assert_string_not_equal(text, "unknown status");
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(text, mbp_status_text(all[k]));
    }
}

static void test_status_text_of_no_status_is_a_word_all_the_same(void **state)
{
    (void)state;
    assert_string_equal(mbp_status_text((enum mbp_status)99), "unknown status");
    assert_string_equal(mbp_status_text((enum mbp_status) - 99), "unknown status");
}

/* V1.1b3 section 7: they go onto the wire as they are. */
static void test_status_of_an_exception_is_its_code_on_the_wire(void **state)
{
    (void)state;
    static const uint8_t codes[] = {1, 2, 3, 4, 5, 6, 7, 8, 10, 11};
    for (size_t i = 0; i < sizeof codes; i++)
        assert_int_equal(all[1 + i], codes[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_status_text_of_each_status_is_its_own),
        cmocka_unit_test(test_status_text_of_no_status_is_a_word_all_the_same),
        cmocka_unit_test(test_status_of_an_exception_is_its_code_on_the_wire),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
