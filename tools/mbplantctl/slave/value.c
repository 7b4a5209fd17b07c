/* Values as people type and read them, and the words that stand for them on the wire. */
#include "slave/value.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "french/french.h"
#include "mbplant/image.h"
#include "mbplant/report/words.h"

static bool is_bits(const struct ctl_point *point)
{
    return mbp_table_is_bits(point->map.table);
}

static bool is_float(enum mbp_type type)
{
    return type == MBP_FLOAT32 || type == MBP_FLOAT64;
}

void ctl_point_take_part(const struct ctl_point *point, uint16_t *words)
{
    const struct mbp_user_point *own = point->map.own;
    if (own != NULL && own->mask != 0)
        words[0] = (uint16_t)((words[0] & own->mask) >> own->shift);
}

void ctl_point_put_part(const struct ctl_point *point, uint16_t stands, uint16_t *words)
{
    const struct mbp_user_point *own = point->map.own;
    if (own != NULL && own->mask != 0)
        words[0] = (uint16_t)((stands & ~own->mask) | ((uint32_t)words[0] << own->shift & own->mask));
}

uint32_t ctl_point_values(const struct ctl_point *point)
{
    if (is_bits(point))
        return point->map.count;
    if (point->map.type == MBP_STRING)
        return 1;
    return point->map.count / mbp_type_words((enum mbp_type)point->map.type);
}

const char *ctl_string_text(enum mbp_order order, const uint16_t *words, size_t count, char *buf, size_t size)
{
    char text[2 * MBP_STRING_WORDS_MAX + 1];
    mbp_codec_text(order, words, (uint32_t)(count < MBP_STRING_WORDS_MAX ? count : MBP_STRING_WORDS_MAX), text);
    snprintf(buf, size, "%s", text);
    return mbp_text_as_utf8(buf);
}

/* All digits, of a wide register. */
static void whole_text(enum mbp_type type, enum mbp_order order, const uint16_t *words, char *buf, size_t size)
{
    char text[MBP_WHOLE_TEXT];
    const struct mbp_whole whole = mbp_codec_whole_of(type, mbp_codec_bits(type, order, words));
    snprintf(buf, size, "%s", mbp_whole_text(&whole, text));
}

/* As many as scale and offset have. */
static unsigned decimals_of(const struct mbp_register *reg)
{
    unsigned of_scale = mbp_scale_decimals(reg->scale);
    unsigned of_offset = mbp_scale_decimals(reg->offset);
    return of_scale > of_offset ? of_scale : of_offset;
}

/* " x 0.1 - 40" */
static void form_scale(const struct ctl_point *point, char *buf, size_t size)
{
    double scale = point->map.scale;
    double offset = point->map.offset;
    size_t len = 0;
    if (scale != 1)
        len = (size_t)snprintf(buf, size, " x %g", scale);
    if (offset < 0 || offset > 0)
        snprintf(buf + len, size - len, " %c %g", offset < 0 ? '-' : '+', fabs(offset));
    mbp_message_decimal(ctl_spoken(), buf);
}

/* A float64 with the fewest digits that read back the same; through a scale it has fewer that mean something. */
static void double_text(const struct mbp_register *reg, double value, char *buf, size_t size)
{
    char text[32];
    if (mbp_register_is_plain(reg))
        snprintf(buf, size, "%s", mbp_number_shortest(value, text));
    else
        snprintf(buf, size, "%.15g", value);
}

/* One number, without its unit. */
static void number_text(const struct ctl_point *point, const uint16_t *words, char *buf, size_t size)
{
    enum mbp_type type = (enum mbp_type)point->map.type;
    const struct mbp_register reg = mbp_point_register(&point->map);
    double value = mbp_register_decode(&reg, words);
    if (mbp_register_is_wide(&reg))
        whole_text(type, (enum mbp_order)point->map.order, words, buf, size);
    else if (isnan(value))
        buf[0] = '\0';
    else if (type == MBP_FLOAT32)
        mbp_float_text((float)value, buf, size);
    else if (type == MBP_FLOAT64)
        double_text(&reg, value, buf, size);
    else
        snprintf(buf, size, "%.*f", (int)decimals_of(&reg), value);
}

const char *ctl_point_number(const struct ctl_point *point, const uint16_t *words, char *buf, size_t size)
{
    enum mbp_type type = (enum mbp_type)point->map.type;
    if (is_bits(point))
        snprintf(buf, size, "%u", words[0] != 0);
    else if (type == MBP_STRING)
        ctl_string_text((enum mbp_order)point->map.order, words, point->map.count, buf, size);
    else if (point->limit >= 0 && mbp_codec_unused(type, (enum mbp_order)point->map.order, words))
        buf[0] = '\0';
    else
        number_text(point, words, buf, size);
    return buf;
}

const char *ctl_point_text(const struct ctl_point *point, const uint16_t *words, char *buf, size_t size)
{
    enum mbp_type type = (enum mbp_type)point->map.type;
    if (is_bits(point) || type == MBP_BOOL) {
        snprintf(buf, size, "%s", words[0] != 0 ? "on" : "off");
        return buf;
    }
    if (point->limit >= 0 && mbp_codec_unused(type, (enum mbp_order)point->map.order, words))
        return mbp_limit_text(point->sensor, (double)NAN, buf, size);
    const struct mbp_register reg = mbp_point_register(&point->map);
    if ((point->is_value || point->limit >= 0) && type != MBP_STRING && !is_float(type) &&
        !mbp_register_is_wide(&reg)) {
        double value = mbp_register_decode(&reg, words);
        if (point->limit >= 0)
            mbp_limit_text(point->sensor, value, buf, size);
        else
            mbp_value_text(point->sensor, value, buf, size);
        return mbp_message_decimal(ctl_spoken(), buf);
    }
    /* A float as exactly as it is carried: how much of it means something is the reader's to judge. */
    ctl_point_number(point, words, buf, size);
    if (buf[0] == '\0' && is_float(type))
        snprintf(buf, size, "-");
    if (type != MBP_STRING)
        mbp_message_decimal(ctl_spoken(), buf);
    size_t len = strlen(buf);
    if (point->map.unit_text != NULL && point->map.unit_text[0] != '\0')
        snprintf(buf + len, size - len, " %s", point->map.unit_text);
    return buf;
}

const char *ctl_words_text(const uint16_t *words, size_t count, char *buf, size_t size)
{
    size_t len = 0;
    buf[0] = '\0';
    for (size_t i = 0; i < count && len + 1 < size; i++) {
        int wrote = snprintf(buf + len, size - len, "%s0x%04X", i == 0 ? "" : " ", words[i]);
        len += wrote > 0 ? (size_t)wrote : 0;
    }
    return buf;
}

const char *ctl_point_form(const struct ctl_point *point, const uint16_t *words, char *buf, size_t size)
{
    enum mbp_type type = (enum mbp_type)point->map.type;
    enum mbp_order order = (enum mbp_order)point->map.order;
    char scale[40] = "";
    char raw[64];
    if (is_bits(point)) {
        snprintf(buf, size, "bit");
        return buf;
    }
    const struct mbp_register reg = mbp_point_register(&point->map);
    if (!mbp_register_is_plain(&reg))
        form_scale(point, scale, sizeof scale);
    unsigned each = mbp_type_words(type);
    const char *order_name = each == 1 && order == MBP_ABCD ? "" : mbp_order_name(order);
    const char *space = order_name[0] == '\0' ? "" : " ";
    if (type == MBP_STRING || ctl_point_values(point) > 1)
        snprintf(buf, size, ctl_tr("%s, %u registers"), mbp_type_name(type), point->map.count);
    else if (is_float(type))
        snprintf(buf, size, ctl_tr("%s%s%s%s, words %s"), mbp_type_name(type), space, order_name, scale,
                 ctl_words_text(words, each, raw, sizeof raw));
    else
        snprintf(buf, size, ctl_tr("%s%s%s%s, raw %s"), mbp_type_name(type), space, order_name, scale,
                 ctl_raw_text(type, order, words, raw, sizeof raw));
    return buf;
}

const char *ctl_raw_text(enum mbp_type type, enum mbp_order order, const uint16_t *words, char *buf, size_t size)
{
    const struct mbp_register reg = {.scale = 1, .type = (uint8_t)type, .order = (uint8_t)order};
    double value = mbp_codec_decode(type, order, 1, words); /* a register's offset makes 0 of -0 */
    if (mbp_type_is_wide(type))
        whole_text(type, order, words, buf, size);
    else if (isnan(value))
        snprintf(buf, size, "NaN");
    else if (type == MBP_FLOAT32)
        mbp_float_text((float)value, buf, size);
    else if (type == MBP_FLOAT64)
        double_text(&reg, value, buf, size);
    else
        snprintf(buf, size, "%.0f", value);
    return buf;
}

/* ---- text -> words ---------------------------------------------------------------------------------------------- */

static bool one_of(const char *text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcasecmp(text, words[i]) == 0)
            return true;
    }
    return false;
}

static enum mbp_status parse_bit(const char *text, uint16_t *word, char *why, size_t size)
{
    static const char *const on[] = {"1", "on", "true"};
    static const char *const off[] = {"0", "off", "false"};
    bool is_on = one_of(text, on, 3);
    if (!is_on && !one_of(text, off, 3)) {
        snprintf(why, size, ctl_tr("'%s' is neither on (1) nor off (0)"), text);
        return MBP_ERR_FORMAT;
    }
    *word = is_on;
    return MBP_OK;
}

static enum mbp_status parse_string(const struct ctl_point *point, const char *text, uint16_t *words, char *why,
                                    size_t size)
{
    size_t len = strlen(text);
    if (len > 2 * (size_t)point->map.count) {
        snprintf(why, size, ctl_tr("the text has %zu bytes, %u fit"), len, 2 * point->map.count);
        return MBP_ERR_RANGE;
    }
    mbp_codec_put_text((enum mbp_order)point->map.order, text, len, point->map.count, words);
    return MBP_OK;
}

#define DIGITS       "0123456789"
#define BLANKS       " \t\n\v\f\r"              /* that strtod passes over */
#define EXPONENT_MAX 100000                     /* no argument has as many digits */
#define DOUBLE_WHOLE UINT64_C(0x20000000000000) /* 2^53: beyond it a double has no longer all whole numbers */

static void add_digit(struct ctl_digits *number, unsigned digit)
{
    number->beyond = number->beyond || number->whole.magnitude > (UINT64_MAX - digit) / 10;
    number->whole.magnitude = number->beyond ? UINT64_MAX : number->whole.magnitude * 10 + digit;
}

/* What stands behind the digits, as strtod takes it: "e3". Returns what is behind that. */
static const char *skip_exponent(const char *at, long *exponent)
{
    char *end = NULL;
    *exponent = 0;
    if ((*at != 'e' && *at != 'E') || !isdigit((unsigned char)at[at[1] == '-' || at[1] == '+' ? 2 : 1]))
        return at;
    *exponent = strtol(at + 1, &end, 10);
    *exponent = *exponent > EXPONENT_MAX ? EXPONENT_MAX : *exponent < -EXPONENT_MAX ? -EXPONENT_MAX : *exponent;
    return end;
}

static bool read_decimal(const char *at, struct ctl_digits *out, const char **end)
{
    const char *const whole = at;
    const long whole_len = (long)strspn(at, DIGITS);
    const char *const decimals = whole + whole_len + (whole[whole_len] == '.');
    const long count = whole_len + (decimals > whole + whole_len ? (long)strspn(decimals, DIGITS) : 0);
    long exponent;
    *end = skip_exponent(decimals + (count - whole_len), &exponent);
    const long point = whole_len + exponent; /* so many digits are before it */
    for (long i = 0; i < count || (i < point && !out->beyond); i++) {
        const char digit = i < whole_len ? whole[i] : i < count ? decimals[i - whole_len] : '0';
        if (i < point)
            add_digit(out, (unsigned)(digit - '0'));
        else
            out->fraction = out->fraction || digit != '0';
    }
    return count > 0;
}

bool ctl_digits_read(const char *text, struct ctl_digits *out, const char **end)
{
    const char *at = text + strspn(text, BLANKS);
    char *behind = NULL;
    *out = (struct ctl_digits){.whole = {.negative = *at == '-'}};
    at += *at == '-' || *at == '+';
    if (strncasecmp(at, "0x", 2) != 0 || !isxdigit((unsigned char)at[2]))
        return read_decimal(at, out, end);
    errno = 0;
    out->whole.magnitude = strtoull(at, &behind, 16);
    out->beyond = errno != 0;
    *end = behind;
    return *behind != '.' && *behind != 'p' && *behind != 'P'; /* "0x1p4" is 16, which strtod knows */
}

/* What was typed, or as much of it as leaves room for what is to be said of it. */
static const char *typed(const char *text, char buf[CTL_TYPED_MAX])
{
    text += strspn(text, BLANKS);
    size_t len = strlen(text);
    if (len >= CTL_TYPED_MAX) {
        len = CTL_TYPED_MAX - sizeof "...";
        while (len > 0 && ((unsigned char)text[len] & 0xC0u) == 0x80u) /* no half of a character */
            len--;
        snprintf(buf, CTL_TYPED_MAX, "%.*s...", (int)len, text);
    } else
        snprintf(buf, CTL_TYPED_MAX, "%s", text);
    return buf;
}

/* A number of text that the register has no room for: what it has room for. */
static enum mbp_status tell_outside(const struct mbp_register *reg, const char *unit, const char *text, char *why,
                                    size_t size)
{
    char ends[2][MBP_WHOLE_TEXT];
    char by[40] = "";
    char number[CTL_TYPED_MAX];
    if (reg->scale < 1 || reg->scale > 1)
        snprintf(by, sizeof by, " x %g", reg->scale);
    mbp_register_ends(reg, ends[0], ends[1]);
    snprintf(why, size, ctl_tr("%s is outside what %s%s can hold: %s..%s%s%s"), typed(text, number),
             mbp_type_name((enum mbp_type)reg->type), by, ends[0], ends[1], unit[0] != '\0' ? " " : "", unit);
    return MBP_ERR_RANGE;
}

/* All digits of a whole number, and behind them nothing or the unit. MBP_ERR_MISSING of what is none, which may be a
 * number all the same. */
static enum mbp_status parse_whole(const struct mbp_register *reg, const char *text, const char *unit, uint16_t *words,
                                   char *why, size_t size)
{
    const enum mbp_type type = (enum mbp_type)reg->type;
    struct ctl_digits number;
    const char *end = text;
    if (!mbp_register_is_wide(reg) || !ctl_digits_read(text, &number, &end))
        return MBP_ERR_MISSING;
    const char *rest = end + strspn(end, " ");
    if ((*rest != '\0' && strcmp(rest, unit) != 0) || number.fraction)
        return MBP_ERR_MISSING;
    if (number.beyond || !mbp_register_holds_whole(reg, &number.whole))
        return tell_outside(reg, unit, text, why, size);
    const uint64_t bits = mbp_codec_whole(type, number.whole.negative, number.whole.magnitude);
    mbp_codec_put_bits(type, (enum mbp_order)reg->order, bits, words);
    return MBP_OK;
}

/* A decimal or hexadecimal number, and behind it nothing or the unit. */
static enum mbp_status parse_number(const char *text, const char *unit, double *out, char *why, size_t size)
{
    char *end;
    char said[CTL_TYPED_MAX];
    errno = 0;
    double number = strtod(text, &end);
    const char *rest = end;
    while (*rest == ' ')
        rest++;
    if (end == text || errno != 0 || !isfinite(number) || (*rest != '\0' && strcmp(rest, unit) != 0)) {
        snprintf(why, size, ctl_tr("'%s' is not a number%s%s%s"), typed(text, said),
                 unit[0] != '\0' ? ctl_tr(" of ") : "", unit,
                 *rest == ',' ? ctl_tr("; decimals stand behind a point") : "");
        return MBP_ERR_FORMAT;
    }
    *out = number;
    return MBP_OK;
}

/* text: that the number was typed as. */
static enum mbp_status check_type(const struct mbp_register *reg, const char *unit, const char *text, double number,
                                  char *why, size_t size)
{
    char said[CTL_TYPED_MAX];
    if (!mbp_register_holds(reg, number))
        return tell_outside(reg, unit, text, why, size);
    if (!mbp_register_is_wide(reg) || fabs(number) < (double)DOUBLE_WHOLE)
        return MBP_OK;
    snprintf(why, size, ctl_tr("'%s': so large a number is written whole, with all its digits"), typed(text, said));
    return MBP_ERR_FORMAT;
}

enum mbp_status ctl_point_parse(const struct ctl_point *point, const char *text, uint16_t *words, char *why,
                                size_t size)
{
    static const char *const off[] = {"off", "none", "unused"};
    enum mbp_type type = (enum mbp_type)point->map.type;
    const struct mbp_register reg = mbp_point_register(&point->map);
    const char *unit = point->map.unit_text != NULL ? point->map.unit_text : "";
    if (is_bits(point) || type == MBP_BOOL)
        return parse_bit(text, words, why, size);
    if (type == MBP_STRING)
        return parse_string(point, text, words, why, size);
    if (point->limit >= 0 && one_of(text, off, 3)) {
        mbp_register_encode(&reg, (double)NAN, words);
        return MBP_OK;
    }
    double number = 0;
    enum mbp_status status = parse_whole(&reg, text, unit, words, why, size);
    if (status != MBP_ERR_MISSING)
        return status;
    status = parse_number(text, unit, &number, why, size);
    if (status == MBP_OK)
        status = check_type(&reg, unit, text, number, why, size);
    if (status == MBP_OK)
        mbp_register_encode(&reg, number, words);
    return status;
}

enum mbp_status ctl_raw_parse(const struct ctl_address *address, const char *text, uint16_t *words, char *why,
                              size_t size)
{
    if (address->type == MBP_BOOL)
        return parse_bit(text, words, why, size);
    const struct mbp_register reg = {.scale = 1, .type = (uint8_t)address->type, .order = (uint8_t)address->order};
    double number = 0;
    enum mbp_status status = parse_whole(&reg, text, "", words, why, size);
    if (status != MBP_ERR_MISSING)
        return status;
    status = parse_number(text, "", &number, why, size);
    if (status != MBP_OK)
        return status;
    bool is_whole = is_float(address->type) || number == floor(number);
    if (!is_whole) {
        snprintf(why, size, ctl_tr("%s holds whole numbers only; a float32 is written as hr:0:float32"),
                 mbp_type_name(address->type));
        return MBP_ERR_FORMAT;
    }
    status = check_type(&reg, "", text, number, why, size);
    if (status == MBP_OK)
        mbp_register_encode(&reg, number, words);
    return status;
}
