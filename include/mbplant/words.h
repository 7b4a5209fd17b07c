/* words: the enums of a plant, the words of a file for them, and what a register of each type holds. */
#ifndef MBPLANT_WORDS_H
#define MBPLANT_WORDS_H

#include <stddef.h>
#include <stdint.h>

enum mbp_state_code {
    MBP_EN_SERVICE,
    MBP_EN_PANNE,
    MBP_MAINTENANCE,
    MBP_STATE_COUNT
}; /* = coil offset = register value */
/* The four limits, in the order of the map, and the alarms beside them. A bit per alarm of this numbering is what
 * `trip` and the masks of state.h hold. */
enum mbp_limit {
    MBP_LOW_LOW,
    MBP_LOW,
    MBP_HIGH,
    MBP_HIGH_HIGH,
    MBP_LIMIT_COUNT,
    MBP_RATE_OF_CHANGE = MBP_LIMIT_COUNT,
    MBP_BAD_QUALITY,
    MBP_CONDITION, /* a contact is in the state that is its alarm, or an expression is TRUE */
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
    MBP_INT8, /* these two in a register's low byte, or in the byte that a point takes */
    MBP_UINT8,
    MBP_INT24, /* of 24 and 48 bits: right-aligned in two and three registers */
    MBP_UINT24,
    MBP_INT48,
    MBP_UINT48,
    MBP_BCD16, /* a decimal digit in each four bits */
    MBP_BCD32,
    MBP_MOD10K1, /* four decimal digits in each register, as 0..9999 */
    MBP_MOD10K2,
    MBP_MOD10K3,
    MBP_MOD10K4,
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
/* What an interlock does. A trip does not let its machine start either, as long as it stands. */
enum mbp_interlock_action { MBP_INTERLOCK_TRIP, MBP_INTERLOCK_PERMISSIVE, MBP_INTERLOCK_ACTION_COUNT };

/* What an interlock is. Numbers are those of the map: never renumber. */
enum mbp_interlock_state {
    MBP_INTERLOCK_READY,
    MBP_INTERLOCK_ACTING,   /* its condition holds */
    MBP_INTERLOCK_BYPASSED, /* it would not act */
    MBP_INTERLOCK_DEFEATED, /* its condition holds, and it does not act */
    MBP_INTERLOCK_STATE_COUNT
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
const char *mbp_limit_name(enum mbp_limit limit);             /* of all alarms */
const char *mbp_alarm_state_name(enum mbp_alarm_state state); /* "returned unacknowledged" */
/* Whether its addresses are bits, not registers. table: an enum mbp_table, or what stands in the place of one. */
static inline bool mbp_table_is_bits(unsigned table)
{
    return table == MBP_COILS || table == MBP_DISCRETE_INPUTS;
}

const char *mbp_table_name(enum mbp_table table);
const char *mbp_table_word(enum mbp_table table); /* "holding": as people and `at:` name it */
const char *mbp_table_noun(enum mbp_table table); /* one of it: "holding register" */
unsigned mbp_table_poll(enum mbp_table table);    /* mbpoll's -t */
int mbp_table_find(const char *word); /* by any of its words (holding, holding_registers, hr, 4x), in any case; -1 */
/* "holding 40", "4x 0x28": a table and an address in it, with a space between; -1: the text is no such thing. */
int mbp_table_place(const char *text, uint16_t *addr);
const char *mbp_type_name(enum mbp_type type);
const char *mbp_order_name(enum mbp_order order);
const char *mbp_inject_name(enum mbp_inject inject);
const char *mbp_priority_name(enum mbp_priority priority);
const char *mbp_interlock_action_name(enum mbp_interlock_action action);
const char *mbp_interlock_state_name(enum mbp_interlock_state state);
const char *mbp_kind_name(enum mbp_kind kind);
const char *mbp_actuator_kind_name(enum mbp_actuator_kind kind);

/* The diagnosis that a limit of this kind stands for: temperature high = "Overheating", low = "Low temperature",
 * pressure high = "Overpressure", low = "Pressure drop" (mbplant.yaml(5)). Static storage. */
const char *mbp_kind_diagnosis(enum mbp_kind kind, enum mbp_limit limit);

/* What people call an address: "40001" for holding register 0; six digits ("410000") from address 9999 on, which five
 * cannot name; returns buf. 8 bytes suffice. */
const char *mbp_reference(enum mbp_table table, uint16_t addr, char *buf, size_t size);

/* Words that a type takes: 1, 2 or 4 (0 for MBP_STRING: its own count). */
unsigned mbp_type_words(enum mbp_type type);

/* How mbpoll is asked for a value, behind its -t: ":float" or ":int" for two registers that it can put together (*pair;
 * -B where the first is the high one), ":hex" for what it cannot show as its number, else "". bits: it stands in a
 * table of bits. Static storage. Source: mbpoll(1). */
const char *mbp_poll_form(enum mbp_type type, enum mbp_order order, bool bits, bool *pair);

/* The largest and smallest engineering value that type and scale can show. */
void mbp_type_range(enum mbp_type type, double scale, double *low, double *high);

#endif
