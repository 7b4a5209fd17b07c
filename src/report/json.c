/* The report as JSON. Numbers are numbers; what is unknown is null; times are both ISO 8601 and Unix milliseconds. */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "history.h"
#include "json_analysis.h"
#include "mbplant/json.h"
#include "mbplant/report/alarm.h"
#include "messages.h"
#include "writers.h"

#define HISTORY_MOST 200u /* incidents and works; lists of their own have all */

#define DUMP_FLAGS (JSON_INDENT(2) | JSON_REAL_PRECISION(15))

static json_t *number_or_null(double number)
{
    return isfinite(number) ? json_real(number) : json_null();
}

static json_t *time_or_null(uint64_t wall_ms)
{
    char text[32];
    return wall_ms == 0 ? json_null() : json_string(mbp_time_format(wall_ms, text, sizeof text));
}

static json_t *event_json(const struct mbp_telling *by, const struct mbp_event *event)
{
    char sentence[256];
    mbp_report_sentence(by, event, sentence, sizeof sentence);
    return json_pack("{s:I, s:o, s:I, s:s, s:s}", "seq", (json_int_t)event->seq, "time", time_or_null(event->wall_ms),
                     "time_ms", (json_int_t)event->wall_ms, "code", mbp_event_code_name(event->code), "text", sentence);
}

/* null where no address shows it. */
static json_t *figure_json(const struct mbp_report_machine *machine, enum mbp_machine_figure figure, uint32_t number)
{
    return mbp_report_tells(machine, figure) ? json_integer(number) : json_null();
}

static json_t *machine_json(const struct mbp_report_machine *machine)
{
    const bool tells_due = mbp_report_tells(machine, MBP_FIGURE_DUE);
    return json_pack(
        "{s:s, s:s, s:i, s:s, s:o, s:o, s:o, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "name",
        machine->name, "label", machine->label, "unit", (int)machine->unit, "unit_name", machine->unit_name, "state",
        machine->untold ? json_null() : json_string(mbp_state_name(machine->state)), "since",
        time_or_null(machine->since_ms), "since_ms",
        machine->since_ms != 0 ? json_integer((json_int_t)machine->since_ms) : json_null(), "cause", machine->cause,
        "first_out", machine->first_out, "alarms", figure_json(machine, MBP_FIGURE_ALARMS, machine->alarms), "good",
        figure_json(machine, MBP_FIGURE_GOOD, machine->good), "reject",
        figure_json(machine, MBP_FIGURE_REJECT, machine->reject), "running_s",
        figure_json(machine, MBP_FIGURE_RUNNING, machine->running_s), "down_s",
        figure_json(machine, MBP_FIGURE_DOWN, machine->down_s), "maintenance_s",
        figure_json(machine, MBP_FIGURE_MAINTENANCE, machine->maintenance_s), "failures",
        figure_json(machine, MBP_FIGURE_FAILURES, machine->failures), "maintenance_due",
        tells_due ? json_boolean(machine->due) : json_null(), "maintenance_due_in_s",
        machine->due_by_time ? json_integer(machine->due_s) : json_null(), "maintenance_due_in_products",
        machine->due_by_output ? json_integer(machine->due_products) : json_null());
}

static json_t *alarm_json(enum mbp_lang lang, const struct mbp_report_alarm *alarm)
{
    const struct mbp_alarm_texts texts = mbp_report_alarm_texts(alarm);
    char name[MBP_ALARM_SUBJECT_MAX];
    return json_pack(
        "{s:s, s:s, s:s, s:s, s:o, s:o, s:s, s:s, s:b, s:o, s:b, s:s, s:o, s:s, s:s, s:s, s:s}", "machine",
        alarm->machine, "sensor", mbp_report_alarm_sensor(alarm, name, sizeof name), "diagnosis",
        mbp_report_alarm_diagnosis(lang, alarm), "limit_name", mbp_limit_name(mbp_report_alarm_kind(alarm)), "value",
        number_or_null(alarm->value), "limit", number_or_null(alarm->limit_value), "unit", mbp_report_alarm_unit(alarm),
        "priority", mbp_priority_name(mbp_report_alarm_priority(alarm)), "active", (int)alarm->active, "unacknowledged",
        alarm->ack_untold ? json_null() : json_boolean(alarm->unacknowledged), "shelved", (int)alarm->shelved, "state",
        mbp_report_alarm_state(alarm), "since", time_or_null(alarm->since_ms), "message", texts.message, "cause",
        texts.cause, "consequence", texts.consequence, "action", texts.action);
}

static json_t *alarms_json(const struct mbp_report *report)
{
    json_t *alarms = json_array();
    for (size_t i = 0; i < report->alarm_count; i++) {
        if (json_array_append_new(alarms, alarm_json(report->lang, &report->alarms[i])) != 0) {
            json_decref(alarms);
            return NULL;
        }
    }
    return alarms;
}

static json_t *machines_json(const struct mbp_report *report)
{
    json_t *machines = json_array();
    for (size_t i = 0; i < report->machine_count; i++) {
        if (json_array_append_new(machines, machine_json(&report->machines[i])) != 0) {
            json_decref(machines);
            return NULL;
        }
    }
    return machines;
}

/* "" is none. */
static json_t *name_or_null(const char *name)
{
    return name[0] != '\0' ? json_string(name) : json_null();
}

static json_t *actuator_json(const struct mbp_plant *plant, const struct mbp_report_actuator *row)
{
    const struct mbp_actuator *actuator = row->actuator;
    return json_pack("{s:s, s:s, s:o, s:i, s:s, s:b, s:o, s:o, s:s, s:o}", "name", actuator->name, "label",
                     actuator->label, "machine", name_or_null(row->machine), "unit_id",
                     (int)plant->units[actuator->unit].id, "kind",
                     mbp_actuator_kind_name((enum mbp_actuator_kind)actuator->kind), "on_off", (int)actuator->on_off,
                     "command", number_or_null(row->command), "position", number_or_null(row->position), "unit",
                     actuator->unit_text, "moved_by", name_or_null(mbp_report_mover(row)));
}

static json_t *controller_json(const struct mbp_plant *plant, const struct mbp_report_controller *row)
{
    const struct mbp_controller *controller = row->controller;
    const struct mbp_sensor *input = &plant->sensors[controller->input];
    return json_pack("{s:s, s:s, s:i, s:o, s:s, s:o, s:o, s:s, s:o, s:s, s:s}", "name", controller->name, "label",
                     controller->label, "unit_id", (int)plant->units[controller->unit].id, "mode",
                     row->mode_untold ? json_null() : json_string(mbp_output_mode(row->automatic)), "input",
                     input->name, "setpoint", number_or_null(row->setpoint), "value", number_or_null(row->measurement),
                     "unit", input->unit_text, "output", number_or_null(row->output), "output_unit",
                     mbp_output_unit(plant, controller), "moves", mbp_output_moves(plant, controller));
}

static json_t *actuators_json(const struct mbp_report *report, const struct mbp_plant *plant)
{
    json_t *actuators = json_array();
    for (size_t i = 0; i < report->actuator_count; i++) {
        if (json_array_append_new(actuators, actuator_json(plant, &report->actuators[i])) != 0) {
            json_decref(actuators);
            return NULL;
        }
    }
    return actuators;
}

static json_t *controllers_json(const struct mbp_report *report, const struct mbp_plant *plant)
{
    json_t *controllers = json_array();
    for (size_t i = 0; i < report->controller_count; i++) {
        if (json_array_append_new(controllers, controller_json(plant, &report->controllers[i])) != 0) {
            json_decref(controllers);
            return NULL;
        }
    }
    return controllers;
}

static json_t *summary_json(const struct mbp_report *report)
{
    struct mbp_report_totals totals = mbp_report_total(report);
    return json_pack("{s:I, s:{s:i, s:i, s:i}, s:i, s:o, s:o, s:{s:o, s:o}, s:{s:I, s:I, s:I}, s:{s:b, s:I, s:I}}",
                     "machines", (json_int_t)report->machine_count, "by_state", "en_service",
                     (int)report->by_state[MBP_EN_SERVICE], "en_panne", (int)report->by_state[MBP_EN_PANNE],
                     "maintenance", (int)report->by_state[MBP_MAINTENANCE], "sensors", (int)report->sensors,
                     "active_alarms", report->alarms_untold ? json_null() : json_integer(totals.active),
                     "unacknowledged_alarms", report->acks_untold ? json_null() : json_integer(totals.unacknowledged),
                     "production", "good", totals.good_untold ? json_null() : json_integer((json_int_t)totals.good),
                     "reject", totals.reject_untold ? json_null() : json_integer((json_int_t)totals.reject), "scan",
                     "done", (json_int_t)report->scans, "late", (json_int_t)report->late_scans, "simulated_ms",
                     (json_int_t)report->sim_ms, "journal", "refused", (int)report->journal_refused, "events_waiting",
                     (json_int_t)report->events_waiting, "events_lost", (json_int_t)report->events_lost);
}

static enum mbp_status dump(json_t *root, FILE *out)
{
    if (root == NULL)
        return MBP_ERR_MEMORY;
    bool written = mbp_json_write(root, DUMP_FLAGS, out);
    json_decref(root);
    return written ? MBP_OK : MBP_ERR_MEMORY;
}

/* Of the period. */
static struct mbp_history_list history_of(const struct mbp_report *report, const struct mbp_plant *plant)
{
    return (struct mbp_history_list){
        .by = {plant, report->names, report->lang},
        .history = report->history,
        .sayings = report->sayings,
        .since_ms = report->analysis->begin_ms,
        .until_ms = report->analysis->end_ms + 1,
        .all = true,
        .most = HISTORY_MOST,
    };
}

static json_t *causes_json(const struct mbp_report *report, const struct mbp_plant *plant)
{
    struct document_causes causes = {0};
    if (report->history == NULL || report->analysis == NULL)
        return json_array();
    const struct mbp_history_list list = history_of(report, plant);
    return mbp_document_causes(&list, &causes) == MBP_OK ? mbp_causes_json(&causes) : NULL;
}

/* Nothing where no history was asked for. */
static json_t *history_json(const struct mbp_report *report, const struct mbp_plant *plant, bool work)
{
    struct mbp_buffer text;
    if (report->history == NULL || report->analysis == NULL)
        return json_array();
    const struct mbp_history_list list = history_of(report, plant);
    if (!mbp_buffer_open(&text))
        return NULL;
    mbp_history_put_json(&list, work, text.out);
    char *bytes = mbp_buffer_close(&text);
    json_t *array = bytes != NULL ? json_loads(bytes, 0, NULL) : NULL;
    free(bytes);
    return array;
}

enum mbp_status mbp_report_json(const struct mbp_report *report, const struct mbp_plant *plant, FILE *out)
{
    const struct mbp_telling by = {plant, report->names, report->lang};
    /* json_pack takes over what it is given with "o", also when it fails */
    return dump(json_pack("{s:s, s:o, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "plant", report->plant,
                          "made", time_or_null(report->now_ms), "made_ms", (json_int_t)report->now_ms, "summary",
                          summary_json(report), "last_incident",
                          report->has_incident ? event_json(&by, &report->incident) : json_null(), "machines",
                          machines_json(report), "alarms", alarms_json(report), "actuators",
                          actuators_json(report, plant), "controllers", controllers_json(report, plant), "analysis",
                          report->analysis != NULL ? mbp_analysis_json(report->analysis, report->lang) : json_null(),
                          "downtime_by_cause", causes_json(report, plant), "incidents",
                          history_json(report, plant, false), "work", history_json(report, plant, true)),
                out);
}

enum mbp_status mbp_report_alarms_json(const struct mbp_report *report, FILE *out)
{
    return dump(alarms_json(report), out);
}
