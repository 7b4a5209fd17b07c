/* Where things stand in the text of a plant file, and what goes in and out there. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mbplant/base/tr.h"

#include "edit_priv.h"

enum mbp_status edit_refuse(struct edit *edit, enum mbp_status status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(edit->why, MBP_EDIT_WHY_LEN, mbp_tr(format), args);
    va_end(args);
    return status;
}

enum mbp_status edit_splice(struct edit *edit, size_t begin, size_t end, const char *with)
{
    size_t with_len = strlen(with);
    size_t len = begin + with_len + (edit->text.len - end);
    char *made = malloc(len + 1);
    if (made == NULL) {
        return edit_refuse(edit, MBP_ERR_MEMORY, "not enough memory");
    }
    memcpy(made, edit->text.bytes, begin);
    memcpy(made + begin, with, with_len);
    memcpy(made + begin + with_len, edit->text.bytes + end, edit->text.len - end);
    made[len] = '\0';
    edit->out = made;
    edit->out_len = len;
    return MBP_OK;
}

/* ---- places ---------------------------------------------------------------------------------------------------- */

/* The length of the line break at a byte, as YAML 1.1 counts them; 0 = none. */
static size_t break_len(struct mbp_text text, size_t at)
{
    const unsigned char *bytes = (const unsigned char *)text.bytes + at;
    size_t left = text.len - at;
    if (left >= 2 && bytes[0] == '\r' && bytes[1] == '\n') {
        return 2;
    }
    if (bytes[0] == '\n' || bytes[0] == '\r') {
        return 1;
    }
    if (left >= 2 && bytes[0] == 0xC2 && bytes[1] == 0x85) {
        return 2;
    }
    return left >= 3 && bytes[0] == 0xE2 && bytes[1] == 0x80 && (bytes[2] == 0xA8 || bytes[2] == 0xA9) ? 3 : 0;
}

/* The byte of a line and column, both from 1, columns in characters. */
static size_t offset_of(struct mbp_text text, uint32_t line, uint32_t column)
{
    size_t at = text.len >= 3 && memcmp(text.bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    for (uint32_t passed = 1; passed < line && at < text.len;) {
        size_t len = break_len(text, at);
        passed += len > 0 ? 1 : 0;
        at += len > 0 ? len : 1;
    }
    for (uint32_t passed = 1; passed < column && at < text.len && break_len(text, at) == 0; passed++) {
        at++;
        while (at < text.len && ((unsigned char)text.bytes[at] & 0xC0u) == 0x80u) {
            at++;
        }
    }
    return at;
}

size_t edit_begin(const struct edit *edit, const struct mbp_node *node)
{
    return offset_of(edit->text, node->line, node->column);
}

static bool is_space(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

size_t edit_end(const struct edit *edit, const struct mbp_node *node)
{
    size_t begin = edit_begin(edit, node);
    if (node->kind != MBP_NODE_SCALAR && !node->flow) {
        size_t last = begin;
        for (const struct mbp_node *child = node->first; child != NULL; child = child->next) {
            size_t end = edit_end(edit, child);
            last = end > last ? end : last;
        }
        return last;
    }
    size_t end = offset_of(edit->text, node->end_line, node->end_column);
    while (end > begin && is_space(edit->text.bytes[end - 1])) { /* of a text over several lines */
        end--;
    }
    return end;
}

static size_t edit_line_begin(const struct edit *edit, size_t at)
{
    while (at > 0 && edit->text.bytes[at - 1] != '\n') {
        at--;
    }
    return at;
}

static size_t edit_line_end(const struct edit *edit, size_t at)
{
    while (at < edit->text.len && edit->text.bytes[at] != '\n' && edit->text.bytes[at] != '\r') {
        at++;
    }
    return at;
}

/* Where the line behind the one that holds the byte at begins; the end of the text behind the last. */
static size_t edit_next_line(const struct edit *edit, size_t at)
{
    at = edit_line_end(edit, at);
    return at < edit->text.len ? at + break_len(edit->text, at) : at;
}

static bool edit_is_blank(const struct edit *edit, size_t line)
{
    while (line < edit->text.len && (edit->text.bytes[line] == ' ' || edit->text.bytes[line] == '\t')) {
        line++;
    }
    return line >= edit->text.len || edit->text.bytes[line] == '\n' || edit->text.bytes[line] == '\r';
}

/* How many bytes the line is indented to the byte at. */
static size_t edit_column(const struct edit *edit, size_t at)
{
    return at - edit_line_begin(edit, at);
}

/* "\n" or "\r\n", as the text has it. */
static const char *edit_line_break(const struct edit *edit)
{
    const char *first = memchr(edit->text.bytes, '\n', edit->text.len);
    return first != NULL && first > edit->text.bytes && first[-1] == '\r' ? "\r\n" : "\n";
}

/* ---- out ------------------------------------------------------------------------------------------------------- */

static size_t skip_spaces(const struct edit *edit, size_t at)
{
    while (at < edit->text.len && (edit->text.bytes[at] == ' ' || edit->text.bytes[at] == '\t')) {
        at++;
    }
    return at;
}

static bool starts_line(const struct edit *edit, size_t at)
{
    return skip_spaces(edit, edit_line_begin(edit, at)) == at;
}

/* Whether nothing but a comma and a comment follows in the line. */
static bool ends_line(const struct edit *edit, size_t at)
{
    at = skip_spaces(edit, at);
    if (at < edit->text.len && edit->text.bytes[at] == ',') {
        at = skip_spaces(edit, at + 1);
    }
    return at == edit_line_end(edit, at) || edit->text.bytes[at] == '#';
}

/* What stands between brackets goes with one comma; with its lines where it has them for itself. */
static enum mbp_status take_out_flow(struct edit *edit, const struct mbp_node *group, const struct mbp_node *first,
                                     const struct mbp_node *last)
{
    size_t begin = edit_begin(edit, first);
    size_t end = edit_end(edit, last);
    const struct mbp_node *before = NULL;
    for (const struct mbp_node *node = group->first; node != first; node = node->next) {
        before = node;
    }
    if (starts_line(edit, begin) && ends_line(edit, end)) { /* a comma that stays before the bracket is allowed */
        begin = edit_line_begin(edit, begin);
        end = edit_next_line(edit, end);
    } else if (last->next != NULL) {
        end = edit_begin(edit, last->next);
    } else if (before != NULL) {
        begin = edit_end(edit, before);
    }
    return edit_splice(edit, begin, end, "");
}

/* Whole lines. A comment at the end of one goes with it; of the blank lines around them one is enough. */
static enum mbp_status take_out_block(struct edit *edit, const struct mbp_node *first, const struct mbp_node *last)
{
    size_t begin = edit_line_begin(edit, edit_begin(edit, first));
    size_t end = edit_next_line(edit, edit_end(edit, last));
    bool blank_before = begin > 0 && edit_is_blank(edit, edit_line_begin(edit, begin - 1));
    if (blank_before && end < edit->text.len && edit_is_blank(edit, end)) {
        end = edit_next_line(edit, end);
    }
    return edit_splice(edit, begin, end, "");
}

/* "- name: X" is the item's first key with the dash before it: the rest moves up behind the dash. */
static enum mbp_status take_out_first_key(struct edit *edit, const struct mbp_node *first, const struct mbp_node *last)
{
    return edit_splice(edit, edit_begin(edit, first), edit_begin(edit, last->next), "");
}

static bool dash_before(const struct edit *edit, size_t at)
{
    size_t begin = edit_line_begin(edit, at);
    while (begin < at && edit->text.bytes[begin] == ' ') {
        begin++;
    }
    return begin < at && edit->text.bytes[begin] == '-';
}

enum mbp_status edit_take_out(struct edit *edit, const struct mbp_node *group, const struct mbp_node *first,
                              const struct mbp_node *last)
{
    if (group->flow) {
        return take_out_flow(edit, group, first, last);
    }
    if (group->kind == MBP_NODE_MAP && last->next != NULL && dash_before(edit, edit_begin(edit, first))) {
        return take_out_first_key(edit, first, last);
    }
    return take_out_block(edit, first, last);
}

/* ---- in -------------------------------------------------------------------------------------------------------- */

static const struct mbp_node *last_of(const struct mbp_node *group)
{
    const struct mbp_node *last = group->first;
    while (last != NULL && last->next != NULL) {
        last = last->next;
    }
    return last;
}

/* ", entry" behind the last one; on a line of its own where that one has one, whose comment stays with it. */
static enum mbp_status append_flow(struct edit *edit, const struct mbp_node *group, const char *entry)
{
    const struct mbp_node *last = last_of(group);
    if (last == NULL) {
        size_t inside = edit_begin(edit, group) + 1;
        return edit_splice(edit, inside, inside, entry);
    }
    size_t begin = edit_begin(edit, group->kind == MBP_NODE_LIST ? last : group);
    size_t at = edit_end(edit, last);
    size_t end = at;
    bool own_line = group->kind == MBP_NODE_LIST && starts_line(edit, begin) && ends_line(edit, at);
    if (own_line) {
        end = edit_line_end(edit, at);
        size_t comma = skip_spaces(edit, at);
        at = comma < end && edit->text.bytes[comma] == ',' ? comma + 1 : at;
    }
    size_t size = strlen(entry) + (end - edit_end(edit, last)) + edit_column(edit, begin) + 16;
    char *text = malloc(size);
    if (text == NULL) {
        return edit_refuse(edit, MBP_ERR_MEMORY, "not enough memory");
    }
    if (own_line) {
        snprintf(text, size, ",%.*s%s%*s%s", (int)(end - at), edit->text.bytes + at, edit_line_break(edit),
                 (int)edit_column(edit, begin), "", entry);
    } else {
        snprintf(text, size, ", %s", entry);
    }
    enum mbp_status status = edit_splice(edit, edit_end(edit, last), end, text);
    free(text);
    return status;
}

/* Of a map in block form the last key that has a plain value behind it: what comes before its groups. */
static const struct mbp_node *last_plain(const struct mbp_node *map)
{
    const struct mbp_node *plain = NULL;
    for (const struct mbp_node *key = map->first; key != NULL; key = key->next->next) {
        if (key->next->kind == MBP_NODE_SCALAR || key->next->flow) {
            plain = key->next;
        }
    }
    return plain != NULL ? plain : last_of(map);
}

/* The line where the last entry ends, comment and all. Where entries are set apart by blank lines, so is the new one.
 */
static enum mbp_status append_block(struct edit *edit, const struct mbp_node *group, const char *entry)
{
    bool is_list = group->kind == MBP_NODE_LIST;
    const struct mbp_node *last = is_list ? last_of(group) : last_plain(group);
    size_t at = edit_next_line(edit, edit_end(edit, last));
    bool unfinished = at > 0 && at == edit->text.len && edit->text.bytes[at - 1] != '\n';
    size_t first = edit_begin(edit, group->first);
    size_t column = edit_column(edit, is_list ? edit_begin(edit, group) : first);
    size_t last_line = edit_line_begin(edit, edit_begin(edit, last));
    bool apart =
        is_list && group->first != last && last_line > 0 && edit_is_blank(edit, edit_line_begin(edit, last_line - 1));
    const char *end = edit_line_break(edit);
    size_t size = strlen(entry) + column + 16;
    char *text = malloc(size);
    if (text == NULL) {
        return edit_refuse(edit, MBP_ERR_MEMORY, "not enough memory");
    }
    snprintf(text, size, "%s%s%*s%s%s%s", unfinished ? end : "", apart ? end : "", (int)column, "", is_list ? "- " : "",
             entry, end);
    enum mbp_status status = edit_splice(edit, at, at, text);
    free(text);
    return status;
}

enum mbp_status edit_append(struct edit *edit, const struct mbp_node *group, const char *entry)
{
    return group->flow || group->first == NULL ? append_flow(edit, group, entry) : append_block(edit, group, entry);
}
