/* checkpoint: the last one of the plant, in pieces of which only those are written that changed, with the plant file
 * that it is of; and which retained rows are newer than it. */
#ifndef MBP_JOURNAL_CHECKPOINT_H
#define MBP_JOURNAL_CHECKPOINT_H

#include <sqlite3.h>

#include "mbplant/journal.h"

/* Makes the tables where they are missing; to be run when those of the retained rows are there. */
extern const char mbp_checkpoint_create_sql[];

/* Ends a statement that gets the row with key ?1, ?2: only where ?3 is 0 or the row is newer than the checkpoint. */
#define MBP_WHERE_NEWER(kind)                                                                                          \
    " AND (?3 = 0 OR EXISTS(SELECT 1 FROM retained_newer AS newer WHERE newer.kind = '" kind                           \
    "' AND newer.unit = ?1 AND newer.name = ?2))"

/* ---- the writer's side ------------------------------------------------------------------------------------------ */

struct mbp_checkpoints {
    sqlite3 *db;
    sqlite3_stmt *head, *part, *cut, *drop_head, *plant, *has_plant, *forget_newer;
    uint64_t *hashes; /* of the pieces as they are stored */
    size_t count;
    bool known;     /* hashes are right */
    uint64_t bytes; /* of the stored one */
};

/* Each returns SQLITE_OK or SQLite's code. Ownership: mbp_checkpoints_close. */
int mbp_checkpoints_open(struct mbp_checkpoints *checkpoints, sqlite3 *db);
void mbp_checkpoints_close(struct mbp_checkpoints *checkpoints);

/* Inside a transaction: in place of the one before; NULL = there is none from now on, and all rows count. What is
 * retained so far is older than it. */
int mbp_checkpoints_put(struct mbp_checkpoints *checkpoints, const struct mbp_plant *plant,
                        const struct mbp_checkpoint *checkpoint);

/* The transaction was rolled back. */
void mbp_checkpoints_forget(struct mbp_checkpoints *checkpoints);

/* ---- the reader's side ------------------------------------------------------------------------------------------ */

/* As mbp_journal_checkpoint. */
enum mbp_status mbp_checkpoints_get(sqlite3 *db, struct mbp_stored_checkpoint *out);

/* Whether any retained row is newer than the checkpoint. Returns SQLITE_OK or SQLite's code. */
int mbp_checkpoints_any_newer(sqlite3 *db, bool *any);

#endif
