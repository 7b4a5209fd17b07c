/* What the instructor does with the plant's time: pause, step, speed. All of it happens between two scans, so that no
 * value of any scan depends on it. */
#include <math.h>

#include "mbplant/codec.h"
#include "mbplant/event/seed.h"
#include "mbplant/fault.h"
#include "mbplant/image/logbook.h"
#include "mbplant/point.h"
#include "tail.h"

void scan_between_begin(struct mbp_scan *scan)
{
    scan->events.count = 0;
    scan->events.wall_ms = scan->config.clock.wall_ms(scan->config.clock.ctx);
}

void scan_emit(struct mbp_scan *scan, enum mbp_event_code code, double value, double before, uint32_t detail,
               uint32_t peer)
{
    struct mbp_event event = {.code = (uint16_t)code,
                              .machine = MBP_NONE16,
                              .sensor = MBP_NONE16,
                              .value = (float)value,
                              .limit = (float)before,
                              .detail = detail};
    mbp_event_by(&event, peer);
    mbp_events_emit(&scan->events, event);
}

void scan_between_end(struct mbp_scan *scan)
{
    scan_record(scan);
    scan_publish(scan);
}

/* ---- pace ------------------------------------------------------------------------------------------------------- */

void mbp_scan_pause(struct mbp_scan *scan, uint32_t peer)
{
    if (scan->sim.paused)
        return;
    scan_pace_anew(scan);
    scan->sim.paused = true;
    scan->sim.speed_now = 0;
    scan->look_again_ns = scan_now_ns(scan);
    scan_emit_command(scan, MBP_EV_SIM_PAUSED, NAN, NAN, peer);
}

void mbp_scan_resume(struct mbp_scan *scan, uint32_t peer)
{
    if (!scan->sim.paused)
        return;
    scan_pace_anew(scan);
    scan->sim.paused = false;
    scan->sim.steps = 0;
    scan->sim.speed_now = scan->sim.speed; /* until it is measured */
    scan_emit_command(scan, MBP_EV_SIM_RESUMED, NAN, NAN, peer);
}

enum mbp_status mbp_scan_step_by(struct mbp_scan *scan, uint32_t scans, uint32_t peer)
{
    if (!scan->sim.paused)
        return MBP_ERR_BUSY;
    scan->sim.steps += scans;
    scan_emit_command(scan, MBP_EV_SIM_STEPPED, scans, NAN, peer);
    return MBP_OK;
}

enum mbp_status mbp_scan_set_speed(struct mbp_scan *scan, double speed, uint32_t peer)
{
    speed = round(speed * 1e6) / 1e6; /* the 0.1 of a float32 is 0.1 */
    if (!(speed >= MBP_SPEED_MIN && speed <= MBP_SPEED_MAX))
        return MBP_ERR_RANGE;
    double before = scan->sim.speed;
    if ((float)speed == (float)before)
        return MBP_OK;
    scan->sim.speed = speed;
    scan_pace_anew(scan);
    scan->sim.speed_now = scan->sim.paused ? 0 : speed;
    scan_emit_command(scan, MBP_EV_SIM_SPEED, speed, before, peer);
    return MBP_OK;
}

/* ---- the instructor's unit -------------------------------------------------------------------------------------- */

enum mbp_status mbp_scan_fault_set(struct mbp_scan *scan, uint32_t fault, bool on)
{
    return mbp_fault_set(scan->config.plant, scan->state, fault, on);
}

enum mbp_status mbp_scan_fault_begin(struct mbp_scan *scan, const struct mbp_effect *effect, uint32_t *fault)
{
    return mbp_fault_begin(scan->config.plant, scan->state, effect, fault);
}

static void apply_faults(struct mbp_scan *scan, const struct mbp_sim_commands *commands)
{
    uint32_t fault;
    for (uint32_t f = 0; f < mbp_fault_total(scan->config.plant); f++) {
        bool on = commands->coils[mbp_sim_fault_coil(scan->config.plant->fault_count, f)] != 0;
        if (on != scan->state->fault[f].active)
            mbp_fault_set(scan->config.plant, scan->state, f, on);
    }
    if (commands->begin)
        mbp_scan_fault_begin(scan, &commands->effect, &fault);
}

/* Changes a parameter (plant->parameters[parameter]) between two scans; recorded. MBP_ERR_MISSING; MBP_ERR_RANGE when
 * the value is no number. */
static enum mbp_status scan_set_parameter(struct mbp_scan *scan, uint32_t parameter, double value, uint32_t peer)
{
    const struct mbp_plant *plant = scan->config.plant;
    if (parameter >= plant->parameter_count)
        return MBP_ERR_MISSING;
    if (!isfinite(value))
        return MBP_ERR_RANGE;
    uint32_t s = plant->parameters[parameter];
    uint64_t before = scan->state->stored[s];
    uint64_t bits = mbp_register_bits(&plant->stored[s].reg, value);
    if (bits == before)
        return MBP_OK;
    struct mbp_event event = mbp_stored_event(plant, MBP_EV_POINT_WRITTEN, s);
    event.value = (float)value;
    event.limit = (float)mbp_register_of_bits(&plant->stored[s].reg, before);
    event.detail = mbp_event_write_detail(
        MBP_HOLDING_REGISTERS, (uint16_t)(MBP_SIM_HR_PARAMETERS + MBP_SIM_PARAMETER_WORDS * parameter), 0, 0);
    scan->state->stored[s] = bits;
    scan_emit_command_event(scan, event, peer);
    return MBP_OK;
}

void mbp_scan_set_seed(struct mbp_scan *scan, uint64_t seed, uint32_t peer)
{
    struct mbp_event event = {.code = MBP_EV_SIM_SEED, .machine = MBP_NONE16, .sensor = MBP_NONE16};
    if (seed == scan->state->seed)
        return;
    scan->state->seed = seed;
    mbp_fault_follow_seed(scan->config.plant, scan->state);
    scan->faults_unknown = true;
    scan->commands_missed = true; /* the event may wait: what it tells does not */
    mbp_event_put_seed(&event, seed);
    scan_emit_command_event(scan, event, peer);
}

/* What stands in the unit is what was published, or what somebody wrote since. */
static void apply_parameters(struct mbp_scan *scan, const uint16_t *words, uint32_t peer)
{
    const struct mbp_plant *plant = scan->config.plant;
    for (uint32_t p = 0; p < plant->parameter_count; p++)
        scan->parameters_asked[p] =
            mbp_codec_decode(MBP_FLOAT64, MBP_ABCD, 1.0, words + (size_t)MBP_SIM_PARAMETER_WORDS * p);
    for (uint32_t p = 0; p < plant->parameter_count; p++) /* each event publishes what is so */
        scan_set_parameter(scan, p, scan->parameters_asked[p], peer);
}

static void instruct(struct mbp_scan *scan, const struct mbp_sim_commands *commands)
{
    uint32_t peer = commands->peer.actor;
    bool reseed = commands->seed != scan->state->seed; /* else it is what was published: a restore may bring another */
    apply_faults(scan, commands);
    apply_parameters(scan, commands->parameters, peer);
    scan_apply_forces(scan);
    if (commands->snapshot)
        mbp_scan_snapshot(scan, peer);
    if (commands->restore)
        mbp_scan_restore(scan, peer);
    if (reseed)
        mbp_scan_set_seed(scan, commands->seed, peer);
    mbp_scan_set_speed(scan, commands->speed, peer); /* half a speed may be none: it waits for its other half */
    if (commands->paused)
        mbp_scan_pause(scan, peer);
    if (commands->steps != 0)
        mbp_scan_step_by(scan, commands->steps, peer);
    if (!commands->paused)
        mbp_scan_resume(scan, peer);
    scan->checkpoint_wanted = true; /* nothing else retains it */
}

bool scan_apply_sim_commands(struct mbp_scan *scan)
{
    struct mbp_image *image = scan->config.image;
    struct mbp_sim_commands commands;
    bool told = mbp_image_logbook_waits(image);
    bool asked =
        mbp_image_instructor_waits(image) && mbp_image_instructor_asked(image, scan_may_restore(scan), &commands);
    if (!told && !asked)
        return false;
    scan_tail_seen(scan);
    scan->keeps_back = true;
    if (told)
        scan_tell_logbook(scan);
    if (asked)
        instruct(scan, &commands);
    scan->keeps_back = false;
    scan_between_begin(scan);
    scan_between_end(scan);
    return true;
}
