/* Lists of machines, sensors, actuators, controllers, alarms and events, and one of each. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lists.h"

/* ---- one --------------------------------------------------------------------------------------------------------- */

#define DEFINE_ONE(noun)                                                                                               \
    void web_serve_##noun(struct web_call *call)                                                                       \
    {                                                                                                                  \
        uint32_t i = web_##noun##_named(call);                                                                         \
        if (i == NOTHING)                                                                                              \
            return;                                                                                                    \
        web_put_##noun(call->web, i, call->out);                                                                       \
        putc('\n', call->out);                                                                                         \
    }
DEFINE_ONE(machine)
DEFINE_ONE(sensor)
DEFINE_ONE(actuator)
DEFINE_ONE(controller)

/* ---- all --------------------------------------------------------------------------------------------------------- */

static void separate(struct web_flow *flow, FILE *out)
{
    fputs(flow->begun ? ",\n" : "", out);
    flow->begun = true;
    flow->left--;
}

/* `?machine=` of lists whose items belong to one. */
enum { WANT_MACHINE, WANT_ALARM_STATE, WANT_PRIORITY, WANT_CODE = 3, WANT_FORMAT };

static bool want_machine(struct web_call *call, struct web_flow *flow, const struct web_arg *arg)
{
    flow->want[WANT_MACHINE] = NOTHING;
    if (!arg->given)
        return true;
    uint32_t machine = web_find_machine(call->web->plant, arg->text);
    flow->want[WANT_MACHINE] = machine;
    if (machine == NOTHING)
        web_problem(call, 404, "the plant has no machine '%.60s'", arg->text); /* the flow is gone with it */
    return machine != NOTHING;
}

#define IS_ANY(plant, i)                true
#define IS_SENSOR(plant, i)             !(plant)->sensors[i].is_alarm /* which the list of alarms has */
#define MACHINE_OF_MACHINE(plant, i)    (i)
#define MACHINE_OF_SENSOR(plant, i)     (plant)->sensors[i].machine
#define MACHINE_OF_ACTUATOR(plant, i)   (plant)->actuators[i].machine
#define MACHINE_OF_CONTROLLER(plant, i) (plant)->controllers[i].machine

#define DEFINE_ALL(noun, machine_of, is)                                                                               \
    static bool next_##noun(struct web_flow *flow, FILE *out)                                                          \
    {                                                                                                                  \
        const struct mbp_plant *plant = flow->web->plant;                                                              \
        if (flow->at >= plant->noun##_count)                                                                           \
            return false;                                                                                              \
        uint32_t i = (uint32_t)flow->at++;                                                                             \
        if (!(is(plant, i)) ||                                                                                         \
            (flow->want[WANT_MACHINE] != NOTHING && machine_of(plant, i) != flow->want[WANT_MACHINE]))                 \
            return true;                                                                                               \
        separate(flow, out);                                                                                           \
        web_put_##noun(flow->web, i, out);                                                                             \
        return true;                                                                                                   \
    }                                                                                                                  \
    void web_serve_##noun##s(struct web_call *call)                                                                    \
    {                                                                                                                  \
        struct web_flow *flow = web_flow_new(call, next_##noun);                                                       \
        static const struct web_arg none;                                                                              \
        if (flow != NULL)                                                                                              \
            want_machine(call, flow, call->route->param_count > 0 ? web_arg(call, 0) : &none);                         \
    }
DEFINE_ALL(machine, MACHINE_OF_MACHINE, IS_ANY)
DEFINE_ALL(sensor, MACHINE_OF_SENSOR, IS_SENSOR)
DEFINE_ALL(actuator, MACHINE_OF_ACTUATOR, IS_ANY)
DEFINE_ALL(controller, MACHINE_OF_CONTROLLER, IS_ANY)

/* ---- alarms ------------------------------------------------------------------------------------------------------ */

static bool alarm_wanted(const struct web_flow *flow, uint32_t sensor, unsigned alarm)
{
    const struct mbp_sensor *of = &flow->web->plant->sensors[sensor];
    uint32_t state = (uint32_t)mbp_alarm_state(flow->web->state, sensor, alarm);
    uint32_t priority = mbp_sensor_alarm(of, alarm)->priority;
    bool state_is =
        flow->want[WANT_ALARM_STATE] == NOTHING ? state != MBP_ALARM_NORMAL : state == flow->want[WANT_ALARM_STATE];
    return state_is && web_has_alarm(flow->web, sensor, alarm) &&
           (flow->want[WANT_MACHINE] == NOTHING || flow->want[WANT_MACHINE] == of->machine) &&
           (flow->want[WANT_PRIORITY] == NOTHING || flow->want[WANT_PRIORITY] == priority);
}

static bool next_alarms(struct web_flow *flow, FILE *out)
{
    if (flow->at >= flow->end)
        return false;
    uint32_t sensor = (uint32_t)flow->at++;
    for (unsigned a = 0; a < MBP_ALARM_COUNT; a++) {
        if (!alarm_wanted(flow, sensor, a))
            continue;
        separate(flow, out);
        web_put_alarm(flow->web, sensor, a, out);
    }
    return true;
}

static uint32_t word_index(const struct web_arg *arg, const char *(*word)(unsigned i))
{
    for (unsigned i = 0; arg->given && word(i) != NULL; i++) {
        if (strcasecmp(word(i), arg->text) == 0)
            return i;
    }
    return NOTHING;
}

void web_serve_alarms(struct web_call *call)
{
    struct web_flow *flow = web_flow_new(call, next_alarms);
    if (flow == NULL)
        return;
    flow->end = call->web->plant->sensor_count;
    flow->want[WANT_ALARM_STATE] = word_index(web_arg(call, 0), web_alarm_state_word);
    flow->want[WANT_PRIORITY] = word_index(web_arg(call, 2), web_priority_word);
    want_machine(call, flow, web_arg(call, 1));
}

/* One alarm; of a sensor's name all that it has, as a list would not say: the first that is not normal, else its first.
 */
void web_serve_alarm(struct web_call *call)
{
    unsigned alarm;
    uint32_t sensor = web_alarm_named(call, &alarm);
    for (unsigned a = 0; a < MBP_ALARM_COUNT && sensor != NOTHING && alarm == MBP_ALARM_COUNT; a++) {
        if (web_has_alarm(call->web, sensor, a) && mbp_alarm_state(call->web->state, sensor, a) != MBP_ALARM_NORMAL)
            alarm = a;
    }
    for (unsigned a = 0; a < MBP_ALARM_COUNT && sensor != NOTHING && alarm == MBP_ALARM_COUNT; a++) {
        if (web_has_alarm(call->web, sensor, a))
            alarm = a;
    }
    if (sensor == NOTHING)
        return;
    if (alarm == MBP_ALARM_COUNT) {
        web_problem(call, 404, "%s has no alarms", call->web->plant->sensors[sensor].name);
        return;
    }
    web_put_alarm(call->web, sensor, alarm, call->out);
    putc('\n', call->out);
}

/* ---- events ------------------------------------------------------------------------------------------------------ */

#define EVENTS_AT_ONCE 32u

struct mbp_telling web_telling(const struct mbp_web *web)
{
    return (struct mbp_telling){web->plant, mbp_journal_names(web->config.journal), MBP_LANG_EN};
}

static bool is_about(const struct mbp_web *web, const struct mbp_event *event, uint32_t machine)
{
    const struct mbp_telling by = web_telling(web);
    struct mbp_event_tag tag;
    return mbp_event_machine(&by, event, &tag) && strcmp(tag.name, web->plant->machines[machine].name) == 0;
}

static bool event_wanted(const struct web_flow *flow, const struct mbp_event *event)
{
    uint32_t machine = flow->want[WANT_MACHINE];
    bool machine_is = machine == NOTHING || is_about(flow->web, event, machine);
    bool code_is = flow->want[WANT_CODE] == NOTHING || flow->want[WANT_CODE] == event->code;
    return machine_is && code_is && mbp_moments_hold(&flow->since, &flow->until, event);
}

static void put_event(const struct mbp_web *web, const struct mbp_event *event, enum mbp_format format, FILE *out)
{
    const struct mbp_telling by = web_telling(web);
    char comment[MBP_COMMENT_MAX + 1];
    const struct mbp_event_beside beside = {.comment = mbp_journal_comment(web->config.journal, event, comment)};
    mbp_report_event(&by, event, &beside, format, out);
}

void web_put_event(const struct mbp_web *web, const struct mbp_event *event, FILE *out)
{
    put_event(web, event, MBP_FORMAT_JSON, out);
}

static const enum mbp_format event_formats[] = {MBP_FORMAT_JSON, MBP_FORMAT_CSV, MBP_FORMAT_JSONL};
const char *const web_event_types[] = {"text/csv; charset=utf-8", "application/jsonl", NULL}; /* but JSON */

const char *web_event_format_word(unsigned i)
{
    return i < COUNT_OF(event_formats) ? mbp_format_name(event_formats[i]) : NULL;
}

/* An array, or a line each. */
static void put_next_event(struct web_flow *flow, const struct mbp_event *event, FILE *out)
{
    enum mbp_format format = (enum mbp_format)flow->want[WANT_FORMAT];
    if (!flow->lines) {
        separate(flow, out);
        put_event(flow->web, event, format, out);
        return;
    }
    if (!flow->begun)
        mbp_report_event_header(format, out);
    flow->begun = true;
    flow->left--;
    put_event(flow->web, event, format, out);
}

static bool next_events(struct web_flow *flow, FILE *out)
{
    struct mbp_event events[EVENTS_AT_ONCE];
    size_t count = mbp_journal_read(flow->web->config.journal, (uint32_t)flow->at, EVENTS_AT_ONCE, events);
    for (size_t i = 0; i < count && flow->left > 0; i++) {
        flow->at = events[i].seq + 1u;
        if (events[i].seq > flow->end)
            return false;
        if (!event_wanted(flow, &events[i]))
            continue;
        put_next_event(flow, &events[i], out);
    }
    return count > 0;
}

/* The newest `limit` ones unless it is said from where on: then those behind it. */
void web_serve_events(struct web_call *call)
{
    const struct web_arg *code = web_arg(call, 2);
    const struct web_arg *limit = web_arg(call, 4);
    struct mbp_journal *journal = call->web->config.journal;
    struct web_flow *flow = web_flow_new(call, next_events);
    if (flow == NULL)
        return;
    uint32_t format = word_index(web_arg(call, 5), web_event_format_word);
    flow->want[WANT_FORMAT] = event_formats[format != NOTHING ? format : 0];
    flow->lines = format != NOTHING && format > 0;
    if (flow->lines)
        call->type = web_event_types[format - 1];
    flow->want[WANT_CODE] = NOTHING;
    flow->left = limit->given ? (uint64_t)limit->number : 100u;
    flow->end = mbp_journal_last(journal);
    if (!want_machine(call, flow, web_arg(call, 3)) || !web_moment(call, 0, false, &flow->since) ||
        !web_moment(call, 1, true, &flow->until))
        return;
    if (flow->until.kind == MBP_MOMENT_EVENT)
        flow->end = flow->until.seq;
    if (code->given) {
        flow->want[WANT_CODE] = mbp_event_code_find(code->text);
        if (flow->want[WANT_CODE] == 0) {
            web_problem(call, 400, "'code' cannot be '%.60s': it is a word of the journal such as 'alarm raised'",
                        code->text);
            return;
        }
    }
    uint32_t oldest = mbp_journal_oldest(journal);
    bool narrowed = code->given || web_arg(call, 3)->given || web_arg(call, 0)->given;
    if (flow->since.kind == MBP_MOMENT_EVENT)
        flow->at = flow->since.seq > oldest ? flow->since.seq : oldest;
    else if (!narrowed && flow->end + 1 > flow->left + oldest)
        flow->at = flow->end + 1 - flow->left;
    else
        flow->at = oldest;
}

/* The keys of the journal's lines (src/report/event_line.c). */
static const struct web_field event_fields[] = {
    {ROW("seq", "its number, without gaps", WEB_COUNT)},
    {ROW("time", "of the wall clock", WEB_TEXT)},
    {ROW("time_ms", "the same, since 1970", WEB_COUNT)},
    {ROW("scan", "in which it was found", WEB_COUNT)},
    {ROW("code", "what happened", WEB_TEXT)},
    {ROW("code_number", "the same", WEB_COUNT)},
    {ROW("unit", "Modbus unit", WEB_COUNT), .nullable = true},
    {ROW("machine", "its name, or empty", WEB_TEXT)},
    {ROW("machine_index", "the unit's id of that name", WEB_COUNT), .nullable = true},
    {ROW("sensor", "name of a sensor, actuator or controller, or empty", WEB_TEXT)},
    {ROW("sensor_index", "the unit's id of that name", WEB_COUNT), .nullable = true},
    {ROW("value", "of the event", WEB_NUMBER), .nullable = true},
    {ROW("limit", "of the event", WEB_NUMBER), .nullable = true},
    {ROW("unit_text", "of measurement", WEB_TEXT)},
    {ROW("peer", "who did it; empty: the plant itself", WEB_TEXT)},
    {ROW("actor", "the same: the journal's number; 0: the plant itself", WEB_COUNT)},
    {ROW("alarm", "that caused it; empty: none", WEB_TEXT)},
    {ROW("detail", "as README says for each code", WEB_COUNT)},
    {ROW("text", "a sentence", WEB_TEXT)},
    {ROW("comment", "kept with it; empty: none", WEB_TEXT)},
};
const struct web_noun web_event_noun = WEB_NOUN("Event", event_fields);
