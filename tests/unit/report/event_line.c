/* Events as lines: text, CSV, JSON, and back from JSON. */
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

static char *line_of(const struct mbp_event *event, enum mbp_format format)
{
    const struct mbp_telling by = {plant, report_names(), MBP_LANG_EN};
    struct report_stream stream;
    report_open(&stream);
    mbp_report_event(&by, event, NULL, format, stream.file);
    return report_text(&stream);
}

/* What a JSON line tells, but for what is beside the event. */
static enum mbp_status parse(const char *line, struct mbp_event *out)
{
    struct mbp_event_beside beside;
    char *comment = NULL;
    enum mbp_status status = mbp_report_event_parse((struct mbp_text){line, strlen(line)}, out, &beside, &comment);
    if (status == MBP_OK)
        free(comment);
    return status;
}

static void test_text_line_has_number_time_and_sentence(void **state)
{
    (void)state;
    struct mbp_event event = report_event(MBP_EV_ALARM_ACKNOWLEDGED, MBP_HIGH);
    char *line = line_of(&event, MBP_FORMAT_TEXT);
    assert_string_equal(line, "       7  2025-11-24T16:00:00.123Z  TT101 Overheating acknowledged by 127.0.0.1\n");
    free(line);
}

static void test_csv_row_has_the_columns_of_its_header(void **state)
{
    (void)state;
    struct report_stream stream;
    report_open(&stream);
    mbp_report_event_header(MBP_FORMAT_CSV, stream.file);
    char *header = report_text(&stream);
    assert_string_equal(header,
                        "seq,time,scan,code,unit,machine,sensor,value,limit,unit_text,peer,detail,text,comment\r\n");
    struct mbp_event event = report_event(MBP_EV_ALARM_RAISED, MBP_HIGH);
    event.actor = 0;
    char *row = line_of(&event, MBP_FORMAT_CSV);
    assert_string_equal(row, "7,2025-11-24T16:00:00.123Z,42,alarm raised,3,FILL1,TT101,92.3,85,°C,,2,"
                             "TT101 Overheating 92.3 °C (limit 85 °C),\r\n");
    free(header);
    free(row);
}

static void test_csv_row_of_nothing_leaves_fields_empty(void **state)
{
    (void)state;
    struct mbp_event event = {
        .seq = 1, .code = MBP_EV_START, .machine = MBP_NONE16, .sensor = MBP_NONE16, .value = NAN, .limit = NAN};
    char *row = line_of(&event, MBP_FORMAT_CSV);
    assert_string_equal(row, "1,1970-01-01T00:00:00.000Z,0,start,0,,,,,,,0,start,\r\n");
    free(row);
}

/* As any foreign text: no formula of a spreadsheet, no second row. */
static void test_csv_row_quotes_a_comment(void **state)
{
    (void)state;
    struct mbp_event event = {
        .seq = 1, .code = MBP_EV_START, .machine = MBP_NONE16, .sensor = MBP_NONE16, .value = NAN, .limit = NAN};
    const struct mbp_event_beside beside = {.comment = "=1+1, \"x\""};
    const struct mbp_telling by = {plant, report_names(), MBP_LANG_EN};
    struct report_stream stream;
    report_open(&stream);
    mbp_report_event(&by, &event, &beside, MBP_FORMAT_CSV, stream.file);
    char *row = report_text(&stream);
    assert_non_null(strstr(row, ",start,\"'=1+1, \"\"x\"\"\"\r\n"));
    free(row);
}

static void test_json_line_is_one_object_that_jansson_reads(void **state)
{
    (void)state;
    struct mbp_event event = report_event(MBP_EV_ALARM_RAISED, MBP_HIGH);
    char *line = line_of(&event, MBP_FORMAT_JSONL);
    assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
    json_t *root = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(root);
    assert_string_equal(json_string_value(json_object_get(root, "machine")), "FILL1");
    assert_string_equal(json_string_value(json_object_get(root, "unit_text")), "°C");
    assert_true(json_real_value(json_object_get(root, "value")) == 92.3);
    json_decref(root);
    free(line);
}

static void test_json_line_escapes_what_strings_must_not_hold(void **state)
{
    (void)state;
    struct mbp_plant changed = *plant;
    struct mbp_sensor sensors[8];
    assert_true(plant->sensor_count <= 8);
    memcpy(sensors, plant->sensors, plant->sensor_count * sizeof sensors[0]);
    struct mbp_event event = report_event(MBP_EV_ALARM_RAISED, MBP_HIGH);
    sensors[event.sensor].unit_text = "\"\\\t";
    changed.sensors = sensors;
    struct report_stream stream;
    report_open(&stream);
    const struct mbp_telling by = {&changed, NULL, MBP_LANG_EN};
    mbp_report_event(&by, &event, NULL, MBP_FORMAT_JSONL, stream.file);
    char *line = report_text(&stream);
    json_t *root = json_loads(line, 0, NULL);
    assert_non_null(root);
    assert_string_equal(json_string_value(json_object_get(root, "unit_text")), "\"\\\t");
    json_decref(root);
    free(line);
}

static void test_json_line_reads_back_as_the_same_event(void **state)
{
    (void)state;
    const struct mbp_event events[] = {
        report_event(MBP_EV_MACHINE_STATE, 0xFFFFFFFF),
        {.wall_ms = UINT64_C(1) << 52,
         .seq = UINT32_MAX,
         .scan = UINT32_MAX,
         .code = UINT16_MAX,
         .unit = MBP_NONE16,
         .machine = MBP_NONE16,
         .sensor = MBP_NONE16,
         .value = 1.1754944e-38f,
         .limit = -3.4028235e38f,
         .actor = UINT16_MAX,
         .detail = UINT32_MAX},
    };
    for (size_t i = 0; i < 2; i++) {
        char *line = line_of(&events[i], MBP_FORMAT_JSONL);
        struct mbp_event back;
        assert_int_equal(parse(line, &back), MBP_OK);
        uint16_t wanted[MBP_EVENT_WORDS];
        uint16_t got[MBP_EVENT_WORDS];
        mbp_event_encode(&events[i], wanted);
        mbp_event_encode(&back, got);
        assert_memory_equal(got, wanted, sizeof wanted);
        free(line);
    }
}

static void test_json_line_without_numbers_reads_back_as_nan(void **state)
{
    (void)state;
    struct mbp_event event = report_event(MBP_EV_START, 0);
    event.value = NAN;
    event.limit = INFINITY;
    char *line = line_of(&event, MBP_FORMAT_JSONL);
    struct mbp_event back;
    assert_int_equal(parse(line, &back), MBP_OK);
    assert_true(isnan(back.value));
    assert_true(isnan(back.limit));
    free(line);
}

static void test_parse_of_what_is_no_event_leaves_the_output_alone(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "{}",
                                      "[]",
                                      "7",
                                      "{\"seq\":1}",
                                      "{\"seq\":0,\"code_number\":1}",
                                      "{\"seq\":1,\"code_number\":65536}",
                                      "{\"seq\":-1,\"code_number\":1}",
                                      "{\"seq\":1.5,\"code_number\":1}",
                                      "{\"seq\":1,\"code_number\":1,\"actor\":65536}",
                                      "{\"seq\":1,\"code_number\":1,\"value\":\"x\"}",
                                      "{\"seq\":1,\"seq\":2,\"code_number\":1}",
                                      "{\"seq\":1,\"code_number\":1"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct mbp_event untouched = {.seq = 77};
        assert_int_equal(parse(bad[i], &untouched), MBP_ERR_FORMAT);
        assert_int_equal(untouched.seq, 77);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_line_has_number_time_and_sentence),
        cmocka_unit_test(test_csv_row_has_the_columns_of_its_header),
        cmocka_unit_test(test_csv_row_of_nothing_leaves_fields_empty),
        cmocka_unit_test(test_csv_row_quotes_a_comment),
        cmocka_unit_test(test_json_line_is_one_object_that_jansson_reads),
        cmocka_unit_test(test_json_line_escapes_what_strings_must_not_hold),
        cmocka_unit_test(test_json_line_reads_back_as_the_same_event),
        cmocka_unit_test(test_json_line_without_numbers_reads_back_as_nan),
        cmocka_unit_test(test_parse_of_what_is_no_event_leaves_the_output_alone),
    };
    return cmocka_run_group_tests(tests, report_load, report_unload);
}
