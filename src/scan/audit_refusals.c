/* Refused writes in the journal: of each peer at most ten events a second, so that none can flood it or take
 * what is another's; what is beyond is coalesced into the peer's next event, which counts it. None is forgotten. Peers
 * for whom there is no place of their own share the last one, and its budget. */
#include <math.h>

#include "scan_priv.h"

static void emit(struct mbp_scan *scan, struct scan_refuser *refuser, const struct mbp_refusal *refusal)
{
    struct mbp_event event = {
        .code = MBP_EV_WRITE_REFUSED,
        .unit = refusal->unit,
        .machine = refusal->machine,
        .sensor = refusal->item,
        .value = (float)refusal->value,
        .limit = NAN,
        .detail = mbp_event_write_detail(refusal->table, refusal->addr, refusal->exception, refusal->more),
    };
    mbp_event_by(&event, refusal->peer);
    mbp_events_emit(&scan->events, event);
    scan_emit_more_refused(scan, &event, refusal->more);
    scan_budget_pay(&refuser->seat.budget);
}

static struct scan_refuser *refuser_of(struct mbp_scan *scan, uint32_t peer)
{
    struct scan_seat *seat =
        scan_seat_of(&scan->refusers[0].seat, sizeof scan->refusers[0], MBP_PEER_ACTOR(peer), scan->state->sim_ns);
    return (struct scan_refuser *)(void *)seat; /* which begins with it */
}

/* The latest one speaks for those before it. */
static void coalesce(struct scan_refuser *refuser, struct mbp_refusal refusal)
{
    if (refuser->seat.waits) {
        refusal.more += 1 + refuser->coalesced.more;
        if (MBP_PEER_ACTOR(refusal.peer) != MBP_PEER_ACTOR(refuser->coalesced.peer))
            refusal.peer = MBP_ACTOR_OTHERS;
    }
    refuser->coalesced = refusal;
    refuser->seat.waits = true;
}

static void emit_coalesced(struct mbp_scan *scan, struct scan_refuser *refuser)
{
    if (refuser->seat.waits)
        emit(scan, refuser, &refuser->coalesced);
    refuser->seat.waits = false;
}

void scan_latch_refusals(struct mbp_scan *scan)
{
    const struct mbp_refusal *refusals;
    size_t count = mbp_image_latch_refusals(scan->config.image, &refusals);
    if (count == 0 && !scan->refusals_wait)
        return; /* what is saved is reckoned when it is needed */
    for (size_t i = 0; i <= SCAN_SEATS; i++)
        scan_budget_save(&scan->refusers[i].seat.budget, scan->state->sim_ns);
    for (size_t i = 0; i < count; i++) {
        struct scan_refuser *refuser = refuser_of(scan, refusals[i].peer);
        coalesce(refuser, refusals[i]);
        if (scan_budget_suffices(&refuser->seat.budget))
            emit_coalesced(scan, refuser);
    }
    scan->refusals_wait = false;
    for (size_t i = 0; i <= SCAN_SEATS; i++) {
        if (scan_budget_suffices(&scan->refusers[i].seat.budget))
            emit_coalesced(scan, &scan->refusers[i]);
        scan->refusals_wait |= scan->refusers[i].seat.waits;
    }
}

void scan_emit_all_refusals(struct mbp_scan *scan)
{
    for (size_t i = 0; i <= SCAN_SEATS; i++)
        emit_coalesced(scan, &scan->refusers[i]);
}

/* ---- over a kill ------------------------------------------------------------------------------------------------ */

size_t scan_refusals_coalesced(const struct mbp_scan *scan, struct mbp_refusal out[SCAN_SEATS + 1])
{
    size_t count = 0;
    for (size_t i = 0; i <= SCAN_SEATS; i++) {
        if (scan->refusers[i].seat.waits)
            out[count++] = scan->refusers[i].coalesced;
    }
    return count;
}

void scan_refuse_again(struct mbp_scan *scan, const struct mbp_refusal *coalesced)
{
    coalesce(refuser_of(scan, coalesced->peer), *coalesced);
}
