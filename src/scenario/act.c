/* act: what a step does to the plant, at the boundary between two scans. */
#include <inttypes.h>
#include <math.h>

#include "scenario_priv.h"

static const struct mbp_peer itself = {MBP_ACTOR_THE_SCENARIO};

static enum mbp_status write_point(struct mbp_image *image, const struct put *put)
{
    struct mbp_image_unit *unit = mbp_image_unit(image, put->unit);
    uint8_t bytes[2 * sizeof put->words / sizeof put->words[0]];
    if (unit == NULL)
        return MBP_ERR_MISSING;
    if (put->table == MBP_COILS) {
        bytes[0] = (uint8_t)put->words[0];
        return mbp_image_write_bits(unit, put->addr, 1, bytes, itself);
    }
    for (unsigned i = 0; i < put->count; i++) {
        uint16_t word = put->words[i];
        if (put->mask != 0) /* the rest of its register stays */
            word = (uint16_t)((unit->holding[put->addr] & ~put->mask) | word);
        bytes[2 * i] = (uint8_t)(word >> 8);
        bytes[2 * i + 1] = (uint8_t)word;
    }
    return mbp_image_write_words(unit, put->addr, put->count, bytes, itself);
}

static void count_refusal(struct mbp_play *play, enum mbp_status status)
{
    char now[CLOCK_LEN];
    if (status == MBP_OK)
        return;
    play->refused++;
    if (play->config.out != NULL)
        fprintf(play->config.out, "%s  REFUSED  the plant did not take a step: %s\n", clock_text(play->now_ns, now),
                mbp_status_text(status));
}

void act_puts(struct mbp_play *play, const struct puts *puts)
{
    for (uint32_t i = 0; i < puts->count; i++)
        count_refusal(play, write_point(play->config.image, &puts->items[i]));
}

static void act_fault(struct mbp_play *play, uint32_t index)
{
    const struct step *step = &play->config.scenario->steps[index];
    struct mbp_scan *scan = play->config.scan;
    uint32_t fault = step->began != UINT32_MAX ? play->fault[step->began] : step->fault;
    if (step->fault == UINT32_MAX && step->began == UINT32_MAX)
        count_refusal(play, mbp_scan_fault_begin(scan, &step->effect, &play->fault[index]));
    else if (fault != UINT32_MAX) /* else it never began, which was counted */
        count_refusal(play, mbp_scan_fault_set(scan, fault, step->on));
}

static void open_expectation(struct mbp_play *play, uint32_t index)
{
    const struct expectation *expectation = &play->config.scenario->expectations[index];
    struct open_expectation *open = &play->expectations[index];
    open->verdict = MBP_VERDICT_OPEN;
    open->begin_ns = play->now_ns;
    open->written = NAN;
    open->deadline_ns = expectation->when == WHEN_BEFORE ? expectation->span_ns
                        : expectation->when == WHEN_NEXT ? mbp_time_add_sat(play->now_ns, play->config.plant->scan_ns)
                                                         : mbp_time_add_sat(play->now_ns, expectation->span_ns);
}

static void tell_step(const struct mbp_play *play, const struct step *step)
{
    char now[CLOCK_LEN];
    FILE *out = play->config.out;
    if (out == NULL)
        return;
    if (step->act == ACT_NOTE)
        fprintf(out, "%s  note     %s\n", clock_text(play->now_ns, now), step->note);
    else if (play->config.steps && step->what != NULL)
        fprintf(out, "%s  step     %s\n", clock_text(play->now_ns, now), step->what);
}

void act_step(struct mbp_play *play, uint32_t index)
{
    const struct step *step = &play->config.scenario->steps[index];
    tell_step(play, step);
    if (step->act == ACT_NOTE) {
        play->notes[play->note_count] = index;
        play->noted_ns[play->note_count++] = play->now_ns;
    }
    if (step->expectation != UINT32_MAX)
        open_expectation(play, step->expectation);
    else if (step->act == ACT_FAULT)
        act_fault(play, index);
    play->acting = true;
    mbp_image_allow_forcing(play->config.image, true);
    act_puts(play, &step->puts);
    mbp_image_allow_forcing(play->config.image, play->config.scenario->def.forcing == FORCING_ALLOWED);
    play->acting = false;
    play->acted = play->acted || step->puts.count > 0;
}
