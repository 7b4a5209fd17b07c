/* What machines made in the period: the journal tells their counters with each full hour of the plant's time and at
 * each start; between two tellings what was made is shared by running time. */
#include <math.h>
#include <stdlib.h>

#include "analysis_priv.h"

/* Counters that are farther apart say too little of what lies between. */
#define NEAR_MS UINT64_C(3660000)

enum mbp_status production_new(struct mbp_analyser *analyser)
{
    size_t count = analyser->plant->machine_count;
    analyser->production = calloc(count + 1, sizeof *analyser->production);
    if (analyser->production == NULL)
        return MBP_ERR_MEMORY;
    for (size_t m = 0; m < count; m++)
        analyser->production[m].state = STATE_UNKNOWN;
    return MBP_OK;
}

void production_free(struct mbp_analyser *analyser)
{
    free(analyser->production);
}

/* ---- running time ----------------------------------------------------------------------------------------------- */

/* As long as no change has told the state, it counts as running: it is the same all the while, and set right then. */
static uint64_t run_at(const struct production *production, uint64_t t)
{
    bool runs = production->state == MBP_EN_SERVICE || production->state == STATE_UNKNOWN;
    return production->run_ms + (runs && t > production->since_t ? t - production->since_t : 0);
}

static void set_back(struct production_sample *sample, uint64_t run_ms)
{
    if (sample->run_ms > run_ms)
        sample->run_ms = run_ms;
}

void production_state(struct mbp_analyser *analyser, const struct mbp_event *event, uint32_t machine)
{
    struct production *production = &analyser->production[machine];
    unsigned from = mbp_event_state_from(event->detail);
    unsigned to = mbp_event_state_to(event->detail);
    if (from >= MBP_STATE_COUNT || to >= MBP_STATE_COUNT)
        return;
    if (production->state == STATE_UNKNOWN && from != MBP_EN_SERVICE) {
        set_back(&production->told, production->run_ms);
        set_back(&production->begin, production->run_ms);
        set_back(&production->end, production->run_ms);
        production->state = (uint8_t)from;
    }
    production->run_ms = run_at(production, axis_t(&analyser->axis));
    production->since_t = axis_t(&analyser->axis);
    production->state = (uint8_t)to;
}

/* ---- the ends of the period ------------------------------------------------------------------------------------- */

static void mark(struct production *production, struct production_sample *end, uint64_t t)
{
    *end = (struct production_sample){.marked = true, .t = t, .run_ms = run_at(production, t)};
}

void production_follow(struct mbp_analyser *analyser)
{
    const struct axis *axis = &analyser->axis;
    bool begins = axis->begun && !analyser->production_begun;
    bool ends = axis->phase == AXIS_AFTER && !analyser->production_ended;
    for (uint32_t m = 0; (begins || ends) && m < analyser->plant->machine_count; m++) {
        if (begins)
            mark(&analyser->production[m], &analyser->production[m].begin, axis->begin_t);
        if (ends)
            mark(&analyser->production[m], &analyser->production[m].end, axis->end_t);
    }
    analyser->production_begun = analyser->production_begun || begins;
    analyser->production_ended = analyser->production_ended || ends;
}

/* What an end of the period had, between the counters told before and the ones told after it. Where only later ones are
 * told, it is not known. */
static void settle(struct production_sample *end, const struct production_sample *before,
                   const struct production_sample *after)
{
    if (!end->marked || end->known)
        return;
    bool nothing_since = after->run_ms == end->run_ms;
    bool between = before->known && before->t <= end->t;
    if (!nothing_since && (!between || after->t - before->t > NEAR_MS))
        return;
    uint64_t run_ms = after->run_ms - before->run_ms;
    double share = nothing_since || run_ms == 0 || end->run_ms < before->run_ms
                       ? 1
                       : (double)(end->run_ms - before->run_ms) / (double)run_ms;
    end->known = true;
    end->good = nothing_since ? after->good : before->good + share * (after->good - before->good);
    end->reject = nothing_since ? after->reject : before->reject + share * (after->reject - before->reject);
}

/* ---- counters --------------------------------------------------------------------------------------------------- */

/* Counters that went back were set back, with the whole plant: what is made from then on counts on. */
static void tell(struct production *production, uint64_t t, uint32_t good, uint32_t reject)
{
    struct production_sample now = {.known = true, .t = t, .run_ms = run_at(production, t)};
    now.good = good;
    now.reject = reject;
    if (production->told.known) {
        now.good = production->told.good + (good > production->good ? good - production->good : 0);
        now.reject = production->told.reject + (reject > production->reject ? reject - production->reject : 0);
    }
    settle(&production->begin, &production->told, &now);
    settle(&production->end, &production->told, &now);
    production->told = now;
    production->good = good;
    production->reject = reject;
}

void production_counters(struct mbp_analyser *analyser, const struct mbp_event *event, uint32_t machine)
{
    uint32_t reject = event->limit >= 0 ? (uint32_t)event->limit : 0;
    tell(&analyser->production[machine], axis_t(&analyser->axis), event->detail, reject);
}

void production_birth(struct mbp_analyser *analyser, uint32_t machine)
{
    struct production *production = &analyser->production[machine];
    uint64_t t = axis_t(&analyser->axis);
    if (!production->told.known)
        tell(production, t, 0, 0);
}

void production_presence(struct mbp_analyser *analyser, uint32_t machine)
{
    struct production *production = &analyser->production[machine];
    uint64_t t = axis_t(&analyser->axis);
    bool begun = production->begin.marked;
    *production = (struct production){.state = STATE_UNKNOWN, .since_t = t};
    if (begun)
        mark(production, &production->begin, t);
}

bool production_wants_more(const struct mbp_analyser *analyser)
{
    for (uint32_t m = 0; m < analyser->plant->machine_count; m++) {
        const struct production *production = &analyser->production[m];
        if (analyser->plant->machines[m].cycle_ns != 0 && !production->end.known && production->told.known &&
            axis_t(&analyser->axis) - production->told.t <= NEAR_MS)
            return true;
    }
    return false;
}

bool production_wants_earlier(const struct mbp_analyser *analyser)
{
    for (uint32_t m = 0; analyser->axis.begin_t < NEAR_MS && m < analyser->plant->machine_count; m++) {
        if (analyser->plant->machines[m].cycle_ns != 0 && !analyser->production[m].begin.known)
            return true;
    }
    return false;
}

/* ---- the end ---------------------------------------------------------------------------------------------------- */

void production_finish(struct mbp_analyser *analyser)
{
    const struct axis *axis = &analyser->axis;
    const struct mbp_analysis_now *now = analyser->now;
    production_follow(analyser);
    if (!analyser_reaches_now(analyser) || !axis->started)
        return;
    uint64_t t = axis_t(axis);
    if (now->scan > axis->scan)
        t = mbp_time_add_sat(t, mbp_time_mul_sat(now->scan - axis->scan, axis->scan_ns) / MBP_NS_PER_MS);
    for (uint32_t m = 0; m < analyser->plant->machine_count; m++) {
        const struct mbp_analysis_machine_now *machine = &now->machines[m];
        if (mbp_analysis_tells(machine, MBP_FIGURE_GOOD) && mbp_analysis_tells(machine, MBP_FIGURE_REJECT))
            tell(&analyser->production[m], t, machine->good, machine->reject);
    }
}

bool production_of(const struct mbp_analyser *analyser, uint32_t machine, uint64_t *good, uint64_t *reject)
{
    const struct production *production = &analyser->production[machine];
    if (!production->begin.known || !production->end.known)
        return false;
    *good = (uint64_t)llround(fmax(production->end.good - production->begin.good, 0));
    *reject = (uint64_t)llround(fmax(production->end.reject - production->begin.reject, 0));
    return true;
}
