/* What the state of a sensor's alarms comes to, and the windows in which changes are measured. */
#include <math.h>
#include <string.h>

#include "mbplant/codec.h"
#include "mbplant/plant/interlock.h"
#include "state_priv.h"

/* ---- alarms ----------------------------------------------------------------------------------------------------- */

enum mbp_alarm_state mbp_alarm_state_kept(const struct mbp_state *state, uint32_t s, unsigned alarm)
{
    bool active = (state->active[s] >> alarm & 1u) != 0;
    bool unack = (state->unack[s] >> alarm & 1u) != 0;
    bool latched = (state->latched[s] >> alarm & 1u) != 0;
    if (active)
        return unack ? MBP_ALARM_UNACKNOWLEDGED : MBP_ALARM_ACKNOWLEDGED;
    if (latched)
        return unack ? MBP_ALARM_LATCHED_UNACKNOWLEDGED : MBP_ALARM_LATCHED_ACKNOWLEDGED;
    return unack ? MBP_ALARM_RETURNED : MBP_ALARM_NORMAL;
}

enum mbp_alarm_state mbp_alarm_state(const struct mbp_state *state, uint32_t s, unsigned alarm)
{
    if ((state->alarm_flags[s] & (MBP_ALARMS_REMOVED | MBP_ALARMS_MAINTENANCE)) != 0 ||
        (state->alone[s].removed >> alarm & 1u) != 0)
        return MBP_ALARM_OUT_OF_SERVICE;
    if ((state->suppressed[s] >> alarm & 1u) != 0)
        return MBP_ALARM_SUPPRESSED;
    if ((state->flags[s] & MBP_SENSOR_SHELVED) != 0 || (state->alone[s].shelved >> alarm & 1u) != 0)
        return MBP_ALARM_SHELVED;
    return mbp_alarm_state_kept(state, s, alarm);
}

static unsigned there_of(const struct mbp_state *state, uint32_t s)
{
    return state->beyond[s] | state->active[s] | (unsigned)state->latched[s];
}

uint8_t mbp_state_tripping(const struct mbp_plant *plant, const struct mbp_state *state, uint32_t s)
{
    return (uint8_t)(there_of(state, s) & plant->sensors[s].trip & ~(unsigned)state->alone[s].bypassed);
}

uint8_t mbp_state_barring(const struct mbp_plant *plant, const struct mbp_state *state, uint32_t s)
{
    return (uint8_t)(there_of(state, s) & mbp_sensor_interlocks(&plant->sensors[s]) &
                     ~(unsigned)state->alone[s].bypassed);
}

enum mbp_interlock_state mbp_interlock_state_of(const struct mbp_plant *plant, const struct mbp_state *state,
                                                uint32_t s, unsigned alarm)
{
    bool there = ((there_of(state, s) & mbp_sensor_interlocks(&plant->sensors[s])) >> alarm & 1u) != 0;
    bool bypassed = (state->alone[s].bypassed >> alarm & 1u) != 0;
    if (bypassed)
        return there ? MBP_INTERLOCK_DEFEATED : MBP_INTERLOCK_BYPASSED;
    return there ? MBP_INTERLOCK_ACTING : MBP_INTERLOCK_READY;
}

bool mbp_alarm_hidden_as_one(const struct mbp_state *state, uint32_t s, unsigned alarm, bool removed)
{
    const unsigned by_itself = removed ? state->alone[s].removed : state->alone[s].shelved;
    const bool all =
        removed ? (state->alarm_flags[s] & MBP_ALARMS_REMOVED) != 0 : (state->flags[s] & MBP_SENSOR_SHELVED) != 0;
    return all && (by_itself >> alarm & 1u) == 0;
}

uint8_t mbp_bypassed_alarms(const struct mbp_plant *plant, const struct mbp_state *state, uint32_t s)
{
    return plant->sensors[s].interlock == MBP_NO_INTERLOCK ? state->alone[s].bypassed : 0;
}

void mbp_state_limits_changed(const struct mbp_plant *plant, struct mbp_state *state, uint32_t s)
{
    const struct mbp_register *reg = &plant->sensors[s].reg;
    const uint8_t condition = mbp_sensor_alarms(&plant->sensors[s])->condition;
    double limit[MBP_LIMIT_COUNT];
    state->limits_version++;
    for (unsigned l = 0; l < MBP_LIMIT_COUNT; l++)
        limit[l] = mbp_grid_limit(reg, state->limit[s * MBP_LIMIT_COUNT + l]);
    /* fmin and fmax give the other one for NaN, which stands for unused. */
    state->normal_low[s] = fmax(fmax(limit[MBP_LOW_LOW], limit[MBP_LOW]), -INFINITY);
    state->normal_high[s] = fmin(fmin(limit[MBP_HIGH], limit[MBP_HIGH_HIGH]), INFINITY);
    if (condition == MBP_CONDITION_OFF)
        state->normal_low[s] = 0.5;
    if (condition == MBP_CONDITION_ON)
        state->normal_high[s] = 0.5;
}

/* ---- commands --------------------------------------------------------------------------------------------------- */

uint64_t mbp_longest_shelf_ns(const struct mbp_plant *plant, uint32_t sensor, unsigned alarm)
{
    uint64_t longest = 0;
    for (unsigned a = 0; a < MBP_ALARM_COUNT; a++) {
        uint64_t its = plant->policy.longest_shelf_ns[mbp_sensor_alarm(&plant->sensors[sensor], a)->priority];
        if ((alarm == MBP_ALARM_COUNT || alarm == a) && its != 0 && (longest == 0 || its < longest))
            longest = its;
    }
    return longest;
}

/* ---- rates of change -------------------------------------------------------------------------------------------- */

#define RATE_VALUES_MAX 60u /* parts of one window */

/* How many parts the window of a sensor's rate-of-change alarm has, and how long they are; 0 = it has no such alarm.
 */
static uint32_t rate_values(const struct mbp_plant *plant, uint32_t s, uint32_t *every)
{
    const struct mbp_alarms *alarms = mbp_sensor_alarms(&plant->sensors[s]);
    if (!(alarms->rate_max > 0))
        return 0;
    uint64_t scans = alarms->rate_per_ns / plant->scan_ns;
    scans = scans == 0 ? 1 : scans;
    *every = (uint32_t)((scans + RATE_VALUES_MAX - 1) / RATE_VALUES_MAX);
    return (uint32_t)(scans / *every);
}

void state_count_rates(const struct mbp_plant *plant, struct mbp_state *state)
{
    uint32_t every;
    for (uint32_t s = 0; s < plant->sensor_count; s++) {
        uint32_t count = rate_values(plant, s, &every);
        state->rate_count += count > 0 ? 1 : 0;
        state->rate_value_count += count;
    }
}

void state_set_rates(const struct mbp_plant *plant, struct mbp_state *state)
{
    uint32_t r = 0;
    uint32_t first = 0;
    for (uint32_t s = 0; s < plant->sensor_count; s++) {
        uint32_t every;
        uint32_t count = rate_values(plant, s, &every);
        if (count == 0)
            continue;
        const struct mbp_rate_value none = {NAN, NAN};
        state->rate[r++] = (struct mbp_rate){
            .sensor = s, .first = first, .count = count, .every = every, .last = NAN, .all = none, .gone = none};
        first += count;
    }
}

void state_carry_rates(const struct mbp_carry *carry, const struct mbp_state *from, struct mbp_state *to)
{
    uint32_t old = 0;
    for (uint32_t r = 0; r < to->rate_count; r++) {
        struct mbp_rate *now = &to->rate[r];
        uint32_t place = carry->sensor_from[now->sensor];
        if (place == UINT32_MAX)
            continue;
        /* New sensors mostly stand in the order of the old ones. */
        if (old < from->rate_count && from->rate[old].sensor > place)
            old = 0;
        while (old < from->rate_count && from->rate[old].sensor < place)
            old++;
        if (old == from->rate_count || from->rate[old].sensor != place) {
            old = 0;
            continue;
        }
        const struct mbp_rate *was = &from->rate[old];
        if (was->count != now->count || was->every != now->every || carry->from->scan_ns != carry->to->scan_ns)
            continue; /* another window begins anew */
        const uint32_t sensor = now->sensor;
        const uint32_t first = now->first;
        *now = *was;
        now->sensor = sensor;
        now->first = first;
        memcpy(to->rate_value + now->first, from->rate_value + was->first, now->count * sizeof *to->rate_value);
    }
}
