/* forced: points of any table that an instructor holds at a number from outside: what masters read there, whatever the
 * plant does. Of a stored value (mbplant/point.h) expressions and logic see it too. Sensors are forced as sensors
 * (mbplant/process.h). */
#ifndef MBPLANT_STATE_FORCED_H
#define MBPLANT_STATE_FORCED_H

#include "mbplant/instructor.h"
#include "mbplant/state.h"

struct mbp_forced {
    uint32_t stored; /* the stored value that is meant; UINT32_MAX = none: what stands there is not changed */
    uint16_t addr;
    uint16_t words[MBP_SIM_FORCE_VALUES]; /* what is read there; of a coil or discrete input 0 or 1 */
    uint8_t unit;                         /* id */
    uint8_t table;                        /* enum mbp_table */
    uint8_t count;                        /* addresses; 0 = this place is free */
};

/* The place that a point has among them; NULL = it is not forced. */
struct mbp_forced *mbp_forced_find(const struct mbp_state *state, uint8_t unit, enum mbp_table table, uint16_t addr);

/* Holds a point at its words. False: all places are taken. */
bool mbp_forced_hold(const struct mbp_plant *plant, struct mbp_state *state, const struct mbp_forced *wanted);

/* Lets one go: a stored value is what it would be by now. */
void mbp_forced_release(struct mbp_state *state, struct mbp_forced *forced);

/* Those that the plant still has, in another plant. */
void mbp_forced_carry(const struct mbp_carry *carry, const struct mbp_state *from, struct mbp_state *to);

/* The bits of a stored value without what holds it: those that are kept. */
static inline uint64_t mbp_stored_kept(const struct mbp_state *state, uint32_t stored)
{
    return state->stored_held[stored] != 0 ? state->stored_beneath[stored] : state->stored[stored];
}

/* What a stored value becomes, by a master, by logic or by its expression. */
static inline void mbp_stored_put(struct mbp_state *state, uint32_t stored, uint64_t bits)
{
    (state->stored_held[stored] != 0 ? state->stored_beneath : state->stored)[stored] = bits;
}

#endif
