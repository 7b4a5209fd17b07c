/* Views as a report. */
#include "mbplant/report/overview.h"

#include <math.h>
#include <stdlib.h>

#include "mbplant/report/alarm.h"

static void fill_machine(const struct mbp_plant *plant, uint32_t m, const struct mbp_machine_view *now,
                         const char *cause, struct mbp_report_machine *out)
{
    const struct mbp_machine *machine = &plant->machines[m];
    const struct mbp_unit *unit = &plant->units[machine->unit];
    uint32_t first_out = mbp_view_first_out(plant, m, now);
    *out = (struct mbp_report_machine){
        .name = machine->name,
        .label = machine->label,
        .unit_name = unit->name,
        .unit = unit->id,
        .state = (enum mbp_state_code)now->state,
        .untold = now->untold,
        .untold_figures = now->untold_figures,
        .since_ms = (uint64_t)now->since_s * 1000,
        .cause = cause,
        .first_out = first_out != UINT32_MAX ? plant->sensors[first_out].name : "",
        .alarms = now->active_alarms,
        .good = now->good,
        .reject = now->reject,
        .running_s = now->running_s,
        .down_s = now->down_s,
        .maintenance_s = now->maintenance_s,
        .failures = now->failures,
        .due = now->maintenance_due,
        .due_by_time = now->until_due_s != MBP_VIEW_NONE,
        .due_by_output = now->until_due_cycles != MBP_VIEW_NONE,
        .due_s = now->until_due_s,
        .due_products = now->until_due_cycles,
    };
}

/* A condition that the operator would see if nothing hid the alarm. */
static bool is_beyond(const struct mbp_sensor *sensor, const struct mbp_sensor_view *now, unsigned alarm)
{
    const uint8_t condition = mbp_sensor_alarms(sensor)->condition;
    if (alarm == MBP_CONDITION)
        return sensor->is_alarm
                   ? now->condition
                   : condition != MBP_CONDITION_NONE && (now->value >= 0.5) == (condition == MBP_CONDITION_ON);
    if (alarm >= MBP_LIMIT_COUNT)
        return alarm == MBP_BAD_QUALITY && now->bad_quality;
    return alarm < MBP_HIGH ? now->value < now->limit[alarm] : now->value > now->limit[alarm]; /* false for NaN */
}

enum mbp_interlock_state mbp_overview_interlock(const struct mbp_sensor *sensor, const struct mbp_sensor_view *now,
                                                unsigned alarm)
{
    enum mbp_alarm_state state = (enum mbp_alarm_state)now->alarm_state[alarm];
    if (sensor->interlock == MBP_INTERLOCK)
        return (enum mbp_interlock_state)now->interlock_state;
    bool there = state >= MBP_ALARM_SHELVED ? is_beyond(sensor, now, alarm)
                                            : state != MBP_ALARM_NORMAL && state != MBP_ALARM_RETURNED;
    if (now->bypassed_s[alarm] != 0)
        return there ? MBP_INTERLOCK_DEFEATED : MBP_INTERLOCK_BYPASSED;
    return there ? MBP_INTERLOCK_ACTING : MBP_INTERLOCK_READY;
}

/* What is not normal; of what is hidden, that which would be seen otherwise. */
static bool is_listed(const struct mbp_sensor *sensor, const struct mbp_sensor_view *now, unsigned alarm)
{
    enum mbp_alarm_state state = (enum mbp_alarm_state)now->alarm_state[alarm];
    if (sensor->interlock == MBP_INTERLOCK)
        return false;
    return state >= MBP_ALARM_SHELVED ? is_beyond(sensor, now, alarm) : state != MBP_ALARM_NORMAL;
}

/* When it was raised. What is hidden is so since its sensor's last change, as near as a view tells; the journal knows.
 */
static uint32_t since_s(const struct mbp_sensor_view *now, unsigned alarm)
{
    const bool hidden = now->alarm_state[alarm] >= MBP_ALARM_SHELVED;
    return hidden || now->raised_s[alarm] == 0 ? now->alarm_since_s : now->raised_s[alarm];
}

static struct mbp_report_alarm alarm_of(const struct mbp_plant *plant, const struct mbp_sensor *sensor,
                                        const struct mbp_sensor_view *now, unsigned a)
{
    enum mbp_alarm_state state = (enum mbp_alarm_state)now->alarm_state[a];
    return (struct mbp_report_alarm){
        .machine = sensor->machine < plant->machine_count ? plant->machines[sensor->machine].name : "",
        .sensor = sensor,
        .limit = (enum mbp_limit)a,
        .value = now->value,
        .limit_value = a < MBP_LIMIT_COUNT       ? now->limit[a]
                       : a == MBP_RATE_OF_CHANGE ? mbp_sensor_alarms(sensor)->rate_max
                                                 : (double)NAN,
        .ack_untold = (now->untold_acks >> a & 1u) != 0,
        .limit_untold = (now->untold_limits >> a & 1u) != 0,
        .active = state == MBP_ALARM_UNACKNOWLEDGED || state == MBP_ALARM_ACKNOWLEDGED,
        .unacknowledged = state == MBP_ALARM_UNACKNOWLEDGED || state == MBP_ALARM_RETURNED ||
                          state == MBP_ALARM_LATCHED_UNACKNOWLEDGED,
        .shelved = now->shelved || state == MBP_ALARM_SHELVED,
        .state = state,
        .since_ms = (uint64_t)since_s(now, a) * 1000,
    };
}

/* The bypass of an alarm that trips, which is an alarm as long as it stands. When it began the journal tells. */
static struct mbp_report_alarm bypass_of(const struct mbp_plant *plant, const struct mbp_sensor *sensor, unsigned a)
{
    return (struct mbp_report_alarm){
        .machine = sensor->machine < plant->machine_count ? plant->machines[sensor->machine].name : "",
        .sensor = sensor,
        .limit = (enum mbp_limit)a,
        .value = 1,
        .limit_value = (double)NAN,
        .active = true,
        .bypass = true,
        .state = MBP_ALARM_ACKNOWLEDGED,
    };
}

/* The most important first, then the newest (ISA-18.2-2016 clause 11.7); else as in the file. */
static int by_priority(const void *a, const void *b)
{
    const struct mbp_report_alarm *one = a;
    const struct mbp_report_alarm *other = b;
    enum mbp_priority of_one = mbp_report_alarm_priority(one);
    enum mbp_priority of_other = mbp_report_alarm_priority(other);
    if (of_one != of_other)
        return of_one > of_other ? -1 : 1;
    if (one->since_ms != other->since_ms)
        return one->since_ms > other->since_ms ? -1 : 1;
    if (one->sensor != other->sensor)
        return one->sensor < other->sensor ? -1 : 1;
    if (one->limit != other->limit)
        return one->limit < other->limit ? -1 : 1;
    return (int)one->bypass - (int)other->bypass;
}

/* Where no address shows the limit that is in use, the plant file says whether there is one. */
static const double *limits_of(const struct mbp_sensor *sensor, const struct mbp_sensor_view *now, unsigned alarm)
{
    return (now->untold_limits >> alarm & 1u) != 0 ? sensor->limits : now->limit;
}

size_t mbp_overview_alarms(const struct mbp_plant *plant, const struct mbp_plant_view *view, bool all,
                           struct mbp_report_alarm *alarms)
{
    size_t count = 0;
    for (uint32_t s = 0; s < plant->sensor_count; s++) {
        const struct mbp_sensor *sensor = &plant->sensors[s];
        const struct mbp_sensor_view *now = &view->sensors[s];
        for (unsigned a = 0; a < MBP_ALARM_COUNT; a++) {
            if (is_listed(sensor, now, a) || (all && mbp_sensor_has_alarm(sensor, limits_of(sensor, now, a), a)))
                alarms[count++] = alarm_of(plant, sensor, now, a);
            if (sensor->interlock == MBP_NO_INTERLOCK && now->bypassed_s[a] != 0)
                alarms[count++] = bypass_of(plant, sensor, a);
        }
    }
    qsort(alarms, count, sizeof *alarms, by_priority);
    return count;
}

/* Whether anything tells of the alarms that there are. */
static void take_told(const struct mbp_plant *plant, const struct mbp_plant_view *view, struct mbp_report *report)
{
    bool any = false;
    bool active = false;
    bool acks = false;
    for (uint32_t s = 0; s < plant->sensor_count; s++) {
        const struct mbp_sensor *sensor = &plant->sensors[s];
        const struct mbp_sensor_view *now = &view->sensors[s];
        for (unsigned a = 0; a < MBP_ALARM_COUNT && sensor->interlock == MBP_NO_INTERLOCK; a++) {
            const bool has = mbp_sensor_has_alarm(sensor, limits_of(sensor, now, a), a);
            const bool is_told = has && (now->untold_alarms >> a & 1u) == 0;
            any |= has;
            active |= is_told;
            acks |= is_told && (now->untold_acks >> a & 1u) == 0;
        }
    }
    report->alarms_untold = any && !active;
    report->acks_untold = any && !acks;
}

static void fill_outputs(const struct mbp_plant *plant, const struct mbp_plant_view *view,
                         struct mbp_overview *overview)
{
    struct mbp_report *report = &overview->report;
    for (uint32_t a = 0; a < plant->actuator_count && view->actuators != NULL; a++) {
        const struct mbp_actuator *actuator = &plant->actuators[a];
        overview->actuators[a] = (struct mbp_report_actuator){
            .actuator = actuator,
            .machine = actuator->machine < plant->machine_count ? plant->machines[actuator->machine].name : "",
            .command = view->actuators[a].command,
            .position = view->actuators[a].position,
        };
        report->actuator_count = a + 1u;
    }
    for (uint32_t c = 0; c < plant->controller_count && view->controllers != NULL; c++) {
        const struct mbp_controller *controller = &plant->controllers[c];
        const struct mbp_controller_view *now = &view->controllers[c];
        overview->controllers[c] = (struct mbp_report_controller){
            .controller = controller,
            .automatic = now->automatic,
            .mode_untold = now->untold,
            .setpoint = now->active_setpoint,
            .measurement = now->measurement,
            .output = now->output,
        };
        if (now->automatic && controller->output < report->actuator_count)
            overview->actuators[controller->output].by = controller;
        report->controller_count = c + 1u;
    }
    report->actuators = overview->actuators;
    report->controllers = overview->controllers;
}

static void fill_report(const struct mbp_plant *plant, const struct mbp_plant_view *view, uint64_t now_ms,
                        enum mbp_lang lang, struct mbp_overview *overview)
{
    struct mbp_report *report = &overview->report;
    *report = (struct mbp_report){
        .plant = plant->name,
        .lang = lang,
        .now_ms = now_ms,
        .sim_ms = view->summary.simulated_ms,
        .scans = view->summary.scans,
        .late_scans = view->summary.late_scans,
        .journal_refused = view->summary.journal_trouble,
        .events_lost = view->summary.events_lost,
        .events_waiting = view->summary.newest_event > view->summary.last_event
                              ? view->summary.newest_event - view->summary.last_event
                              : 0,
        .sensors = plant->sensor_count - plant->alarm_count,
        .machines = overview->machines,
        .machine_count = plant->machine_count,
        .alarms = overview->alarms,
    };
    for (uint32_t m = 0; m < plant->machine_count; m++) {
        report->by_state[view->machines[m].state] += view->machines[m].untold ? 0 : 1;
        fill_machine(plant, m, &view->machines[m], overview->causes[m], &overview->machines[m]);
    }
    report->alarm_count = mbp_overview_alarms(plant, view, false, overview->alarms);
    take_told(plant, view, report);
    fill_outputs(plant, view, overview);
}

/* ---- life ------------------------------------------------------------------------------------------------------- */

enum mbp_status mbp_overview_new(const struct mbp_plant *plant, const struct mbp_plant_view *view, uint64_t now_ms,
                                 enum mbp_lang lang, struct mbp_overview *out)
{
    struct mbp_overview overview = {
        .machines = calloc(plant->machine_count + (size_t)1, sizeof *overview.machines),
        .causes = calloc(plant->machine_count + (size_t)1, sizeof *overview.causes),
        .alarms = calloc(2 * MBP_ALARM_COUNT * (plant->sensor_count + (size_t)1), sizeof *overview.alarms),
        .actuators = calloc(plant->actuator_count + (size_t)1, sizeof *overview.actuators),
        .controllers = calloc(plant->controller_count + (size_t)1, sizeof *overview.controllers),
    };
    if (overview.machines == NULL || overview.causes == NULL || overview.alarms == NULL || overview.actuators == NULL ||
        overview.controllers == NULL) {
        mbp_overview_free(&overview);
        return MBP_ERR_MEMORY;
    }
    fill_report(plant, view, now_ms, lang, &overview);
    *out = overview;
    return MBP_OK;
}

void mbp_overview_free(struct mbp_overview *overview)
{
    free(overview->machines);
    free(overview->causes);
    free(overview->alarms);
    free(overview->actuators);
    free(overview->controllers);
    *overview = (struct mbp_overview){0};
}
