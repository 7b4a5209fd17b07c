/* The tables, and the checks before a database is trusted. */
#include "schema.h"

#include "checkpoint.h"
#include "history/hiding.h"
#include "history/history.h"
#include "mbplant/base/sqlite.h"
#include "names_sql.h"
#include "place.h"
#include "retained/columns.h"
#include "retained/retained_fault.h"
#include "retained/setting.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Beyond this, reading the whole database for damage would be felt at start. */
#define QUICK_CHECK_MAX_BYTES (16 << 20)

#define HEADER_BYTES 100
#define JOURNAL_MODE 0640
#define STRINGIFY(x) #x
#define TEXT_OF(x)   STRINGIFY(x)

/* The event's columns are in the order of its record (mbplant/event.h). The index finds the last incident: code 30
 * is a machine's state, whose detail has the new state in bits 0-7, 1 = en_panne. The vacuum's way must be chosen
 * before the first table; it lets the file become smaller again. The transaction is ended by who adds the other tables.
 * Nothing waits for the disk, and nothing is kept to go back to: the draft is brought there once, when it is whole. */
// clang-format off
static const char schema_sql[] =
    "PRAGMA journal_mode = OFF;"
    "PRAGMA synchronous = OFF;"
    "PRAGMA auto_vacuum = INCREMENTAL;"
    "BEGIN;"
    "PRAGMA application_id = " TEXT_OF(MBP_SCHEMA_APPLICATION) ";"
    "PRAGMA user_version = " TEXT_OF(MBP_SCHEMA_VERSION) ";"
    "CREATE TABLE event(seq INTEGER PRIMARY KEY, scan INTEGER NOT NULL, wall_ms INTEGER NOT NULL, code INTEGER NOT "
    "NULL, unit INTEGER NOT NULL, machine INTEGER NOT NULL, sensor INTEGER NOT NULL, value REAL, limit_or_old REAL, "
    "actor INTEGER NOT NULL, flags INTEGER NOT NULL, detail INTEGER NOT NULL, \"check\" INTEGER NOT NULL) STRICT;"
    "CREATE INDEX incident ON event(seq) WHERE code = 30 AND (detail & 255) = 1;"
    "CREATE TABLE event_removed(one INTEGER PRIMARY KEY CHECK(one = 1), seq INTEGER NOT NULL, \"check\" INTEGER NOT "
    "NULL) STRICT;";
// clang-format on

static const char comment_sql[] = "CREATE TABLE comment(seq INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT";

static int add_tables(sqlite3 *db)
{
    const char *const tables[] = {comment_sql,
                                  mbp_setting_create_sql,
                                  mbp_names_create_sql,
                                  mbp_retained_fault_create_sql,
                                  mbp_checkpoint_create_sql,
                                  mbp_place_create_sql};
    int rc = mbp_history_create(db);
    for (size_t i = 0; i < sizeof tables / sizeof tables[0] && rc == SQLITE_OK; i++)
        rc = sqlite3_exec(db, tables[i], NULL, NULL, NULL);
    return rc == SQLITE_OK ? mbp_hiding_create(db) : rc;
}

/* Of a failed write SQLite tells the system's reason by the file alone, and the log is what is written mostly. */
static int write_error(sqlite3 *db)
{
    sqlite3_file *log = NULL;
    int error = 0;
    if (sqlite3_extended_errcode(db) != SQLITE_IOERR_WRITE)
        return 0;
    if (sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, (void *)&log) == SQLITE_OK && log != NULL &&
        log->pMethods != NULL)
        log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &error);
    return error;
}

const char *mbp_schema_error(sqlite3 *db, char *buf, size_t size)
{
    int rc = sqlite3_errcode(db) & 0xFF;
    int system_error = sqlite3_system_errno(db);
    bool of_system = rc == SQLITE_IOERR || rc == SQLITE_CANTOPEN || rc == SQLITE_FULL;
    if (system_error == 0)
        system_error = write_error(db);
    if (of_system && system_error != 0)
        snprintf(buf, size, "%s (%s)", sqlite3_errmsg(db), strerrordesc_np(system_error));
    else
        snprintf(buf, size, "%s", sqlite3_errmsg(db));
    return buf;
}

static enum mbp_status say_damaged(const char *path, const char *why, FILE *errors)
{
    fprintf(errors, "%s is damaged (%s): put back a copy, or move it and its -wal away to start a new journal\n", path,
            why);
    return MBP_ERR_CORRUPT;
}

static enum mbp_status check_version(const char *path, long version, FILE *errors)
{
    const bool newer = version > MBP_SCHEMA_VERSION;
    if (version == MBP_SCHEMA_VERSION)
        return MBP_OK;
    fprintf(errors,
            "%s was written by %s mbplant (format %ld, this one %s %d): use that one, or move it away to start a new "
            "journal\n",
            path, newer ? "a later" : "an earlier", version, newer ? "knows" : "keeps", MBP_SCHEMA_VERSION);
    return MBP_ERR_NEWER;
}

static enum mbp_status say_foreign(const char *path, FILE *errors)
{
    fprintf(errors, "%s is another program's database: move it away, or choose another directory with -d\n", path);
    return MBP_ERR_CORRUPT;
}

static enum mbp_status say_unusable(const char *path, const char *why, FILE *errors)
{
    fprintf(errors,
            "%s cannot be used (%s): look at the disk and the permissions, or choose another directory with "
            "-d\n",
            path, why);
    return MBP_ERR_IO;
}

enum mbp_status mbp_schema_refuse(sqlite3 *db, int rc, const char *path, FILE *errors)
{
    char why[256];
    /* A verdict of our own on what a row holds is no failure that db knows of. */
    if ((sqlite3_errcode(db) & 0xFF) == (rc & 0xFF))
        mbp_schema_error(db, why, sizeof why);
    else
        snprintf(why, sizeof why, "%s", sqlite3_errstr(rc));
    enum mbp_status status = mbp_sqlite_status(rc);
    if (status == MBP_ERR_CORRUPT)
        return say_damaged(path, why, errors);
    if (status == MBP_ERR_BUSY)
        fprintf(errors, "%s is held by another program (%s): close that one and start again\n", path, why);
    else if (status == MBP_ERR_MEMORY)
        fprintf(errors, "%s: out of memory\n", path);
    else
        return say_unusable(path, why, errors);
    return status;
}

/* ---- a new one ------------------------------------------------------------------------------------------------ */

/* A log beside a journal that is gone would be replayed into the new one. */
static enum mbp_status check_no_orphan(const char *path, FILE *errors)
{
    char log[PATH_MAX];
    snprintf(log, sizeof log, "%s-wal", path);
    if (access(log, F_OK) != 0)
        return MBP_OK;
    fprintf(errors, "%s belongs to a journal.db that is gone: put that back, or move this away to start a new one\n",
            log);
    return MBP_ERR_CORRUPT;
}

static void remove_draft(const char *draft)
{
    static const char *const parts[] = {"", "-journal", "-wal", "-shm"};
    char path[PATH_MAX];
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if ((size_t)snprintf(path, sizeof path, "%s%s", draft, parts[i]) < sizeof path)
            unlink(path);
    }
}

static bool bring_to_disk(const char *path)
{
    int fd = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    bool done = fd >= 0 && fsync(fd) == 0;
    int error = errno;
    if (fd >= 0)
        close(fd);
    errno = error;
    return done;
}

/* Its row, which spares the first opening a transaction. */
static int begin_place(sqlite3 *db, const struct mbp_plant *plant)
{
    struct mbp_place place;
    int rc = mbp_place_open(&place, db, plant);
    mbp_place_close(&place);
    return rc;
}

static enum mbp_status write_draft(const char *draft, const char *path, const struct mbp_plant *plant, FILE *errors)
{
    sqlite3 *db = NULL;
    enum mbp_status status = MBP_OK;
    /* SQLite gives the files beside it the same permissions. */
    int fd = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, JOURNAL_MODE);
    if (fd < 0)
        return say_unusable(path, strerrordesc_np(errno), errors);
    close(fd);
    int rc = sqlite3_open_v2(draft, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(db, schema_sql, NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = mbp_retained_create(db);
    if (rc == SQLITE_OK)
        rc = add_tables(db);
    if (rc == SQLITE_OK)
        rc = begin_place(db, plant);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(db, "COMMIT; PRAGMA journal_mode = WAL", NULL, NULL, NULL);
    if (rc != SQLITE_OK)
        status = mbp_schema_refuse(db, rc, path, errors);
    sqlite3_close(db);
    if (status == MBP_OK && !bring_to_disk(draft))
        status = say_unusable(path, strerrordesc_np(errno), errors);
    return status;
}

enum mbp_status mbp_schema_create(const char *path, const struct mbp_plant *plant, FILE *errors)
{
    char draft[PATH_MAX];
    enum mbp_status status = check_no_orphan(path, errors);
    if (status != MBP_OK)
        return status;
    snprintf(draft, sizeof draft, "%s.new", path);
    remove_draft(draft);
    status = write_draft(draft, path, plant, errors);
    if (status == MBP_OK && rename(draft, path) != 0)
        status = say_unusable(path, strerrordesc_np(errno), errors);
    if (status == MBP_OK)
        mbp_file_sync_folder(path);
    else
        remove_draft(draft);
    return status;
}

/* ---- an existing one ------------------------------------------------------------------------------------------ */

static uint32_t big_endian_at(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

enum mbp_status mbp_schema_check_file(const char *path, FILE *errors)
{
    uint8_t header[HEADER_BYTES];
    int fd;
    enum mbp_status opened = mbp_file_open(path, &fd);
    if (opened != MBP_OK)
        return opened == MBP_ERR_IO && errno == ENOENT ? MBP_ERR_MISSING
                                                       : say_unusable(path, mbp_file_why(opened), errors);
    ssize_t len = pread(fd, header, sizeof header, 0);
    int error = errno;
    close(fd);
    if (len < 0)
        return say_unusable(path, strerrordesc_np(error), errors);
    if (len < HEADER_BYTES || memcmp(header, "SQLite format 3", 16) != 0)
        return say_damaged(path, "it is no SQLite database", errors);
    if (big_endian_at(header + 68) != MBP_SCHEMA_APPLICATION)
        return say_foreign(path, errors);
    long version = (long)big_endian_at(header + 60);
    return check_version(path, version, errors);
}

/* The first column of the first row of sql as a number; SQLITE_ROW when there was one. */
static int ask_number(sqlite3 *db, const char *sql, long *number)
{
    sqlite3_stmt *stmt;
    int rc = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
    if (rc != SQLITE_OK)
        return rc;
    rc = sqlite3_step(stmt);
    if (rc == SQLITE_ROW)
        *number = (long)sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return rc;
}

static enum mbp_status check_content(sqlite3 *db, const char *path, FILE *errors)
{
    sqlite3_stmt *stmt;
    enum mbp_status status = MBP_OK;
    int rc = sqlite3_prepare_v2(db, "PRAGMA quick_check(1)", -1, &stmt, NULL);
    if (rc != SQLITE_OK)
        return mbp_schema_refuse(db, rc, path, errors);
    rc = sqlite3_step(stmt);
    if (rc != SQLITE_ROW) {
        status = mbp_schema_refuse(db, rc, path, errors);
    } else {
        const char *answer = (const char *)sqlite3_column_text(stmt, 0);
        if (answer == NULL || strcmp(answer, "ok") != 0) {
            /* SQLite may answer in several lines; ours is one. */
            char why[128];
            snprintf(why, sizeof why, "%s", answer == NULL ? "out of memory" : answer);
            for (char *end = strchr(why, '\n'); end != NULL; end = strchr(end, '\n'))
                *end = ' ';
            status = say_damaged(path, why, errors);
        }
    }
    sqlite3_finalize(stmt);
    return status;
}

enum mbp_status mbp_schema_check(sqlite3 *db, const char *path, FILE *errors)
{
    long application = 0;
    long version = 0;
    long pages = 0;
    long page_bytes = 0;
    int rc = ask_number(db, "PRAGMA application_id", &application);
    if (rc == SQLITE_ROW)
        rc = ask_number(db, "PRAGMA user_version", &version);
    if (rc == SQLITE_ROW)
        rc = ask_number(db, "PRAGMA page_count", &pages);
    if (rc == SQLITE_ROW)
        rc = ask_number(db, "PRAGMA page_size", &page_bytes);
    if (rc != SQLITE_ROW)
        return mbp_schema_refuse(db, rc, path, errors);
    if (application != MBP_SCHEMA_APPLICATION)
        return say_foreign(path, errors);
    enum mbp_status status = check_version(path, version, errors);
    if (status != MBP_OK)
        return status;
    return pages * page_bytes < QUICK_CHECK_MAX_BYTES ? check_content(db, path, errors) : MBP_OK;
}
