/* priority: scans begin on time although other programs are busy: the loop's thread runs at real-time priority where
 * the system allows it (CAP_SYS_NICE, or RLIMIT_RTPRIO of 1 or more), and says with -v when it does not.
 *
 * Such a thread may take a processor for itself, so it keeps the priority only while it leaves half of one to others:
 * when masters ask as fast as they can, or a high speed is asked, it is an ordinary thread until that is over. It looks
 * often enough for the kernel's own brake on real-time threads (sched_rt_runtime_us, 0.95 of each second) never to be
 * felt. Threads that it starts are ordinary ones. */
#ifndef MBPLANT_REALTIME_H
#define MBPLANT_REALTIME_H

#include <stdbool.h>
#include <stdint.h>

#include <uv.h>

struct realtime {
    bool realtime; /* now */
    uint64_t mono_ns, cpu_ns;
    uv_timer_t timer;
};

/* For the thread that calls. The loop looks after it until realtime_stop, after which it must run until it is idle. */
void realtime_start(struct realtime *priority, uv_loop_t *loop);
void realtime_stop(struct realtime *priority);

#endif
