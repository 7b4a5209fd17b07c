/* already: who did what somebody finds done. */
#ifndef MBP_CTL_ALREADY_H
#define MBP_CTL_ALREADY_H

#include "ctl.h"
#include "mbplant/state/alarm.h"

/* Says who did it to an alarm of a sensor (MBP_ALARM_COUNT: to any of them) and when, as the newest events tell;
 * nothing where they do not. */
void ctl_say_who_did(struct ctl *ctl, uint32_t sensor, unsigned alarm, enum mbp_alarm_deed deed);

#endif
