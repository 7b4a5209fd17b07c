/* Fuzzes reports of dumps: any file gives a report in every form or one reason why not. The first two bytes of an input
 * choose the period, the rest is the dump. Figures that cannot be are a finding too. */
#include <fcntl.h>
#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "target.h"
#include "verbs/report.h"

static struct ctl_options choose(const uint8_t *data, const char *path)
{
    const uint64_t day_ms = 86400000;
    struct ctl_options options = {.load_path = path, .lang = (data[0] & 8) != 0 ? MBP_LANG_FR : MBP_LANG_EN};
    struct mbp_moment number = {.kind = MBP_MOMENT_EVENT, .seq = data[1]};
    struct mbp_moment time = {.kind = MBP_MOMENT_TIME, .ms = UINT64_C(1795543200000) + data[1] * day_ms / 24};
    unsigned kind = data[0] & 7;
    if (kind == 1 || kind == 2)
        options.since = number;
    if (kind == 3 || kind == 4)
        options.since = time;
    number.seq += data[0] >> 4;
    time.ms += (data[0] >> 4) * day_ms / 8 + 1;
    if (kind == 2 || kind == 5)
        options.until = number;
    if (kind == 4 || kind == 6)
        options.until = time;
    return options;
}

static bool is_ratio(double ratio)
{
    return isnan(ratio) || (ratio >= 0 && ratio <= 1);
}

/* What no journal can make true. */
static void check_figures(const struct mbp_analysis *analysis)
{
    bool good = is_ratio(analysis->availability) && analysis->begin_ms <= analysis->end_ms;
    for (uint32_t m = 0; m < analysis->plant->machine_count; m++) {
        const struct mbp_analysis_machine *machine = &analysis->machines[m];
        good = good && is_ratio(machine->availability) && is_ratio(machine->technical) &&
               machine->running_ms + machine->down_ms + machine->planned_ms <= analysis->length_ms &&
               machine->maintained_ms <= machine->down_ms;
    }
    for (size_t i = 0; i < analysis->raise_count; i++)
        good = good && analysis->raises[i].at_ms <= analysis->length_ms;
    for (size_t i = 0; i < analysis->segment_count; i++)
        good = good && analysis->segments[i].from_ms <= analysis->segments[i].to_ms;
    for (size_t i = 0; i < analysis->flood_count; i++)
        good = good && analysis->floods[i].peak <= analysis->floods[i].alarms &&
               analysis->floods[i].alarms <= analysis->alarms.raised;
    if (!good || analysis->alarms.peak > analysis->alarms.raised)
        abort();
}

static void write_all_forms(const struct mbp_plant *plant, const struct mbp_report_options *options,
                            const struct mbp_made_report *made)
{
    for (unsigned format = 0; format < MBP_FORMAT_COUNT; format++) {
        char *text = NULL;
        size_t len = 0;
        FILE *out = open_memstream(&text, &len);
        if (out == NULL)
            abort();
        enum mbp_status status = mbp_made_write(made, plant, options, (enum mbp_format)format, false, out);
        fclose(out);
        if (status == MBP_OK ? len == 0 || text[len - 1] != '\n' : status != MBP_ERR_MISSING)
            abort();
        if (format == MBP_FORMAT_JSON && status == MBP_OK) {
            json_t *read = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
            if (read == NULL)
                abort();
            json_decref(read);
        }
        free(text);
    }
}

static void report(struct ctl *ctl, struct ctl_dump *dump)
{
    struct mbp_made_report made;
    for (unsigned what = 0; what <= MBP_WANT_MACHINE; what++) {
        const struct mbp_report_options options = {
            .what = (enum mbp_report_what)what, .number = 5, .all = what % 2 != 0};
        if (ctl_report_of_dump(ctl, dump, &options, &made) != CTL_OK)
            return;
        if (options.what == MBP_WANT_REPORT)
            check_figures(made.analysis);
        write_all_forms(dump->plant, &options, &made);
        mbp_made_report_free(&made);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[32];
    char why[CTL_DUMP_WHY] = "";
    struct ctl_dump dump;
    if (size < 2)
        return 0;
    int fd = memfd_create("dump", MFD_CLOEXEC);
    if (fd < 0 || write(fd, data + 2, size - 2) != (ssize_t)(size - 2))
        abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    struct ctl_options options = choose(data, path);
    struct ctl ctl = {.options = &options};
    if (ctl_dump_open(path, &dump, why) == MBP_OK) {
        report(&ctl, &dump);
        ctl_dump_close(&dump);
    } else if (why[0] == '\0' || strchr(why, '\n') != NULL) {
        abort();
    }
    mbp_plant_free(ctl.plant);
    close(fd);
    return 0;
}
