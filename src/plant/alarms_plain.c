/* alarms_plain: the settings of a sensor that says nothing about its alarms, and which alarms one has; alone, for
 * stages that need no more. */
#include <math.h>

#include "mbplant/plant.h"

const struct mbp_alarms mbp_alarms_plain = {
    .of = {[MBP_LOW_LOW] = {.priority = MBP_PRIORITY_MEDIUM},
           [MBP_LOW] = {.priority = MBP_PRIORITY_MEDIUM},
           [MBP_HIGH] = {.priority = MBP_PRIORITY_MEDIUM},
           [MBP_HIGH_HIGH] = {.priority = MBP_PRIORITY_MEDIUM},
           [MBP_RATE_OF_CHANGE] = {.priority = MBP_PRIORITY_MEDIUM},
           [MBP_BAD_QUALITY] = {.priority = MBP_PRIORITY_MEDIUM},
           [MBP_CONDITION] = {.priority = MBP_PRIORITY_MEDIUM}},
    .common = {.priority = MBP_PRIORITY_MEDIUM},
};

bool mbp_sensor_has_alarm(const struct mbp_sensor *sensor, const double *limits, unsigned alarm)
{
    const struct mbp_alarms *alarms = mbp_sensor_alarms(sensor);
    if (alarm < MBP_LIMIT_COUNT)
        return !isnan(limits[alarm]);
    return alarm == MBP_RATE_OF_CHANGE ? alarms->rate_max > 0
           : alarm == MBP_BAD_QUALITY  ? alarms->bad_quality
                                       : alarms->condition != MBP_CONDITION_NONE && sensor->interlock != MBP_INTERLOCK;
}

static const char *text_of(const char *text)
{
    return text != NULL ? text : "";
}

struct mbp_alarm_texts mbp_sensor_alarm_texts(const struct mbp_sensor *sensor, unsigned alarm)
{
    const struct mbp_alarm_texts *texts = &mbp_sensor_alarm(sensor, alarm)->texts;
    return (struct mbp_alarm_texts){.message = text_of(sensor->is_alarm ? sensor->label : texts->message),
                                    .cause = text_of(texts->cause),
                                    .consequence = text_of(texts->consequence),
                                    .action = text_of(texts->action)};
}
