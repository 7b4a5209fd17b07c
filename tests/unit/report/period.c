/* The report of a period in the forms for people and for programs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report_loaded.h"

static char *written(enum mbp_format format, enum mbp_lang lang)
{
    struct mbp_report report = report_example(plant);
    struct report_stream stream;
    report.analysis = analysis;
    report.lang = lang;
    report_open(&stream);
    assert_int_equal(mbp_report_write(&report, plant, format, false, stream.file), MBP_OK);
    return report_text(&stream);
}

/* Columns are as wide as they must be: a run of spaces is as good as one. */
static char *squeezed(char *text)
{
    char *to = text;
    for (const char *from = text; *from != '\0'; from++) {
        if (*from != ' ' || to == text || to[-1] != ' ')
            *to++ = *from;
    }
    *to = '\0';
    return text;
}

static void has_all(char *text, const char *const *words)
{
    for (; *words != NULL; words++) {
        if (strstr(text, *words) == NULL)
            fail_msg("'%s' is missing in:\n%s", *words, text);
    }
    free(text);
}

static void test_text_tells_the_figures_of_the_period(void **state)
{
    (void)state;
    static const char *const words[] = {
        "2025-11-24 16:00:00Z to 2025-11-24 17:00:00Z: 1h 0min of the plant's time, 16 events",
        "Availability 95.8 % of all machines together",
        "FILL1 91.7 % 91.7 % 55min 0s 5min 0s 1 55min 0s 5min 0s",
        "FILL1 91.7 % 90.9 % 98.0 % 81.7 % 98 2",
        "Line 91.7 % while no machine is down",
        "alarms a day 288 ≤ 150 missed",
        "alarms in the worst ten minutes 12 ≤ 10 missed",
        "> 10 1 16.7 % 100.0 %",
        "PACK1 100.0 % 100.0 % 1h 0min 0s 0 - -",
        "PACK1 100.0 % - - - - -",
        "Raised 12: 0 critical, 0 high, 12 medium, 0 low; 0 cleared",
        "Rate 12.0 an hour",
        "Peak 12 in ten minutes, at 2025-11-24 16:13:40Z",
        "Floods 1, ",
        "Chattering 1 (three times or more in a minute)",
        "Stale 0 (active for more than 24 h)",
        "Acknowledged 1, after 5min 0s on average; 0 waiting",
        "TT101 FILL1 Overheating high medium 12 100.0 % 100.0 % 10 50min 0s",
        "2025-11-24 16:10:00Z",
        NULL};
    setenv("TZ", "CET-1", 1); /* UTC wherever it is made */
    has_all(squeezed(written(MBP_FORMAT_TEXT, MBP_LANG_EN)), words);
    setenv("TZ", "UTC", 1);
}

static void test_text_in_french_has_french_words_and_commas(void **state)
{
    (void)state;
    static const char *const words[] = {"Installation Line",
                                        "2 machines : 1 en service, 1 en panne, 0 en maintenance ; 4 capteurs",
                                        "FILL1 en service → en panne : TT101 Surchauffe 92,3 °C (limite 85 °C)",
                                        "active, non acquittée",
                                        "Production et TRS",
                                        "95,8 % pour toutes les machines",
                                        "12,0 par heure",
                                        "Surchauffe haut moyenne",
                                        NULL};
    has_all(squeezed(written(MBP_FORMAT_TEXT, MBP_LANG_FR)), words);
}

static void test_markdown_has_each_part_as_a_heading(void **state)
{
    (void)state;
    static const char *const words[] = {"## In short\n",
                                        "## Availability of machines\n",
                                        "| MACHINE | AVAILABILITY |",
                                        "## Maintenance\n",
                                        "## Alarms of the period\n",
                                        "- Raised: 12: ",
                                        "## Worst alarms\n",
                                        "## Alarm floods\n",
                                        NULL};
    has_all(written(MBP_FORMAT_MARKDOWN, MBP_LANG_EN), words);
}

static double real_of(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    if (!json_is_number(value))
        fail_msg("%s is no number", key);
    return json_number_value(value);
}

static void test_json_has_seconds_ratios_and_nulls(void **state)
{
    (void)state;
    char *text = written(MBP_FORMAT_JSON, MBP_LANG_FR);
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    const json_t *period = json_object_get(root, "analysis");
    const json_t *fill = json_array_get(json_object_get(period, "machines"), 0);
    const json_t *pack = json_array_get(json_object_get(period, "machines"), 1);
    const json_t *alarms = json_object_get(period, "alarms");
    const json_t *worst = json_array_get(json_object_get(period, "worst_alarms"), 0);
    const json_t *flood = json_array_get(json_object_get(period, "floods"), 0);
    assert_true(real_of(period, "length_s") == 3600);
    assert_true(json_is_true(json_object_get(period, "whole_life")));
    assert_true(fabs(real_of(fill, "availability") - 55.0 / 60) < 1e-12);
    assert_true(real_of(fill, "mtbf_s") == 3300);
    assert_true(real_of(fill, "mttr_s") == 300);
    assert_int_equal(real_of(fill, "good"), 98);
    assert_true(json_is_false(json_object_get(fill, "production_estimated")));
    assert_true(json_is_null(json_object_get(pack, "mtbf_s")));
    assert_true(json_is_null(json_object_get(pack, "oee")));
    assert_true(json_is_null(json_object_get(pack, "good")));
    assert_true(json_is_true(json_object_get(pack, "maintenance_due")));
    assert_int_equal(real_of(alarms, "raised"), 12);
    assert_int_equal(real_of(json_object_get(alarms, "by_priority"), "medium"), 12);
    assert_true(real_of(alarms, "mean_time_to_acknowledge_s") == 300);
    assert_string_equal(json_string_value(json_object_get(worst, "diagnosis")), "Surchauffe");
    assert_string_equal(json_string_value(json_object_get(worst, "priority")), "medium");
    assert_string_equal(json_string_value(json_object_get(flood, "from")), "2025-11-24T16:10:00.000Z");
    assert_int_equal(real_of(flood, "alarms"), 12);
    json_decref(root);
    free(text);
}

static void test_csv_has_the_figures_as_facts(void **state)
{
    (void)state;
    static const char *const words[] = {"period,,length,3600,s\r\n",
                                        "figures,FILL1,availability,0.916667,\r\n",
                                        "figures,FILL1,mtbf,3300,s\r\n",
                                        "figures,PACK1,mtbf,,s\r\n",
                                        "figures,PACK1,good,,\r\n",
                                        "period alarms,medium,raised,12,\r\n",
                                        "worst alarm,TT101.high,raised,12,\r\n",
                                        "worst alarm,TT101.high,diagnosis,Surchauffe,\r\n",
                                        "flood,1,alarms,12,\r\n",
                                        NULL};
    has_all(written(MBP_FORMAT_CSV, MBP_LANG_FR), words);
}

static void test_changed_plant_is_told_where_names_may_be_wrong(void **state)
{
    (void)state;
    struct mbp_analysis changed = *analysis;
    struct mbp_report report = report_example(plant);
    struct report_stream stream;
    changed.plant_changes = 2;
    report.analysis = &changed;
    report_open(&stream);
    assert_int_equal(mbp_report_write(&report, plant, MBP_FORMAT_TEXT, false, stream.file), MBP_OK);
    char *text = report_text(&stream);
    assert_non_null(
        strstr(text, "the plant was changed in it, 2 times: machines and sensors are those of now, by name"));
    free(text);
}

/* Three seconds of two hours round to 100.0 %. */
static void test_availability_with_a_stop_is_never_said_to_be_whole(void **state)
{
    (void)state;
    struct mbp_analysis stopped = *analysis;
    struct mbp_report report = report_example(plant);
    report.analysis = &stopped;
    for (int whole = 0; whole < 2; whole++) {
        struct report_stream stream;
        stopped.line_availability = whole ? 1 : 1 - 3.0 / 7200;
        report_open(&stream);
        assert_int_equal(mbp_report_write(&report, plant, MBP_FORMAT_TEXT, false, stream.file), MBP_OK);
        char *text = squeezed(report_text(&stream));
        assert_non_null(strstr(text, whole ? "Line 100.0 %" : "Line 99.9 %"));
        free(text);
    }
}

static void test_report_without_a_period_has_null_there(void **state)
{
    (void)state;
    struct mbp_report report = report_example(plant);
    struct report_stream stream;
    report_open(&stream);
    assert_int_equal(mbp_report_write(&report, plant, MBP_FORMAT_JSON, false, stream.file), MBP_OK);
    char *text = report_text(&stream);
    assert_non_null(strstr(text, "\"analysis\": null"));
    free(text);
}

int main(void)
{
    setenv("TZ", "UTC", 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_tells_the_figures_of_the_period),
        cmocka_unit_test(test_text_in_french_has_french_words_and_commas),
        cmocka_unit_test(test_markdown_has_each_part_as_a_heading),
        cmocka_unit_test(test_json_has_seconds_ratios_and_nulls),
        cmocka_unit_test(test_csv_has_the_figures_as_facts),
        cmocka_unit_test(test_changed_plant_is_told_where_names_may_be_wrong),
        cmocka_unit_test(test_availability_with_a_stop_is_never_said_to_be_whole),
        cmocka_unit_test(test_report_without_a_period_has_null_there),
    };
    return cmocka_run_group_tests(tests, report_load, report_unload);
}
