/* What the files of state/ share. */
#ifndef MBP_STATE_PRIV_H
#define MBP_STATE_PRIV_H

#include <math.h>

#include "mbplant/state.h"

/* What an array of the state has items for. */
enum state_index {
    STATE_BY_SENSOR,
    STATE_BY_MACHINE,
    STATE_BY_MACHINE_AND_ONE, /* and one for the sensors without a machine */
    STATE_BY_ACTUATOR,
    STATE_BY_CONTROLLER,
    STATE_BY_SOURCE, /* sensors, behind them actuators: what an input may take in */
    STATE_BY_FAULT,  /* of the plant file, behind them ad hoc places */
    STATE_BY_PART,   /* mbp_signal_parts of each sensor */
    STATE_BY_RATE,   /* sensors with a rate-of-change alarm */
    STATE_BY_RATE_VALUE,
    STATE_BY_FORMULA,
    STATE_BY_CELL, /* of all formulas */
    STATE_BY_STORED,
    STATE_BY_TOUCHED,
    STATE_BY_FORCED, /* MBP_SIM_FORCED_MAX places */
    STATE_BY_WATCHDOG,
    STATE_BY_DUTY /* alarms that are looked after */
};

/* What becomes of an array's items when the plant file changes: they follow their sensor or machine, or are worked out
 * anew. Snapshots and checkpoints have all of it. */
enum state_reload { STATE_CARRIED, STATE_DERIVED };

/* And in a run that has no checkpoint to go on from: they come back from retained rows (mbplant/retained.h, and
 * settings and faults in mbplant/journal.h), or begin anew. */
enum state_restart { STATE_RETAINED, STATE_ANEW };

/* What says that an array is as it was, so that nobody has to look: a count of mbp_state, or nothing. */
enum state_version { STATE_BY_SCAN, STATE_BY_LIMITS, STATE_BY_SHELVES };

struct state_array {
    size_t at;               /* of its pointer in struct mbp_state */
    size_t size;             /* of one element */
    uint8_t times;           /* elements per sensor or machine */
    uint8_t by;              /* enum state_index */
    uint8_t reload, restart; /* enum state_reload, enum state_restart */
    uint8_t version;         /* enum state_version */
};

extern const struct state_array state_arrays[];
extern const size_t state_array_count;

/* Where a state has its items of this array. */
size_t state_array_len(const struct mbp_state *state, const struct state_array *array);
char *state_array_at(const struct mbp_state *state, const struct state_array *array);

/* A number that differs where the bytes would mean something else: by the counts alone. */
uint64_t state_layout(const struct mbp_state *state);

/* What a signal keeps between scans, in the order in which it lies in mbp_state.part. */
enum part_kind { PART_INPUT_LAG, PART_INPUT_DEAD_TIME, PART_INTEGRAL, PART_LAG, PART_DEAD_TIME, PART_WANDER };

struct signal_part {
    enum part_kind kind;
    const char *from; /* PART_INPUT_...: name of the sensor or actuator that it takes in; NULL = of the signal itself */
    size_t first, count; /* among the signal's parts */
};

/* The parts of one sensor's signal, one after another: start with a zeroed walk; false after the last. */
struct part_walk {
    struct signal_part part;
    uint32_t step;
    size_t next;
};
bool state_next_part(const struct mbp_plant *plant, uint32_t sensor, struct part_walk *walk);

/* What a sensor shows or is held at is nothing beyond its range. */
static inline double state_in_range(const struct mbp_sensor *sensor, double value)
{
    return fmin(fmax(value, sensor->range[0]), sensor->range[1]);
}

/* Counts the rate-of-change alarms and the values that they keep; then, once there is room, gives each its window. */
void state_count_rates(const struct mbp_plant *plant, struct mbp_state *state);
void state_set_rates(const struct mbp_plant *plant, struct mbp_state *state);

/* A window goes on where it is as long as it was, at the same pace. */
void state_carry_rates(const struct mbp_carry *carry, const struct mbp_state *from, struct mbp_state *to);

/* A stored value goes on where both files begin with the same one, of the same type. */
void state_carry_stored(const struct mbp_carry *carry, const struct mbp_state *from, struct mbp_state *to);

/* A watchdog goes on with what it watches. */
void state_carry_watchdogs(const struct mbp_carry *carry, const struct mbp_state *from, struct mbp_state *to);

/* A formula goes on in the same place: of the same sensor, or assigned to the same target of the same unit. */
void state_carry_formulas(const struct mbp_carry *carry, const struct mbp_state *from, struct mbp_state *to);

#endif
