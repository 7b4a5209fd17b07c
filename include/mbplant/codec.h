/* codec: words <-> engineering values, in the four orders as Modbus masters name them. */
#ifndef MBPLANT_CODEC_H
#define MBPLANT_CODEC_H

#include <stddef.h>

#include "mbplant/plant.h"

/* The words of a value: raw = round(value / scale), saturated at the type's range; NaN becomes the type's "unused"
 * pattern (0x8000.., NaN for floats). words receives mbp_type_words(type) of them in the given order. For MBP_INT16 and
 * other one-word types BADC and DCBA swap the bytes of the word, ABCD and CDAB do not. */
void mbp_codec_encode(enum mbp_type type, enum mbp_order order, double scale, double value, uint16_t *words);

/* The engineering value of words. The "unused" pattern 0x8000.. is a number like another here. */
double mbp_codec_decode(enum mbp_type type, enum mbp_order order, double scale, const uint16_t *words);

/* Whether words are the type's "unused" pattern. */
bool mbp_codec_unused(enum mbp_type type, enum mbp_order order, const uint16_t *words);

/* What a value becomes by going through the register: decode(encode(value)). */
double mbp_codec_quantise(enum mbp_type type, double scale, double value);

/* The same for count values of one type, each with its scale (NULL = all 1): what every scan does to all sensors. The
 * words of a run follow each other. value and out do not overlap. */
void mbp_codec_encode_run(enum mbp_type type, enum mbp_order order, const double *scale, const double *value,
                          size_t count, uint16_t *words);
void mbp_codec_quantise_run(enum mbp_type type, const double *scale, const double *value, size_t count, double *out);

#endif
