/* The ring's arithmetic and its two atomics. */
#include "ring.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define SLOT_BYTES MBP_RECORD_SLOT

/* A checksum first, for who finds the slots when this process is gone; it counts in a record's first slot. */
struct slot {
    uint64_t sum;
    unsigned char bytes[SLOT_BYTES];
};

static_assert(sizeof(struct slot) == MBP_RING_SLOT_BYTES, "no gap in a slot");
static_assert(sizeof(struct mbp_record) == MBP_RECORD_SLOTS_MAX * SLOT_BYTES, "copied in whole slots");
/* Of what there is much; a longer one would only take more room. */
static_assert(offsetof(struct mbp_record, of) + sizeof(struct mbp_event) <= SLOT_BYTES, "an event fits one slot");

enum mbp_status mbp_ring_new(struct mbp_ring *ring, uint64_t slots)
{
    uint64_t count = 2;
    while (count < slots)
        count *= 2;
    /* calloc: the pages become real only when they are first used. */
    struct slot *memory = calloc(count, sizeof *memory);
    if (memory == NULL)
        return MBP_ERR_MEMORY;
    *ring = (struct mbp_ring){.slots = (unsigned char *)memory, .slot_count = count};
    return MBP_OK;
}

void mbp_ring_free(struct mbp_ring *ring)
{
    if (!ring->lent)
        free(ring->slots);
    ring->slots = NULL;
}

void mbp_ring_begin_at(struct mbp_ring *ring, uint64_t position)
{
    ring->head = position;
    ring->freed = position;
    atomic_store(&ring->handed, position);
    atomic_store(&ring->stored, position);
}

size_t mbp_ring_bytes(const struct mbp_ring *ring)
{
    return (size_t)ring->slot_count * sizeof(struct slot);
}

void mbp_ring_move(struct mbp_ring *ring, void *memory)
{
    assert(ring->head == ring->freed);
    mbp_ring_free(ring);
    ring->slots = memory;
    ring->lent = true;
}

static struct slot *slot_at(const struct mbp_ring *ring, uint64_t position)
{
    return (struct slot *)(void *)ring->slots + (position & (ring->slot_count - 1));
}

/* Of a record that holds that member: its bytes. */
#define BYTES_WITH(member) (offsetof(struct mbp_record, of) + sizeof(((const struct mbp_record *)NULL)->of.member))
#define SLOTS_WITH(member) ((BYTES_WITH(member) + SLOT_BYTES - 1) / SLOT_BYTES)

unsigned mbp_ring_slots(enum mbp_record_kind kind)
{
    static const uint8_t slots[MBP_RECORD_KINDS] = {
        [MBP_RECORD_EVENT] = SLOTS_WITH(event),
        [MBP_RECORD_MACHINE] = SLOTS_WITH(machine),
        [MBP_RECORD_SENSOR] = SLOTS_WITH(sensor),
        [MBP_RECORD_ALARMS] = SLOTS_WITH(alarms),
        [MBP_RECORD_UPKEEP] = SLOTS_WITH(upkeep),
        [MBP_RECORD_SETTING] = SLOTS_WITH(setting),
        [MBP_RECORD_FAULT] = SLOTS_WITH(fault),
        [MBP_RECORD_PLANT] = SLOTS_WITH(plant),
        [MBP_RECORD_TAGS] = SLOTS_WITH(tags),
        [MBP_RECORD_CHECKPOINT] = SLOTS_WITH(checkpoint),
        [MBP_RECORD_ACTOR] = SLOTS_WITH(actor),
        [MBP_RECORD_COMMENT] = SLOTS_WITH(comment),
        [MBP_RECORD_NOTHING] = 1,
        [MBP_RECORD_FORGET] = 1,
    };
    return slots[kind];
}

#define SLOT_WORDS (SLOT_BYTES / sizeof(uint64_t))
static_assert(SLOT_WORDS * sizeof(uint64_t) == SLOT_BYTES, "a slot is words");

static bool is_zero(const unsigned char *slot)
{
    uint64_t words[SLOT_WORDS];
    uint64_t any = 0;
    memcpy(words, slot, sizeof words);
    for (size_t i = 0; i < SLOT_WORDS; i++)
        any |= words[i];
    return any == 0;
}

/* Slots at the end that hold nothing but zero are not put. */
static unsigned slots_of(const struct mbp_record *record)
{
    unsigned slots = mbp_ring_slots((enum mbp_record_kind)record->kind);
    while (slots > 1 && is_zero((const unsigned char *)record + (size_t)(slots - 1) * SLOT_BYTES))
        slots--;
    return slots;
}

uint64_t mbp_ring_room(const struct mbp_ring *ring)
{
    return ring->slot_count - (ring->head - ring->freed);
}

/* Of a whole record, in its first slot: what is left of another record, or of another turn, does not go with it. */
static uint64_t sum_of(const struct mbp_record *record, uint64_t position, unsigned slots)
{
    return mbp_checksum(position, record, (size_t)slots * SLOT_BYTES);
}

static unsigned char *part(struct mbp_record *record, unsigned slot)
{
    return (unsigned char *)record + (size_t)slot * SLOT_BYTES;
}

enum mbp_status mbp_ring_put(struct mbp_ring *ring, struct mbp_record *record)
{
    const unsigned slots = slots_of(record);
    if (mbp_ring_room(ring) < slots)
        return MBP_ERR_FULL;
    record->slots = (uint16_t)slots;
    for (unsigned i = 0; i < slots; i++)
        memcpy(slot_at(ring, ring->head + i)->bytes, part(record, i), SLOT_BYTES);
    if (ring->lent)
        slot_at(ring, ring->head)->sum = sum_of(record, ring->head, slots);
    ring->head += slots;
    return MBP_OK;
}

bool mbp_ring_hand_over(struct mbp_ring *ring)
{
    if (ring->head == atomic_load_explicit(&ring->handed, memory_order_relaxed))
        return false;
    /* Sequentially consistent: the bell's "is it asleep?" must not be looked at before this is visible. */
    atomic_store(&ring->handed, ring->head);
    return true;
}

void mbp_ring_prepare(const struct mbp_ring *ring, uint64_t position, uint64_t slots)
{
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    const uint64_t first = position & (ring->slot_count - 1);
    const uint64_t count = slots < ring->slot_count - first ? slots : ring->slot_count - first;
    unsigned char *begin = ring->slots + first * sizeof(struct slot);
    size_t before = (uintptr_t)begin % page;
    /* A kernel before 5.14 does not know it, a full disk has no room: then each page is made when it is first used. */
    (void)madvise(begin - before, before + count * sizeof(struct slot), MADV_POPULATE_WRITE);
    if (slots > count)
        mbp_ring_prepare(ring, position + count, slots - count);
}

/* What was not put is zero. */
static void fill(struct mbp_record *record)
{
    const unsigned most = mbp_ring_slots((enum mbp_record_kind)record->kind);
    if (record->slots < most)
        memset(part(record, record->slots), 0, (size_t)(most - record->slots) * SLOT_BYTES);
}

uint64_t mbp_ring_get(const struct mbp_ring *ring, uint64_t position, struct mbp_record *record)
{
    memcpy(record, slot_at(ring, position)->bytes, SLOT_BYTES);
    for (unsigned i = 1; i < record->slots; i++)
        memcpy(part(record, i), slot_at(ring, position + i)->bytes, SLOT_BYTES);
    fill(record);
    return position + record->slots;
}

static bool may_be_put(const struct mbp_record *record)
{
    return record->kind < MBP_RECORD_KINDS && record->slots > 0 &&
           record->slots <= mbp_ring_slots((enum mbp_record_kind)record->kind);
}

uint64_t mbp_ring_left(const unsigned char *slots, uint64_t slot_count, uint64_t position, struct mbp_record *record)
{
    struct slot slot;
    uint64_t sum = 0;
    unsigned taken = 1;
    for (unsigned i = 0; i < taken; i++) {
        memcpy(&slot, slots + ((position + i) & (slot_count - 1)) * sizeof slot, sizeof slot);
        memcpy(part(record, i), slot.bytes, SLOT_BYTES);
        if (i > 0)
            continue;
        sum = slot.sum;
        taken = may_be_put(record) ? record->slots : 0;
    }
    if (taken == 0 || sum != sum_of(record, position, taken))
        return 0;
    fill(record);
    return position + taken;
}

/* The start of the oldest stored record that was not taken back; of no kind where there is none. */
static struct mbp_record stored_head(const struct mbp_ring *ring)
{
    struct mbp_record head;
    head.kind = MBP_RECORD_KINDS;
    if (ring->freed != atomic_load_explicit(&ring->stored, memory_order_acquire))
        memcpy(&head, slot_at(ring, ring->freed)->bytes, offsetof(struct mbp_record, of));
    return head;
}

enum mbp_record_kind mbp_ring_stored_kind(const struct mbp_ring *ring)
{
    return (enum mbp_record_kind)stored_head(ring).kind;
}

bool mbp_ring_take_back(struct mbp_ring *ring, struct mbp_record *record)
{
    if (mbp_ring_stored_kind(ring) == MBP_RECORD_KINDS)
        return false;
    ring->freed = mbp_ring_get(ring, ring->freed, record);
    return true;
}

bool mbp_ring_drop(struct mbp_ring *ring)
{
    const struct mbp_record head = stored_head(ring);
    if (head.kind == MBP_RECORD_KINDS)
        return false;
    ring->freed += head.slots;
    return true;
}
