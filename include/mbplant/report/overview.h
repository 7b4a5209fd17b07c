/* overview: the views of a whole plant (mbplant/view.h) as a report: what report, alarms, status and watch show. Who
 * fills the views does not matter: the daemon from its state, a master from the words that it read. */
#ifndef MBPLANT_REPORT_OVERVIEW_H
#define MBPLANT_REPORT_OVERVIEW_H

#include "mbplant/report.h"
#include "mbplant/view.h"

#define MBP_OVERVIEW_CAUSE 256u /* bytes of a cause */

struct mbp_overview {
    struct mbp_report report; /* points to what follows */
    struct mbp_report_machine *machines;
    struct mbp_report_alarm *alarms;
    struct mbp_report_actuator *actuators;
    struct mbp_report_controller *controllers;
    char (*causes)[MBP_OVERVIEW_CAUSE]; /* of the machines' present states: "" until an event told them */
};

/* The plant as the views show it at now_ms (wall time). Plant must outlive it, the views need not. Errors:
 * MBP_ERR_MEMORY (nothing to free). Ownership: mbp_overview_free. */
enum mbp_status mbp_overview_new(const struct mbp_plant *plant, const struct mbp_plant_view *view, uint64_t now_ms,
                                 enum mbp_lang lang, struct mbp_overview *out);
void mbp_overview_free(struct mbp_overview *overview);

/* The alarms that are not normal, or with `all` every one that there is, and an entry for each bypass of one of them
 * (mbplant/report/alarm.h); alarms has room for two of MBP_ALARM_COUNT per sensor. Returns how many. */
size_t mbp_overview_alarms(const struct mbp_plant *plant, const struct mbp_plant_view *view, bool all,
                           struct mbp_report_alarm *alarms);

/* What the interlock is that an alarm of a sensor is, or one of `interlocks` (alarm MBP_CONDITION). Of a shelved alarm:
 * by what the sensor shows now. */
enum mbp_interlock_state mbp_overview_interlock(const struct mbp_sensor *sensor, const struct mbp_sensor_view *now,
                                                unsigned alarm);

#endif
