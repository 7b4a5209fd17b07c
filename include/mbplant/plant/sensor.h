/* plant_sensor: a sensor as the plant file has it: its signal, alarms and register. */
#ifndef MBPLANT_PLANT_SENSOR_H
#define MBPLANT_PLANT_SENSOR_H

#include <stdbool.h>

#include "mbplant/words.h"

#define MBP_DEAD_TIME_SCANS_MAX 1000000u /* values that one dead time keeps */
#define MBP_STRING_WORDS_MAX    100      /* registers of a string(n) */
#define MBP_RECORDINGS_MAX      1000u    /* files and columns that are replayed */

/* A signal's input from another sensor, or from an actuator's position: gain * function(value) * position of `times`.
 */
#define MBP_TIMES_NONE 0x7FFFFFFFu
struct mbp_input {
    uint32_t from;         /* plant-wide sensor index, or sensor_count plus an actuator's */
    uint32_t times : 31;   /* plant-wide actuator index; MBP_TIMES_NONE = none */
    uint32_t function : 1; /* enum mbp_input_function; beside the index so that an input takes no more room */
    double gain;
    uint64_t lag_ns;
    uint64_t dead_time_ns;
};

/* How a sensor's process value comes about, in the order of the members. Durations of 0 mean "no such part". Shared by
 * the instances of a repeat, and by sensors that say the same. */
struct mbp_signal {
    double base[MBP_STATE_COUNT]; /* engineering units, per machine state */
    enum mbp_wave wave;
    double wave_amplitude;
    uint64_t wave_period_ns;
    double wave_phase;     /* turns, 0..1 */
    double integrate_gain; /* per second; 0 = none */
    double integrate_initial;
    uint64_t lag_ns;
    uint64_t dead_time_ns;
    double wander_sigma;
    uint64_t wander_tau_ns;
    double at_least, at_most; /* ends of the process value, where it has them */
    bool has_least, has_most;
    double cutoff;             /* nearer to 0 than that it is 0 */
    double noise;              /* standard deviation of the sensor's noise, engineering units */
    const char *replay;        /* CSV path, or NULL; from the plant file's folder when it is relative */
    const char *replay_column; /* the header of the value's column; NULL = the second */
    bool replay_hold;          /* keeps its last value at the end; otherwise starts again */
    uint32_t recording;        /* index into the plant's recordings; meaningful with replay */
    const char *text;          /* what a string sensor shows, "" when the file does not say; NULL for the other types */
};

static inline bool mbp_signal_is_bounded(const struct mbp_signal *signal)
{
    return signal->has_least || signal->has_most || signal->cutoff > 0;
}

/* A column of a file that signals replay, and the place of the plant file that first names it. */
struct mbp_recording {
    const char *file;
    const char *column; /* NULL = the second */
    uint32_t line, line_column;
};

/* What people are told of an alarm (ISA-18.2-2016 clause 8: rationalisation): a line each; NULL = nothing. */
struct mbp_alarm_texts {
    const char *message;     /* of an alarm of no sensor NULL: its label is that */
    const char *cause;       /* the likely one */
    const char *consequence; /* of doing nothing */
    const char *action;      /* the operator's */
};
#define MBP_ALARM_MESSAGE_MAX 80u /* bytes of UTF-8 */
#define MBP_ALARM_TEXT_MAX    240u

/* An alarm that comes so often within so long chatters, and is suppressed until it has not come for so long. */
#define MBP_CHATTER_MAX 16u /* comings */
struct mbp_chatter {
    uint64_t within_ns, for_ns;
    uint16_t transitions; /* 0 = it is shown however often it comes */
};

/* What the file says about one alarm of a sensor. */
struct mbp_alarm {
    double deadband;       /* engineering units, >= 0: how far back it must be to have returned to normal */
    uint64_t delay_ns;     /* its condition must hold this long before the alarm is raised */
    uint64_t off_delay_ns; /* ... and be gone this long before it has returned to normal */
    uint8_t priority;      /* enum mbp_priority */
    uint8_t suppress;      /* bit per enum mbp_state_code: suppressed by design while its machine is in that state */
    bool latch;            /* shown after its return to normal until it is reset */
    uint64_t re_alarm_ns;  /* acknowledged for so long, and still there, it waits again; 0 = never */
    struct mbp_chatter chatter;
    const char *when; /* suppressed by design while this expression is TRUE; NULL = none */
    struct mbp_alarm_texts texts;
};

/* What a row of sensors[] has to do with `interlocks` of a machine (mbplant/plant/interlock.h). */
enum mbp_interlocking { MBP_NO_INTERLOCK, MBP_INTERLOCK, MBP_INTERLOCK_BYPASS };

/* An alarm of which more is to be done in each scan than to look at its condition: by sensor and alarm. */
struct mbp_alarm_duty {
    uint32_t sensor;
    uint32_t formula; /* one more than the index of that of `when`; 0 = none */
    uint8_t alarm;    /* enum mbp_limit */
};

/* When the alarm `condition` of a bool sensor is raised. */
enum mbp_condition { MBP_CONDITION_NONE, MBP_CONDITION_OFF, MBP_CONDITION_ON };

/* All alarms of a sensor. Shared by the instances of a repeat, and by sensors that say the same. */
struct mbp_alarms {
    struct mbp_alarm of[MBP_ALARM_COUNT];
    struct mbp_alarm common; /* the sensor's own keys: what a limit has that says nothing else */
    double rate_max;         /* engineering units within rate_per_ns; 0 = no rate-of-change alarm */
    uint64_t rate_per_ns;
    bool bad_quality;           /* there is a bad-quality alarm */
    uint8_t condition;          /* enum mbp_condition */
    uint64_t longest_bypass_ns; /* of an interlock; 0 = it may not be bypassed, MBP_BYPASS_AS_POLICY */
};
#define MBP_BYPASS_AS_POLICY UINT64_MAX

/* No deadband, no delays, priority medium. */
extern const struct mbp_alarms mbp_alarms_plain;

/* Where and how a sensor's value stands in the holding registers. raw = value / scale. */
struct mbp_register {
    double scale;         /* not 0: raw = (value - offset) / scale */
    double offset;        /* engineering units */
    uint16_t addr;        /* 0-based PDU address of its first word */
    uint16_t limits_addr; /* four limits from here, each of `words` words; strings and bools have none */
    uint16_t words;       /* 1, 2, 4 or the string's register count */
    uint8_t type;         /* enum mbp_type */
    uint8_t order;        /* enum mbp_order */
    bool nowhere;         /* it has no address in the standard map; addr is then of no meaning */
    bool pointed;         /* nowhere, but for the point that its `register` is (mbplant/point.h) */
};

/* Which changes of a sensor's value are kept for trends. Shared as the alarms are. */
struct mbp_report_rule {
    double deadband;   /* engineering units; 0 = each change */
    uint64_t every_ns; /* at least so long from one to the next */
};

/* Whether a change by so much, so long after the one before, is one. NULL = each change is. */
static inline bool mbp_report_wants(const struct mbp_report_rule *rule, double change, uint64_t after_ns)
{
    return rule == NULL ? change > 0 : change > 0 && change >= rule->deadband && after_ns >= rule->every_ns;
}

struct mbp_sensor {
    const char *name;
    const char *label;     /* "" when the file has none */
    const char *unit_text; /* engineering unit, UTF-8; "" when none */
    const struct mbp_signal *signal;
    const double *range;  /* two, of the instrument: the register saturates here; {-inf, inf} narrowed to the type */
    const double *limits; /* MBP_LIMIT_COUNT, NaN = unused; these two are shared as the signal is */
    const struct mbp_alarms *alarms;      /* NULL = mbp_alarms_plain: a plant that no file describes */
    const struct mbp_report_rule *report; /* NULL = each change */
    uint32_t machine;                     /* plant-wide index; UINT32_MAX = sensor of the unit itself */
    uint32_t unit;                        /* index into units[] */
    uint32_t first_input, input_count;    /* into inputs[]; with a formula what that reads of the process */
    struct mbp_register reg;
    uint32_t formula;  /* one more than the index of that of its signal; 0 = none */
    uint32_t when;     /* likewise of that of an alarm; 0 = it is a sensor */
    uint8_t kind;      /* enum mbp_kind */
    uint8_t trip;      /* bit a set: alarm a trips the machine */
    uint8_t bars;      /* likewise: it does not let the machine start; what trips does so too */
    uint8_t priority;  /* enum mbp_priority; of an alarm: mbp_sensor_alarm() */
    uint8_t inject;    /* enum mbp_inject */
    bool is_alarm;     /* an alarm of no sensor: a bool that `when` gives, at no address; last in its unit */
    uint8_t interlock; /* enum mbp_interlocking */
};

static inline const struct mbp_alarms *mbp_sensor_alarms(const struct mbp_sensor *sensor)
{
    return sensor->alarms != NULL ? sensor->alarms : &mbp_alarms_plain;
}

/* Whether it has the alarm (enum mbp_limit) while its limits are these: MBP_LIMIT_COUNT of them, NaN = unused. */
bool mbp_sensor_has_alarm(const struct mbp_sensor *sensor, const double *limits, unsigned alarm);

static inline const struct mbp_alarm *mbp_sensor_alarm(const struct mbp_sensor *sensor, unsigned alarm)
{
    return &mbp_sensor_alarms(sensor)->of[alarm];
}

/* The texts of an alarm, "" where the file has none. */
struct mbp_alarm_texts mbp_sensor_alarm_texts(const struct mbp_sensor *sensor, unsigned alarm);

#endif
