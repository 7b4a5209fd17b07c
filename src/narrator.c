/* Events on stdout. */
#include "narrator.h"

#include <stdio.h>

#include "mbplant/report.h"

#define TELL_EVERY_MS 100u
#define EVENTS        64u /* at once */

void narrator_begin(struct narrator *narrator, const struct mbp_plant *plant, struct mbp_journal *journal,
                    const struct mbp_plant *(*successor)(void *ctx, const struct mbp_plant *plant), void *ctx)
{
    narrator->plant = plant;
    narrator->journal = journal;
    narrator->next = mbp_journal_last(journal) + 1;
    narrator->successor = successor;
    narrator->ctx = ctx;
}

/* From "plant changed" on events count as the plant does that took over. Should one such event have been lost for want
 * of room, the next one catches up, for it says which plant it is. */
static void follow(struct narrator *narrator, const struct mbp_event *event)
{
    const struct mbp_plant *next = narrator->plant;
    do {
        next = narrator->successor(narrator->ctx, next);
        if (next != NULL)
            narrator->plant = next;
    } while (next != NULL && next->text_crc != event->detail);
}

void narrator_tell(struct narrator *narrator)
{
    struct mbp_event events[EVENTS];
    size_t count = EVENTS;
    while (count == EVENTS && mbp_journal_last(narrator->journal) >= narrator->next) {
        count = mbp_journal_read(narrator->journal, narrator->next, EVENTS, events);
        for (size_t i = 0; i < count; i++) {
            if (events[i].code == MBP_EV_PLANT_CHANGED)
                follow(narrator, &events[i]);
            mbp_report_event(narrator->plant, &events[i], MBP_FORMAT_TEXT, stdout);
        }
        narrator->next += (uint32_t)count;
    }
    fflush(stdout);
}

static void on_timer(uv_timer_t *timer)
{
    narrator_tell(timer->data);
}

void narrator_start(struct narrator *narrator, uv_loop_t *loop)
{
    uv_timer_init(loop, &narrator->timer);
    narrator->timer.data = narrator;
    uv_timer_start(&narrator->timer, on_timer, TELL_EVERY_MS, TELL_EVERY_MS);
}

void narrator_stop(struct narrator *narrator)
{
    uv_close((uv_handle_t *)&narrator->timer, NULL);
}
