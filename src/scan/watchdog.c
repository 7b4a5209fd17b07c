/* Masters that stop writing. */
#include <math.h>

#include "mbplant/codec.h"
#include "mbplant/state/forced.h"
#include "mbplant/state/stored.h"
#include "scan_priv.h"

static struct mbp_event event_of(const struct mbp_plant *plant, const struct mbp_watchdog *watchdog,
                                 enum mbp_event_code code)
{
    return watchdog->actuator != UINT32_MAX ? mbp_actuator_event(plant, code, watchdog->actuator)
                                            : mbp_stored_event(plant, code, watchdog->stored);
}

/* What the value becomes; NaN = it stays. */
static double after_loss(const struct mbp_plant *plant, const struct mbp_watchdog *watchdog)
{
    switch ((enum mbp_on_loss)watchdog->on_loss) {
    case MBP_LOSS_ZERO:
        return 0;
    case MBP_LOSS_NUMBER:
        return watchdog->number;
    case MBP_LOSS_FAIL:
        return plant->actuators[watchdog->actuator].fail[MBP_EN_PANNE];
    case MBP_LOSS_HOLD:
        break;
    }
    return NAN;
}

/* The plant writes it in the master's place, so that the journal tells it as any other write, and keeps it. */
static void write_instead(struct mbp_scan *scan, const struct mbp_watchdog *watchdog)
{
    const struct mbp_plant *plant = scan->config.plant;
    double value = after_loss(plant, watchdog);
    if (isnan(value))
        return;
    if (watchdog->actuator != UINT32_MAX) {
        const struct mbp_actuator *actuator = &plant->actuators[watchdog->actuator];
        bool on = actuator->on_off && value > actuator->range[0];
        mbp_process_command(scan->process, scan->state, watchdog->actuator, actuator->on_off ? on : value, 0,
                            &scan->events);
        return;
    }
    const struct mbp_stored *stored = &plant->stored[watchdog->stored];
    uint64_t before = mbp_stored_kept(scan->state, watchdog->stored);
    uint64_t now =
        stored->reg.type == MBP_BOOL ? (uint64_t)(value > 0 || value < 0) : mbp_register_bits(&stored->reg, value);
    if (now == before)
        return;
    struct mbp_event event = mbp_stored_event(plant, MBP_EV_POINT_WRITTEN, watchdog->stored);
    const struct mbp_user_point *home = &plant->points[stored->point];
    event.value = (float)mbp_register_of_bits(&stored->reg, now);
    event.limit = (float)mbp_register_of_bits(&stored->reg, before);
    event.detail = mbp_event_write_detail(home->table, home->reg.addr, 0, 0);
    mbp_events_emit(&scan->events, event);
    mbp_stored_put(scan->state, watchdog->stored, now);
}

static void look(struct mbp_scan *scan, const struct mbp_watchdog *watchdog, struct mbp_watchdog_state *now)
{
    const struct mbp_plant *plant = scan->config.plant;
    uint32_t tag = watchdog->actuator != UINT32_MAX ? plant->sensor_count + watchdog->actuator
                                                    : mbp_touched_stored(plant, watchdog->stored);
    if ((scan->state->touched[tag] & MBP_TOUCHED_WRITTEN) != 0) {
        if (now->lost)
            mbp_events_emit(&scan->events, event_of(plant, watchdog, MBP_EV_MASTER_BACK));
        *now = (struct mbp_watchdog_state){0};
        return;
    }
    now->silent_ns = mbp_time_add_sat(now->silent_ns, plant->scan_ns);
    if (now->lost || now->silent_ns <= watchdog->after_ns)
        return;
    now->lost = true;
    struct mbp_event event = event_of(plant, watchdog, MBP_EV_MASTER_LOST);
    event.value = (float)((double)watchdog->after_ns / (double)MBP_NS_PER_S);
    mbp_events_emit(&scan->events, event);
    write_instead(scan, watchdog);
}

void scan_watch_masters(struct mbp_scan *scan)
{
    for (uint32_t w = 0; w < scan->config.plant->watchdog_count; w++)
        look(scan, &scan->config.plant->watchdogs[w], &scan->state->watchdog[w]);
}
