/* How a master reaches a slave, as a text. */
#include "mbplant/base/wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BAUD_MIN  50u
#define BAUD_MAX  4000000u
#define BAUD      19200u
#define FAST_BAUD 19200u
#define SCHEMES   "tcp, rtu+tcp, ascii+tcp, udp, rtu, ascii, rtu+pty, ascii+pty"
#define KEY_MAX   16u
#define VALUE_MAX 16u

static const struct {
    const char *scheme;
    const char *name;
    uint8_t medium, framing;
} schemes[] = {
    {"tcp", "Modbus TCP", MBP_MEDIUM_TCP, MBP_FRAMING_MBAP},
    {"rtu+tcp", "Modbus RTU over TCP", MBP_MEDIUM_TCP, MBP_FRAMING_RTU},
    {"ascii+tcp", "Modbus ASCII over TCP", MBP_MEDIUM_TCP, MBP_FRAMING_ASCII},
    {"udp", "Modbus UDP", MBP_MEDIUM_UDP, MBP_FRAMING_MBAP},
    {"rtu", "Modbus RTU", MBP_MEDIUM_SERIAL, MBP_FRAMING_RTU},
    {"ascii", "Modbus ASCII", MBP_MEDIUM_SERIAL, MBP_FRAMING_ASCII},
    {"rtu+pty", "Modbus RTU", MBP_MEDIUM_PTY, MBP_FRAMING_RTU},
    {"ascii+pty", "Modbus ASCII", MBP_MEDIUM_PTY, MBP_FRAMING_ASCII},
};
#define SCHEME_COUNT (sizeof schemes / sizeof schemes[0])

const char *mbp_wire_name(const struct mbp_wire *wire)
{
    for (size_t s = 0; s < SCHEME_COUNT; s++) {
        if (schemes[s].medium == wire->medium && schemes[s].framing == wire->framing)
            return schemes[s].name;
    }
    return "Modbus";
}

static bool is_text(const char *text, size_t len, const char *word)
{
    return strlen(word) == len && memcmp(text, word, len) == 0;
}

/* ---- the keys of a line ------------------------------------------------------------------------------------------ */

static bool set_baud(struct mbp_wire *wire, const char *value)
{
    char *end;
    unsigned long number = strtoul(value, &end, 10);
    if (value[0] < '0' || value[0] > '9' || *end != '\0' || number < BAUD_MIN || number > BAUD_MAX)
        return false;
    wire->baud = (uint32_t)number;
    return true;
}

static bool set_parity(struct mbp_wire *wire, const char *value)
{
    static const char *const words[] = {"none", "even", "odd"};
    for (size_t w = 0; w < sizeof words / sizeof words[0]; w++) {
        if (strcmp(value, words[w]) == 0) {
            wire->parity = "NEO"[w];
            return true;
        }
    }
    return false;
}

static bool set_bits(struct mbp_wire *wire, const char *value)
{
    bool good = strcmp(value, "8") == 0 || (strcmp(value, "7") == 0 && wire->framing == MBP_FRAMING_ASCII);
    wire->data_bits = good ? (uint8_t)(value[0] - '0') : wire->data_bits;
    return good;
}

static bool set_stop(struct mbp_wire *wire, const char *value)
{
    bool good = strcmp(value, "1") == 0 || strcmp(value, "2") == 0;
    wire->stop_bits = good ? (uint8_t)(value[0] - '0') : wire->stop_bits;
    return good;
}

static const struct {
    const char *key;
    bool (*set)(struct mbp_wire *wire, const char *value);
    const char *allowed;
} keys[] = {
    {"baud", set_baud, "50..4000000"},
    {"parity", set_parity, "none, even or odd"},
    {"bits", set_bits, "8 (ASCII: 7 too)"},
    {"stop", set_stop, "1 or 2"},
};

static enum mbp_status set_key(struct mbp_wire *wire, const char *pair, size_t len, char *why, size_t why_size)
{
    const char *equals = memchr(pair, '=', len);
    size_t key_len = equals != NULL ? (size_t)(equals - pair) : len;
    char value[VALUE_MAX] = "";
    size_t value_len = equals != NULL ? len - key_len - 1 : 0;
    if (value_len >= sizeof value)
        value_len = sizeof value - 1; /* nothing of that length is allowed */
    if (equals != NULL)
        memcpy(value, equals + 1, value_len);
    for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++) {
        if (!is_text(pair, key_len, keys[k].key))
            continue;
        if (keys[k].set(wire, value))
            return MBP_OK;
        snprintf(why, why_size, "'%s' is '%s'; allowed is %s", keys[k].key, value, keys[k].allowed);
        return MBP_ERR_FORMAT;
    }
    snprintf(why, why_size, "'%.*s' is no key of a line; allowed are baud, parity, bits, stop",
             (int)(key_len < KEY_MAX ? key_len : KEY_MAX), pair);
    return MBP_ERR_FORMAT;
}

static enum mbp_status parse_line(const char *rest, struct mbp_wire *wire, char *why, size_t why_size)
{
    size_t len = strcspn(rest, "?");
    if (len == 0 || len >= sizeof wire->path || rest[0] != '/') {
        snprintf(why, why_size, "a line needs the path of its device, as in rtu:///dev/ttyUSB0");
        return MBP_ERR_FORMAT;
    }
    memcpy(wire->path, rest, len);
    wire->baud = wire->medium == MBP_MEDIUM_SERIAL ? BAUD : 0;
    wire->parity = 'E';
    wire->data_bits = wire->framing == MBP_FRAMING_ASCII ? 7 : 8;
    wire->stop_bits = 1;
    for (const char *pair = rest + len; *pair != '\0';) {
        size_t pair_len = strcspn(++pair, "&");
        enum mbp_status status = set_key(wire, pair, pair_len, why, why_size);
        if (status != MBP_OK)
            return status;
        pair += pair_len;
    }
    return MBP_OK;
}

/* ---- hosts ------------------------------------------------------------------------------------------------------- */

static enum mbp_status parse_host(const char *rest, struct mbp_wire *wire, char *why, size_t why_size)
{
    wire->has_port = mbp_endpoint_parse(rest, wire->host, sizeof wire->host, &wire->port) == MBP_OK;
    if (wire->has_port)
        return MBP_OK;
    size_t len = strlen(rest);
    bool bracketed = len > 2 && rest[0] == '[' && rest[len - 1] == ']';
    if (bracketed) {
        rest++;
        len -= 2;
    }
    bool good = len > 0 && len < sizeof wire->host && rest[strcspn(rest, "/?")] == '\0' &&
                (bracketed || memchr(rest, ':', len) == NULL);
    if (!good) {
        snprintf(why, why_size, "it names no host and port, as 127.0.0.1:5020 and [::1]:5020 do");
        return MBP_ERR_FORMAT;
    }
    memcpy(wire->host, rest, len);
    return MBP_OK;
}

enum mbp_status mbp_wire_parse(const char *text, struct mbp_wire *out, char *why, size_t why_size)
{
    struct mbp_wire wire = {.medium = MBP_MEDIUM_TCP, .framing = MBP_FRAMING_MBAP};
    const char *colon = strstr(text, "://");
    const char *rest = text;
    if (colon != NULL) {
        size_t s = 0;
        while (s < SCHEME_COUNT && !is_text(text, (size_t)(colon - text), schemes[s].scheme))
            s++;
        if (s == SCHEME_COUNT) {
            snprintf(why, why_size, "it begins with none of " SCHEMES);
            return MBP_ERR_FORMAT;
        }
        wire.medium = schemes[s].medium;
        wire.framing = schemes[s].framing;
        rest = colon + strlen("://");
    }
    enum mbp_status status =
        mbp_wire_is_line(&wire) ? parse_line(rest, &wire, why, why_size) : parse_host(rest, &wire, why, why_size);
    if (status == MBP_OK)
        *out = wire;
    return status;
}

uint64_t mbp_wire_character_ns(const struct mbp_wire *wire)
{
    uint64_t bits = 1u + wire->data_bits + (wire->parity != 'N') + wire->stop_bits;
    return wire->baud == 0 ? 0 : bits * MBP_NS_PER_S / wire->baud;
}

uint64_t mbp_wire_silence_ns(const struct mbp_wire *wire)
{
    return wire->baud > FAST_BAUD ? UINT64_C(1750000) : mbp_wire_character_ns(wire) * 7 / 2;
}
