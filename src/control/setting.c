/* What a master may change in a controller. */
#include <math.h>

#include "control_priv.h"
#include "mbplant/codec.h"
#include "mbplant/event/comment.h"
#include "mbplant/map.h"

/* A write of a field of the controller's in a block; one that the map has no room for stands at address 0. */
static void tell(const struct mbp_plant *plant, uint32_t c, unsigned block, unsigned field, double value, double before,
                 uint32_t peer, struct mbp_events *events)
{
    const struct mbp_controller *controller = &plant->controllers[c];
    const struct mbp_unit *unit = &plant->units[controller->unit];
    unsigned addr = mbp_map_has(unit, block)
                        ? mbp_map_addr(plant, unit, block, c) + (unsigned)mbp_map_field_offset(block, field, NULL)
                        : 0;
    struct mbp_event event = mbp_controller_event(plant, MBP_EV_POINT_WRITTEN, c);
    event.value = (float)value;
    event.limit = (float)before;
    mbp_event_by(&event, peer);
    event.detail = mbp_event_write_detail(mbp_map[block].table, addr, 0, 0);
    mbp_events_emit(events, event);
}

void control_keep_output(const struct mbp_controller *controller, struct mbp_controller_state *now,
                         enum mbp_setting setting, double value)
{
    double before = control_proportional(controller, now);
    now->setting[setting] = value;
    if (!isnan(now->seen))
        now->integral += before - control_proportional(controller, now);
}

static void set_manual(const struct mbp_plant *plant, const struct mbp_controller *controller, struct mbp_state *state,
                       struct mbp_controller_state *now, double value)
{
    if (controller->two_position) /* on or off, whichever is nearer */
        value = plant->actuators[controller->output]
                    .range[value > (controller->output_range[0] + controller->output_range[1]) / 2 ? 1 : 0];
    now->setting[MBP_SET_MANUAL] = value;
    now->output = value;
    if (controller->output != UINT32_MAX)
        state->command[controller->output] = value;
}

void mbp_control_set(const struct mbp_plant *plant, struct mbp_state *state, uint32_t c, enum mbp_setting setting,
                     double value, uint32_t peer, struct mbp_events *events)
{
    const struct mbp_controller *controller = &plant->controllers[c];
    struct mbp_controller_state *now = &state->controller[c];
    double before = now->setting[setting];
    double wanted[MBP_SETTING_COUNT];
    for (unsigned i = 0; i < MBP_SETTING_COUNT; i++)
        wanted[i] = now->setting[i];
    wanted[setting] = value;
    bool taken = (setting == MBP_SET_MANUAL && now->automatic) ||
                 (setting == MBP_SET_SETPOINT && now->automatic && controller->outer != UINT32_MAX);
    if (taken || !mbp_setting_allowed(controller, setting, wanted) ||
        mbp_grid_same(&mbp_setting_register, value, before))
        return;
    if (setting == MBP_SET_MANUAL)
        set_manual(plant, controller, state, now, value);
    else
        control_keep_output(controller, now, setting, value);
    tell(plant, c, MBP_MAP_SETTINGS, setting, value, before, peer, events);
}

void mbp_control_switch(const struct mbp_plant *plant, struct mbp_state *state, uint32_t c, bool automatic,
                        uint32_t peer, struct mbp_events *events)
{
    struct mbp_controller_state *now = &state->controller[c];
    if (now->automatic == automatic)
        return;
    now->automatic = automatic;
    tell(plant, c, MBP_MAP_AUTOMATIC, 0, automatic, !automatic, peer, events);
}
