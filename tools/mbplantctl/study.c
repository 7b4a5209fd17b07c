/* Events to the analysis: which, from where, and when to stop. */
#include "study.h"

#include <stdlib.h>
#include <string.h>

#include "events.h"
#include "filter.h"

void ctl_study_free(struct ctl_study *study)
{
    mbp_analysis_free(study->analysis);
    free(study->machines);
    free(study->active);
    *study = (struct ctl_study){0};
}

/* What the snapshot tells, as the analysis wants it. */
static enum mbp_status take_now(const struct mbp_plant *plant, const struct ctl_overview *overview,
                                struct ctl_study *study)
{
    const struct ctl_snapshot *snapshot = &overview->snapshot;
    study->machines = calloc(plant->machine_count + 1u, sizeof *study->machines);
    study->active = calloc(plant->sensor_count + (size_t)1, sizeof *study->active);
    if (study->machines == NULL || study->active == NULL)
        return MBP_ERR_MEMORY;
    for (uint32_t m = 0; m < plant->machine_count; m++) {
        const struct ctl_machine_now *now = &snapshot->machines[m];
        study->machines[m] = (struct mbp_analysis_machine_now){.state = now->state,
                                                               .since_ms = now->since_s * 1000,
                                                               .good = now->good,
                                                               .reject = now->reject,
                                                               .running_s = now->running_s,
                                                               .failures = now->failures,
                                                               .due = now->due};
    }
    for (uint32_t s = 0; s < plant->sensor_count; s++)
        study->active[s] = snapshot->sensors[s].bits & ((1u << MBP_LIMIT_COUNT) - 1);
    study->now =
        (struct mbp_analysis_now){overview->report.now_ms, snapshot->summary.scans, study->machines, study->active};
    return MBP_OK;
}

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
    *since = (struct ctl_moment){CTL_MOMENT_TIME, 0, end_ms > CTL_STUDY_DEFAULT_MS ? end_ms - CTL_STUDY_DEFAULT_MS : 0};
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

struct taking {
    struct mbp_analyser *analyser;
    const struct ctl_past *past;
    const struct mbp_plant *now, *plant; /* plant: by which the events count just now */
    uint64_t end_event;
    enum mbp_status status;
};

static bool take_event(void *ctx, const struct mbp_event *event)
{
    struct taking *taking = ctx;
    const struct mbp_plant *plant = ctl_past_at(taking->past, event->seq, taking->now);
    if (plant != taking->plant && taking->past->count > 0) {
        taking->plant = plant;
        taking->status = mbp_analyser_change(taking->analyser, plant);
        if (taking->status != MBP_OK)
            return false;
    }
    taking->status = mbp_analyser_take(taking->analyser, event);
    return taking->status == MBP_OK && !(event->seq >= taking->end_event && !mbp_analyser_wants_more(taking->analyser));
}

/* ---- of a slave ------------------------------------------------------------------------------------------------- */

/* What of the journal before the period tells the counters that it began with: an hour and a little, or so many events.
 */
#define COUNTERS_MS     (UINT64_C(65) * 60000)
#define COUNTERS_EVENTS 2000u

/* Where reading begins: an event before the period for its beginning; an hour for counters; a day before its end for
 * alarms that are older than it. */
static enum mbp_status find_context(struct ctl *ctl, uint8_t unit, const struct ctl_summary *summary,
                                    const struct ctl_moment *since, const struct ctl_moment *until, uint64_t now_ms,
                                    uint64_t *first)
{
    if (since->kind == CTL_MOMENT_TIME) {
        uint64_t end_ms = until->kind == CTL_MOMENT_TIME && until->ms < now_ms ? until->ms : now_ms;
        uint64_t day_ms = end_ms > MBP_ANALYSIS_STALE_MS ? end_ms - MBP_ANALYSIS_STALE_MS : 0;
        uint64_t hour_ms = since->ms > COUNTERS_MS ? since->ms - COUNTERS_MS : 0;
        struct ctl_moment day = {CTL_MOMENT_TIME, 0, day_ms < hour_ms ? day_ms : hour_ms};
        struct ctl_moment open = {0};
        struct ctl_range range;
        if (day.ms < since->ms) {
            enum mbp_status status =
                ctl_events_range(ctl->link, unit, &day, &open, summary->oldest_event, summary->last_event, &range);
            if (status != MBP_OK)
                return status;
            if (range.first < *first)
                *first = range.first;
        }
    }
    uint64_t before = since->kind == CTL_MOMENT_EVENT ? COUNTERS_EVENTS : 1;
    *first = *first > summary->oldest_event + before ? *first - before : summary->oldest_event;
    return MBP_OK;
}

static enum mbp_status analyse_slave(struct ctl *ctl, const struct ctl_overview *overview, struct ctl_past *past,
                                     struct ctl_study *study)
{
    const struct ctl_summary *summary = &overview->snapshot.summary;
    int unit = ctl_summary_unit(ctl->plant);
    struct ctl_moment since;
    struct ctl_moment until;
    struct ctl_range range = {0, 0};
    if (unit < 0)
        return MBP_ERR_MISSING;
    choose_period(ctl->options, overview->report.now_ms, &since, &until);
    enum mbp_status status =
        ctl_events_range(ctl->link, (uint8_t)unit, &since, &until, summary->oldest_event, summary->last_event, &range);
    uint64_t first = range.first;
    if (status == MBP_OK && summary->last_event > 0)
        status = find_context(ctl, (uint8_t)unit, summary, &since, &until, overview->report.now_ms, &first);
    struct mbp_analysis_period period = period_of(&since, &until, &range);
    struct taking taking = {.past = past, .now = ctl->plant, .end_event = period.end_event};
    if (status == MBP_OK && first <= summary->last_event && summary->last_event > 0)
        status = ctl_past_read(ctl, (uint8_t)unit, (uint32_t)first, summary->last_event, past);
    if (status == MBP_OK)
        status = mbp_analyser_new(ctl->plant, &period, &study->now, &taking.analyser);
    if (status != MBP_OK)
        return status;
    if (first <= summary->last_event && summary->last_event > 0)
        status =
            ctl_events_read(ctl->link, (uint8_t)unit, (uint32_t)first, summary->last_event, take_event, &taking, NULL);
    if (status == MBP_OK)
        status = taking.status;
    if (status == MBP_OK)
        return mbp_analyser_finish(taking.analyser, &study->analysis);
    mbp_analyser_free(taking.analyser);
    return status;
}

enum ctl_exit ctl_study_slave(struct ctl *ctl, const struct ctl_overview *overview, struct ctl_study *out)
{
    struct ctl_study study = {0};
    struct ctl_past past = {0};
    enum mbp_status status = take_now(ctl->plant, overview, &study);
    if (status == MBP_OK)
        status = analyse_slave(ctl, overview, &past, &study);
    ctl_past_free(&past);
    if (status == MBP_OK) {
        *out = study;
        return CTL_OK;
    }
    ctl_study_free(&study);
    return status == MBP_ERR_MISSING ? CTL_FAILED : ctl_fail(ctl, status, "reading the journal");
}

/* ---- of a dump -------------------------------------------------------------------------------------------------- */

/* The numbers of a period's events, by looking at all of them. */
struct bounding {
    struct ctl_filter filter;
    struct ctl_range range;
};

static bool bound_event(void *ctx, const struct mbp_event *event)
{
    struct bounding *bounding = ctx;
    if (!ctl_filter_in_period(&bounding->filter, event))
        return true;
    if (bounding->range.first == 0)
        bounding->range.first = event->seq;
    bounding->range.end = (uint64_t)event->seq + 1;
    return true;
}

/* A period without events lies before the first event behind it. */
struct placing {
    const struct ctl_moment *since;
    uint64_t seq;
};

static bool place_event(void *ctx, const struct mbp_event *event)
{
    struct placing *placing = ctx;
    bool behind = placing->since->kind == CTL_MOMENT_TIME ? event->wall_ms >= placing->since->ms
                                                          : event->seq >= placing->since->seq;
    placing->seq = event->seq + !behind;
    return !behind;
}

static enum mbp_status find_range(struct ctl_dump *dump, const struct ctl_moment *since, const struct ctl_moment *until,
                                  struct ctl_range *out, char why[CTL_DUMP_WHY])
{
    struct bounding bounding = {.filter = {.since = *since, .until = *until}};
    enum mbp_status status = ctl_dump_events(dump, bound_event, &bounding, why);
    if (status == MBP_OK && bounding.range.first == 0) {
        struct placing placing = {since, 0};
        status = ctl_dump_events(dump, place_event, &placing, why);
        bounding.range = (struct ctl_range){placing.seq, placing.seq};
    }
    if (status == MBP_OK)
        *out = bounding.range;
    return status;
}

static enum mbp_status analyse_dump(struct ctl *ctl, struct ctl_dump *dump, const struct ctl_overview *overview,
                                    struct ctl_study *study, char why[CTL_DUMP_WHY])
{
    bool is_of_the_end = overview->snapshot.summary.last_event == dump->last.seq;
    uint64_t end_ms = is_of_the_end ? study->now.wall_ms : dump->last.wall_ms;
    struct ctl_moment since;
    struct ctl_moment until;
    struct ctl_range range;
    choose_period(ctl->options, end_ms, &since, &until);
    enum mbp_status status = find_range(dump, &since, &until, &range, why);
    if (status != MBP_OK)
        return status;
    struct mbp_analysis_period period = period_of(&since, &until, &range);
    struct taking taking = {.past = &dump->past, .now = ctl->plant, .end_event = period.end_event};
    status = mbp_analyser_new(ctl->plant, &period, is_of_the_end ? &study->now : NULL, &taking.analyser);
    if (status == MBP_OK) {
        status = ctl_dump_events(dump, take_event, &taking, why);
        if (status == MBP_OK)
            status = taking.status;
        if (status == MBP_OK)
            return mbp_analyser_finish(taking.analyser, &study->analysis);
        mbp_analyser_free(taking.analyser);
    }
    if (status == MBP_ERR_MEMORY)
        snprintf(why, CTL_DUMP_WHY, "%s", mbp_status_text(status));
    return status;
}

enum ctl_exit ctl_study_dump(struct ctl *ctl, struct ctl_dump *dump, const struct ctl_overview *overview,
                             struct ctl_study *out)
{
    struct ctl_study study = {0};
    char why[CTL_DUMP_WHY] = "out of memory";
    enum mbp_status status = take_now(ctl->plant, overview, &study);
    if (status == MBP_OK)
        status = analyse_dump(ctl, dump, overview, &study, why);
    if (status == MBP_OK) {
        *out = study;
        return CTL_OK;
    }
    ctl_study_free(&study);
    ctl_error("--load %s: %s", ctl->options->load_path, why);
    return CTL_FAILED;
}
