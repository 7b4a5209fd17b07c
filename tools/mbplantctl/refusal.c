/* A slave's exception to a write, in words (DESIGN.md: 02 = not there or not writable, 04 = value not allowed there).
 */
#include "refusal.h"

#include <math.h>
#include <stdio.h>

#include "mbplant/report.h"

const char *ctl_exception_reason(enum mbp_status exception, bool writing)
{
    switch ((int)exception) {
    case MBP_EX_ILLEGAL_FUNCTION:
        return writing ? "the slave does not know this function, or does not let this host write"
                       : "the slave does not know this function, or does not serve it to this host";
    case MBP_EX_ILLEGAL_DATA_ADDRESS:
        return writing ? "the slave has no such address, or it cannot be written" : "the slave has no such address";
    case MBP_EX_ILLEGAL_DATA_VALUE:
        return "the slave does not take this quantity or value";
    case MBP_EX_SERVER_DEVICE_FAILURE:
        return writing ? "the slave does not allow this value there" : "the slave could not do it";
    case MBP_EX_SERVER_DEVICE_BUSY:
        return "the slave is busy; again in a moment";
    case MBP_EX_GATEWAY_PATH_UNAVAILABLE:
    case MBP_EX_GATEWAY_TARGET_FAILED:
        return "no unit of that id answers; -u names another";
    default:
        return "the slave refused";
    }
}

static const char *range_text(const struct mbp_sensor *sensor, char *buf, size_t size)
{
    char low[64];
    char high[64];
    struct mbp_sensor plain = *sensor;
    plain.unit_text = "";
    snprintf(buf, size, "%s..%s", mbp_limit_text(&plain, sensor->range[0], low, sizeof low),
             mbp_limit_text(sensor, sensor->range[1], high, sizeof high));
    return buf;
}

const char *ctl_refusal_reason(const struct ctl_point *point, enum mbp_status exception, char *buf, size_t size)
{
    const struct mbp_sensor *sensor = point->sensor;
    char range[160];
    if (exception == MBP_EX_ILLEGAL_DATA_ADDRESS && point->is_value && sensor->inject == MBP_INJECT_REJECT)
        snprintf(buf, size, "its values cannot be injected (inject: reject in the plant file)");
    else if (exception == MBP_EX_ILLEGAL_DATA_ADDRESS && !point->map.writable)
        snprintf(buf, size, "the point is read only");
    else if (exception == MBP_EX_SERVER_DEVICE_FAILURE && point->actuator != NULL)
        snprintf(
            buf, size,
            "the command is outside its range %g..%g%s%s, or a controller in automatic moves it (mbplantctl status "
            "shows which)",
            point->actuator->range[0], point->actuator->range[1], point->map.unit_text[0] != '\0' ? " " : "",
            point->map.unit_text);
    else if (exception == MBP_EX_SERVER_DEVICE_FAILURE && point->is_setting)
        snprintf(buf, size,
                 "the setting is outside its range; in automatic a controller sets its output by itself, and an inner "
                 "one takes its setpoint from its outer one");
    else if (exception == MBP_EX_SERVER_DEVICE_FAILURE && point->is_value)
        snprintf(buf, size, "the value is outside the instrument's range %s", range_text(sensor, range, sizeof range));
    else if (exception == MBP_EX_SERVER_DEVICE_FAILURE && sensor != NULL && point->limit >= 0)
        snprintf(buf, size,
                 "limits lie within the instrument's range %s and rise: low_low < low < high < high_high "
                 "(mbplantctl status shows them)",
                 range_text(sensor, range, sizeof range));
    else
        snprintf(buf, size, "%s", ctl_exception_reason(exception, true));
    return buf;
}
