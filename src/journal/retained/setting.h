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

/* Takes the rows that the plant has a place for into state, and tells of them as mbp_journal_restore does. Returns
 * SQLITE_OK or SQLite's code, state then half restored. */
int mbp_setting_restore(sqlite3 *db, const struct mbp_plant *plant, int64_t newer_than, struct mbp_state *state,
                        void (*had)(void *ctx, uint32_t item), void *ctx);

/* Which rows a plant has a place for. */
struct mbp_setting_key;
struct mbp_setting_keys {
    const struct mbp_plant *plant;
    struct mbp_setting_key *stored; /* of stored values, sorted: many have no name that the plant finds */
};

/* False: no memory. Ownership: mbp_setting_keys_free. */
bool mbp_setting_keys_new(struct mbp_setting_keys *keys, const struct mbp_plant *plant);
void mbp_setting_keys_free(struct mbp_setting_keys *keys);
bool mbp_setting_has(const struct mbp_setting_keys *keys, int unit, const char *name);

#endif
