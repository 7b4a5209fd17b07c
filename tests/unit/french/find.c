/* French of the stages: each pair is found by its English, and nothing else is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mbplant/french.h"

static void test_each_pair_is_found_by_its_english(void **state)
{
    (void)state;
    const struct mbp_pair *pair;
    size_t count = 0;
    for (; mbp_french_at(count, &pair); count++)
        assert_string_equal(mbp_french(pair->english), pair->french);
    assert_true(count > 700);
}

static void test_text_without_french_is_itself(void **state)
{
    (void)state;
    static const char text[] = "what nobody ever said";
    assert_ptr_equal(mbp_french(text), text);
    assert_string_equal(mbp_french(""), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_pair_is_found_by_its_english),
        cmocka_unit_test(test_text_without_french_is_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
