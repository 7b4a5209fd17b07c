/* Hexadecimal as Wireshark, tshark -x and xxd show it: lines with an offset before and characters behind. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "explain/explain.h"

#define BYTES_A_LINE 16u
#define ETHERNET_LEN 14u
#define IPV4_LEN_MIN 20u
#define TCP_LEN_MIN  20u
#define TCP          6u

static size_t hex_digits(const char *text)
{
    size_t count = 0;
    while (isxdigit((unsigned char)text[count]))
        count++;
    return count;
}

/* The length of an offset with what stands behind it: four to eight digits, then a colon or two spaces; 0 = none. */
static size_t offset_of(const char *line)
{
    size_t before = strspn(line, " \t");
    size_t digits = hex_digits(line + before);
    const char *behind = line + before + digits;
    if (digits < 4 || digits > 8)
        return 0;
    if (behind[0] == ':' && behind[1] == ' ')
        return before + digits + 2;
    return behind[0] == ' ' && behind[1] == ' ' ? before + digits + 2 : 0;
}

bool explain_is_dump(const char *text)
{
    return offset_of(text) > 0;
}

/* The bytes of a line: pairs of digits, up to 16, until what is no such or stands further away. */
static const char *take_line(const char *line, char **out)
{
    const char *end = line + strcspn(line, "\n");
    line += offset_of(line);
    line += strspn(line, " ");
    for (size_t bytes = 0; line < end && bytes < BYTES_A_LINE;) {
        size_t digits = hex_digits(line);
        if (digits % 2 != 0 || digits == 0 || digits > 2 * BYTES_A_LINE || (line[digits] != ' ' && line + digits < end))
            break;
        memcpy(*out, line, digits);
        *out += digits;
        bytes += digits / 2;
        line += digits;
        size_t gap = strspn(line, " ");
        if (gap > 2 || (gap == 2 && bytes != BYTES_A_LINE / 2))
            break;
        line += gap;
    }
    return *end == '\n' ? end + 1 : end;
}

char *explain_dump_digits(const char *text)
{
    char *digits = malloc(strlen(text) + 1);
    char *end = digits;
    while (digits != NULL && *text != '\0')
        text = take_line(text, &end);
    if (digits != NULL)
        *end = '\0';
    return digits;
}

/* IEEE 802.3, RFC 791, RFC 9293. */
size_t explain_packet_head(const uint8_t *bytes, size_t len)
{
    if (len < ETHERNET_LEN + IPV4_LEN_MIN + TCP_LEN_MIN || bytes[12] != 0x08 || bytes[13] != 0x00 ||
        bytes[ETHERNET_LEN] >> 4 != 4 || bytes[ETHERNET_LEN + 9] != TCP)
        return 0;
    size_t tcp = ETHERNET_LEN + 4u * (bytes[ETHERNET_LEN] & 0x0Fu);
    if (tcp + TCP_LEN_MIN > len)
        return 0;
    size_t head = tcp + 4u * (bytes[tcp + 12] >> 4);
    return head < len ? head : 0;
}
