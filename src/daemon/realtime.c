/* Real-time priority, while it is not abused. */
#include "realtime.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <time.h>

#include "mbplant/base.h"

#define LOOK_EVERY_MS 400u /* well below the 950 ms after which the kernel would step in */
#define SHARE_HIGH    0.5  /* of a processor: from here on it is an ordinary thread */
#define SHARE_LOW     0.3  /* and not any more below here */

static uint64_t now_ns(clockid_t clock)
{
    struct timespec now = {0};
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * MBP_NS_PER_S + (uint64_t)now.tv_nsec;
}

/* The lowest real-time priority is enough: every ordinary thread waits for it, and no other real-time one does. */
static bool take(bool realtime)
{
    const struct sched_param param = {.sched_priority = realtime ? 1 : 0};
    return sched_setscheduler(0, (realtime ? SCHED_FIFO : SCHED_OTHER) | SCHED_RESET_ON_FORK, &param) == 0;
}

/* Whether a thread that now has the priority or not is to have it, by the share of a processor that it took lately. */
static bool wanted_at(bool realtime, double share)
{
    return share < (realtime ? SHARE_HIGH : SHARE_LOW);
}

static void on_timer(uv_timer_t *timer)
{
    struct realtime *priority = timer->data;
    uint64_t mono_ns = now_ns(CLOCK_MONOTONIC);
    uint64_t cpu_ns = now_ns(CLOCK_THREAD_CPUTIME_ID);
    uint64_t passed_ns = mono_ns - priority->mono_ns;
    double share = passed_ns > 0 ? (double)(cpu_ns - priority->cpu_ns) / (double)passed_ns : 0.0;
    bool wanted = wanted_at(priority->realtime, share);
    priority->mono_ns = mono_ns;
    priority->cpu_ns = cpu_ns;
    if (wanted == priority->realtime || !take(wanted))
        return;
    priority->realtime = wanted;
    mbp_log(MBP_LOG_DEBUG, "%s real-time priority: %.0f %% of a processor was taken lately",
            wanted ? "again at" : "no longer at", 100 * share);
}

void realtime_start(struct realtime *priority, uv_loop_t *loop)
{
    uv_timer_init(loop, &priority->timer);
    priority->timer.data = priority;
    priority->realtime = take(true);
    if (!priority->realtime) {
        mbp_log(MBP_LOG_DEBUG,
                "no real-time priority (%s), so scans may begin late while other programs are busy: 'setcap "
                "cap_sys_nice+ep mbplantd', or LimitRTPRIO=1 in its service, allows it",
                strerrordesc_np(errno));
        return;
    }
    mbp_log(MBP_LOG_DEBUG, "scans run at real-time priority, as long as that leaves half a processor to others");
    priority->mono_ns = now_ns(CLOCK_MONOTONIC);
    priority->cpu_ns = now_ns(CLOCK_THREAD_CPUTIME_ID);
    uv_timer_start(&priority->timer, on_timer, LOOK_EVERY_MS, LOOK_EVERY_MS);
}

void realtime_stop(struct realtime *priority)
{
    uv_close((uv_handle_t *)&priority->timer, NULL);
    if (priority->realtime)
        take(false);
}
