/* words: a row in the words of a target, or why it has none; text as several formats read it alike. */
#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "mbplant/base/tr.h"

#include "export_priv.h"

/* ---- what is told ------------------------------------------------------------------------------------------------ */

void export_note(struct mbp_export_told *told, const char *format, ...)
{
    va_list args;
    if (told->out == NULL)
        return;
    va_start(args, format);
    mbp_text_vprint(told->out, mbp_tr(format), args);
    va_end(args);
}

void export_lost(struct mbp_export_told *told, const char *format, ...)
{
    va_list args;
    told->lost++;
    if (told->out == NULL)
        return;
    va_start(args, format);
    mbp_text_vprint(told->out, mbp_tr(format), args);
    va_end(args);
}

void export_leave_out(struct mbp_export_told *told, const char *target, const struct mbp_export_row *row,
                      const char *why)
{
    export_lost(told, "%s: %s of unit %u is left out: %s\n", target, row->name, row->unit_id, mbp_tr(why));
}

/* ---- words ------------------------------------------------------------------------------------------------------- */

static const char *order_word(const struct export_words *words, const struct mbp_register *reg)
{
    unsigned count = reg->type == MBP_STRING ? 2 : mbp_type_words((enum mbp_type)reg->type);
    const char *const *orders = count == 1 ? words->order_1 : count == 2 ? words->order_2 : words->order_4;
    return orders[reg->order];
}

/* Why a target cannot say a point; NULL = it can. */
static const char *trouble(const struct export_words *words, const struct mbp_point *point, char buf[96])
{
    struct mbp_register reg = mbp_point_register(point);
    if (point->own != NULL && point->own->write_only)
        return "it is only written";
    if (export_is_bits(point))
        return words->bits ? NULL : "there is no word for coils and discrete inputs";
    if (point->own != NULL && point->own->mask != 0 && !(words->parts && point->type == MBP_BOOL))
        return "there is no word for a part of a register";
    unsigned each = reg.type == MBP_STRING ? point->count : mbp_type_words((enum mbp_type)reg.type);
    if (point->count > each)
        return "it is many registers";
    if (words->type[reg.type] == NULL)
        snprintf(buf, 96, mbp_tr("there is no word for %s"), mbp_type_name((enum mbp_type)reg.type));
    else if (order_word(words, &reg) == NULL)
        snprintf(buf, 96, mbp_tr("there is no word for %s in the order %s"), mbp_type_name((enum mbp_type)reg.type),
                 mbp_order_name((enum mbp_order)reg.order));
    else if (!words->offset && mbp_register_has_offset(&reg))
        return "there is no word for an offset";
    else
        return NULL;
    return buf;
}

static int compare_place(const void *key, const void *item)
{
    const struct mbp_export_row *wanted = key;
    const struct mbp_export_row *row = item;
    if (wanted->unit != row->unit)
        return wanted->unit < row->unit ? -1 : 1;
    if (wanted->point.table != row->point.table)
        return wanted->point.table < row->point.table ? -1 : 1;
    return (wanted->point.addr > row->point.addr) - (wanted->point.addr < row->point.addr);
}

static const struct mbp_export_row *row_at(const struct mbp_export *export, uint32_t unit,
                                           const struct mbp_point *point)
{
    struct mbp_export_row wanted = {.unit = unit, .point = *point};
    return bsearch(&wanted, export->rows, export->row_count, sizeof wanted, compare_place);
}

const struct mbp_export_row *export_acknowledge_of(const struct mbp_export *export, const struct mbp_export_row *value)
{
    const struct mbp_unit *unit = &export->plant->units[value->unit];
    struct mbp_point point;
    if (value->point.sensor == UINT32_MAX ||
        !mbp_map_item_has(export->plant, unit, MBP_MAP_ACKNOWLEDGE, value->point.sensor))
        return NULL;
    mbp_map_field_point(export->plant, unit, MBP_MAP_ACKNOWLEDGE, value->point.sensor, 0, &point);
    const struct mbp_export_row *row = row_at(export, value->unit, &point);
    return row != NULL && export_is_command(row) ? row : NULL;
}

/* The sensor's value as float32, which every target has a word for; of a text there is no number. */
static bool find_copy(const struct mbp_export *export, const struct mbp_export_row *row, struct mbp_point *out)
{
    const struct mbp_unit *unit = &export->plant->units[row->unit];
    const struct mbp_point *point = &row->point;
    if (point->sensor == UINT32_MAX || point->block != MBP_MAP_VALUES || point->own != NULL ||
        point->type == MBP_STRING || !mbp_map_item_has(export->plant, unit, MBP_MAP_FLOATS, point->sensor))
        return false;
    mbp_map_field_point(export->plant, unit, MBP_MAP_FLOATS, point->sensor, 0, out);
    return row_at(export, row->unit, out) == NULL; /* no target likes an address twice */
}

bool export_say(const struct mbp_export *export, const struct mbp_export_row *row, const struct export_words *words,
                struct mbp_export_told *told, struct export_said *out)
{
    char buf[96];
    *out = (struct export_said){.point = row->point, .scale = 1};
    const char *why = trouble(words, &row->point, buf);
    if (why != NULL) {
        char ignored[96];
        out->copied =
            !words->no_copy && find_copy(export, row, &out->point) && trouble(words, &out->point, ignored) == NULL;
        if (!out->copied) {
            export_leave_out(told, words->target, row, why);
            return false;
        }
        export_lost(told, "%s: %s of unit %u is read from its copy as float32: %s\n", words->target, row->point.name,
                    row->unit_id, mbp_tr(why));
    }
    if (export_is_bits(&out->point))
        return true;
    struct mbp_register reg = mbp_point_register(&out->point);
    out->type = words->type[reg.type];
    out->order = order_word(words, &reg);
    bool number = reg.type != MBP_STRING && reg.type != MBP_BOOL;
    out->scale = number ? reg.scale : 1;
    out->offset = number ? reg.offset : 0;
    return true;
}

/* ---- text -------------------------------------------------------------------------------------------------------- */

void export_quoted(FILE *out, const char *text)
{
    putc('"', out);
    while (*text != '\0') {
        uint32_t code = 0;
        size_t len = mbp_utf8_next(text, &code);
        if (*text == '"' || *text == '\\')
            putc('\\', out);
        if (len == 0 || mbp_utf8_is_control(code))
            putc('?', out);
        else
            fwrite(text, 1, len, out);
        text += len > 0 ? len : 1;
    }
    putc('"', out);
}

const char *mbp_export_title(const struct mbp_export_row *row, char *buf, size_t size)
{
    const char *dot = strchr(row->name, '.');
    bool of_owner = row->owner[0] != '\0' && row->label[0] != '\0';
    if (strcmp(row->name, row->point.name) != 0)
        of_owner = false;
    if (of_owner && dot != NULL)
        snprintf(buf, size, "%s %s: %s", row->owner, row->label, dot + 1);
    else if (of_owner)
        snprintf(buf, size, "%s %s", row->owner, row->label);
    else
        snprintf(buf, size, "%s", row->name);
    return buf;
}
