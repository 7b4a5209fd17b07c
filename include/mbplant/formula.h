/* formula: the expressions of a plant (mbplant/expr.h), each in its place, and what a slot of theirs stands for. */
#ifndef MBPLANT_FORMULA_H
#define MBPLANT_FORMULA_H

#include "mbplant/expr.h"
#include "mbplant/plant.h"

#define MBP_LOGIC_MAX  1000u /* assignments of a unit */
#define MBP_CURVES_MAX 1000u
#define MBP_CURVE_MAX  1000u /* points of a curve */

enum mbp_formula_use {
    MBP_FORMULA_SIGNAL,   /* in the place of a signal's base and inputs */
    MBP_FORMULA_LOGIC,    /* an assignment of a unit */
    MBP_FORMULA_POINT,    /* gives the value of a point */
    MBP_FORMULA_ACCEPT,   /* whether a write of a point is taken; asked between scans, so nothing is remembered of it */
    MBP_FORMULA_ALARM,    /* the condition of an alarm of no sensor */
    MBP_FORMULA_SUPPRESS, /* alarms of a sensor are suppressed by design while it is TRUE */
    MBP_FORMULA_UPKEEP,   /* the condition that makes a machine's maintenance due */
    MBP_FORMULA_USE_COUNT
};

struct mbp_formula {
    const char *text; /* as the file has it, its placeholders filled in */
    struct mbp_expr *code;
    uint32_t line, column; /* of the file, where the text begins */
    uint32_t owner; /* SIGNAL, ALARM, SUPPRESS: plant-wide index of the sensor; LOGIC: index into units[]; POINT: stored
                       value; ACCEPT: index into units[]; UPKEEP: plant-wide index of the machine */
    uint32_t first_cell; /* of what its stateful functions remember, in mbp_state.cell */
    uint32_t target;     /* LOGIC: its slot */
    uint32_t nth;        /* LOGIC: so many of its unit have the same target before it; SUPPRESS: 0 = of the sensor's
                            alarms that say nothing else, else one more than the alarm */
    uint8_t use;         /* enum mbp_formula_use */
};

/* What a slot stands for: a kind, and the index of whom it is of. Those of what has several are times their count. */
enum mbp_slot_kind {
    MBP_SLOT_INPUT,      /* of the signal that the formula is of: its n-th input, as a number */
    MBP_SLOT_INPUT_ON,   /* likewise of a bool: on from the half */
    MBP_SLOT_SHOWN,      /* sensor: its value, as its register shows it */
    MBP_SLOT_SHOWN_ON,   /* of a bool */
    MBP_SLOT_PROCESS,    /* sensor: its process value */
    MBP_SLOT_PROCESS_ON, /* of a bool */
    MBP_SLOT_LIMIT,      /* sensor, times MBP_ALARM_COUNT, and a limit */
    MBP_SLOT_ALARM,      /* likewise: an alarm is active */
    MBP_SLOT_ALARM_STATE,
    MBP_SLOT_BAD, /* sensor: its quality is bad */
    MBP_SLOT_FORCED,
    MBP_SLOT_POSITION,    /* actuator */
    MBP_SLOT_POSITION_ON, /* of an on/off one: nearer to on than to off */
    MBP_SLOT_COMMAND,
    MBP_SLOT_COMMAND_ON,
    MBP_SLOT_OUTPUT,  /* controller */
    MBP_SLOT_SETTING, /* controller, times MBP_SETTING_COUNT, and which */
    MBP_SLOT_AUTOMATIC,
    MBP_SLOT_STATE, /* machine, times MBP_STATE_COUNT, and a state: it is in that, or as a target: asked for */
    MBP_SLOT_GOOD,  /* machine: products */
    MBP_SLOT_REJECT,
    MBP_SLOT_OF_MACHINE,    /* machine, times MBP_OF_MACHINE_COUNT, and a number of it */
    MBP_SLOT_OF_CONTROLLER, /* controller, likewise */
    MBP_SLOT_SINCE,         /* sensor: Unix time of the last change of its alarms */
    MBP_SLOT_STORED,        /* stored value; of its type */
    MBP_SLOT_UNKNOWN,       /* stored value: its expression has a fault */
    MBP_SLOT_TOUCHED,       /* sensor, actuator or stored value, twice: a master wrote it; 1 more: a master read it;
                               of a unit a master asked anything of it */
    MBP_SLOT_LOST,          /* watchdog: no master has written for too long */
    MBP_SLOT_OF_ACTUATOR,   /* actuator, times MBP_OF_ACTUATOR_COUNT, and what is said of its position */
    MBP_SLOT_OF_INTERLOCK,  /* interlock, times MBP_OF_INTERLOCK_COUNT, likewise */
    MBP_SLOT_RAISED,        /* sensor, times MBP_ALARM_COUNT, and an alarm: Unix time when it was raised last */
    MBP_SLOT_COUNT
};

/* Numbers that the map has too, under the same names. */
enum mbp_of_machine {
    MBP_OF_MACHINE_STATE,
    MBP_OF_MACHINE_ALARMS,
    MBP_OF_MACHINE_RUNNING_TIME, /* s, as the next three */
    MBP_OF_MACHINE_DOWN_TIME,
    MBP_OF_MACHINE_MAINTENANCE_TIME,
    MBP_OF_MACHINE_SINCE_MAINTENANCE,
    MBP_OF_MACHINE_SINCE, /* Unix time */
    MBP_OF_MACHINE_FAILURES,
    MBP_OF_MACHINE_REPAIRS,
    MBP_OF_MACHINE_MAINTENANCES,
    MBP_OF_MACHINE_TRIP, /* on or off, as the next */
    MBP_OF_MACHINE_DUE,
    MBP_OF_MACHINE_COUNT
};
enum mbp_of_actuator {
    MBP_OF_ACTUATOR_OPENED,    /* it stands at the upper end of its range */
    MBP_OF_ACTUATOR_CLOSED,    /* at the lower one */
    MBP_OF_ACTUATOR_RUNNING,   /* not there */
    MBP_OF_ACTUATOR_MISMATCH,  /* more than MBP_MISMATCH of its range from where it is to be */
    MBP_OF_ACTUATOR_DEVIATION, /* how far it stands from there, in its unit */
    MBP_OF_ACTUATOR_COUNT
};
enum mbp_of_interlock {
    MBP_OF_INTERLOCK_ACTING,
    MBP_OF_INTERLOCK_FIRST_OUT,
    MBP_OF_INTERLOCK_STATE, /* enum mbp_interlock_state */
    MBP_OF_INTERLOCK_COUNT
};
#define MBP_MISMATCH 0.05
enum mbp_of_controller {
    MBP_OF_CONTROLLER_ERROR,
    MBP_OF_CONTROLLER_ACTIVE_SETPOINT,
    MBP_OF_CONTROLLER_MEASUREMENT,
    MBP_OF_CONTROLLER_COUNT
};

#define MBP_SLOT_SHIFT 27u /* 134 million of a kind */

/* A slot of a kind and an index, and what a slot is made of. */
static inline uint32_t mbp_slot(enum mbp_slot_kind kind, uint32_t index)
{
    return (uint32_t)kind << MBP_SLOT_SHIFT | index;
}

static inline enum mbp_slot_kind mbp_slot_kind(uint32_t slot)
{
    return (enum mbp_slot_kind)(slot >> MBP_SLOT_SHIFT);
}

static inline uint32_t mbp_slot_index(uint32_t slot)
{
    return slot & ((UINT32_C(1) << MBP_SLOT_SHIFT) - 1);
}

/* Where the marks of what masters did stand in mbp_state.touched: sensors, actuators, stored values, units. */
#define MBP_TOUCHED_WRITTEN 1u
#define MBP_TOUCHED_READ    2u
static inline uint32_t mbp_touched_stored(const struct mbp_plant *plant, uint32_t stored)
{
    return plant->sensor_count + plant->actuator_count + stored;
}
static inline uint32_t mbp_touched_unit(const struct mbp_plant *plant, uint32_t unit)
{
    return mbp_touched_stored(plant, plant->stored_count) + unit;
}
static inline uint32_t mbp_touched_count(const struct mbp_plant *plant)
{
    return mbp_touched_unit(plant, plant->unit_count);
}

/* The names of a plant, for expressions that stand outside its signals: a sensor's is what it shows, an actuator's its
 * position. Ownership: the plant's; it may be used as long as that. */
struct mbp_expr_scope mbp_plant_scope(const struct mbp_plant *plant);

/* The one that suppresses alarms of a sensor, plus 1; 0 = none. nth: 0 is for those that say nothing else, else an
 * alarm's number, plus 1. */
uint32_t mbp_formula_of_suppression(const struct mbp_plant *plant, uint32_t sensor, uint32_t nth);

/* A formula as the journal counts them: of a sensor its index, of logic the number of its unit's assignment. */
static inline uint32_t mbp_formula_number(const struct mbp_plant *plant, uint32_t f)
{
    const struct mbp_formula *formula = &plant->formulas[f];
    return formula->use == MBP_FORMULA_LOGIC ? f - plant->units[formula->owner].first_logic : formula->owner;
}

#endif
