/* An event as a sentence. */
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "mbplant/report.h"

#define NAME_BUF 64

/* A text that grows inside a buffer and is cut where it does not fit. */
struct sentence {
    char *buf;
    size_t size, len;
    const struct mbp_plant *plant;
    const struct mbp_event *event;
};

static void say(struct sentence *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void say(struct sentence *s, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int written = vsnprintf(s->buf + s->len, s->size - s->len, format, args);
    va_end(args);
    if (written > 0)
        s->len += (size_t)written < s->size - s->len ? (size_t)written : s->size - s->len - 1;
}

static const struct mbp_unit *unit_of(const struct mbp_plant *plant, const struct mbp_event *event)
{
    for (uint32_t u = 0; u < plant->unit_count; u++) {
        if (plant->units[u].id == event->unit)
            return &plant->units[u];
    }
    return NULL;
}

const struct mbp_machine *mbp_event_machine(const struct mbp_plant *plant, const struct mbp_event *event)
{
    const struct mbp_unit *unit = unit_of(plant, event);
    if (unit == NULL || event->machine >= unit->machine_count)
        return NULL;
    return &plant->machines[unit->first_machine + event->machine];
}

const struct mbp_sensor *mbp_event_sensor(const struct mbp_plant *plant, const struct mbp_event *event)
{
    const struct mbp_unit *unit = unit_of(plant, event);
    if (unit == NULL || event->sensor >= unit->sensor_count)
        return NULL;
    return &plant->sensors[unit->first_sensor + event->sensor];
}

/* "FILL1", or "machine 3 of unit 1" when the plant was changed since. */
static void say_machine(struct sentence *s)
{
    const struct mbp_machine *machine = mbp_event_machine(s->plant, s->event);
    if (machine != NULL)
        say(s, "%s", machine->name);
    else if (s->event->machine == MBP_NONE16)
        say(s, "unit %u", s->event->unit);
    else
        say(s, "machine %u of unit %u", s->event->machine, s->event->unit);
}

static void say_sensor(struct sentence *s)
{
    const struct mbp_sensor *sensor = mbp_event_sensor(s->plant, s->event);
    if (sensor != NULL)
        say(s, "%s", sensor->name);
    else
        say(s, "sensor %u of unit %u", s->event->sensor, s->event->unit);
}

/* A number of the event in the sensor's digits and unit; as it came when the sensor is unknown. */
static void say_number(struct sentence *s, float number, bool is_limit)
{
    const struct mbp_sensor *sensor = mbp_event_sensor(s->plant, s->event);
    char text[NAME_BUF];
    if (sensor == NULL)
        say(s, "%s", mbp_float_text(number, text, sizeof text));
    else if (is_limit)
        say(s, "%s", mbp_limit_text(sensor, (double)number, text, sizeof text));
    else
        say(s, "%s", mbp_value_text(sensor, (double)number, text, sizeof text));
}

static void say_peer(struct sentence *s, const char *before)
{
    char text[NAME_BUF];
    if (s->event->peer != 0)
        say(s, "%s%s", before, mbp_peer_text(s->event->peer, text, sizeof text));
}

static const char *diagnosis(const struct sentence *s, enum mbp_limit limit)
{
    const struct mbp_sensor *sensor = mbp_event_sensor(s->plant, s->event);
    if (sensor == NULL || limit >= MBP_LIMIT_COUNT)
        return "limit";
    return mbp_kind_diagnosis((enum mbp_kind)sensor->kind, limit);
}

/* Events that carry a value and its limit, but not which of the four it is: by the side it lies on. */
static enum mbp_limit limit_by_side(const struct mbp_event *event)
{
    return event->value < event->limit ? MBP_LOW : MBP_HIGH;
}

static void say_value_and_limit(struct sentence *s)
{
    if (isnan(s->event->value))
        return;
    say(s, " ");
    say_number(s, s->event->value, false);
    if (isnan(s->event->limit))
        return;
    say(s, " (limit ");
    say_number(s, s->event->limit, true);
    say(s, ")");
}

static void say_alarm(struct sentence *s)
{
    enum mbp_limit limit = (enum mbp_limit)s->event->detail;
    say_sensor(s);
    say(s, " %s", diagnosis(s, limit));
    if (s->event->code == MBP_EV_ALARM_CLEARED)
        say(s, " cleared:");
    if (s->event->code == MBP_EV_ALARM_ACKNOWLEDGED)
        say(s, " acknowledged");
    else
        say_value_and_limit(s);
    say_peer(s, " by ");
}

static const char *state_word(unsigned state)
{
    return state < MBP_STATE_COUNT ? mbp_state_name((enum mbp_state_code)state) : "unknown state";
}

static void say_trip(struct sentence *s)
{
    say_sensor(s);
    if (!isnan(s->event->value) && !isnan(s->event->limit))
        say(s, " %s", diagnosis(s, limit_by_side(s->event)));
    say_value_and_limit(s);
}

static void say_cause(struct sentence *s)
{
    switch (mbp_event_state_cause(s->event->detail)) {
    case MBP_CAUSE_COMMAND:
        say(s, "commanded");
        say_peer(s, " by ");
        return;
    case MBP_CAUSE_TRIP:
        say_trip(s);
        return;
    case MBP_CAUSE_MAINTENANCE_OVER:
        say(s, "planned maintenance is over");
        return;
    case MBP_CAUSE_TRIP_ACTIVE:
        if (s->event->sensor == MBP_NONE16)
            say(s, "a tripping alarm is");
        else
            say_trip(s);
        say(s, " still active");
        say_peer(s, "; asked by ");
        return;
    case MBP_CAUSE_NO_TRANSITION:
        say(s, "there is no way from the one to the other");
        say_peer(s, "; asked by ");
        return;
    case MBP_CAUSE_RESTORED:
        say(s, "restored");
        return;
    }
    say(s, "cause %u", (unsigned)mbp_event_state_cause(s->event->detail));
}

static void say_machine_state(struct sentence *s)
{
    say_machine(s);
    say(s, " %s -> %s%s: ", state_word(mbp_event_state_from(s->event->detail)),
        state_word(mbp_event_state_to(s->event->detail)), s->event->code == MBP_EV_MACHINE_REFUSED ? " refused" : "");
    say_cause(s);
}

static void say_force(struct sentence *s)
{
    say_sensor(s);
    if (s->event->code == MBP_EV_VALUE_RELEASED) {
        say(s, " released from ");
        say_number(s, s->event->value, false);
    } else {
        say(s, s->event->detail == 1 ? " forced once to " : " forced to ");
        say_number(s, s->event->value, false);
        if (!isnan(s->event->limit)) {
            say(s, " (was ");
            say_number(s, s->event->limit, false);
            say(s, ")");
        }
    }
    say_peer(s, " by ");
}

static void say_limit_change(struct sentence *s)
{
    say_sensor(s);
    say(s, " limit %s ", s->event->detail < MBP_LIMIT_COUNT ? mbp_limit_name((enum mbp_limit)s->event->detail) : "?");
    say_number(s, s->event->limit, true);
    say(s, " -> ");
    say_number(s, s->event->value, true);
    say_peer(s, " by ");
}

/* detail: mbp_event_write_detail() */
static void say_refusal(struct sentence *s)
{
    uint32_t detail = s->event->detail;
    unsigned table = detail >> 16 & 0xFu;
    unsigned more = detail >> 24;
    char number[NAME_BUF];
    char reference[16] = "";
    say(s, "write of %s to %s %u", mbp_float_text(s->event->value, number, sizeof number),
        table < MBP_TABLE_COUNT ? mbp_table_name((enum mbp_table)table) : "file", detail & 0xFFFFu);
    if (table < MBP_TABLE_COUNT)
        say(s, " = %s", mbp_reference((enum mbp_table)table, (uint16_t)detail, reference, sizeof reference));
    say(s, " of unit %u refused: %s", s->event->unit, mbp_status_text((enum mbp_status)(detail >> 20 & 0xFu)));
    if (more > 0)
        say(s, ", and %u more like it%s", more, more == 255 ? " or above" : "");
    say_peer(s, ", by ");
}

static void say_plant_change(struct sentence *s)
{
    say(s, "plant changed: %.0f machines and sensors added, removed or changed", (double)s->event->value);
    say_peer(s, " by ");
}

static void say_thing_change(struct sentence *s)
{
    char what[256];
    bool sensor = s->event->sensor != MBP_NONE16;
    if (sensor)
        say_sensor(s);
    else
        say_machine(s);
    say(s, " changed: %s", mbp_event_changed_text(s->event->detail, what, sizeof what));
    if ((s->event->detail & MBP_CHANGED_ADDRESS) != 0)
        say(s, "; holding register %.0f -> %.0f", (double)s->event->limit, (double)s->event->value);
    say_peer(s, " by ");
}

/* "FV101 written 0 % -> 45 % by 127.0.0.1"; detail: mbp_event_write_detail() */
static void say_written(struct sentence *s)
{
    const struct mbp_unit *unit = unit_of(s->plant, s->event);
    unsigned table = s->event->detail >> 16 & 0xFu;
    uint16_t addr = (uint16_t)s->event->detail;
    struct mbp_point point = {.unit_text = ""};
    char before[NAME_BUF];
    char now[NAME_BUF];
    char reference[16] = "?";
    if (table < MBP_TABLE_COUNT)
        mbp_reference((enum mbp_table)table, addr, reference, sizeof reference);
    bool known = unit != NULL && table < MBP_TABLE_COUNT &&
                 mbp_plant_point_at(s->plant, (uint32_t)(unit - s->plant->units), (enum mbp_table)table, addr, &point);
    if (known && (point.actuator != UINT32_MAX || point.controller != UINT32_MAX))
        say(s, "%s", point.name);
    else
        say(s, "%s of unit %u", reference, s->event->unit);
    const char *space = point.unit_text[0] != '\0' ? " " : "";
    say(s, " written %s%s%s -> %s%s%s", mbp_float_text(s->event->limit, before, sizeof before), space, point.unit_text,
        mbp_float_text(s->event->value, now, sizeof now), space, point.unit_text);
    say_peer(s, " by ");
}

static void say_trouble(struct sentence *s)
{
    static const char *const what[] = {"journal is written again", "journal cannot be written", "journal overrun"};
    say(s, "%s", s->event->detail < 3 ? what[s->event->detail] : "journal trouble");
    if (s->event->value > 0)
        say(s, "; %.0f events lost", (double)s->event->value);
}

static void say_simulation(struct sentence *s)
{
    char number[NAME_BUF];
    char before[NAME_BUF];
    say(s, "%s", mbp_event_code_name(s->event->code));
    if (s->event->code == MBP_EV_SIM_STEPPED)
        say(s, " by %s scans", mbp_float_text(s->event->value, number, sizeof number));
    else if (s->event->code == MBP_EV_SIM_SPEED)
        say(s, " %s -> %s times real time", mbp_float_text(s->event->limit, before, sizeof before),
            mbp_float_text(s->event->value, number, sizeof number));
    else
        say(s, ": the plant is as it was after scan %u", s->event->detail);
    say_peer(s, ", by ");
}

static void say_clock(struct sentence *s)
{
    double seconds = (double)s->event->value;
    say(s, "wall clock set %s by %.1f s", seconds < 0 ? "back" : "forward", fabs(seconds));
}

/* What the event is about (machine, else sensor), then the code's own words. */
static void say_plain(struct sentence *s)
{
    if (s->event->sensor != MBP_NONE16) {
        say_sensor(s);
        say(s, " ");
    } else if (s->event->machine != MBP_NONE16) {
        say_machine(s);
        say(s, " ");
    }
    if (strcmp(mbp_event_code_name(s->event->code), "unknown") == 0)
        say(s, "event code %u", s->event->code);
    else
        say(s, "%s", mbp_event_code_name(s->event->code));
    if (s->event->code == MBP_EV_MAINTENANCE_DUE && !isnan(s->event->value))
        say(s, " after %.1f running hours", (double)s->event->value);
    say_peer(s, " by ");
}

static const struct {
    enum mbp_event_code code;
    void (*speak)(struct sentence *s);
} speakers[] = {
    {MBP_EV_PLANT_CHANGED, say_plant_change},  {MBP_EV_MACHINE_CHANGED, say_thing_change},
    {MBP_EV_SENSOR_CHANGED, say_thing_change}, {MBP_EV_ALARM_RAISED, say_alarm},
    {MBP_EV_ALARM_CLEARED, say_alarm},         {MBP_EV_ALARM_ACKNOWLEDGED, say_alarm},
    {MBP_EV_MACHINE_STATE, say_machine_state}, {MBP_EV_MACHINE_REFUSED, say_machine_state},
    {MBP_EV_VALUE_FORCED, say_force},          {MBP_EV_VALUE_RELEASED, say_force},
    {MBP_EV_LIMIT_CHANGED, say_limit_change},  {MBP_EV_WRITE_REFUSED, say_refusal},
    {MBP_EV_POINT_WRITTEN, say_written},       {MBP_EV_JOURNAL_TROUBLE, say_trouble},
    {MBP_EV_SIM_STEPPED, say_simulation},      {MBP_EV_SIM_SPEED, say_simulation},
    {MBP_EV_SIM_RESTORED, say_simulation},     {MBP_EV_CLOCK_STEPPED, say_clock},
};

const char *mbp_report_event_text(const struct mbp_plant *plant, const struct mbp_event *event, char *buf, size_t size)
{
    struct sentence s = {.buf = buf, .size = size, .plant = plant, .event = event};
    buf[0] = '\0';
    for (size_t i = 0; i < sizeof speakers / sizeof speakers[0]; i++) {
        if (speakers[i].code == event->code) {
            speakers[i].speak(&s);
            return buf;
        }
    }
    say_plain(&s);
    return buf;
}
