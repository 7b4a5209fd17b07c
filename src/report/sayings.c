/* What people said with events of incidents and work. */
#include <stdlib.h>
#include <string.h>

#include "mbplant/report/history.h"

static int by_value(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a;
    uint32_t y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static void want(struct mbp_sayings *out, const struct mbp_event *event)
{
    if (event->seq != 0 && (event->flags & MBP_EVENT_COMMENT) != 0)
        out->seqs[out->count++] = event->seq;
}

static void choose(const struct mbp_history *history, struct mbp_sayings *out)
{
    size_t kept = 0;
    for (size_t i = 0; i < history->incident_count; i++) {
        want(out, &history->incidents[i].begin);
        want(out, &history->incidents[i].end);
    }
    for (size_t i = 0; i < history->work_count; i++) {
        want(out, &history->work[i].opened);
        want(out, &history->work[i].started);
        want(out, &history->work[i].done);
    }
    for (size_t i = 0; i < history->note_count; i++)
        want(out, &history->notes[i]);
    qsort(out->seqs, out->count, sizeof *out->seqs, by_value);
    for (size_t i = 0; i < out->count; i++) {
        if (i == 0 || out->seqs[i] != out->seqs[kept - 1])
            out->seqs[kept++] = out->seqs[i];
    }
    out->count = kept;
}

static enum mbp_status keep(void *ctx, size_t i, const char *text)
{
    struct mbp_sayings *sayings = ctx;
    sayings->texts[i] = strdup(text);
    return sayings->texts[i] != NULL ? MBP_OK : MBP_ERR_MEMORY;
}

enum mbp_status mbp_sayings_read(const struct mbp_event_source *source, const struct mbp_history *history,
                                 const struct mbp_event *events, size_t count, struct mbp_sayings *out)
{
    size_t most = 2 * history->incident_count + 3 * history->work_count + history->note_count + count;
    struct mbp_sayings sayings = {.seqs = calloc(most + 1, sizeof *sayings.seqs)};
    enum mbp_status status = sayings.seqs != NULL ? MBP_OK : MBP_ERR_MEMORY;
    if (status == MBP_OK) {
        for (size_t i = 0; i < count; i++)
            want(&sayings, &events[i]);
        choose(history, &sayings);
        sayings.texts = calloc(sayings.count + 1, sizeof *sayings.texts);
        status = sayings.texts != NULL ? MBP_OK : MBP_ERR_MEMORY;
    }
    if (status == MBP_OK && source->comments != NULL)
        status = source->comments(source->ctx, sayings.seqs, sayings.count, keep, &sayings);
    if (status == MBP_OK)
        *out = sayings;
    else
        mbp_sayings_free(&sayings);
    return status;
}

void mbp_sayings_free(struct mbp_sayings *sayings)
{
    for (size_t i = 0; i < sayings->count && sayings->texts != NULL; i++)
        free(sayings->texts[i]);
    free(sayings->texts);
    free(sayings->seqs);
    *sayings = (struct mbp_sayings){.count = 0};
}

const char *mbp_saying(const struct mbp_sayings *sayings, const struct mbp_event *event)
{
    const uint32_t *found = NULL;
    if (sayings->count > 0 && event->seq != 0)
        found = bsearch(&event->seq, sayings->seqs, sayings->count, sizeof *sayings->seqs, by_value);
    const char *text = found != NULL ? sayings->texts[found - sayings->seqs] : NULL;
    return text != NULL ? text : "";
}
