/* diagnosis: what sensors show -> conditions -> alarms -> events. A sensor has seven alarms (enum mbp_limit):
 * four limits, its rate of change, its quality and its condition, which is all that an alarm of no sensor has. Each has
 * a state (enum mbp_alarm_state), which changes by one table of transitions. Source: ISA-18.2-2016 and IEC 62682,
 * clause 5, alarm state transition diagram, states A to I. */
#ifndef MBPLANT_DIAGNOSIS_H
#define MBPLANT_DIAGNOSIS_H

#include "mbplant/event.h"
#include "mbplant/state.h"

/* ---- the table --------------------------------------------------------------------------------------------------- */

/* What can happen to an alarm. */
enum mbp_alarm_input {
    MBP_ALARM_RAISE,       /* its condition has held for the delay */
    MBP_ALARM_CLEAR,       /* back to normal, by the deadband and for the off-delay */
    MBP_ALARM_CLEAR_LATCH, /* the same of an alarm that latches */
    MBP_ALARM_ACKNOWLEDGE,
    MBP_ALARM_RESET,
    MBP_ALARM_AGAIN, /* acknowledged for as long as it may be */
    MBP_ALARM_SHELVE,
    MBP_ALARM_UNSHELVE,
    MBP_ALARM_SUPPRESS,
    MBP_ALARM_UNSUPPRESS,
    MBP_ALARM_REMOVE, /* from service */
    MBP_ALARM_RETURN, /* to service */
    MBP_ALARM_INPUT_COUNT
};

/* Beside a state, a transition may lead to: */
enum {
    MBP_ALARM_BACK = MBP_ALARM_STATE_COUNT, /* what it is without this suppression: another one, or what it kept */
    MBP_ALARM_KEPT                          /* the same; the state that it kept beneath takes the input */
};

struct mbp_alarm_transition {
    uint8_t next;   /* enum mbp_alarm_state, or one of the above */
    uint16_t emits; /* enum mbp_event_code; 0 = nothing */
};

/* What an alarm of that state does with that input: a row of the table that the diagnosis goes by. */
struct mbp_alarm_transition mbp_alarm_transition(enum mbp_alarm_state state, enum mbp_alarm_input input);

/* ---- the scan ---------------------------------------------------------------------------------------------------- */

/* Looks at every sensor. Emits ALARM_RAISED and ALARM_CLEARED, and what changes by itself: shelves that end,
 * suppression that follows the machines' states. Leaves counts in state and per machine (alarms, trip, and first_out
 * when it trips first). What is shelved, suppressed or out of service keeps its state, may return to normal, but is
 * never raised. */
void mbp_diagnosis_run(const struct mbp_plant *plant, struct mbp_state *state, struct mbp_events *events);

/* Brings what follows from the rest of the state up to date, without events: to be called when the state was taken over
 * from elsewhere (the journal, another plant), before the first run. No alarm that was active is raised again. What is
 * suppressed by design otherwise now is for the first run to say, so that it is told. */
void mbp_diagnosis_update(const struct mbp_plant *plant, struct mbp_state *state);

/* How much a sensor has changed within the window of its rate-of-change alarm, in engineering units; NaN without one.
 */
double mbp_diagnosis_change(const struct mbp_state *state, uint32_t sensor);

/* What an alarm of a sensor looks at now, and what it is measured against; NaN where it has no limit. */
double mbp_diagnosis_measured(const struct mbp_state *state, uint32_t sensor, unsigned alarm);
double mbp_diagnosis_against(const struct mbp_plant *plant, const struct mbp_state *state, uint32_t sensor,
                             unsigned alarm);

/* ---- masters ------------------------------------------------------------------------------------------------------
 */

/* A master's write to one limit of a sensor. asked: all four as masters want them, NaN = unused, for a write may be in
 * order only together with others of the same scan. Emits LIMIT_CHANGED; or WRITE_REFUSED, when the limit is in order
 * neither among those asked nor among those that hold, or beyond the instrument's range (it then stays as it was). The
 * same value again does nothing. */
void mbp_diagnosis_set_limit(const struct mbp_plant *plant, struct mbp_state *state, uint32_t sensor,
                             enum mbp_limit limit, const double asked[MBP_LIMIT_COUNT], uint32_t peer,
                             struct mbp_events *events);

/* Acknowledges all alarms of a sensor, or of a machine's sensors, that the operator sees; what is hidden stays as it
 * is. Idempotent. */
void mbp_diagnosis_acknowledge(const struct mbp_plant *plant, struct mbp_state *state, uint32_t machine, uint32_t peer,
                               struct mbp_events *events);
void mbp_diagnosis_acknowledge_sensor(const struct mbp_plant *plant, struct mbp_state *state, uint32_t sensor,
                                      uint32_t peer, struct mbp_events *events);

/* Resets the latched alarms of a sensor, or of a machine's sensors. One whose condition holds is not reset; one that
 * nobody has acknowledged still waits for that. Idempotent. */
void mbp_diagnosis_reset(const struct mbp_plant *plant, struct mbp_state *state, uint32_t machine, uint32_t peer,
                         struct mbp_events *events);
void mbp_diagnosis_reset_sensor(const struct mbp_plant *plant, struct mbp_state *state, uint32_t sensor, uint32_t peer,
                                struct mbp_events *events);

/* Shelves (until unshelved) or unshelves a sensor's alarms. Idempotent. */
void mbp_diagnosis_shelve(const struct mbp_plant *plant, struct mbp_state *state, uint32_t sensor, bool on,
                          uint32_t peer, struct mbp_events *events);

/* Shelves them for so long in simulated time; a shelf that is there already ends then instead. */
void mbp_diagnosis_shelve_for(const struct mbp_plant *plant, struct mbp_state *state, uint32_t sensor, uint64_t ns,
                              uint32_t peer, struct mbp_events *events);

/* Shelves them until all that is beyond now, or else what will be beyond next, has returned to normal (one-shot
 * shelving as in OPC UA part 9, 5.8.17). */
void mbp_diagnosis_shelve_once(const struct mbp_plant *plant, struct mbp_state *state, uint32_t sensor, uint32_t peer,
                               struct mbp_events *events);

/* What a master wrote to a sensor's shelving register: seconds, 0 = unshelve, or one of MBP_SHELVE_ONCE and _FOR_EVER.
 */
void mbp_diagnosis_set_shelving(const struct mbp_plant *plant, struct mbp_state *state, uint32_t sensor, uint16_t asked,
                                uint32_t peer, struct mbp_events *events);

/* Shelves (until unshelved) or unshelves all sensors of a machine. */
void mbp_diagnosis_shelve_all(const struct mbp_plant *plant, struct mbp_state *state, uint32_t machine, bool on,
                              uint32_t peer, struct mbp_events *events);

/* Carries out a command to one alarm, or to all of a sensor: emits what those above do, of that alarm. Returns what
 * became of it: MBP_RESULT_DONE, _NOTHING_TO_DO, or why it was refused. To unshelve or return all of a sensor ends what
 * hides single alarms of it too. */
enum mbp_deed_result mbp_diagnosis_do(const struct mbp_plant *plant, struct mbp_state *state,
                                      const struct mbp_alarm_command *command, struct mbp_events *events);

/* Ends the bypasses of what another plant has no more, with their events: sensor_to as mbp_change has it. */
void mbp_diagnosis_leave_bypasses(const struct mbp_plant *plant, struct mbp_state *state, const uint32_t *sensor_to,
                                  uint32_t peer, struct mbp_events *events);

/* Takes a sensor's alarms out of service, or returns them. Idempotent. */
void mbp_diagnosis_remove(const struct mbp_plant *plant, struct mbp_state *state, uint32_t sensor, bool on,
                          uint32_t peer, struct mbp_events *events);

#endif
