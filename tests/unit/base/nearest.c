/* The nearest known word to a misspelt one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "mbplant/base.h"

static const char *const keys[] = {"machines", "maintenance", "sensors", "server", "scan", "seed", "max", "min"};

static const char *nearest(const char *word)
{
    return mbp_nearest(word, keys, sizeof keys / sizeof keys[0]);
}

static void test_nearest_to_a_word_one_edit_away_is_that_word(void **state)
{
    (void)state;
    assert_string_equal(nearest("machine"), "machines");        /* one missing */
    assert_string_equal(nearest("machiness"), "machines");      /* one too many */
    assert_string_equal(nearest("mabhines"), "machines");       /* one wrong */
    assert_string_equal(nearest("mahcines"), "machines");       /* two swapped count one */
    assert_string_equal(nearest("MAINTENANCE"), "maintenance"); /* case counts nothing */
}

static void test_nearest_to_a_known_word_is_itself(void **state)
{
    (void)state;
    assert_ptr_equal(nearest("max"), keys[6]);
    assert_ptr_equal(nearest("min"), keys[7]);
}

static void test_nearest_among_several_is_the_closest(void **state)
{
    (void)state;
    static const char *const words[] = {"high_high", "highs", "high"};
    assert_string_equal(mbp_nearest("hihg", words, 3), "high");
    assert_string_equal(mbp_nearest("high_hig", words, 3), "high_high");
}

static void test_nearest_beyond_a_third_of_the_length_is_none(void **state)
{
    (void)state;
    assert_string_equal(nearest("sedd"), "seed");      /* 4 letters: one edit */
    assert_null(nearest("sdda"));                      /* ... not two */
    assert_string_equal(nearest("senors"), "sensors"); /* 6 letters: two edits */
    assert_string_equal(nearest("senosr"), "sensors");
    assert_null(nearest("zzmachizz")); /* 9 letters: three edits, these are four */
    assert_string_equal(nearest("mintenence"), "maintenance");
    assert_null(nearest("mxxntxnxnce")); /* 11 letters: three at most */
    assert_null(nearest("q"));
    assert_null(nearest(""));
}

static void test_nearest_to_a_very_long_word_is_none(void **state)
{
    (void)state;
    char word[200];
    memset(word, 'm', sizeof word - 1);
    word[sizeof word - 1] = '\0';
    assert_null(nearest(word));
    assert_null(mbp_nearest("max", NULL, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nearest_to_a_word_one_edit_away_is_that_word),
        cmocka_unit_test(test_nearest_to_a_known_word_is_itself),
        cmocka_unit_test(test_nearest_among_several_is_the_closest),
        cmocka_unit_test(test_nearest_beyond_a_third_of_the_length_is_none),
        cmocka_unit_test(test_nearest_to_a_very_long_word_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
