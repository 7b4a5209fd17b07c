/* Confirmed writes into memory that outlives the process (tail.h). The half with the later whole beginning counts, so
 * there is no moment without one; left.c reads it. */
#include <assert.h>
#include <string.h>

#include "tail.h"

#define LOG_BYTES_MIN (UINT32_C(1) << 20)

/* 0 is before all. None comes twice in a run, for what stood in the room before may be whole behind the log's last. */
#define FIRST_POSITION 8u

/* Room that requests leave free: nothing begins again while a scan that took their writes in is no part of the past. */
#define SCAN_BYTES (MBP_ALARM_COMMANDS_MAX * (sizeof(struct tail_entry) + (MBP_ANSWER_WORDS + 3u) / 4u * 8u))
_Static_assert(sizeof(struct tail_head) % 8 == 0, "what follows is aligned");

static size_t whole(size_t bytes)
{
    return (bytes + 7) / 8 * 8;
}

struct tail_places image_tail_places(struct mbp_image *image)
{
    struct tail_places at;
    size_t kept_bytes = whole(mbp_image_kept_bytes(image));
    at.kept = sizeof(struct tail_head);
    at.waiting = at.kept + kept_bytes;
    at.written = at.waiting + image->log_capacity * sizeof(struct mbp_waiting);
    at.refusals = whole(at.written + sizeof image->written);
    at.log = whole(at.refusals + sizeof image->refusals);
    at.end = at.log + (4 * kept_bytes > LOG_BYTES_MIN ? 4 * kept_bytes : LOG_BYTES_MIN);
    return at;
}

size_t mbp_image_tail_bytes(struct mbp_image *image)
{
    return 2 * image_tail_places(image).end;
}

/* ---- beginnings ------------------------------------------------------------------------------------------------- */

uint64_t image_tail_plant(const struct mbp_image *image)
{
    const uint64_t parts[] = {image->plant->text_crc,       image->plant->text.len,     image->plant->sensor_count,
                              sizeof(struct written_entry), sizeof(struct mbp_waiting), sizeof(struct mbp_refusal)};
    return mbp_checksum(0, parts, sizeof parts);
}

uint64_t image_tail_half_sum(const struct tail_head *head, const struct tail_places *at, const uint8_t *half)
{
    uint64_t sum = mbp_checksum(0, head, offsetof(struct tail_head, sum));
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
    struct tail_places at = image_tail_places(image);
    uint8_t *half = tail->memory + (size_t)(tail->half ^ 1u) * tail->half_bytes;
    memset(half, 0, sizeof(struct tail_head));
    mbp_image_keep(image, half + at.kept);
    size_t waiting = mbp_image_waiting(image, (struct mbp_waiting *)(void *)(half + at.waiting), image->log_capacity);
    memcpy(half + at.written, image->written, image->written_count * sizeof image->written[0]);
    memcpy(half + at.refusals, image->refusals, image->refusal_count * sizeof image->refusals[0]);
    struct tail_head head = {.generation = tail->generation + 1,
                             .start = tail->start + tail->used,
                             .kept_bytes = mbp_image_kept_bytes(image),
                             .waiting = waiting,
                             .written = image->written_count,
                             .written_lost = image->written_lost.more,
                             .refusals = image->refusal_count,
                             .plant = image_tail_plant(image)};
    head.sum = image_tail_half_sum(&head, &at, half);
    memset(half + at.log, 0, sizeof(struct tail_entry)); /* no entry yet */
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
    struct tail_places at = image_tail_places(image);
    const uint64_t end = mbp_image_tail_position(image);
    image->tail = (struct image_tail){.memory = memory,
                                      .half_bytes = at.end,
                                      .log_at = at.log,
                                      .log_bytes = at.end - at.log,
                                      .start = end > FIRST_POSITION ? end : FIRST_POSITION};
    if (memory == NULL)
        return;
    memset(memory, 0, sizeof(struct tail_head)); /* another plant's room may have been there */
    memset(image->tail.memory + at.end, 0, sizeof(struct tail_head));
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

uint64_t image_tail_entry_sum(const struct tail_entry *entry, const uint8_t *words, uint64_t position)
{
    uint64_t sum = mbp_checksum(position, &entry->peer, sizeof *entry - offsetof(struct tail_entry, peer));
    return mbp_checksum(sum, words, entry->words * sizeof(uint16_t));
}

size_t image_tail_entry_bytes(const struct tail_entry *entry)
{
    return sizeof *entry + whole(entry->words * sizeof(uint16_t));
}

/* NULL: no room; what is to be noted stands in the tables already. */
static uint8_t *make_room(struct mbp_image *image, const struct tail_entry *entry)
{
    struct image_tail *tail = &image->tail;
    const size_t kept_free = entry->table == TAIL_CARRIED ? 0 : SCAN_BYTES;
    if (tail->log_bytes - tail->used < image_tail_entry_bytes(entry) + kept_free) {
        begin_again(image);
        return NULL;
    }
    return tail->memory + (size_t)tail->half * tail->half_bytes + tail->log_at + tail->used;
}

static void put(struct mbp_image *image, uint8_t *place, struct tail_entry *entry)
{
    entry->sum = image_tail_entry_sum(entry, place + sizeof *entry, mbp_image_tail_position(image));
    memcpy(place, entry, sizeof *entry);
    image->tail.used += image_tail_entry_bytes(entry);
}

void image_tail_note(struct mbp_image_unit *unit, enum mbp_table table, struct image_span span, struct mbp_peer peer)
{
    struct mbp_image *image = unit->image;
    if (image->tail.memory == NULL)
        return;
    struct tail_entry entry = {.peer = peer.actor,
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
    struct tail_entry entry = {.peer = peer.actor,
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
    struct tail_entry entry = {.peer = asked->command.peer,
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

static void note_answer(struct mbp_image_unit *unit, uint8_t table)
{
    struct mbp_image *image = unit->image;
    struct tail_entry entry = {.unit = unit->unit->id, .table = table, .words = MBP_ANSWER_WORDS};
    uint8_t *place = image->tail.memory != NULL ? make_room(image, &entry) : NULL;
    if (place == NULL)
        return;
    memcpy(place + sizeof entry, unit->input + unit->answer, MBP_ANSWER_WORDS * sizeof(uint16_t));
    put(image, place, &entry);
}

void image_tail_note_answer(struct mbp_image_unit *unit, bool carried)
{
    note_answer(unit, carried ? TAIL_CARRIED : TAIL_ANSWERED);
}

/* What stands in no table, and no scan has taken in or told yet. The answers count it already. */
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
    for (uint32_t u = 0; u < image->plant->unit_count && image->alarm_asked_count > 0; u++) {
        if (image->units[u].answer < MBP_ADDRESSES)
            note_answer(&image->units[u], TAIL_ANSWERED);
    }
}

void image_tail_note_refusal(struct mbp_image *image, const struct mbp_refusal *refusal)
{
    struct tail_entry entry = {
        .unit = refusal->unit, .table = TAIL_REFUSAL, .words = sizeof *refusal / sizeof(uint16_t)};
    uint8_t *place = image->tail.memory != NULL ? make_room(image, &entry) : NULL;
    if (place == NULL)
        return;
    memcpy(place + sizeof entry, refusal, sizeof *refusal);
    put(image, place, &entry);
}

void image_tail_note_comment(struct mbp_image *image, uint16_t number, struct mbp_text text)
{
    struct tail_entry entry = {.addr = number, .count = (uint16_t)text.len, .table = TAIL_COMMENT};
    entry.words = (uint16_t)((text.len + 1) / 2);
    uint8_t *place = image->tail.memory != NULL ? make_room(image, &entry) : NULL;
    if (place == NULL)
        return;
    memset(place + sizeof entry, 0, entry.words * sizeof(uint16_t));
    memcpy(place + sizeof entry, text.bytes, text.len);
    put(image, place, &entry);
}
