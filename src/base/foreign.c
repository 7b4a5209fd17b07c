/* Foreign text, made harmless for where it is shown. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "mbplant/base.h"

#define INSTEAD '?'
#define ROOM    1024

size_t mbp_utf8_next(const char *text, uint32_t *code)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *bytes = (const unsigned char *)text;
    size_t len = bytes[0] < 0x80               ? 1
                 : (bytes[0] & 0xE0u) == 0xC0u ? 2
                 : (bytes[0] & 0xF0u) == 0xE0u ? 3
                 : (bytes[0] & 0xF8u) == 0xF0u ? 4
                                               : 0;
    if (len == 0)
        return 0;
    uint32_t value = len == 1 ? bytes[0] : bytes[0] & (0x7Fu >> len);
    for (size_t i = 1; i < len; i++) {
        if ((bytes[i] & 0xC0u) != 0x80u)
            return 0;
        value = value << 6 | (bytes[i] & 0x3Fu);
    }
    bool surrogate = value >= 0xD800 && value < 0xE000;
    if (value < least[len] || surrogate || value > 0x10FFFF)
        return 0;
    *code = value;
    return len;
}

bool mbp_utf8_is_control(uint32_t code)
{
    bool c0_or_c1 = code < 0x20 || (code >= 0x7F && code < 0xA0);
    bool direction = (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
    return c0_or_c1 || direction;
}

/* Of len bytes, behind which no character goes on. Returns the new length, which is never longer. */
static size_t replace(char *text, size_t len, bool controls_too)
{
    size_t kept = 0;
    for (size_t at = 0; at < len;) {
        uint32_t code = 0;
        size_t bytes = mbp_utf8_next(text + at, &code);
        bool shown = bytes > 0 && !(controls_too && mbp_utf8_is_control(code));
        if (shown)
            memmove(text + kept, text + at, bytes);
        else
            text[kept] = INSTEAD;
        kept += shown ? bytes : 1;
        at += bytes > 0 ? bytes : 1;
    }
    return kept;
}

char *mbp_text_harmless(char *text)
{
    text[replace(text, strlen(text), true)] = '\0';
    return text;
}

char *mbp_text_as_utf8(char *text)
{
    text[replace(text, strlen(text), false)] = '\0';
    return text;
}

/* How many newlines the format begins and ends with: those are the caller's, and no foreign ones. */
static size_t newlines_before(const char *format)
{
    return strspn(format, "\n");
}

static size_t newlines_behind(const char *format)
{
    size_t len = strlen(format);
    size_t count = 0;
    while (count < len && format[len - 1 - count] == '\n')
        count++;
    return count < len ? count : 0;
}

void mbp_text_vprint(FILE *out, const char *format, va_list args)
{
    char room[ROOM];
    char *text = room;
    va_list again;
    va_copy(again, args);
    int wanted = vsnprintf(room, sizeof room, format, args);
    if (wanted >= (int)sizeof room) {
        text = malloc((size_t)wanted + 1);
        if (text != NULL)
            vsnprintf(text, (size_t)wanted + 1, format, again);
    }
    va_end(again);
    size_t len = wanted < 0 ? 0 : (size_t)wanted;
    size_t before = newlines_before(format);
    size_t behind = newlines_behind(format);
    if (text == NULL) { /* no memory: what there is room for, and its end */
        text = room;
        len = sizeof room - 1;
        memset(room + len - behind, '\n', behind);
    }
    if (len >= before + behind) {
        size_t kept = replace(text + before, len - before - behind, true);
        fwrite(text, 1, before + kept, out);
        fwrite(text + len - behind, 1, behind, out);
    }
    if (text != room)
        free(text);
}

void mbp_text_print(FILE *out, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    mbp_text_vprint(out, format, args);
    va_end(args);
}

/* A decimal number, as every writer of CSV here writes one. */
static bool is_number(const char *text)
{
    static const char digits[] = "0123456789";
    text += *text == '-' || *text == '+';
    size_t whole = strspn(text, digits);
    text += whole;
    size_t fraction = *text == '.' ? strspn(text + 1, digits) : 0;
    text += *text == '.' ? 1 + fraction : 0;
    if (whole + fraction > 0 && (*text == 'e' || *text == 'E')) {
        text++;
        text += *text == '-' || *text == '+';
        whole = strspn(text, digits);
        text += whole;
    }
    return whole + fraction > 0 && *text == '\0';
}

bool mbp_text_is_formula(const char *text)
{
    bool begins = text[0] != '\0' && strchr("=+-@\t\r", text[0]) != NULL;
    return begins && text[1] != '\0' && !is_number(text);
}
