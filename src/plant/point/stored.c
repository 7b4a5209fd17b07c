/* stored: values of points' own, and addresses that are the same as others. */
#include <stdlib.h>
#include <string.h>

#include "load.h"
#include "mbplant/base/tr.h"
#include "mbplant/map.h"
#include "scalar.h"

/* ---- values -------------------------------------------------------------------------------------------------------
 */

static void tell_range(struct mbp_load *load, const struct mbp_node *node, const struct mbp_register *reg)
{
    char text[2][MBP_WHOLE_TEXT];
    mbp_register_ends(reg, text[0], text[1]);
    mbp_reader_tell(&load->reader, node, "'value' is %s; %s holds numbers %s..%s", mbp_node_text(node),
                    mbp_type_name((enum mbp_type)reg->type), text[0], text[1]);
}

/* Whether it is a whole number, of which all digits count. */
static bool is_whole(const char *text, const struct mbp_register *reg, struct mbp_whole *whole)
{
    whole->negative = text[0] == '-';
    return mbp_register_is_plain(reg) && mbp_scalar_unsigned(text + whole->negative, &whole->magnitude);
}

static void take_number(struct mbp_load *load, const struct mbp_node *node, struct mbp_stored *stored)
{
    const char *text = mbp_node_text(node);
    const struct mbp_register *reg = &stored->reg;
    struct mbp_whole whole;
    double number;
    bool digits = is_whole(text, reg, &whole);
    bool good = digits && mbp_register_is_wide(reg)
                    ? mbp_register_holds_whole(reg, &whole)
                    : mbp_scalar_number(text, &number) && mbp_register_holds(reg, number);
    if (!good)
        tell_range(load, node, reg);
    else if (digits)
        stored->initial = mbp_codec_whole((enum mbp_type)reg->type, whole.negative, whole.magnitude);
    else
        stored->initial = mbp_register_bits(reg, number);
}

static void take_bool(struct mbp_load *load, const struct mbp_node *node, struct mbp_stored *stored)
{
    const char *text = mbp_node_text(node);
    bool on = false;
    if (!mbp_scalar_bool(text, &on) && !mbp_scalar_switch(text, &on) && strcmp(text, "0") != 0 &&
        strcmp(text, "1") != 0)
        mbp_reader_tell(&load->reader, node, "'value' is %s; a bit is true or false", text);
    stored->initial = on || strcmp(text, "1") == 0;
}

void mbp_set_stored(struct mbp_load *load, uint32_t s)
{
    struct mbp_stored *stored = &load->stored[s];
    const struct mbp_node *node = load->stored_defs[s]->value.node;
    if (node == NULL)
        return;
    if (stored->reg.type == MBP_BOOL) {
        take_bool(load, node, stored);
    } else if (stored->reg.type != MBP_STRING) {
        take_number(load, node, stored);
    } else {
        stored->text = mbp_reader_share_text(&load->reader, mbp_node_text(node), node->len);
        if (node->len > 2 * (uint32_t)stored->reg.words)
            mbp_reader_tell(&load->reader, node, "'value' has %u bytes; string(%u) holds %u", node->len,
                            stored->reg.words, 2u * stored->reg.words);
    }
}

/* ---- the same as others -------------------------------------------------------------------------------------------
 */

#define ADDRESSES 65536u
enum { DECLARED = 1, WRITABLE = 2, ALIAS = 4 };

static int mark_point(const struct mbp_point *point, void *ctx)
{
    uint8_t *marks = ctx;
    for (uint32_t i = 0; i < point->count; i++)
        marks[point->table * ADDRESSES + point->addr + i] |= (uint8_t)(DECLARED | (point->writable ? WRITABLE : 0));
    return 0;
}

/* marks: what stands in the unit. */
static void resolve_alias(struct mbp_load *load, struct mbp_alias *alias, const struct mbp_point_def *def,
                          const uint8_t *marks, bool silent)
{
    const struct mbp_node *node = mbp_def_node(&def->def, "same_as");
    uint32_t span = mbp_alias_span(alias);
    bool master_writes = alias->table == MBP_COILS || alias->table == MBP_HOLDING_REGISTERS;
    alias->writable = master_writes && !(mbp_def_has(&def->def, MBP_POINT_ACCESS) && def->access == MBP_ACCESS_READ);
    for (uint32_t i = 0; i < span; i++) {
        uint32_t at = alias->of_addr + i;
        unsigned mark = at < ADDRESSES ? marks[alias->of_table * ADDRESSES + at] : 0;
        alias->writable = alias->writable && (mark & WRITABLE) != 0;
        if ((mark & ALIAS) == 0 && (mark & DECLARED) != 0)
            continue;
        if (!silent)
            mbp_reader_tell(&load->reader, node, "%s %u is %s; 'same_as' takes addresses that stand by themselves",
                            mbp_table_word((enum mbp_table)alias->of_table), at,
                            mbp_tr((mark & ALIAS) != 0 ? "the same as another itself" : "at no address of the unit"));
        return;
    }
    if (mbp_table_is_bits(alias->of_table) && !mbp_table_is_bits(alias->table) && !silent)
        mbp_reader_tell(&load->reader, node, "a register cannot be the same as bits; bits: puts them into one");
    if (!alias->writable && mbp_def_has(&def->def, MBP_POINT_ACCESS) && def->access != MBP_ACCESS_READ && !silent)
        mbp_reader_tell(&load->reader, mbp_def_node(&def->def, "access"), "%s %u cannot be written",
                        mbp_table_word((enum mbp_table)alias->of_table), alias->of_addr);
}

static int by_place(const void *a, const void *b)
{
    const struct mbp_alias *left = a;
    const struct mbp_alias *right = b;
    return left->table != right->table ? (int)left->table - (int)right->table : (int)left->addr - (int)right->addr;
}

void mbp_resolve_aliases(struct mbp_load *load, struct mbp_unit *unit, bool silent)
{
    struct mbp_alias *aliases = load->aliases + unit->first_alias;
    uint32_t count = unit->alias_count;
    uint8_t *marks = count > 0 ? calloc(MBP_TABLE_COUNT, ADDRESSES) : NULL;
    if (count == 0)
        return;
    if (marks == NULL) {
        load->reader.out_of_memory = true;
        return;
    }
    unit->alias_count = 0; /* what they are the same as stands by itself */
    mbp_map_points(load->plant, (uint32_t)(unit - load->units), mark_point, marks);
    unit->alias_count = count;
    for (uint32_t a = 0; a < count; a++)
        for (uint32_t i = 0; i < aliases[a].count; i++)
            marks[aliases[a].table * ADDRESSES + aliases[a].addr + i] |= ALIAS;
    for (uint32_t a = 0; a < count; a++)
        resolve_alias(load, &aliases[a], load->alias_defs[unit->first_alias + a], marks, silent);
    free(marks);
    qsort(aliases, count, sizeof *aliases, by_place);
}
