/* A changed plant takes over between two scans. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "checkpoint.h"
#include "mbplant/diagnosis.h"
#include "mbplant/fault.h"
#include "mbplant/logic.h"
#include "tail.h"

/* So many records must have room before anything is touched: then the change itself cannot fail any more. */
#define RECORDS_FIRST 4096u

struct mbp_next_scan {
    const struct mbp_plant *plant;
    struct mbp_image *image;
    const struct mbp_change *change;
    struct mbp_process *process;
    struct mbp_control *control;
    struct mbp_state *state;
    struct scan_checkpoint *checkpoint;
    uint64_t *command_told;
    uint32_t *retained_in;
    struct mbp_events events;
};

enum mbp_status mbp_next_scan_new(const struct mbp_plant *plant, struct mbp_image *image,
                                  const struct mbp_change *change, struct mbp_next_scan **out)
{
    struct mbp_next_scan *next = calloc(1, sizeof *next);
    if (next == NULL)
        return MBP_ERR_MEMORY;
    next->plant = plant;
    next->image = image;
    next->change = change;
    enum mbp_status status = mbp_events_alloc(&next->events, scan_events_capacity(plant));
    if (status == MBP_OK)
        status = mbp_process_new(plant, &next->process);
    if (status == MBP_OK)
        status = mbp_control_new(plant, &next->control);
    if (status == MBP_OK)
        status = mbp_state_new(plant, 0, &next->state);
    if (status == MBP_OK)
        status = scan_checkpoint_new(image, next->state, &next->checkpoint);
    next->command_told = malloc(mbp_setting_count(plant) * sizeof *next->command_told + 1);
    next->retained_in = scan_retained_new(plant);
    if (status == MBP_OK && (next->command_told == NULL || next->retained_in == NULL))
        status = MBP_ERR_MEMORY;
    if (status != MBP_OK) {
        mbp_next_scan_free(next);
        return status;
    }
    *out = next;
    return MBP_OK;
}

void mbp_next_scan_free(struct mbp_next_scan *next)
{
    if (next == NULL)
        return;
    mbp_events_free(&next->events);
    free(next->command_told);
    free(next->retained_in);
    mbp_process_free(next->process);
    mbp_control_free(next->control);
    mbp_state_free(next->state);
    scan_checkpoint_free(next->checkpoint);
    free(next);
}

static void begin_events(struct mbp_scan *scan)
{
    scan->events.count = 0;
    scan->events.scan = (uint32_t)scan->state->scan;
    scan->events.wall_ms = scan->state->wall_ms;
}

/* What masters have written belongs to the plant that they saw. */
static void finish_writes(struct mbp_scan *scan)
{
    scan->state->wall_ms = scan->config.clock.wall_ms(scan->config.clock.ctx);
    begin_events(scan);
    scan_latch_now(scan);
    scan_emit_all_refusals(scan); /* an address may be another point's from now on */
    scan_record_many(scan);
}

/* The change and a checkpoint of what it made go to the disk together, which one on its way there would prevent. */
static bool has_room(struct mbp_journal *journal)
{
    if (mbp_journal_checkpoint_busy(journal))
        mbp_journal_flush(journal);
    return mbp_journal_has_room(journal, RECORDS_FIRST) ||
           (mbp_journal_flush(journal) == MBP_OK && mbp_journal_has_room(journal, RECORDS_FIRST));
}

static struct mbp_carry carry_of(const struct mbp_change *change)
{
    return (struct mbp_carry){change->from,          change->to,
                              change->sensor_from,   change->machine_from,
                              change->actuator_from, change->controller_from,
                              change->stored_from};
}

/* The signals of what is new are at rest in the states that the machines are in; everything else goes on. */
static void carry_over(struct mbp_scan *scan, struct mbp_next_scan *next)
{
    const struct mbp_change *change = next->change;
    const struct mbp_carry carry = carry_of(change);
    for (uint32_t m = 0; m < next->plant->machine_count; m++)
        next->state->machine[m].since_ms = scan->state->wall_ms;
    mbp_state_carry(&carry, scan->state, next->state);
    mbp_process_find_steady_state(next->process, next->state);
    mbp_process_sense(next->process, next->state);
    mbp_state_carry(&carry, scan->state, next->state);
    mbp_control_carry(&carry, next->state);
    mbp_fault_carry(change->from, scan->state, change->to, next->state);
    mbp_diagnosis_update(next->plant, next->state);
    mbp_logic_compute(next->plant, next->state, true);
    mbp_image_carry(&carry, scan->config.image, next->image);
}

/* The new one's parts take the places of the old ones, which go with `next`. */
static void swap(struct mbp_scan *scan, struct mbp_next_scan *next)
{
    struct mbp_next_scan old = {.process = scan->process,
                                .control = scan->control,
                                .state = scan->state,
                                .command_told = scan->command_told,
                                .retained_in = scan->retained_in,
                                .events = scan->events};
    scan->process = next->process;
    scan->control = next->control;
    scan->state = next->state;
    scan->events = next->events;
    scan->command_told = next->command_told;
    scan->retained_in = next->retained_in;
    scan->faults_unknown = true; /* the journal learns all of them anew */
    for (size_t a = 0; a < mbp_setting_count(next->plant); a++)
        scan->command_told[a] = SCAN_UNTOLD; /* and all of these */
    scan->events.lost = old.events.lost;
    scan->config.plant = next->plant;
    scan->config.image = next->image;
    scan_guard_logbook(scan);
    if (scan->polling)
        scan_serve_lock_steps(scan);
    next->process = old.process;
    next->control = old.control;
    next->state = old.state;
    next->events = old.events;
    next->command_told = old.command_told;
    next->retained_in = old.retained_in;
}

/* What has a row goes on having one; that of what is gone goes too. */
static void carry_rows(struct mbp_scan *scan, const struct mbp_change *change, const uint32_t *before)
{
    const uint32_t sensors = change->to->sensor_count;
    for (uint32_t s = 0; s < sensors; s++)
        scan->retained_in[s] = change->sensor_from[s] != UINT32_MAX ? before[change->sensor_from[s]] : 0;
    before += change->from->sensor_count;
    for (uint32_t m = 0; m < change->to->machine_count; m++)
        scan->retained_in[sensors + m] = change->machine_from[m] != UINT32_MAX ? before[change->machine_from[m]] : 0;
    scan->forgets = true;
}

/* It is of a plant that is no more. */
static void drop_snapshot(struct mbp_scan *scan)
{
    mbp_state_free(scan->snapshot);
    scan->snapshot = NULL;
    scan->sim.snapshot = false;
}

/* Another run knows by the checkpoint which plant it goes on from: nobody is shown anything of the new one before that
 * is stored. A disk that refuses is not waited for. */
static void make_durable(struct mbp_scan *scan, bool has_tail)
{
    if (!has_tail)
        return;
    if (!mbp_journal_in_trouble(scan->config.journal))
        mbp_journal_flush(scan->config.journal);
    scan_tail_change(scan);
}

enum mbp_status mbp_scan_change(struct mbp_scan *scan, struct mbp_next_scan *next, uint32_t peer)
{
    const struct mbp_change *change = next->change;
    struct mbp_journal *journal = scan->config.journal;
    if (journal != NULL && !has_room(journal))
        return MBP_ERR_BUSY;
    uint64_t period_ns = scan->config.plant->scan_ns;
    scan_apply_sim_commands(scan);
    finish_writes(scan);
    enum mbp_status status = journal != NULL ? mbp_journal_change_plant(journal, next->plant) : MBP_OK;
    if (status != MBP_OK)
        return status == MBP_ERR_MEMORY ? status : MBP_ERR_BUSY;
    begin_events(scan);
    mbp_diagnosis_leave_bypasses(change->from, scan->state, change->sensor_to, peer, &scan->events);
    const struct mbp_carry carry = carry_of(change);
    scan_release_dropped(scan, &carry, next->state, peer);
    mbp_change_emit_removed(change, peer, &scan->events);
    scan_record_gone(scan);
    carry_over(scan, next);
    swap(scan, next);
    carry_rows(scan, change, next->retained_in);
    drop_snapshot(scan);
    bool has_tail = scan_tail_leave(scan);
    scan_checkpoint_change(scan, &next->checkpoint);
    scan_forget_writes(scan);
    begin_events(scan);
    scan_emit(scan, MBP_EV_PLANT_CHANGED, (double)change->added + change->removed + change->changed,
              (double)next->plant->scan_ns / (double)MBP_NS_PER_S, next->plant->text_crc, peer);
    mbp_change_emit_added(change, peer, &scan->events);
    if (scan->retain_from != UINT32_MAX)
        scan->retain_from = 0;
    scan_record_many(scan);
    make_durable(scan, has_tail);
    scan_publish(scan);
    if (scan->config.plant->scan_ns != period_ns)
        scan_pace_anew(scan);
    mbp_next_scan_free(next);
    return MBP_OK;
}
