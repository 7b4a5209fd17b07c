/* state: what the plant is at this moment, apart from what its file says. Flat arrays indexed as the plant's sensors[]
 * and machines[], in one block of memory: the scan is loops over arrays, a snapshot is one copy. */
#ifndef MBPLANT_STATE_H
#define MBPLANT_STATE_H

#include "mbplant/event.h"
#include "mbplant/formula.h"
#include "mbplant/plant.h"
#include "mbplant/state/alarm.h"
#include "mbplant/state/machine.h"
#include "mbplant/state/watchdog.h"

/* Bits of mbp_state.flags. */
#define MBP_SENSOR_FORCED  0x01u /* value comes from forced_value */
#define MBP_SENSOR_ONCE    0x02u /* ... for the coming scan only */
#define MBP_SENSOR_SHELVED 0x04u
#define MBP_SENSOR_BAD     0x08u /* the process value left the instrument's range, or there is none */
#define MBP_SENSOR_NONE    0x10u /* there is none: its signal's formula has a fault */

/* Bits of mbp_state.alarm_flags. */
#define MBP_ALARMS_REMOVED     0x01u /* taken out of service by hand */
#define MBP_ALARMS_MAINTENANCE 0x02u /* out of service while the machine is in maintenance */
#define MBP_ALARMS_ONE_SHOT    0x04u /* shelved until what is beyond has returned to normal */
#define MBP_ALARMS_SHOT        0x08u /* ... and something has been beyond since */
#define MBP_ALARMS_UNTOLD      0x10u /* changed without an event: nobody has retained it yet */
#define MBP_ALARMS_ONE_ALONE   0x20u /* one of its alarms alone is shelved until it has returned to normal */
#define MBP_ALARMS_SHOTS       (MBP_ALARMS_ONE_SHOT | MBP_ALARMS_SHOT)

/* Every alarm of a sensor in a mask. */
#define MBP_ALARMS_ALL ((1u << MBP_ALARM_COUNT) - 1u)

#define MBP_SHELF_NO_END UINT64_MAX /* of mbp_state.shelf_end_ns: shelved until unshelved, or until it returns */

/* A fault of the plant (mbplant/fault.h). */
struct mbp_fault_state {
    struct mbp_effect
        effect;        /* of the file, or as an instructor made it up; sensor UINT32_MAX = an unused ad hoc place */
    uint64_t begin_ns; /* simulated time, while active */
    uint64_t end_ns, next_ns; /* when it ends, or begins, by itself; UINT64_MAX = never */
    uint64_t draws;           /* times drawn by chance */
    double held;              /* the value of a stuck sensor */
    double base;              /* the signal's base without disturbances, while it is advanced */
    uint32_t changed;         /* mbp_state.fault_changes when it began or ended last */
    bool active;
};

/* A fault as it outlives a run of mbplantd: simulated time begins anew with each, so times count from now. */
struct mbp_retained_fault {
    uint32_t fault; /* as in mbp_state.fault */
    bool active;
    struct mbp_effect effect;
    uint64_t elapsed_ns; /* since it began, while active */
    uint64_t left_ns;    /* until it ends, or when not active begins, by itself; UINT64_MAX = never */
    uint64_t draws;
    double held;
};

/* The lowest and the highest value of a sensor in so many scans. */
struct mbp_rate_value {
    double low, high; /* NaN: none yet */
};

/* The window that a sensor's change is measured over, in parts that follow each other; each begins with the value that
 * the one before it ended with. Of up to 60 scans: a part is one scan then, and the window as long as the alarm says.
 * Of more: as long with the last scan of a part, and up to a part shorter before that. */
struct mbp_rate {
    uint32_t sensor;
    uint32_t first, count; /* parts, in rate_value */
    uint32_t every;        /* scans in one of them */
    uint32_t at;           /* the newest */
    uint32_t filled;       /* parts that there are */
    uint32_t scans;        /* of the newest, so far */
    bool resumed; /* the alarm stood before the window began: nothing less than a whole window says that it is over */
    double last;  /* the newest value */
    struct mbp_rate_value all;  /* of all parts */
    struct mbp_rate_value gone; /* of the part that the newest took the place of: some of it is within the window */
};

/* What a controller keeps between scans (control.h). */
struct mbp_controller_state {
    double setting[MBP_SETTING_COUNT];
    double integral; /* its part of the output, in the output's unit */
    double seen;     /* measurement of the last scan; NaN before the first */
    double rate;     /* of it, behind the derivative's filter; per s */
    double setpoint; /* in effect */
    double error;    /* setpoint less measurement */
    double output;
    bool automatic;
};

/* What a formula keeps between scans (mbplant/formula.h) beside its cells. */
struct mbp_formula_state {
    double value;    /* SIGNAL: the last that was one; LOGIC: of a machine's request 1 while it is TRUE */
    uint32_t offset; /* of its fault, in its text */
    uint8_t fault;   /* enum mbp_expr_fault */
    uint8_t told;    /* the one that was journaled */
};

/* Numbers first, then arrays, all in the block. */
struct mbp_state {
    uint32_t sensor_count, machine_count, actuator_count, controller_count, fault_count, rate_count, rate_value_count,
        formula_count, cell_count, stored_count, touched_count, watchdog_count, duty_count;
    size_t part_count;
    uint64_t scan;                          /* scans done; never goes back */
    uint64_t tick;                          /* the process's own count of them: random draws and dead times go by it */
    uint64_t sim_ns;                        /* simulated time; like tick it goes back when a snapshot is restored */
    uint64_t wall_ms;                       /* of the current scan */
    uint32_t active_alarms, unacknowledged; /* of the whole plant */
    uint32_t limits_version;                /* counts changes of limits: publish copies them when it moved */
    uint32_t alarms_version;                /* likewise of anything that mbp_alarm_state says, and of shelves */
    uint32_t shelves_version;               /* likewise of shelf_end_ns, alone and alarm_times */
    uint64_t next_shelf_end_ns;             /* no shelf ends before this simulated time */
    uint64_t seed;                          /* of what is random: the plant's, or an instructor's */
    uint64_t seed_given; /* by the file or the command line when this run began: where that is another, it is meant */

    uint64_t fault_next_ns; /* simulated time when a fault begins or ends; 0 = not planned yet */
    uint32_t fault_active_count;
    uint32_t fault_changes;   /* counts every begin and end */
    uint32_t forced_count;    /* points that are held from outside */
    uint32_t untold;          /* counts every MBP_ALARMS_UNTOLD */
    uint32_t formulas_untold; /* faults of formulas that came or went since mbp_logic_emit */
    bool undressed;           /* sensors of no machine may be suppressed without a reason by now */
    bool faults_planned;      /* their times were drawn */
    bool passes;              /* while signals advance: an actuator is as open as what passes (src/state/value.c) */

    double *lagged; /* the process value: the end of the signal, what other signals take in and the sensor senses;
                       behind the sensors' the positions of the actuators, so that an input's `from` is an index here */
    double *base;   /* the signal's base in the state that its machine is in */
    double *part;   /* what signals keep between scans beside that: mbp_signal_parts of each sensor, in file order */
    double *value;  /* sensed: noise, forcing, saturation and quantisation done; what the register shows */
    double *forced_value;
    double *command;     /* per actuator: where it was told to go; engineering units */
    double *limit;       /* MBP_LIMIT_COUNT per sensor; NaN = unused */
    double *normal_low;  /* below it some low limit is exceeded, both as the register shows them; -inf: there is none */
    double *normal_high; /* likewise above it */
    uint8_t *flags;      /* MBP_SENSOR_... */

    /* Alarms: masks of a bit per enum mbp_limit. beyond is the condition; active, unack and latched are the alarm's
     * life cycle; hidden is what the operator does not see of it (mbp_alarm_state reads them all). */
    uint32_t *alarm_scans; /* MBP_ALARM_COUNT per sensor: for how many scans what waits has been so */
    uint8_t *waiting;      /* the condition has come or gone, and its delay has not passed */
    uint8_t *beyond;  /* the condition holds: exceeded for the delay, not yet back by the deadband for the off-delay */
    uint8_t *active;  /* told to the operator: raised, and not returned to normal */
    uint8_t *unack;   /* waits for acknowledgement */
    uint8_t *latched; /* returned to normal, waits to be reset */
    uint8_t *suppressed;            /* by design, in the state that the machine is in */
    uint8_t *hidden;                /* shelved, suppressed or out of service */
    uint8_t *watched;               /* sensor flags that are an alarm's condition */
    uint8_t *alarm_flags;           /* MBP_ALARMS_... */
    uint64_t *shelf_end_ns;         /* simulated time at which a shelved sensor comes back, or MBP_SHELF_NO_END */
    uint32_t *alarm_since_s;        /* Unix time of the last change of any of its alarms' states; 0 = none yet */
    uint32_t *raised_s;             /* MBP_ALARM_COUNT per sensor: Unix time when it was raised last; 0 = never */
    struct mbp_alarms_alone *alone; /* what is done to single alarms (mbplant/state/alarm.h) */
    struct mbp_alarm_times *alarm_times;
    struct mbp_chatter_state *chatter; /* of the plant's duties */
    struct mbp_rate *rate;             /* of the sensors with a rate-of-change alarm, in file order */
    struct mbp_rate_value *rate_value; /* the parts of their windows */
    struct mbp_machine_state *machine;
    struct mbp_controller_state *controller;
    struct mbp_fault_state *fault; /* of the plant file, behind them MBP_AD_HOC_FAULTS places */
    uint32_t *fault_active;        /* indices of the active ones, by sensor */
    struct mbp_upkeep *upkeep;     /* per machine */
    struct mbp_formula_state *formula;
    struct mbp_watchdog_state *watchdog;
    uint64_t *cell;           /* what stateful functions remember, from each formula's first_cell on */
    uint64_t *stored_beneath; /* of those that are held from outside: what they would be */
    uint8_t *stored_held;
    struct mbp_forced *forced; /* mbplant/state/forced.h */
    uint64_t *stored;          /* bits of each stored value's type (mbplant/point.h); a string's stand in the image */
    uint8_t *touched;          /* MBP_TOUCHED_... of what masters did before this scan (mbplant/formula.h) */
    uint8_t *dressed;          /* per machine: the state that its sensors' suppression is of; MBP_STATE_COUNT = none */
    uint8_t *based; /* per machine, then one for sensors without: the state that `base` is of; MBP_STATE_COUNT = none */
    void *memory;   /* the one block behind the arrays, memory_len long */
    uint64_t memory_len, layout; /* mbp_state_layout */
};
/* A new array is a pointer here and a row of state_arrays in src/state/state.c, which says its fate; a new single
 * figure stands between `scan` and `lagged` and is kept when the plant file changes. */

/* Shape: a state for this plant, limits and machine states as the file says, since_ms = wall_ms.
 * Errors: MBP_ERR_MEMORY. Ownership: mbp_state_free. */
enum mbp_status mbp_state_new(const struct mbp_plant *plant, uint64_t wall_ms, struct mbp_state **out);
void mbp_state_free(struct mbp_state *state);

/* Which sensor, machine, actuator, controller and stored value of a plant was which in the one before it: an index into
 * from's, UINT32_MAX = it is new. */
struct mbp_carry {
    const struct mbp_plant *from, *to;
    const uint32_t *sensor_from, *machine_from, *actuator_from, *controller_from, *stored_from;
};

/* What is the same by name goes on from where it is: process value, lags, integrals, dead times and the like where the
 * signal has the same part, machine states and counters, alarms, forced values; limits that masters wrote, unless the
 * file gives them otherwise now. What is new, or cannot go on, stays as `to` has it. To be called before the signals
 * are settled, which go by the machines' states, and again after that. */
void mbp_state_carry(const struct mbp_carry *carry, const struct mbp_state *from, struct mbp_state *to);
/* A copy in memory of its own. Errors: MBP_ERR_MEMORY. Ownership: mbp_state_free. */
enum mbp_status mbp_state_clone(const struct mbp_state *state, struct mbp_state **out);

/* The same between two that are there: of one plant. */
void mbp_state_copy(struct mbp_state *to, const struct mbp_state *from);

/* A snapshot back into the state that it was taken of: everything but the scan count, which goes on, and wall times,
 * which move by as much as has passed since: a machine is in its state for as long as it was then. */
void mbp_state_restore(struct mbp_state *state, const struct mbp_state *snapshot, uint64_t wall_ms);

/* ---- a checkpoint: all of it in bytes, for another run of this program on the same plant ------------------------ */

/* Where the bytes of the whole state lie: its single figures, and its arrays one by one. Returns how many spans. */
#define MBP_STATE_SPANS 64u
unsigned mbp_state_spans(const struct mbp_state *state, struct mbp_span spans[MBP_STATE_SPANS]);
size_t mbp_state_bytes(const struct mbp_state *state);

/* A number that differs where the bytes would mean something else. */
uint64_t mbp_state_layout(const struct mbp_state *state);

/* Takes the bytes into a state of the same plant and layout, which goes on from there to the bit. Everything that is an
 * index or a choice is looked at first. Errors: MBP_ERR_CORRUPT; the state is then of no more use. */
enum mbp_status mbp_state_take(const struct mbp_plant *plant, struct mbp_state *state, const void *bytes, size_t len);

/* How many numbers a sensor's signal keeps between scans beside its process value: integral, lag, the samples of its
 * dead times, wander. */
size_t mbp_signal_parts(const struct mbp_plant *plant, uint32_t sensor);

/* The samples that a dead time keeps: of as many scans as it is long, rounded up. */
size_t mbp_dead_time_samples(const struct mbp_plant *plant, uint64_t dead_time_ns);

/* What an alarm of a sensor is to the operator. */
enum mbp_alarm_state mbp_alarm_state(const struct mbp_state *state, uint32_t sensor, unsigned alarm);

/* The same without what hides it: A to F. */
enum mbp_alarm_state mbp_alarm_state_kept(const struct mbp_state *state, uint32_t sensor, unsigned alarm);

/* The alarms of a sensor that trip its machine, or would if it were in service: their condition holds or is latched,
 * and their interlock is not bypassed. What hides an alarm from the operator disarms nothing (ISA-18.2-2016 clause 3,
 * IEC 61511-1 clause 11.2: an interlock has a bypass of its own). */
uint8_t mbp_state_tripping(const struct mbp_plant *plant, const struct mbp_state *state, uint32_t sensor);

/* Likewise those that do not let it start: the same, and permissives. */
uint8_t mbp_state_barring(const struct mbp_plant *plant, const struct mbp_state *state, uint32_t sensor);

/* What the interlock is that an alarm of a sensor is, or one of `interlocks` (alarm MBP_CONDITION). */
enum mbp_interlock_state mbp_interlock_state_of(const struct mbp_plant *plant, const struct mbp_state *state,
                                                uint32_t sensor, unsigned alarm);

/* Whether an alarm is not on the shelf by itself, but with all alarms of its sensor; removed: out of service so. */
bool mbp_alarm_hidden_as_one(const struct mbp_state *state, uint32_t sensor, unsigned alarm, bool removed);

/* Alarms whose interlock is bypassed, without a row of its own that says so: a mask. */
uint8_t mbp_bypassed_alarms(const struct mbp_plant *plant, const struct mbp_state *state, uint32_t sensor);

/* Brings what follows from a sensor's limits up to date: to be called when state->limit was changed. */
void mbp_state_limits_changed(const struct mbp_plant *plant, struct mbp_state *state, uint32_t sensor);

/* Where an actuator goes while its machine is not en_service; NaN = its command counts. */
double mbp_actuator_fail(const struct mbp_plant *plant, const struct mbp_state *state, uint32_t actuator);

/* The register of each of a controller's settings, but for its address. */
extern const struct mbp_register mbp_setting_register;

/* Between what a setting of the controller must lie. */
const double *mbp_setting_range(const struct mbp_controller *controller, enum mbp_setting which);

/* Whether a controller can have these settings, of which `which` is new; the others are not judged by themselves. */
bool mbp_setting_allowed(const struct mbp_controller *controller, enum mbp_setting which,
                         const double setting[MBP_SETTING_COUNT]);

/* Whether limits, of which NaN are unused, lie within the sensor's range and none is below the one before it, all of
 * them as the register shows them: the step nearest to an end of the range belongs to it. */
bool mbp_limits_in_order(const struct mbp_sensor *sensor, const double limits[MBP_LIMIT_COUNT]);

/* An event about a sensor (and its machine), an actuator's machine or a machine, with the unit's own numbering as the
 * wire has it; value and limit NaN, the rest 0. Indices are plant-wide. */
struct mbp_event mbp_sensor_event(const struct mbp_plant *plant, enum mbp_event_code code, uint32_t sensor);
struct mbp_event mbp_actuator_event(const struct mbp_plant *plant, enum mbp_event_code code, uint32_t actuator);
struct mbp_event mbp_controller_event(const struct mbp_plant *plant, enum mbp_event_code code, uint32_t controller);
struct mbp_event mbp_machine_event(const struct mbp_plant *plant, enum mbp_event_code code, uint32_t machine);
struct mbp_event mbp_stored_event(const struct mbp_plant *plant, enum mbp_event_code code, uint32_t stored);

/* ---- formulas (value.c) --------------------------------------------------------------------------------------------
 */

/* Whose values a formula reads. */
struct mbp_formula_view {
    const struct mbp_plant *plant;
    const struct mbp_state *state;
    const double *inputs; /* of a signal: what its inputs are */
};

/* The world of formulas in this scan; their read function takes a struct mbp_formula_view for its ctx. */
struct mbp_expr_world mbp_state_world(const struct mbp_plant *plant, const struct mbp_state *state);
union mbp_expr_value mbp_state_read(const void *view, uint32_t slot);

#endif
