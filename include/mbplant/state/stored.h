/* stored: values that a point holds by itself (mbplant/point.h), as the state keeps them: the bits of their type. */
#ifndef MBPLANT_STATE_STORED_H
#define MBPLANT_STATE_STORED_H

#include "mbplant/state.h"

/* Takes the bits of a number in a register's type, scale and offset for a stored value: all digits where its own are
 * the same. */
void mbp_stored_take(const struct mbp_plant *plant, struct mbp_state *state, uint32_t stored,
                     const struct mbp_register *as, uint64_t bits);

/* The bits that a register of another kind shows of it: all digits where it is the same. */
uint64_t mbp_stored_bits(const struct mbp_plant *plant, const struct mbp_state *state, uint32_t stored,
                         const struct mbp_register *as);

/* The bits of a register's type as a value of an expression, of the type that the plant's scope gives to such a name,
 * and back; false: it is no number (NaN) where only numbers stand. */
union mbp_expr_value mbp_stored_value(const struct mbp_register *reg, uint64_t bits);
bool mbp_stored_assign(const struct mbp_register *reg, union mbp_expr_value value, uint64_t *bits);

/* Those that do not outlive a run (`retain: false`) are as the file has them. */
void mbp_stored_forget(const struct mbp_plant *plant, struct mbp_state *state);

#endif
