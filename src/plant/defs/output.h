/* An actuator and a controller as they are written. */
#ifndef MBP_PLANT_DEFS_OUTPUT_H
#define MBP_PLANT_DEFS_OUTPUT_H

#include "defs/point.h"

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
    MBP_ACTUATOR_WATCHDOG,
    MBP_ACTUATOR_ON_LOSS,
    MBP_ACTUATOR_REGISTER,
    MBP_ACTUATOR_REPEAT
};

/* `fail`: a position, or one of its words. */
enum mbp_fail { MBP_FAIL_LAST, MBP_FAIL_CLOSED, MBP_FAIL_OPEN, MBP_FAIL_AT };
struct mbp_fail_def {
    enum mbp_fail to;
    double at; /* AT */
};

struct mbp_actuator_def {
    struct mbp_def def;
    struct mbp_actuator actuator; /* what keys fill themselves, and what all its instances share */
    struct mbp_position_def {
        bool is_word, on; /* true or false, for an on/off one */
        double number;
    } initial;
    struct mbp_fail_def fail[MBP_STATE_COUNT]; /* of en_service always LAST */
    struct mbp_watchdog_def watchdog;
    bool range_right;
    struct mbp_register_def reg;
    uint32_t repeat;
};

enum mbp_controller_field {
    MBP_CONTROLLER_NAME,
    MBP_CONTROLLER_LABEL,
    MBP_CONTROLLER_TYPE,
    MBP_CONTROLLER_INPUT,
    MBP_CONTROLLER_OUTPUT,
    MBP_CONTROLLER_CASCADE,
    MBP_CONTROLLER_LOW,
    MBP_CONTROLLER_HIGH,
    MBP_CONTROLLER_SETPOINT,
    MBP_CONTROLLER_GAIN,
    MBP_CONTROLLER_INTEGRAL,
    MBP_CONTROLLER_DERIVATIVE,
    MBP_CONTROLLER_ACTION,
    MBP_CONTROLLER_OUTPUT_RANGE,
    MBP_CONTROLLER_FEEDFORWARD,
    MBP_CONTROLLER_MODE,
    MBP_CONTROLLER_REPEAT
};

struct mbp_feed_def {
    struct mbp_def def;
    const char *from; /* may hold placeholders, as the names below */
    double gain;
};

struct mbp_controller_def {
    struct mbp_def def;
    struct mbp_controller controller;     /* what keys fill themselves, and what all its instances share */
    const char *input, *output, *cascade; /* NULL when the file has none */
    uint64_t integral_ns, derivative_ns;
    double output_range[2];
    struct mbp_def_list feedforward; /* of struct mbp_feed_def */
    uint32_t repeat;
};

#endif
