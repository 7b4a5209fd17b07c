/* Incidents and work as tables, and one incident as it went. */
#include "mbplant/report/history.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "history.h"
#include "mbplant/json.h"
#include "mbplant/report/fit.h"
#include "messages.h"
#include "writers.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- words ------------------------------------------------------------------------------------------------------- */

static const char *message_work_kind(enum mbp_lang lang, unsigned kind)
{
    return mbp_message(lang, kind == MBP_WORK_PREVENTIVE ? MSG_PREVENTIVE : MSG_CORRECTIVE);
}

static const char *message_work_state(enum mbp_lang lang, const struct mbp_work_record *work)
{
    static const enum mbp_message words[MBP_WORK_STATES] = {MSG_W_OPEN, MSG_W_STARTED, MSG_W_DONE, MSG_W_CANCELLED};
    if (work->removed)
        return mbp_message(lang, MSG_W_MACHINE_REMOVED);
    if (work->overdue)
        return mbp_message(lang, MSG_W_OVERDUE);
    return mbp_message(lang, words[work->state]);
}

/* "in 3d 4h", "4h ago"; "" = never. */
static const char *report_due_of(enum mbp_lang lang, const struct mbp_work_record *work, char *buf, size_t size)
{
    char much[48];
    const double left = fmin(fabs(work->left), UINT32_MAX); /* a saved journal may hold anything */
    buf[0] = '\0';
    if (isnan(work->left))
        return buf;
    if (work->due == MBP_DUE_PRODUCTS)
        snprintf(much, sizeof much, mbp_message(lang, MSG_W_PRODUCTS), (unsigned)left, left > 1 ? "s" : "");
    else
        mbp_span_text_in(lang, (uint64_t)left, much, sizeof much);
    snprintf(buf, size, work->left < 0 ? mbp_message(lang, MSG_W_AGO) : "%s", much);
    return buf;
}

static const char *who(const struct mbp_history_list *list, enum mbp_lang lang, const struct mbp_event *event,
                       char *buf, size_t size)
{
    static const struct mbp_names none = {0};
    buf[0] = '\0';
    if (event->seq != 0)
        mbp_message_peer(lang, list->by.names != NULL ? list->by.names : &none, event, buf, size);
    return buf;
}

/* ---- which ------------------------------------------------------------------------------------------------------- */

static bool is_of(const struct mbp_history_list *list, const struct mbp_history_machine *machine)
{
    return list->machine == NULL || strcasecmp(list->machine, machine->name) == 0;
}

static bool lies_in(const struct mbp_history_list *list, const struct mbp_event *begin, const struct mbp_event *end)
{
    return begin->wall_ms < list->until_ms && (end->seq == 0 || end->wall_ms >= list->since_ms);
}

bool mbp_incident_is_listed(const struct mbp_history_list *list, const struct mbp_incident *incident)
{
    return is_of(list, &incident->machine) && lies_in(list, &incident->begin, &incident->end);
}

bool mbp_work_is_listed(const struct mbp_history_list *list, const struct mbp_work_record *work)
{
    return is_of(list, &work->machine) && lies_in(list, &work->opened, &work->done) &&
           (list->all || !mbp_work_is_over(work));
}

/* ---- json -------------------------------------------------------------------------------------------------------- */

static void put_text(FILE *out, const char *key, const char *text)
{
    fprintf(out, ",\"%s\":\"", key);
    mbp_json_put_text(out, text);
    putc('"', out);
}

/* When it was: null where it was not. */
static void put_time(FILE *out, const char *key, const struct mbp_event *event)
{
    char time[32];
    if (event->seq != 0)
        put_text(out, key, mbp_time_format(event->wall_ms, time, sizeof time));
    else
        fprintf(out, ",\"%s\":null", key);
}

static void put_event_number(FILE *out, const char *key, const struct mbp_event *event)
{
    if (event->seq != 0)
        fprintf(out, ",\"%s\":%u", key, event->seq);
    else
        fprintf(out, ",\"%s\":null", key);
}

static void put_seconds(FILE *out, const char *key, uint64_t ms)
{
    fprintf(out, ",\"%s\":%" PRIu64 ".%03u", key, ms / 1000, (unsigned)(ms % 1000));
}

static void put_said(const struct mbp_history_list *list, FILE *out, const char *key, const struct mbp_event *event)
{
    put_text(out, key, mbp_saying(list->sayings, event));
}

static void put_by(const struct mbp_history_list *list, FILE *out, const char *key, const struct mbp_event *event)
{
    char peer[MBP_PEER_TEXT];
    put_text(out, key, who(list, MBP_LANG_EN, event, peer, sizeof peer));
}

static void put_incident(const struct mbp_history_list *list, const struct mbp_incident *incident, bool in_full,
                         FILE *out)
{
    char text[256];
    struct mbp_event_tag sensor = {.name = ""};
    unsigned alarm = mbp_event_alarm(&incident->begin);
    mbp_event_item(&list->by, &incident->begin, &sensor);
    fprintf(out, "{\"number\":%u", incident->begin.seq);
    put_text(out, "machine", incident->machine.name);
    fprintf(out, ",\"unit\":%u", incident->machine.unit);
    fprintf(out, ",\"lasts\":%s,\"machine_removed\":%s", incident->end.seq == 0 ? "true" : "false",
            incident->removed ? "true" : "false");
    put_time(out, "begin", &incident->begin);
    put_time(out, "end", &incident->end);
    put_event_number(out, "end_event", &incident->end);
    put_seconds(out, "down_s", incident->down_ms);
    put_seconds(out, "repair_s", incident->repair_ms);
    put_seconds(out, "maintenance_s", incident->maintenance_ms);
    put_text(out, "first_out", sensor.name);
    put_text(out, "alarm", alarm != MBP_NO_ALARM ? mbp_limit_name((enum mbp_limit)alarm) : "");
    put_text(out, "text", mbp_report_cause_text(&list->by, &incident->begin, text, sizeof text));
    put_by(list, out, "by", &incident->begin);
    put_said(list, out, "why", &incident->begin);
    put_said(list, out, "cause", &incident->cause);
    put_by(list, out, "cause_by", &incident->cause);
    fprintf(out, ",\"notes\":%u", incident->notes);
    if (in_full) {
        fprintf(out, ",\"alarms\":%u", incident->alarms);
        put_time(out, "acknowledged", &incident->acknowledged);
        put_by(list, out, "acknowledged_by", &incident->acknowledged);
    }
}

static void put_work(const struct mbp_history_list *list, const struct mbp_work_record *work, FILE *out)
{
    static const char *const due[MBP_DUE_KINDS] = {"never", "time", "running", "products", "condition"};
    static const struct mbp_event none = {.seq = 0};
    const struct mbp_event *done = work->state == MBP_WORK_IS_CANCELLED ? &none : &work->done;
    const struct mbp_event *cancelled = work->state == MBP_WORK_IS_CANCELLED ? &work->done : &none;
    fprintf(out, "{\"number\":%u", work->opened.seq);
    put_text(out, "machine", work->machine.name);
    fprintf(out, ",\"unit\":%u", work->machine.unit);
    put_text(out, "kind", mbp_work_kind_name((enum mbp_work_kind)work->kind));
    put_text(out, "state", mbp_work_state_name((enum mbp_work_state)work->state));
    fprintf(out, ",\"overdue\":%s,\"by_state\":%s,\"machine_removed\":%s", work->overdue ? "true" : "false",
            work->by_state ? "true" : "false", work->removed ? "true" : "false");
    put_time(out, "opened", &work->opened);
    put_by(list, out, "opened_by", &work->opened);
    put_said(list, out, "why", &work->opened);
    put_text(out, "due", due[work->due < MBP_DUE_KINDS ? work->due : 0]);
    fputs(",\"due_left\":", out);
    mbp_json_put_number(out, work->left);
    fprintf(out, ",\"planned_s\":%u", work->planned_s);
    put_time(out, "started", &work->started);
    put_by(list, out, "started_by", &work->started);
    put_time(out, "done", done);
    put_by(list, out, "done_by", done);
    put_time(out, "cancelled", cancelled);
    put_by(list, out, "cancelled_by", cancelled);
    put_said(list, out, "result", &work->done);
    put_seconds(out, "real_s", work->real_ms);
    putc('}', out);
}

/* Where the newest begin, of as many as are wanted. */
static size_t first_shown(const struct mbp_history_list *list, bool work)
{
    const struct mbp_history *history = list->history;
    size_t at = work ? history->work_count : history->incident_count;
    for (size_t found = 0; at > 0 && (list->most == 0 || found < list->most);) {
        at--;
        found +=
            work ? mbp_work_is_listed(list, &history->work[at]) : mbp_incident_is_listed(list, &history->incidents[at]);
    }
    return at;
}

void mbp_history_put_json(const struct mbp_history_list *list, bool work, FILE *out)
{
    const struct mbp_history *history = list->history;
    const char *between = "";
    size_t first = first_shown(list, work);
    putc('[', out);
    for (size_t i = first; !work && i < history->incident_count; i++) {
        if (!mbp_incident_is_listed(list, &history->incidents[i]))
            continue;
        fputs(between, out);
        put_incident(list, &history->incidents[i], false, out);
        putc('}', out);
        between = ",\n";
    }
    for (size_t i = first; work && i < history->work_count; i++) {
        if (!mbp_work_is_listed(list, &history->work[i]))
            continue;
        fputs(between, out);
        put_work(list, &history->work[i], out);
        between = ",\n";
    }
    putc(']', out);
}

/* ---- tables ------------------------------------------------------------------------------------------------------ */

static enum mbp_status open_grid(enum mbp_lang lang, const struct history_column *columns, size_t count,
                                 struct mbp_grid_column *of, struct mbp_grid **out)
{
    for (size_t c = 0; c < count; c++)
        of[c] = (struct mbp_grid_column){mbp_message(lang, columns[c].title), columns[c].key, columns[c].number};
    return mbp_grid_new(of, count, out);
}

/* As wide as the list may be; what has no room is told of. */
static enum mbp_status write_grid(const struct mbp_history_list *list, const uint8_t *ranks, struct mbp_grid *grid,
                                  FILE *out)
{
    if (list->format != MBP_FORMAT_TEXT || list->width == 0)
        return mbp_grid_write(grid, list->format, list->colour, out);
    mbp_grid_fit(grid, list->width, ranks);
    size_t left_out = mbp_grid_left_out(grid);
    enum mbp_status status = mbp_grid_write(grid, list->format, list->colour, out);
    if (status == MBP_OK && left_out > 0)
        mbp_text_print(out, mbp_message(list->by.lang, MSG_COLUMNS_LEFT_OUT), left_out);
    return status;
}

const struct history_column mbp_incident_columns[MBP_INCIDENT_COLUMNS] = {
    {MSG_C_NUMBER, "number", true},   {MSG_C_MACHINE, "machine", false}, {MSG_C_FROM, "begin", false},
    {MSG_C_TO, "end", false},         {MSG_C_DOWN, "down", true},        {MSG_C_MAINTENANCE_TIME, "maintenance", true},
    {MSG_C_FIRST_OUT, "text", false}, {MSG_C_CAUSE, "cause", false},
};

static const uint8_t incident_ranks[MBP_INCIDENT_COLUMNS] = {0, 0, 0, 8, 0, 9, 0, 0};

void mbp_incident_row(const struct mbp_history_list *list, const struct mbp_incident *incident, struct mbp_grid *grid)
{
    enum mbp_lang lang = list->by.lang;
    bool data = list->format == MBP_FORMAT_CSV;
    bool narrow = list->format == MBP_FORMAT_TEXT && list->width > 0; /* its end may find no room: that it lasts does */
    bool lasts = incident->end.seq == 0;
    char text[256];
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%u", incident->begin.seq);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", incident->machine.name);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s",
                  data ? mbp_time_format(incident->begin.wall_ms, text, sizeof text)
                       : mbp_report_time(lang, incident->begin.wall_ms, text, sizeof text));
    if (lasts)
        mbp_grid_cell(grid, MBP_PAINT_BAD, "%s", data || narrow ? "" : mbp_message(lang, MSG_W_LASTS));
    else
        mbp_grid_cell(grid, MBP_PAINT_NONE, "%s",
                      data ? mbp_time_format(incident->end.wall_ms, text, sizeof text)
                           : mbp_report_time(lang, incident->end.wall_ms, text, sizeof text));
    if (data) {
        mbp_grid_cell(grid, MBP_PAINT_NONE, "%.3f", (double)incident->down_ms / 1000);
        mbp_grid_cell(grid, MBP_PAINT_NONE, "%.3f", (double)incident->maintenance_ms / 1000);
    } else {
        mbp_grid_cell(grid, lasts && narrow ? MBP_PAINT_BAD : MBP_PAINT_NONE, "%s%s%s",
                      mbp_span_text_in(lang, incident->down_ms / 1000, text, sizeof text), lasts && narrow ? ", " : "",
                      lasts && narrow ? mbp_message(lang, MSG_W_LASTS) : "");
        mbp_grid_cell(grid, MBP_PAINT_NONE, "%s",
                      mbp_span_text_in(lang, incident->maintenance_ms / 1000, text, sizeof text));
    }
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", mbp_report_cause_text(&list->by, &incident->begin, text, sizeof text));
    const char *cause = mbp_saying(list->sayings, &incident->cause);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s",
                  cause[0] == '\0' && incident->removed ? mbp_message(lang, MSG_W_MACHINE_REMOVED) : cause);
}

const struct history_column mbp_work_columns[MBP_WORK_COLUMNS] = {
    {MSG_C_NUMBER, "number", true},   {MSG_C_MACHINE, "machine", false}, {MSG_C_KIND, "kind", false},
    {MSG_C_STATE, "state", false},    {MSG_C_OPENED, "opened", false},   {MSG_C_DUE, "due", true},
    {MSG_C_PLANNED, "planned", true}, {MSG_C_REAL, "real", true},        {MSG_C_WHO, "who", false},
    {MSG_C_WHAT, "why", false},       {MSG_C_RESULT, "result", false},
};

static const uint8_t work_ranks[MBP_WORK_COLUMNS] = {0, 0, 4, 0, 7, 0, 9, 8, 5, 0, 6};

void mbp_work_row(const struct mbp_history_list *list, const struct mbp_work_record *work, struct mbp_grid *grid)
{
    enum mbp_lang lang = list->by.lang;
    bool data = list->format == MBP_FORMAT_CSV;
    char text[256];
    const struct mbp_event *last = work->done.seq != 0      ? &work->done
                                   : work->started.seq != 0 ? &work->started
                                                            : &work->opened;
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%u", work->opened.seq);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", work->machine.name);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s",
                  data ? mbp_work_kind_name((enum mbp_work_kind)work->kind) : message_work_kind(lang, work->kind));
    mbp_grid_cell(grid, work->overdue ? MBP_PAINT_BAD : MBP_PAINT_NONE, "%s",
                  data ? mbp_work_state_name((enum mbp_work_state)work->state) : message_work_state(lang, work));
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s",
                  data ? mbp_time_format(work->opened.wall_ms, text, sizeof text)
                       : mbp_report_time(lang, work->opened.wall_ms, text, sizeof text));
    if (data && !isnan(work->left))
        mbp_grid_cell(grid, MBP_PAINT_NONE, "%.0f", work->left);
    else
        mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", data ? "" : report_due_of(lang, work, text, sizeof text));
    if (data) {
        mbp_grid_cell(grid, MBP_PAINT_NONE, "%u", work->planned_s);
        mbp_grid_cell(grid, MBP_PAINT_NONE, "%.3f", (double)work->real_ms / 1000);
    } else {
        mbp_grid_cell(grid, MBP_PAINT_NONE, "%s",
                      work->planned_s == 0 ? "" : mbp_span_text_in(lang, work->planned_s, text, sizeof text));
        mbp_grid_cell(grid, MBP_PAINT_NONE, "%s",
                      work->state == MBP_WORK_OPEN ? ""
                                                   : mbp_span_text_in(lang, work->real_ms / 1000, text, sizeof text));
    }
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", who(list, data ? MBP_LANG_EN : lang, last, text, sizeof text));
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", mbp_saying(list->sayings, &work->opened));
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", mbp_saying(list->sayings, &work->done));
}

enum mbp_status mbp_incidents_write(const struct mbp_history_list *list, FILE *out)
{
    struct mbp_grid_column columns[MBP_INCIDENT_COLUMNS];
    struct mbp_grid *grid = NULL;
    if (list->format == MBP_FORMAT_JSON) {
        mbp_history_put_json(list, false, out);
        putc('\n', out);
        return MBP_OK;
    }
    enum mbp_status status = open_grid(list->by.lang, mbp_incident_columns, MBP_INCIDENT_COLUMNS, columns, &grid);
    for (size_t i = 0; i < list->history->incident_count && status == MBP_OK; i++) {
        if (mbp_incident_is_listed(list, &list->history->incidents[i]))
            mbp_incident_row(list, &list->history->incidents[i], grid);
    }
    if (status == MBP_OK && list->format == MBP_FORMAT_TEXT && mbp_grid_rows(grid) == 0)
        mbp_text_print(out, "%s\n", mbp_message(list->by.lang, MSG_NO_INCIDENTS));
    else if (status == MBP_OK)
        status = write_grid(list, incident_ranks, grid, out);
    mbp_grid_free(grid);
    return status;
}

enum mbp_status mbp_work_write(const struct mbp_history_list *list, FILE *out)
{
    struct mbp_grid_column columns[MBP_WORK_COLUMNS];
    struct mbp_grid *grid = NULL;
    if (list->format == MBP_FORMAT_JSON) {
        mbp_history_put_json(list, true, out);
        putc('\n', out);
        return MBP_OK;
    }
    enum mbp_status status = open_grid(list->by.lang, mbp_work_columns, MBP_WORK_COLUMNS, columns, &grid);
    for (size_t i = 0; i < list->history->work_count && status == MBP_OK; i++) {
        if (mbp_work_is_listed(list, &list->history->work[i]))
            mbp_work_row(list, &list->history->work[i], grid);
    }
    if (status == MBP_OK && list->format == MBP_FORMAT_TEXT && mbp_grid_rows(grid) == 0)
        mbp_text_print(out, "%s\n", mbp_message(list->by.lang, list->all ? MSG_NO_WORK : MSG_NO_OPEN_WORK));
    else if (status == MBP_OK)
        status = write_grid(list, work_ranks, grid, out);
    mbp_grid_free(grid);
    return status;
}

enum mbp_status mbp_machine_history_write(const struct mbp_history_list *list, FILE *out)
{
    if (list->format == MBP_FORMAT_JSON) {
        fputs("{\"incidents\":", out);
        mbp_history_put_json(list, false, out);
        fputs(",\"work\":", out);
        mbp_history_put_json(list, true, out);
        fputs("}\n", out);
        return MBP_OK;
    }
    enum mbp_status status = mbp_incidents_write(list, out);
    putc('\n', out);
    return status == MBP_OK ? mbp_work_write(list, out) : status;
}

/* ---- one incident ------------------------------------------------------------------------------------------------ */

static void put_line(const struct mbp_history_list *list, enum mbp_message title, const char *text, FILE *out)
{
    if (text[0] != '\0')
        mbp_text_print(out, "  %-*s %s\n", (int)(16 + mbp_text_extra(mbp_message(list->by.lang, title))),
                       mbp_message(list->by.lang, title), text);
}

static void put_head(const struct mbp_history_list *list, const struct mbp_incident *incident, FILE *out)
{
    enum mbp_lang lang = list->by.lang;
    char text[256];
    char span[48];
    char peer[MBP_PEER_TEXT];
    mbp_text_print(out, mbp_message(lang, MSG_INCIDENT_OF), incident->begin.seq, incident->machine.name);
    putc('\n', out);
    put_line(list, MSG_T_FROM, mbp_report_time(lang, incident->begin.wall_ms, text, sizeof text), out);
    mbp_report_time(lang, incident->end.wall_ms, span, sizeof span);
    snprintf(text, sizeof text, incident->removed ? "%s (%s)" : "%s", span, mbp_message(lang, MSG_W_MACHINE_REMOVED));
    put_line(list, MSG_T_TO, incident->end.seq == 0 ? mbp_message(lang, MSG_W_LASTS) : text, out);
    put_line(list, MSG_T_FIRST_OUT, mbp_report_cause_text(&list->by, &incident->begin, text, sizeof text), out);
    put_line(list, MSG_T_DOWN, mbp_span_text_in(lang, incident->down_ms / 1000, span, sizeof span), out);
    put_line(list, MSG_T_OF_IT_MAINTENANCE, mbp_span_text_in(lang, incident->maintenance_ms / 1000, span, sizeof span),
             out);
    if (incident->acknowledged.seq != 0) {
        mbp_report_time(lang, incident->acknowledged.wall_ms, span, sizeof span);
        who(list, list->by.lang, &incident->acknowledged, peer, sizeof peer);
        snprintf(text, sizeof text, "%s%s%s", span, peer[0] != '\0' ? ", " : "", peer);
        put_line(list, MSG_T_ACKNOWLEDGED, text, out);
    }
    put_line(list, MSG_T_CAUSE, mbp_saying(list->sayings, &incident->cause), out);
}

static void put_events(const struct mbp_history_list *list, const struct mbp_event *events, size_t count, FILE *out)
{
    bool json = list->format == MBP_FORMAT_JSON;
    mbp_report_event_header(list->format, out);
    for (size_t i = 0; i < count; i++) {
        const struct mbp_event_beside beside = {.comment = mbp_saying(list->sayings, &events[i]), .local = true};
        fputs(json && i > 0 ? "," : "", out);
        mbp_report_event(&list->by, &events[i], &beside, list->format, out);
    }
}

enum mbp_status mbp_incident_write(const struct mbp_history_list *list, const struct mbp_incident *incident,
                                   const struct mbp_event *events, size_t count, FILE *out)
{
    if (list->format == MBP_FORMAT_HTML || list->format >= MBP_FORMAT_JSONL)
        return MBP_ERR_MISSING;
    if (list->format == MBP_FORMAT_JSON) {
        put_incident(list, incident, true, out);
        fputs(",\"events\":[", out);
        put_events(list, events, count, out);
        fputs("]}\n", out);
        return MBP_OK;
    }
    if (list->format != MBP_FORMAT_CSV)
        put_head(list, incident, out);
    put_events(list, events, count, out);
    return MBP_OK;
}
