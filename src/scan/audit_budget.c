/* How many events a second a peer's writes may make. */
#include "mbplant/event.h"
#include "scan_priv.h"

#define EVENTS_PER_S 10u
#define PRICE_NS     (MBP_NS_PER_S / EVENTS_PER_S)

struct scan_budget scan_budget_full(uint64_t now_ns)
{
    return (struct scan_budget){.saved_ns = MBP_NS_PER_S, .since_ns = now_ns};
}

void scan_budget_save(struct scan_budget *budget, uint64_t now_ns)
{
    uint64_t passed = now_ns > budget->since_ns ? now_ns - budget->since_ns : 0; /* a restored snapshot goes back */
    budget->saved_ns = passed > MBP_NS_PER_S - budget->saved_ns ? MBP_NS_PER_S : budget->saved_ns + passed;
    budget->since_ns = now_ns;
}

static bool scan_budget_is_full(const struct scan_budget *budget)
{
    return budget->saved_ns == MBP_NS_PER_S;
}

bool scan_budget_suffices(const struct scan_budget *budget)
{
    return budget->saved_ns >= PRICE_NS;
}

void scan_budget_pay(struct scan_budget *budget)
{
    budget->saved_ns -= budget->saved_ns < PRICE_NS ? budget->saved_ns : PRICE_NS;
}

/* ---- places of peers --------------------------------------------------------------------------------------------- */

struct scan_seat *scan_seat_of(struct scan_seat *seats, size_t size, uint16_t actor, uint64_t now_ns)
{
    struct scan_seat *seat = seats;
    struct scan_seat *found = NULL;
    struct scan_seat *spare = NULL;
    for (size_t i = 0; i < SCAN_SEATS; i++, seat = (struct scan_seat *)(void *)((char *)seat + size)) {
        scan_budget_save(&seat->budget, now_ns);
        if (seat->taken && seat->actor == actor)
            found = seat;
        if (spare == NULL && (!seat->taken || (!seat->waits && scan_budget_is_full(&seat->budget))))
            spare = seat;
    }
    scan_budget_save(&seat->budget, now_ns); /* the last one */
    if (found != NULL)
        return found;
    if (actor == MBP_ACTOR_OTHERS || spare == NULL)
        return seat;
    *spare = (struct scan_seat){.taken = true, .actor = actor, .budget = scan_budget_full(now_ns)};
    return spare;
}
