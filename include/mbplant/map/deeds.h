/* map_deeds: what is done to one alarm through the command record, and what becomes of it. Source: mbplant-map(7). */
#ifndef MBPLANT_MAP_DEEDS_H
#define MBPLANT_MAP_DEEDS_H

#include "mbplant/event.h"
#include "mbplant/plant/operators.h"
#include "mbplant/words.h"

/* What is done to an alarm. Numbers are those of the command record (mbplant-map(7)): never renumber. */
enum mbp_alarm_deed {
    MBP_DEED_NONE,
    MBP_DEED_ACKNOWLEDGE,
    MBP_DEED_RESET,
    MBP_DEED_SHELVE,
    MBP_DEED_UNSHELVE,
    MBP_DEED_REMOVE,  /* from service */
    MBP_DEED_RETURN,  /* to service */
    MBP_DEED_BYPASS,  /* the interlock that the alarm announces */
    MBP_DEED_RESTORE, /* ends that */
    MBP_DEED_COUNT
};

/* What became of it: likewise. */
enum mbp_deed_result {
    MBP_RESULT_NONE,
    MBP_RESULT_WAITS, /* for the next scan */
    MBP_RESULT_DONE,
    MBP_RESULT_NOTHING_TO_DO, /* it was so already */
    MBP_RESULT_NO_TAG,        /* these were refused: nothing of that number has alarms */
    MBP_RESULT_NO_ALARM,      /* it has no such alarm */
    MBP_RESULT_NO_DEED,       /* no such command */
    MBP_RESULT_TOO_LONG,      /* longer than the plant file allows */
    MBP_RESULT_NO_REASON,     /* the plant file wants one */
    MBP_RESULT_NO_RIGHT,      /* of the operator */
    MBP_RESULT_NO_OPERATOR,   /* none of that number */
    MBP_RESULT_TOO_MANY,      /* commands wait for the next scan */
    MBP_RESULT_NO_INTERLOCK,  /* the alarm trips nothing */
    MBP_RESULT_WITH_SENSOR,   /* all alarms of its sensor are hidden as one, and come back as one */
    MBP_RESULT_COUNT
};

/* "acknowledge", "shelve", ...; what became of it in words for people. Static storage; NULL = no such. */
const char *mbp_deed_name(unsigned deed);
const char *mbp_deed_result_what(unsigned result);

/* What an event tells of a deed to an alarm of its item (MBP_ALARM_COUNT: to any of them): that it was done, that this
 * is over since, or neither. So whoever finds nothing to do is told who came before him. */
enum mbp_deed_news { MBP_DEED_IS_NEITHER, MBP_DEED_IS_DONE, MBP_DEED_IS_OVER };
enum mbp_deed_news mbp_deed_news(unsigned deed, unsigned alarm, const struct mbp_event *event);
#define MBP_DEED_LOOK_BACK 2000u /* newest events that are looked through for it */

/* Which right a deed takes; MBP_RIGHT_COUNT = it is none. */
enum mbp_right mbp_deed_right(unsigned deed);

#endif
