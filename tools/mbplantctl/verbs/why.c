/* Why a value is none that counts: the last that the journal says of its expression. */
#include "verbs/why.h"

#include <string.h>

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

static void say_why(struct ctl *ctl, const char *name, const char *indent)
{
    struct mbp_summary_view summary;
    int unit = ctl_map_unit(ctl->plant);
    if (unit < 0 || ctl_summary_read(ctl, (uint8_t)unit, &summary) != MBP_OK || summary.last_event == 0 ||
        ctl_names_read(ctl, (uint8_t)unit) != MBP_OK)
        return; /* nobody tells */
    const struct mbp_telling by = ctl_telling(ctl);
    struct looking looking = {.by = &by, .name = name};
    uint32_t first = summary.last_event > LOOK_BACK ? summary.last_event - LOOK_BACK : 1;
    first = first < summary.oldest_event ? summary.oldest_event : first;
    char text[256];
    if (ctl_events_read(ctl->link, (uint8_t)unit, first, summary.last_event, look, &looking, NULL) != MBP_OK)
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
