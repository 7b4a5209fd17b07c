/* seek: the events of a period, found by looking at few of them. Wall clocks are set forwards and back, so times need
 * not rise with the numbers: the outermost crossing is taken, and what lies between is for the reader to judge by each
 * event's own time. Pure: the events' times come through a callback. */
#ifndef MBP_CTL_SEEK_H
#define MBP_CTL_SEEK_H

#include "mbplant/base.h"

#define CTL_SEEK_PROBES 96u /* events looked at in one round */

/* A clock that was set back by as much as this is seen, when it ran ahead for at least a hundredth of it. */
#define CTL_SEEK_STEP_MS (UINT64_C(3) * 3600 * 1000)

struct ctl_seek {
    uint32_t oldest, last; /* the events there are; none when last < oldest */
    /* The wall times of count events (at most CTL_SEEK_PROBES), whose numbers rise. */
    enum mbp_status (*probe)(void *ctx, const uint32_t *seqs, size_t count, uint64_t *wall_ms);
    void *ctx;
};

/* The first event of at_ms or later, last + 1 when there is none. Errors: those of probe. */
enum mbp_status ctl_seek_first(const struct ctl_seek *seek, uint64_t at_ms, uint64_t *out);

/* The last event of before at_ms, oldest - 1 when there is none. Errors: those of probe. */
enum mbp_status ctl_seek_last(const struct ctl_seek *seek, uint64_t at_ms, uint64_t *out);

#endif
