/* function: functions of reals, curves, random numbers and the clock. */
#include <math.h>

#include "code.h"

#define DAY_NS INT64_C(86400000000000)

static enum mbp_expr_fault power(union mbp_expr_value *v)
{
    if (v[0].r == 0 && v[1].r < 0)
        return MBP_EXPR_DIVISION_BY_ZERO;
    v[0].r = pow(v[0].r, v[1].r);
    if (isnan(v[0].r))
        return MBP_EXPR_UNDEFINED; /* of a negative number with a fraction */
    return isfinite(v[0].r) ? MBP_EXPR_FINE : MBP_EXPR_OUT_OF_RANGE;
}

/* Between the last point at or below x and the next. */
static double lookup(const struct mbp_expr_curve *curve, double x)
{
    size_t low = 0;
    size_t high = curve->count - 1;
    if (x <= curve->x[low])
        return curve->y[low];
    if (x >= curve->x[high])
        return curve->y[high];
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (curve->x[middle] <= x)
            low = middle;
        else
            high = middle;
    }
    double part = (x - curve->x[low]) / (curve->x[high] - curve->x[low]);
    return curve->y[low] + part * (curve->y[high] - curve->y[low]);
}

static double random_number(const struct mbp_expr *expr, const struct expr_insn *insn,
                            const struct mbp_expr_world *world)
{
    return mbp_rng_uniform(mbp_rng_bits(world->seed, expr->stream + insn->arg, world->tick));
}

static enum mbp_expr_fault defined(bool is, double value, union mbp_expr_value *v)
{
    if (!is)
        return MBP_EXPR_UNDEFINED;
    v->r = value;
    return isfinite(value) ? MBP_EXPR_FINE : MBP_EXPR_OUT_OF_RANGE;
}

/* Of one real, and ATAN2 of two. */
static enum mbp_expr_fault run_real(unsigned op, union mbp_expr_value *v)
{
    double x = v->r;
    switch (op) {
    case OP_SQRT:
        return defined(x >= 0, sqrt(x), v);
    case OP_LN:
        return defined(x > 0, log(x), v);
    case OP_LOG:
        return defined(x > 0, log10(x), v);
    case OP_EXP:
        return defined(true, exp(x), v);
    case OP_SIN:
        return defined(true, sin(x), v);
    case OP_COS:
        return defined(true, cos(x), v);
    case OP_TAN:
        return defined(true, tan(x), v);
    case OP_ASIN:
        return defined(fabs(x) <= 1, asin(x), v);
    case OP_ACOS:
        return defined(fabs(x) <= 1, acos(x), v);
    case OP_ATAN:
        return defined(true, atan(x), v);
    default:
        return defined(true, atan2(x, v[1].r), v);
    }
}

enum mbp_expr_fault expr_run_function(const struct mbp_expr *expr, const struct expr_insn *insn,
                                      const struct mbp_expr_world *world, union mbp_expr_value *v)
{
    switch (insn->op) {
    case OP_POWER:
        return power(v);
    case OP_LOOKUP:
        v->r = lookup(&world->curves[insn->arg], v->r);
        return isfinite(v->r) ? MBP_EXPR_FINE : MBP_EXPR_OUT_OF_RANGE;
    case OP_RANDOM:
        v->r = random_number(expr, insn, world);
        return MBP_EXPR_FINE;
    case OP_CLOCK_DT:
        v->i = world->clock_ns;
        return MBP_EXPR_FINE;
    case OP_CLOCK_TOD:
        v->i = (world->clock_ns % DAY_NS + DAY_NS) % DAY_NS;
        return MBP_EXPR_FINE;
    default:
        return run_real(insn->op, v);
    }
}
