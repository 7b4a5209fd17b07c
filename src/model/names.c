/* names: words <-> enums, diagnoses by kind, references. */
#include "names.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const char *const state_names[] = {"en_service", "en_panne", "maintenance"};
static const char *const limit_names[] = {"low_low",        "low",         "high",     "high_high",
                                          "rate_of_change", "bad_quality", "condition"};
static const char *const alarm_state_names[] = {"normal",
                                                "unacknowledged",
                                                "acknowledged",
                                                "returned unacknowledged",
                                                "latched unacknowledged",
                                                "latched acknowledged",
                                                "shelved",
                                                "suppressed",
                                                "out of service"};
static const char *const table_names[] = {"coils", "discrete_inputs", "holding_registers", "input_registers"};
static const char *const type_names[] = {"int16",     "uint16",    "int32",     "uint32",   "int64", "uint64",
                                         "float32",   "float64",   "bool",      "string",   "int8",  "uint8",
                                         "int24",     "uint24",    "int48",     "uint48",   "bcd16", "bcd32",
                                         "mod10k(1)", "mod10k(2)", "mod10k(3)", "mod10k(4)"};
static const char *const order_names[] = {"ABCD", "CDAB", "BADC", "DCBA"};
static const char *const inject_names[] = {"hold", "once", "reject"};
static const char *const priority_names[] = {"low", "medium", "high", "critical"};
static const char *const interlock_action_names[] = {"trip", "permissive"};
static const char *const interlock_state_names[] = {"ready", "acting", "bypassed", "defeated"};
static const char *const kind_names[] = {"temperature",  "pressure",      "level",   "flow",      "speed",
                                         "vibration",    "current",       "voltage", "humidity",  "power",
                                         "torque",       "position",      "weight",  "frequency", "ph",
                                         "conductivity", "concentration", "generic"};
static const char *const actuator_kind_names[] = {"valve", "damper", "pump",     "fan",
                                                  "motor", "heater", "setpoint", "output"};
static const char *const action_names[] = {"reverse", "direct"};
static const char *const mode_names[] = {"manual", "auto"};
static const char *const wave_names[] = {"none", "sine", "square", "triangle", "sawtooth", "steps"};
static const char *const function_names[] = {[MBP_LINEAR] = "linear", [MBP_SQUARE_ROOT] = "square_root"};
static const char *const access_names[] = {"read", "read_write"};
static const char *const point_access_names[] = {"read", "read_write", "write"};
static const char *const gaps_names[] = {"error", "zero"};
static const char *const allow_names[] = {"read", "operate", "all", "none"};
static const char *const wire_fault_names[] = {
    "delay",      "drop",  "exception", "wrong_transaction", "truncate",  "split", "close", "wrong_unit",
    "byte_count", "short", "junk",      "duplicate",         "no_answer", "crc",   "cut",   "echo"};

static const char *const effect_names[] = {"stuck", "bias", "drift", "spike", "dropout", "noise",
                                           "step",  "ramp", "wear",  "slow",  "passing", "offset"};
static const char *const shows_names[] = {"low", "high"};

_Static_assert(COUNT_OF(effect_names) == MBP_EFFECT_COUNT, "a word for each effect");
_Static_assert(COUNT_OF(state_names) == MBP_STATE_COUNT, "a word for each state");
_Static_assert(COUNT_OF(interlock_action_names) == MBP_INTERLOCK_ACTION_COUNT, "a word for each action");
_Static_assert(COUNT_OF(interlock_state_names) == MBP_INTERLOCK_STATE_COUNT, "a word for each state of an interlock");
_Static_assert(COUNT_OF(limit_names) == MBP_ALARM_COUNT, "a word for each alarm");
_Static_assert(COUNT_OF(alarm_state_names) == MBP_ALARM_STATE_COUNT, "a word for each state of an alarm");
_Static_assert(COUNT_OF(table_names) == MBP_TABLE_COUNT, "a word for each table");
_Static_assert(COUNT_OF(type_names) == MBP_TYPE_COUNT, "a word for each type");
_Static_assert(COUNT_OF(order_names) == MBP_ORDER_COUNT, "a word for each order");
_Static_assert(COUNT_OF(inject_names) == MBP_INJECT_COUNT, "a word for each inject");
_Static_assert(COUNT_OF(priority_names) == MBP_PRIORITY_COUNT, "a word for each priority");
_Static_assert(COUNT_OF(kind_names) == MBP_KIND_COUNT, "a word for each kind");
_Static_assert(COUNT_OF(wave_names) == MBP_WAVE_COUNT, "a word for each wave");
_Static_assert(COUNT_OF(actuator_kind_names) == MBP_ACTUATOR_KIND_COUNT, "a word for each kind of actuator");

static const struct mbp_synonym state_synonyms[] = {{"in_service", MBP_EN_SERVICE}, {"faulted", MBP_EN_PANNE}};

#define WORDS(what, names)                                                                                             \
    {                                                                                                                  \
        what, names, COUNT_OF(names), NULL, 0                                                                          \
    }

const struct mbp_words mbp_state_words = {"a state", state_names, COUNT_OF(state_names), state_synonyms,
                                          COUNT_OF(state_synonyms)};
const struct mbp_words mbp_limit_words = {"a limit", limit_names, MBP_LIMIT_COUNT, NULL, 0};
const struct mbp_words mbp_alarm_words = WORDS("an alarm", limit_names);
/* Whatever masters call them. */
static const struct mbp_synonym table_synonyms[] = {
    {"coil", MBP_COILS},
    {"0x", MBP_COILS},
    {"discrete", MBP_DISCRETE_INPUTS},
    {"discrete_input", MBP_DISCRETE_INPUTS},
    {"di", MBP_DISCRETE_INPUTS},
    {"1x", MBP_DISCRETE_INPUTS},
    {"holding", MBP_HOLDING_REGISTERS},
    {"holding_register", MBP_HOLDING_REGISTERS},
    {"hr", MBP_HOLDING_REGISTERS},
    {"4x", MBP_HOLDING_REGISTERS},
    {"input", MBP_INPUT_REGISTERS},
    {"input_register", MBP_INPUT_REGISTERS},
    {"ir", MBP_INPUT_REGISTERS},
    {"3x", MBP_INPUT_REGISTERS},
};
static const char *const short_table_names[] = {"coil", "discrete", "holding", "input"};
const struct mbp_words mbp_table_words = {"a table", table_names, COUNT_OF(table_names), table_synonyms,
                                          COUNT_OF(table_synonyms)};
const struct mbp_words mbp_type_words_list = WORDS("a type", type_names);
const struct mbp_words mbp_order_words = WORDS("an order", order_names);
const struct mbp_words mbp_inject_words = WORDS("a way to inject", inject_names);
const struct mbp_words mbp_priority_words = WORDS("a priority", priority_names);
const struct mbp_words mbp_interlock_action_words = WORDS("an action", interlock_action_names);
const struct mbp_words mbp_kind_words = WORDS("a kind", kind_names);
const struct mbp_words mbp_actuator_kind_words = WORDS("a kind of actuator", actuator_kind_names);
const struct mbp_words mbp_action_words = WORDS("an action", action_names);
static const char *const controller_type_names[] = {"pid", "two_position"};
const struct mbp_words mbp_controller_type_words = WORDS("a type of controller", controller_type_names);
const struct mbp_words mbp_mode_words = WORDS("a mode", mode_names);
const struct mbp_words mbp_wave_words = WORDS("a shape", wave_names);
const struct mbp_words mbp_input_function_words = WORDS("a function", function_names);
const struct mbp_words mbp_access_words = WORDS("an access", access_names);
const struct mbp_words mbp_point_access_words = WORDS("an access", point_access_names);
const struct mbp_words mbp_gaps_words = WORDS("a way with gaps", gaps_names);
const struct mbp_words mbp_allow_words = WORDS("a permission", allow_names);
const struct mbp_words mbp_wire_fault_words = WORDS("a wire fault", wire_fault_names);
static const char *const absent_names[] = {"exception", "silent"};
static const char *const refuse_names[] = {"4", "3", "clamp", "ignore"};
static const struct mbp_synonym refuse_synonyms[] = {{"04", MBP_REFUSE_FAILURE},   {"03", MBP_REFUSE_VALUE},
                                                     {"0x4", MBP_REFUSE_FAILURE},  {"0x3", MBP_REFUSE_VALUE},
                                                     {"0x04", MBP_REFUSE_FAILURE}, {"0x03", MBP_REFUSE_VALUE}};
_Static_assert(COUNT_OF(refuse_names) == MBP_REFUSE_COUNT, "a word for each way to refuse");
static const char *const overflow_names[] = {"hold", "wrap"};
static const char *const byte_names[] = {"low", "high"};
const struct mbp_words mbp_overflow_words = WORDS("what an end does", overflow_names);
const struct mbp_words mbp_byte_words = WORDS("a byte", byte_names);
const struct mbp_words mbp_absent_words = WORDS("an answer of no unit", absent_names);
const struct mbp_words mbp_refuse_words = {"a way to refuse", refuse_names, COUNT_OF(refuse_names), refuse_synonyms,
                                           COUNT_OF(refuse_synonyms)};
const struct mbp_words mbp_effect_words = WORDS("a fault", effect_names);
const struct mbp_words mbp_shows_words = WORDS("an end of the range", shows_names);

static const char *name_of(const struct mbp_words *words, unsigned value)
{
    assert(value < words->count);
    return words->names[value];
}

const char *mbp_effect_name(enum mbp_effect_kind kind)
{
    return name_of(&mbp_effect_words, kind);
}

int mbp_effect_find(const char *name)
{
    return mbp_words_find(&mbp_effect_words, name);
}

const char *mbp_state_name(enum mbp_state_code state)
{
    return name_of(&mbp_state_words, state);
}

const char *mbp_limit_name(enum mbp_limit limit)
{
    return name_of(&mbp_alarm_words, limit);
}

const char *mbp_alarm_state_name(enum mbp_alarm_state state)
{
    assert((unsigned)state < MBP_ALARM_STATE_COUNT);
    return alarm_state_names[state];
}

const char *mbp_table_name(enum mbp_table table)
{
    return name_of(&mbp_table_words, table);
}

const char *mbp_table_word(enum mbp_table table)
{
    assert((unsigned)table < COUNT_OF(short_table_names));
    return short_table_names[table];
}

const char *mbp_table_noun(enum mbp_table table)
{
    static const char *const nouns[MBP_TABLE_COUNT] = {"coil", "discrete input", "holding register", "input register"};
    assert((unsigned)table < COUNT_OF(nouns));
    return nouns[table];
}

unsigned mbp_table_poll(enum mbp_table table)
{
    static const unsigned kinds[MBP_TABLE_COUNT] = {
        [MBP_COILS] = 0, [MBP_DISCRETE_INPUTS] = 1, [MBP_INPUT_REGISTERS] = 3, [MBP_HOLDING_REGISTERS] = 4};
    assert((unsigned)table < COUNT_OF(kinds));
    return kinds[table];
}

/* What mbpoll shows as its number: words as they are, and of two those that it puts together. It knows no sign of 8 and
 * 24 bits, no other digits and no 32 bits without a sign. */
const char *mbp_poll_form(enum mbp_type type, enum mbp_order order, bool bits, bool *pair)
{
    static const char *const forms[MBP_TYPE_COUNT] = {
        [MBP_INT16] = "",   [MBP_UINT16] = "",    [MBP_BOOL] = "",       [MBP_UINT8] = "",
        [MBP_MOD10K1] = "", [MBP_INT32] = ":int", [MBP_UINT24] = ":int", [MBP_FLOAT32] = ":float"};
    bool swapped = order == MBP_BADC || order == MBP_DCBA; /* within a word: mbpoll knows no such order */
    const char *form = bits ? "" : swapped || forms[type] == NULL ? ":hex" : forms[type];
    *pair = !bits && !swapped && forms[type] != NULL && mbp_type_words(type) == 2;
    return form;
}

int mbp_table_find(const char *word)
{
    for (unsigned i = 0; i < MBP_TABLE_COUNT; i++) {
        if (strcasecmp(table_names[i], word) == 0)
            return (int)i;
    }
    for (unsigned i = 0; i < COUNT_OF(table_synonyms); i++) {
        if (strcasecmp(table_synonyms[i].word, word) == 0)
            return table_synonyms[i].value;
    }
    return -1;
}

int mbp_table_place(const char *text, uint16_t *addr)
{
    char word[32];
    size_t len = strcspn(text, " ");
    const char *digits = text + len + strspn(text + len, " ");
    bool hex = digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X');
    digits += hex ? 2 : 0;
    if (len >= sizeof word || text[len] != ' ' || !isxdigit((unsigned char)digits[0]))
        return -1;
    snprintf(word, sizeof word, "%.*s", (int)len, text);
    int table = mbp_table_find(word);
    char *end;
    unsigned long number = strtoul(digits, &end, hex ? 16 : 10);
    if (table < 0 || *end != '\0' || number > UINT16_MAX)
        return -1;
    *addr = (uint16_t)number;
    return table;
}

const char *mbp_type_name(enum mbp_type type)
{
    return name_of(&mbp_type_words_list, type);
}

const char *mbp_order_name(enum mbp_order order)
{
    return name_of(&mbp_order_words, order);
}

const char *mbp_allow_name(enum mbp_allow allow)
{
    return name_of(&mbp_allow_words, allow);
}

const char *mbp_inject_name(enum mbp_inject inject)
{
    return name_of(&mbp_inject_words, inject);
}

const char *mbp_priority_name(enum mbp_priority priority)
{
    return name_of(&mbp_priority_words, priority);
}

const char *mbp_interlock_action_name(enum mbp_interlock_action action)
{
    return name_of(&mbp_interlock_action_words, action);
}

const char *mbp_interlock_state_name(enum mbp_interlock_state state)
{
    return (unsigned)state < COUNT_OF(interlock_state_names) ? interlock_state_names[state] : "unknown";
}

const char *mbp_kind_name(enum mbp_kind kind)
{
    return name_of(&mbp_kind_words, kind);
}

const char *mbp_actuator_kind_name(enum mbp_actuator_kind kind)
{
    return name_of(&mbp_actuator_kind_words, kind);
}

/* The mission names those of temperature and pressure; the others are the terms of their fields (ANSI device numbers
 * for the electrical ones: 27 undervoltage, 37 undercurrent, 50 overcurrent, 59 overvoltage, 81 frequency). */
static const char *const diagnoses[][2] = {
    [MBP_TEMPERATURE] = {"Low temperature", "Overheating"},
    [MBP_PRESSURE] = {"Pressure drop", "Overpressure"},
    [MBP_LEVEL] = {"Low level", "Overfilling"},
    [MBP_FLOW] = {"Low flow", "Excess flow"},
    [MBP_SPEED] = {"Underspeed", "Overspeed"},
    [MBP_VIBRATION] = {"Vibration signal low", "Excessive vibration"},
    [MBP_CURRENT] = {"Undercurrent", "Overcurrent"},
    [MBP_VOLTAGE] = {"Undervoltage", "Overvoltage"},
    [MBP_HUMIDITY] = {"Too dry", "Too humid"},
    [MBP_POWER] = {"Low power", "Overload"},
    [MBP_TORQUE] = {"Low torque", "Excess torque"},
    [MBP_POSITION] = {"Position too low", "Overtravel"},
    [MBP_WEIGHT] = {"Underweight", "Overweight"},
    [MBP_FREQUENCY] = {"Underfrequency", "Overfrequency"},
    [MBP_PH] = {"Too acid", "Too alkaline"},
    [MBP_CONDUCTIVITY] = {"Low conductivity", "High conductivity"},
    [MBP_CONCENTRATION] = {"Low concentration", "High concentration"},
    [MBP_GENERIC] = {"Low value", "High value"},
};
_Static_assert(COUNT_OF(diagnoses) == MBP_KIND_COUNT, "a diagnosis for each kind");

const char *mbp_kind_diagnosis(enum mbp_kind kind, enum mbp_limit limit)
{
    assert((unsigned)kind < MBP_KIND_COUNT && (unsigned)limit < MBP_ALARM_COUNT);
    if (limit >= MBP_LIMIT_COUNT) {
        return limit == MBP_CONDITION     ? "Alarm"
               : limit == MBP_BAD_QUALITY ? "Signal out of range"
                                          : "Changing too fast";
    }
    return diagnoses[kind][limit >= MBP_HIGH];
}

const char *mbp_reference(enum mbp_table table, uint16_t addr, char *buf, size_t size)
{
    static const unsigned digit[] = {
        [MBP_COILS] = 0, [MBP_DISCRETE_INPUTS] = 1, [MBP_HOLDING_REGISTERS] = 4, [MBP_INPUT_REGISTERS] = 3};
    assert((unsigned)table < MBP_TABLE_COUNT);
    snprintf(buf, size, addr > 9998 ? "%u%05u" : "%u%04u", digit[table], addr + 1u);
    return buf;
}
