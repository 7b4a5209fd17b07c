/* Loops over the outputs. */
#include "outputs.h"

#include <string.h>

#include "daemon.h"

#define TELL_EVERY_MS 100u
#define EVENTS        64u /* at once */

#define OUTPUT_POINTER(name) &name##_output,
static const struct output *const list[OUTPUT_COUNT] = {OUTPUTS(OUTPUT_POINTER)};

const char *outputs_http(const struct daemon *daemon)
{
    const char *listen = daemon->options.http != NULL ? daemon->options.http : daemon->plant->http_listen;
    if (listen != NULL && strcmp(listen, "off") != 0 && daemon->options.http == NULL && daemon->options.command != NULL)
        listen = COMMAND_LISTEN;
    return listen == NULL || strcmp(listen, "off") == 0 ? NULL : listen;
}

/* ---- start ------------------------------------------------------------------------------------------------------- */

/* What is in the journal by now has been told by an earlier run. */
enum mbp_status outputs_begin(struct daemon *daemon)
{
    struct outputs *outputs = &daemon->outputs;
    enum mbp_status status = MBP_OK;
    outputs->next_event = mbp_journal_last(daemon->journal) + 1;
    for (unsigned o = 0; o < OUTPUT_COUNT && status == MBP_OK; o++) {
        if (list[o]->begin != NULL)
            status = list[o]->begin(daemon, &outputs->own[o]);
    }
    return status;
}

static void on_prepare(uv_prepare_t *prepare)
{
    struct daemon *daemon = prepare->data;
    struct outputs *outputs = &daemon->outputs;
    uint64_t scan = mbp_scan_state(daemon->scan)->scan;
    if (scan == outputs->scan)
        return;
    outputs->scan = scan;
    for (unsigned o = 0; o < OUTPUT_COUNT; o++) {
        if (outputs->own[o] != NULL && list[o]->changed != NULL)
            list[o]->changed(outputs->own[o]);
    }
}

static void tell_events(struct daemon *daemon)
{
    struct outputs *outputs = &daemon->outputs;
    struct mbp_event events[EVENTS];
    size_t count = EVENTS;
    while (count == EVENTS && mbp_journal_last(daemon->journal) >= outputs->next_event) {
        count = mbp_journal_read(daemon->journal, outputs->next_event, EVENTS, events);
        for (unsigned o = 0; o < OUTPUT_COUNT; o++) {
            if (outputs->own[o] != NULL && list[o]->durable != NULL)
                list[o]->durable(daemon, outputs->own[o], events, count);
        }
        outputs->next_event += (uint32_t)count;
    }
}

static void on_timer(uv_timer_t *timer)
{
    tell_events(timer->data);
}

static bool wants_events(const struct outputs *outputs)
{
    for (unsigned o = 0; o < OUTPUT_COUNT; o++) {
        if (outputs->own[o] != NULL && list[o]->durable != NULL)
            return true;
    }
    return false;
}

bool outputs_start(struct daemon *daemon)
{
    struct outputs *outputs = &daemon->outputs;
    uv_prepare_init(&daemon->loop, &outputs->after_scan);
    uv_timer_init(&daemon->loop, &outputs->events);
    outputs->after_scan.data = outputs->events.data = daemon;
    uv_prepare_start(&outputs->after_scan, on_prepare);
    uv_unref((uv_handle_t *)&outputs->after_scan);
    bool ok = true;
    for (unsigned o = 0; o < OUTPUT_COUNT && ok; o++) {
        if (list[o]->start != NULL)
            ok = list[o]->start(daemon, &outputs->own[o]);
    }
    outputs_look(daemon);
    if (ok && wants_events(outputs))
        uv_timer_start(&outputs->events, on_timer, TELL_EVERY_MS, TELL_EVERY_MS);
    return ok;
}

void outputs_banner(const struct daemon *daemon, FILE *out)
{
    for (unsigned o = 0; o < OUTPUT_COUNT; o++) {
        if (daemon->outputs.own[o] != NULL && list[o]->banner != NULL)
            list[o]->banner(daemon->outputs.own[o], out);
    }
}

/* ---- exchanges --------------------------------------------------------------------------------------------------- */

static bool looks(const struct daemon *daemon, unsigned o)
{
    return daemon->outputs.own[o] != NULL && list[o]->exchange != NULL &&
           (list[o]->looks == NULL || list[o]->looks(daemon->outputs.own[o]));
}

static void on_exchange(void *ctx, const struct mbp_exchange *exchange)
{
    struct daemon *daemon = ctx;
    for (unsigned o = 0; o < OUTPUT_COUNT; o++) {
        if (looks(daemon, o))
            list[o]->exchange(daemon->outputs.own[o], exchange);
    }
}

void outputs_look(struct daemon *daemon)
{
    bool any = false;
    for (unsigned o = 0; o < OUTPUT_COUNT; o++)
        any = any || looks(daemon, o);
    if (daemon->server != NULL)
        mbp_server_observe(daemon->server, any ? on_exchange : NULL);
}

/* ---- another plant ----------------------------------------------------------------------------------------------- */

uint32_t outputs_there(const struct daemon *daemon)
{
    uint32_t there = 0;
    for (unsigned o = 0; o < OUTPUT_COUNT; o++)
        there |= (uint32_t)(daemon->outputs.own[o] != NULL) << o;
    return there;
}

enum mbp_status outputs_prepare(uint32_t there, const struct mbp_plant *plant, struct outputs_next *next)
{
    enum mbp_status status = MBP_OK;
    for (unsigned o = 0; o < OUTPUT_COUNT && status == MBP_OK; o++) {
        if ((there >> o & 1u) != 0 && list[o]->prepare != NULL)
            status = list[o]->prepare(plant, &next->of[o]);
    }
    return status;
}

void outputs_drop(struct outputs_next *next)
{
    for (unsigned o = 0; o < OUTPUT_COUNT; o++) {
        if (list[o]->drop != NULL)
            list[o]->drop(next->of[o]);
        next->of[o] = NULL;
    }
}

void outputs_follow(struct daemon *daemon, struct outputs_next *next)
{
    for (unsigned o = 0; o < OUTPUT_COUNT; o++) {
        if (daemon->outputs.own[o] != NULL && list[o]->follow != NULL)
            list[o]->follow(daemon, &daemon->outputs.own[o], &next->of[o]);
    }
}

bool outputs_use(const struct daemon *daemon, const struct mbp_plant *plant)
{
    for (unsigned o = 0; o < OUTPUT_COUNT; o++) {
        if (daemon->outputs.own[o] != NULL && list[o]->uses != NULL && list[o]->uses(daemon->outputs.own[o], plant))
            return true;
    }
    return false;
}

/* ---- stop -------------------------------------------------------------------------------------------------------- */

void outputs_stop(struct daemon *daemon)
{
    struct outputs *outputs = &daemon->outputs;
    uv_close((uv_handle_t *)&outputs->after_scan, NULL);
    uv_close((uv_handle_t *)&outputs->events, NULL);
    for (unsigned o = OUTPUT_COUNT; o-- > 0;) {
        if (outputs->own[o] != NULL && list[o]->stop != NULL)
            list[o]->stop(&outputs->own[o]);
    }
}

void outputs_end(struct daemon *daemon)
{
    struct outputs *outputs = &daemon->outputs;
    if (wants_events(outputs) && mbp_journal_flush(daemon->journal) == MBP_OK)
        tell_events(daemon);
    for (unsigned o = OUTPUT_COUNT; o-- > 0;) {
        if (outputs->own[o] != NULL && list[o]->end != NULL)
            list[o]->end(&outputs->own[o]);
    }
}
