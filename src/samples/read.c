/* A trend of one sensor, by a connection of its own: the writer goes on meanwhile. */
#include <string.h>

#include "mbplant/base/sqlite.h"
#include "samples_priv.h"

/* A change holds until the next, but not longer: a value that does not change is noted every minute. */
#define HOLD_MS (SAMPLES_MINUTE_MS + 2000)

/* ---- parts
 * -------------------------------------------------------------------------------------------------------------- */

void mbp_sample_trend_clear(struct mbp_sample_trend *trend)
{
    for (uint32_t i = 0; i < trend->count; i++)
        trend->buckets[i] = (struct mbp_sample_bucket){1, -1, 0};
    trend->changes_from_ms = UINT64_MAX;
    trend->minutes_from_ms = UINT64_MAX;
}

void mbp_sample_trend_add(struct mbp_sample_trend *trend, uint64_t from_ms, uint64_t to_ms,
                          struct mbp_sample_bucket value)
{
    uint64_t begin_ms = trend->from_ms, width_ms = trend->bucket_ms;
    if (to_ms < begin_ms || to_ms < from_ms)
        return;
    uint64_t first = from_ms > begin_ms ? (from_ms - begin_ms) / width_ms : 0;
    uint64_t last = (to_ms - begin_ms) / width_ms;
    for (uint64_t i = first; i <= last && i < trend->count; i++) {
        struct mbp_sample_bucket *bucket = &trend->buckets[i];
        bool empty = bucket->least > bucket->most;
        bucket->least = empty || value.least < bucket->least ? value.least : bucket->least;
        bucket->most = empty || value.most > bucket->most ? value.most : bucket->most;
        bucket->last = value.last;
    }
}

/* ---- rows
 * --------------------------------------------------------------------------------------------------------------- */

static uint64_t end_of(const struct mbp_sample_trend *trend)
{
    return mbp_time_add_sat(trend->from_ms, mbp_time_mul_sat(trend->bucket_ms, trend->count));
}

static int prepare(sqlite3 *db, const char *sql, sqlite3_stmt **out)
{
    return sqlite3_prepare_v2(db, sql, -1, out, NULL);
}

static int done(sqlite3_stmt *statement, int rc)
{
    sqlite3_finalize(statement);
    return rc == SQLITE_DONE || rc == SQLITE_ROW ? SQLITE_OK : rc;
}

static int find_tag(sqlite3 *db, const char *sensor, sqlite3_int64 *tag)
{
    sqlite3_stmt *statement = NULL;
    int rc = prepare(db, "SELECT id FROM tag WHERE name = ?1", &statement);
    if (rc == SQLITE_OK) {
        sqlite3_bind_text(statement, 1, sensor, -1, SQLITE_STATIC);
        rc = sqlite3_step(statement);
    }
    if (rc == SQLITE_ROW)
        *tag = sqlite3_column_int64(statement, 0);
    return done(statement, rc);
}

/* Since when there is something in a table. */
static int find_begin(sqlite3 *db, const char *sql, uint64_t *begin_ms)
{
    sqlite3_stmt *statement = NULL;
    int rc = prepare(db, sql, &statement);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(statement);
    if (rc == SQLITE_ROW && sqlite3_column_type(statement, 0) != SQLITE_NULL)
        *begin_ms = mbp_time_mul_sat((uint64_t)sqlite3_column_int64(statement, 0), SAMPLES_HOUR_MS);
    return done(statement, rc);
}

/* The first hours, and the last: as bound by both queries below. */
static void bind_span(sqlite3_stmt *statement, sqlite3_int64 tag, uint64_t from_ms, uint64_t to_ms)
{
    sqlite3_bind_int64(statement, 1, tag);
    sqlite3_bind_int64(statement, 2, (sqlite3_int64)(from_ms / SAMPLES_HOUR_MS));
    sqlite3_bind_int64(statement, 3, (sqlite3_int64)(to_ms / SAMPLES_HOUR_MS));
}

/* Hour by hour: the tag is the second part of the key. */
#define HOURS                                                                                                          \
    "WITH RECURSIVE h(hour) AS (SELECT max(?2, (SELECT min(hour) FROM %s)) UNION ALL SELECT hour + 1 FROM h WHERE "    \
    "hour < min(?3, (SELECT max(hour) FROM %s))) "

static int read_minutes(sqlite3 *db, sqlite3_int64 tag, struct mbp_sample_trend *trend, uint64_t to_ms)
{
    char sql[512];
    sqlite3_stmt *statement = NULL;
    snprintf(sql, sizeof sql,
             HOURS "SELECT h.hour * 60 + minute, mean, least, most FROM h CROSS JOIN minute USING(hour) WHERE tag = ?1 "
                   "ORDER BY h.hour, minute",
             "minute", "minute");
    int rc = prepare(db, sql, &statement);
    if (rc == SQLITE_OK)
        bind_span(statement, tag, trend->from_ms, to_ms);
    while (rc == SQLITE_OK && (rc = sqlite3_step(statement)) == SQLITE_ROW) {
        uint64_t at_ms = mbp_time_mul_sat((uint64_t)sqlite3_column_int64(statement, 0), SAMPLES_MINUTE_MS);
        const struct mbp_sample_bucket value = {sqlite3_column_double(statement, 2),
                                                sqlite3_column_double(statement, 3),
                                                sqlite3_column_double(statement, 1)};
        if (at_ms <= to_ms && at_ms >= trend->from_ms)
            mbp_sample_trend_add(trend, at_ms, mbp_time_add_sat(at_ms, SAMPLES_MINUTE_MS - 1), value);
        rc = SQLITE_OK;
    }
    return done(statement, rc);
}

static void add_held(struct mbp_sample_trend *trend, const struct samples_reading *held, uint64_t until_ms)
{
    uint64_t end_ms = mbp_time_add_sat(held->time_ms, HOLD_MS);
    end_ms = until_ms < end_ms ? until_ms : end_ms;
    mbp_sample_trend_add(trend, held->time_ms, end_ms > held->time_ms ? end_ms - 1 : held->time_ms,
                         (struct mbp_sample_bucket){held->value, held->value, held->value});
}

static int read_changes(sqlite3 *db, sqlite3_int64 tag, struct mbp_sample_trend *trend)
{
    char sql[512];
    sqlite3_stmt *statement = NULL;
    struct samples_reading held = {.bytes = NULL};
    bool holds = false;
    uint64_t begin_ms = mbp_time_sub_sat(trend->from_ms, HOLD_MS); /* what still holds where it begins */
    snprintf(sql, sizeof sql,
             HOURS "SELECT time_ms, data FROM h CROSS JOIN change USING(hour) WHERE tag = ?1 ORDER BY h.hour, time_ms",
             "change", "change");
    int rc = prepare(db, sql, &statement);
    if (rc == SQLITE_OK)
        bind_span(statement, tag, begin_ms, end_of(trend));
    while (rc == SQLITE_OK && (rc = sqlite3_step(statement)) == SQLITE_ROW) {
        struct samples_reading reading = {.bytes = sqlite3_column_blob(statement, 1),
                                          .len = (uint32_t)sqlite3_column_bytes(statement, 1),
                                          .time_ms = (uint64_t)sqlite3_column_int64(statement, 0)};
        for (; samples_reading_next(&reading); held = reading, holds = true) {
            if (holds)
                add_held(trend, &held, reading.time_ms);
        }
        rc = SQLITE_OK;
    }
    if (holds)
        add_held(trend, &held, mbp_time_add_sat(held.time_ms, 1));
    return done(statement, rc);
}

/* ---- all
 * ---------------------------------------------------------------------------------------------------------------- */

/* Changes where there are some and the parts are finer than minutes, else minutes. */
static int read_all(sqlite3 *db, const char *sensor, struct mbp_sample_trend *trend)
{
    sqlite3_int64 tag = 0;
    int rc = find_begin(db, "SELECT min(hour) FROM change", &trend->changes_from_ms);
    if (rc == SQLITE_OK)
        rc = find_begin(db, "SELECT min(hour) FROM minute", &trend->minutes_from_ms);
    if (rc == SQLITE_OK)
        rc = find_tag(db, sensor, &tag);
    if (rc != SQLITE_OK || tag == 0)
        return rc;
    bool fine = trend->bucket_ms < SAMPLES_MINUTE_MS;
    uint64_t minutes_to_ms = end_of(trend);
    if (fine && trend->changes_from_ms < minutes_to_ms)
        minutes_to_ms = mbp_time_sub_sat(trend->changes_from_ms, 1);
    if (minutes_to_ms >= trend->from_ms)
        rc = read_minutes(db, tag, trend, minutes_to_ms);
    if (rc == SQLITE_OK && fine && trend->changes_from_ms < end_of(trend))
        rc = read_changes(db, tag, trend);
    return rc;
}

enum mbp_status mbp_samples_read(const char *folder, const char *sensor, struct mbp_sample_trend *trend)
{
    sqlite3 *db = NULL;
    mbp_sample_trend_clear(trend);
    enum mbp_status status = samples_db_open_to_read(folder, &db);
    if (status != MBP_OK)
        return status;
    status = mbp_sqlite_status(read_all(db, sensor, trend));
    sqlite3_close(db);
    return status;
}
