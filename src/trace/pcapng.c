/* A capture of packets that are made up around Modbus. */
#include "mbplant/trace.h"

#include <string.h>

#define SECTION        0x0A0D0D0Au
#define INTERFACE      1u
#define PACKET         6u
#define BYTE_ORDER     0x1A2B3C4Du
#define LINKTYPE_RAW   101u /* a packet begins with its IP header */
#define IPPROTO_IS_TCP 6u
#define TCP_LEN        20u
#define PACKET_MAX     512u
#define PUSH_ACK       0x18u

/* ---- blocks ------------------------------------------------------------------------------------------------------ */

/* Numbers of blocks are as this machine writes them: BYTE_ORDER tells a reader how. */
static void put_u32(FILE *out, uint32_t number)
{
    fwrite(&number, sizeof number, 1, out);
}

static void put_u16(FILE *out, uint16_t number)
{
    fwrite(&number, sizeof number, 1, out);
}

static void pad(FILE *out, size_t len)
{
    static const uint8_t zeros[4];
    fwrite(zeros, 1, (4 - len % 4) % 4, out);
}

void mbp_pcapng_begin(const char *comment, FILE *out)
{
    size_t len = strlen(comment);
    uint32_t options = len == 0 ? 0 : 4 + (uint32_t)(len + 3) / 4 * 4 + 4;
    put_u32(out, SECTION);
    put_u32(out, 28 + options);
    put_u32(out, BYTE_ORDER);
    put_u16(out, 1);
    put_u16(out, 0);
    put_u32(out, UINT32_MAX); /* its length is not known */
    put_u32(out, UINT32_MAX);
    if (options > 0) {
        put_u16(out, 1); /* opt_comment */
        put_u16(out, (uint16_t)len);
        fwrite(comment, 1, len, out);
        pad(out, len);
        put_u32(out, 0); /* opt_endofopt */
    }
    put_u32(out, 28 + options);
    put_u32(out, INTERFACE);
    put_u32(out, 20);
    put_u16(out, LINKTYPE_RAW);
    put_u16(out, 0);
    put_u32(out, 0); /* packets of any length */
    put_u32(out, 20);
}

/* Times of an interface without options are microseconds. */
static void put_packet(const uint8_t *bytes, size_t len, uint64_t wall_ms, FILE *out)
{
    uint64_t wall_us = wall_ms * 1000;
    uint32_t total = 32 + (uint32_t)(len + 3) / 4 * 4;
    put_u32(out, PACKET);
    put_u32(out, total);
    put_u32(out, 0);
    put_u32(out, (uint32_t)(wall_us >> 32));
    put_u32(out, (uint32_t)wall_us);
    put_u32(out, (uint32_t)len);
    put_u32(out, (uint32_t)len);
    fwrite(bytes, 1, len, out);
    pad(out, len);
    put_u32(out, total);
}

/* ---- packets ----------------------------------------------------------------------------------------------------- */

struct end {
    const uint8_t *address;
    uint16_t port;
    uint32_t sent; /* before this packet */
};

static void net_u16(uint8_t *at, unsigned number)
{
    at[0] = (uint8_t)(number >> 8);
    at[1] = (uint8_t)number;
}

static void net_u32(uint8_t *at, uint32_t number)
{
    net_u16(at, number >> 16);
    net_u16(at + 2, number & 0xFFFFu);
}

/* RFC 1071. */
static uint32_t add_words(uint32_t sum, const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        sum += i % 2 == 0 ? (uint32_t)bytes[i] << 8 : bytes[i];
    return sum;
}

static unsigned checksum(uint32_t sum)
{
    while (sum >> 16 != 0)
        sum = (sum & 0xFFFFu) + (sum >> 16);
    return ~sum & 0xFFFFu;
}

static bool is_v4(const uint8_t *address)
{
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    return memcmp(address, mapped, sizeof mapped) == 0;
}

/* Output: the header's length; *sum begins the checksum of what follows it. */
static size_t put_ip(uint8_t *at, const struct end *from, const struct end *to, size_t payload, uint32_t *sum)
{
    bool v4 = is_v4(from->address) && is_v4(to->address);
    size_t skip = v4 ? 12 : 0;
    size_t ip_len = v4 ? 20 : 40;
    size_t place = v4 ? 12 : 8;
    memset(at, 0, ip_len);
    memcpy(at + place, from->address + skip, 16 - skip);
    memcpy(at + place + 16 - skip, to->address + skip, 16 - skip);
    *sum = add_words(IPPROTO_IS_TCP + (uint32_t)payload, at + place, 2 * (16 - skip));
    if (v4) {
        at[0] = 0x45;
        net_u16(at + 2, (unsigned)(ip_len + payload));
        at[6] = 0x40; /* do not fragment */
        at[8] = 64;
        at[9] = IPPROTO_IS_TCP;
        net_u16(at + 10, checksum(add_words(0, at, ip_len)));
    } else {
        at[0] = 0x60;
        net_u16(at + 4, (unsigned)payload);
        at[6] = IPPROTO_IS_TCP;
        at[7] = 64;
    }
    return ip_len;
}

static void put_segment(const struct end *from, const struct end *to, const uint8_t *data, size_t len, uint64_t wall_ms,
                        FILE *out)
{
    uint8_t packet[PACKET_MAX];
    uint32_t sum = 0;
    uint8_t *tcp = packet + put_ip(packet, from, to, TCP_LEN + len, &sum);
    memset(tcp, 0, TCP_LEN);
    net_u16(tcp, from->port);
    net_u16(tcp + 2, to->port);
    net_u32(tcp + 4, from->sent + 1); /* a connection begins with a byte of its own */
    net_u32(tcp + 8, to->sent + 1);
    tcp[12] = TCP_LEN / 4 << 4;
    tcp[13] = PUSH_ACK;
    net_u16(tcp + 14, UINT16_MAX);
    memcpy(tcp + TCP_LEN, data, len);
    net_u16(tcp + 16, checksum(add_words(sum, tcp, TCP_LEN + len)));
    put_packet(packet, (size_t)(tcp - packet) + TCP_LEN + len, wall_ms, out);
}

/* Messaging Guide V1.0b, 3.1.3. Output: the frame's length. */
static size_t frame_of(const struct mbp_exchange *exchange, const uint8_t *pdu, size_t len, uint8_t *frame)
{
    net_u16(frame, exchange->transaction);
    net_u16(frame + 2, 0);
    net_u16(frame + 4, (unsigned)len + 1);
    frame[6] = exchange->unit;
    memcpy(frame + MBP_MBAP_LEN, pdu, len);
    return MBP_MBAP_LEN + len;
}

void mbp_pcapng_exchange(const struct mbp_exchange *exchange, const uint8_t server[16], uint64_t wall_ms,
                         struct mbp_pcapng_place *place, FILE *out)
{
    uint8_t frame[MBP_MBAP_LEN + MBP_PDU_MAX];
    struct end client = {exchange->address, exchange->peer_port, place->asked};
    struct end slave = {server, MBP_PCAPNG_PORT, place->answered};
    if (exchange->lost != NULL) {
        put_segment(&client, &slave, exchange->request, exchange->request_len, wall_ms, out);
        place->asked += (uint32_t)exchange->request_len;
        return;
    }
    size_t len = frame_of(exchange, exchange->request, exchange->request_len, frame);
    put_segment(&client, &slave, frame, len, wall_ms, out);
    client.sent = place->asked += (uint32_t)len;
    if (exchange->response_len == 0)
        return;
    len = frame_of(exchange, exchange->response, exchange->response_len, frame);
    put_segment(&slave, &client, frame, len, wall_ms, out);
    place->answered += (uint32_t)len;
}
