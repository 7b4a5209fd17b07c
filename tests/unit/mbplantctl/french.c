/* French: none is missing, conversions agree, what is found is what was meant. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ctl.h"
#include "mbplant/base/tr.h"
#include "mbplant/map.h"
#include "mbplant/report/export.h"
#include "mbplant/state/alarm.h"
#include "watch/watch_menu.h"

/* The conversions of a format, one behind the other: "%s%u". */
static const char *conversions(const char *text, char *buf, size_t size)
{
    size_t len = 0;
    for (const char *at = strchr(text, '%'); at != NULL; at = strchr(at, '%')) {
        size_t n = 1 + strspn(at + 1, "-+ #0123456789.*lhzj") + 1;
        if (at[n - 1] == '\0') /* of a text that is no format: 1.5% */
            break;
        bool hidden = n == 4 && strncmp(at, "%.0s", 4) == 0; /* taken, and not shown: an English plural */
        if (hidden)
            len += (size_t)snprintf(buf + len, size - len, "%%s");
        else if (at[1] != '%')
            len += (size_t)snprintf(buf + len, size - len, "%.*s", (int)n, at);
        at += n;
    }
    buf[len] = '\0';
    return buf;
}

/* Of the program's own tables, and behind them those of the stages. */
static bool pair_at(size_t index, const struct mbp_pair **out)
{
    static size_t own;
    while (own <= index && ctl_french_at(own, out))
        own++;
    return index < own ? ctl_french_at(index, out) : mbp_french_at(index - own, out);
}

static void test_both_texts_of_a_pair_take_the_same(void **state)
{
    (void)state;
    const struct mbp_pair *pair;
    for (size_t i = 0; pair_at(i, &pair); i++) {
        char english[256];
        char french[256];
        if (strcmp(conversions(pair->english, english, sizeof english),
                   conversions(pair->french, french, sizeof french)) != 0)
            fail_msg("'%s' takes %s, '%s' takes %s", pair->english, english, pair->french, french);
        assert_true(pair->french[0] != '\0' && pair->english[0] != '\0');
        size_t ends = strlen(pair->english);
        if ((pair->english[ends - 1] == '\n') != (pair->french[strlen(pair->french) - 1] == '\n'))
            fail_msg("'%s' ends otherwise than '%s'", pair->french, pair->english);
    }
}

static void test_each_text_has_one_french(void **state)
{
    (void)state;
    const struct mbp_pair *pair;
    const struct mbp_pair *other;
    for (size_t i = 0; pair_at(i, &pair); i++) {
        for (size_t k = 0; k < i && pair_at(k, &other); k++) {
            if (strcmp(pair->english, other->english) == 0)
                fail_msg("'%s' stands twice", pair->english);
        }
    }
}

static void assert_has_french(const char *english)
{
    const struct mbp_pair *pair;
    for (size_t i = 0; pair_at(i, &pair); i++) {
        if (strcmp(pair->english, english) == 0)
            return;
    }
    fail_msg("'%s' has no French", english);
}

/* "one|other" */
static void assert_choices_have_french(const char *choices)
{
    while (choices != NULL && *choices != '\0') {
        char choice[64];
        size_t len = strcspn(choices, "|");
        snprintf(choice, sizeof choice, "%.*s", (int)len, choices);
        assert_has_french(choice);
        choices += len + (choices[len] == '|' ? 1 : 0);
    }
}

static void test_menus_forms_and_keys_of_watch_have_french(void **state)
{
    (void)state;
    const char *keys;
    const char *help;
    for (size_t i = 0; watch_key_help(i, &keys, &help); i++)
        assert_has_french(help);
    for (unsigned m = 0; m < WATCH_MENUS_ALL; m++) {
        assert_has_french(watch_menus[m].title);
        for (const struct watch_form *form = watch_menus[m].forms; form->title != NULL; form++) {
            assert_has_french(form->title);
            if (form->question != NULL)
                assert_has_french(form->question);
            for (unsigned f = 0; f < watch_form_fields(form); f++) {
                assert_has_french(form->fields[f].label);
                assert_choices_have_french(form->fields[f].choices);
            }
        }
    }
}

static void test_verbs_and_their_help_have_french(void **state)
{
    (void)state;
    for (size_t v = 0; v < ctl_verb_count; v++) {
        const struct ctl_verb *verb = &ctl_verbs[v];
        assert_has_french(verb->help);
        if (verb->details[0] != '\0')
            assert_has_french(verb->details);
    }
}

static void test_words_of_tables_have_french(void **state)
{
    (void)state;
    for (size_t i = 0; i < mbp_export_target_count; i++)
        assert_has_french(mbp_export_targets[i].what);
    for (unsigned result = 0; result < MBP_RESULT_COUNT; result++) {
        if (mbp_deed_result_what(result) != NULL)
            assert_has_french(mbp_deed_result_what(result));
    }
    for (int exception = MBP_EX_ILLEGAL_FUNCTION; exception <= MBP_EX_GATEWAY_TARGET_FAILED; exception++) {
        if (exception != 9)
            assert_has_french(mbp_status_text((enum mbp_status)exception));
    }
    for (unsigned block = 0; block < mbp_map_count; block++) {
        for (unsigned f = 0; f < mbp_map[block].field_count; f++) {
            if (mbp_map[block].fields[f].what[0] != '\0')
                assert_has_french(mbp_map[block].fields[f].what);
        }
    }
}

static void test_rules_of_a_plant_file_speak_the_language_that_was_asked_for(void **state)
{
    (void)state;
    static const char *const begins[] = {"« %s » : clé inconnue (%s)", "'%s' is not a key of %s"};
    for (unsigned lang = 0; lang < 2; lang++) {
        ctl_speak(lang == 0 ? MBP_LANG_FR : MBP_LANG_EN);
        assert_true(strncmp(mbp_tr("'%s' is not a key of %s; its keys are %s"), begins[lang], strlen(begins[lang])) ==
                    0);
    }
}

static void test_menus_and_forms_fit_the_smallest_screen(void **state)
{
    (void)state;
    for (unsigned m = 0; m < WATCH_MENUS_ALL; m++) {
        assert_true(watch_menu_lines(m) <= WATCH_HEIGHT_MIN - 6);
        for (const struct watch_form *form = watch_menus[m].forms; form->title != NULL; form++) {
            assert_true(watch_form_fields(form) + 2 <= WATCH_HEIGHT_MIN - 6);
            assert_true(strlen(form->title) < WATCH_WIDTH_MIN - 8);
        }
    }
}

static void test_language_is_that_which_was_asked_for(void **state)
{
    (void)state;
    assert_string_equal(ctl_tr("none"), "none");
    ctl_speak(MBP_LANG_FR);
    assert_string_equal(ctl_tr("none"), "rien");
    assert_string_equal(ctl_tr("what nobody ever said"), "what nobody ever said");
    ctl_speak(MBP_LANG_EN);
    assert_string_equal(ctl_tr("none"), "none");
}

static void test_environment_says_the_language_as_posix_does(void **state)
{
    (void)state;
    static const struct {
        const char *all, *messages, *lang;
        enum mbp_lang expected;
    } rows[] = {
        {"", "", "", MBP_LANG_EN},           {"", "", "fr_FR.UTF-8", MBP_LANG_FR}, {"C", "fr_FR", "fr_FR", MBP_LANG_EN},
        {"", "fr_CA", "en_US", MBP_LANG_FR}, {"", "", "fr", MBP_LANG_FR},          {"", "", "fry_NL", MBP_LANG_EN},
        {"", "de_DE", "fr_FR", MBP_LANG_EN},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        setenv("LC_ALL", rows[i].all, 1);
        setenv("LC_MESSAGES", rows[i].messages, 1);
        setenv("LANG", rows[i].lang, 1);
        assert_int_equal(ctl_lang_of_environment(), rows[i].expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_texts_of_a_pair_take_the_same),
        cmocka_unit_test(test_each_text_has_one_french),
        cmocka_unit_test(test_menus_forms_and_keys_of_watch_have_french),
        cmocka_unit_test(test_verbs_and_their_help_have_french),
        cmocka_unit_test(test_words_of_tables_have_french),
        cmocka_unit_test(test_rules_of_a_plant_file_speak_the_language_that_was_asked_for),
        cmocka_unit_test(test_menus_and_forms_fit_the_smallest_screen),
        cmocka_unit_test(test_language_is_that_which_was_asked_for),
        cmocka_unit_test(test_environment_says_the_language_as_posix_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
