/* Templates: what each tag becomes, and where one is wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "export_priv.h"
#include "fixture.h"

static struct mbp_plant *plant;
static char *text;

static void fill(const char *template_text, const char *select)
{
    struct mbp_export_options options = {.host = "10.0.0.7", .port = 1502, .select = select};
    struct mbp_export_template *template;
    struct mbp_export_flaw flaw = {0};
    struct mbp_buffer out;
    free(text);
    text = NULL;
    if (mbp_export_template_new(template_text, strlen(template_text), &template, &flaw) != MBP_OK)
        fail_msg("%u:%u: %s", flaw.line, flaw.column, flaw.why);
    assert_true(mbp_buffer_open(&out));
    assert_int_equal(mbp_export_fill(plant, &options, template, out.out), MBP_OK);
    text = mbp_buffer_close(&out);
    mbp_export_template_free(template);
}

static void becomes(const char *template_text, const char *select, const char *wanted)
{
    fill(template_text, select);
    assert_string_equal(text, wanted);
}

static void is_wrong(const char *template_text, unsigned line, unsigned column, const char *why)
{
    struct mbp_export_template *template = NULL;
    struct mbp_export_flaw flaw = {0};
    assert_int_equal(mbp_export_template_new(template_text, strlen(template_text), &template, &flaw), MBP_ERR_FORMAT);
    assert_null(template);
    if (flaw.line != line || flaw.column != column || strstr(flaw.why, why) == NULL)
        fail_msg("%s: %u:%u: %s", template_text, flaw.line, flaw.column, flaw.why);
}

static void test_text_without_tags_stays_as_it_is(void **state)
{
    (void)state;
    becomes("", NULL, "");
    becomes("a { b } }} \n c", NULL, "a { b } }} \n c");
    becomes("{{open}}x}}", NULL, "{{x}}");
}

static void test_fields_of_the_plant_stand_anywhere(void **state)
{
    (void)state;
    becomes("{{plant}}|{{ host }}|{{port}}", NULL, "A <\"b\">|10.0.0.7|1502");
    becomes("{{plant|json}} {{plant|csv}} {{plant|xml}} {{plant|id}} {{plant|upper}}", NULL,
            "\"A <\\\"b\\\">\" \"A <\"\"b\"\">\" A &#60;&#34;b&#34;&#62; A___b__ A <\"B\">");
}

static void test_points_come_in_the_order_of_their_places(void **state)
{
    (void)state;
    becomes("{{#points}}{{name}}@{{unit_id}}:{{address}}{{^last}}, {{/last}}{{/points}}", "T1,L9,M1.en_service",
            "M1.en_service@1:0, T1@1:0, L9@9:0");
    becomes("{{#units}}[{{unit_id}}:{{#points}}{{#first}}>{{/first}}{{name}} {{/points}}]{{^last}};{{/last}}{{/units}}",
            "T1,L9,M1.en_service", "[1:>M1.en_service T1 ];[9:>L9 ]");
}

static void test_conditions_go_by_text(void **state)
{
    (void)state;
    becomes("{{#points}}{{#unit}}{{unit}}{{/unit}}{{^unit}}-{{/unit}} {{/points}}", "T1,L9,M1.en_service", "- bar m ");
    becomes("{{#points}}{{#role=alarm}}{{name}}={{priority}} {{/role}}{{^role=alarm}}.{{/role}}{{/points}}",
            "T1,T1.high", "T1.high=medium .");
}

static void test_a_section_alone_on_its_line_takes_the_line(void **state)
{
    (void)state;
    becomes("a\n  {{#points}}\n{{name}}\n  {{/points}}\nb\n{{! no }}\nc", "T1", "a\nT1\nb\nc");
    becomes("a {{#points}}\n{{name}}{{/points}}", "T1", "a \nT1");
    becomes("a\r\n{{#points}}\r\n{{name}}\r\n{{/points}}\r\n", "T1", "a\r\nT1\r\n");
}

static void test_flaws_are_told_with_their_place(void **state)
{
    (void)state;
    is_wrong("{{nam}}", 1, 3, "no field 'nam'; did you mean name?");
    is_wrong("{{nothing}}", 1, 3, "no field 'nothing'; there are plant, host, port,");
    is_wrong("é\né {{name}}", 2, 5, "'name' is a point's");
    is_wrong("{{first}}", 1, 3, "'first' stands inside");
    is_wrong("{{#units}}{{unit_id}}{{address}}{{/units}}", 1, 24, "'address' is a point's");
    is_wrong("{{#points}}{{#points}}", 1, 14, "inside {{#points}} already");
    is_wrong("{{#points}}{{#units}}", 1, 14, "inside {{#points}} already");
    is_wrong("{{^points}}", 1, 3, "there are always some");
    is_wrong("{{#points}}{{#role=x}}{{/points}}", 1, 25, "{{/role}} is expected");
    is_wrong("{{/x}}", 1, 3, "closes nothing");
    is_wrong("{{#points}}\n", 2, 1, "{{/points}} is missing");
    is_wrong("x {{plant", 1, 3, "}} is missing");
    is_wrong("{{}}", 1, 3, "an empty tag");
    is_wrong("{{plant|}}", 1, 3, "no filter ''");
    is_wrong("{{plant|lua}}", 1, 3, "no filter 'lua'");
}

static void test_long_tags_and_deep_sections_are_refused(void **state)
{
    (void)state;
    char deep[512] = "";
    char longer[256] = "{{";
    for (size_t len = 0; len < 17 * strlen("{{#plant}}"); len = strlen(deep))
        snprintf(deep + len, sizeof deep - len, "{{#plant}}");
    is_wrong(deep, 1, 163, "16 deep at most");
    memset(longer + 2, 'x', 100);
    snprintf(longer + 102, sizeof longer - 102, "}}");
    is_wrong(longer, 1, 3, "more than 79 characters");
}

static int set_up(void **state)
{
    (void)state;
    plant =
        fixture_plant("mbplant: 1\nname: 'A <\"b\">'\nunits: [{id: 1, machines: [{name: M1, sensors: [{name: T1, kind: "
                      "temperature, unit: bar, range: [0, 100], max: 80}]}]},"
                      " {id: 9, sensors: [{name: L9, kind: pressure, unit: m, range: [0, 10]}]}]\n");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    free(text);
    mbp_plant_free(plant);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_without_tags_stays_as_it_is),
        cmocka_unit_test(test_fields_of_the_plant_stand_anywhere),
        cmocka_unit_test(test_points_come_in_the_order_of_their_places),
        cmocka_unit_test(test_conditions_go_by_text),
        cmocka_unit_test(test_a_section_alone_on_its_line_takes_the_line),
        cmocka_unit_test(test_flaws_are_told_with_their_place),
        cmocka_unit_test(test_long_tags_and_deep_sections_are_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
