/* answer: acknowledging and resetting alarms, which go the same way: by a machine's coil where all its sensors are
 * meant, else by those of the sensors. */
#ifndef MBP_CTL_ANSWER_H
#define MBP_CTL_ANSWER_H

#include "ctl.h"
#include "mbplant/state/alarm.h"
#include "slave/snapshot.h"

struct ctl_answer {
    bool (*concerns)(enum mbp_alarm_state state); /* whether an alarm in that state waits for it */
    enum mbp_write_kind of_machine;               /* the write of a machine's coil that does it */
    enum mbp_write_kind of_sensor;                /* likewise of a sensor's coil */
    enum mbp_alarm_deed deed;                     /* of one alarm alone */
    const char *done;                             /* "acknowledged" */
    const char *nothing;                          /* "waits for acknowledgement": behind "no alarm of NAME" */
};

/* Runs the verb on its one argument. */
enum ctl_exit ctl_answer_run(struct ctl *ctl, const struct ctl_answer *answer);

#endif
