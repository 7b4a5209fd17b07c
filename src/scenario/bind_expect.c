/* bind_expect: what is expected, in terms of the plant. */
#include <math.h>
#include <string.h>

#include "mbplant/codec.h"
#include "scenario_priv.h"

static void bind_when(struct mbp_scenario *scenario, const struct mbp_def *def, unsigned times,
                      const struct when_def *when, uint64_t at_ns, struct expectation *expectation)
{
    bool within = mbp_def_has(def, times + TIMES_WITHIN), before = mbp_def_has(def, times + TIMES_BEFORE);
    bool throughout = !expectation->student && mbp_def_has(def, times + TIMES_FOR);
    const char *key = within ? "within" : before ? "before" : "for";
    char text[32], end[32];
    uint64_t scan_ns = scenario->plant->scan_ns;
    expectation->when = within ? WHEN_WITHIN : before ? WHEN_BEFORE : throughout ? WHEN_THROUGHOUT : WHEN_NEXT;
    expectation->span_ns = within ? when->within_ns : before ? when->before_ns : when->for_ns;
    expectation->points = when->points;
    uint64_t begin_ns = mbp_time_add_sat(at_ns, scan_ns - 1) / scan_ns * scan_ns;
    uint64_t deadline_ns =
        before ? expectation->span_ns
               : mbp_time_add_sat(begin_ns, expectation->when == WHEN_NEXT ? scan_ns : expectation->span_ns);
    if (expectation->when != WHEN_NEXT && deadline_ns < mbp_time_add_sat(begin_ns, scan_ns))
        mbp_reader_tell(&scenario->reader, mbp_def_node(def, key),
                        before ? "'before' %s is not after this step, which comes at %s"
                               : "%s is shorter than a scan of the plant, which is %s",
                        mbp_duration_format(expectation->span_ns, text, sizeof text),
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
                       struct expectation *expectation)
{
    if (!find_target(scenario, def, key, name, &expectation->target))
        return;
    if (expectation->kind != EXPECTED_NO_ALARM || expectation->target.alarms != MBP_ALARMS_ALL)
        check_alarm_is_there(scenario, mbp_def_node(def, key), &expectation->target);
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

static void bind_value(struct mbp_scenario *scenario, const struct value_def *def, struct expectation *expectation)
{
    const struct mbp_plant *plant = scenario->plant;
    if (!mbp_def_has(&def->def, VALUE_SENSOR) || !mbp_def_has(&def->def, VALUE_BETWEEN))
        return;
    uint32_t actuator = expectation->process ? UINT32_MAX : mbp_plant_find_actuator(plant, def->sensor);
    expectation->index = actuator != UINT32_MAX ? plant->sensor_count + actuator
                                                : find_sensor(scenario, &def->def, "sensor", def->sensor);
    expectation->low = def->between[0];
    expectation->high = def->between[1];
    if (actuator != UINT32_MAX)
        check_position(scenario, def, &plant->actuators[actuator]);
    else if (expectation->index != UINT32_MAX &&
             (!expectation->process || plant->sensors[expectation->index].reg.type == MBP_STRING))
        check_shown(scenario, def, &plant->sensors[expectation->index]);
}

static const char *subject_text(struct mbp_scenario *scenario, const struct expectation *expectation, const char *name)
{
    const struct mbp_plant *plant = scenario->plant;
    bool one = expectation->target.kind == TARGET_SENSOR && expectation->target.alarms != MBP_ALARMS_ALL;
    const char *of = expectation->target.kind == TARGET_ALL ? "the plant" : name;
    const char *unit = "";
    switch (expectation->kind) {
    case EXPECTED_ALARM:
        return one ? say(scenario, "%s is raised", name) : say(scenario, "an alarm of %s is raised", of);
    case EXPECTED_NO_ALARM:
        return one ? say(scenario, "no alarm %s", name) : say(scenario, "no alarm of %s", of);
    case EXPECTED_STATE:
        return say(scenario, "%s is %s", name, mbp_state_name((enum mbp_state_code)expectation->state));
    case EXPECTED_ACKNOWLEDGED:
        return expectation->student ? say(scenario, "the student acknowledges %s", name)
                                    : say(scenario, "%s is acknowledged", name);
    case EXPECTED_VALUE:
        if (expectation->index < plant->sensor_count)
            unit = plant->sensors[expectation->index].unit_text;
        else if (expectation->index < plant->sensor_count + plant->actuator_count)
            unit = plant->actuators[expectation->index - plant->sensor_count].unit_text;
        return say(scenario, "%s%s is between %g and %g %s", expectation->process ? "the process of " : "", name,
                   expectation->low, expectation->high, unit);
    case EXPECTED_ASKED:
        return say(scenario, "the student puts %s to %s", name,
                   mbp_state_name((enum mbp_state_code)expectation->state));
    case EXPECTED_WRITTEN:
        break;
    case EXPECTED_POLLED:
    case EXPECTED_RECONNECTED:
    case EXPECTED_NEVER_WROTE:
    case EXPECTED_FUNCTIONS:
    case EXPECTED_ONE_UNIT:
        return master_text(scenario, expectation);
    }
    return say(scenario, "the student writes %g to %s", expectation->low, name);
}

static void describe(struct mbp_scenario *scenario, struct expectation *expectation, const char *name)
{
    char when[48];
    const char *subject = subject_text(scenario, expectation, name != NULL ? name : "");
    size_t len = strlen(subject);
    while (len > 0 && subject[len - 1] == ' ')
        len--;
    expectation->what =
        say(scenario, "%.*s%s%s%s", (int)len, subject, when_text(expectation, when, sizeof when),
            expectation->first ? ", first answer" : "", expectation->after != UINT32_MAX ? ", in order" : "");
}

void bind_expect(struct mbp_scenario *scenario, const struct expect_def *def, uint64_t at_ns,
                 struct expectation *expectation)
{
    const struct mbp_def *keys = &def->def;
    const char *name = NULL;
    expectation->after = UINT32_MAX;
    bind_when(scenario, keys, EXPECT_TIMES, &def->when, at_ns, expectation);
    if ((keys->wrong & MBP_BIT(EXPECT_ALARM)) != 0)
        return;
    if (master_bind(scenario, def, at_ns, expectation)) {
        name = expectation->name;
    } else if (mbp_def_has(keys, EXPECT_ALARM)) {
        expectation->kind = EXPECTED_ALARM;
        bind_alarm(scenario, keys, "alarm", name = def->alarm, expectation);
    } else if (mbp_def_has(keys, EXPECT_NO_ALARM)) {
        expectation->kind = EXPECTED_NO_ALARM;
        bind_alarm(scenario, keys, "no_alarm", name = def->no_alarm, expectation);
    } else if (mbp_def_has(keys, EXPECT_ACKNOWLEDGED)) {
        expectation->kind = EXPECTED_ACKNOWLEDGED;
        bind_alarm(scenario, keys, "acknowledged", name = def->acknowledged, expectation);
    } else if (mbp_def_has(keys, EXPECT_MACHINE)) {
        expectation->kind = EXPECTED_STATE;
        expectation->state = (uint8_t)def->state;
        name = def->machine;
        expectation->index = find_machine(scenario, keys, "machine", name);
    } else if (mbp_def_has(keys, EXPECT_VALUE)) {
        expectation->kind = EXPECTED_VALUE;
        name = def->value.sensor;
        bind_value(scenario, &def->value, expectation);
    } else if (mbp_def_has(keys, EXPECT_PROCESS)) {
        expectation->kind = EXPECTED_VALUE;
        expectation->process = true;
        name = def->process.sensor;
        bind_value(scenario, &def->process, expectation);
    }
    describe(scenario, expectation, name);
}

/* The model student needs a scan for what he does to be so. */
static void bind_model(struct mbp_scenario *scenario, const struct student_def *def, uint64_t at_ns,
                       struct expectation *expectation)
{
    uint64_t scan_ns = scenario->plant->scan_ns;
    uint64_t room_ns = expectation->when == WHEN_BEFORE && expectation->span_ns > at_ns ? expectation->span_ns - at_ns
                                                                                        : expectation->span_ns;
    expectation->model_ns = room_ns / 2;
    if (!mbp_def_has(&def->def, STUDENT_MODEL))
        return;
    expectation->model_ns = def->model_ns;
    if (expectation->when != WHEN_NEXT && def->model_ns + 2 * scan_ns > room_ns)
        mbp_reader_tell(&scenario->reader, mbp_def_node(&def->def, "model"),
                        "the model student would be late: 'model' must be below the time that the student has");
}

/* The student's part above this one. */
static void bind_order(struct mbp_scenario *scenario, const struct student_def *def, struct expectation *expectation)
{
    expectation->first = def->first;
    expectation->after = UINT32_MAX;
    if (!def->in_order)
        return;
    for (uint32_t i = (uint32_t)(expectation - scenario->expectations); i-- > 0 && expectation->after == UINT32_MAX;)
        expectation->after = scenario->expectations[i].student ? i : UINT32_MAX;
    if (expectation->after == UINT32_MAX)
        mbp_reader_tell(&scenario->reader, mbp_def_node(&def->def, "in_order"),
                        "there is no part of the student's above this one, which it could come after");
}

static void check_not_forced(struct mbp_scenario *scenario, const struct student_def *def,
                             const struct expectation *expectation)
{
    struct mbp_point point;
    uint8_t unit;
    if (scenario->def.forcing == FORCING_ALLOWED || expectation->puts.count == 0 ||
        !look_up_point(scenario->plant, def->write.point, &point, &unit) || point.sensor == UINT32_MAX)
        return;
    const char *part = strrchr(point.name, '.');
    bool coil = point.table == MBP_COILS && part != NULL && strcmp(part, ".forced") == 0;
    bool forces = strcmp(point.what, "value") == 0 || (coil && def->write.value > 0);
    if (forces)
        mbp_reader_tell(&scenario->reader, mbp_def_node(&def->write.def, "point"),
                        "%s cannot be forced: this scenario says 'forcing: refused'", def->write.point);
}

void bind_student(struct mbp_scenario *scenario, const struct student_def *def, uint64_t at_ns,
                  struct expectation *expectation)
{
    const struct mbp_def *keys = &def->def;
    const char *name = NULL;
    expectation->student = true;
    bind_order(scenario, def, expectation);
    bind_when(scenario, keys, STUDENT_TIMES, &def->when, at_ns, expectation);
    bind_model(scenario, def, at_ns, expectation);
    if ((keys->wrong & MBP_BIT(STUDENT_ACKNOWLEDGE)) != 0)
        return;
    if (mbp_def_has(keys, STUDENT_ACKNOWLEDGE)) {
        expectation->kind = EXPECTED_ACKNOWLEDGED;
        name = def->acknowledge;
        bind_alarm(scenario, keys, "acknowledge", name, expectation);
        if (expectation->target.alarms != 0)
            put_acknowledge(scenario, mbp_def_node(keys, "acknowledge"), &expectation->target, &expectation->puts);
    } else if (mbp_def_has(keys, STUDENT_MACHINE)) {
        expectation->kind = EXPECTED_ASKED;
        name = def->machine;
        expectation->state = (uint8_t)def->ask;
        expectation->index = find_machine(scenario, keys, "machine", name);
        if (expectation->index != UINT32_MAX)
            put_coil(scenario, name, mbp_state_name((enum mbp_state_code)def->ask), true, &expectation->puts);
    } else if (mbp_def_has(keys, STUDENT_WRITE)) {
        expectation->kind = EXPECTED_WRITTEN;
        name = def->write.point;
        expectation->low = def->write.value;
        put_value(scenario, &def->write, &expectation->puts);
        check_not_forced(scenario, def, expectation);
    }
    describe(scenario, expectation, name);
}
