/* Alarms that are looked after in each scan for more than their condition: those that wait again some time after they
 * were acknowledged, that chatter, or that an expression of the plant file suppresses. The plant lists them; others
 * cost nothing. Source: ISA-18.2-2016 and IEC 62682: re-alarming (clause 3), suppressed by design (clause 5, state H);
 * EEMUA 191 on repeating alarms. All of it concerns what people are told: an interlock acts as before. */
#include <math.h>

#include "life.h"
#include "mbplant/event/suppressed.h"

static bool has(uint8_t mask, const struct mbp_alarm_duty *duty)
{
    return (mask >> duty->alarm & 1u) != 0;
}

static void set(uint8_t *mask, const struct mbp_alarm_duty *duty, bool on)
{
    *mask = (uint8_t)((*mask & ~(1u << duty->alarm)) | (on ? 1u << duty->alarm : 0u));
}

/* ---- again ------------------------------------------------------------------------------------------------------- */

static void annunciate_again(const struct life *life, const struct mbp_alarm_duty *duty, const struct mbp_alarm *alarm)
{
    const struct mbp_state *state = life->state;
    const uint32_t s = duty->sensor;
    if (alarm->re_alarm_ns == 0 || !has((uint8_t)(state->active[s] & ~state->unack[s]), duty))
        return;
    uint32_t since_ms = (uint32_t)(state->sim_ns / MBP_NS_PER_MS) - state->alarm_times[s].acked_ms[duty->alarm];
    if (since_ms * MBP_NS_PER_MS >= alarm->re_alarm_ns)
        life_take(life, s, duty->alarm, MBP_ALARM_AGAIN);
}

/* ---- chatter ----------------------------------------------------------------------------------------------------- */

/* Whether its last comings, as many as there may be, lie within the time. */
static bool is_too_often(const struct mbp_chatter_state *now, const struct mbp_chatter *allowed, uint64_t sim_ns)
{
    if (now->filled < allowed->transitions)
        return false;
    unsigned oldest = (now->at + MBP_CHATTER_MAX - allowed->transitions + 1) % MBP_CHATTER_MAX;
    return sim_ns - now->came_ns[oldest] <= allowed->within_ns;
}

static void note_coming(struct mbp_chatter_state *now, uint64_t sim_ns)
{
    now->at = (uint8_t)((now->at + 1u) % MBP_CHATTER_MAX);
    now->came_ns[now->at] = sim_ns;
    if (now->filled < MBP_CHATTER_MAX)
        now->filled++;
    now->last_ns = sim_ns;
    now->held += now->held < UINT32_MAX ? 1 : 0;
}

/* Whether it chatters after this scan. A snapshot may have brought back an earlier time. */
static bool watch_chatter(const struct mbp_state *state, const struct mbp_alarm_duty *duty,
                          const struct mbp_chatter *allowed, struct mbp_chatter_state *now)
{
    const bool chatters = has(state->alone[duty->sensor].chattering, duty);
    const bool holds = has(state->beyond[duty->sensor], duty);
    const bool came = holds && !now->was;
    now->was = holds;
    if (allowed->transitions == 0)
        return false;
    if (came)
        note_coming(now, state->sim_ns);
    if (chatters)
        return now->last_ns > state->sim_ns || state->sim_ns - now->last_ns < allowed->for_ns;
    if (!came || !is_too_often(now, allowed, state->sim_ns))
        return false;
    now->held = 0;
    return true;
}

/* ---- suppression ------------------------------------------------------------------------------------------------- */

static bool in_such_a_state(const struct life *life, const struct mbp_alarm_duty *duty, const struct mbp_alarm *alarm)
{
    uint32_t machine = life->plant->sensors[duty->sensor].machine;
    return machine != UINT32_MAX && (alarm->suppress >> life->state->machine[machine].state & 1u) != 0;
}

static uint32_t reason(uint32_t sensor_alarm, enum mbp_suppressed_by by)
{
    return 1u << sensor_alarm | (uint32_t)by << MBP_SUPPRESSED_BY_SHIFT;
}

static void suppress(const struct life *life, const struct mbp_alarm_duty *duty, bool on, enum mbp_suppressed_by by,
                     double count)
{
    life_hide(life, duty->sensor, (uint8_t)(1u << duty->alarm), on ? MBP_ALARM_SUPPRESS : MBP_ALARM_UNSUPPRESS, 0);
    life_emit(life, duty->sensor, on ? MBP_EV_ALARM_SUPPRESSED : MBP_EV_ALARM_UNSUPPRESSED, count,
              reason(duty->alarm, by));
}

static void look_after(const struct life *life, const struct mbp_alarm_duty *duty, struct mbp_chatter_state *chatter)
{
    struct mbp_state *state = life->state;
    struct mbp_alarms_alone *alone = &state->alone[duty->sensor];
    const struct mbp_alarm *alarm = mbp_sensor_alarm(&life->plant->sensors[duty->sensor], duty->alarm);
    const bool chattered = has(alone->chattering, duty);
    const bool chatters = watch_chatter(state, duty, &alarm->chatter, chatter);
    const bool excused = duty->formula != 0 && state->formula[duty->formula - 1].value != 0;
    set(&alone->chattering, duty, chatters);
    if (chatters != chattered) /* where something else suppresses it no event tells, and it is retained all the same */
        life_changed_untold(state, duty->sensor);
    state->shelves_version += chatters != chattered || excused != has(alone->excused, duty);
    set(&alone->excused, duty, excused);
    const bool on = chatters || excused || in_such_a_state(life, duty, alarm);
    const bool was = has(state->suppressed[duty->sensor], duty);
    if (on != was)
        suppress(life, duty, on,
                 chatters || (!on && chattered) ? MBP_BY_CHATTER
                 : duty->formula != 0           ? MBP_BY_EXPRESSION
                                                : MBP_BY_MACHINE,
                 !on && chattered ? chatter->held : (double)NAN);
    annunciate_again(life, duty, alarm);
}

/* What has no machine is not followed by one: a plant file may have taken the reason away. */
static void show_bare(const struct life *life)
{
    for (uint32_t s = 0; s < life->plant->sensor_count; s++) {
        uint8_t gone = (uint8_t)(life->state->suppressed[s] & ~design_suppresses(life->state, s));
        if (gone == 0 || life->plant->sensors[s].machine != UINT32_MAX)
            continue;
        life_hide(life, s, gone, MBP_ALARM_UNSUPPRESS, 0);
        life_emit(life, s, MBP_EV_ALARM_UNSUPPRESSED, NAN, gone | MBP_BY_EXPRESSION << MBP_SUPPRESSED_BY_SHIFT);
    }
    life->state->undressed = false;
}

void design_run(const struct life *life)
{
    for (uint32_t d = 0; d < life->plant->duty_count; d++)
        look_after(life, &life->plant->duties[d], &life->state->chatter[d]);
    if (life->state->undressed)
        show_bare(life);
}

/* ---- another plant, a restart ------------------------------------------------------------------------------------ */

void design_update(const struct mbp_plant *plant, struct mbp_state *state)
{
    uint32_t d = 0;
    state->undressed = true;
    for (uint32_t s = 0; s < plant->sensor_count; s++) {
        uint8_t chatter = 0;
        uint8_t expression = 0;
        for (; d < plant->duty_count && plant->duties[d].sensor == s; d++) {
            const struct mbp_alarm_duty *duty = &plant->duties[d];
            set(&chatter, duty, mbp_sensor_alarm(&plant->sensors[s], duty->alarm)->chatter.transitions != 0);
            set(&expression, duty, duty->formula != 0);
            if (state->chatter[d].last_ns != 0)
                continue;
            state->chatter[d].last_ns = state->sim_ns + 1;
            state->chatter[d].was = has((uint8_t)(state->beyond[s] | state->active[s]), duty);
        }
        state->alone[s].chattering &= chatter;
        state->alone[s].excused &= expression;
        state->suppressed[s] |= state->alone[s].chattering; /* it was told when it began */
    }
}
