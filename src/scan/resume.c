/* How a run begins: from the checkpoint that the one before it left and what was retained since, or from the retained
 * rows alone, or as the plant file says. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "checkpoint.h"
#include "mbplant/diagnosis.h"
#include "mbplant/fault.h"

/* ---- retained rows ---------------------------------------------------------------------------------------------- */

static void resume_fault(void *ctx, const struct mbp_retained_fault *kept)
{
    struct mbp_scan *scan = ctx;
    if (!mbp_fault_resume(scan->config.plant, scan->state, kept))
        scan->faults_unknown = true; /* it is as its file says now, and that is what is to be retained */
}

static enum mbp_status take_rows(struct mbp_scan *scan, bool newer_only)
{
    enum mbp_status status = mbp_journal_restore(scan->config.journal, newer_only, scan->state);
    if (status == MBP_OK)
        status = mbp_journal_faults(scan->config.journal, newer_only, resume_fault, scan);
    return status;
}

/* Signals at rest, in the states that the machines are in. */
static enum mbp_status begin_at_rest(struct mbp_scan *scan)
{
    enum mbp_status status = scan->config.journal != NULL ? take_rows(scan, false) : MBP_OK;
    if (status != MBP_OK)
        return status;
    mbp_diagnosis_settle(scan->config.plant, scan->state);
    mbp_process_settle(scan->process, scan->state);
    mbp_process_sense(scan->process, scan->state);
    return MBP_OK;
}

/* ---- a checkpoint ----------------------------------------------------------------------------------------------- */

/* The run before was cut off: what it told since the checkpoint is in rows. */
static enum mbp_status go_on_behind(struct mbp_scan *scan)
{
    enum mbp_status status = take_rows(scan, true);
    if (status != MBP_OK)
        return status;
    mbp_diagnosis_settle(scan->config.plant, scan->state);
    mbp_process_sense(scan->process, scan->state);
    return MBP_OK;
}

static bool is_of(const struct mbp_stored_checkpoint *stored, const struct mbp_plant *plant)
{
    return stored->plant_crc == plant->text_crc && stored->plant_len == plant->text.len;
}

static void say_refused(enum mbp_status status)
{
    mbp_log(MBP_LOG_WARNING,
            "the last checkpoint %s: process values begin at rest; machines, alarms, limits and what was forced or "
            "commanded go on",
            status == MBP_ERR_NEWER ? "is of another version of mbplantd" : "is damaged");
}

static enum mbp_status state_anew(struct mbp_scan *scan)
{
    mbp_state_free(scan->state);
    scan->state = NULL;
    return mbp_state_new(scan->config.plant, scan->config.clock.wall_ms(scan->config.clock.ctx), &scan->state);
}

static enum mbp_status go_on(struct mbp_scan *scan, const struct mbp_stored_checkpoint *stored)
{
    enum mbp_status status = scan_checkpoint_resume(scan, stored);
    if (status == MBP_OK)
        return mbp_journal_has_newer(scan->config.journal) ? go_on_behind(scan) : MBP_OK;
    if (status == MBP_ERR_MEMORY)
        return status;
    say_refused(status);
    status = state_anew(scan);
    return status == MBP_OK ? begin_at_rest(scan) : status;
}

/* ---- all -------------------------------------------------------------------------------------------------------- */

/* Scans are counted through all runs; the checkpoint may be older than the last event. */
static void count_on(struct mbp_scan *scan)
{
    struct mbp_event last;
    if (mbp_journal_recent(scan->config.journal, 1, &last) == 1 && last.scan > scan->state->scan)
        scan->state->scan = last.scan;
}

/* What stands in the file or was restored needs no telling. */
static enum mbp_status know_commands(struct mbp_scan *scan)
{
    size_t count = mbp_setting_count(scan->config.plant);
    scan->command_told = malloc(count * sizeof *scan->command_told + 1);
    if (scan->command_told == NULL)
        return MBP_ERR_MEMORY;
    for (uint32_t i = 0; i < count; i++)
        scan->command_told[i] = mbp_setting_now(scan->config.plant, scan->state, i);
    return MBP_OK;
}

enum mbp_status scan_resume(struct mbp_scan *scan)
{
    struct mbp_journal *journal = scan->config.journal;
    struct mbp_stored_checkpoint stored = {0};
    enum mbp_status found = journal != NULL ? mbp_journal_checkpoint(journal, &stored) : MBP_ERR_MISSING;
    if (found == MBP_ERR_MEMORY)
        return found;
    if (found != MBP_OK && found != MBP_ERR_MISSING)
        say_refused(found);
    enum mbp_status status =
        found == MBP_OK && is_of(&stored, scan->config.plant) ? go_on(scan, &stored) : begin_at_rest(scan);
    mbp_stored_checkpoint_free(&stored);
    if (status == MBP_OK && journal != NULL)
        count_on(scan);
    scan->state->wall_ms = scan->config.clock.wall_ms(scan->config.clock.ctx);
    return status == MBP_OK ? know_commands(scan) : status;
}
