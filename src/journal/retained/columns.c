/* Which member of a retained record is which column, and the statements that follow from it. A new member that is to
 * survive a restart is a row here; those of machines come from their declarations (mbplant/state/machine.h). With it
 * the journal's format gets a new number (schema.h). */
#include "retained/columns.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "column.h"

/* How a member is stored. A sensor's index by the sensor's name: it may be another one's after an edit of the file. Of
 * PER_ALARM 32 bits of each alarm of a sensor, the highest byte first; NULL where all are 0. */
enum type { BYTE, FLAG, U32, U64, MS, REAL, SENSOR, PER_ALARM };

struct column {
    const char *name;
    uint8_t type;
    uint16_t at;   /* of the member in its record */
    uint32_t most; /* of a BYTE */
};

#define IN_MACHINE(type, member, most) {#member, type, offsetof(struct mbp_retained_machine, state.member), most},
#define IN_UPKEEP(type, member, most)  {#member, type, offsetof(struct mbp_retained_upkeep, upkeep.member), most},
#define IN_SENSOR(name, member, type)                                                                                  \
    {                                                                                                                  \
        name, type, offsetof(struct mbp_retained_sensor, member), 0                                                    \
    }
#define IN_ALARMS(member, type, most)                                                                                  \
    {                                                                                                                  \
#member, type, offsetof(struct mbp_retained_alarms, member), most                                              \
    }

#define ALONE(member)                                                                                                  \
    {                                                                                                                  \
#member, BYTE, offsetof(struct mbp_retained_alarms, alone.member), MBP_ALARMS_ALL                              \
    }

// clang-format off
static const struct column of_machine[] = {MBP_MACHINE_MEMBERS(IN_MACHINE)};
static const struct column of_upkeep[] = {MBP_UPKEEP_MEMBERS(IN_UPKEEP)};
static const struct column of_sensor[] = {
    IN_SENSOR("low_low", limit[MBP_LOW_LOW], REAL),
    IN_SENSOR("low", limit[MBP_LOW], REAL),
    IN_SENSOR("high", limit[MBP_HIGH], REAL),
    IN_SENSOR("high_high", limit[MBP_HIGH_HIGH], REAL),
    IN_SENSOR("file_low_low", file_limit[MBP_LOW_LOW], REAL),
    IN_SENSOR("file_low", file_limit[MBP_LOW], REAL),
    IN_SENSOR("file_high", file_limit[MBP_HIGH], REAL),
    IN_SENSOR("file_high_high", file_limit[MBP_HIGH_HIGH], REAL),
    IN_SENSOR("forced_value", forced_value, REAL),
    IN_SENSOR("forced", forced, FLAG),
};
static const struct column of_alarms[] = {
    IN_ALARMS(active, BYTE, MBP_ALARMS_ALL),
    IN_ALARMS(unack, BYTE, MBP_ALARMS_ALL),
    IN_ALARMS(beyond, BYTE, MBP_ALARMS_ALL),
    IN_ALARMS(latched, BYTE, MBP_ALARMS_ALL),
    IN_ALARMS(alarm_flags, BYTE, UINT8_MAX),
    IN_ALARMS(shelf_ms, MS, 0),
    IN_ALARMS(since_s, U32, 0),
    ALONE(shelved),
    ALONE(once),
    ALONE(shot),
    ALONE(removed),
    IN_ALARMS(alone_ms, PER_ALARM, 0),
    IN_ALARMS(raised_s, PER_ALARM, 0),
    ALONE(bypassed),
    IN_ALARMS(bypass_ms, PER_ALARM, 0),
    ALONE(chattering),
    IN_ALARMS(acked_ms, PER_ALARM, 0),
};

#define ALL(rows) rows, sizeof(rows) / sizeof(rows)[0]

static const struct table {
    const char *name;
    const struct column *columns;
    size_t count;
    bool is_of_machine;
} tables[] = {
    [MBP_RETAINED_MACHINE] = {"retained_machine", ALL(of_machine), true},
    [MBP_RETAINED_UPKEEP] = {"retained_upkeep", ALL(of_upkeep), true},
    [MBP_RETAINED_SENSOR] = {"retained_sensor", ALL(of_sensor), false},
    [MBP_RETAINED_ALARMS] = {"retained_alarms", ALL(of_alarms), false},
};
// clang-format on

bool mbp_retained_is_of_machine(enum mbp_retained_what what)
{
    return tables[what].is_of_machine;
}

const char *mbp_retained_table(enum mbp_retained_what what)
{
    return tables[what].name;
}

uint32_t mbp_retained_items(const struct mbp_plant *plant, enum mbp_retained_what what)
{
    return tables[what].is_of_machine ? plant->machine_count : plant->sensor_count;
}

/* ---- statements ------------------------------------------------------------------------------------------------- */

static const char *sql_type(const struct column *column)
{
    return column->type == REAL        ? "REAL"
           : column->type == SENSOR    ? "TEXT"
           : column->type == PER_ALARM ? "BLOB"
                                       : "INTEGER NOT NULL DEFAULT 0";
}

/* The columns' names. */
static void print_names(const struct table *table, FILE *out)
{
    for (size_t c = 0; c < table->count; c++)
        fprintf(out, "%s%s", c > 0 ? ", " : "", table->columns[c].name);
}

static int run(sqlite3 *db, struct mbp_buffer *sql)
{
    char *text = mbp_buffer_close(sql);
    int rc = text != NULL ? sqlite3_exec(db, text, NULL, NULL, NULL) : SQLITE_NOMEM;
    free(text);
    return rc;
}

static int prepare(sqlite3 *db, struct mbp_buffer *sql, unsigned flags, sqlite3_stmt **out)
{
    char *text = mbp_buffer_close(sql);
    int rc = text != NULL ? sqlite3_prepare_v3(db, text, -1, flags, out, NULL) : SQLITE_NOMEM;
    free(text);
    return rc;
}

static int create_table(sqlite3 *db, const struct table *table)
{
    struct mbp_buffer sql = {0};
    if (!mbp_buffer_open(&sql))
        return SQLITE_NOMEM;
    fprintf(sql.out, "CREATE TABLE %s(unit INTEGER, name TEXT, ", table->name);
    for (size_t c = 0; c < table->count; c++)
        fprintf(sql.out, "%s %s, ", table->columns[c].name, sql_type(&table->columns[c]));
    fputs("position INTEGER NOT NULL, PRIMARY KEY(unit, name)) STRICT, WITHOUT ROWID", sql.out);
    return run(db, &sql);
}

int mbp_retained_create(sqlite3 *db)
{
    int rc = SQLITE_OK;
    for (size_t t = 0; t < MBP_RETAINED_COUNT && rc == SQLITE_OK; t++)
        rc = create_table(db, &tables[t]);
    return rc;
}

int mbp_retained_prepare_put(sqlite3 *db, enum mbp_retained_what what, sqlite3_stmt **out)
{
    const struct table *table = &tables[what];
    struct mbp_buffer sql = {0};
    if (!mbp_buffer_open(&sql))
        return SQLITE_NOMEM;
    fprintf(sql.out, "INSERT OR REPLACE INTO %s(unit, name, ", table->name);
    print_names(table, sql.out);
    fputs(", position) VALUES(?, ?, ?", sql.out);
    for (size_t c = 0; c < table->count; c++)
        fputs(", ?", sql.out);
    fputc(')', sql.out);
    return prepare(db, &sql, SQLITE_PREPARE_PERSISTENT, out);
}

int mbp_retained_prepare_get(sqlite3 *db, enum mbp_retained_what what, int64_t newer_than, sqlite3_stmt **out)
{
    const struct table *table = &tables[what];
    struct mbp_buffer sql = {0};
    if (!mbp_buffer_open(&sql))
        return SQLITE_NOMEM;
    fputs("SELECT ", sql.out);
    print_names(table, sql.out);
    fprintf(sql.out, " FROM %s WHERE unit = ?1 AND name = ?2 AND position > ?3", table->name);
    int rc = prepare(db, &sql, 0, out);
    sqlite3_bind_int64(*out, 3, newer_than);
    return rc;
}

int mbp_retained_any_newer(sqlite3 *db, int64_t newer_than, bool *any)
{
    static const char *const beside[] = {"retained_setting", "retained_fault"};
    struct mbp_buffer sql = {0};
    sqlite3_stmt *stmt = NULL;
    *any = false;
    if (!mbp_buffer_open(&sql))
        return SQLITE_NOMEM;
    for (size_t t = 0; t < MBP_RETAINED_COUNT + sizeof beside / sizeof beside[0]; t++)
        fprintf(sql.out, "%sSELECT 1 FROM %s WHERE position > ?1", t > 0 ? " UNION ALL " : "",
                t < MBP_RETAINED_COUNT ? tables[t].name : beside[t - MBP_RETAINED_COUNT]);
    fputs(" LIMIT 1", sql.out);
    int rc = prepare(db, &sql, 0, &stmt);
    if (rc != SQLITE_OK)
        return rc;
    sqlite3_bind_int64(stmt, 1, newer_than);
    rc = sqlite3_step(stmt);
    *any = rc == SQLITE_ROW;
    sqlite3_finalize(stmt);
    return rc == SQLITE_ROW || rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* ---- out and in ------------------------------------------------------------------------------------------------- */

static void bind_key(sqlite3_stmt *stmt, const struct mbp_plant *plant, const struct table *table, uint32_t index)
{
    uint32_t unit = table->is_of_machine ? plant->machines[index].unit : plant->sensors[index].unit;
    const char *name = table->is_of_machine ? plant->machines[index].name : plant->sensors[index].name;
    sqlite3_bind_int(stmt, 1, plant->units[unit].id);
    sqlite3_bind_text(stmt, 2, name, -1, SQLITE_STATIC);
}

/* A member of a record; its type is the column's. */
#define MEMBER(type, record, column) (*(type *)(void *)((char *)(record) + (column)->at))

#define PER_ALARM_BYTES ((int)sizeof(uint32_t) * MBP_ALARM_COUNT)

static void bind_per_alarm(sqlite3_stmt *stmt, int place, const uint32_t *numbers)
{
    uint8_t bytes[PER_ALARM_BYTES];
    uint32_t any = 0;
    for (size_t a = 0; a < MBP_ALARM_COUNT; a++) {
        any |= numbers[a];
        for (size_t b = 0; b < sizeof *numbers; b++)
            bytes[a * sizeof *numbers + b] = (uint8_t)(numbers[a] >> (24 - 8 * b));
    }
    if (any == 0)
        sqlite3_bind_null(stmt, place);
    else
        sqlite3_bind_blob(stmt, place, bytes, PER_ALARM_BYTES, SQLITE_TRANSIENT);
}

/* False: it has another length than it can have. */
static bool take_per_alarm(sqlite3_stmt *row, int place, uint32_t *numbers)
{
    const uint8_t *bytes = sqlite3_column_blob(row, place);
    memset(numbers, 0, PER_ALARM_BYTES);
    if (bytes == NULL)
        return sqlite3_column_type(row, place) == SQLITE_NULL;
    if (sqlite3_column_bytes(row, place) != PER_ALARM_BYTES)
        return false;
    for (size_t i = 0; i < (size_t)PER_ALARM_BYTES; i++)
        numbers[i / sizeof *numbers] = numbers[i / sizeof *numbers] << 8 | bytes[i];
    return true;
}

static void bind_column(sqlite3_stmt *stmt, int place, const struct mbp_plant *plant, const struct column *column,
                        void *record)
{
    uint32_t sensor;
    switch ((enum type)column->type) {
    case BYTE:
        sqlite3_bind_int(stmt, place, MEMBER(uint8_t, record, column));
        return;
    case FLAG:
        sqlite3_bind_int(stmt, place, MEMBER(bool, record, column));
        return;
    case U32:
        sqlite3_bind_int64(stmt, place, MEMBER(uint32_t, record, column));
        return;
    case U64:
    case MS:
        sqlite3_bind_int64(stmt, place, MEMBER(int64_t, record, column));
        return;
    case REAL:
        sqlite3_bind_double(stmt, place, MEMBER(double, record, column));
        return;
    case SENSOR:
        sensor = MEMBER(uint32_t, record, column);
        if (sensor < plant->sensor_count)
            sqlite3_bind_text(stmt, place, plant->sensors[sensor].name, -1, SQLITE_STATIC);
        else
            sqlite3_bind_null(stmt, place);
        return;
    case PER_ALARM:
        bind_per_alarm(stmt, place, &MEMBER(uint32_t, record, column));
        return;
    }
}

void mbp_retained_bind(sqlite3_stmt *put, const struct mbp_plant *plant, enum mbp_retained_what what,
                       const void *record, uint64_t position)
{
    const struct table *table = &tables[what];
    union mbp_retained copy;
    static const size_t sizes[] = {sizeof copy.machine, sizeof copy.upkeep, sizeof copy.sensor, sizeof copy.alarms};
    memcpy(&copy, record, sizes[what]);
    bind_key(put, plant, table, copy.index);
    for (size_t c = 0; c < table->count; c++)
        bind_column(put, (int)c + 3, plant, &table->columns[c], &copy);
    sqlite3_bind_int64(put, (int)table->count + 3, (sqlite3_int64)position);
}

static bool take_column(sqlite3_stmt *row, int place, const struct mbp_plant *plant, uint32_t machine,
                        const struct column *column, void *record)
{
    bool bad = false;
    switch ((enum type)column->type) {
    case BYTE:
        MEMBER(uint8_t, record, column) = (uint8_t)mbp_column_number(row, place, 0, column->most, &bad);
        break;
    case FLAG:
        MEMBER(bool, record, column) = mbp_column_number(row, place, 0, 1, &bad) != 0;
        break;
    case U32:
        MEMBER(uint32_t, record, column) = (uint32_t)mbp_column_number(row, place, 0, UINT32_MAX, &bad);
        break;
    case U64:
        MEMBER(int64_t, record, column) = mbp_column_number(row, place, 0, INT64_MAX, &bad);
        break;
    case MS:
        MEMBER(int64_t, record, column) = mbp_column_number(row, place, -1, INT64_MAX / (int64_t)MBP_NS_PER_MS, &bad);
        break;
    case REAL:
        MEMBER(double, record, column) = mbp_column_real(row, place);
        break;
    case SENSOR:
        MEMBER(uint32_t, record, column) = mbp_column_sensor(row, place, plant, &plant->machines[machine]);
        break;
    case PER_ALARM:
        bad = !take_per_alarm(row, place, &MEMBER(uint32_t, record, column));
        break;
    }
    return !bad;
}

int mbp_retained_find(sqlite3_stmt *get, const struct mbp_plant *plant, enum mbp_retained_what what, uint32_t index,
                      union mbp_retained *out)
{
    const struct table *table = &tables[what];
    sqlite3_reset(get);
    bind_key(get, plant, table, index);
    int rc = sqlite3_step(get);
    bool good = true;
    if (rc != SQLITE_ROW)
        return rc;
    memset(out, 0, sizeof *out);
    out->index = index;
    for (size_t c = 0; c < table->count; c++)
        good = take_column(get, (int)c, plant, index, &table->columns[c], out) && good;
    return good ? SQLITE_ROW : SQLITE_CORRUPT;
}
