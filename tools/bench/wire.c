/* wire: sockets and Modbus bytes for the benchmark programs. */
#include "wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

uint64_t bench_now_ns(void)
{
    return mbp_clock_system().mono_ns(NULL);
}

void bench_die(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    exit(1);
}

long bench_number(const char *option, const char *text, long low, long high)
{
    char *end;
    long value = strtol(text, &end, 10);

    if (end == text || *end != '\0' || value < low || value > high) {
        fprintf(stderr, "%s %s: a whole number from %ld to %ld is needed\n", option, text, low, high);
        exit(2);
    }
    return value;
}

void bench_need_files(long count)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        bench_die("getrlimit: %s", strerror(errno));
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        bench_die("setrlimit: %s", strerror(errno));
    if (limit.rlim_max < (rlim_t)count)
        bench_die("%ld open files are needed, the limit is %lu: raise it with `ulimit -Hn`", count,
                  (unsigned long)limit.rlim_max);
}

static struct sockaddr_in loopback(uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

int bench_listen(uint16_t port)
{
    struct sockaddr_in address = loopback(port);
    int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, SOMAXCONN) != 0)
        bench_die("cannot listen on 127.0.0.1:%u: %s", (unsigned)port, strerror(errno));
    return fd;
}

int bench_try_connect(uint16_t port)
{
    struct sockaddr_in address = loopback(port);
    int saved, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -1;
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0) {
        bench_nodelay(fd);
        return fd;
    }
    saved = errno;
    close(fd);
    errno = saved;
    return -1;
}

int bench_connect(uint16_t port)
{
    int fd = bench_try_connect(port);

    if (fd < 0)
        bench_die("cannot connect to 127.0.0.1:%u: %s", (unsigned)port, strerror(errno));
    return fd;
}

void bench_nonblocking(int fd)
{
    int flags = fcntl(fd, F_GETFL);

    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0)
        bench_die("fcntl: %s", strerror(errno));
}

void bench_nodelay(int fd)
{
    int on = 1;

    if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0)
        bench_die("TCP_NODELAY: %s", strerror(errno));
}

void bench_put_u16(uint8_t *bytes, unsigned value)
{
    bytes[0] = (uint8_t)(value >> 8);
    bytes[1] = (uint8_t)value;
}

unsigned bench_get_u16(const uint8_t *bytes)
{
    return (unsigned)bytes[0] << 8 | bytes[1];
}

void bench_put_read(uint8_t request[BENCH_REQUEST_LEN], uint16_t transaction, const struct bench_read *read)
{
    bench_put_u16(request, transaction);
    bench_put_u16(request + 2, 0);
    bench_put_u16(request + 4, BENCH_REQUEST_LEN - 6);
    request[6] = read->unit;
    request[7] = 3;
    bench_put_u16(request + 8, read->addr);
    bench_put_u16(request + 10, read->count);
}

size_t bench_reply_len(const struct bench_read *read)
{
    return 9u + 2u * read->count;
}
