/* report_alarm: what a list of alarms says of one. The bypass of an alarm that trips is an entry of its own
 * (mbplant/plant/interlock.h): what it is called and how important it is stands here once, for all who list alarms. */
#ifndef MBPLANT_REPORT_ALARM_H
#define MBPLANT_REPORT_ALARM_H

#include "mbplant/report.h"

#define MBP_ALARM_SUBJECT_MAX (2 * MBP_NAME_MAX)

/* What stands in the column of sensors: "TT101", "M1.LOW.bypassed", "TT101.high_high.bypassed". Returns buf. */
const char *mbp_report_alarm_sensor(const struct mbp_report_alarm *alarm, char *buf, size_t size);

/* The same with the alarm's own name behind it, where it has one: "TT101.high". Returns buf. */
const char *mbp_report_alarm_name(const struct mbp_report_alarm *alarm, char *buf, size_t size);

/* A bypass is a condition, without a limit. */
enum mbp_limit mbp_report_alarm_kind(const struct mbp_report_alarm *alarm);
enum mbp_priority mbp_report_alarm_priority(const struct mbp_report_alarm *alarm);
const char *mbp_report_alarm_diagnosis(enum mbp_lang lang, const struct mbp_report_alarm *alarm);
struct mbp_alarm_texts mbp_report_alarm_texts(const struct mbp_report_alarm *alarm);
const char *mbp_report_alarm_unit(const struct mbp_report_alarm *alarm);

/* The sensor's value in its unit, of a bypass "on". Returns buf. */
const char *mbp_report_alarm_value(const struct mbp_report_alarm *alarm, char *buf, size_t size);

#endif
