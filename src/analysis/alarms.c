/* Each alarm's life: raised, cleared, acknowledged; how often, how long, how soon. */
#include <math.h>
#include <stdlib.h>

#include "analysis_priv.h"

struct alarm_track {
    uint32_t raised, chatter; /* in the period */
    bool active, waiting;     /* waiting: for acknowledgement */
    uint64_t active_t, waiting_t;
    uint64_t last_t[MBP_ANALYSIS_CHATTER - 1]; /* when it was raised before, newest first */
    uint8_t last_count;
};

struct alarms {
    struct alarm_track *tracks; /* MBP_ALARM_COUNT a sensor */
    struct mbp_analysis_alarms figures;
    double answer_sum_ms;
    struct analysis_list raises, actors;
};

enum mbp_priority mbp_analysis_priority(const struct mbp_plant *plant, uint32_t sensor, unsigned limit)
{
    return (enum mbp_priority)mbp_sensor_alarm(&plant->sensors[sensor], limit)->priority;
}

enum mbp_status alarms_new(struct mbp_analyser *analyser)
{
    analyser->alarms = calloc(1, sizeof *analyser->alarms);
    if (analyser->alarms == NULL)
        return MBP_ERR_MEMORY;
    analyser->alarms->tracks =
        calloc((size_t)analyser->plant->sensor_count * MBP_ALARM_COUNT + 1, sizeof *analyser->alarms->tracks);
    return analyser->alarms->tracks != NULL ? MBP_OK : MBP_ERR_MEMORY;
}

void alarms_free(struct mbp_analyser *analyser)
{
    if (analyser->alarms == NULL)
        return;
    free(analyser->alarms->tracks);
    free(analyser->alarms->raises.items);
    free(analyser->alarms->actors.items);
    free(analyser->alarms);
}

/* Whether this is the third time, or a later one, within a minute. */
static bool is_chatter(struct alarm_track *track, uint64_t t)
{
    const unsigned before = MBP_ANALYSIS_CHATTER - 1;
    bool chatter = track->last_count == before && t - track->last_t[before - 1] <= MBP_ANALYSIS_CHATTER_MS;
    for (unsigned i = before - 1; i > 0; i--)
        track->last_t[i] = track->last_t[i - 1];
    track->last_t[0] = t;
    if (track->last_count < before)
        track->last_count++;
    return chatter;
}

static enum mbp_status raise_alarm(struct mbp_analyser *analyser, struct alarm_track *track, uint32_t sensor,
                                   unsigned limit)
{
    const struct axis *axis = &analyser->axis;
    uint64_t t = axis_t(axis);
    bool chatter = is_chatter(track, t);
    if (!track->active)
        track->active_t = t;
    if (!track->waiting)
        track->waiting_t = t;
    track->active = track->waiting = true;
    if (axis->phase != AXIS_WITHIN)
        return MBP_OK;
    enum mbp_priority priority = mbp_analysis_priority(analyser->plant, sensor, limit);
    track->raised++;
    track->chatter += chatter;
    analyser->alarms->figures.raised++;
    analyser->alarms->figures.by_priority[priority]++;
    struct mbp_analysis_raise raised = {t - axis->begin_t, axis->wall_ms, (uint8_t)priority};
    return analysis_list_add(&analyser->alarms->raises, &raised, sizeof raised);
}

static void acknowledge(struct mbp_analyser *analyser, struct alarm_track *track)
{
    struct alarms *alarms = analyser->alarms;
    if (analyser->axis.phase == AXIS_WITHIN) {
        alarms->figures.acknowledged++;
        if (track->waiting) {
            alarms->figures.answered++;
            alarms->answer_sum_ms += (double)(axis_t(&analyser->axis) - track->waiting_t);
        }
    }
    track->waiting = false;
}

enum mbp_status alarms_take(struct mbp_analyser *analyser, const struct mbp_event *event, uint32_t sensor)
{
    struct alarms *alarms = analyser->alarms;
    bool within = analyser->axis.phase == AXIS_WITHIN;
    if (analyser->axis.phase == AXIS_AFTER)
        return MBP_OK;
    if (event->code == MBP_EV_ALARM_SHELVED)
        alarms->figures.shelved += within;
    if (event->detail >= MBP_ALARM_COUNT)
        return MBP_OK;
    struct alarm_track *track = &alarms->tracks[(size_t)sensor * MBP_ALARM_COUNT + event->detail];
    if (event->code == MBP_EV_ALARM_RAISED)
        return raise_alarm(analyser, track, sensor, event->detail);
    if (event->code == MBP_EV_ALARM_CLEARED) {
        alarms->figures.cleared += within;
        track->active = false;
    }
    if (event->code == MBP_EV_ALARM_ACKNOWLEDGED)
        acknowledge(analyser, track);
    return MBP_OK;
}

void alarms_change(struct mbp_analyser *analyser, const uint32_t *sensor_from)
{
    for (uint32_t s = 0; sensor_from != NULL && s < analyser->plant->sensor_count; s++) {
        for (unsigned a = 0; sensor_from[s] == UINT32_MAX && a < MBP_ALARM_COUNT; a++) {
            struct alarm_track *track = &analyser->alarms->tracks[(size_t)s * MBP_ALARM_COUNT + a];
            track->active = track->waiting = false;
            track->last_count = 0;
        }
    }
}

/* How an alarm stands at the end of the period. One that is active now, and whose raising no event told, was so before
 * the first of them. */
static struct mbp_analysis_actor judge(const struct mbp_analyser *analyser, uint32_t sensor, unsigned limit,
                                       bool to_now)
{
    const struct alarm_track *track = &analyser->alarms->tracks[(size_t)sensor * MBP_ALARM_COUNT + limit];
    bool active_now = to_now && limit < MBP_LIMIT_COUNT && (analyser->now->active[sensor] >> limit & 1u) != 0 &&
                      track->last_count == 0;
    struct mbp_analysis_actor actor = {
        .sensor = sensor,
        .limit = (uint8_t)limit,
        .priority = (uint8_t)mbp_analysis_priority(analyser->plant, sensor, limit),
        .active = track->active || active_now,
        .raised = track->raised,
        .chatter = track->chatter,
    };
    if (actor.active)
        actor.active_ms = analyser->axis.end_t - (track->active ? track->active_t : 0);
    actor.stale = actor.active && actor.active_ms >= MBP_ANALYSIS_STALE_MS;
    return actor;
}

static int by_badness(const void *a, const void *b)
{
    const struct mbp_analysis_actor *one = a;
    const struct mbp_analysis_actor *other = b;
    if (one->raised != other->raised)
        return one->raised > other->raised ? -1 : 1;
    if (one->active_ms != other->active_ms)
        return one->active_ms > other->active_ms ? -1 : 1;
    if (one->sensor != other->sensor)
        return one->sensor < other->sensor ? -1 : 1;
    return (one->limit > other->limit) - (one->limit < other->limit);
}

enum mbp_status alarms_finish(struct mbp_analyser *analyser, struct mbp_analysis *out)
{
    struct alarms *alarms = analyser->alarms;
    struct mbp_analysis_alarms *figures = &alarms->figures;
    bool to_now = analyser->now != NULL && analyser->now->active != NULL && axis_is_to_now(&analyser->axis);
    enum mbp_status status = MBP_OK;
    for (size_t i = 0; i < (size_t)analyser->plant->sensor_count * MBP_ALARM_COUNT && status == MBP_OK; i++) {
        struct mbp_analysis_actor actor =
            judge(analyser, (uint32_t)(i / MBP_ALARM_COUNT), (unsigned)(i % MBP_ALARM_COUNT), to_now);
        figures->waiting += alarms->tracks[i].waiting;
        figures->chattering += actor.chatter > 0;
        figures->stale += actor.stale;
        if (actor.raised > 0 || actor.active)
            status = analysis_list_add(&alarms->actors, &actor, sizeof actor);
    }
    figures->answer_ms = figures->answered > 0 ? alarms->answer_sum_ms / figures->answered : (double)NAN;
    if (alarms->actors.count > 0)
        qsort(alarms->actors.items, alarms->actors.count, sizeof(struct mbp_analysis_actor), by_badness);
    out->alarms = *figures;
    out->actors = alarms->actors.items;
    out->actor_count = alarms->actors.count;
    out->raises = alarms->raises.items;
    out->raise_count = alarms->raises.count;
    alarms->actors.items = alarms->raises.items = NULL;
    return status;
}
