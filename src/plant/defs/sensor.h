/* A sensor as it is written. */
#ifndef MBP_PLANT_DEFS_SENSOR_H
#define MBP_PLANT_DEFS_SENSOR_H

#include "defs/alarm.h"
#include "defs/point.h"
#include "defs/signal.h"

enum mbp_sensor_field {
    MBP_SENSOR_NAME,
    MBP_SENSOR_LABEL, /* of an alarm of no sensor: message */
    MBP_SENSOR_WHEN,  /* of that alone, as those up to FOR */
    MBP_SENSOR_DEVIATION,
    MBP_SENSOR_FROZEN,
    MBP_SENSOR_MISMATCH,
    MBP_SENSOR_LOSS_OF_MASTER,
    MBP_SENSOR_MORE_THAN,
    MBP_SENSOR_FOR,
    MBP_SENSOR_KIND,
    MBP_SENSOR_UNIT,
    MBP_SENSOR_RANGE,
    MBP_SENSOR_MIN,
    MBP_SENSOR_MAX,
    MBP_SENSOR_LIMITS,
    MBP_SENSOR_TRIP,
    MBP_SENSOR_DEADBAND,
    MBP_SENSOR_DELAY,
    MBP_SENSOR_OFF_DELAY,
    MBP_SENSOR_LATCH,
    MBP_SENSOR_SUPPRESS,
    MBP_SENSOR_PRIORITY,
    MBP_SENSOR_RE_ALARM,
    MBP_SENSOR_CHATTER,
    MBP_SENSOR_MESSAGE, /* of the alarms that say nothing else, as the next three; an own alarm's is its LABEL */
    MBP_SENSOR_CAUSE,
    MBP_SENSOR_CONSEQUENCE,
    MBP_SENSOR_ACTION,
    MBP_SENSOR_RATE_OF_CHANGE,
    MBP_SENSOR_BAD_QUALITY,
    MBP_SENSOR_ALARM, /* of a bool: the state that is its alarm */
    MBP_SENSOR_SIGNAL,
    MBP_SENSOR_REGISTER,
    MBP_SENSOR_INJECT,
    MBP_SENSOR_REPORT,
    MBP_SENSOR_REPEAT
};

#define MBP_SENSOR_TEXTS                                                                                               \
    (MBP_BIT(MBP_SENSOR_MESSAGE) | MBP_BIT(MBP_SENSOR_CAUSE) | MBP_BIT(MBP_SENSOR_CONSEQUENCE) |                       \
     MBP_BIT(MBP_SENSOR_ACTION))

/* What a sensor has not. */
#define MBP_SHORT_FORMS                                                                                                \
    (MBP_BIT(MBP_SENSOR_DEVIATION) | MBP_BIT(MBP_SENSOR_FROZEN) | MBP_BIT(MBP_SENSOR_MISMATCH) |                       \
     MBP_BIT(MBP_SENSOR_LOSS_OF_MASTER))
#define MBP_KEYS_OF_OWN_ALARM                                                                                          \
    (MBP_SHORT_FORMS | MBP_BIT(MBP_SENSOR_WHEN) | MBP_BIT(MBP_SENSOR_MORE_THAN) | MBP_BIT(MBP_SENSOR_FOR))

/* `report`: which changes are kept. */
struct mbp_report_def {
    struct mbp_def def;
    struct mbp_report_rule rule;
};

/* An alarm of no sensor is one that has fewer keys. */
struct mbp_sensor_def {
    struct mbp_def def;
    struct mbp_sensor sensor; /* what keys fill themselves, and what all its instances share */
    double range[2];
    double min, max;
    struct mbp_limits_def limits;
    double limit[MBP_LIMIT_COUNT]; /* what those three come to; NaN = unused */
    struct mbp_alarm common;       /* what an alarm has that says nothing else; as the next two */
    struct mbp_chatter_def chatter;
    struct mbp_suppress_def suppress;
    struct mbp_alarm_def rate_of_change, bad_quality;
    struct mbp_signal_def *signal; /* NULL when the file has none */
    struct mbp_register_def reg;
    struct mbp_report_def report;
    uint32_t repeat;
    bool range_right; /* what is said of it need not be doubted */
    bool alarm_on;    /* of a bool: what `alarm` says */
    bool trips;       /* of an alarm of no sensor, as the next */
    struct mbp_formula_def when;
    struct { /* what `when` is made of where a short form stands in its place */
        const char *deviation, *frozen, *mismatch;
        double more_than;
        uint64_t loss_ns, frozen_ns;
    } brief;
};

#endif
