/* When scans run: on a fixed grid of wall time, none skipped. A timer wakes the loop for the next one; the server also
 * asks before each batch of requests, so that a busy loop does not make a scan wait for its turn. */
#include <errno.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "scan_priv.h"

/* At most this many at once, so that requests are answered while a delayed plant catches up. */
#define CATCH_UP_MAX 64

static uint64_t now_ns(const struct mbp_scan *scan)
{
    return scan->config.clock.mono_ns(scan->config.clock.ctx);
}

void mbp_scan_poll(struct mbp_scan *scan)
{
    for (int i = 0; i < CATCH_UP_MAX; i++) {
        uint64_t now = now_ns(scan);
        if (now < scan->next_due_ns)
            return;
        bool late = now - scan->next_due_ns >= scan->wall_period_ns;
        scan->next_due_ns += scan->wall_period_ns;
        mbp_scan_step(scan);
        bool overran = (uint64_t)scan->stats.last_us * 1000 >= scan->wall_period_ns;
        if (late || overran)
            scan->stats.late++;
    }
}

static void arm(struct mbp_scan *scan)
{
    struct itimerspec when = {.it_value = {.tv_sec = (time_t)(scan->next_due_ns / MBP_NS_PER_S),
                                           .tv_nsec = (long)(scan->next_due_ns % MBP_NS_PER_S)}};
    timerfd_settime(scan->timer_fd, TFD_TIMER_ABSTIME, &when, NULL);
}

static void on_due(uv_poll_t *poll, int status, int events)
{
    (void)status;
    (void)events;
    struct mbp_scan *scan = poll->data;
    uint64_t expirations;
    ssize_t got = read(scan->timer_fd, &expirations, sizeof expirations);
    (void)got; /* only the wake-up matters */
    mbp_scan_poll(scan);
    arm(scan);
}

void scan_pace_anew(struct mbp_scan *scan)
{
    scan->wall_period_ns = (uint64_t)((double)scan->config.plant->scan_ns / scan->config.speed);
    scan->next_due_ns = now_ns(scan) + scan->wall_period_ns;
    if (scan->polling)
        arm(scan);
}

enum mbp_status mbp_scan_start(struct mbp_scan *scan, struct uv_loop_s *loop)
{
    scan->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (scan->timer_fd < 0)
        return MBP_ERR_IO;
    if (uv_poll_init(loop, &scan->poll, scan->timer_fd) != 0) {
        close(scan->timer_fd);
        return MBP_ERR_IO;
    }
    scan->poll.data = scan;
    scan->polling = true;
    scan->next_due_ns = now_ns(scan) + scan->wall_period_ns;
    arm(scan);
    uv_poll_start(&scan->poll, UV_READABLE, on_due);
    return MBP_OK;
}

static void on_closed(uv_handle_t *handle)
{
    struct mbp_scan *scan = handle->data;
    close(scan->timer_fd);
    scan->timer_fd = -1;
}

void mbp_scan_stop(struct mbp_scan *scan)
{
    if (!scan->polling)
        return;
    scan->polling = false;
    scan->next_due_ns = UINT64_MAX;
    uv_close((uv_handle_t *)&scan->poll, on_closed);
}
