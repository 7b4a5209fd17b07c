/* report: what a report is made of, a slave or a dump. */
#ifndef MBP_CTL_REPORT_H
#define MBP_CTL_REPORT_H

#include "ctl.h"
#include "dump/dump.h"
#include "mbplant/report/made.h"

/* What is asked for. Errors are told. Ownership: mbp_made_report_free, before the dump is closed. */
enum ctl_exit ctl_report_of_slave(struct ctl *ctl, const struct mbp_report_options *options,
                                  struct mbp_made_report *out);
enum ctl_exit ctl_report_of_dump(struct ctl *ctl, struct ctl_dump *dump, const struct mbp_report_options *options,
                                 struct mbp_made_report *out);

/* Of the slave or of --load, in the format of the options. */
enum ctl_exit ctl_report_print(struct ctl *ctl, const struct mbp_report_options *options);

#endif
