/* What stands where on the screen of watch. Pure: rows of text, with the paint of each piece. */
#include <string.h>

#include "watch/watch_menu.h"
#include "watch/watch_text.h"

#define HEAD_ROWS    4u /* two of the header, the pages, the titles of the list */
#define FOOT_ROWS    2u /* message or question, keys */
#define EVENTS_ROWS  6u /* last events below the other lists, with their title */
#define MESSAGE_ROWS (EVENTS_ROWS + 1u)

/* ---- header ------------------------------------------------------------------------------------------------------ */

static void lay_figures(const struct watch_model *model, const struct watch_screen *out, struct watch_row *row)
{
    struct mbp_report_totals totals = mbp_report_total(&model->overview->seen.report);
    size_t machines = model->overview->seen.report.machine_count;
    uint32_t sensors = model->plant->sensor_count - model->plant->alarm_count;
    watch_put(out, row, MBP_PAINT_NONE, 0, ctl_tr("%zu machine%s, %u sensor%s, %u scans,"), machines,
              machines == 1 ? "" : "s", sensors, sensors == 1 ? "" : "s", model->overview->snapshot.summary.scans);
    watch_put(out, row, totals.active > 0 ? MBP_PAINT_BAD : MBP_PAINT_NONE, 0, ctl_tr("%u alarm%s,"), totals.active,
              totals.active == 1 ? "" : "s");
    watch_put(out, row, totals.unacknowledged > 0 ? MBP_PAINT_CARE : MBP_PAINT_NONE, 0, ctl_tr("%u unacknowledged"),
              totals.unacknowledged);
}

static void lay_header(const struct watch_model *model, struct watch_screen *out)
{
    struct watch_row *row = &out->rows[0];
    char clock[40];
    int place = (int)(out->width - 1 - watch_columns(watch_clock_text(model->now_ms, clock, sizeof clock)));
    char title[256];
    char span[32];
    snprintf(title, sizeof title, ctl_tr("%s  at %s:%u"),
             model->plant != NULL ? model->plant->name : "mbplantctl watch", model->host, model->port);
    watch_put(out, row, MBP_PAINT_TITLE, place, "%s", title);
    watch_put(out, row, MBP_PAINT_NONE, 0, "%s", clock);
    if (model->trouble[0] != '\0')
        watch_put(out, &out->rows[1], MBP_PAINT_BAD, 0, ctl_tr("NO ANSWER for %s, trying again: what is below is old"),
                  mbp_span_text_in(ctl_spoken(), model->silent_s, span, sizeof span));
    else if (model->overview != NULL && model->plant != NULL)
        lay_figures(model, out, &out->rows[1]);
}

/* The pages; behind them what is wrong with the journal, if anything is. */
static void lay_pages(const struct watch_model *model, const struct watch_view *view, struct watch_screen *out)
{
    static const char *const names[WATCH_PAGES] = {"1 Machines", "2 Sensors", "3 Alarms", "4 Events"};
    struct watch_row *row = &out->rows[2];
    for (unsigned p = 0; p < WATCH_PAGES; p++) {
        bool here = view->page == (enum watch_page)p;
        watch_put(out, row, here ? MBP_PAINT_TITLE : MBP_PAINT_NONE, 0, here ? "[%s]" : " %s ", ctl_tr(names[p]));
    }
    if (model->overview == NULL)
        return;
    const struct mbp_summary_view *summary = &model->overview->snapshot.summary;
    if (summary->journal_trouble)
        watch_put(out, row, MBP_PAINT_BAD, 0, "%s", ctl_tr("JOURNAL not written"));
    if (summary->events_lost > 0)
        watch_put(out, row, MBP_PAINT_BAD, 0, ctl_tr("%u lost"), summary->events_lost);
}

/* "< columns >" at the end of the row of pages: that there are more of them, and where. */
static void lay_sides(unsigned across, struct watch_screen *out)
{
    const unsigned most = watch_across_most(&out->sides);
    struct watch_row *row = &out->rows[2];
    char text[64];
    if (most == 0)
        return;
    snprintf(text, sizeof text, "%s %s %s", across > 0 ? "<" : " ", ctl_tr("columns"), across < most ? ">" : " ");
    if (row->columns + watch_columns(text) <= out->width)
        watch_put(out, row, MBP_PAINT_CARE, -(int)(out->width - row->columns), "%s", text);
}

/* ---- lists ------------------------------------------------------------------------------------------------------- */

unsigned watch_list_height(enum watch_page page, unsigned height)
{
    unsigned others = HEAD_ROWS + FOOT_ROWS + (page == WATCH_JOURNAL ? 0 : EVENTS_ROWS);
    others += page == WATCH_SENSORS ? 1 : 0; /* the legend */
    return height > others ? height - others : 1;
}

/* Rows first to end - 1 are as wide as they are; what is seen of them then depends on how far they are moved. */
static void show_sides(const struct watch_view *view, struct watch_screen *out, size_t first, size_t end)
{
    const struct watch_row *titles = &out->rows[first];
    out->sides = (struct watch_sides){.width = out->width, .count = titles->cells};
    memcpy(out->sides.starts, titles->starts, sizeof titles->starts);
    for (size_t r = first; r < end; r++)
        watch_sides_of_row(&out->rows[r], &out->sides);
    const unsigned most = watch_across_most(&out->sides);
    const unsigned across = view->across[view->page] < most ? view->across[view->page] : most;
    for (size_t r = first; r < end; r++)
        watch_show_row(&out->rows[r], &out->sides, across);
    lay_sides(across, out);
}

/* A screenful of the list, that which the selection is in. */
static void lay_list(const struct watch_model *model, const struct watch_view *view, struct watch_screen *out)
{
    size_t count = watch_count(model, view->page);
    const struct watch_choice *choice = &view->choices[view->page];
    size_t rows = watch_list_height(view->page, out->height);
    size_t at = choice->at < count || count == 0 ? choice->at : count - 1;
    size_t top = at / rows * rows;
    const unsigned width = out->width;
    size_t end = HEAD_ROWS;
    out->width = view->page == WATCH_SENSORS ? width : WATCH_WIDTH_MAX; /* their bars take what there is */
    watch_lay_titles(model, view->page, out, &out->rows[HEAD_ROWS - 1]);
    for (size_t i = 0; i < rows && top + i < count; i++, end++) {
        struct watch_row *row = &out->rows[HEAD_ROWS + i];
        watch_lay_line(model, view->page, top + i, out, row);
        row->selected = choice->is == WATCH_CHOSEN && top + i == choice->at;
        row->stale = model->trouble[0] != '\0';
    }
    out->width = width;
    show_sides(view, out, HEAD_ROWS - 1, end);
    if (count == 0 && model->overview != NULL)
        watch_put(out, &out->rows[HEAD_ROWS], MBP_PAINT_NONE, 0, "%s",
                  ctl_tr(view->page == WATCH_ALARMS ? "no alarms" : "none"));
    if (view->page == WATCH_SENSORS)
        watch_lay_legend(out, &out->rows[HEAD_ROWS + rows]);
}

/* Below the list, which may leave more room than they have of their own. */
static void lay_last_events(const struct watch_model *model, enum watch_page page, struct watch_screen *out)
{
    const size_t rows = watch_list_height(page, out->height);
    const size_t count = watch_count(model, page);
    const size_t used = (count > 0 ? count : 1) + 1; /* with a blank row behind it */
    const unsigned spare = page != WATCH_SENSORS && used < rows ? (unsigned)(rows - used) : 0;
    unsigned top = out->height - FOOT_ROWS - EVENTS_ROWS - spare;
    watch_put(out, &out->rows[top], MBP_PAINT_TITLE, 0, "%s", ctl_tr("LAST EVENTS"));
    for (size_t i = 0; i + 1 < EVENTS_ROWS + spare && i < watch_count(model, WATCH_JOURNAL); i++) {
        struct watch_row *row = &out->rows[top + 1 + i];
        watch_lay_line(model, WATCH_JOURNAL, i, out, row);
        row->stale = model->trouble[0] != '\0';
    }
}

static void lay_help(struct watch_screen *out)
{
    const char *keys;
    const char *help;
    for (size_t i = 0; watch_key_help(i, &keys, &help) && HEAD_ROWS + i + FOOT_ROWS < out->height; i++) {
        watch_put(out, &out->rows[HEAD_ROWS + i], MBP_PAINT_TITLE, 14, "  %s", ctl_tr(keys));
        watch_put(out, &out->rows[HEAD_ROWS + i], MBP_PAINT_NONE, 0, "%s", ctl_tr(help));
    }
}

/* ---- footer ------------------------------------------------------------------------------------------------------ */

static const char *state_asked(enum watch_action action)
{
    return ctl_tr(mbp_state_name(action == WATCH_EN_SERVICE ? MBP_EN_SERVICE
                                 : action == WATCH_EN_PANNE ? MBP_EN_PANNE
                                                            : MBP_MAINTENANCE));
}

/* "force TT101 to (°C, -50..150; Esc leaves it): 92_" */
static void force_question(const struct watch_model *model, const struct watch_view *view, char *buf, size_t size)
{
    uint32_t s = model->plant != NULL ? mbp_plant_find_sensor(model->plant, view->target) : UINT32_MAX;
    char within[160] = "";
    if (s != UINT32_MAX && model->plant->sensors[s].reg.type == MBP_BOOL) {
        snprintf(within, sizeof within, ctl_tr("on, off; "));
    } else if (s != UINT32_MAX && model->plant->sensors[s].reg.type != MBP_STRING) {
        const struct mbp_sensor *sensor = &model->plant->sensors[s];
        struct mbp_sensor plain = *sensor;
        char low[64];
        char high[64];
        plain.unit_text = "";
        snprintf(within, sizeof within, "%s..%s; ", mbp_limit_text(&plain, sensor->range[0], low, sizeof low),
                 mbp_limit_text(sensor, sensor->range[1], high, sizeof high));
    }
    snprintf(buf, size, ctl_tr("force %s to (%sEsc leaves it): %s_"), view->target, within, view->answer);
}

/* The whole sentence of the event that is chosen: its row may have had no room for it. */
static void selected_event(const struct watch_model *model, const struct watch_view *view, char *buf, size_t size)
{
    const struct watch_choice *choice = &view->choices[WATCH_JOURNAL];
    buf[0] = '\0';
    if (view->page != WATCH_JOURNAL || choice->is != WATCH_CHOSEN || choice->at >= watch_count(model, WATCH_JOURNAL))
        return;
    const struct mbp_event *event = &model->events[model->event_count - 1 - choice->at];
    char text[WATCH_EVENT_TEXT];
    snprintf(buf, size, "%u: %s", event->seq, watch_event_text(model, choice->at, text));
}

/* What the last rows but one are for: a question, what became of an action, why there is no slave. */
static enum mbp_paint footer_text(const struct watch_model *model, const struct watch_view *view, char *buf,
                                  size_t size)
{
    enum mbp_paint paint = MBP_PAINT_TITLE;
    if (view->mode == WATCH_ASKS_TEXT && view->asked == WATCH_SHELVE) {
        snprintf(buf, size, ctl_tr("shelve %s for (10min, 2h..; once; ever; Esc leaves it): %s_"), view->target,
                 view->answer);
    } else if (view->mode == WATCH_ASKS_TEXT) {
        force_question(model, view, buf, size);
    } else if (view->mode == WATCH_ASKS_MOVES) {
        snprintf(buf, size, "%s",
                 ctl_tr("Masters that know these addresses would find other points there. Go on? y / n"));
    } else if (view->mode == WATCH_ASKS_YES && view->asked == WATCH_DO) {
        snprintf(buf, size, ctl_tr("%s: %s y / n"), view->subject, ctl_tr(view->form->question));
    } else if (view->mode == WATCH_ASKS_YES) {
        snprintf(buf, size, ctl_tr("ask %s for %s? y / n"), view->target, state_asked(view->asked));
    } else if (view->message[0] != '\0') {
        snprintf(buf, size, "%s", view->message);
        paint = view->message_paint;
    } else if (model->trouble[0] != '\0') {
        snprintf(buf, size, "%s", model->trouble);
        paint = MBP_PAINT_BAD;
    } else {
        selected_event(model, view, buf, size);
        paint = MBP_PAINT_NONE;
    }
    return paint;
}

/* In as many rows as it takes, over what is there; of what takes too many the end is cut, and seen to be. */
static void lay_text(const char *text, enum mbp_paint paint, struct watch_screen *out)
{
    size_t starts[MESSAGE_ROWS];
    size_t lens[MESSAGE_ROWS];
    unsigned rows = 0;
    size_t at = 0;
    while (text[at] != '\0' && rows < MESSAGE_ROWS) {
        size_t skip;
        starts[rows] = at;
        lens[rows] = watch_wrap(text + at, out->width, &skip);
        at += lens[rows] + skip;
        rows++;
    }
    for (unsigned r = 0; r < rows; r++) {
        struct watch_row *row = &out->rows[out->height - 1 - rows + r];
        bool cut = r + 1 == rows && text[at] != '\0';
        memset(row, 0, sizeof *row);
        watch_put(out, row, paint, cut ? (int)out->width - 4 : 0, "%.*s", (int)lens[r], text + starts[r]);
        if (cut)
            watch_put(out, row, paint, 3, "...");
    }
}

/* What the keys do now. */
static const char *keys_text(const struct watch_view *view, const struct watch_sides *sides)
{
    switch (view->mode) {
    case WATCH_HELP:
        return "any key: back   q: quit";
    case WATCH_IN_MENU:
        return "arrows: choose   Enter: open, do   Esc: back";
    case WATCH_IN_FORM:
        return "arrows: line, choice   Enter: next, do   Esc: leave it";
    case WATCH_READS:
        return view->then == WATCH_THEN_READ ? "arrows PgUp PgDn: move   Esc: back"
                                             : "arrows PgUp PgDn: move   Enter: choose   Esc: back";
    case WATCH_ASKS_MOVES:
        return "arrows PgUp PgDn: move   y: go on   n Esc: leave it";
    case WATCH_LIST:
    case WATCH_ASKS_TEXT:
    case WATCH_ASKS_YES:
        break;
    }
    if (watch_across_most(sides) > 0)
        return "Enter menu  Tab page  < > columns  a ack  f force  s/p/m state  ? help  q quit";
    return "Enter menu  Tab page  a ack  f force  s/p/m state  S shelve  ? help  q quit";
}

static void lay_footer(const struct watch_model *model, const struct watch_view *view, struct watch_screen *out)
{
    char text[sizeof view->message];
    enum mbp_paint paint = footer_text(model, view, text, sizeof text);
    lay_text(text, paint, out);
    watch_put(out, &out->rows[out->height - 1], MBP_PAINT_NONE, 0, "%s", ctl_tr(keys_text(view, &out->sides)));
}

static void lay_too_small(struct watch_screen *out)
{
    watch_put(out, &out->rows[0], MBP_PAINT_BAD, 0, ctl_tr("terminal too small: %ux%u"), out->width, out->height);
    if (out->height > 1)
        watch_put(out, &out->rows[1], MBP_PAINT_NONE, 0, ctl_tr("watch needs %ux%u; q quits"), WATCH_WIDTH_MIN,
                  WATCH_HEIGHT_MIN);
}

void watch_layout(const struct watch_model *model, const struct watch_view *view, unsigned width, unsigned height,
                  struct watch_screen *out)
{
    out->width = width < WATCH_WIDTH_MAX ? width : WATCH_WIDTH_MAX;
    out->height = height < WATCH_HEIGHT_MAX ? height : WATCH_HEIGHT_MAX;
    memset(out->rows, 0, sizeof out->rows);
    out->sides = (struct watch_sides){.width = out->width};
    if (out->width < WATCH_WIDTH_MIN || out->height < WATCH_HEIGHT_MIN) {
        lay_too_small(out);
        return;
    }
    lay_header(model, out);
    lay_pages(model, view, out);
    unsigned end = out->height - FOOT_ROWS;
    if (view->mode == WATCH_HELP) {
        lay_help(out);
    } else if (view->mode == WATCH_IN_MENU) {
        watch_lay_menu(view, model, out, HEAD_ROWS, end);
    } else if (view->mode == WATCH_IN_FORM) {
        watch_lay_form(view, out, HEAD_ROWS, end);
    } else if (view->mode == WATCH_READS || view->mode == WATCH_ASKS_MOVES) {
        lay_sides(watch_lay_reading(view, out, HEAD_ROWS, end), out);
    } else {
        lay_list(model, view, out);
        if (view->page != WATCH_JOURNAL)
            lay_last_events(model, view->page, out);
    }
    lay_footer(model, view, out);
}
