/* A serial line or pty. While an answer waits to be sent, nothing is read. */
#include "line.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "mbplant/base/device.h"

#define PTY_SILENCE_MS   20u
#define ASCII_SILENCE_MS 1000u
#define REOPEN_MS        1000u
#define LATE_MAX_NS      (5 * MBP_NS_PER_MS)
#define INPUT_ROOM       (2 * MBP_ASCII_MAX)

enum state {
    LINE_LISTENS, /* the timer is that of silence, or off */
    LINE_SENDS,   /* ... of the answer that waits */
    LINE_GONE     /* ... of the next try to open it */
};

struct line {
    uv_timer_t timer;
    struct listener *listener;
    struct connection connection; /* whoever is at the other end */
    struct client client;
    enum state state;
    int other;                /* of a pty: its other end; -1 = none */
    uint64_t due_ns, late_ns; /* of the answer that waits; by how much the last one came too late */
    size_t in_len, out_len;
    /* What was sent last, for a line that gives back what it gets: 0 = its echo is over. */
    size_t sent_len;
    bool sent_tells; /* it is no request of its own: who sends it is the line */
    bool echoes;     /* the line gave such an answer back */
    bool mutes[256];
    uint8_t sent[MBP_ASCII_MAX];
    uint8_t in[INPUT_ROOM];
    uint8_t out[OUTPUT_MAX];
};

static void on_ready(uv_poll_t *poll, int error, int events);
static void on_timer(uv_timer_t *timer);

/* ---- time -------------------------------------------------------------------------------------------------------- */

uint64_t line_silence_ms(const struct mbp_wire *wire)
{
    uint64_t ms = (mbp_wire_silence_ns(wire) + MBP_NS_PER_MS - 1) / MBP_NS_PER_MS;
    if (wire->framing == MBP_FRAMING_ASCII)
        return ASCII_SILENCE_MS;
    return wire->medium == MBP_MEDIUM_PTY && ms < PTY_SILENCE_MS ? PTY_SILENCE_MS : ms;
}

uint64_t line_time_ns(const struct mbp_wire *wire, size_t request_len, size_t answer_len)
{
    uint64_t silence = wire->framing == MBP_FRAMING_RTU ? mbp_wire_silence_ns(wire) : 0;
    return wire->baud == 0 ? 0 : mbp_wire_character_ns(wire) * (request_len + answer_len) + silence;
}

static void start_timer(struct line *line, uint64_t ms)
{
    uv_update_time(line->listener->server->config.loop); /* what went before took its time */
    uv_timer_start(&line->timer, on_timer, ms, 0);
}

/* ---- a line that goes and comes ---------------------------------------------------------------------------------- */

static void on_poll_closed(uv_handle_t *handle)
{
    struct listener *listener = (struct listener *)handle;
    listener->server->handles--;
    server_release(listener->server);
}

static void look_out(struct listener *listener)
{
    uv_poll_start(&listener->poll, UV_READABLE, on_ready);
}

/* False: errno says why. */
static bool open_device(struct listener *listener)
{
    const struct mbp_wire *wire = &listener->wire;
    struct line *line = listener->line;
    listener->fd = wire->medium == MBP_MEDIUM_PTY ? device_make_pty(wire, &line->other) : device_open(wire);
    if (listener->fd < 0)
        return false;
    int error = uv_poll_init(listener->server->config.loop, &listener->poll, listener->fd);
    if (error != 0) {
        close(listener->fd);
        listener->fd = -1;
        errno = -error;
        return false;
    }
    listener->has_poll = true;
    listener->server->handles++;
    line->state = LINE_LISTENS;
    memset(line->mutes, 0, sizeof line->mutes); /* who comes to a line anew may ask */
    line->in_len = line->sent_len = 0;
    line->echoes = false;
    line->out_len = 0;
    look_out(listener);
    return true;
}

static void lose_device(struct listener *listener, const char *why)
{
    struct line *line = listener->line;
    mbp_log(MBP_LOG_WARNING, "%s: the line is gone (%s): it is tried again every second", listener->wire.path, why);
    listener->has_poll = false;
    uv_close((uv_handle_t *)&listener->poll, on_poll_closed);
    close(listener->fd);
    listener->fd = -1;
    line->state = LINE_GONE;
    start_timer(line, REOPEN_MS);
}

static void try_again(struct line *line)
{
    if (!open_device(line->listener)) {
        start_timer(line, REOPEN_MS);
        return;
    }
    mbp_log(MBP_LOG_INFO, "%s: the line is back", line->listener->wire.path);
}

/* ---- answers ----------------------------------------------------------------------------------------------------- */

/* What does not fit was not read by anybody for long, and would not be. */
static void put(struct listener *listener, const uint8_t *bytes, size_t len)
{
    while (len > 0) {
        ssize_t written = write(listener->fd, bytes, len);
        if (written <= 0)
            return;
        bytes += written;
        len -= (size_t)written;
    }
}

/* Who asks anew has no use for answers that nobody read; on a pty they would stand before his own. */
static void drop_unread(const struct line *line)
{
    if (line->other >= 0)
        tcflush(line->other, TCIFLUSH);
}

/* ---- a line that gives back what it gets --------------------------------------------------------------------------
 */

/* An answer to a read is no request, so that when it comes in, the line has given it back; then it gives back answers
 * to writes too, which look like the request again and must not be executed again. */
static void note_sent(struct line *line, const struct batch *batch)
{
    bool whole = batch->out_len > 0 && batch->out_len <= sizeof line->sent;
    line->sent_len = whole ? batch->out_len : 0;
    if (!whole)
        return;
    memcpy(line->sent, line->listener->server->output, batch->out_len);
    line->sent_tells = batch->taken != batch->out_len || memcmp(line->in, line->sent, batch->out_len) != 0;
}

/* Takes the echo of what was sent last out of what came. */
static void drop_echo(struct line *line)
{
    bool same =
        line->sent_len > 0 && line->in_len >= line->sent_len && memcmp(line->in, line->sent, line->sent_len) == 0;
    bool may_come = line->sent_len > line->in_len && memcmp(line->in, line->sent, line->in_len) == 0;
    if (may_come || line->sent_len == 0)
        return;
    if (line->sent_tells)
        line->echoes = same;
    if (same && line->echoes) {
        line->in_len -= line->sent_len;
        memmove(line->in, line->in + line->sent_len, line->in_len);
    }
    line->sent_len = 0;
}

/* ---- answering --------------------------------------------------------------------------------------------------- */

/* Sends, or lets wait what must: for the line's time, for a wire fault's pause. */
static void send_answer(struct line *line, const struct batch *batch)
{
    struct listener *listener = line->listener;
    bool paces = listener->wire.medium == MBP_MEDIUM_PTY; /* a line takes the time itself */
    uint64_t wait_ns = paces ? line_time_ns(&listener->wire, batch->taken, batch->out_len) : 0;
    size_t at_once = batch->pause_ms != 0 ? batch->pause_at : 0;
    if (batch->out_len == 0)
        return;
    drop_unread(line);
    if (wait_ns == 0 && batch->pause_ms == 0) {
        put(listener, listener->server->output, batch->out_len);
        return;
    }
    put(listener, listener->server->output, at_once);
    line->out_len = batch->out_len - at_once;
    memcpy(line->out, listener->server->output + at_once, line->out_len);
    wait_ns += batch->pause_ms * MBP_NS_PER_MS;
    wait_ns = wait_ns > line->late_ns ? wait_ns - line->late_ns : 0;
    line->due_ns = uv_hrtime() + wait_ns;
    line->state = LINE_SENDS;
    uv_poll_stop(&listener->poll);
    start_timer(line, (wait_ns + MBP_NS_PER_MS - 1) / MBP_NS_PER_MS);
}

/* Answers what is there. quiet: nothing more comes of it. */
static void answer(struct line *line, bool quiet)
{
    struct mbp_server *server = line->listener->server;
    bool more = true;
    if (server->config.before_request != NULL)
        server->config.before_request(server->config.ctx);
    server->file_reads = 0;
    line->connection.quiet = quiet;
    drop_echo(line);
    while (more && line->in_len > 0 && line->state == LINE_LISTENS) {
        struct batch batch = answer_line(&line->connection, line->in, line->in_len);
        if (batch.out_len > 0)
            note_sent(line, &batch);
        line->in_len -= batch.taken;
        memmove(line->in, line->in + batch.taken, line->in_len);
        more = batch.more && batch.taken > 0;
        send_answer(line, &batch);
    }
    if (line->state == LINE_LISTENS && line->in_len > 0)
        start_timer(line, line_silence_ms(&line->listener->wire));
}

/* The answer that waited is due. */
static void go_on_sending(struct line *line)
{
    uint64_t now_ns = uv_hrtime();
    if (now_ns < line->due_ns) {
        start_timer(line, 1);
        return;
    }
    line->late_ns = now_ns - line->due_ns < LATE_MAX_NS ? now_ns - line->due_ns : 0;
    put(line->listener, line->out, line->out_len);
    line->out_len = 0;
    line->state = LINE_LISTENS;
    look_out(line->listener);
    if (line->in_len > 0)
        start_timer(line, line_silence_ms(&line->listener->wire));
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

/* How many bytes came; the line may be gone then. */
static size_t receive(struct line *line)
{
    struct listener *listener = line->listener;
    if (line->in_len == sizeof line->in)
        line->in_len = 0; /* so much without a frame or silence is noise */
    ssize_t got = read(listener->fd, line->in + line->in_len, sizeof line->in - line->in_len);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return 0;
    if (got <= 0) {
        lose_device(listener, got < 0 ? strerrordesc_np(errno) : "it ended");
        return 0;
    }
    if (!line->connection.permit.admitted)
        return 0;
    line->in_len += (size_t)got;
    return (size_t)got;
}

/* A frame on a serial line ends with silence. A pty's reader wants its answer at once, and an ASCII frame says where it
 * ends. */
static void on_ready(uv_poll_t *poll, int error, int events)
{
    (void)error; /* read says it too */
    (void)events;
    struct line *line = ((struct listener *)poll)->line;
    const struct mbp_wire *wire = &line->listener->wire;
    uv_timer_stop(&line->timer);
    if (receive(line) == 0)
        return;
    if (wire->medium == MBP_MEDIUM_PTY || wire->framing == MBP_FRAMING_ASCII)
        answer(line, false);
    else
        start_timer(line, line_silence_ms(wire));
}

static void on_timer(uv_timer_t *timer)
{
    struct line *line = timer->data;
    if (line->state == LINE_GONE)
        try_again(line);
    else if (line->state == LINE_SENDS)
        go_on_sending(line);
    else if (receive(line) > 0) /* it was not silent: the loop had other work */
        start_timer(line, line_silence_ms(&line->listener->wire));
    else if (line->state == LINE_LISTENS)
        answer(line, true);
}

/* ---- life -------------------------------------------------------------------------------------------------------- */

static const char *hint(const struct mbp_wire *wire, int error)
{
    if (error == EEXIST && wire->medium == MBP_MEDIUM_PTY)
        return "; what stands there is no link: name another path";
    if (error == EACCES && wire->medium == MBP_MEDIUM_SERIAL)
        return "; serial lines are often the group dialout's";
    if (error == ENOTTY)
        return "; it is no terminal";
    if (error == EINVAL)
        return "; the system has no such speed, or the line no such parity";
    return "";
}

void line_change(struct listener *listener)
{
    const struct access_address here = access_loopback();
    listener->line->connection.permit = mbp_permit_of(listener->server->config.plant, here.bytes, false);
    listener->line->connection.peer = (struct mbp_peer){0}; /* to be introduced again */
}

enum mbp_status line_open(struct listener *listener, FILE *errors)
{
    struct line *line = calloc(1, sizeof *line);
    if (line == NULL)
        return MBP_ERR_MEMORY;
    uv_timer_init(listener->server->config.loop, &line->timer);
    listener->server->handles++;
    line->timer.data = line;
    line->listener = listener;
    line->other = -1;
    line->connection.server = listener->server;
    line->connection.listener = listener;
    line->connection.client = &line->client;
    line->connection.framing = listener->wire.framing;
    line->connection.mutes = line->mutes;
    listener->line = line;
    line_change(listener);
    if (open_device(listener))
        return MBP_OK;
    int error = errno;
    fprintf(errors, "mbplantd: cannot serve %s: %s%s\n", listener->wire.path,
            uv_strerror(uv_translate_sys_error(error)), hint(&listener->wire, error));
    return MBP_ERR_IO;
}

static void on_timer_closed(uv_handle_t *handle)
{
    struct line *line = handle->data;
    struct mbp_server *server = line->listener->server;
    free(line);
    server->handles--;
    server_release(server);
}

void line_close(struct listener *listener)
{
    struct line *line = listener->line;
    if (line->other >= 0) {
        device_remove_link(&listener->wire, listener->fd);
        close(line->other);
    }
    uv_close((uv_handle_t *)&line->timer, on_timer_closed);
    listener->line = NULL;
}
