/* defs: the plant file as it is written, before `repeat` is expanded. Lives from reading to the end of the load. */
#ifndef MBP_PLANT_DEFS_H
#define MBP_PLANT_DEFS_H

#include "schema.h"

struct mbp_input_def {
    struct mbp_def def;
    const char *from;  /* may hold placeholders */
    const char *times; /* likewise; NULL = none */
    int function;      /* enum mbp_input_function */
    double gain;
    uint64_t lag_ns, dead_time_ns;
};

struct mbp_wave_def {
    struct mbp_def def;
    int shape; /* enum mbp_wave */
    double amplitude;
    uint64_t period_ns;
    double phase;
};

struct mbp_integrate_def {
    struct mbp_def def;
    double gain, initial;
};

struct mbp_wander_def {
    struct mbp_def def;
    double sigma;
    uint64_t tau_ns;
};

struct mbp_replay_def {
    struct mbp_def def;
    const struct mbp_node *node; /* which names the file */
    const char *file;            /* NULL = none */
    const char *column;          /* NULL = the second */
    bool loop;
};

enum mbp_signal_field {
    MBP_SIGNAL_BASE,
    MBP_SIGNAL_WAVE,
    MBP_SIGNAL_INPUTS,
    MBP_SIGNAL_INTEGRATE,
    MBP_SIGNAL_LAG,
    MBP_SIGNAL_DEAD_TIME,
    MBP_SIGNAL_WANDER,
    MBP_SIGNAL_NOISE,
    MBP_SIGNAL_REPLAY,
    MBP_SIGNAL_TEXT
};

struct mbp_signal_def {
    struct mbp_def def;
    double base[MBP_STATE_COUNT];
    struct mbp_wave_def wave;
    struct mbp_def_list inputs; /* of struct mbp_input_def */
    struct mbp_integrate_def integrate;
    struct mbp_wander_def wander;
    uint64_t lag_ns, dead_time_ns;
    double noise;
    struct mbp_replay_def replay;
    const char *text;
};

struct mbp_type_def {
    uint8_t type;   /* enum mbp_type */
    uint16_t words; /* of it */
};

enum mbp_register_field { MBP_REGISTER_AT, MBP_REGISTER_TYPE, MBP_REGISTER_SCALE, MBP_REGISTER_ORDER };

struct mbp_register_def {
    struct mbp_def def;
    uint32_t at;
    struct mbp_type_def type;
    double scale;
    int order; /* enum mbp_order */
};

/* Keys of an alarm; of a limit those up to AT, of a bad-quality alarm those up to SUPPRESS. */
enum mbp_alarm_field {
    MBP_ALARM_PRIORITY,
    MBP_ALARM_DELAY,
    MBP_ALARM_OFF_DELAY,
    MBP_ALARM_LATCH,
    MBP_ALARM_SUPPRESS,
    MBP_ALARM_DEADBAND,
    MBP_ALARM_AT, /* of a rate of change: max */
    MBP_ALARM_PER
};

struct mbp_alarm_def {
    struct mbp_def def;
    int priority;
    uint64_t delay_ns, off_delay_ns;
    bool latch;
    uint32_t suppress; /* bits of enum mbp_state_code */
    double deadband;
    double at;
    uint64_t per_ns;
    bool off; /* `bad_quality: false` */
};

struct mbp_limits_def {
    struct mbp_def def;
    struct mbp_alarm_def alarm[MBP_LIMIT_COUNT];
    double value[MBP_LIMIT_COUNT]; /* NaN = unused */
};

enum mbp_sensor_field {
    MBP_SENSOR_NAME,
    MBP_SENSOR_LABEL,
    MBP_SENSOR_KIND,
    MBP_SENSOR_UNIT,
    MBP_SENSOR_RANGE,
    MBP_SENSOR_MIN,
    MBP_SENSOR_MAX,
    MBP_SENSOR_LIMITS,
    MBP_SENSOR_TRIP,
    MBP_SENSOR_DEADBAND,
    MBP_SENSOR_DELAY,
    MBP_SENSOR_PRIORITY,
    MBP_SENSOR_OFF_DELAY,
    MBP_SENSOR_LATCH,
    MBP_SENSOR_SUPPRESS,
    MBP_SENSOR_RATE_OF_CHANGE,
    MBP_SENSOR_BAD_QUALITY,
    MBP_SENSOR_SIGNAL,
    MBP_SENSOR_REGISTER,
    MBP_SENSOR_INJECT,
    MBP_SENSOR_REPEAT,
    MBP_SENSOR_FIELDS
};

struct mbp_sensor_def {
    struct mbp_def def;
    const char *name, *label, *unit_text;
    int kind, priority, inject;
    double range[2];
    double min, max;
    struct mbp_limits_def limits; /* min and max are put here */
    uint32_t trip;                /* bits of enum mbp_limit */
    double deadband;
    uint64_t delay_ns, off_delay_ns;
    bool latch;
    uint32_t suppress;
    struct mbp_alarm_def rate_of_change, bad_quality;
    const struct mbp_alarms *alarms;   /* what all that comes to */
    struct mbp_signal_def *signal_def; /* NULL when the file has none */
    const struct mbp_signal *signal;
    const double *range_kept, *limits_kept; /* as the plant shares them */
    bool range_right;                       /* what is said of it need not be doubted */
    struct mbp_register_def reg;
    uint32_t repeat;
};

enum mbp_actuator_field {
    MBP_ACTUATOR_NAME,
    MBP_ACTUATOR_LABEL,
    MBP_ACTUATOR_KIND,
    MBP_ACTUATOR_UNIT,
    MBP_ACTUATOR_ON_OFF,
    MBP_ACTUATOR_RANGE,
    MBP_ACTUATOR_TRAVEL,
    MBP_ACTUATOR_INITIAL,
    MBP_ACTUATOR_FAIL,
    MBP_ACTUATOR_REGISTER,
    MBP_ACTUATOR_REPEAT,
    MBP_ACTUATOR_FIELDS
};

/* `fail`: a position, or one of its words. */
enum mbp_fail { MBP_FAIL_LAST, MBP_FAIL_CLOSED, MBP_FAIL_OPEN, MBP_FAIL_AT };
struct mbp_fail_def {
    enum mbp_fail to;
    double at; /* AT */
};

struct mbp_actuator_def {
    struct mbp_def def;
    const char *name, *label, *unit_text;
    int kind; /* enum mbp_actuator_kind */
    bool on_off;
    double range[2];
    uint64_t travel_ns;
    struct mbp_position_def {
        bool is_word, on; /* true or false, for an on/off one */
        double number;
    } initial;
    struct mbp_fail_def fail[MBP_STATE_COUNT]; /* of en_service always LAST */
    double start, fail_at[MBP_STATE_COUNT];    /* the two above as positions; NaN = LAST */
    bool range_right;
    struct mbp_register_def reg;
    uint32_t repeat;
};

enum mbp_controller_field {
    MBP_CONTROLLER_NAME,
    MBP_CONTROLLER_LABEL,
    MBP_CONTROLLER_INPUT,
    MBP_CONTROLLER_OUTPUT,
    MBP_CONTROLLER_CASCADE,
    MBP_CONTROLLER_SETPOINT,
    MBP_CONTROLLER_GAIN,
    MBP_CONTROLLER_INTEGRAL,
    MBP_CONTROLLER_DERIVATIVE,
    MBP_CONTROLLER_ACTION,
    MBP_CONTROLLER_OUTPUT_RANGE,
    MBP_CONTROLLER_FEEDFORWARD,
    MBP_CONTROLLER_MODE,
    MBP_CONTROLLER_REPEAT,
    MBP_CONTROLLER_FIELDS
};

struct mbp_feed_def {
    struct mbp_def def;
    const char *from; /* may hold placeholders, as the names below */
    double gain;
};

struct mbp_controller_def {
    struct mbp_def def;
    const char *name, *label;
    const char *input, *output, *cascade; /* NULL when the file has none */
    double setpoint, gain;
    uint64_t integral_ns, derivative_ns;
    int action; /* 1 = direct */
    double output_range[2];
    struct mbp_def_list feedforward; /* of struct mbp_feed_def */
    int mode;                        /* 1 = auto */
    uint32_t repeat;
};

struct mbp_machine_def {
    struct mbp_def def;
    const char *name, *label;
    int initial; /* enum mbp_state_code */
    struct {
        struct mbp_def def;
        uint64_t time_ns;
        double reject;
    } cycle;
    struct {
        struct mbp_def def;
        uint64_t every_ns, takes_ns;
        uint32_t cycles;
    } maintenance;
    struct mbp_def_list sensors, actuators, controllers;
    uint32_t repeat;
};

struct mbp_values_def {
    const uint16_t *items;
    uint32_t count;
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
    int gaps; /* 1 = zero */
    uint32_t repeat;
    struct mbp_def_list machines, sensors, actuators, controllers;
    struct mbp_tables_def tables;
    bool unsure; /* its addresses cannot be told because of an error in it */
};

struct mbp_access_def {
    struct mbp_def def;
    struct mbp_access_rule rule;
    int allow;
    struct mbp_values_def units;
};

struct mbp_server_def {
    struct mbp_def def;
    struct mbp_server_options options;
    struct mbp_def_list access, faults;
};

struct mbp_journal_def {
    struct mbp_def def;
    struct mbp_journal_options options;
};

struct mbp_plant_def {
    struct mbp_def def;
    const char *name; /* NULL when the file has none */
    uint64_t scan_ns, seed;
    struct mbp_server_def server;
    bool instructor;
    struct {
        struct mbp_def def;
        const char *listen; /* NULL = off */
    } http;
    struct mbp_journal_def journal;
    struct {
        struct mbp_def def;
        const char *object[7];
    } identity;
    struct mbp_def_list units;
    struct mbp_def_list faults; /* of struct mbp_plant_fault_def */
};

/* What the root, a sensor and the tables of a unit may hold. */
extern const struct mbp_schema mbp_plant_schema, mbp_server_schema, mbp_sensor_schema, mbp_tables_schema,
    mbp_actuator_schema, mbp_controller_schema, mbp_register_schema, mbp_journal_schema, mbp_plant_fault_schema;

/* An int16 with scale 1. */
void mbp_register_defaults(void *reg);

/* Custom readers of fields (schema.h): a range; one limit, as a number or a group; a list of machine states;
 * bad_quality. */
enum mbp_reading mbp_read_range(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_field *field,
                                void *at);
enum mbp_reading mbp_read_limit(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_field *field,
                                void *at);
enum mbp_reading mbp_read_states(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_field *field,
                                 void *at);
enum mbp_reading mbp_read_bad_quality(struct mbp_reader *reader, const struct mbp_node *node,
                                      const struct mbp_field *field, void *at);
extern const struct mbp_schema mbp_rate_schema;

/* Checks a sensor's alarms, its deadbands only when its range is right, and sets its `alarms`. */
void mbp_settle_alarms(struct mbp_reader *reader, struct mbp_sensor_def *sensor, bool range_right);

/* The first `suppress` that the sensor or one of its alarms has; NULL = none. */
const struct mbp_node *mbp_suppressing_node(const struct mbp_sensor_def *sensor);

enum mbp_reading mbp_read_values(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_field *field,
                                 void *at);

#endif
