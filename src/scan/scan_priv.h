/* What the files of scan/ share. */
#ifndef MBPLANT_SCAN_PRIV_H
#define MBPLANT_SCAN_PRIV_H

#include <uv.h>

#include "mbplant/scan.h"

struct mbp_scan {
    struct mbp_scan_config config;
    struct mbp_state *state;
    struct mbp_process *process;
    struct mbp_events events;
    struct mbp_event recent[MBP_RECENT_EVENTS];
    struct mbp_figures figures;
    struct mbp_scan_stats stats;

    /* refused writes: at most REFUSALS_PER_S events a second, the rest folded into the next one */
    uint64_t refusal_credit_ns; /* simulated time saved up */
    struct mbp_refusal folded;
    bool has_folded;

    /* record */
    uint64_t counters_told_ns; /* simulated time when the counters were last retained */
    uint32_t retain_from; /* after a loss for want of room: the sensor, then machine to go on with; UINT32_MAX = none */
    bool trouble_told;
    int64_t wall_ahead_ms; /* of the monotonic clock, at the last scan */
    bool clock_known;

    /* pacing */
    uint64_t next_due_ns; /* monotonic */
    uint64_t wall_period_ns;
    uv_poll_t poll;
    int timer_fd;
    bool polling;
};

/* record: hands the scan's events, and what they changed of the retained state, to the journal. */
void scan_record(struct mbp_scan *scan);

/* The same for the last time: with all counters, and waiting for room where there is none. */
void scan_record_last(struct mbp_scan *scan);

/* Emits an event when the wall clock jumped since the last call. */
void scan_tell_clock(struct mbp_scan *scan, uint64_t mono_ns);

#endif
