/* A snapshot to JSON and back. */
#include "dump/dump_snapshot.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static json_t *number_or_null(double number)
{
    return isfinite(number) ? json_real(number) : json_null();
}

static json_t *count_or_null(uint32_t count)
{
    return count != UINT32_MAX ? json_integer(count) : json_null();
}

static json_t *machine_json(const struct mbp_plant *plant, uint32_t m, const struct mbp_machine_view *now)
{
    uint32_t tripped_by = mbp_view_first_out(plant, m, now);
    const char *first_out = tripped_by < plant->sensor_count ? plant->sensors[tripped_by].name : "";
    return json_pack(
        "{s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:b, s:b, s:b, s:o, s:o}", "name",
        plant->machines[m].name, "state", mbp_state_name((enum mbp_state_code)now->state), "first_out", first_out,
        "alarms", (json_int_t)now->active_alarms, "good", (json_int_t)now->good, "reject", (json_int_t)now->reject,
        "running_s", (json_int_t)now->running_s, "down_s", (json_int_t)now->down_s, "maintenance_s",
        (json_int_t)now->maintenance_s, "failures", (json_int_t)now->failures, "since_s", (json_int_t)now->since_s,
        "running", (int)now->in_state[MBP_EN_SERVICE], "trip", (int)now->trip_active, "due", (int)now->maintenance_due,
        "due_s", count_or_null(now->until_due_s), "due_products", count_or_null(now->until_due_cycles));
}

static json_t *sensor_json(const struct mbp_sensor *sensor, const struct mbp_sensor_view *now, const char *text)
{
    const uint8_t *alarm = now->alarm_state;
    return json_pack("{s:s, s:o, s:[o, o, o, o], s:i, s:[i, i, i, i, i, i, i], s:s*}", "name", sensor->name, "value",
                     number_or_null(now->value), "limits", number_or_null(now->limit[0]), number_or_null(now->limit[1]),
                     number_or_null(now->limit[2]), number_or_null(now->limit[3]), "bits", (int)ctl_sensor_bits(now),
                     "alarms", (int)alarm[0], (int)alarm[1], (int)alarm[2], (int)alarm[3], (int)alarm[4], (int)alarm[5],
                     (int)alarm[6], "text", text);
}

static json_t *actuator_json(const struct mbp_actuator *actuator, const struct mbp_actuator_view *now)
{
    return json_pack("{s:s, s:o, s:o}", "name", actuator->name, "command", number_or_null(now->command), "position",
                     number_or_null(now->position));
}

static json_t *controller_json(const struct mbp_controller *controller, const struct mbp_controller_view *now)
{
    return json_pack("{s:s, s:b, s:o, s:o, s:o, s:o}", "name", controller->name, "automatic", (int)now->automatic,
                     "setpoint", number_or_null(now->active_setpoint), "measurement", number_or_null(now->measurement),
                     "error", number_or_null(now->error), "output", number_or_null(now->output));
}

/* Adds them to the line. */
static int put_outputs(const struct mbp_plant *plant, const struct mbp_plant_view *snapshot, json_t *line)
{
    json_t *actuators = json_array();
    json_t *controllers = json_array();
    int failed = 0;
    for (uint32_t a = 0; a < plant->actuator_count; a++)
        failed |= json_array_append_new(actuators, actuator_json(&plant->actuators[a], &snapshot->actuators[a]));
    for (uint32_t c = 0; c < plant->controller_count; c++)
        failed |=
            json_array_append_new(controllers, controller_json(&plant->controllers[c], &snapshot->controllers[c]));
    failed |= json_object_set_new(line, "actuators", actuators);
    failed |= json_object_set_new(line, "controllers", controllers);
    return failed;
}

json_t *ctl_snapshot_to_json(const struct mbp_plant *plant, const struct mbp_plant_view *snapshot, uint64_t now_ms)
{
    const struct mbp_summary_view *summary = &snapshot->summary;
    char time[32];
    json_t *machines = json_array();
    json_t *sensors = json_array();
    int failed = 0;
    for (uint32_t m = 0; m < plant->machine_count; m++)
        failed |= json_array_append_new(machines, machine_json(plant, m, &snapshot->machines[m]));
    for (uint32_t s = 0; s < plant->sensor_count; s++)
        failed |=
            json_array_append_new(sensors, sensor_json(&plant->sensors[s], &snapshot->sensors[s], snapshot->texts[s]));
    json_t *line = json_pack("{s:s, s:I, s:{s:I, s:I, s:I, s:I, s:I, s:I}, s:o, s:o}", "snapshot",
                             mbp_time_format(now_ms, time, sizeof time), "time_ms", (json_int_t)now_ms, "summary",
                             "last_event", (json_int_t)summary->last_event, "oldest_event",
                             (json_int_t)summary->oldest_event, "last_incident", (json_int_t)summary->last_incident,
                             "scans", (json_int_t)summary->scans, "late_scans", (json_int_t)summary->late_scans,
                             "sim_ms", (json_int_t)summary->simulated_ms, "machines", machines, "sensors", sensors);
    if (failed == 0 && line != NULL && put_outputs(plant, snapshot, line) == 0)
        return line;
    json_decref(line);
    return NULL;
}

/* ---- back ------------------------------------------------------------------------------------------------------- */

static bool get_u32(const json_t *object, const char *key, uint32_t *out)
{
    const json_t *value = json_object_get(object, key);
    json_int_t number = json_integer_value(value);
    if (value != NULL && (!json_is_integer(value) || number < 0 || number > UINT32_MAX))
        return false;
    *out = (uint32_t)number;
    return true;
}

static bool get_u64(const json_t *object, const char *key, uint64_t *out)
{
    const json_t *value = json_object_get(object, key);
    if (value != NULL && (!json_is_integer(value) || json_integer_value(value) < 0))
        return false;
    *out = (uint64_t)json_integer_value(value);
    return true;
}

static double real_or_nan(const json_t *value)
{
    return json_is_number(value) ? json_number_value(value) : (double)NAN;
}

static const char *get_name(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text != NULL ? text : "";
}

static bool get_state(const json_t *object, uint8_t *out)
{
    for (unsigned s = 0; s < MBP_STATE_COUNT; s++) {
        if (strcmp(mbp_state_name((enum mbp_state_code)s), get_name(object, "state")) == 0) {
            *out = (uint8_t)s;
            return true;
        }
    }
    return false;
}

/* Dumps of earlier versions do not have it. */
static bool get_due(const json_t *object, const char *key, uint32_t *out)
{
    const json_t *value = json_object_get(object, key);
    *out = UINT32_MAX;
    return value == NULL || json_is_null(value) || get_u32(object, key, out);
}

static bool take_machine(const struct mbp_plant *plant, const json_t *object, struct mbp_plant_view *snapshot)
{
    uint32_t m = mbp_plant_find_machine(plant, get_name(object, "name"));
    if (m == UINT32_MAX)
        return false;
    struct mbp_machine_view *now = &snapshot->machines[m];
    uint32_t first_out = mbp_plant_find_sensor(plant, get_name(object, "first_out"));
    now->first_out_sensor =
        first_out == UINT32_MAX ? MBP_VIEW_NONE : first_out - plant->units[plant->machines[m].unit].first_sensor;
    now->in_state[MBP_EN_SERVICE] = json_is_true(json_object_get(object, "running"));
    now->trip_active = json_is_true(json_object_get(object, "trip"));
    now->maintenance_due = json_is_true(json_object_get(object, "due"));
    const bool good = get_state(object, &now->state);
    now->in_state[now->state] |= good && now->state != MBP_EN_SERVICE;
    ctl_machine_untold(plant, m, now);
    return good && get_due(object, "due_s", &now->until_due_s) &&
           get_due(object, "due_products", &now->until_due_cycles) && get_u32(object, "alarms", &now->active_alarms) &&
           get_u32(object, "good", &now->good) && get_u32(object, "reject", &now->reject) &&
           get_u32(object, "running_s", &now->running_s) && get_u32(object, "down_s", &now->down_s) &&
           get_u32(object, "maintenance_s", &now->maintenance_s) && get_u32(object, "failures", &now->failures) &&
           get_u32(object, "since_s", &now->since_s);
}

static_assert(MBP_ALARM_COUNT == 7, "as many as sensor_json packs");

/* Dumps of earlier versions have the bits alone. */
static bool take_alarms(const json_t *alarms, struct mbp_sensor_view *now)
{
    for (unsigned a = 0; a < MBP_ALARM_COUNT; a++) {
        json_int_t state = json_integer_value(json_array_get(alarms, a));
        if (state < 0 || state >= MBP_ALARM_STATE_COUNT)
            return false;
        now->alarm_state[a] = (uint8_t)(alarms != NULL ? (enum mbp_alarm_state)state : ctl_alarm_by_flags(now, a));
    }
    return true;
}

static bool take_sensor(const struct mbp_plant *plant, const json_t *object, struct mbp_plant_view *snapshot)
{
    uint32_t s = mbp_plant_find_sensor(plant, get_name(object, "name"));
    uint32_t bits;
    if (s == UINT32_MAX || !get_u32(object, "bits", &bits) || bits > UINT8_MAX)
        return false;
    struct mbp_sensor_view *now = &snapshot->sensors[s];
    const json_t *limits = json_object_get(object, "limits");
    const char *text = json_string_value(json_object_get(object, "text"));
    now->value = real_or_nan(json_object_get(object, "value"));
    for (size_t l = 0; l < MBP_LIMIT_COUNT; l++)
        now->limit[l] = real_or_nan(json_array_get(limits, l));
    ctl_sensor_set_bits(now, (uint8_t)bits);
    ctl_sensor_untold(plant, s, now);
    free(snapshot->texts[s]);
    snapshot->texts[s] = text != NULL ? strdup(text) : NULL;
    return take_alarms(json_object_get(object, "alarms"), now);
}

static bool take_actuator(const struct mbp_plant *plant, const json_t *object, struct mbp_plant_view *snapshot)
{
    uint32_t a = mbp_plant_find_actuator(plant, get_name(object, "name"));
    if (a == UINT32_MAX)
        return false;
    snapshot->actuators[a].command = real_or_nan(json_object_get(object, "command"));
    snapshot->actuators[a].position = real_or_nan(json_object_get(object, "position"));
    return true;
}

static bool take_controller(const struct mbp_plant *plant, const json_t *object, struct mbp_plant_view *snapshot)
{
    uint32_t c = mbp_plant_find_controller(plant, get_name(object, "name"));
    if (c == UINT32_MAX)
        return false;
    snapshot->controllers[c] = (struct mbp_controller_view){
        .automatic = json_is_true(json_object_get(object, "automatic")),
        .active_setpoint = real_or_nan(json_object_get(object, "setpoint")),
        .measurement = real_or_nan(json_object_get(object, "measurement")),
        .error = real_or_nan(json_object_get(object, "error")),
        .output = real_or_nan(json_object_get(object, "output")),
    };
    ctl_controller_untold(plant, c, &snapshot->controllers[c]);
    return true;
}

/* A dump that does not tell them leaves them out: they are NULL then. Errors: MBP_ERR_FORMAT. */
static enum mbp_status take_outputs(const struct mbp_plant *plant, const json_t *line, struct mbp_plant_view *snapshot)
{
    const json_t *actuators = json_object_get(line, "actuators");
    const json_t *controllers = json_object_get(line, "controllers");
    const json_t *item;
    size_t i;
    bool good = true;
    if (actuators == NULL && controllers == NULL) {
        free(snapshot->actuators);
        free(snapshot->controllers);
        snapshot->actuators = NULL;
        snapshot->controllers = NULL;
        return MBP_OK;
    }
    if (!json_is_array(actuators) || !json_is_array(controllers))
        return MBP_ERR_FORMAT;
    if (json_array_size(actuators) != plant->actuator_count || json_array_size(controllers) != plant->controller_count)
        return MBP_ERR_FORMAT;
    json_array_foreach(actuators, i, item) good = good && take_actuator(plant, item, snapshot);
    json_array_foreach(controllers, i, item) good = good && take_controller(plant, item, snapshot);
    return good ? MBP_OK : MBP_ERR_FORMAT;
}

static bool take_all(const struct mbp_plant *plant, const json_t *line, struct mbp_plant_view *snapshot)
{
    const json_t *summary = json_object_get(line, "summary");
    const json_t *item;
    size_t i;
    bool good = get_u32(summary, "last_event", &snapshot->summary.last_event) &&
                get_u32(summary, "oldest_event", &snapshot->summary.oldest_event) &&
                get_u32(summary, "last_incident", &snapshot->summary.last_incident) &&
                get_u32(summary, "scans", &snapshot->summary.scans) &&
                get_u32(summary, "late_scans", &snapshot->summary.late_scans) &&
                get_u64(summary, "sim_ms", &snapshot->summary.simulated_ms);
    json_array_foreach(json_object_get(line, "machines"), i, item) good = good && take_machine(plant, item, snapshot);
    json_array_foreach(json_object_get(line, "sensors"), i, item) good = good && take_sensor(plant, item, snapshot);
    return good;
}

enum mbp_status ctl_snapshot_of_json(const struct mbp_plant *plant, const json_t *line, struct mbp_plant_view *out,
                                     uint64_t *now_ms)
{
    struct mbp_plant_view snapshot;
    enum mbp_status status = mbp_plant_view_new(plant, &snapshot);
    if (status != MBP_OK)
        return status;
    for (uint32_t m = 0; m < plant->machine_count; m++)
        snapshot.machines[m].first_out_sensor = MBP_VIEW_NONE;
    status = get_u64(line, "time_ms", now_ms) && take_all(plant, line, &snapshot) ? MBP_OK : MBP_ERR_FORMAT;
    if (status == MBP_OK)
        status = take_outputs(plant, line, &snapshot);
    if (status == MBP_OK)
        *out = snapshot;
    else
        mbp_plant_view_free(plant, &snapshot);
    return status;
}
