/* The checks. Sums are counted by the words of the alarm states, not by the masks that the program counts. */
#include "invariants.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mbplant/codec.h"
#include "mbplant/modbus.h"

struct sums {
    uint32_t active, unacknowledged;
};

static void fail(const char *what, const char *name)
{
    fprintf(stderr, "%s: %s\n", name, what);
    abort();
}

static struct sums sums_of(const struct mbp_state *state, uint32_t first, uint32_t count)
{
    struct sums sums = {0};
    for (uint32_t s = first; s < first + count; s++) {
        for (unsigned a = 0; a < MBP_ALARM_COUNT; a++) {
            enum mbp_alarm_state alarm = mbp_alarm_state(state, s, a);
            sums.active += alarm == MBP_ALARM_UNACKNOWLEDGED || alarm == MBP_ALARM_ACKNOWLEDGED ||
                           alarm == MBP_ALARM_LATCHED_UNACKNOWLEDGED || alarm == MBP_ALARM_LATCHED_ACKNOWLEDGED;
            sums.unacknowledged += alarm == MBP_ALARM_UNACKNOWLEDGED || alarm == MBP_ALARM_RETURNED ||
                                   alarm == MBP_ALARM_LATCHED_UNACKNOWLEDGED;
            if ((unsigned)alarm >= MBP_ALARM_STATE_COUNT)
                abort();
        }
    }
    return sums;
}

/* Of its sensors, and of its alarms that no sensor has: those stand behind the unit's sensors. */
static uint32_t active_of(const struct mbp_plant *plant, const struct mbp_state *state, uint32_t machine)
{
    uint32_t active = 0;
    for (uint32_t s = 0; s < plant->sensor_count; s++)
        active += plant->sensors[s].machine == machine ? sums_of(state, s, 1).active : 0;
    return active;
}

static void check_sensor(const struct mbp_plant *plant, const struct mbp_state *state, uint32_t s)
{
    const struct mbp_sensor *sensor = &plant->sensors[s];
    double value = state->value[s];
    if (sensor->reg.type == MBP_STRING)
        return;
    /* Half a step of the register may lie beyond the end of the range that it stands for. */
    double step = mbp_sensor_has_limits(sensor) ? sensor->reg.scale : 0;
    double least = sensor->reg.type == MBP_BOOL ? 0 : sensor->range[0] - step;
    double most = sensor->reg.type == MBP_BOOL ? 1 : sensor->range[1] + step;
    if (isnan(value) ? (state->flags[s] & MBP_SENSOR_BAD) == 0 : value < least || value > most)
        fail("its value is beyond its range", sensor->name);
    if (isnan(state->lagged[s]))
        fail("its process value is no number", sensor->name);
    if (mbp_sensor_has_limits(sensor) && !mbp_limits_in_order(sensor, state->limit + (size_t)s * MBP_LIMIT_COUNT))
        fail("its limits are out of order", sensor->name);
}

static void check_state(const struct mbp_plant *plant, const struct mbp_state *state)
{
    struct sums sums = sums_of(state, 0, plant->sensor_count);
    if (state->sensor_count != plant->sensor_count || state->machine_count != plant->machine_count ||
        state->actuator_count != plant->actuator_count || state->controller_count != plant->controller_count)
        fail("the state is another plant's", plant->name);
    if (sums.active != state->active_alarms || sums.unacknowledged != state->unacknowledged)
        fail("the sums of its alarms are wrong", plant->name);
    for (uint32_t s = 0; s < plant->sensor_count; s++)
        check_sensor(plant, state, s);
    for (uint32_t m = 0; m < plant->machine_count; m++) {
        const struct mbp_machine *machine = &plant->machines[m];
        const uint32_t first_out = state->machine[m].first_out;
        if (active_of(plant, state, m) != state->machine[m].alarms)
            fail("the sum of its alarms is wrong", machine->name);
        if (state->machine[m].state >= MBP_STATE_COUNT)
            fail("it is in no state that there is", machine->name);
        if (first_out != UINT32_MAX && (first_out >= plant->sensor_count || plant->sensors[first_out].machine != m))
            fail("what tripped it is no sensor of its own", machine->name);
    }
    for (uint32_t a = 0; a < plant->actuator_count; a++) {
        const struct mbp_actuator *actuator = &plant->actuators[a];
        double at = state->lagged[plant->sensor_count + a];
        double low = fmin(actuator->range[0], actuator->range[1]);
        double high = fmax(actuator->range[0], actuator->range[1]);
        if (!(state->command[a] >= low && state->command[a] <= high) || !(at >= low && at <= high))
            fail("it is told to go, or stands, beyond its range", actuator->name);
    }
    for (uint32_t c = 0; c < plant->controller_count; c++) {
        if (!isfinite(state->controller[c].output) || !isfinite(state->controller[c].integral))
            fail("its output is no number", plant->controllers[c].name);
    }
}

/* What a master reads there. */
static uint16_t word(const uint8_t *response, unsigned at)
{
    return (uint16_t)(response[2 + 2 * at] << 8 | response[3 + 2 * at]);
}

static void check_summary(const struct mbp_plant *plant, struct mbp_image *image, const struct mbp_state *state,
                          const struct mbp_unit *unit)
{
    uint8_t response[MBP_PDU_MAX];
    uint16_t addr = unit->layout.base[MBP_MAP_SUMMARY];
    const uint8_t request[5] = {0x04, (uint8_t)(addr >> 8), (uint8_t)addr, 0, 8};
    const struct mbp_pdu_context context = {
        .unit = mbp_image_unit(image, unit->id), .identity = &plant->identity, .permit = &mbp_permits[MBP_ALLOW_READ]};
    struct sums sums = sums_of(state, unit->first_sensor, unit->sensor_count);
    if (mbp_pdu_respond(&context, request, sizeof request, response) != 2 + 2 * 8)
        fail("its summary cannot be read", unit->name);
    if (word(response, 1) != unit->machine_count || word(response, 5) != mbp_unit_sensors(unit) ||
        (uint32_t)word(response, 2) + word(response, 3) + word(response, 4) > unit->machine_count)
        fail("its summary counts machines or sensors that it has not", unit->name);
    if (word(response, 6) != sums.active || word(response, 7) != sums.unacknowledged)
        fail("its summary counts other alarms than there are", unit->name);
}

static void check_shown(const struct mbp_plant *plant, struct mbp_image *image, const struct mbp_state *state,
                        const struct mbp_unit *unit)
{
    const struct mbp_image_unit *tables = mbp_image_unit(image, unit->id);
    uint16_t words[4];
    for (uint32_t s = unit->first_sensor; s < unit->first_sensor + unit->sensor_count; s++) {
        const struct mbp_register *reg = &plant->sensors[s].reg;
        if (!mbp_sensor_has_limits(&plant->sensors[s]))
            continue;
        mbp_codec_encode((enum mbp_type)reg->type, (enum mbp_order)reg->order, reg->scale, state->value[s], words);
        if (memcmp(words, tables->holding + reg->addr, reg->words * sizeof words[0]) != 0)
            fail("its register shows another value than it has", plant->sensors[s].name);
    }
}

void invariants_check(const struct mbp_plant *plant, struct mbp_image *image, const struct mbp_state *state, bool shown)
{
    check_state(plant, state);
    for (uint32_t u = 0; u < plant->unit_count && shown; u++) {
        const struct mbp_unit *unit = &plant->units[u];
        if (unit->instructor)
            continue;
        if (mbp_map_has(unit, MBP_MAP_SUMMARY))
            check_summary(plant, image, state, unit);
        check_shown(plant, image, state, unit);
    }
}
