/* French of the stages: each pair is found by its English, and nothing else is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

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

static const char *sent(const char *english)
{
    static char buf[512];
    return mbp_french_sent(english, buf, sizeof buf);
}

static void test_line_of_a_slave_is_found_by_its_form(void **state)
{
    (void)state;
    assert_string_equal(sent("snapshot 'machine' cannot be read: not enough memory"),
                        "l’instantané « machine » ne peut être lu : mémoire insuffisante");
    assert_string_equal(sent("snapshot 'a' is of another plant file than the one that runs (of x, and y): it can be "
                             "restored where that runs"),
                        "l’instantané « a » est d’un autre fichier d’installation que celui qui est en "
                        "marche (de x, and y) : il peut être rétabli là où celui-là est en marche");
    assert_string_equal(sent("TT101 of unit 1: its value moved from holding register 0 (40001) to 2 (40003), and 7 of "
                             "its other points"),
                        "TT101 de l’unité 1 : sa valeur est passée du registre de maintien 0 (40001) au 2 "
                        "(40003), et 7 de ses autres points");
    assert_string_equal(sent("there are 20 snapshots: remove some first"),
                        "il y a 20 instantanés : en supprimer d’abord");
}

static void test_line_of_no_form_is_itself(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "x",
                                        "there are 20 snapshots",
                                        "snapshot 'a",
                                        "there are 20 snapshots: remove some first, please",
                                        "%s of unit %u",
                                        "l’instantané"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_ptr_equal(sent(texts[i]), texts[i]);
}

static void test_line_that_has_no_room_is_cut_and_ends(void **state)
{
    (void)state;
    char small[8];
    memset(small, 'x', sizeof small);
    mbp_french_sent("there are 20 snapshots: remove some first", small, sizeof small);
    assert_int_equal(small[7], '\0');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_pair_is_found_by_its_english),
        cmocka_unit_test(test_text_without_french_is_itself),
        cmocka_unit_test(test_line_of_a_slave_is_found_by_its_form),
        cmocka_unit_test(test_line_of_no_form_is_itself),
        cmocka_unit_test(test_line_that_has_no_room_is_cut_and_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
