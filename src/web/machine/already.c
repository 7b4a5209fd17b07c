/* Of two operators who do the same at once, the second one is told who was first. */
#include "machine/already.h"

#define AT_ONCE 64u

void web_already_begin(struct web_call *call)
{
    call->before = mbp_journal_health(call->web->config.journal).newest;
    call->until = 0;
}

static bool are_stored(const struct web_call *call)
{
    return mbp_journal_last(call->web->config.journal) >= call->until;
}

bool web_already_is_known(struct web_call *call)
{
    struct mbp_journal *journal = call->web->config.journal;
    if (call->until != 0 || call->pending || mbp_journal_in_trouble(journal))
        return true;
    call->until = mbp_journal_health(journal).newest;
    if (are_stored(call))
        return true;
    web_await(call, are_stored);
    return false;
}

/* Looks at one event, back from the newest. False: no older one is of interest. */
static bool look(const struct web_call *call, const struct mbp_event *event, enum mbp_deed_news news, bool *settled,
                 struct web_already *already)
{
    if (news == MBP_DEED_IS_DONE && event->seq > call->before && event->actor == call->actor) {
        *already = (struct web_already){.is = false};
        return false;
    }
    if (news == MBP_DEED_IS_DONE && !*settled)
        already->event = *event;
    *settled |= news != MBP_DEED_IS_NEITHER;
    return !*settled || event->seq > call->before;
}

struct web_already web_already_find(const struct web_call *call, uint32_t sensor, unsigned alarm,
                                    enum mbp_alarm_deed deed)
{
    struct mbp_journal *journal = call->web->config.journal;
    const struct mbp_plant *plant = call->web->plant;
    const uint32_t u = plant->sensors[sensor].unit;
    const uint16_t item = mbp_journal_item_id(journal, plant, u, sensor - plant->units[u].first_sensor);
    const uint32_t last = mbp_journal_last(journal);
    const uint32_t stored = mbp_journal_oldest(journal); /* nothing is read from before it */
    const uint32_t back = last > MBP_DEED_LOOK_BACK ? last - MBP_DEED_LOOK_BACK : 1;
    const uint32_t oldest = back > stored ? back : stored;
    struct web_already already = {.is = !call->pending && call->until != 0};
    struct mbp_event events[AT_ONCE];
    bool more = already.is;
    bool settled = false;
    for (uint32_t end = last + 1; more && end > oldest;) {
        uint32_t first = end > oldest + AT_ONCE ? end - AT_ONCE : oldest;
        size_t count = mbp_journal_read(journal, first, end - first, events);
        for (; count > 0 && more; count--) {
            const struct mbp_event *event = &events[count - 1];
            bool its = event->unit == plant->units[u].id && event->sensor == item;
            enum mbp_deed_news news = its ? mbp_deed_news(deed, alarm, event) : MBP_DEED_IS_NEITHER;
            more = look(call, event, news, &settled, &already);
        }
        end = first;
    }
    return already;
}
