/* The report in each of its forms. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "report_loaded.h"

static char *written(const struct mbp_report *report, enum mbp_format format)
{
    struct report_stream stream;
    report_open(&stream);
    assert_int_equal(mbp_report_write(report, plant, format, false, stream.file), MBP_OK);
    return report_text(&stream);
}

static void has_all(const char *text, const char *const *words)
{
    for (; *words != NULL; words++) {
        if (strstr(text, *words) == NULL)
            fail_msg("'%s' is missing in:\n%s", *words, text);
    }
}

static void test_totals_add_up_machines_and_alarms(void **state)
{
    (void)state;
    struct mbp_report report = report_example(plant);
    struct mbp_report_totals totals = mbp_report_total(&report);
    assert_int_equal(totals.good, 198);
    assert_int_equal(totals.reject, 2);
    assert_int_equal(totals.active, 1);
    assert_int_equal(totals.unacknowledged, 1);
}

static void test_text_tells_everything_on_plain_lines(void **state)
{
    (void)state;
    static const char *const words[] = {
        "Line",
        "2 machines: 1 en_service, 1 en_panne, 0 maintenance; 4 sensors",
        "1 active, 1 unacknowledged",
        "2025-11-24 16:00:00Z  FILL1 en_service -> en_panne: TT101 Overheating 92.3 °C (limit 85 °C) (event 7)",
        "37200 done, 3 late; simulated time 1h 2min",
        "2025-11-24 16:00:00Z  1min 30s",
        "active, unacknowledged",
        NULL};
    struct mbp_report report = report_example(plant);
    char *text = written(&report, MBP_FORMAT_TEXT);
    has_all(text, words);
    assert_null(strchr(text, '\033'));
    free(text);
}

static void test_due_says_how_long_until_maintenance(void **state)
{
    (void)state;
    static const struct {
        struct mbp_report_machine machine;
        const char *en, *fr;
    } cases[] = {
        {{.due = false}, "-", "-"},
        {{.due = true, .due_by_time = true, .due_s = 0}, "now", "maintenant"},
        {{.due_by_time = true, .due_s = 5 * 3600}, "5h 0min", "5 h 0 min"},
        {{.due_by_output = true, .due_products = 1}, "1 product", "1 produit"},
        {{.due_by_time = true, .due_by_output = true, .due_s = 3 * 86400, .due_products = 500},
         "3d 0h or 500 products",
         "3 j 0 h ou 500 produits"},
    };
    char text[64];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_string_equal(mbp_report_due_text(MBP_LANG_EN, &cases[i].machine, text, sizeof text), cases[i].en);
        assert_string_equal(mbp_report_due_text(MBP_LANG_FR, &cases[i].machine, text, sizeof text), cases[i].fr);
    }
}

static void test_markdown_has_a_table_of_machines_and_one_of_alarms(void **state)
{
    (void)state;
    static const char *const words[] = {"# Line\n", "## Machines\n", "| FILL1 ", "## Alarms\n", "| TT101 ", NULL};
    struct mbp_report report = report_example(plant);
    char *text = written(&report, MBP_FORMAT_MARKDOWN);
    has_all(text, words);
    free(text);
}

static void test_markdown_without_alarms_says_none(void **state)
{
    (void)state;
    struct mbp_report report = report_example(plant);
    report.alarm_count = 0;
    char *text = written(&report, MBP_FORMAT_MARKDOWN);
    assert_non_null(strstr(text, "## Alarms\n\nNone.\n"));
    free(text);
}

static void test_json_holds_numbers_as_numbers(void **state)
{
    (void)state;
    struct mbp_report report = report_example(plant);
    char *text = written(&report, MBP_FORMAT_JSON);
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(root);
    const json_t *summary = json_object_get(root, "summary");
    const json_t *states = json_object_get(summary, "by_state");
    const json_t *machine = json_array_get(json_object_get(root, "machines"), 0);
    const json_t *alarm = json_array_get(json_object_get(root, "alarms"), 0);
    assert_int_equal(json_integer_value(json_object_get(summary, "machines")), 2);
    assert_int_equal(json_integer_value(json_object_get(states, "en_panne")), 1);
    assert_int_equal(json_integer_value(json_object_get(machine, "since_ms")), 1764000000000);
    assert_string_equal(json_string_value(json_object_get(machine, "state")), "en_panne");
    assert_int_equal(json_integer_value(json_object_get(machine, "maintenance_due_in_products")), 500);
    assert_true(
        json_is_null(json_object_get(json_array_get(json_object_get(root, "machines"), 1), "maintenance_due_in_s")));
    assert_true(json_real_value(json_object_get(alarm, "value")) == 92.3);
    assert_true(json_is_true(json_object_get(alarm, "unacknowledged")));
    assert_int_equal(json_integer_value(json_object_get(json_object_get(root, "last_incident"), "seq")), 7);
    json_decref(root);
    free(text);
}

static void test_text_and_markdown_have_tables_of_actuators_and_controllers(void **state)
{
    (void)state;
    static const char *const words[] = {"Actuators\n",
                                        "ACTUATOR  MACHINE  KIND   COMMAND  POSITION  MOVED BY\n",
                                        "FV101     FILL1    valve   45.5 %    40.0 %  TIC101\n",
                                        "P9                 pump        on        on\n",
                                        "Controllers\n",
                                        "CONTROLLER  MODE    INPUT   SETPOINT      VALUE   OUTPUT  MOVES\n",
                                        "PIC101      manual  PT101  5.000 bar  4.250 bar  65.0 °C  TIC101\n",
                                        "TIC101      auto    TT101    65.0 °C    92.3 °C   45.5 %  FV101\n",
                                        NULL};
    struct mbp_report report = report_example(plant);
    char *text = written(&report, MBP_FORMAT_TEXT);
    has_all(text, words);
    free(text);
    text = written(&report, MBP_FORMAT_MARKDOWN);
    has_all(text, (const char *const[]){"## Actuators\n", "| FV101 ", "## Controllers\n", "| TIC101 ", NULL});
    free(text);
    text = written(&report, MBP_FORMAT_HTML);
    has_all(text, (const char *const[]){">Actuators<", ">FV101<", ">Controllers<", ">TIC101<", NULL});
    free(text);
}

static void test_french_tells_actuators_and_controllers_in_french(void **state)
{
    (void)state;
    static const char *const words[] = {"Actionneurs\n", "COMMANDE", "PILOTÉ PAR", "45,5 %", "Régulateurs\n",
                                        "CONSIGNE",      "AGIT SUR", "4,250 bar",  NULL};
    struct mbp_report report = report_example(plant);
    report.lang = MBP_LANG_FR;
    char *text = written(&report, MBP_FORMAT_TEXT);
    has_all(text, words);
    free(text);
}

static void test_report_of_a_plant_without_outputs_has_no_table_of_them(void **state)
{
    (void)state;
    struct mbp_report report = report_example(plant);
    report.actuator_count = 0;
    report.controller_count = 0;
    char *text = written(&report, MBP_FORMAT_TEXT);
    assert_null(strstr(text, "Actuators"));
    assert_null(strstr(text, "Controllers"));
    free(text);
}

static void test_json_tells_outputs_as_numbers(void **state)
{
    (void)state;
    struct mbp_report report = report_example(plant);
    char *text = written(&report, MBP_FORMAT_JSON);
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(root);
    const json_t *valve = json_array_get(json_object_get(root, "actuators"), 0);
    const json_t *pump = json_array_get(json_object_get(root, "actuators"), 1);
    const json_t *outer = json_array_get(json_object_get(root, "controllers"), 0);
    const json_t *inner = json_array_get(json_object_get(root, "controllers"), 1);
    assert_true(json_real_value(json_object_get(valve, "command")) == 45.5);
    assert_true(json_real_value(json_object_get(valve, "position")) == 40);
    assert_string_equal(json_string_value(json_object_get(valve, "unit")), "%");
    assert_string_equal(json_string_value(json_object_get(valve, "moved_by")), "TIC101");
    assert_string_equal(json_string_value(json_object_get(valve, "machine")), "FILL1");
    assert_true(json_is_null(json_object_get(pump, "moved_by")));
    assert_true(json_is_true(json_object_get(pump, "on_off")));
    assert_string_equal(json_string_value(json_object_get(outer, "mode")), "manual");
    assert_string_equal(json_string_value(json_object_get(outer, "output_unit")), "°C");
    assert_string_equal(json_string_value(json_object_get(outer, "moves")), "TIC101");
    assert_true(json_real_value(json_object_get(inner, "setpoint")) == 65);
    assert_true(json_real_value(json_object_get(inner, "output")) == 45.5);
    json_decref(root);
    free(text);
}

static void test_csv_tells_outputs_a_fact_a_row(void **state)
{
    (void)state;
    static const char *const words[] = {"actuator,FV101,command,45.5,%\r\n",
                                        "actuator,FV101,position,40.0,%\r\n",
                                        "actuator,FV101,moved by,TIC101,\r\n",
                                        "actuator,P9,command,1.0,\r\n",
                                        "controller,PIC101,mode,manual,\r\n",
                                        "controller,PIC101,setpoint,5.000,bar\r\n",
                                        "controller,PIC101,output,65.0,°C\r\n",
                                        "controller,TIC101,value,92.3,°C\r\n",
                                        NULL};
    struct mbp_report report = report_example(plant);
    char *text = written(&report, MBP_FORMAT_CSV);
    has_all(text, words);
    free(text);
}

static void test_json_without_incident_has_null_there(void **state)
{
    (void)state;
    struct mbp_report report = report_example(plant);
    report.has_incident = false;
    char *text = written(&report, MBP_FORMAT_JSON);
    json_t *root = json_loads(text, 0, NULL);
    assert_true(json_is_null(json_object_get(root, "last_incident")));
    json_decref(root);
    free(text);
}

static void test_csv_has_one_fact_a_row(void **state)
{
    (void)state;
    static const char *const words[] = {"section,subject,field,value,unit\r\n",
                                        "summary,,machines,2,\r\n",
                                        "summary,,en_panne,1,\r\n",
                                        "machine,FILL1,state,en_panne,\r\n",
                                        "machine,FILL1,running,3660,s\r\n",
                                        "machine,FILL1,maintenance due in,266400,s\r\n",
                                        "machine,FILL1,maintenance due in,500,products\r\n",
                                        "alarm,TT101.high,value,92.3,°C\r\n",
                                        "alarm,TT101.high,limit,85.0,°C\r\n",
                                        "alarm,TT101.high,diagnosis,Overheating,\r\n",
                                        NULL};
    struct mbp_report report = report_example(plant);
    char *text = written(&report, MBP_FORMAT_CSV);
    has_all(text, words);
    free(text);
}

static void test_alarms_alone_are_written_in_each_form(void **state)
{
    (void)state;
    static const struct {
        enum mbp_format format;
        const char *wanted;
    } cases[] = {
        {MBP_FORMAT_TEXT, "TT101   FILL1    Overheating  92.3 °C  85 °C"},
        {MBP_FORMAT_MARKDOWN, "| TT101 "},
        {MBP_FORMAT_JSON, "\"limit\": 85.0"},
        {MBP_FORMAT_CSV, "FILL1,TT101,Overheating,high,92.3,85.0,°C,medium,1,1,0,\"active, unacknowledged\",,,,,\r\n"}};
    struct mbp_report report = report_example(plant);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct report_stream stream;
        report_open(&stream);
        assert_int_equal(mbp_report_write_alarms(&report, cases[i].format, false, stream.file), MBP_OK);
        char *text = report_text(&stream);
        if (strstr(text, cases[i].wanted) == NULL)
            fail_msg("'%s' is missing in:\n%s", cases[i].wanted, text);
        free(text);
    }
}

static void test_jsonl_is_missing_and_nothing_is_written(void **state)
{
    (void)state;
    struct mbp_report report = report_example(plant);
    struct report_stream stream;
    report_open(&stream);
    assert_int_equal(mbp_report_write(&report, plant, MBP_FORMAT_JSONL, false, stream.file), MBP_ERR_MISSING);
    assert_int_equal(mbp_report_write_alarms(&report, MBP_FORMAT_HTML, false, stream.file), MBP_ERR_MISSING);
    char *text = report_text(&stream);
    assert_string_equal(text, "");
    free(text);
}

int main(void)
{
    setenv("TZ", "UTC", 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_totals_add_up_machines_and_alarms),
        cmocka_unit_test(test_text_tells_everything_on_plain_lines),
        cmocka_unit_test(test_due_says_how_long_until_maintenance),
        cmocka_unit_test(test_markdown_has_a_table_of_machines_and_one_of_alarms),
        cmocka_unit_test(test_markdown_without_alarms_says_none),
        cmocka_unit_test(test_json_holds_numbers_as_numbers),
        cmocka_unit_test(test_text_and_markdown_have_tables_of_actuators_and_controllers),
        cmocka_unit_test(test_french_tells_actuators_and_controllers_in_french),
        cmocka_unit_test(test_report_of_a_plant_without_outputs_has_no_table_of_them),
        cmocka_unit_test(test_json_tells_outputs_as_numbers),
        cmocka_unit_test(test_csv_tells_outputs_a_fact_a_row),
        cmocka_unit_test(test_json_without_incident_has_null_there),
        cmocka_unit_test(test_csv_has_one_fact_a_row),
        cmocka_unit_test(test_alarms_alone_are_written_in_each_form),
        cmocka_unit_test(test_jsonl_is_missing_and_nothing_is_written),
    };
    return cmocka_run_group_tests(tests, report_load, report_unload);
}
