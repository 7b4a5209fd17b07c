/* print_point: the user's own points with every key. Bits of one register are printed one by one. */
#include <inttypes.h>

#include "mbplant/formula.h"
#include "print.h"

static bool is_words(unsigned table)
{
    return table == MBP_HOLDING_REGISTERS || table == MBP_INPUT_REGISTERS;
}

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

static void print_value(FILE *out, const struct mbp_stored *stored)
{
    const struct mbp_register *reg = &stored->reg;
    char text[MBP_WHOLE_TEXT];
    const struct mbp_whole whole = mbp_codec_whole_of((enum mbp_type)reg->type, stored->initial);
    if (reg->type == MBP_STRING)
        mbp_print_text(out, stored->text);
    else if (reg->type == MBP_BOOL)
        fputs(stored->initial != 0 ? "true" : "false", out);
    else if (mbp_register_is_wide(reg))
        fputs(mbp_whole_text(&whole, text), out);
    else
        mbp_print_number(out, "", mbp_register_of_bits(reg, stored->initial));
}

/* What it holds by itself, or what it shows. */
static void print_shown(FILE *out, const struct mbp_plant *plant, const struct mbp_user_point *point)
{
    char name[96];
    if (!point->home) {
        fputs("tag: ", out);
        mbp_print_name(out, mbp_map_tag_name(plant, &point->tag, name, sizeof name));
        return;
    }
    const struct mbp_stored *stored = &plant->stored[point->tag.item];
    if (stored->named) {
        fputs("name: ", out);
        mbp_print_name(out, stored->name);
        fputs(", ", out);
    }
    if (stored->computed) {
        fputs("expr: ", out);
        mbp_print_text(out, plant->formulas[stored->formula - 1].text);
        return;
    }
    fputs("value: ", out);
    print_value(out, stored);
    fprintf(out, ", retain: %s", stored->retain ? "true" : "false");
    if (stored->watchdog != 0) {
        const struct mbp_watchdog *watchdog = &plant->watchdogs[stored->watchdog - 1];
        const struct mbp_loss_def loss = {(enum mbp_on_loss)watchdog->on_loss, watchdog->number};
        mbp_print_duration(out, ", watchdog: ", watchdog->after_ns);
        fputs(", on_loss: ", out);
        mbp_print_on_loss(out, &loss);
    }
}

static void print_alias(FILE *out, const struct mbp_alias *alias)
{
    fprintf(out, "      - {at: %s %u, same_as: %s %u, count: %u, access: %s}\n",
            mbp_table_word((enum mbp_table)alias->table), alias->addr, mbp_table_word((enum mbp_table)alias->of_table),
            alias->of_addr, alias->count, alias->writable ? "read_write" : "read");
}

void mbp_print_points(FILE *out, const struct mbp_plant *plant, const struct mbp_unit *unit)
{
    uint32_t said = 0;
    for (uint32_t p = unit->first_point; p < unit->first_point + unit->point_count; p++)
        said += plant->points[p].of_register;
    fputs(unit->point_count - said + unit->alias_count > 0 ? "    points:\n" : "", out);
    for (uint32_t p = unit->first_point; p < unit->first_point + unit->point_count; p++) {
        const struct mbp_user_point *point = &plant->points[p];
        if (point->of_register)
            continue; /* said by `register` */
        fprintf(out, "      - {at: %s %u, ", mbp_table_word((enum mbp_table)point->table), point->reg.addr);
        print_shown(out, plant, point);
        if (is_words(point->table))
            print_register(out, point);
        if (point->accept != 0) {
            fputs(", accept: ", out);
            mbp_print_text(out, plant->formulas[point->accept - 1].text);
        }
        fprintf(out, ", access: %s}\n", point->write_only ? "write" : point->writable ? "read_write" : "read");
    }
    for (uint32_t a = unit->first_alias; a < unit->first_alias + unit->alias_count; a++)
        print_alias(out, &plant->aliases[a]);
}
