/* load: asks one server for registers as fast as it can, from many connections with some requests in flight on each,
 * checks every reply and prints throughput and latencies as one line of JSON; a line "measuring" before it says when
 * the connections are made and the warm-up is over, so that whoever looks on looks at the same time. One process, one
 * epoll loop. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "histogram.h"
#include "mbplant/modbus.h"
#include "wire.h"

#define IN_FLIGHT_MAX 64u
#define WAKE_UP_MAX   512
#define RTU_AROUND    3u /* unit and CRC */

struct options {
    uint16_t port;
    unsigned connections;
    unsigned in_flight;
    uint64_t measure_ms;
    uint64_t warm_up_ms;
    bool rtu; /* frames of RTU: they have no transaction ids */
    struct bench_read read;
};

struct connection {
    int fd;
    uint16_t next_sent; /* transaction ids count up, so the one expected next is known */
    uint16_t next_reply;
    uint16_t kept_len; /* bytes of an incomplete reply */
    uint8_t kept[BENCH_ADU_MAX];
    uint64_t sent_ns[IN_FLIGHT_MAX]; /* by transaction id */
};

struct load {
    struct options options;
    struct connection *connections;
    int epoll;
    size_t request_len, reply_len;
    bool measuring;
    uint64_t replies;
    struct bench_histogram latency;
    uint8_t requests[IN_FLIGHT_MAX * BENCH_REQUEST_LEN]; /* ready but for the transaction ids */
    uint8_t replies_in[BENCH_ADU_MAX + IN_FLIGHT_MAX * BENCH_ADU_MAX];
};

static void usage(FILE *out)
{
    fputs("usage: bench_load -p PORT [-c CONNECTIONS] [-k IN_FLIGHT] [-t MS] [-w WARM_UP_MS]\n"
          "                  [-u UNIT] [-a ADDR] [-n REGISTERS] [-r]\n"
          "FC 3 to 127.0.0.1:PORT as fast as it answers. Defaults: -c 50 -k 1 -t 2000 -w 300 -u 1 -a 0 -n 10. -r: RTU "
          "over TCP.\n"
          "example: taskset -c 1 bench_load -p 5020 -c 50 -k 16\n",
          out);
}

static struct options parse(int argc, char **argv)
{
    struct options o = {.connections = 50, .in_flight = 1, .measure_ms = 2000, .warm_up_ms = 300, .read = {1, 0, 10}};
    int c;

    while ((c = getopt(argc, argv, "p:c:k:t:w:u:a:n:rh")) != -1) {
        switch (c) {
        case 'p':
            o.port = (uint16_t)bench_number("-p", optarg, 1, 65535);
            break;
        case 'c':
            o.connections = (unsigned)bench_number("-c", optarg, 1, 100000);
            break;
        case 'k':
            o.in_flight = (unsigned)bench_number("-k", optarg, 1, IN_FLIGHT_MAX);
            break;
        case 't':
            o.measure_ms = (uint64_t)bench_number("-t", optarg, 1, 86400000);
            break;
        case 'w':
            o.warm_up_ms = (uint64_t)bench_number("-w", optarg, 0, 60000);
            break;
        case 'u':
            o.read.unit = (uint8_t)bench_number("-u", optarg, 0, 255);
            break;
        case 'a':
            o.read.addr = (uint16_t)bench_number("-a", optarg, 0, 65535);
            break;
        case 'n':
            o.read.count = (uint16_t)bench_number("-n", optarg, 1, 125);
            break;
        case 'r':
            o.rtu = true;
            break;
        case 'h':
            usage(stdout);
            exit(0);
        default:
            usage(stderr);
            exit(2);
        }
    }
    if (o.port == 0 || optind != argc) {
        usage(stderr);
        exit(2);
    }
    return o;
}

/* All of a batch in one send. It never blocks for long: a batch is smaller than any socket buffer. */
static void ask(struct load *load, struct connection *connection, unsigned count, uint64_t now_ns)
{
    size_t len = count * load->request_len;

    for (unsigned i = 0; i < count; i++) {
        uint16_t transaction = connection->next_sent++;
        if (!load->options.rtu)
            bench_put_u16(load->requests + i * load->request_len, transaction);
        connection->sent_ns[transaction % IN_FLIGHT_MAX] = now_ns;
    }
    if (send(connection->fd, load->requests, len, MSG_NOSIGNAL) != (ssize_t)len)
        bench_die("send: %s", strerror(errno));
}

static void check(const struct load *load, const struct connection *connection, const uint8_t *reply)
{
    const uint8_t count = (uint8_t)(2 * load->options.read.count);

    if (load->options.rtu) {
        if (reply[0] != load->options.read.unit || reply[1] != 3 || reply[2] != count)
            bench_die("not the reply to FC 3 of %u registers: function %u", (unsigned)load->options.read.count,
                      (unsigned)reply[1]);
        return;
    }
    if (bench_get_u16(reply) != connection->next_reply)
        bench_die("reply to transaction %u, expected %u", bench_get_u16(reply), (unsigned)connection->next_reply);
    if (bench_get_u16(reply + 2) != 0 || reply[7] != 3 || bench_get_u16(reply + 4) != load->reply_len - 6 ||
        reply[6] != load->options.read.unit || reply[8] != count)
        bench_die("not the reply to FC 3 of %u registers: function %u, length %u", (unsigned)load->options.read.count,
                  (unsigned)reply[7], bench_get_u16(reply + 4));
}

/* Replies that are whole are counted and asked again; the rest is kept for the next wake-up. */
static void answer(struct load *load, struct connection *connection)
{
    uint8_t *bytes = load->replies_in, *reply = bytes;
    unsigned count = 0;
    uint64_t now_ns;
    size_t left;
    ssize_t got;

    memcpy(bytes, connection->kept, connection->kept_len);
    got = recv(connection->fd, bytes + connection->kept_len, sizeof load->replies_in - connection->kept_len, 0);
    if (got <= 0)
        bench_die(got == 0 ? "the server closed a connection" : "recv: %s", strerror(errno));
    now_ns = bench_now_ns();
    for (left = connection->kept_len + (size_t)got; left >= load->reply_len; left -= load->reply_len) {
        check(load, connection, reply);
        if (load->measuring)
            bench_histogram_add(&load->latency, now_ns - connection->sent_ns[connection->next_reply % IN_FLIGHT_MAX]);
        connection->next_reply++;
        reply += load->reply_len;
        count++;
    }
    /* A short exception would otherwise wait for ever for the rest of a good reply. */
    if (!load->options.rtu && left >= 9 && (reply[7] & 0x80) != 0)
        bench_die("exception %u to function %u", (unsigned)reply[8], reply[7] & 0x7Fu);
    memcpy(connection->kept, reply, left);
    connection->kept_len = (uint16_t)left;
    if (load->measuring)
        load->replies += count;
    if (count > 0)
        ask(load, connection, count, now_ns);
}

static void open_connections(struct load *load)
{
    for (unsigned i = 0; i < load->options.connections; i++) {
        struct connection *connection = &load->connections[i];
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};

        connection->fd = bench_connect(load->options.port);
        if (epoll_ctl(load->epoll, EPOLL_CTL_ADD, connection->fd, &event) != 0)
            bench_die("epoll_ctl: %s", strerror(errno));
    }
    for (unsigned i = 0; i < load->options.connections; i++)
        ask(load, &load->connections[i], load->options.in_flight, bench_now_ns());
}

/* Returns how long it measured. */
static double run(struct load *load)
{
    const uint64_t measure_ns = load->options.measure_ms * MBP_NS_PER_MS;
    uint64_t begin_ns = bench_now_ns() + load->options.warm_up_ms * MBP_NS_PER_MS;
    uint64_t end_ns = begin_ns + measure_ns, now_ns;
    struct epoll_event events[WAKE_UP_MAX];

    do {
        int n = epoll_wait(load->epoll, events, WAKE_UP_MAX, 1000);
        if (n < 0 && errno != EINTR)
            bench_die("epoll_wait: %s", strerror(errno));
        for (int i = 0; i < n; i++)
            answer(load, events[i].data.ptr);
        now_ns = bench_now_ns();
        if (!load->measuring && now_ns >= begin_ns) {
            load->measuring = true;
            puts("measuring");
            fflush(stdout);
            begin_ns = now_ns = bench_now_ns();
            end_ns = now_ns + measure_ns;
        }
    } while (now_ns < end_ns);
    return (double)(now_ns - begin_ns) / 1e9;
}

static void put_request(const struct load *load, uint8_t *at)
{
    uint8_t request[BENCH_REQUEST_LEN];

    bench_put_read(request, 0, &load->options.read);
    if (load->options.rtu) { /* unit and PDU are the end of it */
        memcpy(at, request + MBP_MBAP_LEN - 1, BENCH_REQUEST_LEN - MBP_MBAP_LEN + 1);
        mbp_rtu_seal(at, BENCH_REQUEST_LEN - MBP_MBAP_LEN);
    } else {
        memcpy(at, request, sizeof request);
    }
}

int main(int argc, char **argv)
{
    static struct load load;
    double seconds;

    load.options = parse(argc, argv);
    load.request_len = load.options.rtu ? BENCH_REQUEST_LEN - MBP_MBAP_LEN + RTU_AROUND : BENCH_REQUEST_LEN;
    load.reply_len = bench_reply_len(&load.options.read);
    load.reply_len -= load.options.rtu ? MBP_MBAP_LEN - RTU_AROUND : 0;
    bench_need_files((long)load.options.connections + 16);
    load.connections = calloc(load.options.connections, sizeof *load.connections);
    load.epoll = epoll_create1(EPOLL_CLOEXEC);
    if (load.connections == NULL || load.epoll < 0)
        bench_die("cannot start: %s", strerror(errno));
    for (unsigned i = 0; i < IN_FLIGHT_MAX; i++)
        put_request(&load, load.requests + i * load.request_len);
    open_connections(&load);
    seconds = run(&load);
    printf("{\"replies\": %llu, \"seconds\": %.3f, \"rps\": %.0f, ", (unsigned long long)load.replies, seconds,
           (double)load.replies / seconds);
    bench_histogram_print(&load.latency, stdout);
    puts("}");
    fflush(stdout); /* the connections are closed after it */
    free(load.connections);
    return load.replies > 0 ? 0 : 1;
}
