/* What is done to an alarm: its names, its events, the right that it takes, and the words of its results. */
#include "mbplant/map/deeds.h"

#include "mbplant/names.h"

const char *mbp_deed_name(unsigned deed)
{
    static const char *const names[MBP_DEED_COUNT] = {"none",   "acknowledge", "reset",  "shelve", "unshelve",
                                                      "remove", "return",      "bypass", "restore"};
    return deed < MBP_DEED_COUNT ? names[deed] : NULL;
}

enum mbp_deed_news mbp_deed_news(unsigned deed, unsigned alarm, const struct mbp_event *event)
{
    static const struct {
        uint16_t done, over[2];
    } codes[MBP_DEED_COUNT] = {
        [MBP_DEED_ACKNOWLEDGE] = {MBP_EV_ALARM_ACKNOWLEDGED, {MBP_EV_ALARM_RAISED, MBP_EV_ALARM_AGAIN}},
        [MBP_DEED_RESET] = {MBP_EV_ALARM_RESET, {MBP_EV_ALARM_RAISED, MBP_EV_ALARM_RAISED}},
        [MBP_DEED_SHELVE] = {MBP_EV_ALARM_SHELVED, {MBP_EV_ALARM_UNSHELVED, MBP_EV_ALARM_UNSHELVED}},
        [MBP_DEED_UNSHELVE] = {MBP_EV_ALARM_UNSHELVED, {MBP_EV_ALARM_SHELVED, MBP_EV_ALARM_SHELVED}},
        [MBP_DEED_REMOVE] = {MBP_EV_ALARM_OUT_OF_SERVICE, {MBP_EV_ALARM_IN_SERVICE, MBP_EV_ALARM_IN_SERVICE}},
        [MBP_DEED_RETURN] = {MBP_EV_ALARM_IN_SERVICE, {MBP_EV_ALARM_OUT_OF_SERVICE, MBP_EV_ALARM_OUT_OF_SERVICE}},
        [MBP_DEED_BYPASS] = {MBP_EV_INTERLOCK_BYPASSED, {MBP_EV_INTERLOCK_RESTORED, MBP_EV_INTERLOCK_RESTORED}},
        [MBP_DEED_RESTORE] = {MBP_EV_INTERLOCK_RESTORED, {MBP_EV_INTERLOCK_BYPASSED, MBP_EV_INTERLOCK_BYPASSED}},
    };
    const unsigned of = mbp_event_alarm(event);
    bool meant = alarm == MBP_ALARM_COUNT || of == MBP_NO_ALARM || of == alarm;
    if (!meant || deed == MBP_DEED_NONE || deed >= MBP_DEED_COUNT)
        return MBP_DEED_IS_NEITHER;
    return event->code == codes[deed].done                                            ? MBP_DEED_IS_DONE
           : event->code == codes[deed].over[0] || event->code == codes[deed].over[1] ? MBP_DEED_IS_OVER
                                                                                      : MBP_DEED_IS_NEITHER;
}

enum mbp_right mbp_deed_right(unsigned deed)
{
    static const uint8_t rights[MBP_DEED_COUNT] = {
        [MBP_DEED_NONE] = MBP_RIGHT_COUNT,        [MBP_DEED_ACKNOWLEDGE] = MBP_RIGHT_ACKNOWLEDGE,
        [MBP_DEED_RESET] = MBP_RIGHT_ACKNOWLEDGE, [MBP_DEED_SHELVE] = MBP_RIGHT_SHELVE,
        [MBP_DEED_UNSHELVE] = MBP_RIGHT_SHELVE,   [MBP_DEED_REMOVE] = MBP_RIGHT_SERVICE,
        [MBP_DEED_RETURN] = MBP_RIGHT_SERVICE,    [MBP_DEED_BYPASS] = MBP_RIGHT_BYPASS,
        [MBP_DEED_RESTORE] = MBP_RIGHT_BYPASS,
    };
    return deed < MBP_DEED_COUNT ? (enum mbp_right)rights[deed] : MBP_RIGHT_COUNT;
}

const char *mbp_deed_result_what(unsigned result)
{
    static const char *const what[MBP_RESULT_COUNT] = {
        [MBP_RESULT_NONE] = "nothing was asked yet",
        [MBP_RESULT_WAITS] = "it waits for the next scan",
        [MBP_RESULT_DONE] = "done",
        [MBP_RESULT_NOTHING_TO_DO] = "it was so already",
        [MBP_RESULT_NO_TAG] = "nothing of that number has alarms",
        [MBP_RESULT_NO_ALARM] = "it has no such alarm",
        [MBP_RESULT_NO_DEED] = "there is no such command",
        [MBP_RESULT_TOO_LONG] = "it is longer than the plant file allows",
        [MBP_RESULT_NO_REASON] = "the plant file wants a reason (--why)",
        [MBP_RESULT_NO_RIGHT] = "the operator has not the right",
        [MBP_RESULT_NO_OPERATOR] = "the plant has no operator of that number",
        [MBP_RESULT_NO_INTERLOCK] = "it is no interlock",
        [MBP_RESULT_WITH_SENSOR] = "all alarms of its sensor are hidden as one: name the sensor",
        [MBP_RESULT_TOO_MANY] = "too many commands wait for the next scan",
    };
    return result < MBP_RESULT_COUNT ? what[result] : NULL;
}
