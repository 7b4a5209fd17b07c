/* Text in the rows of watch's screen. */
#include "watch/watch_text.h"

#include <stdarg.h>
#include <string.h>
#include <wchar.h>

/* What is cut must not read as if it were whole: an ellipsis, where the locale has it. */
const char *watch_cut_mark(void)
{
    return wcwidth(0x2026) == 1 ? "\xE2\x80\xA6" : ">";
}

size_t watch_next(const char *text, unsigned *columns, bool *shown)
{
    uint32_t code = 0;
    size_t len = mbp_utf8_next(text, &code);
    *columns = 1;
    *shown = len > 0 && !mbp_utf8_is_control(code);
    if (!*shown)
        return len > 0 ? len : 1;
    if (code >= 0x80) { /* as ncurses reckons, or the rest of the row would stand elsewhere */
        int width = wcwidth((wchar_t)code);
        *shown = width >= 0;
        *columns = width >= 0 ? (unsigned)width : 1;
    }
    return len;
}

unsigned watch_columns(const char *text)
{
    unsigned sum = 0;
    while (text[0] != '\0') {
        unsigned columns;
        bool shown;
        text += watch_next(text, &columns, &shown);
        sum += columns;
    }
    return sum;
}

void watch_add_bytes(struct watch_row *row, enum mbp_paint paint, const char *bytes, size_t count, unsigned columns)
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

void watch_add_spaces(struct watch_row *row, unsigned count)
{
    while (count-- > 0)
        watch_add_bytes(row, MBP_PAINT_NONE, " ", 1, 1);
}

void watch_add_text(struct watch_row *row, enum mbp_paint paint, const char *text, unsigned room)
{
    while (text[0] != '\0') {
        unsigned columns;
        bool shown;
        size_t len = watch_next(text, &columns, &shown);
        if (columns > room)
            return;
        watch_add_bytes(row, paint, shown ? text : "?", shown ? len : 1, columns);
        room -= columns;
        text += len;
    }
}

void watch_put(const struct watch_screen *screen, struct watch_row *row, enum mbp_paint paint, int width,
               const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    unsigned left = screen->width > row->columns ? screen->width - row->columns : 0;
    if (row->cells < WATCH_CELLS)
        row->starts[row->cells++] = row->columns;
    unsigned wanted = watch_columns(text);
    unsigned cell = width < 0 ? (unsigned)-width : width > 0 ? (unsigned)width : wanted;
    cell = cell < left ? cell : left;
    unsigned end = row->columns + cell;
    if (width < 0 && wanted < cell)
        watch_add_spaces(row, cell - wanted);
    bool cut = wanted > end - row->columns;
    watch_add_text(row, paint, text, end - row->columns - (cut && end > row->columns ? 1 : 0));
    if (cut && end > row->columns)
        watch_add_text(row, paint, watch_cut_mark(), 1);
    watch_add_spaces(row, end - row->columns + (end < screen->width ? 1 : 0));
}

size_t watch_wrap(const char *text, unsigned width, size_t *skip)
{
    size_t len = 0;
    size_t space = 0; /* the last one in the row; 0 = none */
    unsigned used = 0;
    while (text[len] != '\0' && text[len] != '\n') {
        unsigned columns;
        bool shown;
        size_t bytes = watch_next(text + len, &columns, &shown);
        if (used + columns > width) {
            len = text[len] == ' ' || space == 0 ? len : space;
            break;
        }
        if (text[len] == ' ')
            space = len;
        used += columns;
        len += bytes;
    }
    *skip = strspn(text + len, " ");
    if (text[len + *skip] == '\n')
        (*skip)++;
    return len;
}
