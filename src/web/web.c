/* The life of the web, and libmicrohttpd in the libuv loop: its epoll descriptor under uv_poll, its timeout in a timer.
 * Whatever resumes a connection runs it afterwards, or it would not go on before something else happens. */
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "web_priv.h"

#define CONNECTION_MEMORY  32768u /* of a request's line and headers; more is 431 */
#define CONNECTION_TIMEOUT 10u    /* s without a byte, either way */
#define ROOM               4u     /* connections that stay free for new ones */

/* ---- the scratch text -------------------------------------------------------------------------------------------- */

FILE *web_scratch(struct mbp_web *web)
{
    fseeko(web->out, 0, SEEK_SET);
    return web->out;
}

struct mbp_text web_scratch_text(struct mbp_web *web)
{
    off_t end = ftello(web->out);
    bool whole = fflush(web->out) == 0 && ferror(web->out) == 0 && end >= 0;
    clearerr(web->out);
    return (struct mbp_text){web->text, whole ? (size_t)end : 0};
}

/* ---- libmicrohttpd in the loop ----------------------------------------------------------------------------------- */

static void on_timer(uv_timer_t *timer)
{
    web_run(timer->data);
}

void web_run(struct mbp_web *web)
{
    if (web->running || web->daemon == NULL)
        return; /* a callback of the run below: that goes on anyway */
    MHD_UNSIGNED_LONG_LONG wait_ms = 0;
    web->running = true;
    web->gone = false;
    mhd.run(web->daemon);
    web->running = false;
    if (web->gone) /* only its next run listens again, where there were as many as there may be */
        uv_timer_start(&web->timer, on_timer, 0, 0);
    else if (mhd.get_timeout(web->daemon, &wait_ms) == MHD_YES)
        uv_timer_start(&web->timer, on_timer, wait_ms, 0);
    else
        uv_timer_stop(&web->timer);
}

static void on_ready(uv_poll_t *poll, int error, int events)
{
    (void)error, (void)events;
    struct mbp_web *web = poll->data;
    if (web->config.before_request != NULL)
        web->config.before_request(web->config.ctx);
    web_run(web);
}

/* ---- connections and their deadlines ----------------------------------------------------------------------------- */

/* Nearly as many as there may be: the one that has said nothing whole for the longest goes, so that nobody keeps others
 * out by being there. */
static void make_room(struct mbp_web *web)
{
    struct web_peer *oldest = NULL;
    if (web->peer_count + ROOM <= web->most_peers)
        return;
    for (struct web_peer *peer = web->peers; peer != NULL; peer = peer->next) {
        if (peer->since_ms != 0 && !peer->evicted && (oldest == NULL || peer->since_ms <= oldest->since_ms))
            oldest = peer;
    }
    if (oldest != NULL) {
        oldest->evicted = true;
        shutdown(oldest->fd, SHUT_RDWR);
    }
}

/* libmicrohttpd's own timeout counts from the last byte: a request that comes a byte at a time has one of ours. */
static void on_connection(void *ctx, struct MHD_Connection *connection, void **socket_ctx,
                          enum MHD_ConnectionNotificationCode code)
{
    struct mbp_web *web = ctx;
    struct web_peer *peer = *socket_ctx;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info = mhd.get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        peer = calloc(1, sizeof *peer);
        *socket_ctx = peer;
        if (peer == NULL)
            return;
        *peer = (struct web_peer){.next = web->peers, .since_ms = uv_now(web->config.loop), .fd = info->connect_fd};
        if (web->peers != NULL)
            web->peers->before = peer;
        web->peers = peer;
        web->peer_count++;
        make_room(web);
    } else if (peer != NULL) {
        if (peer->before != NULL)
            peer->before->next = peer->next;
        else
            web->peers = peer->next;
        if (peer->next != NULL)
            peer->next->before = peer->before;
        free(peer);
        *socket_ctx = NULL;
        web->peer_count--;
        web->gone = true;
    }
}

static void close_late(struct mbp_web *web)
{
    uint64_t now = uv_now(web->config.loop);
    for (struct web_peer *peer = web->peers; peer != NULL; peer = peer->next) {
        if (peer->since_ms != 0 && now - peer->since_ms >= WEB_REQUEST_MS)
            shutdown(peer->fd, SHUT_RDWR); /* libmicrohttpd finds it closed, and tidies up */
    }
}

/* ---- scans ------------------------------------------------------------------------------------------------------- */

/* Commands that a scan has taken in, or that wait in vain: the plant is paused or very slow. */
#define PATIENCE_MS      3000u
#define LONG_PATIENCE_MS 60000u

/* Whether what a call waits for has come, or is not to be waited for any more. */
static bool is_ready(struct mbp_web *web, struct web_call *call, bool paused, uint64_t now)
{
    if (call->over != NULL)
        return call->over(call) || web->closing || now - call->since_ms >= LONG_PATIENCE_MS;
    call->pending = web->state->scan == call->scan;
    return !call->pending || paused || web->closing || now - call->since_ms >= PATIENCE_MS;
}

static bool wake_commands(struct mbp_web *web)
{
    bool woken = false;
    bool paused = web->waiting != NULL && mbp_scan_sim(web->config.scan).paused;
    uint64_t now = uv_now(web->config.loop);
    for (struct web_call **at = &web->waiting; *at != NULL;) {
        struct web_call *call = *at;
        if (!is_ready(web, call, paused, now)) {
            at = &call->next_waiting;
            continue;
        }
        *at = call->next_waiting;
        mhd.resume_connection(call->connection);
        woken = true;
    }
    return woken;
}

void mbp_web_scanned(struct mbp_web *web)
{
    web_trend_sample(web->trend, web->state, web->state->wall_ms);
    bool woken = web->waiting != NULL && wake_commands(web);
    if (web->streams != NULL)
        woken |= web_streams_wake(web, false);
    if (woken)
        web_run(web);
}

static void on_tick(uv_timer_t *timer)
{
    struct mbp_web *web = timer->data;
    close_late(web);
    web_traffic_tick(web);
    bool woken = wake_commands(web);
    woken |= web_streams_wake(web, true);
    if (woken)
        web_run(web);
}

/* ---- opening and closing ----------------------------------------------------------------------------------------- */

static void release(struct mbp_web *web)
{
    web_watch_free(web->watch);
    web_trend_free(web->trend);
    web_traffic_free(web->traffic);
    web_kept_free(web->kept);
    if (web->out != NULL)
        fclose(web->out);
    free(web->text);
    web_tokens_free(web->tokens);
    free(web->openapi);
    free(web);
}

void web_let_go(struct mbp_web *web)
{
    if (--web->handles == 0)
        release(web);
}

static void on_closed(uv_handle_t *handle)
{
    web_let_go(handle->data);
}

void mbp_web_close(struct mbp_web *web)
{
    if (web == NULL)
        return;
    web->closing = true;
    wake_commands(web);
    web_streams_end(web); /* what is suspended cannot be stopped */
    web_jobs_end(web);
    web_run(web);
    mhd.stop_daemon(web->daemon);
    web->daemon = NULL;
    uv_close((uv_handle_t *)&web->poll, on_closed);
    uv_close((uv_handle_t *)&web->timer, on_closed);
    uv_close((uv_handle_t *)&web->tick, on_closed);
}

static void log_quietly(void *ctx, const char *format, va_list args)
{
    (void)ctx, (void)format, (void)args; /* what clients do wrong is answered, and is no news */
}

/* Of few descriptors masters have most. */
static unsigned most_connections(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur / 8 >= WEB_CONNECTIONS_MAX)
        return WEB_CONNECTIONS_MAX;
    return limit.rlim_cur / 8 > 4 ? (unsigned)(limit.rlim_cur / 8) : 4;
}

static struct MHD_Daemon *start_daemon(struct mbp_web *web, int fd)
{
    return mhd.start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, web->port, NULL, NULL,
                            web_on_request, web, MHD_OPTION_EXTERNAL_LOGGER, log_quietly, NULL,
                            MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT, web->most_peers,
                            MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
                            MHD_OPTION_CONNECTION_TIMEOUT, CONNECTION_TIMEOUT, MHD_OPTION_STRICT_FOR_CLIENT, 1,
                            MHD_OPTION_URI_LOG_CALLBACK, web_on_path, web, MHD_OPTION_NOTIFY_COMPLETED,
                            web_on_completed, web, MHD_OPTION_NOTIFY_CONNECTION, on_connection, web, MHD_OPTION_END);
}

static enum mbp_status prepare(struct mbp_web *web, FILE *errors)
{
    web->out = open_memstream(&web->text, &web->text_len);
    if (web->out != NULL)
        __fsetlocking(web->out, FSETLOCKING_BYCALLER); /* nobody else writes there */
    web->trend = web_trend_new(web->plant);
    web->kept = web_kept_new();
    if (web->out == NULL || web->trend == NULL || web->kept == NULL) {
        fprintf(errors, "mbplantd: cannot serve HTTP: %s\n", mbp_status_text(MBP_ERR_MEMORY));
        return MBP_ERR_MEMORY;
    }
    if (web->config.token_file == NULL)
        return MBP_OK;
    return web_tokens_read(web->config.token_file, &web->plant->operators, errors, &web->tokens);
}

static void join_loop(struct mbp_web *web)
{
    uv_loop_t *loop = web->config.loop;
    uv_timer_init(loop, &web->timer);
    uv_timer_init(loop, &web->tick);
    web->handles = 3;
    web->poll.data = web->timer.data = web->tick.data = web;
    uv_poll_start(&web->poll, UV_READABLE, on_ready);
    uv_timer_start(&web->tick, on_tick, WEB_TICK_MS, WEB_TICK_MS);
}

enum mbp_status mbp_web_open(const struct mbp_web_config *config, FILE *errors, struct mbp_web **out)
{
    int fd = -1;
    struct mbp_web *web = calloc(1, sizeof *web);
    if (web == NULL)
        return MBP_ERR_MEMORY;
    web->config = *config;
    web->plant = config->plant;
    web->image = config->image;
    web->state = mbp_scan_state(config->scan);
    web->most_peers = most_connections();
    enum mbp_status status = web_library_open(errors);
    if (status == MBP_OK)
        status = prepare(web, errors);
    if (status == MBP_OK)
        status = web_listen(web, config->listen, errors, &fd);
    if (status == MBP_OK) {
        web->daemon = start_daemon(web, fd);
        const union MHD_DaemonInfo *info =
            web->daemon == NULL ? NULL : mhd.get_daemon_info(web->daemon, MHD_DAEMON_INFO_EPOLL_FD);
        if (info == NULL || uv_poll_init(config->loop, &web->poll, info->epoll_fd) != 0) {
            fputs("mbplantd: cannot serve HTTP: no descriptor or memory is left\n", errors);
            status = MBP_ERR_IO;
        }
    }
    if (status == MBP_OK) {
        join_loop(web);
        *out = web;
        return MBP_OK;
    }
    if (web->daemon != NULL)
        mhd.stop_daemon(web->daemon);
    else if (fd >= 0)
        close(fd);
    release(web);
    return status;
}

enum mbp_status mbp_web_change(struct mbp_web *web, const struct mbp_plant *plant, struct mbp_image *image)
{
    if (web == NULL)
        return MBP_OK;
    web->plant = plant;
    web->image = image;
    web->state = mbp_scan_state(web->config.scan);
    for (struct web_flow *flow = web->flows; flow != NULL; flow = flow->newer)
        flow->dead = true;
    web_traffic_forget(web);
    web_kept_forget(web->kept);
    web_trend_free(web->trend);
    web->trend = web_trend_new(plant);
    web_watch_free(web->watch);
    web->watch = NULL;
    enum mbp_status status = web->streams != NULL ? web_watch_new(plant, &web->watch) : MBP_OK;
    if (status != MBP_OK)
        web_streams_end(web);
    else
        web_streams_replan(web);
    wake_commands(web); /* their indices are the old plant's: they end with what is said of the new one */
    web_run(web);
    return status;
}

bool mbp_web_uses(const struct mbp_web *web, const struct mbp_plant *plant)
{
    return web != NULL && web_reports_use(web, plant);
}
