/* plant_unit: a unit: what it holds, raw points, and where the register map has its blocks. */
#ifndef MBPLANT_PLANT_UNIT_H
#define MBPLANT_PLANT_UNIT_H

#include <stdbool.h>

#include "mbplant/words.h"

/* A raw block of `tables`: count points from at. */
struct mbp_block {
    uint16_t at;
    uint32_t count;         /* 1..65536 */
    const uint16_t *values; /* count of them; coils and discrete inputs as 0/1 */
    bool writable;          /* coils and holding registers only; `access: read` makes it false */
    bool has_min, has_max;  /* `min`/`max`: a write beyond is refused with exception 04 */
    uint16_t min, max;
};

struct mbp_file {
    uint16_t number; /* 1..899 */
    uint32_t count;  /* 1..10000 */
    const uint16_t *values;
};

struct mbp_fifo {
    uint16_t at;
    uint16_t count; /* of more than 31, FC 24 reads none (V1.1b3 6.18) */
    const uint16_t *values;
};

/* Where each block of the register map begins in one unit (mbplant/map.h); MBP_NO_BASE = the unit has none, or no room
 * for it. */
#define MBP_MAP_BLOCKS_MAX 64
#define MBP_NO_BASE        65536u
#define MBP_AS_DEFAULT     0u
struct mbp_layout {
    uint32_t base[MBP_MAP_BLOCKS_MAX];
    bool none;                          /* no block stands here but those that are asked for (`blocks: none`) */
    uint32_t asked[MBP_MAP_BLOCKS_MAX]; /* its base, or MBP_NO_BASE, and one more; MBP_AS_DEFAULT = nothing is said */
};

/* What a unit does with values that it does not accept. */
enum mbp_refuse { MBP_REFUSE_FAILURE, MBP_REFUSE_VALUE, MBP_REFUSE_CLAMP, MBP_REFUSE_IGNORE, MBP_REFUSE_COUNT };

/* What a unit answers as the device that it stands for. */
struct mbp_answer {
    bool some_functions;   /* `functions` is complete; else all that there are */
    uint8_t functions[16]; /* a bit each: code c at bit c % 8 of c / 8 */
    uint16_t max_read;     /* registers of one request; 0 = as many as fit */
    uint8_t refuse;        /* enum mbp_refuse */
    bool no_files;         /* but those that it declares */
};

static inline bool mbp_answers(const struct mbp_answer *answer, unsigned function)
{
    return !answer->some_functions || (answer->functions[function / 8] >> function % 8 & 1) != 0;
}

/* An object of FC 43/14. */
struct mbp_object {
    const uint8_t *bytes;
    uint8_t id, len;
};

/* What reads of addresses get that nobody declared. */
enum mbp_gaps { MBP_GAPS_ERROR, MBP_GAPS_ZERO, MBP_GAPS_NUMBER, MBP_GAPS_COUNT };

#define MBP_RECENT_EVENTS 64
#define MBP_RECENT_WORDS  1280 /* 64 events of 20 registers */

/* What a sensor's shelving register holds beside seconds. */
#define MBP_SHELVE_ONCE     65534u
#define MBP_SHELVE_FOR_EVER 65535u

struct mbp_unit {
    const char *name;
    uint8_t id;   /* 0..255; 0 and 255 are the first unit's too while no unit has them */
    uint8_t gaps; /* enum mbp_gaps: NUMBER where the request touches something declared */
    uint16_t gap; /* the number */
    struct mbp_answer answer;
    const struct mbp_object *objects; /* its own identification, by id; none: the plant's */
    uint32_t object_count;
    bool instructor; /* the unit 247 that `instructor: true` adds: coil i switches wire fault i */
    uint32_t first_machine, machine_count;
    uint32_t first_sensor, sensor_count;
    uint32_t alarm_count; /* of those, the last so many are no sensors: alarms, alarms of bypasses, interlocks */
    uint32_t
        interlock_count; /* of those, the last so many are interlocks, and as many before them are their bypasses' */
    uint32_t first_actuator, actuator_count;
    uint32_t first_controller, controller_count;
    uint32_t first_logic, logic_count; /* into formulas[] */
    struct mbp_layout layout;
    const struct mbp_block *blocks[MBP_TABLE_COUNT];
    uint32_t block_count[MBP_TABLE_COUNT];
    const struct mbp_file *files;
    uint32_t file_count;
    const struct mbp_fifo *fifos;
    uint32_t fifo_count;
    uint32_t first_point, point_count; /* the user's own points (mbplant/point.h), by table and address */
    uint32_t first_stored, stored_count;
    uint32_t named_count;              /* of the stored values, the first so many have names */
    uint32_t first_alias, alias_count; /* by table and address */
};

#endif
