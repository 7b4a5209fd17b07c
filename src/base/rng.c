/* Counter-based random numbers: a draw is a function of (seed, stream, counter) alone. */
#include <math.h>
#include <string.h>

#include "mbplant/base.h"

/* SplitMix64's finaliser: every input bit reaches every output bit. */
static uint64_t mix(uint64_t x)
{
    x ^= x >> 30;
    x *= UINT64_C(0xBF58476D1CE4E5B9);
    x ^= x >> 27;
    x *= UINT64_C(0x94D049BB133111EB);
    x ^= x >> 31;
    return x;
}

#define GOLDEN UINT64_C(0x9E3779B97F4A7C15)

uint64_t mbp_rng_key(uint64_t seed, uint64_t stream)
{
    return mix(mix(seed + GOLDEN) ^ stream);
}

uint64_t mbp_rng_draw(uint64_t key, uint64_t counter)
{
    return mix(key + (counter + 1) * GOLDEN);
}

uint64_t mbp_rng_bits(uint64_t seed, uint64_t stream, uint64_t counter)
{
    return mbp_rng_draw(mbp_rng_key(seed, stream), counter);
}

double mbp_rng_uniform(uint64_t bits)
{
    return (double)(bits >> 11) * 0x1p-53;
}

/* The four 16-bit parts of bits as two sums of two, in the halves of a word. */
static uint64_t fold(uint64_t bits)
{
    const uint64_t even = UINT64_C(0x0000FFFF0000FFFF);
    return (bits & even) + (bits >> 16 & even);
}

double mbp_rng_normal(uint64_t bits_a, uint64_t bits_b)
{
    uint64_t halves = fold(bits_a) + fold(bits_b);
    int32_t sum = (int32_t)((halves >> 32) + (halves & UINT32_MAX));
    /* Eight uniforms on 0..65535: mean 8 * 32767.5, variance 8 * (65536^2 - 1) / 12. */
    return ((double)sum - 262140.0) / 53509.91992;
}

uint64_t mbp_hash(const void *bytes, size_t len)
{
    const uint8_t *byte = bytes;
    uint64_t hash = UINT64_C(0xCBF29CE484222325);
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ byte[i]) * UINT64_C(0x100000001B3);
    return hash;
}

uint64_t mbp_name_hash(const char *name)
{
    return mbp_hash(name, strlen(name));
}
