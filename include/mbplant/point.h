/* point: the user's own points: any value at any address of a unit. A point is a row of the unit's map as a standard
 * one is; what it shows is a field of the map's table (mbplant/map.h) for one item of the plant. */
#ifndef MBPLANT_POINT_H
#define MBPLANT_POINT_H

#include "mbplant/plant.h"

#define MBP_POINTS_PER_UNIT_MAX 65536u

/* What a point of the user's own holds by itself: a stored value, or one that an expression gives. Those with a name
 * are tags, as sensors are. */
struct mbp_stored {
    const char *name;        /* "holding 100" where the file gives none */
    const char *text;        /* of a string: what it holds at first; NULL of numbers */
    struct mbp_register reg; /* its type, scale and offset; as its bits stand in mbp_state.stored */
    uint64_t initial;        /* its bits at first */
    uint32_t unit;           /* index into units[] */
    uint32_t point;          /* where it stands: index into points[] */
    uint32_t formula;        /* that gives it in every scan, and one more; 0 = it is stored */
    uint32_t watchdog;       /* likewise of who watches whether a master writes it */
    bool named, retain;
    bool parameter; /* it stands at no address: point is UINT32_MAX; an instructor changes it */
    bool computed;  /* by a formula, which the plant knows a step later */
    bool wraps;     /* of those: beyond the ends of its type it begins again */
};

/* A run of addresses that are the same as another one: what is written to either stands in both. Of coils and discrete
 * inputs that are the same as registers, each is a bit, the lowest of the first register first. */
struct mbp_alias {
    uint32_t count; /* of its own addresses */
    uint16_t addr, of_addr;
    uint8_t table, of_table;
    bool writable;
};

/* How many addresses of the other table a run of them is. */
static inline uint32_t mbp_alias_span(const struct mbp_alias *alias)
{
    bool bits = mbp_table_is_bits(alias->table);
    bool of_bits = mbp_table_is_bits(alias->of_table);
    return bits && !of_bits ? (alias->count + 15) / 16 : alias->count;
}

/* A thing of the plant that has a name, at an address or not: a field of one of the map's blocks, and of which item. */
struct mbp_tag {
    uint32_t item; /* plant-wide; of a unit's block the unit's index */
    uint8_t block, field;
};

struct mbp_user_point {
    struct mbp_register reg; /* addr: where it begins; of bit tables only that */
    struct mbp_tag tag;
    uint64_t no_value; /* what stands there while the tag has no good value; bits of the type */
    uint32_t accept;   /* formula that must be TRUE for a write, and one more; 0 = none */
    uint16_t mask;     /* bits of its register that it takes; 0 = all */
    uint8_t shift;     /* of the lowest of them */
    bool wraps;        /* rolls over at its ends, where others are held */
    bool has_no_value;
    bool write_only;  /* a read is refused, as of an address that nobody declared */
    bool home;        /* of a stored value: the point that holds it */
    bool of_register; /* the file says it as the `register` of what it shows */
    uint8_t table;    /* enum mbp_table */
    bool writable;
};

#endif
