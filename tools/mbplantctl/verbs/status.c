/* status: the plant on one screen. */
#include <math.h>
#include <string.h>

#include "slave/point.h"
#include "verbs/overview.h"

#define SENSORS_MAX 60u /* more than that do not fit a screen: then those that have something to tell */

static const struct mbp_grid_column machine_columns[] = {
    {"MACHINE", "machine", false}, {"UNIT", "unit", true},     {"STATE", "state", false},
    {"FOR", "for", false},         {"ALARMS", "alarms", true}, {"GOOD", "good", true},
    {"REJECT", "reject", true},    {"DUE IN", "due", false},   {"TRIPPED BY", "first_out", false},
};

static const struct mbp_grid_column sensor_columns[] = {
    {"SENSOR", "sensor", false},      {"MACHINE", "machine", false}, {"VALUE", "value", true},
    {"LOW LOW", "low_low", true},     {"LOW", "low", true},          {"HIGH", "high", true},
    {"HIGH HIGH", "high_high", true}, {"FLAGS", "flags", false},
};

static void machine_row(const struct mbp_report_machine *machine, uint64_t now_ms, struct mbp_grid *grid)
{
    char span[32] = "-";
    char due[64];
    if (machine->since_ms != 0)
        mbp_span_text(now_ms > machine->since_ms ? (now_ms - machine->since_ms) / 1000 : 0, span, sizeof span);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", machine->name);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%u", machine->unit);
    mbp_grid_cell(grid, mbp_state_paint(machine->state), "%s", mbp_state_name(machine->state));
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", span);
    mbp_grid_cell(grid, machine->alarms > 0 ? MBP_PAINT_BAD : MBP_PAINT_NONE, "%u", machine->alarms);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%u", machine->good);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%u", machine->reject);
    mbp_grid_cell(grid, machine->due ? MBP_PAINT_CARE : MBP_PAINT_NONE, "%s",
                  mbp_report_due_text(MBP_LANG_EN, machine, due, sizeof due));
    mbp_grid_cell(grid, MBP_PAINT_BAD, "%s", machine->first_out);
}

static enum mbp_status print_machines(const struct ctl *ctl, const struct ctl_overview *overview)
{
    struct mbp_grid *grid = NULL;
    enum mbp_status status = mbp_grid_new(machine_columns, sizeof machine_columns / sizeof machine_columns[0], &grid);
    if (status != MBP_OK)
        return status;
    for (size_t m = 0; m < overview->seen.report.machine_count; m++)
        machine_row(&overview->seen.machines[m], overview->seen.report.now_ms, grid);
    putchar('\n');
    status = mbp_grid_write(grid, MBP_FORMAT_TEXT, ctl->colour, stdout);
    mbp_grid_free(grid);
    return status;
}

static void sensor_row(const struct mbp_plant *plant, uint32_t s, const struct mbp_plant_view *snapshot,
                       struct mbp_grid *grid)
{
    const struct mbp_sensor_view *now = &snapshot->sensors[s];
    const struct mbp_sensor *sensor = &plant->sensors[s];
    char text[96];
    bool in_alarm = ctl_limit_passed(now);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", sensor->name);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s",
                  sensor->machine < plant->machine_count ? plant->machines[sensor->machine].name : "");
    mbp_grid_cell(grid, in_alarm ? MBP_PAINT_BAD : MBP_PAINT_NONE, "%s",
                  snapshot->texts[s] != NULL ? snapshot->texts[s]
                                             : mbp_value_text(sensor, now->value, text, sizeof text));
    for (unsigned l = 0; l < MBP_LIMIT_COUNT; l++) {
        mbp_limit_text(sensor, now->limit[l], text, sizeof text);
        mbp_grid_cell(grid, now->active[l] ? MBP_PAINT_BAD : MBP_PAINT_NONE, "%s", isnan(now->limit[l]) ? "" : text);
    }
    mbp_grid_cell(grid, MBP_PAINT_CARE, "%s", ctl_flags_text(now, text, sizeof text));
}

static enum mbp_status print_sensors(const struct ctl *ctl, const struct ctl_overview *overview)
{
    const struct mbp_plant *plant = ctl->plant;
    struct mbp_grid *grid = NULL;
    bool all = ctl->options->all || plant->sensor_count <= SENSORS_MAX;
    uint32_t quiet = 0;
    enum mbp_status status = mbp_grid_new(sensor_columns, sizeof sensor_columns / sizeof sensor_columns[0], &grid);
    if (status != MBP_OK)
        return status;
    for (uint32_t s = 0; s < plant->sensor_count; s++) {
        if (all || ctl_sensor_bits(&overview->snapshot.sensors[s]) != 0)
            sensor_row(plant, s, &overview->snapshot, grid);
        else
            quiet++;
    }
    putchar('\n');
    if (quiet < plant->sensor_count)
        status = mbp_grid_write(grid, MBP_FORMAT_TEXT, ctl->colour, stdout);
    if (quiet > 0)
        ctl_say("%u sensors are normal; --all shows them\n", quiet);
    mbp_grid_free(grid);
    return status;
}

static enum mbp_status print_outputs(const struct ctl *ctl, const struct ctl_overview *overview)
{
    enum mbp_status status = MBP_OK;
    if (ctl->plant->actuator_count > 0) {
        putchar('\n');
        status = mbp_report_write_actuators(&overview->seen.report, ctl->plant, MBP_FORMAT_TEXT, ctl->colour, stdout);
    }
    if (status == MBP_OK && ctl->plant->controller_count > 0) {
        putchar('\n');
        status = mbp_report_write_controllers(&overview->seen.report, ctl->plant, MBP_FORMAT_TEXT, ctl->colour, stdout);
    }
    return status;
}

static void print_summary(const struct ctl *ctl, const struct ctl_overview *overview)
{
    const struct ctl_target *target = &ctl->options->target;
    const struct mbp_summary_view *summary = &overview->snapshot.summary;
    char span[32];
    char period[32];
    unsigned active = 0;
    unsigned waiting = 0;
    for (size_t i = 0; i < overview->seen.report.alarm_count; i++) {
        active += overview->seen.alarms[i].active;
        waiting += overview->seen.alarms[i].unacknowledged;
    }
    ctl_say("%s  at %s:%u\n", ctl->plant->name, target->host, target->port);
    ctl_say("%zu machines, %u sensors, %u active alarms, %u unacknowledged, %u events\n",
            overview->seen.report.machine_count, ctl->plant->sensor_count, active, waiting, summary->last_event);
    ctl_say("scan every %s: %u done, %u late, last %u us, longest %u us; simulated time %s\n",
            mbp_duration_format(ctl->plant->scan_ns, period, sizeof period), summary->scans, summary->late_scans,
            summary->scan_last_us, summary->scan_longest_us,
            mbp_span_text(summary->simulated_ms / 1000, span, sizeof span));
}

/* Nothing when all is well. */
static void print_journal_trouble(const struct ctl *ctl, const struct mbp_summary_view *summary)
{
    char line[160] = "";
    int len = 0;
    if (summary->journal_trouble)
        len = snprintf(line, sizeof line, "the journal cannot be written: events wait in memory, %.1f %% of it used",
                       summary->journal_memory_percent);
    if (summary->events_lost > 0)
        snprintf(line + len, sizeof line - (size_t)len, "%s%u events were lost for want of memory", len > 0 ? "; " : "",
                 summary->events_lost);
    if (line[0] != '\0') {
        ctl_say_painted(ctl, MBP_PAINT_BAD, line);
        ctl_say("\n");
    }
}

enum ctl_exit ctl_run_status(struct ctl *ctl)
{
    struct ctl_overview overview;
    enum ctl_exit code = ctl_overview_take(ctl, &overview);
    if (code != CTL_OK)
        return code;
    print_summary(ctl, &overview);
    print_journal_trouble(ctl, &overview.snapshot.summary);
    enum mbp_status status = MBP_OK;
    if (overview.seen.report.machine_count > 0)
        status = print_machines(ctl, &overview);
    if (status == MBP_OK && ctl->plant->sensor_count > 0)
        status = print_sensors(ctl, &overview);
    if (status == MBP_OK)
        status = print_outputs(ctl, &overview);
    ctl_overview_free(ctl->plant, &overview);
    return status == MBP_OK ? CTL_OK : ctl_fail(ctl, status, "status");
}
