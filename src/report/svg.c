/* Charts drawn by hand: each is a few rectangles and words. */
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <time.h>

#include "html.h"
#include "writers.h"

#define WIDTH       720 /* of every chart, in its own units; it fills the page's width */
#define LEFT        120 /* where the plot begins: names stand before it */
#define RIGHT       58  /* room behind it */
#define PLOT        (WIDTH - LEFT - RIGHT)
#define ROW         20
#define BAR         13
#define ROWS_MAX    24 /* of a chart: a page holds it */
#define TICKS_MAX   8
#define BINS_MAX    72
#define AXIS_HEIGHT 30
#define NAME_BEGIN  6 /* of a long name, and its end, which mostly tells it from others */
#define NAME_END    7

/* How a state looks. Vermilion, sky blue and bluish green of Okabe and Ito (2008), with a pattern each but for the
 * first: told apart in grey and by the colour-blind. */
enum look { LOOK_RUNNING, LOOK_PLANNED, LOOK_REPAIR, LOOK_DOWN, LOOK_COUNT }; /* the later, the worse */

static const char *const fills[LOOK_COUNT] = {"#8fd3bb", "url(#planned)", "url(#repair)", "url(#down)"};

static const char *const priority_fills[MBP_PRIORITY_COUNT] = {"#dbe6ee", "#8db8d6", "url(#high)", "#7a1200"};

void mbp_svg_patterns(FILE *out)
{
    fputs(
        "<svg width=\"0\" height=\"0\" style=\"position:absolute;width:0\" aria-hidden=\"true\"><defs>\n"
        "<pattern id=\"down\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\" "
        "patternTransform=\"rotate(45)\"><rect width=\"5\" height=\"5\" fill=\"#d55e00\"/>"
        "<rect width=\"2\" height=\"5\" fill=\"#7a2e00\"/></pattern>\n"
        "<pattern id=\"repair\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\">"
        "<rect width=\"6\" height=\"6\" fill=\"#f4c09a\"/><path d=\"M0 0L6 6M6 0L0 6\" stroke=\"#a04600\"/></pattern>\n"
        "<pattern id=\"planned\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\">"
        "<rect width=\"5\" height=\"5\" fill=\"#d6ebf8\"/><circle cx=\"2.5\" cy=\"2.5\" r=\"1.1\" fill=\"#1f6f9f\"/>"
        "</pattern>\n"
        "<pattern id=\"stopped\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" "
        "patternTransform=\"rotate(-45)\"><rect width=\"6\" height=\"6\" fill=\"#fff\"/>"
        "<rect width=\"1\" height=\"6\" fill=\"#999\"/></pattern>\n"
        "<pattern id=\"high\" width=\"4\" height=\"4\" patternUnits=\"userSpaceOnUse\">"
        "<rect width=\"4\" height=\"4\" fill=\"#e69f00\"/><rect width=\"4\" height=\"1.2\" "
        "fill=\"#8a5f00\"/></pattern>\n"
        "</defs></svg>\n",
        out);
}

static void begin_chart(const char *title, int height, FILE *out)
{
    fputs("<figure><figcaption>", out);
    mbp_html_put(out, title);
    fprintf(out, "</figcaption>\n<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"", WIDTH, height);
    mbp_html_put(out, title);
    fputs("\">\n", out);
}

static void end_chart(FILE *out)
{
    fputs("</svg></figure>\n", out);
}

static void put_text(FILE *out, double x, double y, const char *anchor, const char *text)
{
    fprintf(out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", x, y, anchor);
    mbp_html_put(out, text);
    fputs("</text>\n", out);
}

static void put_bar(FILE *out, double x, double y, double width, double height, const char *fill)
{
    if (width > 0 && height > 0)
        fprintf(out,
                "<rect x=\"%.2f\" y=\"%.1f\" width=\"%.2f\" height=\"%.1f\" fill=\"%s\" stroke=\"#444\" "
                "stroke-width=\".3\"/>\n",
                x, y, width, height, fill);
}

/* A name, shortened to what fits before the plot. */
static void put_name(FILE *out, double y, const char *name)
{
    char shown[MBP_NAME_MAX + 8];
    size_t len = strlen(name);
    if (len > NAME_BEGIN + 1 + NAME_END)
        snprintf(shown, sizeof shown, "%.*s\xE2\x80\xA6%s", NAME_BEGIN, name, name + len - NAME_END);
    else
        snprintf(shown, sizeof shown, "%s", name);
    put_text(out, LEFT - 6, y, "end", shown);
}

/* What the looks mean, from x on. */
static void put_legend(enum mbp_lang lang, bool with_stop, double y, FILE *out)
{
    static const enum mbp_state_code states[LOOK_COUNT] = {
        [LOOK_RUNNING] = MBP_EN_SERVICE, [LOOK_PLANNED] = MBP_MAINTENANCE, [LOOK_DOWN] = MBP_EN_PANNE};
    double x = LEFT;
    for (unsigned i = 0; i < LOOK_COUNT + (with_stop ? 1u : 0u); i++) {
        const char *word = i == LOOK_COUNT    ? mbp_message(lang, MSG_W_STOPPED)
                           : i == LOOK_REPAIR ? mbp_message(lang, MSG_W_REPAIR)
                                              : mbp_message_state(lang, states[i]);
        put_bar(out, x, y - 9, 14, 10, i == LOOK_COUNT ? "url(#stopped)" : fills[i]);
        put_text(out, x + 19, y, "start", word);
        x += 19 + 6.6 * (double)strlen(word) + 18;
    }
}

/* ---- time axis --------------------------------------------------------------------------------------------------- */

static const uint32_t steps_s[] = {1,     2,     5,      10,     15,      30,      60,      120,
                                   300,   600,   900,    1800,   3600,    7200,    10800,   21600,
                                   43200, 86400, 172800, 604800, 1209600, 2592000, 7776000, 31536000};

#define STEPS (sizeof steps_s / sizeof steps_s[0])

/* The least step of which no more than `max` cover the span. */
static uint64_t step_ms(uint64_t span_ms, uint64_t max)
{
    for (size_t i = 0; i < STEPS; i++) {
        if (span_ms / max < steps_s[i] * UINT64_C(1000))
            return steps_s[i] * UINT64_C(1000);
    }
    return span_ms / max + 1;
}

static double x_of(const struct mbp_analysis *analysis, uint64_t ms)
{
    double span = (double)(analysis->end_ms - analysis->begin_ms);
    if (ms <= analysis->begin_ms || span <= 0)
        return LEFT;
    return LEFT + PLOT * fmin(1, (double)(ms - analysis->begin_ms) / span);
}

/* What a tick stands for. */
struct tick {
    uint64_t ms, step;
    bool with_day;
    enum mbp_lang lang;
};

static void put_tick(FILE *out, double x, double top, double bottom, const struct tick *tick)
{
    const char *day = tick->lang == MBP_LANG_FR ? "%d/%m/%Y" : "%Y-%m-%d";
    uint64_t step = tick->step;
    struct tm moment;
    char text[32] = "";
    if (!mbp_report_moment(tick->lang, tick->ms, &moment))
        return;
    fprintf(out, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#bbb\" stroke-width=\".6\"/>\n", x,
            top, x, bottom + 4);
    if (step < 86400000)
        strftime(text, sizeof text, step < 60000 ? "%H:%M:%S" : "%H:%M", &moment);
    else
        strftime(text, sizeof text, day, &moment);
    put_text(out, x, bottom + 15, "middle", text);
    if (step < 86400000 && tick->with_day) {
        strftime(text, sizeof text, day, &moment);
        put_text(out, x, bottom + 27, "middle", text);
    }
}

/* How far the time that is told is ahead of UTC, in ms; a time before 1970 is none. */
static uint64_t ahead_ms(enum mbp_lang lang, uint64_t ms)
{
    struct tm moment;
    if (!mbp_report_moment(lang, ms, &moment))
        return 0;
    int64_t ahead = (int64_t)moment.tm_gmtoff * 1000;
    return (uint64_t)(ahead < 0 ? ahead + 86400000 : ahead);
}

static void put_time_axis(const struct document *document, double top, double bottom, FILE *out)
{
    const struct mbp_analysis *analysis = document->report->analysis;
    uint64_t step = step_ms(analysis->end_ms - analysis->begin_ms, TICKS_MAX);
    uint64_t ahead = ahead_ms(document->lang, analysis->begin_ms);
    uint64_t day = UINT64_MAX;
    uint64_t first =
        mbp_time_sub_sat(mbp_time_add_sat(mbp_time_add_sat(analysis->begin_ms, ahead), step - 1) / step * step, ahead);
    for (uint64_t ms = first; ms <= analysis->end_ms && ms < UINT64_MAX; ms = mbp_time_add_sat(ms, step)) {
        uint64_t today = mbp_time_add_sat(ms, ahead) / 86400000;
        const struct tick tick = {ms, step, today != day, document->lang};
        put_tick(out, x_of(analysis, ms), top, bottom, &tick);
        day = today;
    }
}

/* ---- availability ------------------------------------------------------------------------------------------------ */

static double put_share(FILE *out, double x, double y, double part, double whole, enum look look)
{
    double width = whole > 0 ? PLOT * part / whole : 0;
    put_bar(out, x, y, width, BAR, fills[look]);
    return x + width;
}

static void availability_rows(const struct document *document, uint32_t first, uint32_t end, FILE *out)
{
    for (uint32_t m = first; m < end; m++) {
        const struct mbp_analysis_machine *figures = &document->report->analysis->machines[m];
        double y = (m - first) * ROW + 2;
        double whole = (double)figures->running_ms + (double)figures->down_ms + (double)figures->planned_ms;
        double repair = (double)figures->maintained_ms;
        char text[32];
        put_name(out, y + 11, document->plant->machines[m].name);
        double x = put_share(out, LEFT, y, (double)figures->running_ms, whole, LOOK_RUNNING);
        x = put_share(out, x, y, (double)figures->down_ms - repair, whole, LOOK_DOWN);
        x = put_share(out, x, y, repair, whole, LOOK_REPAIR);
        put_share(out, x, y, (double)figures->planned_ms, whole, LOOK_PLANNED);
        put_text(out, WIDTH - 2, y + 11, "end",
                 mbp_document_percent(document->lang, figures->availability, text, sizeof text));
    }
}

void mbp_svg_availability(const struct document *document, FILE *out)
{
    uint32_t count = document->plant->machine_count;
    for (uint32_t first = 0; first < count; first += ROWS_MAX) {
        uint32_t end = first + ROWS_MAX < count ? first + ROWS_MAX : count;
        int height = (int)(end - first) * ROW + 20;
        begin_chart(mbp_message(document->lang, MSG_T_AVAILABILITY), height, out);
        availability_rows(document, first, end, out);
        put_legend(document->lang, false, height - 5, out);
        end_chart(out);
    }
}

/* ---- timeline ---------------------------------------------------------------------------------------------------- */

static enum look look_of(const struct mbp_analysis_segment *segment)
{
    if (segment->state == MBP_EN_SERVICE)
        return LOOK_RUNNING;
    if (segment->state == MBP_EN_PANNE)
        return LOOK_DOWN;
    return segment->is_repair ? LOOK_REPAIR : LOOK_PLANNED;
}

/* One machine's row, column by column: however many segments there are, and the worst of those in a column is seen. 0 =
 * nothing known, else 1 + enum look. */
static void fill_columns(const struct mbp_analysis *analysis, uint32_t machine, uint8_t columns[PLOT])
{
    memset(columns, 0, PLOT);
    for (size_t i = 0; i < analysis->segment_count; i++) {
        const struct mbp_analysis_segment *segment = &analysis->segments[i];
        if (segment->machine != machine)
            continue;
        int from = (int)(x_of(analysis, segment->from_ms) - LEFT);
        int to = (int)ceil(x_of(analysis, segment->to_ms) - LEFT);
        uint8_t look = (uint8_t)(1 + look_of(segment));
        for (int c = from; c < PLOT && (c < to || c == from); c++)
            columns[c] = columns[c] > look ? columns[c] : look;
    }
}

static void put_columns(const uint8_t columns[PLOT], double y, FILE *out)
{
    for (int from = 0; from < PLOT;) {
        int to = from + 1;
        while (to < PLOT && columns[to] == columns[from])
            to++;
        if (columns[from] != 0)
            put_bar(out, LEFT + from, y, to - from, BAR, fills[columns[from] - 1]);
        from = to;
    }
}

static void put_stops(const struct mbp_analysis *analysis, double height, FILE *out)
{
    double reached = LEFT;
    for (size_t i = 0; i < analysis->stop_count; i++) {
        double from = fmax(reached, x_of(analysis, analysis->stops[i].from_ms));
        double to = x_of(analysis, analysis->stops[i].to_ms);
        if (to - from < 0.5)
            continue;
        put_bar(out, from, 0, to - from, height, "url(#stopped)");
        reached = to;
    }
}

void mbp_svg_timeline(const struct document *document, FILE *out)
{
    const struct mbp_analysis *analysis = document->report->analysis;
    uint32_t count = document->plant->machine_count;
    uint8_t columns[PLOT];
    char title[DOCUMENT_TEXT];
    snprintf(title, sizeof title, "%s (%s)", mbp_message(document->lang, MSG_T_TIMELINE),
             mbp_message(document->lang, MSG_W_TIMES));
    for (uint32_t first = 0; first < count && analysis->end_ms > analysis->begin_ms; first += ROWS_MAX) {
        uint32_t end = first + ROWS_MAX < count ? first + ROWS_MAX : count;
        int rows = (int)(end - first) * ROW;
        begin_chart(title, rows + AXIS_HEIGHT + 22, out);
        put_time_axis(document, 0, rows, out);
        for (uint32_t m = first; m < end; m++) {
            double y = (m - first) * ROW + 2;
            put_name(out, y + 11, document->plant->machines[m].name);
            fill_columns(analysis, m, columns);
            put_columns(columns, y, out);
        }
        put_stops(analysis, rows, out);
        put_legend(document->lang, analysis->stop_count > 0, rows + AXIS_HEIGHT + 16, out);
        end_chart(out);
    }
}

/* ---- alarms over time -------------------------------------------------------------------------------------------- */

struct bins {
    uint64_t begin_ms, step_ms;
    size_t count;
    uint32_t raised[BINS_MAX + 2][MBP_PRIORITY_COUNT];
    uint32_t most;
};

static void fill_bins(const struct mbp_analysis *analysis, struct bins *bins)
{
    *bins = (struct bins){.step_ms = step_ms(analysis->end_ms - analysis->begin_ms, BINS_MAX)};
    bins->begin_ms = analysis->begin_ms / bins->step_ms * bins->step_ms;
    bins->count = (size_t)((analysis->end_ms - bins->begin_ms) / bins->step_ms) + 1;
    for (size_t i = 0; i < analysis->raise_count; i++) {
        const struct mbp_analysis_raise *raise = &analysis->raises[i];
        size_t bin = raise->wall_ms < bins->begin_ms ? 0 : (size_t)((raise->wall_ms - bins->begin_ms) / bins->step_ms);
        if (bin >= bins->count)
            bin = bins->count - 1;
        bins->raised[bin][raise->priority]++;
    }
    for (size_t b = 0; b < bins->count; b++) {
        uint32_t sum = 0;
        for (unsigned p = 0; p < MBP_PRIORITY_COUNT; p++)
            sum += bins->raised[b][p];
        bins->most = sum > bins->most ? sum : bins->most;
    }
}

/* 1, 2, 5, 10, 20, 50 ...: the least of which no more than four reach the top. */
static uint32_t count_step(uint32_t most)
{
    uint64_t step = 1;
    for (unsigned i = 0; step * 4 < most; i++)
        step = i % 3 == 1 ? step / 2 * 5 : step * 2;
    return (uint32_t)step;
}

static void put_count_axis(double height, uint32_t top, uint32_t step, FILE *out)
{
    for (uint32_t n = 0; n <= top; n += step) {
        double y = height - height * n / top;
        char text[16];
        fprintf(out, "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"#ccc\" stroke-width=\".6\"/>\n", LEFT,
                y, LEFT + PLOT, y);
        snprintf(text, sizeof text, "%u", n);
        put_text(out, LEFT - 6, y + 4, "end", text);
    }
}

static void put_bin(const struct mbp_analysis *analysis, const struct bins *bins, size_t b, double height, uint32_t top,
                    FILE *out)
{
    double from = x_of(analysis, bins->begin_ms + b * bins->step_ms);
    double to = x_of(analysis, bins->begin_ms + (b + 1) * bins->step_ms);
    double gap = to - from > 4 ? 0.8 : 0;
    double y = height;
    for (unsigned p = MBP_PRIORITY_COUNT; p-- > 0;) {
        double part = height * bins->raised[b][p] / top;
        y -= part;
        put_bar(out, from + gap, y, to - from - 2 * gap, part, priority_fills[p]);
    }
}

static void put_priorities(enum mbp_lang lang, double y, FILE *out)
{
    double x = LEFT;
    for (unsigned p = MBP_PRIORITY_COUNT; p-- > 0;) {
        const char *word = mbp_message_priority(lang, (enum mbp_priority)p);
        put_bar(out, x, y - 9, 14, 10, priority_fills[p]);
        put_text(out, x + 19, y, "start", word);
        x += 19 + 6.6 * (double)strlen(word) + 18;
    }
}

/* More than ten in ten minutes is a flood: a line where a bar is ten minutes. */
static void put_flood_line(enum mbp_lang lang, const struct bins *bins, double height, uint32_t top, FILE *out)
{
    const uint32_t most = MBP_ANALYSIS_FLOOD_FROM - 1;
    if (bins->step_ms != MBP_ANALYSIS_WINDOW_MS || top < most)
        return;
    double y = height - height * most / top;
    fprintf(out,
            "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"#111\" stroke-width=\"1\" "
            "stroke-dasharray=\"6 3\"/>\n",
            LEFT, y, LEFT + PLOT, y);
    put_text(out, LEFT + PLOT - 4, y - 4, "end", mbp_message(lang, MSG_W_TARGET));
}

/* "5min", and in French "5 min", as its other spans. */
static const char *bar_span(enum mbp_lang lang, uint64_t step_ms, char *buf, size_t size)
{
    char text[24];
    mbp_duration_format(step_ms * MBP_NS_PER_MS, text, sizeof text);
    int digits = (int)strspn(text, "0123456789");
    snprintf(buf, size, "%.*s%s%s", digits, text, lang == MBP_LANG_FR ? " " : "", text + digits);
    return buf;
}

void mbp_svg_alarms(const struct document *document, FILE *out)
{
    const struct mbp_analysis *analysis = document->report->analysis;
    enum mbp_lang lang = document->lang;
    const double height = 130;
    struct bins bins;
    char title[DOCUMENT_TEXT];
    char every[DOCUMENT_TEXT];
    char span[32];
    if (analysis->raise_count == 0 || analysis->end_ms <= analysis->begin_ms)
        return;
    fill_bins(analysis, &bins);
    uint32_t step = count_step(bins.most);
    uint32_t top = (bins.most + step - 1) / step * step;
    mbp_document_say(lang, every, MSG_W_EACH_BAR, bar_span(lang, bins.step_ms, span, sizeof span));
    snprintf(title, sizeof title, "%.200s (%.300s)", mbp_message(lang, MSG_T_ALARM_CHART), every);
    begin_chart(title, (int)height + AXIS_HEIGHT + 34, out);
    fputs("<g transform=\"translate(0 10)\">\n", out);
    put_count_axis(height, top, step, out);
    put_time_axis(document, 0, height, out);
    for (size_t b = 0; b < bins.count; b++)
        put_bin(analysis, &bins, b, height, top, out);
    put_flood_line(lang, &bins, height, top, out);
    put_priorities(lang, height + AXIS_HEIGHT + 18, out);
    fputs("</g>\n", out);
    end_chart(out);
}

/* ---- causes ------------------------------------------------------------------------------------------------------ */

#define CAUSE_NAME 34u /* bytes of a cause that are shown */

static void put_cause(FILE *out, double y, const char *text)
{
    char shown[CAUSE_NAME + 8];
    size_t len = strlen(text);
    size_t cut = CAUSE_NAME;
    while (len > CAUSE_NAME && cut > 0 && ((unsigned char)text[cut] & 0xC0u) == 0x80u)
        cut--; /* no character in two */
    snprintf(shown, sizeof shown, "%.*s%s", (int)(len > CAUSE_NAME ? cut : len), text,
             len > CAUSE_NAME ? "\xE2\x80\xA6" : "");
    put_text(out, 2, y, "start", shown);
}

/* A bar for each, and how much it and those above it are together: Pareto's line. */
void mbp_svg_causes(const struct document *document, FILE *out)
{
    const double left = 230;
    const double width = WIDTH - left - RIGHT;
    double sum = 0;
    char text[32];
    if (document->causes.down_ms <= 0)
        return;
    begin_chart(mbp_message(document->lang, MSG_T_CAUSES), (int)document->causes.count * ROW + 6, out);
    for (size_t i = 0; i < document->causes.count; i++) {
        double y = (double)i * ROW + 2;
        put_cause(out, y + 11, document->causes.items[i].text);
        put_bar(out, left, y, width * document->causes.items[i].down_ms / document->causes.down_ms, BAR,
                fills[LOOK_DOWN]);
    }
    fputs("<polyline fill=\"none\" stroke=\"#111\" stroke-width=\"1.4\" points=\"", out);
    for (size_t i = 0; i < document->causes.count; i++) {
        sum += document->causes.items[i].down_ms;
        fprintf(out, "%.1f,%.1f ", left + width * sum / document->causes.down_ms, (double)i * ROW + 8.5);
    }
    fputs("\"/>\n", out);
    sum = 0;
    for (size_t i = 0; i < document->causes.count; i++) {
        sum += document->causes.items[i].down_ms;
        put_text(out, WIDTH - 2, (double)i * ROW + 13, "end",
                 mbp_document_percent(document->lang, sum / document->causes.down_ms, text, sizeof text));
    }
    end_chart(out);
}
