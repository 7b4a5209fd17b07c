/* Each machine's states over time: running, down, planned maintenance, failures and repairs. */
#include <math.h>
#include <stdlib.h>

#include "analysis_priv.h"

#define MS_PER_S 1000.0

enum mbp_status machines_new(struct mbp_analyser *analyser)
{
    size_t count = analyser->plant->machine_count;
    struct machines *machines = &analyser->machines;
    machines->tracks = calloc(count + 1, sizeof *machines->tracks);
    machines->figures = calloc(count + 1, sizeof *machines->figures);
    if (machines->tracks == NULL || machines->figures == NULL)
        return MBP_ERR_MEMORY;
    for (size_t m = 0; m < count; m++)
        machines->tracks[m].state = STATE_UNKNOWN;
    return MBP_OK;
}

void machines_free(struct mbp_analyser *analyser)
{
    free(analyser->machines.tracks);
    free(analyser->machines.figures);
    free(analyser->machines.segments.items);
    free(analyser->machines.stops.items);
}

/* The time from the state's beginning, or the period's, to t, goes to the state's account. */
static enum mbp_status account(struct mbp_analyser *analyser, uint32_t machine, uint64_t t, uint64_t wall_ms)
{
    const struct axis *axis = &analyser->axis;
    const struct machine_track *track = &analyser->machines.tracks[machine];
    struct mbp_analysis_machine *figures = &analyser->machines.figures[machine];
    uint64_t from_t = track->since_t > axis->begin_t ? track->since_t : axis->begin_t;
    uint64_t from_wall = track->since_wall > axis->begin_wall ? track->since_wall : axis->begin_wall;
    if (!axis->begun || track->state == STATE_UNKNOWN || track->absent)
        return MBP_OK;
    figures->known = true;
    if (t > from_t && track->state == MBP_EN_SERVICE)
        figures->running_ms += t - from_t;
    else if (t > from_t && (track->state == MBP_EN_PANNE || track->is_repair))
        figures->down_ms += t - from_t;
    else if (t > from_t)
        figures->planned_ms += t - from_t;
    if (t > from_t && track->state == MBP_MAINTENANCE && track->is_repair)
        figures->maintained_ms += t - from_t;
    if (wall_ms <= from_wall && t <= from_t)
        return MBP_OK;
    const struct mbp_analysis_segment segment = {
        .from_ms = from_wall,
        .to_ms = wall_ms > from_wall ? wall_ms : from_wall,
        .from_at_ms = from_t - axis->begin_t,
        .to_at_ms = (t > from_t ? t : from_t) - axis->begin_t,
        .machine = machine,
        .state = track->state,
        .is_repair = track->is_repair,
    };
    return analysis_list_add(&analyser->machines.segments, &segment, sizeof segment);
}

/* A change of state within the period: what it counts as. */
static void count_change(struct mbp_analyser *analyser, uint32_t machine, unsigned to)
{
    const struct machine_track *track = &analyser->machines.tracks[machine];
    struct mbp_analysis_machine *figures = &analyser->machines.figures[machine];
    if (to == MBP_EN_PANNE && !track->failed) /* what has failed already does not fail again */
        figures->failures++;
    if (to == MBP_EN_SERVICE && track->failed) {
        figures->repairs++;
        figures->repair_ms += axis_t(&analyser->axis) - track->failed_t;
    }
}

/* Its first change tells what it was before. */
static void learn_state(const struct mbp_analyser *analyser, struct machine_track *track, unsigned state)
{
    if (track->state != STATE_UNKNOWN)
        return;
    track->state = (uint8_t)state;
    track->untold = state != MBP_EN_SERVICE && !track->born && !analyser->axis.from_birth;
    if (state == MBP_EN_PANNE) {
        track->failed = true;
        track->failed_t = track->since_t;
    }
}

static enum mbp_status change(struct mbp_analyser *analyser, const struct mbp_event *event, uint32_t machine)
{
    const struct axis *axis = &analyser->axis;
    struct machine_track *track = &analyser->machines.tracks[machine];
    unsigned from = mbp_event_state_from(event->detail);
    unsigned to = mbp_event_state_to(event->detail);
    enum mbp_status status = MBP_OK;
    if (from >= MBP_STATE_COUNT || to >= MBP_STATE_COUNT)
        return MBP_OK;
    learn_state(analyser, track, from);
    if (axis->phase == AXIS_WITHIN) {
        status = account(analyser, machine, axis_t(axis), axis->wall_ms);
        count_change(analyser, machine, to);
    }
    if (to == MBP_EN_PANNE && !track->failed) {
        track->failed = true;
        track->failed_t = axis_t(axis);
    }
    track->is_repair = to == MBP_MAINTENANCE && track->failed;
    if (to == MBP_EN_SERVICE) {
        track->failed = false;
        track->untold = track->untold && axis->phase != AXIS_BEFORE;
    }
    track->state = (uint8_t)to;
    track->since_t = axis_t(axis);
    track->since_wall = axis->wall_ms;
    return status;
}

enum mbp_status machines_take(struct mbp_analyser *analyser, const struct mbp_event *event, uint32_t machine)
{
    if (event->code == MBP_EV_MACHINE_STATE)
        production_state(analyser, event, machine);
    else if (event->code == MBP_EV_PRODUCTION)
        production_counters(analyser, event, machine);
    else if (event->code == MBP_EV_MACHINE_ADDED)
        production_birth(analyser, machine);
    struct machine_track *track = &analyser->machines.tracks[machine];
    struct mbp_analysis_machine *figures = &analyser->machines.figures[machine];
    bool within = analyser->axis.phase == AXIS_WITHIN;
    if (event->code == MBP_EV_MACHINE_STATE && analyser->axis.phase == AXIS_AFTER) {
        unsigned from = mbp_event_state_from(event->detail);
        if (track->state == STATE_UNKNOWN && from < MBP_STATE_COUNT) {
            learn_state(analyser, track, from);
            return account(analyser, machine, analyser->axis.end_t, analyser->axis.end_wall);
        }
        return MBP_OK;
    }
    if (event->code == MBP_EV_MACHINE_STATE)
        return change(analyser, event, machine);
    figures->maintenance_started += within && event->code == MBP_EV_MAINTENANCE_STARTED;
    figures->maintenance_ended += within && event->code == MBP_EV_MAINTENANCE_ENDED;
    figures->maintenance_due += within && event->code == MBP_EV_MAINTENANCE_DUE;
    return MBP_OK;
}

enum mbp_status machines_stopped(struct mbp_analyser *analyser, uint64_t from_wall, uint64_t to_wall)
{
    struct mbp_analysis_stop stop = {from_wall, to_wall};
    if (analyser->axis.phase != AXIS_WITHIN || to_wall <= from_wall)
        return MBP_OK;
    if (stop.from_ms < analyser->axis.begin_wall)
        stop.from_ms = analyser->axis.begin_wall;
    return analysis_list_add(&analyser->machines.stops, &stop, sizeof stop);
}

enum mbp_status machines_presence(struct mbp_analyser *analyser, uint32_t m, bool absent)
{
    const struct axis *axis = &analyser->axis;
    struct machine_track *track = &analyser->machines.tracks[m];
    enum mbp_status status = MBP_OK;
    if (absent ? track->absent : !track->absent && track->born)
        return MBP_OK;
    if (absent && axis->phase == AXIS_WITHIN)
        status = account(analyser, m, axis_t(axis), axis->wall_ms);
    production_presence(analyser, m);
    *track = (struct machine_track){
        .state = STATE_UNKNOWN,
        .absent = absent,
        .born = !absent,
        .since_t = axis_t(axis),
        .since_wall = axis->wall_ms,
    };
    return status;
}

bool machines_want_more(const struct mbp_analyser *analyser)
{
    for (uint32_t m = 0; m < analyser->plant->machine_count; m++) {
        const struct machine_track *track = &analyser->machines.tracks[m];
        if (track->state == STATE_UNKNOWN && !track->absent)
            return true;
    }
    return false;
}

enum mbp_status machines_close(struct mbp_analyser *analyser)
{
    enum mbp_status status = MBP_OK;
    if (analyser->machines.closed)
        return MBP_OK;
    analyser->machines.closed = true;
    for (uint32_t m = 0; m < analyser->plant->machine_count && status == MBP_OK; m++)
        status = account(analyser, m, analyser->axis.end_t, analyser->axis.end_wall);
    return status;
}

static double ratio(double part, double whole)
{
    return whole > 0 ? part / whole : (double)NAN;
}

/* Products as the counters tell them. */
static bool count_production(const struct mbp_analyser *analyser, uint32_t m)
{
    struct mbp_analysis_machine *figures = &analyser->machines.figures[m];
    if (!production_of(analyser, m, &figures->good, &figures->reject))
        return false;
    double made = (double)figures->good + (double)figures->reject;
    double cycle_ms = (double)analyser->plant->machines[m].cycle_ns / (double)MBP_NS_PER_MS;
    figures->performance = ratio(made * cycle_ms, (double)figures->running_ms);
    figures->quality = ratio((double)figures->good, made);
    return true;
}

/* A number of products: figures that contradict each other may come to any number. */
static uint64_t to_count(double products)
{
    return products >= 0x1p63 ? INT64_MAX : products > 0 ? (uint64_t)products : 0;
}

/* Whether what is reckoned with is shown at all. */
static bool tells_production(const struct mbp_analysis_machine_now *now, bool whole_life)
{
    return mbp_analysis_tells(now, MBP_FIGURE_GOOD) && mbp_analysis_tells(now, MBP_FIGURE_REJECT) &&
           (whole_life || mbp_analysis_tells(now, MBP_FIGURE_RUNNING));
}

/* Products of the period: counted when the journal tells the counters or it is the machine's whole life, else reckoned
 * from its running time with the pace and the share of good ones of its whole life. Masters are told of the latter in
 * whole seconds. */
static void reckon_production(const struct mbp_analyser *analyser, uint32_t m, bool whole_life)
{
    struct mbp_analysis_machine *figures = &analyser->machines.figures[m];
    const struct mbp_machine *machine = &analyser->plant->machines[m];
    double cycle_s = (double)machine->cycle_ns / (double)MBP_NS_PER_S;
    double running_s = (double)figures->running_ms / MS_PER_S;
    figures->performance = figures->quality = NAN;
    figures->produces = machine->cycle_ns != 0;
    if (!figures->produces || count_production(analyser, m) || analyser->now == NULL)
        return;
    const struct mbp_analysis_machine_now *now = &analyser->now->machines[m];
    if (!tells_production(now, whole_life))
        return;
    double made = (double)now->good + (double)now->reject;
    double life_s = whole_life ? fmax(running_s, now->running_s) : now->running_s + 0.5;
    figures->performance = ratio(made * cycle_s, life_s);
    figures->quality = ratio((double)now->good, made);
    figures->estimated = !whole_life;
    figures->good = now->good;
    figures->reject = now->reject;
    if (whole_life)
        return;
    uint64_t products = to_count(floor(running_s / cycle_s * figures->performance));
    figures->good = isnan(figures->quality) ? 0 : to_count(round((double)products * figures->quality));
    figures->reject = mbp_time_sub_sat(products, figures->good);
}

static void reckon(const struct mbp_analyser *analyser, uint32_t m, bool whole_life)
{
    struct mbp_analysis_machine *figures = &analyser->machines.figures[m];
    double running = (double)figures->running_ms;
    double busy = running + (double)figures->down_ms;
    figures->availability = ratio(running, busy);
    figures->technical = ratio(running, busy + (double)figures->planned_ms);
    figures->mtbf_ms = ratio(running, figures->failures);
    figures->mttr_ms = ratio((double)figures->repair_ms, figures->repairs);
    reckon_production(analyser, m, whole_life);
    figures->oee = figures->availability * figures->performance * figures->quality;
    figures->due = analyser->now != NULL && analyser->now->machines[m].due;
    figures->due_untold = analyser->now != NULL && !mbp_analysis_tells(&analyser->now->machines[m], MBP_FIGURE_DUE);
}

/* One that nothing told of is still in the state that it is in now, when all that happened up to now was taken; else
 * only what it says itself of since when tells, in whole seconds of a wall clock. */
static bool is_told_by_now(const struct mbp_analyser *analyser, uint32_t machine)
{
    const struct mbp_analysis_now *now = analyser->now;
    if (now == NULL || now->machines[machine].untold)
        return false;
    if (analyser_reaches_now(analyser))
        return true;
    uint64_t since_ms = now->machines[machine].since_ms;
    return since_ms != 0 && mbp_time_add_sat(since_ms, 1000) <= analyser->axis.end_wall;
}

enum mbp_status machines_finish(struct mbp_analyser *analyser, bool whole_life)
{
    enum mbp_status status = machines_close(analyser);
    for (uint32_t m = 0; m < analyser->plant->machine_count && status == MBP_OK; m++) {
        struct machine_track *track = &analyser->machines.tracks[m];
        if (track->state == STATE_UNKNOWN && is_told_by_now(analyser, m)) {
            learn_state(analyser, track, analyser->now->machines[m].state);
            status = account(analyser, m, analyser->axis.end_t, analyser->axis.end_wall);
        }
        reckon(analyser, m, whole_life);
    }
    return status;
}

bool machines_want_earlier(const struct mbp_analyser *analyser)
{
    for (uint32_t m = 0; m < analyser->plant->machine_count; m++) {
        if (analyser->machines.tracks[m].untold && !analyser->machines.tracks[m].absent)
            return true;
    }
    return false;
}
