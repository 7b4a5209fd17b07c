/* hidden: the alarms that an operator does not see, and the interlocks that are held off: why, for how long yet, and
 * whose doing it is. */
#ifndef MBP_CTL_HIDDEN_H
#define MBP_CTL_HIDDEN_H

#include "ctl.h"
#include "mbplant/report.h"

enum ctl_exit ctl_hidden_run(struct ctl *ctl);
enum ctl_exit ctl_bypasses_run(struct ctl *ctl);

/* Gives hidden alarms, and bypasses, the time of the event that hides them, where the journal tells. */
enum mbp_status ctl_hidden_since(struct ctl *ctl, struct mbp_report_alarm *alarms, size_t count);

#endif
