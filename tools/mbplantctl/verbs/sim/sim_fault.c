/* sim fault: the plant's faults, listed, begun and ended; the file's by name, and new ones of a sensor or actuator. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "slave/effect.h"
#include "slave/point.h"
#include "verbs/sim/sim.h"

/* ---- what stands in the slave ----------------------------------------------------------------------------------- */

struct faults {
    const struct mbp_plant *plant;
    struct ctl_sim sim;
    uint16_t wire[1000];
    uint16_t active[MBP_PLANT_FAULTS_MAX + MBP_AD_HOC_FAULTS];
    uint16_t ad_hoc[MBP_AD_HOC_FAULTS][MBP_SIM_FAULT_WORDS];
};

/* The slave runs the plant that it told; another file (--plant) may have other faults. */
static bool fits(const struct faults *faults)
{
    return faults->sim.faults == faults->plant->fault_count &&
           faults->sim.wire_faults == faults->plant->server.fault_count;
}

static enum mbp_status read_faults(struct ctl_link *link, struct faults *out)
{
    enum mbp_status status = ctl_read(link, MBP_INSTRUCTOR_UNIT, MBP_COILS, MBP_SIM_COIL_AD_HOC, MBP_AD_HOC_FAULTS,
                                      out->active + out->sim.faults);
    if (status == MBP_OK && out->sim.faults > 0)
        status = ctl_read(link, MBP_INSTRUCTOR_UNIT, MBP_COILS, MBP_SIM_COIL_FAULTS, out->sim.faults, out->active);
    if (status == MBP_OK && out->sim.wire_faults > 0)
        status = ctl_read(link, MBP_INSTRUCTOR_UNIT, MBP_COILS, 0, out->sim.wire_faults, out->wire);
    if (status == MBP_OK)
        status = ctl_read(link, MBP_INSTRUCTOR_UNIT, MBP_INPUT_REGISTERS, MBP_SIM_IR_AD_HOC,
                          MBP_AD_HOC_FAULTS * MBP_SIM_FAULT_WORDS, out->ad_hoc[0]);
    return status;
}

static enum ctl_exit take_faults(struct ctl *ctl, struct faults *out)
{
    enum ctl_exit code = ctl_sim_read(ctl, &out->sim);
    if (code != CTL_OK)
        return code;
    out->plant = ctl_plant_of(ctl, MBP_INSTRUCTOR_UNIT);
    if (out->plant == NULL)
        return CTL_FAILED;
    if (!fits(out)) {
        ctl_error("the slave has other faults than this plant file");
        return CTL_FAILED;
    }
    enum mbp_status status = read_faults(ctl->link, out);
    return status == MBP_OK ? CTL_OK : ctl_fail(ctl, status, "the instructor's unit");
}

/* ---- the list --------------------------------------------------------------------------------------------------- */

/* An ad hoc place's record as an effect; false when it never had a fault. */
static bool read_effect(const struct mbp_plant *plant, const uint16_t *words, struct mbp_effect *out)
{
    if (words[MBP_SIM_FAULT_KIND] == 0 || words[MBP_SIM_FAULT_KIND] > MBP_EFFECT_COUNT)
        return false;
    *out = (struct mbp_effect){.kind = (uint8_t)(words[MBP_SIM_FAULT_KIND] - 1u),
                               .upscale = (words[MBP_SIM_FAULT_FLAGS] & MBP_SIM_FAULT_UPSCALE) != 0,
                               .amount = ctl_float(words + MBP_SIM_FAULT_AMOUNT),
                               .over_ns = ctl_span_ns(words + MBP_SIM_FAULT_OVER),
                               .duration_ns = ctl_span_ns(words + MBP_SIM_FAULT_DURATION)};
    if ((words[MBP_SIM_FAULT_FLAGS] & MBP_SIM_FAULT_STAYS) != 0)
        out->amount = (double)NAN;
    bool moves = (words[MBP_SIM_FAULT_FLAGS] & MBP_SIM_FAULT_ACTUATOR) != 0;
    uint16_t number = words[MBP_SIM_FAULT_NUMBER];
    for (uint32_t u = 0; u < plant->unit_count; u++) {
        const struct mbp_unit *unit = &plant->units[u];
        if (unit->id != words[MBP_SIM_FAULT_UNIT] || number >= (moves ? unit->actuator_count : unit->sensor_count))
            continue;
        out->subject = moves ? plant->sensor_count + unit->first_actuator + number : unit->first_sensor + number;
        return true;
    }
    return false;
}

static void print_time(const char *before, uint64_t ns)
{
    char text[32];
    if (ns != 0)
        ctl_say("%s%s", ctl_tr(before), mbp_duration_format(ns, text, sizeof text));
}

/* The unit of measure of what a fault is of. */
static const char *unit_of(const struct mbp_plant *plant, const struct mbp_effect *effect)
{
    return effect->subject < plant->sensor_count ? plant->sensors[effect->subject].unit_text
                                                 : plant->actuators[effect->subject - plant->sensor_count].unit_text;
}

static void print_effect(const struct mbp_plant *plant, const struct mbp_effect *effect)
{
    const char *unit = unit_of(plant, effect);
    const char *blank = unit[0] != '\0' ? " " : "";
    enum mbp_effect_kind kind = (enum mbp_effect_kind)effect->kind;
    char text[32];
    ctl_say("%s %s", mbp_effect_of(plant, effect), mbp_effect_name(kind));
    if (kind == MBP_EFFECT_DROPOUT)
        ctl_say(effect->upscale ? " to the high end" : " to the low end");
    else if (kind == MBP_EFFECT_STUCK && isnan(effect->amount))
        ctl_say(" where it is");
    else if (kind != MBP_EFFECT_SLOW)
        ctl_say("%s %s%s%s", kind == MBP_EFFECT_STUCK ? ctl_tr(" at") : "",
                ctl_number(effect->amount, 6, text, sizeof text), blank, unit);
    print_time(kind == MBP_EFFECT_SPIKE ? " every " : " over ", effect->over_ns);
    print_time(" after ", effect->after_ns);
    print_time(", for ", effect->duration_ns);
}

static void print_when(const struct mbp_plant_fault *fault)
{
    char text[32];
    if (!fault->enabled || (!fault->has_start && fault->mttf_ns == 0))
        ctl_say("; by hand");
    else if (fault->has_start)
        ctl_say("; starts at %s", mbp_duration_format(fault->start_ns, text, sizeof text));
    print_time("; every ", fault->enabled ? fault->mttf_ns : 0);
    print_time(" on average, for ", fault->enabled ? fault->mttr_ns : 0);
}

static void print_list(const struct faults *faults)
{
    const struct mbp_plant *plant = faults->plant;
    uint32_t shown = 0;
    for (uint32_t f = 0; f < plant->fault_count; f++, shown++) {
        ctl_say("%-6s  %-20s  ", faults->active[f] != 0 ? ctl_tr("active") : "-", plant->faults[f].name);
        print_effect(plant, &plant->faults[f].effect);
        print_when(&plant->faults[f]);
        putchar('\n');
    }
    for (uint32_t i = 0; i < MBP_AD_HOC_FAULTS; i++) {
        struct mbp_effect effect;
        if (!read_effect(plant, faults->ad_hoc[i], &effect))
            continue;
        ctl_say("%-6s  ad hoc %-13u  ", faults->active[plant->fault_count + i] != 0 ? ctl_tr("active") : "-", i + 1);
        print_effect(plant, &effect);
        putchar('\n');
        shown++;
    }
    for (uint32_t i = 0; i < plant->server.fault_count; i++, shown++)
        ctl_say("%-6s  %-20s  on the wire\n", faults->wire[i] != 0 ? ctl_tr("on") : "-", plant->server.faults[i].name);
    if (shown == 0)
        ctl_say("the plant file has no faults; mbplantctl sim fault NAME stuck|bias|... makes one up\n");
}

/* ---- on and off ------------------------------------------------------------------------------------------------- */

/* The coil of a fault of the file or the wire; -1 = none has that name. */
static int find_named(const struct mbp_plant *plant, const char *name, int (*compare)(const char *, const char *))
{
    for (uint32_t f = 0; f < plant->fault_count; f++) {
        if (compare(plant->faults[f].name, name) == 0)
            return (int)mbp_sim_fault_coil(plant->fault_count, f);
    }
    for (uint32_t i = 0; i < plant->server.fault_count; i++) {
        if (compare(plant->server.faults[i].name, name) == 0)
            return (int)i;
    }
    return -1;
}

/* The coil of a fault by its name, "ad hoc 3" (in one word or as 3 words' last: "adhoc3") too; -1 when there is none.
 */
static int find_coil(const struct faults *faults, const char *name)
{
    int coil = find_named(faults->plant, name, strcmp);
    if (coil < 0)
        coil = find_named(faults->plant, name, strcasecmp);
    if (coil >= 0)
        return coil;
    static const char *const prefixes[] = {"ad hoc ", "adhoc"};
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        size_t len = strlen(prefixes[i]);
        unsigned long number = strncasecmp(name, prefixes[i], len) == 0 ? strtoul(name + len, NULL, 10) : 0;
        if (number >= 1 && number <= MBP_AD_HOC_FAULTS)
            return (int)(MBP_SIM_COIL_AD_HOC + number - 1);
    }
    return -1;
}

static enum ctl_exit unknown_fault(const struct faults *faults, const char *name)
{
    const struct mbp_plant *plant = faults->plant;
    const char *names[MBP_PLANT_FAULTS_MAX + 1000];
    size_t count = 0;
    for (uint32_t f = 0; f < plant->fault_count; f++)
        names[count++] = plant->faults[f].name;
    for (uint32_t i = 0; i < plant->server.fault_count; i++)
        names[count++] = plant->server.faults[i].name;
    const char *near = mbp_nearest(name, names, count);
    if (near != NULL)
        ctl_error("the plant has no fault '%s'; did you mean '%s'?", name, near);
    else
        ctl_error("the plant has no fault '%s'; mbplantctl sim fault lists them", name);
    return CTL_USAGE;
}

/* Every fault of the file, the wire or made up that is active. */
static enum ctl_exit end_all(struct ctl *ctl, const struct faults *faults)
{
    static const uint16_t off = 0;
    unsigned ended = 0;
    enum ctl_exit code = CTL_OK;
    for (uint32_t f = 0; f < faults->sim.faults + MBP_AD_HOC_FAULTS && code == CTL_OK; f++) {
        if (faults->active[f] == 0)
            continue;
        code = ctl_sim_write(ctl, MBP_COILS, mbp_sim_fault_coil(faults->sim.faults, f), 1, &off, NULL);
        ended++;
    }
    if (code == CTL_OK && ended > 0)
        code = ctl_await_effect(ctl, "sim fault");
    if (code == CTL_OK)
        ctl_say("%u faults ended\n", ended);
    return code == CTL_OK ? ctl_say_pending(ctl, "sim fault") : code;
}

static enum ctl_exit switch_fault(struct ctl *ctl, const struct faults *faults, const char *name, bool on)
{
    if (!on && ctl_is_all(name))
        return end_all(ctl, faults);
    int coil = find_coil(faults, name);
    if (coil < 0)
        return unknown_fault(faults, name);
    uint16_t word = on;
    enum ctl_exit code = ctl_sim_write(ctl, MBP_COILS, (uint16_t)coil, 1, &word, NULL);
    if (code == CTL_OK)
        code = ctl_await_effect(ctl, name);
    if (code == CTL_OK)
        ctl_say("%s: %s  (coil %d of unit %d)\n", name, ctl_tr(on ? "active" : "ended"), coil, MBP_INSTRUCTOR_UNIT);
    return code == CTL_OK ? ctl_say_pending(ctl, name) : code;
}

/* ---- a new one -------------------------------------------------------------------------------------------------- */

static void put_float(uint16_t *words, double number)
{
    float value = (float)number;
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    words[0] = (uint16_t)(bits >> 16);
    words[1] = (uint16_t)bits;
}

struct wanted {
    struct mbp_effect effect;
    bool has_amount;
};

/* "over DURATION", "every DURATION", "for DURATION". */
static bool take_time(const char *word, const char *value, struct wanted *out)
{
    uint64_t ns;
    bool over = strcmp(word, "over") == 0 || strcmp(word, "every") == 0;
    if ((!over && strcmp(word, "for") != 0) || value == NULL || mbp_duration_parse(value, &ns) != MBP_OK)
        return false;
    *(over ? &out->effect.over_ns : &out->effect.duration_ns) = ns;
    return true;
}

static bool take_amount(const char *word, struct wanted *out)
{
    char *end;
    double amount = strtod(word, &end);
    if (end == word || *end != '\0' || !isfinite(amount) || out->has_amount)
        return false;
    out->effect.amount = amount;
    out->has_amount = true;
    return true;
}

/* The words behind SENSOR KIND. */
static enum ctl_exit read_words(const struct ctl_options *options, int first, struct wanted *out)
{
    for (int i = first; i < options->argc; i++) {
        const char *word = options->argv[i];
        bool end_word =
            out->effect.kind == MBP_EFFECT_DROPOUT && (strcmp(word, "high") == 0 || strcmp(word, "low") == 0);
        if (end_word) {
            out->effect.upscale = word[0] == 'h';
        } else if (take_time(word, i + 1 < options->argc ? options->argv[i + 1] : NULL, out)) {
            i++;
        } else if (!take_amount(word, out)) {
            ctl_error("sim fault: '%s' is no number, and no 'over', 'every' or 'for' with a duration such as 10min",
                      word);
            return CTL_USAGE;
        }
    }
    return CTL_OK;
}

/* What this kind cannot do without. */
static enum ctl_exit check_wanted(const struct mbp_plant *plant, struct wanted *wanted)
{
    struct mbp_effect *effect = &wanted->effect;
    enum mbp_effect_kind kind = (enum mbp_effect_kind)effect->kind;
    const unsigned alone = MBP_EFFECT_BIT(STUCK) | MBP_EFFECT_BIT(DROPOUT) | MBP_EFFECT_BIT(SLOW);
    const char *word = kind == MBP_EFFECT_SPIKE ? "every" : "over";
    const char *unit = unit_of(plant, effect);
    if (!wanted->has_amount && !mbp_effect_is(kind, alone)) {
        ctl_error("sim fault: %s needs an amount, in its unit%s%s", mbp_effect_name(kind), unit[0] != '\0' ? ", " : "",
                  unit);
        return CTL_USAGE;
    }
    if (mbp_effect_is(kind, MBP_EFFECTS_TIMED) && effect->over_ns == 0) {
        ctl_error("sim fault: %s needs '%s' and a duration, as in: %s 10min", mbp_effect_name(kind), word, word);
        return CTL_USAGE;
    }
    if (!wanted->has_amount)
        effect->amount = kind == MBP_EFFECT_STUCK ? (double)NAN : 0;
    return CTL_OK;
}

/* Why the slave would refuse it, though it is whole. */
static enum ctl_exit check_possible(const struct mbp_plant *plant, const struct mbp_effect *effect)
{
    const char *name = mbp_effect_of(plant, effect);
    bool moves = effect->subject >= plant->sensor_count;
    if (mbp_effect_possible(plant, effect))
        return CTL_OK;
    if (effect->kind == MBP_EFFECT_WEAR)
        ctl_error("sim fault: wear is a machine's, and %s belongs to none", name);
    else if (moves && effect->kind == MBP_EFFECT_OFFSET &&
             plant->actuators[effect->subject - plant->sensor_count].on_off)
        ctl_error("sim fault: %s is on/off and goes to its two ends alone; 'passing' is for one that does not shut off",
                  name);
    else if (moves)
        ctl_error("sim fault: %.6g is no %s of %s, which goes from %g to %g", effect->amount,
                  ctl_tr(effect->kind == MBP_EFFECT_STUCK ? "position" : "amount"), name,
                  plant->actuators[effect->subject - plant->sensor_count].range[0],
                  plant->actuators[effect->subject - plant->sensor_count].range[1]);
    else
        ctl_error("sim fault: %s cannot have that: it shows a text, or the amount is none", name);
    return CTL_USAGE;
}

static enum ctl_exit send(struct ctl *ctl, const struct faults *faults, const struct mbp_effect *effect)
{
    static const char refused[] =
        "the slave refused that fault; all places for such faults may be taken: mbplantctl sim "
        "fault all off";
    const struct mbp_plant *plant = faults->plant;
    bool moves = effect->subject >= plant->sensor_count;
    uint32_t index = moves ? effect->subject - plant->sensor_count : effect->subject;
    const struct mbp_unit *unit = &plant->units[moves ? plant->actuators[index].unit : plant->sensors[index].unit];
    uint16_t words[MBP_SIM_HR_FAULT_BEGIN - MBP_SIM_HR_FAULT + 1] = {0};
    bool stays = isnan(effect->amount);
    words[MBP_SIM_FAULT_KIND] = (uint16_t)(effect->kind + 1u);
    words[MBP_SIM_FAULT_UNIT] = unit->id;
    words[MBP_SIM_FAULT_NUMBER] = (uint16_t)(index - (moves ? unit->first_actuator : unit->first_sensor));
    words[MBP_SIM_FAULT_FLAGS] =
        (uint16_t)((stays ? MBP_SIM_FAULT_STAYS : 0u) | (effect->upscale ? MBP_SIM_FAULT_UPSCALE : 0u) |
                   (moves ? MBP_SIM_FAULT_ACTUATOR : 0u));
    put_float(words + MBP_SIM_FAULT_AMOUNT, stays ? 0.0 : effect->amount);
    put_float(words + MBP_SIM_FAULT_OVER, (double)effect->over_ns / 1e9);
    put_float(words + MBP_SIM_FAULT_DURATION, (double)effect->duration_ns / 1e9);
    words[MBP_SIM_FAULT_WORDS] = 1;
    uint32_t place = 0;
    while (place + 1 < MBP_AD_HOC_FAULTS && faults->active[plant->fault_count + place] != 0)
        place++;
    enum ctl_exit code =
        ctl_sim_write(ctl, MBP_HOLDING_REGISTERS, MBP_SIM_HR_FAULT, sizeof words / sizeof words[0], words, refused);
    const char *name = mbp_effect_of(plant, effect);
    if (code == CTL_OK)
        code = ctl_await_effect(ctl, name);
    if (code != CTL_OK)
        return code;
    print_effect(plant, effect);
    ctl_say(": active as ad hoc %u; mbplantctl sim fault adhoc%u off ends it\n", place + 1, place + 1);
    return ctl_say_pending(ctl, name);
}

/* A fault of this kind of this sensor or actuator; tells why not. */
static bool find_kind(const struct mbp_plant *plant, const char *kind, struct mbp_effect *effect)
{
    bool moves = effect->subject >= plant->sensor_count;
    int found = mbp_effect_find(kind);
    if (found >= 0 && mbp_effect_is((unsigned)found, moves ? MBP_EFFECTS_OF_ACTUATORS : MBP_EFFECTS_OF_SENSORS)) {
        effect->kind = (uint8_t)found;
        return true;
    }
    ctl_error("sim fault: no kind '%s' of %s; it is %s, or on or off for a fault of the plant file", kind,
              moves ? ctl_tr("an actuator") : ctl_tr("a sensor"),
              moves ? ctl_tr("stuck, slow, passing or offset")
                    : ctl_tr("stuck, bias, drift, spike, dropout, noise, step, ramp or wear"));
    return false;
}

static enum ctl_exit begin_new(struct ctl *ctl, const struct faults *faults, const char *name, const char *kind)
{
    const struct mbp_plant *plant = faults->plant;
    uint32_t actuator = mbp_plant_find_actuator(plant, name);
    struct wanted wanted = {
        .effect = {.subject = actuator != UINT32_MAX ? plant->sensor_count + actuator : ctl_sensor_find(plant, name)}};
    if (wanted.effect.subject == UINT32_MAX || !find_kind(plant, kind, &wanted.effect))
        return CTL_USAGE;
    enum ctl_exit code = read_words(ctl->options, 3, &wanted);
    if (code == CTL_OK)
        code = check_wanted(plant, &wanted);
    if (code == CTL_OK)
        code = check_possible(plant, &wanted.effect);
    return code == CTL_OK ? send(ctl, faults, &wanted.effect) : code;
}

enum ctl_exit ctl_sim_fault(struct ctl *ctl)
{
    const struct ctl_options *options = ctl->options;
    struct faults *faults = calloc(1, sizeof *faults);
    if (faults == NULL)
        return ctl_fail(ctl, MBP_ERR_MEMORY, "sim fault");
    enum ctl_exit code = take_faults(ctl, faults);
    const char *name = options->argc > 1 ? options->argv[1] : "list";
    const char *word = options->argc > 2 ? options->argv[2] : "";
    if (code == CTL_OK) {
        if (options->argc == 1 || (options->argc == 2 && strcmp(name, "list") == 0)) {
            print_list(faults);
        } else if (options->argc == 3 && (strcmp(word, "on") == 0 || strcmp(word, "off") == 0)) {
            code = switch_fault(ctl, faults, name, word[1] == 'n');
        } else if (options->argc >= 3) {
            code = begin_new(ctl, faults, name, word);
        } else {
            ctl_error("sim fault %s: what of it? on, off, or for a sensor or actuator stuck, bias AMOUNT, ...; see "
                      "mbplantctl sim "
                      "--help",
                      name);
            code = CTL_USAGE;
        }
    }
    free(faults);
    return code;
}
