/* Stored values: numbers of points of the user's own, to the last digit. */
#include <math.h>

#include "mbplant/codec.h"
#include "mbplant/point.h"
#include "mbplant/state/forced.h"
#include "mbplant/state/stored.h"
#include "state_priv.h"

static bool same_kind(const struct mbp_register *a, const struct mbp_register *b)
{
    return a->type == b->type && a->scale >= b->scale && a->scale <= b->scale && a->offset >= b->offset &&
           a->offset <= b->offset;
}

void mbp_stored_take(const struct mbp_plant *plant, struct mbp_state *state, uint32_t stored,
                     const struct mbp_register *as, uint64_t bits)
{
    const struct mbp_register *reg = &plant->stored[stored].reg;
    mbp_stored_put(state, stored, same_kind(reg, as) ? bits : mbp_register_bits(reg, mbp_register_of_bits(as, bits)));
}

uint64_t mbp_stored_bits(const struct mbp_plant *plant, const struct mbp_state *state, uint32_t stored,
                         const struct mbp_register *as)
{
    const struct mbp_register *reg = &plant->stored[stored].reg;
    uint64_t bits = state->stored[stored];
    return same_kind(reg, as) ? bits : mbp_register_bits(as, mbp_register_of_bits(reg, bits));
}

/* ---- in expressions -----------------------------------------------------------------------------------------------
 */

enum kind { KIND_REAL, KIND_SIGNED, KIND_UNSIGNED };

static enum kind kind_of(const struct mbp_register *reg)
{
    const bool scaled = !mbp_register_is_plain(reg);
    switch ((enum mbp_type)reg->type) {
    case MBP_INT8:
    case MBP_INT16:
    case MBP_INT24:
    case MBP_INT32:
    case MBP_INT48:
    case MBP_INT64:
        return scaled ? KIND_REAL : KIND_SIGNED;
    case MBP_FLOAT32:
    case MBP_FLOAT64:
    case MBP_STRING:
    case MBP_TYPE_COUNT:
        return KIND_REAL;
    case MBP_BOOL:
    case MBP_UINT8:
    case MBP_UINT16:
    case MBP_UINT24:
    case MBP_UINT32:
    case MBP_UINT48:
    case MBP_UINT64:
    case MBP_BCD16:
    case MBP_BCD32:
    case MBP_MOD10K1:
    case MBP_MOD10K2:
    case MBP_MOD10K3:
    case MBP_MOD10K4:
        break;
    }
    return scaled ? KIND_REAL : KIND_UNSIGNED;
}

union mbp_expr_value mbp_stored_value(const struct mbp_register *reg, uint64_t bits)
{
    const bool wide = mbp_type_is_wide((enum mbp_type)reg->type);
    double number = mbp_register_of_bits(reg, bits);
    switch (kind_of(reg)) {
    case KIND_SIGNED:
        return (union mbp_expr_value){.i = wide ? (int64_t)bits : (int64_t)number};
    case KIND_UNSIGNED:
        return (union mbp_expr_value){.u = wide ? mbp_codec_whole_of((enum mbp_type)reg->type, bits).magnitude
                                                : (uint64_t)number};
    case KIND_REAL:
        break;
    }
    return (union mbp_expr_value){.r = number};
}

bool mbp_stored_assign(const struct mbp_register *reg, union mbp_expr_value value, uint64_t *bits)
{
    enum mbp_type type = (enum mbp_type)reg->type;
    uint64_t magnitude = value.i < 0 ? 0 - (uint64_t)value.i : (uint64_t)value.i;
    switch (kind_of(reg)) {
    case KIND_SIGNED:
        *bits = mbp_codec_whole(type, value.i < 0, magnitude);
        return true;
    case KIND_UNSIGNED:
        *bits = mbp_codec_whole(type, false, value.u);
        return true;
    case KIND_REAL:
        break;
    }
    if (isnan(value.r))
        return false;
    *bits = mbp_register_bits(reg, value.r);
    return true;
}

bool mbp_stored_is_real(const struct mbp_register *reg)
{
    return kind_of(reg) == KIND_REAL;
}

static bool is_signed(enum mbp_expr_type type)
{
    return type == MBP_EXPR_SINT || type == MBP_EXPR_INT || type == MBP_EXPR_DINT || type == MBP_EXPR_LINT;
}

uint64_t mbp_stored_result(const struct mbp_stored *stored, enum mbp_expr_type type, union mbp_expr_value value)
{
    const struct mbp_register *reg = &stored->reg;
    bool real = type == MBP_EXPR_REAL || type == MBP_EXPR_LREAL;
    uint16_t words[4] = {0};
    if (reg->type == MBP_BOOL)
        return real ? value.r < 0 || value.r > 0 : value.u != 0;
    double number = real ? value.r : is_signed(type) ? (double)value.i : (double)value.u;
    bool whole = !real && kind_of(reg) != KIND_REAL;
    bool negative = is_signed(type) && value.i < 0;
    uint64_t magnitude = negative ? 0 - value.u : value.u;
    if (whole && stored->wraps)
        return mbp_codec_wrapped((enum mbp_type)reg->type, negative, magnitude);
    if (stored->wraps) {
        struct mbp_register plain = *reg;
        plain.order = MBP_ABCD;
        mbp_register_wrap(&plain, number, words);
        return mbp_codec_bits((enum mbp_type)reg->type, MBP_ABCD, words);
    }
    return whole ? mbp_codec_whole((enum mbp_type)reg->type, negative, magnitude) : mbp_register_bits(reg, number);
}

bool mbp_stored_is_bad(const struct mbp_plant *plant, const struct mbp_state *state, uint32_t stored)
{
    uint32_t formula = plant->stored[stored].formula;
    return formula != 0 && state->stored_held[stored] == 0 && state->formula[formula - 1].fault != MBP_EXPR_FINE;
}

/* ---- over a run, and over an edit ---------------------------------------------------------------------------------
 */

void mbp_stored_forget(const struct mbp_plant *plant, struct mbp_state *state)
{
    for (uint32_t i = 0; i < plant->stored_count; i++)
        mbp_stored_put(state, i, plant->stored[i].retain ? mbp_stored_kept(state, i) : plant->stored[i].initial);
}

void state_carry_watchdogs(const struct mbp_carry *carry, const struct mbp_state *from, struct mbp_state *to)
{
    for (uint32_t w = 0; w < carry->to->watchdog_count; w++) {
        const struct mbp_watchdog *now = &carry->to->watchdogs[w];
        uint32_t old =
            now->actuator != UINT32_MAX ? carry->actuator_from[now->actuator] : carry->stored_from[now->stored];
        uint32_t was = old == UINT32_MAX             ? 0
                       : now->actuator != UINT32_MAX ? carry->from->actuators[old].watchdog
                                                     : carry->from->stored[old].watchdog;
        if (was != 0)
            to->watchdog[w] = from->watchdog[was - 1];
    }
}

/* Who edits a value in the file means it, whatever was written before. */
void state_carry_stored(const struct mbp_carry *carry, const struct mbp_state *from, struct mbp_state *to)
{
    for (uint32_t i = 0; i < carry->to->stored_count; i++) {
        uint32_t old = carry->stored_from[i];
        const struct mbp_stored *now = &carry->to->stored[i];
        const struct mbp_stored *was = old != UINT32_MAX ? &carry->from->stored[old] : NULL;
        bool goes_on = was != NULL && same_kind(&was->reg, &now->reg) && was->initial == now->initial;
        to->stored[i] = goes_on ? mbp_stored_kept(from, old) : now->initial;
    }
}
