/* A snapshot, and a look into the journal, as a report. */
#include "verbs/overview.h"

#include <stdlib.h>
#include <string.h>

#include "slave/events.h"
#include "slave/names.h"
#include "slave/wait.h"

/* How far back the journal is searched for the cause of a machine's present state. */
#define CAUSES_DEPTH 3000u

/* ---- the journal's part ----------------------------------------------------------------------------------------- */

struct search {
    struct mbp_telling by;
    struct ctl_overview *overview;
};

/* The last change of state of each machine stays, and the last that is a failure. */
static bool note_cause(void *ctx, const struct mbp_event *event)
{
    struct search *search = ctx;
    struct mbp_report *report = &search->overview->seen.report;
    if (event->code != MBP_EV_MACHINE_STATE)
        return true;
    struct mbp_event_tag then;
    bool known = mbp_event_machine(&search->by, event, &then);
    uint32_t m = known ? mbp_plant_find_machine(search->by.plant, then.name) : UINT32_MAX;
    if (mbp_event_state_to(event->detail) == MBP_EN_PANNE) {
        report->has_incident = true;
        report->incident = *event;
    }
    if (m != UINT32_MAX)
        mbp_report_cause_text(&search->by, event, search->overview->seen.causes[m],
                              sizeof search->overview->seen.causes[0]);
    return true;
}

static enum mbp_status read_journal(struct ctl *ctl, struct ctl_overview *overview)
{
    const struct mbp_summary_view *summary = &overview->snapshot.summary;
    int unit = ctl_summary_unit(ctl->plant);
    if (summary->last_event == 0 || unit < 0)
        return MBP_OK;
    uint32_t incident = summary->last_incident;
    enum mbp_status status = ctl_names_read(ctl, (uint8_t)unit);
    overview->seen.report.names = &ctl->names;
    if (status == MBP_OK && incident != 0 && incident >= summary->oldest_event) {
        status = ctl_event_read(ctl->link, (uint8_t)unit, incident, &overview->seen.report.incident);
        overview->seen.report.has_incident = status == MBP_OK;
    }
    uint32_t first = summary->last_event > CAUSES_DEPTH ? summary->last_event - CAUSES_DEPTH + 1 : 1;
    if (first < summary->oldest_event)
        first = summary->oldest_event;
    struct search search = {ctl_telling(ctl), overview};
    if (status == MBP_OK)
        status = ctl_events_read(ctl->link, (uint8_t)unit, first, summary->last_event, note_cause, &search, NULL);
    return status;
}

/* The plant's snapshot stands in the overview already. */
static enum mbp_status make(const struct ctl *ctl, uint64_t now_ms, struct ctl_overview *overview)
{
    return mbp_overview_new(ctl->plant, &overview->snapshot, now_ms, ctl->options->lang, &overview->seen);
}

/* Everything that the snapshot shows is in the journal when what had happened by then is stored. A disk is given as
 * long as a reply to take it; one that refuses is not waited for. Events that are not stored by then are left to be
 * named. */
static enum mbp_status await_stored(struct ctl *ctl, struct mbp_plant_view *snapshot)
{
    int unit = ctl_summary_unit(ctl->plant);
    struct mbp_summary_view now = {0};
    if (unit < 0)
        return MBP_OK;
    struct ctl_wait wait = ctl_wait_begin(ctl->plant, 1, ctl->options->target.timeout_ms);
    enum mbp_status status = ctl_journal_state_read(ctl, (uint8_t)unit, &snapshot->summary);
    uint32_t newest = snapshot->summary.newest_event;
    while (status == MBP_OK) {
        status = ctl_summary_read(ctl, (uint8_t)unit, &now);
        if (status != MBP_OK)
            return status;
        snapshot->summary.last_event = now.last_event;
        snapshot->summary.oldest_event = now.oldest_event;
        snapshot->summary.last_incident = now.last_incident;
        if (now.last_event >= newest || snapshot->summary.journal_trouble || !ctl_wait_more(&wait))
            break;
        status = ctl_journal_state_read(ctl, (uint8_t)unit, &snapshot->summary);
    }
    snapshot->summary.newest_event = newest > now.last_event ? newest : now.last_event;
    return status;
}

enum ctl_exit ctl_overview_take(struct ctl *ctl, bool with_journal, struct ctl_overview *out)
{
    struct ctl_overview overview = {0};
    struct mbp_clock clock = mbp_clock_system();
    enum ctl_exit code = ctl_snapshot_take(ctl, &overview.snapshot);
    uint64_t now_ms = clock.wall_ms(clock.ctx); /* of the snapshot */
    if (code != CTL_OK)
        return code;
    enum mbp_status status = with_journal ? await_stored(ctl, &overview.snapshot) : MBP_OK;
    if (status == MBP_OK)
        status = make(ctl, now_ms, &overview);
    if (status == MBP_OK && with_journal)
        status = read_journal(ctl, &overview);
    if (status != MBP_OK) {
        ctl_overview_free(ctl->plant, &overview);
        return ctl_fail(ctl, status, "reading the journal");
    }
    *out = overview;
    return CTL_OK;
}

enum ctl_exit ctl_overview_of_dump(struct ctl *ctl, struct ctl_dump *dump, struct ctl_overview *out)
{
    struct ctl_overview overview = {0};
    char why[CTL_DUMP_WHY] = "out of memory";
    if (!dump->has_snapshot) {
        ctl_error("--load %s: it does not tell what the plant was like (a dump of an earlier mbplantctl): only journal "
                  "--load reads it",
                  ctl->options->load_path);
        return CTL_FAILED;
    }
    mbp_plant_free(ctl->plant);
    ctl->plant = dump->plant;
    overview.snapshot = dump->snapshot;
    dump->plant = NULL;
    dump->has_snapshot = false;
    struct search search = {{ctl->plant, &dump->names, ctl->options->lang}, &overview};
    enum mbp_status status = make(ctl, dump->snapshot_ms, &overview);
    overview.seen.report.names = &dump->names;
    if (status == MBP_OK)
        status = ctl_dump_events(dump, note_cause, &search, why);
    if (status != MBP_OK) {
        ctl_overview_free(ctl->plant, &overview);
        ctl_error("--load %s: %s", ctl->options->load_path, why);
        return CTL_FAILED;
    }
    *out = overview;
    return CTL_OK;
}

void ctl_overview_free(const struct mbp_plant *plant, struct ctl_overview *overview)
{
    mbp_plant_view_free(plant, &overview->snapshot);
    mbp_overview_free(&overview->seen);
}
