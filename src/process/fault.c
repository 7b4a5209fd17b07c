/* What faults do: to what a sensor senses, and to the process. */
#include "fault.h"

#include <math.h>

#include "process_priv.h"

/* A 4..20 mA instrument fails to 3.6 mA or less, or to 21 mA or more (NAMUR NE 43): so much of the range beyond its
 * end.
 */
#define DOWNSCALE (0.4 / 16.0)
#define UPSCALE   (1.0 / 16.0)

/* ---- sensors ---------------------------------------------------------------------------------------------------- */

static double elapsed(const struct mbp_state *state, const struct mbp_fault_state *fault)
{
    return (double)(state->sim_ns - fault->begin_ns) / (double)fault->effect.over_ns;
}

/* By the number of the scan, so that a fault which is there draws the same whenever it began. */
static uint64_t key_of(const struct mbp_plant *plant, const struct mbp_state *state, uint32_t f)
{
    char buf[16];
    return mbp_rng_key(state->seed, mbp_name_hash(mbp_fault_name(plant, f, buf, sizeof buf)) ^ FAULT_EFFECT_STREAM);
}

static double spike(const struct mbp_plant *plant, const struct mbp_state *state, uint32_t f)
{
    const struct mbp_effect *effect = &state->fault[f].effect;
    double share = -expm1(-(double)plant->scan_ns / (double)effect->over_ns);
    return mbp_rng_uniform(mbp_rng_draw(key_of(plant, state, f), state->tick)) < share ? effect->amount : 0.0;
}

static double noise(const struct mbp_plant *plant, const struct mbp_state *state, uint32_t f)
{
    uint64_t key = key_of(plant, state, f);
    uint64_t tick = state->tick;
    return state->fault[f].effect.amount * mbp_rng_normal(mbp_rng_draw(key, 2 * tick), mbp_rng_draw(key, 2 * tick + 1));
}

static double sensed(const struct mbp_process *process, const struct mbp_state *state, uint32_t f, double seen)
{
    const struct mbp_plant *plant = process->plant;
    const struct mbp_fault_state *fault = &state->fault[f];
    const struct mbp_effect *effect = &fault->effect;
    double low = plant->sensors[effect->subject].range[0];
    double high = plant->sensors[effect->subject].range[1];
    switch ((enum mbp_effect_kind)effect->kind) {
    case MBP_EFFECT_STUCK:
        return fault->held;
    case MBP_EFFECT_BIAS:
        return process_bounded(seen + effect->amount);
    case MBP_EFFECT_DRIFT:
        return process_bounded(seen + effect->amount * elapsed(state, fault));
    case MBP_EFFECT_SPIKE:
        return process_bounded(seen + spike(plant, state, f));
    case MBP_EFFECT_NOISE:
        return process_bounded(seen + noise(plant, state, f));
    case MBP_EFFECT_DROPOUT:
        return effect->upscale ? high + UPSCALE * (high - low) : low - DOWNSCALE * (high - low);
    case MBP_EFFECT_STEP:
    case MBP_EFFECT_RAMP:
    case MBP_EFFECT_WEAR:
    case MBP_EFFECT_SLOW:
    case MBP_EFFECT_PASSING:
    case MBP_EFFECT_OFFSET:
    case MBP_EFFECT_COUNT:
        break;
    }
    return seen;
}

uint32_t process_fault_sense(const struct mbp_process *process, const struct mbp_state *state, uint32_t at,
                             uint32_t first, uint32_t end, double *seen)
{
    for (; at < state->fault_active_count; at++) {
        uint32_t f = state->fault_active[at];
        uint32_t s = state->fault[f].effect.subject;
        if (s >= end)
            break;
        if (s >= first) /* else it is of a sensor that no run has */
            seen[s - first] = sensed(process, state, f, seen[s - first]);
    }
    return at;
}

/* ---- actuators -------------------------------------------------------------------------------------------------- */

uint32_t process_fault_first_of_actuators(const struct mbp_process *process, const struct mbp_state *state)
{
    uint32_t at = state->fault_active_count;
    while (at > 0 && state->fault[state->fault_active[at - 1]].effect.subject >= process->plant->sensor_count)
        at--;
    return at;
}

static void trouble(const struct mbp_process *process, const struct mbp_fault_state *fault, uint32_t a,
                    struct process_trouble *out)
{
    const double *range = process->plant->actuators[a].range;
    switch ((unsigned)fault->effect.kind) {
    case MBP_EFFECT_STUCK:
        out->stuck = true;
        out->held = fault->held;
        break;
    case MBP_EFFECT_SLOW:
        out->stride =
            fmin(out->stride, (range[1] - range[0]) * (double)process->plant->scan_ns / (double)fault->effect.over_ns);
        break;
    case MBP_EFFECT_OFFSET:
        out->offset += fault->effect.amount;
        break;
    default: /* what passes does so wherever it stands */
        break;
    }
}

uint32_t process_fault_actuate(const struct mbp_process *process, const struct mbp_state *state, uint32_t at,
                               uint32_t a, struct process_trouble *out)
{
    for (; at < state->fault_active_count; at++) {
        const struct mbp_fault_state *fault = &state->fault[state->fault_active[at]];
        if (fault->effect.subject != process->plant->sensor_count + a)
            break;
        trouble(process, fault, a, out);
    }
    return at;
}

/* ---- process ---------------------------------------------------------------------------------------------------- */

/* Wear shows while the machine runs. */
static double worn(const struct mbp_plant *plant, const struct mbp_state *state, const struct mbp_effect *effect)
{
    const struct mbp_machine_state *machine = &state->machine[plant->sensors[effect->subject].machine];
    if (machine->state != MBP_EN_SERVICE || machine->since_maintenance_ns <= effect->after_ns)
        return 0.0;
    double worn_ns = (double)(machine->since_maintenance_ns - effect->after_ns);
    return effect->amount * worn_ns / (double)effect->over_ns;
}

static double disturbance(const struct mbp_plant *plant, const struct mbp_state *state,
                          const struct mbp_fault_state *fault)
{
    switch ((enum mbp_effect_kind)fault->effect.kind) {
    case MBP_EFFECT_STEP:
        return fault->effect.amount;
    case MBP_EFFECT_RAMP:
        return fault->effect.amount * fmin(1.0, elapsed(state, fault));
    case MBP_EFFECT_WEAR:
        return worn(plant, state, &fault->effect);
    case MBP_EFFECT_STUCK:
    case MBP_EFFECT_BIAS:
    case MBP_EFFECT_DRIFT:
    case MBP_EFFECT_SPIKE:
    case MBP_EFFECT_DROPOUT:
    case MBP_EFFECT_NOISE:
    case MBP_EFFECT_SLOW:
    case MBP_EFFECT_PASSING:
    case MBP_EFFECT_OFFSET:
    case MBP_EFFECT_COUNT:
        break;
    }
    return 0.0;
}

/* How far open an actuator is to what flows: as far as it stands, or as much as passes. All its faults from `at` on;
 * output: the first of the next. */
static double opening(const struct mbp_plant *plant, const struct mbp_state *state, uint32_t at, uint32_t *next)
{
    uint32_t subject = state->fault[state->fault_active[at]].effect.subject;
    double open = state->lagged[subject];
    for (; at < state->fault_active_count; at++) {
        const struct mbp_effect *effect = &state->fault[state->fault_active[at]].effect;
        if (effect->subject != subject)
            break;
        if (effect->kind == MBP_EFFECT_PASSING)
            open = fmax(open, plant->actuators[subject - plant->sensor_count].range[0] + effect->amount);
    }
    *next = at;
    return open;
}

/* All of one sensor's: from active fault `at` on. Output: the first of the next sensor. */
static double disturbances(const struct mbp_plant *plant, const struct mbp_state *state, uint32_t at, uint32_t *next)
{
    uint32_t subject = state->fault[state->fault_active[at]].effect.subject;
    double sum = 0.0;
    for (; at < state->fault_active_count; at++) {
        const struct mbp_fault_state *fault = &state->fault[state->fault_active[at]];
        if (fault->effect.subject != subject)
            break;
        sum += disturbance(plant, state, fault);
    }
    *next = at;
    return sum;
}

void process_fault_disturb(const struct mbp_process *process, struct mbp_state *state)
{
    const struct mbp_plant *plant = process->plant;
    for (uint32_t at = 0; at < state->fault_active_count;) {
        struct mbp_fault_state *first = &state->fault[state->fault_active[at]];
        uint32_t s = first->effect.subject;
        if (s >= plant->sensor_count) {
            first->base = state->lagged[s];
            state->lagged[s] = opening(plant, state, at, &at);
            state->passes = true;
            continue;
        }
        double sum = disturbances(plant, state, at, &at);
        first->base = state->base[s]; /* to the last bit as it was, afterwards */
        if (plant->sensors[s].signal->replay != NULL && process_is_switch(plant, s))
            state->lagged[s] = process_switched(state->lagged[s] + sum);
        else if (plant->sensors[s].signal->replay != NULL)
            state->lagged[s] = process_bounded(state->lagged[s] + sum);
        else
            state->base[s] = process_bounded(state->base[s] + sum);
    }
}

void process_fault_calm(struct mbp_state *state)
{
    uint32_t last = UINT32_MAX;
    for (uint32_t at = 0; at < state->fault_active_count; at++) {
        const struct mbp_fault_state *fault = &state->fault[state->fault_active[at]];
        double *was = fault->effect.subject < state->sensor_count ? state->base : state->lagged;
        if (fault->effect.subject != last)
            was[fault->effect.subject] = fault->base;
        last = fault->effect.subject;
    }
    state->passes = false;
}
