/* names_sql: tags and actors as rows, put in the transaction of the first event that needs them. */
#ifndef MBP_JOURNAL_NAMES_SQL_H
#define MBP_JOURNAL_NAMES_SQL_H

#include <sqlite3.h>

#include "mbplant/names.h"

extern const char mbp_names_create_sql[];

struct mbp_names_writer {
    sqlite3_stmt *tag, *actor, *last, *forget;
    uint32_t last_of[MBP_ACTORS_MAX + 1]; /* by id: the last event of this transaction that is its; 0 = none */
    uint16_t seen[MBP_ACTORS_MAX + 1];    /* ids of those that have one */
    uint32_t seen_count;
};

/* Each returns SQLITE_OK or SQLite's code. Ownership: mbp_names_writer_close. */
int mbp_names_writer_open(struct mbp_names_writer *writer, sqlite3 *db);
void mbp_names_writer_close(struct mbp_names_writer *writer);

/* Inside a transaction. Tags that only events before oldest needed are removed. */
int mbp_names_writer_put_tags(struct mbp_names_writer *writer, const struct mbp_names *names, uint32_t oldest);
int mbp_names_writer_put_actor(struct mbp_names_writer *writer, const struct mbp_actor *actor);

/* An event of an actor is stored; before the transaction ends, that it was the last one is stored too. */
void mbp_names_writer_note(struct mbp_names_writer *writer, const struct mbp_event *event);
int mbp_names_writer_finish(struct mbp_names_writer *writer);
void mbp_names_writer_forget(struct mbp_names_writer *writer);

/* What an earlier run left. Returns SQLITE_OK or SQLite's code; SQLITE_CORRUPT where a row holds what we never write.
 */
int mbp_names_load(sqlite3 *db, struct mbp_names *names);

/* Removes actors of whom no event is left, when nothing else can be on its way to the database. */
void mbp_names_tidy(sqlite3 *db);

#endif
