/* The report of a run. */
#include "run_report.h"

#include "mbplant/report/own.h"

enum mbp_status run_report_write(struct daemon *daemon)
{
    const struct mbp_report_options options = {.since = {MBP_MOMENT_EVENT, daemon->outputs.next_event, 0}};
    struct mbp_own_report *own = NULL;
    enum mbp_status status = mbp_own_report_new(daemon->plant, daemon->scan, daemon->journal,
                                                daemon->clock.wall_ms(daemon->clock.ctx), &own);
    if (status == MBP_OK)
        status = mbp_own_report_write(own, &options, daemon->options.run_report, stdout);
    mbp_own_report_free(own);
    return status;
}
