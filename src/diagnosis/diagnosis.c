/* Limits -> alarms. One pass over the sensors, then one over the machines' sums. */
#include "mbplant/diagnosis.h"

#include <math.h>

static void emit(const struct mbp_plant *plant, const struct mbp_state *state, struct mbp_events *events,
                 enum mbp_event_code code, uint32_t s, int limit)
{
    struct mbp_event event = mbp_sensor_event(plant, code, s);
    event.value = (float)state->value[s];
    event.limit = (float)state->limit[s * MBP_LIMIT_COUNT + (uint32_t)limit];
    event.detail = (uint32_t)limit;
    mbp_events_emit(events, event);
}

static bool is_high(int limit)
{
    return limit >= MBP_HIGH;
}

/* Beyond the limit by more than `give` (negative: still beyond until back by -give). */
static bool beyond(double value, double limit, int l, double give)
{
    return is_high(l) ? value > limit + give : value < limit - give;
}

/* Whether a limit exceeded for `scans` scans has been so for its delay: the first of them starts the time. */
static bool delay_over(const struct mbp_plant *plant, const struct mbp_sensor *sensor, uint32_t scans)
{
    return (uint64_t)(scans - 1) * plant->scan_ns >= sensor->delay_ns;
}

static void diagnose_limit(const struct mbp_plant *plant, struct mbp_state *state, struct mbp_events *events,
                           uint32_t s, int l)
{
    const struct mbp_sensor *sensor = &plant->sensors[s];
    const double limit = state->limit[s * MBP_LIMIT_COUNT + (uint32_t)l];
    const double value = state->value[s];
    const uint8_t bit = (uint8_t)(1u << l);
    uint32_t *over = &state->over_scans[s * MBP_LIMIT_COUNT + (uint32_t)l];
    if ((state->active[s] & bit) != 0) {
        /* An unused limit (NaN) compares false: its alarm ends. */
        if (!beyond(value, limit, l, -sensor->deadband)) {
            state->active[s] &= (uint8_t)~bit;
            *over = 0;
            emit(plant, state, events, MBP_EV_ALARM_CLEARED, s, l);
        }
        return;
    }
    if (!beyond(value, limit, l, 0)) {
        *over = 0;
        return;
    }
    if (*over < UINT32_MAX)
        ++*over;
    if (delay_over(plant, sensor, *over) && (state->flags[s] & MBP_SENSOR_SHELVED) == 0) {
        state->active[s] |= bit;
        state->unack[s] |= bit;
        emit(plant, state, events, MBP_EV_ALARM_RAISED, s, l);
    }
}

/* Adds a sensor's alarms to its machine. Trips of shelved sensors do not count. */
static void sum_sensor(const struct mbp_plant *plant, struct mbp_state *state, uint32_t s)
{
    const struct mbp_sensor *sensor = &plant->sensors[s];
    uint32_t active = (uint32_t)__builtin_popcount(state->active[s]);
    state->active_alarms += active;
    state->unacknowledged += (uint32_t)__builtin_popcount(state->unack[s]);
    if (sensor->machine == UINT32_MAX || active == 0)
        return;
    struct mbp_machine_state *machine = &state->machine[sensor->machine];
    machine->alarms += active;
    if ((state->active[s] & sensor->trip) == 0 || (state->flags[s] & MBP_SENSOR_SHELVED) != 0)
        return;
    machine->trip = true;
    if (machine->first_out == UINT32_MAX)
        machine->first_out = s;
}

void mbp_diagnosis_run(const struct mbp_plant *plant, struct mbp_state *state, struct mbp_events *events)
{
    for (uint32_t m = 0; m < plant->machine_count; m++) {
        state->machine[m].alarms = 0;
        state->machine[m].trip = false;
        /* First-out is told until the machine works again; before the sums, for the next trip may come at once. */
        if (state->machine[m].state == MBP_EN_SERVICE)
            state->machine[m].first_out = UINT32_MAX;
    }
    state->active_alarms = 0;
    state->unacknowledged = 0;
    for (uint32_t s = 0; s < plant->sensor_count; s++) {
        for (int l = 0; l < MBP_LIMIT_COUNT; l++)
            diagnose_limit(plant, state, events, s, l);
        if ((state->active[s] | state->unack[s]) != 0)
            sum_sensor(plant, state, s);
    }
}
