/* Sockets from systemd. The protocol is two variables of the environment, so there is no library. */
#include "activated.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define FIRST 3 /* SD_LISTEN_FDS_START */

static long number_of(const char *name)
{
    const char *text = getenv(name); // NOLINT(concurrency-mt-unsafe): nobody here sets any
    char *end;
    if (text == NULL || text[0] < '0' || text[0] > '9')
        return -1;
    errno = 0;
    long number = strtol(text, &end, 10);
    return *end == '\0' && errno == 0 ? number : -1;
}

struct activated activated_find(void)
{
    struct activated activated = {0};
    long count = number_of("LISTEN_FDS");
    if (number_of("LISTEN_PID") == (long)getpid() && count > 0)
        activated.count = count < ACTIVATED_MAX ? (int)count : ACTIVATED_MAX;
    return activated;
}

static bool is_of(int fd, int type)
{
    int own = 0;
    int domain = 0;
    int listens = 0;
    socklen_t len = sizeof own;
    if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &own, &len) != 0 || own != type)
        return false;
    len = sizeof domain;
    if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) != 0 || (domain != AF_INET && domain != AF_INET6))
        return false;
    len = sizeof listens;
    return type != SOCK_STREAM || (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &len) == 0 && listens != 0);
}

int activated_take(struct activated *activated, int type)
{
    for (int i = 0; i < activated->count; i++) {
        int fd = FIRST + i;
        if (activated->taken[i] || !is_of(fd, type))
            continue;
        activated->taken[i] = true;
        int flags = fcntl(fd, F_GETFL);
        fcntl(fd, F_SETFD, FD_CLOEXEC);
        fcntl(fd, F_SETFL, flags | O_NONBLOCK);
        return fd;
    }
    return -1;
}

int activated_close_rest(struct activated *activated)
{
    int rest = 0;
    for (int i = 0; i < activated->count; i++) {
        if (!activated->taken[i] && (is_of(FIRST + i, SOCK_STREAM) || is_of(FIRST + i, SOCK_DGRAM))) {
            close(FIRST + i); /* anything else was not systemd's, whatever the number says: it may be our own */
            rest++;
        }
    }
    activated->count = 0;
    return rest;
}
