/* A new connection: may it come in, and which one must go for it. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server_priv.h"

/* As many new ones at most before the others' requests. */
#define ACCEPT_MAX 64

static bool refuse(struct mbp_server *server, const struct client *newcomer, enum turned_away_why why)
{
    turned_away_tell(server, why, &newcomer->address, NULL);
    server->counters.refused++;
    return false;
}

/* Whether it may stay; makes room for it when that is needed. */
static bool admit(struct mbp_server *server, struct connection *connection)
{
    const struct client *client = connection->client;
    connection_permit(connection);
    if (!connection->permit.admitted)
        return refuse(server, client, TURNED_AWAY_BY_RULE);
    /* Evicted ones are counted as open until libuv has closed them. */
    const struct clients_verdict verdict =
        clients_judge(server, client, server->counters.open - server->closing, uv_now(server->config.loop));
    if (verdict.victim != NULL) {
        turned_away_tell(server, verdict.why, &verdict.victim->client->address, &client->address);
        server->counters.evicted++;
        connection_close(verdict.victim);
    }
    return verdict.admitted || refuse(server, client, verdict.why);
}

static void welcome(struct listener *listener, int fd, const struct sockaddr_storage *address)
{
    struct mbp_server *server = listener->server;
    const struct access_address from = access_address_of((const struct sockaddr *)address);
    struct connection *connection = connection_new((enum mbp_framing)listener->wire.framing);
    struct client *client = clients_enter(&server->clients, &from);
    if (connection == NULL || client == NULL || uv_poll_init(server->config.loop, &connection->poll, fd) != 0) {
        turned_away_tell(server, TURNED_AWAY_NO_ROOM, &from, NULL);
        if (client != NULL)
            clients_leave(&server->clients, client);
        free(connection);
        close(fd);
        return;
    }
    connection->server = server;
    connection->client = client;
    connection->listener = listener;
    connection->fd = fd;
    connection->began_ms = uv_now(server->config.loop);
    connection->port = access_port_of((const struct sockaddr *)address);
    bool stays = admit(server, connection);
    server->counters.open++;
    server_append(server, connection);
    if (!stays) {
        connection_close(connection);
        return;
    }
    server->counters.accepted++;
    server_touch(server, connection);
    connection_start(connection);
    if (server->idle_timeout_ms != 0)
        server_watch(server);
}

/* ---- taking them ------------------------------------------------------------------------------------------------ */

static bool takes_connections(const struct listener *listener)
{
    return listener->wire.medium == MBP_MEDIUM_TCP;
}

static void stop_listening(struct mbp_server *server)
{
    for (uint32_t i = 0; i < server->listener_count; i++) {
        if (takes_connections(&server->listeners[i]))
            uv_poll_stop(&server->listeners[i].poll);
    }
    server->deaf = true;
    server_watch(server);
}

static int open_spare(void)
{
    return open("/", O_PATH | O_CLOEXEC);
}

/* By giving up that spare. False: there is none, or somebody else had its number first. */
static bool take_with(int *spare, const struct listener *listener)
{
    struct sockaddr_storage address = {0};
    socklen_t len = sizeof address;
    if (*spare < 0)
        return false;
    close(*spare);
    int fd = accept4(listener->fd, (struct sockaddr *)&address, &len, SOCK_CLOEXEC);
    bool taken = fd >= 0 || (errno != EMFILE && errno != ENFILE);
    if (fd >= 0) {
        const struct access_address from = access_address_of((const struct sockaddr *)&address);
        turned_away_tell(listener->server, TURNED_AWAY_NO_ROOM, &from, NULL);
        listener->server->counters.refused++;
        close(fd);
    }
    *spare = open_spare();
    return taken;
}

/* No descriptor is left. Left in the queue, a connection would wake the loop for ever: it is taken with a spare
 * descriptor and closed. False when there is no spare one either. */
static bool turn_away(const struct listener *listener)
{
    struct mbp_server *server = listener->server;
    for (unsigned i = 0; i < SERVER_SPARES; i++) {
        if (take_with(&server->spares[i], listener))
            return true;
    }
    return false;
}

static void on_ready(uv_poll_t *poll, int error, int events)
{
    (void)error; /* accept says it too */
    (void)events;
    struct listener *listener = (struct listener *)poll;
    for (int i = 0; i < ACCEPT_MAX; i++) {
        struct sockaddr_storage address = {0};
        socklen_t len = sizeof address;
        int fd = accept4(listener->fd, (struct sockaddr *)&address, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            welcome(listener, fd, &address);
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            return;
        } else if (errno == ECONNABORTED || errno == EINTR) {
            continue;
        } else if ((errno != EMFILE && errno != ENFILE) || !turn_away(listener)) {
            stop_listening(listener->server); /* no memory, most likely */
            return;
        }
    }
}

void admission_listen(struct mbp_server *server)
{
    server->deaf = false;
    for (unsigned i = 0; i < SERVER_SPARES; i++)
        server->spares[i] = server->spares[i] >= 0 ? server->spares[i] : open_spare();
    for (uint32_t i = 0; i < server->listener_count; i++) {
        if (takes_connections(&server->listeners[i]))
            uv_poll_start(&server->listeners[i].poll, UV_READABLE, on_ready);
    }
}
