/* own_alarm: an alarm of no sensor: raised while its expression is TRUE, or what a short form makes such a one of. It
 * is kept as a bool sensor that stands at no address, so that all that is known of alarms holds for it. */
#include <math.h>

#include <stdio.h>
#include <string.h>

#include "defs.h"
#include "mbplant/base/tr.h"
#include "scalar.h"

#define OF(member) MBP_AT(struct mbp_sensor_def, member)
static const struct mbp_field fields[] = {
    [MBP_SENSOR_NAME] = MBP_ROW(
        NAME, OF(sensor.name), "name",
        "its name, unique in the plant; of a short form what it is of and _DEV, _FROZEN or _MISMATCH, or MASTER_LOST"),
    [MBP_SENSOR_LABEL] = MBP_ROW(TEXT, OF(sensor.label), "message", "what it says to people", .usual = "", .high = 80,
                                 .change = MBP_CHANGED_LABEL),
    [MBP_SENSOR_WHEN] = MBP_ROW(CUSTOM, OF(when), "when", "it is raised while this expression is TRUE",
                                .read = mbp_read_formula, .print = mbp_print_formula, .same = mbp_same_formula,
                                .allowed = "an expression in quotes: \"P1 AND FT1 < 1\"",
                                .json = "\"type\": \"string\"", .change = MBP_CHANGED_ALARMS),
    [MBP_SENSOR_DEVIATION] =
        MBP_ROW(NAME, OF(brief.deviation), "deviation",
                "short form: a controller in automatic whose measurement is `more_than` from its setpoint",
                .change = MBP_CHANGED_ALARMS),
    [MBP_SENSOR_FROZEN] =
        MBP_ROW(NAME, OF(brief.frozen), "frozen", "short form: a sensor whose value does not change `for` so long",
                .change = MBP_CHANGED_ALARMS),
    [MBP_SENSOR_MISMATCH] =
        MBP_ROW(NAME, OF(brief.mismatch), "mismatch",
                "short form: an actuator that is not where it is to be, by `more_than`", .change = MBP_CHANGED_ALARMS),
    [MBP_SENSOR_LOSS_OF_MASTER] =
        MBP_ROW(DURATION, OF(brief.loss_ns), "loss_of_master", "short form: no master has asked the unit for so long",
                .low = MBP_MS, .high = MBP_YEAR, .change = MBP_CHANGED_ALARMS),
    [MBP_SENSOR_MORE_THAN] =
        MBP_ROW(NUMBER, OF(brief.more_than), "more_than",
                "of a deviation or mismatch, in the unit of that; of a mismatch 5 % of the range if not given",
                .low = 0, .high = 1e12, .change = MBP_CHANGED_ALARMS),
    [MBP_SENSOR_FOR] = MBP_ROW(DURATION, OF(brief.frozen_ns), "for", "how long a frozen value has not changed",
                               .low = MBP_MS, .high = MBP_YEAR, .change = MBP_CHANGED_ALARMS),
    [MBP_SENSOR_TRIP] = MBP_ROW(BOOL, OF(trips), "trip", "whether it puts the machine in en_panne", .usual = "false",
                                .change = MBP_CHANGED_ALARMS),
    MBP_ALARM_KEYS(struct mbp_sensor_def, common, MBP_SENSOR_, MBP_OWN),
    [MBP_SENSOR_REPEAT] = MBP_ROW(COUNT, OF(repeat), "repeat", "makes so many of it; {n} in the name counts them",
                                  .usual = "1", .low = 1, .high = MBP_SENSORS_PER_UNIT_MAX),
};
#undef OF

/* ---- short forms ------------------------------------------------------------------------------------------------ */

/* Which other keys a form has beside those of all alarms, which of them it needs, and which of theirs it says itself.
 */
static const struct form {
    const char *key, *suffix;
    unsigned field;
    uint64_t keys, needed, instead;
} forms[] = {
    {"when", "", MBP_SENSOR_WHEN, 0, 0, 0},
    {"deviation", "_DEV", MBP_SENSOR_DEVIATION, MBP_BIT(MBP_SENSOR_MORE_THAN), MBP_BIT(MBP_SENSOR_MORE_THAN), 0},
    {"frozen", "_FROZEN", MBP_SENSOR_FROZEN, MBP_BIT(MBP_SENSOR_FOR), MBP_BIT(MBP_SENSOR_FOR),
     MBP_BIT(MBP_SENSOR_DELAY)},
    {"mismatch", "_MISMATCH", MBP_SENSOR_MISMATCH, MBP_BIT(MBP_SENSOR_MORE_THAN), 0, 0},
    {"loss_of_master", "MASTER_LOST", MBP_SENSOR_LOSS_OF_MASTER, 0, 0, MBP_BIT(MBP_SENSOR_DELAY)},
};

/* The one form that an alarm has; NULL, told: none or several. */
static const struct form *form_of(struct mbp_reader *reader, const struct mbp_sensor_def *alarm)
{
    const struct form *found = NULL;
    uint64_t all = MBP_SHORT_FORMS | MBP_BIT(MBP_SENSOR_WHEN);
    for (size_t i = 0; i < MBP_COUNT_OF(forms); i++) {
        if (!mbp_def_has(&alarm->def, forms[i].field))
            continue;
        if (found != NULL) {
            mbp_reader_tell(reader, mbp_def_node(&alarm->def, forms[i].key),
                            "an alarm is of '%s' or of '%s'; choose one, or write two alarms", found->key,
                            forms[i].key);
            return NULL;
        }
        found = &forms[i];
    }
    if (found == NULL && (alarm->def.wrong & all) == 0)
        mbp_reader_tell(
            reader, alarm->def.node,
            "an alarm needs 'when': an expression in quotes: \"P1 AND FT1 < 1\"; or one of deviation, frozen, "
            "mismatch, loss_of_master");
    return found;
}

static void check_form(struct mbp_reader *reader, const struct mbp_sensor_def *alarm, const struct form *form)
{
    static const struct {
        unsigned field;
        const char *key;
    } others[] = {{MBP_SENSOR_MORE_THAN, "more_than"}, {MBP_SENSOR_FOR, "for"}, {MBP_SENSOR_DELAY, "delay"}};
    for (size_t i = 0; i < MBP_COUNT_OF(others); i++) {
        uint64_t bit = MBP_BIT(others[i].field);
        bool given = mbp_def_has(&alarm->def, others[i].field);
        bool meant = others[i].field == MBP_SENSOR_DELAY ? (form->instead & bit) == 0 : (form->keys & bit) != 0;
        if (given && !meant)
            mbp_reader_tell(reader, mbp_def_node(&alarm->def, others[i].key), "'%s' means nothing beside '%s'%s",
                            others[i].key, form->key,
                            (form->instead & bit) == 0         ? ""
                            : form->field == MBP_SENSOR_FROZEN ? mbp_tr(", whose time is 'for'")
                                                               : mbp_tr(", which is that time"));
        if (!given && (form->needed & bit) != 0 && (alarm->def.wrong & bit) == 0)
            mbp_reader_tell(reader, mbp_def_node(&alarm->def, form->key), "'%s' needs '%s': %s", form->key,
                            others[i].key,
                            mbp_tr(others[i].field == MBP_SENSOR_FOR ? "a duration such as 60s"
                                                                     : "a number, in the unit of the measurement"));
    }
}

/* The expression that the short form is. Names stand in quotes, whatever is in them. */
static void write_form(struct mbp_reader *reader, struct mbp_sensor_def *alarm, const struct form *form)
{
    char text[256] = "NOT MASTER.asked";
    char number[32] = "";
    mbp_scalar_format(alarm->brief.more_than, number, sizeof number);
    if (form->field == MBP_SENSOR_DEVIATION)
        snprintf(text, sizeof text, "\"%s\".automatic AND ABS(\"%s\".error) > %s", alarm->brief.deviation,
                 alarm->brief.deviation, number);
    else if (form->field == MBP_SENSOR_FROZEN)
        snprintf(text, sizeof text, "NOT CHANGED(\"%s\".shown)", alarm->brief.frozen);
    else if (form->field == MBP_SENSOR_MISMATCH && mbp_def_has(&alarm->def, MBP_SENSOR_MORE_THAN))
        snprintf(text, sizeof text, "\"%s\".deviation > %s", alarm->brief.mismatch, number);
    else if (form->field == MBP_SENSOR_MISMATCH)
        snprintf(text, sizeof text, "\"%s\".mismatch", alarm->brief.mismatch);
    alarm->when =
        (struct mbp_formula_def){mbp_def_node(&alarm->def, form->key), mbp_reader_keep(reader, text, strlen(text))};
    if (form->field == MBP_SENSOR_FROZEN)
        alarm->common.delay_ns = alarm->brief.frozen_ns;
    if (form->field == MBP_SENSOR_LOSS_OF_MASTER)
        alarm->common.delay_ns = alarm->brief.loss_ns;
}

static void name_form(struct mbp_reader *reader, struct mbp_sensor_def *alarm, const struct form *form)
{
    const char *of = form->field == MBP_SENSOR_DEVIATION  ? alarm->brief.deviation
                     : form->field == MBP_SENSOR_FROZEN   ? alarm->brief.frozen
                     : form->field == MBP_SENSOR_MISMATCH ? alarm->brief.mismatch
                                                          : "";
    char name[256];
    snprintf(name, sizeof name, "%s%s", of, form->suffix);
    if (strlen(name) > MBP_NAME_MAX) {
        mbp_reader_tell(reader, mbp_def_node(&alarm->def, form->key),
                        "the name %s that comes of it is too long; give the alarm a 'name'", name);
        return;
    }
    alarm->sensor.name = mbp_reader_keep(reader, name, strlen(name));
    alarm->def.present |= MBP_BIT(MBP_SENSOR_NAME);
}

static void complete_form(struct mbp_reader *reader, struct mbp_sensor_def *alarm)
{
    const struct form *form = form_of(reader, alarm);
    bool named = ((alarm->def.present | alarm->def.wrong) & MBP_BIT(MBP_SENSOR_NAME)) != 0;
    if (form != NULL)
        check_form(reader, alarm, form);
    if (form != NULL && form->field != MBP_SENSOR_WHEN) {
        write_form(reader, alarm, form);
        if (!named)
            name_form(reader, alarm, form);
    } else if (!named && ((alarm->def.present | alarm->def.wrong) & MBP_SHORT_FORMS) == 0) {
        char allowed[128];
        mbp_field_allowed(&fields[MBP_SENSOR_NAME], allowed, sizeof allowed);
        mbp_reader_tell(reader, alarm->def.node, "an alarm needs 'name': %s", allowed);
    }
}

/* What no key of it says: a bool that stands nowhere, and that nothing but its condition tells of. */
void mbp_complete_own(struct mbp_reader *reader, struct mbp_sensor_def *row)
{
    row->reg.reg = (struct mbp_register){.scale = 1, .words = 1, .type = MBP_BOOL, .nowhere = true};
    row->range[1] = 1;
    for (unsigned limit = 0; limit < MBP_LIMIT_COUNT; limit++)
        row->limit[limit] = NAN;
    mbp_complete_condition(reader, row, MBP_CONDITION_ON);
    mbp_complete_signal(reader, row);
    row->sensor.unit_text = "";
    row->sensor.kind = MBP_GENERIC;
    row->sensor.inject = MBP_INJECT_REJECT;
    row->sensor.range = mbp_reader_share(reader, row->range, sizeof row->range);
    row->sensor.limits = mbp_reader_share(reader, row->limit, sizeof row->limit);
    row->sensor.priority = row->common.priority;
    row->sensor.reg = row->reg.reg;
    row->sensor.is_alarm = true;
}

static void check_own_alarm(struct mbp_reader *reader, void *def)
{
    struct mbp_sensor_def *alarm = def;
    complete_form(reader, alarm);
    bool repeats_wrongly = (alarm->def.wrong & MBP_BIT(MBP_SENSOR_REPEAT)) != 0;
    reader->nameless = reader->nameless || repeats_wrongly || !mbp_def_has(&alarm->def, MBP_SENSOR_NAME);
    reader->unsure = reader->unsure || repeats_wrongly;
    mbp_complete_own(reader, alarm);
    alarm->sensor.trip = alarm->trips ? MBP_BIT(MBP_CONDITION) : 0;
}

const struct mbp_schema mbp_own_alarm_schema =
    MBP_SCHEMA("an alarm", fields, struct mbp_sensor_def, .named = true, .check = check_own_alarm);

/* The name is printed apart. Without a machine there is nothing to trip, and no state to be suppressed in. */
void mbp_own_alarm_view(const struct mbp_plant *plant, uint32_t s, struct mbp_sensor_def *def)
{
    const struct mbp_sensor *alarm = &plant->sensors[s];
    uint64_t present = MBP_BIT(MBP_SENSOR_LABEL) | MBP_BIT(MBP_SENSOR_WHEN) | MBP_BIT(MBP_SENSOR_PRIORITY) |
                       MBP_BIT(MBP_SENSOR_DELAY) | MBP_BIT(MBP_SENSOR_OFF_DELAY) | MBP_BIT(MBP_SENSOR_LATCH);
    present |= alarm->machine != UINT32_MAX ? MBP_BIT(MBP_SENSOR_SUPPRESS) | MBP_BIT(MBP_SENSOR_TRIP) : 0;
    *def = (struct mbp_sensor_def){.def.present = present,
                                   .sensor = *alarm,
                                   .trips = alarm->trip != 0,
                                   .when.text = plant->formulas[alarm->when - 1].text};
    def->def.present |= mbp_alarm_common_view(mbp_sensor_alarms(alarm), def);
}
