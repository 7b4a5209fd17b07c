/* One event on one line: text, CSV, JSON; and back from JSON, which holds all of it. */
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mbplant/json.h"
#include "writers.h"

static const char *const csv_columns[] = {"seq",   "time",  "scan",      "code", "unit",   "machine", "sensor",
                                          "value", "limit", "unit_text", "peer", "detail", "text",    "comment"};

#define CSV_COLUMNS (sizeof csv_columns / sizeof csv_columns[0])

void mbp_report_event_header(enum mbp_format format, FILE *out)
{
    if (format != MBP_FORMAT_CSV)
        return;
    for (size_t i = 0; i < CSV_COLUMNS; i++)
        mbp_csv_field(out, csv_columns[i], i == 0);
    fputs(MBP_CSV_END_OF_ROW, out);
}

/* What the line formats say in words. */
struct line {
    char time[32];
    char sentence[256];
    char peer[MBP_PEER_TEXT];
    char alarms[96];                          /* which it is of: "high", "low, high" */
    const char *machine, *sensor, *unit_text; /* "" = none, or nobody knows it */
};

static void name_alarms(const struct mbp_event *event, char *buf, size_t size)
{
    const struct mbp_event_type *type = mbp_event_type(event->code);
    unsigned alarm = mbp_event_alarm(event);
    uint32_t mask = type != NULL && type->detail == MBP_DETAIL_ALARMS ? event->detail
                    : alarm < MBP_ALARM_COUNT                         ? 1u << alarm
                                                                      : 0;
    size_t len = 0;
    buf[0] = '\0';
    for (unsigned a = 0; a < MBP_ALARM_COUNT; a++) {
        if ((mask >> a & 1u) != 0)
            len +=
                (size_t)snprintf(buf + len, size - len, "%s%s", len > 0 ? ", " : "", mbp_limit_name((enum mbp_limit)a));
    }
}

static struct line describe(const struct mbp_telling *by, const struct mbp_event *event)
{
    static const struct mbp_names none = {0};
    struct line line;
    struct mbp_event_tag machine = {.name = ""};
    struct mbp_event_tag item = {.name = "", .measure = ""};
    mbp_event_machine(by, event, &machine);
    mbp_event_item(by, event, &item);
    mbp_time_format(event->wall_ms, line.time, sizeof line.time);
    mbp_report_sentence(by, event, line.sentence, sizeof line.sentence);
    mbp_names_peer(by->names != NULL ? by->names : &none, event, line.peer, sizeof line.peer);
    name_alarms(event, line.alarms, sizeof line.alarms);
    line.machine = machine.name;
    line.sensor = item.name;
    line.unit_text = item.measure;
    return line;
}

static void write_csv(const struct line *line, const struct mbp_event *event, const char *comment, FILE *out)
{
    char value[32];
    char limit[32];
    fprintf(out, "%u,%s,%u,%s,%u", event->seq, line->time, event->scan, mbp_event_code_name(event->code), event->unit);
    mbp_csv_field(out, line->machine, false);
    mbp_csv_field(out, line->sensor, false);
    mbp_csv_field(out, mbp_float_text(event->value, value, sizeof value), false);
    mbp_csv_field(out, mbp_float_text(event->limit, limit, sizeof limit), false);
    mbp_csv_field(out, line->unit_text, false);
    mbp_csv_field(out, line->peer, false);
    fprintf(out, ",%u", event->detail);
    mbp_csv_field(out, line->sentence, false);
    mbp_csv_field(out, comment, false);
    fputs(MBP_CSV_END_OF_ROW, out);
}

static void put_string(FILE *out, const char *key, const char *text)
{
    fprintf(out, ",\"%s\":\"", key);
    mbp_json_put_text(out, text);
    putc('"', out);
}

static void put_float(FILE *out, const char *key, float number)
{
    char text[32];
    fprintf(out, ",\"%s\":%s", key, isfinite(number) ? mbp_float_text(number, text, sizeof text) : "null");
}

static void put_index(FILE *out, const char *key, uint16_t index)
{
    if (index == MBP_NONE16)
        fprintf(out, ",\"%s\":null", key);
    else
        fprintf(out, ",\"%s\":%u", key, index);
}

static void write_json(const struct line *line, const struct mbp_event *event, const struct mbp_event_beside *beside,
                       FILE *out)
{
    fprintf(out, "{\"seq\":%u", event->seq);
    put_string(out, "time", line->time);
    fprintf(out, ",\"time_ms\":%" PRIu64 ",\"scan\":%u", event->wall_ms, event->scan);
    put_string(out, "code", mbp_event_code_name(event->code));
    fprintf(out, ",\"code_number\":%u", event->code);
    put_index(out, "unit", event->unit);
    put_string(out, "machine", line->machine);
    put_index(out, "machine_index", event->machine);
    put_string(out, "sensor", line->sensor);
    put_index(out, "sensor_index", event->sensor);
    put_float(out, "value", event->value);
    put_float(out, "limit", event->limit);
    put_string(out, "unit_text", line->unit_text);
    put_string(out, "peer", line->peer);
    fprintf(out, ",\"actor\":%u", event->actor);
    put_string(out, "alarm", line->alarms);
    fprintf(out, ",\"detail\":%u", event->detail);
    put_string(out, "text", line->sentence);
    put_string(out, "comment", beside != NULL && beside->comment != NULL ? beside->comment : "");
    if (beside != NULL && beside->has_check)
        fprintf(out, ",\"check\":%u", beside->check);
    else
        fputs(",\"check\":null", out);
    if (beside != NULL && beside->has_before)
        fprintf(out, ",\"check_before\":%u", beside->before);
    fputs("}\n", out);
}

void mbp_report_event(const struct mbp_telling *by, const struct mbp_event *event,
                      const struct mbp_event_beside *beside, enum mbp_format format, FILE *out)
{
    struct line line = describe(by, event);
    bool commented = beside != NULL && beside->comment != NULL && beside->comment[0] != '\0';
    bool iso = by->lang == MBP_LANG_EN && !(beside != NULL && beside->local);
    if (format == MBP_FORMAT_CSV)
        write_csv(&line, event, commented ? beside->comment : "", out);
    else if (format == MBP_FORMAT_JSON || format == MBP_FORMAT_JSONL)
        write_json(&line, event, beside, out);
    else
        mbp_text_print(out, "%8u  %s  %s%s%s\n", event->seq,
                       iso ? line.time : mbp_report_time(by->lang, event->wall_ms, line.time, sizeof line.time),
                       line.sentence, commented ? " # " : "", commented ? beside->comment : "");
}

/* ---- back from JSON --------------------------------------------------------------------------------------------- */

/* An integer of 0..max; `fallback` where it is null or absent. */
static bool get_number(const json_t *root, const char *key, uint64_t max, uint64_t fallback, uint64_t *out)
{
    const json_t *value = json_object_get(root, key);
    if (value == NULL || json_is_null(value)) {
        *out = fallback;
        return true;
    }
    json_int_t number = json_integer_value(value);
    if (!json_is_integer(value) || number < 0 || (uint64_t)number > max)
        return false;
    *out = (uint64_t)number;
    return true;
}

static bool get_float(const json_t *root, const char *key, float *out)
{
    const json_t *value = json_object_get(root, key);
    *out = json_is_number(value) ? (float)json_number_value(value) : NAN;
    return value == NULL || json_is_null(value) || json_is_number(value);
}

/* What was kept beside it: the comment is copied. */
static enum mbp_status get_beside(const json_t *root, struct mbp_event *event, struct mbp_event_beside *beside,
                                  char **comment)
{
    const char *text = json_string_value(json_object_get(root, "comment"));
    uint64_t check = 0;
    *comment = NULL;
    *beside = (struct mbp_event_beside){.has_check = json_is_integer(json_object_get(root, "check"))};
    if (!get_number(root, "check", UINT32_MAX, 0, &check))
        return MBP_ERR_FORMAT;
    beside->check = (uint32_t)check;
    beside->has_before = json_object_get(root, "check_before") != NULL;
    if (!get_number(root, "check_before", UINT32_MAX, 0, &check))
        return MBP_ERR_FORMAT;
    beside->before = (uint32_t)check;
    if (text == NULL || text[0] == '\0')
        return MBP_OK;
    event->flags |= MBP_EVENT_COMMENT;
    beside->comment = *comment = strdup(text);
    return *comment != NULL ? MBP_OK : MBP_ERR_MEMORY;
}

enum mbp_status mbp_report_event_parse(struct mbp_text text, struct mbp_event *out, struct mbp_event_beside *beside,
                                       char **comment)
{
    json_t *root = NULL;
    enum mbp_status status = mbp_json_read(text, 0, &root);
    if (status != MBP_OK)
        return status;
    uint64_t seq, scan, wall_ms, code, unit, machine, sensor, actor, detail;
    struct mbp_event event = {0};
    bool good = json_is_object(root) && get_number(root, "seq", UINT32_MAX, 0, &seq) && seq > 0 &&
                get_number(root, "scan", UINT32_MAX, 0, &scan) && get_number(root, "time_ms", INT64_MAX, 0, &wall_ms) &&
                get_number(root, "code_number", UINT16_MAX, 0, &code) && code > 0 &&
                get_number(root, "unit", UINT16_MAX, MBP_NONE16, &unit) &&
                get_number(root, "machine_index", UINT16_MAX, MBP_NONE16, &machine) &&
                get_number(root, "sensor_index", UINT16_MAX, MBP_NONE16, &sensor) &&
                get_number(root, "actor", UINT16_MAX, 0, &actor) &&
                get_number(root, "detail", UINT32_MAX, 0, &detail) && get_float(root, "value", &event.value) &&
                get_float(root, "limit", &event.limit);
    status = good ? get_beside(root, &event, beside, comment) : MBP_ERR_FORMAT;
    json_decref(root);
    if (status != MBP_OK)
        return status;
    event.seq = (uint32_t)seq;
    event.scan = (uint32_t)scan;
    event.wall_ms = wall_ms;
    event.code = (uint16_t)code;
    event.unit = (uint16_t)unit;
    event.machine = (uint16_t)machine;
    event.sensor = (uint16_t)sensor;
    event.actor = (uint16_t)actor;
    event.detail = (uint32_t)detail;
    *out = event;
    return MBP_OK;
}
