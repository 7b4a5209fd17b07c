/* check: range, limits, trip and signal of a sensor against its register and each other. Each rule stands aside when
 * what it compares was wrong in itself, so that one mistake gives one message. */
#include "check.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "defs.h"
#include "scalar.h"

struct number_text {
    char text[32];
};

static struct number_text show(double value)
{
    struct number_text number = {""};
    mbp_scalar_format(value, number.text, sizeof number.text);
    return number;
}

static bool is_numeric(const struct mbp_sensor_def *sensor)
{
    return sensor->reg.type.type != MBP_BOOL && sensor->reg.type.type != MBP_STRING;
}

/* ---- range ---------------------------------------------------------------------------------------------------- */

static bool type_shows(enum mbp_type type, double scale, const double range[2])
{
    double low, high;
    mbp_type_range(type, scale, &low, &high);
    double slack = 1e-9 * (high - low < DBL_MAX ? scale : 0);
    return range[0] >= low - slack && range[1] <= high + slack;
}

static void tell_range_unfit(struct mbp_reader *reader, const struct mbp_sensor_def *sensor)
{
    enum mbp_type type = (enum mbp_type)sensor->reg.type.type;
    double low, high;
    char fitting[128] = "";
    mbp_type_range(type, sensor->reg.scale, &low, &high);
    for (unsigned other = 0; other < MBP_BOOL; other++) {
        if (type_shows((enum mbp_type)other, sensor->reg.scale, sensor->range)) {
            size_t used = strlen(fitting);
            snprintf(fitting + used, sizeof fitting - used, "%s%s", used == 0 ? "" : ", ",
                     mbp_type_name((enum mbp_type)other));
        }
    }
    mbp_reader_tell(reader, mbp_def_node(&sensor->def, "range"),
                    "the range %s..%s does not fit %s with scale %s (%s..%s); types that do: %s",
                    show(sensor->range[0]).text, show(sensor->range[1]).text, mbp_type_name(type),
                    show(sensor->reg.scale).text, show(low).text, show(high).text, fitting);
}

/* True when the sensor's range can be relied on. */
static bool settle_range(struct mbp_reader *reader, struct mbp_sensor_def *sensor)
{
    if (sensor->reg.def.wrong != 0 ||
        (sensor->def.wrong & (MBP_BIT(MBP_SENSOR_RANGE) | MBP_BIT(MBP_SENSOR_REGISTER))) != 0) {
        return false;
    }
    enum mbp_type type = (enum mbp_type)sensor->reg.type.type;
    if (!mbp_def_has(&sensor->def, MBP_SENSOR_RANGE)) {
        mbp_type_range(type, sensor->reg.scale, &sensor->range[0], &sensor->range[1]);
        return true;
    }
    if (sensor->range[0] >= sensor->range[1]) {
        mbp_reader_tell(reader, mbp_def_node(&sensor->def, "range"),
                        "the range is reversed: %s is not below %s; write the lower end first",
                        show(sensor->range[0]).text, show(sensor->range[1]).text);
        return false;
    }
    if (!type_shows(type, sensor->reg.scale, sensor->range)) {
        tell_range_unfit(reader, sensor);
        return false;
    }
    return true;
}

/* ---- limits --------------------------------------------------------------------------------------------------- */

static const char *limit_key(const struct mbp_sensor_def *sensor, unsigned limit)
{
    bool is_short = !mbp_def_has(&sensor->def, MBP_SENSOR_LIMITS);
    if (is_short) {
        return limit == MBP_LOW ? "min" : "max";
    }
    return mbp_limit_name((enum mbp_limit)limit);
}

static const struct mbp_node *limit_node(const struct mbp_sensor_def *sensor, unsigned limit)
{
    bool is_short = !mbp_def_has(&sensor->def, MBP_SENSOR_LIMITS);
    return mbp_def_node(is_short ? &sensor->def : &sensor->limits.def, limit_key(sensor, limit));
}

/* 0x8000.. stands for "unused" in a limit's register (README, "The register map"). */
static double unused_pattern(enum mbp_type type)
{
    static const double pattern[] = {[MBP_INT16] = -0x1p15, [MBP_UINT16] = 0x1p15, [MBP_INT32] = -0x1p31,
                                     [MBP_UINT32] = 0x1p31, [MBP_INT64] = -0x1p63, [MBP_UINT64] = 0x1p63};
    return type <= MBP_UINT64 ? pattern[type] : NAN;
}

/* The limit's register shows the nearest that it can. */
static void check_limit_shown(struct mbp_reader *reader, const struct mbp_sensor_def *sensor, unsigned limit)
{
    enum mbp_type type = (enum mbp_type)sensor->reg.type.type;
    double value = sensor->limits.value[limit];
    double whole = round(value / sensor->reg.scale);
    if (type > MBP_UINT64) {
        return;
    }
    if (!(whole < unused_pattern(type)) && !(whole > unused_pattern(type))) {
        mbp_reader_tell(
            reader, limit_node(sensor, limit),
            "'%s' is %s, which means 'unused' in %s (0x8000...); choose a neighbouring value or another type",
            limit_key(sensor, limit), show(value).text, mbp_type_name(type));
    }
}

static void check_limits(struct mbp_reader *reader, const struct mbp_sensor_def *sensor)
{
    int before = -1;
    for (unsigned limit = 0; limit < MBP_LIMIT_COUNT; limit++) {
        double value = sensor->limits.value[limit];
        if (isnan(value)) {
            continue;
        }
        if (value < sensor->range[0] || value > sensor->range[1]) {
            mbp_reader_tell(reader, limit_node(sensor, limit), "'%s' is %s, outside the range %s..%s",
                            limit_key(sensor, limit), show(value).text, show(sensor->range[0]).text,
                            show(sensor->range[1]).text);
        } else {
            check_limit_shown(reader, sensor, limit);
        }
        if (before >= 0 && sensor->limits.value[before] >= value) {
            mbp_reader_tell(reader, limit_node(sensor, limit),
                            "limits out of order: '%s' is %s, not above '%s', which is %s", limit_key(sensor, limit),
                            show(value).text, limit_key(sensor, (unsigned)before),
                            show(sensor->limits.value[before]).text);
        }
        before = (int)limit;
    }
    if (sensor->deadband >= sensor->range[1] - sensor->range[0]) {
        mbp_reader_tell(reader, mbp_def_node(&sensor->def, "deadband"),
                        "'deadband' is %s, as wide as the range: an alarm would never clear; allowed is less than %s",
                        show(sensor->deadband).text, show(sensor->range[1] - sensor->range[0]).text);
    }
}

/* A trip by an alarm beside the limits, which has a key of its own. */
static void check_trip_beside(struct mbp_reader *reader, const struct mbp_sensor_def *sensor, enum mbp_limit alarm,
                              unsigned field)
{
    uint32_t given = sensor->def.present | sensor->def.wrong;
    bool off = alarm == MBP_BAD_QUALITY && sensor->bad_quality.off;
    if ((sensor->trip & MBP_BIT(alarm)) != 0 && ((given & MBP_BIT(field)) == 0 || off)) {
        mbp_reader_tell(reader, mbp_def_node(&sensor->def, "trip"),
                        "'trip' names %s, but the sensor has no such alarm; give it the key '%s'",
                        mbp_limit_name(alarm), mbp_limit_name(alarm));
    }
}

/* min and max are the short form of `limits: {low:, high:}, trip: [low, high]`. */
static bool settle_limits(struct mbp_reader *reader, struct mbp_sensor_def *sensor)
{
    uint32_t doubtful = MBP_BIT(MBP_SENSOR_MIN) | MBP_BIT(MBP_SENSOR_MAX) | MBP_BIT(MBP_SENSOR_LIMITS);
    bool has_min = mbp_def_has(&sensor->def, MBP_SENSOR_MIN), has_max = mbp_def_has(&sensor->def, MBP_SENSOR_MAX);
    if (mbp_def_has(&sensor->def, MBP_SENSOR_LIMITS) && (has_min || has_max)) {
        const char *key = has_min ? "min" : "max";
        mbp_reader_tell(reader, mbp_def_node(&sensor->def, key),
                        "'%s' is the short form of 'limits'; give one or the other", key);
        return false;
    }
    for (unsigned limit = 0; limit < MBP_LIMIT_COUNT; limit++) {
        sensor->limits.value[limit] = sensor->limits.alarm[limit].at;
    }
    uint32_t short_trip = 0;
    if (has_min) {
        sensor->limits.value[MBP_LOW] = sensor->min;
        short_trip |= MBP_BIT(MBP_LOW);
    }
    if (has_max) {
        sensor->limits.value[MBP_HIGH] = sensor->max;
        short_trip |= MBP_BIT(MBP_HIGH);
    }
    if ((sensor->def.wrong & doubtful) != 0 || sensor->limits.def.wrong != 0) {
        return false;
    }
    if (!mbp_def_has(&sensor->def, MBP_SENSOR_TRIP)) {
        sensor->trip = short_trip;
        return true;
    }
    for (unsigned limit = 0; limit < MBP_LIMIT_COUNT; limit++) {
        if ((sensor->trip & MBP_BIT(limit)) != 0 && isnan(sensor->limits.value[limit])) {
            mbp_reader_tell(reader, mbp_def_node(&sensor->def, "trip"),
                            "'trip' names %s, but the sensor has no such limit; add it to 'limits'",
                            mbp_limit_name((enum mbp_limit)limit));
        }
    }
    check_trip_beside(reader, sensor, MBP_RATE_OF_CHANGE, MBP_SENSOR_RATE_OF_CHANGE);
    check_trip_beside(reader, sensor, MBP_BAD_QUALITY, MBP_SENSOR_BAD_QUALITY);
    return true;
}

/* ---- signal --------------------------------------------------------------------------------------------------- */

/* Where a value without a `base` rests: amid its limits, so that a first plant does not start in alarm. Where the file
 * gives one limit and no range, the other end would be the type's, as far away as 3.4e38: twice the limit is near
 * enough to be a value of this plant. */
static double resting_value(const struct mbp_sensor_def *sensor)
{
    const double *limits = sensor->limits.value;
    double low = !isnan(limits[MBP_LOW]) ? limits[MBP_LOW] : limits[MBP_LOW_LOW];
    double high = !isnan(limits[MBP_HIGH]) ? limits[MBP_HIGH] : limits[MBP_HIGH_HIGH];
    double bottom = sensor->range[0];
    double top = sensor->range[1];
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
    uint32_t moving = MBP_BIT(MBP_SIGNAL_BASE) | MBP_BIT(MBP_SIGNAL_INPUTS) | MBP_BIT(MBP_SIGNAL_INTEGRATE) |
                      MBP_BIT(MBP_SIGNAL_REPLAY);
    return (signal->def.present & moving) == 0 && sensor->reg.type.type != MBP_STRING;
}

/* The number of a recording, which signals of one file and column share. Texts are shared, so equal ones are the same.
 * Of too many the rest is told once. */
static uint32_t recording_of(struct mbp_reader *reader, const struct mbp_replay_def *def)
{
    if (reader->recordings == NULL) {
        reader->recordings = mbp_reader_array(reader, reader->keep, MBP_RECORDINGS_MAX, sizeof *reader->recordings);
    }
    for (uint32_t r = 0; r < reader->recording_count; r++) {
        if (reader->recordings[r].file == def->file && reader->recordings[r].column == def->column) {
            return r;
        }
    }
    if (reader->recording_count == MBP_RECORDINGS_MAX) {
        if (!reader->recordings_told) {
            mbp_reader_tell(reader, def->node,
                            "these are more than %u recordings; a plant replays at most so many columns",
                            MBP_RECORDINGS_MAX);
        }
        reader->recordings_told = true;
        return 0;
    }
    if (reader->recordings == NULL) {
        return 0; /* without memory */
    }
    reader->recordings[reader->recording_count] =
        (struct mbp_recording){def->file, def->column, def->node->line, def->node->column};
    return reader->recording_count++;
}

/* Most signals of a large plant are alike but for what they take in: they share. */
static void settle_signal(struct mbp_reader *reader, struct mbp_sensor_def *sensor)
{
    static const struct mbp_signal_def none;
    const struct mbp_signal_def *def = sensor->signal_def != NULL ? sensor->signal_def : &none;
    struct mbp_signal made;
    struct mbp_signal *signal = &made;
    memset(&made, 0, sizeof made); /* padding too: equal signals are found by their bytes */
    bool rests = rests_amid_limits(sensor, def);
    for (unsigned state = 0; state < MBP_STATE_COUNT; state++)
        signal->base[state] = rests ? resting_value(sensor) : def->base[state];
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
    signal->lag_ns = def->lag_ns;
    signal->dead_time_ns = def->dead_time_ns;
    signal->noise = def->noise;
    signal->replay = def->replay.file;
    signal->replay_column = def->replay.column;
    signal->replay_hold = def->replay.file != NULL && !def->replay.loop;
    signal->recording = def->replay.file != NULL ? recording_of(reader, &def->replay) : 0;
    if (sensor->reg.type.type == MBP_STRING) {
        signal->text = def->text != NULL ? def->text : "";
    }
    sensor->signal = mbp_reader_share(reader, &made, sizeof made);
}

static void check_signal(struct mbp_reader *reader, const struct mbp_sensor_def *sensor)
{
    const struct mbp_signal_def *signal = sensor->signal_def;
    bool is_string = sensor->reg.type.type == MBP_STRING;
    if (signal == NULL || sensor->reg.def.wrong != 0 || (sensor->def.wrong & MBP_BIT(MBP_SENSOR_REGISTER)) != 0) {
        return;
    }
    uint32_t text_bit = MBP_BIT(MBP_SIGNAL_TEXT), replay_bit = MBP_BIT(MBP_SIGNAL_REPLAY);
    if (is_string && (signal->def.present & ~text_bit) != 0) {
        mbp_reader_tell(reader, signal->def.node, "a string sensor's signal is a text; allowed is signal: {text: ...}");
    } else if (!is_string && (signal->def.present & text_bit) != 0) {
        mbp_reader_tell(reader, mbp_def_node(&signal->def, "text"),
                        "'text' belongs to a sensor of type string(n); this one is %s",
                        mbp_type_name((enum mbp_type)sensor->reg.type.type));
    } else if (is_string && signal->text != NULL && strlen(signal->text) > 2u * sensor->reg.type.words) {
        mbp_reader_tell(reader, mbp_def_node(&signal->def, "text"),
                        "'text' is %zu characters long; %u registers hold %u", strlen(signal->text),
                        sensor->reg.type.words, 2u * sensor->reg.type.words);
    }
    if ((signal->def.present & replay_bit) != 0 &&
        (signal->def.present & ~(replay_bit | MBP_BIT(MBP_SIGNAL_NOISE) | text_bit)) != 0) {
        mbp_reader_tell(reader, mbp_def_node(&signal->def, "replay"),
                        "'replay' takes the place of the other parts of a signal; only 'noise' may stand beside it");
    }
}

/* ---- addresses ------------------------------------------------------------------------------------------------ */

void mbp_check_reference(struct mbp_reader *reader, const struct mbp_node *node, enum mbp_table table, uint32_t at)
{
    static const uint32_t first[MBP_TABLE_COUNT] = {
        [MBP_DISCRETE_INPUTS] = 10001, [MBP_HOLDING_REGISTERS] = 40001, [MBP_INPUT_REGISTERS] = 30001};
    char text[16];
    if (first[table] == 0 || at < first[table] || at > first[table] + 9998) {
        return;
    }
    mbp_reader_warn(reader, node,
                    "'at' counts from 0: this one is what masters call %s; the one that they call %u stands at: %u",
                    mbp_reference(table, (uint16_t)at, text, sizeof text), at, at - first[table]);
}

/* ---- the sensor ----------------------------------------------------------------------------------------------- */

/* Neither a bool nor a string is measured against anything. */
static void refuse_numeric_keys(struct mbp_reader *reader, const struct mbp_sensor_def *sensor)
{
    static const struct {
        unsigned field;
        const char *key;
    } numeric[] = {{MBP_SENSOR_RANGE, "range"},
                   {MBP_SENSOR_MIN, "min"},
                   {MBP_SENSOR_MAX, "max"},
                   {MBP_SENSOR_LIMITS, "limits"},
                   {MBP_SENSOR_TRIP, "trip"},
                   {MBP_SENSOR_DEADBAND, "deadband"},
                   {MBP_SENSOR_DELAY, "delay"},
                   {MBP_SENSOR_PRIORITY, "priority"},
                   {MBP_SENSOR_OFF_DELAY, "off_delay"},
                   {MBP_SENSOR_LATCH, "latch"},
                   {MBP_SENSOR_SUPPRESS, "suppress"},
                   {MBP_SENSOR_RATE_OF_CHANGE, "rate_of_change"},
                   {MBP_SENSOR_BAD_QUALITY, "bad_quality"}};
    const char *type = mbp_type_name((enum mbp_type)sensor->reg.type.type);
    for (size_t i = 0; i < sizeof numeric / sizeof numeric[0]; i++) {
        if (mbp_def_has(&sensor->def, numeric[i].field)) {
            mbp_reader_tell(reader, mbp_def_node(&sensor->def, numeric[i].key),
                            "a %s sensor has no '%s'; remove it, or choose a number type", type, numeric[i].key);
        }
    }
    if (mbp_def_has(&sensor->reg.def, MBP_REGISTER_SCALE)) {
        mbp_reader_tell(reader, mbp_def_node(&sensor->reg.def, "scale"), "a %s has no 'scale'; remove it", type);
    }
}

void mbp_check_sensor(struct mbp_reader *reader, void *sensor_def)
{
    struct mbp_sensor_def *sensor = sensor_def;
    bool repeats_wrongly = (sensor->def.wrong & MBP_BIT(MBP_SENSOR_REPEAT)) != 0;
    reader->nameless = reader->nameless || repeats_wrongly || !mbp_def_has(&sensor->def, MBP_SENSOR_NAME);
    uint32_t doubtful = MBP_BIT(MBP_SENSOR_REGISTER) | MBP_BIT(MBP_SENSOR_REPEAT);
    reader->unsure = reader->unsure || (sensor->def.wrong & doubtful) != 0 || sensor->reg.def.wrong != 0;
    if (!is_numeric(sensor)) {
        uint32_t before = reader->errors->count;
        refuse_numeric_keys(reader, sensor);
        sensor->range_right = reader->errors->count == before;
        mbp_type_range((enum mbp_type)sensor->reg.type.type, 1, &sensor->range[0], &sensor->range[1]);
        sensor->alarms = &mbp_alarms_plain;
    } else {
        sensor->range_right = settle_range(reader, sensor);
        bool limits_right = settle_limits(reader, sensor);
        if (sensor->range_right && limits_right) {
            check_limits(reader, sensor);
        }
        mbp_settle_alarms(reader, sensor, sensor->range_right);
    }
    if (mbp_def_has(&sensor->reg.def, MBP_REGISTER_AT)) {
        mbp_check_reference(reader, mbp_def_node(&sensor->reg.def, "at"), MBP_HOLDING_REGISTERS, sensor->reg.at);
    }
    sensor->range_kept = mbp_reader_share(reader, sensor->range, sizeof sensor->range);
    sensor->limits_kept = mbp_reader_share(reader, sensor->limits.value, sizeof sensor->limits.value);
    check_signal(reader, sensor);
    settle_signal(reader, sensor);
}
