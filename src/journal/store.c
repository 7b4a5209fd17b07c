/* The writer's connection: settings, statements, transactions. */
#include "store.h"

#include <assert.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "retained/columns.h"
#include "retained/forget.h"
#include "retained/retained_fault.h"
#include "retained/setting.h"
#include "schema.h"

/* The index `incident` of the schema has these two numbers in its text. */
static_assert(MBP_EV_MACHINE_STATE == 30 && MBP_EN_PANNE == 1, "the schema's incident index");

/* FULL: a commit is on the disk when it returns. The log is cut back to this size after a burst. What retention removes
 * is not overwritten, which would cost more writing than storing it did (some builds of SQLite do so unasked). */
static const char settings_sql[] = "PRAGMA journal_mode = WAL;"
                                   "PRAGMA synchronous = FULL;"
                                   "PRAGMA journal_size_limit = 16777216;"
                                   "PRAGMA secure_delete = OFF;";

static int prepare_all(struct mbp_store *store)
{
    static const char event_sql[] =
        "INSERT INTO event(seq, scan, wall_ms, code, unit, machine, sensor, value, "
        "limit_or_old, actor, flags, detail, \"check\") VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
        "?)";
    const struct {
        const char *sql;
        sqlite3_stmt **stmt;
    } statements[] = {
        {"BEGIN IMMEDIATE", &store->begin},
        {"COMMIT", &store->commit},
        {"ROLLBACK", &store->rollback},
        {event_sql, &store->event},
        {"INSERT INTO comment(seq, text) VALUES(?, ?)", &store->comment},
        {mbp_setting_put_sql, &store->setting},
        {mbp_retained_fault_put_sql, &store->fault},
    };
    int rc = SQLITE_OK;
    for (size_t i = 0; i < sizeof statements / sizeof statements[0] && rc == SQLITE_OK; i++)
        rc = sqlite3_prepare_v3(store->db, statements[i].sql, -1, SQLITE_PREPARE_PERSISTENT, statements[i].stmt, NULL);
    for (enum mbp_retained_what what = 0; what < MBP_RETAINED_COUNT && rc == SQLITE_OK; what++)
        rc = mbp_retained_prepare_put(store->db, what, &store->retained[what]);
    return rc;
}

/* One row of numbers, each found at an end of an index: the same few microseconds for any number of events. */
static int read_marks(sqlite3 *db, struct mbp_marks *marks)
{
    static const char sql[] = "SELECT coalesce((SELECT min(seq) FROM event), 0), "
                              "coalesce((SELECT max(seq) FROM event), 0), "
                              "coalesce((SELECT max(seq) FROM event INDEXED BY incident"
                              " WHERE code = 30 AND (detail & 255) = 1), 0), "
                              "coalesce((SELECT \"check\" FROM event ORDER BY seq DESC LIMIT 1), 0), "
                              "coalesce((SELECT seq FROM event_removed), 0), "
                              "coalesce((SELECT \"check\" FROM event_removed), 0)";
    sqlite3_stmt *stmt;
    sqlite3_int64 numbers[6];
    int rc = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
    if (rc != SQLITE_OK)
        return rc;
    rc = sqlite3_step(stmt);
    if (rc == SQLITE_ROW) {
        rc = SQLITE_OK;
        for (int i = 0; i < 6; i++) {
            numbers[i] = sqlite3_column_int64(stmt, i);
            rc = numbers[i] < 0 || numbers[i] > UINT32_MAX ? SQLITE_CORRUPT : rc;
        }
    }
    if (rc == SQLITE_OK)
        *marks = (struct mbp_marks){(uint32_t)numbers[0], (uint32_t)numbers[1], (uint32_t)numbers[2],
                                    (uint32_t)numbers[3], (uint32_t)numbers[4], (uint32_t)numbers[5]};
    sqlite3_finalize(stmt);
    return rc;
}

/* Until the database is trusted, closing it must not write the log of whoever made it into it. */
static void set_checkpoint_on_close(sqlite3 *db, bool on)
{
    sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, on ? 0 : 1, NULL);
}

/* What SQLite does by itself with each commit where nobody else is told of it. */
#define CHECKPOINT_PAGES 1000

static int on_commit(void *ctx, sqlite3 *db, const char *name, int pages)
{
    struct mbp_store *store = ctx;
    store->log_pages = (uint32_t)pages;
    if (pages >= CHECKPOINT_PAGES)
        sqlite3_wal_checkpoint(db, name); /* what it leaves is for the next one */
    return SQLITE_OK;
}

static enum mbp_status say_short(const char *path, uint32_t last, uint32_t reached, FILE *errors)
{
    fprintf(errors,
            "%s ends with event %u, and events up to %u were stored: its -wal is missing, damaged or of another time; "
            "put back a copy of both, or move them away to start a new journal\n",
            path, last, reached);
    return MBP_ERR_CORRUPT;
}

static enum mbp_status open_checked(const char *path, uint32_t reached, FILE *errors, struct mbp_store *store,
                                    struct mbp_marks *marks, struct mbp_names *names)
{
    char log[PATH_MAX];
    snprintf(log, sizeof log, "%s-wal", path);
    bool had_log = access(log, F_OK) == 0;
    int rc = sqlite3_open_v2(path, &store->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc != SQLITE_OK)
        return mbp_schema_refuse(store->db, rc, path, errors);
    sqlite3_extended_result_codes(store->db, 1);
    set_checkpoint_on_close(store->db, !had_log);
    if (sqlite3_db_readonly(store->db, "main") == 1) {
        fprintf(errors, "%s may not be written: change its permissions, or choose another directory with -d\n", path);
        return MBP_ERR_IO;
    }
    enum mbp_status status = store->is_new ? MBP_OK : mbp_schema_check(store->db, path, errors);
    if (status != MBP_OK)
        return status;
    rc = store->is_new ? SQLITE_OK : read_marks(store->db, marks);
    if (rc == SQLITE_OK && !store->is_new && marks->last < reached)
        return say_short(path, marks->last, reached, errors);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(store->db, settings_sql, NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = prepare_all(store);
    if (rc == SQLITE_OK)
        rc = mbp_hiding_writer_open(&store->hiding, store->db);
    if (rc == SQLITE_OK)
        rc = mbp_retention_open(&store->retention, store->db, &store->plant->journal);
    if (rc == SQLITE_OK)
        rc = mbp_names_writer_open(&store->names, store->db);
    if (rc == SQLITE_OK)
        rc = mbp_checkpoints_open(&store->checkpoints, store->db);
    if (rc == SQLITE_OK)
        rc = mbp_place_open(&store->place, store->db, store->plant);
    if (rc == SQLITE_OK)
        rc = mbp_names_load(store->db, names);
    store->check = store->stored_check = marks->check;
    return rc == SQLITE_OK ? MBP_OK : mbp_schema_refuse(store->db, rc, path, errors);
}

enum mbp_status mbp_store_open(const char *path, const struct mbp_plant *plant, uint32_t reached, FILE *errors,
                               struct mbp_store *store, struct mbp_marks *marks, struct mbp_names *names)
{
    struct mbp_store opened = {.plant = plant};
    struct mbp_marks found = {0};
    enum mbp_status status = mbp_schema_check_file(path, errors);
    opened.is_new = status == MBP_ERR_MISSING;
    if (opened.is_new)
        status = mbp_schema_create(path, plant, errors);
    if (status != MBP_OK)
        return status;
    status = open_checked(path, reached, errors, &opened, &found, names);
    if (status != MBP_OK) {
        mbp_store_close(&opened);
        return status;
    }
    set_checkpoint_on_close(opened.db, true);
    *store = opened;
    store->retention.hiding = &store->hiding;
    sqlite3_wal_hook(store->db, on_commit, store);
    *marks = found;
    return MBP_OK;
}

void mbp_store_close(struct mbp_store *store)
{
    sqlite3_stmt *const all[] = {store->begin,   store->commit,  store->rollback, store->event,
                                 store->comment, store->setting, store->fault};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        sqlite3_finalize(all[i]);
    for (size_t i = 0; i < MBP_RETAINED_COUNT; i++)
        sqlite3_finalize(store->retained[i]);
    mbp_retention_close(&store->retention);
    mbp_hiding_writer_close(&store->hiding);
    mbp_names_writer_close(&store->names);
    mbp_checkpoints_close(&store->checkpoints);
    mbp_place_close(&store->place);
    sqlite3_close(store->db);
    store->db = NULL;
}

/* Runs a statement that gives no rows and makes it ready for the next time. */
static int run(sqlite3_stmt *stmt)
{
    int rc = sqlite3_step(stmt);
    sqlite3_reset(stmt);
    return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

int mbp_store_begin(struct mbp_store *store)
{
    return run(store->begin);
}

/* What is stored in a file that has another name now, or none, nobody finds again. SQLite itself goes on. */
static bool has_moved(sqlite3 *db)
{
    int moved = 0;
    return sqlite3_file_control(db, "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK && moved != 0;
}

int mbp_store_commit(struct mbp_store *store, uint64_t position)
{
    int rc = mbp_names_writer_finish(&store->names);
    if (rc == SQLITE_OK)
        rc = mbp_place_put(&store->place, position, store->plant);
    if (rc == SQLITE_OK && has_moved(store->db))
        rc = SQLITE_READONLY_DBMOVED;
    if (rc == SQLITE_OK)
        rc = run(store->commit);
    if (rc == SQLITE_OK)
        store->stored_check = store->check;
    return rc;
}

void mbp_store_roll_back(struct mbp_store *store)
{
    store->check = store->stored_check;
    store->said_len = 0;
    mbp_names_writer_forget(&store->names);
    mbp_checkpoints_forget(&store->checkpoints);
    /* Some failures have rolled back already. */
    if (sqlite3_get_autocommit(store->db) == 0)
        run(store->rollback);
}

void mbp_store_mark(struct mbp_store *store, uint32_t last, uint64_t now_ns)
{
    if (store->mark != NULL)
        mbp_mark_put(store->mark, store->mark_path, last, store->log_pages, now_ns);
}

static void bind_event(sqlite3_stmt *stmt, const struct mbp_event *event, uint32_t check)
{
    /* Binding a number to a parameter that exists cannot fail. A NaN becomes NULL. */
    sqlite3_bind_int64(stmt, 1, event->seq);
    sqlite3_bind_int64(stmt, 2, event->scan);
    sqlite3_bind_int64(stmt, 3, (sqlite3_int64)event->wall_ms);
    sqlite3_bind_int(stmt, 4, event->code);
    sqlite3_bind_int(stmt, 5, event->unit);
    sqlite3_bind_int(stmt, 6, event->machine);
    sqlite3_bind_int(stmt, 7, event->sensor);
    sqlite3_bind_double(stmt, 8, (double)event->value);
    sqlite3_bind_double(stmt, 9, (double)event->limit);
    sqlite3_bind_int(stmt, 10, event->actor);
    sqlite3_bind_int(stmt, 11, event->flags);
    sqlite3_bind_int64(stmt, 12, event->detail);
    sqlite3_bind_int64(stmt, 13, check);
}

/* A tail that another run left may hold anything. */
static int put_piece(struct mbp_store *store, const struct mbp_comment_piece *piece)
{
    if (piece->at != store->said_len || piece->len > sizeof piece->bytes ||
        (size_t)piece->at + piece->len > MBP_COMMENT_MAX)
        return SQLITE_OK;
    memcpy(store->said + piece->at, piece->bytes, piece->len);
    store->said_len = (uint16_t)(store->said_len + piece->len);
    return SQLITE_OK;
}

static int put_comment(struct mbp_store *store, uint32_t seq, struct mbp_text comment)
{
    sqlite3_bind_int64(store->comment, 1, seq);
    sqlite3_bind_text(store->comment, 2, comment.bytes, (int)comment.len, SQLITE_STATIC);
    return run(store->comment);
}

static int put_event(struct mbp_store *store, const struct mbp_event *event)
{
    bool commented = (event->flags & MBP_EVENT_COMMENT) != 0 && store->said_len > 0;
    struct mbp_text comment = {store->said, commented ? store->said_len : 0};
    store->check = mbp_event_check(store->check, event, comment);
    store->said_len = 0;
    mbp_names_writer_note(&store->names, event);
    mbp_retention_note(&store->retention, event);
    bind_event(store->event, event, store->check);
    int rc = run(store->event);
    if (rc == SQLITE_OK)
        rc = mbp_hiding_note(&store->hiding, event);
    return rc == SQLITE_OK && commented ? put_comment(store, event->seq, comment) : rc;
}

static int put_retained(struct mbp_store *store, enum mbp_retained_what what, const void *record, uint64_t position)
{
    mbp_retained_bind(store->retained[what], store->plant, what, record, position);
    return run(store->retained[what]);
}

/* The size that an owner allows is for events. */
static int put_checkpoint(struct mbp_store *store, const struct mbp_checkpoint *checkpoint, uint64_t position)
{
    int rc = mbp_checkpoints_put(&store->checkpoints, store->plant, checkpoint, position);
    store->retention.beside_bytes = store->checkpoints.bytes;
    return rc;
}

int mbp_store_put(struct mbp_store *store, const struct mbp_record *record, uint64_t position)
{
    switch ((enum mbp_record_kind)record->kind) {
    case MBP_RECORD_EVENT:
        return put_event(store, &record->of.event);
    case MBP_RECORD_MACHINE:
        return put_retained(store, MBP_RETAINED_MACHINE, &record->of.machine, position);
    case MBP_RECORD_UPKEEP:
        return put_retained(store, MBP_RETAINED_UPKEEP, &record->of.upkeep, position);
    case MBP_RECORD_SENSOR:
        return put_retained(store, MBP_RETAINED_SENSOR, &record->of.sensor, position);
    case MBP_RECORD_ALARMS:
        return put_retained(store, MBP_RETAINED_ALARMS, &record->of.alarms, position);
    case MBP_RECORD_PLANT:
        store->plant = record->of.plant.to;
        return SQLITE_OK;
    case MBP_RECORD_SETTING:
        mbp_setting_bind(store->setting, store->plant, &record->of.setting, position);
        return run(store->setting);
    case MBP_RECORD_FAULT:
        mbp_retained_bind_fault(store->fault, store->plant, &record->of.fault, position);
        return run(store->fault);
    case MBP_RECORD_CHECKPOINT:
        return put_checkpoint(store, record->of.checkpoint.of, position);
    case MBP_RECORD_TAGS:
        return mbp_names_writer_put_tags(&store->names, record->of.tags.changed, record->of.tags.oldest);
    case MBP_RECORD_ACTOR:
        return mbp_names_writer_put_actor(&store->names, &record->of.actor);
    case MBP_RECORD_COMMENT:
        return put_piece(store, &record->of.comment);
    case MBP_RECORD_FORGET:
        return mbp_retained_forget(store->db, store->plant);
    case MBP_RECORD_NOTHING:
        return SQLITE_OK;
    case MBP_RECORD_KINDS:
        break;
    }
    assert(false && "a record of no kind");
    return SQLITE_INTERNAL;
}
