/* What server.c (who is connected), listener.c (where), admission.c (who may), connection.c, datagram.c and line.c
 * (what comes from a stream, a datagram, a serial line) and answer.c (what is answered) share. */
#ifndef MBPLANT_SERVER_PRIV_H
#define MBPLANT_SERVER_PRIV_H

#include <uv.h>

#include "activated.h"
#include "address.h"
#include "clients.h"
#include "faults.h"
#include "mbplant/base/wire.h"
#include "mbplant/instructor.h"
#include "mbplant/names.h"
#include "mbplant/server.h"
#include "turned_away.h"

/* One wake-up answers at most this much of a connection's stream, so that nobody waits long for its turn. */
#define INPUT_MAX      (MBP_IN_FLIGHT_MAX * MBP_ADU_MAX)
#define OUTPUT_MAX     (MBP_IN_FLIGHT_MAX * (3 * MBP_ASCII_MAX)) /* a wire fault may send more than the answer */
#define SLOW_CLIENT_MS 5000u

/* Records of files are read from the journal, each a search on disk perhaps: so many of one connection at a turn, or
 * one request, and so many of all between two looks at the sockets. A dump in order needs one a request. */
#define FILE_READS_OF_ONE 36u
#define FILE_READS_OF_ALL 144u

/* A way in. Over TCP it brings connections; a socket for datagrams or a serial line is served by itself. */
struct listener {
    uv_poll_t poll; /* the first: a callback's handle is its listener */
    struct mbp_server *server;
    int fd;        /* -1 = not open */
    bool has_poll; /* a handle of the loop */
    bool open_to_network;
    struct mbp_wire wire; /* with the port that is bound */
    bool some_units;
    struct mbp_wire_units units;
    struct datagrams *datagrams; /* UDP */
    struct line *line;           /* a serial line or pty */
};

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
    bool looks_on;    /* nothing on it is a master's: respond */
    bool last_words;  /* to be closed when everything is sent */
    bool closing;
    uint8_t framing; /* enum mbp_framing */
    bool quiet;      /* of a line's framing: nothing more comes of what is there */
    bool noise;      /* ... what came last was no frame, and what comes may belong to it */
    struct mbp_permit permit;

    int events;                /* that libuv looks out for */
    uint64_t began_ms;         /* loop time at which it was made; 0 = a line or datagrams, which do not begin */
    uint64_t blocked_since_ms; /* loop time since which the client does not read; 0 = it does */
    struct client *client;     /* its address */
    const struct listener *listener;
    uint16_t port;
    struct mbp_visit visit;
    bool *mutes; /* of a line: listen_only by unit id, for each device on it listens by itself; NULL = one for all */
};

/* Whether a unit only listens to this connection. */
static inline bool *connection_listen_only(struct connection *connection, uint8_t unit_id)
{
    return connection->mutes != NULL ? &connection->mutes[unit_id] : &connection->listen_only;
}

/* The bytes of an incomplete frame stand behind a connection that was made by connection_new. */
static inline uint8_t *connection_partial(struct connection *connection)
{
    return (uint8_t *)(connection + 1);
}

/* Another thread may take a descriptor at the moment when it is given up: of three that it needs one more is left. */
#define SERVER_SPARES 4u

struct mbp_server {
    struct mbp_server_config config;
    const struct mbp_server_options *options;
    struct listener *listeners;
    struct activated activated; /* while they are opened */
    uint32_t listener_count;
    uv_timer_t sweep;
    int http_fd;               /* from systemd, until somebody takes it; -1 = none */
    int spares[SERVER_SPARES]; /* given up to take and close a connection for which there is no descriptor; -1 = gone */
    bool deaf;                 /* not even that: nobody is taken until the next sweep */
    bool sweeping;
    bool minds_masters; /* some expression looks whether masters ask */
    bool special;       /* has wire faults, an observer or a wire with ids of its own: each answer is looked at */
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
    uint8_t input[MBP_ASCII_MAX + INPUT_MAX]; /* one connection at a time is read and answered */
    uint8_t output[OUTPUT_MAX];
};

/* How long ago it was made; UINT64_MAX of a line and of datagrams, which do not begin. */
uint64_t connection_age_ns(const struct connection *connection);

/* With room for an incomplete frame. NULL without memory. Ownership: free. */
struct connection *connection_new(enum mbp_framing framing);

/* What is there of an incomplete frame is all that comes. */
void connection_quiet(struct connection *connection);

/* ---- answering --------------------------------------------------------------------------------------------------- */

struct batch {
    struct mbp_pdu_context context; /* of its requests, but for their unit */
    size_t taken;                   /* bytes of the input */
    size_t out_len;                 /* bytes in server->output */
    size_t pause_at;                /* with pause_ms: where in the output the pause comes */
    uint64_t pause_ms;              /* 0 = none */
    const uint8_t *raw;             /* of a line: the frame that is being answered, as it came */
    unsigned file_reads;            /* groups of FC 20 */
    bool more;                      /* stopped because it was full, not because the input ended */
    bool close;                     /* to be closed once the output is sent */
};

/* Answers up to MBP_IN_FLIGHT_MAX requests of the input into server->output: of a TCP stream, which calls it in one
 * place alone, so that it is no call; of a line. */
struct batch answer_batch(struct connection *connection, const uint8_t *bytes, size_t len);
struct batch answer_line(struct connection *connection, const uint8_t *bytes, size_t len);

/* Answers the request of a datagram, which can be answered at once or not at all. */
struct batch answer_datagram(struct connection *connection, const struct mbp_frame *frame);

/* Whether bytes begin with a frame, or with what is none. */
bool answer_stands(const struct connection *connection, const uint8_t *bytes, size_t len);

/* Looks up what it may do. */
void connection_permit(struct connection *connection);

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

/* Takes new connections, again. */
void admission_listen(struct mbp_server *server);

/* ---- listeners --------------------------------------------------------------------------------------------------- */

/* Opens it. One line to errors on failure: MBP_ERR_FORMAT, MBP_ERR_IO, MBP_ERR_MEMORY. Closed by listener_close, also
 * after a failure. */
enum mbp_status listener_open(struct listener *listener, const struct mbp_listen *at, FILE *errors);
void listener_close(struct listener *listener);

/* Its peers may do what the plant says now. */
void listener_change(struct listener *listener);

#endif
