/* The plant's own report: noted in the scan's thread, made in another. */
#include "mbplant/report/own.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "mbplant/journal.h"

#define STORED_LOOKS   200u /* for what had happened to be stored: a second in all */
#define STORED_WAIT_NS 5000000L

struct mbp_own_report {
    const struct mbp_plant *plant;
    const struct mbp_journal *journal;
    struct mbp_plant_view view;
    struct mbp_names names;
    uint64_t now_ms;
    atomic_bool stopped;
};

/* ---- noting ----------------------------------------------------------------------------------------------------- */

static enum mbp_status copy_names(const struct mbp_names *from, struct mbp_names *to)
{
    enum mbp_status status = MBP_OK;
    for (size_t i = 0; i < from->tag_count && status == MBP_OK; i++)
        status = mbp_names_append_tag(to, &from->tags[i]);
    for (size_t i = 0; i < from->actor_count && status == MBP_OK; i++)
        status = mbp_names_put_actor(to, &from->actors[i]);
    to->left_out = from->left_out;
    return status;
}

/* What the state does not say. */
static void note_journal(const struct mbp_scan *scan, const struct mbp_journal *journal, struct mbp_summary_view *out)
{
    const struct mbp_journal_health health = mbp_journal_health(journal);
    const struct mbp_scan_stats stats = mbp_scan_stats(scan);
    out->late_scans = stats.late < UINT32_MAX ? (uint32_t)stats.late : UINT32_MAX;
    out->journal_trouble = health.trouble;
    out->events_lost = health.lost;
    out->newest_event = health.newest;
    out->last_incident = mbp_journal_last_incident(journal);
}

enum mbp_status mbp_own_report_new(const struct mbp_plant *plant, const struct mbp_scan *scan,
                                   const struct mbp_journal *journal, uint64_t now_ms, struct mbp_own_report **out)
{
    struct mbp_own_report *own = calloc(1, sizeof *own);
    if (own == NULL)
        return MBP_ERR_MEMORY;
    own->plant = plant;
    own->journal = journal;
    own->now_ms = now_ms;
    enum mbp_status status = mbp_plant_view_new(plant, &own->view);
    if (status == MBP_OK)
        status = copy_names(mbp_journal_names(journal), &own->names);
    if (status != MBP_OK) {
        mbp_own_report_free(own);
        return status;
    }
    mbp_view_plant(plant, mbp_scan_state(scan), &own->view);
    note_journal(scan, journal, &own->view.summary);
    *out = own;
    return MBP_OK;
}

void mbp_own_report_free(struct mbp_own_report *own)
{
    if (own == NULL)
        return;
    mbp_plant_view_free(own->plant, &own->view);
    mbp_names_free(&own->names);
    free(own);
}

void mbp_own_report_stop(struct mbp_own_report *own)
{
    atomic_store(&own->stopped, true);
}

/* ---- events ----------------------------------------------------------------------------------------------------- */

struct reading {
    struct mbp_own_report *own;
    struct mbp_journal_reading *journal;
    bool (*got)(void *got_ctx, const struct mbp_event *event);
    void *got_ctx;
};

static bool hand_over(void *ctx, const struct mbp_event *event)
{
    struct reading *reading = ctx;
    return !atomic_load_explicit(&reading->own->stopped, memory_order_relaxed) && reading->got(reading->got_ctx, event);
}

static enum mbp_status read_events(void *ctx, uint64_t first, uint64_t last,
                                   bool (*got)(void *got_ctx, const struct mbp_event *event), void *got_ctx)
{
    struct reading *reading = ctx;
    reading->got = got;
    reading->got_ctx = got_ctx;
    enum mbp_status status = mbp_journal_reading_events(reading->journal, first, last, hand_over, reading);
    return status == MBP_OK && atomic_load(&reading->own->stopped) ? MBP_ERR_BUSY : status;
}

static enum mbp_status get_times(void *ctx, const uint32_t *seqs, size_t count, uint64_t *wall_ms)
{
    const struct reading *reading = ctx;
    return mbp_journal_reading_times(reading->journal, seqs, count, wall_ms);
}

static enum mbp_status read_history(void *ctx, uint64_t first, uint64_t last,
                                    bool (*got)(void *got_ctx, const struct mbp_event *event), void *got_ctx)
{
    struct reading *reading = ctx;
    reading->got = got;
    reading->got_ctx = got_ctx;
    enum mbp_status status = mbp_journal_reading_history(reading->journal, first, last, hand_over, reading);
    return status == MBP_OK && atomic_load(&reading->own->stopped) ? MBP_ERR_BUSY : status;
}

static enum mbp_status get_comments(void *ctx, const uint32_t *seqs, size_t count,
                                    enum mbp_status (*got)(void *got_ctx, size_t i, const char *text), void *got_ctx)
{
    const struct reading *reading = ctx;
    return mbp_journal_reading_comments(reading->journal, seqs, count, got, got_ctx);
}

/* All that is seen is in the journal then. A disk that refuses is not waited for. */
static void await_stored(struct mbp_own_report *own)
{
    const struct timespec pause = {0, STORED_WAIT_NS};
    for (unsigned i = 0; i < STORED_LOOKS && mbp_journal_last(own->journal) < own->view.summary.newest_event &&
                         !mbp_journal_in_trouble(own->journal) && !atomic_load(&own->stopped);
         i++)
        nanosleep(&pause, NULL);
}

/* ---- making ----------------------------------------------------------------------------------------------------- */

/* What happened since it was noted is no part of it. */
static enum mbp_status make(struct mbp_own_report *own, struct reading *reading,
                            const struct mbp_report_options *options, struct mbp_made_report *out)
{
    struct mbp_summary_view *summary = &own->view.summary;
    uint32_t last = mbp_journal_reading_last(reading->journal);
    summary->last_event = last < summary->newest_event ? last : summary->newest_event;
    summary->oldest_event = mbp_journal_reading_oldest(reading->journal);
    uint32_t incident = mbp_journal_last_incident(own->journal);
    if (incident <= summary->last_event)
        summary->last_incident = incident;
    const struct mbp_report_source source = {
        .plant = own->plant,
        .view = &own->view,
        .now_ms = own->now_ms,
        .names = &own->names,
        .events = {summary->oldest_event, summary->last_event, read_events, get_times, read_history, get_comments,
                   reading},
    };
    return mbp_report_make(&source, options, out);
}

enum mbp_status mbp_own_report_write(struct mbp_own_report *own, const struct mbp_report_options *options,
                                     enum mbp_format format, FILE *out)
{
    struct reading reading = {.own = own};
    struct mbp_made_report made;
    await_stored(own);
    enum mbp_status status = mbp_journal_reading_open(own->journal, &reading.journal);
    if (status == MBP_OK)
        status = make(own, &reading, options, &made);
    mbp_journal_reading_close(reading.journal);
    if (status != MBP_OK)
        return status;
    status = mbp_made_write(&made, own->plant, options, format, false, out);
    mbp_made_report_free(&made);
    return status;
}
