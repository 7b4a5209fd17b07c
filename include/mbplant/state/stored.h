/* stored: values that a point holds by itself, or that an expression gives (mbplant/point.h), as the state keeps them.
 */
#ifndef MBPLANT_STATE_STORED_H
#define MBPLANT_STATE_STORED_H

#include "mbplant/point.h"
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
bool mbp_stored_is_real(const struct mbp_register *reg);
bool mbp_stored_assign(const struct mbp_register *reg, union mbp_expr_value value, uint64_t *bits);

/* What an expression of a type gives, as bits of a register's type: rounded, and held at its ends or wrapped. */
uint64_t mbp_stored_result(const struct mbp_stored *stored, enum mbp_expr_type type, union mbp_expr_value value);

/* Whether what gives a computed value has a fault: it is as it was last. */
bool mbp_stored_is_bad(const struct mbp_plant *plant, const struct mbp_state *state, uint32_t stored);

/* Those that do not outlive a run (`retain: false`) are as the file has them. */
void mbp_stored_forget(const struct mbp_plant *plant, struct mbp_state *state);

#endif
