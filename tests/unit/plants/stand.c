/* The stand's making. */
#include "stand.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mbplant/machine.h"

static void run_plant(struct stand *stand)
{
    stand->time = (struct fixture_time){.mono_ns = 5 * MBP_NS_PER_S, .wall_ms = FIXTURE_WALL_MS};
    assert_int_equal(mbp_image_new(stand->plant, &stand->image), MBP_OK);
    const struct mbp_scan_config config = {
        stand->plant, stand->image, NULL, fixture_clock(&stand->time), 1.0, 0,
    };
    assert_int_equal(mbp_scan_new(&config, &stand->scan), MBP_OK);
    stand->state = (struct mbp_state *)(uintptr_t)mbp_scan_state(stand->scan);
    assert_int_equal(mbp_events_alloc(&stand->events, 64), MBP_OK);
    stand->scan_s = (double)stand->plant->scan_ns / (double)MBP_NS_PER_S;
}

void stand_begin(struct stand *stand, const char *file)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", MBP_CONFIG_DIR, file);
    *stand = (struct stand){0};
    assert_int_equal(mbp_plant_load(path, stderr, &stand->plant), MBP_OK);
    run_plant(stand);
}

void stand_begin_text(struct stand *stand, const char *yaml)
{
    *stand = (struct stand){.plant = fixture_plant(yaml)};
    run_plant(stand);
}

static char *text_of(const char *file)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", MBP_CONFIG_DIR, file);
    FILE *stream = fopen(path, "r");
    char *text = NULL;
    size_t room = 0;
    assert_non_null(stream);
    ssize_t len = getdelim(&text, &room, '\0', stream);
    fclose(stream);
    assert_true(len > 0);
    return text;
}

/* Everywhere; takes the text and gives another. */
static char *replaced(char *text, const char *old, const char *now)
{
    char *out = NULL;
    size_t len = 0;
    FILE *stream = open_memstream(&out, &len);
    assert_non_null(stream);
    if (strstr(text, old) == NULL)
        fail_msg("'%s' stands not in the file", old);
    const char *from = text;
    for (const char *found = strstr(from, old); found != NULL; found = strstr(from, old)) {
        fwrite(from, 1, (size_t)(found - from), stream);
        fputs(now, stream);
        from = found + strlen(old);
    }
    fputs(from, stream);
    fclose(stream);
    free(text);
    return out;
}

void stand_begin_edited(struct stand *stand, const char *file, const char *const (*edits)[2])
{
    char *text = text_of(file);
    for (; (*edits)[0] != NULL; edits++)
        text = replaced(text, (*edits)[0], (*edits)[1]);
    stand_begin_text(stand, text);
    free(text);
}

void stand_end(struct stand *stand)
{
    mbp_scan_free(stand->scan);
    mbp_image_free(stand->image);
    mbp_plant_free(stand->plant);
    mbp_events_free(&stand->events);
}

void stand_run(struct stand *stand, double seconds, stand_check *check, void *ctx)
{
    uint64_t scans = (uint64_t)llround(seconds / stand->scan_s);
    for (uint64_t i = 0; i < scans; i++) {
        stand->time.mono_ns += stand->plant->scan_ns;
        stand->time.wall_ms += stand->plant->scan_ns / MBP_NS_PER_MS;
        mbp_scan_step(stand->scan);
        if (check != NULL)
            check(stand, ctx);
    }
}

static uint32_t known(uint32_t index, const char *name)
{
    if (index == UINT32_MAX)
        fail_msg("there is no %s", name);
    return index;
}

double stand_value(const struct stand *stand, const char *name)
{
    uint32_t sensor = mbp_plant_find_sensor(stand->plant, name);
    if (sensor != UINT32_MAX)
        return stand->state->lagged[sensor];
    uint32_t actuator = known(mbp_plant_find_actuator(stand->plant, name), name);
    return stand->state->lagged[stand->plant->sensor_count + actuator];
}

void stand_command(struct stand *stand, const char *actuator, double command)
{
    stand->state->command[known(mbp_plant_find_actuator(stand->plant, actuator), actuator)] = command;
}

void stand_automatic(struct stand *stand, const char *controller, bool automatic)
{
    uint32_t c = known(mbp_plant_find_controller(stand->plant, controller), controller);
    stand->events.count = 0;
    mbp_control_switch(stand->plant, stand->state, c, automatic, 0, &stand->events);
}

void stand_setting(struct stand *stand, const char *controller, enum mbp_setting setting, double value)
{
    uint32_t c = known(mbp_plant_find_controller(stand->plant, controller), controller);
    stand->events.count = 0;
    mbp_control_set(stand->plant, stand->state, c, setting, value, 0, &stand->events);
}

void stand_force(struct stand *stand, const char *sensor, double value)
{
    uint32_t s = known(mbp_plant_find_sensor(stand->plant, sensor), sensor);
    stand->state->flags[s] |= MBP_SENSOR_FORCED;
    stand->state->forced_value[s] = value;
}

void stand_ask(struct stand *stand, const char *machine, enum mbp_state_code state)
{
    uint32_t m = known(mbp_plant_find_machine(stand->plant, machine), machine);
    stand->events.count = 0;
    assert_int_equal(mbp_machine_request(stand->plant, stand->state, m, state, 0, &stand->events), MBP_OK);
}

static const struct mbp_machine_state *machine_of(const struct stand *stand, const char *name)
{
    return &stand->state->machine[known(mbp_plant_find_machine(stand->plant, name), name)];
}

enum mbp_state_code stand_state(const struct stand *stand, const char *machine)
{
    return (enum mbp_state_code)machine_of(stand, machine)->state;
}

uint32_t stand_good(const struct stand *stand, const char *machine)
{
    return machine_of(stand, machine)->good;
}

uint32_t stand_reject(const struct stand *stand, const char *machine)
{
    return machine_of(stand, machine)->reject;
}

void stand_assert_within(const struct stand *stand, const char *name, double low, double high)
{
    double value = stand_value(stand, name);
    if (!(value >= low && value <= high))
        fail_msg("%s is %g after %g s, and not within %g..%g", name, value,
                 (double)stand->state->sim_ns / (double)MBP_NS_PER_S, low, high);
}

/* What there is never less than nothing of. */
static bool is_amount(enum mbp_kind kind)
{
    static const enum mbp_kind kinds[] = {MBP_PRESSURE, MBP_FLOW,   MBP_SPEED,         MBP_CURRENT,
                                          MBP_POWER,    MBP_WEIGHT, MBP_CONCENTRATION, MBP_VOLTAGE};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (kinds[i] == kind)
            return true;
    }
    return false;
}

void stand_assert_sane(struct stand *stand, void *ctx)
{
    (void)ctx;
    for (uint32_t s = 0; s < stand->plant->sensor_count; s++) {
        const struct mbp_sensor *sensor = &stand->plant->sensors[s];
        if ((stand->state->flags[s] & MBP_SENSOR_NONE) != 0)
            fail_msg("%s has a fault", sensor->name);
        if (is_amount(sensor->kind))
            stand_assert_within(stand, sensor->name, 0, sensor->range[1]);
    }
}
