/* What another run left of confirmed writes in memory that outlived it (tail.c): what was taken in stands in the tables
 * again, and what was not is written again. */
#include <string.h>

#include "tail.h"

/* Of another run: the half that counts. */
struct left {
    const uint8_t *half;
    struct tail_head head;
    struct tail_places at;
};

static bool is_whole(struct mbp_image *image, const struct left *left)
{
    const struct tail_head *head = &left->head;
    return head->kept_bytes == mbp_image_kept_bytes(image) && head->plant == image_tail_plant(image) &&
           head->waiting <= image->log_capacity && head->written <= MBP_WRITTEN_MAX &&
           head->refusals <= MBP_REFUSALS_MAX && head->sum == image_tail_half_sum(head, &left->at, left->half);
}

static bool find(struct mbp_image *image, const uint8_t *memory, struct left *out)
{
    bool found = false;
    for (unsigned i = 0; i < 2; i++) {
        struct left left = {.at = image_tail_places(image)};
        left.half = memory + i * left.at.end;
        memcpy(&left.head, left.half, sizeof left.head);
        if (!is_whole(image, &left) || (found && left.head.generation < out->head.generation))
            continue;
        *out = left;
        found = true;
    }
    return found;
}

static void write_again(struct mbp_image *image, const struct tail_entry *entry, const uint8_t *bytes)
{
    uint16_t words[UINT8_MAX + 1];
    struct mbp_image_unit *unit = image->by_id[entry->unit];
    const struct image_span span = {entry->addr, entry->count, entry->before, entry->behind};
    const struct mbp_peer peer = {entry->peer};
    if (unit == NULL || unit->unit->id != entry->unit || entry->words > sizeof words / sizeof words[0])
        return;
    size_t needed = entry->table == MBP_COILS ? (entry->count + 15u) / 16u : entry->count;
    if (needed > entry->words)
        return;
    memcpy(words, bytes, entry->words * sizeof words[0]);
    if (entry->table == MBP_WRITTEN_FILE)
        image_write_file_again(unit, entry->addr, entry->record, entry->count, words, peer);
    else if (entry->table < MBP_TABLE_COUNT)
        image_write_again(unit, (enum mbp_table)entry->table, span, words, peer);
}

/* An entry of the log, its words, and the position behind it. */
struct logged {
    struct tail_entry entry;
    const uint8_t *words;
    uint64_t end;
};

/* The entry at `used` of the log, which moves behind it; one that is not whole is the end. */
static bool next_entry(const struct left *left, size_t *used, struct logged *out)
{
    const uint8_t *log = left->half + left->at.log;
    size_t log_bytes = left->at.end - left->at.log;
    if (log_bytes - *used < sizeof out->entry)
        return false;
    memcpy(&out->entry, log + *used, sizeof out->entry);
    size_t bytes = image_tail_entry_bytes(&out->entry);
    out->words = log + *used + sizeof out->entry;
    if (bytes > log_bytes - *used ||
        out->entry.sum != image_tail_entry_sum(&out->entry, out->words, left->head.start + *used))
        return false;
    *used += bytes;
    out->end = left->head.start + *used;
    return true;
}

static bool is_of_logbook(const struct tail_entry *entry)
{
    return entry->table == MBP_WRITTEN_FILE && entry->addr == MBP_LOGBOOK_FILE;
}

/* What was answered counts what was played again before it. */
static void answer_again(struct mbp_image *image, const struct tail_entry *entry, const uint8_t *words)
{
    struct mbp_image_unit *unit = image->by_id[entry->unit];
    if (unit == NULL || unit->unit->id != entry->unit || unit->answer >= MBP_ADDRESSES ||
        entry->words != MBP_ANSWER_WORDS)
        return;
    memcpy(unit->input + unit->answer, words, MBP_ANSWER_WORDS * sizeof *unit->input);
    image_tail_note_answer(unit, false);
}

/* Alarm commands and what people tell wait beside the tables. */
static bool waits_beside(const struct mbp_image_unit *unit, const struct logged *logged)
{
    const struct tail_entry *entry = &logged->entry;
    uint16_t command = MBP_DEED_NONE;
    if (is_of_logbook(entry))
        return true;
    if (unit == NULL || entry->table != MBP_HOLDING_REGISTERS || entry->addr != unit->record ||
        entry->words != MBP_RECORD_WORDS)
        return false;
    memcpy(&command, logged->words + MBP_RECORD_COMMAND * sizeof command, sizeof command);
    return command != MBP_DEED_NONE;
}

/* What of the log: what was taken in, or what was not, all of it or once more what of it stands in tables. The answers
 * of a scan that is no part of the past come again. */
enum part { TAKEN_IN, WAITING, WAITING_IN_TABLES };

static bool is_played(const struct mbp_image_unit *unit, const struct logged *logged, enum part part)
{
    switch (logged->entry.table) {
    case TAIL_REFUSAL:
    case TAIL_COMMENT:
        return false;
    case TAIL_CARRIED:
        return part == TAKEN_IN;
    case TAIL_ANSWERED:
        return part != WAITING_IN_TABLES;
    default:
        return part != WAITING_IN_TABLES || !waits_beside(unit, logged);
    }
}

static void play(struct mbp_image *image, const struct left *left, uint64_t latched, uint64_t seen, enum part part)
{
    struct logged logged;
    for (size_t used = 0; next_entry(left, &used, &logged);) {
        const struct mbp_image_unit *unit = image->by_id[logged.entry.unit];
        bool between = (unit != NULL && unit->unit->instructor) || is_of_logbook(&logged.entry);
        uint64_t end = between ? seen : latched; /* taken in between two scans, or with one */
        if ((logged.end <= end) != (part == TAKEN_IN) || !is_played(unit, &logged, part))
            continue;
        if (logged.entry.table == TAIL_ANSWERED || logged.entry.table == TAIL_CARRIED)
            answer_again(image, &logged.entry, logged.words);
        else
            write_again(image, &logged.entry, logged.words);
    }
}

/* All of them, for what was written with them may wait to be told. */
static void comment_again(struct mbp_image *image, const struct left *left)
{
    struct logged logged;
    for (size_t used = 0; next_entry(left, &used, &logged);) {
        const struct tail_entry *entry = &logged.entry;
        if (entry->table == TAIL_COMMENT && entry->count <= entry->words * sizeof(uint16_t))
            image_comment_again(image, entry->addr, (struct mbp_text){(const char *)logged.words, entry->count});
    }
}

/* What was refused and no scan has told. */
static void refuse_again(struct mbp_image *image, const struct left *left, uint64_t latched)
{
    struct mbp_refusal refusal;
    struct logged logged;
    for (uint64_t i = 0; latched < left->head.start && i < left->head.refusals; i++) {
        memcpy(&refusal, left->half + left->at.refusals + i * sizeof refusal, sizeof refusal);
        image_refuse_again(image, &refusal);
    }
    for (size_t used = 0; next_entry(left, &used, &logged);) {
        if (logged.entry.table != TAIL_REFUSAL || logged.end <= latched || logged.entry.words * 2 != sizeof refusal)
            continue;
        memcpy(&refusal, logged.words, sizeof refusal);
        image_refuse_again(image, &refusal);
    }
}

static void wait_again(struct mbp_image *image, const struct left *left)
{
    for (uint64_t i = 0; i < left->head.waiting; i++) {
        struct mbp_waiting waiting;
        memcpy(&waiting, left->half + left->at.waiting + i * sizeof waiting, sizeof waiting);
        mbp_image_wait(image, &waiting, 1);
    }
}

static void tell_again(struct mbp_image *image, const struct left *left)
{
    for (uint64_t i = 0; i < left->head.written; i++) {
        struct written_entry entry;
        memcpy(&entry, left->half + left->at.written + i * sizeof entry, sizeof entry);
        if (entry.unit < image->plant->unit_count)
            image_note_again(image, &entry);
    }
    image->written_lost.more += (uint32_t)left->head.written_lost;
}

/* What was taken in before: only what still waits for more words is left of it. */
static void settle(struct mbp_image *image)
{
    const struct mbp_write *writes;
    const struct mbp_written *written;
    struct mbp_written lost;
    struct mbp_sim_commands commands;
    mbp_image_latch(image, &writes);
    mbp_image_latch_written(image, &written, &lost);
    mbp_image_instructor_asked(image, true, &commands);
    image->logbook_count = 0;
    image->alarm_asked_count = 0;
}

bool mbp_image_tail_is_whole(struct mbp_image *image, const void *memory, size_t len)
{
    struct left left = {0};
    return len >= mbp_image_tail_bytes(image) && find(image, memory, &left);
}

void mbp_image_take_tail(struct mbp_image *image, const void *memory, uint64_t latched, uint64_t seen)
{
    struct left left = {0};
    if (!find(image, memory, &left))
        return;
    bool done = latched >= left.head.start;
    double speed = image->instructor_speed;
    mbp_image_take(image, left.half + left.at.kept);
    image_show_speed(image, speed);
    comment_again(image, &left);
    if (done)
        wait_again(image, &left);
    play(image, &left, latched, seen, TAKEN_IN);
    settle(image);
    image->limits_version--; /* these are not shown again unless they change */
    image->shelving_next_ns = 0;
    if (!done) {
        wait_again(image, &left);
        tell_again(image, &left);
    }
    refuse_again(image, &left, latched);
}

void mbp_image_write_tail(struct mbp_image *image, const void *memory, uint64_t latched, uint64_t seen, bool again)
{
    struct left left = {0};
    if (find(image, memory, &left))
        play(image, &left, latched, seen, again ? WAITING_IN_TABLES : WAITING);
}
