/* fault: the keys of `faults`: what goes wrong with sensors, with actuators and with the process. */
#include <math.h>
#include <string.h>
#include <strings.h>

#include "faults.h"
#include "mbplant/base/tr.h"
#include "scalar.h"

enum {
    FAULT_NAME,
    FAULT_KIND,
    FAULT_SENSOR,
    FAULT_ACTUATOR,
    FAULT_AMOUNT,
    FAULT_VALUE,
    FAULT_OVER,
    FAULT_EVERY,
    FAULT_AFTER,
    FAULT_SHOWS,
    FAULT_DURATION, /* the keys up to here are those of a scenario's fault too */
    FAULT_START,
    FAULT_MTTF,
    FAULT_MTTR,
    FAULT_ENABLED
};

#define OF(member) MBP_AT(struct mbp_plant_fault_def, member)

/* What every fault may say of what it does. */
#define EFFECT_FIELDS                                                                                                  \
    [FAULT_KIND] = MBP_ROW(CHOICE, OF(fault.effect.kind), "kind",                                                      \
                           "what happens: to the instrument (stuck to noise), in the process (step, ramp, wear), or "  \
                           "to an actuator (stuck, slow, passing, offset)",                                            \
                           .required = true, .words = &mbp_effect_words),                                              \
    [FAULT_SENSOR] = MBP_ROW(NAME, OF(sensor), "sensor", "the sensor that it happens to"),                             \
    [FAULT_ACTUATOR] =                                                                                                 \
        MBP_ROW(NAME, OF(actuator), "actuator", "the actuator that it happens to, in a sensor's place"),               \
    [FAULT_AMOUNT] =                                                                                                   \
        MBP_ROW(NUMBER, OF(fault.effect.amount), "amount",                                                             \
                "how much is added; of noise its standard deviation; how far open a shut actuator is that passes",     \
                .unit = MBP_VALUE_UNIT, MBP_ANY_NUMBER),                                                               \
    [FAULT_VALUE] =                                                                                                    \
        MBP_ROW(NUMBER, OF(value), "value", "what a stuck one shows, or where it stays; where it stands if not given", \
                .unit = MBP_VALUE_UNIT, MBP_ANY_NUMBER),                                                               \
    [FAULT_OVER] =                                                                                                     \
        MBP_ROW(DURATION, OF(fault.effect.over_ns), "over",                                                            \
                "time in which a drift, ramp or wear adds its amount; what a slow one takes over its range",           \
                .low = MBP_MS, .high = 10 * MBP_YEAR),                                                                 \
    [FAULT_EVERY] =                                                                                                    \
        MBP_ROW(DURATION, OF(every_ns), "every", "mean time between two spikes", .low = MBP_MS, .high = MBP_YEAR),     \
    [FAULT_AFTER] =                                                                                                    \
        MBP_ROW(DURATION, OF(fault.effect.after_ns), "after", "running time without any wear", .high = 10 * MBP_YEAR), \
    [FAULT_SHOWS] =                                                                                                    \
        MBP_ROW(CHOICE, OF(fault.effect.upscale), "shows",                                                             \
                "the end of the range that a dropout fails to; low if not given", .words = &mbp_shows_words)

static const struct mbp_field fields[] = {
    [FAULT_NAME] = MBP_ROW(NAME, OF(fault.name), "name", "its name, unique among the faults", .required = true),
    EFFECT_FIELDS,
    [FAULT_DURATION] =
        MBP_ROW(DURATION, OF(fault.effect.duration_ns), "duration", "how long it lasts; until it is ended if not given",
                .low = MBP_MS, .high = 10 * MBP_YEAR),
    [FAULT_START] =
        MBP_ROW(DURATION, OF(fault.start_ns), "start", "simulated time at which it begins", .high = 10 * MBP_YEAR),
    [FAULT_MTTF] = MBP_ROW(DURATION, OF(fault.mttf_ns), "mttf", "mean time to the next, by chance", .low = MBP_MS,
                           .high = 10 * MBP_YEAR),
    [FAULT_MTTR] = MBP_ROW(DURATION, OF(fault.mttr_ns), "mttr", "mean time until it ends, by chance", .low = MBP_MS,
                           .high = 10 * MBP_YEAR),
    [FAULT_ENABLED] = MBP_ROW(BOOL, OF(fault.enabled), "enabled", "false: by hand only", .usual = "true"),
};

static const struct mbp_field step_fields[] = {
    [FAULT_NAME] = MBP_ROW(NAME, OF(fault.name), "name", "a name by which a later step ends it"),
    EFFECT_FIELDS,
    [FAULT_DURATION] =
        MBP_ROW(DURATION, OF(fault.effect.duration_ns), "for", "how long it lasts; until it is ended if not given",
                .low = MBP_MS, .high = 10 * MBP_YEAR),
};
#undef OF

#define EFFECT(kind) MBP_BIT(MBP_EFFECT_##kind)

/* Beside the keys of all: which kinds have this key, and which cannot do without it. */
static const struct {
    unsigned field;
    uint32_t kinds, needed;
} own[] = {
    {FAULT_AMOUNT,
     EFFECT(BIAS) | EFFECT(DRIFT) | EFFECT(SPIKE) | EFFECT(NOISE) | EFFECT(STEP) | EFFECT(RAMP) | EFFECT(WEAR) |
         EFFECT(PASSING) | EFFECT(OFFSET),
     EFFECT(BIAS) | EFFECT(DRIFT) | EFFECT(SPIKE) | EFFECT(NOISE) | EFFECT(STEP) | EFFECT(RAMP) | EFFECT(WEAR) |
         EFFECT(PASSING) | EFFECT(OFFSET)},
    {FAULT_VALUE, EFFECT(STUCK), 0},
    {FAULT_OVER, EFFECT(DRIFT) | EFFECT(RAMP) | EFFECT(WEAR) | EFFECT(SLOW),
     EFFECT(DRIFT) | EFFECT(RAMP) | EFFECT(WEAR) | EFFECT(SLOW)},
    {FAULT_EVERY, EFFECT(SPIKE), EFFECT(SPIKE)},
    {FAULT_AFTER, EFFECT(WEAR), 0},
    {FAULT_SHOWS, EFFECT(DROPOUT), 0},
};

static void fault_defaults(void *def)
{
    struct mbp_plant_fault_def *fault = def;
    fault->fault.effect.subject = UINT32_MAX;
    fault->value = NAN;
}

static void check_own_keys(struct mbp_reader *reader, const struct mbp_plant_fault_def *fault)
{
    const char *kind = mbp_effect_words.names[fault->fault.effect.kind];
    for (size_t i = 0; i < MBP_COUNT_OF(own); i++) {
        const char *key = fields[own[i].field].key;
        bool given = mbp_def_has(&fault->def, own[i].field);
        bool wrong = (fault->def.wrong & MBP_BIT(own[i].field)) != 0;
        if (given && (own[i].kinds & MBP_BIT(fault->fault.effect.kind)) == 0) {
            mbp_reader_tell(reader, mbp_def_node(&fault->def, key), "'%s' means nothing to a fault of kind %s", key,
                            kind);
        } else if (!given && !wrong && (own[i].needed & MBP_BIT(fault->fault.effect.kind)) != 0) {
            char allowed[128];
            mbp_field_allowed(&fields[own[i].field], allowed, sizeof allowed);
            mbp_reader_tell(reader, fault->def.node, "a fault of kind %s needs '%s': %s", kind, key, allowed);
        }
    }
}

/* A fault is of a sensor or of an actuator, and of a kind that such a thing suffers. */
static void check_subject(struct mbp_reader *reader, const struct mbp_plant_fault_def *fault)
{
    const struct mbp_def *def = &fault->def;
    uint64_t subjects = MBP_BIT(FAULT_SENSOR) | MBP_BIT(FAULT_ACTUATOR);
    uint64_t given = def->present & subjects;
    if (given == subjects) {
        mbp_reader_tell(reader, mbp_def_node(def, "actuator"),
                        "a fault is of a 'sensor' or of an 'actuator'; choose one");
        return;
    }
    if (given == 0 && (def->wrong & subjects) == 0)
        mbp_reader_tell(reader, def->node, "a fault needs the 'sensor' or the 'actuator' that it happens to");
    if (given == 0 || !mbp_def_has(def, FAULT_KIND))
        return;
    bool moves = given == MBP_BIT(FAULT_ACTUATOR);
    unsigned kind = fault->fault.effect.kind;
    if (!mbp_effect_is(kind, moves ? MBP_EFFECTS_OF_ACTUATORS : MBP_EFFECTS_OF_SENSORS))
        mbp_reader_tell(reader, mbp_def_node(def, "kind"), "%s is no fault of %s; %s", mbp_effect_words.names[kind],
                        moves ? mbp_tr("an actuator") : mbp_tr("a sensor"),
                        moves ? mbp_tr("those are stuck, slow, passing and offset")
                              : mbp_tr("it is one of an 'actuator'"));
}

/* Two ways to say the same: when it begins, how long it lasts. */
static void check_times(struct mbp_reader *reader, const struct mbp_plant_fault_def *fault)
{
    const struct mbp_def *def = &fault->def;
    if (mbp_def_has(def, FAULT_START) && mbp_def_has(def, FAULT_MTTF)) {
        mbp_reader_tell(reader, mbp_def_node(def, "mttf"),
                        "a fault begins at its 'start' or by its 'mttf'; choose one");
    }
    if (mbp_def_has(def, FAULT_DURATION) && mbp_def_has(def, FAULT_MTTR)) {
        mbp_reader_tell(reader, mbp_def_node(def, "mttr"),
                        "a fault lasts for its 'duration' or by its 'mttr'; choose one");
    }
    if (mbp_def_has(def, FAULT_MTTR) && ((def->present | def->wrong) & MBP_BIT(FAULT_MTTF)) == 0) {
        mbp_reader_tell(reader, mbp_def_node(def, "mttr"), "'mttr' goes with 'mttf'; a single fault has a 'duration'");
    }
}

static void check_fault(struct mbp_reader *reader, void *def)
{
    struct mbp_plant_fault_def *fault = def;
    if (mbp_def_has(&fault->def, FAULT_NAME) && strchr(fault->fault.name, '{') != NULL) {
        mbp_reader_tell(reader, mbp_def_node(&fault->def, "name"), "a fault's name has no placeholders");
    }
    check_times(reader, fault);
    fault->fault.has_start = mbp_def_has(&fault->def, FAULT_START);
    if (!mbp_def_has(&fault->def, FAULT_KIND)) {
        check_subject(reader, fault);
        return;
    }
    check_subject(reader, fault);
    check_own_keys(reader, fault);
    struct mbp_effect *effect = &fault->fault.effect;
    if (fault->fault.effect.kind == MBP_EFFECT_STUCK) {
        effect->amount = fault->value;
    }
    if (fault->fault.effect.kind == MBP_EFFECT_SPIKE) {
        effect->over_ns = fault->every_ns;
    }
    if (fault->fault.effect.kind == MBP_EFFECT_NOISE && mbp_def_has(&fault->def, FAULT_AMOUNT) &&
        !(effect->amount > 0)) {
        mbp_reader_tell(reader, mbp_def_node(&fault->def, "amount"),
                        "the 'amount' of noise is its standard deviation: a number above 0");
    }
    if (fault->fault.effect.kind == MBP_EFFECT_PASSING && mbp_def_has(&fault->def, FAULT_AMOUNT) &&
        !(effect->amount > 0)) {
        mbp_reader_tell(reader, mbp_def_node(&fault->def, "amount"),
                        "the 'amount' of passing is how far open it is while it is shut: a number above 0");
    }
}

const struct mbp_schema mbp_plant_fault_schema = MBP_SCHEMA("a fault", fields, struct mbp_plant_fault_def, .flow = true,
                                                            .defaults = fault_defaults, .check = check_fault);

const struct mbp_schema mbp_step_fault_schema = MBP_SCHEMA(
    "a fault", step_fields, struct mbp_plant_fault_def, .flow = true, .defaults = fault_defaults, .check = check_fault);

/* ---- sensors and actuators by name ------------------------------------------------------------------------------ */

#define CANDIDATES_MAX 4096

static void tell_unknown(struct mbp_load *load, const struct mbp_plant_fault_def *def, bool moves)
{
    const char *candidates[CANDIDATES_MAX] = {NULL};
    const struct mbp_plant *plant = load->plant;
    const char *word = mbp_tr(moves ? "actuator" : "sensor");
    const char *name = moves ? def->actuator : def->sensor;
    uint32_t all = moves ? plant->actuator_count : plant->sensor_count;
    uint32_t count = all < CANDIDATES_MAX ? all : CANDIDATES_MAX;
    for (uint32_t i = 0; i < count; i++) {
        candidates[i] = moves ? plant->actuators[i].name : plant->sensors[i].name;
    }
    const char *near = mbp_nearest(name, candidates, count);
    mbp_reader_tell(&load->reader, mbp_def_node(&def->def, word), "there is no %s '%s' in the plant%s%s%s", word, name,
                    near != NULL ? mbp_tr("; did you mean '") : "", near != NULL ? near : "",
                    near != NULL ? mbp_tr("'?") : "");
}

static void check_effect_of_actuator(struct mbp_reader *reader, const struct mbp_plant *plant,
                                     const struct mbp_plant_fault_def *def, uint32_t a)
{
    const struct mbp_actuator *actuator = &plant->actuators[a];
    const struct mbp_effect *effect = &def->fault.effect;
    double span = actuator->range[1] - actuator->range[0];
    char text[3][32];
    if (effect->kind == MBP_EFFECT_OFFSET && actuator->on_off) {
        mbp_reader_tell(reader, mbp_def_node(&def->def, "kind"),
                        "%s is on/off and goes to its two ends alone; 'passing' is for one that does not shut off",
                        actuator->name);
    } else if (mbp_def_has(&def->def, FAULT_VALUE) &&
               (def->value < actuator->range[0] || def->value > actuator->range[1])) {
        mbp_reader_tell(reader, mbp_def_node(&def->def, "value"), "'value' is %s, outside the range %s..%s of %s",
                        mbp_scalar_format(def->value, text[0], sizeof text[0]),
                        mbp_scalar_format(actuator->range[0], text[1], sizeof text[1]),
                        mbp_scalar_format(actuator->range[1], text[2], sizeof text[2]), actuator->name);
    } else if (mbp_def_has(&def->def, FAULT_AMOUNT) && fabs(effect->amount) > span) {
        mbp_reader_tell(reader, mbp_def_node(&def->def, "amount"),
                        "'amount' is %s, more than the whole range of %s, %s",
                        mbp_scalar_format(effect->amount, text[0], sizeof text[0]), actuator->name,
                        mbp_scalar_format(span, text[1], sizeof text[1]));
    }
}

void mbp_check_effect(struct mbp_reader *reader, const struct mbp_plant *plant, const struct mbp_plant_fault_def *def,
                      uint32_t subject)
{
    if (subject >= plant->sensor_count) {
        check_effect_of_actuator(reader, plant, def, subject - plant->sensor_count);
        return;
    }
    const struct mbp_sensor *sensor = &plant->sensors[subject];
    const struct mbp_node *node = mbp_def_node(&def->def, "sensor");
    if (sensor->reg.type == MBP_STRING) {
        mbp_reader_tell(reader, node, "%s shows a text; faults are of sensors that show a number", sensor->name);
    }
    if (def->fault.effect.kind == MBP_EFFECT_WEAR && mbp_def_has(&def->def, FAULT_KIND) &&
        sensor->machine == UINT32_MAX) {
        mbp_reader_tell(reader, node, "wear is a machine's, and %s belongs to none", sensor->name);
    }
}

static void find_subject(struct mbp_load *load, const struct mbp_index *index, const struct mbp_plant_fault_def *def,
                         struct mbp_plant_fault *fault)
{
    const struct mbp_plant *plant = load->plant;
    bool moves = mbp_def_has(&def->def, FAULT_ACTUATOR);
    if (moves == mbp_def_has(&def->def, FAULT_SENSOR) || load->reader.nameless) {
        return;
    }
    uint32_t item = mbp_index_find(index, plant, moves ? def->actuator : def->sensor);
    uint32_t found = mbp_index_as(plant, item, moves ? MBP_ITEM_ACTUATOR : MBP_ITEM_SENSOR);
    if (found == UINT32_MAX) {
        if (!mbp_is_doubtful(load, item)) {
            tell_unknown(load, def, moves);
        }
        return;
    }
    bool range_known = !moves || load->actuator_origins[found].def->range_right;
    fault->effect.subject = moves ? plant->sensor_count + found : found;
    if (range_known) {
        mbp_check_effect(&load->reader, plant, def, fault->effect.subject);
    }
}

static void check_name(struct mbp_load *load, uint32_t f)
{
    const struct mbp_plant_fault_def *defs = load->def.faults.items;
    for (uint32_t i = 0; i < f && mbp_def_has(&defs[f].def, FAULT_NAME); i++) {
        if (!mbp_def_has(&defs[i].def, FAULT_NAME) || strcasecmp(defs[i].fault.name, defs[f].fault.name) != 0) {
            continue;
        }
        mbp_reader_tell(&load->reader, mbp_def_node(&defs[f].def, "name"),
                        "the name '%s' is taken by the fault in line %u; each fault has its own", defs[f].fault.name,
                        mbp_def_node(&defs[i].def, "name")->line);
        return;
    }
}

void mbp_resolve_faults(struct mbp_load *load, const struct mbp_index *index)
{
    const struct mbp_plant_fault_def *defs = load->def.faults.items;
    uint32_t count = load->def.faults.count;
    struct mbp_plant_fault *faults = mbp_reader_array(&load->reader, load->reader.keep, count + 1, sizeof *faults);
    if (faults == NULL) {
        return;
    }
    for (uint32_t f = 0; f < count; f++) {
        faults[f] = defs[f].fault;
        /* Names of the file's text stand in scratch memory. */
        if (faults[f].name != NULL) {
            faults[f].name = mbp_reader_keep(&load->reader, faults[f].name, strlen(faults[f].name));
        }
        find_subject(load, index, &defs[f], &faults[f]);
        check_name(load, f);
    }
    load->plant->faults = faults;
    load->plant->fault_count = count;
}

/* ---- from the plant --------------------------------------------------------------------------------------------- */

/* Which keys its kind has are those of `own`; of times and names those that are set. */
void mbp_fault_view(const struct mbp_plant *plant, uint32_t f, struct mbp_plant_fault_def *def)
{
    const struct mbp_plant_fault *fault = &plant->faults[f];
    const struct mbp_effect *effect = &fault->effect;
    bool moves = effect->subject >= plant->sensor_count;
    *def = (struct mbp_plant_fault_def){.fault = *fault,
                                        .sensor = moves ? NULL : mbp_effect_of(plant, effect),
                                        .actuator = moves ? mbp_effect_of(plant, effect) : NULL,
                                        .value = effect->amount,
                                        .every_ns = effect->over_ns};
    uint64_t present = MBP_BIT(FAULT_NAME) | MBP_BIT(FAULT_KIND) | MBP_BIT(FAULT_ENABLED) |
                       MBP_BIT(moves ? FAULT_ACTUATOR : FAULT_SENSOR);
    for (size_t i = 0; i < MBP_COUNT_OF(own); i++) {
        present |= (own[i].kinds & MBP_BIT(effect->kind)) != 0 ? MBP_BIT(own[i].field) : 0;
    }
    present &= isnan(effect->amount) ? ~MBP_BIT(FAULT_VALUE) : UINT64_MAX;
    present |= fault->has_start ? MBP_BIT(FAULT_START) : 0;
    present |= effect->duration_ns != 0 ? MBP_BIT(FAULT_DURATION) : 0;
    present |= fault->mttf_ns != 0 ? MBP_BIT(FAULT_MTTF) : 0;
    present |= fault->mttr_ns != 0 ? MBP_BIT(FAULT_MTTR) : 0;
    def->def.present = present;
}
