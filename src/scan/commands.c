/* What an instructor's commands leave in the journal: ten events a second, as of a peer's writes, so that nobody turns
 * its oldest events out by pausing, stepping or taking snapshots as fast as he can. What is beyond is coalesced: the
 * last command of its kind is told as soon as it may, and how many were before it. A restore must be told whole, with
 * each alarm that is another one by it: the next one waits its time instead. */
#include <math.h>
#include <string.h>

#include "scan_priv.h"

/* A restore costs as much as so many events a second of what it tells. */
#define RESTORE_NS  (100 * MBP_NS_PER_MS)
#define RESTORED_NS MBP_NS_PER_MS

static void emit(struct mbp_scan *scan, const struct scan_command *command)
{
    mbp_events_emit(&scan->events, command->event);
    if (command->count > 1) {
        struct mbp_event counts = command->event;
        counts.code = MBP_EV_WRITES_AGGREGATED;
        counts.value = (float)(command->count - 1);
        counts.limit = NAN;
        counts.detail = command->event.code;
        counts.flags = 0;
        mbp_events_emit(&scan->events, counts);
    }
}

void scan_emit_waiting_commands(struct mbp_scan *scan)
{
    struct scan_commands *commands = &scan->commands;
    for (size_t i = 0; i < commands->count; i++)
        emit(scan, &commands->waiting[i]);
    commands->count = 0;
}

/* Takes a waiting one of the code out; count is 0 of what does not wait. */
static struct scan_command take(struct scan_commands *commands, const struct mbp_event *event)
{
    for (size_t i = 0; i < commands->count; i++) {
        struct scan_command found = commands->waiting[i];
        if (found.event.code != event->code)
            continue;
        memmove(&commands->waiting[i], &commands->waiting[i + 1], (--commands->count - i) * sizeof found);
        return found;
    }
    return (struct scan_command){.event = *event};
}

/* The latest one speaks for those before it, or their sum does, and a speed's old value is that before the first. */
static void coalesce(struct scan_commands *commands, const struct mbp_event *event)
{
    struct scan_command command = take(commands, event);
    bool adds_up = mbp_event_type(event->code)->coalesce == MBP_COALESCE_SUM;
    if (command.count > 0) {
        command.event.value = event->value + (adds_up ? command.event.value : 0);
        command.event.actor = command.event.actor == event->actor ? event->actor : MBP_ACTOR_OTHERS;
        command.event.flags = event->flags != 0 ? event->flags : command.event.flags;
    }
    command.count++;
    commands->waiting[commands->count++] = command;
}

void scan_emit_command(struct mbp_scan *scan, enum mbp_event_code code, double value, double before, uint32_t peer)
{
    scan_emit_command_event(scan,
                            (struct mbp_event){.code = (uint16_t)code,
                                               .machine = MBP_NONE16,
                                               .sensor = MBP_NONE16,
                                               .value = (float)value,
                                               .limit = (float)before},
                            peer);
}

void scan_emit_command_event(struct mbp_scan *scan, struct mbp_event event, uint32_t peer)
{
    struct scan_commands *commands = &scan->commands;
    mbp_event_by(&event, peer);
    scan_between_begin(scan);
    scan_budget_save(&commands->budget, scan_now_ns(scan));
    if (peer != 0 && !scan_budget_suffices(&commands->budget)) {
        coalesce(commands, &event);
    } else {
        scan_emit_waiting_commands(scan);
        mbp_events_emit(&scan->events, event);
        if (peer != 0)
            scan_budget_pay(&commands->budget);
    }
    scan_between_end(scan);
}

void scan_note_command(struct mbp_scan *scan, enum mbp_event_code code, double value, uint32_t peer)
{
    struct mbp_event event = {
        .code = (uint16_t)code, .machine = MBP_NONE16, .sensor = MBP_NONE16, .value = (float)value, .limit = NAN};
    mbp_event_by(&event, peer);
    coalesce(&scan->commands, &event);
}

void scan_emit_due_commands(struct mbp_scan *scan)
{
    struct scan_commands *commands = &scan->commands;
    if (commands->count == 0)
        return;
    scan_budget_save(&commands->budget, scan_now_ns(scan));
    if (!scan_budget_suffices(&commands->budget))
        return;
    scan_between_begin(scan);
    scan_emit_waiting_commands(scan);
    scan_budget_pay(&commands->budget);
    scan_between_end(scan);
}

bool scan_may_restore(const struct mbp_scan *scan)
{
    return scan_now_ns(scan) >= scan->commands.restore_at_ns;
}

void scan_pay_restore(struct mbp_scan *scan, size_t events)
{
    scan->commands.restore_at_ns = scan_now_ns(scan) + RESTORE_NS + RESTORED_NS * events;
}
