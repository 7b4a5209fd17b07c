/* What an operator does to one alarm, by its own: acknowledge, reset, shelve, take out of service. */
#include <math.h>

#include "life.h"
#include "mbplant/codec.h"
#include "mbplant/event/comment.h"
#include "mbplant/plant/interlock.h"

static uint8_t bit_of(unsigned alarm)
{
    return (uint8_t)(1u << alarm);
}

static void emit(const struct life *life, uint32_t s, unsigned alarm, enum mbp_event_code code, double value,
                 uint32_t detail)
{
    life_emit(life, s, code, value, mbp_event_of_alarm(detail, alarm));
}

/* ---- shelves ----------------------------------------------------------------------------------------------------- */

static uint64_t now_ms(const struct mbp_state *state)
{
    return state->sim_ns / MBP_NS_PER_MS;
}

/* Until it ends; 0 or less: it is over. */
static int32_t left_ms(const struct mbp_state *state, uint32_t s, unsigned alarm)
{
    return (int32_t)(state->alarm_times[s].end_ms[alarm] - (uint32_t)now_ms(state));
}

uint64_t alone_next_end_ns(const struct mbp_state *state, uint32_t s)
{
    uint64_t next = MBP_SHELF_NO_END;
    for (unsigned left = state->alone[s].timed; left != 0; left &= left - 1) {
        int32_t ms = left_ms(state, s, (unsigned)__builtin_ctz(left));
        uint64_t end = (now_ms(state) + (uint64_t)(ms > 0 ? ms : 0)) * MBP_NS_PER_MS;
        next = end < next ? end : next;
    }
    for (unsigned left = state->alone[s].bypassed; left != 0; left &= left - 1) {
        int32_t ms = (int32_t)(state->alarm_times[s].bypass_ms[__builtin_ctz(left)] - (uint32_t)now_ms(state));
        uint64_t end = (now_ms(state) + (uint64_t)(ms > 0 ? ms : 0)) * MBP_NS_PER_MS;
        next = end < next ? end : next;
    }
    return next;
}

static void forget_shelf(struct mbp_state *state, uint32_t s, unsigned alarm)
{
    struct mbp_alarms_alone *alone = &state->alone[s];
    const uint8_t others = (uint8_t)~bit_of(alarm);
    alone->timed &= others;
    alone->once &= others;
    alone->shot &= others;
    life_shelves_changed(state);
    state->alarm_times[s].end_ms[alarm] = 0;
    if (alone->once == 0)
        state->alarm_flags[s] &= (uint8_t)~MBP_ALARMS_ONE_ALONE;
}

static void unshelve(const struct life *life, uint32_t s, unsigned alarm, enum mbp_unshelved why)
{
    forget_shelf(life->state, s, alarm);
    life_hide_alone(life, s, alarm, MBP_ALARM_UNSHELVE);
    emit(life, s, alarm, MBP_EV_ALARM_UNSHELVED, NAN, why);
}

static void end_bypasses(const struct life *life, uint32_t s);

void alone_end_shelves(const struct life *life, uint32_t s)
{
    end_bypasses(life, s);
    for (unsigned left = life->state->alone[s].timed; left != 0; left &= left - 1) {
        unsigned alarm = (unsigned)__builtin_ctz(left);
        if (left_ms(life->state, s, alarm) <= 0)
            unshelve(life, s, alarm, MBP_UNSHELVED_BY_TIME);
    }
}

void alone_end_one_shots(const struct life *life, uint32_t s)
{
    struct mbp_state *state = life->state;
    struct mbp_alarms_alone *alone = &state->alone[s];
    const unsigned begun = alone->once & state->beyond[s] & ~(unsigned)alone->shot;
    unsigned over = alone->shot & ~(unsigned)state->beyond[s];
    if (begun != 0) {
        alone->shot |= (uint8_t)begun;
        life_shelves_changed(state);
        life_changed_untold(state, s);
    }
    for (; over != 0; over &= over - 1)
        unshelve(life, s, (unsigned)__builtin_ctz(over), MBP_UNSHELVED_BY_RETURN);
}

static void shelve(const struct life *life, uint32_t s, unsigned alarm, enum mbp_shelved how, uint64_t ns)
{
    struct mbp_state *state = life->state;
    struct mbp_alarms_alone *alone = &state->alone[s];
    forget_shelf(state, s, alarm);
    if (ns != 0) {
        uint64_t end = mbp_time_add_sat(state->sim_ns, ns + MBP_NS_PER_MS - 1) / MBP_NS_PER_MS;
        alone->timed |= bit_of(alarm);
        state->alarm_times[s].end_ms[alarm] = (uint32_t)end;
        end *= MBP_NS_PER_MS;
        state->next_shelf_end_ns = end < state->next_shelf_end_ns ? end : state->next_shelf_end_ns;
    }
    if (how == MBP_SHELVED_ONE_SHOT) {
        alone->once |= bit_of(alarm);
        alone->shot |= state->beyond[s] & bit_of(alarm);
        state->alarm_flags[s] |= MBP_ALARMS_ONE_ALONE;
    }
    life_hide_alone(life, s, alarm, MBP_ALARM_SHELVE);
    emit(life, s, alarm, MBP_EV_ALARM_SHELVED, ns != 0 ? (double)ns / (double)MBP_NS_PER_S : (double)NAN, how);
}

static enum mbp_deed_result shelve_as_asked(const struct life *life, uint32_t s, unsigned alarm, uint16_t seconds)
{
    const struct mbp_alarms_alone *alone = &life->state->alone[s];
    const uint8_t bit = bit_of(alarm);
    const enum mbp_shelved how = seconds == MBP_SHELVE_ONCE ? MBP_SHELVED_ONE_SHOT
                                 : seconds == 0             ? MBP_SHELVED_UNTIL_UNSHELVED
                                                            : MBP_SHELVED_TIMED;
    const uint64_t longest = mbp_longest_shelf_ns(life->plant, s, alarm);
    bool once = (alone->once & bit) != 0;
    bool ends = once || (alone->timed & bit) != 0; /* asked for again, it begins again */
    bool is_so = how == MBP_SHELVED_ONE_SHOT ? once : how == MBP_SHELVED_UNTIL_UNSHELVED && !ends;
    if ((alone->shelved & bit) != 0 && is_so)
        return MBP_RESULT_NOTHING_TO_DO;
    shelve(life, s, alarm, how, how == MBP_SHELVED_TIMED ? seconds * MBP_NS_PER_S : longest);
    return MBP_RESULT_DONE;
}

/* ---- interlocks -------------------------------------------------------------------------------------------------- */

static int32_t bypass_left_ms(const struct mbp_state *state, uint32_t s, unsigned alarm)
{
    return (int32_t)(state->alarm_times[s].bypass_ms[alarm] - (uint32_t)now_ms(state));
}

static void restore(const struct life *life, uint32_t s, unsigned alarm, enum mbp_unshelved why)
{
    life->state->alone[s].bypassed &= (uint8_t)~bit_of(alarm);
    life->state->alarm_times[s].bypass_ms[alarm] = 0;
    life_shelves_changed(life->state);
    emit(life, s, alarm, MBP_EV_INTERLOCK_RESTORED, NAN, why);
}

/* An interlock comes back by itself, so that none is forgotten (IEC 61511-1 clause 11.2.13). */
static enum mbp_deed_result bypass(const struct life *life, uint32_t s, unsigned alarm, uint16_t seconds)
{
    struct mbp_state *state = life->state;
    const uint64_t longest = mbp_longest_bypass_ns(life->plant, s);
    life_shelves_changed(state); /* also when nothing changes: the register must show what is left */
    uint64_t ns = seconds != 0 ? seconds * MBP_NS_PER_S : longest;
    if ((mbp_sensor_interlocks(&life->plant->sensors[s]) & bit_of(alarm)) == 0)
        return MBP_RESULT_NO_INTERLOCK;
    if (ns == 0 || ns > longest)
        return MBP_RESULT_TOO_LONG;
    uint64_t end_ms = mbp_time_add_sat(state->sim_ns, ns + MBP_NS_PER_MS - 1) / MBP_NS_PER_MS;
    state->alone[s].bypassed |= bit_of(alarm);
    state->alarm_times[s].bypass_ms[alarm] = (uint32_t)end_ms;
    if (end_ms * MBP_NS_PER_MS < state->next_shelf_end_ns)
        state->next_shelf_end_ns = end_ms * MBP_NS_PER_MS;
    emit(life, s, alarm, MBP_EV_INTERLOCK_BYPASSED, (double)ns / (double)MBP_NS_PER_S, MBP_SHELVED_TIMED);
    return MBP_RESULT_DONE;
}

/* The interlocks of a sensor that may be bypassed: a mask. */
static uint8_t may_bypass(const struct mbp_plant *plant, uint32_t s)
{
    return mbp_longest_bypass_ns(plant, s) != 0 ? mbp_sensor_interlocks(&plant->sensors[s]) : 0;
}

/* Another plant may have taken the interlock away, or forbid that it is bypassed. */
static void end_bypasses(const struct life *life, uint32_t s)
{
    for (unsigned left = life->state->alone[s].bypassed; left != 0; left &= left - 1) {
        unsigned alarm = (unsigned)__builtin_ctz(left);
        if ((may_bypass(life->plant, s) & bit_of(alarm)) == 0)
            restore(life, s, alarm, MBP_UNSHELVED_BY_PLANT);
        else if (bypass_left_ms(life->state, s, alarm) <= 0)
            restore(life, s, alarm, MBP_UNSHELVED_BY_TIME);
    }
}

void alone_update_bypasses(const struct mbp_plant *plant, struct mbp_state *state, uint32_t s)
{
    const int32_t longest_ms = (int32_t)(mbp_longest_bypass_ns(plant, s) / MBP_NS_PER_MS); /* half a day at most */
    for (unsigned left = state->alone[s].bypassed; left != 0; left &= left - 1) {
        unsigned alarm = (unsigned)__builtin_ctz(left);
        if (bypass_left_ms(state, s, alarm) > longest_ms)
            state->alarm_times[s].bypass_ms[alarm] = (uint32_t)now_ms(state) + (uint32_t)longest_ms;
    }
}

void mbp_diagnosis_leave_bypasses(const struct mbp_plant *plant, struct mbp_state *state, const uint32_t *sensor_to,
                                  uint32_t peer, struct mbp_events *events)
{
    const struct life life = {plant, state, events, peer};
    for (uint32_t s = 0; s < plant->sensor_count; s++) {
        for (unsigned left = state->alone[s].bypassed; left != 0 && sensor_to[s] == UINT32_MAX; left &= left - 1)
            restore(&life, s, (unsigned)__builtin_ctz(left), MBP_UNSHELVED_BY_PLANT);
    }
}

/* ---- deeds ------------------------------------------------------------------------------------------------------- */

static enum mbp_deed_result feed(const struct life *life, uint32_t s, unsigned alarm, enum mbp_alarm_input input)
{
    enum mbp_alarm_state before = mbp_alarm_state(life->state, s, alarm);
    life_take(life, s, alarm, input);
    return mbp_alarm_state(life->state, s, alarm) != before ? MBP_RESULT_DONE : MBP_RESULT_NOTHING_TO_DO;
}

/* It is not hidden by itself: nobody is told that it is back while it is hidden with the others. */
static enum mbp_deed_result nothing_to_bring_back(const struct life *life, uint32_t s, unsigned alarm, bool removed)
{
    const bool as_one = !life->plant->sensors[s].is_alarm && mbp_alarm_hidden_as_one(life->state, s, alarm, removed);
    return as_one ? MBP_RESULT_WITH_SENSOR : MBP_RESULT_NOTHING_TO_DO;
}

static enum mbp_deed_result serve(const struct life *life, uint32_t s, unsigned alarm, bool out)
{
    bool was = (life->state->alone[s].removed & bit_of(alarm)) != 0;
    if (was == out)
        return out ? MBP_RESULT_NOTHING_TO_DO : nothing_to_bring_back(life, s, alarm, true);
    life_hide_alone(life, s, alarm, out ? MBP_ALARM_REMOVE : MBP_ALARM_RETURN);
    emit(life, s, alarm, out ? MBP_EV_ALARM_OUT_OF_SERVICE : MBP_EV_ALARM_IN_SERVICE, NAN, 0);
    return MBP_RESULT_DONE;
}

static enum mbp_deed_result do_alone(const struct life *life, const struct mbp_alarm_command *command)
{
    const uint32_t s = command->sensor;
    const unsigned alarm = command->alarm;
    switch ((enum mbp_alarm_deed)command->deed) {
    case MBP_DEED_ACKNOWLEDGE:
        return feed(life, s, alarm, MBP_ALARM_ACKNOWLEDGE);
    case MBP_DEED_RESET:
        return feed(life, s, alarm, MBP_ALARM_RESET);
    case MBP_DEED_SHELVE:
        return shelve_as_asked(life, s, alarm, command->seconds);
    case MBP_DEED_UNSHELVE:
        if ((life->state->alone[s].shelved & bit_of(alarm)) == 0)
            return nothing_to_bring_back(life, s, alarm, false);
        unshelve(life, s, alarm, MBP_UNSHELVED_BY_COMMAND);
        return MBP_RESULT_DONE;
    case MBP_DEED_REMOVE:
    case MBP_DEED_RETURN:
        return serve(life, s, alarm, command->deed == MBP_DEED_REMOVE);
    case MBP_DEED_BYPASS:
        return bypass(life, s, alarm, command->seconds);
    case MBP_DEED_RESTORE:
        if ((life->state->alone[s].bypassed & bit_of(alarm)) == 0) {
            life_shelves_changed(life->state); /* likewise */
            return MBP_RESULT_NOTHING_TO_DO;
        }
        restore(life, s, alarm, MBP_UNSHELVED_BY_COMMAND);
        return MBP_RESULT_DONE;
    case MBP_DEED_NONE:
    case MBP_DEED_COUNT:
        break;
    }
    return MBP_RESULT_NO_DEED;
}

/* ---- a sensor's alarms as one ------------------------------------------------------------------------------------ */

/* What an operator sees of it then: an alarm of its own shelf would else stay hidden behind its sensor's. */
static void return_all(const struct life *life, uint32_t s, enum mbp_alarm_deed deed)
{
    const struct mbp_alarms_alone *alone = &life->state->alone[s];
    for (unsigned left = deed == MBP_DEED_UNSHELVE ? alone->shelved : alone->removed; left != 0; left &= left - 1) {
        unsigned alarm = (unsigned)__builtin_ctz(left);
        if (deed == MBP_DEED_UNSHELVE)
            unshelve(life, s, alarm, MBP_UNSHELVED_BY_COMMAND);
        else
            serve(life, s, alarm, false);
    }
}

static void do_to_all(const struct mbp_plant *plant, struct mbp_state *state, const struct mbp_alarm_command *command,
                      struct mbp_events *events)
{
    const struct life life = {plant, state, events, command->peer};
    const uint32_t s = command->sensor;
    switch ((enum mbp_alarm_deed)command->deed) {
    case MBP_DEED_ACKNOWLEDGE:
        mbp_diagnosis_acknowledge_sensor(plant, state, s, command->peer, events);
        break;
    case MBP_DEED_RESET:
        mbp_diagnosis_reset_sensor(plant, state, s, command->peer, events);
        break;
    case MBP_DEED_SHELVE:
        mbp_diagnosis_set_shelving(plant, state, s, command->seconds == 0 ? MBP_SHELVE_FOR_EVER : command->seconds,
                                   command->peer, events);
        break;
    case MBP_DEED_UNSHELVE:
        mbp_diagnosis_shelve(plant, state, s, false, command->peer, events);
        return_all(&life, s, MBP_DEED_UNSHELVE);
        break;
    case MBP_DEED_REMOVE:
    case MBP_DEED_RETURN:
        mbp_diagnosis_remove(plant, state, s, command->deed == MBP_DEED_REMOVE, command->peer, events);
        if (command->deed == MBP_DEED_RETURN)
            return_all(&life, s, MBP_DEED_RETURN);
        break;
    case MBP_DEED_BYPASS:
    case MBP_DEED_RESTORE:
    case MBP_DEED_NONE:
    case MBP_DEED_COUNT:
        break;
    }
}

enum mbp_deed_result mbp_diagnosis_do(const struct mbp_plant *plant, struct mbp_state *state,
                                      const struct mbp_alarm_command *command, struct mbp_events *events)
{
    const struct life life = {plant, state, events, command->peer};
    const size_t told = events->count;
    if (command->sensor >= state->sensor_count)
        return MBP_RESULT_NO_TAG;
    struct mbp_alarm_command alone = *command;
    bool interlock = command->deed == MBP_DEED_BYPASS || command->deed == MBP_DEED_RESTORE;
    const bool is_own = plant->sensors[command->sensor].is_alarm;
    if (mbp_is_interlock(&plant->sensors[command->sensor]) && !interlock)
        return MBP_RESULT_NO_ALARM; /* it is none */
    if (is_own && interlock)
        alone.alarm = MBP_CONDITION;
    /* Else an alarm of no sensor is all that there is of it. */
    if (alone.alarm < MBP_ALARM_COUNT && (interlock || !is_own))
        return do_alone(&life, &alone);
    if (interlock)
        return MBP_RESULT_NO_ALARM; /* each interlock is bypassed by its own name */
    do_to_all(plant, state, command, events);
    return events->count > told ? MBP_RESULT_DONE : MBP_RESULT_NOTHING_TO_DO;
}
