/* codec: words <-> engineering values, in the four orders as Modbus masters name them. */
#ifndef MBPLANT_CODEC_H
#define MBPLANT_CODEC_H

#include <stddef.h>

#include "mbplant/plant.h"

/* The words of a value: raw = round(value / scale), saturated at the type's range; NaN becomes the type's "unused"
 * pattern (0x8000.., NaN for floats). words receives mbp_type_words(type) of them in the given order. For MBP_INT16 and
 * other one-word types BADC and DCBA swap the bytes of the word, ABCD and CDAB do not. */
void mbp_codec_encode(enum mbp_type type, enum mbp_order order, double scale, double value, uint16_t *words);

/* The same for words that stand in a register: a 64-bit integer has more digits than a value, so where its words stand
 * for the value already they stay, to the last digit that a master wrote; not where some of them is no digit. */
void mbp_codec_update(enum mbp_type type, enum mbp_order order, double scale, double value, uint16_t *words);

/* The bits of a number as its words hold them, right-aligned, and the words of bits: all 64 of an integer's digits. */
uint64_t mbp_codec_bits(enum mbp_type type, enum mbp_order order, const uint16_t *words);
void mbp_codec_put_bits(enum mbp_type type, enum mbp_order order, uint64_t bits, uint16_t *words);

/* A text of at most size bytes in count registers: two characters a word, the first in the high byte, zeros behind.
 * BADC and DCBA swap the bytes of each word, CDAB and DCBA turn the words round. And back, with a NUL behind it: buf
 * has 2 * count + 1 bytes. */
void mbp_codec_put_text(enum mbp_order order, const char *text, size_t size, uint32_t count, uint16_t *words);
void mbp_codec_text(enum mbp_order order, const uint16_t *words, uint32_t count, char *buf);

/* False: a digit of a type of decimal digits (bcd16, mod10k(2) ..) is none: 0x1A, 10000. */
bool mbp_codec_has_digits(enum mbp_type type, enum mbp_order order, const uint16_t *words);

/* The engineering value of words. The "unused" pattern 0x8000.. is a number like another here. */
double mbp_codec_decode(enum mbp_type type, enum mbp_order order, double scale, const uint16_t *words);

/* Whether words are the type's "unused" pattern. */
bool mbp_codec_unused(enum mbp_type type, enum mbp_order order, const uint16_t *words);

/* The same by a whole register, whose offset counts too. */
void mbp_register_encode(const struct mbp_register *reg, double value, uint16_t *words);
void mbp_register_wrap(const struct mbp_register *reg, double value, uint16_t *words); /* rolls over at its ends */
void mbp_register_update(const struct mbp_register *reg, double value, uint16_t *words);
double mbp_register_decode(const struct mbp_register *reg, const uint16_t *words);
double mbp_register_quantise(const struct mbp_register *reg, double value);
bool mbp_register_unused(const struct mbp_register *reg, const uint16_t *words);

/* A value as the bits of a register's type, right-aligned, and back; the order does not matter. */
uint64_t mbp_register_bits(const struct mbp_register *reg, double value);
double mbp_register_of_bits(const struct mbp_register *reg, uint64_t bits);

/* A whole number of all its digits: a double has 53 bits of it. */
struct mbp_whole {
    uint64_t magnitude;
    bool negative;
};

/* Whether a type has whole numbers of more digits than a double, and whether a register shows such: no scale, no
 * offset. */
bool mbp_type_is_wide(enum mbp_type type);
bool mbp_register_is_wide(const struct mbp_register *reg);

/* Whether a register can hold a value: the double above the largest number of a wide type stands for none. */
bool mbp_register_holds(const struct mbp_register *reg, double value);

/* Whether a wide register can hold it; the number that its bits are; its largest and smallest. */
bool mbp_register_holds_whole(const struct mbp_register *reg, const struct mbp_whole *whole);
struct mbp_whole mbp_codec_whole_of(enum mbp_type type, uint64_t bits);
void mbp_codec_whole_range(enum mbp_type type, struct mbp_whole *low, struct mbp_whole *high);

/* Decimal digits, behind a sign or none; false: it is something else, or has more than 64 bits. Which of two is the
 * smaller. Its text. */
bool mbp_whole_read(const char *text, struct mbp_whole *out);
#define MBP_WHOLE_TEXT 24
int mbp_whole_compare(const struct mbp_whole *a, const struct mbp_whole *b); /* < 0: a is the smaller */
const char *mbp_whole_text(const struct mbp_whole *whole, char text[MBP_WHOLE_TEXT]);

/* The bits of an integer, held at the ends of the type: all digits of 64-bit types. */
uint64_t mbp_codec_whole(enum mbp_type type, bool negative, uint64_t magnitude);

/* Likewise where a number beyond the ends of a type of whole numbers begins again. */
uint64_t mbp_codec_wrapped(enum mbp_type type, bool negative, uint64_t magnitude);

/* The largest and smallest engineering value that a register can show. */
void mbp_register_range(const struct mbp_register *reg, double *low, double *high);

/* The same as text: of a wide register all digits. */
void mbp_register_ends(const struct mbp_register *reg, char low[MBP_WHOLE_TEXT], char high[MBP_WHOLE_TEXT]);

static inline bool mbp_register_has_offset(const struct mbp_register *reg)
{
    return reg->offset < 0 || reg->offset > 0;
}

/* Whether what a register shows is its raw number: no scale, no offset. */
static inline bool mbp_register_is_plain(const struct mbp_register *reg)
{
    return reg->scale >= 1 && reg->scale <= 1 && !mbp_register_has_offset(reg);
}

/* What a value becomes by going through the register: decode(encode(value)). */
double mbp_codec_quantise(enum mbp_type type, double scale, double value);

/* The same for count values of one type, each with its scale (NULL = all 1): what every scan does to all sensors. The
 * words of a run follow each other, and are updated (mbp_codec_update). value and out do not overlap. */
void mbp_codec_encode_run(enum mbp_type type, enum mbp_order order, const double *scale, const double *value,
                          size_t count, uint16_t *words);
void mbp_codec_quantise_run(enum mbp_type type, const double *scale, const double *value, size_t count, double *out);

/* ---- the grid: numbers as a master sees them -------------------------------------------------------------------- */

/* A register shows raw numbers times its scale. A value that a sensor shows is one of these; a limit, a deadband or an
 * end of a range need not be: 70.1 is not 701 times 0.1 to the last bit, and 85.3 is no float32. These compare the two
 * so that what a master reads as equal is equal. Engineering units. */

/* What a value that the register shows is to be compared with: the limit as the register shows it, when it is one of
 * its numbers but for rounding (of a float it always is); else, between two of them, as it is written. NaN stays NaN.
 */
double mbp_grid_limit(const struct mbp_register *reg, double limit);

/* Whether a value that the register shows is beyond a limit, which a deadband brings nearer to normal; false when value
 * or limit is NaN. */
bool mbp_grid_above(const struct mbp_register *reg, double value, double limit, double deadband);
bool mbp_grid_below(const struct mbp_register *reg, double value, double limit, double deadband);

/* Whether the register shows two numbers alike; NaN (unused) is like NaN alone. */
bool mbp_grid_same(const struct mbp_register *reg, double a, double b);

/* Whether the register shows a number within a range, as the register shows that; false when it is not finite. */
bool mbp_grid_within(const struct mbp_register *reg, const double range[2], double number);

/* By how much a difference of two values, the larger one of this size, may be off because of rounding alone. */
double mbp_grid_noise(const struct mbp_register *reg, double size);

/* What a master meant who wrote a value: of the numbers that a float32 stands for the one with the fewest digits (85.3,
 * not 85.30000305), so that what is reckoned with it is on the grid again. Other types: the value itself. */
double mbp_grid_meant(const struct mbp_register *reg, double value);

#endif
