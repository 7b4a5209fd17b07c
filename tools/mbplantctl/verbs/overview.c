/* A snapshot as a report. */
#include "verbs/overview.h"

enum ctl_exit ctl_overview_take(struct ctl *ctl, struct ctl_overview *out)
{
    struct ctl_overview overview = {0};
    struct mbp_clock clock = mbp_clock_system();
    enum ctl_exit code = ctl_snapshot_take(ctl, &overview.snapshot);
    if (code != CTL_OK)
        return code;
    enum mbp_status status =
        mbp_overview_new(ctl->plant, &overview.snapshot, clock.wall_ms(clock.ctx), ctl->options->lang, &overview.seen);
    if (status != MBP_OK) {
        ctl_overview_free(ctl->plant, &overview);
        return ctl_fail(ctl, status, "reading the plant");
    }
    *out = overview;
    return CTL_OK;
}

void ctl_overview_free(const struct mbp_plant *plant, struct ctl_overview *overview)
{
    mbp_plant_view_free(plant, &overview->snapshot);
    mbp_overview_free(&overview->seen);
}
