/* What a list of alarms says of one, and of a bypass that is listed as one. */
#include "mbplant/report/alarm.h"

#include <stdio.h>

#include "mbplant/plant/interlock.h"
#include "messages.h"

const char *mbp_report_alarm_sensor(const struct mbp_report_alarm *alarm, char *buf, size_t size)
{
    if (alarm->bypass && alarm->sensor->is_alarm)
        snprintf(buf, size, "%s" MBP_BYPASS_SUFFIX, alarm->sensor->name);
    else if (alarm->bypass)
        snprintf(buf, size, "%s.%s" MBP_BYPASS_SUFFIX, alarm->sensor->name, mbp_limit_name(alarm->limit));
    else
        snprintf(buf, size, "%s", alarm->sensor->name);
    return buf;
}

const char *mbp_report_alarm_name(const struct mbp_report_alarm *alarm, char *buf, size_t size)
{
    if (alarm->bypass || alarm->sensor->is_alarm)
        return mbp_report_alarm_sensor(alarm, buf, size);
    snprintf(buf, size, "%s.%s", alarm->sensor->name, mbp_limit_name(alarm->limit));
    return buf;
}

enum mbp_limit mbp_report_alarm_kind(const struct mbp_report_alarm *alarm)
{
    return alarm->bypass ? MBP_CONDITION : alarm->limit;
}

enum mbp_priority mbp_report_alarm_priority(const struct mbp_report_alarm *alarm)
{
    return alarm->bypass ? MBP_BYPASS_PRIORITY
                         : (enum mbp_priority)mbp_sensor_alarm(alarm->sensor, alarm->limit)->priority;
}

const char *mbp_report_alarm_diagnosis(enum mbp_lang lang, const struct mbp_report_alarm *alarm)
{
    return alarm->bypass ? mbp_message(lang, MSG_W_BYPASSED) : mbp_report_diagnosis(lang, alarm->sensor, alarm->limit);
}

struct mbp_alarm_texts mbp_report_alarm_texts(const struct mbp_report_alarm *alarm)
{
    static const struct mbp_alarm_texts none = {"", "", "", ""};
    return alarm->bypass ? none : mbp_sensor_alarm_texts(alarm->sensor, alarm->limit);
}

const char *mbp_report_alarm_unit(const struct mbp_report_alarm *alarm)
{
    return alarm->bypass ? "" : alarm->sensor->unit_text;
}

const char *mbp_report_alarm_value(const struct mbp_report_alarm *alarm, char *buf, size_t size)
{
    if (!alarm->bypass)
        return mbp_value_text(alarm->sensor, alarm->value, buf, size);
    snprintf(buf, size, "on");
    return buf;
}
