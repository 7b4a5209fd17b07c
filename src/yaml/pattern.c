/* pattern: one pass over the text, placeholder by placeholder. */
#include "pattern.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* The letter of a placeholder that starts at text, or 0. */
static char placeholder(const char *text)
{
    bool is = text[0] == '{' && (text[1] == 'n' || text[1] == 'm' || text[1] == 'u') && text[2] == '}';
    return is ? text[1] : '\0';
}

bool mbp_pattern_is_name(const char *text)
{
    if (!isascii(text[0]) || !isalpha((unsigned char)text[0])) {
        return false;
    }
    while (*text != '\0') {
        if (placeholder(text) != '\0') {
            text += 3;
            continue;
        }
        bool fits = isascii(*text) && (isalnum((unsigned char)*text) || strchr("_.-", *text) != NULL);
        if (!fits) {
            return false;
        }
        text++;
    }
    return true;
}

bool mbp_pattern_has(const char *text, char letter)
{
    for (; *text != '\0'; text++) {
        if (placeholder(text) == letter) {
            return true;
        }
    }
    return false;
}

static uint32_t value_of(char letter, const struct mbp_counters *counters)
{
    switch (letter) {
    case 'n':
        return counters->own;
    case 'm':
        return counters->machine;
    case 'u':
        return counters->unit;
    default:
        return 0;
    }
}

size_t mbp_pattern_fill(const char *text, const struct mbp_counters *counters, char *buf, size_t size)
{
    size_t len = 0;
    while (*text != '\0') {
        uint32_t value = value_of(placeholder(text), counters);
        if (value == 0) {
            if (len + 1 >= size) {
                return SIZE_MAX;
            }
            buf[len++] = *text++;
            continue;
        }
        int digits = snprintf(buf + len, size - len, "%u", value);
        if (digits < 0 || (size_t)digits >= size - len) {
            return SIZE_MAX;
        }
        len += (size_t)digits;
        text += 3;
    }
    buf[len] = '\0';
    return len;
}
