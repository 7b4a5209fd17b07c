/* forget: what left the plant leaves the retained rows too. Else it would be as it was then, when it is put back and
 * there is no checkpoint to say otherwise. */
#ifndef MBP_JOURNAL_FORGET_H
#define MBP_JOURNAL_FORGET_H

#include <sqlite3.h>

#include "mbplant/plant.h"

/* Removes rows of what the plant does not have, inside a transaction. Returns SQLITE_OK or SQLite's code. */
int mbp_retained_forget(sqlite3 *db, const struct mbp_plant *plant);

#endif
