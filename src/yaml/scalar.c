/* scalar: numbers and words, strictly. */
#include "scalar.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mbplant/base.h"

#define EXCERPT_LEN 40

static const char *skip_digits(const char *at)
{
    while (isdigit((unsigned char)*at)) {
        at++;
    }
    return at;
}

/* strtod takes more than YAML does ("inf", "0x1p3", leading blanks), so the form is checked first. */
static bool is_decimal(const char *at)
{
    at += *at == '-' || *at == '+';
    const char *whole = at;
    at = skip_digits(at);
    bool digits = at > whole;
    if (*at == '.') {
        const char *fraction = ++at;
        at = skip_digits(at);
        digits = digits || at > fraction;
    }
    if (digits && (*at == 'e' || *at == 'E')) {
        at++;
        at += *at == '-' || *at == '+';
        const char *exponent = at;
        at = skip_digits(at);
        digits = at > exponent;
    }
    return digits && *at == '\0';
}

bool mbp_scalar_has_comma(const char *text)
{
    char pointed[32];
    const char *comma = strchr(text, ',');
    if (comma == NULL || strlen(text) >= sizeof pointed) {
        return false;
    }
    snprintf(pointed, sizeof pointed, "%s", text);
    pointed[comma - text] = '.';
    return is_decimal(pointed);
}

bool mbp_scalar_unsigned(const char *text, uint64_t *out)
{
    static const char *const digits[] = {[8] = "01234567", [10] = "0123456789", [16] = "0123456789abcdefABCDEF"};
    int base = 10;
    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'o')) {
        base = text[1] == 'x' ? 16 : 8;
        text += 2;
    }
    size_t len = strlen(text);
    if (len == 0 || strspn(text, digits[base]) != len) {
        return false;
    }
    errno = 0;
    uint64_t value = strtoull(text, NULL, base);
    if (errno != 0) {
        return false;
    }
    *out = value;
    return true;
}

bool mbp_scalar_number(const char *text, double *out)
{
    const char *magnitude = text + (*text == '-' || *text == '+');
    uint64_t integer;
    if (magnitude[0] == '0' && (magnitude[1] == 'x' || magnitude[1] == 'o')) {
        if (!mbp_scalar_unsigned(magnitude, &integer)) {
            return false;
        }
        *out = *text == '-' ? -(double)integer : (double)integer;
        return true;
    }
    if (!is_decimal(text)) {
        return false;
    }
    double value = strtod(text, NULL);
    if (!isfinite(value)) {
        return false;
    }
    *out = value;
    return true;
}

bool mbp_scalar_share(const char *text, double *out)
{
    size_t len = strlen(text);
    char number[64];
    if (len == 0 || text[len - 1] != '%') {
        return mbp_scalar_number(text, out);
    }
    if (len > sizeof number) {
        return false;
    }
    memcpy(number, text, len - 1);
    number[len - 1] = '\0';
    double percent;
    if (!mbp_scalar_number(number, &percent)) {
        return false;
    }
    *out = percent / 100;
    return true;
}

static const struct {
    const char *name;
    uint64_t bytes;
} size_units[] = {{"GB", 1000000000}, {"GiB", 1 << 30}, {"MB", 1000000}, {"MiB", 1 << 20},
                  {"kB", 1000},       {"KiB", 1 << 10}, {"B", 1}};

#define SIZE_UNITS (sizeof size_units / sizeof size_units[0])

bool mbp_scalar_size(const char *text, uint64_t *out)
{
    size_t digits = strspn(text, "0123456789.");
    char number[32];
    double value;
    if (digits == 0 || digits >= sizeof number) {
        return false;
    }
    memcpy(number, text, digits);
    number[digits] = '\0';
    const char *unit = text + digits + strspn(text + digits, " ");
    for (size_t i = 0; i < SIZE_UNITS; i++) {
        if (strcmp(unit, size_units[i].name) != 0) {
            continue;
        }
        if (!mbp_scalar_number(number, &value) || value * (double)size_units[i].bytes >= 9007199254740992.0) {
            return false;
        }
        *out = (uint64_t)llround(value * (double)size_units[i].bytes);
        return true;
    }
    return false;
}

const char *mbp_scalar_size_format(uint64_t bytes, char *buf, size_t size)
{
    size_t i = 0;
    while (i < SIZE_UNITS - 1 && (bytes < size_units[i].bytes || bytes % size_units[i].bytes != 0)) {
        i++;
    }
    snprintf(buf, size, "%" PRIu64 "%s", bytes / size_units[i].bytes, size_units[i].name);
    return buf;
}

bool mbp_scalar_bool(const char *text, bool *out)
{
    if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0) {
        return false;
    }
    *out = text[0] == 't';
    return true;
}

bool mbp_scalar_switch(const char *text, bool *on)
{
    if (strcmp(text, "on") != 0 && strcmp(text, "off") != 0) {
        return mbp_scalar_bool(text, on);
    }
    *on = text[1] == 'n';
    return true;
}

const char *mbp_scalar_format(double value, char *buf, size_t size)
{
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(buf, size, "%.*g", digits, value);
        double back = strtod(buf, NULL);
        if (!(back < value) && !(back > value)) {
            break;
        }
    }
    return buf;
}

bool mbp_scalar_printable(const char *text, size_t len)
{
    for (size_t i = 0; i < len;) {
        uint32_t code = 0;
        size_t bytes = mbp_utf8_next(text + i, &code);
        bool separator = code == 0x2028 || code == 0x2029;
        bool mark = code == 0xFEFF || code == 0xFFFE || code == 0xFFFF;
        if (bytes == 0 || mbp_utf8_is_control(code) || separator || mark) {
            return false;
        }
        i += bytes;
    }
    return true;
}

const char *mbp_scalar_excerpt(const char *text, size_t len, char *buf, size_t size)
{
    size_t keep = len <= EXCERPT_LEN ? len : EXCERPT_LEN;
    while (keep > 0 && keep < len && ((unsigned char)text[keep] & 0xC0u) == 0x80u) {
        keep--;
    }
    snprintf(buf, size, "%.*s%s", (int)keep, text, keep < len ? "..." : "");
    return mbp_text_harmless(buf);
}
