/* Events on stdout. */
#include "event_printer.h"

#include <stdio.h>

#include "mbplant/report.h"

#define TELL_EVERY_MS 100u
#define EVENTS        64u /* at once */

void event_printer_begin(struct event_printer *event_printer, const struct mbp_plant *plant,
                         struct mbp_journal *journal,
                         const struct mbp_plant *(*next_of)(void *ctx, const struct mbp_plant *plant), void *ctx)
{
    event_printer->plant = plant;
    event_printer->journal = journal;
    event_printer->next = mbp_journal_last(journal) + 1;
    event_printer->next_of = next_of;
    event_printer->ctx = ctx;
}

/* From "plant changed" on events count as the plant does that took over. Should one such event have been lost for want
 * of room, the next one catches up, for it says which plant it is. */
static void follow(struct event_printer *event_printer, const struct mbp_event *event)
{
    const struct mbp_plant *next = event_printer->plant;
    do {
        next = event_printer->next_of(event_printer->ctx, next);
        if (next != NULL)
            event_printer->plant = next;
    } while (next != NULL && next->text_crc != event->detail);
}

void event_printer_print(struct event_printer *event_printer)
{
    struct mbp_event events[EVENTS];
    size_t count = EVENTS;
    while (count == EVENTS && mbp_journal_last(event_printer->journal) >= event_printer->next) {
        count = mbp_journal_read(event_printer->journal, event_printer->next, EVENTS, events);
        for (size_t i = 0; i < count; i++) {
            if (events[i].code == MBP_EV_PLANT_CHANGED)
                follow(event_printer, &events[i]);
            mbp_report_event(event_printer->plant, &events[i], MBP_FORMAT_TEXT, stdout);
        }
        event_printer->next += (uint32_t)count;
    }
    fflush(stdout);
}

static void on_timer(uv_timer_t *timer)
{
    event_printer_print(timer->data);
}

void event_printer_start(struct event_printer *event_printer, uv_loop_t *loop)
{
    uv_timer_init(loop, &event_printer->timer);
    event_printer->timer.data = event_printer;
    uv_timer_start(&event_printer->timer, on_timer, TELL_EVERY_MS, TELL_EVERY_MS);
}

void event_printer_stop(struct event_printer *event_printer)
{
    uv_close((uv_handle_t *)&event_printer->timer, NULL);
}
