/* job: an answer that is made in a thread of its own, so that scans and masters do not wait for it. */
#ifndef MBP_WEB_JOB_H
#define MBP_WEB_JOB_H

#include "web_priv.h"

struct web_job;

struct web_job_kind {
    unsigned most;                                   /* at once, those that wait among them */
    bool in_turn;                                    /* one after another */
    enum mbp_status (*prepare)(struct web_job *job); /* in the loop, before it is made; NULL = nothing is to be done */
    void (*make)(void *job);                         /* in the thread */
    void (*stop)(struct web_job *job);               /* mbplantd ends while it is being made; NULL = it is short */
    void (*answer)(struct web_call *call); /* takes call->job, which it frees; NULL there: mbplantd is stopping */
    void (*free)(struct web_job *job);
};

/* What is made begins with it. */
struct web_job {
    const struct web_job_kind *kind;
    struct mbp_work *work; /* NULL = it was not begun */
    struct mbp_web *web;
    struct web_call *call; /* NULL = nobody waits for it any more */
    struct web_job *next;
    enum mbp_status status;
};

/* Whether there are as many as may be. */
bool web_jobs_are_many(const struct mbp_web *web, const struct web_job_kind *kind);

/* The one that is being made or is next; NULL = there is none. */
const struct web_job *web_job_first(const struct mbp_web *web, const struct web_job_kind *kind);

/* To be made for its call, which waits for it, when its turn comes. Where it cannot be begun, the call has its answer,
 * by job->status. Ownership: the call's, or nobody's. */
void web_job_begin(struct web_job *job);

#endif
