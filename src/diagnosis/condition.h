/* condition: whether what an alarm watches for holds, by what the sensor shows and for how long. */
#ifndef MBPLANT_DIAGNOSIS_CONDITION_H
#define MBPLANT_DIAGNOSIS_CONDITION_H

#include "life.h"

/* Sensors that are looked at together: as long as nothing is up with any of them, this is all that a scan does. */
#define CONDITION_BLOCK 64u

/* Whether none of count sensors (at most a block) from first is beyond a limit, bad where that matters, has an alarm
 * that is not normal, or stands on a shelf that may end by itself with the next look. */
bool condition_calm(const struct mbp_state *state, uint32_t first, uint32_t count);

/* The limits and the quality of one sensor; feeds what changed to its alarms. */
void condition_judge(const struct life *life, uint32_t sensor);

/* The rates of change of all sensors that have such an alarm. */
void condition_judge_rates(const struct life *life);

#endif
