/* fault: what goes wrong with the plant's sensors and its process. Each fault is active or not; it begins and ends by
 * itself (start, duration, mttf, mttr of the plant file) or by an instructor's hand. No event tells of it and no point
 * of the plant's units shows it: to an operator there is only what it does.
 *
 * Faults 0.. are the plant file's in file order; MBP_AD_HOC_FAULTS places for faults that an instructor makes up
 * follow. All that moves is in the state's block, so a snapshot holds it.
 *
 * A restart ends no fault: what is active goes on with what is left of its time, as does the wait for one that comes by
 * chance, or at its `start`. What the file gives otherwise of a fault then
 * holds from there on.
 *
 * A sensor's faults work on what it senses, after its noise and in the order of the list, before forcing: what a master
 * forces is shown as it is. A disturbance is added to its signal's base, so it passes the signal's integral, lag and
 * dead time as any other cause does, and whatever takes in the signal sees it; on a recording it is added to what the
 * recording says. When no fault is active all this costs a comparison per scan. */
#ifndef MBPLANT_FAULT_H
#define MBPLANT_FAULT_H

#include "mbplant/process.h"

/* Its name: of the file, or "ad hoc 1".. for the others. Returns buf or static storage. 16 bytes suffice. */
const char *mbp_fault_name(const struct mbp_plant *plant, uint32_t fault, char *buf, size_t size);

/* A fault of the file by its name; UINT32_MAX when there is none. */
uint32_t mbp_fault_find(const struct mbp_plant *plant, const char *name);

/* Begins or ends what has come to its time at state->sim_ns. To be called in each scan, before the process advances. */
void mbp_fault_run(const struct mbp_plant *plant, struct mbp_state *state);

/* Begins a fault now (nothing when it is active), or ends it. One that began by hand ends as its file says. An ad hoc
 * place that never had a fault has nothing to begin: MBP_ERR_MISSING. */
enum mbp_status mbp_fault_set(const struct mbp_plant *plant, struct mbp_state *state, uint32_t fault, bool on);

/* Begins a fault that is in no file, in the first ad hoc place that is not active. Output: fault, its number.
 * Errors: MBP_ERR_RANGE when the effect makes no sense (mbp_effect_possible), MBP_ERR_FULL. */
enum mbp_status mbp_fault_begin(const struct mbp_plant *plant, struct mbp_state *state, const struct mbp_effect *effect,
                                uint32_t *fault);

/* From one plant's state to another's, by the names of faults and sensors: what is active stays active as far as the
 * new plant has it. For a plant that is changed while it runs. */
void mbp_fault_carry(const struct mbp_plant *from_plant, const struct mbp_state *from, const struct mbp_plant *to_plant,
                     struct mbp_state *to);

/* The state has another seed: the times of what comes and goes by chance are drawn anew, from now on; as chance has no
 * memory, they are such times as any. */
void mbp_fault_follow_seed(const struct mbp_plant *plant, struct mbp_state *state);

/* What is to outlive this run. */
struct mbp_retained_fault mbp_fault_retain(const struct mbp_state *state, uint32_t fault);

/* Whether time alone changes it, so that it is worth retaining from time to time. */
bool mbp_fault_ages(const struct mbp_plant *plant, const struct mbp_state *state, uint32_t fault);

/* Goes on with what an earlier run retained; before the first scan. False: the plant has no such fault any more, or
 * gives it otherwise, and it is as its file says. */
bool mbp_fault_resume(const struct mbp_plant *plant, struct mbp_state *state, const struct mbp_retained_fault *kept);

#endif
