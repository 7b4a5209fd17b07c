/* convert: a value of one type becomes one of another. */
#include <math.h>

#include "code.h"
#include "mbplant/base/bits.h"

static enum mbp_expr_fault within(bool fits)
{
    return fits ? MBP_EXPR_FINE : MBP_EXPR_OUT_OF_RANGE;
}

/* 2^63 and 2^64 are reals, the largest integers are not. */
static bool lies(double low, double value, double end)
{
    return value >= low && value < end;
}

/* A real without a fraction to an integer type. */
static enum mbp_expr_fault to_integer(union mbp_expr_value *v, double whole, unsigned type)
{
    if (expr_type_min(type) < 0) {
        if (!lies(-0x1p63, whole, 0x1p63))
            return MBP_EXPR_OUT_OF_RANGE;
        v->i = (int64_t)whole;
        return within(v->i >= expr_type_min(type) && v->i <= (int64_t)expr_type_max(type));
    }
    if (!lies(0, whole, 0x1p64))
        return MBP_EXPR_OUT_OF_RANGE;
    v->u = (uint64_t)whole;
    return within(v->u <= expr_type_max(type));
}

static enum mbp_expr_fault s_fits(const union mbp_expr_value *v, unsigned type)
{
    return within(v->i >= expr_type_min(type) && (v->i < 0 || v->u <= expr_type_max(type)));
}

static enum mbp_expr_fault bits_to_real(union mbp_expr_value *v)
{
    float real = mbp_float_of_bits((uint32_t)v->u);
    v->r = (double)real;
    return isfinite(real) ? MBP_EXPR_FINE : MBP_EXPR_UNDEFINED;
}

static enum mbp_expr_fault real_to_bits(union mbp_expr_value *v)
{
    float real = (float)v->r;
    v->u = mbp_bits_of_float(real);
    return MBP_EXPR_FINE;
}

static int64_t sign_extended(uint64_t value, unsigned bits)
{
    unsigned unused = 64 - bits;
    return (int64_t)(value << unused) >> unused;
}

enum mbp_expr_fault expr_run_convert(const struct expr_insn *insn, union mbp_expr_value *v)
{
    const union mbp_expr_value was = *v;
    switch (insn->op) {
    case OP_S_FITS:
        return s_fits(v, insn->arg);
    case OP_U_FITS:
        return within(v->u <= expr_type_max(insn->arg));
    case OP_S_TO_R:
        v->r = insn->arg != 0 ? (double)(float)was.i : (double)was.i;
        return MBP_EXPR_FINE;
    case OP_U_TO_R:
        v->r = insn->arg != 0 ? (double)(float)was.u : (double)was.u;
        return MBP_EXPR_FINE;
    case OP_R_TO_INTEGER:
        return to_integer(v, nearbyint(was.r), insn->arg);
    case OP_R_TRUNCATE:
        return to_integer(v, trunc(was.r), insn->arg);
    case OP_NOT_ZERO:
        v->u = was.u != 0;
        return MBP_EXPR_FINE;
    case OP_NOT_ZERO_R:
        v->u = was.r != 0;
        return MBP_EXPR_FINE;
    case OP_MASK:
        v->u &= (UINT64_C(1) << insn->arg) - 1; /* never of 64 bits: nothing would change */
        return MBP_EXPR_FINE;
    case OP_SIGN:
        v->i = sign_extended(was.u, insn->arg);
        return MBP_EXPR_FINE;
    case OP_BITS_TO_REAL:
        return bits_to_real(v);
    case OP_REAL_TO_BITS:
        return real_to_bits(v);
    default: /* OP_BITS_TO_LREAL: they are the same bits */
        return isfinite(v->r) ? MBP_EXPR_FINE : MBP_EXPR_UNDEFINED;
    }
}
