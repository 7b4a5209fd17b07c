/* A history out of any source of events. */
#include "history_priv.h"
#include "mbplant/report/period.h"

struct reading {
    struct mbp_historian *historian;
    enum mbp_status status;
};

static bool take(void *ctx, const struct mbp_event *event)
{
    struct reading *reading = ctx;
    if (mbp_history_wants(event->code))
        reading->status = mbp_historian_take(reading->historian, event);
    return reading->status == MBP_OK;
}

enum mbp_status mbp_history_read(const struct mbp_plant *plant, const struct mbp_names *names,
                                 const struct mbp_event_source *source, const struct mbp_analysis_now *now,
                                 struct mbp_history **out)
{
    struct reading reading = {.status = MBP_OK};
    enum mbp_status status = mbp_historian_new(plant, names, &reading.historian);
    if (status != MBP_OK)
        return status;
    if (source->last >= source->oldest && source->last != 0)
        status = source->history != NULL ? source->history(source->ctx, source->oldest, source->last, take, &reading)
                                         : source->read(source->ctx, source->oldest, source->last, take, &reading);
    if (status == MBP_OK)
        status = reading.status;
    if (status == MBP_OK)
        return mbp_historian_finish(reading.historian, now, out);
    mbp_historian_free(reading.historian);
    return status;
}

/* ---- one incident ------------------------------------------------------------------------------------------------ */

struct telling {
    struct mbp_incident *incident;
    bool (*got)(void *ctx, const struct mbp_event *event);
    void *ctx;
    bool stopped;
};

static bool is_its(const struct mbp_incident *incident, const struct mbp_event *event)
{
    bool said = event->code == MBP_EV_NOTE || event->code == MBP_EV_INCIDENT_CAUSE;
    if (said && event->detail != 0)
        return event->detail == incident->begin.seq;
    return event->unit == incident->machine.unit && event->machine == incident->machine.id;
}

static bool tell(void *ctx, const struct mbp_event *event)
{
    struct telling *telling = ctx;
    struct mbp_incident *incident = telling->incident;
    if (!is_its(incident, event))
        return true;
    bool first = history_is_first_out(incident, event);
    incident->alarms += event->code == MBP_EV_ALARM_RAISED && !first;
    if (event->code == MBP_EV_ALARM_ACKNOWLEDGED && first && incident->acknowledged.seq == 0)
        incident->acknowledged = *event;
    telling->stopped = telling->got != NULL && !telling->got(telling->ctx, event);
    return !telling->stopped;
}

enum mbp_status mbp_incident_read(const struct mbp_event_source *source, struct mbp_history *history, size_t incident,
                                  bool (*got)(void *ctx, const struct mbp_event *event), void *ctx)
{
    struct mbp_incident *of = &history->incidents[incident];
    struct telling telling = {of, got, ctx, false};
    uint32_t last = of->end.seq != 0 ? of->end.seq : source->last;
    of->alarms = 0;
    of->acknowledged = (struct mbp_event){0};
    enum mbp_status status = source->read(source->ctx, of->begin.seq, last, tell, &telling);
    for (size_t i = 0; i < history->note_count && status == MBP_OK && !telling.stopped; i++) {
        const struct mbp_event *note = &history->notes[i];
        if (note->seq > last && note->detail == of->begin.seq)
            tell(&telling, note);
    }
    return status;
}
