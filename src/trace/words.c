/* Spans, values and reasons in words. */
#include <math.h>

#include "trace_priv.h"

#define VALUES_MAX 16 /* of a line; the rest is counted */

static const char *const short_names[MBP_TABLE_COUNT] = {"coil", "DI", "HR", "IR"};

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

static bool is_bits(enum mbp_table table)
{
    return table == MBP_COILS || table == MBP_DISCRETE_INPUTS;
}

static bool has_bytes(const struct span *span, uint32_t offset, uint32_t count, size_t len)
{
    return is_bits(span->table) ? (offset + count + 7) / 8 <= len : 2 * (size_t)(offset + count) <= len;
}

/* "65.2 °C" with as many decimals as the register's scale has. */
static void put_number(FILE *out, const struct mbp_point *point, const uint16_t *words)
{
    double value = mbp_codec_decode((enum mbp_type)point->type, (enum mbp_order)point->order, point->scale, words);
    if (mbp_codec_unused((enum mbp_type)point->type, (enum mbp_order)point->order, words) && !point->writable) {
        fputs("none", out);
        return;
    }
    if (point->type == MBP_FLOAT32 || point->type == MBP_FLOAT64)
        fprintf(out, "%.6g", value);
    else
        fprintf(out, "%.*f", point->scale < 1 ? (int)ceil(-log10(point->scale) - 1e-9) : 0, value);
    if (point->unit_text != NULL && point->unit_text[0] != '\0')
        fprintf(out, " %s", point->unit_text);
}

/* Whether the point at the offset is named on its own and its value whole in the data. */
static bool is_whole(const struct mbp_point *point, const struct span *span, uint32_t addr, size_t len)
{
    bool named = point != NULL && point->addr == addr && point->type != MBP_STRING;
    bool single = named && (is_bits(span->table) ? point->count == 1
                                                 : point->count == mbp_type_words((enum mbp_type)point->type));
    return single && addr + point->count <= span->addr + span->count &&
           has_bytes(span, addr - span->addr, point->count, len);
}

static uint32_t put_value(FILE *out, const struct mbp_point *point, const struct span *span, uint32_t addr,
                          const uint8_t *data, size_t len)
{
    uint32_t offset = addr - span->addr;
    if (is_bits(span->table)) {
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

/* ---- reasons ---------------------------------------------------------------------------------------------------- */

static bool writes_span(uint8_t function)
{
    return function == 5 || function == 6 || function == 15 || function == 16 || function == 22 || function == 23;
}

/* The first address of the span that is at fault. */
static void put_address_reason(FILE *out, const struct traced_unit *unit, const struct span *span, uint8_t function)
{
    for (uint32_t addr = span->addr; addr < span->addr + span->count && addr <= UINT16_MAX; addr++) {
        const struct mbp_point *point = trace_point(unit, span->table, addr);
        if (point == NULL) {
            fprintf(out, "nobody declared %s %u; mbplantctl map shows what is there", short_names[span->table], addr);
            return;
        }
        if (writes_span(function) && !point->writable) {
            fprintf(out, "%s (%s %u) is read-only", point->name, short_names[span->table], addr);
            return;
        }
    }
    fputs("the span ends beyond address 65535, or what it reads is not declared", out);
}

void trace_put_reason(FILE *out, const struct traced_unit *unit, const struct mbp_exchange *exchange,
                      const struct span *span)
{
    uint8_t function = exchange->request[0];
    switch (exchange->response[1]) {
    case MBP_EX_ILLEGAL_FUNCTION:
        fprintf(out, "function %u is not served%s", function,
                writes_span(function) ? " to this peer (see server: access)" : "");
        break;
    case MBP_EX_ILLEGAL_DATA_ADDRESS:
        if (span->ok && unit != NULL)
            put_address_reason(out, unit, span, function);
        else
            fputs("no such object, file, record or queue", out);
        break;
    case MBP_EX_ILLEGAL_DATA_VALUE:
        if (span->count > 0)
            fprintf(out,
                    "quantity %u, byte count or value is not what the function allows, or the request's length (%zu) "
                    "does not fit",
                    span->count, exchange->request_len);
        else
            fprintf(out, "quantity 0, or a length of %zu bytes that does not fit the function", exchange->request_len);
        break;
    case MBP_EX_SERVER_DEVICE_FAILURE:
        fputs("a value is outside the instrument's range, or the limits would be out of order", out);
        break;
    case MBP_EX_GATEWAY_TARGET_FAILED:
        fprintf(out, "there is no unit %u behind this port", exchange->unit);
        break;
    default:
        fputs("see V1.1b3 section 7", out);
        break;
    }
}
