/* modbus: bytes -> ADU -> response, exactly as the specifications say (Application Protocol V1.1b3; Messaging on TCP/IP
 * Implementation Guide V1.0b). Framing and requests are pure functions, without
 * sockets; server.h has those. */
#ifndef MBPLANT_MODBUS_H
#define MBPLANT_MODBUS_H

#include "mbplant/access.h"
#include "mbplant/functions.h"
#include "mbplant/image.h"

#define MBP_MBAP_LEN      7u
#define MBP_PDU_MAX       253u
#define MBP_ADU_MAX       260u
#define MBP_IN_FLIGHT_MAX 16u

/* ---- mbap: a stream of bytes -> ADUs (Messaging Guide 3.1.3) --------------------------------------------------- */

enum mbp_frame_kind {
    MBP_FRAME_MORE,    /* not complete yet */
    MBP_FRAME_REQUEST, /* a whole request */
    MBP_FRAME_DISCARD, /* a whole frame of another protocol: no reply, stay in step */
    MBP_FRAME_CLOSE    /* length outside 2..254: the stream cannot be followed */
};

struct mbp_frame {
    enum mbp_frame_kind kind;
    size_t len; /* bytes of the stream it took (REQUEST, DISCARD) */
    uint16_t transaction;
    uint8_t unit;
    const uint8_t *pdu; /* into the stream */
    size_t pdu_len;     /* 1..253 */
};

/* The first frame of len bytes. Total: any bytes give a frame of some kind. */
struct mbp_frame mbp_mbap_parse(const uint8_t *bytes, size_t len);

/* ---- rtu, ascii: frames of serial lines (Modbus over Serial Line V1.02) -------------------------------------------
 */

#define MBP_RTU_MAX   256u
#define MBP_ASCII_MAX 513u

/* Likewise the first frame of len bytes, which is MORE, REQUEST or DISCARD: bytes that are no frame. quiet: the line is
 * silent, so that nothing belongs to the frame but what is there. A frame is as long as its function says; where it has
 * no length of its own, or another one than it should, it is all that is there. */
struct mbp_frame mbp_rtu_parse(const uint8_t *bytes, size_t len, bool quiet);

/* The same of a reply, for a master. */
struct mbp_frame mbp_rtu_parse_reply(const uint8_t *bytes, size_t len, bool quiet);

/* The frame's bytes are decoded into adu, which its PDU points into. */
struct mbp_frame mbp_ascii_parse(const uint8_t *bytes, size_t len, bool quiet, uint8_t adu[MBP_ADU_MAX]);

/* Makes a frame of a unit's id and a PDU of pdu_len bytes behind it, in place. Returns its length: MBP_RTU_MAX, or
 * MBP_ASCII_MAX, at most. */
size_t mbp_rtu_seal(uint8_t *frame, size_t pdu_len);
size_t mbp_ascii_seal(uint8_t *frame, size_t pdu_len);

/* 6.2.2: behind a frame its low byte comes first. */
uint16_t mbp_crc16(const uint8_t *bytes, size_t len);

/* ---- pdu: request -> response, a pure function beside the image ------------------------------------------------ */

/* What the serial-line functions FC 8, 11 and 12 count for one unit (V1.1b3 6.8-6.10). Zero-initialise. */
struct mbp_serial {
    uint16_t bus_messages, exceptions, server_messages, no_responses; /* sub-functions 11, 13, 14, 15 */
    uint16_t comm_errors;                                             /* 12: frames with a wrong check value */
    uint16_t naks, busy;                                              /* 16, 17: answers with exception 07, 06 */
    uint16_t event_count;                                             /* FC 11: messages completed without exception */
    uint64_t logged;                                                  /* events of the log since it was cleared */
    uint8_t log[64];                                                  /* FC 12: event n at n % 64 */
};

/* What a master says of itself and of what it writes (mbplant/event/comment.h). Zero-initialise. */
struct mbp_visit {
    uint16_t announced, taken; /* bytes of the comment; it is in force when all are there */
    uint16_t number;           /* in the image; 0 = not yet */
    bool renamed;              /* he is another actor from now on: who serves him looks, and clears it */
    char who[MBP_WHO_MAX + 1]; /* "" = he says nothing */
    char comment[MBP_COMMENT_MAX + 1];
};

struct mbp_pdu_context {
    struct mbp_image_unit *unit;
    const struct mbp_identity *identity;
    struct mbp_serial *serial; /* NULL = serial_functions off */
    bool *listen_only;         /* of the connection (FC 8 sub-functions 1 and 4); NULL with serial */
    struct mbp_peer peer;
    const struct mbp_permit *permit; /* what this peer may do: what he may not is exception 01 */
    struct mbp_visit *visit;         /* of the connection; NULL = it has no such files */
    uint8_t instead; /* not 0: the request is not executed but refused with this exception (a wire fault) */
};

/* The response to a request of len bytes (1..253). Output: response, up to 253 bytes. Returns its length; 0 = no
 * response. Checks in the order of each function's figure. Source: V1.1b3 sections 6 and 7. */
size_t mbp_pdu_respond(const struct mbp_pdu_context *context, const uint8_t *request, size_t len,
                       uint8_t response[MBP_PDU_MAX]);

/* The first right that a request of good form takes and its peer has not; MBP_RIGHT_COUNT = none: it was refused for
 * something else.
 */
enum mbp_right mbp_pdu_lacks(const struct mbp_pdu_context *context, const uint8_t *request, size_t len);

/* What a master sends to write a number to a point (no text): the words for it, where the rest of its register stays as
 * it is. Returns how many. */
uint16_t mbp_pdu_words_of(const struct mbp_image_unit *unit, const struct mbp_point *point, double value,
                          uint16_t words[4]);

/* The same of a whole number that a point whose register is wide (mbp_register_is_wide) can hold: all its digits. */
uint16_t mbp_pdu_words_of_whole(const struct mbp_point *point, const struct mbp_whole *whole, uint16_t words[4]);

/* ... and the request for count words (at most 123) or bits (1968): by the function of one value where there is but one
 * and the unit has it. Returns its length. */
size_t mbp_pdu_write(const struct mbp_answer *answer, enum mbp_table table, uint16_t addr, uint16_t count,
                     const uint16_t *words, uint8_t request[MBP_PDU_MAX]);

/* Whether a request of len bytes (at least 1) changes something, so that it needs the right to write. */
bool mbp_pdu_writes(const uint8_t *request, size_t len);

/* Whether it writes to the files of comments and names alone. */
bool mbp_pdu_speaks(const uint8_t *request, size_t len);

/* How many records of files a request of FC 20 asks for, by its length; 0 of another function. */
unsigned mbp_pdu_file_reads(const uint8_t *request, size_t len);

#endif
