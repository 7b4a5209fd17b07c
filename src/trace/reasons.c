/* Why an exception came: the rule of V1.1b3 section 6 that the request breaks, in the order in which they are checked.
 */
#include "trace_priv.h"

static unsigned get_u16(const uint8_t *bytes)
{
    return (unsigned)bytes[0] << 8 | bytes[1];
}

/* ---- 01 --------------------------------------------------------------------------------------------------------- */

bool trace_writes_span(uint8_t function)
{
    return mbp_function(function)->write.addr_at != 0;
}

static void put_function_reason(FILE *out, const uint8_t *request, size_t len)
{
    const struct mbp_function *function = mbp_function(request[0]);
    if ((function->flags & MBP_FUNCTION_HAS_SUB) != 0)
        fprintf(out, "sub-function %u is not served%s, or serial_functions is off", len >= 3 ? get_u16(request + 1) : 0,
                mbp_pdu_writes(request, len) ? " to this peer (see server: access)" : "");
    else if ((function->flags & MBP_FUNCTION_WRITES) != 0)
        fprintf(out, "function %u is not served to this peer (see server: access)", request[0]);
    else if ((function->flags & MBP_FUNCTION_SERIAL_LINE) != 0)
        fprintf(out, "function %u is not served while serial_functions is off", request[0]);
    else if (request[0] == 43)
        fprintf(out, "MEI type %u is not served, only 14", len >= 2 ? request[1] : 0);
    else
        fprintf(out, "function %u is not served", request[0]);
}

/* ---- 02 --------------------------------------------------------------------------------------------------------- */

/* The first address of the span that is at fault. */
static void put_address_reason(FILE *out, const struct traced_unit *unit, const struct span *span, uint8_t function)
{
    for (uint32_t addr = span->addr; addr < span->addr + span->count && addr <= UINT16_MAX; addr++) {
        const struct mbp_point *point = trace_point(unit, span->table, addr);
        bool hole = point == NULL && mbp_map_spans(unit->plant, unit->unit, span->table, (uint16_t)addr);
        if (hole && !trace_writes_span(function))
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
        if (trace_writes_span(function) && !point->writable) {
            fprintf(out, "%s (%s %u) is read-only", point->name, trace_table_short(span->table), addr);
            return;
        }
    }
    fputs("the span ends beyond address 65535, or what it reads is not declared", out);
}

/* ---- 03 --------------------------------------------------------------------------------------------------------- */

static void put_quantity_reason(FILE *out, const char *what, const struct mbp_function_span *span,
                                const uint8_t *request)
{
    fprintf(out, "%s of %u, allowed are 1 to %u", what, get_u16(request + span->count_at), span->count_max);
}

static void put_length_reason(FILE *out, const uint8_t *request, size_t len)
{
    const struct mbp_function *function = mbp_function(request[0]);
    fprintf(out, "the request has %zu bytes, function %u has %s%u", len, request[0],
            function->bytes_at != 0 ? "more than " : "",
            function->bytes_at != 0 ? function->bytes_at + 1u : function->len_min);
}

static void put_byte_count_reason(FILE *out, const uint8_t *request, size_t len)
{
    const struct mbp_function *function = mbp_function(request[0]);
    const unsigned count = get_u16(request + function->write.count_at);
    const size_t bytes = mbp_function_data_len(function, count);
    if (request[function->bytes_at] != bytes)
        fprintf(out, "a byte count of %u, a quantity of %u has %zu", request[function->bytes_at], count, bytes);
    else
        fprintf(out, "%zu bytes of data, the byte count says %zu", len - function->bytes_at - 1, bytes);
}

/* By the function's row. False: it says nothing against the request. */
static bool put_form_reason(FILE *out, const uint8_t *request, size_t len)
{
    const struct mbp_function *function = mbp_function(request[0]);
    const bool both = function->read.count_at != 0 && function->write.count_at != 0;
    const bool variable = function->len_max == 253 && function->bytes_at == 0;
    switch (mbp_function_check(function, request, len)) {
    case MBP_FORM_LENGTH:
        if (!variable)
            put_length_reason(out, request, len);
        return !variable;
    case MBP_FORM_READ_COUNT:
        put_quantity_reason(out, both ? "a read quantity" : "a quantity", &function->read, request);
        return true;
    case MBP_FORM_WRITE_COUNT:
        put_quantity_reason(out, both ? "a write quantity" : "a quantity", &function->write, request);
        return true;
    case MBP_FORM_BYTE_COUNT:
        put_byte_count_reason(out, request, len);
        return true;
    case MBP_FORM_GOOD:
        break;
    }
    return false;
}

static void put_value_reason(FILE *out, const uint8_t *request, size_t len)
{
    if (put_form_reason(out, request, len))
        return;
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
