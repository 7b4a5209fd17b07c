/* Names of the plant -> points, and the addresses of what belongs to a machine or sensor. */
#include "slave/point.h"
#include "mbplant/plant/interlock.h"

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

/* A bit or a byte of a number, beside a place that has all of it. */
static bool is_part(const struct mbp_point *point)
{
    return point->own != NULL && (point->own->mask != 0 || mbp_table_is_bits((enum mbp_table)point->table)) &&
           point->field->member.kind == MBP_MEMBER_DOUBLE;
}

static int match_point(const struct mbp_point *point, void *ctx)
{
    struct search *search = ctx;
    bool same =
        search->ignore_case ? strcasecmp(point->name, search->name) == 0 : strcmp(point->name, search->name) == 0;
    const bool home = point->own != NULL && point->own->home;
    int rank = home ? 0 : 1 + table_rank(point->table) + (is_part(point) ? MBP_TABLE_COUNT : 0);
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

static void take_point(const struct mbp_plant *plant, uint32_t u, const struct mbp_point *found, struct ctl_point *out)
{
    out->map = *found;
    out->unit = plant->units[u].id;
    out->sensor = found->sensor < plant->sensor_count ? &plant->sensors[found->sensor] : NULL;
    out->actuator = found->actuator < plant->actuator_count ? &plant->actuators[found->actuator] : NULL;
    out->is_setting = found->controller < plant->controller_count && found->table == MBP_HOLDING_REGISTERS;
    out->limit = limit_of(found);
    out->is_value = is_value(found);
}

static bool find_in_unit(const struct mbp_plant *plant, uint32_t u, const char *name, bool ignore_case,
                         struct ctl_point *out)
{
    struct search search = {.name = name, .rank = -1, .ignore_case = ignore_case};
    mbp_map_points(plant, u, match_point, &search);
    if (search.rank >= 0)
        take_point(plant, u, &search.found, out);
    return search.rank >= 0;
}

/* What of an item a name is, whether it stands in the map or not. */
static uint32_t find_item(const void *ctx, enum mbp_map_per per, const char *name)
{
    const struct mbp_plant *plant = ctx;
    uint32_t sensor = mbp_plant_find_sensor(plant, name);
    if (per == MBP_PER_MACHINE)
        return mbp_plant_find_machine(plant, name);
    if (per == MBP_PER_ACTUATOR)
        return mbp_plant_find_actuator(plant, name);
    if (per == MBP_PER_CONTROLLER)
        return mbp_plant_find_controller(plant, name);
    if (per == MBP_PER_STORED)
        return mbp_plant_find_stored(plant, name);
    return sensor != UINT32_MAX && mbp_sensor_per(plant, sensor) == per ? sensor : UINT32_MAX;
}

static bool find_tag(const struct mbp_plant *plant, const char *name, struct mbp_tag *tag)
{
    return mbp_map_tag(plant, 0, name, find_item, plant, tag);
}

/* A name of something that stands in the map under another one. */
static bool find_derived(const struct mbp_plant *plant, int unit, const char *name, struct ctl_point *out)
{
    struct mbp_tag tag;
    struct mbp_point found;
    const char *dot = strrchr(name, '.');
    if (dot == NULL || !find_tag(plant, name, &tag))
        return false;
    enum mbp_map_per per = (enum mbp_map_per)mbp_map[tag.block].per;
    const char *field = mbp_map_tag_field(&tag)->name;
    if (per == MBP_PER_ACTUATOR && field[0] == '\0')
        field = dot + 1;
    if (!mbp_map_derived_point(plant, per, tag.item, field, &found))
        return false;
    uint32_t u = per == MBP_PER_SENSOR ? plant->sensors[tag.item].unit : plant->actuators[tag.item].unit;
    take_point(plant, u, &found, out);
    return unit < 0 || out->unit == unit;
}

/* "holding 901", of unit 1 unless said, as other addresses. */
static bool find_at_address(const struct mbp_plant *plant, int unit, const char *name, struct ctl_point *out)
{
    struct mbp_point map;
    if (unit < 0)
        unit = mbp_plant_find_unit(plant, 1) != NULL ? 1 : plant->units[0].id;
    for (uint32_t u = 0; u < plant->unit_count; u++) {
        if (plant->units[u].id == unit && mbp_map_point_named_at(plant, u, name, &map)) {
            take_point(plant, u, &map, out);
            return true;
        }
    }
    return false;
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
    return find_derived(plant, unit, name, out) || find_at_address(plant, unit, name, out);
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

static void try_name(struct nearest *nearest, const char *name)
{
    const char *candidates[] = {nearest->best, name};
    bool has_best = nearest->best[0] != '\0';
    const char *better = mbp_nearest(nearest->word, has_best ? candidates : candidates + 1, has_best ? 2 : 1);
    if (better == name)
        snprintf(nearest->best, sizeof nearest->best, "%s", name);
}

static int try_point(const struct mbp_point *point, void *ctx)
{
    try_name(ctx, point->name);
    return 0;
}

static void nearest_interlock(const struct mbp_plant *plant, struct nearest *nearest)
{
    char name[96];
    for (uint32_t s = 0; s < plant->sensor_count; s++) {
        const struct mbp_sensor *sensor = &plant->sensors[s];
        for (unsigned left = mbp_sensor_interlocks(sensor); left != 0; left &= left - 1) {
            const char *alarm = mbp_limit_name((enum mbp_limit)__builtin_ctz(left));
            snprintf(name, sizeof name, "%s%s%s", sensor->name, sensor->is_alarm ? "" : ".",
                     sensor->is_alarm ? "" : alarm);
            try_name(nearest, name);
        }
    }
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

/* The points that a controller has, though it is none itself: "LIC101.setpoint, LIC101.output". */
struct points_of {
    const char *item;
    char text[256];
};

static int add_point_of(const struct mbp_point *point, void *ctx)
{
    struct points_of *of = ctx;
    size_t len = strlen(of->item);
    size_t at = strlen(of->text);
    if (strncmp(point->name, of->item, len) == 0 && point->name[len] == '.' &&
        at + strlen(point->name) + 3 < sizeof of->text)
        snprintf(of->text + at, sizeof of->text - at, "%s%s", at > 0 ? ", " : "", point->name);
    return 0;
}

/* The table in which something would stand, by what it is. */
static enum mbp_table table_for(const struct mbp_plant *plant, const struct mbp_tag *tag)
{
    bool writable = mbp_map_tag_writable(plant, tag);
    if (mbp_table_is_bits(mbp_map[tag->block].table))
        return writable ? MBP_COILS : MBP_DISCRETE_INPUTS;
    return writable ? MBP_HOLDING_REGISTERS : MBP_INPUT_REGISTERS;
}

static void tell_no_address(const struct mbp_plant *plant, const char *table, const char *name)
{
    struct points_of of = {.item = name};
    for (uint32_t u = 0; u < plant->unit_count && of.text[0] == '\0'; u++)
        mbp_map_points(plant, u, add_point_of, &of);
    if (of.text[0] != '\0')
        ctl_error("%s stands at no address itself; its points do: %s", name, of.text);
    else
        ctl_error("%s stands at no address of its unit's map; a point of the plant file gives it one: "
                  "points: [{at: %s 0, tag: %s}]",
                  name, table, name);
}

void ctl_unknown_name(const struct mbp_plant *plant, enum ctl_what what, const char *name)
{
    static const char *const nouns[] = {"point", "machine", "sensor", "machine or sensor", "interlock"};
    const char *lists = what == CTL_INTERLOCK ? "interlocks" : "map";
    struct nearest nearest = {.word = name};
    struct mbp_tag tag;
    char spelt[96];
    name = ctl_spelling(plant, name);
    bool is_machine = mbp_plant_find_machine(plant, name) != UINT32_MAX;
    if ((what == CTL_SENSOR && is_machine) ||
        (what == CTL_MACHINE && mbp_plant_find_sensor(plant, name) != UINT32_MAX)) {
        ctl_error("%s is a %s, where a %s is meant; mbplantctl map %s shows what belongs to it", name,
                  ctl_tr(nouns[is_machine ? CTL_MACHINE : CTL_SENSOR]), ctl_tr(nouns[what]), name);
        return;
    }
    int table = mbp_table_find(name);
    if (table >= 0 && what == CTL_ANY_POINT) {
        ctl_error("%s is a table; an address in it is %s:0", name, name);
        return;
    }
    uint32_t stored = mbp_plant_find_stored(plant, name);
    if (stored != UINT32_MAX && plant->stored[stored].parameter) {
        ctl_error("%s is a parameter, at no address; mbplantctl sim parameter %s shows or changes it", name, name);
        return;
    }
    if (what == CTL_ANY_POINT && find_tag(plant, name, &tag)) {
        tell_no_address(plant, mbp_table_word(table_for(plant, &tag)),
                        mbp_map_tag_name(plant, &tag, spelt, sizeof spelt));
        return;
    }
    if (what == CTL_ANY_POINT && unit_of_item(plant, name) != UINT32_MAX) {
        tell_no_address(plant, mbp_table_word(MBP_HOLDING_REGISTERS), name);
        return;
    }
    if (what == CTL_INTERLOCK)
        nearest_interlock(plant, &nearest);
    else
        nearest_name(plant, what, &nearest);
    if (nearest.best[0] != '\0')
        ctl_error("%s has no %s '%s'; did you mean %s? mbplantctl %s lists them", plant->name, ctl_tr(nouns[what]),
                  name, nearest.best, lists);
    else
        ctl_error("%s has no %s '%s'; mbplantctl %s lists them", plant->name, ctl_tr(nouns[what]), name, lists);
}

bool ctl_is_known(const struct mbp_plant *plant, const char *name)
{
    struct mbp_tag tag;
    return find_tag(plant, name, &tag) || unit_of_item(plant, name) != UINT32_MAX;
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
    if (*first == UINT32_MAX || !mbp_is_interlock(&plant->sensors[*first]))
        return *first != UINT32_MAX;
    ctl_error("%s: it is an interlock, and no alarm; mbplantctl bypass holds it off", plant->sensors[*first].name);
    return false;
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
