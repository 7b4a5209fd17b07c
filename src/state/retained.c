/* Records of what survives a restart without a checkpoint, out of the state and into it. */
#include "mbplant/retained.h"

#include <math.h>
#include <string.h>

#include "state_priv.h"

/* ---- machines --------------------------------------------------------------------------------------------------- */

struct mbp_retained_machine mbp_retain_machine(const struct mbp_state *state, uint32_t machine)
{
    return (struct mbp_retained_machine){.machine = machine, .state = state->machine[machine]};
}

void mbp_retake_machine(struct mbp_state *state, const struct mbp_retained_machine *record)
{
    state->machine[record->machine] = record->state;
}

struct mbp_retained_upkeep mbp_retain_upkeep(const struct mbp_state *state, uint32_t machine)
{
    return (struct mbp_retained_upkeep){.machine = machine, .upkeep = state->upkeep[machine]};
}

void mbp_retake_upkeep(struct mbp_state *state, const struct mbp_retained_upkeep *record)
{
    state->upkeep[record->machine] = record->upkeep;
}

/* ---- sensors ---------------------------------------------------------------------------------------------------- */

struct mbp_retained_sensor mbp_retain_sensor(const struct mbp_plant *plant, const struct mbp_state *state,
                                             uint32_t sensor)
{
    struct mbp_retained_sensor record = {
        .sensor = sensor,
        .forced_value = state->forced_value[sensor],
        .forced = (state->flags[sensor] & (MBP_SENSOR_FORCED | MBP_SENSOR_ONCE)) == MBP_SENSOR_FORCED,
    };
    memcpy(record.limit, &state->limit[(size_t)sensor * MBP_LIMIT_COUNT], sizeof record.limit);
    memcpy(record.file_limit, plant->sensors[sensor].limits, sizeof record.file_limit);
    return record;
}

static bool same_limit(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

/* Who edits a limit in the file means it, whatever a master wrote before; else the master's stays. The edit may not go
 * with what the master wrote: then none of that stays, and masters can go on writing. */
static void retake_limits(const struct mbp_sensor *sensor, const struct mbp_retained_sensor *record, double *limits)
{
    double kept[MBP_LIMIT_COUNT];
    for (int l = 0; l < MBP_LIMIT_COUNT; l++)
        kept[l] = same_limit(record->file_limit[l], sensor->limits[l]) ? record->limit[l] : sensor->limits[l];
    memcpy(limits, mbp_limits_in_order(sensor, kept) ? kept : sensor->limits, sizeof kept);
}

/* mine: the flags that the record has; on: those of them that are set. Whether the process is out of range is for the
 * first scan to say. */
static void retake_flags(struct mbp_state *state, uint32_t s, unsigned mine, unsigned on)
{
    const unsigned others = (MBP_SENSOR_FORCED | MBP_SENSOR_ONCE | MBP_SENSOR_SHELVED) & ~mine;
    state->flags[s] = (uint8_t)((state->flags[s] & others) | on);
}

void mbp_retake_sensor(const struct mbp_plant *plant, struct mbp_state *state, const struct mbp_retained_sensor *record)
{
    uint32_t s = record->sensor;
    const struct mbp_sensor *sensor = &plant->sensors[s];
    retake_limits(sensor, record, &state->limit[(size_t)s * MBP_LIMIT_COUNT]);
    /* Nobody holds what the file forbids by now, nor beyond the range that it gives. */
    const bool held = record->forced && sensor->inject == MBP_INJECT_HOLD;
    state->forced_value[s] = held ? state_in_range(sensor, record->forced_value) : record->forced_value;
    retake_flags(state, s, MBP_SENSOR_FORCED | MBP_SENSOR_ONCE, held ? MBP_SENSOR_FORCED : 0);
}

/* ---- alarms ----------------------------------------------------------------------------------------------------- */

/* What is left of a shelf; at least a millisecond while it stands. */
static int64_t shelf_ms(const struct mbp_state *state, uint32_t sensor)
{
    uint64_t end_ns = state->shelf_end_ns[sensor];
    if (end_ns == 0 || end_ns == MBP_SHELF_NO_END)
        return end_ns == 0 ? 0 : -1;
    uint64_t left_ns = end_ns > state->sim_ns ? end_ns - state->sim_ns : 1;
    return (int64_t)((left_ns + MBP_NS_PER_MS - 1) / MBP_NS_PER_MS);
}

static int32_t left_ms(const struct mbp_state *state, uint32_t end_ms)
{
    int32_t left = (int32_t)(end_ms - (uint32_t)(state->sim_ns / MBP_NS_PER_MS));
    return left > 0 ? left : 1;
}

/* Of single alarms, likewise. Their times are looked at where there is one: mostly there is none. */
static void retain_alone(const struct mbp_state *state, uint32_t sensor, struct mbp_retained_alarms *out)
{
    const struct mbp_alarms_alone *alone = &state->alone[sensor];
    const struct mbp_alarm_times *times = &state->alarm_times[sensor];
    const unsigned acknowledged = state->active[sensor] & ~(unsigned)state->unack[sensor];
    out->alone = *alone;
    for (unsigned left = alone->timed; left != 0; left &= left - 1) {
        const unsigned a = (unsigned)__builtin_ctz(left);
        out->alone_ms[a] = left_ms(state, times->end_ms[a]);
    }
    for (unsigned left = alone->bypassed; left != 0; left &= left - 1) {
        const unsigned a = (unsigned)__builtin_ctz(left);
        out->bypass_ms[a] = left_ms(state, times->bypass_ms[a]);
    }
    for (unsigned left = acknowledged; left != 0; left &= left - 1) {
        const unsigned a = (unsigned)__builtin_ctz(left);
        out->acked_ms[a] = (uint32_t)(state->sim_ns / MBP_NS_PER_MS) - times->acked_ms[a];
    }
    memcpy(out->raised_s, &state->raised_s[(size_t)sensor * MBP_ALARM_COUNT], sizeof out->raised_s);
}

static void retake_alone(struct mbp_state *state, const struct mbp_retained_alarms *record)
{
    struct mbp_alarms_alone *alone = &state->alone[record->sensor];
    struct mbp_alarm_times *times = &state->alarm_times[record->sensor];
    const uint64_t now_ms = (state->sim_ns + MBP_NS_PER_MS - 1) / MBP_NS_PER_MS;
    alone->shelved = record->alone.shelved;
    alone->once = record->alone.once & record->alone.shelved;
    alone->shot = record->alone.shot & alone->once;
    alone->removed = record->alone.removed;
    alone->timed = 0;
    for (unsigned a = 0; a < MBP_ALARM_COUNT; a++) {
        bool timed = record->alone_ms[a] > 0 && (record->alone.shelved >> a & 1u) != 0;
        alone->timed |= (uint8_t)((timed ? 1u : 0u) << a);
        times->end_ms[a] = timed ? (uint32_t)(now_ms + (uint32_t)record->alone_ms[a]) : 0;
    }
    alone->bypassed = record->alone.bypassed;
    for (unsigned a = 0; a < MBP_ALARM_COUNT; a++)
        times->bypass_ms[a] =
            (record->alone.bypassed >> a & 1u) != 0 ? (uint32_t)(now_ms + (uint32_t)record->bypass_ms[a]) : 0;
    alone->chattering = record->alone.chattering;
    for (unsigned a = 0; a < MBP_ALARM_COUNT; a++)
        times->acked_ms[a] = (uint32_t)now_ms - record->acked_ms[a];
    memcpy(&state->raised_s[(size_t)record->sensor * MBP_ALARM_COUNT], record->raised_s, sizeof record->raised_s);
}

struct mbp_retained_alarms mbp_retain_alarms(const struct mbp_state *state, uint32_t sensor)
{
    struct mbp_retained_alarms record = {
        .sensor = sensor,
        .shelf_ms = shelf_ms(state, sensor),
        .since_s = state->alarm_since_s[sensor],
        .active = state->active[sensor],
        .unack = state->unack[sensor],
        .beyond = state->beyond[sensor],
        .latched = state->latched[sensor],
        .alarm_flags = state->alarm_flags[sensor] & (uint8_t)~MBP_ALARMS_UNTOLD,
    };
    retain_alone(state, sensor, &record);
    return record;
}

/* The condition of a hidden alarm ends without an event, so that a record may still have it: it counts where the
 * checkpoint has it too. Else it is judged anew, delay and all. A one-shot shelf would have ended with the last one.
 * shots: alarms that stand on one of their own. */
static void retake_beyond(struct mbp_state *state, uint32_t s, uint8_t kept, bool shot, uint8_t shots)
{
    uint8_t known = state->beyond[s] & kept;
    uint8_t now = (uint8_t)(state->active[s] | (shot && known == 0 ? kept : known | (shots & kept)));
    unsigned changed = now ^ state->beyond[s];
    state->beyond[s] = now;
    state->waiting[s] &= (uint8_t)~changed;
    for (uint32_t a = 0; a < MBP_ALARM_COUNT; a++) {
        if ((changed >> a & 1u) != 0)
            state->alarm_scans[s * MBP_ALARM_COUNT + a] = 0;
    }
}

void mbp_retake_alarms(struct mbp_state *state, const struct mbp_retained_alarms *record)
{
    uint32_t s = record->sensor;
    int64_t ms = record->shelf_ms;
    state->active[s] = record->active;
    state->unack[s] = record->unack;
    retake_flags(state, s, MBP_SENSOR_SHELVED, ms != 0 ? MBP_SENSOR_SHELVED : 0);
    retake_beyond(state, s, record->beyond, (record->alarm_flags & MBP_ALARMS_SHOT) != 0, record->alone.shot);
    state->latched[s] = record->latched;
    /* Whether the machine is in maintenance is for its state to say. */
    state->alarm_flags[s] = record->alarm_flags & (uint8_t)~MBP_ALARMS_MAINTENANCE;
    state->shelf_end_ns[s] = ms < 0    ? MBP_SHELF_NO_END
                             : ms == 0 ? 0
                                       : mbp_time_add_sat(state->sim_ns, (uint64_t)ms * MBP_NS_PER_MS);
    state->alarm_since_s[s] = record->since_s;
    retake_alone(state, record);
}
