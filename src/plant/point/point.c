/* point: the user's own points, from their keys to the plant. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "load.h"
#include "mbplant/base/tr.h"
#include "mbplant/map.h"
#include "scalar.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define SCALE_MIN       1e-12
#define SCALE_MAX       1e12

/* ---- keys --------------------------------------------------------------------------------------------------------
 */

/* "input 0", "holding 0x9C40". */
enum mbp_reading mbp_read_place(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_field *field,
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

enum mbp_reading mbp_read_scale(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_field *field,
                                void *at)
{
    (void)reader, (void)field;
    const char *text = mbp_node_text(node);
    double scale;
    if (text == NULL || !mbp_scalar_number(text, &scale) || fabs(scale) < SCALE_MIN || fabs(scale) > SCALE_MAX)
        return MBP_READING_WRONG;
    *(double *)at = scale;
    return MBP_READING_OK;
}

/* What it may be the type says. */
static enum mbp_reading read_any(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_field *field,
                                 void *at)
{
    (void)reader, (void)field;
    ((struct mbp_value_def *)at)->node = node;
    return mbp_node_text(node) != NULL ? MBP_READING_OK : MBP_READING_WRONG;
}

#define POINT(member) MBP_AT(struct mbp_point_def, member)
static const struct mbp_field point_fields[] = {
    [MBP_POINT_AT] = {.key = "at",
                      .help = "its table and address",
                      .type = MBP_FIELD_CUSTOM,
                      .required = true,
                      POINT(at),
                      .high = UINT16_MAX,
                      .read = mbp_read_place,
                      .allowed = MBP_PLACE_ALLOWED,
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
                         .read = mbp_read_scale,
                         .allowed = "a number, but not 0",
                         .json = MBP_SCALE_JSON},
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
                            .type = MBP_FIELD_CUSTOM,
                            POINT(no_value),
                            .read = mbp_read_no_value,
                            .allowed = MBP_NO_VALUE_ALLOWED,
                            .json = MBP_NO_VALUE_JSON},
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
    [MBP_POINT_NAME] = {.key = "name",
                        .help = "makes a tag of its value: expressions, logic and masters may use the name",
                        .type = MBP_FIELD_NAME,
                        POINT(name),
                        .high = MBP_NAME_MAX},
    [MBP_POINT_VALUE] = {.key = "value",
                         .help = "it holds a value of its own, at first this one",
                         .type = MBP_FIELD_CUSTOM,
                         POINT(value),
                         .read = read_any,
                         .allowed = "a number, true, false or a text",
                         .json = "\"type\": [\"number\", \"boolean\", \"string\"]"},
    [MBP_POINT_ACCESS] = {.key = "access",
                          .help = "what masters may do; to write is the usual thing where a write has an effect, but "
                                  "for bits of a register",
                          .type = MBP_FIELD_CHOICE,
                          POINT(access),
                          .words = &mbp_point_access_words},
    [MBP_POINT_RETAIN] = {.key = "retain",
                          .help = "its value stays when mbplantd starts again",
                          .type = MBP_FIELD_BOOL,
                          POINT(retain),
                          .usual = "true"},
    [MBP_POINT_COUNT] = {.key = "count",
                         .help = "so many of it, one behind the other; with same_as so many addresses",
                         .type = MBP_FIELD_COUNT,
                         POINT(count),
                         .usual = "1",
                         .low = 1,
                         .high = MBP_POINTS_PER_UNIT_MAX},
    [MBP_POINT_SAME_AS] = {.key = "same_as",
                           .help =
                               "it is what stands at that address; a coil is a bit of that register, the lowest first",
                           .type = MBP_FIELD_CUSTOM,
                           POINT(same_as),
                           .high = UINT16_MAX,
                           .read = mbp_read_place,
                           .allowed = "a table and an address 0..65535: holding 100",
                           .json = "\"type\": \"string\""},
    [MBP_POINT_EXPR] = {.key = "expr",
                        .help = "an expression that gives it, in every scan",
                        .type = MBP_FIELD_CUSTOM,
                        POINT(expr),
                        .read = mbp_read_formula,
                        .print = mbp_print_formula,
                        .same = mbp_same_formula,
                        .allowed = "an expression: \"LIMIT(0, TT101 * 10, 1000)\"",
                        .json = "\"type\": [\"string\", \"number\"]"},
    [MBP_POINT_ACCEPT] = {.key = "accept",
                          .help = "a write is refused unless this is TRUE of the values that the request would leave",
                          .type = MBP_FIELD_CUSTOM,
                          POINT(accept),
                          .read = mbp_read_formula,
                          .print = mbp_print_formula,
                          .same = mbp_same_formula,
                          .allowed = "a condition: \"MODE < 20\"",
                          .json = "\"type\": \"string\""},
    MBP_WATCHDOG_KEYS(struct mbp_point_def, MBP_POINT_),
};

#define SHOWN                                                                                                          \
    (MBP_BIT(MBP_POINT_TAG) | MBP_BIT(MBP_POINT_BITS) | MBP_BIT(MBP_POINT_VALUE) | MBP_BIT(MBP_POINT_SAME_AS) |        \
     MBP_BIT(MBP_POINT_EXPR))

/* What it shows: one thing. */
static void check_shown(struct mbp_reader *reader, const struct mbp_point_def *point)
{
    static const char *const keys[] = {"bits", "value", "expr", "same_as"};
    uint64_t shown = point->def.present & SHOWN;
    if (((point->def.present | point->def.wrong) & SHOWN) == 0)
        mbp_reader_tell(reader, point->def.node,
                        "a point needs 'tag', what it shows, 'bits', what its bits show, 'value', what it holds by "
                        "itself, 'expr', what gives it, or 'same_as', another address");
    for (size_t i = 0; i < COUNT_OF(keys) && (shown & (shown - 1)) != 0; i++) {
        const struct mbp_node *key = mbp_node_find(point->def.node, keys[i]);
        if (key != NULL) {
            mbp_reader_tell(reader, key, "'%s' stands in the place of what else it shows; keep one", keys[i]);
            return;
        }
    }
}

/* Keys that mean nothing beside others. */
static void check_company(struct mbp_reader *reader, const struct mbp_point_def *point)
{
    static const char *const of_value[] = {"name", "retain"};
    static const char *const of_number[] = {"type",     "scale", "offset", "order", "overflow",
                                            "no_value", "bit",   "byte",   "repeat"};
    bool alias = mbp_def_has(&point->def, MBP_POINT_SAME_AS);
    for (size_t i = 0; i < COUNT_OF(of_value); i++) {
        const struct mbp_node *key = mbp_node_find(point->def.node, of_value[i]);
        bool fits = i == 0 ? mbp_point_holds(point) : mbp_def_has(&point->def, MBP_POINT_VALUE);
        if (key != NULL && !fits && point->def.wrong == 0)
            mbp_reader_tell(reader, key, "'%s' is for a point with a 'value'%s of its own", of_value[i],
                            i == 0 ? mbp_tr(" or an 'expr'") : "");
    }
    for (size_t i = 0; i < COUNT_OF(of_number) && alias; i++) {
        const struct mbp_node *key = mbp_node_find(point->def.node, of_number[i]);
        if (key != NULL)
            mbp_reader_tell(reader, key, "'%s' means nothing beside 'same_as', which takes addresses as they are",
                            of_number[i]);
    }
    if (mbp_def_has(&point->def, MBP_POINT_COUNT) && mbp_def_has(&point->def, MBP_POINT_REPEAT) && !alias)
        mbp_reader_tell(reader, mbp_def_node(&point->def, "count"), "'count' and 'repeat' say the same here; keep one");
    bool input = point->at.table == MBP_INPUT_REGISTERS || point->at.table == MBP_DISCRETE_INPUTS;
    if (mbp_def_has(&point->def, MBP_POINT_ACCESS) && point->access != MBP_ACCESS_READ && input)
        mbp_reader_tell(reader, mbp_def_node(&point->def, "access"), "no master writes in the table '%s'",
                        mbp_table_name(point->at.table));
}

void mbp_check_point(struct mbp_reader *reader, void *def)
{
    const struct mbp_point_def *point = def;
    static const char *const numeric[] = {"type",     "scale", "offset", "order", "overflow",
                                          "no_value", "bit",   "byte",   "bits"};
    uint64_t parts = MBP_BIT(MBP_POINT_BIT) | MBP_BIT(MBP_POINT_BYTE) | MBP_BIT(MBP_POINT_BITS);
    uint64_t part = point->def.present & parts;
    check_shown(reader, point);
    check_company(reader, point);
    if ((part & (part - 1)) != 0)
        mbp_reader_tell(reader, point->def.node,
                        "'bit', 'byte' and 'bits' each say which part of the register is meant; "
                        "keep one");
    else if (mbp_def_has(&point->def, MBP_POINT_TYPE) && part != 0 &&
             mbp_type_words((enum mbp_type)point->reg.type) != 1)
        mbp_reader_tell(reader, mbp_def_node(&point->def, "type"),
                        "a part of one register has a type of one: int8, uint8");
    else if (mbp_def_has(&point->def, MBP_POINT_TYPE) && mbp_def_has(&point->def, MBP_POINT_BYTE) &&
             point->reg.type != MBP_INT8 && point->reg.type != MBP_UINT8)
        mbp_reader_tell(reader, mbp_def_node(&point->def, "type"), "a byte has a type of one: int8, uint8");
    if (mbp_def_has(&point->def, MBP_POINT_AT))
        mbp_check_reference(reader, mbp_def_node(&point->def, "at"), point->at.table, point->at.addr);
    reader->unsure = reader->unsure || point->def.wrong != 0;
    for (size_t i = 0; i < COUNT_OF(numeric) && mbp_table_is_bits(point->at.table); i++) {
        const struct mbp_node *key = mbp_node_find(point->def.node, numeric[i]);
        bool is_bool = i == 0 && point->reg.type == MBP_BOOL;
        if (key != NULL && !is_bool && mbp_def_has(&point->def, MBP_POINT_AT))
            mbp_reader_tell(reader, key, "a %s is one bit and has no '%s'; remove it", mbp_table_word(point->at.table),
                            numeric[i]);
    }
}

uint32_t mbp_point_times(const struct mbp_point_def *point)
{
    if (mbp_def_has(&point->def, MBP_POINT_SAME_AS))
        return 1;
    return mbp_def_has(&point->def, MBP_POINT_COUNT) ? point->count : point->repeat;
}

const struct mbp_schema mbp_point_schema = {.noun = "a point",
                                            .fields = point_fields,
                                            .field_count = COUNT_OF(point_fields),
                                            .size = sizeof(struct mbp_point_def),
                                            .check = mbp_check_point};

/* ---- definitions -> points ---------------------------------------------------------------------------------------
 */

static uint32_t add_origin(struct mbp_load *load, struct mbp_point_origin origin)
{
    load->point_origins[load->plant->point_count] = origin;
    return load->plant->point_count++;
}

/* "holding 100" where the file gives no name. */
static size_t place_name(const struct mbp_point_def *def, uint32_t own, char *name, size_t size)
{
    uint32_t addr = def->at.addr + (own - 1) * (def->reg.words > 1 ? def->reg.words : 1u);
    int len = snprintf(name, size, "%s %u", mbp_table_word(def->at.table), addr);
    if (mbp_def_has(&def->def, MBP_POINT_BIT))
        len += snprintf(name + len, size - (size_t)len, ".%u", def->bit);
    else if (mbp_def_has(&def->def, MBP_POINT_BYTE))
        len += snprintf(name + len, size - (size_t)len, ".%s", mbp_byte_words.names[def->byte]);
    return (size_t)len;
}

static uint32_t add_stored(struct mbp_load *load, const struct mbp_point_def *def, const struct mbp_counters *counters)
{
    struct mbp_plant *plant = load->plant;
    char name[MBP_NAME_MAX + 1];
    bool named = mbp_def_has(&def->def, MBP_POINT_NAME);
    size_t len = named ? mbp_pattern_fill(def->name, counters, name, sizeof name)
                       : place_name(def, counters->own, name, sizeof name);
    load->stored[plant->stored_count] =
        (struct mbp_stored){.name = mbp_reader_keep(&load->reader, name, len == SIZE_MAX ? 0 : len),
                            .unit = plant->unit_count,
                            .named = named,
                            .computed = mbp_def_has(&def->def, MBP_POINT_EXPR),
                            .wraps = def->overflow == 1,
                            .retain = def->retain};
    load->stored_defs[plant->stored_count] = def;
    return plant->stored_count++;
}

static void add_point(struct mbp_load *load, const struct mbp_point_def *def, struct mbp_counters counters)
{
    int bit = mbp_def_has(&def->def, MBP_POINT_BIT) ? (int)def->bit : -1;
    for (int b = 0; b < 16 && def->bits.count > 0; b++) {
        if (def->bits.tag[b] != NULL)
            add_origin(load, (struct mbp_point_origin){.def = def,
                                                       .counters = counters,
                                                       .tag = def->bits.tag[b],
                                                       .stored = UINT32_MAX,
                                                       .bit = (int8_t)b,
                                                       .instance = counters.own - 1});
    }
    if (def->bits.count > 0)
        return;
    uint32_t stored = mbp_point_holds(def) ? add_stored(load, def, &counters) : UINT32_MAX;
    add_origin(load, (struct mbp_point_origin){.def = def,
                                               .counters = counters,
                                               .tag = mbp_def_node(&def->def, "tag"),
                                               .stored = stored,
                                               .bit = (int8_t)bit,
                                               .instance = counters.own - 1});
}

/* The registers of sensors and actuators that say what points say. */
static void add_registers(struct mbp_load *load, const struct mbp_unit *unit)
{
    struct mbp_point_origin origin = {.stored = UINT32_MAX, .of_register = true, .counters = {1, 0, 0}};
    for (uint32_t s = unit->first_sensor; s < unit->first_sensor + unit->sensor_count; s++) {
        struct mbp_sensor_origin *from = &load->origins[s];
        if (from->def->reg.point == NULL)
            continue;
        origin.def = from->def->reg.point;
        origin.instance = from->instance;
        origin.shows = (struct mbp_tag){s, MBP_MAP_VALUES, 0};
        origin.bit = (int8_t)(mbp_def_has(&origin.def->def, MBP_POINT_BIT) ? (int)origin.def->bit : -1);
        from->point = add_origin(load, origin);
    }
    for (uint32_t a = unit->first_actuator; a < unit->first_actuator + unit->actuator_count; a++) {
        struct mbp_actuator_origin *from = &load->actuator_origins[a];
        if (from->def->reg.point == NULL)
            continue;
        unsigned block = load->actuators[a].on_off ? MBP_MAP_COMMAND_COILS : MBP_MAP_COMMANDS;
        origin.def = from->def->reg.point;
        origin.instance = from->instance;
        origin.shows = (struct mbp_tag){a, (uint8_t)block, 0};
        origin.bit = (int8_t)(mbp_def_has(&origin.def->def, MBP_POINT_BIT) ? (int)origin.def->bit : -1);
        from->point = add_origin(load, origin);
    }
}

static void add_alias(struct mbp_load *load, const struct mbp_point_def *def)
{
    struct mbp_plant *plant = load->plant;
    load->aliases[plant->alias_count] = (struct mbp_alias){.count = def->count,
                                                           .addr = (uint16_t)def->at.addr,
                                                           .of_addr = (uint16_t)def->same_as.addr,
                                                           .table = (uint8_t)def->at.table,
                                                           .of_table = (uint8_t)def->same_as.table};
    load->alias_defs[plant->alias_count++] = def;
}

/* Stored values with a name before those without: the first are counted as items of the unit. */
static bool is_of_pass(const struct mbp_point_def *point, int pass)
{
    bool unnamed = mbp_point_holds(point) && !mbp_def_has(&point->def, MBP_POINT_NAME);
    return unnamed == (pass == 1);
}

void mbp_expand_points(struct mbp_load *load, const struct mbp_unit_def *def, uint32_t number, struct mbp_unit *unit)
{
    struct mbp_plant *plant = load->plant;
    unit->first_point = plant->point_count;
    unit->first_stored = plant->stored_count;
    unit->first_alias = plant->alias_count;
    mbp_expand_parameters(load, def, number);
    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < def->points.count; i++) {
            const struct mbp_point_def *point = (const struct mbp_point_def *)def->points.items + i;
            bool alias = mbp_def_has(&point->def, MBP_POINT_SAME_AS);
            if (alias && pass == 0)
                add_alias(load, point);
            for (uint32_t n = 1; !alias && is_of_pass(point, pass) && n <= mbp_point_times(point); n++)
                add_point(load, point, (struct mbp_counters){n, 0, number});
        }
        if (pass == 0)
            add_registers(load, unit);
        if (pass == 0)
            unit->named_count = plant->stored_count - unit->first_stored;
    }
    unit->point_count = plant->point_count - unit->first_point;
    unit->stored_count = plant->stored_count - unit->first_stored;
    unit->alias_count = plant->alias_count - unit->first_alias;
}
