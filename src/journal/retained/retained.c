/* What an earlier run left of the plant's machines and sensors. */
#include "retained/retained.h"

#include "retained/columns.h"
#include "retained/setting.h"
#include "schema.h"

static void retake(const struct mbp_plant *plant, struct mbp_state *state, enum mbp_retained_what what,
                   const union mbp_retained *record)
{
    switch (what) {
    case MBP_RETAINED_MACHINE:
        mbp_retake_machine(state, &record->machine);
        return;
    case MBP_RETAINED_UPKEEP:
        mbp_retake_upkeep(state, &record->upkeep);
        return;
    case MBP_RETAINED_SENSOR:
        mbp_retake_sensor(plant, state, &record->sensor);
        return;
    case MBP_RETAINED_ALARMS:
        mbp_retake_alarms(state, &record->alarms);
        return;
    case MBP_RETAINED_COUNT:
        break;
    }
}

/* Where rows go, and who is told of what had one. */
struct restoring {
    const struct mbp_plant *plant;
    struct mbp_state *state;
    void (*had)(void *ctx, uint32_t item);
    void *ctx;
};

static void take_row(const struct restoring *to, enum mbp_retained_what what, const union mbp_retained *record)
{
    retake(to->plant, to->state, what, record);
    if (to->had != NULL)
        to->had(to->ctx, (mbp_retained_is_of_machine(what) ? to->plant->sensor_count : 0) + record->index);
}

static int take_table(sqlite3 *db, enum mbp_retained_what what, int64_t newer_than, const struct restoring *to)
{
    sqlite3_stmt *get = NULL;
    union mbp_retained record;
    uint32_t count = mbp_retained_items(to->plant, what);
    int rc = mbp_retained_prepare_get(db, what, newer_than, &get);
    for (uint32_t i = 0; i < count && rc == SQLITE_OK; i++) {
        rc = mbp_retained_find(get, to->plant, what, i, &record);
        if (rc == SQLITE_ROW)
            take_row(to, what, &record);
        if (rc == SQLITE_ROW || rc == SQLITE_DONE) /* the second: it has no row, which is no failure */
            rc = SQLITE_OK;
    }
    sqlite3_finalize(get);
    return rc;
}

enum mbp_status mbp_retained_restore(sqlite3 *db, const struct mbp_plant *plant, int64_t newer_than,
                                     struct mbp_state *state, void (*had)(void *ctx, uint32_t item), void *ctx)
{
    const struct restoring to = {plant, state, had, ctx};
    enum mbp_status status = MBP_OK;
    struct mbp_state *before;
    if (mbp_state_clone(state, &before) != MBP_OK)
        return MBP_ERR_MEMORY;
    /* One transaction, else each row of a million takes and leaves the locks of the file. */
    int rc = sqlite3_exec(db, "BEGIN", NULL, NULL, NULL);
    for (enum mbp_retained_what what = 0; what < MBP_RETAINED_COUNT && rc == SQLITE_OK; what++)
        rc = take_table(db, what, newer_than, &to);
    if (rc == SQLITE_OK)
        rc = mbp_setting_restore(db, plant, newer_than, state, had, ctx);
    if (rc != SQLITE_OK) {
        status = mbp_schema_refuse(db, rc, sqlite3_db_filename(db, "main"), stderr);
        mbp_state_copy(state, before);
    }
    if (sqlite3_get_autocommit(db) == 0)
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL); /* nothing was written */
    mbp_state_free(before);
    return status;
}
