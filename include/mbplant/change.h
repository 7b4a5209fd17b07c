/* change: what is different between two plants, thing by thing and key by key, matched by unit id and name. */
#ifndef MBPLANT_CHANGE_H
#define MBPLANT_CHANGE_H

#include "mbplant/event.h"
#include "mbplant/plant.h"

struct mbp_change {
    const struct mbp_plant *from, *to;
    /* Indices of the other plant; UINT32_MAX = it has none of that name. */
    uint32_t *sensor_from, *machine_from, *actuator_from; /* per sensor, machine and actuator of `to` */
    uint32_t *sensor_to, *machine_to, *actuator_to;       /* per sensor, machine and actuator of `from` */
    uint32_t *controller_from, *controller_to;            /* likewise, and the next two */
    uint32_t *stored_from, *stored_to;
    uint32_t *sensor_details, *machine_details; /* enum mbp_changed of those that both have; 0 = as it was */
    uint32_t *sensor_moved, *machine_moved;     /* how many of their points have another address now */
    uint32_t added, removed, changed;           /* machines and sensors */
};

/* Shape: both plants must outlive it. Errors: MBP_ERR_MEMORY. Ownership: mbp_change_free. */
enum mbp_status mbp_change_find(const struct mbp_plant *from, const struct mbp_plant *to, struct mbp_change **out);
void mbp_change_free(struct mbp_change *change);

/* A line for each machine and sensor of which points moved to other addresses, `max` of them and how many more; for
 * masters that know addresses. */
void mbp_change_print_moves(const struct mbp_change *change, uint32_t max, FILE *out);

/* Whether a line is one of them in English, as slaves tell it. */
bool mbp_change_tells_move(const char *line, size_t len);

/* Appends the events of what was removed, by the old plant's numbering (to be recorded before the change), or of what
 * was added or changed, by the new one's. */
void mbp_change_emit_removed(const struct mbp_change *change, uint32_t peer, struct mbp_events *events);
void mbp_change_emit_added(const struct mbp_change *change, uint32_t peer, struct mbp_events *events);

#endif
