/* An eventfd and the flag that saves its system call. */
#include "mbplant/base/bell.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum mbp_status mbp_bell_new(struct mbp_bell *bell)
{
    int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (fd < 0)
        return MBP_ERR_IO;
    bell->fd = fd;
    atomic_init(&bell->asleep, false);
    return MBP_OK;
}

void mbp_bell_free(struct mbp_bell *bell)
{
    close(bell->fd);
}

void mbp_bell_prepare(struct mbp_bell *bell)
{
    atomic_store(&bell->asleep, true);
}

bool mbp_bell_sleep(struct mbp_bell *bell, int timeout_ms)
{
    struct pollfd wait = {.fd = bell->fd, .events = POLLIN};
    /* A signal may end it early: the caller looks for work again anyway. */
    bool rung = poll(&wait, 1, timeout_ms) > 0;
    atomic_store(&bell->asleep, false);
    uint64_t rings;
    return rung && read(bell->fd, &rings, sizeof rings) == (ssize_t)sizeof rings;
}

void mbp_bell_ring(struct mbp_bell *bell)
{
    if (atomic_exchange(&bell->asleep, false))
        mbp_bell_ring_anyway(bell);
}

void mbp_bell_ring_anyway(struct mbp_bell *bell)
{
    const uint64_t once = 1;
    /* Can only fail when 2^64 - 2 rings wait, and then the sleeper is awake already. */
    ssize_t written = write(bell->fd, &once, sizeof once);
    (void)written;
}
