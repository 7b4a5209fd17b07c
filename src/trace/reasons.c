/* Why an exception came: the rule of V1.1b3 section 6 that the request breaks, in the order in which they are checked.
 */
#include "trace_priv.h"

static unsigned get_u16(const uint8_t *bytes)
{
    return (unsigned)bytes[0] << 8 | bytes[1];
}

/* ---- 01 --------------------------------------------------------------------------------------------------------- */

static bool writes_span(uint8_t function)
{
    return function == 5 || function == 6 || function == 15 || function == 16 || function == 22 || function == 23;
}

static void put_function_reason(FILE *out, const uint8_t *request, size_t len)
{
    switch (request[0]) {
    case 5:
    case 6:
    case 15:
    case 16:
    case 21:
    case 22:
    case 23:
        fprintf(out, "function %u is not served to this peer (see server: access)", request[0]);
        break;
    case 7:
    case 11:
    case 12:
    case 17:
        fprintf(out, "function %u is not served while serial_functions is off", request[0]);
        break;
    case 8:
        fprintf(out, "sub-function %u is not served%s, or serial_functions is off", len >= 3 ? get_u16(request + 1) : 0,
                mbp_pdu_writes(request, len) ? " to this peer (see server: access)" : "");
        break;
    case 43:
        fprintf(out, "MEI type %u is not served, only 14", len >= 2 ? request[1] : 0);
        break;
    default:
        fprintf(out, "function %u is not served", request[0]);
        break;
    }
}

/* ---- 02 --------------------------------------------------------------------------------------------------------- */

/* The first address of the span that is at fault. */
static void put_address_reason(FILE *out, const struct traced_unit *unit, const struct span *span, uint8_t function)
{
    for (uint32_t addr = span->addr; addr < span->addr + span->count && addr <= UINT16_MAX; addr++) {
        const struct mbp_point *point = trace_point(unit, span->table, addr);
        bool hole = point == NULL && mbp_map_spans(unit->plant, unit->unit, span->table, (uint16_t)addr);
        if (hole && !writes_span(function))
            continue;
        if (hole) {
            fprintf(out, "%s %u is a hole in a block: it reads 0, and cannot be written",
                    trace_table_short(span->table), addr);
            return;
        }
        if (point == NULL) {
            fprintf(out, "nobody declared %s %u; mbplantctl map shows what is there", trace_table_short(span->table),
                    addr);
            return;
        }
        if (writes_span(function) && !point->writable) {
            fprintf(out, "%s (%s %u) is read-only", point->name, trace_table_short(span->table), addr);
            return;
        }
    }
    fputs("the span ends beyond address 65535, or what it reads is not declared", out);
}

/* ---- 03 --------------------------------------------------------------------------------------------------------- */

/* What the functions with a fixed length, a quantity or a byte count allow. */
static const struct rule {
    uint8_t function;
    uint8_t head_len; /* the request without its data: all of it where there is no byte count */
    uint8_t count_at;
    uint16_t count_max;
    uint8_t bytes_at; /* 0 = none; what it counts: count_at's bits or words */
    bool bits;
} rules[] = {
    {1, 5, 3, 2000, 0, true}, {2, 5, 3, 2000, 0, true},   {3, 5, 3, 125, 0, false},  {4, 5, 3, 125, 0, false},
    {5, 5, 0, 0, 0, false},   {6, 5, 0, 0, 0, false},     {7, 1, 0, 0, 0, false},    {11, 1, 0, 0, 0, false},
    {12, 1, 0, 0, 0, false},  {15, 6, 3, 1968, 5, true},  {16, 6, 3, 123, 5, false}, {17, 1, 0, 0, 0, false},
    {22, 7, 0, 0, 0, false},  {23, 10, 7, 121, 9, false}, {24, 3, 0, 0, 0, false},
};

static bool put_quantity_reason(FILE *out, const char *what, unsigned count, unsigned max)
{
    const bool wrong = count < 1 || count > max;
    if (wrong)
        fprintf(out, "%s of %u, allowed are 1 to %u", what, count, max);
    return wrong;
}

/* False: no rule of the table is broken. */
static bool put_rule_reason(FILE *out, const struct rule *rule, const uint8_t *request, size_t len)
{
    if (len < rule->head_len || (rule->bytes_at == 0 && len > rule->head_len)) {
        fprintf(out, "the request has %zu bytes, function %u has %s%u", len, rule->function,
                rule->bytes_at != 0 ? "more than " : "", rule->head_len);
        return true;
    }
    if (rule->function == 23 && put_quantity_reason(out, "a read quantity", get_u16(request + 3), 125))
        return true;
    if (rule->count_at == 0)
        return false;
    const unsigned count = get_u16(request + rule->count_at);
    if (put_quantity_reason(out, rule->function == 23 ? "a write quantity" : "a quantity", count, rule->count_max))
        return true;
    if (rule->bytes_at == 0)
        return false;
    const unsigned bytes = rule->bits ? (count + 7) / 8 : 2 * count;
    if (request[rule->bytes_at] != bytes)
        fprintf(out, "a byte count of %u, a quantity of %u has %u", request[rule->bytes_at], count, bytes);
    else
        fprintf(out, "%zu bytes of data, the byte count says %u", len - rule->head_len, bytes);
    return true;
}

static void put_value_reason(FILE *out, const uint8_t *request, size_t len)
{
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        if (rules[i].function == request[0] && put_rule_reason(out, &rules[i], request, len))
            return;
    }
    switch (request[0]) {
    case 5:
        fprintf(out, "a coil is written FF00 or 0000, not %04X", get_u16(request + 3));
        break;
    case 8:
        fputs("the sub-function does not take this data", out);
        break;
    case 20:
    case 21:
        fputs("byte count and groups do not fit each other, or not into one PDU", out);
        break;
    case 24:
        fputs("more than 31 values are in the queue", out);
        break;
    case 43:
        if (len == 4)
            fprintf(out, "access %u, allowed are 1 to 4", request[2]);
        else
            fprintf(out, "the request has %zu bytes, MEI type 14 has 4", len);
        break;
    default:
        fputs("a quantity, byte count or value that the function does not allow", out);
        break;
    }
}

/* ---- all -------------------------------------------------------------------------------------------------------- */

void trace_put_reason(FILE *out, const struct traced_unit *unit, const struct mbp_exchange *exchange,
                      const struct span *span)
{
    switch (exchange->response[1]) {
    case MBP_EX_ILLEGAL_FUNCTION:
        put_function_reason(out, exchange->request, exchange->request_len);
        break;
    case MBP_EX_ILLEGAL_DATA_ADDRESS:
        if (span->ok && unit != NULL)
            put_address_reason(out, unit, span, exchange->request[0]);
        else
            fputs("no such object, file, record or queue", out);
        break;
    case MBP_EX_ILLEGAL_DATA_VALUE:
        put_value_reason(out, exchange->request, exchange->request_len);
        break;
    case MBP_EX_SERVER_DEVICE_FAILURE:
        fputs("a value is outside its range, or the limits would be out of order", out);
        break;
    case MBP_EX_GATEWAY_TARGET_FAILED:
        fprintf(out, "there is no unit %u behind this port", exchange->unit);
        break;
    default:
        fputs("see V1.1b3 section 7", out);
        break;
    }
}
