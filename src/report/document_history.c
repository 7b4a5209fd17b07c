/* The document's parts about incidents, what they cost, and work. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "document.h"
#include "history.h"
#include "writers.h"

#define COUNT(array)    (sizeof(array) / sizeof((array)[0]))
#define INCIDENTS_SHOWN 30u
#define WORK_SHOWN      30u

static struct mbp_history_list list_of(const struct document *document)
{
    const struct mbp_report *report = document->report;
    return (struct mbp_history_list){
        .by = {document->plant, report->names, document->lang},
        .history = report->history,
        .sayings = report->sayings,
        .since_ms = report->analysis->begin_ms,
        .until_ms = report->analysis->end_ms + 1,
        .all = true,
        .format = MBP_FORMAT_TEXT,
    };
}

/* ---- incidents --------------------------------------------------------------------------------------------------- */

static enum mbp_status add_list(struct document *document, const struct mbp_history_list *list)
{
    const struct mbp_history *history = document->report->history;
    struct document_column columns[MBP_INCIDENT_COLUMNS];
    size_t listed = 0;
    for (size_t c = 0; c < MBP_INCIDENT_COLUMNS; c++)
        columns[c] = (struct document_column){mbp_incident_columns[c].title, mbp_incident_columns[c].key,
                                              mbp_incident_columns[c].number};
    struct document_part *part = mbp_document_add(document, MSG_T_INCIDENTS);
    part->none = mbp_message(document->lang, MSG_NONE_M);
    enum mbp_status status = mbp_document_grid(document, part, columns, MBP_INCIDENT_COLUMNS);
    for (size_t i = history->incident_count; i-- > 0 && status == MBP_OK;) {
        if (!mbp_incident_is_listed(list, &history->incidents[i]))
            continue;
        if (++listed <= INCIDENTS_SHOWN)
            mbp_incident_row(list, &history->incidents[i], part->grid);
    }
    if (listed > INCIDENTS_SHOWN)
        mbp_document_say(document->lang, part->notes[0], MSG_W_OTHERS, listed - INCIDENTS_SHOWN);
    return status;
}

/* How much of it lies in the period: in proportion, where it began before or ended after it. */
static double down_in(const struct mbp_history_list *list, const struct mbp_incident *incident)
{
    double from = (double)incident->begin.wall_ms;
    double to = incident->end.seq != 0 ? (double)incident->end.wall_ms : (double)list->until_ms;
    double inside = fmin(to, (double)list->until_ms) - fmax(from, (double)list->since_ms);
    double share = to > from ? inside / (to - from) : 1;
    return (double)incident->down_ms * fmin(1, fmax(0, share));
}

/* So many bytes at most, characters whole. */
static int cut_at(const char *text, size_t most)
{
    size_t len = strnlen(text, most + 1);
    if (len <= most)
        return (int)len;
    for (len = most; len > 0 && ((unsigned char)text[len] & 0xC0u) == 0x80u;)
        len--;
    return (int)len;
}

/* What somebody said it was; else what tripped it, without the value that it had. */
static void cause_of(const struct mbp_history_list *list, const struct mbp_incident *incident, char *buf)
{
    const char *said = mbp_saying(list->sayings, &incident->cause);
    unsigned alarm = mbp_event_alarm(&incident->begin);
    struct mbp_event_tag tag;
    bool trip = mbp_event_item(&list->by, &incident->begin, &tag);
    if (said[0] != '\0')
        snprintf(buf, DOCUMENT_TEXT, "%.*s", cut_at(said, 400), said);
    else if (trip)
        snprintf(buf, DOCUMENT_TEXT, "%s %s", tag.name,
                 alarm != MBP_NO_ALARM ? mbp_tag_diagnosis(list->by.lang, &tag, alarm) : "");
    else
        snprintf(buf, DOCUMENT_TEXT, "%s %s", incident->machine.name, mbp_message(list->by.lang, MSG_COMMANDED));
}

static int by_down(const void *a, const void *b)
{
    const struct document_cause *one = a;
    const struct document_cause *other = b;
    return (one->down_ms < other->down_ms) - (one->down_ms > other->down_ms);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(((const struct document_cause *)a)->text, ((const struct document_cause *)b)->text);
}

/* Those of one text become one. */
static size_t join(struct document_cause *causes, size_t count)
{
    size_t kept = 0;
    qsort(causes, count, sizeof *causes, by_text);
    for (size_t i = 0; i < count; i++) {
        if (kept > 0 && strcmp(causes[kept - 1].text, causes[i].text) == 0) {
            causes[kept - 1].count += causes[i].count;
            causes[kept - 1].down_ms += causes[i].down_ms;
        } else {
            causes[kept++] = causes[i];
        }
    }
    qsort(causes, kept, sizeof *causes, by_down);
    return kept;
}

enum mbp_status mbp_document_causes(const struct mbp_history_list *list, struct document_causes *out)
{
    const struct mbp_history *history = list->history;
    struct document_cause *all = calloc(history->incident_count + 1, sizeof *all);
    size_t count = 0;
    memset(out, 0, sizeof *out);
    if (all == NULL)
        return MBP_ERR_MEMORY;
    for (size_t i = 0; i < history->incident_count; i++) {
        if (!mbp_incident_is_listed(list, &history->incidents[i]))
            continue;
        cause_of(list, &history->incidents[i], all[count].text);
        all[count].count = 1;
        all[count++].down_ms = down_in(list, &history->incidents[i]);
    }
    count = join(all, count);
    for (size_t i = 0; i < count; i++) {
        bool other = i >= DOCUMENT_CAUSES - 1 && count > DOCUMENT_CAUSES;
        struct document_cause *cause = &out->items[other ? DOCUMENT_CAUSES - 1 : i];
        out->down_ms += all[i].down_ms;
        if (!other)
            snprintf(cause->text, sizeof cause->text, "%s", all[i].text);
        cause->count += all[i].count;
        cause->down_ms += all[i].down_ms;
    }
    out->count = count < DOCUMENT_CAUSES ? count : DOCUMENT_CAUSES;
    if (count > DOCUMENT_CAUSES)
        mbp_document_say(list->by.lang, out->items[DOCUMENT_CAUSES - 1].text, MSG_W_OTHERS,
                         count - DOCUMENT_CAUSES + 1);
    free(all);
    return MBP_OK;
}

static enum mbp_status add_causes(struct document *document, const struct mbp_history_list *list)
{
    static const struct document_column columns[] = {
        {MSG_C_CAUSE, "cause", false}, {MSG_C_INCIDENTS, "incidents", true}, {MSG_C_DOWN, "down", true},
        {MSG_C_SHARE, "share", true},  {MSG_C_CUMULATED, "cumulated", true},
    };
    enum mbp_lang lang = document->lang;
    const struct document_causes *causes = &document->causes;
    enum mbp_status status = mbp_document_causes(list, &document->causes);
    double sum = 0;
    char text[64];
    if (status != MBP_OK || causes->count == 0)
        return status;
    struct document_part *part = mbp_document_add(document, MSG_T_CAUSES);
    status = mbp_document_grid(document, part, columns, COUNT(columns));
    double all = causes->down_ms > 0 ? causes->down_ms : (double)NAN;
    for (size_t i = 0; i < causes->count && status == MBP_OK; i++) {
        const struct document_cause *cause = &causes->items[i];
        sum += cause->down_ms;
        mbp_grid_cell(part->grid, MBP_PAINT_NONE, "%s", cause->text);
        mbp_grid_cell(part->grid, MBP_PAINT_NONE, "%u", cause->count);
        mbp_grid_cell(part->grid, MBP_PAINT_NONE, "%s", mbp_document_span(lang, cause->down_ms, text, sizeof text));
        mbp_grid_cell(part->grid, MBP_PAINT_NONE, "%s",
                      mbp_document_percent(lang, cause->down_ms / all, text, sizeof text));
        mbp_grid_cell(part->grid, MBP_PAINT_NONE, "%s", mbp_document_percent(lang, sum / all, text, sizeof text));
    }
    part->chart = CHART_CAUSES;
    return status;
}

enum mbp_status mbp_document_add_incidents(struct document *document)
{
    if (document->report->history == NULL || document->plant->machine_count == 0)
        return MBP_OK;
    const struct mbp_history_list list = list_of(document);
    enum mbp_status status = add_list(document, &list);
    return status == MBP_OK ? add_causes(document, &list) : status;
}

/* ---- work -------------------------------------------------------------------------------------------------------- */

enum mbp_status mbp_document_add_work(struct document *document)
{
    const struct mbp_history *history = document->report->history;
    struct document_column columns[MBP_WORK_COLUMNS];
    size_t listed = 0;
    uint32_t done = 0;
    uint32_t open = 0;
    uint32_t overdue = 0;
    if (history == NULL || document->plant->machine_count == 0)
        return MBP_OK;
    const struct mbp_history_list list = list_of(document);
    for (size_t c = 0; c < MBP_WORK_COLUMNS; c++)
        columns[c] =
            (struct document_column){mbp_work_columns[c].title, mbp_work_columns[c].key, mbp_work_columns[c].number};
    struct document_part *part = mbp_document_add(document, MSG_T_WORK);
    char *text = mbp_document_line(document, part, MSG_WORK_TO_DO);
    enum mbp_status status = mbp_document_grid(document, part, columns, MBP_WORK_COLUMNS);
    for (size_t i = history->work_count; i-- > 0 && status == MBP_OK;) {
        const struct mbp_work_record *work = &history->work[i];
        if (!mbp_work_is_listed(&list, work))
            continue;
        done += work->state == MBP_WORK_IS_DONE;
        open += !mbp_work_is_over(work);
        overdue += work->overdue;
        if (++listed <= WORK_SHOWN)
            mbp_work_row(&list, work, part->grid);
    }
    mbp_document_say(document->lang, text, MSG_L_WORK, done, open, overdue);
    if (listed > WORK_SHOWN)
        mbp_document_say(document->lang, part->notes[0], MSG_W_OTHERS, listed - WORK_SHOWN);
    return status;
}
