/* The document's beginning: what the plant is like now. */
#include "document.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "mbplant/report/alarm.h"
#include "writers.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- building blocks --------------------------------------------------------------------------------------------- */

struct document_part *mbp_document_add(struct document *document, enum mbp_message title)
{
    struct document_part *part = &document->parts[document->count++];
    *part = (struct document_part){.title = title == MSG_COUNT ? "" : mbp_message(document->lang, title)};
    return part;
}

char *mbp_document_line(struct document *document, struct document_part *part, enum mbp_message title)
{
    struct document_line *line = &part->lines[part->line_count++];
    line->title = mbp_message(document->lang, title);
    return line->text;
}

enum mbp_status mbp_document_grid(struct document *document, struct document_part *part,
                                  const struct document_column *columns, size_t count)
{
    for (size_t c = 0; c < count; c++)
        part->columns[c] =
            (struct mbp_grid_column){mbp_message(document->lang, columns[c].title), columns[c].key, columns[c].number};
    return mbp_grid_new(part->columns, count, &part->grid);
}

const char *mbp_document_say(enum mbp_lang lang, char *buf, enum mbp_message id, ...)
{
    va_list args;
    va_start(args, id);
    vsnprintf(buf, DOCUMENT_TEXT, mbp_message(lang, id), args);
    va_end(args);
    return buf;
}

const char *mbp_document_count(enum mbp_lang lang, uint64_t count, char *buf, size_t size)
{
    static const char space[] = "\xE2\x80\xAF"; /* U+202F */
    char digits[24];
    size_t used = 0;
    snprintf(digits, sizeof digits, "%" PRIu64, count);
    size_t len = strlen(digits);
    buf[0] = '\0';
    for (size_t i = 0; i < len && used + 5 < size; i++) {
        if (lang == MBP_LANG_FR && i > 0 && (len - i) % 3 == 0)
            used += (size_t)snprintf(buf + used, size - used, "%s", space);
        buf[used++] = digits[i];
        buf[used] = '\0';
    }
    return buf;
}

const char *mbp_document_percent(enum mbp_lang lang, double ratio, char *buf, size_t size)
{
    char number[32];
    if (isnan(ratio)) {
        snprintf(buf, size, "-");
        return buf;
    }
    bool whole = ratio > 1 - 1e-9; /* what is not is not called so, however short a stop was */
    snprintf(number, sizeof number, "%.1f", whole ? 100 * ratio : fmin(100 * ratio, 99.9));
    snprintf(buf, size, mbp_message(lang, MSG_W_PERCENT), mbp_message_decimal(lang, number));
    return buf;
}

const char *mbp_document_span(enum mbp_lang lang, double ms, char *buf, size_t size)
{
    if (isnan(ms))
        snprintf(buf, size, "-");
    else
        mbp_span_text_in(lang, (uint64_t)(ms / 1000), buf, size);
    return buf;
}

void mbp_document_free(struct document *document)
{
    for (size_t i = 0; i < document->count; i++)
        mbp_grid_free(document->parts[i].grid);
}

/* ---- the head ---------------------------------------------------------------------------------------------------- */

static const char *plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

static void say_incident(struct document *document, char *text)
{
    const struct mbp_event *incident = &document->report->incident;
    const struct mbp_telling by = {document->plant, document->report->names, document->lang};
    char time[32];
    char sentence[256];
    if (!document->report->has_incident)
        mbp_document_say(document->lang, text, MSG_L_NO_INCIDENT);
    else
        mbp_document_say(document->lang, text, MSG_L_INCIDENT,
                         mbp_report_time(document->lang, incident->wall_ms, time, sizeof time),
                         mbp_report_sentence(&by, incident, sentence, sizeof sentence), incident->seq);
}

static void say_production(struct document *document, char *text)
{
    struct mbp_report_totals totals = mbp_report_total(document->report);
    double all = (double)totals.good + (double)totals.reject;
    char good[48];
    char reject[48];
    char share[32];
    mbp_document_count(document->lang, totals.good, good, sizeof good);
    mbp_document_count(document->lang, totals.reject, reject, sizeof reject);
    if (all == 0)
        mbp_document_say(document->lang, text, MSG_L_NOTHING_YET);
    else
        mbp_document_say(document->lang, text, MSG_L_PRODUCTION, good, reject,
                         mbp_document_percent(document->lang, (double)totals.good / all, share, sizeof share));
}

static void say_alarms(struct document *document, const struct mbp_report_totals *totals, char *text)
{
    if (document->report->alarms_untold)
        mbp_document_say(document->lang, text, MSG_L_ALARMS_UNTOLD);
    else if (document->report->acks_untold)
        mbp_document_say(document->lang, text, MSG_L_ALARMS_ACTIVE, totals->active);
    else
        mbp_document_say(document->lang, text, MSG_L_ALARMS, totals->active, totals->unacknowledged);
}

/* Nothing when all is well. */
static void say_journal(struct document *document, struct document_part *head)
{
    const struct mbp_report *report = document->report;
    if (!report->journal_refused && report->events_waiting == 0 && report->events_lost == 0)
        return;
    const char *refused = report->journal_refused ? mbp_message(document->lang, MSG_L_JOURNAL_REFUSED) : "";
    mbp_document_say(document->lang, mbp_document_line(document, head, MSG_T_JOURNAL), MSG_L_JOURNAL, refused,
                     report->events_waiting, report->events_lost);
}

/* Machines in a row make the same products: their sum would count each of them several times. */
static bool one_produces(const struct mbp_report *report)
{
    unsigned producing = 0;
    for (size_t i = 0; i < report->machine_count; i++)
        producing += report->machines[i].good + report->machines[i].reject > 0;
    return producing <= 1;
}

static void add_head(struct document *document)
{
    const struct mbp_report *report = document->report;
    struct document_part *head = mbp_document_add(document, MSG_COUNT);
    char from[32];
    char to[32];
    snprintf(mbp_document_line(document, head, MSG_T_PLANT), DOCUMENT_TEXT, "%s", report->plant);
    if (report->analysis != NULL)
        mbp_document_say(document->lang, mbp_document_line(document, head, MSG_T_PERIOD), MSG_L_TO,
                         mbp_report_time(document->lang, report->analysis->begin_ms, from, sizeof from),
                         mbp_report_time(document->lang, report->analysis->end_ms, to, sizeof to));
    mbp_report_time(document->lang, report->now_ms, mbp_document_line(document, head, MSG_T_MADE), DOCUMENT_TEXT);
}

/* What it is like at this moment, whatever the period. */
static void add_now(struct document *document)
{
    const struct mbp_report *report = document->report;
    struct mbp_report_totals totals = mbp_report_total(report);
    struct document_part *head = mbp_document_add(document, MSG_T_NOW);
    char span[32];
    mbp_document_say(document->lang, mbp_document_line(document, head, MSG_T_MACHINES), MSG_L_MACHINES,
                     report->machine_count, plural(report->machine_count), report->by_state[MBP_EN_SERVICE],
                     report->by_state[MBP_EN_PANNE], report->by_state[MBP_MAINTENANCE], report->sensors,
                     plural(report->sensors));
    say_alarms(document, &totals, mbp_document_line(document, head, MSG_T_ALARMS));
    say_incident(document, mbp_document_line(document, head, MSG_T_INCIDENT));
    if (one_produces(report) && !totals.good_untold && !totals.reject_untold)
        say_production(document, mbp_document_line(document, head, MSG_T_PRODUCTION));
    mbp_document_say(document->lang, mbp_document_line(document, head, MSG_T_SCANS), MSG_L_SCANS, report->scans,
                     report->late_scans, mbp_span_text_in(document->lang, report->sim_ms / 1000, span, sizeof span));
    say_journal(document, head);
}

/* ---- machines ---------------------------------------------------------------------------------------------------- */

/* "-" where no address shows it. */
static const char *told(const struct mbp_report_machine *machine, enum mbp_machine_figure figure, const char *text)
{
    return mbp_report_tells(machine, figure) ? text : "-";
}

static void machine_row(struct document *document, const struct mbp_report_machine *machine, struct mbp_grid *grid)
{
    uint64_t now_ms = document->report->now_ms;
    char time[32] = "-";
    char span[32] = "-";
    char alarms[16];
    snprintf(alarms, sizeof alarms, "%u", machine->alarms);
    if (machine->since_ms != 0) {
        uint64_t ms = now_ms > machine->since_ms ? now_ms - machine->since_ms : 0;
        mbp_report_time(document->lang, machine->since_ms, time, sizeof time);
        mbp_span_text_in(document->lang, ms / 1000, span, sizeof span);
    }
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", machine->name);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", machine->label);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%u", machine->unit);
    mbp_grid_cell(grid, machine->untold ? MBP_PAINT_NONE : mbp_state_paint(machine->state), "%s",
                  machine->untold ? "-" : mbp_message_state(document->lang, machine->state));
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", time);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", span);
    mbp_grid_cell(grid, machine->alarms > 0 ? MBP_PAINT_BAD : MBP_PAINT_NONE, "%s",
                  told(machine, MBP_FIGURE_ALARMS, alarms));
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", machine->cause[0] != '\0' ? machine->cause : machine->first_out);
}

static enum mbp_status add_machines(struct document *document)
{
    static const struct document_column columns[] = {{MSG_C_MACHINE, "machine", false}, {MSG_C_LABEL, "label", false},
                                                     {MSG_C_UNIT, "unit", true},        {MSG_C_STATE, "state", false},
                                                     {MSG_C_SINCE, "since", false},     {MSG_C_FOR, "for", false},
                                                     {MSG_C_ALARMS, "alarms", true},    {MSG_C_CAUSE, "cause", false}};
    struct document_part *part = mbp_document_add(document, MSG_T_MACHINES);
    enum mbp_status status = mbp_document_grid(document, part, columns, COUNT(columns));
    for (size_t i = 0; i < document->report->machine_count && status == MBP_OK; i++)
        machine_row(document, &document->report->machines[i], part->grid);
    return status;
}

const char *mbp_report_due_text(enum mbp_lang lang, const struct mbp_report_machine *machine, char *buf, size_t size)
{
    char span[32] = "";
    char products[32] = "";
    bool both = machine->due_by_time && machine->due_by_output;
    if (machine->due_by_time)
        mbp_span_text_in(lang, machine->due_s, span, sizeof span);
    if (machine->due_by_output)
        snprintf(products, sizeof products, mbp_message(lang, MSG_W_PRODUCTS), machine->due_products,
                 machine->due_products == 1 ? "" : "s");
    if (machine->due)
        snprintf(buf, size, "%s", mbp_message(lang, MSG_W_NOW));
    else if (span[0] == '\0' && products[0] == '\0')
        snprintf(buf, size, "-");
    else
        snprintf(buf, size, "%s%s%s", span, both ? mbp_message(lang, MSG_W_OR) : "", products);
    return buf;
}

static void counter_row(enum mbp_lang lang, const struct mbp_report_machine *machine, struct mbp_grid *grid)
{
    char text[48];
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", machine->name);
    mbp_document_count(lang, machine->good, text, sizeof text);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", told(machine, MBP_FIGURE_GOOD, text));
    mbp_document_count(lang, machine->reject, text, sizeof text);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", told(machine, MBP_FIGURE_REJECT, text));
    mbp_span_text_in(lang, machine->running_s, text, sizeof text);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", told(machine, MBP_FIGURE_RUNNING, text));
    mbp_span_text_in(lang, machine->down_s, text, sizeof text);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", told(machine, MBP_FIGURE_DOWN, text));
    mbp_span_text_in(lang, machine->maintenance_s, text, sizeof text);
    mbp_grid_cell(grid, machine->due ? MBP_PAINT_CARE : MBP_PAINT_NONE, "%s%s",
                  told(machine, MBP_FIGURE_MAINTENANCE, text), machine->due ? mbp_message(lang, MSG_W_DUE) : "");
    snprintf(text, sizeof text, "%u", machine->failures);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", told(machine, MBP_FIGURE_FAILURES, text));
}

static enum mbp_status add_counters(struct document *document)
{
    static const struct document_column columns[] = {
        {MSG_C_MACHINE, "machine", false}, {MSG_C_GOOD, "good", true}, {MSG_C_REJECT, "reject", true},
        {MSG_C_RUNNING, "running", true},  {MSG_C_DOWN, "down", true}, {MSG_C_MAINTENANCE, "maintenance", true},
        {MSG_C_FAILURES, "failures", true}};
    struct document_part *part = mbp_document_add(document, MSG_T_COUNTERS);
    enum mbp_status status = mbp_document_grid(document, part, columns, COUNT(columns));
    for (size_t i = 0; i < document->report->machine_count && status == MBP_OK; i++)
        counter_row(document->lang, &document->report->machines[i], part->grid);
    return status;
}

/* ---- alarms ------------------------------------------------------------------------------------------------------ */

static enum mbp_message alarm_state(const struct mbp_report_alarm *alarm)
{
    if (alarm->bypass)
        return MSG_W_ACTIVE;
    if (alarm->state == MBP_ALARM_NORMAL && !alarm->active && !alarm->unacknowledged && !alarm->shelved)
        return MSG_W_NORMAL;
    if (alarm->state == MBP_ALARM_LATCHED_UNACKNOWLEDGED || alarm->state == MBP_ALARM_LATCHED_ACKNOWLEDGED)
        return alarm->unacknowledged ? MSG_W_LATCHED_UNACK : MSG_W_LATCHED_ACK;
    if (alarm->state == MBP_ALARM_SUPPRESSED || alarm->state == MBP_ALARM_OUT_OF_SERVICE)
        return alarm->state == MBP_ALARM_SUPPRESSED ? MSG_W_SUPPRESSED : MSG_W_OUT_OF_SERVICE;
    if (alarm->shelved)
        return MSG_W_SHELVED;
    if (alarm->active && alarm->ack_untold)
        return MSG_W_ACTIVE;
    if (alarm->active)
        return alarm->unacknowledged ? MSG_W_ACTIVE_UNACK : MSG_W_ACTIVE_ACK;
    return MSG_W_RETURNED;
}

const char *mbp_report_alarm_state(const struct mbp_report_alarm *alarm)
{
    return mbp_report_alarm_state_in(MBP_LANG_EN, alarm);
}

const char *mbp_report_alarm_state_in(enum mbp_lang lang, const struct mbp_report_alarm *alarm)
{
    return mbp_message(lang, alarm_state(alarm));
}

const char *mbp_report_alarm_limit(enum mbp_lang lang, const struct mbp_report_alarm *alarm, char *buf, size_t size)
{
    char limit[64];
    char time[32];
    if (alarm->limit == MBP_BAD_QUALITY || alarm->bypass || alarm->limit_untold) {
        snprintf(buf, size, "-");
        return buf;
    }
    mbp_limit_text(alarm->sensor, alarm->limit_value, limit, sizeof limit);
    mbp_message_decimal(lang, limit);
    if (alarm->limit == MBP_RATE_OF_CHANGE)
        snprintf(buf, size, mbp_message(lang, MSG_PER_TIME), limit,
                 mbp_duration_format(mbp_sensor_alarms(alarm->sensor)->rate_per_ns, time, sizeof time));
    else
        snprintf(buf, size, "%s", limit);
    return buf;
}

/* The list by itself has the journal's times, in English. */
static void alarm_row(const struct mbp_report *report, enum mbp_lang lang, const struct mbp_report_alarm *alarm,
                      struct mbp_grid *grid)
{
    char text[MBP_ALARM_SUBJECT_MAX];
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", mbp_report_alarm_sensor(alarm, text, sizeof text));
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", alarm->machine);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", mbp_report_alarm_diagnosis(lang, alarm));
    mbp_report_alarm_value(alarm, text, sizeof text);
    mbp_message_decimal(lang, text);
    mbp_grid_cell(grid, alarm->active ? MBP_PAINT_BAD : MBP_PAINT_NONE, "%s", alarm->bypass ? "" : text);
    mbp_report_alarm_limit(lang, alarm, text, sizeof text);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", alarm->bypass ? "" : text);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", mbp_message_limit(lang, mbp_report_alarm_kind(alarm)));
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", mbp_message_priority(lang, mbp_report_alarm_priority(alarm)));
    mbp_grid_cell(grid, alarm->unacknowledged ? MBP_PAINT_CARE : MBP_PAINT_NONE, "%s",
                  mbp_message(lang, alarm_state(alarm)));
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s",
                  alarm->since_ms == 0                      ? "-"
                  : report->analysis || lang != MBP_LANG_EN ? mbp_report_time(lang, alarm->since_ms, text, sizeof text)
                                                            : mbp_time_format(alarm->since_ms, text, sizeof text));
}

enum mbp_status mbp_document_fill_alarms(struct document *document, struct document_part *part)
{
    static const struct document_column columns[DOCUMENT_ALARM_COLUMNS] = {
        {MSG_C_SENSOR, "sensor", false},     {MSG_C_MACHINE, "machine", false}, {MSG_C_DIAGNOSIS, "diagnosis", false},
        {MSG_C_VALUE, "value", true},        {MSG_C_LIMIT, "limit", true},      {MSG_C_OF, "limit_name", false},
        {MSG_C_PRIORITY, "priority", false}, {MSG_C_STATE, "state", false},     {MSG_C_SINCE, "since", false}};
    enum mbp_status status = mbp_document_grid(document, part, columns, COUNT(columns));
    for (size_t i = 0; i < document->report->alarm_count && status == MBP_OK; i++)
        alarm_row(document->report, document->lang, &document->report->alarms[i], part->grid);
    return status;
}

static bool is_explained(const struct mbp_alarm_texts *texts)
{
    return texts->cause[0] != '\0' || texts->consequence[0] != '\0' || texts->action[0] != '\0';
}

/* Of the alarms in the table above, what the plant file says of them. */
static enum mbp_status add_alarm_texts(struct document *document)
{
    static const struct document_column columns[] = {{MSG_C_ALARM, "alarm", false},
                                                     {MSG_C_CAUSE, "cause", false},
                                                     {MSG_C_CONSEQUENCE, "consequence", false},
                                                     {MSG_C_ACTION, "action", false}};
    struct document_part *part = NULL;
    enum mbp_status status = MBP_OK;
    for (size_t i = 0; i < document->report->alarm_count && status == MBP_OK; i++) {
        const struct mbp_report_alarm *alarm = &document->report->alarms[i];
        const struct mbp_alarm_texts texts = mbp_report_alarm_texts(alarm);
        char name[MBP_ALARM_SUBJECT_MAX];
        if (!is_explained(&texts))
            continue;
        if (part == NULL) {
            part = mbp_document_add(document, MSG_T_ALARM_TEXTS);
            status = mbp_document_grid(document, part, columns, COUNT(columns));
        }
        if (status != MBP_OK)
            break;
        mbp_grid_cell(part->grid, MBP_PAINT_NONE, "%s", mbp_report_alarm_name(alarm, name, sizeof name));
        mbp_grid_cell(part->grid, MBP_PAINT_NONE, "%s", texts.cause);
        mbp_grid_cell(part->grid, MBP_PAINT_NONE, "%s", texts.consequence);
        mbp_grid_cell(part->grid, MBP_PAINT_NONE, "%s", texts.action);
    }
    return status;
}

enum mbp_status mbp_document_make(const struct mbp_report *report, const struct mbp_plant *plant, struct document *out)
{
    *out = (struct document){.report = report, .plant = plant, .lang = report->lang};
    add_head(out);
    enum mbp_status status = report->analysis != NULL ? mbp_document_add_period(out) : MBP_OK;
    add_now(out);
    if (status == MBP_OK && report->machine_count > 0)
        status = add_machines(out);
    if (status == MBP_OK && report->machine_count > 0)
        status = add_counters(out);
    if (status == MBP_OK) {
        struct document_part *alarms = mbp_document_add(out, MSG_T_ALARMS);
        alarms->none = mbp_message(out->lang, report->alarms_untold ? MSG_NONE_SHOWN : MSG_NONE_THERE);
        status = mbp_document_fill_alarms(out, alarms);
    }
    if (status == MBP_OK)
        status = add_alarm_texts(out);
    if (status == MBP_OK)
        status = mbp_document_add_outputs(out);
    /* A table whose first cell is missing has no rows, and would be left out without a word. */
    for (size_t i = 0; i < out->count && status == MBP_OK; i++)
        status = out->parts[i].grid == NULL || mbp_grid_is_whole(out->parts[i].grid) ? MBP_OK : MBP_ERR_MEMORY;
    return status;
}
