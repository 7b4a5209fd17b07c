/* --verbose: every event on stdout as it becomes durable, in the lines of `mbplantctl journal`. */
#ifndef MBPLANT_NARRATOR_H
#define MBPLANT_NARRATOR_H

#include <uv.h>

#include "mbplant/journal.h"

struct narrator {
    const struct mbp_plant *plant; /* whose machines and sensors the next event counts */
    struct mbp_journal *journal;
    const struct mbp_plant *(*successor)(void *ctx, const struct mbp_plant *plant);
    void *ctx;
    uint32_t next; /* the first event not yet told */
    uv_timer_t timer;
};

/* What is in the journal by now has been told by an earlier run. Events become durable after they happened, perhaps
 * when another plant runs: each is told by the names of the plant that it happened in. So narrator->plant, and those
 * that took over from it, must stay. successor: the plant that took over from one, NULL = it runs still. The journal
 * must outlive the narrator. */
void narrator_begin(struct narrator *narrator, const struct mbp_plant *plant, struct mbp_journal *journal,
                    const struct mbp_plant *(*successor)(void *ctx, const struct mbp_plant *plant), void *ctx);

/* Prints the events that became durable since the last time. */
void narrator_tell(struct narrator *narrator);

/* Has the loop tell, until narrator_stop, after which the loop must run until it is idle. */
void narrator_start(struct narrator *narrator, uv_loop_t *loop);
void narrator_stop(struct narrator *narrator);

#endif
