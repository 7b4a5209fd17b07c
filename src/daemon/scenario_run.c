/* A scenario beside the plant. */
#include "scenario_run.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PASSED = 0, NOT_PASSED = 1 };

/* ---- the file --------------------------------------------------------------------------------------------------- */

enum mbp_status scenario_run_load(struct daemon *daemon)
{
    struct options *options = &daemon->options;
    if (options->scenario_path == NULL)
        return MBP_OK;
    enum mbp_status status = mbp_scenario_load(options->scenario_path, stderr, &daemon->scenario);
    if (status != MBP_OK)
        return status;
    if (options->plant_path == NULL)
        options->plant_path = mbp_scenario_plant_path(daemon->scenario);
    if (options->plant_path != NULL)
        return MBP_OK;
    if (scenario_run_bind(daemon) == MBP_OK)
        fprintf(stderr, "%s: no plant: say which with 'plant' in the scenario, or on the command line\n",
                options->scenario_path);
    return MBP_ERR_MISSING;
}

enum mbp_status scenario_run_bind(struct daemon *daemon)
{
    if (daemon->scenario == NULL)
        return MBP_OK;
    enum mbp_status status = mbp_scenario_bind(daemon->scenario, daemon->plant, stderr);
    if (status == MBP_ERR_MEMORY)
        fprintf(stderr, "%s: not enough memory for this scenario\n", daemon->options.scenario_path);
    return status;
}

/* ---- the journal ------------------------------------------------------------------------------------------------ */

bool scenario_run_make_dir(struct daemon *daemon)
{
    const char *tmp = getenv("TMPDIR"); // NOLINT(concurrency-mt-unsafe): before any thread
    snprintf(daemon->data_dir, sizeof daemon->data_dir, "%s/mbplant-scenario-XXXXXX",
             tmp != NULL && tmp[0] == '/' ? tmp : "/tmp");
    daemon->data_dir_passes = mkdtemp(daemon->data_dir) != NULL;
    if (!daemon->data_dir_passes)
        fprintf(stderr, "mbplantd: no place for the journal of this run: %s: %s; give one with -d DIR\n",
                daemon->data_dir, strerrordesc_np(errno));
    return daemon->data_dir_passes;
}

bool scenario_run_is_fresh(const struct daemon *daemon)
{
    if (daemon->scenario == NULL || mbp_journal_last(daemon->journal) == 0)
        return true;
    fprintf(stderr,
            "mbplantd: %s holds the journal of an earlier run; a scenario begins with the plant as its file says: "
            "give it a new directory with -d DIR, or none\n",
            daemon->data_dir);
    return false;
}

static int remove_entry(const char *path, const struct stat *entry, int type, struct FTW *where)
{
    (void)entry, (void)type, (void)where;
    return remove(path);
}

bool scenario_run_open_report(struct daemon *daemon)
{
    const char *path = daemon->options.output_path;
    int fd = path != NULL ? open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666) : -1;
    daemon->scenario_report = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (path == NULL || daemon->scenario_report != NULL)
        return true;
    mbp_text_print(stderr, "mbplantd: --output %s: %s\n", path, strerrordesc_np(errno));
    if (fd >= 0)
        close(fd);
    return false;
}

/* ---- playing ---------------------------------------------------------------------------------------------------- */

bool scenario_run_talks(const struct daemon *daemon)
{
    const struct options *options = &daemon->options;
    bool kept = options->report != MBP_PLAY_TEXT && options->output_path == NULL;
    return !kept && (options->command == NULL || options->verbose);
}

enum mbp_status scenario_run_begin(struct daemon *daemon)
{
    const struct options *options = &daemon->options;
    bool told = scenario_run_talks(daemon);
    if (daemon->scenario == NULL)
        return MBP_OK;
    const struct mbp_play_config config = {
        .scenario = daemon->scenario,
        .plant = daemon->plant,
        .image = daemon->image,
        .scan = daemon->scan,
        .out = told ? stdout : NULL,
        .steps = options->verbose,
        .model = options->mode == MODE_FAST_FORWARD,
    };
    return mbp_play_new(&config, &daemon->play);
}

void scenario_run_banner(const struct daemon *daemon)
{
    char duration[32];
    if (daemon->play == NULL || !scenario_run_talks(daemon))
        return;
    mbp_duration_format(mbp_scenario_duration_ns(daemon->scenario), duration, sizeof duration);
    printf("scenario    %s, %s; its times are simulated ones, from now on\n", mbp_scenario_name(daemon->scenario),
           duration);
    if (daemon->data_dir_passes)
        puts("            its journal goes when it has ended (-d DIR keeps it)");
    fflush(stdout);
}

int scenario_run_report(struct daemon *daemon)
{
    FILE *out = daemon->scenario_report != NULL ? daemon->scenario_report : stdout;
    mbp_play_stop(daemon->play);
    bool written = out == stdout || ftruncate(fileno(out), 0) == 0 || errno == EINVAL; /* a pipe has no length */
    mbp_play_report(daemon->play, (enum mbp_play_format)daemon->options.report, out);
    written = fflush(out) == 0 && written;
    if (!written)
        mbp_text_print(stderr, "mbplantd: the scenario's report cannot be written: %s\n", strerrordesc_np(errno));
    return written && mbp_play_passed(daemon->play) ? PASSED : NOT_PASSED;
}

void scenario_run_end(struct daemon *daemon)
{
    mbp_play_free(daemon->play);
    mbp_scenario_free(daemon->scenario);
    if (daemon->scenario_report != NULL)
        fclose(daemon->scenario_report);
    if (daemon->data_dir_passes)
        nftw(daemon->data_dir, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}
