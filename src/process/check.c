/* What can be said of a plant's signals before it runs: recordings that cannot be read, loops. */
#include "order.h"
#include "process_priv.h"

#define LOOPS_SHOWN 8u

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

enum mbp_status mbp_process_print_loops(const struct mbp_plant *plant, FILE *out)
{
    struct process_order order;
    enum mbp_status status = process_order_find(plant, &order);
    uint32_t count = 0;
    if (status != MBP_OK)
        return status;
    for (uint32_t s = 0; s < plant->sensor_count; s++) {
        const struct mbp_sensor *sensor = &plant->sensors[s];
        for (uint32_t i = sensor->first_input; i < sensor->first_input + sensor->input_count; i++) {
            if (order.cut[i] && count++ < LOOPS_SHOWN)
                fprintf(out, "  loop: %s depends on %s and back, so it takes in the value of the scan before\n",
                        sensor->name, mbp_input_source(plant, plant->inputs[i].from));
        }
    }
    if (count > LOOPS_SHOWN)
        fprintf(out, "  and %u more loops\n", count - LOOPS_SHOWN);
    process_order_free(&order);
    return MBP_OK;
}
