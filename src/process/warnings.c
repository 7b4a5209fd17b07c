/* What is allowed and yet hardly meant, as far as the signs and sizes of the gains tell. */
#include <math.h>
#include <stdlib.h>

#include "process_priv.h"

#define WARNINGS_SHOWN 8u
#define STEPS_MAX      10000000u
#define FILLS_S        10.0 /* a vessel that fills faster is a switch */

/* ---- signs ---------------------------------------------------------------------------------------------------------
 */

/* What a rise of one thing does to another, by all ways that there are. */
enum effect { NONE = 0, RAISES = 1, LOWERS = 2, BOTH = RAISES | LOWERS };

static enum effect opposite(enum effect effect)
{
    return effect == RAISES ? LOWERS : effect == LOWERS ? RAISES : effect;
}

static enum effect through(enum effect first, enum effect then)
{
    if (first == NONE || then == NONE)
        return NONE;
    if (first == BOTH || then == BOTH)
        return BOTH;
    return then == LOWERS ? opposite(first) : first;
}

static enum effect effect_of_factor(double factor)
{
    return factor > 0 ? RAISES : factor < 0 ? LOWERS : NONE;
}

/* A product rises with one factor while the other is above 0. */
static enum effect effect_of_range(const double range[2])
{
    return range[0] >= 0 ? RAISES : range[1] <= 0 ? LOWERS : BOTH;
}

static const double *range_of(const struct mbp_plant *plant, uint32_t source)
{
    return source < plant->sensor_count ? plant->sensors[source].range
                                        : plant->actuators[source - plant->sensor_count].range;
}

/* What a rise of the source that the input takes in does to the sensor. */
static enum effect effect_of_input(const struct mbp_plant *plant, const struct mbp_sensor *sensor,
                                   const struct mbp_input *input)
{
    const double integrate = sensor->signal->integrate_gain;
    if (sensor->formula != 0)
        return BOTH; /* what an expression makes of it is not looked into */
    enum effect effect = effect_of_factor(input->gain);
    if (input->times != MBP_TIMES_NONE)
        effect = through(effect, effect_of_range(plant->actuators[input->times].range));
    return fabs(integrate) > 0 ? through(effect, effect_of_factor(integrate)) : effect;
}

/* And what a rise of the actuator that it is multiplied by does. */
static enum effect effect_of_times(const struct mbp_plant *plant, const struct mbp_sensor *sensor,
                                   const struct mbp_input *input)
{
    const double integrate = sensor->signal->integrate_gain;
    enum effect effect = through(effect_of_factor(input->gain), effect_of_range(range_of(plant, input->from)));
    return fabs(integrate) > 0 ? through(effect, effect_of_factor(integrate)) : effect;
}

/* Room for a search from a sensor back to what it depends on. */
struct search {
    uint8_t *effect;  /* per sensor: enum effect of it on the sensor that the search began with */
    uint8_t *pending; /* per sensor: it waits to be looked at */
    uint32_t *waiting;
    uint32_t *met; /* sensors with an effect */
    uint32_t waiting_count, met_count;
    uint64_t steps_left; /* inputs that are still looked at, for a plant may be one long chain */
};

static void note(struct search *search, uint32_t s, enum effect effect)
{
    if ((search->effect[s] | effect) == search->effect[s])
        return;
    if (search->effect[s] == NONE)
        search->met[search->met_count++] = s;
    search->effect[s] |= (uint8_t)effect;
    if (search->pending[s] == 0)
        search->waiting[search->waiting_count++] = s;
    search->pending[s] = 1;
}

/* What a rise of an actuator does to a sensor in the end, by all ways. */
static enum effect effect_on(const struct mbp_plant *plant, struct search *search, uint32_t actuator, uint32_t sensor)
{
    enum effect found = NONE;
    note(search, sensor, RAISES);
    while (search->waiting_count > 0 && found != BOTH && search->steps_left > 0) {
        uint32_t s = search->waiting[--search->waiting_count];
        const struct mbp_sensor *fed = &plant->sensors[s];
        enum effect on = (enum effect)search->effect[s];
        search->pending[s] = 0;
        search->steps_left -= fed->input_count < search->steps_left ? fed->input_count : search->steps_left;
        for (uint32_t i = fed->first_input; i < fed->first_input + fed->input_count; i++) {
            const struct mbp_input *input = &plant->inputs[i];
            enum effect by = through(effect_of_input(plant, fed, input), on);
            if (input->times == actuator)
                found |= through(effect_of_times(plant, fed, input), on);
            if (input->from == plant->sensor_count + actuator)
                found |= by;
            else if (input->from < plant->sensor_count)
                note(search, input->from, by);
        }
    }
    for (uint32_t i = 0; i < search->met_count; i++)
        search->effect[search->met[i]] = search->pending[search->met[i]] = 0;
    search->waiting_count = search->met_count = 0;
    return search->steps_left > 0 ? found : NONE;
}

/* ---- controllers ---------------------------------------------------------------------------------------------------
 */

/* What a rise of the controller's output does to its own measurement: through those whose setpoint it gives. */
static enum effect effect_of_output(const struct mbp_plant *plant, struct search *search,
                                    const struct mbp_controller *controller)
{
    const struct mbp_controller *last = controller;
    enum effect effect = RAISES;
    while (last->inner != UINT32_MAX) {
        last = &plant->controllers[last->inner];
        effect = through(effect, last->direct ? LOWERS : RAISES);
    }
    return through(effect, effect_on(plant, search, last->output, controller->input));
}

static enum mbp_status print_controllers(const struct mbp_plant *plant, FILE *out)
{
    size_t sensors = (size_t)plant->sensor_count + 1;
    struct search search = {.effect = calloc(sensors, 1),
                            .pending = calloc(sensors, 1),
                            .waiting = calloc(sensors, sizeof *search.waiting),
                            .met = calloc(sensors, sizeof *search.met),
                            .steps_left = STEPS_MAX};
    enum mbp_status status = MBP_ERR_MEMORY;
    uint32_t count = 0;
    if (search.effect == NULL || search.pending == NULL || search.waiting == NULL || search.met == NULL)
        goto out;
    for (uint32_t c = 0; c < plant->controller_count && count < WARNINGS_SHOWN; c++) {
        const struct mbp_controller *controller = &plant->controllers[c];
        enum effect effect = effect_of_output(plant, &search, controller);
        if (effect != (controller->direct ? RAISES : LOWERS))
            continue;
        count++;
        fprintf(out,
                "  warning: positive feedback: where %s is too high, %s raises it still more, for more output %s it; "
                "write 'action: %s'\n",
                plant->sensors[controller->input].name, controller->name, effect == RAISES ? "raises" : "lowers",
                controller->direct ? "reverse" : "direct");
    }
    status = MBP_OK;
out:
    free(search.effect);
    free(search.pending);
    free(search.waiting);
    free(search.met);
    return status;
}

/* ---- integrals -----------------------------------------------------------------------------------------------------
 */

static double largest(const double range[2])
{
    return fmax(fabs(range[0]), fabs(range[1]));
}

/* What takes itself in settles: its gain is a lag's. */
static bool holds_itself(const struct mbp_plant *plant, uint32_t s)
{
    const struct mbp_sensor *sensor = &plant->sensors[s];
    for (uint32_t i = sensor->first_input; i < sensor->first_input + sensor->input_count; i++) {
        if (plant->inputs[i].from == s)
            return true;
    }
    return false;
}

/* The most that can come in a second. */
static double largest_rate(const struct mbp_plant *plant, const struct mbp_sensor *sensor)
{
    const struct mbp_signal *signal = sensor->signal;
    double sum = fabs(signal->base[MBP_EN_SERVICE]) + fabs(signal->wave_amplitude);
    for (uint32_t i = sensor->first_input; i < sensor->first_input + sensor->input_count; i++) {
        const struct mbp_input *input = &plant->inputs[i];
        double most = largest(range_of(plant, input->from));
        most = input->function == MBP_SQUARE_ROOT ? sqrt(most) : most;
        most *= input->times != MBP_TIMES_NONE ? largest(plant->actuators[input->times].range) : 1;
        sum += fabs(input->gain) * most;
    }
    return sum * fabs(signal->integrate_gain);
}

static void print_integrals(const struct mbp_plant *plant, FILE *out)
{
    uint32_t count = 0;
    for (uint32_t s = 0; s < plant->sensor_count; s++) {
        const struct mbp_sensor *sensor = &plant->sensors[s];
        bool adds_up = fabs(sensor->signal->integrate_gain) > 0 && sensor->formula == 0;
        double rate = adds_up ? largest_rate(plant, sensor) : 0;
        double fills_s = (sensor->range[1] - sensor->range[0]) / rate;
        if (!(fills_s < FILLS_S) || holds_itself(plant, s) || count++ >= WARNINGS_SHOWN)
            continue;
        fprintf(out,
                "  warning: %s can run through its whole range within %.2g s; the gain of 'integrate' is per second\n",
                sensor->name, fills_s);
    }
    if (count > WARNINGS_SHOWN)
        fprintf(out, "  and %u more integrals like that\n", count - WARNINGS_SHOWN);
}

enum mbp_status process_print_warnings(const struct mbp_plant *plant, FILE *out)
{
    print_integrals(plant, out);
    return print_controllers(plant, out);
}
