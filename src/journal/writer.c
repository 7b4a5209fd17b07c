/* Group commit: a transaction takes all that was handed over while the one before it was on its way to the disk. */
#include "writer.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <sys/resource.h>

#include "schema.h"

#define BACKOFF_FIRST_MS 10
#define BACKOFF_MAX_MS   1000
#define BACKOFF_STOP_MS  250 /* somebody waits for us */
#define FLUSH_STEP_MS    50
#define PREPARED_MORE    512 /* slots: so seldom is the kernel asked */
#define WRITER_NICE      5
#define RETAIN_SOON_MS   10
#define RETAIN_LATER_MS  60000
#define RETAIN_REST_NS   (60 * MBP_NS_PER_S) /* after a failure: the new events come first */

/* ---- one transaction ------------------------------------------------------------------------------------------ */

static bool is_incident(const struct mbp_event *event)
{
    return event->code == MBP_EV_MACHINE_STATE && mbp_event_state_to(event->detail) == MBP_EN_PANNE;
}

/* Notes what is retained up to `to`, or to where another plant's numbers begin; returns how far it came. */
static uint64_t note_latest(struct mbp_writer *writer, uint64_t from, uint64_t to)
{
    struct mbp_record record = {.kind = MBP_RECORD_EVENT};
    if (writer->latest_of != writer->store->plant) {
        mbp_latest_free(&writer->latest);
        mbp_latest_new(&writer->latest, writer->store->plant);
        writer->latest_of = writer->store->plant;
    }
    while (from != to && record.kind != MBP_RECORD_PLANT) {
        uint64_t at = from;
        from = mbp_ring_get(writer->ring, from, &record);
        mbp_latest_note(&writer->latest, &record, at);
    }
    return from;
}

/* Everything from `from` up to `to`, but for retained state that is outdated before it is stored; *added says how many
 * events. */
static int put_records(struct mbp_writer *writer, uint64_t from, uint64_t to, struct mbp_marks *marks, uint32_t *added)
{
    struct mbp_record record;
    uint64_t noted = from;
    int rc = SQLITE_OK;
    while (rc == SQLITE_OK && from != to) {
        if (from == noted)
            noted = note_latest(writer, from, to);
        uint64_t at = from;
        from = mbp_ring_get(writer->ring, from, &record);
        if (!mbp_latest_is_outdated(&writer->latest, &record, at))
            rc = mbp_store_put(writer->store, &record, at);
        if (record.kind != MBP_RECORD_EVENT)
            continue;
        ++*added;
        marks->last = record.of.event.seq;
        if (marks->oldest == 0)
            marks->oldest = marks->last;
        if (is_incident(&record.of.event))
            marks->incident = marks->last;
    }
    return rc;
}

/* In the transaction of the new ones, so that it costs no sync of its own. */
static int remove_old(struct mbp_writer *writer, uint32_t added, struct mbp_marks *marks)
{
    struct mbp_store *store = writer->store;
    uint64_t now_ns = writer->clock.mono_ns(writer->clock.ctx);
    mbp_retention_rule(&store->retention, &store->plant->journal); /* another plant may have come meanwhile */
    struct mbp_retention_removed gone = {marks->removed, marks->removed_check};
    int rc = mbp_retention_step(&store->retention, now_ns, added, &marks->oldest, marks->last, &gone, &writer->next);
    marks->removed = gone.seq;
    marks->removed_check = gone.check;
    /* Who asks for the last incident finds its event, or is told that there is none. */
    if (marks->incident < marks->oldest)
        marks->incident = 0;
    return rc;
}

/* All or nothing. */
static int write_transaction(struct mbp_writer *writer, uint64_t from, uint64_t to, bool retain,
                             struct mbp_marks *marks)
{
    const struct mbp_plant *plant = writer->store->plant;
    uint32_t added = 0;
    int rc = mbp_store_begin(writer->store);
    if (rc == SQLITE_OK)
        rc = put_records(writer, from, to, marks, &added);
    if (rc == SQLITE_OK && retain)
        rc = remove_old(writer, added, marks);
    if (rc == SQLITE_OK)
        rc = mbp_store_commit(writer->store, to);
    marks->check = writer->store->check;
    if (rc != SQLITE_OK)
        writer->store->plant = plant; /* the same records come again */
    return rc;
}

/* First the slots, then the numbers: who sees a number finds its event. */
static void publish(struct mbp_writer *writer, uint64_t to, const struct mbp_marks *marks)
{
    atomic_store(&writer->ring->stored, to);
    atomic_store(&writer->incident, marks->incident);
    atomic_store(&writer->oldest, marks->oldest);
    atomic_store(&writer->last, marks->last);
    atomic_store(&writer->checked, (uint64_t)marks->last << 32 | marks->check);
    atomic_store(&writer->removed, (uint64_t)marks->removed << 32 | marks->removed_check);
    atomic_store(&writer->trouble, false);
    atomic_store(&writer->finished, to);
    mbp_bell_ring(&writer->done);
}

/* The memory that the next scans will want, as long as nobody has used it: twice what the last ones took. */
static void prepare(struct mbp_writer *writer, uint64_t from, uint64_t to)
{
    const struct mbp_ring *ring = writer->ring;
    const uint64_t wanted = to + 2 * (to - from);
    if (writer->prepared_of != ring->slots) {
        writer->prepared_of = ring->slots;
        writer->prepared = to;
        writer->prepared_end = from + ring->slot_count;
    }
    if (writer->prepared >= wanted || writer->prepared >= writer->prepared_end)
        return;
    mbp_ring_prepare(ring, writer->prepared, wanted - writer->prepared + PREPARED_MORE);
    writer->prepared = wanted + PREPARED_MORE;
}

/* A failed attempt changes nothing; the next one takes in what was handed over meanwhile. */
static int attempt(struct mbp_writer *writer, bool retain)
{
    uint64_t from = atomic_load(&writer->ring->stored);
    uint64_t to = atomic_load(&writer->ring->handed);
    uint64_t removed = atomic_load(&writer->removed);
    struct mbp_marks marks = {atomic_load(&writer->oldest), atomic_load(&writer->last), atomic_load(&writer->incident),
                              writer->store->check,         (uint32_t)(removed >> 32),  (uint32_t)removed};
    prepare(writer, from, to);
    int rc = write_transaction(writer, from, to, retain, &marks);
    if (rc != SQLITE_OK)
        return rc;
    mbp_store_mark(writer->store, marks.last, writer->clock.mono_ns(writer->clock.ctx));
    publish(writer, to, &marks);
    return rc;
}

/* ---- trouble -------------------------------------------------------------------------------------------------- */

static void enter_trouble(struct mbp_writer *writer, int rc)
{
    char why[256];
    sqlite3 *db = writer->store->db;
    mbp_schema_error(db, why, sizeof why);
    if (rc == SQLITE_READONLY_DBMOVED)
        mbp_log(MBP_LOG_WARNING,
                "journal: events cannot be stored (%s was removed or replaced): they are kept in memory until that "
                "same file is put back; where it is gone for good, stop, and start with a new journal",
                sqlite3_db_filename(db, "main"));
    else
        mbp_log(
            MBP_LOG_WARNING,
            "journal: events cannot be stored (%s): they are kept in memory and tried again until it can be written",
            why);
    atomic_store(&writer->trouble, true);
}

static void say_recovered(const struct mbp_writer *writer, uint64_t since_ns)
{
    uint64_t lasted_ms = (writer->clock.mono_ns(writer->clock.ctx) - since_ns) / MBP_NS_PER_MS;
    mbp_log(MBP_LOG_WARNING, "journal: events are stored again, after %" PRIu64 ".%03" PRIu64 " s", lasted_ms / 1000,
            lasted_ms % 1000);
}

static unsigned smaller(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Tries until it is stored; false when told to stop and out of patience. */
static bool store_all(struct mbp_writer *writer)
{
    uint64_t since_ns = writer->clock.mono_ns(writer->clock.ctx);
    bool retain = since_ns >= writer->rest_until_ns;
    writer->next = MBP_RETENTION_LATER;
    int rc = attempt(writer, retain);
    if (rc == SQLITE_OK)
        return true;
    writer->rest_until_ns = since_ns + RETAIN_REST_NS;
    unsigned backoff_ms = BACKOFF_FIRST_MS;
    unsigned patience_ms = writer->patience_ms;
    enter_trouble(writer, rc);
    do {
        mbp_store_roll_back(writer->store);
        if (atomic_load(&writer->stop)) {
            if (patience_ms == 0)
                return false;
            backoff_ms = smaller(smaller(backoff_ms, BACKOFF_STOP_MS), patience_ms);
            patience_ms -= backoff_ms;
        }
        if (!mbp_bell_sleep(&writer->work, (int)backoff_ms))
            atomic_fetch_add(&writer->backed_off_ms, backoff_ms);
        backoff_ms = smaller(backoff_ms * 2, BACKOFF_MAX_MS);
    } while (attempt(writer, false) != SQLITE_OK);
    say_recovered(writer, since_ns);
    return true;
}

/* ---- the thread ----------------------------------------------------------------------------------------------- */

/* How long to sleep until retention has something to do, when nothing else comes. */
static int retention_pause_ms(const struct mbp_writer *writer)
{
    static const int pauses_ms[] = {
        [MBP_RETENTION_DONE] = -1, [MBP_RETENTION_LATER] = RETAIN_LATER_MS, [MBP_RETENTION_SOON] = RETAIN_SOON_MS};
    return pauses_ms[writer->next];
}

/* False: nothing is left and nothing will come. */
static bool wait_for_work(struct mbp_writer *writer)
{
    for (;;) {
        mbp_bell_prepare(&writer->work);
        bool stop = atomic_load(&writer->stop);
        bool work = atomic_load(&writer->ring->handed) != atomic_load(&writer->ring->stored);
        int pause_ms = work || stop ? 0 : retention_pause_ms(writer);
        bool rung = mbp_bell_sleep(&writer->work, pause_ms);
        if (work || stop)
            return work;
        if (!rung && pause_ms >= 0)
            return true;
    }
}

/* The scan goes first: where both want the same processor, the writer waits, and has a ring full of time to. A thread
 * may always make itself nicer; where it cannot, nothing is lost. */
static void give_way(void)
{
    int nice_now = getpriority(PRIO_PROCESS, 0);
    setpriority(PRIO_PROCESS, 0, nice_now + WRITER_NICE);
}

static void *run(void *ctx)
{
    struct mbp_writer *writer = ctx;
    give_way();
    while (wait_for_work(writer) && store_all(writer))
        ;
    return NULL;
}

/* Signals are for the main thread: the new one inherits that all are blocked. */
static int start_thread(struct mbp_writer *writer)
{
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    int error = pthread_create(&writer->thread, NULL, run, writer);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error == 0)
        pthread_setname_np(writer->thread, "mbp-journal");
    return error;
}

enum mbp_status mbp_writer_start(struct mbp_writer *writer, struct mbp_ring *ring, struct mbp_store *store,
                                 const struct mbp_clock *clock, const struct mbp_marks *marks, unsigned patience_ms)
{
    writer->ring = ring;
    writer->store = store;
    writer->clock = *clock;
    writer->patience_ms = patience_ms;
    writer->latest = (struct mbp_latest){0};
    writer->latest_of = NULL;
    writer->next = MBP_RETENTION_DONE;
    writer->rest_until_ns = 0;
    atomic_init(&writer->oldest, marks->oldest);
    atomic_init(&writer->last, marks->last);
    atomic_init(&writer->incident, marks->incident);
    atomic_init(&writer->checked, (uint64_t)marks->last << 32 | marks->check);
    atomic_init(&writer->removed, (uint64_t)marks->removed << 32 | marks->removed_check);
    atomic_init(&writer->trouble, false);
    atomic_init(&writer->finished, atomic_load(&ring->stored));
    atomic_init(&writer->stop, false);
    atomic_init(&writer->backed_off_ms, 0);
    if (mbp_bell_new(&writer->work) != MBP_OK)
        return MBP_ERR_IO;
    if (mbp_bell_new(&writer->done) != MBP_OK) {
        mbp_bell_free(&writer->work);
        return MBP_ERR_IO;
    }
    int error = start_thread(writer);
    if (error != 0) {
        mbp_bell_free(&writer->work);
        mbp_bell_free(&writer->done);
        errno = error;
        return MBP_ERR_IO;
    }
    return MBP_OK;
}

void mbp_writer_stop(struct mbp_writer *writer)
{
    atomic_store(&writer->stop, true);
    mbp_bell_ring_anyway(&writer->work);
    pthread_join(writer->thread, NULL);
    mbp_latest_free(&writer->latest);
    mbp_bell_free(&writer->work);
    mbp_bell_free(&writer->done);
}

void mbp_writer_wake(struct mbp_writer *writer)
{
    mbp_bell_ring(&writer->work);
}

enum mbp_status mbp_writer_flush(struct mbp_writer *writer)
{
    uint64_t target = atomic_load(&writer->ring->handed);
    uint64_t backed_off_ms = atomic_load(&writer->backed_off_ms);
    /* Ends a back-off at once. */
    mbp_bell_ring_anyway(&writer->work);
    for (;;) {
        mbp_bell_prepare(&writer->done);
        bool stored = atomic_load(&writer->finished) >= target;
        mbp_bell_sleep(&writer->done, stored ? 0 : FLUSH_STEP_MS);
        if (stored)
            return MBP_OK;
        /* A commit that takes long is no failure, so time alone does not count. */
        if (atomic_load(&writer->backed_off_ms) - backed_off_ms >= writer->patience_ms)
            return MBP_ERR_BUSY;
    }
}
