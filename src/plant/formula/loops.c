/* loops: values that need themselves. */
#include <stdio.h>

#include "formula.h"

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

enum visit { UNSEEN, ENTERED, DONE };

/* Where a walk along the inputs stands. */
struct walk {
    uint8_t *visit;
    uint32_t *next, *path; /* per sensor: its next input; from the first sensor to the present one */
    uint32_t depth;
    bool told; /* of one loop; where that is mended, the next will be told */
};

/* back: where the path, from the first sensor to the present one, comes to again. */
static void tell_loop(struct mbp_load *load, struct walk *walk, uint32_t back)
{
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
            len += (size_t)snprintf(names + len, sizeof names - len, "%s needs ", sensor->name);
        if (at + 1 < walk->depth && len < sizeof names - MBP_NAME_MAX - 20)
            len +=
                (size_t)snprintf(names + len, sizeof names - len, "%s, and ", plant->sensors[walk->path[at + 1]].name);
    }
    if (with_formula == UINT32_MAX || walk->told)
        return; /* inputs alone may: one of them sees the scan before */
    walk->told = true;
    mbp_reader_tell(&load->reader, load->origins[with_formula].def->signal->expr.node,
                    "this depends on itself: %s%s; one of them must take time: integrate, lag or dead_time", names,
                    plant->sensors[back].name);
}

static void follow(struct mbp_load *load, struct walk *walk, uint32_t root)
{
    const struct mbp_plant *plant = load->plant;
    walk->path[walk->depth++] = root;
    walk->visit[root] = ENTERED;
    while (walk->depth > 0) {
        uint32_t s = walk->path[walk->depth - 1];
        const struct mbp_sensor *sensor = &plant->sensors[s];
        if (walk->next[s] == sensor->input_count) {
            walk->visit[s] = DONE;
            walk->depth--;
            continue;
        }
        const struct mbp_input *input = &plant->inputs[sensor->first_input + walk->next[s]++];
        if (!is_instant_input(plant, input))
            continue;
        if (walk->visit[input->from] == ENTERED) {
            tell_loop(load, walk, input->from);
        } else if (walk->visit[input->from] == UNSEEN) {
            walk->visit[input->from] = ENTERED;
            walk->path[walk->depth++] = input->from;
        }
    }
}

void mbp_check_loops(struct mbp_load *load)
{
    const struct mbp_plant *plant = load->plant;
    struct mbp_reader *reader = &load->reader;
    size_t count = (size_t)plant->sensor_count + 1;
    struct walk walk = {.visit = mbp_reader_array(reader, reader->scratch, count, sizeof *walk.visit),
                        .next = mbp_reader_array(reader, reader->scratch, count, sizeof *walk.next),
                        .path = mbp_reader_array(reader, reader->scratch, count, sizeof *walk.path)};
    if (reader->out_of_memory)
        return;
    for (uint32_t s = 0; s < plant->sensor_count; s++)
        if (plant->sensors[s].formula != 0 && walk.visit[s] == UNSEEN && is_instant(&plant->sensors[s]))
            follow(load, &walk, s);
}
