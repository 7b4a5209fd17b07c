/* What the files of trace/ share. */
#ifndef MBPLANT_TRACE_PRIV_H
#define MBPLANT_TRACE_PRIV_H

#include "mbplant/map.h"
#include "mbplant/trace.h"

struct traced_unit {
    const struct mbp_plant *plant;
    const struct mbp_unit *unit;
    struct mbp_point *points; /* by table, then address */
    uint32_t count;
};

struct mbp_trace {
    const struct mbp_plant *plant;
    FILE *out;
    struct traced_unit *units;
};

/* What a request is about. */
struct span {
    enum mbp_table table;
    uint32_t addr, count;
    bool ok; /* the request has one */
};

/* The point that covers an address; NULL = nobody declared it. */
const struct mbp_point *trace_point(const struct traced_unit *unit, enum mbp_table table, uint32_t addr);

/* Whether a function writes addresses of a table. */
bool trace_writes_span(uint8_t function);

/* "coil", "DI", "HR", "IR". */
const char *trace_table_short(enum mbp_table table);

/* "HR 0-9 (40001-40010)". */
void trace_put_span(FILE *out, const struct span *span);

/* "TT101 = 65.2 °C, PT101 = 3.1 bar": the points of a span with the values that data (big-endian words, or packed bits)
 * holds of them. */
void trace_put_values(FILE *out, const struct traced_unit *unit, const struct span *span, const uint8_t *data,
                      size_t len);

/* Why a request got an exception, as far as it can be seen from outside. */
void trace_put_reason(FILE *out, const struct traced_unit *unit, const struct mbp_exchange *exchange,
                      const struct span *span);

/* What a request that works on no table asks, and what was answered to it, each with a space in front. */
void trace_put_other_request(FILE *out, const uint8_t *request, size_t len);
void trace_put_other_response(FILE *out, const uint8_t *request, const uint8_t *response, size_t len);

#endif
