/* Finding a period in a journal. */
#include "mbplant/report/period.h"

/* So many events are looked at one by one; of more a search finds the ends, which is right where the clock was not set
 * back for a short while. */
#define EXACT_EVENTS 100000u

#define FIRST_STEP 500u /* back from the end, then four times as many each time */

struct bounding {
    struct mbp_moment since, until;
    uint64_t first, end; /* 0 = none yet */
    uint64_t behind;     /* the first that is behind the period's beginning; 0 = none yet */
    bool first_only;
};

static bool is_behind(const struct mbp_moment *since, const struct mbp_event *event)
{
    return since->kind == MBP_MOMENT_TIME ? event->wall_ms >= since->ms : event->seq >= since->seq;
}

static bool bound_event(void *ctx, const struct mbp_event *event)
{
    struct bounding *bounding = ctx;
    if (bounding->behind == 0 && is_behind(&bounding->since, event))
        bounding->behind = event->seq;
    if (!mbp_moments_hold(&bounding->since, &bounding->until, event))
        return true;
    if (bounding->first == 0)
        bounding->first = event->seq;
    bounding->end = (uint64_t)event->seq + 1;
    return !bounding->first_only;
}

/* The last event of the period, from the end of the range back in ever larger steps. */
static enum mbp_status find_end(const struct mbp_event_source *source, const struct mbp_event_range *range,
                                struct bounding *bounding)
{
    enum mbp_status status = MBP_OK;
    uint64_t step = FIRST_STEP;
    bounding->first_only = false;
    bounding->end = 0;
    for (uint64_t end = range->end; end > range->first && bounding->end == 0 && status == MBP_OK; step *= 4) {
        uint64_t from = end - range->first > step ? end - step : range->first;
        status = source->read(source->ctx, from, end - 1, bound_event, bounding);
        end = from;
    }
    return status;
}

static enum mbp_status find_ends(const struct mbp_event_source *source, struct bounding *bounding)
{
    struct mbp_event_range range;
    const struct mbp_seek seek = {source->oldest, source->last, source->times, source->ctx};
    enum mbp_status status = mbp_seek_range(&seek, &bounding->since, &bounding->until, &range);
    if (status != MBP_OK)
        return status;
    bounding->behind = range.first;
    bounding->first_only = true;
    if (range.end <= range.first)
        return MBP_OK;
    status = source->read(source->ctx, range.first, range.end - 1, bound_event, bounding);
    return status == MBP_OK && bounding->first != 0 ? find_end(source, &range, bounding) : status;
}

enum mbp_status mbp_event_source_range(const struct mbp_event_source *source, const struct mbp_moment *since,
                                       const struct mbp_moment *until, struct mbp_event_range *out)
{
    struct bounding bounding = {.since = *since, .until = *until};
    if (source->last == 0 || source->last < source->oldest) {
        *out = (struct mbp_event_range){0, 0};
        return MBP_OK;
    }
    bool all = source->times == NULL || source->last - source->oldest < EXACT_EVENTS;
    enum mbp_status status = all ? source->read(source->ctx, source->oldest, source->last, bound_event, &bounding)
                                 : find_ends(source, &bounding);
    if (status != MBP_OK)
        return status;
    uint64_t behind = bounding.behind != 0 ? bounding.behind : (uint64_t)source->last + 1;
    *out = bounding.first != 0 ? (struct mbp_event_range){bounding.first, bounding.end}
                               : (struct mbp_event_range){behind, behind};
    return MBP_OK;
}
