/* Events to the analysis: which, from where, and when to stop. */
#include "mbplant/report/period.h"

/* ---- the period ------------------------------------------------------------------------------------------------- */

/* The last day, where nothing else was asked for. */
static void choose_period(const struct mbp_study *study, struct mbp_moment *since, struct mbp_moment *until)
{
    *since = study->since;
    *until = study->until;
    if (since->kind != MBP_MOMENT_NONE)
        return;
    if (until->kind == MBP_MOMENT_EVENT) {
        *since = (struct mbp_moment){MBP_MOMENT_EVENT, 1, 0};
        return;
    }
    uint64_t end_ms = until->kind == MBP_MOMENT_TIME && until->ms < study->end_ms ? until->ms : study->end_ms;
    *since = (struct mbp_moment){MBP_MOMENT_TIME, 0, mbp_time_sub_sat(end_ms, MBP_STUDY_DEFAULT_MS)};
}

static struct mbp_analysis_period period_of(const struct mbp_moment *since, const struct mbp_moment *until,
                                            const struct mbp_event_range *range)
{
    return (struct mbp_analysis_period){
        .since_ms = since->kind == MBP_MOMENT_TIME ? since->ms : 0,
        .until_ms = until->kind == MBP_MOMENT_TIME ? until->ms : UINT64_MAX,
        .first_event = range->first,
        .end_event = until->kind == MBP_MOMENT_NONE ? UINT64_MAX : range->end,
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
static enum mbp_status analyse(const struct mbp_study *study, const struct mbp_analysis_period *period, uint64_t first,
                               struct mbp_analysis **out)
{
    const struct mbp_event_source *source = study->source;
    struct taking taking = {.end_event = period->end_event};
    uint64_t last = source->last;
    bool some = last > 0 && first <= last;
    enum mbp_status status = mbp_analyser_new(study->plant, study->names, period, study->now, &taking.analyser);
    if (status != MBP_OK)
        return status;
    if (source->times != NULL && period->end_event < last && last - period->end_event > MBP_STUDY_AFTER_MOST)
        last = period->end_event + MBP_STUDY_AFTER_MOST;
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
static uint64_t reach_back(const struct mbp_event_source *source, uint64_t first, uint64_t events)
{
    uint64_t oldest = source->oldest;
    return source->times != NULL && first > oldest && first - oldest > events ? first - events : oldest;
}

enum mbp_status mbp_study_run(const struct mbp_study *study, struct mbp_analysis **out)
{
    struct mbp_moment since;
    struct mbp_moment until;
    struct mbp_event_range range;
    choose_period(study, &since, &until);
    enum mbp_status status = mbp_event_source_range(study->source, &since, &until, &range);
    if (status != MBP_OK)
        return status;
    struct mbp_analysis_period period = period_of(&since, &until, &range);
    struct mbp_analysis *analysis = NULL;
    uint64_t before = MBP_STUDY_BEFORE;
    for (bool again = true; again && status == MBP_OK; before *= MBP_STUDY_BEFORE_MORE) {
        uint64_t first = reach_back(study->source, range.first, before);
        mbp_analysis_free(analysis);
        analysis = NULL;
        status = analyse(study, &period, first, &analysis);
        again = status == MBP_OK && analysis->looked_from != 0 && first > study->source->oldest &&
                before < MBP_STUDY_BEFORE_MOST;
    }
    if (status == MBP_OK)
        *out = analysis;
    return status;
}
