/* Server-sent events. */
#ifndef MBP_WEB_STREAM_H
#define MBP_WEB_STREAM_H

#include "web_priv.h"

/* Per item the scan after which it last looked different; scans count from 1 here, so that 0 is before all. */
struct web_watch {
    const struct mbp_plant *plant;
    double *value, *position;
    uint8_t *flags;
    uint64_t *alarms;
    struct mbp_machine_view *machine;
    uint64_t *value_at, *alarm_at, *machine_at, *actuator_at;
    uint32_t alarms_version;
    uint64_t looked; /* scan */
};

#endif
