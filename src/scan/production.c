/* The machines' counters, told in the journal, so that what was made in any period of it can be counted. */
#include <math.h>

#include "scan_priv.h"

#define TOLD_EVERY_NS (3600 * MBP_NS_PER_S)

void scan_emit_production(struct mbp_scan *scan)
{
    const struct mbp_plant *plant = scan->config.plant;
    for (uint32_t m = 0; m < plant->machine_count; m++) {
        const struct mbp_machine_state *machine = &scan->state->machine[m];
        if (plant->machines[m].cycle_ns == 0)
            continue;
        struct mbp_event event = mbp_machine_event(plant, MBP_EV_PRODUCTION, m);
        event.value = (float)machine->good;
        event.limit = (float)machine->reject;
        event.detail = machine->good;
        mbp_events_emit(&scan->events, event);
    }
}

void scan_emit_production_at_start(struct mbp_scan *scan)
{
    for (uint32_t m = 0; m < scan->config.plant->machine_count; m++) {
        if (scan->state->machine[m].good != 0 || scan->state->machine[m].reject != 0) {
            scan_emit_production(scan);
            return;
        }
    }
}

void scan_emit_production_on_the_hour(struct mbp_scan *scan)
{
    uint64_t now_ns = scan->state->sim_ns;
    if (now_ns / TOLD_EVERY_NS != (now_ns - scan->config.plant->scan_ns) / TOLD_EVERY_NS)
        scan_emit_production(scan);
}
