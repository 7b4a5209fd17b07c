/* A row for each time that something was hidden: by which event, from which scan on and up to which (NULL: yet). By
 * these a restore finds what was hidden when its snapshot was made. A copy of those events that retention removed and
 * that hide yet; a row whose event is gone ends with it. */
#include "history/hiding.h"

#include "mbplant/base/registers.h"
#include "reader.h"

// clang-format off
static const char tables_sql[] =
    "CREATE TABLE hider(seq INTEGER PRIMARY KEY, scan INTEGER NOT NULL, wall_ms INTEGER NOT NULL, code "
    "INTEGER NOT NULL, unit INTEGER NOT NULL, machine INTEGER NOT NULL, sensor INTEGER NOT NULL, value REAL, "
    "limit_or_old REAL, actor INTEGER NOT NULL, flags INTEGER NOT NULL, detail INTEGER NOT NULL) STRICT;"
    "CREATE TABLE hiding(unit INTEGER, hiding INTEGER, item INTEGER, alarm INTEGER, scan INTEGER, ended INTEGER, seq "
    "INTEGER NOT NULL, PRIMARY KEY(unit, hiding, item, alarm, scan)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX hiding_now ON hiding(seq) WHERE ended IS NULL;"
    "CREATE UNIQUE INDEX hiding_of ON hiding(unit, hiding, item, alarm) WHERE ended IS NULL;"
    "CREATE INDEX hiding_by ON hiding(seq);";
// clang-format on

struct statement {
    const char *sql;
    sqlite3_stmt **stmt;
};

static int prepare(sqlite3 *db, const struct statement *statements, size_t count)
{
    int rc = SQLITE_OK;
    for (size_t i = 0; i < count && rc == SQLITE_OK; i++)
        rc = sqlite3_prepare_v3(db, statements[i].sql, -1, SQLITE_PREPARE_PERSISTENT, statements[i].stmt, NULL);
    return rc;
}

static int run(sqlite3_stmt *stmt)
{
    int rc = sqlite3_step(stmt);
    sqlite3_reset(stmt);
    return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

static int prepare_writer(struct mbp_hiding_writer *writer, sqlite3 *db)
{
    const struct statement statements[] = {
        {"INSERT OR REPLACE INTO hiding(unit, hiding, item, alarm, scan, ended, seq) VALUES(?2, ?3, ?4, ?5, ?1, NULL, "
         "?6)",
         &writer->begin},
        {"UPDATE hiding INDEXED BY hiding_of SET ended = ?1 WHERE unit = ?2 AND hiding = ?3 AND item = ?4 AND alarm = "
         "?5 AND ended IS NULL",
         &writer->end},
        {"UPDATE hiding INDEXED BY hiding_of SET ended = ?1 WHERE unit = ?2 AND hiding BETWEEN ?3 AND ?4 AND item = ?5 "
         "AND ended IS NULL",
         &writer->end_item},
        {"UPDATE hiding SET ended = ?1 WHERE ended IS NULL AND scan > ?2", &writer->end_later},
        {"INSERT OR REPLACE INTO hiding(unit, hiding, item, alarm, scan, ended, seq) SELECT unit, hiding, item, alarm, "
         "?1, NULL, seq FROM hiding WHERE scan <= ?2 AND ended > ?2 AND (seq IN (SELECT seq FROM event) OR seq IN "
         "(SELECT seq FROM hider))",
         &writer->again},
        {"DELETE FROM hiding WHERE seq < ? AND ended IS NOT NULL AND seq NOT IN (SELECT seq FROM hider)",
         &writer->forget},
        {"INSERT OR IGNORE INTO hider(" MBP_READER_COLUMNS ") SELECT " MBP_READER_COLUMNS
         " FROM event WHERE seq IN (SELECT seq FROM hiding "
         "WHERE ended IS NULL AND seq >= ? AND seq < ?)",
         &writer->keep},
    };
    *writer = (struct mbp_hiding_writer){.begin = NULL};
    return prepare(db, statements, sizeof statements / sizeof statements[0]);
}

int mbp_hiding_writer_open(struct mbp_hiding_writer *writer, sqlite3 *db)
{
    int rc = prepare_writer(writer, db);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(db, "DELETE FROM hider WHERE seq NOT IN (SELECT seq FROM hiding WHERE ended IS NULL)", NULL,
                          NULL, NULL);
    return rc;
}

void mbp_hiding_writer_close(struct mbp_hiding_writer *writer)
{
    sqlite3_finalize(writer->begin);
    sqlite3_finalize(writer->end);
    sqlite3_finalize(writer->end_item);
    sqlite3_finalize(writer->end_later);
    sqlite3_finalize(writer->again);
    sqlite3_finalize(writer->forget);
    sqlite3_finalize(writer->keep);
    *writer = (struct mbp_hiding_writer){.begin = NULL};
}

static int of_alarm(sqlite3_stmt *stmt, const struct mbp_event *event, const struct mbp_hiding_change *change,
                    unsigned alarm)
{
    sqlite3_bind_int64(stmt, 1, event->scan);
    sqlite3_bind_int(stmt, 2, event->unit);
    sqlite3_bind_int(stmt, 3, change->by);
    sqlite3_bind_int(stmt, 4, change->by == MBP_HIDING_MAINTENANCE ? event->machine : event->sensor);
    sqlite3_bind_int(stmt, 5, (int)alarm);
    return run(stmt);
}

/* Who hides it once more hides it from then on. */
static int put_alarm(struct mbp_hiding_writer *writer, const struct mbp_event *event,
                     const struct mbp_hiding_change *change, unsigned alarm)
{
    int rc = of_alarm(writer->end, event, change, alarm);
    if (rc != SQLITE_OK || !change->begins)
        return rc;
    sqlite3_bind_int64(writer->begin, 6, event->seq);
    return of_alarm(writer->begin, event, change, alarm);
}

/* Who goes takes with it what hides it. */
static int end_item(struct mbp_hiding_writer *writer, const struct mbp_event *event, bool machine)
{
    sqlite3_bind_int64(writer->end_item, 1, event->scan);
    sqlite3_bind_int(writer->end_item, 2, event->unit);
    sqlite3_bind_int(writer->end_item, 3, machine ? MBP_HIDING_MAINTENANCE : 0);
    sqlite3_bind_int(writer->end_item, 4, machine ? MBP_HIDING_MAINTENANCE : MBP_HIDING_BYPASSED);
    sqlite3_bind_int(writer->end_item, 5, machine ? event->machine : event->sensor);
    return run(writer->end_item);
}

/* detail: the scan of the snapshot. What was hidden then is hidden again; what began since is not. A snapshot of
 * another life of the plant, which counted its scans by itself, tells nothing of this one. */
static int restore(struct mbp_hiding_writer *writer, const struct mbp_event *event)
{
    sqlite3_stmt *const both[] = {writer->end_later, writer->again};
    int rc = SQLITE_OK;
    for (size_t i = 0; i < sizeof both / sizeof both[0] && rc == SQLITE_OK && event->detail <= event->scan; i++) {
        sqlite3_bind_int64(both[i], 1, event->scan);
        sqlite3_bind_int64(both[i], 2, event->detail);
        rc = run(both[i]);
    }
    return rc;
}

int mbp_hiding_note(struct mbp_hiding_writer *writer, const struct mbp_event *event)
{
    struct mbp_hiding_change change;
    int rc = SQLITE_OK;
    if (event->code == MBP_EV_SENSOR_REMOVED || event->code == MBP_EV_MACHINE_REMOVED)
        return end_item(writer, event, event->code == MBP_EV_MACHINE_REMOVED);
    if (event->code == MBP_EV_SIM_RESTORED)
        return restore(writer, event);
    if (!mbp_event_hides(event, &change))
        return SQLITE_OK;
    for (unsigned left = change.alarms; left != 0 && rc == SQLITE_OK; left &= left - 1)
        rc = put_alarm(writer, event, &change, (unsigned)__builtin_ctz(left));
    return rc;
}

int mbp_hiding_keep(struct mbp_hiding_writer *writer, uint32_t first, uint32_t end)
{
    sqlite3_bind_int64(writer->keep, 1, first);
    sqlite3_bind_int64(writer->keep, 2, end);
    sqlite3_bind_int64(writer->forget, 1, end);
    int rc = run(writer->keep);
    return rc == SQLITE_OK ? run(writer->forget) : rc;
}

int mbp_hiding_create(sqlite3 *db)
{
    return sqlite3_exec(db, tables_sql, NULL, NULL, NULL);
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

int mbp_hiding_reader_open(struct mbp_hiding_reader *reader, sqlite3 *db)
{
    const struct statement statements[] = {
        {"SELECT count(DISTINCT seq) FROM hiding WHERE ended IS NULL", &reader->count},
        {"SELECT DISTINCT seq FROM hiding WHERE ended IS NULL ORDER BY seq LIMIT ? OFFSET ?", &reader->list},
        {"SELECT " MBP_READER_COLUMNS " FROM hider WHERE seq = ?", &reader->kept},
    };
    *reader = (struct mbp_hiding_reader){NULL, NULL, NULL};
    return prepare(db, statements, sizeof statements / sizeof statements[0]);
}

void mbp_hiding_reader_close(struct mbp_hiding_reader *reader)
{
    sqlite3_finalize(reader->count);
    sqlite3_finalize(reader->list);
    sqlite3_finalize(reader->kept);
    *reader = (struct mbp_hiding_reader){NULL, NULL, NULL};
}

enum mbp_status mbp_hiding_kept(struct mbp_hiding_reader *reader, uint32_t seq, struct mbp_event *out)
{
    sqlite3_bind_int64(reader->kept, 1, seq);
    int rc = sqlite3_step(reader->kept);
    if (rc == SQLITE_ROW)
        mbp_reader_take_event(reader->kept, out);
    sqlite3_reset(reader->kept);
    return rc == SQLITE_ROW ? MBP_OK : rc == SQLITE_DONE ? MBP_ERR_MISSING : MBP_ERR_IO;
}

/* The first row of a statement as a number. */
static enum mbp_status number_of(sqlite3_stmt *stmt, uint32_t *number)
{
    int rc = sqlite3_step(stmt);
    if (rc == SQLITE_ROW)
        *number = (uint32_t)sqlite3_column_int64(stmt, 0);
    sqlite3_reset(stmt);
    return rc == SQLITE_ROW ? MBP_OK : MBP_ERR_IO;
}

/* count entries from entry `first` on; 0 behind the last. */
static enum mbp_status entries(struct mbp_hiding_reader *reader, uint32_t first, uint32_t count, uint32_t *seqs)
{
    uint32_t got = 0;
    sqlite3_bind_int64(reader->list, 1, count);
    sqlite3_bind_int64(reader->list, 2, first);
    int rc = sqlite3_step(reader->list);
    for (; rc == SQLITE_ROW && got < count; rc = sqlite3_step(reader->list))
        seqs[got++] = (uint32_t)sqlite3_column_int64(reader->list, 0);
    sqlite3_reset(reader->list);
    while (got < count)
        seqs[got++] = 0;
    return rc == SQLITE_DONE || rc == SQLITE_ROW ? MBP_OK : MBP_ERR_IO;
}

#define AT_ONCE 128u /* more than a response holds, and a half one at either end */

enum mbp_status mbp_hiding_read_file(struct mbp_hiding_reader *reader, uint16_t file, uint16_t record, uint16_t count,
                                     uint16_t *words)
{
    const uint32_t end = (uint32_t)record + count;
    const bool head = file == MBP_HIDING_FILE;
    uint32_t seqs[AT_ONCE];
    uint16_t pair[2];
    if (count == 0 || count > AT_ONCE || end > (head ? 2u : 2 * MBP_HIDING_PER_FILE))
        return MBP_EX_ILLEGAL_DATA_ADDRESS;
    const uint32_t before = head ? 0 : (uint32_t)(file - (MBP_HIDING_FILE + 1u)) * MBP_HIDING_PER_FILE;
    enum mbp_status status =
        head ? number_of(reader->count, seqs) : entries(reader, before + record / 2, (end + 1) / 2 - record / 2, seqs);
    if (status != MBP_OK)
        return MBP_EX_SERVER_DEVICE_FAILURE;
    if (head && seqs[0] > MBP_HIDING_ENTRIES)
        seqs[0] = MBP_HIDING_ENTRIES;
    for (uint32_t at = record; at < end; at++) {
        mbp_words_put_u32(pair, seqs[at / 2 - record / 2]);
        *words++ = pair[at % 2];
    }
    return MBP_OK;
}
