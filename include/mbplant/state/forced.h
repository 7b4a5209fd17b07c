/* forced: points of any table that an instructor holds at a number from outside: what masters read there, whatever the
 * plant does. Of a stored value (mbplant/point.h) expressions and logic see it too; an actuator goes there, whoever
 * moves it. Sensors are forced as sensors (mbplant/process.h). */
#ifndef MBPLANT_STATE_FORCED_H
#define MBPLANT_STATE_FORCED_H

#include "mbplant/instructor.h"
#include "mbplant/state.h"

struct mbp_forced {
    double command;    /* of an actuator: where it is told to go */
    uint32_t stored;   /* the stored value that is meant; UINT32_MAX = none */
    uint32_t actuator; /* likewise; of neither what stands there is not changed, and masters read the words over it */
    uint16_t addr;
    uint16_t words[MBP_SIM_FORCE_VALUES]; /* what is read there; of a coil or discrete input 0 or 1 */
    uint16_t mask;                        /* bits of its register that are held; 0 = all */
    uint8_t unit;                         /* id */
    uint8_t table;                        /* enum mbp_table */
    uint8_t count;                        /* addresses; 0 = this place is free */
};

/* The place that a point has among them (mask: of bits of a register; 0 = all of it); NULL = it is not forced. */
struct mbp_forced *mbp_forced_find(const struct mbp_state *state, uint8_t unit, enum mbp_table table, uint16_t addr,
                                   uint16_t mask);

/* Likewise the place of an actuator that is held, wherever that was asked for. */
struct mbp_forced *mbp_forced_of(const struct mbp_state *state, uint32_t actuator);

/* The command that it is held at; NaN = it is not. And what it is told: that, or its command. */
double mbp_forced_command(const struct mbp_state *state, uint32_t actuator);
double mbp_actuator_told(const struct mbp_state *state, uint32_t actuator);

/* The words that a number is at a point of at most MBP_SIM_FORCE_VALUES registers, and zeros behind them. */
struct mbp_point;
void mbp_forced_words(const struct mbp_point *point, double number, uint16_t words[MBP_SIM_FORCE_VALUES]);

/* One that has to go before `wanted` can be held: it takes some of the same bits, or is the same value or actuator
 * elsewhere. NULL = none. And whether two are of the same value or actuator. */
struct mbp_forced *mbp_forced_replaced(const struct mbp_state *state, const struct mbp_forced *wanted);
bool mbp_forced_is_of_same(const struct mbp_forced *a, const struct mbp_forced *b);

/* Holds a point at its words; what it replaces is let go. False: all places are taken. */
bool mbp_forced_hold(const struct mbp_plant *plant, struct mbp_state *state, const struct mbp_forced *wanted);

/* Lets one go: a stored value is what it would be by now. */
void mbp_forced_release(struct mbp_state *state, struct mbp_forced *forced);

/* Those that the plant still has, in another plant: at their numbers, whatever words those are now. And whether one of
 * them is held there. */
void mbp_forced_carry(const struct mbp_carry *carry, const struct mbp_state *from, struct mbp_state *to);
bool mbp_forced_goes_on(const struct mbp_carry *carry, const struct mbp_state *from, const struct mbp_forced *held,
                        const struct mbp_state *to);

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
