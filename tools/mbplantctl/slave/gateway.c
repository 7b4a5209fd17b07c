/* Requests of Modbus TCP over other wires. */
#include "slave/gateway.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "french/french.h"
#include "mbplant/base/device.h"
#include "mbplant/modbus.h"

#define STREAM_QUIET_MS 50u /* gaps of a network and of a pty */

struct ctl_gateway {
    pthread_t thread;
    struct mbp_wire wire;
    uint32_t timeout_ms;
    int master; /* our end of the socket that the master has the other end of */
    int slave;  /* socket or device */
    uint64_t sent_ns;
    size_t len; /* of the master's bytes */
    uint8_t bytes[2 * MBP_ADU_MAX];
};

/* A request, and what came of its reply. */
struct question {
    struct mbp_frame request;
    size_t len;
    uint8_t bytes[2 * MBP_ASCII_MAX];
    uint8_t adu[MBP_ADU_MAX];
};

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * MBP_NS_PER_S + (uint64_t)now.tv_nsec;
}

/* ---- the slave's side -------------------------------------------------------------------------------------------- */

/* What of earlier replies came too late. */
static void drain(const struct ctl_gateway *gateway)
{
    uint8_t late[MBP_ASCII_MAX];
    if (mbp_wire_is_line(&gateway->wire))
        tcflush(gateway->slave, TCIFLUSH);
    else
        while (recv(gateway->slave, late, sizeof late, MSG_DONTWAIT) > 0)
            continue;
}

static bool put_all(int fd, const uint8_t *bytes, size_t len)
{
    while (len > 0) {
        ssize_t put = write(fd, bytes, len);
        struct pollfd ready = {.fd = fd, .events = POLLOUT};
        if (put < 0 && (errno == EAGAIN || errno == EINTR)) {
            poll(&ready, 1, (int)STREAM_QUIET_MS);
            continue;
        }
        if (put <= 0)
            return false;
        bytes += put;
        len -= (size_t)put;
    }
    return true;
}

/* Two frames on a line have a silence between them. */
static void wait_for_silence(const struct ctl_gateway *gateway)
{
    uint64_t silence = mbp_wire_silence_ns(&gateway->wire);
    uint64_t since = now_ns() - gateway->sent_ns;
    if (since < silence) {
        struct timespec pause = {.tv_nsec = (long)(silence - since)};
        nanosleep(&pause, NULL);
    }
}

static bool send_request(struct ctl_gateway *gateway, const struct mbp_frame *request)
{
    uint8_t frame[MBP_ASCII_MAX];
    if (gateway->wire.framing == MBP_FRAMING_MBAP)
        return send(gateway->slave, request->pdu - MBP_MBAP_LEN, request->len, MSG_NOSIGNAL) >= 0 || errno == EAGAIN ||
               errno == ECONNREFUSED;
    if (request->pdu_len > MBP_PDU_MAX)
        return false; /* none is: it came in a frame */
    frame[0] = request->unit;
    memcpy(frame + 1, request->pdu, request->pdu_len);
    size_t len = gateway->wire.framing == MBP_FRAMING_RTU ? mbp_rtu_seal(frame, request->pdu_len)
                                                          : mbp_ascii_seal(frame, request->pdu_len);
    wait_for_silence(gateway);
    return put_all(gateway->slave, frame, len);
}

static struct mbp_frame parse(const struct ctl_gateway *gateway, struct question *question, bool quiet)
{
    if (gateway->wire.framing == MBP_FRAMING_MBAP)
        return mbp_mbap_parse(question->bytes, question->len);
    if (gateway->wire.framing == MBP_FRAMING_RTU)
        return mbp_rtu_parse_reply(question->bytes, question->len, quiet);
    return mbp_ascii_parse(question->bytes, question->len, quiet, question->adu);
}

/* Whether the reply stands among the bytes: output *reply. What stands before it is dropped. */
static bool find_reply(const struct ctl_gateway *gateway, struct question *question, bool quiet,
                       struct mbp_frame *reply)
{
    for (;;) {
        *reply = parse(gateway, question, quiet);
        bool of_another = gateway->wire.framing == MBP_FRAMING_MBAP && reply->kind == MBP_FRAME_REQUEST &&
                          reply->transaction != question->request.transaction; /* a datagram that came twice, or late */
        bool found = reply->kind == MBP_FRAME_REQUEST && !of_another && reply->unit == question->request.unit &&
                     (reply->pdu[0] & 0x7Fu) == (question->request.pdu[0] & 0x7Fu);
        if (found || reply->kind == MBP_FRAME_MORE)
            return found;
        bool all = reply->kind == MBP_FRAME_CLOSE || reply->len > question->len;
        size_t skipped = all ? question->len : reply->len;
        question->len -= skipped;
        memmove(question->bytes, question->bytes + skipped, question->len);
    }
}

static uint64_t quiet_ms(const struct mbp_wire *wire)
{
    uint64_t silence_ms = 2 * mbp_wire_silence_ns(wire) / MBP_NS_PER_MS;
    return silence_ms > STREAM_QUIET_MS ? silence_ms : STREAM_QUIET_MS;
}

/* What no reply has begun among so many bytes is dropped. */
static void append(struct question *question, const uint8_t *bytes, size_t len)
{
    if (question->len + len > sizeof question->bytes)
        question->len = 0;
    memcpy(question->bytes + question->len, bytes, len);
    question->len += len;
}

/* Reads what comes. False: the slave is gone. */
static bool receive(const struct ctl_gateway *gateway, struct question *question)
{
    uint8_t bytes[MBP_ASCII_MAX];
    ssize_t got = read(gateway->slave, bytes, sizeof bytes);
    if (got < 0)
        return errno == EAGAIN || errno == EINTR || errno == ECONNREFUSED; /* nobody has that UDP port, yet */
    append(question, bytes, (size_t)got);
    return got > 0 || gateway->wire.medium == MBP_MEDIUM_UDP;
}

enum outcome { REPLIED, SILENT, GONE };

/* Waits for the reply, as long as it may take and the master is there. */
static enum outcome await(const struct ctl_gateway *gateway, struct question *question, struct mbp_frame *reply)
{
    uint64_t deadline = now_ns() + gateway->timeout_ms * MBP_NS_PER_MS;
    for (;;) {
        uint64_t now = now_ns();
        struct pollfd ready[2] = {{.fd = gateway->slave, .events = POLLIN}, {.fd = gateway->master, .events = 0}};
        uint64_t left_ms = now < deadline ? (deadline - now) / MBP_NS_PER_MS + 1 : 0;
        uint64_t wait_ms = question->len > 0 && quiet_ms(&gateway->wire) < left_ms ? quiet_ms(&gateway->wire) : left_ms;
        int n = poll(ready, 2, (int)wait_ms);
        if (ready[1].revents != 0)
            return GONE;
        if (n > 0 && !receive(gateway, question))
            return GONE;
        if (find_reply(gateway, question, n == 0, reply))
            return REPLIED;
        if (now >= deadline)
            return SILENT;
    }
}

/* ---- the master's side ------------------------------------------------------------------------------------------- */

static bool put_reply(const struct ctl_gateway *gateway, const struct mbp_frame *request, const struct mbp_frame *reply)
{
    uint8_t adu[MBP_ADU_MAX];
    uint16_t transaction = gateway->wire.framing == MBP_FRAMING_MBAP ? reply->transaction : request->transaction;
    if (reply->pdu_len > MBP_PDU_MAX)
        return true;
    adu[0] = (uint8_t)(transaction >> 8);
    adu[1] = (uint8_t)transaction;
    adu[2] = 0;
    adu[3] = 0;
    adu[4] = 0;
    adu[5] = (uint8_t)(reply->pdu_len + 1);
    adu[6] = reply->unit;
    memcpy(adu + MBP_MBAP_LEN, reply->pdu, reply->pdu_len);
    return send(gateway->master, adu, MBP_MBAP_LEN + reply->pdu_len, MSG_NOSIGNAL) >= 0;
}

/* False: the slave or the master is gone. */
static bool serve(struct ctl_gateway *gateway, const struct mbp_frame *request)
{
    struct question question = {.request = *request};
    struct mbp_frame reply;
    drain(gateway);
    if (!send_request(gateway, request))
        return false;
    enum outcome outcome = await(gateway, &question, &reply);
    gateway->sent_ns = now_ns();
    return outcome == SILENT || (outcome == REPLIED && put_reply(gateway, request, &reply));
}

static void *run(void *argument)
{
    struct ctl_gateway *gateway = argument;
    for (bool going = true; going;) {
        struct mbp_frame request = mbp_mbap_parse(gateway->bytes, gateway->len);
        if (request.kind == MBP_FRAME_REQUEST) {
            going = serve(gateway, &request);
            gateway->len -= request.len;
            memmove(gateway->bytes, gateway->bytes + request.len, gateway->len);
            continue;
        }
        ssize_t got = request.kind != MBP_FRAME_MORE ? 0
                                                     : recv(gateway->master, gateway->bytes + gateway->len,
                                                            sizeof gateway->bytes - gateway->len, 0);
        going = got > 0 || (got < 0 && errno == EINTR);
        gateway->len += got > 0 ? (size_t)got : 0;
    }
    shutdown(gateway->master, SHUT_RDWR); /* the master sees that nobody answers any more */
    return NULL;
}

/* ---- life -------------------------------------------------------------------------------------------------------- */

/* A connection within the time, or -1: errno says why there is none. */
static int connect_within(const struct addrinfo *to, uint32_t timeout_ms)
{
    int fd = socket(to->ai_family, to->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int error = 0;
    socklen_t len = sizeof error;
    if (fd < 0)
        return -1;
    struct pollfd ready = {.fd = fd, .events = POLLOUT};
    if (connect(fd, to->ai_addr, to->ai_addrlen) != 0) {
        error = errno;
        if (error == EINPROGRESS && poll(&ready, 1, (int)timeout_ms) != 1)
            error = ETIMEDOUT;
        else if (error == EINPROGRESS)
            getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len);
    }
    if (error == 0)
        return fd;
    close(fd);
    errno = error;
    return -1;
}

static int open_host(const struct mbp_wire *wire, uint32_t timeout_ms, char *error, size_t size)
{
    const struct addrinfo hints = {.ai_socktype = wire->medium == MBP_MEDIUM_UDP ? SOCK_DGRAM : SOCK_STREAM};
    struct addrinfo *found = NULL;
    char port[8];
    int fd = -1;
    snprintf(port, sizeof port, "%u", wire->port);
    int code = getaddrinfo(wire->host, port, &hints, &found);
    if (code != 0) {
        snprintf(error, size, ctl_tr("the name cannot be resolved: %s"), ctl_tr(gai_strerror(code)));
        return -1;
    }
    for (const struct addrinfo *at = found; at != NULL && fd < 0; at = at->ai_next)
        fd = connect_within(at, timeout_ms);
    if (fd < 0)
        snprintf(error, size, "%s", mbp_system_why(errno));
    freeaddrinfo(found);
    return fd;
}

static int open_slave(const struct mbp_wire *wire, uint32_t timeout_ms, char *error, size_t size)
{
    if (!mbp_wire_is_line(wire))
        return open_host(wire, timeout_ms, error, size);
    int fd = device_open(wire);
    if (fd < 0)
        snprintf(error, size, "%s", mbp_system_why(errno));
    return fd;
}

static enum mbp_status begin(struct ctl_gateway *gateway)
{
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); /* signals are the master's */
    int failed = pthread_create(&gateway->thread, NULL, run, gateway);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed == 0 ? MBP_OK : MBP_ERR_MEMORY;
}

enum mbp_status ctl_gateway_open(const struct mbp_wire *wire, uint32_t timeout_ms, char *error, size_t size,
                                 int *socket, struct ctl_gateway **out)
{
    int ends[2] = {-1, -1};
    struct ctl_gateway *gateway = calloc(1, sizeof *gateway);
    int slave = open_slave(wire, timeout_ms, error, size);
    if (slave < 0) {
        free(gateway);
        return MBP_ERR_IO;
    }
    bool paired = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0;
    enum mbp_status status = gateway == NULL || !paired ? MBP_ERR_MEMORY : MBP_OK;
    if (status == MBP_OK) {
        gateway->wire = *wire;
        gateway->timeout_ms = timeout_ms;
        gateway->master = ends[0];
        gateway->slave = slave;
        status = begin(gateway);
    }
    if (status == MBP_OK) {
        fcntl(ends[1], F_SETFL, O_NONBLOCK);
        *socket = ends[1];
        *out = gateway;
        return MBP_OK;
    }
    snprintf(error, size, ctl_tr("no memory or descriptor is left"));
    if (paired) {
        close(ends[0]);
        close(ends[1]);
    }
    close(slave);
    free(gateway);
    return status;
}

void ctl_gateway_close(struct ctl_gateway *gateway)
{
    if (gateway == NULL)
        return;
    pthread_join(gateway->thread, NULL);
    close(gateway->master);
    close(gateway->slave);
    free(gateway);
}
