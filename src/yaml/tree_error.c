/* tree_error: libyaml notices a mistake where it can make no sense of the text any more, which may be lines below it.
 */
#include "tree_error.h"

#include <string.h>

#include "mbplant/base/tr.h"

/* One line of the text, without its end. */
static struct mbp_text line_of(struct mbp_text text, size_t line)
{
    const char *at = text.bytes, *end = text.bytes + text.len;
    for (; line > 0 && at < end; line--) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        at = newline == NULL ? end : newline + 1;
    }
    const char *newline = at < end ? memchr(at, '\n', (size_t)(end - at)) : NULL;
    return (struct mbp_text){at, (size_t)((newline == NULL ? end : newline) - at)};
}

/* How many bytes come before the character in that column. */
static size_t bytes_before(struct mbp_text line, size_t column)
{
    size_t at = 0;
    for (; at < line.len && (column > 0 || ((unsigned char)line.bytes[at] & 0xC0u) == 0x80u); at++)
        column -= ((unsigned char)line.bytes[at] & 0xC0u) != 0x80u ? 1u : 0u;
    return at;
}

/* Where a key of the line would begin: behind blanks and the dashes of a list. */
static size_t begin_of(struct mbp_text line)
{
    size_t at = 0;
    while (at < line.len &&
           (line.bytes[at] == ' ' || (line.bytes[at] == '-' && at + 1 < line.len && line.bytes[at + 1] == ' ')))
        at++;
    return at;
}

static bool says_nothing(struct mbp_text line)
{
    size_t at = begin_of(line);
    return at == line.len || line.bytes[at] == '#' || line.bytes[at] == '\r';
}

/* Whether there is a colon that ends a key, among the line's first bytes. */
static bool has_key(struct mbp_text line, size_t bytes)
{
    for (size_t at = 0; at < bytes && at < line.len; at++) {
        bool ends = at + 1 == line.len || line.bytes[at + 1] == ' ' || line.bytes[at + 1] == '\r';
        if (line.bytes[at] == ':' && ends)
            return true;
    }
    return false;
}

static void tell_at(struct mbp_errors *errors, size_t line, size_t column, const char *what)
{
    mbp_errors_add(errors, (uint32_t)line + 1, (uint32_t)column + 1, "not valid YAML: %s", mbp_tr(what));
}

#define A_TAB    "a tab; indent with spaces"
#define NO_COLON "there is no ': ' between a key and its value; write KEY: VALUE, with a blank behind the colon"

/* The nearest line above that says something; false when there is none. */
static bool line_above(struct mbp_text text, size_t below, size_t *at, struct mbp_text *line)
{
    for (*at = below; *at > 0;) {
        *line = line_of(text, --*at);
        if (!says_nothing(*line))
            return true;
    }
    return false;
}

/* "mapping values are not allowed in this context": a colon where a value goes on. */
static void tell_colon(struct mbp_errors *errors, struct mbp_text text, const struct mbp_yaml_trouble *trouble)
{
    struct mbp_text here = line_of(text, trouble->line);
    struct mbp_text above;
    size_t at;
    if (has_key(here, bytes_before(here, trouble->column)))
        tell_at(errors, trouble->line, trouble->column,
                "a second ': ' in one line; put a value with ': ' in it in quotes, and each key in a line of its own");
    else if (line_above(text, trouble->line, &at, &above) && !has_key(above, above.len))
        tell_at(errors, at, begin_of(above), NO_COLON);
    else
        tell_at(errors, trouble->line, begin_of(here),
                "this line is indented deeper than the one above, whose value it goes on with; begin the keys of one "
                "group in the same column");
}

/* "did not find expected '-' indicator", in a list: an item that is a word alone has no further keys. */
static bool tell_item(struct mbp_errors *errors, struct mbp_text text, const struct mbp_yaml_trouble *trouble)
{
    struct mbp_text above;
    size_t at;
    if (!line_above(text, trouble->line, &at, &above) || has_key(above, above.len))
        return false;
    size_t begin = begin_of(above);
    if (begin < 2 || above.bytes[begin - 2] != '-' || strchr("[{\"'", above.bytes[begin]) != NULL)
        return false;
    tell_at(errors, at, begin, NO_COLON);
    return true;
}

/* A character that YAML keeps for itself. */
static void tell_reserved(struct mbp_errors *errors, struct mbp_text text, const struct mbp_yaml_trouble *trouble)
{
    char what[160];
    struct mbp_text line = line_of(text, trouble->line);
    size_t at = bytes_before(line, trouble->column);
    size_t len = 0;
    while (at + len < line.len && len < 40 && strchr(" ,}]\r\t\"", line.bytes[at + len]) == NULL)
        len++;
    if (len == 0 || line.bytes[at] == '\t') {
        tell_at(errors, trouble->line, trouble->column,
                len == 0 && at < line.len && line.bytes[at] != '\t' ? trouble->problem : A_TAB);
        return;
    }
    snprintf(what, sizeof what, mbp_tr("a value cannot begin with '%c'; quote it: \"%.*s\""), line.bytes[at], (int)len,
             line.bytes + at);
    tell_at(errors, trouble->line, trouble->column, what);
}

void mbp_tree_tell(struct mbp_errors *errors, struct mbp_text text, const struct mbp_yaml_trouble *trouble)
{
    char what[512];
    if (strcmp(trouble->problem, "mapping values are not allowed in this context") == 0) {
        tell_colon(errors, text, trouble);
        return;
    }
    if (strcmp(trouble->problem, "did not find expected '-' indicator") == 0 && tell_item(errors, text, trouble))
        return;
    if (strcmp(trouble->problem, "found a tab character that violates indentation") == 0) {
        tell_at(errors, trouble->line, trouble->column, A_TAB);
        return;
    }
    if (strcmp(trouble->problem, "could not find expected ':'") == 0) {
        tell_at(errors, trouble->context_line, trouble->context_column, NO_COLON);
        return;
    }
    if (strcmp(trouble->problem, "found character that cannot start any token") == 0) {
        tell_reserved(errors, text, trouble);
        return;
    }
    const char *problem = mbp_tr(trouble->problem);
    const char *context = trouble->context != NULL ? mbp_tr(trouble->context) : "";
    if (trouble->context == NULL)
        snprintf(what, sizeof what, "%s", problem);
    else if (trouble->context_line == trouble->line)
        snprintf(what, sizeof what, "%s (%s)", problem, context);
    else
        snprintf(what, sizeof what, mbp_tr("%s (%s that begins in line %zu)"), problem, context,
                 trouble->context_line + 1);
    tell_at(errors, trouble->line, trouble->column, what);
}
