/* What of a plant is published: its points, with copies of all texts, so that the thread needs no plant. */
#include <stdlib.h>
#include <string.h>

#include "sparkplug.h"

/* ---- one point --------------------------------------------------------------------------------------------------- */

static uint32_t machine_of(const struct mbp_plant *plant, const struct mbp_point *point)
{
    if (point->sensor < plant->sensor_count)
        return plant->sensors[point->sensor].machine;
    if (point->actuator < plant->actuator_count)
        return plant->actuators[point->actuator].machine;
    if (point->controller < plant->controller_count)
        return plant->controllers[point->controller].machine;
    return point->machine;
}

static void set_rule(const struct mbp_plant *plant, struct mqtt_metric *metric)
{
    const struct mbp_point *point = &metric->row.point;
    bool is_value = point->sensor < plant->sensor_count && metric->row.role == MBP_EXPORT_VALUE && !metric->is_text;
    const struct mbp_report_rule *rule = is_value ? plant->sensors[point->sensor].report : NULL;
    metric->has_rule = rule != NULL;
    if (rule != NULL)
        metric->rule = *rule;
}

/* Points of no machine, sensor or the like have names that other units have too. */
static const char *name_of(const struct mbp_plant *plant, const struct mbp_export_row *row, char *buf, size_t size)
{
    if (row->owner[0] == '\0' && plant->unit_count > 1)
        snprintf(buf, size, "u%u.%s", row->unit_id, row->name);
    else
        snprintf(buf, size, "%s", row->name);
    return buf;
}

/* ---- all --------------------------------------------------------------------------------------------------------- */

struct ordered {
    uint32_t machine, row; /* machine + 1, 0 = none */
};

static int by_machine(const void *a, const void *b)
{
    const struct ordered *left = a, *right = b;
    if (left->machine != right->machine)
        return left->machine < right->machine ? -1 : 1;
    return left->row < right->row ? -1 : left->row > right->row;
}

static int by_name(const void *a, const void *b, void *metrics)
{
    const struct mqtt_metric *of = metrics;
    return strcmp(of[*(const uint32_t *)a].name, of[*(const uint32_t *)b].name);
}

/* Copies a text behind the others; what was copied last again is not. */
static const char *put(char **at, const char **last, const char *text)
{
    if (text == NULL)
        return NULL;
    if (*last != NULL && strcmp(*last, text) == 0)
        return *last;
    size_t size = strlen(text) + 1;
    *last = memcpy(*at, text, size);
    *at += size;
    return *last;
}

static size_t texts_size(const struct mbp_plant *plant, const struct mbp_export_row *rows, size_t count)
{
    size_t size = 1;
    for (size_t r = 0; r < count; r++) {
        uint32_t machine = machine_of(plant, &rows[r].point);
        const char *unit = rows[r].point.unit_text;
        size += sizeof rows[r].name + 8 + strlen(rows[r].owner) + strlen(rows[r].label) +
                (unit != NULL ? strlen(unit) : 0) +
                (machine < plant->machine_count ? strlen(plant->machines[machine].name) : 0) + 5;
    }
    return size;
}

static void fill(struct mqtt_roster *roster, const struct mbp_plant *plant, const struct mbp_export_row *rows,
                 const struct ordered *order)
{
    const char *name = NULL, *owner = NULL, *label = NULL, *unit = NULL, *device = NULL;
    char *at = roster->texts;
    for (uint32_t m = 0; m < roster->count; m++) {
        char buf[160];
        struct mqtt_metric *metric = &roster->metrics[m];
        metric->row = rows[order[m].row];
        metric->reg = mbp_point_register(&metric->row.point);
        metric->is_text = metric->row.point.type == MBP_STRING;
        metric->is_state = mbp_export_is_machine_state(&metric->row.point);
        metric->name = put(&at, &name, name_of(plant, &metric->row, buf, sizeof buf));
        metric->hash = mbp_name_hash(metric->name);
        metric->device = put(&at, &device, order[m].machine > 0 ? plant->machines[order[m].machine - 1].name : NULL);
        metric->row.owner = put(&at, &owner, metric->row.owner);
        metric->row.label = put(&at, &label, metric->row.label);
        metric->row.point.unit_text = put(&at, &unit, metric->row.point.unit_text);
        metric->is_bit = mbp_table_is_bits(metric->row.point.table) || metric->row.point.type == MBP_BOOL;
        metric->is_limit = metric->row.point.field->write == MBP_WRITE_LIMIT;
        sparkplug_set_type(metric);
        roster->plain[m] = sparkplug_plain(metric);
        set_rule(plant, metric);
        roster->by_name[m] = m;
    }
    for (uint32_t m = roster->count; m-- > 0;) {
        struct mqtt_metric *metric = &roster->metrics[m];
        bool last = m + 1 == roster->count || metric[1].device != metric->device;
        metric->device_end = last ? m + 1 : metric[1].device_end;
    }
    qsort_r(roster->by_name, roster->count, sizeof *roster->by_name, by_name, roster->metrics);
}

/* Raw blocks have no value of their own. Returns how many there are. */
static uint32_t choose(const struct mbp_plant *plant, const struct mbp_export_row *rows, size_t count,
                       struct ordered *order)
{
    uint32_t chosen = 0;
    for (size_t r = 0; r < count; r++) {
        const struct mbp_point *point = &rows[r].point;
        if (point->field == NULL || (point->type != MBP_STRING && point->count > 4) ||
            (point->own != NULL && point->own->write_only))
            continue;
        uint32_t machine = machine_of(plant, point);
        order[chosen++] = (struct ordered){machine < plant->machine_count ? machine + 1 : 0, (uint32_t)r};
    }
    qsort(order, chosen, sizeof *order, by_machine);
    return chosen;
}

static enum mbp_status make_room(struct mqtt_roster *roster, uint32_t count, size_t texts_bytes)
{
    roster->count = count;
    roster->metrics = calloc(count, sizeof *roster->metrics);
    roster->by_name = calloc(count, sizeof *roster->by_name);
    roster->texts = malloc(texts_bytes);
    roster->seen = calloc(count, sizeof *roster->seen);
    roster->now = calloc(count, sizeof *roster->now);
    roster->plain = calloc(count, sizeof *roster->plain);
    return roster->metrics != NULL && roster->by_name != NULL && roster->texts != NULL && roster->seen != NULL &&
                   roster->now != NULL && roster->plain != NULL
               ? MBP_OK
               : MBP_ERR_MEMORY;
}

enum mbp_status mqtt_roster_new(const struct mbp_plant *plant, struct mqtt_roster **out)
{
    const struct mbp_export_options asked = {.host = "", .select = plant->mqtt.points};
    struct mbp_export_row *rows = NULL;
    size_t count = 0;
    enum mbp_status status = mbp_export_rows(plant, &asked, &rows, &count);
    if (status != MBP_OK)
        return status == MBP_ERR_MISSING ? MBP_ERR_RANGE : status;
    struct ordered *order = calloc(count, sizeof *order);
    struct mqtt_roster *roster = calloc(1, sizeof *roster);
    uint32_t chosen = order != NULL && roster != NULL ? choose(plant, rows, count, order) : 0;
    if (order == NULL || roster == NULL)
        status = MBP_ERR_MEMORY;
    else if (chosen == 0 || chosen > MBP_MQTT_POINTS_MAX)
        status = MBP_ERR_RANGE;
    if (status == MBP_OK)
        status = make_room(roster, chosen, texts_size(plant, rows, count));
    if (status == MBP_OK) {
        fill(roster, plant, rows, order);
        status = mqtt_watch_new(plant, roster->metrics, roster->count, &roster->watch);
    }
    if (status == MBP_OK) {
        *out = roster;
        roster = NULL;
    }
    mqtt_roster_free(roster);
    free(order);
    free(rows);
    return status;
}

void mqtt_roster_free(struct mqtt_roster *roster)
{
    if (roster == NULL)
        return;
    free(roster->metrics);
    free(roster->by_name);
    free(roster->texts);
    mqtt_watch_free(roster->watch);
    free(roster->seen);
    free(roster->now);
    free(roster->plain);
    free(roster);
}

uint32_t mqtt_roster_find(const struct mqtt_roster *roster, const char *name)
{
    uint32_t low = 0, high = roster->count;
    while (low < high) {
        uint32_t middle = (low + high) / 2, metric = roster->by_name[middle];
        int order = strcmp(name, roster->metrics[metric].name);
        if (order == 0)
            return metric;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NOTHING;
}

/* Rarely: of what waited while the plant became another one. */
uint32_t mqtt_roster_find_hash(const struct mqtt_roster *roster, uint64_t hash)
{
    for (uint32_t m = 0; m < roster->count; m++) {
        if (roster->metrics[m].hash == hash)
            return m;
    }
    return NOTHING;
}
