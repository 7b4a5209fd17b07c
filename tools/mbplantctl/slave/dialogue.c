/* Many requests under way. Two things of libmodbus 3.1.6 keep it from FC 20 and 21: it takes every reply it does not
 * know for 9 bytes long, and modbus_send_raw_request gives every request transaction 0, by which replies under way
 * could not be told apart. So these alone are sent and received here, on libmodbus's socket. */
#include "slave/link.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define MBAP_LEN 7u

static uint64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / MBP_NS_PER_MS;
}

static unsigned get16(const uint8_t *bytes)
{
    return (unsigned)bytes[0] << 8 | bytes[1];
}

static void put16(uint8_t *bytes, unsigned number)
{
    bytes[0] = (uint8_t)(number >> 8);
    bytes[1] = (uint8_t)number;
}

/* All bytes, or a failure. The socket is non-blocking (libmodbus made it so). */
static enum mbp_status send_all(struct ctl_link *link, const uint8_t *bytes, size_t len)
{
    int descriptor = modbus_get_socket(link->modbus);
    uint64_t deadline_ms = now_ms() + link->timeout_ms;
    while (len > 0) {
        ssize_t sent = send(descriptor, bytes, len, MSG_NOSIGNAL);
        if (sent > 0) {
            bytes += sent;
            len -= (size_t)sent;
            continue;
        }
        if (errno != EAGAIN && errno != EINTR)
            return ctl_link_fail_errno(link);
        uint64_t now = now_ms();
        struct pollfd ready = {.fd = descriptor, .events = POLLOUT};
        if (now >= deadline_ms || poll(&ready, 1, (int)(deadline_ms - now)) == 0)
            return ctl_link_fail_timeout(link);
    }
    return MBP_OK;
}

/* Waits until `wanted` bytes stand in the buffer. */
static enum mbp_status fill(struct ctl_link *link, size_t wanted, uint64_t deadline_ms)
{
    int descriptor = modbus_get_socket(link->modbus);
    while (link->len < wanted) {
        uint64_t now = now_ms();
        struct pollfd ready = {.fd = descriptor, .events = POLLIN};
        int n = now < deadline_ms ? poll(&ready, 1, (int)(deadline_ms - now)) : 0;
        if (n == 0)
            return ctl_link_fail_timeout(link);
        if (n < 0 && errno == EINTR)
            continue;
        ssize_t got = n < 0 ? -1 : recv(descriptor, link->buffer + link->len, sizeof link->buffer - link->len, 0);
        if (got == 0)
            return ctl_link_fail_closed(link);
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            continue;
        if (got < 0)
            return ctl_link_fail_errno(link);
        link->len += (size_t)got;
        link->answered = true;
    }
    return MBP_OK;
}

/* Takes one reply off the stream: the one to this transaction. Its PDU stays in the buffer until drop_reply. */
static enum mbp_status receive_reply(struct ctl_link *link, uint16_t transaction, size_t *frame_len)
{
    uint64_t deadline_ms = now_ms() + link->timeout_ms;
    enum mbp_status status = fill(link, MBAP_LEN, deadline_ms);
    if (status != MBP_OK)
        return status;
    *frame_len = 6 + get16(link->buffer + 4);
    if (get16(link->buffer + 2) != 0 || *frame_len <= MBAP_LEN || *frame_len > CTL_ADU_MAX)
        return ctl_link_fail(link, "the reply is not Modbus TCP");
    if (get16(link->buffer) != transaction)
        return ctl_link_fail(link, "a reply carries another request's transaction id");
    return fill(link, *frame_len, deadline_ms);
}

static void drop_reply(struct ctl_link *link, size_t frame_len)
{
    link->len -= frame_len;
    memmove(link->buffer, link->buffer + frame_len, link->len);
}

/* An exception, whether the specification has its code or not, or what the asker makes of the reply. */
static enum mbp_status take_reply(struct ctl_link *link, const struct ctl_dialogue *dialogue, size_t frame_len,
                                  bool *more)
{
    const uint8_t *pdu = link->buffer + MBAP_LEN;
    size_t len = frame_len - MBAP_LEN;
    if (len == 2 && (pdu[0] & 0x80u) != 0 && pdu[1] != 0)
        return (enum mbp_status)pdu[1];
    return dialogue->reply(dialogue->ctx, link, pdu, len, more);
}

/* Requests that are sent and not yet answered. */
struct flight {
    size_t sent, received;
    uint16_t first_transaction;
    bool more; /* the asker may have further requests */
};

/* Sends as many requests as may be under way, in one go. */
static enum mbp_status send_requests(struct ctl_link *link, uint8_t unit, const struct ctl_dialogue *dialogue,
                                     struct flight *flight)
{
    uint8_t bytes[CTL_IN_FLIGHT_MAX * CTL_ADU_MAX];
    size_t len = 0;
    while (flight->more && flight->sent - flight->received < CTL_IN_FLIGHT_MAX) {
        uint8_t *adu = bytes + len;
        size_t pdu_len = dialogue->request(dialogue->ctx, adu + MBAP_LEN);
        flight->more = pdu_len > 0;
        if (!flight->more)
            break;
        put16(adu, (uint16_t)(flight->first_transaction + flight->sent));
        put16(adu + 2, 0);
        put16(adu + 4, (unsigned)pdu_len + 1);
        adu[6] = unit;
        len += MBAP_LEN + pdu_len;
        flight->sent++;
    }
    return send_all(link, bytes, len);
}

enum mbp_status ctl_converse(struct ctl_link *link, uint8_t unit, const struct ctl_dialogue *dialogue)
{
    struct flight flight = {.first_transaction = link->transaction, .more = true};
    bool wanted =
        true; /* false after an exception or a stop: what is under way is read all the same, to stay in step */
    enum mbp_status result = MBP_OK;
    for (;;) {
        /* half of the window at a time: fewer, larger sends */
        enum mbp_status status = MBP_OK;
        if (flight.sent - flight.received <= CTL_IN_FLIGHT_MAX / 2)
            status = send_requests(link, unit, dialogue, &flight);
        if (status != MBP_OK)
            return status;
        if (flight.received == flight.sent)
            break;
        size_t frame_len = 0;
        bool more = true;
        status = receive_reply(link, (uint16_t)(flight.first_transaction + flight.received), &frame_len);
        if (status == MBP_OK && wanted)
            status = take_reply(link, dialogue, frame_len, &more);
        if (status < 0)
            return status;
        drop_reply(link, frame_len);
        flight.received++;
        if (!wanted)
            continue;
        result = status;
        wanted = status == MBP_OK && more;
        flight.more = flight.more && wanted;
    }
    link->transaction = (uint16_t)(link->transaction + flight.sent);
    return result;
}
