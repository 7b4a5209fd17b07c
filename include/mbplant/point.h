/* point: the user's own points: any value at any address of a unit. A point is a row of the unit's map as a standard
 * one is; what it shows is a field of the map's table (mbplant/map.h) for one item of the plant. */
#ifndef MBPLANT_POINT_H
#define MBPLANT_POINT_H

#include "mbplant/plant.h"

#define MBP_POINTS_PER_UNIT_MAX 65536u
#define MBP_POINTS_MAX          1000000u

/* A thing of the plant that has a name, at an address or not: a field of one of the map's blocks, and of which item. */
struct mbp_tag {
    uint32_t item; /* plant-wide; of a unit's block the unit's index */
    uint8_t block, field;
};

struct mbp_user_point {
    struct mbp_register reg; /* addr: where it begins; of bit tables only that */
    struct mbp_tag tag;
    uint64_t no_value; /* what stands there while the tag has no good value; bits of the type */
    uint16_t mask;     /* bits of its register that it takes; 0 = all */
    uint8_t shift;     /* of the lowest of them */
    bool wraps;        /* rolls over at its ends, where others are held */
    bool has_no_value;
    uint8_t table; /* enum mbp_table */
    bool writable;
};

#endif
