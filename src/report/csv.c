/* The report as CSV (RFC 4180): one fact a row, so that a spreadsheet can filter and pivot it. */
#include <inttypes.h>
#include <math.h>

#include "facts.h"
#include "mbplant/report/alarm.h"
#include "messages.h"
#include "writers.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct mbp_grid_column fact_columns[] = {
    {"SECTION", "section", false}, {"SUBJECT", "subject", false}, {"FIELD", "field", false},
    {"VALUE", "value", true},      {"UNIT", "unit", false},
};

void mbp_fact_text(struct mbp_grid *grid, const char *section, const char *subject, const char *field,
                   const char *value, const char *unit)
{
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", section);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", subject);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", field);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", value);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", unit);
}

void mbp_fact_count(struct mbp_grid *grid, const char *section, const char *subject, const char *field, uint64_t value,
                    const char *unit)
{
    char text[32];
    snprintf(text, sizeof text, "%" PRIu64, value);
    mbp_fact_text(grid, section, subject, field, text, unit);
}

/* Nothing where it is not told. */
static void put_number(struct mbp_grid *grid, const char *section, const char *subject, const char *field, bool told,
                       uint64_t number, const char *unit)
{
    if (told)
        mbp_fact_count(grid, section, subject, field, number, unit);
    else
        mbp_fact_text(grid, section, subject, field, "", unit);
}

static void put_figure(const struct mbp_report_machine *machine, enum mbp_machine_figure figure, const char *field,
                       uint32_t number, const char *unit, struct mbp_grid *grid)
{
    put_number(grid, "machine", machine->name, field, mbp_report_tells(machine, figure), number, unit);
}

static void put_summary(const struct mbp_report *report, const struct mbp_plant *plant, struct mbp_grid *grid)
{
    struct mbp_report_totals totals = mbp_report_total(report);
    char text[256];
    mbp_fact_text(grid, "summary", "", "made", mbp_time_format(report->now_ms, text, sizeof text), "");
    mbp_fact_count(grid, "summary", "", "machines", report->machine_count, "");
    for (unsigned s = 0; s < MBP_STATE_COUNT; s++)
        mbp_fact_count(grid, "summary", "", mbp_state_name((enum mbp_state_code)s), report->by_state[s], "");
    mbp_fact_count(grid, "summary", "", "sensors", report->sensors, "");
    put_number(grid, "summary", "", "active alarms", !report->alarms_untold, totals.active, "");
    put_number(grid, "summary", "", "unacknowledged alarms", !report->acks_untold, totals.unacknowledged, "");
    put_number(grid, "summary", "", "good", !totals.good_untold, totals.good, "");
    put_number(grid, "summary", "", "reject", !totals.reject_untold, totals.reject, "");
    mbp_fact_count(grid, "summary", "", "scans", report->scans, "");
    mbp_fact_count(grid, "summary", "", "late scans", report->late_scans, "");
    mbp_fact_count(grid, "summary", "", "simulated time", report->sim_ms, "ms");
    mbp_fact_count(grid, "summary", "", "journal refused", report->journal_refused, "");
    mbp_fact_count(grid, "summary", "", "events waiting", report->events_waiting, "");
    mbp_fact_count(grid, "summary", "", "events lost", report->events_lost, "");
    const struct mbp_telling by = {plant, report->names, report->lang};
    if (!report->has_incident)
        return;
    mbp_fact_text(grid, "last incident", "", "time", mbp_time_format(report->incident.wall_ms, text, sizeof text), "");
    mbp_fact_count(grid, "last incident", "", "event", report->incident.seq, "");
    mbp_fact_text(grid, "last incident", "", "text", mbp_report_sentence(&by, &report->incident, text, sizeof text),
                  "");
}

static void put_machine(const struct mbp_report_machine *machine, struct mbp_grid *grid)
{
    const char *name = machine->name;
    char time[32] = "";
    if (machine->since_ms != 0)
        mbp_time_format(machine->since_ms, time, sizeof time);
    mbp_fact_text(grid, "machine", name, "state", machine->untold ? "" : mbp_state_name(machine->state), "");
    mbp_fact_text(grid, "machine", name, "since", time, "");
    mbp_fact_text(grid, "machine", name, "cause", machine->cause, "");
    mbp_fact_text(grid, "machine", name, "first out", machine->first_out, "");
    put_figure(machine, MBP_FIGURE_ALARMS, "alarms", machine->alarms, "", grid);
    put_figure(machine, MBP_FIGURE_GOOD, "good", machine->good, "", grid);
    put_figure(machine, MBP_FIGURE_REJECT, "reject", machine->reject, "", grid);
    put_figure(machine, MBP_FIGURE_RUNNING, "running", machine->running_s, "s", grid);
    put_figure(machine, MBP_FIGURE_DOWN, "down", machine->down_s, "s", grid);
    put_figure(machine, MBP_FIGURE_MAINTENANCE, "maintenance", machine->maintenance_s, "s", grid);
    put_figure(machine, MBP_FIGURE_FAILURES, "failures", machine->failures, "", grid);
    put_figure(machine, MBP_FIGURE_DUE, "maintenance due", machine->due, "", grid);
    if (machine->due_by_time)
        mbp_fact_count(grid, "machine", name, "maintenance due in", machine->due_s, "s");
    if (machine->due_by_output)
        mbp_fact_count(grid, "machine", name, "maintenance due in", machine->due_products, "products");
}

/* Values without their unit, which has a column of its own. */
static const char *plain(double number, unsigned decimals, char *buf, size_t size)
{
    if (isnan(number))
        buf[0] = '\0';
    else
        snprintf(buf, size, "%.*f", (int)decimals, number);
    return buf;
}

static const char *plain_number(const struct mbp_sensor *sensor, double number, char *buf, size_t size)
{
    return plain(number, mbp_sensor_decimals(sensor), buf, size);
}

static void put_alarm(enum mbp_lang lang, const struct mbp_report_alarm *alarm, struct mbp_grid *grid)
{
    const struct mbp_sensor *sensor = alarm->sensor;
    char subject[MBP_ALARM_SUBJECT_MAX + 16];
    char text[400];
    snprintf(subject, sizeof subject, "%s.%s", mbp_report_alarm_sensor(alarm, text, MBP_ALARM_SUBJECT_MAX),
             mbp_limit_name(mbp_report_alarm_kind(alarm)));
    mbp_fact_text(grid, "alarm", subject, "diagnosis", mbp_report_alarm_diagnosis(lang, alarm), "");
    plain_number(sensor, alarm->value, text, sizeof text);
    mbp_fact_text(grid, "alarm", subject, "value", text, mbp_report_alarm_unit(alarm));
    plain_number(sensor, alarm->limit_value, text, sizeof text);
    mbp_fact_text(grid, "alarm", subject, "limit", text, mbp_report_alarm_unit(alarm));
    mbp_fact_text(grid, "alarm", subject, "machine", alarm->machine, "");
    mbp_fact_count(grid, "alarm", subject, "active", alarm->active, "");
    if (!alarm->ack_untold)
        mbp_fact_count(grid, "alarm", subject, "unacknowledged", alarm->unacknowledged, "");
    mbp_fact_count(grid, "alarm", subject, "shelved", alarm->shelved, "");
}

static void put_actuator(const struct mbp_report_actuator *row, struct mbp_grid *grid)
{
    const struct mbp_actuator *actuator = row->actuator;
    const char *name = actuator->name;
    unsigned decimals = mbp_actuator_decimals(actuator);
    char text[400];
    mbp_fact_text(grid, "actuator", name, "machine", row->machine, "");
    mbp_fact_text(grid, "actuator", name, "kind", mbp_actuator_kind_name((enum mbp_actuator_kind)actuator->kind), "");
    mbp_fact_text(grid, "actuator", name, "command", plain(row->command, decimals, text, sizeof text),
                  actuator->unit_text);
    mbp_fact_text(grid, "actuator", name, "position", plain(row->position, decimals, text, sizeof text),
                  actuator->unit_text);
    mbp_fact_text(grid, "actuator", name, "moved by", mbp_report_mover(row), "");
}

static void put_controller(const struct mbp_plant *plant, const struct mbp_report_controller *row,
                           struct mbp_grid *grid)
{
    const struct mbp_controller *controller = row->controller;
    const struct mbp_sensor *input = &plant->sensors[controller->input];
    const char *name = controller->name;
    unsigned decimals = controller->output < plant->actuator_count
                            ? mbp_actuator_decimals(&plant->actuators[controller->output])
                            : mbp_sensor_decimals(&plant->sensors[plant->controllers[controller->inner].input]);
    char text[400];
    mbp_fact_text(grid, "controller", name, "mode", row->mode_untold ? "" : mbp_output_mode(row->automatic), "");
    mbp_fact_text(grid, "controller", name, "input", input->name, "");
    mbp_fact_text(grid, "controller", name, "setpoint", plain_number(input, row->setpoint, text, sizeof text),
                  input->unit_text);
    mbp_fact_text(grid, "controller", name, "value", plain_number(input, row->measurement, text, sizeof text),
                  input->unit_text);
    mbp_fact_text(grid, "controller", name, "output", plain(row->output, decimals, text, sizeof text),
                  mbp_output_unit(plant, controller));
    mbp_fact_text(grid, "controller", name, "moves", mbp_output_moves(plant, controller), "");
}

enum mbp_status mbp_report_csv(const struct mbp_report *report, const struct mbp_plant *plant, FILE *out)
{
    struct mbp_grid *grid = NULL;
    enum mbp_status status = mbp_grid_new(fact_columns, COUNT(fact_columns), &grid);
    if (status != MBP_OK)
        return status;
    mbp_fact_text(grid, "summary", "", "plant", report->plant, "");
    put_summary(report, plant, grid);
    for (size_t i = 0; i < report->machine_count; i++)
        put_machine(&report->machines[i], grid);
    for (size_t i = 0; i < report->alarm_count; i++)
        put_alarm(report->lang, &report->alarms[i], grid);
    for (size_t i = 0; i < report->actuator_count; i++)
        put_actuator(&report->actuators[i], grid);
    for (size_t i = 0; i < report->controller_count; i++)
        put_controller(plant, &report->controllers[i], grid);
    if (report->analysis != NULL)
        mbp_facts_of_analysis(report->analysis, report->lang, grid);
    status = mbp_grid_write(grid, MBP_FORMAT_CSV, false, out);
    mbp_grid_free(grid);
    return status;
}

static const struct mbp_grid_column alarm_columns[] = {
    {"", "machine", false}, {"", "sensor", false},        {"", "diagnosis", false}, {"", "limit_name", false},
    {"", "value", true},    {"", "limit", true},          {"", "unit", false},      {"", "priority", false},
    {"", "active", true},   {"", "unacknowledged", true}, {"", "shelved", true},    {"", "state", false},
    {"", "since", false},   {"", "message", false},       {"", "cause", false},     {"", "consequence", false},
    {"", "action", false},
};

enum mbp_status mbp_report_alarms_csv(const struct mbp_report *report, FILE *out)
{
    struct mbp_grid *grid = NULL;
    enum mbp_status status = mbp_grid_new(alarm_columns, COUNT(alarm_columns), &grid);
    if (status != MBP_OK)
        return status;
    for (size_t i = 0; i < report->alarm_count; i++) {
        const struct mbp_report_alarm *alarm = &report->alarms[i];
        const struct mbp_sensor *sensor = alarm->sensor;
        char text[400];
        mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", alarm->machine);
        mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", mbp_report_alarm_sensor(alarm, text, sizeof text));
        mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", mbp_report_alarm_diagnosis(report->lang, alarm));
        mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", mbp_limit_name(mbp_report_alarm_kind(alarm)));
        plain_number(sensor, alarm->value, text, sizeof text);
        mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", text);
        plain_number(sensor, alarm->limit_value, text, sizeof text);
        mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", text);
        mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", mbp_report_alarm_unit(alarm));
        mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", mbp_priority_name(mbp_report_alarm_priority(alarm)));
        mbp_grid_cell(grid, MBP_PAINT_NONE, "%d", alarm->active);
        mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", alarm->ack_untold ? "" : alarm->unacknowledged ? "1" : "0");
        mbp_grid_cell(grid, MBP_PAINT_NONE, "%d", alarm->shelved);
        mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", mbp_report_alarm_state(alarm));
        mbp_grid_cell(grid, MBP_PAINT_NONE, "%s",
                      alarm->since_ms == 0 ? "" : mbp_time_format(alarm->since_ms, text, sizeof text));
        const struct mbp_alarm_texts texts = mbp_report_alarm_texts(alarm);
        mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", texts.message);
        mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", texts.cause);
        mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", texts.consequence);
        mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", texts.action);
    }
    status = mbp_grid_write(grid, MBP_FORMAT_CSV, false, out);
    mbp_grid_free(grid);
    return status;
}
