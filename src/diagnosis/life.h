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

/* An interlock of `interlocks`: what it acts on has come, or gone. It is no alarm, so it has no other states. */
void life_act(const struct life *life, uint32_t sensor, bool acts);

/* Feeds one of the other inputs to the alarms of a mask (SHELVE to RETURN concern all of a sensor but for SUPPRESS and
 * UNSUPPRESS). removed: for REMOVE and RETURN, which of MBP_ALARMS_REMOVED and MBP_ALARMS_MAINTENANCE. */
void life_hide(const struct life *life, uint32_t sensor, uint8_t alarms, enum mbp_alarm_input input, uint8_t removed);

/* Likewise SHELVE, UNSHELVE, REMOVE or RETURN to one alarm, beside what hides all of its sensor. */
void life_hide_alone(const struct life *life, uint32_t sensor, unsigned alarm, enum mbp_alarm_input input);

/* Ends a sensor's shelf and tells why. */
void life_unshelve(const struct life *life, uint32_t sensor, enum mbp_unshelved why);

/* Something of the sensor's alarms has changed and no event tells of it: the journal is to retain it all the same. */
void life_changed_untold(struct mbp_state *state, uint32_t sensor);

/* What mbp_state.shelves_version counts has changed, or its registers are to show what holds. */
void life_shelves_changed(struct mbp_state *state);

/* ---- alone.c: shelves of single alarms ---- */

/* The simulated time when the next one of a sensor ends; MBP_SHELF_NO_END: none does by itself. */
uint64_t alone_next_end_ns(const struct mbp_state *state, uint32_t sensor);

/* Ends those of a sensor whose time is over; those whose alarm has come and returned to normal. */
void alone_end_shelves(const struct life *life, uint32_t sensor);
void alone_end_one_shots(const struct life *life, uint32_t sensor);

/* What is left of the bypasses of a sensor's interlocks in another plant, which may allow less. */
void alone_update_bypasses(const struct mbp_plant *plant, struct mbp_state *state, uint32_t sensor);

/* ---- design.c: what single alarms have to be looked after for ---- */

/* What the plant's duties ask for: suppression by expressions and of what chatters, alarms that wait again. Before the
 * sensors are looked at. */
void design_run(const struct life *life);

/* The alarms of a sensor that are suppressed by design for another reason than its machine's state. */
static inline uint8_t design_suppresses(const struct mbp_state *state, uint32_t sensor)
{
    return state->alone[sensor].excused | state->alone[sensor].chattering;
}

/* After another plant or the journal gave the state. */
void design_update(const struct mbp_plant *plant, struct mbp_state *state);

/* An event about a sensor's alarms as a whole. */
void life_emit(const struct life *life, uint32_t sensor, enum mbp_event_code code, double value, uint32_t detail);

#endif
