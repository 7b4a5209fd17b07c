/* Spans and values in words. */
#include <math.h>

#include "trace_priv.h"

#define VALUES_MAX 16 /* of a line; the rest is counted */

static const char *const short_names[MBP_TABLE_COUNT] = {"coil", "DI", "HR", "IR"};

const char *trace_table_short(enum mbp_table table)
{
    return short_names[table];
}

void trace_put_span(FILE *out, const struct span *span)
{
    char first[8];
    char last[8];
    uint32_t end = span->addr + span->count - 1;
    mbp_reference(span->table, (uint16_t)span->addr, first, sizeof first);
    if (end == span->addr) {
        fprintf(out, "%s %u (%s)", short_names[span->table], span->addr, first);
    } else if (end > UINT16_MAX) {
        fprintf(out, "%s %u-%u (beyond 65535)", short_names[span->table], span->addr, end);
    } else {
        mbp_reference(span->table, (uint16_t)end, last, sizeof last);
        fprintf(out, "%s %u-%u (%s-%s)", short_names[span->table], span->addr, end, first, last);
    }
}

/* ---- values ----------------------------------------------------------------------------------------------------- */

static bool has_bytes(const struct span *span, uint32_t offset, uint32_t count, size_t len)
{
    return mbp_table_is_bits(span->table) ? (offset + count + 7) / 8 <= len : 2 * (size_t)(offset + count) <= len;
}

/* "65.2 °C" with as many decimals as the register's scale has. */
static void put_number(FILE *out, const struct mbp_point *point, const uint16_t *words)
{
    const struct mbp_register reg = mbp_point_register(point);
    double value = mbp_register_decode(&reg, words);
    bool unused = mbp_register_unused(&reg, words);
    bool is_limit = point->field != NULL && point->field->write == MBP_WRITE_LIMIT;
    if (unused && (is_limit || !point->writable)) {
        fputs(is_limit ? "off" : "none", out);
        return;
    }
    if (point->type == MBP_FLOAT32 || point->type == MBP_FLOAT64)
        fprintf(out, "%.6g", value);
    else
        fprintf(out, "%.*f", fabs(reg.scale) < 1 ? (int)ceil(-log10(fabs(reg.scale)) - 1e-9) : 0, value);
    if (point->unit_text != NULL && point->unit_text[0] != '\0')
        fprintf(out, " %s", point->unit_text);
}

/* Whether the point at the offset is named on its own and its value whole in the data. */
static bool is_whole(const struct mbp_point *point, const struct span *span, uint32_t addr, size_t len)
{
    bool named = point != NULL && point->addr == addr && point->type != MBP_STRING;
    bool single =
        named && (mbp_table_is_bits(span->table) ? point->count == 1
                                                 : point->count == mbp_type_words((enum mbp_type)point->type));
    return single && addr + point->count <= span->addr + span->count &&
           has_bytes(span, addr - span->addr, point->count, len);
}

static uint32_t put_value(FILE *out, const struct mbp_point *point, const struct span *span, uint32_t addr,
                          const uint8_t *data, size_t len)
{
    uint32_t offset = addr - span->addr;
    if (mbp_table_is_bits(span->table)) {
        const char *bit = (data[offset / 8] >> (offset % 8) & 1u) != 0 ? "on" : "off";
        if (is_whole(point, span, addr, len))
            fprintf(out, "%s = %s", point->name, bit);
        else
            fprintf(out, "%s %u = %s", short_names[span->table], addr, bit);
        return 1;
    }
    const uint8_t *bytes = data + 2 * (size_t)offset;
    if (!is_whole(point, span, addr, len)) {
        fprintf(out, "%s %u = %u", short_names[span->table], addr, (unsigned)bytes[0] << 8 | bytes[1]);
        return 1;
    }
    uint16_t words[4] = {0};
    for (uint32_t i = 0; i < point->count && i < 4; i++)
        words[i] = (uint16_t)((unsigned)bytes[2 * i] << 8 | bytes[2 * i + 1]);
    fprintf(out, "%s = ", point->name);
    put_number(out, point, words);
    return point->count;
}

void trace_put_values(FILE *out, const struct traced_unit *unit, const struct span *span, const uint8_t *data,
                      size_t len)
{
    uint32_t end = span->addr + span->count;
    unsigned told = 0;
    for (uint32_t addr = span->addr; addr < end && has_bytes(span, addr - span->addr, 1, len);) {
        if (told == VALUES_MAX) {
            fprintf(out, ", and %u more addresses", end - addr);
            return;
        }
        if (told++ > 0)
            fputs(", ", out);
        addr += put_value(out, trace_point(unit, span->table, addr), span, addr, data, len);
    }
}
