/* One block of memory for all that moves. */
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "mbplant/codec.h"
#include "mbplant/event/tag.h"
#include "mbplant/plant/interlock.h"
#include "mbplant/point.h"
#include "mbplant/state/forced.h"
#include "mbplant/state/seed.h"
#include "state_priv.h"

#define CACHE_LINE 64u /* each array begins on one, so that loops over arrays vectorise */

/* ---- the arrays ------------------------------------------------------------------------------------------------- */

#define ARRAY_OF(name, index, per_item, reload, restart, version)                                                      \
    {                                                                                                                  \
        offsetof(struct mbp_state, name), sizeof *((struct mbp_state *)NULL)->name, per_item, STATE_BY_##index,        \
            STATE_##reload, STATE_##restart, STATE_BY_##version                                                        \
    }
#define ARRAY(name, index, per_item, reload, restart) ARRAY_OF(name, index, per_item, reload, restart, SCAN)

/* Every array of struct mbp_state: of what there is an item, how many elements each has, and its fate when the plant
 * file changes and in a run without a checkpoint. A new one is a row here: it is then carved out of the block, copied
 * by snapshots and checkpoints, and carried over; ARRAY_OF names the count that says when it changed. One that is
 * retained needs its columns too (retained.c beside this file, src/journal/retained/columns.c). */
const struct state_array state_arrays[] = {
    ARRAY(lagged, SOURCE, 1, CARRIED, ANEW),
    ARRAY(base, SENSOR, 1, DERIVED, ANEW),
    ARRAY(part, PART, 1, CARRIED, ANEW),
    ARRAY(value, SENSOR, 1, CARRIED, ANEW),
    ARRAY(forced_value, SENSOR, 1, CARRIED, RETAINED),
    ARRAY(command, ACTUATOR, 1, CARRIED, RETAINED),
    ARRAY_OF(limit, SENSOR, MBP_LIMIT_COUNT, CARRIED, RETAINED, LIMITS),
    ARRAY_OF(normal_low, SENSOR, 1, DERIVED, ANEW, LIMITS),
    ARRAY_OF(normal_high, SENSOR, 1, DERIVED, ANEW, LIMITS),
    ARRAY(flags, SENSOR, 1, CARRIED, RETAINED),
    ARRAY(alarm_scans, SENSOR, MBP_ALARM_COUNT, CARRIED, ANEW),
    ARRAY(waiting, SENSOR, 1, CARRIED, ANEW),
    ARRAY(beyond, SENSOR, 1, CARRIED, RETAINED),
    ARRAY(active, SENSOR, 1, CARRIED, RETAINED),
    ARRAY(unack, SENSOR, 1, CARRIED, RETAINED),
    ARRAY(latched, SENSOR, 1, CARRIED, RETAINED),
    ARRAY(suppressed, SENSOR, 1, CARRIED, ANEW),
    ARRAY(hidden, SENSOR, 1, DERIVED, ANEW),
    ARRAY(watched, SENSOR, 1, DERIVED, ANEW),
    ARRAY(alarm_flags, SENSOR, 1, CARRIED, RETAINED),
    ARRAY_OF(shelf_end_ns, SENSOR, 1, CARRIED, RETAINED, SHELVES),
    ARRAY(alarm_since_s, SENSOR, 1, CARRIED, RETAINED),
    ARRAY(raised_s, SENSOR, MBP_ALARM_COUNT, CARRIED, RETAINED),
    ARRAY_OF(alone, SENSOR, 1, CARRIED, RETAINED, SHELVES),
    ARRAY_OF(alarm_times, SENSOR, 1, CARRIED, RETAINED, SHELVES),
    ARRAY(chatter, DUTY, 1, CARRIED, ANEW),
    ARRAY(rate, RATE, 1, CARRIED, ANEW),
    ARRAY(rate_value, RATE_VALUE, 1, CARRIED, ANEW),
    ARRAY(machine, MACHINE, 1, CARRIED, RETAINED),
    ARRAY(upkeep, MACHINE, 1, CARRIED, RETAINED),
    ARRAY(dressed, MACHINE, 1, CARRIED, ANEW),
    ARRAY(controller, CONTROLLER, 1, CARRIED, RETAINED),
    ARRAY(formula, FORMULA, 1, CARRIED, ANEW),
    ARRAY(cell, CELL, 1, CARRIED, ANEW),
    ARRAY(stored, STORED, 1, CARRIED, RETAINED),
    ARRAY(stored_beneath, STORED, 1, DERIVED, ANEW), /* mbp_forced_carry carries these three */
    ARRAY(stored_held, STORED, 1, DERIVED, ANEW),
    ARRAY(forced, FORCED, 1, DERIVED, ANEW),
    ARRAY(touched, TOUCHED, 1, DERIVED, ANEW), /* of one scan */
    ARRAY(watchdog, WATCHDOG, 1, CARRIED, ANEW),
    ARRAY(based, MACHINE_AND_ONE, 1, DERIVED, ANEW),
    ARRAY(fault, FAULT, 1, DERIVED, RETAINED), /* mbp_fault_carry carries them */
    ARRAY(fault_active, FAULT, 1, DERIVED, ANEW),
};
const size_t state_array_count = sizeof state_arrays / sizeof state_arrays[0];

static size_t item_count(const struct mbp_state *state, enum state_index by)
{
    switch (by) {
    case STATE_BY_SENSOR:
        return state->sensor_count;
    case STATE_BY_MACHINE:
        return state->machine_count;
    case STATE_BY_MACHINE_AND_ONE:
        return (size_t)state->machine_count + 1;
    case STATE_BY_ACTUATOR:
        return state->actuator_count;
    case STATE_BY_CONTROLLER:
        return state->controller_count;
    case STATE_BY_SOURCE:
        return (size_t)state->sensor_count + state->actuator_count;
    case STATE_BY_FAULT:
        return state->fault_count;
    case STATE_BY_RATE:
        return state->rate_count;
    case STATE_BY_RATE_VALUE:
        return state->rate_value_count;
    case STATE_BY_FORMULA:
        return state->formula_count;
    case STATE_BY_CELL:
        return state->cell_count;
    case STATE_BY_STORED:
        return state->stored_count;
    case STATE_BY_FORCED:
        return MBP_SIM_FORCED_MAX;
    case STATE_BY_TOUCHED:
        return state->touched_count;
    case STATE_BY_WATCHDOG:
        return state->watchdog_count;
    case STATE_BY_DUTY:
        return state->duty_count;
    case STATE_BY_PART:
        break;
    }
    return state->part_count;
}

size_t state_array_len(const struct mbp_state *state, const struct state_array *array)
{
    return item_count(state, (enum state_index)array->by) * array->times * array->size;
}

/* Carves the arrays out of the block; with block NULL it only adds up. */
static size_t carve(struct mbp_state *state, char *block)
{
    size_t used = 0;
    for (size_t i = 0; i < state_array_count; i++) {
        const struct state_array *array = &state_arrays[i];
        size_t len = state_array_len(state, array);
        size_t next = (used + len + MBP_FENCE_LEN + CACHE_LINE - 1) & ~(size_t)(CACHE_LINE - 1);
        if (block != NULL) {
            void *begin = block + used;
            memcpy((char *)state + array->at, &begin, sizeof begin);
            mbp_fence_put(block + used + len, next - used - len);
        }
        used = next;
    }
    return used;
}

char *state_array_at(const struct mbp_state *state, const struct state_array *array)
{
    char *begin;
    memcpy(&begin, (const char *)state + array->at, sizeof begin);
    return begin;
}

/* Room for all that the counts say, zeroed. */
static enum mbp_status allocate(struct mbp_state *state)
{
    state->layout = state_layout(state);
    state->memory_len = carve(state, NULL);
    state->memory = aligned_alloc(CACHE_LINE, state->memory_len);
    if (state->memory == NULL)
        return MBP_ERR_MEMORY;
    memset(state->memory, 0, state->memory_len);
    carve(state, state->memory);
    return MBP_OK;
}

/* ---- life ------------------------------------------------------------------------------------------------------- */

static void count_items(const struct mbp_plant *plant, struct mbp_state *state)
{
    state->sensor_count = plant->sensor_count;
    state->machine_count = plant->machine_count;
    state->actuator_count = plant->actuator_count;
    state->controller_count = plant->controller_count;
    state->fault_count = plant->fault_count + MBP_AD_HOC_FAULTS;
    state->formula_count = plant->formula_count;
    state->cell_count = plant->cell_count;
    state->stored_count = plant->stored_count;
    state->touched_count = mbp_touched_count(plant);
    state->watchdog_count = plant->watchdog_count;
    state->duty_count = plant->duty_count;
    for (uint32_t s = 0; s < plant->sensor_count; s++)
        state->part_count += mbp_signal_parts(plant, s);
    state_count_rates(plant, state);
}

enum mbp_status mbp_state_new(const struct mbp_plant *plant, uint64_t wall_ms, struct mbp_state **out)
{
    struct mbp_state *state = calloc(1, sizeof *state);
    if (state == NULL)
        return MBP_ERR_MEMORY;
    count_items(plant, state);
    if (allocate(state) != MBP_OK) {
        free(state);
        return MBP_ERR_MEMORY;
    }
    state_set_rates(plant, state);
    state->wall_ms = wall_ms;
    state->limits_version = 1;
    state->alarms_version = 1;
    state->shelves_version = 1;
    state->next_shelf_end_ns = MBP_SHELF_NO_END;
    state->seed = plant->seed;
    state->seed_given = plant->seed;
    for (uint32_t s = 0; s < plant->sensor_count; s++) {
        state->value[s] = NAN;
        state->forced_value[s] = NAN;
        memcpy(&state->limit[s * MBP_LIMIT_COUNT], plant->sensors[s].limits, MBP_LIMIT_COUNT * sizeof *state->limit);
        mbp_state_limits_changed(plant, state, s);
        bool of_quality = mbp_sensor_alarms(&plant->sensors[s])->bad_quality || mbp_is_interlock(&plant->sensors[s]);
        state->watched[s] = of_quality ? MBP_SENSOR_BAD : 0;
    }
    for (uint32_t a = 0; a < plant->actuator_count; a++)
        state->command[a] = state->lagged[plant->sensor_count + a] = plant->actuators[a].initial;
    for (uint32_t c = 0; c < plant->controller_count; c++) {
        const struct mbp_controller *controller = &plant->controllers[c];
        state->controller[c] = (struct mbp_controller_state){.seen = NAN, .automatic = controller->automatic};
        memcpy(state->controller[c].setting, controller->setting, sizeof controller->setting);
        state->controller[c].setpoint = controller->setting[MBP_SET_SETPOINT];
        state->controller[c].output = controller->setting[MBP_SET_MANUAL];
    }
    for (uint32_t m = 0; m < plant->machine_count; m++) {
        state->machine[m].state = (uint8_t)plant->machines[m].initial;
        state->machine[m].since_ms = wall_ms;
        state->machine[m].first_out = UINT32_MAX;
        state->upkeep[m].refused_sensor = UINT32_MAX;
        state->upkeep[m].refused_state = MBP_STATE_COUNT;
        state->upkeep[m].in_repair = plant->machines[m].initial == MBP_EN_PANNE;
    }
    for (uint32_t i = 0; i < plant->stored_count; i++)
        state->stored[i] = plant->stored[i].initial;
    memset(state->dressed, MBP_STATE_COUNT, state->machine_count);
    memset(state->based, MBP_STATE_COUNT, state->machine_count + 1);
    for (uint32_t f = 0; f < state->fault_count; f++) {
        const struct mbp_effect none = {.subject = UINT32_MAX};
        state->fault[f] = (struct mbp_fault_state){.effect = f < plant->fault_count ? plant->faults[f].effect : none,
                                                   .next_ns = UINT64_MAX,
                                                   .end_ns = UINT64_MAX};
    }
    *out = state;
    return MBP_OK;
}

enum mbp_status mbp_state_clone(const struct mbp_state *from, struct mbp_state **out)
{
    struct mbp_state *state = malloc(sizeof *state);
    if (state == NULL)
        return MBP_ERR_MEMORY;
    *state = *from;
    if (allocate(state) != MBP_OK) {
        free(state);
        return MBP_ERR_MEMORY;
    }
    mbp_state_copy(state, from);
    *out = state;
    return MBP_OK;
}

void mbp_state_copy(struct mbp_state *to, const struct mbp_state *from)
{
    memcpy(to, from, offsetof(struct mbp_state, lagged));
    for (size_t i = 0; i < state_array_count; i++) {
        const struct state_array *array = &state_arrays[i];
        memcpy(state_array_at(to, array), state_array_at(from, array), state_array_len(from, array));
    }
}

void mbp_state_restore(struct mbp_state *state, const struct mbp_state *snapshot, uint64_t wall_ms)
{
    uint64_t scan = state->scan;
    uint32_t limits_version = state->limits_version;
    uint32_t alarms_version = state->alarms_version;
    uint32_t shelves_version = state->shelves_version;
    uint64_t seed_given = state->seed_given;
    int64_t passed_ms = (int64_t)(wall_ms - snapshot->wall_ms); /* the clock may have stepped back */
    mbp_state_copy(state, snapshot);
    state->scan = scan;
    state->wall_ms = wall_ms;
    state->limits_version = limits_version + 1;
    state->alarms_version = alarms_version + 1;
    state->shelves_version = shelves_version + 1;
    state->seed_given = seed_given;
    for (uint32_t s = 0; s < state->sensor_count; s++)
        state->alarm_since_s[s] += state->alarm_since_s[s] != 0 ? (uint32_t)(passed_ms / 1000) : 0;
    for (size_t i = 0; i < (size_t)state->sensor_count * MBP_ALARM_COUNT; i++)
        state->raised_s[i] += state->raised_s[i] != 0 ? (uint32_t)(passed_ms / 1000) : 0;
    for (uint32_t m = 0; m < state->machine_count; m++)
        state->machine[m].since_ms += (uint64_t)passed_ms;
}

void mbp_state_take_seed(const struct mbp_plant *plant, struct mbp_state *state)
{
    if (state->seed_given != plant->seed)
        state->seed = plant->seed;
    state->seed_given = plant->seed;
}

void mbp_state_free(struct mbp_state *state)
{
    if (state == NULL)
        return;
    mbp_fence_remove(state->memory, state->memory_len);
    free(state->memory);
    free(state);
}

/* ---- limits ----------------------------------------------------------------------------------------------------- */

double mbp_actuator_fail(const struct mbp_plant *plant, const struct mbp_state *state, uint32_t a)
{
    const struct mbp_actuator *actuator = &plant->actuators[a];
    return actuator->machine == UINT32_MAX ? (double)NAN : actuator->fail[state->machine[actuator->machine].state];
}

const struct mbp_register mbp_setting_register = {.scale = 1, .words = 2, .type = MBP_FLOAT32};

const double *mbp_setting_range(const struct mbp_controller *controller, enum mbp_setting which)
{
    static const double from_nothing[] = {0, 1e6};
    switch (which) {
    case MBP_SET_SETPOINT:
        return controller->setpoint_range;
    case MBP_SET_LOW:
    case MBP_SET_HIGH:
    case MBP_SET_MANUAL:
        return controller->output_range;
    case MBP_SET_GAIN:
    case MBP_SET_INTEGRAL:
    case MBP_SET_DERIVATIVE:
    case MBP_SETTING_COUNT:
        break;
    }
    return from_nothing;
}

bool mbp_setting_allowed(const struct mbp_controller *controller, enum mbp_setting which,
                         const double setting[MBP_SETTING_COUNT])
{
    const struct mbp_register *reg = &mbp_setting_register;
    const bool bound = which == MBP_SET_LOW || which == MBP_SET_HIGH;
    return mbp_grid_within(reg, mbp_setting_range(controller, which), setting[which]) &&
           !(bound && mbp_grid_above(reg, setting[MBP_SET_LOW], setting[MBP_SET_HIGH], 0));
}

bool mbp_limits_in_order(const struct mbp_sensor *sensor, const double limits[MBP_LIMIT_COUNT])
{
    double below = sensor->range[0];
    for (int l = 0; l < MBP_LIMIT_COUNT; l++) {
        const double between[] = {below, sensor->range[1]};
        if (isnan(limits[l]))
            continue;
        if (!mbp_grid_within(&sensor->reg, between, limits[l]))
            return false;
        below = limits[l];
    }
    return true;
}

static struct mbp_event event_of(enum mbp_event_code code, const struct mbp_unit *unit, uint16_t machine, uint16_t item)
{
    return (struct mbp_event){
        .code = (uint16_t)code, .unit = unit->id, .machine = machine, .sensor = item, .value = NAN, .limit = NAN};
}

struct mbp_event mbp_machine_event(const struct mbp_plant *plant, enum mbp_event_code code, uint32_t machine)
{
    return event_of(code, &plant->units[plant->machines[machine].unit], mbp_number_of_machine(plant, machine),
                    MBP_NONE16);
}

struct mbp_event mbp_sensor_event(const struct mbp_plant *plant, enum mbp_event_code code, uint32_t sensor)
{
    const struct mbp_sensor *of = &plant->sensors[sensor];
    return event_of(code, &plant->units[of->unit], mbp_number_of_machine(plant, of->machine),
                    mbp_item_of_sensor(plant, sensor));
}

struct mbp_event mbp_actuator_event(const struct mbp_plant *plant, enum mbp_event_code code, uint32_t actuator)
{
    const struct mbp_actuator *of = &plant->actuators[actuator];
    return event_of(code, &plant->units[of->unit], mbp_number_of_machine(plant, of->machine),
                    mbp_item_of_actuator(plant, actuator));
}

struct mbp_event mbp_controller_event(const struct mbp_plant *plant, enum mbp_event_code code, uint32_t controller)
{
    const struct mbp_controller *of = &plant->controllers[controller];
    return event_of(code, &plant->units[of->unit], mbp_number_of_machine(plant, of->machine),
                    mbp_item_of_controller(plant, controller));
}

struct mbp_event mbp_stored_event(const struct mbp_plant *plant, enum mbp_event_code code, uint32_t stored)
{
    return event_of(code, &plant->units[plant->stored[stored].unit], MBP_NONE16, mbp_item_of_stored(plant, stored));
}
