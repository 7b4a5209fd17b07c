/* A signal that is more than base, one plain input and lag, in the order of its parts:
 *   base + wave + inputs (each behind its own lag and dead time) or a formula -> integrate -> lag -> dead time ->
 * wander -> switch. Lag and wander are exact at any scan period for what stays constant within a scan. */
#include <math.h>

#include "process_priv.h"
#include "wave.h"

#define WANDER_STREAM UINT64_C(0x57414E444552) /* sets the wander's draws apart from the noise's of the same sensor */

/* ---- coefficients ------------------------------------------------------------------------------------------------ */

bool process_is_elaborate(const struct mbp_plant *plant, uint32_t s)
{
    const struct mbp_sensor *sensor = &plant->sensors[s];
    const struct mbp_signal *signal = sensor->signal;
    const struct mbp_input *input = sensor->input_count == 1 ? &plant->inputs[sensor->first_input] : NULL;
    bool curved = input != NULL && (input->function != MBP_LINEAR || input->times != MBP_TIMES_NONE);
    return curved || sensor->formula != 0 || mbp_signal_is_bounded(signal) || process_is_switch(plant, s) ||
           signal->wave != MBP_WAVE_NONE || sensor->input_count > 1 || mbp_signal_parts(plant, s) > 0;
}

static struct process_delay delay_of(const struct mbp_plant *plant, uint64_t dead_time_ns)
{
    uint64_t rest_ns = dead_time_ns % plant->scan_ns;
    return (struct process_delay){.samples = mbp_dead_time_samples(plant, dead_time_ns),
                                  .older = rest_ns == 0 ? 1.0 : (double)rest_ns / (double)plant->scan_ns};
}

double process_decay(const struct mbp_plant *plant, uint64_t tau_ns)
{
    return tau_ns == 0 ? 0.0 : exp(-(double)plant->scan_ns / (double)tau_ns);
}

uint64_t process_wander_key(const struct mbp_plant *plant, uint32_t sensor, uint64_t seed)
{
    return mbp_rng_key(seed, mbp_name_hash(plant->sensors[sensor].name) ^ WANDER_STREAM);
}

static void init_wander(const struct mbp_plant *plant, uint32_t s, struct process_signal *out)
{
    const struct mbp_signal *signal = plant->sensors[s].signal;
    double periods = (double)plant->scan_ns / (double)signal->wander_tau_ns;
    out->wander_decay = exp(-periods);
    out->wander_kick = process_bounded(signal->wander_sigma) * sqrt(-expm1(-2.0 * periods));
    out->wander_key = process_wander_key(plant, s, plant->seed);
}

void process_signal_init(const struct mbp_plant *plant, uint32_t s, size_t part, struct process_signal *out,
                         struct process_input *inputs)
{
    const struct mbp_sensor *sensor = &plant->sensors[s];
    const struct mbp_signal *signal = sensor->signal;
    out->sensor = s;
    out->is_switch = process_is_switch(plant, s);
    out->part = part;
    out->input_count = sensor->input_count;
    out->formula = sensor->formula;
    out->integrate = process_bounded(signal->integrate_gain) * ((double)plant->scan_ns / (double)MBP_NS_PER_S);
    out->delay = delay_of(plant, signal->dead_time_ns);
    if (signal->wander_sigma > 0)
        init_wander(plant, s, out);
    for (uint32_t i = 0; i < sensor->input_count; i++) {
        const struct mbp_input *input = &plant->inputs[sensor->first_input + i];
        inputs[i] = (struct process_input){.from = input->from,
                                           .fed = UINT32_MAX,
                                           .times = input->times,
                                           .root = input->function == MBP_SQUARE_ROOT,
                                           .on_off = input->from >= plant->sensor_count &&
                                                     plant->actuators[input->from - plant->sensor_count].on_off,
                                           .gain = process_bounded(input->gain),
                                           .decay = process_decay(plant, input->lag_ns),
                                           .delay = delay_of(plant, input->dead_time_ns)};
    }
}

/* ---- parts ------------------------------------------------------------------------------------------------------- */

/* Keeps `now` in place of the oldest sample. Between two samples the value is on the line between them. */
static double delayed(const struct process_delay *delay, uint64_t scan, double *samples, double now)
{
    double *oldest = &samples[scan % delay->samples];
    double before = *oldest;
    double after = delay->samples > 1 ? samples[(scan + 1) % delay->samples] : now;
    *oldest = now;
    return before * delay->older + after * (1.0 - delay->older);
}

static void fill(const struct process_delay *delay, double *samples, double value)
{
    for (uint64_t i = 0; i < delay->samples; i++)
        samples[i] = value;
}

static double lagged(double target, double value, double decay)
{
    return target + (value - target) * decay;
}

/* An actuator's position or a recording's value may be beyond the bound; no lag could follow it there. */
double process_source(const struct mbp_process *process, const struct mbp_state *state,
                      const struct process_input *input)
{
    return process_bounded(input->fed == UINT32_MAX ? state->lagged[input->from] : process->fed[input->fed]);
}

/* What a value behind lag and dead time adds to the signal. */
static double effect(const struct mbp_process *process, const struct mbp_state *state,
                     const struct process_input *input, double value)
{
    double result = input->gain * (input->root ? sqrt(fmax(value, 0.0)) : value);
    if (input->times != MBP_TIMES_NONE) {
        double position = state->lagged[process->plant->sensor_count + input->times];
        result = process_bounded(result) * process_bounded(position);
    }
    return process_bounded(result);
}

/* The sum of the inputs; *part moves on behind what they keep. */
static double inputs_now(const struct mbp_process *process, struct mbp_state *state,
                         const struct process_signal *signal, double **part)
{
    double sum = 0.0;
    for (uint32_t i = 0; i < signal->input_count; i++) {
        const struct process_input *input = &process->inputs[signal->first_input + i];
        double value = process_source(process, state, input);
        if (input->decay > 0) {
            value = **part = lagged(value, **part, input->decay);
            ++*part;
        }
        if (input->delay.samples > 0) {
            value = delayed(&input->delay, state->tick, *part, value);
            *part += input->delay.samples;
        }
        sum += effect(process, state, input, value);
    }
    return sum;
}

static double inputs_at_rest(const struct mbp_process *process, struct mbp_state *state,
                             const struct process_signal *signal, double **part)
{
    double sum = 0.0;
    for (uint32_t i = 0; i < signal->input_count; i++) {
        const struct process_input *input = &process->inputs[signal->first_input + i];
        double value = process_source(process, state, input);
        if (input->decay > 0)
            *(*part)++ = value;
        fill(&input->delay, *part, value);
        *part += input->delay.samples;
        sum += effect(process, state, input, value);
    }
    return sum;
}

/* A vessel holds no more than full and no less than nothing: the integral ends where the instrument's range does, or
 * at the bound when the range goes beyond it: the difference of two integrals must still be a number. */
static double held(const struct mbp_sensor *sensor, double integral)
{
    return process_bounded(fmin(fmax(integral, sensor->range[0]), sensor->range[1]));
}

static double wander(const struct process_signal *signal, uint64_t scan, double value)
{
    double normal =
        mbp_rng_normal(mbp_rng_draw(signal->wander_key, 2 * scan), mbp_rng_draw(signal->wander_key, 2 * scan + 1));
    return value * signal->wander_decay + signal->wander_kick * normal;
}

/* What the process does not go beyond. */
static double ended(const struct mbp_signal *of, double value)
{
    value = of->has_least ? fmax(value, of->at_least) : value;
    value = of->has_most ? fmin(value, of->at_most) : value;
    return fabs(value) < of->cutoff ? 0.0 : value;
}

/* ---- the signal -------------------------------------------------------------------------------------------------- */

void process_signal_advance(const struct mbp_process *process, struct mbp_state *state,
                            const struct process_signal *signal)
{
    const struct mbp_sensor *sensor = &process->plant->sensors[signal->sensor];
    const struct mbp_signal *of = sensor->signal;
    bool wanders = of->wander_sigma > 0;
    double *part = state->part + signal->part;
    double *shown = &state->lagged[signal->sensor];
    double value = state->base[signal->sensor] + process_wave(of, state->sim_ns);
    double moved = signal->formula != 0 ? process_formula(process, state, signal, false)
                                        : inputs_now(process, state, signal, &part);
    value = process_bounded(value + moved);
    if (fabs(of->integrate_gain) > 0) {
        value = *part = held(sensor, *part + signal->integrate * value);
        part++;
    }
    if (of->lag_ns != 0) {
        bool apart = signal->delay.samples > 0 || wanders || signal->is_switch || mbp_signal_is_bounded(of);
        double *kept = apart ? part++ : shown;
        value = *kept = lagged(value, *kept, process->decay[signal->sensor]);
    }
    if (signal->delay.samples > 0) {
        value = delayed(&signal->delay, state->tick, part, value);
        part += signal->delay.samples;
    }
    if (wanders) {
        *part = wander(signal, state->tick, *part);
        value = process_bounded(value + *part);
    }
    *shown = signal->is_switch ? process_switched(value) : ended(of, value);
}

void process_signal_steady(const struct mbp_process *process, struct mbp_state *state,
                           const struct process_signal *signal)
{
    const struct mbp_sensor *sensor = &process->plant->sensors[signal->sensor];
    const struct mbp_signal *of = sensor->signal;
    bool wanders = of->wander_sigma > 0;
    double *part = state->part + signal->part;
    double value = state->base[signal->sensor] + process_wave(of, state->sim_ns);
    double moved = signal->formula != 0 ? process_formula(process, state, signal, true)
                                        : inputs_at_rest(process, state, signal, &part);
    value = process_bounded(value + moved);
    if (fabs(of->integrate_gain) > 0)
        value = *part++ = held(sensor, of->integrate_initial);
    if (of->lag_ns != 0 && (signal->delay.samples > 0 || wanders || signal->is_switch || mbp_signal_is_bounded(of)))
        *part++ = value;
    fill(&signal->delay, part, value);
    part += signal->delay.samples;
    if (wanders)
        *part = 0.0;
    state->lagged[signal->sensor] = signal->is_switch ? process_switched(value) : ended(of, value);
}
