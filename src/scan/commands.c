/* What an instructor's commands leave in the journal: ten events a second, as of a peer's writes, so that nobody turns
 * its oldest events out by pausing, stepping or taking snapshots as fast as he can. What is beyond is coalesced: the
 * last command of its kind, of the same point or parameter, is told as soon as it may, and how many were before it. A
 * restore must be told whole, with each alarm that is another one by it: the next one waits its time instead. */
#include <math.h>
#include <string.h>

#include "scan_priv.h"

/* A restore costs as much as so many events a second of what it tells. */
#define RESTORE_NS  (100 * MBP_NS_PER_MS)
#define RESTORED_NS MBP_NS_PER_MS

static void emit(struct mbp_scan *scan, const struct scan_command *command)
{
    struct mbp_event counts = command->event;
    mbp_events_emit(&scan->events, command->event);
    if (command->count <= 1)
        return;
    counts.code = MBP_EV_WRITES_AGGREGATED;
    counts.value = (float)(command->count - 1);
    counts.limit = NAN;
    counts.detail = command->event.code;
    counts.flags = 0;
    mbp_events_emit(&scan->events, counts);
}

/* The oldest. */
static void emit_next(struct mbp_scan *scan)
{
    struct scan_commands *commands = &scan->commands;
    emit(scan, &commands->waiting[0]);
    memmove(&commands->waiting[0], &commands->waiting[1], --commands->count * sizeof commands->waiting[0]);
}

void scan_emit_waiting_commands(struct mbp_scan *scan)
{
    struct scan_commands *commands = &scan->commands;
    for (size_t i = 0; i < commands->count; i++)
        emit(scan, &commands->waiting[i]);
    commands->count = 0;
}

static bool is_of_point(const struct mbp_event *event)
{
    return mbp_event_type(event->code)->detail == MBP_DETAIL_WRITE;
}

/* Of the same thing: what the detail of a write says is where it stands. */
static bool same_subject(const struct mbp_event *a, const struct mbp_event *b)
{
    return a->code == b->code && a->unit == b->unit && a->machine == b->machine && a->sensor == b->sensor &&
           (!is_of_point(a) || a->detail == b->detail);
}

/* Takes a waiting one of the same out; count is 0 of what does not wait. */
static struct scan_command take(struct scan_commands *commands, const struct mbp_event *event)
{
    for (size_t i = 0; i < commands->count; i++) {
        struct scan_command found = commands->waiting[i];
        if (!same_subject(&found.event, event))
            continue;
        memmove(&commands->waiting[i], &commands->waiting[i + 1], (--commands->count - i) * sizeof found);
        return found;
    }
    return (struct scan_command){.event = *event};
}

/* The latest one speaks for those before it, or their sum does, and the old value of a speed or a point is that before
 * the first. Of more points than there are places for the oldest is told though it may not yet: none stands for
 * another. */
static void coalesce(struct mbp_scan *scan, const struct mbp_event *event)
{
    struct scan_commands *commands = &scan->commands;
    const struct mbp_event_type *type = mbp_event_type(event->code);
    struct scan_command command = take(commands, event);
    const struct mbp_event before = command.event;
    bool merged = command.count > 0;
    command.event = *event;
    if (merged) {
        command.event.value += type->coalesce == MBP_COALESCE_SUM ? before.value : 0;
        command.event.limit = type->limit == type->value ? before.limit : event->limit;
        command.event.actor = before.actor == event->actor ? event->actor : MBP_ACTOR_OTHERS;
        command.event.flags = event->flags != 0 ? event->flags : before.flags;
    }
    command.count++;
    if (is_of_point(event) && commands->count >= SCAN_COMMANDS_MAX - SCAN_COMMAND_CODES)
        emit_next(scan);
    commands->waiting[commands->count++] = command;
}

/* What waits and may be told: a point each time, and what is of no point with the one before it, for of that there are
 * few. */
static void emit_due(struct mbp_scan *scan)
{
    struct scan_commands *commands = &scan->commands;
    scan_budget_save(&commands->budget, scan_now_ns(scan));
    for (bool first = true; commands->count > 0; first = false) {
        bool pays = first || is_of_point(&commands->waiting[0].event);
        if (pays && !scan_budget_suffices(&commands->budget))
            break;
        emit_next(scan);
        if (pays)
            scan_budget_pay(&commands->budget);
    }
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
    emit_due(scan);
    if (!mbp_actor_is_peer(MBP_PEER_ACTOR(peer))) {
        scan_emit_waiting_commands(scan);
        mbp_events_emit(&scan->events, event);
    } else if (commands->count == 0 && scan_budget_suffices(&commands->budget)) {
        mbp_events_emit(&scan->events, event);
        scan_budget_pay(&commands->budget);
    } else {
        coalesce(scan, &event);
    }
    scan_between_end(scan);
}

void scan_note_command(struct mbp_scan *scan, enum mbp_event_code code, double value, uint32_t peer)
{
    struct mbp_event event = {
        .code = (uint16_t)code, .machine = MBP_NONE16, .sensor = MBP_NONE16, .value = (float)value, .limit = NAN};
    mbp_event_by(&event, peer);
    coalesce(scan, &event);
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
    emit_due(scan);
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
