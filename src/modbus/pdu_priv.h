/* What the files of the PDU handler share. A handler gets the request and its length, writes the response behind its
 * function code and says in *out_len how long the whole response is (0 = none); it returns 0 or an exception code. */
#ifndef MBPLANT_PDU_PRIV_H
#define MBPLANT_PDU_PRIV_H

#include "mbplant/modbus.h"

typedef enum mbp_status pdu_handler(const struct mbp_pdu_context *context, const uint8_t *request, size_t len,
                                    uint8_t *response, size_t *out_len);

static inline uint16_t pdu_u16(const uint8_t *bytes)
{
    return (uint16_t)((unsigned)bytes[0] << 8 | bytes[1]);
}

static inline void pdu_put_u16(uint8_t *bytes, unsigned number)
{
    bytes[0] = (uint8_t)(number >> 8);
    bytes[1] = (uint8_t)number;
}

/* Handlers of other files than pdu.c: code, and what stands behind pdu_. */
#define PDU_HANDLERS(H)                                                                                                \
    H(7, read_exception_status)                                                                                        \
    H(8, diagnostics)                                                                                                  \
    H(11, comm_event_counter)                                                                                          \
    H(12, comm_event_log)                                                                                              \
    H(17, report_server_id)                                                                                            \
    H(20, read_file_record)                                                                                            \
    H(21, write_file_record)                                                                                           \
    H(24, read_fifo_queue)                                                                                             \
    H(43, encapsulated_interface)

#define PDU_DECLARE(code, name) pdu_handler pdu_##name;
PDU_HANDLERS(PDU_DECLARE)

#define PDU_GROUP_LEN 7u /* of FC 20 and 21: reference type, file, record, length */

/* Files of the connection (pdu_visit.c): whether a number is one's; whether they are served; words of one; a request
 * that mbp_pdu_speaks and whose groups are whole. */
bool pdu_is_of_visit(uint16_t file);
bool pdu_tells(const uint8_t *request, size_t len); /* it is about the logbook alone */
bool pdu_hears(const struct mbp_pdu_context *context);
enum mbp_status pdu_read_visit(const struct mbp_pdu_context *context, uint16_t file, uint16_t record, uint16_t count,
                               uint8_t *big_endian);
enum mbp_status pdu_write_visit(const struct mbp_pdu_context *context, const uint8_t *request, size_t len);

/* The comment that is in force goes with what the request writes. Errors: MBP_EX_SERVER_DEVICE_BUSY: there were too
 * many since the last scan. */
enum mbp_status pdu_say(struct mbp_pdu_context *context);

/* Whether a request of FC 8 clears counters that all peers share, or silences the unit: it needs what a write does. */
bool pdu_diagnostics_write(const uint8_t *request, size_t len);

/* Leaves a refused write for the journal, as far as its request can be read. */
void pdu_refuse(const struct mbp_pdu_context *context, const uint8_t *request, size_t len, enum mbp_status why);

/* Counts a received request and its outcome for FC 8, 11 and 12. */
void pdu_serial_received(struct mbp_serial *serial, bool listening);
void pdu_serial_sent(struct mbp_serial *serial, bool listening, uint8_t function, enum mbp_status status, size_t len);

#endif
