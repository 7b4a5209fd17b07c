/* arena: memory that is taken in small pieces and given back all at once. */
#ifndef MBP_YAML_ARENA_H
#define MBP_YAML_ARENA_H

#include <stddef.h>

/* Zero-initialise. */
struct mbp_arena {
    struct mbp_arena_chunk *chunks; /* newest first */
    size_t next_size;
};

/* count zeroed items of size bytes, aligned for any type; NULL when memory is out. Ownership: the arena's. */
void *mbp_arena_array(struct mbp_arena *arena, size_t count, size_t size);

/* A NUL-terminated copy of len bytes, packed without alignment; NULL when memory is out. */
char *mbp_arena_text(struct mbp_arena *arena, const char *bytes, size_t len);

void mbp_arena_free(struct mbp_arena *arena);

#endif
