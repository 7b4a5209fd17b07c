/* register: where and how a value stands in the holding registers. */
#include <stdlib.h>
#include <string.h>

#include "defs.h"
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

#define OF(member) MBP_AT(struct mbp_register_def, member)
static const struct mbp_field fields[] = {
    [MBP_REGISTER_AT] =
        MBP_ROW(COUNT, OF(at), "at", "address of its first register, counted from 0; the next free one if not given",
                .high = UINT16_MAX, .place = true),
    [MBP_REGISTER_TYPE] =
        MBP_ROW(CUSTOM, OF(reg), "type", "how the value is written in the registers", .usual = "int16",
                .read = mbp_read_type, .print = mbp_print_type, .same = same_type,
                .allowed = "one of int16, uint16, int32, uint32, int64, uint64, float32, float64, bool, "
                           "string(n) of n = 1..100 registers; int8, uint8, int24, uint24, int48, uint48, bcd16, bcd32",
                .json = MBP_TYPE_JSON),
    [MBP_REGISTER_SCALE] = MBP_ROW(NUMBER, OF(reg.scale), "scale", "the value of one raw step: raw = value / scale",
                                   .usual = "1", .low = 1e-12, .high = 1e12),
    [MBP_REGISTER_ORDER] =
        MBP_ROW(CHOICE, OF(reg.order), "order", "order of the bytes of types wider than one register", .usual = "ABCD",
                .words = &mbp_order_words),
};

const struct mbp_schema mbp_register_schema = MBP_SCHEMA("a register", fields, struct mbp_register_def, .flow = true);

void mbp_register_view(const struct mbp_register *reg, struct mbp_register_def *def)
{
    bool numeric = reg->type != MBP_BOOL && reg->type != MBP_STRING;
    def->at = reg->addr;
    def->reg = *reg;
    def->def.present = (reg->nowhere ? 0 : MBP_BIT(MBP_REGISTER_AT)) | MBP_BIT(MBP_REGISTER_TYPE) |
                       MBP_BIT(MBP_REGISTER_ORDER) | (numeric ? MBP_BIT(MBP_REGISTER_SCALE) : 0);
}

void mbp_check_reference(struct mbp_reader *reader, const struct mbp_node *node, enum mbp_table table, uint32_t at)
{
    static const uint32_t first[MBP_TABLE_COUNT] = {
        [MBP_DISCRETE_INPUTS] = 10001, [MBP_HOLDING_REGISTERS] = 40001, [MBP_INPUT_REGISTERS] = 30001};
    char text[16];
    if (first[table] == 0 || at < first[table] || at > first[table] + 9998) {
        return;
    }
    mbp_reader_warn(reader, node,
                    "'at' counts from 0: this one is what masters call %s; the one that they call %u stands at: %u",
                    mbp_reference(table, (uint16_t)at, text, sizeof text), at, at - first[table]);
}
