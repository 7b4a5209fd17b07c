/* Commands to alarms by their records: carried out in their order, and answered. */
#include "mbplant/diagnosis.h"
#include "mbplant/image/alarm_command.h"
#include "scan_priv.h"

void scan_do_alarm_commands(struct mbp_scan *scan)
{
    const struct mbp_alarm_asked *commands;
    size_t count = mbp_image_latch_alarm_commands(scan->config.image, &commands);
    for (size_t i = 0; i < count; i++) {
        enum mbp_deed_result result =
            mbp_diagnosis_do(scan->config.plant, scan->state, &commands[i].command, &scan->events);
        mbp_image_answer_alarm_command(scan->config.image, &commands[i], result);
    }
}
