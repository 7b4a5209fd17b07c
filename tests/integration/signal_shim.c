/* Stands between mbplantd and the system, preloaded, and sends it a signal at a moment that a test chooses: whenever it
 * is about to make the system call that MBP_SHIM_CALL names, the signal with the number in MBP_SHIM_SIGNAL. */
#include <dlfcn.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&(name)))dlsym(RTLD_NEXT, #name))

// NOLINTBEGIN(concurrency-mt-unsafe): nobody sets variables
static void send_at(const char *call)
{
    const char *wanted = getenv("MBP_SHIM_CALL");
    const char *number = getenv("MBP_SHIM_SIGNAL");
    if (wanted != NULL && number != NULL && strcmp(wanted, call) == 0)
        kill(getpid(), (int)strtol(number, NULL, 10));
}
// NOLINTEND(concurrency-mt-unsafe)

/* The first thing that mbplantd does once signals cannot end it. */
int mallopt(int parameter, int value);
int mallopt(int parameter, int value)
{
    send_at("mallopt");
    return REAL(mallopt)(parameter, value);
}

int epoll_create1(int flags)
{
    send_at("epoll_create1");
    return REAL(epoll_create1)(flags);
}

int bind(int fd, __CONST_SOCKADDR_ARG address, socklen_t len)
{
    send_at("bind");
    return REAL(bind)(fd, address, len);
}

int listen(int fd, int backlog)
{
    send_at("listen");
    return REAL(listen)(fd, backlog);
}

int timerfd_create(int clock, int flags)
{
    send_at("timerfd_create");
    return REAL(timerfd_create)(clock, flags);
}

/* The journal is about to be stored: again and again, at the end too. */
int fdatasync(int fd)
{
    send_at("fdatasync");
    return REAL(fdatasync)(fd);
}
