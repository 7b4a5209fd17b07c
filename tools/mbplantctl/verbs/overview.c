/* A snapshot, and a look into the journal, as a report. */
#include "verbs/overview.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "slave/events.h"
#include "slave/wait.h"

/* How far back the journal is searched for the cause of a machine's present state. */
#define CAUSES_DEPTH 3000u

static void fill_machine(const struct mbp_plant *plant, uint32_t m, const struct mbp_machine_view *now,
                         const char *cause, struct mbp_report_machine *out)
{
    const struct mbp_machine *machine = &plant->machines[m];
    const struct mbp_unit *unit = &plant->units[machine->unit];
    uint32_t first_out = ctl_first_out(plant, m, now);
    *out = (struct mbp_report_machine){
        .name = machine->name,
        .label = machine->label,
        .unit_name = unit->name,
        .unit = unit->id,
        .state = (enum mbp_state_code)now->state,
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
static bool is_beyond(const struct mbp_sensor_view *now, unsigned alarm)
{
    if (alarm >= MBP_LIMIT_COUNT)
        return alarm == MBP_BAD_QUALITY && now->bad_quality;
    return alarm < MBP_HIGH ? now->value < now->limit[alarm] : now->value > now->limit[alarm]; /* false for NaN */
}

static bool has_alarm(const struct mbp_sensor *sensor, const struct mbp_sensor_view *now, unsigned alarm)
{
    const struct mbp_alarms *alarms = mbp_sensor_alarms(sensor);
    if (alarm == MBP_BAD_QUALITY)
        return alarms->bad_quality;
    return alarm == MBP_RATE_OF_CHANGE ? alarms->rate_max > 0 : now->limit[alarm] == now->limit[alarm]; /* not NaN */
}

/* What is not normal; of what is hidden, that which would be seen otherwise. */
static bool is_listed(const struct mbp_sensor_view *now, unsigned alarm)
{
    enum mbp_alarm_state state = (enum mbp_alarm_state)now->alarm_state[alarm];
    return state >= MBP_ALARM_SHELVED ? is_beyond(now, alarm) : state != MBP_ALARM_NORMAL;
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
        .active = state == MBP_ALARM_UNACKNOWLEDGED || state == MBP_ALARM_ACKNOWLEDGED,
        .unacknowledged = state == MBP_ALARM_UNACKNOWLEDGED || state == MBP_ALARM_RETURNED ||
                          state == MBP_ALARM_LATCHED_UNACKNOWLEDGED,
        .shelved = now->shelved,
        .state = state,
        .since_ms = (uint64_t)now->alarm_since_s * 1000,
    };
}

size_t ctl_alarms_fill(const struct mbp_plant *plant, const struct ctl_snapshot *snapshot, bool all,
                       struct mbp_report_alarm *alarms)
{
    size_t count = 0;
    for (uint32_t s = 0; s < plant->sensor_count; s++) {
        const struct mbp_sensor *sensor = &plant->sensors[s];
        const struct mbp_sensor_view *now = &snapshot->sensors[s];
        for (unsigned a = 0; a < MBP_ALARM_COUNT; a++) {
            if (is_listed(now, a) || (all && has_alarm(sensor, now, a)))
                alarms[count++] = alarm_of(plant, sensor, now, a);
        }
    }
    return count;
}

/* Of what the snapshot knows: a dump of an earlier mbplantctl has none. */
static void fill_outputs(const struct mbp_plant *plant, struct ctl_overview *overview)
{
    const struct ctl_snapshot *snapshot = &overview->snapshot;
    struct mbp_report *report = &overview->report;
    for (uint32_t a = 0; a < plant->actuator_count && snapshot->actuators != NULL; a++) {
        const struct mbp_actuator *actuator = &plant->actuators[a];
        overview->actuators[a] = (struct mbp_report_actuator){
            .actuator = actuator,
            .machine = actuator->machine < plant->machine_count ? plant->machines[actuator->machine].name : "",
            .command = snapshot->actuators[a].command,
            .position = snapshot->actuators[a].position,
        };
        report->actuator_count = a + 1u;
    }
    for (uint32_t c = 0; c < plant->controller_count && snapshot->controllers != NULL; c++) {
        const struct mbp_controller *controller = &plant->controllers[c];
        const struct mbp_controller_view *now = &snapshot->controllers[c];
        overview->controllers[c] = (struct mbp_report_controller){
            .controller = controller,
            .automatic = now->automatic,
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

static void fill_report(const struct mbp_plant *plant, uint64_t now_ms, enum mbp_lang lang,
                        struct ctl_overview *overview)
{
    const struct ctl_snapshot *snapshot = &overview->snapshot;
    struct mbp_report *report = &overview->report;
    *report = (struct mbp_report){
        .plant = plant->name,
        .lang = lang,
        .now_ms = now_ms,
        .sim_ms = snapshot->summary.simulated_ms,
        .scans = snapshot->summary.scans,
        .late_scans = snapshot->summary.late_scans,
        .journal_refused = snapshot->summary.journal_trouble,
        .events_lost = snapshot->summary.events_lost,
        .events_waiting = snapshot->summary.newest_event > snapshot->summary.last_event
                              ? snapshot->summary.newest_event - snapshot->summary.last_event
                              : 0,
        .sensors = plant->sensor_count,
        .machines = overview->machines,
        .machine_count = plant->machine_count,
        .alarms = overview->alarms,
    };
    for (uint32_t m = 0; m < plant->machine_count; m++) {
        report->by_state[snapshot->machines[m].state]++;
        fill_machine(plant, m, &snapshot->machines[m], overview->causes[m], &overview->machines[m]);
    }
    report->alarm_count = ctl_alarms_fill(plant, snapshot, false, overview->alarms);
    fill_outputs(plant, overview);
}

/* ---- the journal's part ----------------------------------------------------------------------------------------- */

struct search {
    const struct mbp_plant *plant;
    const struct ctl_past *past;
    struct ctl_overview *overview;
};

/* The last change of state of each machine stays, and the last that is a failure. */
static bool note_cause(void *ctx, const struct mbp_event *event)
{
    struct search *search = ctx;
    struct mbp_report *report = &search->overview->report;
    if (event->code != MBP_EV_MACHINE_STATE)
        return true;
    const struct mbp_plant *plant = ctl_past_at(search->past, event->seq, search->plant);
    const struct mbp_machine *then = mbp_event_machine(plant, event);
    uint32_t m = then != NULL ? mbp_plant_find_machine(search->plant, then->name) : UINT32_MAX;
    if (mbp_event_state_to(event->detail) == MBP_EN_PANNE) {
        report->has_incident = true;
        report->incident = *event;
        report->incident_plant = plant;
    }
    if (m != UINT32_MAX)
        mbp_report_cause_text(plant, event, report->lang, search->overview->causes[m],
                              sizeof search->overview->causes[0]);
    return true;
}

static enum mbp_status read_journal(struct ctl *ctl, struct ctl_overview *overview)
{
    const struct mbp_summary_view *summary = &overview->snapshot.summary;
    int unit = ctl_summary_unit(ctl->plant);
    if (summary->last_event == 0 || unit < 0)
        return MBP_OK;
    struct ctl_past *past = &overview->past;
    uint32_t incident = summary->last_incident;
    enum mbp_status status = MBP_OK;
    if (incident != 0 && incident >= summary->oldest_event) {
        status = ctl_event_read(ctl->link, (uint8_t)unit, incident, &overview->report.incident);
        overview->report.has_incident = status == MBP_OK;
        if (status == MBP_OK)
            status = ctl_past_read(ctl, (uint8_t)unit, incident, incident, past);
        if (status == MBP_OK)
            overview->report.incident_plant = ctl_past_at(past, incident, ctl->plant);
    }
    uint32_t first = summary->last_event > CAUSES_DEPTH ? summary->last_event - CAUSES_DEPTH + 1 : 1;
    if (first < summary->oldest_event)
        first = summary->oldest_event;
    struct search search = {ctl->plant, past, overview};
    if (status == MBP_OK)
        status = ctl_past_read(ctl, (uint8_t)unit, first, summary->last_event, past);
    if (status == MBP_OK)
        status = ctl_events_read(ctl->link, (uint8_t)unit, first, summary->last_event, note_cause, &search, NULL);
    return status;
}

/* The plant's snapshot stands in the overview already. */
static enum mbp_status make(struct ctl *ctl, uint64_t now_ms, struct ctl_overview *overview)
{
    const struct mbp_plant *plant = ctl->plant;
    overview->machines = calloc(plant->machine_count + 1u, sizeof *overview->machines);
    overview->causes = calloc(plant->machine_count + 1u, sizeof *overview->causes);
    overview->alarms = calloc(MBP_ALARM_COUNT * (plant->sensor_count + (size_t)1), sizeof *overview->alarms);
    overview->actuators = calloc(plant->actuator_count + 1u, sizeof *overview->actuators);
    overview->controllers = calloc(plant->controller_count + 1u, sizeof *overview->controllers);
    if (overview->machines == NULL || overview->causes == NULL || overview->alarms == NULL ||
        overview->actuators == NULL || overview->controllers == NULL)
        return MBP_ERR_MEMORY;
    fill_report(plant, now_ms, ctl->options->lang, overview);
    return MBP_OK;
}

/* Everything that the snapshot shows is in the journal when what had happened by then is stored. A disk is given as
 * long as a reply to take it; one that refuses is not waited for. Events that are not stored by then are left to be
 * named. */
static enum mbp_status await_stored(struct ctl *ctl, struct ctl_snapshot *snapshot)
{
    int unit = ctl_summary_unit(ctl->plant);
    struct mbp_summary_view now = {0};
    if (unit < 0)
        return MBP_OK;
    struct ctl_wait wait = ctl_wait_begin(ctl->plant, 1, ctl->options->target.timeout_ms);
    enum mbp_status status = ctl_journal_state_read(ctl, (uint8_t)unit, &snapshot->summary);
    uint32_t newest = snapshot->summary.newest_event;
    while (status == MBP_OK) {
        status = ctl_summary_read(ctl, (uint8_t)unit, &now);
        if (status != MBP_OK)
            return status;
        snapshot->summary.last_event = now.last_event;
        snapshot->summary.oldest_event = now.oldest_event;
        snapshot->summary.last_incident = now.last_incident;
        if (now.last_event >= newest || snapshot->summary.journal_trouble || !ctl_wait_more(&wait))
            break;
        status = ctl_journal_state_read(ctl, (uint8_t)unit, &snapshot->summary);
    }
    snapshot->summary.newest_event = newest > now.last_event ? newest : now.last_event;
    return status;
}

enum ctl_exit ctl_overview_take(struct ctl *ctl, bool with_journal, struct ctl_overview *out)
{
    struct ctl_overview overview = {0};
    struct mbp_clock clock = mbp_clock_system();
    enum ctl_exit code = ctl_snapshot_take(ctl, &overview.snapshot);
    uint64_t now_ms = clock.wall_ms(clock.ctx); /* of the snapshot */
    if (code != CTL_OK)
        return code;
    enum mbp_status status = with_journal ? await_stored(ctl, &overview.snapshot) : MBP_OK;
    if (status == MBP_OK)
        status = make(ctl, now_ms, &overview);
    if (status == MBP_OK && with_journal)
        status = read_journal(ctl, &overview);
    if (status != MBP_OK) {
        ctl_overview_free(ctl->plant, &overview);
        return ctl_fail(ctl, status, "reading the journal");
    }
    *out = overview;
    return CTL_OK;
}

enum ctl_exit ctl_overview_of_dump(struct ctl *ctl, struct ctl_dump *dump, struct ctl_overview *out)
{
    struct ctl_overview overview = {0};
    char why[CTL_DUMP_WHY] = "out of memory";
    if (!dump->has_snapshot) {
        ctl_error("--load %s: it does not tell what the plant was like (a dump of an earlier mbplantctl): only journal "
                  "--load reads it",
                  ctl->options->load_path);
        return CTL_FAILED;
    }
    mbp_plant_free(ctl->plant);
    ctl->plant = dump->plant;
    overview.snapshot = dump->snapshot;
    dump->plant = NULL;
    dump->has_snapshot = false;
    struct search search = {ctl->plant, &dump->past, &overview};
    enum mbp_status status = make(ctl, dump->snapshot_ms, &overview);
    if (status == MBP_OK)
        status = ctl_dump_events(dump, note_cause, &search, why);
    if (status != MBP_OK) {
        ctl_overview_free(ctl->plant, &overview);
        ctl_error("--load %s: %s", ctl->options->load_path, why);
        return CTL_FAILED;
    }
    *out = overview;
    return CTL_OK;
}

void ctl_overview_free(const struct mbp_plant *plant, struct ctl_overview *overview)
{
    ctl_snapshot_free(plant, &overview->snapshot);
    ctl_past_free(&overview->past);
    free(overview->machines);
    free(overview->causes);
    free(overview->alarms);
    free(overview->actuators);
    free(overview->controllers);
}
