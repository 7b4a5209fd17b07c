/* lockstep: cycles in lock-step on one connection (FC 23 at the instructor's unit: one scan, then how many there were),
 * in turns with plain FC 3 there. Prints one line of JSON: medians of the rounds. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mbplant/instructor.h"
#include "wire.h"

#define ROUNDS_MAX 1001
#define CYCLES     500 /* of each, in a round */

struct exchange {
    uint8_t request[32];
    size_t len, reply_len;
};

static void receive(int fd, uint8_t *bytes, size_t len)
{
    for (size_t at = 0; at < len;) {
        ssize_t got = recv(fd, bytes + at, len - at, 0);
        if (got <= 0)
            bench_die("the connection was closed");
        at += (size_t)got;
    }
}

static void ask(int fd, const struct exchange *exchange)
{
    uint8_t reply[BENCH_ADU_MAX];
    if (send(fd, exchange->request, exchange->len, MSG_NOSIGNAL) != (ssize_t)exchange->len)
        bench_die("nothing can be sent");
    receive(fd, reply, 9);
    if ((reply[7] & 0x80u) != 0)
        bench_die("exception %u: a paused plant with `instructor: true` and ten registers is needed", reply[8]);
    receive(fd, reply, exchange->reply_len - 9);
}

static double per_second(int fd, const struct exchange *exchange)
{
    uint64_t begin_ns = bench_now_ns();
    for (int i = 0; i < CYCLES; i++)
        ask(fd, exchange);
    return CYCLES / ((double)(bench_now_ns() - begin_ns) / 1e9);
}

/* The words of a PDU behind a header for that unit. */
static struct exchange exchange_of(uint8_t unit, uint8_t function, const uint16_t *words, size_t count,
                                   const uint8_t *tail, size_t tail_len, size_t reply_words)
{
    struct exchange exchange = {.len = 8 + 2 * count + tail_len, .reply_len = 9 + 2 * reply_words};
    bench_put_u16(exchange.request + 4, (unsigned)(exchange.len - 6));
    exchange.request[6] = unit;
    exchange.request[7] = function;
    for (size_t i = 0; i < count; i++)
        bench_put_u16(exchange.request + 8 + 2 * i, words[i]);
    if (tail != NULL)
        memcpy(exchange.request + 8 + 2 * count, tail, tail_len);
    return exchange;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *numbers, size_t count)
{
    qsort(numbers, count, sizeof *numbers, by_size);
    return numbers[count / 2];
}

int main(int argc, char **argv)
{
    static double plain[ROUNDS_MAX], cycle[ROUNDS_MAX], share[ROUNDS_MAX];
    if (argc != 3)
        bench_die("usage: bench_lockstep PORT ROUNDS");
    int fd = bench_connect((uint16_t)bench_number("PORT", argv[1], 1, 65535));
    size_t rounds = (size_t)bench_number("ROUNDS", argv[2], 1, ROUNDS_MAX);
    const uint16_t read_words[] = {0, 10};
    const uint16_t cycle_words[] = {MBP_SIM_HR_SCANS, 2, MBP_SIM_HR_LOCK, 1};
    const uint8_t one[] = {2, 0, 1};
    const struct exchange reads = exchange_of(1, 3, read_words, 2, NULL, 0, 10);
    const struct exchange cycles = exchange_of(MBP_INSTRUCTOR_UNIT, 23, cycle_words, 4, one, sizeof one, 2);
    per_second(fd, &reads);
    per_second(fd, &cycles);
    for (size_t i = 0; i < rounds; i++) {
        plain[i] = per_second(fd, &reads);
        cycle[i] = per_second(fd, &cycles);
        share[i] = cycle[i] / plain[i];
    }
    printf("{\"fc3_per_s\": %.0f, \"cycles_per_s\": %.0f, \"share\": %.3f}\n", median(plain, rounds),
           median(cycle, rounds), median(share, rounds));
    close(fd);
    return 0;
}
