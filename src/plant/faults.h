/* faults: the plant's faults, from the file to the plant. */
#ifndef MBP_PLANT_FAULTS_H
#define MBP_PLANT_FAULTS_H

#include "load.h"

struct mbp_plant_fault_def {
    struct mbp_def def;
    struct mbp_plant_fault fault;
    int kind; /* enum mbp_effect_kind */
    int shows;
    const char *sensor;
    double value;
    uint64_t every_ns;
};

/* The sensors of the plant's faults by name. */
void mbp_resolve_faults(struct mbp_load *load, const struct mbp_index *index);

#endif
