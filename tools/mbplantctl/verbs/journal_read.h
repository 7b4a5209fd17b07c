/* journal_read: a period of a slave's journal, event by event, to whoever prints or saves it; and what comes after. */
#ifndef MBP_CTL_JOURNAL_READ_H
#define MBP_CTL_JOURNAL_READ_H

#include "ctl.h"
#include "text/filter.h"

/* Check values of events that are shown in JSON or saved. */
struct journal_chain {
    bool on;
    bool alone;           /* what is written has to stand alone: the value before its first event too */
    uint32_t next, check; /* the event that comes, and the check value before it; next 0 = not known */
    bool told;            /* that one stands in the dump */
};

struct journal_printing {
    struct mbp_telling by;
    struct ctl_filter filter;
    enum mbp_format format;
    FILE *out;
    const struct mbp_event_beside *beside; /* what the dump that is read keeps beside the event; NULL = none is read */
    struct journal_chain chain;
    uint64_t count; /* printed */
    bool quiet;     /* they are only counted */
    uint64_t skip;  /* so many of those that would be printed are not */
    uint32_t last;  /* of those handed over */
    bool warned;    /* that one was changed */
};

struct journal_reading {
    struct ctl *ctl;
    struct journal_printing *printing;
    uint8_t unit;
    uint64_t next;          /* the first event that was not handed over; 0 = where the period begins */
    bool told;              /* that events are gone */
    bool saving;            /* to a dump, which is told the names too */
    struct mbp_names saved; /* those that it has */
};

/* Prints an event that passes the filter. ctx: struct journal_printing. False when it cannot be written. */
bool journal_print_event(void *ctx, const struct mbp_event *event);

/* Hands over the events of the period of printing->filter, from reading->next on when that is not 0. Errors: those of
 * the link; reading->next tells how far it came. */
enum mbp_status journal_read_period(struct journal_reading *reading);

/* Prints what comes from then on, until nobody reads it any more. A slave that does not answer is told, on stderr, and
 * asked again: what happened meanwhile is told when it answers. Errors: MBP_ERR_MEMORY. */
enum mbp_status journal_follow(struct journal_reading *reading);

#endif
