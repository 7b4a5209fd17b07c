/* A reply, and what was expected. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "conform/conform.h"

#define IS_EXCEPTION 0x80u

static bool no(char why[160], const char *format, ...) __attribute__((format(__printf__, 2, 3)));
static bool no(char why[160], const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(why, 160, ctl_tr(format), arguments);
    va_end(arguments);
    return false;
}

static bool is_exception(const uint8_t *request, const uint8_t *reply, size_t len)
{
    return len == 2 && reply[0] == (request[0] | IS_EXCEPTION);
}

static bool judge_exception(const char *expect, const uint8_t *request, const uint8_t *reply, size_t len, char why[160])
{
    size_t words = strcspn(expect, ";");
    if (!is_exception(request, reply, len))
        return no(why, "expected exception %.2s, got %s", expect + 1,
                  ctl_tr(len == 2 && (reply[0] & IS_EXCEPTION) != 0 ? "that of another function" : "an answer"));
    for (size_t at = 0; at < words; at += strcspn(expect + at, " ;") + 1) {
        if (expect[at] == 'x' && strtoul(expect + at + 1, NULL, 16) == reply[1])
            return true;
    }
    return no(why, "expected exception %.2s, got %02X", expect + 1, reply[1]);
}

/* The bits behind the last one that was asked for are 0 (6.1, 6.2). */
static bool judge_bits(unsigned count, const uint8_t *reply, size_t len, char why[160])
{
    unsigned bytes = (count + 7) / 8;
    if (len != 2 + bytes || reply[1] != bytes)
        return no(why, "expected %u bytes for %u bits, got a count of %u and %zu", bytes, count, reply[1], len - 2);
    if (count % 8 != 0 && reply[1 + bytes] >> count % 8 != 0)
        return no(why, "the bits behind the last one are not 0");
    return true;
}

static bool judge_words(unsigned count, const uint8_t *reply, size_t len, char why[160])
{
    if (len == 2 + 2 * (size_t)count && reply[1] == 2 * count)
        return true;
    return no(why, "expected %u bytes for %u registers, got a count of %u and %zu", 2 * count, count, reply[1],
              len - 2);
}

static bool judge_bytes(const struct conform_ground *ground, const char *expect, const uint8_t *reply, size_t len,
                        char why[160])
{
    uint8_t bytes[260];
    size_t wanted;
    if (!conform_bytes(ground, expect, bytes, sizeof bytes, &wanted))
        return no(why, "the case is wrong");
    if (wanted == len && memcmp(bytes, reply, len) == 0)
        return true;
    return no(why, "expected other bytes");
}

/* 6.21: what comes behind the header is the objects that it counts. */
static bool judge_id(const uint8_t *reply, size_t len, char why[160])
{
    if (len < 7 || reply[1] != 0x0E)
        return no(why, "expected an identification");
    size_t at = 7;
    for (unsigned o = 0; o < reply[6]; o++) {
        if (at + 2 > len || at + 2 + reply[at + 1] > len)
            return no(why, "object %u of %u ends behind the reply", o + 1, reply[6]);
        at += 2u + reply[at + 1];
    }
    return at == len || no(why, "%zu bytes behind the last object", len - at);
}

static bool judge_echo(const uint8_t *request, size_t request_len, const uint8_t *reply, size_t len, size_t count,
                       char why[160])
{
    size_t wanted = count < request_len ? count : request_len;
    if (len == wanted && memcmp(request, reply, wanted) == 0)
        return true;
    return no(why, "expected %s of the request again",
              ctl_tr(count < request_len ? "the first five bytes" : "the bytes"));
}

bool conform_judge(const struct conform_ground *ground, const char *expect, const uint8_t *request, size_t request_len,
                   const uint8_t *reply, size_t len, char why[160])
{
    if (expect[0] == 'x')
        return judge_exception(expect, request, reply, len, why);
    if (is_exception(request, reply, len))
        return strncmp(expect, "any", 3) == 0 || no(why, "refused with exception %02X", reply[1]);
    if (reply[0] != request[0] || len < 2)
        return no(why, "an answer to function %u", reply[0]);
    if (strncmp(expect, "bits ", 5) == 0)
        return judge_bits((unsigned)strtoul(expect + 5, NULL, 10), reply, len, why);
    if (strncmp(expect, "words ", 6) == 0)
        return judge_words((unsigned)strtoul(expect + 6, NULL, 10), reply, len, why);
    if (strncmp(expect, "echo", 4) == 0)
        return judge_echo(request, request_len, reply, len, SIZE_MAX, why);
    if (strncmp(expect, "head", 4) == 0)
        return judge_echo(request, request_len, reply, len, 5, why);
    if (strncmp(expect, "id", 2) == 0)
        return judge_id(reply, len, why);
    if (expect[0] == '=')
        return judge_bytes(ground, expect + 2, reply, len, why);
    return true;
}
