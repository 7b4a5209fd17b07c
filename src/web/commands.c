/* Commands: what they write, and what is answered once a scan has taken it in. */
#include <math.h>
#include <string.h>
#include <strings.h>

#include "commands.h"
#include "mbplant/image/alarm_command.h"
#include "mbplant/json.h"
#include "mbplant/plant/interlock.h"
#include "mbplant/report.h"
#include "plant.h"
#include "points.h"

void web_end_command(struct web_call *call)
{
    putc('\n', call->out);
    call->status = call->pending ? 202 : 200;
}

/* A point of two values, also where a register holds them. */
static bool is_switch(const struct mbp_plant *plant, const struct mbp_point *point)
{
    return point->table == MBP_COILS || point->type == MBP_BOOL || point->field->type == MBP_BOOL ||
           (point->sensor < plant->sensor_count && plant->sensors[point->sensor].reg.type == MBP_BOOL);
}

/* A number, true or false, or a text, wherever the point is. */
static bool write_any(struct web_call *call, struct web_write *write, const struct web_arg *value)
{
    if (json_is_boolean(value->json) && write->point.type != MBP_STRING &&
        !is_switch(call->web->plant, &write->point)) {
        web_problem(call, 400, "%s takes a number", write->point.name);
        return false;
    }
    const struct mbp_register reg = mbp_point_register(&write->point);
    struct mbp_whole whole;
    bool digits = write->point.type != MBP_STRING && mbp_register_is_wide(&reg) && mbp_json_whole(value->json, &whole);
    write->said = digits ? value->json : NULL;
    if (value->text != NULL && !digits)
        return web_write_text(call, write, value->text);
    write->value = json_is_boolean(value->json) ? value->flag : value->number;
    return web_write_value(call, write);
}

/* ---- points and registers ---------------------------------------------------------------------------------------- */

/* An alarm's name is not that of its limit, which masters write. */
static void refuse_to_write(struct web_call *call, const struct point_item *found)
{
    char meant[96 + sizeof ".limit"];
    struct point_item limit;
    if (mbp_map_name_to_write(&found->point, meant, sizeof meant) != NULL &&
        web_point_find(call->web->plant, meant, &limit) && limit.point.writable)
        web_problem(call, 409, "%s cannot be written; %s can", found->point.name, limit.point.name);
    else
        web_problem(call, 409, "%s cannot be written", found->point.name);
}

void web_command_point(struct web_call *call)
{
    struct point_item found;
    if (!web_point_find_to_write(call->web->plant, call->name, &found)) {
        web_unknown(call, WEB_POINTS, call->name, "; " WEB_API "/map lists them");
        return;
    }
    struct web_write write = {.unit = found.unit, .point = found.point};
    bool limit = found.point.field != NULL && found.point.field->write == MBP_WRITE_LIMIT;
    if (found.point.field == NULL)
        web_problem(call, 409, "%s is a block of raw registers: write them with POST %s/registers", call->name,
                    WEB_API);
    else if (!found.point.writable && !found.point.by_logic)
        refuse_to_write(call, &found);
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
        web_problem(call, 422,
                    count > WRITE_VALUES_MAX ? "these are too many values"
                                             : "'at' and 'values' end beyond address 65535");
        return;
    }
    for (size_t i = 0; i < count; i++) {
        words[i] = (uint16_t)json_integer_value(json_array_get(values, i));
        if (table == MBP_COILS && words[i] > 1) {
            web_problem(call, 422, "a coil takes 0 and 1, not %u", words[i]);
            return;
        }
    }
    if (web_write_words(call, unit, table, (uint16_t)at, (uint16_t)count, words, NULL))
        web_await_scan(call);
}

void web_answer_registers(struct web_call *call)
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

void web_answer_point(struct web_call *call)
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
    const struct mbp_unit *unit = web_unit_at(call, call->web->plant->machines[machine].unit);
    if (call->web->state->machine[machine].state == asked_state(call)) {
        web_put_machine(call->web, machine, call->out);
        web_end_command(call);
    } else if (web_write_point(call, MBP_PER_MACHINE, machine, unit, MBP_WRITE_STATE, asked_state(call), &write) &&
               web_write_value(call, &write)) {
        web_await_scan(call);
    }
}

void web_answer_state(struct web_call *call)
{
    char why[256];
    uint32_t machine = web_machine_named(call);
    if (machine == NOTHING)
        return;
    if (!call->pending && call->web->state->machine[machine].state != asked_state(call)) {
        web_problem(call, 409, "%s",
                    web_machine_refusal(call->web, call->lang, machine, why, sizeof why)
                        ? why
                        : web_tr(call, "the request was not applied; the journal says why"));
        return;
    }
    web_put_machine(call->web, machine, call->out);
    web_end_command(call);
}

/* ---- sensors ----------------------------------------------------------------------------------------------------- */

void web_command_force(struct web_call *call)
{
    struct web_write write;
    uint32_t sensor = web_sensor_named(call);
    if (sensor == NOTHING)
        return;
    const struct mbp_sensor *of = &call->web->plant->sensors[sensor];
    if (web_write_point(call, MBP_PER_SENSOR, sensor, web_unit_at(call, of->unit), MBP_WRITE_VALUE, 0, &write) &&
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
    if (web_write_point(call, MBP_PER_SENSOR, sensor, web_unit_at(call, of->unit), MBP_WRITE_FORCED, 0, &write) &&
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
    const struct mbp_unit *unit = web_unit_at(call, call->web->plant->sensors[sensor].unit);
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

void web_answer_sensor(struct web_call *call)
{
    uint32_t sensor = web_sensor_named(call);
    if (sensor == NOTHING)
        return;
    web_put_sensor(call->web, sensor, call->out);
    web_end_command(call);
}

/* ---- actuators and controllers ----------------------------------------------------------------------------------- */

void web_command_actuator(struct web_call *call)
{
    struct web_write write;
    uint32_t actuator = web_actuator_named(call);
    if (actuator == NOTHING)
        return;
    const struct mbp_actuator *of = &call->web->plant->actuators[actuator];
    if (web_write_point(call, MBP_PER_ACTUATOR, actuator, web_unit_at(call, of->unit), MBP_WRITE_COMMAND, 0, &write) &&
        write_any(call, &write, web_arg(call, 0)))
        web_await_scan(call);
}

void web_answer_actuator(struct web_call *call)
{
    uint32_t actuator = web_actuator_named(call);
    if (actuator == NOTHING)
        return;
    web_put_actuator(call->web, actuator, call->out);
    web_end_command(call);
}

/* The mode first: in automatic a controller refuses what sets its output. */
void web_command_setting(struct web_call *call)
{
    struct web_write write;
    bool any = false;
    uint32_t controller = web_controller_named(call);
    if (controller == NOTHING)
        return;
    const struct mbp_unit *unit = web_unit_at(call, call->web->plant->controllers[controller].unit);
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

void web_answer_controller(struct web_call *call)
{
    uint32_t controller = web_controller_named(call);
    if (controller == NOTHING)
        return;
    web_put_controller(call->web, controller, call->out);
    web_end_command(call);
}
