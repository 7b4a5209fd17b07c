/* place: where a character of a scalar stands in the file, whatever form the scalar has there. The value and the file
 * are walked side by side. */
#include <ctype.h>
#include <string.h>

#include "tree.h"

struct walk {
    const char *at, *end; /* in the file */
    uint32_t line, column;
    uint32_t indent; /* of a block scalar */
    char form;       /* '|' or '>' of a block scalar, a quote, or 0: plain */
};

static bool at_end_of_line(const struct walk *walk)
{
    const char *at = walk->at;
    return at >= walk->end || *at == '\n' || (*at == '\r' && at + 1 < walk->end && at[1] == '\n');
}

static void step(struct walk *walk)
{
    bool goes_on = ((unsigned char)*walk->at & 0xC0u) == 0x80u; /* of a character of several bytes */
    walk->column += goes_on ? 0 : 1;
    walk->at++;
}

static void next_line(struct walk *walk)
{
    while (walk->at < walk->end && *walk->at != '\n')
        walk->at++;
    walk->at += walk->at < walk->end;
    walk->line++;
    walk->column = 1;
    bool block = walk->form == '|' || walk->form == '>';
    for (uint32_t i = 0; (!block || i < walk->indent) && walk->at < walk->end; i++) {
        if (*walk->at != ' ' && (block || *walk->at != '\t'))
            return;
        step(walk);
    }
}

/* Blanks before the end of a line are not of the value, but in a block. */
static void skip_trailing(struct walk *walk)
{
    struct walk ahead = *walk;
    while (!at_end_of_line(&ahead) && (*ahead.at == ' ' || *ahead.at == '\t'))
        step(&ahead);
    if (at_end_of_line(&ahead) && walk->form != '|' && walk->form != '>')
        *walk = ahead;
}

/* Characters of the file for one of the value. */
static size_t width(const struct walk *walk)
{
    if (walk->form == '\'' && *walk->at == '\'')
        return 2;
    if (walk->form != '"' || *walk->at != '\\' || walk->at + 1 >= walk->end)
        return 1;
    return walk->at[1] == 'x' ? 4 : walk->at[1] == 'u' ? 6 : walk->at[1] == 'U' ? 10 : 2;
}

/* The first line that is not empty says how far a block is indented. */
static void enter_block(struct walk *walk, const char *value)
{
    uint32_t indent = 0;
    const char *at = walk->at;
    while (at < walk->end && *at != '\n')
        at++;
    for (at += at < walk->end; at < walk->end && strchr(" \r\n", *at) != NULL; at++)
        indent = *at == '\n' ? 0 : indent + (*at == ' ');
    uint32_t own = (uint32_t)strspn(value, " ");
    walk->indent = indent > own ? indent - own : 0;
    next_line(walk);
}

void mbp_node_place(struct mbp_text text, const struct mbp_node *node, uint32_t offset, uint32_t *line,
                    uint32_t *column)
{
    struct walk walk = {text.bytes, text.bytes + text.len, 1, 1, 0, 0};
    while (walk.at < walk.end && walk.line < node->line) {
        const char *newline = memchr(walk.at, '\n', (size_t)(walk.end - walk.at));
        walk.at = newline != NULL ? newline + 1 : walk.end;
        walk.line++;
    }
    while (!at_end_of_line(&walk) && walk.column < node->column)
        step(&walk);
    while (walk.at < walk.end && ((unsigned char)*walk.at & 0xC0u) == 0x80u)
        walk.at++;
    walk.form = node->plain || walk.at >= walk.end ? '\0' : *walk.at;
    if (walk.form == '|' || walk.form == '>')
        enter_block(&walk, node->text);
    else if (walk.form != '\0')
        step(&walk);
    while (offset > 0 && offset == node->len && node->text[offset - 1] == '\n')
        offset--; /* the last line of a block ends where its text does */
    for (uint32_t i = 0; i < offset && i < node->len && walk.at < walk.end;) {
        skip_trailing(&walk);
        if (at_end_of_line(&walk)) {
            i += isspace((unsigned char)node->text[i]) != 0;
            next_line(&walk);
            continue;
        }
        bool folds = walk.form == '"' && *walk.at == '\\' && walk.at + 1 < walk.end && walk.at[1] == '\n';
        if (folds) {
            next_line(&walk);
            continue;
        }
        for (size_t n = width(&walk); n > 0 && walk.at < walk.end; n--)
            step(&walk);
        i++;
    }
    while (walk.at < walk.end && offset < node->len && !isspace((unsigned char)node->text[offset]) &&
           at_end_of_line(&walk))
        next_line(&walk);
    *line = walk.line;
    *column = walk.column;
}
