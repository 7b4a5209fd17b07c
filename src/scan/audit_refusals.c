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
    scan_budget_pay(&refuser->budget);
}

/* The peer's place, or one that a quiet peer no longer needs, or the last one. */
static struct scan_refuser *refuser_of(struct mbp_scan *scan, uint32_t word)
{
    uint32_t peer = MBP_PEER_ACTOR(word);
    struct scan_refuser *last = &scan->refusers[SCAN_REFUSERS];
    struct scan_refuser *spare = NULL;
    for (struct scan_refuser *refuser = scan->refusers; refuser < last; refuser++) {
        if (refuser->taken && refuser->peer == peer)
            return refuser;
        bool quiet = !refuser->taken || (!refuser->has_coalesced && scan_budget_is_full(&refuser->budget));
        if (quiet && spare == NULL)
            spare = refuser;
    }
    if (peer == MBP_ACTOR_OTHERS || spare == NULL)
        return last;
    *spare = (struct scan_refuser){.taken = true, .peer = peer, .budget = scan_budget_full(scan->state->sim_ns)};
    return spare;
}

/* The latest one speaks for those before it. */
static void coalesce(struct scan_refuser *refuser, struct mbp_refusal refusal)
{
    if (refuser->has_coalesced) {
        refusal.more += 1 + refuser->coalesced.more;
        if (MBP_PEER_ACTOR(refusal.peer) != MBP_PEER_ACTOR(refuser->coalesced.peer))
            refusal.peer = MBP_ACTOR_OTHERS;
    }
    refuser->coalesced = refusal;
    refuser->has_coalesced = true;
}

static void emit_coalesced(struct mbp_scan *scan, struct scan_refuser *refuser)
{
    if (refuser->has_coalesced)
        emit(scan, refuser, &refuser->coalesced);
    refuser->has_coalesced = false;
}

void scan_latch_refusals(struct mbp_scan *scan)
{
    const struct mbp_refusal *refusals;
    size_t count = mbp_image_latch_refusals(scan->config.image, &refusals);
    if (count == 0 && !scan->refusals_wait)
        return; /* what is saved is reckoned when it is needed */
    for (size_t i = 0; i <= SCAN_REFUSERS; i++)
        scan_budget_save(&scan->refusers[i].budget, scan->state->sim_ns);
    for (size_t i = 0; i < count; i++) {
        struct scan_refuser *refuser = refuser_of(scan, refusals[i].peer);
        coalesce(refuser, refusals[i]);
        if (scan_budget_suffices(&refuser->budget))
            emit_coalesced(scan, refuser);
    }
    scan->refusals_wait = false;
    for (size_t i = 0; i <= SCAN_REFUSERS; i++) {
        if (scan_budget_suffices(&scan->refusers[i].budget))
            emit_coalesced(scan, &scan->refusers[i]);
        scan->refusals_wait |= scan->refusers[i].has_coalesced;
    }
}

void scan_emit_all_refusals(struct mbp_scan *scan)
{
    for (size_t i = 0; i <= SCAN_REFUSERS; i++)
        emit_coalesced(scan, &scan->refusers[i]);
}

/* ---- over a kill ------------------------------------------------------------------------------------------------ */

size_t scan_refusals_coalesced(const struct mbp_scan *scan, struct mbp_refusal out[SCAN_REFUSERS + 1])
{
    size_t count = 0;
    for (size_t i = 0; i <= SCAN_REFUSERS; i++) {
        if (scan->refusers[i].has_coalesced)
            out[count++] = scan->refusers[i].coalesced;
    }
    return count;
}

void scan_refuse_again(struct mbp_scan *scan, const struct mbp_refusal *coalesced)
{
    coalesce(refuser_of(scan, coalesced->peer), *coalesced);
}
