/* What happens to machines by themselves in one scan: trips, time, production, maintenance due and over. */
#include <math.h>

#include "machine_priv.h"
#include "mbplant/event/logbook.h"

#define HOUR_S       3600.0
#define PRODUCTS_MAX 10000.0 /* of a scan: what the shortest `time` makes in the longest */

/* How much further the product in the machine is at the end of a scan; at cycle_ns it is done. With a pace cycle_ns
 * stands for one product, however long that takes. */
static uint64_t progress(const struct mbp_plant *plant, const struct mbp_state *state, const struct mbp_machine *of)
{
    if (of->pace == UINT32_MAX)
        return plant->scan_ns;
    double scan_h = (double)plant->scan_ns / (double)MBP_NS_PER_S / HOUR_S;
    double products = fmin(fmax(state->lagged[of->pace], 0.0) * scan_h, PRODUCTS_MAX);
    return (uint64_t)llround(fmin(products * (double)of->cycle_ns, 0x1p62));
}

static void produce(const struct mbp_plant *plant, struct mbp_state *state, uint32_t machine)
{
    const struct mbp_machine *of = &plant->machines[machine];
    struct mbp_machine_state *m = &state->machine[machine];
    if (of->cycle_ns == 0)
        return;
    if (m->cycle_ns > of->cycle_ns)
        m->cycle_ns = of->cycle_ns; /* it began when products took longer: this one is done, and no others with it */
    m->cycle_ns += progress(plant, state, of);
    while (m->cycle_ns >= of->cycle_ns) {
        m->cycle_ns -= of->cycle_ns;
        /* The product's number is the counter: the same product is good or bad however long a scan is. */
        uint64_t product = (uint64_t)m->good + m->reject;
        if (mbp_rng_uniform(mbp_rng_bits(state->seed, mbp_name_hash(of->name), product)) < of->reject)
            m->reject++;
        else
            m->good++;
        state->upkeep[machine].cycles_since_maintenance++;
    }
}

static void check_due(const struct mbp_plant *plant, struct mbp_state *state, uint32_t machine,
                      struct mbp_events *events)
{
    struct mbp_machine_state *m = &state->machine[machine];
    const struct mbp_machine *of = &plant->machines[machine];
    bool by_time = of->maintenance_every_ns != 0 && m->since_maintenance_ns >= of->maintenance_every_ns;
    bool by_cycles =
        of->maintenance_cycles != 0 && state->upkeep[machine].cycles_since_maintenance >= of->maintenance_cycles;
    bool by_condition = of->maintenance_when != 0 && state->formula[of->maintenance_when - 1].value >= 0.5;
    if (m->due || (!by_time && !by_cycles && !by_condition))
        return;
    m->due = true;
    struct mbp_event event = mbp_machine_event(plant, MBP_EV_MAINTENANCE_DUE, machine);
    event.value = (float)((double)m->since_maintenance_ns / (3600.0 * (double)MBP_NS_PER_S));
    if (!by_time && !by_cycles)
        event.detail = MBP_DUE_CONDITION;
    else if (!by_time)
        event.limit = (float)state->upkeep[machine].cycles_since_maintenance;
    mbp_events_emit(events, event);
}

static void spend(const struct mbp_plant *plant, struct mbp_state *state, uint32_t machine, struct mbp_events *events)
{
    struct mbp_machine_state *m = &state->machine[machine];
    m->in_state_ns += plant->scan_ns;
    if (state->upkeep[machine].in_repair)
        state->upkeep[machine].repair_ns += plant->scan_ns;
    switch ((enum mbp_state_code)m->state) {
    case MBP_EN_SERVICE:
        m->running_ns += plant->scan_ns;
        m->since_maintenance_ns += plant->scan_ns;
        produce(plant, state, machine);
        check_due(plant, state, machine, events);
        break;
    case MBP_EN_PANNE:
        m->down_ns += plant->scan_ns;
        break;
    case MBP_MAINTENANCE: {
        uint64_t takes_ns = plant->machines[machine].maintenance_takes_ns;
        m->maintenance_ns += plant->scan_ns;
        /* Who repairs a machine says himself when it may run again. */
        bool planned = !state->upkeep[machine].in_repair;
        if (planned && takes_ns != 0 && m->in_state_ns >= takes_ns)
            machine_take(plant, state, machine, MAINTENANCE_OVER, 0, events);
        break;
    }
    case MBP_STATE_COUNT:
        break;
    }
}

void mbp_machine_operate(const struct mbp_plant *plant, struct mbp_state *state, struct mbp_events *events)
{
    for (uint32_t m = 0; m < plant->machine_count; m++) {
        if (state->machine[m].trip)
            machine_take(plant, state, m, TRIP, 0, events);
        spend(plant, state, m, events);
    }
}
