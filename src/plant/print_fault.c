/* print_fault: what goes wrong, with its defaults explicit. */
#include <math.h>

#include "names.h"
#include "print.h"

static void print_effect(FILE *out, const struct mbp_effect *effect)
{
    switch ((enum mbp_effect_kind)effect->kind) {
    case MBP_EFFECT_STUCK:
        if (!isnan(effect->amount)) {
            mbp_print_number(out, ", value: ", effect->amount);
        }
        return;
    case MBP_EFFECT_DROPOUT:
        fprintf(out, ", shows: %s", mbp_shows_words.names[effect->upscale ? 1 : 0]);
        return;
    case MBP_EFFECT_SPIKE:
        mbp_print_number(out, ", amount: ", effect->amount);
        mbp_print_duration(out, ", every: ", effect->over_ns);
        return;
    case MBP_EFFECT_WEAR:
        mbp_print_duration(out, ", after: ", effect->after_ns);
        break;
    case MBP_EFFECT_DRIFT:
    case MBP_EFFECT_RAMP:
    case MBP_EFFECT_BIAS:
    case MBP_EFFECT_NOISE:
    case MBP_EFFECT_STEP:
    case MBP_EFFECT_COUNT:
        break;
    }
    mbp_print_number(out, ", amount: ", effect->amount);
    if (effect->over_ns != 0) {
        mbp_print_duration(out, ", over: ", effect->over_ns);
    }
}

void mbp_print_faults(FILE *out, const struct mbp_plant *plant)
{
    fputs(plant->fault_count > 0 ? "faults:\n" : "", out);
    for (uint32_t f = 0; f < plant->fault_count; f++) {
        const struct mbp_plant_fault *fault = &plant->faults[f];
        const struct mbp_effect *effect = &fault->effect;
        fputs("  - {name: ", out);
        mbp_print_name(out, fault->name);
        fprintf(out, ", kind: %s, sensor: ", mbp_effect_words.names[effect->kind]);
        mbp_print_name(out, plant->sensors[effect->sensor].name);
        print_effect(out, effect);
        if (fault->has_start) {
            mbp_print_duration(out, ", start: ", fault->start_ns);
        }
        if (effect->duration_ns != 0) {
            mbp_print_duration(out, ", duration: ", effect->duration_ns);
        }
        if (fault->mttf_ns != 0) {
            mbp_print_duration(out, ", mttf: ", fault->mttf_ns);
        }
        if (fault->mttr_ns != 0) {
            mbp_print_duration(out, ", mttr: ", fault->mttr_ns);
        }
        fprintf(out, ", enabled: %s}\n", fault->enabled ? "true" : "false");
    }
}
