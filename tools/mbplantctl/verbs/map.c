/* map: every point of the plant as a table that teaches: both ways to write its address, and the mbpoll command. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ctl.h"
#include "slave/address.h"
#include "slave/point.h"

#define MBPOLL_COUNT_MAX 125u

static const struct mbp_grid_column columns[] = {
    {"POINT", "point", false},    {"UNIT ID", "unit_id", true},      {"TABLE", "table", false},
    {"ADDRESS", "address", true}, {"REFERENCE", "reference", false}, {"TYPE", "type", false},
    {"ORDER", "order", false},    {"SCALE", "scale", true},          {"UNIT", "unit", false},
    {"ACCESS", "access", false},  {"WHAT", "what", false},           {"MBPOLL", "mbpoll", false},
};

struct listing {
    const struct mbp_plant *plant;
    const struct ctl_target *target;
    const char *filter; /* NULL = everything */
    uint8_t unit;
    struct mbp_grid *grid;
    size_t shown;
};

/* A machine's name stands for it, its sensors and its actuators, theirs for their points, a table's for all in it. */
static bool is_wanted(const struct listing *listing, const struct mbp_point *point)
{
    const char *filter = listing->filter;
    const struct mbp_plant *plant = listing->plant;
    if (filter == NULL || strcasecmp(point->name, filter) == 0 ||
        strcasecmp(mbp_table_name((enum mbp_table)point->table), filter) == 0)
        return true;
    if (point->sensor < plant->sensor_count && strcmp(plant->sensors[point->sensor].name, filter) == 0)
        return true;
    if (point->actuator < plant->actuator_count && strcmp(plant->actuators[point->actuator].name, filter) == 0)
        return true;
    if (point->controller < plant->controller_count && strcmp(plant->controllers[point->controller].name, filter) == 0)
        return true;
    return point->machine < plant->machine_count && strcmp(plant->machines[point->machine].name, filter) == 0;
}

/* mbpoll counts from 1 and knows neither bytes swapped within a word nor 64 bits: those are shown in hexadecimal. */
static void mbpoll_command(const struct listing *listing, const struct mbp_point *point, char *buf, size_t size)
{
    bool words = point->table == MBP_INPUT_REGISTERS || point->table == MBP_HOLDING_REGISTERS;
    bool swapped = point->order == MBP_BADC || point->order == MBP_DCBA;
    unsigned each = words && point->type != MBP_STRING ? mbp_type_words((enum mbp_type)point->type) : 1;
    const char *form = "";
    uint32_t count = point->count;
    if (each == 2 && !swapped) {
        form = point->type == MBP_FLOAT32 ? ":float" : ":int";
        count /= 2;
    } else if (each > 1 || (words && swapped) || point->type == MBP_STRING) {
        form = ":hex";
    }
    char many[24] = "";
    if (count > 1)
        snprintf(many, sizeof many, " -c %u", count < MBPOLL_COUNT_MAX ? count : MBPOLL_COUNT_MAX);
    snprintf(buf, size, "mbpoll -1 -p %u -a %u -t %u%s%s -r %u%s %s", listing->target->port, listing->unit,
             mbp_table_poll((enum mbp_table)point->table), form, each == 2 && point->order == MBP_ABCD ? " -B" : "",
             point->addr + 1u, many, listing->target->host);
}

/* "int16", "string(8)", "uint16, 50 of them". */
static void type_text(const struct mbp_point *point, char *buf, size_t size)
{
    const char *name = mbp_type_name((enum mbp_type)point->type);
    unsigned each = point->type == MBP_STRING ? point->count : mbp_type_words((enum mbp_type)point->type);
    if (point->table == MBP_COILS || point->table == MBP_DISCRETE_INPUTS)
        each = 1;
    if (point->type == MBP_STRING)
        snprintf(buf, size, "%s(%u)", name, point->count);
    else if (point->count > each)
        snprintf(buf, size, "%s, %u of them", name, point->count / each);
    else if (point->own != NULL && point->own->mask != 0 && point->type == MBP_BOOL)
        snprintf(buf, size, "bit %u", point->own->shift);
    else if (point->own != NULL && point->own->mask != 0)
        snprintf(buf, size, "%s, %s byte", name, point->own->shift != 0 ? "high" : "low");
    else
        snprintf(buf, size, "%s", name);
}

static const char *access_text(const struct mbp_point *point)
{
    if (point->own != NULL && point->own->write_only)
        return "write";
    return point->writable ? "read, write" : "read";
}

static int list_point(const struct mbp_point *point, void *ctx)
{
    struct listing *listing = ctx;
    struct mbp_grid *grid = listing->grid;
    if (!is_wanted(listing, point))
        return 0;
    bool words = point->table == MBP_INPUT_REGISTERS || point->table == MBP_HOLDING_REGISTERS;
    char text[256];
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", point->name);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%u", listing->unit);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", mbp_table_name((enum mbp_table)point->table));
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%u", point->addr);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s",
                  mbp_reference((enum mbp_table)point->table, point->addr, text, sizeof text));
    type_text(point, text, sizeof text);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", text);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s",
                  words && point->type != MBP_STRING ? mbp_order_name((enum mbp_order)point->order) : "");
    if (words && (point->scale < 0 || point->scale > 0))
        mbp_grid_cell(grid, MBP_PAINT_NONE, "%g", point->scale);
    else
        mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", "");
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", point->unit_text);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", access_text(point));
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", point->what);
    mbpoll_command(listing, point, text, sizeof text);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", text);
    listing->shown++;
    return 0;
}

enum ctl_exit ctl_run_map(struct ctl *ctl)
{
    const struct ctl_options *options = ctl->options;
    const struct mbp_plant *plant = ctl_plant(ctl);
    if (plant == NULL)
        return CTL_FAILED;
    struct listing listing = {.plant = plant,
                              .target = &options->target,
                              .filter = options->argc > 0 ? ctl_spelling(plant, options->argv[0]) : NULL};
    if (mbp_grid_new(columns, sizeof columns / sizeof columns[0], &listing.grid) != MBP_OK)
        return ctl_fail(ctl, MBP_ERR_MEMORY, "map");
    for (uint32_t u = 0; u < plant->unit_count; u++) {
        listing.unit = plant->units[u].id;
        if (options->unit < 0 || options->unit == listing.unit)
            mbp_map_points(plant, u, list_point, &listing);
    }
    enum ctl_exit code = CTL_OK;
    if (listing.shown == 0 && listing.filter != NULL) {
        ctl_unknown_name(plant, CTL_ANY_POINT, listing.filter);
        code = CTL_USAGE;
    } else if (mbp_grid_write(listing.grid, options->format, ctl->colour, stdout) != MBP_OK) {
        code = ctl_fail(ctl, MBP_ERR_MEMORY, "map");
    }
    mbp_grid_free(listing.grid);
    return code;
}
