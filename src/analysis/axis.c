/* The plant's time: scans counted across restarts, and where in it a period of wall time begins and ends. */
#include "analysis_priv.h"

#include <math.h>

/* Stamps of the event before and of the next one, between which an end of the period lies. */
struct gap {
    uint64_t from_t_ns, to_t_ns;
    uint64_t from_wall, to_wall;
    bool stopped; /* the plant did not run up to the second */
};

static uint64_t clamp(uint64_t value, uint64_t low, uint64_t high)
{
    return value < low ? low : value > high ? high : value;
}

/* The plant's time at a wall time within the gap, in ms: in proportion, for a plant may run faster than life. A plant
 * that was stopped ran just after the one event and just before the other; when it stopped is not known. */
static uint64_t between(const struct gap *gap, uint64_t wall_ms)
{
    if (wall_ms <= gap->from_wall || gap->to_wall <= gap->from_wall)
        return gap->from_t_ns / MBP_NS_PER_MS;
    if (wall_ms >= gap->to_wall || gap->stopped)
        return gap->to_t_ns / MBP_NS_PER_MS;
    double share = (double)(wall_ms - gap->from_wall) / (double)(gap->to_wall - gap->from_wall);
    double t_ns = (double)gap->from_t_ns + share * (double)(gap->to_t_ns - gap->from_t_ns);
    /* Of long times a double has not all digits: no end of the period leaves its gap for that. */
    return clamp((uint64_t)(t_ns / (double)MBP_NS_PER_MS), gap->from_t_ns / MBP_NS_PER_MS,
                 gap->to_t_ns / MBP_NS_PER_MS);
}

static void begin(struct axis *axis, const struct gap *gap)
{
    uint64_t since = axis->period.since_ms;
    axis->begun = true;
    axis->begin_t = since == 0 ? gap->to_t_ns / MBP_NS_PER_MS : between(gap, since);
    axis->begin_wall = since == 0 ? gap->to_wall : clamp(since, gap->from_wall, gap->to_wall);
}

static void end(struct axis *axis, const struct gap *gap)
{
    uint64_t until = axis->period.until_ms;
    bool by_number = until == UINT64_MAX;
    axis->end_t = by_number ? gap->from_t_ns / MBP_NS_PER_MS : between(gap, until);
    axis->end_wall = by_number ? gap->from_wall : clamp(until, gap->from_wall, gap->to_wall);
    if (gap->stopped && !by_number)
        axis->end_t = gap->from_t_ns / MBP_NS_PER_MS;
    axis->phase = AXIS_AFTER;
}

static struct gap gap_to(const struct axis *axis, uint64_t wall_ms, uint32_t scan, bool restarted)
{
    struct gap gap = {axis->t_ns, axis->t_ns, axis->wall_ms, wall_ms, restarted};
    /* They are counted through all runs: one that was cut off did more than its last event tells. */
    if (scan > axis->scan)
        gap.to_t_ns = mbp_time_add_sat(axis->t_ns, mbp_time_mul_sat(scan - axis->scan, axis->scan_ns));
    if (gap.to_wall < gap.from_wall)
        gap.to_wall = gap.from_wall;
    return gap;
}

void axis_take(struct axis *axis, const struct mbp_event *event)
{
    if (!axis->started) {
        axis->started = true;
        axis->from_birth = event->seq == 1;
        axis->wall_ms = event->wall_ms;
        axis->scan = event->scan;
        axis->first_seq = event->seq;
        axis->first_is_in = event->seq >= axis->period.first_event;
    }
    struct gap gap = gap_to(axis, event->wall_ms, event->scan, event->code == MBP_EV_START);
    if (axis->phase == AXIS_BEFORE && event->seq >= axis->period.first_event) {
        begin(axis, &gap);
        axis->phase = AXIS_WITHIN;
    }
    if (axis->phase == AXIS_WITHIN && event->seq >= axis->period.end_event)
        end(axis, &gap);
    axis->t_ns = gap.to_t_ns;
    axis->wall_ms = gap.to_wall;
    axis->scan = event->scan;
    axis->seq = event->seq;
}

void axis_follow_pace(struct axis *axis, const struct mbp_event *event)
{
    bool tells = event->code == MBP_EV_PLANT_LOADED || event->code == MBP_EV_PLANT_CHANGED;
    if (tells && event->limit > 0)
        axis->scan_ns = (uint64_t)llround((double)event->limit * 1e6) * 1000;
}

void axis_finish(struct axis *axis, const struct mbp_analysis_now *now)
{
    struct gap gap = {axis->t_ns, axis->t_ns, axis->wall_ms, axis->wall_ms, false};
    if (now != NULL && axis->started)
        gap = gap_to(axis, now->wall_ms, now->scan, false);
    if (!axis->started && now != NULL)
        gap.from_wall = gap.to_wall = now->wall_ms;
    if (axis->phase == AXIS_BEFORE)
        begin(axis, &gap);
    if (axis->phase == AXIS_AFTER)
        return;
    if (axis_is_to_now(axis)) { /* whatever its clock says, that is behind all events */
        axis->end_t = gap.to_t_ns / MBP_NS_PER_MS;
        axis->end_wall = gap.to_wall;
    } else if (axis->period.until_ms != UINT64_MAX) {
        axis->end_t = between(&gap, axis->period.until_ms);
        axis->end_wall = clamp(axis->period.until_ms, gap.from_wall, gap.to_wall);
    } else { /* until an event, which is the last */
        axis->end_t = gap.from_t_ns / MBP_NS_PER_MS;
        axis->end_wall = gap.from_wall;
    }
    axis->phase = AXIS_AFTER;
}
