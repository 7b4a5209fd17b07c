/* Values for trends, while there is a page that shows them. */
#include <inttypes.h>
#include <stdlib.h>

#include "daemon.h"
#include "mbplant/samples.h"

struct kept {
    struct mbp_samples *samples;
    const struct mbp_scan *scan;
};

#if MBP_WITH_WEB
static bool start(struct daemon *daemon, void **own)
{
    if (outputs_http(daemon) == NULL)
        return true;
    struct kept *kept = calloc(1, sizeof *kept);
    enum mbp_status status =
        kept != NULL ? mbp_samples_open(daemon->data_dir, daemon->plant, &kept->samples) : MBP_ERR_MEMORY;
    if (status != MBP_OK) {
        fprintf(stderr, "mbplantd: values for trends cannot be kept: %s\n", mbp_status_text(status));
        free(kept);
        return false;
    }
    kept->scan = daemon->scan;
    *own = kept;
    return true;
}
#endif

static enum mbp_status prepare(const struct mbp_plant *plant, void **next)
{
    struct mbp_samples_gathered *gathered = NULL;
    enum mbp_status status = mbp_samples_prepare(plant, &gathered);
    *next = gathered;
    return status;
}

static void drop(void *next)
{
    mbp_samples_drop(next);
}

static void follow(struct daemon *daemon, void **own, void **next)
{
    struct kept *kept = *own;
    (void)daemon;
    mbp_samples_follow(kept->samples, *next);
    *next = NULL;
}

static void changed(void *own)
{
    const struct kept *kept = own;
    const struct mbp_state *state = mbp_scan_state(kept->scan);
    mbp_samples_scanned(kept->samples, state, state->wall_ms);
}

static void end(void **own)
{
    struct kept *kept = *own;
    uint64_t lost = kept != NULL && kept->samples != NULL ? mbp_samples_lost(kept->samples) : 0;
    if (lost > 0)
        mbp_log(MBP_LOG_WARNING, "%" PRIu64 " values for trends were not kept: the disk was too slow, or refused them",
                lost);
    if (kept != NULL)
        mbp_samples_close(kept->samples);
    free(kept);
    *own = NULL;
}

const struct output samples_output = {
#if MBP_WITH_WEB
    .start = start,
#endif
    .prepare = prepare,
    .drop = drop,
    .follow = follow,
    .changed = changed,
    .end = end,
};
