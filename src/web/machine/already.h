/* already: whether what a command asks of an alarm was so already, and who saw to that. */
#ifndef MBP_WEB_ALREADY_H
#define MBP_WEB_ALREADY_H

#include "mbplant/state/alarm.h"
#include "web_priv.h"

struct web_already {
    bool is;                /* no event tells that this call did it */
    struct mbp_event event; /* of who did it before; seq 0 = nobody is known */
};

/* Before a command: what is told from here on may be its doing. */
void web_already_begin(struct web_call *call);

/* After the scan. False: the events of that scan are not stored yet, and the call waits for that. */
bool web_already_is_known(struct web_call *call);

/* Of an alarm of a sensor, MBP_ALARM_COUNT: of any of them. */
struct web_already web_already_find(const struct web_call *call, uint32_t sensor, unsigned alarm,
                                    enum mbp_alarm_deed deed);

#endif
