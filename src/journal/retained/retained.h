/* retained: what survives a restart, as rows keyed by unit id and name. */
#ifndef MBP_JOURNAL_RETAINED_H
#define MBP_JOURNAL_RETAINED_H

#include <sqlite3.h>

#include "mbplant/journal.h"

extern const char mbp_retained_machine_put_sql[];
extern const char mbp_retained_sensor_put_sql[];

/* Bind a record to the statements above. The plant's names must stay while the statement may run. */
void mbp_retained_bind_machine(sqlite3_stmt *stmt, const struct mbp_plant *plant,
                               const struct mbp_retained_machine *record);
void mbp_retained_bind_sensor(sqlite3_stmt *stmt, const struct mbp_plant *plant,
                              const struct mbp_retained_sensor *record);

/* As mbp_journal_restore: MBP_ERR_CORRUPT, MBP_ERR_IO, MBP_ERR_MEMORY, each with a logged line; state then as before.
 */
enum mbp_status mbp_retained_restore(sqlite3 *db, const struct mbp_plant *plant, bool newer_only,
                                     struct mbp_state *state);

#endif
