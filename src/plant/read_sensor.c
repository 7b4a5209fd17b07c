/* read_sensor: the keys of a sensor, its signal and its register. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "defs.h"
#include "scalar.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define S               1e9 /* ns */
#define LONGEST         (365.0 * 86400 * S)
#define ANY_NUMBER      .low = -DBL_MAX, .high = DBL_MAX

/* ---- signal --------------------------------------------------------------------------------------------------- */

#define WAVE(member) offsetof(struct mbp_wave_def, member)
static const struct mbp_field wave_fields[] = {
    {.key = "shape", .type = MBP_FIELD_CHOICE, .at = WAVE(shape), .words = &mbp_wave_words},
    {.key = "amplitude", .type = MBP_FIELD_NUMBER, .required = true, .at = WAVE(amplitude), ANY_NUMBER},
    {.key = "period", .type = MBP_FIELD_DURATION, .required = true, .at = WAVE(period_ns), .low = 1e6, .high = LONGEST},
    {.key = "phase", .type = MBP_FIELD_NUMBER, .at = WAVE(phase), .low = 0, .high = 1},
};

static void wave_defaults(void *def)
{
    ((struct mbp_wave_def *)def)->shape = MBP_WAVE_SINE;
}

static const struct mbp_schema wave_schema = {
    .noun = "a wave", .fields = wave_fields, .field_count = COUNT_OF(wave_fields), .defaults = wave_defaults};

#define INPUT(member) offsetof(struct mbp_input_def, member)
static const struct mbp_field input_fields[] = {
    {.key = "from", .type = MBP_FIELD_NAME, .required = true, .at = INPUT(from)},
    {.key = "gain", .type = MBP_FIELD_NUMBER, .at = INPUT(gain), ANY_NUMBER},
    {.key = "lag", .type = MBP_FIELD_DURATION, .at = INPUT(lag_ns), .low = 0, .high = LONGEST},
    {.key = "dead_time", .type = MBP_FIELD_DURATION, .at = INPUT(dead_time_ns), .low = 0, .high = LONGEST},
    {.key = "function", .type = MBP_FIELD_CHOICE, .at = INPUT(function), .words = &mbp_input_function_words},
    {.key = "times", .type = MBP_FIELD_NAME, .at = INPUT(times)},
};

static void input_defaults(void *def)
{
    ((struct mbp_input_def *)def)->gain = 1;
}

static const struct mbp_schema input_schema = {.noun = "an input",
                                               .fields = input_fields,
                                               .field_count = COUNT_OF(input_fields),
                                               .size = sizeof(struct mbp_input_def),
                                               .defaults = input_defaults};

#define INTEGRATE(member) offsetof(struct mbp_integrate_def, member)
static const struct mbp_field integrate_fields[] = {
    {.key = "gain", .type = MBP_FIELD_NUMBER, .required = true, .at = INTEGRATE(gain), ANY_NUMBER},
    {.key = "initial", .type = MBP_FIELD_NUMBER, .at = INTEGRATE(initial), ANY_NUMBER},
};
static const struct mbp_schema integrate_schema = {
    .noun = "integrate", .fields = integrate_fields, .field_count = COUNT_OF(integrate_fields)};

#define WANDER(member) offsetof(struct mbp_wander_def, member)
static const struct mbp_field wander_fields[] = {
    {.key = "sigma", .type = MBP_FIELD_NUMBER, .required = true, .at = WANDER(sigma), .low = 0, .high = DBL_MAX},
    {.key = "tau", .type = MBP_FIELD_DURATION, .required = true, .at = WANDER(tau_ns), .low = 1e6, .high = LONGEST},
};
static const struct mbp_schema wander_schema = {
    .noun = "wander", .fields = wander_fields, .field_count = COUNT_OF(wander_fields)};

#define REPLAY(member) offsetof(struct mbp_replay_def, member)
enum { REPLAY_FILE };
static const struct mbp_field replay_fields[] = {
    [REPLAY_FILE] = {.key = "file", .type = MBP_FIELD_TEXT, .required = true, .at = REPLAY(file), .high = 1024},
    {.key = "column", .type = MBP_FIELD_TEXT, .at = REPLAY(column), .high = 80},
    {.key = "loop", .type = MBP_FIELD_BOOL, .at = REPLAY(loop)},
};

static void replay_defaults(void *def)
{
    ((struct mbp_replay_def *)def)->loop = true;
}

static const struct mbp_schema replay_schema = {
    .noun = "a replay", .fields = replay_fields, .field_count = COUNT_OF(replay_fields), .defaults = replay_defaults};

/* A file name alone, or a group. */
static enum mbp_reading read_replay(struct mbp_reader *reader, const struct mbp_node *node,
                                    const struct mbp_field *field, void *at)
{
    (void)field;
    struct mbp_replay_def *replay = at;
    replay->node = node;
    if (node->kind != MBP_NODE_SCALAR) {
        bool is_group = mbp_read_map(reader, node, &replay_schema, replay);
        replay->node = is_group ? mbp_def_node(&replay->def, "file") : node;
        return is_group ? MBP_READING_OK : MBP_READING_WRONG;
    }
    replay_defaults(replay);
    return mbp_read_text(reader, node, &replay_fields[REPLAY_FILE], &replay->file);
}

/* A number for every state, or a group of one per state, where en_service speaks for those that are missing. */
static enum mbp_reading read_base(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_field *field,
                                  void *at)
{
    (void)field;
    double *base = at, value;
    const char *text = mbp_node_text(node);
    if (text != NULL && mbp_scalar_number(text, &value)) {
        base[MBP_EN_SERVICE] = base[MBP_EN_PANNE] = base[MBP_MAINTENANCE] = value;
        return MBP_READING_OK;
    }
    if (node->kind != MBP_NODE_MAP) {
        return MBP_READING_WRONG;
    }
    double given[MBP_STATE_COUNT] = {NAN, NAN, NAN};
    for (const struct mbp_node *key = node->first; key != NULL; key = key->next->next) {
        int state = mbp_words_find(&mbp_state_words, key->text);
        if (state < 0) {
            const char *near = mbp_nearest(key->text, mbp_state_words.names, mbp_state_words.count);
            char states[64];
            mbp_reader_tell(reader, key, "'base' is given per machine state: %s%s%s%s",
                            mbp_words_list(&mbp_state_words, states, sizeof states), near ? "; did you mean '" : "",
                            near ? near : "", near ? "'?" : "");
            return MBP_READING_TOLD;
        }
        text = mbp_node_text(key->next);
        if (text == NULL || !mbp_scalar_number(text, &value)) {
            mbp_reader_tell(reader, key->next, "the base of %s is not a number; allowed is a number", key->text);
            return MBP_READING_TOLD;
        }
        if (!isnan(given[state])) {
            mbp_reader_tell(reader, key, "the base of %s is given twice; keep one", mbp_state_words.names[state]);
            return MBP_READING_TOLD;
        }
        given[state] = value;
    }
    if (isnan(given[MBP_EN_SERVICE])) {
        mbp_reader_tell(reader, node, "'base' needs en_service; states that are missing take its value");
        return MBP_READING_TOLD;
    }
    for (unsigned state = 0; state < MBP_STATE_COUNT; state++) {
        base[state] = isnan(given[state]) ? given[MBP_EN_SERVICE] : given[state];
    }
    return MBP_READING_OK;
}

#define SIGNAL(member) offsetof(struct mbp_signal_def, member)
static const struct mbp_field signal_fields[] = {
    [MBP_SIGNAL_BASE] = {.key = "base",
                         .type = MBP_FIELD_CUSTOM,
                         .at = SIGNAL(base),
                         .read = read_base,
                         .allowed = "a number, or a number per state: {en_service: , en_panne: , maintenance: }"},
    [MBP_SIGNAL_WAVE] = {.key = "wave", .type = MBP_FIELD_MAP, .at = SIGNAL(wave), .schema = &wave_schema},
    [MBP_SIGNAL_INPUTS] =
        {.key = "inputs", .type = MBP_FIELD_LIST, .at = SIGNAL(inputs), .high = 64, .schema = &input_schema},
    [MBP_SIGNAL_INTEGRATE] = {.key = "integrate",
                              .type = MBP_FIELD_MAP,
                              .at = SIGNAL(integrate),
                              .schema = &integrate_schema},
    [MBP_SIGNAL_LAG] = {.key = "lag", .type = MBP_FIELD_DURATION, .at = SIGNAL(lag_ns), .low = 0, .high = LONGEST},
    [MBP_SIGNAL_DEAD_TIME] =
        {.key = "dead_time", .type = MBP_FIELD_DURATION, .at = SIGNAL(dead_time_ns), .low = 0, .high = LONGEST},
    [MBP_SIGNAL_WANDER] = {.key = "wander", .type = MBP_FIELD_MAP, .at = SIGNAL(wander), .schema = &wander_schema},
    [MBP_SIGNAL_NOISE] = {.key = "noise", .type = MBP_FIELD_NUMBER, .at = SIGNAL(noise), .low = 0, .high = DBL_MAX},
    [MBP_SIGNAL_REPLAY] = {.key = "replay",
                           .type = MBP_FIELD_CUSTOM,
                           .at = SIGNAL(replay),
                           .read = read_replay,
                           .allowed = "the name of a CSV file, or {file: , column: , loop: }"},
    [MBP_SIGNAL_TEXT] = {.key = "text", .type = MBP_FIELD_ASCII, .at = SIGNAL(text), .high = 2 * MBP_STRING_WORDS_MAX},
};
static const struct mbp_schema signal_schema = {
    .noun = "a signal", .fields = signal_fields, .field_count = COUNT_OF(signal_fields)};

static enum mbp_reading read_signal(struct mbp_reader *reader, const struct mbp_node *node,
                                    const struct mbp_field *field, void *at)
{
    (void)field;
    struct mbp_signal_def *signal = mbp_reader_array(reader, reader->scratch, 1, sizeof *signal);
    if (signal == NULL) {
        return MBP_READING_TOLD;
    }
    *(struct mbp_signal_def **)at = signal;
    return mbp_read_map(reader, node, &signal_schema, signal) ? MBP_READING_OK : MBP_READING_WRONG;
}

/* ---- register ------------------------------------------------------------------------------------------------- */

/* "int16", or "string(10)" with its number of registers. */
static enum mbp_reading read_type(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_field *field,
                                  void *at)
{
    (void)reader, (void)field;
    struct mbp_type_def *out = at;
    const char *text = mbp_node_text(node);
    if (text == NULL) {
        return MBP_READING_WRONG;
    }
    size_t stem = strlen("string(");
    if (strncmp(text, "string(", stem) == 0) {
        char *end;
        unsigned long words = strtoul(text + stem, &end, 10);
        bool digits = strspn(text + stem, "0123456789") == (size_t)(end - text) - stem && end > text + stem;
        if (!digits || strcmp(end, ")") != 0 || words < 1 || words > MBP_STRING_WORDS_MAX) {
            return MBP_READING_WRONG;
        }
        *out = (struct mbp_type_def){.type = MBP_STRING, .words = (uint16_t)words};
        return MBP_READING_OK;
    }
    int type = mbp_words_find(&mbp_type_words_list, text);
    if (type < 0 || type == MBP_STRING) {
        return MBP_READING_WRONG;
    }
    *out = (struct mbp_type_def){.type = (uint8_t)type, .words = (uint16_t)mbp_type_words((enum mbp_type)type)};
    return MBP_READING_OK;
}

#define REGISTER(member) offsetof(struct mbp_register_def, member)
static const struct mbp_field register_fields[] = {
    [MBP_REGISTER_AT] = {.key = "at", .type = MBP_FIELD_COUNT, .at = REGISTER(at), .low = 0, .high = UINT16_MAX},
    [MBP_REGISTER_TYPE] =
        {.key = "type",
         .type = MBP_FIELD_CUSTOM,
         .at = REGISTER(type),
         .read = read_type,
         .allowed = "one of int16, uint16, int32, uint32, int64, uint64, float32, float64, bool, string(n) of "
                    "n = 1..100 registers"},
    [MBP_REGISTER_SCALE] =
        {.key = "scale", .type = MBP_FIELD_NUMBER, .at = REGISTER(scale), .low = 1e-12, .high = 1e12},
    [MBP_REGISTER_ORDER] = {.key = "order", .type = MBP_FIELD_CHOICE, .at = REGISTER(order), .words = &mbp_order_words},
};

void mbp_register_defaults(void *def)
{
    struct mbp_register_def *reg = def;
    reg->type = (struct mbp_type_def){.type = MBP_INT16, .words = 1};
    reg->scale = 1;
}

const struct mbp_schema mbp_register_schema = {.noun = "a register",
                                               .fields = register_fields,
                                               .field_count = COUNT_OF(register_fields),
                                               .defaults = mbp_register_defaults};

/* ---- sensor --------------------------------------------------------------------------------------------------- */

enum mbp_reading mbp_read_range(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_field *field,
                                void *at)
{
    (void)reader, (void)field;
    double low, high, *range = at;
    if (node->kind != MBP_NODE_LIST || node->len != 2) {
        return MBP_READING_WRONG;
    }
    const char *first = mbp_node_text(node->first), *second = mbp_node_text(node->first->next);
    if (first == NULL || second == NULL || !mbp_scalar_number(first, &low) || !mbp_scalar_number(second, &high)) {
        return MBP_READING_WRONG;
    }
    range[0] = low;
    range[1] = high;
    return MBP_READING_OK;
}

static enum mbp_reading read_trip(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_field *field,
                                  void *at)
{
    uint32_t trip = 0;
    if (node->kind != MBP_NODE_LIST) {
        return MBP_READING_WRONG;
    }
    for (const struct mbp_node *item = node->first; item != NULL; item = item->next) {
        const char *text = mbp_node_text(item);
        int limit = text == NULL ? -1 : mbp_words_find(&mbp_alarm_words, text);
        if (limit < 0) {
            mbp_reader_tell(reader, item, "'trip' names an alarm that does not exist; allowed is %s", field->allowed);
            return MBP_READING_TOLD;
        }
        trip |= UINT32_C(1) << limit;
    }
    *(uint32_t *)at = trip;
    return MBP_READING_OK;
}

#define LIMIT(word, limit)                                                                                             \
    {                                                                                                                  \
        .key = (word), .type = MBP_FIELD_CUSTOM, .read = mbp_read_limit,                                               \
        .at = offsetof(struct mbp_limits_def, alarm) + (limit) * sizeof(struct mbp_alarm_def),                         \
        .allowed = "a number, or a group of keys: at, priority, deadband, delay, off_delay, latch, suppress"           \
    }
static const struct mbp_field limit_fields[] = {
    [MBP_LOW_LOW] = LIMIT("low_low", MBP_LOW_LOW),
    [MBP_LOW] = LIMIT("low", MBP_LOW),
    [MBP_HIGH] = LIMIT("high", MBP_HIGH),
    [MBP_HIGH_HIGH] = LIMIT("high_high", MBP_HIGH_HIGH),
};
static const struct mbp_schema limits_schema = {
    .noun = "the limits", .fields = limit_fields, .field_count = COUNT_OF(limit_fields)};

#define SENSOR(member) offsetof(struct mbp_sensor_def, member)
static const struct mbp_field sensor_fields[MBP_SENSOR_FIELDS] = {
    [MBP_SENSOR_NAME] = {.key = "name", .type = MBP_FIELD_NAME, .required = true, .at = SENSOR(name)},
    [MBP_SENSOR_LABEL] = {.key = "label", .type = MBP_FIELD_TEXT, .at = SENSOR(label), .high = 80},
    [MBP_SENSOR_KIND] = {.key = "kind", .type = MBP_FIELD_CHOICE, .at = SENSOR(kind), .words = &mbp_kind_words},
    [MBP_SENSOR_UNIT] = {.key = "unit", .type = MBP_FIELD_TEXT, .at = SENSOR(unit_text), .high = 16},
    [MBP_SENSOR_RANGE] = {.key = "range",
                          .type = MBP_FIELD_CUSTOM,
                          .at = SENSOR(range),
                          .read = mbp_read_range,
                          .allowed = "two numbers, the lower first: [0, 150]"},
    [MBP_SENSOR_MIN] = {.key = "min", .type = MBP_FIELD_NUMBER, .at = SENSOR(min), ANY_NUMBER},
    [MBP_SENSOR_MAX] = {.key = "max", .type = MBP_FIELD_NUMBER, .at = SENSOR(max), ANY_NUMBER},
    [MBP_SENSOR_LIMITS] = {.key = "limits", .type = MBP_FIELD_MAP, .at = SENSOR(limits), .schema = &limits_schema},
    [MBP_SENSOR_TRIP] = {.key = "trip",
                         .type = MBP_FIELD_CUSTOM,
                         .at = SENSOR(trip),
                         .read = read_trip,
                         .allowed = "a list of low_low, low, high, high_high, rate_of_change, bad_quality"},
    [MBP_SENSOR_DEADBAND] =
        {.key = "deadband", .type = MBP_FIELD_NUMBER, .at = SENSOR(deadband), .low = 0, .high = DBL_MAX},
    [MBP_SENSOR_DELAY] =
        {.key = "delay", .type = MBP_FIELD_DURATION, .at = SENSOR(delay_ns), .low = 0, .high = LONGEST},
    [MBP_SENSOR_PRIORITY] = {.key = "priority",
                             .type = MBP_FIELD_CHOICE,
                             .at = SENSOR(priority),
                             .words = &mbp_priority_words},
    [MBP_SENSOR_OFF_DELAY] =
        {.key = "off_delay", .type = MBP_FIELD_DURATION, .at = SENSOR(off_delay_ns), .low = 0, .high = LONGEST},
    [MBP_SENSOR_LATCH] = {.key = "latch", .type = MBP_FIELD_BOOL, .at = SENSOR(latch)},
    [MBP_SENSOR_SUPPRESS] = {.key = "suppress",
                             .type = MBP_FIELD_CUSTOM,
                             .at = SENSOR(suppress),
                             .read = mbp_read_states,
                             .allowed = "a list of machine states: en_service, en_panne, maintenance"},
    [MBP_SENSOR_RATE_OF_CHANGE] = {.key = "rate_of_change",
                                   .type = MBP_FIELD_MAP,
                                   .at = SENSOR(rate_of_change),
                                   .schema = &mbp_rate_schema},
    [MBP_SENSOR_BAD_QUALITY] = {.key = "bad_quality",
                                .type = MBP_FIELD_CUSTOM,
                                .at = SENSOR(bad_quality),
                                .read = mbp_read_bad_quality,
                                .allowed = "true or false, or a group of keys: priority, delay, off_delay, latch, "
                                           "suppress"},
    [MBP_SENSOR_SIGNAL] = {.key = "signal",
                           .type = MBP_FIELD_CUSTOM,
                           .at = SENSOR(signal_def),
                           .read = read_signal,
                           .allowed =
                               "a group of keys: base, wave, inputs, integrate, lag, dead_time, wander, noise, replay"},
    [MBP_SENSOR_REGISTER] = {.key = "register",
                             .type = MBP_FIELD_MAP,
                             .at = SENSOR(reg),
                             .schema = &mbp_register_schema},
    [MBP_SENSOR_INJECT] = {.key = "inject", .type = MBP_FIELD_CHOICE, .at = SENSOR(inject), .words = &mbp_inject_words},
    [MBP_SENSOR_REPEAT] =
        {.key = "repeat", .type = MBP_FIELD_COUNT, .at = SENSOR(repeat), .low = 1, .high = MBP_SENSORS_PER_UNIT_MAX},
};

static void sensor_defaults(void *def)
{
    struct mbp_sensor_def *sensor = def;
    sensor->label = sensor->unit_text = "";
    sensor->kind = MBP_GENERIC;
    sensor->priority = MBP_PRIORITY_MEDIUM;
    sensor->repeat = 1;
    for (unsigned limit = 0; limit < MBP_LIMIT_COUNT; limit++) {
        sensor->limits.value[limit] = sensor->limits.alarm[limit].at = NAN;
    }
    mbp_register_defaults(&sensor->reg);
}

const struct mbp_schema mbp_sensor_schema = {.noun = "a sensor",
                                             .fields = sensor_fields,
                                             .field_count = COUNT_OF(sensor_fields),
                                             .size = sizeof(struct mbp_sensor_def),
                                             .named = true,
                                             .defaults = sensor_defaults,
                                             .check = mbp_check_sensor};
