/* What is so of every plant at every time. */
#ifndef MBPLANT_FUZZ_INVARIANTS_H
#define MBPLANT_FUZZ_INVARIANTS_H

#include "mbplant/scan.h"

/* Aborts, with a line that says what is wrong, unless states are states, values lie in their ranges, sums are the sums
 * of their parts; shown: and what masters can read says the same. */
void invariants_check(const struct mbp_plant *plant, struct mbp_image *image, const struct mbp_state *state,
                      bool shown);

#endif
