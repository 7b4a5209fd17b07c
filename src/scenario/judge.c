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
    const struct expectation *expectation = &play->config.scenario->expectations[index];
    if (judge_any_alarm(plant, &expectation->target, state->unack, state->hidden, NULL))
        return false;
    return play->expectations[index].seen ||
           (!expectation->student && judge_any_alarm(plant, &expectation->target, state->active, NULL, NULL));
}

double judge_value(const struct mbp_play *play, const struct expectation *expectation)
{
    const struct mbp_state *state = mbp_scan_state(play->config.scan);
    bool shown = expectation->index < play->config.plant->sensor_count && !expectation->process;
    return shown ? state->value[expectation->index] : state->lagged[expectation->index];
}

/* As a master sees them, both in the register; the process itself has none. */
static bool is_between(const struct mbp_play *play, const struct expectation *expectation)
{
    static const struct mbp_register position = {.scale = 1, .words = 2, .type = MBP_FLOAT32};
    const struct mbp_plant *plant = play->config.plant;
    double value = judge_value(play, expectation);
    if (expectation->process)
        return value >= expectation->low && value <= expectation->high;
    const struct mbp_register *reg = &position;
    if (expectation->index < plant->sensor_count)
        reg = &plant->sensors[expectation->index].reg;
    else
        value = mbp_codec_quantise(MBP_FLOAT32, 1, value);
    return !isnan(value) && !mbp_grid_below(reg, value, expectation->low, 0) &&
           !mbp_grid_above(reg, value, expectation->high, 0);
}

bool judge_expectation(const struct mbp_play *play, uint32_t index)
{
    const struct mbp_state *state = mbp_scan_state(play->config.scan);
    const struct mbp_plant *plant = play->config.plant;
    const struct expectation *expectation = &play->config.scenario->expectations[index];
    switch (expectation->kind) {
    case EXPECTED_ALARM:
        return judge_any_alarm(plant, &expectation->target, state->active, NULL, NULL);
    case EXPECTED_NO_ALARM:
        return !judge_any_alarm(plant, &expectation->target, state->active, NULL, NULL);
    case EXPECTED_STATE:
        return state->machine[expectation->index].state == expectation->state;
    case EXPECTED_ACKNOWLEDGED:
        return is_acknowledged(play, index);
    case EXPECTED_VALUE:
        return is_between(play, expectation);
    case EXPECTED_ASKED:
        return state->machine[expectation->index].state == expectation->state &&
               play->asked_ns[expectation->index] != 0;
    case EXPECTED_POLLED:
    case EXPECTED_RECONNECTED:
    case EXPECTED_NEVER_WROTE:
    case EXPECTED_FUNCTIONS:
    case EXPECTED_ONE_UNIT:
        return master_judge(play, index);
    case EXPECTED_WRITTEN:
        break;
    }
    return play->expectations[index].seen;
}
