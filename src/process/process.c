/* Signals, settled and advanced: from the sources to what depends on them, all in one scan. */
#include <stdlib.h>

#include "fault.h"
#include "process_priv.h"

#define SETTLE_PASSES 64 /* through a plant with loops, which rest where their values repeat */

enum mbp_status mbp_process_new(const struct mbp_plant *plant, struct mbp_process **out)
{
    struct mbp_process *process = calloc(1, sizeof *process);
    if (process == NULL)
        return MBP_ERR_MEMORY;
    process->plant = plant;
    process->seed = plant->seed;
    enum mbp_status status = process_build_signals(process);
    if (status == MBP_OK)
        status = process_build_formulas(process);
    if (status == MBP_OK)
        status = process_build_actuators(process);
    if (status == MBP_OK)
        status = process_build_sensors(process);
    if (status != MBP_OK) {
        mbp_process_free(process);
        return status;
    }
    *out = process;
    return MBP_OK;
}

void mbp_process_free(struct mbp_process *process)
{
    if (process == NULL)
        return;
    for (uint32_t i = 0; i < process->series_count; i++)
        replay_free(&process->series[i]);
    free(process->decay);
    free(process->runs);
    free(process->taps);
    free(process->inputs);
    free(process->signals);
    free(process->steps);
    free(process->replays);
    free(process->series);
    free(process->stride);
    free(process->fed);
    free(process->fed_from);
    free(process->formula_inputs);
    free(process->formula_cells);
    free(process->noisy);
    free(process->noise_key);
    free(process->noise);
    process_blocks_free(process);
    free(process);
}

void mbp_process_follow_seed(struct mbp_process *process, const struct mbp_state *state)
{
    if (process->seed == state->seed)
        return;
    process->seed = state->seed;
    for (uint32_t i = 0; i < process->noisy_count; i++)
        process->noise_key[i] = process_noise_key(process->plant, process->noisy[i], state->seed);
    for (uint32_t i = 0; i < process->signal_count; i++)
        process->signals[i].wander_key = process_wander_key(process->plant, process->signals[i].sensor, state->seed);
}

/* ---- bases ------------------------------------------------------------------------------------------------------- */

static double base_of(const struct mbp_plant *plant, uint32_t s, uint8_t machine_state)
{
    return process_bounded(plant->sensors[s].signal->base[machine_state]);
}

/* Looks a machine's bases up when its state has changed, not in every scan. */
static void follow_machines(const struct mbp_plant *plant, struct mbp_state *state)
{
    for (uint32_t m = 0; m < plant->machine_count; m++) {
        uint8_t now = state->machine[m].state;
        if (state->based[m] == now)
            continue;
        const struct mbp_machine *machine = &plant->machines[m];
        for (uint32_t s = machine->first_sensor; s < machine->first_sensor + machine->sensor_count; s++)
            state->base[s] = base_of(plant, s, now);
        state->based[m] = now;
    }
    if (state->based[plant->machine_count] == MBP_EN_SERVICE)
        return;
    for (uint32_t s = 0; s < plant->sensor_count; s++) {
        if (plant->sensors[s].machine == UINT32_MAX)
            state->base[s] = base_of(plant, s, MBP_EN_SERVICE);
    }
    state->based[plant->machine_count] = MBP_EN_SERVICE;
}

/* ---- settle ------------------------------------------------------------------------------------------------------ */

static void show_replays(const struct mbp_process *process, struct mbp_state *state)
{
    for (uint32_t i = 0; i < process->replay_count; i++) {
        const struct process_replay *replay = &process->replays[i];
        double value = replay_value(&process->series[replay->series], replay->hold, state->sim_ns);
        state->lagged[replay->sensor] = replay->is_switch ? process_switched(value) : value;
    }
}

/* What the inputs that close a loop see; whether that is something new. */
static bool feed(const struct mbp_process *process, const struct mbp_state *state)
{
    bool moved = false;
    for (uint32_t i = 0; i < process->fed_count; i++) {
        double now = state->lagged[process->fed_from[i]];
        moved = moved || process->fed[i] < now || process->fed[i] > now;
        process->fed[i] = now;
    }
    return moved;
}

static void complete_steps(const struct mbp_process *process, struct mbp_state *state)
{
    for (uint32_t i = 0; i < process->step_count; i++) {
        const struct process_step *step = &process->steps[i];
        for (uint32_t k = step->first; k < step->first + step->count; k++) {
            if (step->tapped) {
                const struct process_tap *tap = &process->taps[k];
                double value = state->base[tap->sensor] + tap->gain * state->lagged[tap->from];
                state->lagged[tap->sensor] = process_bounded(value);
            } else {
                process_signal_steady(process, state, &process->signals[k]);
            }
        }
    }
}

void mbp_process_find_steady_state(const struct mbp_process *process, struct mbp_state *state)
{
    const struct mbp_plant *plant = process->plant;
    follow_machines(plant, state);
    process_steady_actuators(process, state);
    process_fault_disturb(process, state);
    for (uint32_t s = 0; s < plant->sensor_count; s++)
        state->lagged[s] = state->base[s];
    show_replays(process, state);
    feed(process, state);
    for (int pass = 0; pass < SETTLE_PASSES; pass++) {
        complete_steps(process, state);
        if (!feed(process, state))
            break;
    }
    process_fault_calm(state);
}

/* ---- advance ----------------------------------------------------------------------------------------------------- */

static void advance_run(uint32_t count, const double *restrict base, const double *restrict decay,
                        double *restrict value)
{
    for (uint32_t i = 0; i < count; i++)
        value[i] = base[i] + (value[i] - base[i]) * decay[i];
}

static void advance_taps(const struct mbp_process *process, struct mbp_state *state, uint32_t first, uint32_t count)
{
    const struct process_tap *taps = process->taps + first;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t s = taps[i].sensor;
        double target = process_bounded(state->base[s] + taps[i].gain * state->lagged[taps[i].from]);
        state->lagged[s] = target + (state->lagged[s] - target) * process->decay[s];
    }
}

void mbp_process_advance(const struct mbp_process *process, struct mbp_state *state)
{
    follow_machines(process->plant, state);
    feed(process, state);
    process_advance_actuators(process, state);
    show_replays(process, state);
    process_fault_disturb(process, state);
    for (uint32_t i = 0; i < process->run_count; i++) {
        const struct process_run *run = &process->runs[i];
        advance_run(run->count, state->base + run->first, process->decay + run->first, state->lagged + run->first);
    }
    for (uint32_t i = 0; i < process->step_count; i++) {
        const struct process_step *step = &process->steps[i];
        if (step->tapped) {
            advance_taps(process, state, step->first, step->count);
            continue;
        }
        for (uint32_t k = step->first; k < step->first + step->count; k++)
            process_signal_advance(process, state, &process->signals[k]);
    }
    process_fault_calm(state);
}
