/* alarms: the keys of a sensor's alarms, their rules, and the settings that come of them: those of a sensor hold for
 * each of its alarms that says nothing else. */
#include <math.h>
#include <string.h>

#include "defs.h"
#include "scalar.h"

/* ---- keys ------------------------------------------------------------------------------------------------------- */

#define OF(member)   MBP_AT(struct mbp_alarm_def, member)
#define ALARM(alarm) MBP_ALARM_KEYS(struct mbp_alarm_def, alarm, MBP_ALARM_, MBP_INHERITED)

static const struct mbp_field limit_fields[] = {
    [MBP_ALARM_AT] =
        MBP_ROW(NUMBER, OF(at), "at", "where it is reached", .unit = MBP_VALUE_UNIT, .required = true, MBP_ANY_NUMBER),
    MBP_DEADBAND_KEY(struct mbp_alarm_def, alarm, MBP_ALARM_, MBP_INHERITED),
    ALARM(alarm),
};

static const struct mbp_field rate_fields[] = {
    [MBP_ALARM_AT] = MBP_ROW(NUMBER, OF(at), "max", "the largest change within `per`", .unit = MBP_VALUE_UNIT,
                             .required = true, .low = 1e-12, .high = 1e12),
    [MBP_ALARM_PER] = MBP_ROW(DURATION, OF(per_ns), "per", "the time that `max` is about", .usual = "1min",
                              .low = MBP_MS, .high = MBP_DAY),
    MBP_DEADBAND_KEY(struct mbp_alarm_def, alarm, MBP_ALARM_, MBP_INHERITED),
    ALARM(alarm),
};

static const struct mbp_field bad_quality_fields[] = {ALARM(alarm)};

static void limit_defaults(void *def)
{
    ((struct mbp_alarm_def *)def)->at = NAN;
}

static void bad_quality_defaults(void *def)
{
    ((struct mbp_alarm_def *)def)->on = true;
}

static const struct mbp_schema limit_schema =
    MBP_SCHEMA("a limit", limit_fields, struct mbp_alarm_def, .flow = true, .defaults = limit_defaults);

const struct mbp_schema mbp_rate_schema =
    MBP_SCHEMA("a rate of change", rate_fields, struct mbp_alarm_def, .flow = true);

const struct mbp_schema mbp_bad_quality_schema = MBP_SCHEMA(
    "a bad-quality alarm", bad_quality_fields, struct mbp_alarm_def, .flow = true, .defaults = bad_quality_defaults);

const struct mbp_field mbp_bad_quality_brief = {.key = "bad_quality", .type = MBP_FIELD_BOOL, OF(on)};
static const struct mbp_field limit_brief = {.key = "at", .type = MBP_FIELD_NUMBER, OF(at), MBP_ANY_NUMBER};

#define LIMIT(word, limit, text)                                                                                       \
    [limit] = MBP_ROW(MAP, MBP_AT(struct mbp_limits_def, of[limit]), word, text, .unit = MBP_VALUE_UNIT,               \
                      .schema = &limit_schema, .brief = &limit_brief)
static const struct mbp_field limits_fields[] = {
    LIMIT("low_low", MBP_LOW_LOW, "below it: the alarm low_low"),
    LIMIT("low", MBP_LOW, "below it: the alarm low"),
    LIMIT("high", MBP_HIGH, "above it: the alarm high"),
    LIMIT("high_high", MBP_HIGH_HIGH, "above it: the alarm high_high"),
};
const struct mbp_schema mbp_limits_schema =
    MBP_SCHEMA("the limits", limits_fields, struct mbp_limits_def, .flow = true);

/* ---- rules ------------------------------------------------------------------------------------------------------ */

static void tell_deadband(struct mbp_reader *reader, const struct mbp_alarm_def *alarm, double width, const char *what)
{
    char is[32], allowed[32];
    mbp_scalar_format(alarm->alarm.deadband, is, sizeof is);
    mbp_scalar_format(width, allowed, sizeof allowed);
    mbp_reader_tell(reader, mbp_def_node(&alarm->def, "deadband"),
                    "'deadband' is %s, as wide as %s: an alarm would never clear; allowed is less than %s", is, what,
                    allowed);
}

static void check_deadbands(struct mbp_reader *reader, const struct mbp_sensor_def *sensor)
{
    double width = sensor->range[1] - sensor->range[0];
    for (unsigned l = 0; l < MBP_LIMIT_COUNT; l++) {
        const struct mbp_alarm_def *alarm = &sensor->limits.of[l];
        if (mbp_def_has(&alarm->def, MBP_ALARM_DEADBAND) && alarm->alarm.deadband >= width) {
            tell_deadband(reader, alarm, width, "the range");
        }
    }
    const struct mbp_alarm_def *rate = &sensor->rate_of_change;
    if (mbp_def_has(&rate->def, MBP_ALARM_AT) && rate->alarm.deadband >= rate->at) {
        tell_deadband(reader, rate, rate->at, "'max'");
    }
}

const struct mbp_node *mbp_suppressing_node(const struct mbp_sensor_def *sensor)
{
    if (mbp_def_has(&sensor->def, MBP_SENSOR_SUPPRESS)) {
        return mbp_def_node(&sensor->def, "suppress");
    }
    for (unsigned a = 0; a < MBP_CONDITION; a++) {
        const struct mbp_alarm_def *alarm = a < MBP_LIMIT_COUNT       ? &sensor->limits.of[a]
                                            : a == MBP_RATE_OF_CHANGE ? &sensor->rate_of_change
                                                                      : &sensor->bad_quality;
        if (mbp_def_has(&alarm->def, MBP_ALARM_SUPPRESS)) {
            return mbp_def_node(&alarm->def, "suppress");
        }
    }
    return NULL;
}

/* ---- settings --------------------------------------------------------------------------------------------------- */

/* What an alarm says for itself, the rest as the sensor says. */
static void set_alarm(struct mbp_alarm *out, const struct mbp_alarm_def *def, const struct mbp_alarm *common)
{
#define OWN(field, own, other) (mbp_def_has(&def->def, field) ? (own) : (other))
    out->deadband = OWN(MBP_ALARM_DEADBAND, def->alarm.deadband, common->deadband);
    out->delay_ns = OWN(MBP_ALARM_DELAY, def->alarm.delay_ns, common->delay_ns);
    out->off_delay_ns = OWN(MBP_ALARM_OFF_DELAY, def->alarm.off_delay_ns, common->off_delay_ns);
    out->priority = OWN(MBP_ALARM_PRIORITY, def->alarm.priority, common->priority);
    out->suppress = OWN(MBP_ALARM_SUPPRESS, def->alarm.suppress, common->suppress);
    out->latch = OWN(MBP_ALARM_LATCH, def->alarm.latch, common->latch);
#undef OWN
}

static const struct mbp_alarm_def silent;

static void set_alarms(const struct mbp_sensor_def *sensor, struct mbp_alarms *alarms)
{
    const struct mbp_alarm *common = &sensor->common;
    alarms->common = *common;
    for (unsigned l = 0; l < MBP_LIMIT_COUNT; l++) {
        set_alarm(&alarms->of[l], isnan(sensor->limit[l]) ? &silent : &sensor->limits.of[l], common);
    }
    /* The sensor's deadband is one of its values, which a change of it is not. */
    struct mbp_alarm beside = *common;
    beside.deadband = 0;
    set_alarm(&alarms->of[MBP_RATE_OF_CHANGE], &sensor->rate_of_change, &beside);
    set_alarm(&alarms->of[MBP_BAD_QUALITY], &sensor->bad_quality, &beside);
    set_alarm(&alarms->of[MBP_CONDITION], &silent, &beside);
    if (mbp_def_has(&sensor->def, MBP_SENSOR_RATE_OF_CHANGE)) {
        alarms->rate_max = sensor->rate_of_change.at;
        alarms->rate_per_ns = sensor->rate_of_change.per_ns;
    }
    alarms->bad_quality = mbp_def_has(&sensor->def, MBP_SENSOR_BAD_QUALITY) && sensor->bad_quality.on;
}

static void share_alarms(struct mbp_reader *reader, const struct mbp_alarms *alarms, struct mbp_sensor *sensor)
{
    // NOLINTNEXTLINE(bugprone-suspicious-memory-comparison)
    bool plain = memcmp(alarms, &mbp_alarms_plain, sizeof *alarms) == 0;
    sensor->alarms = plain ? &mbp_alarms_plain : mbp_reader_share(reader, alarms, sizeof *alarms);
}

void mbp_settle_condition(struct mbp_reader *reader, struct mbp_sensor_def *sensor, enum mbp_condition condition)
{
    struct mbp_alarms alarms;
    memset(&alarms, 0, sizeof alarms);
    set_alarms(sensor, &alarms);
    alarms.condition = (uint8_t)condition;
    for (unsigned a = 0; a < MBP_CONDITION; a++)
        alarms.of[a].suppress = 0; /* it has no other one */
    share_alarms(reader, &alarms, &sensor->sensor);
}

void mbp_settle_alarms(struct mbp_reader *reader, struct mbp_sensor_def *sensor, bool range_right)
{
    struct mbp_alarms alarms;
    memset(&alarms, 0, sizeof alarms); /* padding too: equal ones are found by their bytes, and most are alike */
    if (range_right) {
        check_deadbands(reader, sensor);
    }
    set_alarms(sensor, &alarms);
    share_alarms(reader, &alarms, &sensor->sensor);
}

/* ---- from the plant --------------------------------------------------------------------------------------------- */

static bool says_the_same(const struct mbp_alarm *a, const struct mbp_alarm *b)
{
    bool same_deadband = !(a->deadband < b->deadband) && !(a->deadband > b->deadband);
    return same_deadband && a->delay_ns == b->delay_ns && a->off_delay_ns == b->off_delay_ns &&
           a->priority == b->priority && a->suppress == b->suppress && a->latch == b->latch;
}

/* A limit that has what the sensor's own keys say is its number alone. A sensor of no machine has no states to be
 * suppressed in. */
void mbp_alarms_view(const struct mbp_sensor *sensor, struct mbp_sensor_def *def)
{
    const struct mbp_alarms *alarms = mbp_sensor_alarms(sensor);
    uint32_t all = UINT32_MAX & ~(sensor->machine == UINT32_MAX ? MBP_BIT(MBP_ALARM_SUPPRESS) : 0);
    def->common = alarms->common;
    def->limits.def.present = 0;
    for (unsigned l = 0; l < MBP_LIMIT_COUNT; l++) {
        struct mbp_alarm_def *limit = &def->limits.of[l];
        bool brief = says_the_same(&alarms->of[l], &alarms->common);
        *limit = (struct mbp_alarm_def){.alarm = alarms->of[l], .at = sensor->limits[l]};
        limit->def.present = brief ? 0 : all & ~MBP_BIT(MBP_ALARM_PER);
        def->limits.def.present |= isnan(limit->at) ? 0 : MBP_BIT(l);
    }
    def->rate_of_change = (struct mbp_alarm_def){.def.present = all,
                                                 .alarm = alarms->of[MBP_RATE_OF_CHANGE],
                                                 .at = alarms->rate_max,
                                                 .per_ns = alarms->rate_per_ns};
    def->bad_quality = (struct mbp_alarm_def){
        .def.present = all & ~(MBP_BIT(MBP_ALARM_AT) | MBP_BIT(MBP_ALARM_PER) | MBP_BIT(MBP_ALARM_DEADBAND)),
        .alarm = alarms->of[MBP_BAD_QUALITY],
        .on = true};
}
