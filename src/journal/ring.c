/* The ring's arithmetic and its two atomics. */
#include "ring.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define SLOT_BYTES 48 /* of a record */

/* A checksum first, for who finds the slots when this process is gone. */
struct slot {
    uint64_t sum;
    unsigned char bytes[SLOT_BYTES];
};

static_assert(sizeof(struct slot) == MBP_RING_SLOT_BYTES, "no gap in a slot");
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

unsigned mbp_ring_slots(enum mbp_record_kind kind)
{
#define OF(member) sizeof(((const struct mbp_record *)NULL)->of.member)
    static const size_t sizes[MBP_RECORD_KINDS] = {
        [MBP_RECORD_EVENT] = OF(event),   [MBP_RECORD_MACHINE] = OF(machine), [MBP_RECORD_SENSOR] = OF(sensor),
        [MBP_RECORD_ALARMS] = OF(alarms), [MBP_RECORD_UPKEEP] = OF(upkeep),   [MBP_RECORD_SETTING] = OF(setting),
        [MBP_RECORD_FAULT] = OF(fault),   [MBP_RECORD_PLANT] = OF(plant),     [MBP_RECORD_CHECKPOINT] = OF(checkpoint),
        [MBP_RECORD_TAGS] = OF(tags),     [MBP_RECORD_ACTOR] = OF(actor),     [MBP_RECORD_COMMENT] = OF(comment),
    };
    size_t bytes = offsetof(struct mbp_record, of) + (kind < MBP_RECORD_KINDS ? sizes[kind] : 0);
    return (unsigned)((bytes + SLOT_BYTES - 1) / SLOT_BYTES);
}

uint64_t mbp_ring_room(const struct mbp_ring *ring)
{
    return ring->slot_count - (ring->head - ring->freed);
}

/* A later slot of a record is not to be taken for a first one. */
static uint64_t sum_of(const struct slot *slot, uint64_t position, bool first)
{
    return mbp_checksum(first ? position : ~position, slot->bytes, sizeof slot->bytes);
}

static void put(struct mbp_ring *ring, uint64_t position, bool first, const void *bytes, size_t len)
{
    struct slot *slot = slot_at(ring, position);
    memcpy(slot->bytes, bytes, len);
    if (ring->lent)
        slot->sum = sum_of(slot, position, first);
}

/* How much of a record the slot of that number can hold. */
static size_t piece_len(unsigned slot)
{
    size_t left = sizeof(struct mbp_record) - (size_t)slot * SLOT_BYTES;
    return left < SLOT_BYTES ? left : SLOT_BYTES;
}

enum mbp_status mbp_ring_put(struct mbp_ring *ring, const struct mbp_record *record)
{
    unsigned slots = mbp_ring_slots((enum mbp_record_kind)record->kind);
    if (mbp_ring_room(ring) < slots)
        return MBP_ERR_FULL;
    for (unsigned i = 0; i < slots; i++)
        put(ring, ring->head + i, i == 0, (const unsigned char *)record + (size_t)i * SLOT_BYTES, piece_len(i));
    ring->head += slots;
    return MBP_OK;
}

void mbp_ring_hand_over(struct mbp_ring *ring)
{
    /* Sequentially consistent: the bell's "is it asleep?" must not be looked at before this is visible. */
    atomic_store(&ring->handed, ring->head);
}

uint64_t mbp_ring_get(const struct mbp_ring *ring, uint64_t position, struct mbp_record *record)
{
    memcpy(record, slot_at(ring, position)->bytes, SLOT_BYTES);
    unsigned slots = mbp_ring_slots((enum mbp_record_kind)record->kind);
    for (unsigned i = 1; i < slots; i++)
        memcpy((unsigned char *)record + (size_t)i * SLOT_BYTES, slot_at(ring, position + i)->bytes, piece_len(i));
    return position + slots;
}

/* False: it was not written for this position. */
static bool get_left(const unsigned char *slots, uint64_t slot_count, uint64_t position, bool first, void *bytes,
                     size_t len)
{
    struct slot slot;
    memcpy(&slot, slots + (position & (slot_count - 1)) * sizeof slot, sizeof slot);
    memcpy(bytes, slot.bytes, len);
    return slot.sum == sum_of(&slot, position, first);
}

uint64_t mbp_ring_left(const unsigned char *slots, uint64_t slot_count, uint64_t position, struct mbp_record *record)
{
    if (!get_left(slots, slot_count, position, true, record, SLOT_BYTES) || record->kind >= MBP_RECORD_KINDS)
        return 0;
    unsigned taken = mbp_ring_slots((enum mbp_record_kind)record->kind);
    for (unsigned i = 1; i < taken; i++) {
        if (!get_left(slots, slot_count, position + i, false, (unsigned char *)record + (size_t)i * SLOT_BYTES,
                      piece_len(i)))
            return 0;
    }
    return position + taken;
}

enum mbp_record_kind mbp_ring_stored_kind(const struct mbp_ring *ring)
{
    uint32_t kind;
    if (ring->freed == atomic_load_explicit(&ring->stored, memory_order_acquire))
        return MBP_RECORD_KINDS;
    memcpy(&kind, slot_at(ring, ring->freed)->bytes + offsetof(struct mbp_record, kind), sizeof kind);
    return (enum mbp_record_kind)kind;
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
    const enum mbp_record_kind kind = mbp_ring_stored_kind(ring);
    if (kind == MBP_RECORD_KINDS)
        return false;
    ring->freed += mbp_ring_slots(kind);
    return true;
}
