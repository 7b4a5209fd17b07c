/* The report as Markdown: headings, lists, tables. */
#include "document.h"
#include "writers.h"

static enum mbp_status put_part(const struct document_part *part, FILE *out)
{
    bool has_rows = part->grid != NULL && mbp_grid_rows(part->grid) > 0;
    if (part->title[0] != '\0')
        fprintf(out, "\n## %s\n\n", part->title);
    /* the head's first line is the plant's name, which is the document's title here */
    for (size_t i = part->title[0] == '\0' ? 1 : 0; i < part->line_count; i++)
        mbp_text_print(out, "- %s: %s\n", part->lines[i].title, part->lines[i].text);
    if (has_rows) {
        enum mbp_status status = mbp_grid_write(part->grid, MBP_FORMAT_MARKDOWN, false, out);
        if (status != MBP_OK)
            return status;
    } else if (part->none != NULL) {
        fprintf(out, "%s\n", part->none);
    }
    for (size_t i = 0; i < DOCUMENT_NOTES; i++) {
        if (part->notes[i][0] != '\0')
            mbp_text_print(out, "\n%s\n", part->notes[i]);
    }
    return MBP_OK;
}

enum mbp_status mbp_report_markdown(const struct document *document, FILE *out)
{
    enum mbp_status status = MBP_OK;
    mbp_text_print(out, "# %s\n\n", document->report->plant);
    for (size_t i = 0; i < document->count && status == MBP_OK; i++)
        status = put_part(&document->parts[i], out);
    return status;
}
