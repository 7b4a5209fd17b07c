/* status: the plant on one screen. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mbplant/mqtt/link.h"
#include "mbplant/report/words.h"
#include "shell/status.h"
#include "slave/fetch.h"
#include "slave/point.h"
#include "slave/value.h"
#include "verbs/force_point.h"
#include "verbs/overview.h"
#include "verbs/why.h"

#define SENSORS_MAX 60u /* more than that do not fit a screen: then those that have something to tell */

static const struct mbp_grid_column machine_columns[] = {
    {"MACHINE", "machine", false}, {"UNIT", "unit", true},     {"STATE", "state", false},
    {"FOR (WALL)", "for", false},  {"ALARMS", "alarms", true}, {"GOOD", "good", true},
    {"REJECT", "reject", true},    {"DUE IN", "due", false},   {"TRIPPED BY", "first_out", false},
};

static const struct mbp_grid_column sensor_columns[] = {
    {"SENSOR", "sensor", false},      {"MACHINE", "machine", false}, {"VALUE", "value", true},
    {"LOW LOW", "low_low", true},     {"LOW", "low", true},          {"HIGH", "high", true},
    {"HIGH HIGH", "high_high", true}, {"FLAGS", "flags", false},
};

/* "-" where no address shows it. */
static void count_cell(const struct mbp_report_machine *machine, enum mbp_machine_figure figure, uint32_t count,
                       enum mbp_paint paint, struct mbp_grid *grid)
{
    if (mbp_report_tells(machine, figure))
        mbp_grid_cell(grid, count > 0 ? paint : MBP_PAINT_NONE, "%u", count);
    else
        mbp_grid_cell(grid, MBP_PAINT_NONE, "-");
}

static void machine_row(const struct mbp_report_machine *machine, uint64_t now_ms, struct mbp_grid *grid)
{
    char span[32] = "-";
    char due[64];
    if (machine->since_ms != 0)
        mbp_span_text_in(ctl_spoken(), now_ms > machine->since_ms ? (now_ms - machine->since_ms) / 1000 : 0, span,
                         sizeof span);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", machine->name);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%u", machine->unit);
    mbp_grid_cell(grid, machine->untold ? MBP_PAINT_NONE : mbp_state_paint(machine->state), "%s",
                  machine->untold ? "-" : ctl_tr(mbp_state_name(machine->state)));
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", span);
    count_cell(machine, MBP_FIGURE_ALARMS, machine->alarms, MBP_PAINT_BAD, grid);
    count_cell(machine, MBP_FIGURE_GOOD, machine->good, MBP_PAINT_NONE, grid);
    count_cell(machine, MBP_FIGURE_REJECT, machine->reject, MBP_PAINT_NONE, grid);
    mbp_grid_cell(grid, machine->due ? MBP_PAINT_CARE : MBP_PAINT_NONE, "%s",
                  mbp_report_due_text(ctl_spoken(), machine, due, sizeof due));
    mbp_grid_cell(grid, MBP_PAINT_BAD, "%s", machine->first_out);
}

static enum mbp_status print_machines(const struct ctl *ctl, const struct ctl_overview *overview)
{
    struct mbp_grid *grid = NULL;
    enum mbp_status status = ctl_grid_new(machine_columns, sizeof machine_columns / sizeof machine_columns[0], &grid);
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
    mbp_value_text(sensor, now->value, text, sizeof text);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", sensor->name);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s",
                  sensor->machine < plant->machine_count ? plant->machines[sensor->machine].name : "");
    mbp_grid_cell(grid, in_alarm ? MBP_PAINT_BAD : MBP_PAINT_NONE, "%s",
                  snapshot->texts[s] != NULL ? snapshot->texts[s] : mbp_message_decimal(ctl_spoken(), text));
    for (unsigned l = 0; l < MBP_LIMIT_COUNT; l++) {
        mbp_limit_text(sensor, now->limit[l], text, sizeof text);
        mbp_message_decimal(ctl_spoken(), text);
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
    enum mbp_status status = ctl_grid_new(sensor_columns, sizeof sensor_columns / sizeof sensor_columns[0], &grid);
    if (status != MBP_OK)
        return status;
    for (uint32_t s = 0; s < plant->sensor_count; s++) {
        if (plant->sensors[s].is_alarm)
            continue; /* of no sensor: `alarms` has it */
        if (all || ctl_sensor_bits(&overview->snapshot.sensors[s]) != 0)
            sensor_row(plant, s, &overview->snapshot, grid);
        else
            quiet++;
    }
    putchar('\n');
    if (quiet < plant->sensor_count - plant->alarm_count)
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

static const struct mbp_grid_column point_columns[] = {
    {"POINT", "point", false}, {"UNIT", "unit", true}, {"VALUE", "value", true}};

/* What a stored value's home shows. */
static void point_row(const struct mbp_plant *plant, const struct mbp_unit *unit, uint32_t s,
                      const struct ctl_fetch *fetch, struct mbp_grid *grid)
{
    const struct mbp_user_point *own = &plant->points[plant->stored[s].point];
    struct ctl_point point = {.unit = unit->id, .limit = -1};
    uint16_t words[MBP_STRING_WORDS_MAX];
    char text[300];
    mbp_map_own_point(plant, own, &point.map);
    memcpy(words, &fetch->words[own->table][own->reg.addr], own->reg.words * sizeof *words);
    ctl_point_take_part(&point, words);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", plant->stored[s].name);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%u", unit->id);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", ctl_point_text(&point, words, text, sizeof text));
}

static const struct mbp_user_point *home_of(const struct mbp_plant *plant, uint32_t s)
{
    return &plant->points[plant->stored[s].point];
}

/* Parameters are the instructor's: mbplantctl sim parameter. */
static bool is_to_be_read(const struct mbp_plant *plant, uint32_t s)
{
    return !plant->stored[s].parameter && !home_of(plant, s)->write_only;
}

/* Points with a name and a value of their own, as many as fit a screen. Those that nobody may read have none to show.
 */
static enum mbp_status add_points(const struct ctl *ctl, const struct mbp_unit *unit, struct ctl_fetch *fetch,
                                  struct mbp_grid *grid, uint32_t *left)
{
    const struct mbp_plant *plant = ctl->plant;
    uint32_t end = unit->first_stored + (unit->named_count < *left ? unit->named_count : *left);
    *left -= end - unit->first_stored;
    ctl_fetch_clear(fetch);
    for (uint32_t s = unit->first_stored; s < end; s++) {
        if (is_to_be_read(plant, s))
            ctl_fetch_want(fetch, home_of(plant, s)->table, home_of(plant, s)->reg.addr, home_of(plant, s)->reg.words);
    }
    enum mbp_status status = ctl_fetch_run(fetch, ctl->link, unit->id);
    for (uint32_t s = unit->first_stored; s < end && status == MBP_OK; s++) {
        if (is_to_be_read(plant, s))
            point_row(plant, unit, s, fetch, grid);
    }
    return status;
}

static enum mbp_status print_points(const struct ctl *ctl)
{
    const struct mbp_plant *plant = ctl->plant;
    uint32_t count = 0;
    for (uint32_t u = 0; u < plant->unit_count; u++)
        count += plant->units[u].named_count;
    if (count == plant->parameter_count)
        return MBP_OK;
    uint32_t left = ctl->options->all || count < SENSORS_MAX ? count : SENSORS_MAX;
    uint32_t hidden = count - left;
    struct mbp_grid *grid = NULL;
    struct ctl_fetch *fetch = count > 0 ? ctl_fetch_new() : NULL;
    enum mbp_status status = fetch == NULL
                                 ? MBP_ERR_MEMORY
                                 : ctl_grid_new(point_columns, sizeof point_columns / sizeof point_columns[0], &grid);
    for (uint32_t u = 0; u < plant->unit_count && status == MBP_OK; u++)
        status = add_points(ctl, &plant->units[u], fetch, grid, &left);
    if (status == MBP_OK) {
        putchar('\n');
        status = mbp_grid_write(grid, MBP_FORMAT_TEXT, ctl->colour, stdout);
        if (hidden > 0)
            ctl_say("and %u more points; --all shows them\n", hidden);
    }
    mbp_grid_free(grid);
    free(fetch);
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
    ctl_say("%s  at %s\n", ctl->plant->name, ctl_target_text(target));
    size_t machines = overview->seen.report.machine_count;
    uint32_t sensors = overview->seen.report.sensors;
    if (ctl_map_unit(ctl->plant) < 0) {
        ctl_say("%zu machine%s, %u sensor%s; no unit shows the plant's summary (blocks: {summary: 30000}), so nothing "
                "tells of events and scans\n",
                machines, machines == 1 ? "" : "s", sensors, sensors == 1 ? "" : "s");
        return;
    }
    ctl_say("%zu machine%s, %u sensor%s, %u active alarm%s, %u unacknowledged, %u events\n", machines,
            machines == 1 ? "" : "s", sensors, sensors == 1 ? "" : "s", active, active == 1 ? "" : "s", waiting,
            summary->last_event);
    ctl_say("scan every %s: %u done, %u late, last %u us, longest %u us; simulated time %s\n",
            mbp_duration_format(ctl->plant->scan_ns, period, sizeof period), summary->scans, summary->late_scans,
            summary->scan_last_us, summary->scan_longest_us,
            mbp_span_text_in(ctl_spoken(), summary->simulated_ms / 1000, span, sizeof span));
}

/* Nothing when all is well. */
static void print_journal_trouble(const struct ctl *ctl, const struct mbp_summary_view *summary)
{
    char line[160] = "";
    int len = 0;
    if (summary->journal_trouble)
        len = snprintf(line, sizeof line,
                       ctl_tr("the journal cannot be written: events wait in memory, %.1f %% of it used"),
                       summary->journal_memory_percent);
    if (summary->events_lost > 0)
        snprintf(line + len, sizeof line - (size_t)len, ctl_tr("%s%u events were lost for want of memory"),
                 len > 0 ? "; " : "", summary->events_lost);
    if (line[0] != '\0') {
        ctl_say_painted(ctl, MBP_PAINT_BAD, line);
        ctl_say("\n");
    }
}

/* Nothing where the plant has no broker. */
static void print_broker(const struct ctl *ctl, const struct mbp_summary_view *summary)
{
    char line[160];
    if (summary->mqtt == MBP_LINK_NONE)
        return;
    bool away = summary->mqtt == MBP_LINK_AWAY;
    snprintf(line, sizeof line, ctl_tr("MQTT broker %s: %u values wait, %u were given up, %u commands refused"),
             ctl_tr(away ? "away" : "connected"), summary->mqtt_waiting, summary->mqtt_lost, summary->mqtt_refused);
    ctl_say_painted(ctl, away ? MBP_PAINT_BAD : MBP_PAINT_NONE, line);
    ctl_say("\n");
}

CTL_VERB(status)
{
    struct ctl_overview overview;
    enum ctl_exit code = ctl_overview_take(ctl, &overview);
    if (code != CTL_OK)
        return code;
    if (ctl->options->format == MBP_FORMAT_JSON) {
        enum mbp_status written = ctl_status_json(ctl, &overview);
        ctl_overview_free(ctl->plant, &overview);
        return written == MBP_OK ? CTL_OK : ctl_fail(ctl, written, "status");
    }
    print_summary(ctl, &overview);
    print_journal_trouble(ctl, &overview.snapshot.summary);
    print_broker(ctl, &overview.snapshot.summary);
    enum mbp_status status = MBP_OK;
    if (overview.seen.report.machine_count > 0)
        status = print_machines(ctl, &overview);
    if (status == MBP_OK && ctl->plant->sensor_count > ctl->plant->alarm_count)
        status = print_sensors(ctl, &overview);
    if (status == MBP_OK)
        status = print_outputs(ctl, &overview);
    if (status == MBP_OK)
        status = print_points(ctl);
    if (status == MBP_OK)
        status = ctl_print_forced(ctl);
    if (status == MBP_OK)
        ctl_say_all_bad(ctl);
    if (status == MBP_OK)
        ctl_say_untold(ctl->plant, CTL_UNTOLD_ALARMS, UINT32_MAX);
    ctl_overview_free(ctl->plant, &overview);
    return status == MBP_OK ? CTL_OK : ctl_fail(ctl, status, "status");
}
