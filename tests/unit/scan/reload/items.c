/* Lines and their indents are all that there is to a printed plant. */
#include "items.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"

#define NAMES_MAX 4096u

static size_t indent_of(const char *line)
{
    return strspn(line, " ");
}

static const char *next_line(const char *line)
{
    const char *end = strchr(line, '\n');
    return end == NULL ? line + strlen(line) : end + 1;
}

/* The line behind all that belongs to this one. */
static const char *end_of(const char *line)
{
    size_t indent = indent_of(line);
    do
        line = next_line(line);
    while (*line != '\0' && indent_of(line) > indent);
    return line;
}

/* The name of the item that begins with this line; its length 0 = none does. */
static struct mbp_text name_of(const char *line)
{
    static const char *const begin[] = {"- name: ", "- {name: "};
    line += indent_of(line);
    for (size_t i = 0; i < 2; i++) {
        size_t len = strlen(begin[i]);
        if (strncmp(line, begin[i], len) == 0)
            return (struct mbp_text){line + len, strcspn(line + len, ",}\n")};
    }
    return (struct mbp_text){line, 0};
}

static bool is_name(struct mbp_text text, const char *name)
{
    return text.len > 0 && text.len == strlen(name) && memcmp(text.bytes, name, text.len) == 0;
}

static const char *find_item(const char *text, const char *name)
{
    for (const char *line = text; *line != '\0'; line = next_line(line)) {
        if (is_name(name_of(line), name))
            return line;
    }
    return NULL;
}

static bool is_list(const char *line, const char *key)
{
    size_t len = strlen(key);
    line += indent_of(line);
    return strncmp(line, key, len) == 0 && strncmp(line + len, ":\n", 2) == 0;
}

static const char *find_list(const char *text, const char *key, unsigned nth)
{
    for (const char *line = text; *line != '\0'; line = next_line(line)) {
        if (is_list(line, key) && nth-- == 0)
            return next_line(line);
    }
    return NULL;
}

/* The text up to one place, a middle, and the text from another place on. */
static char *joined(const char *text, const char *upto, const char *middle, const char *from)
{
    char *made = NULL;
    assert_true(asprintf(&made, "%.*s%s%s", (int)(upto - text), text, middle, from) >= 0);
    return made;
}

char *items_print(const struct mbp_plant *plant)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    assert_non_null(out);
    mbp_plant_print_config(plant, out);
    fclose(out);
    return text;
}

/* ---- taking out -------------------------------------------------------------------------------------------------- */

struct names {
    struct mbp_text of[NAMES_MAX];
    size_t count;
};

static bool has(const struct names *names, struct mbp_text name)
{
    for (size_t i = 0; i < names->count; i++) {
        if (names->of[i].len == name.len && memcmp(names->of[i].bytes, name.bytes, name.len) == 0)
            return true;
    }
    return false;
}

static bool add(struct names *names, struct mbp_text name)
{
    if (name.len == 0 || has(names, name))
        return false;
    assert_true(names->count < NAMES_MAX);
    names->of[names->count++] = name;
    return true;
}

/* Whether the lines of an item have ": NAME" of one of the names, and it is not what they are called. */
static bool refers(const char *begin, const char *end, const struct names *names)
{
    for (const char *at = begin; (at = strstr(at, ": ")) != NULL && at < end; at += 2) {
        const struct mbp_text word = {at + 2, strcspn(at + 2, ",}\n")};
        bool called = at - begin >= 4 && memcmp(at - 4, "name", 4) == 0;
        if (!called && has(names, word))
            return true;
    }
    return false;
}

static bool has_lists(const char *begin, const char *end)
{
    static const char *const lists[] = {"machines", "sensors", "actuators", "controllers", "interlocks", "alarms"};
    for (const char *line = begin; line < end; line = next_line(line)) {
        for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
            if (is_list(line, lists[i]))
                return true;
        }
    }
    return false;
}

/* Who refers to a name, and what is in a machine, goes too. */
static void close_names(const char *text, struct names *names)
{
    bool more = true;
    while (more) {
        more = false;
        for (const char *line = text; *line != '\0'; line = next_line(line)) {
            struct mbp_text name = name_of(line);
            if (name.len == 0)
                continue;
            const char *end = end_of(line);
            bool group = has_lists(line, end);
            if (!group && refers(line, end, names))
                more = add(names, name) || more;
            for (const char *inner = next_line(line); group && has(names, name) && inner < end;
                 inner = next_line(inner))
                more = add(names, name_of(inner)) || more;
        }
    }
}

static bool is_empty_list(const char *line)
{
    static const char *const lists[] = {"machines",   "sensors", "actuators", "controllers",
                                        "interlocks", "alarms",  "faults"};
    const char *next = next_line(line);
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        if (is_list(line, lists[i]))
            return *next == '\0' || indent_of(next) <= indent_of(line);
    }
    return false;
}

static char *without_empty_lists(const char *text)
{
    char *made = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&made, &len);
    assert_non_null(out);
    for (const char *line = text; *line != '\0'; line = next_line(line)) {
        if (!is_empty_list(line))
            fwrite(line, 1, (size_t)(next_line(line) - line), out);
    }
    fclose(out);
    return made;
}

char *items_without(const char *text, const char *name)
{
    struct names *names = calloc(1, sizeof *names);
    char *made = NULL;
    size_t len = 0;
    assert_non_null(names);
    add(names, (struct mbp_text){name, strlen(name)});
    close_names(text, names);
    FILE *out = open_memstream(&made, &len);
    assert_non_null(out);
    for (const char *line = text; *line != '\0';) {
        struct mbp_text item = name_of(line);
        const char *end = item.len > 0 && has(names, item) ? end_of(line) : line;
        if (end == line) {
            end = next_line(line);
            fwrite(line, 1, (size_t)(end - line), out);
        }
        line = end;
    }
    fclose(out);
    free(names);
    char *clean = without_empty_lists(made);
    free(made);
    return clean;
}

/* ---- putting in, moving, changing -------------------------------------------------------------------------------- */

char *items_with_first(const char *text, const char *list, unsigned nth, const char *name, const char *key)
{
    const char *at = find_list(text, list, nth);
    if (at == NULL)
        return NULL;
    size_t indent = indent_of(at);
    char item[128];
    snprintf(item, sizeof item, "%*s- name: %s\n%*s%s\n", (int)indent, "", name, (int)indent + 2, "", key);
    return joined(text, at, item, at);
}

char *items_rotated(const char *text, const char *list, unsigned nth)
{
    const char *first = find_list(text, list, nth);
    if (first == NULL)
        return NULL;
    const char *second = end_of(first);
    if (*second == '\0' || indent_of(second) != indent_of(first))
        return NULL;
    const char *end = second;
    while (*end != '\0' && indent_of(end) == indent_of(first))
        end = end_of(end);
    char *moved = joined(second, end, "", "");
    char *item = joined(first, second, "", "");
    char *both = NULL;
    assert_true(asprintf(&both, "%s%s", moved, item) >= 0);
    char *made = joined(text, first, both, end);
    free(moved);
    free(item);
    free(both);
    return made;
}

char *items_set(const char *text, const char *name, const char *key, const char *value)
{
    const char *item = find_item(text, name);
    if (item == NULL)
        return NULL;
    size_t indent = indent_of(item) + 2;
    size_t len = strlen(key);
    for (const char *line = next_line(item); line < end_of(item); line = next_line(line)) {
        if (indent_of(line) != indent || strncmp(line + indent, key, len) != 0 || line[indent + len] != ':')
            continue;
        char with[256];
        snprintf(with, sizeof with, "%*s%s: %s\n", (int)indent, "", key, value);
        return joined(text, line, with, end_of(line));
    }
    return NULL;
}
