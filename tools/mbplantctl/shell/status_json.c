/* status --format json: the same numbers as they are, one object. */
#include <math.h>
#include <string.h>

#include "mbplant/json.h"
#include "shell/status.h"
#include "slave/value.h"

/* null where it is not known or not in use. */
static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

/* An object takes over what it is given, also where it cannot keep it. False without memory. */
static bool put(json_t *object, const char *key, json_t *value)
{
    return json_object_set_new(object, key, value) == 0;
}

/* null where no address shows it. */
static json_t *count_of(const struct mbp_report_machine *machine, enum mbp_machine_figure figure, uint32_t count)
{
    return mbp_report_tells(machine, figure) ? json_integer(count) : json_null();
}

static json_t *machine_json(const struct mbp_report_machine *machine, uint64_t now_ms)
{
    bool known = machine->since_ms != 0 && now_ms >= machine->since_ms;
    json_t *row = json_object();
    put(row, "machine", json_string(machine->name));
    put(row, "unit_id", json_integer(machine->unit));
    put(row, "state", machine->untold ? json_null() : json_string(mbp_state_name(machine->state)));
    put(row, "for_wall_s", known ? json_integer((json_int_t)((now_ms - machine->since_ms) / 1000)) : json_null());
    put(row, "alarms", count_of(machine, MBP_FIGURE_ALARMS, machine->alarms));
    put(row, "good", count_of(machine, MBP_FIGURE_GOOD, machine->good));
    put(row, "reject", count_of(machine, MBP_FIGURE_REJECT, machine->reject));
    put(row, "first_out", json_string(machine->first_out));
    return row;
}

static json_t *sensor_json(const struct mbp_plant *plant, uint32_t s, const struct mbp_plant_view *snapshot)
{
    static const char *const limits[MBP_LIMIT_COUNT] = {"low_low", "low", "high", "high_high"};
    const struct mbp_sensor *sensor = &plant->sensors[s];
    const struct mbp_sensor_view *now = &snapshot->sensors[s];
    const char *text = snapshot->texts[s];
    char flags[96];
    json_t *row = json_object();
    put(row, "sensor", json_string(sensor->name));
    put(row, "machine",
        json_string(sensor->machine < plant->machine_count ? plant->machines[sensor->machine].name : ""));
    put(row, "value", text != NULL ? json_string(text) : number(now->value));
    put(row, "unit", json_string(sensor->unit_text));
    for (unsigned l = 0; l < MBP_LIMIT_COUNT; l++)
        put(row, limits[l], number(now->limit[l]));
    put(row, "flags", json_string(ctl_flags_text(now, flags, sizeof flags)));
    put(row, "forced", json_boolean(now->forced));
    return row;
}

static json_t *actuator_json(const struct mbp_report_actuator *actuator)
{
    json_t *row = json_object();
    put(row, "actuator", json_string(actuator->actuator->name));
    put(row, "machine", json_string(actuator->machine));
    put(row, "command", number(actuator->command));
    put(row, "position", number(actuator->position));
    put(row, "moved_by", json_string(mbp_report_mover(actuator)));
    return row;
}

static json_t *lists_json(const struct ctl *ctl, const struct ctl_overview *overview, json_t *root)
{
    const struct mbp_report *report = &overview->seen.report;
    json_t *machines = json_array();
    json_t *sensors = json_array();
    json_t *actuators = json_array();
    for (size_t m = 0; m < report->machine_count; m++)
        json_array_append_new(machines, machine_json(&report->machines[m], report->now_ms));
    for (uint32_t s = 0; s < ctl->plant->sensor_count; s++) {
        if (!ctl->plant->sensors[s].is_alarm)
            json_array_append_new(sensors, sensor_json(ctl->plant, s, &overview->snapshot));
    }
    for (size_t a = 0; a < report->actuator_count; a++)
        json_array_append_new(actuators, actuator_json(&report->actuators[a]));
    put(root, "machines", machines);
    put(root, "sensors", sensors);
    put(root, "actuators", actuators);
    return root;
}

/* null where no unit has a block of them. */
static void put_summary(const struct mbp_plant *plant, const struct mbp_summary_view *summary, json_t *root)
{
    const int id = ctl_map_unit(plant);
    const bool told = id >= 0;
    const bool trouble = told && mbp_map_has(mbp_plant_find_unit(plant, (uint8_t)id), MBP_MAP_EVENTS);
    put(root, "scans", told ? json_integer(summary->scans) : json_null());
    put(root, "late_scans", told ? json_integer(summary->late_scans) : json_null());
    put(root, "simulated_s", told ? number((double)summary->simulated_ms / 1000) : json_null());
    put(root, "events", told ? json_integer(summary->last_event) : json_null());
    put(root, "journal_trouble", trouble ? json_boolean(summary->journal_trouble) : json_null());
}

enum mbp_status ctl_status_json(const struct ctl *ctl, const struct ctl_overview *overview)
{
    const struct mbp_summary_view *summary = &overview->snapshot.summary;
    const struct mbp_report *report = &overview->seen.report;
    unsigned active = 0;
    unsigned waiting = 0;
    for (size_t i = 0; i < report->alarm_count; i++) {
        active += report->alarms[i].active;
        waiting += report->alarms[i].unacknowledged;
    }
    json_t *root = json_object();
    put(root, "plant", json_string(ctl->plant->name));
    put(root, "host", json_string(ctl->options->target.host));
    put(root, "port", json_integer(ctl->options->target.port));
    put(root, "scan_s", number((double)ctl->plant->scan_ns / (double)MBP_NS_PER_S));
    put_summary(ctl->plant, summary, root);
    put(root, "alarms_active", report->alarms_untold ? json_null() : json_integer(active));
    put(root, "alarms_unacknowledged", report->acks_untold ? json_null() : json_integer(waiting));
    lists_json(ctl, overview, root);
    bool written = mbp_json_write(root, JSON_INDENT(2) | JSON_REAL_PRECISION(15), stdout);
    json_decref(root);
    return written ? MBP_OK : MBP_ERR_MEMORY;
}
