/* Why a value is none that counts: the last that the journal says of its expression. */
#include "verbs/why.h"

#include <string.h>

#include "slave/checks.h"
#include "slave/events.h"
#include "slave/names.h"
#include "slave/snapshot.h"

#define LOOK_BACK 1000u /* events */

#define FAULTS_MAX 200u /* that are told of at a time */

struct looking {
    const struct mbp_telling *by;
    const char *name; /* NULL = everything */
    struct mbp_event last[FAULTS_MAX];
    size_t count;
};

static bool is_about_the_same(const struct mbp_event *a, const struct mbp_event *b)
{
    bool unnamed = a->sensor == MBP_NONE16;
    return a->unit == b->unit && a->sensor == b->sensor &&
           (!unnamed ||
            (!(a->value < b->value) && !(a->value > b->value) && !(a->limit < b->limit) && !(a->limit > b->limit)));
}

/* The last event of each. */
static bool look(void *ctx, const struct mbp_event *event)
{
    struct looking *looking = ctx;
    struct mbp_event_tag tag;
    size_t at = 0;
    if (event->code != MBP_EV_FORMULA_FAULT && event->code != MBP_EV_FORMULA_FINE)
        return true;
    if (looking->name != NULL && !(mbp_event_item(looking->by, event, &tag) && strcmp(tag.name, looking->name) == 0))
        return true;
    while (at < looking->count && !is_about_the_same(&looking->last[at], event))
        at++;
    if (at < FAULTS_MAX)
        looking->last[at] = *event;
    looking->count = at == looking->count && at < FAULTS_MAX ? at + 1 : looking->count;
    return true;
}

/* Where the journal is, and which of its events are looked at. */
struct journal_span {
    uint8_t unit;
    uint32_t first, last;
};

/* The summary says how long the journal is; where no unit shows it, the files of any that has them do. Errors:
 * MBP_ERR_MISSING, none has either; else that of the link. */
static enum mbp_status find_journal(struct ctl *ctl, struct journal_span *span)
{
    const struct mbp_plant *plant = ctl->plant;
    struct mbp_summary_view summary = {0};
    struct ctl_seal seal = {0};
    const int unit = ctl_map_unit(plant);
    enum mbp_status status = MBP_ERR_MISSING;
    if (unit >= 0) {
        status = ctl_summary_read(ctl, (uint8_t)unit, &summary);
        *span = (struct journal_span){(uint8_t)unit, summary.oldest_event, summary.last_event};
    }
    for (uint32_t u = 0; unit < 0 && u < plant->unit_count && status != MBP_OK; u++) {
        status = ctl_seal_read(ctl->link, plant->units[u].id, &seal);
        if (status < 0)
            return status;
        *span = (struct journal_span){plant->units[u].id, seal.removed + 1, seal.last};
    }
    if (span->last > LOOK_BACK && span->last - LOOK_BACK > span->first)
        span->first = span->last - LOOK_BACK;
    return unit < 0 && status != MBP_OK ? MBP_ERR_MISSING : status;
}

static void say_why(struct ctl *ctl, const char *name, const char *indent)
{
    struct journal_span span = {0};
    enum mbp_status status = find_journal(ctl, &span);
    if (status == MBP_ERR_MISSING) {
        ctl_say("%snothing tells whether an expression has a fault: no unit shows the plant's summary "
                "(blocks: {summary: 30000}), and none has the journal's files (files, function 20)\n",
                indent);
        return;
    }
    if (status != MBP_OK || span.last == 0 || ctl_names_read(ctl, span.unit) != MBP_OK)
        return;
    const struct mbp_telling by = ctl_telling(ctl);
    struct looking looking = {.by = &by, .name = name};
    char text[256];
    if (ctl_events_read(ctl->link, span.unit, span.first, span.last, look, &looking, NULL) != MBP_OK)
        return;
    for (size_t i = 0; i < looking.count; i++) {
        if (looking.last[i].code == MBP_EV_FORMULA_FAULT)
            ctl_say("%sbad quality: %s\n", indent, mbp_report_sentence(&by, &looking.last[i], text, sizeof text));
    }
}

void ctl_say_why_bad(struct ctl *ctl, const char *name)
{
    say_why(ctl, name, "  ");
}

void ctl_say_all_bad(struct ctl *ctl)
{
    if (ctl->plant->formula_count > 0)
        say_why(ctl, NULL, "");
}
