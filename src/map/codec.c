/* Registers <-> engineering values. A value travels as raw = value / scale in its type, split into 16-bit words; the
 * order says how the bytes ABCD of a 32-bit number (A the most significant) stand in the words. */
#include <assert.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "mbplant/base/bits.h"
#include "mbplant/codec.h"

/* Saturation bounds. No double is the largest number of a wide type: the one above it stands for it. */
static const struct {
    double low, high;
} bounds[MBP_TYPE_COUNT] = {
    [MBP_INT16] = {-32768.0, 32767.0},
    [MBP_UINT16] = {0.0, 65535.0},
    [MBP_INT32] = {-2147483648.0, 2147483647.0},
    [MBP_UINT32] = {0.0, 4294967295.0},
    [MBP_INT64] = {-0x1p63, 0x1p63},
    [MBP_UINT64] = {0.0, 0x1p64},
    [MBP_FLOAT32] = {-(double)FLT_MAX, (double)FLT_MAX},
    [MBP_FLOAT64] = {-DBL_MAX, DBL_MAX},
    [MBP_BOOL] = {0.0, 1.0},
    [MBP_INT8] = {-128.0, 127.0},
    [MBP_UINT8] = {0.0, 255.0},
    [MBP_INT24] = {-0x1p23, 0x1p23 - 1},
    [MBP_UINT24] = {0.0, 0x1p24 - 1},
    [MBP_INT48] = {-0x1p47, 0x1p47 - 1},
    [MBP_UINT48] = {0.0, 0x1p48 - 1},
    [MBP_BCD16] = {0.0, 9999.0},
    [MBP_BCD32] = {0.0, 99999999.0},
    [MBP_MOD10K1] = {0.0, 9999.0},
    [MBP_MOD10K2] = {0.0, 1e8 - 1},
    [MBP_MOD10K3] = {0.0, 1e12 - 1},
    [MBP_MOD10K4] = {0.0, 1e16},
};

static bool is_float(enum mbp_type type)
{
    return type == MBP_FLOAT32 || type == MBP_FLOAT64;
}

static unsigned bit_count(enum mbp_type type)
{
    static const unsigned char odd[MBP_TYPE_COUNT] = {
        [MBP_INT8] = 8, [MBP_UINT8] = 8, [MBP_INT24] = 24, [MBP_UINT24] = 24, [MBP_INT48] = 48, [MBP_UINT48] = 48};
    assert((unsigned)type < MBP_TYPE_COUNT);
    return odd[type] != 0 ? odd[type] : 16 * mbp_type_words(type);
}

/* Of a type of decimal digits the bits of each, of others 0; and how many numbers a digit is. */
static unsigned digit_bits(enum mbp_type type)
{
    bool mod10k = type >= MBP_MOD10K1 && type <= MBP_MOD10K4;
    return type == MBP_BCD16 || type == MBP_BCD32 ? 4 : mod10k ? 16 : 0;
}

static uint64_t digit_base(unsigned width)
{
    return width == 4 ? 10 : 10000;
}

/* All bits that a type has, right-aligned. */
static uint64_t all_bits(enum mbp_type type)
{
    return bit_count(type) == 64 ? UINT64_MAX : (UINT64_C(1) << bit_count(type)) - 1;
}

static uint64_t to_digits(unsigned width, uint64_t number)
{
    const uint64_t base = digit_base(width);
    uint64_t bits = 0;
    for (unsigned shift = 0; number > 0; shift += width, number /= base)
        bits |= number % base << shift;
    return bits;
}

/* What is no decimal digit counts as it stands: 0x1A is 20. */
static uint64_t from_digits(unsigned width, uint64_t bits)
{
    uint64_t number = 0;
    uint64_t weight = 1;
    for (; bits > 0; bits >>= width, weight *= digit_base(width))
        number += (bits & ((UINT64_C(1) << width) - 1)) * weight;
    return number;
}

static uint64_t signed_bits(uint64_t bits, unsigned width)
{
    uint64_t sign = UINT64_C(1) << (width - 1);
    return ((bits & (2 * sign - 1)) ^ sign) - sign;
}

static double saturate(enum mbp_type type, double raw)
{
    return raw < bounds[type].low ? bounds[type].low : raw > bounds[type].high ? bounds[type].high : raw;
}

/* The number as the type's bits, right-aligned. */
static uint64_t to_bits(enum mbp_type type, double raw)
{
    if (isnan(raw) && !is_float(type))
        return type == MBP_BOOL ? 0 : UINT64_C(1) << (bit_count(type) - 1);
    raw = saturate(type, raw);
    if (type == MBP_FLOAT32)
        return mbp_bits_of_float((float)raw);
    if (type == MBP_FLOAT64)
        return mbp_bits_of_double(raw);
    raw = round(raw);
    if (raw >= bounds[type].high && mbp_type_is_wide(type))
        return mbp_codec_whole(type, false, UINT64_MAX);
    uint64_t whole = raw < 0 ? (uint64_t)(int64_t)raw : (uint64_t)raw;
    return (digit_bits(type) != 0 ? to_digits(digit_bits(type), whole) : whole) & all_bits(type);
}

static double from_bits(enum mbp_type type, uint64_t bits)
{
    switch (type) {
    case MBP_INT16:
        return (double)(int16_t)bits;
    case MBP_INT32:
        return (double)(int32_t)bits;
    case MBP_INT64:
        return (double)(int64_t)bits;
    case MBP_FLOAT32:
        return (double)mbp_float_of_bits((uint32_t)bits);
    case MBP_FLOAT64:
        return mbp_double_of_bits(bits);
    case MBP_BOOL:
        return bits != 0 ? 1.0 : 0.0;
    case MBP_INT8:
    case MBP_INT24:
    case MBP_INT48:
        return (double)(int64_t)signed_bits(bits, bit_count(type));
    case MBP_BCD16:
    case MBP_BCD32:
    case MBP_MOD10K1:
    case MBP_MOD10K2:
    case MBP_MOD10K3:
    case MBP_MOD10K4:
        return (double)from_digits(digit_bits(type), bits);
    case MBP_UINT8:
    case MBP_UINT24:
    case MBP_UINT48:
        return (double)(bits & all_bits(type));
    case MBP_UINT16:
    case MBP_UINT32:
    case MBP_UINT64:
    case MBP_STRING:
    case MBP_TYPE_COUNT:
        break;
    }
    return (double)bits;
}

/* Word i of n in the order: CDAB and DCBA turn the words round, BADC and DCBA the bytes within each. */
static uint16_t swap_bytes(enum mbp_order order, uint16_t word)
{
    return order == MBP_BADC || order == MBP_DCBA ? (uint16_t)(word << 8 | word >> 8) : word;
}

static unsigned place(enum mbp_order order, unsigned i, unsigned n)
{
    return order == MBP_CDAB || order == MBP_DCBA ? n - 1 - i : i;
}

void mbp_codec_encode(enum mbp_type type, enum mbp_order order, double scale, double value, uint16_t *words)
{
    mbp_codec_put_bits(type, order, to_bits(type, value / scale), words);
}

void mbp_codec_put_bits(enum mbp_type type, enum mbp_order order, uint64_t bits, uint16_t *words)
{
    unsigned n = mbp_type_words(type);
    for (unsigned i = 0; i < n; i++)
        words[place(order, i, n)] = swap_bytes(order, (uint16_t)(bits >> (16 * (n - 1 - i))));
}

uint64_t mbp_codec_bits(enum mbp_type type, enum mbp_order order, const uint16_t *words)
{
    uint64_t bits = 0;
    unsigned n = mbp_type_words(type);
    for (unsigned i = 0; i < n; i++)
        bits = bits << 16 | swap_bytes(order, words[place(order, i, n)]);
    return bits;
}

double mbp_codec_decode(enum mbp_type type, enum mbp_order order, double scale, const uint16_t *words)
{
    return from_bits(type, mbp_codec_bits(type, order, words)) * scale;
}

bool mbp_codec_has_digits(enum mbp_type type, enum mbp_order order, const uint16_t *words)
{
    unsigned width = digit_bits(type);
    uint64_t bits = width != 0 ? mbp_codec_bits(type, order, words) : 0;
    while (bits > 0 && (bits & ((UINT64_C(1) << width) - 1)) < digit_base(width))
        bits >>= width;
    return bits == 0;
}

bool mbp_codec_unused(enum mbp_type type, enum mbp_order order, const uint16_t *words)
{
    uint64_t bits = mbp_codec_bits(type, order, words);
    if (is_float(type))
        return isnan(from_bits(type, bits));
    return type != MBP_BOOL && type != MBP_STRING && bits == UINT64_C(1) << (bit_count(type) - 1);
}

double mbp_codec_quantise(enum mbp_type type, double scale, double value)
{
    if (type == MBP_STRING)
        return value;
    return from_bits(type, to_bits(type, value / scale)) * scale;
}

static bool same(double a, double b)
{
    return a >= b && a <= b;
}

void mbp_codec_update(enum mbp_type type, enum mbp_order order, double scale, double value, uint16_t *words)
{
    if (mbp_type_is_wide(type) && mbp_codec_has_digits(type, order, words)) {
        double stands = mbp_codec_decode(type, order, scale, words);
        if (same(stands, value) || same(mbp_codec_quantise(type, scale, stands), value))
            return;
    }
    mbp_codec_encode(type, order, scale, value, words);
}

/* ---- whole registers --------------------------------------------------------------------------------------------- */

void mbp_register_encode(const struct mbp_register *reg, double value, uint16_t *words)
{
    mbp_codec_encode((enum mbp_type)reg->type, (enum mbp_order)reg->order, reg->scale, value - reg->offset, words);
}

void mbp_register_wrap(const struct mbp_register *reg, double value, uint16_t *words)
{
    enum mbp_type type = (enum mbp_type)reg->type;
    double raw = round((value - reg->offset) / reg->scale);
    double span = bounds[type].high - bounds[type].low + (mbp_type_is_wide(type) ? 0 : 1);
    if (is_float(type) || type == MBP_STRING || !isfinite(raw)) {
        mbp_register_encode(reg, value, words);
        return;
    }
    double rest = fmod(raw - bounds[type].low, span);
    double within_span = bounds[type].low + (rest < 0 ? rest + span : rest);
    mbp_codec_put_bits(type, (enum mbp_order)reg->order, to_bits(type, within_span), words);
}

void mbp_register_update(const struct mbp_register *reg, double value, uint16_t *words)
{
    mbp_codec_update((enum mbp_type)reg->type, (enum mbp_order)reg->order, reg->scale, value - reg->offset, words);
}

double mbp_register_decode(const struct mbp_register *reg, const uint16_t *words)
{
    return mbp_codec_decode((enum mbp_type)reg->type, (enum mbp_order)reg->order, reg->scale, words) + reg->offset;
}

uint64_t mbp_register_bits(const struct mbp_register *reg, double value)
{
    return to_bits((enum mbp_type)reg->type, (value - reg->offset) / reg->scale);
}

double mbp_register_of_bits(const struct mbp_register *reg, uint64_t bits)
{
    return from_bits((enum mbp_type)reg->type, bits) * reg->scale + reg->offset;
}

/* How many numbers a type of decimal digits has. */
static uint64_t digit_span(enum mbp_type type)
{
    const unsigned width = digit_bits(type);
    uint64_t span = 1;
    for (unsigned bit = 0; bit < bit_count(type); bit += width)
        span *= digit_base(width);
    return span;
}

uint64_t mbp_codec_whole(enum mbp_type type, bool negative, uint64_t magnitude)
{
    if (digit_bits(type) != 0 && !negative) { /* of four registers more digits than a double has */
        const uint64_t most = digit_span(type) - 1;
        return to_digits(digit_bits(type), magnitude < most ? magnitude : most);
    }
    if (type != MBP_INT64 && type != MBP_UINT64)
        return to_bits(type, negative ? -(double)magnitude : (double)magnitude);
    if (type == MBP_UINT64)
        return negative ? 0 : magnitude;
    if (negative)
        return magnitude > (uint64_t)INT64_MAX ? (uint64_t)INT64_MIN : 0 - magnitude;
    return magnitude > (uint64_t)INT64_MAX ? (uint64_t)INT64_MAX : magnitude;
}

uint64_t mbp_codec_wrapped(enum mbp_type type, bool negative, uint64_t magnitude)
{
    if (digit_bits(type) == 0)
        return (negative ? 0 - magnitude : magnitude) & all_bits(type);
    const uint64_t span = digit_span(type);
    const uint64_t rest = magnitude % span;
    return to_digits(digit_bits(type), negative && rest != 0 ? span - rest : rest);
}

double mbp_register_quantise(const struct mbp_register *reg, double value)
{
    return mbp_codec_quantise((enum mbp_type)reg->type, reg->scale, value - reg->offset) + reg->offset;
}

bool mbp_register_unused(const struct mbp_register *reg, const uint16_t *words)
{
    return mbp_codec_unused((enum mbp_type)reg->type, (enum mbp_order)reg->order, words);
}

void mbp_register_range(const struct mbp_register *reg, double *low, double *high)
{
    double ends[2];
    mbp_type_range((enum mbp_type)reg->type, fabs(reg->scale), &ends[0], &ends[1]);
    *low = (reg->scale < 0 ? -ends[1] : ends[0]) + reg->offset;
    *high = (reg->scale < 0 ? -ends[0] : ends[1]) + reg->offset;
}

void mbp_codec_put_text(enum mbp_order order, const char *text, size_t size, uint32_t count, uint16_t *words)
{
    size_t len = strnlen(text, size);
    for (uint32_t i = 0; i < count; i++) {
        unsigned high = 2 * (size_t)i < len ? (uint8_t)text[2 * i] : 0;
        unsigned low = 2 * (size_t)i + 1 < len ? (uint8_t)text[2 * i + 1] : 0;
        words[place(order, i, count)] = swap_bytes(order, (uint16_t)(high << 8 | low));
    }
}

void mbp_codec_text(enum mbp_order order, const uint16_t *words, uint32_t count, char *buf)
{
    for (uint32_t i = 0; i < count; i++) {
        uint16_t word = swap_bytes(order, words[place(order, i, count)]);
        buf[2 * i] = (char)(word >> 8);
        buf[2 * i + 1] = (char)(word & 0xFFu);
    }
    buf[2 * (size_t)count] = '\0';
}

/* ---- runs -------------------------------------------------------------------------------------------------------- */

/* The nearest whole number, halves away from zero, as round() but without a call; for |x| < 2^51. */
static inline double nearest(double x)
{
    const double no_fraction = 0x1.8p52; /* a double of this size has no room for one */
    double whole = (x + no_fraction) - no_fraction;
    double rest = x - whole; /* halves went to even */
    double up = rest >= 0.5 && x > 0 ? 1.0 : 0.0;
    double down = rest <= -0.5 && x < 0 ? 1.0 : 0.0;
    return whole + up - down;
}

static inline double within(double x, double low, double high)
{
    x = x < low ? low : x; /* NaN stays */
    return x > high ? high : x;
}

/* The number in an integer register of up to 32 bits; NaN is the unused pattern. */
static inline double whole_number(double value, double scale, double low, double high)
{
    double raw = value / scale;
    double whole = nearest(within(raw, low, high));
    double unused = low < 0 ? low : (high + 1) / 2;
    return isnan(raw) ? unused : whole;
}

static inline double float_number(double value, double scale)
{
    return (double)(float)within(value / scale, bounds[MBP_FLOAT32].low, bounds[MBP_FLOAT32].high);
}

static void encode_words(double low, double high, const double *restrict scale, const double *restrict value,
                         size_t count, uint16_t *restrict words)
{
    for (size_t i = 0; i < count; i++)
        words[i] = (uint16_t)(int32_t)whole_number(value[i], scale[i], low, high);
}

static void encode_pairs(double low, double high, const double *restrict scale, const double *restrict value,
                         size_t count, uint16_t *restrict words)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t bits = (uint32_t)(int64_t)whole_number(value[i], scale[i], low, high);
        words[2 * i] = (uint16_t)(bits >> 16);
        words[2 * i + 1] = (uint16_t)bits;
    }
}

static void encode_floats(const double *restrict scale, const double *restrict value, size_t count,
                          uint16_t *restrict words)
{
    for (size_t i = 0; i < count; i++) {
        const uint32_t bits = mbp_bits_of_float((float)float_number(value[i], scale == NULL ? 1.0 : scale[i]));
        words[2 * i] = (uint16_t)(bits >> 16);
        words[2 * i + 1] = (uint16_t)bits;
    }
}

/* From ABCD, in place, values of n words. */
static void reorder(enum mbp_order order, unsigned n, size_t count, uint16_t *words)
{
    for (size_t i = 0; i < count * n; i += n) {
        uint16_t first = words[i];
        uint16_t last = words[i + n - 1];
        words[i + place(order, 0, n)] = swap_bytes(order, first);
        words[i + place(order, n - 1, n)] = swap_bytes(order, last);
    }
}

void mbp_codec_encode_run(enum mbp_type type, enum mbp_order order, const double *scale, const double *value,
                          size_t count, uint16_t *words)
{
    unsigned n = mbp_type_words(type);
    if (scale != NULL && (type == MBP_INT16 || type == MBP_UINT16)) {
        encode_words(bounds[type].low, bounds[type].high, scale, value, count, words);
    } else if (scale != NULL && (type == MBP_INT32 || type == MBP_UINT32)) {
        encode_pairs(bounds[type].low, bounds[type].high, scale, value, count, words);
    } else if (type == MBP_FLOAT32) {
        encode_floats(scale, value, count, words);
    } else {
        for (size_t i = 0; i < count; i++)
            mbp_codec_update(type, order, scale == NULL ? 1.0 : scale[i], value[i], words + i * n);
        return;
    }
    if (order != MBP_ABCD)
        reorder(order, n, count, words);
}

static void quantise_whole(double low, double high, const double *restrict scale, const double *restrict value,
                           size_t count, double *restrict out)
{
    for (size_t i = 0; i < count; i++)
        out[i] = whole_number(value[i], scale[i], low, high) * scale[i];
}

static void quantise_floats(const double *restrict scale, const double *restrict value, size_t count,
                            double *restrict out)
{
    for (size_t i = 0; i < count; i++)
        out[i] = float_number(value[i], scale[i]) * scale[i];
}

void mbp_codec_quantise_run(enum mbp_type type, const double *scale, const double *value, size_t count, double *out)
{
    if (type <= MBP_UINT32) {
        quantise_whole(bounds[type].low, bounds[type].high, scale, value, count, out);
    } else if (type == MBP_FLOAT32) {
        quantise_floats(scale, value, count, out);
    } else {
        for (size_t i = 0; i < count; i++)
            out[i] = mbp_codec_quantise(type, scale[i], value[i]);
    }
}
