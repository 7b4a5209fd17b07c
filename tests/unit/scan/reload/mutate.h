/* mutate: a printed plant with one thing changed, and what the change may touch beside what comes and goes. */
#ifndef MBPLANT_TEST_MUTATE_H
#define MBPLANT_TEST_MUTATE_H

#include "mbplant/plant.h"

enum mutation_kind {
    MUTATE_NOTHING,
    MUTATE_PLANT_NAME,
    MUTATE_LABEL,
    MUTATE_LIMITS,
    MUTATE_DELAY,
    MUTATE_REGISTER,
    MUTATE_OUTPUT, /* of an actuator where it begins, of a controller its gain */
    MUTATE_REMOVE,
    MUTATE_REMOVE_FAULT,
    MUTATE_FIRST_SENSOR,
    MUTATE_FIRST_MACHINE,
    MUTATE_ROTATE_SENSORS,
    MUTATE_ROTATE_MACHINES,
    MUTATE_ROTATE_ACTUATORS,
    MUTATE_ROTATE_CONTROLLERS,
    MUTATE_ROTATE_UNITS,
    MUTATE_SEED,
    MUTATE_SCAN,
    MUTATION_COUNT
};

struct mutation {
    char what[160];
    char *text;             /* Ownership: free */
    const char *touched[2]; /* names; NULL behind the last */
    bool everything;        /* it may touch all there is */
    bool reordered;
};

/* How many there are of a kind, at most. */
uint32_t mutation_count(const struct mbp_plant *plant, enum mutation_kind kind);

/* False: the nth thing has nothing to change in this way. printed: items_print of the plant. */
bool mutate(const struct mbp_plant *plant, const char *printed, enum mutation_kind kind, uint32_t nth,
            struct mutation *out);

#endif
