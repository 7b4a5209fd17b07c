/* The report for a terminal: one screen, aligned, coloured when asked. */
#include "writers.h"

static void put_line(const char *title, const char *line, bool colour, FILE *out)
{
    const char *on = colour ? mbp_paint_code(MBP_PAINT_TITLE) : "";
    fprintf(out, "%s%-15s%s%s\n", on, title, colour ? "\033[0m" : "", line);
}

static void put_summary(const struct mbp_report *report, const struct mbp_plant *plant, bool colour, FILE *out)
{
    char line[512];
    put_line("Plant", report->plant, colour, out);
    put_line("Made", mbp_time_format(report->now_ms, line, sizeof line), colour, out);
    put_line("Machines", mbp_report_machines_line(report, line, sizeof line), colour, out);
    put_line("Alarms", mbp_report_alarms_line(report, line, sizeof line), colour, out);
    put_line("Last incident", mbp_report_incident_line(report, plant, line, sizeof line), colour, out);
    put_line("Production", mbp_report_production_line(report, line, sizeof line), colour, out);
    put_line("Scans", mbp_report_scan_line(report, line, sizeof line), colour, out);
}

enum mbp_status mbp_report_text(const struct mbp_report *report, const struct mbp_plant *plant, bool colour, FILE *out)
{
    struct mbp_grid *machines = NULL;
    struct mbp_grid *alarms = NULL;
    enum mbp_status status = mbp_report_machine_grid(report, &machines);
    if (status == MBP_OK)
        status = mbp_report_alarm_grid(report, &alarms);
    if (status != MBP_OK)
        goto out;
    put_summary(report, plant, colour, out);
    if (report->machine_count > 0) {
        putc('\n', out);
        status = mbp_grid_write(machines, MBP_FORMAT_TEXT, colour, out);
    }
    if (report->alarm_count > 0 && status == MBP_OK) {
        putc('\n', out);
        status = mbp_grid_write(alarms, MBP_FORMAT_TEXT, colour, out);
    }
out:
    mbp_grid_free(machines);
    mbp_grid_free(alarms);
    return status;
}
