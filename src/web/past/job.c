/* Answers that are made in threads. */
#include "past/job.h"

#include "mbplant/work.h"

static void take_out(const struct web_job *job)
{
    struct web_job **at = &job->web->jobs;
    while (*at != job)
        at = &(*at)->next;
    *at = job->next;
}

/* To who waits for it, if somebody does. */
static void settle(struct web_job *job)
{
    if (job->call == NULL) {
        job->kind->free(job);
        return;
    }
    job->call->job = job;
    mhd.resume_connection(job->call->connection);
}

static void on_made(void *ctx);

static enum mbp_status begin(struct web_job *job)
{
    struct mbp_web *web = job->web;
    enum mbp_status status = job->kind->prepare != NULL ? job->kind->prepare(job) : MBP_OK;
    if (status == MBP_OK)
        status = mbp_work_start(web->config.loop, job->kind->make, on_made, job, &job->work);
    if (status == MBP_OK)
        web->handles++;
    return status;
}

static struct web_job *first(const struct mbp_web *web, const struct web_job_kind *kind)
{
    struct web_job *job = web->jobs;
    while (job != NULL && job->kind != kind)
        job = job->next;
    return job;
}

/* The next one of those in turn that can be begun. */
static void begin_next(struct mbp_web *web, const struct web_job_kind *kind)
{
    while (kind->in_turn && !web->closing) {
        struct web_job *job = first(web, kind);
        enum mbp_status status = job != NULL ? begin(job) : MBP_OK;
        if (status == MBP_OK)
            return;
        job->status = status;
        take_out(job);
        settle(job);
    }
}

static void on_made(void *ctx)
{
    struct web_job *job = ctx;
    struct mbp_web *web = job->web;
    const struct web_job_kind *kind = job->kind;
    take_out(job);
    settle(job);
    begin_next(web, kind);
    web_run(web);
    web_let_go(web);
}

bool web_jobs_are_many(const struct mbp_web *web, const struct web_job_kind *kind)
{
    unsigned count = 0;
    for (const struct web_job *job = web->jobs; job != NULL; job = job->next)
        count += job->kind == kind;
    return count >= kind->most;
}

const struct web_job *web_job_first(const struct mbp_web *web, const struct web_job_kind *kind)
{
    return first(web, kind);
}

void web_job_begin(struct web_job *job)
{
    struct web_call *call = job->call;
    struct web_job **end = &job->web->jobs;
    while (*end != NULL)
        end = &(*end)->next;
    *end = job;
    call->stage = WEB_WAITS;
    call->then = job->kind->answer;
    if (job->kind->in_turn && first(job->web, job->kind) != job)
        return;
    enum mbp_status status = begin(job);
    if (status == MBP_OK)
        return;
    job->status = status;
    take_out(job);
    call->stage = WEB_SERVED;
    call->job = job;
    job->kind->answer(call);
}

/* ---- those who leave --------------------------------------------------------------------------------------------- */

void web_job_leave(struct web_call *call)
{
    for (struct web_job *job = call->web->jobs; job != NULL; job = job->next) {
        if (job->call == call)
            job->call = NULL;
    }
    if (call->job != NULL)
        call->job->kind->free(call->job);
    call->job = NULL;
}

void web_jobs_end(struct mbp_web *web)
{
    struct web_job **at = &web->jobs;
    while (*at != NULL) {
        struct web_job *job = *at;
        if (job->call != NULL)
            mhd.resume_connection(job->call->connection);
        job->call = NULL;
        if (job->work != NULL) {
            if (job->kind->stop != NULL)
                job->kind->stop(job);
            at = &job->next;
        } else {
            *at = job->next;
            job->kind->free(job);
        }
    }
}
