/* Durable events from memory and from the database. */
#include "reader.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "schema.h"

static struct mbp_event *tail_slot(struct mbp_reader *reader, uint32_t seq)
{
    return &reader->tail[seq % MBP_TAIL_EVENTS];
}

void mbp_reader_add(struct mbp_reader *reader, const struct mbp_event *event)
{
    /* A hole, which only a hand in the database can have made, starts the memory anew: it holds consecutive ones. */
    if (reader->tail_last == 0 || event->seq != reader->tail_last + 1)
        reader->tail_first = event->seq;
    else if (event->seq - reader->tail_first == MBP_TAIL_EVENTS)
        reader->tail_first++;
    reader->tail_last = event->seq;
    *tail_slot(reader, event->seq) = *event;
}

size_t mbp_reader_newest(const struct mbp_reader *reader, size_t max, struct mbp_event *events)
{
    size_t held = reader->tail_last == 0 ? 0 : reader->tail_last - reader->tail_first + 1;
    size_t count = held < max ? held : max;
    for (size_t i = 0; i < count; i++)
        events[i] = reader->tail[(reader->tail_last - i) % MBP_TAIL_EVENTS];
    return count;
}

static float column_f32(sqlite3_stmt *row, int column)
{
    return sqlite3_column_type(row, column) == SQLITE_NULL ? NAN : (float)sqlite3_column_double(row, column);
}

#define INT(column)  sqlite3_column_int(row, column)
#define LONG(column) sqlite3_column_int64(row, column)
#define REAL(column) column_f32(row, column)

void mbp_reader_take_event(sqlite3_stmt *row, struct mbp_event *event)
{
    *event = MBP_READER_EVENT(INT, LONG, REAL);
}

void mbp_reader_close(struct mbp_reader *reader)
{
    sqlite3_finalize(reader->range);
    sqlite3_finalize(reader->check);
    sqlite3_finalize(reader->comment);
    mbp_hiding_reader_close(&reader->hiding);
    sqlite3_close(reader->db);
    reader->range = reader->check = reader->comment = NULL;
    reader->db = NULL;
}

/* A connection and what is asked by it, once. */
static int connect(struct mbp_reader *reader)
{
    const struct {
        const char *sql;
        sqlite3_stmt **stmt;
    } statements[] = {
        {"SELECT " MBP_READER_COLUMNS " FROM event WHERE seq >= ? ORDER BY seq LIMIT ?", &reader->range},
        {"SELECT \"check\" FROM event WHERE seq = ?", &reader->check},
        {"SELECT text FROM comment WHERE seq = ?", &reader->comment},
    };
    if (reader->db != NULL)
        return SQLITE_OK;
    int rc = sqlite3_open_v2(reader->path, &reader->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL);
    for (size_t i = 0; i < sizeof statements / sizeof statements[0] && rc == SQLITE_OK; i++)
        rc = sqlite3_prepare_v3(reader->db, statements[i].sql, -1, SQLITE_PREPARE_PERSISTENT, statements[i].stmt, NULL);
    return rc == SQLITE_OK ? mbp_hiding_reader_open(&reader->hiding, reader->db) : rc;
}

/* Whether something can be asked; if not, the next one tries again. */
static bool is_ready(struct mbp_reader *reader)
{
    if (connect(reader) == SQLITE_OK)
        return true;
    mbp_reader_close(reader);
    return false;
}

sqlite3 *mbp_reader_db(struct mbp_reader *reader)
{
    return is_ready(reader) ? reader->db : NULL;
}

struct mbp_hiding_reader *mbp_reader_hiding(struct mbp_reader *reader)
{
    return is_ready(reader) ? &reader->hiding : NULL;
}

static int get_stored(struct mbp_reader *reader, uint32_t first, size_t max, struct mbp_event *events, size_t *count)
{
    sqlite3_bind_int64(reader->range, 1, first);
    sqlite3_bind_int64(reader->range, 2, (sqlite3_int64)max);
    size_t n = 0;
    int rc = sqlite3_step(reader->range);
    while (rc == SQLITE_ROW && n < max &&
           sqlite3_column_int64(reader->range, 0) == (sqlite3_int64)first + (sqlite3_int64)n) {
        mbp_reader_take_event(reader->range, &events[n++]);
        rc = sqlite3_step(reader->range);
    }
    /* At once: an unfinished statement would hold the log back from being checkpointed. */
    sqlite3_reset(reader->range);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        return rc;
    *count = n;
    return SQLITE_OK;
}

enum mbp_status mbp_reader_get(struct mbp_reader *reader, uint32_t first, size_t max, struct mbp_event *events,
                               size_t *count)
{
    if (first == 0 || first < reader->tail_first || first > reader->tail_last)
        return is_ready(reader) && get_stored(reader, first, max, events, count) == SQLITE_OK ? MBP_OK : MBP_ERR_IO;
    size_t held = reader->tail_last - first + 1;
    size_t n = held < max ? held : max;
    for (size_t i = 0; i < n; i++)
        events[i] = *tail_slot(reader, first + (uint32_t)i);
    *count = n;
    return MBP_OK;
}

/* The number of the first event from seq on that is in the database; 0: none is, or nobody can say. */
static uint32_t find_stored(struct mbp_reader *reader, uint32_t seq)
{
    if (!is_ready(reader))
        return 0;
    sqlite3_bind_int64(reader->range, 1, seq);
    sqlite3_bind_int64(reader->range, 2, 1);
    uint32_t found = sqlite3_step(reader->range) == SQLITE_ROW ? (uint32_t)sqlite3_column_int64(reader->range, 0) : 0;
    sqlite3_reset(reader->range);
    return found;
}

enum mbp_status mbp_reader_get_sparse(struct mbp_reader *reader, uint32_t first, size_t max, struct mbp_event *events,
                                      size_t *count)
{
    enum mbp_status status = MBP_OK;
    *count = 0;
    while (status == MBP_OK && *count < max && first != 0 && first <= reader->tail_last) {
        size_t got = 0;
        status = mbp_reader_get(reader, first, max - *count, events + *count, &got);
        *count += got;
        first = got > 0 ? first + (uint32_t)got : find_stored(reader, first);
    }
    return status;
}

enum mbp_status mbp_reader_check(struct mbp_reader *reader, uint32_t seq, uint32_t *check)
{
    if (!is_ready(reader))
        return MBP_ERR_IO;
    sqlite3_bind_int64(reader->check, 1, seq);
    int rc = sqlite3_step(reader->check);
    if (rc == SQLITE_ROW)
        *check = (uint32_t)sqlite3_column_int64(reader->check, 0);
    sqlite3_reset(reader->check);
    return rc == SQLITE_ROW ? MBP_OK : rc == SQLITE_DONE ? MBP_ERR_MISSING : MBP_ERR_IO;
}

enum mbp_status mbp_reader_comment(struct mbp_reader *reader, uint32_t seq, char text[MBP_COMMENT_MAX + 1])
{
    text[0] = '\0';
    if (!is_ready(reader))
        return MBP_ERR_IO;
    sqlite3_bind_int64(reader->comment, 1, seq);
    int rc = sqlite3_step(reader->comment);
    if (rc == SQLITE_ROW && sqlite3_column_text(reader->comment, 0) != NULL)
        snprintf(text, MBP_COMMENT_MAX + 1, "%s", (const char *)sqlite3_column_text(reader->comment, 0));
    sqlite3_reset(reader->comment);
    return rc == SQLITE_ROW || rc == SQLITE_DONE ? MBP_OK : MBP_ERR_IO;
}

static int fill_tail(struct mbp_reader *reader, uint32_t last)
{
    struct mbp_event chunk[64];
    uint32_t seq = last > MBP_TAIL_EVENTS ? last - MBP_TAIL_EVENTS + 1 : 1;
    while (seq <= last) {
        size_t count = 0;
        int rc = get_stored(reader, seq, sizeof chunk / sizeof chunk[0], chunk, &count);
        if (rc != SQLITE_OK)
            return rc;
        for (size_t i = 0; i < count; i++)
            mbp_reader_add(reader, &chunk[i]);
        seq += count == 0 ? 1 : (uint32_t)count;
    }
    return SQLITE_OK;
}

enum mbp_status mbp_reader_open(struct mbp_reader *reader, const char *path, uint32_t last, FILE *errors)
{
    memset(reader, 0, sizeof *reader);
    reader->path = path;
    if (last == 0)
        return MBP_OK;
    int rc = connect(reader);
    if (rc == SQLITE_OK)
        rc = fill_tail(reader, last);
    if (rc == SQLITE_OK)
        return MBP_OK;
    enum mbp_status status = mbp_schema_refuse(reader->db, rc, path, errors);
    mbp_reader_close(reader);
    return status;
}
