/* guess: what registers may be, by what stood in them and how it moved. */
#ifndef MBP_CTL_LEARN_GUESS_H
#define MBP_CTL_LEARN_GUESS_H

#include "learn/areas.h"
#include "learn/learn.h"

#define GUESS_SWEEPS_MAX 16u

/* A table as it was seen again and again: whole sweeps, the last one last. */
struct sweeps {
    unsigned count;
    const uint16_t (*words)[AREAS_ADDRESSES];
};

/* The point that begins at a register; end: the first behind it that is not there. Its type, order and words, what it
 * holds, and how sure that is in its comment: "sure" when only this explains how it moved, "likely" when it looks like
 * it. It stands for exactly the words of the last sweep. */
struct learn_point guess_at(const struct sweeps *sweeps, enum mbp_table table, uint32_t addr, uint32_t end);

/* Whether a word was the same in all sweeps. */
bool guess_is_still(const struct sweeps *sweeps, uint32_t addr);

#endif
