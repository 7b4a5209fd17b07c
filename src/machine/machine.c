/* The machine's states and the ways between them, as the mission gives them:
 *   a fault (a trip, or declared by hand) takes a working machine out of service;
 *   maintenance may begin from anywhere;
 *   back to en_service only when no interlock stands against it. */
#include <math.h>

#include "machine_priv.h"
#include "mbplant/diagnosis.h"
#include "mbplant/event/comment.h"

enum condition { ALWAYS, NO_BAR };

/* STAY: asking for the state it is in, or an input that means nothing there. */
enum way { STAY, GO };

static const struct transition {
    enum way way;
    enum mbp_state_code to;
    enum condition condition;
    enum mbp_cause cause;
} transitions[MBP_STATE_COUNT][MACHINE_INPUT_COUNT] = {
    [MBP_EN_SERVICE] =
        {
            [ASK_EN_SERVICE] = {STAY, MBP_EN_SERVICE, ALWAYS, MBP_CAUSE_COMMAND},
            [ASK_EN_PANNE] = {GO, MBP_EN_PANNE, ALWAYS, MBP_CAUSE_COMMAND},
            [ASK_MAINTENANCE] = {GO, MBP_MAINTENANCE, ALWAYS, MBP_CAUSE_COMMAND},
            [TRIP] = {GO, MBP_EN_PANNE, ALWAYS, MBP_CAUSE_TRIP},
            [MAINTENANCE_OVER] = {STAY, MBP_EN_SERVICE, ALWAYS, MBP_CAUSE_MAINTENANCE_OVER},
        },
    [MBP_EN_PANNE] =
        {
            [ASK_EN_SERVICE] = {GO, MBP_EN_SERVICE, NO_BAR, MBP_CAUSE_COMMAND},
            [ASK_EN_PANNE] = {STAY, MBP_EN_PANNE, ALWAYS, MBP_CAUSE_COMMAND},
            [ASK_MAINTENANCE] = {GO, MBP_MAINTENANCE, ALWAYS, MBP_CAUSE_COMMAND},
            [TRIP] = {STAY, MBP_EN_PANNE, ALWAYS, MBP_CAUSE_TRIP},
            [MAINTENANCE_OVER] = {STAY, MBP_EN_PANNE, ALWAYS, MBP_CAUSE_MAINTENANCE_OVER},
        },
    [MBP_MAINTENANCE] =
        {
            [ASK_EN_SERVICE] = {GO, MBP_EN_SERVICE, NO_BAR, MBP_CAUSE_COMMAND},
            [ASK_EN_PANNE] = {GO, MBP_EN_PANNE, ALWAYS, MBP_CAUSE_COMMAND},
            [ASK_MAINTENANCE] = {STAY, MBP_MAINTENANCE, ALWAYS, MBP_CAUSE_COMMAND},
            [TRIP] = {STAY, MBP_MAINTENANCE, ALWAYS, MBP_CAUSE_TRIP},
            [MAINTENANCE_OVER] = {GO, MBP_EN_SERVICE, NO_BAR, MBP_CAUSE_MAINTENANCE_OVER},
        },
};

/* Adds the sensor that trips the machine, which of its alarms does, and what that one measured. */
static void name_first_out(const struct mbp_plant *plant, const struct mbp_state *state, uint32_t sensor,
                           struct mbp_event *event)
{
    if (sensor == UINT32_MAX)
        return;
    uint32_t tripping = mbp_state_barring(plant, state, sensor);
    event->sensor = mbp_sensor_event(plant, MBP_EV_MACHINE_STATE, sensor).sensor;
    event->value = (float)state->value[sensor];
    if (tripping == 0)
        return;
    unsigned alarm = (unsigned)__builtin_ctz(tripping);
    event->detail = mbp_event_of_alarm(event->detail, alarm);
    event->value = (float)mbp_diagnosis_measured(state, sensor, alarm);
    event->limit = (float)mbp_diagnosis_against(plant, state, sensor, alarm);
}

/* The first sensor or interlock of the machine that stands against it now: what a refusal names. One that trips it
 * before one that only does not let it start. */
static uint32_t barring_sensor(const struct mbp_plant *plant, const struct mbp_state *state, uint32_t machine)
{
    const struct mbp_machine *of = &plant->machines[machine];
    uint32_t barring = UINT32_MAX;
    for (uint32_t i = 0; i < mbp_machine_guards(of); i++) {
        uint32_t s = mbp_machine_guard(of, i);
        if (mbp_state_tripping(plant, state, s) != 0)
            return s;
        if (barring == UINT32_MAX && mbp_state_barring(plant, state, s) != 0)
            barring = s;
    }
    return barring;
}

/* What the sensor has against it: a condition that holds, or one that is over but must be reset. */
static enum mbp_cause refusal_cause(const struct mbp_plant *plant, const struct mbp_state *state, uint32_t sensor)
{
    if (sensor == UINT32_MAX)
        return MBP_CAUSE_TRIP_ACTIVE;
    if (mbp_state_tripping(plant, state, sensor) == 0)
        return MBP_CAUSE_PERMISSIVE;
    unsigned holding = mbp_state_tripping(plant, state, sensor) & (state->beyond[sensor] | state->active[sensor]);
    return holding != 0 ? MBP_CAUSE_TRIP_ACTIVE : MBP_CAUSE_TRIP_LATCHED;
}

static void refuse(const struct mbp_plant *plant, struct mbp_state *state, uint32_t machine,
                   const struct transition *transition, uint32_t peer, struct mbp_events *events)
{
    struct mbp_machine_state *m = &state->machine[machine];
    bool by_itself = transition->cause != MBP_CAUSE_COMMAND;
    if (by_itself && m->refusal_told)
        return;
    m->refusal_told = m->refusal_told || by_itself;
    struct mbp_event event = mbp_machine_event(plant, MBP_EV_MACHINE_REFUSED, machine);
    uint32_t sensor = barring_sensor(plant, state, machine);
    enum mbp_cause why = refusal_cause(plant, state, sensor);
    state->upkeep[machine].refused_state = (uint8_t)transition->to;
    state->upkeep[machine].refused_cause = (uint8_t)why;
    state->upkeep[machine].refused_sensor = sensor;
    event.detail = mbp_event_state_detail(m->state, transition->to, why);
    mbp_event_by(&event, peer);
    name_first_out(plant, state, sensor, &event);
    if (why == MBP_CAUSE_TRIP_LATCHED)
        event.value = event.limit = NAN; /* what it shows now is no reason */
    mbp_events_emit(events, event);
}

static void emit_maintenance(const struct mbp_plant *plant, uint32_t machine, enum mbp_event_code code, uint32_t peer,
                             struct mbp_events *events)
{
    struct mbp_event event = mbp_machine_event(plant, code, machine);
    mbp_event_by(&event, peer);
    mbp_events_emit(events, event);
}

/* A failure's repair begins with it and ends in service, maintenance between them included (EN 13306: time to
 * restoration). Maintenance lets wear begin anew. */
static void keep_upkeep(struct mbp_upkeep *upkeep, enum mbp_state_code from, enum mbp_state_code to)
{
    upkeep->refused_state = MBP_STATE_COUNT;
    upkeep->refused_cause = 0;
    upkeep->refused_sensor = UINT32_MAX;
    if (to == MBP_EN_PANNE)
        upkeep->in_repair = true;
    if (to == MBP_EN_SERVICE && upkeep->in_repair) {
        upkeep->in_repair = false;
        upkeep->repairs++;
    }
    if (from == MBP_MAINTENANCE) {
        upkeep->maintenances++;
        upkeep->cycles_since_maintenance = 0;
    }
}

static void go(const struct mbp_plant *plant, struct mbp_state *state, uint32_t machine,
               const struct transition *transition, uint32_t peer, struct mbp_events *events)
{
    struct mbp_machine_state *m = &state->machine[machine];
    enum mbp_state_code from = (enum mbp_state_code)m->state;
    struct mbp_event event = mbp_machine_event(plant, MBP_EV_MACHINE_STATE, machine);
    event.detail = mbp_event_state_detail(from, transition->to, transition->cause);
    mbp_event_by(&event, peer);
    if (transition->cause == MBP_CAUSE_TRIP)
        name_first_out(plant, state, m->first_out, &event);
    mbp_events_emit(events, event);
    m->state = (uint8_t)transition->to;
    m->since_ms = state->wall_ms;
    m->in_state_ns = 0;
    m->refusal_told = false;
    if (transition->to == MBP_EN_PANNE)
        m->failures++;
    if (transition->to == MBP_EN_SERVICE)
        m->first_out = UINT32_MAX; /* here, so that no client sees a machine in service with what once tripped it */
    keep_upkeep(&state->upkeep[machine], from, transition->to);
    if (from == MBP_MAINTENANCE) {
        m->since_maintenance_ns = 0;
        m->due = false;
        emit_maintenance(plant, machine, MBP_EV_MAINTENANCE_ENDED, peer, events);
    }
    if (transition->to == MBP_MAINTENANCE)
        emit_maintenance(plant, machine, MBP_EV_MAINTENANCE_STARTED, peer, events);
}

enum mbp_status machine_take(const struct mbp_plant *plant, struct mbp_state *state, uint32_t machine,
                             enum machine_input input, uint32_t peer, struct mbp_events *events)
{
    const struct transition *transition = &transitions[state->machine[machine].state][input];
    if (transition->way == STAY)
        return MBP_OK;
    if (transition->condition == NO_BAR && (state->machine[machine].barred || state->machine[machine].trip)) {
        refuse(plant, state, machine, transition, peer, events);
        return MBP_ERR_BUSY;
    }
    go(plant, state, machine, transition, peer, events);
    return MBP_OK;
}

enum mbp_status mbp_machine_request(const struct mbp_plant *plant, struct mbp_state *state, uint32_t machine,
                                    enum mbp_state_code to, uint32_t peer, struct mbp_events *events)
{
    static const enum machine_input inputs[MBP_STATE_COUNT] = {
        [MBP_EN_SERVICE] = ASK_EN_SERVICE, [MBP_EN_PANNE] = ASK_EN_PANNE, [MBP_MAINTENANCE] = ASK_MAINTENANCE};
    return machine_take(plant, state, machine, inputs[to], peer, events);
}
