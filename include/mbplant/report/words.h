/* report_words: words of enums for people, in each language; in English those of the plant file. */
#ifndef MBPLANT_REPORT_WORDS_H
#define MBPLANT_REPORT_WORDS_H

#include "mbplant/report.h"

/* Static storage. */
const char *mbp_message_state(enum mbp_lang lang, unsigned state);
const char *mbp_message_limit(enum mbp_lang lang, unsigned limit);
const char *mbp_message_priority(enum mbp_lang lang, enum mbp_priority priority);
const char *mbp_message_actuator_kind(enum mbp_lang lang, enum mbp_actuator_kind kind);

/* "active, unacknowledged"; mbp_report_alarm_state is the English one, for machines too. Static storage. */
const char *mbp_report_alarm_state_in(enum mbp_lang lang, const struct mbp_report_alarm *alarm);

/* Replaces the decimal points in a text of a number by the language's. Returns text. */
char *mbp_message_decimal(enum mbp_lang lang, char *text);

#endif
