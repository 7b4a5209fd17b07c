/* Machines in a row: what one that is down costs all of them. */
#include <math.h>
#include <stdlib.h>

#include "analysis_priv.h"

/* Which segments count. */
enum { ANY, DOWN, OUT_OF_SERVICE };

static bool counts(const struct mbp_analysis_segment *segment, int which)
{
    if (which == DOWN)
        return segment->state == MBP_EN_PANNE || segment->is_repair;
    return which == ANY || segment->state != MBP_EN_SERVICE;
}

static int by_begin(const void *a, const void *b)
{
    const struct mbp_analysis_segment *one = a;
    const struct mbp_analysis_segment *other = b;
    return (one->from_at_ms > other->from_at_ms) - (one->from_at_ms < other->from_at_ms);
}

/* How long there was at least one of them. */
static double covered(const struct mbp_analysis_segment *segments, size_t count, int which)
{
    double sum = 0;
    uint64_t reached = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t from = segments[i].from_at_ms > reached ? segments[i].from_at_ms : reached;
        if (!counts(&segments[i], which) || segments[i].to_at_ms <= from)
            continue;
        sum += (double)(segments[i].to_at_ms - from);
        reached = segments[i].to_at_ms;
    }
    return sum;
}

enum mbp_status line_availability(struct mbp_analysis *analysis)
{
    size_t count = analysis->segment_count;
    struct mbp_analysis_segment *segments = calloc(count + 1, sizeof *segments);
    analysis->line_availability = NAN;
    if (segments == NULL)
        return MBP_ERR_MEMORY;
    for (size_t i = 0; i < count; i++)
        segments[i] = analysis->segments[i];
    qsort(segments, count, sizeof *segments, by_begin);
    double down = covered(segments, count, DOWN);
    double running = covered(segments, count, ANY) - covered(segments, count, OUT_OF_SERVICE);
    if (running + down > 0)
        analysis->line_availability = running / (running + down);
    free(segments);
    return MBP_OK;
}
