/* duty: the alarms that are looked after in each scan: those with `re_alarm`, `chatter` or `suppress: {when: }`. */
#include "load.h"
#include "mbplant/map.h"

/* Whether the sensor may have it: limits may be written while it runs. */
static bool may_be(const struct mbp_sensor *sensor, unsigned alarm)
{
    const struct mbp_alarms *alarms = mbp_sensor_alarms(sensor);
    if (alarm < MBP_LIMIT_COUNT)
        return mbp_sensor_has_limits(sensor);
    return alarm == MBP_RATE_OF_CHANGE ? alarms->rate_max > 0
           : alarm == MBP_BAD_QUALITY  ? alarms->bad_quality
                                       : alarms->condition != MBP_CONDITION_NONE;
}

static bool has_duty(const struct mbp_sensor *sensor, unsigned alarm)
{
    return mbp_alarm_has_duty(mbp_sensor_alarm(sensor, alarm)) && may_be(sensor, alarm);
}

const struct mbp_suppress_def *mbp_suppression_of(const struct mbp_sensor_def *sensor, unsigned alarm, uint32_t *nth)
{
    const struct mbp_alarm_def *def = alarm < MBP_LIMIT_COUNT       ? &sensor->limits.of[alarm]
                                      : alarm == MBP_RATE_OF_CHANGE ? &sensor->rate_of_change
                                      : alarm == MBP_BAD_QUALITY    ? &sensor->bad_quality
                                                                    : NULL;
    bool own = def != NULL && mbp_def_has(&def->def, MBP_ALARM_SUPPRESS);
    *nth = own ? alarm + 1 : 0;
    return own ? &def->suppress : &sensor->suppress;
}

/* They stand by rising sensor. */
uint32_t mbp_formula_of_suppression(const struct mbp_plant *plant, uint32_t sensor, uint32_t nth)
{
    const uint32_t end = plant->first_suppress + plant->suppress_count;
    uint32_t low = plant->first_suppress;
    for (uint32_t high = end; low < high;) {
        uint32_t middle = low + (high - low) / 2;
        if (plant->formulas[middle].owner < sensor)
            low = middle + 1;
        else
            high = middle;
    }
    for (uint32_t f = low; f < end && plant->formulas[f].owner == sensor; f++) {
        if (plant->formulas[f].nth == nth)
            return f + 1;
    }
    return 0;
}

void mbp_list_duties(struct mbp_load *load)
{
    struct mbp_plant *plant = load->plant;
    size_t count = 0;
    for (uint32_t s = 0; s < plant->sensor_count; s++) {
        for (unsigned a = 0; a < MBP_ALARM_COUNT; a++)
            count += has_duty(&load->sensors[s], a) ? 1 : 0;
    }
    struct mbp_alarm_duty *duties =
        count > 0 ? mbp_reader_array(&load->reader, load->reader.keep, count, sizeof *duties) : NULL;
    if (duties == NULL)
        return;
    for (uint32_t s = 0; s < plant->sensor_count; s++) {
        for (unsigned a = 0; a < MBP_ALARM_COUNT; a++) {
            uint32_t nth;
            if (!has_duty(&load->sensors[s], a))
                continue;
            mbp_suppression_of(load->origins[s].def, a, &nth);
            duties[plant->duty_count++] = (struct mbp_alarm_duty){
                s, mbp_sensor_alarm(&load->sensors[s], a)->when != NULL ? mbp_formula_of_suppression(plant, s, nth) : 0,
                (uint8_t)a};
        }
    }
    plant->duties = duties;
}
