/* The listening socket, the list of connections, and their deadlines. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server_priv.h"

#define SWEEP_MS          50u
#define OTHER_DESCRIPTORS 32u /* of the program: journal, loop, standard streams, plant file */
#define BACKLOG                                                                                                        \
    SOMAXCONN /* a plant's masters come back all at once; who does not fit waits a second for the next try */

/* ---- the list of connections, least recently used first --------------------------------------------------------- */

void server_forget(struct mbp_server *server, const struct connection *connection)
{
    if (connection->older != NULL)
        connection->older->newer = connection->newer;
    else
        server->oldest = connection->newer;
    if (connection->newer != NULL)
        connection->newer->older = connection->older;
    else
        server->newest = connection->older;
}

void server_append(struct mbp_server *server, struct connection *connection)
{
    connection->older = server->newest;
    connection->newer = NULL;
    if (server->newest != NULL)
        server->newest->newer = connection;
    else
        server->oldest = connection;
    server->newest = connection;
}

void server_touch(struct mbp_server *server, struct connection *connection)
{
    connection->used_ms = uv_now(server->config.loop);
    if (server->newest == connection)
        return;
    server_forget(server, connection);
    server_append(server, connection);
}

/* ---- deadlines -------------------------------------------------------------------------------------------------- */

static bool over(uint64_t since_ms, uint64_t now_ms, uint64_t allowed_ms)
{
    return since_ms != 0 && allowed_ms != 0 && now_ms - since_ms >= allowed_ms;
}

static void on_sweep(uv_timer_t *timer)
{
    struct mbp_server *server = timer->data;
    uint64_t now = uv_now(server->config.loop);
    bool waiting = false;
    for (struct connection *connection = server->oldest; connection != NULL;) {
        struct connection *next = connection->newer;
        bool idle = connection->held == NULL && over(connection->used_ms, now, server->idle_timeout_ms);
        if (idle || over(connection->partial_since_ms, now, server->frame_timeout_ms)) {
            server->counters.timeouts++;
            connection_close(connection);
        } else if (over(connection->blocked_since_ms, now, SLOW_CLIENT_MS)) {
            server->counters.slow_closed++;
            connection_close(connection);
        } else if (connection->partial_since_ms != 0 || connection->blocked_since_ms != 0 ||
                   server->idle_timeout_ms != 0) {
            waiting = true;
        }
        connection = next;
    }
    if (server->deaf)
        admission_listen(server);
    if (!waiting && !server->deaf) {
        uv_timer_stop(timer);
        server->sweeping = false;
    }
}

void server_watch(struct mbp_server *server)
{
    if (server->sweeping)
        return;
    server->sweeping = true;
    uv_timer_start(&server->sweep, on_sweep, SWEEP_MS, SWEEP_MS);
}

/* ---- opening and closing ---------------------------------------------------------------------------------------- */

void server_release(struct mbp_server *server)
{
    if (!server->closed || server->handles != 0 || server->counters.open != 0)
        return;
    free(server->faults);
    free(server);
}

static void close_descriptor(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct mbp_server *server = handle->data;
    server->handles--;
    server_release(server);
}

void mbp_server_close(struct mbp_server *server)
{
    if (server == NULL)
        return;
    server->closed = true;
    while (server->oldest != NULL)
        connection_close(server->oldest);
    if (server->listen_fd >= 0)
        uv_close((uv_handle_t *)&server->listener, on_handle_closed);
    close_descriptor(&server->listen_fd);
    close_descriptor(&server->spare_fd);
    uv_close((uv_handle_t *)&server->sweep, on_handle_closed);
    connection_drop_turns(server);
    uv_close((uv_handle_t *)&server->turns, on_handle_closed);
}

/* A peer that vanished is found after 30 + 3 * 5 = 45 s. Keepalive does not probe while an answer waits to be
 * acknowledged, so the same time is set for that too; else the kernel would try for a quarter of an hour. */
#define KEEPALIVE_IDLE_S     30
#define KEEPALIVE_INTERVAL_S 5
#define KEEPALIVE_PROBES     3
#define DEAD_PEER_MS         (1000 * (KEEPALIVE_IDLE_S + KEEPALIVE_PROBES * KEEPALIVE_INTERVAL_S))

/* A connection has the options of the socket that it came to: nothing is left to do when it comes. */
static void set_options(int fd)
{
    const int on = 1;
    const int idle = KEEPALIVE_IDLE_S;
    const int interval = KEEPALIVE_INTERVAL_S;
    const int probes = KEEPALIVE_PROBES;
    const unsigned dead_peer_ms = DEAD_PEER_MS;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof interval);
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof probes);
    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &dead_peer_ms, sizeof dead_peer_ms);
}

static const char *listen_hint(int error)
{
    if (error == EADDRINUSE)
        return "; another program has that port: stop it, or choose another with -l ADDRESS:PORT";
    if (error == EACCES)
        return "; ports below 1024 (502 too) need the capability cap_net_bind_service";
    if (error == EADDRNOTAVAIL)
        return "; no interface of this machine has that address";
    return "";
}

int mbp_server_listen(const struct sockaddr *address, int backlog, void (*prepare)(int fd))
{
    const int on = 1;
    const int off = 0;
    socklen_t len = address->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
    int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (address->sa_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off,
                   sizeof off); /* [::] is IPv4 too, whatever the system's default */
    if (prepare != NULL)
        prepare(fd);
    if (bind(fd, address, len) == 0 && listen(fd, backlog) == 0)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

static enum mbp_status listen_at(struct mbp_server *server, const char *endpoint, FILE *errors)
{
    char host[64];
    uint16_t port;
    struct sockaddr_storage address = {0};
    struct sockaddr *any = (struct sockaddr *)&address;
    if (mbp_endpoint_parse(endpoint, host, sizeof host, &port) != MBP_OK ||
        (uv_ip4_addr(host, port, (struct sockaddr_in *)&address) != 0 &&
         uv_ip6_addr(host, port, (struct sockaddr_in6 *)&address) != 0)) {
        fprintf(errors,
                "mbplantd: cannot listen at '%s': write it as ADDRESS:PORT, for example 127.0.0.1:5020 or [::1]:5020\n",
                endpoint);
        return MBP_ERR_FORMAT;
    }
    const struct access_address bound = access_address_of(any);
    server->open_to_network = !access_is_loopback(&bound);
    int fd = mbp_server_listen(any, BACKLOG, set_options);
    if (fd < 0 || uv_poll_init(server->config.loop, &server->listener, fd) != 0) {
        int error = errno;
        fprintf(errors, "mbplantd: cannot listen at %s: %s%s\n", endpoint, uv_strerror(uv_translate_sys_error(error)),
                listen_hint(error));
        close_descriptor(&fd);
        return MBP_ERR_IO;
    }
    server->listen_fd = fd;
    server->listener.data = server;
    server->handles++;
    socklen_t len = sizeof address;
    if (getsockname(fd, any, &len) == 0)
        server->port = ntohs(any->sa_family == AF_INET6 ? ((struct sockaddr_in6 *)&address)->sin6_port
                                                        : ((struct sockaddr_in *)&address)->sin_port);
    admission_listen(server);
    return MBP_OK;
}

void mbp_server_make_room(const struct mbp_plant *plant)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    if (limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    rlim_t highest = plant->server.max_connections + OTHER_DESCRIPTORS;
    int some = open("/dev/null", O_RDONLY | O_CLOEXEC);
    int high = fcntl(some, F_DUPFD_CLOEXEC, (int)(highest < limit.rlim_cur ? highest : limit.rlim_cur - 1));
    close_descriptor(&high);
    close_descriptor(&some);
}

/* Connections leave the program the descriptors that it needs itself, or masters could keep it from reading its plant
 * file again. Where there are very few, they are shared. */
static uint32_t most_connections(const struct mbp_server_options *options)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= options->max_connections + OTHER_DESCRIPTORS)
        return options->max_connections;
    uint32_t room = (uint32_t)limit.rlim_cur;
    uint32_t most = room > 2 * OTHER_DESCRIPTORS ? room - OTHER_DESCRIPTORS : (room + 7) / 8;
    if (most >= options->max_connections)
        return options->max_connections;
    mbp_log(MBP_LOG_WARNING,
            "%u connections at most, and not %u as max_connections says: %u descriptors are allowed "
            "(ulimit -n)",
            most, options->max_connections, room);
    return most;
}

/* The instructor's coils switch the plant file's faults at run time, where there is an instructor. */
static const uint8_t *fault_switches(struct mbp_image *image)
{
    const struct mbp_image_unit *instructor = mbp_image_unit(image, MBP_INSTRUCTOR_UNIT);
    return instructor != NULL && instructor->unit->instructor ? instructor->coils : NULL;
}

static void set_plant(struct mbp_server *server, struct mbp_image *image, const struct mbp_plant *plant,
                      struct fault_state *faults)
{
    server->config.image = image;
    server->config.plant = plant;
    server->options = &plant->server;
    server->most = most_connections(server->options);
    server->faults = faults;
    server->special = faults != NULL || server->config.observe != NULL;
    server->fault_enabled = fault_switches(image);
    server->frame_timeout_ms = server->options->frame_timeout_ns / MBP_NS_PER_MS;
    server->idle_timeout_ms = server->options->idle_timeout_ns / MBP_NS_PER_MS;
}

void mbp_server_observe(struct mbp_server *server, void (*observe)(void *ctx, const struct mbp_exchange *exchange))
{
    server->config.observe = observe;
    server->special = server->faults != NULL || observe != NULL;
}

/* What was used up of each wire fault, by its name. */
static struct fault_state *carry_faults(const struct mbp_server *server, const struct mbp_server_options *to)
{
    const struct mbp_server_options *from = server->options;
    struct fault_state *faults = to->fault_count == 0 ? NULL : calloc(to->fault_count, sizeof *faults);
    if (faults == NULL && to->fault_count > 0)
        mbp_log(MBP_LOG_ERROR, "no memory for the wire faults: they stay off");
    for (uint32_t i = 0; faults != NULL && server->faults != NULL && i < to->fault_count; i++) {
        for (uint32_t k = 0; k < from->fault_count; k++) {
            if (strcmp(from->faults[k].name, to->faults[i].name) == 0)
                faults[i] = server->faults[k];
        }
    }
    return faults;
}

void mbp_server_change(struct mbp_server *server, struct mbp_image *image, const struct mbp_plant *plant)
{
    struct fault_state *faults = carry_faults(server, &plant->server);
    free(server->faults);
    set_plant(server, image, plant, faults);
    for (struct connection *connection = server->oldest; connection != NULL;) {
        struct connection *next = connection->newer;
        connection->right = access_right_of(plant, &connection->client->address, server->open_to_network);
        if (!connection->right.admitted)
            connection_close(connection);
        connection = next;
    }
    if (server->idle_timeout_ms != 0)
        server_watch(server);
}

enum mbp_status mbp_server_open(const struct mbp_server_config *config, FILE *errors, struct mbp_server **out)
{
    struct mbp_server *server = calloc(1, sizeof *server);
    uint32_t fault_count = config->plant->server.fault_count;
    struct fault_state *faults = fault_count == 0 ? NULL : calloc(fault_count, sizeof *faults);
    if (server == NULL || (fault_count != 0 && faults == NULL)) {
        free(server);
        free(faults);
        return MBP_ERR_MEMORY;
    }
    server->config = *config;
    set_plant(server, config->image, config->plant, faults);
    server->listen_fd = -1;
    server->spare_fd = -1;
    uv_timer_init(config->loop, &server->sweep);
    uv_idle_init(config->loop, &server->turns);
    server->handles = 2;
    server->sweep.data = server;
    server->turns.data = server;
    enum mbp_status status = listen_at(server, config->listen, errors);
    if (status != MBP_OK)
        mbp_server_close(server);
    else
        *out = server;
    return status;
}

uint16_t mbp_server_port(const struct mbp_server *server)
{
    return server->port;
}

bool mbp_server_open_to_network(const struct mbp_server *server)
{
    return server->open_to_network;
}

bool mbp_server_admits_this_machine(const struct mbp_server *server)
{
    struct sockaddr_storage bound;
    struct sockaddr *any = (struct sockaddr *)&bound;
    socklen_t len = sizeof bound;
    if (getsockname(server->listen_fd, any, &len) != 0)
        return true;
    struct access_address address = access_address_of(any);
    struct sockaddr_in loopback = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (access_is_any(&address)) /* then 127.0.0.1 is where masters here connect, and from where */
        address = access_address_of((const struct sockaddr *)&loopback);
    return access_right_of(server->config.plant, &address, server->open_to_network).admitted;
}

struct mbp_server_counters mbp_server_counters(const struct mbp_server *server)
{
    return server->counters;
}
