/* A period of a dump. */
#include "dump/study.h"

#include <stdio.h>

struct saved {
    struct ctl_dump *dump;
    char why[CTL_DUMP_WHY];
};

/* Of what a dump tells, those of some numbers. */
struct choosing {
    uint64_t first, last;
    bool (*got)(void *got_ctx, const struct mbp_event *event);
    void *got_ctx;
};

static bool choose(void *ctx, const struct mbp_event *event)
{
    const struct choosing *choosing = ctx;
    if (event->seq < choosing->first)
        return true;
    return event->seq <= choosing->last && choosing->got(choosing->got_ctx, event);
}

static enum mbp_status read_events(void *ctx, uint64_t first, uint64_t last,
                                   bool (*got)(void *got_ctx, const struct mbp_event *event), void *got_ctx)
{
    struct saved *saved = ctx;
    struct choosing choosing = {first, last, got, got_ctx};
    return ctl_dump_events(saved->dump, choose, &choosing, saved->why);
}

enum ctl_exit ctl_study_dump(struct ctl *ctl, struct ctl_dump *dump, const struct ctl_overview *overview,
                             struct ctl_study *out)
{
    struct saved saved = {.dump = dump, .why = "out of memory"};
    const struct ctl_source source = {dump->first, dump->last.seq, read_events, NULL, &saved};
    bool is_of_the_end = overview->snapshot.summary.last_event == dump->last.seq;
    struct ctl_study study = {0};
    const struct ctl_study_of of = {.source = &source,
                                    .names = &dump->names,
                                    .end_ms = is_of_the_end ? overview->seen.report.now_ms : dump->last.wall_ms};
    enum mbp_status status = ctl_study_take_now(ctl->plant, overview, &study);
    if (status == MBP_OK)
        status = ctl_study_run(ctl, &of, is_of_the_end ? &study.now : NULL, &study);
    if (status == MBP_OK) {
        *out = study;
        return CTL_OK;
    }
    ctl_study_free(&study);
    ctl_error("--load %s: %s", ctl->options->load_path, status == MBP_ERR_MEMORY ? mbp_status_text(status) : saved.why);
    return CTL_FAILED;
}
