/* The plant as a whole, its simulation and its faults. */
#ifndef MBP_WEB_PLANT_H
#define MBP_WEB_PLANT_H

#include "web_priv.h"

/* How it stands. */
struct web_status {
    uint32_t machines_in_state[MBP_STATE_COUNT];
    uint32_t active_alarms, unacknowledged;
    uint32_t scan_last_us, scan_longest_us;
    uint32_t first_event, last_event, events_lost, streams;
    uint64_t scans, late_scans, simulated_ms, wall_ms;
    double speed, speed_now, journal_memory_percent;
    bool paused, journal_trouble;
    struct mbp_server_counters server;
    struct mbp_link_figures link;
};
void web_status_look(const struct mbp_web *web, struct web_status *out);

/* Whether the plant has an instructor and this host may see what is his; false: a problem is answered. */
bool web_instructs(struct web_call *call);
/* Whether the access rules let this host see the instructor's unit. */
bool web_may_instruct(const struct web_call *call);
uint32_t web_fault_named(struct web_call *call);
void web_put_fault(const struct mbp_web *web, uint32_t fault, FILE *out);

void web_serve_plant(struct web_call *call);
void web_serve_units(struct web_call *call);
void web_serve_status(struct web_call *call);
void web_serve_connections(struct web_call *call);
void web_serve_health(struct web_call *call);
void web_serve_sim(struct web_call *call);
void web_serve_faults(struct web_call *call);
void web_serve_metrics(struct web_call *call);

#endif
