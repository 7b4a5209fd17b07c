/* Work: what was opened, what a machine's upkeep made due, and stays in maintenance that belong to neither. */
#include <math.h>
#include <stdlib.h>

#include "history_priv.h"

/* Beside each record: the plant's time in ms. */
struct times {
    uint64_t opened, started;
};

static struct mbp_work_record *work_at(struct mbp_historian *historian, size_t i)
{
    return (struct mbp_work_record *)historian->work.items + i;
}

static struct times *times_at(struct mbp_historian *historian, size_t i)
{
    return (struct times *)historian->begun.items + i;
}

const char *mbp_work_state_name(enum mbp_work_state state)
{
    static const char *const names[MBP_WORK_STATES] = {[MBP_WORK_OPEN] = "open",
                                                       [MBP_WORK_GOES_ON] = "started",
                                                       [MBP_WORK_IS_DONE] = "done",
                                                       [MBP_WORK_IS_CANCELLED] = "cancelled"};
    return state < MBP_WORK_STATES ? names[state] : "";
}

bool mbp_work_is_over(const struct mbp_work_record *work)
{
    return work->state == MBP_WORK_IS_DONE || work->state == MBP_WORK_IS_CANCELLED;
}

static enum mbp_status add(struct mbp_historian *historian, const struct mbp_work_record *record)
{
    const struct times times = {axis_t(&historian->axis), axis_t(&historian->axis)};
    enum mbp_status status = analysis_list_add(&historian->begun, &times, sizeof times);
    return status == MBP_OK ? analysis_list_add(&historian->work, record, sizeof *record) : status;
}

static void start(struct mbp_historian *historian, struct history_track *track, size_t i, const struct mbp_event *event)
{
    struct mbp_work_record *work = work_at(historian, i);
    if (work->state != MBP_WORK_OPEN)
        return; /* who came first has it */
    track->goes_on++;
    work->started = *event;
    work->state = MBP_WORK_GOES_ON;
    times_at(historian, i)->started = axis_t(&historian->axis);
}

static void finish(struct mbp_historian *historian, struct history_track *track, size_t i,
                   const struct mbp_event *event)
{
    struct mbp_work_record *work = work_at(historian, i);
    bool cancelled = event->code == MBP_EV_WORK_CANCELLED;
    if (mbp_work_is_over(work) || (cancelled && work->by_state))
        return; /* a stay in maintenance was: what happened cannot be called off */
    if (work->state == MBP_WORK_GOES_ON) {
        work->real_ms = axis_t(&historian->axis) - times_at(historian, i)->started;
        track->goes_on--;
    }
    work->done = *event;
    if (track->upkeep == i)
        track->upkeep = NOTHING;
    if (track->stay == i)
        track->stay = NOTHING;
    work->state = cancelled ? MBP_WORK_IS_CANCELLED : MBP_WORK_IS_DONE;
}

/* ---- opened ------------------------------------------------------------------------------------------------------ */

/* How long its planned maintenance takes, as the plant file says now. */
static uint32_t planned_of(const struct mbp_historian *historian, const struct history_track *track)
{
    uint32_t index = track->machine.index;
    return index != UINT32_MAX ? (uint32_t)(historian->plant->machines[index].maintenance_takes_ns / MBP_NS_PER_S) : 0;
}

enum mbp_status history_work_opened(struct mbp_historian *historian, struct history_track *track,
                                    const struct mbp_event *event)
{
    struct mbp_work_record work = {.machine = track->machine, .opened = *event, .left = NAN};
    if (event->code == MBP_EV_WORK_OPENED) {
        work.kind = (uint8_t)event->detail;
        work.due = (uint8_t)(event->detail >> 8);
        work.due_at = mbp_work_due_at(event);
        if (event->value > 0) /* a saved journal may hold anything */
            work.planned_s = (double)event->value < UINT32_MAX ? (uint32_t)event->value : UINT32_MAX;
        return add(historian, &work);
    }
    if (track->upkeep != NOTHING)
        return MBP_OK; /* told again after a restart */
    work.kind = MBP_WORK_PREVENTIVE;
    work.due = event->detail == MBP_DUE_CONDITION ? MBP_DUE_CONDITION : MBP_DUE_TIME;
    work.planned_s = planned_of(historian, track);
    track->upkeep = historian->work.count;
    return add(historian, &work);
}

static int by_number(const void *key, const void *item)
{
    uint32_t number = *(const uint32_t *)key;
    const struct mbp_work_record *work = item;
    return number < work->opened.seq ? -1 : number > work->opened.seq;
}

const struct mbp_work_record *mbp_history_work(const struct mbp_history *history, uint32_t number)
{
    if (history->work_count == 0)
        return NULL;
    return bsearch(&number, history->work, history->work_count, sizeof(struct mbp_work_record), by_number);
}

enum mbp_status history_work_goes_on(struct mbp_historian *historian, const struct mbp_event *event)
{
    const struct mbp_history seen = {.work = historian->work.items, .work_count = historian->work.count};
    const struct mbp_work_record *work = mbp_history_work(&seen, event->detail);
    if (work == NULL)
        return MBP_OK; /* its beginning is no longer in the journal, or there never was any */
    size_t i = (size_t)(work - seen.work);
    struct history_track *track = history_track(historian, &work->opened);
    if (track == NULL)
        return MBP_ERR_MEMORY;
    if (event->code == MBP_EV_WORK_STARTED)
        start(historian, track, i, event);
    else
        finish(historian, track, i, event);
    return MBP_OK;
}

/* ---- the machine's state ----------------------------------------------------------------------------------------- */

static enum mbp_status begin_stay(struct mbp_historian *historian, struct history_track *track,
                                  const struct mbp_event *event)
{
    bool repair = track->incident != NOTHING || mbp_event_state_from(event->detail) == MBP_EN_PANNE;
    if (track->goes_on > 0)
        return MBP_OK; /* somebody works on it as it is: the stay belongs to that */
    if (track->upkeep != NOTHING && !repair) {
        start(historian, track, track->upkeep, event);
        track->stay = track->upkeep;
        return MBP_OK;
    }
    const struct mbp_work_record work = {
        .machine = track->machine,
        .kind = repair ? MBP_WORK_CORRECTIVE : MBP_WORK_PREVENTIVE,
        .state = MBP_WORK_GOES_ON,
        .by_state = true,
        .opened = *event,
        .started = *event,
        .planned_s = repair ? 0 : planned_of(historian, track),
        .left = NAN,
    };
    track->stay = historian->work.count;
    track->goes_on++;
    return add(historian, &work);
}

/* After any maintenance, a repair's too, wear begins anew: what was due is done with it, unless somebody has begun it
 * and will say when it is. */
static void end_upkeep(struct mbp_historian *historian, struct history_track *track, const struct mbp_event *event)
{
    if (track->upkeep != NOTHING && work_at(historian, track->upkeep)->state == MBP_WORK_OPEN)
        finish(historian, track, track->upkeep, event);
}

enum mbp_status history_work_state(struct mbp_historian *historian, struct history_track *track,
                                   const struct mbp_event *event)
{
    unsigned to = mbp_event_state_to(event->detail);
    if (to == MBP_MAINTENANCE)
        return begin_stay(historian, track, event);
    if (to == MBP_EN_SERVICE && track->stay != NOTHING) /* a test run that fails does not end it */
        finish(historian, track, track->stay, event);
    if (to == MBP_EN_SERVICE && mbp_event_state_from(event->detail) == MBP_MAINTENANCE)
        end_upkeep(historian, track, event);
    return MBP_OK;
}

void history_work_removed(struct mbp_historian *historian, struct history_track *track, const struct mbp_event *event)
{
    for (size_t i = 0; i < historian->work.count; i++) {
        struct mbp_work_record *work = work_at(historian, i);
        bool its = work->machine.id == track->machine.id && work->machine.unit == track->machine.unit;
        if (!its || mbp_work_is_over(work))
            continue;
        finish(historian, track, i, event);
        work->removed = true;
    }
}

/* ---- now --------------------------------------------------------------------------------------------------------- */

static double left_of(struct mbp_historian *historian, size_t i, const struct mbp_analysis_now *now)
{
    const struct mbp_work_record *work = work_at(historian, i);
    uint64_t since = axis_t(&historian->axis) - times_at(historian, i)->opened;
    const struct mbp_analysis_machine_now *machine =
        now != NULL && work->machine.index != UINT32_MAX ? &now->machines[work->machine.index] : NULL;
    switch ((enum mbp_work_due)work->due) {
    case MBP_DUE_TIME:
    case MBP_DUE_CONDITION:
        return work->due_at - (double)since / 1000;
    case MBP_DUE_RUNNING:
        return machine != NULL && mbp_analysis_tells(machine, MBP_FIGURE_RUNNING) ? work->due_at - machine->running_s
                                                                                  : (double)NAN;
    case MBP_DUE_PRODUCTS:
        return machine != NULL && mbp_analysis_tells(machine, MBP_FIGURE_GOOD) &&
                       mbp_analysis_tells(machine, MBP_FIGURE_REJECT)
                   ? work->due_at - (double)machine->good - (double)machine->reject
                   : (double)NAN;
    case MBP_DUE_NEVER:
    case MBP_DUE_KINDS:
        break;
    }
    return (double)NAN;
}

void history_work_finish(struct mbp_historian *historian, const struct mbp_analysis_now *now)
{
    for (size_t i = 0; i < historian->work.count; i++) {
        struct mbp_work_record *work = work_at(historian, i);
        if (work->state == MBP_WORK_GOES_ON)
            work->real_ms = axis_t(&historian->axis) - times_at(historian, i)->started;
        if (mbp_work_is_over(work))
            continue;
        work->left = left_of(historian, i, now);
        work->overdue = work->state == MBP_WORK_OPEN && work->left <= 0;
    }
}
