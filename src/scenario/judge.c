/* judge: whether what is expected is so, and who brought it about. */
#include <string.h>

#include "scenario_priv.h"

/* ---- whose alarms ----------------------------------------------------------------------------------------------- */

static void sensors_of(const struct mbp_plant *plant, const struct target *target, uint32_t *first, uint32_t *end)
{
    *first = target->kind == TARGET_SENSOR ? target->index : 0;
    *end = target->kind == TARGET_SENSOR ? target->index + 1 : plant->sensor_count;
    if (target->kind == TARGET_MACHINE) {
        *first = plant->machines[target->index].first_sensor;
        *end = *first + plant->machines[target->index].sensor_count;
    }
}

/* Whether a mask per sensor has a bit of the target's alarms. */
static bool any_alarm(const struct mbp_plant *plant, const struct target *target, const uint8_t *mask)
{
    uint32_t first, end;
    sensors_of(plant, target, &first, &end);
    for (uint32_t s = first; s < end; s++) {
        if ((mask[s] & target->alarms) != 0)
            return true;
    }
    return false;
}

/* ---- who did what ----------------------------------------------------------------------------------------------- */

/* A scenario's own steps have no peer, but neither have masters over IPv6 and the model student. The latter never acts
 * in the scan of a step; of the former one that does is not told apart. */
static bool by_student(const struct mbp_play *play, const struct mbp_event *event)
{
    return event->peer != 0 || !play->acted;
}

static void see_acknowledged(struct mbp_play *play, const struct mbp_event *event, uint32_t sensor)
{
    const struct mbp_scenario *scenario = play->config.scenario;
    for (uint32_t i = 0; i < scenario->wish_count; i++) {
        const struct wish *wish = &scenario->wishes[i];
        uint32_t first, end;
        if (play->wishes[i].verdict != MBP_VERDICT_OPEN || wish->kind != WISH_ACKNOWLEDGED)
            continue;
        sensors_of(play->config.plant, &wish->target, &first, &end);
        bool of_target = sensor >= first && sensor < end && (wish->target.alarms >> event->detail & 1u) != 0;
        if (of_target && (!wish->student || by_student(play, event)))
            play->wishes[i].seen = true;
    }
}

void judge_events(struct mbp_play *play, const struct mbp_event *events, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct mbp_event *event = &events[i];
        const struct mbp_unit *unit = mbp_plant_find_unit(play->config.plant, event->unit);
        if (unit == NULL)
            continue;
        if (event->code == MBP_EV_ALARM_ACKNOWLEDGED && event->detail < MBP_ALARM_COUNT)
            see_acknowledged(play, event, unit->first_sensor + event->sensor);
        if (event->code == MBP_EV_MACHINE_STATE)
            play->asked[unit->first_machine + event->machine] =
                mbp_event_state_cause(event->detail) == MBP_CAUSE_COMMAND && by_student(play, event);
    }
}

/* ---- is it so --------------------------------------------------------------------------------------------------- */

/* Nothing of it waits, and there is, or was since the step, something that somebody has acknowledged. */
static bool is_acknowledged(const struct mbp_play *play, uint32_t index)
{
    const struct mbp_state *state = mbp_scan_state(play->config.scan);
    const struct mbp_plant *plant = play->config.plant;
    const struct wish *wish = &play->config.scenario->wishes[index];
    if (any_alarm(plant, &wish->target, state->unack))
        return false;
    return play->wishes[index].seen || (!wish->student && any_alarm(plant, &wish->target, state->active));
}

static bool is_written(const struct mbp_play *play, const struct puts *puts)
{
    for (uint32_t i = 0; i < puts->count; i++) {
        const struct put *put = &puts->items[i];
        const struct mbp_image_unit *unit = mbp_image_unit(play->config.image, put->unit);
        bool same = put->table == MBP_COILS
                        ? (unit->coils[put->addr] != 0) == (put->words[0] != 0)
                        : memcmp(unit->holding + put->addr, put->words, put->count * sizeof put->words[0]) == 0;
        if (!same)
            return false;
    }
    return puts->count > 0;
}

bool judge_wish(const struct mbp_play *play, uint32_t index)
{
    const struct mbp_state *state = mbp_scan_state(play->config.scan);
    const struct mbp_plant *plant = play->config.plant;
    const struct wish *wish = &play->config.scenario->wishes[index];
    double value;
    switch (wish->kind) {
    case WISH_ALARM:
        return any_alarm(plant, &wish->target, state->active);
    case WISH_NO_ALARM:
        return !any_alarm(plant, &wish->target, state->active);
    case WISH_STATE:
        return state->machine[wish->index].state == wish->state;
    case WISH_ACKNOWLEDGED:
        return is_acknowledged(play, index);
    case WISH_VALUE:
        value = wish->index < plant->sensor_count ? state->value[wish->index] : state->lagged[wish->index];
        return value >= wish->low && value <= wish->high;
    case WISH_ASKED:
        return state->machine[wish->index].state == wish->state && play->asked[wish->index];
    case WISH_WRITTEN:
        break;
    }
    return is_written(play, &wish->puts);
}
