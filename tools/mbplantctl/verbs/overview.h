/* overview: a snapshot as the report's structs, for report, alarms and status. */
#ifndef MBP_CTL_OVERVIEW_H
#define MBP_CTL_OVERVIEW_H

#include "ctl.h"
#include "dump/dump.h"
#include "mbplant/overview.h"
#include "slave/snapshot.h"

struct ctl_overview {
    struct mbp_plant_view snapshot;
    struct mbp_overview seen;
};

/* The plant now. with_journal also reads the last incident and why each machine is in its state from the journal.
 * Errors are told. Ownership: ctl_overview_free. */
enum ctl_exit ctl_overview_take(struct ctl *ctl, bool with_journal, struct ctl_overview *out);

/* The same from a dump, whose plant and snapshot then belong to ctl and the overview. Errors are told. */
enum ctl_exit ctl_overview_of_dump(struct ctl *ctl, struct ctl_dump *dump, struct ctl_overview *out);

void ctl_overview_free(const struct mbp_plant *plant, struct ctl_overview *overview);

#endif
