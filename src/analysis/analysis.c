/* Events one by one to those whom they concern; in the end, one struct. */
#include <math.h>
#include <stdlib.h>

#include "analysis_priv.h"

enum mbp_status mbp_analyser_new(const struct mbp_plant *plant, const struct mbp_names *names,
                                 const struct mbp_analysis_period *period, const struct mbp_analysis_now *now,
                                 struct mbp_analyser **out)
{
    struct mbp_analyser *analyser = calloc(1, sizeof *analyser);
    if (analyser == NULL)
        return MBP_ERR_MEMORY;
    analyser->plant = plant;
    analyser->now = now;
    analyser->axis = (struct axis){.scan_ns = plant->scan_ns, .period = *period};
    enum mbp_status status = machines_new(analyser);
    if (status == MBP_OK)
        status = production_new(analyser);
    if (status == MBP_OK)
        status = alarms_new(analyser);
    if (status == MBP_OK)
        status = subjects_new(analyser, names);
    if (status == MBP_OK)
        *out = analyser;
    else
        mbp_analyser_free(analyser);
    return status;
}

void mbp_analyser_free(struct mbp_analyser *analyser)
{
    if (analyser == NULL)
        return;
    subjects_free(analyser);
    machines_free(analyser);
    production_free(analyser);
    alarms_free(analyser);
    free(analyser);
}

enum mbp_status mbp_analyser_take(struct mbp_analyser *analyser, const struct mbp_event *event)
{
    struct axis *axis = &analyser->axis;
    bool was_started = axis->started;
    uint64_t wall_before = axis->wall_ms;
    uint32_t machine;
    uint32_t sensor;
    enum mbp_status status = MBP_OK;
    axis_take(axis, event);
    production_follow(analyser);
    if (axis->phase == AXIS_AFTER)
        status = machines_close(analyser);
    if (status == MBP_OK)
        status = subjects_follow(analyser, event, !was_started);
    axis_follow_pace(axis, event);
    for (uint32_t m = 0; !was_started && axis->from_birth && m < analyser->plant->machine_count; m++)
        production_birth(analyser, m);
    if (event->code == MBP_EV_START && was_started && status == MBP_OK)
        status = machines_stopped(analyser, wall_before, axis->wall_ms);
    analyser->events += axis->phase == AXIS_WITHIN;
    analyser->plant_changes += axis->phase == AXIS_WITHIN && event->code == MBP_EV_PLANT_CHANGED && event->value > 0;
    subjects_find(analyser, event, &machine, &sensor);
    if (status == MBP_OK && machine != UINT32_MAX)
        status = machines_take(analyser, event, machine);
    if (status == MBP_OK && sensor != UINT32_MAX)
        status = alarms_take(analyser, event, sensor);
    return status;
}

bool mbp_analyser_wants_more(const struct mbp_analyser *analyser)
{
    return machines_want_more(analyser) || alarms_want_more(analyser) || production_wants_more(analyser);
}

static double joint_availability(const struct mbp_analysis *analysis)
{
    double running = 0;
    double busy = 0;
    for (uint32_t m = 0; m < analysis->plant->machine_count; m++) {
        running += (double)analysis->machines[m].running_ms;
        busy += (double)analysis->machines[m].running_ms + (double)analysis->machines[m].down_ms;
    }
    return busy > 0 ? running / busy : (double)NAN;
}

static enum mbp_status fill(struct mbp_analyser *analyser, struct mbp_analysis *out)
{
    struct axis *axis = &analyser->axis;
    axis_finish(axis, analyser_reaches_now(analyser) ? analyser->now : NULL);
    production_finish(analyser);
    out->plant = analyser->plant;
    out->begin_ms = axis->begin_wall;
    out->end_ms = axis->end_wall > axis->begin_wall ? axis->end_wall : axis->begin_wall;
    out->length_ms = axis->end_t > axis->begin_t ? axis->end_t - axis->begin_t : 0;
    out->events = analyser->events;
    out->plant_changes = analyser->plant_changes;
    out->whole_life = axis->from_birth && axis->first_is_in && analyser_reaches_now(analyser) && axis_is_to_now(axis);
    enum mbp_status status = machines_finish(analyser, out->whole_life);
    if (status == MBP_OK)
        status = alarms_finish(analyser, out);
    if (!axis->from_birth &&
        (machines_want_earlier(analyser) || production_wants_earlier(analyser) || alarms_want_earlier(analyser)))
        out->looked_from = axis->first_seq;
    if (status == MBP_OK)
        status = floods_find(out);
    windows_count(out);
    struct machines *machines = &analyser->machines;
    out->machines = machines->figures;
    out->segments = machines->segments.items;
    out->segment_count = machines->segments.count;
    out->stops = machines->stops.items;
    out->stop_count = machines->stops.count;
    machines->figures = NULL;
    machines->segments.items = machines->stops.items = NULL;
    out->availability = joint_availability(out);
    return status == MBP_OK ? line_availability(out) : status;
}

enum mbp_status mbp_analyser_finish(struct mbp_analyser *analyser, struct mbp_analysis **out)
{
    struct mbp_analysis *analysis = calloc(1, sizeof *analysis);
    enum mbp_status status = analysis != NULL ? fill(analyser, analysis) : MBP_ERR_MEMORY;
    mbp_analyser_free(analyser);
    if (status == MBP_OK)
        *out = analysis;
    else
        mbp_analysis_free(analysis);
    return status;
}

void mbp_analysis_free(struct mbp_analysis *analysis)
{
    if (analysis == NULL)
        return;
    free(analysis->machines);
    free(analysis->actors);
    free(analysis->floods);
    free(analysis->raises);
    free(analysis->segments);
    free(analysis->stops);
    free(analysis);
}
