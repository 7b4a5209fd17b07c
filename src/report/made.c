/* A report of any plant from views and events. */
#include "mbplant/report/made.h"

#include <stdlib.h>

/* How far back the journal is searched for the cause of a machine's present state, where a part of it can be read. */
#define CAUSES_DEPTH 3000u

/* ---- why it is so ----------------------------------------------------------------------------------------------- */

struct search {
    struct mbp_telling by;
    struct mbp_overview *seen;
};

/* The last change of state of each machine stays, and the last that is a failure. */
static bool note_cause(void *ctx, const struct mbp_event *event)
{
    struct search *search = ctx;
    struct mbp_report *report = &search->seen->report;
    if (event->code != MBP_EV_MACHINE_STATE)
        return true;
    struct mbp_event_tag then;
    bool known = mbp_event_machine(&search->by, event, &then);
    uint32_t m = known ? mbp_plant_find_machine(search->by.plant, then.name) : UINT32_MAX;
    if (mbp_event_state_to(event->detail) == MBP_EN_PANNE) {
        report->has_incident = true;
        report->incident = *event;
    }
    if (m != UINT32_MAX)
        mbp_report_cause_text(&search->by, event, search->seen->causes[m], sizeof search->seen->causes[0]);
    return true;
}

static bool keep_incident(void *ctx, const struct mbp_event *event)
{
    struct mbp_report *report = ctx;
    report->has_incident = true;
    report->incident = *event;
    return true;
}

/* The last incident may be older than what is searched. */
static enum mbp_status find_causes(const struct mbp_report_source *source, enum mbp_lang lang,
                                   struct mbp_overview *seen)
{
    const struct mbp_event_source *events = &source->events;
    uint32_t incident = source->view->summary.last_incident;
    uint32_t first = events->oldest;
    enum mbp_status status = MBP_OK;
    if (events->last == 0)
        return MBP_OK;
    if (events->times != NULL && events->last - first >= CAUSES_DEPTH)
        first = events->last - CAUSES_DEPTH + 1;
    if (incident >= events->oldest && incident < first)
        status = events->read(events->ctx, incident, incident, keep_incident, &seen->report);
    struct search search = {{source->plant, source->names, lang}, seen};
    return status == MBP_OK ? events->read(events->ctx, first, events->last, note_cause, &search) : status;
}

/* ---- now -------------------------------------------------------------------------------------------------------- */

struct present {
    struct mbp_analysis_now now; /* points to what follows */
    struct mbp_analysis_machine_now *machines;
    uint8_t *active, *waiting;
    uint32_t *alarms_since_s;
};

static bool is_active(enum mbp_alarm_state state)
{
    return state == MBP_ALARM_UNACKNOWLEDGED || state == MBP_ALARM_ACKNOWLEDGED;
}

static bool is_waiting(enum mbp_alarm_state state)
{
    return state == MBP_ALARM_UNACKNOWLEDGED || state == MBP_ALARM_RETURNED ||
           state == MBP_ALARM_LATCHED_UNACKNOWLEDGED;
}

static void take_alarms(const struct mbp_sensor_view *now, uint8_t *active, uint8_t *waiting)
{
    for (unsigned a = 0; a < MBP_ALARM_COUNT; a++) {
        enum mbp_alarm_state state = (enum mbp_alarm_state)now->alarm_state[a];
        *active |= (uint8_t)(is_active(state) << a);
        *waiting |= (uint8_t)(is_waiting(state) << a);
    }
}

static void free_now(struct present *present)
{
    free(present->machines);
    free(present->active);
    free(present->waiting);
    free(present->alarms_since_s);
}

/* What the view tells, as the analysis wants it. */
static enum mbp_status take_now(const struct mbp_report_source *source, struct present *present)
{
    const struct mbp_plant *plant = source->plant;
    const struct mbp_plant_view *view = source->view;
    uint32_t newest = view->summary.newest_event;
    present->machines = calloc(plant->machine_count + 1u, sizeof *present->machines);
    present->active = calloc(plant->sensor_count + (size_t)1, sizeof *present->active);
    present->waiting = calloc(plant->sensor_count + (size_t)1, sizeof *present->waiting);
    present->alarms_since_s = calloc(plant->sensor_count + (size_t)1, sizeof *present->alarms_since_s);
    if (present->machines == NULL || present->active == NULL || present->waiting == NULL ||
        present->alarms_since_s == NULL)
        return MBP_ERR_MEMORY;
    for (uint32_t m = 0; m < plant->machine_count; m++) {
        const struct mbp_machine_view *seen = &view->machines[m];
        present->machines[m] = (struct mbp_analysis_machine_now){.state = (enum mbp_state_code)seen->state,
                                                                 .untold = seen->untold,
                                                                 .since_ms = mbp_time_mul_sat(seen->since_s, 1000),
                                                                 .good = seen->good,
                                                                 .reject = seen->reject,
                                                                 .running_s = seen->running_s,
                                                                 .failures = seen->failures,
                                                                 .due = seen->maintenance_due,
                                                                 .untold_figures = seen->untold_figures};
    }
    for (uint32_t s = 0; s < plant->sensor_count; s++) {
        take_alarms(&view->sensors[s], &present->active[s], &present->waiting[s]);
        present->alarms_since_s[s] = (uint32_t)view->sensors[s].alarm_since_s;
    }
    present->now = (struct mbp_analysis_now){.wall_ms = source->now_ms,
                                             .scan = view->summary.scans,
                                             .last_event = newest > source->events.last ? newest : source->events.last,
                                             .machines = present->machines,
                                             .active = present->active,
                                             .waiting = present->waiting,
                                             .alarms_since_s = present->alarms_since_s};
    return MBP_OK;
}

/* ---- the report ------------------------------------------------------------------------------------------------- */

static enum mbp_status study(const struct mbp_report_source *source, const struct mbp_report_options *options,
                             const struct mbp_analysis_now *now, struct mbp_analysis **out)
{
    const struct mbp_study study = {
        .plant = source->plant,
        .names = source->names,
        .source = &source->events,
        .now = now,
        .since = options->since,
        .until = options->until,
        .end_ms = source->apart ? source->last_ms : source->now_ms,
    };
    return mbp_study_run(&study, out);
}

static bool keep_event(void *ctx, const struct mbp_event *event)
{
    struct mbp_made_report *made = ctx;
    size_t room = made->event_count < 64 ? 64 : made->event_count;
    if (made->event_count % room == 0) { /* it doubles */
        struct mbp_event *events = reallocarray(made->events, 2 * room, sizeof *events);
        if (events == NULL)
            return false;
        made->events = events;
    }
    made->events[made->event_count++] = *event;
    return made->event_count < MBP_INCIDENT_EVENTS_MAX;
}

/* Of the one incident all that there is; others keep what their lists need. */
static enum mbp_status look_closer(const struct mbp_report_source *source, uint32_t number,
                                   struct mbp_made_report *made)
{
    struct mbp_history *history = made->history;
    const struct mbp_incident *incident = mbp_history_incident(history, number);
    if (incident == NULL)
        return MBP_OK; /* the writer says so */
    return mbp_incident_read(&source->events, history, (size_t)(incident - history->incidents), keep_event, made);
}

static enum mbp_status recall(const struct mbp_report_source *source, const struct mbp_report_options *options,
                              const struct mbp_analysis_now *now, struct mbp_made_report *made)
{
    enum mbp_status status = mbp_history_read(source->plant, source->names, &source->events, now, &made->history);
    if (status == MBP_OK && options->what == MBP_WANT_INCIDENT)
        status = look_closer(source, options->number, made);
    if (status == MBP_OK)
        status = mbp_sayings_read(&source->events, made->history, made->events, made->event_count, &made->sayings);
    return status;
}

enum mbp_status mbp_report_make(const struct mbp_report_source *source, const struct mbp_report_options *options,
                                struct mbp_made_report *out)
{
    struct mbp_made_report made = {.analysis = NULL};
    struct present present = {.machines = NULL};
    enum mbp_status status = mbp_overview_new(source->plant, source->view, source->now_ms, options->lang, &made.seen);
    if (status != MBP_OK)
        return status;
    made.seen.report.names = source->names;
    status = take_now(source, &present);
    const struct mbp_analysis_now *now = source->apart ? NULL : &present.now;
    if (status == MBP_OK && options->what == MBP_WANT_REPORT)
        status = find_causes(source, options->lang, &made.seen);
    if (status == MBP_OK && options->what == MBP_WANT_REPORT)
        status = study(source, options, now, &made.analysis);
    if (status == MBP_OK)
        status = recall(source, options, now, &made);
    free_now(&present);
    made.seen.report.analysis = made.analysis;
    if (status != MBP_OK) {
        mbp_made_report_free(&made);
        return status;
    }
    *out = made;
    out->seen.report.history = out->history;
    out->seen.report.sayings = &out->sayings;
    return MBP_OK;
}

void mbp_made_report_free(struct mbp_made_report *made)
{
    mbp_analysis_free(made->analysis);
    mbp_history_free(made->history);
    mbp_sayings_free(&made->sayings);
    free(made->events);
    mbp_overview_free(&made->seen);
    *made = (struct mbp_made_report){.analysis = NULL};
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

static uint64_t ms_of(const struct mbp_moment *moment, uint64_t unless)
{
    return moment->kind == MBP_MOMENT_TIME ? moment->ms : unless;
}

enum mbp_status mbp_made_write(const struct mbp_made_report *made, const struct mbp_plant *plant,
                               const struct mbp_report_options *options, enum mbp_format format, bool colour, FILE *out)
{
    struct mbp_history_list list = {
        .by = {plant, made->seen.report.names, options->lang},
        .history = made->history,
        .sayings = &made->sayings,
        .since_ms = ms_of(&options->since, 0),
        .until_ms = ms_of(&options->until, UINT64_MAX),
        .machine = options->machine,
        .all = options->all,
        .most = options->most,
        .format = format,
        .colour = colour,
        .width = options->width,
    };
    switch (options->what) {
    case MBP_WANT_INCIDENTS:
        return mbp_incidents_write(&list, out);
    case MBP_WANT_WORK:
        return mbp_work_write(&list, out);
    case MBP_WANT_INCIDENT: {
        const struct mbp_incident *incident = mbp_history_incident(made->history, options->number);
        return incident != NULL ? mbp_incident_write(&list, incident, made->events, made->event_count, out)
                                : MBP_ERR_MISSING;
    }
    case MBP_WANT_MACHINE: {
        list.all = true;
        return mbp_machine_history_write(&list, out);
    }
    case MBP_WANT_REPORT:
        break;
    }
    return mbp_report_write(&made->seen.report, plant, format, colour, out);
}
