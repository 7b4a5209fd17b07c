/* Modbus over UDP. An answer goes to where the request came from, one for one and no longer than a frame; what is no
 * whole frame gets none, nor who may not come in. So nobody is sent more than he could have by asking himself. */
#include "datagram.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
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
    peer->connection.right = access_right_of(listener->server->config.plant, address, listener->open_to_network);
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

/* A wire fault's pause is not kept: a datagram comes at once, or not at all. */
static void answer(const struct listener *listener, struct connection *peer, const struct sockaddr_storage *from,
                   socklen_t from_len, size_t len)
{
    struct mbp_server *server = listener->server;
    if (!peer->right.admitted) {
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
        sendto(listener->fd, server->output, batch.out_len, MSG_NOSIGNAL | MSG_DONTWAIT, (const struct sockaddr *)from,
               from_len);
}

static void on_ready(uv_poll_t *poll, int error, int events)
{
    (void)error; /* recvfrom says it too */
    (void)events;
    struct listener *listener = (struct listener *)poll;
    struct mbp_server *server = listener->server;
    if (server->config.before_request != NULL)
        server->config.before_request(server->config.ctx);
    server->file_reads = 0;
    for (unsigned i = 0; i < DATAGRAMS_MAX; i++) {
        struct sockaddr_storage from = {0};
        socklen_t from_len = sizeof from;
        ssize_t got =
            recvfrom(listener->fd, server->input, MBP_ADU_MAX + 1u, MSG_DONTWAIT, (struct sockaddr *)&from, &from_len);
        if (got < 0 && errno != EINTR)
            return;
        struct connection *peer = got > 0 ? peer_of(listener, &from) : NULL;
        if (peer != NULL)
            answer(listener, peer, &from, from_len, (size_t)got);
    }
}

enum mbp_status datagrams_open(struct listener *listener)
{
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
            peer->connection.right =
                access_right_of(listener->server->config.plant, &peer->client.address, listener->open_to_network);
    }
}

void datagrams_close(struct listener *listener)
{
    for (size_t i = 0; i < PEERS_MAX; i++)
        free(listener->datagrams->peers[i]);
    free(listener->datagrams);
    listener->datagrams = NULL;
}
