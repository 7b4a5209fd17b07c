/* The analysis as JSON. Times of the plant are seconds, ratios 0..1; what cannot be said is null. */
#include "json_analysis.h"

#include <math.h>

#define MS_PER_S 1000.0

static json_t *number_or_null(double number)
{
    return isfinite(number) ? json_real(number) : json_null();
}

static json_t *time_json(uint64_t wall_ms)
{
    char text[32];
    return wall_ms == 0 ? json_null() : json_string(mbp_time_format(wall_ms, text, sizeof text));
}

static json_t *seconds(uint64_t ms)
{
    return json_real((double)ms / MS_PER_S);
}

static json_t *count_or_null(bool known, uint64_t count)
{
    return known ? json_integer((json_int_t)count) : json_null();
}

static json_t *machine_json(const struct mbp_machine *machine, const struct mbp_analysis_machine *figures)
{
    bool counted = figures->produces && !isnan(figures->quality);
    return json_pack(
        "{s:s, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:i, s:i, s:o, s:i,"
        " s:i, s:i, s:o}",
        "name", machine->name, "known", (int)figures->known, "running_s", seconds(figures->running_ms), "down_s",
        seconds(figures->down_ms), "repair_maintenance_s", seconds(figures->maintained_ms), "planned_maintenance_s",
        seconds(figures->planned_ms), "availability", number_or_null(figures->availability), "technical_availability",
        number_or_null(figures->technical), "mtbf_s", number_or_null(figures->mtbf_ms / MS_PER_S), "mttr_s",
        number_or_null(figures->mttr_ms / MS_PER_S), "performance", number_or_null(figures->performance), "quality",
        number_or_null(figures->quality), "oee", number_or_null(figures->oee), "good",
        count_or_null(counted, figures->good), "reject", count_or_null(counted, figures->reject),
        "production_estimated", (int)(counted && figures->estimated), "failures", (int)figures->failures, "repairs",
        (int)figures->repairs, "repair_s", seconds(figures->repair_ms), "maintenance_started",
        (int)figures->maintenance_started, "maintenance_ended", (int)figures->maintenance_ended,
        "maintenance_due_events", (int)figures->maintenance_due, "maintenance_due",
        figures->due_untold ? json_null() : json_boolean(figures->due));
}

static json_t *alarms_json(const struct mbp_analysis *analysis)
{
    const struct mbp_analysis_alarms *alarms = &analysis->alarms;
    return json_pack(
        "{s:i, s:i, s:i, s:i, s:{s:i, s:i, s:i, s:i}, s:o, s:i, s:o, s:i, s:o, s:i, s:i, s:i, s:o, s:i}", "raised",
        (int)alarms->raised, "cleared", (int)alarms->cleared, "acknowledged", (int)alarms->acknowledged, "shelved",
        (int)alarms->shelved, "by_priority", "critical", (int)alarms->by_priority[MBP_PRIORITY_CRITICAL], "high",
        (int)alarms->by_priority[MBP_PRIORITY_HIGH], "medium", (int)alarms->by_priority[MBP_PRIORITY_MEDIUM], "low",
        (int)alarms->by_priority[MBP_PRIORITY_LOW], "per_hour", number_or_null(alarms->per_hour), "peak_10min",
        (int)alarms->peak, "peak_at", time_json(alarms->peak_ms), "floods", (int)analysis->flood_count, "flood_share",
        number_or_null(alarms->flood_share), "chattering", (int)alarms->chattering, "stale", (int)alarms->stale,
        "acknowledged_with_time", (int)alarms->answered, "mean_time_to_acknowledge_s",
        number_or_null(alarms->answer_ms / MS_PER_S), "waiting", (int)alarms->waiting);
}

static json_t *actor_json(const struct mbp_analysis *analysis, enum mbp_lang lang,
                          const struct mbp_analysis_actor *actor)
{
    const struct mbp_sensor *sensor = &analysis->plant->sensors[actor->sensor];
    const char *limit = mbp_limit_name((enum mbp_limit)actor->limit);
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:i, s:i, s:b, s:b, s:o}", "sensor", sensor->name, "machine",
                     sensor->machine != UINT32_MAX ? analysis->plant->machines[sensor->machine].name : "", "diagnosis",
                     mbp_report_diagnosis(lang, sensor, actor->limit), "limit_name", limit, "priority",
                     mbp_priority_name((enum mbp_priority)actor->priority), "raised", (int)actor->raised, "chatter",
                     (int)actor->chatter, "active", (int)actor->active, "stale", (int)actor->stale, "active_s",
                     actor->active ? seconds(actor->active_ms) : json_null());
}

static json_t *flood_json(const struct mbp_analysis_flood *flood)
{
    return json_pack("{s:o, s:o, s:o, s:i, s:i}", "from", time_json(flood->from_ms), "to", time_json(flood->to_ms),
                     "length_s", seconds(flood->length_ms), "alarms", (int)flood->alarms, "peak_10min",
                     (int)flood->peak);
}

static int append(json_t *array, json_t *item)
{
    return json_array_append_new(array, item); /* takes it over, and fails where there is none */
}

/* The array with all its items; NULL = out of memory. */
static json_t *whole(json_t *array, int failed)
{
    if (failed == 0)
        return array;
    json_decref(array);
    return NULL;
}

/* Beside the targets of ISA-18.2 and EEMUA 191. */
static json_t *targets_json(const struct mbp_analysis *analysis, enum mbp_lang lang)
{
    struct mbp_target targets[MBP_TARGETS];
    char title[128];
    json_t *array = json_array();
    int failed = 0;
    mbp_targets_of(analysis, targets);
    for (unsigned t = 0; t < MBP_TARGETS; t++) {
        const struct mbp_target *target = &targets[t];
        bool known = target->judged && !isnan(target->value);
        failed |= append(array, json_pack("{s:s, s:s, s:o, s:f, s:b, s:b, s:o}", "figure", target->key, "title",
                                          mbp_target_title(lang, target, title, sizeof title), "value",
                                          number_or_null(target->value), "target", target->target, "share",
                                          (int)target->share, "at_most", (int)target->most, "met",
                                          known ? json_boolean(target->value <= target->target) : json_null()));
    }
    return whole(array, failed);
}

/* In how many windows of ten minutes there were so many alarms. */
static json_t *distribution_json(const struct mbp_analysis_alarms *alarms)
{
    json_t *array = json_array();
    uint32_t sum = 0;
    int failed = 0;
    for (unsigned c = 0; c < MBP_ANALYSIS_CLASSES && alarms->windows > 0; c++) {
        bool open = c == MBP_ANALYSIS_CLASSES - 1;
        sum += alarms->windows_of[c];
        failed |= append(array,
                         json_pack("{s:i, s:o, s:i, s:f, s:f}", "least",
                                   c == 0 ? 0 : (int)mbp_analysis_class_most[c - 1] + 1, "most",
                                   open ? json_null() : json_integer((json_int_t)mbp_analysis_class_most[c]), "windows",
                                   (int)alarms->windows_of[c], "share", (double)alarms->windows_of[c] / alarms->windows,
                                   "cumulated", (double)sum / alarms->windows));
    }
    return whole(array, failed);
}

/* What came later: beside the others. */
static int add_performance(json_t *root, const struct mbp_analysis *analysis, enum mbp_lang lang)
{
    const struct mbp_analysis_alarms *alarms = &analysis->alarms;
    json_t *told = json_object_get(root, "alarms");
    json_t *windows = json_array();
    int failed = 0;
    for (unsigned c = 0; c < MBP_ANALYSIS_CLASSES; c++)
        failed |= json_array_append_new(windows, json_integer((json_int_t)alarms->windows_of[c]));
    failed |= json_object_set_new(root, "line_availability", number_or_null(analysis->line_availability));
    failed |= json_object_set_new(told, "top_ten_share", number_or_null(alarms->top_ten_share));
    failed |= json_object_set_new(told, "windows_10min", windows);
    failed |= json_object_set_new(told, "targets", targets_json(analysis, lang));
    failed |= json_object_set_new(told, "distribution", distribution_json(alarms));
    return failed;
}

json_t *mbp_causes_json(const struct document_causes *causes)
{
    json_t *array = json_array();
    const double all = causes->down_ms > 0 ? causes->down_ms : (double)NAN;
    double sum = 0;
    int failed = 0;
    for (size_t i = 0; i < causes->count; i++) {
        const struct document_cause *cause = &causes->items[i];
        sum += cause->down_ms;
        failed |=
            append(array, json_pack("{s:s, s:i, s:f, s:o, s:o}", "cause", cause->text, "incidents", (int)cause->count,
                                    "down_s", cause->down_ms / MS_PER_S, "share", number_or_null(cause->down_ms / all),
                                    "cumulated", number_or_null(sum / all)));
    }
    return whole(array, failed);
}

json_t *mbp_analysis_json(const struct mbp_analysis *analysis, enum mbp_lang lang)
{
    json_t *machines = json_array();
    json_t *actors = json_array();
    json_t *floods = json_array();
    int failed = 0;
    for (uint32_t m = 0; m < analysis->plant->machine_count; m++)
        failed |= json_array_append_new(machines, machine_json(&analysis->plant->machines[m], &analysis->machines[m]));
    for (size_t i = 0; i < analysis->actor_count; i++)
        failed |= json_array_append_new(actors, actor_json(analysis, lang, &analysis->actors[i]));
    for (size_t i = 0; i < analysis->flood_count; i++)
        failed |= json_array_append_new(floods, flood_json(&analysis->floods[i]));
    json_t *root = json_pack("{s:o, s:o, s:o, s:I, s:I, s:b, s:o, s:o, s:o, s:o, s:o, s:o}", "from",
                             time_json(analysis->begin_ms), "to", time_json(analysis->end_ms), "length_s",
                             seconds(analysis->length_ms), "events", (json_int_t)analysis->events, "plant_changes",
                             (json_int_t)analysis->plant_changes, "whole_life", (int)analysis->whole_life,
                             "looked_from_event", count_or_null(analysis->looked_from > 0, analysis->looked_from),
                             "availability", number_or_null(analysis->availability), "machines", machines, "alarms",
                             alarms_json(analysis), "worst_alarms", actors, "floods", floods);
    failed |= add_performance(root, analysis, lang);
    if (failed == 0)
        return root;
    json_decref(root);
    return NULL;
}
