/* What the state says, as views. */
#include "mbplant/view.h"
#include "mbplant/plant/interlock.h"

#include <math.h>
#include <string.h>

#include "mbplant/map.h"
#include "mbplant/state/forced.h"
#include "mbplant/state/stored.h"

/* A member of a view that shows what the state says as it stands. */
#define SHOWN(type, name, from) .name = (from),

static uint32_t seconds(uint64_t ns)
{
    uint64_t s = ns / MBP_NS_PER_S;
    return s < UINT32_MAX ? (uint32_t)s : UINT32_MAX;
}

/* ---- stored values ------------------------------------------------------------------------------------------------
 */

void mbp_view_stored(const struct mbp_plant *plant, const struct mbp_state *state, uint32_t stored,
                     struct mbp_stored_view *out)
{
    *out = (struct mbp_stored_view){mbp_register_of_bits(&plant->stored[stored].reg, state->stored[stored]),
                                    mbp_stored_is_bad(plant, state, stored)};
}

/* ---- the plant ----------------------------------------------------------------------------------------------------
 */

#define BLOCK 8u /* sensors whose masks are looked at together: a byte each */

static uint64_t masks_of(const uint8_t *of, uint32_t count)
{
    uint64_t masks = 0;
    if (count >= BLOCK)
        memcpy(&masks, of, sizeof masks);
    else
        memcpy(&masks, of, count);
    return masks;
}

static void count_alarms(const struct mbp_unit *unit, const struct mbp_state *state, struct mbp_summary_view *out)
{
    const uint32_t end = unit->first_sensor + unit->sensor_count;
    for (uint32_t s = unit->first_sensor; s < end; s += BLOCK) {
        const uint64_t active = masks_of(state->active + s, end - s) | masks_of(state->latched + s, end - s);
        const uint64_t unack = masks_of(state->unack + s, end - s);
        if ((active | unack) == 0)
            continue;
        const uint64_t seen = ~masks_of(state->hidden + s, end - s);
        out->active_alarms += (uint32_t)__builtin_popcountll(active & seen);
        out->unacknowledged_alarms += (uint32_t)__builtin_popcountll(unack & seen);
    }
}

/* Bypasses are alarms, as the diagnosis counts them. */
static void count_bypasses(const struct mbp_plant *plant, const struct mbp_unit *unit, const struct mbp_state *state,
                           struct mbp_summary_view *out)
{
    const uint32_t end = unit->first_sensor + unit->sensor_count;
    for (uint32_t s = unit->first_sensor; s < end && state->next_shelf_end_ns != MBP_SHELF_NO_END; s++)
        out->active_alarms += mbp_bits_set(mbp_bypassed_alarms(plant, state, s));
}

void mbp_view_summary(const struct mbp_plant *plant, const struct mbp_unit *unit, const struct mbp_state *state,
                      struct mbp_summary_view *out)
{
    *out = (struct mbp_summary_view){.map_version = MBP_MAP_VERSION,
                                     .machines = unit->machine_count,
                                     .sensors = mbp_unit_sensors(unit),
                                     .scans = (uint32_t)state->scan,
                                     .simulated_ms = state->sim_ns / MBP_NS_PER_MS};
    for (uint32_t m = unit->first_machine; m < unit->first_machine + unit->machine_count; m++)
        out->machines_in_state[state->machine[m].state]++;
    count_alarms(unit, state, out);
    count_bypasses(plant, unit, state, out);
}

/* ---- machines -----------------------------------------------------------------------------------------------------
 */

static uint32_t sensor_number(const struct mbp_plant *plant, uint32_t machine, uint32_t sensor)
{
    return sensor == UINT32_MAX ? MBP_VIEW_NONE : sensor - plant->units[plant->machines[machine].unit].first_sensor;
}

static uint64_t left(uint64_t every, uint64_t done)
{
    return done < every ? every - done : 0;
}

static void view_upkeep(const struct mbp_plant *plant, const struct mbp_state *state, uint32_t m,
                        struct mbp_machine_view *out)
{
    const struct mbp_machine *machine = &plant->machines[m];
    const struct mbp_machine_state *now = &state->machine[m];
    const struct mbp_upkeep *upkeep = &state->upkeep[m];
    bool refused = upkeep->refused_state < MBP_STATE_COUNT;
    bool ends = now->state == MBP_MAINTENANCE && machine->maintenance_takes_ns != 0 && !upkeep->in_repair;
    out->refused_state = refused ? upkeep->refused_state : MBP_VIEW_NONE;
    out->refused_reason = refused ? upkeep->refused_cause : 0;
    out->refused_sensor = refused ? sensor_number(plant, m, upkeep->refused_sensor) : MBP_VIEW_NONE;
    out->until_due_s = machine->maintenance_every_ns == 0
                           ? MBP_VIEW_NONE
                           : seconds(left(machine->maintenance_every_ns, now->since_maintenance_ns));
    out->until_due_cycles = machine->maintenance_cycles == 0
                                ? MBP_VIEW_NONE
                                : (uint32_t)left(machine->maintenance_cycles, upkeep->cycles_since_maintenance);
    out->maintenance_left_s = ends ? seconds(left(machine->maintenance_takes_ns, now->in_state_ns)) : MBP_VIEW_NONE;
}

/* All its sensors are on the shelf. */
static bool is_shelved(const struct mbp_machine *machine, const struct mbp_state *state)
{
    bool all = mbp_machine_shelves(machine) > 0;
    for (uint32_t i = 0; i < mbp_machine_shelves(machine) && all; i++)
        all = (state->flags[mbp_machine_watch(machine, i)] & MBP_SENSOR_SHELVED) != 0;
    return all;
}

void mbp_view_machine(const struct mbp_plant *plant, const struct mbp_state *state, uint32_t m,
                      struct mbp_machine_view *out)
{
    const struct mbp_machine_state *now = &state->machine[m];
    const struct mbp_upkeep *upkeep = &state->upkeep[m];
    memset(out, 0, sizeof *out); /* the gaps too: two of them are compared as bytes */
#define SET(type, name, from) out->name = from;
    MBP_MACHINE_SHOWN(SET)
#undef SET
    out->first_out_sensor = sensor_number(plant, m, now->first_out);
    out->shelved = is_shelved(&plant->machines[m], state);
    out->in_state[now->state] = true;
    view_upkeep(plant, state, m, out);
}

/* ---- sensors ------------------------------------------------------------------------------------------------------
 */

uint32_t mbp_view_shelving_s(const struct mbp_state *state, uint32_t s)
{
    if ((state->flags[s] & MBP_SENSOR_SHELVED) == 0)
        return 0;
    if ((state->alarm_flags[s] & MBP_ALARMS_ONE_SHOT) != 0)
        return MBP_SHELVE_ONCE;
    if (state->shelf_end_ns[s] == MBP_SHELF_NO_END)
        return MBP_SHELVE_FOR_EVER;
    uint64_t left_ns = state->shelf_end_ns[s] > state->sim_ns ? state->shelf_end_ns[s] - state->sim_ns : 1;
    uint64_t left_s = (left_ns + MBP_NS_PER_S - 1) / MBP_NS_PER_S;
    return left_s < MBP_SHELVE_ONCE ? (uint32_t)left_s : MBP_SHELVE_ONCE - 1;
}

/* Whole seconds until a time of the state, at least one. */
static uint32_t left_s(uint32_t end_ms, const struct mbp_state *state)
{
    int32_t ms = (int32_t)(end_ms - (uint32_t)(state->sim_ns / MBP_NS_PER_MS));
    uint32_t left = ms > 0 ? ((uint32_t)ms + 999) / 1000 : 1;
    return left < MBP_SHELVE_ONCE ? left : MBP_SHELVE_ONCE - 1;
}

uint32_t mbp_view_shelved_s(const struct mbp_state *state, uint32_t s, unsigned alarm)
{
    const struct mbp_alarms_alone *alone = &state->alone[s];
    const unsigned bit = 1u << alarm;
    if ((alone->shelved & bit) == 0)
        return 0;
    if ((alone->once & bit) != 0)
        return MBP_SHELVE_ONCE;
    if ((alone->timed & bit) == 0)
        return MBP_SHELVE_FOR_EVER;
    return left_s(state->alarm_times[s].end_ms[alarm], state);
}

uint32_t mbp_view_bypassed_s(const struct mbp_state *state, uint32_t s, unsigned alarm)
{
    const struct mbp_alarms_alone *alone = &state->alone[s];
    return (alone->bypassed >> alarm & 1u) != 0 ? left_s(state->alarm_times[s].bypass_ms[alarm], state) : 0;
}

/* What the operator is to see: an alarm that is hidden is none to him, one that is latched still is. */
void mbp_view_sensor_bits(const struct mbp_state *state, uint32_t first, uint32_t count, uint8_t *restrict bits)
{
    const uint8_t *restrict active = state->active + first;
    const uint8_t *restrict latched = state->latched + first;
    const uint8_t *restrict unack = state->unack + first;
    const uint8_t *restrict hidden = state->hidden + first;
    const uint8_t *restrict flags = state->flags + first;
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t seen = (uint8_t)~hidden[i];
        uint8_t now = (uint8_t)((active[i] | latched[i]) & seen & ((1u << MBP_LIMIT_COUNT) - 1));
        now |= (unack[i] & seen) != 0 ? 0x10 : 0;
        now |= (flags[i] & MBP_SENSOR_SHELVED) != 0 ? 0x20 : 0;
        now |= (flags[i] & MBP_SENSOR_FORCED) != 0 ? 0x40 : 0;
        now |= (flags[i] & MBP_SENSOR_BAD) != 0 ? 0x80 : 0;
        bits[i] = now;
    }
}

void mbp_view_sensor_alarms(const struct mbp_state *state, uint32_t s, struct mbp_sensor_view *out)
{
    unsigned seen = ~(unsigned)state->hidden[s];
    unsigned active = (state->active[s] | state->latched[s]) & seen;
    unsigned flags = state->flags[s];
    unsigned alarm_flags = state->alarm_flags[s];
    *out = (struct mbp_sensor_view){MBP_SENSOR_SHOWN(SHOWN)};
    /* Most alarms are quiet, as one beyond the last always is. */
    memset(out->alarm_state, (int)mbp_alarm_state(state, s, MBP_ALARM_COUNT), sizeof out->alarm_state);
    const struct mbp_alarms_alone *alone = &state->alone[s];
    unsigned busy = state->active[s] | state->latched[s] | state->unack[s] | state->suppressed[s] |
                    (unsigned)(alone->shelved | alone->removed);
    for (; busy != 0; busy &= busy - 1) {
        unsigned a = (unsigned)__builtin_ctz(busy);
        out->active[a] = (active >> a & 1u) != 0;
        out->alarm_state[a] = (uint8_t)mbp_alarm_state(state, s, a);
    }
    for (unsigned left = alone->shelved | alone->bypassed; left != 0; left &= left - 1) {
        unsigned a = (unsigned)__builtin_ctz(left);
        out->shelved_s[a] = mbp_view_shelved_s(state, s, a);
        out->bypassed_s[a] = mbp_view_bypassed_s(state, s, a);
    }
    memcpy(out->raised_s, &state->raised_s[s * MBP_ALARM_COUNT], sizeof out->raised_s);
}

static bool is_alike(const struct mbp_state *state, uint32_t s, uint32_t t)
{
    const struct mbp_alarms_alone *alone = &state->alone[s];
    unsigned differ = (unsigned)(state->active[s] ^ state->active[t]) | (state->unack[s] ^ state->unack[t]) |
                      (state->latched[s] ^ state->latched[t]) | (state->suppressed[s] ^ state->suppressed[t]) |
                      (state->hidden[s] ^ state->hidden[t]) | (state->alarm_flags[s] ^ state->alarm_flags[t]) |
                      (state->flags[s] ^ state->flags[t]) | (state->beyond[s] ^ state->beyond[t]);
    unsigned timed = (state->flags[s] & MBP_SENSOR_SHELVED) | (unsigned)(alone->shelved | alone->bypassed);
    return (differ | timed) == 0 && memcmp(alone, &state->alone[t], sizeof *alone) == 0;
}

bool mbp_view_sensor_alarms_after(const struct mbp_state *state, uint32_t s, uint32_t before,
                                  struct mbp_sensor_view *out)
{
    if (before == MBP_VIEW_NONE || !is_alike(state, s, before)) {
        mbp_view_sensor_alarms(state, s, out);
        return false;
    }
    out->alarm_since_s = state->alarm_since_s[s];
    memcpy(out->raised_s, &state->raised_s[s * MBP_ALARM_COUNT], sizeof out->raised_s);
    return true;
}

void mbp_view_sensor(const struct mbp_plant *plant, const struct mbp_state *state, uint32_t s,
                     struct mbp_sensor_view *out)
{
    mbp_view_sensor_alarms(state, s, out);
    out->value = plant->sensors[s].reg.type == MBP_STRING ? (double)NAN : state->value[s];
    if (mbp_is_interlock(&plant->sensors[s])) {
        out->interlock_state = (uint8_t)mbp_interlock_state_of(plant, state, s, MBP_CONDITION);
        out->acting = out->interlock_state == MBP_INTERLOCK_ACTING;
        out->first_out = state->machine[plant->sensors[s].machine].first_out == s;
    }
    for (unsigned l = 0; l < MBP_LIMIT_COUNT; l++)
        out->limit[l] = state->limit[s * MBP_LIMIT_COUNT + l];
}

/* ---- actuators and controllers ------------------------------------------------------------------------------------
 */

void mbp_view_actuator(const struct mbp_plant *plant, const struct mbp_state *state, uint32_t a,
                       struct mbp_actuator_view *out)
{
    const double told = mbp_actuator_told(state, a);
    *out = (struct mbp_actuator_view){
        .position = state->lagged[plant->sensor_count + a], .command = told, .on = told > plant->actuators[a].range[0]};
}

void mbp_view_controller(const struct mbp_plant *plant, const struct mbp_state *state, uint32_t c,
                         struct mbp_controller_view *out)
{
    const struct mbp_controller_state *now = &state->controller[c];
    *out = (struct mbp_controller_view){MBP_CONTROLLER_SHOWN(SHOWN)};
    for (unsigned i = 0; i < MBP_SETTING_COUNT; i++) /* of one that it does not have, its registers are holes */
        out->setting[i] = mbp_controller_has_setting(&plant->controllers[c], i) ? now->setting[i] : 0;
}

/* ---- all of them --------------------------------------------------------------------------------------------------
 */

static const struct mbp_unit *summary_unit(const struct mbp_plant *plant)
{
    for (uint32_t u = 0; u < plant->unit_count; u++) {
        if (mbp_map_has(&plant->units[u], MBP_MAP_SUMMARY))
            return &plant->units[u];
    }
    return &plant->units[0];
}

void mbp_view_plant(const struct mbp_plant *plant, const struct mbp_state *state, struct mbp_plant_view *out)
{
    mbp_view_summary(plant, summary_unit(plant), state, &out->summary);
    for (uint32_t m = 0; m < plant->machine_count; m++)
        mbp_view_machine(plant, state, m, &out->machines[m]);
    for (uint32_t s = 0; s < plant->sensor_count; s++)
        mbp_view_sensor(plant, state, s, &out->sensors[s]);
    for (uint32_t a = 0; a < plant->actuator_count; a++) {
        mbp_view_actuator(plant, state, a, &out->actuators[a]);
        mbp_map_as_read(plant, &plant->units[plant->actuators[a].unit], MBP_PER_ACTUATOR, a, &out->actuators[a]);
    }
    for (uint32_t c = 0; c < plant->controller_count; c++) {
        mbp_view_controller(plant, state, c, &out->controllers[c]);
        mbp_map_as_read(plant, &plant->units[plant->controllers[c].unit], MBP_PER_CONTROLLER, c, &out->controllers[c]);
    }
}
