/* Who is let in. A browser on this machine sends requests for any page that it shows, so that a listener on loopback is
 * no wall: a request must name this host, and one that changes something must come from our own page or from no page.
 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "web_priv.h"

const char *web_header(const struct web_call *call, const char *name)
{
    return mhd.lookup_connection_value(call->connection, MHD_HEADER_KIND, name);
}

/* What the headers say of where the request goes and where it ends. */
struct framing {
    unsigned lengths, hosts;
    bool encoded;
    const char *length, *host;
};

static enum MHD_Result look_at_framing(void *ctx, enum MHD_ValueKind kind, const char *key, const char *value)
{
    (void)kind;
    struct framing *framing = ctx;
    if (strcasecmp(key, "Content-Length") == 0) {
        framing->lengths++;
        framing->length = value;
    } else if (strcasecmp(key, "Host") == 0) {
        framing->hosts++;
        framing->host = value;
    }
    framing->encoded |= strcasecmp(key, "Transfer-Encoding") == 0;
    return MHD_YES;
}

/* ---- the host ---------------------------------------------------------------------------------------------------- */

/* The host of "HOST", "HOST:PORT", "[V6]:PORT" without brackets. False: it is none of these. */
static bool host_part(const char *text, char *host, size_t size)
{
    const char *begin = text[0] == '[' ? text + 1 : text;
    const char *end = text[0] == '[' ? strchr(text, ']') : strchr(text, ':');
    if (end == NULL)
        end = begin + strlen(begin);
    const char *rest = end + (*end == ']' ? 1 : 0);
    size_t len = (size_t)(end - begin);
    if (text[0] == '[' && *end != ']')
        return false;
    if (len == 0 || len >= size || (*rest != '\0' && *rest != ':'))
        return false;
    if (*rest == ':' && (rest[1] == '\0' || strspn(rest + 1, "0123456789") != strlen(rest + 1) || strlen(rest) > 6))
        return false;
    memcpy(host, begin, len);
    host[len] = '\0';
    return true;
}

static bool is_loopback_name(const char *host)
{
    struct in_addr v4;
    struct in6_addr v6;
    if (strcasecmp(host, "localhost") == 0)
        return true;
    if (inet_pton(AF_INET, host, &v4) == 1)
        return ntohl(v4.s_addr) >> 24 == 127;
    return inet_pton(AF_INET6, host, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

/* Beyond loopback an address is as good as another, for no foreign name can be made to stand for it; and this machine's
 * own name. */
static bool is_ours(const struct mbp_web *web, const char *host)
{
    char own[256];
    unsigned char address[16];
    if (is_loopback_name(host) || strcasecmp(host, web->host) == 0)
        return true;
    if (!web->open_to_network)
        return false;
    if (inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1)
        return true;
    return gethostname(own, sizeof own) == 0 && strcasecmp(own, host) == 0;
}

static bool check_host(struct web_call *call, const struct framing *framing)
{
    char host[256];
    if (framing->hosts == 1 && host_part(framing->host, host, sizeof host) && is_ours(call->web, host))
        return true;
    web_problem(call, 421, "this host is reached as localhost or by its address, not by the name that the request has");
    return false;
}

/* One length, in digits alone, and no coding: nobody on the way may see another end of the body than we do. */
static unsigned body_max(const struct web_call *call)
{
    return call->route->body_max != 0 ? call->route->body_max : WEB_BODY_MAX;
}

/* Large bodies would take much memory together. It is given back when the call is over. */
static bool claim_large(struct web_call *call)
{
    if (call->web->large_call)
        return false;
    call->web->large_call = call->large = true;
    return true;
}

static bool check_framing(struct web_call *call, const struct framing *framing)
{
    const char *length = framing->length != NULL ? framing->length : "0";
    bool digits = length[0] != '\0' && strspn(length, "0123456789") == strlen(length) && strlen(length) < 12;
    bool post = strcmp(call->route->method, "POST") == 0;
    if (framing->encoded)
        web_problem(call, 411, "a body is sent with its Content-Length, without Transfer-Encoding");
    else if (framing->lengths > 1 || !digits)
        web_problem(call, 400, "Content-Length must stand there once, as a number");
    else if (post && framing->lengths == 0)
        web_problem(call, 411, "a command has a JSON body, and its Content-Length");
    else if (!post && strspn(length, "0") != strlen(length))
        web_problem(call, 400, "a %s has no body", call->route->method);
    else if (strlen(length) > 8 || strtoul(length, NULL, 10) > body_max(call))
        web_problem(call, 413, "a body has at most %u bytes", body_max(call));
    else if (strtoul(length, NULL, 10) > WEB_BODY_MAX && !claim_large(call))
        web_problem(call, 503, "another large body is on its way; again in a moment");
    else
        return true;
    return false;
}

/* ---- commands ---------------------------------------------------------------------------------------------------- */

/* The body is not read as JSON unless it says that it is: a form of a foreign page cannot say so. */
static bool check_type(struct web_call *call)
{
    const char *type = web_header(call, "Content-Type");
    size_t len = type == NULL ? 0 : strcspn(type, "; \t");
    if (len == strlen("application/json") && strncasecmp(type, "application/json", len) == 0)
        return true;
    web_problem(call, 415, "a command is JSON: send it with Content-Type: application/json");
    return false;
}

/* Where a browser says which page asks, it is ours. */
static bool check_origin(struct web_call *call)
{
    const char *origin = web_header(call, "Origin");
    const char *site = web_header(call, "Sec-Fetch-Site");
    const char *host = web_header(call, "Host");
    bool same = origin == NULL || (strncasecmp(origin, "http://", 7) == 0 && strcasecmp(origin + 7, host) == 0);
    bool near = site == NULL || strcmp(site, "same-origin") == 0 || strcmp(site, "none") == 0;
    if (same && near)
        return true;
    web_problem(call, 403, "another site's page has no business with this plant");
    return false;
}

/* A link from anywhere may lead to a page, but no foreign page opens streams or reads here. */
static bool is_visit(struct web_call *call)
{
    const char *mode = web_header(call, "Sec-Fetch-Mode");
    return strcmp(call->route->method, "GET") == 0 && mode != NULL && strcmp(mode, "navigate") == 0;
}

enum web_token_state web_token_of(struct web_call *call)
{
    const char *given = web_header(call, "Authorization");
    const struct web_tokens *tokens = call->web->tokens;
    if (tokens == NULL)
        return call->web->open_to_network ? WEB_TOKEN_IMPOSSIBLE : WEB_TOKEN_NONE;
    if (given == NULL)
        return WEB_TOKEN_MISSING;
    bool is = strncasecmp(given, "Bearer ", 7) == 0 && web_tokens_have(tokens, given + 7, &call->token_of);
    return is ? WEB_TOKEN_GOOD : WEB_TOKEN_WRONG;
}

static bool check_token(struct web_call *call)
{
    switch (web_token_of(call)) {
    case WEB_TOKEN_NONE:
    case WEB_TOKEN_GOOD:
        return true;
    case WEB_TOKEN_IMPOSSIBLE:
        web_problem(call, 403,
                    "commands are not taken over a network without a token: give the plant file http: {token_file: "
                    "PATH}");
        break;
    case WEB_TOKEN_MISSING:
    case WEB_TOKEN_WRONG:
        web_problem(call, 401, "commands need the token of http: token_file, as Authorization: Bearer TOKEN");
        break;
    }
    return false;
}

/* ---- all together ------------------------------------------------------------------------------------------------ */

static bool check_admitted(struct web_call *call)
{
    const union MHD_ConnectionInfo *info =
        mhd.get_connection_info(call->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    uint8_t address[MBP_ACTOR_ADDRESS];
    if (info != NULL)
        mbp_server_address_of(info->client_addr, address);
    if (info != NULL && mbp_permit_of(call->web->plant, address, call->web->open_to_network).admitted)
        return true;
    web_problem(call, 403, "the plant file's access rules do not admit this host");
    return false;
}

bool web_guard(struct web_call *call)
{
    struct framing framing = {0};
    mhd.get_connection_values(call->connection, MHD_HEADER_KIND, look_at_framing, &framing);
    if (!check_host(call, &framing) || !check_admitted(call))
        return false;
    if (call->route == NULL)
        return true;
    if (!check_framing(call, &framing) || (!is_visit(call) && !check_origin(call)))
        return false;
    return strcmp(call->route->method, "POST") != 0 || (check_type(call) && check_token(call));
}
