/* Words for connections that were turned away. */
#include "turned_away.h"

#include <inttypes.h>
#include <netinet/in.h>

#include "server_priv.h"

bool turned_away_is_due(struct turned_away *turned_away, enum turned_away_why why, uint64_t now_ms, uint64_t *untold)
{
    if (now_ms < turned_away->of[why].next_ms) {
        turned_away->of[why].untold++;
        return false;
    }
    *untold = turned_away->of[why].untold;
    turned_away->of[why].untold = 0;
    turned_away->of[why].next_ms = now_ms + TURNED_AWAY_EVERY_MS;
    return true;
}

static void put_reason(const struct mbp_server *server, enum turned_away_why why, const char *who, const char *newcomer,
                       char *text, size_t size)
{
    const struct mbp_server_options *options = server->options;
    switch (why) {
    case TURNED_AWAY_BY_RULE:
        snprintf(text, size, "connection from %s refused by the access rules", who);
        break;
    case TURNED_AWAY_CLIENT_FULL:
        snprintf(text, size,
                 "connection from %s refused: it has %u already, as many as one address may (per_client), and all of "
                 "them are at work",
                 who, options->per_client);
        break;
    case TURNED_AWAY_TABLE_FULL:
        snprintf(text, size, "connection from %s refused: all %u (max_connections) are at work or kept", who,
                 server->most);
        break;
    case TURNED_AWAY_NO_ROOM:
        snprintf(text, size, "connection from %s refused: no descriptor or memory is left (ulimit -n)", who);
        break;
    case EVICTED_OF_CLIENT:
        snprintf(text, size,
                 "%s has as many connections as one address may (per_client %u): its longest unused one was closed for "
                 "a new one",
                 who, options->per_client);
        break;
    case EVICTED_OF_ALL:
        snprintf(text, size, "all %u connections (max_connections) are taken: one of %s was closed for a new one of %s",
                 server->most, who, newcomer);
        break;
    case TURNED_AWAY_WHYS:
        break;
    }
}

void turned_away_tell(struct mbp_server *server, enum turned_away_why why, const struct access_address *who,
                      const struct access_address *newcomer)
{
    char text[256] = "";
    char from[INET6_ADDRSTRLEN];
    char other[INET6_ADDRSTRLEN] = "";
    uint64_t untold;
    if (!turned_away_is_due(&server->turned_away, why, uv_now(server->config.loop), &untold))
        return;
    if (newcomer != NULL)
        access_text(newcomer, other);
    put_reason(server, why, access_text(who, from), other, text, sizeof text);
    if (untold > 0)
        mbp_log(MBP_LOG_WARNING, "%s; %" PRIu64 " more like it since the last such line", text, untold);
    else
        mbp_log(MBP_LOG_WARNING, "%s", text);
}
