/* A connection of its own to the database, in one read transaction. */
#include "mbplant/journal.h"

#include <stdlib.h>

#include "journal_priv.h"

#define BUSY_MS 1000 /* only while the database is being opened may it have to wait */

struct mbp_journal_reading {
    sqlite3 *db;
    sqlite3_stmt *range, *time;
    uint32_t oldest, last;
};

static enum mbp_status status_of(int rc)
{
    return rc == SQLITE_OK ? MBP_OK : rc == SQLITE_NOMEM ? MBP_ERR_MEMORY : MBP_ERR_IO;
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

enum mbp_status mbp_journal_reading_open(const struct mbp_journal *journal, struct mbp_journal_reading **out)
{
    static const char range[] = "SELECT " MBP_READER_COLUMNS " FROM event WHERE seq >= ? AND seq <= ? ORDER BY seq";
    struct mbp_journal_reading *reading = calloc(1, sizeof *reading);
    if (reading == NULL)
        return MBP_ERR_MEMORY;
    int rc = sqlite3_open_v2(journal->path, &reading->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_busy_timeout(reading->db, BUSY_MS);
    if (rc == SQLITE_OK)
        rc = sqlite3_prepare_v2(reading->db, range, -1, &reading->range, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_prepare_v2(reading->db, "SELECT wall_ms FROM event WHERE seq = ?", -1, &reading->time, NULL);
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

enum mbp_status mbp_journal_reading_events(struct mbp_journal_reading *reading, uint64_t first, uint64_t last,
                                           bool (*got)(void *ctx, const struct mbp_event *event), void *ctx)
{
    bool more = true;
    sqlite3_bind_int64(reading->range, 1, (sqlite3_int64)first);
    sqlite3_bind_int64(reading->range, 2, (sqlite3_int64)last);
    while (more && sqlite3_step(reading->range) == SQLITE_ROW) {
        struct mbp_event event;
        mbp_reader_take_event(reading->range, &event);
        more = got(ctx, &event);
    }
    return status_of(sqlite3_reset(reading->range));
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
