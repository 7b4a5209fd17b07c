/* alarms: the keys of a sensor's alarms, their rules, and the settings that come of them: those of a sensor hold for
 * each of its alarms that says nothing else. */
#include <math.h>

#include "defs.h"
#include "scalar.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define S               1e9 /* ns */
#define LONGEST         (365.0 * 86400 * S)

/* ---- keys ------------------------------------------------------------------------------------------------------- */

#define ALARM(member) offsetof(struct mbp_alarm_def, member)
#define EACH_HAS                                                                                                       \
    [MBP_ALARM_PRIORITY] = {.key = "priority",                                                                         \
                            .type = MBP_FIELD_CHOICE,                                                                  \
                            .at = ALARM(priority),                                                                     \
                            .words = &mbp_priority_words},                                                             \
    [MBP_ALARM_DELAY] = {.key = "delay",                                                                               \
                         .type = MBP_FIELD_DURATION,                                                                   \
                         .at = ALARM(delay_ns),                                                                        \
                         .low = 0,                                                                                     \
                         .high = LONGEST},                                                                             \
    [MBP_ALARM_OFF_DELAY] = {.key = "off_delay",                                                                       \
                             .type = MBP_FIELD_DURATION,                                                               \
                             .at = ALARM(off_delay_ns),                                                                \
                             .low = 0,                                                                                 \
                             .high = LONGEST},                                                                         \
    [MBP_ALARM_LATCH] = {.key = "latch", .type = MBP_FIELD_BOOL, .at = ALARM(latch)},                                  \
    [MBP_ALARM_SUPPRESS] = {.key = "suppress",                                                                         \
                            .type = MBP_FIELD_CUSTOM,                                                                  \
                            .at = ALARM(suppress),                                                                     \
                            .read = mbp_read_states,                                                                   \
                            .allowed = "a list of machine states: en_service, en_panne, maintenance"}
#define DEADBAND                                                                                                       \
    [MBP_ALARM_DEADBAND] = {                                                                                           \
        .key = "deadband", .type = MBP_FIELD_NUMBER, .at = ALARM(deadband), .low = 0, .high = DBL_MAX}

static const struct mbp_field limit_fields[] = {
    EACH_HAS,
    DEADBAND,
    [MBP_ALARM_AT] =
        {.key = "at", .type = MBP_FIELD_NUMBER, .required = true, .at = ALARM(at), .low = -DBL_MAX, .high = DBL_MAX},
};
static const struct mbp_schema limit_schema = {
    .noun = "a limit", .fields = limit_fields, .field_count = COUNT_OF(limit_fields)};

static const struct mbp_field rate_fields[] = {
    EACH_HAS,
    DEADBAND,
    [MBP_ALARM_AT] =
        {.key = "max", .type = MBP_FIELD_NUMBER, .required = true, .at = ALARM(at), .low = 1e-12, .high = 1e12},
    [MBP_ALARM_PER] = {.key = "per", .type = MBP_FIELD_DURATION, .at = ALARM(per_ns), .low = 1e6, .high = 86400 * S},
};

static void rate_defaults(void *def)
{
    ((struct mbp_alarm_def *)def)->per_ns = 60 * MBP_NS_PER_S;
}

const struct mbp_schema mbp_rate_schema = {
    .noun = "a rate of change", .fields = rate_fields, .field_count = COUNT_OF(rate_fields), .defaults = rate_defaults};

static const struct mbp_field bad_quality_fields[] = {EACH_HAS};
static const struct mbp_schema bad_quality_schema = {
    .noun = "a bad-quality alarm", .fields = bad_quality_fields, .field_count = COUNT_OF(bad_quality_fields)};

enum mbp_reading mbp_read_limit(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_field *field,
                                void *at)
{
    (void)field;
    struct mbp_alarm_def *alarm = at;
    const char *text = mbp_node_text(node);
    if (node->kind == MBP_NODE_MAP) {
        return mbp_read_map(reader, node, &limit_schema, alarm) && alarm->def.wrong == 0 ? MBP_READING_OK
                                                                                         : MBP_READING_TOLD;
    }
    return text != NULL && mbp_scalar_number(text, &alarm->at) ? MBP_READING_OK : MBP_READING_WRONG;
}

enum mbp_reading mbp_read_bad_quality(struct mbp_reader *reader, const struct mbp_node *node,
                                      const struct mbp_field *field, void *at)
{
    (void)field;
    struct mbp_alarm_def *alarm = at;
    const char *text = mbp_node_text(node);
    bool on;
    if (node->kind == MBP_NODE_MAP) {
        return mbp_read_map(reader, node, &bad_quality_schema, alarm) ? MBP_READING_OK : MBP_READING_WRONG;
    }
    if (text == NULL || !mbp_scalar_bool(text, &on)) {
        return MBP_READING_WRONG;
    }
    alarm->off = !on;
    return MBP_READING_OK;
}

enum mbp_reading mbp_read_states(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_field *field,
                                 void *at)
{
    uint32_t states = 0;
    if (node->kind != MBP_NODE_LIST) {
        return MBP_READING_WRONG;
    }
    for (const struct mbp_node *item = node->first; item != NULL; item = item->next) {
        const char *text = mbp_node_text(item);
        int state = text == NULL ? -1 : mbp_words_find(&mbp_state_words, text);
        if (state < 0) {
            const char *near = text == NULL ? NULL : mbp_nearest(text, mbp_state_words.names, mbp_state_words.count);
            mbp_reader_tell(reader, item, "'%s' names a state that does not exist; allowed is %s%s%s%s", field->key,
                            field->allowed, near != NULL ? "; did you mean '" : "", near != NULL ? near : "",
                            near != NULL ? "'?" : "");
            return MBP_READING_TOLD;
        }
        states |= UINT32_C(1) << state;
    }
    *(uint32_t *)at = states;
    return MBP_READING_OK;
}

/* ---- rules ------------------------------------------------------------------------------------------------------ */

static void tell_deadband(struct mbp_reader *reader, const struct mbp_alarm_def *alarm, double width, const char *what)
{
    char is[32], allowed[32];
    mbp_scalar_format(alarm->deadband, is, sizeof is);
    mbp_scalar_format(width, allowed, sizeof allowed);
    mbp_reader_tell(reader, mbp_def_node(&alarm->def, "deadband"),
                    "'deadband' is %s, as wide as %s: an alarm would never clear; allowed is less than %s", is, what,
                    allowed);
}

static void check_deadbands(struct mbp_reader *reader, const struct mbp_sensor_def *sensor)
{
    double width = sensor->range[1] - sensor->range[0];
    for (unsigned l = 0; l < MBP_LIMIT_COUNT; l++) {
        const struct mbp_alarm_def *alarm = &sensor->limits.alarm[l];
        if (mbp_def_has(&alarm->def, MBP_ALARM_DEADBAND) && alarm->deadband >= width) {
            tell_deadband(reader, alarm, width, "the range");
        }
    }
    const struct mbp_alarm_def *rate = &sensor->rate_of_change;
    if (mbp_def_has(&rate->def, MBP_ALARM_AT) && rate->deadband >= rate->at) {
        tell_deadband(reader, rate, rate->at, "'max'");
    }
}

const struct mbp_node *mbp_suppressing_node(const struct mbp_sensor_def *sensor)
{
    if (mbp_def_has(&sensor->def, MBP_SENSOR_SUPPRESS)) {
        return mbp_def_node(&sensor->def, "suppress");
    }
    for (unsigned a = 0; a < MBP_ALARM_COUNT; a++) {
        const struct mbp_alarm_def *alarm = a < MBP_LIMIT_COUNT       ? &sensor->limits.alarm[a]
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
    out->deadband = OWN(MBP_ALARM_DEADBAND, def->deadband, common->deadband);
    out->delay_ns = OWN(MBP_ALARM_DELAY, def->delay_ns, common->delay_ns);
    out->off_delay_ns = OWN(MBP_ALARM_OFF_DELAY, def->off_delay_ns, common->off_delay_ns);
    out->priority = OWN(MBP_ALARM_PRIORITY, (uint8_t)def->priority, common->priority);
    out->suppress = OWN(MBP_ALARM_SUPPRESS, (uint8_t)def->suppress, common->suppress);
    out->latch = OWN(MBP_ALARM_LATCH, def->latch, common->latch);
#undef OWN
}

static void set_alarms(const struct mbp_sensor_def *sensor, struct mbp_alarms *alarms)
{
    static const struct mbp_alarm_def silent;
    struct mbp_alarm *common = &alarms->common;
    common->deadband = sensor->deadband;
    common->delay_ns = sensor->delay_ns;
    common->off_delay_ns = sensor->off_delay_ns;
    common->priority = (uint8_t)sensor->priority;
    common->suppress = (uint8_t)sensor->suppress;
    common->latch = sensor->latch;
    for (unsigned l = 0; l < MBP_LIMIT_COUNT; l++) {
        set_alarm(&alarms->of[l], isnan(sensor->limits.value[l]) ? &silent : &sensor->limits.alarm[l], common);
    }
    /* The sensor's deadband is one of its values, which a change of it is not. */
    struct mbp_alarm beside = *common;
    beside.deadband = 0;
    set_alarm(&alarms->of[MBP_RATE_OF_CHANGE], &sensor->rate_of_change, &beside);
    set_alarm(&alarms->of[MBP_BAD_QUALITY], &sensor->bad_quality, &beside);
    if (mbp_def_has(&sensor->def, MBP_SENSOR_RATE_OF_CHANGE)) {
        alarms->rate_max = sensor->rate_of_change.at;
        alarms->rate_per_ns = sensor->rate_of_change.per_ns;
    }
    alarms->bad_quality = mbp_def_has(&sensor->def, MBP_SENSOR_BAD_QUALITY) && !sensor->bad_quality.off;
}

static bool same_alarm(const struct mbp_alarm *a, const struct mbp_alarm *b)
{
    return a->deadband == b->deadband && a->delay_ns == b->delay_ns && a->off_delay_ns == b->off_delay_ns &&
           a->priority == b->priority && a->suppress == b->suppress && a->latch == b->latch;
}

static bool same_alarms(const struct mbp_alarms *a, const struct mbp_alarms *b)
{
    bool same = a->rate_max == b->rate_max && a->rate_per_ns == b->rate_per_ns && a->bad_quality == b->bad_quality;
    for (unsigned i = 0; i < MBP_ALARM_COUNT && same; i++) {
        same = same_alarm(&a->of[i], &b->of[i]);
    }
    return same && same_alarm(&a->common, &b->common);
}

/* Most sensors of a large plant say the same, many of them nothing: they share. */
static const struct mbp_alarms *keep_alarms(struct mbp_reader *reader, const struct mbp_alarms *alarms)
{
    if (same_alarms(alarms, &mbp_alarms_plain)) {
        return &mbp_alarms_plain;
    }
    for (unsigned i = 0; i < MBP_ALARMS_REMEMBERED && i < reader->alarms_made; i++) {
        if (same_alarms(alarms, reader->alarms[i])) {
            return reader->alarms[i];
        }
    }
    struct mbp_alarms *kept = mbp_reader_array(reader, reader->keep, 1, sizeof *kept);
    if (kept == NULL) {
        return &mbp_alarms_plain;
    }
    *kept = *alarms;
    reader->alarms[reader->alarms_made++ % MBP_ALARMS_REMEMBERED] = kept;
    return kept;
}

void mbp_settle_alarms(struct mbp_reader *reader, struct mbp_sensor_def *sensor, bool range_right)
{
    struct mbp_alarms alarms = {0};
    if (range_right) {
        check_deadbands(reader, sensor);
    }
    set_alarms(sensor, &alarms);
    sensor->alarms = keep_alarms(reader, &alarms);
}
