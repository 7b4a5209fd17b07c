/* --verbose: every event on stdout as it becomes durable, in the lines of `mbplantctl journal`. */
#ifndef MBPLANT_EVENT_PRINTER_H
#define MBPLANT_EVENT_PRINTER_H

#include <uv.h>

#include "mbplant/journal.h"

struct event_printer {
    const struct mbp_plant *plant; /* that runs: whose points are where */
    struct mbp_journal *journal;
    uint32_t next; /* the first event not yet told */
    uv_timer_t timer;
};

/* What is in the journal by now has been told by an earlier run. plant and journal must outlive the event_printer, or
 * plant until another one follows. */
void event_printer_begin(struct event_printer *event_printer, const struct mbp_plant *plant,
                         struct mbp_journal *journal);
void event_printer_follow(struct event_printer *event_printer, const struct mbp_plant *plant);

/* Prints the events that became durable since the last time. */
void event_printer_print(struct event_printer *event_printer);

/* Has the loop tell, until event_printer_stop, after which the loop must run until it is idle. */
void event_printer_start(struct event_printer *event_printer, uv_loop_t *loop);
void event_printer_stop(struct event_printer *event_printer);

#endif
