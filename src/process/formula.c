/* A signal whose value is an expression. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "process_priv.h"

enum mbp_status process_build_formulas(struct mbp_process *process)
{
    const struct mbp_plant *plant = process->plant;
    size_t inputs = 0;
    size_t cells = 0;
    for (uint32_t f = 0; f < plant->formula_count; f++) {
        const struct mbp_formula *formula = &plant->formulas[f];
        if (formula->use != MBP_FORMULA_SIGNAL)
            continue;
        size_t own_inputs = plant->sensors[formula->owner].input_count;
        size_t own_cells = mbp_expr_cells(formula->code);
        inputs = own_inputs > inputs ? own_inputs : inputs;
        cells = own_cells > cells ? own_cells : cells;
    }
    process->formula_inputs = calloc(inputs + 1, sizeof *process->formula_inputs);
    process->formula_cells = calloc(cells + 1, sizeof *process->formula_cells);
    return process->formula_inputs != NULL && process->formula_cells != NULL ? MBP_OK : MBP_ERR_MEMORY;
}

/* An on/off actuator is on when it stands nearer to on than to off. */
static double input_value(const struct mbp_process *process, const struct mbp_state *state,
                          const struct process_input *input)
{
    double value = process_source(process, state, input);
    if (!input->on_off)
        return value;
    const double *range = process->plant->actuators[input->from - process->plant->sensor_count].range;
    return fabs(value - range[1]) < fabs(value - range[0]) ? 1 : 0;
}

static struct mbp_expr_result run(const struct mbp_process *process, const struct mbp_state *state,
                                  const struct process_signal *signal, uint64_t *cells)
{
    for (uint32_t i = 0; i < signal->input_count; i++)
        process->formula_inputs[i] = input_value(process, state, &process->inputs[signal->first_input + i]);
    const struct mbp_formula_view view = {process->plant, state, process->formula_inputs};
    struct mbp_expr_world world = mbp_state_world(process->plant, state);
    world.ctx = &view;
    return mbp_expr_run(process->plant->formulas[signal->formula - 1].code, &world, cells);
}

double process_formula(const struct mbp_process *process, struct mbp_state *state, const struct process_signal *signal,
                       bool settling)
{
    const struct mbp_formula *formula = &process->plant->formulas[signal->formula - 1];
    struct mbp_formula_state *now = &state->formula[signal->formula - 1];
    uint64_t *cells = state->cell + formula->first_cell;
    if (settling) {
        memcpy(process->formula_cells, cells, mbp_expr_cells(formula->code) * sizeof *cells);
        cells = process->formula_cells;
    }
    struct mbp_expr_result result = run(process, state, signal, cells);
    if (result.fault == MBP_EXPR_FINE)
        now->value = signal->is_switch ? (double)(result.value.u != 0) : process_bounded(result.value.r);
    if (settling)
        return now->value;
    if (result.fault != now->fault) {
        now->fault = (uint8_t)result.fault;
        now->offset = result.offset;
        state->formulas_untold++;
    }
    uint8_t flags = (uint8_t)(state->flags[signal->sensor] & ~MBP_SENSOR_NONE);
    state->flags[signal->sensor] = result.fault != MBP_EXPR_FINE ? flags | MBP_SENSOR_NONE : flags;
    return now->value;
}
