/* From a request to its call and on to its answer. */
#include <stdlib.h>
#include <string.h>

#include "web_priv.h"

/* The path as it was sent: what has no place in one is refused before it is decoded. */
static bool is_path(const char *raw)
{
    size_t len = strcspn(raw, "?");
    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)raw[i];
        if (byte <= ' ' || byte >= 0x7F || byte == '\\' || byte == '"' || byte == '<' || byte == '>')
            return false;
    }
    return raw[0] == '/' && strstr(raw, "%00") == NULL && strstr(raw, "%2f") == NULL && strstr(raw, "%2F") == NULL;
}

void *web_on_path(void *ctx, const char *raw, struct MHD_Connection *connection)
{
    struct web_call *call = calloc(1, sizeof *call);
    if (call == NULL)
        return NULL;
    call->web = ctx;
    call->connection = connection;
    call->bad_path = !is_path(raw);
    return call;
}

/* ---- its parts --------------------------------------------------------------------------------------------------- */

static struct web_peer *peer_of(const struct web_call *call)
{
    const union MHD_ConnectionInfo *info =
        mhd.get_connection_info(call->connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info != NULL ? info->socket_context : NULL;
}

static void set_deadline(const struct web_call *call, uint64_t since_ms)
{
    struct web_peer *peer = peer_of(call);
    if (peer != NULL)
        peer->since_ms = since_ms;
}

/* The line and the headers are there. True: go on with the body. */
static bool begin(struct web_call *call, const char *url, const char *method)
{
    char allowed[32] = "";
    call->lang = web_lang_wanted(web_header(call, "Accept-Language"));
    if (!call->bad_path)
        call->route = web_route_find(method, url, call->name, allowed);
    if (!web_guard(call))
        return false;
    if (call->bad_path) {
        web_problem(call, 400, "the path has characters that none has");
    } else if (call->route == NULL && allowed[0] != '\0') {
        web_problem(call, 405, "this path takes %s", allowed);
        snprintf(call->said, sizeof call->said, "%s", allowed);
    } else if (call->route == NULL) {
        web_problem(call, 404, "there is nothing at this path; %s/openapi.json lists what there is", WEB_API);
    }
    return call->route != NULL && call->status == 0;
}

static void append(struct web_call *call, const char *bytes, size_t len)
{
    if (call->starved || call->body_len + len > (call->large ? WEB_LARGE_BODY_MAX : WEB_BODY_MAX))
        return; /* its length was looked at: libmicrohttpd hands over no more */
    char *grown = realloc(call->body, call->body_len + len + 1);
    if (grown == NULL) {
        call->starved = true; /* its answer is written when all of it is there: calls share the place for that */
        return;
    }
    memcpy(grown + call->body_len, bytes, len);
    call->body = grown;
    call->body_len += len;
    call->body[call->body_len] = '\0';
}

static void serve(struct web_call *call)
{
    call->out = web_scratch(call->web);
    if (strcmp(call->route->method, "POST") == 0)
        call->web->commands++;
    if (call->stage == WEB_WAITS) {
        call->stage = WEB_SERVED;
        call->then(call);
        return;
    }
    call->stage = WEB_SERVED;
    if (call->web->closing) { /* what would be waited for does not come any more */
        web_problem(call, 503, "mbplantd is stopping");
        return;
    }
    if (!web_args_take(call))
        return;
    call->shared = web_kept_find(call);
    if (call->shared != NULL)
        return;
    call->out = web_scratch(call->web);
    call->route->serve(call);
}

/* What the stages say meanwhile is in the call's language. */
static void serve_in_its_language(struct web_call *call)
{
    web_speak(call);
    serve(call);
    web_speak(NULL);
}

enum MHD_Result web_on_request(void *ctx, struct MHD_Connection *connection, const char *url, const char *method,
                               const char *version, const char *upload, size_t *upload_len, void **data)
{
    (void)ctx, (void)connection, (void)version;
    struct web_call *call = *data;
    if (call == NULL || call->stage == WEB_ANSWERED)
        return call == NULL ? MHD_NO : MHD_YES;
    if (call->stage == WEB_FRESH) {
        call->stage = WEB_BODY;
        return begin(call, url, method) ? MHD_YES : web_reply(call);
    }
    if (*upload_len > 0) {
        append(call, upload, *upload_len);
        *upload_len = 0;
        return MHD_YES;
    }
    set_deadline(call, 0);
    if (call->starved)
        web_problem(call, 503, "there is no memory for the request's body; ask again");
    else
        serve_in_its_language(call);
    if (call->stage == WEB_WAITS) {
        mhd.suspend_connection(call->connection);
        return MHD_YES;
    }
    return web_reply(call);
}

void web_on_completed(void *ctx, struct MHD_Connection *connection, void **data, enum MHD_RequestTerminationCode code)
{
    (void)connection, (void)code;
    struct mbp_web *web = ctx;
    struct web_call *call = *data;
    if (call == NULL)
        return;
    if (call->large)
        web->large_call = false;
    for (struct web_call **at = &web->waiting; *at != NULL; at = &(*at)->next_waiting) {
        if (*at == call) {
            *at = call->next_waiting;
            break;
        }
    }
    web_job_leave(call);
    set_deadline(call, uv_now(web->config.loop));
    json_decref(call->json);
    free(call->body);
    free(call);
    *data = NULL;
}
