/* Reading, checking and building the plant to come. */
#include "next_plant.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mbplant/base/tr.h"
#include "mbplant/french.h"
#include "mbplant/process.h"
#include "mbplant/work.h"

#define MOVES_MAX 20u

struct next_plant_work {
    struct mbp_work *work;
    _Atomic bool left; /* nobody waits for it */
    struct next_plant_request request;
    char *path, *text;
    uint64_t seed;
    struct next_plant made;
    void (*done)(void *ctx, struct next_plant *next_plant);
    void *ctx;
};

/* ---- in its own thread ------------------------------------------------------------------------------------------ */

/* A file that is read again while the plant runs must not keep the reader waiting. */
static enum mbp_status load(const char *path, FILE *errors, struct mbp_plant **out)
{
    int fd;
    enum mbp_status status = mbp_file_open(path, &fd);
    if (status != MBP_OK) {
        fprintf(errors, "%s: cannot be read: %s\n", path, mbp_file_why(status));
        return MBP_ERR_IO;
    }
    close(fd);
    return mbp_plant_load(path, errors, out);
}

/* By all rules of a plant file. */
static enum mbp_status check(const struct next_plant_work *work, FILE *errors, struct mbp_plant **out)
{
    const struct mbp_text text = {work->text, work->request.text_len};
    enum mbp_status status =
        work->text == NULL ? load(work->path, errors, out) : mbp_plant_parse_remote(work->path, text, errors, out);
    return status == MBP_OK ? mbp_process_check(*out, work->request.now, errors) : status;
}

static enum mbp_status read_plant(struct next_plant_work *work, FILE *errors)
{
    struct next_plant *made = &work->made;
    enum mbp_status status = check(work, errors, &made->plant);
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

/* What a text from the network does not decide. */
static enum mbp_status keep_local(struct next_plant_work *work)
{
    struct next_plant *made = &work->made;
    struct mbp_buffer notes;
    if (work->text == NULL)
        return MBP_OK;
    if (!mbp_buffer_open(&notes))
        return MBP_ERR_MEMORY;
    enum mbp_status status = mbp_plant_keep_local(made->plant, work->request.now, notes.out, &made->local);
    made->local_notes = mbp_buffer_close(&notes);
    return status == MBP_OK && made->local_notes == NULL ? MBP_ERR_MEMORY : status;
}

static enum mbp_status print_moves(struct next_plant *made)
{
    struct mbp_buffer moves;
    if (!mbp_buffer_open(&moves))
        return MBP_ERR_MEMORY;
    mbp_change_print_moves(made->change, MOVES_MAX, moves.out);
    made->moves = mbp_buffer_close(&moves);
    return made->moves != NULL ? MBP_OK : MBP_ERR_MEMORY;
}

static enum mbp_status build(struct next_plant_work *work)
{
    struct next_plant *made = &work->made;
    enum mbp_status status = mbp_change_find(work->request.now, made->plant, &made->change);
    if (status == MBP_OK)
        status = print_moves(made);
    if (status == MBP_OK && !work->request.check_only)
        status = mbp_image_new(made->plant, &made->image);
    if (status == MBP_OK && !work->request.check_only)
        status = mbp_next_scan_new(made->plant, made->image, made->change, &made->scan);
    if (status == MBP_OK && !work->request.check_only)
        status = outputs_prepare(work->request.outputs, made->plant, &made->outputs);
    return status;
}

/* A plant file that cannot be replaced keeps no plant from running. */
static void save(struct next_plant_work *work)
{
    const struct mbp_text text = {work->text, work->request.text_len};
    enum mbp_status status = plant_file_prepare(work->path, text, &work->made.draft);
    work->made.save_error = status == MBP_OK ? 0 : status == MBP_ERR_MEMORY ? ENOMEM : errno;
}

static enum mbp_status make(struct next_plant_work *work, FILE *errors)
{
    struct next_plant *made = &work->made;
    enum mbp_status status = read_plant(work, errors);
    if (status == MBP_OK)
        status = keep_local(work);
    bool read = status == MBP_OK;
    if (read)
        made->unchanged = same_text(work->request.now, made->plant);
    if (read && !made->unchanged && !work->left)
        status = build(work);
    if (status == MBP_OK && work->request.save && !made->local && !work->left)
        save(work);
    if (read && status != MBP_OK)
        fprintf(errors, "%s: %s\n", work->path,
                status == MBP_ERR_MEMORY ? "not enough memory for this plant" : mbp_status_text(status));
    return status;
}

/* What is wrong with a text is found once more, and told in French: an error is made where it is found. */
static void tell_in_french(struct next_plant_work *work)
{
    struct mbp_buffer errors;
    struct mbp_plant *plant = NULL;
    if (!mbp_buffer_open(&errors))
        return;
    mbp_tr_use(mbp_french);
    enum mbp_status status = check(work, errors.out, &plant);
    mbp_tr_use(NULL);
    mbp_plant_free(plant);
    work->made.french = mbp_buffer_close(&errors);
    if (status == MBP_OK) { /* it was no rule that it broke */
        free(work->made.french);
        work->made.french = NULL;
    }
}

static void run(void *ctx)
{
    struct next_plant_work *work = ctx;
    struct mbp_buffer errors;
    work->made.status = mbp_buffer_open(&errors) ? make(work, errors.out) : MBP_ERR_MEMORY;
    work->made.errors = mbp_buffer_close(&errors);
    if (work->made.status == MBP_ERR_FORMAT && work->text != NULL && !work->left)
        tell_in_french(work);
}

/* ---- in the loop's -------------------------------------------------------------------------------------------- */

static void work_free(struct next_plant_work *work)
{
    struct next_plant *made = &work->made;
    plant_file_drop(&made->draft);
    mbp_next_scan_free(made->scan);
    outputs_drop(&made->outputs);
    mbp_image_free(made->image);
    mbp_change_free(made->change);
    mbp_plant_free(made->plant);
    free(made->errors);
    free(made->french);
    free(made->moves);
    free(made->local_notes);
    free(work->path);
    free(work->text);
    free(work);
}

static void on_ended(void *ctx)
{
    struct next_plant_work *work = ctx;
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

enum mbp_status next_plant_make(uv_loop_t *loop, const struct next_plant_request *request,
                                void (*done)(void *ctx, struct next_plant *next_plant), void *ctx,
                                struct next_plant_work **out)
{
    struct next_plant_work *work = calloc(1, sizeof *work);
    if (work == NULL)
        return MBP_ERR_MEMORY;
    work->request = *request;
    work->seed = request->seed != NULL ? *request->seed : 0;
    work->done = done;
    work->ctx = ctx;
    work->path = copy(request->path, strlen(request->path));
    work->text = request->text != NULL ? copy(request->text, request->text_len) : NULL;
    if (work->path == NULL || (request->text != NULL && work->text == NULL)) {
        work_free(work);
        return MBP_ERR_MEMORY;
    }
    enum mbp_status status = mbp_work_start(loop, run, on_ended, work, &work->work);
    if (status == MBP_OK)
        *out = work;
    else
        work_free(work);
    return status;
}

void next_plant_leave(struct next_plant_work *work)
{
    work->left = true;
    mbp_work_leave(work->work);
}

bool next_plant_end(struct next_plant_work *work)
{
    if (!mbp_work_end(work->work))
        return false;
    work_free(work);
    return true;
}
