/* Editing a plant file's text. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mbplant/edit.h"
#include "plant_fixture.h"

static const char line_yaml[] = "# The line.\n"
                                "mbplant: 1\n"
                                "units:\n"
                                "  - id: 1\n"
                                "    machines:\n"
                                "      - name: FILL1   # the filler\n"
                                "        label: Filler\n"
                                "        sensors:\n"
                                "\n"
                                "          # how hot it is\n"
                                "          - name: TT101   # °C in tenths\n"
                                "            kind: temperature\n"
                                "            max: 85       # trips\n"
                                "            signal: {base: 65, noise: 0.3}   # steady\n"
                                "\n"
                                "          - name: PT101\n"
                                "            kind: pressure\n"
                                "            signal:\n"
                                "              base: 4     # bar\n"
                                "              lag: 8s\n"
                                "            register: {type: float32}\n"
                                "\n"
                                "      - name: CAP1\n"
                                "        sensors: [{name: ST201, kind: speed}, {name: ST202, kind: speed}]\n"
                                "      - name: MANY{n}\n"
                                "        repeat: 3\n"
                                "        sensors: [{name: \"X{m}\"}]\n"
                                "  - id: 2\n"
                                "    sensors:\n"
                                "    - {name: WT1}   # weight\n"
                                "    - {name: WT2}\n";

struct result {
    enum mbp_status status;
    char *text;
    size_t len;
    char why[MBP_EDIT_WHY_LEN];
};

static struct mbp_text text_of(const char *text)
{
    return (struct mbp_text){text, strlen(text)};
}

static struct result set(const char *yaml, enum mbp_edit_thing thing, const char *name, const char *key,
                         const char *value)
{
    struct result result = {0};
    result.status = mbp_edit_set(text_of(yaml), thing, name, key, value, &result.text, &result.len, result.why);
    return result;
}

static struct result take(const char *yaml, enum mbp_edit_thing thing, const char *name)
{
    struct result result = {0};
    result.status = mbp_edit_remove(text_of(yaml), thing, name, &result.text, &result.len, result.why);
    return result;
}

static struct result add(const char *yaml, enum mbp_edit_thing thing, const char *where, const char *name)
{
    struct result result = {0};
    result.status = mbp_edit_add(text_of(yaml), thing, where, name, &result.text, &result.len, result.why);
    return result;
}

/* The edit did this and nothing else: `was` became `is`. */
static void assert_edit(struct result result, const char *yaml, const char *was, const char *is)
{
    char expected[4096];
    if (result.status != MBP_OK)
        fail_msg("%s", result.why);
    const char *at = strstr(yaml, was);
    assert_non_null(at);
    snprintf(expected, sizeof expected, "%.*s%s%s", (int)(at - yaml), yaml, is, at + strlen(was));
    assert_string_equal(result.text, expected);
    assert_int_equal(result.len, strlen(expected));
    mbp_plant_free(plant_of_text(result.text));
    free(result.text);
}

static void assert_refused(struct result result, enum mbp_status status, const char *why)
{
    assert_int_equal(result.status, status);
    assert_null(result.text);
    if (strstr(result.why, why) == NULL)
        fail_msg("'%s' does not say '%s'", result.why, why);
}

static void test_set_of_a_key_changes_its_value_alone(void **state)
{
    (void)state;
    static const struct {
        const char *name, *key, *value, *was, *is;
    } cases[] = {
        {"TT101", "max", "90", "max: 85 ", "max: 90 "},
        {"TT101", "signal.noise", "0.5", "noise: 0.3", "noise: 0.5"},
        {"TT101", "signal", "{base: 1}", "{base: 65, noise: 0.3}", "{base: 1}"},
        {"PT101", "signal.lag", "9s", "lag: 8s", "lag: 9s"},
        {"PT101", "signal", "{base: 1}", "signal:\n              base: 4     # bar\n              lag: 8s",
         "signal: {base: 1}"},
        {"ST202", "kind", "flow", "ST202, kind: speed", "ST202, kind: flow"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_edit(set(line_yaml, MBP_EDIT_SENSOR, cases[i].name, cases[i].key, cases[i].value), line_yaml,
                    cases[i].was, cases[i].is);
    assert_edit(set(line_yaml, MBP_EDIT_MACHINE, "FILL1", "label", "Big filler"), line_yaml, "Filler", "Big filler");
}

static void test_set_of_a_new_key_stands_behind_the_others(void **state)
{
    (void)state;
    static const struct {
        const char *name, *key, *value, *was, *is;
    } cases[] = {
        {"TT101", "min", "10", "# steady\n", "# steady\n            min: 10\n"},
        {"TT101", "signal.lag", "5s", "noise: 0.3}", "noise: 0.3, lag: 5s}"},
        {"PT101", "signal.noise", "0.1", "lag: 8s\n", "lag: 8s\n              noise: 0.1\n"},
        {"PT101", "limits.high", "8", "{type: float32}\n", "{type: float32}\n            limits: {high: 8}\n"},
        {"ST201", "signal.wave.period", "9s", "ST201, kind: speed", "ST201, kind: speed, signal: {wave: {period: 9s}}"},
        {"WT1", "max", "3", "{name: WT1}", "{name: WT1, max: 3}"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct result result = set(line_yaml, MBP_EDIT_SENSOR, cases[i].name, cases[i].key, cases[i].value);
        if (strstr(cases[i].key, "wave") != NULL) { /* no plant yet: a wave needs an amplitude */
            assert_non_null(strstr(result.text, cases[i].is));
            free(result.text);
        } else {
            assert_edit(result, line_yaml, cases[i].was, cases[i].is);
        }
    }
    /* before a machine's sensors, not behind them */
    assert_edit(set(line_yaml, MBP_EDIT_MACHINE, "FILL1", "state", "maintenance"), line_yaml, "label: Filler\n",
                "label: Filler\n        state: maintenance\n");
}

static void test_set_puts_quotes_around_what_would_mean_something_else(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"Product: hot", "\"Product: hot\""},
        {"a # b", "\"a # b\""},
        {"[x]", "[x]"},
        {"- a", "\"- a\""},
        {"say \"hi\"", "say \"hi\""},
        {"%", "\"%\""},
        {"one, two", "\"one, two\""},
        {"-5", "-5"},
        {"back\\slash: x", "\"back\\\\slash: x\""},
        {"'it'", "'it'"},
        {"° C", "° C"},
        {"ends with:", "\"ends with:\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct result result = set(line_yaml, MBP_EDIT_MACHINE, "FILL1", "label", cases[i][0]);
        char expected[64];
        snprintf(expected, sizeof expected, "label: %s\n", cases[i][1]);
        assert_int_equal(result.status, MBP_OK);
        assert_non_null(strstr(result.text, expected));
        free(result.text);
    }
}

static void test_set_to_nothing_takes_the_key_away(void **state)
{
    (void)state;
    assert_edit(set(line_yaml, MBP_EDIT_SENSOR, "TT101", "max", ""), line_yaml, "            max: 85       # trips\n",
                "");
    assert_edit(set(line_yaml, MBP_EDIT_SENSOR, "TT101", "signal.noise", ""), line_yaml, ", noise: 0.3", "");
    assert_edit(set(line_yaml, MBP_EDIT_SENSOR, "TT101", "signal.base", ""), line_yaml, "base: 65, ", "");
    assert_edit(set(line_yaml, MBP_EDIT_SENSOR, "PT101", "signal", ""), line_yaml,
                "            signal:\n              base: 4     # bar\n              lag: 8s\n", "");
    assert_refused(set(line_yaml, MBP_EDIT_SENSOR, "TT101", "delay", ""), MBP_ERR_MISSING, "no key 'delay'");
}

static void test_remove_takes_the_thing_with_its_lines_and_one_blank_one(void **state)
{
    (void)state;
    assert_edit(take(line_yaml, MBP_EDIT_SENSOR, "PT101"), line_yaml,
                "          - name: PT101\n            kind: pressure\n            signal:\n              base: 4     "
                "# bar\n              lag: 8s\n            register: {type: float32}\n\n",
                "");
    assert_edit(take(line_yaml, MBP_EDIT_SENSOR, "TT101"), line_yaml,
                "          - name: TT101   # °C in tenths\n            kind: temperature\n            max: 85       # "
                "trips\n            signal: {base: 65, noise: 0.3}   # steady\n",
                "");
    assert_edit(take(line_yaml, MBP_EDIT_SENSOR, "ST201"), line_yaml, "{name: ST201, kind: speed}, ", "");
    assert_edit(take(line_yaml, MBP_EDIT_SENSOR, "ST202"), line_yaml, ", {name: ST202, kind: speed}", "");
    assert_edit(take(line_yaml, MBP_EDIT_SENSOR, "WT1"), line_yaml, "    - {name: WT1}   # weight\n", "");
    assert_edit(take(line_yaml, MBP_EDIT_MACHINE, "CAP1"), line_yaml,
                "      - name: CAP1\n        sensors: [{name: ST201, kind: speed}, {name: ST202, kind: speed}]\n", "");
}

static void test_remove_of_the_last_one_takes_the_list_away(void **state)
{
    (void)state;
    static const char yaml[] = "mbplant: 1\nunits:\n  - id: 1\n    machines:\n      - name: A\n        sensors:\n"
                               "          - name: S\n";
    assert_edit(take(yaml, MBP_EDIT_SENSOR, "S"), yaml, "        sensors:\n          - name: S\n", "");
    assert_edit(take(yaml, MBP_EDIT_MACHINE, "A"), yaml,
                "    machines:\n      - name: A\n        sensors:\n          - name: S\n", "");
}

static void test_add_stands_behind_the_others_in_their_form(void **state)
{
    (void)state;
    assert_edit(add(line_yaml, MBP_EDIT_SENSOR, "FILL1", "TT109"), line_yaml, "{type: float32}\n",
                "{type: float32}\n\n          - name: TT109\n");
    assert_edit(add(line_yaml, MBP_EDIT_SENSOR, "CAP1", "ST203"), line_yaml, "ST202, kind: speed}]",
                "ST202, kind: speed}, {name: ST203}]");
    assert_edit(add(line_yaml, MBP_EDIT_SENSOR, "2", "WT3"), line_yaml, "    - {name: WT2}\n",
                "    - {name: WT2}\n    - {name: WT3}\n");
    assert_edit(add(line_yaml, MBP_EDIT_SENSOR, "1", "U1"), line_yaml, "  - id: 1\n",
                "  - id: 1\n    sensors: [{name: U1}]\n");
    assert_edit(add(line_yaml, MBP_EDIT_MACHINE, "1", "PACK1"), line_yaml, "{name: \"X{m}\"}]\n",
                "{name: \"X{m}\"}]\n      - name: PACK1\n");
    assert_edit(add(line_yaml, MBP_EDIT_MACHINE, "2", "PACK1"), line_yaml, "  - id: 2\n",
                "  - id: 2\n    machines: [{name: PACK1}]\n");
}

static void test_edit_of_brackets_over_several_lines_keeps_comments_with_their_items(void **state)
{
    (void)state;
    static const char yaml[] = "mbplant: 1\nunits:\n  - id: 1\n    sensors: [\n      {name: A},   # first\n"
                               "      {name: B}    # second\n    ]\n";
    assert_edit(take(yaml, MBP_EDIT_SENSOR, "B"), yaml, "      {name: B}    # second\n", "");
    assert_edit(take(yaml, MBP_EDIT_SENSOR, "A"), yaml, "      {name: A},   # first\n", "");
    assert_edit(add(yaml, MBP_EDIT_SENSOR, "1", "C"), yaml, "{name: B}    # second\n",
                "{name: B},    # second\n      {name: C}\n");
}

static void test_edit_of_what_a_repeat_makes_is_refused_with_its_line(void **state)
{
    (void)state;
    assert_refused(set(line_yaml, MBP_EDIT_MACHINE, "MANY2", "label", "x"), MBP_ERR_RANGE, "'repeat' in line 26");
    assert_refused(set(line_yaml, MBP_EDIT_SENSOR, "X3", "max", "1"), MBP_ERR_RANGE, "'repeat' in line 26");
    assert_refused(take("units: [{id: 1, repeat: 2, sensors: [{name: LONE}]}]\n", MBP_EDIT_SENSOR, "LONE"),
                   MBP_ERR_RANGE, "'repeat' in line 1");
    assert_refused(add(line_yaml, MBP_EDIT_SENSOR, "MANY1", "Y"), MBP_ERR_RANGE, "'repeat' in line 26");
}

static void test_edit_that_cannot_be_says_why(void **state)
{
    (void)state;
    assert_refused(set(line_yaml, MBP_EDIT_SENSOR, "TT999", "max", "1"), MBP_ERR_MISSING, "no sensor TT999");
    assert_refused(set(line_yaml, MBP_EDIT_SENSOR, "TT101", "max.high", "1"), MBP_ERR_FORMAT, "'max' (line 13");
    assert_refused(set(line_yaml, MBP_EDIT_SENSOR, "TT101", "a b", "1"), MBP_ERR_FORMAT, "is no key");
    assert_refused(set(line_yaml, MBP_EDIT_SENSOR, "TT101", "signal..x", "1"), MBP_ERR_FORMAT, "is no key");
    assert_refused(set(line_yaml, MBP_EDIT_SENSOR, "TT101", "max", "1\n2"), MBP_ERR_FORMAT, "one line");
    assert_refused(add(line_yaml, MBP_EDIT_SENSOR, "FILL1", "PT101"), MBP_ERR_RANGE, "already");
    assert_refused(add(line_yaml, MBP_EDIT_SENSOR, "FILL1", "1X"), MBP_ERR_FORMAT, "is no name");
    assert_refused(add(line_yaml, MBP_EDIT_SENSOR, "FILL1", "X{n}"), MBP_ERR_FORMAT, "is no name");
    assert_refused(add(line_yaml, MBP_EDIT_SENSOR, "9", "X"), MBP_ERR_MISSING, "no unit of id 9");
    assert_refused(set("a: [", MBP_EDIT_SENSOR, "X", "max", "1"), MBP_ERR_FORMAT, "not valid YAML");
    assert_refused(set("- 1\n", MBP_EDIT_SENSOR, "X", "max", "1"), MBP_ERR_FORMAT, "no plant file");
}

static void test_name_that_is_not_there_gets_the_nearest_one(void **state)
{
    (void)state;
    assert_refused(set(line_yaml, MBP_EDIT_SENSOR, "TT110", "max", "1"), MBP_ERR_MISSING,
                   "the plant file has no sensor TT110; did you mean TT101?");
    assert_refused(take(line_yaml, MBP_EDIT_MACHINE, "fil1"), MBP_ERR_MISSING, "no machine fil1; did you mean FILL1?");
    assert_refused(add(line_yaml, MBP_EDIT_SENSOR, "CAP2", "X"), MBP_ERR_MISSING,
                   "no machine CAP2; did you mean CAP1?");
    assert_refused(take(line_yaml, MBP_EDIT_SENSOR, "WT3"), MBP_ERR_MISSING, "did you mean WT1?");
    assert_refused(take(line_yaml, MBP_EDIT_SENSOR, "CAP1"), MBP_ERR_MISSING,
                   "the plant file has no sensor CAP1: that is a machine");
    assert_refused(take(line_yaml, MBP_EDIT_MACHINE, "TT101"), MBP_ERR_MISSING,
                   "the plant file has no machine TT101: that is a sensor");
    struct result result = take(line_yaml, MBP_EDIT_SENSOR, "ELEPHANT");
    assert_null(strstr(result.why, "did you mean"));
    assert_refused(result, MBP_ERR_MISSING, "the plant file has no sensor ELEPHANT");
}

static void test_edit_keeps_the_line_breaks_of_the_file(void **state)
{
    (void)state;
    static const char yaml[] = "mbplant: 1\r\nunits:\r\n  - id: 1\r\n    sensors:\r\n      - name: A\r\n        max: 1";
    assert_edit(set(yaml, MBP_EDIT_SENSOR, "A", "min", "0"), yaml, "max: 1", "max: 1\r\n        min: 0\r\n");
    assert_edit(add(yaml, MBP_EDIT_SENSOR, "1", "B"), yaml, "max: 1", "max: 1\r\n      - name: B\r\n");
    static const char marked[] = "\xEF\xBB\xBFmbplant: 1\nunits: [{id: 1, sensors: [{name: A, label: é, max: 1}]}]\n";
    assert_edit(set(marked, MBP_EDIT_SENSOR, "A", "max", "2"), marked, "max: 1", "max: 2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_set_of_a_key_changes_its_value_alone),
        cmocka_unit_test(test_set_of_a_new_key_stands_behind_the_others),
        cmocka_unit_test(test_set_puts_quotes_around_what_would_mean_something_else),
        cmocka_unit_test(test_set_to_nothing_takes_the_key_away),
        cmocka_unit_test(test_remove_takes_the_thing_with_its_lines_and_one_blank_one),
        cmocka_unit_test(test_remove_of_the_last_one_takes_the_list_away),
        cmocka_unit_test(test_add_stands_behind_the_others_in_their_form),
        cmocka_unit_test(test_edit_of_brackets_over_several_lines_keeps_comments_with_their_items),
        cmocka_unit_test(test_edit_of_what_a_repeat_makes_is_refused_with_its_line),
        cmocka_unit_test(test_edit_that_cannot_be_says_why),
        cmocka_unit_test(test_name_that_is_not_there_gets_the_nearest_one),
        cmocka_unit_test(test_edit_keeps_the_line_breaks_of_the_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
