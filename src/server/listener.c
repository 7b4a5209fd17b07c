/* Where masters come in: sockets that listen, by the texts of a plant file or of -l. */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "datagram.h"
#include "line.h"
#include "server_priv.h"

#define BACKLOG                                                                                                        \
    SOMAXCONN /* a plant's masters come back all at once; who does not fit waits a second for the next try */

/* ---- sockets ----------------------------------------------------------------------------------------------------- */

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

/* A socket of that type, bound; -1: errno says why there is none. */
static int bind_socket(int type, const struct sockaddr *address, void (*prepare)(int fd))
{
    const int on = 1;
    const int off = 0;
    socklen_t len = address->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
    int fd = socket(address->sa_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    if (type == SOCK_STREAM) /* two programs with the same one would share datagrams */
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (address->sa_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off,
                   sizeof off); /* [::] is IPv4 too, whatever the system's default */
    if (prepare != NULL)
        prepare(fd);
    if (bind(fd, address, len) == 0)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

int mbp_server_listen(const struct sockaddr *address, int backlog, void (*prepare)(int fd))
{
    int fd = bind_socket(SOCK_STREAM, address, prepare);
    if (fd < 0 || listen(fd, backlog) == 0)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

/* ---- hosts ------------------------------------------------------------------------------------------------------- */

/* An address as it is written; a name's first. */
static bool find_address(const struct mbp_wire *wire, struct sockaddr_storage *address, FILE *errors)
{
    if (uv_ip4_addr(wire->host, wire->port, (struct sockaddr_in *)address) == 0 ||
        uv_ip6_addr(wire->host, wire->port, (struct sockaddr_in6 *)address) == 0)
        return true;
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    struct addrinfo *found = NULL;
    char port[8];
    snprintf(port, sizeof port, "%u", wire->port);
    int code = getaddrinfo(wire->host, port, &hints, &found);
    if (code != 0) {
        fprintf(errors, "mbplantd: cannot listen at '%s': it is no address, and no host of that name is known: %s\n",
                wire->host, gai_strerror(code));
        return false;
    }
    memcpy(address, found->ai_addr, found->ai_addrlen);
    freeaddrinfo(found);
    return true;
}

/* The port that is bound; of a socket that came from elsewhere, its address too. */
static void note_bound(struct listener *listener, struct sockaddr_storage *address, bool foreign)
{
    struct mbp_wire *wire = &listener->wire;
    struct sockaddr *any = (struct sockaddr *)address;
    socklen_t len = sizeof *address;
    if (getsockname(listener->fd, any, &len) != 0)
        return;
    wire->port = access_port_of(any);
    if (foreign)
        uv_ip_name(any, wire->host, sizeof wire->host);
}

/* "127.0.0.1:5020", "/dev/ttyUSB0"; returns buf. */
static const char *listener_text(const struct listener *listener, char *buf, size_t size)
{
    const struct mbp_wire *wire = &listener->wire;
    bool v6 = strchr(wire->host, ':') != NULL;
    if (mbp_wire_is_line(wire))
        snprintf(buf, size, "%s", wire->path);
    else
        snprintf(buf, size, "%s%s%s:%u", v6 ? "[" : "", wire->host, v6 ? "]" : "", wire->port);
    return buf;
}

/* A new socket at the address that is asked for; -1: told. */
static int make_socket(const struct listener *listener, struct sockaddr_storage *address, FILE *errors)
{
    const struct sockaddr *any = (const struct sockaddr *)address;
    char text[MBP_WIRE_HOST_MAX + 16];
    if (!find_address(&listener->wire, address, errors))
        return -1;
    int fd = listener->wire.medium == MBP_MEDIUM_TCP ? mbp_server_listen(any, BACKLOG, set_options)
                                                     : bind_socket(SOCK_DGRAM, any, NULL);
    if (fd < 0)
        fprintf(errors, "mbplantd: cannot listen at %s: %s%s\n", listener_text(listener, text, sizeof text),
                uv_strerror(uv_translate_sys_error(errno)), listen_hint(errno));
    return fd;
}

/* A socket of systemd's takes the place of the first listener of its type, and so on. */
static enum mbp_status open_socket(struct listener *listener, FILE *errors)
{
    struct sockaddr_storage address = {0};
    struct mbp_server *server = listener->server;
    bool stream = listener->wire.medium == MBP_MEDIUM_TCP;
    listener->fd = activated_take(&server->activated, stream ? SOCK_STREAM : SOCK_DGRAM);
    bool foreign = listener->fd >= 0;
    if (foreign && stream)
        set_options(listener->fd);
    if (!foreign)
        listener->fd = make_socket(listener, &address, errors);
    if (listener->fd < 0)
        return MBP_ERR_IO;
    note_bound(listener, &address, foreign);
    const struct access_address bound = access_address_of((const struct sockaddr *)&address);
    listener->open_to_network = !mbp_address_is_loopback(bound.bytes);
    if (uv_poll_init(server->config.loop, &listener->poll, listener->fd) != 0) {
        fprintf(errors, "mbplantd: cannot listen: no descriptor or memory is left\n");
        return MBP_ERR_IO;
    }
    listener->has_poll = true;
    server->handles++;
    return stream ? MBP_OK : datagrams_open(listener);
}

enum mbp_status listener_open(struct listener *listener, const struct mbp_listen *at, FILE *errors)
{
    char why[MBP_WIRE_WHY];
    if (mbp_wire_parse(at->at, &listener->wire, why, sizeof why) != MBP_OK) {
        fprintf(errors, "mbplantd: cannot listen at '%s': %s\n", at->at, why);
        return MBP_ERR_FORMAT;
    }
    listener->some_units = at->units != NULL;
    if (listener->some_units)
        listener->units = *at->units; /* the plant that says it may go before the listener does */
    return mbp_wire_is_line(&listener->wire) ? line_open(listener, errors) : open_socket(listener, errors);
}

static void on_closed(uv_handle_t *handle)
{
    struct listener *listener = (struct listener *)handle;
    listener->server->handles--;
    server_release(listener->server);
}

void listener_close(struct listener *listener)
{
    if (listener->line != NULL)
        line_close(listener);
    if (listener->datagrams != NULL)
        datagrams_close(listener);
    if (listener->has_poll)
        uv_close((uv_handle_t *)&listener->poll, on_closed);
    listener->has_poll = false;
    if (listener->fd >= 0)
        close(listener->fd);
    listener->fd = -1;
}

void listener_change(struct listener *listener)
{
    if (listener->datagrams != NULL)
        datagrams_change(listener);
    if (listener->line != NULL)
        line_change(listener);
}
