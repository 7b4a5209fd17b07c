/* run_report: --report: what a run as fast as possible was like. */
#ifndef MBPLANT_RUN_REPORT_H
#define MBPLANT_RUN_REPORT_H

#include "daemon.h"

/* From its first event on, to stdout. With all of it stored. Errors: those of mbp_own_report_write. */
enum mbp_status run_report_write(struct daemon *daemon);

#endif
