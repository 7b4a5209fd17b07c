/* retained_more: what else survives a restart of alarms and machines, in tables of their own, so that a journal of an
 * earlier mbplant takes them in when it is opened. */
#ifndef MBP_JOURNAL_RETAINED_MORE_H
#define MBP_JOURNAL_RETAINED_MORE_H

#include <sqlite3.h>

#include "mbplant/journal.h"

/* Makes the tables where they are missing. */
extern const char mbp_retained_more_sql[];

extern const char mbp_retained_alarms_put_sql[];
extern const char mbp_retained_upkeep_put_sql[];

/* Bind a record to the statements above. The plant's names must stay while the statement may run. */
void mbp_retained_bind_alarms(sqlite3_stmt *stmt, const struct mbp_plant *plant,
                              const struct mbp_retained_alarms *record);
void mbp_retained_bind_upkeep(sqlite3_stmt *stmt, const struct mbp_plant *plant,
                              const struct mbp_retained_upkeep *record);

/* Takes all rows of the plant's names into state. Returns SQLITE_OK, or SQLite's code: SQLITE_CORRUPT when a row holds
 * what we never write. */
int mbp_retained_more_restore(sqlite3 *db, const struct mbp_plant *plant, bool newer_only, struct mbp_state *state);

#endif
