/* resolve_point: what points show, by name; their types, addresses and access. */
#include <stdlib.h>
#include <string.h>

#include "load.h"
#include "mbplant/base/tr.h"
#include "mbplant/map.h"

/* ---- what they show -----------------------------------------------------------------------------------------------
 */

struct finding {
    const struct mbp_load *load;
    const struct mbp_index *index;
    bool *doubtful;
};

static uint32_t find_item(const void *ctx, enum mbp_map_per per, const char *name)
{
    static const enum mbp_item_kind kinds[MBP_PER_COUNT] = {
        [MBP_PER_MACHINE] = MBP_ITEM_MACHINE,    [MBP_PER_SENSOR] = MBP_ITEM_SENSOR,
        [MBP_PER_ACTUATOR] = MBP_ITEM_ACTUATOR,  [MBP_PER_CONTROLLER] = MBP_ITEM_CONTROLLER,
        [MBP_PER_ALARM] = MBP_ITEM_ALARM,        [MBP_PER_STORED] = MBP_ITEM_STORED,
        [MBP_PER_INTERLOCK] = MBP_ITEM_INTERLOCK};
    const struct finding *finding = ctx;
    const struct mbp_plant *plant = finding->load->plant;
    uint32_t item = mbp_index_find(finding->index, plant, name);
    *finding->doubtful = *finding->doubtful || (item != UINT32_MAX && mbp_is_doubtful(finding->load, item));
    return mbp_index_as(plant, item, kinds[per]);
}

static void tell_unknown(struct mbp_load *load, const struct mbp_node *node, const char *name)
{
    enum { CANDIDATES_MAX = 4096 };
    const char *candidates[CANDIDATES_MAX];
    const struct mbp_plant *plant = load->plant;
    unsigned count = 0;
    for (uint32_t i = 0; i < mbp_index_count(plant) && count < CANDIDATES_MAX; i++)
        candidates[count++] = mbp_index_name(plant, i);
    char item[MBP_NAME_MAX + 1];
    snprintf(item, sizeof item, "%.*s", (int)strcspn(name, "."), name);
    const char *near = load->reader.errors->count < MBP_ERRORS_SHOWN ? mbp_nearest(item, candidates, count) : NULL;
    bool is_item = near != NULL && strcmp(near, item) == 0;
    if (is_item)
        mbp_reader_tell(&load->reader, node, "%s has nothing that is called '%s'; mbplantctl map %s lists what it has",
                        item, name + strlen(item), item);
    else
        mbp_reader_tell(&load->reader, node, "there is no '%s' in the plant%s%s%s", name,
                        near != NULL ? mbp_tr("; did you mean '")
                                     : mbp_tr("; 'tag' names a machine, sensor, actuator or controller, "
                                              "or what belongs to one, as in TT101.high"),
                        near != NULL ? near : "", near != NULL ? mbp_tr("'?") : "");
}

/* The register that a tag has by itself, whose type, scale and order its points take over. */
static struct mbp_register register_of(const struct mbp_load *load, const struct mbp_tag *tag)
{
    const struct mbp_plant *plant = load->plant;
    const struct mbp_map_field *field = mbp_map_tag_field(tag);
    const struct mbp_register *own = mbp_map_register(plant, tag->block, tag->item);
    bool is_sensor = own != NULL && mbp_map[tag->block].per == MBP_PER_SENSOR;
    if (is_sensor && own->type == MBP_FLOAT64 && !mbp_def_has(&load->origins[tag->item].def->def, MBP_SENSOR_REGISTER))
        return (struct mbp_register){.scale = 1, .words = 1, .type = MBP_INT16};
    enum mbp_type type = field->type == MBP_BOOL ? MBP_INT16 : (enum mbp_type)field->type;
    if (own != NULL)
        return *own;
    return (struct mbp_register){
        .scale = field->scale != 0 ? field->scale : 1, .words = (uint16_t)mbp_type_words(type), .type = (uint8_t)type};
}

static void set_register(struct mbp_user_point *point, const struct mbp_load *load, const struct mbp_point_def *def)
{
    point->reg =
        point->home ? (struct mbp_register){.scale = 1, .words = 1, .type = MBP_INT16} : register_of(load, &point->tag);
    point->reg.nowhere = false;
    if (mbp_def_has(&def->def, MBP_POINT_TYPE)) {
        point->reg = (struct mbp_register){.scale = 1, .words = def->reg.words, .type = def->reg.type};
    }
    if (mbp_def_has(&def->def, MBP_POINT_SCALE))
        point->reg.scale = def->reg.scale;
    if (mbp_def_has(&def->def, MBP_POINT_OFFSET))
        point->reg.offset = def->reg.offset;
    if (mbp_def_has(&def->def, MBP_POINT_ORDER))
        point->reg.order = def->reg.order;
    if (mbp_table_is_bits(def->at.table))
        point->reg = (struct mbp_register){.scale = 1, .words = 1, .type = MBP_BOOL};
}

/* A bit or a byte of its register, and what stands there in other cases. */
static void set_part(struct mbp_user_point *point, const struct mbp_point_origin *origin)
{
    const struct mbp_point_def *def = origin->def;
    bool has_type = mbp_def_has(&def->def, MBP_POINT_TYPE);
    struct mbp_register *reg = &point->reg;
    if (mbp_table_is_bits(def->at.table))
        return;
    if (origin->bit >= 0) {
        *reg = (struct mbp_register){.scale = 1, .words = 1, .type = MBP_BOOL};
        point->mask = (uint16_t)(1u << origin->bit);
        point->shift = (uint8_t)origin->bit;
    } else if (mbp_def_has(&def->def, MBP_POINT_BYTE)) {
        if (!has_type)
            reg->type = MBP_UINT8;
        reg->words = 1;
        point->shift = def->byte == 1 ? 8 : 0;
        point->mask = (uint16_t)(0xFFu << point->shift);
    }
    point->wraps = def->overflow == 1;
}

/* What stands there instead of a value must fit where it stands. */
static void set_no_value(struct mbp_load *load, struct mbp_user_point *point, const struct mbp_point_def *def)
{
    unsigned width = point->reg.type == MBP_BOOL ? 1 : point->mask != 0 ? 8 : 16u * point->reg.words;
    point->has_no_value = mbp_def_has(&def->def, MBP_POINT_NO_VALUE) && point->reg.type != MBP_STRING;
    if (point->has_no_value && !mbp_no_value_bits(&def->no_value, &point->reg, width, &point->no_value))
        mbp_reader_tell(&load->reader, mbp_def_node(&def->def, "no_value"),
                        "'no_value' does not fit %s, which has %u bit%s", mbp_type_name((enum mbp_type)point->reg.type),
                        width, width == 1 ? "" : "s");
}

/* A text stands in registers of texts, and nothing else does. */
static void check_text(struct mbp_load *load, const struct mbp_user_point *point, const struct mbp_point_def *def,
                       const char *origin_name)
{
    const struct mbp_map_field *field = mbp_map_tag_field(&point->tag);
    const struct mbp_register *own = mbp_map_register(load->plant, point->tag.block, point->tag.item);
    bool text = own != NULL && own->type == MBP_STRING && field->member.kind == MBP_MEMBER_DOUBLE;
    bool takes = point->reg.type == MBP_STRING;
    if (text && !takes)
        mbp_reader_tell(&load->reader, mbp_def_node(&def->def, "at"), "%s is a text, and a %s holds a number",
                        origin_name, mbp_type_name((enum mbp_type)point->reg.type));
    else if (takes && !text)
        mbp_reader_tell(&load->reader, mbp_def_node(&def->def, "type"), "%s is a number; choose a type of numbers",
                        origin_name);
}

/* The tag of a point; false: there is none, which is told. */
static bool find_tag(struct mbp_load *load, const struct mbp_index *index, uint32_t unit,
                     const struct mbp_point_origin *origin, struct mbp_tag *tag, char *name, size_t size)
{
    bool doubtful = load->reader.nameless;
    const struct finding finding = {load, index, &doubtful};
    if (mbp_pattern_fill(origin->tag->text, &origin->counters, name, size) == SIZE_MAX)
        snprintf(name, size, "%s", origin->tag->text);
    if (mbp_map_tag(load->plant, unit, name, find_item, &finding, tag))
        return true;
    if (!doubtful)
        tell_unknown(load, origin->tag, name);
    return false;
}

/* Whether the register of a sensor or actuator says that nobody writes its value or command. */
static bool is_register_kept(const struct mbp_load *load, const struct mbp_tag *tag)
{
    const uint8_t write = mbp_map_tag_field(tag)->write;
    const struct mbp_register_def *reg = write == MBP_WRITE_VALUE     ? &load->origins[tag->item].def->reg
                                         : write == MBP_WRITE_COMMAND ? &load->actuator_origins[tag->item].def->reg
                                                                      : NULL;
    return reg != NULL && mbp_def_has(&reg->def, MBP_REGISTER_ACCESS) && reg->access == MBP_ACCESS_READ;
}

/* Whether the point that holds a value does: then another point that shows it lets nobody write it either. */
static bool is_kept(const struct mbp_load *load, const struct mbp_tag *tag)
{
    if (mbp_map[tag->block].per != MBP_PER_STORED || load->stored_defs[tag->item] == NULL)
        return is_register_kept(load, tag);
    const struct mbp_point_def *home = load->stored_defs[tag->item];
    return mbp_def_has(&home->def, MBP_POINT_ACCESS) && home->access == MBP_ACCESS_READ;
}

/* A part of a register is read only, unless it says otherwise; so is what its own point or register does not let be
 * written. */
static void set_access(struct mbp_load *load, struct mbp_user_point *point, const struct mbp_point_def *def,
                       const char *name)
{
    bool input = def->at.table == MBP_INPUT_REGISTERS || def->at.table == MBP_DISCRETE_INPUTS;
    bool said = mbp_def_has(&def->def, MBP_POINT_ACCESS);
    bool has_effect = mbp_map_tag_writable(load->plant, &point->tag);
    bool usual = point->home || point->of_register || (point->mask == 0 && !is_kept(load, &point->tag));
    point->writable = !input && has_effect && (said ? def->access != MBP_ACCESS_READ : usual);
    point->write_only = said && def->access == MBP_ACCESS_WRITE && point->writable;
    if (said && def->access != MBP_ACCESS_READ && !has_effect)
        mbp_reader_tell(&load->reader, mbp_def_node(&def->def, "access"), "%s cannot be written: it is only shown",
                        name);
}

static void resolve_point(struct mbp_load *load, const struct mbp_index *index, uint32_t unit, uint32_t p)
{
    const struct mbp_point_origin *origin = &load->point_origins[p];
    const struct mbp_point_def *def = origin->def;
    struct mbp_user_point *point = &load->points[p];
    char name[96];
    *point = (struct mbp_user_point){
        .table = (uint8_t)def->at.table, .home = origin->stored != UINT32_MAX, .of_register = origin->of_register};
    bool shows = point->home || (def->def.present & (MBP_BIT(MBP_POINT_TAG) | MBP_BIT(MBP_POINT_BITS))) != 0;
    if (!shows || !mbp_def_has(&def->def, MBP_POINT_AT))
        return; /* told */
    if (point->home) {
        point->tag = (struct mbp_tag){origin->stored, MBP_MAP_STORED, 0};
        snprintf(name, sizeof name, "%s", load->stored[origin->stored].name);
    } else if (origin->of_register) {
        point->tag = origin->shows;
        snprintf(name, sizeof name, "%s",
                 mbp_map_item_name(load->plant, (enum mbp_map_per)mbp_map[point->tag.block].per, point->tag.item));
    } else if (!find_tag(load, index, unit, origin, &point->tag, name, sizeof name)) {
        return;
    }
    set_register(point, load, def);
    set_part(point, origin);
    set_no_value(load, point, def);
    if (point->home) {
        load->stored[origin->stored].reg = point->reg;
        mbp_set_stored(load, origin->stored);
        if (point->reg.type == MBP_STRING && load->stored[origin->stored].computed)
            mbp_reader_tell(&load->reader, mbp_def_node(&def->def, "type"), "an expression gives no text");
    } else {
        check_text(load, point, def, name);
    }
    uint32_t addr = def->at.addr + origin->instance * point->reg.words;
    set_access(load, point, def, name);
    point->reg.addr = (uint16_t)addr;
    if (addr > UINT16_MAX) /* of those that begin below it the layout tells */
        mbp_reader_tell(&load->reader, mbp_def_node(&def->def, "at"),
                        "no room for %s: it would stand at address %u; allowed is up to 65535", name, addr);
}

/* Those with values of their own first: others may show them. */
static void resolve_some(struct mbp_load *load, const struct mbp_index *index, bool stored)
{
    for (uint32_t u = 0; u < load->plant->unit_count; u++) {
        const struct mbp_unit *unit = &load->units[u];
        for (uint32_t p = unit->first_point; p < unit->first_point + unit->point_count; p++) {
            if ((load->point_origins[p].stored != UINT32_MAX) == stored && !mbp_errors_hopeless(load->reader.errors))
                resolve_point(load, index, u, p);
        }
    }
}

void mbp_resolve_points(struct mbp_load *load, const struct mbp_index *index)
{
    resolve_some(load, index, true);
    resolve_some(load, index, false);
}

static int by_place(const void *a, const void *b)
{
    const struct mbp_user_point *left = a;
    const struct mbp_user_point *right = b;
    if (left->table != right->table)
        return (int)left->table - (int)right->table;
    if (left->reg.addr != right->reg.addr)
        return (int)left->reg.addr - (int)right->reg.addr;
    return (int)left->mask - (int)right->mask;
}

/* Where such a point stands its item knows too, to find it by. */
static void note_register(struct mbp_load *load, const struct mbp_user_point *point)
{
    bool sensor = mbp_map[point->tag.block].per == MBP_PER_SENSOR;
    if (point->of_register)
        (sensor ? &load->sensors[point->tag.item].reg : &load->actuators[point->tag.item].reg)->addr = point->reg.addr;
}

void mbp_sort_points(struct mbp_load *load, const struct mbp_unit *unit)
{
    if (unit->point_count > 1)
        qsort(load->points + unit->first_point, unit->point_count, sizeof *load->points, by_place);
    for (uint32_t p = unit->first_point; p < unit->first_point + unit->point_count; p++) {
        note_register(load, &load->points[p]);
        if (load->points[p].home)
            load->stored[load->points[p].tag.item].point = p;
    }
}
