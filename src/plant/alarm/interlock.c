/* interlock: what stops a machine, or does not let it start, while an expression is TRUE. It becomes two rows of
 * sensors[], which stand at no address of their own: itself, a bool that the expression gives and no alarm; and the
 * alarm of its bypass, raised while that stands. So names, events, delays, reloads and restarts have them as they have
 * alarms of no sensor. */
#include "mbplant/plant/interlock.h"

#include <stdio.h>
#include <string.h>

#include "defs.h"

/* ---- keys ------------------------------------------------------------------------------------------------------- */

enum { BYPASS_LONGEST, BYPASS_PRIORITY };
#define OF(member) MBP_AT(struct mbp_bypass_def, member)
static const struct mbp_field bypass_fields[] = {
    [BYPASS_LONGEST] = MBP_ROW(DURATION, OF(longest_ns), "longest",
                               "how long it may be bypassed, 0s = never; as alarm_policy says if not given",
                               .high = MBP_DAY / 2, .change = MBP_CHANGED_ALARMS),
    [BYPASS_PRIORITY] = MBP_ROW(CHOICE, OF(priority), "priority", "of the alarm that is raised while it is bypassed",
                                .usual = "medium", .words = &mbp_priority_words, .change = MBP_CHANGED_ALARMS),
};
#undef OF
static const struct mbp_schema bypass_schema =
    MBP_SCHEMA("a bypass", bypass_fields, struct mbp_bypass_def, .flow = true);

enum { INTERLOCK_NAME, INTERLOCK_WHEN, INTERLOCK_ACTION, INTERLOCK_DELAY, INTERLOCK_BYPASS, INTERLOCK_MESSAGE };
#define OF(member) MBP_AT(struct mbp_interlock_def, member)
static const struct mbp_field fields[] = {
    [INTERLOCK_NAME] =
        MBP_ROW(NAME, OF(name), "name", "its name behind that of its machine: M1.NAME", .required = true),
    [INTERLOCK_WHEN] =
        MBP_ROW(CUSTOM, OF(when), "when", "it acts while this expression is TRUE, or has a fault", .required = true,
                .read = mbp_read_formula, .print = mbp_print_formula, .same = mbp_same_formula,
                .allowed = "an expression in quotes: \"LT1 < 0.2 OR NOT P2.en_service\"",
                .json = "\"type\": \"string\"", .change = MBP_CHANGED_ALARMS),
    [INTERLOCK_ACTION] =
        MBP_ROW(CHOICE, OF(action), "action",
                "trip: the machine goes to en_panne, and does not start; permissive: it does not start",
                .usual = "trip", .words = &mbp_interlock_action_words, .change = MBP_CHANGED_ALARMS),
    [INTERLOCK_DELAY] = MBP_ROW(DURATION, OF(delay_ns), "delay", "the expression must be TRUE so long before it acts",
                                .usual = "0s", .high = MBP_YEAR, .change = MBP_CHANGED_ALARMS),
    [INTERLOCK_BYPASS] = MBP_ROW(MAP, OF(bypass), "bypass", "how it may be held off", .schema = &bypass_schema,
                                 .change = MBP_CHANGED_ALARMS),
    [INTERLOCK_MESSAGE] = MBP_ROW(TEXT, OF(message), "message", "what it says to people", .usual = "",
                                  .high = MBP_INTERLOCK_MESSAGE_MAX, .change = MBP_CHANGED_LABEL),
};
#undef OF

/* ---- its two rows ----------------------------------------------------------------------------------------------- */

static const char *bypass_message(struct mbp_reader *reader, const char *message)
{
    char text[128];
    int len = snprintf(text, sizeof text, "%s%s%s", MBP_BYPASS_MESSAGE, message[0] != '\0' ? ": " : "", message);
    return mbp_reader_keep(reader, text, (size_t)len);
}

static void complete_row(struct mbp_reader *reader, struct mbp_sensor_def *row, uint64_t longest_bypass_ns)
{
    struct mbp_alarms alarms;
    row->repeat = 1;
    mbp_complete_own(reader, row);
    if (row->sensor.alarms != NULL) {
        memcpy(&alarms, row->sensor.alarms, sizeof alarms);
        alarms.longest_bypass_ns = longest_bypass_ns;
        row->sensor.alarms = mbp_reader_share(reader, &alarms, sizeof alarms);
    }
}

static void check_interlock(struct mbp_reader *reader, void *def)
{
    struct mbp_interlock_def *interlock = def;
    bool own = mbp_def_has(&interlock->bypass.def, BYPASS_LONGEST);
    bool named = mbp_def_has(&interlock->def, INTERLOCK_NAME);
    const struct mbp_def row = {.node = interlock->def.node, .present = named ? MBP_BIT(MBP_SENSOR_NAME) : 0};
    const char *message = interlock->message != NULL ? interlock->message : "";
    reader->nameless = reader->nameless || !named;
    interlock->itself = (struct mbp_sensor_def){
        .def = row,
        .sensor = {.name = interlock->name, .label = message, .interlock = MBP_INTERLOCK},
        .common = {.delay_ns = interlock->delay_ns, .priority = MBP_PRIORITY_MEDIUM},
        .when = interlock->when,
    };
    if (interlock->action == MBP_INTERLOCK_TRIP)
        interlock->itself.sensor.trip = MBP_BIT(MBP_CONDITION);
    else
        interlock->itself.sensor.bars = MBP_BIT(MBP_CONDITION);
    interlock->bypassed = (struct mbp_sensor_def){
        .def = row,
        .sensor = {.name = interlock->name,
                   .label = bypass_message(reader, message),
                   .interlock = MBP_INTERLOCK_BYPASS},
        .common = {.priority = own || interlock->bypass.def.node != NULL ? (uint8_t)interlock->bypass.priority
                                                                         : (uint8_t)MBP_BYPASS_PRIORITY},
    };
    complete_row(reader, &interlock->itself, own ? interlock->bypass.longest_ns : MBP_BYPASS_AS_POLICY);
    complete_row(reader, &interlock->bypassed, 0);
}

const struct mbp_schema mbp_interlock_schema =
    MBP_SCHEMA("an interlock", fields, struct mbp_interlock_def, .named = true, .check = check_interlock);

/* ---- from the plant --------------------------------------------------------------------------------------------- */

/* The name is printed apart. */
void mbp_interlock_view(const struct mbp_plant *plant, uint32_t s, struct mbp_interlock_def *def)
{
    const struct mbp_sensor *interlock = &plant->sensors[s];
    const struct mbp_sensor *bypass = &plant->sensors[mbp_bypass_of_interlock(plant, s)];
    const uint64_t longest_ns = mbp_sensor_alarms(interlock)->longest_bypass_ns;
    const bool own = longest_ns != MBP_BYPASS_AS_POLICY;
    *def = (struct mbp_interlock_def){
        .def.present = MBP_BIT(INTERLOCK_WHEN) | MBP_BIT(INTERLOCK_ACTION) | MBP_BIT(INTERLOCK_DELAY) |
                       MBP_BIT(INTERLOCK_BYPASS) | MBP_BIT(INTERLOCK_MESSAGE),
        .message = interlock->label,
        .when.text = plant->formulas[interlock->when - 1].text,
        .action = interlock->trip != 0 ? MBP_INTERLOCK_TRIP : MBP_INTERLOCK_PERMISSIVE,
        .delay_ns = mbp_sensor_alarm(interlock, MBP_CONDITION)->delay_ns,
        .bypass = {.def.present = MBP_BIT(BYPASS_PRIORITY) | (own ? MBP_BIT(BYPASS_LONGEST) : 0),
                   .longest_ns = own ? longest_ns : 0,
                   .priority = bypass->priority}};
}
