/* signal: how a sensor's process value comes about. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "defs.h"
#include "mbplant/base/tr.h"
#include "scalar.h"

/* ---- its parts -------------------------------------------------------------------------------------------------- */

#define OF(member) MBP_AT(struct mbp_wave_def, member)
static const struct mbp_field wave_fields[] = {
    MBP_ROW(CHOICE, OF(shape), "shape", "its form", .usual = "sine", .words = &mbp_wave_words),
    MBP_ROW(NUMBER, OF(amplitude), "amplitude", "half its height", .unit = MBP_VALUE_UNIT, .required = true,
            MBP_ANY_NUMBER),
    MBP_ROW(DURATION, OF(period_ns), "period", "how long one turn takes", .required = true, .low = MBP_MS,
            .high = MBP_YEAR),
    MBP_ROW(NUMBER, OF(phase), "phase", "where it begins", .unit = "turns", .usual = "0", .low = 0, .high = 1),
};
#undef OF
static const struct mbp_schema wave_schema = MBP_SCHEMA("a wave", wave_fields, struct mbp_wave_def, .flow = true);

enum { INPUT_FROM, INPUT_GAIN, INPUT_LAG, INPUT_DEAD_TIME, INPUT_FUNCTION, INPUT_TIMES };
#define OF(member) MBP_AT(struct mbp_input_def, member)
static const struct mbp_field input_fields[] = {
    [INPUT_FROM] = MBP_ROW(NAME, OF(from), "from", "the sensor or actuator whose value is taken in", .required = true),
    [INPUT_GAIN] =
        MBP_ROW(NUMBER, OF(gain), "gain", "what one unit of it adds to this value", .usual = "1", MBP_ANY_NUMBER),
    [INPUT_LAG] = MBP_ROW(DURATION, OF(lag_ns), "lag", "time constant with which it is followed", .usual = "0s",
                          .high = MBP_YEAR),
    [INPUT_DEAD_TIME] = MBP_ROW(DURATION, OF(dead_time_ns), "dead_time", "how long it takes to arrive", .usual = "0s",
                                .high = MBP_YEAR),
    [INPUT_FUNCTION] = MBP_ROW(CHOICE, OF(function), "function", "what is made of it before the gain",
                               .usual = "linear", .words = &mbp_input_function_words),
    [INPUT_TIMES] = MBP_ROW(NAME, OF(times), "times", "an actuator whose position multiplies it"),
};
#undef OF
static const struct mbp_schema input_schema = MBP_SCHEMA("an input", input_fields, struct mbp_input_def, .flow = true);

#define OF(member) MBP_AT(struct mbp_integrate_def, member)
static const struct mbp_field integrate_fields[] = {
    MBP_ROW(NUMBER, OF(gain), "gain", "how much a second the sum of base, wave and inputs adds", .required = true,
            MBP_ANY_NUMBER),
    MBP_ROW(NUMBER, OF(initial), "initial", "what it begins with", .unit = MBP_VALUE_UNIT, .usual = "0",
            MBP_ANY_NUMBER),
};
#undef OF
static const struct mbp_schema integrate_schema =
    MBP_SCHEMA("integrate", integrate_fields, struct mbp_integrate_def, .flow = true);

#define OF(member) MBP_AT(struct mbp_wander_def, member)
static const struct mbp_field wander_fields[] = {
    MBP_ROW(NUMBER, OF(sigma), "sigma", "standard deviation of a slow random walk that returns to 0",
            .unit = MBP_VALUE_UNIT, .required = true, .low = 0, .high = DBL_MAX),
    MBP_ROW(DURATION, OF(tau_ns), "tau", "time constant of its return", .required = true, .low = MBP_MS,
            .high = MBP_YEAR),
};
#undef OF
static const struct mbp_schema wander_schema = MBP_SCHEMA("wander", wander_fields, struct mbp_wander_def, .flow = true);

enum { REPLAY_FILE, REPLAY_COLUMN, REPLAY_LOOP };
#define OF(member) MBP_AT(struct mbp_replay_def, member)
static const struct mbp_field replay_fields[] = {
    [REPLAY_FILE] = MBP_ROW(TEXT, OF(file), "file", "a CSV file of times and values, from the plant file's folder",
                            .required = true, .high = 1024),
    [REPLAY_COLUMN] =
        MBP_ROW(TEXT, OF(column), "column", "header of the value's column; the second if not given", .high = 80),
    [REPLAY_LOOP] =
        MBP_ROW(BOOL, OF(loop), "loop", "begins again at its end; false keeps the last value", .usual = "true"),
};
#undef OF
static const struct mbp_schema replay_schema =
    MBP_SCHEMA("a replay", replay_fields, struct mbp_replay_def, .flow = true);

/* ---- base ------------------------------------------------------------------------------------------------------- */

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
                            mbp_words_list(&mbp_state_words, states, sizeof states),
                            near ? mbp_tr("; did you mean '") : "", near ? near : "", near ? mbp_tr("'?") : "");
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

static void print_base(FILE *out, const void *at)
{
    const double *base = at;
    for (unsigned state = 0; state < MBP_STATE_COUNT; state++) {
        fprintf(out, "%s%s", state == 0 ? "{" : ", ", mbp_state_name((enum mbp_state_code)state));
        mbp_print_number(out, ": ", base[state]);
    }
    fputc('}', out);
}

static bool same_base(const void *at, const void *other)
{
    const double *base = at, *second = other;
    bool same = true;
    for (unsigned state = 0; state < MBP_STATE_COUNT; state++) {
        same = same && !(base[state] < second[state]) && !(base[state] > second[state]);
    }
    return same;
}

/* ---- signal ----------------------------------------------------------------------------------------------------- */

#define OF(member) MBP_AT(struct mbp_signal_def, member)
static const struct mbp_field signal_fields[] = {
    [MBP_SIGNAL_BASE] =
        MBP_ROW(CUSTOM, OF(signal.base), "base",
                "its value at rest, or one a machine state; amid the limits if nothing moves it",
                .unit = MBP_VALUE_UNIT, .read = read_base, .print = print_base, .same = same_base,
                .allowed = "a number, or a number per state: {en_service: , en_panne: , maintenance: }",
                .json = "\"anyOf\": [{\"type\": \"number\"}, {\"type\": \"object\", \"properties\": "
                        "{\"en_service\": {\"type\": \"number\"}, \"in_service\": {\"type\": \"number\"}, "
                        "\"en_panne\": {\"type\": \"number\"}, \"faulted\": {\"type\": \"number\"}, "
                        "\"maintenance\": {\"type\": \"number\"}}, \"additionalProperties\": false}]"),
    [MBP_SIGNAL_WAVE] = MBP_ROW(MAP, OF(wave), "wave", "a periodic part", .schema = &wave_schema),
    [MBP_SIGNAL_INPUTS] = MBP_ROW(LIST, OF(inputs), "inputs", "other sensors and actuators that it follows",
                                  .high = MBP_INPUTS_MAX, .schema = &input_schema),
    [MBP_SIGNAL_INTEGRATE] =
        MBP_ROW(MAP, OF(integrate), "integrate", "sums up over time, as a tank does", .schema = &integrate_schema),
    [MBP_SIGNAL_LAG] = MBP_ROW(DURATION, OF(signal.lag_ns), "lag", "time constant with which it follows all that",
                               .usual = "0s", .high = MBP_YEAR),
    [MBP_SIGNAL_DEAD_TIME] = MBP_ROW(DURATION, OF(signal.dead_time_ns), "dead_time", "how much later it shows",
                                     .usual = "0s", .high = MBP_YEAR),
    [MBP_SIGNAL_WANDER] = MBP_ROW(MAP, OF(wander), "wander", "a slow random part", .schema = &wander_schema),
    [MBP_SIGNAL_REPLAY] = MBP_ROW(MAP, OF(replay), "replay", "values of a CSV file instead of the parts above",
                                  .schema = &replay_schema, .brief = &replay_fields[REPLAY_FILE],
                                  .allowed = "the name of a CSV file, or {file: , column: , loop: }"),
    [MBP_SIGNAL_NOISE] = MBP_ROW(NUMBER, OF(signal.noise), "noise", "standard deviation of the instrument's noise",
                                 .unit = MBP_VALUE_UNIT, .usual = "0", .low = 0, .high = DBL_MAX),
    [MBP_SIGNAL_TEXT] =
        MBP_ROW(ASCII, OF(signal.text), "text", "what a string sensor shows", .high = 2 * MBP_STRING_WORDS_MAX),
    [MBP_SIGNAL_AT_LEAST] = MBP_ROW(NUMBER, OF(signal.at_least), "at_least", "the process value is never below it",
                                    .unit = MBP_VALUE_UNIT, MBP_ANY_NUMBER),
    [MBP_SIGNAL_AT_MOST] = MBP_ROW(NUMBER, OF(signal.at_most), "at_most", "the process value is never above it",
                                   .unit = MBP_VALUE_UNIT, MBP_ANY_NUMBER),
    [MBP_SIGNAL_CUTOFF] =
        MBP_ROW(NUMBER, OF(signal.cutoff), "cutoff", "a process value that is nearer to 0 than that is 0",
                .unit = MBP_VALUE_UNIT, .low = 0, .high = DBL_MAX),
    [MBP_SIGNAL_EXPR] = MBP_ROW(CUSTOM, OF(expr), "expr", "an expression in the place of base and inputs",
                                .read = mbp_read_formula, .print = mbp_print_formula, .same = mbp_same_formula,
                                .allowed = "an expression: \"SEL(M1.en_service, 0, LT1 * 0.3)\"",
                                .json = "\"type\": [\"string\", \"number\"]"),
};
#undef OF
const struct mbp_schema mbp_signal_schema = MBP_SCHEMA("a signal", signal_fields, struct mbp_signal_def);

/* ---- rules ---- */

/* Where a value without a `base` rests: amid its limits, so that a first plant does not start in alarm. Where the file
 * gives one limit and no range, the other end would be the type's, as far away as 3.4e38: twice the limit is near
 * enough to be a value of this plant. */
static double resting_value(const struct mbp_sensor_def *sensor)
{
    const double *limits = sensor->limit;
    double low = !isnan(limits[MBP_LOW]) ? limits[MBP_LOW] : limits[MBP_LOW_LOW];
    double high = !isnan(limits[MBP_HIGH]) ? limits[MBP_HIGH] : limits[MBP_HIGH_HIGH];
    double bottom = sensor->range[0];
    double top = sensor->range[1];
    if (mbp_def_has(&sensor->def, MBP_SENSOR_ALARM))
        return sensor->alarm_on ? 0 : 1;
    if (isnan(low) && isnan(high))
        return fmin(fmax(0, bottom), top);
    if (!mbp_def_has(&sensor->def, MBP_SENSOR_RANGE)) {
        if (low >= 0)
            top = fmin(top, low > 0 ? 3 * low : 2);
        if (high <= 0)
            bottom = fmax(bottom, high < 0 ? 3 * high : -2);
    }
    low = isnan(low) ? bottom : low;
    high = isnan(high) ? top : high;
    return low < 0 && high > 0 ? 0 : low + (high - low) / 2;
}

/* What follows other sensors, or adds up, starts from nothing: a resting value would shift it, or fill it for ever. */
static bool rests_amid_limits(const struct mbp_sensor_def *sensor, const struct mbp_signal_def *signal)
{
    uint64_t moving = MBP_BIT(MBP_SIGNAL_BASE) | MBP_BIT(MBP_SIGNAL_INPUTS) | MBP_BIT(MBP_SIGNAL_INTEGRATE) |
                      MBP_BIT(MBP_SIGNAL_REPLAY) | MBP_BIT(MBP_SIGNAL_EXPR);
    return (signal->def.present & moving) == 0 && sensor->reg.reg.type != MBP_STRING;
}

/* The number of a recording, which signals of one file and column share. Texts are shared, so equal ones are the same.
 * Of too many the rest is told once. */
static uint32_t recording_of(struct mbp_reader *reader, const struct mbp_replay_def *def)
{
    struct mbp_plant_own *own = reader->own;
    const struct mbp_node *node = mbp_def_node(&def->def, "file");
    if (own->recordings == NULL) {
        own->recordings = mbp_reader_array(reader, reader->keep, MBP_RECORDINGS_MAX, sizeof *own->recordings);
    }
    for (uint32_t r = 0; r < own->recording_count; r++) {
        if (own->recordings[r].file == def->file && own->recordings[r].column == def->column) {
            return r;
        }
    }
    if (own->recording_count == MBP_RECORDINGS_MAX) {
        if (!own->recordings_told) {
            mbp_reader_tell(reader, node, "these are more than %u recordings; a plant replays at most so many columns",
                            MBP_RECORDINGS_MAX);
        }
        own->recordings_told = true;
        return 0;
    }
    if (own->recordings == NULL) {
        return 0; /* without memory */
    }
    own->recordings[own->recording_count] = (struct mbp_recording){def->file, def->column, node->line, node->column};
    return own->recording_count++;
}

/* Most signals of a large plant are alike but for what they take in: they share. */
void mbp_complete_signal(struct mbp_reader *reader, struct mbp_sensor_def *sensor)
{
    static const struct mbp_signal_def none;
    const struct mbp_signal_def *def = sensor->signal != NULL ? sensor->signal : &none;
    struct mbp_signal made;
    struct mbp_signal *signal = &made;
    memcpy(&made, &def->signal, sizeof made); /* padding too: equal signals are found by their bytes */
    bool rests = rests_amid_limits(sensor, def);
    for (unsigned state = 0; rests && state < MBP_STATE_COUNT; state++) {
        signal->base[state] = resting_value(sensor);
    }
    /* Parts that do nothing are left out whole, so that two files that mean the same give the same plant. */
    if (mbp_def_has(&def->def, MBP_SIGNAL_WAVE) && def->wave.shape != MBP_WAVE_NONE) {
        signal->wave = (enum mbp_wave)def->wave.shape;
        signal->wave_amplitude = def->wave.amplitude;
        signal->wave_period_ns = def->wave.period_ns;
        signal->wave_phase = def->wave.phase;
    }
    if (fabs(def->integrate.gain) > 0) {
        signal->integrate_gain = def->integrate.gain;
        signal->integrate_initial = def->integrate.initial;
    }
    if (def->wander.sigma > 0) {
        signal->wander_sigma = def->wander.sigma;
        signal->wander_tau_ns = def->wander.tau_ns;
    }
    signal->has_least = mbp_def_has(&def->def, MBP_SIGNAL_AT_LEAST);
    signal->has_most = mbp_def_has(&def->def, MBP_SIGNAL_AT_MOST);
    signal->replay = def->replay.file;
    signal->replay_column = def->replay.column;
    signal->replay_hold = def->replay.file != NULL && !def->replay.loop;
    signal->recording = def->replay.file != NULL ? recording_of(reader, &def->replay) : 0;
    const char *text = def->signal.text != NULL ? def->signal.text : "";
    signal->text = sensor->reg.reg.type == MBP_STRING ? text : NULL;
    sensor->sensor.signal = mbp_reader_share(reader, &made, sizeof made);
}

void mbp_check_signal(struct mbp_reader *reader, const struct mbp_sensor_def *sensor)
{
    const struct mbp_signal_def *signal = sensor->signal;
    bool is_string = sensor->reg.reg.type == MBP_STRING;
    if (signal == NULL || sensor->reg.def.wrong != 0 || (sensor->def.wrong & MBP_BIT(MBP_SENSOR_REGISTER)) != 0) {
        return;
    }
    uint64_t text_bit = MBP_BIT(MBP_SIGNAL_TEXT), replay_bit = MBP_BIT(MBP_SIGNAL_REPLAY);
    if (is_string && (signal->def.present & ~text_bit) != 0) {
        mbp_reader_tell(reader, signal->def.node, "a string sensor's signal is a text; allowed is signal: {text: ...}");
    } else if (!is_string && (signal->def.present & text_bit) != 0) {
        mbp_reader_tell(reader, mbp_def_node(&signal->def, "text"),
                        "'text' belongs to a sensor of type string(n); this one is %s",
                        mbp_type_name((enum mbp_type)sensor->reg.reg.type));
    } else if (is_string && signal->signal.text != NULL && strlen(signal->signal.text) > 2u * sensor->reg.reg.words) {
        mbp_reader_tell(reader, mbp_def_node(&signal->def, "text"),
                        "'text' is %zu characters long; %u registers hold %u", strlen(signal->signal.text),
                        sensor->reg.reg.words, 2u * sensor->reg.reg.words);
    }
    if (mbp_def_has(&signal->def, MBP_SIGNAL_AT_LEAST) && mbp_def_has(&signal->def, MBP_SIGNAL_AT_MOST) &&
        signal->signal.at_least > signal->signal.at_most) {
        mbp_reader_tell(reader, mbp_def_node(&signal->def, "at_most"), "'at_most' is below 'at_least'");
    }
    if ((signal->def.present & replay_bit) != 0 &&
        (signal->def.present & ~(replay_bit | MBP_BIT(MBP_SIGNAL_NOISE) | text_bit)) != 0) {
        mbp_reader_tell(reader, mbp_def_node(&signal->def, "replay"),
                        "'replay' takes the place of the other parts of a signal; only 'noise' may stand beside it");
    } else if (mbp_def_has(&signal->def, MBP_SIGNAL_EXPR) &&
               (signal->def.present & (MBP_BIT(MBP_SIGNAL_BASE) | MBP_BIT(MBP_SIGNAL_INPUTS))) != 0) {
        mbp_reader_tell(reader, mbp_def_node(&signal->def, "expr"),
                        "'expr' takes the place of 'base' and 'inputs'; write them into the expression");
    }
}

/* ---- from the plant --------------------------------------------------------------------------------------------- */

static void view_inputs(const struct mbp_plant *plant, const struct mbp_sensor *sensor, struct mbp_input_def *inputs)
{
    for (uint32_t i = 0; i < sensor->input_count; i++) {
        const struct mbp_input *input = &plant->inputs[sensor->first_input + i];
        bool times = input->times != MBP_TIMES_NONE;
        inputs[i] = (struct mbp_input_def){
            .def.present = MBP_BIT(INPUT_TIMES + 1) - 1 - (times ? 0 : MBP_BIT(INPUT_TIMES)),
            .from = mbp_input_source(plant, input->from),
            .times = times ? plant->actuators[input->times].name : NULL,
            .function = (int)input->function,
            .gain = input->gain,
            .lag_ns = input->lag_ns,
            .dead_time_ns = input->dead_time_ns,
        };
    }
}

/* The keys of a signal that is neither a text nor a recording. Parts that do nothing are left out. */
static uint64_t parts_of(const struct mbp_signal *signal, bool has_inputs)
{
    return MBP_BIT(MBP_SIGNAL_BASE) | MBP_BIT(MBP_SIGNAL_LAG) | MBP_BIT(MBP_SIGNAL_DEAD_TIME) |
           MBP_BIT(MBP_SIGNAL_NOISE) | (signal->wave != MBP_WAVE_NONE ? MBP_BIT(MBP_SIGNAL_WAVE) : 0) |
           (has_inputs ? MBP_BIT(MBP_SIGNAL_INPUTS) : 0) |
           (fabs(signal->integrate_gain) > 0 ? MBP_BIT(MBP_SIGNAL_INTEGRATE) : 0) |
           (signal->wander_sigma > 0 ? MBP_BIT(MBP_SIGNAL_WANDER) : 0) |
           (signal->has_least ? MBP_BIT(MBP_SIGNAL_AT_LEAST) : 0) |
           (signal->has_most ? MBP_BIT(MBP_SIGNAL_AT_MOST) : 0) | (signal->cutoff > 0 ? MBP_BIT(MBP_SIGNAL_CUTOFF) : 0);
}

void mbp_signal_view(const struct mbp_plant *plant, const struct mbp_sensor *sensor, struct mbp_signal_view *view)
{
    const struct mbp_signal *signal = sensor->signal;
    struct mbp_signal_def *def = &view->def;
    *def = (struct mbp_signal_def){
        .signal = *signal,
        .wave = {{.present = UINT64_MAX},
                 (int)signal->wave,
                 signal->wave_amplitude,
                 signal->wave_period_ns,
                 signal->wave_phase},
        .integrate = {{.present = UINT64_MAX}, signal->integrate_gain, signal->integrate_initial},
        .wander = {{.present = UINT64_MAX}, signal->wander_sigma, signal->wander_tau_ns},
        .replay = {{.present = MBP_BIT(REPLAY_FILE) | MBP_BIT(REPLAY_LOOP) |
                               (signal->replay_column != NULL ? MBP_BIT(REPLAY_COLUMN) : 0)},
                   signal->replay,
                   signal->replay_column,
                   !signal->replay_hold},
        .inputs = {view->inputs, sensor->input_count},
    };
    if (sensor->formula == 0) {
        view_inputs(plant, sensor, view->inputs);
    }
    def->def.present = signal->text != NULL     ? MBP_BIT(MBP_SIGNAL_TEXT)
                       : signal->replay != NULL ? MBP_BIT(MBP_SIGNAL_REPLAY) | MBP_BIT(MBP_SIGNAL_NOISE)
                                                : parts_of(signal, sensor->input_count > 0);
    if (sensor->formula != 0 && signal->text == NULL) {
        def->expr.text = plant->formulas[sensor->formula - 1].text;
        def->inputs.count = 0;
        def->def.present &= ~(MBP_BIT(MBP_SIGNAL_BASE) | MBP_BIT(MBP_SIGNAL_INPUTS));
        def->def.present |= MBP_BIT(MBP_SIGNAL_EXPR);
    }
}
