/* targets: the programs that the plant's points are exported for, and how they get there; what the page's Connect
 * shows. */
#include <string.h>

#include "mbplant/report/export.h"
#include "past/report.h"
#include "plant.h"
#include "web_priv.h"

/* At every address of this machine: which of them a master takes is its own matter. */
static bool is_any(const char *host)
{
    return strcmp(host, "0.0.0.0") == 0 || strcmp(host, "::") == 0;
}

/* The name by which who asks reached this machine. */
static void put_reached(const struct web_call *call, char *host, size_t size)
{
    const char *given = web_header(call, "Host");
    const char *end = given != NULL && given[0] == '[' ? strchr(given, ']') : NULL;
    if (given == NULL)
        snprintf(host, size, "127.0.0.1");
    else if (end != NULL)
        snprintf(host, size, "%.*s", (int)(end - given - 1), given + 1);
    else
        snprintf(host, size, "%.*s", (int)strcspn(given, ":"), given);
}

void web_export_place(const struct web_call *call, char *host, size_t size, uint16_t *port)
{
    const struct mbp_wire *tcp = mbp_server_tcp(call->web->config.server);
    *port = web_modbus_port(call->web);
    if (tcp != NULL && !is_any(tcp->host))
        snprintf(host, size, "%s", tcp->host);
    else
        put_reached(call, host, size);
}

static const struct mbp_export_target *target_of(const struct web_item *item)
{
    return &mbp_export_targets[item->index];
}

static void put_name(const struct web_item *item)
{
    web_put_text(item->out, target_of(item)->name);
}

static void put_what(const struct web_item *item)
{
    web_put_text(item->out, target_of(item)->what);
}

static void put_file(const struct web_item *item)
{
    web_put_text(item->out, target_of(item)->file);
}

static void put_steps(const struct web_item *item)
{
    web_put_text(item->out, target_of(item)->steps);
}

static void put_host(const struct web_item *item)
{
    const struct mbp_wire *tcp = mbp_server_tcp(item->web->config.server);
    web_put_text(item->out, tcp != NULL && !is_any(tcp->host) ? tcp->host : NULL);
}

static void put_port(const struct web_item *item)
{
    fprintf(item->out, "%u", web_modbus_port(item->web));
}

static const struct web_field target_fields[] = {
    {ROW("name", "as in /export/NAME", WEB_TEXT), .put = put_name},
    {ROW("what", "which program, which file", WEB_TEXT), .put = put_what},
    {ROW("file", "what it is usually called", WEB_TEXT), .put = put_file},
    {ROW("steps", "what is done with it there, a line a step; {address} is host and port", WEB_TEXT), .put = put_steps},
    {ROW("host", "where masters reach the plant; null: at every address of its machine", WEB_TEXT), .nullable = true,
     .put = put_host},
    {ROW("port", "likewise", WEB_COUNT), .put = put_port},
};
const struct web_noun web_target_noun = WEB_NOUN("Target", target_fields);

static bool next_target(struct web_flow *flow, FILE *out)
{
    if (flow->at >= mbp_export_target_count)
        return false;
    const struct web_item item = {.web = flow->web, .index = (uint32_t)flow->at++, .out = out};
    web_flow_put(flow, &item);
    return true;
}

void web_serve_targets(struct web_call *call)
{
    struct web_flow *flow = web_flow_new(call, next_target);
    if (flow != NULL)
        flow->noun = &web_target_noun;
}
