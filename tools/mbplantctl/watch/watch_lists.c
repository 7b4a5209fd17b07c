/* The four lists of watch, line by line. */
#include <math.h>
#include <string.h>

#include "mbplant/report/alarm.h"
#include "mbplant/report/words.h"
#include "watch/watch_text.h"

#define NAME_MIN       7u
#define NAME_MAX       20u
#define VALUE_WIDTH    13
#define FLAGS_WIDTH    10
#define SPAN_WIDTH     11 /* 59 min 59 s, 999d 23h */
#define LIMIT_WIDTH    11
#define PRIORITY_WIDTH 8
#define ALARM_WIDTH    24
#define BAR_MIN        8u
#define TIME_WIDTH     11

size_t watch_count(const struct watch_model *model, enum watch_page page)
{
    if (model->plant == NULL || model->overview == NULL)
        return 0;
    switch (page) {
    case WATCH_MACHINES:
        return model->overview->seen.report.machine_count;
    case WATCH_SENSORS:
        return model->plant->sensor_count - model->plant->alarm_count;
    case WATCH_ALARMS:
        return model->overview->seen.report.alarm_count;
    case WATCH_JOURNAL:
        return model->event_count;
    case WATCH_PAGES:
        break;
    }
    return 0;
}

static int clamp_name(size_t longest)
{
    return (int)(longest < NAME_MIN ? NAME_MIN : longest > NAME_MAX ? NAME_MAX : longest);
}

/* As wide as the longest name of the plant, within reason. Names are ASCII. */
static int machine_width(const struct watch_model *model)
{
    size_t longest = 0;
    for (uint32_t m = 0; model->plant != NULL && m < model->plant->machine_count; m++) {
        size_t len = strlen(model->plant->machines[m].name);
        longest = len > longest ? len : longest;
    }
    return clamp_name(longest);
}

static int sensor_width(const struct watch_model *model)
{
    size_t longest = 0;
    for (uint32_t s = 0; model->plant != NULL && s < model->plant->sensor_count; s++) {
        size_t len = strlen(model->plant->sensors[s].name);
        longest = len > longest ? len : longest;
    }
    return clamp_name(longest);
}

/* With the decimal sign of the language. */
static const char *value_text(const struct mbp_sensor *sensor, double value, char *buf, size_t size)
{
    mbp_value_text(sensor, value, buf, size);
    return mbp_message_decimal(ctl_spoken(), buf);
}

/* How long it has been so; "-" where nobody knows. */
static const char *for_text(const struct mbp_report *report, uint64_t since_ms, char *buf, size_t size)
{
    const uint64_t ms = report->now_ms > since_ms ? report->now_ms - since_ms : 0;
    snprintf(buf, size, "-");
    return since_ms != 0 ? mbp_span_text_in(ctl_spoken(), ms / 1000, buf, size) : buf;
}

/* ---- machines ---------------------------------------------------------------------------------------------------- */

/* What will be first, running time or products: the column has room for one. */
static const char *due_text(const struct mbp_machine *machine, const struct mbp_report_machine *now, char *buf,
                            size_t size)
{
    struct mbp_report_machine sooner = *now;
    if (now->due_by_time && now->due_by_output) {
        bool by_time = machine->cycle_ns == 0 || now->due_s * MBP_NS_PER_S <= now->due_products * machine->cycle_ns;
        sooner.due_by_time = by_time;
        sooner.due_by_output = !by_time;
    }
    if (sooner.due_by_output && !now->due)
        snprintf(buf, size, ctl_tr("%u pcs"), sooner.due_products);
    else
        mbp_report_due_text(ctl_spoken(), &sooner, buf, size);
    return buf;
}

/* "-" where no address shows it. */
static void put_count(const struct watch_screen *out, struct watch_row *row, const struct mbp_report_machine *machine,
                      enum mbp_machine_figure figure, uint32_t count, int width)
{
    const enum mbp_paint paint = figure == MBP_FIGURE_ALARMS && count > 0 ? MBP_PAINT_BAD : MBP_PAINT_NONE;
    if (mbp_report_tells(machine, figure))
        watch_put(out, row, paint, width, "%u", count);
    else
        watch_put(out, row, MBP_PAINT_NONE, width, "-");
}

static void lay_machine(const struct watch_model *model, size_t m, const struct watch_screen *out,
                        struct watch_row *row)
{
    const struct mbp_report *report = &model->overview->seen.report;
    const struct mbp_report_machine *machine = &report->machines[m];
    char span[32];
    for_text(report, machine->since_ms, span, sizeof span);
    watch_put(out, row, MBP_PAINT_NONE, machine_width(model), "%s", machine->name);
    watch_put(out, row, machine->untold ? MBP_PAINT_NONE : mbp_state_paint(machine->state), 11, "%s",
              machine->untold ? "-" : ctl_tr(mbp_state_name(machine->state)));
    watch_put(out, row, MBP_PAINT_NONE, SPAN_WIDTH, "%s", span);
    put_count(out, row, machine, MBP_FIGURE_ALARMS, machine->alarms, -6);
    put_count(out, row, machine, MBP_FIGURE_GOOD, machine->good, -9);
    put_count(out, row, machine, MBP_FIGURE_REJECT, machine->reject, -7);
    watch_put(out, row, machine->due ? MBP_PAINT_CARE : MBP_PAINT_NONE, SPAN_WIDTH, "%s",
              due_text(&model->plant->machines[m], machine, span, sizeof span));
    watch_put(out, row, MBP_PAINT_BAD, 0, "%s", machine->first_out);
}

static void title_machines(const struct watch_model *model, const struct watch_screen *out, struct watch_row *row)
{
    watch_put(out, row, MBP_PAINT_TITLE, machine_width(model), "%s", ctl_tr("MACHINE"));
    watch_put(out, row, MBP_PAINT_TITLE, 11, "%s", ctl_tr("STATE"));
    watch_put(out, row, MBP_PAINT_TITLE, SPAN_WIDTH, "%s", ctl_tr("FOR"));
    watch_put(out, row, MBP_PAINT_TITLE, -6, "%s", ctl_tr("ALARMS"));
    watch_put(out, row, MBP_PAINT_TITLE, -9, "%s", ctl_tr("GOOD"));
    watch_put(out, row, MBP_PAINT_TITLE, -7, "%s", ctl_tr("REJECT"));
    watch_put(out, row, MBP_PAINT_TITLE, SPAN_WIDTH, "%s", ctl_tr("DUE IN"));
    watch_put(out, row, MBP_PAINT_TITLE, 0, "%s", ctl_tr("TRIPPED BY"));
}

/* ---- sensors ----------------------------------------------------------------------------------------------------- */

unsigned watch_bar_cell(const double range[2], double value, unsigned width)
{
    double extent = range[1] - range[0];
    if (isnan(value) || !(extent > 0) || isinf(extent))
        return width;
    double part = (value - range[0]) / extent * width;
    return part <= 0 ? 0 : part >= width - 1 ? width - 1 : (unsigned)part;
}

/* "[==!==|=#      |    !  ]": # the value, | low and high, ! low_low and high_high. */
static void lay_bar(const struct mbp_sensor *sensor, const struct mbp_sensor_view *now, unsigned width,
                    const struct watch_screen *out, struct watch_row *row)
{
    char cells[WATCH_WIDTH_MAX];
    enum mbp_paint paint[WATCH_WIDTH_MAX];
    enum mbp_paint of_value = ctl_limit_passed(now) ? MBP_PAINT_BAD : MBP_PAINT_GOOD;
    unsigned at = watch_bar_cell(sensor->range, now->value, width);
    for (unsigned c = 0; c < width; c++) {
        cells[c] = at < width && c < at ? '=' : ' ';
        paint[c] = of_value;
    }
    for (unsigned l = 0; l < MBP_LIMIT_COUNT; l++) {
        unsigned cell = watch_bar_cell(sensor->range, now->limit[l], width);
        bool outer = l == MBP_LOW_LOW || l == MBP_HIGH_HIGH;
        if (cell < width) {
            cells[cell] = outer ? '!' : '|';
            paint[cell] = outer ? MBP_PAINT_BAD : MBP_PAINT_CARE;
        }
    }
    if (at < width) {
        cells[at] = '#';
        paint[at] = of_value;
    }
    watch_add_text(row, MBP_PAINT_NONE, "[", out->width - row->columns);
    for (unsigned c = 0; c < width; c++)
        watch_add_bytes(row, paint[c], &cells[c], 1, 1);
    watch_add_text(row, MBP_PAINT_NONE, "] ", out->width - row->columns);
}

const char *watch_flags_text(const struct mbp_sensor_view *now, char *buf, size_t size)
{
    const char *limit = now->active[MBP_HIGH_HIGH] ? ctl_tr("HH")
                        : now->active[MBP_LOW_LOW] ? ctl_tr("LL")
                        : now->active[MBP_HIGH]    ? ctl_tr("H ")
                        : now->active[MBP_LOW]     ? ctl_tr("L ")
                                                   : "  ";
    snprintf(buf, size, "%s %s %s %s %s", limit, now->unacknowledged ? ctl_tr("U") : " ",
             now->shelved ? ctl_tr("S") : " ", now->forced ? ctl_tr("F") : " ", now->bad_quality ? ctl_tr("B") : " ");
    for (size_t len = strlen(buf); len > 0 && buf[len - 1] == ' '; len--)
        buf[len - 1] = '\0';
    return buf;
}

/* What the other columns leave for the bar: 28 at most of 80. */
static unsigned bar_width(const struct watch_model *model, const struct watch_screen *screen)
{
    int others = sensor_width(model) + machine_width(model) + VALUE_WIDTH + FLAGS_WIDTH + 6;
    return screen->width > (unsigned)others + BAR_MIN ? screen->width - (unsigned)others : BAR_MIN;
}

static void lay_sensor(const struct watch_model *model, size_t s, const struct watch_screen *out, struct watch_row *row)
{
    const struct mbp_plant *plant = model->plant;
    s = mbp_plant_nth_sensor(plant, (uint32_t)s);
    const struct mbp_sensor *sensor = &plant->sensors[s];
    const struct mbp_sensor_view *now = &model->overview->snapshot.sensors[s];
    const char *shown = model->overview->snapshot.texts != NULL ? model->overview->snapshot.texts[s] : NULL;
    char text[96];
    watch_put(out, row, MBP_PAINT_NONE, sensor_width(model), "%s", sensor->name);
    watch_put(out, row, MBP_PAINT_NONE, machine_width(model), "%s",
              sensor->machine < plant->machine_count ? plant->machines[sensor->machine].name : "");
    watch_put(out, row, ctl_limit_passed(now) ? MBP_PAINT_BAD : MBP_PAINT_NONE, -VALUE_WIDTH, "%s",
              shown != NULL ? shown : value_text(sensor, now->value, text, sizeof text));
    lay_bar(sensor, now, bar_width(model, out), out, row);
    watch_put(out, row, MBP_PAINT_CARE, FLAGS_WIDTH, "%s", watch_flags_text(now, text, sizeof text));
}

static void title_sensors(const struct watch_model *model, const struct watch_screen *out, struct watch_row *row)
{
    int bar = (int)bar_width(model, out) + 2;
    watch_put(out, row, MBP_PAINT_TITLE, sensor_width(model), "%s", ctl_tr("SENSOR"));
    watch_put(out, row, MBP_PAINT_TITLE, machine_width(model), "%s", ctl_tr("MACHINE"));
    watch_put(out, row, MBP_PAINT_TITLE, -VALUE_WIDTH, "%s", ctl_tr("VALUE"));
    watch_put(out, row, MBP_PAINT_TITLE, bar, "%s", ctl_tr(bar >= 24 ? "# now | low/high ! LL/HH" : "RANGE"));
    watch_put(out, row, MBP_PAINT_TITLE, FLAGS_WIDTH, "%s", ctl_tr("FLAGS"));
}

void watch_lay_legend(const struct watch_screen *out, struct watch_row *row)
{
    watch_put(out, row, MBP_PAINT_NONE, 0, "%s",
              ctl_tr("HH H L LL beyond a limit  U unacknowledged  S shelved  F forced  B bad quality"));
}

/* ---- alarms and events ------------------------------------------------------------------------------------------- */

static const char *limit_text(const struct mbp_report_alarm *alarm, char *buf, size_t size)
{
    if (alarm->bypass || alarm->limit >= MBP_LIMIT_COUNT)
        return "";
    mbp_limit_text(alarm->sensor, alarm->limit_value, buf, size);
    return mbp_message_decimal(ctl_spoken(), buf);
}

static void lay_alarm(const struct watch_model *model, size_t a, const struct watch_screen *out, struct watch_row *row)
{
    const struct mbp_report *report = &model->overview->seen.report;
    const struct mbp_report_alarm *alarm = &report->alarms[a];
    char text[64];
    watch_put(out, row, MBP_PAINT_NONE, sensor_width(model), "%s", alarm->sensor->name);
    watch_put(out, row, MBP_PAINT_NONE, machine_width(model), "%s", alarm->machine);
    watch_put(out, row, MBP_PAINT_NONE, 14, "%s", mbp_message_limit(ctl_spoken(), alarm->limit));
    watch_put(out, row, alarm->active ? MBP_PAINT_BAD : MBP_PAINT_NONE, -VALUE_WIDTH, "%s",
              alarm->bypass ? "-" : value_text(alarm->sensor, alarm->value, text, sizeof text));
    watch_put(out, row, alarm->unacknowledged ? MBP_PAINT_CARE : MBP_PAINT_NONE, ALARM_WIDTH, "%s",
              alarm->bypass ? mbp_report_alarm_diagnosis(ctl_spoken(), alarm)
                            : mbp_report_alarm_state_in(ctl_spoken(), alarm));
    watch_put(out, row, MBP_PAINT_NONE, PRIORITY_WIDTH, "%s",
              mbp_message_priority(ctl_spoken(), mbp_report_alarm_priority(alarm)));
    watch_put(out, row, MBP_PAINT_NONE, SPAN_WIDTH, "%s", for_text(report, alarm->since_ms, text, sizeof text));
    watch_put(out, row, MBP_PAINT_NONE, -LIMIT_WIDTH, "%s", limit_text(alarm, text, sizeof text));
    watch_put(out, row, MBP_PAINT_NONE, 0, "%s", mbp_report_alarm_diagnosis(ctl_spoken(), alarm));
}

static void title_alarms(const struct watch_model *model, const struct watch_screen *out, struct watch_row *row)
{
    watch_put(out, row, MBP_PAINT_TITLE, sensor_width(model), "%s", ctl_tr("SENSOR"));
    watch_put(out, row, MBP_PAINT_TITLE, machine_width(model), "%s", ctl_tr("MACHINE"));
    watch_put(out, row, MBP_PAINT_TITLE, 14, "%s", ctl_tr("ALARM"));
    watch_put(out, row, MBP_PAINT_TITLE, -VALUE_WIDTH, "%s", ctl_tr("VALUE"));
    watch_put(out, row, MBP_PAINT_TITLE, ALARM_WIDTH, "%s", ctl_tr("STATE"));
    watch_put(out, row, MBP_PAINT_TITLE, PRIORITY_WIDTH, "%s", ctl_tr("PRIORITY"));
    watch_put(out, row, MBP_PAINT_TITLE, SPAN_WIDTH, "%s", ctl_tr("FOR"));
    watch_put(out, row, MBP_PAINT_TITLE, -LIMIT_WIDTH, "%s", ctl_tr("LIMIT"));
    watch_put(out, row, MBP_PAINT_TITLE, 0, "%s", ctl_tr("DIAGNOSIS"));
}

const char *watch_clock_text(uint64_t wall_ms, char *buf, size_t size)
{
    ctl_time_text(ctl_spoken(), wall_ms, buf, size);
    char *seconds = ctl_spoken() == MBP_LANG_FR ? strrchr(buf, ':') : NULL;
    if (seconds != NULL)
        *seconds = '\0';
    return buf;
}

/* "21:30:23" of the day that the header's clock shows, "11-23 21:30" of another. */
static void time_text(const struct watch_model *model, uint64_t wall_ms, char *buf, size_t size)
{
    char text[40]; /* 2026-11-24T21:30:23.030Z, 24/11/2026 22:30:23 */
    char now[40];
    ctl_time_text(ctl_spoken(), wall_ms, text, sizeof text);
    ctl_time_text(ctl_spoken(), model->now_ms, now, sizeof now);
    if (strncmp(text, now, 10) == 0)
        snprintf(buf, size, "%.8s", text + 11);
    else
        snprintf(buf, size, "%.5s %.5s", text + (ctl_spoken() == MBP_LANG_FR ? 0 : 5), text + 11);
}

struct mbp_telling watch_telling(const struct watch_model *model)
{
    return (struct mbp_telling){model->plant, model->names, ctl_spoken()};
}

const char *watch_event_text(const struct watch_model *model, size_t at, char buf[WATCH_EVENT_TEXT])
{
    const struct mbp_telling by = watch_telling(model);
    const size_t i = model->event_count - 1 - at;
    const char *comment = model->comments != NULL ? model->comments[i] : NULL;
    char text[256];
    snprintf(buf, WATCH_EVENT_TEXT, "%s%s%s", mbp_report_sentence(&by, &model->events[i], text, sizeof text),
             comment != NULL ? " # " : "", comment != NULL ? comment : "");
    return buf;
}

static void lay_event(const struct watch_model *model, size_t at, const struct watch_screen *out, struct watch_row *row)
{
    const struct mbp_event *event = &model->events[model->event_count - 1 - at];
    char text[WATCH_EVENT_TEXT];
    time_text(model, event->wall_ms, text, sizeof text);
    watch_put(out, row, MBP_PAINT_NONE, TIME_WIDTH, "%s", text);
    watch_put(out, row, event->code == MBP_EV_ALARM_RAISED ? MBP_PAINT_BAD : MBP_PAINT_NONE, 0, "%s",
              watch_event_text(model, at, text));
}

static void title_events(const struct watch_model *model, const struct watch_screen *out, struct watch_row *row)
{
    (void)model;
    watch_put(out, row, MBP_PAINT_TITLE, TIME_WIDTH, "%s", ctl_tr("TIME (UTC)"));
    watch_put(out, row, MBP_PAINT_TITLE, 0, "%s", ctl_tr("EVENT"));
}

/* ---- by page ----------------------------------------------------------------------------------------------------- */

static const struct {
    void (*titles)(const struct watch_model *, const struct watch_screen *, struct watch_row *);
    void (*line)(const struct watch_model *, size_t, const struct watch_screen *, struct watch_row *);
} lists[WATCH_PAGES] = {
    {title_machines, lay_machine},
    {title_sensors, lay_sensor},
    {title_alarms, lay_alarm},
    {title_events, lay_event},
};

void watch_lay_titles(const struct watch_model *model, enum watch_page page, const struct watch_screen *out,
                      struct watch_row *row)
{
    lists[page].titles(model, out, row);
}

void watch_lay_line(const struct watch_model *model, enum watch_page page, size_t at, const struct watch_screen *out,
                    struct watch_row *row)
{
    lists[page].line(model, at, out, row);
}
