/* attack: clients that behave badly, for as long as told. Prints what they managed to do as one line of JSON. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "wire.h"

#define CLIENTS_MAX   5000u
#define DEAF_REQUESTS 100000u

struct attack {
    uint16_t port;
    unsigned clients;
    uint64_t begin_ns, end_ns;
    uint64_t connects, refused, closed_by_server, bytes, requests;
    int fds[CLIENTS_MAX];
    size_t position[CLIENTS_MAX]; /* bytes a client has sent on its connection */
};

static const struct bench_read small_read = {1, 0, 10};

/* Input registers 5000.. hold the recent events of the default map: 259 bytes of reply for 12 of request. */
static const struct bench_read large_read = {1, 5000, 125};

static void reopen(struct attack *attack, unsigned i)
{
    attack->fds[i] = bench_try_connect(attack->port);
    attack->position[i] = 0;
    if (attack->fds[i] < 0) {
        attack->refused++;
        return;
    }
    bench_nonblocking(attack->fds[i]);
    attack->connects++;
}

static void open_all(struct attack *attack)
{
    for (unsigned i = 0; i < attack->clients; i++)
        reopen(attack, i);
}

static void lost(struct attack *attack, unsigned i, void (*again)(struct attack *attack, unsigned i))
{
    attack->closed_by_server++;
    close(attack->fds[i]);
    again(attack, i);
}

/* False when the time is over. */
static bool sleep_until(const struct attack *attack, uint64_t at_ns)
{
    struct timespec at = {(time_t)(at_ns / MBP_NS_PER_S), (long)(at_ns % MBP_NS_PER_S)};

    if (at_ns >= attack->end_ns)
        return false;
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
    return true;
}

/* Sends what the client can without waiting; false when its connection is gone. */
static bool push(struct attack *attack, unsigned i, const uint8_t *bytes, size_t len)
{
    ssize_t sent = send(attack->fds[i], bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT);

    if (sent < 0)
        return errno == EAGAIN;
    attack->position[i] += (size_t)sent;
    attack->bytes += (uint64_t)sent;
    return true;
}

/* Reads and forgets; false when the server has closed. */
static bool drain(int fd)
{
    uint8_t bytes[4096];
    ssize_t got;

    do
        got = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);
    while (got == (ssize_t)sizeof bytes);
    return got > 0 || (got < 0 && errno == EAGAIN);
}

/* Each client sends one byte of a good request a second. */
static void trickle(struct attack *attack)
{
    uint8_t request[BENCH_REQUEST_LEN];
    uint64_t step_ns = MBP_NS_PER_S / attack->clients;

    open_all(attack);
    bench_put_read(request, 1, &small_read);
    for (uint64_t n = 0; sleep_until(attack, attack->begin_ns + n * step_ns); n++) {
        unsigned i = (unsigned)(n % attack->clients);
        if (attack->fds[i] < 0)
            reopen(attack, i);
        else if (!drain(attack->fds[i]) || !push(attack, i, request + attack->position[i] % sizeof request, 1))
            lost(attack, i, reopen);
    }
    attack->requests = attack->bytes / sizeof request;
}

/* The least room for replies that the kernel allows, so that the server meets a closed window early. */
static void reopen_deaf(struct attack *attack, unsigned i)
{
    int least = 1;

    reopen(attack, i);
    if (attack->fds[i] >= 0)
        setsockopt(attack->fds[i], SOL_SOCKET, SO_RCVBUF, &least, sizeof least);
}

/* Each client sends 100,000 requests and never reads; one that the server closes comes back and starts again. */
static void deaf(struct attack *attack)
{
    static uint8_t requests[128 * BENCH_REQUEST_LEN];
    static struct pollfd polls[CLIENTS_MAX];
    const size_t all = DEAF_REQUESTS * BENCH_REQUEST_LEN;

    for (size_t at = 0; at < sizeof requests; at += BENCH_REQUEST_LEN) {
        bench_put_read(requests + at, 1, &large_read);
        requests[at + 7] = 4;
    }
    for (unsigned i = 0; i < attack->clients; i++)
        reopen_deaf(attack, i);
    while (bench_now_ns() < attack->end_ns) {
        for (unsigned i = 0; i < attack->clients; i++)
            polls[i] = (struct pollfd){.fd = attack->fds[i], .events = attack->position[i] < all ? POLLOUT : 0};
        if (poll(polls, attack->clients, 100) < 0)
            bench_die("poll: %s", strerror(errno));
        for (unsigned i = 0; i < attack->clients; i++) {
            size_t from = attack->position[i] % BENCH_REQUEST_LEN;
            if (attack->fds[i] < 0)
                reopen_deaf(attack, i);
            else if ((polls[i].revents & (POLLERR | POLLHUP)) != 0 ||
                     ((polls[i].revents & POLLOUT) != 0 && !push(attack, i, requests + from, sizeof requests - from)))
                lost(attack, i, reopen_deaf);
        }
    }
    attack->requests = attack->bytes / BENCH_REQUEST_LEN;
}

/* Frames that a server must refuse, and the last one must end the connection. */
static const struct {
    size_t len;
    const char *bytes;
} bad_frames[] = {
    {8, "\0\1\0\0\0\2\1\x63"},                  /* a function that does not exist */
    {12, "\0\1\0\0\0\6\1\3\0\0\0\0"},           /* no registers */
    {12, "\0\1\0\0\0\6\1\3\0\0\0\x7e"},         /* 126 registers */
    {12, "\0\1\0\0\0\6\1\3\xff\xff\0\2"},       /* beyond the last address */
    {12, "\0\1\0\0\0\6\1\1\xff\xff\0\2"},       /* the same of coils */
    {12, "\0\1\0\0\0\6\x4d\3\0\0\0\1"},         /* a unit that does not exist */
    {12, "\0\1\0\0\0\6\1\5\0\0\x12\x34"},       /* a coil neither on nor off */
    {15, "\0\1\0\0\0\x09\1\x10\0\0\0\1\3\0\0"}, /* a byte count that does not fit */
    {10, "\0\1\0\0\0\4\1\3\0\0"},               /* cut short */
    {12, "\0\1\0\7\0\6\1\3\0\0\0\1"},           /* another protocol: no reply */
    {12, "\0\1\0\0\xff\xff\1\3\0\0\0\1"},       /* a length that no frame has: close */
};
#define BAD_KINDS (sizeof bad_frames / sizeof bad_frames[0])

/* 10,000 bad requests a second, ten each millisecond; one in a hundred breaks the framing. */
static void bad(struct attack *attack)
{
    open_all(attack);
    for (uint64_t n = 0; sleep_until(attack, attack->begin_ns + n * MBP_NS_PER_MS); n++) {
        for (unsigned k = 0; k < 10; k++, attack->requests++) {
            unsigned i = (unsigned)(attack->requests % attack->clients);
            size_t kind = attack->requests % 100 == 99 ? BAD_KINDS - 1 : attack->requests % (BAD_KINDS - 1);
            if (attack->fds[i] < 0)
                reopen(attack, i);
            else if (!drain(attack->fds[i]) ||
                     !push(attack, i, (const uint8_t *)bad_frames[kind].bytes, bad_frames[kind].len))
                lost(attack, i, reopen);
        }
    }
}

/* Connects and closes as fast as it goes, every other time with a request that nobody waits for. Resets instead of
 * orderly closes, else the ports of this machine run out within a second. */
static void flood(struct attack *attack)
{
    const struct linger reset = {.l_onoff = 1, .l_linger = 0};
    uint8_t request[BENCH_REQUEST_LEN];

    bench_put_read(request, 1, &small_read);
    while (bench_now_ns() < attack->end_ns) {
        reopen(attack, 0);
        if (attack->fds[0] < 0)
            continue;
        if (attack->connects % 2 == 0 && push(attack, 0, request, sizeof request))
            attack->requests++;
        setsockopt(attack->fds[0], SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        close(attack->fds[0]);
    }
}

static const struct {
    const char *name;
    void (*run)(struct attack *attack);
    unsigned clients;
} attacks[] = {{"trickle", trickle, 500}, {"deaf", deaf, 100}, {"bad", bad, 10}, {"flood", flood, 1}};

int main(int argc, char **argv)
{
    static struct attack attack;
    const char *usage = "usage: bench_attack -p PORT [-c CLIENTS] [-t SECONDS] trickle|deaf|bad|flood\n";
    uint64_t seconds = 10;
    int c;

    while ((c = getopt(argc, argv, "p:c:t:h")) != -1) {
        switch (c) {
        case 'p':
            attack.port = (uint16_t)bench_number("-p", optarg, 1, 65535);
            break;
        case 'c':
            attack.clients = (unsigned)bench_number("-c", optarg, 1, CLIENTS_MAX);
            break;
        case 't':
            seconds = (uint64_t)bench_number("-t", optarg, 1, 86400);
            break;
        case 'h':
            fputs(usage, stdout);
            return 0;
        default:
            fputs(usage, stderr);
            return 2;
        }
    }
    for (size_t i = 0; i < sizeof attacks / sizeof attacks[0]; i++) {
        if (attack.port == 0 || optind + 1 != argc || strcmp(argv[optind], attacks[i].name) != 0)
            continue;
        if (attack.clients == 0)
            attack.clients = attacks[i].clients;
        bench_need_files((long)attack.clients + 16);
        attack.begin_ns = bench_now_ns();
        attack.end_ns = attack.begin_ns + seconds * MBP_NS_PER_S;
        attacks[i].run(&attack);
        printf("{\"connects\": %llu, \"refused\": %llu, \"closed_by_server\": %llu, \"requests\": %llu}\n",
               (unsigned long long)attack.connects, (unsigned long long)attack.refused,
               (unsigned long long)attack.closed_by_server, (unsigned long long)attack.requests);
        return 0;
    }
    fputs(usage, stderr);
    return 2;
}
