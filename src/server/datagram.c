/* Modbus over UDP. An answer goes to where the request came from, one for one and no longer than a frame; what is no
 * whole frame gets none, nor who may not come in. So nobody is sent more than he could have by asking himself. */
#include "datagram.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define PEERS_MAX 64u

/* As many at most before the others' requests. */
#define DATAGRAMS_MAX 64u

struct peer {
    struct connection connection;
    struct client client;
    uint64_t used; /* number of its last datagram */
};

struct datagrams {
    uint64_t received;
    struct peer *peers[PEERS_MAX]; /* NULL = a free place */
};

/* ---- peers ------------------------------------------------------------------------------------------------------- */

/* The place of a peer, else a free one, else of who came last the longest ago. */
static struct peer **place_of(struct datagrams *datagrams, const struct access_address *address, uint16_t port)
{
    struct peer **place = &datagrams->peers[0];
    for (size_t i = 0; i < PEERS_MAX; i++) {
        struct peer *peer = datagrams->peers[i];
        if (peer == NULL)
            return &datagrams->peers[i];
        if (peer->connection.port == port && access_same(&peer->client.address, address))
            return &datagrams->peers[i];
        if (peer->used < (*place)->used)
            place = &datagrams->peers[i];
    }
    return place;
}

static void begin(struct peer *peer, const struct listener *listener, const struct access_address *address,
                  uint16_t port)
{
    *peer = (struct peer){.client.address = *address};
    peer->connection.server = listener->server;
    peer->connection.listener = listener;
    peer->connection.client = &peer->client;
    peer->connection.port = port;
    connection_permit(&peer->connection);
}

/* NULL = no memory. */
static struct connection *peer_of(const struct listener *listener, const struct sockaddr_storage *from)
{
    struct datagrams *datagrams = listener->datagrams;
    const struct access_address address = access_address_of((const struct sockaddr *)from);
    uint16_t port = access_port_of((const struct sockaddr *)from);
    struct peer **place = place_of(datagrams, &address, port);
    bool known =
        *place != NULL && (*place)->connection.port == port && access_same(&(*place)->client.address, &address);
    if (*place == NULL)
        *place = malloc(sizeof **place);
    if (*place == NULL)
        return NULL;
    if (!known)
        begin(*place, listener, &address, port);
    (*place)->used = ++datagrams->received;
    return &(*place)->connection;
}

/* ---- datagrams --------------------------------------------------------------------------------------------------- */

/* One datagram, and at which address of this machine it came: the answer leaves from there, also where the route back
 * would take another. */
struct arrival {
    struct sockaddr_storage from;
    socklen_t from_len;
    union {
        char room[CMSG_SPACE(sizeof(struct in6_pktinfo))];
        struct cmsghdr align;
    } control;
    size_t control_len; /* what the answer is to say of its source; 0 = the route decides */
};

static void set_source(struct arrival *arrival, const struct msghdr *got)
{
    for (struct cmsghdr *part = CMSG_FIRSTHDR(got); part != NULL; part = CMSG_NXTHDR((struct msghdr *)got, part)) {
        bool v4 = part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_PKTINFO;
        bool v6 = part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_PKTINFO;
        if (v4) { /* the local address, also of what came to a broadcast address */
            struct in_pktinfo info;
            memcpy(&info, CMSG_DATA(part), sizeof info);
            info.ipi_ifindex = 0;
            memcpy(CMSG_DATA(part), &info, sizeof info);
        }
        if ((v4 || v6) && part == CMSG_FIRSTHDR(got))
            arrival->control_len = v4 ? CMSG_SPACE(sizeof(struct in_pktinfo)) : CMSG_SPACE(sizeof(struct in6_pktinfo));
    }
}

static ssize_t receive(int fd, uint8_t *bytes, size_t room, struct arrival *arrival)
{
    struct iovec part = {bytes, room};
    struct msghdr message = {.msg_name = &arrival->from,
                             .msg_namelen = sizeof arrival->from,
                             .msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = arrival->control.room,
                             .msg_controllen = sizeof arrival->control.room};
    ssize_t got = recvmsg(fd, &message, MSG_DONTWAIT);
    arrival->from_len = message.msg_namelen;
    if (got >= 0)
        set_source(arrival, &message);
    return got;
}

static void send_back(int fd, uint8_t *bytes, size_t len, struct arrival *arrival)
{
    struct iovec part = {bytes, len};
    struct msghdr message = {.msg_name = &arrival->from,
                             .msg_namelen = arrival->from_len,
                             .msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = arrival->control_len > 0 ? arrival->control.room : NULL,
                             .msg_controllen = arrival->control_len};
    sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* A wire fault's pause is not kept: a datagram comes at once, or not at all. */
static void answer(const struct listener *listener, struct connection *peer, struct arrival *arrival, size_t len)
{
    struct mbp_server *server = listener->server;
    if (!peer->permit.admitted) {
        server->counters.refused++;
        turned_away_tell(server, TURNED_AWAY_BY_RULE, &peer->client->address, NULL);
        return;
    }
    struct mbp_frame frame = mbp_mbap_parse(server->input, len);
    if (frame.kind != MBP_FRAME_REQUEST || frame.len != len) {
        server->counters.bad_frames++;
        return;
    }
    struct batch batch = answer_datagram(peer, &frame);
    if (batch.out_len > 0)
        send_back(listener->fd, server->output, batch.out_len, arrival);
}

static void on_ready(uv_poll_t *poll, int error, int events)
{
    (void)error; /* recvmsg says it too */
    (void)events;
    struct listener *listener = (struct listener *)poll;
    struct mbp_server *server = listener->server;
    if (server->config.before_request != NULL)
        server->config.before_request(server->config.ctx);
    server->file_reads = 0;
    for (unsigned i = 0; i < DATAGRAMS_MAX; i++) {
        struct arrival arrival = {0};
        ssize_t got = receive(listener->fd, server->input, MBP_ADU_MAX + 1u, &arrival);
        if (got < 0 && errno != EINTR)
            return;
        struct connection *peer = got > 0 ? peer_of(listener, &arrival.from) : NULL;
        if (peer != NULL)
            answer(listener, peer, &arrival, (size_t)got);
    }
}

enum mbp_status datagrams_open(struct listener *listener)
{
    const int on = 1; /* one of them fits the socket; without, the route decides where answers leave */
    setsockopt(listener->fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
    setsockopt(listener->fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on);
    listener->datagrams = calloc(1, sizeof *listener->datagrams);
    if (listener->datagrams == NULL)
        return MBP_ERR_MEMORY;
    return uv_poll_start(&listener->poll, UV_READABLE, on_ready) == 0 ? MBP_OK : MBP_ERR_IO;
}

void datagrams_change(struct listener *listener)
{
    for (size_t i = 0; i < PEERS_MAX; i++) {
        struct peer *peer = listener->datagrams->peers[i];
        if (peer != NULL)
            connection_permit(&peer->connection);
    }
}

void datagrams_close(struct listener *listener)
{
    for (size_t i = 0; i < PEERS_MAX; i++)
        free(listener->datagrams->peers[i]);
    free(listener->datagrams);
    listener->datagrams = NULL;
}
