/* --trace: each exchange on stdout, decoded. */
#include "daemon.h"
#include "mbplant/trace.h"

static enum mbp_status prepare(const struct mbp_plant *plant, void **next)
{
    struct mbp_trace *trace = NULL;
    enum mbp_status status = mbp_trace_new(plant, stdout, &trace);
    *next = trace;
    return status;
}

static enum mbp_status begin(struct daemon *daemon, void **own)
{
    if (!daemon->options.trace)
        return MBP_OK;
    setvbuf(stdout, NULL, _IOLBF, 0); /* a trace in a pipe is read while it grows */
    return prepare(daemon->plant, own);
}

static void drop(void *next)
{
    mbp_trace_free(next);
}

static void follow(struct daemon *daemon, void **own, void **next)
{
    (void)daemon;
    void *former = *own;
    *own = *next;
    *next = former;
}

static void exchange(void *own, const struct mbp_exchange *exchange)
{
    mbp_trace_exchange(own, exchange);
}

static void end(void **own)
{
    mbp_trace_free(*own);
    *own = NULL;
}

const struct output trace_output = {
    .begin = begin, .prepare = prepare, .drop = drop, .follow = follow, .exchange = exchange, .end = end};
