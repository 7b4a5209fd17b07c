/* The oldest events go, by count, size and age; the file follows. */
#include "retention.h"

#define STEP_EVENTS 500u /* a third of a millisecond */
#define SPARE_PAGES 1024u
#define DAY_NS      (86400 * MBP_NS_PER_S)

/* ---- life ----------------------------------------------------------------------------------------------------- */

static int ask(sqlite3 *db, const char *sql, uint64_t *number)
{
    sqlite3_stmt *stmt;
    int rc = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
    if (rc != SQLITE_OK)
        return rc;
    rc = sqlite3_step(stmt);
    *number = rc == SQLITE_ROW ? (uint64_t)sqlite3_column_int64(stmt, 0) : 0;
    sqlite3_finalize(stmt);
    return rc == SQLITE_ROW || rc == SQLITE_DONE ? SQLITE_OK : rc;
}

void mbp_retention_rule(struct mbp_retention *retention, const struct mbp_journal_options *options)
{
    retention->keep_ms = options->keep_ns / MBP_NS_PER_MS;
    retention->max_bytes = options->max_bytes;
}

int mbp_retention_open(struct mbp_retention *retention, sqlite3 *db, const struct mbp_journal_options *options)
{
    *retention = (struct mbp_retention){0};
    mbp_retention_rule(retention, options);
    const struct {
        const char *sql;
        sqlite3_stmt **stmt;
    } statements[] = {
        {"SELECT seq, wall_ms FROM event WHERE seq >= ? ORDER BY seq LIMIT ?", &retention->walk},
        {"DELETE FROM event WHERE seq < ?", &retention->remove},
        {"DELETE FROM comment WHERE seq < ? AND seq NOT IN (SELECT seq FROM hider)", &retention->remove_comments},
        {"SELECT \"check\" FROM event WHERE seq = ?", &retention->look},
        {"INSERT OR REPLACE INTO event_removed(one, seq, \"check\") VALUES(1, ?, ?)", &retention->removed},
        {"SELECT page_count, freelist_count FROM pragma_page_count, pragma_freelist_count", &retention->pages},
        {"PRAGMA incremental_vacuum(64)", &retention->shrink},
    };
    uint64_t vacuum = 0;
    int rc = ask(db, "PRAGMA page_size", &retention->page_bytes);
    if (rc == SQLITE_OK)
        rc = ask(db, "PRAGMA auto_vacuum", &vacuum);
    if (rc == SQLITE_OK)
        rc = ask(db, "SELECT wall_ms FROM event ORDER BY seq DESC LIMIT 1", &retention->newest_ms);
    retention->shrinks = vacuum == 2;
    for (size_t i = 0; i < sizeof statements / sizeof statements[0] && rc == SQLITE_OK; i++)
        rc = sqlite3_prepare_v3(db, statements[i].sql, -1, SQLITE_PREPARE_PERSISTENT, statements[i].stmt, NULL);
    return rc;
}

void mbp_retention_close(struct mbp_retention *retention)
{
    sqlite3_stmt *const all[] = {retention->walk,   retention->remove, retention->remove_comments, retention->pages,
                                 retention->shrink, retention->look,   retention->removed};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        sqlite3_finalize(all[i]);
    *retention = (struct mbp_retention){0};
}

void mbp_retention_note(struct mbp_retention *retention, const struct mbp_event *event)
{
    retention->newest_ms = event->wall_ms;
}

/* ---- how many may go ------------------------------------------------------------------------------------------ */

/* Age alone is not to be trusted when the clock has jumped; so it only gets what time that really passed allows. */
static void give_credit(struct mbp_retention *retention, uint64_t now_ns, uint64_t stored)
{
    uint64_t passed_ns = retention->seen_ns == 0 || now_ns < retention->seen_ns ? 0 : now_ns - retention->seen_ns;
    double period_ns = 10.0 * (double)DAY_NS;
    double half_ns = (double)retention->keep_ms * (double)MBP_NS_PER_MS / 2;
    if (half_ns < period_ns)
        period_ns = half_ns;
    retention->seen_ns = now_ns;
    retention->credit += (double)stored * (double)passed_ns / period_ns;
    if (retention->credit > (double)stored)
        retention->credit = (double)stored;
}

/* How many of the oldest, up to max, are too old; stops at the first that is not. */
static int count_old(struct mbp_retention *retention, uint32_t oldest, uint32_t max, uint32_t *old)
{
    uint32_t count = 0;
    sqlite3_bind_int64(retention->walk, 1, oldest);
    sqlite3_bind_int64(retention->walk, 2, max);
    int rc = sqlite3_step(retention->walk);
    while (rc == SQLITE_ROW) {
        uint64_t wall_ms = (uint64_t)sqlite3_column_int64(retention->walk, 1);
        if (mbp_time_add_sat(wall_ms, retention->keep_ms) >= retention->newest_ms)
            break;
        count = (uint32_t)((uint64_t)sqlite3_column_int64(retention->walk, 0) - oldest + 1);
        rc = sqlite3_step(retention->walk);
    }
    sqlite3_reset(retention->walk);
    *old = count < max ? count : max;
    return rc == SQLITE_ROW || rc == SQLITE_DONE ? SQLITE_OK : rc;
}

struct pages {
    uint64_t all, free;
};

static int count_pages(struct mbp_retention *retention, struct pages *pages)
{
    int rc = sqlite3_step(retention->pages);
    if (rc == SQLITE_ROW) {
        pages->all = (uint64_t)sqlite3_column_int64(retention->pages, 0);
        pages->free = (uint64_t)sqlite3_column_int64(retention->pages, 1);
        rc = SQLITE_OK;
    }
    sqlite3_reset(retention->pages);
    return rc;
}

static uint32_t smaller(uint64_t a, uint32_t b)
{
    return a < b ? (uint32_t)a : b;
}

/* ---- a step --------------------------------------------------------------------------------------------------- */

static int run(sqlite3_stmt *stmt)
{
    int rc = sqlite3_step(stmt);
    while (rc == SQLITE_ROW)
        rc = sqlite3_step(stmt);
    sqlite3_reset(stmt);
    return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* Space left by removed events is filled by new ones; what is far more than they need goes back to the disk. */
static int shrink(struct mbp_retention *retention, const struct pages *pages, enum mbp_retention_next *next)
{
    if (!retention->shrinks || pages->free < SPARE_PAGES || pages->free < pages->all / 4)
        return SQLITE_OK;
    *next = MBP_RETENTION_SOON;
    return run(retention->shrink);
}

/* What the first event that is left carries on from. */
static int note_removed(struct mbp_retention *retention, uint32_t seq, struct mbp_retention_removed *removed)
{
    sqlite3_bind_int64(retention->look, 1, seq);
    int rc = sqlite3_step(retention->look);
    uint32_t check = rc == SQLITE_ROW ? (uint32_t)sqlite3_column_int64(retention->look, 0) : 0;
    sqlite3_reset(retention->look);
    if (rc != SQLITE_ROW)
        return rc == SQLITE_DONE ? SQLITE_OK : rc;
    *removed = (struct mbp_retention_removed){seq, check};
    sqlite3_bind_int64(retention->removed, 1, seq);
    sqlite3_bind_int64(retention->removed, 2, check);
    return run(retention->removed);
}

static int remove_between(struct mbp_retention *retention, uint32_t oldest, uint32_t first_left)
{
    int rc = mbp_hiding_keep(retention->hiding, oldest, first_left);
    if (rc != SQLITE_OK)
        return rc;
    sqlite3_bind_int64(retention->remove, 1, first_left);
    sqlite3_bind_int64(retention->remove_comments, 1, first_left);
    rc = run(retention->remove);
    return rc == SQLITE_OK ? run(retention->remove_comments) : rc;
}

int mbp_retention_step(struct mbp_retention *retention, uint64_t now_ns, uint32_t added, uint32_t *oldest,
                       uint32_t last, struct mbp_retention_removed *gone, enum mbp_retention_next *next)
{
    uint64_t stored = *oldest == 0 ? 0 : (uint64_t)last - *oldest + 1;
    struct pages pages = {0};
    uint32_t removed = 0;
    *next = MBP_RETENTION_DONE;
    if (retention->keep_ms != 0)
        give_credit(retention, now_ns, stored);
    int rc = count_pages(retention, &pages);
    if (rc != SQLITE_OK)
        return rc;
    if (stored > MBP_JOURNAL_EVENTS_MIN) {
        uint32_t max = smaller(stored - MBP_JOURNAL_EVENTS_MIN, STEP_EVENTS + added);
        uint64_t used = (pages.all - pages.free) * retention->page_bytes;
        bool too_large = retention->max_bytes != 0 && used > retention->max_bytes + retention->beside_bytes;
        if (stored > MBP_JOURNAL_EVENTS_MAX || too_large) {
            removed = max;
        } else if (retention->keep_ms != 0) {
            uint32_t old;
            rc = count_old(retention, *oldest, max, &old);
            if (rc != SQLITE_OK)
                return rc;
            removed = smaller((uint64_t)retention->credit, old);
            retention->credit -= removed;
            if (removed < old)
                *next = MBP_RETENTION_LATER;
        }
        if (removed > 0 && removed == max)
            *next = MBP_RETENTION_SOON;
    }
    if (removed > 0) {
        rc = note_removed(retention, *oldest + removed - 1, gone);
        if (rc == SQLITE_OK)
            rc = remove_between(retention, *oldest, *oldest + removed);
        *oldest += removed;
    }
    return rc == SQLITE_OK ? shrink(retention, &pages, next) : rc;
}
