/* Opening a journal, with what another run left, and closing it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "directory.h"
#include "journal_priv.h"
#include "schema.h"
#include "wal.h"

/* More than a second of 50,000 events a second, 3 MB. An event takes what it is about along, which is as much
 * again, or three times as much: so larger plants get sixteen times the room that all their retained state takes, up to
 * a second of that pace (12 MB), and the largest twice that room. */
#define RING_SLOTS        65536u
#define RING_SLOTS_LARGER (4 * RING_SLOTS)

/* How long a stop waits for a disk that refuses. */
#define PATIENCE_MS 3000

static enum mbp_status start_writer(struct mbp_journal *journal, const struct mbp_clock *clock,
                                    const struct mbp_marks *marks, FILE *errors)
{
    const struct mbp_plant *plant = journal->plant;
    uint64_t machine_slots = mbp_ring_slots(MBP_RECORD_MACHINE) + mbp_ring_slots(MBP_RECORD_UPKEEP);
    uint64_t sensor_slots = mbp_ring_slots(MBP_RECORD_SENSOR) + mbp_ring_slots(MBP_RECORD_ALARMS);
    uint64_t fault_slots = mbp_fault_total(plant) * (uint64_t)mbp_ring_slots(MBP_RECORD_FAULT);
    uint64_t state_slots = plant->machine_count * machine_slots + plant->sensor_count * sensor_slots +
                           mbp_setting_count(plant) + fault_slots;
    uint64_t slots = 16 * state_slots < RING_SLOTS_LARGER ? 16 * state_slots : RING_SLOTS_LARGER;
    slots = slots > 2 * state_slots ? slots : 2 * state_slots;
    enum mbp_status status = mbp_ring_new(&journal->ring, slots > RING_SLOTS ? slots : RING_SLOTS);
    if (status != MBP_OK) {
        fprintf(errors, "no memory for the journal of %u sensors\n", journal->plant->sensor_count);
        return status;
    }
    mbp_ring_begin_at(&journal->ring, journal->store.place.position);
    status = mbp_writer_start(&journal->writer, &journal->ring, &journal->store, clock, marks, PATIENCE_MS);
    if (status != MBP_OK) {
        fprintf(errors, "the journal's thread cannot be started (%s): raise the limits of the service\n",
                strerrordesc_np(errno));
        mbp_ring_free(&journal->ring);
    }
    return status;
}

/* No number is given twice: an empty journal, new or not, goes on behind the one that was here. One that was put back
 * from a copy, after an orderly stop, goes on where that ends: whoever did that knows. */
static uint64_t next_seq(const char *path, const struct mbp_mark *mark, uint32_t last)
{
    if (last == 0)
        return (uint64_t)mark->given + 1;
    if (last < mark->given)
        mbp_log(MBP_LOG_WARNING, "%s ends with event %u, and numbers up to %u were given: those are given again", path,
                last, mark->given);
    return (uint64_t)last + 1;
}

/* Its list is of what is durable. */
static enum mbp_status open_history(struct mbp_journal *journal, FILE *errors)
{
    int rc = mbp_history_index_open(&journal->history, journal->reader.db); /* NULL: there is no event yet */
    if (rc == SQLITE_OK)
        return MBP_OK;
    enum mbp_status status = mbp_schema_refuse(journal->reader.db, rc, journal->path, errors);
    mbp_history_index_free(&journal->history);
    mbp_reader_close(&journal->reader);
    return status;
}

static enum mbp_status open_held(struct mbp_journal *journal, const struct mbp_clock *clock, FILE *errors)
{
    const char *path = journal->path;
    const struct mbp_mark *mark = &journal->mark.mark;
    struct mbp_marks marks;
    mbp_mark_open(path, &journal->mark);
    enum mbp_status status = mbp_wal_check(path, mark, errors);
    if (status == MBP_OK)
        status = mbp_store_open(path, journal->plant, mark->open ? mark->last : 0, errors, &journal->store, &marks,
                                &journal->names.names);
    if (status != MBP_OK)
        goto out;
    status = mbp_reader_open(&journal->reader, path, marks.last, errors);
    if (status == MBP_OK)
        status = open_history(journal, errors);
    if (status == MBP_OK) {
        mbp_known_names_print(&journal->names);
        journal->next_seq = next_seq(path, mark, marks.last);
        mbp_mark_begin(&journal->mark, marks.last);
        journal->store.mark = &journal->mark;
        journal->store.mark_path = path;
        status = start_writer(journal, clock, &marks, errors);
        if (status == MBP_OK)
            return MBP_OK;
        mbp_reader_close(&journal->reader);
        mbp_history_index_free(&journal->history);
    }
    mbp_store_close(&journal->store);
out:
    mbp_mark_close(&journal->mark);
    return status;
}

enum mbp_status mbp_journal_open(const char *dir, const struct mbp_plant *plant, const struct mbp_clock *clock,
                                 FILE *errors, struct mbp_journal **out)
{
    struct mbp_journal *journal = calloc(1, sizeof *journal);
    if (journal == NULL)
        return MBP_ERR_MEMORY;
    journal->plant = plant;
    journal->behind = MBP_BEFORE_ALL;
    journal->tail.fd = -1;
    enum mbp_status status = MBP_ERR_IO;
    if ((size_t)snprintf(journal->path, sizeof journal->path, "%s/journal.db", dir) >= sizeof journal->path) {
        fprintf(errors, "the data directory's path is too long: choose another with -d\n");
        goto out;
    }
    status = mbp_directory_hold(dir, errors, &journal->lock_fd);
    if (status != MBP_OK)
        goto out;
    status = open_held(journal, clock, errors);
    if (status != MBP_OK) {
        close(journal->lock_fd);
        goto out;
    }
    *out = journal;
    return MBP_OK;
out:
    mbp_known_names_free(&journal->names);
    free(journal);
    return status;
}

/* What the writer had to give up, retained state included; events gets how many of it are events. */
static size_t count_unstored(const struct mbp_ring *ring, size_t *events)
{
    struct mbp_record record;
    size_t records = 0;
    for (uint64_t at = atomic_load(&ring->stored); at != atomic_load(&ring->handed); records++) {
        at = mbp_ring_get(ring, at, &record);
        *events += record.kind == MBP_RECORD_EVENT ? 1 : 0;
        if (record.kind == MBP_RECORD_TAGS)
            journal_free_tags(record.of.tags.changed);
    }
    return records;
}

/* What becomes of events that wait when the journal is closed. */
static const char *fate_of_unstored(const struct mbp_journal *journal)
{
    bool kept = journal->tail.in_place && journal->lost == 0 && access(journal->tail.path, F_OK) == 0;
    if (!kept)
        return "lost";
    return access(journal->path, F_OK) == 0 ? "kept in journal.tail for the next start"
                                            : "lost unless journal.db is put back: journal.tail keeps them";
}

enum mbp_status mbp_journal_close(struct mbp_journal *journal)
{
    if (journal == NULL)
        return MBP_OK;
    mbp_journal_hand_over(journal);
    if (journal->lost > 0 && mbp_journal_flush(journal) == MBP_OK)
        mbp_journal_hand_over(journal);
    mbp_writer_stop(&journal->writer);
    size_t events = journal->lost;
    size_t unstored = count_unstored(&journal->ring, &events) + journal->lost;
    if (unstored > 0)
        mbp_log(MBP_LOG_ERROR, "journal: %zu events could not be stored and are %s; the ones before them are safe",
                events, fate_of_unstored(journal));
    journal_take_back(journal);
    mbp_tail_close(&journal->tail);
    if (unstored == 0) {
        mbp_names_tidy(journal->store.db);
        journal_remove_tail(journal);
    }
    mbp_reader_close(&journal->reader);
    mbp_history_index_free(&journal->history);
    mbp_store_close(&journal->store);
    mbp_mark_end(&journal->mark, journal->path);
    mbp_mark_close(&journal->mark);
    mbp_ring_free(&journal->ring);
    mbp_known_names_free(&journal->names);
    close(journal->lock_fd);
    free(journal);
    return unstored > 0 ? MBP_ERR_IO : MBP_OK;
}
