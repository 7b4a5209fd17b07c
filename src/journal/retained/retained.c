/* Machine and sensor rows, out and in. */
#include "retained/retained.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "checkpoint.h"
#include "column.h"
#include "retained/retained_more.h"
#include "retained/setting.h"
#include "schema.h"

#define MACHINE_COLUMNS                                                                                                \
    "state, since_ms, in_state_ns, running_ns, down_ns, maintenance_ns, since_maintenance_ns, cycle_ns, good, "        \
    "reject, failures, first_out, alarms, trip, due, refusal_told"
#define SENSOR_COLUMNS                                                                                                 \
    "low_low, low, high, high_high, file_low_low, file_low, file_high, file_high_high, forced_value, active, "         \
    "unack, flags"

const char mbp_retained_machine_put_sql[] = "INSERT OR REPLACE INTO retained_machine(unit, name, " MACHINE_COLUMNS
                                            ") VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
const char mbp_retained_sensor_put_sql[] = "INSERT OR REPLACE INTO retained_sensor(unit, name, " SENSOR_COLUMNS
                                           ") VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
static const char machine_get_sql[] =
    "SELECT " MACHINE_COLUMNS " FROM retained_machine WHERE unit = ?1 AND name = ?2" MBP_WHERE_NEWER("machine");
static const char sensor_get_sql[] =
    "SELECT " SENSOR_COLUMNS " FROM retained_sensor WHERE unit = ?1 AND name = ?2" MBP_WHERE_NEWER("sensor");

static void bind_key(sqlite3_stmt *stmt, const struct mbp_plant *plant, uint32_t unit, const char *name)
{
    sqlite3_bind_int(stmt, 1, plant->units[unit].id);
    sqlite3_bind_text(stmt, 2, name, -1, SQLITE_STATIC);
}

/* ---- out ------------------------------------------------------------------------------------------------------ */

void mbp_retained_bind_machine(sqlite3_stmt *stmt, const struct mbp_plant *plant,
                               const struct mbp_retained_machine *record)
{
    const struct mbp_machine_state *state = &record->state;
    const struct mbp_machine *machine = &plant->machines[record->machine];
    bind_key(stmt, plant, machine->unit, machine->name);
    const uint64_t before[] = {state->state,
                               state->since_ms,
                               state->in_state_ns,
                               state->running_ns,
                               state->down_ns,
                               state->maintenance_ns,
                               state->since_maintenance_ns,
                               state->cycle_ns,
                               state->good,
                               state->reject,
                               state->failures};
    const uint64_t after[] = {state->alarms, state->trip, state->due, state->refusal_told};
    int column = 3;
    for (size_t i = 0; i < sizeof before / sizeof before[0]; i++)
        sqlite3_bind_int64(stmt, column++, (sqlite3_int64)before[i]);
    /* By name: the index may be another sensor's after an edit of the file. */
    if (state->first_out < plant->sensor_count)
        sqlite3_bind_text(stmt, column++, plant->sensors[state->first_out].name, -1, SQLITE_STATIC);
    else
        sqlite3_bind_null(stmt, column++);
    for (size_t i = 0; i < sizeof after / sizeof after[0]; i++)
        sqlite3_bind_int64(stmt, column++, (sqlite3_int64)after[i]);
}

void mbp_retained_bind_sensor(sqlite3_stmt *stmt, const struct mbp_plant *plant,
                              const struct mbp_retained_sensor *record)
{
    const struct mbp_sensor *sensor = &plant->sensors[record->sensor];
    bind_key(stmt, plant, sensor->unit, sensor->name);
    int column = 3;
    for (int l = 0; l < MBP_LIMIT_COUNT; l++)
        sqlite3_bind_double(stmt, column++, record->limit[l]);
    for (int l = 0; l < MBP_LIMIT_COUNT; l++)
        sqlite3_bind_double(stmt, column++, record->file_limit[l]);
    sqlite3_bind_double(stmt, column++, record->forced_value);
    sqlite3_bind_int(stmt, column++, record->active);
    sqlite3_bind_int(stmt, column++, record->unack);
    sqlite3_bind_int(stmt, column, record->flags);
}

/* ---- in ------------------------------------------------------------------------------------------------------- */

/* The columns of one row in order; bad when one held what we never write. */
struct row {
    sqlite3_stmt *stmt;
    int column;
    bool bad;
};

static uint64_t take_number(struct row *row, uint64_t max)
{
    sqlite3_int64 number = sqlite3_column_int64(row->stmt, row->column++);
    if (number < 0 || (uint64_t)number > max) {
        row->bad = true;
        return 0;
    }
    return (uint64_t)number;
}

static double take_real(struct row *row)
{
    return mbp_column_real(row->stmt, row->column++);
}

static void take_machine(struct row *row, const struct mbp_plant *plant, struct mbp_state *state, uint32_t index)
{
    struct mbp_machine_state *machine = &state->machine[index];
    machine->state = (uint8_t)take_number(row, MBP_STATE_COUNT - 1);
    machine->since_ms = take_number(row, INT64_MAX);
    machine->in_state_ns = take_number(row, INT64_MAX);
    machine->running_ns = take_number(row, INT64_MAX);
    machine->down_ns = take_number(row, INT64_MAX);
    machine->maintenance_ns = take_number(row, INT64_MAX);
    machine->since_maintenance_ns = take_number(row, INT64_MAX);
    machine->cycle_ns = take_number(row, INT64_MAX);
    machine->good = (uint32_t)take_number(row, UINT32_MAX);
    machine->reject = (uint32_t)take_number(row, UINT32_MAX);
    machine->failures = (uint32_t)take_number(row, UINT32_MAX);
    machine->first_out = mbp_column_sensor(row->stmt, row->column++, plant, &plant->machines[index]);
    machine->alarms = (uint32_t)take_number(row, UINT32_MAX);
    machine->trip = take_number(row, 1) != 0;
    machine->due = take_number(row, 1) != 0;
    machine->refusal_told = take_number(row, 1) != 0;
}

static bool same_limit(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

/* Who edits a limit in the file means it, whatever a master wrote before; else the master's stays. */
static void take_limits(struct row *row, const struct mbp_sensor *sensor, double limits[MBP_LIMIT_COUNT])
{
    double stored[MBP_LIMIT_COUNT];
    for (int l = 0; l < MBP_LIMIT_COUNT; l++)
        stored[l] = take_real(row);
    for (int l = 0; l < MBP_LIMIT_COUNT; l++) {
        bool edited = !same_limit(take_real(row), sensor->limits[l]);
        if (edited)
            stored[l] = sensor->limits[l];
    }
    /* The edit may not go with what the master wrote: then none of that stays, and masters can go on writing. */
    bool fits = mbp_limits_in_order(sensor, stored);
    memcpy(limits, fits ? stored : sensor->limits, sizeof stored);
}

static void take_sensor(struct row *row, const struct mbp_plant *plant, struct mbp_state *state, uint32_t index)
{
    const struct mbp_sensor *sensor = &plant->sensors[index];
    take_limits(row, sensor, &state->limit[(size_t)index * MBP_LIMIT_COUNT]);
    state->forced_value[index] = take_real(row);
    state->active[index] = (uint8_t)take_number(row, UINT8_MAX);
    state->unack[index] = (uint8_t)take_number(row, UINT8_MAX);
    /* Whether the process is out of range is for the first scan to say; nobody holds what the file forbids by now. */
    uint64_t forgotten = MBP_SENSOR_BAD | MBP_SENSOR_NONE | (sensor->inject == MBP_INJECT_HOLD ? 0 : MBP_SENSOR_FORCED);
    state->flags[index] = (uint8_t)(take_number(row, UINT8_MAX) & ~forgotten);
}

/* Looks one machine or sensor up by its key. */
static int find(sqlite3_stmt *stmt, const struct mbp_plant *plant, uint32_t unit, const char *name)
{
    sqlite3_reset(stmt);
    bind_key(stmt, plant, unit, name);
    return sqlite3_step(stmt);
}

/* SQLITE_DONE: it has no row, which is no failure. */
static int verdict(int rc, const struct row *row)
{
    if (row->bad)
        return SQLITE_CORRUPT;
    return rc == SQLITE_ROW || rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static int take_all(sqlite3_stmt *machines, sqlite3_stmt *sensors, const struct mbp_plant *plant,
                    struct mbp_state *state)
{
    for (uint32_t m = 0; m < plant->machine_count; m++) {
        int rc = find(machines, plant, plant->machines[m].unit, plant->machines[m].name);
        struct row row = {.stmt = machines};
        if (rc == SQLITE_ROW)
            take_machine(&row, plant, state, m);
        if (verdict(rc, &row) != SQLITE_OK)
            return verdict(rc, &row);
    }
    for (uint32_t s = 0; s < plant->sensor_count; s++) {
        int rc = find(sensors, plant, plant->sensors[s].unit, plant->sensors[s].name);
        struct row row = {.stmt = sensors};
        if (rc == SQLITE_ROW)
            take_sensor(&row, plant, state, s);
        if (verdict(rc, &row) != SQLITE_OK)
            return verdict(rc, &row);
    }
    return SQLITE_OK;
}

enum mbp_status mbp_retained_restore(sqlite3 *db, const struct mbp_plant *plant, bool newer_only,
                                     struct mbp_state *state)
{
    enum mbp_status status = MBP_OK;
    sqlite3_stmt *machines = NULL;
    sqlite3_stmt *sensors = NULL;
    struct mbp_state *before;
    if (mbp_state_clone(state, &before) != MBP_OK)
        return MBP_ERR_MEMORY;
    /* One transaction, else each row of a million takes and leaves the locks of the file. */
    int rc = sqlite3_exec(db, "BEGIN", NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_prepare_v2(db, machine_get_sql, -1, &machines, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_prepare_v2(db, sensor_get_sql, -1, &sensors, NULL);
    sqlite3_bind_int(machines, 3, newer_only);
    sqlite3_bind_int(sensors, 3, newer_only);
    if (rc == SQLITE_OK)
        rc = take_all(machines, sensors, plant, state);
    if (rc == SQLITE_OK)
        rc = mbp_retained_more_restore(db, plant, newer_only, state);
    if (rc == SQLITE_OK)
        rc = mbp_setting_restore(db, plant, newer_only, state);
    if (rc != SQLITE_OK) {
        status = mbp_schema_refuse(db, rc, sqlite3_db_filename(db, "main"), stderr);
        mbp_state_copy(state, before);
    }
    sqlite3_finalize(machines);
    sqlite3_finalize(sensors);
    if (sqlite3_get_autocommit(db) == 0)
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL); /* nothing was written */
    mbp_state_free(before);
    return status;
}
