/* hiding: the events by which something is hidden now (mbplant/state/hiding.h): kept in step with the events that are
 * stored, in their transactions, and kept whole where retention removes them. */
#ifndef MBP_JOURNAL_HIDING_H
#define MBP_JOURNAL_HIDING_H

#include <sqlite3.h>

#include "mbplant/state/hiding.h"

/* ---- the writer's side ------------------------------------------------------------------------------------------- */

struct mbp_hiding_writer {
    sqlite3_stmt *begin, *end, *end_item, *end_later, *again, *keep, *forget;
};

/* Makes the tables. Returns SQLite's code, as all of these. */
int mbp_hiding_create(sqlite3 *db);

/* Forgets what is kept of events that hide nothing any more. Ownership: mbp_hiding_writer_close. */
int mbp_hiding_writer_open(struct mbp_hiding_writer *writer, sqlite3 *db);
void mbp_hiding_writer_close(struct mbp_hiding_writer *writer);

/* An event that is being stored. */
int mbp_hiding_note(struct mbp_hiding_writer *writer, const struct mbp_event *event);

/* Events from first on and below end are about to be removed: those that hide something are kept. Of
 * the others no snapshot brings anything back. */
int mbp_hiding_keep(struct mbp_hiding_writer *writer, uint32_t first, uint32_t end);

/* ---- the reader's side ------------------------------------------------------------------------------------------- */

struct mbp_hiding_reader {
    sqlite3_stmt *count, *list, *kept;
};

int mbp_hiding_reader_open(struct mbp_hiding_reader *reader, sqlite3 *db);
void mbp_hiding_reader_close(struct mbp_hiding_reader *reader);

/* An event that retention removed and that hides something. Errors: MBP_ERR_MISSING, MBP_ERR_IO. */
enum mbp_status mbp_hiding_kept(struct mbp_hiding_reader *reader, uint32_t seq, struct mbp_event *out);

/* Words of the files. Errors: MBP_EX_ILLEGAL_DATA_ADDRESS, MBP_EX_SERVER_DEVICE_FAILURE. */
enum mbp_status mbp_hiding_read_file(struct mbp_hiding_reader *reader, uint16_t file, uint16_t record, uint16_t count,
                                     uint16_t *words);

#endif
