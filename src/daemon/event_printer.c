/* Events on stdout. */
#include "event_printer.h"

#include <stdio.h>

#include "mbplant/report.h"

#define TELL_EVERY_MS 100u
#define EVENTS        64u /* at once */

void event_printer_begin(struct event_printer *event_printer, const struct mbp_plant *plant,
                         struct mbp_journal *journal)
{
    event_printer->plant = plant;
    event_printer->journal = journal;
    event_printer->next = mbp_journal_last(journal) + 1;
}

void event_printer_follow(struct event_printer *event_printer, const struct mbp_plant *plant)
{
    event_printer->plant = plant;
}

void event_printer_print(struct event_printer *event_printer)
{
    const struct mbp_telling by = {event_printer->plant, mbp_journal_names(event_printer->journal), MBP_LANG_EN};
    struct mbp_event events[EVENTS];
    size_t count = EVENTS;
    while (count == EVENTS && mbp_journal_last(event_printer->journal) >= event_printer->next) {
        count = mbp_journal_read(event_printer->journal, event_printer->next, EVENTS, events);
        for (size_t i = 0; i < count; i++)
            mbp_report_event(&by, &events[i], NULL, MBP_FORMAT_TEXT, stdout);
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
