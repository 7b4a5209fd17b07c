/* Snapshot and restore: one copy of all that moves, there and back. The journal tells of the restore, and of each alarm
 * and machine state that is another one after it, so that whoever counts by the journal counts right. */
#include <math.h>

#include "mbplant/diagnosis.h"
#include "mbplant/logic.h"
#include "mbplant/view.h"
#include "tail.h"

static enum mbp_status have_memory(struct mbp_scan *scan)
{
    return scan->snapshot != NULL ? MBP_OK : mbp_state_clone(scan->state, &scan->snapshot);
}

static void show(struct mbp_scan *scan)
{
    scan->sim.snapshot = true;
    scan->sim.snapshot_scan = scan->snapshot->scan;
    scan->sim.snapshot_ns = scan->snapshot->sim_ns;
}

void scan_take_snapshot(struct mbp_scan *scan, const void *bytes, size_t len)
{
    if (have_memory(scan) == MBP_OK && mbp_state_take(scan->config.plant, scan->snapshot, bytes, len) == MBP_OK)
        show(scan);
}

enum mbp_status mbp_scan_snapshot(struct mbp_scan *scan, uint32_t peer)
{
    enum mbp_status status = have_memory(scan);
    if (status != MBP_OK)
        return status;
    mbp_state_copy(scan->snapshot, scan->state);
    show(scan);
    scan_tail_snapshot(scan);
    scan_emit_command(scan, MBP_EV_SIM_SNAPSHOT, NAN, NAN, peer);
    return MBP_OK;
}

static void emit_alarms(struct mbp_scan *scan, const struct mbp_state *then, uint32_t s, uint32_t peer)
{
    const struct mbp_state *now = scan->state;
    for (uint32_t l = 0; l < MBP_ALARM_COUNT; l++) {
        unsigned was = now->active[s] >> l & 1u;
        unsigned becomes = then->active[s] >> l & 1u;
        if (was == becomes)
            continue;
        struct mbp_event event =
            mbp_sensor_event(scan->config.plant, becomes != 0 ? MBP_EV_ALARM_RAISED : MBP_EV_ALARM_CLEARED, s);
        event.value = (float)mbp_diagnosis_measured(then, s, l);
        event.limit = (float)mbp_diagnosis_against(scan->config.plant, then, s, l);
        event.detail = l;
        event.actor = MBP_PEER_ACTOR(peer);
        mbp_events_emit(&scan->events, event);
    }
}

/* Interlocks that are held off by it, or armed again. */
static void emit_bypasses(struct mbp_scan *scan, const struct mbp_state *then, uint32_t s, uint32_t peer)
{
    unsigned becomes = then->alone[s].bypassed;
    for (unsigned left = scan->state->alone[s].bypassed ^ becomes; left != 0; left &= left - 1) {
        unsigned a = (unsigned)__builtin_ctz(left);
        bool off = (becomes >> a & 1u) != 0;
        struct mbp_event event =
            mbp_sensor_event(scan->config.plant, off ? MBP_EV_INTERLOCK_BYPASSED : MBP_EV_INTERLOCK_RESTORED, s);
        event.value = off ? (float)mbp_view_bypassed_s(then, s, a) : NAN;
        event.detail = mbp_event_of_alarm(off ? MBP_SHELVED_TIMED : MBP_UNSHELVED_BY_COMMAND, a);
        event.actor = MBP_PEER_ACTOR(peer);
        mbp_events_emit(&scan->events, event);
    }
}

static void emit_machine(struct mbp_scan *scan, const struct mbp_state *then, uint32_t m, uint32_t peer)
{
    uint8_t from = scan->state->machine[m].state;
    uint8_t to = then->machine[m].state;
    if (from == to)
        return;
    struct mbp_event event = mbp_machine_event(scan->config.plant, MBP_EV_MACHINE_STATE, m);
    event.detail = mbp_event_state_detail(from, to, MBP_CAUSE_RESTORED);
    event.actor = MBP_PEER_ACTOR(peer);
    mbp_events_emit(&scan->events, event);
}

void scan_restore_to(struct mbp_scan *scan, const struct mbp_state *then, uint32_t peer)
{
    const struct mbp_plant *plant = scan->config.plant;
    scan_between_begin(scan);
    scan_emit_waiting_commands(scan);
    scan_emit_production(scan);
    scan_emit(scan, MBP_EV_SIM_RESTORED, NAN, NAN, (uint32_t)then->scan, peer);
    for (uint32_t s = 0; s < plant->sensor_count; s++)
        emit_alarms(scan, then, s, peer);
    for (uint32_t s = 0; s < plant->sensor_count; s++)
        emit_bypasses(scan, then, s, peer);
    for (uint32_t m = 0; m < plant->machine_count; m++)
        emit_machine(scan, then, m, peer);
    mbp_logic_emit_restore(plant, scan->state, then, &scan->events);
    mbp_state_restore(scan->state, then, scan->events.wall_ms);
    scan->sim.restored++;
    scan->faults_unknown = true;
    scan->commands_missed = true;
    scan_retain_all(scan); /* what survives a restart is everything's state, as it is now */
    scan->counters_told_ns = scan->state->sim_ns;
    scan_emit_production(scan);
    scan_pay_restore(scan, scan->events.count);
    scan_between_end(scan);
}

enum mbp_status mbp_scan_restore(struct mbp_scan *scan, uint32_t peer)
{
    if (!scan->sim.snapshot)
        return MBP_ERR_MISSING;
    scan_restore_to(scan, scan->snapshot, peer);
    return MBP_OK;
}
