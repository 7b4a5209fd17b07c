/* bind_wish: what is expected, in terms of the plant. */
#include <math.h>
#include <string.h>

#include "scenario_priv.h"

static void bind_when(struct mbp_scenario *scenario, const struct mbp_def *def, unsigned times,
                      const struct when_def *when, uint64_t at_ns, struct wish *wish)
{
    bool within = mbp_def_has(def, times + TIMES_WITHIN), before = mbp_def_has(def, times + TIMES_BEFORE);
    bool throughout = !wish->student && mbp_def_has(def, times + TIMES_FOR);
    const char *key = within ? "within" : before ? "before" : "for";
    char text[32], end[32];
    uint64_t scan_ns = scenario->plant->scan_ns;
    wish->when = within ? WHEN_WITHIN : before ? WHEN_BEFORE : throughout ? WHEN_THROUGHOUT : WHEN_NEXT;
    wish->span_ns = within ? when->within_ns : before ? when->before_ns : when->for_ns;
    wish->points = when->points;
    uint64_t begin_ns = (at_ns + scan_ns - 1) / scan_ns * scan_ns;
    uint64_t deadline_ns = before ? wish->span_ns : begin_ns + (wish->when == WHEN_NEXT ? scan_ns : wish->span_ns);
    if (wish->when != WHEN_NEXT && deadline_ns < begin_ns + scan_ns)
        mbp_reader_tell(&scenario->reader, mbp_def_node(def, key),
                        before ? "'before' %s is not after this step, which comes at %s"
                               : "%s is shorter than a scan of the plant, which is %s",
                        mbp_duration_format(wish->span_ns, text, sizeof text),
                        mbp_duration_format(before ? begin_ns : scan_ns, end, sizeof end));
    else if (deadline_ns > scenario->duration_ns && scenario->duration_ns != 0)
        mbp_reader_tell(&scenario->reader, mbp_def_node(def, key),
                        "this reaches beyond the scenario's end at %s: %s is the earliest 'duration'",
                        mbp_duration_format(scenario->duration_ns, end, sizeof end),
                        mbp_duration_format(deadline_ns, text, sizeof text));
}

/* A limit that is not there can raise nothing, unless a step writes one. */
static void check_alarm_is_there(struct mbp_scenario *scenario, const struct mbp_node *node,
                                 const struct target *target)
{
    const struct mbp_sensor *sensor = &scenario->plant->sensors[target->index];
    const struct step_def *defs = scenario->def.timeline.items;
    char point[MBP_NAME_MAX + 32];
    if (target->kind != TARGET_SENSOR || target->alarms == MBP_ALARMS_ALL)
        return;
    enum mbp_limit alarm = (enum mbp_limit)__builtin_ctz(target->alarms);
    const struct mbp_alarms *alarms = mbp_sensor_alarms(sensor);
    bool there = alarm < MBP_LIMIT_COUNT       ? !isnan(sensor->limits[alarm])
                 : alarm == MBP_RATE_OF_CHANGE ? alarms->rate_max > 0
                                               : alarms->bad_quality;
    target_text(scenario->plant, target, point, sizeof point);
    for (uint32_t i = 0; i < scenario->def.timeline.count; i++) {
        const char *written = step_act(&defs[i]) == ACT_WRITE ? defs[i].write.point : NULL;
        there = there || (written != NULL && strcmp(written, point) == 0);
    }
    if (!there)
        mbp_reader_tell(&scenario->reader, node, "%s has no %s in %s, so this alarm can never be", sensor->name,
                        mbp_limit_name(alarm), scenario->plant->name);
}

static void bind_alarm(struct mbp_scenario *scenario, const struct mbp_def *def, const char *key, const char *name,
                       struct wish *wish)
{
    if (find_target(scenario, def, key, name, &wish->target))
        check_alarm_is_there(scenario, mbp_def_node(def, key), &wish->target);
}

static void bind_value(struct mbp_scenario *scenario, const struct value_def *def, struct wish *wish)
{
    const struct mbp_plant *plant = scenario->plant;
    if (!mbp_def_has(&def->def, VALUE_SENSOR) || !mbp_def_has(&def->def, VALUE_BETWEEN))
        return;
    uint32_t actuator = mbp_plant_find_actuator(plant, def->sensor);
    wish->index = actuator != UINT32_MAX ? plant->sensor_count + actuator
                                         : find_sensor(scenario, &def->def, "sensor", def->sensor);
    wish->low = def->between[0];
    wish->high = def->between[1];
}

static const char *subject_text(struct mbp_scenario *scenario, const struct wish *wish, const char *name)
{
    const struct mbp_plant *plant = scenario->plant;
    bool one = wish->target.kind == TARGET_SENSOR && wish->target.alarms != MBP_ALARMS_ALL;
    const char *of = wish->target.kind == TARGET_ALL ? "the plant" : name;
    const char *unit = "";
    switch (wish->kind) {
    case WISH_ALARM:
        return one ? say(scenario, "%s is raised", name) : say(scenario, "an alarm of %s is raised", of);
    case WISH_NO_ALARM:
        return one ? say(scenario, "no alarm %s", name) : say(scenario, "no alarm of %s", of);
    case WISH_STATE:
        return say(scenario, "%s is %s", name, mbp_state_name((enum mbp_state_code)wish->state));
    case WISH_ACKNOWLEDGED:
        return wish->student ? say(scenario, "the student acknowledges %s", name)
                             : say(scenario, "%s is acknowledged", name);
    case WISH_VALUE:
        if (wish->index < plant->sensor_count)
            unit = plant->sensors[wish->index].unit_text;
        else if (wish->index < plant->sensor_count + plant->actuator_count)
            unit = plant->actuators[wish->index - plant->sensor_count].unit_text;
        return say(scenario, "%s is between %g and %g %s", name, wish->low, wish->high, unit);
    case WISH_ASKED:
        return say(scenario, "the student puts %s to %s", name, mbp_state_name((enum mbp_state_code)wish->state));
    case WISH_WRITTEN:
        break;
    }
    return say(scenario, "the student writes %g to %s", wish->low, name);
}

static void describe(struct mbp_scenario *scenario, struct wish *wish, const char *name)
{
    char when[48];
    const char *subject = subject_text(scenario, wish, name != NULL ? name : "");
    size_t len = strlen(subject);
    while (len > 0 && subject[len - 1] == ' ')
        len--;
    wish->what = say(scenario, "%.*s%s", (int)len, subject, when_text(wish, when, sizeof when));
}

void bind_expect(struct mbp_scenario *scenario, const struct expect_def *def, uint64_t at_ns, struct wish *wish)
{
    const struct mbp_def *keys = &def->def;
    const char *name = NULL;
    bind_when(scenario, keys, EXPECT_TIMES, &def->when, at_ns, wish);
    if ((keys->wrong & MBP_BIT(EXPECT_ALARM)) != 0)
        return;
    if (mbp_def_has(keys, EXPECT_ALARM)) {
        wish->kind = WISH_ALARM;
        bind_alarm(scenario, keys, "alarm", name = def->alarm, wish);
    } else if (mbp_def_has(keys, EXPECT_NO_ALARM)) {
        wish->kind = WISH_NO_ALARM;
        bind_alarm(scenario, keys, "no_alarm", name = def->no_alarm, wish);
    } else if (mbp_def_has(keys, EXPECT_ACKNOWLEDGED)) {
        wish->kind = WISH_ACKNOWLEDGED;
        bind_alarm(scenario, keys, "acknowledged", name = def->acknowledged, wish);
    } else if (mbp_def_has(keys, EXPECT_MACHINE)) {
        wish->kind = WISH_STATE;
        wish->state = (uint8_t)def->state;
        name = def->machine;
        wish->index = find_machine(scenario, keys, "machine", name);
    } else if (mbp_def_has(keys, EXPECT_VALUE)) {
        wish->kind = WISH_VALUE;
        name = def->value.sensor;
        bind_value(scenario, &def->value, wish);
    }
    describe(scenario, wish, name);
}

/* The model student needs a scan for what he does to be so. */
static void bind_model(struct mbp_scenario *scenario, const struct student_def *def, uint64_t at_ns, struct wish *wish)
{
    uint64_t scan_ns = scenario->plant->scan_ns;
    uint64_t room_ns = wish->when == WHEN_BEFORE && wish->span_ns > at_ns ? wish->span_ns - at_ns : wish->span_ns;
    wish->model_ns = room_ns / 2;
    if (!mbp_def_has(&def->def, STUDENT_MODEL))
        return;
    wish->model_ns = def->model_ns;
    if (wish->when != WHEN_NEXT && def->model_ns + 2 * scan_ns > room_ns)
        mbp_reader_tell(&scenario->reader, mbp_def_node(&def->def, "model"),
                        "the model student would be late: 'model' must be below the time that the student has");
}

void bind_student(struct mbp_scenario *scenario, const struct student_def *def, uint64_t at_ns, struct wish *wish)
{
    const struct mbp_def *keys = &def->def;
    const char *name = NULL;
    wish->student = true;
    bind_when(scenario, keys, STUDENT_TIMES, &def->when, at_ns, wish);
    bind_model(scenario, def, at_ns, wish);
    if ((keys->wrong & MBP_BIT(STUDENT_ACKNOWLEDGE)) != 0)
        return;
    if (mbp_def_has(keys, STUDENT_ACKNOWLEDGE)) {
        wish->kind = WISH_ACKNOWLEDGED;
        name = def->acknowledge;
        if (find_target(scenario, keys, "acknowledge", name, &wish->target))
            put_acknowledge(scenario, mbp_def_node(keys, "acknowledge"), &wish->target, &wish->puts);
    } else if (mbp_def_has(keys, STUDENT_MACHINE)) {
        wish->kind = WISH_ASKED;
        name = def->machine;
        wish->state = (uint8_t)def->ask;
        wish->index = find_machine(scenario, keys, "machine", name);
        if (wish->index != UINT32_MAX)
            put_coil(scenario, name, mbp_state_name((enum mbp_state_code)def->ask), true, &wish->puts);
    } else if (mbp_def_has(keys, STUDENT_WRITE)) {
        wish->kind = WISH_WRITTEN;
        name = def->write.point;
        wish->low = def->write.value;
        put_value(scenario, &def->write, &wish->puts);
    }
    describe(scenario, wish, name);
}
