/* What can be said of a plant's signals before it runs: recordings that cannot be read. */
#include <string.h>

#include "mbplant/base/tr.h"
#include "process_priv.h"

static bool plays(const struct mbp_plant *plant, const char *file)
{
    for (uint32_t r = 0; plant != NULL && r < plant->recording_count; r++) {
        if (strcmp(plant->recordings[r].file, file) == 0)
            return true;
    }
    return false;
}

/* Whoever may send a plant over a network must not learn of this machine's files. What the running plant plays already
 * is no news to anybody. */
static bool may_name(const struct mbp_plant *plant, const struct mbp_plant *now, const struct mbp_recording *recording)
{
    return !plant->remote || mbp_file_is_below(recording->file) || plays(now, recording->file);
}

enum mbp_status mbp_process_check(const struct mbp_plant *plant, const struct mbp_plant *now, FILE *errors)
{
    enum mbp_status status = MBP_OK;
    uint64_t rows_left = plant->recording_bytes / REPLAY_ROW_BYTES;
    for (uint32_t r = 0; r < plant->recording_count; r++) {
        const struct mbp_recording *recording = &plant->recordings[r];
        struct replay_series series;
        if (!may_name(plant, now, recording)) {
            fprintf(
                errors,
                mbp_tr("%s:%u:%u: the recording %s: of a plant that comes over the network recordings stand below the "
                       "plant file's folder; write a relative name without '..'\n"),
                plant->path, recording->line, recording->line_column, recording->file);
            status = MBP_ERR_FORMAT;
            continue;
        }
        enum mbp_status read = replay_load(plant, r, rows_left, errors, &series);
        if (read == MBP_OK) {
            rows_left -= series.count;
            replay_free(&series);
        } else {
            status = read == MBP_ERR_RANGE ? MBP_ERR_FORMAT : read;
        }
    }
    return status;
}
