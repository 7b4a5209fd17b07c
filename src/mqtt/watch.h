/* watch: the way of what points show from the scan to the link's thread. The scan compares its tables with a copy, many
 * addresses at a time, and puts what differs into a ring as it stands, 64 bytes a slot: a point that stands still costs
 * it next to nothing, one that moves little more. Which points have changed, and whether somebody asked for such a
 * change, the thread finds out. */
#ifndef MBP_MQTT_WATCH_H
#define MBP_MQTT_WATCH_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "mbplant/image.h"
#include "mbplant/state.h"

#define WATCH_BLOCK 64u         /* bytes of a table, or flags of so many sensors */
#define WATCH_TIME  UINT32_MAX  /* no block: nothing has changed, but time has gone by */
#define WATCH_END   0x80000000u /* with a block: from there on the scan found no room */

struct mqtt_metric;

struct mqtt_slot {
    uint64_t time_ms; /* of the scan; the slots of one follow each other */
    uint32_t block;
    uint8_t bytes[WATCH_BLOCK];
};

/* Where a point's words are among the bytes of all blocks, and what is wanted of them. */
struct mqtt_row {
    uint32_t sensor; /* UINT32_MAX = none */
    uint32_t at;
    uint16_t mask;        /* of its word; 0 = all of it */
    uint8_t shift, count; /* words */
    uint8_t kind;         /* enum mqtt_row_kind */
    bool has_rule;
};

enum mqtt_row_kind { ROW_WORDS, ROW_BIT, ROW_PART, ROW_TEXT };

/* Points of a block: bits of a word of turn. */
struct mqtt_mark {
    uint32_t word;
    uint64_t bits;
};

/* What says that something has changed in blocks that change seldom. */
enum watch_when { LOOK_ALWAYS, LOOK_LIMITS, LOOK_BITS };

/* Blocks with points that follow each other in a table. */
struct watch_run {
    uint32_t block; /* the first, of all */
    uint32_t from, bytes;
    uint8_t unit_id, table;
    uint8_t when;     /* enum watch_when */
    bool held;        /* something of the unit was held from outside at the last look */
    uint32_t version; /* at that, of what says it */
};

/* Bytes of an address. */
static inline uint32_t watch_element_of(uint32_t table)
{
    return mbp_table_is_bits(table) ? 1 : 2;
}

struct mqtt_watch {
    uint32_t count; /* of points */
    struct mqtt_row *rows;
    struct watch_run *runs;
    uint32_t run_count, block_count, flags_block; /* of blocks; the first of those with flags of sensors */
    uint32_t sensor_count;
    uint32_t *of_block_at, *of_block; /* the points of each */
    uint32_t *marks_at;               /* the same, as bits */
    struct mqtt_mark *marks;
    /* the scan's */
    uint8_t *copy;
    bool begun;
    /* from the scan to the thread, in a ring of a power of two */
    struct mqtt_slot *slots;
    uint32_t slot_count;
    atomic_uint head, tail;
    atomic_uint base; /* what the first slot counts as: the head when the ring was found empty last, so that what is
                         taken at once stands in the same few slots, which the processor has at hand */
    atomic_bool wants_time; /* something is to be told when time has gone by */
    /* the thread's */
    uint8_t *now;
    uint64_t *due, *turn; /* a bit a point: it is to be looked at with the next scan; with this one */
    uint64_t time_ms;     /* of this one */
    uint32_t at;          /* of its turn */
    bool open;            /* it is being told */
};

/* metrics: count of them, whose points are of this plant. Errors: MBP_ERR_MEMORY. Ownership: mqtt_watch_free. */
enum mbp_status mqtt_watch_new(const struct mbp_plant *plant, const struct mqtt_metric *metrics, uint32_t count,
                               struct mqtt_watch **out);
void mqtt_watch_free(struct mqtt_watch *watch);

/* The scan's: what differs goes into the ring; at first all. What finds no room differs at the next look too. *missed:
 * how many points that concerns. Returns whether the thread has something to do. */
bool mqtt_watch_look(struct mqtt_watch *watch, struct mbp_image *image, const struct mbp_state *state,
                     uint32_t *missed);

/* The thread's: takes the next scan in when the one before is told. False: there is none. */
bool mqtt_watch_open(struct mqtt_watch *watch);

/* The slot that counts as at. The base is set before the head that makes it count, and while something is in the ring
 * it stays. */
static inline struct mqtt_slot *mqtt_watch_slot(const struct mqtt_watch *watch, uint32_t at)
{
    return &watch->slots[(at - atomic_load_explicit(&watch->base, memory_order_relaxed)) & (watch->slot_count - 1)];
}

/* All that had its turn in this scan has had it. */
void mqtt_watch_shut(struct mqtt_watch *watch);

/* The next point whose turn it is in this scan, if it stands before `end`; UINT32_MAX: there is none. */
static inline uint32_t mqtt_watch_turn(struct mqtt_watch *watch, uint32_t end)
{
    if (!watch->open)
        return UINT32_MAX;
    for (; watch->at <= watch->count / 64u; watch->at++) {
        uint64_t left = watch->turn[watch->at];
        if (left == 0)
            continue;
        uint32_t metric = watch->at * 64u + (unsigned)__builtin_ctzll(left);
        if (metric >= end)
            return UINT32_MAX;
        watch->turn[watch->at] = left & (left - 1);
        return metric;
    }
    mqtt_watch_shut(watch);
    return UINT32_MAX;
}

/* It is to be looked at again when time has gone by. */
void mqtt_watch_later(struct mqtt_watch *watch, uint32_t metric);

/* Whether mqtt_watch_open or mqtt_watch_turn have more. */
bool mqtt_watch_has(const struct mqtt_watch *watch);

/* Of a text, and of a point that is a part of a word. */
uint64_t mqtt_watch_odd_bits(const struct mqtt_watch *watch, uint32_t metric);

/* What a point shows: its words, the first in the lowest bits; of a text a hash of it. Behind all that is shown there
 * is room to read four words. */
static inline uint64_t mqtt_watch_bits(const struct mqtt_watch *watch, uint32_t metric)
{
    const struct mqtt_row *row = &watch->rows[metric];
    const uint8_t *at = watch->now + row->at;
    uint16_t words[4];
    if (row->kind == ROW_BIT)
        return *at;
    if (row->kind != ROW_WORDS)
        return mqtt_watch_odd_bits(watch, metric);
    memcpy(words, at, sizeof words);
    const uint64_t bits = words[0] | (uint64_t)words[1] << 16 | (uint64_t)words[2] << 32 | (uint64_t)words[3] << 48;
    const unsigned others = 64u - 16u * row->count;
    return bits << others >> others;
}

/* Whether it is bad. */
static inline bool mqtt_watch_bad(const struct mqtt_watch *watch, uint32_t metric)
{
    uint32_t sensor = watch->rows[metric].sensor;
    return sensor < watch->sensor_count &&
           (watch->now[(size_t)watch->flags_block * WATCH_BLOCK + sensor] & MBP_SENSOR_BAD) != 0;
}

#endif
