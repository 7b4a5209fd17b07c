/* plant_policy: what the plant file allows with alarms and interlocks: for how long, and what wants a reason. */
#ifndef MBPLANT_PLANT_POLICY_H
#define MBPLANT_PLANT_POLICY_H

#include <stdint.h>

#include "mbplant/words.h"

/* What may want a reason: bits of mbp_alarm_policy.reasons. */
enum mbp_reasoned { MBP_REASON_SHELVE, MBP_REASON_REMOVE, MBP_REASON_BYPASS, MBP_REASON_COUNT };

struct mbp_alarm_policy {
    uint64_t longest_shelf_ns[MBP_PRIORITY_COUNT]; /* of an alarm of that priority; 0 = no limit */
    uint64_t longest_bypass_ns;
    uint8_t reasons;
};

#endif
