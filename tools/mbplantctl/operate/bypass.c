/* bypass and unbypass: interlocks that are held off, by their names: M1.LOW_LEVEL of `interlocks`, TT101.high_high of
 * an alarm that trips. */
#include "mbplant/plant/interlock.h"
#include "operate/hidden.h"
#include "operate/one_alarm.h"
#include "slave/point.h"
#include "verbs/overview.h"

/* The interlock that the argument names; an alarm of no sensor is one too. */
static enum ctl_exit find_interlock(struct ctl *ctl, struct ctl_one_alarm *out)
{
    const struct mbp_plant *plant = ctl_plant(ctl);
    char name[MBP_NAME_MAX + 32];
    if (plant == NULL)
        return CTL_FAILED;
    uint32_t s = mbp_plant_find_sensor(plant, ctl_spelling(plant, ctl->options->argv[0]));
    if (s != UINT32_MAX && plant->sensors[s].is_alarm) {
        *out = (struct ctl_one_alarm){s, MBP_CONDITION};
    } else if (s != UINT32_MAX && mbp_sensor_interlocks(&plant->sensors[s]) != 0) {
        ctl_error("%s: each interlock is bypassed by the name of its alarm: %s.high_high", plant->sensors[s].name,
                  plant->sensors[s].name);
        return CTL_USAGE;
    } else if (!ctl_one_alarm_find(plant, ctl->options->argv[0], out)) {
        const char *asked = ctl_spelling(plant, ctl->options->argv[0]);
        if (ctl_is_known(plant, asked))
            ctl_error("%s is no interlock; mbplantctl interlocks lists those that there are", asked);
        else
            ctl_unknown_name(plant, CTL_INTERLOCK, asked);
        return CTL_USAGE;
    }
    if ((mbp_sensor_interlocks(&plant->sensors[out->sensor]) >> out->alarm & 1u) == 0) {
        ctl_error("%s: it trips nothing, so it is no interlock; mbplantctl interlocks lists those that there are",
                  ctl_one_alarm_name(plant, out, name, sizeof name));
        return CTL_USAGE;
    }
    return CTL_OK;
}

/* What the slave would refuse too, but not say so much of. */
static enum ctl_exit check_span(struct ctl *ctl, const struct ctl_one_alarm *alarm, uint64_t longest_s)
{
    char name[MBP_NAME_MAX + 32], span[32], longest[32];
    ctl_one_alarm_name(ctl->plant, alarm, name, sizeof name);
    if (longest_s == 0) {
        ctl_error("%s: the plant file does not let it be bypassed", name);
        return CTL_FAILED;
    }
    if (ctl->options->shelf_s <= longest_s)
        return CTL_OK;
    ctl_error("%s: a bypass for %s is longer than the plant file allows, which is %s", name,
              mbp_span_text_in(ctl_spoken(), ctl->options->shelf_s, span, sizeof span),
              mbp_span_text_in(ctl_spoken(), longest_s, longest, sizeof longest));
    return CTL_FAILED;
}

/* ---- the verbs --------------------------------------------------------------------------------------------------- */

CTL_VERB(bypass)
{
    struct ctl_one_alarm alarm;
    char span[32];
    char done[64];
    if (ctl->options->argc == 0)
        return ctl_bypasses_run(ctl);
    if (ctl->options->once) {
        ctl_error("bypass: a bypass is for a time: --for 10min");
        return CTL_USAGE;
    }
    enum ctl_exit code = find_interlock(ctl, &alarm);
    if (code != CTL_OK)
        return code;
    uint64_t longest_s = mbp_longest_bypass_ns(ctl->plant, alarm.sensor) / MBP_NS_PER_S;
    code = check_span(ctl, &alarm, longest_s);
    if (code != CTL_OK)
        return code;
    uint64_t for_s = ctl->options->shelf_s != 0 ? ctl->options->shelf_s : longest_s;
    snprintf(done, sizeof done, ctl_tr("bypassed for %s"), mbp_span_text_in(ctl_spoken(), for_s, span, sizeof span));
    return ctl_one_alarm_do(ctl, &alarm, MBP_DEED_BYPASS, ctl->options->shelf_s, done);
}

CTL_VERB(unbypass)
{
    struct ctl_one_alarm alarm;
    enum ctl_exit code = find_interlock(ctl, &alarm);
    return code == CTL_OK ? ctl_one_alarm_do(ctl, &alarm, MBP_DEED_RESTORE, 0, "armed") : code;
}
