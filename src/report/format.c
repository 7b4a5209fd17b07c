/* The names of the output formats, and which colour means what. */
#include <string.h>

#include "mbplant/report.h"

static const char *const names[MBP_FORMAT_COUNT] = {
    [MBP_FORMAT_TEXT] = "text",   [MBP_FORMAT_MARKDOWN] = "markdown", [MBP_FORMAT_HTML] = "html",
    [MBP_FORMAT_JSON] = "json",   [MBP_FORMAT_CSV] = "csv",           [MBP_FORMAT_JSONL] = "jsonl",
    [MBP_FORMAT_JUNIT] = "junit",
};

const char *mbp_format_name(enum mbp_format format)
{
    return names[format];
}

enum mbp_status mbp_format_find(const char *name, enum mbp_format *out)
{
    for (unsigned i = 0; i < MBP_FORMAT_COUNT; i++) {
        if (strcmp(names[i], name) == 0) {
            *out = (enum mbp_format)i;
            return MBP_OK;
        }
    }
    return MBP_ERR_MISSING;
}

enum mbp_paint mbp_state_paint(enum mbp_state_code state)
{
    switch (state) {
    case MBP_EN_SERVICE:
        return MBP_PAINT_GOOD;
    case MBP_EN_PANNE:
        return MBP_PAINT_BAD;
    case MBP_MAINTENANCE:
        return MBP_PAINT_CARE;
    case MBP_STATE_COUNT:
        break;
    }
    return MBP_PAINT_NONE;
}

const char *mbp_paint_code(enum mbp_paint paint)
{
    switch (paint) {
    case MBP_PAINT_TITLE:
        return "\033[1m";
    case MBP_PAINT_GOOD:
        return "\033[32m";
    case MBP_PAINT_BAD:
        return "\033[1;31m";
    case MBP_PAINT_CARE:
        return "\033[33m";
    case MBP_PAINT_NONE:
        break;
    }
    return "";
}
