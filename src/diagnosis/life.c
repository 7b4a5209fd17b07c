/* The life cycle of an alarm: one table of transitions, and what goes with them. */
#include "life.h"
#include "mbplant/event/comment.h"

#include <assert.h>
#include <math.h>

/* ---- the table --------------------------------------------------------------------------------------------------- */

#define A MBP_ALARM_NORMAL
#define B MBP_ALARM_UNACKNOWLEDGED
#define C MBP_ALARM_ACKNOWLEDGED
#define D MBP_ALARM_RETURNED
#define E MBP_ALARM_LATCHED_UNACKNOWLEDGED
#define F MBP_ALARM_LATCHED_ACKNOWLEDGED
#define G MBP_ALARM_SHELVED
#define H MBP_ALARM_SUPPRESSED
#define I MBP_ALARM_OUT_OF_SERVICE

/* ISA-18.2-2016 and IEC 62682, clause 5: the alarm state transition diagram, whose letters the states have here. Where
 * it leaves a choice:
 *   - out of service hides more than suppressed by design, that more than shelved; each is kept on its own, so that the
 *     end of one leaves the others;
 *   - what is hidden keeps the state that it had. It may return to normal there, but is neither raised, acknowledged
 * nor reset: nobody can answer for what he does not see. Shown again it is raised if its condition holds then;
 *   - RESET does nothing while the condition holds, and leaves an unacknowledged alarm unacknowledged (E to D). */
static const struct mbp_alarm_transition transitions[MBP_ALARM_STATE_COUNT][MBP_ALARM_INPUT_COUNT] = {
    /* normal */
    [A] = {[MBP_ALARM_RAISE] = {B, MBP_EV_ALARM_RAISED},
           [MBP_ALARM_CLEAR] = {A, 0},
           [MBP_ALARM_CLEAR_LATCH] = {A, 0},
           [MBP_ALARM_ACKNOWLEDGE] = {A, 0},
           [MBP_ALARM_RESET] = {A, 0},
           [MBP_ALARM_AGAIN] = {A, 0},
           [MBP_ALARM_SHELVE] = {G, 0},
           [MBP_ALARM_UNSHELVE] = {A, 0},
           [MBP_ALARM_SUPPRESS] = {H, 0},
           [MBP_ALARM_UNSUPPRESS] = {A, 0},
           [MBP_ALARM_REMOVE] = {I, 0},
           [MBP_ALARM_RETURN] = {A, 0}},
    /* unacknowledged */
    [B] = {[MBP_ALARM_RAISE] = {B, 0},
           [MBP_ALARM_CLEAR] = {D, MBP_EV_ALARM_CLEARED},
           [MBP_ALARM_CLEAR_LATCH] = {E, MBP_EV_ALARM_CLEARED},
           [MBP_ALARM_ACKNOWLEDGE] = {C, MBP_EV_ALARM_ACKNOWLEDGED},
           [MBP_ALARM_RESET] = {B, 0},
           [MBP_ALARM_AGAIN] = {B, 0},
           [MBP_ALARM_SHELVE] = {G, 0},
           [MBP_ALARM_UNSHELVE] = {B, 0},
           [MBP_ALARM_SUPPRESS] = {H, 0},
           [MBP_ALARM_UNSUPPRESS] = {B, 0},
           [MBP_ALARM_REMOVE] = {I, 0},
           [MBP_ALARM_RETURN] = {B, 0}},
    /* acknowledged */
    [C] = {[MBP_ALARM_RAISE] = {C, 0},
           [MBP_ALARM_CLEAR] = {A, MBP_EV_ALARM_CLEARED},
           [MBP_ALARM_CLEAR_LATCH] = {F, MBP_EV_ALARM_CLEARED},
           [MBP_ALARM_ACKNOWLEDGE] = {C, 0},
           [MBP_ALARM_RESET] = {C, 0},
           [MBP_ALARM_AGAIN] = {B, MBP_EV_ALARM_AGAIN},
           [MBP_ALARM_SHELVE] = {G, 0},
           [MBP_ALARM_UNSHELVE] = {C, 0},
           [MBP_ALARM_SUPPRESS] = {H, 0},
           [MBP_ALARM_UNSUPPRESS] = {C, 0},
           [MBP_ALARM_REMOVE] = {I, 0},
           [MBP_ALARM_RETURN] = {C, 0}},
    /* returned to normal, unacknowledged */
    [D] = {[MBP_ALARM_RAISE] = {B, MBP_EV_ALARM_RAISED},
           [MBP_ALARM_CLEAR] = {D, 0},
           [MBP_ALARM_CLEAR_LATCH] = {D, 0},
           [MBP_ALARM_ACKNOWLEDGE] = {A, MBP_EV_ALARM_ACKNOWLEDGED},
           [MBP_ALARM_RESET] = {D, 0},
           [MBP_ALARM_AGAIN] = {D, 0},
           [MBP_ALARM_SHELVE] = {G, 0},
           [MBP_ALARM_UNSHELVE] = {D, 0},
           [MBP_ALARM_SUPPRESS] = {H, 0},
           [MBP_ALARM_UNSUPPRESS] = {D, 0},
           [MBP_ALARM_REMOVE] = {I, 0},
           [MBP_ALARM_RETURN] = {D, 0}},
    /* latched, unacknowledged */
    [E] = {[MBP_ALARM_RAISE] = {B, MBP_EV_ALARM_RAISED},
           [MBP_ALARM_CLEAR] = {E, 0},
           [MBP_ALARM_CLEAR_LATCH] = {E, 0},
           [MBP_ALARM_ACKNOWLEDGE] = {F, MBP_EV_ALARM_ACKNOWLEDGED},
           [MBP_ALARM_RESET] = {D, MBP_EV_ALARM_RESET},
           [MBP_ALARM_AGAIN] = {E, 0},
           [MBP_ALARM_SHELVE] = {G, 0},
           [MBP_ALARM_UNSHELVE] = {E, 0},
           [MBP_ALARM_SUPPRESS] = {H, 0},
           [MBP_ALARM_UNSUPPRESS] = {E, 0},
           [MBP_ALARM_REMOVE] = {I, 0},
           [MBP_ALARM_RETURN] = {E, 0}},
    /* latched, acknowledged */
    [F] = {[MBP_ALARM_RAISE] = {B, MBP_EV_ALARM_RAISED},
           [MBP_ALARM_CLEAR] = {F, 0},
           [MBP_ALARM_CLEAR_LATCH] = {F, 0},
           [MBP_ALARM_ACKNOWLEDGE] = {F, 0},
           [MBP_ALARM_RESET] = {A, MBP_EV_ALARM_RESET},
           [MBP_ALARM_AGAIN] = {F, 0},
           [MBP_ALARM_SHELVE] = {G, 0},
           [MBP_ALARM_UNSHELVE] = {F, 0},
           [MBP_ALARM_SUPPRESS] = {H, 0},
           [MBP_ALARM_UNSUPPRESS] = {F, 0},
           [MBP_ALARM_REMOVE] = {I, 0},
           [MBP_ALARM_RETURN] = {F, 0}},
    /* shelved */
    [G] = {[MBP_ALARM_RAISE] = {G, 0},
           [MBP_ALARM_CLEAR] = {MBP_ALARM_KEPT, 0},
           [MBP_ALARM_CLEAR_LATCH] = {MBP_ALARM_KEPT, 0},
           [MBP_ALARM_ACKNOWLEDGE] = {G, 0},
           [MBP_ALARM_RESET] = {G, 0},
           [MBP_ALARM_AGAIN] = {G, 0},
           [MBP_ALARM_SHELVE] = {G, 0},
           [MBP_ALARM_UNSHELVE] = {MBP_ALARM_BACK, 0},
           [MBP_ALARM_SUPPRESS] = {H, 0},
           [MBP_ALARM_UNSUPPRESS] = {G, 0},
           [MBP_ALARM_REMOVE] = {I, 0},
           [MBP_ALARM_RETURN] = {G, 0}},
    /* suppressed by design */
    [H] = {[MBP_ALARM_RAISE] = {H, 0},
           [MBP_ALARM_CLEAR] = {MBP_ALARM_KEPT, 0},
           [MBP_ALARM_CLEAR_LATCH] = {MBP_ALARM_KEPT, 0},
           [MBP_ALARM_ACKNOWLEDGE] = {H, 0},
           [MBP_ALARM_RESET] = {H, 0},
           [MBP_ALARM_AGAIN] = {H, 0},
           [MBP_ALARM_SHELVE] = {H, 0},
           [MBP_ALARM_UNSHELVE] = {H, 0},
           [MBP_ALARM_SUPPRESS] = {H, 0},
           [MBP_ALARM_UNSUPPRESS] = {MBP_ALARM_BACK, 0},
           [MBP_ALARM_REMOVE] = {I, 0},
           [MBP_ALARM_RETURN] = {H, 0}},
    /* out of service */
    [I] = {[MBP_ALARM_RAISE] = {I, 0},
           [MBP_ALARM_CLEAR] = {MBP_ALARM_KEPT, 0},
           [MBP_ALARM_CLEAR_LATCH] = {MBP_ALARM_KEPT, 0},
           [MBP_ALARM_ACKNOWLEDGE] = {I, 0},
           [MBP_ALARM_RESET] = {I, 0},
           [MBP_ALARM_AGAIN] = {I, 0},
           [MBP_ALARM_SHELVE] = {I, 0},
           [MBP_ALARM_UNSHELVE] = {I, 0},
           [MBP_ALARM_SUPPRESS] = {I, 0},
           [MBP_ALARM_UNSUPPRESS] = {I, 0},
           [MBP_ALARM_REMOVE] = {I, 0},
           [MBP_ALARM_RETURN] = {MBP_ALARM_BACK, 0}},
};

#undef A
#undef B
#undef C
#undef D
#undef E
#undef F
#undef G
#undef H
#undef I

struct mbp_alarm_transition mbp_alarm_transition(enum mbp_alarm_state state, enum mbp_alarm_input input)
{
    return transitions[state][input];
}

/* ---- events ------------------------------------------------------------------------------------------------------ */

void life_emit(const struct life *life, uint32_t s, enum mbp_event_code code, double value, uint32_t detail)
{
    if (life->events == NULL)
        return;
    struct mbp_event event = mbp_sensor_event(life->plant, code, s);
    event.value = (float)value;
    mbp_event_by(&event, life->peer);
    event.detail = detail;
    mbp_events_emit(life->events, event);
}

double mbp_diagnosis_measured(const struct mbp_state *state, uint32_t s, unsigned alarm)
{
    if (alarm == MBP_CONDITION)
        return NAN; /* that it is there says all */
    return alarm == MBP_RATE_OF_CHANGE ? mbp_diagnosis_change(state, s) : state->value[s];
}

double mbp_diagnosis_against(const struct mbp_plant *plant, const struct mbp_state *state, uint32_t s, unsigned alarm)
{
    if (alarm < MBP_LIMIT_COUNT)
        return state->limit[s * MBP_LIMIT_COUNT + alarm];
    return alarm == MBP_RATE_OF_CHANGE ? mbp_sensor_alarms(&plant->sensors[s])->rate_max : (double)NAN;
}

/* An event about one alarm, with what was measured and what it was measured against. */
static void emit_alarm(const struct life *life, uint32_t s, unsigned alarm, enum mbp_event_code code)
{
    if (life->events == NULL)
        return;
    struct mbp_event event = mbp_sensor_event(life->plant, code, s);
    event.value = (float)mbp_diagnosis_measured(life->state, s, alarm);
    event.limit = (float)mbp_diagnosis_against(life->plant, life->state, s, alarm);
    event.detail = alarm;
    mbp_event_by(&event, life->peer);
    mbp_events_emit(life->events, event);
}

/* ---- taking a transition ----------------------------------------------------------------------------------------- */

/* What nobody is told of (settling) has been so before. */
static void touch(const struct life *life, uint32_t s)
{
    life->state->alarms_version++;
    if (life->events != NULL)
        life->state->alarm_since_s[s] = (uint32_t)(life->state->wall_ms / 1000);
}

static void set_bit(uint8_t *mask, unsigned alarm, bool on)
{
    *mask = (uint8_t)((*mask & ~(1u << alarm)) | (on ? 1u << alarm : 0u));
}

/* The masks of the six states that an alarm has when nothing hides it. */
static void keep(struct mbp_state *state, uint32_t s, unsigned alarm, enum mbp_alarm_state next)
{
    bool active = next == MBP_ALARM_UNACKNOWLEDGED || next == MBP_ALARM_ACKNOWLEDGED;
    bool latched = next == MBP_ALARM_LATCHED_UNACKNOWLEDGED || next == MBP_ALARM_LATCHED_ACKNOWLEDGED;
    bool unack =
        next == MBP_ALARM_UNACKNOWLEDGED || next == MBP_ALARM_RETURNED || next == MBP_ALARM_LATCHED_UNACKNOWLEDGED;
    set_bit(&state->active[s], alarm, active);
    set_bit(&state->unack[s], alarm, unack);
    set_bit(&state->latched[s], alarm, latched);
}

void life_take(const struct life *life, uint32_t s, unsigned alarm, enum mbp_alarm_input input)
{
    struct mbp_state *state = life->state;
    assert(input <= MBP_ALARM_AGAIN);
    struct mbp_alarm_transition transition = transitions[mbp_alarm_state(state, s, alarm)][input];
    if (transition.next == MBP_ALARM_KEPT)
        transition = transitions[mbp_alarm_state_kept(state, s, alarm)][input];
    if (transition.emits == 0) /* every transition to another of the six tells something */
        return;
    keep(state, s, alarm, (enum mbp_alarm_state)transition.next);
    if (transition.emits == MBP_EV_ALARM_RAISED && life->events != NULL)
        state->raised_s[s * MBP_ALARM_COUNT + alarm] = (uint32_t)(state->wall_ms / 1000);
    if (transition.emits == MBP_EV_ALARM_ACKNOWLEDGED) {
        state->alarm_times[s].acked_ms[alarm] = (uint32_t)(state->sim_ns / MBP_NS_PER_MS);
        state->shelves_version++;
    }
    touch(life, s);
    emit_alarm(life, s, alarm, (enum mbp_event_code)transition.emits);
}

void life_act(const struct life *life, uint32_t s, bool acts)
{
    touch(life, s);
    emit_alarm(life, s, MBP_CONDITION, acts ? MBP_EV_INTERLOCK_ACTED : MBP_EV_INTERLOCK_CLEARED);
}

/* ---- hiding ------------------------------------------------------------------------------------------------------ */

/* Notes why the alarms are hidden, or that this is no longer so. */
static void note(struct mbp_state *state, uint32_t s, uint8_t alarms, enum mbp_alarm_input input, uint8_t removed)
{
    switch (input) {
    case MBP_ALARM_SHELVE:
        life_shelves_changed(state);
        state->flags[s] |= MBP_SENSOR_SHELVED;
        break;
    case MBP_ALARM_UNSHELVE:
        life_shelves_changed(state);
        state->flags[s] &= (uint8_t)~MBP_SENSOR_SHELVED;
        break;
    case MBP_ALARM_SUPPRESS:
        state->suppressed[s] |= alarms;
        break;
    case MBP_ALARM_UNSUPPRESS:
        state->suppressed[s] &= (uint8_t)~alarms;
        break;
    case MBP_ALARM_REMOVE:
        state->alarm_flags[s] |= removed;
        break;
    case MBP_ALARM_RETURN:
        state->alarm_flags[s] &= (uint8_t)~removed;
        break;
    case MBP_ALARM_RAISE:
    case MBP_ALARM_CLEAR:
    case MBP_ALARM_CLEAR_LATCH:
    case MBP_ALARM_ACKNOWLEDGE:
    case MBP_ALARM_RESET:
    case MBP_ALARM_AGAIN:
    case MBP_ALARM_INPUT_COUNT:
        assert(!"an input that hides or shows");
        break;
    }
}

/* The same of one alarm by itself. */
static void note_alone(struct mbp_state *state, uint32_t s, uint8_t alarm, enum mbp_alarm_input input)
{
    struct mbp_alarms_alone *alone = &state->alone[s];
    life_shelves_changed(state);
    uint8_t *mask = input == MBP_ALARM_SHELVE || input == MBP_ALARM_UNSHELVE ? &alone->shelved : &alone->removed;
    if (input == MBP_ALARM_SHELVE || input == MBP_ALARM_REMOVE)
        *mask |= alarm;
    else
        *mask &= (uint8_t)~alarm;
}

static bool is_hiding(enum mbp_alarm_state alarm_state)
{
    return alarm_state >= MBP_ALARM_SHELVED;
}

static void hide(const struct life *life, uint32_t s, uint8_t alarms, enum mbp_alarm_input input, bool alone,
                 uint8_t removed)
{
    struct mbp_state *state = life->state;
    enum mbp_alarm_state next[MBP_ALARM_COUNT];
    for (unsigned a = 0; a < MBP_ALARM_COUNT; a++)
        next[a] = (enum mbp_alarm_state)transitions[mbp_alarm_state(state, s, a)][input].next;
    if (alone)
        note_alone(state, s, alarms, input);
    else
        note(state, s, alarms, input, removed);
    for (unsigned a = 0; a < MBP_ALARM_COUNT; a++) {
        if ((alarms >> a & 1u) == 0)
            continue;
        if ((unsigned)next[a] == MBP_ALARM_BACK)
            next[a] = mbp_alarm_state(state, s, a);
        assert(next[a] == mbp_alarm_state(state, s, a));
        set_bit(&state->hidden[s], a, is_hiding(next[a]));
    }
    touch(life, s);
}

void life_hide(const struct life *life, uint32_t s, uint8_t alarms, enum mbp_alarm_input input, uint8_t removed)
{
    hide(life, s, alarms, input, false, removed);
}

void life_hide_alone(const struct life *life, uint32_t s, unsigned alarm, enum mbp_alarm_input input)
{
    hide(life, s, (uint8_t)(1u << alarm), input, true, 0);
}

void life_shelves_changed(struct mbp_state *state)
{
    state->alarms_version++;
    state->shelves_version++;
}

void life_changed_untold(struct mbp_state *state, uint32_t s)
{
    state->alarm_flags[s] |= MBP_ALARMS_UNTOLD;
    state->untold++;
}

void life_unshelve(const struct life *life, uint32_t s, enum mbp_unshelved why)
{
    life->state->shelf_end_ns[s] = 0;
    life->state->alarm_flags[s] &= (uint8_t)~MBP_ALARMS_SHOTS;
    life_hide(life, s, MBP_ALARMS_ALL, MBP_ALARM_UNSHELVE, 0);
    life_emit(life, s, MBP_EV_ALARM_UNSHELVED, NAN, why);
}
