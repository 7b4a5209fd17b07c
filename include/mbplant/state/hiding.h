/* hiding: which events hide alarms from the operator, or hold an interlock off, and which end that: so that who lists
 * what is hidden finds who did it, when and why, however long ago. */
#ifndef MBPLANT_STATE_HIDING_H
#define MBPLANT_STATE_HIDING_H

#include "mbplant/event.h"
#include "mbplant/words.h"

/* By what. Each hides by itself. Stored by number: never renumber. */
enum mbp_hiding {
    MBP_HIDING_SHELVED,
    MBP_HIDING_SUPPRESSED,  /* by design */
    MBP_HIDING_REMOVED,     /* out of service by hand */
    MBP_HIDING_BYPASSED,    /* of an interlock */
    MBP_HIDING_MAINTENANCE, /* of a machine: its alarms are out of service */
    MBP_HIDING_COUNT
};

/* Of a mask beside a bit per enum mbp_limit: all alarms of the sensor as one, or the machine. */
#define MBP_HIDING_ALL (1u << MBP_ALARM_COUNT)

struct mbp_hiding_change {
    uint8_t by;     /* enum mbp_hiding */
    uint8_t alarms; /* a mask */
    bool begins;    /* else it ends */
};

/* False: the event does neither. */
bool mbp_event_hides(const struct mbp_event *event, struct mbp_hiding_change *out);

/* Files of a unit that has the journal: the events by which something is hidden now. The first has how many there are
 * (u32); the others their numbers (u32), which rise, MBP_HIDING_PER_FILE a file; behind the last one 0. Such an event
 * and its comment can be read as long as it hides, though retention removed those around it. */
#define MBP_HIDING_FILE     874
#define MBP_HIDING_END_FILE 890
#define MBP_HIDING_PER_FILE 5000u
#define MBP_HIDING_ENTRIES  ((MBP_HIDING_END_FILE - MBP_HIDING_FILE - 1) * MBP_HIDING_PER_FILE)

#endif
