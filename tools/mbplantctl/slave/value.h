/* value: a point's words as text, and text as words. Pure. */
#ifndef MBP_CTL_VALUE_H
#define MBP_CTL_VALUE_H

#include "slave/address.h"
#include "slave/point.h"

/* Of a point that takes but some bits of its register: those alone, as its words; and they in the register as it
 * stands. Other points' words stay as they are. */
void ctl_point_take_part(const struct ctl_point *point, uint16_t *words);
void ctl_point_put_part(const struct ctl_point *point, uint16_t stands, uint16_t *words);

/* How many values a point holds: 1 but for the raw blocks of `tables`. */
uint32_t ctl_point_values(const struct ctl_point *point);

/* What stands in a point, with its unit: "65.2 °C", "off" (an unused limit), "on", "hello". Returns buf. 300 bytes
 * suffice. words holds the point's words, or in a bit table one 0/1 word per bit. Of a block it is the first value. */
const char *ctl_point_text(const struct ctl_point *point, const uint16_t *words, char *buf, size_t size);

/* The same without its unit, as CSV and JSON want it; "" = unused. */
const char *ctl_point_number(const struct ctl_point *point, const uint16_t *words, char *buf, size_t size);

/* How it stands there: "int16 x 0.1, raw 652" or "float32 CDAB, words 0000 4282". Returns buf. 300 bytes suffice. */
const char *ctl_point_form(const struct ctl_point *point, const uint16_t *words, char *buf, size_t size);

/* Characters of a string register, high byte first, up to the first 0; what is no UTF-8 as '?'. buf takes 2 * count + 1
 * bytes; returns buf. */
const char *ctl_string_text(enum mbp_order order, const uint16_t *words, size_t count, char *buf, size_t size);

/* "0x028C" or "0x4282 0x6666". Returns buf. 900 bytes suffice. */
const char *ctl_words_text(const uint16_t *words, size_t count, char *buf, size_t size);

/* A number by its digits, of which a double drops the last ones. */
struct ctl_digits {
    struct mbp_whole whole; /* without its decimals */
    bool fraction;          /* they are not all 0 */
    bool beyond;            /* it has more than 64 bits: no register holds it; whole has its sign */
};

/* As strtod takes it, with blanks before it and a sign, decimal or hexadecimal; end: what is behind it. False: it
 * begins with no number, or with a hexadecimal one that is not whole. */
bool ctl_digits_read(const char *text, struct ctl_digits *out, const char **end);

/* Bytes of what was typed that a message repeats, and the 0 behind them. */
#define CTL_TYPED_MAX 41

/* What the user typed, as the point's words. A sensor's own unit may follow the number. Errors: MBP_ERR_FORMAT (no
 * number), MBP_ERR_RANGE (the type cannot hold it); why (of size bytes) says what is allowed. */
enum mbp_status ctl_point_parse(const struct ctl_point *point, const char *text, uint16_t *words, char *why,
                                size_t size);

/* One value of a raw address: the type's words. Likewise. */
enum mbp_status ctl_raw_parse(const struct ctl_address *address, const char *text, uint16_t *words, char *why,
                              size_t size);
const char *ctl_raw_text(enum mbp_type type, enum mbp_order order, const uint16_t *words, char *buf, size_t size);

#endif
