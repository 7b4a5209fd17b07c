/* Actuators: what a master tells them, and how far they get in a scan. */
#include <math.h>
#include <stdlib.h>

#include "fault.h"
#include "mbplant/codec.h"
#include "mbplant/event/comment.h"
#include "mbplant/map.h"
#include "mbplant/state/forced.h"
#include "process_priv.h"

enum mbp_status process_build_actuators(struct mbp_process *process)
{
    const struct mbp_plant *plant = process->plant;
    process->stride = calloc((size_t)plant->actuator_count + 1, sizeof *process->stride);
    if (process->stride == NULL)
        return MBP_ERR_MEMORY;
    for (uint32_t a = 0; a < plant->actuator_count; a++) {
        const struct mbp_actuator *actuator = &plant->actuators[a];
        double span = actuator->range[1] - actuator->range[0];
        double scans = (double)actuator->travel_ns / (double)plant->scan_ns;
        process->stride[a] = scans > 1 ? span / scans : span;
    }
    return MBP_OK;
}

/* Where it fails to a spring takes it, so no offset of its positioner is in that. */
static double target_of(const struct mbp_plant *plant, const struct mbp_state *state, uint32_t a,
                        const struct process_trouble *trouble)
{
    const double *range = plant->actuators[a].range;
    double fail = mbp_actuator_fail(plant, state, a);
    double target = isnan(fail) ? mbp_actuator_told(state, a) + trouble->offset : fail;
    if (trouble->stuck)
        target = trouble->held;
    return fmin(fmax(target, range[0]), range[1]);
}

void process_steady_actuators(const struct mbp_process *process, struct mbp_state *state)
{
    const struct mbp_plant *plant = process->plant;
    uint32_t at = process_fault_first_of_actuators(process, state);
    for (uint32_t a = 0; a < plant->actuator_count; a++) {
        struct process_trouble trouble = {.stride = process->stride[a]};
        at = process_fault_actuate(process, state, at, a, &trouble);
        state->lagged[plant->sensor_count + a] = target_of(plant, state, a, &trouble);
    }
}

/* At constant speed, so a position after a whole number of scans does not depend on their period. */
void process_advance_actuators(const struct mbp_process *process, struct mbp_state *state)
{
    const struct mbp_plant *plant = process->plant;
    uint32_t at = process_fault_first_of_actuators(process, state);
    for (uint32_t a = 0; a < plant->actuator_count; a++) {
        double *position = &state->lagged[plant->sensor_count + a];
        struct process_trouble trouble = {.stride = process->stride[a]};
        at = process_fault_actuate(process, state, at, a, &trouble);
        double target = target_of(plant, state, a, &trouble);
        double way = target - *position;
        bool arrives = trouble.stuck || fabs(way) <= trouble.stride;
        *position = arrives ? target : *position + copysign(trouble.stride, way);
    }
}

static bool is_same(const struct mbp_actuator *actuator, double a, double b)
{
    return actuator->on_off ? a >= b && a <= b : mbp_grid_same(&actuator->reg, a, b);
}

void mbp_process_command(const struct mbp_process *process, struct mbp_state *state, uint32_t a, double command,
                         uint32_t peer, struct mbp_events *events)
{
    const struct mbp_actuator *actuator = &process->plant->actuators[a];
    const struct mbp_user_point *point = mbp_map_register_point(process->plant, MBP_PER_ACTUATOR, a);
    enum mbp_table table = point != NULL      ? (enum mbp_table)point->table
                           : actuator->on_off ? MBP_COILS
                                              : MBP_HOLDING_REGISTERS;
    /* A value of many words may have been written in parts that make no number within the range. */
    if (isnan(command))
        return;
    if (actuator->on_off)
        command = actuator->range[command != 0 ? 1 : 0];
    command = fmin(fmax(command, actuator->range[0]), actuator->range[1]);
    if (is_same(actuator, command, state->command[a]))
        return;
    struct mbp_event event = mbp_actuator_event(process->plant, MBP_EV_POINT_WRITTEN, a);
    event.value = (float)command;
    event.limit = (float)state->command[a];
    mbp_event_by(&event, peer);
    event.detail = mbp_event_write_detail(table, actuator->reg.addr, 0, 0);
    mbp_events_emit(events, event);
    state->command[a] = command;
}
