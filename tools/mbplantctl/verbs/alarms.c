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

/* Whether a point of the user's own tells of a sensor's alarms. */
static bool is_shown(const struct mbp_plant *plant, const struct mbp_unit *unit, uint32_t sensor)
{
    for (uint32_t p = unit->first_point; p < unit->first_point + unit->point_count; p++) {
        const struct mbp_tag *tag = &plant->points[p].tag;
        enum mbp_map_per per = (enum mbp_map_per)mbp_map[tag->block].per;
        if (per == mbp_sensor_per(plant, sensor) && tag->item == sensor &&
            mbp_table_is_bits(mbp_map[tag->block].table) && mbp_map_tag_field(tag)->write == MBP_WRITE_NONE)
            return true;
    }
    return false;
}

/* Sensors with alarms of which no address tells. */
static uint32_t count_untold(const struct mbp_plant *plant)
{
    uint32_t untold = 0;
    for (uint32_t s = 0; s < plant->sensor_count; s++) {
        const struct mbp_sensor *sensor = &plant->sensors[s];
        const struct mbp_unit *unit = &plant->units[sensor->unit];
        bool has = false;
        for (unsigned a = 0; a < MBP_ALARM_COUNT; a++)
            has = has || mbp_sensor_has_alarm(sensor, sensor->limits, a);
        bool told = mbp_map_item_has(plant, unit, sensor->is_alarm ? MBP_MAP_OWN_WORDS : MBP_MAP_ALARMS, s) ||
                    mbp_map_item_has(plant, unit, sensor->is_alarm ? MBP_MAP_OWN_BITS : MBP_MAP_SENSOR_BITS, s);
        untold += has && !told && !is_shown(plant, unit, s);
    }
    return untold;
}

static void say_none(const struct mbp_plant *plant)
{
    uint32_t untold = count_untold(plant);
    if (untold == 0)
        ctl_say("no alarms\n");
    else
        ctl_say(
            "no alarms that the map tells of; of %u sensor%s it does not: blocks: {default: none, alarms: 10000} of "
            "the unit does, or points such as {at: discrete 0, tag: TT101.high}\n",
            untold, untold == 1 ? "" : "s");
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
        say_text(ctl_tr("limit"), mbp_report_alarm_limit(lang, alarm, text, sizeof text));
    }
    say_text(ctl_tr("trips"), !alarm->bypass && (sensor->trip >> alarm->limit & 1u) != 0 ? alarm->machine : "");
    say_text(ctl_tr("cause"), texts.cause);
    say_text(ctl_tr("consequence"), texts.consequence);
    say_text(ctl_tr("action"), texts.action);
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
    report->alarm_count = keep_named(ctl->plant, overview.seen.alarms, report->alarm_count, &named);
    enum mbp_status status = write_named(ctl, report);
    ctl_overview_free(ctl->plant, &overview);
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
    enum mbp_status status = MBP_OK;
    size_t left_out = 0;
    overview.seen.report.lang = ctl->options->lang;
    if (ctl->options->all)
        overview.seen.report.alarm_count =
            mbp_overview_alarms(ctl->plant, &overview.snapshot, true, overview.seen.alarms);
    if (overview.seen.report.alarm_count == 0 && ctl->options->format == MBP_FORMAT_TEXT)
        say_none(ctl->plant);
    else
        status = mbp_report_write_alarms_in(&overview.seen.report, ctl->options->format, ctl->colour,
                                            ctl_terminal_width(ctl), &left_out, stdout);
    if (status == MBP_OK && left_out > 0)
        ctl_say("columns without room: %zu; a wider terminal or a pipe shows them\n", left_out);
    if (status == MBP_OK && ctl->options->format == MBP_FORMAT_TEXT)
        say_bypasses(ctl, &overview.snapshot);
    ctl_overview_free(ctl->plant, &overview);
    return status == MBP_OK ? CTL_OK : ctl_fail(ctl, status, "alarms");
}
