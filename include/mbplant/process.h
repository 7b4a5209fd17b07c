/* process: signals advance by one period, then sensors sense them: noise, forcing, saturation, quantisation. */
#ifndef MBPLANT_PROCESS_H
#define MBPLANT_PROCESS_H

#include "mbplant/event.h"
#include "mbplant/state.h"

struct mbp_process;

/* Shape: coefficients for this plant at its seed and scan period; recordings are read; the order of dependency is
 * found. Errors: MBP_ERR_MEMORY; MBP_ERR_IO, MBP_ERR_FORMAT, MBP_ERR_RANGE for a recording, of which mbp_process_check
 * tells more. Ownership: mbp_process_free. */
enum mbp_status mbp_process_new(const struct mbp_plant *plant, struct mbp_process **out);
void mbp_process_free(struct mbp_process *process);

/* From now on noise and wander are those of the state's seed, where that is another one than before: it is changed
 * while the plant runs, and comes with what is restored. Cheap when it is the same. */
void mbp_process_follow_seed(struct mbp_process *process, const struct mbp_state *state);

/* Reads every recording (`replay`) of the plant once, to see whether it can be. A remote plant may name what stands
 * below its folder, and what the running plant (now; NULL = none) plays. One line "path:line:col: ..." to errors for
 * each that cannot be: MBP_ERR_IO, MBP_ERR_FORMAT; MBP_ERR_MEMORY. */
enum mbp_status mbp_process_check(const struct mbp_plant *plant, const struct mbp_plant *now, FILE *errors);

/* --check: one line for each loop of signals, and one for each controller: the way from what it moves back to what it
 * reads, or that there is none; then warnings of controllers that drive away from their setpoint and of integrals that
 * fill at once. Eight of each at most, then how many more. Errors: MBP_ERR_MEMORY. */
enum mbp_status mbp_process_print_loops(const struct mbp_plant *plant, FILE *out);

/* Puts every signal at rest at the state's simulated time, for the machines' present states: lags and dead times have
 * passed, integrals stand at their `initial`, nothing has wandered yet. */
void mbp_process_find_steady_state(const struct mbp_process *process, struct mbp_state *state);

/* process: signals advance to state->sim_ns, the end of this scan. To be called once in each scan, which state->tick
 * counts. Of each sensor:
 *   u = base (of its machine's state) + wave
 *       + sum of gain * function(source's process value behind the input's lag, then dead time)
 *         * position of the actuator that it is `times`;
 *   integrate: y += gain * u * T, kept within the instrument's range: a tank holds no more than full;
 *   lag: y = u + (y - u) e^(-T/tau), which is exact for a u that is constant within the scan, at any period T;
 *   dead time: u as it was that long ago; between two scans, on the line between their values;
 *   wander: + x, where x = x e^(-T/tau) + sigma sqrt(1 - e^(-2T/tau)) n: the Ornstein-Uhlenbeck process, exact as well;
 *   bool: 1 from a half up, else 0;
 * or the row of a recording that holds at this time.
 * An actuator moves first, towards its command or, while its machine is not en_service, its fail position, by no more
 * than its travel time allows. A sensor is advanced after those that it takes in, so all see each other in the same
 * scan. In a loop one input must see the scan before: that of an integrator if there is one, so that a flow which
 * depends on a level is one number for the vessel that it leaves and the one that it enters. No process value goes
 * beyond +-1e100. */
void mbp_process_advance(const struct mbp_process *process, struct mbp_state *state);

/* sense: value = quantise(clamp(process value + noise)), or the forced value; MBP_SENSOR_BAD where clamping was needed.
 * A `once` value is shown by this call and then ends by itself. */
void mbp_process_sense(const struct mbp_process *process, struct mbp_state *state);

/* A master's write to a sensor's value (clamped to the instrument's range; NaN is ignored), or its forced coil. Units:
 * engineering units. Emits VALUE_FORCED, VALUE_RELEASED. */
void mbp_process_force(const struct mbp_process *process, struct mbp_state *state, uint32_t sensor, double value,
                       uint32_t peer, struct mbp_events *events);
/* A master's command to an actuator, clamped to its range; NaN is ignored; an on/off one is on when it is not 0. Units:
 * engineering units. Emits POINT_WRITTEN when it is another than before. */
void mbp_process_command(const struct mbp_process *process, struct mbp_state *state, uint32_t actuator, double command,
                         uint32_t peer, struct mbp_events *events);
void mbp_process_release(const struct mbp_process *process, struct mbp_state *state, uint32_t sensor, uint32_t peer,
                         struct mbp_events *events);

#endif
