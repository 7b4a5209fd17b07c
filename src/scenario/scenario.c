/* scenario: the file, from its bytes to what it means. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "scenario_priv.h"

#define SCENARIO_FILE_MAX (16u << 20) /* bytes of YAML */

/* A relative path begins where the scenario stands. */
static void set_plant_path(struct mbp_scenario *scenario)
{
    const char *slash = strrchr(scenario->path, '/');
    if (!mbp_def_has(&scenario->def.def, SCENARIO_PLANT))
        return;
    scenario->plant_path = scenario->def.plant;
    if (slash != NULL && scenario->def.plant[0] != '/')
        scenario->plant_path =
            say(scenario, "%.*s%s", (int)(slash - scenario->path) + 1, scenario->path, scenario->def.plant);
}

static enum mbp_status read_text(struct mbp_scenario *scenario, struct mbp_text text)
{
    const struct mbp_node *root = NULL;
    if (text.len > SCENARIO_FILE_MAX) {
        mbp_errors_add(scenario->errors, 1, 1, "the file is larger than %u MiB", SCENARIO_FILE_MAX >> 20);
        return MBP_OK;
    }
    const char *kept = mbp_arena_text(&scenario->arena, text.bytes, text.len); /* steps are bound later */
    if (kept == NULL)
        return MBP_ERR_MEMORY;
    scenario->reader.text = (struct mbp_text){kept, text.len};
    enum mbp_status status = mbp_tree_parse(text, &scenario->arena, scenario->errors, &root);
    if (status == MBP_ERR_FORMAT)
        return MBP_OK; /* told, and to be shown by bind */
    if (status != MBP_OK)
        return status;
    if (!mbp_read_map(&scenario->reader, root, &scenario_schema, &scenario->def))
        mbp_reader_tell(&scenario->reader, root,
                        "this is no scenario; a scenario is keys with values and starts with 'mbplant_scenario: 1'");
    else
        set_plant_path(scenario);
    return scenario->reader.out_of_memory ? MBP_ERR_MEMORY : MBP_OK;
}

enum mbp_status mbp_scenario_parse(const char *path, struct mbp_text text, struct mbp_scenario **out)
{
    enum mbp_status status = MBP_ERR_MEMORY;
    struct mbp_scenario *scenario = calloc(1, sizeof *scenario);
    if (scenario == NULL)
        return status;
    scenario->reader.keep = &scenario->arena;
    scenario->reader.scratch = &scenario->arena;
    scenario->errors = calloc(1, sizeof *scenario->errors);
    scenario->reader.errors = scenario->errors;
    scenario->path = mbp_arena_text(&scenario->arena, path, strlen(path));
    if (scenario->errors != NULL && scenario->path != NULL)
        status = read_text(scenario, text);
    if (status != MBP_OK) {
        mbp_scenario_free(scenario);
        return status;
    }
    *out = scenario;
    return MBP_OK;
}

enum mbp_status mbp_scenario_load(const char *path, FILE *errors, struct mbp_scenario **out)
{
    char *bytes = NULL;
    size_t len = 0;
    enum mbp_status status = mbp_file_read(path, SCENARIO_FILE_MAX, &bytes, &len);
    if (status != MBP_OK && status != MBP_ERR_MEMORY) {
        fprintf(errors, "%s: cannot be read: %s\n", path, mbp_file_why(status));
        return MBP_ERR_IO;
    }
    if (status == MBP_OK)
        status = mbp_scenario_parse(path, (struct mbp_text){bytes, len}, out);
    if (status != MBP_OK)
        fprintf(errors, "%s: not enough memory for this scenario\n", path);
    free(bytes);
    return status;
}

void mbp_scenario_free(struct mbp_scenario *scenario)
{
    if (scenario == NULL)
        return;
    for (uint32_t i = 0; i < scenario->step_count; i++)
        mbp_expr_free(scenario->steps[i].when);
    mbp_arena_free(&scenario->arena);
    free(scenario->errors);
    free(scenario);
}

const char *mbp_scenario_plant_path(const struct mbp_scenario *scenario)
{
    return scenario->plant_path;
}

bool mbp_scenario_seed(const struct mbp_scenario *scenario, uint64_t *seed)
{
    if (!mbp_def_has(&scenario->def.def, SCENARIO_SEED))
        return false;
    *seed = scenario->def.seed;
    return true;
}

const char *mbp_scenario_name(const struct mbp_scenario *scenario)
{
    return scenario->def.name;
}

uint64_t mbp_scenario_duration_ns(const struct mbp_scenario *scenario)
{
    return scenario->duration_ns;
}

void mbp_scenario_print_summary(const struct mbp_scenario *scenario, FILE *out)
{
    char duration[32];
    uint32_t students = 0, points = 0;
    for (uint32_t i = 0; i < scenario->expectation_count; i++) {
        students += scenario->expectations[i].student ? 1u : 0u;
        points += scenario->expectations[i].points;
    }
    fprintf(out, "scenario  %s: %s, %u step%s, %u expectation%s, %u of them the student's", scenario->def.name,
            mbp_duration_format(scenario->duration_ns, duration, sizeof duration), scenario->step_count,
            scenario->step_count == 1 ? "" : "s", scenario->expectation_count,
            scenario->expectation_count == 1 ? "" : "s", students);
    fprintf(out, points > 0 ? ", %u points\n" : "\n", points);
}
