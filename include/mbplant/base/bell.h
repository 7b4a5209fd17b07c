/* bell: lets one thread sleep until another has something for it. Ringing costs a system call only when somebody
 * sleeps, so that a busy scan hands over for the price of an atomic exchange.
 * The sleeper: mbp_bell_prepare, look whether there is work, then mbp_bell_sleep (0 ms when there was).
 * The ringer: publish the work (sequentially consistent), then mbp_bell_ring. */
#ifndef MBPLANT_BELL_H
#define MBPLANT_BELL_H

#include <stdatomic.h>

#include "mbplant/base.h"

struct mbp_bell {
    int fd; /* an eventfd */
    atomic_bool asleep;
};

/* Errors: MBP_ERR_IO. Ownership: mbp_bell_free. */
enum mbp_status mbp_bell_new(struct mbp_bell *bell);
void mbp_bell_free(struct mbp_bell *bell);

/* From here on a ring is remembered until the sleep. */
void mbp_bell_prepare(struct mbp_bell *bell);

/* Sleeps until rung or timeout_ms passed (-1 = no limit); true when it was rung. Without mbp_bell_prepare only
 * mbp_bell_ring_anyway ends it early. */
bool mbp_bell_sleep(struct mbp_bell *bell, int timeout_ms);

/* Wakes who sleeps, or is about to since mbp_bell_prepare. The other: whoever sleeps, prepared or not; each costs a
 * system call. */
void mbp_bell_ring(struct mbp_bell *bell);
void mbp_bell_ring_anyway(struct mbp_bell *bell);

#endif
