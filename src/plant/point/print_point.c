/* print_point: the user's own points with every key. Bits of one register are printed one by one. */
#include <inttypes.h>

#include "print.h"

static void print_register(FILE *out, const struct mbp_user_point *point)
{
    const struct mbp_register *reg = &point->reg;
    bool is_bit = point->mask != 0 && (point->mask & (point->mask - 1u)) == 0;
    if (is_bit) {
        fprintf(out, ", bit: %u", point->shift);
        return;
    }
    fputs(", type: ", out);
    mbp_print_type(out, reg);
    if (reg->type != MBP_STRING) {
        mbp_print_number(out, ", scale: ", reg->scale);
        mbp_print_number(out, ", offset: ", reg->offset);
        fprintf(out, ", overflow: %s", mbp_overflow_words.names[point->wraps]);
    }
    fprintf(out, ", order: %s", mbp_order_name((enum mbp_order)reg->order));
    if (point->mask != 0)
        fprintf(out, ", byte: %s", mbp_byte_words.names[point->shift != 0]);
    if (point->has_no_value)
        fprintf(out, ", no_value: 0x%" PRIX64, point->no_value);
}

void mbp_print_points(FILE *out, const struct mbp_plant *plant, const struct mbp_unit *unit)
{
    fputs(unit->point_count > 0 ? "    points:\n" : "", out);
    for (uint32_t p = unit->first_point; p < unit->first_point + unit->point_count; p++) {
        const struct mbp_user_point *point = &plant->points[p];
        char name[96];
        fprintf(out, "      - {at: %s %u, tag: ", mbp_table_word((enum mbp_table)point->table), point->reg.addr);
        mbp_print_name(out, mbp_map_tag_name(plant, &point->tag, name, sizeof name));
        if (point->table == MBP_HOLDING_REGISTERS || point->table == MBP_INPUT_REGISTERS)
            print_register(out, point);
        fputs("}\n", out);
    }
}
