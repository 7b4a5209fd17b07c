/* A connection of its own to the database, in one read transaction. */
#include "mbplant/journal.h"

#include <math.h>
#include <stdlib.h>

#include "history/history.h"
#include "journal_priv.h"
#include "mbplant/base/sqlite.h"

#define BUSY_MS 1000 /* only while the database is being opened may it have to wait */

struct mbp_journal_reading {
    sqlite3 *db;
    sqlite3_stmt *range, *time, *history, *comment;
    uint32_t oldest, last;
    /* while events are handed over */
    bool (*got)(void *ctx, const struct mbp_event *event);
    void *ctx;
    bool ended; /* by who takes them */
};

/* Whoever reads learns of a want of memory, or that the database cannot be read just now. */
static enum mbp_status status_of(int rc)
{
    enum mbp_status status = mbp_sqlite_status(rc);
    return status == MBP_OK || status == MBP_ERR_MEMORY ? status : MBP_ERR_IO;
}

/* Of millions of events a row each is what takes long. So the rows never leave SQLite: an aggregate function of the
 * statement is handed each event's columns, and hands the event on. */
#define HAND_OVER "mbp_hand_over"

static float f32_of(sqlite3_value *value)
{
    return sqlite3_value_type(value) == SQLITE_NULL ? NAN : (float)sqlite3_value_double(value);
}

#define INT(number)  sqlite3_value_int(column[number])
#define LONG(number) sqlite3_value_int64(column[number])
#define REAL(number) f32_of(column[number])

static void take_columns(sqlite3_context *sql, int count, sqlite3_value **column)
{
    (void)count;
    struct mbp_journal_reading *reading = sqlite3_user_data(sql);
    const struct mbp_event event = MBP_READER_EVENT(INT, LONG, REAL);
    if (reading->ended)
        return;
    reading->ended = !reading->got(reading->ctx, &event);
    if (reading->ended)
        sqlite3_result_error(sql, "enough", -1);
}

static void end_columns(sqlite3_context *sql)
{
    (void)sql;
}

static int teach(struct mbp_journal_reading *reading)
{
    return sqlite3_create_function_v2(reading->db, HAND_OVER, MBP_READER_COLUMN_COUNT, SQLITE_UTF8 | SQLITE_DIRECTONLY,
                                      reading, NULL, take_columns, end_columns, NULL);
}

/* The transaction begins with the first look: this one. */
static int look(struct mbp_journal_reading *reading)
{
    sqlite3_stmt *ends = NULL;
    int rc = sqlite3_exec(reading->db, "BEGIN", NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_prepare_v2(reading->db, "SELECT (SELECT min(seq) FROM event), (SELECT max(seq) FROM event)", -1,
                                &ends, NULL);
    if (rc == SQLITE_OK && sqlite3_step(ends) == SQLITE_ROW) {
        reading->oldest = (uint32_t)sqlite3_column_int64(ends, 0);
        reading->last = (uint32_t)sqlite3_column_int64(ends, 1);
    }
    int end = sqlite3_finalize(ends);
    return rc == SQLITE_OK ? end : rc;
}

static int prepare_history(struct mbp_journal_reading *reading)
{
    char condition[MBP_HISTORY_SQL_MAX];
    char sql[MBP_HISTORY_SQL_MAX + 256];
    snprintf(sql, sizeof sql,
             "SELECT " HAND_OVER "(" MBP_READER_COLUMNS ") FROM event WHERE %s AND seq >= ? AND seq <= ?",
             mbp_history_condition(condition));
    return sqlite3_prepare_v2(reading->db, sql, -1, &reading->history, NULL);
}

enum mbp_status mbp_journal_reading_open(const struct mbp_journal *journal, struct mbp_journal_reading **out)
{
    static const char range[] = "SELECT " HAND_OVER "(" MBP_READER_COLUMNS ") FROM event WHERE seq >= ? AND seq <= ?";
    struct mbp_journal_reading *reading = calloc(1, sizeof *reading);
    if (reading == NULL)
        return MBP_ERR_MEMORY;
    int rc = sqlite3_open_v2(journal->path, &reading->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_busy_timeout(reading->db, BUSY_MS);
    if (rc == SQLITE_OK)
        rc = teach(reading);
    if (rc == SQLITE_OK)
        rc = sqlite3_prepare_v2(reading->db, range, -1, &reading->range, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_prepare_v2(reading->db, "SELECT wall_ms FROM event WHERE seq = ?", -1, &reading->time, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_prepare_v2(reading->db, "SELECT text FROM comment WHERE seq = ?", -1, &reading->comment, NULL);
    if (rc == SQLITE_OK)
        rc = prepare_history(reading);
    if (rc == SQLITE_OK)
        rc = look(reading);
    if (rc == SQLITE_OK)
        *out = reading;
    else
        mbp_journal_reading_close(reading);
    return status_of(rc);
}

void mbp_journal_reading_close(struct mbp_journal_reading *reading)
{
    if (reading == NULL)
        return;
    sqlite3_finalize(reading->range);
    sqlite3_finalize(reading->time);
    sqlite3_finalize(reading->history);
    sqlite3_finalize(reading->comment);
    sqlite3_close(reading->db); /* ends the transaction */
    free(reading);
}

uint32_t mbp_journal_reading_oldest(const struct mbp_journal_reading *reading)
{
    return reading->oldest;
}

uint32_t mbp_journal_reading_last(const struct mbp_journal_reading *reading)
{
    return reading->last;
}

static enum mbp_status hand_over(struct mbp_journal_reading *reading, sqlite3_stmt *rows, uint64_t first, uint64_t last,
                                 bool (*got)(void *ctx, const struct mbp_event *event), void *ctx)
{
    reading->got = got;
    reading->ctx = ctx;
    reading->ended = false;
    sqlite3_bind_int64(rows, 1, (sqlite3_int64)first);
    sqlite3_bind_int64(rows, 2, (sqlite3_int64)last);
    sqlite3_step(rows);
    int rc = sqlite3_reset(rows);
    return reading->ended ? MBP_OK : status_of(rc);
}

enum mbp_status mbp_journal_reading_events(struct mbp_journal_reading *reading, uint64_t first, uint64_t last,
                                           bool (*got)(void *ctx, const struct mbp_event *event), void *ctx)
{
    return hand_over(reading, reading->range, first, last, got, ctx);
}

enum mbp_status mbp_journal_reading_history(struct mbp_journal_reading *reading, uint64_t first, uint64_t last,
                                            bool (*got)(void *ctx, const struct mbp_event *event), void *ctx)
{
    return hand_over(reading, reading->history, first, last, got, ctx);
}

enum mbp_status mbp_journal_reading_comments(struct mbp_journal_reading *reading, const uint32_t *seqs, size_t count,
                                             enum mbp_status (*got)(void *ctx, size_t i, const char *text), void *ctx)
{
    enum mbp_status status = MBP_OK;
    for (size_t i = 0; i < count && status == MBP_OK; i++) {
        sqlite3_bind_int64(reading->comment, 1, seqs[i]);
        int rc = sqlite3_step(reading->comment);
        const char *text = rc == SQLITE_ROW ? (const char *)sqlite3_column_text(reading->comment, 0) : NULL;
        if (rc == SQLITE_ROW || rc == SQLITE_DONE)
            status = got(ctx, i, text != NULL ? text : "");
        rc = sqlite3_reset(reading->comment);
        status = status == MBP_OK ? status_of(rc) : status;
    }
    return status;
}

enum mbp_status mbp_journal_reading_times(struct mbp_journal_reading *reading, const uint32_t *seqs, size_t count,
                                          uint64_t *wall_ms)
{
    for (size_t i = 0; i < count; i++) {
        sqlite3_bind_int64(reading->time, 1, seqs[i]);
        bool found = sqlite3_step(reading->time) == SQLITE_ROW;
        if (found)
            wall_ms[i] = (uint64_t)sqlite3_column_int64(reading->time, 0);
        int rc = sqlite3_reset(reading->time);
        if (!found)
            return rc == SQLITE_OK ? MBP_ERR_MISSING : status_of(rc);
    }
    return MBP_OK;
}
