/* A plant that is to follow the running one: read, checked and built in a thread of its own while scans and requests go
 * on, so that taking over is a matter of moments. */
#ifndef MBPLANT_NEXT_PLANT_H
#define MBPLANT_NEXT_PLANT_H

#include <uv.h>

#include "mbplant/scan.h"
#include "outputs.h"
#include "plant_file.h"

struct next_plant_request {
    const char *path; /* read; with text it only names it and says where relative paths begin */
    const char *text; /* NULL = read path; copied */
    size_t text_len;
    const struct mbp_plant *now; /* the running plant; it stays until this is done */
    const uint64_t *seed;        /* instead of the file's; NULL = the file's */
    bool check_only;             /* nothing is built */
    bool save;                   /* text is to become the file at path */
    uint32_t outputs;            /* outputs_there */
};

struct next_plant {
    enum mbp_status status;        /* MBP_OK, else errors says why, or MBP_ERR_MEMORY */
    bool local;                    /* keys of the text are not taken over from the network, as local_notes says */
    char *local_notes;             /* a line each; NULL when text was not given */
    bool unchanged;                /* the very same text: nothing is built */
    char *errors;                  /* lines "file:line:col: ..."; where status is not MBP_OK never empty, but NULL
                                      without memory for them */
    char *french;                  /* errors in French, of a text that was refused; NULL = there are none */
    char *moves;                   /* lines about points that moved, "" without any; NULL when unchanged */
    struct plant_file_draft draft; /* with save: to be accepted */
    int save_error;                /* errno of why there is none; 0 = there is one */
    struct mbp_plant *plant;
    struct mbp_image *image;
    struct mbp_change *change;
    struct mbp_next_scan *scan;
    struct outputs_next outputs;
};

struct next_plant_work;

/* Starts the work; done is called from the loop with what came of it, which is freed afterwards: who takes a part of it
 * puts NULL in its place. Errors: MBP_ERR_MEMORY, MBP_ERR_IO. Ownership: *out goes with the call of done. */
enum mbp_status next_plant_make(uv_loop_t *loop, const struct next_plant_request *request,
                                void (*done)(void *ctx, struct next_plant *next_plant), void *ctx,
                                struct next_plant_work **out);

/* The loop is to end, with the work under way or not: done is not called any more. */
void next_plant_leave(struct next_plant_work *work);

/* Once the loop has ended after next_plant_leave. False: a disk or the plant's size still holds it up, and it may use
 * all that it was given until the process ends. */
bool next_plant_end(struct next_plant_work *work);

#endif
