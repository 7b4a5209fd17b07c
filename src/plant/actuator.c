/* actuator: its keys, and what they must have to do with each other. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "defs.h"
#include "mbplant/map.h"
#include "scalar.h"

#define ITS_UNIT "the actuator's unit"

/* ---- positions ------------------------------------------------------------------------------------------------- */

/* A number, or on and off as true and false. */
static enum mbp_reading read_initial(struct mbp_reader *reader, const struct mbp_node *node,
                                     const struct mbp_field *field, void *at)
{
    (void)reader, (void)field;
    struct mbp_position_def *position = at;
    const char *text = mbp_node_text(node);
    if (text == NULL) {
        return MBP_READING_WRONG;
    }
    if (mbp_scalar_switch(text, &position->on)) {
        position->is_word = true;
        return MBP_READING_OK;
    }
    return mbp_scalar_number(text, &position->number) ? MBP_READING_OK : MBP_READING_WRONG;
}

static bool read_fail_one(const struct mbp_node *node, struct mbp_fail_def *out)
{
    static const struct {
        const char *word;
        enum mbp_fail to;
    } words[] = {{"last", MBP_FAIL_LAST}, {"closed", MBP_FAIL_CLOSED}, {"open", MBP_FAIL_OPEN}};
    const char *text = mbp_node_text(node);
    bool on;
    if (text != NULL && mbp_scalar_switch(text, &on)) {
        *out = (struct mbp_fail_def){.to = on ? MBP_FAIL_OPEN : MBP_FAIL_CLOSED};
        return true;
    }
    for (size_t i = 0; text != NULL && i < MBP_COUNT_OF(words); i++) {
        if (strcmp(text, words[i].word) == 0) {
            *out = (struct mbp_fail_def){.to = words[i].to};
            return true;
        }
    }
    *out = (struct mbp_fail_def){.to = MBP_FAIL_AT};
    return text != NULL && mbp_scalar_number(text, &out->at);
}

/* One position for every state but en_service, or a group of one per state. */
static enum mbp_reading read_fail(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_field *field,
                                  void *at)
{
    struct mbp_fail_def *fail = at;
    if (node->kind == MBP_NODE_SCALAR) {
        struct mbp_fail_def one;
        if (!read_fail_one(node, &one)) {
            return MBP_READING_WRONG;
        }
        fail[MBP_EN_PANNE] = fail[MBP_MAINTENANCE] = one;
        return MBP_READING_OK;
    }
    if (node->kind != MBP_NODE_MAP) {
        return MBP_READING_WRONG;
    }
    for (const struct mbp_node *key = node->first; key != NULL; key = key->next->next) {
        int state = mbp_words_find(&mbp_state_words, key->text);
        if (state != MBP_EN_PANNE && state != MBP_MAINTENANCE) {
            mbp_reader_tell(reader, key,
                            "'fail' is given for en_panne and maintenance; en_service is when the command counts");
            return MBP_READING_TOLD;
        }
        if (!read_fail_one(key->next, &fail[state])) {
            mbp_reader_tell(reader, key->next, "the fail position of %s is none; allowed is %s", key->text,
                            field->allowed);
            return MBP_READING_TOLD;
        }
    }
    return MBP_READING_OK;
}

/* ---- keys ------------------------------------------------------------------------------------------------------- */

static void print_initial(FILE *out, const void *at)
{
    mbp_print_number(out, "", ((const struct mbp_position_def *)at)->number);
}

static void print_fail(FILE *out, const void *at)
{
    const struct mbp_fail_def *fail = at;
    for (unsigned state = MBP_EN_SERVICE + 1; state < MBP_STATE_COUNT; state++) {
        fprintf(out, "%s%s: ", state == MBP_EN_SERVICE + 1 ? "{" : ", ", mbp_state_name((enum mbp_state_code)state));
        if (fail[state].to == MBP_FAIL_LAST) {
            fputs("last", out);
        } else {
            mbp_print_number(out, "", fail[state].at);
        }
    }
    fputc('}', out);
}

#define POSITION_JSON                                                                                                  \
    "{\"enum\": [\"last\", \"closed\", \"open\", \"on\", \"off\", true, false]}, {\"type\": \"number\"}"

#define OF(member) MBP_AT(struct mbp_actuator_def, member)
static const struct mbp_field fields[] = {
    [MBP_ACTUATOR_NAME] = MBP_ROW(NAME, OF(actuator.name), "name", "its name, unique in the plant", .required = true),
    [MBP_ACTUATOR_LABEL] = MBP_ROW(TEXT, OF(actuator.label), "label", "what people call it", .usual = "", .high = 80),
    [MBP_ACTUATOR_KIND] =
        MBP_ROW(CHOICE, OF(actuator.kind), "kind", "what it is", .usual = "output", .words = &mbp_actuator_kind_words),
    [MBP_ACTUATOR_UNIT] = MBP_ROW(TEXT, OF(actuator.unit_text), "unit",
                                  "unit of its position, as it is shown; % unless it is on/off", .high = 16),
    [MBP_ACTUATOR_ON_OFF] =
        MBP_ROW(BOOL, OF(actuator.on_off), "on_off", "commanded by a coil: it is at one end of its range or the other",
                .usual = "false"),
    [MBP_ACTUATOR_RANGE] =
        MBP_ROW(RANGE, OF(actuator.range), "range", "its ends; 0 and 100, of an on/off one 0 and 1, if not given",
                .unit = ITS_UNIT, .allowed = "two numbers, the lower first: [0, 100]"),
    [MBP_ACTUATOR_TRAVEL] = MBP_ROW(DURATION, OF(actuator.travel_ns), "travel",
                                    "how long it takes over its whole range", .usual = "0s", .high = MBP_DAY),
    [MBP_ACTUATOR_INITIAL] =
        MBP_ROW(CUSTOM, OF(initial), "initial", "its command until a master gives another; the lower end if not given",
                .unit = ITS_UNIT, .read = read_initial, .print = print_initial,
                .allowed = "a number within the range, or on or off for an on/off one",
                .json = "\"anyOf\": [{\"type\": [\"number\", \"boolean\"]}, {\"enum\": [\"on\", \"off\"]}]"),
    [MBP_ACTUATOR_FAIL] =
        MBP_ROW(CUSTOM, OF(fail), "fail",
                "where it goes when its machine is not en_service, or one a state; where it is if "
                "not given",
                .read = read_fail, .print = print_fail,
                .allowed = "closed (or off), open (or on), last, a number within the range, or one of these "
                           "per state: {en_panne: , maintenance: }",
                .json = "\"anyOf\": [" POSITION_JSON ", {\"type\": \"object\", \"additionalProperties\": false, "
                        "\"properties\": {\"en_panne\": {\"anyOf\": [" POSITION_JSON "]}, \"faulted\": "
                        "{\"anyOf\": [" POSITION_JSON "]}, \"maintenance\": {\"anyOf\": [" POSITION_JSON "]}}}]"),
    MBP_WATCHDOG_KEYS(struct mbp_actuator_def, MBP_ACTUATOR_),
    [MBP_ACTUATOR_REGISTER] = MBP_ROW(MAP, OF(reg), "register",
                                      "where and how its command stands in the registers; with a scale of 0.1 "
                                      "for types of 16 bits if not given",
                                      .schema = &mbp_register_schema),
    [MBP_ACTUATOR_REPEAT] = MBP_ROW(COUNT, OF(repeat), "repeat", "makes so many of it; {n} in the name counts them",
                                    .usual = "1", .low = 1, .high = MBP_ACTUATORS_PER_UNIT_MAX),
};
#undef OF

static void actuator_defaults(void *def)
{
    struct mbp_actuator_def *actuator = def;
    for (unsigned state = 0; state < MBP_STATE_COUNT; state++) {
        actuator->actuator.fail[state] = NAN;
    }
}

/* ---- checks ---------------------------------------------------------------------------------------------------- */

static bool is_within(const struct mbp_actuator_def *actuator, double position)
{
    return position >= actuator->actuator.range[0] && position <= actuator->actuator.range[1];
}

static void tell_outside(struct mbp_reader *reader, const struct mbp_actuator_def *actuator, const char *key,
                         double position)
{
    char text[3][32];
    mbp_reader_tell(reader, mbp_def_node(&actuator->def, key), "'%s' is %s, outside the range %s..%s", key,
                    mbp_scalar_format(position, text[0], sizeof text[0]),
                    mbp_scalar_format(actuator->actuator.range[0], text[1], sizeof text[1]),
                    mbp_scalar_format(actuator->actuator.range[1], text[2], sizeof text[2]));
}

static bool complete_range(struct mbp_reader *reader, struct mbp_actuator_def *actuator)
{
    if ((actuator->def.wrong & (MBP_BIT(MBP_ACTUATOR_RANGE) | MBP_BIT(MBP_ACTUATOR_REGISTER))) != 0 ||
        actuator->reg.def.wrong != 0) {
        return false;
    }
    if (!mbp_def_has(&actuator->def, MBP_ACTUATOR_RANGE)) {
        actuator->actuator.range[1] = actuator->actuator.on_off ? 1 : 100;
    }
    if (actuator->actuator.range[0] >= actuator->actuator.range[1]) {
        mbp_reader_tell(reader, mbp_def_node(&actuator->def, "range"),
                        "the range is reversed; write the lower end first");
        return false;
    }
    double low, high;
    enum mbp_type type = (enum mbp_type)actuator->reg.reg.type;
    mbp_register_range(&actuator->reg.reg, &low, &high);
    double slack = high - low < DBL_MAX ? 1e-9 * fabs(actuator->reg.reg.scale) : 0;
    if (!actuator->actuator.on_off &&
        (actuator->actuator.range[0] < low - slack || actuator->actuator.range[1] > high + slack)) {
        char text[3][32];
        mbp_reader_tell(reader, mbp_def_node(&actuator->def, "range"),
                        "the range does not fit %s with scale %s (%s..%s); choose another type or scale in 'register'",
                        mbp_type_name(type), mbp_scalar_format(actuator->reg.reg.scale, text[0], sizeof text[0]),
                        mbp_scalar_format(low, text[1], sizeof text[1]),
                        mbp_scalar_format(high, text[2], sizeof text[2]));
        return false;
    }
    return true;
}

/* False when the range says nothing, for want of a number to hold it. */
static bool check_register(struct mbp_reader *reader, struct mbp_actuator_def *actuator)
{
    struct mbp_register_def *reg = &actuator->reg;
    bool plain = !mbp_def_has(&reg->def, MBP_REGISTER_AT) || reg->at.table == MBP_HOLDING_REGISTERS;
    if (actuator->actuator.on_off && reg->def.wrong == 0 && mbp_def_has(&actuator->def, MBP_ACTUATOR_REGISTER) &&
        plain && (reg->def.present & (MBP_BIT(MBP_REGISTER_BIT) | MBP_BIT(MBP_REGISTER_BYTE))) == 0) {
        mbp_reader_tell(reader, mbp_def_node(&actuator->def, "register"),
                        "an on/off actuator is commanded by a bit; its register says which: at: coil 3, or at: "
                        "holding 8 with bit: 0");
        return true;
    }
    mbp_complete_register(reader, reg);
    uint8_t type = reg->reg.type;
    if (actuator->actuator.on_off)
        return true;
    if (type == MBP_BOOL || type == MBP_STRING) {
        mbp_reader_tell(reader, mbp_def_node(&actuator->reg.def, "type"),
                        "an actuator's command is a number; for an on/off one write on_off: true");
        return false;
    }
    return true;
}

static void complete_initial(struct mbp_reader *reader, struct mbp_actuator_def *actuator)
{
    const struct mbp_position_def *initial = &actuator->initial;
    actuator->actuator.initial = actuator->actuator.range[0];
    if (!mbp_def_has(&actuator->def, MBP_ACTUATOR_INITIAL)) {
        return;
    }
    double position = initial->is_word ? actuator->actuator.range[initial->on ? 1 : 0] : initial->number;
    if (!is_within(actuator, position)) {
        tell_outside(reader, actuator, "initial", position);
    } else if (actuator->actuator.on_off && position > actuator->actuator.range[0] &&
               position < actuator->actuator.range[1]) {
        mbp_reader_tell(reader, mbp_def_node(&actuator->def, "initial"), "an on/off actuator is either on or off");
    } else {
        actuator->actuator.initial = position;
    }
}

static void complete_fail(struct mbp_reader *reader, struct mbp_actuator_def *actuator)
{
    for (unsigned state = MBP_EN_SERVICE + 1; state < MBP_STATE_COUNT; state++) {
        const struct mbp_fail_def *fail = &actuator->fail[state];
        if (fail->to == MBP_FAIL_LAST) {
            continue;
        }
        double position =
            fail->to == MBP_FAIL_AT ? fail->at : actuator->actuator.range[fail->to == MBP_FAIL_OPEN ? 1 : 0];
        if (!is_within(actuator, position)) {
            tell_outside(reader, actuator, "fail", position);
            return;
        }
        actuator->actuator.fail[state] = position;
    }
}

static void check_actuator(struct mbp_reader *reader, void *def)
{
    struct mbp_actuator_def *actuator = def;
    bool repeats_wrongly = (actuator->def.wrong & MBP_BIT(MBP_ACTUATOR_REPEAT)) != 0;
    bool typed_wrongly = (actuator->def.wrong & MBP_BIT(MBP_ACTUATOR_ON_OFF)) != 0; /* expressions would tell of it */
    reader->nameless =
        reader->nameless || repeats_wrongly || typed_wrongly || !mbp_def_has(&actuator->def, MBP_ACTUATOR_NAME);
    uint64_t doubtful = MBP_BIT(MBP_ACTUATOR_REGISTER) | MBP_BIT(MBP_ACTUATOR_REPEAT) | MBP_BIT(MBP_ACTUATOR_ON_OFF);
    reader->unsure = reader->unsure || (actuator->def.wrong & doubtful) != 0 || actuator->reg.def.wrong != 0;
    if (!mbp_def_has(&actuator->def, MBP_ACTUATOR_UNIT)) {
        actuator->actuator.unit_text = actuator->actuator.on_off ? "" : "%";
    }
    if (!mbp_def_has(&actuator->reg.def, MBP_REGISTER_SCALE)) { /* 45.5 % is 455 */
        bool narrow = mbp_def_has(&actuator->reg.def, MBP_REGISTER_BYTE);
        actuator->reg.reg.scale = actuator->reg.reg.type <= MBP_UINT16 && !narrow ? 0.1 : 1;
    }
    actuator->range_right = check_register(reader, actuator) && complete_range(reader, actuator);
    if (actuator->range_right) {
        complete_initial(reader, actuator);
        complete_fail(reader, actuator);
    }
    if (!actuator->actuator.on_off && mbp_def_has(&actuator->reg.def, MBP_REGISTER_AT)) {
        mbp_check_reference(reader, mbp_def_node(&actuator->reg.def, "at"), actuator->reg.at.table,
                            actuator->reg.at.addr);
    }
    if (actuator->actuator.on_off) { /* a coil has neither type nor scale */
        const struct mbp_register bit = {.type = MBP_BOOL, .words = 1, .scale = 1};
        bool pointed = actuator->reg.reg.pointed;
        actuator->reg.reg = bit;
        actuator->reg.reg.nowhere = actuator->reg.reg.pointed = pointed;
    }
    actuator->actuator.reg = actuator->reg.reg;
}

const struct mbp_schema mbp_actuator_schema = MBP_SCHEMA("an actuator", fields, struct mbp_actuator_def, .named = true,
                                                         .defaults = actuator_defaults, .check = check_actuator);

/* ---- from the plant --------------------------------------------------------------------------------------------- */

/* The name is printed apart. A coil has neither type nor scale, and without a machine there is nothing to fail by. */
void mbp_actuator_view(const struct mbp_plant *plant, uint32_t a, struct mbp_actuator_def *def)
{
    const struct mbp_actuator *actuator = &plant->actuators[a];
    *def = (struct mbp_actuator_def){.actuator = *actuator, .initial.number = actuator->initial};
    def->def.present = ~(MBP_BIT(MBP_ACTUATOR_NAME) | MBP_BIT(MBP_ACTUATOR_REPEAT));
    def->def.present &= actuator->machine != UINT32_MAX ? UINT64_MAX : ~MBP_BIT(MBP_ACTUATOR_FAIL);
    def->def.present &=
        actuator->watchdog != 0 ? UINT64_MAX : ~(MBP_BIT(MBP_ACTUATOR_WATCHDOG) | MBP_BIT(MBP_ACTUATOR_ON_LOSS));
    if (actuator->watchdog != 0) {
        const struct mbp_watchdog *watchdog = &plant->watchdogs[actuator->watchdog - 1];
        def->watchdog =
            (struct mbp_watchdog_def){watchdog->after_ns, {(enum mbp_on_loss)watchdog->on_loss, watchdog->number}};
    }
    def->def.present &= actuator->on_off && !actuator->reg.pointed ? ~MBP_BIT(MBP_ACTUATOR_REGISTER) : UINT64_MAX;
    for (unsigned state = 0; state < MBP_STATE_COUNT; state++) {
        bool last = isnan(actuator->fail[state]);
        def->fail[state] = (struct mbp_fail_def){last ? MBP_FAIL_LAST : MBP_FAIL_AT, actuator->fail[state]};
    }
    mbp_register_view(&actuator->reg, mbp_map_register_point(plant, MBP_PER_ACTUATOR, a), &def->reg);
}
