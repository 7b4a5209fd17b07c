/* A new connection: may it come in, and which one must go for it. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server_priv.h"

/* As many new ones at most before the others' requests. */
#define ACCEPT_MAX 64

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
    connection->right = access_right_of(server->config.plant, &connection->address, server->open_to_network);
    if (!connection->right.admitted)
        return false;
    if (options->per_client != 0 && count_of(server, &connection->address) >= options->per_client &&
        !evict_oldest(server, &connection->address))
        return false;
    /* Evicted ones are counted as open until libuv has closed them. */
    uint64_t staying = server->counters.open - server->closing;
    return staying < options->max_connections || evict_oldest(server, NULL);
}

static void set_peer(struct connection *connection, const struct sockaddr_storage *address)
{
    connection->address = access_address_of((const struct sockaddr *)address);
    connection->peer.ipv4 = access_ipv4(&connection->address);
    uint16_t port; /* stands at the same place in both families' addresses */
    memcpy(&port, (const uint8_t *)address + offsetof(struct sockaddr_in, sin_port), sizeof port);
    connection->port = ntohs(port);
}

#define CACHE_LINE 64u

/* At the beginning of a cache line, so that it takes as few as it can. Ownership: free */
static struct connection *connection_new(void)
{
    struct connection *connection =
        aligned_alloc(CACHE_LINE, (sizeof *connection + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE);
    if (connection != NULL)
        memset(connection, 0, sizeof *connection);
    return connection;
}

static void welcome(struct mbp_server *server, int fd, const struct sockaddr_storage *address)
{
    struct connection *connection = connection_new();
    if (connection == NULL || uv_poll_init(server->config.loop, &connection->poll, fd) != 0) {
        free(connection);
        close(fd);
        return;
    }
    connection->server = server;
    connection->fd = fd;
    set_peer(connection, address);
    bool stays = admit(server, connection);
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

/* ---- taking them ------------------------------------------------------------------------------------------------ */

static void stop_listening(struct mbp_server *server)
{
    uv_poll_stop(&server->listener);
    server->deaf = true;
    server_watch(server);
}

/* No descriptor is left. Left in the queue, a connection would wake the loop for ever: it is taken with the spare
 * descriptor and closed. False when there is no spare one either. */
static bool turn_away(struct mbp_server *server)
{
    if (server->spare_fd < 0)
        return false;
    close(server->spare_fd);
    int fd = accept4(server->listen_fd, NULL, NULL, SOCK_CLOEXEC);
    if (fd >= 0)
        close(fd);
    server->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    return true;
}

void admission_on_ready(uv_poll_t *listener, int error, int events)
{
    (void)error; /* accept says it too */
    (void)events;
    struct mbp_server *server = listener->data;
    for (int i = 0; i < ACCEPT_MAX; i++) {
        struct sockaddr_storage address = {0};
        socklen_t len = sizeof address;
        int fd = accept4(server->listen_fd, (struct sockaddr *)&address, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            welcome(server, fd, &address);
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            return;
        } else if (errno == ECONNABORTED || errno == EINTR) {
            continue;
        } else if ((errno != EMFILE && errno != ENFILE) || !turn_away(server)) {
            stop_listening(server); /* no memory, most likely */
            return;
        }
    }
}

void admission_listen(struct mbp_server *server)
{
    server->deaf = false;
    if (server->spare_fd < 0)
        server->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    uv_poll_start(&server->listener, UV_READABLE, admission_on_ready);
}
