/* Settings, out and in. */
#include "setting.h"

#include <math.h>

const char mbp_setting_create_sql[] =
    "CREATE TABLE IF NOT EXISTS retained_setting(unit INTEGER, name TEXT, value REAL, file_value REAL, "
    "PRIMARY KEY(unit, name)) STRICT, WITHOUT ROWID";
const char mbp_setting_put_sql[] =
    "INSERT OR REPLACE INTO retained_setting(unit, name, value, file_value) VALUES(?, ?, ?, ?)";
static const char get_sql[] = "SELECT value, file_value FROM retained_setting WHERE unit = ? AND name = ?";

/* The key is the point's name in the map. */
static void bind_key(sqlite3_stmt *stmt, const struct mbp_plant *plant, uint32_t owner)
{
    const struct mbp_actuator *actuator = &plant->actuators[owner];
    sqlite3_bind_int(stmt, 1, plant->units[actuator->unit].id);
    sqlite3_bind_text(stmt, 2, actuator->name, -1, SQLITE_STATIC);
}

void mbp_setting_bind(sqlite3_stmt *stmt, const struct mbp_plant *plant, const struct mbp_retained_setting *record)
{
    bind_key(stmt, plant, record->owner);
    sqlite3_bind_double(stmt, 3, record->value);
    sqlite3_bind_double(stmt, 4, record->file_value);
}

static bool same(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static double real(sqlite3_stmt *row, int column)
{
    return sqlite3_column_type(row, column) == SQLITE_NULL ? (double)NAN : sqlite3_column_double(row, column);
}

/* Who edits an initial command in the file means it, whatever a master wrote before; else the master's stays, as far as
 * the range that the file gives now allows. */
static void take_command(sqlite3_stmt *row, const struct mbp_actuator *actuator, double *command)
{
    double stored = real(row, 0);
    if (!same(real(row, 1), actuator->initial) || isnan(stored))
        return;
    *command = fmin(fmax(stored, actuator->range[0]), actuator->range[1]);
    if (actuator->on_off)
        *command = actuator->range[stored > actuator->range[0] ? 1 : 0];
}

int mbp_setting_restore(sqlite3 *db, const struct mbp_plant *plant, struct mbp_state *state)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(db, get_sql, -1, &stmt, NULL);
    for (uint32_t a = 0; rc == SQLITE_OK && a < plant->actuator_count; a++) {
        bind_key(stmt, plant, a);
        rc = sqlite3_step(stmt);
        if (rc == SQLITE_ROW)
            take_command(stmt, &plant->actuators[a], &state->command[a]);
        if (rc == SQLITE_ROW || rc == SQLITE_DONE)
            rc = SQLITE_OK;
        sqlite3_reset(stmt);
    }
    sqlite3_finalize(stmt);
    return rc;
}
