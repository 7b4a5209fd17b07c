/* source: where a journal's events come from, a slave or a dump, and where in it a period lies. Whoever works with
 * events works with either, and finds the same in both. */
#ifndef MBP_CTL_SOURCE_H
#define MBP_CTL_SOURCE_H

#include "slave/events.h"

struct ctl_source {
    uint32_t oldest, last; /* the events there are; last 0 = none */
    /* Hands over events first..last in order; got returns false to stop. */
    enum mbp_status (*read)(void *ctx, uint64_t first, uint64_t last,
                            bool (*got)(void *got_ctx, const struct mbp_event *event), void *got_ctx);
    /* The numbers between which a period's events lie, by looking at few of them; NULL = looking at all is as good. */
    enum mbp_status (*narrow)(void *ctx, const struct ctl_moment *since, const struct ctl_moment *until,
                              struct ctl_range *out);
    void *ctx;
};

/* The events of a period by number: from the first to the last whose own time or number lies in it, for clocks are set
 * back, and what happened between these two belongs to it. Without any, it is empty and lies before the first event of
 * a later time. Errors: those of read and narrow. */
enum mbp_status ctl_source_range(const struct ctl_source *source, const struct ctl_moment *since,
                                 const struct ctl_moment *until, struct ctl_range *out);

#endif
