/* Faults, out and in. */
#include "retained/retained_fault.h"

#include <string.h>

#include "checkpoint.h"
#include "column.h"
#include "schema.h"

/* A fault of the file is known by its name (place 0), an ad hoc one by its place, from 1. Kinds, sensors and
 * actuators are stored by their names, so that neither an edit of the file nor a later version counts them otherwise.
 */
const char mbp_retained_fault_create_sql[] =
    "CREATE TABLE retained_fault(place INTEGER, name TEXT, active INTEGER NOT NULL, kind TEXT NOT NULL, "
    "sensor TEXT NOT NULL, upscale INTEGER NOT NULL, amount REAL, over_ns INTEGER NOT NULL, after_ns INTEGER NOT NULL, "
    "duration_ns INTEGER NOT NULL, mttf_ns INTEGER NOT NULL, mttr_ns INTEGER NOT NULL, elapsed_ns INTEGER NOT NULL, "
    "left_ns INTEGER NOT NULL, draws INTEGER NOT NULL, held REAL, position INTEGER NOT NULL, PRIMARY KEY(place, name)) "
    "STRICT, WITHOUT ROWID;";

#define COLUMNS                                                                                                        \
    "active, kind, sensor, upscale, amount, over_ns, after_ns, duration_ns, mttf_ns, mttr_ns, elapsed_ns, left_ns, "   \
    "draws, held"

const char mbp_retained_fault_put_sql[] = "INSERT OR REPLACE INTO retained_fault(place, name, " COLUMNS
                                          ", position) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
static const char get_sql[] = "SELECT " COLUMNS " FROM retained_fault WHERE place = ?1 AND name = ?2 AND position > ?3";

#define NEVER UINT64_MAX

static void bind_key(sqlite3_stmt *stmt, const struct mbp_plant *plant, uint32_t fault)
{
    bool of_file = fault < plant->fault_count;
    sqlite3_bind_int64(stmt, 1, of_file ? 0 : (sqlite3_int64)(fault - plant->fault_count) + 1);
    sqlite3_bind_text(stmt, 2, of_file ? plant->faults[fault].name : "", -1, SQLITE_STATIC);
}

static sqlite3_int64 as_stored(uint64_t ns)
{
    return ns > INT64_MAX ? INT64_MAX : (sqlite3_int64)ns;
}

void mbp_retained_bind_fault(sqlite3_stmt *stmt, const struct mbp_plant *plant, const struct mbp_retained_fault *record,
                             uint64_t position)
{
    const struct mbp_effect *effect = &record->effect;
    const struct mbp_plant_fault *file = record->fault < plant->fault_count ? &plant->faults[record->fault] : NULL;
    bool has_subject = effect->subject != UINT32_MAX; /* a place that was never used has none */
    bind_key(stmt, plant, record->fault);
    sqlite3_bind_int(stmt, 3, record->active);
    sqlite3_bind_text(stmt, 4, mbp_effect_name((enum mbp_effect_kind)effect->kind), -1, SQLITE_STATIC);
    sqlite3_bind_text(stmt, 5, has_subject ? mbp_effect_of(plant, effect) : "", -1, SQLITE_STATIC);
    sqlite3_bind_int(stmt, 6, effect->upscale);
    sqlite3_bind_double(stmt, 7, effect->amount);
    sqlite3_bind_int64(stmt, 8, as_stored(effect->over_ns));
    sqlite3_bind_int64(stmt, 9, as_stored(effect->after_ns));
    sqlite3_bind_int64(stmt, 10, as_stored(effect->duration_ns));
    sqlite3_bind_int64(stmt, 11, as_stored(file != NULL ? file->mttf_ns : 0));
    sqlite3_bind_int64(stmt, 12, as_stored(file != NULL ? file->mttr_ns : 0));
    sqlite3_bind_int64(stmt, 13, as_stored(record->elapsed_ns));
    sqlite3_bind_int64(stmt, 14, record->left_ns == NEVER ? -1 : as_stored(record->left_ns));
    sqlite3_bind_int64(stmt, 15, as_stored(record->draws));
    sqlite3_bind_double(stmt, 16, record->held);
    sqlite3_bind_int64(stmt, 17, (sqlite3_int64)position);
}

/* ---- in ---------------------------------------------------------------------------------------------------------- */

static uint64_t take_number(sqlite3_stmt *row, int column, bool *bad)
{
    return (uint64_t)mbp_column_number(row, column, 0, INT64_MAX, bad);
}

static bool take_bit(sqlite3_stmt *row, int column, bool *bad)
{
    return mbp_column_number(row, column, 0, 1, bad) == 1;
}

/* As mbp_effect has it; UINT32_MAX when the plant has nothing of that name. */
static uint32_t subject_of(sqlite3_stmt *row, const struct mbp_plant *plant)
{
    const char *name = (const char *)sqlite3_column_text(row, 2);
    uint32_t sensor = mbp_column_sensor(row, 2, plant, NULL);
    for (uint32_t a = 0; sensor == UINT32_MAX && name != NULL && a < plant->actuator_count; a++) {
        if (strcmp(plant->actuators[a].name, name) == 0)
            return plant->sensor_count + a;
    }
    return sensor;
}

/* False: it holds what we never write. */
static bool take_row(sqlite3_stmt *row, const struct mbp_plant *plant, uint32_t fault, struct mbp_retained_fault *out,
                     bool *edited)
{
    bool bad = false;
    const char *kind = (const char *)sqlite3_column_text(row, 1);
    const struct mbp_plant_fault *file = fault < plant->fault_count ? &plant->faults[fault] : NULL;
    int found = kind != NULL ? mbp_effect_find(kind) : -1;
    *out = (struct mbp_retained_fault){
        .fault = fault,
        .active = take_bit(row, 0, &bad),
        .effect = {.subject = subject_of(row, plant),
                   .kind = (uint8_t)(found < 0 ? 0 : found),
                   .upscale = take_bit(row, 3, &bad),
                   .amount = mbp_column_real(row, 4),
                   .over_ns = take_number(row, 5, &bad),
                   .after_ns = take_number(row, 6, &bad),
                   .duration_ns = take_number(row, 7, &bad)},
        .elapsed_ns = take_number(row, 10, &bad),
        .left_ns = sqlite3_column_int64(row, 11) == -1 ? NEVER : take_number(row, 11, &bad),
        .draws = take_number(row, 12, &bad),
        .held = mbp_column_real(row, 13),
    };
    *edited = take_number(row, 8, &bad) != (uint64_t)as_stored(file != NULL ? file->mttf_ns : 0) ||
              take_number(row, 9, &bad) != (uint64_t)as_stored(file != NULL ? file->mttr_ns : 0);
    return !bad && found >= 0;
}

enum mbp_status mbp_retained_faults(sqlite3 *db, const struct mbp_plant *plant, int64_t newer_than,
                                    void (*take)(void *ctx, const struct mbp_retained_fault *fault), void *ctx)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(db, get_sql, -1, &stmt, NULL);
    sqlite3_bind_int64(stmt, 3, newer_than);
    for (uint32_t f = 0; f < mbp_fault_total(plant) && rc == SQLITE_OK; f++) {
        struct mbp_retained_fault fault;
        bool edited = false;
        bind_key(stmt, plant, f);
        rc = sqlite3_step(stmt);
        if (rc == SQLITE_ROW && !take_row(stmt, plant, f, &fault, &edited))
            rc = SQLITE_CORRUPT;
        if (rc == SQLITE_ROW) {
            if (edited)
                fault.effect.subject = UINT32_MAX;
            take(ctx, &fault);
        }
        if (rc == SQLITE_ROW || rc == SQLITE_DONE)
            rc = SQLITE_OK;
        sqlite3_reset(stmt);
    }
    sqlite3_finalize(stmt);
    return rc == SQLITE_OK ? MBP_OK : mbp_schema_refuse(db, rc, sqlite3_db_filename(db, "main"), stderr);
}

bool mbp_retained_fault_has(const struct mbp_plant *plant, int place, const char *name)
{
    for (uint32_t f = 0; place == 0 && f < plant->fault_count; f++) {
        if (strcmp(plant->faults[f].name, name) == 0)
            return true;
    }
    return place > 0 && (uint32_t)place <= MBP_AD_HOC_FAULTS;
}
