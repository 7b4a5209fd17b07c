/* Whole numbers of 64 bits: all their digits, where a double would drop the last ones. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "mbplant/codec.h"

#define DIGIT_BASE     10000u /* of mod10k(4), a register a digit */
#define INTEGER_DIGITS 15     /* of an end of a type of up to 48 bits */
#define FLOAT_DIGITS   10

bool mbp_type_is_wide(enum mbp_type type)
{
    return type == MBP_INT64 || type == MBP_UINT64 || type == MBP_MOD10K4;
}

bool mbp_register_is_wide(const struct mbp_register *reg)
{
    return mbp_register_is_plain(reg) && mbp_type_is_wide((enum mbp_type)reg->type);
}

struct mbp_whole mbp_codec_whole_of(enum mbp_type type, uint64_t bits)
{
    struct mbp_whole whole = {.magnitude = bits};
    if (type == MBP_INT64 && bits > (uint64_t)INT64_MAX)
        whole = (struct mbp_whole){.magnitude = 0 - bits, .negative = true};
    if (type == MBP_MOD10K4) {
        whole.magnitude = 0;
        for (unsigned shift = 64; shift > 0; shift -= 16)
            whole.magnitude = whole.magnitude * DIGIT_BASE + (bits >> (shift - 16) & 0xFFFFu);
    }
    return whole;
}

void mbp_codec_whole_range(enum mbp_type type, struct mbp_whole *low, struct mbp_whole *high)
{
    *low = mbp_codec_whole_of(type, mbp_codec_whole(type, true, UINT64_MAX));
    *high = mbp_codec_whole_of(type, mbp_codec_whole(type, false, UINT64_MAX));
}

void mbp_register_ends(const struct mbp_register *reg, char low[MBP_WHOLE_TEXT], char high[MBP_WHOLE_TEXT])
{
    const bool is_float = reg->type == MBP_FLOAT32 || reg->type == MBP_FLOAT64;
    double ends[2];
    struct mbp_whole whole[2];
    mbp_register_range(reg, &ends[0], &ends[1]);
    mbp_codec_whole_range((enum mbp_type)reg->type, &whole[0], &whole[1]);
    for (unsigned i = 0; i < 2; i++) {
        char *text = i == 0 ? low : high;
        if (mbp_register_is_wide(reg))
            mbp_whole_text(&whole[i], text);
        else
            snprintf(text, MBP_WHOLE_TEXT, "%.*g", is_float ? FLOAT_DIGITS : INTEGER_DIGITS, ends[i]);
    }
}

bool mbp_register_holds_whole(const struct mbp_register *reg, const struct mbp_whole *whole)
{
    struct mbp_whole low;
    struct mbp_whole high;
    mbp_codec_whole_range((enum mbp_type)reg->type, &low, &high);
    return whole->magnitude <= (whole->negative ? low.magnitude : high.magnitude);
}

bool mbp_register_holds(const struct mbp_register *reg, double value)
{
    double low;
    double high;
    mbp_register_range(reg, &low, &high);
    return value >= low && (mbp_register_is_wide(reg) ? value < high : value <= high);
}

bool mbp_whole_read(const char *text, struct mbp_whole *out)
{
    bool negative = text[0] == '-';
    const char *digits = text + negative;
    size_t len = strlen(digits);
    if (len == 0 || strspn(digits, "0123456789") != len)
        return false;
    errno = 0;
    uint64_t magnitude = strtoull(digits, NULL, 10);
    if (errno != 0)
        return false;
    *out = (struct mbp_whole){.magnitude = magnitude, .negative = negative};
    return true;
}

int mbp_whole_compare(const struct mbp_whole *a, const struct mbp_whole *b)
{
    const bool a_below = a->negative && a->magnitude > 0;
    const bool b_below = b->negative && b->magnitude > 0;
    if (a_below != b_below)
        return a_below ? -1 : 1;
    const int order = (a->magnitude > b->magnitude) - (a->magnitude < b->magnitude);
    return a_below ? -order : order;
}

const char *mbp_whole_text(const struct mbp_whole *whole, char text[MBP_WHOLE_TEXT])
{
    snprintf(text, MBP_WHOLE_TEXT, "%s%" PRIu64, whole->negative ? "-" : "", whole->magnitude);
    return text;
}
