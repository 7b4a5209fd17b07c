/* errors: collect, sort by place in the file, write. */
#include "errors.h"

#include <stdarg.h>
#include <stdlib.h>

#include "mbplant/base.h"
#include "mbplant/base/tr.h"

void mbp_errors_add(struct mbp_errors *errors, uint32_t line, uint32_t column, const char *format, ...)
{
    uint32_t order = errors->count++;
    if (order >= MBP_ERRORS_SHOWN) {
        return;
    }
    struct mbp_error *error = &errors->shown[order];
    error->line = line;
    error->column = column;
    error->order = order;
    va_list args;
    va_start(args, format);
    vsnprintf(error->text, sizeof error->text, mbp_tr(format), args);
    va_end(args);
}

bool mbp_errors_hopeless(const struct mbp_errors *errors)
{
    return errors->count >= MBP_ERRORS_STOP;
}

static int by_place(const void *left, const void *right)
{
    const struct mbp_error *a = left, *b = right;
    if (a->line != b->line) {
        return a->line < b->line ? -1 : 1;
    }
    if (a->column != b->column) {
        return a->column < b->column ? -1 : 1;
    }
    return a->order < b->order ? -1 : 1;
}

void mbp_errors_write(struct mbp_errors *errors, const char *path, FILE *out)
{
    uint32_t shown = errors->count < MBP_ERRORS_SHOWN ? errors->count : MBP_ERRORS_SHOWN;
    qsort(errors->shown, shown, sizeof errors->shown[0], by_place);
    for (uint32_t i = 0; i < shown; i++) {
        const struct mbp_error *error = &errors->shown[i];
        mbp_text_print(out, "%s:%u:%u: %s\n", path, error->line, error->column, error->text);
    }
    if (errors->count > shown) {
        mbp_text_print(out, mbp_tr("%s: and %s%u more errors\n"), path,
                       mbp_errors_hopeless(errors) ? mbp_tr("at least ") : "", errors->count - shown);
    }
}
