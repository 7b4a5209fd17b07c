/* canned: the yardstick. The least that a server of one process can do over epoll: it finds whole MBAP frames and
 * answers each with the same ready FC 3 reply, only the transaction id copied; one recv and one send a wake-up. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../wire.h"

#define WAKE_UP_MAX   512
#define REQUEST_BYTES 4096u
#define FRAME_MIN     8u
#define FRAMES_MAX    (REQUEST_BYTES / FRAME_MIN)

struct connection {
    int fd;
    size_t kept_len; /* bytes of an incomplete request */
    uint8_t kept[BENCH_ADU_MAX];
};

static uint8_t canned_reply[BENCH_ADU_MAX];
static size_t canned_len;

static void make_reply(const struct bench_read *read)
{
    canned_len = bench_reply_len(read);
    bench_put_u16(canned_reply + 4, (unsigned)canned_len - 6);
    canned_reply[6] = read->unit;
    canned_reply[7] = 3;
    canned_reply[8] = (uint8_t)(2 * read->count);
}

static void accept_one(int epoll, int listener)
{
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    struct connection *connection;
    struct epoll_event event = {.events = EPOLLIN};

    if (fd < 0)
        return;
    connection = calloc(1, sizeof *connection);
    if (connection != NULL)
        connection->fd = fd;
    else
        bench_die("out of memory");
    bench_nodelay(fd);
    event.data.ptr = connection;
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0)
        bench_die("epoll_ctl: %s", strerror(errno));
}

/* False when the connection is over. */
static bool serve(struct connection *connection)
{
    static uint8_t requests[REQUEST_BYTES], replies[FRAMES_MAX * BENCH_ADU_MAX];
    size_t kept = connection->kept_len, at = 0, out = 0, len;
    ssize_t got;

    memcpy(requests, connection->kept, kept);
    got = recv(connection->fd, requests + kept, sizeof requests - kept, 0);
    if (got <= 0)
        return got < 0 && errno == EAGAIN;
    for (len = kept + (size_t)got; len - at >= 6;) {
        size_t frame = 6u + bench_get_u16(requests + at + 4);
        if (frame < FRAME_MIN || frame > BENCH_ADU_MAX)
            return false;
        if (len - at < frame)
            break;
        memcpy(replies + out, canned_reply, canned_len);
        memcpy(replies + out, requests + at, 2);
        out += canned_len;
        at += frame;
    }
    connection->kept_len = len - at;
    memcpy(connection->kept, requests + at, len - at);
    return out == 0 || send(connection->fd, replies, out, MSG_NOSIGNAL) == (ssize_t)out;
}

int main(int argc, char **argv)
{
    const struct bench_read read = {1, 0, 10};
    struct epoll_event events[WAKE_UP_MAX], event = {.events = EPOLLIN, .data.ptr = NULL};
    int listener, epoll = epoll_create1(EPOLL_CLOEXEC);

    if (argc != 2) {
        fputs("usage: bench_canned PORT\nA ready reply to FC 3 of 10 registers for every request to 127.0.0.1:PORT.\n",
              stderr);
        return 2;
    }
    bench_need_files(1024);
    make_reply(&read);
    listener = bench_listen((uint16_t)bench_number("PORT", argv[1], 1, 65535));
    bench_nonblocking(listener);
    if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event) != 0)
        bench_die("epoll: %s", strerror(errno));
    for (;;) {
        int n = epoll_wait(epoll, events, WAKE_UP_MAX, -1);
        for (int i = 0; i < n; i++) {
            struct connection *connection = events[i].data.ptr;
            if (connection == NULL) {
                accept_one(epoll, listener);
            } else if (!serve(connection)) {
                close(connection->fd);
                free(connection);
            }
        }
    }
}
