/* One block of memory for all that moves. */
#include "mbplant/state.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Carves the arrays out of the block; with block NULL it only adds up. */
static size_t carve(struct mbp_state *state, size_t parts, char *block)
{
    size_t used = 0;
#define CARVE(array, n)                                                                                                \
    do {                                                                                                               \
        used = (used + 63) & ~(size_t)63; /* a cache line each, so that loops over arrays vectorise */                 \
        if (block != NULL)                                                                                             \
            state->array = (void *)(block + used);                                                                     \
        used += (size_t)(n) * sizeof state->array[0];                                                                  \
    } while (0)
    size_t sensors = state->sensor_count;
    CARVE(lagged, sensors + state->actuator_count);
    CARVE(base, sensors);
    CARVE(part, parts);
    CARVE(value, sensors);
    CARVE(forced_value, sensors);
    CARVE(command, state->actuator_count);
    CARVE(limit, sensors * MBP_LIMIT_COUNT);
    CARVE(over_scans, sensors * MBP_LIMIT_COUNT);
    CARVE(waiting, sensors);
    CARVE(active, sensors);
    CARVE(unack, sensors);
    CARVE(flags, sensors);
    CARVE(machine, state->machine_count);
    CARVE(based, state->machine_count + 1);
#undef CARVE
    return used;
}

size_t mbp_dead_time_samples(const struct mbp_plant *plant, uint64_t dead_time_ns)
{
    return dead_time_ns / plant->scan_ns + (dead_time_ns % plant->scan_ns != 0 ? 1u : 0u);
}

size_t mbp_signal_parts(const struct mbp_plant *plant, uint32_t s)
{
    const struct mbp_sensor *sensor = &plant->sensors[s];
    const struct mbp_signal *signal = sensor->signal;
    if (signal == NULL) /* a plant that no file describes */
        return 0;
    bool integrates = fabs(signal->integrate_gain) > 0;
    bool wanders = signal->wander_sigma > 0;
    /* A lag with nothing behind it is the process value itself. */
    bool lags = signal->lag_ns != 0 && (signal->dead_time_ns != 0 || wanders);
    size_t parts = mbp_dead_time_samples(plant, signal->dead_time_ns);
    parts += integrates ? 1u : 0u;
    parts += lags ? 1u : 0u;
    parts += wanders ? 1u : 0u;
    for (uint32_t i = 0; i < sensor->input_count; i++) {
        const struct mbp_input *input = &plant->inputs[sensor->first_input + i];
        parts += (input->lag_ns != 0 ? 1u : 0u) + mbp_dead_time_samples(plant, input->dead_time_ns);
    }
    return parts;
}

enum mbp_status mbp_state_new(const struct mbp_plant *plant, uint64_t wall_ms, struct mbp_state **out)
{
    struct mbp_state *state = calloc(1, sizeof *state);
    if (state == NULL)
        return MBP_ERR_MEMORY;
    state->sensor_count = plant->sensor_count;
    state->machine_count = plant->machine_count;
    state->actuator_count = plant->actuator_count;
    size_t parts = 0;
    for (uint32_t s = 0; s < plant->sensor_count; s++)
        parts += mbp_signal_parts(plant, s);
    state->memory_len = (carve(state, parts, NULL) + 64) & ~(size_t)63;
    state->memory = aligned_alloc(64, state->memory_len);
    if (state->memory == NULL) {
        free(state);
        return MBP_ERR_MEMORY;
    }
    memset(state->memory, 0, state->memory_len);
    carve(state, parts, state->memory);
    state->wall_ms = wall_ms;
    state->limits_version = 1;
    for (uint32_t s = 0; s < plant->sensor_count; s++) {
        state->value[s] = NAN;
        state->forced_value[s] = NAN;
        memcpy(&state->limit[s * MBP_LIMIT_COUNT], plant->sensors[s].limits, sizeof plant->sensors[s].limits);
    }
    for (uint32_t a = 0; a < plant->actuator_count; a++)
        state->command[a] = state->lagged[plant->sensor_count + a] = plant->actuators[a].initial;
    for (uint32_t m = 0; m < plant->machine_count; m++) {
        state->machine[m].state = (uint8_t)plant->machines[m].initial;
        state->machine[m].since_ms = wall_ms;
        state->machine[m].first_out = UINT32_MAX;
    }
    memset(state->based, MBP_STATE_COUNT, state->machine_count + 1);
    *out = state;
    return MBP_OK;
}

void mbp_state_free(struct mbp_state *state)
{
    if (state == NULL)
        return;
    free(state->memory);
    free(state);
}

double mbp_give(const struct mbp_register *reg, const double range[2])
{
    /* A float has no fixed step: what its 24 bits resolve at the range's ends. */
    if (reg->type == MBP_FLOAT32 || reg->type == MBP_FLOAT64)
        return 1e-6 * fmax(fabs(range[0]), fabs(range[1]));
    return 0.5 * reg->scale;
}

double mbp_range_give(const struct mbp_sensor *sensor)
{
    return mbp_give(&sensor->reg, sensor->range);
}

bool mbp_limits_in_order(const struct mbp_sensor *sensor, const double limits[MBP_LIMIT_COUNT])
{
    double give = mbp_range_give(sensor);
    double below = sensor->range[0] - give;
    for (int l = 0; l < MBP_LIMIT_COUNT; l++) {
        if (isnan(limits[l]))
            continue;
        if (limits[l] < below || limits[l] > sensor->range[1] + give)
            return false;
        below = limits[l];
    }
    return true;
}

struct mbp_event mbp_machine_event(const struct mbp_plant *plant, enum mbp_event_code code, uint32_t machine)
{
    const struct mbp_unit *unit = &plant->units[plant->machines[machine].unit];
    return (struct mbp_event){
        .code = (uint16_t)code,
        .unit = unit->id,
        .machine = (uint16_t)(machine - unit->first_machine),
        .sensor = MBP_NONE16,
        .value = NAN,
        .limit = NAN,
    };
}

struct mbp_event mbp_actuator_event(const struct mbp_plant *plant, enum mbp_event_code code, uint32_t actuator)
{
    const struct mbp_actuator *of = &plant->actuators[actuator];
    const struct mbp_unit *unit = &plant->units[of->unit];
    return (struct mbp_event){
        .code = (uint16_t)code,
        .unit = unit->id,
        .machine = of->machine == UINT32_MAX ? MBP_NONE16 : (uint16_t)(of->machine - unit->first_machine),
        .sensor = MBP_NONE16,
        .value = NAN,
        .limit = NAN,
    };
}

struct mbp_event mbp_sensor_event(const struct mbp_plant *plant, enum mbp_event_code code, uint32_t sensor)
{
    const struct mbp_sensor *of = &plant->sensors[sensor];
    const struct mbp_unit *unit = &plant->units[of->unit];
    return (struct mbp_event){
        .code = (uint16_t)code,
        .unit = unit->id,
        .machine = of->machine == UINT32_MAX ? MBP_NONE16 : (uint16_t)(of->machine - unit->first_machine),
        .sensor = (uint16_t)(sensor - unit->first_sensor),
        .value = NAN,
        .limit = NAN,
    };
}
