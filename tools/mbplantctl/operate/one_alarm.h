/* one_alarm: what is done to one alarm by its name, TT101.high: through its unit's command record. */
#ifndef MBP_CTL_ONE_ALARM_H
#define MBP_CTL_ONE_ALARM_H

#include "ctl.h"
#include "mbplant/state/alarm.h"

struct ctl_one_alarm {
    uint32_t sensor; /* plant-wide */
    unsigned alarm;  /* enum mbp_limit */
};

/* Whether the name is that of a sensor's alarm: SENSOR.ALARM, in any case. */
bool ctl_one_alarm_find(const struct mbp_plant *plant, const char *name, struct ctl_one_alarm *out);

/* "TT101.high", an alarm of no sensor as its name; returns buf. MBP_NAME_MAX and 20 bytes suffice. */
const char *ctl_one_alarm_name(const struct mbp_plant *plant, const struct ctl_one_alarm *alarm, char *buf,
                               size_t size);

/* Commands it, waits for the scan that carries it out, and says what became of it: "TT101.high: acknowledged". */
enum ctl_exit ctl_one_alarm_do(struct ctl *ctl, const struct ctl_one_alarm *alarm, enum mbp_alarm_deed deed,
                               uint32_t seconds, const char *done);

/* Of sensors from first on: unshelves or returns the alarms that were shelved or taken out of service alone; counts
 * those sensors. What it wrote waits for the next scan. */
enum ctl_exit ctl_one_alarm_end(struct ctl *ctl, uint32_t first, uint32_t count, enum mbp_alarm_deed deed,
                                uint32_t *ended);

/* Likewise, but all alarms of each: what waits for a scan is hidden by it, and is not seen yet. */
enum ctl_exit ctl_one_alarm_end_unseen(struct ctl *ctl, uint32_t first, uint32_t count, enum mbp_alarm_deed deed);

#endif
