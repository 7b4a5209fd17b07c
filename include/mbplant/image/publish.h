/* publish: what each scan shows to masters, from the state and from figures that are not in it. */
#ifndef MBPLANT_IMAGE_PUBLISH_H
#define MBPLANT_IMAGE_PUBLISH_H

#include "mbplant/instructor.h"
#include "mbplant/mqtt/link.h"
#include "mbplant/state.h"

struct mbp_image;

/* ---- publish ----------------------------------------------------------------------------------------------------- */

/* Figures for the summary block that are not in the state. */
struct mbp_figures {
    uint32_t last_event, oldest_event, last_incident; /* durable ones */
    uint32_t scan_us_last, scan_us_max, late_scans;
    bool journal_trouble;           /* cannot write: events wait in memory */
    uint16_t journal_used_permille; /* of that memory */
    uint32_t events_lost;           /* since the start, for want of it */
    uint32_t newest_event;          /* that has happened, durable or not */
    uint16_t http_port;             /* of the page; 0 = there is none */
    struct mbp_link_figures link;   /* to the broker */
    const struct mbp_event *recent; /* durable, newest first: the last of them is last_event, and others come with it */
    size_t recent_count;            /* <= MBP_RECENT_EVENTS */
};

/* ---- the instructor's unit (instructor.h) ------------------------------------------------------------------------ */

/* Shows what the server counted (enum mbp_server_count), where there is an instructor. */
void mbp_image_show_server(struct mbp_image *image, const uint64_t *counts);

/* What stands in the instructor's unit after somebody wrote there. */
struct mbp_sim_commands {
    double speed; /* may be no speed at all while only one of its two registers was written */
    uint32_t steps;
    bool paused, snapshot, restore;
    uint64_t seed;
    bool begin; /* `effect` as a new fault */
    struct mbp_effect effect;
    const uint8_t *coils;       /* of the unit: mbp_sim_fault_coil */
    const uint16_t *parameters; /* likewise MBP_SIM_PARAMETER_WORDS each */
    struct mbp_peer peer;       /* the last who wrote */
};

/* Whether somebody wrote to the instructor's unit since the last call, or a restore waits; what stands there now, of
 * which what clears itself is cleared. A restore that may not be yet waits with its coil on. Cheap; false without an
 * instructor. */
bool mbp_image_instructor_waits(const struct mbp_image *image);
bool mbp_image_instructor_asked(struct mbp_image *image, bool may_restore, struct mbp_sim_commands *out);

/* Figures of the instructor's unit that are not in the state. */
struct mbp_sim_figures {
    double speed, speed_now;
    uint64_t steps, late, lost;
    uint64_t snapshot_scan, snapshot_ns;
    uint64_t lateness_max_us, lateness[MBP_LATENESS_CLASSES];
    uint32_t restored;
    bool paused, snapshot;
};

/* Copies them into the instructor's unit, where there is one. */
void mbp_image_publish_instructor(struct mbp_image *image, const struct mbp_state *state,
                                  const struct mbp_sim_figures *figures);

/* Copies the state into every unit's tables (mbplant-map(7)). */
void mbp_image_publish(struct mbp_image *image, const struct mbp_state *state, const struct mbp_figures *figures);

/* The same between two scans: what masters wrote since the last latch stays as they wrote it. */
void mbp_image_refresh(struct mbp_image *image, const struct mbp_state *state, const struct mbp_figures *figures);

#endif
