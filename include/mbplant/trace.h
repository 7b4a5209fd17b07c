/* trace: a request and its response as a person says it: who, unit, function, points by name, values in engineering
 * units, an exception with its reason. */
#ifndef MBPLANT_TRACE_H
#define MBPLANT_TRACE_H

#include <stdio.h>

#include "mbplant/server.h"

struct mbp_trace;

/* Shape: the plant's points by address. plant and out must outlive it. Errors: MBP_ERR_MEMORY. Ownership:
 * mbp_trace_free. */
enum mbp_status mbp_trace_new(const struct mbp_plant *plant, FILE *out, struct mbp_trace **trace);
void mbp_trace_free(struct mbp_trace *trace);

/* Two lines: what was asked, and what was answered or why not. Any bytes are allowed. */
void mbp_trace_exchange(struct mbp_trace *trace, const struct mbp_exchange *exchange);

#endif
