/* overview: a snapshot as the report's structs, for alarms, status and watch. */
#ifndef MBP_CTL_OVERVIEW_H
#define MBP_CTL_OVERVIEW_H

#include "ctl.h"
#include "mbplant/report/overview.h"
#include "slave/snapshot.h"

struct ctl_overview {
    struct mbp_plant_view snapshot;
    struct mbp_overview seen;
};

/* The plant now. Errors are told. Ownership: ctl_overview_free. */
enum ctl_exit ctl_overview_take(struct ctl *ctl, struct ctl_overview *out);
void ctl_overview_free(const struct mbp_plant *plant, struct ctl_overview *overview);

#endif
