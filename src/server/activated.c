/* Sockets from systemd. The protocol is two variables of the environment, so there is no library. */
#include "activated.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
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

/* LISTEN_FDNAMES: a name a descriptor, with colons between them. */
static void note_names(struct activated *activated)
{
    static const char http[] = "http";
    const char *name = getenv("LISTEN_FDNAMES"); // NOLINT(concurrency-mt-unsafe): nobody here sets any
    for (int i = 0; i < activated->count && name != NULL; i++) {
        size_t len = strcspn(name, ":");
        activated->is_http[i] = len == sizeof http - 1 && memcmp(name, http, len) == 0;
        name = name[len] == ':' ? name + len + 1 : NULL;
    }
}

struct activated activated_find(void)
{
    struct activated activated = {0};
    long count = number_of("LISTEN_FDS");
    if (number_of("LISTEN_PID") == (long)getpid() && count > 0)
        activated.count = count < ACTIVATED_MAX ? (int)count : ACTIVATED_MAX;
    note_names(&activated);
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

static int take(struct activated *activated, int type, bool http)
{
    for (int i = 0; i < activated->count; i++) {
        int fd = FIRST + i;
        if (activated->taken[i] || activated->is_http[i] != http || !is_of(fd, type))
            continue;
        activated->taken[i] = true;
        int flags = fcntl(fd, F_GETFL);
        fcntl(fd, F_SETFD, FD_CLOEXEC);
        fcntl(fd, F_SETFL, flags | O_NONBLOCK);
        return fd;
    }
    return -1;
}

int activated_take(struct activated *activated, int type)
{
    return take(activated, type, false);
}

int activated_take_http(struct activated *activated)
{
    return take(activated, SOCK_STREAM, true);
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
