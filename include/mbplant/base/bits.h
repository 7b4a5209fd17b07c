/* bits: a number of floating point as the bits that it is made of (IEEE 754), and back. */
#ifndef MBPLANT_BASE_BITS_H
#define MBPLANT_BASE_BITS_H

#include <stdint.h>
#include <string.h>

static inline uint64_t mbp_bits_of_double(double number)
{
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    return bits;
}

static inline double mbp_double_of_bits(uint64_t bits)
{
    double number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

static inline uint32_t mbp_bits_of_float(float number)
{
    uint32_t bits;
    memcpy(&bits, &number, sizeof bits);
    return bits;
}

static inline float mbp_float_of_bits(uint32_t bits)
{
    float number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

#endif
