/* A new connection: may it come in, and which one must go for it. */
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#include "server_priv.h"

/* Bytes that have come but not been read yet. */
static bool has_unread(const struct connection *connection)
{
    int unread = 0;
    return ioctl(connection->fd, FIONREAD, &unread) == 0 && unread > 0;
}

/* A request in flight is never cut off: one that has come, is being read in, or whose answer is still being sent. */
static bool may_evict(const struct connection *connection)
{
    return connection->held == NULL && connection->partial_len == 0 && !connection->right.keep &&
           !has_unread(connection);
}

/* Closes the connection that has been unused for longest (Messaging Guide 4.2.1.2), of one address or (NULL) of all. */
static bool evict_oldest(struct mbp_server *server, const struct access_address *of)
{
    for (struct connection *connection = server->oldest; connection != NULL; connection = connection->newer) {
        if (may_evict(connection) && (of == NULL || access_same(&connection->address, of))) {
            server->counters.evicted++;
            connection_close(connection);
            return true;
        }
    }
    return false;
}

static uint32_t count_of(const struct mbp_server *server, const struct access_address *address)
{
    uint32_t count = 0;
    for (const struct connection *connection = server->oldest; connection != NULL; connection = connection->newer)
        count += access_same(&connection->address, address) ? 1 : 0;
    return count;
}

/* Whether it may stay; makes room for it when that is needed. */
static bool admit(struct mbp_server *server, struct connection *connection)
{
    const struct mbp_server_options *options = server->options;
    connection->right = access_right_of(options, &connection->address, server->open_to_network);
    if (!connection->right.admitted)
        return false;
    if (options->per_client != 0 && count_of(server, &connection->address) >= options->per_client &&
        !evict_oldest(server, &connection->address))
        return false;
    /* Evicted ones are counted as open until libuv has closed them. */
    uint64_t staying = server->counters.open - server->closing;
    return staying < options->max_connections || evict_oldest(server, NULL);
}

static void find_peer(struct connection *connection)
{
    struct sockaddr_storage address = {0};
    int len = sizeof address;
    if (uv_tcp_getpeername(&connection->tcp, (struct sockaddr *)&address, &len) != 0)
        return;
    connection->address = access_address_of((const struct sockaddr *)&address);
    connection->peer.ipv4 = access_ipv4(&connection->address);
    connection->port = address.ss_family == AF_INET6 ? ntohs(((const struct sockaddr_in6 *)&address)->sin6_port)
                                                     : ntohs(((const struct sockaddr_in *)&address)->sin_port);
}

void admission_on_connection(uv_stream_t *listener, int error)
{
    struct mbp_server *server = listener->data;
    if (error != 0)
        return; /* out of descriptors: libuv has taken the connection and closed it */
    struct connection *connection = calloc(1, sizeof *connection);
    if (connection == NULL || uv_tcp_init(server->config.loop, &connection->tcp) != 0) {
        free(connection);
        return;
    }
    connection->server = server;
    connection->tcp.data = connection;
    bool accepted = uv_accept(listener, (uv_stream_t *)&connection->tcp) == 0 &&
                    uv_fileno((const uv_handle_t *)&connection->tcp, &connection->fd) == 0;
    bool stays = false;
    if (accepted) {
        find_peer(connection);
        stays = admit(server, connection);
    }
    server->counters.open++;
    server_append(server, connection);
    if (!stays) {
        server->counters.refused++;
        connection_close(connection);
        return;
    }
    server->counters.accepted++;
    server_touch(server, connection);
    connection_start(connection);
    if (server->idle_timeout_ms != 0)
        server_watch(server);
}
