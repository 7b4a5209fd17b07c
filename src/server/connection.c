/* One connection: bytes in, frames, responses, bytes out. Up to sixteen requests are answered in order and sent at
 * once; who has sent more waits until everybody else had a turn. While something cannot be sent, because the client
 * does not read or a wire fault delays it, nothing more is read from that client. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "mbplant/event.h"
#include "mbplant/image/touched.h"
#include "server_priv.h"

#define LOST_SHOWN 16u

enum wait_for {
    WAIT_CLIENT,     /* until it reads */
    WAIT_PAUSE,      /* until the time of a wire fault is over */
    WAIT_PAUSE_OVER, /* it is, and its timer about to be gone */
    WAIT_TURN        /* until the others had theirs */
};

/* Memory that exists only while a connection is held up. */
struct held {
    uv_timer_t timer; /* of the pause */
    enum wait_for wait;
    struct held *next;             /* of those that wait for their turn */
    struct connection *connection; /* NULL once that is closing */
    size_t output_len, input_len;
    size_t sent;    /* of the output */
    uint8_t *input; /* behind the output */
    uint8_t output[];
};

static void consume(struct connection *connection, const uint8_t *bytes, size_t len);
static void on_turns(uv_idle_t *idle);
static void look_out(struct connection *connection, int events);
static void send_and_go_on(struct connection *connection, uint8_t *output, size_t output_len, const uint8_t *input,
                           size_t input_len);

/* ---- system calls ----------------------------------------------------------------------------------------------- */

/* As send(2) and recv(2) do. libc's own are points where a thread may be cancelled, which nobody here is: in a program
 * of several threads four locked instructions a call, and a request is two calls. */
static ssize_t socket_send(int fd, const uint8_t *bytes, size_t len)
{
#ifdef SYS_sendto
    return syscall(SYS_sendto, fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT, NULL, 0);
#else
    return send(fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT);
#endif
}

static ssize_t socket_receive(int fd, uint8_t *bytes, size_t size)
{
#ifdef SYS_recvfrom
    return syscall(SYS_recvfrom, fd, bytes, size, MSG_DONTWAIT, NULL, NULL);
#else
    return recv(fd, bytes, size, MSG_DONTWAIT);
#endif
}

/* ---- closing ---------------------------------------------------------------------------------------------------- */

static void on_closed(uv_handle_t *handle)
{
    struct connection *connection = (struct connection *)handle;
    struct mbp_server *server = connection->server;
    server->counters.open--;
    server->closing--;
    free(connection);
    server_release(server);
}

static void on_pause_dropped(uv_handle_t *timer)
{
    free(timer->data);
}

void connection_close(struct connection *connection)
{
    if (connection->closing)
        return;
    connection->closing = true;
    connection->server->closing++;
    struct held *held = connection->held;
    if (held != NULL) { /* a turn's memory goes with the queue, a pause's with its timer */
        connection->held = NULL;
        held->connection = NULL;
        if (held->wait == WAIT_PAUSE)
            uv_close((uv_handle_t *)&held->timer, on_pause_dropped);
        else if (held->wait == WAIT_CLIENT)
            free(held);
    }
    server_forget(connection->server, connection);
    clients_leave(&connection->server->clients, connection->client);
    uv_close((uv_handle_t *)&connection->poll, on_closed);
    close(connection->fd);
}

/* ---- answering -------------------------------------------------------------------------------------------------- */

struct batch {
    struct mbp_pdu_context context; /* of its requests, but for their unit */
    size_t taken;                   /* bytes of the input */
    size_t out_len;                 /* bytes in server->output */
    size_t pause_at;                /* with pause_ms: where in the output the pause comes */
    uint64_t pause_ms;              /* 0 = none */
    unsigned file_reads;            /* groups of FC 20 */
    bool more;                      /* stopped because it was full, not because the input ended */
    bool close;                     /* to be closed once the output is sent */
};

/* The instructor's unit shows what the server counted, up to the request that asks. (Inlined, it would take the
 * registers of every other request.) */
__attribute__((cold, noinline)) static void show_counters(const struct mbp_server *server)
{
    const struct mbp_server_counters *c = &server->counters;
    const uint64_t counts[MBP_SERVER_COUNTS] = {
        [MBP_COUNT_ACCEPTED] = c->accepted,
        [MBP_COUNT_OPEN] = c->open - server->closing,
        [MBP_COUNT_EVICTED] = c->evicted,
        [MBP_COUNT_TURNED_AWAY] = c->refused,
        [MBP_COUNT_REQUESTS] = c->requests,
        [MBP_COUNT_EXCEPTIONS] = c->exceptions,
        [MBP_COUNT_WRITES_REFUSED] = c->writes_refused,
        [MBP_COUNT_DISCARDED] = c->discarded,
        [MBP_COUNT_BAD_FRAMES] = c->bad_frames,
        [MBP_COUNT_TIMEOUTS] = c->timeouts,
        [MBP_COUNT_SLOW_CLOSED] = c->slow_closed,
        [MBP_COUNT_FAULTS] = c->faults,
    };
    mbp_image_show_server(server->config.image, counts);
}

/* Who it is: of those who only read, nobody needs to know. */
__attribute__((cold, noinline)) static struct mbp_peer introduce(struct connection *connection)
{
    const struct mbp_server_config *config = &connection->server->config;
    uint16_t actor = MBP_ACTOR_OTHERS;
    if (config->actor_of != NULL)
        actor = config->actor_of(config->ctx, connection->client->address.bytes, connection->visit.who);
    connection->peer.actor = actor;
    connection->visit.renamed = false;
    return connection->peer;
}

static size_t respond(struct connection *connection, const struct mbp_frame *frame, struct mbp_image_unit *unit,
                      struct mbp_pdu_context *context, uint8_t *pdu)
{
    struct mbp_server *server = connection->server;
    if (unit == NULL && server->options->absent_silent && context->instead == 0)
        return 0;
    if (unit == NULL) {
        pdu[0] = frame->pdu[0] | 0x80u;
        pdu[1] = context->instead != 0 ? context->instead : MBP_EX_GATEWAY_TARGET_FAILED;
        return 2;
    }
    if (unit->unit->instructor)
        show_counters(server);
    if (connection->visit.renamed)
        context->peer.actor = MBP_ACTOR_THE_PLANT; /* to be introduced again */
    if (context->peer.actor == MBP_ACTOR_THE_PLANT && mbp_pdu_writes(frame->pdu, frame->pdu_len) &&
        !mbp_pdu_speaks(frame->pdu, frame->pdu_len))
        context->peer = introduce(connection);
    context->unit = unit;
    context->allow = access_allow_on(&connection->right, unit->unit->id);
    context->serial = server->options->serial_functions ? &server->serial[unit->unit->id] : NULL;
    return mbp_pdu_respond(context, frame->pdu, frame->pdu_len, pdu);
}

/* What is written to unit 0 is written to all (Messaging Guide 4.4.1.2 has no such unit on TCP; a serial line has). */
static void broadcast(struct connection *connection, const struct mbp_frame *frame, struct mbp_pdu_context *context)
{
    struct mbp_server *server = connection->server;
    uint8_t nobody_reads[MBP_PDU_MAX];
    for (uint32_t u = 0; u < server->config.plant->unit_count && mbp_pdu_writes(frame->pdu, frame->pdu_len); u++) {
        struct mbp_image_unit *unit = mbp_image_unit(server->config.image, server->config.plant->units[u].id);
        if (!unit->unit->instructor)
            respond(connection, frame, unit, context, nobody_reads);
    }
}

/* What a wire fault does to the `len` bytes of an answer at `out`, of which the batch ends before. Returns the new
 * length. */
__attribute__((cold, noinline)) static size_t suffer(const struct mbp_fault *fault, uint8_t *out, size_t len,
                                                     struct batch *batch)
{
    switch ((enum mbp_wire_fault)fault->kind) {
    case MBP_FAULT_DELAY:
        batch->pause_at = batch->out_len;
        batch->pause_ms = fault->delay_ns / MBP_NS_PER_MS;
        return len;
    case MBP_FAULT_DROP:
        return 0;
    case MBP_FAULT_EXCEPTION: /* the request was refused with it */
        return len;
    case MBP_FAULT_WRONG_TRANSACTION:
        out[1]++;
        return len;
    case MBP_FAULT_TRUNCATE:
        return fault->amount < len ? fault->amount : len;
    case MBP_FAULT_SPLIT:
        batch->pause_at = batch->out_len + (fault->amount < len ? fault->amount : len);
        batch->pause_ms = fault->delay_ns / MBP_NS_PER_MS;
        return len;
    case MBP_FAULT_CLOSE:
        batch->close = true;
        return 0;
    case MBP_FAULT_COUNT:
        break;
    }
    return len;
}

/* The request's own header but for the length: its protocol id is 0, and a length fits a byte. */
static size_t put_header(uint8_t *out, const struct mbp_frame *frame, size_t pdu_len)
{
    memcpy(out, frame->pdu - MBP_MBAP_LEN, MBP_MBAP_LEN);
    out[4] = 0;
    out[5] = (uint8_t)(pdu_len + 1);
    return MBP_MBAP_LEN + pdu_len;
}

/* The fault that will befall the answer, or NULL. It is drawn before the request is executed, for an exception stands
 * instead of that. A unit that is not there answers too, and suffers as others do; who listens only gets no answer. */
__attribute__((cold, noinline)) static const struct mbp_fault *draw_fault(const struct connection *connection,
                                                                          const struct mbp_frame *frame,
                                                                          const struct mbp_image_unit *unit,
                                                                          struct mbp_pdu_context *context)
{
    const struct mbp_server *server = connection->server;
    context->instead = 0;
    if (server->faults == NULL || connection->listen_only)
        return NULL;
    uint8_t unit_id = unit != NULL ? unit->unit->id : frame->unit;
    const struct mbp_fault *fault =
        faults_draw(server->config.plant, server->faults, server->fault_enabled, unit_id, frame);
    if (fault != NULL && fault->kind == MBP_FAULT_EXCEPTION)
        context->instead = (uint8_t)fault->amount;
    return fault;
}

/* After the request: an instructor may have switched faults, and somebody may look. */
__attribute__((cold, noinline)) static void show(const struct connection *connection, const struct mbp_frame *frame,
                                                 const struct mbp_image_unit *unit, const uint8_t *pdu, size_t pdu_len,
                                                 const struct mbp_fault *fault)
{
    const struct mbp_server *server = connection->server;
    if (server->faults != NULL && server->fault_enabled != NULL && unit != NULL && unit->unit->instructor)
        faults_switched(server->config.plant, server->faults, server->fault_enabled);
    if (server->config.observe == NULL)
        return;
    const struct mbp_exchange exchange = {
        .address = connection->client->address.bytes,
        .peer_port = connection->port,
        .transaction = frame->transaction,
        .unit = frame->unit,
        .request = frame->pdu,
        .request_len = frame->pdu_len,
        .response = pdu,
        .response_len = pdu_len,
        .fault = fault,
    };
    server->config.observe(server->config.ctx, &exchange);
}

/* Appends the answer to one request, with its header and whatever befalls it, to the batch. */
static void answer(struct connection *connection, const struct mbp_frame *frame, struct batch *batch)
{
    struct mbp_server *server = connection->server;
    struct mbp_image_unit *unit = mbp_image_unit(server->config.image, frame->unit);
    uint8_t *out = server->output + batch->out_len;
    const struct mbp_fault *fault = NULL;
    server->counters.requests++;
    if (unit != NULL)
        mbp_image_note_request(unit);
    if (server->special)
        fault = draw_fault(connection, frame, unit, &batch->context);
    size_t pdu_len = 0;
    if (frame->unit == 0 && server->options->broadcast)
        broadcast(connection, frame, &batch->context);
    else
        pdu_len = respond(connection, frame, unit, &batch->context, out + MBP_MBAP_LEN);
    if (server->special)
        show(connection, frame, unit, out + MBP_MBAP_LEN, pdu_len, fault);
    if (pdu_len == 0)
        return;
    if ((out[MBP_MBAP_LEN] & 0x80u) != 0) {
        server->counters.exceptions++;
        server->counters.writes_refused += mbp_pdu_writes(frame->pdu, frame->pdu_len);
    }
    size_t len = put_header(out, frame, pdu_len);
    if (fault != NULL) {
        server->counters.faults++;
        len = suffer(fault, out, len, batch);
    }
    batch->out_len += len;
}

/* Tells who looks of bytes that are no request. */
static void lose(struct connection *connection, const uint8_t *bytes, size_t len, const char *why)
{
    struct mbp_server *server = connection->server;
    const struct mbp_exchange exchange = {
        .address = connection->client->address.bytes,
        .peer_port = connection->port,
        .request = bytes,
        .request_len = len < LOST_SHOWN ? len : LOST_SHOWN,
        .lost = why,
    };
    if (server->config.observe != NULL)
        server->config.observe(server->config.ctx, &exchange);
}

/* Whether a request's turn to read records is over before it began. */
static bool must_wait(struct mbp_server *server, struct batch *batch, const struct mbp_frame *frame)
{
    unsigned reads = mbp_pdu_file_reads(frame->pdu, frame->pdu_len);
    if (server->file_reads >= FILE_READS_OF_ALL ||
        (batch->file_reads > 0 && batch->file_reads + reads > FILE_READS_OF_ONE))
        return true;
    batch->file_reads += reads;
    server->file_reads += reads;
    return false;
}

/* Answers up to MBP_IN_FLIGHT_MAX requests of the input into server->output. */
static struct batch answer_batch(struct connection *connection, const uint8_t *bytes, size_t len)
{
    struct mbp_server *server = connection->server;
    struct batch batch = {.context = {.identity = &server->config.plant->identity,
                                      .listen_only = &connection->listen_only,
                                      .peer = connection->peer,
                                      .visit = &connection->visit}};
    for (unsigned answered = 0; answered < MBP_IN_FLIGHT_MAX;) {
        struct mbp_frame frame = mbp_mbap_parse(bytes + batch.taken, len - batch.taken);
        if (frame.kind == MBP_FRAME_MORE)
            return batch;
        if (frame.kind == MBP_FRAME_CLOSE) {
            server->counters.bad_frames++;
            lose(connection, bytes + batch.taken, len - batch.taken,
                 "bytes 5 and 6 are no length of a frame (2..254): connection closed");
            batch.close = true;
            return batch;
        }
        if (frame.kind == MBP_FRAME_REQUEST && frame.pdu[0] == 20 && must_wait(server, &batch, &frame))
            break;
        batch.taken += frame.len;
        if (frame.kind == MBP_FRAME_DISCARD) {
            server->counters.discarded++;
            lose(connection, bytes + batch.taken - frame.len, frame.len, "protocol id is not 0: frame discarded");
            continue;
        }
        answer(connection, &frame, &batch);
        answered++;
        if (batch.close || batch.pause_ms != 0)
            break;
    }
    batch.more = true;
    return batch;
}

/* ---- sending ---------------------------------------------------------------------------------------------------- */

/* What was sent of some bytes at once: 0 when the client does not read, -1 when it is gone. */
static ssize_t send_now(const struct connection *connection, const uint8_t *bytes, size_t len)
{
    ssize_t sent = socket_send(connection->fd, bytes, len);
    return sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) ? 0 : sent;
}

/* The client reads again. */
static void go_on_sending(struct connection *connection)
{
    struct held *held = connection->held;
    ssize_t sent = send_now(connection, held->output + held->sent, held->output_len - held->sent);
    if (sent < 0) {
        connection_close(connection);
        return;
    }
    held->sent += (size_t)sent;
    if (held->sent < held->output_len)
        return;
    connection->held = NULL;
    connection->blocked_since_ms = 0;
    server_touch(connection->server, connection);
    send_and_go_on(connection, NULL, 0, held->input, held->input_len);
    free(held);
}

static void on_pause_closed(uv_handle_t *timer)
{
    struct held *held = timer->data;
    struct connection *connection = held->connection;
    if (connection != NULL && !connection->closing) {
        connection->held = NULL;
        send_and_go_on(connection, held->output, held->output_len, held->input, held->input_len);
    }
    free(held);
}

static void on_pause_over(uv_timer_t *timer)
{
    /* From here the close callback owns it: connection_close must not close the timer a second time. */
    struct held *held = timer->data;
    held->wait = WAIT_PAUSE_OVER;
    uv_close((uv_handle_t *)timer, on_pause_closed);
}

static void drop_turns(struct held *held)
{
    while (held != NULL) {
        struct held *next = held->next;
        free(held);
        held = next;
    }
}

/* Those from `first` on, whose turn did not come, have it before those that were added meanwhile. */
static void turn_next(struct mbp_server *server, struct held *first, struct held *last)
{
    if (first == NULL)
        return;
    last->next = server->first_turn;
    server->last_turn = server->last_turn != NULL ? server->last_turn : last;
    server->first_turn = first;
    uv_idle_start(&server->turns, on_turns);
}

/* Everybody else has had a turn: the ones that wait get theirs, in the order in which they came. */
static void on_turns(uv_idle_t *idle)
{
    struct mbp_server *server = idle->data;
    struct held *held = server->first_turn;
    struct held *last = server->last_turn;
    server->first_turn = NULL;
    server->last_turn = NULL;
    server->file_reads = 0;
    uv_idle_stop(idle);
    if (server->config.before_request != NULL)
        server->config.before_request(server->config.ctx);
    while (held != NULL && server->file_reads < FILE_READS_OF_ALL) {
        struct held *next = held->next;
        if (held->connection != NULL) {
            held->connection->held = NULL;
            send_and_go_on(held->connection, NULL, 0, held->input, held->input_len);
        }
        free(held);
        held = next;
    }
    turn_next(server, held, last);
}

void connection_drop_turns(struct mbp_server *server)
{
    drop_turns(server->first_turn);
    server->first_turn = NULL;
    server->last_turn = NULL;
}

static void queue_turn(struct held *held)
{
    struct mbp_server *server = held->connection->server;
    if (server->last_turn != NULL)
        server->last_turn->next = held;
    else
        server->first_turn = held;
    server->last_turn = held;
    uv_idle_start(&server->turns, on_turns);
}

/* What it waits for decides what libuv looks out for; a turn comes so soon that it is not worth to look elsewhere. */
static bool begin_waiting(struct held *held, uint64_t pause_ms)
{
    struct connection *connection = held->connection;
    uv_loop_t *loop = connection->server->config.loop;
    if (held->wait == WAIT_TURN) {
        queue_turn(held);
        return true;
    }
    if (held->wait == WAIT_PAUSE) {
        look_out(connection, 0);
        held->timer.data = held;
        return uv_timer_init(loop, &held->timer) == 0 && uv_timer_start(&held->timer, on_pause_over, pause_ms, 0) == 0;
    }
    connection->blocked_since_ms = uv_now(loop);
    server_watch(connection->server);
    look_out(connection, UV_WRITABLE);
    return true;
}

/* Keeps the rest of the output and the unanswered input until what it waits for has come. */
static void hold(struct connection *connection, enum wait_for wait, const uint8_t *output, size_t output_len,
                 const uint8_t *input, size_t input_len, uint64_t pause_ms)
{
    struct held *held = malloc(sizeof *held + output_len + input_len);
    if (held == NULL) {
        connection_close(connection);
        return;
    }
    *held = (struct held){.wait = wait,
                          .connection = connection,
                          .output_len = output_len,
                          .input = held->output + output_len,
                          .input_len = input_len};
    if (output_len > 0)
        memcpy(held->output, output, output_len);
    if (input_len > 0)
        memcpy(held->input, input, input_len);
    connection->held = held;
    connection->partial_len = 0; /* it is part of the input held */
    connection->partial_since_ms = 0;
    if (!begin_waiting(held, pause_ms)) {
        connection->held = NULL;
        connection_close(connection);
        free(held);
    }
}

/* Sends output, of which what follows pause_at waits for pause_ms. False when the connection is now held or gone. */
static bool send_or_hold(struct connection *connection, uint8_t *output, const struct batch *batch, const uint8_t *rest,
                         size_t rest_len)
{
    size_t at_once = batch->pause_ms != 0 ? batch->pause_at : batch->out_len;
    ssize_t sent = 0;
    if (at_once > 0) {
        sent = send_now(connection, output, at_once);
        if (sent < 0) {
            connection_close(connection);
            return false;
        }
    }
    if ((size_t)sent == batch->out_len)
        return true;
    bool pause = batch->pause_ms != 0 && (size_t)sent == at_once;
    hold(connection, pause ? WAIT_PAUSE : WAIT_CLIENT, output + sent, batch->out_len - (size_t)sent, rest, rest_len,
         batch->pause_ms);
    return false;
}

/* After a hold: what was kept of the output, then of the input, then new bytes. */
static void send_and_go_on(struct connection *connection, uint8_t *output, size_t output_len, const uint8_t *input,
                           size_t input_len)
{
    const struct batch kept = {.out_len = output_len};
    if (!send_or_hold(connection, output, &kept, input, input_len))
        return;
    if (connection->last_words)
        connection_close(connection);
    else
        consume(connection, input, input_len);
    if (!connection->closing && connection->held == NULL)
        connection_start(connection);
}

/* ---- reading ---------------------------------------------------------------------------------------------------- */

/* `fresh`: a frame ended since the last incomplete one, so its time begins now. */
static void keep_partial(struct connection *connection, const uint8_t *bytes, size_t len, bool fresh)
{
    memcpy(connection->partial, bytes, len);
    connection->partial_len = (uint16_t)len;
    if (len == 0) {
        connection->partial_since_ms = 0;
    } else if (fresh || connection->partial_since_ms == 0) {
        connection->partial_since_ms = uv_now(connection->server->config.loop);
        server_watch(connection->server);
    }
}

/* Answers the first frames of the input. What is left of it waits for its next turn, or for the rest of its frame. */
static void consume(struct connection *connection, const uint8_t *bytes, size_t len)
{
    struct batch batch = answer_batch(connection, bytes, len);
    bytes += batch.taken;
    len -= batch.taken;
    connection->last_words = batch.close;
    if (!send_or_hold(connection, connection->server->output, &batch, bytes, len))
        return;
    if (batch.close)
        connection_close(connection);
    else if (batch.more && mbp_mbap_parse(bytes, len).kind != MBP_FRAME_MORE)
        hold(connection, WAIT_TURN, NULL, 0, bytes, len, 0);
    else
        keep_partial(connection, bytes, len, batch.taken > 0);
}

static void receive(struct connection *connection)
{
    struct mbp_server *server = connection->server;
    uint8_t *input = server->input;
    size_t kept = connection->partial_len;
    memcpy(input, connection->partial, kept);
    ssize_t got = socket_receive(connection->fd, input + kept, INPUT_MAX);
    if (got <= 0) {
        if (got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR))
            connection_close(connection);
        return;
    }
    server_touch(server, connection);
    if (server->config.before_request != NULL)
        server->config.before_request(server->config.ctx);
    consume(connection, input, kept + (size_t)got);
}

static void on_ready(uv_poll_t *poll, int error, int events)
{
    (void)events; /* what is looked out for says what to do; a hang-up shows when it is tried */
    struct connection *connection = (struct connection *)poll;
    const struct held *held = connection->held;
    if (error != 0)
        connection_close(connection);
    else if (held == NULL)
        receive(connection);
    else if (held->wait == WAIT_CLIENT)
        go_on_sending(connection);
}

static void look_out(struct connection *connection, int events)
{
    if (connection->events == events)
        return;
    connection->events = events;
    if ((events == 0 ? uv_poll_stop(&connection->poll) : uv_poll_start(&connection->poll, events, on_ready)) != 0)
        connection_close(connection);
}

void connection_start(struct connection *connection)
{
    look_out(connection, UV_READABLE);
}
