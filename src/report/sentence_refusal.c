/* Writes that were refused: of what, and why. */
#include "sentence.h"

#include <math.h>
#include <string.h>

#include "mbplant/map.h"
#include "mbplant/map/rights.h"

/* "command 10.0 %": what was asked of a point, and in its unit. */
static const char *asked_text(const struct sentence *s, const struct mbp_point *point, char *buf, size_t size)
{
    const struct mbp_plant *plant = s->by->plant;
    double asked = (double)s->event->value;
    char value[SENTENCE_NAME];
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

/* The roles that it takes, where the plant has operators and whoever asked is none who may. NULL = not for that. */
static const char *why_no_right(const struct sentence *s, const struct mbp_point *point, char *buf, size_t size)
{
    char roles[96];
    const struct mbp_operators *operators = &s->by->plant->operators;
    const struct mbp_actor *actor = s->by->names != NULL ? mbp_names_actor(s->by->names, s->event) : NULL;
    bool record = point->field != NULL && point->field->write == MBP_WRITE_RECORD;
    enum mbp_right right =
        record ? mbp_record_right(point->field->offset, (double)s->event->value) : mbp_point_right(point);
    if (mbp_report_no_right(s->lang, operators, actor != NULL ? actor->name : "", right, buf, size) == NULL)
        return NULL;
    snprintf(buf, size, mbp_message(s->lang, MSG_TAKES),
             mbp_right_roles(right, s->lang == MBP_LANG_FR, roles, sizeof roles));
    return buf;
}

static void say_refused_point(struct sentence *s, const struct mbp_point *point, enum mbp_status exception)
{
    char asked[2 * SENTENCE_NAME];
    char buf[256];
    const char *why =
        exception == MBP_EX_ILLEGAL_FUNCTION
            ? why_no_right(s, point, buf, sizeof buf)
            : mbp_report_refusal(s->lang, s->by->plant, point, (double)s->event->value, exception, buf, sizeof buf);
    sentence_tell(s, MSG_POINT_REFUSED, point->name, asked_text(s, point, asked, sizeof asked),
                  why != NULL ? why : mbp_message_exception(s->lang, exception));
}

/* Of a point that is elsewhere by now, or no more. */
static void say_refused_item(struct sentence *s, enum mbp_status exception)
{
    char number[SENTENCE_NAME];
    char asked[2 * SENTENCE_NAME];
    mbp_float_text(s->event->value, number, sizeof number);
    snprintf(asked, sizeof asked, "%s%s%s", mbp_message(s->lang, MSG_N_WRITE), number[0] != '\0' ? " " : "",
             mbp_message_decimal(s->lang, number));
    sentence_tell(s, MSG_POINT_REFUSED, s->item.name, asked, mbp_message_exception(s->lang, exception));
}

/* Where nothing has a name. */
static void say_refused_address(struct sentence *s, unsigned table, unsigned addr, enum mbp_status exception)
{
    char number[SENTENCE_NAME];
    char reference[16];
    mbp_float_text(s->event->value, number, sizeof number);
    sentence_tell(s, MSG_WRITE, mbp_message_decimal(s->lang, number),
                  table < MBP_TABLE_COUNT ? mbp_table_name((enum mbp_table)table)
                                          : mbp_message(s->lang, table == MBP_DIAGNOSTICS ? MSG_DIAGNOSTICS : MSG_FILE),
                  addr);
    if (table < MBP_TABLE_COUNT)
        sentence_say(s, " = %s", mbp_reference((enum mbp_table)table, (uint16_t)addr, reference, sizeof reference));
    sentence_tell(s, MSG_WRITE_REFUSED, s->event->unit, mbp_message_exception(s->lang, exception));
}

/* detail: mbp_event_write_detail() */
void sentence_refusal(struct sentence *s)
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
        sentence_tell(s, MSG_MORE_LIKE_IT, more);
    if (more == 255)
        sentence_tell(s, MSG_OR_ABOVE);
    sentence_peer(s, MSG_COMMA_BY);
}
