/* Answers: the headers that all have; short ones whole, long ones in parts. */
#include <stdlib.h>
#include <string.h>

#include "web_priv.h"

/* Nothing from elsewhere, nothing in line, in no frame. Source: W3C Content Security Policy Level 3. */
static const char policy[] = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
                             "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/* A report is one file that needs no other: its style stands in it. Nothing in it is run. */
static const char report_policy[] = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
                                    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

static const char *policy_of(const struct web_call *call)
{
    return call->route != NULL && call->route->answer == &web_report_noun ? report_policy : policy;
}

static void add_headers(const struct web_call *call, struct MHD_Response *response)
{
    static const char *const of_all[][2] = {
        {"X-Content-Type-Options", "nosniff"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
    };
    static const char *const of_pages[][2] = {
        {"Referrer-Policy", "no-referrer"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"X-Frame-Options", "DENY"},
    };
    mhd.add_response_header(response, "Content-Security-Policy", policy_of(call));
    for (size_t i = 0; i < COUNT_OF(of_all); i++)
        mhd.add_response_header(response, of_all[i][0], of_all[i][1]);
    for (size_t i = 0; i < COUNT_OF(of_pages) && strncmp(call->type, "text/html", strlen("text/html")) == 0; i++)
        mhd.add_response_header(response, of_pages[i][0], of_pages[i][1]);
    mhd.add_response_header(response, "Content-Type", call->type);
    if (mhd.get_response_header(response, "Cache-Control") == NULL)
        mhd.add_response_header(response, "Cache-Control", "no-store");
    if (call->stage == WEB_BODY) /* refused before its body was read: where that ends is not looked for */
        mhd.add_response_header(response, "Connection", "close");
    if (strcmp(call->type, "application/problem+json") == 0)
        mhd.add_response_header(response, "Content-Language", mbp_lang_name(call->lang));
    if (call->status == 401)
        mhd.add_response_header(response, "WWW-Authenticate", "Bearer realm=\"mbplant\"");
    if (call->status == 405)
        mhd.add_response_header(response, "Allow", call->said);
    if (call->status == 503)
        mhd.add_response_header(response, "Retry-After", "1");
}

static enum MHD_Result queue(struct web_call *call, struct MHD_Response *response)
{
    call->stage = WEB_ANSWERED;
    call->web->requests[call->status / 100 % COUNT_OF(call->web->requests)]++;
    return mhd.queue_response(call->connection, call->status, response);
}

enum MHD_Result web_reply(struct web_call *call)
{
    struct MHD_Response *response = call->response;
    if (call->type == NULL)
        call->type = call->route != NULL && call->route->type != NULL ? call->route->type : "application/json";
    if (call->status == 0)
        call->status = 200;
    if (call->shared != NULL)
        return queue(call, call->shared);
    if (response == NULL && call->flow != NULL)
        response = web_flow_response(call->flow);
    bool whole = response == NULL;
    if (whole) {
        struct mbp_text text = web_scratch_text(call->web);
        if (text.len == 0 && call->status == 200) {
            web_problem(call, 503, "not enough memory for the answer");
            text = web_scratch_text(call->web);
        }
        response = mhd.create_response_from_buffer(text.len, (void *)(uintptr_t)text.bytes, MHD_RESPMEM_MUST_COPY);
    }
    if (response == NULL)
        return MHD_NO;
    add_headers(call, response);
    enum MHD_Result queued = queue(call, response);
    if (!whole || !web_kept_put(call, response))
        mhd.destroy_response(response);
    return queued;
}

/* ---- in parts ---------------------------------------------------------------------------------------------------- */

void web_flow_free(void *ctx)
{
    struct web_flow *flow = ctx;
    if (flow->older != NULL)
        flow->older->newer = flow->newer;
    else
        flow->web->flows = flow->newer;
    if (flow->newer != NULL)
        flow->newer->older = flow->older;
    free(flow->rest);
    free(flow);
}

struct web_flow *web_flow_new(struct web_call *call, bool (*next)(struct web_flow *flow, FILE *out))
{
    struct mbp_web *web = call->web;
    struct web_flow *flow = calloc(1, sizeof *flow);
    if (flow == NULL) {
        web_problem(call, 503, "not enough memory for the answer");
        return NULL;
    }
    *flow = (struct web_flow){.web = web, .newer = web->flows, .next = next, .left = UINT64_MAX};
    if (web->flows != NULL)
        web->flows->older = flow;
    web->flows = flow;
    call->flow = flow;
    return flow;
}

void web_flow_put(struct web_flow *flow, const struct web_item *item)
{
    fputs(flow->begun ? "," : "", item->out);
    flow->begun = true;
    flow->left--;
    web_put_noun(flow->noun, item);
}

#define STEPS_MAX 256u /* in one part: of which few may write anything */

/* Writes the next part into the scratch text; a space where nothing is wanted yet. */
static struct mbp_text write_part(struct web_flow *flow)
{
    FILE *out = web_scratch(flow->web);
    if (flow->rest == NULL && !flow->begun && !flow->lines && flow->rest_at == 0)
        putc('[', out);
    for (unsigned steps = 0; !flow->ended && steps < STEPS_MAX && ftello(out) < (off_t)WEB_PART; steps++)
        flow->ended = flow->left == 0 || !flow->next(flow, out);
    if (flow->ended && !flow->lines)
        fputs("]\n", out);
    else if (ftello(out) == 0)
        putc(flow->lines ? '\n' : ' ', out);
    return web_scratch_text(flow->web);
}

static ssize_t read_part(void *ctx, uint64_t pos, char *buf, size_t max)
{
    (void)pos;
    struct web_flow *flow = ctx;
    if (flow->dead)
        return MHD_CONTENT_READER_END_WITH_ERROR; /* another plant: this one's answer has no end */
    if (flow->rest == NULL || flow->rest_at == flow->rest_len) {
        if (flow->ended)
            return MHD_CONTENT_READER_END_OF_STREAM;
        struct mbp_text part = write_part(flow);
        free(flow->rest);
        flow->rest = malloc(part.len + 1);
        if (flow->rest == NULL)
            return MHD_CONTENT_READER_END_WITH_ERROR;
        memcpy(flow->rest, part.bytes, part.len);
        flow->rest_len = part.len;
        flow->rest_at = 0;
    }
    size_t len = flow->rest_len - flow->rest_at < max ? flow->rest_len - flow->rest_at : max;
    memcpy(buf, flow->rest + flow->rest_at, len);
    flow->rest_at += len;
    return (ssize_t)len;
}

/* What fits into one part is sent whole, with its length. */
struct MHD_Response *web_flow_response(struct web_flow *flow)
{
    struct mbp_text part = write_part(flow);
    if (flow->ended) {
        struct MHD_Response *whole =
            mhd.create_response_from_buffer(part.len, (void *)(uintptr_t)part.bytes, MHD_RESPMEM_MUST_COPY);
        web_flow_free(flow);
        return whole;
    }
    flow->rest = malloc(part.len + 1);
    if (flow->rest != NULL) {
        memcpy(flow->rest, part.bytes, part.len);
        flow->rest_len = part.len;
    }
    struct MHD_Response *response =
        flow->rest == NULL
            ? NULL
            : mhd.create_response_from_callback(MHD_SIZE_UNKNOWN, WEB_PART * 2, read_part, flow, web_flow_free);
    if (response == NULL)
        web_flow_free(flow);
    return response;
}
