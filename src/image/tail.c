/* Confirmed writes in memory that outlives the process. It has two halves; in each the image as it was once, and a log
 * of what was written since. The half with the later whole beginning counts, so there is no moment without one. */
#include <assert.h>
#include <string.h>

#include "image_priv.h"
#include "mbplant/image/keep.h"

#define LOG_BYTES_MIN (UINT32_C(1) << 20)
#define FIRST_POSITION                                                                                                 \
    8u /* 0 is before all; none comes twice in a run, for an entry behind the log's last may be whole */

/* In the place of an entry's table: its words are a struct mbp_refusal, or the text of a comment. */
#define REFUSAL 0xFFu
#define COMMENT 0xFEu

/* Confirmed at this moment: kept bytes, points that wait, what is to be told, and what was refused. */
struct half_head {
    uint64_t generation, start, kept_bytes, waiting, written, written_lost, refusals, plant;
    uint64_t sum; /* of all before it, and of what these count */
};

/* Before its words in the log. */
struct entry {
    uint64_t sum; /* with the position that it stands at */
    uint32_t peer;
    uint16_t addr, count; /* of a file: number and words; of a comment: number and bytes */
    uint16_t record;
    uint8_t unit, table; /* id; enum mbp_table, MBP_WRITTEN_FILE, or one of the above */
    uint8_t before, behind;
    uint16_t words;
};

_Static_assert(sizeof(struct entry) == 24, "no gap");
_Static_assert(sizeof(struct half_head) % 8 == 0, "what follows is aligned");

static size_t whole(size_t bytes)
{
    return (bytes + 7) / 8 * 8;
}

/* Where things stand in a half. */
struct places {
    size_t kept, waiting, written, refusals, log, end;
};

static struct places places_of(struct mbp_image *image)
{
    struct places at;
    size_t kept_bytes = whole(mbp_image_kept_bytes(image));
    at.kept = sizeof(struct half_head);
    at.waiting = at.kept + kept_bytes;
    at.written = at.waiting + image->log_capacity * sizeof(struct mbp_waiting);
    at.refusals = whole(at.written + sizeof image->written);
    at.log = whole(at.refusals + sizeof image->refusals);
    at.end = at.log + (4 * kept_bytes > LOG_BYTES_MIN ? 4 * kept_bytes : LOG_BYTES_MIN);
    return at;
}

size_t mbp_image_tail_bytes(struct mbp_image *image)
{
    return 2 * places_of(image).end;
}

/* ---- beginnings ------------------------------------------------------------------------------------------------- */

static uint64_t plant_of(const struct mbp_image *image)
{
    const uint64_t parts[] = {image->plant->text_crc,       image->plant->text.len,     image->plant->sensor_count,
                              sizeof(struct written_entry), sizeof(struct mbp_waiting), sizeof(struct mbp_refusal)};
    return mbp_checksum(0, parts, sizeof parts);
}

static uint64_t sum_of(const struct half_head *head, const struct places *at, const uint8_t *half)
{
    uint64_t sum = mbp_checksum(0, head, offsetof(struct half_head, sum));
    sum = mbp_checksum(sum, half + at->kept, head->kept_bytes);
    sum = mbp_checksum(sum, half + at->waiting, head->waiting * sizeof(struct mbp_waiting));
    sum = mbp_checksum(sum, half + at->written, head->written * sizeof(struct written_entry));
    return mbp_checksum(sum, half + at->refusals, head->refusals * sizeof(struct mbp_refusal));
}

static void note_waiting(struct mbp_image *image);

/* In the other half; then that one counts. */
static void begin_again(struct mbp_image *image)
{
    struct image_tail *tail = &image->tail;
    struct places at = places_of(image);
    uint8_t *half = tail->memory + (size_t)(tail->half ^ 1u) * tail->half_bytes;
    memset(half, 0, sizeof(struct half_head));
    mbp_image_keep(image, half + at.kept);
    size_t waiting = mbp_image_waiting(image, (struct mbp_waiting *)(void *)(half + at.waiting), image->log_capacity);
    memcpy(half + at.written, image->written, image->written_count * sizeof image->written[0]);
    memcpy(half + at.refusals, image->refusals, image->refusal_count * sizeof image->refusals[0]);
    struct half_head head = {.generation = tail->generation + 1,
                             .start = tail->start + tail->used,
                             .kept_bytes = mbp_image_kept_bytes(image),
                             .waiting = waiting,
                             .written = image->written_count,
                             .written_lost = image->written_lost.more,
                             .refusals = image->refusal_count,
                             .plant = plant_of(image)};
    head.sum = sum_of(&head, &at, half);
    memset(half + at.log, 0, sizeof(struct entry)); /* no entry yet */
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    memcpy(half, &head, sizeof head);
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    tail->half ^= 1u;
    tail->generation = head.generation;
    tail->start = head.start;
    tail->used = 0;
    note_waiting(image);
}

void mbp_image_keep_tail(struct mbp_image *image, void *memory)
{
    struct places at = places_of(image);
    const uint64_t end = mbp_image_tail_position(image);
    image->tail = (struct image_tail){.memory = memory,
                                      .half_bytes = at.end,
                                      .log_at = at.log,
                                      .log_bytes = at.end - at.log,
                                      .start = end > FIRST_POSITION ? end : FIRST_POSITION};
    if (memory == NULL)
        return;
    memset(memory, 0, sizeof(struct half_head)); /* another plant's room may have been there */
    memset(image->tail.memory + at.end, 0, sizeof(struct half_head));
    begin_again(image);
}

uint64_t mbp_image_tail_position(const struct mbp_image *image)
{
    return image->tail.start + image->tail.used;
}

void image_tail_carry(const struct mbp_image *from, struct mbp_image *to)
{
    to->tail.start = mbp_image_tail_position(from);
}

void mbp_image_tidy_tail(struct mbp_image *image)
{
    if (image->tail.memory != NULL && image->tail.used > image->tail.log_bytes / 2)
        begin_again(image);
}

/* ---- the log ---------------------------------------------------------------------------------------------------- */

static uint64_t sum_of_entry(const struct entry *entry, const uint8_t *words, uint64_t position)
{
    uint64_t sum = mbp_checksum(position, &entry->peer, sizeof *entry - offsetof(struct entry, peer));
    return mbp_checksum(sum, words, entry->words * sizeof(uint16_t));
}

static size_t bytes_of(const struct entry *entry)
{
    return sizeof *entry + whole(entry->words * sizeof(uint16_t));
}

/* NULL: no room; what is to be noted stands in the tables already. */
static uint8_t *make_room(struct mbp_image *image, const struct entry *entry)
{
    struct image_tail *tail = &image->tail;
    if (tail->log_bytes - tail->used < bytes_of(entry)) {
        begin_again(image);
        return NULL;
    }
    return tail->memory + (size_t)tail->half * tail->half_bytes + tail->log_at + tail->used;
}

static void put(struct mbp_image *image, uint8_t *place, struct entry *entry)
{
    entry->sum = sum_of_entry(entry, place + sizeof *entry, mbp_image_tail_position(image));
    memcpy(place, entry, sizeof *entry);
    image->tail.used += bytes_of(entry);
}

void image_tail_note(struct mbp_image_unit *unit, enum mbp_table table, struct image_span span, struct mbp_peer peer)
{
    struct mbp_image *image = unit->image;
    if (image->tail.memory == NULL)
        return;
    struct entry entry = {.peer = peer.actor,
                          .addr = span.addr,
                          .count = span.count,
                          .unit = unit->unit->id,
                          .table = (uint8_t)table,
                          .before = span.before,
                          .behind = span.behind};
    entry.words = table == MBP_COILS ? (uint16_t)((span.count + 15u) / 16u) : span.count;
    uint8_t *place = make_room(image, &entry);
    if (place == NULL)
        return;
    if (table == MBP_COILS) {
        uint16_t packed[2048 / 16] = {0};
        for (uint32_t i = 0; i < span.count; i++)
            packed[i / 16] |= (uint16_t)((unsigned)unit->coils[span.addr + i] << (i % 16));
        memcpy(place + sizeof entry, packed, entry.words * sizeof packed[0]);
    } else {
        memcpy(place + sizeof entry, unit->holding + span.addr, entry.words * sizeof(uint16_t));
    }
    put(image, place, &entry);
}

void image_tail_note_file(struct mbp_image_unit *unit, uint16_t file, uint16_t record, uint16_t count,
                          const uint16_t *words, struct mbp_peer peer)
{
    struct mbp_image *image = unit->image;
    struct entry entry = {.peer = peer.actor,
                          .addr = file,
                          .count = count,
                          .record = record,
                          .unit = unit->unit->id,
                          .table = MBP_WRITTEN_FILE,
                          .words = count};
    uint8_t *place = image->tail.memory != NULL ? make_room(image, &entry) : NULL;
    if (place == NULL)
        return;
    memcpy(place + sizeof entry, words, count * sizeof *words);
    put(image, place, &entry);
}

void image_tail_note_alarm_command(struct mbp_image *image, const struct mbp_alarm_asked *asked)
{
    uint16_t words[MBP_RECORD_WORDS];
    const struct mbp_image_unit *unit = &image->units[asked->unit];
    struct entry entry = {.peer = asked->command.peer,
                          .addr = (uint16_t)unit->record,
                          .count = MBP_RECORD_WORDS,
                          .unit = unit->unit->id,
                          .table = MBP_HOLDING_REGISTERS,
                          .words = MBP_RECORD_WORDS};
    uint8_t *place = image->tail.memory != NULL ? make_room(image, &entry) : NULL;
    if (place == NULL)
        return;
    image_alarm_command_words(asked, words);
    memcpy(place + sizeof entry, words, sizeof words);
    put(image, place, &entry);
}

/* What stands in no table, and no scan has taken in or told yet. */
static void note_waiting(struct mbp_image *image)
{
    uint16_t words[MBP_LOGBOOK_WORDS];
    for (size_t i = 0; i < image->alarm_asked_count; i++)
        image_tail_note_alarm_command(image, &image->alarm_asked[i]);
    for (size_t i = 0; i < image->logbook_count; i++) {
        const struct mbp_logbook_entry *waiting = &image->logbook[i];
        mbp_logbook_encode(&waiting->record, words);
        image_tail_note_file(image->by_id[waiting->unit], MBP_LOGBOOK_FILE, 0, MBP_LOGBOOK_WORDS, words, waiting->peer);
    }
}

void image_tail_note_refusal(struct mbp_image *image, const struct mbp_refusal *refusal)
{
    struct entry entry = {.unit = refusal->unit, .table = REFUSAL, .words = sizeof *refusal / sizeof(uint16_t)};
    uint8_t *place = image->tail.memory != NULL ? make_room(image, &entry) : NULL;
    if (place == NULL)
        return;
    memcpy(place + sizeof entry, refusal, sizeof *refusal);
    put(image, place, &entry);
}

void image_tail_note_comment(struct mbp_image *image, uint16_t number, struct mbp_text text)
{
    struct entry entry = {.addr = number, .count = (uint16_t)text.len, .table = COMMENT};
    entry.words = (uint16_t)((text.len + 1) / 2);
    uint8_t *place = image->tail.memory != NULL ? make_room(image, &entry) : NULL;
    if (place == NULL)
        return;
    memset(place + sizeof entry, 0, entry.words * sizeof(uint16_t));
    memcpy(place + sizeof entry, text.bytes, text.len);
    put(image, place, &entry);
}

/* ---- in --------------------------------------------------------------------------------------------------------- */

/* Of another run: the half that counts. */
struct left {
    const uint8_t *half;
    struct half_head head;
    struct places at;
};

static bool is_whole(struct mbp_image *image, const struct left *left)
{
    const struct half_head *head = &left->head;
    return head->kept_bytes == mbp_image_kept_bytes(image) && head->plant == plant_of(image) &&
           head->waiting <= image->log_capacity && head->written <= MBP_WRITTEN_MAX &&
           head->refusals <= MBP_REFUSALS_MAX && head->sum == sum_of(head, &left->at, left->half);
}

static bool find(struct mbp_image *image, const uint8_t *memory, struct left *out)
{
    bool found = false;
    for (unsigned i = 0; i < 2; i++) {
        struct left left = {.at = places_of(image)};
        left.half = memory + i * left.at.end;
        memcpy(&left.head, left.half, sizeof left.head);
        if (!is_whole(image, &left) || (found && left.head.generation < out->head.generation))
            continue;
        *out = left;
        found = true;
    }
    return found;
}

static void write_again(struct mbp_image *image, const struct entry *entry, const uint8_t *bytes)
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
    struct entry entry;
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
    size_t bytes = bytes_of(&out->entry);
    out->words = log + *used + sizeof out->entry;
    if (bytes > log_bytes - *used || out->entry.sum != sum_of_entry(&out->entry, out->words, left->head.start + *used))
        return false;
    *used += bytes;
    out->end = left->head.start + *used;
    return true;
}

static bool is_of_logbook(const struct entry *entry)
{
    return entry->table == MBP_WRITTEN_FILE && entry->addr == MBP_LOGBOOK_FILE;
}

/* Of the writes those that were latched, or the others. */
static void play(struct mbp_image *image, const struct left *left, uint64_t latched, uint64_t seen, bool done)
{
    struct logged logged;
    for (size_t used = 0; next_entry(left, &used, &logged);) {
        const struct mbp_image_unit *unit = image->by_id[logged.entry.unit];
        bool between = (unit != NULL && unit->unit->instructor) || is_of_logbook(&logged.entry);
        uint64_t end = between ? seen : latched; /* taken in between two scans, or with one */
        if (logged.entry.table != REFUSAL && logged.entry.table != COMMENT && (logged.end <= end) == done)
            write_again(image, &logged.entry, logged.words);
    }
}

/* All of them, for what was written with them may wait to be told. */
static void comment_again(struct mbp_image *image, const struct left *left)
{
    struct logged logged;
    for (size_t used = 0; next_entry(left, &used, &logged);) {
        const struct entry *entry = &logged.entry;
        if (entry->table == COMMENT && entry->count <= entry->words * sizeof(uint16_t))
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
        if (logged.entry.table != REFUSAL || logged.end <= latched || logged.entry.words * 2 != sizeof refusal)
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
    image_alarm_commands_forget(image);
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
    play(image, &left, latched, seen, true);
    settle(image);
    image->limits_version--; /* these are not shown again unless they change */
    image->shelving_next_ns = 0;
    if (!done) {
        wait_again(image, &left);
        tell_again(image, &left);
    }
    refuse_again(image, &left, latched);
}

void mbp_image_write_tail(struct mbp_image *image, const void *memory, uint64_t latched, uint64_t seen)
{
    struct left left = {0};
    if (find(image, memory, &left))
        play(image, &left, latched, seen, false);
}
