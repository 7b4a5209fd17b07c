/* bind: what a scenario says, in terms of its plant. */
#include <string.h>
#include <strings.h>

#include "mbplant/fault.h"
#include "scenario_priv.h"

/* ---- actions ---------------------------------------------------------------------------------------------------- */

static void bind_inject(struct mbp_scenario *scenario, const struct inject_def *def, struct step *step)
{
    const struct mbp_def *keys = &def->def;
    if (!mbp_def_has(keys, INJECT_SENSOR))
        return;
    uint32_t s = find_sensor(scenario, keys, "sensor", def->sensor);
    struct mbp_point point;
    uint8_t unit;
    if (s == UINT32_MAX || !mbp_def_has(keys, INJECT_VALUE) ||
        !look_up_point(scenario->plant, def->sensor, &point, &unit))
        return;
    if (!point.writable)
        mbp_reader_tell(&scenario->reader, mbp_def_node(keys, "sensor"),
                        "%s takes no value: it says 'inject: reject'; a fault of kind stuck shows one", def->sensor);
    else if (put_fits(scenario, mbp_def_node(keys, "value"), &point, unit, def->value))
        put_add(scenario, &step->puts, &point, unit, def->value);
    step->what = say(scenario, "inject %s = %g %s", def->sensor, def->value, scenario->plant->sensors[s].unit_text);
}

static void bind_release(struct mbp_scenario *scenario, const struct step_def *def, struct step *step)
{
    if (find_sensor(scenario, &def->def, "release", def->release) != UINT32_MAX)
        put_coil(scenario, def->release, "forced", false, &step->puts);
    step->what = say(scenario, "release %s", def->release);
}

static void bind_write(struct mbp_scenario *scenario, const struct write_def *def, struct step *step)
{
    if (put_value(scenario, def, &step->puts))
        step->what = say(scenario, "write %s = %g", def->point, def->value);
}

static void bind_machine(struct mbp_scenario *scenario, const struct ask_def *def, struct step *step)
{
    if (!mbp_def_has(&def->def, ASK_NAME) || find_machine(scenario, &def->def, "name", def->name) == UINT32_MAX ||
        !mbp_def_has(&def->def, ASK_ASK))
        return;
    const char *state = mbp_state_name((enum mbp_state_code)def->ask);
    put_coil(scenario, def->name, state, true, &step->puts);
    step->what = say(scenario, "ask %s for %s", def->name, state);
}

static void bind_acknowledge(struct mbp_scenario *scenario, const struct step_def *def, struct step *step)
{
    struct target target;
    if (find_target(scenario, &def->def, "acknowledge", def->acknowledge, &target))
        put_acknowledge(scenario, mbp_def_node(&def->def, "acknowledge"), &target, &step->puts);
    step->what = say(scenario, "acknowledge %s", def->acknowledge);
}

/* ---- faults ----------------------------------------------------------------------------------------------------- */

static void bind_own_fault(struct mbp_scenario *scenario, struct mbp_plant_fault_def *own, struct step *step)
{
    const struct mbp_plant *plant = scenario->plant;
    bool moves = own->actuator != NULL;
    if (moves == (own->sensor != NULL))
        return; /* which was told when it was read */
    uint32_t found = moves ? find_actuator(scenario, &own->def, "actuator", own->actuator)
                           : find_sensor(scenario, &own->def, "sensor", own->sensor);
    step->effect = own->fault.effect;
    step->effect.subject = moves && found != UINT32_MAX ? plant->sensor_count + found : found;
    if (found == UINT32_MAX)
        return;
    mbp_check_effect(&scenario->reader, plant, own, step->effect.subject);
    step->what = say(scenario, "fault %s of %s begins", mbp_effect_name((enum mbp_effect_kind)own->fault.effect.kind),
                     mbp_effect_of(plant, &step->effect));
}

/* The nearest step before this one that began a fault of this name. */
static uint32_t beginning(const struct mbp_scenario *scenario, uint32_t before, const char *name)
{
    const struct step_def *defs = scenario->def.timeline.items;
    for (uint32_t i = before; i-- > 0;) {
        const char *own = defs[i].fault.own.fault.name;
        if (scenario->steps[i].act == ACT_FAULT && defs[i].fault.name == NULL && own != NULL &&
            strcasecmp(own, name) == 0)
            return i;
    }
    return UINT32_MAX;
}

static void tell_unknown_fault(struct mbp_scenario *scenario, const struct step_def *def, uint32_t at)
{
    const struct step_def *defs = scenario->def.timeline.items;
    const char *names[MBP_PLANT_FAULTS_MAX + 64];
    size_t count = 0;
    for (uint32_t f = 0; f < scenario->plant->fault_count; f++)
        names[count++] = scenario->plant->faults[f].name;
    for (uint32_t i = 0; i < at && count < sizeof names / sizeof names[0]; i++)
        if (scenario->steps[i].act == ACT_FAULT && defs[i].fault.own.fault.name != NULL)
            names[count++] = defs[i].fault.own.fault.name;
    const char *near = mbp_nearest(def->fault.name, names, count);
    mbp_reader_tell(&scenario->reader, mbp_def_node(&def->def, "fault"),
                    "there is no fault '%s' in %s, and none that an earlier step began%s%s%s", def->fault.name,
                    scenario->plant->name, near != NULL ? "; did you mean '" : "", near != NULL ? near : "",
                    near != NULL ? "'?" : "");
}

static void bind_fault(struct mbp_scenario *scenario, struct step_def *def, uint32_t at, struct step *step)
{
    struct fault_def *fault = &def->fault;
    step->on = fault->on;
    if (fault->name == NULL) {
        bind_own_fault(scenario, &fault->own, step);
        if (fault->own.fault.name != NULL && mbp_fault_find(scenario->plant, fault->own.fault.name) != UINT32_MAX)
            mbp_reader_tell(&scenario->reader, mbp_def_node(&fault->own.def, "name"),
                            "the name '%s' is taken by a fault of %s", fault->own.fault.name, scenario->plant->name);
        return;
    }
    step->fault = mbp_fault_find(scenario->plant, fault->name);
    if (step->fault == UINT32_MAX)
        step->began = beginning(scenario, at, fault->name);
    if (step->fault == UINT32_MAX && step->began == UINT32_MAX)
        tell_unknown_fault(scenario, def, at);
    if (step->began != UINT32_MAX && step->on)
        mbp_reader_tell(
            &scenario->reader, mbp_def_node(&def->def, "fault"),
            "'%s' began in line %u; begin it again with a step that says what it is", fault->name,
            mbp_def_node(&((struct step_def *)scenario->def.timeline.items)[step->began].def, "fault")->line);
    step->what = say(scenario, "fault %s %s", fault->name, fault->on ? "begins" : "ends");
}

/* ---- the timeline ----------------------------------------------------------------------------------------------- */

static void bind_time(struct mbp_scenario *scenario, const struct step_def *def, uint64_t before_ns, struct step *step)
{
    char at[32], before[32];
    const char *key = mbp_def_has(&def->def, STEP_AT) ? "at" : "after";
    step->at_ns = mbp_def_has(&def->def, STEP_AT)      ? def->at_ns
                  : mbp_def_has(&def->def, STEP_AFTER) ? mbp_time_add_sat(before_ns, def->after_ns)
                                                       : before_ns;
    mbp_duration_format(step->at_ns, at, sizeof at);
    if (step->at_ns < before_ns)
        mbp_reader_tell(&scenario->reader, mbp_def_node(&def->def, "at"),
                        "%s is before the step above, which comes at %s; write steps in the order of their times", at,
                        mbp_duration_format(before_ns, before, sizeof before));
    else if (scenario->duration_ns != 0 &&
             mbp_time_add_sat(step->at_ns, scenario->plant->scan_ns) > scenario->duration_ns)
        mbp_reader_tell(&scenario->reader, mbp_def_node(&def->def, key),
                        "this step comes at %s, and the scenario ends at %s", at,
                        mbp_duration_format(scenario->duration_ns, before, sizeof before));
}

static void bind_act(struct mbp_scenario *scenario, struct step_def *def, uint32_t at, struct step *step)
{
    struct expectation *expectation = &scenario->expectations[scenario->expectation_count];
    step->act = step_act(def);
    switch (step->act) {
    case ACT_INJECT:
        bind_inject(scenario, &def->inject, step);
        break;
    case ACT_RELEASE:
        bind_release(scenario, def, step);
        break;
    case ACT_FAULT:
        bind_fault(scenario, def, at, step);
        break;
    case ACT_WRITE:
        bind_write(scenario, &def->write, step);
        break;
    case ACT_MACHINE:
        bind_machine(scenario, &def->machine, step);
        break;
    case ACT_ACKNOWLEDGE:
        bind_acknowledge(scenario, def, step);
        break;
    case ACT_NOTE:
        step->note = def->note;
        break;
    case ACT_EXPECT:
        step->expectation = scenario->expectation_count++;
        bind_expect(scenario, &def->expect, step->at_ns, expectation);
        break;
    case ACT_STUDENT:
        step->expectation = scenario->expectation_count++;
        bind_student(scenario, &def->student, step->at_ns, expectation);
        break;
    case ACT_COUNT:
        break; /* told */
    }
}

static enum mbp_status bind_timeline(struct mbp_scenario *scenario)
{
    struct step_def *defs = scenario->def.timeline.items;
    uint32_t count = scenario->def.timeline.count;
    uint64_t before_ns = 0;
    scenario->steps = mbp_arena_array(&scenario->arena, count + 1u, sizeof *scenario->steps);
    scenario->expectations = mbp_arena_array(&scenario->arena, count + 1u, sizeof *scenario->expectations);
    if (scenario->steps == NULL || scenario->expectations == NULL)
        return MBP_ERR_MEMORY;
    for (uint32_t i = 0; i < count; i++) {
        struct step *step = &scenario->steps[i];
        *step = (struct step){.fault = UINT32_MAX, .began = UINT32_MAX, .expectation = UINT32_MAX};
        scenario->expectations[scenario->expectation_count].index = UINT32_MAX;
        bind_time(scenario, &defs[i], before_ns, step);
        condition_bind(scenario, &defs[i], step);
        bind_act(scenario, &defs[i], i, step);
        before_ns = step->at_ns > before_ns ? step->at_ns : before_ns;
        scenario->step_count++;
    }
    return scenario->reader.out_of_memory ? MBP_ERR_MEMORY : MBP_OK;
}

enum mbp_status mbp_scenario_bind(struct mbp_scenario *scenario, const struct mbp_plant *plant, FILE *errors)
{
    enum mbp_status status = MBP_OK;
    if (plant != NULL) {
        scenario->plant = plant;
        scenario->duration_ns = scenario->def.duration_ns / plant->scan_ns * plant->scan_ns;
        if (scenario->duration_ns == 0 && mbp_def_has(&scenario->def.def, SCENARIO_DURATION))
            mbp_reader_tell(&scenario->reader, mbp_def_node(&scenario->def.def, "duration"),
                            "the scenario is shorter than a scan of %s", plant->name);
        status = bind_timeline(scenario);
    }
    if (status == MBP_OK && scenario->errors->count != 0)
        status = MBP_ERR_FORMAT;
    mbp_errors_write(scenario->errors, scenario->path, errors);
    return status;
}
