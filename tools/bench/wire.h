/* wire: what every benchmark program needs of sockets and Modbus bytes. Loopback IPv4 only. */
#ifndef MBPLANT_BENCH_WIRE_H
#define MBPLANT_BENCH_WIRE_H

#include "mbplant/base.h"

#define BENCH_REQUEST_LEN 12u  /* MBAP 7, function, address, count */
#define BENCH_ADU_MAX     260u /* the longest frame of Modbus TCP */

/* What one FC 3 asks for. */
struct bench_read {
    uint8_t unit;
    uint16_t addr;
    uint16_t count;
};

/* Monotonic time. */
uint64_t bench_now_ns(void);

/* Prints one line to stderr and ends the program with exit code 1. */
_Noreturn void bench_die(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A number of an option, within low..high, or one line and exit code 2. */
long bench_number(const char *option, const char *text, long low, long high);

/* Raises the limit of open files as far as it goes, or ends the program when that is below count. */
void bench_need_files(long count);

/* A listening socket on 127.0.0.1. */
int bench_listen(uint16_t port);

/* A connection to 127.0.0.1, TCP_NODELAY. bench_try_connect returns -1 with errno, bench_connect ends the program. */
int bench_try_connect(uint16_t port);
int bench_connect(uint16_t port);
void bench_nonblocking(int fd);

/* Sends at once instead of waiting for the last packet's acknowledgement. */
void bench_nodelay(int fd);

/* Writes the request; the transaction id is its first two bytes. */
void bench_put_read(uint8_t request[BENCH_REQUEST_LEN], uint16_t transaction, const struct bench_read *read);
void bench_put_u16(uint8_t *bytes, unsigned value);
unsigned bench_get_u16(const uint8_t *bytes);

/* Whole length of the good reply to it. */
size_t bench_reply_len(const struct bench_read *read);

#endif
