/* diagnosis: limits -> alarms -> events. An alarm is (sensor, limit); a sensor's `active` and `unack` bits are its
 * state: normal (0,0), unacknowledged (1,1), acknowledged (1,0), returned unacknowledged (0,1). Source: ISA-18.2-2016
 * figure "alarm state transition diagram", states A, B, C, D. */
#ifndef MBPLANT_DIAGNOSIS_H
#define MBPLANT_DIAGNOSIS_H

#include "mbplant/event.h"
#include "mbplant/state.h"

/* Compares every sensor with its limits. Raised after the delay, cleared when back by the deadband; emits ALARM_RAISED
 * and ALARM_CLEARED; leaves counts in state and per machine (alarms, trip, and first_out when it trips first).
 * Shelved sensors keep their state but neither raise nor trip. */
void mbp_diagnosis_run(const struct mbp_plant *plant, struct mbp_state *state, struct mbp_events *events);

/* A master's write to one limit of a sensor. asked: all four as masters want them, NaN = unused, for a write may be in
 * order only together with others of the same scan. Emits LIMIT_CHANGED; or WRITE_REFUSED, when the limit is in order
 * neither among those asked nor among those that hold, or beyond the instrument's range (it then stays as it was). The
 * same value again does nothing. */
void mbp_diagnosis_set_limit(const struct mbp_plant *plant, struct mbp_state *state, uint32_t sensor,
                             enum mbp_limit limit, const double asked[MBP_LIMIT_COUNT], uint32_t peer,
                             struct mbp_events *events);

/* Acknowledges all alarms of a machine's sensors. Idempotent. */
void mbp_diagnosis_acknowledge(const struct mbp_plant *plant, struct mbp_state *state, uint32_t machine, uint32_t peer,
                               struct mbp_events *events);

/* Shelves or unshelves a sensor's alarms. Idempotent. */
void mbp_diagnosis_shelve(const struct mbp_plant *plant, struct mbp_state *state, uint32_t sensor, bool on,
                          uint32_t peer, struct mbp_events *events);

#endif
