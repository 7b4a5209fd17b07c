/* The grid of a register: numbers as a master sees them, so that what reads equal is equal. */
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "mbplant/codec.h"

#define STEP_NOISE   1e-6              /* steps: a number so near to one that the register shows is that one */
#define DOUBLE_NOISE (4 * DBL_EPSILON) /* what a product and a quotient may lose, of their size */
#define FLOAT_DIGITS 9                 /* they suffice to tell every float32 from its neighbours */

static bool is_float(const struct mbp_register *reg)
{
    return reg->type == MBP_FLOAT32 || reg->type == MBP_FLOAT64;
}

static double step(const struct mbp_register *reg)
{
    return fabs(reg->scale);
}

static double shown(const struct mbp_register *reg, double number)
{
    return mbp_register_quantise(reg, number);
}

/* What a number of this size may have lost. */
static double lost(double size)
{
    return fabs(size) * DOUBLE_NOISE;
}

static double edge(const struct mbp_register *reg, double at, double noise)
{
    double nearest = shown(reg, at);
    return is_float(reg) || fabs(nearest - at) <= step(reg) * STEP_NOISE + noise ? nearest : at;
}

double mbp_grid_limit(const struct mbp_register *reg, double limit)
{
    return isnan(limit) ? limit : edge(reg, limit, lost(limit));
}

/* So far from a limit its grid no longer matters: nothing needs to be reckoned. */
static double far(const struct mbp_register *reg, double limit, double at)
{
    double size = fmax(fabs(limit), fabs(at));
    return is_float(reg) ? size * STEP_NOISE + step(reg) * (double)FLT_MIN : step(reg);
}

bool mbp_grid_above(const struct mbp_register *reg, double value, double limit, double deadband)
{
    double at = limit - deadband;
    double away = far(reg, limit, at);
    if (value > at + away)
        return true;
    if (!(value > at - away))
        return false;
    /* A float has steps as small as what the subtraction loses, near to zero or everywhere. */
    double more = is_float(reg) && deadband > 0 ? lost(limit) : 0;
    return value > edge(reg, at, lost(limit)) + more;
}

bool mbp_grid_below(const struct mbp_register *reg, double value, double limit, double deadband)
{
    double at = limit + deadband;
    double away = far(reg, limit, at);
    if (value < at - away)
        return true;
    if (!(value < at + away))
        return false;
    double less = is_float(reg) && deadband > 0 ? lost(at) : 0;
    return value < edge(reg, at, lost(at)) - less;
}

bool mbp_grid_same(const struct mbp_register *reg, double a, double b)
{
    if (isnan(a) || isnan(b))
        return isnan(a) && isnan(b);
    double one = shown(reg, a);
    double other = shown(reg, b);
    return one >= other && one <= other;
}

bool mbp_grid_within(const struct mbp_register *reg, const double range[2], double number)
{
    double as_shown = shown(reg, number);
    /* What the type cannot hold is shown as the nearest that it can. */
    if (!isfinite(number) || (!is_float(reg) && fabs(number - as_shown) > step(reg) * (0.5 + STEP_NOISE)))
        return false;
    return as_shown >= shown(reg, range[0]) && as_shown <= shown(reg, range[1]);
}

double mbp_grid_noise(const struct mbp_register *reg, double size)
{
    if (reg->type == MBP_FLOAT32)
        return fabs(size) * (double)FLT_EPSILON;
    return (reg->type == MBP_FLOAT64 ? 0 : step(reg) * STEP_NOISE) + fabs(size) * DOUBLE_NOISE;
}

/* The number of so many digits that is nearest; a power of ten up to 1e22 is exact, and so is the number then. */
static double rounded(double number, int digits)
{
    int decimals = digits - 1 - (int)floor(log10(fabs(number)));
    double power = pow(10, abs(decimals));
    return decimals >= 0 ? round(number * power) / power : round(number / power) * power;
}

double mbp_grid_meant(const struct mbp_register *reg, double value)
{
    float raw = (float)((value - reg->offset) / reg->scale);
    if (reg->type != MBP_FLOAT32 || !isfinite(raw) || fpclassify(raw) == FP_ZERO)
        return value;
    for (int digits = 1; digits < FLOAT_DIGITS; digits++) {
        double number = rounded((double)raw, digits);
        if (!((float)number < raw) && !((float)number > raw))
            return number * reg->scale + reg->offset;
    }
    return rounded((double)raw, FLOAT_DIGITS) * reg->scale + reg->offset;
}
