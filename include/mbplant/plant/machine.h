/* plant_machine: machines, and the actuators and controllers that move their process. */
#ifndef MBPLANT_PLANT_MACHINE_H
#define MBPLANT_PLANT_MACHINE_H

#include "mbplant/plant/sensor.h"

/* What moves the process: a valve, a pump, a heater. A master commands it, and its position follows at the speed that
 * `travel` gives; signals take the position in. */
struct mbp_actuator {
    const char *name;
    const char *label;
    const char *unit_text;        /* "" when none */
    double range[2];              /* an on/off one stands at the first when off, at the second when on */
    double initial;               /* its command until a master gives another, within the range */
    double fail[MBP_STATE_COUNT]; /* where it goes while its machine is in that state; NaN = its command counts */
    uint64_t travel_ns;           /* over its whole range; 0 = at once */
    uint32_t machine;             /* plant-wide index; UINT32_MAX = actuator of the unit itself */
    uint32_t unit;                /* index into units[] */
    struct mbp_register reg;      /* of the command; of an on/off one only addr, which is a coil's */
    uint32_t logic;               /* one more than the index of the last formula that sets it; 0 = none: masters do */
    uint32_t watchdog;            /* one more than the index of who watches whether a master writes it; 0 = nobody */
    uint8_t kind;                 /* enum mbp_actuator_kind */
    bool on_off;
};

/* What becomes of a value when no master has written it for so long. */
enum mbp_on_loss { MBP_LOSS_HOLD, MBP_LOSS_FAIL, MBP_LOSS_ZERO, MBP_LOSS_NUMBER };
struct mbp_watchdog {
    uint64_t after_ns;
    double number;     /* of NUMBER */
    uint32_t actuator; /* plant-wide, or UINT32_MAX */
    uint32_t stored;   /* likewise */
    uint8_t on_loss;   /* enum mbp_on_loss; FAIL of actuators alone */
};

/* What a controller adds to its output beside what its error asks for. */
struct mbp_feed {
    uint32_t from; /* as an input's */
    double gain;
};

/* A two-position controller, or a PID controller in the standard (ISA) form: output = gain (error + 1/integral x
 * integral of error + derivative x rate of the measurement) + feedforward, within its output range. */
struct mbp_controller {
    const char *name;
    const char *label;
    double setting[MBP_SETTING_COUNT]; /* at start; setpoint in the input's unit, times in s (0 = no such part), the
                                          others in the output's unit; MANUAL is where the output begins */
    double setpoint_range[2];          /* of the input */
    double output_range[2];            /* of the actuator, or of the input of the controller whose setpoint it gives */
    const struct mbp_feed *feeds;
    uint32_t feed_count;
    uint32_t input;    /* plant-wide sensor index */
    uint32_t output;   /* plant-wide actuator index; UINT32_MAX = its output is the setpoint of `inner` */
    uint32_t outer;    /* plant-wide index of the controller that gives its setpoint; UINT32_MAX = none */
    uint32_t inner;    /* of the one that it gives the setpoint; UINT32_MAX = none */
    uint32_t machine;  /* plant-wide index; UINT32_MAX = controller of the unit itself */
    uint32_t unit;     /* index into units[] */
    bool direct;       /* its output rises with the measurement: cooling, draining */
    bool automatic;    /* at start */
    bool two_position; /* no PID: it switches on below low and off above high, when direct the other way round */
    double low, high;  /* of that one, in the input's unit; its setpoint begins amid them, and moves both */
};

/* A two-position one is set by its setpoint, and in manual by its output. */
static inline bool mbp_controller_has_setting(const struct mbp_controller *controller, unsigned setting)
{
    return !controller->two_position || setting == MBP_SET_SETPOINT || setting == MBP_SET_MANUAL;
}

struct mbp_machine {
    const char *name;
    const char *label;
    uint32_t unit;
    uint32_t first_sensor, sensor_count;
    uint32_t first_alarm, alarm_count;         /* alarms of no sensor, into sensors[] too */
    uint32_t first_bypass;                     /* likewise alarms of bypasses, one for each of its interlocks */
    uint32_t first_interlock, interlock_count; /* likewise interlocks that stand in the file as such */
    uint32_t first_actuator, actuator_count;
    uint32_t first_controller, controller_count;
    enum mbp_state_code initial;
    uint64_t cycle_ns;             /* 0 = produces nothing */
    double reject;                 /* 0..1 */
    uint32_t pace;                 /* plant-wide sensor index: products an hour; UINT32_MAX = as cycle_ns says */
    uint64_t maintenance_every_ns; /* running time; 0 = never due */
    uint64_t maintenance_takes_ns; /* of a planned one; 0 = ends by command only, as a repair does */
    uint32_t maintenance_cycles;   /* due after so many products, too; 0 = whatever it makes */
    uint32_t maintenance_when;     /* and while this formula is TRUE: its number from 1; 0 = none */
};

#endif
