/* What can be said of a plant's signals before it runs: recordings that cannot be read. */
#include "process_priv.h"

enum mbp_status mbp_process_check(const struct mbp_plant *plant, FILE *errors)
{
    enum mbp_status status = MBP_OK;
    const struct mbp_signal *checked = NULL; /* instances of a repeat share theirs and stand side by side */
    for (uint32_t s = 0; s < plant->sensor_count; s++) {
        const struct mbp_signal *signal = plant->sensors[s].signal;
        struct replay_series series;
        if (signal->replay == NULL || signal == checked)
            continue;
        checked = signal;
        enum mbp_status read = replay_load(plant, signal, errors, &series);
        if (read == MBP_OK)
            replay_free(&series);
        else
            status = read;
    }
    return status;
}
