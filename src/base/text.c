/* Nearest word, CRC-32, endpoints. */
#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "mbplant/base.h"

#define WORD_MAX 40

static unsigned min_u(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static bool same_letter(char a, char b)
{
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* Optimal string alignment distance; words over WORD_MAX count as far away. */
static unsigned edit_distance(const char *a, const char *b)
{
    size_t len_a = strlen(a);
    size_t len_b = strlen(b);
    if (len_a > WORD_MAX || len_b > WORD_MAX)
        return WORD_MAX;
    unsigned row[3][WORD_MAX + 1];
    for (size_t j = 0; j <= len_b; j++)
        row[0][j] = (unsigned)j;
    for (size_t i = 1; i <= len_a; i++) {
        unsigned *now = row[i % 3];
        const unsigned *before = row[(i - 1) % 3];
        now[0] = (unsigned)i;
        for (size_t j = 1; j <= len_b; j++) {
            unsigned change = before[j - 1] + (same_letter(a[i - 1], b[j - 1]) ? 0 : 1);
            now[j] = min_u(change, min_u(before[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && same_letter(a[i - 1], b[j - 2]) && same_letter(a[i - 2], b[j - 1]))
                now[j] = min_u(now[j], row[(i - 2) % 3][j - 2] + 1);
        }
    }
    return row[len_a % 3][len_b];
}

const char *mbp_nearest(const char *word, const char *const *candidates, size_t n)
{
    size_t third = strlen(word) / 3;
    unsigned allowed = third < 1 ? 1 : third > 3 ? 3 : (unsigned)third;
    const char *nearest = NULL;
    for (size_t i = 0; i < n; i++) {
        unsigned distance = edit_distance(word, candidates[i]);
        if (distance <= allowed && distance < WORD_MAX) {
            nearest = candidates[i];
            if (distance == 0)
                break;
            allowed = distance - 1;
        }
    }
    return nearest;
}

/* What each byte makes of the checksum, when 0 to 7 more bytes follow: eight bytes are taken at once. */
#define AT_ONCE 8
static uint32_t crc_of[AT_ONCE][256];

/* Before main, so that no thread finds it half made. */
__attribute__((constructor)) static void make_crc_table(void)
{
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t crc = byte;
        for (int bit = 0; bit < 8; bit++)
            crc = (crc >> 1) ^ (0xEDB88320u & (0u - (crc & 1u)));
        crc_of[0][byte] = crc;
    }
    for (size_t more = 1; more < AT_ONCE; more++) {
        for (size_t byte = 0; byte < 256; byte++)
            crc_of[more][byte] = crc_of[more - 1][byte] >> 8 ^ crc_of[0][crc_of[more - 1][byte] & 0xFFu];
    }
}

uint32_t mbp_crc32(uint32_t crc, const void *data, size_t len)
{
    const uint8_t *bytes = data;
    crc = ~crc;
    for (; len >= AT_ONCE; len -= AT_ONCE, bytes += AT_ONCE)
        crc = crc_of[7][(crc ^ bytes[0]) & 0xFFu] ^ crc_of[6][(crc >> 8 ^ bytes[1]) & 0xFFu] ^
              crc_of[5][(crc >> 16 ^ bytes[2]) & 0xFFu] ^ crc_of[4][crc >> 24 ^ bytes[3]] ^ crc_of[3][bytes[4]] ^
              crc_of[2][bytes[5]] ^ crc_of[1][bytes[6]] ^ crc_of[0][bytes[7]];
    for (; len > 0; len--)
        crc = crc >> 8 ^ crc_of[0][(crc ^ *bytes++) & 0xFFu];
    return ~crc;
}

enum mbp_status mbp_endpoint_parse(const char *text, char *host, size_t size, uint16_t *port)
{
    const char *colon = strrchr(text, ':');
    if (colon == NULL || colon == text || colon[1] == '\0')
        return MBP_ERR_FORMAT;
    const char *first = text;
    const char *last = colon;
    if (text[0] == '[') {
        if (colon[-1] != ']')
            return MBP_ERR_FORMAT;
        first++;
        last--;
    } else if (memchr(text, ':', (size_t)(colon - text)) != NULL) {
        return MBP_ERR_FORMAT; /* IPv6 needs its brackets */
    }
    size_t len = (size_t)(last - first);
    size_t digits = strspn(colon + 1, "0123456789");
    if (len == 0 || len >= size || colon[1 + digits] != '\0' || digits > 5)
        return MBP_ERR_FORMAT;
    unsigned long number = strtoul(colon + 1, NULL, 10);
    if (number > 65535)
        return MBP_ERR_FORMAT;
    memcpy(host, first, len);
    host[len] = '\0';
    *port = (uint16_t)number;
    return MBP_OK;
}

bool mbp_endpoint_is_address(const char *text)
{
    char host[64];
    unsigned char address[sizeof(struct in6_addr)];
    uint16_t port;
    if (mbp_endpoint_parse(text, host, sizeof host, &port) != MBP_OK)
        return false;
    if (inet_pton(AF_INET, host, address) == 1)
        return true;
    host[strcspn(host, "%")] = '\0'; /* the interface of a link-local one */
    return inet_pton(AF_INET6, host, address) == 1;
}

const char *mbp_number_shortest(double value, char buf[32])
{
    double size = value < 0 ? -value : value;
    bool plain = size >= 1e-4 && size < 1e15; /* 40, not 4e+01 */
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(buf, 32, "%.*g", digits, value);
        double back = strtod(buf, NULL);
        if (!(back < value) && !(back > value) && !(plain && strchr(buf, 'e') != NULL))
            break;
    }
    return buf;
}

void mbp_text_xml(const char *text, FILE *out)
{
    for (; *text != '\0'; text++) {
        if (*text == '<')
            fputs("&lt;", out);
        else if (*text == '&')
            fputs("&amp;", out);
        else if (*text == '"')
            fputs("&quot;", out);
        else
            fputc(*text, out);
    }
}

bool mbp_text_same(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}
