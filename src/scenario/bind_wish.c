/* bind_wish: what is expected, in terms of the plant. */
#include <math.h>
#include <string.h>

#include "mbplant/codec.h"
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
    uint64_t begin_ns = mbp_time_add_sat(at_ns, scan_ns - 1) / scan_ns * scan_ns;
    uint64_t deadline_ns =
        before ? wish->span_ns : mbp_time_add_sat(begin_ns, wish->when == WHEN_NEXT ? scan_ns : wish->span_ns);
    if (wish->when != WHEN_NEXT && deadline_ns < mbp_time_add_sat(begin_ns, scan_ns))
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

/* Whether a step, or the student, writes this point; NULL = any. */
static bool is_ever_written(const struct mbp_scenario *scenario, const char *point)
{
    const struct step_def *defs = scenario->def.timeline.items;
    for (uint32_t i = 0; i < scenario->def.timeline.count; i++) {
        enum act act = step_act(&defs[i]);
        const char *written = act == ACT_WRITE     ? defs[i].write.point
                              : act == ACT_STUDENT ? defs[i].student.write.point
                                                   : NULL;
        if (written != NULL && (point == NULL || strcmp(written, point) == 0))
            return true;
    }
    return false;
}

static bool any_alarm_there(const struct mbp_plant *plant, const struct target *target)
{
    for (uint32_t i = 0; i < judge_count(plant, target); i++) {
        uint32_t s = judge_nth(plant, target, i);
        for (unsigned a = 0; a < MBP_ALARM_COUNT; a++)
            if ((target->alarms >> a & 1u) != 0 &&
                mbp_sensor_has_alarm(&plant->sensors[s], plant->sensors[s].limits, a))
                return true;
    }
    return false;
}

/* A limit that is not there can raise nothing, unless somebody writes one. */
static void check_alarm_is_there(struct mbp_scenario *scenario, const struct mbp_node *node,
                                 const struct target *target)
{
    const struct mbp_plant *plant = scenario->plant;
    char point[MBP_NAME_MAX + 32];
    target_text(plant, target, point, sizeof point);
    if (any_alarm_there(plant, target))
        return;
    if (target->kind == TARGET_SENSOR && target->alarms != MBP_ALARMS_ALL) {
        enum mbp_limit alarm = (enum mbp_limit)__builtin_ctz(target->alarms);
        if (!is_ever_written(scenario, point))
            mbp_reader_tell(&scenario->reader, node, "%s has no %s in %s, so this alarm can never be",
                            plant->sensors[target->index].name, mbp_limit_name(alarm), plant->name);
    } else if (!is_ever_written(scenario, NULL)) {
        mbp_reader_tell(&scenario->reader, node, "%s has no alarm in %s, so there can never be one", point,
                        plant->name);
    }
}

static void bind_alarm(struct mbp_scenario *scenario, const struct mbp_def *def, const char *key, const char *name,
                       struct wish *wish)
{
    if (!find_target(scenario, def, key, name, &wish->target))
        return;
    if (wish->kind != WISH_NO_ALARM || wish->target.alarms != MBP_ALARMS_ALL)
        check_alarm_is_there(scenario, mbp_def_node(def, key), &wish->target);
}

/* What a sensor shows is a step of its register within the instrument's range. */
static void check_shown(struct mbp_scenario *scenario, const struct value_def *def, const struct mbp_sensor *sensor)
{
    const struct mbp_register *reg = &sensor->reg;
    const struct mbp_node *node = mbp_def_node(&def->def, "between");
    if (reg->type == MBP_STRING) {
        mbp_reader_tell(&scenario->reader, mbp_def_node(&def->def, "sensor"), "%s shows a text, which is no value",
                        sensor->name);
        return;
    }
    if (def->between[0] > def->between[1])
        return; /* told */
    double low = fmax(def->between[0], mbp_register_quantise(reg, sensor->range[0]));
    double high = fmin(def->between[1], mbp_register_quantise(reg, sensor->range[1]));
    double near = mbp_register_quantise(reg, low);
    near = mbp_grid_below(reg, near, low, 0) ? near + fabs(reg->scale) : near;
    if (low > high)
        mbp_reader_tell(&scenario->reader, node, "%s shows %g..%g%s%s, so it can never be between these", sensor->name,
                        sensor->range[0], sensor->range[1], sensor->unit_text[0] != '\0' ? " " : "", sensor->unit_text);
    else if (mbp_grid_above(reg, near, high, 0))
        mbp_reader_tell(&scenario->reader, node,
                        "%s shows steps of %g, and none of them is between these, so it can never be there",
                        sensor->name, reg->scale);
}

static void check_position(struct mbp_scenario *scenario, const struct value_def *def,
                           const struct mbp_actuator *actuator)
{
    if (def->between[1] < actuator->range[0] || def->between[0] > actuator->range[1])
        mbp_reader_tell(&scenario->reader, mbp_def_node(&def->def, "between"),
                        "%s goes from %g to %g%s%s, so it can never be between these", actuator->name,
                        actuator->range[0], actuator->range[1], actuator->unit_text[0] != '\0' ? " " : "",
                        actuator->unit_text);
}

static void bind_value(struct mbp_scenario *scenario, const struct value_def *def, struct wish *wish)
{
    const struct mbp_plant *plant = scenario->plant;
    if (!mbp_def_has(&def->def, VALUE_SENSOR) || !mbp_def_has(&def->def, VALUE_BETWEEN))
        return;
    uint32_t actuator = wish->process ? UINT32_MAX : mbp_plant_find_actuator(plant, def->sensor);
    wish->index = actuator != UINT32_MAX ? plant->sensor_count + actuator
                                         : find_sensor(scenario, &def->def, "sensor", def->sensor);
    wish->low = def->between[0];
    wish->high = def->between[1];
    if (actuator != UINT32_MAX)
        check_position(scenario, def, &plant->actuators[actuator]);
    else if (wish->index != UINT32_MAX && (!wish->process || plant->sensors[wish->index].reg.type == MBP_STRING))
        check_shown(scenario, def, &plant->sensors[wish->index]);
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
        return say(scenario, "%s%s is between %g and %g %s", wish->process ? "the process of " : "", name, wish->low,
                   wish->high, unit);
    case WISH_ASKED:
        return say(scenario, "the student puts %s to %s", name, mbp_state_name((enum mbp_state_code)wish->state));
    case WISH_WRITTEN:
        break;
    case WISH_POLLED:
    case WISH_RECONNECTED:
    case WISH_NEVER_WROTE:
    case WISH_FUNCTIONS:
    case WISH_ONE_UNIT:
        return master_text(scenario, wish);
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
    wish->what = say(scenario, "%.*s%s%s%s", (int)len, subject, when_text(wish, when, sizeof when),
                     wish->first ? ", first answer" : "", wish->after != UINT32_MAX ? ", in order" : "");
}

void bind_expect(struct mbp_scenario *scenario, const struct expect_def *def, uint64_t at_ns, struct wish *wish)
{
    const struct mbp_def *keys = &def->def;
    const char *name = NULL;
    wish->after = UINT32_MAX;
    bind_when(scenario, keys, EXPECT_TIMES, &def->when, at_ns, wish);
    if ((keys->wrong & MBP_BIT(EXPECT_ALARM)) != 0)
        return;
    if (master_bind(scenario, def, at_ns, wish)) {
        name = wish->name;
    } else if (mbp_def_has(keys, EXPECT_ALARM)) {
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
    } else if (mbp_def_has(keys, EXPECT_PROCESS)) {
        wish->kind = WISH_VALUE;
        wish->process = true;
        name = def->process.sensor;
        bind_value(scenario, &def->process, wish);
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

/* The student's part above this one. */
static void bind_order(struct mbp_scenario *scenario, const struct student_def *def, struct wish *wish)
{
    wish->first = def->first;
    wish->after = UINT32_MAX;
    if (!def->in_order)
        return;
    for (uint32_t i = (uint32_t)(wish - scenario->wishes); i-- > 0 && wish->after == UINT32_MAX;)
        wish->after = scenario->wishes[i].student ? i : UINT32_MAX;
    if (wish->after == UINT32_MAX)
        mbp_reader_tell(&scenario->reader, mbp_def_node(&def->def, "in_order"),
                        "there is no part of the student's above this one, which it could come after");
}

static void check_not_forced(struct mbp_scenario *scenario, const struct student_def *def, const struct wish *wish)
{
    struct mbp_point point;
    uint8_t unit;
    if (scenario->def.forcing == FORCING_ALLOWED || wish->puts.count == 0 ||
        !look_up_point(scenario->plant, def->write.point, &point, &unit) || point.sensor == UINT32_MAX)
        return;
    const char *part = strrchr(point.name, '.');
    bool coil = point.table == MBP_COILS && part != NULL && strcmp(part, ".forced") == 0;
    bool forces = strcmp(point.what, "value") == 0 || (coil && def->write.value > 0);
    if (forces)
        mbp_reader_tell(&scenario->reader, mbp_def_node(&def->write.def, "point"),
                        "%s cannot be forced: this scenario says 'forcing: refused'", def->write.point);
}

void bind_student(struct mbp_scenario *scenario, const struct student_def *def, uint64_t at_ns, struct wish *wish)
{
    const struct mbp_def *keys = &def->def;
    const char *name = NULL;
    wish->student = true;
    bind_order(scenario, def, wish);
    bind_when(scenario, keys, STUDENT_TIMES, &def->when, at_ns, wish);
    bind_model(scenario, def, at_ns, wish);
    if ((keys->wrong & MBP_BIT(STUDENT_ACKNOWLEDGE)) != 0)
        return;
    if (mbp_def_has(keys, STUDENT_ACKNOWLEDGE)) {
        wish->kind = WISH_ACKNOWLEDGED;
        name = def->acknowledge;
        bind_alarm(scenario, keys, "acknowledge", name, wish);
        if (wish->target.alarms != 0)
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
        check_not_forced(scenario, def, wish);
    }
    describe(scenario, wish, name);
}
