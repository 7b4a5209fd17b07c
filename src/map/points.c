/* points: every point of a unit's map, by a loop over its blocks. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "mbplant/map.h"

#define NOTHING UINT32_MAX

struct tour {
    const struct mbp_plant *plant;
    const struct mbp_unit *unit;
    int (*visit)(const struct mbp_point *point, void *ctx);
    void *ctx;
};

static struct mbp_point plain_point(enum mbp_table table, uint32_t addr)
{
    return (struct mbp_point){.unit_text = "",
                              .scale = 1,
                              .sensor = NOTHING,
                              .machine = NOTHING,
                              .actuator = NOTHING,
                              .controller = NOTHING,
                              .stored = NOTHING,
                              .addr = (uint16_t)addr,
                              .table = (uint8_t)table,
                              .order = MBP_ABCD};
}

/* ---- what a point is of -------------------------------------------------------------------------------------------
 */

/* The unit of a controller's output: its actuator's, or of what it gives the setpoint of. */
static const char *output_unit(const struct mbp_plant *plant, const struct mbp_controller *controller)
{
    if (controller->output != NOTHING)
        return plant->actuators[controller->output].unit_text;
    return plant->sensors[plant->controllers[controller->inner].input].unit_text;
}

static const char *unit_text(const struct mbp_plant *plant, const struct mbp_map_field *field, enum mbp_map_per per,
                             uint32_t item)
{
    switch ((enum mbp_map_measure)field->measure) {
    case MBP_MEASURE_ITEM:
        return per == MBP_PER_SENSOR ? plant->sensors[item].unit_text : plant->actuators[item].unit_text;
    case MBP_MEASURE_INPUT:
        return plant->sensors[plant->controllers[item].input].unit_text;
    case MBP_MEASURE_OUTPUT:
        return output_unit(plant, &plant->controllers[item]);
    case MBP_MEASURE_TEXT:
        break;
    }
    return field->unit_text;
}

static size_t append(char *buf, size_t size, size_t len, const char *text)
{
    size_t more = strnlen(text, size - 1 - len);
    memcpy(buf + len, text, more);
    return len + more;
}

/* The item's name, a point, the field's; a whole name where the item has none. Without stdio: each start of a plant
 * goes over all of its points. */
static void name_point(struct mbp_point *point, const char *item, const char *field)
{
    size_t len = append(point->name, sizeof point->name, 0, item);
    if (item[0] != '\0' && field[0] != '\0')
        len = append(point->name, sizeof point->name, len, ".");
    len = append(point->name, sizeof point->name, len, field);
    point->name[len] = '\0';
}

static void name_lateness(struct mbp_point *point, uint32_t i, const char *field)
{
    bool last = i + 1 == MBP_LATENESS_CLASSES;
    snprintf(point->name, sizeof point->name, "%s %s %u us", field, last ? "over" : "to",
             mbp_lateness_us(last ? i - 1 : i));
}

static void set_item(struct mbp_point *point, const struct mbp_plant *plant, enum mbp_map_per per, uint32_t item,
                     const char *field)
{
    switch (per) {
    case MBP_PER_MACHINE:
        point->machine = item;
        name_point(point, plant->machines[item].name, field);
        return;
    case MBP_PER_SENSOR:
    case MBP_PER_ALARM:
    case MBP_PER_INTERLOCK:
        point->sensor = item;
        point->machine = plant->sensors[item].machine;
        name_point(point, plant->sensors[item].name, field);
        return;
    case MBP_PER_ACTUATOR:
        point->actuator = item;
        point->machine = plant->actuators[item].machine;
        name_point(point, plant->actuators[item].name, field);
        return;
    case MBP_PER_CONTROLLER:
        point->controller = item;
        point->machine = plant->controllers[item].machine;
        name_point(point, plant->controllers[item].name, field);
        return;
    case MBP_PER_STORED:
        point->stored = item;
        name_point(point, plant->stored[item].name, field);
        return;
    case MBP_PER_FAULT:
        snprintf(point->name, sizeof point->name, "%s %s", field, plant->faults[item].name);
        return;
    case MBP_PER_PARAMETER:
        snprintf(point->name, sizeof point->name, "%s %s", field, plant->stored[plant->parameters[item]].name);
        return;
    case MBP_PER_AD_HOC:
    case MBP_PER_FORCED:
        snprintf(point->name, sizeof point->name, "%s %u", field, item + 1);
        return;
    case MBP_PER_LATENESS:
        name_lateness(point, item, field);
        return;
    case MBP_PER_UNIT:
    case MBP_PER_COUNT:
        break;
    }
    name_point(point, "", field);
}

/* ---- visiting -----------------------------------------------------------------------------------------------------
 */

void mbp_map_field_point(const struct mbp_plant *plant, const struct mbp_unit *unit, unsigned block, uint32_t item,
                         unsigned f, struct mbp_point *out)
{
    const struct mbp_map_block *row = &mbp_map[block];
    const struct mbp_map_field *field = &row->fields[f];
    const struct mbp_register *reg = mbp_map_register(plant, block, item);
    struct mbp_point point = plain_point((enum mbp_table)row->table, mbp_map_addr(plant, unit, block, item) +
                                                                         (uint32_t)mbp_map_field_offset(block, f, reg));
    point.block = (uint8_t)block;
    point.field = field;
    point.what = field->what;
    point.unit_text = unit_text(plant, field, (enum mbp_map_per)row->per, item);
    point.offset = reg != NULL ? reg->offset : 0;
    point.scale = reg != NULL ? reg->scale : field->scale != 0 ? field->scale : 1;
    point.count = mbp_map_field_count(field, reg);
    point.type = reg != NULL ? reg->type : field->type;
    point.order = reg != NULL ? reg->order : (uint8_t)MBP_ABCD;
    const struct mbp_tag tag = {item, (uint8_t)block, (uint8_t)f};
    point.writable = mbp_map_tag_writable(plant, &tag);
    point.by_logic = mbp_map_tag_by_logic(plant, &tag);
    set_item(&point, plant, (enum mbp_map_per)row->per, item, field->name);
    *out = point;
}

static int visit_field(const struct tour *tour, unsigned block, uint32_t item, unsigned f)
{
    struct mbp_point point;
    mbp_map_field_point(tour->plant, tour->unit, block, item, f, &point);
    return tour->visit(&point, tour->ctx);
}

static int visit_block(const struct tour *tour, unsigned block)
{
    int stop = 0;
    uint32_t first;
    uint32_t count = mbp_map_items(tour->plant, tour->unit, (enum mbp_map_per)mbp_map[block].per, &first);
    for (uint32_t item = first; item < first + count && stop == 0; item++) {
        if (!mbp_map_item_has(tour->plant, tour->unit, block, item))
            continue;
        for (unsigned f = 0; f < mbp_map[block].field_count && stop == 0; f++)
            stop = mbp_map_field_stands(tour->plant, block, f, item) ? visit_field(tour, block, item, f) : 0;
    }
    return stop;
}

/* A raw block of the file's `tables`. */
static int visit_raw(const struct tour *tour, enum mbp_table table)
{
    int stop = 0;
    bool bits = mbp_table_is_bits(table);
    for (uint32_t b = 0; b < tour->unit->block_count[table] && stop == 0; b++) {
        const struct mbp_block *block = &tour->unit->blocks[table][b];
        struct mbp_point point = plain_point(table, block->at);
        point.what = "raw";
        point.count = block->count;
        point.type = bits ? MBP_BOOL : MBP_UINT16;
        point.writable = block->writable;
        snprintf(point.name, sizeof point.name, "%s %u", mbp_table_name(table), block->at);
        stop = tour->visit(&point, tour->ctx);
    }
    return stop;
}

void mbp_map_own_point(const struct mbp_plant *plant, const struct mbp_user_point *own, struct mbp_point *out)
{
    const struct mbp_map_field *field = mbp_map_tag_field(&own->tag);
    enum mbp_map_per per = (enum mbp_map_per)mbp_map[own->tag.block].per;
    bool bits = mbp_table_is_bits(own->table);
    struct mbp_point point = plain_point((enum mbp_table)own->table, own->reg.addr);
    point.block = own->tag.block;
    point.field = field;
    point.own = own;
    point.what = field->what;
    point.unit_text = unit_text(plant, field, per, own->tag.item);
    point.scale = own->reg.scale;
    point.offset = own->reg.offset;
    point.count = own->reg.words;
    point.type = bits ? (uint8_t)MBP_BOOL : own->reg.type;
    point.order = own->reg.order;
    point.by_logic = own->writable && mbp_map_tag_by_logic(plant, &own->tag);
    point.writable = own->writable && !point.by_logic;
    set_item(&point, plant, per, own->tag.item, field->name);
    *out = point;
}

/* A run of addresses that are the same as others. */
static int visit_alias(const struct tour *tour, const struct mbp_alias *alias)
{
    bool bits = mbp_table_is_bits(alias->table);
    struct mbp_point point = plain_point((enum mbp_table)alias->table, alias->addr);
    point.what = "raw";
    point.count = alias->count;
    point.type = bits ? MBP_BOOL : MBP_UINT16;
    point.writable = alias->writable;
    snprintf(point.name, sizeof point.name, "%s %u", mbp_table_name((enum mbp_table)alias->table), alias->addr);
    return tour->visit(&point, tour->ctx);
}

static int visit_own(const struct tour *tour, const struct mbp_user_point *own)
{
    struct mbp_point point;
    mbp_map_own_point(tour->plant, own, &point);
    return tour->visit(&point, tour->ctx);
}

static int visit_points(const struct tour *tour, enum mbp_table table)
{
    int stop = 0;
    const struct mbp_user_point *points = tour->plant->points + tour->unit->first_point;
    for (uint32_t p = 0; p < tour->unit->point_count && stop == 0; p++) {
        if (points[p].table == table)
            stop = visit_own(tour, &points[p]);
    }
    const struct mbp_alias *aliases = tour->plant->aliases + tour->unit->first_alias;
    for (uint32_t a = 0; a < tour->unit->alias_count && stop == 0; a++) {
        if (aliases[a].table == table)
            stop = visit_alias(tour, &aliases[a]);
    }
    return stop;
}

static int visit_table(const struct tour *tour, enum mbp_table table, bool instructor)
{
    int stop = 0;
    for (unsigned b = 0; b < mbp_map_count && stop == 0; b++) {
        if (mbp_map[b].table == table && mbp_map[b].instructor == instructor && mbp_map_has(tour->unit, b))
            stop = visit_block(tour, b);
    }
    return stop;
}

int mbp_map_points(const struct mbp_plant *plant, uint32_t unit, int (*visit)(const struct mbp_point *point, void *ctx),
                   void *ctx)
{
    struct tour tour = {plant, &plant->units[unit], visit, ctx};
    int stop = 0;
    for (unsigned table = 0; table < MBP_TABLE_COUNT && stop == 0; table++) {
        stop = visit_table(&tour, (enum mbp_table)table, false);
        stop = stop != 0 ? stop : visit_raw(&tour, (enum mbp_table)table);
        stop = stop != 0 ? stop : visit_points(&tour, (enum mbp_table)table);
        stop = stop != 0 ? stop : visit_table(&tour, (enum mbp_table)table, true);
    }
    return stop;
}

struct mbp_register mbp_point_register(const struct mbp_point *point)
{
    if (point->own != NULL)
        return point->own->reg;
    return (struct mbp_register){.scale = point->scale < 0 || point->scale > 0 ? point->scale : 1,
                                 .offset = point->offset,
                                 .addr = point->addr,
                                 .words = (uint16_t)point->count,
                                 .type = point->type,
                                 .order = point->order};
}

/* ---- one ----------------------------------------------------------------------------------------------------------
 */

const char *mbp_map_name_to_write(const struct mbp_point *point, char *buf, size_t size)
{
    if (point->writable || point->field == NULL)
        return NULL;
    if (point->actuator != UINT32_MAX && strcmp(point->field->name, "command") == 0) {
        snprintf(buf, size, "%.*s", (int)(strlen(point->name) - strlen(".command")), point->name);
        return buf;
    }
    if (point->sensor == UINT32_MAX)
        return NULL;
    for (unsigned f = 0; f < mbp_map[MBP_MAP_LIMITS].field_count; f++) {
        size_t len = strlen(point->field->name);
        const char *limit = mbp_map[MBP_MAP_LIMITS].fields[f].name;
        if (len > 0 && strncmp(limit, point->field->name, len) == 0 && strcmp(limit + len, ".limit") == 0) {
            snprintf(buf, size, "%s.limit", point->name);
            return buf;
        }
    }
    return NULL;
}

bool mbp_map_suffix_is_taken(const char *suffix)
{
    for (unsigned b = 0; b < mbp_map_count; b++) {
        bool named = mbp_map[b].per >= MBP_PER_MACHINE && mbp_map[b].per <= MBP_PER_STORED;
        for (unsigned f = 0; f < mbp_map[b].field_count && named; f++) {
            if (strcmp(mbp_map[b].fields[f].name, suffix) == 0)
                return true;
        }
    }
    return false;
}

struct wanted {
    enum mbp_table table;
    uint16_t addr;
    struct mbp_point found;
};

static int take_if_covers(const struct mbp_point *point, void *ctx)
{
    struct wanted *wanted = ctx;
    bool covers =
        point->table == wanted->table && wanted->addr >= point->addr && wanted->addr - point->addr < (int)point->count;
    if (covers)
        wanted->found = *point;
    return covers;
}

bool mbp_map_point_at(const struct mbp_plant *plant, uint32_t unit, enum mbp_table table, uint16_t addr,
                      struct mbp_point *out)
{
    struct wanted wanted = {.table = table, .addr = addr};
    if (mbp_map_points(plant, unit, take_if_covers, &wanted) == 0)
        return false;
    *out = wanted.found;
    return true;
}

bool mbp_map_part_at(const struct mbp_plant *plant, uint32_t unit, enum mbp_table table, uint16_t addr, uint16_t mask,
                     struct mbp_point *out)
{
    const struct mbp_user_point *own = plant->points + plant->units[unit].first_point;
    const struct mbp_user_point *end = own + plant->units[unit].point_count;
    while (own < end && !(own->table == table && own->reg.addr == addr && own->mask == mask))
        own++;
    if (own < end)
        mbp_map_own_point(plant, own, out);
    return own < end;
}

bool mbp_map_point_named_at(const struct mbp_plant *plant, uint32_t unit, const char *name, struct mbp_point *out)
{
    uint16_t addr;
    struct mbp_point point;
    int table = mbp_table_place(name, &addr);
    if (table < 0 || !mbp_map_point_at(plant, unit, (enum mbp_table)table, addr, &point))
        return false;
    if (point.field == NULL) { /* raw */
        point.addr = addr;
        point.count = 1;
        snprintf(point.name, sizeof point.name, "%s %u", mbp_table_name((enum mbp_table)table), addr);
    }
    if (point.addr != addr)
        return false;
    *out = point;
    return true;
}
