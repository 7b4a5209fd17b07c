/* seed: of what is random: noise, wander, rejects, the times of faults, RANDOM(). A figure of the state, so snapshots
 * and checkpoints hold it; the plant file or the command line gives the first. Wire faults go by the plant's seed
 * always. */
#ifndef MBPLANT_STATE_SEED_H
#define MBPLANT_STATE_SEED_H

#include "mbplant/state.h"

/* A state of an earlier run, or of the plant before it was edited: its seed stays unless the file or the command line
 * gives another one now than then. */
void mbp_state_take_seed(const struct mbp_plant *plant, struct mbp_state *state);

#endif
