/* The report as one HTML file that needs no other: it may be mailed, kept and printed on A4. */
#include "html.h"

#include <string.h>

#include "writers.h"

void mbp_html_put(FILE *out, const char *text)
{
    while (*text != '\0') {
        uint32_t code = 0;
        size_t len = mbp_utf8_next(text, &code);
        if (code == '&')
            fputs("&amp;", out);
        else if (code == '<')
            fputs("&lt;", out);
        else if (code == '>')
            fputs("&gt;", out);
        else if (code == '"')
            fputs("&quot;", out);
        else if (code == '\'')
            fputs("&#39;", out);
        else if (len == 0 || mbp_utf8_is_control(code))
            putc(' ', out);
        else
            fwrite(text, 1, len, out);
        text += len > 0 ? len : 1;
    }
}

static const char style[] =
    "@page{size:A4;margin:14mm 13mm;@bottom-right{content:counter(page) ' / ' counter(pages);font-size:7pt;color:#666}}"
    "*{box-sizing:border-box}"
    "body{font:10pt/1.35 system-ui,'Segoe UI','DejaVu Sans',Arial,sans-serif;color:#111;background:#fff;"
    "max-width:190mm;margin:0 auto;padding:6mm 3mm}"
    "h1{font-size:18pt;margin:0 0 1mm}"
    "h2{font-size:12pt;margin:6mm 0 2mm;padding-bottom:1mm;border-bottom:1px solid #999;break-after:avoid}"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.6mm 5mm;margin:0 0 3mm}"
    "dt{color:#555}dd{margin:0}dl{break-inside:avoid;break-after:avoid}"
    "table{border-collapse:collapse;width:100%;max-width:100%;font-size:7.6pt;margin:0 0 2mm;break-inside:avoid}"
    "table.long{break-inside:auto}"
    "th{text-align:left;font-weight:600;font-size:6.2pt;letter-spacing:.02em;color:#444;vertical-align:bottom;"
    "border-bottom:1px solid #777;padding:.6mm 1.2mm}"
    "td{padding:.7mm 1.2mm;border-bottom:1px solid #ddd;vertical-align:top}"
    "td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}"
    "td.n,td.t{white-space:nowrap}td.s{overflow-wrap:anywhere;min-width:24mm}td.d{min-width:20mm}"
    "tr{break-inside:avoid}thead{display:table-header-group}"
    "td.good::before{content:'\\25CF\\00A0';color:#00795a}"
    "td.bad{font-weight:700;color:#8f1d00}td.bad::before{content:'\\25B2\\00A0'}"
    "td.care{font-weight:700;color:#6b4a00}td.care::before{content:'\\25C6\\00A0'}"
    "p.note{font-size:7.6pt;color:#555;margin:0 0 1.5mm;break-before:avoid}"
    "figure{margin:2mm 0 3mm;break-inside:avoid;break-after:avoid}"
    "figcaption{font-size:8.4pt;font-weight:600;margin:0 0 1mm}"
    "svg{width:100%;height:auto;display:block;font:11px system-ui,'DejaVu Sans',Arial,sans-serif}"
    "footer{margin-top:2mm;font-size:7.6pt;color:#666;break-before:avoid}"
    "@media print{body{padding:0;max-width:none;-webkit-print-color-adjust:exact;print-color-adjust:exact}}";

static const char *paint_class(enum mbp_paint paint)
{
    switch (paint) {
    case MBP_PAINT_GOOD:
        return " good";
    case MBP_PAINT_BAD:
        return " bad";
    case MBP_PAINT_CARE:
        return " care";
    case MBP_PAINT_NONE:
    case MBP_PAINT_TITLE:
        break;
    }
    return "";
}

/* A date and its time: where there is no room for both on one line, each has its own. */
static bool is_moment(const char *text)
{
    const size_t len = strlen(text);
    const size_t local = sizeof "30/11/2026 09:51:04" - 1; /* else a Z behind it */
    return (len == local || (len == local + 1 && text[local] == 'Z')) && text[10] == ' ' && text[13] == ':' &&
           text[16] == ':';
}

/* A time and a word must not be broken across lines; a sentence may be. */
static bool is_short(const char *text)
{
    bool number = text[0] >= '0' && text[0] <= '9';
    return strlen(text) <= (number ? 28u : 12u);
}

/* Longer ones go on over the page: else half a page before them would be empty. */
#define ROWS_TOGETHER 6u

static void put_grid(const struct mbp_grid *grid, FILE *out)
{
    size_t count;
    const struct mbp_grid_column *columns = mbp_grid_columns(grid, &count);
    bool is_long = mbp_grid_rows(grid) > ROWS_TOGETHER;
    fprintf(out, "<table%s>\n<thead><tr>", is_long ? " class=\"long\"" : "");
    for (size_t c = 0; c < count; c++) {
        fprintf(out, "<th scope=\"col\"%s>", columns[c].number ? " class=\"n\"" : "");
        mbp_html_put(out, columns[c].title);
        fputs("</th>", out);
    }
    fputs("</tr></thead>\n<tbody>\n", out);
    for (size_t row = 0; row < mbp_grid_rows(grid); row++) {
        fputs("<tr>", out);
        for (size_t c = 0; c < count; c++) {
            enum mbp_paint paint;
            const char *text = mbp_grid_text(grid, row, c, &paint);
            fprintf(out, "<td class=\"%s%s\">",
                    columns[c].number ? "n"
                    : is_moment(text) ? "d"
                    : is_short(text)  ? "t"
                                      : "s",
                    paint_class(paint));
            mbp_html_put(out, text);
            fputs("</td>", out);
        }
        fputs("</tr>\n", out);
    }
    fputs("</tbody>\n</table>\n", out);
}

static void put_chart(const struct document *document, const struct document_part *part, FILE *out)
{
    switch (part->chart) {
    case CHART_AVAILABILITY:
        mbp_svg_availability(document, out);
        break;
    case CHART_TIMELINE:
        mbp_svg_timeline(document, out);
        break;
    case CHART_ALARMS:
        mbp_svg_alarms(document, out);
        break;
    case CHART_CAUSES:
        mbp_svg_causes(document, out);
        break;
    case CHART_NONE:
        break;
    }
}

/* The head's first line is the plant's name, which stands above everything here. */
static size_t first_line(const struct document_part *part)
{
    return part->title[0] == '\0' ? 1 : 0;
}

static void put_part(const struct document *document, const struct document_part *part, FILE *out)
{
    bool has_rows = part->grid != NULL && mbp_grid_rows(part->grid) > 0;
    fputs("<section>\n", out);
    if (part->title[0] != '\0') {
        fputs("<h2>", out);
        mbp_html_put(out, part->title);
        fputs("</h2>\n", out);
    }
    if (part->line_count > 0)
        fputs("<dl>\n", out);
    for (size_t i = first_line(part); i < part->line_count; i++) {
        fputs("<dt>", out);
        mbp_html_put(out, part->lines[i].title);
        fputs("</dt><dd>", out);
        mbp_html_put(out, part->lines[i].text);
        fputs("</dd>\n", out);
    }
    if (part->line_count > 0)
        fputs("</dl>\n", out);
    put_chart(document, part, out);
    if (has_rows)
        put_grid(part->grid, out);
    else if (part->none != NULL)
        fprintf(out, "<p>%s</p>\n", part->none);
    for (size_t i = 0; i < DOCUMENT_NOTES; i++) {
        if (part->notes[i][0] == '\0')
            continue;
        fputs("<p class=\"note\">", out);
        mbp_html_put(out, part->notes[i]);
        fputs("</p>\n", out);
    }
    fputs("</section>\n", out);
}

enum mbp_status mbp_report_html(const struct document *document, FILE *out)
{
    char text[DOCUMENT_TEXT];
    for (size_t i = 0; i < document->count; i++) {
        if (document->parts[i].grid != NULL && !mbp_grid_is_whole(document->parts[i].grid))
            return MBP_ERR_MEMORY;
    }
    fprintf(out, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n",
            mbp_lang_name(document->lang));
    fputs("<meta name=\"viewport\" content=\"width=device-width\">\n"
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
          "<title>",
          out);
    mbp_html_put(out, document->report->plant);
    fputs(" - ", out);
    mbp_html_put(out, mbp_message(document->lang, MSG_T_REPORT));
    if (document->report->analysis != NULL) { /* the head's second line: from when to when */
        fputs(", ", out);
        mbp_html_put(out, document->parts[0].lines[1].text);
    }
    fprintf(out, "</title>\n<style>%s</style>\n</head>\n<body>\n<h1>", style);
    mbp_html_put(out, document->report->plant);
    fputs("</h1>\n", out);
    mbp_svg_patterns(out);
    for (size_t i = 0; i < document->count; i++)
        put_part(document, &document->parts[i], out);
    fputs("<footer>", out);
    mbp_html_put(out, mbp_document_say(document->lang, text, MSG_T_MADE_WITH, MBP_VERSION));
    fputs("</footer>\n</body>\n</html>\n", out);
    return MBP_OK;
}
