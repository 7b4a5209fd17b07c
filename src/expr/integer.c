/* integer: operations on integers, bit strings and times. They fail where the result does not fit 64 bits; whether it
 * fits the type is the next instruction's business. */
#include "code.h"

#define DAY_NS INT64_C(86400000000000)

static enum mbp_expr_fault fits(bool overflow)
{
    return overflow ? MBP_EXPR_OUT_OF_RANGE : MBP_EXPR_FINE;
}

/* Quotient towards zero, or the remainder, which has the dividend's sign. */
static enum mbp_expr_fault divide_signed(union mbp_expr_value *v, bool remainder)
{
    if (v[1].i == 0)
        return MBP_EXPR_DIVISION_BY_ZERO;
    if (v[1].i == -1) { /* the smallest number has no opposite */
        if (remainder) {
            v[0].i = 0;
            return MBP_EXPR_FINE;
        }
        return fits(__builtin_sub_overflow(INT64_C(0), v[0].i, &v[0].i));
    }
    v[0].i = remainder ? v[0].i % v[1].i : v[0].i / v[1].i;
    return MBP_EXPR_FINE;
}

static enum mbp_expr_fault divide_unsigned(union mbp_expr_value *v, bool remainder)
{
    if (v[1].u == 0)
        return MBP_EXPR_DIVISION_BY_ZERO;
    v[0].u = remainder ? v[0].u % v[1].u : v[0].u / v[1].u;
    return MBP_EXPR_FINE;
}

static uint64_t mask(unsigned bits)
{
    return bits >= 64 ? UINT64_MAX : (UINT64_C(1) << bits) - 1;
}

static enum mbp_expr_fault shift(const struct expr_insn *insn, union mbp_expr_value *v)
{
    unsigned bits = insn->arg;
    if (v[1].i < 0)
        return MBP_EXPR_OUT_OF_RANGE;
    uint64_t by = v[1].u;
    if (insn->op == OP_SHL) {
        v[0].u = by >= bits ? 0 : v[0].u << by & mask(bits);
    } else if (insn->op == OP_SHR) {
        v[0].u = by >= bits ? 0 : v[0].u >> by;
    } else {
        unsigned left = (unsigned)(by % bits);
        if (insn->op == OP_ROR)
            left = (bits - left) % bits;
        if (left != 0)
            v[0].u = (v[0].u << left | v[0].u >> (bits - left)) & mask(bits);
    }
    return MBP_EXPR_FINE;
}

static enum mbp_expr_fault run_signed(const struct expr_insn *insn, union mbp_expr_value *v)
{
    switch (insn->op) {
    case OP_ADD_S:
        return fits(__builtin_add_overflow(v[0].i, v[1].i, &v[0].i));
    case OP_SUB_S:
        return fits(__builtin_sub_overflow(v[0].i, v[1].i, &v[0].i));
    case OP_MUL_S:
        return fits(__builtin_mul_overflow(v[0].i, v[1].i, &v[0].i));
    case OP_NEG_S:
        return fits(__builtin_sub_overflow(INT64_C(0), v[0].i, &v[0].i));
    case OP_ABS_S:
        return v[0].i >= 0 ? MBP_EXPR_FINE : fits(__builtin_sub_overflow(INT64_C(0), v[0].i, &v[0].i));
    case OP_MIN_S:
        v[0].i = v[1].i < v[0].i ? v[1].i : v[0].i;
        return MBP_EXPR_FINE;
    case OP_MAX_S:
        v[0].i = v[1].i > v[0].i ? v[1].i : v[0].i;
        return MBP_EXPR_FINE;
    default:
        return divide_signed(v, insn->op == OP_MOD_S);
    }
}

enum mbp_expr_fault expr_run_integer(const struct expr_insn *insn, union mbp_expr_value *v)
{
    switch (insn->op) {
    case OP_ADD_U:
        return fits(__builtin_add_overflow(v[0].u, v[1].u, &v[0].u));
    case OP_SUB_U:
        return fits(__builtin_sub_overflow(v[0].u, v[1].u, &v[0].u));
    case OP_MUL_U:
        return fits(__builtin_mul_overflow(v[0].u, v[1].u, &v[0].u));
    case OP_DIV_U:
    case OP_MOD_U:
        return divide_unsigned(v, insn->op == OP_MOD_U);
    case OP_MIN_U:
        v[0].u = v[1].u < v[0].u ? v[1].u : v[0].u;
        return MBP_EXPR_FINE;
    case OP_MAX_U:
        v[0].u = v[1].u > v[0].u ? v[1].u : v[0].u;
        return MBP_EXPR_FINE;
    case OP_INVERT:
        v[0].u = ~v[0].u & mask(insn->arg);
        return MBP_EXPR_FINE;
    case OP_SHL:
    case OP_SHR:
    case OP_ROL:
    case OP_ROR:
        return shift(insn, v);
    case OP_WRAP_DAY:
        v[0].i = (v[0].i % DAY_NS + DAY_NS) % DAY_NS;
        return MBP_EXPR_FINE;
    default:
        return run_signed(insn, v);
    }
}
