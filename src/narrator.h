/* --verbose: every event on stdout as it becomes durable, in the lines of `mbplantctl journal`. */
#ifndef MBPLANT_NARRATOR_H
#define MBPLANT_NARRATOR_H

#include <uv.h>

#include "mbplant/journal.h"

struct narrator {
    const struct mbp_plant *plant;
    struct mbp_journal *journal;
    uint32_t next; /* the first event not yet told */
    uv_timer_t timer;
};

/* What is in the journal by now has been told by an earlier run. Plant and journal must outlive the narrator. */
void narrator_begin(struct narrator *narrator, const struct mbp_plant *plant, struct mbp_journal *journal);

/* Prints the events that became durable since the last time. */
void narrator_tell(struct narrator *narrator);

/* A changed plant took over: the names are its from here on. What is durable by now is told by the former one's. */
void narrator_follow(struct narrator *narrator, const struct mbp_plant *plant);

/* Has the loop tell, until narrator_stop, after which the loop must run until it is idle. */
void narrator_start(struct narrator *narrator, uv_loop_t *loop);
void narrator_stop(struct narrator *narrator);

#endif
