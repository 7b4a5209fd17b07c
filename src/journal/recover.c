/* What an earlier run handed over and did not store goes the way of all records, with the positions that it had: so the
 * row that says what is stored speaks of both runs, and nothing is stored twice. */
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "journal_priv.h"
#include "mbplant/journal.h"

static_assert(sizeof ".tail" <= 16, "the path leaves room for it");

struct recovery {
    struct mbp_journal *journal;
    struct mbp_tail_left left;
    bool other_plant; /* records count by another plant's numbers now */
    size_t events, rows, left_out;
};

static void path_of(const struct mbp_journal *journal, char path[PATH_MAX])
{
    size_t len = strlen(journal->path) - (sizeof "db" - 1);
    snprintf(path, PATH_MAX, "%.*stail", (int)len, journal->path);
}

/* ---- one record ------------------------------------------------------------------------------------------------- */

/* Whether what it speaks of is in the plant. */
static bool is_of_plant(const struct mbp_plant *plant, const struct mbp_record *record)
{
    switch ((enum mbp_record_kind)record->kind) {
    case MBP_RECORD_MACHINE:
        return record->of.machine.machine < plant->machine_count;
    case MBP_RECORD_UPKEEP:
        return record->of.upkeep.machine < plant->machine_count;
    case MBP_RECORD_SENSOR:
        return record->of.sensor.sensor < plant->sensor_count;
    case MBP_RECORD_ALARMS:
        return record->of.alarms.sensor < plant->sensor_count;
    case MBP_RECORD_SETTING:
        return record->of.setting.index < mbp_setting_count(plant);
    case MBP_RECORD_FAULT:
        return record->of.fault.fault < mbp_fault_total(plant);
    case MBP_RECORD_EVENT:
    case MBP_RECORD_PLANT:
    case MBP_RECORD_CHECKPOINT:
    case MBP_RECORD_TAGS:
    case MBP_RECORD_ACTOR:
    case MBP_RECORD_COMMENT:
    case MBP_RECORD_NOTHING:
    case MBP_RECORD_FORGET:
    case MBP_RECORD_KINDS:
        break;
    }
    return false;
}

static void put(struct mbp_journal *journal, struct mbp_record *record)
{
    enum mbp_status status = mbp_ring_put(&journal->ring, record);
    assert(status == MBP_OK); /* there was room for the largest */
    (void)status;
}

static void put_nothing(struct mbp_journal *journal, unsigned slots)
{
    struct mbp_record nothing = {.kind = MBP_RECORD_NOTHING};
    for (unsigned i = 0; i < slots; i++)
        put(journal, &nothing);
}

static void take_row(struct recovery *recovery, struct mbp_record *record)
{
    struct mbp_journal *journal = recovery->journal;
    if (!recovery->other_plant && is_of_plant(journal->plant, record)) {
        put(journal, record);
        recovery->rows++;
    } else {
        put_nothing(journal, record->slots);
        recovery->left_out++;
    }
}

static bool is_plant(const struct mbp_plant *plant, uint32_t crc, uint64_t len)
{
    return plant->text_crc == crc && plant->text.len == len;
}

/* A checkpoint stood in the memory of the run that is gone; that there is to be none is all that can be taken. */
static void take_checkpoint(struct recovery *recovery, const struct mbp_record *record)
{
    if (record->of.checkpoint.of != NULL || mbp_journal_push_checkpoint(recovery->journal, NULL) != MBP_OK)
        put_nothing(recovery->journal, 1);
}

/* The table of names stood in the memory of the run that is gone. From the same plant and the same table comes the same
 * one; of another plant that comes later its names get these ids too. */
static void take_tags(struct recovery *recovery, const struct mbp_tags_push *tags)
{
    struct mbp_journal *journal = recovery->journal;
    if (!is_plant(journal->plant, tags->crc, tags->len) ||
        journal_follow(journal, journal->plant, tags->oldest) != MBP_OK)
        put_nothing(journal, 1);
}

static void take_actor(struct recovery *recovery, struct mbp_record *record)
{
    struct mbp_journal *journal = recovery->journal;
    const struct mbp_actor *actor = &record->of.actor;
    bool good = actor->id > 0 && actor->id <= MBP_ACTORS_MAX && actor->kind < MBP_ACTOR_KIND_COUNT &&
                memchr(actor->role, 0, sizeof actor->role) != NULL &&
                memchr(actor->name, 0, sizeof actor->name) != NULL;
    if (!good) {
        put_nothing(journal, record->slots);
        return;
    }
    if (mbp_names_put_actor(&journal->names.names, actor) == MBP_OK)
        mbp_known_names_print(&journal->names);
    put(journal, record);
}

/* False: it cannot follow the one before it. */
static bool take(struct recovery *recovery, struct mbp_record *record)
{
    struct mbp_journal *journal = recovery->journal;
    switch ((enum mbp_record_kind)record->kind) {
    case MBP_RECORD_EVENT:
        if (record->of.event.seq != journal->next_seq || journal->next_seq >= UINT32_MAX)
            return false;
        journal->next_seq++;
        put(journal, record);
        recovery->events++;
        return true;
    case MBP_RECORD_PLANT:
        recovery->other_plant = !is_plant(journal->plant, record->of.plant.crc, record->of.plant.len);
        put_nothing(journal, 1);
        return true;
    case MBP_RECORD_CHECKPOINT:
        take_checkpoint(recovery, record);
        return true;
    case MBP_RECORD_TAGS:
        take_tags(recovery, &record->of.tags);
        return true;
    case MBP_RECORD_ACTOR:
        take_actor(recovery, record);
        return true;
    case MBP_RECORD_COMMENT:
        put(journal, record);
        return true;
    case MBP_RECORD_NOTHING:
        put_nothing(journal, 1);
        return true;
    case MBP_RECORD_FORGET:
        if (recovery->other_plant)
            put_nothing(journal, 1);
        else
            put(journal, record);
        return true;
    case MBP_RECORD_MACHINE:
    case MBP_RECORD_UPKEEP:
    case MBP_RECORD_SENSOR:
    case MBP_RECORD_ALARMS:
    case MBP_RECORD_SETTING:
    case MBP_RECORD_FAULT:
        take_row(recovery, record);
        return true;
    case MBP_RECORD_KINDS:
        break;
    }
    return false;
}

/* ---- all of them ------------------------------------------------------------------------------------------------ */

/* False: the disk refuses, and there is no room for more. */
static bool make_room(struct mbp_journal *journal)
{
    if (journal_has_room(journal, MBP_RECORD_SLOTS_MAX))
        return true;
    mbp_journal_hand_over(journal);
    return mbp_journal_flush(journal) == MBP_OK && journal_has_room(journal, MBP_RECORD_SLOTS_MAX);
}

static void take_all(struct recovery *recovery)
{
    struct mbp_record record;
    while (make_room(recovery->journal) && mbp_tail_next(&recovery->left, &record)) {
        if (!take(recovery, &record)) {
            recovery->left.damaged = true;
            break;
        }
    }
    mbp_journal_hand_over(recovery->journal);
    if (mbp_journal_flush(recovery->journal) != MBP_OK)
        mbp_log(MBP_LOG_ERROR, "journal: what the run before left cannot be stored now: it waits in memory");
}

static void tell(const struct recovery *recovery)
{
    if (recovery->left.damaged)
        mbp_log(MBP_LOG_WARNING, "journal.tail is damaged from a record on: what the run before, which was cut off, "
                                 "handed over after it is lost");
    if (recovery->left_out > 0)
        mbp_log(MBP_LOG_WARNING,
                "journal.tail: %zu states are of another plant file, or of what is no longer in it, and are left out",
                recovery->left_out);
    if (recovery->events + recovery->rows > 0)
        mbp_log(MBP_LOG_INFO, "the run before was cut off: %zu events and %zu states that it left are stored now",
                recovery->events, recovery->rows);
}

static void tell_unusable(enum mbp_status status)
{
    static const char lost[] = "what the run before, which was cut off, had not stored yet is lost";
    if (status == MBP_ERR_NEWER)
        mbp_log(MBP_LOG_WARNING, "journal.tail is of another version of mbplantd: %s", lost);
    else if (status == MBP_ERR_RANGE)
        mbp_log(MBP_LOG_WARNING, "journal.tail is not of this journal.db: %s", lost);
    else if (status == MBP_ERR_CORRUPT)
        mbp_log(MBP_LOG_WARNING, "journal.tail is damaged: %s", lost);
    else if (status != MBP_ERR_MISSING)
        mbp_log(MBP_LOG_WARNING, "journal.tail cannot be read (%s): %s",
                status == MBP_ERR_MEMORY ? "no memory" : strerrordesc_np(errno), lost);
}

enum mbp_status mbp_journal_recover(struct mbp_journal *journal, struct mbp_journal_left *out)
{
    char path[PATH_MAX];
    struct recovery recovery = {.journal = journal};
    const struct mbp_place *place = &journal->store.place;
    path_of(journal, path);
    enum mbp_status status = mbp_tail_load(path, place->run, place->position, &recovery.left);
    if (status != MBP_OK) {
        tell_unusable(status);
        return MBP_ERR_MISSING;
    }
    recovery.other_plant = !is_plant(journal->plant, place->plant_crc, place->plant_len);
    take_all(&recovery);
    tell(&recovery);
    *out = (struct mbp_journal_left){
        .bytes = recovery.left.bytes, .room = recovery.left.room, .room_bytes = recovery.left.room_bytes};
    memcpy(out->note, recovery.left.note, sizeof out->note);
    return MBP_OK;
}

/* ---- this run's ------------------------------------------------------------------------------------------------- */

static void say_without(void)
{
    mbp_log(MBP_LOG_WARNING,
            "journal.tail cannot be made (%s): what is confirmed in the last moments before a SIGKILL "
            "may be lost",
            strerrordesc_np(errno));
}

void mbp_journal_keep_tail(struct mbp_journal *journal)
{
    char path[PATH_MAX];
    path_of(journal, path);
    mbp_journal_hand_over(journal); /* takes back what is stored */
    if (journal->ring.head != journal->ring.freed)
        return; /* the disk refuses: what another run left stays where it is */
    if (mbp_tail_open(&journal->tail, path, journal->store.place.run, mbp_ring_bytes(&journal->ring)) != MBP_OK)
        say_without();
    else
        mbp_ring_move(&journal->ring, journal->tail.slots);
}

void journal_remove_tail(const struct mbp_journal *journal)
{
    char path[PATH_MAX];
    path_of(journal, path);
    unlink(path);
}

void *mbp_journal_tail_room(struct mbp_journal *journal, size_t bytes)
{
    if (journal->tail.fd < 0)
        return NULL;
    void *room = mbp_tail_take_room(&journal->tail, bytes);
    if (room == NULL)
        say_without();
    return room;
}

void mbp_journal_note(struct mbp_journal *journal, const void *note, size_t len)
{
    assert(len <= sizeof journal->tail.note);
    memcpy(journal->tail.note, note, len);
}
