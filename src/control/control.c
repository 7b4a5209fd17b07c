/* The algorithm, once a scan. */
#include <math.h>
#include <stdlib.h>

#include "control_priv.h"
#include "mbplant/state/forced.h"

#define LARGEST      1e30 /* no number in here goes beyond, so that none becomes infinite */
#define FILTER_SHARE 0.1  /* of the derivative time: the lag that keeps noise out of it */

/* ---- order ------------------------------------------------------------------------------------------------------ */

/* A chain of cascades is followed from its outermost controller inwards. */
enum mbp_status mbp_control_new(const struct mbp_plant *plant, struct mbp_control **out)
{
    struct mbp_control *control = calloc(1, sizeof *control);
    uint32_t *order = calloc((size_t)plant->controller_count + 1, sizeof *order);
    if (control == NULL || order == NULL) {
        free(control);
        free(order);
        return MBP_ERR_MEMORY;
    }
    uint32_t count = 0;
    for (uint32_t c = 0; c < plant->controller_count; c++) {
        for (uint32_t at = c; plant->controllers[c].outer == UINT32_MAX && at != UINT32_MAX;
             at = plant->controllers[at].inner)
            order[count++] = at;
    }
    *control = (struct mbp_control){plant, order};
    *out = control;
    return MBP_OK;
}

void mbp_control_free(struct mbp_control *control)
{
    if (control == NULL)
        return;
    free(control->order);
    free(control);
}

/* ---- parts of the output ---------------------------------------------------------------------------------------- */

static double sign_of(const struct mbp_controller *controller)
{
    return controller->direct ? -1.0 : 1.0;
}

double control_proportional(const struct mbp_controller *controller, const struct mbp_controller_state *now)
{
    double derivative = now->setting[MBP_SET_DERIVATIVE] * now->rate;
    return sign_of(controller) * now->setting[MBP_SET_GAIN] * (now->error - derivative);
}

/* NaN ends at low. */
static double within(double value, double low, double high)
{
    value = value > low ? value : low;
    return value < high ? value : high;
}

static double feedforward(const struct mbp_plant *plant, const struct mbp_state *state,
                          const struct mbp_controller *controller)
{
    double sum = 0.0;
    for (uint32_t i = 0; i < controller->feed_count; i++) {
        uint32_t from = controller->feeds[i].from;
        double value = from < plant->sensor_count ? state->value[from] : state->lagged[from];
        if (!isnan(value))
            sum += within(controller->feeds[i].gain * value, -LARGEST, LARGEST);
    }
    return sum;
}

/* What the measurement does, and what it lacks. False when the sensor shows no number. */
static bool measure(const struct mbp_plant *plant, const struct mbp_state *state,
                    const struct mbp_controller *controller, struct mbp_controller_state *now)
{
    double value = state->value[controller->input];
    double period_s = (double)plant->scan_ns / (double)MBP_NS_PER_S;
    double filter_s = FILTER_SHARE * now->setting[MBP_SET_DERIVATIVE];
    if (isnan(value))
        return false;
    value = within(value, fmax(controller->setpoint_range[0], -LARGEST), fmin(controller->setpoint_range[1], LARGEST));
    double rate = isnan(now->seen) ? 0.0 : (value - now->seen) / period_s;
    now->rate = filter_s > 0 ? now->rate + (rate - now->rate) * -expm1(-period_s / filter_s) : 0.0;
    now->seen = value;
    now->setpoint = now->setting[MBP_SET_SETPOINT];
    now->error = now->setpoint - value;
    return true;
}

/* ---- following -------------------------------------------------------------------------------------------------- */

/* Whether a controller decides on its output, so that its setpoint, and who gives it, moves something. */
static bool is_free(const struct mbp_plant *plant, const struct mbp_state *state, uint32_t c)
{
    const struct mbp_controller *controller = &plant->controllers[c];
    while (state->controller[c].automatic && !isnan(state->value[controller->input])) {
        if (controller->output != UINT32_MAX)
            return isnan(mbp_actuator_fail(plant, state, controller->output)) &&
                   isnan(mbp_forced_command(state, controller->output));
        c = controller->inner;
        controller = &plant->controllers[c];
    }
    return false;
}

/* Whether a setpoint that goes further up, or down, moves nothing: the output of the controller, or of one further in,
 * stands at the end that it would go to. */
static bool is_at_end(const struct mbp_plant *plant, const struct mbp_state *state, uint32_t c, bool up)
{
    for (;;) {
        const struct mbp_controller *controller = &plant->controllers[c];
        const struct mbp_controller_state *now = &state->controller[c];
        up = up != controller->direct;
        if (up ? now->output >= now->setting[MBP_SET_HIGH] : now->output <= now->setting[MBP_SET_LOW])
            return true;
        if (controller->output != UINT32_MAX)
            return false;
        c = controller->inner;
    }
}

/* What the output has to be now, whatever the error; NaN when the controller is free to decide. An outer one stays at
 * the setpoint of an inner one that is not free. */
static double must_be(const struct mbp_plant *plant, const struct mbp_state *state,
                      const struct mbp_controller *controller, const struct mbp_controller_state *now)
{
    if (controller->output == UINT32_MAX) {
        const struct mbp_controller_state *inner = &state->controller[controller->inner];
        if (inner->automatic && !now->automatic)
            return now->setting[MBP_SET_MANUAL];
        return is_free(plant, state, controller->inner) ? (double)NAN : inner->setting[MBP_SET_SETPOINT];
    }
    double fail = mbp_actuator_fail(plant, state, controller->output);
    if (!now->automatic)
        return state->command[controller->output];
    return isnan(fail) ? mbp_forced_command(state, controller->output) : fail;
}

/* Where a controller begins that is free from its first scan on: where what it moves stands. */
static double beginning(const struct mbp_state *state, const struct mbp_controller *controller)
{
    return controller->output == UINT32_MAX ? state->controller[controller->inner].setting[MBP_SET_SETPOINT]
                                            : state->command[controller->output];
}

/* ---- a scan ----------------------------------------------------------------------------------------------------- */

/* The integral for the next scan: what the error adds, unless it would only carry an inner controller further beyond
 * its end, less what the end of the range takes away. */
static double integrated(const struct mbp_plant *plant, const struct mbp_state *state,
                         const struct mbp_controller *controller, const struct mbp_controller_state *now,
                         double unbounded)
{
    double time_s = now->setting[MBP_SET_INTEGRAL];
    if (!(time_s > 0))
        return now->integral;
    double share = fmin((double)plant->scan_ns / (double)MBP_NS_PER_S / time_s, 1.0);
    double added = sign_of(controller) * now->setting[MBP_SET_GAIN] * now->error;
    if (controller->output == UINT32_MAX && is_at_end(plant, state, controller->inner, added > 0))
        added = 0;
    return now->integral + share * (added + now->output - unbounded);
}

static void give(const struct mbp_plant *plant, struct mbp_state *state, const struct mbp_controller *controller,
                 struct mbp_controller_state *now)
{
    if (controller->output == UINT32_MAX) {
        struct mbp_controller_state *inner = &state->controller[controller->inner];
        if (inner->automatic)
            inner->setting[MBP_SET_SETPOINT] = now->output;
    } else if (now->automatic) {
        const double *range = plant->actuators[controller->output].range;
        state->command[controller->output] = within(now->output, range[0], range[1]);
    }
    now->setting[MBP_SET_MANUAL] = now->output;
}

/* Between low and high it stays as it is. */
static double switched(const struct mbp_plant *plant, const struct mbp_controller *controller,
                       const struct mbp_controller_state *now)
{
    const double *range = plant->actuators[controller->output].range;
    const double half = (controller->high - controller->low) / 2;
    if (now->error >= half)
        return range[controller->direct ? 0 : 1];
    if (now->error <= -half)
        return range[controller->direct ? 1 : 0];
    return now->output > range[0] ? range[1] : range[0];
}

static void run_two_position(const struct mbp_plant *plant, struct mbp_state *state,
                             const struct mbp_controller *controller, struct mbp_controller_state *now)
{
    double follow = must_be(plant, state, controller, now);
    now->output = isnan(follow) ? switched(plant, controller, now) : follow;
    give(plant, state, controller, now);
}

static void run_one(const struct mbp_plant *plant, struct mbp_state *state, uint32_t c)
{
    const struct mbp_controller *controller = &plant->controllers[c];
    struct mbp_controller_state *now = &state->controller[c];
    bool first = isnan(now->seen);
    if (!measure(plant, state, controller, now))
        return;
    if (controller->two_position) {
        run_two_position(plant, state, controller, now);
        return;
    }
    double others = control_proportional(controller, now) + feedforward(plant, state, controller);
    double follow = must_be(plant, state, controller, now);
    if (isnan(follow) && first)
        follow = beginning(state, controller);
    if (!isnan(follow)) {
        now->output = follow;
        now->integral = follow - others;
    } else {
        double unbounded = others + now->integral;
        now->output = within(unbounded, now->setting[MBP_SET_LOW], now->setting[MBP_SET_HIGH]);
        now->integral = integrated(plant, state, controller, now, unbounded);
    }
    give(plant, state, controller, now);
}

void mbp_control_run(const struct mbp_control *control, struct mbp_state *state)
{
    for (uint32_t i = 0; i < control->plant->controller_count; i++)
        run_one(control->plant, state, control->order[i]);
}
