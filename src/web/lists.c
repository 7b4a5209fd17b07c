/* Lists of machines, sensors, actuators, controllers, alarms and events, and one of each. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lists.h"
#include "mbplant/journal/sparse.h"
#include "mbplant/plant/interlock.h"

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

void web_separate(struct web_flow *flow, FILE *out)
{
    fputs(flow->begun ? ",\n" : "", out);
    flow->begun = true;
    flow->left--;
}

/* `?machine=` of lists whose items belong to one. */
enum { WANT_MACHINE, WANT_ALARM_STATE, WANT_PRIORITY, WANT_FORMAT, WANT_SENSOR, WANT_LANG };

bool web_want_machine(struct web_call *call, struct web_flow *flow, const struct web_arg *arg)
{
    flow->want[WANT_MACHINE] = NOTHING;
    if (!arg->given)
        return true;
    uint32_t machine = web_find_machine(call->web->plant, arg->text);
    flow->want[WANT_MACHINE] = machine;
    if (machine == NOTHING)
        web_unknown(call, WEB_MACHINES, arg->text, ""); /* the flow is gone with it */
    return machine != NOTHING;
}

bool web_machine_wanted(const struct web_flow *flow, uint32_t machine)
{
    return flow->want[WANT_MACHINE] == NOTHING || flow->want[WANT_MACHINE] == machine;
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
        if (!(is(plant, i)) || !web_machine_wanted(flow, machine_of(plant, i)))                                        \
            return true;                                                                                               \
        web_separate(flow, out);                                                                                       \
        web_put_##noun(flow->web, i, out);                                                                             \
        return true;                                                                                                   \
    }                                                                                                                  \
    void web_serve_##noun##s(struct web_call *call)                                                                    \
    {                                                                                                                  \
        struct web_flow *flow = web_flow_new(call, next_##noun);                                                       \
        static const struct web_arg none;                                                                              \
        if (flow != NULL)                                                                                              \
            web_want_machine(call, flow, call->route->param_count > 0 ? web_arg(call, 0) : &none);                     \
    }
DEFINE_ALL(machine, MACHINE_OF_MACHINE, IS_ANY)
DEFINE_ALL(sensor, MACHINE_OF_SENSOR, IS_SENSOR)
DEFINE_ALL(actuator, MACHINE_OF_ACTUATOR, IS_ANY)
DEFINE_ALL(controller, MACHINE_OF_CONTROLLER, IS_ANY)

/* ---- alarms ------------------------------------------------------------------------------------------------------ */

static bool is_active(const struct mbp_web *web, uint32_t sensor, unsigned alarm)
{
    return (web->state->active[sensor] >> alarm & 1u) != 0;
}

static bool alarm_wanted(const struct web_flow *flow, uint32_t sensor, unsigned alarm)
{
    const struct mbp_sensor *of = &flow->web->plant->sensors[sensor];
    uint32_t state = (uint32_t)mbp_alarm_state(flow->web->state, sensor, alarm);
    uint32_t priority = mbp_sensor_alarm(of, alarm)->priority;
    uint32_t wanted = flow->want[WANT_ALARM_STATE];
    bool all = flow->want[WANT_SENSOR] != NOTHING; /* of one sensor what it has */
    bool state_is = wanted == NOTHING                 ? all || web_tells_alarm(flow->web, sensor, alarm)
                    : wanted == MBP_ALARM_STATE_COUNT ? is_active(flow->web, sensor, alarm)
                                                      : state == wanted;
    return state_is && web_has_alarm(flow->web, sensor, alarm) && web_machine_wanted(flow, of->machine) &&
           (flow->want[WANT_PRIORITY] == NOTHING || flow->want[WANT_PRIORITY] == priority);
}

/* Of a list of more than one sensor's: that has what it has. */
static bool bypass_wanted(const struct web_flow *flow, uint32_t sensor, unsigned alarm)
{
    const struct mbp_plant *plant = flow->web->plant;
    uint32_t state = flow->want[WANT_ALARM_STATE];
    bool state_is = state == NOTHING || state == MBP_ALARM_STATE_COUNT || state == MBP_ALARM_ACKNOWLEDGED;
    return state_is && flow->want[WANT_SENSOR] == NOTHING &&
           (mbp_bypassed_alarms(plant, flow->web->state, sensor) >> alarm & 1u) != 0 &&
           web_machine_wanted(flow, plant->sensors[sensor].machine) &&
           (flow->want[WANT_PRIORITY] == NOTHING || flow->want[WANT_PRIORITY] == MBP_BYPASS_PRIORITY);
}

static bool next_alarms(struct web_flow *flow, FILE *out)
{
    if (flow->at >= flow->end)
        return false;
    uint32_t sensor = (uint32_t)flow->at++;
    for (unsigned a = 0; a < MBP_ALARM_COUNT; a++) {
        if (alarm_wanted(flow, sensor, a)) {
            web_separate(flow, out);
            web_put_alarm(flow->web, sensor, a, out);
        }
        if (bypass_wanted(flow, sensor, a)) {
            web_separate(flow, out);
            web_put_bypass(flow->web, sensor, a, out);
        }
    }
    return true;
}

static uint32_t word_index(const struct web_arg *arg, const char *(*word)(unsigned i))
{
    for (unsigned i = 0; arg->given && word(i) != NULL; i++) {
        if (web_word_is(word(i), arg->text))
            return i;
    }
    return NOTHING;
}

void web_serve_alarms(struct web_call *call)
{
    struct web_flow *flow = web_flow_new(call, next_alarms);
    if (flow == NULL)
        return;
    const struct web_arg *sensor = web_arg(call, 3);
    uint32_t alone = sensor->given ? web_find_sensor(call->web->plant, sensor->text) : NOTHING;
    if (sensor->given && alone == NOTHING) {
        web_unknown(call, WEB_SENSORS, sensor->text, "");
        return;
    }
    flow->at = sensor->given ? alone : 0;
    flow->end = sensor->given ? alone + 1 : call->web->plant->sensor_count;
    flow->want[WANT_SENSOR] = alone;
    flow->want[WANT_ALARM_STATE] = word_index(web_arg(call, 0), web_alarm_filter_word);
    flow->want[WANT_PRIORITY] = word_index(web_arg(call, 2), web_priority_word);
    web_want_machine(call, flow, web_arg(call, 1));
}

/* One alarm; of a sensor's name all that it has, as a list would not say: the first that is not normal, else its first.
 */
void web_serve_alarm(struct web_call *call)
{
    unsigned alarm;
    uint32_t bypassed = web_bypass_named(call->web, call->name, &alarm);
    if (bypassed != NOTHING) {
        web_put_bypass(call->web, bypassed, alarm, call->out);
        putc('\n', call->out);
        return;
    }
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

struct mbp_telling web_telling(const struct mbp_web *web, enum mbp_lang lang)
{
    return (struct mbp_telling){web->plant, mbp_journal_names(web->config.journal), lang};
}

static bool is_about(const struct mbp_web *web, const struct mbp_event *event, uint32_t machine)
{
    const struct mbp_telling by = web_telling(web, MBP_LANG_EN);
    struct mbp_event_tag tag;
    return mbp_event_machine(&by, event, &tag) && strcmp(tag.name, web->plant->machines[machine].name) == 0;
}

static bool event_wanted(const struct web_flow *flow, const struct mbp_event *event)
{
    uint32_t machine = flow->want[WANT_MACHINE];
    bool machine_is = machine == NOTHING || is_about(flow->web, event, machine);
    bool code_is = flow->all_codes || (event->code < MBP_EVENT_CODES && flow->codes[event->code]);
    return machine_is && code_is && mbp_moments_hold(&flow->since, &flow->until, event);
}

static void put_event(const struct mbp_web *web, const struct mbp_event *event, enum mbp_lang lang,
                      enum mbp_format format, FILE *out)
{
    const struct mbp_telling by = web_telling(web, lang);
    char comment[MBP_COMMENT_MAX + 1];
    struct mbp_event_beside beside = {.comment = mbp_journal_comment(web->config.journal, event, comment)};
    beside.has_check = format != MBP_FORMAT_CSV && mbp_journal_check(web->config.journal, event, &beside.check);
    mbp_report_event(&by, event, &beside, format, out);
}

void web_put_event(const struct mbp_web *web, const struct mbp_event *event, enum mbp_lang lang, FILE *out)
{
    put_event(web, event, lang, MBP_FORMAT_JSON, out);
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
    enum mbp_lang lang = (enum mbp_lang)flow->want[WANT_LANG];
    if (!flow->lines) {
        web_separate(flow, out);
        put_event(flow->web, event, lang, format, out);
        return;
    }
    if (!flow->begun)
        mbp_report_event_header(format, out);
    flow->begun = true;
    flow->left--;
    put_event(flow->web, event, lang, format, out);
}

/* Back towards the first of the newest ones that are wanted, a step at a time as forward. */
static void seek_events(struct web_flow *flow)
{
    struct mbp_event events[EVENTS_AT_ONCE];
    struct mbp_journal *journal = flow->web->config.journal;
    const uint64_t oldest = mbp_journal_oldest(journal);
    const uint64_t first = flow->at > oldest + EVENTS_AT_ONCE ? flow->at - EVENTS_AT_ONCE : oldest;
    size_t count =
        flow->at > first ? mbp_journal_read_sparse(journal, (uint32_t)first, (size_t)(flow->at - first), events) : 0;
    while (count > 0 && events[count - 1].seq >= flow->at)
        count--; /* some are missing, so it went further */
    flow->at = first;
    for (; count > 0 && flow->sought > 0; count--) {
        flow->sought -= event_wanted(flow, &events[count - 1]) ? 1 : 0;
        if (flow->sought == 0)
            flow->at = events[count - 1].seq;
    }
    if (first == oldest)
        flow->sought = 0;
}

static bool next_events(struct web_flow *flow, FILE *out)
{
    struct mbp_event events[EVENTS_AT_ONCE];
    if (flow->sought > 0) {
        seek_events(flow);
        return true;
    }
    size_t count = mbp_journal_read_sparse(flow->web->config.journal, (uint32_t)flow->at, EVENTS_AT_ONCE, events);
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

static bool want_codes(struct web_call *call, struct web_flow *flow, const struct web_arg *arg)
{
    char word[MBP_EVENT_CODE_WORD];
    const char *nearest;
    flow->all_codes = !arg->given;
    if (!arg->given || mbp_event_codes_find(arg->text, flow->codes, word, &nearest) == MBP_OK)
        return true;
    web_problem(call, 400,
                "'code' cannot be '%s': it is a word of the journal such as 'alarm raised', its beginning, or its "
                "number%s%s%s",
                word, nearest != NULL ? web_tr(call, "; did you mean '") : "", nearest != NULL ? nearest : "",
                nearest != NULL ? web_tr(call, "'?") : "");
    return false;
}

/* The newest `limit` ones unless it is said from where on: then those behind it. */
void web_serve_events(struct web_call *call)
{
    const struct web_arg *limit = web_arg(call, 4);
    struct mbp_journal *journal = call->web->config.journal;
    struct web_flow *flow = web_flow_new(call, next_events);
    if (flow == NULL)
        return;
    uint32_t format = word_index(web_arg(call, 5), web_event_format_word);
    flow->want[WANT_LANG] = web_lang_of(web_arg(call, 6));
    flow->want[WANT_FORMAT] = event_formats[format != NOTHING ? format : 0];
    flow->lines = format != NOTHING && format > 0;
    if (flow->lines)
        call->type = web_event_types[format - 1];
    flow->left = limit->given ? (uint64_t)limit->number : 100u;
    flow->end = mbp_journal_last(journal);
    if (!web_want_machine(call, flow, web_arg(call, 3)) || !web_moment(call, 0, false, &flow->since) ||
        !web_moment(call, 1, true, &flow->until))
        return;
    if (flow->until.kind == MBP_MOMENT_EVENT && flow->until.seq < flow->end)
        flow->end = flow->until.seq;
    if (!want_codes(call, flow, web_arg(call, 2)))
        return;
    uint32_t oldest = mbp_journal_oldest(journal);
    flow->at = oldest;
    if (flow->since.kind == MBP_MOMENT_EVENT && flow->since.seq > oldest)
        flow->at = flow->since.seq;
    if (web_arg(call, 0)->given)
        return;
    bool narrowed = !flow->all_codes || web_arg(call, 3)->given || flow->until.kind == MBP_MOMENT_TIME;
    if (narrowed) {
        flow->at = flow->end + 1;
        flow->sought = flow->left;
    } else if (flow->end + 1 > flow->left + oldest) {
        flow->at = flow->end + 1 - flow->left;
    }
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
    {ROW("check", "its check value (mbplant-map(7)); null: not looked up", WEB_COUNT), .nullable = true},
};
const struct web_noun web_event_noun = WEB_NOUN("Event", event_fields);
