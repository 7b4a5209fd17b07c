/* columns: the rows of retained state (mbplant/retained.h), a table of columns each. */
#ifndef MBP_JOURNAL_COLUMNS_H
#define MBP_JOURNAL_COLUMNS_H

#include <sqlite3.h>

#include "mbplant/retained.h"

enum mbp_retained_what {
    MBP_RETAINED_MACHINE,
    MBP_RETAINED_UPKEEP,
    MBP_RETAINED_SENSOR,
    MBP_RETAINED_ALARMS,
    MBP_RETAINED_COUNT
};

union mbp_retained {
    struct mbp_retained_machine machine;
    struct mbp_retained_upkeep upkeep;
    struct mbp_retained_sensor sensor;
    struct mbp_retained_alarms alarms;
    uint32_t index; /* each begins with it */
};

/* Of a machine or of a sensor; how many of them a plant has. */
bool mbp_retained_is_of_machine(enum mbp_retained_what what);
uint32_t mbp_retained_items(const struct mbp_plant *plant, enum mbp_retained_what what);

/* The table of their rows, whose key is the unit's id and the item's name. */
const char *mbp_retained_table(enum mbp_retained_what what);

/* Makes the tables of a new journal. Returns SQLite's code, as the rest. */
int mbp_retained_create(sqlite3 *db);

/* A statement that puts a record, and one that finds an item's row. */
int mbp_retained_prepare_put(sqlite3 *db, enum mbp_retained_what what, sqlite3_stmt **out);
int mbp_retained_prepare_get(sqlite3 *db, enum mbp_retained_what what, int64_t newer_than, sqlite3_stmt **out);

/* Binds a record, and where in the ring it stands, to the first. The plant's names must stay while the statement may
 * run. */
void mbp_retained_bind(sqlite3_stmt *put, const struct mbp_plant *plant, enum mbp_retained_what what,
                       const void *record, uint64_t position);

/* Runs the second. SQLITE_ROW: *out has it; SQLITE_DONE: there is none; SQLITE_CORRUPT: it holds what we never write.
 */
int mbp_retained_find(sqlite3_stmt *get, const struct mbp_plant *plant, enum mbp_retained_what what, uint32_t index,
                      union mbp_retained *out);

/* Whether any retained row, a setting's and a fault's too, stood behind that place. */
int mbp_retained_any_newer(sqlite3 *db, int64_t newer_than, bool *any);

#endif
