/* interlock: what stops a machine, or does not let it start, by itself. An interlock is not an alarm: what hides an
 * alarm from the operator disarms nothing, and an interlock has a bypass of its own (ISA-18.2-2016 clause 3, IEC
 * 61511-1 clause 11.2).
 *
 * One table has them all: of a sensor, or an alarm of none, each alarm that trips the machine is one, by the alarm's
 * name; and those of `interlocks` of a machine, which stand in sensors[] behind the alarms of no sensor, each with
 * an alarm that is raised while it is bypassed. */
#ifndef MBPLANT_PLANT_INTERLOCK_H
#define MBPLANT_PLANT_INTERLOCK_H

#include "mbplant/plant.h"

#define MBP_INTERLOCKS_PER_MACHINE_MAX 64 /* of `interlocks` */

/* Behind an interlock's name: that of the alarm of its bypass. */
#define MBP_BYPASS_SUFFIX ".bypassed"

/* What that alarm says; behind a colon what its interlock says. */
#define MBP_BYPASS_MESSAGE "interlock bypassed"

#define MBP_INTERLOCK_MESSAGE_MAX 60 /* bytes of what an interlock says to people */

/* Of that alarm, unless the plant file says another. The bypass of an alarm that trips has no row: those who list
 * alarms make an entry of it, TT101.high_high.bypassed, active as long as it stands, that nobody acknowledges. */
#define MBP_BYPASS_PRIORITY MBP_PRIORITY_MEDIUM

/* A mask of a bit per enum mbp_limit: the alarms of a sensor that are interlocks, or its own. */
static inline uint8_t mbp_sensor_interlocks(const struct mbp_sensor *sensor)
{
    return (uint8_t)(sensor->trip | sensor->bars);
}

static inline bool mbp_is_interlock(const struct mbp_sensor *sensor)
{
    return sensor->interlock == MBP_INTERLOCK;
}

/* Of the two that belong together: the alarm of an interlock's bypass, and the interlock of such an alarm. */
static inline uint32_t mbp_bypass_of_interlock(const struct mbp_plant *plant, uint32_t interlock)
{
    return interlock - plant->units[plant->sensors[interlock].unit].interlock_count;
}

static inline uint32_t mbp_interlock_of_bypass(const struct mbp_plant *plant, uint32_t bypass)
{
    return bypass + plant->units[plant->sensors[bypass].unit].interlock_count;
}

/* How long an interlock may be bypassed; 0 = never. */
static inline uint64_t mbp_longest_bypass_ns(const struct mbp_plant *plant, uint32_t sensor)
{
    const struct mbp_sensor *of = &plant->sensors[sensor];
    uint64_t own = mbp_is_interlock(of) ? mbp_sensor_alarms(of)->longest_bypass_ns : MBP_BYPASS_AS_POLICY;
    return own == MBP_BYPASS_AS_POLICY ? plant->policy.longest_bypass_ns : own;
}

#endif
