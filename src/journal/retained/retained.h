/* retained: what survives a restart, as rows keyed by unit id and name. */
#ifndef MBP_JOURNAL_RETAINED_H
#define MBP_JOURNAL_RETAINED_H

#include <sqlite3.h>

#include "mbplant/journal.h"

/* As mbp_journal_restore: MBP_ERR_CORRUPT, MBP_ERR_IO, MBP_ERR_MEMORY, each with a logged line; state then as before.
 */
enum mbp_status mbp_retained_restore(sqlite3 *db, const struct mbp_plant *plant, int64_t newer_than,
                                     struct mbp_state *state, void (*had)(void *ctx, uint32_t item), void *ctx);

#endif
