/* The report for a terminal: aligned, coloured when asked. */
#include <string.h>

#include "document.h"
#include "writers.h"

#define TITLE_WIDTH_MIN 15
#define TITLE_GAP       2

static size_t title_width(const struct document *document)
{
    size_t widest = TITLE_WIDTH_MIN;
    for (size_t p = 0; p < document->count; p++) {
        for (size_t i = 0; i < document->parts[p].line_count; i++) {
            const char *title = document->parts[p].lines[i].title;
            size_t width = strlen(title) - mbp_text_extra(title) + TITLE_GAP;
            widest = width > widest ? width : widest;
        }
    }
    return widest;
}

static void put_line(const struct document_line *line, size_t width, bool colour, FILE *out)
{
    const char *on = colour ? mbp_paint_code(MBP_PAINT_TITLE) : "";
    fprintf(out, "%s%-*s%s", on, (int)(width + mbp_text_extra(line->title)), line->title, colour ? "\033[0m" : "");
    mbp_text_print(out, "%s\n", line->text);
}

static enum mbp_status put_part(const struct document_part *part, size_t width, bool colour, FILE *out)
{
    const char *on = colour ? mbp_paint_code(MBP_PAINT_TITLE) : "";
    bool has_rows = part->grid != NULL && mbp_grid_rows(part->grid) > 0;
    if (part->title[0] != '\0' && (has_rows || part->line_count > 0))
        fprintf(out, "\n%s%s%s\n", on, part->title, colour ? "\033[0m" : "");
    for (size_t i = 0; i < part->line_count; i++)
        put_line(&part->lines[i], width, colour, out);
    if (has_rows) {
        enum mbp_status status = mbp_grid_write(part->grid, MBP_FORMAT_TEXT, colour, out);
        if (status != MBP_OK)
            return status;
    }
    for (size_t i = 0; i < DOCUMENT_NOTES; i++) {
        if (part->notes[i][0] != '\0')
            mbp_text_print(out, "(%s)\n", part->notes[i]);
    }
    return MBP_OK;
}

enum mbp_status mbp_report_text(const struct document *document, bool colour, FILE *out)
{
    enum mbp_status status = MBP_OK;
    size_t width = title_width(document);
    for (size_t i = 0; i < document->count && status == MBP_OK; i++)
        status = put_part(&document->parts[i], width, colour, out);
    return status;
}
