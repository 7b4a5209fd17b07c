/* reset SENSOR|MACHINE|all */
#include "verbs/answer.h"

static bool is_latched(enum mbp_alarm_state state)
{
    return state == MBP_ALARM_LATCHED_UNACKNOWLEDGED || state == MBP_ALARM_LATCHED_ACKNOWLEDGED;
}

CTL_VERB(reset)
{
    static const struct ctl_answer reset = {is_latched,     MBP_WRITE_RESET, MBP_WRITE_RESET_SENSOR,
                                            MBP_DEED_RESET, "reset",         "is latched: nothing to reset"};
    return ctl_answer_run(ctl, &reset);
}
