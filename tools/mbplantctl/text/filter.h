/* filter: which events a user wants: a period, a machine, a sensor, kinds of events. */
#ifndef MBP_CTL_FILTER_H
#define MBP_CTL_FILTER_H

#include "ctl.h"
#include "mbplant/event/codes.h"

struct ctl_filter {
    struct mbp_moment since, until;
    const char *machine, *sensor; /* by name, for plants change; NULL = any */
    bool all_codes;
    bool codes[MBP_EVENT_CODES];
};

/* What the options say. Errors are told: CTL_USAGE for a name that neither the plant nor any event has (with the
 * nearest of the plant), an unknown kind of event, --since after --until. The names, and what they are told by, must
 * outlive the filter. */
enum ctl_exit ctl_filter_make(const struct ctl_options *options, const struct mbp_telling *by, struct ctl_filter *out);

/* Whether --since is not before --until, which is told. */
bool ctl_period_is_reversed(const struct ctl_options *options);

/* Lists the kinds of events, for help. */
void ctl_codes_print(FILE *out);

/* Whether it is one of them. The period is judged by the event's own number and time. */
bool ctl_filter_passes(const struct ctl_filter *filter, const struct mbp_telling *by, const struct mbp_event *event);

#endif
