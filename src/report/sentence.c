/* An event as a sentence. */
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "mbplant/map.h"
#include "messages.h"

#define NAME_BUF 64

/* A text that grows inside a buffer and is cut where it does not fit. */
struct sentence {
    char *buf;
    size_t size, len;
    const struct mbp_telling *by;
    const struct mbp_event *event;
    enum mbp_lang lang;
    bool has_machine, has_item; /* whether these are known */
    struct mbp_event_tag machine, item;
};

static void say_list(struct sentence *s, const char *format, va_list args) __attribute__((format(printf, 2, 0)));
static void say(struct sentence *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void say_list(struct sentence *s, const char *format, va_list args)
{
    int written = vsnprintf(s->buf + s->len, s->size - s->len, format, args);
    if (written > 0)
        s->len += (size_t)written < s->size - s->len ? (size_t)written : s->size - s->len - 1;
}

static void say(struct sentence *s, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say_list(s, format, args);
    va_end(args);
}

/* A message with what it asks for; that all languages ask for the same is tested. */
static void tell(struct sentence *s, enum mbp_message id, ...)
{
    va_list args;
    va_start(args, id);
    say_list(s, mbp_message(s->lang, id), args);
    va_end(args);
}

/* Whether machine and sensor are numbers in the plant, for nobody says otherwise. */
static bool counts_by_plant(const struct mbp_telling *by)
{
    return by->names == NULL || by->names->tag_count == 0 || by->names->left_out;
}

bool mbp_event_machine(const struct mbp_telling *by, const struct mbp_event *event, struct mbp_event_tag *out)
{
    const struct mbp_event_tag *tag = by->names != NULL ? mbp_names_machine(by->names, event) : NULL;
    const struct mbp_unit *unit = mbp_plant_find_unit(by->plant, event->unit);
    if (tag != NULL)
        *out = *tag;
    return tag != NULL ||
           (unit != NULL && counts_by_plant(by) && mbp_tag_of_machine(by->plant, unit, event->machine, out));
}

bool mbp_event_item(const struct mbp_telling *by, const struct mbp_event *event, struct mbp_event_tag *out)
{
    const struct mbp_event_tag *tag = by->names != NULL ? mbp_names_item(by->names, event) : NULL;
    const struct mbp_unit *unit = mbp_plant_find_unit(by->plant, event->unit);
    if (tag != NULL)
        *out = *tag;
    return tag != NULL || (unit != NULL && counts_by_plant(by) && mbp_tag_of_item(by->plant, unit, event->sensor, out));
}

/* "FILL1", or "machine 3 of unit 1" when nobody knows its name. */
static void say_machine(struct sentence *s)
{
    if (s->has_machine)
        say(s, "%s", s->machine.name);
    else if (s->event->machine == MBP_NONE16)
        tell(s, MSG_UNIT, s->event->unit);
    else
        tell(s, MSG_MACHINE_OF_UNIT, s->event->machine, s->event->unit);
}

static void say_sensor(struct sentence *s)
{
    if (s->has_item)
        say(s, "%s", s->item.name);
    else
        tell(s, MSG_SENSOR_OF_UNIT, s->event->sensor, s->event->unit);
}

/* A number of the event in the sensor's digits and unit; as it came when the sensor is unknown. Returns buf. */
static const char *number_text(const struct sentence *s, float number, bool is_limit, char buf[NAME_BUF])
{
    if (!s->has_item)
        mbp_float_text(number, buf, NAME_BUF);
    else if (is_limit && isnan(number))
        snprintf(buf, NAME_BUF, "%s", mbp_message(s->lang, MSG_OFF));
    else if (is_limit)
        mbp_tag_limit_text(&s->item, (double)number, buf, NAME_BUF);
    else
        mbp_tag_value_text(&s->item, (double)number, buf, NAME_BUF);
    return mbp_message_decimal(s->lang, buf);
}

static void tell_number(struct sentence *s, enum mbp_message id, float number, bool is_limit)
{
    char text[NAME_BUF];
    tell(s, id, number_text(s, number, is_limit, text));
}

static void say_peer(struct sentence *s, enum mbp_message id)
{
    static const struct mbp_names none = {0};
    char text[MBP_PEER_TEXT];
    if (s->event->actor != MBP_ACTOR_THE_PLANT)
        tell(s, id, mbp_names_peer(s->by->names != NULL ? s->by->names : &none, s->event, text, sizeof text));
}

static const char *diagnosis(const struct sentence *s, unsigned limit)
{
    return mbp_tag_diagnosis(s->lang, s->has_item ? &s->item : NULL, limit);
}

static void say_value_and_limit(struct sentence *s)
{
    char text[NAME_BUF];
    if (isnan(s->event->value))
        return;
    say(s, " %s", number_text(s, s->event->value, false, text));
    if (!isnan(s->event->limit))
        tell_number(s, MSG_WITH_LIMIT, s->event->limit, true);
}

static void say_alarm(struct sentence *s)
{
    say_sensor(s);
    say(s, " %s", diagnosis(s, s->event->detail));
    if (s->event->code == MBP_EV_ALARM_CLEARED)
        tell(s, isnan(s->event->value) ? MSG_CONDITION_CLEARED : MSG_CLEARED);
    if (s->event->code == MBP_EV_ALARM_ACKNOWLEDGED)
        tell(s, MSG_ACKNOWLEDGED);
    else if (s->event->code == MBP_EV_ALARM_RESET)
        tell(s, MSG_RESET);
    else
        say_value_and_limit(s);
    say_peer(s, MSG_BY);
}

/* "TT101 alarm shelved for 10min by 127.0.0.1" */
static void say_shelving(struct sentence *s)
{
    char span[NAME_BUF];
    say_sensor(s);
    say(s, " %s", mbp_message_code(s->lang, s->event->code));
    bool shelved = s->event->code == MBP_EV_ALARM_SHELVED;
    if (shelved && s->event->detail == MBP_SHELVED_TIMED && s->event->value > 0)
        tell(s, MSG_FOR, mbp_span_text_in(s->lang, (uint64_t)s->event->value, span, sizeof span));
    if (shelved && s->event->detail == MBP_SHELVED_ONE_SHOT)
        tell(s, MSG_UNTIL_NORMAL);
    if (!shelved && s->event->detail == MBP_UNSHELVED_BY_TIME)
        tell(s, MSG_TIME_OVER);
    if (!shelved && s->event->detail == MBP_UNSHELVED_BY_RETURN)
        tell(s, MSG_IS_NORMAL);
    say_peer(s, MSG_BY);
}

/* detail: a bit per alarm of the sensor */
static void say_suppression(struct sentence *s)
{
    const char *between = ": ";
    say_sensor(s);
    say(s, " %s", mbp_message_code(s->lang, s->event->code));
    for (unsigned alarm = 0; alarm < MBP_ALARM_COUNT; alarm++) {
        if ((s->event->detail >> alarm & 1u) == 0)
            continue;
        say(s, "%s%s", between, mbp_limit_name((enum mbp_limit)alarm));
        between = ", ";
    }
}

static void say_service(struct sentence *s)
{
    say_sensor(s);
    tell(s, s->event->code == MBP_EV_ALARM_OUT_OF_SERVICE ? MSG_OUT_OF_SERVICE : MSG_IN_SERVICE);
    say_peer(s, MSG_BY);
}

static const char *state_word(const struct sentence *s, unsigned state)
{
    return state < MBP_STATE_COUNT ? mbp_state_name((enum mbp_state_code)state)
                                   : mbp_message(s->lang, MSG_UNKNOWN_STATE);
}

static void say_trip(struct sentence *s)
{
    unsigned alarm = mbp_event_alarm(s->event);
    say_sensor(s);
    if (alarm != MBP_NO_ALARM)
        say(s, " %s", diagnosis(s, alarm));
    say_value_and_limit(s);
}

static void say_trip_active(struct sentence *s)
{
    if (s->event->sensor == MBP_NONE16) {
        tell(s, MSG_A_TRIP_STILL_ACTIVE);
    } else {
        say_trip(s);
        tell(s, MSG_STILL_ACTIVE);
    }
    say_peer(s, MSG_ASKED_BY);
}

static void say_cause(struct sentence *s)
{
    switch (mbp_event_state_cause(s->event->detail)) {
    case MBP_CAUSE_COMMAND:
        tell(s, MSG_COMMANDED);
        say_peer(s, MSG_BY);
        return;
    case MBP_CAUSE_TRIP:
        say_trip(s);
        return;
    case MBP_CAUSE_MAINTENANCE_OVER:
        tell(s, MSG_MAINTENANCE_OVER);
        return;
    case MBP_CAUSE_TRIP_ACTIVE:
        say_trip_active(s);
        return;
    case MBP_CAUSE_TRIP_LATCHED:
        say_trip(s);
        tell(s, MSG_STILL_LATCHED);
        say_peer(s, MSG_ASKED_BY);
        return;
    case MBP_CAUSE_NO_TRANSITION:
        tell(s, MSG_NO_TRANSITION);
        say_peer(s, MSG_ASKED_BY);
        return;
    case MBP_CAUSE_RESTORED:
        tell(s, MSG_RESTORED);
        return;
    }
    tell(s, MSG_CAUSE_NUMBER, (unsigned)mbp_event_state_cause(s->event->detail));
}

static void say_machine_state(struct sentence *s)
{
    say_machine(s);
    tell(s, s->event->code == MBP_EV_MACHINE_REFUSED ? MSG_REFUSED : MSG_CHANGES,
         state_word(s, mbp_event_state_from(s->event->detail)), state_word(s, mbp_event_state_to(s->event->detail)));
    say_cause(s);
}

static void say_force(struct sentence *s)
{
    say_sensor(s);
    if (s->event->code == MBP_EV_VALUE_RELEASED) {
        tell_number(s, MSG_RELEASED, s->event->value, false);
    } else {
        tell_number(s, s->event->detail == 1 ? MSG_FORCED_ONCE : MSG_FORCED, s->event->value, false);
        if (!isnan(s->event->limit))
            tell_number(s, MSG_WAS, s->event->limit, false);
    }
    say_peer(s, MSG_BY);
}

static void say_limit_change(struct sentence *s)
{
    char old[NAME_BUF];
    char new[NAME_BUF];
    say_sensor(s);
    tell(s, MSG_LIMIT_CHANGED,
         s->event->detail < MBP_ALARM_COUNT ? mbp_limit_name((enum mbp_limit)s->event->detail) : "?",
         number_text(s, s->event->limit, true, old), number_text(s, s->event->value, true, new));
    say_peer(s, MSG_BY);
}

/* "command 10.0 %": what was asked of a point, and in its unit. */
static const char *asked_text(const struct sentence *s, const struct mbp_point *point, char *buf, size_t size)
{
    const struct mbp_plant *plant = s->by->plant;
    double asked = (double)s->event->value;
    char value[NAME_BUF];
    enum mbp_message noun = MSG_N_WRITE;
    mbp_float_text(s->event->value, value, sizeof value);
    if (point->field->write == MBP_WRITE_VALUE) {
        noun = MSG_N_VALUE;
        mbp_value_text(&plant->sensors[point->sensor], asked, value, sizeof value);
    } else if (point->field->write == MBP_WRITE_LIMIT) {
        noun = MSG_LIMIT;
        mbp_limit_text(&plant->sensors[point->sensor], asked, value, sizeof value);
    } else if (point->field->write == MBP_WRITE_COMMAND) {
        noun = MSG_N_COMMAND;
        mbp_actuator_text(&plant->actuators[point->actuator], asked, value, sizeof value);
    } else if (point->field->write == MBP_WRITE_SETTING) {
        noun = MSG_N_SETTING;
    }
    bool told = value[0] != '\0' && !(isnan(asked) && noun != MSG_LIMIT);
    snprintf(buf, size, "%s%s%s", mbp_message(s->lang, noun), told ? " " : "",
             told ? mbp_message_decimal(s->lang, value) : "");
    return buf;
}

static void say_refused_point(struct sentence *s, const struct mbp_point *point, enum mbp_status exception)
{
    char asked[2 * NAME_BUF];
    char buf[160];
    const char *why =
        mbp_report_refusal(s->lang, s->by->plant, point, (double)s->event->value, exception, buf, sizeof buf);
    tell(s, MSG_POINT_REFUSED, point->name, asked_text(s, point, asked, sizeof asked),
         why != NULL ? why : mbp_message_exception(s->lang, exception));
}

/* Of a point that is elsewhere by now, or no more. */
static void say_refused_item(struct sentence *s, enum mbp_status exception)
{
    char number[NAME_BUF];
    char asked[2 * NAME_BUF];
    mbp_float_text(s->event->value, number, sizeof number);
    snprintf(asked, sizeof asked, "%s%s%s", mbp_message(s->lang, MSG_N_WRITE), number[0] != '\0' ? " " : "",
             mbp_message_decimal(s->lang, number));
    tell(s, MSG_POINT_REFUSED, s->item.name, asked, mbp_message_exception(s->lang, exception));
}

/* Where nothing has a name. */
static void say_refused_address(struct sentence *s, unsigned table, unsigned addr, enum mbp_status exception)
{
    char number[NAME_BUF];
    char reference[16];
    mbp_float_text(s->event->value, number, sizeof number);
    tell(s, MSG_WRITE, mbp_message_decimal(s->lang, number),
         table < MBP_TABLE_COUNT ? mbp_table_name((enum mbp_table)table)
                                 : mbp_message(s->lang, table == MBP_DIAGNOSTICS ? MSG_DIAGNOSTICS : MSG_FILE),
         addr);
    if (table < MBP_TABLE_COUNT)
        say(s, " = %s", mbp_reference((enum mbp_table)table, (uint16_t)addr, reference, sizeof reference));
    tell(s, MSG_WRITE_REFUSED, s->event->unit, mbp_message_exception(s->lang, exception));
}

/* detail: mbp_event_write_detail() */
static void say_refusal(struct sentence *s)
{
    uint32_t detail = s->event->detail;
    enum mbp_status exception = (enum mbp_status)(detail >> 20 & 0xFu);
    unsigned more = detail >> 24;
    struct mbp_point point;
    if (mbp_event_point(s->by, s->event, &point) && point.field != NULL)
        say_refused_point(s, &point, exception);
    else if (s->has_item)
        say_refused_item(s, exception);
    else
        say_refused_address(s, detail >> 16 & 0xFu, detail & 0xFFFFu, exception);
    if (more > 0)
        tell(s, MSG_MORE_LIKE_IT, more);
    if (more == 255)
        tell(s, MSG_OR_ABOVE);
    say_peer(s, MSG_COMMA_BY);
}

static void say_plant_change(struct sentence *s)
{
    tell(s, MSG_PLANT_CHANGED, (double)s->event->value);
    say_peer(s, MSG_BY);
}

static void say_thing_change(struct sentence *s)
{
    char what[256];
    if (s->event->sensor != MBP_NONE16)
        say_sensor(s);
    else
        say_machine(s);
    tell(s, MSG_CHANGED, mbp_message_changed(s->lang, s->event->detail, what, sizeof what));
    if ((s->event->detail & MBP_CHANGED_ADDRESS) != 0)
        tell(s, MSG_REGISTER_MOVED, (double)s->event->limit, (double)s->event->value);
    say_peer(s, MSG_BY);
}

static void say_cleared(struct sentence *s)
{
    unsigned more = s->event->detail >> 24;
    tell(s, MSG_COUNTERS_CLEARED, s->event->unit, s->event->detail & 0xFFFFu);
    if (more > 0)
        tell(s, MSG_WRITTEN_MORE, more);
    say_peer(s, MSG_BY);
}

/* "FV101 written 0 % -> 45 % by 127.0.0.1"; detail: mbp_event_write_detail() */
static void say_written(struct sentence *s)
{
    unsigned table = s->event->detail >> 16 & 0xFu;
    unsigned more = s->event->detail >> 24;
    uint16_t addr = (uint16_t)s->event->detail;
    struct mbp_point point = {.unit_text = ""};
    char before[NAME_BUF];
    char now[NAME_BUF];
    char reference[16] = "?";
    if (table == MBP_DIAGNOSTICS) {
        say_cleared(s);
        return;
    }
    bool known = mbp_event_point(s->by, s->event, &point);
    if (table < MBP_TABLE_COUNT)
        mbp_reference((enum mbp_table)table, addr, reference, sizeof reference);
    else
        snprintf(reference, sizeof reference, "%s %u", mbp_message(s->lang, MSG_FILE), addr);
    if (known && (point.actuator != UINT32_MAX || point.controller != UINT32_MAX || point.sensor != UINT32_MAX))
        say(s, "%s", point.name);
    else if (s->has_item)
        say(s, "%s", s->item.name);
    else
        tell(s, MSG_POINT_OF_UNIT, reference, s->event->unit);
    const char *measure = known || !s->has_item ? point.unit_text : s->item.measure;
    const char *space = measure[0] != '\0' ? " " : "";
    mbp_float_text(s->event->limit, before, sizeof before);
    mbp_float_text(s->event->value, now, sizeof now);
    enum mbp_message done = s->event->code == MBP_EV_POINT_FORCED     ? MSG_POINT_FORCED
                            : s->event->code == MBP_EV_POINT_RELEASED ? MSG_POINT_RELEASED
                                                                      : MSG_WRITTEN;
    tell(s, done, mbp_message_decimal(s->lang, before), space, measure, mbp_message_decimal(s->lang, now), space,
         measure);
    if (more > 0)
        tell(s, table < MBP_TABLE_COUNT ? MSG_WRITTEN_MORE : MSG_WRITTEN_WORDS, more);
    say_peer(s, MSG_BY);
}

static void say_aggregated(struct sentence *s)
{
    tell(s, MSG_WRITES_AGGREGATED, (double)s->event->value, mbp_message_code(s->lang, (uint16_t)s->event->detail));
    say_peer(s, MSG_BY);
}

static void say_trouble(struct sentence *s)
{
    static const enum mbp_message what[] = {MSG_JOURNAL_RECOVERED, MSG_JOURNAL_REFUSED, MSG_JOURNAL_OVERRUN};
    tell(s, s->event->detail < 3 ? what[s->event->detail] : MSG_JOURNAL_TROUBLE);
    if (s->event->value > 0)
        tell(s, MSG_EVENTS_LOST, (double)s->event->value);
}

/* A code that this version does not know: all that the event holds, for those who do. */
static void say_unknown(struct sentence *s)
{
    tell(s, MSG_EVENT_NUMBER, s->event->code);
    if (!isnan(s->event->value))
        tell_number(s, MSG_FIELD_VALUE, s->event->value, false);
    if (!isnan(s->event->limit))
        tell_number(s, MSG_FIELD_LIMIT, s->event->limit, false);
    tell(s, MSG_FIELD_DETAIL, s->event->detail);
}

static void say_simulation(struct sentence *s)
{
    char number[NAME_BUF];
    char before[NAME_BUF];
    mbp_float_text(s->event->value, number, sizeof number);
    mbp_float_text(s->event->limit, before, sizeof before);
    mbp_message_decimal(s->lang, number);
    mbp_message_decimal(s->lang, before);
    say(s, "%s", mbp_message_code(s->lang, s->event->code));
    if (s->event->code == MBP_EV_SIM_STEPPED)
        tell(s, MSG_BY_SCANS, number);
    else if (s->event->code == MBP_EV_SIM_SPEED)
        tell(s, MSG_TIMES_REAL, before, number);
    else
        tell(s, MSG_AS_AFTER_SCAN, s->event->detail);
    say_peer(s, MSG_COMMA_BY);
}

static void say_clock(struct sentence *s)
{
    double seconds = (double)s->event->value;
    char number[NAME_BUF];
    snprintf(number, sizeof number, "%.1f", fabs(seconds));
    tell(s, seconds < 0 ? MSG_CLOCK_BACK : MSG_CLOCK_FORWARD, mbp_message_decimal(s->lang, number));
}

/* "LT101 expression fault: division by zero at character 7"; detail: MBP_DETAIL_FORMULA */
static void say_formula(struct sentence *s)
{
    static const enum mbp_message faults[] = {MSG_DIVISION_BY_ZERO, MSG_OUT_OF_RANGE, MSG_UNDEFINED, MSG_NO_VALUE};
    unsigned fault = s->event->detail & 0xFFu;
    char reference[16];
    if (s->event->sensor != MBP_NONE16)
        say_sensor(s);
    else if (s->event->limit >= 0 && s->event->limit < 65536.0f * MBP_TABLE_COUNT)
        tell(s, MSG_POINT_OF_UNIT,
             mbp_reference((enum mbp_table)((uint32_t)s->event->limit >> 16), (uint16_t)(uint32_t)s->event->limit,
                           reference, sizeof reference),
             s->event->unit);
    else
        tell(s, MSG_LOGIC_OF_UNIT, (double)s->event->value, s->event->unit);
    say(s, " %s", mbp_message_code(s->lang, s->event->code));
    if (fault >= 1 && fault <= sizeof faults / sizeof faults[0])
        tell(s, MSG_AT_CHARACTER, mbp_message(s->lang, faults[fault - 1]), s->event->detail >> 8);
}

/* A number of a plain event behind its words; of most the words say enough. */
static void say_number(struct sentence *s, enum mbp_event_number what, float number)
{
    if (isnan(number))
        return;
    if (what == MBP_NUMBER_HOURS)
        tell(s, MSG_AFTER_HOURS, (double)number);
    else if (what == MBP_NUMBER_PRODUCTS)
        tell(s, MSG_AND_PRODUCTS, (double)number);
    else if (what == MBP_NUMBER_MEASURED || what == MBP_NUMBER_LIMIT || what == MBP_NUMBER_WRITTEN)
        tell_number(s, MSG_COLON, number, what == MBP_NUMBER_LIMIT);
}

/* What the event is about (sensor, else machine), then the code's own words and its numbers. */
static void say_plain(struct sentence *s)
{
    const struct mbp_event_type *type = mbp_event_type(s->event->code);
    if (s->event->sensor != MBP_NONE16) {
        say_sensor(s);
        say(s, " ");
    } else if (s->event->machine != MBP_NONE16) {
        say_machine(s);
        say(s, " ");
    }
    if (type == NULL) {
        say_unknown(s);
    } else {
        say(s, "%s", mbp_message_code(s->lang, type->code));
        say_number(s, (enum mbp_event_number)type->value, s->event->value);
        say_number(s, (enum mbp_event_number)type->limit, s->event->limit);
        if (type->detail == MBP_DETAIL_GOOD)
            tell(s, MSG_MADE_SO_FAR, s->event->detail, isnan(s->event->limit) ? 0.0 : (double)s->event->limit);
    }
    say_peer(s, MSG_BY);
}

static void (*const speakers[MBP_FORM_COUNT])(struct sentence *s) = {
    [MBP_FORM_PLAIN] = say_plain,           [MBP_FORM_PLANT] = say_plant_change,
    [MBP_FORM_CHANGE] = say_thing_change,   [MBP_FORM_ALARM] = say_alarm,
    [MBP_FORM_SHELVING] = say_shelving,     [MBP_FORM_SUPPRESSION] = say_suppression,
    [MBP_FORM_SERVICE] = say_service,       [MBP_FORM_STATE] = say_machine_state,
    [MBP_FORM_FORCE] = say_force,           [MBP_FORM_LIMIT] = say_limit_change,
    [MBP_FORM_REFUSAL] = say_refusal,       [MBP_FORM_WRITTEN] = say_written,
    [MBP_FORM_AGGREGATED] = say_aggregated, [MBP_FORM_TROUBLE] = say_trouble,
    [MBP_FORM_SIMULATION] = say_simulation, [MBP_FORM_CLOCK] = say_clock,
    [MBP_FORM_FORMULA] = say_formula,
};

static struct sentence begin(const struct mbp_telling *by, const struct mbp_event *event, char *buf, size_t size)
{
    struct sentence s = {.buf = buf, .size = size, .by = by, .event = event, .lang = by->lang};
    buf[0] = '\0';
    s.has_machine = mbp_event_machine(by, event, &s.machine);
    s.has_item = mbp_event_item(by, event, &s.item);
    return s;
}

const char *mbp_report_sentence(const struct mbp_telling *by, const struct mbp_event *event, char *buf, size_t size)
{
    struct sentence s = begin(by, event, buf, size);
    const struct mbp_event_type *type = mbp_event_type(event->code);
    speakers[type != NULL ? type->form : MBP_FORM_PLAIN](&s);
    return buf;
}

const char *mbp_report_cause_text(const struct mbp_telling *by, const struct mbp_event *event, char *buf, size_t size)
{
    struct sentence s = begin(by, event, buf, size);
    say_cause(&s);
    return buf;
}
