/* One exchange in two lines. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "mbplant/names.h"
#include "trace_priv.h"

/* ---- the points of each unit ------------------------------------------------------------------------------------ */

static int count_point(const struct mbp_point *point, void *ctx)
{
    (void)point;
    ++*(uint32_t *)ctx;
    return 0;
}

static int take_point(const struct mbp_point *point, void *ctx)
{
    struct traced_unit *unit = ctx;
    unit->points[unit->count++] = *point;
    return 0;
}

static int by_address(const void *a, const void *b)
{
    const struct mbp_point *left = a;
    const struct mbp_point *right = b;
    if (left->table != right->table)
        return (int)left->table - (int)right->table;
    return (int)left->addr - (int)right->addr;
}

enum mbp_status mbp_trace_new(const struct mbp_plant *plant, FILE *out, struct mbp_trace **trace)
{
    struct mbp_trace *made = calloc(1, sizeof *made);
    if (made == NULL)
        return MBP_ERR_MEMORY;
    *made = (struct mbp_trace){.plant = plant, .out = out, .units = calloc(plant->unit_count, sizeof *made->units)};
    for (uint32_t u = 0; made->units != NULL && u < plant->unit_count; u++) {
        uint32_t count = 0;
        made->units[u].plant = plant;
        made->units[u].unit = &plant->units[u];
        mbp_map_points(plant, u, count_point, &count);
        made->units[u].points = calloc(count + 1, sizeof *made->units[u].points);
        if (made->units[u].points == NULL) {
            mbp_trace_free(made);
            return MBP_ERR_MEMORY;
        }
        mbp_map_points(plant, u, take_point, &made->units[u]);
        qsort(made->units[u].points, count, sizeof *made->units[u].points, by_address);
    }
    if (made->units == NULL) {
        mbp_trace_free(made);
        return MBP_ERR_MEMORY;
    }
    *trace = made;
    return MBP_OK;
}

void mbp_trace_free(struct mbp_trace *trace)
{
    if (trace == NULL)
        return;
    for (uint32_t u = 0; trace->units != NULL && u < trace->plant->unit_count; u++)
        free(trace->units[u].points);
    free(trace->units);
    free(trace);
}

/* The unit that answers an id; NULL = none. */
static const struct traced_unit *trace_unit(const struct mbp_trace *trace, uint8_t id)
{
    const struct mbp_unit *unit = mbp_plant_find_unit(trace->plant, id);
    if (unit == NULL && (id == 255 || (id == 0 && !trace->plant->server.broadcast)))
        return &trace->units[0];
    return unit != NULL ? &trace->units[unit - trace->plant->units] : NULL;
}

const struct mbp_point *trace_point(const struct traced_unit *unit, enum mbp_table table, uint32_t addr)
{
    uint32_t low = 0;
    uint32_t high = unit->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const struct mbp_point *point = &unit->points[middle];
        bool before = point->table != table ? point->table < table : point->addr + point->count <= addr;
        if (before)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == unit->count || unit->points[low].table != table || unit->points[low].addr > addr)
        return NULL;
    return &unit->points[low];
}

/* ---- requests --------------------------------------------------------------------------------------------------- */

static unsigned get_u16(const uint8_t *bytes)
{
    return (unsigned)bytes[0] << 8 | bytes[1];
}

/* The table and addresses that a request works on (of FC 23, what it writes); a queue is no table. */
static struct span span_of(const uint8_t *request, size_t len)
{
    const struct mbp_function *function = mbp_function(request[0]);
    const struct mbp_function_span *span = function->write.addr_at != 0 ? &function->write : &function->read;
    struct span out = {.table = (enum mbp_table)function->table};
    bool whole = len >= (span->count_at != 0 ? span->count_at : span->addr_at) + 2u;
    bool queue = span == &function->read && span->count_at == 0;
    if (whole && !queue && mbp_function_addresses(span, request, len, &out.addr, &out.count))
        out.ok = out.count > 0;
    return out.ok ? out : (struct span){0};
}

static void put_written(FILE *out, const struct traced_unit *unit, const struct span *span, const uint8_t *request,
                        size_t len)
{
    const size_t at = mbp_function(request[0])->value_at;
    const uint8_t coil[1] = {len > at && request[at] != 0};
    fputs(": ", out);
    if (request[0] == 5)
        trace_put_values(out, unit, span, coil, 1);
    else if (request[0] == 22 && len >= 7)
        fprintf(out, "AND 0x%04X, OR 0x%04X", get_u16(request + 3), get_u16(request + 5));
    else if (request[0] != 22)
        trace_put_values(out, unit, span, request + at, len > at ? len - at : 0);
}

static void put_peer(FILE *out, const struct mbp_exchange *exchange)
{
    char text[48];
    if (exchange->line != NULL) {
        fputs(exchange->line, out);
        return;
    }
    mbp_address_text(exchange->address, text, sizeof text);
    bool v6 = strchr(text, ':') != NULL;
    fprintf(out, "%s%s%s:%u", v6 ? "[" : "", text, v6 ? "]" : "", exchange->peer_port);
}

/* Bytes that are no request of Modbus. */
static void put_bytes(FILE *out, const struct mbp_exchange *exchange)
{
    for (size_t i = 0; i < exchange->request_len; i++)
        fprintf(out, "%s%02X", i == 0 ? "" : " ", exchange->request[i]);
}

static void put_request(FILE *out, const struct mbp_exchange *exchange, const struct traced_unit *unit,
                        const struct span *span)
{
    fprintf(out, "FC %u %s", exchange->request[0], mbp_function_name(exchange->request[0]));
    if (span->ok) {
        fputc(' ', out);
        trace_put_span(out, span);
        if (unit != NULL && trace_writes_span(exchange->request[0]))
            put_written(out, unit, span, exchange->request, exchange->request_len);
    } else {
        trace_put_other_request(out, exchange->request, exchange->request_len);
    }
}

/* ---- responses -------------------------------------------------------------------------------------------------- */

static void put_fault(FILE *out, const struct mbp_fault *fault)
{
    if (fault != NULL)
        fprintf(out, "  [wire fault '%s']", fault->name);
}

static void put_answer(FILE *out, const struct mbp_exchange *exchange, const struct traced_unit *unit,
                       const struct span *span)
{
    const uint8_t *response = exchange->response;
    if (exchange->response_len == 0) {
        fputs(" no response", out);
    } else if ((response[0] & 0x80u) != 0) {
        fprintf(out, " exception %02X %s: ", response[1], mbp_exception_name(response[1]));
        if (exchange->fault != NULL && exchange->fault->kind == MBP_FAULT_EXCEPTION)
            fputs("not executed", out);
        else
            trace_put_reason(out, unit, exchange, span);
    } else if (response[0] <= 4 && exchange->response_len > 2) {
        fputc(' ', out);
        trace_put_values(out, unit, span, response + 2, exchange->response_len - 2);
    } else if (response[0] == 23) {
        struct span read = {.table = span->table, .ok = true};
        mbp_function_addresses(&mbp_function(23)->read, exchange->request, exchange->request_len, &read.addr,
                               &read.count);
        fputc(' ', out);
        trace_put_values(out, unit, &read, response + 2, exchange->response_len - 2);
    } else if (trace_writes_span(response[0])) {
        fputs(" done", out);
    } else {
        trace_put_other_response(out, exchange->request, response, exchange->response_len);
    }
}

void mbp_trace_request(const struct mbp_trace *trace, const struct mbp_exchange *exchange, FILE *out)
{
    if (exchange->lost != NULL) {
        put_bytes(out, exchange);
        return;
    }
    const struct span span = span_of(exchange->request, exchange->request_len);
    put_request(out, exchange, trace_unit(trace, exchange->unit), &span);
}

void mbp_trace_response(const struct mbp_trace *trace, const struct mbp_exchange *exchange, FILE *out)
{
    if (exchange->lost != NULL) {
        fprintf(out, " no response: %s", exchange->lost);
        return;
    }
    const struct span span = span_of(exchange->request, exchange->request_len);
    put_answer(out, exchange, trace_unit(trace, exchange->unit), &span);
    put_fault(out, exchange->fault);
}

void mbp_trace_exchange(struct mbp_trace *trace, const struct mbp_exchange *exchange)
{
    FILE *out = trace->out;
    put_peer(out, exchange);
    if (exchange->lost == NULL)
        fprintf(out, " #%u unit %u", exchange->transaction, exchange->unit);
    fputs(" > ", out);
    mbp_trace_request(trace, exchange, out);
    fputs("\n    <", out);
    mbp_trace_response(trace, exchange, out);
    fputc('\n', out);
}
