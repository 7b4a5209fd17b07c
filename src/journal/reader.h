/* reader: durable events for the scan's thread: the newest from memory, older ones by a connection of its own that
 * never waits for the writer's (WAL). */
#ifndef MBP_JOURNAL_READER_H
#define MBP_JOURNAL_READER_H

#include <sqlite3.h>
#include <stdio.h>

#include "history/hiding.h"
#include "mbplant/event/comment.h"

#define MBP_TAIL_EVENTS 1024 /* a power of two */

struct mbp_reader {
    const char *path;
    sqlite3 *db; /* NULL: not needed yet */
    sqlite3_stmt *range, *check, *comment;
    struct mbp_hiding_reader hiding;
    struct mbp_event tail[MBP_TAIL_EVENTS]; /* event n at n % MBP_TAIL_EVENTS */
    uint32_t tail_first, tail_last;         /* both 0 = none */
};

/* What makes an event of a row, and the event. */
#define MBP_READER_COLUMNS "seq, scan, wall_ms, code, unit, machine, sensor, value, limit_or_old, actor, flags, detail"
/* The event, by what reads a column of that number: INT up to 32 bits, LONG up to 64, REAL a number or none. */
#define MBP_READER_EVENT(INT, LONG, REAL)                                                                              \
    (struct mbp_event)                                                                                                 \
    {                                                                                                                  \
        .seq = (uint32_t)LONG(0), .scan = (uint32_t)LONG(1), .wall_ms = (uint64_t)LONG(2), .code = (uint16_t)INT(3),   \
        .unit = (uint16_t)INT(4), .machine = (uint16_t)INT(5), .sensor = (uint16_t)INT(6), .value = REAL(7),           \
        .limit = REAL(8), .actor = (uint16_t)INT(9), .flags = (uint16_t)INT(10), .detail = (uint32_t)LONG(11)          \
    }
#define MBP_READER_COLUMN_COUNT 12
void mbp_reader_take_event(sqlite3_stmt *row, struct mbp_event *event);

/* Opens path to read, at once or (last == 0) when something is first asked of it, and takes the newest events, up to
 * `last`, into memory. path must stay. One line to errors on failure, as mbp_journal_open. Ownership: mbp_reader_close.
 */
enum mbp_status mbp_reader_open(struct mbp_reader *reader, const char *path, uint32_t last, FILE *errors);
void mbp_reader_close(struct mbp_reader *reader);

/* Its connection; NULL, when the database cannot be opened just now. */
sqlite3 *mbp_reader_db(struct mbp_reader *reader);

/* What hides, by that connection; NULL as above. */
struct mbp_hiding_reader *mbp_reader_hiding(struct mbp_reader *reader);

/* Takes a newly durable event into memory. */
void mbp_reader_add(struct mbp_reader *reader, const struct mbp_event *event);

/* Up to max consecutive events from first upward; *count says how many there were.
 * Errors: MBP_ERR_IO, when the database cannot be read just now. */
enum mbp_status mbp_reader_get(struct mbp_reader *reader, uint32_t first, size_t max, struct mbp_event *events,
                               size_t *count);

/* The same of rising numbers that need not be consecutive, first neither, up to the newest one that was added. */
enum mbp_status mbp_reader_get_sparse(struct mbp_reader *reader, uint32_t first, size_t max, struct mbp_event *events,
                                      size_t *count);

/* The check value of an event. Errors: MBP_ERR_MISSING, MBP_ERR_IO as above. */
enum mbp_status mbp_reader_check(struct mbp_reader *reader, uint32_t seq, uint32_t *check);

/* The comment of an event, "" = none. Errors: MBP_ERR_IO as above. */
enum mbp_status mbp_reader_comment(struct mbp_reader *reader, uint32_t seq, char text[MBP_COMMENT_MAX + 1]);

/* Up to max of those in memory, newest first. */
size_t mbp_reader_newest(const struct mbp_reader *reader, size_t max, struct mbp_event *events);

#endif
