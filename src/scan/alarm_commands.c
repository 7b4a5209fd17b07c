/* Commands to alarms by their records: carried out in their order, and answered. */
#include "mbplant/diagnosis.h"
#include "mbplant/image/alarm_command.h"
#include "scan_priv.h"

struct scan_asked scan_take_alarm_commands(struct mbp_scan *scan)
{
    struct scan_asked asked = {0};
    asked.count = mbp_image_latch_alarm_commands(scan->config.image, &asked.items);
    return asked;
}

void scan_do_alarm_commands(struct mbp_scan *scan, struct scan_asked *asked, size_t writes)
{
    for (; asked->done < asked->count && asked->items[asked->done].behind <= writes; asked->done++) {
        const struct mbp_alarm_asked *one = &asked->items[asked->done];
        enum mbp_deed_result result = mbp_diagnosis_do(scan->config.plant, scan->state, &one->command, &scan->events);
        mbp_image_answer_alarm_command(scan->config.image, one, result);
    }
}
