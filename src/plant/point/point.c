/* point: the user's own points, from their keys to the plant. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "load.h"
#include "mbplant/map.h"
#include "scalar.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define SCALE_MIN       1e-12
#define SCALE_MAX       1e12

/* ---- keys --------------------------------------------------------------------------------------------------------
 */

/* "input 0", "holding 0x9C40". */
static enum mbp_reading read_at(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_field *field,
                                void *at)
{
    (void)reader;
    struct mbp_place_def *place = at;
    const char *text = mbp_node_text(node);
    char word[32];
    uint64_t addr;
    size_t len = text == NULL ? 0 : strcspn(text, " ");
    if (text == NULL || len == 0 || len >= sizeof word || text[len] != ' ')
        return MBP_READING_WRONG;
    memcpy(word, text, len);
    word[len] = '\0';
    int table = mbp_table_find(word);
    const char *number = text + len + strspn(text + len, " ");
    if (table < 0 || !mbp_scalar_unsigned(number, &addr) || (double)addr > field->high)
        return MBP_READING_WRONG;
    *place = (struct mbp_place_def){(enum mbp_table)table, (uint32_t)addr};
    return MBP_READING_OK;
}

/* {0: M1.running, 5: TT101.forced} */
static enum mbp_reading read_bits(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_field *field,
                                  void *at)
{
    (void)field;
    struct mbp_bits_def *bits = at;
    if (node->kind != MBP_NODE_MAP || node->len == 0)
        return MBP_READING_WRONG;
    for (const struct mbp_node *key = node->first; key != NULL; key = key->next->next) {
        uint64_t bit;
        if (!mbp_scalar_unsigned(key->text, &bit) || bit > 15 || mbp_node_text(key->next) == NULL)
            return MBP_READING_WRONG;
        if (bits->tag[bit] != NULL) {
            mbp_reader_tell(reader, key, "bit %u is given twice; keep one", (unsigned)bit);
            return MBP_READING_TOLD;
        }
        bits->tag[bit] = key->next;
        bits->count++;
    }
    return MBP_READING_OK;
}

static enum mbp_reading read_scale(struct mbp_reader *reader, const struct mbp_node *node,
                                   const struct mbp_field *field, void *at)
{
    (void)reader, (void)field;
    const char *text = mbp_node_text(node);
    double scale;
    if (text == NULL || !mbp_scalar_number(text, &scale) || fabs(scale) < SCALE_MIN || fabs(scale) > SCALE_MAX)
        return MBP_READING_WRONG;
    *(double *)at = scale;
    return MBP_READING_OK;
}

#define POINT(member) MBP_AT(struct mbp_point_def, member)
static const struct mbp_field point_fields[] = {
    [MBP_POINT_AT] = {.key = "at",
                      .help = "its table and address",
                      .type = MBP_FIELD_CUSTOM,
                      .required = true,
                      POINT(at),
                      .high = UINT16_MAX,
                      .read = read_at,
                      .allowed = "a table and an address 0..65535: coil 0, discrete 3, input 0x10 or holding 40",
                      .json = "\"type\": \"string\""},
    [MBP_POINT_TAG] =
        {.key = "tag", .help = "what it shows, by its name in the map", .type = MBP_FIELD_TEXT, POINT(tag), .high = 95},
    [MBP_POINT_TYPE] = {.key = "type",
                        .help = "of its register; that of the tag's own if not given",
                        .type = MBP_FIELD_CUSTOM,
                        POINT(reg),
                        .read = mbp_read_type,
                        .allowed = "a type as a register has one: int16, uint32, float32, string(8)",
                        .json = MBP_TYPE_JSON},
    [MBP_POINT_SCALE] = {.key = "scale",
                         .help = "value = raw x scale + offset",
                         .type = MBP_FIELD_CUSTOM,
                         POINT(reg.scale),
                         .read = read_scale,
                         .allowed = "a number, but not 0",
                         .json = "\"type\": \"number\""},
    [MBP_POINT_OFFSET] = {.key = "offset",
                          .help = "value = raw x scale + offset",
                          .type = MBP_FIELD_NUMBER,
                          POINT(reg.offset),
                          MBP_ANY_NUMBER},
    [MBP_POINT_ORDER] = {.key = "order",
                         .help = "order of the bytes of types wider than one register",
                         .type = MBP_FIELD_CHOICE,
                         POINT(reg.order),
                         .words = &mbp_order_words},
    [MBP_POINT_OVERFLOW] = {.key = "overflow",
                            .help = "beyond the ends of its type it is held there, or rolls over",
                            .type = MBP_FIELD_CHOICE,
                            POINT(overflow),
                            .usual = "hold",
                            .words = &mbp_overflow_words},
    [MBP_POINT_NO_VALUE] = {.key = "no_value",
                            .help = "the raw number that stands there while the tag has no good value",
                            .type = MBP_FIELD_NUMBER,
                            POINT(no_value),
                            .low = -0x1p63,
                            .high = 0x1p64},
    [MBP_POINT_BIT] = {.key = "bit",
                       .help = "the one bit of its register that it takes, 0 the lowest",
                       .type = MBP_FIELD_COUNT,
                       POINT(bit),
                       .high = 15},
    [MBP_POINT_BYTE] = {.key = "byte",
                        .help = "the byte of its register that it takes",
                        .type = MBP_FIELD_CHOICE,
                        POINT(byte),
                        .words = &mbp_byte_words},
    [MBP_POINT_BITS] = {.key = "bits",
                        .help = "what the bits of its register show, in the place of tag: {0: M1.running}",
                        .type = MBP_FIELD_CUSTOM,
                        POINT(bits),
                        .read = read_bits,
                        .allowed = "a group of bits 0..15 and what they show: {0: M1.running, 5: TT101.forced}",
                        .json = "\"type\": \"object\""},
    [MBP_POINT_REPEAT] = {.key = "repeat",
                          .help = "makes so many of it, one behind the other; {n} in the tag counts them",
                          .type = MBP_FIELD_COUNT,
                          POINT(repeat),
                          .usual = "1",
                          .low = 1,
                          .high = MBP_POINTS_PER_UNIT_MAX},
};

static bool is_bits(enum mbp_table table)
{
    return table == MBP_COILS || table == MBP_DISCRETE_INPUTS;
}

static void check_point(struct mbp_reader *reader, void *def)
{
    const struct mbp_point_def *point = def;
    static const char *const numeric[] = {"type",     "scale", "offset", "order", "overflow",
                                          "no_value", "bit",   "byte",   "bits"};
    uint32_t shown = MBP_BIT(MBP_POINT_TAG) | MBP_BIT(MBP_POINT_BITS);
    uint32_t parts = MBP_BIT(MBP_POINT_BIT) | MBP_BIT(MBP_POINT_BYTE) | MBP_BIT(MBP_POINT_BITS);
    uint32_t part = point->def.present & parts;
    if (((point->def.present | point->def.wrong) & shown) == 0)
        mbp_reader_tell(reader, point->def.node, "a point needs 'tag', what it shows, or 'bits', what its bits show");
    if ((point->def.present & shown) == shown)
        mbp_reader_tell(reader, mbp_def_node(&point->def, "bits"), "'bits' stands in the place of 'tag'; keep one");
    if ((part & (part - 1)) != 0)
        mbp_reader_tell(reader, point->def.node,
                        "'bit', 'byte' and 'bits' each say which part of the register is meant; "
                        "keep one");
    else if (mbp_def_has(&point->def, MBP_POINT_TYPE) && part != 0 &&
             mbp_type_words((enum mbp_type)point->reg.type) != 1)
        mbp_reader_tell(reader, mbp_def_node(&point->def, "type"),
                        "a part of one register has a type of one: int8, uint8");
    reader->unsure = reader->unsure || point->def.wrong != 0;
    for (size_t i = 0; i < COUNT_OF(numeric) && is_bits(point->at.table); i++) {
        const struct mbp_node *key = mbp_node_find(point->def.node, numeric[i]);
        bool is_bool = i == 0 && point->reg.type == MBP_BOOL;
        if (key != NULL && !is_bool && mbp_def_has(&point->def, MBP_POINT_AT))
            mbp_reader_tell(reader, key, "a %s is one bit and has no '%s'; remove it", mbp_table_word(point->at.table),
                            numeric[i]);
    }
}

const struct mbp_schema mbp_point_schema = {.noun = "a point",
                                            .fields = point_fields,
                                            .field_count = COUNT_OF(point_fields),
                                            .size = sizeof(struct mbp_point_def),
                                            .check = check_point};

/* ---- definitions -> points ---------------------------------------------------------------------------------------
 */

static void add_origin(struct mbp_load *load, const struct mbp_point_def *def, struct mbp_counters counters,
                       const struct mbp_node *tag, int bit)
{
    load->point_origins[load->plant->point_count++] = (struct mbp_point_origin){def, counters, tag, (int8_t)bit};
}

void mbp_expand_points(struct mbp_load *load, const struct mbp_unit_def *def, uint32_t number, struct mbp_unit *unit)
{
    struct mbp_plant *plant = load->plant;
    unit->first_point = plant->point_count;
    for (uint32_t i = 0; i < def->points.count; i++) {
        const struct mbp_point_def *point = (const struct mbp_point_def *)def->points.items + i;
        int bit = mbp_def_has(&point->def, MBP_POINT_BIT) ? (int)point->bit : -1;
        for (uint32_t n = 1; n <= point->repeat; n++) {
            const struct mbp_counters counters = {n, 0, number};
            for (int b = 0; b < 16 && point->bits.count > 0; b++) {
                if (point->bits.tag[b] != NULL)
                    add_origin(load, point, counters, point->bits.tag[b], b);
            }
            if (point->bits.count == 0)
                add_origin(load, point, counters, mbp_def_node(&point->def, "tag"), bit);
        }
    }
    unit->point_count = plant->point_count - unit->first_point;
}

/* ---- what they show -----------------------------------------------------------------------------------------------
 */

struct finding {
    const struct mbp_load *load;
    const struct mbp_index *index;
    bool *doubtful;
};

static uint32_t find_item(const void *ctx, enum mbp_map_per per, const char *name)
{
    static const enum mbp_item_kind kinds[MBP_PER_COUNT] = {[MBP_PER_MACHINE] = MBP_ITEM_MACHINE,
                                                            [MBP_PER_SENSOR] = MBP_ITEM_SENSOR,
                                                            [MBP_PER_ACTUATOR] = MBP_ITEM_ACTUATOR,
                                                            [MBP_PER_CONTROLLER] = MBP_ITEM_CONTROLLER};
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
                        near != NULL ? "; did you mean '"
                                     : "; 'tag' names a machine, sensor, actuator or controller, "
                                       "or what belongs to one, as in TT101.high",
                        near != NULL ? near : "", near != NULL ? "'?" : "");
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
    point->reg = register_of(load, &point->tag);
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
    if (is_bits(def->at.table))
        point->reg = (struct mbp_register){.scale = 1, .words = 1, .type = MBP_BOOL};
}

/* A bit or a byte of its register, and what stands there in other cases. */
static void set_part(struct mbp_user_point *point, const struct mbp_point_origin *origin)
{
    const struct mbp_point_def *def = origin->def;
    bool has_type = mbp_def_has(&def->def, MBP_POINT_TYPE);
    struct mbp_register *reg = &point->reg;
    if (is_bits(def->at.table))
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
    point->has_no_value = mbp_def_has(&def->def, MBP_POINT_NO_VALUE);
    /* all 64 bits set are 2^64 as a double: one too many */
    point->no_value = def->no_value < 0        ? (uint64_t)(int64_t)def->no_value
                      : def->no_value < 0x1p64 ? (uint64_t)def->no_value
                                               : UINT64_MAX;
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

static void resolve_point(struct mbp_load *load, const struct mbp_index *index, uint32_t unit, uint32_t p)
{
    const struct mbp_point_origin *origin = &load->point_origins[p];
    const struct mbp_point_def *def = origin->def;
    struct mbp_user_point *point = &load->points[p];
    char name[96];
    bool doubtful = load->reader.nameless;
    const struct finding finding = {load, index, &doubtful};
    *point = (struct mbp_user_point){.table = (uint8_t)def->at.table};
    if ((def->def.present & (MBP_BIT(MBP_POINT_TAG) | MBP_BIT(MBP_POINT_BITS))) == 0 ||
        !mbp_def_has(&def->def, MBP_POINT_AT))
        return; /* told */
    if (mbp_pattern_fill(origin->tag->text, &origin->counters, name, sizeof name) == SIZE_MAX)
        snprintf(name, sizeof name, "%s", origin->tag->text);
    if (!mbp_map_tag(load->plant, unit, name, find_item, &finding, &point->tag)) {
        if (!doubtful)
            tell_unknown(load, origin->tag, name);
        return;
    }
    set_register(point, load, def);
    set_part(point, origin);
    check_text(load, point, def, name);
    uint32_t addr = def->at.addr + (origin->counters.own - 1) * point->reg.words;
    point->writable = point->mask == 0 && def->at.table != MBP_INPUT_REGISTERS &&
                      def->at.table != MBP_DISCRETE_INPUTS && mbp_map_tag_writable(load->plant, &point->tag);
    point->reg.addr = (uint16_t)addr;
    if (addr > UINT16_MAX) /* of those that begin below it the layout tells */
        mbp_reader_tell(&load->reader, mbp_def_node(&def->def, "at"),
                        "no room for %s: it would stand at address %u; allowed is up to 65535", name, addr);
}

void mbp_resolve_points(struct mbp_load *load, const struct mbp_index *index)
{
    for (uint32_t u = 0; u < load->plant->unit_count; u++) {
        const struct mbp_unit *unit = &load->units[u];
        for (uint32_t p = unit->first_point; p < unit->first_point + unit->point_count; p++) {
            if (!mbp_errors_hopeless(load->reader.errors))
                resolve_point(load, index, u, p);
        }
    }
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

void mbp_sort_points(struct mbp_load *load, const struct mbp_unit *unit)
{
    if (unit->point_count > 1)
        qsort(load->points + unit->first_point, unit->point_count, sizeof *load->points, by_place);
}
