/* Why a value is none that counts: the last that the journal says of its expression. */
#include "verbs/why.h"

#include <string.h>

#include "slave/events.h"
#include "slave/names.h"
#include "slave/snapshot.h"

#define LOOK_BACK 1000u /* events */

struct looking {
    const struct mbp_telling *by;
    const char *name;
    struct mbp_event last; /* code 0 = none */
};

static bool look(void *ctx, const struct mbp_event *event)
{
    struct looking *looking = ctx;
    struct mbp_event_tag tag;
    bool is_fault = event->code == MBP_EV_FORMULA_FAULT || event->code == MBP_EV_FORMULA_FINE;
    if (is_fault && mbp_event_item(looking->by, event, &tag) && strcmp(tag.name, looking->name) == 0)
        looking->last = *event;
    return true;
}

void ctl_say_why_bad(struct ctl *ctl, const char *name)
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
    if (ctl_events_read(ctl->link, (uint8_t)unit, first, summary.last_event, look, &looking, NULL) == MBP_OK &&
        looking.last.code == MBP_EV_FORMULA_FAULT)
        ctl_say("  bad quality: %s\n", mbp_report_sentence(&by, &looking.last, text, sizeof text));
}
