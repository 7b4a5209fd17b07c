/* Events of a slave's journal, in order. */
#include "verbs/journal_read.h"

#include <stdlib.h>
#include <string.h>

#include "dump/dump.h"
#include "slave/checks.h"
#include "slave/comments.h"
#include "slave/events.h"
#include "slave/names.h"
#include "slave/snapshot.h"
#include "slave/wait.h"

#define FOLLOW_PAUSE_MS 200u
#define AGAIN_PAUSE_MS  1000u /* between two tries to reach a slave that does not answer */

static bool print(struct journal_printing *printing, const struct mbp_event *event,
                  const struct mbp_event_beside *beside)
{
    printing->last = event->seq;
    if (!ctl_filter_passes(&printing->filter, &printing->by, event))
        return true;
    if (printing->skip > 0) {
        printing->skip--;
        return true;
    }
    if (!printing->quiet)
        mbp_report_event(&printing->by, event, beside, printing->format, printing->out);
    printing->count++;
    return !ferror(printing->out);
}

bool journal_print_event(void *ctx, const struct mbp_event *event)
{
    struct journal_printing *printing = ctx;
    return print(printing, event, printing->beside);
}

/* ---- several at once -------------------------------------------------------------------------------------------- */

#define EVENTS_AT_ONCE 500u

struct batch {
    struct ctl_event_said *events;
    size_t count;
    bool full; /* of what memory there is */
};

static bool keep_said(void *ctx, const struct mbp_event *event, const char *comment)
{
    struct batch *batch = ctx;
    struct ctl_event_said *said = &batch->events[batch->count];
    *said = (struct ctl_event_said){.event = *event};
    said->comment = strdup(comment);
    batch->full = said->comment == NULL;
    batch->count += batch->full ? 0 : 1;
    return !batch->full;
}

static void warn_changed(const struct journal_reading *reading, uint32_t seq)
{
    if (reading->saving && !reading->printing->warned)
        ctl_error("event %u %s", seq, ctl_tr("was changed after it was stored, or the one before it was"));
    reading->printing->warned = true;
}

/* Their check values as the slave keeps them, so that what is saved shows what was changed before that. *has: they are
 * known; the slave need not tell them. */
static enum mbp_status check_batch(const struct journal_reading *reading, struct batch *batch, bool known, bool *has)
{
    size_t wrong;
    enum mbp_status status =
        ctl_checks_find(reading->ctl->link, reading->unit, known ? &reading->printing->chain.check : NULL,
                        batch->events, batch->count, &wrong);
    *has = status == MBP_OK;
    if (*has && wrong < batch->count)
        warn_changed(reading, batch->events[wrong].event.seq);
    return status > 0 ? MBP_OK : status;
}

/* broken: nothing more can be asked of the slave. */
static enum mbp_status print_batch(const struct journal_reading *reading, struct batch *batch, bool broken)
{
    struct journal_chain *chain = &reading->printing->chain;
    bool known = chain->on && chain->next == batch->events[0].event.seq;
    bool has = known;
    enum mbp_status status = MBP_OK;
    if (chain->on && !broken)
        status = check_batch(reading, batch, known, &has);
    else if (known)
        ctl_checks_compute(chain->check, batch->events, batch->count);
    bool goes_on = status == MBP_OK;
    for (size_t i = 0; goes_on && i < batch->count; i++) {
        const struct ctl_event_said *said = &batch->events[i];
        struct mbp_event_beside beside = {.comment = said->comment, .has_check = has, .check = said->check};
        beside.has_before = i == 0 && has && known && chain->alone && !chain->told;
        beside.before = chain->check;
        goes_on = print(reading->printing, &said->event, &beside);
    }
    const struct ctl_event_said *last = &batch->events[batch->count - 1];
    if (chain->on)
        *chain = (struct journal_chain){true, chain->alone, has ? last->event.seq + 1 : 0, last->check, has};
    return status;
}

/* Some of the events before end; reading->next says how far it came. Errors: those of ctl_events_read_said. */
static enum mbp_status read_batch(struct journal_reading *reading, uint64_t end)
{
    uint32_t first = (uint32_t)reading->next;
    uint32_t last = end - first > EVENTS_AT_ONCE ? first + EVENTS_AT_ONCE - 1 : (uint32_t)(end - 1);
    struct batch batch = {.events = calloc(EVENTS_AT_ONCE, sizeof *batch.events)};
    if (batch.events == NULL)
        return MBP_ERR_MEMORY;
    uint32_t next;
    enum mbp_status status =
        ctl_events_read_said(reading->ctl->link, reading->unit, first, last, keep_said, &batch, &next);
    if (batch.full)
        status = MBP_ERR_MEMORY;
    if (batch.count > 0) {
        enum mbp_status printed = print_batch(reading, &batch, status < 0);
        reading->next += printed == MBP_OK ? batch.count : 0;
        status = printed == MBP_OK ? status : printed;
    }
    for (size_t i = 0; i < batch.count; i++)
        free(batch.events[i].comment);
    free(batch.events);
    return status;
}

/* ---- in order ---------------------------------------------------------------------------------------------------- */

/* What the events up to last are about: before any of them is shown. */
static enum mbp_status learn_names(struct journal_reading *reading, uint32_t last)
{
    if (reading->next > last)
        return MBP_OK;
    enum mbp_status status = ctl_names_read(reading->ctl, reading->unit);
    if (status == MBP_OK && reading->saving)
        status = ctl_dump_put_names(reading->printing->out, &reading->ctl->names, &reading->saved);
    return status;
}

/* Events that retention has removed in the meantime are no failure: say so once and go on behind them. */
static void skip_removed(struct journal_reading *reading, const struct mbp_summary_view *summary, bool asked)
{
    if (reading->next >= summary->oldest_event)
        return;
    if (asked && !reading->told)
        ctl_error("events before %u are no longer kept", summary->oldest_event);
    reading->told = true;
    reading->next = summary->oldest_event;
}

/* The check value before the next event, where it is not known from the one before. */
static enum mbp_status find_chain(struct journal_reading *reading)
{
    struct journal_chain *chain = &reading->printing->chain;
    struct mbp_summary_view summary;
    uint32_t next = (uint32_t)reading->next;
    if (!chain->on || chain->next == next)
        return MBP_OK;
    *chain = (struct journal_chain){.on = true, .alone = chain->alone};
    enum mbp_status status = ctl_summary_read(reading->ctl, reading->unit, &summary);
    if (status == MBP_OK)
        status = ctl_check_before(reading->ctl->link, reading->unit, next, summary.oldest_event, &chain->check);
    if (status == MBP_OK)
        chain->next = next;
    return status > 0 ? MBP_OK : status; /* an exception: these go without */
}

/* The next event is not there: retention has removed it, or somebody else. */
static enum mbp_status skip_missing(struct journal_reading *reading, uint64_t end)
{
    struct mbp_summary_view summary;
    uint32_t next = (uint32_t)reading->next;
    enum mbp_status status = ctl_summary_read(reading->ctl, reading->unit, &summary);
    if (status == MBP_OK && summary.oldest_event > next) {
        skip_removed(reading, &summary, true);
        return MBP_OK;
    }
    if (status == MBP_OK)
        status = ctl_events_skip_hole(reading->ctl->link, reading->unit, (uint32_t)(end - 1), &next);
    if (status == MBP_OK && !reading->printing->quiet)
        ctl_events_say_hole((uint32_t)reading->next, next);
    if (status == MBP_OK)
        reading->next = next;
    return status;
}

static enum mbp_status read_to(struct journal_reading *reading, uint64_t end)
{
    enum mbp_status status = MBP_OK;
    while (status == MBP_OK && reading->next < end && !ferror(reading->printing->out)) {
        status = find_chain(reading);
        if (status == MBP_OK)
            status = read_batch(reading, end);
        if (status == MBP_EX_ILLEGAL_DATA_ADDRESS)
            status = skip_missing(reading, end);
    }
    return ferror(reading->printing->out) ? MBP_OK : status;
}

static enum mbp_status times_of(void *ctx, const uint32_t *seqs, size_t count, uint64_t *wall_ms)
{
    const struct journal_reading *reading = ctx;
    return ctl_events_times(reading->ctl->link, reading->unit, seqs, count, wall_ms);
}

/* From reading->next on when that is not 0, else from where the period begins. */
enum mbp_status journal_read_period(struct journal_reading *reading)
{
    const struct ctl_filter *filter = &reading->printing->filter;
    struct mbp_summary_view summary = {0};
    struct mbp_event_range range = {0, 0};
    enum mbp_status status = ctl_summary_read(reading->ctl, reading->unit, &summary);
    const struct mbp_seek seek = {summary.oldest_event, summary.last_event, times_of, reading};
    if (status == MBP_OK)
        status = mbp_seek_range(&seek, &filter->since, &filter->until, &range);
    if (status != MBP_OK)
        return status;
    bool resumed = reading->next > 0;
    if (!resumed)
        reading->next = filter->since.kind == MBP_MOMENT_EVENT ? filter->since.seq : range.first;
    if (reading->next == 0) /* nothing is durable yet */
        reading->next = 1;
    skip_removed(reading, &summary, resumed || (filter->since.kind == MBP_MOMENT_EVENT && filter->since.seq > 1));
    if (reading->next < range.end)
        status = learn_names(reading, (uint32_t)(range.end - 1));
    if (status == MBP_OK)
        status = read_to(reading, range.end);
    fflush(reading->printing->out);
    return status;
}

/* ---- what comes after ---------------------------------------------------------------------------------------------
 */

/* The journal that answers may be another one than before. */
static void begin_anew(struct journal_reading *reading, const struct mbp_summary_view *summary)
{
    if ((uint64_t)summary->last_event + 1 >= reading->next)
        return;
    ctl_error("the journal was begun anew: it ends with event %u", summary->last_event);
    reading->next = summary->oldest_event > 0 ? summary->oldest_event : 1;
}

/* One look at what is new. */
static enum mbp_status look(struct journal_reading *reading)
{
    struct mbp_summary_view summary;
    enum mbp_status status = ctl_summary_read(reading->ctl, reading->unit, &summary);
    if (status != MBP_OK)
        return status;
    begin_anew(reading, &summary);
    skip_removed(reading, &summary, true);
    status = learn_names(reading, summary.last_event);
    return status == MBP_OK ? read_to(reading, (uint64_t)summary.last_event + 1) : status;
}

/* Tells, once, that the slave is gone, or that it is back. */
static void tell_answer(struct ctl *ctl, bool *gone, const char *why)
{
    const struct ctl_target *target = &ctl->options->target;
    bool is_gone = why[0] != '\0';
    if (is_gone && !*gone)
        ctl_error("%s does not answer, tried again: %s", ctl_target_text(target), why);
    if (!is_gone && *gone)
        ctl_error("%s answers again", ctl_target_text(target));
    *gone = is_gone;
}

/* What went wrong with a connection may have left it out of step. */
static bool connect_again(struct ctl *ctl, char *why, size_t size)
{
    ctl_link_close(ctl->link);
    ctl->link = NULL;
    return ctl_link_open(&ctl->options->target, why, size, &ctl->link) == MBP_OK;
}

enum mbp_status journal_follow(struct journal_reading *reading)
{
    struct ctl *ctl = reading->ctl;
    bool gone = false;
    for (;;) {
        char why[512] = "";
        enum mbp_status status = MBP_OK;
        if (!gone || connect_again(ctl, why, sizeof why))
            status = look(reading);
        if (status == MBP_ERR_MEMORY)
            return status;
        if (status != MBP_OK)
            ctl_why(ctl, status, why, sizeof why);
        tell_answer(ctl, &gone, why);
        if (fflush(reading->printing->out) != 0 || !ctl_pause(gone ? AGAIN_PAUSE_MS : FOLLOW_PAUSE_MS))
            return MBP_OK;
    }
}
