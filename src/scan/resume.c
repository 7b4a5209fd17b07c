/* How a run begins: from the checkpoint that the one before it left and what was retained since, or from the retained
 * rows alone, or as the plant file says. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checkpoint.h"
#include "mbplant/diagnosis.h"
#include "mbplant/fault.h"
#include "mbplant/state/seed.h"
#include "mbplant/state/stored.h"
#include "tail.h"

/* ---- retained rows ---------------------------------------------------------------------------------------------- */

static void resume_fault(void *ctx, const struct mbp_retained_fault *kept)
{
    struct mbp_scan *scan = ctx;
    if (!mbp_fault_resume(scan->config.plant, scan->state, kept))
        scan->faults_unknown = true; /* it is as its file says now, and that is what is to be retained */
}

/* It has a row; a command's or setting's is written anew. */
static void note_row(void *ctx, uint32_t item)
{
    struct mbp_scan *scan = ctx;
    const uint32_t settings_from = scan->config.plant->sensor_count + scan->config.plant->machine_count;
    if (item < settings_from)
        scan->retained_in[item] = SCAN_HAS_ROW;
    else
        scan->command_told[item - settings_from] = SCAN_UNTOLD;
}

static enum mbp_status take_rows(struct mbp_scan *scan, bool newer_only)
{
    enum mbp_status status = mbp_journal_restore(scan->config.journal, newer_only, scan->state, note_row, scan);
    if (status == MBP_OK)
        status = mbp_journal_faults(scan->config.journal, newer_only, resume_fault, scan);
    return status;
}

static bool has_past(struct mbp_journal *journal)
{
    struct mbp_event last;
    return mbp_journal_recent(journal, 1, &last) == 1;
}

/* A row whose file was edited still has what the edit superseded, and that would come back when the edit is taken back:
 * so all rows are written anew, behind the start's events. Likewise rows of what the edit removed: they go. */
static enum mbp_status begin_with_rows(struct mbp_scan *scan)
{
    enum mbp_status status = take_rows(scan, false);
    if (status == MBP_OK && has_past(scan->config.journal)) {
        scan->retain_from = 0;
        scan->forgets = true;
    }
    return status;
}

/* Signals at rest, in the states that the machines are in. */
static enum mbp_status begin_at_rest(struct mbp_scan *scan, const struct scan_past *past)
{
    enum mbp_status status = scan->config.journal != NULL ? begin_with_rows(scan) : MBP_OK;
    if (status != MBP_OK)
        return status;
    scan_tail_take_pending(scan, past);
    mbp_diagnosis_update(scan->config.plant, scan->state);
    mbp_process_find_steady_state(scan->process, scan->state);
    mbp_process_sense(scan->process, scan->state);
    return MBP_OK;
}

/* ---- a checkpoint ----------------------------------------------------------------------------------------------- */

/* The run before was cut off: what it told since the checkpoint is in rows, and what was confirmed and not told yet in
 * the journal's tail. */
static enum mbp_status go_on_behind(struct mbp_scan *scan, const struct scan_past *past)
{
    bool newer = mbp_journal_has_newer(scan->config.journal);
    enum mbp_status status = newer ? take_rows(scan, true) : MBP_OK;
    if (status != MBP_OK)
        return status;
    bool pending = scan_tail_take_pending(scan, past);
    if (!newer && !pending)
        return MBP_OK;
    mbp_diagnosis_update(scan->config.plant, scan->state);
    mbp_process_sense(scan->process, scan->state);
    return MBP_OK;
}

static void say_refused(enum mbp_status status)
{
    mbp_log(MBP_LOG_WARNING,
            "the last checkpoint %s: process values begin at rest; machines, alarms, limits, forced sensors, "
            "commands and what points hold go on; other points that were forced are let go",
            status == MBP_ERR_NEWER ? "is of another version of mbplantd" : "is damaged");
}

static void say_edited(const char *why)
{
    mbp_log(MBP_LOG_WARNING,
            "the plant file was edited, and %s: process values begin at rest; machines, alarms, limits, forced "
            "sensors, commands and what points hold go on; other points that were forced are let go",
            why);
}

static enum mbp_status state_anew(struct mbp_scan *scan)
{
    mbp_state_free(scan->state);
    scan->state = NULL;
    return mbp_state_new(scan->config.plant, scan->config.clock.wall_ms(scan->config.clock.ctx), &scan->state);
}

static enum mbp_status go_on(struct mbp_scan *scan, const struct scan_past *past)
{
    enum mbp_status status = scan_checkpoint_resume(scan, &past->stored, past->tail_taken);
    if (status == MBP_OK)
        return go_on_behind(scan, past);
    if (status == MBP_ERR_MEMORY)
        return status;
    say_refused(status);
    status = state_anew(scan);
    return status == MBP_OK ? begin_at_rest(scan, past) : status;
}

/* ---- all -------------------------------------------------------------------------------------------------------- */

/* Scans are counted through all runs; the checkpoint may be older than the last event. */
static void count_on(struct mbp_scan *scan)
{
    struct mbp_event last;
    if (mbp_journal_recent(scan->config.journal, 1, &last) == 1 && last.scan > scan->state->scan)
        scan->state->scan = last.scan;
}

/* What stands in the file, or comes from a checkpoint, needs no telling; what comes from a row does. */
static void know_commands(struct mbp_scan *scan)
{
    size_t count = mbp_setting_count(scan->config.plant);
    for (uint32_t i = 0; i < count; i++) {
        if (scan->command_told[i] != SCAN_UNTOLD)
            scan->command_told[i] = mbp_setting_now(scan->config.plant, scan->state, i);
    }
    scan->command_told[count - 1] = SCAN_UNTOLD; /* a row of a seed that the file had before would come back with it */
    scan->commands_missed = true;
}

/* The state that the run before had is not in the journal's tail, or was no state and has spoilt ours. */
static enum mbp_status go_on_without(struct mbp_scan *scan, const struct scan_past *past, enum mbp_status why)
{
    enum mbp_status status = why == MBP_ERR_CORRUPT ? state_anew(scan) : MBP_OK;
    if (status == MBP_OK)
        status = past->goes_on ? go_on(scan, past) : begin_at_rest(scan, past);
    return status;
}

enum mbp_status scan_resume(struct mbp_scan *scan, struct scan_past *past)
{
    struct mbp_journal *journal = scan->config.journal;
    scan->retain_from = UINT32_MAX;
    scan_tail_find(scan, past);
    enum mbp_status status = scan_tail_take_state(scan, past);
    if (status == MBP_OK)
        scan_tail_take_pending(scan, past);
    else if (status != MBP_ERR_MEMORY)
        status = go_on_without(scan, past, status);
    if (status == MBP_OK && journal != NULL)
        count_on(scan);
    scan->state->wall_ms = scan->config.clock.wall_ms(scan->config.clock.ctx);
    mbp_state_take_seed(scan->config.plant, scan->state);
    if (status != MBP_OK)
        return status;
    mbp_stored_forget(scan->config.plant, scan->state);
    know_commands(scan);
    return MBP_OK;
}

/* ---- an edited plant file --------------------------------------------------------------------------------------- */

static bool is_of(const struct mbp_stored_checkpoint *stored, const struct mbp_plant *plant)
{
    return stored->plant_crc == plant->text_crc && stored->plant_len == plant->text.len;
}

/* Its file stood where the present one does. NULL: it cannot be read any more. */
static struct mbp_plant *parse_former(const struct mbp_stored_checkpoint *stored, const struct mbp_plant *now)
{
    const struct mbp_text text = {stored->plant_text, stored->plant_len};
    struct mbp_plant *former = NULL;
    char *path = NULL;
    struct mbp_buffer errors; /* told to nobody */
    if (!mbp_buffer_open(&errors))
        return NULL;
    if (asprintf(&path, "%sformer.yaml", now->folder) > 0 && mbp_plant_parse(path, text, errors.out, &former) == MBP_OK)
        former->seed = now->seed;
    free(path);
    free(mbp_buffer_close(&errors));
    return former;
}

/* The run begins with the plant that the checkpoint is of. */
static void begin_with_former(struct mbp_scan *scan, struct scan_past *past)
{
    struct mbp_plant *former = past->stored.plant_text != NULL ? parse_former(&past->stored, scan->config.plant) : NULL;
    if (former == NULL) {
        say_edited("what it was is not kept, or cannot be read");
        return;
    }
    enum mbp_status status = mbp_image_new(former, &past->image);
    if (status == MBP_OK)
        status = mbp_process_new(former, &scan->process);
    if (status != MBP_OK) {
        say_edited("what it needed is gone");
        mbp_image_free(past->image);
        past->image = NULL;
        mbp_plant_free(former);
        return;
    }
    scan->former = former;
    scan->config.plant = former;
    scan->config.image = past->image;
    mbp_journal_begin_with(scan->config.journal, former);
    past->goes_on = true;
}

enum mbp_status scan_look_back(struct mbp_scan *scan, struct scan_past *past)
{
    struct mbp_journal *journal = scan->config.journal;
    enum mbp_status found = journal != NULL ? mbp_journal_checkpoint(journal, &past->stored) : MBP_ERR_MISSING;
    past->goes_on = found == MBP_OK && is_of(&past->stored, scan->config.plant);
    if (found == MBP_ERR_MEMORY)
        return found;
    if (found != MBP_OK && found != MBP_ERR_MISSING)
        say_refused(found);
    else if (found == MBP_OK && !past->goes_on)
        begin_with_former(scan, past);
    if (journal != NULL)
        mbp_journal_recover(journal, &past->left); /* nothing there: nothing was cut off */
    return MBP_OK;
}

enum mbp_status scan_follow_edit(struct mbp_scan *scan, const struct mbp_scan_config *config)
{
    struct mbp_change *change = NULL;
    struct mbp_next_scan *next = NULL;
    if (scan->former == NULL)
        return MBP_OK;
    enum mbp_status status = mbp_change_find(scan->former, config->plant, &change);
    if (status == MBP_OK)
        status = mbp_next_scan_new(config->plant, config->image, change, &next);
    if (status == MBP_OK)
        status = mbp_scan_change(scan, next, 0);
    if (status != MBP_OK)
        mbp_next_scan_free(next);
    mbp_change_free(change);
    return status;
}

void scan_past_free(struct scan_past *past)
{
    mbp_stored_checkpoint_free(&past->stored);
    mbp_image_free(past->image);
    free(past->left.bytes);
}
