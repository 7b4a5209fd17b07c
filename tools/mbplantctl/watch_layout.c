/* What stands where on the screen of watch. Pure: rows of text, with the paint of each piece. */
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "watch.h"

#define HEAD_ROWS   4u /* two of the header, the pages, the titles of the list */
#define FOOT_ROWS   2u /* message or question, keys */
#define EVENTS_ROWS 6u /* last events below the other lists, with their title */

/* ---- text -------------------------------------------------------------------------------------------------------- */

/* One character: its bytes, and in *columns what it takes. A byte that is no UTF-8, or a control character, is one. */
static size_t next_character(const char *text, unsigned *columns, bool *shown)
{
    const unsigned char *bytes = (const unsigned char *)text;
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t len = bytes[0] < 0x80               ? 1
                 : (bytes[0] & 0xE0u) == 0xC0u ? 2
                 : (bytes[0] & 0xF0u) == 0xE0u ? 3
                 : (bytes[0] & 0xF8u) == 0xF0u ? 4
                                               : 0;
    uint32_t code = len == 1 ? bytes[0] : bytes[0] & (0x7Fu >> len);
    for (size_t i = 1; i < len; i++) {
        if ((bytes[i] & 0xC0u) != 0x80u)
            len = 0;
        else
            code = code << 6 | (bytes[i] & 0x3Fu);
    }
    *columns = 1;
    *shown = len > 0 && code >= least[len] && code >= 0x20 && !(code >= 0x7F && code < 0xA0);
    if (!*shown)
        return len > 0 ? len : 1;
    if (code >= 0x300 && code <= 0x36F)
        *columns = 0;
    else if ((code >= 0x1100 && code <= 0x115F) || (code >= 0x2E80 && code <= 0xA4CF) ||
             (code >= 0xAC00 && code <= 0xD7A3) || (code >= 0xF900 && code <= 0xFAFF) ||
             (code >= 0xFF00 && code <= 0xFF60) || (code >= 0x1F300 && code <= 0x1FAFF) || code >= 0x20000)
        *columns = 2;
    return len;
}

unsigned watch_columns(const char *text)
{
    unsigned sum = 0;
    while (text[0] != '\0') {
        unsigned columns;
        bool shown;
        text += next_character(text, &columns, &shown);
        sum += columns;
    }
    return sum;
}

static void add_bytes(struct watch_row *row, enum mbp_paint paint, const char *bytes, size_t count, unsigned columns)
{
    if (row->bytes + count >= sizeof row->text)
        return;
    bool same = row->run_count > 0 && row->runs[row->run_count - 1].paint == paint;
    if (!same && row->run_count < WATCH_RUNS)
        row->runs[row->run_count++] = (struct watch_run){paint, 0};
    memcpy(row->text + row->bytes, bytes, count);
    row->bytes += count;
    row->text[row->bytes] = '\0';
    row->columns += columns;
    row->runs[row->run_count - 1].bytes += count;
}

static void add_spaces(struct watch_row *row, unsigned count)
{
    while (count-- > 0)
        add_bytes(row, MBP_PAINT_NONE, " ", 1, 1);
}

/* As much of text as fits in so many columns. */
static void add_text(struct watch_row *row, enum mbp_paint paint, const char *text, unsigned room)
{
    while (text[0] != '\0') {
        unsigned columns;
        bool shown;
        size_t len = next_character(text, &columns, &shown);
        if (columns > room)
            return;
        add_bytes(row, paint, shown ? text : "?", shown ? len : 1, columns);
        room -= columns;
        text += len;
    }
}

/* A cell of so many columns, and a space behind it; negative = aligned right, 0 = as wide as its text. */
static void put(const struct watch_screen *screen, struct watch_row *row, enum mbp_paint paint, int width,
                const char *format, ...) __attribute__((format(printf, 5, 6)));

static void put(const struct watch_screen *screen, struct watch_row *row, enum mbp_paint paint, int width,
                const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    unsigned left = screen->width - row->columns;
    unsigned wanted = watch_columns(text);
    unsigned cell = width < 0 ? (unsigned)-width : width > 0 ? (unsigned)width : wanted;
    cell = cell < left ? cell : left;
    unsigned end = row->columns + cell;
    if (width < 0 && wanted < cell)
        add_spaces(row, cell - wanted);
    add_text(row, paint, text, end - row->columns);
    add_spaces(row, end - row->columns + (end < screen->width ? 1 : 0));
}

/* ---- header ------------------------------------------------------------------------------------------------------ */

static void lay_header(const struct watch_model *model, struct watch_screen *out)
{
    struct watch_row *row = &out->rows[0];
    int place = (int)(out->width - 1 - watch_columns(model->clock));
    char title[256];
    snprintf(title, sizeof title, "%s  at %s:%u", model->plant != NULL ? model->plant->name : "mbplantctl watch",
             model->host, model->port);
    put(out, row, MBP_PAINT_TITLE, place, "%s", title);
    put(out, row, MBP_PAINT_NONE, 0, "%s", model->clock);
    row = &out->rows[1];
    if (model->overview == NULL || model->plant == NULL)
        return;
    struct mbp_report_totals totals = mbp_report_total(&model->overview->report);
    put(out, row, MBP_PAINT_NONE, 0, "%zu machines, %u sensors, %u scans,", model->overview->report.machine_count,
        model->plant->sensor_count, model->overview->snapshot.summary.scans);
    put(out, row, totals.active > 0 ? MBP_PAINT_BAD : MBP_PAINT_NONE, 0, "%u alarms,", totals.active);
    put(out, row, totals.unacknowledged > 0 ? MBP_PAINT_CARE : MBP_PAINT_NONE, 0, "%u unacknowledged",
        totals.unacknowledged);
}

static void lay_pages(const struct watch_view *view, struct watch_screen *out)
{
    static const char *const names[WATCH_PAGES] = {"1 Machines", "2 Sensors", "3 Alarms", "4 Events"};
    for (unsigned p = 0; p < WATCH_PAGES; p++) {
        bool here = view->page == (enum watch_page)p;
        put(out, &out->rows[2], here ? MBP_PAINT_TITLE : MBP_PAINT_NONE, 0, here ? "[%s]" : " %s ", names[p]);
    }
}

/* ---- lists ------------------------------------------------------------------------------------------------------- */

size_t watch_count(const struct watch_model *model, enum watch_page page)
{
    if (model->plant == NULL || model->overview == NULL)
        return 0;
    switch (page) {
    case WATCH_MACHINES:
        return model->overview->report.machine_count;
    case WATCH_SENSORS:
        return model->plant->sensor_count;
    case WATCH_ALARMS:
        return model->overview->report.alarm_count;
    case WATCH_JOURNAL:
        return model->event_count;
    case WATCH_PAGES:
        break;
    }
    return 0;
}

unsigned watch_list_height(enum watch_page page, unsigned height)
{
    unsigned others = HEAD_ROWS + FOOT_ROWS + (page == WATCH_JOURNAL ? 0 : EVENTS_ROWS);
    return height > others ? height - others : 1;
}

static void lay_machine(const struct watch_model *model, size_t m, const struct watch_screen *out,
                        struct watch_row *row)
{
    const struct mbp_report *report = &model->overview->report;
    const struct mbp_report_machine *machine = &report->machines[m];
    char span[32] = "-";
    if (machine->since_ms != 0)
        mbp_span_text(report->now_ms > machine->since_ms ? (report->now_ms - machine->since_ms) / 1000 : 0, span,
                      sizeof span);
    put(out, row, MBP_PAINT_NONE, 14, "%s", machine->name);
    put(out, row, MBP_PAINT_NONE, -4, "%u", machine->unit);
    put(out, row, mbp_state_paint(machine->state), 11, "%s", mbp_state_name(machine->state));
    put(out, row, MBP_PAINT_NONE, 9, "%s", span);
    put(out, row, machine->alarms > 0 ? MBP_PAINT_BAD : MBP_PAINT_NONE, -6, "%u", machine->alarms);
    put(out, row, MBP_PAINT_NONE, -9, "%u", machine->good);
    put(out, row, MBP_PAINT_NONE, -7, "%u", machine->reject);
    put(out, row, MBP_PAINT_BAD, 0, "%s", machine->first_out);
}

unsigned watch_bar_cell(const double range[2], double value, unsigned width)
{
    double extent = range[1] - range[0];
    if (isnan(value) || !(extent > 0) || isinf(extent))
        return width;
    double part = (value - range[0]) / extent * width;
    return part <= 0 ? 0 : part >= width - 1 ? width - 1 : (unsigned)part;
}

/* "[==!==|=#      |    !  ]": # the value, | low and high, ! low_low and high_high. */
static void lay_bar(const struct mbp_sensor *sensor, const struct ctl_sensor_now *now, unsigned width,
                    const struct watch_screen *out, struct watch_row *row)
{
    char cells[WATCH_WIDTH_MAX];
    enum mbp_paint paint[WATCH_WIDTH_MAX];
    enum mbp_paint of_value = (now->bits & 0xFu) != 0 ? MBP_PAINT_BAD : MBP_PAINT_GOOD;
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
    add_text(row, MBP_PAINT_NONE, "[", out->width - row->columns);
    for (unsigned c = 0; c < width; c++)
        add_bytes(row, paint[c], &cells[c], 1, 1);
    add_text(row, MBP_PAINT_NONE, "] ", out->width - row->columns);
}

static unsigned bar_width(const struct watch_screen *screen)
{
    return screen->width - 54; /* what the other columns leave, 26 of 80 */
}

static void lay_sensor(const struct watch_model *model, size_t s, const struct watch_screen *out, struct watch_row *row)
{
    const struct mbp_plant *plant = model->plant;
    const struct mbp_sensor *sensor = &plant->sensors[s];
    const struct ctl_sensor_now *now = &model->overview->snapshot.sensors[s];
    char text[96];
    put(out, row, MBP_PAINT_NONE, 11, "%s", sensor->name);
    put(out, row, MBP_PAINT_NONE, 9, "%s",
        sensor->machine < plant->machine_count ? plant->machines[sensor->machine].name : "");
    put(out, row, (now->bits & 0xFu) != 0 ? MBP_PAINT_BAD : MBP_PAINT_NONE, -13, "%s",
        now->text != NULL ? now->text : mbp_value_text(sensor, now->value, text, sizeof text));
    lay_bar(sensor, now, bar_width(out), out, row);
    put(out, row, MBP_PAINT_CARE, 0, "%s", ctl_bits_text(now->bits, text, sizeof text));
}

static void lay_alarm(const struct watch_model *model, size_t a, const struct watch_screen *out, struct watch_row *row)
{
    const struct mbp_report_alarm *alarm = &model->overview->report.alarms[a];
    char text[64];
    put(out, row, MBP_PAINT_NONE, 11, "%s", alarm->sensor->name);
    put(out, row, MBP_PAINT_NONE, 9, "%s", alarm->machine);
    put(out, row, MBP_PAINT_NONE, 14, "%s", mbp_limit_name(alarm->limit));
    put(out, row, alarm->active ? MBP_PAINT_BAD : MBP_PAINT_NONE, -12, "%s",
        mbp_value_text(alarm->sensor, alarm->value, text, sizeof text));
    put(out, row, alarm->unacknowledged ? MBP_PAINT_CARE : MBP_PAINT_NONE, 0, "%s", mbp_report_alarm_state(alarm));
}

const struct mbp_plant *watch_plant_of(const struct watch_model *model, const struct mbp_event *event)
{
    return model->past != NULL ? ctl_past_at(model->past, event->seq, model->plant) : model->plant;
}

/* at: 0 = the newest. */
static void lay_event(const struct watch_model *model, size_t at, const struct watch_screen *out, struct watch_row *row)
{
    const struct mbp_event *event = &model->events[model->event_count - 1 - at];
    char text[256];
    put(out, row, MBP_PAINT_NONE, 19, "%s", mbp_time_format(event->wall_ms, text, sizeof text));
    put(out, row, MBP_PAINT_NONE, 0, "%s",
        mbp_report_event_text(watch_plant_of(model, event), event, text, sizeof text));
}

static void lay_titles(enum watch_page page, struct watch_screen *out)
{
    static const struct {
        int width;
        const char *title;
    } titles[WATCH_PAGES][9] = {
        {{14, "MACHINE"},
         {-4, "UNIT"},
         {11, "STATE"},
         {9, "FOR"},
         {-6, "ALARMS"},
         {-9, "GOOD"},
         {-7, "REJECT"},
         {0, "TRIPPED BY"}},
        {{11, "SENSOR"}, {9, "MACHINE"}, {-13, "VALUE"}, {0, "RANGE  # value  | low high  ! low_low high_high"}},
        {{11, "SENSOR"}, {9, "MACHINE"}, {14, "ALARM"}, {-12, "VALUE"}, {0, "STATE"}},
        {{19, "TIME"}, {0, "EVENT"}},
    };
    for (size_t t = 0; titles[page][t].title != NULL; t++)
        put(out, &out->rows[3], MBP_PAINT_TITLE, titles[page][t].width, "%s", titles[page][t].title);
}

/* A screenful of the list, that which the selection is in. */
static void lay_list(const struct watch_model *model, const struct watch_view *view, struct watch_screen *out)
{
    static void (*const lay[WATCH_PAGES])(const struct watch_model *, size_t, const struct watch_screen *,
                                          struct watch_row *) = {lay_machine, lay_sensor, lay_alarm, lay_event};
    size_t count = watch_count(model, view->page);
    size_t selected = view->selected[view->page];
    size_t rows = watch_list_height(view->page, out->height);
    size_t top = selected / rows * rows;
    lay_titles(view->page, out);
    for (size_t i = 0; i < rows && top + i < count; i++) {
        struct watch_row *row = &out->rows[HEAD_ROWS + i];
        lay[view->page](model, top + i, out, row);
        row->selected = top + i == selected;
    }
    if (count == 0 && model->overview != NULL)
        put(out, &out->rows[HEAD_ROWS], MBP_PAINT_NONE, 0, view->page == WATCH_ALARMS ? "no alarms" : "none");
}

static void lay_last_events(const struct watch_model *model, struct watch_screen *out)
{
    unsigned top = out->height - FOOT_ROWS - EVENTS_ROWS;
    put(out, &out->rows[top], MBP_PAINT_TITLE, 0, "LAST EVENTS");
    for (size_t i = 0; i + 1 < EVENTS_ROWS && i < watch_count(model, WATCH_JOURNAL); i++)
        lay_event(model, i, out, &out->rows[top + 1 + i]);
}

static void lay_help(struct watch_screen *out)
{
    const char *keys;
    const char *help;
    for (size_t i = 0; watch_key_help(i, &keys, &help) && HEAD_ROWS + i + FOOT_ROWS < out->height; i++) {
        put(out, &out->rows[HEAD_ROWS + i], MBP_PAINT_TITLE, 14, "  %s", keys);
        put(out, &out->rows[HEAD_ROWS + i], MBP_PAINT_NONE, 0, "%s", help);
    }
}

/* ---- footer ------------------------------------------------------------------------------------------------------ */

static const char *state_asked(enum watch_action action)
{
    return mbp_state_name(action == WATCH_EN_SERVICE ? MBP_EN_SERVICE
                          : action == WATCH_EN_PANNE ? MBP_EN_PANNE
                                                     : MBP_MAINTENANCE);
}

static void lay_footer(const struct watch_model *model, const struct watch_view *view, struct watch_screen *out)
{
    struct watch_row *row = &out->rows[out->height - 2];
    if (view->mode == WATCH_ASKS_VALUE)
        put(out, row, MBP_PAINT_TITLE, 0, "force %s to (Enter; Esc leaves it): %s_", view->target, view->answer);
    else if (view->mode == WATCH_ASKS_YES)
        put(out, row, MBP_PAINT_TITLE, 0, "ask %s for %s? y / n", view->target, state_asked(view->asked));
    else if (model->trouble[0] != '\0')
        put(out, row, MBP_PAINT_BAD, 0, "NO SLAVE, trying again: %s", model->trouble);
    else
        put(out, row, MBP_PAINT_NONE, 0, "%s", view->message);
    row = &out->rows[out->height - 1];
    put(out, row, MBP_PAINT_NONE, 0, "%s",
        view->mode == WATCH_HELP ? "any key: back"
                                 : "Tab page  a/A acknowledge  f force  r release  s/p/m state  ? help  q quit");
}

static void lay_too_small(struct watch_screen *out)
{
    put(out, &out->rows[0], MBP_PAINT_BAD, 0, "terminal too small: %ux%u", out->width, out->height);
    if (out->height > 1)
        put(out, &out->rows[1], MBP_PAINT_NONE, 0, "watch needs %ux%u; q quits", WATCH_WIDTH_MIN, WATCH_HEIGHT_MIN);
}

void watch_layout(const struct watch_model *model, const struct watch_view *view, unsigned width, unsigned height,
                  struct watch_screen *out)
{
    out->width = width < WATCH_WIDTH_MAX ? width : WATCH_WIDTH_MAX;
    out->height = height < WATCH_HEIGHT_MAX ? height : WATCH_HEIGHT_MAX;
    memset(out->rows, 0, sizeof out->rows);
    if (out->width < WATCH_WIDTH_MIN || out->height < WATCH_HEIGHT_MIN) {
        lay_too_small(out);
        return;
    }
    lay_header(model, out);
    lay_pages(view, out);
    if (view->mode == WATCH_HELP) {
        lay_help(out);
    } else {
        lay_list(model, view, out);
        if (view->page != WATCH_JOURNAL)
            lay_last_events(model, out);
    }
    lay_footer(model, view, out);
}
