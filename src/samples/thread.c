/* The thread that stores: it sleeps some seconds, or until the ring is half full, and then stores all that there is in
 * one transaction. What the disk refuses is counted and gone: newer values matter more than old ones. */
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "samples_priv.h"

#define PAUSE_MS    5000
#define THREAD_NICE 10

/* ---- one transaction ------------------------------------------------------------------------------------------------
 */

static const char *next_name(const char *name)
{
    return name + strlen(name) + 1;
}

/* The numbers of all sensors in the database. */
static int find_tags(struct samples_db *db, struct mbp_samples_gathered *of)
{
    const char *name = of->names;
    int rc = SQLITE_OK;
    for (uint32_t s = 0; rc == SQLITE_OK && s < of->sensors; s++, name = next_name(name)) {
        if (of->tags[s] == 0)
            rc = samples_db_tag(db, name, &of->tags[s]);
    }
    return rc;
}

static int compare(const void *a, const void *b)
{
    const struct samples_change *left = a, *right = b;
    if (left->sensor != right->sensor)
        return left->sensor < right->sensor ? -1 : 1;
    return left->time_ms < right->time_ms ? -1 : left->time_ms > right->time_ms;
}

static int put_changes(struct samples_db *db, const struct mbp_samples_gathered *of,
                       const struct samples_change *changes, uint32_t count)
{
    struct samples_chunk chunk = {.len = 0};
    int rc = SQLITE_OK;
    for (uint32_t i = 0; rc == SQLITE_OK && i < count; i++) {
        const struct samples_change *change = &changes[i];
        bool goes_on = i > 0 && change->sensor == changes[i - 1].sensor;
        if (goes_on && samples_chunk_add(&chunk, change->time_ms, change->value))
            continue;
        if (chunk.len > 0)
            rc = samples_db_put_chunk(db, of->tags[changes[i - 1].sensor], &chunk);
        chunk.len = 0;
        samples_chunk_add(&chunk, change->time_ms, change->value);
    }
    if (rc == SQLITE_OK && chunk.len > 0)
        rc = samples_db_put_chunk(db, of->tags[changes[count - 1].sensor], &chunk);
    return rc;
}

static int put_minutes(struct samples_db *db, const struct mbp_samples_gathered *of, uint64_t minute)
{
    int rc = SQLITE_OK;
    for (uint32_t s = 0; rc == SQLITE_OK && s < of->sensors; s++) {
        if (of->handed[s].count > 0)
            rc = samples_db_put_minute(db, of->tags[s], minute, &of->handed[s]);
    }
    return rc;
}

static int retain(struct samples_db *db, struct mbp_samples_gathered *of)
{
    bool removed = false;
    int rc = samples_db_limit(db, of->max_bytes);
    if (rc == SQLITE_OK)
        rc = samples_db_retain(db, &removed);
    if (removed)
        memset(of->tags, 0, of->sensors * sizeof *of->tags); /* some names may be gone */
    return rc;
}

static int store_all(struct samples_db *db, struct mbp_samples_gathered *of, const struct samples_change *changes,
                     uint32_t count, uint64_t minute)
{
    int rc = samples_run(db->begin);
    if (rc == SQLITE_OK)
        rc = retain(db, of);
    if (rc == SQLITE_OK)
        rc = find_tags(db, of);
    if (rc == SQLITE_OK && minute > 0)
        rc = put_minutes(db, of, minute);
    if (rc == SQLITE_OK) /* after the minute, which is older: age counts from what was stored last */
        rc = put_changes(db, of, changes, count);
    if (rc == SQLITE_OK)
        rc = samples_run(db->commit);
    if (rc != SQLITE_OK) {
        samples_run(db->rollback);
        memset(of->tags, 0, of->sensors * sizeof *of->tags);
    }
    return rc;
}

/* ---- trouble
 * ---------------------------------------------------------------------------------------------------------- */

/* Opens the database when there is something to store for the first time. */
static bool is_open(struct mbp_samples *samples)
{
    char why[256] = "";
    if (samples->given_up || samples->db.db != NULL)
        return !samples->given_up;
    samples->db.max_bytes = 0;
    enum mbp_status status = samples_db_open(&samples->db, samples->folder, why, sizeof why);
    samples->given_up = status == MBP_ERR_CORRUPT;
    if (status != MBP_OK && !samples->troubled)
        mbp_log(MBP_LOG_WARNING, "%s/%s cannot be used (%s): no values are kept for trends%s", samples->folder,
                MBP_SAMPLES_FILE, why,
                samples->given_up ? "; move it away and start again to begin a new one" : " until it can be written");
    samples->troubled = status != MBP_OK;
    return status == MBP_OK;
}

static void say_how_it_went(struct mbp_samples *samples, int rc)
{
    if (rc != SQLITE_OK && !samples->troubled)
        mbp_log(MBP_LOG_WARNING, "%s/%s: values for trends cannot be stored (%s)", samples->folder, MBP_SAMPLES_FILE,
                sqlite3_errmsg(samples->db.db));
    if (rc == SQLITE_OK && samples->troubled)
        mbp_log(MBP_LOG_WARNING, "%s/%s: values for trends are stored again", samples->folder, MBP_SAMPLES_FILE);
    samples->troubled = rc != SQLITE_OK;
}

/* ---- the thread
 * ------------------------------------------------------------------------------------------------------- */

static uint32_t take(struct mbp_samples *samples, struct mbp_samples_gathered *of)
{
    uint32_t tail = atomic_load(&of->tail), head = atomic_load(&of->head), count = head - tail;
    for (uint32_t i = 0; i < count; i++)
        samples->taken[i] = of->ring[(tail + i) & (of->ring_size - 1)];
    atomic_store(&of->tail, head);
    qsort(samples->taken, count, sizeof *samples->taken, compare);
    return count;
}

static bool has_room(struct mbp_samples *samples, uint32_t count)
{
    if (count <= samples->taken_size)
        return true;
    struct samples_change *taken = realloc(samples->taken, count * sizeof *taken);
    if (taken == NULL)
        return false;
    samples->taken = taken;
    samples->taken_size = count;
    return true;
}

/* All that there is of one plant. */
static void store(struct mbp_samples *samples, struct mbp_samples_gathered *of)
{
    uint64_t minute = atomic_load(&of->handed_minute);
    if (!has_room(samples, of->ring_size))
        return;
    uint32_t count = take(samples, of);
    if (count == 0 && minute == 0)
        return;
    if (of->max_bytes > 0 && is_open(samples)) {
        int rc = store_all(&samples->db, of, samples->taken, count, minute);
        say_how_it_went(samples, rc);
        atomic_fetch_add(&samples->lost, rc != SQLITE_OK ? count : 0);
    } else if (of->max_bytes > 0) {
        atomic_fetch_add(&samples->lost, count);
    }
    atomic_store(&of->handed_minute, 0);
}

static void store_each(struct mbp_samples *samples)
{
    for (;;) {
        struct mbp_samples_gathered *of = samples->first;
        bool ended = atomic_load(&of->ended);
        store(samples, of);
        if (!ended)
            return;
        samples->first = atomic_load(&of->next);
        mbp_samples_drop(of);
    }
}

void *samples_thread(void *ctx)
{
    struct mbp_samples *samples = ctx;
    bool stop = false;
    setpriority(PRIO_PROCESS, 0, THREAD_NICE); /* of this thread alone, on Linux */
    while (!stop) {
        mbp_bell_prepare(&samples->work);
        stop = atomic_load(&samples->stop);
        bool asked = atomic_load(&samples->asked) != atomic_load(&samples->answered);
        mbp_bell_sleep(&samples->work, stop || asked ? 0 : PAUSE_MS);
        stop = atomic_load(&samples->stop);
        unsigned answers = atomic_load(&samples->asked);
        store_each(samples);
        atomic_store(&samples->answered, answers);
        mbp_bell_ring(&samples->done);
    }
    samples_db_close(&samples->db);
    return NULL;
}
