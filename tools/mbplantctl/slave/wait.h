/* wait: looking again until something has happened or time is up. */
#ifndef MBP_CTL_WAIT_H
#define MBP_CTL_WAIT_H

#include "mbplant/plant.h"

struct ctl_wait {
    uint64_t deadline_ns, pause_ns;
};

/* Gives the slave three of its scans, each so many times as long as at real time, and patience_ms; looks four times a
 * scan, at most every 5 ms. */
struct ctl_wait ctl_wait_begin(const struct mbp_plant *plant, double slowness, uint32_t patience_ms);

/* Pauses until it is worth looking again; false = time is up. */
bool ctl_wait_more(const struct ctl_wait *wait);

/* Pauses for so long. False, and at once, when nobody reads any more what is printed: the other end of the pipe is
 * closed. */
bool ctl_pause(uint64_t ms);

#endif
