/* types: how many words a type takes and what it can show. */
#include <assert.h>
#include <float.h>
#include <math.h>

#include "mbplant/plant.h"

unsigned mbp_type_words(enum mbp_type type)
{
    static const unsigned char words[] = {
        [MBP_INT16] = 1,   [MBP_UINT16] = 1,  [MBP_INT32] = 2,   [MBP_UINT32] = 2, [MBP_INT64] = 4, [MBP_UINT64] = 4,
        [MBP_FLOAT32] = 2, [MBP_FLOAT64] = 4, [MBP_BOOL] = 1,    [MBP_STRING] = 0, [MBP_INT8] = 1,  [MBP_UINT8] = 1,
        [MBP_INT24] = 2,   [MBP_UINT24] = 2,  [MBP_INT48] = 3,   [MBP_UINT48] = 3, [MBP_BCD16] = 1, [MBP_BCD32] = 2,
        [MBP_MOD10K1] = 1, [MBP_MOD10K2] = 2, [MBP_MOD10K3] = 3, [MBP_MOD10K4] = 4};
    assert((unsigned)type < MBP_TYPE_COUNT);
    return words[type];
}

/* A scale of 0.1 has no exact binary form but 10 has: dividing by it gives -3276.8 where multiplying does not. */
static double scaled(double raw, double scale)
{
    double inverse = round(1 / scale);
    double value = inverse >= 1 && fabs(inverse * scale - 1) < 1e-12 ? raw / inverse : raw * scale;
    return isinf(value) ? copysign(DBL_MAX, value) : value;
}

void mbp_type_range(enum mbp_type type, double scale, double *low, double *high)
{
    static const double ends[][2] = {
        [MBP_INT16] = {INT16_MIN, INT16_MAX},
        [MBP_UINT16] = {0, UINT16_MAX},
        [MBP_INT32] = {INT32_MIN, INT32_MAX},
        [MBP_UINT32] = {0, UINT32_MAX},
        [MBP_INT64] = {(double)INT64_MIN, (double)INT64_MAX},
        [MBP_UINT64] = {0, (double)UINT64_MAX},
        [MBP_FLOAT32] = {-FLT_MAX, FLT_MAX},
        [MBP_FLOAT64] = {-DBL_MAX, DBL_MAX},
        [MBP_BOOL] = {0, 1},
        [MBP_STRING] = {0, 0},
        [MBP_INT8] = {INT8_MIN, INT8_MAX},
        [MBP_UINT8] = {0, UINT8_MAX},
        [MBP_INT24] = {-0x1p23, 0x1p23 - 1},
        [MBP_UINT24] = {0, 0x1p24 - 1},
        [MBP_INT48] = {-0x1p47, 0x1p47 - 1},
        [MBP_UINT48] = {0, 0x1p48 - 1},
        [MBP_BCD16] = {0, 9999},
        [MBP_BCD32] = {0, 99999999},
        [MBP_MOD10K1] = {0, 9999},
        [MBP_MOD10K2] = {0, 1e8 - 1},
        [MBP_MOD10K3] = {0, 1e12 - 1},
        [MBP_MOD10K4] = {0, 1e16}, /* as of 64 bits the double above its largest number */
    };
    assert((unsigned)type < MBP_TYPE_COUNT);
    *low = scaled(ends[type][0], scale);
    *high = scaled(ends[type][1], scale);
}
