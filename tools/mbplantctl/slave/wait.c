/* Looking again until something has happened or time is up. */
#include "slave/wait.h"

#include <limits.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

#define PAUSE_MIN_NS (5 * MBP_NS_PER_MS)
#define PAUSE_MAX_NS (500 * MBP_NS_PER_MS)

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * MBP_NS_PER_S + (uint64_t)now.tv_nsec;
}

struct ctl_wait ctl_wait_begin(const struct mbp_plant *plant, double slowness, uint32_t patience_ms)
{
    uint64_t scans_ns = (uint64_t)(3 * slowness * (double)plant->scan_ns);
    uint64_t pause_ns = plant->scan_ns / 4;
    pause_ns = pause_ns < PAUSE_MIN_NS ? PAUSE_MIN_NS : pause_ns > PAUSE_MAX_NS ? PAUSE_MAX_NS : pause_ns;
    return (struct ctl_wait){now_ns() + scans_ns + patience_ms * MBP_NS_PER_MS, pause_ns};
}

bool ctl_wait_more(const struct ctl_wait *wait)
{
    if (now_ns() >= wait->deadline_ns)
        return false;
    struct timespec pause = {(time_t)(wait->pause_ns / MBP_NS_PER_S), (long)(wait->pause_ns % MBP_NS_PER_S)};
    nanosleep(&pause, NULL);
    return true;
}

bool ctl_pause(uint64_t ms)
{
    struct pollfd output = {.fd = STDOUT_FILENO}; /* POLLERR and POLLHUP are told without asking */
    return poll(&output, 1, ms < INT_MAX ? (int)ms : INT_MAX) <= 0;
}
