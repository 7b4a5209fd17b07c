/* What a master may do to alarms: change limits, acknowledge, reset, shelve, take out of service. */
#include <math.h>
#include <string.h>

#include "life.h"
#include "mbplant/codec.h"
#include "mbplant/event/comment.h"

void mbp_diagnosis_set_limit(const struct mbp_plant *plant, struct mbp_state *state, uint32_t s, enum mbp_limit limit,
                             const double asked[MBP_LIMIT_COUNT], uint32_t peer, struct mbp_events *events)
{
    const struct mbp_register *reg = &plant->sensors[s].reg;
    const double value = mbp_grid_meant(reg, asked[limit]);
    double *now = &state->limit[s * MBP_LIMIT_COUNT];
    double alone[MBP_LIMIT_COUNT];
    memcpy(alone, now, sizeof alone);
    alone[limit] = value;
    state->limits_version++; /* also when refused: the registers must show the limit that holds */
    if (mbp_grid_same(reg, now[limit], value))
        return;
    bool ok = mbp_limits_in_order(&plant->sensors[s], asked) || mbp_limits_in_order(&plant->sensors[s], alone);
    struct mbp_event event = mbp_sensor_event(plant, ok ? MBP_EV_LIMIT_CHANGED : MBP_EV_WRITE_REFUSED, s);
    event.value = (float)value;
    event.limit = (float)now[limit];
    mbp_event_by(&event, peer);
    event.detail = ok ? (uint32_t)limit
                      : mbp_event_write_detail(MBP_HOLDING_REGISTERS, reg->limits_addr + (unsigned)limit * reg->words,
                                               MBP_EX_SERVER_DEVICE_FAILURE, 0);
    mbp_events_emit(events, event);
    if (ok) {
        now[limit] = value;
        mbp_state_limits_changed(plant, state, s);
    }
}

/* ---- acknowledge and reset -----------------------------------------------------------------------------------------
 */

/* Feeds the input to those alarms of a sensor that it may concern. */
static void feed(const struct life *life, uint32_t s, uint8_t alarms, enum mbp_alarm_input input)
{
    for (unsigned a = 0; alarms >> a != 0; a++) {
        if ((alarms >> a & 1u) != 0)
            life_take(life, s, a, input);
    }
}

void mbp_diagnosis_acknowledge_sensor(const struct mbp_plant *plant, struct mbp_state *state, uint32_t s, uint32_t peer,
                                      struct mbp_events *events)
{
    const struct life life = {plant, state, events, peer};
    feed(&life, s, state->unack[s], MBP_ALARM_ACKNOWLEDGE);
}

void mbp_diagnosis_acknowledge(const struct mbp_plant *plant, struct mbp_state *state, uint32_t machine, uint32_t peer,
                               struct mbp_events *events)
{
    const struct mbp_machine *of = &plant->machines[machine];
    for (uint32_t i = 0; i < mbp_machine_watches(of); i++)
        mbp_diagnosis_acknowledge_sensor(plant, state, mbp_machine_watch(of, i), peer, events);
}

void mbp_diagnosis_reset_sensor(const struct mbp_plant *plant, struct mbp_state *state, uint32_t s, uint32_t peer,
                                struct mbp_events *events)
{
    const struct life life = {plant, state, events, peer};
    feed(&life, s, state->latched[s], MBP_ALARM_RESET);
}

void mbp_diagnosis_reset(const struct mbp_plant *plant, struct mbp_state *state, uint32_t machine, uint32_t peer,
                         struct mbp_events *events)
{
    const struct mbp_machine *of = &plant->machines[machine];
    for (uint32_t i = 0; i < mbp_machine_watches(of); i++)
        mbp_diagnosis_reset_sensor(plant, state, mbp_machine_watch(of, i), peer, events);
}

/* ---- shelve ------------------------------------------------------------------------------------------------------ */

/* Puts the sensor on the shelf, or gives the shelf it stands on another end. */
static void shelve(const struct life *life, uint32_t s, enum mbp_shelved how, uint64_t ns)
{
    struct mbp_state *state = life->state;
    /* Without an end of its own it ends when the plant file says, at the latest. */
    const uint64_t longest = mbp_longest_shelf_ns(life->plant, s, MBP_ALARM_COUNT);
    ns = longest != 0 && (how != MBP_SHELVED_TIMED || ns > longest) ? longest : ns;
    uint64_t end = how == MBP_SHELVED_TIMED || longest != 0 ? mbp_time_add_sat(state->sim_ns, ns) : MBP_SHELF_NO_END;
    state->shelf_end_ns[s] = end;
    state->alarm_flags[s] &= (uint8_t)~MBP_ALARMS_SHOTS;
    if (how == MBP_SHELVED_ONE_SHOT)
        state->alarm_flags[s] |= (uint8_t)(MBP_ALARMS_ONE_SHOT | (state->beyond[s] != 0 ? MBP_ALARMS_SHOT : 0));
    if (end < state->next_shelf_end_ns)
        state->next_shelf_end_ns = end;
    life_hide(life, s, MBP_ALARMS_ALL, MBP_ALARM_SHELVE, 0);
    double seconds = end != MBP_SHELF_NO_END ? (double)ns / (double)MBP_NS_PER_S : (double)NAN;
    life_emit(life, s, MBP_EV_ALARM_SHELVED, seconds, how);
}

void mbp_diagnosis_shelve(const struct mbp_plant *plant, struct mbp_state *state, uint32_t s, bool on, uint32_t peer,
                          struct mbp_events *events)
{
    const struct life life = {plant, state, events, peer};
    bool was = (state->flags[s] & MBP_SENSOR_SHELVED) != 0;
    if (was == on)
        return;
    if (on)
        shelve(&life, s, MBP_SHELVED_UNTIL_UNSHELVED, 0);
    else
        life_unshelve(&life, s, MBP_UNSHELVED_BY_COMMAND);
}

/* Also when the shelf that is there would end by itself. */
static void shelve_for_ever(const struct mbp_plant *plant, struct mbp_state *state, uint32_t s, uint32_t peer,
                            struct mbp_events *events)
{
    const struct life life = {plant, state, events, peer};
    bool once = (state->alarm_flags[s] & MBP_ALARMS_ONE_SHOT) != 0;
    if ((state->flags[s] & MBP_SENSOR_SHELVED) == 0 || once || state->shelf_end_ns[s] != MBP_SHELF_NO_END)
        shelve(&life, s, MBP_SHELVED_UNTIL_UNSHELVED, 0);
}

void mbp_diagnosis_shelve_for(const struct mbp_plant *plant, struct mbp_state *state, uint32_t s, uint64_t ns,
                              uint32_t peer, struct mbp_events *events)
{
    const struct life life = {plant, state, events, peer};
    shelve(&life, s, MBP_SHELVED_TIMED, ns);
}

void mbp_diagnosis_shelve_once(const struct mbp_plant *plant, struct mbp_state *state, uint32_t s, uint32_t peer,
                               struct mbp_events *events)
{
    const struct life life = {plant, state, events, peer};
    if ((state->alarm_flags[s] & MBP_ALARMS_ONE_SHOT) == 0)
        shelve(&life, s, MBP_SHELVED_ONE_SHOT, 0);
}

void mbp_diagnosis_set_shelving(const struct mbp_plant *plant, struct mbp_state *state, uint32_t s, uint16_t asked,
                                uint32_t peer, struct mbp_events *events)
{
    life_shelves_changed(state); /* also when nothing changes: the register must show what is left */
    if (asked == MBP_SHELVE_ONCE)
        mbp_diagnosis_shelve_once(plant, state, s, peer, events);
    else if (asked == MBP_SHELVE_FOR_EVER)
        shelve_for_ever(plant, state, s, peer, events);
    else if (asked == 0)
        mbp_diagnosis_shelve(plant, state, s, false, peer, events);
    else
        mbp_diagnosis_shelve_for(plant, state, s, asked * MBP_NS_PER_S, peer, events);
}

void mbp_diagnosis_shelve_all(const struct mbp_plant *plant, struct mbp_state *state, uint32_t machine, bool on,
                              uint32_t peer, struct mbp_events *events)
{
    const struct mbp_machine *of = &plant->machines[machine];
    const uint32_t count = on ? mbp_machine_shelves(of) : mbp_machine_watches(of);
    life_shelves_changed(state);
    for (uint32_t i = 0; i < count; i++)
        mbp_diagnosis_shelve(plant, state, mbp_machine_watch(of, i), on, peer, events);
}

/* ---- out of service ---------------------------------------------------------------------------------------------- */

void mbp_diagnosis_remove(const struct mbp_plant *plant, struct mbp_state *state, uint32_t s, bool on, uint32_t peer,
                          struct mbp_events *events)
{
    const struct life life = {plant, state, events, peer};
    bool was = (state->alarm_flags[s] & MBP_ALARMS_REMOVED) != 0;
    life_shelves_changed(state);
    if (was == on)
        return;
    life_hide(&life, s, MBP_ALARMS_ALL, on ? MBP_ALARM_REMOVE : MBP_ALARM_RETURN, MBP_ALARMS_REMOVED);
    life_emit(&life, s, on ? MBP_EV_ALARM_OUT_OF_SERVICE : MBP_EV_ALARM_IN_SERVICE, NAN, 0);
}
