/* What a signal keeps between scans, part by part: how much room it takes, and which part is which when a plant
 * changes. */
#include <math.h>

#include "state_priv.h"

size_t mbp_dead_time_samples(const struct mbp_plant *plant, uint64_t dead_time_ns)
{
    return dead_time_ns / plant->scan_ns + (dead_time_ns % plant->scan_ns != 0 ? 1u : 0u);
}

/* How many numbers step `step` of the sensor's signal keeps: two steps for each input, then the signal's own four. */
static size_t measure(const struct mbp_plant *plant, uint32_t s, uint32_t step, struct signal_part *part)
{
    const struct mbp_sensor *sensor = &plant->sensors[s];
    const struct mbp_signal *signal = sensor->signal;
    if (step < 2 * sensor->input_count) {
        const struct mbp_input *input = &plant->inputs[sensor->first_input + step / 2];
        part->from = mbp_input_source(plant, input->from);
        part->kind = step % 2 == 0 ? PART_INPUT_LAG : PART_INPUT_DEAD_TIME;
        return step % 2 == 0 ? (input->lag_ns != 0 ? 1u : 0u) : mbp_dead_time_samples(plant, input->dead_time_ns);
    }
    part->from = NULL;
    bool wanders = signal->wander_sigma > 0;
    bool apart = signal->dead_time_ns != 0 || wanders || sensor->reg.type == MBP_BOOL || mbp_signal_is_bounded(signal);
    switch (step - 2 * sensor->input_count) {
    case 0:
        part->kind = PART_INTEGRAL;
        return fabs(signal->integrate_gain) > 0 ? 1u : 0u;
    case 1:
        /* A lag with nothing behind it is the process value itself; a switch and ends are behind it. */
        part->kind = PART_LAG;
        return signal->lag_ns != 0 && apart ? 1u : 0u;
    case 2:
        part->kind = PART_DEAD_TIME;
        return mbp_dead_time_samples(plant, signal->dead_time_ns);
    default:
        part->kind = PART_WANDER;
        return wanders ? 1u : 0u;
    }
}

bool state_next_part(const struct mbp_plant *plant, uint32_t s, struct part_walk *walk)
{
    const struct mbp_sensor *sensor = &plant->sensors[s];
    if (sensor->signal == NULL) /* a plant that no file describes */
        return false;
    while (walk->step < 2 * sensor->input_count + 4) {
        walk->part.count = measure(plant, s, walk->step++, &walk->part);
        walk->part.first = walk->next;
        walk->next += walk->part.count;
        if (walk->part.count > 0)
            return true;
    }
    return false;
}

size_t mbp_signal_parts(const struct mbp_plant *plant, uint32_t s)
{
    struct part_walk walk = {0};
    while (state_next_part(plant, s, &walk))
        ;
    return walk.next;
}
