/* Rows of alarms and of machines' upkeep, out and in. */
#include "retained/retained_more.h"

#include "checkpoint.h"
#include "column.h"

const char mbp_retained_more_sql[] =
    "CREATE TABLE IF NOT EXISTS retained_alarms(unit INTEGER, name TEXT, beyond INTEGER NOT NULL, latched INTEGER NOT "
    "NULL, alarm_flags INTEGER NOT NULL, shelf_ms INTEGER NOT NULL, since_s INTEGER NOT NULL, PRIMARY KEY(unit, name)) "
    "STRICT, WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS retained_upkeep(unit INTEGER, name TEXT, repair_ns INTEGER NOT NULL, repairs INTEGER "
    "NOT NULL, maintenances INTEGER NOT NULL, cycles_since_maintenance INTEGER NOT NULL, refused_sensor TEXT, "
    "refused_state INTEGER NOT NULL, refused_cause INTEGER NOT NULL, in_repair INTEGER NOT NULL, PRIMARY KEY(unit, "
    "name)) STRICT, WITHOUT ROWID;";

const char mbp_retained_alarms_put_sql[] =
    "INSERT OR REPLACE INTO retained_alarms(unit, name, beyond, latched, alarm_flags, shelf_ms, since_s) "
    "VALUES(?, ?, ?, ?, ?, ?, ?)";
const char mbp_retained_upkeep_put_sql[] =
    "INSERT OR REPLACE INTO retained_upkeep(unit, name, repair_ns, repairs, maintenances, cycles_since_maintenance, "
    "refused_sensor, refused_state, refused_cause, in_repair) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
static const char alarms_get_sql[] = "SELECT beyond, latched, alarm_flags, shelf_ms, since_s FROM retained_alarms "
                                     "WHERE unit = ?1 AND name = ?2" MBP_WHERE_NEWER("sensor");
static const char upkeep_get_sql[] =
    "SELECT repair_ns, repairs, maintenances, cycles_since_maintenance, refused_sensor, refused_state, refused_cause, "
    "in_repair FROM retained_upkeep WHERE unit = ?1 AND name = ?2" MBP_WHERE_NEWER("machine");

static void bind_key(sqlite3_stmt *stmt, const struct mbp_plant *plant, uint32_t unit, const char *name)
{
    sqlite3_bind_int(stmt, 1, plant->units[unit].id);
    sqlite3_bind_text(stmt, 2, name, -1, SQLITE_STATIC);
}

/* ---- out ------------------------------------------------------------------------------------------------------ */

void mbp_retained_bind_alarms(sqlite3_stmt *stmt, const struct mbp_plant *plant,
                              const struct mbp_retained_alarms *record)
{
    const struct mbp_sensor *sensor = &plant->sensors[record->sensor];
    bind_key(stmt, plant, sensor->unit, sensor->name);
    sqlite3_bind_int(stmt, 3, record->beyond);
    sqlite3_bind_int(stmt, 4, record->latched);
    sqlite3_bind_int(stmt, 5, record->alarm_flags);
    sqlite3_bind_int64(stmt, 6, record->shelf_ms);
    sqlite3_bind_int64(stmt, 7, record->since_s);
}

void mbp_retained_bind_upkeep(sqlite3_stmt *stmt, const struct mbp_plant *plant,
                              const struct mbp_retained_upkeep *record)
{
    const struct mbp_machine *machine = &plant->machines[record->machine];
    const struct mbp_upkeep *upkeep = &record->upkeep;
    bind_key(stmt, plant, machine->unit, machine->name);
    sqlite3_bind_int64(stmt, 3, (sqlite3_int64)upkeep->repair_ns);
    sqlite3_bind_int64(stmt, 4, upkeep->repairs);
    sqlite3_bind_int64(stmt, 5, upkeep->maintenances);
    sqlite3_bind_int64(stmt, 6, upkeep->cycles_since_maintenance);
    /* By name: the index may be another sensor's after an edit of the file. */
    if (upkeep->refused_sensor < plant->sensor_count)
        sqlite3_bind_text(stmt, 7, plant->sensors[upkeep->refused_sensor].name, -1, SQLITE_STATIC);
    else
        sqlite3_bind_null(stmt, 7);
    sqlite3_bind_int(stmt, 8, upkeep->refused_state);
    sqlite3_bind_int(stmt, 9, upkeep->refused_cause);
    sqlite3_bind_int(stmt, 10, upkeep->in_repair);
}

/* ---- in ------------------------------------------------------------------------------------------------------- */

/* The condition of a hidden alarm ends without an event, so that a row may still have it: it counts where the
 * checkpoint has it too. Else it is judged anew, delay and all. A one-shot shelf would have ended with the last one. */
static void take_beyond(struct mbp_state *state, uint32_t s, uint8_t stored, bool shot)
{
    uint8_t known = state->beyond[s] & stored;
    uint8_t now = (uint8_t)(state->active[s] | (shot && known == 0 ? stored : known));
    unsigned changed = now ^ state->beyond[s];
    state->beyond[s] = now;
    state->waiting[s] &= (uint8_t)~changed;
    for (uint32_t a = 0; a < MBP_ALARM_COUNT; a++) {
        if ((changed >> a & 1u) != 0)
            state->alarm_scans[s * MBP_ALARM_COUNT + a] = 0;
    }
}

static bool take_alarms(sqlite3_stmt *stmt, struct mbp_state *state, uint32_t s)
{
    bool bad = false;
    bool shot = (mbp_column_number(stmt, 2, 0, UINT8_MAX, &bad) & MBP_ALARMS_SHOT) != 0;
    take_beyond(state, s, (uint8_t)mbp_column_number(stmt, 0, 0, MBP_ALARMS_ALL, &bad), shot);
    state->latched[s] = (uint8_t)mbp_column_number(stmt, 1, 0, MBP_ALARMS_ALL, &bad);
    /* Whether the machine is in maintenance is for its state to say. */
    state->alarm_flags[s] =
        (uint8_t)(mbp_column_number(stmt, 2, 0, UINT8_MAX, &bad) & ~(int64_t)MBP_ALARMS_MAINTENANCE);
    int64_t shelf_ms = mbp_column_number(stmt, 3, -1, INT64_MAX / (int64_t)MBP_NS_PER_MS, &bad);
    state->shelf_end_ns[s] = shelf_ms < 0    ? MBP_SHELF_NO_END
                             : shelf_ms == 0 ? 0
                                             : mbp_time_add_sat(state->sim_ns, (uint64_t)shelf_ms * MBP_NS_PER_MS);
    state->alarm_since_s[s] = (uint32_t)mbp_column_number(stmt, 4, 0, UINT32_MAX, &bad);
    return !bad;
}

static bool take_upkeep(sqlite3_stmt *stmt, const struct mbp_plant *plant, struct mbp_state *state, uint32_t m)
{
    bool bad = false;
    struct mbp_upkeep *upkeep = &state->upkeep[m];
    upkeep->repair_ns = (uint64_t)mbp_column_number(stmt, 0, 0, INT64_MAX, &bad);
    upkeep->repairs = (uint32_t)mbp_column_number(stmt, 1, 0, UINT32_MAX, &bad);
    upkeep->maintenances = (uint32_t)mbp_column_number(stmt, 2, 0, UINT32_MAX, &bad);
    upkeep->cycles_since_maintenance = (uint32_t)mbp_column_number(stmt, 3, 0, UINT32_MAX, &bad);
    upkeep->refused_sensor = mbp_column_sensor(stmt, 4, plant, &plant->machines[m]);
    upkeep->refused_state = (uint8_t)mbp_column_number(stmt, 5, 0, MBP_STATE_COUNT, &bad);
    upkeep->refused_cause = (uint8_t)mbp_column_number(stmt, 6, 0, UINT8_MAX, &bad);
    upkeep->in_repair = mbp_column_number(stmt, 7, 0, 1, &bad) != 0;
    return !bad;
}

/* Finds the row of a key. SQLITE_DONE: there is none, which is no failure. */
static int find(sqlite3_stmt *stmt, const struct mbp_plant *plant, uint32_t unit, const char *name)
{
    sqlite3_reset(stmt);
    bind_key(stmt, plant, unit, name);
    return sqlite3_step(stmt);
}

static int take_all(sqlite3_stmt *alarms, sqlite3_stmt *upkeep, const struct mbp_plant *plant, struct mbp_state *state)
{
    for (uint32_t s = 0; s < plant->sensor_count; s++) {
        int rc = find(alarms, plant, plant->sensors[s].unit, plant->sensors[s].name);
        if (rc == SQLITE_ROW && !take_alarms(alarms, state, s))
            return SQLITE_CORRUPT;
        if (rc != SQLITE_ROW && rc != SQLITE_DONE)
            return rc;
    }
    for (uint32_t m = 0; m < plant->machine_count; m++) {
        int rc = find(upkeep, plant, plant->machines[m].unit, plant->machines[m].name);
        if (rc == SQLITE_ROW && !take_upkeep(upkeep, plant, state, m))
            return SQLITE_CORRUPT;
        if (rc != SQLITE_ROW && rc != SQLITE_DONE)
            return rc;
    }
    return SQLITE_OK;
}

int mbp_retained_more_restore(sqlite3 *db, const struct mbp_plant *plant, bool newer_only, struct mbp_state *state)
{
    sqlite3_stmt *alarms = NULL;
    sqlite3_stmt *upkeep = NULL;
    int rc = sqlite3_prepare_v2(db, alarms_get_sql, -1, &alarms, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_prepare_v2(db, upkeep_get_sql, -1, &upkeep, NULL);
    sqlite3_bind_int(alarms, 3, newer_only);
    sqlite3_bind_int(upkeep, 3, newer_only);
    if (rc == SQLITE_OK)
        rc = take_all(alarms, upkeep, plant, state);
    sqlite3_finalize(alarms);
    sqlite3_finalize(upkeep);
    return rc;
}
