/* report: the summary of the plant, made over Modbus alone. */
#include "overview.h"

enum ctl_exit ctl_run_report(struct ctl *ctl)
{
    struct ctl_overview overview;
    enum ctl_exit code = ctl_overview_take(ctl, true, &overview);
    if (code != CTL_OK)
        return code;
    enum mbp_status status = mbp_report_write(&overview.report, ctl->plant, ctl->options->format, ctl->colour, stdout);
    ctl_overview_free(ctl->plant, &overview);
    return status == MBP_OK ? CTL_OK : ctl_fail(ctl, status, "report");
}
