/* loops: values that need themselves. */
#include <stdio.h>

#include "formula.h"
#include "mbplant/base/tr.h"
#include "walk.h"

/* Whether a sensor's value of this scan depends on its inputs of this scan, with nothing between that takes time. */
static bool is_instant(const struct mbp_sensor *sensor)
{
    const struct mbp_signal *signal = sensor->signal;
    return !(signal->integrate_gain < 0) && !(signal->integrate_gain > 0) && signal->lag_ns == 0 &&
           signal->dead_time_ns == 0;
}

static bool is_instant_input(const struct mbp_plant *plant, const struct mbp_input *input)
{
    return input->lag_ns == 0 && input->dead_time_ns == 0 && input->from < plant->sensor_count &&
           is_instant(&plant->sensors[input->from]);
}

struct signals {
    struct mbp_walk walk;
    bool told; /* of one loop; where that is mended, the next will be told */
};

/* back: where the path, from the first sensor to the present one, comes to again. */
static bool tell_loop(struct mbp_walk *walk, uint32_t back)
{
    struct signals *signals = (struct signals *)walk; /* its first member */
    struct mbp_load *load = walk->load;
    const struct mbp_plant *plant = load->plant;
    char names[240] = "";
    size_t len = 0;
    uint32_t at = 0;
    uint32_t with_formula = UINT32_MAX;
    while (walk->path[at] != back)
        at++;
    for (; at < walk->depth; at++) {
        const struct mbp_sensor *sensor = &plant->sensors[walk->path[at]];
        if (with_formula == UINT32_MAX && sensor->formula != 0)
            with_formula = walk->path[at];
        if (len < sizeof names - MBP_NAME_MAX - 20)
            len += (size_t)snprintf(names + len, sizeof names - len, mbp_tr("%s needs "), sensor->name);
        if (at + 1 < walk->depth && len < sizeof names - MBP_NAME_MAX - 20)
            len += (size_t)snprintf(names + len, sizeof names - len, mbp_tr("%s, and "),
                                    plant->sensors[walk->path[at + 1]].name);
    }
    if (with_formula == UINT32_MAX || signals->told)
        return true; /* inputs alone may: one of them sees the scan before */
    signals->told = true;
    mbp_reader_tell(&load->reader, load->origins[with_formula].def->signal->expr.node,
                    "this depends on itself: %s%s; one of them must take time: integrate, lag or dead_time", names,
                    plant->sensors[back].name);
    return true;
}

/* The next sensor that s needs in the same scan; UINT32_MAX: there is none any more. */
static uint32_t next_input(struct mbp_walk *walk, uint32_t s)
{
    const struct mbp_plant *plant = walk->load->plant;
    const struct mbp_sensor *sensor = &plant->sensors[s];
    while (walk->next[s] < sensor->input_count) {
        const struct mbp_input *input = &plant->inputs[sensor->first_input + walk->next[s]++];
        if (is_instant_input(plant, input))
            return input->from;
    }
    return UINT32_MAX;
}

void mbp_check_loops(struct mbp_load *load)
{
    const struct mbp_plant *plant = load->plant;
    size_t count = (size_t)plant->sensor_count + 1;
    struct signals signals = {.walk = {.need = next_input, .circle = tell_loop, .load = load}};
    if (!mbp_walk_make(&signals.walk, count, count))
        return;
    for (uint32_t s = 0; s < plant->sensor_count; s++)
        if (plant->sensors[s].formula != 0 && is_instant(&plant->sensors[s]))
            mbp_walk_from(&signals.walk, s);
}
