/* Each alarm's life: raised, cleared, acknowledged; how often, how long, how soon. */
#include <math.h>
#include <stdlib.h>

#include "analysis_priv.h"

/* What is known of something that is so or not. */
enum known { UNKNOWN, NO, YES, NEVER_KNOWN }; /* the last: events after the period do not tell it either */

struct alarm_track {
    uint32_t raised, chatter; /* in the period */
    uint8_t active, waiting;  /* enum known; waiting: for acknowledgement */
    bool active_early;        /* it was active before anything told of it */
    bool waiting_early;       /* it may have waited before anything told of it */
    uint64_t active_t, waiting_t;
    uint64_t last_t[MBP_ANALYSIS_CHATTER - 1]; /* when it was raised before, newest first */
    uint8_t last_count;
};

struct alarms {
    struct alarm_track *tracks; /* MBP_ALARM_COUNT a sensor */
    struct mbp_analysis_alarms figures;
    double answer_sum_ms;
    size_t unknown;     /* tracks of which something is UNKNOWN */
    bool wants_earlier; /* something counts that may have begun before the first event that was taken */
    struct analysis_list raises, actors;
};

/* The priority of an alarm. */
static enum mbp_priority analysis_priority(const struct mbp_plant *plant, uint32_t sensor, unsigned limit)
{
    return (enum mbp_priority)mbp_sensor_alarm(&plant->sensors[sensor], limit)->priority;
}

enum mbp_status alarms_new(struct mbp_analyser *analyser)
{
    analyser->alarms = calloc(1, sizeof *analyser->alarms);
    if (analyser->alarms == NULL)
        return MBP_ERR_MEMORY;
    analyser->alarms->unknown = (size_t)analyser->plant->sensor_count * MBP_ALARM_COUNT;
    analyser->alarms->tracks = calloc(analyser->alarms->unknown + 1, sizeof *analyser->alarms->tracks);
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
    if (track->active != YES) {
        track->active_t = t;
        track->active_early = false;
    }
    if (track->waiting != YES) {
        track->waiting_t = t;
        track->waiting_early = track->waiting == UNKNOWN;
    }
    track->active = track->waiting = YES;
    if (axis->phase != AXIS_WITHIN)
        return MBP_OK;
    enum mbp_priority priority = analysis_priority(analyser->plant, sensor, limit);
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
        alarms->wants_earlier = alarms->wants_earlier || track->waiting == UNKNOWN || track->waiting_early;
        if (track->waiting == YES) {
            alarms->figures.answered++;
            alarms->answer_sum_ms += (double)(axis_t(&analyser->axis) - track->waiting_t);
        }
    }
    track->waiting = NO;
    track->waiting_early = false;
}

/* What an event after the period tells of its end, where nothing before did: the first one of its kind does. */
static void look_back(struct alarm_track *track, uint16_t code)
{
    if (track->active == UNKNOWN && code != MBP_EV_ALARM_ACKNOWLEDGED) {
        track->active = code == MBP_EV_ALARM_CLEARED ? YES : NO;
        track->active_early = track->active == YES;
    }
    if (track->waiting == UNKNOWN && code != MBP_EV_ALARM_CLEARED)
        track->waiting = code == MBP_EV_ALARM_ACKNOWLEDGED ? YES : NEVER_KNOWN;
}

static enum mbp_status take(struct mbp_analyser *analyser, const struct mbp_event *event, uint32_t sensor,
                            struct alarm_track *track)
{
    if (event->code == MBP_EV_ALARM_RAISED)
        return raise_alarm(analyser, track, sensor, event->detail);
    if (event->code == MBP_EV_ALARM_CLEARED) {
        analyser->alarms->figures.cleared += analyser->axis.phase == AXIS_WITHIN;
        track->active = NO;
    } else {
        acknowledge(analyser, track);
    }
    return MBP_OK;
}

/* It was acknowledged, and waits from now on: no new alarm. */
static void wait_again(struct mbp_analyser *analyser, struct alarm_track *track)
{
    if (analyser->axis.phase == AXIS_AFTER || track->waiting != NO)
        return;
    track->waiting = YES;
    track->waiting_t = axis_t(&analyser->axis);
}

static bool is_unknown(const struct alarm_track *track)
{
    return track->active == UNKNOWN || track->waiting == UNKNOWN;
}

enum mbp_status alarms_take(struct mbp_analyser *analyser, const struct mbp_event *event, uint32_t sensor)
{
    struct alarms *alarms = analyser->alarms;
    enum mbp_status status = MBP_OK;
    if (event->code == MBP_EV_ALARM_AGAIN && event->detail < MBP_ALARM_COUNT)
        wait_again(analyser, &alarms->tracks[(size_t)sensor * MBP_ALARM_COUNT + event->detail]);
    if (event->code == MBP_EV_ALARM_SHELVED)
        alarms->figures.shelved += analyser->axis.phase == AXIS_WITHIN;
    if (event->code < MBP_EV_ALARM_RAISED || event->code > MBP_EV_ALARM_ACKNOWLEDGED ||
        event->detail >= MBP_ALARM_COUNT)
        return MBP_OK;
    struct alarm_track *track = &alarms->tracks[(size_t)sensor * MBP_ALARM_COUNT + event->detail];
    bool was_unknown = is_unknown(track);
    if (analyser->axis.phase != AXIS_AFTER)
        status = take(analyser, event, sensor, track);
    else if (!analyser->axis.from_birth)
        look_back(track, event->code);
    alarms->unknown -= was_unknown && !is_unknown(track);
    return status;
}

void alarms_presence(struct mbp_analyser *analyser, uint32_t sensor)
{
    for (unsigned a = 0; a < MBP_ALARM_COUNT && analyser->axis.phase != AXIS_AFTER; a++) {
        struct alarm_track *track = &analyser->alarms->tracks[(size_t)sensor * MBP_ALARM_COUNT + a];
        analyser->alarms->unknown -= is_unknown(track);
        track->active = track->waiting = NO;
        track->active_early = track->waiting_early = false;
        track->last_count = 0;
    }
}

/* From the plant's first event on every raising is told. */
bool alarms_want_more(const struct mbp_analyser *analyser)
{
    return !analyser->axis.from_birth && analyser->alarms->unknown > 0;
}

/* ---- the end ---------------------------------------------------------------------------------------------------- */

/* As a machine's state (machines.c): all of a sensor's alarms are as they are now when none changed since. */
static bool is_told_by_now(const struct mbp_analyser *analyser, uint32_t sensor)
{
    const struct mbp_analysis_now *now = analyser->now;
    if (now == NULL || analyser_reaches_now(analyser))
        return now != NULL;
    uint64_t since_ms = now->alarms_since_s != NULL ? now->alarms_since_s[sensor] * UINT64_C(1000) : 0;
    return since_ms != 0 && since_ms + 1000 <= analyser->axis.end_wall;
}

/* Nothing told of it: it is as it is now. What was so when the plant was new is told of no raising either, and is known
 * of a period that goes on until now alone. */
static void learn_by_now(const struct mbp_analyser *analyser, uint32_t sensor, unsigned limit,
                         struct alarm_track *track)
{
    const struct mbp_analysis_now *now = analyser->now;
    if (!is_told_by_now(analyser, sensor) || (analyser->axis.from_birth && !axis_is_to_now(&analyser->axis)))
        return;
    if (track->active == UNKNOWN && now->active != NULL && (now->active[sensor] >> limit & 1u) != 0) {
        track->active = YES;
        track->active_early = true;
    }
    if (track->waiting == UNKNOWN && now->waiting != NULL && (now->waiting[sensor] >> limit & 1u) != 0)
        track->waiting = YES;
}

/* How an alarm stands at the end of the period. One whose raising no event told has been active from the first of them
 * on. */
static struct mbp_analysis_actor judge(const struct mbp_analyser *analyser, uint32_t sensor, unsigned limit,
                                       const struct alarm_track *track)
{
    struct mbp_analysis_actor actor = {
        .sensor = sensor,
        .limit = (uint8_t)limit,
        .priority = (uint8_t)analysis_priority(analyser->plant, sensor, limit),
        .active = track->active == YES,
        .raised = track->raised,
        .chatter = track->chatter,
    };
    if (actor.active)
        actor.active_ms = mbp_time_sub_sat(analyser->axis.end_t, track->active_early ? 0 : track->active_t);
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
    enum mbp_status status = MBP_OK;
    alarms->wants_earlier = alarms->wants_earlier || analyser->axis.begin_t < MBP_ANALYSIS_CHATTER_MS;
    for (size_t i = 0; i < (size_t)analyser->plant->sensor_count * MBP_ALARM_COUNT && status == MBP_OK; i++) {
        uint32_t sensor = (uint32_t)(i / MBP_ALARM_COUNT);
        unsigned limit = (unsigned)(i % MBP_ALARM_COUNT);
        struct alarm_track *track = &alarms->tracks[i];
        learn_by_now(analyser, sensor, limit, track);
        struct mbp_analysis_actor actor = judge(analyser, sensor, limit, track);
        figures->waiting += track->waiting == YES;
        alarms->wants_earlier =
            alarms->wants_earlier || track->waiting == NEVER_KNOWN || (actor.active && track->active_early);
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

bool alarms_want_earlier(const struct mbp_analyser *analyser)
{
    return analyser->alarms->wants_earlier;
}
