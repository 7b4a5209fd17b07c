/* The server: its list of connections and their deadlines, its plant. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mbplant/image/touched.h"
#include "server_priv.h"

#define SWEEP_MS          50u
#define ASCII_QUIET_MS    1000u /* Modbus over Serial Line V1.02, 2.5.2.1 */
#define OTHER_DESCRIPTORS 32u   /* of the program: journal, loop, standard streams, plant file */

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

/* Of a line's frames over TCP silence says no more than this: a network's packets come when they come. */
static uint64_t quiet_after_ms(const struct connection *connection)
{
    return connection->framing == MBP_FRAMING_RTU ? SWEEP_MS : ASCII_QUIET_MS;
}

static void on_sweep(uv_timer_t *timer)
{
    struct mbp_server *server = timer->data;
    uint64_t now = uv_now(server->config.loop);
    bool waiting = false;
    for (struct connection *connection = server->oldest; connection != NULL;) {
        struct connection *next = connection->newer;
        bool idle = connection->held == NULL && over(connection->used_ms, now, server->idle_timeout_ms);
        if (connection->framing != MBP_FRAMING_MBAP && connection->held == NULL && connection->partial_len > 0 &&
            over(connection->used_ms, now, quiet_after_ms(connection)))
            connection_quiet(connection);
        if (connection->closing) {
            connection = next;
            continue;
        }
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
    free(server->listeners);
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
    for (uint32_t i = 0; i < server->listener_count; i++)
        listener_close(&server->listeners[i]);
    for (unsigned i = 0; i < SERVER_SPARES; i++)
        close_descriptor(&server->spares[i]);
    close_descriptor(&server->http_fd);
    uv_close((uv_handle_t *)&server->sweep, on_handle_closed);
    connection_drop_turns(server);
    uv_close((uv_handle_t *)&server->turns, on_handle_closed);
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
    int some = open("/", O_PATH | O_CLOEXEC);
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

static void set_special(struct mbp_server *server)
{
    server->minds_masters = mbp_image_minds_masters(server->config.image);
    server->special = server->faults != NULL || server->config.observe != NULL;
    for (uint32_t i = 0; i < server->listener_count; i++)
        server->special |= server->listeners[i].some_units;
}

static void set_plant(struct mbp_server *server, struct mbp_image *image, const struct mbp_plant *plant,
                      struct fault_state *faults)
{
    server->config.image = image;
    server->config.plant = plant;
    server->options = &plant->server;
    server->most = most_connections(server->options);
    server->faults = faults;
    set_special(server);
    server->fault_enabled = fault_switches(image);
    server->frame_timeout_ms = server->options->frame_timeout_ns / MBP_NS_PER_MS;
    server->idle_timeout_ms = server->options->idle_timeout_ns / MBP_NS_PER_MS;
}

void mbp_server_observe(struct mbp_server *server, void (*observe)(void *ctx, const struct mbp_exchange *exchange))
{
    server->config.observe = observe;
    set_special(server);
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
        connection_permit(connection);
        if (!connection->permit.admitted)
            connection_close(connection);
        connection = next;
    }
    for (uint32_t i = 0; i < server->listener_count; i++)
        listener_change(&server->listeners[i]);
    if (server->idle_timeout_ms != 0)
        server_watch(server);
}

static enum mbp_status open_listeners(struct mbp_server *server, FILE *errors)
{
    const struct mbp_listens *listen = &server->config.listen;
    enum mbp_status status = MBP_OK;
    server->activated = activated_find();
    for (uint32_t i = 0; i < listen->count && status == MBP_OK; i++) {
        struct listener *listener = &server->listeners[server->listener_count++];
        *listener = (struct listener){.server = server, .fd = -1};
        status = listener_open(listener, &listen->items[i], errors);
    }
    server->http_fd = activated_take_http(&server->activated);
    int rest = activated_close_rest(&server->activated);
    if (rest > 0)
        mbp_log(MBP_LOG_WARNING, "%d of the sockets from systemd %s closed: 'listen' has no place for %s", rest,
                rest == 1 ? "is" : "are", rest == 1 ? "it" : "them");
    set_special(server);
    if (status == MBP_OK)
        admission_listen(server);
    return status;
}

enum mbp_status mbp_server_open(const struct mbp_server_config *config, FILE *errors, struct mbp_server **out)
{
    struct mbp_server *server = calloc(1, sizeof *server);
    uint32_t fault_count = config->plant->server.fault_count;
    struct fault_state *faults = fault_count == 0 ? NULL : calloc(fault_count, sizeof *faults);
    struct listener *listeners = calloc(config->listen.count, sizeof *listeners);
    if (server == NULL || listeners == NULL || (fault_count != 0 && faults == NULL)) {
        free(server);
        free(listeners);
        free(faults);
        return MBP_ERR_MEMORY;
    }
    server->config = *config;
    server->listeners = listeners;
    set_plant(server, config->image, config->plant, faults);
    for (unsigned i = 0; i < SERVER_SPARES; i++)
        server->spares[i] = -1;
    server->http_fd = -1;
    uv_timer_init(config->loop, &server->sweep);
    uv_idle_init(config->loop, &server->turns);
    server->handles = 2;
    server->sweep.data = server;
    server->turns.data = server;
    enum mbp_status status = open_listeners(server, errors);
    if (status != MBP_OK)
        mbp_server_close(server);
    else
        *out = server;
    return status;
}

int mbp_server_take_http(struct mbp_server *server)
{
    int fd = server->http_fd;
    server->http_fd = -1;
    return fd;
}

const struct mbp_wire *mbp_server_wire(const struct mbp_server *server, uint32_t i)
{
    return i < server->listener_count ? &server->listeners[i].wire : NULL;
}

const struct mbp_wire *mbp_server_tcp(const struct mbp_server *server)
{
    for (uint32_t i = 0; i < server->listener_count; i++) {
        const struct mbp_wire *wire = &server->listeners[i].wire;
        if (wire->medium == MBP_MEDIUM_TCP && wire->framing == MBP_FRAMING_MBAP)
            return wire;
    }
    return NULL;
}

bool mbp_server_open_to_network(const struct mbp_server *server)
{
    bool open = false;
    for (uint32_t i = 0; i < server->listener_count; i++)
        open |= server->listeners[i].open_to_network;
    return open;
}

bool mbp_server_admits_this_machine(const struct mbp_server *server)
{
    struct sockaddr_storage bound;
    struct sockaddr *any = (struct sockaddr *)&bound;
    socklen_t len = sizeof bound;
    const struct listener *first = &server->listeners[0];
    const struct access_address loopback = access_loopback();
    if (mbp_wire_is_line(&first->wire) || getsockname(first->fd, any, &len) != 0)
        return mbp_permit_of(server->config.plant, loopback.bytes, false).admitted;
    struct access_address address = access_address_of(any);
    if (access_is_any(&address)) /* then 127.0.0.1 is where masters here connect, and from where */
        address = loopback;
    return mbp_permit_of(server->config.plant, address.bytes, first->open_to_network).admitted;
}

struct mbp_server_counters mbp_server_counters(const struct mbp_server *server)
{
    return server->counters;
}
