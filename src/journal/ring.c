/* The ring's arithmetic and its two atomics. */
#include "ring.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define SLOT_BYTES 48

static_assert(sizeof(struct mbp_record) <= (size_t)2 * SLOT_BYTES, "a record fits two slots");
static_assert(offsetof(struct mbp_record, of) + sizeof(struct mbp_event) <= SLOT_BYTES, "an event fits one slot");
static_assert(offsetof(struct mbp_record, of) + sizeof(struct mbp_retained_setting) <= SLOT_BYTES, "a setting too");
static_assert(offsetof(struct mbp_record, of) + sizeof(struct mbp_retained_alarms) <= SLOT_BYTES,
              "alarms fit one slot");
static_assert(offsetof(struct mbp_record, of) + sizeof(struct mbp_retained_upkeep) <= SLOT_BYTES,
              "upkeep fits one slot");

enum mbp_status mbp_ring_new(struct mbp_ring *ring, uint64_t slots)
{
    uint64_t count = 2;
    while (count < slots)
        count *= 2;
    /* calloc: the pages become real only when they are first used. */
    unsigned char *bytes = calloc(count, SLOT_BYTES);
    if (bytes == NULL)
        return MBP_ERR_MEMORY;
    *ring = (struct mbp_ring){.slots = bytes, .slot_count = count};
    return MBP_OK;
}

void mbp_ring_free(struct mbp_ring *ring)
{
    free(ring->slots);
    ring->slots = NULL;
}

static unsigned char *slot_at(const struct mbp_ring *ring, uint64_t position)
{
    return ring->slots + (position & (ring->slot_count - 1)) * SLOT_BYTES;
}

unsigned mbp_ring_slots(enum mbp_record_kind kind)
{
    return kind == MBP_RECORD_MACHINE || kind == MBP_RECORD_SENSOR || kind == MBP_RECORD_FAULT ? 2 : 1;
}

uint64_t mbp_ring_room(const struct mbp_ring *ring)
{
    return ring->slot_count - (ring->head - ring->freed);
}

enum mbp_status mbp_ring_put(struct mbp_ring *ring, const struct mbp_record *record)
{
    unsigned slots = mbp_ring_slots((enum mbp_record_kind)record->kind);
    if (mbp_ring_room(ring) < slots)
        return MBP_ERR_FULL;
    size_t rest = sizeof *record - SLOT_BYTES;
    memcpy(slot_at(ring, ring->head), record, SLOT_BYTES);
    if (slots == 2)
        memcpy(slot_at(ring, ring->head + 1), (const unsigned char *)record + SLOT_BYTES, rest);
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
    memcpy(record, slot_at(ring, position), SLOT_BYTES);
    unsigned slots = mbp_ring_slots((enum mbp_record_kind)record->kind);
    if (slots == 2)
        memcpy((unsigned char *)record + SLOT_BYTES, slot_at(ring, position + 1), sizeof *record - SLOT_BYTES);
    return position + slots;
}

bool mbp_ring_take_back(struct mbp_ring *ring, struct mbp_record *record)
{
    if (ring->freed == atomic_load_explicit(&ring->stored, memory_order_acquire))
        return false;
    ring->freed = mbp_ring_get(ring, ring->freed, record);
    return true;
}
