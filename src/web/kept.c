/* Answers that several callers get: what one item looks like is the same for all who ask between two scans. An answer
 * is given again only within the same scan, before any command over HTTP, and for a moment: masters may change a paused
 * plant's registers without a scan. */
#include <stdlib.h>
#include <string.h>

#include "web_priv.h"

#define SLOTS   256u /* a power of two */
#define KEEP_MS 20u

struct slot {
    const struct web_route *route;
    char name[WEB_NAME_MAX];
    struct MHD_Response *response;
    uint64_t scan, commands, made_ms;
};

struct web_kept {
    struct slot slots[SLOTS];
};

struct web_kept *web_kept_new(void)
{
    return calloc(1, sizeof(struct web_kept));
}

static void empty(struct slot *slot)
{
    if (slot->response != NULL)
        mhd.destroy_response(slot->response);
    slot->response = NULL;
}

void web_kept_forget(struct web_kept *kept)
{
    for (unsigned i = 0; kept != NULL && i < SLOTS; i++)
        empty(&kept->slots[i]);
}

void web_kept_free(struct web_kept *kept)
{
    web_kept_forget(kept);
    free(kept);
}

/* NULL: the call's answer is not one of those. */
static struct slot *slot_of(const struct web_call *call)
{
    if (!call->route->kept)
        return NULL;
    uint32_t hash = (uint32_t)(call->route - web_routes) + 2166136261u; /* FNV-1a */
    for (const char *at = call->name; *at != '\0'; at++)
        hash = (hash ^ (unsigned char)*at) * 16777619u;
    return &call->web->kept->slots[(hash ^ hash >> 16) & (SLOTS - 1)];
}

struct MHD_Response *web_kept_find(const struct web_call *call)
{
    const struct mbp_web *web = call->web;
    const struct slot *slot = slot_of(call);
    bool is = slot != NULL && slot->response != NULL && slot->route == call->route && slot->scan == web->state->scan &&
              slot->commands == web->commands && uv_now(web->config.loop) - slot->made_ms < KEEP_MS &&
              strcmp(slot->name, call->name) == 0;
    return is ? slot->response : NULL;
}

bool web_kept_put(const struct web_call *call, struct MHD_Response *response)
{
    const struct mbp_web *web = call->web;
    struct slot *slot = call->status == 200 ? slot_of(call) : NULL;
    if (slot == NULL)
        return false;
    empty(slot);
    slot->route = call->route;
    slot->response = response;
    slot->scan = web->state->scan;
    slot->commands = web->commands;
    slot->made_ms = uv_now(web->config.loop);
    memcpy(slot->name, call->name, sizeof slot->name);
    return true;
}
