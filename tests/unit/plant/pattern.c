/* Names with the counters of `repeat`. */
#include "pattern.h"

#include <string.h>

#include "plant_fixture.h"

static void test_name_of_allowed_letters_is_one_and_others_are_not(void **state)
{
    (void)state;
    static const char *const right[] = {"A", "TT101", "a_b-c.d", "TT{n}", "M{m}{n}{u}"};
    static const char *const wrong[] = {"", "1A", "_a", "{n}A", "A B", "Ä1", "A{x}", "A{n", "A}", "A/B"};
    for (size_t i = 0; i < sizeof right / sizeof right[0]; i++) {
        assert_true(mbp_pattern_is_name(right[i]));
    }
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_false(mbp_pattern_is_name(wrong[i]));
    }
}

static void test_fill_puts_each_counter_in_its_place(void **state)
{
    (void)state;
    char buf[32];
    struct mbp_counters counters = {7, 20, 3};
    assert_int_equal(mbp_pattern_fill("T{u}-{m}-{n}{n}", &counters, buf, sizeof buf), 8);
    assert_string_equal(buf, "T3-20-77");
}

static void test_fill_without_a_counter_leaves_its_placeholder(void **state)
{
    (void)state;
    char buf[32];
    struct mbp_counters counters = {1, 0, 2};
    mbp_pattern_fill("{m} {n} {x} {u}", &counters, buf, sizeof buf);
    assert_string_equal(buf, "{m} 1 {x} 2");
}

static void test_fill_beyond_the_buffer_says_so(void **state)
{
    (void)state;
    char buf[4];
    struct mbp_counters counters = {100, 1, 1};
    assert_true(mbp_pattern_fill("A{n}", &counters, buf, sizeof buf) == SIZE_MAX);
    assert_true(mbp_pattern_fill("ABCD", &counters, buf, sizeof buf) == SIZE_MAX);
    assert_int_equal(mbp_pattern_fill("ABC", &counters, buf, sizeof buf), 3);
    assert_int_equal(mbp_pattern_fill("{n}", &counters, buf, sizeof buf), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_name_of_allowed_letters_is_one_and_others_are_not),
        cmocka_unit_test(test_fill_puts_each_counter_in_its_place),
        cmocka_unit_test(test_fill_without_a_counter_leaves_its_placeholder),
        cmocka_unit_test(test_fill_beyond_the_buffer_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
