/* events: the journal of a slave, read over FC 20 from files 1000.. (mbplant/event.h). */
#ifndef MBP_CTL_EVENTS_H
#define MBP_CTL_EVENTS_H

#include "mbplant/event.h"
#include "slave/transport.h"
#include "text/moment.h"

/* Hands over events first..last in order; got returns false to stop. *next (if not NULL) becomes the first event that
 * was not handed over, also on failure: where to resume. Errors: those of ctl_read_pieces. */
enum mbp_status ctl_events_read(struct ctl_link *link, uint8_t unit, uint32_t first, uint32_t last,
                                bool (*got)(void *ctx, const struct mbp_event *event), void *ctx, uint32_t *next);

/* The events oldest..last that can lie between two moments: first and last (exclusive) number. Clocks may have been
 * set, so each event's own time is still to be looked at. Errors: those of ctl_read_pieces. */
struct ctl_range {
    uint64_t first, end; /* none when end <= first */
};
enum mbp_status ctl_events_range(struct ctl_link *link, uint8_t unit, const struct ctl_moment *since,
                                 const struct ctl_moment *until, uint32_t oldest, uint32_t last, struct ctl_range *out);

/* One event. */
enum mbp_status ctl_event_read(struct ctl_link *link, uint8_t unit, uint32_t seq, struct mbp_event *out);

#endif
