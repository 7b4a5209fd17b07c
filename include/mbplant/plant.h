/* plant: what the plant file says, checked and flattened. Read once, never changed; what moves is in state.h.
 * Arrays are in file order; repeats are already expanded. An index into machines[] or sensors[] is plant-wide; a
 * unit's own numbering (m and s of the register map) starts at its first_machine and first_sensor. */
#ifndef MBPLANT_PLANT_H
#define MBPLANT_PLANT_H

#include <stdio.h>

#include "mbplant/base.h"
#include "mbplant/instructor.h"

#define MBP_PLANT_FILE_MAX           (256u << 20) /* bytes of YAML: a million sensors, each with a line of its own */
#define MBP_PLANT_WIRE_MAX           2000000u     /* bytes that fit files 900..999 */
#define MBP_PLANT_WIRE_TEXT_MAX      (MBP_PLANT_WIRE_MAX - 8) /* of text: its length and CRC-32 stand before it */
#define MBP_PLANT_FIRST_FILE         900
#define MBP_MACHINES_PER_UNIT_MAX    1000
#define MBP_SENSORS_PER_UNIT_MAX     4100 /* so that 247 units hold a million; beyond 4000 the alarm bits find no room */
#define MBP_ACTUATORS_PER_UNIT_MAX   1000
#define MBP_CONTROLLERS_PER_UNIT_MAX 500
#define MBP_DEAD_TIME_SCANS_MAX      1000000u /* values that one dead time keeps */
#define MBP_STRING_WORDS_MAX         100      /* registers of a string(n) */
#define MBP_RECORDINGS_MAX           1000u    /* files and columns that are replayed */

enum mbp_state_code {
    MBP_EN_SERVICE,
    MBP_EN_PANNE,
    MBP_MAINTENANCE,
    MBP_STATE_COUNT
}; /* = coil offset = register value */
/* The four limits, in the order of the map, and the two alarms beside them. A bit per alarm of this numbering is what
 * `trip` and the masks of state.h hold. */
enum mbp_limit {
    MBP_LOW_LOW,
    MBP_LOW,
    MBP_HIGH,
    MBP_HIGH_HIGH,
    MBP_LIMIT_COUNT,
    MBP_RATE_OF_CHANGE = MBP_LIMIT_COUNT,
    MBP_BAD_QUALITY,
    MBP_ALARM_COUNT
};
enum mbp_table { MBP_COILS, MBP_DISCRETE_INPUTS, MBP_HOLDING_REGISTERS, MBP_INPUT_REGISTERS, MBP_TABLE_COUNT };

/* In the place of a table where something else was written: a file (FC 21), by number; what FC 8 clears, by its
 * sub-function. */
#define MBP_FILES       MBP_TABLE_COUNT
#define MBP_DIAGNOSTICS (MBP_TABLE_COUNT + 1)
enum mbp_type {
    MBP_INT16,
    MBP_UINT16,
    MBP_INT32,
    MBP_UINT32,
    MBP_INT64,
    MBP_UINT64,
    MBP_FLOAT32,
    MBP_FLOAT64,
    MBP_BOOL,
    MBP_STRING,
    MBP_TYPE_COUNT
};
enum mbp_order { MBP_ABCD, MBP_CDAB, MBP_BADC, MBP_DCBA, MBP_ORDER_COUNT };
enum mbp_inject { MBP_INJECT_HOLD, MBP_INJECT_ONCE, MBP_INJECT_REJECT, MBP_INJECT_COUNT };
enum mbp_priority {
    MBP_PRIORITY_LOW,
    MBP_PRIORITY_MEDIUM,
    MBP_PRIORITY_HIGH,
    MBP_PRIORITY_CRITICAL,
    MBP_PRIORITY_COUNT
};
enum mbp_kind {
    MBP_TEMPERATURE,
    MBP_PRESSURE,
    MBP_LEVEL,
    MBP_FLOW,
    MBP_SPEED,
    MBP_VIBRATION,
    MBP_CURRENT,
    MBP_VOLTAGE,
    MBP_HUMIDITY,
    MBP_POWER,
    MBP_TORQUE,
    MBP_POSITION,
    MBP_WEIGHT,
    MBP_FREQUENCY,
    MBP_PH,
    MBP_CONDUCTIVITY,
    MBP_CONCENTRATION,
    MBP_GENERIC,
    MBP_KIND_COUNT
};
enum mbp_actuator_kind {
    MBP_VALVE,
    MBP_DAMPER,
    MBP_PUMP,
    MBP_FAN,
    MBP_MOTOR,
    MBP_HEATER,
    MBP_SETPOINT,
    MBP_OUTPUT,
    MBP_ACTUATOR_KIND_COUNT
};
enum mbp_setting {
    MBP_SET_SETPOINT,
    MBP_SET_GAIN,
    MBP_SET_INTEGRAL,
    MBP_SET_DERIVATIVE,
    MBP_SET_LOW,
    MBP_SET_HIGH,
    MBP_SET_MANUAL,
    MBP_SETTING_COUNT
}; /* of a controller; = order in the map */
enum mbp_input_function {
    MBP_LINEAR,
    MBP_SQUARE_ROOT, /* of what is not negative, else 0: a flow by its head (Torricelli) */
    MBP_INPUT_FUNCTION_COUNT
};
enum mbp_wave {
    MBP_WAVE_NONE,
    MBP_WAVE_SINE,
    MBP_WAVE_SQUARE,
    MBP_WAVE_TRIANGLE,
    MBP_WAVE_SAWTOOTH,
    MBP_WAVE_STEPS,
    MBP_WAVE_COUNT
};

/* What an alarm is to the operator (ISA-18.2-2016 and IEC 62682:2022, the alarm state transition diagram, whose letters
 * stand behind each). The numbers are those of the alarm words in the input registers. */
enum mbp_alarm_state {
    MBP_ALARM_NORMAL,                 /* A */
    MBP_ALARM_UNACKNOWLEDGED,         /* B: its condition holds, nobody has acknowledged it */
    MBP_ALARM_ACKNOWLEDGED,           /* C: its condition holds */
    MBP_ALARM_RETURNED,               /* D: returned to normal, unacknowledged */
    MBP_ALARM_LATCHED_UNACKNOWLEDGED, /* E: returned to normal, shown until it is reset */
    MBP_ALARM_LATCHED_ACKNOWLEDGED,   /* F: likewise, acknowledged */
    MBP_ALARM_SHELVED,                /* G: hidden by the operator, for a time */
    MBP_ALARM_SUPPRESSED,     /* H: hidden by design, while its machine is in a state that makes it meaningless */
    MBP_ALARM_OUT_OF_SERVICE, /* I: hidden while its machine is in maintenance, or by hand */
    MBP_ALARM_STATE_COUNT
};

/* Words of the file for the enums above ("en_service", "low_low", "holding_registers", "float32", "CDAB", ...). Never
 * NULL for a value below its COUNT. Static storage. */
const char *mbp_state_name(enum mbp_state_code state);
const char *mbp_limit_name(enum mbp_limit limit);             /* of all six alarms */
const char *mbp_alarm_state_name(enum mbp_alarm_state state); /* "returned unacknowledged" */
const char *mbp_table_name(enum mbp_table table);
const char *mbp_type_name(enum mbp_type type);
const char *mbp_order_name(enum mbp_order order);
const char *mbp_inject_name(enum mbp_inject inject);
const char *mbp_priority_name(enum mbp_priority priority);
const char *mbp_kind_name(enum mbp_kind kind);
const char *mbp_wave_name(enum mbp_wave wave);
const char *mbp_input_function_name(enum mbp_input_function function);
const char *mbp_actuator_kind_name(enum mbp_actuator_kind kind);
const char *mbp_setting_name(enum mbp_setting setting);

/* The diagnosis that a limit of this kind stands for: temperature high = "Overheating", low = "Low temperature",
 * pressure high = "Overpressure", low = "Pressure drop" (README, "Plant files"). Static storage. */
const char *mbp_kind_diagnosis(enum mbp_kind kind, enum mbp_limit limit);

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
    double noise;              /* standard deviation of the sensor's noise, engineering units */
    const char *replay;        /* CSV path, or NULL; from the plant file's folder when it is relative */
    const char *replay_column; /* the header of the value's column; NULL = the second */
    bool replay_hold;          /* keeps its last value at the end; otherwise starts again */
    uint32_t recording;        /* index into the plant's recordings; meaningful with replay */
    const char *text;          /* what a string sensor shows, "" when the file does not say; NULL for the other types */
};

/* A column of a file that signals replay, and the place of the plant file that first names it. */
struct mbp_recording {
    const char *file;
    const char *column; /* NULL = the second */
    uint32_t line, line_column;
};

/* What the file says about one alarm of a sensor. */
struct mbp_alarm {
    double deadband;       /* engineering units, >= 0: how far back it must be to have returned to normal */
    uint64_t delay_ns;     /* its condition must hold this long before the alarm is raised */
    uint64_t off_delay_ns; /* ... and be gone this long before it has returned to normal */
    uint8_t priority;      /* enum mbp_priority */
    uint8_t suppress;      /* bit per enum mbp_state_code: suppressed by design while its machine is in that state */
    bool latch;            /* shown after its return to normal until it is reset */
};

/* All alarms of a sensor. Shared by the instances of a repeat, and by sensors that say the same. */
struct mbp_alarms {
    struct mbp_alarm of[MBP_ALARM_COUNT];
    struct mbp_alarm common; /* the sensor's own keys: what a limit has that says nothing else */
    double rate_max;         /* engineering units within rate_per_ns; 0 = no rate-of-change alarm */
    uint64_t rate_per_ns;
    bool bad_quality; /* there is a bad-quality alarm */
};

/* No deadband, no delays, priority medium. */
extern const struct mbp_alarms mbp_alarms_plain;

/* Where and how a sensor's value stands in the holding registers. raw = value / scale. */
struct mbp_register {
    double scale;         /* > 0 */
    uint16_t addr;        /* 0-based PDU address of its first word */
    uint16_t limits_addr; /* four limits from here, each of `words` words; strings and bools have none */
    uint16_t words;       /* 1, 2, 4 or the string's register count */
    uint8_t type;         /* enum mbp_type */
    uint8_t order;        /* enum mbp_order */
};

struct mbp_sensor {
    const char *name;
    const char *label;     /* "" when the file has none */
    const char *unit_text; /* engineering unit, UTF-8; "" when none */
    const struct mbp_signal *signal;
    const double *range;  /* two, of the instrument: the register saturates here; {-inf, inf} narrowed to the type */
    const double *limits; /* MBP_LIMIT_COUNT, NaN = unused; these two are shared as the signal is */
    const struct mbp_alarms *alarms;   /* NULL = mbp_alarms_plain: a plant that no file describes */
    uint32_t machine;                  /* plant-wide index; UINT32_MAX = sensor of the unit itself */
    uint32_t unit;                     /* index into units[] */
    uint32_t first_input, input_count; /* into inputs[] */
    struct mbp_register reg;
    uint8_t kind;     /* enum mbp_kind */
    uint8_t trip;     /* bit a set: alarm a trips the machine */
    uint8_t priority; /* enum mbp_priority; of an alarm: mbp_sensor_alarm() */
    uint8_t inject;   /* enum mbp_inject */
};

static inline const struct mbp_alarms *mbp_sensor_alarms(const struct mbp_sensor *sensor)
{
    return sensor->alarms != NULL ? sensor->alarms : &mbp_alarms_plain;
}

static inline const struct mbp_alarm *mbp_sensor_alarm(const struct mbp_sensor *sensor, unsigned alarm)
{
    return &mbp_sensor_alarms(sensor)->of[alarm];
}
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
    uint8_t kind;                 /* enum mbp_actuator_kind */
    bool on_off;
};

/* What a controller adds to its output beside what its error asks for. */
struct mbp_feed {
    uint32_t from; /* as an input's */
    double gain;
};

/* A PID controller in the standard (ISA) form: output = gain (error + 1/integral x integral of error + derivative x
 * rate of the measurement) + feedforward, within its output range. */
struct mbp_controller {
    const char *name;
    const char *label;
    double setting[MBP_SETTING_COUNT]; /* at start; setpoint in the input's unit, times in s (0 = no such part), the
                                          others in the output's unit; MANUAL is where the output begins */
    double setpoint_range[2];          /* of the input */
    double output_range[2];            /* of the actuator, or of the input of the controller whose setpoint it gives */
    const struct mbp_feed *feeds;
    uint32_t feed_count;
    uint32_t input;   /* plant-wide sensor index */
    uint32_t output;  /* plant-wide actuator index; UINT32_MAX = its output is the setpoint of `inner` */
    uint32_t outer;   /* plant-wide index of the controller that gives its setpoint; UINT32_MAX = none */
    uint32_t inner;   /* of the one that it gives the setpoint; UINT32_MAX = none */
    uint32_t machine; /* plant-wide index; UINT32_MAX = controller of the unit itself */
    uint32_t unit;    /* index into units[] */
    bool direct;      /* its output rises with the measurement: cooling, draining */
    bool automatic;   /* at start */
};

struct mbp_machine {
    const char *name;
    const char *label;
    uint32_t unit;
    uint32_t first_sensor, sensor_count;
    uint32_t first_actuator, actuator_count;
    uint32_t first_controller, controller_count;
    enum mbp_state_code initial;
    uint64_t cycle_ns;             /* 0 = produces nothing */
    double reject;                 /* 0..1 */
    uint64_t maintenance_every_ns; /* running time; 0 = never due */
    uint64_t maintenance_takes_ns; /* of a planned one; 0 = ends by command only, as a repair does */
    uint32_t maintenance_cycles;   /* due after so many products, too; 0 = whatever it makes */
};

/* A raw block of `tables`: count points from at. */
struct mbp_block {
    uint16_t at;
    uint32_t count;         /* 1..65536 */
    const uint16_t *values; /* count of them; coils and discrete inputs as 0/1 */
    bool writable;          /* coils and holding registers only; `access: read` makes it false */
    bool has_min, has_max;  /* `min`/`max`: a write beyond is refused with exception 04 */
    uint16_t min, max;
};

struct mbp_file {
    uint16_t number; /* 1..899 */
    uint32_t count;  /* 1..10000 */
    const uint16_t *values;
};

struct mbp_fifo {
    uint16_t at;
    uint16_t count; /* of more than 31, FC 24 reads none (V1.1b3 6.18) */
    const uint16_t *values;
};

/* Where each block of the register map begins in one unit (mbplant/map.h); MBP_NO_BASE = the unit has none, or no room
 * for it. */
#define MBP_MAP_BLOCKS_MAX 48
#define MBP_NO_BASE        65536u
struct mbp_layout {
    uint32_t base[MBP_MAP_BLOCKS_MAX];
};

#define MBP_RECENT_EVENTS 64
#define MBP_RECENT_WORDS  1280 /* 64 events of 20 registers */

/* What a sensor's shelving register holds beside seconds. */
#define MBP_SHELVE_ONCE     65534u
#define MBP_SHELVE_FOR_EVER 65535u

struct mbp_unit {
    const char *name;
    uint8_t id; /* 1..247 */
    bool gaps_zero;
    bool instructor; /* the unit 247 that `instructor: true` adds: coil i switches wire fault i */
    uint32_t first_machine, machine_count;
    uint32_t first_sensor, sensor_count;
    uint32_t first_actuator, actuator_count;
    uint32_t first_controller, controller_count;
    struct mbp_layout layout;
    const struct mbp_block *blocks[MBP_TABLE_COUNT];
    uint32_t block_count[MBP_TABLE_COUNT];
    const struct mbp_file *files;
    uint32_t file_count;
    const struct mbp_fifo *fifos;
    uint32_t fifo_count;
};

/* Who may do what: the first rule whose network holds the peer's address counts. */
enum mbp_allow { MBP_ALLOW_READ, MBP_ALLOW_OPERATE, MBP_ALLOW_ALL, MBP_ALLOW_NONE, MBP_ALLOW_COUNT };

struct mbp_access_rule {
    uint8_t network[16]; /* IPv6; IPv4 as ::ffff:a.b.c.d */
    uint8_t prefix_bits; /* of 128 */
    uint8_t allow;       /* enum mbp_allow: read; operate = read and write coils, but not the instructor's; all; none */
    bool keep;           /* its connections are never evicted for a new one */
    bool some_units;     /* it is about those in units alone; false = all */
    uint8_t units[32];   /* a bit each: id i at bit i % 8 of i / 8 */
};

static inline bool mbp_access_names(const struct mbp_access_rule *rule, unsigned unit)
{
    return !rule->some_units || (rule->units[unit / 8] >> unit % 8 & 1) != 0;
}

/* A fault on the wire, for people who test masters. The request is executed and only its answer suffers; but an
 * exception comes instead of that, as from a device that cannot. */
enum mbp_wire_fault {
    MBP_FAULT_DELAY,
    MBP_FAULT_DROP,
    MBP_FAULT_EXCEPTION,
    MBP_FAULT_WRONG_TRANSACTION,
    MBP_FAULT_TRUNCATE,
    MBP_FAULT_SPLIT,
    MBP_FAULT_CLOSE,
    MBP_FAULT_COUNT
};

struct mbp_fault {
    const char *name;
    uint8_t kind;     /* enum mbp_wire_fault */
    bool enabled;     /* at start; coil i of unit 247 switches fault i at run time */
    uint8_t unit;     /* id, of a unit that is not there too; 0 = any */
    uint8_t function; /* 0 = any */
    uint16_t addr_first,
        addr_last;      /* the request names an address within; 0 and 65535 = any request, with addresses or without */
    uint64_t delay_ns;  /* DELAY; SPLIT: between the two parts */
    uint16_t amount;    /* EXCEPTION: its code; TRUNCATE, SPLIT: bytes of the first part */
    double probability; /* 0..1 */
    uint32_t count;     /* how many times at most; 0 = no end */
};

/* ---- faults of the plant itself ---------------------------------------------------------------------------------- */

/* The first six are of the sensor: the process is as it was, its instrument is not. The others are of the process. */
enum mbp_effect_kind {
    MBP_EFFECT_STUCK,   /* shows one value */
    MBP_EFFECT_BIAS,    /* `amount` too much */
    MBP_EFFECT_DRIFT,   /* more and more too much: `amount` for each `over` */
    MBP_EFFECT_SPIKE,   /* `amount` too much for one scan, on average every `over` */
    MBP_EFFECT_DROPOUT, /* a failed signal at an end of the range, quality bad (NAMUR NE 43) */
    MBP_EFFECT_NOISE,   /* `amount` is the standard deviation of what is added */
    MBP_EFFECT_STEP,    /* `amount` is added to the signal's base */
    MBP_EFFECT_RAMP,    /* the same, rising from 0 within `over` */
    MBP_EFFECT_WEAR,    /* the same, while its machine runs: `amount` for each `over` of running since maintenance */
    MBP_EFFECT_COUNT
};

/* What goes wrong, and for how long. */
struct mbp_effect {
    uint32_t sensor; /* plant-wide index */
    uint8_t kind;    /* enum mbp_effect_kind */
    bool upscale;    /* DROPOUT: fails to the upper end of the range, else to the lower */
    double amount;   /* engineering units; STUCK: the value, NaN = where it stands */
    uint64_t over_ns;
    uint64_t after_ns;    /* WEAR: running time without any */
    uint64_t duration_ns; /* 0 = until it is ended */
};

/* And when: by hand, at a simulated time, or as chance has it. */
struct mbp_plant_fault {
    const char *name;
    struct mbp_effect effect;
    bool enabled; /* false: by hand only */
    bool has_start;
    uint64_t start_ns;
    uint64_t mttf_ns; /* mean time to the next; 0 = none */
    uint64_t mttr_ns; /* mean time until it ends; 0 = its duration */
};

#define MBP_PLANT_FAULTS_MAX 900
#define MBP_AD_HOC_FAULTS    16 /* places for faults that no file has */

/* "stuck", ...; never NULL below COUNT. -1 when there is none of that name. Static storage. */
const char *mbp_effect_name(enum mbp_effect_kind kind);
int mbp_effect_find(const char *name);

struct mbp_server_options {
    const char *listen; /* "127.0.0.1:5020" */
    uint32_t max_connections;
    uint64_t frame_timeout_ns;
    bool serial_functions;
    uint32_t per_client;      /* connections of one address at most; a quarter of all unless the file says */
    uint64_t idle_timeout_ns; /* 0 = never */
    const struct mbp_access_rule *access;
    uint32_t access_count;
    const struct mbp_fault *faults;
    uint32_t fault_count;
};

/* FC 43/14 objects 0..6; NULL = absent (0..2 never are). */
struct mbp_identity {
    const char *object[7];
};

/* How much of the journal stays; the older events go (mbplant/journal.h, "Retention"). */
struct mbp_journal_options {
    uint64_t keep_ns;   /* 0 = whatever their age */
    uint64_t max_bytes; /* of the database; 0 = whatever its size (no file says that) */
};

struct mbp_plant {
    const char *name;
    const char *path; /* of the plant file, as it was named; for messages */
    bool remote;      /* it came over a network: what it names is not trusted, and no message tells what is in files */
    const char *folder; /* of the plant file, with its slash; "" = the current one: where relative paths in it begin */
    uint64_t scan_ns;
    uint64_t seed;
    struct mbp_server_options server;
    bool instructor;         /* unit 247 is the instructor's */
    const char *http_listen; /* NULL = off */
    struct mbp_journal_options journal;
    struct mbp_identity identity;
    const struct mbp_unit *units;
    uint32_t unit_count;
    const struct mbp_machine *machines;
    uint32_t machine_count;
    const struct mbp_sensor *sensors;
    uint32_t sensor_count;
    const struct mbp_actuator *actuators;
    uint32_t actuator_count;
    const struct mbp_controller *controllers;
    uint32_t controller_count;
    const struct mbp_input *inputs;
    uint32_t input_count;
    const struct mbp_recording *recordings;
    uint32_t recording_count;
    uint64_t recording_bytes; /* of memory that all of them together may take */
    double memory_bytes;      /* about as many it takes while it runs, without recordings */
    double scan_cost_ns;      /* about as long a scan takes */
    const struct mbp_plant_fault *faults;
    uint32_t fault_count;
    struct mbp_text text; /* the file as it was read; mbp_plant_drop_text */
    uint32_t text_crc;
    const char *warnings;        /* of its lines, each "path:line:col: text\n": what is allowed and yet hardly meant */
    struct mbp_text public_text; /* without `faults:`: what all units but the instructor's show of it */
    uint32_t public_crc;
    void *memory; /* owns everything above */
};

/* Reads a plant file or a text already in memory (path then only names it in messages).
 * Errors: all of the file go to `errors`, one `path:line:col: what is wrong, what is allowed` a line, and the result is
 * MBP_ERR_FORMAT; MBP_ERR_IO (one line too) when it cannot be read; MBP_ERR_MEMORY.
 * Ownership: free with mbp_plant_free. text is copied. */
enum mbp_status mbp_plant_load(const char *path, FILE *errors, struct mbp_plant **out);
enum mbp_status mbp_plant_parse(const char *path, struct mbp_text text, FILE *errors, struct mbp_plant **out);

/* The same of a text that came over a network, by whoever may send one: the plant is marked `remote`. */
enum mbp_status mbp_plant_parse_remote(const char *path, struct mbp_text text, FILE *errors, struct mbp_plant **out);
void mbp_plant_free(struct mbp_plant *plant);

/* How much memory a plant may take, as a size with its unit, "500MB" (at start: "1GB"); one that comes over a network a
 * quarter of it. More is an error of the plant file, told before any of it is taken. False: it is no size from 10MB to
 * 1000GB. Thread-safe. */
bool mbp_plant_set_memory(const char *size);

/* Gives back the memory of a text that is too long for files 900..999, so that no master ever reads it: its bytes are
 * then NULL, its length and CRC-32 stay. Likewise the public one's. Shorter texts stay. */
void mbp_plant_drop_text(struct mbp_plant *plant);

/* A plant that comes over the network has no say in who may do what, where mbplantd listens and how much of the journal
 * stays: these are as now's from here on, and one line to notes says so of each key that differs; kept: one does.
 * Errors: MBP_ERR_MEMORY, nothing changed. */
enum mbp_status mbp_plant_keep_local(struct mbp_plant *plant, const struct mbp_plant *now, FILE *notes, bool *kept);

/* --check: one screen about the plant. --print-config: YAML with every default and every address explicit, which
 * loads to the same plant. */
void mbp_plant_print_summary(const struct mbp_plant *plant, FILE *out);
void mbp_plant_print_config(const struct mbp_plant *plant, FILE *out);

/* --schema: what a plant file may hold, as a JSON Schema (draft 7) of the file read by the rules of YAML 1.2's core
 * schema. */
void mbp_plant_print_schema(FILE *out);

/* Which keys of a machine (but for what it holds) or sensor are different in another plant: bits of enum mbp_changed.
 * Addresses and names are not compared. */
uint32_t mbp_plant_machine_differs(const struct mbp_plant *was, uint32_t was_machine, const struct mbp_plant *now,
                                   uint32_t machine);
uint32_t mbp_plant_sensor_differs(const struct mbp_plant *was, uint32_t was_sensor, const struct mbp_plant *now,
                                  uint32_t sensor);

/* How many faults there are, ad hoc places too. */
static inline uint32_t mbp_fault_total(const struct mbp_plant *plant)
{
    return plant->fault_count + MBP_AD_HOC_FAULTS;
}

/* The unit that answers to an id; NULL when there is none. */
const struct mbp_unit *mbp_plant_find_unit(const struct mbp_plant *plant, uint16_t id);

/* A machine, sensor, actuator or controller by name. UINT32_MAX when there is none. */
uint32_t mbp_plant_find_machine(const struct mbp_plant *plant, const char *name);
uint32_t mbp_plant_find_sensor(const struct mbp_plant *plant, const char *name);
uint32_t mbp_plant_find_actuator(const struct mbp_plant *plant, const char *name);
uint32_t mbp_plant_find_controller(const struct mbp_plant *plant, const char *name);

/* The name of what an input takes in: a sensor's or an actuator's. */
static inline const char *mbp_input_source(const struct mbp_plant *plant, uint32_t from)
{
    return from < plant->sensor_count ? plant->sensors[from].name : plant->actuators[from - plant->sensor_count].name;
}

/* What people call an address: "40001" for holding register 0; six digits ("410000") from address 9999 on, which five
 * cannot name; returns buf. 8 bytes suffice. */
const char *mbp_reference(enum mbp_table table, uint16_t addr, char *buf, size_t size);

/* Words that a type takes: 1, 2 or 4 (0 for MBP_STRING: its own count). */
unsigned mbp_type_words(enum mbp_type type);

/* The largest and smallest engineering value that type and scale can show. */
void mbp_type_range(enum mbp_type type, double scale, double *low, double *high);

#endif
