/* Which connections an address has, and which one must go. */
#include "clients.h"

#include <stdlib.h>
#include <sys/ioctl.h>

#include "server_priv.h"

static struct client **place_of(struct clients *clients, const struct access_address *address)
{
    return &clients->place[mbp_hash(address->bytes, sizeof address->bytes) % CLIENT_PLACES];
}

struct client *clients_enter(struct clients *clients, const struct access_address *address)
{
    struct client **place = place_of(clients, address);
    for (struct client *client = *place; client != NULL; client = client->next) {
        if (access_same(&client->address, address)) {
            client->count++;
            return client;
        }
    }
    struct client *client = malloc(sizeof *client);
    if (client == NULL)
        return NULL;
    *client = (struct client){.next = *place, .address = *address, .count = 1};
    *place = client;
    return client;
}

void clients_leave(struct clients *clients, struct client *client)
{
    if (--client->count > 0)
        return;
    struct client **place = place_of(clients, &client->address);
    while (*place != client)
        place = &(*place)->next;
    *place = client->next;
    free(client);
}

/* ---- which must go ---------------------------------------------------------------------------------------------- */

/* Bytes that have come but not been read yet. */
static bool has_unread(const struct connection *connection)
{
    int unread = 0;
    return ioctl(connection->fd, FIONREAD, &unread) == 0 && unread > 0;
}

/* What would be cut off with a connection. One that does not read its answers is not spared. */
enum effort {
    NOTHING,
    HALF_REQUEST, /* begun a moment ago */
    REQUEST       /* has come whole and is not answered yet */
};

static enum effort effort_of(const struct connection *connection, uint64_t now_ms)
{
    if (connection->held != NULL)
        return connection->blocked_since_ms == 0 ? REQUEST : NOTHING;
    if (connection->partial_len > 0)
        return now_ms - connection->partial_since_ms < HALF_REQUEST_MS ? HALF_REQUEST : NOTHING;
    return has_unread(connection) ? REQUEST : NOTHING;
}

static struct connection *oldest_of(const struct mbp_server *server, const struct client *newcomer, uint64_t now_ms)
{
    for (struct connection *connection = server->oldest; connection != NULL; connection = connection->newer) {
        if (connection->client == newcomer && !connection->permit.keep && effort_of(connection, now_ms) == NOTHING)
            return connection;
    }
    return NULL;
}

static struct connection *one_of_most(const struct mbp_server *server, const struct client *newcomer, uint64_t now_ms)
{
    struct connection *found = NULL;
    enum effort lost = REQUEST;
    for (struct connection *connection = server->oldest; connection != NULL; connection = connection->newer) {
        uint32_t count = connection->client->count;
        bool more = found == NULL || count > found->client->count;
        if (connection->permit.keep || (!more && (lost == NOTHING || count < found->client->count)))
            continue;
        enum effort effort = effort_of(connection, now_ms);
        if (!more && effort >= lost)
            continue;
        found = connection;
        lost = effort;
    }
    return lost == REQUEST && (found == NULL || found->client->count <= newcomer->count) ? NULL : found;
}

struct clients_verdict clients_judge(const struct mbp_server *server, const struct client *newcomer, uint64_t staying,
                                     uint64_t now_ms)
{
    struct connection *victim;
    if (newcomer->count > server->options->per_client) {
        victim = oldest_of(server, newcomer, now_ms);
        return (struct clients_verdict){victim != NULL, victim,
                                        victim != NULL ? EVICTED_OF_CLIENT : TURNED_AWAY_CLIENT_FULL};
    }
    if (staying < server->most)
        return (struct clients_verdict){.admitted = true};
    victim = one_of_most(server, newcomer, now_ms);
    return (struct clients_verdict){victim != NULL, victim, victim != NULL ? EVICTED_OF_ALL : TURNED_AWAY_TABLE_FULL};
}
