/* What people tell the journal, as words of a file and as events. */
#include "mbplant/event/logbook.h"

#include <math.h>

bool mbp_history_wants(uint16_t code)
{
    const struct mbp_event_type *type = mbp_event_type(code);
    return type != NULL && (type->retains & MBP_RETAINS_HISTORY) != 0;
}

const char *mbp_work_kind_name(enum mbp_work_kind kind)
{
    static const char *const names[MBP_WORK_KINDS] = {
        "", [MBP_WORK_CORRECTIVE] = "corrective", [MBP_WORK_PREVENTIVE] = "preventive"};
    return kind < MBP_WORK_KINDS ? names[kind] : "";
}

void mbp_logbook_encode(const struct mbp_logbook_record *record, uint16_t words[MBP_LOGBOOK_WORDS])
{
    words[0] = record->command;
    words[1] = record->machine;
    words[2] = record->item;
    words[3] = (uint16_t)(record->number >> 16);
    words[4] = (uint16_t)record->number;
    words[5] = record->kind;
    words[6] = (uint16_t)(record->planned_s >> 16);
    words[7] = (uint16_t)record->planned_s;
    words[8] = (uint16_t)(record->due >> 16);
    words[9] = (uint16_t)record->due;
}

void mbp_logbook_decode(const uint16_t *words, size_t count, struct mbp_logbook_record *out)
{
    uint16_t all[MBP_LOGBOOK_WORDS] = {0, MBP_NONE16, MBP_NONE16};
    for (size_t i = 0; i < count && i < MBP_LOGBOOK_WORDS; i++)
        all[i] = words[i];
    *out = (struct mbp_logbook_record){
        .command = all[0],
        .machine = all[1],
        .item = all[2],
        .number = (uint32_t)all[3] << 16 | all[4],
        .kind = all[5],
        .planned_s = (uint32_t)all[6] << 16 | all[7],
        .due = (uint32_t)all[8] << 16 | all[9],
    };
}

static bool is_none_or_below(uint16_t number, uint32_t count)
{
    return number == MBP_NONE16 || number < count;
}

bool mbp_logbook_is_good(const struct mbp_logbook_record *record, uint32_t machines, uint32_t items)
{
    unsigned kind = record->kind & 0xFFu;
    if (!is_none_or_below(record->machine, machines) || !is_none_or_below(record->item, items))
        return false;
    switch ((enum mbp_logbook_command)record->command) {
    case MBP_LOGBOOK_NOTE:
        return true;
    case MBP_LOGBOOK_CAUSE:
    case MBP_LOGBOOK_WORK_STARTED:
    case MBP_LOGBOOK_WORK_DONE:
    case MBP_LOGBOOK_WORK_CANCELLED:
        return record->number != 0;
    case MBP_LOGBOOK_WORK_OPENED:
        return record->machine != MBP_NONE16 && kind >= MBP_WORK_CORRECTIVE && kind < MBP_WORK_KINDS &&
               record->kind >> 8 < MBP_DUE_CONDITION;
    case MBP_LOGBOOK_COMMANDS:
        break;
    }
    return false;
}

double mbp_work_due_at(const struct mbp_event *opened)
{
    bool due = (opened->detail >> 8 & 0xFFu) != MBP_DUE_NEVER;
    return due && isfinite(opened->limit) ? (double)opened->limit + (int16_t)(opened->detail >> 16) : (double)NAN;
}

void mbp_work_set_due_at(struct mbp_event *opened, double due_at)
{
    double whole = fmin(fmax(due_at, 0), MBP_DUE_MAX);
    opened->limit = (float)whole;
    long rest = lround(whole - (double)opened->limit); /* a float of that size is off by 8,192 at most */
    opened->detail = (opened->detail & 0xFFFFu) | (uint32_t)(uint16_t)(int16_t)rest << 16;
}

struct mbp_event mbp_logbook_event(const struct mbp_logbook_record *record)
{
    static const uint16_t codes[MBP_LOGBOOK_COMMANDS] = {
        [MBP_LOGBOOK_NOTE] = MBP_EV_NOTE,
        [MBP_LOGBOOK_CAUSE] = MBP_EV_INCIDENT_CAUSE,
        [MBP_LOGBOOK_WORK_OPENED] = MBP_EV_WORK_OPENED,
        [MBP_LOGBOOK_WORK_STARTED] = MBP_EV_WORK_STARTED,
        [MBP_LOGBOOK_WORK_DONE] = MBP_EV_WORK_DONE,
        [MBP_LOGBOOK_WORK_CANCELLED] = MBP_EV_WORK_CANCELLED,
    };
    struct mbp_event event = {
        .code = codes[record->command],
        .machine = record->machine,
        .sensor = record->item,
        .value = NAN,
        .limit = NAN,
        .detail = record->number,
    };
    if (record->command != MBP_LOGBOOK_WORK_OPENED)
        return event;
    event.detail = record->kind;
    if (record->planned_s != 0)
        event.value = (float)record->planned_s;
    if (record->kind >> 8 != MBP_DUE_NEVER)
        mbp_work_set_due_at(&event, record->due);
    return event;
}
