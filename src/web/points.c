/* The register map: its points, and what stands in them. */
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <strings.h>

#include "mbplant/image/forced.h"
#include "mbplant/report.h"
#include "points.h"

/* ---- a point ----------------------------------------------------------------------------------------------------- */

static const struct point_item *point_of(const struct web_item *item)
{
    return item->of;
}

static void put_name(const struct web_item *item)
{
    web_put_text(item->out, point_of(item)->point.name);
}

static void put_what(const struct web_item *item)
{
    web_put_text(item->out, point_of(item)->point.what);
}

static void put_unit(const struct web_item *item)
{
    const char *unit = point_of(item)->point.unit_text;
    web_put_text(item->out, unit != NULL ? unit : "");
}

static void put_unit_id(const struct web_item *item)
{
    fprintf(item->out, "%u", point_of(item)->unit->id);
}

static void put_table(const struct web_item *item)
{
    web_put_text(item->out, mbp_table_name((enum mbp_table)point_of(item)->point.table));
}

static void put_address(const struct web_item *item)
{
    fprintf(item->out, "%u", point_of(item)->point.addr);
}

static void put_reference(const struct web_item *item)
{
    char text[8];
    const struct mbp_point *point = &point_of(item)->point;
    web_put_text(item->out, mbp_reference((enum mbp_table)point->table, point->addr, text, sizeof text));
}

static void put_count(const struct web_item *item)
{
    fprintf(item->out, "%u", point_of(item)->point.count);
}

static void put_type(const struct web_item *item)
{
    web_put_text(item->out, mbp_type_name((enum mbp_type)point_of(item)->point.type));
}

static void put_order(const struct web_item *item)
{
    web_put_text(item->out, mbp_order_name((enum mbp_order)point_of(item)->point.order));
}

static void put_scale(const struct web_item *item)
{
    web_put_number(item->out, point_of(item)->point.scale);
}

static void put_offset(const struct web_item *item)
{
    web_put_number(item->out, point_of(item)->point.offset);
}

static void put_writable(const struct web_item *item)
{
    fputs(point_of(item)->point.writable ? "true" : "false", item->out);
}

static const char *type_word(unsigned i)
{
    return i < MBP_TYPE_COUNT ? mbp_type_name((enum mbp_type)i) : NULL;
}

static const char *order_word(unsigned i)
{
    return i < MBP_ORDER_COUNT ? mbp_order_name((enum mbp_order)i) : NULL;
}

/* ---- what stands in it ------------------------------------------------------------------------------------------- */

#define RAW_MAX 125u

uint16_t web_word_at(const struct mbp_image_unit *unit, enum mbp_table table, uint32_t addr)
{
    return mbp_image_shown(unit, table, (uint16_t)addr);
}

/* Masters that read it are refused. */
static bool is_readable(const struct web_item *item)
{
    const struct mbp_user_point *own = point_of(item)->point.own;
    return own == NULL || !own->write_only;
}

static uint32_t raw_words(const struct web_item *item, uint16_t words[RAW_MAX])
{
    const struct mbp_point *point = &point_of(item)->point;
    const struct mbp_image_unit *unit = web_image_unit(item->web, point_of(item)->unit);
    uint32_t count = point->count < RAW_MAX ? point->count : RAW_MAX;
    for (uint32_t i = 0; i < count; i++)
        words[i] = web_word_at(unit, (enum mbp_table)point->table, point->addr + i);
    return count;
}

static void put_raw(const struct web_item *item)
{
    uint16_t words[RAW_MAX];
    uint32_t count = raw_words(item, words);
    bool readable = is_readable(item);
    putc('[', item->out);
    for (uint32_t i = 0; i < count; i++) {
        fputs(i == 0 ? "" : ",", item->out);
        if (readable)
            fprintf(item->out, "%u", words[i]);
        else
            fputs("null", item->out);
    }
    putc(']', item->out);
}

static void put_value(const struct web_item *item)
{
    uint16_t words[RAW_MAX] = {0};
    if (!is_readable(item)) {
        fputs("null", item->out);
        return;
    }
    uint32_t count = raw_words(item, words);
    mbp_report_point_value(&point_of(item)->point, words, count, item->out);
}

static void put_quality(const struct web_item *item)
{
    uint32_t sensor = point_of(item)->point.sensor;
    bool bad = sensor != NOTHING && (item->web->state->flags[sensor] & MBP_SENSOR_BAD) != 0;
    web_put_text(item->out, bad ? "bad" : "good");
}

#define POINT_FIELDS                                                                                                   \
    {ROW("name", "in the register map", WEB_TEXT), .put = put_name},                                                   \
        {ROW("what", "a few words", WEB_TEXT), .put = put_what},                                                       \
        {ROW("unit_id", "Modbus unit", WEB_COUNT), .put = put_unit_id},                                                \
        {ROW("table", "that it stands in", WEB_TEXT), .put = put_table, .word = web_table_word},                       \
        {ROW("address", "PDU address of its first register or bit", WEB_COUNT), .put = put_address},                   \
        {ROW("reference", "that address as 40001", WEB_TEXT), .put = put_reference},                                   \
        {ROW("count", "registers or bits", WEB_COUNT), .put = put_count},                                              \
        {ROW("type", "of the value", WEB_TEXT), .put = put_type, .word = type_word},                                   \
        {ROW("order", "of its bytes", WEB_TEXT), .put = put_order, .word = order_word},                                \
        {ROW("scale", "value = raw number x scale + offset", WEB_NUMBER), .put = put_scale},                           \
        {ROW("offset", "0 unless the plant file says", WEB_NUMBER), .put = put_offset},                                \
        {ROW("unit", "of measurement", WEB_TEXT), .put = put_unit},                                                    \
    {                                                                                                                  \
        ROW("writable", "by masters", WEB_FLAG), .put = put_writable                                                   \
    }

static const struct web_field point_fields[] = {POINT_FIELDS};
const struct web_noun web_point_noun = WEB_NOUN("Point", point_fields);

static const struct web_field point_value_fields[] = {
    POINT_FIELDS,
    {ROW("value", "that stands there; null too where it is only written", WEB_VALUE), .nullable = true,
     .put = put_value},
    {ROW("quality", "of the value", WEB_TEXT), .put = put_quality},
    {ROW("raw", "its registers or bits, the first 125; null where they are only written", WEB_NUMBERS),
     .nullable = true, .put = put_raw},
};
const struct web_noun web_point_value_noun = WEB_NOUN("PointValue", point_value_fields);

static void serve(struct web_call *call, bool (*find)(const struct mbp_plant *, const char *, struct point_item *))
{
    struct point_item found;
    if (!find(call->web->plant, call->name, &found)) {
        web_unknown(call, WEB_POINTS, call->name, "; " WEB_API "/map lists them");
        return;
    }
    const struct web_item item = {.web = call->web, .of = &found, .out = call->out};
    web_put_noun(&web_point_value_noun, &item);
    putc('\n', call->out);
}

void web_serve_point(struct web_call *call)
{
    serve(call, web_point_find);
}

void web_serve_written_point(struct web_call *call)
{
    serve(call, web_point_find_to_write);
}

/* ---- by name ----------------------------------------------------------------------------------------------------- */

/* The machine, sensor, actuator or controller of that name. */
static uint32_t item_named(const struct mbp_plant *plant, const char *name, enum mbp_map_per *per, uint32_t *unit)
{
    uint32_t item = web_find_sensor(plant, name);
    *per = item != NOTHING ? mbp_sensor_per(plant, item) : MBP_PER_SENSOR;
    if (item != NOTHING)
        *unit = plant->sensors[item].unit;
    if (item == NOTHING && (item = web_find_machine(plant, name)) != NOTHING) {
        *per = MBP_PER_MACHINE;
        *unit = plant->machines[item].unit;
    }
    if (item == NOTHING && (item = web_find_actuator(plant, name)) != NOTHING) {
        *per = MBP_PER_ACTUATOR;
        *unit = plant->actuators[item].unit;
    }
    if (item == NOTHING && (item = web_find_controller(plant, name)) != NOTHING) {
        *per = MBP_PER_CONTROLLER;
        *unit = plant->controllers[item].unit;
    }
    if (item == NOTHING && (item = mbp_plant_find_stored(plant, name)) != NOTHING) {
        *per = MBP_PER_STORED;
        *unit = plant->stored[item].unit;
    }
    return item;
}

/* Registers before bits, and what can be written before what shows the same. */
static int rank_of(const struct mbp_point *point)
{
    static const int ranks[MBP_TABLE_COUNT] = {
        [MBP_HOLDING_REGISTERS] = 3, [MBP_COILS] = 2, [MBP_INPUT_REGISTERS] = 1, [MBP_DISCRETE_INPUTS] = 0};
    return ranks[point->table];
}

/* Of several points of the user's own the one that holds the value, else by their tables. */
static bool find_own_of_item(const struct mbp_plant *plant, enum mbp_map_per per, uint32_t item, const char *field,
                             struct point_item *out)
{
    int best = -1;
    for (uint32_t p = 0; p < out->unit->point_count; p++) {
        const struct mbp_user_point *own = &plant->points[out->unit->first_point + p];
        struct mbp_point point;
        bool is = mbp_map[own->tag.block].per == per && own->tag.item == item;
        if (!is || strcasecmp(mbp_map_tag_field(&own->tag)->name, field) != 0)
            continue;
        mbp_map_own_point(plant, own, &point);
        int rank = own->home ? MBP_TABLE_COUNT : rank_of(&point);
        if (rank > best) {
            best = rank;
            out->point = point;
        }
    }
    return best >= 0;
}

static bool find_of_item(const struct mbp_plant *plant, uint32_t unit, enum mbp_map_per per, uint32_t item,
                         const char *field, struct point_item *out)
{
    int best = -1;
    out->unit = &plant->units[unit];
    for (unsigned b = 0; b < mbp_map_count; b++) {
        if (mbp_map[b].per != per || !mbp_map_has(out->unit, b) || !mbp_map_item_has(plant, out->unit, b, item))
            continue;
        for (unsigned f = 0; f < mbp_map[b].field_count; f++) {
            struct mbp_point point;
            if (strcasecmp(mbp_map[b].fields[f].name, field) != 0 || !mbp_map_field_stands(plant, b, f, item))
                continue;
            mbp_map_field_point(plant, out->unit, b, item, f, &point);
            if (rank_of(&point) > best) {
                best = rank_of(&point);
                out->point = point;
            }
        }
    }
    return best >= 0 || find_own_of_item(plant, per, item, field, out) ||
           mbp_map_derived_point(plant, per, item, field, &out->point);
}

struct search {
    const char *name;
    struct point_item *out;
};

static int match(const struct mbp_point *point, void *ctx)
{
    struct search *search = ctx;
    if (strcasecmp(point->name, search->name) != 0)
        return 0;
    search->out->point = *point;
    return 1;
}

/* Of units that are large the points of no item are the last: but a name that is no item's is rare. */
static bool find_of_units(const struct mbp_plant *plant, const char *name, struct point_item *out)
{
    struct search search = {name, out};
    for (uint32_t u = 0; u < plant->unit_count; u++) {
        out->unit = &plant->units[u];
        if (mbp_map_points(plant, u, match, &search) != 0)
            return true;
    }
    out->unit = &plant->units[0]; /* as of other addresses */
    return mbp_map_point_named_at(plant, 0, name, &out->point);
}

bool web_point_find(const struct mbp_plant *plant, const char *name, struct point_item *out)
{
    enum mbp_map_per per;
    uint32_t unit = 0;
    char part[WEB_NAME_MAX];
    uint32_t item = item_named(plant, name, &per, &unit);
    if (item != NOTHING && find_of_item(plant, unit, per, item, "", out))
        return true;
    snprintf(part, sizeof part, "%s", name);
    char *dot = strrchr(part, '.');
    if (dot == NULL)
        return find_of_units(plant, name, out);
    for (; dot != NULL && item == NOTHING; dot = strrchr(part, '.')) {
        *dot = '\0';
        item = item_named(plant, part, &per, &unit);
    }
    const char *field = name + strlen(part) + 1;
    return item != NOTHING && find_of_item(plant, unit, per, item, field, out);
}

bool web_point_find_to_write(const struct mbp_plant *plant, const char *name, struct point_item *out)
{
    char meant[96 + sizeof ".limit"];
    struct point_item command;
    if (!web_point_find(plant, name, out))
        return false;
    if (out->point.actuator != NOTHING && mbp_map_name_to_write(&out->point, meant, sizeof meant) != NULL &&
        web_point_find(plant, meant, &command))
        *out = command;
    return true;
}

/* ---- the map ----------------------------------------------------------------------------------------------------- */

/* A cursor over units, blocks, items and fields; behind the blocks the raw ones, behind those the user's own. */
static bool next_own(struct web_flow *flow, const struct mbp_unit *unit, uint32_t n, struct mbp_point *point)
{
    if (n < unit->point_count) {
        mbp_map_own_point(flow->web->plant, &flow->web->plant->points[unit->first_point + n], point);
        flow->block++;
        return true;
    }
    flow->unit++;
    flow->block = flow->item = flow->field = 0;
    return false;
}

static bool next_raw(struct web_flow *flow, const struct mbp_unit *unit, struct mbp_point *point)
{
    uint32_t n = flow->block - mbp_map_count;
    for (unsigned t = 0; t < MBP_TABLE_COUNT; t++) {
        if (n < unit->block_count[t]) {
            flow->block++;
            return mbp_map_point_at(flow->web->plant, flow->unit, (enum mbp_table)t, unit->blocks[t][n].at, point);
        }
        n -= unit->block_count[t];
    }
    return next_own(flow, unit, n, point);
}

/* One step; true: there is a point. */
static bool step(struct web_flow *flow, struct mbp_point *point)
{
    const struct mbp_plant *plant = flow->web->plant;
    const struct mbp_unit *unit = &plant->units[flow->unit];
    if (flow->block >= mbp_map_count)
        return next_raw(flow, unit, point);
    const struct mbp_map_block *row = &mbp_map[flow->block];
    uint32_t first = 0;
    uint32_t count = row->instructor == unit->instructor && mbp_map_has(unit, flow->block)
                         ? mbp_map_items(plant, unit, (enum mbp_map_per)row->per, &first)
                         : 0;
    if (flow->item >= count) {
        flow->block++;
        flow->item = flow->field = 0;
        return false;
    }
    bool has = flow->field < row->field_count && mbp_map_item_has(plant, unit, flow->block, first + flow->item);
    if (!has) {
        flow->item++;
        flow->field = 0;
        return false;
    }
    unsigned field = flow->field++;
    if (!mbp_map_field_stands(plant, flow->block, field, first + flow->item))
        return false;
    mbp_map_field_point(plant, unit, flow->block, first + flow->item, field, point);
    return true;
}

static bool next_point(struct web_flow *flow, FILE *out)
{
    struct point_item found;
    if (flow->unit >= flow->end)
        return false;
    found.unit = &flow->web->plant->units[flow->unit];
    if (step(flow, &found.point)) {
        const struct web_item item = {.web = flow->web, .of = &found, .out = out};
        web_flow_put(flow, &item);
    }
    return true;
}

void web_serve_map(struct web_call *call)
{
    const struct mbp_plant *plant = call->web->plant;
    const struct web_arg *unit = web_arg(call, 0);
    const struct mbp_unit *only = unit->given ? web_unit_of(call, unit) : NULL;
    if (unit->given && only == NULL)
        return;
    struct web_flow *flow = web_flow_new(call, next_point);
    if (flow == NULL)
        return;
    flow->noun = &web_point_noun;
    flow->unit = only != NULL ? (uint32_t)(only - plant->units) : 0;
    flow->end = only != NULL ? flow->unit + 1 : plant->unit_count;
}
