/* The state as bytes, and back: as they lie in memory, so that what goes on from them goes on to the bit. */
#include <assert.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "mbplant/state/forced.h"
#include "state_priv.h"

#define FIGURES offsetof(struct mbp_state, lagged) /* the single figures stand before the first array */

unsigned mbp_state_spans(const struct mbp_state *state, struct mbp_span spans[MBP_STATE_SPANS])
{
    unsigned count = 0;
    assert(state_array_count < MBP_STATE_SPANS);
    spans[count++] = (struct mbp_span){state, FIGURES};
    for (size_t i = 0; i < state_array_count; i++) {
        const struct state_array *array = &state_arrays[i];
        spans[count++] = (struct mbp_span){state_array_at(state, array), state_array_len(state, array)};
    }
    return count;
}

size_t mbp_state_bytes(const struct mbp_state *state)
{
    size_t bytes = FIGURES;
    for (size_t i = 0; i < state_array_count; i++)
        bytes += state_array_len(state, &state_arrays[i]);
    return bytes;
}

static uint64_t mixed(uint64_t hash, uint64_t number)
{
    const uint64_t both[] = {hash, number};
    return mbp_hash(both, sizeof both);
}

uint64_t state_layout(const struct mbp_state *state)
{
    uint64_t hash = mixed(FIGURES, MBP_STATE_COUNT << 8 | MBP_ALARM_COUNT);
    for (size_t i = 0; i < state_array_count; i++) {
        const struct state_array *array = &state_arrays[i];
        hash = mixed(mixed(hash, array->at), state_array_len(state, array));
        hash = mixed(hash, array->size << 16 | (size_t)array->times << 8 | array->by);
    }
    return hash;
}

uint64_t mbp_state_layout(const struct mbp_state *state)
{
    return state->layout;
}

/* ---- what is an index or a choice ------------------------------------------------------------------------------- */

/* A byte that is neither true nor false must not even be read as a bool. */
static bool is_bool(const bool *place)
{
    uint8_t byte;
    memcpy(&byte, place, sizeof byte);
    return byte <= 1;
}

static bool is_none_or_below(uint32_t index, uint32_t count)
{
    return index == UINT32_MAX || index < count;
}

static bool machines_fit(const struct mbp_state *state)
{
    for (uint32_t m = 0; m < state->machine_count; m++) {
        const struct mbp_machine_state *machine = &state->machine[m];
        const struct mbp_upkeep *upkeep = &state->upkeep[m];
        if (machine->state >= MBP_STATE_COUNT || !is_none_or_below(machine->first_out, state->sensor_count) ||
            !is_bool(&machine->trip) || !is_bool(&machine->barred) || !is_bool(&machine->due) ||
            !is_bool(&machine->refusal_told))
            return false;
        if (!is_none_or_below(upkeep->refused_sensor, state->sensor_count) || upkeep->refused_state > MBP_STATE_COUNT ||
            !is_bool(&upkeep->in_repair) || state->dressed[m] > MBP_STATE_COUNT || state->based[m] > MBP_STATE_COUNT)
            return false;
    }
    return state->based[state->machine_count] <= MBP_STATE_COUNT;
}

static bool masks_fit(const struct mbp_state *state)
{
    unsigned beyond = 0;
    for (uint32_t s = 0; s < state->sensor_count; s++)
        beyond |=
            (unsigned)(state->waiting[s] | state->beyond[s] | state->active[s] | state->unack[s] | state->latched[s] |
                       state->suppressed[s] | state->hidden[s] | state->alone[s].shelved | state->alone[s].timed |
                       state->alone[s].once | state->alone[s].shot | state->alone[s].removed |
                       state->alone[s].bypassed | state->alone[s].excused | state->alone[s].chattering);
    return (beyond & ~MBP_ALARMS_ALL) == 0;
}

/* The window's place and length are the plant's to say; how far it has come is what was kept. */
static bool rates_fit(const struct mbp_rate *fresh, uint32_t count, const struct mbp_state *state)
{
    for (uint32_t r = 0; r < count; r++) {
        const struct mbp_rate *is = &state->rate[r];
        const struct mbp_rate *plain = &fresh[r];
        if (is->sensor != plain->sensor || is->first != plain->first || is->count != plain->count ||
            is->every != plain->every || is->at >= is->count || is->filled > is->count || !is_bool(&is->resumed))
            return false;
    }
    return true;
}

static bool same_bytes(const struct mbp_effect *a, const struct mbp_effect *b)
{
    bool same_amount =
        memcmp(&a->amount, &b->amount, sizeof a->amount) == 0; // NOLINT(bugprone-suspicious-memory-comparison)
    return a->subject == b->subject && a->kind == b->kind && a->upscale == b->upscale && same_amount &&
           a->over_ns == b->over_ns && a->after_ns == b->after_ns && a->duration_ns == b->duration_ns;
}

static bool fault_fits(const struct mbp_plant *plant, const struct mbp_fault_state *fault, uint32_t f)
{
    const struct mbp_effect *effect = &fault->effect;
    if (!is_bool(&fault->active) || !is_bool(&effect->upscale))
        return false;
    if (f < plant->fault_count)
        return same_bytes(effect, &plant->faults[f].effect);
    bool unused = effect->subject == UINT32_MAX && effect->kind < MBP_EFFECT_COUNT && !fault->active;
    return unused || mbp_effect_possible(plant, effect);
}

static bool faults_fit(const struct mbp_plant *plant, const struct mbp_state *state)
{
    uint32_t active = 0;
    for (uint32_t f = 0; f < state->fault_count; f++) {
        if (!fault_fits(plant, &state->fault[f], f))
            return false;
        active += state->fault[f].active;
    }
    if (!is_bool(&state->faults_planned) || !is_bool(&state->passes) || state->passes ||
        state->fault_active_count != active)
        return false;
    for (uint32_t i = 0; i < active; i++) {
        if (state->fault_active[i] >= state->fault_count || !state->fault[state->fault_active[i]].active)
            return false;
    }
    return true;
}

static bool controllers_fit(const struct mbp_state *state)
{
    for (uint32_t c = 0; c < state->controller_count; c++) {
        if (!is_bool(&state->controller[c].automatic))
            return false;
    }
    return true;
}

static bool watchdogs_fit(const struct mbp_state *state)
{
    for (uint32_t w = 0; w < state->watchdog_count; w++) {
        if (!is_bool(&state->watchdog[w].lost))
            return false;
    }
    return true;
}

static bool duties_fit(const struct mbp_state *state)
{
    for (uint32_t d = 0; d < state->duty_count; d++) {
        const struct mbp_chatter_state *chatter = &state->chatter[d];
        if (chatter->filled > MBP_CHATTER_MAX || chatter->at >= MBP_CHATTER_MAX || !is_bool(&chatter->was))
            return false;
    }
    return is_bool(&state->undressed);
}

static bool formulas_fit(const struct mbp_state *state)
{
    for (uint32_t f = 0; f < state->formula_count; f++) {
        if (state->formula[f].fault >= MBP_EXPR_FAULT_COUNT || state->formula[f].told >= MBP_EXPR_FAULT_COUNT)
            return false;
    }
    return true;
}

static bool forced_fit(const struct mbp_state *state)
{
    uint32_t count = 0;
    uint32_t stored = 0;
    for (unsigned i = 0; i < MBP_SIM_FORCED_MAX; i++) {
        const struct mbp_forced *one = &state->forced[i];
        bool of_stored = one->count > 0 && one->stored != UINT32_MAX;
        bool of_actuator = one->count > 0 && one->actuator != UINT32_MAX;
        if (one->count > MBP_SIM_FORCE_VALUES || one->table >= MBP_TABLE_COUNT || (one->mask != 0 && one->count > 1) ||
            (of_actuator && (of_stored || one->actuator >= state->actuator_count || isnan(one->command))) ||
            (of_stored && (one->stored >= state->stored_count || state->stored_held[one->stored] != 1)))
            return false;
        count += one->count > 0;
        stored += of_stored;
    }
    for (uint32_t i = 0; i < state->stored_count; i++)
        stored -= state->stored_held[i] != 0;
    return count == state->forced_count && stored == 0;
}

/* ---- back ------------------------------------------------------------------------------------------------------- */

/* The counts say how long the arrays are: other ones than the plant's are never taken. */
static bool same_counts(const struct mbp_state *a, const struct mbp_state *b)
{
    return a->sensor_count == b->sensor_count && a->machine_count == b->machine_count &&
           a->actuator_count == b->actuator_count && a->controller_count == b->controller_count &&
           a->fault_count == b->fault_count && a->rate_count == b->rate_count &&
           a->rate_value_count == b->rate_value_count && a->part_count == b->part_count &&
           a->formula_count == b->formula_count && a->cell_count == b->cell_count &&
           a->stored_count == b->stored_count && a->touched_count == b->touched_count &&
           a->watchdog_count == b->watchdog_count && a->duty_count == b->duty_count;
}

static void copy_in(struct mbp_state *state, const char *bytes)
{
    memcpy(state, bytes, FIGURES);
    bytes += FIGURES;
    for (size_t i = 0; i < state_array_count; i++) {
        const struct state_array *array = &state_arrays[i];
        size_t len = state_array_len(state, array);
        memcpy(state_array_at(state, array), bytes, len);
        bytes += len;
    }
}

enum mbp_status mbp_state_take(const struct mbp_plant *plant, struct mbp_state *state, const void *bytes, size_t len)
{
    struct mbp_state figures = {0};
    const uint32_t rates = state->rate_count;
    if (len != mbp_state_bytes(state))
        return MBP_ERR_CORRUPT;
    memcpy(&figures, bytes, FIGURES);
    if (!same_counts(&figures, state))
        return MBP_ERR_CORRUPT;
    struct mbp_rate *fresh = calloc((size_t)rates + 1, sizeof *fresh);
    if (fresh == NULL)
        return MBP_ERR_MEMORY;
    for (uint32_t r = 0; r < rates; r++)
        fresh[r] = state->rate[r];
    copy_in(state, bytes);
    bool fits = machines_fit(state) && masks_fit(state) && rates_fit(fresh, rates, state) && faults_fit(plant, state) &&
                controllers_fit(state) && formulas_fit(state) && forced_fit(state) && watchdogs_fit(state) &&
                duties_fit(state);
    free(fresh);
    return fits ? MBP_OK : MBP_ERR_CORRUPT;
}
