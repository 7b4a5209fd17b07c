/* register: where and how a value stands. Beside its type, scale, offset and order a register says what a point says:
 * then a point of the user's own shows it (mbplant/point.h), made of the same keys. */
#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "defs.h"
#include "mbplant/codec.h"
#include "scalar.h"

/* "int16", or "string(10)" with its number of registers. */
enum mbp_reading mbp_read_type(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_field *field,
                               void *at)
{
    (void)reader, (void)field;
    struct mbp_register *out = at;
    const char *text = mbp_node_text(node);
    if (text == NULL) {
        return MBP_READING_WRONG;
    }
    size_t stem = strlen("string(");
    if (strncmp(text, "string(", stem) == 0) {
        char *end;
        unsigned long words = strtoul(text + stem, &end, 10);
        bool digits = strspn(text + stem, "0123456789") == (size_t)(end - text) - stem && end > text + stem;
        if (!digits || strcmp(end, ")") != 0 || words < 1 || words > MBP_STRING_WORDS_MAX) {
            return MBP_READING_WRONG;
        }
        out->type = MBP_STRING;
        out->words = (uint16_t)words;
        return MBP_READING_OK;
    }
    int type = mbp_words_find(&mbp_type_words_list, text);
    if (type < 0 || type == MBP_STRING) {
        return MBP_READING_WRONG;
    }
    out->type = (uint8_t)type;
    out->words = (uint16_t)mbp_type_words((enum mbp_type)type);
    return MBP_READING_OK;
}

void mbp_print_type(FILE *out, const void *at)
{
    const struct mbp_register *reg = at;
    fputs(mbp_type_name((enum mbp_type)reg->type), out);
    if (reg->type == MBP_STRING) {
        fprintf(out, "(%u)", reg->words);
    }
}

static bool same_type(const void *at, const void *other)
{
    const struct mbp_register *reg = at, *second = other;
    return reg->type == second->type && reg->words == second->words;
}

/* `3`, a holding register; `input 3`, what a point has. */
static enum mbp_reading read_at(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_field *field,
                                void *at)
{
    struct mbp_place_def *place = at;
    const char *text = mbp_node_text(node);
    uint64_t addr;
    if (text == NULL || !mbp_scalar_unsigned(text, &addr))
        return mbp_read_place(reader, node, field, at);
    *place = (struct mbp_place_def){MBP_HOLDING_REGISTERS, (uint32_t)addr};
    return (double)addr <= field->high ? MBP_READING_OK : MBP_READING_WRONG;
}

static void print_at(FILE *out, const void *at)
{
    const struct mbp_place_def *place = at;
    if (place->table != MBP_HOLDING_REGISTERS)
        fprintf(out, "%s ", mbp_table_word(place->table));
    fprintf(out, "%u", place->addr);
}

static bool same_place(const void *a, const void *b)
{
    const struct mbp_place_def *place = a;
    const struct mbp_place_def *other = b;
    return place->table == other->table && place->addr == other->addr;
}

static void print_no_value(FILE *out, const void *at)
{
    fprintf(out, "0x%" PRIX64, ((const struct mbp_no_value_def *)at)->bits);
}

enum mbp_reading mbp_read_no_value(struct mbp_reader *reader, const struct mbp_node *node,
                                   const struct mbp_field *field, void *at)
{
    (void)reader, (void)field;
    struct mbp_no_value_def *raw = at;
    const char *text = mbp_node_text(node);
    bool negative = text != NULL && text[0] == '-';
    *raw = (struct mbp_no_value_def){.number = (double)NAN};
    if (text == NULL)
        return MBP_READING_WRONG;
    if (strcasecmp(text, "nan") == 0 || strcasecmp(text, ".nan") == 0)
        return MBP_READING_OK;
    if (!mbp_scalar_number(text, &raw->number))
        return MBP_READING_WRONG;
    raw->whole = mbp_scalar_unsigned(text + negative, &raw->bits);
    if (!raw->whole)
        return MBP_READING_OK; /* a fraction */
    raw->is_bits = !negative && strspn(text, "0123456789") < strlen(text);
    if (negative && raw->bits > UINT64_C(1) << 63)
        return MBP_READING_WRONG;
    raw->bits = negative ? -raw->bits : raw->bits;
    return MBP_READING_OK;
}

static bool same_no_value(const void *a, const void *b)
{
    return ((const struct mbp_no_value_def *)a)->bits == ((const struct mbp_no_value_def *)b)->bits;
}

static bool is_float(const struct mbp_register *reg)
{
    return reg->type == MBP_FLOAT32 || reg->type == MBP_FLOAT64;
}

bool mbp_no_value_bits(const struct mbp_no_value_def *raw, const struct mbp_register *reg, unsigned width,
                       uint64_t *out)
{
    const struct mbp_register plain = {.scale = 1, .words = reg->words, .type = reg->type};
    uint64_t all = width < 64 ? (UINT64_C(1) << width) - 1 : UINT64_MAX;
    bool negative = raw->number < 0;
    if (is_float(reg) && !raw->is_bits) {
        *out = mbp_register_bits(&plain, raw->number);
        return true;
    }
    *out = raw->bits & all;
    return raw->whole && (negative ? (raw->bits | all >> 1) == UINT64_MAX : raw->bits <= all);
}

static bool same_number(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(double)) == 0;
}

static void print_scale(FILE *out, const void *at)
{
    mbp_print_number(out, "", *(const double *)at);
}

#define OF(member) MBP_AT(struct mbp_register_def, member)
static const struct mbp_field fields[] = {
    [MBP_REGISTER_AT] =
        MBP_ROW(CUSTOM, OF(at), "at",
                "address of its first holding register, counted from 0, the next free one if not given; or a table "
                "and an address: input 0, coil 3",
                .high = UINT16_MAX, .place = true, .read = read_at, .print = print_at, .same = same_place,
                .allowed = "a whole number 0..65535, or a table and a number: input 0",
                .json = "\"anyOf\": [{\"type\": \"integer\", \"minimum\": 0, \"maximum\": 65535}, "
                        "{\"type\": \"string\", \"pattern\": \"^[a-z0-9_]+ +[0-9][0-9A-Fa-fxob]*$\"}]"),
    [MBP_REGISTER_TYPE] =
        MBP_ROW(CUSTOM, OF(reg), "type", "how the value is written in the registers", .usual = "int16",
                .read = mbp_read_type, .print = mbp_print_type, .same = same_type,
                .allowed = "one of int16, uint16, int32, uint32, int64, uint64, float32, float64, bool, "
                           "string(n) of n = 1..100 registers; int8, uint8, int24, uint24, int48, uint48, bcd16, "
                           "bcd32, mod10k(n) of n = 1..4",
                .json = MBP_TYPE_JSON),
    [MBP_REGISTER_SCALE] =
        MBP_ROW(CUSTOM, OF(reg.scale), "scale", "the value of one raw step: value = raw x scale + offset", .usual = "1",
                .read = mbp_read_scale, .print = print_scale, .same = same_number,
                .allowed = "a number of 1e-12..1e12 or its negative", .json = MBP_SCALE_JSON),
    [MBP_REGISTER_OFFSET] =
        MBP_ROW(NUMBER, OF(reg.offset), "offset", "value = raw x scale + offset", .usual = "0", MBP_ANY_NUMBER),
    [MBP_REGISTER_ORDER] =
        MBP_ROW(CHOICE, OF(reg.order), "order", "order of the bytes of types wider than one register", .usual = "ABCD",
                .words = &mbp_order_words),
    [MBP_REGISTER_OVERFLOW] =
        MBP_ROW(CHOICE, OF(overflow), "overflow", "beyond the ends of its type it is held there, or rolls over",
                .usual = "hold", .words = &mbp_overflow_words),
    [MBP_REGISTER_NO_VALUE] =
        MBP_ROW(CUSTOM, OF(no_value), "no_value", "the raw number that stands there while there is no good value",
                .read = mbp_read_no_value, .print = print_no_value, .same = same_no_value,
                .allowed = MBP_NO_VALUE_ALLOWED, .json = MBP_NO_VALUE_JSON),
    [MBP_REGISTER_BIT] =
        MBP_ROW(COUNT, OF(bit), "bit", "the one bit of its register that it takes, 0 the lowest", .high = 15),
    [MBP_REGISTER_BYTE] =
        MBP_ROW(CHOICE, OF(byte), "byte", "the byte of its register that it takes", .words = &mbp_byte_words),
    [MBP_REGISTER_ACCESS] =
        MBP_ROW(CHOICE, OF(access), "access", "what masters may do; to write is the usual thing where they can",
                .words = &mbp_point_access_words),
};
#undef OF

const struct mbp_schema mbp_register_schema = MBP_SCHEMA("a register", fields, struct mbp_register_def, .flow = true);

/* ---- more than a value in the holding registers ------------------------------------------------------------------ */

#define PARTS  (MBP_BIT(MBP_REGISTER_BIT) | MBP_BIT(MBP_REGISTER_BYTE))
#define BEYOND (PARTS | MBP_BIT(MBP_REGISTER_OVERFLOW) | MBP_BIT(MBP_REGISTER_NO_VALUE) | MBP_BIT(MBP_REGISTER_ACCESS))

static uint64_t point_keys(uint64_t given)
{
    static const uint8_t point_key[] = {
        [MBP_REGISTER_AT] = MBP_POINT_AT,
        [MBP_REGISTER_TYPE] = MBP_POINT_TYPE,
        [MBP_REGISTER_SCALE] = MBP_POINT_SCALE,
        [MBP_REGISTER_OFFSET] = MBP_POINT_OFFSET,
        [MBP_REGISTER_ORDER] = MBP_POINT_ORDER,
        [MBP_REGISTER_OVERFLOW] = MBP_POINT_OVERFLOW,
        [MBP_REGISTER_NO_VALUE] = MBP_POINT_NO_VALUE,
        [MBP_REGISTER_BIT] = MBP_POINT_BIT,
        [MBP_REGISTER_BYTE] = MBP_POINT_BYTE,
        [MBP_REGISTER_ACCESS] = MBP_POINT_ACCESS,
    };
    uint64_t keys = 0;
    for (unsigned i = 0; i < MBP_COUNT_OF(point_key); i++)
        keys |= (given & MBP_BIT(i)) != 0 ? MBP_BIT(point_key[i]) : 0;
    return keys;
}

/* What the value itself goes by: one of a bit is on or off, one that rolls over goes on beyond its register. */
static void complete_grid(struct mbp_register_def *def)
{
    struct mbp_register *reg = &def->reg;
    bool typed = mbp_def_has(&def->def, MBP_REGISTER_TYPE);
    if (mbp_table_is_bits(def->at.table) || mbp_def_has(&def->def, MBP_REGISTER_BIT))
        reg->type = MBP_BOOL;
    else if (mbp_def_has(&def->def, MBP_REGISTER_BYTE) && !typed)
        reg->type = MBP_UINT8;
    else if (def->overflow == 1 && reg->type != MBP_FLOAT32 && reg->type != MBP_FLOAT64)
        reg->type = MBP_INT64;
    else
        return;
    reg->words = (uint16_t)mbp_type_words((enum mbp_type)reg->type);
}

void mbp_complete_register(struct mbp_reader *reader, struct mbp_register_def *reg)
{
    bool given = mbp_def_has(&reg->def, MBP_REGISTER_AT);
    bool elsewhere = given && reg->at.table != MBP_HOLDING_REGISTERS;
    struct mbp_point_def *point;
    if (!given)
        reg->at.table = MBP_HOLDING_REGISTERS;
    if ((!elsewhere && (reg->def.present & BEYOND) == 0) || reg->def.wrong != 0)
        return;
    point = mbp_reader_array(reader, reader->scratch, 1, sizeof *point);
    if (point == NULL)
        return;
    *point = (struct mbp_point_def){.def = {.node = reg->def.node},
                                    .at = reg->at,
                                    .reg = reg->reg,
                                    .overflow = reg->overflow,
                                    .no_value = reg->no_value,
                                    .bit = reg->bit,
                                    .byte = reg->byte,
                                    .access = reg->access,
                                    .repeat = 1};
    point->def.present = MBP_BIT(MBP_POINT_TAG) | MBP_BIT(MBP_POINT_AT) | point_keys(reg->def.present);
    mbp_check_point(reader, point);
    reg->point = point;
    complete_grid(reg);
    if ((reg->def.present & PARTS) == 0)
        point->def.present |= MBP_BIT(MBP_POINT_TYPE);
    point->def.present |= MBP_BIT(MBP_POINT_SCALE) | MBP_BIT(MBP_POINT_OFFSET) | MBP_BIT(MBP_POINT_ORDER);
    reg->reg.nowhere = reg->reg.pointed = true;
}

/* ---- from the plant ---------------------------------------------------------------------------------------------- */

static void view_point(const struct mbp_user_point *point, struct mbp_register_def *def)
{
    bool is_bit = point->mask != 0 && (point->mask & (point->mask - 1u)) == 0;
    bool numeric = point->reg.type != MBP_BOOL && point->reg.type != MBP_STRING;
    *def = (struct mbp_register_def){
        .at = {(enum mbp_table)point->table, point->reg.addr},
        .reg = point->reg,
        .overflow = point->wraps,
        .no_value = {.bits = point->no_value, .whole = true, .is_bits = true},
        .bit = point->shift,
        .byte = point->shift != 0,
        .access = point->write_only ? MBP_ACCESS_WRITE
                  : point->writable ? MBP_ACCESS_READ_WRITE
                                    : MBP_ACCESS_READ,
    };
    def->def.present = MBP_BIT(MBP_REGISTER_AT) | MBP_BIT(MBP_REGISTER_ACCESS);
    if (mbp_table_is_bits((enum mbp_table)point->table))
        return;
    if (is_bit) {
        def->def.present |= MBP_BIT(MBP_REGISTER_BIT);
        return;
    }
    def->def.present |= MBP_BIT(MBP_REGISTER_TYPE) | MBP_BIT(MBP_REGISTER_ORDER);
    if (numeric)
        def->def.present |= MBP_BIT(MBP_REGISTER_SCALE) | MBP_BIT(MBP_REGISTER_OFFSET) | MBP_BIT(MBP_REGISTER_OVERFLOW);
    def->def.present |= point->mask != 0 ? MBP_BIT(MBP_REGISTER_BYTE) : 0;
    def->def.present |= point->has_no_value ? MBP_BIT(MBP_REGISTER_NO_VALUE) : 0;
}

void mbp_register_view(const struct mbp_register *reg, const struct mbp_user_point *point, struct mbp_register_def *def)
{
    bool numeric = reg->type != MBP_BOOL && reg->type != MBP_STRING;
    if (point != NULL) {
        view_point(point, def);
        return;
    }
    def->at = (struct mbp_place_def){MBP_HOLDING_REGISTERS, reg->addr};
    def->reg = *reg;
    def->def.present = (reg->nowhere ? 0 : MBP_BIT(MBP_REGISTER_AT)) | MBP_BIT(MBP_REGISTER_TYPE) |
                       MBP_BIT(MBP_REGISTER_ORDER) | (numeric ? MBP_BIT(MBP_REGISTER_SCALE) : 0) |
                       (mbp_register_has_offset(reg) ? MBP_BIT(MBP_REGISTER_OFFSET) : 0);
}

/* Whether the file has something at that number: `at: 40000`, `at: holding 40000`. */
static bool stands_at(struct mbp_text text, uint32_t number)
{
    const char *end = text.bytes + text.len;
    for (const char *at = text.bytes; (at = memmem(at, (size_t)(end - at), "at:", 3)) != NULL;) {
        uint32_t found = 0;
        bool key = at == text.bytes || !isalnum((unsigned char)at[-1]);
        for (at += 3; at < end && (*at == ' ' || isalpha((unsigned char)*at));)
            at++;
        for (; at < end && isdigit((unsigned char)*at) && found <= number; at++)
            found = 10 * found + (uint32_t)(*at - '0');
        if (key && found == number)
            return true;
    }
    return false;
}

/* Who has something at 40000 counts from 0, for nobody calls a register so: SunSpec's maps begin there. */
static bool counts_from_zero(struct mbp_reader *reader, enum mbp_table table, uint32_t number)
{
    const uint8_t bit = (uint8_t)(1u << table);
    if ((reader->asked & bit) == 0 && stands_at(reader->text, number))
        reader->from_zero |= bit;
    reader->asked |= bit;
    return (reader->from_zero & bit) != 0;
}

void mbp_check_reference(struct mbp_reader *reader, const struct mbp_node *node, enum mbp_table table, uint32_t at)
{
    static const uint32_t first[MBP_TABLE_COUNT] = {
        [MBP_DISCRETE_INPUTS] = 10001, [MBP_HOLDING_REGISTERS] = 40001, [MBP_INPUT_REGISTERS] = 30001};
    char text[16];
    if (first[table] == 0 || at < first[table] || at > first[table] + 9998 ||
        counts_from_zero(reader, table, first[table] - 1))
        return;
    mbp_reader_warn(reader, node,
                    "'at' counts from 0: this one is what masters call %s; the one that they call %u stands at: %u",
                    mbp_reference(table, (uint16_t)at, text, sizeof text), at, at - first[table]);
}
