/* checkpoint: the last one of the plant, in pieces of which only those are written that changed, with the plant file
 * that it is of; and where in the ring it stood. A retained row that stood behind it is newer. */
#ifndef MBP_JOURNAL_CHECKPOINT_H
#define MBP_JOURNAL_CHECKPOINT_H

#include <sqlite3.h>

#include "mbplant/journal.h"

/* Makes the tables. */
extern const char mbp_checkpoint_create_sql[];

/* Of a row's place in the ring: all rows are newer than nothing. */
#define MBP_BEFORE_ALL (-1)

/* ---- the writer's side ------------------------------------------------------------------------------------------ */

struct mbp_checkpoints {
    sqlite3 *db;
    sqlite3_stmt *head, *part, *cut, *drop_head, *plant, *has_plant;
    uint64_t *hashes; /* of the pieces as they are stored */
    size_t count;
    bool known;     /* hashes are right */
    uint64_t bytes; /* of the stored one */
};

/* Each returns SQLITE_OK or SQLite's code. Ownership: mbp_checkpoints_close. */
int mbp_checkpoints_open(struct mbp_checkpoints *checkpoints, sqlite3 *db);
void mbp_checkpoints_close(struct mbp_checkpoints *checkpoints);

/* Inside a transaction: in place of the one before; NULL = there is none from now on, and all rows count. */
int mbp_checkpoints_put(struct mbp_checkpoints *checkpoints, const struct mbp_plant *plant,
                        const struct mbp_checkpoint *checkpoint, uint64_t position);

/* The transaction was rolled back. */
void mbp_checkpoints_forget(struct mbp_checkpoints *checkpoints);

/* ---- the reader's side ------------------------------------------------------------------------------------------ */

/* As mbp_journal_checkpoint. */
enum mbp_status mbp_checkpoints_get(sqlite3 *db, struct mbp_stored_checkpoint *out);

#endif
