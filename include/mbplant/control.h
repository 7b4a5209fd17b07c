/* control: controllers, as a PLC runs them: once a scan, before the process, on what the sensors showed last. */
#ifndef MBPLANT_CONTROL_H
#define MBPLANT_CONTROL_H

#include "mbplant/event.h"
#include "mbplant/state.h"

struct mbp_control;

/* Shape: the order in which controllers run, each after the one that gives its setpoint. Errors: MBP_ERR_MEMORY.
 * Ownership: mbp_control_free. plant must outlive it. */
enum mbp_status mbp_control_new(const struct mbp_plant *plant, struct mbp_control **out);
void mbp_control_free(struct mbp_control *control);

/* One scan of every controller. A two-position one switches its on/off actuator: on at `low` and below, off at `high`
 * and above, the other way round when direct; its setpoint is amid the two. A PID controller in the standard (ISA)
 * form: output = gain (e + integral of e / integral time + derivative time x rate) + feedforward, within its output
 * range, e = setpoint - measurement (action reverse) or measurement - setpoint (direct). The derivative acts on the
 * measurement alone, behind a lag of a tenth of its time. While the output is at an end the integral is pulled back to
 * what the output is, within the integral time (back-calculation), so it does not wind up. In manual, and while its
 * actuator is at its fail position, a controller follows: its integral is kept such that it goes on without a bump. So
 * does an outer one while its inner one follows, at the setpoint that this one has; and while the output of the inner
 * one is at an end, the outer integral does not grow in that direction. The same holds for a change of gain or
 * derivative. A sensor without a number leaves the output as it is. Source: Astrom and Hagglund, Advanced PID Control
 * (2006), 3.5 and 13.3. */
void mbp_control_run(const struct mbp_control *control, struct mbp_state *state);

/* A changed plant takes over, after mbp_state_carry: a controller goes on from where it is. A setting that the file
 * gives otherwise now is the file's, as if a master had written it; so is one that can be no more. One that measures,
 * moves or takes in something else begins from where its output is. */
void mbp_control_carry(const struct mbp_carry *carry, struct mbp_state *to);

/* A master's new setting; NaN and what the setting cannot be is ignored, as is MANUAL in automatic and SETPOINT of an
 * inner controller in automatic. Emits POINT_WRITTEN when it is another than before. */
void mbp_control_set(const struct mbp_plant *plant, struct mbp_state *state, uint32_t controller,
                     enum mbp_setting setting, double value, uint32_t peer, struct mbp_events *events);

/* Automatic or manual. Emits POINT_WRITTEN when it is another than before. */
void mbp_control_switch(const struct mbp_plant *plant, struct mbp_state *state, uint32_t controller, bool automatic,
                        uint32_t peer, struct mbp_events *events);

#endif
