/* watchdog: what a watchdog (mbplant/plant/machine.h) knows of the masters, as the state keeps it. */
#ifndef MBPLANT_STATE_WATCHDOG_H
#define MBPLANT_STATE_WATCHDOG_H

#include <stdbool.h>
#include <stdint.h>

struct mbp_watchdog_state {
    uint64_t silent_ns; /* since a master wrote last */
    bool lost;          /* for longer than may be */
};

#endif
