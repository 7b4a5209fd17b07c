/* seed: how an event tells all 64 bits of one, of which no number of its own has room for more than 32. */
#ifndef MBPLANT_EVENT_SEED_H
#define MBPLANT_EVENT_SEED_H

#include <math.h>

#include "mbplant/event.h"

static inline void mbp_event_put_seed(struct mbp_event *event, uint64_t seed)
{
    event->detail = (uint32_t)seed;
    event->value = (seed >> 32 & 0xFFFFu) != 0 ? (float)(seed >> 32 & 0xFFFFu) : NAN;
    event->limit = seed >> 48 != 0 ? (float)(seed >> 48) : NAN;
}

static inline uint64_t mbp_event_seed(const struct mbp_event *event)
{
    uint64_t middle = event->value > 0 && event->value < 65536.0f ? (uint64_t)event->value : 0;
    uint64_t top = event->limit > 0 && event->limit < 65536.0f ? (uint64_t)event->limit : 0;
    return top << 48 | middle << 32 | event->detail;
}

#endif
