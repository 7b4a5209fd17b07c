/* The analysis as rows of facts. Times of the plant are seconds, ratios 0..1; what cannot be said is empty. */
#include <math.h>

#include "facts.h"

#define MS_PER_S 1000.0

static void put_real(struct mbp_grid *grid, const char *section, const char *subject, const char *field, double value,
                     const char *unit)
{
    char text[32] = "";
    if (isfinite(value))
        snprintf(text, sizeof text, "%.6g", value);
    mbp_fact_text(grid, section, subject, field, text, unit);
}

static void put_time(struct mbp_grid *grid, const char *section, const char *subject, const char *field, uint64_t ms)
{
    char text[32] = "";
    if (ms != 0)
        mbp_time_format(ms, text, sizeof text);
    mbp_fact_text(grid, section, subject, field, text, "");
}

static void put_machine(const char *name, const struct mbp_analysis_machine *figures, struct mbp_grid *grid)
{
    static const char section[] = "figures";
    bool counted = figures->produces && !isnan(figures->quality);
    put_real(grid, section, name, "running", (double)figures->running_ms / MS_PER_S, "s");
    put_real(grid, section, name, "down", (double)figures->down_ms / MS_PER_S, "s");
    put_real(grid, section, name, "planned maintenance", (double)figures->planned_ms / MS_PER_S, "s");
    put_real(grid, section, name, "availability", figures->availability, "");
    put_real(grid, section, name, "technical availability", figures->technical, "");
    mbp_fact_count(grid, section, name, "failures", figures->failures, "");
    mbp_fact_count(grid, section, name, "repairs", figures->repairs, "");
    put_real(grid, section, name, "mtbf", figures->mtbf_ms / MS_PER_S, "s");
    put_real(grid, section, name, "mttr", figures->mttr_ms / MS_PER_S, "s");
    put_real(grid, section, name, "performance", figures->performance, "");
    put_real(grid, section, name, "quality", figures->quality, "");
    put_real(grid, section, name, "oee", figures->oee, "");
    put_real(grid, section, name, "good", counted ? (double)figures->good : (double)NAN, "");
    put_real(grid, section, name, "reject", counted ? (double)figures->reject : (double)NAN, "");
    mbp_fact_count(grid, section, name, "production estimated", counted && figures->estimated, "");
    mbp_fact_count(grid, section, name, "maintenance started", figures->maintenance_started, "");
    mbp_fact_count(grid, section, name, "maintenance ended", figures->maintenance_ended, "");
    put_real(grid, section, name, "maintenance due", figures->due_untold ? (double)NAN : (double)figures->due, "");
}

static void put_alarms(const struct mbp_analysis *analysis, struct mbp_grid *grid)
{
    static const char section[] = "period alarms";
    const struct mbp_analysis_alarms *alarms = &analysis->alarms;
    mbp_fact_count(grid, section, "", "raised", alarms->raised, "");
    for (unsigned p = 0; p < MBP_PRIORITY_COUNT; p++)
        mbp_fact_count(grid, section, mbp_priority_name((enum mbp_priority)p), "raised", alarms->by_priority[p], "");
    mbp_fact_count(grid, section, "", "cleared", alarms->cleared, "");
    mbp_fact_count(grid, section, "", "acknowledged", alarms->acknowledged, "");
    mbp_fact_count(grid, section, "", "shelved", alarms->shelved, "");
    put_real(grid, section, "", "rate", alarms->per_hour, "1/h");
    mbp_fact_count(grid, section, "", "peak in ten minutes", alarms->peak, "");
    put_time(grid, section, "", "peak at", alarms->peak_ms);
    mbp_fact_count(grid, section, "", "floods", analysis->flood_count, "");
    put_real(grid, section, "", "flood share", alarms->flood_share, "");
    mbp_fact_count(grid, section, "", "chattering", alarms->chattering, "");
    mbp_fact_count(grid, section, "", "stale", alarms->stale, "");
    put_real(grid, section, "", "mean time to acknowledge", alarms->answer_ms / MS_PER_S, "s");
    mbp_fact_count(grid, section, "", "waiting", alarms->waiting, "");
}

static void put_actor(const struct mbp_analysis *analysis, enum mbp_lang lang, const struct mbp_analysis_actor *actor,
                      struct mbp_grid *grid)
{
    static const char section[] = "worst alarm";
    const struct mbp_sensor *sensor = &analysis->plant->sensors[actor->sensor];
    char subject[2 * MBP_NAME_MAX];
    snprintf(subject, sizeof subject, "%s.%s", sensor->name, mbp_limit_name((enum mbp_limit)actor->limit));
    mbp_fact_text(grid, section, subject, "diagnosis", mbp_report_diagnosis(lang, sensor, actor->limit), "");
    mbp_fact_text(grid, section, subject, "priority", mbp_priority_name((enum mbp_priority)actor->priority), "");
    mbp_fact_count(grid, section, subject, "raised", actor->raised, "");
    mbp_fact_count(grid, section, subject, "chatter", actor->chatter, "");
    put_real(grid, section, subject, "active", actor->active ? (double)actor->active_ms / MS_PER_S : (double)NAN, "s");
    mbp_fact_count(grid, section, subject, "stale", actor->stale, "");
}

void mbp_facts_of_analysis(const struct mbp_analysis *analysis, enum mbp_lang lang, struct mbp_grid *grid)
{
    put_time(grid, "period", "", "from", analysis->begin_ms);
    put_time(grid, "period", "", "to", analysis->end_ms);
    put_real(grid, "period", "", "length", (double)analysis->length_ms / MS_PER_S, "s");
    mbp_fact_count(grid, "period", "", "events", analysis->events, "");
    mbp_fact_count(grid, "period", "", "plant changes", analysis->plant_changes, "");
    if (analysis->looked_from > 0)
        mbp_fact_count(grid, "period", "", "looked from event", analysis->looked_from, "");
    put_real(grid, "period", "", "availability", analysis->availability, "");
    for (uint32_t m = 0; m < analysis->plant->machine_count; m++)
        put_machine(analysis->plant->machines[m].name, &analysis->machines[m], grid);
    put_alarms(analysis, grid);
    for (size_t i = 0; i < analysis->actor_count; i++)
        put_actor(analysis, lang, &analysis->actors[i], grid);
    for (size_t i = 0; i < analysis->flood_count; i++) {
        const struct mbp_analysis_flood *flood = &analysis->floods[i];
        char subject[24];
        snprintf(subject, sizeof subject, "%zu", i + 1);
        put_time(grid, "flood", subject, "from", flood->from_ms);
        put_real(grid, "flood", subject, "length", (double)flood->length_ms / MS_PER_S, "s");
        mbp_fact_count(grid, "flood", subject, "alarms", flood->alarms, "");
        mbp_fact_count(grid, "flood", subject, "peak in ten minutes", flood->peak, "");
    }
}
