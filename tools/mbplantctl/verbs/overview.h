/* overview: a snapshot as the report's structs, for report, alarms and status. */
#ifndef MBP_CTL_OVERVIEW_H
#define MBP_CTL_OVERVIEW_H

#include "ctl.h"
#include "dump/dump.h"
#include "slave/past.h"
#include "slave/snapshot.h"

struct ctl_overview {
    struct ctl_snapshot snapshot;
    struct mbp_report report;
    struct mbp_report_machine *machines;
    struct mbp_report_alarm *alarms;
    struct mbp_report_actuator *actuators;
    struct mbp_report_controller *controllers;
    char (*causes)[256];  /* of the machines' present states */
    struct ctl_past past; /* of a slave: the plants of the events that were looked at */
};

/* The plant now. with_journal also reads the last incident and why each machine is in its state from the journal.
 * Errors are told. Ownership: ctl_overview_free. */
enum ctl_exit ctl_overview_take(struct ctl *ctl, bool with_journal, struct ctl_overview *out);

/* The same from a dump, whose plant and snapshot then belong to ctl and the overview. Errors are told. */
enum ctl_exit ctl_overview_of_dump(struct ctl *ctl, struct ctl_dump *dump, struct ctl_overview *out);

void ctl_overview_free(const struct mbp_plant *plant, struct ctl_overview *overview);

/* The alarms that are not normal, or with `all` every one that there is; alarms has room for MBP_ALARM_COUNT per
 * sensor. Returns how many. */
size_t ctl_alarms_fill(const struct mbp_plant *plant, const struct ctl_snapshot *snapshot, bool all,
                       struct mbp_report_alarm *alarms);

#endif
