/* Sensors and their alarms. */
#include <math.h>
#include <string.h>

#include "lists.h"
#include "mbplant/json.h"
#include "mbplant/plant/interlock.h"
#include "mbplant/report.h"

#define VIEW(m) .member = MBP_MEMBER(mbp_sensor_view, m)

static const struct mbp_sensor *sensor_of(const struct web_item *item)
{
    return &item->web->plant->sensors[item->index];
}

/* ---- values ------------------------------------------------------------------------------------------------------ */

static void put_string_value(const struct mbp_web *web, uint32_t sensor, FILE *out)
{
    const struct mbp_sensor *of = &web->plant->sensors[sensor];
    const struct mbp_unit *of_unit = &web->plant->units[of->unit];
    const struct mbp_image_unit *unit = web_image_unit(web, of_unit);
    char text[2 * MBP_STRING_WORDS_MAX + 1];
    if (!mbp_map_has(of_unit, MBP_MAP_VALUES) || !mbp_map_item_has(web->plant, of_unit, MBP_MAP_VALUES, sensor)) {
        web_put_text(out, of->signal->text); /* it stands at no address */
        return;
    }
    mbp_codec_text((enum mbp_order)of->reg.order, unit->holding + of->reg.addr, of->reg.words, text);
    web_put_text(out, mbp_text_as_utf8(text));
}

void web_put_sensor_value(const struct mbp_web *web, uint32_t sensor, double value, FILE *out)
{
    const struct mbp_sensor *of = &web->plant->sensors[sensor];
    char text[32];
    if (of->reg.type == MBP_STRING)
        put_string_value(web, sensor, out);
    else if (of->reg.type == MBP_BOOL)
        fputs(value != 0 ? "true" : "false", out);
    else if (of->reg.type == MBP_FLOAT32 && isfinite(value))
        fputs(mbp_float_text((float)value, text, sizeof text), out);
    else
        web_put_number(out, value);
}

static void put_value(const struct web_item *item)
{
    web_put_sensor_value(item->web, item->index, ((const struct mbp_sensor_view *)item->view)->value, item->out);
}

static void put_quality(const struct web_item *item)
{
    web_put_text(item->out, ((const struct mbp_sensor_view *)item->view)->bad_quality ? "bad" : "good");
}

static const char *quality_word(unsigned i)
{
    return i == 0 ? "good" : i == 1 ? "bad" : NULL;
}

/* ---- what the plant file says ------------------------------------------------------------------------------------ */

static void put_name(const struct web_item *item)
{
    web_put_text(item->out, sensor_of(item)->name);
}

static void put_label(const struct web_item *item)
{
    web_put_text(item->out, sensor_of(item)->label);
}

static void put_kind(const struct web_item *item)
{
    web_put_text(item->out, mbp_kind_name((enum mbp_kind)sensor_of(item)->kind));
}

static void put_machine(const struct web_item *item)
{
    uint32_t machine = sensor_of(item)->machine;
    web_put_text(item->out, machine != NOTHING ? item->web->plant->machines[machine].name : NULL);
}

static void put_unit(const struct web_item *item)
{
    web_put_text(item->out, sensor_of(item)->unit_text);
}

static void put_unit_id(const struct web_item *item)
{
    fprintf(item->out, "%u", item->web->plant->units[sensor_of(item)->unit].id);
}

static void put_low(const struct web_item *item)
{
    web_put_number(item->out, sensor_of(item)->range[0]);
}

static void put_high(const struct web_item *item)
{
    web_put_number(item->out, sensor_of(item)->range[1]);
}

static void put_decimals(const struct web_item *item)
{
    fprintf(item->out, "%u", mbp_sensor_decimals(sensor_of(item)));
}

static void put_inject(const struct web_item *item)
{
    web_put_text(item->out, mbp_inject_name((enum mbp_inject)sensor_of(item)->inject));
}

static void put_trips(const struct web_item *item)
{
    bool any = false;
    putc('[', item->out);
    for (unsigned a = 0; a < MBP_ALARM_COUNT; a++) {
        if ((sensor_of(item)->trip >> a & 1u) == 0)
            continue;
        fputs(any ? "," : "", item->out);
        web_put_text(item->out, mbp_limit_name((enum mbp_limit)a));
        any = true;
    }
    putc(']', item->out);
}

/* ---- alarms ------------------------------------------------------------------------------------------------------ */

static enum mbp_alarm_state state_of(const struct web_item *item)
{
    return (enum mbp_alarm_state)((const struct mbp_sensor_view *)item->view)->alarm_state[item->sub];
}

void web_put_alarm_name(FILE *out, const struct mbp_sensor *sensor, unsigned alarm)
{
    putc('"', out);
    mbp_json_put_text(out, sensor->name);
    if (!sensor->is_alarm) /* of which NAME.condition is what it watches for */
        fprintf(out, ".%s", mbp_limit_name((enum mbp_limit)alarm));
    putc('"', out);
}

static void put_alarm_name(const struct web_item *item)
{
    web_put_alarm_name(item->out, sensor_of(item), item->sub);
}

static void put_alarm_kind(const struct web_item *item)
{
    web_put_text(item->out, mbp_limit_name((enum mbp_limit)item->sub));
}

static void put_alarm_state(const struct web_item *item)
{
    web_put_text(item->out, mbp_alarm_state_name(state_of(item)));
}

static void put_alarm_active(const struct web_item *item)
{
    bool on = (item->web->state->active[item->index] >> item->sub & 1u) != 0;
    fputs(on ? "true" : "false", item->out);
}

static void put_alarm_unacknowledged(const struct web_item *item)
{
    bool waits = (item->web->state->unack[item->index] >> item->sub & 1u) != 0;
    fputs(waits ? "true" : "false", item->out);
}

static void put_alarm_trips(const struct web_item *item)
{
    fputs((sensor_of(item)->trip >> item->sub & 1u) != 0 ? "true" : "false", item->out);
}

static void put_diagnosis(const struct web_item *item)
{
    web_put_text(item->out, mbp_report_diagnosis(MBP_LANG_EN, sensor_of(item), item->sub));
}

static void put_priority(const struct web_item *item)
{
    const struct mbp_alarm *alarm = mbp_sensor_alarm(sensor_of(item), item->sub);
    web_put_text(item->out, mbp_priority_name((enum mbp_priority)alarm->priority));
}

static void put_limit(const struct web_item *item)
{
    const struct mbp_sensor_view *view = item->view;
    double limit = item->sub < MBP_LIMIT_COUNT       ? view->limit[item->sub]
                   : item->sub == MBP_RATE_OF_CHANGE ? mbp_sensor_alarms(sensor_of(item))->rate_max
                                                     : (double)NAN;
    web_put_number(item->out, limit);
}

static void put_shelved_s(const struct web_item *item)
{
    const struct mbp_sensor_view *view = item->view;
    uint32_t left = view->shelving_s != 0 ? view->shelving_s : view->shelved_s[item->sub];
    if (left == 0 || left >= MBP_SHELVE_ONCE)
        fputs("null", item->out);
    else
        fprintf(item->out, "%u", left);
}

static void put_bypassed_s(const struct web_item *item)
{
    const struct mbp_plant *plant = item->web->plant;
    uint32_t left = ((const struct mbp_sensor_view *)item->view)->bypassed_s[item->sub];
    if (sensor_of(item)->interlock == MBP_INTERLOCK_BYPASS) /* which its interlock knows */
        left = mbp_view_bypassed_s(item->web->state, mbp_interlock_of_bypass(plant, item->index), item->sub);
    fprintf(item->out, left != 0 ? "%u" : "null", left);
}

static void put_raised(const struct web_item *item)
{
    uint32_t raised_s = ((const struct mbp_sensor_view *)item->view)->raised_s[item->sub];
    web_put_time(item->out, (uint64_t)raised_s * 1000u);
}

static struct mbp_alarm_texts texts_of(const struct web_item *item)
{
    return mbp_sensor_alarm_texts(sensor_of(item), item->sub);
}

static void put_message(const struct web_item *item)
{
    web_put_text(item->out, texts_of(item).message);
}

static void put_cause(const struct web_item *item)
{
    web_put_text(item->out, texts_of(item).cause);
}

static void put_consequence(const struct web_item *item)
{
    web_put_text(item->out, texts_of(item).consequence);
}

static void put_action(const struct web_item *item)
{
    web_put_text(item->out, texts_of(item).action);
}

static const struct web_field alarm_fields[] = {
    {ROW("name", "SENSOR.ALARM", WEB_TEXT), .put = put_alarm_name},
    {ROW("sensor", "whose alarm it is", WEB_TEXT), .put = put_name},
    {ROW("machine", "that the sensor belongs to", WEB_TEXT), .nullable = true, .put = put_machine},
    {ROW("alarm", "which of the sensor's", WEB_TEXT), .put = put_alarm_kind, .word = web_alarm_word},
    {ROW("label", "of the sensor", WEB_TEXT), .put = put_label},
    {ROW("diagnosis", "what it means: its message where it has one", WEB_TEXT), .put = put_diagnosis},
    {ROW("message", "of the plant file: what it says to people", WEB_TEXT), .put = put_message},
    {ROW("cause", "of the plant file: what makes it come, as a rule", WEB_TEXT), .put = put_cause},
    {ROW("consequence", "of the plant file: what follows when nobody acts", WEB_TEXT), .put = put_consequence},
    {ROW("action", "of the plant file: what the operator is to do", WEB_TEXT), .put = put_action},
    {ROW("priority", "of the plant file", WEB_TEXT), .put = put_priority, .word = web_priority_word},
    {ROW("state", "of ISA-18.2", WEB_TEXT), .put = put_alarm_state, .word = web_alarm_state_word},
    {ROW("active", "its condition holds", WEB_FLAG), .put = put_alarm_active},
    {ROW("unacknowledged", "it waits to be acknowledged", WEB_FLAG), .put = put_alarm_unacknowledged},
    {ROW("trips", "it stops its machine", WEB_FLAG), .put = put_alarm_trips},
    {ROW("value", "of the sensor, now", WEB_VALUE), .nullable = true, .put = put_value},
    {ROW("unit", "of measurement", WEB_TEXT), .put = put_unit},
    {ROW("limit", "that it is about", WEB_NUMBER), .nullable = true, .put = put_limit},
    {ROW("since", "last change of any alarm of the sensor", WEB_TIME), .nullable = true, VIEW(alarm_since_s)},
    {ROW("raised", "when it was raised last", WEB_TIME), .nullable = true, .put = put_raised},
    {ROW("shelved_s", "left on the shelf; null = not shelved, or without an end", WEB_COUNT), .nullable = true,
     .put = put_shelved_s},
    {ROW("bypassed_s", "left of the bypass of its interlock; null = it is armed, or there is none", WEB_COUNT),
     .nullable = true, .put = put_bypassed_s},
};
const struct web_noun web_alarm_noun = WEB_NOUN("Alarm", alarm_fields);

bool web_has_alarm(const struct mbp_web *web, uint32_t sensor, unsigned alarm)
{
    const struct mbp_sensor *of = &web->plant->sensors[sensor];
    return (alarm >= MBP_LIMIT_COUNT || mbp_sensor_has_limits(of)) &&
           mbp_sensor_has_alarm(of, web->state->limit + (size_t)sensor * MBP_LIMIT_COUNT, alarm);
}

bool web_tells_alarm(const struct mbp_web *web, uint32_t sensor, unsigned alarm)
{
    bool is = mbp_alarm_state(web->state, sensor, alarm) != MBP_ALARM_NORMAL ||
              mbp_view_bypassed_s(web->state, sensor, alarm) != 0;
    return is && web_has_alarm(web, sensor, alarm);
}

void web_put_alarm(const struct mbp_web *web, uint32_t sensor, unsigned alarm, FILE *out)
{
    struct mbp_sensor_view view;
    mbp_view_sensor(web->plant, web->state, sensor, &view);
    const struct web_item item = {.web = web, .view = &view, .index = sensor, .sub = alarm, .out = out};
    web_put_noun(&web_alarm_noun, &item);
}

void web_put_alarms(const struct mbp_web *web, uint32_t sensor, unsigned alarm, bool *any, FILE *out)
{
    const unsigned bypassed = mbp_bypassed_alarms(web->plant, web->state, sensor);
    for (unsigned a = 0; a < MBP_ALARM_COUNT; a++) {
        if ((alarm < MBP_ALARM_COUNT && a != alarm) || !web_tells_alarm(web, sensor, a))
            continue;
        fputs(*any ? "," : "", out);
        *any = true;
        web_put_alarm(web, sensor, a, out);
        if ((bypassed >> a & 1u) == 0)
            continue;
        putc(',', out);
        web_put_bypass(web, sensor, a, out);
    }
}

/* ---- the sensor -------------------------------------------------------------------------------------------------- */

/* The four limits, and what else of its alarms stands. */
static void put_limits(const struct web_item *item)
{
    const struct mbp_sensor_view *view = item->view;
    for (unsigned l = 0; l < MBP_LIMIT_COUNT; l++) {
        fprintf(item->out, "%c\"%s\":", l == 0 ? '{' : ',', mbp_limit_name((enum mbp_limit)l));
        web_put_number(item->out, view->limit[l]);
    }
    putc('}', item->out);
}

static void put_alarms(const struct web_item *item)
{
    bool any = false;
    putc('[', item->out);
    web_put_alarms(item->web, item->index, MBP_ALARM_COUNT, &any, item->out);
    putc(']', item->out);
}

static const struct web_field limits_fields[] = {
    {ROW("low_low", "off = null", WEB_NUMBER), .nullable = true},
    {ROW("low", "off = null", WEB_NUMBER), .nullable = true},
    {ROW("high", "off = null", WEB_NUMBER), .nullable = true},
    {ROW("high_high", "off = null", WEB_NUMBER), .nullable = true},
};
static const struct web_noun limits_noun = WEB_NOUN("Limits", limits_fields);

static const struct web_field sensor_fields[] = {
    {ROW("name", "of the plant file", WEB_TEXT), .put = put_name},
    {ROW("label", "of the plant file", WEB_TEXT), .put = put_label},
    {ROW("kind", "of what it measures", WEB_TEXT), .put = put_kind, .word = web_kind_word},
    {ROW("machine", "that it belongs to", WEB_TEXT), .nullable = true, .put = put_machine},
    {ROW("unit_id", "Modbus unit", WEB_COUNT), .put = put_unit_id},
    {ROW("value", "as its register shows it", WEB_VALUE), .nullable = true, .put = put_value},
    {ROW("unit", "of measurement", WEB_TEXT), .put = put_unit},
    {ROW("quality", "of the value", WEB_TEXT), .put = put_quality, .word = quality_word},
    {ROW("decimals", "that its register can tell apart", WEB_COUNT), .put = put_decimals},
    {ROW("range_low", "of the instrument", WEB_NUMBER), .nullable = true, .put = put_low},
    {ROW("range_high", "of the instrument", WEB_NUMBER), .nullable = true, .put = put_high},
    {ROW("limits", "of its alarms", WEB_OBJECT), .put = put_limits, .noun = &limits_noun},
    {ROW("trips", "alarms that stop its machine", WEB_OBJECTS), .put = put_trips, .word = web_alarm_word},
    {ROW("inject", "what a master's value does: hold, once, reject", WEB_TEXT), .put = put_inject},
    {ROW("forced", "its value was given by a master", WEB_FLAG), VIEW(forced)},
    {ROW("shelved", "its alarms are", WEB_FLAG), VIEW(shelved)},
    {ROW("out_of_service", "its alarms are", WEB_FLAG), VIEW(out_of_service)},
    {ROW("suppressed", "one of its alarms is, by design", WEB_FLAG), VIEW(suppressed)},
    {ROW("unacknowledged", "one of its alarms waits", WEB_FLAG), VIEW(unacknowledged)},
    {ROW("alarms", "that are not normal, or whose interlock is bypassed; and those of such bypasses", WEB_OBJECTS),
     .put = put_alarms, .noun = &web_alarm_noun},
};
const struct web_noun web_sensor_noun = WEB_NOUN("Sensor", sensor_fields);

void web_put_sensor(const struct mbp_web *web, uint32_t sensor, FILE *out)
{
    struct mbp_sensor_view view;
    mbp_view_sensor(web->plant, web->state, sensor, &view);
    const struct web_item item = {.web = web, .view = &view, .index = sensor, .out = out};
    web_put_noun(&web_sensor_noun, &item);
}
