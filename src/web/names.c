/* What the {name} of a path means, in any case; and the words of the tables of fields and parameters. */
#include <ctype.h>
#include <stdlib.h>
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

const char *web_kind_word(unsigned i)
{
    return i < MBP_KIND_COUNT ? mbp_kind_name((enum mbp_kind)i) : NULL;
}

const char *web_alarm_state_word(unsigned i)
{
    return i < MBP_ALARM_STATE_COUNT ? mbp_alarm_state_name((enum mbp_alarm_state)i) : NULL;
}

/* A list takes one word more. */
const char *web_alarm_filter_word(unsigned i)
{
    return i == MBP_ALARM_STATE_COUNT ? "active" : web_alarm_state_word(i);
}

bool web_word_is(const char *word, const char *given)
{
    for (; *word != '\0' && *given != '\0'; word++, given++) {
        char c = *given == '_' || *given == '-' ? ' ' : (char)tolower((unsigned char)*given);
        if ((*word == '_' ? ' ' : (char)tolower((unsigned char)*word)) != c)
            return false;
    }
    return *word == *given;
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

/* The nearest of so many is told at most: the plant's own thread looks for it. */
#define NEAR_MAX 4096u

struct names {
    const char *items[NEAR_MAX];
    size_t count;
};

static void add(struct names *names, const char *name)
{
    if (names->count < NEAR_MAX)
        names->items[names->count++] = name;
}

static void add_all(struct names *names, const struct mbp_plant *plant, enum web_what what)
{
    bool any = what == WEB_POINTS;
    for (uint32_t s = 0; s < plant->sensor_count && (any || what == WEB_SENSORS || what == WEB_ALARMS); s++)
        add(names, plant->sensors[s].name);
    for (uint32_t m = 0; m < plant->machine_count && (any || what == WEB_MACHINES); m++)
        add(names, plant->machines[m].name);
    for (uint32_t a = 0; a < plant->actuator_count && (any || what == WEB_ACTUATORS); a++)
        add(names, plant->actuators[a].name);
    for (uint32_t c = 0; c < plant->controller_count && (any || what == WEB_CONTROLLERS); c++)
        add(names, plant->controllers[c].name);
    for (uint32_t s = 0; s < plant->stored_count && any; s++) {
        if (plant->stored[s].name != NULL)
            add(names, plant->stored[s].name);
    }
    for (uint32_t f = 0; f < plant->fault_count && what == WEB_FAULTS; f++)
        add(names, plant->faults[f].name);
}

void web_unknown(struct web_call *call, enum web_what what, const char *name, const char *behind)
{
    static const char *const nouns[] = {"machine", "sensor", "actuator", "controller", "alarm", "point", "fault"};
    char item[WEB_NAME_MAX];
    struct names *names = calloc(1, sizeof *names);
    if (names != NULL)
        add_all(names, call->web->plant, what);
    const char *near = names != NULL ? mbp_nearest(name, names->items, names->count) : NULL;
    const char *rest = "";
    if (near == NULL && names != NULL && strchr(name, '.') != NULL) { /* TT10.high of TT101.high */
        snprintf(item, sizeof item, "%.*s", (int)strcspn(name, "."), name);
        near = mbp_nearest(item, names->items, names->count);
        rest = near != NULL && strcasecmp(near, item) != 0 ? name + strcspn(name, ".") : "";
    }
    bool is_near = near != NULL && strcasecmp(near, name) != 0;
    const char *noun = web_tr(call, nouns[what]);
    behind = web_tr(call, behind);
    if (is_near)
        web_problem(call, 404, "the plant has no %s '%s'; did you mean %s%s?%s", noun, name, near, rest, behind);
    else
        web_problem(call, 404, "the plant has no %s '%s'%s", noun, name, behind);
    free(names);
}

/* The same spelling first; then one that differs in case alone. */
#define DEFINE_FIND(noun, what)                                                                                        \
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
            web_unknown(call, what, call->name, "");                                                                   \
        return found;                                                                                                  \
    }

DEFINE_FIND(machine, WEB_MACHINES)
DEFINE_FIND(sensor, WEB_SENSORS)
DEFINE_FIND(actuator, WEB_ACTUATORS)
DEFINE_FIND(controller, WEB_CONTROLLERS)

uint32_t web_find_alarm(const struct mbp_plant *plant, const char *text, unsigned *alarm)
{
    char name[WEB_NAME_MAX];
    snprintf(name, sizeof name, "%s", text);
    char *dot = strrchr(name, '.');
    if (dot == NULL)
        return NOTHING;
    *dot = '\0';
    for (unsigned a = 0; a < MBP_ALARM_COUNT; a++) {
        if (strcasecmp(dot + 1, mbp_limit_name((enum mbp_limit)a)) != 0)
            continue;
        *alarm = a;
        return web_find_sensor(plant, name);
    }
    return NOTHING;
}

uint32_t web_alarm_named(struct web_call *call, unsigned *alarm)
{
    const struct mbp_plant *plant = call->web->plant;
    uint32_t sensor = web_find_sensor(plant, call->name);
    *alarm = MBP_ALARM_COUNT;
    if (sensor != NOTHING)
        return sensor;
    sensor = web_find_alarm(plant, call->name, alarm);
    if (sensor != NOTHING && web_has_alarm(call->web, sensor, *alarm))
        return sensor;
    *alarm = MBP_ALARM_COUNT;
    web_unknown(call, WEB_ALARMS, call->name,
                ": alarms are SENSOR.low_low, .low, .high, .high_high, ...; a sensor's name means all of its alarms");
    return NOTHING;
}

const struct mbp_unit *web_unit_of(struct web_call *call, const struct web_arg *arg)
{
    const struct mbp_plant *plant = call->web->plant;
    const struct mbp_unit *unit = arg->given ? mbp_plant_find_unit(plant, (uint16_t)arg->number) : &plant->units[0];
    bool first = arg->number == 255 || (arg->number == 0 && !plant->server.broadcast);
    if (unit == NULL && first) /* as over Modbus */
        unit = &plant->units[0];
    if (unit == NULL)
        web_problem(call, 404, "the plant has no unit %.0f", arg->number);
    return unit;
}

struct mbp_image_unit *web_image_unit(const struct mbp_web *web, const struct mbp_unit *unit)
{
    return mbp_image_unit(web->image, unit->id);
}
