/* A snapshot, and a look into the journal, as a report. */
#include "overview.h"

#include <stdlib.h>
#include <string.h>

#include "events.h"

/* How far back the journal is searched for the cause of a machine's present state. */
#define CAUSES_DEPTH 3000u

static void fill_machine(const struct mbp_plant *plant, uint32_t m, const struct ctl_machine_now *now,
                         const char *cause, struct mbp_report_machine *out)
{
    const struct mbp_machine *machine = &plant->machines[m];
    const struct mbp_unit *unit = &plant->units[machine->unit];
    *out = (struct mbp_report_machine){
        .name = machine->name,
        .label = machine->label,
        .unit_name = unit->name,
        .unit = unit->id,
        .state = now->state,
        .since_ms = now->since_s * 1000,
        .cause = cause,
        .first_out = now->first_out != UINT32_MAX ? plant->sensors[now->first_out].name : "",
        .alarms = now->alarms,
        .good = now->good,
        .reject = now->reject,
        .running_s = now->running_s,
        .down_s = now->down_s,
        .maintenance_s = now->maintenance_s,
        .failures = now->failures,
        .due = now->due,
    };
}

/* A sensor's unacknowledged bit does not tell which limit waits. An active one does; when none is active, the one that
 * the value is nearest to stands for it. */
static unsigned waiting_limits(const struct ctl_sensor_now *now)
{
    unsigned active = now->bits & 0xFu;
    if ((now->bits >> CTL_BIT_UNACKNOWLEDGED & 1u) == 0 || active != 0)
        return active;
    unsigned nearest = MBP_LIMIT_COUNT;
    double least = 0;
    for (unsigned l = 0; l < MBP_LIMIT_COUNT; l++) {
        double distance = l < MBP_HIGH ? now->value - now->limit[l] : now->limit[l] - now->value;
        if (distance == distance && (nearest == MBP_LIMIT_COUNT || distance < least)) { /* not NaN */
            nearest = l;
            least = distance;
        }
    }
    return nearest < MBP_LIMIT_COUNT ? 1u << nearest : 0;
}

static size_t fill_alarms(const struct mbp_plant *plant, const struct ctl_snapshot *snapshot,
                          struct mbp_report_alarm *alarms)
{
    size_t count = 0;
    for (uint32_t s = 0; s < plant->sensor_count; s++) {
        const struct mbp_sensor *sensor = &plant->sensors[s];
        const struct ctl_sensor_now *now = &snapshot->sensors[s];
        unsigned limits = waiting_limits(now);
        for (unsigned l = 0; l < MBP_LIMIT_COUNT; l++) {
            if ((limits >> l & 1u) == 0)
                continue;
            alarms[count++] = (struct mbp_report_alarm){
                .machine = sensor->machine < plant->machine_count ? plant->machines[sensor->machine].name : "",
                .sensor = sensor,
                .limit = (enum mbp_limit)l,
                .value = now->value,
                .limit_value = now->limit[l],
                .active = (now->bits >> l & 1u) != 0,
                .unacknowledged = (now->bits >> CTL_BIT_UNACKNOWLEDGED & 1u) != 0,
                .shelved = (now->bits >> CTL_BIT_SHELVED & 1u) != 0,
            };
        }
    }
    return count;
}

static void fill_report(const struct mbp_plant *plant, uint64_t now_ms, enum mbp_lang lang,
                        struct ctl_overview *overview)
{
    const struct ctl_snapshot *snapshot = &overview->snapshot;
    struct mbp_report *report = &overview->report;
    *report = (struct mbp_report){
        .plant = plant->name,
        .lang = lang,
        .now_ms = now_ms,
        .sim_ms = snapshot->summary.sim_ms,
        .scans = snapshot->summary.scans,
        .late_scans = snapshot->summary.late_scans,
        .sensors = plant->sensor_count,
        .machines = overview->machines,
        .machine_count = plant->machine_count,
        .alarms = overview->alarms,
    };
    for (uint32_t m = 0; m < plant->machine_count; m++) {
        report->by_state[snapshot->machines[m].state]++;
        fill_machine(plant, m, &snapshot->machines[m], overview->causes[m], &overview->machines[m]);
    }
    report->alarm_count = fill_alarms(plant, snapshot, overview->alarms);
}

/* ---- the journal's part ----------------------------------------------------------------------------------------- */

struct search {
    const struct mbp_plant *plant;
    struct ctl_overview *overview;
};

/* The last change of state of each machine stays, and the last that is a failure. */
static bool note_cause(void *ctx, const struct mbp_event *event)
{
    struct search *search = ctx;
    struct mbp_report *report = &search->overview->report;
    const struct mbp_machine *machine = mbp_event_machine(search->plant, event);
    if (event->code != MBP_EV_MACHINE_STATE)
        return true;
    if (mbp_event_state_to(event->detail) == MBP_EN_PANNE) {
        report->has_incident = true;
        report->incident = *event;
    }
    if (machine != NULL)
        mbp_report_cause_text(search->plant, event, report->lang,
                              search->overview->causes[machine - search->plant->machines],
                              sizeof search->overview->causes[0]);
    return true;
}

static enum mbp_status read_journal(struct ctl *ctl, struct ctl_overview *overview)
{
    const struct ctl_summary *summary = &overview->snapshot.summary;
    int unit = ctl_summary_unit(ctl->plant);
    if (summary->last_event == 0 || unit < 0)
        return MBP_OK;
    enum mbp_status status = MBP_OK;
    if (summary->last_incident != 0 && summary->last_incident >= summary->oldest_event) {
        status = ctl_event_read(ctl->link, (uint8_t)unit, summary->last_incident, &overview->report.incident);
        overview->report.has_incident = status == MBP_OK;
    }
    uint32_t first = summary->last_event > CAUSES_DEPTH ? summary->last_event - CAUSES_DEPTH + 1 : 1;
    if (first < summary->oldest_event)
        first = summary->oldest_event;
    struct search search = {ctl->plant, overview};
    if (status == MBP_OK)
        status = ctl_events_read(ctl->link, (uint8_t)unit, first, summary->last_event, note_cause, &search, NULL);
    return status;
}

/* The plant's snapshot stands in the overview already. */
static enum mbp_status make(struct ctl *ctl, uint64_t now_ms, struct ctl_overview *overview)
{
    const struct mbp_plant *plant = ctl->plant;
    overview->machines = calloc(plant->machine_count + 1u, sizeof *overview->machines);
    overview->causes = calloc(plant->machine_count + 1u, sizeof *overview->causes);
    overview->alarms = calloc(MBP_LIMIT_COUNT * (plant->sensor_count + (size_t)1), sizeof *overview->alarms);
    if (overview->machines == NULL || overview->causes == NULL || overview->alarms == NULL)
        return MBP_ERR_MEMORY;
    fill_report(plant, now_ms, ctl->options->lang, overview);
    return MBP_OK;
}

enum ctl_exit ctl_overview_take(struct ctl *ctl, bool with_journal, struct ctl_overview *out)
{
    struct ctl_overview overview = {0};
    struct mbp_clock clock = mbp_clock_system();
    enum ctl_exit code = ctl_snapshot_take(ctl, &overview.snapshot);
    if (code != CTL_OK)
        return code;
    enum mbp_status status = make(ctl, clock.wall_ms(clock.ctx), &overview);
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
    struct search search = {ctl->plant, &overview};
    enum mbp_status status = make(ctl, dump->snapshot_ms, &overview);
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
    ctl_snapshot_free(plant, &overview->snapshot);
    free(overview->machines);
    free(overview->causes);
    free(overview->alarms);
}
