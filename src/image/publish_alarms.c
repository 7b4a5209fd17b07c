/* Sensors' alarms beside their first eight bits, their shelves, and machines' upkeep (README, "The register map"). */
#include "image_priv.h"

/* ---- alarms ------------------------------------------------------------------------------------------------------ */

static void publish_bits(const struct mbp_state *state, uint32_t s, uint8_t *bits)
{
    unsigned seen = ~(unsigned)state->hidden[s];
    unsigned active = (state->active[s] | state->latched[s]) & seen;
    bits[0] = active >> MBP_RATE_OF_CHANGE & 1u;
    bits[1] = active >> MBP_BAD_QUALITY & 1u;
    bits[2] = (state->latched[s] & seen) != 0;
    bits[3] = state->suppressed[s] != 0;
    bits[4] = (state->alarm_flags[s] & (MBP_ALARMS_REMOVED | MBP_ALARMS_MAINTENANCE)) != 0;
}

/* Four bits a state, the first alarm in the lowest. */
static void publish_states(const struct mbp_state *state, uint32_t s, uint16_t *words)
{
    uint32_t packed = 0;
    for (unsigned a = 0; a < MBP_ALARM_COUNT; a++)
        packed |= (uint32_t)mbp_alarm_state(state, s, a) << 4 * a;
    words[0] = (uint16_t)packed;
    words[1] = (uint16_t)(packed >> 16);
    image_put_u32(words + 2, state->alarm_since_s[s]);
}

/* A machine's coil is on while all its sensors are on the shelf. */
static void publish_shelve_coils(struct mbp_image_unit *unit, const struct mbp_state *state)
{
    const struct mbp_unit *u = unit->unit;
    for (uint32_t i = 0; i < u->machine_count && u->layout.machine_coils > 5; i++) {
        const struct mbp_machine *machine = &unit->image->plant->machines[u->first_machine + i];
        bool all = machine->sensor_count > 0;
        for (uint32_t s = machine->first_sensor; s < machine->first_sensor + machine->sensor_count; s++)
            all = all && (state->flags[s] & MBP_SENSOR_SHELVED) != 0;
        unit->coils[8 * (size_t)i + 5] = all;
    }
}

void image_publish_alarms(struct mbp_image_unit *unit, const struct mbp_state *state)
{
    const struct mbp_unit *u = unit->unit;
    const struct mbp_layout *at = &u->layout;
    for (uint32_t i = 0; i < u->sensor_count; i++) {
        uint32_t s = u->first_sensor + i;
        if (at->coil_service != 0)
            unit->coils[at->coil_service + i] = (state->alarm_flags[s] & MBP_ALARMS_REMOVED) != 0;
        if (at->discrete_alarms != 0)
            publish_bits(state, s, unit->discrete + at->discrete_alarms + 8 * (size_t)i);
        if (at->input_alarms != 0)
            publish_states(state, s, unit->input + at->input_alarms + MBP_ALARM_WORDS * (size_t)i);
    }
    publish_shelve_coils(unit, state);
}

/* ---- shelves ----------------------------------------------------------------------------------------------------- */

/* Whole seconds, rounded up: while it stands it is never 0. */
static uint16_t shelf_left(const struct mbp_state *state, uint32_t s)
{
    if ((state->flags[s] & MBP_SENSOR_SHELVED) == 0)
        return 0;
    if ((state->alarm_flags[s] & MBP_ALARMS_ONE_SHOT) != 0)
        return MBP_SHELVE_ONCE;
    if (state->shelf_end_ns[s] == MBP_SHELF_NO_END)
        return MBP_SHELVE_FOR_EVER;
    uint64_t left_ns = state->shelf_end_ns[s] > state->sim_ns ? state->shelf_end_ns[s] - state->sim_ns : 1;
    uint64_t left_s = (left_ns + MBP_NS_PER_S - 1) / MBP_NS_PER_S;
    return left_s < MBP_SHELVE_ONCE ? (uint16_t)left_s : (uint16_t)(MBP_SHELVE_ONCE - 1);
}

void image_publish_shelving(struct mbp_image_unit *unit, const struct mbp_state *state)
{
    const struct mbp_unit *u = unit->unit;
    for (uint32_t i = 0; i < u->sensor_count && u->layout.holding_shelving != 0; i++)
        unit->holding[u->layout.holding_shelving + i] = shelf_left(state, u->first_sensor + i);
}

/* ---- upkeep ------------------------------------------------------------------------------------------------------ */

static uint64_t left(uint64_t every, uint64_t done)
{
    return every == 0 ? UINT32_MAX : done < every ? every - done : 0;
}

static void publish_machine(const struct mbp_unit *unit, const struct mbp_machine *machine,
                            const struct mbp_machine_state *state, const struct mbp_upkeep *upkeep, uint16_t *words)
{
    bool refused = upkeep->refused_state < MBP_STATE_COUNT;
    bool names = refused && upkeep->refused_sensor != UINT32_MAX;
    bool ends = state->state == MBP_MAINTENANCE && machine->maintenance_takes_ns != 0;
    words[0] = refused ? upkeep->refused_state : MBP_NONE16;
    words[1] = refused ? upkeep->refused_cause : 0;
    words[2] = names ? (uint16_t)(upkeep->refused_sensor - unit->first_sensor) : MBP_NONE16;
    image_put_u32(words + 3, state->since_maintenance_ns / MBP_NS_PER_S);
    image_put_u32(words + 5, upkeep->cycles_since_maintenance);
    uint64_t due_ns = left(machine->maintenance_every_ns, state->since_maintenance_ns);
    image_put_u32(words + 7, machine->maintenance_every_ns == 0 ? UINT32_MAX : due_ns / MBP_NS_PER_S);
    image_put_u32(words + 9, left(machine->maintenance_cycles, upkeep->cycles_since_maintenance));
    image_put_u32(words + 11, upkeep->repair_ns / MBP_NS_PER_S);
    words[13] = image_cap_u16(upkeep->repairs);
    words[14] = image_cap_u16(upkeep->maintenances);
    uint64_t rest_ns = left(machine->maintenance_takes_ns, state->in_state_ns);
    words[15] = ends ? image_cap_u16(rest_ns / MBP_NS_PER_S) : MBP_NONE16;
}

void image_publish_upkeep(struct mbp_image_unit *unit, const struct mbp_state *state)
{
    const struct mbp_unit *u = unit->unit;
    for (uint32_t i = 0; i < u->machine_count && u->layout.input_upkeep != 0; i++) {
        uint32_t m = u->first_machine + i;
        publish_machine(u, &unit->image->plant->machines[m], &state->machine[m], &state->upkeep[m],
                        unit->input + u->layout.input_upkeep + MBP_UPKEEP_WORDS * (size_t)i);
    }
}
