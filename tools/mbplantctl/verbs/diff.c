/* What is different between two texts that are mostly alike: one hunk in unified form. */
#include <string.h>

#include "text/text_file.h"
#include "verbs/edit.h"

#define CONTEXT_LINES 3u

static size_t line_len(struct mbp_text text, size_t at)
{
    const char *end = at < text.len ? memchr(text.bytes + at, '\n', text.len - at) : NULL;
    return end == NULL ? text.len - at : (size_t)(end - text.bytes) - at + 1;
}

/* Where the last line before the byte begins. */
static size_t line_before(struct mbp_text text, size_t at)
{
    size_t begin = at - 1;
    while (begin > 0 && text.bytes[begin - 1] != '\n')
        begin--;
    return begin;
}

static size_t count_lines(struct mbp_text text, size_t begin, size_t end)
{
    size_t lines = 0;
    for (; begin < end; begin += line_len(text, begin))
        lines++;
    return lines;
}

static void print_lines(char mark, struct mbp_text text, size_t begin, size_t end, FILE *out)
{
    while (begin < end) {
        size_t len = line_len(text, begin);
        bool whole = text.bytes[begin + len - 1] == '\n';
        putc(mark, out);
        ctl_text_put((struct mbp_text){text.bytes + begin, len}, out);
        fputs(whole ? "" : "\n\\ No newline at end of file\n", out);
        begin += len;
    }
}

void ctl_diff_print(struct mbp_text was, struct mbp_text now, FILE *out)
{
    size_t begin = 0;
    for (;;) {
        size_t len = line_len(was, begin);
        if (begin == was.len || len != line_len(now, begin) || memcmp(was.bytes + begin, now.bytes + begin, len) != 0)
            break;
        begin += len;
    }
    size_t was_end = was.len;
    size_t now_end = now.len;
    while (was_end > begin && now_end > begin) {
        size_t a = line_before(was, was_end);
        size_t b = line_before(now, now_end);
        if (a < begin || b < begin || was_end - a != now_end - b ||
            memcmp(was.bytes + a, now.bytes + b, was_end - a) != 0)
            break;
        was_end = a;
        now_end = b;
    }
    size_t from = begin;
    size_t to = was_end;
    for (unsigned i = 0; i < CONTEXT_LINES && from > 0; i++)
        from = line_before(was, from);
    for (unsigned i = 0; i < CONTEXT_LINES && to < was.len; i++)
        to += line_len(was, to);
    size_t around = count_lines(was, from, begin) + count_lines(was, was_end, to);
    fprintf(out, "@@ -%zu,%zu +%zu,%zu @@\n", count_lines(was, 0, from) + 1, around + count_lines(was, begin, was_end),
            count_lines(now, 0, from) + 1, around + count_lines(now, begin, now_end));
    print_lines(' ', was, from, begin, out);
    print_lines('-', was, begin, was_end, out);
    print_lines('+', now, begin, now_end, out);
    print_lines(' ', was, was_end, to, out);
}
