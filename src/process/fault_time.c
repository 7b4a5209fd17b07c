/* When faults begin and end. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "fault.h"

const char *mbp_fault_name(const struct mbp_plant *plant, uint32_t fault, char *buf, size_t size)
{
    if (fault < plant->fault_count)
        return plant->faults[fault].name;
    snprintf(buf, size, "ad hoc %u", (unsigned)(fault - plant->fault_count + 1) & 0xFFFu);
    return buf;
}

uint32_t mbp_fault_find(const struct mbp_plant *plant, const char *name)
{
    for (uint32_t f = 0; f < plant->fault_count; f++) {
        if (strcasecmp(plant->faults[f].name, name) == 0)
            return f;
    }
    return UINT32_MAX;
}

/* ---- begin and end ---------------------------------------------------------------------------------------------- */

#define FOREVER UINT64_MAX

/* How long until the next thing of a mean time happens: exponential, as for what wears no memory. Each draw of a fault
 * has its number, so what others do makes no difference. */
static uint64_t chance_ns(const struct mbp_plant *plant, struct mbp_state *state, uint32_t f, uint64_t mean_ns)
{
    char buf[16];
    uint64_t stream = mbp_name_hash(mbp_fault_name(plant, f, buf, sizeof buf)) ^ FAULT_TIME_STREAM;
    double uniform = mbp_rng_uniform(mbp_rng_bits(state->seed, stream, state->fault[f].draws++));
    return (uint64_t)(-log1p(-uniform) * (double)mean_ns);
}

static bool comes_before(const struct mbp_state *state, uint32_t a, uint32_t b)
{
    uint32_t of_a = state->fault[a].effect.subject;
    uint32_t of_b = state->fault[b].effect.subject;
    return of_a != of_b ? of_a < of_b : a < b;
}

/* The list of active ones is sorted by sensor, as sensing and advancing go; behind them by actuator. */
static void list(struct mbp_state *state, uint32_t f)
{
    uint32_t at = state->fault_active_count++;
    for (; at > 0 && comes_before(state, f, state->fault_active[at - 1]); at--)
        state->fault_active[at] = state->fault_active[at - 1];
    state->fault_active[at] = f;
}

static void unlist(struct mbp_state *state, uint32_t f)
{
    uint32_t kept = 0;
    for (uint32_t at = 0; at < state->fault_active_count; at++) {
        if (state->fault_active[at] != f)
            state->fault_active[kept++] = state->fault_active[at];
    }
    state->fault_active_count = kept;
}

/* Where a sensor or an actuator stands, so that it may stick there. */
static double stands(const struct mbp_plant *plant, const struct mbp_state *state, uint32_t subject)
{
    return subject < plant->sensor_count ? state->value[subject] : state->lagged[subject];
}

static void begin(const struct mbp_plant *plant, struct mbp_state *state, uint32_t f)
{
    struct mbp_fault_state *fault = &state->fault[f];
    uint64_t mttr_ns = f < plant->fault_count ? plant->faults[f].mttr_ns : 0;
    uint64_t lasts_ns = fault->effect.duration_ns != 0 ? fault->effect.duration_ns : FOREVER;
    if (mttr_ns != 0)
        lasts_ns = chance_ns(plant, state, f, mttr_ns);
    fault->active = true;
    fault->begin_ns = state->sim_ns;
    fault->next_ns = FOREVER;
    fault->end_ns = mbp_time_add_sat(state->sim_ns, lasts_ns);
    fault->changed = ++state->fault_changes;
    if (fault->effect.kind == MBP_EFFECT_STUCK)
        fault->held = isnan(fault->effect.amount) ? stands(plant, state, fault->effect.subject) : fault->effect.amount;
    list(state, f);
}

static void end(const struct mbp_plant *plant, struct mbp_state *state, uint32_t f)
{
    struct mbp_fault_state *fault = &state->fault[f];
    bool again = f < plant->fault_count && plant->faults[f].enabled && plant->faults[f].mttf_ns != 0;
    fault->active = false;
    fault->changed = ++state->fault_changes;
    fault->end_ns = FOREVER;
    fault->next_ns =
        again ? mbp_time_add_sat(state->sim_ns, chance_ns(plant, state, f, plant->faults[f].mttf_ns)) : FOREVER;
    unlist(state, f);
}

static void look_ahead(const struct mbp_plant *plant, struct mbp_state *state)
{
    state->fault_next_ns = FOREVER;
    for (uint32_t f = 0; f < mbp_fault_total(plant); f++) {
        const struct mbp_fault_state *fault = &state->fault[f];
        uint64_t next_ns = fault->active ? fault->end_ns : fault->next_ns;
        if (next_ns < state->fault_next_ns)
            state->fault_next_ns = next_ns;
    }
}

/* Before the first scan: when each begins by itself. */
static void plan(const struct mbp_plant *plant, struct mbp_state *state)
{
    for (uint32_t f = 0; f < plant->fault_count; f++) {
        const struct mbp_plant_fault *of = &plant->faults[f];
        uint64_t next_ns = FOREVER;
        if (of->enabled && of->has_start)
            next_ns = of->start_ns;
        else if (of->enabled && of->mttf_ns != 0)
            next_ns = chance_ns(plant, state, f, of->mttf_ns);
        state->fault[f].next_ns = next_ns;
    }
    state->faults_planned = true;
    look_ahead(plant, state);
}

void mbp_fault_run(const struct mbp_plant *plant, struct mbp_state *state)
{
    if (!state->faults_planned)
        plan(plant, state);
    if (state->sim_ns < state->fault_next_ns)
        return;
    for (uint32_t f = 0; f < mbp_fault_total(plant); f++) {
        const struct mbp_fault_state *fault = &state->fault[f];
        if (fault->active && state->sim_ns >= fault->end_ns)
            end(plant, state, f);
        else if (!fault->active && state->sim_ns >= fault->next_ns)
            begin(plant, state, f);
    }
    look_ahead(plant, state);
}

void mbp_fault_follow_seed(const struct mbp_plant *plant, struct mbp_state *state)
{
    for (uint32_t f = 0; state->faults_planned && f < plant->fault_count; f++) {
        const struct mbp_plant_fault *of = &plant->faults[f];
        struct mbp_fault_state *fault = &state->fault[f];
        bool at_start = of->has_start && fault->next_ns == of->start_ns;
        if (fault->active && of->mttr_ns != 0)
            fault->end_ns = mbp_time_add_sat(state->sim_ns, chance_ns(plant, state, f, of->mttr_ns));
        else if (!fault->active && of->mttf_ns != 0 && fault->next_ns != FOREVER && !at_start)
            fault->next_ns = mbp_time_add_sat(state->sim_ns, chance_ns(plant, state, f, of->mttf_ns));
    }
    if (state->faults_planned)
        look_ahead(plant, state);
}

/* ---- by hand ---------------------------------------------------------------------------------------------------- */

enum mbp_status mbp_fault_set(const struct mbp_plant *plant, struct mbp_state *state, uint32_t f, bool on)
{
    if (f >= mbp_fault_total(plant) || (on && state->fault[f].effect.subject == UINT32_MAX))
        return MBP_ERR_MISSING;
    if (!state->faults_planned)
        plan(plant, state);
    if (on && !state->fault[f].active)
        begin(plant, state, f);
    else if (!on && state->fault[f].active)
        end(plant, state, f);
    look_ahead(plant, state);
    return MBP_OK;
}

enum mbp_status mbp_fault_begin(const struct mbp_plant *plant, struct mbp_state *state, const struct mbp_effect *effect,
                                uint32_t *fault)
{
    if (!mbp_effect_possible(plant, effect))
        return MBP_ERR_RANGE;
    for (uint32_t f = plant->fault_count; f < mbp_fault_total(plant); f++) {
        if (state->fault[f].active)
            continue;
        state->fault[f].effect = *effect;
        *fault = f;
        return mbp_fault_set(plant, state, f, true);
    }
    return MBP_ERR_FULL;
}

/* ---- to another run ---------------------------------------------------------------------------------------------- */

static uint64_t left_until(const struct mbp_state *state, uint64_t time_ns)
{
    if (time_ns == FOREVER)
        return FOREVER;
    return time_ns > state->sim_ns ? time_ns - state->sim_ns : 0;
}

struct mbp_retained_fault mbp_fault_retain(const struct mbp_state *state, uint32_t f)
{
    const struct mbp_fault_state *fault = &state->fault[f];
    return (struct mbp_retained_fault){
        .fault = f,
        .active = fault->active,
        .effect = fault->effect,
        .elapsed_ns = fault->active ? state->sim_ns - fault->begin_ns : 0,
        .left_ns = left_until(state, fault->active ? fault->end_ns : fault->next_ns),
        .draws = fault->draws,
        .held = fault->held,
    };
}

bool mbp_fault_ages(const struct mbp_plant *plant, const struct mbp_state *state, uint32_t f)
{
    const struct mbp_fault_state *fault = &state->fault[f];
    if (!fault->active)
        return f < plant->fault_count && plant->faults[f].mttf_ns != 0 && fault->next_ns != FOREVER;
    return fault->end_ns != FOREVER || fault->effect.kind == MBP_EFFECT_DRIFT || fault->effect.kind == MBP_EFFECT_RAMP;
}

static bool same_number(double a, double b)
{
    return (a >= b && a <= b) || (isnan(a) && isnan(b));
}

static bool same_effect(const struct mbp_effect *a, const struct mbp_effect *b)
{
    return a->subject == b->subject && a->kind == b->kind && a->upscale == b->upscale &&
           same_number(a->amount, b->amount) && a->over_ns == b->over_ns && a->after_ns == b->after_ns &&
           a->duration_ns == b->duration_ns;
}

static void go_on(struct mbp_state *state, const struct mbp_retained_fault *kept)
{
    struct mbp_fault_state *fault = &state->fault[kept->fault];
    fault->effect = kept->effect;
    fault->active = true;
    fault->begin_ns = state->sim_ns - kept->elapsed_ns; /* before time began: only differences to it count */
    fault->end_ns = kept->left_ns == FOREVER ? FOREVER : mbp_time_add_sat(state->sim_ns, kept->left_ns);
    fault->next_ns = FOREVER;
    fault->held = kept->held;
    list(state, kept->fault);
}

bool mbp_fault_resume(const struct mbp_plant *plant, struct mbp_state *state, const struct mbp_retained_fault *kept)
{
    uint32_t f = kept->fault;
    bool ad_hoc = f >= plant->fault_count;
    if (f >= mbp_fault_total(plant))
        return false;
    if (ad_hoc ? !mbp_effect_possible(plant, &kept->effect) : !same_effect(&kept->effect, &state->fault[f].effect))
        return false;
    if (!state->faults_planned)
        plan(plant, state);
    if (state->fault[f].active)
        unlist(state, f);
    state->fault[f].draws = kept->draws;
    state->fault[f].active = false;
    state->fault[f].end_ns = FOREVER;
    if (kept->active)
        go_on(state, kept);
    else
        state->fault[f].next_ns = mbp_time_add_sat(state->sim_ns, kept->left_ns);
    look_ahead(plant, state);
    return true;
}

/* ---- to another plant ------------------------------------------------------------------------------------------- */

static uint32_t counterpart(const struct mbp_plant *from_plant, uint32_t f, const struct mbp_plant *to_plant)
{
    if (f < from_plant->fault_count)
        return mbp_fault_find(to_plant, from_plant->faults[f].name);
    return to_plant->fault_count + (f - from_plant->fault_count);
}

static bool same_times(const struct mbp_plant_fault *a, const struct mbp_plant_fault *b)
{
    return a->enabled == b->enabled && a->has_start == b->has_start && a->start_ns == b->start_ns &&
           a->mttf_ns == b->mttf_ns;
}

/* What the new file says of the fault holds; that it is active, and since when, goes on. `planned` is the fault as the
 * new file plans it, `moved` as it has been; both with the sensor's new number. */
static void merge(const struct mbp_plant_fault *was, const struct mbp_plant_fault *now, double stands_now,
                  const struct mbp_fault_state *planned, struct mbp_fault_state *moved)
{
    const struct mbp_effect *effect = &planned->effect;
    bool stuck_anew = effect->kind == MBP_EFFECT_STUCK && !same_effect(effect, &moved->effect);
    if (!moved->active && !same_times(was, now)) {
        moved->next_ns = planned->next_ns;
        moved->draws = planned->draws;
    }
    if (moved->active && now->mttr_ns == 0 && effect->duration_ns != moved->effect.duration_ns)
        moved->end_ns = effect->duration_ns != 0 ? mbp_time_add_sat(moved->begin_ns, effect->duration_ns) : FOREVER;
    if (moved->active && stuck_anew)
        moved->held = isnan(effect->amount) ? stands_now : effect->amount;
    moved->effect = *effect;
}

void mbp_fault_carry(const struct mbp_plant *from_plant, const struct mbp_state *from, const struct mbp_plant *to_plant,
                     struct mbp_state *to)
{
    plan(to_plant, to);
    for (uint32_t f = 0; from->faults_planned && f < mbp_fault_total(from_plant); f++) {
        uint32_t g = counterpart(from_plant, f, to_plant);
        struct mbp_fault_state moved = from->fault[f];
        if (g == UINT32_MAX || moved.effect.subject == UINT32_MAX)
            continue;
        uint32_t subject = mbp_effect_find_subject(to_plant, mbp_effect_of(from_plant, &moved.effect));
        moved.effect.subject = subject;
        bool ad_hoc = g >= to_plant->fault_count;
        if (subject == UINT32_MAX ||
            (ad_hoc ? !mbp_effect_possible(to_plant, &moved.effect) : to->fault[g].effect.subject != subject))
            continue;
        if (!ad_hoc)
            merge(&from_plant->faults[f], &to_plant->faults[g], stands(to_plant, to, subject), &to->fault[g], &moved);
        to->fault[g] = moved;
        if (moved.active)
            list(to, g);
    }
    look_ahead(to_plant, to);
}
