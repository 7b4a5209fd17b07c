/* The report's content, apart from its form: totals, the lines of the summary, the tables of machines and alarms. */
#include <inttypes.h>
#include <math.h>

#include "writers.h"

struct mbp_report_totals mbp_report_total(const struct mbp_report *report)
{
    struct mbp_report_totals totals = {0};
    for (size_t i = 0; i < report->machine_count; i++) {
        totals.good += report->machines[i].good;
        totals.reject += report->machines[i].reject;
    }
    for (size_t i = 0; i < report->alarm_count; i++) {
        totals.active += report->alarms[i].active;
        totals.unacknowledged += report->alarms[i].unacknowledged;
    }
    return totals;
}

static const char *plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

const char *mbp_report_machines_line(const struct mbp_report *report, char *buf, size_t size)
{
    snprintf(buf, size, "%zu machine%s: %u en_service, %u en_panne, %u maintenance; %u sensor%s", report->machine_count,
             plural(report->machine_count), report->by_state[MBP_EN_SERVICE], report->by_state[MBP_EN_PANNE],
             report->by_state[MBP_MAINTENANCE], report->sensors, plural(report->sensors));
    return buf;
}

const char *mbp_report_alarms_line(const struct mbp_report *report, char *buf, size_t size)
{
    struct mbp_report_totals totals = mbp_report_total(report);
    snprintf(buf, size, "%u active, %u unacknowledged", totals.active, totals.unacknowledged);
    return buf;
}

const char *mbp_report_incident_line(const struct mbp_report *report, const struct mbp_plant *plant, char *buf,
                                     size_t size)
{
    char time[32];
    char sentence[256];
    if (!report->has_incident)
        snprintf(buf, size, "none in the journal");
    else
        snprintf(buf, size, "%s  %s (event %u)", mbp_time_format(report->incident.wall_ms, time, sizeof time),
                 mbp_report_event_text(plant, &report->incident, sentence, sizeof sentence), report->incident.seq);
    return buf;
}

const char *mbp_report_production_line(const struct mbp_report *report, char *buf, size_t size)
{
    struct mbp_report_totals totals = mbp_report_total(report);
    uint64_t all = totals.good + totals.reject;
    if (all == 0)
        snprintf(buf, size, "nothing yet");
    else
        snprintf(buf, size, "%" PRIu64 " good, %" PRIu64 " reject (%.1f %% good)", totals.good, totals.reject,
                 100.0 * (double)totals.good / (double)all);
    return buf;
}

const char *mbp_report_scan_line(const struct mbp_report *report, char *buf, size_t size)
{
    char span[32];
    snprintf(buf, size, "%u done, %u late; simulated time %s", report->scans, report->late_scans,
             mbp_span_text(report->sim_ms / 1000, span, sizeof span));
    return buf;
}

static const struct mbp_grid_column machine_columns[] = {
    {"MACHINE", "machine", false},  {"UNIT", "unit", true},
    {"STATE", "state", false},      {"SINCE", "since", false},
    {"FOR", "for", false},          {"GOOD", "good", true},
    {"REJECT", "reject", true},     {"RUNNING", "running", false},
    {"DOWN", "down", false},        {"MAINTENANCE", "maintenance", false},
    {"FAILURES", "failures", true}, {"ALARMS", "alarms", true},
    {"CAUSE", "cause", false},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void machine_row(const struct mbp_report_machine *machine, uint64_t now_ms, struct mbp_grid *grid)
{
    char time[32] = "-";
    char span[32] = "-";
    if (machine->since_ms != 0) {
        mbp_time_format(machine->since_ms, time, sizeof time);
        uint64_t ms = now_ms > machine->since_ms ? now_ms - machine->since_ms : 0;
        mbp_span_text(ms / 1000, span, sizeof span);
    }
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", machine->name);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%u", machine->unit);
    mbp_grid_cell(grid, mbp_state_paint(machine->state), "%s", mbp_state_name(machine->state));
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", time);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", span);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%u", machine->good);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%u", machine->reject);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", mbp_span_text(machine->running_s, span, sizeof span));
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", mbp_span_text(machine->down_s, span, sizeof span));
    mbp_grid_cell(grid, machine->due ? MBP_PAINT_CARE : MBP_PAINT_NONE, "%s%s",
                  mbp_span_text(machine->maintenance_s, span, sizeof span), machine->due ? " (due)" : "");
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%u", machine->failures);
    mbp_grid_cell(grid, machine->alarms > 0 ? MBP_PAINT_BAD : MBP_PAINT_NONE, "%u", machine->alarms);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", machine->cause[0] != '\0' ? machine->cause : machine->first_out);
}

enum mbp_status mbp_report_machine_grid(const struct mbp_report *report, struct mbp_grid **out)
{
    struct mbp_grid *grid = NULL;
    enum mbp_status status = mbp_grid_new(machine_columns, COUNT(machine_columns), &grid);
    if (status != MBP_OK)
        return status;
    for (size_t i = 0; i < report->machine_count; i++)
        machine_row(&report->machines[i], report->now_ms, grid);
    *out = grid;
    return MBP_OK;
}

static const struct mbp_grid_column alarm_columns[] = {
    {"SENSOR", "sensor", false},     {"MACHINE", "machine", false}, {"DIAGNOSIS", "diagnosis", false},
    {"VALUE", "value", true},        {"LIMIT", "limit", true},      {"OF", "limit_name", false},
    {"PRIORITY", "priority", false}, {"STATE", "state", false},
};

static const char *alarm_state(const struct mbp_report_alarm *alarm)
{
    if (alarm->shelved)
        return "shelved";
    if (alarm->active)
        return alarm->unacknowledged ? "active, unacknowledged" : "active, acknowledged";
    return "returned, unacknowledged";
}

static void alarm_row(const struct mbp_report_alarm *alarm, struct mbp_grid *grid)
{
    const struct mbp_sensor *sensor = alarm->sensor;
    char text[64];
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", sensor->name);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", alarm->machine);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", mbp_kind_diagnosis((enum mbp_kind)sensor->kind, alarm->limit));
    mbp_grid_cell(grid, alarm->active ? MBP_PAINT_BAD : MBP_PAINT_NONE, "%s",
                  mbp_value_text(sensor, alarm->value, text, sizeof text));
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", mbp_limit_text(sensor, alarm->limit_value, text, sizeof text));
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", mbp_limit_name(alarm->limit));
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", mbp_priority_name((enum mbp_priority)sensor->priority));
    mbp_grid_cell(grid, alarm->unacknowledged ? MBP_PAINT_CARE : MBP_PAINT_NONE, "%s", alarm_state(alarm));
}

enum mbp_status mbp_report_alarm_grid(const struct mbp_report *report, struct mbp_grid **out)
{
    struct mbp_grid *grid = NULL;
    enum mbp_status status = mbp_grid_new(alarm_columns, COUNT(alarm_columns), &grid);
    if (status != MBP_OK)
        return status;
    for (size_t i = 0; i < report->alarm_count; i++)
        alarm_row(&report->alarms[i], grid);
    *out = grid;
    return MBP_OK;
}

enum mbp_status mbp_report_write(const struct mbp_report *report, const struct mbp_plant *plant, enum mbp_format format,
                                 bool colour, FILE *out)
{
    switch (format) {
    case MBP_FORMAT_TEXT:
        return mbp_report_text(report, plant, colour, out);
    case MBP_FORMAT_MARKDOWN:
        return mbp_report_markdown(report, plant, out);
    case MBP_FORMAT_JSON:
        return mbp_report_json(report, plant, out);
    case MBP_FORMAT_CSV:
        return mbp_report_csv(report, plant, out);
    case MBP_FORMAT_HTML:
    case MBP_FORMAT_JSONL:
    case MBP_FORMAT_COUNT:
        break;
    }
    return MBP_ERR_MISSING;
}

enum mbp_status mbp_report_write_alarms(const struct mbp_report *report, enum mbp_format format, bool colour, FILE *out)
{
    if (format == MBP_FORMAT_JSON)
        return mbp_report_alarms_json(report, out);
    if (format == MBP_FORMAT_CSV)
        return mbp_report_alarms_csv(report, out);
    struct mbp_grid *grid = NULL;
    enum mbp_status status = mbp_report_alarm_grid(report, &grid);
    if (status != MBP_OK)
        return status;
    status = mbp_grid_write(grid, format, colour, out);
    mbp_grid_free(grid);
    return status;
}
