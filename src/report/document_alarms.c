/* Alarms of the period beside what ISA-18.2-2016 and EEMUA 191 ask for, for one operator. */
#include <math.h>

#include "document.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *say_number(enum mbp_lang lang, double value, char *buf, size_t size)
{
    if (isnan(value))
        snprintf(buf, size, "-");
    else if (value >= 100)
        mbp_document_count(lang, (uint64_t)llround(fmin(value, 1e15)), buf, size);
    else
        snprintf(buf, size, "%.*f", fabs(value - round(value)) > 0 ? 1 : 0, value);
    return mbp_message_decimal(lang, buf);
}

static void put_target(enum mbp_lang lang, const struct mbp_target *target, struct mbp_grid *grid)
{
    char text[128];
    const bool good = target->value <= target->target;
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", mbp_target_title(lang, target, text, sizeof text));
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s",
                  target->share ? mbp_document_percent(lang, target->value, text, sizeof text)
                                : say_number(lang, target->value, text, sizeof text));
    if (target->share)
        mbp_document_percent(lang, target->target, text, sizeof text);
    else
        snprintf(text, sizeof text, "%.0f", target->target);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s %s", target->most ? "\xE2\x89\xA4" : "\xE2\x89\x88", text);
    if (!target->judged)
        mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", "");
    else if (isnan(target->value))
        mbp_grid_cell(grid, MBP_PAINT_NONE, "-");
    else
        mbp_grid_cell(grid, good ? MBP_PAINT_GOOD : MBP_PAINT_BAD, "%s",
                      mbp_message(lang, good ? MSG_W_MET : MSG_W_MISSED));
}

static enum mbp_status add_targets(struct document *document)
{
    static const struct document_column columns[] = {{MSG_C_FIGURE, "figure", false},
                                                     {MSG_C_VALUE, "value", true},
                                                     {MSG_C_TARGET, "target", true},
                                                     {MSG_C_VERDICT, "verdict", false}};
    struct document_part *part = mbp_document_add(document, MSG_T_TARGETS);
    enum mbp_status status = mbp_document_grid(document, part, columns, COUNT(columns));
    struct mbp_target targets[MBP_TARGETS];
    if (status != MBP_OK)
        return status;
    mbp_targets_of(document->report->analysis, targets);
    for (unsigned t = 0; t < MBP_TARGETS; t++)
        put_target(document->lang, &targets[t], part->grid);
    mbp_document_say(document->lang, part->notes[0], MSG_L_TARGETS);
    return MBP_OK;
}

static enum mbp_status add_distribution(struct document *document)
{
    static const struct document_column columns[] = {{MSG_C_IN_TEN, "alarms", false},
                                                     {MSG_C_WINDOWS, "windows", true},
                                                     {MSG_C_SHARE, "share", true},
                                                     {MSG_C_CUMULATED, "cumulated", true}};
    const struct mbp_analysis_alarms *alarms = &document->report->analysis->alarms;
    struct document_part *part = mbp_document_add(document, MSG_T_DISTRIBUTION);
    enum mbp_status status = mbp_document_grid(document, part, columns, COUNT(columns));
    uint32_t sum = 0;
    char text[48];
    for (unsigned c = 0; c < MBP_ANALYSIS_CLASSES && status == MBP_OK; c++) {
        uint32_t least = c == 0 ? 0 : mbp_analysis_class_most[c - 1] + 1;
        sum += alarms->windows_of[c];
        if (c == 0)
            mbp_grid_cell(part->grid, MBP_PAINT_NONE, "0");
        else if (c < MBP_ANALYSIS_CLASSES - 1)
            mbp_grid_cell(part->grid, MBP_PAINT_NONE, "%u-%u", least, mbp_analysis_class_most[c]);
        else
            mbp_grid_cell(part->grid, MBP_PAINT_NONE, "> %u", least - 1);
        mbp_grid_cell(part->grid, MBP_PAINT_NONE, "%s",
                      mbp_document_count(document->lang, alarms->windows_of[c], text, sizeof text));
        mbp_grid_cell(
            part->grid, MBP_PAINT_NONE, "%s",
            mbp_document_percent(document->lang, (double)alarms->windows_of[c] / alarms->windows, text, sizeof text));
        mbp_grid_cell(part->grid, MBP_PAINT_NONE, "%s",
                      mbp_document_percent(document->lang, (double)sum / alarms->windows, text, sizeof text));
    }
    return status;
}

enum mbp_status mbp_document_add_performance(struct document *document)
{
    const struct mbp_analysis *analysis = document->report->analysis;
    enum mbp_status status = add_targets(document);
    if (status == MBP_OK && analysis->alarms.windows > 0)
        status = add_distribution(document);
    return status;
}
