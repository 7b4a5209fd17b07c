/* own_alarm: an alarm of no sensor: raised while its expression is TRUE. It is kept as a bool sensor that stands at no
 * address, so that all that is known of alarms holds for it. */
#include <math.h>

#include "defs.h"

#define OF(member) MBP_AT(struct mbp_sensor_def, member)
static const struct mbp_field fields[] = {
    [MBP_SENSOR_NAME] = MBP_ROW(NAME, OF(sensor.name), "name", "its name, unique in the plant", .required = true),
    [MBP_SENSOR_LABEL] = MBP_ROW(TEXT, OF(sensor.label), "message", "what it says to people", .usual = "", .high = 80,
                                 .change = MBP_CHANGED_LABEL),
    [MBP_SENSOR_WHEN] = MBP_ROW(CUSTOM, OF(when), "when", "it is raised while this expression is TRUE",
                                .required = true, .read = mbp_read_formula, .print = mbp_print_formula,
                                .same = mbp_same_formula, .allowed = "an expression in quotes: \"P1 AND FT1 < 1\"",
                                .json = "\"type\": \"string\"", .change = MBP_CHANGED_ALARMS),
    [MBP_SENSOR_TRIP] = MBP_ROW(BOOL, OF(trips), "trip", "whether it puts the machine in en_panne", .usual = "false",
                                .change = MBP_CHANGED_ALARMS),
    MBP_ALARM_KEYS(struct mbp_sensor_def, common, MBP_SENSOR_, MBP_OWN),
    [MBP_SENSOR_REPEAT] = MBP_ROW(COUNT, OF(repeat), "repeat", "makes so many of it; {n} in the name counts them",
                                  .usual = "1", .low = 1, .high = MBP_SENSORS_PER_UNIT_MAX),
};
#undef OF

static void check_own_alarm(struct mbp_reader *reader, void *def)
{
    struct mbp_sensor_def *alarm = def;
    bool repeats_wrongly = (alarm->def.wrong & MBP_BIT(MBP_SENSOR_REPEAT)) != 0;
    reader->nameless = reader->nameless || repeats_wrongly || !mbp_def_has(&alarm->def, MBP_SENSOR_NAME);
    reader->unsure = reader->unsure || repeats_wrongly;
    alarm->reg.reg = (struct mbp_register){.scale = 1, .words = 1, .type = MBP_BOOL, .nowhere = true};
    alarm->range[1] = 1;
    for (unsigned limit = 0; limit < MBP_LIMIT_COUNT; limit++)
        alarm->limit[limit] = NAN;
    mbp_settle_condition(reader, alarm, MBP_CONDITION_ON);
    mbp_settle_signal(reader, alarm);
    alarm->sensor.unit_text = "";
    alarm->sensor.kind = MBP_GENERIC;
    alarm->sensor.inject = MBP_INJECT_REJECT;
    alarm->sensor.range = mbp_reader_share(reader, alarm->range, sizeof alarm->range);
    alarm->sensor.limits = mbp_reader_share(reader, alarm->limit, sizeof alarm->limit);
    alarm->sensor.priority = alarm->common.priority;
    alarm->sensor.reg = alarm->reg.reg;
    alarm->sensor.trip = alarm->trips ? MBP_BIT(MBP_CONDITION) : 0;
    alarm->sensor.is_alarm = true;
}

const struct mbp_schema mbp_own_alarm_schema =
    MBP_SCHEMA("an alarm", fields, struct mbp_sensor_def, .named = true, .check = check_own_alarm);

/* The name is printed apart. Without a machine there is nothing to trip, and no state to be suppressed in. */
void mbp_own_alarm_view(const struct mbp_plant *plant, uint32_t s, struct mbp_sensor_def *def)
{
    const struct mbp_sensor *alarm = &plant->sensors[s];
    uint32_t present = MBP_BIT(MBP_SENSOR_LABEL) | MBP_BIT(MBP_SENSOR_WHEN) | MBP_BIT(MBP_SENSOR_PRIORITY) |
                       MBP_BIT(MBP_SENSOR_DELAY) | MBP_BIT(MBP_SENSOR_OFF_DELAY) | MBP_BIT(MBP_SENSOR_LATCH);
    present |= alarm->machine != UINT32_MAX ? MBP_BIT(MBP_SENSOR_SUPPRESS) | MBP_BIT(MBP_SENSOR_TRIP) : 0;
    *def = (struct mbp_sensor_def){.def.present = present,
                                   .sensor = *alarm,
                                   .common = mbp_sensor_alarms(alarm)->common,
                                   .trips = alarm->trip != 0,
                                   .when.text = plant->formulas[alarm->when - 1].text};
}
