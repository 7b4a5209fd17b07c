/* find: what a scenario names, in its plant; the nearest name for one that is not there. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "scenario_priv.h"

#define CANDIDATES_MAX 4096

struct candidates {
    const char *names[CANDIDATES_MAX];
    uint32_t count;
};

static void add(struct candidates *candidates, const char *name)
{
    if (candidates->count < CANDIDATES_MAX)
        candidates->names[candidates->count++] = name;
}

static void add_sensors(struct candidates *candidates, const struct mbp_plant *plant)
{
    for (uint32_t i = 0; i < plant->sensor_count; i++)
        add(candidates, plant->sensors[i].name);
}

static void add_machines(struct candidates *candidates, const struct mbp_plant *plant)
{
    for (uint32_t i = 0; i < plant->machine_count; i++)
        add(candidates, plant->machines[i].name);
}

static void tell_unknown(struct mbp_scenario *scenario, const struct mbp_def *def, const char *key, const char *what,
                         const char *name, const struct candidates *candidates)
{
    const char *near = mbp_nearest(name, candidates->names, candidates->count);
    mbp_reader_tell(&scenario->reader, mbp_def_node(def, key), "there is no %s '%s' in %s%s%s%s", what, name,
                    scenario->plant->name, near != NULL ? "; did you mean '" : "", near != NULL ? near : "",
                    near != NULL ? "'?" : "");
}

uint32_t find_sensor(struct mbp_scenario *scenario, const struct mbp_def *def, const char *key, const char *name)
{
    uint32_t found = mbp_plant_find_sensor(scenario->plant, name);
    if (found != UINT32_MAX && !scenario->plant->sensors[found].is_alarm)
        return found;
    struct candidates candidates = {.count = 0};
    add_sensors(&candidates, scenario->plant);
    tell_unknown(scenario, def, key, "sensor", name, &candidates);
    return UINT32_MAX;
}

uint32_t find_actuator(struct mbp_scenario *scenario, const struct mbp_def *def, const char *key, const char *name)
{
    const struct mbp_plant *plant = scenario->plant;
    uint32_t found = mbp_plant_find_actuator(plant, name);
    if (found != UINT32_MAX)
        return found;
    struct candidates candidates = {.count = 0};
    for (uint32_t a = 0; a < plant->actuator_count; a++)
        add(&candidates, plant->actuators[a].name);
    tell_unknown(scenario, def, key, "actuator", name, &candidates);
    return UINT32_MAX;
}

uint32_t find_machine(struct mbp_scenario *scenario, const struct mbp_def *def, const char *key, const char *name)
{
    uint32_t found = mbp_plant_find_machine(scenario->plant, name);
    if (found != UINT32_MAX)
        return found;
    struct candidates candidates = {.count = 0};
    add_machines(&candidates, scenario->plant);
    tell_unknown(scenario, def, key, "machine", name, &candidates);
    return UINT32_MAX;
}

/* ---- alarms ----------------------------------------------------------------------------------------------------- */

/* "SENSOR.alarm": a sensor's name may have points of its own. */
static bool find_alarm(struct mbp_scenario *scenario, const struct mbp_def *def, const char *key, const char *name,
                       struct target *out)
{
    char sensor[MBP_NAME_MAX + 1], words[128];
    const char *point = strrchr(name, '.');
    if (point == NULL || (size_t)(point - name) >= sizeof sensor)
        return false;
    snprintf(sensor, sizeof sensor, "%.*s", (int)(point - name), name);
    uint32_t index = mbp_plant_find_sensor(scenario->plant, sensor);
    if (index == UINT32_MAX)
        return false;
    int alarm = -1;
    for (unsigned a = 0; a < mbp_alarm_words.count; a++) {
        if (strcasecmp(mbp_alarm_words.names[a], point + 1) == 0)
            alarm = (int)a;
    }
    if (alarm < 0) {
        const char *near = mbp_nearest(point + 1, mbp_alarm_words.names, mbp_alarm_words.count);
        mbp_reader_tell(&scenario->reader, mbp_def_node(def, key), "'%s' is no alarm of %s; its alarms are %s%s%s%s",
                        point + 1, sensor, mbp_words_list(&mbp_alarm_words, words, sizeof words),
                        near != NULL ? "; did you mean '" : "", near != NULL ? near : "", near != NULL ? "'?" : "");
    }
    *out = (struct target){TARGET_SENSOR, index, alarm < 0 ? MBP_ALARMS_ALL : (uint8_t)(1u << alarm)};
    return true;
}

bool find_target(struct mbp_scenario *scenario, const struct mbp_def *def, const char *key, const char *name,
                 struct target *out)
{
    const struct mbp_plant *plant = scenario->plant;
    uint32_t sensor = mbp_plant_find_sensor(plant, name);
    uint32_t machine = mbp_plant_find_machine(plant, name);
    if (strcasecmp(name, "all") == 0) {
        *out = (struct target){TARGET_ALL, 0, MBP_ALARMS_ALL};
        return true;
    }
    if (sensor != UINT32_MAX || machine != UINT32_MAX) {
        *out = (struct target){sensor != UINT32_MAX ? TARGET_SENSOR : TARGET_MACHINE,
                               sensor != UINT32_MAX ? sensor : machine, MBP_ALARMS_ALL};
        return true;
    }
    if (find_alarm(scenario, def, key, name, out))
        return true;
    struct candidates candidates = {.count = 0};
    char buf[MBP_NAME_MAX + 1];
    snprintf(buf, sizeof buf, "%.*s", (int)strcspn(name, "."), name);
    add_sensors(&candidates, plant);
    add_machines(&candidates, plant);
    const char *near = mbp_nearest(buf, candidates.names, candidates.count);
    mbp_reader_tell(
        &scenario->reader, mbp_def_node(def, key),
        "there is no '%s' in %s; allowed is SENSOR.alarm (as in TT101.high), a sensor, a machine or all%s%s%s", name,
        plant->name, near != NULL ? "; did you mean '" : "", near != NULL ? near : "", near != NULL ? "'?" : "");
    return false;
}

/* ---- points ----------------------------------------------------------------------------------------------------- */

struct search {
    const char *name;
    struct mbp_point *point;
    struct candidates *candidates; /* NULL = not wanted */
    struct mbp_scenario *scenario;
    bool found; /* one that can be written is taken before one that shows the same */
};

static int compare(const struct mbp_point *point, void *ctx)
{
    struct search *search = ctx;
    if (strcasecmp(point->name, search->name) != 0)
        return 0;
    if (!search->found || point->writable)
        *search->point = *point;
    search->found = true;
    return point->writable;
}

static int collect(const struct mbp_point *point, void *ctx)
{
    const struct search *search = ctx;
    char limit[96 + sizeof ".limit"];
    if (search->candidates->count == CANDIDATES_MAX)
        return 1;
    if (point->writable || mbp_map_name_to_write(point, limit, sizeof limit) != NULL)
        add(search->candidates, say(search->scenario, "%s", point->name));
    return 0;
}

/* How many units have it; the first one's is put out. */
static unsigned look_in_units(const struct mbp_plant *plant, const char *name, uint32_t id, struct mbp_point *point,
                              uint8_t *unit)
{
    struct mbp_point found = {.name = ""};
    struct search search = {.name = name, .point = &found};
    unsigned units = 0;
    for (uint32_t u = 0; u < plant->unit_count; u++) {
        if ((id != 0 && plant->units[u].id != id) || plant->units[u].instructor)
            continue;
        search.found = false;
        if (!mbp_map_point_named_at(plant, u, name, &found) && mbp_map_points(plant, u, compare, &search) == 0 &&
            !search.found)
            continue;
        if (units++ == 0) {
            *point = found;
            *unit = plant->units[u].id;
        }
    }
    return units;
}

bool look_up_point(const struct mbp_plant *plant, const char *name, struct mbp_point *point, uint8_t *unit)
{
    return look_in_units(plant, name, 0, point, unit) > 0;
}

static void tell_no_point(struct mbp_scenario *scenario, const struct write_def *def)
{
    struct candidates candidates = {.count = 0};
    struct search search = {.candidates = &candidates, .scenario = scenario};
    for (uint32_t u = 0; u < scenario->plant->unit_count; u++)
        mbp_map_points(scenario->plant, u, collect, &search);
    tell_unknown(scenario, &def->def, "point", "point", def->point, &candidates);
}

/* An alarm's name stands for its limit. */
static unsigned look_for_write(const struct mbp_plant *plant, const struct write_def *def, struct mbp_point *point,
                               uint8_t *unit)
{
    char limit[96 + sizeof ".limit"];
    unsigned units = look_in_units(plant, def->point, def->unit, point, unit);
    const char *dot = strrchr(def->point, '.');
    if (units == 0 && dot != NULL && strcasecmp(dot, ".command") == 0) { /* masters write it by the name alone */
        snprintf(limit, sizeof limit, "%.*s", (int)(dot - def->point), def->point);
        return mbp_plant_find_actuator(plant, limit) != UINT32_MAX ? look_in_units(plant, limit, def->unit, point, unit)
                                                                   : 0;
    }
    const char *meant = units > 0 ? mbp_map_name_to_write(point, limit, sizeof limit) : NULL;
    unsigned of_limit = meant != NULL ? look_in_units(plant, meant, def->unit, point, unit) : 0;
    return of_limit > 0 ? of_limit : units;
}

bool find_point(struct mbp_scenario *scenario, const struct write_def *def, struct mbp_point *point, uint8_t *unit)
{
    unsigned units = look_for_write(scenario->plant, def, point, unit);
    const struct mbp_node *node = mbp_def_node(&def->def, "point");
    if (units == 0) {
        tell_no_point(scenario, def);
        return false;
    }
    if (units > 1) {
        mbp_reader_tell(&scenario->reader, node, "%u units have a point '%s'; say which with 'unit'", units,
                        def->point);
        return false;
    }
    if (!point->writable) {
        mbp_reader_tell(&scenario->reader, node, "%s (%s) cannot be written%s", def->point, point->what,
                        point->sensor != UINT32_MAX && point->table == MBP_HOLDING_REGISTERS
                            ? ": its sensor says 'inject: reject'"
                            : "");
        return false;
    }
    return true;
}
