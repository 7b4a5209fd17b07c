/* A period of a slave's journal. */
#include "dump/study.h"
#include "slave/names.h"

struct slave {
    struct ctl *ctl;
    uint8_t unit;
    struct ctl_source source;
};

static enum mbp_status read_events(void *ctx, uint64_t first, uint64_t last,
                                   bool (*got)(void *got_ctx, const struct mbp_event *event), void *got_ctx)
{
    const struct slave *slave = ctx;
    return ctl_events_read(slave->ctl->link, slave->unit, (uint32_t)first, (uint32_t)last, got, got_ctx, NULL);
}

static enum mbp_status narrow(void *ctx, const struct ctl_moment *since, const struct ctl_moment *until,
                              struct ctl_range *out)
{
    const struct slave *slave = ctx;
    return ctl_events_range(slave->ctl->link, slave->unit, since, until, slave->source.oldest, slave->source.last, out);
}

enum ctl_exit ctl_study_slave(struct ctl *ctl, const struct ctl_overview *overview, struct ctl_study *out)
{
    const struct mbp_plant_view *snapshot = &overview->snapshot;
    struct ctl_study study = {0};
    int unit = ctl_summary_unit(ctl->plant);
    if (unit < 0)
        return CTL_FAILED;
    struct slave slave = {.ctl = ctl, .unit = (uint8_t)unit};
    slave.source =
        (struct ctl_source){snapshot->summary.oldest_event, snapshot->summary.last_event, read_events, narrow, &slave};
    const struct ctl_study_of of = {
        .source = &slave.source, .names = &ctl->names, .end_ms = overview->seen.report.now_ms, .in_parts = true};
    enum mbp_status status = ctl_study_take_now(ctl->plant, overview, &study);
    study.now.last_event = snapshot->summary.newest_event; /* what is now is so after that one */
    if (status == MBP_OK)
        status = ctl_names_read(ctl, slave.unit);
    if (status == MBP_OK)
        status = ctl_study_run(ctl, &of, &study.now, &study);
    if (status == MBP_OK) {
        *out = study;
        return CTL_OK;
    }
    ctl_study_free(&study);
    return ctl_fail(ctl, status, "reading the journal");
}
