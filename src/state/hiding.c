/* Which events hide something. */
#include "mbplant/state/hiding.h"

#define EVERY_ALARM (MBP_HIDING_ALL - 1u)

static uint8_t alarms_of(const struct mbp_event *event)
{
    unsigned alarm = mbp_event_alarm(event);
    return (uint8_t)(alarm < MBP_ALARM_COUNT ? 1u << alarm : MBP_HIDING_ALL);
}

static bool is(struct mbp_hiding_change *out, enum mbp_hiding by, bool begins, uint8_t alarms)
{
    *out = (struct mbp_hiding_change){.by = (uint8_t)by, .begins = begins, .alarms = alarms};
    return true;
}

static bool changes_state(const struct mbp_event *event, struct mbp_hiding_change *out)
{
    bool begins = mbp_event_state_to(event->detail) == MBP_MAINTENANCE;
    bool ends = mbp_event_state_from(event->detail) == MBP_MAINTENANCE;
    return begins != ends && is(out, MBP_HIDING_MAINTENANCE, begins, MBP_HIDING_ALL);
}

bool mbp_event_hides(const struct mbp_event *event, struct mbp_hiding_change *out)
{
    switch (event->code) {
    case MBP_EV_ALARM_SHELVED:
    case MBP_EV_ALARM_UNSHELVED:
        return is(out, MBP_HIDING_SHELVED, event->code == MBP_EV_ALARM_SHELVED, alarms_of(event));
    case MBP_EV_ALARM_SUPPRESSED:
    case MBP_EV_ALARM_UNSUPPRESSED:
        return is(out, MBP_HIDING_SUPPRESSED, event->code == MBP_EV_ALARM_SUPPRESSED,
                  (uint8_t)(event->detail & EVERY_ALARM));
    case MBP_EV_ALARM_OUT_OF_SERVICE:
    case MBP_EV_ALARM_IN_SERVICE:
        return is(out, MBP_HIDING_REMOVED, event->code == MBP_EV_ALARM_OUT_OF_SERVICE, alarms_of(event));
    case MBP_EV_INTERLOCK_BYPASSED:
    case MBP_EV_INTERLOCK_RESTORED:
        return is(out, MBP_HIDING_BYPASSED, event->code == MBP_EV_INTERLOCK_BYPASSED, alarms_of(event));
    case MBP_EV_MACHINE_STATE:
        return changes_state(event, out);
    default:
        return false;
    }
}
