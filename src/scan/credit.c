/* How many events a second a peer's writes may make. */
#include "scan_priv.h"

#define EVENTS_PER_S 10u
#define PRICE_NS     (MBP_NS_PER_S / EVENTS_PER_S)

struct scan_credit scan_credit_full(uint64_t now_ns)
{
    return (struct scan_credit){.saved_ns = MBP_NS_PER_S, .since_ns = now_ns};
}

void scan_credit_save(struct scan_credit *credit, uint64_t now_ns)
{
    uint64_t passed = now_ns > credit->since_ns ? now_ns - credit->since_ns : 0; /* a restored snapshot goes back */
    credit->saved_ns = passed > MBP_NS_PER_S - credit->saved_ns ? MBP_NS_PER_S : credit->saved_ns + passed;
    credit->since_ns = now_ns;
}

bool scan_credit_is_full(const struct scan_credit *credit)
{
    return credit->saved_ns == MBP_NS_PER_S;
}

bool scan_credit_suffices(const struct scan_credit *credit)
{
    return credit->saved_ns >= PRICE_NS;
}

void scan_credit_pay(struct scan_credit *credit)
{
    credit->saved_ns -= credit->saved_ns < PRICE_NS ? credit->saved_ns : PRICE_NS;
}
