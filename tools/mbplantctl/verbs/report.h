/* report: what a report is made of, a slave or a dump. */
#ifndef MBP_CTL_REPORT_H
#define MBP_CTL_REPORT_H

#include "ctl.h"
#include "dump/dump.h"
#include "mbplant/report/made.h"

/* Of the period in the options. Errors are told. Ownership: mbp_made_report_free, before the dump is closed. */
enum ctl_exit ctl_report_of_slave(struct ctl *ctl, struct mbp_made_report *out);
enum ctl_exit ctl_report_of_dump(struct ctl *ctl, struct ctl_dump *dump, struct mbp_made_report *out);

#endif
