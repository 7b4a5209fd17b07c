/* transport: the connection to a slave on libmodbus, and what libmodbus 3.1.6 cannot do: Read File Record (FC 20) and
 * Write File Record (FC 21). */
#ifndef MBP_CTL_TRANSPORT_H
#define MBP_CTL_TRANSPORT_H

#include "mbplant/base/registers.h"
#include "mbplant/base/wire.h"
#include "mbplant/plant.h"

#define CTL_FILE_WORDS_MAX 121u /* one FC 20 group: 2 + 2 * 121 = 244 of the 245 bytes that a response holds */
#define CTL_IN_FLIGHT_MAX  16u

/* One FC 21 group: 7 + 2 * 119 = 245 bytes, which figure 25 of V1.1b3 allows; its table would allow three more. */
#define CTL_FILE_WRITE_WORDS_MAX 119u

struct ctl_target {
    const char *host; /* of a line: its path */
    uint16_t port;
    uint32_t timeout_ms;         /* to connect, and for each reply */
    const struct mbp_wire *wire; /* NULL = Modbus TCP */
};

/* "192.168.1.5:5020", "/dev/ttyUSB0"; valid until the next call. */
const char *ctl_target_text(const struct ctl_target *target);

struct ctl_link;

/* Connects. On failure error (of size bytes) says why, and what to do about it: a name that nobody knows, a port where
 * nobody listens and a host that does not answer are told apart. 256 bytes suffice. Errors: MBP_ERR_IO. Ownership:
 * ctl_link_close. */
enum mbp_status ctl_link_open(const struct ctl_target *target, char *error, size_t size, struct ctl_link **out);
void ctl_link_close(struct ctl_link *link);

/* A link on a socket that is connected already, which it closes. Errors: MBP_ERR_MEMORY; the socket is closed then. */
enum mbp_status ctl_link_adopt(int socket, uint32_t timeout_ms, struct ctl_link **out);

/* Its socket, which stays the link's: for frames that no call here would send. */
int ctl_link_socket(const struct ctl_link *link);

/* What goes with all that is written over the link: texts that mbp_comment_check finds good; NULL = nothing. */
struct ctl_said {
    const char *why, *who;
};
void ctl_link_say(struct ctl_link *link, const struct ctl_said *said);

/* For a signal handler: whatever waits for an answer on the connection made last fails now. Async-signal-safe. */
void ctl_link_interrupt(void);

/* Why the last call on the link returned MBP_ERR_IO. */
const char *ctl_link_error(const struct ctl_link *link);

/* Whether a byte has come over the link. A slave that closes it before does not want this master. */
bool ctl_link_answered(const struct ctl_link *link);

/* All of these return MBP_OK, a Modbus exception (1..11), or MBP_ERR_IO: no answer, or none that makes sense; the link
 * is of no use then. Any count is allowed where one is given: longer ones take several requests. */

/* Any of the four tables; a bit is a word of 0 or 1. */
enum mbp_status ctl_read(struct ctl_link *link, uint8_t unit, enum mbp_table table, uint16_t addr, uint32_t count,
                         uint16_t *words);

/* Coils (FC 5 for one, FC 15) or holding registers (FC 6 for one, FC 16), whole or not at all: one request. Where it is
 * not known that a slave has FC 5 and 6, and it answers exception 01 to one, it is asked with FC 15 and 16. */
enum mbp_status ctl_write(struct ctl_link *link, uint8_t unit, enum mbp_table table, uint16_t addr, uint16_t count,
                          const uint16_t *words);

/* The slave has FC 5 and 6: its exception 01 means something else. */
void ctl_link_has_single(struct ctl_link *link);

/* The last write that was asked for: of a file, table is MBP_FILES and addr its number. */
struct ctl_write {
    uint8_t unit, table;
    uint16_t addr, count;
};
const struct ctl_write *ctl_link_last_write(const struct ctl_link *link); /* NULL = none */
void ctl_link_note_write(struct ctl_link *link, const struct ctl_write *write);

/* What one such request holds: V1.1b3 6.11, 6.12. */
#define CTL_WRITE_COILS_MAX     1968u
#define CTL_WRITE_REGISTERS_MAX 123u

/* A float32 of two registers, high word first. A slave may say anything: also NaN and what no time or speed can be. */
double ctl_float(const uint16_t *words);

/* A span in seconds, a float32 as above, in ns. 0 where it is none: negative, NaN or above 1e9 s. */
uint64_t ctl_span_ns(const uint16_t *words);

/* ---- what libmodbus cannot do ------------------------------------------------------------------------------------ */

/* Requests and their replies, up to CTL_IN_FLIGHT_MAX under way. request writes the next PDU and returns its length, 0
 * when there is none left. reply takes each PDU that is no exception, in order; it sets *more false to stop (MBP_OK
 * then), and returns MBP_ERR_IO, by ctl_link_fail, when the PDU makes no sense. After a stop or an exception it is not
 * called any more. */
struct ctl_dialogue {
    size_t (*request)(void *ctx, uint8_t *pdu);
    enum mbp_status (*reply)(void *ctx, struct ctl_link *link, const uint8_t *pdu, size_t len, bool *more);
    void *ctx;
};
enum mbp_status ctl_converse(struct ctl_link *link, uint8_t unit, const struct ctl_dialogue *dialogue);

/* Says it now, where it was not said yet: to be called before a write. */
enum mbp_status ctl_link_speak(struct ctl_link *link, uint8_t unit);

/* Says why the link is of no use any more. Returns MBP_ERR_IO. */
enum mbp_status ctl_link_fail(struct ctl_link *link, const char *why);

/* A piece of a file: count words (1..CTL_FILE_WORDS_MAX) from a record number. */
struct ctl_piece {
    uint16_t file, record, count;
};

/* Reads pieces with up to CTL_IN_FLIGHT_MAX requests under way. next gives the next piece or false when there is none
 * left; got receives the words of each, in order, and returns false to stop (MBP_OK then). */
struct ctl_piece_reader {
    bool (*next)(void *ctx, struct ctl_piece *piece);
    bool (*got)(void *ctx, const struct ctl_piece *piece, const uint16_t *words);
    void *ctx;
};
enum mbp_status ctl_read_pieces(struct ctl_link *link, uint8_t unit, const struct ctl_piece_reader *reader);

/* Count words of the plant file's numbering: word w is in file first_file + w / 10000, record w % 10000. */
enum mbp_status ctl_read_file(struct ctl_link *link, uint8_t unit, uint16_t first_file, uint32_t word, uint32_t count,
                              uint16_t *words);

/* The text of len bytes whose first word is such a one, two bytes a word, the first in its upper half. Ends with a 0.
 * Errors: MBP_ERR_MEMORY, those of ctl_read_file. Ownership: free. */
enum mbp_status ctl_read_text(struct ctl_link *link, uint8_t unit, uint16_t first_file, uint32_t word, uint32_t len,
                              char **out);

/* Writes as many, in pieces of CTL_FILE_WRITE_WORDS_MAX. Not whole or not at all: the pieces before a refusal are
 * written.
 */
enum mbp_status ctl_write_file(struct ctl_link *link, uint8_t unit, uint16_t first_file, uint32_t word, uint32_t count,
                               const uint16_t *words);

#endif
