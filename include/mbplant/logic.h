/* logic: the assignments of units, run in their order once a scan on what sensors show; and what the journal is told of
 * expressions. */
#ifndef MBPLANT_LOGIC_H
#define MBPLANT_LOGIC_H

#include "mbplant/state.h"

/* Runs all units' logic: commands of actuators within their ranges, and machine states that are asked for in the scan
 * in which the assignment becomes TRUE. A target keeps what it is while the expression has a fault. Each assignment
 * sees what those before it set. Emits what mbp_machine_request does. */
void mbp_logic_run(const struct mbp_plant *plant, struct mbp_state *state, struct mbp_events *events);

/* What alarms of no sensor show before diagnosis looks at them: whether their expressions are TRUE. A condition stays
 * as it was while its expression has a fault, and its quality is bad. */
void mbp_logic_watch(const struct mbp_plant *plant, struct mbp_state *state);

/* The values of points that expressions give, each behind those that it reads. A value stays while its expression has a
 * fault. settling: before the first scan; what remembers something is left as it is. */
void mbp_logic_compute(const struct mbp_plant *plant, struct mbp_state *state, bool settling);

/* Emits FORMULA_FAULT and FORMULA_FINE for each expression, of signals too, that got a fault, another one or none. */
void mbp_logic_emit(const struct mbp_plant *plant, struct mbp_state *state, struct mbp_events *events);

/* Before a snapshot (then) is restored: emits the same for each expression of which the journal says another thing now.
 */
void mbp_logic_emit_restore(const struct mbp_plant *plant, const struct mbp_state *now, const struct mbp_state *then,
                            struct mbp_events *events);

#endif
