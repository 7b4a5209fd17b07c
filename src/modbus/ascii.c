/* Frames of serial lines in ASCII: ':', two hexadecimal digits for each byte of unit, PDU and LRC, CR, LF (Modbus over
 * Serial Line V1.02, 2.5.2). */
#include <string.h>

#include "mbplant/modbus.h"

#define BYTES_MIN 3u /* unit, function code, LRC */
#define NO_DIGIT  16u

/* 6.2.1: the negative sum. */
static uint8_t lrc_of(const uint8_t *bytes, size_t len)
{
    unsigned sum = 0;
    for (size_t i = 0; i < len; i++)
        sum += bytes[i];
    return (uint8_t)-sum;
}

static unsigned digit(uint8_t character)
{
    if (character >= '0' && character <= '9')
        return character - (unsigned)'0';
    if (character >= 'A' && character <= 'F')
        return character - (unsigned)'A' + 10;
    if (character >= 'a' && character <= 'f')
        return character - (unsigned)'a' + 10;
    return NO_DIGIT;
}

/* False: there are other characters, or half a byte. */
static bool read_bytes(const uint8_t *text, size_t len, uint8_t *bytes)
{
    for (size_t i = 0; i + 1 < len; i += 2) {
        unsigned high = digit(text[i]);
        unsigned low = digit(text[i + 1]);
        if (high == NO_DIGIT || low == NO_DIGIT)
            return false;
        bytes[i / 2] = (uint8_t)(high << 4 | low);
    }
    return len % 2 == 0;
}

static struct mbp_frame discard(size_t len)
{
    return (struct mbp_frame){.kind = MBP_FRAME_DISCARD, .len = len};
}

/* Up to the next beginning of a frame. */
static struct mbp_frame discard_to_colon(const uint8_t *bytes, size_t from, size_t len)
{
    const uint8_t *colon = from < len ? memchr(bytes + from, ':', len - from) : NULL;
    return discard(colon != NULL ? (size_t)(colon - bytes) : len);
}

struct mbp_frame mbp_ascii_parse(const uint8_t *bytes, size_t len, bool quiet, uint8_t adu[MBP_ADU_MAX])
{
    const struct mbp_frame more = {.kind = MBP_FRAME_MORE};
    if (len == 0)
        return more;
    if (bytes[0] != ':')
        return discard_to_colon(bytes, 0, len);
    size_t end = 1;
    while (end < len && end < MBP_ASCII_MAX && bytes[end] != '\n' && bytes[end] != ':')
        end++;
    if (end == len && len < MBP_ASCII_MAX)
        return quiet ? discard(len) : more;
    if (end == MBP_ASCII_MAX || bytes[end] == ':')
        return discard_to_colon(bytes, end, len);
    size_t digits = bytes[end - 1] == '\r' ? end - 2 : 1; /* an odd number where it does not end as it must */
    size_t count = digits / 2;
    if (!read_bytes(bytes + 1, digits, adu) || count < BYTES_MIN || lrc_of(adu, count - 1) != adu[count - 1])
        return discard(end + 1);
    return (struct mbp_frame){
        .kind = MBP_FRAME_REQUEST, .len = end + 1, .unit = adu[0], .pdu = adu + 1, .pdu_len = count - 2};
}

size_t mbp_ascii_seal(uint8_t *frame, size_t pdu_len)
{
    static const char digits[] = "0123456789ABCDEF";
    size_t count = 1 + pdu_len;
    frame[count] = lrc_of(frame, count);
    for (size_t i = count + 1; i-- > 0;) { /* from behind, for a byte becomes two */
        uint8_t byte = frame[i];
        frame[1 + 2 * i] = (uint8_t)digits[byte >> 4];
        frame[2 + 2 * i] = (uint8_t)digits[byte & 15u];
    }
    frame[0] = ':';
    size_t len = 1 + 2 * (count + 1);
    frame[len] = '\r';
    frame[len + 1] = '\n';
    return len + 2;
}
