/* sensor: its keys, and what they must have to do with each other. Each rule stands aside when what it compares was
 * wrong in itself, so that one mistake gives one message. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "defs.h"
#include "mbplant/base/tr.h"
#include "mbplant/map.h"
#include "scalar.h"

/* ---- keys ------------------------------------------------------------------------------------------------------- */

#define OF(member) MBP_AT(struct mbp_sensor_def, member)
/* A key that no rule is about needs no number: its row stands behind the last one. */
static const struct mbp_field fields[] = {
    [MBP_SENSOR_NAME] = MBP_ROW(NAME, OF(sensor.name), "name", "its name, unique in the plant", .required = true),
    [MBP_SENSOR_LABEL] = MBP_ROW(TEXT, OF(sensor.label), "label", "what people call it", .usual = "", .high = 80,
                                 .change = MBP_CHANGED_LABEL),
    [MBP_SENSOR_KIND] = MBP_ROW(CHOICE, OF(sensor.kind), "kind", "what it measures; decides what its alarms are called",
                                .usual = "generic", .words = &mbp_kind_words, .change = MBP_CHANGED_KIND),
    [MBP_SENSOR_UNIT] = MBP_ROW(TEXT, OF(sensor.unit_text), "unit", "unit of measurement, as it is shown", .usual = "",
                                .high = 16, .change = MBP_CHANGED_UNIT),
    [MBP_SENSOR_RANGE] =
        MBP_ROW(RANGE, OF(range), "range", "the instrument's ends; what its register can show if not given",
                .unit = MBP_VALUE_UNIT, .change = MBP_CHANGED_RANGE),
    [MBP_SENSOR_MIN] = MBP_ROW(NUMBER, OF(min), "min", "short form of limits: {low: }, which also trips the machine",
                               .unit = MBP_VALUE_UNIT, MBP_ANY_NUMBER),
    [MBP_SENSOR_MAX] = MBP_ROW(NUMBER, OF(max), "max", "short form of limits: {high: }, which also trips the machine",
                               .unit = MBP_VALUE_UNIT, MBP_ANY_NUMBER),
    [MBP_SENSOR_LIMITS] = MBP_ROW(MAP, OF(limits), "limits", "values beyond which an alarm is raised",
                                  .schema = &mbp_limits_schema, .change = MBP_CHANGED_LIMITS),
    [MBP_SENSOR_TRIP] = MBP_ROW(CHOICES, OF(sensor.trip), "trip", "alarms that put the machine in en_panne",
                                .words = &mbp_alarm_words, .change = MBP_CHANGED_ALARMS),
    MBP_DEADBAND_KEY(struct mbp_sensor_def, common, MBP_SENSOR_, MBP_OWN),
    MBP_ALARM_KEYS(struct mbp_sensor_def, common, MBP_SENSOR_, MBP_OWN),
    MBP_MESSAGE_KEY(struct mbp_sensor_def, common, MBP_SENSOR_),
    [MBP_SENSOR_RATE_OF_CHANGE] =
        MBP_ROW(MAP, OF(rate_of_change), "rate_of_change", "an alarm when the value changes too fast",
                .schema = &mbp_rate_schema, .change = MBP_CHANGED_ALARMS),
    [MBP_SENSOR_BAD_QUALITY] =
        MBP_ROW(MAP, OF(bad_quality), "bad_quality", "an alarm when the instrument fails",
                .schema = &mbp_bad_quality_schema, .brief = &mbp_bad_quality_brief, .change = MBP_CHANGED_ALARMS),
    [MBP_SENSOR_ALARM] =
        MBP_ROW(BOOL, OF(alarm_on), "alarm", "of a bool: the state in which its alarm, condition, is raised",
                .change = MBP_CHANGED_ALARMS),
    // NOLINTNEXTLINE(bugprone-sizeof-expression): a pointer
    [MBP_SENSOR_SIGNAL] = MBP_ROW(MAP, OF(signal), "signal", "how its value comes about", .apart = true,
                                  .schema = &mbp_signal_schema, .change = MBP_CHANGED_SIGNAL),
    [MBP_SENSOR_REGISTER] = MBP_ROW(MAP, OF(reg), "register", "where and how the value stands in the registers",
                                    .schema = &mbp_register_schema, .change = MBP_CHANGED_REGISTER),
    [MBP_SENSOR_INJECT] = MBP_ROW(CHOICE, OF(sensor.inject), "inject",
                                  "what a write to its register does: force until released, for one scan, or nothing",
                                  .usual = "hold", .words = &mbp_inject_words, .change = MBP_CHANGED_INJECT),
    [MBP_SENSOR_REPORT] = MBP_ROW(MAP, OF(report), "report", "which changes of its value are kept for trends",
                                  .schema = &mbp_report_schema),
    [MBP_SENSOR_REPEAT] = MBP_ROW(COUNT, OF(repeat), "repeat", "makes so many of it; {n} in the name counts them",
                                  .usual = "1", .low = 1, .high = MBP_SENSORS_PER_UNIT_MAX),
};
#undef OF

/* What neither a bool nor a string has. */
#define NUMERIC_KEYS                                                                                                   \
    (MBP_BIT(MBP_SENSOR_RANGE) | MBP_BIT(MBP_SENSOR_MIN) | MBP_BIT(MBP_SENSOR_MAX) | MBP_BIT(MBP_SENSOR_LIMITS) |      \
     MBP_BIT(MBP_SENSOR_TRIP) | MBP_BIT(MBP_SENSOR_DEADBAND) | MBP_BIT(MBP_SENSOR_DELAY) |                             \
     MBP_BIT(MBP_SENSOR_PRIORITY) | MBP_BIT(MBP_SENSOR_OFF_DELAY) | MBP_BIT(MBP_SENSOR_LATCH) |                        \
     MBP_BIT(MBP_SENSOR_SUPPRESS) | MBP_BIT(MBP_SENSOR_RATE_OF_CHANGE) | MBP_BIT(MBP_SENSOR_BAD_QUALITY) |             \
     MBP_BIT(MBP_SENSOR_RE_ALARM) | MBP_BIT(MBP_SENSOR_CHATTER) | MBP_SENSOR_TEXTS)

/* What a bool has when it has an alarm. */
#define CONTACT_KEYS                                                                                                   \
    (MBP_BIT(MBP_SENSOR_TRIP) | MBP_BIT(MBP_SENSOR_DELAY) | MBP_BIT(MBP_SENSOR_PRIORITY) |                             \
     MBP_BIT(MBP_SENSOR_OFF_DELAY) | MBP_BIT(MBP_SENSOR_LATCH) | MBP_BIT(MBP_SENSOR_SUPPRESS) |                        \
     MBP_BIT(MBP_SENSOR_RE_ALARM) | MBP_BIT(MBP_SENSOR_CHATTER) | MBP_SENSOR_TEXTS)

/* ---- rules ------------------------------------------------------------------------------------------------------ */

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
    return sensor->reg.reg.type != MBP_BOOL && sensor->reg.reg.type != MBP_STRING;
}

/* ---- range ---------------------------------------------------------------------------------------------------- */

static bool register_shows(const struct mbp_register *reg, const double range[2])
{
    double low, high;
    mbp_register_range(reg, &low, &high);
    double slack = 1e-9 * (high - low < DBL_MAX ? fabs(reg->scale) : 0);
    return range[0] >= low - slack && range[1] <= high + slack;
}

static void tell_range_unfit(struct mbp_reader *reader, const struct mbp_sensor_def *sensor)
{
    enum mbp_type type = (enum mbp_type)sensor->reg.reg.type;
    struct mbp_register other = sensor->reg.reg;
    double low, high;
    char fitting[128] = "";
    mbp_register_range(&other, &low, &high);
    for (other.type = 0; other.type < MBP_BOOL; other.type++) {
        if (register_shows(&other, sensor->range)) {
            size_t used = strlen(fitting);
            snprintf(fitting + used, sizeof fitting - used, "%s%s", used == 0 ? "" : ", ",
                     mbp_type_name((enum mbp_type)other.type));
        }
    }
    mbp_reader_tell(reader, mbp_def_node(&sensor->def, "range"),
                    "the range %s..%s does not fit %s with scale %s (%s..%s); types that do: %s",
                    show(sensor->range[0]).text, show(sensor->range[1]).text, mbp_type_name(type),
                    show(sensor->reg.reg.scale).text, show(low).text, show(high).text, fitting);
}

/* True when the sensor's range can be relied on. */
static bool complete_range(struct mbp_reader *reader, struct mbp_sensor_def *sensor)
{
    if (sensor->reg.def.wrong != 0 ||
        (sensor->def.wrong & (MBP_BIT(MBP_SENSOR_RANGE) | MBP_BIT(MBP_SENSOR_REGISTER))) != 0) {
        return false;
    }
    if (!mbp_def_has(&sensor->def, MBP_SENSOR_RANGE)) {
        mbp_register_range(&sensor->reg.reg, &sensor->range[0], &sensor->range[1]);
        return true;
    }
    if (sensor->range[0] >= sensor->range[1]) {
        mbp_reader_tell(reader, mbp_def_node(&sensor->def, "range"),
                        "the range is reversed: %s is not below %s; write the lower end first",
                        show(sensor->range[0]).text, show(sensor->range[1]).text);
        return false;
    }
    if (!register_shows(&sensor->reg.reg, sensor->range)) {
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

/* 0x8000.. stands for "unused" in a limit's register (mbplant-map(7)). */
static double unused_pattern(enum mbp_type type)
{
    static const double pattern[] = {[MBP_INT16] = -0x1p15, [MBP_UINT16] = 0x1p15, [MBP_INT32] = -0x1p31,
                                     [MBP_UINT32] = 0x1p31, [MBP_INT64] = -0x1p63, [MBP_UINT64] = 0x1p63};
    return type <= MBP_UINT64 ? pattern[type] : NAN;
}

/* The limit's register shows the nearest that it can. */
static void check_limit_shown(struct mbp_reader *reader, const struct mbp_sensor_def *sensor, unsigned limit)
{
    enum mbp_type type = (enum mbp_type)sensor->reg.reg.type;
    double value = sensor->limit[limit];
    double whole = round((value - sensor->reg.reg.offset) / sensor->reg.reg.scale);
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
        double value = sensor->limit[limit];
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
        if (before >= 0 && sensor->limit[before] >= value) {
            mbp_reader_tell(reader, limit_node(sensor, limit),
                            "limits out of order: '%s' is %s, not above '%s', which is %s", limit_key(sensor, limit),
                            show(value).text, limit_key(sensor, (unsigned)before), show(sensor->limit[before]).text);
        }
        before = (int)limit;
    }
    if (sensor->common.deadband >= sensor->range[1] - sensor->range[0]) {
        mbp_reader_tell(reader, mbp_def_node(&sensor->def, "deadband"),
                        "'deadband' is %s, as wide as the range: an alarm would never clear; allowed is less than %s",
                        show(sensor->common.deadband).text, show(sensor->range[1] - sensor->range[0]).text);
    }
}

/* A trip by an alarm beside the limits, which has a key of its own. */
static void check_trip_beside(struct mbp_reader *reader, const struct mbp_sensor_def *sensor, enum mbp_limit alarm,
                              unsigned field)
{
    uint64_t given = sensor->def.present | sensor->def.wrong;
    bool off = alarm == MBP_BAD_QUALITY && !sensor->bad_quality.on;
    if ((sensor->sensor.trip & MBP_BIT(alarm)) != 0 && ((given & MBP_BIT(field)) == 0 || off)) {
        mbp_reader_tell(reader, mbp_def_node(&sensor->def, "trip"),
                        "'trip' names %s, but the sensor has no such alarm; give it the key '%s'",
                        mbp_limit_name(alarm), mbp_limit_name(alarm));
    }
}

/* min and max are the short form of `limits: {low:, high:}, trip: [low, high]`. */
static bool complete_limits(struct mbp_reader *reader, struct mbp_sensor_def *sensor)
{
    uint64_t doubtful = MBP_BIT(MBP_SENSOR_MIN) | MBP_BIT(MBP_SENSOR_MAX) | MBP_BIT(MBP_SENSOR_LIMITS);
    bool has_min = mbp_def_has(&sensor->def, MBP_SENSOR_MIN), has_max = mbp_def_has(&sensor->def, MBP_SENSOR_MAX);
    if (mbp_def_has(&sensor->def, MBP_SENSOR_LIMITS) && (has_min || has_max)) {
        const char *key = has_min ? "min" : "max";
        mbp_reader_tell(reader, mbp_def_node(&sensor->def, key),
                        "'%s' is the short form of 'limits'; give one or the other", key);
        return false;
    }
    for (unsigned limit = 0; limit < MBP_LIMIT_COUNT; limit++) {
        sensor->limit[limit] = sensor->limits.of[limit].at;
    }
    uint32_t short_trip = 0;
    if (has_min) {
        sensor->limit[MBP_LOW] = sensor->min;
        short_trip |= MBP_BIT(MBP_LOW);
    }
    if (has_max) {
        sensor->limit[MBP_HIGH] = sensor->max;
        short_trip |= MBP_BIT(MBP_HIGH);
    }
    if ((sensor->def.wrong & doubtful) != 0 || sensor->limits.def.wrong != 0) {
        return false;
    }
    if (!mbp_def_has(&sensor->def, MBP_SENSOR_TRIP)) {
        sensor->sensor.trip = (uint8_t)short_trip;
        return true;
    }
    for (unsigned limit = 0; limit < MBP_LIMIT_COUNT; limit++) {
        if ((sensor->sensor.trip & MBP_BIT(limit)) != 0 && isnan(sensor->limit[limit])) {
            mbp_reader_tell(reader, mbp_def_node(&sensor->def, "trip"),
                            "'trip' names %s, but the sensor has no such limit; add it to 'limits'",
                            mbp_limit_name((enum mbp_limit)limit));
        }
    }
    check_trip_beside(reader, sensor, MBP_RATE_OF_CHANGE, MBP_SENSOR_RATE_OF_CHANGE);
    check_trip_beside(reader, sensor, MBP_BAD_QUALITY, MBP_SENSOR_BAD_QUALITY);
    if ((sensor->sensor.trip & MBP_BIT(MBP_CONDITION)) != 0) {
        mbp_reader_tell(reader, mbp_def_node(&sensor->def, "trip"),
                        "'trip' names condition, the alarm of a bool sensor; a number has limits");
    }
    return true;
}

/* Neither a bool nor a string is measured against anything. */
static void refuse_numeric_keys(struct mbp_reader *reader, const struct mbp_sensor_def *sensor)
{
    const char *type = mbp_type_name((enum mbp_type)sensor->reg.reg.type);
    bool contact = sensor->reg.reg.type == MBP_BOOL;
    bool alarms = contact && ((sensor->def.present | sensor->def.wrong) & MBP_BIT(MBP_SENSOR_ALARM)) != 0;
    uint64_t refused = NUMERIC_KEYS & ~(alarms ? CONTACT_KEYS : 0);
    for (unsigned i = 0; i < MBP_COUNT_OF(fields); i++) {
        if ((sensor->def.present & refused & MBP_BIT(i)) != 0) {
            bool of_alarm = contact && (CONTACT_KEYS & MBP_BIT(i)) != 0;
            mbp_reader_tell(reader, mbp_def_node(&sensor->def, fields[i].key),
                            "a %s sensor has no '%s'; remove it, or %s", type, fields[i].key,
                            mbp_tr(of_alarm ? "say which state is its alarm: alarm: true" : "choose a number type"));
        }
    }
    if (mbp_def_has(&sensor->def, MBP_SENSOR_ALARM) && !contact) {
        mbp_reader_tell(reader, mbp_def_node(&sensor->def, "alarm"),
                        "'alarm' is the state of a contact; a %s sensor has none: remove it", type);
    }
    if (alarms && (sensor->sensor.trip & ~MBP_BIT(MBP_CONDITION)) != 0) {
        mbp_reader_tell(reader, mbp_def_node(&sensor->def, "trip"),
                        "a bool sensor has one alarm that can trip: trip: [condition]");
    }
    if (mbp_def_has(&sensor->reg.def, MBP_REGISTER_SCALE)) {
        mbp_reader_tell(reader, mbp_def_node(&sensor->reg.def, "scale"), "a %s has no 'scale'; remove it", type);
    }
}

static void complete_contact(struct mbp_reader *reader, struct mbp_sensor_def *sensor)
{
    bool has = mbp_def_has(&sensor->def, MBP_SENSOR_ALARM);
    sensor->sensor.alarms = &mbp_alarms_plain;
    if (has)
        mbp_complete_condition(reader, sensor, sensor->alarm_on ? MBP_CONDITION_ON : MBP_CONDITION_OFF);
}

static void check_sensor(struct mbp_reader *reader, void *sensor_def)
{
    struct mbp_sensor_def *sensor = sensor_def;
    bool repeats_wrongly = (sensor->def.wrong & MBP_BIT(MBP_SENSOR_REPEAT)) != 0;
    bool typed_wrongly = (sensor->def.wrong & MBP_BIT(MBP_SENSOR_REGISTER)) != 0 || sensor->reg.def.wrong != 0;
    reader->nameless =
        reader->nameless || repeats_wrongly || typed_wrongly || !mbp_def_has(&sensor->def, MBP_SENSOR_NAME);
    bool bare = ((const struct mbp_plant_own *)reader->own)->bare;
    if (bare && !mbp_def_has(&sensor->def, MBP_SENSOR_REGISTER)) {
        sensor->reg.reg.type = MBP_FLOAT64; /* no register, no grid */
        sensor->reg.reg.words = (uint16_t)mbp_type_words(MBP_FLOAT64);
    }
    reader->unsure = reader->unsure || repeats_wrongly || typed_wrongly;
    mbp_complete_register(reader, &sensor->reg);
    if (sensor->reg.point != NULL && bare && !mbp_def_has(&sensor->reg.def, MBP_REGISTER_AT))
        mbp_reader_tell(reader, sensor->reg.def.node,
                        "this register needs 'at' in a unit without blocks: where it stands");
    if (!is_numeric(sensor)) {
        uint32_t before = reader->errors->count;
        refuse_numeric_keys(reader, sensor);
        sensor->range_right = reader->errors->count == before;
        mbp_type_range((enum mbp_type)sensor->reg.reg.type, 1, &sensor->range[0], &sensor->range[1]);
        complete_contact(reader, sensor);
    } else {
        if (mbp_def_has(&sensor->def, MBP_SENSOR_ALARM)) {
            mbp_reader_tell(reader, mbp_def_node(&sensor->def, "alarm"),
                            "'alarm' is a state of a bool sensor; a number has 'limits'");
        }
        sensor->range_right = complete_range(reader, sensor);
        bool limits_right = complete_limits(reader, sensor);
        if (sensor->range_right && limits_right) {
            check_limits(reader, sensor);
        }
        mbp_complete_alarms(reader, sensor, sensor->range_right);
    }
    if (mbp_def_has(&sensor->reg.def, MBP_REGISTER_AT)) {
        mbp_check_reference(reader, mbp_def_node(&sensor->reg.def, "at"), sensor->reg.at.table, sensor->reg.at.addr);
    }
    sensor->sensor.range = mbp_reader_share(reader, sensor->range, sizeof sensor->range);
    sensor->sensor.limits = mbp_reader_share(reader, sensor->limit, sizeof sensor->limit);
    sensor->sensor.priority = sensor->common.priority;
    sensor->sensor.reg = sensor->reg.reg;
    sensor->sensor.report = mbp_complete_report(reader, &sensor->report);
    mbp_check_signal(reader, sensor);
    mbp_complete_signal(reader, sensor);
}

static void sensor_defaults(void *def)
{
    for (unsigned limit = 0; limit < MBP_LIMIT_COUNT; limit++) {
        ((struct mbp_sensor_def *)def)->limit[limit] = NAN;
    }
}

const struct mbp_schema mbp_sensor_schema = MBP_SCHEMA("a sensor", fields, struct mbp_sensor_def, .named = true,
                                                       .defaults = sensor_defaults, .check = check_sensor);

/* ---- from the plant --------------------------------------------------------------------------------------------- */

/* The short forms and `repeat` are of files that people write; the name is printed apart. */
void mbp_sensor_view(const struct mbp_plant *plant, uint32_t s, struct mbp_sensor_view *view)
{
    const struct mbp_sensor *sensor = &plant->sensors[s];
    const struct mbp_alarms *alarms = mbp_sensor_alarms(sensor);
    struct mbp_sensor_def *def = &view->def;
    uint64_t hidden = MBP_BIT(MBP_SENSOR_NAME) | MBP_KEYS_OF_OWN_ALARM | MBP_BIT(MBP_SENSOR_MIN) |
                      MBP_BIT(MBP_SENSOR_MAX) | MBP_BIT(MBP_SENSOR_REPEAT) |
                      (mbp_sensor_has_limits(sensor)             ? 0
                       : alarms->condition != MBP_CONDITION_NONE ? NUMERIC_KEYS & ~CONTACT_KEYS
                                                                 : NUMERIC_KEYS) |
                      (alarms->condition != MBP_CONDITION_NONE ? 0 : MBP_BIT(MBP_SENSOR_ALARM)) |
                      (sensor->machine != UINT32_MAX ? 0 : MBP_BIT(MBP_SENSOR_SUPPRESS)) |
                      (alarms->rate_max > 0 ? 0 : MBP_BIT(MBP_SENSOR_RATE_OF_CHANGE)) |
                      (alarms->bad_quality ? 0 : MBP_BIT(MBP_SENSOR_BAD_QUALITY)) |
                      (sensor->report != NULL ? 0 : MBP_BIT(MBP_SENSOR_REPORT));
    *def = (struct mbp_sensor_def){.def.present = ~hidden,
                                   .sensor = *sensor,
                                   .range = {sensor->range[0], sensor->range[1]},
                                   .alarm_on = alarms->condition == MBP_CONDITION_ON,
                                   .signal = &view->signal.def};
    if (sensor->report != NULL)
        def->report = (struct mbp_report_def){{.present = UINT64_MAX}, *sensor->report};
    mbp_alarms_view(sensor, def);
    mbp_signal_view(plant, sensor, &view->signal);
    mbp_register_view(&sensor->reg, mbp_map_register_point(plant, MBP_PER_SENSOR, s), &def->reg);
}
