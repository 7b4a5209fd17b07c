/* image: each unit's four tables as masters see them, and the record of which points masters wrote since the last scan.
 * The hub: modbus/ serves and writes it, the scan latches from it and publishes to it; those two never see each other.
 */
#ifndef MBPLANT_IMAGE_H
#define MBPLANT_IMAGE_H

#include "mbplant/codec.h"
#include "mbplant/event/comment.h"
#include "mbplant/image/staging.h"
#include "mbplant/map.h"
#include "mbplant/state.h"

/* ---- the tables ------------------------------------------------------------------------------------------------ */

#define MBP_ADDRESSES            65536u /* of a table */
#define MBP_IMAGE_WRITE_MAX      125    /* words of one write */
#define MBP_IMAGE_WRITE_BITS_MAX 1968   /* bits of one */

/* Access bits, one byte per address of a table. */
#define MBP_ACCESS_DECLARED 0x01u
#define MBP_ACCESS_WRITABLE 0x02u
#define MBP_ACCESS_LATCHED  0x04u /* a write has an effect at the next scan */
#define MBP_ACCESS_DIRTY    0x08u /* written since the last scan */
#define MBP_ACCESS_CHECKED  0x10u /* a write must pass mbp_image's value checks */
#define MBP_ACCESS_PARTIAL  0x20u /* of a point's first: the last write gave some of its words, and waits for others */
#define MBP_ACCESS_ALIAS    0x40u /* the same as another address (mbplant/point.h) */
#define MBP_ACCESS_WATCHED  0x80u /* expressions look at whether it was read */

struct _modbus_mapping_t; /* libmodbus */
struct mbp_image;

/* Where the journal's files (1000..) are read from. Reads count words of a file from
 * a record number. Errors: MBP_EX_ILLEGAL_DATA_ADDRESS. Called from the request path: must not block on a commit. */
struct mbp_file_source {
    enum mbp_status (*read)(void *ctx, uint16_t file, uint16_t record, uint16_t count, uint16_t *words);
    /* The comment of the event whose record begins there; returns its length. NULL = there are none. */
    enum mbp_status (*comment)(void *ctx, uint16_t file, uint16_t record, char text[MBP_COMMENT_MAX + 1]);
    void *ctx;
    /* The number in its unit (an index of the plant) of the item that events know by an id; UINT32_MAX = none. NULL =
     * ids are these numbers. */
    uint32_t (*item)(void *ctx, const struct mbp_plant *plant, uint32_t unit, uint16_t id);
    /* The actor that an actor is who does something for an operator. NULL = the same. */
    uint16_t (*operator_)(void *ctx, uint16_t actor, const struct mbp_operator *who);
};

/* One unit's tables. size[t] addresses from 0 exist in table t; which of them are declared, access says. coils and
 * discrete hold one 0/1 byte per bit, as libmodbus does. */
struct mbp_image_unit {
    const struct mbp_unit *unit;
    struct mbp_image *image;
    uint8_t *coils, *discrete; /* size[MBP_COILS], size[MBP_DISCRETE_INPUTS] bytes */
    uint16_t *holding, *input;
    uint32_t size[MBP_TABLE_COUNT];
    uint8_t *access[MBP_TABLE_COUNT];
    uint8_t gaps;    /* enum mbp_gaps */
    uint16_t gap;    /* the number that stands in them */
    uint32_t record; /* where its command record begins (image/alarm_command.h); MBP_ADDRESSES = it has none */
    uint32_t answer; /* likewise its answers */
    /* it has points whose writes, or reads, expressions look at; that none reads; that are held (image/forced.h) */
    bool accepts, watched, minded, write_only, held;
    uint32_t bits_version;             /* counts scans that changed the block of its sensors' bits */
    struct _modbus_mapping_t *mapping; /* the same arrays, for libmodbus (the oracle in tests) */
};

/* Who writes. */
struct mbp_peer {
    uint32_t actor; /* its word (mbplant/event/comment.h): an actor's id, 0 = the plant itself, and what goes with it */
};

/* Shape: all tables of all units with their declared points, raw tables at their values, everything else 0 until the
 * first publish. plant must outlive the image. Errors: MBP_ERR_MEMORY. Ownership: mbp_image_free. */
enum mbp_status mbp_image_new(const struct mbp_plant *plant, struct mbp_image **out);
void mbp_image_free(struct mbp_image *image);

/* The unit that answers a unit id; 0 and 255 are the first unit; NULL = no such unit (Messaging Guide 4.4.1.2). */
struct mbp_image_unit *mbp_image_unit(struct mbp_image *image, uint8_t id);

/* Sets where files 1000.. are read from; without it they do not exist. Files 900..999 are the plant's own text. */
void mbp_image_set_files(struct mbp_image *image, struct mbp_file_source source);

/* ---- the request path ------------------------------------------------------------------------------------------ */

/* Whether count addresses from addr may be read; MBP_EX_ILLEGAL_DATA_ADDRESS otherwise. addr + count > 65536 is never
 * allowed (no wrap; V1.1b3 figures 11..14). */
enum mbp_status mbp_image_may_read(const struct mbp_image_unit *unit, enum mbp_table table, uint32_t addr,
                                   uint32_t count);

/* Whether they may be written: declared and writable. The same error. */
enum mbp_status mbp_image_may_write(const struct mbp_image_unit *unit, enum mbp_table table, uint32_t addr,
                                    uint32_t count);

/* Copies count values out; what nobody declared reads as its gaps do. Call mbp_image_may_read first. */
void mbp_image_read_bits(const struct mbp_image_unit *unit, enum mbp_table table, uint16_t addr, uint16_t count,
                         uint8_t *packed);
void mbp_image_read_words(const struct mbp_image_unit *unit, enum mbp_table table, uint16_t addr, uint16_t count,
                          uint8_t *big_endian);

/* Writes bits (packed, lowest first) or words (big-endian bytes), whole or not at all, and notes for the next latch
 * what has an effect. A refusal is noted too. Checks mbp_image_may_write itself.
 * Errors: MBP_EX_ILLEGAL_DATA_ADDRESS; MBP_EX_SERVER_DEVICE_FAILURE when a value is outside the instrument's range, the
 * limits would be out of order, or a raw block's min/max forbids it (V1.1b3 section 7: code 03 is not for application
 * ranges); MBP_EX_SERVER_DEVICE_BUSY when more points were written within one scan than the log holds. */
enum mbp_status mbp_image_write_bits(struct mbp_image_unit *unit, uint16_t addr, uint16_t count, const uint8_t *packed,
                                     struct mbp_peer peer);
enum mbp_status mbp_image_write_words(struct mbp_image_unit *unit, uint16_t addr, uint16_t count,
                                      const uint8_t *big_endian, struct mbp_peer peer);

/* Notes a write that was refused (the two functions above do so themselves) for the journal; value is the first word or
 * bit asked. Of a file, table is MBP_FILES and addr its number; of FC 8 MBP_DIAGNOSTICS and its sub-function. */
void mbp_image_refuse(struct mbp_image_unit *unit, enum mbp_table table, uint16_t addr, uint16_t value,
                      enum mbp_status why, struct mbp_peer peer);

/* Notes for the journal that FC 8 changed a unit's counters: the sub-function, its data, and how many messages were
 * counted before. */
void mbp_image_note_diagnostics(struct mbp_image_unit *unit, uint16_t sub_function, uint16_t data, uint16_t before,
                                struct mbp_peer peer);

/* Words of a file (V1.1b3 6.14): declared ones the file source and
 * what is staged. Writes go to declared ones only.
 * Errors: MBP_EX_ILLEGAL_DATA_ADDRESS. */
enum mbp_status mbp_image_read_file(const struct mbp_image_unit *unit, uint16_t file, uint16_t record, uint16_t count,
                                    uint8_t *big_endian);
enum mbp_status mbp_image_may_write_file(const struct mbp_image_unit *unit, uint16_t file, uint16_t record,
                                         uint16_t count);
enum mbp_status mbp_image_write_file(struct mbp_image_unit *unit, uint16_t file, uint16_t record, uint16_t count,
                                     const uint8_t *big_endian, struct mbp_peer peer);

/* Whether the unit has files for comments; words of the one of the event whose record begins at a place of the
 * journal's files. Errors: MBP_EX_ILLEGAL_DATA_ADDRESS, MBP_EX_SERVER_DEVICE_FAILURE. */
bool mbp_image_has_comments(const struct mbp_image_unit *unit);
enum mbp_status mbp_image_read_comment(const struct mbp_image_unit *unit, uint16_t file, uint16_t place,
                                       uint16_t record, uint16_t count, uint8_t *big_endian);

/* Takes a comment in, which mbp_comment_check finds good; its number for a peer's word, or 0: there were too many since
 * the last scan. Its text, while it is there, which is until what was written with it is told; else its len is 0. */
uint16_t mbp_image_comment(struct mbp_image *image, struct mbp_text text);
struct mbp_text mbp_image_comment_text(const struct mbp_image *image, uint16_t number);

/* The FIFO queue at a pointer address (V1.1b3 6.18): count words, any number, or MBP_EX_ILLEGAL_DATA_ADDRESS. */
enum mbp_status mbp_image_read_fifo(const struct mbp_image_unit *unit, uint16_t addr, uint16_t *count,
                                    const uint16_t **words);

/* ---- the scan's side ------------------------------------------------------------------------------------------- */

/* What a master asked for since the last scan, decoded. */
struct mbp_write {
    enum mbp_write_kind kind; /* mbplant/map.h */
    uint32_t index; /* plant-wide machine (STATE, ACKNOWLEDGE, RESET, SHELVE_ALL), actuator (COMMAND), controller
                       (SETTING, MODE), stored value (STORED) or sensor (the others) */
    uint8_t sub;    /* LIMIT: enum mbp_limit; STATE: enum mbp_state_code; SETTING: enum mbp_setting */
    double value;   /* engineering units (NaN = limit unused); coils 0 or 1; SHELVING as its register holds it */
    uint64_t bits;  /* STORED: in the type of the point that was written */
    const struct mbp_user_point *own; /* that one, where it is the user's */
    struct mbp_peer peer;
};

/* A write that was refused by the image since the last scan. */
#define MBP_REFUSALS_MAX 64u /* of one scan; the last takes in all that has no place of its own */

struct mbp_refusal {
    uint8_t unit;             /* id */
    uint8_t table, exception; /* table: enum mbp_table, MBP_FILES or MBP_DIAGNOSTICS */
    uint16_t addr;
    double value; /* asked, in the unit of the point there; NaN where only a part of it was; else the word or bit */
    uint32_t peer;
    uint32_t more; /* further ones of the same peer, at this address or beyond its eight places, that this one counts */
    uint16_t machine, item; /* whose point it is, as mbp_event counts them */
};

/* Who wants to know of each write by a master at once, when what it wrote stands in the tables: to be called in the
 * request path, so it must not block. NULL = nobody any more. */
struct mbp_image_observer {
    void (*written)(void *ctx, const struct mbp_image_unit *unit, enum mbp_table table, uint16_t addr, uint16_t count);
    void *ctx;
};
void mbp_image_observe(struct mbp_image *image, const struct mbp_image_observer *observer);

/* Whether masters may force sensors. While they may not, a sensor's value is read-only as with `inject: reject`, and
 * its forced coil can only be written 0. */
void mbp_image_allow_forcing(struct mbp_image *image, bool allowed);

/* Hands over, in the order of each point's last write, what was written since the last latch, one entry per point with
 * the value it has now, and forgets it. A value of several words of which some were written and which make no value
 * that the point can have waits, as its words do in the tables, until others come: nothing that was confirmed is lost.
 * Returns how many; *writes stays valid until the next publish. */
size_t mbp_image_latch(struct mbp_image *image, const struct mbp_write **writes);

/* At the start of a run: what was written before it and does not outlive one (`retain: false`) is not taken in. */
void mbp_image_forget(struct mbp_image *image);

/* The same for refusals. */
size_t mbp_image_latch_refusals(struct mbp_image *image, const struct mbp_refusal **refusals);

/* A raw point, text or file that a master changed since the last scan. */
#define MBP_WRITTEN_FILE ((unsigned)MBP_TABLE_COUNT) /* in the place of the table: addr is a file's number */
#define MBP_WRITTEN_MAX  1024u

struct mbp_written {
    uint8_t unit, table; /* id; enum mbp_table, MBP_WRITTEN_FILE or MBP_DIAGNOSTICS */
    uint16_t addr;
    uint16_t value, before; /* of a file: its first word that is another one now */
    uint32_t peer;
    uint32_t more;          /* further changes of it in between; of a file: further words */
    uint16_t machine, item; /* whose point it is, as mbp_event counts them */
};

/* The same for these, at most MBP_WRITTEN_MAX, in their order. lost: how many (`more`) had no room, and whose the last
 * was. Not the instructor's unit, whose deeds are told by what they do. */
size_t mbp_image_latch_written(struct mbp_image *image, const struct mbp_written **written, struct mbp_written *lost);

/* A sensor's four limits as they stand in its registers (NaN = unused, or some of its words wait for others), those
 * that a master wrote since the last scan among them. */
void mbp_image_limits(const struct mbp_image *image, uint32_t sensor, double limits[MBP_LIMIT_COUNT]);

/* Takes over into a new plant's image what masters have put into the old one's and no state holds: raw points, files,
 * texts, the last digits of 64-bit integers, and the instructor's switches, each where the file says the same about it
 * in both; and the file source. To be called when the old one has been latched. */
void mbp_image_carry(const struct mbp_carry *carry, struct mbp_image *from, struct mbp_image *to);

/* ---- the plant file to come (image/staging.h) ------------------------------------------------------------------- */

/* What a master asked the instructor's unit to do with the text that it staged there. */
struct mbp_staged_asked {
    enum mbp_staging_command command;
    uint32_t crc; /* of the text that is meant; 0 = not said */
    struct mbp_peer peer;
};

struct mbp_staged_answer {
    enum mbp_staging_state state;
    uint32_t crc;
    uint32_t errors, added, removed, changed;
    bool saved;
    const char *text;   /* lines, or "" */
    const char *french; /* the same lines in French; NULL = there are none */
};

/* Whether somebody asked since the last call; no other command is taken until this one is answered. Cheap; false
 * without an instructor. */
bool mbp_image_staging_asked(struct mbp_image *image, struct mbp_staged_asked *out);

/* The staged text and the CRC-32 that its header says, also on failure; it stays as long as no request is served. To be
 * called after mbp_image_staging_asked was true. Errors: MBP_ERR_MISSING (nothing was staged), MBP_ERR_RANGE (its
 * length cannot be), MBP_ERR_CORRUPT (length or CRC does not fit: half a transfer, or two at once). */
enum mbp_status mbp_image_staged(const struct mbp_image *image, struct mbp_text *text, uint32_t *crc);

/* Shows what became of it. */
void mbp_image_staging_answer(struct mbp_image *image, const struct mbp_staged_answer *answer);

/* The lines that the last answer showed; empty without one. Valid until the next answer. */
struct mbp_text mbp_image_staging_said(const struct mbp_image *image);

/* The same in French, which no master is shown; empty where the answer had none. */
struct mbp_text mbp_image_staging_said_french(const struct mbp_image *image);

#include "mbplant/image/publish.h"

#endif
