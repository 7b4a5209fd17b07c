/* Assignments, once a scan. */
#include "mbplant/logic.h"

#include <math.h>

#include "mbplant/machine.h"
#include "mbplant/plant/interlock.h"
#include "mbplant/point.h"
#include "mbplant/state/forced.h"
#include "mbplant/state/stored.h"

/* ---- targets ---------------------------------------------------------------------------------------------------- */

static void command(const struct mbp_plant *plant, struct mbp_state *state, uint32_t a, double value)
{
    const double *range = plant->actuators[a].range;
    state->command[a] = fmin(fmax(value, range[0]), range[1]);
}

/* A state is asked for once, when it becomes wanted. */
static void request(const struct mbp_plant *plant, struct mbp_state *state, struct mbp_formula_state *now,
                    uint32_t index, bool wanted, struct mbp_events *events)
{
    uint32_t m = index / MBP_STATE_COUNT;
    uint8_t to = (uint8_t)(index % MBP_STATE_COUNT);
    bool was = now->value != 0;
    now->value = wanted ? 1 : 0;
    if (wanted && !was && state->machine[m].state != to)
        mbp_machine_request(plant, state, m, (enum mbp_state_code)to, MBP_ACTOR_THE_LOGIC, events);
}

static void assign(const struct mbp_plant *plant, struct mbp_state *state, uint32_t f, union mbp_expr_value value,
                   struct mbp_events *events)
{
    uint32_t target = plant->formulas[f].target;
    uint32_t index = mbp_slot_index(target);
    uint64_t bits;
    switch ((unsigned)mbp_slot_kind(target)) {
    case MBP_SLOT_COMMAND:
        command(plant, state, index, value.r);
        break;
    case MBP_SLOT_COMMAND_ON:
        state->command[index] = plant->actuators[index].range[value.u != 0 ? 1 : 0];
        break;
    case MBP_SLOT_STORED:
        if (mbp_stored_assign(&plant->stored[index].reg, value, &bits))
            mbp_stored_put(state, index, bits);
        break;
    default: /* MBP_SLOT_STATE */
        request(plant, state, &state->formula[f], index, value.u != 0, events);
        break;
    }
}

/* ---- a scan ----------------------------------------------------------------------------------------------------- */

static void note_fault(struct mbp_state *state, uint32_t f, const struct mbp_expr_result *result)
{
    struct mbp_formula_state *now = &state->formula[f];
    if (now->fault == result->fault)
        return;
    now->fault = (uint8_t)result->fault;
    now->offset = result->offset;
    state->formulas_untold++;
}

void mbp_logic_run(const struct mbp_plant *plant, struct mbp_state *state, struct mbp_events *events)
{
    const struct mbp_formula_view view = {plant, state, NULL};
    struct mbp_expr_world world = mbp_state_world(plant, state);
    world.ctx = &view;
    for (uint32_t u = 0; u < plant->unit_count; u++) {
        const struct mbp_unit *unit = &plant->units[u];
        for (uint32_t f = unit->first_logic; f < unit->first_logic + unit->logic_count; f++) {
            const struct mbp_formula *formula = &plant->formulas[f];
            struct mbp_expr_result result = mbp_expr_run(formula->code, &world, state->cell + formula->first_cell);
            note_fault(state, f, &result);
            if (result.fault == MBP_EXPR_FINE)
                assign(plant, state, f, result.value, events);
        }
    }
}

static void watch(const struct mbp_plant *plant, struct mbp_state *state, uint32_t s,
                  const struct mbp_expr_world *world)
{
    if (plant->sensors[s].interlock == MBP_INTERLOCK_BYPASS) {
        state->value[s] = state->alone[mbp_interlock_of_bypass(plant, s)].bypassed != 0 ? 1 : 0;
        return;
    }
    const uint32_t f = plant->sensors[s].when - 1;
    struct mbp_formula_state *now = &state->formula[f];
    const struct mbp_formula *formula = &plant->formulas[f];
    struct mbp_expr_result result = mbp_expr_run(formula->code, world, state->cell + formula->first_cell);
    bool fine = result.fault == MBP_EXPR_FINE;
    note_fault(state, f, &result);
    if (fine)
        now->value = result.value.u != 0 ? 1 : 0;
    state->value[s] = now->value;
    state->flags[s] = (uint8_t)((state->flags[s] & ~(MBP_SENSOR_NONE | MBP_SENSOR_BAD)) |
                                (fine ? 0 : MBP_SENSOR_NONE | MBP_SENSOR_BAD));
}

/* One that has a fault is false: maintenance is not due for it, what was due stays so, and an alarm that it suppresses
 * is shown. */
static void watch_condition(const struct mbp_plant *plant, struct mbp_state *state, uint32_t f,
                            const struct mbp_expr_world *world)
{
    const struct mbp_formula *formula = &plant->formulas[f];
    struct mbp_expr_result result = mbp_expr_run(formula->code, world, state->cell + formula->first_cell);
    note_fault(state, f, &result);
    state->formula[f].value = result.fault == MBP_EXPR_FINE && result.value.u != 0 ? 1 : 0;
}

void mbp_logic_watch(const struct mbp_plant *plant, struct mbp_state *state)
{
    const struct mbp_formula_view view = {plant, state, NULL};
    struct mbp_expr_world world = mbp_state_world(plant, state);
    world.ctx = &view;
    for (uint32_t u = 0; u < plant->unit_count && plant->alarm_count > 0; u++) {
        const struct mbp_unit *unit = &plant->units[u];
        for (uint32_t i = 0; i < unit->alarm_count; i++)
            watch(plant, state, mbp_unit_first_alarm(unit) + i, &world);
    }
    for (uint32_t m = 0; m < plant->machine_count && plant->formula_count > 0; m++) {
        if (plant->machines[m].maintenance_when != 0)
            watch_condition(plant, state, plant->machines[m].maintenance_when - 1, &world);
    }
    for (uint32_t i = 0; i < plant->suppress_count; i++)
        watch_condition(plant, state, plant->first_suppress + i, &world);
}

void mbp_logic_compute(const struct mbp_plant *plant, struct mbp_state *state, bool settling)
{
    const struct mbp_formula_view view = {plant, state, NULL};
    struct mbp_expr_world world = mbp_state_world(plant, state);
    world.ctx = &view;
    for (uint32_t i = 0; i < plant->computed_count; i++) {
        uint32_t s = plant->computed[i];
        const struct mbp_stored *stored = &plant->stored[s];
        const struct mbp_formula *formula = &plant->formulas[stored->formula - 1];
        if (settling && mbp_expr_cells(formula->code) > 0)
            continue;
        struct mbp_expr_result result = mbp_expr_run(formula->code, &world, state->cell + formula->first_cell);
        note_fault(state, stored->formula - 1, &result);
        if (result.fault == MBP_EXPR_FINE)
            mbp_stored_put(state, s, mbp_stored_result(stored, mbp_expr_type_of(formula->code), result.value));
    }
}

/* ---- the journal ------------------------------------------------------------------------------------------------ */

static void tell(const struct mbp_plant *plant, const struct mbp_formula_state *now, uint8_t fault, uint32_t f,
                 struct mbp_events *events)
{
    const struct mbp_formula *formula = &plant->formulas[f];
    bool fine = fault == MBP_EXPR_FINE;
    enum mbp_event_code code = fine ? MBP_EV_FORMULA_FINE : MBP_EV_FORMULA_FAULT;
    struct mbp_event event = {
        .code = (uint16_t)code, .machine = MBP_NONE16, .sensor = MBP_NONE16, .value = NAN, .limit = NAN};
    if (formula->use == MBP_FORMULA_SIGNAL || formula->use == MBP_FORMULA_ALARM ||
        formula->use == MBP_FORMULA_SUPPRESS) {
        event = mbp_sensor_event(plant, code, formula->owner);
    } else if (formula->use == MBP_FORMULA_UPKEEP) {
        event = mbp_machine_event(plant, code, formula->owner);
    } else if (formula->use == MBP_FORMULA_POINT) {
        const struct mbp_user_point *home = &plant->points[plant->stored[formula->owner].point];
        event = mbp_stored_event(plant, code, formula->owner);
        event.limit = (float)(home->table * 65536u + home->reg.addr);
    } else {
        event.unit = plant->units[formula->owner].id;
        event.value = (float)(mbp_formula_number(plant, f) + 1);
    }
    event.detail = fine ? 0 : fault | (now->offset + 1) << 8;
    mbp_events_emit(events, event);
}

void mbp_logic_emit(const struct mbp_plant *plant, struct mbp_state *state, struct mbp_events *events)
{
    if (state->formulas_untold == 0)
        return;
    state->formulas_untold = 0;
    for (uint32_t f = 0; f < plant->formula_count; f++) {
        struct mbp_formula_state *now = &state->formula[f];
        if (now->told != now->fault)
            tell(plant, now, now->fault, f, events);
        now->told = now->fault;
    }
}

void mbp_logic_emit_restore(const struct mbp_plant *plant, const struct mbp_state *now, const struct mbp_state *then,
                            struct mbp_events *events)
{
    for (uint32_t f = 0; f < plant->formula_count; f++) {
        if (now->formula[f].told != then->formula[f].told)
            tell(plant, &then->formula[f], then->formula[f].told, f, events);
    }
}
