/* replay: a recording, a value that holds from each row's time until the next row's. */
#ifndef MBPLANT_PROCESS_REPLAY_H
#define MBPLANT_PROCESS_REPLAY_H

#include "mbplant/plant.h"

#define REPLAY_ROW_BYTES 16u /* of a series */

struct replay_series {
    uint64_t *time_ns; /* since the first row; rising */
    double *value;
    size_t count;
};

/* Reads one of the plant's recordings. One line to errors (NULL = none) on failure; of a remote plant without a word of
 * what stands in the file. More rows than rows_left are an error.
 * Errors: MBP_ERR_IO, MBP_ERR_RANGE (not below the plant's folder), MBP_ERR_FORMAT, MBP_ERR_MEMORY.
 * Ownership: replay_free. */
enum mbp_status replay_load(const struct mbp_plant *plant, uint32_t recording, uint64_t rows_left, FILE *errors,
                            struct replay_series *out);
void replay_free(struct replay_series *series);

/* The value at a time; hold: the last one stays, otherwise the recording starts again. */
double replay_value(const struct replay_series *series, bool hold, uint64_t sim_ns);

#endif
