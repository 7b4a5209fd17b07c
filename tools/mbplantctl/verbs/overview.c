/* A snapshot as a report. */
#include "verbs/overview.h"

static enum ctl_exit take(struct ctl *ctl, struct ctl_overview *out)
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

/* Machines count more alarms than their sensors tell: bypasses, of which words tell that are not read as a rule. */
static bool lacks_alarms(const struct mbp_report *report)
{
    size_t counted = 0;
    size_t listed = 0;
    for (size_t m = 0; m < report->machine_count; m++)
        counted += report->machines[m].alarms;
    for (size_t a = 0; a < report->alarm_count; a++) {
        const struct mbp_report_alarm *alarm = &report->alarms[a];
        bool latched =
            alarm->state == MBP_ALARM_LATCHED_UNACKNOWLEDGED || alarm->state == MBP_ALARM_LATCHED_ACKNOWLEDGED;
        listed += (alarm->active || latched) && alarm->machine[0] != '\0';
    }
    return counted > listed;
}

enum ctl_exit ctl_overview_take(struct ctl *ctl, struct ctl_overview *out)
{
    enum ctl_exit code = take(ctl, out);
    if (code != CTL_OK || ctl->shelves || !lacks_alarms(&out->seen.report))
        return code;
    ctl_overview_free(ctl->plant, out);
    ctl->shelves = true;
    code = take(ctl, out);
    ctl->shelves = false;
    return code;
}

void ctl_overview_free(const struct mbp_plant *plant, struct ctl_overview *overview)
{
    mbp_plant_view_free(plant, &overview->snapshot);
    mbp_overview_free(&overview->seen);
}
