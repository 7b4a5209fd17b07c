/* Notes, causes and work: told as a master tells them, answered with the event that they became, once it is durable. */
#include "people/logbook.h"

#include <stdlib.h>
#include <string.h>

#include "instruct/instruct.h"
#include "mbplant/event/comment.h"
#include "mbplant/event/logbook.h"
#include "mbplant/event/tag.h"

const char *web_work_kind_word(unsigned i)
{
    return i + MBP_WORK_CORRECTIVE < MBP_WORK_KINDS ? mbp_work_kind_name((enum mbp_work_kind)(i + MBP_WORK_CORRECTIVE))
                                                    : NULL;
}

/* ---- telling ----------------------------------------------------------------------------------------------------- */

bool web_is_told(const struct web_call *call)
{
    return mbp_journal_last(call->web->config.journal) >= call->index;
}

bool web_take_said(struct web_call *call, const struct web_arg *text, const char *key)
{
    char why[MBP_COMMENT_WHY];
    if (!text->given)
        return true;
    if (mbp_comment_check(text->text, strlen(text->text), MBP_COMMENT_MAX, why, sizeof why) != MBP_OK) {
        web_problem(call, 422, "'%s': %s", key, why);
        return false;
    }
    if (call->said_args[WEB_SAID_WHY].given) {
        web_problem(call, 400, "'%s' and 'why' are the same: one of them", key);
        return false;
    }
    call->said_args[WEB_SAID_WHY] = *text;
    return true;
}

bool web_tell(struct web_call *call, const struct mbp_unit *unit, const struct mbp_logbook_record *record)
{
    uint16_t words[MBP_LOGBOOK_WORDS];
    uint8_t request[MBP_PDU_MAX] = {
        21, 7 + 2 * MBP_LOGBOOK_WORDS, 6, MBP_LOGBOOK_FILE >> 8, MBP_LOGBOOK_FILE & 0xFF, 0, 0, 0, MBP_LOGBOOK_WORDS};
    mbp_logbook_encode(record, words);
    for (size_t i = 0; i < MBP_LOGBOOK_WORDS; i++) {
        request[9 + 2 * i] = (uint8_t)(words[i] >> 8);
        request[10 + 2 * i] = (uint8_t)words[i];
    }
    enum mbp_status status =
        web_request(call, web_image_unit(call->web, unit), request, 9 + 2 * (size_t)MBP_LOGBOOK_WORDS);
    if (status != MBP_OK && call->status == 0)
        web_refuse(call, status);
    if (status != MBP_OK)
        return false;
    if (call->web->config.before_request != NULL) /* which takes it in, between two scans */
        call->web->config.before_request(call->web->config.ctx);
    call->index = mbp_scan_told(call->web->config.scan);
    call->comment = 0; /* another text has another number */
    return true;
}

void web_answer_told(struct web_call *call)
{
    struct mbp_event event;
    if (mbp_journal_read(call->web->config.journal, call->index, 1, &event) != 1) {
        web_problem(call, 503, "the journal cannot store it just now; it will when it can");
        return;
    }
    web_put_event(call->web, &event, MBP_LANG_EN, call->out);
    call->status = 200;
}

/* ---- notes ------------------------------------------------------------------------------------------------------- */

static const struct mbp_unit *first_unit(const struct web_call *call)
{
    return &call->web->plant->units[0];
}

const struct mbp_unit *web_machine_of(const struct web_call *call, const struct mbp_event *event,
                                      struct mbp_logbook_record *record)
{
    const struct mbp_plant *plant = call->web->plant;
    const struct mbp_event_tag *tag = mbp_names_machine(mbp_journal_names(call->web->config.journal), event);
    const uint32_t m = tag != NULL ? mbp_plant_find_machine(plant, tag->name) : UINT32_MAX;
    if (m == UINT32_MAX || plant->units[plant->machines[m].unit].id != event->unit)
        return first_unit(call);
    record->machine = mbp_number_of_machine(plant, m);
    return &plant->units[plant->machines[m].unit];
}

uint32_t web_number_of(struct web_call *call, const char *text)
{
    char *end = NULL;
    unsigned long long number = text[0] >= '0' && text[0] <= '9' ? strtoull(text, &end, 10) : 0;
    if (number > 0 && number <= UINT32_MAX && *end == '\0')
        return (uint32_t)number;
    web_problem(call, 404, "'%.40s' is no number of an event", text);
    return 0;
}

bool web_find_told(struct web_call *call, uint32_t number, bool incident, struct mbp_event *event)
{
    *event = (struct mbp_event){0};
    bool found = mbp_journal_read(call->web->config.journal, number, 1, event) == 1;
    bool state = event->code == MBP_EV_MACHINE_STATE;
    unsigned to = mbp_event_state_to(event->detail);
    bool good = incident ? state && to == MBP_EN_PANNE
                         : event->code == MBP_EV_WORK_OPENED || event->code == MBP_EV_MAINTENANCE_DUE ||
                               (state && to == MBP_MAINTENANCE);
    if (!found || !good)
        web_problem(call, 404, "there is no %s %u", web_tr(call, incident ? "incident" : "work"), number);
    return found && good;
}

/* A machine or a sensor by name. */
static bool take_names(struct web_call *call, const struct web_arg *machine, const struct web_arg *sensor,
                       struct mbp_logbook_record *record, const struct mbp_unit **unit)
{
    const struct mbp_plant *plant = call->web->plant;
    uint32_t m = machine->given ? web_find_machine(plant, machine->text) : NOTHING;
    uint32_t s = sensor->given ? web_find_sensor(plant, sensor->text) : NOTHING;
    if ((machine->given && m == NOTHING) || (sensor->given && s == NOTHING)) {
        web_problem(call, 404, "the plant has no %s '%.60s'",
                    web_tr(call, machine->given && m == NOTHING ? "machine" : "sensor"),
                    machine->given && m == NOTHING ? machine->text : sensor->text);
        return false;
    }
    if (s != NOTHING) {
        record->item = mbp_item_of_sensor(plant, s);
        record->machine = mbp_number_of_machine(
            plant, plant->sensors[s].machine < plant->machine_count ? plant->sensors[s].machine : UINT32_MAX);
        *unit = &plant->units[plant->sensors[s].unit];
    } else if (m != NOTHING) {
        record->machine = mbp_number_of_machine(plant, m);
        *unit = &plant->units[plant->machines[m].unit];
    }
    return true;
}

void web_command_note(struct web_call *call)
{
    struct mbp_logbook_record record = {.command = MBP_LOGBOOK_NOTE, .machine = MBP_NONE16, .item = MBP_NONE16};
    const struct mbp_unit *unit = first_unit(call);
    if (web_arg(call, 3)->given) {
        struct mbp_event begin;
        record.number = (uint32_t)web_arg(call, 3)->number;
        if (!web_find_told(call, record.number, true, &begin))
            return;
        unit = web_machine_of(call, &begin, &record);
    }
    if (take_names(call, web_arg(call, 1), web_arg(call, 2), &record, &unit) &&
        web_take_said(call, web_arg(call, 0), "note") && web_tell(call, unit, &record))
        web_await(call, web_is_told);
}

/* One text of an incident, or two that are told one after the other, once both are known to be good. */
static bool tell_incident(struct web_call *call, const struct mbp_unit *unit, struct mbp_logbook_record *record)
{
    const struct web_arg *note = web_arg(call, 0), *cause = web_arg(call, 1);
    struct web_arg *said = &call->said_args[WEB_SAID_WHY];
    if (!web_take_said(call, note, "note"))
        return false;
    if (note->given && cause->given)
        said->given = false; /* the note's turn comes again */
    if (!web_take_said(call, cause, "cause"))
        return false;
    if (note->given && cause->given)
        *said = *note;
    record->command = MBP_LOGBOOK_NOTE;
    if (note->given && !web_tell(call, unit, record))
        return false;
    record->command = MBP_LOGBOOK_CAUSE;
    if (cause->given)
        *said = *cause;
    return !cause->given || web_tell(call, unit, record);
}

void web_command_incident(struct web_call *call)
{
    struct mbp_logbook_record record = {.machine = MBP_NONE16, .item = MBP_NONE16};
    struct mbp_event begin;
    record.number = web_number_of(call, call->name);
    if (record.number == 0 || !web_find_told(call, record.number, true, &begin))
        return;
    if (!web_arg(call, 0)->given && !web_arg(call, 1)->given) {
        web_problem(call, 400, "give 'note' or 'cause'");
        return;
    }
    const struct mbp_unit *unit = web_machine_of(call, &begin, &record);
    if (tell_incident(call, unit, &record))
        web_await(call, web_is_told);
}

/* ---- work -------------------------------------------------------------------------------------------------------- */

static bool take_span(struct web_call *call, const struct web_arg *arg, const char *key, uint32_t *seconds)
{
    uint64_t ns = 0;
    if (!arg->given)
        return true;
    if (mbp_duration_parse(arg->text, &ns) == MBP_OK && ns >= MBP_NS_PER_S && ns / MBP_NS_PER_S <= UINT32_MAX) {
        *seconds = (uint32_t)(ns / MBP_NS_PER_S);
        return true;
    }
    web_problem(call, 422, "'%s' cannot be '%.40s': it is a time like 3d or 2h", key, arg->text);
    return false;
}

enum { WORK_MACHINE, WORK_WHAT, WORK_KIND, WORK_DUE, WORK_DUE_RUNNING, WORK_DUE_PRODUCTS, WORK_TAKES, WORK_WHEN };

static bool take_due(struct web_call *call, struct mbp_logbook_record *record)
{
    const struct web_arg *products = web_arg(call, WORK_DUE_PRODUCTS);
    unsigned given =
        (unsigned)web_arg(call, WORK_DUE)->given + web_arg(call, WORK_DUE_RUNNING)->given + products->given;
    unsigned due = web_arg(call, WORK_DUE)->given           ? MBP_DUE_TIME
                   : web_arg(call, WORK_DUE_RUNNING)->given ? MBP_DUE_RUNNING
                   : products->given                        ? MBP_DUE_PRODUCTS
                                                            : MBP_DUE_NEVER;
    if (given > 1) {
        web_problem(call, 400, "give one of 'due', 'due_running', 'due_products'");
        return false;
    }
    record->kind = (uint16_t)(record->kind | due << 8);
    if (products->given)
        record->due = (uint32_t)products->number;
    return take_span(call, web_arg(call, WORK_DUE), "due", &record->due) &&
           take_span(call, web_arg(call, WORK_DUE_RUNNING), "due_running", &record->due);
}

/* What the plant file says of such work cannot be said here too. */
static void open_by_condition(struct web_call *call)
{
    static const unsigned others[] = {WORK_KIND, WORK_DUE, WORK_DUE_RUNNING, WORK_DUE_PRODUCTS, WORK_TAKES};
    const char *name = web_arg(call, WORK_MACHINE)->text;
    const uint32_t machine = web_find_machine(call->web->plant, name);
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        if (!web_arg(call, others[i])->given)
            continue;
        web_problem(call, 400,
                    "'when' goes alone: such work is preventive, due by its condition, and takes what the "
                    "plant file says");
        return;
    }
    if (machine == NOTHING)
        web_problem(call, 404, "the plant has no %s '%.60s'", web_tr(call, "machine"), name);
    else if (web_take_said(call, web_arg(call, WORK_WHAT), "what"))
        web_open_by_condition(call, machine, web_arg(call, WORK_WHEN)->text);
}

void web_answer_work(struct web_call *call)
{
    if (web_arg(call, WORK_WHEN)->given)
        web_answer_condition(call);
    else
        web_answer_told(call);
}

void web_command_work(struct web_call *call)
{
    if (web_arg(call, WORK_WHEN)->given) {
        open_by_condition(call);
        return;
    }
    static const struct web_arg none = {.given = false};
    struct mbp_logbook_record record = {.command = MBP_LOGBOOK_WORK_OPENED, .item = MBP_NONE16};
    const struct mbp_unit *unit = first_unit(call);
    const struct web_arg *kind = web_arg(call, WORK_KIND);
    record.kind =
        kind->given && strcmp(kind->text, web_work_kind_word(1)) == 0 ? MBP_WORK_PREVENTIVE : MBP_WORK_CORRECTIVE;
    if (take_names(call, web_arg(call, WORK_MACHINE), &none, &record, &unit) && take_due(call, &record) &&
        take_span(call, web_arg(call, WORK_TAKES), "takes", &record.planned_s) &&
        web_take_said(call, web_arg(call, WORK_WHAT), "what") && web_tell(call, unit, &record))
        web_await(call, web_is_told);
}

/* ---- what is answered (src/report/history.c) -----------------------------------------------------------------------
 */

#define INCIDENT_FIELDS                                                                                                \
    {ROW("number", "that of its first event", WEB_COUNT)}, {ROW("machine", "that failed", WEB_TEXT)},                  \
        {ROW("unit", "Modbus unit", WEB_COUNT)}, {ROW("lasts", "it is not over", WEB_FLAG)},                           \
        {ROW("machine_removed", "which ended it", WEB_FLAG)}, {ROW("begin", "of the wall clock", WEB_TIME)},           \
        {ROW("end", "the return to service", WEB_TIME), .nullable = true},                                             \
        {ROW("end_event", "its number", WEB_COUNT), .nullable = true},                                                 \
        {ROW("down_s", "of the plant's time", WEB_NUMBER)},                                                            \
        {ROW("repair_s", "until the return, or now; 0: never", WEB_NUMBER)},                                           \
        {ROW("maintenance_s", "of it in maintenance", WEB_NUMBER)},                                                    \
        {ROW("first_out", "the sensor that tripped it; empty: none", WEB_TEXT)},                                       \
        {ROW("alarm", "of it; empty: none, or not known", WEB_TEXT)}, {ROW("text", "why, in words", WEB_TEXT)},        \
        {ROW("by", "who asked for it; empty: nobody", WEB_TEXT)},                                                      \
        {ROW("why", "what he said; empty: nothing", WEB_TEXT)},                                                        \
        {ROW("cause", "why it happened, as somebody said last", WEB_TEXT)}, {ROW("cause_by", "who", WEB_TEXT)},        \
    {                                                                                                                  \
        ROW("notes", "how many", WEB_COUNT)                                                                            \
    }

static const struct web_field incident_fields[] = {INCIDENT_FIELDS};
const struct web_noun web_incident_noun = WEB_NOUN("Incident", incident_fields);

static const struct web_field whole_incident_fields[] = {
    INCIDENT_FIELDS,
    {ROW("alarms", "raised on the machine meanwhile, beside the first", WEB_COUNT)},
    {ROW("acknowledged", "the alarm that tripped it, for the first time", WEB_TIME), .nullable = true},
    {ROW("acknowledged_by", "who", WEB_TEXT)},
    {ROW("events", "that belong to it", WEB_OBJECTS), .noun = &web_event_noun},
};
const struct web_noun web_whole_incident_noun = WEB_NOUN("WholeIncident", whole_incident_fields);

static const struct web_field work_fields[] = {
    {ROW("number", "that of its first event", WEB_COUNT)},
    {ROW("machine", "that it is on", WEB_TEXT)},
    {ROW("unit", "Modbus unit", WEB_COUNT)},
    {ROW("kind", "corrective or preventive", WEB_TEXT), .word = web_work_kind_word},
    {ROW("state", "open, started, done or cancelled", WEB_TEXT)},
    {ROW("overdue", "it is due and not started", WEB_FLAG)},
    {ROW("by_state", "the machine's stay in maintenance, which nobody opened", WEB_FLAG)},
    {ROW("machine_removed", "which ended it", WEB_FLAG)},
    {ROW("opened", "of the wall clock", WEB_TIME), .nullable = true},
    {ROW("opened_by", "who", WEB_TEXT)},
    {ROW("why", "what is to be done", WEB_TEXT)},
    {ROW("due", "never, or by time, running, products, condition", WEB_TEXT)},
    {ROW("due_left", "seconds or products, < 0 overdue", WEB_NUMBER), .nullable = true},
    {ROW("planned_s", "0: not said", WEB_NUMBER)},
    {ROW("started", "of the wall clock", WEB_TIME), .nullable = true},
    {ROW("started_by", "who", WEB_TEXT)},
    {ROW("done", "of the wall clock", WEB_TIME), .nullable = true},
    {ROW("done_by", "who", WEB_TEXT)},
    {ROW("cancelled", "of the wall clock", WEB_TIME), .nullable = true},
    {ROW("cancelled_by", "who", WEB_TEXT)},
    {ROW("result", "what was said then: what was done, or why not", WEB_TEXT)},
    {ROW("real_s", "from start to end, or now, of the plant's time", WEB_NUMBER)},
};
const struct web_noun web_work_noun = WEB_NOUN("Work", work_fields);
