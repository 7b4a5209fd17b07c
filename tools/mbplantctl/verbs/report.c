/* report: the plant now and a period of its journal, made over Modbus alone or from a saved dump. */
#include "dump/study.h"
#include "text/filter.h"
#include "verbs/overview.h"

static enum ctl_exit write_report(struct ctl *ctl, struct ctl_overview *overview, const struct ctl_study *study)
{
    overview->seen.report.analysis = study->analysis;
    enum mbp_status status =
        mbp_report_write(&overview->seen.report, ctl->plant, ctl->options->format, ctl->colour, stdout);
    return status == MBP_OK ? CTL_OK : ctl_fail(ctl, status, "report");
}

static enum ctl_exit of_slave(struct ctl *ctl)
{
    struct ctl_overview overview;
    struct ctl_study study;
    enum ctl_exit code = ctl_overview_take(ctl, true, &overview);
    if (code != CTL_OK)
        return code;
    code = ctl_study_slave(ctl, &overview, &study);
    if (code == CTL_OK) {
        code = write_report(ctl, &overview, &study);
        ctl_study_free(&study);
    }
    ctl_overview_free(ctl->plant, &overview);
    return code;
}

static enum ctl_exit of_dump(struct ctl *ctl)
{
    const char *path = ctl->options->load_path;
    char why[CTL_DUMP_WHY] = "";
    struct ctl_dump dump;
    struct ctl_overview overview;
    struct ctl_study study;
    if (ctl_dump_open(path, &dump, why) != MBP_OK) {
        ctl_error("--load %s: %s", path, why);
        return CTL_FAILED;
    }
    enum ctl_exit code = ctl_overview_of_dump(ctl, &dump, &overview);
    if (code == CTL_OK) {
        code = ctl_study_dump(ctl, &dump, &overview, &study);
        if (code == CTL_OK) {
            code = write_report(ctl, &overview, &study);
            ctl_study_free(&study);
            ctl_dump_say_missing(path, &dump);
        }
        ctl_overview_free(ctl->plant, &overview);
    }
    ctl_dump_close(&dump);
    return code;
}

enum ctl_exit ctl_run_report(struct ctl *ctl)
{
    if (ctl_period_is_reversed(ctl->options))
        return CTL_USAGE;
    return ctl->options->load_path != NULL ? of_dump(ctl) : of_slave(ctl);
}
