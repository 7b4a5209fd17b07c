/* The change as the journal's events. */
#include <math.h>

#include "change_priv.h"
#include "mbplant/event/comment.h"
#include "mbplant/event/tag.h"

static struct mbp_event event_of(const struct mbp_plant *plant, enum mbp_event_code code, uint32_t unit,
                                 uint32_t machine, uint32_t sensor, uint32_t peer)
{
    const struct mbp_unit *of = &plant->units[unit];
    return (struct mbp_event){
        .code = (uint16_t)code,
        .unit = of->id,
        .machine = mbp_number_of_machine(plant, machine),
        .sensor = sensor == UINT32_MAX ? MBP_NONE16 : mbp_item_of_sensor(plant, sensor),
        .value = NAN,
        .limit = NAN,
        .actor = MBP_PEER_ACTOR(peer),
    };
}

static struct mbp_event machine_event(const struct mbp_plant *plant, enum mbp_event_code code, uint32_t m,
                                      uint32_t peer)
{
    return event_of(plant, code, plant->machines[m].unit, m, UINT32_MAX, peer);
}

static struct mbp_event sensor_event(const struct mbp_plant *plant, enum mbp_event_code code, uint32_t s, uint32_t peer)
{
    return event_of(plant, code, plant->sensors[s].unit, plant->sensors[s].machine, s, peer);
}

void mbp_change_emit_removed(const struct mbp_change *change, uint32_t peer, struct mbp_events *events)
{
    for (uint32_t s = 0; s < change->from->sensor_count; s++) {
        if (change->sensor_to[s] == UINT32_MAX)
            mbp_events_emit(events, sensor_event(change->from, MBP_EV_SENSOR_REMOVED, s, peer));
    }
    for (uint32_t m = 0; m < change->from->machine_count; m++) {
        if (change->machine_to[m] == UINT32_MAX)
            mbp_events_emit(events, machine_event(change->from, MBP_EV_MACHINE_REMOVED, m, peer));
    }
}

static void emit_machine(const struct mbp_change *change, uint32_t m, uint32_t peer, struct mbp_events *events)
{
    uint32_t was = change->machine_from[m];
    if (was == UINT32_MAX) {
        mbp_events_emit(events, machine_event(change->to, MBP_EV_MACHINE_ADDED, m, peer));
    } else if (change->machine_details[m] != 0) {
        struct mbp_event event = machine_event(change->to, MBP_EV_MACHINE_CHANGED, m, peer);
        event.value = (float)event.machine;
        event.limit = (float)machine_event(change->from, MBP_EV_MACHINE_CHANGED, was, peer).machine;
        event.detail = change->machine_details[m];
        mbp_events_emit(events, event);
    }
}

static bool same_limit(double a, double b)
{
    return (isnan(a) && isnan(b)) || (!(a < b) && !(a > b) && !isnan(a) && !isnan(b));
}

/* What the file says of each limit that it gives otherwise now, as a master's write of it is told. */
static void emit_limits(const struct mbp_change *change, uint32_t s, uint32_t was, uint32_t peer,
                        struct mbp_events *events)
{
    for (uint32_t l = 0; l < MBP_LIMIT_COUNT; l++) {
        struct mbp_event event = sensor_event(change->to, MBP_EV_LIMIT_CHANGED, s, peer);
        event.value = (float)change->to->sensors[s].limits[l];
        event.limit = (float)change->from->sensors[was].limits[l];
        event.detail = l;
        if (!same_limit(change->to->sensors[s].limits[l], change->from->sensors[was].limits[l]))
            mbp_events_emit(events, event);
    }
}

static void emit_sensor(const struct mbp_change *change, uint32_t s, uint32_t peer, struct mbp_events *events)
{
    uint32_t was = change->sensor_from[s];
    if (was == UINT32_MAX) {
        mbp_events_emit(events, sensor_event(change->to, MBP_EV_SENSOR_ADDED, s, peer));
    } else if (change->sensor_details[s] != 0) {
        struct mbp_event event = sensor_event(change->to, MBP_EV_SENSOR_CHANGED, s, peer);
        event.value = (float)change->to->sensors[s].reg.addr;
        event.limit = (float)change->from->sensors[was].reg.addr;
        event.detail = change->sensor_details[s];
        mbp_events_emit(events, event);
        if ((change->sensor_details[s] & MBP_CHANGED_LIMITS) != 0)
            emit_limits(change, s, was, peer, events);
    }
}

void mbp_change_emit_added(const struct mbp_change *change, uint32_t peer, struct mbp_events *events)
{
    for (uint32_t m = 0; m < change->to->machine_count; m++)
        emit_machine(change, m, peer, events);
    for (uint32_t s = 0; s < change->to->sensor_count; s++)
        emit_sensor(change, s, peer, events);
}
