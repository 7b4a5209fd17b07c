/* What changed since when: one look for all streams. A stream needs to remember no more than up to which scan it told;
 * what it does not send at once becomes newer meanwhile, never longer. */
#include <stdlib.h>
#include <string.h>

#include "stream.h"

void web_watch_free(struct web_watch *watch)
{
    if (watch == NULL)
        return;
    free(watch->value);
    free(watch->position);
    free(watch->flags);
    free(watch->alarms);
    free(watch->machine);
    free(watch->value_at);
    free(watch->alarm_at);
    free(watch->machine_at);
    free(watch->actuator_at);
    free(watch);
}

enum mbp_status web_watch_new(const struct mbp_plant *plant, struct web_watch **out)
{
    struct web_watch *watch = calloc(1, sizeof *watch);
    if (watch == NULL)
        return MBP_ERR_MEMORY;
    size_t sensors = plant->sensor_count + 1u;
    size_t machines = plant->machine_count + 1u;
    size_t actuators = plant->actuator_count + 1u;
    watch->plant = plant;
    watch->value = calloc(sensors, sizeof *watch->value);
    watch->flags = calloc(sensors, sizeof *watch->flags);
    watch->alarms = calloc(sensors, sizeof *watch->alarms);
    watch->value_at = calloc(sensors, sizeof *watch->value_at);
    watch->alarm_at = calloc(sensors, sizeof *watch->alarm_at);
    watch->machine = calloc(machines, sizeof *watch->machine);
    watch->machine_at = calloc(machines, sizeof *watch->machine_at);
    watch->position = calloc(actuators, sizeof *watch->position);
    watch->actuator_at = calloc(actuators, sizeof *watch->actuator_at);
    if (watch->value == NULL || watch->flags == NULL || watch->alarms == NULL || watch->value_at == NULL ||
        watch->alarm_at == NULL || watch->machine == NULL || watch->machine_at == NULL || watch->position == NULL ||
        watch->actuator_at == NULL) {
        web_watch_free(watch);
        return MBP_ERR_MEMORY;
    }
    *out = watch;
    return MBP_OK;
}

/* A text's words stand for its value. */
static double value_of(const struct mbp_web *web, uint32_t s)
{
    const struct mbp_sensor *sensor = &web->plant->sensors[s];
    if (sensor->reg.type != MBP_STRING)
        return web->state->value[s];
    const struct mbp_unit *of = &web->plant->units[sensor->unit];
    const struct mbp_image_unit *unit = web_image_unit(web, of);
    if (!mbp_map_has(of, MBP_MAP_VALUES) || !mbp_map_item_has(web->plant, of, MBP_MAP_VALUES, s))
        return 0;
    return (double)(mbp_hash(unit->holding + sensor->reg.addr, 2u * sensor->reg.words) >> 12);
}

static void look_at_values(struct web_watch *watch, const struct mbp_web *web, uint64_t at)
{
    for (uint32_t s = 0; s < watch->plant->sensor_count; s++) {
        double value = value_of(web, s);
        uint8_t flags = web->state->flags[s] & (MBP_SENSOR_FORCED | MBP_SENSOR_BAD);
        // NOLINTNEXTLINE(bugprone-suspicious-memory-comparison)
        if (watch->value_at[s] != 0 && memcmp(&value, &watch->value[s], sizeof value) == 0 && flags == watch->flags[s])
            continue;
        watch->value[s] = value;
        watch->flags[s] = flags;
        watch->value_at[s] = at;
    }
    for (uint32_t a = 0; a < watch->plant->actuator_count; a++) {
        double position = web->state->lagged[watch->plant->sensor_count + a];
        // NOLINTNEXTLINE(bugprone-suspicious-memory-comparison)
        if (watch->actuator_at[a] != 0 && memcmp(&position, &watch->position[a], sizeof position) == 0)
            continue;
        watch->position[a] = position;
        watch->actuator_at[a] = at;
    }
}

/* Four bits an alarm, and one of its interlock. */
static uint64_t alarms_of(const struct mbp_state *state, uint32_t s)
{
    uint64_t all = (uint64_t)state->alone[s].bypassed << 32;
    for (unsigned a = 0; a < MBP_ALARM_COUNT; a++)
        all |= (uint64_t)mbp_alarm_state(state, s, a) << 4 * a;
    return all | (uint64_t)((state->flags[s] & MBP_SENSOR_SHELVED) != 0) << 31;
}

static void look_at_alarms(struct web_watch *watch, const struct mbp_web *web, uint64_t at)
{
    if (watch->looked != 0 && watch->alarms_version == web->state->alarms_version)
        return;
    watch->alarms_version = web->state->alarms_version;
    for (uint32_t s = 0; s < watch->plant->sensor_count; s++) {
        uint64_t alarms = alarms_of(web->state, s);
        if (alarms == watch->alarms[s])
            continue; /* at the beginning all are normal: nothing needs to be told of those */
        watch->alarms[s] = alarms;
        watch->alarm_at[s] = at;
    }
}

/* Its seconds in each state grow with every one: they are no news by themselves. */
static void look_at_machines(struct web_watch *watch, const struct mbp_web *web, uint64_t at)
{
    for (uint32_t m = 0; m < watch->plant->machine_count; m++) {
        struct mbp_machine_view view;
        mbp_view_machine(web->plant, web->state, m, &view);
        view.running_s = view.down_s = view.maintenance_s = 0;
        view.running_since_maintenance_s = view.until_due_s = view.maintenance_left_s = view.repair_s = 0;
        // NOLINTNEXTLINE(bugprone-suspicious-memory-comparison)
        if (watch->machine_at[m] != 0 && memcmp(&view, &watch->machine[m], sizeof view) == 0)
            continue;
        watch->machine[m] = view;
        watch->machine_at[m] = at;
    }
}

void web_watch_look(struct web_watch *watch, const struct mbp_web *web, uint64_t scan)
{
    uint64_t at = scan + 1;
    if (watch->looked == at)
        return;
    look_at_values(watch, web, at);
    look_at_alarms(watch, web, at);
    look_at_machines(watch, web, at);
    watch->looked = at;
}
