/* An event as a sentence. */
#include "sentence.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "mbplant/event/logbook.h"
#include "mbplant/event/seed.h"
#include "mbplant/map.h"

__attribute__((format(printf, 2, 0))) static void say_list(struct sentence *s, const char *format, va_list args)
{
    int written = vsnprintf(s->buf + s->len, s->size - s->len, format, args);
    if (written > 0)
        s->len += (size_t)written < s->size - s->len ? (size_t)written : s->size - s->len - 1;
}

void sentence_say(struct sentence *s, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say_list(s, format, args);
    va_end(args);
}

/* A message with what it asks for; that all languages ask for the same is tested. */
void sentence_tell(struct sentence *s, enum mbp_message id, ...)
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
static void sentence_machine(struct sentence *s)
{
    if (s->has_machine)
        sentence_say(s, "%s", s->machine.name);
    else if (s->event->machine == MBP_NONE16)
        sentence_tell(s, MSG_UNIT, s->event->unit);
    else
        sentence_tell(s, MSG_MACHINE_OF_UNIT, s->event->machine, s->event->unit);
}

void sentence_sensor(struct sentence *s)
{
    if (s->has_item)
        sentence_say(s, "%s", s->item.name);
    else
        sentence_tell(s, MSG_SENSOR_OF_UNIT, s->event->sensor, s->event->unit);
}

/* A number of the event in the sensor's digits and unit; as it came when the sensor is unknown. Returns buf. */
static const char *sentence_number(const struct sentence *s, float number, bool is_limit, char buf[SENTENCE_NAME])
{
    if (!s->has_item)
        mbp_float_text(number, buf, SENTENCE_NAME);
    else if (is_limit && isnan(number))
        snprintf(buf, SENTENCE_NAME, "%s", mbp_message(s->lang, MSG_OFF));
    else if (is_limit)
        mbp_tag_limit_text(&s->item, (double)number, buf, SENTENCE_NAME);
    else
        mbp_tag_value_text(&s->item, (double)number, buf, SENTENCE_NAME);
    return mbp_message_decimal(s->lang, buf);
}

static void sentence_tell_number(struct sentence *s, enum mbp_message id, float number, bool is_limit)
{
    char text[SENTENCE_NAME];
    sentence_tell(s, id, sentence_number(s, number, is_limit, text));
}

void sentence_peer(struct sentence *s, enum mbp_message id)
{
    static const struct mbp_names none = {0};
    char text[MBP_PEER_TEXT];
    if (s->event->actor != MBP_ACTOR_THE_PLANT)
        sentence_tell(
            s, id, mbp_message_peer(s->lang, s->by->names != NULL ? s->by->names : &none, s->event, text, sizeof text));
}

const char *sentence_diagnosis(const struct sentence *s, unsigned limit)
{
    return mbp_tag_diagnosis(s->lang, s->has_item ? &s->item : NULL, limit);
}

void sentence_value_and_limit(struct sentence *s)
{
    char text[SENTENCE_NAME];
    if (isnan(s->event->value))
        return;
    sentence_say(s, " %s", sentence_number(s, s->event->value, false, text));
    if (!isnan(s->event->limit))
        sentence_tell_number(s, MSG_WITH_LIMIT, s->event->limit, true);
}

static const char *state_word(const struct sentence *s, unsigned state)
{
    return mbp_message_state(s->lang, state);
}

static void say_trip(struct sentence *s)
{
    unsigned alarm = mbp_event_alarm(s->event);
    sentence_sensor(s);
    if (alarm != MBP_NO_ALARM)
        sentence_say(s, " %s", sentence_diagnosis(s, alarm));
    sentence_value_and_limit(s);
}

static void say_trip_active(struct sentence *s)
{
    if (s->event->sensor == MBP_NONE16) {
        sentence_tell(s, MSG_A_TRIP_STILL_ACTIVE);
    } else {
        say_trip(s);
        sentence_tell(s, MSG_STILL_ACTIVE);
    }
    sentence_peer(s, MSG_ASKED_BY);
}

static void say_cause(struct sentence *s)
{
    switch (mbp_event_state_cause(s->event->detail)) {
    case MBP_CAUSE_COMMAND:
        sentence_tell(s, MSG_COMMANDED);
        sentence_peer(s, MSG_BY);
        return;
    case MBP_CAUSE_TRIP:
        say_trip(s);
        return;
    case MBP_CAUSE_MAINTENANCE_OVER:
        sentence_tell(s, MSG_MAINTENANCE_OVER);
        return;
    case MBP_CAUSE_TRIP_ACTIVE:
        say_trip_active(s);
        return;
    case MBP_CAUSE_TRIP_LATCHED:
        say_trip(s);
        sentence_tell(s, MSG_STILL_LATCHED);
        sentence_peer(s, MSG_ASKED_BY);
        return;
    case MBP_CAUSE_PERMISSIVE:
        say_trip(s);
        sentence_tell(s, MSG_NOT_PERMITTED);
        sentence_peer(s, MSG_ASKED_BY);
        return;
    case MBP_CAUSE_NO_TRANSITION:
        sentence_tell(s, MSG_NO_TRANSITION);
        sentence_peer(s, MSG_ASKED_BY);
        return;
    case MBP_CAUSE_RESTORED:
        sentence_tell(s, MSG_RESTORED);
        return;
    }
    sentence_tell(s, MSG_CAUSE_NUMBER, (unsigned)mbp_event_state_cause(s->event->detail));
}

static void say_machine_state(struct sentence *s)
{
    sentence_machine(s);
    sentence_tell(s, s->event->code == MBP_EV_MACHINE_REFUSED ? MSG_REFUSED : MSG_CHANGES,
                  state_word(s, mbp_event_state_from(s->event->detail)),
                  state_word(s, mbp_event_state_to(s->event->detail)));
    say_cause(s);
}

static void say_force(struct sentence *s)
{
    sentence_sensor(s);
    if (s->event->code == MBP_EV_VALUE_RELEASED) {
        sentence_tell_number(s, MSG_RELEASED, s->event->value, false);
    } else {
        sentence_tell_number(s, s->event->detail == 1 ? MSG_FORCED_ONCE : MSG_FORCED, s->event->value, false);
        if (!isnan(s->event->limit))
            sentence_tell_number(s, MSG_WAS, s->event->limit, false);
    }
    sentence_peer(s, MSG_BY);
}

static void say_limit_change(struct sentence *s)
{
    char old[SENTENCE_NAME];
    char new[SENTENCE_NAME];
    sentence_sensor(s);
    sentence_tell(s, MSG_LIMIT_CHANGED, mbp_message_limit(s->lang, s->event->detail),
                  sentence_number(s, s->event->limit, true, old), sentence_number(s, s->event->value, true, new));
    sentence_peer(s, MSG_BY);
}

static void say_plant_change(struct sentence *s)
{
    sentence_tell(s, MSG_PLANT_CHANGED, (double)s->event->value);
    sentence_peer(s, MSG_BY);
}

static void say_thing_change(struct sentence *s)
{
    char what[256];
    if (s->event->sensor != MBP_NONE16)
        sentence_sensor(s);
    else
        sentence_machine(s);
    sentence_tell(s, MSG_CHANGED, mbp_message_changed(s->lang, s->event->detail, what, sizeof what));
    if ((s->event->detail & MBP_CHANGED_ADDRESS) != 0)
        sentence_tell(s, MSG_REGISTER_MOVED, (double)s->event->limit, (double)s->event->value);
    sentence_peer(s, MSG_BY);
}

static void say_cleared(struct sentence *s)
{
    unsigned more = s->event->detail >> 24;
    sentence_tell(s, MSG_COUNTERS_CLEARED, s->event->unit, s->event->detail & 0xFFFFu);
    if (more > 0)
        sentence_tell(s, MSG_WRITTEN_MORE, more);
    sentence_peer(s, MSG_BY);
}

/* "FV101 written 0 % -> 45 % by 127.0.0.1"; detail: mbp_event_write_detail() */
static void say_written(struct sentence *s)
{
    unsigned table = s->event->detail >> 16 & 0xFu;
    unsigned more = s->event->detail >> 24;
    uint16_t addr = (uint16_t)s->event->detail;
    struct mbp_point point = {.unit_text = ""};
    char before[SENTENCE_NAME];
    char now[SENTENCE_NAME];
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
        sentence_say(s, "%s", point.name);
    else if (s->has_item)
        sentence_say(s, "%s", s->item.name);
    else
        sentence_tell(s, MSG_POINT_OF_UNIT, reference, s->event->unit);
    const char *measure = known || !s->has_item ? point.unit_text : s->item.measure;
    const char *space = measure[0] != '\0' ? " " : "";
    mbp_float_text(s->event->limit, before, sizeof before);
    mbp_float_text(s->event->value, now, sizeof now);
    enum mbp_message done = s->event->code == MBP_EV_POINT_FORCED     ? MSG_POINT_FORCED
                            : s->event->code == MBP_EV_POINT_RELEASED ? MSG_POINT_RELEASED
                                                                      : MSG_WRITTEN;
    sentence_tell(s, done, mbp_message_decimal(s->lang, before), space, measure, mbp_message_decimal(s->lang, now),
                  space, measure);
    if (more > 0)
        sentence_tell(s, table < MBP_TABLE_COUNT ? MSG_WRITTEN_MORE : MSG_WRITTEN_WORDS, more);
    sentence_peer(s, MSG_BY);
}

static void say_aggregated(struct sentence *s)
{
    sentence_tell(s, MSG_WRITES_AGGREGATED, (double)s->event->value,
                  mbp_message_code(s->lang, (uint16_t)s->event->detail));
    sentence_peer(s, MSG_BY);
}

static void say_trouble(struct sentence *s)
{
    static const enum mbp_message what[] = {MSG_JOURNAL_RECOVERED, MSG_JOURNAL_REFUSED, MSG_JOURNAL_OVERRUN};
    sentence_tell(s, s->event->detail < 3 ? what[s->event->detail] : MSG_JOURNAL_TROUBLE);
    if (s->event->value > 0)
        sentence_tell(s, MSG_EVENTS_LOST, (double)s->event->value);
}

/* A code that this version does not know: all that the event holds, for those who do. */
static void say_unknown(struct sentence *s)
{
    sentence_tell(s, MSG_EVENT_NUMBER, s->event->code);
    if (!isnan(s->event->value))
        sentence_tell_number(s, MSG_FIELD_VALUE, s->event->value, false);
    if (!isnan(s->event->limit))
        sentence_tell_number(s, MSG_FIELD_LIMIT, s->event->limit, false);
    sentence_tell(s, MSG_FIELD_DETAIL, s->event->detail);
}

static void say_simulation(struct sentence *s)
{
    char number[SENTENCE_NAME];
    char before[SENTENCE_NAME];
    mbp_float_text(s->event->value, number, sizeof number);
    mbp_float_text(s->event->limit, before, sizeof before);
    mbp_message_decimal(s->lang, number);
    mbp_message_decimal(s->lang, before);
    sentence_say(s, "%s", mbp_message_code(s->lang, s->event->code));
    if (s->event->code == MBP_EV_SIM_STEPPED)
        sentence_tell(s, MSG_BY_SCANS, number);
    else if (s->event->code == MBP_EV_SIM_SPEED)
        sentence_tell(s, MSG_TIMES_REAL, before, number);
    else if (s->event->code == MBP_EV_SIM_SEED)
        sentence_tell(s, MSG_TO_SEED, (unsigned long long)mbp_event_seed(s->event));
    else
        sentence_tell(s, MSG_AS_AFTER_SCAN, s->event->detail);
    sentence_peer(s, MSG_COMMA_BY);
}

static void say_clock(struct sentence *s)
{
    double seconds = (double)s->event->value;
    char number[SENTENCE_NAME];
    snprintf(number, sizeof number, "%.1f", fabs(seconds));
    sentence_tell(s, seconds < 0 ? MSG_CLOCK_BACK : MSG_CLOCK_FORWARD, mbp_message_decimal(s->lang, number));
}

/* "LT101 expression fault: division by zero at character 7"; detail: MBP_DETAIL_FORMULA */
static void say_formula(struct sentence *s)
{
    static const enum mbp_message faults[] = {MSG_DIVISION_BY_ZERO, MSG_OUT_OF_RANGE, MSG_UNDEFINED, MSG_NO_VALUE};
    unsigned fault = s->event->detail & 0xFFu;
    char reference[16];
    if (s->event->sensor != MBP_NONE16)
        sentence_sensor(s);
    else if (s->event->limit >= 0 && s->event->limit < 65536.0f * MBP_TABLE_COUNT)
        sentence_tell(s, MSG_POINT_OF_UNIT,
                      mbp_reference((enum mbp_table)((uint32_t)s->event->limit >> 16),
                                    (uint16_t)(uint32_t)s->event->limit, reference, sizeof reference),
                      s->event->unit);
    else
        sentence_tell(s, MSG_LOGIC_OF_UNIT, (double)s->event->value, s->event->unit);
    sentence_say(s, " %s", mbp_message_code(s->lang, s->event->code));
    if (fault >= 1 && fault <= sizeof faults / sizeof faults[0])
        sentence_tell(s, MSG_AT_CHARACTER, mbp_message(s->lang, faults[fault - 1]), s->event->detail >> 8);
}

/* ", due in 3d, to take 2h" */
static void say_plan(struct sentence *s)
{
    static const enum mbp_message due[MBP_DUE_KINDS] = {MSG_OFF, MSG_DUE_IN, MSG_DUE_AFTER_RUNNING,
                                                        MSG_DUE_AFTER_PRODUCTS, MSG_DUE_BY_CONDITION};
    unsigned kind = s->event->detail >> 8 & 0xFFu;
    char text[SENTENCE_NAME];
    double at = mbp_work_due_at(s->event);
    if (kind == MBP_DUE_PRODUCTS && at >= 0)
        snprintf(text, sizeof text, "%.0f", at);
    else if (at >= 0)
        mbp_span_text_in(s->lang, (uint64_t)at, text, sizeof text);
    if (kind != MBP_DUE_NEVER && kind < MBP_DUE_KINDS && at >= 0)
        sentence_tell(s, due[kind], text);
    if (s->event->value > 0)
        sentence_tell(s, MSG_TO_TAKE, mbp_span_text_in(s->lang, (uint64_t)s->event->value, text, sizeof text));
}

/* What people tell: "FILL1: note on incident 12 by anna". */
static void say_logbook(struct sentence *s)
{
    uint32_t detail = s->event->detail;
    if (s->event->sensor != MBP_NONE16)
        sentence_sensor(s);
    else if (s->event->machine != MBP_NONE16)
        sentence_machine(s);
    if (s->event->sensor != MBP_NONE16 || s->event->machine != MBP_NONE16)
        sentence_tell(s, MSG_COLON, "");
    if (s->event->code == MBP_EV_INCIDENT_CAUSE) {
        sentence_tell(s, MSG_CAUSE_OF, detail);
    } else if (s->event->code == MBP_EV_WORK_OPENED) {
        sentence_tell(s, MSG_WORK_OPENED,
                      mbp_message(s->lang, (detail & 0xFFu) == MBP_WORK_PREVENTIVE ? MSG_PREVENTIVE : MSG_CORRECTIVE));
        say_plan(s);
    } else if (s->event->code == MBP_EV_NOTE) {
        sentence_tell(s, MSG_NOTE);
        if (detail != 0)
            sentence_tell(s, MSG_OF_INCIDENT, detail);
    } else {
        sentence_tell(s,
                      s->event->code == MBP_EV_WORK_STARTED     ? MSG_WORK_STARTED
                      : s->event->code == MBP_EV_WORK_CANCELLED ? MSG_WORK_CANCELLED
                                                                : MSG_WORK_DONE,
                      detail);
    }
    sentence_peer(s, MSG_BY);
}

/* A number of a plain event behind its words; of most the words say enough. */
static void say_number(struct sentence *s, enum mbp_event_number what, float number)
{
    if (isnan(number))
        return;
    if (what == MBP_NUMBER_HOURS)
        sentence_tell(s, MSG_AFTER_HOURS, (double)number);
    else if (what == MBP_NUMBER_PRODUCTS)
        sentence_tell(s, MSG_AND_PRODUCTS, (double)number);
    else if (what == MBP_NUMBER_MEASURED || what == MBP_NUMBER_LIMIT || what == MBP_NUMBER_WRITTEN)
        sentence_tell_number(s, MSG_COLON, number, what == MBP_NUMBER_LIMIT);
}

/* What the event is about (sensor, else machine), then the code's own words and its numbers. */
static void say_plain(struct sentence *s)
{
    const struct mbp_event_type *type = mbp_event_type(s->event->code);
    if (s->event->sensor != MBP_NONE16) {
        sentence_sensor(s);
        sentence_say(s, " ");
    } else if (s->event->machine != MBP_NONE16) {
        sentence_machine(s);
        sentence_say(s, " ");
    }
    if (type == NULL) {
        say_unknown(s);
    } else {
        sentence_say(s, "%s", mbp_message_code(s->lang, type->code));
        say_number(s, (enum mbp_event_number)type->value, s->event->value);
        say_number(s, (enum mbp_event_number)type->limit, s->event->limit);
        if (type->detail == MBP_DETAIL_DUE && s->event->detail == MBP_DUE_CONDITION)
            sentence_tell(s, MSG_BY_CONDITION);
        if (type->detail == MBP_DETAIL_GOOD)
            sentence_tell(s, MSG_MADE_SO_FAR, s->event->detail, isnan(s->event->limit) ? 0.0 : (double)s->event->limit);
    }
    sentence_peer(s, MSG_BY);
}

static void (*const speakers[MBP_FORM_COUNT])(struct sentence *s) = {
    [MBP_FORM_PLAIN] = say_plain,
    [MBP_FORM_PLANT] = say_plant_change,
    [MBP_FORM_CHANGE] = say_thing_change,
    [MBP_FORM_ALARM] = sentence_alarm,
    [MBP_FORM_SHELVING] = sentence_shelving,
    [MBP_FORM_SUPPRESSION] = sentence_suppression,
    [MBP_FORM_SERVICE] = sentence_service,
    [MBP_FORM_STATE] = say_machine_state,
    [MBP_FORM_FORCE] = say_force,
    [MBP_FORM_LIMIT] = say_limit_change,
    [MBP_FORM_REFUSAL] = sentence_refusal,
    [MBP_FORM_WRITTEN] = say_written,
    [MBP_FORM_AGGREGATED] = say_aggregated,
    [MBP_FORM_TROUBLE] = say_trouble,
    [MBP_FORM_SIMULATION] = say_simulation,
    [MBP_FORM_CLOCK] = say_clock,
    [MBP_FORM_FORMULA] = say_formula,
    [MBP_FORM_LOGBOOK] = say_logbook,
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
