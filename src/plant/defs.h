/* defs: the plant file as it is written, before `repeat` is expanded. Lives from reading to the end of the load. */
#ifndef MBP_PLANT_DEFS_H
#define MBP_PLANT_DEFS_H

#include "mbplant/event.h"
#include "mbplant/formula.h"
#include "mbplant/map_rows.h"
#include "names.h"
#include "schema.h"

#define MBP_MS             1e6 /* ns */
#define MBP_S              1e9
#define MBP_DAY            (86400 * MBP_S)
#define MBP_YEAR           (365 * MBP_DAY)
#define MBP_ANY_NUMBER     .low = -DBL_MAX, .high = DBL_MAX
#define MBP_COUNT_OF(rows) (sizeof(rows) / sizeof((rows)[0]))
#define MBP_VALUE_UNIT     "the sensor's unit"
#define MBP_INPUTS_MAX     64 /* of one signal */
#define MBP_FEEDS_MAX      16 /* of one controller */

/* What a reader of plant files has of its own. */
struct mbp_plant_own {
    const uint16_t *zeros;            /* 65536 of them, once they are needed */
    struct mbp_recording *recordings; /* MBP_RECORDINGS_MAX of them, once they are needed; the plant's */
    uint32_t recording_count;
    bool recordings_told; /* that there are too many */
    bool bare;            /* sensors of this unit have no register unless they say so */
};

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
    const char *file;   /* NULL = none */
    const char *column; /* NULL = the second */
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
    MBP_SIGNAL_REPLAY,
    MBP_SIGNAL_NOISE,
    MBP_SIGNAL_TEXT,
    MBP_SIGNAL_EXPR,
    MBP_SIGNAL_AT_LEAST,
    MBP_SIGNAL_AT_MOST,
    MBP_SIGNAL_CUTOFF
};

/* An expression or assignment as the file has it. */
struct mbp_formula_def {
    const struct mbp_node *node;
    const char *text; /* NULL = none; may hold placeholders */
};

struct mbp_curve_def {
    const char *name;
    struct mbp_expr_curve points;
};

struct mbp_signal_def {
    struct mbp_def def;
    struct mbp_signal signal; /* the members that keys fill themselves */
    struct mbp_wave_def wave;
    struct mbp_def_list inputs; /* of struct mbp_input_def */
    struct mbp_integrate_def integrate;
    struct mbp_wander_def wander;
    struct mbp_replay_def replay;
    struct mbp_formula_def expr;
};

/* Where a value stands: `input 0`. */
struct mbp_place_def {
    enum mbp_table table;
    uint32_t addr;
};

enum mbp_register_field {
    MBP_REGISTER_AT,
    MBP_REGISTER_TYPE,
    MBP_REGISTER_SCALE,
    MBP_REGISTER_OFFSET,
    MBP_REGISTER_ORDER,
    MBP_REGISTER_OVERFLOW,
    MBP_REGISTER_NO_VALUE,
    MBP_REGISTER_BIT,
    MBP_REGISTER_BYTE,
    MBP_REGISTER_ACCESS
};

struct mbp_register_def {
    struct mbp_def def;
    struct mbp_place_def at;
    struct mbp_register reg; /* the members that keys fill themselves */
    int overflow;            /* these as a point has them */
    double no_value;
    uint32_t bit;
    int byte, access;
    const struct mbp_point_def *point; /* that shows it, where it is more than a value in the holding registers */
};

/* Keys of an alarm; of a bad-quality alarm those from PRIORITY on without DEADBAND. */
enum mbp_alarm_field {
    MBP_ALARM_AT,  /* of a rate of change: max */
    MBP_ALARM_PER, /* of a rate of change alone */
    MBP_ALARM_PRIORITY,
    MBP_ALARM_DEADBAND,
    MBP_ALARM_DELAY,
    MBP_ALARM_OFF_DELAY,
    MBP_ALARM_LATCH,
    MBP_ALARM_SUPPRESS,
    MBP_ALARM_FIELDS
};

struct mbp_alarm_def {
    struct mbp_def def;
    struct mbp_alarm alarm;
    double at;
    uint64_t per_ns;
    bool on; /* false: `bad_quality: false` */
};

struct mbp_limits_def {
    struct mbp_def def;
    struct mbp_alarm_def of[MBP_LIMIT_COUNT];
};

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
    MBP_SENSOR_RATE_OF_CHANGE,
    MBP_SENSOR_BAD_QUALITY,
    MBP_SENSOR_ALARM, /* of a bool: the state that is its alarm */
    MBP_SENSOR_SIGNAL,
    MBP_SENSOR_REGISTER,
    MBP_SENSOR_INJECT,
    MBP_SENSOR_REPORT,
    MBP_SENSOR_REPEAT
};

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
    struct mbp_alarm common;       /* what an alarm has that says nothing else */
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

/* `watchdog` and `on_loss`, of what a master writes. */
struct mbp_watchdog_def {
    uint64_t after_ns; /* 0 = none */
    struct mbp_loss_def {
        enum mbp_on_loss to;
        double number;
    } on_loss;
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
};

struct mbp_machine_def {
    struct mbp_def def;
    struct mbp_machine machine; /* what keys fill themselves */
    struct mbp_cycle_def cycle;
    struct mbp_upkeep_def maintenance;
    struct mbp_def_list sensors, actuators, controllers, alarms;
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

enum mbp_point_field {
    MBP_POINT_AT,
    MBP_POINT_TAG,
    MBP_POINT_TYPE,
    MBP_POINT_SCALE,
    MBP_POINT_OFFSET,
    MBP_POINT_ORDER,
    MBP_POINT_OVERFLOW,
    MBP_POINT_NO_VALUE,
    MBP_POINT_BIT,
    MBP_POINT_BYTE,
    MBP_POINT_BITS,
    MBP_POINT_REPEAT,
    MBP_POINT_NAME,
    MBP_POINT_VALUE,
    MBP_POINT_ACCESS,
    MBP_POINT_RETAIN,
    MBP_POINT_COUNT,
    MBP_POINT_SAME_AS,
    MBP_POINT_EXPR,
    MBP_POINT_ACCEPT,
    MBP_POINT_WATCHDOG,
    MBP_POINT_ON_LOSS,
    MBP_POINT_FIELDS
};

struct mbp_point_def {
    struct mbp_def def;
    struct mbp_place_def at;
    const char *tag;         /* may hold placeholders */
    struct mbp_register reg; /* the members that keys fill themselves */
    int overflow;            /* 1 = wrap */
    double no_value;
    uint32_t bit;
    int byte; /* 1 = high */
    struct mbp_bits_def {
        const struct mbp_node *tag[16]; /* NULL = none */
        uint32_t count;
    } bits;
    uint32_t repeat;
    const char *name; /* may hold placeholders; NULL = none */
    struct mbp_value_def {
        const struct mbp_node *node; /* NULL = none */
    } value;
    int access; /* enum mbp_access */
    bool retain;
    uint32_t count;
    struct mbp_place_def same_as;
    struct mbp_formula_def expr, accept;
    struct mbp_watchdog_def watchdog;
};

/* Whether a point holds a value of its own: a stored or a computed one. */
static inline bool mbp_point_holds(const struct mbp_point_def *point)
{
    return mbp_def_has(&point->def, MBP_POINT_VALUE) || mbp_def_has(&point->def, MBP_POINT_EXPR);
}

/* How many points, one behind the other, a definition makes. */
uint32_t mbp_point_times(const struct mbp_point_def *point);

/* A number that expressions know by a name, at no address; kept as a stored value whose point has no place. */
struct mbp_parameter_def {
    struct mbp_point_def point;
    double value;
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

struct mbp_access_def {
    struct mbp_def def;
    struct mbp_access_rule rule; /* what keys fill themselves */
    struct mbp_values_def units;
};

struct mbp_server_def {
    struct mbp_def def;
    struct mbp_server_options options; /* likewise */
    struct mbp_def_list access, faults;
};

enum { MBP_HTTP_LISTEN, MBP_HTTP_TOKEN_FILE }; /* its keys */

struct mbp_http_def {
    struct mbp_def def;
    const char *listen; /* NULL = off */
    const char *token_file;
};

/* Its keys. */
enum {
    MBP_MQTT_BROKER,
    MBP_MQTT_FORMAT,
    MBP_MQTT_PREFIX,
    MBP_MQTT_GROUP,
    MBP_MQTT_NODE,
    MBP_MQTT_CLIENT_ID,
    MBP_MQTT_POINTS,
    MBP_MQTT_COMMANDS,
    MBP_MQTT_DISCOVERY,
    MBP_MQTT_PRIMARY_HOST,
    MBP_MQTT_KEEPALIVE,
    MBP_MQTT_BUFFER,
    MBP_MQTT_REPLAY_RATE,
    MBP_MQTT_USERNAME,
    MBP_MQTT_PASSWORD_FILE,
    MBP_MQTT_CA_FILE,
    MBP_MQTT_CERT_FILE,
    MBP_MQTT_KEY_FILE
};

struct mbp_mqtt_def {
    struct mbp_def def;
    struct mbp_mqtt_options options;
};

struct mbp_journal_def {
    struct mbp_def def;
    struct mbp_journal_options options;
};

struct mbp_samples_def {
    struct mbp_def def;
    uint64_t max_bytes; /* 0 = off */
};

struct mbp_identity_def {
    struct mbp_def def;
    struct mbp_identity identity;
};

struct mbp_plant_def {
    struct mbp_def def;
    const char *name;
    uint64_t scan_ns, seed;
    int64_t start_ns;
    struct mbp_def_list curves; /* of struct mbp_curve_def */
    struct mbp_server_def server;
    bool instructor;
    struct mbp_http_def http;
    struct mbp_mqtt_def mqtt;
    struct mbp_journal_def journal;
    struct mbp_samples_def samples;
    struct mbp_identity_def identity;
    struct mbp_def_list units;
    struct mbp_def_list faults; /* of struct mbp_plant_fault_def */
};

extern const struct mbp_schema mbp_plant_schema, mbp_unit_schema, mbp_machine_schema, mbp_server_schema,
    mbp_sensor_schema, mbp_tables_schema, mbp_actuator_schema, mbp_controller_schema, mbp_register_schema,
    mbp_limits_schema, mbp_rate_schema, mbp_bad_quality_schema, mbp_signal_schema, mbp_journal_schema,
    mbp_samples_schema, mbp_report_schema, mbp_plant_fault_schema, mbp_point_schema, mbp_answer_schema,
    mbp_own_alarm_schema, mbp_mqtt_schema;

/* Keys of an alarm, which a sensor and each of its alarms have: rows for a struct mbp_alarm that is the member `alarm`
 * of type, in places that begin with prefix; MBP_OWN: it has defaults, MBP_INHERITED: it has what the sensor has. */
#define MBP_OWN(text)       text
#define MBP_INHERITED(text) NULL
#define MBP_DEADBAND_KEY(type_of, member, prefix, usual_of)                                                            \
    [prefix##DEADBAND] = MBP_ROW(NUMBER, MBP_AT(type_of, member.deadband), "deadband",                                 \
                                 "how far back it must be to have returned to normal", .unit = MBP_VALUE_UNIT,         \
                                 .usual = usual_of("0"), .low = 0, .high = DBL_MAX, .change = MBP_CHANGED_ALARMS)
#define MBP_ALARM_KEYS(type_of, member, prefix, usual_of)                                                              \
    [prefix##PRIORITY] =                                                                                               \
        MBP_ROW(CHOICE, MBP_AT(type_of, member.priority), "priority", "how urgent an alarm is",                        \
                .usual = usual_of("medium"), .words = &mbp_priority_words, .change = MBP_CHANGED_ALARMS),              \
    [prefix##DELAY] = MBP_ROW(DURATION, MBP_AT(type_of, member.delay_ns), "delay",                                     \
                              "its condition must hold so long before the alarm is raised", .usual = usual_of("0s"),   \
                              .high = MBP_YEAR, .change = MBP_CHANGED_ALARMS),                                         \
    [prefix##OFF_DELAY] = MBP_ROW(DURATION, MBP_AT(type_of, member.off_delay_ns), "off_delay",                         \
                                  "its condition must be gone so long before it has returned to normal",               \
                                  .usual = usual_of("0s"), .high = MBP_YEAR, .change = MBP_CHANGED_ALARMS),            \
    [prefix##LATCH] =                                                                                                  \
        MBP_ROW(BOOL, MBP_AT(type_of, member.latch), "latch", "shown after its return to normal until it is reset",    \
                .usual = usual_of("false"), .change = MBP_CHANGED_ALARMS),                                             \
    [prefix##SUPPRESS] = MBP_ROW(CHOICES, MBP_AT(type_of, member.suppress), "suppress",                                \
                                 "states of the machine in which an alarm is not shown", .words = &mbp_state_words,    \
                                 .allowed = "a list of machine states: en_service, en_panne, maintenance",             \
                                 .change = MBP_CHANGED_ALARMS)

/* Keys of a watchdog: rows for a struct mbp_watchdog_def that is the member `watchdog` of type. */
#define MBP_WATCHDOG_KEYS(type_of, prefix)                                                                             \
    [prefix##WATCHDOG] = MBP_ROW(DURATION, MBP_AT(type_of, watchdog.after_ns), "watchdog",                             \
                                 "the longest time between two writes of a master", .low = MBP_MS, .high = MBP_YEAR),  \
    [prefix##ON_LOSS] = MBP_ROW(                                                                                       \
        CUSTOM, MBP_AT(type_of, watchdog.on_loss), "on_loss", "what becomes of it when that is over", .usual = "hold", \
        .read = mbp_read_on_loss, .print = mbp_print_on_loss, .allowed = "hold, fail, zero or a number",               \
        .json = "\"anyOf\": [{\"enum\": [\"hold\", \"fail\", \"zero\"]}, {\"type\": [\"number\"]}]")
enum mbp_reading mbp_read_on_loss(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_field *field,
                                  void *at);
void mbp_print_on_loss(FILE *out, const void *at);

/* `bad_quality: true`. */
extern const struct mbp_field mbp_bad_quality_brief, mbp_samples_brief;

/* The type of a register, into a struct mbp_register. */
#define MBP_TYPE_JSON                                                                                                  \
    "\"type\": \"string\", \"pattern\": \"^(u?int(8|16|24|32|48|64)|bcd(16|32)|mod10k[(][1-4][)]|float(32|64)|bool|"   \
    "string[(](0*[1-9][0-9]?|0*100)[)])$\""
enum mbp_reading mbp_read_type(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_field *field,
                               void *at);
void mbp_print_type(FILE *out, const void *at);

/* `input 0`, into a struct mbp_place_def. */
enum mbp_reading mbp_read_place(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_field *field,
                                void *at);
#define MBP_PLACE_ALLOWED "a table and an address 0..65535: coil 0, discrete 3, input 0x10 or holding 40"

/* The value of a raw step: a number, but not 0. */
#define MBP_SCALE_JSON "\"type\": \"number\", \"anyOf\": [{\"minimum\": 1e-12}, {\"maximum\": -1e-12}]"
enum mbp_reading mbp_read_scale(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_field *field,
                                void *at);

/* Rules of a point beside its keys' own. */
void mbp_check_point(struct mbp_reader *reader, void *point_def);

/* Whether a register is more than a value in the holding registers: it gets a point then. */
void mbp_settle_register(struct mbp_reader *reader, struct mbp_register_def *reg);

/* ---- what a unit answers ----------------------------------------------------------------------------------------- */

/* Whether sensors without a register of their own have one in a unit with these `blocks`. */
bool mbp_blocks_have_values(const struct mbp_node *blocks);

/* Readers of `gaps`, `blocks` and `identity`. */
enum mbp_reading mbp_read_gaps(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_field *field,
                               void *at);
enum mbp_reading mbp_read_blocks(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_field *field,
                                 void *at);
enum mbp_reading mbp_read_objects(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_field *field,
                                  void *at);

/* ---- rules of a sensor ------------------------------------------------------------------------------------------- */

/* Checks its alarms, their deadbands only when its range is right, and sets those of the sensor. */
void mbp_settle_alarms(struct mbp_reader *reader, struct mbp_sensor_def *sensor, bool range_right);

/* Likewise of a bool, which may have the alarm `condition`. */
void mbp_settle_condition(struct mbp_reader *reader, struct mbp_sensor_def *sensor, enum mbp_condition condition);

/* The rule that a `report` comes to; NULL = every change is kept. */
const struct mbp_report_rule *mbp_settle_report(struct mbp_reader *reader, const struct mbp_report_def *def);

/* What the plant is called at the broker, which may be its name. */
void mbp_mqtt_check_node(struct mbp_reader *reader, struct mbp_plant_def *plant);

/* The first `suppress` that the sensor or one of its alarms has; NULL = none. */
const struct mbp_node *mbp_suppressing_node(const struct mbp_sensor_def *sensor);

/* Checks its signal, and sets that of the sensor. */
void mbp_check_signal(struct mbp_reader *reader, const struct mbp_sensor_def *sensor);
void mbp_settle_signal(struct mbp_reader *reader, struct mbp_sensor_def *sensor);

/* Warns of an address that looks like a register as people call it: 40001 for the first holding register. */
void mbp_check_reference(struct mbp_reader *reader, const struct mbp_node *node, enum mbp_table table, uint32_t at);

/* ---- formulas, curves and the clock's start (formula/) -------------------------------------------------
 */

/* Readers of CUSTOM rows, and what prints and compares them. */
#define MBP_READER(name)                                                                                               \
    enum mbp_reading name(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_field *field,       \
                          void *at)
MBP_READER(mbp_read_formula); /* into a struct mbp_formula_def */
/* Tells what is wrong in an expression, at its place in the file. */
void mbp_tell_formula(struct mbp_reader *reader, const struct mbp_formula_def *def, const struct mbp_expr_error *error);

MBP_READER(mbp_read_parameters); /* into a struct mbp_def_list of struct mbp_parameter_def */
MBP_READER(mbp_read_logic);      /* into a struct mbp_def_list of them */
MBP_READER(mbp_read_curves);     /* into a struct mbp_def_list of struct mbp_curve_def */
MBP_READER(mbp_read_start);      /* into an int64_t */
void mbp_print_formula(FILE *out, const void *at);
void mbp_print_logic(FILE *out, const void *at);
void mbp_print_curves(FILE *out, const void *at);
void mbp_print_start(FILE *out, const void *at);
bool mbp_same_formula(const void *at, const void *other);

/* ---- from the plant ---------------------------------------------------------------------------------------------- */

struct mbp_signal_view {
    struct mbp_signal_def def;
    struct mbp_input_def inputs[MBP_INPUTS_MAX];
};

struct mbp_sensor_view {
    struct mbp_sensor_def def;
    struct mbp_signal_view signal;
};

struct mbp_controller_view {
    struct mbp_controller_def def;
    struct mbp_feed_def feeds[MBP_FEEDS_MAX];
};

/* What a file would say that leaves nothing to a default: for printing and comparing. Lists are the arena's, and empty
 * when there is no memory. */
void mbp_plant_view(const struct mbp_plant *plant, struct mbp_arena *arena, struct mbp_plant_def *def);
/* Its units are printed apart, and behind them its faults: this shows those alone. */
void mbp_plant_view_faults(struct mbp_plant_def *def);
/* `listen` of a plant file. */
enum mbp_reading mbp_read_listen(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_field *field,
                                 void *at);
bool mbp_same_listen(const void *at, const void *other);

void mbp_server_view(const struct mbp_server_options *server, struct mbp_arena *arena, struct mbp_server_def *def);
void mbp_mqtt_view(const struct mbp_mqtt_options *options, struct mbp_mqtt_def *def);
void mbp_unit_view(const struct mbp_unit *unit, struct mbp_arena *arena, struct mbp_unit_def *def);
void mbp_unit_view_logic(const struct mbp_plant *plant, const struct mbp_unit *unit, struct mbp_arena *arena,
                         struct mbp_unit_def *def); /* that alone */
struct mbp_def_list mbp_curves_view(const struct mbp_plant *plant, struct mbp_arena *arena);
void mbp_tables_view(const struct mbp_unit *unit, struct mbp_arena *arena, struct mbp_tables_def *def);
/* point: that it is, where it has no place in the standard map */
void mbp_register_view(const struct mbp_register *reg, const struct mbp_user_point *point,
                       struct mbp_register_def *def);
void mbp_signal_view(const struct mbp_plant *plant, const struct mbp_sensor *sensor, struct mbp_signal_view *view);
void mbp_alarms_view(const struct mbp_sensor *sensor, struct mbp_sensor_def *def);
void mbp_actuator_view(const struct mbp_plant *plant, uint32_t a, struct mbp_actuator_def *def);
void mbp_controller_view(const struct mbp_plant *plant, uint32_t c, struct mbp_controller_view *view);
void mbp_machine_view(const struct mbp_plant *plant, uint32_t m, struct mbp_machine_def *def);
void mbp_sensor_view(const struct mbp_plant *plant, uint32_t s, struct mbp_sensor_view *view);
void mbp_own_alarm_view(const struct mbp_plant *plant, uint32_t s, struct mbp_sensor_def *def);

#endif
