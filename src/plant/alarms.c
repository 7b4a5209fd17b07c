/* alarms: the keys of a sensor's alarms, their rules, and the settings that come of them: those of a sensor hold for
 * each of its alarms that says nothing else. */
#include <math.h>
#include <string.h>

#include "defs.h"
#include "mbplant/base/tr.h"
#include "scalar.h"

/* ---- keys ------------------------------------------------------------------------------------------------------- */

#define OF(member)   MBP_AT(struct mbp_alarm_def, member)
#define ALARM(alarm) MBP_ALARM_KEYS(struct mbp_alarm_def, alarm, MBP_ALARM_, MBP_INHERITED)

#define OF_CHATTER(member) MBP_AT(struct mbp_chatter_def, chatter.member)
static const struct mbp_field chatter_fields[] = {
    MBP_ROW(COUNT, OF_CHATTER(transitions), "transitions", "how often it comes", .usual = "3", .low = 2,
            .high = MBP_CHATTER_MAX),
    MBP_ROW(DURATION, OF_CHATTER(within_ns), "within", "... within so long", .usual = "1min", .low = MBP_MS,
            .high = MBP_DAY),
    MBP_ROW(DURATION, OF_CHATTER(for_ns), "for", "how long it must not come for its suppression to end",
            .usual = "1min", .low = MBP_MS, .high = MBP_DAY),
};
const struct mbp_schema mbp_chatter_schema =
    MBP_SCHEMA("chatter", chatter_fields, struct mbp_chatter_def, .flow = true);

enum { SUPPRESS_STATES, SUPPRESS_WHEN };
#define STATES                                                                                                         \
    .words = &mbp_state_words, .allowed = "a list of machine states: en_service, en_panne, maintenance",               \
    .change = MBP_CHANGED_ALARMS
static const struct mbp_field suppress_fields[] = {
    [SUPPRESS_STATES] =
        MBP_ROW(CHOICES, MBP_AT(struct mbp_suppress_def, states), "states", "states of the machine", STATES),
    [SUPPRESS_WHEN] = MBP_ROW(CUSTOM, MBP_AT(struct mbp_suppress_def, when), "when", "while this expression is TRUE",
                              .read = mbp_read_formula, .print = mbp_print_formula, .same = mbp_same_formula,
                              .allowed = "an expression in quotes: \"P1 AND FT1 < 1\"", .json = "\"type\": \"string\"",
                              .change = MBP_CHANGED_ALARMS),
};
const struct mbp_schema mbp_suppress_schema =
    MBP_SCHEMA("suppression", suppress_fields, struct mbp_suppress_def, .flow = true);
const struct mbp_field mbp_suppress_brief = {
    .key = "suppress", .type = MBP_FIELD_CHOICES, MBP_AT(struct mbp_suppress_def, states), STATES};

static const struct mbp_field limit_fields[] = {
    [MBP_ALARM_AT] =
        MBP_ROW(NUMBER, OF(at), "at", "where it is reached", .unit = MBP_VALUE_UNIT, .required = true, MBP_ANY_NUMBER),
    MBP_DEADBAND_KEY(struct mbp_alarm_def, alarm, MBP_ALARM_, MBP_INHERITED),
    ALARM(alarm),
    MBP_MESSAGE_KEY(struct mbp_alarm_def, alarm, MBP_ALARM_),
};

static const struct mbp_field rate_fields[] = {
    [MBP_ALARM_AT] = MBP_ROW(NUMBER, OF(at), "max", "the largest change within `per`", .unit = MBP_VALUE_UNIT,
                             .required = true, .low = 1e-12, .high = 1e12),
    [MBP_ALARM_PER] = MBP_ROW(DURATION, OF(per_ns), "per", "the time that `max` is about", .usual = "1min",
                              .low = MBP_MS, .high = MBP_DAY),
    MBP_DEADBAND_KEY(struct mbp_alarm_def, alarm, MBP_ALARM_, MBP_INHERITED),
    ALARM(alarm),
    MBP_MESSAGE_KEY(struct mbp_alarm_def, alarm, MBP_ALARM_),
};

static const struct mbp_field bad_quality_fields[] = {
    ALARM(alarm),
    MBP_MESSAGE_KEY(struct mbp_alarm_def, alarm, MBP_ALARM_),
};

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
            tell_deadband(reader, alarm, width, mbp_tr("the range"));
        }
    }
    const struct mbp_alarm_def *rate = &sensor->rate_of_change;
    if (mbp_def_has(&rate->def, MBP_ALARM_AT) && rate->alarm.deadband >= rate->at) {
        tell_deadband(reader, rate, rate->at, "'max'");
    }
}

/* Whether it names states; `suppress: []` does as well. */
static bool names_states(const struct mbp_suppress_def *suppress)
{
    return suppress->def.present == 0 || mbp_def_has(&suppress->def, SUPPRESS_STATES);
}

const struct mbp_node *mbp_suppressing_node(const struct mbp_sensor_def *sensor)
{
    if (mbp_def_has(&sensor->def, MBP_SENSOR_SUPPRESS) && names_states(&sensor->suppress)) {
        return mbp_def_node(&sensor->def, "suppress");
    }
    for (unsigned a = 0; a < MBP_CONDITION; a++) {
        const struct mbp_alarm_def *alarm = a < MBP_LIMIT_COUNT       ? &sensor->limits.of[a]
                                            : a == MBP_RATE_OF_CHANGE ? &sensor->rate_of_change
                                                                      : &sensor->bad_quality;
        if (mbp_def_has(&alarm->def, MBP_ALARM_SUPPRESS) && names_states(&alarm->suppress)) {
            return mbp_def_node(&alarm->def, "suppress");
        }
    }
    return NULL;
}

/* ---- settings --------------------------------------------------------------------------------------------------- */

/* An empty one, which takes away what the sensor says, is none. */
static const char *text_or_none(const char *text)
{
    return text != NULL && text[0] != '\0' ? text : NULL;
}

/* What an alarm says for itself, the rest as the sensor says. */
static void set_alarm(struct mbp_alarm *out, const struct mbp_alarm_def *def, const struct mbp_alarm *common)
{
#define OWN(field, own, other) (mbp_def_has(&def->def, field) ? (own) : (other))
    out->deadband = OWN(MBP_ALARM_DEADBAND, def->alarm.deadband, common->deadband);
    out->delay_ns = OWN(MBP_ALARM_DELAY, def->alarm.delay_ns, common->delay_ns);
    out->off_delay_ns = OWN(MBP_ALARM_OFF_DELAY, def->alarm.off_delay_ns, common->off_delay_ns);
    out->priority = OWN(MBP_ALARM_PRIORITY, def->alarm.priority, common->priority);
    out->suppress = OWN(MBP_ALARM_SUPPRESS, def->suppress.states, common->suppress);
    out->when = OWN(MBP_ALARM_SUPPRESS, def->suppress.when.text, common->when);
    out->re_alarm_ns = OWN(MBP_ALARM_RE_ALARM, def->alarm.re_alarm_ns, common->re_alarm_ns);
    out->chatter = OWN(MBP_ALARM_CHATTER, def->chatter.chatter, common->chatter);
    out->latch = OWN(MBP_ALARM_LATCH, def->alarm.latch, common->latch);
#define TEXT(field, which) text_or_none(OWN(field, def->alarm.texts.which, common->texts.which))
    out->texts.message = TEXT(MBP_ALARM_MESSAGE, message);
    out->texts.cause = TEXT(MBP_ALARM_CAUSE, cause);
    out->texts.consequence = TEXT(MBP_ALARM_CONSEQUENCE, consequence);
    out->texts.action = TEXT(MBP_ALARM_ACTION, action);
#undef TEXT
#undef OWN
}

static const struct mbp_alarm_def silent;

static void set_alarms(const struct mbp_sensor_def *sensor, struct mbp_alarms *alarms)
{
    struct mbp_alarm of_sensor = sensor->common;
    of_sensor.suppress = sensor->suppress.states;
    of_sensor.when = sensor->suppress.when.text;
    if (mbp_def_has(&sensor->def, MBP_SENSOR_CHATTER))
        of_sensor.chatter = sensor->chatter.chatter;
    const struct mbp_alarm *common = &of_sensor;
    set_alarm(&alarms->common, &silent, common);
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

void mbp_complete_condition(struct mbp_reader *reader, struct mbp_sensor_def *sensor, enum mbp_condition condition)
{
    struct mbp_alarms alarms;
    memset(&alarms, 0, sizeof alarms);
    set_alarms(sensor, &alarms);
    alarms.condition = (uint8_t)condition;
    for (unsigned a = 0; a < MBP_CONDITION; a++) { /* it has no other one */
        alarms.of[a].suppress = 0;
        alarms.of[a].when = NULL;
    }
    share_alarms(reader, &alarms, &sensor->sensor);
}

void mbp_complete_alarms(struct mbp_reader *reader, struct mbp_sensor_def *sensor, bool range_right)
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

static bool same_texts(const struct mbp_alarm_texts *a, const struct mbp_alarm_texts *b)
{
    return mbp_text_same(a->message, b->message) && mbp_text_same(a->cause, b->cause) &&
           mbp_text_same(a->consequence, b->consequence) && mbp_text_same(a->action, b->action);
}

/* The keys of the texts that are others than the sensor's, which an empty one takes away; NULL = of the sensor. */
static uint64_t text_keys(struct mbp_alarm_texts *own, const struct mbp_alarm_texts *common)
{
    uint64_t keys = 0;
#define TEXT(field, which)                                                                                             \
    if (common != NULL ? !mbp_text_same(own->which, common->which) : own->which != NULL)                               \
        keys |= MBP_BIT(field);                                                                                        \
    own->which = own->which != NULL ? own->which : "";
    TEXT(MBP_ALARM_MESSAGE, message)
    TEXT(MBP_ALARM_CAUSE, cause)
    TEXT(MBP_ALARM_CONSEQUENCE, consequence)
    TEXT(MBP_ALARM_ACTION, action)
#undef TEXT
    return keys;
}

static bool says_the_same(const struct mbp_alarm *a, const struct mbp_alarm *b)
{
    bool same_deadband = !(a->deadband < b->deadband) && !(a->deadband > b->deadband);
    return same_deadband && a->delay_ns == b->delay_ns && a->off_delay_ns == b->off_delay_ns &&
           a->priority == b->priority && a->suppress == b->suppress && a->latch == b->latch &&
           mbp_text_same(a->when, b->when) && a->re_alarm_ns == b->re_alarm_ns &&
           a->chatter.transitions == b->chatter.transitions && a->chatter.within_ns == b->chatter.within_ns &&
           a->chatter.for_ns == b->chatter.for_ns && same_texts(&a->texts, &b->texts);
}

#define TEXTS                                                                                                          \
    (MBP_BIT(MBP_ALARM_MESSAGE) | MBP_BIT(MBP_ALARM_CAUSE) | MBP_BIT(MBP_ALARM_CONSEQUENCE) | MBP_BIT(MBP_ALARM_ACTION))

static void view_suppression(const struct mbp_alarm *alarm, struct mbp_suppress_def *out)
{
    *out = (struct mbp_suppress_def){.states = alarm->suppress, .when.text = alarm->when};
    if (alarm->when != NULL)
        out->def.present = MBP_BIT(SUPPRESS_WHEN) | (alarm->suppress != 0 ? MBP_BIT(SUPPRESS_STATES) : 0);
}

static void view_chatter(const struct mbp_alarm *alarm, struct mbp_chatter_def *out)
{
    *out = (struct mbp_chatter_def){.def.present = UINT64_MAX, .chatter = alarm->chatter};
}

/* An alarm as a group of keys, of those that it may have. Chatter cannot be taken away, but for by not saying it. */
static struct mbp_alarm_def view_of(const struct mbp_alarms *alarms, unsigned alarm, uint64_t keys)
{
    const struct mbp_alarm *is = &alarms->of[alarm];
    struct mbp_alarm_def def = {.alarm = *is};
    view_suppression(is, &def.suppress);
    view_chatter(is, &def.chatter);
    def.def.present = (keys & ~TEXTS) | text_keys(&def.alarm.texts, &alarms->common.texts);
    def.def.present |= is->when != NULL ? MBP_BIT(MBP_ALARM_SUPPRESS) : 0;
    if (is->re_alarm_ns == alarms->common.re_alarm_ns)
        def.def.present &= ~MBP_BIT(MBP_ALARM_RE_ALARM);
    if (is->chatter.transitions == 0)
        def.def.present &= ~MBP_BIT(MBP_ALARM_CHATTER);
    return def;
}

static uint64_t view_texts(struct mbp_alarm_texts *texts)
{
    static const unsigned fields[][2] = {{MBP_ALARM_MESSAGE, MBP_SENSOR_MESSAGE},
                                         {MBP_ALARM_CAUSE, MBP_SENSOR_CAUSE},
                                         {MBP_ALARM_CONSEQUENCE, MBP_SENSOR_CONSEQUENCE},
                                         {MBP_ALARM_ACTION, MBP_SENSOR_ACTION}};
    uint64_t given = text_keys(texts, NULL);
    uint64_t keys = 0;
    for (size_t i = 0; i < MBP_COUNT_OF(fields); i++)
        keys |= (given & MBP_BIT(fields[i][0])) != 0 ? MBP_BIT(fields[i][1]) : 0;
    return keys;
}

uint64_t mbp_alarm_common_view(const struct mbp_alarms *alarms, struct mbp_sensor_def *def)
{
    const struct mbp_alarm *common = &alarms->common;
    def->common = *common;
    view_suppression(common, &def->suppress);
    view_chatter(common, &def->chatter);
    return view_texts(&def->common.texts) | (common->when != NULL ? MBP_BIT(MBP_SENSOR_SUPPRESS) : 0) |
           (common->re_alarm_ns != 0 ? MBP_BIT(MBP_SENSOR_RE_ALARM) : 0) |
           (common->chatter.transitions != 0 ? MBP_BIT(MBP_SENSOR_CHATTER) : 0);
}

/* A limit that has what the sensor's own keys say is its number alone. A sensor of no machine has no states to be
 * suppressed in. */
void mbp_alarms_view(const struct mbp_sensor *sensor, struct mbp_sensor_def *def)
{
    const struct mbp_alarms *alarms = mbp_sensor_alarms(sensor);
    uint64_t all = UINT64_MAX & ~(sensor->machine == UINT32_MAX ? MBP_BIT(MBP_ALARM_SUPPRESS) : 0);
    uint64_t of_value = MBP_BIT(MBP_ALARM_AT) | MBP_BIT(MBP_ALARM_PER) | MBP_BIT(MBP_ALARM_DEADBAND);
    def->def.present &= ~(MBP_SENSOR_TEXTS | MBP_BIT(MBP_SENSOR_RE_ALARM) | MBP_BIT(MBP_SENSOR_CHATTER));
    def->def.present |= mbp_alarm_common_view(alarms, def);
    def->limits.def.present = 0;
    for (unsigned l = 0; l < MBP_LIMIT_COUNT; l++) {
        struct mbp_alarm_def *limit = &def->limits.of[l];
        *limit = view_of(alarms, l, all & ~MBP_BIT(MBP_ALARM_PER));
        limit->at = sensor->limits[l];
        if (says_the_same(&alarms->of[l], &alarms->common))
            limit->def.present = 0;
        def->limits.def.present |= isnan(limit->at) ? 0 : MBP_BIT(l);
    }
    def->rate_of_change = view_of(alarms, MBP_RATE_OF_CHANGE, all);
    def->rate_of_change.at = alarms->rate_max;
    def->rate_of_change.per_ns = alarms->rate_per_ns;
    def->bad_quality = view_of(alarms, MBP_BAD_QUALITY, all & ~of_value);
    def->bad_quality.on = true;
}
