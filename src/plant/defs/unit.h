/* A machine and a unit as they are written. */
#ifndef MBP_PLANT_DEFS_UNIT_H
#define MBP_PLANT_DEFS_UNIT_H

#include "defs/sensor.h"

struct mbp_cycle_def {
    struct mbp_def def;
    uint64_t time_ns;
    double reject;
    const char *pace; /* may hold placeholders */
};

struct mbp_upkeep_def {
    struct mbp_def def;
    uint64_t every_ns, takes_ns;
    uint32_t cycles;
    struct mbp_formula_def when;
};

/* `bypass` of an interlock. */
struct mbp_bypass_def {
    struct mbp_def def;
    uint64_t longest_ns;
    int priority; /* of the alarm that it is */
};

/* One of `interlocks`, and the two rows of sensors[] that it becomes. */
struct mbp_interlock_def {
    struct mbp_def def;
    const char *name, *message; /* these may hold placeholders */
    struct mbp_formula_def when;
    int action; /* enum mbp_interlock_action */
    uint64_t delay_ns;
    struct mbp_bypass_def bypass;
    struct mbp_sensor_def itself, bypassed;
};

struct mbp_machine_def {
    struct mbp_def def;
    struct mbp_machine machine; /* what keys fill themselves */
    struct mbp_cycle_def cycle;
    struct mbp_upkeep_def maintenance;
    struct mbp_def_list sensors, actuators, controllers, alarms, interlocks;
    uint32_t repeat;
};

struct mbp_block_def {
    struct mbp_def def;
    uint32_t at, count;
    struct mbp_values_def values;
    int access; /* enum mbp_access */
    uint32_t min, max;
    bool has_min, has_max;
};

struct mbp_file_def {
    struct mbp_def def;
    uint32_t number, count;
    struct mbp_values_def values;
};

struct mbp_fifo_def {
    struct mbp_def def;
    uint32_t at;
    struct mbp_values_def values;
};

struct mbp_tables_def {
    struct mbp_def def;
    struct mbp_def_list blocks[MBP_TABLE_COUNT]; /* of struct mbp_block_def */
    struct mbp_def_list files, fifos;
};

struct mbp_unit_def {
    struct mbp_def def;
    const char *name; /* NULL when the file has none */
    uint32_t id;
    struct mbp_gaps_def {
        uint8_t kind; /* enum mbp_gaps */
        uint16_t number;
    } gaps;
    struct mbp_layout blocks; /* what is said of them */
    struct mbp_answer_def {
        struct mbp_def def;
        struct mbp_answer answer;
        struct mbp_values_def functions;
    } answer;
    struct mbp_objects_def {
        const struct mbp_object *items; /* by id */
        uint32_t count;
    } identity;
    bool files;
    uint32_t repeat;
    struct mbp_def_list machines, sensors, actuators, controllers, alarms;
    struct mbp_tables_def tables;
    struct mbp_def_list points;     /* of struct mbp_point_def */
    struct mbp_def_list logic;      /* of struct mbp_formula_def */
    struct mbp_def_list parameters; /* of struct mbp_parameter_def */
    bool unsure;                    /* its addresses cannot be told because of an error in it */
};

#endif
