/* map: every point of the plant as a table that teaches: both ways to write its address, and the mbpoll command. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ctl.h"
#include "mbplant/report/words.h"
#include "slave/address.h"
#include "slave/point.h"
#include "slave/snapshot.h"

#define MBPOLL_COUNT_MAX 125u

static const struct mbp_grid_column columns[] = {
    {"POINT", "point", false},
    {"UNIT ID", "unit_id", true},
    {"TABLE", "table", false},
    {"ADDRESS", "address", true},
    {"REFERENCE", "reference", false},
    {"TYPE", "type", false},
    {"ORDER", "order", false},
    {"SCALE", "scale", true},
    {"UNIT", "unit", false},
    {"ACCESS", "access", false},
    {"WHAT", "what", false},
    {"MBPOLL", "mbpoll", false},
    {"LABEL", "label", false},
    {"OFFSET", "offset", true},
    {"RANGE LOW", "range_low", true},
    {"RANGE HIGH", "range_high", true},
    {"LOW LOW", "low_low", true},
    {"LOW", "low", true},
    {"HIGH", "high", true},
    {"HIGH HIGH", "high_high", true},
};
#define COLUMNS    (sizeof columns / sizeof columns[0])
#define FOR_PEOPLE 12u /* of them: the others are for programs */
enum { ORDER_COLUMN = 6, WHAT_COLUMN = 10, MBPOLL_COLUMN };

/* How many columns a terminal has room for that is so wide. */
static const struct {
    unsigned width;
    size_t columns;
} fits[] = {{190, FOR_PEOPLE}, {150, MBPOLL_COLUMN}, {125, WHAT_COLUMN}, {0, ORDER_COLUMN}};

/* What stands first; the last is left out where not all is asked for. */
enum rank { VALUES, STATES, TABLES, REST, RANKS };

struct listing {
    const struct mbp_plant *plant;
    const struct ctl_target *target;
    const char *filter; /* NULL = everything */
    uint8_t unit;
    struct mbp_grid *grid;
    const struct mbp_plant_view *now; /* of limits; NULL = those of the file */
    bool all;                         /* columns, and what is no point of a table */
    bool brief;                       /* values and states alone */
    bool six_digits[MBP_TABLE_COUNT]; /* of a table's references, for one of them needs six */
    size_t columns;                   /* the first ones */
    enum rank rank;                   /* that is listed now */
    size_t shown, left_out;
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

/* The command that reads a point; none of what is only written. mbpoll counts from 1, and shows a part of a register
 * with the rest of it: in hex, where parts are seen. */
static void mbpoll_command(const struct listing *listing, const struct mbp_point *point, char *buf, size_t size)
{
    bool pair;
    const char *form =
        mbp_poll_form((enum mbp_type)point->type, (enum mbp_order)point->order, mbp_table_is_bits(point->table), &pair);
    uint32_t count = pair ? point->count / 2 : point->count;
    uint32_t most = pair ? MBPOLL_COUNT_MAX / 2 : MBPOLL_COUNT_MAX;
    char many[24] = "";
    if (point->own != NULL && point->own->write_only) {
        snprintf(buf, size, "%s", listing->all ? "" : "-");
        return;
    }
    if (point->own != NULL && point->own->mask != 0)
        form = ":hex";
    if (count > 1)
        snprintf(many, sizeof many, " -c %u", count < most ? count : most);
    snprintf(buf, size, "mbpoll -1 -p %u -a %u -t %u%s%s -r %u%s %s", listing->target->port, listing->unit,
             mbp_table_poll((enum mbp_table)point->table), form, pair && point->order == MBP_ABCD ? " -B" : "",
             point->addr + 1u, many, listing->target->host);
}

/* A word for people in their language; for programs it is always the same. */
static const char *word(const struct listing *listing, const char *english) __attribute__((format_arg(2)));
static const char *word(const struct listing *listing, const char *english)
{
    return listing->all ? english : ctl_tr(english);
}

/* "int16", "string(8)", "uint16, 50 of them". */
static void type_text(const struct listing *listing, const struct mbp_point *point, char *buf, size_t size)
{
    const char *name = mbp_type_name((enum mbp_type)point->type);
    unsigned each = point->type == MBP_STRING ? point->count : mbp_type_words((enum mbp_type)point->type);
    if (mbp_table_is_bits(point->table))
        each = 1;
    if (point->type == MBP_STRING)
        snprintf(buf, size, "%s(%u)", name, point->count);
    else if (point->count > each)
        snprintf(buf, size, word(listing, "%s, %u of them"), name, point->count / each);
    else if (point->own != NULL && point->own->mask != 0 && point->type == MBP_BOOL)
        snprintf(buf, size, "bit %u", point->own->shift);
    else if (point->own != NULL && point->own->mask != 0)
        snprintf(buf, size, word(listing, point->own->shift != 0 ? "%s, high byte" : "%s, low byte"), name);
    else
        snprintf(buf, size, "%s", name);
}

static const char *access_text(const struct listing *listing, const struct mbp_point *point)
{
    if (point->own != NULL && point->own->write_only)
        return word(listing, "write");
    return word(listing, point->writable ? "read, write" : "read");
}

static void number_cell(struct mbp_grid *grid, double number)
{
    if (isfinite(number))
        mbp_grid_cell(grid, MBP_PAINT_NONE, "%.15g", number);
    else
        mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", "");
}

static const char *label_of(const struct mbp_plant *plant, const struct mbp_point *point)
{
    if (point->sensor < plant->sensor_count)
        return plant->sensors[point->sensor].label;
    if (point->actuator < plant->actuator_count)
        return plant->actuators[point->actuator].label;
    if (point->controller < plant->controller_count)
        return plant->controllers[point->controller].label;
    return point->machine < plant->machine_count ? plant->machines[point->machine].label : "";
}

/* What the instrument, the actuator or the raw block allows. */
static void range_of(const struct listing *listing, const struct mbp_point *point, double range[2])
{
    const struct mbp_plant *plant = listing->plant;
    const struct mbp_unit *unit = mbp_plant_find_unit(plant, listing->unit);
    enum mbp_write_kind write = point->field != NULL ? (enum mbp_write_kind)point->field->write : MBP_WRITE_NONE;
    bool measured = write == MBP_WRITE_VALUE || write == MBP_WRITE_LIMIT || point->block == MBP_MAP_FLOATS;
    range[0] = range[1] = (double)NAN;
    if (point->field == NULL && unit != NULL && point->block < unit->block_count[point->table]) {
        const struct mbp_block *block = &unit->blocks[point->table][point->block];
        bool its = block->at == point->addr;
        range[0] = its && block->has_min ? block->min : (double)NAN;
        range[1] = its && block->has_max ? block->max : (double)NAN;
    } else if (point->field != NULL && point->sensor < plant->sensor_count && measured &&
               mbp_sensor_has_limits(&plant->sensors[point->sensor])) {
        memcpy(range, plant->sensors[point->sensor].range, 2 * sizeof *range);
    } else if (write == MBP_WRITE_COMMAND) {
        memcpy(range, plant->actuators[point->actuator].range, 2 * sizeof *range);
    }
}

/* Of a sensor's value the limits that are in use. */
static const double *limits_of(const struct listing *listing, const struct mbp_point *point)
{
    bool value = point->field != NULL && point->field->write == MBP_WRITE_VALUE;
    if (!value || !mbp_sensor_has_limits(&listing->plant->sensors[point->sensor]))
        return NULL;
    return listing->now != NULL ? listing->now->sensors[point->sensor].limit
                                : listing->plant->sensors[point->sensor].limits;
}

/* The cells for programs. */
static void add_rest(const struct listing *listing, const struct mbp_point *point)
{
    double range[2];
    const double *limits = limits_of(listing, point);
    bool words = point->table == MBP_INPUT_REGISTERS || point->table == MBP_HOLDING_REGISTERS;
    if (!listing->all)
        return;
    range_of(listing, point, range);
    mbp_grid_cell(listing->grid, MBP_PAINT_NONE, "%s", label_of(listing->plant, point));
    number_cell(listing->grid, words && point->type != MBP_STRING ? point->offset : (double)NAN);
    number_cell(listing->grid, range[0]);
    number_cell(listing->grid, range[1]);
    for (unsigned l = 0; l < MBP_LIMIT_COUNT; l++)
        number_cell(listing->grid, limits != NULL ? limits[l] : (double)NAN);
}

static enum rank rank_of(const struct mbp_point *point)
{
    if (point->own != NULL)
        return VALUES;
    if (point->field == NULL) /* of `tables` */
        return TABLES;
    unsigned write = point->field->write;
    if (write == MBP_WRITE_VALUE || write == MBP_WRITE_COMMAND || write == MBP_WRITE_STORED)
        return VALUES;
    return write == MBP_WRITE_STATE ? STATES : REST;
}

static const char *reference(const struct listing *listing, const struct mbp_point *point, char *text, size_t size)
{
    mbp_reference((enum mbp_table)point->table, point->addr, text, size);
    if (listing->six_digits[point->table] && strlen(text) == 5)
        snprintf(text + 1, size - 1, "%05u", point->addr + 1u);
    return text;
}

/* Where the order says something: of several registers, or of bytes that are swapped; for programs of any register. */
static const char *order_text(const struct listing *listing, const struct mbp_point *point)
{
    bool words = point->table == MBP_INPUT_REGISTERS || point->table == MBP_HOLDING_REGISTERS;
    bool plain = point->order == MBP_ABCD;
    bool single = point->type != MBP_STRING && mbp_type_words((enum mbp_type)point->type) == 1;
    if (!words || (plain && (point->type == MBP_STRING || (single && !listing->all))))
        return "";
    return mbp_order_name((enum mbp_order)point->order);
}

/* "0.1", "0.5 - 40" with an offset. */
static void scale_cell(const struct listing *listing, const struct mbp_point *point, bool words)
{
    const bool shifted = point->offset < 0 || point->offset > 0;
    char text[64] = "";
    if (words && (point->scale < 0 || point->scale > 0)) {
        int len = snprintf(text, sizeof text, "%g", point->scale);
        if (shifted)
            snprintf(text + len, sizeof text - (size_t)len, " %c %g", point->offset < 0 ? '-' : '+',
                     fabs(point->offset));
    }
    mbp_grid_cell(listing->grid, MBP_PAINT_NONE, "%s", listing->all ? text : mbp_message_decimal(ctl_spoken(), text));
}

/* What a narrow terminal has no room for. */
static void rest_for_people(const struct listing *listing, const struct mbp_point *point)
{
    struct mbp_grid *grid = listing->grid;
    char text[256];
    bool words = point->table == MBP_INPUT_REGISTERS || point->table == MBP_HOLDING_REGISTERS;
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", order_text(listing, point));
    scale_cell(listing, point, words);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", point->unit_text);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", access_text(listing, point));
    if (listing->columns > WHAT_COLUMN)
        mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", word(listing, point->what));
    if (listing->columns > MBPOLL_COLUMN) {
        mbpoll_command(listing, point, text, sizeof text);
        mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", text);
    }
}

static int list_point(const struct mbp_point *point, void *ctx)
{
    struct listing *listing = ctx;
    struct mbp_grid *grid = listing->grid;
    if (!is_wanted(listing, point) || (!listing->all && rank_of(point) != listing->rank))
        return 0;
    if (listing->brief && listing->rank == REST) {
        listing->left_out++;
        return 0;
    }
    char text[256];
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", point->name);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%u", listing->unit);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", mbp_table_name((enum mbp_table)point->table));
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%u", point->addr);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", reference(listing, point, text, sizeof text));
    type_text(listing, point, text, sizeof text);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", text);
    if (listing->columns > ORDER_COLUMN)
        rest_for_people(listing, point);
    add_rest(listing, point);
    listing->shown++;
    return 0;
}

/* A file or a queue, in the cells that it has. */
static void list_other(struct listing *listing, const char *table, uint32_t number, uint32_t count, bool writable)
{
    struct mbp_grid *grid = listing->grid;
    char name[32];
    snprintf(name, sizeof name, "%.4s %u", table, number);
    if (listing->filter != NULL && strcasecmp(listing->filter, name) != 0 && strcasecmp(listing->filter, table) != 0)
        return;
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", name);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%u", listing->unit);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", table);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%u", number);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", "");
    mbp_grid_cell(grid, MBP_PAINT_NONE, count == 1 ? "%s" : word(listing, "%s, %u of them"), "uint16", count);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", mbp_order_name(MBP_ABCD));
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", "1");
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", "");
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", word(listing, writable ? "read, write" : "read"));
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s",
                  word(listing, writable ? "file, functions 20 and 21" : "queue, function 24"));
    for (size_t c = FOR_PEOPLE - 1; c < COLUMNS; c++)
        mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", "");
    listing->shown++;
}

static void list_unit(struct listing *listing, const struct mbp_unit *unit)
{
    listing->unit = unit->id;
    mbp_map_points(listing->plant, (uint32_t)(unit - listing->plant->units), list_point, listing);
    for (uint32_t f = 0; f < unit->file_count && listing->all; f++)
        list_other(listing, "files", unit->files[f].number, unit->files[f].count, true);
    for (uint32_t f = 0; f < unit->fifo_count && listing->all; f++)
        list_other(listing, "fifos", unit->fifos[f].at, unit->fifos[f].count, false);
}

static int needs_six(const struct mbp_point *point, void *ctx)
{
    struct listing *listing = ctx;
    bool listed = is_wanted(listing, point) && !(listing->brief && rank_of(point) == REST);
    if (listed && point->addr > 9998)
        listing->six_digits[point->table] = true;
    return 0;
}

static bool is_asked(const struct ctl_options *options, const struct mbp_unit *unit)
{
    return options->unit < 0 || options->unit == unit->id;
}

/* For people values first, and references of one width in each table. */
static void list(struct listing *listing, const struct ctl_options *options)
{
    const struct mbp_plant *plant = listing->plant;
    for (uint32_t u = 0; u < plant->unit_count && !listing->all; u++) {
        if (is_asked(options, &plant->units[u]))
            mbp_map_points(plant, u, needs_six, listing);
    }
    for (unsigned r = 0; r < (listing->all ? 1u : RANKS); r++) {
        listing->rank = (enum rank)r;
        for (uint32_t u = 0; u < plant->unit_count; u++) {
            if (is_asked(options, &plant->units[u]))
                list_unit(listing, &plant->units[u]);
        }
    }
}

/* As many columns as the terminal is wide; into a pipe all of them. */
static size_t columns_that_fit(const struct ctl *ctl)
{
    unsigned width = ctl_terminal_width(ctl);
    if (width == 0)
        return FOR_PEOPLE;
    unsigned f = 0;
    while (width < fits[f].width)
        f++;
    return fits[f].columns;
}

static enum ctl_exit print(struct ctl *ctl, struct listing *listing)
{
    if (listing->shown == 0 && listing->filter != NULL) {
        ctl_unknown_name(listing->plant, CTL_ANY_POINT, listing->filter);
        return CTL_USAGE;
    }
    if (mbp_grid_write(listing->grid, ctl->options->format, ctl->colour, stdout) != MBP_OK)
        return ctl_fail(ctl, MBP_ERR_MEMORY, "map");
    if (listing->left_out > 0 && ctl->options->format == MBP_FORMAT_TEXT)
        ctl_say("and %zu more points (alarms, limits, acknowledging, counters ..): map --all, or map NAME\n",
                listing->left_out);
    if (listing->columns < FOR_PEOPLE)
        ctl_say("what each is, and its mbpoll command, a wider terminal or a pipe gets too\n");
    return CTL_OK;
}

CTL_VERB(map)
{
    const struct ctl_options *options = ctl->options;
    const struct mbp_plant *plant = ctl_plant(ctl);
    if (plant == NULL)
        return CTL_FAILED;
    struct listing listing = {.plant = plant,
                              .target = &options->target,
                              .filter = options->argc > 0 ? ctl_spelling(plant, options->argv[0]) : NULL};
    struct mbp_plant_view now = {0};
    enum ctl_exit code = CTL_OK;
    listing.all = options->format == MBP_FORMAT_CSV || options->format == MBP_FORMAT_JSON;
    listing.brief = !listing.all && !options->all && options->argc == 0 && options->unit < 0;
    listing.columns = listing.all ? COLUMNS : options->format == MBP_FORMAT_TEXT ? columns_that_fit(ctl) : FOR_PEOPLE;
    bool asked = listing.all && ctl->link != NULL && ctl_map_unit(plant) >= 0;
    if (asked)
        code = ctl_snapshot_take(ctl, &now);
    if (code != CTL_OK)
        return code;
    listing.now = asked ? &now : NULL;
    if (ctl_grid_new(columns, listing.columns, &listing.grid) != MBP_OK)
        code = ctl_fail(ctl, MBP_ERR_MEMORY, "map");
    if (code == CTL_OK)
        list(&listing, options);
    if (listing.now != NULL)
        mbp_plant_view_free(plant, &now);
    if (code == CTL_OK)
        code = print(ctl, &listing);
    mbp_grid_free(listing.grid);
    return code;
}
