/* report: the plant now and a period of its journal, made over Modbus alone or from a saved dump. */
#include "verbs/report.h"

#include "slave/comments.h"
#include "slave/events.h"
#include "slave/names.h"
#include "slave/snapshot.h"
#include "slave/wait.h"
#include "text/filter.h"

static struct mbp_report_options options_of(const struct ctl *ctl)
{
    return (struct mbp_report_options){
        .since = ctl->options->since, .until = ctl->options->until, .lang = ctl->options->lang};
}

/* ---- a slave ---------------------------------------------------------------------------------------------------- */

struct slave {
    struct ctl_link *link;
    uint8_t unit; /* that tells of the journal */
};

static enum mbp_status read_slave(void *ctx, uint64_t first, uint64_t last,
                                  bool (*got)(void *got_ctx, const struct mbp_event *event), void *got_ctx)
{
    const struct slave *slave = ctx;
    return ctl_events_read(slave->link, slave->unit, (uint32_t)first, (uint32_t)last, got, got_ctx, NULL);
}

static enum mbp_status slave_times(void *ctx, const uint32_t *seqs, size_t count, uint64_t *wall_ms)
{
    const struct slave *slave = ctx;
    return ctl_events_times(slave->link, slave->unit, seqs, count, wall_ms);
}

static enum mbp_status slave_history(void *ctx, uint64_t first, uint64_t last,
                                     bool (*got)(void *got_ctx, const struct mbp_event *event), void *got_ctx)
{
    const struct slave *slave = ctx;
    return ctl_events_read_history(slave->link, slave->unit, (uint32_t)first, (uint32_t)last, got, got_ctx);
}

static enum mbp_status slave_comments(void *ctx, const uint32_t *seqs, size_t count,
                                      enum mbp_status (*got)(void *got_ctx, size_t i, const char *text), void *got_ctx)
{
    const struct slave *slave = ctx;
    char text[MBP_COMMENT_MAX + 1];
    enum mbp_status status = MBP_OK;
    for (size_t i = 0; i < count && status == MBP_OK; i++) {
        status = ctl_comment_read(slave->link, slave->unit, seqs[i], text);
        if (status == MBP_OK)
            status = got(got_ctx, i, text);
    }
    return status;
}

static struct mbp_event_source events_of_slave(struct slave *slave, const struct mbp_summary_view *summary)
{
    return (struct mbp_event_source){summary->oldest_event, summary->last_event, read_slave, slave_times,
                                     slave_history,         slave_comments,      slave};
}

/* Everything that the snapshot shows is in the journal when what had happened by then is stored. A disk is given as
 * long as a reply to take it; one that refuses is not waited for. Events that are not stored by then are left to be
 * named. */
static enum mbp_status await_stored(struct ctl *ctl, uint8_t unit, struct mbp_plant_view *snapshot)
{
    struct mbp_summary_view now = {0};
    struct ctl_wait wait = ctl_wait_begin(ctl->plant, 1, ctl->options->target.timeout_ms);
    enum mbp_status status = ctl_journal_state_read(ctl, unit, &snapshot->summary);
    if (status == MBP_ERR_MISSING) /* no block tells of events that wait */
        status = MBP_OK;
    uint32_t newest = snapshot->summary.newest_event;
    while (status == MBP_OK) {
        status = ctl_summary_read(ctl, unit, &now);
        if (status != MBP_OK)
            return status;
        snapshot->summary.last_event = now.last_event;
        snapshot->summary.oldest_event = now.oldest_event;
        snapshot->summary.last_incident = now.last_incident;
        if (now.last_event >= newest || snapshot->summary.journal_trouble || !ctl_wait_more(&wait))
            break;
        status = ctl_journal_state_read(ctl, unit, &snapshot->summary);
    }
    snapshot->summary.newest_event = newest > now.last_event ? newest : now.last_event;
    return status;
}

static enum mbp_status make_of_slave(struct ctl *ctl, struct slave *slave, uint64_t now_ms,
                                     struct mbp_plant_view *snapshot, const struct mbp_report_options *options,
                                     struct mbp_made_report *out)
{
    enum mbp_status status = await_stored(ctl, slave->unit, snapshot);
    if (status == MBP_OK)
        status = ctl_names_read(ctl, slave->unit);
    if (status != MBP_OK)
        return status;
    const struct mbp_report_source source = {
        .plant = ctl->plant,
        .view = snapshot,
        .now_ms = now_ms,
        .names = &ctl->names,
        .events = events_of_slave(slave, &snapshot->summary),
    };
    return mbp_report_make(&source, options, out);
}

enum ctl_exit ctl_report_of_slave(struct ctl *ctl, const struct mbp_report_options *options,
                                  struct mbp_made_report *out)
{
    struct mbp_plant_view snapshot;
    struct mbp_clock clock = mbp_clock_system();
    ctl->shelves = true; /* a bypass is an alarm */
    enum ctl_exit code = ctl_snapshot_take(ctl, &snapshot);
    uint64_t now_ms = clock.wall_ms(clock.ctx); /* of the snapshot */
    if (code != CTL_OK)
        return code;
    int unit = ctl_summary_unit(ctl->plant);
    struct slave slave = {.link = ctl->link, .unit = (uint8_t)unit};
    code = CTL_FAILED;
    if (unit >= 0) {
        enum mbp_status status = make_of_slave(ctl, &slave, now_ms, &snapshot, options, out);
        code = status == MBP_OK ? CTL_OK : ctl_fail(ctl, status, "reading the journal");
    }
    mbp_plant_view_free(ctl->plant, &snapshot);
    return code;
}

/* ---- a dump ----------------------------------------------------------------------------------------------------- */

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

static enum mbp_status read_dump(void *ctx, uint64_t first, uint64_t last,
                                 bool (*got)(void *got_ctx, const struct mbp_event *event), void *got_ctx)
{
    struct saved *saved = ctx;
    struct choosing choosing = {first, last, got, got_ctx};
    return ctl_dump_events(saved->dump, choose, &choosing, saved->why);
}

struct recalling {
    struct saved *saved;
    const uint32_t *seqs;
    size_t count, next;
    enum mbp_status (*got)(void *got_ctx, size_t i, const char *text);
    void *got_ctx;
    enum mbp_status status;
};

static bool recall(void *ctx, const struct mbp_event *event)
{
    struct recalling *recalling = ctx;
    if (event->seq == recalling->seqs[recalling->next]) {
        const char *text = recalling->saved->dump->beside.comment;
        recalling->status = recalling->got(recalling->got_ctx, recalling->next++, text != NULL ? text : "");
    }
    return recalling->next < recalling->count && recalling->status == MBP_OK;
}

static enum mbp_status dump_comments(void *ctx, const uint32_t *seqs, size_t count,
                                     enum mbp_status (*got)(void *got_ctx, size_t i, const char *text), void *got_ctx)
{
    struct saved *saved = ctx;
    struct recalling recalling = {saved, seqs, count, 0, got, got_ctx, MBP_OK};
    if (count == 0)
        return MBP_OK;
    enum mbp_status status = ctl_dump_events(saved->dump, recall, &recalling, saved->why);
    return status == MBP_OK ? recalling.status : status;
}

enum ctl_exit ctl_report_of_dump(struct ctl *ctl, struct ctl_dump *dump, const struct mbp_report_options *options,
                                 struct mbp_made_report *out)
{
    struct saved saved = {.dump = dump, .why = "out of memory"};
    if (!dump->has_snapshot) {
        ctl_error("--load %s: it does not tell what the plant was like (a dump of an earlier mbplantctl): only journal "
                  "--load reads it",
                  ctl->options->load_path);
        return CTL_FAILED;
    }
    const struct mbp_report_source source = {
        .plant = dump->plant,
        .view = &dump->snapshot,
        .now_ms = dump->snapshot_ms,
        .names = &dump->names,
        .events = {dump->first, dump->last.seq, read_dump, NULL, NULL, dump_comments, &saved},
        .apart = dump->snapshot.summary.last_event != dump->last.seq,
        .last_ms = dump->last.wall_ms,
    };
    enum mbp_status status = mbp_report_make(&source, options, out);
    if (status == MBP_OK)
        return CTL_OK;
    ctl_error("--load %s: %s", ctl->options->load_path,
              status == MBP_ERR_MEMORY ? ctl_tr(mbp_status_text(status)) : saved.why);
    return CTL_FAILED;
}

/* ---- both ---------------------------------------------------------------------------------------------------------
 */

static enum ctl_exit write_report(struct ctl *ctl, const struct mbp_plant *plant,
                                  const struct mbp_report_options *options, struct mbp_made_report *made)
{
    enum mbp_status status = mbp_made_write(made, plant, options, ctl->options->format, ctl->colour, stdout);
    mbp_made_report_free(made);
    if (status == MBP_ERR_MISSING) {
        ctl_error("there is no incident %u; mbplantctl incidents lists them", options->number);
        return CTL_USAGE;
    }
    return status == MBP_OK ? CTL_OK : ctl_fail(ctl, status, ctl->options->verb->name);
}

static enum ctl_exit of_slave(struct ctl *ctl, const struct mbp_report_options *options)
{
    struct mbp_made_report made;
    enum ctl_exit code = ctl_report_of_slave(ctl, options, &made);
    return code == CTL_OK ? write_report(ctl, ctl->plant, options, &made) : code;
}

static enum ctl_exit of_dump(struct ctl *ctl, const struct mbp_report_options *options)
{
    const char *path = ctl->options->load_path;
    char why[CTL_DUMP_WHY] = "";
    struct ctl_dump dump;
    struct mbp_made_report made;
    if (ctl_dump_open(path, &dump, why) != MBP_OK) {
        ctl_error("--load %s: %s", path, why);
        return CTL_FAILED;
    }
    enum ctl_exit code = ctl_report_of_dump(ctl, &dump, options, &made);
    if (code == CTL_OK) {
        code = write_report(ctl, dump.plant, options, &made);
        ctl_dump_say_missing(path, &dump);
    }
    ctl_dump_close(&dump);
    return code;
}

enum ctl_exit ctl_report_print(struct ctl *ctl, const struct mbp_report_options *options)
{
    if (ctl_period_is_reversed(ctl->options))
        return CTL_USAGE;
    return ctl->options->load_path != NULL ? of_dump(ctl, options) : of_slave(ctl, options);
}

/* ---- the verb --------------------------------------------------------------------------------------------------- */

CTL_VERB(report)
{
    const struct mbp_report_options options = options_of(ctl);
    return ctl_report_print(ctl, &options);
}
