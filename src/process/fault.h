/* fault: how signals and sensors take in what goes wrong. */
#ifndef MBPLANT_PROCESS_FAULT_H
#define MBPLANT_PROCESS_FAULT_H

#include "mbplant/fault.h"

/* Numbers that no other draw of the same name uses. */
#define FAULT_EFFECT_STREAM UINT64_C(0x6661756C74)
#define FAULT_TIME_STREAM   UINT64_C(0x6661756C7474)

/* What active faults make of what the sensors from first up to end sense, seen[0]..; at is the first active fault that
 * may be of them. Returns the first one behind them. */
uint32_t process_fault_sense(const struct mbp_process *process, const struct mbp_state *state, uint32_t at,
                             uint32_t first, uint32_t end, double *seen);

/* What active faults make of an actuator's way. */
struct process_trouble {
    bool stuck;
    double held;   /* where, when stuck */
    double offset; /* added to its command */
    double stride; /* the farthest that it gets in a scan */
};

/* The first active fault that is of an actuator. */
uint32_t process_fault_first_of_actuators(const struct mbp_process *process, const struct mbp_state *state);

/* Takes in the active faults of actuator a from `at` on, its first or one of a later actuator. Returns the first one
 * behind them. out->stride is that of the actuator as it should be. */
uint32_t process_fault_actuate(const struct mbp_process *process, const struct mbp_state *state, uint32_t at,
                               uint32_t a, struct process_trouble *out);

/* Adds disturbances to the bases of their signals for one advance, and opens actuators by what passes through them when
 * they are shut; and takes both off again. */
void process_fault_disturb(const struct mbp_process *process, struct mbp_state *state);
void process_fault_calm(struct mbp_state *state);

#endif
