/* shared: one copy of what many sensors of a file say in the same words, found by its bytes. */
#ifndef MBP_YAML_SHARED_H
#define MBP_YAML_SHARED_H

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"

/* Zero-initialise. The table itself stands in scratch memory, what it finds in the plant's. */
struct mbp_shared {
    struct mbp_shared_slot *slots;
    uint32_t room, count; /* of slots: a power of two; how many are taken */
};

/* The kept bytes equal to these, aligned for any type; a copy of them, made now, when there are none yet. Equal means
 * bit by bit: a struct with padding is to be filled in zeroed memory. NULL when memory is out. Ownership: keep's. */
const void *mbp_shared_bytes(struct mbp_shared *shared, struct mbp_arena *keep, struct mbp_arena *scratch,
                             const void *bytes, uint32_t len);

/* The same for a text of len bytes: NUL-terminated, packed. */
const char *mbp_shared_text(struct mbp_shared *shared, struct mbp_arena *keep, struct mbp_arena *scratch,
                            const char *text, uint32_t len);

#endif
