/* The journal's public face: numbers events as they are pushed, counts the lost, takes back what became durable. */
#include "mbplant/journal/sparse.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "journal_priv.h"
#include "retained/columns.h"
#include "retained/retained.h"
#include "retained/retained_fault.h"

/* ---- the scan's side ------------------------------------------------------------------------------------------ */

void journal_free_tags(struct mbp_names *tags)
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
            mbp_history_index_note(&journal->history, &record.of.event);
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
            journal_free_tags(record.of.tags.changed);
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
        case MBP_RECORD_FORGET:
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
    struct mbp_record record = {.kind = MBP_RECORD_TAGS,
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

static enum mbp_status push_state(struct mbp_journal *journal, struct mbp_record *record)
{
    if (!journal_has_room(journal, mbp_ring_slots((enum mbp_record_kind)record->kind)))
        return MBP_ERR_FULL;
    return mbp_ring_put(&journal->ring, record);
}

enum mbp_status mbp_journal_push_machine(struct mbp_journal *journal, const struct mbp_retained_machine *machine)
{
    struct mbp_record record = {.kind = MBP_RECORD_MACHINE, .of.machine = *machine};
    return push_state(journal, &record);
}

enum mbp_status mbp_journal_push_sensor(struct mbp_journal *journal, const struct mbp_retained_sensor *sensor)
{
    struct mbp_record record = {.kind = MBP_RECORD_SENSOR, .of.sensor = *sensor};
    return push_state(journal, &record);
}

bool mbp_journal_has_room(struct mbp_journal *journal, size_t records)
{
    return journal_has_room(journal, (uint64_t)records * MBP_RECORD_SLOTS_MAX);
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
    struct mbp_record record = {.kind = MBP_RECORD_PLANT, .of.plant = {to, to->text_crc, to->text.len}};
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
    struct mbp_record record = {.kind = MBP_RECORD_ALARMS, .of.alarms = *alarms};
    return push_state(journal, &record);
}

enum mbp_status mbp_journal_push_upkeep(struct mbp_journal *journal, const struct mbp_retained_upkeep *upkeep)
{
    struct mbp_record record = {.kind = MBP_RECORD_UPKEEP, .of.upkeep = *upkeep};
    return push_state(journal, &record);
}

enum mbp_status mbp_journal_push_setting(struct mbp_journal *journal, const struct mbp_retained_setting *setting)
{
    struct mbp_record record = {.kind = MBP_RECORD_SETTING, .of.setting = *setting};
    return push_state(journal, &record);
}

enum mbp_status mbp_journal_push_fault(struct mbp_journal *journal, const struct mbp_retained_fault *fault)
{
    struct mbp_record record = {.kind = MBP_RECORD_FAULT, .of.fault = *fault};
    return push_state(journal, &record);
}

enum mbp_status mbp_journal_push_forget(struct mbp_journal *journal)
{
    struct mbp_record record = {.kind = MBP_RECORD_FORGET};
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
    struct mbp_record record = {.kind = MBP_RECORD_CHECKPOINT, .of.checkpoint = {checkpoint}};
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
    if (mbp_ring_hand_over(&journal->ring)) /* most scans have nothing for the writer */
        mbp_writer_wake(&journal->writer);
    journal_take_back(journal);
}

enum mbp_status mbp_journal_flush(struct mbp_journal *journal)
{
    return mbp_writer_flush(&journal->writer);
}

/* ---- what was kept ----------------------------------------------------------------------------------------------- */

void mbp_journal_begin_with(struct mbp_journal *journal, const struct mbp_plant *plant)
{
    journal->plant = plant;
    journal->store.plant = plant; /* the writer looks there when it is given something, which it is not yet */
}

/* Nothing was ever put into it. */
static bool is_blank(const struct mbp_journal *journal)
{
    return journal->store.is_new && journal->ring.head == 0;
}

enum mbp_status mbp_journal_restore(struct mbp_journal *journal, bool newer_only, struct mbp_state *state,
                                    void (*had)(void *ctx, uint32_t item), void *ctx)
{
    const int64_t newer_than = newer_only ? journal->behind : MBP_BEFORE_ALL;
    if (is_blank(journal))
        return MBP_OK;
    sqlite3 *db = mbp_reader_db(&journal->reader);
    return db != NULL ? mbp_retained_restore(db, journal->plant, newer_than, state, had, ctx) : MBP_ERR_IO;
}

enum mbp_status mbp_journal_checkpoint(struct mbp_journal *journal, struct mbp_stored_checkpoint *out)
{
    if (is_blank(journal))
        return MBP_ERR_MISSING;
    sqlite3 *db = mbp_reader_db(&journal->reader);
    enum mbp_status status = db != NULL ? mbp_checkpoints_get(db, out) : MBP_ERR_IO;
    if (status == MBP_OK)
        journal->behind = (int64_t)out->position;
    return status;
}

bool mbp_journal_has_newer(struct mbp_journal *journal)
{
    bool any = false;
    sqlite3 *db = mbp_reader_db(&journal->reader);
    return db != NULL && mbp_retained_any_newer(db, journal->behind, &any) == SQLITE_OK && any;
}

enum mbp_status mbp_journal_faults(struct mbp_journal *journal, bool newer_only,
                                   void (*take)(void *ctx, const struct mbp_retained_fault *fault), void *ctx)
{
    const int64_t newer_than = newer_only ? journal->behind : MBP_BEFORE_ALL;
    if (is_blank(journal))
        return MBP_OK;
    sqlite3 *db = mbp_reader_db(&journal->reader);
    return db != NULL ? mbp_retained_faults(db, journal->plant, newer_than, take, ctx) : MBP_ERR_IO;
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

size_t mbp_journal_read_sparse(struct mbp_journal *journal, uint32_t first, size_t max, struct mbp_event *events)
{
    size_t count = 0;
    journal_take_back(journal);
    mbp_reader_get_sparse(&journal->reader, first, max, events, &count);
    return count;
}

size_t mbp_journal_newest_history(struct mbp_journal *journal, size_t max, uint32_t *seqs, bool *all)
{
    const uint32_t oldest = mbp_journal_oldest(journal);
    journal_take_back(journal);
    size_t count = mbp_history_newest(&journal->history, max, seqs);
    size_t gone = 0;
    while (gone < count && seqs[gone] < oldest)
        gone++;
    *all = gone > 0 || count < max;
    memmove(seqs, seqs + gone, (count - gone) * sizeof *seqs);
    return count - gone;
}

size_t mbp_journal_recent(struct mbp_journal *journal, size_t max, struct mbp_event *events)
{
    journal_take_back(journal);
    return mbp_reader_newest(&journal->reader, max, events);
}
