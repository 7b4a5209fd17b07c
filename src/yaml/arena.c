/* arena: a list of chunks, each handed out from its start upwards. The large ones are pages of their own: the system
 * has them back when the arena ends, whatever else was allocated in between. */
#include "arena.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "mbplant/base.h"

#define FIRST_CHUNK ((size_t)16 << 10)
#define LAST_CHUNK  ((size_t)1 << 20)

/* Each block ends with a fence; where there are fences each begins on eight bytes, as a fence can end only there. */
#define FENCED_ALIGN (MBP_FENCE_LEN != 0 ? (size_t)8 : (size_t)1)

struct mbp_arena_chunk {
    struct mbp_arena_chunk *older;
    size_t used, size; /* of the bytes */
    bool mapped;
    alignas(max_align_t) unsigned char bytes[];
};

/* Zeroed pages, or NULL. */
static void *map(size_t size)
{
    void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return pages == MAP_FAILED ? NULL : pages;
}

static struct mbp_arena_chunk *chunk_new(struct mbp_arena *arena, size_t size)
{
    if (arena->next_size == 0) {
        arena->next_size = FIRST_CHUNK;
    }
    if (size < arena->next_size) {
        size = arena->next_size;
        if (arena->next_size < LAST_CHUNK) {
            arena->next_size *= 2;
        }
    }
    if (size > SIZE_MAX - sizeof(struct mbp_arena_chunk)) {
        return NULL;
    }
    bool mapped = size >= LAST_CHUNK;
    struct mbp_arena_chunk *chunk = mapped ? map(sizeof *chunk + size) : calloc(1, sizeof *chunk + size);
    if (chunk == NULL) {
        return NULL;
    }
    chunk->mapped = mapped;
    chunk->size = size;
    chunk->older = arena->chunks;
    arena->chunks = chunk;
    return chunk;
}

static void *take(struct mbp_arena *arena, size_t size, size_t align)
{
    struct mbp_arena_chunk *chunk = arena->chunks;
    align = align > FENCED_ALIGN ? align : FENCED_ALIGN;
    if (size > SIZE_MAX - MBP_FENCE_LEN - FENCED_ALIGN) {
        return NULL;
    }
    size_t fenced = (size + MBP_FENCE_LEN + FENCED_ALIGN - 1) & ~(FENCED_ALIGN - 1);
    size_t at = chunk == NULL ? 0 : (chunk->used + align - 1) & ~(align - 1);
    if (chunk == NULL || at > chunk->size || fenced > chunk->size - at) {
        chunk = chunk_new(arena, fenced);
        at = 0;
    }
    if (chunk == NULL) {
        return NULL;
    }
    chunk->used = at + fenced;
    mbp_fence_put(chunk->bytes + at + size, fenced - size);
    return chunk->bytes + at;
}

void *mbp_arena_array(struct mbp_arena *arena, size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size) {
        return NULL;
    }
    return take(arena, count * size, alignof(max_align_t));
}

char *mbp_arena_text(struct mbp_arena *arena, const char *bytes, size_t len)
{
    char *copy = take(arena, len + 1, 1);
    if (copy != NULL) {
        memcpy(copy, bytes, len);
        copy[len] = '\0';
    }
    return copy;
}

void mbp_arena_free(struct mbp_arena *arena)
{
    struct mbp_arena_chunk *chunk = arena->chunks;
    while (chunk != NULL) {
        struct mbp_arena_chunk *older = chunk->older;
        mbp_fence_remove(chunk->bytes, chunk->size);
        if (chunk->mapped) {
            munmap(chunk, sizeof *chunk + chunk->size);
        } else {
            free(chunk);
        }
        chunk = older;
    }
    *arena = (struct mbp_arena){0};
}
