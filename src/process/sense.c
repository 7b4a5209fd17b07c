/* Sensors: what the instrument makes of the process value, and what a master forces it to show. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fault.h"
#include "mbplant/codec.h"
#include "mbplant/event/comment.h"
#include "process_priv.h"

/* ---- coefficients ------------------------------------------------------------------------------------------------ */

uint64_t process_noise_key(const struct mbp_plant *plant, uint32_t sensor, uint64_t seed)
{
    return mbp_rng_key(seed, mbp_name_hash(plant->sensors[sensor].name));
}

static enum mbp_status add_noisy(struct mbp_process *process, uint32_t s)
{
    const struct mbp_sensor *sensor = &process->plant->sensors[s];
    uint32_t count = process->noisy_count;
    enum mbp_status status = process_room(&process->noisy, count, sizeof *process->noisy);
    if (status == MBP_OK)
        status = process_room(&process->noise_key, count, sizeof *process->noise_key);
    if (status == MBP_OK)
        status = process_room(&process->noise, count, sizeof *process->noise);
    if (status != MBP_OK)
        return status;
    process->noisy[count] = s;
    process->noise_key[count] = process_noise_key(process->plant, s, process->seed);
    process->noise[count] = process_bounded(sensor->signal->noise);
    process->noisy_count++;
    return MBP_OK;
}

enum mbp_status process_build_sensors(struct mbp_process *process)
{
    const struct mbp_plant *plant = process->plant;
    enum mbp_status status = process_build_blocks(process);
    for (uint32_t s = 0; status == MBP_OK && s < plant->sensor_count; s++) {
        const struct mbp_sensor *sensor = &plant->sensors[s];
        if (sensor->reg.type != MBP_STRING && sensor->signal->noise > 0)
            status = add_noisy(process, s);
    }
    return status;
}

/* ---- sense ------------------------------------------------------------------------------------------------------- */

/* The noise of the sensors from first up to end, on seen[0]...; at is the first noisy one of them. Returns the next. */
static uint32_t add_noise(const struct mbp_process *process, uint64_t scan, uint32_t at, uint32_t first, uint32_t end,
                          double *seen)
{
    for (; at < process->noisy_count && process->noisy[at] < end; at++) {
        uint64_t key = process->noise_key[at];
        double normal = mbp_rng_normal(mbp_rng_draw(key, 2 * scan), mbp_rng_draw(key, 2 * scan + 1));
        seen[process->noisy[at] - first] += process->noise[at] * normal;
    }
    return at;
}

/* Brings the values into the instrument's range. False when some were outside. */
static bool saturate(uint32_t count, const double *restrict low, const double *restrict high,
                     const double *restrict seen, double *restrict shown)
{
    uint64_t differ = 0;
    for (uint32_t i = 0; i < count; i++) {
        double value = seen[i] > low[i] ? seen[i] : low[i]; /* NaN ends at low */
        value = value < high[i] ? value : high[i];
        shown[i] = value;
        uint64_t bits[2];
        memcpy(&bits[0], &seen[i], sizeof bits[0]);
        memcpy(&bits[1], &value, sizeof bits[1]);
        differ |= bits[0] ^ bits[1];
    }
    return differ == 0;
}

static bool none_set(const uint8_t *flags, uint32_t count)
{
    uint8_t any = 0;
    for (uint32_t i = 0; i < count; i++)
        any |= flags[i];
    return any == 0;
}

static void force(uint32_t count, const uint8_t *flags, const double *forced_value, double *seen)
{
    for (uint32_t i = 0; i < count; i++) {
        if ((flags[i] & MBP_SENSOR_FORCED) != 0)
            seen[i] = forced_value[i];
    }
}

/* Quality is about what there is to measure and about the sensor's faults: noise around an end of the range, as of a
 * machine at rest, is cut off and no fault. What is forced is within the range (mbp_process_force). */
static void judge(uint32_t count, const double *noiseless, const double *low, const double *high, uint8_t *flags)
{
    for (uint32_t i = 0; i < count; i++) {
        bool inside = noiseless[i] >= low[i] && noiseless[i] <= high[i]; /* false for NaN */
        bool none = (flags[i] & MBP_SENSOR_NONE) != 0;
        bool bad = (!inside || none) && (flags[i] & MBP_SENSOR_FORCED) == 0;
        flags[i] = (uint8_t)((flags[i] & ~MBP_SENSOR_BAD) | (bad ? MBP_SENSOR_BAD : 0));
        if ((flags[i] & MBP_SENSOR_ONCE) != 0)
            flags[i] &= (uint8_t) ~(MBP_SENSOR_ONCE | MBP_SENSOR_FORCED);
    }
}

/* What the block's registers can show of it: each kind of them at once. Returns the next block's first kind. */
static const struct process_grid *quantise(const struct mbp_process *process, const struct process_block *block,
                                           const struct process_grid *grid, const double *shown, double *value)
{
    for (uint32_t at = 0; at < block->count; at += grid->count, grid++) {
        if (!grid->offset)
            mbp_codec_quantise_run((enum mbp_type)grid->type, block->scale + at, shown + at, grid->count, value + at);
        for (uint32_t i = at; grid->offset && i < at + grid->count && i < block->count; i++)
            value[i] = mbp_register_quantise(&process->plant->sensors[block->first + i].reg, shown[i]);
    }
    return grid;
}

/* Where a round through all blocks is: the next ones among sensors with noise, among those with a fault, and of kinds
 * of registers. */
struct round {
    uint32_t noisy, faulty;
    const struct process_grid *grid;
};

/* The sensors of one block. */
static void sense_block(const struct mbp_process *process, struct mbp_state *state, const struct process_block *block,
                        struct round *round)
{
    double seen[PROCESS_BLOCK];
    double shown[PROCESS_BLOCK];
    uint32_t first = block->first;
    uint32_t count = block->count;
    uint8_t *flags = state->flags + first;
    bool plain = none_set(flags, count);
    memcpy(seen, state->lagged + first, count * sizeof *seen);
    round->noisy = add_noise(process, state->tick, round->noisy, first, first + count, seen);
    const double *noiseless = state->lagged + first;
    double faulted[PROCESS_BLOCK];
    if (round->faulty < state->fault_active_count) {
        uint32_t next = process_fault_sense(process, state, round->faulty, first, first + count, seen);
        if (next != round->faulty) {
            memcpy(faulted, noiseless, count * sizeof *faulted);
            process_fault_sense(process, state, round->faulty, first, first + count, faulted);
            noiseless = faulted;
        }
        round->faulty = next;
    }
    if (!plain)
        force(count, flags, state->forced_value + first, seen);
    if (!saturate(count, block->low, block->high, seen, shown) || !plain)
        judge(count, noiseless, block->low, block->high, flags);
    round->grid = quantise(process, block, round->grid, shown, state->value + first);
}

void mbp_process_sense(const struct mbp_process *process, struct mbp_state *state)
{
    struct round round = {0, 0, process->grids};
    for (uint32_t b = 0; b < process->block_count; b++)
        sense_block(process, state, &process->blocks[b], &round);
}

/* ---- forcing ----------------------------------------------------------------------------------------------------- */

static void emit(const struct mbp_plant *plant, struct mbp_events *events, enum mbp_event_code code, uint32_t s,
                 double value, double before, uint32_t detail, uint32_t peer)
{
    struct mbp_event event = mbp_sensor_event(plant, code, s);
    event.value = (float)value;
    event.limit = (float)before;
    event.detail = detail;
    mbp_event_by(&event, peer);
    mbp_events_emit(events, event);
}

void mbp_process_force(const struct mbp_process *process, struct mbp_state *state, uint32_t s, double value,
                       uint32_t peer, struct mbp_events *events)
{
    const struct mbp_sensor *sensor = &process->plant->sensors[s];
    bool once = sensor->inject == MBP_INJECT_ONCE;
    bool held = (state->flags[s] & MBP_SENSOR_FORCED) != 0 && (state->flags[s] & MBP_SENSOR_ONCE) == 0;
    /* A value of many words may have been written in parts that make no number of the instrument's. */
    if (isnan(value))
        return;
    value = fmin(fmax(value, sensor->range[0]), sensor->range[1]);
    if (held && mbp_grid_same(&sensor->reg, state->forced_value[s], value))
        return;
    /* what was forced since the last scan is not shown yet, and is what it was all the same */
    double before = held ? state->forced_value[s] : state->value[s];
    emit(process->plant, events, MBP_EV_VALUE_FORCED, s, value, before, once ? 1 : 0, peer);
    state->forced_value[s] = value;
    state->flags[s] |= (uint8_t)(once ? MBP_SENSOR_FORCED | MBP_SENSOR_ONCE : MBP_SENSOR_FORCED);
}

void mbp_process_release(const struct mbp_process *process, struct mbp_state *state, uint32_t s, uint32_t peer,
                         struct mbp_events *events)
{
    if ((state->flags[s] & MBP_SENSOR_FORCED) == 0)
        return;
    emit(process->plant, events, MBP_EV_VALUE_RELEASED, s, state->forced_value[s], NAN, 0, peer);
    state->flags[s] &= (uint8_t) ~(MBP_SENSOR_FORCED | MBP_SENSOR_ONCE);
}
