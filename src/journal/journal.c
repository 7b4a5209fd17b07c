/* The journal's public face: numbers events as they are pushed, counts the lost, takes back what became durable. */
#include "mbplant/journal.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "directory.h"
#include "journal_priv.h"
#include "retained/retained.h"
#include "retained/retained_fault.h"
#include "wal.h"

/* More than a second of 50,000 events a second, 3 MB. Of sensors each event takes their state along, which is three
 * times as much: so larger plants get sixteen times the room that all their retained state takes, up to a second of
 * that pace (12 MB), and the largest twice that room. */
#define RING_SLOTS        65536u
#define RING_SLOTS_LARGER (4 * RING_SLOTS)

/* How long a stop waits for a disk that refuses. */
#define PATIENCE_MS 3000

/* ---- the scan's side ------------------------------------------------------------------------------------------ */

static void free_tags(struct mbp_names *tags)
{
    mbp_names_free(tags);
    free(tags);
}

/* What the writer has stored goes to the reader's memory, and its slots are free again. */
void journal_take_back(struct mbp_journal *journal)
{
    struct mbp_record record;
    for (;;) {
        switch (mbp_ring_stored_kind(&journal->ring)) {
        case MBP_RECORD_EVENT:
            mbp_ring_take_back(&journal->ring, &record);
            mbp_reader_add(&journal->reader, &record.of.event);
            break;
        case MBP_RECORD_PLANT:
            mbp_ring_drop(&journal->ring);
            journal->plants_left++;
            break;
        case MBP_RECORD_CHECKPOINT:
            mbp_ring_drop(&journal->ring);
            journal->checkpoints--;
            break;
        case MBP_RECORD_TAGS:
            mbp_ring_take_back(&journal->ring, &record);
            free_tags(record.of.tags.changed);
            break;
        case MBP_RECORD_MACHINE: /* of the rest nothing is asked any more */
        case MBP_RECORD_SENSOR:
        case MBP_RECORD_ALARMS:
        case MBP_RECORD_UPKEEP:
        case MBP_RECORD_SETTING:
        case MBP_RECORD_FAULT:
        case MBP_RECORD_ACTOR:
        case MBP_RECORD_COMMENT:
        case MBP_RECORD_NOTHING:
            mbp_ring_drop(&journal->ring);
            break;
        case MBP_RECORD_KINDS:
            return;
        }
    }
}

bool journal_has_room(struct mbp_journal *journal, uint64_t slots)
{
    if (mbp_ring_room(&journal->ring) >= slots)
        return true;
    journal_take_back(journal);
    return mbp_ring_room(&journal->ring) >= slots;
}

/* A number that memory, database and a dump's JSON show alike: SQLite keeps that one is NaN, not which, and JSON knows
 * neither what is infinite nor a zero's sign. */
static float plain_number(float number)
{
    return isfinite(number) ? number + 0.0F : NAN;
}

/* Numbers the event and puts it; the caller knows that there is room. */
static void put_numbered(struct mbp_journal *journal, const struct mbp_event *event)
{
    struct mbp_record record = {.kind = MBP_RECORD_EVENT, .of.event = *event};
    record.of.event.seq = (uint32_t)journal->next_seq++;
    record.of.event.value = plain_number(event->value);
    record.of.event.limit = plain_number(event->limit);
    mbp_ring_put(&journal->ring, &record);
}

/* Turns the losses so far, if any, into their event as soon as there is room. */
static void emit_loss(struct mbp_journal *journal)
{
    if (journal->lost == 0 || !journal_has_room(journal, 1) || journal->next_seq >= UINT32_MAX)
        return;
    const struct mbp_event event = {
        .wall_ms = journal->last_lost.wall_ms,
        .scan = journal->last_lost.scan,
        .code = MBP_EV_JOURNAL_TROUBLE,
        .unit = MBP_NONE16,
        .machine = MBP_NONE16,
        .sensor = MBP_NONE16,
        .value = (float)journal->lost,
        .limit = NAN,
        .detail = 2,
    };
    put_numbered(journal, &event);
    journal->lost = 0;
}

enum mbp_status journal_follow(struct mbp_journal *journal, const struct mbp_plant *plant, uint32_t oldest)
{
    struct mbp_names *changed = malloc(sizeof *changed);
    if (changed == NULL)
        return MBP_ERR_MEMORY;
    enum mbp_status status =
        mbp_known_names_follow(&journal->names, plant, (uint32_t)journal->next_seq, oldest, changed);
    if (status != MBP_OK) {
        free(changed);
        return status;
    }
    const struct mbp_record record = {.kind = MBP_RECORD_TAGS,
                                      .of.tags = {changed, oldest, plant->text_crc, plant->text.len}};
    return mbp_ring_put(&journal->ring, &record);
}

static bool knows(const struct mbp_journal *journal, const struct mbp_plant *plant)
{
    return journal->names.now.plant == plant;
}

/* Tags for a plant's machines and items, before the first event that is of it. The caller knows that there is room. */
static enum mbp_status follow_plant(struct mbp_journal *journal, const struct mbp_plant *plant)
{
    return knows(journal, plant) ? MBP_OK : journal_follow(journal, plant, mbp_journal_oldest(journal));
}

void mbp_journal_say(struct mbp_journal *journal, struct mbp_text comment)
{
    journal->said = comment;
}

#define PIECE_BYTES sizeof(((struct mbp_comment_piece *)NULL)->bytes)

static uint64_t slots_of_comment(struct mbp_text comment)
{
    return (comment.len + PIECE_BYTES - 1) / PIECE_BYTES * mbp_ring_slots(MBP_RECORD_COMMENT);
}

/* The caller knows that there is room. */
static void put_comment(struct mbp_journal *journal, struct mbp_text comment)
{
    for (size_t at = 0; at < comment.len; at += PIECE_BYTES) {
        size_t left = comment.len - at;
        struct mbp_record record = {.kind = MBP_RECORD_COMMENT, .of.comment.at = (uint16_t)at};
        record.of.comment.len = (uint16_t)(left < PIECE_BYTES ? left : PIECE_BYTES);
        memcpy(record.of.comment.bytes, comment.bytes + at, record.of.comment.len);
        mbp_ring_put(&journal->ring, &record);
    }
}

static enum mbp_status push(struct mbp_journal *journal, struct mbp_event *event, bool gone)
{
    struct mbp_text said = journal->said;
    uint64_t events = journal->lost > 0 ? 2 : 1;
    uint64_t needed = events + (gone || knows(journal, journal->plant) ? 0 : 1) + slots_of_comment(said);
    journal->said = (struct mbp_text){"", 0};
    if (!journal_has_room(journal, needed) || journal->next_seq + events > UINT32_MAX) {
        journal->lost += journal->lost < UINT32_MAX ? 1 : 0;
        journal->lost_in_all += journal->lost_in_all < UINT32_MAX ? 1 : 0;
        journal->last_lost = *event;
        return MBP_ERR_FULL;
    }
    enum mbp_status status = gone ? MBP_OK : follow_plant(journal, journal->plant);
    if (status != MBP_OK)
        return status;
    emit_loss(journal);
    struct mbp_event recorded = *event;
    event->seq = (uint32_t)journal->next_seq;
    mbp_plant_ids_give(gone ? &journal->names.before : &journal->names.now, &recorded);
    put_comment(journal, said);
    put_numbered(journal, &recorded);
    return MBP_OK;
}

enum mbp_status mbp_journal_push_event(struct mbp_journal *journal, struct mbp_event *event)
{
    return push(journal, event, false);
}

enum mbp_status mbp_journal_push_gone(struct mbp_journal *journal, struct mbp_event *event)
{
    return push(journal, event, true);
}

uint16_t mbp_journal_actor(struct mbp_journal *journal, const struct mbp_actor *wanted)
{
    bool is_new;
    struct mbp_record record = {.kind = MBP_RECORD_ACTOR};
    if (!journal_has_room(journal, mbp_ring_slots(MBP_RECORD_ACTOR)))
        return MBP_ACTOR_OTHERS;
    const struct mbp_actor *actor =
        mbp_known_names_actor(&journal->names, wanted, (uint32_t)journal->next_seq, &is_new);
    if (actor == NULL)
        return MBP_ACTOR_OTHERS;
    record.of.actor = *actor;
    if (is_new) {
        mbp_ring_put(&journal->ring, &record);
        mbp_journal_hand_over(journal); /* what it writes may be confirmed before the next scan */
    }
    return actor->id;
}

const struct mbp_names *mbp_journal_names(const struct mbp_journal *journal)
{
    return &journal->names.names;
}

static enum mbp_status push_state(struct mbp_journal *journal, const struct mbp_record *record)
{
    if (!journal_has_room(journal, mbp_ring_slots((enum mbp_record_kind)record->kind)))
        return MBP_ERR_FULL;
    return mbp_ring_put(&journal->ring, record);
}

enum mbp_status mbp_journal_push_machine(struct mbp_journal *journal, const struct mbp_retained_machine *machine)
{
    const struct mbp_record record = {.kind = MBP_RECORD_MACHINE, .of.machine = *machine};
    return push_state(journal, &record);
}

enum mbp_status mbp_journal_push_sensor(struct mbp_journal *journal, const struct mbp_retained_sensor *sensor)
{
    const struct mbp_record record = {.kind = MBP_RECORD_SENSOR, .of.sensor = *sensor};
    return push_state(journal, &record);
}

bool mbp_journal_has_room(struct mbp_journal *journal, size_t records)
{
    return journal_has_room(journal, (uint64_t)records * mbp_ring_slots(MBP_RECORD_SENSOR));
}

uint32_t mbp_journal_plants_left(const struct mbp_journal *journal)
{
    return journal->plants_left;
}

/* A run that was cut off leaves its events in the tail, but new names only in the database: they must be there first. A
 * disk that refuses is not waited for. */
static enum mbp_status store_names(struct mbp_journal *journal)
{
    if (journal->tail.fd < 0 || mbp_journal_in_trouble(journal))
        return MBP_OK;
    mbp_journal_hand_over(journal);
    mbp_journal_flush(journal);
    return journal_has_room(journal, 1) ? MBP_OK : MBP_ERR_FULL;
}

enum mbp_status mbp_journal_change_plant(struct mbp_journal *journal, const struct mbp_plant *to)
{
    const struct mbp_record record = {.kind = MBP_RECORD_PLANT, .of.plant = {to, to->text_crc, to->text.len}};
    if (!journal_has_room(journal, 2))
        return MBP_ERR_FULL;
    enum mbp_status status = follow_plant(journal, to);
    if (status == MBP_OK)
        status = store_names(journal);
    if (status == MBP_OK)
        status = push_state(journal, &record);
    if (status == MBP_OK)
        journal->plant = to;
    return status;
}

enum mbp_status mbp_journal_push_alarms(struct mbp_journal *journal, const struct mbp_retained_alarms *alarms)
{
    const struct mbp_record record = {.kind = MBP_RECORD_ALARMS, .of.alarms = *alarms};
    return push_state(journal, &record);
}

enum mbp_status mbp_journal_push_upkeep(struct mbp_journal *journal, const struct mbp_retained_upkeep *upkeep)
{
    const struct mbp_record record = {.kind = MBP_RECORD_UPKEEP, .of.upkeep = *upkeep};
    return push_state(journal, &record);
}

enum mbp_status mbp_journal_push_setting(struct mbp_journal *journal, const struct mbp_retained_setting *setting)
{
    const struct mbp_record record = {.kind = MBP_RECORD_SETTING, .of.setting = *setting};
    return push_state(journal, &record);
}

enum mbp_status mbp_journal_push_fault(struct mbp_journal *journal, const struct mbp_retained_fault *fault)
{
    const struct mbp_record record = {.kind = MBP_RECORD_FAULT, .of.fault = *fault};
    return push_state(journal, &record);
}

bool mbp_journal_checkpoint_busy(struct mbp_journal *journal)
{
    if (journal->checkpoints > 0)
        journal_take_back(journal);
    return journal->checkpoints > 0;
}

enum mbp_status mbp_journal_push_checkpoint(struct mbp_journal *journal, const struct mbp_checkpoint *checkpoint)
{
    const struct mbp_record record = {.kind = MBP_RECORD_CHECKPOINT, .of.checkpoint = {checkpoint}};
    if (mbp_journal_checkpoint_busy(journal))
        return MBP_ERR_BUSY;
    enum mbp_status status = push_state(journal, &record);
    journal->checkpoints += status == MBP_OK;
    return status;
}

void mbp_journal_hand_over(struct mbp_journal *journal)
{
    emit_loss(journal);
    mbp_tail_commit(&journal->tail, journal->ring.head);
    mbp_ring_hand_over(&journal->ring);
    mbp_writer_wake(&journal->writer);
    journal_take_back(journal);
}

enum mbp_status mbp_journal_flush(struct mbp_journal *journal)
{
    return mbp_writer_flush(&journal->writer);
}

/* ---- open and close ------------------------------------------------------------------------------------------- */

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
            free_tags(record.of.tags.changed);
    }
    return records;
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
    bool kept = journal->tail.in_place && journal->lost == 0;
    if (unstored > 0)
        mbp_log(MBP_LOG_ERROR, "journal: %zu events could not be stored and are %s; the ones before them are safe",
                events, kept ? "kept in journal.tail for the next start" : "lost");
    journal_take_back(journal);
    mbp_tail_close(&journal->tail);
    if (unstored == 0) {
        mbp_names_tidy(journal->store.db);
        journal_remove_tail(journal);
    }
    mbp_reader_close(&journal->reader);
    mbp_store_close(&journal->store);
    mbp_mark_end(&journal->mark, journal->path);
    mbp_mark_close(&journal->mark);
    mbp_ring_free(&journal->ring);
    mbp_known_names_free(&journal->names);
    close(journal->lock_fd);
    free(journal);
    return unstored > 0 ? MBP_ERR_IO : MBP_OK;
}

void mbp_journal_begin_with(struct mbp_journal *journal, const struct mbp_plant *plant)
{
    journal->plant = plant;
    journal->store.plant = plant; /* the writer looks there when it is given something, which it is not yet */
}

enum mbp_status mbp_journal_restore(struct mbp_journal *journal, bool newer_only, struct mbp_state *state)
{
    return mbp_retained_restore(journal->reader.db, journal->plant, newer_only, state);
}

enum mbp_status mbp_journal_checkpoint(struct mbp_journal *journal, struct mbp_stored_checkpoint *out)
{
    return mbp_checkpoints_get(journal->reader.db, out);
}

bool mbp_journal_has_newer(struct mbp_journal *journal)
{
    bool any = false;
    return mbp_checkpoints_any_newer(journal->reader.db, &any) == SQLITE_OK && any;
}

enum mbp_status mbp_journal_faults(struct mbp_journal *journal, bool newer_only,
                                   void (*take)(void *ctx, const struct mbp_retained_fault *fault), void *ctx)
{
    return mbp_retained_faults(journal->reader.db, journal->plant, newer_only, take, ctx);
}

/* ---- durable events ------------------------------------------------------------------------------------------- */

uint32_t mbp_journal_last(const struct mbp_journal *journal)
{
    return atomic_load(&journal->writer.last);
}

uint32_t mbp_journal_oldest(const struct mbp_journal *journal)
{
    return atomic_load(&journal->writer.oldest);
}

uint32_t mbp_journal_last_incident(const struct mbp_journal *journal)
{
    return atomic_load(&journal->writer.incident);
}

bool mbp_journal_in_trouble(const struct mbp_journal *journal)
{
    return atomic_load(&journal->writer.trouble);
}

struct mbp_journal_health mbp_journal_health(const struct mbp_journal *journal)
{
    uint64_t used = journal->ring.slot_count - mbp_ring_room(&journal->ring);
    return (struct mbp_journal_health){.trouble = mbp_journal_in_trouble(journal),
                                       .used_permille = (uint16_t)(used * 1000 / journal->ring.slot_count),
                                       .lost = journal->lost_in_all,
                                       .newest = (uint32_t)(journal->next_seq - 1)};
}

size_t mbp_journal_read(struct mbp_journal *journal, uint32_t first, size_t max, struct mbp_event *events)
{
    size_t count = 0;
    journal_take_back(journal);
    if (mbp_reader_get(&journal->reader, first, max, events, &count) != MBP_OK)
        return 0;
    return count;
}

size_t mbp_journal_recent(struct mbp_journal *journal, size_t max, struct mbp_event *events)
{
    journal_take_back(journal);
    return mbp_reader_newest(&journal->reader, max, events);
}
