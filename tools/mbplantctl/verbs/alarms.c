/* alarms [--all | --hidden | NAME]: what is beyond its limit now, waits for acknowledgement or for a reset; or all
 * alarms there are; or those that are hidden; or all that is known of some. */
#include <string.h>
#include <strings.h>

#include "mbplant/plant/interlock.h"
#include "mbplant/report/alarm.h"
#include "mbplant/report/fit.h"
#include "mbplant/report/words.h"
#include "operate/hidden.h"
#include "operate/one_alarm.h"
#include "verbs/overview.h"

/* Leaves out those that no address tells of: of them nothing is known. Returns how many are left. */
static size_t keep_told(const struct mbp_plant *plant, struct mbp_report_alarm *alarms, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (ctl_alarm_is_told(plant, (uint32_t)(alarms[i].sensor - plant->sensors), (unsigned)alarms[i].limit))
            alarms[kept++] = alarms[i];
    }
    return kept;
}

static bool knows_all(const struct mbp_plant *plant)
{
    uint32_t s = 0;
    while (s < plant->sensor_count && ctl_untold(plant, CTL_UNTOLD_ALARMS, s) == 0)
        s++;
    return s == plant->sensor_count;
}

/* A bypass is to be seen as long as it stands, and how long that is (IEC 61511-1 clause 11.2.13). */
static void say_bypasses(const struct ctl *ctl, const struct mbp_plant_view *view)
{
    char name[MBP_NAME_MAX + 32];
    char span[32];
    for (uint32_t s = 0; s < ctl->plant->sensor_count; s++) {
        for (unsigned a = 0; a < MBP_ALARM_COUNT; a++) {
            const struct ctl_one_alarm alarm = {s, a};
            if (view->sensors[s].bypassed_s[a] != 0)
                ctl_say("%s: interlock bypassed, %s left; mbplantctl bypass tells who and why\n",
                        ctl_one_alarm_name(ctl->plant, &alarm, name, sizeof name),
                        mbp_span_text_in(ctl_spoken(), view->sensors[s].bypassed_s[a], span, sizeof span));
        }
    }
}

/* ---- by name ----------------------------------------------------------------------------------------------------- */

/* An alarm, or all those of a sensor or a machine. */
struct named {
    uint32_t sensor, machine; /* UINT32_MAX = not by that */
    unsigned alarm;           /* MBP_ALARM_COUNT = all of the sensor */
    bool bypass;              /* of that alarm its bypass alone */
};

/* NAME.bypassed of an alarm that trips: a copy of NAME, else the name itself. */
static const char *without_suffix(const struct mbp_plant *plant, const char *name, char *buf, size_t size, bool *is)
{
    const size_t suffix = sizeof MBP_BYPASS_SUFFIX - 1, len = strlen(name);
    *is = len > suffix && len < size && strcasecmp(name + len - suffix, MBP_BYPASS_SUFFIX) == 0 &&
          mbp_plant_find_sensor(plant, ctl_spelling(plant, name)) == UINT32_MAX;
    if (*is)
        snprintf(buf, size, "%.*s", (int)(len - suffix), name);
    return *is ? buf : name;
}

static bool find_named(const struct ctl *ctl, struct named *out)
{
    const struct mbp_plant *plant = ctl->plant;
    struct ctl_one_alarm one;
    char buf[MBP_ALARM_SUBJECT_MAX];
    bool bypass;
    const char *alarm = without_suffix(plant, ctl->options->argv[0], buf, sizeof buf, &bypass);
    *out = (struct named){UINT32_MAX, UINT32_MAX, MBP_ALARM_COUNT, false};
    if (ctl_one_alarm_find(plant, alarm, &one)) {
        *out = (struct named){one.sensor, UINT32_MAX, one.alarm, bypass};
        return true;
    }
    const char *name = ctl_spelling(plant, ctl->options->argv[0]);
    out->sensor = mbp_plant_find_sensor(plant, name);
    out->machine = out->sensor == UINT32_MAX ? mbp_plant_find_machine(plant, name) : UINT32_MAX;
    if (out->sensor == UINT32_MAX && out->machine == UINT32_MAX)
        ctl_unknown_name(plant, CTL_MACHINE_OR_SENSOR, ctl->options->argv[0]);
    return out->sensor != UINT32_MAX || out->machine != UINT32_MAX;
}

static bool is_named(const struct mbp_plant *plant, const struct mbp_report_alarm *alarm, const struct named *named)
{
    if (named->machine != UINT32_MAX)
        return alarm->sensor->machine == named->machine;
    return alarm->sensor == &plant->sensors[named->sensor] &&
           (named->alarm == MBP_ALARM_COUNT || named->alarm == (unsigned)alarm->limit) &&
           (!named->bypass || alarm->bypass);
}

/* Returns how many are left. */
static size_t keep_named(const struct mbp_plant *plant, struct mbp_report_alarm *alarms, size_t count,
                         const struct named *named)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (is_named(plant, &alarms[i], named))
            alarms[kept++] = alarms[i];
    }
    return kept;
}

static void say_text(const char *title, const char *text)
{
    int width = 12;
    for (const char *at = title; *at != '\0'; at++)
        width += ((unsigned char)*at & 0xC0u) == 0x80u; /* what pads counts bytes */
    if (text[0] != '\0')
        ctl_say("  %-*s %s\n", width, title, text);
}

/* One alarm with all its texts. */
static void say_whole(const struct mbp_report_alarm *alarm)
{
    const enum mbp_lang lang = ctl_spoken();
    const struct mbp_sensor *sensor = alarm->sensor;
    const struct mbp_alarm_texts texts = mbp_report_alarm_texts(alarm);
    char text[MBP_ALARM_SUBJECT_MAX];
    ctl_say("%s  %s\n", mbp_report_alarm_name(alarm, text, sizeof text), mbp_report_alarm_diagnosis(lang, alarm));
    say_text(ctl_tr("machine"), alarm->machine);
    say_text(ctl_tr("priority"), mbp_message_priority(lang, mbp_report_alarm_priority(alarm)));
    say_text(ctl_tr("state"), mbp_report_alarm_state_in(lang, alarm));
    if (alarm->since_ms != 0)
        say_text(ctl_tr("since"), ctl_time_text(lang, alarm->since_ms, text, sizeof text));
    if (!alarm->bypass) {
        mbp_report_alarm_value(alarm, text, sizeof text);
        say_text(ctl_tr("value"), mbp_message_decimal(lang, text));
        say_text(ctl_tr("limit"), alarm->limit_untold ? "" : mbp_report_alarm_limit(lang, alarm, text, sizeof text));
    }
    say_text(ctl_tr("trips"), !alarm->bypass && (sensor->trip >> alarm->limit & 1u) != 0 ? alarm->machine : "");
    say_text(ctl_tr("cause"), texts.cause);
    say_text(ctl_tr("consequence"), texts.consequence);
    say_text(ctl_tr("action"), texts.action);
}

/* Whether no address tells of some that are named, and the first sensor that has such. */
static bool any_untold(const struct mbp_plant *plant, const struct named *named, uint32_t *sensor)
{
    for (uint32_t s = 0; s < plant->sensor_count; s++) {
        const bool is_it =
            named->machine != UINT32_MAX ? plant->sensors[s].machine == named->machine : s == named->sensor;
        unsigned mask = is_it ? ctl_untold(plant, CTL_UNTOLD_ALARMS, s) : 0;
        mask &= named->alarm == MBP_ALARM_COUNT ? mask : 1u << named->alarm;
        *sensor = s;
        if (mask != 0)
            return true;
    }
    return false;
}

static enum mbp_status write_named(const struct ctl *ctl, const struct mbp_report *report)
{
    if (ctl->options->format != MBP_FORMAT_TEXT)
        return mbp_report_write_alarms(report, ctl->options->format, ctl->colour, stdout);
    for (size_t i = 0; i < report->alarm_count; i++)
        say_whole(&report->alarms[i]);
    if (report->alarm_count == 0)
        ctl_say("%s has no alarms\n", ctl->options->argv[0]);
    return MBP_OK;
}

static enum ctl_exit run_named(struct ctl *ctl)
{
    struct ctl_overview overview;
    struct named named;
    if (ctl_plant(ctl) == NULL)
        return CTL_FAILED;
    if (!find_named(ctl, &named))
        return CTL_USAGE;
    ctl->shelves = true;
    enum ctl_exit code = ctl_overview_take(ctl, &overview);
    if (code != CTL_OK)
        return code;
    struct mbp_report *report = &overview.seen.report;
    report->alarm_count = mbp_overview_alarms(ctl->plant, &overview.snapshot, true, overview.seen.alarms);
    report->alarm_count = keep_told(ctl->plant, overview.seen.alarms, report->alarm_count);
    report->alarm_count = keep_named(ctl->plant, overview.seen.alarms, report->alarm_count, &named);
    uint32_t sensor;
    const bool untold = any_untold(ctl->plant, &named, &sensor);
    const bool none = untold && report->alarm_count == 0;
    enum mbp_status status = none ? MBP_OK : ctl_hidden_since(ctl, overview.seen.alarms, report->alarm_count);
    if (!none && status == MBP_OK)
        status = write_named(ctl, report);
    ctl_overview_free(ctl->plant, &overview);
    if (none)
        ctl_no_alarm_shown(ctl->plant, sensor);
    if (none)
        return CTL_FAILED;
    if (untold && named.machine != UINT32_MAX && ctl->options->format == MBP_FORMAT_TEXT)
        ctl_say_untold(ctl->plant, CTL_UNTOLD_ALARMS, named.machine);
    return status == MBP_OK ? CTL_OK : ctl_fail(ctl, status, "alarms");
}

CTL_VERB(alarms)
{
    struct ctl_overview overview;
    if (ctl->options->argc > 0)
        return run_named(ctl);
    if (ctl->options->hidden)
        return ctl_hidden_run(ctl);
    ctl->shelves = true;
    enum ctl_exit code = ctl_overview_take(ctl, &overview);
    if (code != CTL_OK)
        return code;
    size_t left_out = 0;
    overview.seen.report.lang = ctl->options->lang;
    if (ctl->options->all)
        overview.seen.report.alarm_count =
            keep_told(ctl->plant, overview.seen.alarms,
                      mbp_overview_alarms(ctl->plant, &overview.snapshot, true, overview.seen.alarms));
    enum mbp_status status = ctl_hidden_since(ctl, overview.seen.alarms, overview.seen.report.alarm_count);
    if (status == MBP_OK && overview.seen.report.alarm_count == 0 && ctl->options->format == MBP_FORMAT_TEXT)
        ctl_say(knows_all(ctl->plant) ? "no alarms\n" : "no alarms that an address shows\n");
    else if (status == MBP_OK)
        status = mbp_report_write_alarms_in(&overview.seen.report, ctl->options->format, ctl->colour,
                                            ctl_terminal_width(ctl), &left_out, stdout);
    if (status == MBP_OK && left_out > 0)
        ctl_say("columns without room: %zu; a wider terminal or a pipe shows them\n", left_out);
    if (status == MBP_OK && ctl->options->format == MBP_FORMAT_TEXT)
        say_bypasses(ctl, &overview.snapshot);
    if (status == MBP_OK && ctl->options->format == MBP_FORMAT_TEXT)
        ctl_say_untold(ctl->plant, CTL_UNTOLD_ALARMS, UINT32_MAX);
    ctl_overview_free(ctl->plant, &overview);
    return status == MBP_OK ? CTL_OK : ctl_fail(ctl, status, "alarms");
}
