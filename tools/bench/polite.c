/* polite: a few clients that each ask for registers at a steady pace, as an HMI does, and note how long each answer
 * took. Latency counts from when a request was due, so a server that stalls is charged for the requests it held back
 * too. */
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "histogram.h"
#include "wire.h"

#define CLIENTS_MAX 256u
#define PATIENCE_NS MBP_NS_PER_S /* an answer later than this is none */

struct client {
    int fd;
    uint16_t transaction;
    bool waiting;
    uint64_t due_ns; /* of the request in flight, else of the next one */
    size_t got;
    uint8_t reply[BENCH_ADU_MAX];
};

struct polite {
    uint16_t port;
    unsigned count;
    uint64_t period_ns, end_ns;
    struct bench_read read;
    struct client clients[CLIENTS_MAX];
    uint64_t sent, answered, reconnects;
    struct bench_histogram latency;
};

static void parse(struct polite *polite, double *seconds, int argc, char **argv)
{
    const char *usage = "usage: bench_polite -p PORT [-c CLIENTS] [-r REQUESTS_PER_S] [-t SECONDS]\n"
                        "Defaults: nine clients, ten requests a second each, for 10 s: -c 9 -r 10 -t 10.\n";
    int c;

    while ((c = getopt(argc, argv, "p:c:r:t:h")) != -1) {
        switch (c) {
        case 'p':
            polite->port = (uint16_t)bench_number("-p", optarg, 1, 65535);
            break;
        case 'c':
            polite->count = (unsigned)bench_number("-c", optarg, 1, CLIENTS_MAX);
            break;
        case 'r':
            polite->period_ns = MBP_NS_PER_S / (uint64_t)bench_number("-r", optarg, 1, 1000);
            break;
        case 't':
            *seconds = (double)bench_number("-t", optarg, 1, 86400);
            break;
        case 'h':
            fputs(usage, stdout);
            exit(0);
        default:
            fputs(usage, stderr);
            exit(2);
        }
    }
    if (polite->port == 0) {
        fputs(usage, stderr);
        exit(2);
    }
}

/* An attacker may keep the same processor busy; the clock must not wait for it. Allowed to root only, so best effort.
 */
static void take_precedence(void)
{
    const struct sched_param priority = {.sched_priority = 10};

    (void)sched_setscheduler(0, SCHED_FIFO, &priority);
}

static void lose(struct polite *polite, struct client *client, uint64_t now_ns)
{
    close(client->fd);
    client->fd = bench_try_connect(polite->port);
    polite->reconnects++;
    client->got = 0;
    client->waiting = false;
    while (client->due_ns <= now_ns)
        client->due_ns += polite->period_ns;
}

static void ask(struct polite *polite, struct client *client, uint64_t now_ns)
{
    uint8_t request[BENCH_REQUEST_LEN];

    bench_put_read(request, ++client->transaction, &polite->read);
    polite->sent++;
    client->waiting = true;
    if (send(client->fd, request, sizeof request, MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)sizeof request)
        lose(polite, client, now_ns);
}

static void answer(struct polite *polite, struct client *client)
{
    ssize_t got = recv(client->fd, client->reply + client->got, sizeof client->reply - client->got, MSG_DONTWAIT);
    uint64_t now_ns = bench_now_ns();

    if (got < 0 && errno == EAGAIN)
        return;
    if (got <= 0) {
        lose(polite, client, now_ns);
        return;
    }
    client->got += (size_t)got;
    if (client->got < bench_reply_len(&polite->read))
        return;
    if (!client->waiting || bench_get_u16(client->reply) != client->transaction || client->reply[7] != 3)
        bench_die("a wrong reply: transaction %u, function %u", bench_get_u16(client->reply),
                  (unsigned)client->reply[7]);
    bench_histogram_add(&polite->latency, now_ns - client->due_ns);
    polite->answered++;
    client->got = 0;
    client->waiting = false;
    client->due_ns += polite->period_ns;
}

/* Does what is due and returns when the next thing will be. */
static uint64_t act(struct polite *polite, uint64_t now_ns)
{
    uint64_t next_ns = UINT64_MAX;

    for (unsigned i = 0; i < polite->count; i++) {
        struct client *client = &polite->clients[i];
        uint64_t at_ns;

        if (!client->waiting && client->due_ns <= now_ns && client->due_ns < polite->end_ns)
            ask(polite, client, now_ns);
        else if (client->waiting && client->due_ns + PATIENCE_NS <= now_ns)
            lose(polite, client, now_ns);
        at_ns = client->waiting ? client->due_ns + PATIENCE_NS : client->due_ns;
        if ((client->waiting || at_ns < polite->end_ns) && at_ns < next_ns)
            next_ns = at_ns;
    }
    return next_ns;
}

static void run(struct polite *polite)
{
    struct pollfd fds[CLIENTS_MAX];
    uint64_t now_ns = bench_now_ns(), next_ns;

    while ((next_ns = act(polite, now_ns)) != UINT64_MAX) {
        uint64_t wait_ns = next_ns > now_ns ? next_ns - now_ns : 0;
        struct timespec wait = {(time_t)(wait_ns / MBP_NS_PER_S), (long)(wait_ns % MBP_NS_PER_S)};

        for (unsigned i = 0; i < polite->count; i++)
            fds[i] = (struct pollfd){.fd = polite->clients[i].fd, .events = POLLIN};
        if (ppoll(fds, polite->count, &wait, NULL) < 0 && errno != EINTR)
            bench_die("ppoll: %d", errno);
        for (unsigned i = 0; i < polite->count; i++) {
            if (fds[i].revents != 0)
                answer(polite, &polite->clients[i]);
        }
        now_ns = bench_now_ns();
    }
}

int main(int argc, char **argv)
{
    static struct polite polite = {.count = 9, .period_ns = MBP_NS_PER_S / 10, .read = {1, 0, 10}};
    double seconds = 10;
    uint64_t now_ns;

    parse(&polite, &seconds, argc, argv);
    take_precedence();
    for (unsigned i = 0; i < polite.count; i++)
        polite.clients[i].fd = bench_connect(polite.port);
    now_ns = bench_now_ns();
    polite.end_ns = now_ns + (uint64_t)(seconds * 1e9);
    for (unsigned i = 0; i < polite.count; i++)
        polite.clients[i].due_ns = now_ns + polite.period_ns * (i + 1) / polite.count;
    run(&polite);
    printf("{\"sent\": %llu, \"answered\": %llu, \"reconnects\": %llu, ", (unsigned long long)polite.sent,
           (unsigned long long)polite.answered, (unsigned long long)polite.reconnects);
    bench_histogram_print(&polite.latency, stdout);
    puts("}");
    return 0;
}
