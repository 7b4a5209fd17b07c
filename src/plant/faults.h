/* faults: the plant's faults, from the file to the plant. */
#ifndef MBP_PLANT_FAULTS_H
#define MBP_PLANT_FAULTS_H

#include "load.h"

struct mbp_plant_fault_def {
    struct mbp_def def;
    struct mbp_plant_fault fault;
    const char *sensor, *actuator; /* one of them */
    double value;
    uint64_t every_ns;
};

/* The fault that a scenario makes up: the same keys, but that it begins at its place in the timeline, needs no name,
 * and lasts `for` a while. */
extern const struct mbp_schema mbp_step_fault_schema;

/* The sensors and actuators of the plant's faults by name. */
void mbp_resolve_faults(struct mbp_load *load, const struct mbp_index *index);

/* Tells why the sensor or actuator (as mbp_effect's subject) that the fault names cannot have it. */
void mbp_check_effect(struct mbp_reader *reader, const struct mbp_plant *plant, const struct mbp_plant_fault_def *def,
                      uint32_t subject);

/* What a file would say that leaves nothing to a default. */
void mbp_fault_view(const struct mbp_plant *plant, uint32_t f, struct mbp_plant_fault_def *def);

#endif
