/* The document's second half: what the journal tells of a period. */
#include <inttypes.h>
#include <math.h>

#include "document.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define ACTORS_SHOWN 10u
#define FLOODS_SHOWN 10u

static void add_period(struct document *document)
{
    const struct mbp_analysis *analysis = document->report->analysis;
    struct document_part *part = mbp_document_add(document, MSG_T_IN_SHORT);
    enum mbp_lang lang = document->lang;
    char from[32];
    char to[32];
    char span[32];
    char events[48];
    char *text = mbp_document_line(document, part, MSG_T_PERIOD);
    mbp_document_count(lang, analysis->events, events, sizeof events);
    mbp_document_say(lang, text, MSG_L_PERIOD, mbp_report_time(lang, analysis->begin_ms, from, sizeof from),
                     mbp_report_time(lang, analysis->end_ms, to, sizeof to),
                     mbp_span_text_in(lang, analysis->length_ms / 1000, span, sizeof span), events);
    if (analysis->length_ms == 0)
        mbp_document_say(lang, part->notes[0], MSG_L_NO_TIME);
    if (analysis->plant_changes > 0)
        mbp_document_say(lang, part->notes[1], MSG_L_PLANT_CHANGED, analysis->plant_changes);
    if (analysis->looked_from > 0)
        mbp_document_say(lang, part->notes[2], MSG_L_LOOKED_FROM, analysis->looked_from);
    if (document->report->machine_count > 0)
        mbp_document_say(lang, mbp_document_line(document, part, MSG_T_AVAILABILITY), MSG_L_AVAILABILITY,
                         mbp_document_percent(lang, analysis->availability, span, sizeof span));
    if (document->report->machine_count > 1)
        mbp_document_say(lang, mbp_document_line(document, part, MSG_T_LINE), MSG_L_LINE,
                         mbp_document_percent(lang, analysis->line_availability, span, sizeof span));
    part->chart = document->report->machine_count > 0 ? CHART_TIMELINE : CHART_NONE;
}

/* ---- machines ---------------------------------------------------------------------------------------------------- */

static void figures_row(struct document *document, uint32_t m, struct mbp_grid *grid)
{
    const struct mbp_analysis_machine *figures = &document->report->analysis->machines[m];
    enum mbp_lang lang = document->lang;
    char text[32];
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", document->plant->machines[m].name);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", mbp_document_percent(lang, figures->availability, text, sizeof text));
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", mbp_document_percent(lang, figures->technical, text, sizeof text));
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", mbp_span_text_in(lang, figures->running_ms / 1000, text, sizeof text));
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", mbp_span_text_in(lang, figures->down_ms / 1000, text, sizeof text));
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%u", figures->failures);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", mbp_document_span(lang, figures->mtbf_ms, text, sizeof text));
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", mbp_document_span(lang, figures->mttr_ms, text, sizeof text));
}

static void oee_row(struct document *document, uint32_t m, struct mbp_grid *grid)
{
    const struct mbp_analysis_machine *figures = &document->report->analysis->machines[m];
    enum mbp_lang lang = document->lang;
    char text[48];
    const char *about = figures->estimated ? "~" : "";
    bool counted = figures->produces && !isnan(figures->quality);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", document->plant->machines[m].name);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", mbp_document_percent(lang, figures->availability, text, sizeof text));
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s%s", counted ? about : "",
                  mbp_document_percent(lang, figures->performance, text, sizeof text));
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s%s", counted ? about : "",
                  mbp_document_percent(lang, figures->quality, text, sizeof text));
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s%s", counted && !isnan(figures->oee) ? about : "",
                  mbp_document_percent(lang, figures->oee, text, sizeof text));
    if (counted) {
        mbp_grid_cell(grid, MBP_PAINT_NONE, "%s%s", about, mbp_document_count(lang, figures->good, text, sizeof text));
        mbp_grid_cell(grid, MBP_PAINT_NONE, "%s%s", about,
                      mbp_document_count(lang, figures->reject, text, sizeof text));
    } else {
        mbp_grid_cell(grid, MBP_PAINT_NONE, "-");
        mbp_grid_cell(grid, MBP_PAINT_NONE, "-");
    }
}

/* What marks mean that stand in the table. */
static void note_marks(struct document *document, struct document_part *part)
{
    const struct mbp_analysis *analysis = document->report->analysis;
    bool estimated = false;
    bool unknown = false;
    for (uint32_t m = 0; m < document->plant->machine_count; m++) {
        const struct mbp_analysis_machine *figures = &analysis->machines[m];
        estimated |= figures->estimated && !isnan(figures->quality);
        unknown |= !figures->known;
    }
    if (estimated)
        mbp_document_say(document->lang, part->notes[1], MSG_L_ESTIMATED);
    else if (unknown)
        mbp_document_say(document->lang, part->notes[1], MSG_L_UNKNOWN_END);
}

static enum mbp_status add_figures(struct document *document)
{
    static const struct document_column columns[] = {
        {MSG_C_MACHINE, "machine", false},    {MSG_C_AVAILABILITY, "availability", true},
        {MSG_C_TECHNICAL, "technical", true}, {MSG_C_RUNNING, "running", true},
        {MSG_C_DOWN, "down", true},           {MSG_C_FAILURES, "failures", true},
        {MSG_C_MTBF, "mtbf", true},           {MSG_C_MTTR, "mttr", true},
    };
    struct document_part *part = mbp_document_add(document, MSG_T_FIGURES);
    enum mbp_status status = mbp_document_grid(document, part, columns, COUNT(columns));
    for (uint32_t m = 0; m < document->plant->machine_count && status == MBP_OK; m++)
        figures_row(document, m, part->grid);
    mbp_document_say(document->lang, part->notes[0], MSG_L_DEFINITIONS);
    part->chart = CHART_AVAILABILITY;
    return status;
}

static enum mbp_status add_oee(struct document *document)
{
    static const struct document_column columns[] = {
        {MSG_C_MACHINE, "machine", false},
        {MSG_C_AVAILABILITY, "availability", true},
        {MSG_C_PERFORMANCE, "performance", true},
        {MSG_C_QUALITY, "quality", true},
        {MSG_C_OEE, "oee", true},
        {MSG_C_GOOD, "good", true},
        {MSG_C_REJECT, "reject", true},
    };
    struct document_part *part = mbp_document_add(document, MSG_T_OEE);
    enum mbp_status status = mbp_document_grid(document, part, columns, COUNT(columns));
    for (uint32_t m = 0; m < document->plant->machine_count && status == MBP_OK; m++)
        oee_row(document, m, part->grid);
    note_marks(document, part);
    return status;
}

static enum mbp_status add_maintenance(struct document *document)
{
    static const struct document_column columns[] = {
        {MSG_C_MACHINE, "machine", false}, {MSG_C_STARTED, "started", true}, {MSG_C_DONE, "done", true},
        {MSG_C_PLANNED, "planned", true},  {MSG_C_REPAIRS, "repairs", true}, {MSG_C_REPAIR_TIME, "repair_time", true},
        {MSG_C_EVERY, "every", true},      {MSG_C_DUE, "due", true},
    };
    enum mbp_lang lang = document->lang;
    struct document_part *part = mbp_document_add(document, MSG_T_MAINTENANCE);
    enum mbp_status status = mbp_document_grid(document, part, columns, COUNT(columns));
    for (uint32_t m = 0; m < document->plant->machine_count && status == MBP_OK; m++) {
        const struct mbp_analysis_machine *figures = &document->report->analysis->machines[m];
        uint64_t every_ns = document->plant->machines[m].maintenance_every_ns;
        struct mbp_report_machine now = {.due = figures->due}; /* a report that tells no machines knows that alone */
        char text[64] = "-";
        if (m < document->report->machine_count)
            now = document->report->machines[m];
        mbp_grid_cell(part->grid, MBP_PAINT_NONE, "%s", document->plant->machines[m].name);
        mbp_grid_cell(part->grid, MBP_PAINT_NONE, "%u", figures->maintenance_started);
        mbp_grid_cell(part->grid, MBP_PAINT_NONE, "%u", figures->maintenance_ended);
        mbp_grid_cell(part->grid, MBP_PAINT_NONE, "%s",
                      mbp_span_text_in(lang, figures->planned_ms / 1000, text, sizeof text));
        mbp_grid_cell(part->grid, MBP_PAINT_NONE, "%u", figures->repairs);
        mbp_grid_cell(part->grid, MBP_PAINT_NONE, "%s",
                      mbp_span_text_in(lang, figures->repair_ms / 1000, text, sizeof text));
        mbp_grid_cell(part->grid, MBP_PAINT_NONE, "%s",
                      every_ns == 0 ? "-" : mbp_span_text_in(lang, every_ns / MBP_NS_PER_S, text, sizeof text));
        mbp_grid_cell(part->grid, figures->due ? MBP_PAINT_CARE : MBP_PAINT_NONE, "%s",
                      mbp_report_due_text(lang, &now, text, sizeof text));
    }
    return status;
}

/* ---- alarms ------------------------------------------------------------------------------------------------------ */

static void say_peak(const struct mbp_analysis_alarms *alarms, enum mbp_lang lang, char *text)
{
    char time[32];
    if (alarms->peak == 0)
        mbp_document_say(lang, text, MSG_L_NONE);
    else
        mbp_document_say(lang, text, MSG_L_PEAK, alarms->peak,
                         mbp_report_time(lang, alarms->peak_ms, time, sizeof time));
}

static void add_alarms(struct document *document)
{
    const struct mbp_analysis *analysis = document->report->analysis;
    const struct mbp_analysis_alarms *alarms = &analysis->alarms;
    struct document_part *part = mbp_document_add(document, MSG_T_PERIOD_ALARMS);
    enum mbp_lang lang = document->lang;
    char text[32];
    mbp_document_say(lang, mbp_document_line(document, part, MSG_T_RAISED), MSG_L_RAISED, alarms->raised,
                     alarms->by_priority[MBP_PRIORITY_CRITICAL], alarms->by_priority[MBP_PRIORITY_HIGH],
                     alarms->by_priority[MBP_PRIORITY_MEDIUM], alarms->by_priority[MBP_PRIORITY_LOW], alarms->cleared);
    const bool known =
        !isnan(alarms->per_hour) && analysis->length_ms >= MBP_ANALYSIS_WINDOW_MS; /* of seconds: what? */
    snprintf(text, sizeof text, "%.1f", alarms->per_hour);
    mbp_document_say(lang, mbp_document_line(document, part, MSG_T_RATE), MSG_L_RATE,
                     known ? mbp_message_decimal(lang, text) : "-");
    say_peak(alarms, lang, mbp_document_line(document, part, MSG_T_PEAK));
    mbp_document_say(lang, mbp_document_line(document, part, MSG_T_FLOOD), MSG_L_FLOODS, analysis->flood_count,
                     mbp_document_percent(lang, alarms->flood_share, text, sizeof text));
    mbp_document_say(lang, mbp_document_line(document, part, MSG_T_CHATTERING), MSG_L_CHATTERING, alarms->chattering);
    mbp_document_say(lang, mbp_document_line(document, part, MSG_T_STALE), MSG_L_STALE, alarms->stale);
    if (isnan(alarms->answer_ms))
        mbp_document_say(lang, mbp_document_line(document, part, MSG_T_ANSWER), MSG_L_ANSWER_UNKNOWN,
                         alarms->acknowledged, alarms->waiting);
    else
        mbp_document_say(lang, mbp_document_line(document, part, MSG_T_ANSWER), MSG_L_ANSWER, alarms->acknowledged,
                         mbp_document_span(lang, alarms->answer_ms, text, sizeof text), alarms->waiting);
    mbp_document_say(lang, mbp_document_line(document, part, MSG_T_SHELVED), MSG_L_SHELVED, alarms->shelved);
    part->chart = CHART_ALARMS;
}

/* so_far: raised by it and those above it. */
static void actor_row(struct document *document, const struct mbp_analysis_actor *actor, uint32_t so_far,
                      struct mbp_grid *grid)
{
    const struct mbp_sensor *sensor = &document->plant->sensors[actor->sensor];
    const struct mbp_analysis_alarms *alarms = &document->report->analysis->alarms;
    enum mbp_lang lang = document->lang;
    char text[32] = "-";
    char active[64] = "";
    if (actor->active) {
        mbp_span_text_in(lang, actor->active_ms / 1000, text, sizeof text);
        snprintf(active, sizeof active, mbp_message(lang, actor->stale ? MSG_W_STALE : MSG_W_AS_IS), text);
    }
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", sensor->name);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s",
                  sensor->machine != UINT32_MAX ? document->plant->machines[sensor->machine].name : "");
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", mbp_report_diagnosis(lang, sensor, actor->limit));
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", mbp_message_limit(lang, actor->limit));
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", mbp_message_priority(lang, (enum mbp_priority)actor->priority));
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%u", actor->raised);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s",
                  mbp_document_percent(lang, alarms->raised > 0 ? (double)actor->raised / alarms->raised : (double)NAN,
                                       text, sizeof text));
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s",
                  mbp_document_percent(lang, alarms->raised > 0 ? (double)so_far / alarms->raised : (double)NAN, text,
                                       sizeof text));
    mbp_grid_cell(grid, actor->chatter > 0 ? MBP_PAINT_CARE : MBP_PAINT_NONE, "%u", actor->chatter);
    mbp_grid_cell(grid, actor->stale ? MBP_PAINT_BAD : MBP_PAINT_NONE, "%s", active);
}

static enum mbp_status add_actors(struct document *document)
{
    static const struct document_column columns[] = {
        {MSG_C_SENSOR, "sensor", false}, {MSG_C_MACHINE, "machine", false},    {MSG_C_DIAGNOSIS, "diagnosis", false},
        {MSG_C_OF, "limit_name", false}, {MSG_C_PRIORITY, "priority", false},  {MSG_C_RAISED, "raised", true},
        {MSG_C_SHARE, "share", true},    {MSG_C_CUMULATED, "cumulated", true}, {MSG_C_CHATTER, "chatter", true},
        {MSG_C_ACTIVE, "active", true},
    };
    const struct mbp_analysis *analysis = document->report->analysis;
    struct document_part *part = mbp_document_add(document, MSG_T_ACTORS);
    enum mbp_status status = mbp_document_grid(document, part, columns, COUNT(columns));
    size_t shown = analysis->actor_count < ACTORS_SHOWN ? analysis->actor_count : ACTORS_SHOWN;
    uint32_t so_far = 0;
    for (size_t i = 0; i < shown && status == MBP_OK; i++) {
        so_far += analysis->actors[i].raised;
        actor_row(document, &analysis->actors[i], so_far, part->grid);
    }
    if (analysis->actor_count > shown)
        mbp_document_say(document->lang, part->notes[0], MSG_W_OTHERS, analysis->actor_count - shown);
    return status;
}

static enum mbp_status add_floods(struct document *document)
{
    static const struct document_column columns[] = {
        {MSG_C_FROM, "from", false},
        {MSG_C_LENGTH, "length", true},
        {MSG_C_ALARMS, "alarms", true},
        {MSG_C_PEAK, "peak", true},
    };
    const struct mbp_analysis *analysis = document->report->analysis;
    struct document_part *part = mbp_document_add(document, MSG_T_FLOODS);
    enum mbp_status status = mbp_document_grid(document, part, columns, COUNT(columns));
    size_t shown = analysis->flood_count < FLOODS_SHOWN ? analysis->flood_count : FLOODS_SHOWN;
    for (size_t i = 0; i < shown && status == MBP_OK; i++) {
        const struct mbp_analysis_flood *flood = &analysis->floods[i];
        char text[32];
        mbp_grid_cell(part->grid, MBP_PAINT_NONE, "%s",
                      mbp_report_time(document->lang, flood->from_ms, text, sizeof text));
        mbp_grid_cell(part->grid, MBP_PAINT_NONE, "%s",
                      mbp_span_text_in(document->lang, flood->length_ms / 1000, text, sizeof text));
        mbp_grid_cell(part->grid, MBP_PAINT_NONE, "%u", flood->alarms);
        mbp_grid_cell(part->grid, MBP_PAINT_NONE, "%u", flood->peak);
    }
    if (analysis->flood_count > shown)
        mbp_document_say(document->lang, part->notes[0], MSG_W_OTHERS, analysis->flood_count - shown);
    return status;
}

enum mbp_status mbp_document_add_period(struct document *document)
{
    const struct mbp_analysis *analysis = document->report->analysis;
    bool has_machines = document->plant->machine_count > 0;
    enum mbp_status status = MBP_OK;
    add_period(document);
    status = mbp_document_add_incidents(document);
    if (has_machines && status == MBP_OK)
        status = add_figures(document);
    if (has_machines && status == MBP_OK)
        status = add_oee(document);
    if (has_machines && status == MBP_OK)
        status = add_maintenance(document);
    if (status == MBP_OK)
        status = mbp_document_add_work(document);
    add_alarms(document);
    if (status == MBP_OK)
        status = mbp_document_add_performance(document);
    if (status == MBP_OK && analysis->actor_count > 0)
        status = add_actors(document);
    if (status == MBP_OK && analysis->flood_count > 0)
        status = add_floods(document);
    return status;
}
