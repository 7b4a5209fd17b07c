/* condition: steps that wait for `when`, an expression on what the plant shows. */
#include <string.h>

#include "mbplant/formula.h"
#include "scenario_priv.h"

void condition_bind(struct mbp_scenario *scenario, const struct step_def *def, struct step *step)
{
    struct mbp_expr_error error;
    if (!mbp_def_has(&def->def, STEP_WHEN))
        return;
    const struct mbp_expr_scope scope = mbp_plant_scope(scenario->plant);
    const struct mbp_expr_source source = {def->when.text, strlen(def->when.text), mbp_name_hash(def->when.text)};
    enum mbp_status status = mbp_expr_compile(&source, MBP_EXPR_BOOL, &scope, &step->when, &error);
    if (status == MBP_ERR_MEMORY) {
        scenario->reader.out_of_memory = true;
    } else if (status != MBP_OK) {
        mbp_tell_formula(&scenario->reader, &def->when, &error);
    } else {
        step->first_cell = scenario->cell_count;
        scenario->cell_count += (uint32_t)mbp_expr_cells(step->when);
    }
}

/* Each waiting condition is looked at in every scan, for it may count scans. One that has a fault is not so. */
void condition_act(struct mbp_play *play)
{
    const struct mbp_scenario *scenario = play->config.scenario;
    const struct mbp_formula_view view = {play->config.plant, mbp_scan_state(play->config.scan), NULL};
    struct mbp_expr_world world = mbp_state_world(view.plant, view.state);
    world.ctx = &view;
    for (uint32_t i = 0; play->waiting > 0 && i < play->next; i++) {
        const struct step *step = &scenario->steps[i];
        if (step->when == NULL || play->came[i])
            continue;
        struct mbp_expr_result result = mbp_expr_run(step->when, &world, play->cells + step->first_cell);
        if (result.fault != MBP_EXPR_FINE || result.value.u == 0)
            continue;
        play->came[i] = true;
        play->waiting--;
        act_step(play, i);
    }
}

void condition_tell_waiting(const struct mbp_play *play)
{
    const struct step_def *defs = play->config.scenario->def.timeline.items;
    char now[CLOCK_LEN];
    for (uint32_t i = 0; play->config.out != NULL && play->waiting > 0 && i < play->next; i++) {
        if (play->config.scenario->steps[i].when != NULL && !play->came[i])
            fprintf(play->config.out, "%s  NEVER    what the step in line %u waits for: %s\n",
                    clock_text(play->now_ns, now), defs[i].when.node->line, defs[i].when.text);
    }
}
