/* status: in other forms than text. */
#ifndef MBP_CTL_STATUS_H
#define MBP_CTL_STATUS_H

#include "verbs/overview.h"

/* On standard output. Errors: MBP_ERR_MEMORY. */
enum mbp_status ctl_status_json(const struct ctl *ctl, const struct ctl_overview *overview);

#endif
