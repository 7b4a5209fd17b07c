/* The plant as a whole. */
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

/* Where masters reach the plant over TCP; the usual port where it has no such listener. */
uint16_t web_modbus_port(const struct mbp_web *web);

void web_serve_plant(struct web_call *call);
void web_serve_units(struct web_call *call);
void web_serve_status(struct web_call *call);
void web_serve_connections(struct web_call *call);
void web_serve_health(struct web_call *call);
void web_serve_metrics(struct web_call *call);

#endif
