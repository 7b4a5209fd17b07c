/* effect: what a fault does to a sensor or an actuator, and whether that makes sense there. */
#include <math.h>

#include "mbplant/plant.h"

/* What an actuator can suffer; one that is on/off has no place beside its two ends to go to. */
static bool is_possible_of_actuator(const struct mbp_plant *plant, const struct mbp_effect *effect)
{
    if (effect->subject - plant->sensor_count >= plant->actuator_count)
        return false;
    const struct mbp_actuator *actuator = &plant->actuators[effect->subject - plant->sensor_count];
    double span = actuator->range[1] - actuator->range[0];
    switch ((unsigned)effect->kind) {
    case MBP_EFFECT_STUCK:
        return isnan(effect->amount) || (effect->amount >= actuator->range[0] && effect->amount <= actuator->range[1]);
    case MBP_EFFECT_SLOW:
        return effect->over_ns > 0;
    case MBP_EFFECT_PASSING:
        return effect->amount > 0 && effect->amount <= span;
    case MBP_EFFECT_OFFSET:
        return !actuator->on_off && fabs(effect->amount) <= span;
    default:
        return false;
    }
}

bool mbp_effect_possible(const struct mbp_plant *plant, const struct mbp_effect *effect)
{
    if (effect->subject >= plant->sensor_count)
        return is_possible_of_actuator(plant, effect);
    if (effect->kind >= MBP_EFFECT_COUNT || !mbp_effect_is(effect->kind, MBP_EFFECTS_OF_SENSORS))
        return false;
    const struct mbp_sensor *sensor = &plant->sensors[effect->subject];
    bool anywhere = effect->kind == MBP_EFFECT_STUCK && isnan(effect->amount);
    if (sensor->is_alarm || sensor->reg.type == MBP_STRING || (!isfinite(effect->amount) && !anywhere))
        return false;
    if (effect->kind == MBP_EFFECT_NOISE && !(effect->amount > 0))
        return false;
    if (effect->kind == MBP_EFFECT_WEAR && sensor->machine == UINT32_MAX)
        return false;
    return !mbp_effect_is(effect->kind, MBP_EFFECTS_TIMED) || effect->over_ns > 0;
}
