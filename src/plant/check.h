/* check: what the keys of one sensor must have to do with each other. */
#ifndef MBP_PLANT_CHECK_H
#define MBP_PLANT_CHECK_H

#include "schema.h"

/* The check of mbp_sensor_schema: also settles the range, the limits and the signal. */
void mbp_check_sensor(struct mbp_reader *reader, void *sensor_def);

/* Warns of an address that looks like a register as people call it: 40001 for the first holding register. */
void mbp_check_reference(struct mbp_reader *reader, const struct mbp_node *node, enum mbp_table table, uint32_t at);

#endif
