/* alarms: what is beyond its limit now, or waits for acknowledgement. */
#include "overview.h"

enum ctl_exit ctl_run_alarms(struct ctl *ctl)
{
    struct ctl_overview overview;
    enum ctl_exit code = ctl_overview_take(ctl, false, &overview);
    if (code != CTL_OK)
        return code;
    enum mbp_status status = MBP_OK;
    if (overview.report.alarm_count == 0 && ctl->options->format == MBP_FORMAT_TEXT)
        printf("no alarms\n");
    else
        status = mbp_report_write_alarms(&overview.report, ctl->options->format, ctl->colour, stdout);
    ctl_overview_free(ctl->plant, &overview);
    return status == MBP_OK ? CTL_OK : ctl_fail(ctl, status, "alarms");
}
