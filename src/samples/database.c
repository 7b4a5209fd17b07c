/* The database. Rows stand by the hour first, so that the oldest go from one end, and a trend of a day asks 24 times
 * for one sensor's part. A lost cut of the power costs the last seconds, not the file (WAL, synchronous NORMAL). */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mbplant/base/sqlite.h"
#include "samples_priv.h"

#define APPLICATION  0x6D627053 /* "mbpS" */
#define VERSION      1
#define STRINGIFY(x) #x
#define TEXT_OF(x)   STRINGIFY(x)
#define FILE_MODE    0640
#define LOG_PAGES    256u /* of the log, before they go into the file */
#define HEADROOM     10u  /* parts of a hundred of its size that stay free for what comes */
#define STEPS_MAX    64u  /* hours that one retention removes at most, for what is too much */

// clang-format off
static const char schema_sql[] =
    "BEGIN;"
    "PRAGMA application_id = " TEXT_OF(APPLICATION) ";"
    "PRAGMA user_version = " TEXT_OF(VERSION) ";"
    "CREATE TABLE tag(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;"
    "CREATE TABLE minute(hour INTEGER NOT NULL, tag INTEGER NOT NULL, minute INTEGER NOT NULL, mean REAL NOT NULL, "
    "least REAL NOT NULL, most REAL NOT NULL, PRIMARY KEY(hour, tag, minute)) WITHOUT ROWID, STRICT;"
    "CREATE TABLE change(hour INTEGER NOT NULL, tag INTEGER NOT NULL, time_ms INTEGER NOT NULL, data BLOB NOT NULL, "
    "PRIMARY KEY(hour, tag, time_ms)) WITHOUT ROWID, STRICT;"
    "COMMIT;";
// clang-format on

static int number_of(sqlite3 *db, const char *sql, sqlite3_int64 *out)
{
    sqlite3_stmt *statement = NULL;
    int rc = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(statement);
    if (rc == SQLITE_ROW)
        *out = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return rc == SQLITE_ROW || rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* Whether it is ours. *empty: it is new, it has no tables yet. */
static enum mbp_status check(sqlite3 *db, bool *empty, char *why, size_t size)
{
    sqlite3_int64 application = 0, version = 0, tables = 0;
    int rc = number_of(db, "PRAGMA application_id", &application);
    if (rc == SQLITE_OK)
        rc = number_of(db, "PRAGMA user_version", &version);
    if (rc == SQLITE_OK)
        rc = number_of(db, "SELECT count(*) FROM sqlite_schema", &tables);
    *empty = tables == 0 && application == 0;
    if (rc != SQLITE_OK) {
        snprintf(why, size, "%s", sqlite3_errmsg(db));
        return mbp_sqlite_status(rc);
    }
    if (!*empty && application != APPLICATION) {
        snprintf(why, size, "it is another program's database");
        return MBP_ERR_CORRUPT;
    }
    if (!*empty && version != VERSION) {
        snprintf(why, size, "another mbplant wrote it, in format %lld, and this one has %d", (long long)version,
                 VERSION);
        return MBP_ERR_CORRUPT;
    }
    return MBP_OK;
}

/* A minute that a stop cut in two is one row. */
static const char add_minute_sql[] =
    "INSERT INTO minute VALUES(?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET mean = excluded.mean, "
    "least = min(least, excluded.least), most = max(most, excluded.most)";

static int prepare(struct samples_db *db)
{
    static const char *const sql[] = {
        "BEGIN IMMEDIATE",
        "COMMIT",
        "ROLLBACK",
        "INSERT INTO tag(name) VALUES(?1) ON CONFLICT DO NOTHING",
        "SELECT id FROM tag WHERE name = ?1",
        add_minute_sql,
        "INSERT OR REPLACE INTO change VALUES(?1, ?2, ?3, ?4)",
    };
    sqlite3_stmt **const statements[] = {&db->begin,    &db->commit,     &db->rollback,  &db->add_tag,
                                         &db->find_tag, &db->add_minute, &db->add_change};
    int rc = SQLITE_OK;
    for (size_t i = 0; rc == SQLITE_OK && i < sizeof sql / sizeof sql[0]; i++)
        rc = sqlite3_prepare_v3(db->db, sql[i], -1, SQLITE_PREPARE_PERSISTENT, statements[i], NULL);
    return rc;
}

static enum mbp_status open_file(const char *folder, int flags, sqlite3 **out, char *why, size_t size)
{
    char path[PATH_MAX];
    if ((size_t)snprintf(path, sizeof path, "%s/%s", folder, MBP_SAMPLES_FILE) >= sizeof path) {
        snprintf(why, size, "the path is too long");
        return MBP_ERR_IO;
    }
    mode_t before = umask(0777 & ~FILE_MODE);
    int rc = sqlite3_open_v2(path, out, flags, NULL);
    umask(before);
    if (rc == SQLITE_OK)
        return MBP_OK;
    snprintf(why, size, "%s", *out != NULL ? sqlite3_errmsg(*out) : sqlite3_errstr(rc));
    sqlite3_close(*out);
    *out = NULL;
    return mbp_sqlite_status(rc);
}

enum mbp_status samples_db_open(struct samples_db *db, const char *folder, char *why, size_t size)
{
    enum mbp_status status =
        open_file(folder, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, &db->db, why, size);
    if (status != MBP_OK)
        return status;
    sqlite3_busy_timeout(db->db, 1000);
    bool empty = false;
    status = check(db->db, &empty, why, size);
    if (status == MBP_OK) {
        int rc = empty ? sqlite3_exec(db->db, schema_sql, NULL, NULL, NULL) : SQLITE_OK;
        if (rc == SQLITE_OK)
            rc = sqlite3_exec(db->db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;", NULL, NULL, NULL);
        if (rc == SQLITE_OK)
            rc = sqlite3_wal_autocheckpoint(db->db, LOG_PAGES);
        if (rc == SQLITE_OK)
            rc = prepare(db);
        if (rc != SQLITE_OK)
            snprintf(why, size, "%s", sqlite3_errmsg(db->db));
        status = mbp_sqlite_status(rc);
    }
    if (status != MBP_OK)
        samples_db_close(db);
    return status;
}

void samples_db_close(struct samples_db *db)
{
    sqlite3_stmt *const statements[] = {db->begin,    db->commit,     db->rollback,  db->add_tag,
                                        db->find_tag, db->add_minute, db->add_change};
    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++)
        sqlite3_finalize(statements[i]);
    sqlite3_close(db->db);
    *db = (struct samples_db){.max_bytes = db->max_bytes};
}

enum mbp_status samples_db_open_to_read(const char *folder, sqlite3 **out)
{
    char path[PATH_MAX], why[256];
    if ((size_t)snprintf(path, sizeof path, "%s/%s", folder, MBP_SAMPLES_FILE) >= sizeof path ||
        (access(path, F_OK) != 0 && errno == ENOENT))
        return MBP_ERR_MISSING;
    enum mbp_status status = open_file(folder, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, out, why, sizeof why);
    if (status != MBP_OK)
        return status;
    sqlite3_busy_timeout(*out, 5000);
    bool empty = false;
    /* all of one moment: the writer goes on meanwhile, and may be making its tables */
    status = mbp_sqlite_status(sqlite3_exec(*out, "BEGIN", NULL, NULL, NULL));
    if (status == MBP_OK)
        status = check(*out, &empty, why, sizeof why);
    if (status == MBP_OK && empty)
        status = MBP_ERR_MISSING;
    if (status == MBP_OK)
        return MBP_OK;
    sqlite3_close(*out);
    *out = NULL;
    return status;
}

/* ---- putting ------------------------------------------------------------------------------------------------------
 */

int samples_run(sqlite3_stmt *statement)
{
    int rc = sqlite3_step(statement);
    sqlite3_reset(statement);
    return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

int samples_db_tag(struct samples_db *db, const char *name, sqlite3_int64 *tag)
{
    sqlite3_bind_text(db->add_tag, 1, name, -1, SQLITE_STATIC);
    int rc = samples_run(db->add_tag);
    if (rc != SQLITE_OK)
        return rc;
    sqlite3_bind_text(db->find_tag, 1, name, -1, SQLITE_STATIC);
    rc = sqlite3_step(db->find_tag);
    if (rc == SQLITE_ROW)
        *tag = sqlite3_column_int64(db->find_tag, 0);
    sqlite3_reset(db->find_tag);
    return rc == SQLITE_ROW ? SQLITE_OK : rc == SQLITE_DONE ? SQLITE_CORRUPT : rc;
}

int samples_db_put_minute(struct samples_db *db, sqlite3_int64 tag, uint64_t minute, const struct samples_minute *of)
{
    uint64_t hour = minute / 60;
    sqlite3_bind_int64(db->add_minute, 1, (sqlite3_int64)hour);
    sqlite3_bind_int64(db->add_minute, 2, tag);
    sqlite3_bind_int64(db->add_minute, 3, (sqlite3_int64)(minute % 60));
    sqlite3_bind_double(db->add_minute, 4, of->sum / of->count);
    sqlite3_bind_double(db->add_minute, 5, of->least);
    sqlite3_bind_double(db->add_minute, 6, of->most);
    db->stored_hour = hour;
    return samples_run(db->add_minute);
}

int samples_db_put_chunk(struct samples_db *db, sqlite3_int64 tag, const struct samples_chunk *chunk)
{
    uint64_t hour = chunk->begin_ms / SAMPLES_HOUR_MS;
    sqlite3_bind_int64(db->add_change, 1, (sqlite3_int64)hour);
    sqlite3_bind_int64(db->add_change, 2, tag);
    sqlite3_bind_int64(db->add_change, 3, (sqlite3_int64)chunk->begin_ms);
    sqlite3_bind_blob(db->add_change, 4, chunk->bytes, (int)chunk->len, SQLITE_STATIC);
    db->stored_hour = hour;
    return samples_run(db->add_change);
}

/* ---- retention ------------------------------------------------------------------------------------------------------
 */

static sqlite3_int64 page_size(sqlite3 *db)
{
    sqlite3_int64 bytes = 4096;
    number_of(db, "PRAGMA page_size", &bytes);
    return bytes;
}

int samples_db_limit(struct samples_db *db, uint64_t max_bytes)
{
    char sql[64];
    sqlite3_int64 pages = 0;
    if (db->max_bytes == max_bytes)
        return SQLITE_OK;
    snprintf(sql, sizeof sql, "PRAGMA max_page_count = %llu",
             (unsigned long long)max_bytes / (uint64_t)page_size(db->db));
    int rc = number_of(db->db, sql, &pages);
    if (rc == SQLITE_OK)
        db->max_bytes = max_bytes;
    return rc;
}

static int used_bytes(struct samples_db *db, uint64_t *out)
{
    sqlite3_int64 pages = 0, unused = 0;
    int rc = number_of(db->db, "PRAGMA page_count", &pages);
    if (rc == SQLITE_OK)
        rc = number_of(db->db, "PRAGMA freelist_count", &unused);
    *out = (uint64_t)(pages - unused) * (uint64_t)page_size(db->db);
    return rc;
}

static int remove_before(struct samples_db *db, const char *table, uint64_t hour, bool *removed)
{
    char sql[96];
    snprintf(sql, sizeof sql, "DELETE FROM %s WHERE hour < %llu", table, (unsigned long long)hour);
    int rc = sqlite3_exec(db->db, sql, NULL, NULL, NULL);
    *removed = *removed || (rc == SQLITE_OK && sqlite3_changes(db->db) > 0);
    return rc;
}

/* Age counts from what was stored last: an hour that a wrong clock stamped in the future stays until its time has come.
 */
static int remove_old(struct samples_db *db, bool *removed)
{
    uint64_t newest = db->stored_hour;
    int rc = remove_before(db, "change", mbp_time_sub_sat(newest, SAMPLES_CHANGE_HOURS), removed);
    if (rc == SQLITE_OK)
        rc = remove_before(db, "minute", mbp_time_sub_sat(newest, SAMPLES_MINUTE_HOURS), removed);
    return rc;
}

static int oldest_hour(struct samples_db *db, const char *table, sqlite3_int64 *hour)
{
    char sql[64];
    *hour = -1;
    snprintf(sql, sizeof sql, "SELECT coalesce(min(hour), -1) FROM %s", table);
    return number_of(db->db, sql, hour);
}

/* The oldest hour of changes, else of minutes; *none: there is none. */
static int remove_oldest(struct samples_db *db, bool *removed, bool *none)
{
    sqlite3_int64 hour = -1;
    const char *table = "change";
    int rc = oldest_hour(db, table, &hour);
    if (rc == SQLITE_OK && hour < 0) {
        table = "minute";
        rc = oldest_hour(db, table, &hour);
    }
    *none = hour < 0;
    return rc == SQLITE_OK && hour >= 0 ? remove_before(db, table, (uint64_t)hour + 1, removed) : rc;
}

int samples_db_retain(struct samples_db *db, bool *removed)
{
    uint64_t used = 0;
    bool none = false;
    *removed = false;
    int rc = remove_old(db, removed);
    for (unsigned i = 0; rc == SQLITE_OK && i < STEPS_MAX && !none; i++) {
        rc = used_bytes(db, &used);
        if (rc != SQLITE_OK || used <= db->max_bytes / 100 * (100 - HEADROOM))
            break;
        rc = remove_oldest(db, removed, &none);
    }
    /* names that nothing is kept of any more */
    if (rc == SQLITE_OK && *removed)
        rc = sqlite3_exec(
            db->db, "DELETE FROM tag WHERE id NOT IN (SELECT tag FROM minute) AND id NOT IN (SELECT tag FROM change)",
            NULL, NULL, NULL);
    return rc;
}
