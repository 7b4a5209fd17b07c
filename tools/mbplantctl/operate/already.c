/* Of two who do the same at once, the second one finds nothing to do. */
#include "operate/already.h"

#include <string.h>

#include "slave/effect.h"
#include "slave/events.h"
#include "slave/names.h"
#include "verbs/overview.h"

#define ATTEMPTS 3u /* the other's event may not be stored yet */

struct search {
    const struct mbp_telling *by;
    const char *name; /* of the sensor */
    unsigned alarm;
    enum mbp_alarm_deed deed;
    bool found;
    struct mbp_event event;
};

static bool look(void *ctx, const struct mbp_event *event)
{
    struct search *search = ctx;
    struct mbp_event_tag tag;
    enum mbp_deed_news news = mbp_deed_news(search->deed, search->alarm, event);
    if (news == MBP_DEED_IS_NEITHER || !mbp_event_item(search->by, event, &tag) || strcmp(tag.name, search->name) != 0)
        return true;
    search->found = news == MBP_DEED_IS_DONE;
    search->event = *event;
    return true;
}

/* Among the newest events. */
static enum mbp_status find(struct ctl *ctl, uint8_t unit, struct search *search)
{
    struct mbp_summary_view summary;
    if (ctl_summary_read(ctl, unit, &summary) != MBP_OK || summary.last_event == 0 ||
        ctl_names_read(ctl, unit) != MBP_OK)
        return MBP_OK;
    uint32_t first = summary.last_event > MBP_DEED_LOOK_BACK ? summary.last_event - MBP_DEED_LOOK_BACK : 1;
    first = first < summary.oldest_event ? summary.oldest_event : first;
    search->found = false;
    return ctl_events_read(ctl->link, unit, first, summary.last_event, look, search, NULL);
}

void ctl_say_who_did(struct ctl *ctl, uint32_t sensor, unsigned alarm, enum mbp_alarm_deed deed)
{
    const char *name = ctl->plant->sensors[sensor].name;
    const struct mbp_telling telling = ctl_telling(ctl);
    struct search search = {.by = &telling, .name = name, .alarm = alarm, .deed = deed};
    const int unit = ctl_map_unit(ctl->plant);
    char who[MBP_PEER_TEXT];
    char when[MBP_PEER_TEXT];
    for (unsigned left = ATTEMPTS; left > 0 && unit >= 0 && !search.found; left--) {
        if ((left < ATTEMPTS && ctl_await_effect(ctl, name) != CTL_OK) || find(ctl, (uint8_t)unit, &search) != MBP_OK)
            return;
    }
    if (!search.found)
        return;
    mbp_names_peer(&ctl->names, &search.event, who, sizeof who);
    ctl_say("  by %s, %s\n", search.event.actor == MBP_ACTOR_THE_PLANT ? ctl_tr("the plant") : who,
            ctl_time_text(ctl_spoken(), search.event.wall_ms, when, sizeof when));
}
