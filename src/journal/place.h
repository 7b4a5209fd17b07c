/* place: up to which record all is in the database, and of which of its states a journal.tail is; one row, written with
 * each transaction. */
#ifndef MBP_JOURNAL_PLACE_H
#define MBP_JOURNAL_PLACE_H

#include <sqlite3.h>

#include "mbplant/plant.h"

/* Makes the table where there is none. */
extern const char mbp_place_create_sql[];

struct mbp_place {
    sqlite3_stmt *put;
    uint64_t run;       /* a number of the database's own */
    uint64_t position;  /* of the ring: what stands before it is stored */
    uint32_t plant_crc; /* of the file whose numbers are in force there */
    uint64_t plant_len;
};

/* Reads the row, or makes up a run where there is none. Each returns SQLITE_OK or SQLite's code.
 * Ownership: mbp_place_close. */
int mbp_place_open(struct mbp_place *place, sqlite3 *db, const struct mbp_plant *plant);
void mbp_place_close(struct mbp_place *place);

/* Inside a transaction, as its last. */
int mbp_place_put(struct mbp_place *place, uint64_t position, const struct mbp_plant *plant);

#endif
