/* rows: which points are meant, and what is known of each. */
#include <ctype.h>
#include <fnmatch.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "export_priv.h"
#include "mbplant/map/rows.h"
#include "mbplant/plant/interlock.h"
#include "mbplant/view.h"

#define DECIMALS_MAX   6
#define FLOAT_DECIMALS 2

struct collecting {
    const struct mbp_plant *plant;
    const struct mbp_export_options *options;
    struct mbp_export_row *rows;
    size_t count, room;
    uint32_t unit;
    bool no_memory;
};

/* ---- what a point is --------------------------------------------------------------------------------------------- */

/* An alarm's number by the bit that shows it; MBP_ALARM_COUNT = the bit is none. */
static unsigned alarm_of(const struct mbp_point *point)
{
    const size_t begin = offsetof(struct mbp_sensor_view, active), size = sizeof((struct mbp_sensor_view){0}.active);
    size_t offset = point->field->member.at;
    return point->field->member.kind == MBP_MEMBER_BOOL && offset >= begin && offset - begin < size
               ? (unsigned)((offset - begin) / (size / MBP_ALARM_COUNT))
               : MBP_ALARM_COUNT;
}

static bool has_any_alarm(const struct mbp_sensor *sensor)
{
    for (unsigned alarm = 0; alarm < MBP_ALARM_COUNT; alarm++) {
        if (mbp_sensor_has_alarm(sensor, sensor->limits, alarm))
            return true;
    }
    return false;
}

static bool is_one_of(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(name, names[i]) == 0)
            return true;
    }
    return false;
}

static enum mbp_export_role role_of(const struct mbp_point *point)
{
    static const char *const counts[] = {"good",         "reject",     "failures",
                                         "running_time", "down_time",  "maintenance_time",
                                         "scan count",   "late scans", "last durable event"};
    if (point->field == NULL)
        return MBP_EXPORT_OTHER;
    switch (point->field->write) {
    case MBP_WRITE_LIMIT:
        return MBP_EXPORT_LIMIT;
    case MBP_WRITE_STATE:
    case MBP_WRITE_ACKNOWLEDGE:
    case MBP_WRITE_ACKNOWLEDGE_SENSOR:
    case MBP_WRITE_RESET:
    case MBP_WRITE_RESET_SENSOR:
        return MBP_EXPORT_COMMAND;
    default:
        break;
    }
    if (point->sensor != UINT32_MAX && export_is_bits(point) && alarm_of(point) < MBP_ALARM_COUNT && point->own == NULL)
        return MBP_EXPORT_ALARM;
    if (is_one_of(point->field->name, counts, sizeof counts / sizeof counts[0]))
        return MBP_EXPORT_COUNT;
    if (strcmp(point->field->name, "state") == 0 || export_is_bits(point))
        return MBP_EXPORT_STATE;
    return MBP_EXPORT_VALUE;
}

bool mbp_export_is_machine_state(const struct mbp_point *point)
{
    return point->field != NULL && mbp_map[point->block].per == MBP_PER_MACHINE &&
           strcmp(point->field->name, "state") == 0;
}

/* Of the many points of a map those that a screen shows: values, limits and alarms that are in use, states and what is
 * commanded. */
static bool is_usual(const struct mbp_plant *plant, const struct mbp_point *point)
{
    static const char *const machine_words[] = {"state", "alarms", "good", "reject"};
    static const char *const plant_words[] = {"active alarms", "unacknowledged alarms"};
    static const char *const settings[] = {"setpoint", "manual"};
    const struct mbp_sensor *sensor = point->sensor < plant->sensor_count ? &plant->sensors[point->sensor] : NULL;
    if (point->own != NULL)
        return true;
    if (point->field == NULL)
        return false;
    const char *name = point->field->name;
    if (sensor != NULL && sensor->interlock != MBP_NO_INTERLOCK) /* an interlock, or the alarm of its bypass */
        return name[0] == '\0' || strcmp(name, "state") == 0 || strcmp(name, "bypass") == 0;
    switch (point->block) {
    case MBP_MAP_VALUES:
    case MBP_MAP_COMMANDS:
    case MBP_MAP_COMMAND_COILS:
    case MBP_MAP_AUTOMATIC:
    case MBP_MAP_MACHINE_BITS:
        return true;
    case MBP_MAP_MACHINE_COILS:
        return strcmp(name, "reset") != 0 && strcmp(name, "shelve") != 0;
    case MBP_MAP_ACKNOWLEDGE:
        return sensor != NULL && has_any_alarm(sensor);
    case MBP_MAP_SENSOR_BITS:
    case MBP_MAP_ALARM_BITS:
        return sensor != NULL && (strcmp(name, "unacknowledged") == 0
                                      ? has_any_alarm(sensor)
                                      : alarm_of(point) < MBP_ALARM_COUNT &&
                                            mbp_sensor_has_alarm(sensor, sensor->limits, alarm_of(point)));
    case MBP_MAP_LIMITS:
        return sensor != NULL && mbp_sensor_has_alarm(sensor, sensor->limits, point->field->sub);
    case MBP_MAP_SETTINGS:
        return is_one_of(name, settings, 2);
    case MBP_MAP_SUMMARY:
        return is_one_of(name, plant_words, 2);
    case MBP_MAP_MACHINES:
        return is_one_of(name, machine_words, 4);
    case MBP_MAP_ACTUATORS:
        return strcmp(name, "position") == 0;
    case MBP_MAP_CONTROLLERS:
        return strcmp(name, "output") == 0;
    default:
        return false;
    }
}

/* The next of the patterns with commas between; NULL = there are no more. */
static const char *next_pattern(const char *patterns, char pattern[MBP_EXPORT_PATTERN_MAX])
{
    while (*patterns == ',')
        patterns++;
    size_t len = strcspn(patterns, ",");
    snprintf(pattern, MBP_EXPORT_PATTERN_MAX, "%.*s", (int)len, patterns);
    return len > 0 ? patterns + len : NULL;
}

static bool fits(const char *pattern, const char *name)
{
    return fnmatch(pattern, name, FNM_CASEFOLD) == 0;
}

static bool is_selected(const char *patterns, const char *name)
{
    char pattern[MBP_EXPORT_PATTERN_MAX];
    while ((patterns = next_pattern(patterns, pattern)) != NULL) {
        if (fits(pattern, name))
            return true;
    }
    return false;
}

static int fits_point(const struct mbp_point *point, void *ctx)
{
    return fits(ctx, point->name);
}

bool mbp_export_unmatched(const struct mbp_plant *plant, const char *select, char out[MBP_EXPORT_PATTERN_MAX])
{
    while ((select = next_pattern(select, out)) != NULL) {
        bool found = false;
        for (uint32_t u = 0; u < plant->unit_count && !found; u++)
            found = mbp_map_points(plant, u, fits_point, out) != 0;
        if (!found)
            return true;
    }
    return false;
}

/* ---- what is known of it ----------------------------------------------------------------------------------------- */

static void set_owner(const struct mbp_plant *plant, struct mbp_export_row *row)
{
    const struct mbp_point *point = &row->point;
    row->owner = row->label = "";
    if (point->sensor < plant->sensor_count) {
        const struct mbp_sensor *sensor = &plant->sensors[point->sensor];
        row->owner = sensor->name;
        row->label = sensor->label;
        row->kind = sensor->kind;
        memcpy(row->range, sensor->range, sizeof row->range);
    } else if (point->actuator < plant->actuator_count) {
        const struct mbp_actuator *actuator = &plant->actuators[point->actuator];
        row->owner = actuator->name;
        row->label = actuator->label;
        memcpy(row->range, actuator->range, sizeof row->range);
    } else if (point->controller < plant->controller_count) {
        row->owner = plant->controllers[point->controller].name;
        row->label = plant->controllers[point->controller].label;
    } else if (point->machine < plant->machine_count) {
        row->owner = plant->machines[point->machine].name;
        row->label = plant->machines[point->machine].label;
    }
}

/* "shelving" and "high.shelving". */
static bool is_called(const struct mbp_map_field *field, const char *name)
{
    size_t len = strlen(field->name), end = strlen(name);
    return len >= end && strcmp(field->name + len - end, name) == 0;
}

/* What an item has beside its value is in other units than that: of those whose ends are known they are set. */
static void set_range(const struct mbp_plant *plant, struct mbp_export_row *row)
{
    const struct mbp_point *point = &row->point;
    const bool has_ends = row->role == MBP_EXPORT_VALUE || row->role == MBP_EXPORT_LIMIT;
    if (has_ends && is_called(point->field, "shelving")) {
        row->range[0] = 0;
        row->range[1] = UINT16_MAX; /* the words for once and for no end are above all seconds */
    } else if (has_ends && is_called(point->field, "bypass")) {
        const uint64_t longest_s = mbp_longest_bypass_ns(plant, point->sensor) / MBP_NS_PER_S;
        const struct mbp_register reg = mbp_point_register(point);
        double least = 0;
        double most = 0;
        mbp_register_range(&reg, &least, &most);
        row->range[0] = 0;
        row->range[1] = fmin(most, (double)longest_s);
    } else if (!has_ends || point->field->measure != MBP_MEASURE_ITEM) {
        row->range[0] = row->range[1] = (double)NAN;
    }
}

static uint8_t decimals_of(const struct mbp_point *point)
{
    struct mbp_register reg = mbp_point_register(point);
    if (reg.type == MBP_FLOAT32 || reg.type == MBP_FLOAT64)
        return FLOAT_DECIMALS;
    unsigned decimals = 0;
    double scale = fabs(reg.scale);
    while (decimals < DECIMALS_MAX && fabs(scale - round(scale)) > 1e-9 * scale) {
        scale *= 10;
        decimals++;
    }
    return (uint8_t)decimals;
}

static void set_id(struct mbp_export_row *row)
{
    size_t len = (size_t)snprintf(row->id, sizeof row->id, "u%u_%s", row->unit_id, row->name);
    for (size_t i = 0; i < len; i++) {
        if (!isalnum((unsigned char)row->id[i]))
            row->id[i] = '_';
    }
}

static bool has_room(struct collecting *collecting)
{
    if (collecting->count < collecting->room)
        return true;
    size_t room = collecting->room == 0 ? 512 : 2 * collecting->room;
    struct mbp_export_row *bigger = realloc(collecting->rows, room * sizeof *bigger);
    collecting->no_memory = bigger == NULL;
    if (bigger == NULL)
        return false;
    collecting->rows = bigger;
    collecting->room = room;
    return true;
}

static int take_point(const struct mbp_point *point, void *ctx)
{
    struct collecting *collecting = ctx;
    const struct mbp_plant *plant = collecting->plant;
    const char *select = collecting->options->select;
    if (select != NULL ? !is_selected(select, point->name) : !is_usual(plant, point))
        return 0;
    if (!has_room(collecting))
        return 1;
    struct mbp_export_row *row = &collecting->rows[collecting->count++];
    *row = (struct mbp_export_row){.point = *point,
                                   .unit = collecting->unit,
                                   .unit_id = plant->units[collecting->unit].id,
                                   .role = (uint8_t)role_of(point),
                                   .kind = MBP_GENERIC,
                                   .range = {(double)NAN, (double)NAN}};
    set_owner(plant, row);
    if (row->role == MBP_EXPORT_ALARM)
        row->priority = mbp_sensor_alarm(&plant->sensors[point->sensor], alarm_of(point))->priority;
    set_range(plant, row);
    row->decimals = decimals_of(point);
    snprintf(row->name, sizeof row->name, "%s", point->name);
    return 0;
}

static int by_place(const void *a, const void *b)
{
    const struct mbp_export_row *left = a;
    const struct mbp_export_row *right = b;
    if (left->unit != right->unit)
        return left->unit < right->unit ? -1 : 1;
    if (left->point.table != right->point.table)
        return left->point.table < right->point.table ? -1 : 1;
    if (left->point.addr != right->point.addr)
        return left->point.addr < right->point.addr ? -1 : 1;
    return strcmp(left->point.name, right->point.name);
}

static int by_id(const void *a, const void *b)
{
    const struct mbp_export_row *const *left = a;
    const struct mbp_export_row *const *right = b;
    int order = strcmp((*left)->id, (*right)->id);
    return order != 0 ? order : by_place(*left, *right);
}

static void add_number(char *id, size_t size, unsigned number)
{
    char tail[16];
    int tail_len = snprintf(tail, sizeof tail, "__%u", number);
    size_t len = strlen(id);
    size_t most = size - 1 - (size_t)tail_len;
    memcpy(id + (len < most ? len : most), tail, (size_t)tail_len + 1);
}

static int by_name(const void *a, const void *b)
{
    const struct mbp_export_row *const *left = a;
    const struct mbp_export_row *const *right = b;
    if ((*left)->unit != (*right)->unit)
        return (*left)->unit < (*right)->unit ? -1 : 1;
    int order = strcmp((*left)->name, (*right)->name);
    return order != 0 ? order : by_place(*left, *right);
}

/* What stands at several addresses of a unit has its address in its name from the second on; names that differ only in
 * what an id does not have get a number behind in that. */
static bool make_unique(struct mbp_export_row *rows, size_t count)
{
    struct mbp_export_row **sorted = malloc((count + 1) * sizeof(struct mbp_export_row *));
    if (sorted == NULL)
        return false;
    for (size_t r = 0; r < count; r++)
        sorted[r] = &rows[r];
    qsort(sorted, count, sizeof(struct mbp_export_row *), by_name);
    for (size_t r = count; r-- > 1;) {
        if (sorted[r]->unit == sorted[r - 1]->unit && strcmp(sorted[r]->name, sorted[r - 1]->name) == 0)
            snprintf(sorted[r]->name, sizeof sorted[r]->name, "%s@%u", sorted[r]->point.name, sorted[r]->point.addr);
    }
    for (size_t r = 0; r < count; r++)
        set_id(&rows[r]);
    qsort(sorted, count, sizeof(struct mbp_export_row *), by_id);
    unsigned same = 1;
    for (size_t r = 1; r < count; r++) {
        same = strcmp(sorted[r]->id, sorted[r - same]->id) == 0 ? same + 1 : 1;
        if (same > 1)
            add_number(sorted[r]->id, sizeof sorted[r]->id, same);
        sorted[r]->numbered = same > 1;
    }
    free(sorted);
    return true;
}

enum mbp_status mbp_export_rows(const struct mbp_plant *plant, const struct mbp_export_options *options,
                                struct mbp_export_row **rows, size_t *count)
{
    struct collecting collecting = {.plant = plant, .options = options};
    for (uint32_t u = 0; u < plant->unit_count && !collecting.no_memory; u++) {
        collecting.unit = u;
        mbp_map_points(plant, u, take_point, &collecting);
    }
    if (!collecting.no_memory && collecting.count > 0) {
        qsort(collecting.rows, collecting.count, sizeof *collecting.rows, by_place);
        collecting.no_memory = !make_unique(collecting.rows, collecting.count);
    }
    if (collecting.no_memory || collecting.count == 0) {
        free(collecting.rows);
        return collecting.no_memory ? MBP_ERR_MEMORY : MBP_ERR_MISSING;
    }
    *rows = collecting.rows;
    *count = collecting.count;
    return MBP_OK;
}
