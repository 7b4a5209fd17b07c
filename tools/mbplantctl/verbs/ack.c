/* ack SENSOR|MACHINE|all */
#include "verbs/answer.h"

static bool waits_for_acknowledgement(enum mbp_alarm_state state)
{
    return state == MBP_ALARM_UNACKNOWLEDGED || state == MBP_ALARM_RETURNED ||
           state == MBP_ALARM_LATCHED_UNACKNOWLEDGED;
}

CTL_VERB(ack)
{
    static const struct ctl_answer acknowledge = {
        waits_for_acknowledgement, MBP_WRITE_ACKNOWLEDGE, MBP_WRITE_ACKNOWLEDGE_SENSOR,
        MBP_DEED_ACKNOWLEDGE,      "acknowledged",        "waits for acknowledgement"};
    return ctl_answer_run(ctl, &acknowledge);
}
