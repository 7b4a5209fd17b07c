/* life: what the files of diagnosis/ share: an alarm's way through its states, and what hides it. */
#ifndef MBPLANT_DIAGNOSIS_LIFE_H
#define MBPLANT_DIAGNOSIS_LIFE_H

#include "mbplant/diagnosis.h"

/* What the functions of a run, or a master's command, work on. */
struct life {
    const struct mbp_plant *plant;
    struct mbp_state *state;
    struct mbp_events *events; /* NULL = nothing is told */
    uint32_t peer;
};

/* Feeds one of the first five inputs to an alarm: changes its masks and tells as the table says. */
void life_take(const struct life *life, uint32_t sensor, unsigned alarm, enum mbp_alarm_input input);

/* Feeds one of the other inputs to the alarms of a mask (SHELVE to RETURN concern all of a sensor but for SUPPRESS and
 * UNSUPPRESS). removed: for REMOVE and RETURN, which of MBP_ALARMS_REMOVED and MBP_ALARMS_MAINTENANCE. */
void life_hide(const struct life *life, uint32_t sensor, uint8_t alarms, enum mbp_alarm_input input, uint8_t removed);

/* Ends a shelf and tells why. */
void life_unshelve(const struct life *life, uint32_t sensor, enum mbp_unshelved why);

/* An event about a sensor's alarms as a whole. */
void life_emit(const struct life *life, uint32_t sensor, enum mbp_event_code code, double value, uint32_t detail);

#endif
