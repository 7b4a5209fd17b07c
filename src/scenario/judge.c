/* judge: whether what is expected is so. */
#include <math.h>

#include "mbplant/codec.h"
#include "scenario_priv.h"

/* ---- whose alarms ----------------------------------------------------------------------------------------------- */

uint32_t judge_count(const struct mbp_plant *plant, const struct target *target)
{
    return target->kind == TARGET_SENSOR    ? 1
           : target->kind == TARGET_MACHINE ? mbp_machine_watches(&plant->machines[target->index])
                                            : plant->sensor_count;
}

uint32_t judge_nth(const struct mbp_plant *plant, const struct target *target, uint32_t i)
{
    return target->kind == TARGET_SENSOR    ? target->index
           : target->kind == TARGET_MACHINE ? mbp_machine_watch(&plant->machines[target->index], i)
                                            : i;
}

bool judge_any_alarm(const struct mbp_plant *plant, const struct target *target, const uint8_t *mask,
                     const uint8_t *without, uint32_t *sensor)
{
    for (uint32_t i = 0; i < judge_count(plant, target); i++) {
        uint32_t s = judge_nth(plant, target, i);
        unsigned there = mask[s] & target->alarms & ~(without != NULL ? (unsigned)without[s] : 0u);
        if (there == 0)
            continue;
        if (sensor != NULL)
            *sensor = s;
        return true;
    }
    return false;
}

/* ---- is it so --------------------------------------------------------------------------------------------------- */

/* Nothing of it waits that can be seen, and there is, or was since the step, something that somebody has acknowledged.
 */
static bool is_acknowledged(const struct mbp_play *play, uint32_t index)
{
    const struct mbp_state *state = mbp_scan_state(play->config.scan);
    const struct mbp_plant *plant = play->config.plant;
    const struct wish *wish = &play->config.scenario->wishes[index];
    if (judge_any_alarm(plant, &wish->target, state->unack, state->hidden, NULL))
        return false;
    return play->wishes[index].seen ||
           (!wish->student && judge_any_alarm(plant, &wish->target, state->active, NULL, NULL));
}

double judge_value(const struct mbp_play *play, const struct wish *wish)
{
    const struct mbp_state *state = mbp_scan_state(play->config.scan);
    bool shown = wish->index < play->config.plant->sensor_count && !wish->process;
    return shown ? state->value[wish->index] : state->lagged[wish->index];
}

/* As a master sees them, both in the register; the process itself has none. */
static bool is_between(const struct mbp_play *play, const struct wish *wish)
{
    static const struct mbp_register position = {.scale = 1, .words = 2, .type = MBP_FLOAT32};
    const struct mbp_plant *plant = play->config.plant;
    double value = judge_value(play, wish);
    if (wish->process)
        return value >= wish->low && value <= wish->high;
    const struct mbp_register *reg = &position;
    if (wish->index < plant->sensor_count)
        reg = &plant->sensors[wish->index].reg;
    else
        value = mbp_codec_quantise(MBP_FLOAT32, 1, value);
    return !isnan(value) && !mbp_grid_below(reg, value, wish->low, 0) && !mbp_grid_above(reg, value, wish->high, 0);
}

bool judge_wish(const struct mbp_play *play, uint32_t index)
{
    const struct mbp_state *state = mbp_scan_state(play->config.scan);
    const struct mbp_plant *plant = play->config.plant;
    const struct wish *wish = &play->config.scenario->wishes[index];
    switch (wish->kind) {
    case WISH_ALARM:
        return judge_any_alarm(plant, &wish->target, state->active, NULL, NULL);
    case WISH_NO_ALARM:
        return !judge_any_alarm(plant, &wish->target, state->active, NULL, NULL);
    case WISH_STATE:
        return state->machine[wish->index].state == wish->state;
    case WISH_ACKNOWLEDGED:
        return is_acknowledged(play, index);
    case WISH_VALUE:
        return is_between(play, wish);
    case WISH_ASKED:
        return state->machine[wish->index].state == wish->state && play->asked_ns[wish->index] != 0;
    case WISH_POLLED:
    case WISH_RECONNECTED:
    case WISH_NEVER_WROTE:
    case WISH_FUNCTIONS:
    case WISH_ONE_UNIT:
        return master_judge(play, index);
    case WISH_WRITTEN:
        break;
    }
    return play->wishes[index].seen;
}
