/* Machines, actuators and controllers. */
#include <math.h>
#include <string.h>

#include "commands.h"
#include "mbplant/report.h"

#define MACHINE(m)    .member = MBP_MEMBER(mbp_machine_view, m)
#define ACTUATOR(m)   .member = MBP_MEMBER(mbp_actuator_view, m)
#define CONTROLLER(m) .member = MBP_MEMBER(mbp_controller_view, m)

static const struct mbp_machine *machine_of(const struct web_item *item)
{
    return item->of;
}

static const struct mbp_actuator *actuator_of(const struct web_item *item)
{
    return item->of;
}

static const struct mbp_controller *controller_of(const struct web_item *item)
{
    return item->of;
}

static void put_owner(const struct web_item *item, uint32_t machine)
{
    web_put_text(item->out, machine != NOTHING ? item->web->plant->machines[machine].name : NULL);
}

/* ---- machines ---------------------------------------------------------------------------------------------------- */

static void put_machine_name(const struct web_item *item)
{
    web_put_text(item->out, machine_of(item)->name);
}

static void put_machine_label(const struct web_item *item)
{
    web_put_text(item->out, machine_of(item)->label);
}

static void put_machine_unit(const struct web_item *item)
{
    fprintf(item->out, "%u", item->web->plant->units[machine_of(item)->unit].id);
}

static void put_state(const struct web_item *item)
{
    web_put_text(item->out, mbp_state_name((enum mbp_state_code)((const struct mbp_machine_view *)item->view)->state));
}

static void put_unit_sensor(const struct web_item *item, uint32_t number)
{
    const struct mbp_unit *unit = &item->web->plant->units[machine_of(item)->unit];
    bool is = number < unit->sensor_count;
    web_put_text(item->out, is ? item->web->plant->sensors[unit->first_sensor + number].name : NULL);
}

static void put_first_out(const struct web_item *item)
{
    put_unit_sensor(item, ((const struct mbp_machine_view *)item->view)->first_out_sensor);
}

/* The value of the sensor that stands against it, and its limit. */
static void say_what_trips(const struct mbp_web *web, uint32_t sensor, struct mbp_event *event)
{
    uint32_t tripping = mbp_state_tripping(web->plant, web->state, sensor);
    unsigned alarm = tripping == 0 ? MBP_ALARM_COUNT : (unsigned)__builtin_ctz(tripping);
    event->value = alarm == MBP_CONDITION ? NAN : (float)web->state->value[sensor];
    if (alarm < MBP_ALARM_COUNT)
        event->detail = mbp_event_of_alarm(event->detail, alarm);
    if (alarm < MBP_LIMIT_COUNT)
        event->limit = (float)web->state->limit[sensor * MBP_LIMIT_COUNT + alarm];
}

bool web_machine_refusal(const struct mbp_web *web, enum mbp_lang lang, uint32_t machine, char *buf, size_t size)
{
    const struct mbp_upkeep *upkeep = &web->state->upkeep[machine];
    bool sensor = upkeep->refused_sensor != NOTHING;
    if (upkeep->refused_state >= MBP_STATE_COUNT)
        return false;
    struct mbp_event event = sensor ? mbp_sensor_event(web->plant, MBP_EV_MACHINE_REFUSED, upkeep->refused_sensor)
                                    : mbp_machine_event(web->plant, MBP_EV_MACHINE_REFUSED, machine);
    event.detail = mbp_event_state_detail(web->state->machine[machine].state, upkeep->refused_state,
                                          (enum mbp_cause)upkeep->refused_cause);
    if (sensor && upkeep->refused_cause == MBP_CAUSE_TRIP_ACTIVE)
        say_what_trips(web, upkeep->refused_sensor, &event);
    const struct mbp_telling by = {.plant = web->plant, .lang = lang}; /* the event has the plant's numbers */
    mbp_report_sentence(&by, &event, buf, size);
    return true;
}

static void put_refused(const struct web_item *item)
{
    char text[256];
    bool is = web_machine_refusal(item->web, MBP_LANG_EN, item->index, text, sizeof text);
    web_put_text(item->out, is ? text : NULL);
}

static void put_produces(const struct web_item *item)
{
    fputs(item->web->plant->machines[item->index].cycle_ns != 0 ? "true" : "false", item->out);
}

static const struct web_field machine_fields[] = {
    {ROW("name", "of the plant file", WEB_TEXT), .put = put_machine_name},
    {ROW("label", "of the plant file", WEB_TEXT), .put = put_machine_label},
    {ROW("unit_id", "Modbus unit", WEB_COUNT), .put = put_machine_unit},
    {ROW("state", "that it is in", WEB_TEXT), .put = put_state, .word = web_state_word},
    {ROW("since", "when it got there", WEB_TIME), .nullable = true, MACHINE(since_s)},
    {ROW("first_out", "the sensor that tripped it", WEB_TEXT), .nullable = true, .put = put_first_out},
    {ROW("active_alarms", "of its sensors", WEB_COUNT), MACHINE(active_alarms)},
    {ROW("trip_active", "a tripping alarm is active", WEB_FLAG), MACHINE(trip_active)},
    {ROW("produces", "it makes products: the plant file gives it a cycle", WEB_FLAG), .put = put_produces},
    {ROW("good", "products", WEB_COUNT), MACHINE(good)},
    {ROW("reject", "products", WEB_COUNT), MACHINE(reject)},
    {ROW("running_s", "in service, in all", WEB_COUNT), MACHINE(running_s)},
    {ROW("down_s", "failed, in all", WEB_COUNT), MACHINE(down_s)},
    {ROW("maintenance_s", "in maintenance, in all", WEB_COUNT), MACHINE(maintenance_s)},
    {ROW("failures", "count", WEB_COUNT), MACHINE(failures)},
    {ROW("maintenance_due", "maintenance is due", WEB_FLAG), MACHINE(maintenance_due)},
    {ROW("maintenance_left_s", "of a planned one", WEB_COUNT), .nullable = true, MACHINE(maintenance_left_s)},
    {ROW("until_due_s", "of running", WEB_COUNT), .nullable = true, MACHINE(until_due_s)},
    {ROW("until_due_products", "count", WEB_COUNT), .nullable = true, MACHINE(until_due_cycles)},
    {ROW("shelved", "all its sensors are", WEB_FLAG), MACHINE(shelved)},
    {ROW("refused", "why a request was not applied last, since it changed its state", WEB_TEXT), .nullable = true,
     .put = put_refused},
};
const struct web_noun web_machine_noun = WEB_NOUN("Machine", machine_fields);

void web_put_machine(const struct mbp_web *web, uint32_t machine, FILE *out)
{
    struct mbp_machine_view view;
    mbp_view_machine(web->plant, web->state, machine, &view);
    const struct web_item item = {
        .web = web, .view = &view, .of = &web->plant->machines[machine], .index = machine, .out = out};
    web_put_noun(&web_machine_noun, &item);
}

/* ---- actuators --------------------------------------------------------------------------------------------------- */

static void put_actuator_name(const struct web_item *item)
{
    web_put_text(item->out, actuator_of(item)->name);
}

static void put_actuator_label(const struct web_item *item)
{
    web_put_text(item->out, actuator_of(item)->label);
}

static void put_actuator_kind(const struct web_item *item)
{
    web_put_text(item->out, mbp_actuator_kind_name((enum mbp_actuator_kind)actuator_of(item)->kind));
}

static void put_actuator_machine(const struct web_item *item)
{
    put_owner(item, actuator_of(item)->machine);
}

static void put_actuator_unit_id(const struct web_item *item)
{
    fprintf(item->out, "%u", item->web->plant->units[actuator_of(item)->unit].id);
}

static void put_actuator_unit(const struct web_item *item)
{
    web_put_text(item->out, actuator_of(item)->unit_text);
}

static void put_actuator_low(const struct web_item *item)
{
    web_put_number(item->out, actuator_of(item)->range[0]);
}

static void put_actuator_high(const struct web_item *item)
{
    web_put_number(item->out, actuator_of(item)->range[1]);
}

static void put_actuator_decimals(const struct web_item *item)
{
    fprintf(item->out, "%u", mbp_actuator_decimals(actuator_of(item)));
}

static void put_on_off(const struct web_item *item)
{
    fputs(actuator_of(item)->on_off ? "true" : "false", item->out);
}

static void put_moved_by(const struct web_item *item)
{
    const struct mbp_plant *plant = item->web->plant;
    for (uint32_t c = 0; c < plant->controller_count; c++) {
        if (plant->controllers[c].output == item->index) {
            web_put_text(item->out, plant->controllers[c].name);
            return;
        }
    }
    fputs("null", item->out);
}

static void put_good(const struct web_item *item)
{
    web_put_text(item->out, "good");
}

static const struct web_field actuator_fields[] = {
    {ROW("name", "of the plant file", WEB_TEXT), .put = put_actuator_name},
    {ROW("label", "of the plant file", WEB_TEXT), .put = put_actuator_label},
    {ROW("kind", "of the plant file", WEB_TEXT), .put = put_actuator_kind},
    {ROW("machine", "that it belongs to", WEB_TEXT), .nullable = true, .put = put_actuator_machine},
    {ROW("unit_id", "Modbus unit", WEB_COUNT), .put = put_actuator_unit_id},
    {ROW("value", "its position", WEB_NUMBER), ACTUATOR(position)},
    {ROW("unit", "of measurement", WEB_TEXT), .put = put_actuator_unit},
    {ROW("decimals", "that people are shown", WEB_COUNT), .put = put_actuator_decimals},
    {ROW("quality", "of the value", WEB_TEXT), .put = put_good},
    {ROW("command", "where it was told to go", WEB_NUMBER), ACTUATOR(command)},
    {ROW("on_off", "it has two positions", WEB_FLAG), .put = put_on_off},
    {ROW("on", "its command, where it has two positions", WEB_FLAG), ACTUATOR(on)},
    {ROW("range_low", "of its position", WEB_NUMBER), .put = put_actuator_low},
    {ROW("range_high", "of its position", WEB_NUMBER), .put = put_actuator_high},
    {ROW("controller", "that moves it, in automatic", WEB_TEXT), .nullable = true, .put = put_moved_by},
};
const struct web_noun web_actuator_noun = WEB_NOUN("Actuator", actuator_fields);

void web_put_actuator(const struct mbp_web *web, uint32_t actuator, FILE *out)
{
    struct mbp_actuator_view view;
    mbp_view_actuator(web->plant, web->state, actuator, &view);
    const struct web_item item = {
        .web = web, .view = &view, .of = &web->plant->actuators[actuator], .index = actuator, .out = out};
    web_put_noun(&web_actuator_noun, &item);
}

/* ---- controllers ------------------------------------------------------------------------------------------------- */

static void put_controller_name(const struct web_item *item)
{
    web_put_text(item->out, controller_of(item)->name);
}

static void put_controller_label(const struct web_item *item)
{
    web_put_text(item->out, controller_of(item)->label);
}

static void put_controller_machine(const struct web_item *item)
{
    put_owner(item, controller_of(item)->machine);
}

static void put_controller_unit_id(const struct web_item *item)
{
    fprintf(item->out, "%u", item->web->plant->units[controller_of(item)->unit].id);
}

static void put_input(const struct web_item *item)
{
    web_put_text(item->out, item->web->plant->sensors[controller_of(item)->input].name);
}

static void put_input_unit(const struct web_item *item)
{
    web_put_text(item->out, item->web->plant->sensors[controller_of(item)->input].unit_text);
}

static void put_input_quality(const struct web_item *item)
{
    bool bad = (item->web->state->flags[controller_of(item)->input] & MBP_SENSOR_BAD) != 0;
    web_put_text(item->out, bad ? "bad" : "good");
}

/* What it moves: an actuator, or the setpoint of another controller. */
static void put_output_name(const struct web_item *item)
{
    const struct mbp_controller *controller = controller_of(item);
    web_put_text(item->out, controller->output != NOTHING ? item->web->plant->actuators[controller->output].name
                                                          : item->web->plant->controllers[controller->inner].name);
}

/* What a two-position controller has not is null. */
#define PUT_SETTING(i)                                                                                                 \
    static void put_setting_##i(const struct web_item *item)                                                           \
    {                                                                                                                  \
        const struct mbp_controller_view *view = item->view;                                                           \
        web_put_number(item->out,                                                                                      \
                       mbp_controller_has_setting(controller_of(item), i) ? view->setting[i] : (double)NAN);           \
    }
PUT_SETTING(MBP_SET_GAIN)
PUT_SETTING(MBP_SET_INTEGRAL)
PUT_SETTING(MBP_SET_DERIVATIVE)
PUT_SETTING(MBP_SET_LOW)
PUT_SETTING(MBP_SET_HIGH)

#define OF_PID(key, what, i)                                                                                           \
    {                                                                                                                  \
        ROW(key, what, WEB_NUMBER), .nullable = true, .put = put_setting_##i                                           \
    }
#define SETTING(key, what, i)                                                                                          \
    {                                                                                                                  \
        ROW(key, what, WEB_NUMBER), CONTROLLER(setting[i])                                                             \
    }

static const struct web_field controller_fields[] = {
    {ROW("name", "of the plant file", WEB_TEXT), .put = put_controller_name},
    {ROW("label", "of the plant file", WEB_TEXT), .put = put_controller_label},
    {ROW("machine", "that it belongs to", WEB_TEXT), .nullable = true, .put = put_controller_machine},
    {ROW("unit_id", "Modbus unit", WEB_COUNT), .put = put_controller_unit_id},
    {ROW("input", "the sensor that it holds", WEB_TEXT), .put = put_input},
    {ROW("moves", "the actuator, or the controller whose setpoint it gives", WEB_TEXT), .put = put_output_name},
    {ROW("value", "the measurement", WEB_NUMBER), .nullable = true, CONTROLLER(measurement)},
    {ROW("unit", "of measurement and setpoint", WEB_TEXT), .put = put_input_unit},
    {
        ROW("quality", "of the value", WEB_TEXT),
        .put = put_input_quality,
    },
    {ROW("automatic", "else it is in manual", WEB_FLAG), CONTROLLER(automatic)},
    {ROW("active_setpoint", "in effect", WEB_NUMBER), .nullable = true, CONTROLLER(active_setpoint)},
    {ROW("output", "in the unit of what it moves", WEB_NUMBER), .nullable = true, CONTROLLER(output)},
    {ROW("error", "setpoint less measurement", WEB_NUMBER), .nullable = true, CONTROLLER(error)},
    SETTING("setpoint", "that was set", MBP_SET_SETPOINT),
    OF_PID("gain", "of its error", MBP_SET_GAIN),
    OF_PID("integral", "time in s; 0 = none", MBP_SET_INTEGRAL),
    OF_PID("derivative", "time in s; 0 = none", MBP_SET_DERIVATIVE),
    OF_PID("output_low", "its output's lower end", MBP_SET_LOW),
    OF_PID("output_high", "its output's upper end", MBP_SET_HIGH),
    SETTING("manual", "its output while in manual", MBP_SET_MANUAL),
};
const struct web_noun web_controller_noun = WEB_NOUN("Controller", controller_fields);

void web_put_controller(const struct mbp_web *web, uint32_t controller, FILE *out)
{
    struct mbp_controller_view view;
    mbp_view_controller(web->plant, web->state, controller, &view);
    const struct web_item item = {
        .web = web, .view = &view, .of = &web->plant->controllers[controller], .index = controller, .out = out};
    web_put_noun(&web_controller_noun, &item);
}
