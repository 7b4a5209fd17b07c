/* Commands of alarms: what they write, and what is answered once a scan has taken it in. */
#include <string.h>
#include <strings.h>

#include "commands.h"
#include "lists.h"
#include "machine/already.h"
#include "mbplant/image/alarm_command.h"
#include "mbplant/plant/interlock.h"
#include "plant.h"

static const struct alarm_command {
    const char *done;
    enum mbp_write_kind sensor, machine; /* MBP_WRITE_NONE: there is no such command of a whole machine */
    uint16_t value;
    enum mbp_alarm_deed alone;
} alarm_commands[] = {
    [WEB_ALARM_ACK] = {"acknowledged", MBP_WRITE_ACKNOWLEDGE_SENSOR, MBP_WRITE_ACKNOWLEDGE, 1, MBP_DEED_ACKNOWLEDGE},
    [WEB_ALARM_RESET] = {"reset", MBP_WRITE_RESET_SENSOR, MBP_WRITE_RESET, 1, MBP_DEED_RESET},
    [WEB_ALARM_SHELVE] = {"shelved", MBP_WRITE_SHELVED, MBP_WRITE_SHELVE_ALL, 1, MBP_DEED_SHELVE},
    [WEB_ALARM_UNSHELVE] = {"unshelved", MBP_WRITE_SHELVED, MBP_WRITE_NONE, 0, MBP_DEED_UNSHELVE},
    [WEB_ALARM_REMOVE] = {"taken out of service", MBP_WRITE_SERVICE, MBP_WRITE_NONE, 1, MBP_DEED_REMOVE},
    [WEB_ALARM_BYPASS] = {"bypassed", MBP_WRITE_NONE, MBP_WRITE_NONE, 0, MBP_DEED_BYPASS},
    [WEB_ALARM_RESTORE] = {"armed", MBP_WRITE_NONE, MBP_WRITE_NONE, 0, MBP_DEED_RESTORE},
    [WEB_ALARM_RETURN] = {"returned to service", MBP_WRITE_SERVICE, MBP_WRITE_NONE, 0, MBP_DEED_RETURN},
};

/* `for`: a duration, or once. False: a problem is answered. */
static bool take_span(struct web_call *call, const struct web_arg *span, double *seconds)
{
    uint64_t ns;
    *seconds = 0;
    if (!span->given)
        return true;
    if (strcasecmp(span->text, "once") == 0) {
        *seconds = MBP_SHELVE_ONCE;
        return true;
    }
    if (mbp_duration_parse(span->text, &ns) == MBP_OK && ns >= MBP_NS_PER_S && ns / MBP_NS_PER_S < MBP_SHELVE_ONCE) {
        ns /= MBP_NS_PER_S;
        *seconds = (double)ns;
        return true;
    }
    web_problem(call, 400, "'for' must be a duration from 1s to 65533s such as 30min, or once");
    return false;
}

static bool command_record(struct web_call *call, const struct alarm_command *command, uint32_t sensor, unsigned alarm);

static bool command_sensor(struct web_call *call, const struct alarm_command *command, uint32_t sensor)
{
    struct web_write write;
    double seconds = 0;
    bool shelve = call->route->sub == WEB_ALARM_SHELVE;
    const struct mbp_unit *unit = web_unit_at(call, call->web->plant->sensors[sensor].unit);
    bool alone =
        command->alone >= MBP_DEED_BYPASS || command->alone == MBP_DEED_UNSHELVE || command->alone == MBP_DEED_RETURN;
    if (alone && web_image_unit(call->web, unit)->record < MBP_ADDRESSES) /* what hides single alarms of it too */
        return command_record(call, command, sensor, MBP_RECORD_ALL);
    if (shelve && !take_span(call, web_arg(call, 0), &seconds))
        return false;
    enum mbp_write_kind kind = seconds > 0 ? MBP_WRITE_SHELVING : command->sensor;
    write.value = seconds > 0 ? seconds : command->value;
    return web_write_point(call, mbp_sensor_per(call->web->plant, sensor), sensor, unit, kind, 0, &write) &&
           web_write_value(call, &write);
}

/* ---- one alarm by itself ------------------------------------------------------------------------------------------
 */

/* How long it may be: of a bypass or a shelf that is refused for that. */
static bool told_longest(struct web_call *call, const struct mbp_unit *unit, uint32_t sensor, unsigned alarm)
{
    const struct mbp_image_unit *image = web_image_unit(call->web, unit);
    const uint64_t longest_ns = call->route->sub == WEB_ALARM_BYPASS
                                    ? mbp_longest_bypass_ns(call->web->plant, sensor)
                                    : mbp_longest_shelf_ns(call->web->plant, sensor, alarm);
    char text[32];
    if (image->answer >= MBP_ADDRESSES || image->input[image->answer + MBP_ANSWER_RESULT] != MBP_RESULT_TOO_LONG)
        return false;
    if (longest_ns == 0)
        web_problem(call, 422, "%s: the plant file does not let it be bypassed", call->name);
    else
        web_problem(call, 422, "%s: it is longer than the plant file allows, which is %s", call->name,
                    mbp_duration_format(longest_ns, text, sizeof text));
    return true;
}

static const char *result_of(struct web_call *call, const struct mbp_unit *unit)
{
    const struct mbp_image_unit *image = web_image_unit(call->web, unit);
    return image->answer < MBP_ADDRESSES
               ? web_tr(call, mbp_deed_result_what(image->input[image->answer + MBP_ANSWER_RESULT]))
               : web_tr(call, "refused");
}

/* Through its unit's command record, as any master would. */
static bool command_record(struct web_call *call, const struct alarm_command *command, uint32_t sensor, unsigned alarm)
{
    const struct mbp_plant *plant = call->web->plant;
    const struct mbp_unit *unit = web_unit_at(call, plant->sensors[sensor].unit);
    const struct mbp_image_unit *image = web_image_unit(call->web, unit);
    uint8_t request[MBP_PDU_MAX];
    double seconds = 0;
    bool timed = call->route->sub == WEB_ALARM_SHELVE || call->route->sub == WEB_ALARM_BYPASS;
    if (timed && !take_span(call, web_arg(call, 0), &seconds))
        return false;
    if (image->record >= MBP_ADDRESSES) {
        web_problem(call, 409, "%s: its unit has no room for a command record; name the sensor", call->name);
        return false;
    }
    const uint16_t words[] = {
        [MBP_RECORD_TAG] = mbp_journal_item_id(call->web->config.journal, plant, plant->sensors[sensor].unit,
                                               sensor - unit->first_sensor),
        [MBP_RECORD_ALARM] = (uint16_t)alarm,
        [MBP_RECORD_ARGUMENT] = (uint16_t)seconds,
        [MBP_RECORD_COMMAND] = command->alone,
    };
    size_t len =
        mbp_pdu_write(&unit->answer, MBP_HOLDING_REGISTERS, (uint16_t)image->record, COUNT_OF(words), words, request);
    enum mbp_status status = web_request(call, web_image_unit(call->web, unit), request, len);
    if (status == MBP_OK || call->status != 0)
        return status == MBP_OK;
    if (status == MBP_EX_SERVER_DEVICE_FAILURE && told_longest(call, unit, sensor, alarm))
        return false;
    if (status == MBP_EX_SERVER_DEVICE_FAILURE)
        web_problem(call, 422, "%s: %s", call->name, result_of(call, unit));
    else
        web_refuse(call, status);
    return false;
}

static bool command_machine(struct web_call *call, const struct alarm_command *command, uint32_t machine)
{
    struct web_write write = {.value = command->value};
    const struct mbp_machine *of = &call->web->plant->machines[machine];
    if (command->machine == MBP_WRITE_NONE || (call->route->sub == WEB_ALARM_SHELVE && web_arg(call, 0)->given)) {
        for (uint32_t i = 0; i < mbp_machine_watches(of); i++) {
            if (!command_sensor(call, command, mbp_machine_watch(of, i)))
                return false;
        }
        return true;
    }
    return web_write_point(call, MBP_PER_MACHINE, machine, web_unit_at(call, of->unit), command->machine, 0, &write) &&
           web_write_value(call, &write);
}

/* The sensor or the machine that the name means; both NOTHING after a problem. *alarm: of the sensor, alone;
 * MBP_ALARM_COUNT = all. */
static void find_meant(struct web_call *call, uint32_t *sensor, uint32_t *machine, unsigned *alarm)
{
    *machine = NOTHING;
    *sensor = web_bypass_named(call->web, call->name, alarm);
    if (*sensor != NOTHING)
        return; /* what it is the bypass of */
    *alarm = MBP_ALARM_COUNT;
    *machine = web_find_machine(call->web->plant, call->name);
    *sensor = *machine == NOTHING ? web_alarm_named(call, alarm) : NOTHING;
    if (*sensor != NOTHING && call->web->plant->sensors[*sensor].is_alarm)
        *alarm = MBP_ALARM_COUNT; /* it is all that there is of it */
}

/* The alarm of a bypass ends with the bypass alone, and nothing hides it: who holds an interlock off is reminded. */
static bool takes_command(struct web_call *call)
{
    unsigned alarm;
    if (call->route->sub == WEB_ALARM_RESTORE || web_bypass_named(call->web, call->name, &alarm) == NOTHING)
        return true;
    web_problem(call, 422, "%s: it lasts as long as the bypass does; POST .../restore arms the interlock", call->name);
    return false;
}

void web_command_alarm(struct web_call *call)
{
    uint32_t sensor;
    uint32_t machine;
    unsigned alarm;
    if (!takes_command(call))
        return;
    const struct alarm_command *command = &alarm_commands[call->route->sub];
    web_already_begin(call);
    find_meant(call, &sensor, &machine, &alarm);
    if ((sensor != NOTHING && alarm < MBP_ALARM_COUNT && command_record(call, command, sensor, alarm)) ||
        (sensor != NOTHING && alarm == MBP_ALARM_COUNT && command_sensor(call, command, sensor)) ||
        (machine != NOTHING && command_machine(call, command, machine)))
        web_await_scan(call);
}

/* In the place of an alarm: all of a machine. */
#define ACTS_ON_MACHINE (MBP_ALARM_COUNT + 1u)

static void put_acts_on(const struct web_item *item)
{
    const struct mbp_plant *plant = item->web->plant;
    if (item->sub == ACTS_ON_MACHINE || item->sub == MBP_ALARM_COUNT)
        web_put_text(item->out, item->sub == ACTS_ON_MACHINE ? plant->machines[item->index].name
                                                             : plant->sensors[item->index].name);
    else
        web_put_alarm_name(item->out, &plant->sensors[item->index], item->sub);
}

/* What is answered to a command. */
struct answer {
    const char *done;
    enum mbp_alarm_deed deed;
    struct web_already already;
};

static const struct answer *answer_of(const struct web_item *item)
{
    return item->of;
}

static void put_done(const struct web_item *item)
{
    web_put_text(item->out, answer_of(item)->done);
}

static void put_already(const struct web_item *item)
{
    fputs(answer_of(item)->already.is ? "true" : "false", item->out);
}

static void put_by(const struct web_item *item)
{
    const struct mbp_event *event = &answer_of(item)->already.event;
    char who[MBP_PEER_TEXT];
    if (event->seq == 0)
        fputs("null", item->out);
    else
        web_put_text(item->out, mbp_names_peer(mbp_journal_names(item->web->config.journal), event, who, sizeof who));
}

static void put_when(const struct web_item *item)
{
    web_put_time(item->out, answer_of(item)->already.event.wall_ms);
}

/* The machine that is meant; NULL = a sensor is. */
static const struct mbp_machine *machine_of(const struct web_item *item)
{
    return item->sub == ACTS_ON_MACHINE ? &item->web->plant->machines[item->index] : NULL;
}

/* What is left of a shelf or a bypass of one sensor, or of an alarm of it; 0 = there is none. */
static uint32_t left_of(const struct web_item *item, uint32_t s)
{
    const struct mbp_state *state = item->web->state;
    const bool alone = item->sub < MBP_ALARM_COUNT;
    if (answer_of(item)->deed == MBP_DEED_BYPASS)
        return mbp_view_bypassed_s(state, s, alone ? item->sub : MBP_CONDITION);
    if (answer_of(item)->deed != MBP_DEED_SHELVE)
        return 0;
    return alone ? mbp_view_shelved_s(state, s, item->sub) : mbp_view_shelving_s(state, s);
}

/* The shortest of all that are meant: what the plant file allows may be less than what was asked for. */
static void put_for(const struct web_item *item)
{
    const struct mbp_machine *machine = machine_of(item);
    const uint32_t count = machine != NULL ? mbp_machine_watches(machine) : 1;
    uint32_t shortest = 0;
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t left = left_of(item, machine != NULL ? mbp_machine_watch(machine, i) : item->index);
        if (left != 0 && left < MBP_SHELVE_ONCE && (shortest == 0 || left < shortest))
            shortest = left;
    }
    fprintf(item->out, shortest != 0 ? "%u" : "null", shortest);
}

static void put_its_alarms(const struct web_item *item)
{
    const struct mbp_machine *machine = machine_of(item);
    uint32_t count = machine != NULL ? mbp_machine_watches(machine) : 1;
    bool any = false;
    putc('[', item->out);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t s = machine != NULL ? mbp_machine_watch(machine, i) : item->index;
        web_put_alarms(item->web, s, machine != NULL ? MBP_ALARM_COUNT : item->sub, &any, item->out);
    }
    putc(']', item->out);
}

static const struct web_field done_fields[] = {
    {ROW("done", "what was done", WEB_TEXT), .put = put_done},
    {ROW("already", "nothing: it was so already", WEB_FLAG), .put = put_already},
    {ROW("by", "who did it before, where the newest events tell; empty: the plant itself", WEB_TEXT), .nullable = true,
     .put = put_by},
    {ROW("at", "when that was", WEB_TIME), .nullable = true, .put = put_when},
    {ROW("acts_on", "the alarm; or the sensor or machine whose alarms all are meant", WEB_TEXT), .put = put_acts_on},
    {ROW("for_s", "until a shelf or a bypass ends; the plant file may make it shorter than what was asked for",
         WEB_COUNT),
     .nullable = true, .put = put_for},
    {ROW("alarms", "of it that are not normal now", WEB_OBJECTS), .put = put_its_alarms, .noun = &web_alarm_noun},
};
const struct web_noun web_done_noun = WEB_NOUN("AlarmsAnswer", done_fields);

/* One alarm was to come back, and is hidden with the others of its sensor. */
static bool stays_hidden(const struct web_call *call, uint32_t sensor, unsigned alarm, unsigned deed)
{
    const bool removed = deed == MBP_DEED_RETURN;
    return !call->pending && alarm < MBP_ALARM_COUNT && (removed || deed == MBP_DEED_UNSHELVE) &&
           mbp_alarm_hidden_as_one(call->web->state, sensor, alarm, removed);
}

void web_answer_alarm(struct web_call *call)
{
    uint32_t sensor;
    uint32_t machine;
    unsigned alarm;
    const struct alarm_command *command = &alarm_commands[call->route->sub];
    find_meant(call, &sensor, &machine, &alarm);
    if ((sensor == NOTHING && machine == NOTHING) || !web_already_is_known(call))
        return;
    if (sensor != NOTHING && stays_hidden(call, sensor, alarm, command->alone)) {
        web_problem(call, 409, "%s: %s", call->name, web_tr(call, mbp_deed_result_what(MBP_RESULT_WITH_SENSOR)));
        return;
    }
    struct answer answer = {.done = command->done, .deed = command->alone};
    if (sensor != NOTHING)
        answer.already = web_already_find(call, sensor, alarm, command->alone);
    const struct web_item item = {.web = call->web,
                                  .of = &answer,
                                  .index = machine != NOTHING ? machine : sensor,
                                  .sub = machine != NOTHING ? ACTS_ON_MACHINE : alarm,
                                  .out = call->out};
    web_put_noun(&web_done_noun, &item);
    web_end_command(call);
}
