/* The report as a page: it must be whole by itself, well formed, and safe whatever names a plant has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "report_loaded.h"

#define DEPTH_MAX 64

static char *page(const struct mbp_report *report)
{
    struct report_stream stream;
    report_open(&stream);
    assert_int_equal(mbp_report_write(report, plant, MBP_FORMAT_HTML, false, stream.file), MBP_OK);
    return report_text(&stream);
}

static struct mbp_report example(void)
{
    struct mbp_report report = report_example(plant);
    report.analysis = analysis;
    return report;
}

static size_t count(const char *text, const char *word)
{
    size_t n = 0;
    for (const char *p = strstr(text, word); p != NULL; p = strstr(p + 1, word))
        n++;
    return n;
}

/* Every element that is opened is closed again, in order; attributes are quoted, so that '>' ends a tag. */
static void is_well_formed(const char *text)
{
    char open[DEPTH_MAX][16];
    size_t depth = 0;
    for (const char *p = strchr(text, '<'); p != NULL; p = strchr(p + 1, '<')) {
        const char *end = strchr(p, '>');
        assert_non_null(end);
        size_t len = strcspn(p + 1, " />\n");
        if (p[1] == '!' || end[-1] == '/' || strncmp(p, "<meta", 5) == 0)
            continue;
        if (p[1] == '/') {
            len = strcspn(p + 2, ">");
            assert_true(depth > 0);
            depth--;
            if (strlen(open[depth]) != len || strncmp(open[depth], p + 2, len) != 0)
                fail_msg("<%s> is closed by %.*s", open[depth], (int)len + 3, p);
            continue;
        }
        assert_true(depth < DEPTH_MAX && len < sizeof open[0]);
        snprintf(open[depth++], sizeof open[0], "%.*s", (int)len, p + 1);
    }
    assert_int_equal(depth, 0);
}

static void test_page_is_well_formed_in_every_language(void **state)
{
    (void)state;
    for (unsigned lang = 0; lang < MBP_LANG_COUNT; lang++) {
        struct mbp_report report = example();
        report.lang = (enum mbp_lang)lang;
        char *text = page(&report);
        is_well_formed(text);
        assert_non_null(strstr(text, lang == MBP_LANG_FR ? "<html lang=\"fr\">" : "<html lang=\"en\">"));
        assert_non_null(strstr(text, lang == MBP_LANG_FR ? "Surchauffe" : "Overheating"));
        free(text);
    }
}

static void test_page_needs_no_other_file(void **state)
{
    (void)state;
    static const char *const outside[] = {"http:", "https:", "//", "src=", "<link", "<script", "@import", "<img"};
    struct mbp_report report = example();
    char *text = page(&report);
    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++) {
        if (strstr(text, outside[i]) != NULL)
            fail_msg("%s stands in it", outside[i]);
    }
    assert_int_equal(count(text, "url("), count(text, "url(#"));
    free(text);
}

static void test_page_has_a_chart_of_each_kind(void **state)
{
    (void)state;
    struct mbp_report report = example();
    char *text = page(&report);
    assert_int_equal(count(text, "<figure>"), 3);
    assert_int_equal(count(text, "role=\"img\""), 3);
    assert_non_null(strstr(text, "States over time"));
    assert_non_null(strstr(text, "Alarms over time"));
    assert_non_null(strstr(text, ">16:30<")); /* a tick */
    assert_non_null(strstr(text, ">91.7 %<"));
    free(text);
}

static void test_names_cannot_break_out_of_the_page(void **state)
{
    (void)state;
    static const char evil[] = "</title><script>alert('1')</script>&\"\n";
    struct mbp_report_machine machines[2];
    struct mbp_report report = example();
    memcpy(machines, report.machines, sizeof machines);
    report.plant = evil;
    machines[0].label = machines[0].cause = machines[1].first_out = evil;
    report.machines = machines;
    char *text = page(&report);
    is_well_formed(text);
    assert_null(strstr(text, "<script"));
    assert_non_null(strstr(text, "&lt;/title&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;&quot; "));
    free(text);
}

static void test_long_names_keep_their_ends_before_the_charts(void **state)
{
    (void)state;
    struct mbp_machine machines[2];
    struct mbp_plant other = *plant;
    struct mbp_report report = example();
    struct report_stream stream;
    memcpy(machines, plant->machines, sizeof machines);
    machines[0].name = "MACHINE_NUMBER_0000000000000045";
    other.machines = machines;
    report_open(&stream);
    assert_int_equal(mbp_report_write(&report, &other, MBP_FORMAT_HTML, false, stream.file), MBP_OK);
    char *text = report_text(&stream);
    assert_non_null(strstr(text, ">MACHIN\xE2\x80\xA6"
                                 "0000045<"));
    assert_non_null(strstr(text, ">PACK1</text>"));
    free(text);
}

static void test_page_without_a_period_alarms_or_machines_is_a_page(void **state)
{
    (void)state;
    struct mbp_report report = report_example(plant);
    report.machine_count = report.alarm_count = 0;
    char *text = page(&report);
    is_well_formed(text);
    assert_int_equal(count(text, "<figure>"), 0);
    assert_non_null(strstr(text, "None."));
    free(text);
}

static void test_period_without_time_draws_nothing_and_divides_by_nothing(void **state)
{
    (void)state;
    struct mbp_analysis empty = *analysis;
    struct mbp_report report = example();
    empty.end_ms = empty.begin_ms;
    empty.length_ms = 0;
    report.analysis = &empty;
    char *text = page(&report);
    is_well_formed(text);
    assert_null(strstr(text, "nan\""));
    assert_null(strstr(text, "inf\""));
    free(text);
}

static void test_many_segments_make_no_more_rectangles_than_columns(void **state)
{
    (void)state;
    enum { MANY = 100000 };
    struct mbp_analysis_segment *segments = calloc(MANY, sizeof *segments);
    struct mbp_analysis busy = *analysis;
    struct mbp_report report = example();
    assert_non_null(segments);
    for (uint64_t i = 0; i < MANY; i++) {
        uint64_t span = analysis->end_ms - analysis->begin_ms;
        segments[i] = (struct mbp_analysis_segment){.from_ms = analysis->begin_ms + span * i / MANY,
                                                    .to_ms = analysis->begin_ms + span * (i + 1) / MANY,
                                                    .state = (uint8_t)(i % 50 == 0 ? MBP_EN_PANNE : MBP_EN_SERVICE)};
    }
    busy.segments = segments;
    busy.segment_count = MANY;
    report.analysis = &busy;
    char *text = page(&report);
    is_well_formed(text);
    assert_true(strlen(text) < 100000);
    free(text);
    free(segments);
}

/* A dump may say any time: the axis must end all the same. */
static void test_page_of_a_time_at_the_end_of_all_times_ends(void **state)
{
    (void)state;
    struct mbp_report report = example();
    struct mbp_analysis late = *analysis;
    late.begin_ms = UINT64_MAX - 5000;
    late.end_ms = UINT64_MAX - 1;
    report.analysis = &late;
    char *text = page(&report);
    is_well_formed(text);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_page_is_well_formed_in_every_language),
        cmocka_unit_test(test_page_needs_no_other_file),
        cmocka_unit_test(test_page_has_a_chart_of_each_kind),
        cmocka_unit_test(test_names_cannot_break_out_of_the_page),
        cmocka_unit_test(test_long_names_keep_their_ends_before_the_charts),
        cmocka_unit_test(test_page_without_a_period_alarms_or_machines_is_a_page),
        cmocka_unit_test(test_period_without_time_draws_nothing_and_divides_by_nothing),
        cmocka_unit_test(test_many_segments_make_no_more_rectangles_than_columns),
        cmocka_unit_test(test_page_of_a_time_at_the_end_of_all_times_ends),
    };
    return cmocka_run_group_tests(tests, report_load, report_unload);
}
