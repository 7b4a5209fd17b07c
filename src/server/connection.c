/* One connection: bytes in, frames, responses, bytes out. Up to sixteen requests are answered in order and sent at
 * once; who has sent more waits until everybody else had a turn. While something cannot be sent, because the client
 * does not read or a wire fault delays it, nothing more is read from that client. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "server_priv.h"

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

/* ---- opening and closing ---------------------------------------------------------------------------------------- */

#define CACHE_LINE 64u

/* At the beginning of a cache line, so that it takes as few as it can. */
struct connection *connection_new(enum mbp_framing framing)
{
    size_t size = sizeof(struct connection) + (framing == MBP_FRAMING_ASCII ? MBP_ASCII_MAX : MBP_ADU_MAX);
    struct connection *connection = aligned_alloc(CACHE_LINE, (size + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE);
    if (connection == NULL)
        return NULL;
    memset(connection, 0, size);
    connection->framing = (uint8_t)framing;
    return connection;
}

uint64_t connection_age_ns(const struct connection *connection)
{
    uint64_t now_ms = uv_now(connection->server->config.loop);
    return connection->began_ms != 0 ? (now_ms - connection->began_ms) * MBP_NS_PER_MS : UINT64_MAX;
}

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
    memcpy(connection_partial(connection), bytes, len);
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
    struct batch batch = connection->framing == MBP_FRAMING_MBAP ? answer_batch(connection, bytes, len)
                                                                 : answer_line(connection, bytes, len);
    bytes += batch.taken;
    len -= batch.taken;
    connection->last_words = batch.close;
    if (!send_or_hold(connection, connection->server->output, &batch, bytes, len))
        return;
    if (batch.close)
        connection_close(connection);
    else if (batch.more && answer_stands(connection, bytes, len))
        hold(connection, WAIT_TURN, NULL, 0, bytes, len, 0);
    else
        keep_partial(connection, bytes, len, batch.taken > 0);
}

static void receive(struct connection *connection)
{
    struct mbp_server *server = connection->server;
    uint8_t *input = server->input;
    size_t kept = connection->partial_len;
    memcpy(input, connection_partial(connection), kept);
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

void connection_quiet(struct connection *connection)
{
    struct mbp_server *server = connection->server;
    size_t kept = connection->partial_len;
    memcpy(server->input, connection_partial(connection), kept);
    connection->partial_len = 0;
    connection->quiet = true;
    if (server->config.before_request != NULL)
        server->config.before_request(server->config.ctx);
    consume(connection, server->input, kept);
    connection->quiet = false;
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

void connection_permit(struct connection *connection)
{
    const struct listener *listener = connection->listener;
    connection->permit =
        mbp_permit_of(listener->server->config.plant, connection->client->address.bytes, listener->open_to_network);
    connection->peer = (struct mbp_peer){0}; /* to be introduced again */
}

void connection_start(struct connection *connection)
{
    look_out(connection, UV_READABLE);
}
