/* What people tell the journal, as events between two scans: a plant that stands still takes notes too. */
#include <math.h>

#include "mbplant/image/logbook.h"

#include "scan_priv.h"

/* Work that is due after so much running or so many products: at which count of its machine. */
static void count_from_now(const struct mbp_scan *scan, const struct mbp_unit *unit, struct mbp_event *event)
{
    unsigned due = event->detail >> 8 & 0xFFu;
    const struct mbp_machine_state *machine = &scan->state->machine[unit->first_machine + event->machine];
    double now = due == MBP_DUE_RUNNING
                     ? floor((double)machine->running_ns / (double)MBP_NS_PER_S) /* as masters see it */
                     : (double)machine->good + machine->reject;
    if (due == MBP_DUE_RUNNING || due == MBP_DUE_PRODUCTS)
        mbp_work_set_due_at(event, now + mbp_work_due_at(event));
}

void scan_tell_logbook(struct mbp_scan *scan)
{
    const struct mbp_logbook_entry *entries;
    size_t count = mbp_image_latch_logbook(scan->config.image, &entries);
    scan_between_begin(scan);
    for (size_t i = 0; i < count; i++) {
        struct mbp_event event = mbp_logbook_event(&entries[i].record);
        event.unit = entries[i].unit;
        if (event.code == MBP_EV_WORK_OPENED)
            count_from_now(scan, mbp_plant_find_unit(scan->config.plant, event.unit), &event);
        mbp_event_by(&event, entries[i].peer.actor);
        mbp_events_emit(&scan->events, event);
    }
    scan_between_end(scan);
    if (scan->events.count > 0)
        scan->told = scan->events.items[scan->events.count - 1].seq;
}

/* What people tell is never coalesced: one who tells more than ten a second is told to wait. */
static bool may_tell(void *ctx, uint32_t peer)
{
    struct mbp_scan *scan = ctx;
    struct scan_seat *teller =
        scan_seat_of(scan->tellers, sizeof scan->tellers[0], MBP_PEER_ACTOR(peer), scan_now_ns(scan));
    if (!scan_budget_suffices(&teller->budget))
        return false;
    scan_budget_pay(&teller->budget);
    return true;
}

void scan_guard_logbook(struct mbp_scan *scan)
{
    const struct mbp_logbook_gate gate = {may_tell, scan};
    mbp_image_logbook_guard(scan->config.image, gate);
}

uint32_t mbp_scan_told(const struct mbp_scan *scan)
{
    return scan->told;
}
