/* history: which events incidents and work are made of (MBP_RETAINS_HISTORY), found without reading the others: by an
 * index of the database, and of the newest by a list in memory that masters read as files. */
#ifndef MBP_JOURNAL_HISTORY_H
#define MBP_JOURNAL_HISTORY_H

#include <sqlite3.h>

#include "mbplant/event.h"

/* What SQL says of such events, and what makes the index of them. Returns buf. */
#define MBP_HISTORY_SQL_MAX 512u
const char *mbp_history_condition(char buf[MBP_HISTORY_SQL_MAX]);
int mbp_history_create(sqlite3 *db);

struct mbp_history_index {
    uint32_t *seqs; /* entry n at n % MBP_HISTORY_ENTRIES */
    uint32_t end;   /* entries that there were; the newest MBP_HISTORY_ENTRIES are kept */
};

/* Of what the database holds; db NULL = nothing. Errors: SQLite's. Ownership: mbp_history_index_free. */
int mbp_history_index_open(struct mbp_history_index *index, sqlite3 *db);
void mbp_history_index_free(struct mbp_history_index *index);

/* An event that is durable now. */
void mbp_history_index_note(struct mbp_history_index *index, const struct mbp_event *event);

/* The newest, at most max, in order; how many. */
size_t mbp_history_newest(const struct mbp_history_index *index, size_t max, uint32_t *seqs);

/* Words of its files. Errors: MBP_EX_ILLEGAL_DATA_ADDRESS. */
enum mbp_status mbp_history_read_file(const struct mbp_history_index *index, uint16_t file, uint16_t record,
                                      uint16_t count, uint16_t *words);

#endif
