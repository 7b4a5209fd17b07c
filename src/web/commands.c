/* Commands: what they write, and what is answered once a scan has taken it in. */
#include <math.h>
#include <string.h>
#include <strings.h>

#include "commands.h"
#include "mbplant/report.h"
#include "plant.h"
#include "points.h"

/* 202: it waits, for the plant is paused. */
static void end(struct web_call *call)
{
    putc('\n', call->out);
    call->status = call->pending ? 202 : 200;
}

static const struct mbp_unit *unit_at(const struct web_call *call, uint32_t unit)
{
    return &call->web->plant->units[unit];
}

/* A number, true or false, or a text, wherever the point is. */
static bool write_any(struct web_call *call, struct web_write *write, const struct web_arg *value)
{
    if (value->text != NULL)
        return web_write_text(call, write, value->text);
    write->value = json_is_boolean(value->json) ? value->flag : value->number;
    return web_write_value(call, write);
}

/* ---- points and registers ---------------------------------------------------------------------------------------- */

void web_command_point(struct web_call *call)
{
    struct point_item found;
    if (!web_point_find_to_write(call->web->plant, call->name, &found)) {
        web_problem(call, 404, "the plant has no point '%s'; %s/map lists them", call->name, WEB_API);
        return;
    }
    struct web_write write = {.unit = found.unit, .point = found.point};
    bool limit = found.point.field != NULL && found.point.field->write == MBP_WRITE_LIMIT;
    if (found.point.field == NULL)
        web_problem(call, 409, "%s is a block of raw registers: write them with POST %s/registers", call->name,
                    WEB_API);
    else if (!found.point.writable)
        web_problem(call, 409, "%s cannot be written", found.point.name);
    else if (web_arg(call, 0)->null && !limit)
        web_problem(call, 422, "%s takes a value; null switches off limits alone", found.point.name);
    else if (write_any(call, &write, web_arg(call, 0)))
        web_await_scan(call);
}

void web_command_registers(struct web_call *call)
{
    uint16_t words[WRITE_VALUES_MAX];
    enum mbp_table table;
    const struct mbp_unit *unit = web_unit_of(call, web_arg(call, 0));
    const json_t *values = web_arg(call, 3)->json;
    size_t count = json_array_size(values);
    if (unit == NULL)
        return;
    uint32_t at = (uint32_t)web_arg(call, 2)->number;
    if (!web_table_find(web_arg(call, 1)->text, &table)) {
        web_problem(call, 400, "'table' cannot be '%.40s': it is coils or holding_registers", web_arg(call, 1)->text);
        return;
    }
    if (count > WRITE_VALUES_MAX || at + count > 65536) {
        web_problem(call, 422, "these are too many values");
        return;
    }
    for (size_t i = 0; i < count; i++)
        words[i] = (uint16_t)json_integer_value(json_array_get(values, i));
    if (web_write_words(call, unit, table, (uint16_t)at, (uint16_t)count, words, NULL))
        web_await_scan(call);
}

void web_settled_registers(struct web_call *call)
{
    enum mbp_table table = MBP_HOLDING_REGISTERS;
    const struct mbp_unit *unit = web_unit_of(call, web_arg(call, 0));
    if (unit == NULL)
        return;
    web_table_find(web_arg(call, 1)->text, &table);
    web_put_registers(call, web_image_unit(call->web, unit), table, (uint32_t)web_arg(call, 2)->number,
                      (uint32_t)json_array_size(web_arg(call, 3)->json));
    call->status = call->pending ? 202 : 200;
}

void web_settled_point(struct web_call *call)
{
    web_serve_written_point(call);
    call->status = call->status != 0 ? call->status : call->pending ? 202 : 200;
}

/* ---- machines ---------------------------------------------------------------------------------------------------- */

static unsigned asked_state(const struct web_call *call)
{
    unsigned state = 0;
    while (strcasecmp(web_state_word(state), web_arg(call, 0)->text) != 0)
        state++; /* the word was looked at */
    return state;
}

void web_command_state(struct web_call *call)
{
    struct web_write write = {.value = 1};
    uint32_t machine = web_machine_named(call);
    if (machine == NOTHING)
        return;
    const struct mbp_unit *unit = unit_at(call, call->web->plant->machines[machine].unit);
    if (call->web->state->machine[machine].state == asked_state(call)) {
        web_put_machine(call->web, machine, call->out);
        end(call);
    } else if (web_write_point(call, MBP_PER_MACHINE, machine, unit, MBP_WRITE_STATE, asked_state(call), &write) &&
               web_write_value(call, &write)) {
        web_await_scan(call);
    }
}

void web_settled_state(struct web_call *call)
{
    char why[256];
    uint32_t machine = web_machine_named(call);
    if (machine == NOTHING)
        return;
    if (!call->pending && call->web->state->machine[machine].state != asked_state(call)) {
        web_problem(call, 409, "%s",
                    web_machine_refusal(call->web, machine, why, sizeof why) ? why
                                                                             : "it did not obey; the journal says why");
        return;
    }
    web_put_machine(call->web, machine, call->out);
    end(call);
}

/* ---- sensors ----------------------------------------------------------------------------------------------------- */

void web_command_force(struct web_call *call)
{
    struct web_write write;
    uint32_t sensor = web_sensor_named(call);
    if (sensor == NOTHING)
        return;
    const struct mbp_sensor *of = &call->web->plant->sensors[sensor];
    if (web_write_point(call, MBP_PER_SENSOR, sensor, unit_at(call, of->unit), MBP_WRITE_VALUE, 0, &write) &&
        write_any(call, &write, web_arg(call, 0)))
        web_await_scan(call);
}

void web_command_release(struct web_call *call)
{
    struct web_write write = {.value = 0};
    uint32_t sensor = web_sensor_named(call);
    if (sensor == NOTHING)
        return;
    const struct mbp_sensor *of = &call->web->plant->sensors[sensor];
    if (web_write_point(call, MBP_PER_SENSOR, sensor, unit_at(call, of->unit), MBP_WRITE_FORCED, 0, &write) &&
        web_write_value(call, &write))
        web_await_scan(call);
}

static void limits_apart(struct web_call *call, struct web_write write[MBP_LIMIT_COUNT])
{
    for (unsigned l = 0; l < MBP_LIMIT_COUNT; l++) {
        write[l].value = web_arg(call, l)->number;
        if (web_arg(call, l)->given && !web_write_value(call, &write[l]))
            return;
    }
    web_await_scan(call);
}

/* All limits that are given in one write: together they must be in order, one after another they need not be. */
void web_command_limits(struct web_call *call)
{
    struct web_write write[MBP_LIMIT_COUNT];
    uint16_t words[MBP_LIMIT_COUNT * 4];
    unsigned first = MBP_LIMIT_COUNT;
    unsigned last = 0;
    uint32_t sensor = web_sensor_named(call);
    if (sensor == NOTHING)
        return;
    const struct mbp_unit *unit = unit_at(call, call->web->plant->sensors[sensor].unit);
    const struct mbp_image_unit *image = web_image_unit(call->web, unit);
    for (unsigned l = 0; l < MBP_LIMIT_COUNT; l++) {
        if (!web_arg(call, l)->given)
            continue;
        if (!web_write_point(call, MBP_PER_SENSOR, sensor, unit, MBP_WRITE_LIMIT, l, &write[l]))
            return;
        first = first < l ? first : l;
        last = l;
    }
    if (first == MBP_LIMIT_COUNT) {
        web_problem(call, 400, "no limit is given: low_low, low, high, high_high");
        return;
    }
    uint16_t each = (uint16_t)write[first].point.count;
    if (write[first].point.own != NULL) { /* these need not stand side by side */
        limits_apart(call, write);
        return;
    }
    for (unsigned l = first; l <= last; l++) {
        if (!web_arg(call, l)->given &&
            !web_write_point(call, MBP_PER_SENSOR, sensor, unit, MBP_WRITE_LIMIT, l, &write[l]))
            return;
        const struct mbp_point *point = &write[l].point;
        uint16_t *at = words + (size_t)each * (l - first);
        memcpy(at, image->holding + point->addr, each * sizeof at[0]);
        const struct mbp_register reg = mbp_point_register(point);
        if (web_arg(call, l)->given)
            mbp_register_encode(&reg, web_arg(call, l)->number, at);
    }
    if (web_write_words(call, unit, MBP_HOLDING_REGISTERS, write[first].point.addr,
                        (uint16_t)(each * (last - first + 1)), words, &write[first].point))
        web_await_scan(call);
}

void web_settled_sensor(struct web_call *call)
{
    uint32_t sensor = web_sensor_named(call);
    if (sensor == NOTHING)
        return;
    web_put_sensor(call->web, sensor, call->out);
    end(call);
}

/* ---- actuators and controllers ----------------------------------------------------------------------------------- */

void web_command_actuator(struct web_call *call)
{
    struct web_write write;
    uint32_t actuator = web_actuator_named(call);
    if (actuator == NOTHING)
        return;
    const struct mbp_actuator *of = &call->web->plant->actuators[actuator];
    if (web_write_point(call, MBP_PER_ACTUATOR, actuator, unit_at(call, of->unit), MBP_WRITE_COMMAND, 0, &write) &&
        write_any(call, &write, web_arg(call, 0)))
        web_await_scan(call);
}

void web_settled_actuator(struct web_call *call)
{
    uint32_t actuator = web_actuator_named(call);
    if (actuator == NOTHING)
        return;
    web_put_actuator(call->web, actuator, call->out);
    end(call);
}

/* The mode first: in automatic a controller refuses what sets its output. */
void web_command_setting(struct web_call *call)
{
    struct web_write write;
    bool any = false;
    uint32_t controller = web_controller_named(call);
    if (controller == NOTHING)
        return;
    const struct mbp_unit *unit = unit_at(call, call->web->plant->controllers[controller].unit);
    const struct web_arg *mode = web_arg(call, MBP_SETTING_COUNT);
    if (mode->given) {
        write.value = mode->flag;
        if (!web_write_point(call, MBP_PER_CONTROLLER, controller, unit, MBP_WRITE_MODE, 0, &write) ||
            !web_write_value(call, &write))
            return;
    }
    for (unsigned i = 0; i < MBP_SETTING_COUNT; i++) {
        if (!web_arg(call, i)->given)
            continue;
        any = true;
        write.value = web_arg(call, i)->number;
        if (!web_write_point(call, MBP_PER_CONTROLLER, controller, unit, MBP_WRITE_SETTING, i, &write) ||
            !web_write_value(call, &write))
            return;
    }
    if (any || mode->given)
        web_await_scan(call);
    else
        web_problem(call, 400, "no setting is given");
}

void web_settled_controller(struct web_call *call)
{
    uint32_t controller = web_controller_named(call);
    if (controller == NOTHING)
        return;
    web_put_controller(call->web, controller, call->out);
    end(call);
}

/* ---- alarms ------------------------------------------------------------------------------------------------------ */

static const struct alarm_command {
    const char *done;
    enum mbp_write_kind sensor, machine; /* MBP_WRITE_NONE: there is no such command of a whole machine */
    uint16_t value;
} alarm_commands[] = {
    [WEB_ALARM_ACK] = {"acknowledged", MBP_WRITE_ACKNOWLEDGE_SENSOR, MBP_WRITE_ACKNOWLEDGE, 1},
    [WEB_ALARM_RESET] = {"reset", MBP_WRITE_RESET_SENSOR, MBP_WRITE_RESET, 1},
    [WEB_ALARM_SHELVE] = {"shelved", MBP_WRITE_SHELVED, MBP_WRITE_SHELVE_ALL, 1},
    [WEB_ALARM_UNSHELVE] = {"unshelved", MBP_WRITE_SHELVED, MBP_WRITE_SHELVE_ALL, 0},
    [WEB_ALARM_REMOVE] = {"taken out of service", MBP_WRITE_SERVICE, MBP_WRITE_NONE, 1},
    [WEB_ALARM_RETURN] = {"returned to service", MBP_WRITE_SERVICE, MBP_WRITE_NONE, 0},
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

static bool command_sensor(struct web_call *call, const struct alarm_command *command, uint32_t sensor)
{
    struct web_write write;
    double seconds = 0;
    bool shelve = call->route->sub == WEB_ALARM_SHELVE;
    const struct mbp_unit *unit = unit_at(call, call->web->plant->sensors[sensor].unit);
    if (shelve && !take_span(call, web_arg(call, 0), &seconds))
        return false;
    enum mbp_write_kind kind = seconds > 0 ? MBP_WRITE_SHELVING : command->sensor;
    write.value = seconds > 0 ? seconds : command->value;
    return web_write_point(call, mbp_sensor_per(call->web->plant, sensor), sensor, unit, kind, 0, &write) &&
           web_write_value(call, &write);
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
    return web_write_point(call, MBP_PER_MACHINE, machine, unit_at(call, of->unit), command->machine, 0, &write) &&
           web_write_value(call, &write);
}

/* The sensor or the machine that the name means; both NOTHING after a problem. */
static void find_meant(struct web_call *call, uint32_t *sensor, uint32_t *machine)
{
    unsigned alarm;
    *machine = web_find_machine(call->web->plant, call->name);
    *sensor = *machine == NOTHING ? web_alarm_named(call, &alarm) : NOTHING;
}

void web_command_alarm(struct web_call *call)
{
    uint32_t sensor;
    uint32_t machine;
    const struct alarm_command *command = &alarm_commands[call->route->sub];
    find_meant(call, &sensor, &machine);
    if ((sensor != NOTHING && command_sensor(call, command, sensor)) ||
        (machine != NOTHING && command_machine(call, command, machine)))
        web_await_scan(call);
}

static void put_acts_on(const struct web_item *item)
{
    const struct mbp_plant *plant = item->web->plant;
    web_put_text(item->out, item->sub != 0 ? plant->machines[item->index].name : plant->sensors[item->index].name);
}

static void put_done(const struct web_item *item)
{
    web_put_text(item->out, item->of);
}

static void put_its_alarms(const struct web_item *item)
{
    const struct mbp_plant *plant = item->web->plant;
    const struct mbp_machine *machine = item->sub != 0 ? &plant->machines[item->index] : NULL;
    uint32_t count = machine != NULL ? mbp_machine_watches(machine) : 1;
    bool any = false;
    putc('[', item->out);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t s = machine != NULL ? mbp_machine_watch(machine, i) : item->index;
        for (unsigned a = 0; a < MBP_ALARM_COUNT; a++) {
            if (mbp_alarm_state(item->web->state, s, a) == MBP_ALARM_NORMAL || !web_has_alarm(item->web, s, a))
                continue;
            fputs(any ? "," : "", item->out);
            web_put_alarm(item->web, s, a, item->out);
            any = true;
        }
    }
    putc(']', item->out);
}

static const struct web_field done_fields[] = {
    {ROW("done", "what was done", WEB_TEXT), .put = put_done},
    {ROW("acts_on", "the sensor or machine whose alarms all are meant", WEB_TEXT), .put = put_acts_on},
    {ROW("alarms", "of it that are not normal now", WEB_OBJECTS), .put = put_its_alarms, .noun = &web_alarm_noun},
};
const struct web_noun web_done_noun = WEB_NOUN("AlarmsAnswer", done_fields);

void web_settled_alarm(struct web_call *call)
{
    uint32_t sensor;
    uint32_t machine;
    find_meant(call, &sensor, &machine);
    if (sensor == NOTHING && machine == NOTHING)
        return;
    const struct web_item item = {.web = call->web,
                                  .of = alarm_commands[call->route->sub].done,
                                  .index = machine != NOTHING ? machine : sensor,
                                  .sub = machine != NOTHING,
                                  .out = call->out};
    web_put_noun(&web_done_noun, &item);
    end(call);
}

/* ---- the instructor's -------------------------------------------------------------------------------------------- */

static bool write_sim(struct web_call *call, enum mbp_table table, uint16_t addr, uint16_t count, const uint16_t *words)
{
    const struct mbp_unit *unit = mbp_plant_find_unit(call->web->plant, MBP_INSTRUCTOR_UNIT);
    return web_write_words(call, unit, table, addr, count, words, NULL);
}

static bool write_sim_coil(struct web_call *call, uint16_t addr, const struct web_arg *arg)
{
    const uint16_t on = arg->flag;
    return !arg->given || write_sim(call, MBP_COILS, addr, 1, &on);
}

enum { SIM_PAUSE, SIM_STEP, SIM_SPEED, SIM_SNAPSHOT, SIM_RESTORE };

/* Acts at once, between two scans. */
void web_command_sim(struct web_call *call)
{
    uint16_t words[2];
    if (!web_instructs(call) || !write_sim_coil(call, MBP_SIM_COIL_PAUSED, web_arg(call, SIM_PAUSE)) ||
        !write_sim_coil(call, MBP_SIM_COIL_SNAPSHOT, web_arg(call, SIM_SNAPSHOT)) ||
        !write_sim_coil(call, MBP_SIM_COIL_RESTORE, web_arg(call, SIM_RESTORE)))
        return;
    if (web_arg(call, SIM_SPEED)->given) {
        mbp_codec_encode(MBP_FLOAT32, MBP_ABCD, 1, web_arg(call, SIM_SPEED)->number, words);
        if (!write_sim(call, MBP_HOLDING_REGISTERS, MBP_SIM_HR_SPEED, 2, words))
            return;
    }
    if (web_arg(call, SIM_STEP)->given) {
        words[0] = (uint16_t)web_arg(call, SIM_STEP)->number;
        if (!write_sim(call, MBP_HOLDING_REGISTERS, MBP_SIM_HR_STEPS, 1, words))
            return;
    }
    if (call->web->config.before_request != NULL)
        call->web->config.before_request(call->web->config.ctx);
    call->out = web_scratch(call->web);
    web_serve_sim(call);
}

void web_command_fault(struct web_call *call)
{
    uint32_t fault = web_instructs(call) ? web_fault_named(call) : NOTHING;
    if (fault == NOTHING)
        return;
    const uint16_t on = web_arg(call, 0)->flag;
    if (write_sim(call, MBP_COILS, mbp_sim_fault_coil(call->web->plant->fault_count, fault), 1, &on))
        web_await_scan(call);
}

void web_settled_fault(struct web_call *call)
{
    uint32_t fault = web_fault_named(call);
    if (fault == NOTHING)
        return;
    web_put_fault(call->web, fault, call->out);
    end(call);
}
