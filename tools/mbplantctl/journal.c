/* journal: the plant's events, from the slave or from a saved dump. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ctl.h"
#include "dump.h"
#include "events.h"
#include "snapshot.h"

#define FOLLOW_PAUSE_MS 200

struct printing {
    const struct mbp_plant *plant;
    enum mbp_format format;
    uint32_t since;
    FILE *out;
    uint32_t count; /* printed */
};

static bool print_event(void *ctx, const struct mbp_event *event)
{
    struct printing *printing = ctx;
    if (event->seq < printing->since)
        return true;
    mbp_report_event(printing->plant, event, printing->format, printing->out);
    printing->count++;
    return !ferror(printing->out);
}

/* The journal of a live slave: up to its last event, or on and on. */
static enum mbp_status dump_events(struct ctl *ctl, uint8_t unit, struct printing *printing, uint32_t *next)
{
    for (;;) {
        struct ctl_summary summary;
        enum mbp_status status = ctl_summary_read(ctl->link, unit, &summary);
        if (status == MBP_OK && *next < summary.oldest_event) {
            if (ctl->options->since > 1)
                ctl_error("events before %u are no longer kept", summary.oldest_event);
            *next = summary.oldest_event;
        }
        if (status == MBP_OK && *next <= summary.last_event)
            status = ctl_events_read(ctl->link, unit, *next, summary.last_event, print_event, printing, next);
        fflush(printing->out);
        if (status != MBP_OK || ferror(printing->out) || !ctl->options->follow)
            return status;
        struct timespec pause = {0, (long)(FOLLOW_PAUSE_MS * MBP_NS_PER_MS)};
        nanosleep(&pause, NULL);
    }
}

static enum ctl_exit from_slave(struct ctl *ctl, struct printing *printing)
{
    struct ctl_link *link = ctl_link(ctl);
    int unit = link != NULL ? ctl_summary_unit(ctl->plant) : -1;
    if (unit < 0)
        return CTL_FAILED;
    uint32_t next = ctl->options->since;
    enum mbp_status status = dump_events(ctl, (uint8_t)unit, printing, &next);
    if (status == MBP_OK)
        return CTL_OK;
    char kept[96];
    snprintf(kept, sizeof kept, "journal ends after event %u (mbplantctl journal --since %u resumes)", next - 1, next);
    return ctl_fail(ctl, status, printing->count > 0 ? kept : "journal");
}

static enum ctl_exit save(struct ctl *ctl)
{
    const char *path = ctl->options->save_path;
    struct printing printing = {.plant = ctl->plant, .format = MBP_FORMAT_JSONL, .since = 1};
    char why[160];
    if (ctl_link(ctl) == NULL)
        return CTL_FAILED;
    if (ctl_dump_create(path, ctl->plant, &printing.out, why, sizeof why) != MBP_OK) {
        ctl_error("--save %s: %s", path, why);
        return CTL_FAILED;
    }
    enum ctl_exit code = from_slave(ctl, &printing);
    bool written = !ferror(printing.out);
    written = fclose(printing.out) == 0 && written;
    if (!written) {
        ctl_error("--save %s: cannot write it all; is the disk full?", path);
        return CTL_FAILED;
    }
    printf("%u events saved in %s; mbplantctl journal --load %s shows them\n", printing.count, path, path);
    return code;
}

/* The plant of a dump is known with its first line only, before its events. */
struct loading {
    struct ctl *ctl;
    struct printing printing;
};

static bool print_loaded(void *ctx, const struct mbp_event *event)
{
    struct loading *loading = ctx;
    loading->printing.plant = loading->ctl->plant;
    return print_event(&loading->printing, event);
}

static enum ctl_exit load(struct ctl *ctl, const struct printing *printing)
{
    const char *path = ctl->options->load_path;
    char why[160] = "";
    struct loading loading = {ctl, *printing};
    if (ctl_dump_load(path, &ctl->plant, print_loaded, &loading, why, sizeof why) == MBP_OK)
        return CTL_OK;
    ctl_error("--load %s: %s", path, why);
    return CTL_FAILED;
}

enum ctl_exit ctl_run_journal(struct ctl *ctl)
{
    const struct ctl_options *options = ctl->options;
    struct printing printing = {.format = options->format, .since = options->since, .out = stdout};
    if (options->load_path != NULL && (options->save_path != NULL || options->follow)) {
        ctl_error("journal: --load goes with neither --save nor --follow");
        return CTL_USAGE;
    }
    if (options->load_path == NULL && ctl_plant(ctl) == NULL)
        return CTL_FAILED;
    printing.plant = ctl->plant;
    if (options->save_path != NULL)
        return save(ctl);
    mbp_report_event_header(options->format, stdout);
    if (options->load_path != NULL)
        return load(ctl, &printing);
    return from_slave(ctl, &printing);
}
