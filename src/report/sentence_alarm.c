/* What alarms did, and what was done to them. */
#include "sentence.h"

#include <math.h>
#include <string.h>

#include "mbplant/event/suppressed.h"

void sentence_alarm(struct sentence *s)
{
    sentence_sensor(s);
    sentence_say(s, " %s", sentence_diagnosis(s, s->event->detail));
    if (s->event->code == MBP_EV_ALARM_CLEARED)
        sentence_tell(s, isnan(s->event->value) ? MSG_CONDITION_CLEARED : MSG_CLEARED);
    if (s->event->code == MBP_EV_ALARM_ACKNOWLEDGED)
        sentence_tell(s, MSG_ACKNOWLEDGED);
    else if (s->event->code == MBP_EV_ALARM_RESET)
        sentence_tell(s, MSG_RESET);
    else
        sentence_value_and_limit(s);
    if (s->event->code == MBP_EV_ALARM_AGAIN)
        sentence_tell(s, MSG_STILL_THERE);
    sentence_peer(s, MSG_BY);
}

/* ".high" of what was done to one alarm alone. An interlock has a name of its own. */
static void say_one_alarm(struct sentence *s)
{
    unsigned alarm = mbp_event_alarm(s->event);
    bool own = s->has_item && strcmp(s->item.kind, MBP_TAG_INTERLOCK) == 0;
    if (alarm < MBP_ALARM_COUNT && !own)
        sentence_say(s, ".%s", mbp_limit_name((enum mbp_limit)alarm));
}

/* "TT101 alarm shelved for 10min by 127.0.0.1" */
void sentence_shelving(struct sentence *s)
{
    char span[SENTENCE_NAME];
    const uint32_t how = mbp_event_shelving(s->event->detail);
    sentence_sensor(s);
    say_one_alarm(s);
    sentence_say(s, " %s", mbp_message_code(s->lang, s->event->code));
    bool shelved = s->event->code == MBP_EV_ALARM_SHELVED || s->event->code == MBP_EV_INTERLOCK_BYPASSED;
    if (shelved && how == MBP_SHELVED_TIMED && s->event->value > 0)
        sentence_tell(s, MSG_FOR, mbp_span_text_in(s->lang, (uint64_t)s->event->value, span, sizeof span));
    if (shelved && how == MBP_SHELVED_ONE_SHOT)
        sentence_tell(s, MSG_UNTIL_NORMAL);
    if (!shelved && how == MBP_UNSHELVED_BY_TIME)
        sentence_tell(s, MSG_TIME_OVER);
    if (!shelved && how == MBP_UNSHELVED_BY_RETURN)
        sentence_tell(s, MSG_IS_NORMAL);
    if (!shelved && how == MBP_UNSHELVED_BY_PLANT)
        sentence_tell(s, MSG_NEW_PLANT);
    sentence_peer(s, MSG_BY);
}

/* detail: a bit per alarm of the sensor */
void sentence_suppression(struct sentence *s)
{
    const char *between = ": ";
    sentence_sensor(s);
    sentence_say(s, " %s", mbp_message_code(s->lang, s->event->code));
    for (unsigned alarm = 0; alarm < MBP_ALARM_COUNT; alarm++) {
        if ((s->event->detail >> alarm & 1u) == 0)
            continue;
        sentence_say(s, "%s%s", between, mbp_message_limit(s->lang, alarm));
        between = ", ";
    }
    const unsigned by = s->event->detail >> MBP_SUPPRESSED_BY_SHIFT & 0xFu;
    const bool begins = s->event->code == MBP_EV_ALARM_SUPPRESSED;
    if (by == MBP_BY_CHATTER)
        sentence_tell(s, begins ? MSG_CHATTERS : MSG_CALM);
    if (by == MBP_BY_CHATTER && !begins && s->event->value >= 0)
        sentence_tell(s, MSG_CAME_TIMES, (double)s->event->value);
    if (by == MBP_BY_EXPRESSION)
        sentence_tell(s, begins ? MSG_EXPRESSION_TRUE : MSG_EXPRESSION_OVER);
}

void sentence_service(struct sentence *s)
{
    bool out = s->event->code == MBP_EV_ALARM_OUT_OF_SERVICE;
    sentence_sensor(s);
    say_one_alarm(s);
    if (mbp_event_alarm(s->event) < MBP_ALARM_COUNT)
        sentence_tell(s, out ? MSG_ONE_OUT_OF_SERVICE : MSG_ONE_IN_SERVICE);
    else
        sentence_tell(s, out ? MSG_OUT_OF_SERVICE : MSG_IN_SERVICE);
    sentence_peer(s, MSG_BY);
}
