/* alarms [--all]: what is beyond its limit now, waits for acknowledgement or for a reset; or all alarms there are. */
#include "verbs/overview.h"

enum ctl_exit ctl_run_alarms(struct ctl *ctl)
{
    struct ctl_overview overview;
    enum ctl_exit code = ctl_overview_take(ctl, &overview);
    if (code != CTL_OK)
        return code;
    enum mbp_status status = MBP_OK;
    if (ctl->options->all)
        overview.seen.report.alarm_count =
            mbp_overview_alarms(ctl->plant, &overview.snapshot, true, overview.seen.alarms);
    if (overview.seen.report.alarm_count == 0 && ctl->options->format == MBP_FORMAT_TEXT)
        ctl_say("no alarms\n");
    else
        status = mbp_report_write_alarms(&overview.seen.report, ctl->options->format, ctl->colour, stdout);
    ctl_overview_free(ctl->plant, &overview);
    return status == MBP_OK ? CTL_OK : ctl_fail(ctl, status, "alarms");
}
