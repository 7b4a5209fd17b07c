/* actuator: where one is, apart from what flows through it. */
#ifndef MBPLANT_STATE_ACTUATOR_H
#define MBPLANT_STATE_ACTUATOR_H

#include "mbplant/state.h"

/* Where an actuator's stem stands, as its switches tell: what passes beneath it does not count. */
double mbp_state_stem(const struct mbp_state *state, uint32_t actuator);

#endif
