/* What the {name} of a path means, in any case; and the words of the tables of fields and parameters. */
#include <string.h>
#include <strings.h>

#include "web_priv.h"

/* ---- words ------------------------------------------------------------------------------------------------------- */

const char *web_state_word(unsigned i)
{
    return i < MBP_STATE_COUNT ? mbp_state_name((enum mbp_state_code)i) : NULL;
}

const char *web_alarm_word(unsigned i)
{
    return i < MBP_ALARM_COUNT ? mbp_limit_name((enum mbp_limit)i) : NULL;
}

const char *web_alarm_state_word(unsigned i)
{
    return i < MBP_ALARM_STATE_COUNT ? mbp_alarm_state_name((enum mbp_alarm_state)i) : NULL;
}

const char *web_priority_word(unsigned i)
{
    return i < MBP_PRIORITY_COUNT ? mbp_priority_name((enum mbp_priority)i) : NULL;
}

const char *web_table_word(unsigned i)
{
    return i < MBP_TABLE_COUNT ? mbp_table_name((enum mbp_table)i) : NULL;
}

/* ---- names ------------------------------------------------------------------------------------------------------- */

/* The same spelling first; then one that differs in case alone. */
#define DEFINE_FIND(noun)                                                                                              \
    uint32_t web_find_##noun(const struct mbp_plant *plant, const char *name)                                          \
    {                                                                                                                  \
        uint32_t found = mbp_plant_find_##noun(plant, name);                                                           \
        for (uint32_t i = 0; i < plant->noun##_count && found == NOTHING; i++) {                                       \
            if (strcasecmp(plant->noun##s[i].name, name) == 0)                                                         \
                found = i;                                                                                             \
        }                                                                                                              \
        return found;                                                                                                  \
    }                                                                                                                  \
    uint32_t web_##noun##_named(struct web_call *call)                                                                 \
    {                                                                                                                  \
        uint32_t found = web_find_##noun(call->web->plant, call->name);                                                \
        if (found == NOTHING)                                                                                          \
            web_problem(call, 404, "the plant has no " #noun " '%s'", call->name);                                     \
        return found;                                                                                                  \
    }

DEFINE_FIND(machine)
DEFINE_FIND(sensor)
DEFINE_FIND(actuator)
DEFINE_FIND(controller)

uint32_t web_alarm_named(struct web_call *call, unsigned *alarm)
{
    char name[WEB_NAME_MAX];
    const struct mbp_plant *plant = call->web->plant;
    uint32_t sensor = web_find_sensor(plant, call->name);
    char *dot;
    *alarm = MBP_ALARM_COUNT;
    if (sensor != NOTHING)
        return sensor;
    snprintf(name, sizeof name, "%s", call->name);
    dot = strrchr(name, '.');
    if (dot != NULL) {
        *dot = '\0';
        sensor = web_find_sensor(plant, name);
    }
    for (unsigned a = 0; a < MBP_ALARM_COUNT && sensor != NOTHING; a++) {
        if (strcasecmp(dot + 1, mbp_limit_name((enum mbp_limit)a)) == 0 && web_has_alarm(call->web, sensor, a)) {
            *alarm = a;
            return sensor;
        }
    }
    web_problem(call, 404,
                "the plant has no alarm '%s': alarms are SENSOR.low_low, .low, .high, .high_high, "
                "...; a sensor's name means all of its alarms",
                call->name);
    return NOTHING;
}

const struct mbp_unit *web_unit_of(struct web_call *call, const struct web_arg *arg)
{
    const struct mbp_plant *plant = call->web->plant;
    const struct mbp_unit *unit = arg->given ? mbp_plant_find_unit(plant, (uint16_t)arg->number) : &plant->units[0];
    if (unit == NULL)
        web_problem(call, 404, "the plant has no unit %.0f", arg->number);
    return unit;
}

struct mbp_image_unit *web_image_unit(const struct mbp_web *web, const struct mbp_unit *unit)
{
    return mbp_image_unit(web->image, unit->id);
}
