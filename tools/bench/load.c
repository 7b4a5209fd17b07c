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
#include "wire.h"

#define IN_FLIGHT_MAX 64u
#define WAKE_UP_MAX   512

struct options {
    uint16_t port;
    unsigned connections;
    unsigned in_flight;
    uint64_t measure_ms;
    uint64_t warm_up_ms;
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
    size_t reply_len;
    bool measuring;
    uint64_t replies;
    struct bench_histogram latency;
    uint8_t requests[IN_FLIGHT_MAX * BENCH_REQUEST_LEN]; /* ready but for the transaction ids */
    uint8_t replies_in[BENCH_ADU_MAX + IN_FLIGHT_MAX * BENCH_ADU_MAX];
};

static void usage(FILE *out)
{
    fputs("usage: bench_load -p PORT [-c CONNECTIONS] [-k IN_FLIGHT] [-t MS] [-w WARM_UP_MS]\n"
          "                  [-u UNIT] [-a ADDR] [-n REGISTERS]\n"
          "FC 3 to 127.0.0.1:PORT as fast as it answers. Defaults: -c 50 -k 1 -t 2000 -w 300 -u 1 -a 0 -n 10.\n"
          "example: taskset -c 1 bench_load -p 5020 -c 50 -k 16\n",
          out);
}

static struct options parse(int argc, char **argv)
{
    struct options o = {.connections = 50, .in_flight = 1, .measure_ms = 2000, .warm_up_ms = 300, .read = {1, 0, 10}};
    int c;

    while ((c = getopt(argc, argv, "p:c:k:t:w:u:a:n:h")) != -1) {
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
    size_t len = count * BENCH_REQUEST_LEN;

    for (unsigned i = 0; i < count; i++) {
        uint16_t transaction = connection->next_sent++;
        bench_put_u16(load->requests + i * BENCH_REQUEST_LEN, transaction);
        connection->sent_ns[transaction % IN_FLIGHT_MAX] = now_ns;
    }
    if (send(connection->fd, load->requests, len, MSG_NOSIGNAL) != (ssize_t)len)
        bench_die("send: %s", strerror(errno));
}

static void check(const struct load *load, const struct connection *connection, const uint8_t *reply)
{
    if (bench_get_u16(reply) != connection->next_reply)
        bench_die("reply to transaction %u, expected %u", bench_get_u16(reply), (unsigned)connection->next_reply);
    if (bench_get_u16(reply + 2) != 0 || reply[7] != 3 || bench_get_u16(reply + 4) != load->reply_len - 6 ||
        reply[6] != load->options.read.unit || reply[8] != 2 * load->options.read.count)
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
    if (left >= 9 && (reply[7] & 0x80) != 0)
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

int main(int argc, char **argv)
{
    static struct load load;
    double seconds;

    load.options = parse(argc, argv);
    load.reply_len = bench_reply_len(&load.options.read);
    bench_need_files((long)load.options.connections + 16);
    load.connections = calloc(load.options.connections, sizeof *load.connections);
    load.epoll = epoll_create1(EPOLL_CLOEXEC);
    if (load.connections == NULL || load.epoll < 0)
        bench_die("cannot start: %s", strerror(errno));
    for (unsigned i = 0; i < IN_FLIGHT_MAX; i++)
        bench_put_read(load.requests + i * BENCH_REQUEST_LEN, 0, &load.options.read);
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
