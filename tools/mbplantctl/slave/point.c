/* Names of the plant -> points, and the addresses of what belongs to a machine or sensor. */
#include "slave/point.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ctl.h"

struct search {
    const char *name;
    struct mbp_point found;
    int rank; /* of found; the lowest is taken; -1 = nothing found yet */
    bool ignore_case;
};

/* Which of several points of one name is meant. */
static int table_rank(uint8_t table)
{
    static const int ranks[MBP_TABLE_COUNT] = {
        [MBP_HOLDING_REGISTERS] = 0, [MBP_COILS] = 1, [MBP_INPUT_REGISTERS] = 2, [MBP_DISCRETE_INPUTS] = 3};
    return ranks[table];
}

static int match_point(const struct mbp_point *point, void *ctx)
{
    struct search *search = ctx;
    bool same =
        search->ignore_case ? strcasecmp(point->name, search->name) == 0 : strcmp(point->name, search->name) == 0;
    int rank = point->own != NULL && point->own->home ? 0 : 1 + table_rank(point->table);
    if (same && (search->rank < 0 || rank < search->rank)) {
        search->found = *point;
        search->rank = rank;
    }
    return 0;
}

static bool is_value(const struct mbp_point *point)
{
    return point->field != NULL && point->field->write == MBP_WRITE_VALUE;
}

static int limit_of(const struct mbp_point *point)
{
    return point->field != NULL && point->field->write == MBP_WRITE_LIMIT ? point->field->sub : -1;
}

/* ---- names ------------------------------------------------------------------------------------------------------ */

const char *ctl_spelling(const struct mbp_plant *plant, const char *name)
{
    uint32_t machine = mbp_plant_find_machine(plant, name);
    uint32_t sensor = mbp_plant_find_sensor(plant, name);
    uint32_t actuator = mbp_plant_find_actuator(plant, name);
    uint32_t controller = mbp_plant_find_controller(plant, name);
    if (machine != UINT32_MAX)
        return plant->machines[machine].name;
    if (sensor != UINT32_MAX)
        return plant->sensors[sensor].name;
    if (actuator != UINT32_MAX)
        return plant->actuators[actuator].name;
    uint32_t stored = mbp_plant_find_stored(plant, name);
    if (stored != UINT32_MAX)
        return plant->stored[stored].name;
    return controller != UINT32_MAX ? plant->controllers[controller].name : name;
}

bool ctl_is_all(const char *name)
{
    return strcasecmp(name, "all") == 0;
}

/* ---- points ----------------------------------------------------------------------------------------------------- */

/* The unit of the machine, sensor or actuator of that name; UINT32_MAX = there is none. */
static uint32_t unit_of_item(const struct mbp_plant *plant, const char *name)
{
    name = ctl_spelling(plant, name);
    uint32_t sensor = mbp_plant_find_sensor(plant, name);
    uint32_t machine = sensor == UINT32_MAX ? mbp_plant_find_machine(plant, name) : UINT32_MAX;
    uint32_t actuator = sensor == UINT32_MAX ? mbp_plant_find_actuator(plant, name) : UINT32_MAX;
    if (sensor != UINT32_MAX)
        return plant->sensors[sensor].unit;
    if (actuator != UINT32_MAX)
        return plant->actuators[actuator].unit;
    uint32_t controller = mbp_plant_find_controller(plant, name);
    if (controller != UINT32_MAX)
        return plant->controllers[controller].unit;
    uint32_t stored = mbp_plant_find_stored(plant, name);
    if (stored != UINT32_MAX)
        return plant->stored[stored].unit;
    return machine != UINT32_MAX ? plant->machines[machine].unit : UINT32_MAX;
}

/* The unit of the machine or sensor in "TT101.high.limit": of what stands before one of its points. */
static uint32_t unit_of_part(const struct mbp_plant *plant, const char *name)
{
    char item[96];
    uint32_t unit = UINT32_MAX;
    snprintf(item, sizeof item, "%s", name);
    for (char *dot = strrchr(item, '.'); dot != NULL && unit == UINT32_MAX; dot = strrchr(item, '.')) {
        *dot = '\0';
        unit = unit_of_item(plant, item);
    }
    return unit;
}

static bool find_in_unit(const struct mbp_plant *plant, uint32_t u, const char *name, bool ignore_case,
                         struct ctl_point *out)
{
    struct search search = {.name = name, .rank = -1, .ignore_case = ignore_case};
    mbp_map_points(plant, u, match_point, &search);
    if (search.rank < 0)
        return false;
    out->map = search.found;
    out->unit = plant->units[u].id;
    out->sensor = search.found.sensor < plant->sensor_count ? &plant->sensors[search.found.sensor] : NULL;
    out->actuator = search.found.actuator < plant->actuator_count ? &plant->actuators[search.found.actuator] : NULL;
    out->is_setting = search.found.controller < plant->controller_count && search.found.table == MBP_HOLDING_REGISTERS;
    out->limit = limit_of(&search.found);
    out->is_value = is_value(&search.found);
    return true;
}

bool ctl_point_find(const struct mbp_plant *plant, int unit, const char *name, struct ctl_point *out)
{
    uint32_t hint = unit_of_item(plant, name);
    if (hint == UINT32_MAX)
        hint = unit_of_part(plant, name);
    /* the one unit first: a plant of 100,000 sensors has two million points */
    bool is_hint = hint != UINT32_MAX && (unit < 0 || plant->units[hint].id == unit);
    if (is_hint && (find_in_unit(plant, hint, name, false, out) || find_in_unit(plant, hint, name, true, out)))
        return true;
    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t u = 0; u < plant->unit_count; u++) {
            if ((unit < 0 || plant->units[u].id == unit) && find_in_unit(plant, u, name, pass == 1, out))
                return true;
        }
    }
    return false;
}

bool ctl_point_find_to_write(const struct mbp_plant *plant, int unit, const char *name, struct ctl_point *out)
{
    char meant[96 + sizeof ".limit"];
    struct ctl_point limit;
    if (!ctl_point_find(plant, unit, name, out))
        return false;
    if (mbp_map_name_to_write(&out->map, meant, sizeof meant) != NULL && ctl_point_find(plant, unit, meant, &limit))
        *out = limit;
    return true;
}

/* ---- the nearest name ------------------------------------------------------------------------------------------- */

struct names {
    const char **items;
    size_t count, capacity;
};

static void add_name(struct names *names, const char *name)
{
    if (names->count == names->capacity) {
        size_t capacity = names->capacity == 0 ? 256 : 2 * names->capacity;
        const char **items = realloc(names->items, capacity * sizeof *items);
        if (items == NULL)
            return; /* one suggestion less */
        names->items = items;
        names->capacity = capacity;
    }
    names->items[names->count++] = name;
}

/* Point names live as long as the visit only, so the nearest is looked for one by one and kept. */
struct nearest {
    const char *word;
    char best[96];
};

static int try_point(const struct mbp_point *point, void *ctx)
{
    struct nearest *nearest = ctx;
    const char *candidates[] = {nearest->best, point->name};
    bool has_best = nearest->best[0] != '\0';
    const char *better = mbp_nearest(nearest->word, has_best ? candidates : candidates + 1, has_best ? 2 : 1);
    if (better == point->name)
        snprintf(nearest->best, sizeof nearest->best, "%s", point->name);
    return 0;
}

/* The machine or sensor whose name is nearest to word; NULL = none is near. */
static const char *nearest_item(const struct mbp_plant *plant, enum ctl_what what, const char *word)
{
    struct names names = {0};
    for (uint32_t m = 0; m < plant->machine_count && what != CTL_SENSOR; m++)
        add_name(&names, plant->machines[m].name);
    for (uint32_t s = 0; s < plant->sensor_count && what != CTL_MACHINE; s++)
        add_name(&names, plant->sensors[s].name);
    for (uint32_t a = 0; a < plant->actuator_count && what == CTL_ANY_POINT; a++)
        add_name(&names, plant->actuators[a].name);
    for (uint32_t c = 0; c < plant->controller_count && what == CTL_ANY_POINT; c++)
        add_name(&names, plant->controllers[c].name);
    for (uint32_t s = 0; s < plant->stored_count && what == CTL_ANY_POINT; s++)
        add_name(&names, plant->stored[s].name);
    const char *best = mbp_nearest(word, names.items, names.count);
    free(names.items);
    return best;
}

/* "TT10.hihg": the unit of the item nearest to TT10 has the point that is meant. Names without an item ("active
 * alarms") are those of the first unit with a map. */
static void nearest_name(const struct mbp_plant *plant, enum ctl_what what, struct nearest *nearest)
{
    char item[96];
    const char *best = nearest_item(plant, what, nearest->word);
    if (best != NULL)
        snprintf(nearest->best, sizeof nearest->best, "%s", best);
    if (what != CTL_ANY_POINT)
        return;
    const char *dot = strchr(nearest->word, '.');
    snprintf(item, sizeof item, "%.*s", (int)strcspn(nearest->word, "."), nearest->word);
    const char *item_name = dot != NULL ? nearest_item(plant, what, item) : NULL;
    uint32_t unit = item_name != NULL ? unit_of_item(plant, item_name) : 0;
    if (item_name != NULL || best == NULL)
        mbp_map_points(plant, unit, try_point, nearest);
}

void ctl_unknown_name(const struct mbp_plant *plant, enum ctl_what what, const char *name)
{
    static const char *const nouns[] = {"point", "machine", "sensor", "machine or sensor"};
    struct nearest nearest = {.word = name};
    name = ctl_spelling(plant, name);
    bool is_machine = mbp_plant_find_machine(plant, name) != UINT32_MAX;
    if ((what == CTL_SENSOR && is_machine) ||
        (what == CTL_MACHINE && mbp_plant_find_sensor(plant, name) != UINT32_MAX)) {
        ctl_error("%s is a %s, where a %s is meant; mbplantctl map %s shows what belongs to it", name,
                  nouns[is_machine ? CTL_MACHINE : CTL_SENSOR], nouns[what], name);
        return;
    }
    nearest_name(plant, what, &nearest);
    uint32_t stored = mbp_plant_find_stored(plant, name);
    if (stored != UINT32_MAX && plant->stored[stored].parameter)
        ctl_error("%s is a parameter, at no address; mbplantctl sim parameter %s shows or changes it", name, name);
    else if (strcmp(nearest.best, name) == 0)
        ctl_error("%s stands at no address of its unit's map; a point of the plant file gives it one: "
                  "points: [{at: holding 0, tag: %s}]",
                  name, name);
    else if (nearest.best[0] != '\0')
        ctl_error("%s has no %s '%s'; did you mean %s? mbplantctl map lists them", plant->name, nouns[what], name,
                  nearest.best);
    else
        ctl_error("%s has no %s '%s'; mbplantctl map lists them", plant->name, nouns[what], name);
}

uint32_t ctl_machine_find(const struct mbp_plant *plant, const char *name)
{
    uint32_t machine = mbp_plant_find_machine(plant, ctl_spelling(plant, name));
    if (machine == UINT32_MAX)
        ctl_unknown_name(plant, CTL_MACHINE, name);
    return machine;
}

uint32_t ctl_sensor_find(const struct mbp_plant *plant, const char *name)
{
    uint32_t sensor = mbp_plant_find_sensor(plant, ctl_spelling(plant, name));
    if (sensor == UINT32_MAX)
        ctl_unknown_name(plant, CTL_SENSOR, name);
    return sensor;
}

bool ctl_sensors_find(const struct mbp_plant *plant, const char *name, uint32_t *first, uint32_t *count,
                      uint32_t *machine)
{
    struct ctl_point point;
    *machine = UINT32_MAX;
    *first = 0;
    *count = plant->sensor_count;
    if (ctl_is_all(name))
        return true;
    name = ctl_spelling(plant, name);
    *machine = mbp_plant_find_machine(plant, name);
    if (*machine != UINT32_MAX) {
        *first = plant->machines[*machine].first_sensor;
        *count = plant->machines[*machine].sensor_count;
        return true;
    }
    *first = mbp_plant_find_sensor(plant, name);
    *count = 1;
    if (*first == UINT32_MAX && ctl_point_find(plant, -1, name, &point))
        *first = point.map.sensor;
    if (*first == UINT32_MAX)
        ctl_unknown_name(plant, CTL_ANY_POINT, name);
    return *first != UINT32_MAX;
}

bool ctl_state_find(const char *word, enum mbp_state_code *out)
{
    static const char *const others[MBP_STATE_COUNT] = {
        [MBP_EN_SERVICE] = "in_service", [MBP_EN_PANNE] = "faulted", [MBP_MAINTENANCE] = "maintenance"};
    for (unsigned s = 0; s < MBP_STATE_COUNT; s++) {
        if (strcasecmp(word, mbp_state_name((enum mbp_state_code)s)) == 0 || strcasecmp(word, others[s]) == 0) {
            *out = (enum mbp_state_code)s;
            return true;
        }
    }
    return false;
}

/* ---- addresses -------------------------------------------------------------------------------------------------- */

static const struct mbp_unit *machine_unit(const struct mbp_plant *plant, uint32_t machine)
{
    return &plant->units[plant->machines[machine].unit];
}

static const struct mbp_unit *sensor_unit(const struct mbp_plant *plant, uint32_t sensor)
{
    return &plant->units[plant->sensors[sensor].unit];
}

static const struct mbp_unit *item_unit(const struct mbp_plant *plant, enum mbp_map_per per, uint32_t item)
{
    uint32_t unit = 0;
    switch (per) {
    case MBP_PER_MACHINE:
        unit = plant->machines[item].unit;
        break;
    case MBP_PER_SENSOR:
    case MBP_PER_ALARM:
        unit = plant->sensors[item].unit;
        break;
    case MBP_PER_ACTUATOR:
        unit = plant->actuators[item].unit;
        break;
    case MBP_PER_CONTROLLER:
        unit = plant->controllers[item].unit;
        break;
    case MBP_PER_STORED:
        unit = plant->stored[item].unit;
        break;
    case MBP_PER_UNIT:
        unit = item;
        break;
    case MBP_PER_FAULT:
    case MBP_PER_AD_HOC:
    case MBP_PER_LATENESS:
    case MBP_PER_FORCED:
    case MBP_PER_PARAMETER:
    case MBP_PER_COUNT:
        break;
    }
    return &plant->units[unit];
}

/* Where the user put a field of a block himself, in the block's table. */
static int32_t own_addr(const struct mbp_plant *plant, const struct mbp_unit *unit, unsigned block, uint32_t item,
                        unsigned field)
{
    for (uint32_t p = unit->first_point; p < unit->first_point + unit->point_count; p++) {
        const struct mbp_user_point *point = &plant->points[p];
        if (point->tag.block == block && point->tag.item == item && point->tag.field == field &&
            point->table == mbp_map[block].table)
            return point->reg.addr;
    }
    return -1;
}

int32_t ctl_addr(const struct mbp_plant *plant, unsigned block, uint32_t item)
{
    const struct mbp_unit *unit = item_unit(plant, (enum mbp_map_per)mbp_map[block].per, item);
    return mbp_map_item_has(plant, unit, block, item) ? mbp_map_addr(plant, unit, block, item)
                                                      : own_addr(plant, unit, block, item, 0);
}

int32_t ctl_addr_of(const struct mbp_plant *plant, unsigned block, uint32_t item, enum mbp_write_kind write,
                    unsigned sub)
{
    const struct mbp_unit *unit = item_unit(plant, (enum mbp_map_per)mbp_map[block].per, item);
    bool has = mbp_map_item_has(plant, unit, block, item);
    for (unsigned f = 0; f < mbp_map[block].field_count; f++) {
        const struct mbp_map_field *field = &mbp_map[block].fields[f];
        if (field->write == write && field->sub == sub && !has)
            return own_addr(plant, unit, block, item, f);
        if (field->write == write && field->sub == sub)
            return mbp_map_addr(plant, unit, block, item) +
                   mbp_map_field_offset(block, f, mbp_map_register(plant, block, item));
    }
    return -1;
}

int32_t ctl_sensor_addr(const struct mbp_plant *plant, uint32_t sensor, enum mbp_write_kind write, const char **field)
{
    enum mbp_map_per per = mbp_sensor_per(plant, sensor);
    for (unsigned b = 0; b < mbp_map_count; b++) {
        for (unsigned f = 0; f < mbp_map[b].field_count; f++) {
            if (mbp_map[b].per == per && mbp_map[b].fields[f].write == write) {
                *field = mbp_map[b].fields[f].name;
                return ctl_addr_of(plant, b, sensor, write, 0);
            }
        }
    }
    return -1;
}

void ctl_no_place(const char *name, const char *field, enum mbp_table table)
{
    ctl_error("%s.%s stands at no address of its unit; a point of the plant file gives it one: "
              "points: [{at: %s 0, tag: %s.%s}]",
              name, field, mbp_table_word(table), name, field);
}

uint8_t ctl_machine_unit(const struct mbp_plant *plant, uint32_t machine)
{
    return machine_unit(plant, machine)->id;
}

uint8_t ctl_sensor_unit(const struct mbp_plant *plant, uint32_t sensor)
{
    return sensor_unit(plant, sensor)->id;
}
