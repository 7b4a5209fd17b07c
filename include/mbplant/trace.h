/* trace: a request and its response as a person says it: who, unit, function, points by name, values in engineering
 * units, an exception with its reason. */
#ifndef MBPLANT_TRACE_H
#define MBPLANT_TRACE_H

#include <stdio.h>

#include "mbplant/server.h"

struct mbp_trace;

/* Shape: the plant's points by address. plant and out (of mbp_trace_exchange; NULL allowed else) must outlive it.
 * Errors: MBP_ERR_MEMORY. Ownership: mbp_trace_free. */
enum mbp_status mbp_trace_new(const struct mbp_plant *plant, FILE *out, struct mbp_trace **trace);
void mbp_trace_free(struct mbp_trace *trace);

/* What was asked: "FC 3 Read Holding Registers HR 0-1 (40001-40002)"; and, with a space before it, what was answered or
 * why not: " TT101 = 65.2 °C". Any bytes are allowed. */
void mbp_trace_request(const struct mbp_trace *trace, const struct mbp_exchange *exchange, FILE *out);
void mbp_trace_response(const struct mbp_trace *trace, const struct mbp_exchange *exchange, FILE *out);

/* Two lines: what was asked, and what was answered or why not. Any bytes are allowed. */
void mbp_trace_exchange(struct mbp_trace *trace, const struct mbp_exchange *exchange);

/* ---- as a capture ------------------------------------------------------------------------------------------------ */

/* Exchanges as a file that Wireshark and tshark read, though nobody captured: packets are made up around the bytes.
 * Source: draft-ietf-opsawg-pcapng-02, 4.1 to 4.3; RFC 791, RFC 8200 and RFC 9293 for what is in them. */
#define MBP_PCAPNG_PORT 502u /* of the slave, whatever it listens at: by it Wireshark knows Modbus */

/* How far a connection has come: bytes each way before the exchange. */
struct mbp_pcapng_place {
    uint32_t asked, answered;
};

/* The beginning of the file. comment: of the whole, "" = none. */
void mbp_pcapng_begin(const char *comment, FILE *out);

/* The packets of one exchange at that time: what the client sent, and what it got, if it got something. server: the
 * slave's address as in mbplant/names.h, of the same family as the client's. place moves on by what both sent. */
void mbp_pcapng_exchange(const struct mbp_exchange *exchange, const uint8_t server[16], uint64_t wall_ms,
                         struct mbp_pcapng_place *place, FILE *out);

#endif
