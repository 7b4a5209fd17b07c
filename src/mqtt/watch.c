/* What a scan hands over, and what the link's thread takes of it. */
#include "watch.h"

#include <string.h>

#include "mbplant/image/forced.h"
#include "mqtt_priv.h"

#define CHUNK  512u /* bytes that are compared at once: mostly nothing has changed */
#define ANYWAY 16u  /* scans after which all is compared, though nothing says that it has changed */

/* ---- the scan's -------------------------------------------------------------------------------------------------- */

struct look {
    struct mqtt_watch *watch;
    uint64_t time_ms;
    uint32_t begun, head, tail, missed;
    bool full;
};

static struct mqtt_slot *put_slot(struct look *look, uint32_t block)
{
    struct mqtt_slot *slot = mqtt_watch_slot(look->watch, look->head++);
    slot->time_ms = look->time_ms;
    slot->block = block;
    return slot;
}

/* From this block on there is no room for this scan. The thread hears of it where some of the scan has room, for a
 * point may stand half in that: the last slot is kept for this. */
static void end_early(struct look *look, uint32_t block)
{
    if (!look->full && look->head != look->begun)
        put_slot(look, block | WATCH_END);
    look->full = true;
}

/* A block is other than it was told. */
static void put(struct look *look, uint32_t block, const uint8_t *bytes, size_t many)
{
    struct mqtt_watch *watch = look->watch;
    if (look->full || look->head - look->tail >= watch->slot_count - 1) {
        look->missed += watch->of_block_at[block + 1] - watch->of_block_at[block];
        end_early(look, block);
        return;
    }
    struct mqtt_slot *slot = put_slot(look, block);
    uint8_t *copy = watch->copy + (size_t)block * WATCH_BLOCK;
    if (many == WATCH_BLOCK) { /* nearly always */
        memcpy(slot->bytes, bytes, WATCH_BLOCK);
        memcpy(copy, bytes, WATCH_BLOCK);
    } else {
        memcpy(slot->bytes, bytes, many);
        memcpy(copy, bytes, many);
    }
}

static inline bool is_same(const uint8_t *a, const uint8_t *b, size_t many)
{
    uint64_t words[2][WATCH_BLOCK / sizeof(uint64_t)], differ = 0;
    if (many != WATCH_BLOCK)
        return memcmp(a, b, many) == 0;
    memcpy(words[0], a, WATCH_BLOCK);
    memcpy(words[1], b, WATCH_BLOCK);
    for (unsigned w = 0; w < WATCH_BLOCK / sizeof(uint64_t); w++)
        differ |= words[0][w] ^ words[1][w];
    return differ == 0;
}

/* Bytes of blocks that follow each other, from one on. */
static void look_at_bytes(struct look *look, uint32_t block, const uint8_t *now, size_t bytes)
{
    const uint8_t *copy = look->watch->copy + (size_t)block * WATCH_BLOCK;
    bool all = !look->watch->begun;
    for (size_t at = 0; at < bytes; at += CHUNK) {
        size_t chunk = bytes - at < CHUNK ? bytes - at : CHUNK;
        if (!all && memcmp(now + at, copy + at, chunk) == 0)
            continue;
        for (size_t b = at; b < at + chunk; b += WATCH_BLOCK) {
            size_t many = at + chunk - b < WATCH_BLOCK ? at + chunk - b : WATCH_BLOCK;
            if (all || !is_same(now + b, copy + b, many))
                put(look, block + (uint32_t)(b / WATCH_BLOCK), now + b, many);
        }
    }
}

static const uint8_t *table_of(const struct mbp_image_unit *unit, unsigned table)
{
    if (table == MBP_COILS)
        return unit->coils;
    if (table == MBP_DISCRETE_INPUTS)
        return unit->discrete;
    return (const uint8_t *)(table == MBP_HOLDING_REGISTERS ? unit->holding : unit->input);
}

/* What is held from outside stands in no table: it is put over what does. */
static void look_at_held(struct look *look, const struct watch_run *run, const struct mbp_image_unit *unit,
                         const uint8_t *now, size_t bytes)
{
    const uint32_t size = watch_element_of(run->table);
    for (size_t at = 0; at < bytes; at += WATCH_BLOCK) {
        uint8_t shown[WATCH_BLOCK];
        size_t many = bytes - at < WATCH_BLOCK ? bytes - at : WATCH_BLOCK, next = 0;
        uint16_t first = (uint16_t)((run->from + at) / size), addr, word;
        memcpy(shown, now + at, many);
        while (
            mbp_image_next_held(unit, (enum mbp_table)run->table, first, (uint32_t)many / size, &next, &addr, &word)) {
            uint8_t bit = (uint8_t)word;
            memcpy(shown + (size_t)(addr - first) * size, size == 1 ? (const void *)&bit : &word, size);
        }
        look_at_bytes(look, run->block + (uint32_t)(at / WATCH_BLOCK), shown, many);
    }
}

/* Whether there is something to find. What is held or let go is told by nothing else. */
static bool is_due(struct watch_run *run, const struct mbp_image_unit *unit, const struct mbp_state *state)
{
    const uint32_t version = run->when == LOOK_LIMITS ? state->limits_version : unit->bits_version;
    bool due =
        run->when == LOOK_ALWAYS || version != run->version || unit->held || run->held || state->scan % ANYWAY == 0;
    run->held = unit->held;
    run->version = version;
    return due;
}

static void look_at_run(struct look *look, struct watch_run *run, const struct mbp_image_unit *unit)
{
    const uint8_t *now = table_of(unit, run->table) + run->from;
    const uint32_t missed = look->missed;
    size_t size = (size_t)unit->size[run->table] * watch_element_of(run->table);
    size_t bytes = size > run->from ? size - run->from : 0;
    bytes = bytes < run->bytes ? bytes : run->bytes;
    if (unit->held)
        look_at_held(look, run, unit, now, bytes);
    else
        look_at_bytes(look, run->block, now, bytes);
    if (look->missed > missed)
        run->version--; /* to be looked at again */
}

bool mqtt_watch_look(struct mqtt_watch *watch, struct mbp_image *image, const struct mbp_state *state, uint32_t *missed)
{
    uint32_t begun = atomic_load(&watch->head);
    struct look look = {
        .watch = watch, .time_ms = state->wall_ms, .begun = begun, .head = begun, .tail = atomic_load(&watch->tail)};
    if (look.tail == begun)
        atomic_store_explicit(&watch->base, begun, memory_order_relaxed);
    for (uint32_t r = 0; r < watch->run_count; r++) {
        struct watch_run *run = &watch->runs[r];
        const struct mbp_image_unit *unit = mbp_image_unit(image, run->unit_id);
        if (is_due(run, unit, state) || !watch->begun)
            look_at_run(&look, run, unit);
    }
    look_at_bytes(&look, watch->flags_block, state->flags, watch->sensor_count);
    watch->begun = true;
    if (look.head == begun && !look.full && look.head - look.tail < watch->slot_count &&
        atomic_load(&watch->wants_time))
        put_slot(&look, WATCH_TIME);
    *missed = look.missed;
    atomic_store(&watch->head, look.head);
    return look.head != begun;
}

/* ---- the thread's ------------------------------------------------------------------------------------------------ */

void mqtt_watch_later(struct mqtt_watch *watch, uint32_t metric)
{
    watch->due[metric / 64] |= UINT64_C(1) << metric % 64;
}

/* What stands from a block on is of the scan before: a point that begins in front of it would be half of each. */
static void put_off(struct mqtt_watch *watch, uint32_t block)
{
    for (uint32_t i = watch->of_block_at[block]; i < watch->of_block_at[watch->flags_block]; i++) {
        uint32_t metric = watch->of_block[i];
        uint64_t bit = UINT64_C(1) << metric % 64;
        watch->due[metric / 64] |= watch->turn[metric / 64] & bit;
        watch->turn[metric / 64] &= ~bit;
    }
}

static void take(struct mqtt_watch *watch, const struct mqtt_slot *slot)
{
    if (slot->block == WATCH_TIME)
        return;
    if ((slot->block & WATCH_END) != 0) {
        put_off(watch, slot->block & ~WATCH_END);
        return;
    }
    memcpy(watch->now + (size_t)slot->block * WATCH_BLOCK, slot->bytes, WATCH_BLOCK);
    for (uint32_t i = watch->marks_at[slot->block]; i < watch->marks_at[slot->block + 1]; i++)
        watch->turn[watch->marks[i].word] |= watch->marks[i].bits;
}

bool mqtt_watch_open(struct mqtt_watch *watch)
{
    uint32_t tail = atomic_load(&watch->tail), head = atomic_load(&watch->head);
    if (watch->open)
        return true;
    if (tail == head)
        return false;
    uint64_t *before = watch->turn; /* all of it is told: it is empty */
    watch->turn = watch->due;
    watch->due = before;
    watch->time_ms = mqtt_watch_slot(watch, tail)->time_ms;
    for (; tail != head; tail++) {
        const struct mqtt_slot *slot = mqtt_watch_slot(watch, tail);
        if (slot->time_ms != watch->time_ms)
            break;
        take(watch, slot);
    }
    atomic_store(&watch->tail, tail);
    watch->at = 0;
    watch->open = true;
    return true;
}

static bool has_due(const struct mqtt_watch *watch)
{
    for (uint32_t w = 0; w <= watch->count / 64u; w++) {
        if (watch->due[w] != 0)
            return true;
    }
    return false;
}

void mqtt_watch_shut(struct mqtt_watch *watch)
{
    atomic_store(&watch->wants_time, has_due(watch));
    watch->open = false;
}

bool mqtt_watch_has(const struct mqtt_watch *watch)
{
    return watch->open || atomic_load(&watch->head) != atomic_load(&watch->tail);
}

uint64_t mqtt_watch_odd_bits(const struct mqtt_watch *watch, uint32_t metric)
{
    const struct mqtt_row *row = &watch->rows[metric];
    const uint8_t *at = watch->now + row->at;
    uint16_t word;
    if (row->kind == ROW_TEXT)
        return mbp_hash(at, row->count * sizeof word);
    memcpy(&word, at, sizeof word);
    return (uint64_t)(word & row->mask) >> row->shift;
}
