/* play: the timeline beside the scans. */
#include <stdlib.h>

#include "mbplant/image/exercise.h"
#include "scenario_priv.h"

/* ---- before a scan ---------------------------------------------------------------------------------------------- */

/* What the student is to do, where there is none: not in the same scan as a step, so that both can be told apart. */
static void act_as_student(struct mbp_play *play)
{
    const struct mbp_scenario *scenario = play->config.scenario;
    for (uint32_t i = 0; i < scenario->expectation_count; i++) {
        const struct expectation *expectation = &scenario->expectations[i];
        struct open_expectation *open = &play->expectations[i];
        bool waits =
            expectation->after != UINT32_MAX && play->expectations[expectation->after].verdict < MBP_VERDICT_MET;
        if (!expectation->student || open->verdict != MBP_VERDICT_OPEN || open->done || waits ||
            play->now_ns < mbp_time_add_sat(open->begin_ns, expectation->model_ns))
            continue;
        act_puts(play, &expectation->puts);
        open->done = true;
    }
}

static void before_scan(void *ctx)
{
    struct mbp_play *play = ctx;
    const struct mbp_scenario *scenario = play->config.scenario;
    play->acted = false;
    if (play->over)
        return;
    for (; play->next < scenario->step_count && scenario->steps[play->next].at_ns <= play->now_ns; play->next++) {
        if (scenario->steps[play->next].when == NULL)
            act_step(play, play->next);
        else
            play->waiting++;
    }
    condition_act(play);
    if (play->config.model && !play->acted)
        act_as_student(play);
    if (play->config.out != NULL)
        fflush(play->config.out);
}

/* ---- after a scan ----------------------------------------------------------------------------------------------- */

static void decide(struct mbp_play *play, uint32_t index, bool met)
{
    struct open_expectation *open = &play->expectations[index];
    open->verdict = met ? MBP_VERDICT_MET : MBP_VERDICT_MISSED;
    open->decided_ns = play->now_ns;
    if (!met)
        found_note(play, index);
    if (play->config.out != NULL)
        report_line(play, index, play->config.out);
}

/* The scan that ends at the deadline still counts, one that ends behind it does not. */
static void judge_open(struct mbp_play *play, uint32_t index)
{
    struct open_expectation *open = &play->expectations[index];
    bool last = play->now_ns >= open->deadline_ns;
    bool counts = play->now_ns <= open->deadline_ns;
    bool so = judge_expectation(play, index);
    if (so && !answer_in_order(play, index))
        open->spoilt = true;
    if (open->spoilt)
        decide(play, index, false);
    else if (play->config.scenario->expectations[index].when == WHEN_THROUGHOUT && ((counts && !so) || last))
        decide(play, index, !(counts && !so));
    else if (play->config.scenario->expectations[index].when != WHEN_THROUGHOUT && (last || so))
        decide(play, index, counts && so);
}

static void judge_scan(struct mbp_play *play)
{
    for (uint32_t i = 0; i < play->config.scenario->expectation_count; i++) {
        if (play->expectations[i].verdict == MBP_VERDICT_OPEN)
            judge_open(play, i);
    }
}

static void after_scan(void *ctx, const struct mbp_event *events, size_t count)
{
    struct mbp_play *play = ctx;
    if (play->over)
        return;
    play->now_ns += play->config.plant->scan_ns;
    answer_scan(play, events, count);
    judge_scan(play);
    play->over = play->now_ns >= play->config.scenario->duration_ns;
    if (play->over)
        condition_tell_waiting(play);
    if (play->config.out != NULL)
        fflush(play->config.out);
}

/* ---- life ------------------------------------------------------------------------------------------------------- */

enum mbp_status mbp_play_new(const struct mbp_play_config *config, struct mbp_play **out)
{
    const struct mbp_scenario *scenario = config->scenario;
    struct mbp_play *play = calloc(1, sizeof *play);
    if (play == NULL)
        return MBP_ERR_MEMORY;
    play->config = *config;
    play->expectations = calloc(scenario->expectation_count + 1u, sizeof *play->expectations);
    play->asked_ns = calloc(config->plant->machine_count + 1u, sizeof *play->asked_ns);
    play->fault = calloc(scenario->step_count + 1u, sizeof *play->fault);
    play->cells = calloc(scenario->cell_count + 1u, sizeof *play->cells);
    play->came = calloc(scenario->step_count + 1u, sizeof *play->came);
    play->notes = calloc(scenario->step_count + 1u, sizeof *play->notes);
    play->noted_ns = calloc(scenario->step_count + 1u, sizeof *play->noted_ns);
    if (play->expectations == NULL || play->asked_ns == NULL || play->fault == NULL || play->cells == NULL ||
        play->came == NULL || play->notes == NULL || play->noted_ns == NULL) {
        mbp_play_free(play);
        return MBP_ERR_MEMORY;
    }
    for (uint32_t i = 0; i < scenario->step_count; i++)
        play->fault[i] = UINT32_MAX;
    const struct mbp_scan_observer of_scan = {before_scan, after_scan, play};
    const struct mbp_image_observer observer = {answer_written, play};
    mbp_scan_observe(config->scan, &of_scan);
    mbp_image_observe(config->image, &observer);
    mbp_image_allow_forcing(config->image, scenario->def.forcing == FORCING_ALLOWED);
    mbp_image_set_exercise(config->image, tell_exercise, play);
    *out = play;
    return MBP_OK;
}

void mbp_play_free(struct mbp_play *play)
{
    if (play == NULL)
        return;
    if (play->config.scan != NULL)
        mbp_scan_observe(play->config.scan, NULL);
    if (play->config.image != NULL) {
        mbp_image_observe(play->config.image, NULL);
        mbp_image_allow_forcing(play->config.image, true);
        mbp_image_set_exercise(play->config.image, NULL, NULL);
    }
    free(play->expectations);
    free(play->asked_ns);
    free(play->fault);
    free(play->cells);
    free(play->came);
    free(play->notes);
    free(play->noted_ns);
    free(play);
}

void mbp_play_stop(struct mbp_play *play)
{
    play->over = true;
}

bool mbp_play_is_over(const struct mbp_play *play)
{
    return play->over;
}

bool mbp_play_passed(const struct mbp_play *play)
{
    for (uint32_t i = 0; i < play->config.scenario->expectation_count; i++) {
        if (play->expectations[i].verdict != MBP_VERDICT_MET)
            return false;
    }
    return play->refused == 0 && play->waiting == 0 && play->next == play->config.scenario->step_count;
}

uint32_t mbp_play_count(const struct mbp_play *play)
{
    return play->config.scenario->expectation_count;
}

struct mbp_play_sums mbp_play_sums(const struct mbp_play *play)
{
    struct mbp_play_sums sums = {0};
    for (uint32_t i = 0; i < mbp_play_count(play); i++) {
        const enum mbp_verdict verdict = play->expectations[i].verdict;
        const uint32_t points = play->config.scenario->expectations[i].points;
        sums.met += verdict == MBP_VERDICT_MET;
        sums.missed += verdict == MBP_VERDICT_MISSED;
        sums.points += verdict == MBP_VERDICT_MET ? points : 0;
        sums.points_lost += verdict == MBP_VERDICT_MISSED ? points : 0;
        sums.points_all += points;
    }
    return sums;
}

uint64_t mbp_play_now_ns(const struct mbp_play *play)
{
    return play->now_ns;
}

const char *mbp_play_note(const struct mbp_play *play, uint32_t i, uint64_t *told_ns)
{
    if (i >= play->note_count)
        return NULL;
    *told_ns = play->noted_ns[i];
    return play->config.scenario->steps[play->notes[i]].note;
}

struct mbp_expectation mbp_play_expectation(const struct mbp_play *play, uint32_t i)
{
    const struct expectation *expectation = &play->config.scenario->expectations[i];
    const struct open_expectation *open = &play->expectations[i];
    return (struct mbp_expectation){.what = expectation->what,
                                    .verdict = open->verdict,
                                    .begin_ns = open->begin_ns,
                                    .decided_ns = open->decided_ns,
                                    .points = expectation->points,
                                    .student = expectation->student,
                                    .model = open->done,
                                    .found = open->found};
}
