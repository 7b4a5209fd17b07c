/* Sockets that systemd opened for us and passes on (sd_listen_fds(3)): so a plant can have port 502 without a
 * capability, and be started by its first master. */
#ifndef MBPLANT_ACTIVATED_H
#define MBPLANT_ACTIVATED_H

#include <stdbool.h>

#define ACTIVATED_MAX 64

struct activated {
    int count; /* descriptors 3, 4 .. */
    bool taken[ACTIVATED_MAX];
    bool is_http[ACTIVATED_MAX]; /* named so, by FileDescriptorName=http: for browsers, not for masters */
};

/* Those that were passed to this process, by LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES. */
struct activated activated_find(void);

/* The next one of that type (SOCK_STREAM: it listens; SOCK_DGRAM) over IP: close-on-exec, not blocking. -1 = no further
 * one. Ownership: the caller's. */
int activated_take(struct activated *activated, int type);

/* The one that is for HTTP; -1 = none is. Ownership: the caller's. */
int activated_take_http(struct activated *activated);

/* How many nobody took; they are closed. */
int activated_close_rest(struct activated *activated);

#endif
