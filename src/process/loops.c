/* What --check tells of loops: signals that depend on themselves, and controllers with what they act on. */
#include <stdlib.h>

#include "order.h"
#include "process_priv.h"

#define LOOPS_SHOWN 8u

/* One line for each group of signals that feed each other, at the first input that closes a loop in it. */
static enum mbp_status print_signal_loops(const struct mbp_plant *plant, FILE *out)
{
    struct process_order order;
    enum mbp_status status = process_order_find(plant, &order);
    if (status != MBP_OK)
        return status;
    uint32_t count = 0;
    uint32_t *members = calloc((size_t)order.group_count + 1, sizeof *members);
    bool *told = calloc((size_t)order.group_count + 1, sizeof *told);
    for (uint32_t s = 0; members != NULL && s < plant->sensor_count; s++)
        members[order.group[s]]++;
    for (uint32_t s = 0; members != NULL && told != NULL && s < plant->sensor_count; s++) {
        const struct mbp_sensor *sensor = &plant->sensors[s];
        for (uint32_t i = sensor->first_input; i < sensor->first_input + sensor->input_count; i++) {
            if (!order.cut[i] || told[order.group[s]])
                continue;
            told[order.group[s]] = true;
            if (count++ >= LOOPS_SHOWN)
                continue;
            fprintf(out,
                    plant->inputs[i].from == s ? "  loop: %s depends on itself" : "  loop: %s depends on %s and back",
                    sensor->name, mbp_input_source(plant, plant->inputs[i].from));
            if (members[order.group[s]] > 2)
                fprintf(out, " (%u signals feed each other)", members[order.group[s]]);
            fputs(", so it takes in the value of the scan before\n", out);
        }
    }
    if (count > LOOPS_SHOWN)
        fprintf(out, "  and %u more loops\n", count - LOOPS_SHOWN);
    status = members != NULL && told != NULL ? MBP_OK : MBP_ERR_MEMORY;
    free(members);
    free(told);
    process_order_free(&order);
    return status;
}

/* ---- controllers ------------------------------------------------------------------------------------------------- */

/* A search from a controller's input back to what it depends on. Sensors and actuators count as an input's `from`. */
struct trail {
    uint32_t *towards; /* what is fed by it, one step nearer to the controller's input; UINT32_MAX = not met */
    uint32_t *met;     /* sensors in the order in which they were met */
};

/* Whether `from` acts on the sensor, by the shortest way there is; the way is then in trail->towards. */
static bool acts_on(const struct mbp_plant *plant, struct trail *trail, uint32_t from, uint32_t sensor)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < plant->sensor_count + plant->actuator_count; i++)
        trail->towards[i] = UINT32_MAX;
    trail->met[count++] = sensor;
    trail->towards[sensor] = sensor;
    for (uint32_t at = 0; at < count; at++) {
        const struct mbp_sensor *fed = &plant->sensors[trail->met[at]];
        for (uint32_t i = fed->first_input; i < fed->first_input + fed->input_count; i++) {
            const struct mbp_input *input = &plant->inputs[i];
            uint32_t source = input->from;
            if (input->times != MBP_TIMES_NONE && plant->sensor_count + input->times == from)
                source = from;
            if (trail->towards[source] != UINT32_MAX)
                continue;
            trail->towards[source] = trail->met[at];
            if (source == from)
                return true;
            if (source < plant->sensor_count)
                trail->met[count++] = source;
        }
    }
    return false;
}

/* One line: what the controller reads and moves, and the way from there back to what it reads. */
static void print_controller(const struct mbp_plant *plant, struct trail *trail, uint32_t c, FILE *out)
{
    const struct mbp_controller *controller = &plant->controllers[c];
    const char *input = plant->sensors[controller->input].name;
    const struct mbp_controller *last = controller;
    while (last->inner != UINT32_MAX)
        last = &plant->controllers[last->inner];
    uint32_t moved = plant->sensor_count + last->output;
    bool closed = acts_on(plant, trail, moved, controller->input);
    fprintf(out, closed ? "  control loop: %s reads %s" : "  warning: no control loop: %s reads %s", controller->name,
            input);
    for (const struct mbp_controller *at = controller; at != last;) {
        at = &plant->controllers[at->inner];
        fprintf(out, ", sets %s", at->name);
    }
    fprintf(out, last == controller ? " and moves %s" : ", which moves %s", mbp_input_source(plant, moved));
    if (!closed) {
        fprintf(out, ", on which %s does not depend\n", input);
        return;
    }
    for (uint32_t at = moved; at != controller->input;) {
        at = trail->towards[at];
        fprintf(out, " -> %s", plant->sensors[at].name);
    }
    fputc('\n', out);
}

static enum mbp_status print_control_loops(const struct mbp_plant *plant, FILE *out)
{
    enum mbp_status status = MBP_ERR_MEMORY;
    size_t sources = (size_t)plant->sensor_count + plant->actuator_count + 1;
    struct trail trail = {.towards = calloc(sources, sizeof *trail.towards), .met = calloc(sources, sizeof *trail.met)};
    if (trail.towards != NULL && trail.met != NULL) {
        for (uint32_t c = 0; c < plant->controller_count && c < LOOPS_SHOWN; c++)
            print_controller(plant, &trail, c, out);
        if (plant->controller_count > LOOPS_SHOWN)
            fprintf(out, "  and %u more controllers\n", plant->controller_count - LOOPS_SHOWN);
        status = MBP_OK;
    }
    free(trail.towards);
    free(trail.met);
    return status;
}

enum mbp_status mbp_process_print_loops(const struct mbp_plant *plant, FILE *out)
{
    enum mbp_status status = print_signal_loops(plant, out);
    if (status == MBP_OK)
        status = print_control_loops(plant, out);
    if (status == MBP_OK)
        status = process_print_warnings(plant, out);
    return status;
}
