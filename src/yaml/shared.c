/* shared: linear probing, never more than half full. */
#include "shared.h"

#include <string.h>

#include "mbplant/base.h"

#define FIRST_ROOM 64u

struct mbp_shared_slot {
    const void *bytes; /* NULL = free */
    uint32_t len;
    uint32_t hash; /* so that growing and most of probing need not look at the bytes */
    bool text;     /* texts are not aligned, so they serve nobody else */
};

static struct mbp_shared_slot *slot_of(const struct mbp_shared *shared, const struct mbp_shared_slot *wanted)
{
    uint32_t at = wanted->hash & (shared->room - 1);
    for (;; at = (at + 1) & (shared->room - 1)) {
        struct mbp_shared_slot *slot = &shared->slots[at];
        if (slot->bytes == NULL || (slot->hash == wanted->hash && slot->len == wanted->len &&
                                    slot->text == wanted->text && memcmp(slot->bytes, wanted->bytes, slot->len) == 0)) {
            return slot;
        }
    }
}

static bool grow(struct mbp_shared *shared, struct mbp_arena *scratch)
{
    struct mbp_shared larger = {.room = shared->room == 0 ? FIRST_ROOM : 2 * shared->room, .count = shared->count};
    larger.slots = mbp_arena_array(scratch, larger.room, sizeof *larger.slots);
    if (larger.slots == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < shared->room; i++) {
        if (shared->slots[i].bytes != NULL) {
            *slot_of(&larger, &shared->slots[i]) = shared->slots[i];
        }
    }
    *shared = larger;
    return true;
}

static const void *keep_bytes(struct mbp_arena *keep, const struct mbp_shared_slot *wanted)
{
    if (wanted->text) {
        return mbp_arena_text(keep, wanted->bytes, wanted->len);
    }
    void *copy = mbp_arena_array(keep, 1, wanted->len);
    if (copy != NULL) {
        memcpy(copy, wanted->bytes, wanted->len);
    }
    return copy;
}

static const void *find_or_keep(struct mbp_shared *shared, struct mbp_arena *keep, struct mbp_arena *scratch,
                                struct mbp_shared_slot wanted)
{
    uint64_t hash = mbp_hash(wanted.bytes, wanted.len);
    wanted.hash = (uint32_t)(hash ^ (hash >> 32));
    if (2 * shared->count >= shared->room && !grow(shared, scratch)) {
        return NULL;
    }
    struct mbp_shared_slot *slot = slot_of(shared, &wanted);
    if (slot->bytes == NULL) {
        wanted.bytes = keep_bytes(keep, &wanted);
        if (wanted.bytes == NULL) {
            return NULL;
        }
        *slot = wanted;
        shared->count++;
    }
    return slot->bytes;
}

const void *mbp_shared_bytes(struct mbp_shared *shared, struct mbp_arena *keep, struct mbp_arena *scratch,
                             const void *bytes, uint32_t len)
{
    return find_or_keep(shared, keep, scratch, (struct mbp_shared_slot){.bytes = bytes, .len = len});
}

const char *mbp_shared_text(struct mbp_shared *shared, struct mbp_arena *keep, struct mbp_arena *scratch,
                            const char *text, uint32_t len)
{
    return find_or_keep(shared, keep, scratch, (struct mbp_shared_slot){.bytes = text, .len = len, .text = true});
}
