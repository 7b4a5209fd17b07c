/* The report as Markdown: headings, a list, two tables. */
#include "writers.h"

static void put_summary(const struct mbp_report *report, const struct mbp_plant *plant, FILE *out)
{
    char line[512];
    fprintf(out, "# %s\n\n", report->plant);
    fprintf(out, "- Made: %s\n", mbp_time_format(report->now_ms, line, sizeof line));
    fprintf(out, "- Machines: %s\n", mbp_report_machines_line(report, line, sizeof line));
    fprintf(out, "- Alarms: %s\n", mbp_report_alarms_line(report, line, sizeof line));
    fprintf(out, "- Last incident: %s\n", mbp_report_incident_line(report, plant, line, sizeof line));
    fprintf(out, "- Production: %s\n", mbp_report_production_line(report, line, sizeof line));
    fprintf(out, "- Scans: %s\n", mbp_report_scan_line(report, line, sizeof line));
}

enum mbp_status mbp_report_markdown(const struct mbp_report *report, const struct mbp_plant *plant, FILE *out)
{
    struct mbp_grid *machines = NULL;
    struct mbp_grid *alarms = NULL;
    enum mbp_status status = mbp_report_machine_grid(report, &machines);
    if (status == MBP_OK)
        status = mbp_report_alarm_grid(report, &alarms);
    if (status != MBP_OK)
        goto out;
    put_summary(report, plant, out);
    fputs("\n## Machines\n\n", out);
    status = mbp_grid_write(machines, MBP_FORMAT_MARKDOWN, false, out);
    if (status != MBP_OK)
        goto out;
    fputs("\n## Alarms\n\n", out);
    if (report->alarm_count == 0)
        fputs("None.\n", out);
    else
        status = mbp_grid_write(alarms, MBP_FORMAT_MARKDOWN, false, out);
out:
    mbp_grid_free(machines);
    mbp_grid_free(alarms);
    return status;
}
