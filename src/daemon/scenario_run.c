/* A scenario beside the plant. */
#include "scenario_run.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
        fprintf(stderr, "mbplantd: no place for the scenario's journal: %s: %s; give one with -d DIR\n",
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

/* ---- playing ---------------------------------------------------------------------------------------------------- */

enum mbp_status scenario_run_begin(struct daemon *daemon)
{
    const struct options *options = &daemon->options;
    bool told = options->report == MBP_PLAY_TEXT;
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
    if (daemon->play == NULL || daemon->options.report != MBP_PLAY_TEXT)
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
    mbp_play_stop(daemon->play);
    mbp_play_report(daemon->play, (enum mbp_play_format)daemon->options.report, stdout);
    return mbp_play_passed(daemon->play) ? PASSED : NOT_PASSED;
}

void scenario_run_end(struct daemon *daemon)
{
    mbp_play_free(daemon->play);
    mbp_scenario_free(daemon->scenario);
    if (daemon->data_dir_passes)
        nftw(daemon->data_dir, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}
