/* store: the journal's database as the writer's thread sees it: open it checked, write a transaction. */
#ifndef MBP_JOURNAL_STORE_H
#define MBP_JOURNAL_STORE_H

#include <sqlite3.h>

#include "checkpoint.h"
#include "history/hiding.h"
#include "mark.h"
#include "names_sql.h"
#include "place.h"
#include "retained/columns.h"
#include "retention.h"
#include "ring.h"

struct mbp_store {
    sqlite3 *db;
    const struct mbp_plant *plant;
    sqlite3_stmt *begin, *commit, *rollback;
    sqlite3_stmt *event, *comment, *setting, *fault;
    sqlite3_stmt *retained[MBP_RETAINED_COUNT];
    struct mbp_retention retention;
    struct mbp_names_writer names;
    struct mbp_hiding_writer hiding;
    struct mbp_place place;
    uint32_t log_pages;         /* in the write-ahead log since the last commit */
    struct mbp_mark_file *mark; /* told of each transaction (mbp_store_mark); NULL = none */
    const char *mark_path;
    bool is_new; /* was made by this opening: there is nothing in it */
    struct mbp_checkpoints checkpoints;
    char said[MBP_COMMENT_MAX + 1]; /* the comment of the event that comes, as far as it was put */
    uint16_t said_len;
    uint32_t check, stored_check; /* of the last event that was put; of the last one that is committed */
};

/* The event numbers that a client can see; 0 = none. Of the last one, and of the last one that retention removed, their
 * check values. */
struct mbp_marks {
    uint32_t oldest, last, incident;
    uint32_t check, removed, removed_check;
};

/* Opens the database at path, a new one when there is none, and says what it holds. reached: the event that it must go
 * up to, 0 = any; a new one need not. store must stay where it is. One line to errors on failure, as mbp_journal_open;
 * MBP_ERR_CORRUPT also when it does not reach so far. names: those that its events need. Ownership: mbp_store_close,
 * mbp_names_free. */
enum mbp_status mbp_store_open(const char *path, const struct mbp_plant *plant, uint32_t reached, FILE *errors,
                               struct mbp_store *store, struct mbp_marks *marks, struct mbp_names *names);
void mbp_store_close(struct mbp_store *store);

/* One transaction: begin, put each record, commit. Each returns SQLITE_OK or SQLite's code, SQLITE_READONLY_DBMOVED
 * when the database is no longer at its path; after a failure mbp_store_roll_back leaves it as it was before the begin.
 */
int mbp_store_begin(struct mbp_store *store);
int mbp_store_put(struct mbp_store *store, const struct mbp_record *record, uint64_t position); /* its place */
int mbp_store_commit(struct mbp_store *store, uint64_t position); /* of the ring, up to which all was put */
void mbp_store_roll_back(struct mbp_store *store);

/* After a commit, before anybody is shown an event of it: last is the newest. */
void mbp_store_mark(struct mbp_store *store, uint32_t last, uint64_t now_ns);

#endif
