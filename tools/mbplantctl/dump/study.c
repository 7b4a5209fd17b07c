/* Events to the analysis: which, from where, and when to stop. */
#include "dump/study.h"

#include <stdlib.h>
#include <string.h>

void ctl_study_free(struct ctl_study *study)
{
    mbp_analysis_free(study->analysis);
    free(study->machines);
    free(study->active);
    free(study->waiting);
    free(study->alarms_since_s);
    *study = (struct ctl_study){0};
}

/* ---- now -------------------------------------------------------------------------------------------------------- */

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

enum mbp_status ctl_study_take_now(const struct mbp_plant *plant, const struct ctl_overview *overview,
                                   struct ctl_study *study)
{
    const struct mbp_plant_view *snapshot = &overview->snapshot;
    study->machines = calloc(plant->machine_count + 1u, sizeof *study->machines);
    study->active = calloc(plant->sensor_count + (size_t)1, sizeof *study->active);
    study->waiting = calloc(plant->sensor_count + (size_t)1, sizeof *study->waiting);
    study->alarms_since_s = calloc(plant->sensor_count + (size_t)1, sizeof *study->alarms_since_s);
    if (study->machines == NULL || study->active == NULL || study->waiting == NULL || study->alarms_since_s == NULL)
        return MBP_ERR_MEMORY;
    for (uint32_t m = 0; m < plant->machine_count; m++) {
        const struct mbp_machine_view *now = &snapshot->machines[m];
        study->machines[m] = (struct mbp_analysis_machine_now){.state = (enum mbp_state_code)now->state,
                                                               .since_ms = mbp_time_mul_sat(now->since_s, 1000),
                                                               .good = now->good,
                                                               .reject = now->reject,
                                                               .running_s = now->running_s,
                                                               .failures = now->failures,
                                                               .due = now->maintenance_due};
    }
    for (uint32_t s = 0; s < plant->sensor_count; s++) {
        take_alarms(&snapshot->sensors[s], &study->active[s], &study->waiting[s]);
        study->alarms_since_s[s] = (uint32_t)snapshot->sensors[s].alarm_since_s;
    }
    study->now = (struct mbp_analysis_now){.wall_ms = overview->seen.report.now_ms,
                                           .scan = snapshot->summary.scans,
                                           .last_event = snapshot->summary.last_event,
                                           .machines = study->machines,
                                           .active = study->active,
                                           .waiting = study->waiting,
                                           .alarms_since_s = study->alarms_since_s};
    return MBP_OK;
}

/* ---- the period ------------------------------------------------------------------------------------------------- */

/* The last day, where nothing else was asked for. */
static void choose_period(const struct ctl_options *options, uint64_t now_ms, struct ctl_moment *since,
                          struct ctl_moment *until)
{
    *since = options->since;
    *until = options->until;
    if (since->kind != CTL_MOMENT_NONE)
        return;
    if (until->kind == CTL_MOMENT_EVENT) {
        *since = (struct ctl_moment){CTL_MOMENT_EVENT, 1, 0};
        return;
    }
    uint64_t end_ms = until->kind == CTL_MOMENT_TIME && until->ms < now_ms ? until->ms : now_ms;
    *since = (struct ctl_moment){CTL_MOMENT_TIME, 0, mbp_time_sub_sat(end_ms, CTL_STUDY_DEFAULT_MS)};
}

static struct mbp_analysis_period period_of(const struct ctl_moment *since, const struct ctl_moment *until,
                                            const struct ctl_range *range)
{
    return (struct mbp_analysis_period){
        .since_ms = since->kind == CTL_MOMENT_TIME ? since->ms : 0,
        .until_ms = until->kind == CTL_MOMENT_TIME ? until->ms : UINT64_MAX,
        .first_event = range->first,
        .end_event = until->kind == CTL_MOMENT_NONE ? UINT64_MAX : range->end,
    };
}

/* ---- the events ------------------------------------------------------------------------------------------------- */

struct taking {
    struct mbp_analyser *analyser;
    uint64_t end_event;
    enum mbp_status status;
};

static bool take_event(void *ctx, const struct mbp_event *event)
{
    struct taking *taking = ctx;
    taking->status = mbp_analyser_take(taking->analyser, event);
    return taking->status == MBP_OK && !(event->seq >= taking->end_event && !mbp_analyser_wants_more(taking->analyser));
}

/* The figures of the period by the events from `first` on. */
static enum mbp_status analyse(const struct ctl *ctl, const struct ctl_study_of *of, const struct mbp_analysis_now *now,
                               const struct mbp_analysis_period *period, uint64_t first, struct mbp_analysis **out)
{
    const struct ctl_source *source = of->source;
    struct taking taking = {.end_event = period->end_event};
    uint64_t last = source->last;
    bool some = last > 0 && first <= last;
    enum mbp_status status = mbp_analyser_new(ctl->plant, of->names, period, now, &taking.analyser);
    if (status != MBP_OK)
        return status;
    if (of->in_parts && period->end_event < last && last - period->end_event > CTL_STUDY_AFTER_MOST)
        last = period->end_event + CTL_STUDY_AFTER_MOST;
    if (some)
        status = source->read(source->ctx, first, last, take_event, &taking);
    if (status == MBP_OK)
        status = taking.status;
    if (status == MBP_OK)
        return mbp_analyser_finish(taking.analyser, out);
    mbp_analyser_free(taking.analyser);
    return status;
}

/* So many events before the period; those of the plant's whole life where there are not more. */
static uint64_t reach_back(const struct ctl_study_of *of, uint64_t first, uint64_t events)
{
    uint64_t oldest = of->source->oldest;
    return of->in_parts && first > oldest && first - oldest > events ? first - events : oldest;
}

enum mbp_status ctl_study_run(const struct ctl *ctl, const struct ctl_study_of *of, const struct mbp_analysis_now *now,
                              struct ctl_study *study)
{
    struct ctl_moment since;
    struct ctl_moment until;
    struct ctl_range range;
    choose_period(ctl->options, of->end_ms, &since, &until);
    enum mbp_status status = ctl_source_range(of->source, &since, &until, &range);
    if (status != MBP_OK)
        return status;
    struct mbp_analysis_period period = period_of(&since, &until, &range);
    struct mbp_analysis *analysis = NULL;
    uint64_t before = CTL_STUDY_BEFORE;
    for (bool again = true; again && status == MBP_OK; before *= CTL_STUDY_BEFORE_MORE) {
        uint64_t first = reach_back(of, range.first, before);
        mbp_analysis_free(analysis);
        analysis = NULL;
        status = analyse(ctl, of, now, &period, first, &analysis);
        again = status == MBP_OK && analysis->looked_from != 0 && first > of->source->oldest &&
                before < CTL_STUDY_BEFORE_MOST;
    }
    study->analysis = analysis;
    return status;
}
