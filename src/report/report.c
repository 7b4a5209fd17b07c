/* The report: its totals, and each form by its writer. */
#include "document.h"
#include "mbplant/report/fit.h"
#include "writers.h"

struct mbp_report_totals mbp_report_total(const struct mbp_report *report)
{
    struct mbp_report_totals totals = {0};
    for (size_t i = 0; i < report->machine_count; i++) { /* a part of a sum is none */
        totals.good_untold |= !mbp_report_tells(&report->machines[i], MBP_FIGURE_GOOD);
        totals.reject_untold |= !mbp_report_tells(&report->machines[i], MBP_FIGURE_REJECT);
        totals.good += report->machines[i].good;
        totals.reject += report->machines[i].reject;
    }
    for (size_t i = 0; i < report->alarm_count; i++) {
        totals.active += report->alarms[i].active;
        totals.unacknowledged += report->alarms[i].unacknowledged;
    }
    return totals;
}

/* The forms for people. */
static enum mbp_status write_document(const struct mbp_report *report, const struct mbp_plant *plant,
                                      enum mbp_format format, bool colour, FILE *out)
{
    struct document document;
    enum mbp_status status = mbp_document_make(report, plant, &document);
    if (status == MBP_OK && format == MBP_FORMAT_TEXT)
        status = mbp_report_text(&document, colour, out);
    else if (status == MBP_OK && format == MBP_FORMAT_MARKDOWN)
        status = mbp_report_markdown(&document, out);
    else if (status == MBP_OK)
        status = mbp_report_html(&document, out);
    mbp_document_free(&document);
    return status;
}

enum mbp_status mbp_report_write(const struct mbp_report *report, const struct mbp_plant *plant, enum mbp_format format,
                                 bool colour, FILE *out)
{
    switch (format) {
    case MBP_FORMAT_TEXT:
    case MBP_FORMAT_MARKDOWN:
    case MBP_FORMAT_HTML:
        return write_document(report, plant, format, colour, out);
    case MBP_FORMAT_JSON:
        return mbp_report_json(report, plant, out);
    case MBP_FORMAT_CSV:
        return mbp_report_csv(report, plant, out);
    case MBP_FORMAT_JSONL:
    case MBP_FORMAT_JUNIT:
    case MBP_FORMAT_COUNT:
        break;
    }
    return MBP_ERR_MISSING;
}

/* One table of the document alone. */
static enum mbp_status write_part(const struct mbp_report *report, const struct mbp_plant *plant,
                                  enum mbp_status (*fill)(struct document *document, struct document_part *part),
                                  enum mbp_format format, bool colour, FILE *out)
{
    struct document document = {.report = report, .plant = plant, .lang = report->lang};
    struct document_part *part = mbp_document_add(&document, MSG_COUNT);
    enum mbp_status status = fill(&document, part);
    if (status == MBP_OK)
        status = mbp_grid_write(part->grid, format, colour, out);
    mbp_document_free(&document);
    return status;
}

enum mbp_status mbp_report_write_alarms(const struct mbp_report *report, enum mbp_format format, bool colour, FILE *out)
{
    if (format == MBP_FORMAT_JSON)
        return mbp_report_alarms_json(report, out);
    if (format == MBP_FORMAT_CSV)
        return mbp_report_alarms_csv(report, out);
    return write_part(report, NULL, mbp_document_fill_alarms, format, colour, out);
}

enum mbp_status mbp_report_write_alarms_in(const struct mbp_report *report, enum mbp_format format, bool colour,
                                           unsigned width, size_t *left_out, FILE *out)
{
    static const uint8_t ranks[DOCUMENT_ALARM_COLUMNS] = {0, 6, 0, 0, 7, 5, 0, 0, 8}; /* since when, which limit, ... */
    struct document document = {.report = report, .lang = report->lang};
    *left_out = 0;
    if (format != MBP_FORMAT_TEXT)
        return mbp_report_write_alarms(report, format, colour, out);
    struct document_part *part = mbp_document_add(&document, MSG_COUNT);
    enum mbp_status status = mbp_document_fill_alarms(&document, part);
    if (status == MBP_OK) {
        mbp_grid_fit(part->grid, width, ranks);
        *left_out = mbp_grid_left_out(part->grid);
        status = mbp_grid_write(part->grid, format, colour, out);
    }
    mbp_document_free(&document);
    return status;
}

enum mbp_status mbp_report_write_actuators(const struct mbp_report *report, const struct mbp_plant *plant,
                                           enum mbp_format format, bool colour, FILE *out)
{
    return write_part(report, plant, mbp_document_fill_actuators, format, colour, out);
}

enum mbp_status mbp_report_write_controllers(const struct mbp_report *report, const struct mbp_plant *plant,
                                             enum mbp_format format, bool colour, FILE *out)
{
    return write_part(report, plant, mbp_document_fill_controllers, format, colour, out);
}
