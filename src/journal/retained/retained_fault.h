/* retained_fault: the plant's faults that outlive a run, one row each. */
#ifndef MBP_JOURNAL_RETAINED_FAULT_H
#define MBP_JOURNAL_RETAINED_FAULT_H

#include <sqlite3.h>

#include "mbplant/journal.h"

/* Makes the table. */
extern const char mbp_retained_fault_create_sql[];
extern const char mbp_retained_fault_put_sql[];

/* Binds a record, and where in the ring it stands, to the statement above. The plant's names must stay while the
 * statement may run. */
void mbp_retained_bind_fault(sqlite3_stmt *stmt, const struct mbp_plant *plant, const struct mbp_retained_fault *record,
                             uint64_t position);

/* Whether the plant has the fault of a row. */
bool mbp_retained_fault_has(const struct mbp_plant *plant, int place, const char *name);

/* As mbp_journal_faults. */
enum mbp_status mbp_retained_faults(sqlite3 *db, const struct mbp_plant *plant, int64_t newer_than,
                                    void (*take)(void *ctx, const struct mbp_retained_fault *fault), void *ctx);

#endif
