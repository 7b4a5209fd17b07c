/* functions: what the specification says of each function code, once: its name, how long a request is, which table it
 * works on, where in the request addresses, quantities and data stand, and which fields request and response have. The
 * PDU handler checks by these rows, refused writes are told by them, wire faults and the trace read requests by them,
 * and `mbplantctl explain` reads both.
 *
 * A new function code is a row in src/model/functions.c and a handler in src/modbus/pdu_*.c, in the list PDU_HANDLERS
 * of pdu_priv.h.
 * Source: MODBUS Application Protocol V1.1b3, section 6. */
#ifndef MBPLANT_FUNCTIONS_H
#define MBPLANT_FUNCTIONS_H

#include <stddef.h>

#include "mbplant/plant.h"

#define MBP_FUNCTION_NO_TABLE 255u

enum mbp_function_flags {
    MBP_FUNCTION_WRITES = 1,
    MBP_FUNCTION_OPERATES = 2,    /* writes coils, which an operator may do too */
    MBP_FUNCTION_SERIAL_LINE = 4, /* served with `serial_functions` alone */
    MBP_FUNCTION_HAS_SUB = 8      /* a code of two bytes behind the function code says what it does (FC 8) */
};

/* Where a request says which addresses it works on: offsets in the PDU. */
struct mbp_function_span {
    uint8_t addr_at;    /* u16; 0 = it works on none */
    uint8_t count_at;   /* u16, how many; 0 = one */
    uint16_t count_max; /* the most that may be asked; 0 with count_at */
};

/* Fields of requests and responses, behind the function code, in their order. */
enum mbp_pdu_field {
    MBP_PDU_END,
    MBP_PDU_ADDR, /* u16, as all that do not say otherwise */
    MBP_PDU_READ_ADDR,
    MBP_PDU_WRITE_ADDR,
    MBP_PDU_QUANTITY,
    MBP_PDU_COIL, /* FF00 or 0000 */
    MBP_PDU_WORD,
    MBP_PDU_AND,
    MBP_PDU_OR,
    MBP_PDU_BYTES, /* u8: how many bytes follow to the end */
    MBP_PDU_BYTES_16,
    MBP_PDU_FIFO_COUNT,
    MBP_PDU_STATUS, /* u8 */
    MBP_PDU_BUSY,
    MBP_PDU_EVENTS,
    MBP_PDU_MESSAGES,
    MBP_PDU_SUBFUNCTION,
    MBP_PDU_MEI, /* u8, as all from here to OBJECT_COUNT */
    MBP_PDU_ID_CODE,
    MBP_PDU_OBJECT,
    MBP_PDU_CONFORMITY,
    MBP_PDU_MORE_FOLLOWS,
    MBP_PDU_NEXT_OBJECT,
    MBP_PDU_OBJECT_COUNT,
    /* from here on: all the bytes that are left */
    MBP_PDU_BITS,
    MBP_PDU_WORDS,
    MBP_PDU_DATA,
    MBP_PDU_LOG,
    MBP_PDU_SERVER_ID,
    MBP_PDU_FILES_ASKED,
    MBP_PDU_FILES_READ,
    MBP_PDU_FILES_WRITTEN,
    MBP_PDU_OBJECTS
};

struct mbp_function {
    const char *name;         /* "Read Holding Registers"; NULL = there is no such function */
    uint8_t len_min, len_max; /* of the request, with its function code: outside of these it is exception 03 */
    uint8_t flags;            /* enum mbp_function_flags */
    uint8_t table;            /* enum mbp_table, MBP_FILES, MBP_DIAGNOSTICS or MBP_FUNCTION_NO_TABLE */
    struct mbp_function_span read, write;
    uint8_t bytes_at; /* u8, how many bytes follow it to the end of the request; 0 = it has no such field */
    uint8_t value_at; /* the first value that it writes */
    uint8_t request[8], response[8]; /* enum mbp_pdu_field, MBP_PDU_END behind the last */
};

/* By function code; 128 and more are exceptions' codes. */
extern const struct mbp_function mbp_functions[128];

/* The row of a code: one without a name where there is no such function, and of 128 and more. */
const struct mbp_function *mbp_function(uint8_t code);

/* "Read Holding Registers", or "unknown function"; "illegal data address", or "unknown exception". Static storage. */
const char *mbp_function_name(uint8_t code);
const char *mbp_exception_name(uint8_t exception);

/* Whether the specification has this exception: 1..8, 10 and 11. */
bool mbp_exception_known(uint8_t exception);

/* "Return Bus Message Count", or "reserved sub-function" (FC 8). Static storage. */
const char *mbp_diagnostic_name(uint16_t sub_function);

/* Addresses first..first + count - 1 that a request of len bytes names; a request too short to name its quantity names
 * its first address all the same. False: none. Outputs: *first, *count (0 = it asks for none). */
bool mbp_function_addresses(const struct mbp_function_span *span, const uint8_t *request, size_t len, uint32_t *first,
                            uint32_t *count);

/* Why a request's form is exception 03; MBP_FORM_GOOD = by what its row says, it is not. In the order in which the
 * figures of section 6 check. */
enum mbp_form_error { MBP_FORM_GOOD, MBP_FORM_LENGTH, MBP_FORM_READ_COUNT, MBP_FORM_WRITE_COUNT, MBP_FORM_BYTE_COUNT };
enum mbp_form_error mbp_function_check(const struct mbp_function *function, const uint8_t *request, size_t len);

/* Bytes of a field that has a fixed size; 0 = all that are left. */
size_t mbp_pdu_field_len(enum mbp_pdu_field field);

/* How long a PDU with these fields is, of which len bytes are there: SIZE_MAX until they say it, 0 = they do not
 * (objects of FC 43). Of bytes that nothing counts there are two, as in nearly all of FC 8. */
size_t mbp_function_length(const uint8_t fields[8], const uint8_t *pdu, size_t len);

/* How many bytes of data a quantity of the function's table takes: of FC 1, 2 and 15 packed bits. */
size_t mbp_function_data_len(const struct mbp_function *function, uint32_t count);

#endif
