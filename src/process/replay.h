/* replay: a recording, a value that holds from each row's time until the next row's. */
#ifndef MBPLANT_PROCESS_REPLAY_H
#define MBPLANT_PROCESS_REPLAY_H

#include "mbplant/plant.h"

struct replay_series {
    uint64_t *time_ns; /* since the first row; rising */
    double *value;
    size_t count;
    uint64_t length_ns; /* of one turn: the last row takes as long as the one before it; 0 = holds its last value */
};

/* Reads the signal's CSV file. One line to errors (NULL = none) on failure.
 * Errors: MBP_ERR_IO, MBP_ERR_FORMAT, MBP_ERR_MEMORY. Ownership: replay_free. */
enum mbp_status replay_load(const struct mbp_plant *plant, const struct mbp_signal *signal, FILE *errors,
                            struct replay_series *out);
void replay_free(struct replay_series *series);

double replay_value(const struct replay_series *series, uint64_t sim_ns);

#endif
