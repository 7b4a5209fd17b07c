/* What the files of process/ share. */
#ifndef MBPLANT_PROCESS_PRIV_H
#define MBPLANT_PROCESS_PRIV_H

#include "mbplant/process.h"
#include "replay.h"

/* No process value goes beyond this, so that a loop that runs away ends in a large number and never in none. */
#define PROCESS_BOUND 1e100

/* Sensors that follow each other and are treated alike. */
struct process_run {
    uint32_t first, count;
};

/* A signal that is base, one plain input and lag: by far the most frequent coupling. */
struct process_tap {
    uint32_t sensor, from;
    double gain;
};

/* A dead time: of `samples` kept values the oldest is a little too old; `older` is its share, the rest the next one's.
 */
struct process_delay {
    uint64_t samples; /* 0 = no dead time */
    double older;     /* 1 when the dead time is a whole number of scans */
};

struct process_input {
    uint32_t from;
    uint32_t fed;   /* index into process->fed when a loop is closed here; UINT32_MAX = sees this scan's value */
    uint32_t times; /* actuator; MBP_TIMES_NONE = none */
    bool root;      /* enum mbp_input_function */
    bool on_off;    /* of a formula: an on/off actuator, which is 0 or 1 */
    double gain;
    double decay; /* of its lag */
    struct process_delay delay;
};

/* Any other signal. Its parts of the state follow each other in the order of their use. */
struct process_signal {
    uint32_t sensor;
    uint32_t first_input, input_count; /* into process->inputs */
    size_t part;
    double integrate; /* gain times scan period; 0 = none */
    struct process_delay delay;
    double wander_decay, wander_kick;
    uint64_t wander_key;
    uint32_t formula; /* as mbp_sensor.formula */
    bool is_switch;
};

/* The signals that depend on each other, in runs of either kind, in an order in which sources come first. */
struct process_step {
    bool tapped;           /* into taps, else into signals */
    uint32_t first, count; /* into it */
};

struct process_replay {
    uint32_t sensor, series;
    bool hold; /* its last value */
    bool is_switch;
};

#define PROCESS_BLOCK 128 /* sensors at once, so that what is between the steps stays in the nearest cache */

/* Sensors that follow each other. */
struct process_block {
    uint32_t first, count;
    bool owner;                 /* of the arrays, which stand one behind the other from low; else another block is */
    double *low, *high, *scale; /* per sensor: the instrument's range, its register's scale */
};

/* Those of a block whose registers are of one kind. */
struct process_grid {
    uint8_t count;
    uint8_t type; /* enum mbp_type */
    bool offset;  /* their registers have offsets */
};
_Static_assert(PROCESS_BLOCK <= UINT8_MAX, "a count fits");

struct mbp_process {
    const struct mbp_plant *plant;
    uint64_t seed; /* that the keys of noise and wander are of */

    /* signals */
    double *decay;            /* per sensor: e^(-T/tau) of its lag, 0 without */
    struct process_run *runs; /* of base and lag alone */
    struct process_tap *taps;
    struct process_input *inputs;
    struct process_signal *signals;
    struct process_step *steps;
    struct process_replay *replays;
    struct replay_series *series; /* as many as the plant has recordings */
    uint32_t run_count, tap_count, input_count, signal_count, step_count, replay_count, series_count;
    double *stride;     /* per actuator: how far it moves in a scan */
    double *fed;        /* scratch: what inputs that close a loop see, taken before any signal advances */
    uint32_t *fed_from; /* whose value */
    uint32_t fed_count;
    double *formula_inputs;  /* scratch: of the formula that is run */
    uint64_t *formula_cells; /* likewise, where it is run without taking a step */

    /* sensors */
    uint32_t *noisy; /* sensors with noise, and its stream and deviation */
    uint64_t *noise_key;
    double *noise;
    uint32_t noisy_count;
    struct process_block *blocks; /* without strings */
    struct process_grid *grids;   /* of all blocks, in their order */
    uint32_t block_count, grid_count;
};

static inline double process_bounded(double value)
{
    return value > -PROCESS_BOUND ? (value < PROCESS_BOUND ? value : PROCESS_BOUND) : -PROCESS_BOUND;
}

/* A bool is a switch: its process value is 0 or 1, on from the half, as its register rounds. */
static inline bool process_is_switch(const struct mbp_plant *plant, uint32_t sensor)
{
    return plant->sensors[sensor].reg.type == MBP_BOOL;
}

static inline double process_switched(double value)
{
    return value >= 0.5 ? 1.0 : 0.0;
}

/* ---- signal.c ---------------------------------------------------------------------------------------------------- */

/* Whether the sensor's signal has a part beyond base, lag and inputs, or an input one beyond its gain, or is a switch.
 */
bool process_is_elaborate(const struct mbp_plant *plant, uint32_t sensor);

/* e^(-T/tau) for the plant's scan period; 0 without a lag. */
double process_decay(const struct mbp_plant *plant, uint64_t tau_ns);

/* Fills in a signal's coefficients; its inputs' are at inputs. */
void process_signal_init(const struct mbp_plant *plant, uint32_t sensor, size_t part, struct process_signal *out,
                         struct process_input *inputs);

void process_signal_steady(const struct mbp_process *process, struct mbp_state *state,
                           const struct process_signal *signal);
void process_signal_advance(const struct mbp_process *process, struct mbp_state *state,
                            const struct process_signal *signal);

/* The stream of its wander at a seed, by the sensor's name. */
uint64_t process_wander_key(const struct mbp_plant *plant, uint32_t sensor, uint64_t seed);

/* ---- formula.c --------------------------------------------------------------------------------------------------- */

/* Room for running the plant's formulas. Errors: MBP_ERR_MEMORY. */
enum mbp_status process_build_formulas(struct mbp_process *process);

/* What a signal's formula gives in this scan; the last value that was one while it has a fault. settling: it takes no
 * step. */
double process_formula(const struct mbp_process *process, struct mbp_state *state, const struct process_signal *signal,
                       bool settling);

/* What an input's source is as a formula reads it. */
double process_source(const struct mbp_process *process, const struct mbp_state *state,
                      const struct process_input *input);

/* ---- build.c ----------------------------------------------------------------------------------------------------- */

/* Makes room for one more item behind the count that an array of items has; array points to its pointer. Room grows by
 * doubling. Errors: MBP_ERR_MEMORY, the array is then as it was. */
enum mbp_status process_room(void *array, uint32_t count, size_t size);

enum mbp_status process_build_signals(struct mbp_process *process);

/* ---- warnings.c -------------------------------------------------------------------------------------------------- */

/* --check: controllers that drive away from their setpoint, integrals that fill at once. Errors: MBP_ERR_MEMORY. */
enum mbp_status process_print_warnings(const struct mbp_plant *plant, FILE *out);

/* ---- actuator.c ---------------------------------------------------------------------------------------------------
 */

enum mbp_status process_build_actuators(struct mbp_process *process);
void process_steady_actuators(const struct mbp_process *process, struct mbp_state *state);
void process_advance_actuators(const struct mbp_process *process, struct mbp_state *state);

/* ---- sense.c ----------------------------------------------------------------------------------------------------- */

enum mbp_status process_build_blocks(struct mbp_process *process);
void process_blocks_free(struct mbp_process *process);
enum mbp_status process_build_sensors(struct mbp_process *process);

/* The stream of its noise at a seed, by the sensor's name, so that a reordered file keeps its noise. */
uint64_t process_noise_key(const struct mbp_plant *plant, uint32_t sensor, uint64_t seed);

#endif
