/* setting: numbers that masters set and that survive a restart, one row each: the commands of actuators. */
#ifndef MBP_JOURNAL_SETTING_H
#define MBP_JOURNAL_SETTING_H

#include <sqlite3.h>

#include "mbplant/journal.h"

/* Makes the table. */
extern const char mbp_setting_create_sql[];
extern const char mbp_setting_put_sql[];

/* Binds a record, and where in the ring it stands, to the statement above. */
void mbp_setting_bind(sqlite3_stmt *stmt, const struct mbp_plant *plant, const struct mbp_retained_setting *record,
                      uint64_t position);

/* Takes the rows that the plant has a place for into state. Returns SQLITE_OK or SQLite's code, state then half
 * restored. */
int mbp_setting_restore(sqlite3 *db, const struct mbp_plant *plant, int64_t newer_than, struct mbp_state *state);

#endif
