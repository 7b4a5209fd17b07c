/* points: the register map as code. What layout.c claims and points.c lists must agree; these are the numbers. */
#ifndef MBP_PLANT_POINTS_H
#define MBP_PLANT_POINTS_H

#include "mbplant/plant.h"

#define MBP_COILS_PER_MACHINE     8u /* of which mbp_layout.machine_coils are declared */
#define MBP_BITS_PER_SENSOR       8u
#define MBP_BITS_PER_MACHINE      8u /* of which 3 are declared */
#define MBP_BITS_USED_PER_MACHINE 3u
#define MBP_FLOAT_WORDS           2u

static inline bool mbp_unit_has_map(const struct mbp_unit *unit)
{
    return unit->machine_count + unit->sensor_count + unit->actuator_count + unit->controller_count > 0;
}

static inline bool mbp_sensor_has_limits(const struct mbp_sensor *sensor)
{
    return sensor->reg.type != MBP_BOOL && sensor->reg.type != MBP_STRING;
}

/* Visits the points of the instructor's unit in a table, beside its wire faults. */
int mbp_instructor_points(const struct mbp_plant *plant, enum mbp_table table,
                          int (*visit)(const struct mbp_point *point, void *ctx), void *ctx);

/* Visits the points of the instructor's unit in a table that plant files are put with. */
int mbp_staging_points(enum mbp_table table, int (*visit)(const struct mbp_point *point, void *ctx), void *ctx);

/* Whether NAME.suffix is how the map calls a point of a machine or sensor NAME. */
bool mbp_point_suffix_is_taken(const char *suffix);

#endif
