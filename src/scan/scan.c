/* The scan cycle of a PLC: latch, logic, control, process, sense, diagnose, operate, publish, record. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "checkpoint.h"
#include "mbplant/diagnosis.h"
#include "mbplant/fault.h"
#include "mbplant/image/alarm_command.h"
#include "mbplant/image/touched.h"
#include "mbplant/logic.h"
#include "mbplant/machine.h"
#include "mbplant/state/forced.h"
#include "mbplant/state/stored.h"
#include "tail.h"

/* ---- latch ------------------------------------------------------------------------------------------------------ */

static void force_by_coil(struct mbp_scan *scan, const struct mbp_write *write)
{
    if (write->value == 0)
        mbp_process_release(scan->process, scan->state, write->index, write->peer.actor, &scan->events);
    else if ((scan->state->flags[write->index] & MBP_SENSOR_FORCED) == 0 &&
             scan->config.plant->sensors[write->index].inject == MBP_INJECT_HOLD)
        mbp_process_force(scan->process, scan->state, write->index, scan->state->value[write->index], write->peer.actor,
                          &scan->events);
}

/* Seconds that an interlock is held off; 0 arms it. */
static void bypass(struct mbp_scan *scan, const struct mbp_write *write)
{
    const struct mbp_alarm_command command = {.sensor = write->index,
                                              .alarm = MBP_ALARM_COUNT,
                                              .deed = write->value != 0 ? MBP_DEED_BYPASS : MBP_DEED_RESTORE,
                                              .seconds = (uint16_t)write->value,
                                              .peer = write->peer.actor};
    mbp_diagnosis_do(scan->config.plant, scan->state, &command, &scan->events);
}

/* What concerns alarms alone. */
static void latch_alarm(struct mbp_scan *scan, const struct mbp_write *write)
{
    const struct mbp_plant *plant = scan->config.plant;
    struct mbp_state *state = scan->state;
    uint32_t peer = write->peer.actor;
    bool on = write->value != 0;
    if (write->kind == MBP_WRITE_SHELVING)
        mbp_diagnosis_set_shelving(plant, state, write->index, (uint16_t)write->value, peer, &scan->events);
    else if (write->kind == MBP_WRITE_BYPASS)
        bypass(scan, write);
    else if (write->kind == MBP_WRITE_SHELVE_ALL)
        mbp_diagnosis_shelve_all(plant, state, write->index, on, peer, &scan->events);
    else if (write->kind == MBP_WRITE_SERVICE)
        mbp_diagnosis_remove(plant, state, write->index, on, peer, &scan->events);
    else if (on && write->kind == MBP_WRITE_ACKNOWLEDGE_SENSOR)
        mbp_diagnosis_acknowledge_sensor(plant, state, write->index, peer, &scan->events);
    else if (on && write->kind == MBP_WRITE_RESET_SENSOR)
        mbp_diagnosis_reset_sensor(plant, state, write->index, peer, &scan->events);
    else if (on && write->kind == MBP_WRITE_RESET)
        mbp_diagnosis_reset(plant, state, write->index, peer, &scan->events);
}

/* A value of a point's own: what it was and what it is, where that is something else. */
static void store(struct mbp_scan *scan, const struct mbp_write *write)
{
    const struct mbp_plant *plant = scan->config.plant;
    struct mbp_state *state = scan->state;
    const struct mbp_user_point *own = write->own;
    const struct mbp_register *reg = &plant->stored[write->index].reg;
    uint64_t before = mbp_stored_kept(state, write->index); /* beneath what holds it from outside */
    mbp_stored_take(plant, state, write->index, &own->reg, write->bits);
    uint64_t now = mbp_stored_kept(state, write->index);
    if (now == before)
        return;
    struct mbp_event event = mbp_stored_event(plant, MBP_EV_POINT_WRITTEN, write->index);
    event.value = (float)mbp_register_of_bits(reg, now);
    event.limit = (float)mbp_register_of_bits(reg, before);
    mbp_event_by(&event, write->peer.actor);
    event.detail = mbp_event_write_detail(own->table, own->reg.addr, 0, 0);
    mbp_events_emit(&scan->events, event);
}

/* What expressions see of it in this scan. */
static void touch(const struct mbp_plant *plant, struct mbp_state *state, const struct mbp_write *write)
{
    uint32_t tag = write->kind == MBP_WRITE_VALUE     ? write->index
                   : write->kind == MBP_WRITE_COMMAND ? plant->sensor_count + write->index
                   : write->kind == MBP_WRITE_STORED  ? mbp_touched_stored(plant, write->index)
                                                      : UINT32_MAX;
    if (tag != UINT32_MAX)
        state->touched[tag] |= MBP_TOUCHED_WRITTEN;
}

/* Limits that stand in no block, but at points, the tables do not say: those of the same sensor that were written
 * together stand next to each other. */
static void take_neighbours(const struct mbp_write *writes, size_t count, size_t at, double limits[MBP_LIMIT_COUNT])
{
    size_t first = at < MBP_LIMIT_COUNT ? 0 : at - MBP_LIMIT_COUNT;
    for (size_t i = first; i < count && i <= at + MBP_LIMIT_COUNT; i++) {
        if (writes[i].kind == MBP_WRITE_LIMIT && writes[i].index == writes[at].index)
            limits[writes[i].sub] = writes[i].value;
    }
}

/* Whether the limit is what the point already showed: that changes nothing, however coarse the point is. */
static bool is_shown_so(const struct mbp_state *state, const struct mbp_write *write)
{
    double now = state->limit[(size_t)write->index * MBP_LIMIT_COUNT + write->sub];
    return mbp_grid_same(&write->own->reg, now, write->value);
}

/* Gives a master's write to the stage that it is for, the i-th of them. */
static void latch_one(struct mbp_scan *scan, const struct mbp_write *writes, size_t count, size_t i)
{
    const struct mbp_plant *plant = scan->config.plant;
    double limits[MBP_LIMIT_COUNT];
    const struct mbp_write *write = &writes[i];
    uint32_t peer = write->peer.actor;
    switch (write->kind) {
    case MBP_WRITE_VALUE:
        mbp_process_force(scan->process, scan->state, write->index, write->value, peer, &scan->events);
        break;
    case MBP_WRITE_FORCED:
        force_by_coil(scan, write);
        break;
    case MBP_WRITE_LIMIT:
        mbp_image_limits(scan->config.image, write->index, limits);
        take_neighbours(writes, count, i, limits);
        if (write->own != NULL && is_shown_so(scan->state, write))
            break;
        mbp_diagnosis_set_limit(plant, scan->state, write->index, (enum mbp_limit)write->sub, limits, peer,
                                &scan->events);
        break;
    case MBP_WRITE_SHELVED:
        mbp_diagnosis_shelve(plant, scan->state, write->index, write->value != 0, peer, &scan->events);
        break;
    case MBP_WRITE_ACKNOWLEDGE:
        if (write->value != 0)
            mbp_diagnosis_acknowledge(plant, scan->state, write->index, peer, &scan->events);
        break;
    case MBP_WRITE_COMMAND:
        mbp_process_command(scan->process, scan->state, write->index, write->value, peer, &scan->events);
        break;
    case MBP_WRITE_SETTING:
        mbp_control_set(plant, scan->state, write->index, (enum mbp_setting)write->sub, write->value, peer,
                        &scan->events);
        break;
    case MBP_WRITE_MODE:
        mbp_control_switch(plant, scan->state, write->index, write->value != 0, peer, &scan->events);
        break;
    case MBP_WRITE_STORED:
        store(scan, write);
        break;
    case MBP_WRITE_ACKNOWLEDGE_SENSOR:
    case MBP_WRITE_RESET:
    case MBP_WRITE_RESET_SENSOR:
    case MBP_WRITE_SHELVE_ALL:
    case MBP_WRITE_SHELVING:
    case MBP_WRITE_SERVICE:
    case MBP_WRITE_BYPASS:
        latch_alarm(scan, write);
        break;
    case MBP_WRITE_STATE:
    case MBP_WRITE_NONE:
    case MBP_WRITE_SIMULATION:
    case MBP_WRITE_RECORD:
        break;
    }
}

/* A machine's commands wait for `operate`. */
static void latch(struct mbp_scan *scan, const struct mbp_write *writes, size_t count)
{
    struct scan_asked asked = scan_take_alarm_commands(scan);
    for (size_t i = 0; i < count; i++) {
        scan_do_alarm_commands(scan, &asked, i);
        touch(scan->config.plant, scan->state, &writes[i]);
        latch_one(scan, writes, count, i);
    }
    scan_do_alarm_commands(scan, &asked, SIZE_MAX);
}

/* ---- operate ---------------------------------------------------------------------------------------------------- */

static void request_states(struct mbp_scan *scan, const struct mbp_write *writes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (writes[i].kind == MBP_WRITE_STATE && writes[i].value != 0)
            mbp_machine_request(scan->config.plant, scan->state, writes[i].index, (enum mbp_state_code)writes[i].sub,
                                writes[i].peer.actor, &scan->events);
    }
}

static void operate(struct mbp_scan *scan, const struct mbp_write *writes, size_t count)
{
    request_states(scan, writes, count);
    mbp_machine_operate(scan->config.plant, scan->state, &scan->events);
}

void scan_latch_now(struct mbp_scan *scan)
{
    const struct mbp_write *writes;
    size_t count = mbp_image_latch(scan->config.image, &writes);
    latch(scan, writes, count);
    scan_latch_written(scan);
    scan_tail_latched(scan);
    request_states(scan, writes, count);
    scan_emit_all_writes(scan);
    scan_latch_refusals(scan);
}

/* ---- publish ---------------------------------------------------------------------------------------------------- */

void scan_publish(struct mbp_scan *scan)
{
    struct mbp_journal *journal = scan->config.journal;
    struct mbp_figures *figures = &scan->figures;
    figures->scan_us_last = scan->stats.last_us;
    figures->scan_us_max = scan->stats.max_us;
    figures->late_scans = scan->stats.late > UINT32_MAX ? UINT32_MAX : (uint32_t)scan->stats.late;
    if (journal != NULL) {
        uint32_t last = mbp_journal_last(journal);
        if (last != figures->last_event)
            figures->recent_count = mbp_journal_recent(journal, MBP_RECENT_EVENTS, scan->recent);
        figures->last_event = last;
        figures->oldest_event = mbp_journal_oldest(journal);
        figures->last_incident = mbp_journal_last_incident(journal);
        struct mbp_journal_health health = mbp_journal_health(journal);
        figures->journal_trouble = health.trouble;
        figures->journal_used_permille = health.used_permille;
        figures->events_lost = health.lost;
        figures->newest_event = health.newest + (uint32_t)scan->unrecorded;
    }
    figures->recent = scan->recent;
    mbp_image_refresh(scan->config.image, scan->state, figures);
    scan->sim.late = scan->stats.late;
    mbp_image_publish_instructor(scan->config.image, scan->state, &scan->sim);
}

/* ---- the cycle -------------------------------------------------------------------------------------------------- */

/* The one place where a value's way through the plant can be read. */
void mbp_scan_step(struct mbp_scan *scan)
{
    struct mbp_state *state = scan->state;
    const struct mbp_clock *clock = &scan->config.clock;
    scan_apply_sim_commands(scan);
    if (scan->observer.before != NULL)
        scan->observer.before(scan->observer.ctx);
    uint64_t begin_ns = clock->mono_ns(clock->ctx);
    state->scan++;
    state->tick++;
    state->sim_ns += scan->config.plant->scan_ns;
    state->wall_ms = clock->wall_ms(clock->ctx);
    scan->events.count = 0;
    scan->events.scan = (uint32_t)state->scan;
    scan->events.wall_ms = state->wall_ms;

    scan_emit_clock(scan, begin_ns);
    const struct mbp_write *writes;
    size_t count = mbp_image_latch(scan->config.image, &writes);
    if (state->touched_count > 0)
        memset(state->touched, 0, state->touched_count);
    mbp_image_latch_reads(scan->config.image, state->touched);
    latch(scan, writes, count);
    scan_latch_written(scan);
    scan_tail_latched(scan);
    scan_coalesce_writes(scan);
    scan_latch_refusals(scan);
    scan_watch_masters(scan);
    mbp_process_follow_seed(scan->process, state);
    mbp_fault_run(scan->config.plant, state);
    mbp_logic_run(scan->config.plant, state, &scan->events);
    mbp_control_run(scan->control, state);
    mbp_process_advance(scan->process, state);
    mbp_process_sense(scan->process, state);
    mbp_logic_watch(scan->config.plant, state);
    mbp_logic_emit(scan->config.plant, state, &scan->events);
    mbp_diagnosis_run(scan->config.plant, state, &scan->events);
    operate(scan, writes, count);
    mbp_logic_compute(scan->config.plant, state, false);
    mbp_logic_emit(scan->config.plant, state, &scan->events);
    scan_order_writes(scan);
    scan_emit_production_on_the_hour(scan);
    scan->unrecorded = scan->events.count;
    scan_publish(scan);
    scan->unrecorded = 0;
    scan_record(scan);

    uint64_t took_us = (clock->mono_ns(clock->ctx) - begin_ns) / 1000;
    scan->stats.scans++;
    scan->stats.last_us = took_us > UINT32_MAX ? UINT32_MAX : (uint32_t)took_us;
    if (scan->stats.last_us > scan->stats.max_us)
        scan->stats.max_us = scan->stats.last_us;
    if (scan->observer.after != NULL)
        scan->observer.after(scan->observer.ctx, scan->events.items, scan->events.count);
}

void mbp_scan_observe(struct mbp_scan *scan, const struct mbp_scan_observer *observer)
{
    scan->observer = observer != NULL ? *observer : (struct mbp_scan_observer){0};
}

/* ---- life ------------------------------------------------------------------------------------------------------- */

/* The most that one scan can bring, for what goes with an event survives a restart: of a sensor its value, its forced
 * and its shelved coil, its shelving time, its machine's shelving, an end of its shelf, its service coil, suppression
 * gone and come, four limits changed, seven alarms acknowledged, seven reset and seven raised or cleared; of a machine
 * three requests and a planned end of maintenance with two events each, a trip or maintenance due, its counters; of an
 * actuator its command; of a controller its settings and its mode; of the raw points as many as are told; and the
 * refused writes, each with a count: what is new, and what every peer had coalesced; of an expression its fault, and of
 * an assignment the two of a request; of a watchdog a loss and a write, or a return; the instructor's that waited; of a
 * command to an alarm two. */
size_t scan_events_capacity(const struct mbp_plant *plant)
{
    return 256 + 2 * SCAN_COMMANDS_MAX + 2 * (size_t)MBP_ALARM_COMMANDS_MAX + 3 * (size_t)plant->formula_count +
           11 * (size_t)plant->machine_count + 34 * (size_t)plant->sensor_count + mbp_setting_count(plant) +
           plant->point_count + 3 * (size_t)plant->watchdog_count + MBP_WRITTEN_MAX + MBP_SIM_FORCED_MAX +
           2 * (MBP_REFUSALS_MAX + SCAN_SEATS + 1);
}

static enum mbp_status make_parts(struct mbp_scan *scan)
{
    const struct mbp_plant *plant = scan->config.plant;
    const struct mbp_clock *clock = &scan->config.clock;
    enum mbp_status status = mbp_events_alloc(&scan->events, scan_events_capacity(plant));
    scan->retained_in = scan_retained_new(plant);
    scan->command_told = calloc(mbp_setting_count(plant), sizeof *scan->command_told);
    if (status == MBP_OK && (scan->retained_in == NULL || scan->command_told == NULL))
        status = MBP_ERR_MEMORY;
    if (status == MBP_OK)
        status = scan_writes_new(&scan->writes);
    if (status == MBP_OK && scan->process == NULL)
        status = mbp_process_new(plant, &scan->process);
    if (status == MBP_OK)
        status = mbp_control_new(plant, &scan->control);
    return status == MBP_OK ? mbp_state_new(plant, clock->wall_ms(clock->ctx), &scan->state) : status;
}

static void begin_pace(struct mbp_scan *scan)
{
    const struct mbp_clock *clock = &scan->config.clock;
    scan->timer_fd = -1;
    scan->sim.speed = scan->config.speed;
    scan->sim.speed_now = scan->config.speed; /* until it is measured */
    scan->wall_period_ns = (uint64_t)((double)scan->config.plant->scan_ns / scan->config.speed);
    scan->pace_mark_ns = clock->mono_ns(clock->ctx);
    scan->next_due_ns = scan->pace_mark_ns + scan->wall_period_ns;
}

static void emit_start(struct mbp_scan *scan)
{
    scan->counters_told_ns = scan->state->sim_ns;
    scan->checkpoint_wanted = true;
    scan->events.scan = (uint32_t)scan->state->scan;
    scan->events.wall_ms = scan->state->wall_ms;
    scan->commands.budget = scan_budget_full(scan_now_ns(scan));
    scan_emit_all_writes(scan); /* of a run that was cut off, as the next two */
    scan_emit_all_refusals(scan);
    scan_emit_waiting_commands(scan);
    scan_emit(scan, MBP_EV_START, NAN, NAN, 0, 0);
    scan_emit(scan, MBP_EV_PLANT_LOADED, NAN, (double)scan->config.plant->scan_ns / (double)MBP_NS_PER_S,
              scan->config.plant->text_crc, 0);
    scan_emit_production_at_start(scan);
    mbp_logic_compute(scan->config.plant, scan->state, true);
    scan_record(scan);
    scan_publish(scan);
}

/* Room that is taken once, for what a scan must not wait for. */
static enum mbp_status take_room(struct mbp_scan *scan)
{
    const struct mbp_scan_config *config = &scan->config;
    enum mbp_status status = MBP_OK;
    if (config->plant->instructor && scan->snapshot == NULL)
        status = mbp_state_clone(scan->state, &scan->snapshot);
    if (status == MBP_OK && config->journal != NULL && config->checkpoint_every_ns != 0 && scan->checkpoint == NULL)
        status = scan_checkpoint_new(config->image, scan->state, &scan->checkpoint);
    return status;
}

enum mbp_status mbp_scan_new(const struct mbp_scan_config *config, struct mbp_scan **out)
{
    struct scan_past past = {0};
    struct mbp_scan *scan = calloc(1, sizeof *scan);
    if (scan == NULL)
        return MBP_ERR_MEMORY;
    scan->config = *config;
    enum mbp_status status = scan_look_back(scan, &past);
    if (status == MBP_OK)
        status = make_parts(scan);
    begin_pace(scan);
    if (status == MBP_OK)
        status = scan_resume(scan, &past);
    if (status == MBP_OK && scan->former == NULL)
        status = take_room(scan);
    if (status == MBP_OK)
        scan_tail_begin(scan, &past);
    if (status == MBP_OK)
        emit_start(scan);
    if (status == MBP_OK)
        scan_tail_write(scan, &past);
    if (status == MBP_OK && scan->config.plant->stored_count > 0) {
        mbp_image_forget(scan->config.image);
        scan_publish(scan);
    }
    if (status == MBP_OK && scan->former != NULL) {
        status = scan_follow_edit(scan, config);
        if (status == MBP_OK)
            status = take_room(scan);
    }
    if (status == MBP_OK) {
        scan_guard_logbook(scan);
        *out = scan;
    } else {
        mbp_scan_take_former(scan); /* the journal may still use it: it goes with the program */
        mbp_scan_free(scan);
    }
    scan_past_free(&past);
    return status;
}

struct mbp_plant *mbp_scan_take_former(struct mbp_scan *scan)
{
    struct mbp_plant *former = scan->former;
    scan->former = NULL;
    return former;
}

void mbp_scan_close(struct mbp_scan *scan)
{
    scan->sim.paused = scan->sim.paused || scan->stopped_paused;
    scan_apply_sim_commands(scan);
    scan->events.count = 0;
    scan->events.wall_ms = scan->config.clock.wall_ms(scan->config.clock.ctx);
    scan_emit_waiting_commands(scan);
    struct scan_asked asked = scan_take_alarm_commands(scan);
    scan_do_alarm_commands(scan, &asked, SIZE_MAX);
    scan_latch_written(scan);
    scan_emit_all_writes(scan);
    scan_latch_refusals(scan);
    scan_emit_all_refusals(scan);
    scan_emit(scan, MBP_EV_STOP, NAN, NAN, 0, 0);
    scan_record_last(scan);
    scan_checkpoint_take_last(scan);
    if (scan->config.journal != NULL)
        mbp_journal_hand_over(scan->config.journal);
}

void mbp_scan_free(struct mbp_scan *scan)
{
    if (scan == NULL)
        return;
    mbp_events_free(&scan->events);
    free(scan->command_told);
    free(scan->retained_in);
    scan_checkpoint_free(scan->checkpoint);
    scan_checkpoint_free(scan->checkpoints_left);
    free(scan->writes);
    mbp_process_free(scan->process);
    mbp_control_free(scan->control);
    mbp_state_free(scan->state);
    mbp_state_free(scan->snapshot);
    mbp_plant_free(scan->former);
    free(scan);
}

const struct mbp_state *mbp_scan_state(const struct mbp_scan *scan)
{
    return scan->state;
}

struct mbp_scan_stats mbp_scan_stats(const struct mbp_scan *scan)
{
    return scan->stats;
}

void mbp_scan_set_http_port(struct mbp_scan *scan, uint16_t port)
{
    scan->figures.http_port = port;
}

void mbp_scan_set_link(struct mbp_scan *scan, const struct mbp_link_figures *link)
{
    scan->figures.link = *link;
}

const struct mbp_link_figures *mbp_scan_link(const struct mbp_scan *scan)
{
    return &scan->figures.link;
}

struct mbp_sim_figures mbp_scan_sim(const struct mbp_scan *scan)
{
    return scan->sim;
}
