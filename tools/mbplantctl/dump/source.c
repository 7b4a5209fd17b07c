/* Finding a period in a journal. */
#include "dump/source.h"

#include "text/filter.h"

/* So many events are looked at one by one; of more a search finds the ends, which is right where the clock was not set
 * back for a short while. */
#define EXACT_EVENTS 100000u

#define FIRST_STEP 500u /* back from the end, then four times as many each time */

struct bounding {
    struct ctl_filter filter;
    uint64_t first, end; /* 0 = none yet */
    uint64_t behind;     /* the first that is behind the period's beginning; 0 = none yet */
    bool first_only;
};

static bool is_behind(const struct ctl_moment *since, const struct mbp_event *event)
{
    return since->kind == CTL_MOMENT_TIME ? event->wall_ms >= since->ms : event->seq >= since->seq;
}

static bool bound_event(void *ctx, const struct mbp_event *event)
{
    struct bounding *bounding = ctx;
    if (bounding->behind == 0 && is_behind(&bounding->filter.since, event))
        bounding->behind = event->seq;
    if (!ctl_filter_in_period(&bounding->filter, event))
        return true;
    if (bounding->first == 0)
        bounding->first = event->seq;
    bounding->end = (uint64_t)event->seq + 1;
    return !bounding->first_only;
}

/* The last event of the period, from the end of the range back in ever larger steps. */
static enum mbp_status find_end(const struct ctl_source *source, const struct ctl_range *range,
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

static enum mbp_status find_ends(const struct ctl_source *source, struct bounding *bounding)
{
    struct ctl_range range;
    enum mbp_status status = source->narrow(source->ctx, &bounding->filter.since, &bounding->filter.until, &range);
    if (status != MBP_OK)
        return status;
    bounding->behind = range.first;
    bounding->first_only = true;
    if (range.end <= range.first)
        return MBP_OK;
    status = source->read(source->ctx, range.first, range.end - 1, bound_event, bounding);
    return status == MBP_OK && bounding->first != 0 ? find_end(source, &range, bounding) : status;
}

enum mbp_status ctl_source_range(const struct ctl_source *source, const struct ctl_moment *since,
                                 const struct ctl_moment *until, struct ctl_range *out)
{
    struct bounding bounding = {.filter = {.since = *since, .until = *until}};
    if (source->last == 0 || source->last < source->oldest) {
        *out = (struct ctl_range){0, 0};
        return MBP_OK;
    }
    bool all = source->narrow == NULL || source->last - source->oldest < EXACT_EVENTS;
    enum mbp_status status = all ? source->read(source->ctx, source->oldest, source->last, bound_event, &bounding)
                                 : find_ends(source, &bounding);
    if (status != MBP_OK)
        return status;
    uint64_t behind = bounding.behind != 0 ? bounding.behind : (uint64_t)source->last + 1;
    *out = bounding.first != 0 ? (struct ctl_range){bounding.first, bounding.end} : (struct ctl_range){behind, behind};
    return MBP_OK;
}
