/* Every word for people, in every language. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "messages.h"

/* The conversions of a format, one after another: "%s%u%.1f". */
static void conversions(const char *format, char *out, size_t size)
{
    size_t len = 0;
    for (const char *p = format; *p != '\0'; p++) {
        if (*p != '%')
            continue;
        if (p[1] == '%') {
            p++;
            continue;
        }
        size_t n = strcspn(p, "sufdcx") + 1;
        assert_true(len + n < size);
        memcpy(out + len, p, n);
        len += n;
        p += n - 1;
    }
    out[len] = '\0';
}

static void test_every_message_is_there_in_every_language_and_asks_for_the_same(void **state)
{
    (void)state;
    for (unsigned id = 0; id < MSG_COUNT; id++) {
        char english[128];
        conversions(mbp_message(MBP_LANG_EN, (enum mbp_message)id), english, sizeof english);
        for (unsigned lang = 0; lang < MBP_LANG_COUNT; lang++) {
            const char *text = mbp_message((enum mbp_lang)lang, (enum mbp_message)id);
            char other[128];
            assert_non_null(text);
            assert_int_not_equal(text[0], '\0');
            conversions(text, other, sizeof other);
            if (strcmp(english, other) != 0)
                fail_msg("'%s' asks for %s, in English for %s", text, other, english);
        }
    }
}

static void test_french_is_french(void **state)
{
    (void)state;
    unsigned same = 0;
    for (unsigned id = 0; id < MSG_COUNT; id++)
        same +=
            strcmp(mbp_message(MBP_LANG_EN, (enum mbp_message)id), mbp_message(MBP_LANG_FR, (enum mbp_message)id)) == 0;
    assert_in_range(same, 1, MSG_COUNT / 8); /* "machine", "maintenance", "MTBF" and the like */
}

static void test_every_diagnosis_is_told_in_every_language(void **state)
{
    (void)state;
    for (unsigned kind = 0; kind < MBP_KIND_COUNT; kind++) {
        struct mbp_sensor sensor = {.kind = (uint8_t)kind};
        for (unsigned limit = 0; limit < MBP_LIMIT_COUNT; limit++) {
            const char *english = mbp_report_diagnosis(MBP_LANG_EN, &sensor, limit);
            const char *french = mbp_report_diagnosis(MBP_LANG_FR, &sensor, limit);
            assert_string_equal(english, mbp_kind_diagnosis((enum mbp_kind)kind, (enum mbp_limit)limit));
            assert_non_null(french);
            assert_string_not_equal(english, french);
        }
        assert_string_not_equal(mbp_report_diagnosis(MBP_LANG_FR, &sensor, MBP_LOW),
                                mbp_report_diagnosis(MBP_LANG_FR, &sensor, MBP_HIGH));
    }
    assert_string_equal(mbp_report_diagnosis(MBP_LANG_FR, NULL, MBP_HIGH), "limite");
    assert_string_equal(mbp_report_diagnosis(MBP_LANG_EN, NULL, 4), "Rate of change");
    assert_string_equal(mbp_report_diagnosis(MBP_LANG_EN, NULL, 5), "Bad quality");
    assert_string_equal(mbp_report_diagnosis(MBP_LANG_EN, NULL, MBP_CONDITION), "Alarm");
    assert_string_equal(mbp_report_diagnosis(MBP_LANG_EN, NULL, 7), "limit");
}

static void test_every_exception_has_its_words(void **state)
{
    (void)state;
    for (unsigned code = 1; code <= 11; code++) {
        enum mbp_status exception = (enum mbp_status)code;
        assert_string_equal(mbp_message_exception(MBP_LANG_EN, exception), mbp_status_text(exception));
        if (code != 9) /* there is none */
            assert_string_not_equal(mbp_message_exception(MBP_LANG_FR, exception), mbp_status_text(exception));
    }
}

static void test_every_code_has_words_in_every_language_or_in_none(void **state)
{
    (void)state;
    assert_string_equal(mbp_message_code(MBP_LANG_FR, MBP_EV_START), "démarrage");
    assert_string_equal(mbp_message_code(MBP_LANG_EN, MBP_EV_START), "start");
    assert_string_equal(mbp_message_code(MBP_LANG_FR, 999), "");
    assert_string_equal(mbp_message_code(MBP_LANG_EN, 999), "");
    for (uint16_t code = 1; code < 256; code++) {
        bool english = mbp_message_code(MBP_LANG_EN, code)[0] != '\0';
        assert_int_equal(mbp_message_code(MBP_LANG_FR, code)[0] != '\0', english);
    }
}

static void test_languages_are_found_by_name(void **state)
{
    (void)state;
    enum mbp_lang lang = MBP_LANG_EN;
    assert_int_equal(mbp_lang_find("fr", &lang), MBP_OK);
    assert_int_equal(lang, MBP_LANG_FR);
    assert_string_equal(mbp_lang_name(lang), "fr");
    assert_int_equal(mbp_lang_find("de", &lang), MBP_ERR_MISSING);
    assert_int_equal(mbp_lang_find("", &lang), MBP_ERR_MISSING);
}

static void test_decimal_points_of_numbers_alone_are_replaced(void **state)
{
    (void)state;
    char text[] = "92.3 rev.";
    assert_string_equal(mbp_message_decimal(MBP_LANG_FR, text), "92,3 rev.");
    char english[] = "92.3";
    assert_string_equal(mbp_message_decimal(MBP_LANG_EN, english), "92.3");
    char empty[] = "";
    assert_string_equal(mbp_message_decimal(MBP_LANG_FR, empty), "");
}

static void test_changed_details_read_as_words(void **state)
{
    (void)state;
    char buf[256];
    assert_string_equal(mbp_message_changed(MBP_LANG_EN, 0, buf, sizeof buf), "");
    assert_string_equal(mbp_message_changed(MBP_LANG_EN, MBP_CHANGED_LIMITS | MBP_CHANGED_SIGNAL, buf, sizeof buf),
                        "limits, signal");
    assert_string_equal(mbp_message_changed(MBP_LANG_FR, MBP_CHANGED_LIMITS | MBP_CHANGED_LABEL, buf, sizeof buf),
                        "désignation, limites");
    assert_true(strlen(mbp_message_changed(MBP_LANG_FR, UINT32_MAX, buf, sizeof buf)) < sizeof buf - 1);
    assert_true(strlen(mbp_message_changed(MBP_LANG_EN, UINT32_MAX, buf, sizeof buf)) < sizeof buf - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_message_is_there_in_every_language_and_asks_for_the_same),
        cmocka_unit_test(test_french_is_french),
        cmocka_unit_test(test_every_diagnosis_is_told_in_every_language),
        cmocka_unit_test(test_every_exception_has_its_words),
        cmocka_unit_test(test_every_code_has_words_in_every_language_or_in_none),
        cmocka_unit_test(test_changed_details_read_as_words),
        cmocka_unit_test(test_languages_are_found_by_name),
        cmocka_unit_test(test_decimal_points_of_numbers_alone_are_replaced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
