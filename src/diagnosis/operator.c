/* What a master may do to alarms: change limits, acknowledge, shelve. */
#include <math.h>
#include <string.h>

#include "mbplant/diagnosis.h"

static bool same(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

void mbp_diagnosis_set_limit(const struct mbp_plant *plant, struct mbp_state *state, uint32_t s, enum mbp_limit limit,
                             const double asked[MBP_LIMIT_COUNT], uint32_t peer, struct mbp_events *events)
{
    const double value = asked[limit];
    double *now = &state->limit[s * MBP_LIMIT_COUNT];
    double alone[MBP_LIMIT_COUNT];
    memcpy(alone, now, sizeof alone);
    alone[limit] = value;
    state->limits_version++; /* also when refused: the registers must show the limit that holds */
    if (same(now[limit], value))
        return;
    bool ok = mbp_limits_in_order(&plant->sensors[s], asked) || mbp_limits_in_order(&plant->sensors[s], alone);
    struct mbp_event event = mbp_sensor_event(plant, ok ? MBP_EV_LIMIT_CHANGED : MBP_EV_WRITE_REFUSED, s);
    const struct mbp_register *reg = &plant->sensors[s].reg;
    event.value = (float)value;
    event.limit = (float)now[limit];
    event.peer = peer;
    event.detail = ok ? (uint32_t)limit
                      : mbp_event_write_detail(MBP_HOLDING_REGISTERS, reg->limits_addr + (unsigned)limit * reg->words,
                                               MBP_EX_SERVER_DEVICE_FAILURE, 0);
    mbp_events_emit(events, event);
    if (ok)
        now[limit] = value;
}

void mbp_diagnosis_acknowledge(const struct mbp_plant *plant, struct mbp_state *state, uint32_t machine, uint32_t peer,
                               struct mbp_events *events)
{
    const struct mbp_machine *of = &plant->machines[machine];
    for (uint32_t s = of->first_sensor; s < of->first_sensor + of->sensor_count; s++) {
        for (uint32_t l = 0; l < MBP_LIMIT_COUNT; l++) {
            if ((state->unack[s] >> l & 1u) == 0)
                continue;
            struct mbp_event event = mbp_sensor_event(plant, MBP_EV_ALARM_ACKNOWLEDGED, s);
            event.value = (float)state->value[s];
            event.limit = (float)state->limit[s * MBP_LIMIT_COUNT + l];
            event.detail = l;
            event.peer = peer;
            mbp_events_emit(events, event);
        }
        state->unack[s] = 0;
    }
}

void mbp_diagnosis_shelve(const struct mbp_plant *plant, struct mbp_state *state, uint32_t s, bool on, uint32_t peer,
                          struct mbp_events *events)
{
    bool was = (state->flags[s] & MBP_SENSOR_SHELVED) != 0;
    if (was == on)
        return;
    struct mbp_event event = mbp_sensor_event(plant, on ? MBP_EV_ALARM_SHELVED : MBP_EV_ALARM_UNSHELVED, s);
    event.peer = peer;
    mbp_events_emit(events, event);
    state->flags[s] ^= MBP_SENSOR_SHELVED;
}
