/* past: by which plant the events count machines and sensors. The texts of the plants, and the event from which on each
 * was in force; written with the first event that a plant numbers, so never ahead of it nor behind. */
#ifndef MBP_JOURNAL_PAST_H
#define MBP_JOURNAL_PAST_H

#include <sqlite3.h>

#include "mbplant/event.h"
#include "mbplant/plant.h"

/* Makes the tables where an earlier mbplant has made none. */
extern const char mbp_past_create_sql[];

/* ---- the writer's side ------------------------------------------------------------------------------------------ */

struct mbp_past {
    sqlite3 *db;
    sqlite3_stmt *newest, *since, *has_text, *part, *size, *drop_first, *drop_old, *drop_texts;
};

/* Each returns SQLITE_OK or SQLite's code. Ownership: mbp_past_close. */
int mbp_past_open(struct mbp_past *past, sqlite3 *db);
void mbp_past_close(struct mbp_past *past);

/* Inside a transaction: from this event on the plant numbers; nothing when it does already. Of more plants than
 * MBP_PAST_PLANTS and MBP_PAST_WORDS allow the oldest go. */
int mbp_past_put(struct mbp_past *past, uint32_t seq, const struct mbp_plant *plant);

/* Inside a transaction: events before oldest are gone, and plants that only they needed follow. */
int mbp_past_drop(struct mbp_past *past, uint32_t oldest);

/* ---- the reader's side ------------------------------------------------------------------------------------------ */

struct mbp_past_reader {
    sqlite3_stmt *plants, *part;
};

/* Returns SQLITE_OK or SQLite's code. Ownership: mbp_past_reader_close. */
int mbp_past_reader_open(struct mbp_past_reader *reader, sqlite3 *db);
void mbp_past_reader_close(struct mbp_past_reader *reader);

/* Words of the files MBP_PAST_INDEX_FILE.. (mbplant/event.h). Errors: MBP_EX_ILLEGAL_DATA_ADDRESS,
 * MBP_EX_SERVER_DEVICE_FAILURE when the database cannot be read just now. */
enum mbp_status mbp_past_read_file(struct mbp_past_reader *reader, uint16_t file, uint16_t record, uint16_t count,
                                   uint16_t *words);

#endif
