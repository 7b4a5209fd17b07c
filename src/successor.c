/* Reading, checking and building the plant to come. */
#include "successor.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mbplant/process.h"

#define MOVES_MAX 20u

struct work {
    uv_work_t work;
    struct successor_request request;
    char *path, *text;
    uint64_t seed;
    struct successor made;
    void (*done)(void *ctx, struct successor *successor);
    void *ctx;
};

/* ---- in its own thread ------------------------------------------------------------------------------------------ */

static enum mbp_status read_plant(struct work *work, FILE *errors)
{
    struct successor *made = &work->made;
    enum mbp_status status =
        work->text == NULL
            ? mbp_plant_load(work->path, errors, &made->plant)
            : mbp_plant_parse(work->path, (struct mbp_text){work->text, work->request.text_len}, errors, &made->plant);
    if (status == MBP_OK)
        status = mbp_process_check(made->plant, errors);
    if (status == MBP_OK && work->request.seed != NULL)
        made->plant->seed = work->seed;
    if (status == MBP_OK)
        mbp_plant_drop_text(made->plant);
    return status;
}

/* Of a text too long to be kept its CRC-32 has to do. */
static bool same_text(const struct mbp_plant *a, const struct mbp_plant *b)
{
    if (a->text.len != b->text.len || a->text_crc != b->text_crc)
        return false;
    return a->text.bytes == NULL || b->text.bytes == NULL || memcmp(a->text.bytes, b->text.bytes, a->text.len) == 0;
}

static enum mbp_status print_moves(struct successor *made)
{
    size_t len;
    FILE *out = open_memstream(&made->moves, &len);
    if (out == NULL)
        return MBP_ERR_MEMORY;
    mbp_change_print_moves(made->change, MOVES_MAX, out);
    return fclose(out) == 0 ? MBP_OK : MBP_ERR_MEMORY;
}

static enum mbp_status build(struct work *work)
{
    struct successor *made = &work->made;
    enum mbp_status status = mbp_change_find(work->request.now, made->plant, &made->change);
    if (status == MBP_OK)
        status = print_moves(made);
    if (status == MBP_OK && !work->request.check_only)
        status = mbp_image_new(made->plant, &made->image);
    if (status == MBP_OK && !work->request.check_only)
        status = mbp_next_scan_new(made->plant, made->image, made->change, &made->scan);
    if (status == MBP_OK && !work->request.check_only && work->request.traced)
        status = mbp_trace_new(made->plant, stdout, &made->trace);
    return status;
}

/* A plant file that cannot be replaced keeps no plant from running. */
static void save(struct work *work)
{
    const struct mbp_text text = {work->text, work->request.text_len};
    enum mbp_status status = plant_file_prepare(work->path, text, &work->made.draft);
    work->made.save_error = status == MBP_OK ? 0 : status == MBP_ERR_MEMORY ? ENOMEM : errno;
}

static void run(uv_work_t *handle)
{
    struct work *work = handle->data;
    struct successor *made = &work->made;
    size_t len;
    FILE *errors = open_memstream(&made->errors, &len);
    made->status = errors == NULL ? MBP_ERR_MEMORY : read_plant(work, errors);
    if (errors != NULL && fclose(errors) != 0)
        made->status = MBP_ERR_MEMORY;
    if (made->status != MBP_OK)
        return;
    made->unchanged = same_text(work->request.now, made->plant);
    if (!made->unchanged)
        made->status = build(work);
    if (made->status == MBP_OK && work->request.save)
        save(work);
}

/* ---- in the loop's -------------------------------------------------------------------------------------------- */

static void work_free(struct work *work)
{
    struct successor *made = &work->made;
    plant_file_drop(&made->draft);
    mbp_next_scan_free(made->scan);
    mbp_trace_free(made->trace);
    mbp_image_free(made->image);
    mbp_change_free(made->change);
    mbp_plant_free(made->plant);
    free(made->errors);
    free(made->moves);
    free(work->path);
    free(work->text);
    free(work);
}

static void on_done(uv_work_t *handle, int cancelled)
{
    struct work *work = handle->data;
    if (cancelled == 0)
        work->done(work->ctx, &work->made);
    work_free(work);
}

static char *copy(const char *bytes, size_t len)
{
    char *made = malloc(len + 1);
    if (made == NULL)
        return NULL;
    memcpy(made, bytes, len);
    made[len] = '\0';
    return made;
}

enum mbp_status successor_make(uv_loop_t *loop, const struct successor_request *request,
                               void (*done)(void *ctx, struct successor *successor), void *ctx)
{
    struct work *work = calloc(1, sizeof *work);
    if (work == NULL)
        return MBP_ERR_MEMORY;
    work->work.data = work;
    work->request = *request;
    work->seed = request->seed != NULL ? *request->seed : 0;
    work->done = done;
    work->ctx = ctx;
    work->path = copy(request->path, strlen(request->path));
    work->text = request->text != NULL ? copy(request->text, request->text_len) : NULL;
    bool ok = work->path != NULL && (request->text == NULL || work->text != NULL);
    if (!ok || uv_queue_work(loop, &work->work, run, on_done) != 0) {
        work_free(work);
        return ok ? MBP_ERR_IO : MBP_ERR_MEMORY;
    }
    return MBP_OK;
}
