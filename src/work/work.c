/* A thread, and a descriptor that says that it has ended. */
#include "mbplant/work.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

#define PATIENCE_S 1

struct mbp_work {
    uv_thread_t thread;
    uv_poll_t ended;
    int fd;
    void (*run)(void *ctx);
    void (*done)(void *ctx);
    void *ctx;
};

static void free_work(struct mbp_work *work)
{
    close(work->fd);
    free(work);
}

static void free_closed(uv_handle_t *handle)
{
    free_work(handle->data);
}

static void on_ended(uv_poll_t *ended, int error, int events)
{
    (void)error, (void)events;
    struct mbp_work *work = ended->data;
    uv_poll_stop(ended);
    uv_thread_join(&work->thread);
    work->done(work->ctx);
    uv_close((uv_handle_t *)ended, free_closed);
}

static void in_thread(void *ctx)
{
    struct mbp_work *work = ctx;
    const uint64_t once = 1;
    work->run(work->ctx);
    ssize_t written = write(work->fd, &once, sizeof once); /* fails only when 2^64 - 2 of them wait */
    (void)written;
}

enum mbp_status mbp_work_start(struct uv_loop_s *loop, void (*run)(void *ctx), void (*done)(void *ctx), void *ctx,
                               struct mbp_work **out)
{
    struct mbp_work *work = calloc(1, sizeof *work);
    if (work == NULL)
        return MBP_ERR_MEMORY;
    *work = (struct mbp_work){.run = run, .done = done, .ctx = ctx, .fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    if (work->fd < 0 || uv_poll_init(loop, &work->ended, work->fd) != 0) {
        if (work->fd >= 0)
            close(work->fd);
        free(work);
        return MBP_ERR_IO;
    }
    work->ended.data = work;
    if (uv_poll_start(&work->ended, UV_READABLE, on_ended) != 0 ||
        uv_thread_create(&work->thread, in_thread, work) != 0) {
        uv_close((uv_handle_t *)&work->ended, free_closed);
        return MBP_ERR_IO;
    }
    *out = work;
    return MBP_OK;
}

void mbp_work_leave(struct mbp_work *work)
{
    uv_close((uv_handle_t *)&work->ended, NULL);
}

bool mbp_work_end(struct mbp_work *work)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += PATIENCE_S;
    if (pthread_clockjoin_np(work->thread, NULL, CLOCK_MONOTONIC, &until) != 0)
        return false;
    free_work(work);
    return true;
}
