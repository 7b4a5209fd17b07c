/* kin: who depends on whom in a plant, and so what a change may touch; all else must be the same to the bit. */
#ifndef MBPLANT_TEST_KIN_H
#define MBPLANT_TEST_KIN_H

#include "twin.h"

struct kin {
    const struct mbp_change *change; /* from the plant without the change to the one with it */
    bool *from, *to; /* per item of either plant, as src/plant/index.h counts them: the change may touch it */
    bool reordered;  /* the first of several sensors may be another one */
};

/* `touched`: names of what was changed otherwise than by coming or going, NULL behind the last. */
void kin_find(struct kin *kin, const struct mbp_change *change, const char *const *touched);
void kin_free(struct kin *kin);

/* The test fails, with `what`, when anything that the change cannot touch differs. derived: also of what the state only
 * derives from the rest, which is right after the next scan. */
void kin_compare(const struct kin *kin, const struct twin *from, const struct twin *to, bool derived, const char *what);

/* How many sensors, actuators and controllers the last comparison found alike. */
size_t kin_alike(void);

#endif
