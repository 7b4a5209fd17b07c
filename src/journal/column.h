/* column: what stands in a column of a row of retained state, checked; used by all that restore some. */
#ifndef MBP_JOURNAL_COLUMN_H
#define MBP_JOURNAL_COLUMN_H

#include <sqlite3.h>

#include "mbplant/plant.h"

/* A whole number of min..max. What is outside, which we never write, sets *bad and counts as min. */
int64_t mbp_column_number(sqlite3_stmt *row, int column, int64_t min, int64_t max, bool *bad);

/* NaN where there is none: SQLite has no other word for it. */
double mbp_column_real(sqlite3_stmt *row, int column);

/* The sensor of the name there, of the machine or (NULL) of any; UINT32_MAX when the plant has none. */
uint32_t mbp_column_sensor(sqlite3_stmt *row, int column, const struct mbp_plant *plant,
                           const struct mbp_machine *machine);

#endif
