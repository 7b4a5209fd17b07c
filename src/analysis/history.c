/* Incidents: from the machine's failure to its return. */
#include "mbplant/analysis/history.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "history_priv.h"

/* Beside those of mbp_history_wants (mbplant/event/logbook.h): what tells of an incident's alarms and acknowledgements.
 */
static bool history_wants_in_full(uint16_t code)
{
    return mbp_history_wants(code) || code == MBP_EV_ALARM_RAISED || code == MBP_EV_ALARM_ACKNOWLEDGED;
}

/* ---- machines ---------------------------------------------------------------------------------------------------- */

/* In the plant of now, by unit id and name. */
static uint32_t find_machine(const struct mbp_plant *plant, const char *name, uint8_t unit)
{
    uint32_t found = mbp_plant_find_machine(plant, name);
    return found != UINT32_MAX && plant->units[plant->machines[found].unit].id == unit ? found : UINT32_MAX;
}

static struct mbp_history_machine machine_of(const struct mbp_historian *historian, const struct mbp_event *event)
{
    const struct mbp_names *names = historian->names;
    const struct mbp_unit *unit = mbp_plant_find_unit(historian->plant, event->unit);
    const struct mbp_event_tag *tag = names != NULL ? mbp_names_machine(names, event) : NULL;
    struct mbp_history_machine machine = {(uint8_t)event->unit, event->machine, UINT32_MAX, ""};
    if (tag != NULL) {
        machine.name = tag->name;
        machine.index = find_machine(historian->plant, tag->name, machine.unit);
    } else if ((names == NULL || names->tag_count == 0 || names->left_out) && unit != NULL &&
               event->machine < unit->machine_count) {
        machine.index = unit->first_machine + event->machine;
        machine.name = historian->plant->machines[machine.index].name;
    }
    return machine;
}

struct history_track *history_track(struct mbp_historian *historian, const struct mbp_event *event)
{
    uint32_t **of_unit = &historian->of_unit[event->unit & UINT8_MAX];
    if (*of_unit == NULL)
        *of_unit = calloc(UINT16_MAX + 1u, sizeof **of_unit);
    if (*of_unit == NULL)
        return NULL;
    uint32_t *place = &(*of_unit)[event->machine];
    if (*place != 0)
        return (struct history_track *)historian->tracks.items + *place - 1;
    const struct history_track fresh = {
        .machine = machine_of(historian, event), .incident = NOTHING, .upkeep = NOTHING, .stay = NOTHING};
    if (analysis_list_add(&historian->tracks, &fresh, sizeof fresh) != MBP_OK)
        return NULL;
    *place = (uint32_t)historian->tracks.count;
    return (struct history_track *)historian->tracks.items + *place - 1;
}

/* ---- incidents --------------------------------------------------------------------------------------------------- */

static struct mbp_incident *incidents(struct mbp_historian *historian)
{
    return historian->incidents.items;
}

static enum mbp_status begin(struct mbp_historian *historian, struct history_track *track,
                             const struct mbp_event *event)
{
    const struct mbp_incident incident = {.machine = track->machine, .begin = *event};
    track->incident = historian->incidents.count;
    track->failed_t = axis_t(&historian->axis);
    track->maintenance_ms = 0;
    return analysis_list_add(&historian->incidents, &incident, sizeof incident);
}

/* Up to now: how long it was out of service, and in repair. */
static void measure(struct mbp_historian *historian, const struct history_track *track)
{
    uint64_t now = axis_t(&historian->axis);
    struct mbp_incident *incident = &incidents(historian)[track->incident];
    incident->down_ms = now - track->failed_t;
    incident->repair_ms = incident->down_ms;
    incident->maintenance_ms = track->maintenance_ms + (track->in_maintenance ? now - track->maintained_t : 0);
}

static void end(struct mbp_historian *historian, struct history_track *track, const struct mbp_event *event)
{
    measure(historian, track);
    incidents(historian)[track->incident].end = *event;
    track->incident = NOTHING;
}

static enum mbp_status take_state(struct mbp_historian *historian, struct history_track *track,
                                  const struct mbp_event *event)
{
    unsigned to = mbp_event_state_to(event->detail);
    uint64_t now = axis_t(&historian->axis);
    enum mbp_status status = history_work_state(historian, track, event);
    if (status != MBP_OK)
        return status;
    if (track->in_maintenance && to != MBP_MAINTENANCE) {
        track->maintenance_ms += now - track->maintained_t;
        track->in_maintenance = false;
        if (track->incident != NOTHING)
            measure(historian, track);
    }
    if (to == MBP_MAINTENANCE && !track->in_maintenance) {
        track->in_maintenance = true;
        track->maintained_t = now;
    }
    if (to == MBP_EN_PANNE && track->incident == NOTHING)
        return begin(historian, track, event);
    if (to == MBP_EN_SERVICE && track->incident != NOTHING)
        end(historian, track, event);
    return MBP_OK;
}

static int by_begin(const void *key, const void *item)
{
    uint32_t number = *(const uint32_t *)key;
    const struct mbp_incident *incident = item;
    return number < incident->begin.seq ? -1 : number > incident->begin.seq;
}

static struct mbp_incident *find_incident(struct mbp_historian *historian, uint32_t number)
{
    if (historian->incidents.count == 0)
        return NULL;
    return bsearch(&number, historian->incidents.items, historian->incidents.count, sizeof(struct mbp_incident),
                   by_begin);
}

static enum mbp_status take_note(struct mbp_historian *historian, const struct mbp_event *event)
{
    struct mbp_incident *incident = find_incident(historian, event->detail);
    if (incident != NULL && event->code == MBP_EV_INCIDENT_CAUSE)
        incident->cause = *event;
    else if (incident != NULL)
        incident->notes++;
    return analysis_list_add(&historian->notes, event, sizeof *event);
}

/* Of the first-out alarm: the same sensor and, where the event says which, the same alarm. */
bool history_is_first_out(const struct mbp_incident *incident, const struct mbp_event *event)
{
    unsigned alarm = mbp_event_alarm(&incident->begin);
    return event->sensor == incident->begin.sensor && event->unit == incident->begin.unit &&
           incident->begin.sensor != MBP_NONE16 && (alarm == MBP_NO_ALARM || alarm == event->detail);
}

static void take_alarm(struct mbp_historian *historian, const struct history_track *track,
                       const struct mbp_event *event)
{
    if (track->incident == NOTHING)
        return;
    struct mbp_incident *incident = &incidents(historian)[track->incident];
    bool first = history_is_first_out(incident, event);
    if (event->code == MBP_EV_ALARM_RAISED)
        incident->alarms += !first;
    else if (first && incident->acknowledged.seq == 0)
        incident->acknowledged = *event;
}

static void remove_machine(struct mbp_historian *historian, struct history_track *track, const struct mbp_event *event)
{
    if (track->incident != NOTHING) {
        struct mbp_incident *incident = &incidents(historian)[track->incident];
        end(historian, track, event);
        incident->removed = true;
        incident->repair_ms = 0;
    }
    track->in_maintenance = false;
    history_work_removed(historian, track, event);
}

/* Its tag when no plant has it any more; NULL = it is there, or nobody knows. */
static const struct mbp_event_tag *gone_tag(const struct mbp_historian *historian, const struct history_track *track)
{
    const struct mbp_event about = {.unit = track->machine.unit, .machine = track->machine.id};
    const struct mbp_event_tag *tag = historian->names != NULL ? mbp_names_machine(historian->names, &about) : NULL;
    return tag != NULL && tag->gone != MBP_TAG_STAYS ? tag : NULL;
}

/* A run may begin with a plant that lacks machines, and no event tells that they went. Its number is the greatest that
 * is not beyond the last one that can be about them. */
static void note_the_gone(struct mbp_historian *historian, const struct mbp_event *event)
{
    struct history_track *tracks = historian->tracks.items;
    for (size_t i = 0; i < historian->tracks.count; i++) {
        const struct mbp_event_tag *tag = gone_tag(historian, &tracks[i]);
        if (tag == NULL || event->seq > tag->gone)
            continue;
        tracks[i].without = *event;
        tracks[i].without_t_ns = historian->axis.t_ns;
    }
}

/* Those of which no event told that they went, went with that run. */
static void remove_the_gone(struct mbp_historian *historian)
{
    struct history_track *tracks = historian->tracks.items;
    const uint64_t t_ns = historian->axis.t_ns;
    for (size_t i = 0; i < historian->tracks.count; i++) {
        if (tracks[i].without.seq == 0)
            continue;
        historian->axis.t_ns = tracks[i].without_t_ns;
        remove_machine(historian, &tracks[i], &tracks[i].without);
    }
    historian->axis.t_ns = t_ns;
}

static enum mbp_status take(struct mbp_historian *historian, const struct mbp_event *event)
{
    if (event->code == MBP_EV_NOTE || event->code == MBP_EV_INCIDENT_CAUSE)
        return take_note(historian, event);
    if (event->code == MBP_EV_WORK_STARTED || event->code == MBP_EV_WORK_DONE || event->code == MBP_EV_WORK_CANCELLED)
        return history_work_goes_on(historian, event);
    if (event->code == MBP_EV_PLANT_LOADED)
        note_the_gone(historian, event);
    if (event->machine == MBP_NONE16)
        return MBP_OK;
    struct history_track *track = history_track(historian, event);
    if (track == NULL)
        return MBP_ERR_MEMORY;
    track->without.seq = 0;
    switch (event->code) {
    case MBP_EV_MACHINE_STATE:
        return take_state(historian, track, event);
    case MBP_EV_MACHINE_REMOVED:
        remove_machine(historian, track, event);
        return MBP_OK;
    case MBP_EV_WORK_OPENED:
    case MBP_EV_MAINTENANCE_DUE:
        return history_work_opened(historian, track, event);
    case MBP_EV_ALARM_RAISED:
    case MBP_EV_ALARM_ACKNOWLEDGED:
        take_alarm(historian, track, event);
        return MBP_OK;
    default:
        return MBP_OK;
    }
}

/* ---- life -------------------------------------------------------------------------------------------------------- */

enum mbp_status mbp_historian_new(const struct mbp_plant *plant, const struct mbp_names *names,
                                  struct mbp_historian **out)
{
    struct mbp_historian *historian = calloc(1, sizeof *historian);
    if (historian == NULL)
        return MBP_ERR_MEMORY;
    historian->plant = plant;
    historian->names = names;
    historian->axis.scan_ns = plant->scan_ns;
    historian->axis.period = (struct mbp_analysis_period){.until_ms = UINT64_MAX, .end_event = UINT64_MAX};
    *out = historian;
    return MBP_OK;
}

void mbp_historian_free(struct mbp_historian *historian)
{
    if (historian == NULL)
        return;
    free(historian->tracks.items);
    free(historian->incidents.items);
    free(historian->work.items);
    free(historian->notes.items);
    free(historian->begun.items);
    for (unsigned u = 0; u <= UINT8_MAX; u++)
        free(historian->of_unit[u]);
    free(historian);
}

enum mbp_status mbp_historian_take(struct mbp_historian *historian, const struct mbp_event *event)
{
    if (!history_wants_in_full(event->code))
        return MBP_OK;
    if (mbp_history_wants(event->code)) /* so that time is the same whatever else is taken */
        axis_take(&historian->axis, event);
    axis_follow_pace(&historian->axis, event);
    return take(historian, event);
}

/* The plant's time goes on to what it is like now. */
static void reach_now(struct mbp_historian *historian, const struct mbp_analysis_now *now)
{
    struct axis *axis = &historian->axis;
    if (now != NULL && axis->started && now->scan > axis->scan)
        axis->t_ns = mbp_time_add_sat(axis->t_ns, mbp_time_mul_sat(now->scan - axis->scan, axis->scan_ns));
}

enum mbp_status mbp_historian_finish(struct mbp_historian *historian, const struct mbp_analysis_now *now,
                                     struct mbp_history **out)
{
    struct mbp_history *history = calloc(1, sizeof *history);
    if (history == NULL) {
        mbp_historian_free(historian);
        return MBP_ERR_MEMORY;
    }
    remove_the_gone(historian);
    reach_now(historian, now);
    struct history_track *tracks = historian->tracks.items;
    for (size_t i = 0; i < historian->tracks.count; i++) {
        if (tracks[i].incident != NOTHING)
            measure(historian, &tracks[i]);
    }
    history_work_finish(historian, now);
    *history = (struct mbp_history){
        .incidents = historian->incidents.items,
        .incident_count = historian->incidents.count,
        .work = historian->work.items,
        .work_count = historian->work.count,
        .notes = historian->notes.items,
        .note_count = historian->notes.count,
    };
    historian->incidents.items = historian->work.items = historian->notes.items = NULL;
    mbp_historian_free(historian);
    *out = history;
    return MBP_OK;
}

void mbp_history_free(struct mbp_history *history)
{
    if (history == NULL)
        return;
    free(history->incidents);
    free(history->work);
    free(history->notes);
    free(history);
}

const struct mbp_incident *mbp_history_incident(const struct mbp_history *history, uint32_t number)
{
    if (history->incident_count == 0)
        return NULL;
    return bsearch(&number, history->incidents, history->incident_count, sizeof(struct mbp_incident), by_begin);
}
