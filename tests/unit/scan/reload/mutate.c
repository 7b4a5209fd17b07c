/* Each kind is a few lines of text. */
#include "mutate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "index.h"
#include "items.h"
#include "mbplant/map.h"
#include "mbplant/plant/interlock.h"
#include "mbplant/point.h"

#define NAME_ROOM 160u /* of an interlock: three names */

static const char *const rotated[] = {"sensors", "machines", "actuators", "controllers", "units"};

uint32_t mutation_count(const struct mbp_plant *plant, enum mutation_kind kind)
{
    switch (kind) {
    case MUTATE_LABEL:
    case MUTATE_REMOVE:
        return mbp_index_count(plant);
    case MUTATE_LIMITS:
    case MUTATE_DELAY:
    case MUTATE_REGISTER:
        return plant->sensor_count;
    case MUTATE_OUTPUT:
        return plant->actuator_count + plant->controller_count;
    case MUTATE_REMOVE_FAULT:
        return plant->fault_count;
    case MUTATE_FIRST_SENSOR:
    case MUTATE_FIRST_MACHINE:
    case MUTATE_ROTATE_SENSORS:
    case MUTATE_ROTATE_MACHINES:
    case MUTATE_ROTATE_ACTUATORS:
    case MUTATE_ROTATE_CONTROLLERS:
        return plant->machine_count + plant->unit_count;
    case MUTATE_NOTHING:
    case MUTATE_PLANT_NAME:
    case MUTATE_ROTATE_UNITS:
    case MUTATE_SEED:
    case MUTATE_SCAN:
    case MUTATION_COUNT:
        break;
    }
    return 1;
}

/* The line of a key of the plant itself with another value. */
static char *with_line(const char *text, const char *key, const char *value)
{
    char *made = NULL;
    const char *at = strstr(text, key);
    if (at == NULL || asprintf(&made, "%.*s%s%s%s", (int)(at - text), text, key, value, strchr(at + 1, '\n')) < 0)
        return NULL;
    return made;
}

/* What it is called in its list: an interlock, and the alarm of its bypass, without its machine. */
static const char *listed_name(const struct mbp_plant *plant, uint32_t item, char name[NAME_ROOM])
{
    const uint32_t s = item - plant->machine_count;
    snprintf(name, NAME_ROOM, "%s", mbp_index_name(plant, item));
    if (item < plant->machine_count || s >= plant->sensor_count || plant->sensors[s].interlock == MBP_NO_INTERLOCK)
        return name;
    const size_t before = strlen(plant->machines[plant->sensors[s].machine].name) + 1;
    memmove(name, name + before, strlen(name + before) + 1);
    if (plant->sensors[s].interlock == MBP_INTERLOCK_BYPASS)
        name[strlen(name) - strlen(MBP_BYPASS_SUFFIX)] = '\0';
    return name;
}

/* No trip, for it may be of a limit that is there no more. */
static char *with_limit(const struct mbp_sensor *sensor, const char *text)
{
    char limits[64];
    char *without = items_set(text, sensor->name, "trip", "[]");
    if (without == NULL)
        return NULL;
    snprintf(limits, sizeof limits, "{high: %.17g}", 0.5 * (sensor->range[0] + sensor->range[1]));
    char *made = items_set(without, sensor->name, "limits", limits);
    free(without);
    return made;
}

static char *with_output(const struct mbp_plant *plant, const char *text, uint32_t nth, const char **name)
{
    if (nth >= plant->actuator_count) {
        *name = plant->controllers[nth - plant->actuator_count].name;
        return items_set(text, *name, "gain", "0.77");
    }
    char initial[32];
    *name = plant->actuators[nth].name;
    snprintf(initial, sizeof initial, "%.17g", plant->actuators[nth].range[1]);
    return items_set(text, *name, "initial", initial);
}

static char *of_sensor(const struct mbp_plant *plant, const char *printed, enum mutation_kind kind,
                       const struct mbp_sensor *sensor)
{
    char name[NAME_ROOM];
    if (kind == MUTATE_LIMITS)
        return with_limit(sensor, printed);
    if (kind == MUTATE_DELAY) {
        uint32_t item = plant->machine_count + (uint32_t)(sensor - plant->sensors);
        return items_set(printed, listed_name(plant, item, name), "delay", "1500ms");
    }
    bool whole = sensor->reg.type == MBP_FLOAT64;
    return items_set(printed, sensor->name, "register",
                     whole ? "{at: 60000, type: int32, scale: 0.5}" : "{at: 60000, type: float64}");
}

static void touch(struct mutation *out, const char *name)
{
    out->touched[0] = name;
}

static uint32_t unit_of(const struct mbp_plant *plant, const struct mbp_tag *tag, uint32_t own)
{
    switch ((enum mbp_map_per)mbp_map[tag->block].per) {
    case MBP_PER_MACHINE:
        return plant->machines[tag->item].unit;
    case MBP_PER_SENSOR:
    case MBP_PER_ALARM:
    case MBP_PER_INTERLOCK:
        return plant->sensors[tag->item].unit;
    case MBP_PER_ACTUATOR:
        return plant->actuators[tag->item].unit;
    case MBP_PER_CONTROLLER:
        return plant->controllers[tag->item].unit;
    case MBP_PER_STORED:
        return plant->stored[tag->item].unit;
    case MBP_PER_UNIT:
    case MBP_PER_FAULT:
    case MBP_PER_AD_HOC:
    case MBP_PER_LATENESS:
    case MBP_PER_FORCED:
    case MBP_PER_PARAMETER:
    case MBP_PER_COUNT:
        break;
    }
    return own;
}

/* Of two writes in one scan the last one counts, and which unit's that is depends on the order of the units. */
static bool is_written_from_two_units(const struct mbp_plant *plant)
{
    for (uint32_t u = 0; u < plant->unit_count; u++) {
        const struct mbp_unit *unit = &plant->units[u];
        for (uint32_t p = unit->first_point; p < unit->first_point + unit->point_count; p++) {
            if (plant->points[p].writable && unit_of(plant, &plant->points[p].tag, u) != u)
                return true;
        }
    }
    return false;
}

static char *changed(const struct mbp_plant *plant, const char *printed, enum mutation_kind kind, uint32_t nth,
                     struct mutation *out)
{
    const char *name = NULL;
    char listed[NAME_ROOM];
    char *text;
    switch (kind) {
    case MUTATE_NOTHING:
        return strdup(printed);
    case MUTATE_PLANT_NAME:
        return with_line(printed, "\nname: ", "another");
    case MUTATE_LABEL:
        return items_set(printed, mbp_index_name(plant, nth), "label", "another");
    case MUTATE_LIMITS:
    case MUTATE_DELAY:
    case MUTATE_REGISTER:
        touch(out, plant->sensors[nth].name);
        return of_sensor(plant, printed, kind, &plant->sensors[nth]);
    case MUTATE_OUTPUT:
        text = with_output(plant, printed, nth, &name);
        touch(out, name);
        return text;
    case MUTATE_REMOVE:
        return items_without(printed, listed_name(plant, nth, listed));
    case MUTATE_REMOVE_FAULT:
        touch(out, mbp_effect_of(plant, &plant->faults[nth].effect));
        return items_without(printed, plant->faults[nth].name);
    case MUTATE_FIRST_SENSOR:
        return items_with_first(printed, "sensors", nth, "NEWCOMER", "register: {at: 60010}");
    case MUTATE_FIRST_MACHINE:
        return items_with_first(printed, "machines", nth, "NEWCOMER", "label: new");
    case MUTATE_ROTATE_SENSORS:
    case MUTATE_ROTATE_MACHINES:
    case MUTATE_ROTATE_ACTUATORS:
    case MUTATE_ROTATE_CONTROLLERS:
    case MUTATE_ROTATE_UNITS:
        out->everything = kind == MUTATE_ROTATE_UNITS && is_written_from_two_units(plant);
        return items_rotated(printed, rotated[kind - MUTATE_ROTATE_SENSORS], nth);
    case MUTATE_SEED:
        out->everything = true;
        return with_line(printed, "\nseed: ", "4711");
    case MUTATE_SCAN:
        out->everything = true;
        return with_line(printed, "\nscan: ", "70ms");
    case MUTATION_COUNT:
        break;
    }
    return NULL;
}

bool mutate(const struct mbp_plant *plant, const char *printed, enum mutation_kind kind, uint32_t nth,
            struct mutation *out)
{
    *out = (struct mutation){.reordered = kind >= MUTATE_ROTATE_SENSORS && kind <= MUTATE_ROTATE_UNITS};
    snprintf(out->what, sizeof out->what, "%s, change %d of thing %u", plant->name, (int)kind, nth);
    out->text = changed(plant, printed, kind, nth, out);
    return out->text != NULL;
}
