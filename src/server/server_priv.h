/* What server.c (who is connected), admission.c (who may) and connection.c (what one connection says) share. */
#ifndef MBPLANT_SERVER_PRIV_H
#define MBPLANT_SERVER_PRIV_H

#include <uv.h>

#include "access.h"
#include "clients.h"
#include "faults.h"
#include "mbplant/instructor.h"
#include "mbplant/server.h"
#include "turned_away.h"

/* One wake-up answers at most this much of a connection's stream, so that nobody waits long for its turn. */
#define INPUT_MAX      (MBP_IN_FLIGHT_MAX * MBP_ADU_MAX)
#define OUTPUT_MAX     (MBP_IN_FLIGHT_MAX * MBP_ADU_MAX)
#define SLOW_CLIENT_MS 5000u

/* Records of files are read from the journal, each a search on disk perhaps: so many of one connection at a turn, or
 * one request, and so many of all between two looks at the sockets. A dump in order needs one a request. */
#define FILE_READS_OF_ONE 36u
#define FILE_READS_OF_ALL 144u

/* libuv tells when a socket is ready; accept, recv and send are our own. Its streams would read with read(2) and look
 * after queues that are never filled here: a good part of what a short request costs. */
struct connection {
    uv_poll_t poll; /* the first: a callback's handle is its connection */

    /* What every request needs stands together: of thousands of connections none is in the cache when its turn comes.
     */
    struct mbp_server *server;
    struct held *held;                /* what cannot be sent yet, and what cannot be answered before it is */
    struct connection *older, *newer; /* by last use */
    uint64_t used_ms;                 /* loop time of its last bytes */
    uint64_t partial_since_ms;        /* loop time of the first byte of an incomplete frame; 0 = none */
    int fd;
    struct mbp_peer peer; /* once it has asked for a write */
    uint16_t partial_len;
    bool listen_only; /* FC 8 sub-function 4 */
    bool last_words;  /* to be closed when everything is sent */
    bool closing;
    struct access_right right;

    int events;                /* that libuv looks out for */
    uint64_t blocked_since_ms; /* loop time since which the client does not read; 0 = it does */
    struct client *client;     /* its address */
    uint16_t port;
    uint8_t partial[MBP_ADU_MAX];
    struct mbp_visit visit;
};

struct mbp_server {
    struct mbp_server_config config;
    const struct mbp_server_options *options;
    uv_poll_t listener;
    uv_timer_t sweep;
    int listen_fd;
    int spare_fd; /* given up to take and close a connection for which there is no descriptor; -1 = none left */
    bool deaf;    /* not even that: nobody is taken until the next sweep */
    bool sweeping;
    bool special;         /* has wire faults or an observer: each answer is looked at */
    bool open_to_network; /* listens beyond loopback */
    uint16_t port;
    uint64_t frame_timeout_ms, idle_timeout_ms;
    struct connection *oldest, *newest;
    struct clients clients;
    uint32_t most; /* connections: as the plant allows, as far as there are descriptors for them */
    struct turned_away turned_away;
    uv_idle_t turns; /* runs while connections wait for theirs */
    struct held *first_turn, *last_turn;
    unsigned file_reads; /* since they had theirs */
    struct mbp_server_counters counters;
    uint64_t closing;              /* of counters.open: those on their way out */
    struct mbp_serial serial[256]; /* by unit id */
    struct fault_state *faults;    /* one per fault of the plant file */
    const uint8_t *fault_enabled;  /* the instructor's coils, or NULL */
    int handles;                   /* libuv handles of the server itself still open */
    bool closed;
    uint8_t input[MBP_ADU_MAX + INPUT_MAX]; /* one connection at a time is read and answered */
    uint8_t output[OUTPUT_MAX];
};

/* Starts reading. */
void connection_start(struct connection *connection);

/* Closes it once; the memory goes with libuv's close callbacks. */
void connection_close(struct connection *connection);

/* Frees what waits for a turn; its connections are closed. */
void connection_drop_turns(struct mbp_server *server);

/* Marks it as the most recently used. */
void server_touch(struct mbp_server *server, struct connection *connection);

/* Puts it into or takes it out of the list of open connections. */
void server_append(struct mbp_server *server, struct connection *connection);
void server_forget(struct mbp_server *server, const struct connection *connection);

/* Makes the sweep run while some connection has a deadline. */
void server_watch(struct mbp_server *server);

/* Frees the server when the last of its handles and connections is gone. */
void server_release(struct mbp_server *server);

/* libuv's callback: the listening socket has new connections. */
void admission_on_ready(uv_poll_t *listener, int error, int events);

/* Takes new connections again. */
void admission_listen(struct mbp_server *server);

#endif
