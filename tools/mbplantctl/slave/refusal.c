/* A slave's exception to a write, in words (02 = not there or not writable, 04 = value not allowed there).
 */
#include "slave/refusal.h"
#include "french/french.h"

#include <math.h>
#include <stdio.h>

#include "mbplant/report.h"

const char *ctl_exception_reason(enum mbp_status exception, bool writing)
{
    switch ((int)exception) {
    case MBP_EX_ILLEGAL_FUNCTION:
        return writing ? ctl_tr("the slave does not know this function, or does not let this host write")
                       : ctl_tr("the slave does not know this function, or does not serve it to this host");
    case MBP_EX_ILLEGAL_DATA_ADDRESS:
        return writing ? ctl_tr("the slave has no such address, or it cannot be written")
                       : ctl_tr("the slave has no such address");
    case MBP_EX_ILLEGAL_DATA_VALUE:
        return ctl_tr("the slave does not take this quantity or value");
    case MBP_EX_SERVER_DEVICE_FAILURE:
        return writing ? ctl_tr("the slave does not allow this value there") : ctl_tr("the slave could not do it");
    case MBP_EX_SERVER_DEVICE_BUSY:
        return ctl_tr("the slave is busy; again in a moment");
    case MBP_EX_GATEWAY_PATH_UNAVAILABLE:
    case MBP_EX_GATEWAY_TARGET_FAILED:
        return ctl_tr("no unit of that id answers; -u names another");
    default:
        return ctl_tr("the slave refused");
    }
}

const char *ctl_refusal_reason(const struct mbp_plant *plant, const struct ctl_point *point, const uint16_t *words,
                               enum mbp_status exception, char *buf, size_t size)
{
    enum mbp_type type = (enum mbp_type)point->map.type;
    enum mbp_order order = (enum mbp_order)point->map.order;
    bool is_bit = point->map.table == MBP_COILS || type == MBP_BOOL;
    bool unused = !is_bit && point->limit >= 0 && mbp_codec_unused(type, order, words);
    const struct mbp_register reg = mbp_point_register(&point->map);
    double value = is_bit ? words[0] : unused ? (double)NAN : mbp_register_decode(&reg, words);
    bool known =
        exception == MBP_EX_SERVER_DEVICE_FAILURE || (exception == MBP_EX_ILLEGAL_DATA_ADDRESS && !point->map.writable);
    const char *said = known ? mbp_report_refusal(ctl_spoken(), plant, &point->map, value, exception, buf, size) : NULL;
    if (said == NULL)
        snprintf(buf, size, "%s", ctl_exception_reason(exception, true));
    return buf;
}
