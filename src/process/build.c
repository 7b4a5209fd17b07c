/* From the plant's signals to the arrays that a scan runs over: signals alike stand together, coefficients are worked
 * out once, and who depends on whom is settled here. */
#include <stdlib.h>
#include <string.h>

#include "order.h"
#include "process_priv.h"

enum mbp_status process_room(void *array, uint32_t count, size_t size)
{
    void *items;
    memcpy(&items, array, sizeof items); /* a pointer of whatever type */
    if ((count & (count - 1)) != 0)
        return MBP_OK;
    void *larger = realloc(items, (count == 0 ? 1 : 2 * (size_t)count) * size);
    if (larger == NULL)
        return MBP_ERR_MEMORY;
    memcpy(array, &larger, sizeof larger);
    // cppcheck-suppress memleak // the caller's pointer holds it now
    return MBP_OK;
}

/* ---- one signal -------------------------------------------------------------------------------------------------- */

static enum mbp_status add_alone(struct mbp_process *process, uint32_t s)
{
    if (process->run_count > 0) {
        struct process_run *last = &process->runs[process->run_count - 1];
        if (last->first + last->count == s) {
            last->count++;
            return MBP_OK;
        }
    }
    enum mbp_status status = process_room(&process->runs, process->run_count, sizeof *process->runs);
    if (status == MBP_OK)
        process->runs[process->run_count++] = (struct process_run){s, 1};
    return status;
}

/* Counts one more tap or signal into the last step, or a new one when that is of the other kind. */
static enum mbp_status add_step(struct mbp_process *process, bool tapped)
{
    if (process->step_count > 0 && process->steps[process->step_count - 1].tapped == tapped) {
        process->steps[process->step_count - 1].count++;
        return MBP_OK;
    }
    enum mbp_status status = process_room(&process->steps, process->step_count, sizeof *process->steps);
    uint32_t first = (tapped ? process->tap_count : process->signal_count) - 1;
    if (status == MBP_OK)
        process->steps[process->step_count++] = (struct process_step){tapped, first, 1};
    return status;
}

static enum mbp_status add_tap(struct mbp_process *process, uint32_t s)
{
    const struct mbp_input *input = &process->plant->inputs[process->plant->sensors[s].first_input];
    enum mbp_status status = process_room(&process->taps, process->tap_count, sizeof *process->taps);
    if (status != MBP_OK)
        return status;
    process->taps[process->tap_count++] = (struct process_tap){s, input->from, process_bounded(input->gain)};
    return add_step(process, true);
}

/* An input that closes a loop sees what its source was before this scan. */
static enum mbp_status close_loop(struct mbp_process *process, struct process_input *input)
{
    enum mbp_status status = process_room(&process->fed, process->fed_count, sizeof *process->fed);
    if (status == MBP_OK)
        status = process_room(&process->fed_from, process->fed_count, sizeof *process->fed_from);
    if (status != MBP_OK)
        return status;
    process->fed_from[process->fed_count] = input->from;
    input->fed = process->fed_count++;
    return MBP_OK;
}

static enum mbp_status add_signal(struct mbp_process *process, uint32_t s, size_t part, const bool *cut)
{
    const struct mbp_sensor *sensor = &process->plant->sensors[s];
    uint32_t first = process->input_count;
    enum mbp_status status = process_room(&process->signals, process->signal_count, sizeof *process->signals);
    for (uint32_t i = 0; status == MBP_OK && i < sensor->input_count; i++)
        status = process_room(&process->inputs, process->input_count++, sizeof *process->inputs);
    if (status != MBP_OK)
        return status;
    struct process_signal *signal = &process->signals[process->signal_count++];
    *signal = (struct process_signal){.first_input = first};
    process_signal_init(process->plant, s, part, signal, sensor->input_count > 0 ? process->inputs + first : NULL);
    for (uint32_t i = 0; status == MBP_OK && i < sensor->input_count; i++) {
        if (cut[sensor->first_input + i])
            status = close_loop(process, &process->inputs[first + i]);
    }
    return status == MBP_OK ? add_step(process, false) : status;
}

static enum mbp_status add_replay(struct mbp_process *process, uint32_t s)
{
    const struct mbp_signal *signal = process->plant->sensors[s].signal;
    uint32_t count = process->replay_count;
    enum mbp_status status = process_room(&process->replays, count, sizeof *process->replays);
    if (status == MBP_OK)
        process->replays[process->replay_count++] =
            (struct process_replay){s, signal->recording, signal->replay_hold, process_is_switch(process->plant, s)};
    return status;
}

/* Sensors share the recordings. */
static enum mbp_status load_recordings(struct mbp_process *process)
{
    const struct mbp_plant *plant = process->plant;
    uint64_t rows_left = plant->recording_bytes / REPLAY_ROW_BYTES;
    enum mbp_status status = MBP_OK;
    process->series = calloc((size_t)plant->recording_count + 1, sizeof *process->series);
    if (process->series == NULL)
        return MBP_ERR_MEMORY;
    for (uint32_t r = 0; status == MBP_OK && r < plant->recording_count; r++) {
        status = replay_load(plant, r, rows_left, NULL, &process->series[r]);
        rows_left -= process->series[r].count;
        process->series_count++;
    }
    return status;
}

/* ---- all --------------------------------------------------------------------------------------------------------- */

static bool is_cut(const struct mbp_plant *plant, uint32_t s, const bool *cut)
{
    const struct mbp_sensor *sensor = &plant->sensors[s];
    for (uint32_t i = 0; i < sensor->input_count; i++) {
        if (cut[sensor->first_input + i])
            return true;
    }
    return false;
}

/* What depends on nothing comes first, in file order. */
static enum mbp_status add_sources(struct mbp_process *process, const size_t *parts)
{
    const struct mbp_plant *plant = process->plant;
    enum mbp_status status = MBP_OK;
    for (uint32_t s = 0; status == MBP_OK && s < plant->sensor_count; s++) {
        if (plant->sensors[s].signal->replay != NULL)
            status = add_replay(process, s);
        else if (plant->sensors[s].input_count > 0)
            continue;
        else if (process_is_elaborate(plant, s))
            status = add_signal(process, s, parts[s], NULL);
        else
            status = add_alone(process, s);
    }
    return status;
}

static enum mbp_status add_users(struct mbp_process *process, const struct process_order *order, const size_t *parts)
{
    enum mbp_status status = MBP_OK;
    for (uint32_t i = 0; status == MBP_OK && i < order->count; i++) {
        uint32_t s = order->sensors[i];
        if (process_is_elaborate(process->plant, s) || is_cut(process->plant, s, order->cut))
            status = add_signal(process, s, parts[s], order->cut);
        else
            status = add_tap(process, s);
    }
    return status;
}

enum mbp_status process_build_signals(struct mbp_process *process)
{
    const struct mbp_plant *plant = process->plant;
    struct process_order order = {0};
    size_t *parts = calloc((size_t)plant->sensor_count + 1, sizeof *parts);
    process->decay = calloc((size_t)plant->sensor_count + 1, sizeof *process->decay);
    enum mbp_status status = parts == NULL || process->decay == NULL ? MBP_ERR_MEMORY : MBP_OK;
    if (status == MBP_OK)
        status = load_recordings(process);
    if (status == MBP_OK)
        status = process_order_find(plant, &order);
    for (uint32_t s = 0; status == MBP_OK && s < plant->sensor_count; s++) {
        parts[s + 1] = parts[s] + mbp_signal_parts(plant, s);
        process->decay[s] = process_decay(plant, plant->sensors[s].signal->lag_ns);
    }
    if (status == MBP_OK)
        status = add_sources(process, parts);
    if (status == MBP_OK)
        status = add_users(process, &order, parts);
    process_order_free(&order);
    free(parts);
    return status;
}
