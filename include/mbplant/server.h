/* server: the listener, its connections and what each peer may do. The sockets are libuv's. */
#ifndef MBPLANT_SERVER_H
#define MBPLANT_SERVER_H

#include <stdio.h>

#include "mbplant/base/wire.h"
#include "mbplant/modbus.h"

struct uv_loop_s;
struct mbp_server;

/* One request and what became of it, for a trace. */
struct mbp_exchange {
    const uint8_t *address; /* of the client (mbplant/names.h); zeros on a line */
    uint16_t peer_port;
    const char *line; /* the path of the serial line; NULL = it came over the network */
    uint16_t transaction;
    uint8_t unit;                      /* as the request gave it; where the wire has ids of its own, the plant's */
    const uint8_t *request, *response; /* PDUs; response_len 0 = none was sent */
    size_t request_len, response_len;
    const struct mbp_fault *fault; /* that befell it, or NULL */
    const char *lost; /* not NULL: no request but the first bytes of what was discarded or ended the connection, why */
};

struct mbp_server_config {
    struct uv_loop_s *loop;
    struct mbp_image *image;
    const struct mbp_plant *plant;
    struct mbp_listens listen;
    void (*before_request)(void *ctx); /* called before each batch of a connection's requests: a due scan may run */
    /* The number of the actor that a client is, asked before its first write and when it says that it is somebody else;
     * its address is zeros on a line; its name what it says, or the line's path, "" = nothing. NULL =
     * MBP_ACTOR_OTHERS. */
    uint16_t (*actor_of)(void *ctx, const struct mbp_actor *actor);
    void (*observe)(void *ctx,
                    const struct mbp_exchange *exchange); /* called after each request; NULL = nobody looks */
    void *ctx;
};

/* Since the start: connections taken, open now, closed for a new one, turned away; requests, exceptions among their
 * answers, refused writes among those; frames of another protocol, connections closed for frames out of step, for a
 * deadline, for not reading; answers that a wire fault befell. Masters see them in the instructor's unit. */
struct mbp_server_counters {
    uint64_t accepted, open, evicted, refused, requests, exceptions, writes_refused, discarded, bad_frames, timeouts,
        slow_closed, faults;
};

/* Room for the descriptors of all connections that the plant allows. The soft limit is often 1024; and the kernel's
 * table grows by doubling, where each time a program of several threads waits for all processors: a crowd of new
 * masters would stand there for a third of a second. To be called before any thread is started. Less room than asked
 * is no error. */
void mbp_server_make_room(const struct mbp_plant *plant);

/* Listens. One line to errors on failure: MBP_ERR_FORMAT, MBP_ERR_IO. Ownership: mbp_server_close, then run the loop
 * until it is idle. */
enum mbp_status mbp_server_open(const struct mbp_server_config *config, FILE *errors, struct mbp_server **out);
void mbp_server_close(struct mbp_server *server);

/* From here on that is called after each request; NULL = nobody looks any more, which costs nothing. To be called from
 * the loop. */
void mbp_server_observe(struct mbp_server *server, void (*observe)(void *ctx, const struct mbp_exchange *exchange));

/* From here on another plant's image is served. Connections stay, but for those that its access rules do not admit;
 * what each may do is looked up again; the listening address is not changed. To be called from the loop, outside of the
 * server's own calls. The old plant and image are no longer used. */
void mbp_server_change(struct mbp_server *server, struct mbp_image *image, const struct mbp_plant *plant);
bool mbp_server_open_to_network(const struct mbp_server *server); /* listens beyond loopback */

/* Where it listens, one after the other from 0; with the port that is bound, also when 0 was asked. NULL = no further
 * one. */
const struct mbp_wire *mbp_server_wire(const struct mbp_server *server, uint32_t i);

/* The first of these that is plain Modbus TCP, which most masters speak; NULL = none is. */
const struct mbp_wire *mbp_server_tcp(const struct mbp_server *server);

/* Whether a master on this machine, at the listening address or 127.0.0.1, is admitted by the access rules. */
bool mbp_server_admits_this_machine(const struct mbp_server *server);
struct mbp_server_counters mbp_server_counters(const struct mbp_server *server);

/* ---- other ways in ----------------------------------------------------------------------------------------------- */

struct sockaddr;

/* A TCP socket that listens at an address: close-on-exec, not blocking; [::] takes IPv4 too, whatever the system's
 * default. prepare sets options that its connections get; NULL = none. -1: errno says why there is none. */
int mbp_server_listen(const struct sockaddr *address, int backlog, void (*prepare)(int fd));

/* The socket that systemd opened for HTTP (FileDescriptorName=http), the first time; -1 = there is none. Ownership: the
 * caller's. */
int mbp_server_take_http(struct mbp_server *server);

/* A peer's address as access rules have it (mbplant/access.h): IPv6, IPv4 as ::ffff:a.b.c.d. */
void mbp_server_address_of(const struct sockaddr *peer, uint8_t address[16]);

#endif
