/* What a slot of a formula is in this scan. */
#include <math.h>

#include "mbplant/plant/interlock.h"
#include "mbplant/point.h"
#include "mbplant/state/forced.h"
#include "mbplant/state/stored.h"

static union mbp_expr_value on(bool is)
{
    return (union mbp_expr_value){.u = is ? 1 : 0};
}

static union mbp_expr_value number(double value)
{
    return (union mbp_expr_value){.r = value};
}

/* A position or command nearer to the second end of the range, which is on, than to the first. */
static bool is_on(const struct mbp_actuator *actuator, double position)
{
    return fabs(position - actuator->range[1]) < fabs(position - actuator->range[0]);
}

static union mbp_expr_value read_actuator(const struct mbp_formula_view *view, enum mbp_slot_kind kind, uint32_t a)
{
    double position = view->state->lagged[view->plant->sensor_count + a];
    double command = mbp_actuator_told(view->state, a);
    if (kind == MBP_SLOT_POSITION)
        return number(position);
    if (kind == MBP_SLOT_COMMAND)
        return number(command);
    return on(is_on(&view->plant->actuators[a], kind == MBP_SLOT_POSITION_ON ? position : command));
}

/* Of few faults at a time: they are looked through only where one of them passes. */
static double state_stem(const struct mbp_state *state, uint32_t actuator)
{
    uint32_t subject = state->sensor_count + actuator;
    for (uint32_t at = 0; state->passes && at < state->fault_active_count; at++) {
        const struct mbp_fault_state *fault = &state->fault[state->fault_active[at]];
        if (fault->effect.subject == subject)
            return fault->base; /* the first has it */
    }
    return state->lagged[subject];
}

/* From its command, or from its fail position while that holds. */
static double deviation(const struct mbp_formula_view *view, uint32_t a)
{
    double fail = mbp_actuator_fail(view->plant, view->state, a);
    double target = isnan(fail) ? mbp_actuator_told(view->state, a) : fail;
    return fabs(state_stem(view->state, a) - target);
}

static union mbp_expr_value read_of_actuator(const struct mbp_formula_view *view, uint32_t a, enum mbp_of_actuator what)
{
    double position = state_stem(view->state, a);
    const double *range = view->plant->actuators[a].range;
    switch ((unsigned)what) {
    case MBP_OF_ACTUATOR_OPENED:
        return on(position >= range[1]);
    case MBP_OF_ACTUATOR_CLOSED:
        return on(position <= range[0]);
    case MBP_OF_ACTUATOR_RUNNING:
        return on(position > range[0]);
    case MBP_OF_ACTUATOR_MISMATCH:
        return on(deviation(view, a) > MBP_MISMATCH * (range[1] - range[0]));
    default: /* MBP_OF_ACTUATOR_DEVIATION */
        return number(deviation(view, a));
    }
}

static union mbp_expr_value read_alarm(const struct mbp_formula_view *view, enum mbp_slot_kind kind, uint32_t index)
{
    uint32_t s = index / MBP_ALARM_COUNT;
    unsigned alarm = index % MBP_ALARM_COUNT;
    if (kind == MBP_SLOT_ALARM)
        return on((view->state->active[s] >> alarm & 1) != 0);
    if (kind == MBP_SLOT_ALARM_STATE)
        return (union mbp_expr_value){.u = mbp_alarm_state(view->state, s, alarm)};
    return number(view->state->limit[s * MBP_LIMIT_COUNT + alarm]);
}

static union mbp_expr_value read_stored(const struct mbp_formula_view *view, uint32_t s)
{
    const struct mbp_register *reg = &view->plant->stored[s].reg;
    union mbp_expr_value value = mbp_stored_value(reg, view->state->stored[s]);
    bool bad = mbp_stored_is_bad(view->plant, view->state, s);
    return bad && mbp_stored_is_real(reg) ? number((double)NAN) : value;
}

static union mbp_expr_value whole(uint64_t value)
{
    return (union mbp_expr_value){.u = value > UINT32_MAX ? UINT32_MAX : value};
}

static union mbp_expr_value read_machine(const struct mbp_state *state, uint32_t m, enum mbp_of_machine what)
{
    const struct mbp_machine_state *machine = &state->machine[m];
    const struct mbp_upkeep *upkeep = &state->upkeep[m];
    const uint64_t numbers[MBP_OF_MACHINE_COUNT] = {
        [MBP_OF_MACHINE_STATE] = machine->state,
        [MBP_OF_MACHINE_ALARMS] = machine->alarms,
        [MBP_OF_MACHINE_RUNNING_TIME] = machine->running_ns / MBP_NS_PER_S,
        [MBP_OF_MACHINE_DOWN_TIME] = machine->down_ns / MBP_NS_PER_S,
        [MBP_OF_MACHINE_MAINTENANCE_TIME] = machine->maintenance_ns / MBP_NS_PER_S,
        [MBP_OF_MACHINE_SINCE_MAINTENANCE] = machine->since_maintenance_ns / MBP_NS_PER_S,
        [MBP_OF_MACHINE_SINCE] = machine->since_ms / 1000,
        [MBP_OF_MACHINE_FAILURES] = machine->failures,
        [MBP_OF_MACHINE_REPAIRS] = upkeep->repairs,
        [MBP_OF_MACHINE_MAINTENANCES] = upkeep->maintenances,
        [MBP_OF_MACHINE_TRIP] = machine->trip,
        [MBP_OF_MACHINE_DUE] = machine->due,
    };
    return whole(numbers[what]);
}

static union mbp_expr_value read_controller(const struct mbp_state *state, uint32_t c, enum mbp_of_controller what)
{
    const struct mbp_controller_state *controller = &state->controller[c];
    return number(what == MBP_OF_CONTROLLER_ERROR             ? controller->error
                  : what == MBP_OF_CONTROLLER_ACTIVE_SETPOINT ? controller->setpoint
                                                              : controller->seen);
}

static union mbp_expr_value read_interlock(const struct mbp_formula_view *view, uint32_t s, enum mbp_of_interlock what)
{
    enum mbp_interlock_state now = mbp_interlock_state_of(view->plant, view->state, s, MBP_CONDITION);
    switch ((unsigned)what) {
    case MBP_OF_INTERLOCK_ACTING:
        return on(now == MBP_INTERLOCK_ACTING);
    case MBP_OF_INTERLOCK_FIRST_OUT:
        return on(view->state->machine[view->plant->sensors[s].machine].first_out == s);
    default: /* MBP_OF_INTERLOCK_STATE */
        return whole(now);
    }
}

static union mbp_expr_value read_other(const struct mbp_formula_view *view, enum mbp_slot_kind kind, uint32_t index)
{
    const struct mbp_state *state = view->state;
    switch ((unsigned)kind) {
    case MBP_SLOT_OUTPUT:
        return number(state->controller[index].output);
    case MBP_SLOT_SETTING:
        return number(state->controller[index / MBP_SETTING_COUNT].setting[index % MBP_SETTING_COUNT]);
    case MBP_SLOT_AUTOMATIC:
        return on(state->controller[index].automatic);
    case MBP_SLOT_STATE:
        return on(state->machine[index / MBP_STATE_COUNT].state == index % MBP_STATE_COUNT);
    case MBP_SLOT_GOOD:
        return (union mbp_expr_value){.u = state->machine[index].good};
    case MBP_SLOT_REJECT:
        return (union mbp_expr_value){.u = state->machine[index].reject};
    case MBP_SLOT_OF_MACHINE:
        return read_machine(state, index / MBP_OF_MACHINE_COUNT, (enum mbp_of_machine)(index % MBP_OF_MACHINE_COUNT));
    case MBP_SLOT_OF_CONTROLLER:
        return read_controller(state, index / MBP_OF_CONTROLLER_COUNT,
                               (enum mbp_of_controller)(index % MBP_OF_CONTROLLER_COUNT));
    case MBP_SLOT_SINCE:
        return whole(state->alarm_since_s[index]);
    case MBP_SLOT_RAISED:
        return whole(state->raised_s[index]);
    case MBP_SLOT_STORED:
        return read_stored(view, index);
    case MBP_SLOT_UNKNOWN:
        return on(mbp_stored_is_bad(view->plant, state, index));
    case MBP_SLOT_TOUCHED:
        return on((state->touched[index / 2] & (index % 2 == 0 ? MBP_TOUCHED_WRITTEN : MBP_TOUCHED_READ)) != 0);
    case MBP_SLOT_OF_ACTUATOR:
        return read_of_actuator(view, index / MBP_OF_ACTUATOR_COUNT,
                                (enum mbp_of_actuator)(index % MBP_OF_ACTUATOR_COUNT));
    case MBP_SLOT_OF_INTERLOCK:
        return read_interlock(view, index / MBP_OF_INTERLOCK_COUNT,
                              (enum mbp_of_interlock)(index % MBP_OF_INTERLOCK_COUNT));
    case MBP_SLOT_LOST:
        return on(state->watchdog[index].lost);
    case MBP_SLOT_BAD:
        return on((state->flags[index] & MBP_SENSOR_BAD) != 0);
    default: /* MBP_SLOT_FORCED */
        return on((state->flags[index] & MBP_SENSOR_FORCED) != 0);
    }
}

/* An input that is an on/off actuator is on as that is; any other from the half, as a bool's register rounds. */
static bool input_is_on(const struct mbp_formula_view *view, uint32_t i)
{
    return view->inputs[i] >= 0.5;
}

union mbp_expr_value mbp_state_read(const void *ctx, uint32_t slot)
{
    const struct mbp_formula_view *view = ctx;
    const struct mbp_state *state = view->state;
    uint32_t index = mbp_slot_index(slot);
    enum mbp_slot_kind kind = mbp_slot_kind(slot);
    switch ((unsigned)kind) {
    case MBP_SLOT_INPUT:
        return number(view->inputs[index]);
    case MBP_SLOT_INPUT_ON:
        return on(input_is_on(view, index));
    case MBP_SLOT_SHOWN:
        return number(state->value[index]);
    case MBP_SLOT_SHOWN_ON:
        return on(state->value[index] >= 0.5);
    case MBP_SLOT_PROCESS:
        return number(state->lagged[index]);
    case MBP_SLOT_PROCESS_ON:
        return on(state->lagged[index] >= 0.5);
    case MBP_SLOT_LIMIT:
    case MBP_SLOT_ALARM:
    case MBP_SLOT_ALARM_STATE:
        return read_alarm(view, kind, index);
    case MBP_SLOT_POSITION:
    case MBP_SLOT_POSITION_ON:
    case MBP_SLOT_COMMAND:
    case MBP_SLOT_COMMAND_ON:
        return read_actuator(view, kind, index);
    default:
        return read_other(view, kind, index);
    }
}

struct mbp_expr_world mbp_state_world(const struct mbp_plant *plant, const struct mbp_state *state)
{
    return (struct mbp_expr_world){.read = mbp_state_read,
                                   .curves = plant->curves,
                                   .now_ns = state->sim_ns,
                                   .period_ns = plant->scan_ns,
                                   .clock_ns = (int64_t)((uint64_t)plant->start_ns + state->sim_ns),
                                   .seed = state->seed,
                                   .tick = state->tick};
}
