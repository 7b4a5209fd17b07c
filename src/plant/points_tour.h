/* What the files that list a unit's points share: a point as a row of a table, and the way past all of them. */
#ifndef MBP_PLANT_POINTS_TOUR_H
#define MBP_PLANT_POINTS_TOUR_H

#include "points.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define NOTHING         UINT32_MAX

struct mbp_item {
    const char *suffix; /* of the machine's or sensor's name; a whole name in the summary */
    const char *what;
    const char *unit_text;
    uint8_t offset; /* from the start of its block */
    uint8_t count;
    uint8_t type;
    double scale;
};

struct mbp_tour {
    const struct mbp_plant *plant;
    const struct mbp_unit *unit;
    int (*visit)(const struct mbp_point *point, void *ctx);
    void *ctx;
};

/* `a ?: b` in standard C: the tour goes on while nobody stopped it. */
#define THEN(stop, call) ((stop) != 0 ? (stop) : (call))

/* Whether one of the items has this suffix. */
bool mbp_items_have_suffix(const struct mbp_item *items, size_t count, const char *suffix);

/* Visits the points of actuators and controllers in a table. */
int mbp_output_points(const struct mbp_tour *tour, enum mbp_table table);

/* Whether NAME.suffix is how the map calls a point of an actuator or controller NAME. */
bool mbp_output_suffix_is_taken(const char *suffix);

#endif
